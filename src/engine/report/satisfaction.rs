//! Satisfaction (满意度): feedback on requests, and surveys answered in the period.

use serde::Serialize;

use super::Inputs;
use super::basis::{Basis, Part, Reduce, Source, part};
use super::side::{Cohort, Measure, REQUESTED, Side, Sides};
use super::table::{Order, Rows, Split, Table};
use super::themes::{Theme, themes};
use crate::base::period::Period;
use crate::engine::scores::{Csat, CsatCount, Grades, Nps, NpsCount};
use crate::engine::survey::{Comment, low_comments};
use crate::model::cell::Score;
use crate::model::request::Request;
use crate::model::survey::Response;
use crate::model::survey_file::{Metric, SurveyFile};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Satisfaction {
    /// The five grades given to requests received in the period.
    pub feedback: Option<Csat>,
    pub feedback_before: Option<Csat>,
    pub feedback_year_ago: Option<Csat>,
    pub surveys: Vec<SurveyScore>,
    /// Words of the dissatisfied, the newest first: to requests (3 or less), then in each survey (an index of 50 or less);
    /// of each as many as lists have rows.
    pub low: Vec<Low>,
    /// Feedback on requests.
    pub categories: Split,
    pub handlers: Split,
    pub themes: Vec<Theme>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SurveyScore {
    pub name: String,
    pub responses: usize,
    pub csat: Option<Csat>,
    pub csat_before: Option<Csat>,
    pub csat_year_ago: Option<Csat>,
    pub nps: Option<Nps>,
    pub nps_before: Option<Nps>,
    pub nps_year_ago: Option<Nps>,
    pub ces: Option<Grades>,
    pub ces_before: Option<Grades>,
    pub ces_year_ago: Option<Grades>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Low {
    /// The request or the response.
    pub source: String,
    pub customer: String,
    pub text: String,
}

/// By category; blank: none.
pub const CATEGORIES: Table = Table {
    section: "satisfaction",
    what: "category",
    rows: Rows::Requests(|_, request| Some(request.category.trim())),
    measures: |_| RATED,
    recorded: REQUESTED,
    order: Order::By("answers"),
};

/// By handler; blank: nobody.
pub const HANDLERS: Table = Table {
    section: "satisfaction",
    what: "handler",
    rows: Rows::Requests(|_, request| Some(request.handler.trim())),
    measures: |_| RATED,
    recorded: REQUESTED,
    order: Order::By("answers"),
};

const RATED: &[Measure] = &[
    Measure { code: "answers", good: 0, basis: |side| Basis { reduce: Reduce::Count, ..rated(side, "mean") } },
    Measure { code: "top2", good: 1, basis: |side| rated(side, "top2") },
    Measure { code: "mean", good: 1, basis: |side| rated(side, "mean") },
];

pub fn satisfaction(sides: &Sides<'_>) -> Satisfaction {
    let inputs = sides.now.inputs;
    let of = |side: &Option<Side<'_>>| side.as_ref().and_then(|side| feedback(&side.cohort));
    Satisfaction {
        feedback: feedback(&sides.now.cohort),
        feedback_before: of(&sides.before),
        feedback_year_ago: of(&sides.year_ago),
        surveys: inputs.surveys.iter().filter_map(|(name, file, responses)| survey(inputs, name, file, responses)).collect(),
        low: low(inputs, &sides.now.cohort),
        categories: CATEGORIES.of(sides),
        handlers: HANDLERS.of(sides),
        themes: themes(&sides.now),
    }
}

/// The records of a score: feedback on requests (no survey's name), or a survey's answers; `code` is `mean`, `top2`, `nps` or `ces`.
pub fn basis<'a>(side: &Side<'a>, name: Option<&str>, code: &str) -> Option<Basis<'a>> {
    let Some(name) = name else { return graded(side.matters().filter_map(feedback_part).collect(), (1, 5), code) };
    let (name, file, responses) = side.inputs.surveys.iter().find(|(found, _, _)| found == name)?;
    let answered = within(side.inputs, side.period, responses);
    let answer = |value: Option<f64>, response: &'a Response| Some(part(Source::Response(name, response), value?, true));
    if code == "nps" {
        let parts = answered.into_iter().filter_map(|response| answer(response.nps.map(f64::from), response));
        return Some(Basis { parts: parts.collect(), reduce: Reduce::Nps });
    }
    if code == "ces" {
        let scale = file.scale(Metric::Ces)?;
        let parts = answered.into_iter().filter_map(|response| answer(response.ces.map(Score::value), response));
        return graded(parts.collect(), (scale.min, scale.max), "mean");
    }
    let scale = file.csat_scale()?;
    let parts = answered.into_iter().filter_map(|response| answer(response.csat.map(Score::value), response));
    graded(parts.collect(), (scale.min, scale.max), code)
}

/// Feedback on the requests of a row.
fn rated<'a>(side: &Side<'a>, code: &str) -> Basis<'a> {
    let parts = || side.accepted().filter_map(feedback_part).collect();
    graded(parts(), (1, 5), code).unwrap_or(Basis { parts: parts(), reduce: Reduce::Count })
}

fn feedback_part(request: &Request) -> Option<Part<'_>> {
    Some(part(Source::Request(request), f64::from(request.feedback?), true))
}

/// Grades on a scale as their mean, or as the share of the best.
fn graded<'a>(mut parts: Vec<Part<'a>>, (min, max): (i64, i64), code: &str) -> Option<Basis<'a>> {
    let count = CsatCount::new(min, max);
    parts.retain(|part| count.is_on_scale(part.value));
    if code == "mean" {
        return Some(Basis { parts, reduce: Reduce::MeanGrade(max) });
    }
    for part in &mut parts {
        part.counted = count.is_best(part.value);
    }
    (code == "top2").then_some(Basis { parts, reduce: Reduce::Share })
}

fn feedback(cohort: &Cohort<'_>) -> Option<Csat> {
    let mut count = CsatCount::new(1, 5);
    for score in cohort.matters().filter_map(|request| request.feedback) {
        count.push(f64::from(score));
    }
    count.score()
}

/// The answers submitted in a period.
pub fn within<'a>(inputs: &Inputs<'_>, period: Period, responses: &'a [Response]) -> Vec<&'a Response> {
    let zone = inputs.settings.zone;
    let dated = |response: &&Response| match response.submitted_at {
        Some(at) => period.contains(at.date(zone)),
        None => period.is_all(),
    };
    responses.iter().filter(dated).collect()
}

/// A survey's scores; none when nobody answered in either period.
fn survey(inputs: &Inputs<'_>, name: &str, file: &SurveyFile, responses: &[Response]) -> Option<SurveyScore> {
    let now = within(inputs, inputs.period, responses);
    let then = |period: Option<Period>| period.map(|period| within(inputs, period, responses)).unwrap_or_default();
    let (before, year_ago) = (then(inputs.previous), then(inputs.year_ago));
    if now.is_empty() && before.is_empty() {
        return None;
    }
    let counted = |responses: &[&Response], metric: Metric, score: fn(&Response) -> Option<Score>| {
        let scale = file.scale(metric)?;
        let mut count = CsatCount::new(scale.min, scale.max);
        for score in responses.iter().filter_map(|response| score(response)) {
            count.push(score.value());
        }
        Some(count)
    };
    let csat = |responses: &[&Response]| counted(responses, Metric::Csat, |response| response.csat)?.score();
    let ces = |responses: &[&Response]| counted(responses, Metric::Ces, |response| response.ces)?.grades();
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
        csat_year_ago: csat(&year_ago),
        nps: nps(&now),
        nps_before: nps(&before),
        nps_year_ago: nps(&year_ago),
        ces: ces(&now),
        ces_before: ces(&before),
        ces_year_ago: ces(&year_ago),
    })
}

fn low(inputs: &Inputs<'_>, cohort: &Cohort<'_>) -> Vec<Low> {
    let most = inputs.rules.rows;
    let is_low = |request: &&Request| request.feedback.is_some_and(|score| score <= 3) && !request.feedback_text.trim().is_empty();
    let mut dissatisfied: Vec<&Request> = cohort.matters().filter(is_low).collect();
    dissatisfied.sort_by(|a, b| (b.received_at, &b.id).cmp(&(a.received_at, &a.id)));
    let mut found: Vec<Low> = dissatisfied
        .into_iter()
        .take(most)
        .map(|request| Low { source: request.id.to_string(), customer: request.customer_name.clone(), text: request.feedback_text.clone() })
        .collect();
    for (_, _, responses) in inputs.surveys {
        let comments: Vec<Comment> = low_comments(&within(inputs, inputs.period, responses), most);
        found.extend(comments.into_iter().map(|comment| Low {
            source: comment.response,
            customer: comment.customer.as_deref().map(inputs.names).unwrap_or_default(),
            text: comment.text,
        }));
    }
    found
}
