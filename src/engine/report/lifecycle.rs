//! The lifecycle (生命周期) as of today: customers per class, and those who fell silent by the value that is at risk.
//!
//! How a customer stood at the end of an earlier period is not known, so nothing is compared.

use serde::Serialize;

use super::basis::{Basis, Part, Reduce, Source, part};
use super::figure::{Figure, Number};
use super::side::{Measure, Side, Sides, figures};
use super::table::{Order, Rows, Split, Table};
use crate::base::money::Money;
use crate::model::lifecycle::Class;
use crate::model::member::Day;
use crate::model::vocabulary::Code;

/// How one customer stands, in few bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// In the archive.
    pub at: u32,
    pub class: Class,
    pub since: Day,
    /// The last sign of life.
    pub sign: Day,
    /// Minor units.
    pub value: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lifecycle {
    pub figures: Vec<Figure>,
    pub classes: Split,
    /// Silent and lost customers, the most at risk first.
    pub at_risk: Vec<AtRisk>,
    pub left_out: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AtRisk {
    pub customer: String,
    pub name: String,
    pub class: &'static str,
    pub since: Option<String>,
    pub last: Option<String>,
    pub value: Number,
}

const CODES: &[&str] = &["potential", "new", "regular", "loyal", "problem", "silent", "lost"];

/// Of the active customers.
pub const LIFECYCLE: &[Measure] = &[
    Measure { code: "silent_value", good: -1, basis: |side| value(side, |life| life.class == Class::Silent) },
    Measure { code: "lost_value", good: -1, basis: |side| value(side, |life| life.class == Class::Lost) },
    Measure { code: "newly_silent", good: -1, basis: |side| newly(side, Class::Silent) },
    Measure { code: "newly_lost", good: -1, basis: |side| newly(side, Class::Lost) },
];

pub const CLASSES: Table =
    Table { section: "lifecycle", what: "class", rows: Rows::Fixed(CODES), measures: |_| CLASS, recorded: |_| true, order: Order::Records };

const CLASS: &[Measure] = &[
    Measure { code: "customers", good: 0, basis: |side| Basis::sources(own(side).map(|life| customer(side, life).source)) },
    Measure {
        code: "share",
        good: 0,
        basis: |side| Basis {
            reduce: Reduce::Part(lives(side).len()),
            ..Basis::sources(own(side).map(|life| customer(side, life).source))
        },
    },
    Measure { code: "value", good: 0, basis: |side| value(side, |life| life.class.code() == side.row.key) },
];

/// Nothing where it was not worked out.
pub fn lifecycle(sides: &Sides<'_>) -> Option<Lifecycle> {
    let lives = sides.now.inputs.lives?;
    let today = Sides { now: sides.now.clone(), before: None, year_ago: None };
    let mut risks: Vec<&Life> = lives.iter().filter(|life| matches!(life.class, Class::Silent | Class::Lost)).collect();
    risks.sort_by(|a, b| b.value.cmp(&a.value).then(a.at.cmp(&b.at)));
    let most = sides.now.inputs.rules.rows;
    Some(Lifecycle {
        figures: figures(LIFECYCLE, &today, |_| true),
        classes: CLASSES.of(&today),
        left_out: risks.len().saturating_sub(most),
        at_risk: risks.into_iter().take(most).map(|life| at_risk(&sides.now, life)).collect(),
    })
}

fn at_risk(side: &Side<'_>, life: &Life) -> AtRisk {
    let id = side.inputs.ids.get(life.at as usize);
    let day = |day: Day| day.date().map(|day| day.to_string());
    AtRisk {
        customer: id.to_owned(),
        name: (side.inputs.names)(id),
        class: life.class.code(),
        since: day(life.since),
        last: day(life.sign),
        value: Number::Money(Money(life.value.into()), side.inputs.settings.locale().digits),
    }
}

fn lives<'a>(side: &Side<'a>) -> &'a [Life] {
    side.inputs.lives.unwrap_or_default()
}

fn own<'a>(side: &Side<'a>) -> impl Iterator<Item = &'a Life> {
    lives(side).iter().filter(|life| life.class.code() == side.row.key)
}

#[expect(clippy::cast_precision_loss, reason = "a book's amounts stay far below 2^53 minor units")]
fn customer<'a>(side: &Side<'a>, life: &Life) -> Part<'a> {
    part(Source::Customer(side.inputs.ids.get(life.at as usize)), life.value as f64, true)
}

fn value<'a>(side: &Side<'a>, keep: impl Fn(&Life) -> bool) -> Basis<'a> {
    let parts = lives(side).iter().filter(|life| keep(life)).map(|life| customer(side, life)).collect();
    Basis { parts, reduce: Reduce::Money(side.inputs.settings.locale().digits) }
}

/// Who came into a class in the period and is still in it.
fn newly<'a>(side: &Side<'a>, class: Class) -> Basis<'a> {
    let days = Day::from(side.period.from)..=Day::from(side.period.to);
    let new = lives(side).iter().filter(|life| life.class == class && days.contains(&life.since));
    Basis::sources(new.map(|life| customer(side, life).source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_its_row() {
        assert_eq!(Class::ALL.iter().map(|class| class.code()).collect::<Vec<_>>(), CODES);
    }
}
