//! The periodic report (定期报告): one plain value, everything computed, nothing worded.
//!
//! To add a section: a file here with its value and its function, a field of [`Report`], and its words and
//! blocks in `view/report`. Definitions of the figures are in `docs/rules.md`, "Reports".

pub mod efficiency;
pub mod figure;
pub mod orders;
pub mod problems;
pub mod revisits;
pub mod satisfaction;
pub mod shares;
pub mod suggestions;
pub mod tiers;
pub mod totals;

use chrono::NaiveDate;
use serde::Serialize;

use crate::base::instant::Instant;
use crate::base::period::Period;
use crate::model::knowledge::Knowledge;
use crate::model::member::Members;
use crate::model::request::{Request, Stage};
use crate::model::revisit::Revisit;
use crate::model::rules::service::ServiceRules;
use crate::model::rules::tiers::TierRules;
use crate::model::settings::Settings;
use crate::model::survey::Response;
use crate::model::survey_file::SurveyFile;
use crate::model::tier::TierDecision;

pub use orders::{OrderFold, OrderIds, OrderTotals};

/// Everything a report rests on.
pub struct Inputs<'a> {
    pub settings: &'a Settings,
    pub period: Period,
    pub previous: Option<Period>,
    pub today: NaiveDate,
    /// The moment against which open due times are held.
    pub now: Instant,
    pub members: &'a Members,
    pub names: &'a dyn Fn(&str) -> String,
    /// Of both periods; the report itself tells them apart.
    pub requests: &'a [Request],
    pub revisits: &'a [Revisit],
    pub decisions: &'a [TierDecision],
    pub surveys: &'a [(String, SurveyFile, Vec<Response>)],
    pub orders: &'a OrderTotals,
    pub orders_before: Option<&'a OrderTotals>,
    pub tier_rules: &'a TierRules,
    pub service_rules: &'a ServiceRules,
    pub knowledge: &'a [Knowledge],
}

/// The report. Every number that any format shows is in here.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub book: String,
    pub currency: String,
    pub period: Span,
    pub previous: Option<Span>,
    pub as_of: String,
    pub totals: totals::Totals,
    pub shares: shares::Shares,
    pub efficiency: efficiency::Efficiency,
    pub problems: problems::Problems,
    pub satisfaction: satisfaction::Satisfaction,
    pub tiers: tiers::Tiers,
    pub revisits: revisits::Revisits,
    pub suggestions: Vec<suggestions::Suggestion>,
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

/// The requests received in a period.
#[derive(Debug, Clone, Default)]
pub struct Cohort<'a> {
    pub all: Vec<&'a Request>,
}

impl<'a> Cohort<'a> {
    fn of(inputs: &Inputs<'a>, period: Period) -> Cohort<'a> {
        let zone = inputs.settings.zone;
        let all = inputs.requests.iter().filter(|request| period.contains(request.received_at.date(zone)));
        Cohort { all: all.collect() }
    }

    /// Without duplicates: a matter told twice is one matter.
    pub fn matters(&self) -> impl Iterator<Item = &'a Request> + '_ {
        self.all.iter().copied().filter(|request| request.stage != Stage::Duplicate)
    }

    /// Without duplicates and rejected ones: what was to be worked on.
    pub fn accepted(&self) -> impl Iterator<Item = &'a Request> + '_ {
        self.matters().filter(|request| request.stage != Stage::Rejected)
    }
}

/// Both periods' cohorts.
pub struct Pair<'a> {
    pub now: Cohort<'a>,
    pub before: Option<Cohort<'a>>,
}

/// Computes the report.
pub fn report(inputs: &Inputs<'_>) -> Report {
    let pair = Pair { now: Cohort::of(inputs, inputs.period), before: inputs.previous.map(|previous| Cohort::of(inputs, previous)) };
    let totals = totals::totals(inputs, &pair);
    let shares = shares::shares(&pair);
    let efficiency = efficiency::efficiency(inputs, &pair);
    let problems = problems::problems(&pair.now, inputs);
    let satisfaction = satisfaction::satisfaction(inputs, &pair);
    let tiers = tiers::tiers(inputs);
    let revisits = revisits::revisits(inputs);
    let mut report = Report {
        book: inputs.settings.name.clone(),
        currency: inputs.settings.currency.clone(),
        period: Span::of(inputs.period),
        previous: inputs.previous.map(Span::of),
        as_of: inputs.today.to_string(),
        totals,
        shares,
        efficiency,
        problems,
        satisfaction,
        tiers,
        revisits,
        suggestions: Vec::new(),
    };
    report.suggestions = suggestions::suggestions(&report, inputs, &pair);
    report
}
