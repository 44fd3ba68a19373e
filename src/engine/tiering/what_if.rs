//! What other rules would change: two decisions over the same facts, laid side by side.

use rust_decimal::Decimal;

use super::facts::Totals;
use super::movement::Reason;
use super::score::{self, FactorScore};
use super::{TierOutcome, Tiering};
use crate::base::duration::Span;
use crate::model::customer::Customer;
use crate::model::member::Member;
use crate::model::rules::tiers::{Downgrade, Measure, Movement, TierRules};

/// Rules with what the facts say under them.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    pub rules: &'a TierRules,
    pub totals: &'a Totals,
    pub tiering: &'a Tiering,
}

/// A customer whom the other rules would rate otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// By the rules in force.
    pub old: TierOutcome,
    /// By the others.
    pub new: TierOutcome,
    /// What each measure adds to the score, new less old, in points of the score; the largest difference first.
    pub differences: Vec<(Measure, Decimal)>,
}

/// One tier of either rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub tier: String,
    /// In it now.
    pub now: usize,
    /// By the rules in force; by the others.
    pub old: usize,
    pub new: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIf {
    /// The other rules' tiers from the top, then the rest.
    pub counts: Vec<Count>,
    /// In the order of the archive.
    pub moves: Vec<Move>,
}

/// The rules as if nobody had to wait: no minimum stay, no review, no grace.
pub fn at_once(rules: &mut TierRules) {
    let nothing = Span::Days(0);
    rules.movement = Movement { minimum_stay: nothing, grace: nothing, downgrade: Downgrade::AtOnce, ..rules.movement };
}

/// Lays the decisions of both rules side by side; both are of the same customers.
pub fn compare(customers: &[&Customer], old: &Side<'_>, new: &Side<'_>) -> WhatIf {
    let pairs = || old.tiering.rows.iter().zip(&new.tiering.rows);
    let moves = pairs().filter(|(was, is)| goal(was) != goal(is)).map(|(was, is)| {
        let member = Member::of(customers[was.position]);
        Move { old: was.clone(), new: is.clone(), differences: differences(&member, was.position, old, new) }
    });
    WhatIf { counts: counts(old, new), moves: moves.collect() }
}

/// Where an outcome leads: the tier, and the one a customer waits to fall to.
fn goal(outcome: &TierOutcome) -> (&str, Option<&str>) {
    let waits = match &outcome.reason {
        Reason::Held { to, .. } => Some(to.as_str()),
        _ => None,
    };
    (&outcome.tier, waits)
}

fn counts(old: &Side<'_>, new: &Side<'_>) -> Vec<Count> {
    let mut counts: Vec<Count> = Vec::new();
    let known = new.rules.tiers.iter().chain(&old.rules.tiers).map(|tier| tier.code.clone());
    let met = old.tiering.rows.iter().zip(&new.tiering.rows).flat_map(|(was, is)| [&was.present.tier, &was.tier, &is.tier]);
    for tier in known.chain(met.cloned()) {
        if !counts.iter().any(|count| count.tier == tier) {
            counts.push(Count { tier, now: 0, old: 0, new: 0 });
        }
    }
    let mut add = |tier: &str, one: fn(&mut Count) -> &mut usize| {
        if let Some(count) = counts.iter_mut().find(|count| count.tier == tier) {
            *one(count) += 1;
        }
    };
    for (was, is) in old.tiering.rows.iter().zip(&new.tiering.rows) {
        add(&was.present.tier, |count| &mut count.now);
        add(&was.tier, |count| &mut count.old);
        add(&is.tier, |count| &mut count.new);
    }
    counts.retain(|count| !count.tier.is_empty() || count.now + count.old + count.new > 0);
    counts
}

/// What each measure adds to the score, new less old; only where there is a difference.
fn differences(member: &Member<'_>, position: usize, old: &Side<'_>, new: &Side<'_>) -> Vec<(Measure, Decimal)> {
    let factors = |side: &Side<'_>| score::factors(side.rules, member, &side.totals.facts(position), &side.totals.scope);
    let (was, is) = (factors(old), factors(new));
    let mut differences: Vec<(Measure, Decimal)> = Vec::new();
    for factor in was.iter().chain(&is) {
        if !differences.iter().any(|(measure, _)| *measure == factor.measure) {
            let difference = (adds(&is, factor.measure) - adds(&was, factor.measure)).round_dp(1);
            differences.push((factor.measure, difference));
        }
    }
    differences.retain(|(_, difference)| !difference.is_zero());
    differences.sort_by_key(|(measure, difference)| (std::cmp::Reverse(difference.abs()), *measure as usize));
    differences
}

/// Points of the score that come from one measure.
fn adds(factors: &[FactorScore], measure: Measure) -> Decimal {
    let weights = score::score(factors).weights;
    let sum: Decimal = factors.iter().filter(|factor| factor.measure == measure).filter_map(FactorScore::contribution).sum();
    sum.checked_div(weights).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;
    use crate::base::money::Money;
    use crate::engine::tiering::decide;
    use crate::engine::tiering::facts::{Accumulators, OrderLine, Scope};
    use crate::engine::tiering::index::Index;
    use crate::model::member::MemberIds;
    use crate::model::rules::tiers::RawTiers;
    use chrono::NaiveDate;

    fn rules(yaml: &str) -> TierRules {
        serde_yaml::from_str::<RawTiers>(yaml).unwrap().check().unwrap()
    }

    fn day() -> NaiveDate {
        "2026-11-23".parse().unwrap()
    }

    /// Customers a (A since long ago, 100.00), b (B since yesterday, nothing) and c (no tier, 50.00).
    fn compared(old: &str, new: &str) -> WhatIf {
        let mut customers = ["a", "b", "c"].map(|id| Customer::new(Id::parse(id).unwrap(), String::new()));
        (customers[0].tier, customers[0].tier_since) = ("A".into(), Some("2020-01-01".parse().unwrap()));
        (customers[1].tier, customers[1].tier_since) = ("B".into(), Some("2026-11-22".parse().unwrap()));
        let customers: Vec<&Customer> = customers.iter().collect();
        let index = Index::of(&MemberIds::of(customers.iter().copied()));
        let side = |yaml: &str| {
            let rules = rules(yaml);
            let mut acc = Accumulators::new(&index, 3, Scope::new(day(), rules.window.on(day(), 1), chrono_tz::UTC, 2));
            for (customer, fen) in [("a", 10_000), ("c", 5_000)] {
                acc.order(&OrderLine { id: customer, customer, date: day(), amount: Money(fen), kind: None });
            }
            let totals = acc.settled();
            let tiering = decide(&customers, &[], &rules, &totals);
            (rules, totals, tiering)
        };
        let (old, new) = (side(old), side(new));
        let side = |(rules, totals, tiering)| Side { rules, totals, tiering };
        compare(&customers, &side((&old.0, &old.1, &old.2)), &side((&new.0, &new.1, &new.2)))
    }

    const TODAY: &str = "factors: [{measure: spend, weight: 1, steps: {0: 0, 50: 50, 100: 100}}]\n\
                         tiers: [{code: A, enter: 80}, {code: B, enter: 40}, {code: C}]";

    #[test]
    fn nobody_moves_under_the_same_rules() {
        let same = compared(TODAY, TODAY);
        assert_eq!(same.moves, []);
        let counts: Vec<_> = same.counts.iter().map(|c| (c.tier.as_str(), c.now, c.old, c.new)).collect();
        assert_eq!(counts, [("A", 1, 1, 1), ("B", 1, 2, 2), ("C", 0, 0, 0), ("", 1, 0, 0)]);
    }

    #[test]
    fn who_moves_and_by_which_measure() {
        let harder = TODAY.replace("100: 100", "100: 60").replace("{code: C}", "{code: D}");
        let told = compared(TODAY, &harder);
        let moves: Vec<_> = told.moves.iter().map(|m| (m.old.customer.as_str(), m.old.tier.as_str(), m.new.tier.as_str())).collect();
        // b waits in B by either rules, but for another tier
        assert_eq!(moves, [("a", "A", "B"), ("b", "B", "B")]);
        assert_eq!(told.moves[0].differences, [(Measure::Spend, Decimal::from(-40))]);
        assert_eq!(told.counts.iter().map(|c| c.tier.as_str()).collect::<Vec<_>>(), ["A", "B", "D", "C", ""]);
    }

    #[test]
    fn as_if_nobody_waited() {
        let mut rules = rules(TODAY);
        assert_ne!(rules.movement.minimum_stay, Span::Days(0));
        at_once(&mut rules);
        assert_eq!((rules.movement.minimum_stay, rules.movement.downgrade), (Span::Days(0), Downgrade::AtOnce));
    }
}
