//! When requests that were reopened had been resolved for the first time: the log alone tells.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::base::instant::Instant;
use crate::base::period::Period;
use crate::base::problem::Problems;
use crate::engine::clock;
use crate::model::log::{LOG, LogRow};
use crate::model::request::{REQUESTS, Request};
use crate::store::{Book, Wanted};

/// The first resolutions of those requests that were reopened; the rows of the others say it themselves.
///
/// # Errors
/// What is wrong in the log.
pub fn read(book: &Book, requests: &[Request], asked: &str) -> Result<HashMap<String, Instant>, Problems> {
    let reopened: HashMap<&str, &Request> =
        requests.iter().filter(|request| request.reopened.unwrap_or(0) > 0).map(|request| (request.id.as_str(), request)).collect();
    let Some(earliest) = reopened.values().map(|request| request.received_at.date(book.settings.zone)).min() else {
        return Ok(HashMap::new());
    };
    let found: Vec<(String, i64)> =
        book.derived("firsts", &[&REQUESTS, &LOG], asked, || resolutions(book, &reopened, earliest.pred_opt().unwrap_or(earliest)))?;
    Ok(found.into_iter().map(|(id, at)| (id, Instant::from_timestamp(at))).collect())
}

/// `since` is a day before the first receipt, for a change of zone.
fn resolutions(book: &Book, reopened: &HashMap<&str, &Request>, since: NaiveDate) -> Result<Vec<(String, i64)>, Problems> {
    let wanted: HashSet<&str> = reopened.keys().copied().collect();
    let is_one = |id: &str| wanted.contains(id.trim());
    let keep = |row: &LogRow| row.table == REQUESTS.word.code;
    let asked = Wanted { keep: &keep, first: Some(("id", &is_one)), without: &[] };
    let rows: Vec<LogRow> = book.wanted_within(Period::days(since, NaiveDate::MAX), &asked)?;
    let mut by: HashMap<String, Vec<LogRow>> = HashMap::new();
    for row in rows {
        by.entry(row.id.clone()).or_default().push(row);
    }
    let locale = book.locale();
    let first = |(id, rows): (String, Vec<LogRow>)| Some((id, clock::first_resolved(&rows, &locale)?.timestamp()));
    let mut found: Vec<(String, i64)> = by.into_iter().filter_map(first).collect();
    found.sort_unstable();
    Ok(found)
}
