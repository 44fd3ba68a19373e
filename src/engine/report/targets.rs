//! Service targets (服务目标): what was promised on the requests received in the period, and whether it was kept, by stage, by
//! severity and by person.

use serde::Serialize;

use super::basis::{Basis, Reduce};
use super::efficiency::{answered_at, kept, responded};
use super::figure::Figure;
use super::side::{Measure, REQUESTED, Side, Sides, figures};
use super::table::{Order, Rows, Split, Table};
use crate::base::instant::Instant;
use crate::model::promise::Target;
use crate::model::punctuality::done_at;
use crate::model::request::{Request, Stage};
use crate::model::vocabulary::Code;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Targets {
    pub figures: Vec<Figure>,
    pub stages: Split,
    pub severities: Split,
    pub staff: Split,
}

/// Of the requests accepted.
pub const TARGETS: &[Measure] = &[
    Measure { code: "all_kept", good: 1, basis: |side| Basis::share(side.accepted(), |request| all_kept(request, side.inputs.now)) },
    Measure {
        code: "escalated",
        good: -1,
        basis: |side| Basis::count(side.accepted().filter(|request| !request.escalated.trim().is_empty())),
    },
];

/// The stages, in the order they fall due.
const CODES: &[&str] = &["acknowledge", "respond", "resolve"];

pub const STAGES: Table = Table {
    section: "targets",
    what: "stage",
    rows: Rows::Fixed(CODES),
    measures: |stage| match stage {
        "acknowledge" => ACKNOWLEDGE,
        "respond" => RESPOND,
        _ => RESOLVE,
    },
    recorded: REQUESTED,
    order: Order::Records,
};

pub const SEVERITIES: Table = Table {
    section: "targets",
    what: "severity",
    rows: Rows::Requests(|_, request| Some(request.severity.code())),
    measures: |_| RATES,
    recorded: REQUESTED,
    order: Order::Records,
};

/// By handler; blank: nobody has it.
pub const STAFF: Table = Table {
    section: "targets",
    what: "handler",
    rows: Rows::Requests(|_, request| Some(request.handler.trim())),
    measures: |_| PERSONAL,
    recorded: REQUESTED,
    order: Order::Records,
};

const ACKNOWLEDGE: &[Measure] = &stage::<0>();
const RESPOND: &[Measure] = &stage::<1>();
const RESOLVE: &[Measure] = &stage::<2>();

/// The rates of all three beside each other, and how the last one was missed.
const RATES: &[Measure] = &[
    Measure { code: "acknowledge_rate", good: 1, basis: rate::<0> },
    Measure { code: "respond_rate", good: 1, basis: rate::<1> },
    Measure { code: "resolve_rate", good: 1, basis: rate::<2> },
    Measure { code: "resolve_missed", good: -1, basis: missed::<2> },
    Measure { code: "resolve_lateness", good: -1, basis: lateness::<2> },
];

/// Of one person: the review is mostly another's.
const PERSONAL: &[Measure] = &[
    Measure { code: "respond_rate", good: 1, basis: rate::<1> },
    Measure { code: "resolve_rate", good: 1, basis: rate::<2> },
    Measure { code: "resolve_missed", good: -1, basis: missed::<2> },
    Measure { code: "resolve_lateness", good: -1, basis: lateness::<2> },
];

const fn stage<const TARGET: usize>() -> [Measure; 4] {
    [
        Measure { code: "met", good: 1, basis: met::<TARGET> },
        Measure { code: "missed", good: -1, basis: missed::<TARGET> },
        Measure { code: "rate", good: 1, basis: rate::<TARGET> },
        Measure { code: "lateness", good: -1, basis: lateness::<TARGET> },
    ]
}

pub fn targets(sides: &Sides<'_>) -> Targets {
    Targets {
        figures: figures(TARGETS, sides, REQUESTED),
        stages: STAGES.of(sides),
        severities: SEVERITIES.of(sides),
        staff: STAFF.of(sides),
    }
}

/// Whether a target was kept; no verdict where it is not due yet, waits for the customer, or nothing was promised.
pub fn verdict(request: &Request, target: Target, now: Instant) -> Option<bool> {
    match target {
        Target::Acknowledge => acknowledged(request, now),
        Target::Respond => responded(request, now),
        Target::Resolve => kept(request, now),
    }
}

/// The first review. One that went on without any is judged by nothing.
fn acknowledged(request: &Request, now: Instant) -> Option<bool> {
    match (request.acknowledge_due?, request.reviewed_at) {
        (due, Some(done)) => Some(done <= due),
        (due, None) => (due < now && request.stage == Stage::Registered).then_some(false),
    }
}

fn all_kept(request: &Request, now: Instant) -> Option<bool> {
    let judged: Vec<bool> = Target::ALL.iter().filter_map(|target| verdict(request, *target, now)).collect();
    (!judged.is_empty()).then(|| judged.into_iter().all(|kept| kept))
}

/// Elapsed seconds between the due time and the deed, or now.
fn seconds_late(request: &Request, target: Target, now: Instant) -> Option<i64> {
    if verdict(request, target, now) != Some(false) {
        return None;
    }
    let (due, done) = match target {
        Target::Acknowledge => (request.acknowledge_due?, request.reviewed_at),
        Target::Respond => (request.respond_due?, answered_at(request)),
        Target::Resolve => (request.resolve_due?, done_at(request)),
    };
    Some(done.unwrap_or(now).seconds_since(due))
}

fn judged<'a>(side: &Side<'a>, target: usize, verdict_is: bool) -> Basis<'a> {
    let now = side.inputs.now;
    Basis::count(side.accepted().filter(move |request| verdict(request, Target::ALL[target], now) == Some(verdict_is)))
}

fn met<'a, const TARGET: usize>(side: &Side<'a>) -> Basis<'a> {
    judged(side, TARGET, true)
}

fn missed<'a, const TARGET: usize>(side: &Side<'a>) -> Basis<'a> {
    judged(side, TARGET, false)
}

fn rate<'a, const TARGET: usize>(side: &Side<'a>) -> Basis<'a> {
    Basis::share(side.accepted(), |request| verdict(request, Target::ALL[TARGET], side.inputs.now))
}

/// The median of the late ones.
fn lateness<'a, const TARGET: usize>(side: &Side<'a>) -> Basis<'a> {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a human life fit in 53 bits")]
    let late = |request: &Request| seconds_late(request, Target::ALL[TARGET], side.inputs.now).map(|seconds| seconds as f64);
    Basis::values(side.accepted(), Reduce::Quantile(0.5), late)
}
