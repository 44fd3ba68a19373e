//! Revisits (回访) that were due in the period.

use serde::Serialize;

use super::Inputs;
use super::figure::{Figure, Number, count, mean, share};
use crate::base::period::Period;
use crate::engine::cadence::coverage::repeated;
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

pub fn revisits(inputs: &Inputs<'_>) -> Revisits {
    let due = |period: Period| -> Vec<&Revisit> { inputs.revisits.iter().filter(|revisit| period.contains(revisit.due_on)).collect() };
    let now = due(inputs.period);
    let before = inputs.previous.map(due);
    let both = |code: &'static str, good: i8, number: &dyn Fn(&[&Revisit]) -> Option<Number>| {
        Figure::new(code, good, number(&now), before.as_deref().and_then(number))
    };
    let of = |status: RevisitStatus| move |all: &[&Revisit]| Some(count(all.iter().filter(|revisit| revisit.status == status).count()));
    let figures = vec![
        both("due", 0, &|all| Some(count(all.len()))),
        both("done", 1, &of(RevisitStatus::Done)),
        both("no_answer", -1, &of(RevisitStatus::NoAnswer)),
        both("skipped", -1, &of(RevisitStatus::Skipped)),
        both("overdue", -1, &|all| {
            Some(count(all.iter().filter(|r| r.status == RevisitStatus::Planned && r.due_on < inputs.today).count()))
        }),
        both("coverage", 1, &coverage(inputs)),
        both("revisit_satisfaction", 1, &|all| {
            let scores: Vec<f64> = all.iter().filter_map(|revisit| revisit.satisfaction).map(f64::from).collect();
            mean(&scores).map(|score| Number::Grade(score, 5))
        }),
    ];
    Revisits { figures, notes: notes(inputs, &now) }
}

/// Done ÷ due by today; a retry stands for the attempt it repeats.
fn coverage<'a>(inputs: &Inputs<'a>) -> impl Fn(&[&Revisit]) -> Option<Number> + use<'a> {
    let (today, repeated) = (inputs.today, repeated(inputs.revisits));
    move |all: &[&Revisit]| {
        let due = all.iter().filter(|revisit| revisit.due_on <= today && !repeated.contains(revisit.id.as_str())).count();
        let done = all.iter().filter(|revisit| revisit.due_on <= today && revisit.status == RevisitStatus::Done).count();
        share(done, due)
    }
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
