//! Staff (员工): everybody's share of the work, and what nobody has.

use serde::Serialize;

use super::basis::{Basis, Reduce};
use super::efficiency::HANDLER;
use super::figure::Figure;
use super::side::{Measure, Recorded, Side, Sides, figures};
use super::table::{Order, Rows, Split, Table};
use crate::model::request::Request;
use crate::model::revisit::RevisitStatus;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Staff {
    pub figures: Vec<Figure>,
    /// By handler; the requests of all rows are the accepted ones, each once.
    pub handlers: Split,
}

/// Of the requests accepted.
pub const STAFF: &[Measure] = &[
    Measure { code: "accepted", good: 0, basis: |side| Basis::count(side.accepted()) },
    Measure { code: "unassigned", good: -1, basis: |side| Basis::count(side.accepted().filter(|request| is_unassigned(request))) },
];

/// Any requests or revisits.
const WORKED: Recorded = |side| !side.cohort.all.is_empty() || !side.revisits.is_empty();

/// By the handler of requests and who makes the revisits; blank: nobody.
pub const HANDLERS: Table =
    Table { section: "staff", what: "handler", rows: Rows::People, measures: |_| WORK, recorded: WORKED, order: Order::Records };

const WORK: &[Measure] = &[
    HANDLER[0],
    Measure { code: "open", good: -1, basis: |side| Basis::count(side.accepted().filter(|request| request.stage.is_open())) },
    HANDLER[1],
    Measure { code: "reopened", good: -1, basis: |side| Basis::count(side.accepted().filter(|request| request.reopened.unwrap_or(0) > 0)) },
    HANDLER[2],
    Measure { code: "p90", good: -1, basis: |side| Basis::times(side.accepted(), Reduce::Quantile(0.9)) },
    HANDLER[3],
    HANDLER[4],
    Measure { code: "answers", good: 0, basis: |side| Basis { reduce: Reduce::Count, ..Basis::feedback(side.accepted()) } },
    Measure { code: "revisits_done", good: 1, basis: revisits_done },
];

pub fn staff(sides: &Sides<'_>) -> Staff {
    Staff { figures: figures(STAFF, sides, super::side::REQUESTED), handlers: HANDLERS.of(sides) }
}

/// Nobody has it, and work is to be done.
fn is_unassigned(request: &Request) -> bool {
    request.handler.trim().is_empty() && request.stage.is_open()
}

fn revisits_done<'a>(side: &Side<'a>) -> Basis<'a> {
    super::revisits::of(side, |revisit| revisit.status == RevisitStatus::Done)
}
