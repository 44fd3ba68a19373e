//! Reads what a report tells of the quality of the data, where that section is wanted.

use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use serde_json::Value;

use crate::base::period::Period;
use crate::base::problem::Problems;
use crate::engine::report::OrderIds;
use crate::engine::report::quality::{Astray, Data, Imported};
use crate::engine::tiering::index::Index;
use crate::engine::verification;
use crate::model::customer::{CUSTOMERS, Customer};
use crate::model::erasure::is_pseudonym;
use crate::model::log::LogRow;
use crate::model::order::ORDERS;
use crate::store::{Book, OrderRow, Wanted};

/// Columns of customers that say nothing here.
const UNREAD: &[&str] = &[
    "contact",
    "address",
    "region",
    "industry",
    "size",
    "owner",
    "source",
    "consent",
    "preferred_channel",
    "preferred_time",
    "potential",
    "tier_since",
    "tier_until",
    "tags",
    "distinct_from",
    "batch",
    "note",
];

/// # Errors
/// What is wrong in the files read.
pub fn read(book: &Book, index: &Index, period: Period, today: NaiveDate) -> Result<Data, Problems> {
    let (unreachable, unverified) = customers(book, index, today)?;
    let asked = format!("{period} {} {} {today}", period.from, period.to);
    let tables = [&CUSTOMERS, &ORDERS];
    let (unknown, future) = book.derived("astray", &tables, &asked, || {
        let found = astray(book, index, period, today)?;
        Ok((found.unknown as u64, found.future as u64))
    })?;
    let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    Ok(Data { unreachable, unverified, orders: Astray { unknown: count(unknown), future: count(future) }, imports: imports(book, period)? })
}

/// Active customers nobody can reach, and those to be verified, by their place in the archive.
fn customers(book: &Book, index: &Index, today: NaiveDate) -> Result<(Vec<u32>, Vec<u32>), Problems> {
    let rules = book.archive_rules()?.rules.verify;
    book.derived("lacking", &[&CUSTOMERS], &today.to_string(), || {
        let found: Mutex<(Vec<u32>, Vec<u32>)> = Mutex::default();
        let look = |customer: &Customer| {
            let Some(at) = index.get(customer.id.as_str()).filter(|_| customer.is_active()) else { return false };
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            let reachable = !customer.phone.trim().is_empty() || !customer.email.trim().is_empty();
            // asked of the time before an erasure, the phone of then is gone and was not lacking
            if !reachable && !is_pseudonym(&customer.name, customer.id.as_str()) {
                found.0.push(at);
            }
            if verification::is_overdue(customer, &rules, today) {
                found.1.push(at);
            }
            false
        };
        book.wanted(&Wanted { keep: &look, first: None, without: UNREAD })?;
        let (mut unreachable, mut unverified) = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        unreachable.sort_unstable();
        unverified.sort_unstable();
        Ok((unreachable, unverified))
    })
}

/// Whether an order's customer is in the archive. A blank one is nobody's.
pub fn is_unknown(index: &Index, order: &OrderRow<'_>) -> bool {
    index.get(order.customer).is_none()
}

/// The different orders of the period that nobody in the archive has, and those dated after today.
fn astray(book: &Book, index: &Index, period: Period, today: NaiveDate) -> Result<Astray, Problems> {
    let each = |(unknown, future): &mut (OrderIds, OrderIds), order: &OrderRow<'_>| {
        if is_unknown(index, order) {
            unknown.push(order.id);
        }
        if order.date > today {
            future.push(order.id);
        }
    };
    let sort = |(unknown, future): &mut (OrderIds, OrderIds)| {
        unknown.sort();
        future.sort();
    };
    let folds = book.fold_orders(Some(period), &Default::default, &each, &sort)?;
    let (unknown, future) = folds.into_iter().unzip();
    Ok(Astray { unknown: OrderIds::distinct(unknown), future: OrderIds::distinct(future) })
}

/// The imports that the log tells of in the period, in their order.
fn imports(book: &Book, period: Period) -> Result<Vec<Imported>, Problems> {
    let zone = book.settings.zone;
    let batch = |text: &str| text.starts_with('B');
    let keep = |row: &LogRow| row.is_batch() && period.contains(row.recorded_at.date(zone));
    let mut rows: Vec<LogRow> = book.wanted_within(period, &Wanted { keep: &keep, first: Some(("id", &batch)), without: &[] })?;
    rows.sort_by_key(|row| row.seq);
    Ok(rows.iter().filter_map(|row| imported(row, row.recorded_at.date(zone))).collect())
}

/// A batch whose facts count rows that were rejected is an import's.
fn imported(row: &LogRow, on: NaiveDate) -> Option<Imported> {
    let facts: Value = serde_json::from_str(&row.after).ok()?;
    let count = |name: &str| facts.get(name).and_then(Value::as_u64);
    Some(Imported {
        batch: row.id.clone(),
        on: on.to_string(),
        table: row.table.clone(),
        file: facts.get("file").and_then(Value::as_str).unwrap_or_default().to_owned(),
        new: count("new").unwrap_or(0),
        updated: count("updated").unwrap_or(0),
        unchanged: count("unchanged").unwrap_or(0),
        rejected: count("rejected")?,
    })
}
