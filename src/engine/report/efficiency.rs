//! Handling efficiency (处理效率): times of the requests received in the period and resolved by now.

use std::collections::BTreeMap;

use serde::Serialize;

use super::basis::{Basis, Reduce};
use super::figure::{Figure, Number};
use super::side::{Cohort, Measure, REQUESTED, Side, Sides, figures};
use crate::base::instant::Instant;
use crate::model::punctuality::{Punctuality, done_at};
use crate::model::request::Request;
use crate::model::vocabulary::Code;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Efficiency {
    pub figures: Vec<Figure>,
    /// How the requests stand with their due times, also those that came with one.
    pub due: Vec<Standing>,
    pub handlers: Vec<Handler>,
}

/// How many requests stand so with their due time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Standing {
    pub code: &'static str,
    pub requests: usize,
}

/// One member of staff's requests of the period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Handler {
    pub name: String,
    pub requests: usize,
    pub resolved: usize,
    pub median: Option<Number>,
    pub on_time: Option<Number>,
    pub feedback: Option<Number>,
}

/// Handling times in seconds, rising.
pub fn times<'a>(requests: impl Iterator<Item = &'a Request>) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a human life fit in 53 bits")]
    let mut times: Vec<f64> = requests.filter_map(Request::handling_seconds).map(|seconds| seconds as f64).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// Of the requests accepted: received, less rejected ones and duplicates.
pub const EFFICIENCY: &[Measure] = &[
    Measure { code: "timed", good: 0, basis: |side| Basis { reduce: Reduce::Count, ..Basis::times(side.accepted(), Reduce::Count) } },
    Measure { code: "mean_time", good: -1, basis: |side| Basis::times(side.accepted(), Reduce::MeanSeconds) },
    Measure { code: "median_time", good: -1, basis: |side| Basis::times(side.accepted(), Reduce::Quantile(0.5)) },
    Measure { code: "median_first_time", good: -1, basis: first_times },
    Measure { code: "p90_time", good: -1, basis: |side| Basis::times(side.accepted(), Reduce::Quantile(0.9)) },
    Measure { code: "resolution_rate", good: 1, basis: resolution_rate },
    Measure {
        code: "first_resolution_rate",
        good: 1,
        basis: |side| Basis::share(side.accepted(), |request| Some(request.stage.is_resolved() && request.reopened.unwrap_or(0) == 0)),
    },
    Measure {
        code: "respond_on_time",
        good: 1,
        basis: |side| Basis::share(side.accepted(), |request| responded(request, side.inputs.now)),
    },
    Measure { code: "resolve_on_time", good: 1, basis: |side| Basis::share(side.accepted(), |request| kept(request, side.inputs.now)) },
    Measure {
        code: "reopen_rate",
        good: -1,
        basis: |side| Basis::share(side.accepted(), |request| Some(request.reopened.unwrap_or(0) > 0)),
    },
];

/// Of one handler's requests.
pub const HANDLER: &[Measure] = &[
    Measure { code: "requests", good: 0, basis: |side| Basis::count(side.accepted()) },
    Measure { code: "resolved", good: 1, basis: |side| Basis::count(side.accepted().filter(|request| request.stage.is_resolved())) },
    Measure { code: "median", good: -1, basis: |side| Basis::times(side.accepted(), Reduce::Quantile(0.5)) },
    Measure { code: "on_time", good: 1, basis: |side| Basis::share(side.accepted(), |request| kept(request, side.inputs.now)) },
    Measure { code: "feedback", good: 1, basis: |side| Basis::feedback(side.accepted()) },
];

/// Resolved ÷ (received − rejected − duplicates).
pub fn resolution_rate<'a>(side: &Side<'a>) -> Basis<'a> {
    Basis::share(side.accepted(), |request| Some(request.stage.is_resolved()))
}

/// Times to the first resolution. Of what was reopened only the log knows it; where it does not tell, it is left out.
fn first_times<'a>(side: &Side<'a>) -> Basis<'a> {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a human life fit in 53 bits")]
    let first = |request: &Request| {
        let seconds = match request.reopened.unwrap_or(0) {
            0 => request.handling_seconds(),
            _ => side.inputs.firsts.get(request.id.as_str()).map(|at| at.seconds_since(request.received_at)),
        };
        seconds.map(|seconds| seconds as f64)
    };
    Basis::values(side.accepted(), Reduce::Quantile(0.5), first)
}

/// When the customer first had an answer: at the resolution at the latest.
pub fn answered_at(request: &Request) -> Option<Instant> {
    request.responded_at.or_else(|| done_at(request))
}

/// Whether the first answer came in time. No verdict where it is not due yet, nothing was promised, or it is done and nobody
/// knows when. Waiting for the customer does not put off an answer.
pub fn responded(request: &Request, now: Instant) -> Option<bool> {
    match (request.respond_due?, answered_at(request)) {
        (due, Some(done)) => Some(done <= due),
        (_, None) if request.stage.is_resolved() => None,
        (due, None) => (due < now).then_some(false),
    }
}

/// Whether it was resolved in time; no verdict where it is not due yet, waits for the customer, or nothing was promised.
pub fn kept(request: &Request, now: Instant) -> Option<bool> {
    match Punctuality::of(request, now) {
        Punctuality::Met => Some(true),
        Punctuality::Late | Punctuality::Overdue => Some(false),
        Punctuality::Open | Punctuality::Paused | Punctuality::Unbound => None,
    }
}

pub fn efficiency(sides: &Sides<'_>) -> Efficiency {
    let side = &sides.now;
    Efficiency {
        figures: figures(EFFICIENCY, sides, REQUESTED),
        due: standings(side.accepted(), side.inputs.now),
        handlers: handlers(side),
    }
}

/// How requests stand with their due times.
fn standings<'a>(requests: impl Iterator<Item = &'a Request>, now: Instant) -> Vec<Standing> {
    let mut rows: Vec<Standing> = Punctuality::ALL.iter().map(|one| Standing { code: one.code(), requests: 0 }).collect();
    for request in requests {
        rows[Punctuality::of(request, now) as usize].requests += 1;
    }
    rows
}

fn handlers(side: &Side<'_>) -> Vec<Handler> {
    let mut by: BTreeMap<&str, Vec<&Request>> = BTreeMap::new();
    for request in side.accepted().filter(|request| !request.handler.trim().is_empty()) {
        by.entry(request.handler.trim()).or_default().push(request);
    }
    let handler = |(name, requests): (&str, Vec<&Request>)| {
        let own = side.over(Cohort { all: requests });
        let number = |code: &str| HANDLER.iter().find(|measure| measure.code == code).and_then(|measure| (measure.basis)(&own).number());
        Handler {
            name: name.to_owned(),
            requests: own.cohort.all.len(),
            resolved: own.accepted().filter(|request| request.stage.is_resolved()).count(),
            median: number("median"),
            on_time: number("on_time"),
            feedback: number("feedback"),
        }
    };
    let mut rows: Vec<Handler> = by.into_iter().map(handler).collect();
    rows.sort_by(|a, b| b.requests.cmp(&a.requests).then_with(|| a.name.cmp(&b.name)));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;
    use crate::model::request::Stage;

    #[test]
    fn who_resolves_has_answered() {
        let at = |hours: i64| Instant::from_utc(chrono::DateTime::UNIX_EPOCH).plus_seconds(hours * 3600);
        let verdict = |stage: Stage, [due, answered, resolved, closed]: [Option<i64>; 4]| {
            let mut request = Request::new(Id::parse("R1").unwrap(), at(0), String::new());
            (request.stage, request.respond_due, request.responded_at) = (stage, due.map(at), answered.map(at));
            (request.resolved_at, request.closed_at) = (resolved.map(at), closed.map(at));
            responded(&request, at(10))
        };
        assert_eq!(verdict(Stage::Resolved, [Some(4), Some(5), Some(3), None]), Some(false));
        assert_eq!(verdict(Stage::Resolved, [Some(4), None, Some(4), None]), Some(true));
        assert_eq!(verdict(Stage::Closed, [Some(4), None, None, Some(5)]), Some(false));
        assert_eq!(verdict(Stage::Closed, [Some(4), None, None, None]), None);
        // reopened: what it once was resolved at is no answer to it now
        assert_eq!(verdict(Stage::InProgress, [Some(4), None, Some(3), None]), Some(false));
        assert_eq!(verdict(Stage::Waiting, [Some(4), None, None, None]), Some(false));
        assert_eq!(verdict(Stage::Assigned, [Some(10), None, None, None]), None);
        assert_eq!(verdict(Stage::Resolved, [None, Some(1), Some(1), None]), None);
    }
}
