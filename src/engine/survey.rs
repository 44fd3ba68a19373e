//! A survey's scores: as a whole, by quarter and by question.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;

use super::scores::{Csat, CsatCount, Grades, Nps, NpsCount};
use crate::base::date::Quarter;
use crate::base::period::Period;
use crate::model::cell::Score;
use crate::model::scale::{Scale, is_blank};
use crate::model::survey::{Answer, Response};
use crate::model::survey_file::{Metric, Question, SurveyFile};
use crate::model::vocabulary::Code;

/// Low grades whose comments are shown: at or below this index (0–100).
const LOW_INDEX: f64 = 50.0;
/// How many comments are shown.
const COMMENTS: usize = 10;
/// How many of the most frequent answers in words are shown.
const TOP_ANSWERS: usize = 12;

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
pub struct QuestionSummary {
    pub code: String,
    /// The row of a matrix or the option of a multiple choice.
    pub sub: String,
    pub text: String,
    pub metric: &'static str,
    pub answered: usize,
    pub csat: Option<Csat>,
    pub nps: Option<Nps>,
    pub ces: Option<Grades>,
    /// Of a question with a scale that is not scored.
    pub grades: Option<Grades>,
    /// The most frequent answers of a question without grades; the options of a multiple choice each count.
    pub top_answers: Vec<(String, usize)>,
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
    let within = |response: &&Response| match period.filter(|period| !period.is_all()) {
        Some(period) => date(response).is_some_and(|date| period.contains(date)),
        None => true,
    };
    let kept: Vec<&Response> = responses.iter().filter(within).collect();
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
        low_comments: low_comments(&kept),
    }
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

fn questions(survey: &SurveyFile, responses: &[&Response], answers: &[Answer]) -> Vec<QuestionSummary> {
    let ids: HashSet<&str> = responses.iter().map(|response| response.id.as_str()).collect();
    let mut given: HashMap<(&str, &str), Vec<&Answer>> = HashMap::new();
    for answer in answers.iter().filter(|answer| ids.contains(answer.response.as_str()) && !is_blank(&answer.raw)) {
        given.entry((&answer.question, &answer.sub)).or_default().push(answer);
    }
    let none = Vec::new();
    let summed = |question: &Question| {
        let given = given.get(&(question.code.as_str(), question.sub.as_str()));
        question_summary(question, given.unwrap_or(&none))
    };
    survey.questions.iter().map(summed).collect()
}

fn question_summary(question: &Question, given: &[&Answer]) -> QuestionSummary {
    use rust_decimal::prelude::ToPrimitive;
    let values = || given.iter().filter_map(|answer| answer.value);
    let scale_for = |metric: Metric| question.scale.as_ref().filter(|_| question.metric == metric);
    let native = question.metric == Metric::Nps;
    QuestionSummary {
        code: question.code.clone(),
        sub: question.sub.clone(),
        text: question.text.clone(),
        metric: question.metric.code(),
        answered: given.len(),
        csat: csat(scale_for(Metric::Csat), values()),
        nps: if native { nps(values().filter_map(|score| score.0.to_u32())) } else { None },
        ces: grades(scale_for(Metric::Ces), values()),
        grades: grades(scale_for(Metric::Other), values()),
        top_answers: if question.scale.is_none() { top(given) } else { Vec::new() },
    }
}

fn top(given: &[&Answer]) -> Vec<(String, usize)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for option in given.iter().flat_map(|answer| options(&answer.raw)) {
        *counts.entry(option).or_default() += 1;
    }
    let mut sorted: Vec<(String, usize)> = counts.into_iter().map(|(text, n)| (text.to_owned(), n)).collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sorted.truncate(TOP_ANSWERS);
    sorted
}

/// The options of a multiple choice as 问卷星 writes them: `运动┋其他〖羽毛球〗` → 运动, 其他. Other platforms separate
/// options with signs that occur inside options too, so their answers stay whole.
fn options(raw: &str) -> impl Iterator<Item = &str> {
    raw.split('┋').map(|option| option.split('〖').next().unwrap_or(option).trim()).filter(|option| !option.is_empty())
}

/// Comments of those at or below the middle of their scale, the newest first.
pub fn low_comments(responses: &[&Response]) -> Vec<Comment> {
    let low = |response: &&&Response| response.index.is_some_and(|index| index.value() <= LOW_INDEX) && !response.comment.trim().is_empty();
    let mut found: Vec<&&Response> = responses.iter().filter(low).collect();
    found.sort_by(|a, b| (b.submitted_at, &b.id).cmp(&(a.submitted_at, &a.id)));
    let comment = |response: &&Response| Comment {
        response: response.id.to_string(),
        customer: response.customer.as_ref().map(ToString::to_string),
        index: response.index.map_or(0.0, Score::value),
        text: response.comment.clone(),
    };
    found.into_iter().take(COMMENTS).map(comment).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_a_multiple_choice() {
        assert_eq!(options("运动┋其他【请注明】〖羽毛球〗┋").collect::<Vec<_>>(), ["运动", "其他【请注明】"]);
        assert_eq!(options("a, b; c").collect::<Vec<_>>(), ["a, b; c"]);
    }
}
