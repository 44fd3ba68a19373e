//! Suggestions for improvement (改进建议): derived from the figures by stated rules, the figures beside each.
//!
//! A rule is a code, a threshold of `rules/report.yaml` and a test. Its words are in `view/report/words.rs`.

use serde::Serialize;

use super::Report;
use super::figure::{Figure, Number, count};
use super::problems::{grouped, is_complaint};
use super::side::Sides;
use crate::model::request::Purpose;
use crate::model::rules::report::Limits;

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
pub fn suggestions(report: &Report, sides: &Sides<'_>) -> Vec<Suggestion> {
    let (limits, mut out) = (&sides.now.inputs.rules.limits, Vec::new());
    efficiency(report, limits, &mut out);
    slow(report, limits, &mut out);
    categories(report, sides, &mut out);
    satisfaction(report, limits, &mut out);
    care(report, sides, &mut out);
    super::advice::more(report, sides, &mut out);
    out
}

fn figure<'a>(figures: &'a [Figure], code: &str) -> Option<&'a Figure> {
    figures.iter().find(|figure| figure.code == code)
}

/// Whether a figure lies below a limit. What differs by less than anybody can measure is equal: 3 of 14 less 4 of 35 is ten points.
pub fn is_below(figure: Option<Number>, limit: f64) -> bool {
    figure.is_some_and(|figure| figure.value() < limit - SAME)
}

/// Whether there is anything of it, and it reaches a limit.
pub fn reaches(figure: Option<Number>, limit: f64) -> bool {
    figure.is_some_and(|figure| figure.value() > 0.0 && figure.value() >= limit - SAME)
}

const SAME: f64 = 1e-9;

/// Notes that a rule fired.
pub fn fire(
    out: &mut Vec<Suggestion>,
    rule: &'static str,
    about: impl Into<String>,
    figure: Option<Number>,
    before: Option<Number>,
    limit: Option<Number>,
) {
    out.push(Suggestion { rule, about: about.into(), figure, before, limit });
}

fn efficiency(report: &Report, limits: &Limits, out: &mut Vec<Suggestion>) {
    let figures = &report.efficiency.figures;
    for (code, limit) in
        [("resolution_rate", limits.resolution_rate), ("respond_on_time", limits.on_time), ("resolve_on_time", limits.on_time)]
    {
        if let Some(found) = figure(figures, code).filter(|figure| is_below(figure.now, limit)) {
            fire(out, found.code, "", found.now, found.before, Some(Number::Percent(limit)));
        }
    }
    if let Some(found) = figure(figures, "reopen_rate").filter(|figure| reaches(figure.now, limits.reopen_rate)) {
        fire(out, "reopen_rate", "", found.now, found.before, Some(Number::Percent(limits.reopen_rate)));
    }
}

/// The slowest tenth takes much longer than usual: so many times the median.
fn slow(report: &Report, limits: &Limits, out: &mut Vec<Suggestion>) {
    let number = |code: &str| figure(&report.efficiency.figures, code).and_then(|figure| figure.now).map(Number::value);
    let (Some(timed), Some(median)) = (number("timed"), number("median_time")) else { return };
    let usual = median * limits.slow_tenth;
    let found = figure(&report.efficiency.figures, "p90_time").filter(|figure| figure.now.is_some_and(|now| now.value() > usual));
    if let Some(found) = found.filter(|_| timed >= limits.timed) {
        fire(out, "p90_time", "", found.now, found.before, Some(Number::Seconds(usual)));
    }
}

fn categories(report: &Report, sides: &Sides<'_>, out: &mut Vec<Suggestion>) {
    let limits = &sides.now.inputs.rules.limits;
    for row in &report.shares.category {
        let rise = row
            .points()
            .filter(|points| reaches(Some(Number::Percent(*points)), limits.share_rise) && row.count >= limits.category_requests);
        if rise.is_some() && !row.key.is_empty() {
            fire(out, "category_rise", &row.key, row.share, row.share_before, Some(Number::Percent(limits.share_rise)));
        }
    }
    // all categories, not only the most common
    for ((category, ()), requests) in grouped(&sides.now.cohort, |_| ()) {
        let complaints = requests.iter().filter(|request| is_complaint(request)).count();
        if complaints >= limits.category_complaints.max(1) {
            fire(out, "category_complaints", category, Some(count(complaints)), None, Some(count(limits.category_complaints)));
        }
    }
    for repeat in &report.problems.repeats {
        fire(out, "repeat", format!("{} · {}", repeat.name, repeat.category), Some(count(repeat.count)), None, None);
    }
    let quality = report.problems.quality;
    let without = super::figure::share(quality.complaints_without_cause, quality.complaints_resolved);
    if reaches(without, limits.without_cause) {
        fire(out, "without_cause", "", without, None, Some(Number::Percent(limits.without_cause)));
    }
}

fn satisfaction(report: &Report, limits: &Limits, out: &mut Vec<Suggestion>) {
    let low =
        |csat: &crate::engine::scores::Csat| csat.n >= limits.answers && is_below(Some(Number::Percent(csat.top2.value)), limits.csat_top2);
    let top = |csat: &crate::engine::scores::Csat| Number::Percent(csat.top2.value);
    let limit = Some(Number::Percent(limits.csat_top2));
    if let Some(csat) = report.satisfaction.feedback.as_ref().filter(|csat| low(csat)) {
        fire(out, "feedback_low", "", Some(top(csat)), report.satisfaction.feedback_before.as_ref().map(top), limit);
    }
    for survey in &report.satisfaction.surveys {
        if let Some(csat) = survey.csat.as_ref().filter(|csat| low(csat)) {
            fire(out, "survey_low", &survey.name, Some(top(csat)), survey.csat_before.as_ref().map(top), limit);
        }
    }
}

fn care(report: &Report, sides: &Sides<'_>, out: &mut Vec<Suggestion>) {
    let limits = &sides.now.inputs.rules.limits;
    let accusations = sides.now.accepted().filter(|request| request.purpose == Some(Purpose::Accusation)).count();
    if accusations > 0 {
        fire(out, "accusations", "", Some(count(accusations)), None, None);
    }
    let coverage = figure(&report.revisits.figures, "coverage").filter(|figure| is_below(figure.now, limits.coverage));
    if let Some(found) = coverage {
        fire(out, "coverage", "", found.now, found.before, Some(Number::Percent(limits.coverage)));
    }
    if report.tiers.down >= limits.fallen.max(1) {
        let names: Vec<&str> =
            report.tiers.moves.iter().filter(|m| m.direction == super::tiers::Direction::Down).map(|m| m.name.as_str()).take(5).collect();
        fire(out, "fallen", names.join(", "), Some(count(report.tiers.down)), None, None);
    }
}
