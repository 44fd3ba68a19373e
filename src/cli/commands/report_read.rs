//! Reads what a report rests on: the files of its periods, not the whole book.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{report_data, report_firsts};
use crate::base::instant::Instant;
use crate::base::period::Period;
use crate::base::problem::Problems;
use crate::cli::archive;
use crate::cli::error::Failure;
use crate::cli::living;
use crate::engine::cadence::coverage::repeated;
use crate::engine::report::lifecycle::Life;
use crate::engine::report::names::Names;
use crate::engine::report::provenance::Version;
use crate::engine::report::quality::Data;
use crate::engine::report::{Inputs, OrderFold, OrderTotals};
use crate::engine::tiering::index::Index;
use crate::model::cell::Cell;
use crate::model::customer::CUSTOMERS;
use crate::model::knowledge::Knowledge;
use crate::model::member::{MemberIds, Members, MembersReader, Texts};
use crate::model::merged::Merged;
use crate::model::order::{ORDERS, OrderKind};
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::rules::categories::CategoryRules;
use crate::model::rules::comments::CommentRules;
use crate::model::rules::report::{Compare, ReportRules};
use crate::model::rules::tiers::TierRules;
use crate::model::settings::Settings;
use crate::model::staff::Staff;
use crate::model::survey::Response;
use crate::model::survey_file::SurveyFile;
use crate::model::tier::TierDecision;
use crate::store::book::Ruled;
use crate::store::{Book, OrderRow, Wanted, parallel};

/// The periods a report compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Periods {
    pub now: Period,
    pub previous: Option<Period>,
    pub year_ago: Option<Period>,
}

impl Periods {
    pub fn of(now: Period, compare: Compare) -> Periods {
        let previous = now.previous().filter(|_| compare.previous);
        // of a year the one before is the one a year ago: it is told once
        let year_ago = now.year_ago().filter(|year_ago| compare.year_ago && Some(*year_ago) != previous);
        Periods { now, previous, year_ago }
    }

    fn each(self) -> impl Iterator<Item = Period> {
        [Some(self.now), self.previous, self.year_ago].into_iter().flatten()
    }

    /// The stretches to be read: the period with the one before, and the one a year ago unless they touch.
    fn stretches(self) -> Vec<Period> {
        if self.now.is_all() {
            return vec![self.now];
        }
        let mut each: Vec<Period> = self.each().collect();
        each.sort_by_key(|period| (period.from, period.to));
        let mut found: Vec<Period> = Vec::new();
        for period in each {
            match found.last_mut() {
                Some(last) if last.to.succ_opt().is_none_or(|next| period.from <= next) => {
                    *last = Period::days(last.from, last.to.max(period.to));
                }
                _ => found.push(period),
            }
        }
        found
    }
}

/// Everything a report rests on, read.
pub struct Reading {
    pub settings: Settings,
    pub periods: Periods,
    pub today: NaiveDate,
    pub now: Instant,
    pub rules: Ruled<ReportRules>,
    pub tier_rules: Ruled<TierRules>,
    /// What categories are called.
    pub category_rules: Ruled<CategoryRules>,
    pub comment_rules: Ruled<CommentRules>,
    facts: Facts,
    people: People,
    /// Where the section is wanted: every order is read for it.
    lives: Option<Vec<Life>>,
    /// The versions of the rules that these sections rest on.
    beyond: Vec<(&'static str, String)>,
    /// Where the section is wanted: orders and customers are read for it.
    data: Option<Data>,
    knowledge: Vec<Knowledge>,
}

impl Reading {
    /// # Errors
    /// What is wrong in the files read.
    pub fn of(book: &Book, chosen: &ReportRules, periods: Periods, (today, now): (NaiveDate, Instant)) -> Result<Reading, Failure> {
        let lives = chosen.has("lifecycle").then(|| living::kept(book, today)).transpose()?.map(|kept| kept.lives());
        let merged = archive::merged_kept(book)?;
        let (facts, people) = parallel::both(|| Facts::read(book, &merged, periods), || People::read(book, &merged, periods));
        let people = people?;
        let data = chosen.has("quality").then(|| report_data::read(book, &people.index, periods.now, today)).transpose()?;
        let (mut facts, staff, category_rules): (Facts, Vec<Staff>, _) = (facts?, book.all()?, book.category_rules()?);
        let names = Names { categories: &category_rules.rules, staff: &staff, lang: book.locale().lang };
        names.settle(&mut facts.requests);
        names.settle_revisits(&mut facts.revisits);
        let mut beyond = Vec::new();
        if lives.is_some() {
            beyond.push(("lifecycle", book.lifecycle_rules()?.hash));
        }
        if data.is_some() {
            beyond.push(("archive", book.archive_rules()?.hash));
        }
        Ok(Reading {
            settings: book.settings.clone(),
            periods,
            today,
            now,
            rules: Ruled { rules: chosen.clone(), ..book.report_rules()? },
            tier_rules: book.tier_rules()?,
            category_rules,
            comment_rules: book.comment_rules()?,
            facts,
            people,
            beyond,
            lives,
            data,
            knowledge: book.all()?,
        })
    }

    /// The versions of the rules it rests on.
    pub fn versions(&self) -> Vec<Version> {
        let of = |name: &str, version: &str| Version { name: name.to_owned(), version: version.to_owned() };
        let mut versions = vec![
            of("report", &self.rules.hash),
            of("tiers", &self.tier_rules.hash),
            of("categories", &self.category_rules.hash),
            of("comments", &self.comment_rules.hash),
        ];
        versions.extend(self.beyond.iter().map(|(name, version)| of(name, version)));
        versions
    }

    /// Asks a question of it.
    pub fn ask<T>(&self, question: impl FnOnce(&Inputs<'_>) -> T) -> T {
        question(&Inputs {
            settings: &self.settings,
            period: self.periods.now,
            previous: self.periods.previous,
            year_ago: self.periods.year_ago,
            today: self.today,
            now: self.now,
            members: &self.people.members,
            ids: &self.people.ids,
            index: &self.people.index,
            lives: self.lives.as_deref(),
            data: self.data.as_ref(),
            names: &|id| self.name(id),
            requests: &self.facts.requests,
            revisits: &self.facts.revisits,
            repeated: &repeated(&self.facts.revisits),
            decisions: &self.facts.decisions,
            firsts: &self.facts.firsts,
            surveys: &self.people.surveys,
            orders: self.facts.orders,
            rules: &self.rules.rules,
            tier_rules: &self.tier_rules.rules,
            comment_rules: &self.comment_rules.rules,
            knowledge: &self.knowledge,
        })
    }

    /// The places of customers by id.
    pub fn index(&self) -> &Index {
        &self.people.index
    }

    /// The name of a customer, or the id where no name is known.
    pub fn name(&self, id: &str) -> String {
        self.people.name(id)
    }
}

/// What a report does not tell of a request.
const UNTOLD: &[&str] =
    &["content", "wish", "received_by", "department", "assigned_at", "confirmed_by", "confirmed_how", "related", "batch"];

/// What happened in the periods.
struct Facts {
    /// Of the period, the one before and the one a year ago.
    orders: [Option<OrderTotals>; 3],
    requests: Vec<Request>,
    revisits: Vec<Revisit>,
    decisions: Vec<TierDecision>,
    /// When those that were reopened had been resolved first, by id.
    firsts: HashMap<String, Instant>,
}

impl Facts {
    /// What names a merged customer is told of the one it went into; the decisions on its tier stay its own.
    fn read(book: &Book, merged: &Merged, periods: Periods) -> Result<Facts, Problems> {
        let mut requests: Vec<Request> = Vec::new();
        for stretch in periods.stretches() {
            requests.extend(book.wanted_within(stretch, &Wanted { without: UNTOLD, ..Wanted::those(&|_| true) })?);
        }
        // those after them as well: an attempt of the last days is planned again there
        let from = periods.each().map(|period| period.from).min().unwrap_or(periods.now.from);
        let mut revisits: Vec<Revisit> = book.within(Period::days(from, NaiveDate::MAX))?;
        merged.lead(requests.iter_mut().filter_map(|request| request.customer.as_mut()));
        merged.lead(revisits.iter_mut().map(|revisit| &mut revisit.customer));
        let mut decisions: Vec<TierDecision> = Vec::new();
        for stretch in periods.stretches() {
            decisions.extend(book.within::<TierDecision>(stretch)?);
        }
        // whatever order the files have, and whatever was taken back to come to them: the same records, the same report
        requests.sort_by(|a, b| (a.received_at, &a.id).cmp(&(b.received_at, &b.id)));
        revisits.sort_by(|a, b| (a.due_on, &a.id).cmp(&(b.due_on, &b.id)));
        decisions.sort_by(|a, b| (a.decided_on, &a.customer, &a.tier).cmp(&(b.decided_on, &b.customer, &b.tier)));
        let firsts = report_firsts::read(book, &requests, &format!("{periods:?}"))?;
        Ok(Facts { orders: orders(book, merged, periods)?, requests, revisits, decisions, firsts })
    }
}

/// The archive, and what people answered in the periods.
struct People {
    members: Members,
    ids: MemberIds,
    index: Index,
    names: Texts,
    surveys: Vec<(String, SurveyFile, Vec<Response>)>,
}

impl People {
    fn read(book: &Book, merged: &Merged, periods: Periods) -> Result<People, Problems> {
        let mut surveys = Vec::new();
        let locale = book.locale();
        let within =
            |at: Option<Instant>| at.map_or(periods.now.is_all(), |at| periods.each().any(|period| period.contains(at.date(locale.zone))));
        // what is no time is read, and told as such
        let dated = |text: &str| <Option<Instant>>::read(text, &locale).map_or(true, within);
        let keep = |response: &Response| within(response.submitted_at);
        let wanted = Wanted { first: Some(("submitted_at", &dated)), ..Wanted::those(&keep) };
        for name in book.surveys()? {
            if let Some(file) = book.survey(&name)? {
                let mut responses: Vec<Response> = book.wanted_of_survey(&name, &wanted)?;
                merged.lead(responses.iter_mut().filter_map(|response| response.customer.as_mut()));
                responses.sort_by(|a, b| (a.submitted_at, &a.id).cmp(&(b.submitted_at, &b.id)));
                surveys.push((name.clone(), file, responses));
            }
        }
        let (members, (ids, names)) = book.derived("archive", &[&CUSTOMERS], "", || {
            let MembersReader { members, ids, names, .. } = book.members(MembersReader::with_names())?;
            Ok((members, (ids, names.unwrap_or_default())))
        })?;
        Ok(People { members: members.without_merged(&ids), index: Index::unmerged(&ids), ids, names, surveys })
    }

    /// The name, or the id where no name is known.
    fn name(&self, id: &str) -> String {
        let name = self.index.get(id).map(|at| self.names.get(at as usize)).filter(|name| !name.trim().is_empty());
        name.unwrap_or(id).to_owned()
    }
}

/// The orders of each period.
fn orders(book: &Book, merged: &Merged, periods: Periods) -> Result<[Option<OrderTotals>; 3], Problems> {
    let each = |fold: &mut OrderFold, order: &OrderRow<'_>| {
        fold.push(order.id, merged.survivor(order.customer), order.amount, is_refund(order));
    };
    let of = |period| book.fold_orders(Some(period), &OrderFold::default, &each, &OrderFold::sort).map(OrderFold::together);
    let some = |period: Option<Period>| period.map(of).transpose().map(Option::unwrap_or_default);
    // buyers who are one now count once
    let asked = format!("{periods:?} {:?}", merged.pairs());
    let (now, (before, year_ago)) =
        book.derived("orders", &[&ORDERS], &asked, || Ok((of(periods.now)?, (some(periods.previous)?, some(periods.year_ago)?))))?;
    Ok([Some(now), periods.previous.map(|_| before), periods.year_ago.map(|_| year_ago)])
}

/// Whether a line of an order is one of a refund: said so, or negative.
pub fn is_refund(order: &OrderRow<'_>) -> bool {
    order.kind.map_or(order.amount.0 < 0, |kind| kind == OrderKind::Refund)
}
