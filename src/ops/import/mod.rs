//! Imports: records of a file become records of the book, and every row is accounted for.
//!
//! One file per table. Each gives back a [`Tally`]; new records carry the batch, changed ones have log rows of their own.

pub mod customers;
pub mod orders;
pub mod requests;

use crate::model::record::Record;

/// A row that the reading of the file accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming<R> {
    pub record: R,
    /// Whether the file gave the id.
    pub has_id: bool,
    /// Which columns the file gave a value; blank ones never erase.
    pub given: Vec<bool>,
}

/// What became of the accepted rows. `new + updated + unchanged` is their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub new: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// Rows whose customer is not in the archive.
    pub strangers: usize,
}

/// The record with the values that the row gives; `None` when nothing would change.
fn overlaid<R: Record>(present: &R, row: &Incoming<R>, locale: &crate::model::cell::Locale) -> Option<R> {
    let mut cells = present.row(locale);
    let mut differs = false;
    for (i, given) in row.given.iter().enumerate().skip(1).filter(|(_, given)| **given) {
        let text = row.record.written(i, locale);
        if *given && text != cells[i] {
            cells[i] = text;
            differs = true;
        }
    }
    if differs { R::read(&|i| cells[i].as_str(), locale).ok() } else { None }
}
