//! The sides a report compares: the period, the one before it, and the same a year ago.

use std::borrow::Cow;

use super::Inputs;
use super::basis::Basis;
use super::figure::Figure;
use super::orders::OrderTotals;
use crate::base::period::Period;
use crate::model::request::{Request, Stage};
use crate::model::revisit::Revisit;
use crate::model::survey::Response;

/// Requests of a period.
#[derive(Debug, Clone, Default)]
pub struct Cohort<'a> {
    pub all: Vec<&'a Request>,
}

impl<'a> Cohort<'a> {
    /// Without duplicates: a matter told twice is one matter.
    pub fn matters(&self) -> impl Iterator<Item = &'a Request> + '_ {
        self.all.iter().copied().filter(|request| request.stage != Stage::Duplicate)
    }

    /// Without duplicates and rejected ones: what was to be worked on.
    pub fn accepted(&self) -> impl Iterator<Item = &'a Request> + '_ {
        self.matters().filter(|request| request.stage != Stage::Rejected)
    }

    /// Those of them that are to be kept.
    #[must_use]
    pub fn with(&self, keep: impl Fn(&Request) -> bool) -> Cohort<'a> {
        Cohort { all: self.all.iter().copied().filter(|request| keep(request)).collect() }
    }
}

/// One period with its records.
#[derive(Clone)]
pub struct Side<'a> {
    pub inputs: &'a Inputs<'a>,
    pub period: Period,
    /// Received in the period.
    pub cohort: Cohort<'a>,
    /// Due in the period.
    pub revisits: Vec<&'a Revisit>,
    pub orders: Option<&'a OrderTotals>,
    /// Of a table: the row whose records these are, and how many records all rows have.
    pub row: Row<'a>,
}

/// The place of a side within a table.
#[derive(Debug, Clone, Default)]
pub struct Row<'a> {
    pub key: Cow<'a, str>,
    pub of: usize,
}

impl<'a> Side<'a> {
    fn of(inputs: &'a Inputs<'a>, period: Period, orders: Option<&'a OrderTotals>) -> Side<'a> {
        let zone = inputs.settings.zone;
        let all = inputs.requests.iter().filter(|request| period.contains(request.received_at.date(zone))).collect();
        let revisits = inputs.revisits.iter().filter(|revisit| period.contains(revisit.due_on)).collect();
        Side { inputs, period, cohort: Cohort { all }, revisits, orders, row: Row::default() }
    }

    /// The same side of these requests alone, without revisits.
    #[must_use]
    pub fn with(&self, keep: impl Fn(&Request) -> bool) -> Side<'a> {
        self.over(self.cohort.with(keep))
    }

    /// The same side of other requests, without revisits.
    #[must_use]
    pub fn over(&self, cohort: Cohort<'a>) -> Side<'a> {
        Side { cohort, revisits: Vec::new(), row: self.row.clone(), ..*self }
    }

    /// Whether anything is recorded of the period.
    fn is_recorded(&self) -> bool {
        let answered =
            |response: &Response| response.submitted_at.is_some_and(|at| self.period.contains(at.date(self.inputs.settings.zone)));
        let answers = || self.inputs.surveys.iter().any(|(_, _, responses)| responses.iter().any(answered));
        [REQUESTED, ORDERED, REVISITED].iter().any(|recorded| recorded(self)) || answers()
    }

    /// See [`Cohort::matters`].
    pub fn matters(&self) -> impl Iterator<Item = &'a Request> + '_ {
        self.cohort.matters()
    }

    /// See [`Cohort::accepted`].
    pub fn accepted(&self) -> impl Iterator<Item = &'a Request> + '_ {
        self.cohort.accepted()
    }
}

/// The sides of a report. One is missing where nothing is compared, or where there is no such period.
pub struct Sides<'a> {
    pub now: Side<'a>,
    pub before: Option<Side<'a>>,
    pub year_ago: Option<Side<'a>>,
}

impl<'a> Sides<'a> {
    pub fn of(inputs: &'a Inputs<'a>) -> Sides<'a> {
        let [now, before, year_ago] = &inputs.orders;
        Sides {
            now: Side::of(inputs, inputs.period, now.as_ref()),
            before: inputs.previous.map(|period| Side::of(inputs, period, before.as_ref())),
            year_ago: inputs.year_ago.map(|period| Side::of(inputs, period, year_ago.as_ref())).filter(Side::is_recorded),
        }
    }
}

/// A figure's definition: its code, and the records it rests on. To add a figure: one of these in its section's table,
/// its label in `view/report/words.rs`, its definition in `docs/rules.md`.
#[derive(Clone, Copy)]
pub struct Measure {
    pub code: &'static str,
    /// Whether more is better (1), worse (−1) or neither (0).
    pub good: i8,
    pub basis: for<'a> fn(&Side<'a>) -> Basis<'a>,
}

impl Measure {
    /// The figure on every side; of a year ago only where such records are kept of then.
    pub fn figure(&self, sides: &Sides<'_>, recorded: Recorded) -> Figure {
        let number = |side: &Side<'_>| (self.basis)(side).number();
        let (before, year_ago) = (sides.before.as_ref(), sides.year_ago.as_ref().filter(|side| recorded(side)));
        let (before, year_ago) = (before.and_then(number), year_ago.and_then(number));
        Figure { code: self.code, now: number(&sides.now), before, year_ago, good: self.good }
    }
}

/// Whether records of a kind are kept of a period: a book that is younger has no figures of then, which is not the same as none.
pub type Recorded = fn(&Side<'_>) -> bool;

/// Any requests.
pub const REQUESTED: Recorded = |side| !side.cohort.all.is_empty();
/// Any orders.
pub const ORDERED: Recorded = |side| side.orders.is_some_and(|orders| *orders != OrderTotals::default());
/// Any revisits.
pub const REVISITED: Recorded = |side| !side.revisits.is_empty();

/// The figures of a table of measures.
pub fn figures(measures: &[Measure], sides: &Sides<'_>, recorded: Recorded) -> Vec<Figure> {
    measures.iter().map(|measure| measure.figure(sides, recorded)).collect()
}
