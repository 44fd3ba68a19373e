//! More suggestions: on targets, causes, what was reopened, people's load, silent customers and the data.

use std::cmp::Reverse;

use super::figure::{Figure, Number, count, share};
use super::side::Sides;
use super::suggestions::{Suggestion, fire, is_below, reaches};
use super::table::{Split, SplitRow};
use super::{Report, causes, repeats};
use crate::model::rules::report::Limits;

/// Customers named at most.
const NAMES: usize = 5;

/// Every rule that fires.
pub fn more(report: &Report, sides: &Sides<'_>, out: &mut Vec<Suggestion>) {
    let limits = &sides.now.inputs.rules.limits;
    late_stage(report, limits, out);
    overloaded(report, limits, out);
    causes(sides, limits, out);
    reopened(sides, limits, out);
    silent(report, limits, out);
    data(report, limits, out);
}

/// The stage that misses most.
fn late_stage(report: &Report, limits: &Limits, out: &mut Vec<Suggestion>) {
    let missed = |row: &&SplitRow| row.count("missed");
    let below = |row: &&SplitRow| is_below(row.now("rate"), limits.on_time);
    let late = report.targets.stages.rows.iter().filter(|row| missed(row) >= limits.missed && below(row));
    if let Some(rate) = late.max_by_key(missed).and_then(|row| Some((row, row.figure("rate")?))) {
        let (row, rate) = rate;
        fire(out, "late_stage", &row.key, rate.now, rate.before, Some(Number::Percent(limits.on_time)));
    }
}

/// One person has most of what is open.
fn overloaded(report: &Report, limits: &Limits, out: &mut Vec<Suggestion>) {
    let handlers = &report.staff.handlers.rows;
    let open: usize = handlers.iter().map(|row| row.count("open")).sum();
    // who is alone has everything
    if open < limits.open || handlers.iter().filter(|row| !row.key.is_empty()).count() < 2 {
        return;
    }
    let most = handlers.iter().map(|row| row.count("open")).max().unwrap_or(0);
    let mut those = handlers.iter().filter(|row| row.count("open") == most);
    // two who have as much as each other are no case of one who has most
    if let (Some(row), None) = (those.next().filter(|row| !row.key.is_empty()), those.next()) {
        let own = share(most, open);
        if reaches(own, limits.open_share) {
            fire(out, "overloaded", &row.key, own, None, Some(Number::Percent(limits.open_share)));
        }
    }
}

/// Rows of a table that have at least so many of a measure.
fn at_least<'a>(split: &'a Split, code: &'a str, limit: usize) -> impl Iterator<Item = (&'a SplitRow, &'a Figure)> {
    split.rows.iter().filter(move |row| row.count(code) >= limit.max(1)).filter_map(move |row| Some((row, row.figure(code)?)))
}

fn causes(sides: &Sides<'_>, limits: &Limits, out: &mut Vec<Suggestion>) {
    for (row, figure) in at_least(&causes::BY_CAUSE.whole(sides), "count", limits.cause) {
        fire(out, "cause", &row.key, figure.now, figure.before, Some(count(limits.cause)));
    }
}

fn reopened(sides: &Sides<'_>, limits: &Limits, out: &mut Vec<Suggestion>) {
    for (row, figure) in at_least(&repeats::REOPENED.whole(sides), "reopened", limits.reopened).filter(|(row, _)| !row.key.is_empty()) {
        fire(out, "reopened", &row.key, figure.now, figure.before, Some(count(limits.reopened)));
    }
}

/// The silent stand for much of what customers spend.
fn silent(report: &Report, limits: &Limits, out: &mut Vec<Suggestion>) {
    let Some(lifecycle) = &report.lifecycle else { return };
    let value = |row: &SplitRow| row.now("value").map_or(0.0, Number::value).max(0.0);
    let whole: f64 = lifecycle.classes.rows.iter().map(value).sum();
    let silent: f64 = lifecycle.classes.rows.iter().filter(|row| row.key == "silent").map(value).sum();
    let share = silent * 100.0 / whole;
    if whole > 0.0 && reaches(Some(Number::Percent(share)), limits.silent) {
        let names = lifecycle.at_risk.iter().filter(|row| row.class == "silent").map(|row| row.name.as_str()).take(NAMES);
        fire(out, "silent", names.collect::<Vec<_>>().join(", "), Some(Number::Percent(share)), None, Some(Number::Percent(limits.silent)));
    }
}

fn data(report: &Report, limits: &Limits, out: &mut Vec<Suggestion>) {
    let quality = &report.quality;
    // causes have a rule of their own
    let lacking = quality.lacking.rows.iter().filter(|row| row.key != "complaints_without_cause");
    let mut lacking: Vec<(&SplitRow, &Figure)> = lacking.filter_map(|row| Some((row, row.figure("share")?))).collect();
    lacking.retain(|(row, share)| row.count("count") >= limits.category_requests && reaches(share.now, limits.lacking));
    lacking.sort_by_key(|(row, _)| Reverse(row.count("count")));
    for (row, share) in lacking {
        fire(out, "lacking", &row.key, share.now, share.before, Some(Number::Percent(limits.lacking)));
    }
    let rejected = quality.figures.iter().find(|figure| figure.code == "rejected_rows").and_then(|figure| figure.now);
    if let Some(rows) = rejected.filter(|rows| rows.value() >= count(limits.rejected_rows.max(1)).value()) {
        fire(out, "rejected_rows", "", Some(rows), None, Some(count(limits.rejected_rows)));
    }
}
