//! Which records a figure was counted from (`report explain`): every number of the report has an address, and an address
//! gives the basis that the number was reduced from.

use std::fmt;

use super::basis::{Basis, Source};
use super::causes::CAUSES;
use super::efficiency::EFFICIENCY;
use super::figure::{Figure, Number, count};
use super::lifecycle::LIFECYCLE;
use super::problems::{PROBLEM, QUALITY, is_complaint};
use super::quality::DATA;
use super::repeats::REPEATS;
use super::revisits::REVISITS;
use super::shares::{GROUPS, Row};
use super::side::{Measure, Side};
use super::staff::STAFF;
use super::table::TABLES;
use super::targets::TARGETS;
use super::tiers::MOVES;
use super::{Report, satisfaction, shares, themes, tiers, totals};
use crate::base::text::fold_key;
use crate::model::punctuality::Punctuality;
use crate::model::vocabulary::Code;

/// Where a number stands: `totals/received`, `shares/category=Delivery/count`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub section: &'static str,
    /// The row of a table: what its rows are, and which of them.
    pub row: Option<(&'static str, String)>,
    pub code: &'static str,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.row {
            Some((what, key)) => write!(f, "{}/{what}={key}/{}", self.section, self.code),
            None => write!(f, "{}/{}", self.section, self.code),
        }
    }
}

/// A number with its address.
pub type Addressed = (Address, Option<Number>);

/// Every number of a report, in the order of its sections.
pub fn addresses(report: &Report) -> Vec<Addressed> {
    let mut all = Vec::new();
    listed("totals", report.totals.requests.iter().chain(&report.totals.business), &mut all);
    let s = &report.shares;
    for (section, group, rows) in [
        ("shares", "category", &s.category),
        ("shares", "type", &s.r#type),
        ("shares", "purpose", &s.purpose),
        ("channels", "channel", &s.channel),
        ("shares", "severity", &s.severity),
    ] {
        grouped(section, group, rows, &mut all);
    }
    listed("efficiency", report.efficiency.figures.iter(), &mut all);
    for standing in &report.efficiency.due {
        all.push((row("efficiency", "ontime", standing.code, "requests"), Some(count(standing.requests))));
    }
    listed("targets", report.targets.figures.iter(), &mut all);
    satisfied(report, &mut all);
    for tier in &report.tiers.counts {
        all.push((row("tiers", "tier", &tier.tier, "customers"), Some(count(tier.customers))));
    }
    listed("tiers", report.tiers.figures.iter(), &mut all);
    listed("lifecycle", report.lifecycle.iter().flat_map(|lifecycle| &lifecycle.figures), &mut all);
    listed("revisits", report.revisits.figures.iter(), &mut all);
    troubles(report, &mut all);
    listed("causes", report.causes.figures.iter(), &mut all);
    listed("repeats", report.repeats.figures.iter(), &mut all);
    listed("staff", report.staff.figures.iter(), &mut all);
    let q = report.problems.quality;
    let numbers = [q.requests, q.without_category, q.without_customer, q.complaints_resolved, q.complaints_without_cause];
    for (measure, n) in QUALITY.iter().zip(numbers) {
        all.push((Address { section: "quality", row: None, code: measure.code }, Some(count(n))));
    }
    listed("quality", report.quality.figures.iter(), &mut all);
    for (table, split) in TABLES {
        for one in split(report).into_iter().flat_map(|split| &split.rows) {
            all.extend(one.figures.iter().map(|figure| (row(table.section, table.what, &one.key, figure.code), figure.now)));
        }
    }
    all
}

fn row(section: &'static str, what: &'static str, key: &str, code: &'static str) -> Address {
    Address { section, row: Some((what, key.to_owned())), code }
}

fn listed<'f>(section: &'static str, figures: impl Iterator<Item = &'f Figure>, all: &mut Vec<Addressed>) {
    all.extend(figures.map(|figure| (Address { section, row: None, code: figure.code }, figure.now)));
}

fn grouped(section: &'static str, group: &'static str, rows: &[Row], all: &mut Vec<Addressed>) {
    for one in rows {
        all.push((row(section, group, &one.key, "count"), Some(count(one.count))));
        all.push((row(section, group, &one.key, "share"), one.share));
    }
}

fn satisfied(report: &Report, all: &mut Vec<Addressed>) {
    let s = &report.satisfaction;
    let mut graded = |what: &'static str, key: &str, csat: &crate::engine::scores::Csat| {
        all.push((row("satisfaction", what, key, "top2"), Some(Number::Percent(csat.top2.value))));
        all.push((row("satisfaction", what, key, "mean"), Some(Number::Grade(csat.mean, csat.max))));
    };
    if let Some(csat) = &s.feedback {
        graded("source", "feedback", csat);
    }
    for survey in &s.surveys {
        if let Some(csat) = &survey.csat {
            graded("survey", &survey.name, csat);
        }
    }
    for survey in &s.surveys {
        if let Some(nps) = &survey.nps {
            all.push((row("satisfaction", "survey", &survey.name, "nps"), Some(Number::Points(nps.score.value))));
        }
        if let Some(ces) = &survey.ces {
            all.push((row("satisfaction", "survey", &survey.name, "ces"), Some(Number::Grade(ces.mean, ces.max))));
        }
    }
    for theme in &s.themes {
        all.push((row("satisfaction", "theme", &theme.code, "comments"), Some(count(theme.comments))));
        all.push((row("satisfaction", "theme", &theme.code, "low"), Some(count(theme.low))));
    }
}

fn troubles(report: &Report, all: &mut Vec<Addressed>) {
    for problem in &report.problems.common {
        all.push((row("problems", "category", &problem.category, "count"), Some(count(problem.count))));
        all.push((row("problems", "category", &problem.category, "complaints"), Some(count(problem.complaints))));
        all.push((row("problems", "category", &problem.category, "median"), problem.median));
    }
    for repeat in &report.problems.repeats {
        let key = format!("{} {}", repeat.customer, repeat.category);
        all.push((row("repeats", "customer", &key, "count"), Some(count(repeat.count))));
    }
    // those who complained once now and before as well
    for again in report.repeats.again.iter().filter(|again| again.now == 1) {
        let key = format!("{} {}", again.customer, again.category);
        all.push((row("repeats", "customer", &key, "count"), Some(count(again.now))));
    }
}

/// The addresses a text may mean: the whole address, one without its section, or a code alone.
pub fn matching<'a>(text: &str, all: &'a [Addressed]) -> Vec<&'a Addressed> {
    let spelt: Vec<&Addressed> = all.iter().filter(|(address, _)| address.to_string() == text.trim()).collect();
    if !spelt.is_empty() {
        return spelt;
    }
    let key = fold_key(text);
    let exact: Vec<&Addressed> = all.iter().filter(|(address, _)| fold_key(&address.to_string()) == key).collect();
    if !exact.is_empty() {
        return exact;
    }
    let tail = |address: &Address| match &address.row {
        Some((what, found)) => [format!("{what}={found}/{}", address.code), format!("{found}/{}", address.code)],
        None => [address.code.to_owned(), String::new()],
    };
    let tails: Vec<&Addressed> = all.iter().filter(|(address, _)| tail(address).iter().any(|tail| fold_key(tail) == key)).collect();
    // a code that only rows have: theirs, to be told apart where there are several
    if tails.is_empty() { all.iter().filter(|(address, _)| fold_key(address.code) == key).collect() } else { tails }
}

/// The records behind a number on one side; none where no such row is there.
pub fn basis<'a>(side: &Side<'a>, address: &Address) -> Option<Basis<'a>> {
    let Some((what, key)) = &address.row else { return plain(side, address) };
    let table = TABLES.iter().map(|(table, _)| table).find(|table| table.section == address.section && table.what == *what);
    if let Some(table) = table {
        return table.basis(side, key, address.code);
    }
    match (address.section, *what) {
        ("shares" | "channels", what) => {
            let group = GROUPS.iter().find(|group| group.code == what)?;
            Some(shares::basis(side, group, key, address.code == "share"))
        }
        ("efficiency", _) => {
            let now = side.inputs.now;
            Some(Basis::count(side.accepted().filter(|request| Punctuality::of(request, now).code() == key)))
        }
        ("satisfaction", "theme") => Some(themes::basis(side, key, address.code)),
        ("satisfaction", "source") => satisfaction::basis(side, None, address.code),
        ("satisfaction", _) => satisfaction::basis(side, Some(key), address.code),
        ("tiers", _) => Some(tiers::members(side, key)),
        ("problems", _) => Some(named(PROBLEM, address.code)?(&side.with(|request| request.category.trim() == key))),
        ("repeats", _) => {
            let (customer, category) = key.split_once(' ')?;
            let of = side.accepted().filter(|request| request.customer.as_ref().is_some_and(|id| id.as_str() == customer));
            Some(Basis::count(of.filter(|request| is_complaint(request) && request.category.trim() == category)))
        }
        _ => None,
    }
}

fn plain<'a>(side: &Side<'a>, address: &Address) -> Option<Basis<'a>> {
    let tables: &[&[Measure]] = match address.section {
        "totals" => &[totals::REQUESTS, totals::BUSINESS],
        "efficiency" => &[EFFICIENCY],
        "targets" => &[TARGETS],
        "causes" => &[CAUSES],
        "repeats" => &[REPEATS],
        "staff" => &[STAFF],
        "lifecycle" => &[LIFECYCLE],
        "revisits" => &[REVISITS],
        "quality" => &[QUALITY, DATA],
        "tiers" => &[MOVES],
        _ => return None,
    };
    tables.iter().find_map(|table| named(table, address.code)).map(|basis| basis(side))
}

fn named(measures: &[Measure], code: &str) -> Option<for<'a> fn(&Side<'a>) -> Basis<'a>> {
    measures.iter().find(|measure| measure.code == code).map(|measure| measure.basis)
}

/// What a record of a basis is called.
pub fn id(source: Source<'_>) -> String {
    match source {
        Source::Request(request) => request.id.to_string(),
        Source::Revisit(revisit) => revisit.id.to_string(),
        Source::Response(_, response) => response.id.to_string(),
        Source::Decision(decision) => format!("{} {}", decision.customer, decision.decided_on),
        Source::Customer(id) => id.to_owned(),
        Source::Import(import) => import.batch.clone(),
    }
}
