//! Common problems with their solutions (常见问题及解决办法), and what the data lack.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::Inputs;
use super::basis::{Basis, Reduce};
use super::figure::{Number, quantile};
use super::side::{Cohort, Measure, Sides};
use crate::engine::knowledge::{links, most_linked};
use crate::model::request::{Request, RequestType};

/// Categories shown.
const TOP: usize = 5;
/// Causes and solutions shown for each.
const TOP_TEXTS: usize = 3;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Problems {
    pub common: Vec<Common>,
    /// Same customer, same category, at least twice in the period.
    pub repeats: Vec<Repeat>,
    pub quality: Quality,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Common {
    pub category: String,
    pub count: usize,
    pub complaints: usize,
    pub median: Option<Number>,
    pub causes: Vec<Counted>,
    pub solutions: Vec<Counted>,
    /// The entry of the knowledge base most of them were answered with.
    pub knowledge: Option<Entry>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Counted {
    pub text: String,
    pub count: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub id: String,
    pub title: String,
    /// So many requests were answered with it.
    pub count: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Repeat {
    pub customer: String,
    pub name: String,
    pub category: String,
    pub count: usize,
}

/// What was not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Quality {
    pub requests: usize,
    pub without_category: usize,
    pub without_customer: usize,
    pub complaints_resolved: usize,
    pub complaints_without_cause: usize,
}

/// Of the requests of one category.
pub const PROBLEM: &[Measure] = &[
    Measure { code: "count", good: 0, basis: |side| Basis::count(side.accepted()) },
    Measure { code: "complaints", good: -1, basis: |side| Basis::count(side.accepted().filter(|request| is_complaint(request))) },
    Measure { code: "median", good: -1, basis: |side| Basis::times(side.accepted(), Reduce::Quantile(0.5)) },
];

/// What the data lack, of all requests of the period.
pub const QUALITY: &[Measure] = &[
    Measure { code: "requests", good: 0, basis: |side| Basis::count(side.matters()) },
    Measure {
        code: "without_category",
        good: -1,
        basis: |side| Basis::count(side.matters().filter(|request| request.category.trim().is_empty())),
    },
    Measure { code: "without_customer", good: -1, basis: |side| Basis::count(side.matters().filter(|request| request.customer.is_none())) },
    Measure { code: "complaints_resolved", good: 0, basis: |side| Basis::count(side.accepted().filter(|request| is_settled(request))) },
    Measure {
        code: "complaints_without_cause",
        good: -1,
        basis: |side| Basis::count(side.accepted().filter(|request| is_settled(request) && request.cause.trim().is_empty())),
    },
];

pub fn problems(sides: &Sides<'_>) -> Problems {
    let side = &sides.now;
    Problems { common: common(&side.cohort, side.inputs), repeats: repeats(&side.cohort, side.inputs), quality: quality(&side.cohort) }
}

fn is_settled(request: &Request) -> bool {
    is_complaint(request) && request.stage.is_resolved()
}

pub fn is_complaint(request: &Request) -> bool {
    request.r#type == Some(RequestType::Complaint)
}

/// Requests that have a category, grouped by it and by what else is asked for; the largest groups first, of equals those
/// with more complaints.
pub fn grouped<'a, K: Ord>(cohort: &Cohort<'a>, also: impl Fn(&'a Request) -> K) -> Vec<((&'a str, K), Vec<&'a Request>)> {
    let mut by: BTreeMap<(&str, K), Vec<&Request>> = BTreeMap::new();
    for request in cohort.accepted().filter(|request| !request.category.trim().is_empty()) {
        by.entry((request.category.trim(), also(request))).or_default().push(request);
    }
    let mut groups: Vec<_> = by.into_iter().collect();
    groups.sort_by_key(|(_, requests)| Reverse((requests.len(), complaints(requests))));
    groups
}

fn complaints(requests: &[&Request]) -> usize {
    requests.iter().filter(|request| is_complaint(request)).count()
}

fn common(cohort: &Cohort<'_>, inputs: &Inputs<'_>) -> Vec<Common> {
    let links = links(&cohort.all);
    let groups = grouped(cohort, |_| ()).into_iter().take(TOP);
    let common = groups.map(|((category, ()), requests)| {
        let entry = most_linked(requests.iter().copied(), &links, inputs.knowledge);
        let entry = entry.map(|(entry, count)| Entry { id: entry.id.to_string(), title: entry.title.clone(), count });
        Common { knowledge: entry, ..problem(category, &requests) }
    });
    common.collect()
}

fn problem(category: &str, requests: &[&Request]) -> Common {
    let mut newest: Vec<&Request> = requests.to_vec();
    newest.sort_by(|a, b| (b.resolved_at, &b.id).cmp(&(a.resolved_at, &a.id)));
    let resolved = newest.iter().filter(|request| request.stage.is_resolved());
    Common {
        category: category.to_owned(),
        count: requests.len(),
        complaints: complaints(requests),
        median: quantile(&super::efficiency::times(requests.iter().copied()), 0.5).map(Number::Seconds),
        causes: most_frequent(newest.iter().map(|request| request.first_cause())),
        solutions: most_frequent(resolved.map(|request| solution(request))),
        knowledge: None,
    }
}

/// What was done, or what came of it.
fn solution(request: &Request) -> &str {
    match request.measures.trim() {
        "" => request.result.trim(),
        measures => measures,
    }
}

/// The most frequent texts; of equals the one met first.
fn most_frequent<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Counted> {
    let mut found: Vec<(&str, usize)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for text in texts.filter(|text| !text.is_empty()) {
        let place = *places.entry(text).or_insert(found.len());
        match found.get_mut(place) {
            Some((_, count)) => *count += 1,
            None => found.push((text, 1)),
        }
    }
    found.sort_by_key(|(_, count)| Reverse(*count));
    found.truncate(TOP_TEXTS);
    found.into_iter().map(|(text, count)| Counted { text: text.to_owned(), count }).collect()
}

fn repeats(cohort: &Cohort<'_>, inputs: &Inputs<'_>) -> Vec<Repeat> {
    let mut by: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for request in cohort.accepted().filter(|request| is_complaint(request) && !request.category.trim().is_empty()) {
        if let Some(customer) = &request.customer {
            *by.entry((customer.as_str(), request.category.trim())).or_default() += 1;
        }
    }
    let repeat = |((customer, category), count): ((&str, &str), usize)| Repeat {
        customer: customer.to_owned(),
        name: (inputs.names)(customer),
        category: category.to_owned(),
        count,
    };
    by.into_iter().filter(|(_, count)| *count >= 2).map(repeat).collect()
}

fn quality(cohort: &Cohort<'_>) -> Quality {
    let settled = || cohort.accepted().filter(|request| is_settled(request));
    Quality {
        requests: cohort.matters().count(),
        without_category: cohort.matters().filter(|request| request.category.trim().is_empty()).count(),
        without_customer: cohort.matters().filter(|request| request.customer.is_none()).count(),
        complaints_resolved: settled().count(),
        complaints_without_cause: settled().filter(|request| request.cause.trim().is_empty()).count(),
    }
}
