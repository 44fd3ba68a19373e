//! The score: points of each factor, weighted.

use rust_decimal::{Decimal, RoundingStrategy};

use super::facts::{Facts, Scope};
use super::measures::{Value, rows, value};
use crate::model::member::Member;
use crate::model::rules::tiers::{Factor, Measure, Scale, TierRules};
use crate::model::vocabulary::Code;

/// Which step a value reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The highest step not above the value.
    At(Decimal),
    /// The coded value itself.
    Coded,
    /// Below the first step, or a coded value the rules give no points: 0 points.
    Below,
    /// No data; the factor's `missing` points stand in.
    Missing,
}

/// One factor of one customer's score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorScore {
    pub measure: Measure,
    pub weight: Decimal,
    /// `None`: no data.
    pub value: Option<Value>,
    /// How many source rows the value rests on.
    pub rows: u32,
    /// Step and points; `None`: no data and no stand-in, the factor is left out.
    pub reached: Option<(Step, Decimal)>,
}

impl FactorScore {
    /// weight × points; `None` where the factor is left out.
    pub fn contribution(&self) -> Option<Decimal> {
        self.reached.map(|(_, points)| self.weight * points)
    }
}

/// A score with its sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// Σ weight × points of the factors that count.
    pub sum: Decimal,
    /// Σ positive weights of the factors that count.
    pub weights: Decimal,
    /// sum ÷ weights, rounded half up to one decimal, within 0 and 100; `None` without any positive weight.
    pub rounded: Option<Decimal>,
}

/// Each factor of one customer.
pub fn factors(rules: &TierRules, customer: &Member<'_>, facts: &Facts, scope: &Scope) -> Vec<FactorScore> {
    let score = |factor: &Factor| {
        let value = value(factor.measure, customer, facts, scope);
        let reached = match value {
            Some(value) => Some(points(&factor.scale, value)),
            None => factor.missing.map(|points| (Step::Missing, points)),
        };
        FactorScore { measure: factor.measure, weight: factor.weight, value, rows: rows(factor.measure, customer, facts), reached }
    };
    rules.factors.iter().map(score).collect()
}

/// The weighted mean of the factors that count.
pub fn score(factors: &[FactorScore]) -> Score {
    let counted = factors.iter().filter(|factor| factor.reached.is_some());
    let weights = counted.map(|factor| factor.weight).filter(|weight| *weight > Decimal::ZERO).sum();
    let sum = factors.iter().filter_map(FactorScore::contribution).sum::<Decimal>();
    let mean = sum.checked_div(weights);
    let rounded = mean.map(|mean| mean.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero));
    Score { sum, weights, rounded: rounded.map(|score| score.clamp(Decimal::ZERO, Decimal::ONE_HUNDRED)) }
}

/// The score of one customer, as it is compared.
pub fn of(rules: &TierRules, customer: &Member<'_>, facts: &Facts, scope: &Scope) -> Option<Decimal> {
    score(&factors(rules, customer, facts, scope)).rounded
}

fn points(scale: &Scale, value: Value) -> (Step, Decimal) {
    let below = (Step::Below, Decimal::ZERO);
    let Some(at) = reached(scale, value) else { return below };
    match scale {
        Scale::Steps(steps) => (Step::At(steps[at].0), steps[at].1),
        Scale::Values(values) => (Step::Coded, values[at].1),
        Scale::Segments(points) => points[at].map_or(below, |points| (Step::Coded, points)),
    }
}

/// Which step or coded value of a scale a value reaches.
fn reached(scale: &Scale, value: Value) -> Option<usize> {
    match (scale, value) {
        (Scale::Steps(steps), Value::Number(number)) => steps.iter().rposition(|(from, _)| *from <= number),
        (Scale::Segments(points), Value::Segment(at)) => Some(usize::from(at)).filter(|at| *at < points.len()),
        (Scale::Values(values), Value::Potential(potential)) => values.iter().position(|(code, _)| code == potential.code()),
        // the rules are checked: coded measures have values, the others steps
        _ => None,
    }
}

/// Which step each factor reaches: customers of one profile have one score. Written over `profile`.
pub fn profile(rules: &TierRules, customer: &Member<'_>, facts: &Facts, scope: &Scope, profile: &mut Vec<u16>) {
    let step = |factor: &Factor| match value(factor.measure, customer, facts, scope) {
        None => 0,
        Some(value) => reached(&factor.scale, value).map_or(1, |at| u16::try_from(at + 2).unwrap_or(u16::MAX)),
    };
    profile.clear();
    profile.extend(rules.factors.iter().map(step));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;
    use crate::model::customer::Customer;
    use crate::model::rules::tiers::RawTiers;

    fn rules(yaml: &str) -> TierRules {
        serde_yaml::from_str::<RawTiers>(yaml).unwrap().check().unwrap()
    }

    pub(super) fn scored(factors_yaml: &str, facts: &Facts) -> Score {
        let rules = rules(&format!("factors:\n{factors_yaml}"));
        let as_of = "2026-11-23".parse().unwrap();
        let scope = Scope::new(as_of, rules.window.on(as_of, 1), chrono_tz::UTC, 2);
        let customer = Customer::new(Id::parse("C1").unwrap(), String::new());
        score(&factors(&rules, &Member::of(&customer), facts, &scope))
    }

    pub(super) fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    const SPEND: &str = "- {measure: spend, weight: 3, steps: {100: 10, 1000: 60.05}}\n";

    #[test]
    fn the_highest_step_not_above_the_value_counts() {
        for (fen, score) in [(9_999, "0"), (10_000, "10"), (99_999, "10"), (100_000, "60.1"), (-5, "0")] {
            let facts = Facts { spend: fen, ..Facts::default() };
            assert_eq!(scored(SPEND, &facts).rounded, Some(dec(score)), "{fen}");
        }
    }

    #[test]
    fn a_factor_without_data_is_left_out_or_stood_in_for() {
        let facts = Facts { spend: 10_000, ..Facts::default() };
        let without = scored(&format!("{SPEND}- {{measure: satisfaction, weight: 1, steps: {{0: 100}}}}"), &facts);
        assert_eq!((without.weights, without.rounded), (dec("3"), Some(dec("10"))));
        let with = scored(&format!("{SPEND}- {{measure: satisfaction, weight: 1, steps: {{0: 100}}, missing: 50}}"), &facts);
        assert_eq!((with.sum, with.weights, with.rounded), (dec("80"), dec("4"), Some(dec("20"))));
    }

    #[test]
    fn a_negative_weight_subtracts_and_the_score_stays_within_its_bounds() {
        let facts = Facts { spend: 100_000, complaints: 2, ..Facts::default() };
        let minus = |weight| format!("{SPEND}- {{measure: complaints, weight: {weight}, steps: {{1: 100}}}}");
        let score = scored(&minus(-1), &facts);
        assert_eq!((score.sum, score.weights, score.rounded), (dec("80.15"), dec("3"), Some(dec("26.7"))));
        assert_eq!(scored(&minus(-9), &facts).rounded, Some(dec("0")));
    }

    #[test]
    fn without_any_data_there_is_no_score() {
        let none = scored("- {measure: recency_days, weight: 1, steps: {0: 100}}", &Facts::default());
        assert_eq!(none.rounded, None);
    }
}

#[cfg(test)]
mod laws {
    use super::tests::{dec, scored};
    use super::*;
    use proptest::prelude::*;

    /// Steps whose points rise with the value.
    fn rising() -> impl Strategy<Value = Vec<(i64, i64)>> {
        (prop::collection::btree_set(-100_i64..2000, 1..6), prop::collection::vec(0_i64..101, 6)).prop_map(|(from, mut points)| {
            points.sort_unstable();
            from.into_iter().zip(points).collect()
        })
    }

    fn factor(measure: &str, weight: u32, steps: &[(i64, i64)]) -> String {
        let steps: Vec<String> = steps.iter().map(|(from, points)| format!("{from}: {points}")).collect();
        format!("- {{measure: {measure}, weight: {weight}, steps: {{{}}}}}\n", steps.join(", "))
    }

    proptest! {
        #[test]
        fn more_spend_and_more_orders_never_lower_the_score(
            spend_steps in rising(), order_steps in rising(), weights in (1_u32..50, 0_u32..50),
            spend in (-10_000_i128..300_000, 0_i128..300_000), orders in (0_u32..50, 0_u32..50),
        ) {
            let yaml = factor("spend", weights.0, &spend_steps) + &factor("frequency", weights.1, &order_steps);
            let less = Facts { spend: spend.0, orders: orders.0, ..Facts::default() };
            let more = Facts { spend: spend.0 + spend.1, orders: orders.0 + orders.1, ..Facts::default() };
            prop_assert!(scored(&yaml, &less).rounded <= scored(&yaml, &more).rounded);
        }

        #[test]
        fn a_score_adds_up_and_stays_in_its_bounds(spend_steps in rising(), weight in 1_u32..50, minus in 0_u32..50, spend in -10_000_i128..300_000, complaints in 0_u32..5) {
            let yaml = factor("spend", weight, &spend_steps) + &factor("complaints", minus, &[(1, 40), (2, 100)]).replace("weight: ", "weight: -");
            let facts = Facts { spend, complaints, ..Facts::default() };
            let score = scored(&yaml, &facts);
            let rounded = score.rounded.unwrap();
            prop_assert!(rounded >= Decimal::ZERO && rounded <= Decimal::ONE_HUNDRED);
            let exact = (score.sum / score.weights).clamp(Decimal::ZERO, Decimal::ONE_HUNDRED);
            prop_assert!((rounded - exact).abs() <= dec("0.05"));
        }
    }
}
