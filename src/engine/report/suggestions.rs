//! Suggestions for improvement (改进建议): derived from the figures by stated rules, the figures beside each.
//!
//! A rule is a code, a threshold of [`LIMITS`] and a test. Its words are in `view/report/words.rs`.

use serde::Serialize;

use super::figure::{Figure, Number};
use super::{Inputs, Pair, Report};
use crate::model::request::{Purpose, Severity};

/// The thresholds, in per cent unless said otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub resolution_rate: f64,
    pub on_time: f64,
    pub reopen_rate: f64,
    /// Percentage points that a category's share may rise.
    pub share_rise: f64,
    /// Requests a category needs before its share says anything.
    pub category_requests: usize,
    /// Complaints in one category.
    pub category_complaints: usize,
    pub csat_top2: f64,
    /// Answers a score needs before it says anything.
    pub answers: u64,
    pub coverage: f64,
    pub without_cause: f64,
    /// Customers who fell a tier.
    pub fallen: usize,
}

pub const LIMITS: Limits = Limits {
    resolution_rate: 90.0,
    on_time: 90.0,
    reopen_rate: 5.0,
    share_rise: 10.0,
    category_requests: 3,
    category_complaints: 3,
    csat_top2: 80.0,
    answers: 5,
    coverage: 80.0,
    without_cause: 30.0,
    fallen: 1,
};

/// One suggestion: the rule that fired, what it is about, the figure and the threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    pub rule: &'static str,
    /// A category, a survey, customers; blank where the rule is about everything.
    pub about: String,
    pub figure: Option<Number>,
    pub before: Option<Number>,
    pub limit: Option<Number>,
}

/// Every rule that fires, in the order of the sections.
pub fn suggestions(report: &Report, inputs: &Inputs<'_>, pair: &Pair<'_>) -> Vec<Suggestion> {
    let mut out = Vec::new();
    efficiency(report, &mut out);
    slow(report, inputs, pair, &mut out);
    categories(report, &mut out);
    satisfaction(report, &mut out);
    care(report, pair, &mut out);
    out
}

fn figure<'a>(figures: &'a [Figure], code: &str) -> Option<&'a Figure> {
    figures.iter().find(|figure| figure.code == code)
}

fn fire(
    out: &mut Vec<Suggestion>,
    rule: &'static str,
    about: impl Into<String>,
    figure: Option<Number>,
    before: Option<Number>,
    limit: Option<Number>,
) {
    out.push(Suggestion { rule, about: about.into(), figure, before, limit });
}

fn efficiency(report: &Report, out: &mut Vec<Suggestion>) {
    let figures = &report.efficiency.figures;
    for (code, limit) in
        [("resolution_rate", LIMITS.resolution_rate), ("respond_on_time", LIMITS.on_time), ("resolve_on_time", LIMITS.on_time)]
    {
        if let Some(found) = figure(figures, code).filter(|figure| figure.now.is_some_and(|now| now.value() < limit)) {
            fire(out, found.code, "", found.now, found.before, Some(Number::Percent(limit)));
        }
    }
    if let Some(found) = figure(figures, "reopen_rate").filter(|figure| figure.now.is_some_and(|now| now.value() >= LIMITS.reopen_rate)) {
        fire(out, "reopen_rate", "", found.now, found.before, Some(Number::Percent(LIMITS.reopen_rate)));
    }
}

/// The slowest tenth takes longer than the most common promise allows.
fn slow(report: &Report, inputs: &Inputs<'_>, pair: &Pair<'_>, out: &mut Vec<Suggestion>) {
    let Some(allowed) = inputs.service_rules.target(Severity::Normal, "").resolve else { return };
    #[expect(clippy::cast_precision_loss, reason = "a promise is days, not centuries")]
    let allowed = allowed.seconds() as f64;
    let found = figure(&report.efficiency.figures, "p90_time").filter(|figure| figure.now.is_some_and(|now| now.value() > allowed));
    if let Some(found) = found.filter(|_| pair.now.accepted().count() >= LIMITS.category_requests) {
        fire(out, "p90_time", "", found.now, found.before, Some(Number::Seconds(allowed)));
    }
}

fn categories(report: &Report, out: &mut Vec<Suggestion>) {
    for row in &report.shares.category {
        let rise = row.points().filter(|points| *points >= LIMITS.share_rise && row.count >= LIMITS.category_requests);
        if rise.is_some() && !row.key.is_empty() {
            fire(out, "category_rise", &row.key, row.share, row.share_before, Some(Number::Percent(LIMITS.share_rise)));
        }
    }
    for common in report.problems.common.iter().filter(|common| common.complaints >= LIMITS.category_complaints) {
        fire(
            out,
            "category_complaints",
            &common.category,
            Some(super::figure::count(common.complaints)),
            None,
            Some(super::figure::count(LIMITS.category_complaints)),
        );
    }
    for repeat in &report.problems.repeats {
        fire(out, "repeat", format!("{} · {}", repeat.name, repeat.category), Some(super::figure::count(repeat.count)), None, None);
    }
    let quality = report.problems.quality;
    let without = super::figure::share(quality.complaints_without_cause, quality.complaints_resolved);
    if without.is_some_and(|share| share.value() >= LIMITS.without_cause) {
        fire(out, "without_cause", "", without, None, Some(Number::Percent(LIMITS.without_cause)));
    }
}

fn satisfaction(report: &Report, out: &mut Vec<Suggestion>) {
    let low = |csat: &crate::engine::scores::Csat| csat.n >= LIMITS.answers && csat.top2.value < LIMITS.csat_top2;
    let top = |csat: &crate::engine::scores::Csat| Number::Percent(csat.top2.value);
    let limit = Some(Number::Percent(LIMITS.csat_top2));
    if let Some(csat) = report.satisfaction.feedback.as_ref().filter(|csat| low(csat)) {
        fire(out, "feedback_low", "", Some(top(csat)), report.satisfaction.feedback_before.as_ref().map(top), limit);
    }
    for survey in &report.satisfaction.surveys {
        if let Some(csat) = survey.csat.as_ref().filter(|csat| low(csat)) {
            fire(out, "survey_low", &survey.name, Some(top(csat)), survey.csat_before.as_ref().map(top), limit);
        }
    }
}

fn care(report: &Report, pair: &Pair<'_>, out: &mut Vec<Suggestion>) {
    let accusations = pair.now.accepted().filter(|request| request.purpose == Some(Purpose::Accusation)).count();
    if accusations > 0 {
        fire(out, "accusations", "", Some(super::figure::count(accusations)), None, None);
    }
    let coverage =
        figure(&report.revisits.figures, "coverage").filter(|figure| figure.now.is_some_and(|now| now.value() < LIMITS.coverage));
    if let Some(found) = coverage {
        fire(out, "coverage", "", found.now, found.before, Some(Number::Percent(LIMITS.coverage)));
    }
    if report.tiers.down >= LIMITS.fallen {
        let names: Vec<&str> =
            report.tiers.moves.iter().filter(|m| m.direction == super::tiers::Direction::Down).map(|m| m.name.as_str()).take(5).collect();
        fire(out, "fallen", names.join(", "), Some(super::figure::count(report.tiers.down)), None, None);
    }
}
