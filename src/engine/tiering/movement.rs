//! From score to tier: enter, keep, and when a customer may fall.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use crate::base::date::{first_of_month, plus_days};
use crate::base::text::fold_key;
use crate::model::member::Member;
use crate::model::rules::tiers::{Downgrade, Movement, TierRules};
use crate::model::tier::TierDecision;

/// The tier a customer is in, as of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Present {
    /// As it stands in the book; blank: none.
    pub tier: String,
    pub since: Option<NaiveDate>,
    /// Set by hand until this day.
    pub until: Option<NaiveDate>,
}

/// Why a customer is in the tier proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No tier so far: by `enter`.
    First,
    /// The rules no longer have the present tier: as if there were none.
    Gone,
    /// A tier set by hand has run out: as if there were none.
    Expired { on: NaiveDate },
    /// The score reaches `enter` of a higher tier.
    Up,
    /// The score is at or above `keep` of the present tier.
    Stays,
    /// The score is below `keep`, but the customer may not fall to `to` before `until`.
    Held { to: String, until: NaiveDate },
    /// The score is below `keep`, and nothing holds it.
    Down,
    /// As held, but only refunds since the tier began (major units) bring it about: nothing holds it.
    Refunded { amount: Decimal },
    /// Set by hand; stands to the end of this day.
    Manual { until: NaiveDate },
    /// No positive factor has data.
    NoData,
}

impl Reason {
    /// The stable code, for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::First => "first",
            Reason::Gone => "tier_gone",
            Reason::Expired { .. } => "manual_expired",
            Reason::Up => "up",
            Reason::Stays => "stays",
            Reason::Held { .. } => "held",
            Reason::Down => "down",
            Reason::Refunded { .. } => "refunded",
            Reason::Manual { .. } => "manual",
            Reason::NoData => "no_data",
        }
    }

    /// The day the reason names.
    pub fn until(&self) -> Option<NaiveDate> {
        match self {
            Reason::Held { until, .. } | Reason::Manual { until } => Some(*until),
            _ => None,
        }
    }
}

/// The tier a customer was in on a day: the archive's, or when that began later, the decisions'.
pub fn present(customer: &Member<'_>, history: &[&TierDecision], as_of: NaiveDate) -> Present {
    if customer.tier_since.is_none_or(|since| since <= as_of) {
        return Present { tier: customer.tier.trim().to_owned(), since: customer.tier_since, until: customer.tier_until };
    }
    let by_then = history.iter().filter(|row| row.decided_on <= as_of).max_by_key(|row| row.decided_on);
    match by_then {
        Some(row) => Present { tier: row.tier.clone(), since: Some(row.decided_on), until: row.until },
        None => {
            let first = history.iter().min_by_key(|row| row.decided_on);
            Present { tier: first.map(|row| row.previous.clone()).unwrap_or_default(), since: None, until: None }
        }
    }
}

/// The position of a tier the book names by its code or one of its labels.
pub fn rank(rules: &TierRules, tier: &str) -> Option<usize> {
    let key = fold_key(tier);
    let labelled = |label: &Option<String>| label.as_ref().is_some_and(|label| fold_key(label) == key);
    rules.rank(tier).or_else(|| {
        let named =
            |tier: &crate::model::rules::tiers::Tier| labelled(&tier.label.zh) || labelled(&tier.label.en) || fold_key(&tier.code) == key;
        rules.tiers.iter().position(named)
    })
}

/// The tier by the rules, and why.
pub fn judge(rules: &TierRules, score: Option<Decimal>, present: &Present, as_of: NaiveDate) -> (String, Reason) {
    let stay = |reason| (present.tier.clone(), reason);
    let code = |rank: usize| rules.tiers[rank].code.clone();
    let manual = present.until.filter(|_| !present.tier.is_empty());
    if let Some(until) = manual.filter(|until| *until >= as_of) {
        return stay(Reason::Manual { until });
    }
    let Some(score) = score else { return stay(Reason::NoData) };
    let by_enter = first_below(rules, 0, |tier| tier.enter, score);
    let rank = match (manual, rank(rules, &present.tier)) {
        (Some(on), _) => return (code(by_enter), Reason::Expired { on }),
        (None, None) if present.tier.is_empty() => return (code(by_enter), Reason::First),
        (None, None) => return (code(by_enter), Reason::Gone),
        (None, Some(rank)) => rank,
    };
    if by_enter < rank {
        return (code(by_enter), Reason::Up);
    }
    if rules.tiers[rank].keep.is_none_or(|keep| score >= keep) {
        return stay(Reason::Stays);
    }
    let target = first_below(rules, rank + 1, |tier| tier.keep, score);
    match present.since.map(|since| earliest_fall(&rules.movement, since)).filter(|earliest| as_of < *earliest) {
        Some(until) => stay(Reason::Held { to: code(target), until }),
        None => (code(target), Reason::Down),
    }
}

/// Whether a score is enough to stay in a tier.
pub fn keeps(rules: &TierRules, tier: &str, score: Decimal) -> bool {
    rank(rules, tier).is_none_or(|rank| rules.tiers[rank].keep.is_none_or(|keep| score >= keep))
}

/// The first tier from a position on whose threshold the score reaches; the last takes everybody.
fn first_below(
    rules: &TierRules,
    from: usize,
    threshold: impl Fn(&crate::model::rules::tiers::Tier) -> Option<Decimal>,
    score: Decimal,
) -> usize {
    let reached = rules.tiers.iter().skip(from).position(|tier| threshold(tier).is_none_or(|least| score >= least));
    reached.map_or(rules.tiers.len() - 1, |i| from + i)
}

/// The first day on which a customer may fall: after the minimum stay, and (at review) not before the
/// first review after the tier began; grace is added to the review, or else to the minimum stay.
pub fn earliest_fall(movement: &Movement, since: NaiveDate) -> NaiveDate {
    let stayed = movement.minimum_stay.after(since);
    match movement.downgrade {
        Downgrade::AtOnce => movement.grace.after(stayed),
        Downgrade::AtReview => stayed.max(movement.grace.after(next_review(since, movement.review_months))),
    }
}

/// The first review after a day: the first of a month, every so many months from January.
pub fn next_review(day: NaiveDate, months: u32) -> NaiveDate {
    let tomorrow = plus_days(day, 1);
    let whole = tomorrow.month0().div_ceil(months) * months;
    let this = first_of_month(tomorrow.year(), whole + 1);
    // not on the first of a review month: the next one
    if this >= tomorrow { this } else { first_of_month(tomorrow.year(), whole + months + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;
    use crate::model::customer::Customer;
    use crate::model::rules::tiers::RawTiers;

    fn rules() -> TierRules {
        let yaml = "tiers:\n- {code: A, label: {zh: 重点}, enter: 80, keep: 72}\n- {code: B, enter: 50, keep: 45}\n- {code: C}\n\
                    movement: {minimum_stay: 90 days, grace: 10 days, downgrade: at_review, review: quarterly}";
        serde_yaml::from_str::<RawTiers>(yaml).unwrap().check().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn judged(tier: &str, since: Option<&str>, score: u32, as_of: &str) -> (String, Reason) {
        let present = Present { tier: tier.into(), since: since.map(day), until: None };
        judge(&rules(), Some(score.into()), &present, day(as_of))
    }

    #[test]
    fn enter_to_come_in_and_keep_to_stay() {
        let d = "2026-11-23";
        assert_eq!(judged("", None, 79, d), ("B".into(), Reason::First));
        assert_eq!(judged("", None, 80, d), ("A".into(), Reason::First));
        assert_eq!(judged("A", None, 72, d), ("A".into(), Reason::Stays));
        assert_eq!(judged("重点", None, 72, d), ("重点".into(), Reason::Stays));
        assert_eq!(judged("B", Some(d), 80, d), ("A".into(), Reason::Up));
        assert_eq!(judged("B", None, 79, d), ("B".into(), Reason::Stays));
        // without a known beginning nothing holds; the first lower tier it may keep
        assert_eq!(judged("A", None, 71, d), ("B".into(), Reason::Down));
        assert_eq!(judged("A", None, 46, d), ("B".into(), Reason::Down));
        assert_eq!(judged("A", None, 44, d), ("C".into(), Reason::Down));
        assert_eq!(judged("VIP", None, 50, d), ("B".into(), Reason::Gone));
    }

    #[test]
    fn a_fall_waits_for_the_review_and_the_minimum_stay() {
        // review 2027-01-01 + 10 days is later than 2026-09-20 + 90 days
        let held = Reason::Held { to: "B".into(), until: day("2026-12-19") };
        assert_eq!(judged("A", Some("2026-09-20"), 50, "2026-12-18"), ("A".into(), held));
        assert_eq!(judged("A", Some("2026-09-20"), 50, "2026-12-19"), ("B".into(), Reason::Down));
        let held = Reason::Held { to: "B".into(), until: day("2027-01-11") };
        assert_eq!(judged("A", Some("2026-10-01"), 50, "2027-01-10"), ("A".into(), held));
        assert_eq!(judged("A", Some("2026-10-01"), 50, "2027-01-11").1, Reason::Down);
    }

    #[test]
    fn reviews_fall_on_the_first_of_a_month() {
        for (from, months, next) in [
            ("2026-10-01", 3, "2027-01-01"),
            ("2026-09-30", 3, "2026-10-01"),
            ("2026-11-23", 3, "2027-01-01"),
            ("2026-11-23", 1, "2026-12-01"),
            ("2026-12-31", 12, "2027-01-01"),
            ("2026-01-01", 6, "2026-07-01"),
        ] {
            assert_eq!(next_review(day(from), months), day(next), "{from} {months}");
        }
    }

    #[test]
    fn a_tier_set_by_hand_stands_to_its_last_day() {
        let present = Present { tier: "VIP".into(), since: None, until: Some(day("2026-11-23")) };
        let judged = |as_of| judge(&rules(), Some(10.into()), &present, day(as_of));
        assert_eq!(judged("2026-11-23"), ("VIP".into(), Reason::Manual { until: day("2026-11-23") }));
        assert_eq!(judged("2026-11-24"), ("C".into(), Reason::Expired { on: day("2026-11-23") }));
    }

    #[test]
    fn before_the_present_tier_began_the_decisions_tell() {
        let mut customer = Customer::new(Id::parse("C1").unwrap(), String::new());
        (customer.tier, customer.tier_since) = ("A".into(), Some(day("2026-10-01")));
        let row = |tier: &str, previous: &str, on| TierDecision {
            customer: customer.id.clone(),
            tier: tier.into(),
            previous: previous.into(),
            score: None,
            decided_on: day(on),
            until: None,
            by: crate::model::tier::DecidedBy::Rule,
            reasons: String::new(),
            rules: String::new(),
            batch: String::new(),
        };
        let (first, second) = (row("B", "C", "2026-04-01"), row("A", "B", "2026-10-01"));
        let at = |as_of| present(&Member::of(&customer), &[&second, &first], day(as_of)).tier;
        assert_eq!([at("2026-10-01"), at("2026-09-30"), at("2026-03-31")], ["A", "B", "C"]);
    }
}
