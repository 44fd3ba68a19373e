//! Totals (总量): what came in and what became of it.

use serde::Serialize;

use super::OrderTotals;
use super::basis::{Basis, Lines, Reduce, Source};
use super::figure::{Figure, Number, count};
use super::side::{Measure, ORDERED, REQUESTED, Side, Sides, figures};
use crate::model::member::Day;
use crate::model::request::{RequestType, Stage};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Totals {
    pub requests: Vec<Figure>,
    pub business: Vec<Figure>,
}

/// Of all requests received, if not said otherwise.
pub const REQUESTS: &[Measure] = &[
    Measure { code: "received", good: 0, basis: |side| Basis::count(side.cohort.all.iter().copied()) },
    Measure {
        code: "complaints",
        good: -1,
        basis: |side| Basis::count(side.with(|request| request.r#type == Some(RequestType::Complaint)).cohort.all.into_iter()),
    },
    Measure {
        code: "resolved",
        good: 1,
        basis: |side| Basis::count(side.with(|request| request.stage.is_resolved()).cohort.all.into_iter()),
    },
    Measure { code: "open", good: -1, basis: |side| Basis::count(side.with(|request| request.stage.is_open()).cohort.all.into_iter()) },
    Measure {
        code: "reopened",
        good: -1,
        basis: |side| Basis::count(side.with(|request| request.reopened.unwrap_or(0) > 0).cohort.all.into_iter()),
    },
    Measure {
        code: "rejected",
        good: 0,
        basis: |side| Basis::count(side.with(|request| request.stage == Stage::Rejected).cohort.all.into_iter()),
    },
    Measure {
        code: "duplicates",
        good: 0,
        basis: |side| Basis::count(side.with(|request| request.stage == Stage::Duplicate).cohort.all.into_iter()),
    },
    Measure {
        code: "askers",
        good: 0,
        basis: |side| Basis {
            reduce: Reduce::Customers,
            ..Basis::count(side.with(|request| request.customer.is_some()).cohort.all.into_iter())
        },
    },
];

/// Of the orders of the period, by their date.
pub const BUSINESS: &[Measure] = &[
    Measure { code: "orders", good: 1, basis: |side| lines(side, Lines::Orders) },
    Measure { code: "buyers", good: 1, basis: |side| lines(side, Lines::Buyers) },
    Measure { code: "net", good: 1, basis: |side| lines(side, Lines::Net) },
    Measure { code: "refunds", good: -1, basis: |side| lines(side, Lines::Refunds) },
    Measure { code: "new_customers", good: 1, basis: new_customers },
];

pub fn totals(sides: &Sides<'_>) -> Totals {
    Totals { requests: figures(REQUESTS, sides, REQUESTED), business: figures(BUSINESS, sides, ORDERED) }
}

/// A number of order lines that were summed while they streamed by.
pub fn of_orders(orders: &OrderTotals, lines: Lines, digits: u32) -> Number {
    match lines {
        Lines::Orders | Lines::Unknown | Lines::Future => count(orders.orders),
        Lines::Buyers => count(orders.customers),
        Lines::Net => Number::Money(orders.net(), digits),
        Lines::Refunds => Number::Money(-orders.refunds, digits),
    }
}

fn lines<'a>(side: &Side<'a>, lines: Lines) -> Basis<'a> {
    let digits = side.inputs.settings.locale().digits;
    Basis { parts: Vec::new(), reduce: Reduce::Lines(lines, side.orders.map(|orders| of_orders(orders, lines, digits))) }
}

/// Those whose `since` lies in the period.
fn new_customers<'a>(side: &Side<'a>) -> Basis<'a> {
    let days = Day::from(side.period.from)..=Day::from(side.period.to);
    let (members, ids) = (side.inputs.members, side.inputs.ids);
    let new = members.since.iter().enumerate().filter(|(_, since)| **since != Day::NONE && days.contains(since));
    Basis::sources(new.map(|(at, _)| Source::Customer(ids.get(at))))
}
