//! Recording tier decisions: the archive's present tier, and one row per change in `tiers/`.

use chrono::NaiveDate;

use crate::base::id::Id;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::word;
use crate::engine::tiering::{TierOutcome, Tiering};
use crate::model::cell::Score;
use crate::model::customer::Customer;
use crate::model::draft::Draft;
use crate::model::record::Record;
use crate::model::stamp::Stamp;
use crate::model::tier::{DecidedBy, TierDecision};

/// Records what the rules change; `rules` is the version of the rules, `reasons` words an outcome in the
/// book's language. Gives the number of customers changed; a second time it is none.
pub fn apply(draft: &mut Draft, tiering: &Tiering, rules: &str, reasons: &dyn Fn(&TierOutcome) -> String) -> usize {
    let mut changed = 0;
    for outcome in tiering.changes() {
        let decision = TierDecision {
            customer: outcome.customer.clone(),
            tier: outcome.tier.clone(),
            previous: outcome.present.tier.clone(),
            score: outcome.score.map(Score),
            decided_on: tiering.scope.as_of,
            until: None,
            by: DecidedBy::Rule,
            reasons: reasons(outcome),
            rules: rules.to_owned(),
            batch: String::new(),
        };
        record(draft, decision);
        changed += 1;
    }
    changed
}

/// A tier set by hand: it beats the rules to the end of `until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    pub customer: Id,
    /// A code of the rules.
    pub tier: String,
    pub until: NaiveDate,
    pub reason: String,
}

/// Sets a tier by hand; reason and end are compulsory.
pub fn set(draft: &mut Draft, stamp: &Stamp, by_hand: ByHand) -> Result<(), Problems> {
    let today = stamp.at.date(draft.settings.zone);
    if by_hand.reason.trim().is_empty() {
        return Err(vec![Problem::error(What::Required).field("--reason")]);
    }
    if by_hand.until < today {
        let what = What::TimeOrder { value: by_hand.until.to_string(), earlier: today.to_string() };
        return Err(vec![Problem::error(what).field("--until")]);
    }
    let Some(customer) = draft.customers.get(by_hand.customer.as_str()) else {
        return Err(vec![What::NotFound { noun: "customers", id: by_hand.customer.to_string(), nearest: None }.into()]);
    };
    if let Some(later) = decided_after(draft, customer, today) {
        let id = &by_hand.customer;
        let message = [
            format!(
                "{id} 在 {later} 已有更晚的等级评定,不能在它之前设定: 去掉 --at 从今天起设定,或先撤销那次评定 (carebook tier history {})",
                word(id.as_str())
            ),
            format!(
                "{id} has a later decision, of {later}, which this one would contradict: set the tier without --at, from today on, or undo that decision first (`carebook tier history {}`)",
                word(id.as_str())
            ),
        ];
        return Err(vec![Problem::error(What::Usage { message }).field("--at")]);
    }
    let previous = customer.tier.trim().to_owned();
    let ByHand { customer, tier, until, reason } = by_hand;
    record(
        draft,
        TierDecision {
            customer,
            tier,
            previous,
            score: None,
            decided_on: today,
            until: Some(until),
            by: DecidedBy::Manual,
            reasons: reason,
            rules: String::new(),
            batch: String::new(),
        },
    );
    Ok(())
}

/// The latest day after this one on which the customer's tier was decided.
fn decided_after(draft: &Draft, customer: &Customer, day: NaiveDate) -> Option<NaiveDate> {
    let decisions = draft.tiers.iter().filter(|row| row.customer == customer.id).map(|row| row.decided_on);
    decisions.chain(customer.tier_since).filter(|decided| *decided > day).max()
}

/// A customer has one decision a day: a second one on the same day takes the first one's place.
fn record(draft: &mut Draft, mut decision: TierDecision) {
    if let Some(customer) = draft.customers.edit(decision.customer.as_str()) {
        if customer.tier.trim() != decision.tier {
            customer.tier_since = Some(decision.decided_on);
        }
        customer.tier.clone_from(&decision.tier);
        customer.tier_until = decision.until;
    }
    match draft.tiers.edit(&decision.key()) {
        Some(same_day) => {
            decision.previous.clone_from(&same_day.previous);
            decision.batch.clone_from(&same_day.batch);
            *same_day = decision;
        }
        None => draft.tiers.insert(decision),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::money::Money;
    use crate::engine::tiering::decide;
    use crate::engine::tiering::facts::{Accumulators, OrderLine, Scope};
    use crate::engine::tiering::index::Index;
    use crate::model::draft::Origin;
    use crate::model::member::MemberIds;
    use crate::model::rules::tiers::{RawTiers, TierRules};
    use crate::model::settings::{RawSettings, Settings};
    use crate::model::table::Part;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn draft() -> Draft {
        let raw: RawSettings = serde_yaml::from_str("{format: 1, time_zone: UTC}").unwrap();
        let mut draft = Draft::new(Settings::try_from(raw).unwrap(), 1);
        for (row, id) in ["a", "b"].iter().enumerate() {
            draft.customers.load(Origin { part: Part::Whole, row }, Customer::new(Id::parse(id).unwrap(), String::new()));
        }
        draft
    }

    fn rules() -> TierRules {
        let yaml = "factors: [{measure: spend, weight: 1, steps: {0: 0, 100: 100}}]\n\
                    tiers: [{code: A, enter: 80}, {code: C}]\nmovement: {downgrade: at_once, minimum_stay: 0 days}";
        serde_yaml::from_str::<RawTiers>(yaml).unwrap().check().unwrap()
    }

    /// Applies the rules when `a` has bought for so much.
    fn applied(draft: &mut Draft, as_of: &str, fen: i64) -> usize {
        let customers: Vec<&Customer> = draft.customers.iter().collect();
        let index = Index::of(&MemberIds::of(customers.iter().copied()));
        let mut acc = Accumulators::new(
            &index,
            customers.len(),
            Scope::new(day(as_of), crate::base::window::Window::All.on(day(as_of), 1), chrono_tz::UTC, 2),
        );
        acc.order(&OrderLine { id: "1", customer: "a", date: day(as_of), amount: Money(fen.into()), kind: None });
        let tiering = decide(&customers, &[], &rules(), &acc.settled());
        apply(draft, &tiering, "built-in", &|outcome| outcome.reason.code().to_owned())
    }

    #[test]
    fn changes_are_recorded_once() {
        let mut draft = draft();
        assert_eq!(applied(&mut draft, "2026-11-23", 10_000), 2);
        assert_eq!(applied(&mut draft, "2026-11-23", 10_000), 0);
        let a = draft.customers.get("a").unwrap();
        assert_eq!((a.tier.as_str(), a.tier_since, a.tier_until), ("A", Some(day("2026-11-23")), None));
        // the same day with other facts: the day's decision is replaced and still tells where it came from
        assert_eq!(applied(&mut draft, "2026-11-23", 0), 1);
        let rows: Vec<_> = draft.tiers.iter().map(|row| (row.customer.as_str(), row.previous.as_str(), row.tier.as_str())).collect();
        assert_eq!(rows, [("a", "", "C"), ("b", "", "C")]);
    }

    #[test]
    fn a_tier_set_by_hand_stands_and_then_gives_way() {
        let mut draft = draft();
        applied(&mut draft, "2026-11-01", 0);
        let at = crate::base::instant::Instant::start_of(day("2026-11-10"), chrono_tz::UTC);
        let stamp = Stamp { recorded_at: at, at, actor: "t".into(), action: "tier", note: String::new() };
        let by_hand =
            |reason: &str, until| ByHand { customer: Id::parse("a").unwrap(), tier: "A".into(), until: day(until), reason: reason.into() };
        assert_eq!(set(&mut draft, &stamp, by_hand(" ", "2026-12-01")).unwrap_err()[0].what, What::Required);
        assert!(matches!(set(&mut draft, &stamp, by_hand("x", "2026-11-09")).unwrap_err()[0].what, What::TimeOrder { .. }));
        set(&mut draft, &stamp, by_hand("founder", "2026-12-01")).unwrap();
        // before a later decision: the archive would say what the history contradicts
        let before = crate::base::instant::Instant::start_of(day("2026-10-20"), chrono_tz::UTC);
        let late = set(&mut draft, &Stamp { at: before, ..stamp.clone() }, by_hand("x", "2026-12-31")).unwrap_err();
        assert!(
            late[0].field.as_deref() == Some("--at")
                && matches!(&late[0].what, What::Usage { message } if message[1].contains("2026-11-10"))
        );
        assert_eq!(applied(&mut draft, "2026-12-01", 0), 0);
        assert_eq!(applied(&mut draft, "2026-12-02", 0), 1);
        let a = draft.customers.get("a").unwrap();
        assert_eq!((a.tier.as_str(), a.tier_since, a.tier_until), ("C", Some(day("2026-12-02")), None));
        assert_eq!(applied(&mut draft, "2026-12-02", 0), 0);
    }
}
