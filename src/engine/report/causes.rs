//! Root causes and who answered for them (根本原因与责任), and the measures most taken.

use std::borrow::Cow;

use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use super::basis::{Basis, Reduce};
use super::figure::Figure;
use super::problems::is_complaint;
use super::side::{Measure, REQUESTED, Side, Sides, figures};
use super::table::{Order, Rows, Split, Table};
use crate::base::money::Money;
use crate::model::request::{Request, is_asking};
use crate::model::responsible;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Causes {
    pub figures: Vec<Figure>,
    pub by_cause: Split,
    pub responsible: Split,
    pub measures: Split,
}

/// Of the requests accepted.
pub const CAUSES: &[Measure] = &[
    Measure { code: "caused", good: 0, basis: |side| Basis::share(resolved(side), |request| Some(!request.first_cause().is_empty())) },
    Measure { code: "costs", good: -1, basis: costs },
];

/// By the first line of the cause: a code's label of `rules/categories.yaml`, or what was written.
pub const BY_CAUSE: Table = Table {
    section: "causes",
    what: "cause",
    rows: Rows::Requests(|_, request| Some(request.first_cause()).filter(|cause| !cause.is_empty())),
    measures: |_| CAUSE,
    recorded: REQUESTED,
    order: Order::MostRecords,
};

/// By the department or person; where shares were settled, each has its own of the cost.
pub const RESPONSIBLE: Table = Table {
    section: "causes",
    what: "responsible",
    rows: Rows::Several(names),
    measures: |_| ANSWERED,
    recorded: REQUESTED,
    order: Order::MostRecords,
};

/// By each line of the measures.
pub const MEASURES: Table = Table {
    section: "causes",
    what: "measure",
    rows: Rows::Several(measures),
    measures: |_| TAKEN,
    recorded: REQUESTED,
    order: Order::By("count"),
};

const COUNT: Measure = Measure { code: "count", good: 0, basis: |side| Basis::count(side.accepted()) };
const COMPLAINTS: Measure =
    Measure { code: "complaints", good: -1, basis: |side| Basis::count(side.accepted().filter(|request| is_complaint(request))) };

const CAUSE: &[Measure] = &[
    COUNT,
    Measure { code: "share", good: 0, basis: |side| Basis { reduce: Reduce::Part(side.row.of), ..Basis::count(side.accepted()) } },
    COMPLAINTS,
    Measure { code: "median_time", good: -1, basis: |side| Basis::times(side.accepted(), Reduce::Quantile(0.5)) },
    Measure { code: "costs", good: -1, basis: costs },
];

const ANSWERED: &[Measure] = &[COUNT, COMPLAINTS, Measure { code: "costs", good: -1, basis: shared_costs }];

const TAKEN: &[Measure] = &[
    COUNT,
    Measure {
        code: "reopen_rate",
        good: -1,
        basis: |side| Basis::share(side.accepted(), |request| Some(request.reopened.unwrap_or(0) > 0)),
    },
];

pub fn causes(sides: &Sides<'_>) -> Causes {
    Causes {
        figures: figures(CAUSES, sides, REQUESTED),
        by_cause: BY_CAUSE.of(sides),
        responsible: RESPONSIBLE.of(sides),
        measures: MEASURES.of(sides),
    }
}

fn resolved<'a>(side: &Side<'a>) -> impl Iterator<Item = &'a Request> {
    side.accepted().filter(|request| request.stage.is_resolved())
}

fn costs<'a>(side: &Side<'a>) -> Basis<'a> {
    Basis::money(side.accepted(), side.inputs.settings.locale().digits, |request| request.cost)
}

/// The row's own share of the cost; the whole where no shares were settled.
#[expect(clippy::cast_precision_loss, reason = "a book's amounts stay far below 2^53 minor units")]
fn shared_costs<'a>(side: &Side<'a>) -> Basis<'a> {
    let share = |request: &Request| {
        let shares = responsible::read(&request.responsible).map(|read| read.shares).unwrap_or_default();
        let own = shares.iter().filter(|(name, _)| *name == side.row.key).filter_map(|(_, share)| share.to_f64());
        if shares.is_empty() { 1.0 } else { own.sum::<f64>() / 100.0 }
    };
    let amount = |request: &Request| request.cost.map(|Money(minor)| minor as f64 * share(request));
    Basis::values(side.accepted(), Reduce::Money(side.inputs.settings.locale().digits), amount)
}

/// Who answers for a request, each once.
fn names(request: &Request) -> Vec<Cow<'_, str>> {
    let text = request.responsible.trim();
    if text.is_empty() {
        return Vec::new();
    }
    let shares = responsible::read(text).map(|read| read.shares).unwrap_or_default();
    if shares.is_empty() {
        return vec![text.into()];
    }
    unique(shares.into_iter().map(|(name, _)| name.into()))
}

/// What was done for a request, each once.
fn measures(request: &Request) -> Vec<Cow<'_, str>> {
    let lines = request.measures.lines().map(str::trim).filter(|line| !line.is_empty() && !is_asking(line));
    unique(lines.map(Into::into))
}

fn unique<'a>(texts: impl Iterator<Item = Cow<'a, str>>) -> Vec<Cow<'a, str>> {
    let mut found: Vec<Cow<'a, str>> = texts.collect();
    found.sort_unstable();
    found.dedup();
    found
}
