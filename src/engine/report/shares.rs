//! Categories and their shares (类别与占比), duplicates left out.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figure::{Number, share};
use super::{Cohort, Pair};
use crate::model::request::Request;
use crate::model::vocabulary::Code;

/// One group of requests beside the period before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The category's own text, or a code; blank for requests without.
    pub key: String,
    pub count: usize,
    pub share: Option<Number>,
    pub before: Option<usize>,
    pub share_before: Option<Number>,
}

impl Row {
    /// Percentage points more than before.
    pub fn points(&self) -> Option<f64> {
        Some(self.share?.value() - self.share_before?.value())
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shares {
    pub category: Vec<Row>,
    pub r#type: Vec<Row>,
    pub purpose: Vec<Row>,
    pub channel: Vec<Row>,
    pub severity: Vec<Row>,
}

/// What a request is counted under.
type Key<'k> = &'k dyn for<'a> Fn(&'a Request) -> &'a str;

pub fn shares(pair: &Pair<'_>) -> Shares {
    Shares {
        category: group(pair, &|request| request.category.trim()),
        r#type: group(pair, &|request| code(request.r#type)),
        purpose: group(pair, &|request| code(request.purpose)).into_iter().filter(|row| !row.key.is_empty()).collect(),
        channel: group(pair, &|request| code(request.channel)),
        severity: group(pair, &|request| request.severity.code()),
    }
}

fn code<T: Code>(value: Option<T>) -> &'static str {
    value.map(Code::code).unwrap_or_default()
}

fn counts<'a>(cohort: &Cohort<'a>, key: Key<'_>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for request in cohort.matters() {
        *counts.entry(key(request)).or_insert(0) += 1;
    }
    counts
}

/// Groups of either period, the largest first.
fn group(pair: &Pair<'_>, key: Key<'_>) -> Vec<Row> {
    let now = counts(&pair.now, key);
    let before = pair.before.as_ref().map(|cohort| counts(cohort, key));
    let total: usize = now.values().sum();
    let total_before: usize = before.iter().flat_map(BTreeMap::values).sum();
    let mut keys: Vec<&str> = now.keys().chain(before.iter().flat_map(BTreeMap::keys)).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    let row = |key: &str| {
        let (n, b) = (now.get(key).copied().unwrap_or(0), before.as_ref().map(|before| before.get(key).copied().unwrap_or(0)));
        Row { key: key.to_owned(), count: n, share: share(n, total), before: b, share_before: b.and_then(|b| share(b, total_before)) }
    };
    let mut rows: Vec<Row> = keys.into_iter().map(row).collect();
    rows.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| b.before.cmp(&a.before)).then_with(|| a.key.cmp(&b.key)));
    rows
}
