//! `points run`: books what the rules say and the ledger does not have yet.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};

use super::points::{Archive, day};
use crate::base::date::Quarter;
use crate::base::period::Period;
use crate::base::problem::{Problem, Problems, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::cli::weighing;
use crate::engine::points::booking::{Booking, Facts, book as booked};
use crate::engine::points::earning::{Line, Orders, Present, TierDays};
use crate::engine::points::ledger::ByCustomer;
use crate::engine::tiering::index::Index;
use crate::model::member::{Members, MembersReader};
use crate::model::points::{PointsKind, PointsRow, prefix};
use crate::model::rules::points::PointsRules;
use crate::model::tier::TierDecision;
use crate::ops::points as ops;
use crate::store::book::Ruled;
use crate::store::{Book, OrderRow};
use crate::view::present::points as present;

#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// Orders up to this day, and what ran out by then [default: today]
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
}

pub fn run(args: &RunArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let stamp = session.stamp("points")?;
    let zone = session.book()?.settings.zone;
    let until = match &args.until {
        Some(text) => day(Some(text), "--until", session.today)?,
        None => stamp.at.date(zone),
    };
    if until > session.today {
        let what = What::OutOfRange { value: until.to_string(), min: "1900-01-01".into(), max: session.today.to_string() };
        return Err(Problem::error(what).field("--until").into());
    }
    let mut draft = session.draft(&[])?;
    let book = session.book()?;
    let ruled = book.points_rules()?;
    let Run { booking, highest, strangers } = look(book, &ruled, until, session.today)?;
    let digits = book.locale().digits;
    for amount in booking.rows.iter().filter_map(|row| row.amount) {
        amount.in_a_cell(digits).map_err(|what| Problem::error(what).field("amount"))?;
    }
    let lang = session.lang;
    let summary = present::booked(&booking, lang);
    let (owed, unmatched) = (booking.owed.clone(), booking.unmatched);
    let count = ops::take_up(&mut draft, booking, until, highest);
    // first the book, then the words
    let recorded = count > 0 && !session.commit(&draft, &stamp)?.dry_run;
    if count > 0 || session.wants_json() {
        session.print(&summary)?;
    }
    if ruled.rules.earn.is_none() {
        session.say(&present::off(lang));
    }
    for line in present::left_out(&owed, unmatched, strangers, lang) {
        session.say(&line);
    }
    session.say(&present::run_said(count, until, recorded, lang));
    Ok(Exit::Done)
}

/// What a run comes to.
struct Run {
    booking: Booking,
    /// The highest number of the ids there are, by day.
    highest: HashMap<NaiveDate, u64>,
    /// Order lines and entries of customers the archive does not have.
    strangers: usize,
}

fn look(book: &Book, ruled: &Ruled<PointsRules>, until: NaiveDate, today: NaiveDate) -> Result<Run, Problems> {
    let rules = &ruled.rules;
    let MembersReader { members, ids, .. } = book.members(MembersReader::default())?;
    let own = Index::unmerged(&ids);
    let archive = Archive { index: weighing::index_of(book, &ids)?, ids };
    let rows: Vec<PointsRow> = book.all()?;
    let ledger = ByCustomer::new(&rows, &archive.index);
    let orders = read_orders(book, rules, &rows, &archive.index, &own, today)?;
    let tiers = if rules.multiplier.is_empty() {
        TierDays::default()
    } else {
        let decisions: Vec<TierDecision> = book.all()?;
        TierDays::new(&decisions, &own, present_tiers(&members))
    };
    let customers: Vec<(&str, bool)> = archive.ids.iter().enumerate().map(|(at, id)| (id, members.get(at).active)).collect();
    let facts = Facts {
        rules,
        hash: &ruled.hash,
        customers: &customers,
        index: &archive.index,
        ledger: &ledger,
        orders: &orders,
        tiers: &tiers,
        digits: book.locale().digits,
        until,
        today,
    };
    Ok(Run { booking: booked(&facts), highest: highest(&rows), strangers: ledger.strangers + orders.strangers })
}

/// The orders that may matter: from the quarter of the start on, or from the first that was booked or waited for.
fn read_orders<'i>(
    book: &Book,
    rules: &PointsRules,
    rows: &[PointsRow],
    index: &'i Index,
    own: &'i Index,
    today: NaiveDate,
) -> Result<Orders<'i>, Problems> {
    let mut orders = Orders::new(index, own);
    let begin = rules.earn.as_ref().map(|earn| Quarter::of(earn.start).start());
    let kinds = |row: &&PointsRow| match row.kind {
        PointsKind::Earn | PointsKind::Reverse => begin.is_some(),
        PointsKind::Referral => rules.referral.is_some(),
        _ => false,
    };
    let first = rows.iter().filter(kinds).map(|row| row.date).min();
    let Some(from) = begin.into_iter().chain(first).min() else { return Ok(orders) };
    let from = Quarter::of(from).start();
    book.scan_orders(Some(Period::days(from, today)), &mut |order: &OrderRow<'_>| {
        let OrderRow { id, customer, date, amount, kind, product, .. } = *order;
        orders.line(&Line { id, customer, date, amount, kind, product }, rules);
    })?;
    Ok(orders)
}

fn present_tiers(members: &Members) -> HashMap<u32, Present> {
    let present = |at: usize| {
        let member = members.get(at);
        let tier = Some(member.tier.trim()).filter(|tier| !tier.is_empty())?;
        let present = Present { tier: tier.to_owned(), since: member.tier_since, until: member.tier_until };
        Some((u32::try_from(at).ok()?, present))
    };
    (0..members.len()).filter_map(present).collect()
}

fn highest(rows: &[PointsRow]) -> HashMap<NaiveDate, u64> {
    let mut highest: HashMap<NaiveDate, u64> = HashMap::new();
    for row in rows {
        // an id tells its own day, also where the row was given another by hand
        let Some(number) = row.id.as_str().get(10..).and_then(|number| number.parse::<u64>().ok()) else { continue };
        let digits = row.id.as_str().get(1..9).and_then(|text| NaiveDate::parse_from_str(text, "%Y%m%d").ok());
        let Some(date) = digits.filter(|date| date.year() > 0 && row.id.as_str().starts_with(&prefix(*date))) else { continue };
        let known = highest.entry(date).or_default();
        *known = number.max(*known);
    }
    highest
}
