//! Satisfaction (满意度): feedback on requests, and surveys answered in the period.

use serde::Serialize;

use super::{Cohort, Inputs, Pair};
use crate::base::period::Period;
use crate::engine::scores::{Csat, CsatCount, Nps, NpsCount};
use crate::engine::survey::{Comment, low_comments};
use crate::model::survey::Response;

/// Comments shown of dissatisfied customers.
const COMMENTS: usize = 10;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Satisfaction {
    /// The five grades given to requests received in the period.
    pub feedback: Option<Csat>,
    pub feedback_before: Option<Csat>,
    pub surveys: Vec<SurveyScore>,
    /// Words of the dissatisfied, to requests and in surveys.
    pub low: Vec<Low>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SurveyScore {
    pub name: String,
    pub responses: usize,
    pub csat: Option<Csat>,
    pub csat_before: Option<Csat>,
    pub nps: Option<Nps>,
    pub nps_before: Option<Nps>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Low {
    /// The request or the response.
    pub source: String,
    pub customer: String,
    pub text: String,
}

pub fn satisfaction(inputs: &Inputs<'_>, pair: &Pair<'_>) -> Satisfaction {
    Satisfaction {
        feedback: feedback(&pair.now),
        feedback_before: pair.before.as_ref().and_then(feedback),
        surveys: inputs
            .surveys
            .iter()
            .filter_map(|(name, file, responses)| survey(inputs, name, file.csat_scale().map(|s| (s.min, s.max)), responses))
            .collect(),
        low: low(inputs, &pair.now),
    }
}

fn feedback(cohort: &Cohort<'_>) -> Option<Csat> {
    let mut count = CsatCount::new(1, 5);
    for score in cohort.matters().filter_map(|request| request.feedback) {
        count.push(f64::from(score));
    }
    count.score()
}

fn within<'a>(inputs: &Inputs<'_>, period: Period, responses: &'a [Response]) -> Vec<&'a Response> {
    let zone = inputs.settings.zone;
    let dated = |response: &&Response| match response.submitted_at {
        Some(at) => period.contains(at.date(zone)),
        None => period.is_all(),
    };
    responses.iter().filter(dated).collect()
}

/// A survey's scores; none when nobody answered in either period.
fn survey(inputs: &Inputs<'_>, name: &str, scale: Option<(i64, i64)>, responses: &[Response]) -> Option<SurveyScore> {
    let now = within(inputs, inputs.period, responses);
    let before = inputs.previous.map(|previous| within(inputs, previous, responses)).unwrap_or_default();
    if now.is_empty() && before.is_empty() {
        return None;
    }
    let csat = |responses: &[&Response]| {
        let (min, max) = scale?;
        let mut count = CsatCount::new(min, max);
        for score in responses.iter().filter_map(|response| response.csat) {
            count.push(score.value());
        }
        count.score()
    };
    let nps = |responses: &[&Response]| {
        let mut count = NpsCount::default();
        for score in responses.iter().filter_map(|response| response.nps) {
            count.push(score);
        }
        count.score()
    };
    Some(SurveyScore {
        name: name.to_owned(),
        responses: now.len(),
        csat: csat(&now),
        csat_before: csat(&before),
        nps: nps(&now),
        nps_before: nps(&before),
    })
}

fn low(inputs: &Inputs<'_>, cohort: &Cohort<'_>) -> Vec<Low> {
    let dissatisfied =
        cohort.matters().filter(|request| request.feedback.is_some_and(|score| score <= 3) && !request.feedback_text.trim().is_empty());
    let mut found: Vec<Low> = dissatisfied
        .map(|request| Low { source: request.id.to_string(), customer: request.customer_name.clone(), text: request.feedback_text.clone() })
        .collect();
    for (_, _, responses) in inputs.surveys {
        let comments: Vec<Comment> = low_comments(&within(inputs, inputs.period, responses));
        found.extend(comments.into_iter().map(|comment| Low {
            source: comment.response,
            customer: comment.customer.as_deref().map(inputs.names).unwrap_or_default(),
            text: comment.text,
        }));
    }
    found.truncate(COMMENTS);
    found
}
