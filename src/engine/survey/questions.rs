//! Every question of a survey: its score, or how often each answer was given.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::{csat, grades, nps};
use crate::engine::scores::{Csat, Estimate, Grades, Nps, SMALL_N, wilson};
use crate::model::cell::Score;
use crate::model::scale::is_blank;
use crate::model::survey::{Answer, Response};
use crate::model::survey_choice::{head, label, pieces};
use crate::model::survey_file::{Kind, Metric, Question, SurveyFile};
use crate::model::vocabulary::Code;

/// How many of the most frequent answers in words are shown.
const TOP_ANSWERS: usize = 12;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuestionSummary {
    pub code: String,
    /// The row of a matrix or the option of a multiple choice.
    pub sub: String,
    pub text: String,
    pub metric: &'static str,
    pub kind: Option<&'static str>,
    /// People who answered it.
    pub answered: usize,
    pub csat: Option<Csat>,
    pub nps: Option<Nps>,
    pub ces: Option<Grades>,
    /// Of a question with a scale that is not scored.
    pub grades: Option<Grades>,
    /// The most frequent answers of a question without grades; the options of a multiple choice each count.
    pub top_answers: Vec<(String, usize)>,
    /// Every option of a choice.
    pub choices: Vec<ChoiceCount>,
    /// Every option of a ranking, the best liked first.
    pub ranks: Vec<RankCount>,
}

/// How many of those who answered chose an option; with several options each the shares add up to more than 100.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChoiceCount {
    pub option: String,
    pub n: usize,
    pub share: Estimate,
    /// Few people answered the question.
    pub small: bool,
}

/// Where an option was ranked by those who ranked it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankCount {
    pub option: String,
    pub n: usize,
    pub mean: f64,
    pub first: usize,
}

/// The answers that count, by response, question and sub-question.
pub struct Given<'a> {
    by_question: HashMap<&'a str, Vec<&'a Answer>>,
}

impl<'a> Given<'a> {
    /// The answers of these responses; blank ones are none.
    pub fn of(survey: &SurveyFile, responses: &[&Response], answers: &'a [Answer]) -> Given<'a> {
        let ids: HashSet<&str> = responses.iter().map(|response| response.id.as_str()).collect();
        let named = |answer: &Answer| {
            let question = survey.questions.iter().find(|question| question.code == answer.question);
            // an option may read like a refusal, and is none then
            question.is_some_and(|question| question.options.iter().any(|choice| choice.label == answer.raw))
        };
        let counts = |answer: &&Answer| ids.contains(answer.response.as_str()) && (!is_blank(&answer.raw) || named(answer));
        let mut by_question: HashMap<&str, Vec<&Answer>> = HashMap::new();
        for answer in answers.iter().filter(counts) {
            by_question.entry(&answer.question).or_default().push(answer);
        }
        Given { by_question }
    }

    /// The answers to a question.
    pub fn to(&self, question: &Question) -> Vec<&'a Answer> {
        let all = self.by_question.get(question.code.as_str()).map(Vec::as_slice).unwrap_or_default();
        all.iter().copied().filter(|answer| question.is_several() || answer.sub == question.sub).collect()
    }

    /// What each response chose of a question, by its id.
    pub fn options(&self, question: &Question) -> HashMap<&'a str, Vec<String>> {
        let mut chosen: HashMap<&str, Vec<String>> = HashMap::new();
        for answer in self.to(question) {
            chosen.entry(answer.response.as_str()).or_default().push(option_of(question, answer));
        }
        chosen
    }

    /// The value of each response on a question's scale, by its id.
    pub fn values(&self, question: &Question) -> HashMap<&'a str, Score> {
        self.to(question).into_iter().filter_map(|answer| Some((answer.response.as_str(), answer.value?))).collect()
    }
}

/// What an answer chose.
fn option_of(question: &Question, answer: &Answer) -> String {
    if question.is_several() { answer.sub.clone() } else { label(question, &answer.raw) }
}

pub(super) fn questions(survey: &SurveyFile, responses: &[&Response], answers: &[Answer]) -> Vec<QuestionSummary> {
    let given = Given::of(survey, responses, answers);
    survey.questions.iter().map(|question| question_summary(question, &given.to(question))).collect()
}

fn question_summary(question: &Question, given: &[&Answer]) -> QuestionSummary {
    use rust_decimal::prelude::ToPrimitive;
    let values = || given.iter().filter_map(|answer| answer.value);
    let scale_for = |metric: Metric| question.scale.as_ref().filter(|_| question.metric == metric);
    let native = question.metric == Metric::Nps;
    let answered = given.iter().map(|answer| answer.response.as_str()).collect::<HashSet<_>>().len();
    let choices = if matches!(question.kind, Some(Kind::Single | Kind::Multi)) { choices(question, given, answered) } else { Vec::new() };
    let top = || match question.kind {
        Some(Kind::Single | Kind::Multi) => choices.iter().filter(|c| c.n > 0).map(|c| (c.option.clone(), c.n)).take(TOP_ANSWERS).collect(),
        Some(Kind::Ranking) => Vec::new(),
        Some(Kind::Text) | None => top(given),
    };
    QuestionSummary {
        code: question.code.clone(),
        sub: question.sub.clone(),
        text: question.text.clone(),
        metric: question.metric.code(),
        kind: question.kind.map(Code::code),
        answered,
        csat: csat(scale_for(Metric::Csat), values()),
        nps: if native { nps(values().filter_map(|score| score.0.to_u32())) } else { None },
        ces: grades(scale_for(Metric::Ces), values()),
        grades: grades(scale_for(Metric::Other), values()),
        top_answers: if question.scale.is_none() { top() } else { Vec::new() },
        ranks: if question.kind == Some(Kind::Ranking) { ranks(question, given) } else { Vec::new() },
        choices,
    }
}

/// Every option, the most frequent first; those of the list that nobody chose come last.
fn choices(question: &Question, given: &[&Answer], answered: usize) -> Vec<ChoiceCount> {
    let mut counts: HashMap<String, HashSet<&str>> = HashMap::new();
    for answer in given {
        counts.entry(option_of(question, answer)).or_default().insert(answer.response.as_str());
    }
    let mut sorted: Vec<(String, usize)> = counts.into_iter().map(|(option, who)| (option, who.len())).collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let unmet = question.options.iter().map(|choice| &choice.label).filter(|label| !sorted.iter().any(|(option, _)| option == *label));
    let unmet: Vec<(String, usize)> = unmet.map(|label| (label.clone(), 0)).collect();
    sorted.extend(unmet);
    let all = u64::try_from(answered).unwrap_or(u64::MAX);
    if all == 0 {
        return Vec::new();
    }
    let count = |(option, n): (String, usize)| {
        let share = wilson(u64::try_from(n).unwrap_or(u64::MAX), all);
        ChoiceCount { option, n, share, small: all < SMALL_N }
    };
    sorted.into_iter().map(count).collect()
}

fn ranks(question: &Question, given: &[&Answer]) -> Vec<RankCount> {
    let mut by_option: HashMap<String, Vec<f64>> = HashMap::new();
    for answer in given {
        if let Some(rank) = answer.value {
            by_option.entry(option_of(question, answer)).or_default().push(rank.value());
        }
    }
    let rank = |(option, ranks): (String, Vec<f64>)| {
        let first = ranks.iter().filter(|rank| **rank < 1.5).count();
        RankCount { option, n: ranks.len(), mean: super::mean(&ranks).unwrap_or_default(), first }
    };
    let mut ranks: Vec<RankCount> = by_option.into_iter().map(rank).collect();
    ranks.sort_by(|a, b| a.mean.total_cmp(&b.mean).then_with(|| a.option.cmp(&b.option)));
    ranks
}

fn top(given: &[&Answer]) -> Vec<(String, usize)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    // a survey described before there were kinds has several options in a cell all the same
    for option in given.iter().flat_map(|answer| pieces(&answer.raw, "┋")).map(head).filter(|option| !option.is_empty()) {
        *counts.entry(option).or_default() += 1;
    }
    let mut sorted: Vec<(String, usize)> = counts.into_iter().map(|(text, n)| (text.to_owned(), n)).collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sorted.truncate(TOP_ANSWERS);
    sorted
}
