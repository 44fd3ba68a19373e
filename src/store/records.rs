//! Records read for questions: file by file on all cores, and as they stood when the book is asked of the past.

use std::borrow::Cow;
use std::collections::HashSet;

use super::book::{Book, lift};
use super::layout;
use super::load;
use super::parallel;
use super::scan;
use crate::base::period::Period;
use crate::base::problem::Problems;
use crate::model::customer::{CUSTOMERS, Customer};
use crate::model::draft::Which;
use crate::model::member::{self, MembersReader};
use crate::model::record::Record;
use crate::model::survey::Response;
use crate::model::table::{Part, Table};

/// Which records are asked for.
pub type Keep<'a, R> = &'a (dyn Fn(&R) -> bool + Sync);

/// A look at the text of a cell.
pub type Look<'a> = &'a (dyn Fn(&str) -> bool + Sync);

/// Which records are asked for, and what of them.
pub struct Wanted<'a, R> {
    pub keep: Keep<'a, R>,
    /// A look at the text of one column before a row is read: `false` passes the row over.
    pub first: Option<(&'a str, Look<'a>)>,
    /// Columns that may be blank and are left blank: nobody will look at them.
    pub without: &'a [&'a str],
}

impl<'a, R> Wanted<'a, R> {
    /// Whole records.
    pub fn those(keep: Keep<'a, R>) -> Wanted<'a, R> {
        Wanted { keep, first: None, without: &[] }
    }
}

impl Book {
    /// Whether a table has a file.
    pub fn has_any(&self, table: &Table) -> Result<bool, Problems> {
        load::parts(&self.disk, table).map(|parts| !parts.is_empty()).map_err(lift)
    }

    /// Every record of a table.
    pub fn all<R: Record>(&self) -> Result<Vec<R>, Problems> {
        self.some(&|_| true)
    }

    /// The records of a table that are asked for; the others are let go as they are read.
    pub fn some<R: Record>(&self, keep: Keep<'_, R>) -> Result<Vec<R>, Problems> {
        self.read_parts(&load::parts(&self.disk, R::TABLE).map_err(lift)?, &|_| true, &Wanted::those(keep))
    }

    /// What is wanted of the records of a table.
    pub fn wanted<R: Record>(&self, wanted: &Wanted<'_, R>) -> Result<Vec<R>, Problems> {
        self.read_parts(&load::parts(&self.disk, R::TABLE).map_err(lift)?, &|_| true, wanted)
    }

    /// The records whose id a text may name: only the quarter it carries is read, where it carries one.
    pub fn named<R: Record>(&self, typed: &str) -> Result<Vec<R>, Problems> {
        let parts = load::wanted(&self.disk, R::TABLE, &Which::Of(typed.to_owned())).map_err(lift)?;
        self.read_parts(&parts, &|part| parts.contains(part), &Wanted::those(&|record: &R| crate::base::id::names(typed, &record.key())))
    }

    /// The records of the quarters a period touches; rows outside the period are the caller's to leave out.
    pub fn within<R: Record>(&self, period: Period) -> Result<Vec<R>, Problems> {
        self.some_within(period, &|_| true)
    }

    /// Those of them that are asked for.
    pub fn some_within<R: Record>(&self, period: Period, keep: Keep<'_, R>) -> Result<Vec<R>, Problems> {
        self.wanted_within(period, &Wanted::those(keep))
    }

    /// What is wanted of them.
    pub fn wanted_within<R: Record>(&self, period: Period, wanted: &Wanted<'_, R>) -> Result<Vec<R>, Problems> {
        let parts = load::parts(&self.disk, R::TABLE).map_err(lift)?;
        self.read_parts(&in_period(parts, Some(period)), &|part| !in_period(vec![part.clone()], Some(period)).is_empty(), wanted)
    }

    /// One survey's records.
    pub fn of_survey<R: Record>(&self, survey: &str) -> Result<Vec<R>, Problems> {
        self.wanted_of_survey(survey, &Wanted::those(&|_| true))
    }

    /// What is wanted of them.
    pub fn wanted_of_survey<R: Record>(&self, survey: &str, wanted: &Wanted<'_, R>) -> Result<Vec<R>, Problems> {
        let part = Part::Survey(survey.to_owned());
        self.read_parts(std::slice::from_ref(&part), &|other| *other == part, wanted)
    }

    /// The records of these parts, as they stood when the book is asked of the past; `belongs` says which parts are asked for.
    fn read_parts<R: Record>(&self, parts: &[Part], belongs: &dyn Fn(&Part) -> bool, wanted: &Wanted<'_, R>) -> Result<Vec<R>, Problems> {
        let Some(history) = &self.history else { return self.read_now(parts, wanted) };
        let records = self.read_now(parts, &Wanted::those(&|_| true))?;
        let locale = self.locale();
        let mut records: Vec<R> = history.rewound(records, &locale);
        if R::TABLE.word.code == "answers" {
            // an answer came with its response
            let responses: Vec<Response> = self.read_now(parts, &Wanted::those(&|_| true))?;
            let later: HashSet<String> =
                responses.iter().filter(|response| history.is_later(*response, &locale)).map(Record::key).collect();
            records.retain(|answer| !later.contains(&answer.written(0, &locale)));
        }
        records.retain(|record| belongs(&record.part(&locale)) && (wanted.keep)(record));
        Ok(records)
    }

    pub(super) fn read_now<R: Record>(&self, parts: &[Part], wanted: &Wanted<'_, R>) -> Result<Vec<R>, Problems> {
        let mut records = Vec::new();
        let mut wrong = Problems::new();
        for result in parallel::map(parts, &|part| self.read_part(part, wanted)) {
            match result {
                Ok(read) if records.is_empty() => records = read,
                Ok(mut read) => records.append(&mut read),
                Err(mut problems) => wrong.append(&mut problems),
            }
        }
        if wrong.is_empty() { Ok(records) } else { Err(wrong) }
    }

    fn read_part<R: Record>(&self, part: &Part, wanted: &Wanted<'_, R>) -> Result<Vec<R>, Problems> {
        let locale = self.locale();
        let first = wanted.first.and_then(|(code, look)| Some((R::TABLE.position(code)?, look)));
        let read_columns: Vec<bool> = R::TABLE.columns.iter().map(|column| !wanted.without.contains(&column.word.code)).collect();
        let mut records = Vec::new();
        let read = scan::rows(&self.disk, R::TABLE, &layout::path(R::TABLE, part), &mut |row| {
            if first.is_some_and(|(column, look)| !look(&row.cell(column))) {
                return true;
            }
            let cell = |(column, read): (usize, &bool)| if *read { row.cell(column) } else { Cow::Borrowed("") };
            let cells: Vec<Cow<'_, str>> = read_columns.iter().enumerate().map(cell).collect();
            let Ok(record) = R::read(&|column| -> &str { &cells[column] }, &locale) else { return false };
            if (wanted.keep)(&record) {
                records.push(record);
            }
            true
        });
        match read.map_err(lift)? {
            scan::Read::Whole => Ok(records),
            scan::Read::Faulty => self.read_strictly(part, wanted.keep),
        }
    }

    /// The records of a file in which something is wrong: says what and where.
    fn read_strictly<R: Record>(&self, part: &Part, keep: Keep<'_, R>) -> Result<Vec<R>, Problems> {
        let locale = self.locale();
        let Some(file) = self.file(R::TABLE, part)? else { return Ok(Vec::new()) };
        let mut records = Vec::new();
        let mut wrong = Problems::new();
        for row in 0..file.len() {
            match file.read::<R>(row, &locale) {
                Ok(record) if keep(&record) => records.push(record),
                Ok(_) => {}
                Err(mut problems) => wrong.append(&mut problems),
            }
        }
        if wrong.is_empty() { Ok(records) } else { Err(wrong) }
    }
    /// The archive in few bytes, taken up by a reader.
    pub fn members(&self, mut reader: MembersReader) -> Result<MembersReader, Problems> {
        let locale = self.locale();
        let columns = member::columns();
        let named = reader.names.is_some();
        if self.history.is_none() {
            let path = layout::path(&CUSTOMERS, &Part::Whole);
            let read = scan::rows(&self.disk, &CUSTOMERS, &path, &mut |row| {
                let cells = columns.map(|column| row.cell(column));
                reader.row(cells.each_ref().map(AsRef::as_ref), &locale).is_ok()
            });
            if read.map_err(lift)? == scan::Read::Whole {
                return Ok(reader);
            }
        }
        // of the past, and where something is wrong: record by record, which says what and where
        reader = if named { MembersReader::with_names() } else { MembersReader::default() };
        for customer in self.all::<Customer>()? {
            let cells = columns.map(|column| customer.written(column, &locale));
            reader.row(cells.each_ref().map(String::as_str), &locale).map_err(|(_, what)| lift(what.into()))?;
        }
        Ok(reader)
    }
}

pub(super) fn in_period(parts: Vec<Part>, period: Option<Period>) -> Vec<Part> {
    let Some(period) = period else { return parts };
    let touches = |part: &Part| match part {
        Part::Quarter(quarter) => quarter.start() <= period.to && period.from <= quarter.end(),
        Part::Whole | Part::Survey(_) => true,
    };
    parts.into_iter().filter(touches).collect()
}
