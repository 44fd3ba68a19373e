//! Fields set by name, read the way a cell of a table is read.

use crate::base::problem::{Problem, Problems, What};
use crate::model::cell::Locale;
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
