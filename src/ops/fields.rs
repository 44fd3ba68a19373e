//! Fields set by name, read the way a cell of a table is read.

use crate::base::problem::{Problem, Problems, What};
use crate::model::cell::Locale;
use crate::model::columns::{self, OwnColumn, own_name};
use crate::model::draft::Rows;
use crate::model::record::Record;

/// A field by code or label, and its new text.
pub type Setting = (String, String);

/// The record with fields set; `own` are columns that only carebook sets.
pub fn with<R: Record>(record: &R, settings: &[Setting], own: &[&str], locale: &Locale) -> Result<R, Problems> {
    let mut row = record.row(locale);
    let mut wrong = Problems::new();
    for (name, value) in settings {
        match R::TABLE.find(name).filter(|i| !own.contains(&R::TABLE.columns[*i].word.code)) {
            Some(i) => row[i].clone_from(value),
            None => {
                let allowed = R::TABLE.columns.iter().map(|column| column.word.code);
                let allowed = allowed.filter(|code| !own.contains(code)).map(str::to_owned).collect();
                wrong.push(What::UnknownField { name: name.clone(), allowed }.into());
            }
        }
    }
    let read = R::read(&|i| row[i].as_str(), locale);
    let place = |(i, what): (usize, What)| Problem::error(what).field(R::TABLE.columns[i].word.code);
    match read {
        Ok(record) if wrong.is_empty() => Ok(record),
        Ok(_) => Err(wrong),
        Err(cells) => Err(wrong.into_iter().chain(cells.into_iter().map(place)).collect()),
    }
}

/// Cells of the owner's columns, by the positions of their columns.
pub type OwnCells = Vec<(usize, String)>;

/// The settings of built-in fields, and those of the owner's columns by name.
pub fn split(settings: &[Setting]) -> (Vec<Setting>, Vec<Setting>) {
    let (own, built_in): (Vec<Setting>, Vec<Setting>) = settings.iter().cloned().partition(|(name, _)| own_name(name).is_some());
    (built_in, own.into_iter().map(|(name, value)| (own_name(&name).unwrap_or_default().to_owned(), value)).collect())
}

/// Settings of the owner's columns as they are to stand in the book.
///
/// # Errors
/// Every column that is not there, and every value that does not fit its own.
pub fn own<R: Record>(rows: &Rows<R>, settings: &[Setting], locale: &Locale) -> Result<OwnCells, Problems> {
    let columns = rows.own_columns();
    let mut cells = OwnCells::new();
    let mut wrong = Problems::new();
    for (name, value) in settings {
        let settled = columns::named(columns, name).and_then(|at| Ok((at, settled(&columns[at], value, locale)?)));
        match settled {
            Ok(cell) => cells.push(cell),
            Err(what) => wrong.push(what.into()),
        }
    }
    if wrong.is_empty() { Ok(cells) } else { Err(wrong) }
}

/// The same of a new record, which must have a value in every column that is required.
pub fn own_of_new<R: Record>(rows: &Rows<R>, settings: &[Setting], locale: &Locale) -> Result<OwnCells, Problems> {
    let cells = own(rows, settings, locale)?;
    let lacking = lacking(rows, &cells);
    if lacking.is_empty() { Ok(cells) } else { Err(lacking.into_iter().map(Problem::from).collect()) }
}

/// The required columns that cells leave blank.
pub fn lacking<R: Record>(rows: &Rows<R>, cells: &[(usize, String)]) -> Vec<What> {
    let columns = rows.own_columns().iter().enumerate();
    let lacking = columns.filter(|(at, column)| column.required && !cells.iter().any(|(set, text)| set == at && !text.is_empty()));
    lacking.map(|(_, column)| misfit(column, What::Required)).collect()
}

fn settled(column: &OwnColumn, value: &str, locale: &Locale) -> Result<String, What> {
    let text = column.settled(value, locale).map_err(|what| misfit(column, what))?;
    if text.is_empty() && column.required { Err(misfit(column, What::Required)) } else { Ok(text) }
}

fn misfit(column: &OwnColumn, what: What) -> What {
    What::OwnColumn { column: column.code(), what: Box::new(what) }
}
