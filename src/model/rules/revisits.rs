//! `rules/revisits.yaml`: when customers are visited again.

mod raw;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;

use super::tiers::TierRules;
use crate::base::duration::Span;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;
use crate::model::lifecycle::Class;
use crate::model::staff::Staff;

pub use raw::RawRevisits;

/// The rules a book has until the owner writes their own.
pub const DEFAULT: &str = include_str!("defaults/revisits.yaml");

/// How far apart contacts are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub wanted: Span,
    /// `None`: nobody has said.
    pub longest: Option<Span>,
}

impl Interval {
    /// The last day of the longest interval; that of the wanted one where no longest is given.
    pub fn limit(self, from: NaiveDate) -> NaiveDate {
        self.longest.unwrap_or(self.wanted).after(from)
    }
}

/// The intervals of a tier.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cadence {
    /// `None`: off.
    pub base: Option<Interval>,
    /// Where a class of customers has another one, or none.
    pub classes: Vec<(Class, Option<Interval>)>,
}

impl Cadence {
    fn of(&self, class: Option<Class>) -> Option<Interval> {
        let own = self.classes.iter().find(|(known, _)| Some(*known) == class);
        own.map_or(self.base, |(_, interval)| *interval)
    }
}

/// What happens when nobody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    pub after: Span,
    /// After so many attempts in vain no more is planned.
    pub at_most: u32,
}

/// How many visits somebody makes on a day; `None`: as many as there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PerDay {
    /// By name, as it stands.
    pub named: Vec<(String, Option<u32>)>,
    pub others: Option<u32>,
}

impl PerDay {
    /// By a name, or by one of several that somebody has.
    pub fn of<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Option<u32> {
        let find = |name: &str| self.named.iter().find(|(known, _)| fold_key(known) == fold_key(name));
        names.into_iter().find_map(find).map_or(self.others, |(_, cap)| *cap)
    }
}

/// The rules, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisitRules {
    /// A revisit this long after a request was closed; `None` when switched off.
    pub after_closed: Option<Span>,
    /// By tier code.
    pub cadence: Vec<(String, Cadence)>,
    /// Of customers without a tier, or with one that is not named.
    pub others: Cadence,
    /// Visits so long after the first order, rising.
    pub new: Vec<Span>,
    pub retry: Retry,
    pub per_day: PerDay,
    /// Working days by which a visit may be moved for the sake of `per_day`.
    pub ahead: u32,
}

impl RevisitRules {
    /// The interval of a customer; `None`: no cadence.
    pub fn interval(&self, tier: &str, class: Option<Class>) -> Option<Interval> {
        let named = self.cadence.iter().find(|(code, _)| code == tier).map(|(_, cadence)| cadence);
        named.unwrap_or(&self.others).of(class)
    }

    /// Tiers and members of staff named here that the book does not have.
    pub fn strangers(&self, tiers: &TierRules, staff: &[Staff]) -> Problems {
        let known: Vec<String> = tiers.tiers.iter().map(|tier| tier.code.clone()).collect();
        let tiers = self.cadence.iter().map(|(code, _)| code).filter(|code| !known.contains(code));
        let tier = |code: &String| {
            let what = What::UnknownName { name: code.clone(), allowed: known.clone() };
            Problem::warning(what).field(format!("cadence.{code}"))
        };
        let people = self.per_day.named.iter().map(|(name, _)| name).filter(|name| !staff.iter().any(|one| one.is_called(name)));
        let person = |name: &String| {
            let what = What::UnknownReference { table: "staff", id: name.clone() };
            Problem::warning(what).field(format!("per_day.{name}"))
        };
        tiers.map(tier).chain(people.map(person)).collect()
    }

    /// Whether an interval depends on the class of the customer.
    pub fn asks_class(&self) -> bool {
        self.cadence.iter().map(|(_, cadence)| cadence).chain([&self.others]).any(|cadence| !cadence.classes.is_empty())
    }
}
