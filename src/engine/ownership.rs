//! Owners: whose customers may be released by the rule, and what speaks against a claim (docs/rules.md, Keeping the archive
//! true). The day of a claim and of a release is read from the log, so there is no counter that could be wrong.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::base::money::Money;
use crate::engine::tiering::facts::OrderLine;
use crate::engine::tiering::index::Index;
use crate::model::customer::Customer;
use crate::model::log::LogRow;
use crate::model::member::Day;
use crate::model::rules::archive::OwnerRules;
use crate::model::staff::Staff;

/// What a customer bought, in all, and the day of the last sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bought {
    /// Net of refunds; minor units.
    spend: i128,
    last: Day,
}

impl Bought {
    pub fn spend(self) -> Money {
        Money(self.spend)
    }

    pub fn last(self) -> Option<NaiveDate> {
        self.last.date()
    }
}

/// The fold over order lines; several may be filled side by side.
#[derive(Debug)]
pub struct Purchases<'a> {
    index: &'a Index,
    today: NaiveDate,
    bought: Vec<Bought>,
}

impl<'a> Purchases<'a> {
    pub fn new(index: &'a Index, customers: usize, today: NaiveDate) -> Purchases<'a> {
        Purchases { index, today, bought: vec![Bought { spend: 0, last: Day::NONE }; customers] }
    }

    pub fn order(&mut self, line: &OrderLine<'_>) {
        let Some(at) = self.index.get(line.customer.trim()).filter(|_| line.date <= self.today) else { return };
        let bought = &mut self.bought[at as usize];
        bought.spend += line.amount.0;
        if line.is_sale() {
            bought.last = bought.last.max(Day::from(line.date));
        }
    }

    /// What all of them saw, by the position of the customer.
    pub fn together(all: Vec<Purchases<'a>>) -> Vec<Bought> {
        let mut all = all.into_iter().map(|one| one.bought);
        let mut sum = all.next().unwrap_or_default();
        for (at, theirs) in all.flat_map(|other| other.into_iter().enumerate()) {
            let mine = &mut sum[at];
            mine.spend = mine.spend.saturating_add(theirs.spend);
            mine.last = mine.last.max(theirs.last);
        }
        sum
    }
}

/// A change of owner, as the log tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerChange {
    pub customer: String,
    pub on: NaiveDate,
    pub before: String,
    pub after: String,
}

/// Text that stands in the log's `after` wherever an owner changed: a cheap look before a row is read.
pub const OWNER_KEY: &str = "\"owner\"";

impl OwnerChange {
    /// What a row of the log tells of an owner. What was undone, or done again, has its own row already.
    pub fn of(row: &LogRow, zone: chrono_tz::Tz) -> Option<OwnerChange> {
        if row.table != "customers" || matches!(row.action.as_str(), "undo" | "redo") {
            return None;
        }
        let after = owner(&row.after)?;
        let before = owner(&row.before).unwrap_or_default();
        let on = row.at.date(zone);
        (before != after).then(|| OwnerChange { customer: row.id.clone(), on, before, after })
    }
}

fn owner(json: &str) -> Option<String> {
    let fields: Map<String, Value> = serde_json::from_str(json).ok()?;
    Some(fields.get("owner")?.as_str().unwrap_or_default().trim().to_owned())
}

/// What is known of a customer that the rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Touch {
    pub last_order: Option<NaiveDate>,
    pub last_contact: Option<NaiveDate>,
    /// Since when the present owner has the customer, where the log tells.
    pub owned_since: Option<NaiveDate>,
}

/// Why a customer may be released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The owner's last day.
    Left(NaiveDate),
    /// So many days without order and contact.
    Idle(i64),
}

impl Why {
    pub fn code(self) -> &'static str {
        match self {
            Why::Left(_) => "left",
            Why::Idle(_) => "idle",
        }
    }
}

/// Why a customer may be released by the rule; `None` where it may not. A customer of whom no day is known stays.
pub fn releasable(customer: &Customer, touch: &Touch, staff: &[Staff], rules: &OwnerRules, today: NaiveDate) -> Option<Why> {
    let owner = customer.owner.trim();
    if owner.is_empty() || !customer.is_active() {
        return None;
    }
    if let Some(day) = left(owner, staff, today) {
        return Some(Why::Left(day));
    }
    let retention = rules.retention.filter(|_| !rules.protect.iter().any(|tier| tier == customer.tier.trim()))?;
    let since = customer.since.filter(|since| *since <= today);
    let last = [touch.last_order, touch.last_contact, touch.owned_since, since].into_iter().flatten().max()?;
    (retention.after(last) <= today).then(|| Why::Idle((today - last).num_days()))
}

/// The last day of somebody who does not work here any more, nor anybody else of that name.
pub fn left(name: &str, staff: &[Staff], today: NaiveDate) -> Option<NaiveDate> {
    let called = || staff.iter().filter(|one| one.is_called(name));
    let gone = |one: &Staff| one.until.filter(|until| *until < today);
    if called().all(|one| gone(one).is_some()) { called().filter_map(gone).max() } else { None }
}

/// A customer who may be released by the rule, with the figures behind it.
#[derive(Debug)]
pub struct Released {
    pub customer: Customer,
    pub touch: Touch,
    pub why: Why,
}

impl Released {
    /// Those of people who left come first, then those who were alone for longest; equals by their id.
    pub fn order(found: &mut [Released]) {
        let rank = |one: &Released| match one.why {
            Why::Left(_) => (0, 0),
            Why::Idle(days) => (1, -days),
        };
        found.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.customer.id.cmp(&b.customer.id)));
    }
}

/// A customer who is nobody's.
#[derive(Debug)]
pub struct Pooled<'a> {
    pub customer: &'a Customer,
    pub bought: Bought,
}

impl Pooled<'_> {
    /// Who bought for most comes first; equals by their id.
    pub fn by_value(pool: &mut [Pooled<'_>]) {
        pool.sort_by(|a, b| b.bought.spend.cmp(&a.bought.spend).then_with(|| a.customer.id.cmp(&b.customer.id)));
    }

    /// Who is longest in the archive comes first; those without a day last.
    pub fn by_since(pool: &mut [Pooled<'_>]) {
        let since = |one: &Pooled<'_>| one.customer.since.unwrap_or(NaiveDate::MAX);
        pool.sort_by(|a, b| since(a).cmp(&since(b)).then_with(|| a.customer.id.cmp(&b.customer.id)));
    }
}

/// Why a claim is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    Taken(String),
    /// The claimant has so many, and may have no more.
    AtMost(usize),
    /// The claimant gave it up that day and may claim it from another day on.
    TooSoon {
        given_up: NaiveDate,
        from: NaiveDate,
    },
}

/// What a claim rests on.
pub struct Claim<'a> {
    /// Whether a name in the column means the claimant.
    pub is_mine: &'a dyn Fn(&str) -> bool,
    /// How many active customers the claimant has.
    pub held: usize,
    /// The changes of owner of the customers asked for.
    pub changes: &'a [OwnerChange],
    pub rules: &'a OwnerRules,
    pub today: NaiveDate,
}

impl Claim<'_> {
    /// What speaks against one more customer; `ids` are the customer's and those merged into it. In the order in which it matters.
    pub fn refusals(&self, customer: &Customer, ids: &[&str]) -> Vec<Refusal> {
        let owner = customer.owner.trim();
        let taken = (!owner.is_empty()).then(|| Refusal::Taken(owner.to_owned()));
        let full = self.rules.at_most.filter(|most| self.held >= *most).map(Refusal::AtMost);
        let lost = |change: &&OwnerChange| {
            ids.contains(&change.customer.as_str()) && (self.is_mine)(&change.before) && !(self.is_mine)(&change.after)
        };
        let given_up = self.changes.iter().filter(lost).map(|change| change.on).max();
        let soon = given_up.zip(self.rules.again_after).and_then(|(given_up, wait)| {
            let from = wait.after(given_up);
            (self.today < from).then_some(Refusal::TooSoon { given_up, from })
        });
        [taken, full, soon].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests;
