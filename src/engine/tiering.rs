//! Tiers: who matters, by the owner's rules. One fold over the facts, one value for every command.
//!
//! [`facts::Accumulators`] take the facts as they stream by; [`overview::Overview`] counts what follows; [`decide`] turns them
//! into a [`Tiering`] that `tier` shows and `tier apply` records; [`explain`] tells one customer's outcome step by step.
//! The definitions are in docs/rules.md, section Tiers. No floats: scores are exact decimals.

pub mod facts;
pub mod index;
mod kept;
pub mod measures;
pub mod movement;
pub mod overview;
pub mod score;
pub mod sources;
pub mod what_if;

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use self::facts::{LeftOut, Scope, Totals};
use self::movement::{Present, Reason};
use self::overview::Overview;
use self::score::{FactorScore, Score};
use crate::base::id::Id;
use crate::base::money::Money;
use crate::model::customer::Customer;
use crate::model::member::Member;
use crate::model::rules::tiers::{Measure, TierRules};
use crate::model::tier::TierDecision;

/// What the rules say of one customer who is active; one who was erased stays in its tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierOutcome {
    pub customer: Id,
    /// Position in the slice of customers decided on.
    pub position: usize,
    pub present: Present,
    /// 0 to 100 with one decimal; `None` without data.
    pub score: Option<Decimal>,
    /// The tier by the rules; the present one where it stays.
    pub tier: String,
    pub reason: Reason,
    /// Net, in the window.
    pub spend: Money,
    /// A decision after the as-of date stands already, so this one is not to be recorded.
    pub superseded: bool,
    /// Measure, points and weight of each factor that counted; only where something changes.
    pub points: Vec<(Measure, Decimal, Decimal)>,
}

impl TierOutcome {
    /// Whether the book is to be changed: another tier, or a manual one that ran out.
    pub fn changes(&self) -> bool {
        !self.superseded && differs(&self.tier, &self.reason, &self.present)
    }
}

fn differs(tier: &str, reason: &Reason, present: &Present) -> bool {
    tier != present.tier || matches!(reason, Reason::Expired { .. })
}

/// What the rules say of everybody. The value `tier` shows and `tier apply` records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tiering {
    pub scope: Scope,
    /// Customers who count, in the order of the archive.
    pub rows: Vec<TierOutcome>,
    pub left_out: LeftOut,
}

/// Decides on every active customer; who was erased is counted beside them. `history` is needed only for customers whose tier began after
/// the as-of date; rows of others do no harm.
pub fn decide(customers: &[&Customer], history: &[TierDecision], rules: &TierRules, totals: &Totals) -> Tiering {
    let mut decisions: HashMap<&str, Vec<&TierDecision>> = HashMap::new();
    for row in history {
        decisions.entry(row.customer.as_str()).or_default().push(row);
    }
    let decided = |(position, customer): (usize, &&Customer)| {
        let rows = decisions.get(customer.id.as_str()).map_or(&[][..], Vec::as_slice);
        customer.is_counted().then(|| outcome(customer, position, rows, rules, totals))
    };
    Tiering { scope: totals.scope, rows: customers.iter().enumerate().filter_map(decided).collect(), left_out: totals.left_out }
}

fn outcome(customer: &Customer, position: usize, history: &[&TierDecision], rules: &TierRules, totals: &Totals) -> TierOutcome {
    let (facts, as_of) = (totals.facts(position), totals.scope.as_of);
    let member = Member::of(customer);
    let factors = score::factors(rules, &member, &facts, &totals.scope);
    let score = score::score(&factors).rounded;
    let present = movement::present(&member, history, as_of);
    // who was erased is counted where they were, and rated no more
    let stays = || (present.tier.clone(), Reason::Stays);
    let (tier, reason) = if member.active { judged(rules, &member, position, totals, score, &present) } else { stays() };
    let counted = |factor: &FactorScore| factor.reached.map(|(_, points)| (factor.measure, points, factor.weight));
    let points = if differs(&tier, &reason, &present) { factors.iter().filter_map(counted).collect() } else { Vec::new() };
    TierOutcome {
        customer: customer.id.clone(),
        position,
        score,
        tier,
        reason,
        spend: Money(facts.spend),
        superseded: customer.tier_since.is_some_and(|since| since > as_of),
        present,
        points,
    }
}

/// The tier by the rules, and why. A fall that has to wait does not where only refunds since the tier began bring it about.
fn judged(
    rules: &TierRules,
    member: &Member<'_>,
    position: usize,
    totals: &Totals,
    score: Option<Decimal>,
    present: &Present,
) -> (String, Reason) {
    let (tier, reason) = movement::judge(rules, score, present, totals.scope.as_of);
    match (reason, present.since) {
        (Reason::Held { to, until }, Some(since)) if rules.movement.refunds_at_once => {
            let refunded = totals.refunded_after(position, since);
            let mut facts = totals.facts(position);
            facts.spend += refunded;
            let keeps = |score: Decimal| movement::keeps(rules, &present.tier, score);
            let by_refunds = refunded > 0 && score::of(rules, member, &facts, &totals.scope).is_some_and(keeps);
            let amount = Decimal::try_from_i128_with_scale(refunded, totals.scope.digits).unwrap_or_default();
            if by_refunds { (to, Reason::Refunded { amount }) } else { (tier, Reason::Held { to, until }) }
        }
        (reason, _) => (tier, reason),
    }
}

impl Tiering {
    /// What `tier apply` would record.
    pub fn changes(&self) -> impl Iterator<Item = &TierOutcome> {
        self.rows.iter().filter(|row| row.changes())
    }

    /// What `tier` shows when nobody is asked for by name.
    pub fn overview(&self, rules: &TierRules) -> Overview {
        let mut overview = Overview::new(rules);
        for row in &self.rows {
            overview.add(rules, &row.present.tier, &row.tier, row.score, row.spend.0);
            overview.changes += usize::from(row.changes());
            overview.superseded += usize::from(row.superseded);
        }
        overview
    }
}

/// One customer's outcome with everything it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub outcome: TierOutcome,
    pub name: String,
    pub scope: Scope,
    pub factors: Vec<FactorScore>,
    pub score: Score,
    /// With the score below `keep`: the first day on which the customer may fall.
    pub may_fall_from: Option<NaiveDate>,
}

/// Tells how a customer's outcome came about. `None` for customers that are no longer active.
pub fn explain(customers: &[&Customer], tiering: &Tiering, id: &str, rules: &TierRules, totals: &Totals) -> Option<Explanation> {
    let outcome = tiering.rows.iter().find(|row| row.customer.as_str() == id)?.clone();
    let customer = Some(customers[outcome.position]).filter(|customer| customer.is_active())?;
    let factors = score::factors(rules, &Member::of(customer), &totals.facts(outcome.position), &totals.scope);
    let falls = matches!(outcome.reason, Reason::Held { .. } | Reason::Down);
    Some(Explanation {
        name: customer.name.clone(),
        scope: tiering.scope,
        score: score::score(&factors),
        factors,
        may_fall_from: outcome.present.since.filter(|_| falls).map(|since| movement::earliest_fall(&rules.movement, since)),
        outcome,
    })
}

#[cfg(test)]
mod tests {
    use super::facts::{Accumulators, OrderLine};
    use super::index::Index;
    use super::*;
    use crate::model::customer::CustomerStatus;
    use crate::model::member::{MemberIds, MembersReader, columns};
    use crate::model::record::Record;
    use crate::model::rules::tiers::RawTiers;
    use crate::model::settings::{RawSettings, Settings};

    fn customer(id: &str) -> Customer {
        Customer::new(Id::parse(id).unwrap(), format!("name of {id}"))
    }

    fn rules() -> TierRules {
        let yaml = "factors: [{measure: spend, weight: 1, steps: {0: 0, 100: 50, 1000: 100}}]\n\
                    tiers: [{code: A, enter: 80}, {code: B, enter: 40}, {code: C}]";
        serde_yaml::from_str::<RawTiers>(yaml).unwrap().check().unwrap()
    }

    fn tiered(customers: &[&Customer], orders: &[(&str, i64)]) -> Tiering {
        let as_of = "2026-11-23".parse().unwrap();
        let index = Index::of(&MemberIds::of(customers.iter().copied()));
        let mut acc = Accumulators::new(&index, customers.len(), Scope::new(as_of, rules().window.on(as_of, 1), chrono_tz::UTC, 2));
        for (i, (customer, fen)) in orders.iter().enumerate() {
            let id = i.to_string();
            acc.order(&OrderLine { id: &id, customer, date: as_of, amount: Money((*fen).into()), kind: None });
        }
        let acc = acc.settled();
        let tiering = decide(customers, &[], &rules(), &acc);
        let mut reader = MembersReader::default();
        let raw: RawSettings = serde_yaml::from_str("{format: 1}").unwrap();
        let locale = Settings::try_from(raw).unwrap().locale();
        for customer in customers {
            let cells = columns().map(|column| customer.written(column, &locale));
            reader.row(cells.each_ref().map(String::as_str), &locale).unwrap();
        }
        if reader.members.any_tier_after(as_of) {
            return tiering;
        }
        let lean = overview::over(&reader.members, 0..customers.len(), &rules(), &acc);
        assert_eq!(lean.tiers(), tiering.overview(&rules()).tiers());
        assert_eq!((lean.changes, lean.superseded), (tiering.changes().count(), tiering.rows.iter().filter(|row| row.superseded).count()));
        for row in &tiering.rows {
            let told = explain(customers, &tiering, row.customer.as_str(), &rules(), &acc);
            assert_eq!(told.is_some(), customers[row.position].is_active());
            assert!(told.is_none_or(|told| (told.score.rounded, &told.outcome) == (row.score, row)));
        }
        tiering
    }

    #[test]
    fn active_customers_are_decided_on_and_all_who_count_summed_up_by_tier() {
        let (mut a, b, mut gone, mut vip) = (customer("a"), customer("b"), customer("gone"), customer("vip"));
        a.tier = "B".into();
        gone.status = Some(CustomerStatus::Erased);
        vip.tier = "VIP".into();
        let tiering = tiered(&[&a, &gone, &b, &vip], &[("a", 100_000), ("b", 10_000), ("gone", 5), ("vip", 1)]);
        let moves: Vec<(&str, &str, &str)> =
            tiering.changes().map(|row| (row.customer.as_str(), row.tier.as_str(), row.reason.code())).collect();
        assert_eq!(moves, [("a", "A", "up"), ("b", "B", "first"), ("vip", "C", "tier_gone")]);
        let summary: Vec<_> =
            tiering.overview(&rules()).tiers().into_iter().map(|s| (s.tier, s.customers, s.proposed, s.spend.0)).collect();
        let expected = [("A", 0, 1, 0), ("B", 1, 1, 100_000), ("C", 0, 1, 0), ("", 2, 1, 10_005), ("VIP", 1, 0, 1)];
        assert_eq!(summary, expected.map(|(tier, now, then, spend)| (tier.to_owned(), now, then, spend)));
    }

    #[test]
    fn a_manual_tier_that_ran_out_is_recorded_even_where_the_tier_stays() {
        let mut a = customer("a");
        (a.tier, a.tier_until) = ("C".into(), Some("2026-11-22".parse().unwrap()));
        assert_eq!(tiered(&[&a], &[]).changes().count(), 1);
        a.tier_until = Some("2026-11-23".parse().unwrap());
        assert_eq!(tiered(&[&a], &[("a", 100_000)]).changes().count(), 0);
    }

    #[test]
    fn what_was_decided_later_is_not_decided_again() {
        let mut a = customer("a");
        (a.tier, a.tier_since) = ("C".into(), Some("2026-11-24".parse().unwrap()));
        let tiering = tiered(&[&a], &[("a", 100_000)]);
        assert_eq!((tiering.rows[0].tier.as_str(), tiering.changes().count()), ("A", 0));
    }
}
