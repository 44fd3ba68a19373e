//! The quality of the data (数据质量): what was not recorded, what belongs to nobody, and what imports rejected.

use serde::Serialize;

use super::basis::{Basis, Lines, Reduce, Source, part};
use super::figure::{Figure, count};
use super::problems::is_complaint;
use super::satisfaction::within;
use super::side::{Measure, Side, Sides, figures};
use super::table::{Order, Rows, Split, Table};
use crate::model::erasure::is_pseudonym;
use crate::model::request::{Request, is_work};

/// What is counted over the archive, the order lines and the log, where the section is wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Data {
    /// Active customers without phone and email, by their place in the archive.
    pub unreachable: Vec<u32>,
    /// Those whose data are to be verified again.
    pub unverified: Vec<u32>,
    pub orders: Astray,
    pub imports: Vec<Imported>,
}

/// Orders of the period that no customer, tier or class has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Astray {
    /// Of customers who are not in the archive.
    pub unknown: usize,
    /// Dated after today.
    pub future: usize,
}

/// An import of the period, as the log tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    pub batch: String,
    pub on: String,
    pub table: String,
    pub file: String,
    pub new: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub rejected: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DataQuality {
    pub lacking: Split,
    /// As of today; none where the section is not wanted.
    pub figures: Vec<Figure>,
    /// The latest first.
    pub imports: Vec<Imported>,
    pub left_out: usize,
}

const CODES: &[&str] = &[
    "without_category",
    "without_customer",
    "without_channel",
    "without_handler",
    "resolved_without_measures",
    "complaints_without_cause",
    "complaints_without_responsible",
    "responses_unlinked",
];

/// What is lacking, of the records that should have it.
pub const LACKING: Table = Table {
    section: "quality",
    what: "lacking",
    rows: Rows::Fixed(CODES),
    measures: |_| LACK,
    recorded: super::side::REQUESTED,
    order: Order::Records,
};

const LACK: &[Measure] = &[
    Measure { code: "count", good: -1, basis: |side| counted(lack(side), true) },
    Measure { code: "of", good: 0, basis: |side| counted(lack(side), false) },
    Measure { code: "share", good: -1, basis: lack },
];

/// Of the archive, the orders of the period and its imports.
pub const DATA: &[Measure] = &[
    Measure { code: "unreachable", good: -1, basis: |side| customers(side, |data| &data.unreachable) },
    Measure { code: "unverified", good: -1, basis: |side| customers(side, |data| &data.unverified) },
    Measure { code: "unknown_orders", good: -1, basis: |side| orders(side, Lines::Unknown) },
    Measure { code: "future_orders", good: -1, basis: |side| orders(side, Lines::Future) },
    Measure { code: "imports", good: 0, basis: |side| Basis::sources(imports(side).map(Source::Import)) },
    Measure { code: "rejected_rows", good: -1, basis: rejected },
];

pub fn quality(sides: &Sides<'_>) -> DataQuality {
    let today = Sides { now: sides.now.clone(), before: None, year_ago: None };
    let (data, most) = (sides.now.inputs.data, sides.now.inputs.rules.rows);
    let mut imports = data.map(|data| data.imports.clone()).unwrap_or_default();
    imports.reverse();
    let left_out = imports.len().saturating_sub(most);
    imports.truncate(most);
    let figures = if data.is_some() { figures(DATA, &today, |_| true) } else { Vec::new() };
    DataQuality { lacking: LACKING.of(sides), figures, imports, left_out }
}

impl Astray {
    pub fn of(self, lines: Lines) -> usize {
        if lines == Lines::Future { self.future } else { self.unknown }
    }
}

/// Those that should have it, the lacking ones counted.
fn lack<'a>(side: &Side<'a>) -> Basis<'a> {
    let resolved = |keep: fn(&Request) -> bool| side.accepted().filter(move |request| request.stage.is_resolved() && keep(request));
    match side.row.key.as_ref() {
        "without_category" => Basis::share(side.matters(), |request| Some(request.category.trim().is_empty())),
        "without_customer" => Basis::share(side.matters(), |request| Some(request.customer.is_none())),
        "without_channel" => Basis::share(side.matters(), |request| Some(request.channel.is_none())),
        "without_handler" => Basis::share(resolved(|_| true), |request| Some(request.handler.trim().is_empty())),
        "resolved_without_measures" => {
            let blank = |request: &Request| !is_work(&request.measures) && request.result.trim().is_empty();
            // what was written on an erased customer's request is gone, and was not lacking
            Basis::share(resolved(|_| true), |request| Some(blank(request) && !is_of_erased(request)))
        }
        "complaints_without_cause" => Basis::share(resolved(is_complaint), |request| Some(request.cause.trim().is_empty())),
        "complaints_without_responsible" => Basis::share(resolved(is_complaint), |request| Some(request.responsible.trim().is_empty())),
        _ => unlinked(side),
    }
}

fn is_of_erased(request: &Request) -> bool {
    request.customer.as_ref().is_some_and(|id| is_pseudonym(&request.customer_name, id.as_str()))
}

/// Answers to surveys that are nobody's.
fn unlinked<'a>(side: &Side<'a>) -> Basis<'a> {
    let of = |(name, _, responses): &'a (String, _, Vec<_>)| {
        let answered = within(side.inputs, side.period, responses).into_iter();
        answered.map(|response| part(Source::Response(name, response), 0.0, response.customer.is_none()))
    };
    Basis { parts: side.inputs.surveys.iter().flat_map(of).collect(), reduce: Reduce::Share }
}

fn counted(mut basis: Basis<'_>, only: bool) -> Basis<'_> {
    basis.parts.retain(|part| part.counted || !only);
    Basis { reduce: Reduce::Count, ..basis }
}

fn customers<'a>(side: &Side<'a>, of: fn(&Data) -> &Vec<u32>) -> Basis<'a> {
    let found = side.inputs.data.map(of).into_iter().flatten();
    Basis::sources(found.map(|at| Source::Customer(side.inputs.ids.get(*at as usize))))
}

fn orders<'a>(side: &Side<'a>, lines: Lines) -> Basis<'a> {
    let number = side.inputs.data.map(|data| count(data.orders.of(lines)));
    Basis { parts: Vec::new(), reduce: Reduce::Lines(lines, number) }
}

fn imports<'a>(side: &Side<'a>) -> impl Iterator<Item = &'a Imported> {
    side.inputs.data.into_iter().flat_map(|data| &data.imports)
}

#[expect(clippy::cast_precision_loss, reason = "rows of a file stay far below 2^53")]
fn rejected<'a>(side: &Side<'a>) -> Basis<'a> {
    Basis { parts: imports(side).map(|import| part(Source::Import(import), import.rejected as f64, true)).collect(), reduce: Reduce::Sum }
}
