//! The owner's columns read for questions: only when they are asked for.

use std::borrow::Cow;

use super::book::{Book, lift};
use super::csv_table::CsvFile;
use super::layout;
use super::load;
use super::parallel;
use super::scan;
use crate::base::problem::{Problem, Problems, Severity, What};
use crate::model::cell::{Kind, Locale};
use crate::model::columns::{OwnColumn, join_headers};
use crate::model::draft::Which;
use crate::model::history::WithOwn;
use crate::model::record::Record;
use crate::model::table::{Part, Table};

/// Which records are asked for, by what they and their own cells say.
pub type KeepWithOwn<'a, R> = &'a (dyn Fn(&R, &[String]) -> bool + Sync);

/// Where each column stands in a file, and how its text is kept.
type Places = Vec<Option<(usize, Kind)>>;

fn places(columns: &[OwnColumn], place: impl Fn(&OwnColumn) -> Option<usize>) -> Places {
    columns.iter().map(|column| Some((place(column)?, column.cell_kind()))).collect()
}

fn cells<'a>(places: &Places, cell: impl Fn(usize, Kind) -> Cow<'a, str>) -> Vec<String> {
    places.iter().map(|place| place.map_or_else(String::new, |(at, kind)| cell(at, kind).into_owned())).collect()
}

impl Book {
    /// The owner's columns of a table: those declared, then others that its files have.
    pub fn own_columns(&self, table: &'static Table) -> Result<Vec<OwnColumn>, Problems> {
        let mut columns = self.settings.columns.of(table).to_vec();
        for part in load::parts(&self.disk, table).map_err(lift)? {
            let headers = scan::own_headers(&self.disk, table, &layout::path(table, &part)).map_err(lift)?;
            join_headers(&mut columns, &headers, |_| true);
        }
        Ok(columns)
    }

    /// The records that are asked for, each with its cells of these columns; as they stood when the book is asked of the past.
    pub fn with_own<R: Record>(&self, columns: &[OwnColumn], which: &Which, keep: KeepWithOwn<'_, R>) -> Result<Vec<WithOwn<R>>, Problems> {
        let parts = load::wanted(&self.disk, R::TABLE, which).map_err(lift)?;
        let Some(history) = &self.history else { return self.own_now(&parts, columns, keep) };
        let mut records = history.rewound_with(self.own_now(&parts, columns, &|_, _| true)?, columns, &self.locale());
        records.retain(|(record, own)| keep(record, own));
        Ok(records)
    }

    fn own_now<R: Record>(&self, parts: &[Part], columns: &[OwnColumn], keep: KeepWithOwn<'_, R>) -> Result<Vec<WithOwn<R>>, Problems> {
        let (mut records, mut wrong) = (Vec::new(), Problems::new());
        for result in parallel::map(parts, &|part| self.own_of_part(part, columns, keep)) {
            match result {
                Ok(mut read) => records.append(&mut read),
                Err(mut problems) => wrong.append(&mut problems),
            }
        }
        if wrong.is_empty() { Ok(records) } else { Err(wrong) }
    }

    fn own_of_part<R: Record>(&self, part: &Part, columns: &[OwnColumn], keep: KeepWithOwn<'_, R>) -> Result<Vec<WithOwn<R>>, Problems> {
        let locale = self.locale();
        let mut records = Vec::new();
        let mut known: Option<Places> = None;
        let read = scan::rows(&self.disk, R::TABLE, &layout::path(R::TABLE, part), &mut |row| {
            let texts: Vec<Cow<'_, str>> = (0..R::TABLE.columns.len()).map(|column| row.cell(column)).collect();
            let Ok(record) = R::read(&|column| -> &str { &texts[column] }, &locale) else { return false };
            let places = known.get_or_insert_with(|| places(columns, |column| row.place(column)));
            let own = cells(places, |at, kind| row.own_cell(at, kind));
            if keep(&record, &own) {
                records.push((record, own));
            }
            true
        });
        match read.map_err(lift)? {
            scan::Read::Whole => Ok(records),
            scan::Read::Faulty => self.own_strictly(part, columns, keep),
        }
    }

    /// The same of a file in which something is wrong: says what and where.
    fn own_strictly<R: Record>(&self, part: &Part, columns: &[OwnColumn], keep: KeepWithOwn<'_, R>) -> Result<Vec<WithOwn<R>>, Problems> {
        let locale = self.locale();
        let Some(file) = self.file(R::TABLE, part)? else { return Ok(Vec::new()) };
        let places = places(columns, |column| column.place(file.headers(), |at| file.is_own(at)));
        let (mut records, mut wrong) = (Vec::new(), Problems::new());
        for row in 0..file.len() {
            let own = cells(&places, |at, kind| file.own_cell(row, at, kind));
            match file.read::<R>(row, &locale) {
                Ok(record) if keep(&record, &own) => records.push((record, own)),
                Ok(_) => {}
                Err(mut problems) => wrong.append(&mut problems),
            }
        }
        if wrong.is_empty() { Ok(records) } else { Err(wrong) }
    }
}

/// What does not fit in the declared columns of a file. An `excused` row may lack what is required.
pub fn misfits(file: &CsvFile, columns: &[OwnColumn], locale: &Locale, excused: &dyn Fn(usize) -> bool) -> Problems {
    let mut found = Problems::new();
    for column in columns {
        let wrong = |what: What| What::OwnColumn { column: column.code(), what: Box::new(what) };
        let mine: Vec<usize> = (0..file.headers().len()).filter(|at| file.is_own(*at) && column.answers(&file.headers()[*at])).collect();
        let placed = column.place(file.headers(), |at| file.is_own(at));
        let Some(at) = placed else {
            if column.required && file.len() > 0 {
                found.push(file.header_problem(wrong(What::MissingHeader { column: column.code() })).field(column.code()));
            }
            continue;
        };
        if mine.len() > 1 {
            let names = mine.iter().map(|at| file.headers()[*at].clone()).collect::<Vec<_>>().join(", ");
            let problem = file.header_problem(wrong(What::DuplicateHeader { name: names })).field(column.code());
            found.push(Problem { severity: Severity::Warning, ..problem });
        }
        for row in 0..file.len() {
            let misfit = match column.read(&file.own_cell(row, at, column.cell_kind()), locale) {
                Ok(None) if column.required && !excused(row) => What::Required,
                Ok(_) => continue,
                Err(what) => what,
            };
            found.push(file.own_problem(row, at, wrong(misfit)).field(column.code()));
        }
    }
    found
}
