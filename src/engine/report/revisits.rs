//! Revisits (回访) that were due in the period.

use chrono::NaiveDate;
use serde::Serialize;

use super::Inputs;
use super::basis::{Basis, Reduce, Source, part};
use super::figure::Figure;
use super::side::{Measure, REVISITED, Side, Sides, figures};
use crate::engine::cadence::coverage::{is_due, repeated};
use crate::model::revisit::{Revisit, RevisitStatus};

/// What customers said, shown at most.
const NOTES: usize = 10;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Revisits {
    pub figures: Vec<Figure>,
    pub notes: Vec<Note>,
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

/// Of the revisits due in the period.
pub const REVISITS: &[Measure] = &[
    Measure { code: "due", good: 0, basis: |side| Basis { reduce: Reduce::Count, ..coverage(side) } },
    Measure { code: "done", good: 1, basis: |side| of(side, |revisit| revisit.status == RevisitStatus::Done) },
    Measure { code: "no_answer", good: -1, basis: |side| of(side, |revisit| revisit.status == RevisitStatus::NoAnswer) },
    Measure { code: "skipped", good: -1, basis: |side| of(side, |revisit| revisit.status == RevisitStatus::Skipped) },
    Measure { code: "overdue", good: -1, basis: |side| of(side, |revisit| is_overdue(revisit, side.inputs.today)) },
    Measure { code: "coverage", good: 1, basis: coverage },
    Measure { code: "revisit_satisfaction", good: 1, basis: satisfaction },
];

pub fn revisits(sides: &Sides<'_>) -> Revisits {
    Revisits { figures: figures(REVISITS, sides, REVISITED), notes: notes(sides.now.inputs, &sides.now.revisits) }
}

/// Planned, and its day is over.
pub fn is_overdue(revisit: &Revisit, today: NaiveDate) -> bool {
    revisit.status == RevisitStatus::Planned && revisit.due_on < today
}

fn of<'a>(side: &Side<'a>, keep: impl Fn(&Revisit) -> bool) -> Basis<'a> {
    Basis::sources(side.revisits.iter().filter(|revisit| keep(revisit)).map(|revisit| Source::Revisit(revisit)))
}

/// Done ÷ due; what is due is as `revisit coverage` has it.
fn coverage<'a>(side: &Side<'a>) -> Basis<'a> {
    let repeated = repeated(side.inputs.revisits);
    let due = side.revisits.iter().filter(|revisit| is_due(revisit, &repeated, side.inputs.today));
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
