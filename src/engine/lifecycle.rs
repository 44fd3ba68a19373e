//! Lifecycle: where each customer stands with the shop, since when, why, and what time alone will make of it.
//!
//! [`facts`] folds the records into few bytes per customer and fact; [`rhythm`] tells how long each may be silent;
//! [`life`] reads the class of any day off them. Definitions: docs/rules.md, section Lifecycle.

pub mod facts;
pub mod life;
pub mod rhythm;

#[cfg(test)]
mod laws;
#[cfg(test)]
pub mod tests;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use self::facts::{Known, LeftOut};
use self::life::Life;
use crate::base::id::Id;
use crate::base::money::Money;
use crate::model::lifecycle::Class;
use crate::model::rules::lifecycle::LifecycleRules;
use crate::model::vocabulary::Code;

/// What decided a class, in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reason {
    pub first: Option<NaiveDate>,
    pub last: Option<NaiveDate>,
    /// The last purchase or contact.
    pub sign: Option<NaiveDate>,
    /// Days with a purchase.
    pub purchases: u32,
    /// The median of the customer's own intervals, in tenths of a day; there is one less of them than of purchases.
    pub own: Option<i64>,
    /// The usual interval: the own one, mixed with the book's where it rests on few.
    pub usual: Option<i64>,
    pub silent_on: Option<NaiveDate>,
    pub lost_on: Option<NaiveDate>,
    /// The complaint that makes a problem, when it was received, and its last day as one; `None`: while it is open.
    pub complaint: Option<(Id, NaiveDate, Option<NaiveDate>)>,
    /// Mean index and number of answers, as the rule for problems and that for loyalty look at them.
    pub recent: Option<(Decimal, u32)>,
    pub satisfaction: Option<(Decimal, u32)>,
}

/// How one customer stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// In the archive.
    pub position: usize,
    pub class: Class,
    /// The first day of it without a break; `None` where nothing tells when the customer began.
    pub since: Option<NaiveDate>,
    /// What follows, and when, if nothing happens.
    pub next: Option<(NaiveDate, Class)>,
    /// Net spend of the time the rules name, up to the last purchase.
    pub value: Money,
    pub reason: Reason,
}

impl Standing {
    /// Days without any sign of life.
    pub fn days_silent(&self, as_of: NaiveDate) -> Option<i64> {
        self.reason.sign.map(|sign| (as_of - sign).num_days())
    }
}

/// How everybody stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifecycle {
    pub as_of: NaiveDate,
    /// The median of the book, in tenths of a day.
    pub book: i64,
    /// Over how many customers who bought on several days.
    pub measured: usize,
    /// Active customers, in the order of the archive.
    pub rows: Vec<Standing>,
    pub left_out: LeftOut,
}

/// One class's customers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub customers: usize,
    /// Minor units.
    pub value: i128,
}

impl Lifecycle {
    /// Each class's customers, in the order of the classes.
    pub fn sums(&self) -> Vec<(Class, Sum)> {
        let mut sums: Vec<(Class, Sum)> = Class::ALL.iter().map(|class| (*class, Sum::default())).collect();
        for row in &self.rows {
            let sum = &mut sums[row.class as usize].1;
            sum.customers += 1;
            sum.value += row.value.0;
        }
        sums
    }

    /// Those of a class, the most at risk first; of equals the order of the archive.
    pub fn of(&self, class: Class) -> Vec<&Standing> {
        let mut rows: Vec<&Standing> = self.rows.iter().filter(|row| row.class == class).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.value));
        rows
    }

    /// How the customer at a position of the archive stands.
    pub fn at(&self, position: usize) -> Option<&Standing> {
        self.rows.binary_search_by_key(&position, |row| row.position).ok().map(|at| &self.rows[at])
    }
}

/// What of a customer counts beside the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Active, or erased and counted all the same.
    pub active: bool,
    /// The day in the archive.
    pub since: Option<NaiveDate>,
}

/// Classes everybody who is active.
pub fn classify(known: &Known, members: &[Member], rules: &LifecycleRules) -> Lifecycle {
    let active = |position: usize| members.get(position).is_some_and(|member| member.active);
    let (book, measured) = rhythm::of_book(known, &active, rules.rhythm);
    let position = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let stand = |(at, member): (usize, &Member)| {
        let life = Life::new(known, position(at), member.since, book, rules);
        life.standing(at)
    };
    let rows = members.iter().enumerate().filter(|(_, member)| member.active).map(stand).collect();
    Lifecycle { as_of: known.as_of, book, measured, rows, left_out: known.left_out }
}
