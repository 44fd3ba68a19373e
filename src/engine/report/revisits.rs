//! Revisits (回访) that were due in the period.

use chrono::NaiveDate;
use serde::Serialize;

use super::Inputs;
use super::basis::{Basis, Reduce, Source, part};
use super::figure::Figure;
use super::side::{Measure, REVISITED, Side, Sides, figures};
use super::table::{Order, Rows, Split, Table};
use crate::engine::cadence::coverage::is_due;
use crate::model::revisit::{Revisit, RevisitStatus};

/// What customers said, shown at most.
const NOTES: usize = 10;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Revisits {
    pub figures: Vec<Figure>,
    pub notes: Vec<Note>,
    pub tiers: Split,
    pub staff: Split,
    /// The longest overdue first.
    pub overdue: Vec<Overdue>,
    pub left_out: usize,
}

/// A revisit that is planned and whose day is over.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overdue {
    pub revisit: String,
    pub customer: String,
    pub name: String,
    pub due: String,
    pub days_late: i64,
    pub staff: String,
}

/// Needs, suggestions and problems told at a revisit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Note {
    pub revisit: String,
    pub customer: String,
    pub needs: String,
    pub suggestions: String,
    pub problems: String,
    pub outcome: String,
}

const DUE: Measure = Measure { code: "due", good: 0, basis: |side| Basis { reduce: Reduce::Count, ..coverage(side) } };
const DONE: Measure = Measure { code: "done", good: 1, basis: |side| of(side, |revisit| revisit.status == RevisitStatus::Done) };
const OVERDUE: Measure = Measure { code: "overdue", good: -1, basis: |side| of(side, |revisit| is_overdue(revisit, side.inputs.today)) };
const COVERAGE: Measure = Measure { code: "coverage", good: 1, basis: coverage };
const COVERED: &[Measure] = &[DUE, DONE, OVERDUE, COVERAGE];

/// By the tier the customer has now.
pub const TIERS: Table = Table {
    section: "revisits",
    what: "tier",
    rows: Rows::Revisits(|side, revisit| Some(tier(side, revisit))),
    measures: |_| COVERED,
    recorded: REVISITED,
    order: Order::Records,
};

/// By who is to make them; blank: nobody.
pub const STAFF: Table = Table {
    section: "revisits",
    what: "staff",
    rows: Rows::Revisits(|_, revisit| Some(revisit.staff.trim())),
    measures: |_| COVERED,
    recorded: REVISITED,
    order: Order::Records,
};

/// Of the revisits due in the period.
pub const REVISITS: &[Measure] = &[
    DUE,
    DONE,
    Measure { code: "no_answer", good: -1, basis: |side| of(side, |revisit| revisit.status == RevisitStatus::NoAnswer) },
    Measure { code: "skipped", good: -1, basis: |side| of(side, |revisit| revisit.status == RevisitStatus::Skipped) },
    OVERDUE,
    COVERAGE,
    Measure { code: "revisit_satisfaction", good: 1, basis: satisfaction },
];

pub fn revisits(sides: &Sides<'_>) -> Revisits {
    let (side, most) = (&sides.now, sides.now.inputs.rules.rows);
    let mut late: Vec<&Revisit> = side.revisits.iter().copied().filter(|revisit| is_overdue(revisit, side.inputs.today)).collect();
    late.sort_by_key(|revisit| (revisit.due_on, &revisit.id));
    Revisits {
        figures: figures(REVISITS, sides, REVISITED),
        notes: notes(side.inputs, &side.revisits),
        tiers: TIERS.of(sides),
        staff: STAFF.of(sides),
        left_out: late.len().saturating_sub(most),
        overdue: late.into_iter().take(most).map(|revisit| overdue(side.inputs, revisit)).collect(),
    }
}

fn overdue(inputs: &Inputs<'_>, revisit: &Revisit) -> Overdue {
    Overdue {
        revisit: revisit.id.to_string(),
        customer: revisit.customer.to_string(),
        name: (inputs.names)(revisit.customer.as_str()),
        due: revisit.due_on.to_string(),
        days_late: (inputs.today - revisit.due_on).num_days(),
        staff: revisit.staff.trim().to_owned(),
    }
}

fn tier<'a>(side: &Side<'a>, revisit: &Revisit) -> &'a str {
    let at = side.inputs.index.get(revisit.customer.as_str());
    at.map_or("", |at| side.inputs.members.get(at as usize).tier.trim())
}

/// Planned, and its day is over.
pub fn is_overdue(revisit: &Revisit, today: NaiveDate) -> bool {
    revisit.status == RevisitStatus::Planned && revisit.due_on < today
}

/// The revisits of a side that are to be counted.
pub fn of<'a>(side: &Side<'a>, keep: impl Fn(&Revisit) -> bool) -> Basis<'a> {
    Basis::sources(side.revisits.iter().filter(|revisit| keep(revisit)).map(|revisit| Source::Revisit(revisit)))
}

/// Done ÷ due; what is due is as `revisit coverage` has it.
fn coverage<'a>(side: &Side<'a>) -> Basis<'a> {
    let due = side.revisits.iter().filter(|revisit| is_due(revisit, side.inputs.repeated, side.inputs.today));
    let parts = due.map(|revisit| part(Source::Revisit(revisit), 0.0, revisit.status == RevisitStatus::Done));
    Basis { parts: parts.collect(), reduce: Reduce::Share }
}

fn satisfaction<'a>(side: &Side<'a>) -> Basis<'a> {
    let scored = side.revisits.iter().filter_map(|r| Some(part(Source::Revisit(r), f64::from(r.satisfaction?), true)));
    Basis { parts: scored.collect(), reduce: Reduce::MeanGrade(5) }
}

fn notes(inputs: &Inputs<'_>, due: &[&Revisit]) -> Vec<Note> {
    let told = |revisit: &&&Revisit| [&revisit.needs, &revisit.suggestions, &revisit.problems].iter().any(|text| !text.trim().is_empty());
    let mut found: Vec<&&Revisit> = due.iter().filter(told).collect();
    found.sort_by(|a, b| (b.done_at, &b.id).cmp(&(a.done_at, &a.id)));
    let note = |revisit: &&Revisit| Note {
        revisit: revisit.id.to_string(),
        customer: (inputs.names)(revisit.customer.as_str()),
        needs: revisit.needs.clone(),
        suggestions: revisit.suggestions.clone(),
        problems: revisit.problems.clone(),
        outcome: revisit.outcome.clone(),
    };
    found.into_iter().take(NOTES).map(note).collect()
}
