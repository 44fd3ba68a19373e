//! What low scores go with: those who graded a part low against the others, those who chose an option against the others.
//!
//! The outcome is the response's overall satisfaction, else its recommendation, as an index of 0 to 100. The difference of the two means has
//! the interval of Welch with the normal quantile. It says what goes together in these answers, and nothing about causes.

use std::collections::HashMap;

use serde::Serialize;

use super::LOW_INDEX;
use super::questions::Given;
use crate::engine::scores::{Estimate, SMALL_N, correlation, difference};
use crate::model::cell::Score;
use crate::model::survey::Response;
use crate::model::survey_file::{Kind, Metric, Question, SurveyFile};

/// Fewer people on one side say nothing.
const LEAST: usize = 2;

/// One part or option, and what the outcome was with it and without.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Driver {
    pub question: String,
    pub sub: String,
    pub text: String,
    /// The option; of a graded question none: the two sides are low grades and others.
    pub option: Option<String>,
    pub with: usize,
    pub without: usize,
    pub mean_with: f64,
    pub mean_without: f64,
    /// Mean with minus mean without.
    pub difference: Estimate,
    /// Of grades: Pearson's r with the outcome, over `with + without` answers.
    pub correlation: Option<f64>,
    pub small: bool,
}

/// The question whose score is the outcome.
pub fn outcome(survey: &SurveyFile) -> Option<&Question> {
    survey.of(Metric::Csat).or_else(|| survey.of(Metric::Nps))
}

/// Every part and option that can be compared, the greatest fall of the outcome first.
pub fn drivers(survey: &SurveyFile, responses: &[&Response], given: &Given<'_>) -> Vec<Driver> {
    let Some(outcome) = outcome(survey) else { return Vec::new() };
    let Some(scale) = &outcome.scale else { return Vec::new() };
    let score = |response: &&Response| match outcome.metric {
        Metric::Csat => response.csat,
        _ => response.nps.map(|nps| Score(nps.into())),
    };
    let outcomes: HashMap<&str, f64> =
        responses.iter().filter_map(|response| Some((response.id.as_str(), scale.index(score(response)?).value()))).collect();
    let mut found = Vec::new();
    for question in survey.questions.iter().filter(|question| !std::ptr::eq(*question, outcome)) {
        if question.scale.is_some() {
            found.extend(graded(question, given, &outcomes));
        } else if matches!(question.kind, Some(Kind::Single | Kind::Multi)) {
            found.extend(chosen(question, given, &outcomes));
        }
    }
    found.sort_by(|a, b| a.difference.value.total_cmp(&b.difference.value));
    found
}

fn graded(question: &Question, given: &Given<'_>, outcomes: &HashMap<&str, f64>) -> Option<Driver> {
    let scale = question.scale.as_ref()?;
    let values = given.values(question);
    let pairs: Vec<(f64, f64)> =
        values.iter().filter_map(|(response, value)| Some((scale.index(*value).value(), *outcomes.get(response)?))).collect();
    let (low, high): (Vec<_>, Vec<_>) = pairs.iter().partition(|(grade, _)| *grade <= LOW_INDEX);
    let side = |pairs: Vec<&(f64, f64)>| pairs.into_iter().map(|(_, outcome)| *outcome).collect::<Vec<f64>>();
    let driver = compared(question, None, &side(low), &side(high))?;
    Some(Driver { correlation: correlation(&pairs), ..driver })
}

fn chosen(question: &Question, given: &Given<'_>, outcomes: &HashMap<&str, f64>) -> Vec<Driver> {
    let options = given.options(question);
    let mut names: Vec<&String> = options.values().flatten().collect();
    names.sort();
    names.dedup();
    let answered = || options.iter().filter_map(|(response, chosen)| Some((chosen, *outcomes.get(response)?)));
    let side = |option: &String, is: bool| {
        answered().filter(|(chosen, _)| chosen.contains(option) == is).map(|(_, outcome)| outcome).collect::<Vec<f64>>()
    };
    names.into_iter().filter_map(|option| compared(question, Some(option.clone()), &side(option, true), &side(option, false))).collect()
}

fn compared(question: &Question, option: Option<String>, with: &[f64], without: &[f64]) -> Option<Driver> {
    if with.len() < LEAST || without.len() < LEAST {
        return None;
    }
    let (mean_with, mean_without) = (super::mean(with)?, super::mean(without)?);
    let small = [with, without].iter().any(|side| u64::try_from(side.len()).is_ok_and(|n| n < SMALL_N));
    Some(Driver {
        question: question.code.clone(),
        sub: question.sub.clone(),
        text: question.text.clone(),
        option,
        with: with.len(),
        without: without.len(),
        mean_with,
        mean_without,
        difference: difference(with, without)?,
        correlation: None,
        small,
    })
}
