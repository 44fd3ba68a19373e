use std::collections::HashMap;

use chrono::NaiveDate;
use proptest::prelude::*;

use super::booking::{Booking, Facts, book};
use super::earning::{Line, Orders, Present, TierDays};
use super::ledger::{ByCustomer, shortfall};
use super::{Ledger, Lot};
use crate::base::date::plus_days;
use crate::base::id::Id;
use crate::base::money::Money;
use crate::engine::tiering::index::Index;
use crate::model::customer::Customer;
use crate::model::member::MemberIds;
use crate::model::points::{PointsKind, PointsRow};
use crate::model::rules::points::{PointsRules, RawPoints};
use crate::model::tier::{DecidedBy, TierDecision};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// So many days after the first of January 2026.
fn nth(days: u64) -> NaiveDate {
    plus_days(day("2026-01-01"), days)
}

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

fn rules(yaml: &str) -> PointsRules {
    serde_yaml::from_str::<RawPoints>(yaml).unwrap().check(&["A".to_owned(), "B".to_owned()]).unwrap()
}

const PLAIN: &str = "{start: 2026-01-01, earn: {points: 1, per: 10}, expire: 30 days}";

/// One line: order, customer, date, fen; a negative one is a refund.
type OrderLine = (String, &'static str, NaiveDate, i64);

/// Customers, order lines and a ledger, and what a run does to it.
struct World {
    archive: Vec<Customer>,
    lines: Vec<OrderLine>,
    rows: Vec<PointsRow>,
    decisions: Vec<TierDecision>,
}

impl World {
    fn new() -> World {
        let archive = ["C1", "C2", "C3"].iter().map(|text| Customer::new(id(text), String::new())).collect();
        World { archive, lines: Vec::new(), rows: Vec::new(), decisions: Vec::new() }
    }

    fn with(lines: &[(&str, &'static str, &str, i64)]) -> World {
        let lines = lines.iter().map(|(order, customer, date, fen)| ((*order).to_owned(), *customer, day(date), *fen)).collect();
        World { lines, ..World::new() }
    }

    fn looked(&self, rules: &PointsRules, hash: &str, until: NaiveDate, today: NaiveDate) -> Booking {
        let ids = MemberIds::of(&self.archive);
        let (index, own) = (Index::of(&ids), Index::unmerged(&ids));
        let ledger = ByCustomer::new(&self.rows, &index);
        let mut orders = Orders::new(&index, &own);
        for (id, customer, date, fen) in self.lines.iter().filter(|line| line.2 <= today) {
            let product = if id.starts_with('X') { "礼品卡" } else { "茶" };
            orders.line(&Line { id, customer, date: *date, amount: Money((*fen).into()), kind: None, product }, rules);
        }
        let customers: Vec<(&str, bool)> = self.archive.iter().map(|customer| (customer.id.as_str(), customer.is_active())).collect();
        let tiers = TierDays::new(&self.decisions, &own, HashMap::new());
        let (index, ledger, orders, tiers) = (&index, &ledger, &orders, &tiers);
        book(&Facts { rules, hash, customers: &customers, index, ledger, orders, tiers, digits: 2, until, today })
    }

    fn enter(&mut self, mut row: PointsRow) -> String {
        row.id = id(&format!("L{:09}", self.rows.len() + 1));
        self.rows.push(row);
        self.rows.last().unwrap().id.to_string()
    }

    /// Books, and says what: customer, date, kind, points.
    fn run(&mut self, rules: &PointsRules, hash: &str, today: &str) -> Vec<String> {
        let today = day(today);
        let booking = self.looked(rules, hash, today, today);
        let told = |row: &PointsRow| format!("{} {} {:?} {}", row.customer, row.date, row.kind, row.points);
        booking.rows.into_iter().map(|row| (told(&row), self.enter(row)).0).collect()
    }

    fn spend(&mut self, customer: &str, date: &str, points: i64) {
        self.enter(PointsRow::new(id(customer), day(date), PointsKind::Redeem, -points));
    }

    fn of(&self, customer: &str, date: &str) -> Ledger<'_> {
        Ledger::replay(self.rows.iter().filter(|row| row.customer.as_str() == customer), day(date))
    }
}

#[test]
fn an_order_earns_once_and_runs_out_on_the_day_after() {
    let mut world = World::with(&[("1", "C1", "2026-01-10", 10_999), ("1", "C1", "2026-01-10", 3_000)]);
    let rules = rules(PLAIN);
    assert_eq!(world.run(&rules, "h", "2026-02-09"), ["C1 2026-01-10 Earn 13"]);
    assert_eq!(world.of("C1", "2026-02-09").balance(), 13);
    assert_eq!(world.of("C1", "2026-02-10").balance(), 0, "not booked yet, and gone");
    assert_eq!(world.run(&rules, "h", "2026-02-09"), [""; 0]);
    assert_eq!(world.run(&rules, "h", "2026-02-10"), ["C1 2026-02-10 Expire -13"]);
    assert_eq!(world.run(&rules, "h", "2026-12-31"), [""; 0]);
}

#[test]
fn a_leap_day_and_a_month_end() {
    let yaml = |at| format!("{{start: 2024-01-01, earn: {{points: 1, per: 10}}, expire: 12 months, expire_at: {at}}}");
    for (at, gone) in [("exact", "2025-03-01"), ("month_end", "2025-03-01"), ("year_end", "2026-01-01")] {
        let mut world = World::with(&[("1", "C1", "2024-02-29", 1_000)]);
        let booked = world.run(&rules(&yaml(at)), "h", "2026-06-01");
        assert_eq!(booked, ["C1 2024-02-29 Earn 1".to_owned(), format!("C1 {gone} Expire -1")], "{at}");
    }
}

#[test]
fn a_refund_takes_back_its_share_from_its_own_lot_first() {
    let mut world = World::with(&[("1", "C1", "2026-01-10", 10_000), ("2", "C1", "2026-01-01", 5_000)]);
    let rules = rules(PLAIN);
    world.run(&rules, "h", "2026-01-12");
    world.lines.push(("1".into(), "C1", day("2026-01-13"), -3_950));
    assert_eq!(world.run(&rules, "h", "2026-01-14"), ["C1 2026-01-14 Reverse -4"]);
    let ledger = world.of("C1", "2026-01-14");
    assert_eq!((ledger.lots[1].row.order.as_ref().unwrap().as_str(), ledger.lots[1].reversed, ledger.lots[1].left), ("1", 4, 6));
    world.lines.push(("1".into(), "C1", day("2026-01-15"), -6_050));
    assert_eq!(world.run(&rules, "h", "2026-01-15"), ["C1 2026-01-15 Reverse -6"]);
    assert_eq!(world.of("C1", "2026-01-15").balance(), 5);
}

#[test]
fn what_was_spent_is_taken_back_when_there_is_something_again() {
    let mut world = World::with(&[("1", "C1", "2026-01-10", 10_000)]);
    let strict = rules(PLAIN);
    world.run(&strict, "h", "2026-01-10");
    world.spend("C1", "2026-01-11", 8);
    world.lines.push(("1".into(), "C1", day("2026-01-12"), -10_000));
    assert_eq!(world.run(&strict, "h", "2026-01-12"), ["C1 2026-01-12 Reverse -2"]);
    let owed = world.looked(&strict, "h", day("2026-01-12"), day("2026-01-12"));
    assert_eq!((owed.rows.len(), owed.owed[0].points, owed.owed[0].order.as_str()), (0, 8, "1"));
    assert_eq!(world.of("C1", "2026-01-12").balance(), 0);
    world.lines.push(("2".into(), "C1", day("2026-01-20"), 5_000));
    assert_eq!(world.run(&strict, "h", "2026-01-20"), ["C1 2026-01-20 Earn 5", "C1 2026-01-20 Reverse -5"]);
    // a change of the rules does not forgive the rest
    world.lines.push(("3".into(), "C1", day("2026-01-21"), 20_000));
    assert_eq!(world.run(&strict, "new", "2026-01-21"), ["C1 2026-01-21 Earn 20", "C1 2026-01-21 Reverse -3"]);
    assert_eq!(world.of("C1", "2026-01-21").balance(), 17);
    assert_eq!(world.run(&strict, "new", "2026-01-21"), [""; 0]);
}

#[test]
fn an_order_that_changed_without_a_difference_is_noted() {
    let mut world = World::with(&[("X", "C1", "2026-01-10", 10_000), ("1", "C1", "2026-01-10", 10_050)]);
    let excluding = rules("{start: 2026-01-01, earn: {points: 1, per: 10}, exclude_products: [礼品卡]}");
    assert_eq!(world.run(&excluding, "h", "2026-01-10"), ["C1 2026-01-10 Earn 10"]);
    world.lines[1].3 = 10_000;
    assert_eq!(world.run(&excluding, "h", "2026-01-11"), ["C1 2026-01-11 Earn 0"]);
    for hash in ["h", "other"] {
        assert_eq!(
            world
                .looked(&rules(PLAIN), hash, day("2026-01-12"), day("2026-01-12"))
                .rows
                .iter()
                .filter(|row| row.order == Some(id("1")))
                .count(),
            0
        );
    }
}

#[test]
fn below_zero_where_the_rules_say_so() {
    let mut world = World::with(&[("1", "C1", "2026-01-10", 10_000)]);
    let negative = rules("{start: 2026-01-01, earn: {points: 1, per: 10}, negative: true}");
    world.run(&negative, "h", "2026-01-10");
    world.spend("C1", "2026-01-11", 8);
    world.lines.push(("1".into(), "C1", day("2026-01-12"), -10_000));
    assert_eq!(world.run(&negative, "h", "2026-01-12"), ["C1 2026-01-12 Reverse -10"]);
    assert_eq!(world.of("C1", "2026-01-12").balance(), -8);
    // what is owed already does not let more be spent
    let debit = PointsRow::new(id("C1"), day("2026-01-13"), PointsKind::Redeem, -3);
    assert_eq!(shortfall(&world.rows.iter().collect::<Vec<_>>(), &debit, day("2026-01-13")), Some(0));
    world.lines.push(("2".into(), "C1", day("2026-01-20"), 20_000));
    world.run(&negative, "h", "2026-01-20");
    let ledger = world.of("C1", "2026-01-20");
    assert_eq!((ledger.balance(), ledger.lots[1].reversed, ledger.owed()), (12, 8, 0));
}

#[test]
fn a_refund_of_points_that_ran_out_takes_nothing_more() {
    let mut world = World::with(&[("1", "C1", "2026-01-01", 10_000), ("2", "C1", "2026-01-31", 5_000)]);
    let rules = rules(PLAIN);
    world.run(&rules, "h", "2026-02-05");
    world.lines.push(("1".into(), "C1", day("2026-02-06"), -10_000));
    // a note of what the order came to, once
    assert_eq!(world.run(&rules, "h", "2026-02-06"), ["C1 2026-02-06 Earn 0"]);
    assert_eq!(world.run(&rules, "h", "2026-02-06"), [""; 0]);
    assert_eq!(world.of("C1", "2026-02-06").balance(), 5);
}

#[test]
fn new_rules_leave_what_was_booked_and_a_refund_keeps_the_old_rate() {
    let mut world = World::with(&[("1", "C1", "2026-01-10", 10_000), ("2", "C1", "2026-01-10", 10_000)]);
    world.run(&rules(PLAIN), "old", "2026-01-10");
    let new = rules("{start: 2026-01-11, earn: {points: 5, per: 10}, expire: 30 days}");
    assert_eq!(world.run(&new, "new", "2026-01-10"), [""; 0]);
    world.lines.push(("1".into(), "C1", day("2026-01-11"), -2_500));
    world.lines.push(("3".into(), "C1", day("2026-01-11"), 1_000));
    assert_eq!(world.run(&new, "new", "2026-01-11"), ["C1 2026-01-11 Earn 5", "C1 2026-01-11 Reverse -3"]);
    assert_eq!(world.run(&new, "new", "2026-01-11"), [""; 0]);
    // corrected upwards again
    world.lines.pop();
    world.lines.pop();
    world.lines.push(("3".into(), "C1", day("2026-01-11"), 1_000));
    assert_eq!(world.run(&new, "new", "2026-01-12"), ["C1 2026-01-12 Earn 3"]);
    assert_eq!(world.run(&new, "new", "2026-01-12"), [""; 0]);
}

#[test]
fn start_minimum_products_and_tier() {
    let decided = |on: &str, tier: &str, until: Option<&str>| TierDecision {
        customer: id("C1"),
        tier: tier.into(),
        previous: String::new(),
        score: None,
        decided_on: day(on),
        until: until.map(day),
        by: DecidedBy::Rule,
        reasons: String::new(),
        rules: String::new(),
        batch: String::new(),
    };
    let rules =
        rules("{start: 2026-01-05, earn: {points: 1, per: 10}, minimum: 20, multiplier: {A: 2, B: 1.5}, exclude_products: [礼品卡]}");
    let mut world = World::with(&[
        ("0", "C1", "2026-01-04", 10_000),
        ("1", "C1", "2026-01-05", 10_000),
        ("2", "C1", "2026-01-09", 10_000),
        ("3", "C1", "2026-01-10", 10_000),
        ("4", "C1", "2026-01-20", 10_000),
        ("5", "C1", "2026-01-20", 1_999),
        ("X", "C1", "2026-01-20", 10_000),
    ]);
    world.decisions = vec![decided("2026-01-10", "B", Some("2026-01-19")), decided("2026-01-09", "A", None)];
    let booked = world.run(&rules, "h", "2026-01-31");
    assert_eq!(booked, ["C1 2026-01-05 Earn 10", "C1 2026-01-09 Earn 20", "C1 2026-01-10 Earn 15", "C1 2026-01-20 Earn 10"]);
    // without any decision the archive's tier counts from its day on
    let ids = MemberIds::of(&world.archive);
    let present = Present { tier: "A".into(), since: Some(day("2026-01-02")), until: None };
    let days = TierDays::new(&[], &Index::of(&ids), HashMap::from([(0, present)]));
    assert_eq!((days.on(0, day("2026-01-01")), days.on(0, day("2026-01-02")), days.on(1, day("2026-01-02"))), ("", "A", ""));
}

#[test]
fn merged_customers_count_for_the_survivor_and_change_nothing() {
    let mut world = World::with(&[("1", "C1", "2026-01-10", 10_000), ("1", "C2", "2026-01-10", 5_000), ("2", "C2", "2026-01-11", 5_000)]);
    let rules = rules(PLAIN);
    assert_eq!(world.run(&rules, "h", "2026-01-12").len(), 3);
    world.archive[1].merged_into = Some(id("C1"));
    world.archive[1].status = Some(crate::model::customer::CustomerStatus::Merged);
    // the two orders of one id are one now, and no point more or less
    assert_eq!(world.run(&rules, "h", "2026-01-12"), ["C1 2026-01-12 Earn 0"]);
    assert_eq!(world.run(&rules, "h", "2026-01-12"), [""; 0]);
    let ids = MemberIds::of(&world.archive);
    let by = ByCustomer::new(&world.rows, &Index::of(&ids)).ledgers(day("2026-01-12")).map(|(at, l)| (at, l.balance())).collect::<Vec<_>>();
    assert_eq!(by, [(0, 20)]);
}

#[test]
fn an_order_given_to_another_customer_goes_with_its_points() {
    let mut world = World::with(&[("1", "C1", "2026-01-10", 10_000)]);
    let rules = rules(PLAIN);
    world.run(&rules, "h", "2026-01-10");
    world.lines[0].1 = "C2";
    assert_eq!(world.run(&rules, "h", "2026-01-12"), ["C1 2026-01-12 Reverse -10", "C2 2026-01-10 Earn 10"]);
    assert_eq!(world.run(&rules, "h", "2026-01-12"), [""; 0]);
}

#[test]
fn a_referral_is_rewarded_once() {
    let mut world = World::with(&[("9", "C2", "2026-01-09", 10_000)]);
    let yaml = "{start: 2026-06-01, earn: {points: 1, per: 10}, referral: {referrer: 200, referred: 100}}";
    let record = |referrer: &str, referred: &str, date: &str| PointsRow {
        referred: Some(id(referred)),
        ..PointsRow::new(id(referrer), day(date), PointsKind::Referral, 0)
    };
    world.enter(record("C1", "C2", "2026-01-10"));
    assert_eq!(world.run(&rules(yaml), "h", "2026-01-20"), [""; 0], "nothing bought since");
    world.lines.push(("1".into(), "C2", day("2026-01-21"), 1_000));
    world.lines.push(("1".into(), "C2", day("2026-01-21"), -1_000));
    assert_eq!(world.run(&rules(yaml), "h", "2026-01-21"), [""; 0], "nothing that was kept");
    world.lines.push(("2".into(), "C2", day("2026-01-22"), 1_000));
    let expected = ["C1 2026-01-22 Referral 200", "C2 2026-01-22 Referral 100"];
    assert_eq!(world.run(&rules(yaml), "h", "2026-01-25"), expected);
    world.enter(record("C3", "C2", "2026-01-11"));
    assert_eq!(world.run(&rules(yaml), "new", "2026-01-25"), [""; 0], "whoever came second gets nothing");
    let at_once = "{referral: {referrer: 5, referred: 0, after: at_once}}";
    world.enter(record("C1", "C3", "2026-01-11"));
    assert_eq!(world.run(&rules(at_once), "h", "2026-01-25"), ["C1 2026-01-11 Referral 5"]);
}

#[test]
fn a_late_redemption_gives_back_what_was_booked_as_run_out() {
    let mut world = World::with(&[("1", "C1", "2026-01-10", 10_000)]);
    let rules = rules(PLAIN);
    world.run(&rules, "h", "2026-02-10");
    world.spend("C1", "2026-02-01", 4);
    assert_eq!(world.run(&rules, "h", "2026-02-20"), ["C1 2026-02-10 Expire 4"]);
    assert_eq!(world.rows.iter().map(|row| row.points).sum::<i64>(), 0);
    // and one that would leave a later one without cover is refused
    let rows: Vec<&PointsRow> = world.rows.iter().collect();
    let late = |points| PointsRow::new(id("C1"), day("2026-01-20"), PointsKind::Redeem, points);
    assert_eq!((shortfall(&rows, &late(-6), nth(60)), shortfall(&rows, &late(-7), nth(60))), (None, Some(6)));
}

/// What somebody does on a day: buy, refund an order, spend, give.
#[derive(Debug, Clone)]
enum Deed {
    Buy { order: u8, fen: i64 },
    Refund { order: u8, share: u8 },
    Spend(i64),
    Gift(i64),
}

fn deeds() -> impl Strategy<Value = Vec<(u64, u8, Deed)>> {
    let deed = prop_oneof![
        4 => (0_u8..12, 1_i64..50_000).prop_map(|(order, fen)| Deed::Buy { order, fen }),
        1 => (0_u8..12, 1_u8..=100).prop_map(|(order, share)| Deed::Refund { order, share }),
        3 => (1_i64..60).prop_map(Deed::Spend),
        1 => (1_i64..60).prop_map(Deed::Gift),
    ];
    prop::collection::vec((0_u64..120, 0_u8..3, deed), 1..40).prop_map(|mut deeds| {
        deeds.sort_by_key(|(day, ..)| *day);
        deeds
    })
}

const WHO: [&str; 3] = ["C1", "C2", "C3"];

/// Lives through the deeds with a run after each. Spending is refused where the ledger has too little.
fn lived(deeds: &[(u64, u8, Deed)], rules: &PointsRules, every: bool) -> World {
    let mut world = World::new();
    for (days, who, deed) in deeds {
        let (date, customer) = (nth(*days), WHO[usize::from(*who)]);
        match deed {
            Deed::Buy { order, fen } => world.lines.push((format!("{customer}-{order}"), customer, date, *fen)),
            Deed::Refund { order, share } => {
                let id = format!("{customer}-{order}");
                let net: i64 = world.lines.iter().filter(|line| line.0 == id).map(|line| line.3).sum();
                world.lines.push((id, customer, date, -net * i64::from(*share) / 100));
            }
            Deed::Gift(points) => {
                let row = PointsRow::new(id(customer), date, PointsKind::Gift, *points);
                world.enter(PointsRow { expires_on: rules.expires_on(date), ..row });
            }
            Deed::Spend(points) => {
                let row = PointsRow::new(id(customer), date, PointsKind::Redeem, -points);
                let rows: Vec<&PointsRow> = world.rows.iter().filter(|row| row.customer.as_str() == customer).collect();
                if shortfall(&rows, &row, date).is_none() {
                    world.enter(row);
                }
            }
        }
        if every {
            world.run(rules, "h", &date.to_string());
        }
    }
    world.run(rules, "h", &nth(200).to_string());
    world
}

proptest! {
    #[test]
    fn every_lot_adds_up_and_no_balance_is_below_zero(deeds in deeds()) {
        let world = lived(&deeds, &rules(PLAIN), true);
        for customer in WHO {
            for days in 0..200 {
                let ledger = world.of(customer, &nth(days).to_string());
                prop_assert!(ledger.balance() >= 0 && ledger.owed() == 0 && ledger.uncovered == 0);
                prop_assert_eq!(ledger.live().map(|lot| lot.left).sum::<i64>(), ledger.balance());
                let spent = |lot: &Lot<'_>| (lot.spent, lot.reversed);
                for lot in &ledger.lots {
                    prop_assert_eq!(lot.row.points, lot.left + lot.spent + lot.reversed + lot.expired);
                    prop_assert!(lot.left >= 0 && spent(lot) >= (0, 0) && lot.expired >= 0);
                }
                for debit in &ledger.debits {
                    prop_assert_eq!(debit.took.iter().map(|(_, points)| points).sum::<i64>(), -debit.row.points);
                }
            }
        }
    }

    #[test]
    fn after_a_run_the_column_adds_up_to_the_balance_of_every_day(deeds in deeds()) {
        let world = lived(&deeds, &rules(PLAIN), true);
        for customer in WHO {
            for days in 0..200 {
                let date = nth(days);
                let sum: i64 = world.rows.iter().filter(|row| row.customer.as_str() == customer && row.date <= date).map(|row| row.points).sum();
                prop_assert_eq!(sum, world.of(customer, &date.to_string()).balance(), "{} {}", customer, date);
            }
        }
    }

    #[test]
    fn a_second_run_books_nothing(deeds in deeds(), negative in any::<bool>()) {
        let yaml = format!("{{start: 2026-01-10, earn: {{points: 1, per: 10}}, expire: 30 days, minimum: 5, negative: {negative}}}");
        let rules = rules(&yaml);
        let world = lived(&deeds, &rules, true);
        for (hash, until) in [("h", 200), ("h", 60), ("other", 200)] {
            let again = world.looked(&rules, hash, nth(until), nth(200)).rows;
            let news = again.iter().filter(|row| hash == "h" || world.rows.iter().any(|known| known.order == row.order));
            prop_assert_eq!(news.collect::<Vec<_>>(), Vec::<&PointsRow>::new(), "{} {}", hash, until);
        }
    }

    /// Without refunds or late lines it does not matter how often somebody runs it.
    #[test]
    fn day_by_day_is_the_same_as_at_once(deeds in deeds()) {
        let mut bought = std::collections::HashSet::new();
        let plain = |(_, who, deed): &(u64, u8, Deed)| match deed {
            Deed::Buy { order, .. } => bought.insert((*who, *order)),
            Deed::Gift(_) => true,
            _ => false,
        };
        let deeds: Vec<(u64, u8, Deed)> = deeds.into_iter().filter(plain).collect();
        let told = |every: bool| {
            let world = lived(&deeds, &rules(PLAIN), every);
            let mut rows: Vec<String> = world.rows.iter().map(|row| format!("{:?}", PointsRow { id: id("x"), ..row.clone() })).collect();
            rows.sort();
            rows
        };
        prop_assert_eq!(told(true), told(false));
    }

    #[test]
    fn an_order_in_lines_is_the_same_as_in_one(lines in prop::collection::vec(1_i64..90_000, 1..6), rotate in 0_usize..6) {
        let rules = rules(PLAIN);
        let mut split = World::new();
        split.lines = lines.iter().map(|fen| ("1".to_owned(), "C1", nth(3), *fen)).collect();
        let at = rotate % split.lines.len();
        split.lines.rotate_left(at);
        let mut one = World::new();
        one.lines = vec![("1".to_owned(), "C1", nth(3), lines.iter().sum())];
        prop_assert_eq!(split.run(&rules, "h", "2026-01-05"), one.run(&rules, "h", "2026-01-05"));
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter(deeds in deeds(), seed in any::<prop::sample::Index>()) {
        let mut world = lived(&deeds, &rules(PLAIN), true);
        prop_assume!(!world.rows.is_empty());
        let told = |world: &World| WHO.map(|customer| {
            let ledger = world.of(customer, "2026-05-01");
            (format!("{:?}", ledger.lots), format!("{:?}", ledger.debits))
        });
        let before = told(&world);
        let at = seed.index(world.rows.len());
        world.rows.rotate_left(at);
        world.rows.reverse();
        prop_assert_eq!(told(&world), before);
    }
}
