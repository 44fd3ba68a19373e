//! The whole book's ledger: rows by customer, those of merged ones with the one they went into.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Ledger;
use crate::engine::tiering::index::Index;
use crate::model::points::PointsRow;

/// Rows by the position of the customer they count for.
#[derive(Debug, Default)]
pub struct ByCustomer<'a> {
    pub rows: BTreeMap<u32, Vec<&'a PointsRow>>,
    /// Rows of customers the archive does not have.
    pub strangers: usize,
}

impl<'a> ByCustomer<'a> {
    pub fn new(rows: &'a [PointsRow], index: &Index) -> ByCustomer<'a> {
        let mut by = ByCustomer::default();
        for row in rows {
            match index.get(row.customer.as_str()) {
                Some(at) => by.rows.entry(at).or_default().push(row),
                None => by.strangers += 1,
            }
        }
        by
    }

    pub fn of(&self, at: u32) -> &[&'a PointsRow] {
        self.rows.get(&at).map_or(&[], Vec::as_slice)
    }

    /// Every customer's ledger on a day, by position.
    pub fn ledgers(&self, as_of: NaiveDate) -> impl Iterator<Item = (u32, Ledger<'a>)> {
        self.rows.iter().map(move |(at, rows)| (*at, Ledger::replay(rows.iter().copied(), as_of)))
    }
}

/// Whether a further debit leaves something uncovered that was covered before, on its day or later; then gives the most
/// that could be taken on its day.
pub fn shortfall(rows: &[&PointsRow], debit: &PointsRow, today: NaiveDate) -> Option<i64> {
    let end = rows.iter().map(|row| row.date).max().unwrap_or(today).max(today).max(debit.date);
    let before = Ledger::replay(rows.iter().copied(), end).uncovered;
    let covered = |points: i64| {
        let debit = PointsRow { points: -points, ..debit.clone() };
        Ledger::replay(rows.iter().copied().chain([&debit]), end).uncovered <= before
    };
    let wanted = debit.points.saturating_neg();
    if covered(wanted) {
        return None;
    }
    // what holds for more holds for less
    let (mut fits, mut fails) = (0, wanted);
    while fails - fits > 1 {
        let middle = fits + (fails - fits) / 2;
        if covered(middle) {
            fits = middle;
        } else {
            fails = middle;
        }
    }
    Some(fits)
}
