//! A survey's scores: as a whole, by quarter and by question.

pub mod comments;
pub mod drivers;
pub mod groups;
pub mod pairs;
pub mod questions;
pub mod rate;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;

use super::scores::{Csat, CsatCount, Grades, Nps, NpsCount};
use crate::base::date::Quarter;
use crate::base::period::Period;
use crate::model::cell::Score;
use crate::model::scale::Scale;
use crate::model::survey::{Answer, Response};
use crate::model::survey_file::{Metric, SurveyFile};
pub use questions::QuestionSummary;
use questions::questions;

/// Low grades whose comments are shown: at or below this index (0–100).
pub const LOW_INDEX: f64 = 50.0;
/// How many comments are shown.
const COMMENTS: usize = 10;

/// A survey summed up. The scores of the whole are those of the first question of each metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    pub responses: usize,
    /// Linked to a customer.
    pub linked: usize,
    /// Without a time of submission: in no quarter, and in no period that was asked for.
    pub undated: usize,
    #[serde(serialize_with = "day")]
    pub first: Option<NaiveDate>,
    #[serde(serialize_with = "day")]
    pub last: Option<NaiveDate>,
    pub csat: Option<Csat>,
    pub nps: Option<Nps>,
    pub ces: Option<Grades>,
    /// Mean of the responses' indexes, 0 to 100.
    pub index: Option<f64>,
    pub quarters: Vec<QuarterSummary>,
    pub questions: Vec<QuestionSummary>,
    /// Comments of the dissatisfied, the newest first.
    pub low_comments: Vec<Comment>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuarterSummary {
    pub quarter: String,
    pub responses: usize,
    pub csat: Option<Csat>,
    pub nps: Option<Nps>,
    pub ces: Option<Grades>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comment {
    pub response: String,
    pub customer: Option<String>,
    pub index: f64,
    pub text: String,
}

#[expect(clippy::ref_option, reason = "the signature serde asks for")]
fn day<S: serde::Serializer>(date: &Option<NaiveDate>, serializer: S) -> Result<S::Ok, S::Error> {
    date.map(|date| date.to_string()).serialize(serializer)
}

/// Sums a survey up, over a period of submission when one is given.
pub fn summary(survey: &SurveyFile, responses: &[Response], answers: &[Answer], period: Option<Period>, zone: Tz) -> Summary {
    let date = |response: &Response| response.submitted_at.map(|at| at.date(zone));
    let kept = within(responses, period, zone);
    let dates = || kept.iter().filter_map(|response| date(response));
    let indexes: Vec<f64> = kept.iter().filter_map(|response| response.index).map(Score::value).collect();
    Summary {
        responses: kept.len(),
        linked: kept.iter().filter(|response| response.customer.is_some()).count(),
        undated: responses.iter().filter(|response| response.submitted_at.is_none()).count(),
        first: dates().min(),
        last: dates().max(),
        csat: csat(survey.scale(Metric::Csat), kept.iter().filter_map(|response| response.csat)),
        nps: nps(kept.iter().filter_map(|response| response.nps)),
        ces: grades(survey.scale(Metric::Ces), kept.iter().filter_map(|response| response.ces)),
        index: mean(&indexes),
        quarters: quarters(survey, &kept, zone),
        questions: questions(survey, &kept, answers),
        low_comments: low_comments(&kept, COMMENTS),
    }
}

/// The responses that were submitted in a period; without one all.
pub fn within(responses: &[Response], period: Option<Period>, zone: Tz) -> Vec<&Response> {
    let is_within = |response: &&Response| match period.filter(|period| !period.is_all()) {
        Some(period) => response.submitted_at.is_some_and(|at| period.contains(at.date(zone))),
        None => true,
    };
    responses.iter().filter(is_within).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of answers stay far below 2^53")]
fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn counted(scale: Option<&Scale>, values: impl Iterator<Item = Score>) -> Option<CsatCount> {
    let scale = scale?;
    let mut count = CsatCount::new(scale.min, scale.max);
    for value in values {
        // a grade off the scale was changed by hand: `check` names it, no score counts it
        let _ = count.push(value.value());
    }
    Some(count)
}

fn csat(scale: Option<&Scale>, values: impl Iterator<Item = Score>) -> Option<Csat> {
    counted(scale, values)?.score()
}

fn grades(scale: Option<&Scale>, values: impl Iterator<Item = Score>) -> Option<Grades> {
    counted(scale, values)?.grades()
}

fn nps(values: impl Iterator<Item = u32>) -> Option<Nps> {
    let mut count = NpsCount::default();
    for value in values {
        let _ = count.push(value);
    }
    count.score()
}

fn quarters(survey: &SurveyFile, responses: &[&Response], zone: Tz) -> Vec<QuarterSummary> {
    let mut by_quarter: BTreeMap<Quarter, Vec<&Response>> = BTreeMap::new();
    for response in responses {
        if let Some(at) = response.submitted_at {
            by_quarter.entry(Quarter::of(at.date(zone))).or_default().push(response);
        }
    }
    let summed = |(quarter, responses): (Quarter, Vec<&Response>)| QuarterSummary {
        quarter: quarter.to_string(),
        responses: responses.len(),
        csat: csat(survey.scale(Metric::Csat), responses.iter().filter_map(|response| response.csat)),
        nps: nps(responses.iter().filter_map(|response| response.nps)),
        ces: grades(survey.scale(Metric::Ces), responses.iter().filter_map(|response| response.ces)),
    };
    by_quarter.into_iter().map(summed).collect()
}

/// Comments of those at or below the middle of their scale, the newest first, at most so many.
pub fn low_comments(responses: &[&Response], most: usize) -> Vec<Comment> {
    let low = |response: &&&Response| response.index.is_some_and(|index| index.value() <= LOW_INDEX) && !response.comment.trim().is_empty();
    let mut found: Vec<&&Response> = responses.iter().filter(low).collect();
    found.sort_by(|a, b| (b.submitted_at, &b.id).cmp(&(a.submitted_at, &a.id)));
    let comment = |response: &&Response| Comment {
        response: response.id.to_string(),
        customer: response.customer.as_ref().map(ToString::to_string),
        index: response.index.map_or(0.0, Score::value),
        text: response.comment.clone(),
    };
    found.into_iter().take(most).map(comment).collect()
}
