//! A survey's scores: as a whole and by question.

use std::collections::HashSet;

use chrono_tz::Tz;
use serde::Serialize;

use super::scores::{Csat, CsatCount, Nps, NpsCount};
use crate::base::period::Period;
use crate::model::cell::Score;
use crate::model::survey::{Answer, Response};
use crate::model::survey_file::{Metric, SurveyFile};
use crate::model::vocabulary::Code;

/// Low grades whose comments are shown: at or below this index (0–100).
const LOW_INDEX: f64 = 50.0;
/// How many comments are shown.
const COMMENTS: usize = 10;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    pub responses: usize,
    /// Linked to a customer.
    pub linked: usize,
    pub questions: Vec<QuestionSummary>,
    /// Comments of the dissatisfied, the newest first.
    pub low_comments: Vec<Comment>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuestionSummary {
    pub code: String,
    pub text: String,
    pub metric: &'static str,
    pub answered: usize,
    pub csat: Option<Csat>,
    pub nps: Option<Nps>,
    /// The most frequent answers of a question without grades.
    pub top_answers: Vec<(String, usize)>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comment {
    pub response: String,
    pub customer: Option<String>,
    pub index: f64,
    pub text: String,
}

/// Sums a survey up, over a period of submission when one is given.
pub fn summary(survey: &SurveyFile, responses: &[Response], answers: &[Answer], period: Option<Period>, zone: Tz) -> Summary {
    let within = |response: &&Response| period.is_none_or(|period| response.submitted_at.is_some_and(|at| period.contains(at.date(zone))));
    let kept: Vec<&Response> = responses.iter().filter(within).collect();
    let ids: HashSet<&str> = kept.iter().map(|response| response.id.as_str()).collect();
    let questions = survey.questions.iter().map(|question| {
        let given: Vec<&Answer> = answers.iter().filter(|a| a.question == question.code && ids.contains(a.response.as_str())).collect();
        let values = || given.iter().filter_map(|answer| answer.value).map(Score::value);
        let csat = question.scale.as_ref().filter(|_| question.metric != Metric::Nps).and_then(|scale| {
            let mut count = CsatCount::new(scale.min, scale.max);
            values().for_each(|value| {
                count.push(value);
            });
            count.score()
        });
        let nps = (question.metric == Metric::Nps).then(|| nps(values())).flatten();
        let top_answers = if question.scale.is_none() { top(&given) } else { Vec::new() };
        QuestionSummary {
            code: question.code.clone(),
            text: question.text.clone(),
            metric: question.metric.code(),
            answered: given.len(),
            csat,
            nps,
            top_answers,
        }
    });
    let questions = questions.collect();
    Summary {
        responses: kept.len(),
        linked: kept.iter().filter(|r| r.customer.is_some()).count(),
        questions,
        low_comments: low_comments(&kept),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "answers on 0–10, checked when they came in")]
fn nps(values: impl Iterator<Item = f64>) -> Option<Nps> {
    let mut count = NpsCount::default();
    for value in values {
        count.push(value.round() as u32);
    }
    count.score()
}

fn top(given: &[&Answer]) -> Vec<(String, usize)> {
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for answer in given {
        *counts.entry(answer.raw.trim()).or_default() += 1;
    }
    let mut sorted: Vec<(String, usize)> = counts.into_iter().map(|(text, n)| (text.to_owned(), n)).collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sorted.truncate(5);
    sorted
}

/// Comments of those at or below the middle of their scale, the newest first.
pub fn low_comments(responses: &[&Response]) -> Vec<Comment> {
    let low = |response: &&&Response| response.index.is_some_and(|index| index.value() <= LOW_INDEX) && !response.comment.trim().is_empty();
    let mut found: Vec<&&Response> = responses.iter().filter(low).collect();
    found.sort_by_key(|response| std::cmp::Reverse((response.submitted_at, response.id.clone())));
    let comment = |response: &&Response| Comment {
        response: response.id.to_string(),
        customer: response.customer.as_ref().map(ToString::to_string),
        index: response.index.map_or(0.0, Score::value),
        text: response.comment.clone(),
    };
    found.into_iter().take(COMMENTS).map(comment).collect()
}
