//! What came back (重开与重复): requests that were reopened, and customers who complained about the same thing again.

use std::collections::BTreeMap;

use serde::Serialize;

use super::basis::{Basis, Reduce};
use super::figure::Figure;
use super::problems::is_complaint;
use super::side::{Cohort, Measure, REQUESTED, Side, Sides, figures};
use super::table::{Order, Rows, Split, Table};
use crate::model::request::Request;
use crate::model::vocabulary::Code;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Repeats {
    pub figures: Vec<Figure>,
    /// Categories with requests that were reopened.
    pub categories: Split,
    /// Those most often reopened first.
    pub reopened: Vec<Reopened>,
    pub left_out: usize,
    /// Complaints of one customer in one category, in this period and also in the one before.
    pub again: Vec<Again>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reopened {
    pub request: String,
    pub customer: Option<String>,
    pub name: String,
    pub category: String,
    pub times: u32,
    pub stage: &'static str,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Again {
    pub customer: String,
    pub name: String,
    pub category: String,
    pub now: usize,
    pub before: usize,
}

pub const REPEATS: &[Measure] = &[Measure { code: "repeaters", good: -1, basis: repeaters }];

/// By category.
pub const REOPENED: Table = Table {
    section: "repeats",
    what: "category",
    rows: Rows::Requests(|_, request| Some(request.category.trim())),
    measures: |_| OF_CATEGORY,
    recorded: REQUESTED,
    order: Order::By("reopened"),
};

const OF_CATEGORY: &[Measure] = &[
    Measure { code: "reopened", good: -1, basis: |side| Basis::count(side.accepted().filter(|request| is_reopened(request))) },
    Measure { code: "reopen_rate", good: -1, basis: |side| Basis::share(side.accepted(), |request| Some(is_reopened(request))) },
];

pub fn repeats(sides: &Sides<'_>) -> Repeats {
    let most = sides.now.inputs.rules.rows;
    let mut back: Vec<&Request> = sides.now.accepted().filter(|request| is_reopened(request)).collect();
    back.sort_by(|a, b| b.reopened.cmp(&a.reopened).then_with(|| b.received_at.cmp(&a.received_at)).then_with(|| a.id.cmp(&b.id)));
    Repeats {
        figures: figures(REPEATS, sides, REQUESTED),
        categories: REOPENED.of(sides),
        left_out: back.len().saturating_sub(most),
        reopened: back.into_iter().take(most).map(|request| reopened(&sides.now, request)).collect(),
        again: again(sides),
    }
}

fn is_reopened(request: &Request) -> bool {
    request.reopened.unwrap_or(0) > 0
}

fn reopened(side: &Side<'_>, request: &Request) -> Reopened {
    let customer = request.customer.as_ref().map(ToString::to_string);
    Reopened {
        request: request.id.to_string(),
        name: customer.as_deref().map_or_else(|| request.customer_name.clone(), side.inputs.names),
        customer,
        category: request.category.trim().to_owned(),
        times: request.reopened.unwrap_or(0),
        stage: request.stage.code(),
    }
}

/// Complaints by customer and category.
fn complaints<'a>(cohort: &Cohort<'a>) -> BTreeMap<(&'a str, &'a str), Vec<&'a Request>> {
    let mut by: BTreeMap<(&str, &str), Vec<&Request>> = BTreeMap::new();
    for request in cohort.accepted().filter(|request| is_complaint(request) && !request.category.trim().is_empty()) {
        if let Some(customer) = &request.customer {
            by.entry((customer.as_str(), request.category.trim())).or_default().push(request);
        }
    }
    by
}

/// Customers who complained at least twice in one category within the period.
fn repeaters<'a>(side: &Side<'a>) -> Basis<'a> {
    let twice = complaints(&side.cohort).into_values().filter(|requests| requests.len() >= 2).flatten();
    Basis { reduce: Reduce::Customers, ..Basis::count(twice) }
}

fn again(sides: &Sides<'_>) -> Vec<Again> {
    let Some(before) = sides.before.as_ref().map(|side| complaints(&side.cohort)) else { return Vec::new() };
    let one = |((customer, category), requests): ((&str, &str), Vec<&Request>)| {
        let before = before.get(&(customer, category))?.len();
        let (customer, name) = (customer.to_owned(), (sides.now.inputs.names)(customer));
        Some(Again { customer, name, category: category.to_owned(), now: requests.len(), before })
    };
    let mut found: Vec<Again> = complaints(&sides.now.cohort).into_iter().filter_map(one).collect();
    found.sort_by_key(|again| std::cmp::Reverse(again.now + again.before));
    found
}
