//! The periodic report (定期报告): one plain value, everything computed, nothing worded.
//!
//! To add a section: a file here with its value and its function, a field of [`Report`], and its words and
//! blocks in `view/report`. Definitions of the figures are in `docs/rules.md`, "Reports".

pub mod advice;
pub mod basis;
pub mod causes;
pub mod difference;
pub mod efficiency;
pub mod explain;
pub mod figure;
pub mod lifecycle;
pub mod names;
pub mod orders;
pub mod problems;
pub mod provenance;
pub mod quality;
pub mod repeats;
pub mod revisits;
pub mod satisfaction;
pub mod shares;
pub mod side;
pub mod staff;
pub mod suggestions;
pub mod table;
pub mod targets;
#[cfg(test)]
mod tests;
pub mod themes;
pub mod tiers;
pub mod totals;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde::Serialize;

use crate::base::instant::Instant;
use crate::base::period::Period;
use crate::engine::tiering::index::Index;
use crate::model::knowledge::Knowledge;
use crate::model::member::{MemberIds, Members};
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::rules::comments::CommentRules;
use crate::model::rules::report::ReportRules;
use crate::model::rules::tiers::TierRules;
use crate::model::settings::Settings;
use crate::model::survey::Response;
use crate::model::survey_file::SurveyFile;
use crate::model::tier::TierDecision;

pub use orders::{OrderFold, OrderIds, OrderTotals};
pub use side::{Cohort, Sides};

/// Everything a report rests on.
pub struct Inputs<'a> {
    pub settings: &'a Settings,
    pub period: Period,
    pub previous: Option<Period>,
    pub year_ago: Option<Period>,
    pub today: NaiveDate,
    /// The moment against which open due times are held.
    pub now: Instant,
    pub members: &'a Members,
    /// Their ids, in the same order.
    pub ids: &'a MemberIds,
    /// Their positions by id.
    pub index: &'a Index,
    /// How everybody stands today; nothing where the section is not wanted.
    pub lives: Option<&'a [lifecycle::Life]>,
    pub names: &'a dyn Fn(&str) -> String,
    /// What is counted for the quality of the data; nothing where the section is not wanted.
    pub data: Option<&'a quality::Data>,
    /// Of all its periods; the report itself tells them apart.
    pub requests: &'a [Request],
    pub revisits: &'a [Revisit],
    /// Attempts in vain that were planned again.
    pub repeated: &'a HashSet<&'a str>,
    pub decisions: &'a [TierDecision],
    /// When requests that were reopened had been resolved for the first time, where the log tells.
    pub firsts: &'a HashMap<String, Instant>,
    pub surveys: &'a [(String, SurveyFile, Vec<Response>)],
    /// Of the period, the one before and the one a year ago.
    pub orders: [Option<OrderTotals>; 3],
    pub rules: &'a ReportRules,
    pub tier_rules: &'a TierRules,
    pub comment_rules: &'a CommentRules,
    pub knowledge: &'a [Knowledge],
}

/// The report. Every number that any format shows is in here.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub book: String,
    pub currency: String,
    pub period: Span,
    pub previous: Option<Span>,
    /// The same period a year earlier.
    pub year_ago: Option<Span>,
    pub as_of: String,
    pub totals: totals::Totals,
    pub shares: shares::Shares,
    pub efficiency: efficiency::Efficiency,
    pub targets: targets::Targets,
    pub problems: problems::Problems,
    pub causes: causes::Causes,
    pub repeats: repeats::Repeats,
    pub staff: staff::Staff,
    pub quality: quality::DataQuality,
    pub satisfaction: satisfaction::Satisfaction,
    pub tiers: tiers::Tiers,
    /// `None` where the section is not wanted: every order is read for it.
    pub lifecycle: Option<lifecycle::Lifecycle>,
    pub revisits: revisits::Revisits,
    pub suggestions: Vec<suggestions::Suggestion>,
    /// Set by who reads the book.
    pub provenance: provenance::Provenance,
}

/// A period as it is printed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Span {
    pub name: String,
    /// `None` for all records.
    pub from: Option<String>,
    pub to: Option<String>,
}

impl Span {
    fn of(period: Period) -> Span {
        let dated = |date: NaiveDate| (!period.is_all()).then(|| date.to_string());
        Span { name: period.to_string(), from: dated(period.from), to: dated(period.to) }
    }
}

/// Computes the report.
pub fn report(inputs: &Inputs<'_>) -> Report {
    let sides = Sides::of(inputs);
    let mut report = Report {
        book: inputs.settings.name.clone(),
        currency: inputs.settings.currency.clone(),
        period: Span::of(inputs.period),
        previous: inputs.previous.map(Span::of),
        year_ago: sides.year_ago.as_ref().map(|side| Span::of(side.period)),
        as_of: inputs.today.to_string(),
        totals: totals::totals(&sides),
        shares: shares::shares(&sides),
        efficiency: efficiency::efficiency(&sides),
        targets: targets::targets(&sides),
        problems: problems::problems(&sides),
        causes: causes::causes(&sides),
        repeats: repeats::repeats(&sides),
        staff: staff::staff(&sides),
        quality: quality::quality(&sides),
        satisfaction: satisfaction::satisfaction(&sides),
        tiers: tiers::tiers(&sides),
        lifecycle: lifecycle::lifecycle(&sides),
        revisits: revisits::revisits(&sides),
        suggestions: Vec::new(),
        provenance: provenance::Provenance::default(),
    };
    report.suggestions = suggestions::suggestions(&report, &sides);
    report
}
