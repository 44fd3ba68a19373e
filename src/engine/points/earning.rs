//! What each order came to: order lines stream by, one small sum per order stays.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::base::money::Money;
use crate::engine::tiering::index::Index;
use crate::model::order::OrderKind;
use crate::model::rules::points::PointsRules;
use crate::model::tier::TierDecision;

/// One line of an order, as much of it as counts here.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    pub id: &'a str,
    pub customer: &'a str,
    pub date: NaiveDate,
    pub amount: Money,
    pub kind: Option<OrderKind>,
    pub product: &'a str,
}

/// What an order came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Net {
    /// The first line that is a sale; an order without one is a refund under an id of its own.
    pub date: Option<NaiveDate>,
    /// Whose tier counts: the customer named there, merged or not.
    pub own: u32,
    /// Net of refunds, in minor units.
    pub total: i128,
    /// The same without products that earn nothing.
    pub counts: i128,
}

/// The orders of each customer, those of a merged one with the one they went into.
#[derive(Debug)]
pub struct Orders<'i> {
    merged: &'i Index,
    own: &'i Index,
    pub nets: HashMap<u32, HashMap<Box<str>, Net>>,
    /// Lines of customers the archive does not have.
    pub strangers: usize,
}

impl<'i> Orders<'i> {
    /// None yet: whom an id means with merges followed, and without.
    pub fn new(merged: &'i Index, own: &'i Index) -> Orders<'i> {
        Orders { merged, own, nets: HashMap::new(), strangers: 0 }
    }

    pub fn line(&mut self, line: &Line<'_>, rules: &PointsRules) {
        let customer = line.customer.trim();
        let (Some(at), Some(own)) = (self.merged.get(customer), self.own.get(customer)) else {
            self.strangers += 1;
            return;
        };
        let orders = self.nets.entry(at).or_default();
        let id = line.id.trim();
        if !orders.contains_key(id) {
            orders.insert(id.into(), Net { date: None, own, total: 0, counts: 0 });
        }
        let Some(net) = orders.get_mut(id) else { return };
        net.total += line.amount.0;
        if !rules.excludes(line.product) {
            net.counts += line.amount.0;
        }
        let sale = line.kind.map_or(line.amount >= Money(0), |kind| kind == OrderKind::Sale);
        // of two sales of a day the lower position, so that the order of the lines does not matter
        if sale && net.date.is_none_or(|date| (line.date, own) < (date, net.own)) {
            (net.date, net.own) = (Some(line.date), own);
        }
    }
}

/// Which tier a customer had on a day, by the decisions; without any, by the archive.
#[derive(Debug, Default)]
pub struct TierDays {
    decisions: HashMap<u32, Vec<(NaiveDate, Option<NaiveDate>, String)>>,
    present: HashMap<u32, Present>,
}

/// The tier of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    pub tier: String,
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

impl TierDays {
    /// Takes up the decisions and the tiers of the archive, by the customers' own positions.
    pub fn new(decisions: &[TierDecision], own: &Index, present: HashMap<u32, Present>) -> TierDays {
        let mut days = TierDays { decisions: HashMap::new(), present };
        for decision in decisions {
            if let Some(at) = own.get(decision.customer.as_str()) {
                let row = (decision.decided_on, decision.until, decision.tier.trim().to_owned());
                days.decisions.entry(at).or_default().push(row);
            }
        }
        days.decisions.values_mut().for_each(|rows| rows.sort());
        days
    }

    /// The code of the tier; blank without one. A decision counts from its day to its last one, both included.
    pub fn on(&self, own: u32, day: NaiveDate) -> &str {
        let stands = |until: Option<NaiveDate>| until.is_none_or(|until| day <= until);
        if let Some(rows) = self.decisions.get(&own) {
            let latest = rows.iter().rev().find(|(from, ..)| *from <= day);
            return latest.filter(|(_, until, _)| stands(*until)).map_or("", |(_, _, tier)| tier);
        }
        let present = self.present.get(&own).filter(|present| present.since.is_none_or(|since| since <= day) && stands(present.until));
        present.map_or("", |present| present.tier.trim())
    }
}

/// What an order earns by the rules of today, and what a point became.
pub fn earns(net: &Net, rules: &PointsRules, tiers: &TierDays, digits: u32) -> (i64, Decimal) {
    let Some(date) = net.date.filter(|date| rules.earn.as_ref().is_some_and(|earn| *date >= earn.start)) else {
        return (0, Decimal::ONE);
    };
    let multiplier = if rules.multiplier.is_empty() { Decimal::ONE } else { rules.multiplier(tiers.on(net.own, date)) };
    (rules.earned(Decimal::try_from_i128_with_scale(net.counts, digits).unwrap_or(Decimal::MAX), multiplier), multiplier)
}
