//! Categories and their shares (类别与占比), duplicates left out.

use std::collections::BTreeMap;

use serde::Serialize;

use super::basis::Basis;
use super::figure::{Number, share};
use super::side::{Cohort, REQUESTED, Side, Sides};
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
    pub year_ago: Option<usize>,
    pub share_year_ago: Option<Number>,
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

/// What requests are counted under: a code, and the key of each.
pub struct Group {
    pub code: &'static str,
    pub key: fn(&Request) -> &str,
}

pub const CATEGORY: Group = Group { code: "category", key: |request| request.category.trim() };
pub const TYPE: Group = Group { code: "type", key: |request| code(request.r#type) };
pub const PURPOSE: Group = Group { code: "purpose", key: |request| code(request.purpose) };
pub const CHANNEL: Group = Group { code: "channel", key: |request| code(request.channel) };
pub const SEVERITY: Group = Group { code: "severity", key: |request| request.severity.code() };

/// Every one.
pub const GROUPS: &[&Group] = &[&CATEGORY, &TYPE, &PURPOSE, &CHANNEL, &SEVERITY];

pub fn shares(sides: &Sides<'_>) -> Shares {
    Shares {
        category: group(sides, &CATEGORY),
        r#type: group(sides, &TYPE),
        purpose: group(sides, &PURPOSE).into_iter().filter(|row| !row.key.is_empty()).collect(),
        channel: group(sides, &CHANNEL),
        severity: group(sides, &SEVERITY),
    }
}

/// The records of a group's row: counted, or as a share of all that are no duplicates.
pub fn basis<'a>(side: &Side<'a>, group: &Group, key: &str, share: bool) -> Basis<'a> {
    if share {
        return Basis::share(side.matters(), |request| Some((group.key)(request) == key));
    }
    Basis::count(side.matters().filter(|request| (group.key)(request) == key))
}

fn code<T: Code>(value: Option<T>) -> &'static str {
    value.map(Code::code).unwrap_or_default()
}

fn counts<'a>(cohort: &Cohort<'a>, group: &Group) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for request in cohort.matters() {
        *counts.entry((group.key)(request)).or_insert(0) += 1;
    }
    counts
}

/// A side's counts, and their sum.
struct Counted<'a>(BTreeMap<&'a str, usize>, usize);

impl<'a> Counted<'a> {
    fn of(side: &Side<'a>, group: &Group) -> Counted<'a> {
        let counts = counts(&side.cohort, group);
        let total = counts.values().sum();
        Counted(counts, total)
    }

    fn row(&self, key: &str) -> (usize, Option<Number>) {
        let n = self.0.get(key).copied().unwrap_or(0);
        (n, share(n, self.1))
    }
}

/// Groups of this period or the one before, the largest first.
fn group(sides: &Sides<'_>, group: &Group) -> Vec<Row> {
    let now = Counted::of(&sides.now, group);
    let before = sides.before.as_ref().map(|side| Counted::of(side, group));
    let year_ago = sides.year_ago.as_ref().filter(|side| REQUESTED(side)).map(|side| Counted::of(side, group));
    let mut keys: Vec<&str> = now.0.keys().chain(before.iter().flat_map(|before| before.0.keys())).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    let row = |key: &str| {
        let ((n, part), then, ago) = (now.row(key), before.as_ref().map(|side| side.row(key)), year_ago.as_ref().map(|side| side.row(key)));
        Row {
            key: key.to_owned(),
            count: n,
            share: part,
            before: then.map(|(n, _)| n),
            share_before: then.and_then(|(_, share)| share),
            year_ago: ago.map(|(n, _)| n),
            share_year_ago: ago.and_then(|(_, share)| share),
        }
    };
    let mut rows: Vec<Row> = keys.into_iter().map(row).collect();
    rows.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| b.before.cmp(&a.before)).then_with(|| a.key.cmp(&b.key)));
    rows
}
