//! Imports: records of a file become records of the book, and every row is accounted for.
//!
//! One file per table. Each gives back an [`Outcome`]: every row has one fate, so the counts add up by themselves.
//! New records carry the batch, changed ones have log rows of their own. Importing a file twice is importing it once.

pub mod contacts;
mod customer_named;
pub mod customers;
mod guards;
pub mod history;
pub mod interactions;
pub mod kept;
pub mod orders;
pub mod orders_returned;
pub mod plain;
pub mod requests;
pub mod returned;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::fields;
use crate::base::problem::What;
use crate::model::cell::Locale;
use crate::model::draft::{Lives, Rows};
use crate::model::record::Record;

/// A row that the reading of the file accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming<R> {
    pub line: u64,
    pub record: R,
    /// Whether the file gave the id.
    pub has_id: bool,
    /// Which columns the file gave a value; blank ones never erase.
    pub given: Vec<bool>,
    /// Filled cells of the owner's columns, by their positions.
    pub own: Vec<(usize, String)>,
}

/// What became of the accepted rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub new: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// Rows whose customer is not in the archive.
    pub strangers: usize,
}

/// A row refused for what it says, not for how it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    pub line: u64,
    /// The column's code.
    pub column: Cow<'static, str>,
    pub what: What,
}

/// The end of an import: `new + updated + unchanged + refused` is the number of rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    pub tally: Tally,
    pub refused: Vec<Refusal>,
    /// Customers whom orders name and the archive lacks.
    pub unknown: Option<usize>,
    /// New rows that name merged customers and went to those who stand.
    pub led: usize,
    /// Customers who were made because orders name them.
    pub created: usize,
    /// Facts that the log keeps because their rows are gone: lines of orders stated anew.
    pub replaced: Vec<serde_json::Value>,
    /// Where the rows were states of requests at moments.
    pub history: Option<Lives>,
}

/// The one fate of a row.
#[derive(Debug, Clone, PartialEq)]
enum Fate {
    New,
    Updated,
    Unchanged,
    Refused(Refusal),
}

impl Outcome {
    fn of(fates: Vec<Fate>, strangers: usize) -> Outcome {
        let mut outcome = Outcome { tally: Tally { strangers, ..Tally::default() }, ..Outcome::default() };
        for fate in fates {
            match fate {
                Fate::New => outcome.tally.new += 1,
                Fate::Updated => outcome.tally.updated += 1,
                Fate::Unchanged => outcome.tally.unchanged += 1,
                Fate::Refused(refusal) => outcome.refused.push(refusal),
            }
        }
        outcome
    }
}

/// What follows from a row for the rest of a record: the record before, after, and the row.
type Adjust<R> = fn(&R, &mut R, &Incoming<R>);

/// Rows laid over records that are there already.
struct Ledger<R> {
    fates: Vec<Fate>,
    /// The records met, as they were before the first row, and the rows that changed them.
    before: HashMap<String, Met<R>>,
}

/// A record as it was, with the owner's cells, and the rows that changed it.
struct Met<R> {
    record: R,
    own: Vec<String>,
    rows: Vec<usize>,
}

impl<R: Record> Ledger<R> {
    fn new() -> Ledger<R> {
        Ledger { fates: Vec::new(), before: HashMap::new() }
    }

    /// Lays a row over the record of this key, which must be there.
    fn lay_over(&mut self, table: &mut Rows<R>, key: &str, row: &Incoming<R>, locale: &Locale, adjust: Adjust<R>) {
        let Some(present) = table.get(key) else { return self.fates.push(Fate::Unchanged) };
        let changed = overlaid(present, row, locale, adjust);
        let own = table.own_differs(key, &row.own, locale);
        if changed.is_none() && !own {
            return self.fates.push(Fate::Unchanged);
        }
        let met = || Met { record: present.clone(), own: table.own_cells(key).to_vec(), rows: Vec::new() };
        self.before.entry(key.to_owned()).or_insert_with(met).rows.push(self.fates.len());
        if let Some((present, changed)) = changed.and_then(|changed| Some((table.edit(key)?, changed))) {
            *present = changed;
        }
        table.set_own(key, &row.own);
        self.fates.push(Fate::Updated);
    }

    /// The fates. Rows that change a record and then change it back have changed nothing.
    fn close(mut self, table: &Rows<R>, locale: &Locale) -> Vec<Fate> {
        for (key, met) in self.before {
            let columns = 0..table.own_columns().len();
            let own: Vec<(usize, String)> = columns.map(|at| (at, met.own.get(at).cloned().unwrap_or_default())).collect();
            if table.get(&key) == Some(&met.record) && !table.own_differs(&key, &own, locale) {
                for row in met.rows {
                    self.fates[row] = Fate::Unchanged;
                }
            }
        }
        self.fates
    }
}

/// Why a row cannot make a record: a column of the owner's that is required is blank in it.
fn lacking<R: Record>(table: &Rows<R>, row: &Incoming<R>) -> Option<Refusal> {
    let what = fields::lacking(table, &row.own).into_iter().next()?;
    let column = if let What::OwnColumn { column, .. } = &what { column.clone().into() } else { Cow::Borrowed("") };
    Some(Refusal { line: row.line, column, what })
}

/// The record with the values that the row gives; `None` when nothing would change.
fn overlaid<R: Record>(present: &R, row: &Incoming<R>, locale: &Locale, adjust: Adjust<R>) -> Option<R> {
    let mut cells = present.row(locale);
    for (i, _) in row.given.iter().enumerate().skip(1).filter(|(_, given)| **given) {
        cells[i] = row.record.written(i, locale);
    }
    let mut record = R::read(&|i| cells[i].as_str(), locale).ok()?;
    adjust(present, &mut record, row);
    (record != *present).then_some(record)
}

/// Numbers for the ids that the import makes: they go on after those of the book and of the file.
#[derive(Debug)]
struct Numbers {
    letter: char,
    /// The last number after each prefix.
    last: BTreeMap<String, u64>,
}

impl Numbers {
    /// For ids that begin with this letter.
    fn new(letter: char) -> Numbers {
        Numbers { letter, last: BTreeMap::new() }
    }

    fn note(&mut self, id: &str) {
        let prefix = id.trim_end_matches(|c: char| c.is_ascii_digit());
        let number = id[prefix.len()..].parse::<u64>().ok().filter(|_| id.starts_with(self.letter));
        if let Some(number) = number {
            let last = self.last.entry(prefix.to_owned()).or_default();
            *last = number.max(*last);
        }
    }

    fn next(&mut self, prefix: &str) -> u64 {
        let last = self.last.entry(prefix.to_owned()).or_default();
        *last = last.saturating_add(1);
        *last
    }
}
