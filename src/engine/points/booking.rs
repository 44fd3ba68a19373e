//! What the rules book: for orders not booked yet, for orders that changed since, for referrals, for what ran out.
//!
//! Only the difference between what should stand in the ledger and what does is booked, so a second run books nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::earning::{Net, Orders, TierDays, earns};
use super::ledger::ByCustomer;
use super::{Ledger, expiry_row};
use crate::base::id::Id;
use crate::base::money::Money;
use crate::engine::tiering::index::Index;
use crate::model::cell::Quantity;
use crate::model::points::{PointsKind, PointsRow};
use crate::model::rules::points::PointsRules;

/// What a run rests on.
#[derive(Debug)]
pub struct Facts<'a> {
    pub rules: &'a PointsRules,
    /// The version of the rules.
    pub hash: &'a str,
    /// The ids of the archive by position; `false`: nobody who earns any more.
    pub customers: &'a [(&'a str, bool)],
    pub index: &'a Index,
    pub ledger: &'a ByCustomer<'a>,
    pub orders: &'a Orders<'a>,
    pub tiers: &'a TierDays,
    /// Decimals of the currency.
    pub digits: u32,
    /// Orders of this day or earlier, and what ran out by then.
    pub until: NaiveDate,
    /// The day on which differences are booked.
    pub today: NaiveDate,
}

/// Points of a refunded order that were spent already and could not be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    pub customer: String,
    pub order: String,
    pub points: i64,
}

/// What a run books, and what it could not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Booking {
    /// Without ids, by customer.
    pub rows: Vec<PointsRow>,
    pub owed: Vec<Owed>,
    /// Refunds under ids of their own: nobody knows which order they are of.
    pub unmatched: usize,
}

/// What stands in the ledger for an order.
#[derive(Debug, Clone, Default)]
struct Booked {
    points: i64,
    /// What it had when it was last in line with its order, and what the order came to.
    settled: Option<(i64, Money)>,
    /// The same when it came to most: the rate with the least lost in rounding.
    most: Option<(i64, Money)>,
    rules: String,
    first: Option<NaiveDate>,
}

/// What is to stand there.
#[derive(Debug)]
struct Target {
    points: i64,
    amount: Money,
    multiplier: Option<Decimal>,
}

/// Too much stands there.
#[derive(Debug)]
struct Excess<'a> {
    order: &'a str,
    points: i64,
    amount: Money,
    /// The order came to something else when it was last in line.
    changed: bool,
    rules: String,
}

/// Everything the rules book.
pub fn book(facts: &Facts<'_>) -> Booking {
    let mut booking = Booking::default();
    let mut rewards = rewards(facts);
    let mut all: BTreeSet<u32> = facts.ledger.rows.keys().chain(rewards.keys()).copied().collect();
    if facts.rules.earn.is_some() {
        all.extend(facts.orders.nets.keys());
    }
    for at in all {
        let Some((id, _)) = facts.customers.get(at as usize) else { continue };
        let customer = Id::made((*id).to_owned());
        let mut new = rewards.remove(&at).unwrap_or_default();
        if facts.rules.earn.is_some() {
            let excess = settle_orders(facts, at, &customer, &mut new, &mut booking);
            take_back(facts, at, &customer, excess, &mut new, &mut booking);
        }
        let rows = facts.ledger.of(at).iter().copied().chain(&new);
        let due = Ledger::replay(rows, facts.until).unbooked();
        new.extend(due.into_iter().map(|(last, points)| expiry_row(&customer, last, points)));
        booking.rows.append(&mut new);
    }
    booking
}

/// One customer's orders: what they are still to earn goes into `new`, what they have too much comes out.
fn settle_orders<'a>(facts: &Facts<'a>, at: u32, customer: &Id, new: &mut Vec<PointsRow>, booking: &mut Booking) -> Vec<Excess<'a>> {
    let booked = booked(facts.ledger.of(at));
    let nets = facts.orders.nets.get(&at);
    let active = facts.customers.get(at as usize).is_some_and(|(_, active)| *active);
    let streamed = nets.iter().flat_map(|nets| nets.keys().map(AsRef::as_ref));
    let ids: BTreeSet<&'a str> = booked.keys().copied().chain(streamed).collect();
    let mut excess = Vec::new();
    for id in ids {
        let (net, known) = (nets.and_then(|nets| nets.get(id)), booked.get(id));
        booking.unmatched += usize::from(known.is_none() && net.is_some_and(|net| net.date.is_none() && net.total < 0));
        let date = known.and_then(|known| known.first).or_else(|| net.and_then(|net| net.date));
        let Some(date) = date.filter(|date| *date <= facts.until && (active || known.is_some())) else { continue };
        let Some(target) = target(facts, net, known) else { continue };
        let points = known.map_or(0, |known| known.points);
        let rules = known.map_or_else(|| facts.hash.to_owned(), |known| known.rules.clone());
        // an order that changed without a difference is noted with no points: later rules must know what it came to
        let changed = known.and_then(|known| known.settled).is_some_and(|(_, amount)| amount != target.amount);
        if target.points > points || (target.points == points && changed) {
            // a difference counts from the day it is booked
            let date = if known.is_some() { facts.today } else { date };
            new.push(PointsRow {
                order: Id::parse(id).ok(),
                amount: Some(target.amount),
                multiplier: target.multiplier.map(Quantity),
                expires_on: facts.rules.expires_on(date).filter(|_| target.points > points),
                rules,
                ..PointsRow::new(customer.clone(), date, PointsKind::Earn, target.points - points)
            });
        } else if target.points < points {
            excess.push(Excess { order: id, points: points - target.points, amount: target.amount, changed, rules });
        }
    }
    excess
}

/// What an order is to have in the ledger; `None`: it is left as it is.
fn target(facts: &Facts<'_>, net: Option<&Net>, known: Option<&Booked>) -> Option<Target> {
    let amount = Money(net.map_or(0, |net| net.total));
    if let Some(known) = known.filter(|known| known.rules != facts.hash) {
        // booked under other rules: its rate stays, and only a change of the order itself changes anything
        let (points, before) = known.settled?;
        let (rate, per) = known.most?;
        let share = i128::from(rate) * amount.0.max(0) / per.0.max(1);
        let kept = before == amount || per.0 <= 0;
        let points = if kept { points } else { i64::try_from(share).unwrap_or(points) };
        return Some(Target { points, amount, multiplier: None });
    }
    let (points, times) = net.map_or((0, Decimal::ONE), |net| earns(net, facts.rules, facts.tiers, facts.digits));
    Some(Target { points, amount, multiplier: Some(times).filter(|times| *times != Decimal::ONE) })
}

/// Takes back what orders have too much: not what ran out of it, and without `negative` not more than there is.
fn take_back(facts: &Facts<'_>, at: u32, customer: &Id, excess: Vec<Excess<'_>>, new: &mut Vec<PointsRow>, booking: &mut Booking) {
    if excess.is_empty() {
        return;
    }
    let rows = facts.ledger.of(at);
    let day = rows.iter().map(|row| row.date).max().unwrap_or(facts.today).max(facts.today);
    let mut taken = Vec::new();
    let ledger = Ledger::replay(rows.iter().copied().chain(new.iter()), day);
    let mut left = ledger.left();
    for Excess { order, points, amount, changed, rules } in excess {
        let wanted = (points - ledger.expired_of(order)).max(0);
        if wanted == 0 && changed {
            // all of it ran out already: noted with no points, for later rules must know what the order came to
            let note = PointsRow::new(customer.clone(), day, PointsKind::Earn, 0);
            taken.push(PointsRow { order: Id::parse(order).ok(), amount: Some(amount), rules, ..note });
            continue;
        }
        let back = if facts.rules.negative { wanted } else { wanted.min(left) };
        left -= back;
        if back < wanted {
            booking.owed.push(Owed { customer: customer.to_string(), order: order.to_owned(), points: wanted - back });
        }
        if back > 0 {
            taken.push(PointsRow {
                order: Id::parse(order).ok(),
                // a row that does not bring the order in line does not say what the order came to
                amount: Some(amount).filter(|_| back == wanted),
                rules,
                ..PointsRow::new(customer.clone(), day, PointsKind::Reverse, -back)
            });
        }
    }
    new.append(&mut taken);
}

/// What stands in the ledger for each order.
fn booked<'a>(rows: &[&'a PointsRow]) -> BTreeMap<&'a str, Booked> {
    let mut rows: Vec<&PointsRow> = rows.to_vec();
    rows.retain(|row| matches!(row.kind, PointsKind::Earn | PointsKind::Reverse));
    rows.sort_by_key(|row| row.order_key());
    let mut orders: BTreeMap<&str, Booked> = BTreeMap::new();
    for row in rows {
        let Some(order) = &row.order else { continue };
        let booked = orders.entry(order.as_str()).or_default();
        if booked.first.is_none() {
            (booked.first, booked.rules) = (Some(row.date), row.rules.clone());
        }
        booked.points = booked.points.saturating_add(row.points);
        let Some(now) = row.amount.map(|amount| (booked.points, amount)) else { continue };
        booked.settled = Some(now);
        if booked.most.is_none_or(|(_, most)| now.1 >= most) {
            booked.most = Some(now);
        }
    }
    orders
}

/// What referrals bring that was not booked yet, by customer.
fn rewards(facts: &Facts<'_>) -> BTreeMap<u32, Vec<PointsRow>> {
    let mut found: BTreeMap<u32, Vec<PointsRow>> = BTreeMap::new();
    let Some(rule) = facts.rules.referral else { return found };
    let of = |row: &PointsRow| facts.index.get(row.referred.as_ref()?.as_str());
    let all = facts.ledger.rows.iter().flat_map(|(at, rows)| rows.iter().map(|row| (*at, *row)));
    let (records, paid): (Vec<_>, Vec<_>) = all.filter(|(_, row)| row.kind == PointsKind::Referral).partition(|(_, row)| row.points == 0);
    let paid: BTreeSet<(u32, u32)> = paid.into_iter().filter_map(|(at, row)| Some((at, of(row)?))).collect();
    let mut records: Vec<(u32, &PointsRow)> = records;
    records.sort_by_key(|(_, row)| row.order_key());
    let mut done = BTreeSet::new();
    for (referrer, record) in records {
        let Some(referred) = of(record).filter(|referred| *referred != referrer && done.insert(*referred)) else { continue };
        let first = if rule.after_first_order { first_order(facts, referred, record.date) } else { Some((record.date, "")) };
        let Some((date, order)) = first.filter(|(date, _)| *date <= facts.until) else { continue };
        for (at, points) in [(referrer, rule.referrer), (referred, rule.referred)] {
            let customer = facts.customers.get(at as usize).filter(|(_, active)| *active);
            let Some((id, _)) = customer.filter(|_| points > 0 && !paid.contains(&(at, referred))) else { continue };
            found.entry(at).or_default().push(PointsRow {
                referred: record.referred.clone(),
                expires_on: facts.rules.expires_on(date),
                reason: order.to_owned(),
                rules: facts.hash.to_owned(),
                ..PointsRow::new(Id::made((*id).to_owned()), date, PointsKind::Referral, points)
            });
        }
    }
    found
}

/// The first order on a day or after it that came to anything.
fn first_order<'a>(facts: &Facts<'a>, at: u32, from: NaiveDate) -> Option<(NaiveDate, &'a str)> {
    let orders = facts.orders.nets.get(&at)?.iter().filter(|(_, net)| net.total > 0);
    orders.filter_map(|(id, net)| Some((net.date.filter(|date| *date >= from)?, id.as_ref()))).min()
}
