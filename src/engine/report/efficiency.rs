//! Handling efficiency (处理效率): times of the requests received in the period and resolved by now.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figure::{Figure, Number, count, mean, quantile, share};
use super::{Cohort, Inputs, Pair};
use crate::base::instant::Instant;
use crate::model::punctuality::Punctuality;
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

/// Met and missed due times; what is not yet due counts for neither.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Promise {
    pub met: usize,
    pub missed: usize,
}

impl Promise {
    fn add(&mut self, due: Option<Instant>, done: Option<Instant>, now: Instant) {
        match (due, done) {
            (Some(due), Some(done)) if done <= due => self.met += 1,
            (Some(_), Some(_)) => self.missed += 1,
            (Some(due), None) if due < now => self.missed += 1,
            _ => {}
        }
    }

    /// Met ÷ (met + missed).
    pub fn rate(self) -> Option<Number> {
        share(self.met, self.met + self.missed)
    }
}

/// Kept promises to answer and to resolve.
pub fn promises<'a>(requests: impl Iterator<Item = &'a Request>, now: Instant) -> (Promise, Promise) {
    let (mut respond, mut resolve) = (Promise::default(), Promise::default());
    for request in requests {
        respond.add(request.respond_due, request.responded_at, now);
        match Punctuality::of(request, now) {
            Punctuality::Met => resolve.met += 1,
            Punctuality::Late | Punctuality::Overdue => resolve.missed += 1,
            Punctuality::Open | Punctuality::Paused | Punctuality::Unbound => {}
        }
    }
    (respond, resolve)
}

/// Handling times in seconds, rising.
pub fn times<'a>(requests: impl Iterator<Item = &'a Request>) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a human life fit in 53 bits")]
    let mut times: Vec<f64> = requests.filter_map(Request::handling_seconds).map(|seconds| seconds as f64).collect();
    times.sort_by(f64::total_cmp);
    times
}

pub fn efficiency(inputs: &Inputs<'_>, pair: &Pair<'_>) -> Efficiency {
    let both = |code: &'static str, good: i8, number: &dyn Fn(&Cohort<'_>) -> Option<Number>| {
        Figure::new(code, good, number(&pair.now), pair.before.as_ref().and_then(number))
    };
    let seconds = |p: f64| move |cohort: &Cohort<'_>| quantile(&times(cohort.accepted()), p).map(Number::Seconds);
    let figures = vec![
        both("timed", 0, &|cohort| Some(count(times(cohort.accepted()).len()))),
        both("mean_time", -1, &|cohort| mean(&times(cohort.accepted())).map(Number::Seconds)),
        both("median_time", -1, &seconds(0.5)),
        both("p90_time", -1, &seconds(0.9)),
        both("resolution_rate", 1, &resolution_rate),
        both("respond_on_time", 1, &|cohort| promises(cohort.accepted(), inputs.now).0.rate()),
        both("resolve_on_time", 1, &|cohort| promises(cohort.accepted(), inputs.now).1.rate()),
        both("reopen_rate", -1, &|cohort| {
            share(cohort.accepted().filter(|r| r.reopened.unwrap_or(0) > 0).count(), cohort.accepted().count())
        }),
    ];
    Efficiency { figures, due: standings(pair.now.accepted(), inputs.now), handlers: handlers(inputs, &pair.now) }
}

/// How requests stand with their due times.
fn standings<'a>(requests: impl Iterator<Item = &'a Request>, now: Instant) -> Vec<Standing> {
    let mut rows: Vec<Standing> = Punctuality::ALL.iter().map(|one| Standing { code: one.code(), requests: 0 }).collect();
    for request in requests {
        rows[Punctuality::of(request, now) as usize].requests += 1;
    }
    rows
}

/// Resolved ÷ (received − rejected − duplicates).
pub fn resolution_rate(cohort: &Cohort<'_>) -> Option<Number> {
    share(cohort.accepted().filter(|request| request.stage.is_resolved()).count(), cohort.accepted().count())
}

fn handlers(inputs: &Inputs<'_>, cohort: &Cohort<'_>) -> Vec<Handler> {
    let mut by: BTreeMap<&str, Vec<&Request>> = BTreeMap::new();
    for request in cohort.accepted().filter(|request| !request.handler.trim().is_empty()) {
        by.entry(request.handler.trim()).or_default().push(request);
    }
    let handler = |(name, requests): (&str, Vec<&Request>)| {
        let scores: Vec<f64> = requests.iter().filter_map(|request| request.feedback).map(f64::from).collect();
        Handler {
            name: name.to_owned(),
            requests: requests.len(),
            resolved: requests.iter().filter(|request| request.stage.is_resolved()).count(),
            median: quantile(&times(requests.iter().copied()), 0.5).map(Number::Seconds),
            on_time: promises(requests.iter().copied(), inputs.now).1.rate(),
            feedback: mean(&scores).map(|score| Number::Grade(score, 5)),
        }
    };
    let mut rows: Vec<Handler> = by.into_iter().map(handler).collect();
    rows.sort_by(|a, b| b.requests.cmp(&a.requests).then_with(|| a.name.cmp(&b.name)));
    rows
}
