//! Reads what the tier rules look at: facts folded as they stream by, for the tiers and for RFM.

use std::collections::HashSet;

use chrono::NaiveDate;

use crate::base::date::{Quarter, plus_days};
use crate::base::period::Period;
use crate::base::problem::{Problems, What};
use crate::engine::rfm::{self, Fold, Rfm};
use crate::engine::tiering::facts::{self, Accumulators, LeftOut, OrderLine, Scope, Totals};
use crate::engine::tiering::index::Index;
use crate::engine::tiering::overview::{Overview, over};
use crate::engine::tiering::sources::{Source, Sources};
use crate::engine::tiering::{self, Tiering};
use crate::model::customer::{CUSTOMERS, Customer};
use crate::model::member::{MemberIds, MembersReader};
use crate::model::order::ORDERS;
use crate::model::request::{REQUESTS, Request};
use crate::model::revisit::{REVISITS, Revisit};
use crate::model::rules::rfm::RfmRules;
use crate::model::rules::tiers::{Measure, TierRules};
use crate::model::survey::{RESPONSES, Response};
use crate::store::book::Ruled;
use crate::store::{Book, OrderRow, check, parallel};

/// The rules, the sums and what follows from them.
pub struct Weighed {
    pub ruled: Ruled<TierRules>,
    pub totals: Totals,
    pub tiering: Tiering,
}

/// What `tier` alone shows.
pub struct Glance {
    pub ruled: Ruled<TierRules>,
    pub overview: Overview,
    pub scope: Scope,
    pub left_out: LeftOut,
}

/// Streams the facts the book's rules ask for and decides.
pub fn weigh(book: &Book, customers: &[&Customer], as_of: NaiveDate) -> Result<Weighed, Problems> {
    weigh_by(book, customers, book.tier_rules()?, as_of)
}

/// The same by any rules.
pub fn weigh_by(book: &Book, customers: &[&Customer], ruled: Ruled<TierRules>, as_of: NaiveDate) -> Result<Weighed, Problems> {
    let active: Vec<bool> = customers.iter().map(|customer| customer.is_counted()).collect();
    let totals = totals(book, &MemberIds::of(customers.iter().copied()), &active, &ruled.rules, as_of)?;
    // only a customer whose tier began after the day needs the decisions before it
    let back = customers.iter().any(|customer| customer.tier_since.is_some_and(|since| since > as_of));
    let history = if back { book.all()? } else { Vec::new() };
    let tiering = tiering::decide(customers, &history, &ruled.rules, &totals);
    Ok(Weighed { ruled, totals, tiering })
}

/// Whose fact it is. Refused where an id stands twice, as `check` does: nobody could say whose its facts are.
pub fn index_of(book: &Book, ids: &MemberIds) -> Result<Index, Problems> {
    let index = Index::of(ids);
    if !index.ambiguous {
        return Ok(index);
    }
    let mut twice = check::problems(book, &[CUSTOMERS.word.code.to_owned()], None);
    twice.retain(|problem| matches!(problem.what, What::DuplicateId { .. }));
    if twice.is_empty() {
        // of the past, which has no lines
        let mut seen = HashSet::new();
        let id = ids.iter().find(|id| !seen.insert(*id)).unwrap_or_default().to_owned();
        twice.push(What::DuplicateId { table: CUSTOMERS.word.code, id, first: String::new() }.into());
    }
    Err(twice)
}

/// What the facts say of each customer.
fn totals(book: &Book, ids: &MemberIds, active: &[bool], rules: &TierRules, as_of: NaiveDate) -> Result<Totals, Problems> {
    let index = index_of(book, ids)?;
    let scope = scope(book, rules.window, as_of);
    let asks = |measures: &[Measure]| rules.factors.iter().any(|factor| measures.contains(&factor.measure));
    let window = scope.after.map(|after| Period::days(plus_days(after, 1), NaiveDate::MAX));
    let all_orders = asks(&[Measure::RecencyDays, Measure::TenureMonths]);
    let new = || Accumulators::new(&index, ids.len(), scope);
    let each = |acc: &mut Accumulators<'_>, row: &OrderRow<'_>| acc.order(&line(row));
    let mut accumulators = book.fold_orders(window.filter(|_| !all_orders), &new, &each, &Accumulators::sort)?;
    if let Some(first) = accumulators.first_mut() {
        hear(book, rules, window, first)?;
    }
    let mut totals = Accumulators::together(accumulators).unwrap_or_else(|| new().settled());
    if asks(&[Measure::Rfm]) {
        totals.segment(&segments(book, &index, active, &rules.rfm, as_of)?);
    }
    Ok(totals)
}

fn scope(book: &Book, window: crate::base::window::Window, as_of: NaiveDate) -> Scope {
    let locale = book.locale();
    Scope::new(as_of, window.on(as_of, book.settings.fiscal_year_starts), locale.zone, locale.digits)
}

fn line<'a>(row: &OrderRow<'a>) -> OrderLine<'a> {
    OrderLine { id: row.id, customer: row.customer, date: row.date, amount: row.amount, kind: row.kind }
}

/// Everybody's RFM scores.
pub fn rfm(book: &Book, customers: &[Customer], rules: &RfmRules, as_of: NaiveDate) -> Result<Rfm, Problems> {
    let active: Vec<bool> = customers.iter().map(Customer::is_counted).collect();
    segments(book, &index_of(book, &MemberIds::of(customers))?, &active, rules, as_of)
}

fn segments(book: &Book, index: &Index, active: &[bool], rules: &RfmRules, as_of: NaiveDate) -> Result<Rfm, Problems> {
    let scope = scope(book, rules.window, as_of);
    let new = || Fold::new(index, active.len(), scope);
    let folds = book.fold_orders(None, &new, &|fold, row| fold.order(&line(row)), &Fold::sort)?;
    let totals = Fold::together(folds).or_else(|| Fold::together(vec![new()]));
    let none = rfm::Totals { scope, purchases: Vec::new(), left_out: LeftOut::default() };
    Ok(rfm::score(&totals.unwrap_or(none), active, rules))
}

/// The records one customer's measures rest on.
pub fn sources(book: &Book, customers: &[&Customer], position: usize, weighed: &Weighed) -> Result<Vec<Source>, Problems> {
    let (rules, scope) = (&weighed.ruled.rules, weighed.totals.scope);
    let index = index_of(book, &MemberIds::of(customers.iter().copied()))?;
    let mut sources = Sources::new(position, &index, scope, rules);
    book.scan_orders(None, &mut |row| sources.order(&line(row)))?;
    let theirs = |customer: &crate::base::id::Id| index.get(customer.as_str()) == u32::try_from(position).ok();
    let requests = book.some(&|request: &Request| facts::speaks(request) && request.customer.as_ref().is_some_and(theirs))?;
    for request in &requests {
        sources.request(request);
    }
    book.some(&|revisit: &Revisit| theirs(&revisit.customer))?.iter().for_each(|revisit| sources.revisit(revisit));
    let answered = |response: &Response| response.customer.as_ref().is_some_and(theirs);
    book.some(&answered)?.iter().for_each(|response| sources.response(response));
    Ok(sources.sorted())
}

/// Takes up what customers said and complained of, as far as the rules ask for it.
fn hear(book: &Book, rules: &TierRules, window: Option<Period>, acc: &mut Accumulators<'_>) -> Result<(), Problems> {
    let asks = |measure: Measure| rules.factors.iter().any(|factor| factor.measure == measure);
    let satisfaction = asks(Measure::Satisfaction);
    if satisfaction || asks(Measure::Complaints) {
        for period in slices(window, acc.scope().as_of) {
            book.some_within(period, &facts::speaks)?.iter().for_each(|request| acc.request(request));
        }
    }
    if satisfaction {
        book.some(&|revisit: &Revisit| revisit.satisfaction.is_some())?.iter().for_each(|revisit| acc.revisit(revisit));
        book.some(&|response: &Response| response.index.is_some())?.iter().for_each(|response| acc.response(response));
    }
    Ok(())
}

/// The tiers at a glance, without a record per customer.
pub fn overview(book: &Book, as_of: NaiveDate) -> Result<Glance, Problems> {
    let ruled = book.tier_rules()?;
    let tables = [&CUSTOMERS, &ORDERS, &REQUESTS, &REVISITS, &RESPONSES];
    let (members, totals) = book.derived("tiers", &tables, &as_of.to_string(), || {
        let MembersReader { members, ids, .. } = book.members(MembersReader::default())?;
        let active: Vec<bool> = (0..members.len()).map(|at| members.get(at).counted).collect();
        let totals = totals(book, &ids, &active, &ruled.rules, as_of)?;
        Ok((members, totals))
    })?;
    if members.any_tier_after(as_of) {
        // the decisions are needed: one by one
        let all: Vec<Customer> = book.all()?;
        let Weighed { ruled, tiering, .. } = weigh(book, &all.iter().collect::<Vec<_>>(), as_of)?;
        return Ok(Glance { overview: tiering.overview(&ruled.rules), ruled, scope: tiering.scope, left_out: tiering.left_out });
    }
    let starts: Vec<usize> = (0..members.len()).step_by(CHUNK).collect();
    let count = |start: &usize| over(&members, *start..members.len().min(start + CHUNK), &ruled.rules, &totals);
    let mut overview = Overview::new(&ruled.rules);
    for counted in parallel::map(&starts, &count) {
        overview.join(&ruled.rules, &counted);
    }
    Ok(Glance { overview, ruled, scope: totals.scope, left_out: totals.left_out })
}

/// Customers counted at once on one core.
const CHUNK: usize = 1 << 16;

/// The window quarter by quarter, and what comes after it, so that no more than a quarter is held at once.
fn slices(window: Option<Period>, as_of: NaiveDate) -> Vec<Period> {
    let Some(window) = window else { return vec![Period::all()] };
    let last = Quarter::of(as_of);
    let mut slices: Vec<Period> = Period::days(window.from, as_of).quarters().into_iter().map(Period::quarter).collect();
    slices.push(Period::days(last.next().start(), window.to));
    slices
}
