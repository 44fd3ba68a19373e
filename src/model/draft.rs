//! A draft: what a change works on. Loaded by the store, changed by `ops`, committed by the session.
//! Dropped without a commit, nothing has happened.

mod own;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::cell::Locale;
use super::columns::OwnColumn;
use super::contact::Contact;
use super::customer::Customer;
use super::interaction::Interaction;
use super::knowledge::Knowledge;
use super::order::Order;
use super::points::PointsRow;
use super::practice::Practice;
use super::record::Record;
use super::request::Request;
use super::revisit::Revisit;
use super::settings::Settings;
use super::staff::{Absence, Staff};
use super::survey::{Answer, Response};
use super::table::{Part, Table};
use super::tier::TierDecision;
use crate::base::instant::Instant;

/// Where a record was read from: the file and its n-th data row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub part: Part,
    pub row: usize,
}

#[derive(Debug, Clone)]
struct Item<R> {
    now: R,
    before: Option<Box<R>>,
    origin: Option<Origin>,
    logged: bool,
    gone: bool,
    note: Option<String>,
    steps: Vec<Told>,
    /// The cells of the owner's columns; as many as there are, or fewer where the rest is blank.
    own: Vec<String>,
    own_before: Option<Vec<String>>,
}

/// One step of a record's life that came with its history: the log tells it at its own time.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub at: Instant,
    /// The changed fields only.
    pub before: Map<String, Value>,
    pub after: Map<String, Value>,
}

/// The loaded rows of one table, and what became of them.
#[derive(Debug, Clone)]
pub struct Rows<R> {
    items: Vec<Item<R>>,
    by_key: HashMap<String, usize>,
    removed: Vec<Origin>,
    /// The owner's columns: those declared, then others that the files read have.
    own: Vec<Arc<OwnColumn>>,
}

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Rows { items: Vec::new(), by_key: HashMap::new(), removed: Vec::new(), own: Vec::new() }
    }
}

impl<R: Record> Rows<R> {
    /// A row as read from its file.
    pub fn load(&mut self, origin: Origin, record: R) {
        self.push(record, Some(origin), true);
    }

    pub fn get(&self, key: &str) -> Option<&R> {
        self.by_key.get(key).map(|i| &self.items[*i].now)
    }

    /// The record as it was loaded; none for a new one.
    pub fn before(&self, key: &str) -> Option<&R> {
        let item = &self.items[*self.by_key.get(key)?];
        item.origin.as_ref()?;
        Some(item.before.as_deref().unwrap_or(&item.now))
    }

    pub fn iter(&self) -> impl Iterator<Item = &R> + Clone {
        self.items.iter().filter(|item| !item.gone).map(|item| &item.now)
    }

    /// The record for changing; its state before the first change is kept for the log.
    pub fn edit(&mut self, key: &str) -> Option<&mut R> {
        let item = &mut self.items[*self.by_key.get(key)?];
        if item.before.is_none() && item.origin.is_some() {
            item.before = Some(Box::new(item.now.clone()));
        }
        Some(&mut item.now)
    }

    /// A new record, logged as itself.
    pub fn insert(&mut self, record: R) {
        self.add(record, true);
    }

    /// A new record of a batch: the batch's log row stands for it.
    pub fn insert_batched(&mut self, record: R) {
        self.add(record, false);
    }

    /// A row of the file that is to go: a fact that an import states anew.
    pub fn remove(&mut self, origin: Origin) {
        self.removed.push(origin);
    }

    /// Takes a record away; the log tells what it was.
    pub fn delete(&mut self, key: &str) -> Option<R> {
        let item = &mut self.items[self.by_key.remove(key)?];
        item.gone = true;
        Some(item.now.clone())
    }

    /// Says in the log why this record was changed, instead of the note of the change as a whole.
    pub fn explain(&mut self, key: &str, note: String) {
        if let Some(at) = self.by_key.get(key) {
            self.items[*at].note = Some(note);
        }
    }

    /// Tells in the log that a record became another at a moment. It then has these rows instead of one for the whole change.
    /// `false` where the two are the same.
    pub fn tell(&mut self, key: &str, at: Instant, before: &R, after: &R, locale: &Locale) -> bool {
        let (was, is) = differing(before, after, locale);
        let Some(item) = self.by_key.get(key).filter(|_| !is.is_empty()) else { return false };
        self.items[*item].steps.push(Told { at, before: was, after: is });
        true
    }

    fn add(&mut self, record: R, logged: bool) {
        self.push(record, None, logged);
    }

    fn push(&mut self, record: R, origin: Option<Origin>, logged: bool) {
        self.by_key.insert(record.key(), self.items.len());
        let (steps, own) = (Vec::new(), Vec::new());
        self.items.push(Item { now: record, before: None, origin, logged, gone: false, note: None, steps, own, own_before: None });
    }

    fn changes(&self, locale: &Locale, out: &mut Vec<Change>) {
        out.extend(self.removed.iter().map(|origin| Change {
            table: R::TABLE,
            key: String::new(),
            act: Act::Remove { origin: origin.clone() },
            before: Map::new(),
            after: Map::new(),
            logged: false,
            note: None,
            steps: Vec::new(),
            own: Vec::new(),
        }));
        out.extend(self.items.iter().filter_map(|item| item.change(&self.own, locale)));
    }
}

impl<R: Record> Item<R> {
    fn change(&self, columns: &[Arc<OwnColumn>], locale: &Locale) -> Option<Change> {
        let change = if self.gone { self.removal(locale) } else { self.alteration(locale) };
        self.with_own(change, columns, locale)
    }

    fn alteration(&self, locale: &Locale) -> Option<Change> {
        let columns = 0..R::TABLE.columns.len();
        let Some(origin) = &self.origin else {
            // only a row with a log row of its own is told there; a batch may have a million
            let told = Some(self).filter(|item| item.logged).map(|item| item.now.object(locale));
            let after = told.into_iter().flatten().filter(|(_, value)| !is_blank(value)).collect();
            let act = Act::Insert { part: self.now.part(locale), cells: self.now.row(locale) };
            return Some(self.as_change(act, Map::new(), after));
        };
        let before = self.before.as_deref()?;
        let cells: Vec<(usize, String)> =
            columns.map(|i| (i, self.now.written(i, locale))).filter(|(i, now)| before.written(*i, locale) != *now).collect();
        // steps that led back to where they began are told all the same
        if cells.is_empty() && self.steps.is_empty() {
            return None;
        }
        let (was, is) = differing(before, &self.now, locale);
        let part = self.now.part(locale);
        let act = if part == origin.part {
            Act::Update { origin: origin.clone(), cells }
        } else {
            Act::Move { origin: origin.clone(), part, cells: self.now.row(locale) }
        };
        Some(self.as_change(act, was, is))
    }

    /// Of a record that is to go; one that was made in this very draft leaves no trace.
    fn removal(&self, locale: &Locale) -> Option<Change> {
        let origin = self.origin.clone()?;
        let was = self.before.as_deref().unwrap_or(&self.now);
        let fields = was.object(locale).into_iter().filter(|(_, value)| !is_blank(value)).collect();
        Some(Change { key: was.key(), ..self.as_change(Act::Remove { origin }, fields, Map::new()) })
    }

    fn as_change(&self, act: Act, before: Map<String, Value>, after: Map<String, Value>) -> Change {
        Change {
            table: R::TABLE,
            key: self.now.key(),
            act,
            before,
            after,
            logged: self.logged,
            note: self.note.clone(),
            steps: self.steps.clone(),
            own: Vec::new(),
        }
    }
}

/// The fields in which two states of a record differ.
fn differing<R: Record>(before: &R, after: &R, locale: &Locale) -> (Map<String, Value>, Map<String, Value>) {
    let columns: Vec<usize> = (0..R::TABLE.columns.len()).filter(|i| before.written(*i, locale) != after.written(*i, locale)).collect();
    let fields = |record: &R| columns.iter().map(|i| (R::TABLE.columns[*i].word.code.to_owned(), record.json(*i, locale))).collect();
    (fields(before), fields(after))
}

/// Whether a field holds nothing.
pub fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// One change of one row, untyped, as the store and the log take it.
#[derive(Debug, Clone)]
pub struct Change {
    pub table: &'static Table,
    pub key: String,
    pub act: Act,
    /// The changed fields only, with canonical codes.
    pub before: Map<String, Value>,
    pub after: Map<String, Value>,
    /// Has a log row of its own; otherwise the batch's row stands for it.
    pub logged: bool,
    /// Why this record, where the change as a whole has another reason or none.
    pub note: Option<String>,
    /// What the log tells instead of one row: the steps that led here.
    pub steps: Vec<Told>,
    /// The changed cells of the owner's columns, and what they are to hold.
    pub own: Vec<(Arc<OwnColumn>, String)>,
}

/// What happens to the row. Cells are given by the table's column positions.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    Insert {
        part: Part,
        cells: Vec<String>,
    },
    Update {
        origin: Origin,
        cells: Vec<(usize, String)>,
    },
    /// The row changes its file and keeps its extra columns.
    Move {
        origin: Origin,
        part: Part,
        cells: Vec<String>,
    },
    Remove {
        origin: Origin,
    },
}

/// A file written as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// `surveys/NAME/survey.yaml`
    Survey(String),
    /// `maps/NAME.yaml`
    Map(String),
    /// `rules/NAME.yaml`
    Rules(String),
    /// A file below `reports/`, by its path there.
    Report(String),
}

/// An import's one row in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// `B` and the log's seq.
    pub id: String,
    pub table: &'static str,
    /// File name, its SHA-256, counts.
    pub facts: Map<String, Value>,
}

/// What requests that came with their past came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lives {
    pub requests: usize,
    /// Rows in the log.
    pub steps: usize,
    /// Requests whose column of reopenings says otherwise than their stages; the column holds.
    pub reopened_differ: usize,
    /// The same for the time of the resolution.
    pub resolved_differ: usize,
}

/// The loaded tables and what a verb did to them.
#[derive(Debug, Clone)]
pub struct Draft {
    pub settings: Settings,
    pub customers: Rows<Customer>,
    pub contacts: Rows<Contact>,
    pub staff: Rows<Staff>,
    pub absences: Rows<Absence>,
    pub orders: Rows<Order>,
    pub requests: Rows<Request>,
    pub revisits: Rows<Revisit>,
    pub interactions: Rows<Interaction>,
    pub knowledge: Rows<Knowledge>,
    pub tiers: Rows<TierDecision>,
    pub points: Rows<PointsRow>,
    pub practices: Rows<Practice>,
    pub responses: Rows<Response>,
    pub answers: Rows<Answer>,
    pub documents: Vec<(Document, String)>,
    pub batch: Option<Batch>,
    /// The seq the next log row gets.
    pub next_seq: u32,
    /// Highest number made so far by prefix, as remembered: an id whose row was deleted by hand is not made again.
    pub made: BTreeMap<String, u64>,
}

impl Draft {
    pub fn new(settings: Settings, next_seq: u32) -> Draft {
        let columns = settings.columns.clone();
        Draft {
            settings,
            customers: Rows::declared(&columns),
            contacts: Rows::declared(&columns),
            staff: Rows::declared(&columns),
            absences: Rows::declared(&columns),
            orders: Rows::declared(&columns),
            requests: Rows::declared(&columns),
            revisits: Rows::declared(&columns),
            interactions: Rows::declared(&columns),
            knowledge: Rows::declared(&columns),
            tiers: Rows::declared(&columns),
            points: Rows::declared(&columns),
            practices: Rows::declared(&columns),
            responses: Rows::declared(&columns),
            answers: Rows::declared(&columns),
            documents: Vec::new(),
            batch: None,
            next_seq,
            made: BTreeMap::new(),
        }
    }

    pub fn locale(&self) -> Locale {
        self.settings.locale()
    }

    /// Every changed row, in the order of the tables.
    pub fn changes(&self) -> Vec<Change> {
        let locale = self.locale();
        let mut out = Vec::new();
        self.customers.changes(&locale, &mut out);
        self.contacts.changes(&locale, &mut out);
        self.staff.changes(&locale, &mut out);
        self.absences.changes(&locale, &mut out);
        self.orders.changes(&locale, &mut out);
        self.requests.changes(&locale, &mut out);
        self.revisits.changes(&locale, &mut out);
        self.interactions.changes(&locale, &mut out);
        self.knowledge.changes(&locale, &mut out);
        self.tiers.changes(&locale, &mut out);
        self.points.changes(&locale, &mut out);
        self.practices.changes(&locale, &mut out);
        self.responses.changes(&locale, &mut out);
        self.answers.changes(&locale, &mut out);
        out
    }

    /// The next number after the ids of this prefix, here and as remembered.
    pub fn next_number<'a>(&self, prefix: &str, ids: impl Iterator<Item = &'a str>) -> u64 {
        let remembered = self.made.get(prefix).map_or(0, |highest| highest + 1);
        crate::base::id::next_number(prefix, ids).max(remembered)
    }

    /// The id of the batch this change makes, when it is an import.
    pub fn batch_id(&self) -> String {
        format!("B{}", self.next_seq)
    }
}

/// Which files of a quarterly table a verb needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    All,
    Quarters(Vec<crate::base::date::Quarter>),
    /// The file that holds the record of this id, as typed.
    Of(String),
}

/// What a draft is to hold before a verb runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    Customers,
    /// Only the customers that one of these texts may mean.
    Customer(Vec<String>),
    Contacts,
    Staff,
    Absences,
    Knowledge,
    Requests(Which),
    Revisits(Which),
    Interactions(Which),
    /// The interactions that name this contact.
    InteractionsWith(String),
    Tiers(Which),
    Points(Which),
    Practices(Which),
    /// The responses and answers of a survey.
    Responses(String),
    /// Everything that names one of these customers by id, and their own rows.
    About(Vec<String>),
    /// Facts: nothing is loaded.
    Orders,
}
