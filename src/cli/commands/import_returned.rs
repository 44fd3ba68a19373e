//! An edited export comes back: which export each row went out with, and what of it is taken.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::base::problem::{Place, Problem, What};
use crate::cli::commands::import::{self, Args, End, Sheeted};
use crate::cli::commands::import_read::{self, Opened};
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::exchange::mapping::{Source, is_number};
use crate::exchange::sheet::{Sheet, SheetRow};
use crate::exchange::typed::{self, Rejected};
use crate::model::cell::Locale;
use crate::model::columns::OwnColumn;
use crate::model::exported::{self, Exported};
use crate::model::record::Record;
use crate::model::table::Table;
use crate::ops::import::Outcome;
use crate::ops::import::returned::{self, Field, Merge, OwnBack, Returned};
use crate::view::present::returned::{Came, Cell};

/// The exports that the rows of a file went out with.
pub struct Bases {
    /// The column of their numbers.
    column: usize,
    by_number: BTreeMap<String, Exported>,
}

impl Bases {
    pub fn numbers(&self) -> impl Iterator<Item = String> {
        self.by_number.keys().cloned()
    }

    /// What went out, as records.
    ///
    /// # Errors
    /// A cell that can no longer be read: the book's currency was changed since.
    pub fn records<R: Record>(&self, locale: &Locale) -> Result<Vec<R>, Failure> {
        let mut records = Vec::new();
        for base in self.by_number.values() {
            let at: Vec<Option<usize>> = R::TABLE.columns.iter().map(|column| base.position(column.word.code)).collect();
            for row in &base.rows {
                let read = R::read(&|column| at[column].map_or("", |at| row[at].as_str()), locale);
                let failed = |wrong: Vec<(usize, What)>| -> Failure {
                    wrong
                        .into_iter()
                        .map(|(at, what)| Problem::error(what).field(R::TABLE.columns[at].word.code))
                        .collect::<Vec<_>>()
                        .into()
                };
                records.push(read.map_err(failed)?);
            }
        }
        Ok(records)
    }
}

/// Refuses the export of another table.
pub fn refuse_other_table(sheet: &Sheet, table: &Table, session: &Session<'_>) -> Result<(), Failure> {
    let Some(column) = sheet.headers.iter().position(|header| is_number(header)) else { return Ok(()) };
    let Some(number) =
        sheet.rows.iter().filter_map(|row| row.cells.get(column)).map(|cell| cell.trim()).find(|cell| exported::is_number(cell))
    else {
        return Ok(());
    };
    match session.book()?.export(number)?.filter(|base| base.table != table.word.code) {
        Some(base) => {
            let zh = format!("这个文件是 {0} 的导出: carebook import {0} 文件", base.table);
            let en = format!("this file is an export of {0}: carebook import {0} FILE", base.table);
            Err(Problem::error(What::Usage { message: [zh, en] }).at(Place::file(&sheet.file)).into())
        }
        None => Ok(()),
    }
}

/// Finds the exports that a file names; none where it names none that is known. What is not known is told.
pub fn bases<R: Record>(opened: &mut Opened, session: &mut Session<'_>) -> Result<Option<Bases>, Failure> {
    let sheet = &opened.input.sheet;
    let Some(column) = sheet.headers.iter().position(|header| is_number(header)) else { return Ok(None) };
    let cells = sheet.rows.iter().filter_map(|row| row.cells.get(column)).map(|cell| cell.trim());
    let numbers: HashSet<&str> = cells.filter(|cell| exported::is_number(cell)).collect();
    let mut by_number = BTreeMap::new();
    let mut lost = Vec::new();
    for number in numbers {
        match session.book()?.export(number)? {
            Some(base) if base.table == R::TABLE.word.code => drop(by_number.insert(number.to_owned(), base)),
            Some(_) | None => lost.push(number.to_owned()),
        }
    }
    if !lost.is_empty() {
        lost.sort();
        let lost = lost.join(", ");
        let zh = format!("这本账里没有导出 {lost} 的底稿: 这些行的每一格都会覆盖账本,先用 -n 看看");
        let en = format!("this book no longer knows export {lost}: every cell of its rows goes over the book's; look with -n first");
        session.warn(&Problem::warning(What::RuleConflict { message: [zh, en] }).at(Place::file(&opened.input.sheet.file)));
    }
    if by_number.is_empty() {
        return Ok(None);
    }
    map_all::<R>(opened);
    Ok(Some(Bases { column, by_number }))
}

/// An export's headers are ours: each of them is its column, also those that other files may not feed.
fn map_all<R: Record>(opened: &mut Opened) {
    let mapping = &mut opened.mapping;
    for (from, header) in opened.input.sheet.headers.iter().enumerate() {
        let at = R::TABLE.find(header).filter(|at| mapping.sources[*at].is_none());
        if let Some(at) = at.filter(|at| R::TABLE.columns[*at].word.code != "batch") {
            mapping.sources[at] = Some(Source::Column(from));
            mapping.unused.retain(|unused| unused != header);
        }
    }
}

/// The rows of the file: those that went out, and the others.
struct Parted {
    returned: Vec<Returned>,
    others: Vec<SheetRow>,
    missing: usize,
}

/// Merges what came back and takes the other rows as those of any file.
pub fn run<R: Sheeted>(args: &Args, session: &mut Session<'_>, mut opened: Opened, bases: &Bases) -> Result<Exit, Failure> {
    require::<R>(&opened, 0)?;
    let locale = Locale { order: opened.mapping.order, ..session.locale()? };
    let parted = part::<R>(&mut opened, bases, &locale);
    let mut draft = session.draft(&R::needs())?;
    let requests = import::requests_there(session, &returned::requests_named::<R>(&parted.returned))?;
    let merge = returned::merge::<R>(&mut draft, &parted.returned, requests, args.settle(), &locale);
    let mut outcome = Outcome::default();
    if !parted.others.is_empty() {
        let sheet = Sheet { rows: parted.others, ..opened.input.sheet.clone() };
        let rows = import_read::rows_of::<R>(&mut opened, &sheet, session, R::FILL)?;
        outcome = R::take(session, &mut draft, import::incoming_of(rows))?;
    }
    outcome.tally.updated += merge.updated;
    outcome.tally.unchanged += merge.unchanged;
    let alike = import::alike::<R>(session, &draft)?;
    let came = came::<R>(&opened, bases, merge, parted.missing, session);
    import::finish::<R>(args, session, draft, opened, &outcome, End { alike, came: Some(came) })
}

/// Refuses an export of orders that has lost a column: an order's lines are judged as a whole, and a blank is a statement.
pub fn require_whole<R: Record>(opened: &Opened, bases: &Bases) -> Result<(), Failure> {
    let columns = bases.by_number.values().flat_map(|base| &base.columns);
    columns.filter_map(|code| R::TABLE.position(code)).try_for_each(|at| require::<R>(opened, at))
}

/// Refuses an export that has lost a column it cannot do without.
fn require<R: Record>(opened: &Opened, at: usize) -> Result<(), Failure> {
    if opened.mapping.column(at).is_some() {
        return Ok(());
    }
    let word = &R::TABLE.columns[at].word;
    let (zh, en) = if at == 0 {
        ("没有它不知道每一行是谁", "nobody can say whose row is whose")
    } else {
        ("没有它这些行不完整,导入会把账本里的清空", "without it the rows are not whole, and the book's would be wiped")
    };
    let zh = format!("导出的文件里认不出 {} 列: {zh};编码不对时加 --encoding", word.zh);
    let en = format!("the export has lost its column {}: {en}; try --encoding if its text looks wrong", word.en);
    Err(Problem::error(What::Usage { message: [zh, en] }).at(Place::file(&opened.input.sheet.file)).into())
}

/// Which rows went out with which export; a second row of one record is rejected.
fn part<R: Record>(opened: &mut Opened, bases: &Bases, locale: &Locale) -> Parted {
    let keys: BTreeMap<&str, HashMap<&str, usize>> = bases.by_number.iter().map(|(number, base)| (number.as_str(), keys(base))).collect();
    let mut parted = Parted { returned: Vec::new(), others: Vec::new(), missing: 0 };
    let mut met: HashMap<(String, String), u64> = HashMap::new();
    let sheet = &opened.input.sheet;
    for row in &sheet.rows {
        let cells = typed::cells(row, &opened.mapping, R::TABLE, locale.digits);
        let id = cells[0].as_deref().unwrap_or_default();
        let said = row.cells.get(bases.column).map_or("", |cell| cell.trim());
        // a row without a number was added, or lost it: it may be of any
        let named = |number: &&str| exported::is_number(said) && *number == said || !exported::is_number(said);
        let ragged = row.cells.len() != sheet.headers.len();
        let mut found = keys.iter().filter(|(number, _)| named(number) && !ragged);
        let found = found.find_map(|(number, keys)| Some((*number, returned::meant(id, keys)?)));
        let Some((number, key)) = found else {
            parted.others.push(row.clone());
            continue;
        };
        if let Some(first) = met.get(&(number.to_owned(), key.to_owned())) {
            let what = What::TwiceInSheet { id: key.to_owned(), first: *first };
            let problem = Problem::error(what).at(row.place(&sheet.file, opened.mapping.column(0))).field(R::TABLE.columns[0].word.code);
            opened.rejected.push(Rejected { row: row.clone(), problems: vec![problem] });
            continue;
        }
        met.insert((number.to_owned(), key.to_owned()), row.line);
        if let Some(problem) = opened.mapping.foreign_money(R::TABLE, &sheet.file, row) {
            opened.rejected.push(Rejected { row: row.clone(), problems: vec![problem] });
            continue;
        }
        let base = &bases.by_number[number];
        let went = keys[number].get(key).map(|at| &base.rows[*at]);
        let of = |code: &str| base.position(code).and_then(|at| went?.get(at).cloned());
        let base = R::TABLE.columns.iter().map(|column| of(column.word.code)).collect();
        let own = typed::own_texts(row, &opened.mapping, locale.digits);
        let own = own.into_iter().map(|(at, code, theirs)| OwnBack { at, theirs, base: of(&code).unwrap_or_default() }).collect();
        parted.returned.push(Returned { line: row.line, key: key.to_owned(), cells, base, own });
    }
    parted.missing = keys.values().map(HashMap::len).sum::<usize>() - met.len();
    parted
}

/// The rows of an export by what they are known by.
fn keys(base: &Exported) -> HashMap<&str, usize> {
    base.rows.iter().enumerate().filter_map(|(at, row)| Some((row.first()?.as_str(), at))).collect()
}

/// What the receipt tells, with the place of each cell that was held back.
fn came<R: Record>(opened: &Opened, bases: &Bases, merge: Merge, missing: usize, session: &Session<'_>) -> Came {
    let sheet = &opened.input.sheet;
    let own = |at: usize| opened.mapping.own.iter().find(|own| own.at == at).map(|own| &own.column);
    let column = |field: Field| match field {
        Field::Column(at) => opened.mapping.column(at),
        Field::Own(at) => own(at).and_then(|column| opened.mapping.own_column(&column.code())),
    };
    let code = |field: Field| match field {
        Field::Column(at) => R::TABLE.columns[at].word.code.to_owned(),
        Field::Own(at) => own(at).map(OwnColumn::code).unwrap_or_default(),
    };
    let label = |field: Field| match field {
        Field::Column(at) => R::TABLE.columns[at].word.label(session.lang).to_owned(),
        Field::Own(at) => own(at).map(|column| column.label(session.lang)).unwrap_or_default(),
    };
    let place = |line: u64, field: Field| {
        // rows stand in the order of their lines
        let row = sheet.rows.binary_search_by_key(&line, |row| row.line).ok().map(|row| &sheet.rows[row]);
        row.map_or_else(|| Place::file(&sheet.file), |row| row.place(&sheet.file, column(field)))
    };
    let problem = |line: u64, field: Field, what: What| Problem::error(what).at(place(line, field)).field(code(field));
    let conflicts = merge.conflicts.into_iter().map(|conflict| {
        let returned::Conflict { line, id, field, base, theirs, ours } = conflict;
        (line, field, What::CellConflict { id, base, theirs, ours })
    });
    let refused = merge.refused.into_iter().map(|refused| (refused.line, refused.field, refused.what));
    let mut held: Vec<(u64, Field, What)> = conflicts.chain(refused).collect();
    held.sort_by_key(|(line, field, _)| (*line, column(*field)));
    let cell = |change: returned::Change| {
        let (field, label) = (code(change.field), label(change.field));
        Cell { id: change.id, line: change.line, field, label, from: change.from, to: change.to }
    };
    Came {
        exports: bases.by_number.keys().cloned().collect(),
        cells: merge.changes.into_iter().map(cell).collect(),
        problems: held.into_iter().map(|(line, field, what)| problem(line, field, what)).collect(),
        agreed: merge.agreed,
        newer: merge.newer,
        missing,
    }
}
