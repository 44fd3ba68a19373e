//! Releases and claims, rule by rule.

use chrono::NaiveDate;

use super::{Claim, OwnerChange, Purchases, Refusal, Touch, Why, releasable};
use crate::base::date::DateOrder;
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::money::Money;
use crate::engine::tiering::facts::OrderLine;
use crate::engine::tiering::index::Index;
use crate::model::cell::Tags;
use crate::model::customer::{Customer, CustomerStatus};
use crate::model::log::LogRow;
use crate::model::member::MemberIds;
use crate::model::order::OrderKind;
use crate::model::rules::archive::{OwnerRules, RawArchive};
use crate::model::staff::Staff;
use chrono_tz::Asia::Shanghai;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn rules(yaml: &str) -> OwnerRules {
    serde_yaml::from_str::<RawArchive>(yaml).unwrap().check().unwrap().owner
}

fn customer(owner: &str, tier: &str, since: &str) -> Customer {
    let mut customer = Customer::new(Id::parse("C1").unwrap(), String::new());
    (customer.owner, customer.tier, customer.since) = (owner.into(), tier.into(), since.parse().ok());
    customer
}

fn staff(name: &str, full: &str, until: &str) -> Staff {
    Staff {
        name: Id::parse(name).unwrap(),
        full_name: full.into(),
        department: String::new(),
        role: String::new(),
        skills: Tags::default(),
        regions: Tags::default(),
        capacity: None,
        email: String::new(),
        phone: String::new(),
        from: None,
        until: until.parse().ok(),
    }
}

#[test]
fn who_was_left_alone_for_long_may_be_released() {
    let rules = rules("owner: {retention: 100 days, protect: [A]}");
    let today = day("2026-11-23");
    let why = |customer: &Customer, touch: Touch| releasable(customer, &touch, &[], &rules, today);
    let none = Touch::default();
    // the hundredth day is 2026-08-15
    let (last, later) = (day("2026-08-15"), day("2026-08-16"));
    assert_eq!(why(&customer("Li", "B", "2026-08-15"), none), Some(Why::Idle(100)));
    assert_eq!(why(&customer("Li", "B", "2026-08-16"), none), None);
    let old = customer("Li", "B", "2020-01-01");
    for touch in [
        Touch { last_order: Some(later), ..none },
        Touch { last_contact: Some(later), ..none },
        Touch { owned_since: Some(later), last_order: Some(last), ..none },
    ] {
        assert_eq!(why(&old, touch), None, "{touch:?}");
    }
    assert_eq!(why(&old, Touch { last_order: Some(last), last_contact: Some(day("2026-01-01")), ..none }), Some(Why::Idle(100)));
    assert_eq!(why(&customer("Li", "A", "2020-01-01"), none), None, "protected");
    assert_eq!(why(&customer(" ", "B", "2020-01-01"), none), None, "nobody's");
    assert_eq!(why(&customer("Li", "B", ""), none), None, "nothing is known");
    assert_eq!(why(&customer("Li", "B", "2027-01-01"), none), None, "a day to come says nothing");
    let mut gone = old;
    gone.status = Some(CustomerStatus::Merged);
    assert_eq!(why(&gone, none), None);
}

#[test]
fn the_customers_of_who_left_may_be_released_also_protected_ones() {
    let (off, today) = (rules("owner: {retention: off, protect: [A]}"), day("2026-11-23"));
    let people = [
        staff("Li", "Li Lei", "2026-11-22"),
        staff("Bo", "", "2026-11-23"),
        staff("An", "Han Mei", "2026-01-01"),
        staff("Mei", "Han Mei", ""),
    ];
    let why = |owner: &str| releasable(&customer(owner, "A", "2026-11-23"), &Touch::default(), &people, &off, today);
    let left = Some(Why::Left(day("2026-11-22")));
    assert_eq!(["Li", "Li Lei", "Bo", "Han Mei", "Zoe"].map(why), [left, left, None, None, None]);
}

#[test]
fn claims_are_refused_for_each_reason() {
    let limits = rules("owner: {at_most: 2, again_after: 30 days}");
    let change = |customer: &str, on: &str, before: &str, after: &str| OwnerChange {
        customer: customer.into(),
        on: day(on),
        before: before.into(),
        after: after.into(),
    };
    let changes = [
        change("C1", "2026-10-01", "Li", ""),
        change("C0", "2026-10-25", "Li", "Bo"),
        change("C1", "2026-11-20", "Bo", ""),
        change("C9", "2026-11-20", "Li", ""),
    ];
    let is_mine = |name: &str| name == "Li";
    let claim = |held: usize, today: &str| Claim { is_mine: &is_mine, held, changes: &changes, rules: &limits, today: day(today) };
    let (free, taken) = (customer("", "B", ""), customer("Bo", "B", ""));
    assert_eq!(claim(0, "2026-11-24").refusals(&free, &["C1"]), []);
    // also what happened to one that was merged into it
    let soon = Refusal::TooSoon { given_up: day("2026-10-25"), from: day("2026-11-24") };
    assert_eq!(claim(0, "2026-11-23").refusals(&free, &["C1", "C0"]), std::slice::from_ref(&soon));
    assert_eq!(claim(0, "2026-11-24").refusals(&free, &["C1", "C0"]), []);
    assert_eq!(claim(2, "2026-11-23").refusals(&taken, &["C1", "C0"]), [Refusal::Taken("Bo".into()), Refusal::AtMost(2), soon]);
    let off = rules("owner: {at_most: off, again_after: off}");
    let free_of_rules = Claim { rules: &off, ..claim(99, "2026-11-23") };
    assert_eq!(free_of_rules.refusals(&free, &["C1", "C0"]), []);
}

#[test]
fn the_log_tells_who_had_a_customer() {
    let at = Instant::parse("2026-11-23 23:30", Shanghai, DateOrder::Iso).unwrap();
    let row = |action: &str, before: &str, after: &str| LogRow {
        seq: 1,
        recorded_at: at,
        at,
        actor: "x".into(),
        action: action.into(),
        table: "customers".into(),
        id: "C1".into(),
        before: before.into(),
        after: after.into(),
        note: String::new(),
        salt: String::new(),
        digest: String::new(),
        chain: String::new(),
    };
    let of = |action: &str, before: &str, after: &str| {
        OwnerChange::of(&row(action, before, after), Shanghai).map(|change| (change.before, change.after, change.on.to_string()))
    };
    let told = |before: &str, after: &str| Some((before.to_owned(), after.to_owned(), "2026-11-23".to_owned()));
    assert_eq!(of("claim", r#"{"owner":""}"#, r#"{"owner":"Li"}"#), told("", "Li"));
    assert_eq!(of("add", "", r#"{"name":"x","owner":"Li"}"#), told("", "Li"));
    assert_eq!(of("release", r#"{"owner":"Li"}"#, r#"{"owner":""}"#), told("Li", ""));
    assert_eq!(of("edit", r#"{"note":"a"}"#, r#"{"note":"the \"owner\""}"#), None);
    assert_eq!(of("undo", r#"{"owner":"Li"}"#, r#"{"owner":""}"#), None);
    assert_eq!(of("edit", "", "not json"), None);
}

proptest! {
    /// However the lines are dealt out to threads, the sums are the same; what a merged customer bought is the survivor's.
    #[test]
    fn purchases_add_up(lines in prop::collection::vec((0..4_usize, 0..40_u64, -50..200_i64, 0..3_usize), 0..40)) {
        let mut archive: Vec<Customer> = ["C1", "C2", "C3"].map(|id| Customer::new(Id::parse(id).unwrap(), String::new())).into();
        archive[1].merged_into = Some(Id::parse("C3").unwrap());
        let index = Index::of(&MemberIds::of(&archive));
        let today = day("2026-11-23");
        let mut threads: Vec<Purchases<'_>> = (0..3).map(|_| Purchases::new(&index, archive.len(), today)).collect();
        let mut expected = [(0_i128, None::<NaiveDate>); 3];
        for (whose, ago, amount, thread) in &lines {
            let date = day("2026-11-30") - chrono::Days::new(*ago);
            let line = OrderLine { id: "o", customer: ["C1", "C2", "C3", "C9"][*whose], date, amount: Money((*amount).into()), kind: None::<OrderKind> };
            threads[*thread].order(&line);
            if date <= today && *whose < 3 {
                let one = &mut expected[if *whose == 1 { 2 } else { *whose }];
                one.0 += i128::from(*amount);
                one.1 = if *amount >= 0 { one.1.max(Some(date)) } else { one.1 };
            }
        }
        let found: Vec<_> = Purchases::together(threads).into_iter().map(|bought| (bought.spend().0, bought.last())).collect();
        prop_assert_eq!(found, expected.to_vec());
    }
}
