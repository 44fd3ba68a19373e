//! What holds of every life.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::life::Life;
use super::tests::{World, day, rules};
use crate::base::date::plus_days;
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::model::lifecycle::Class;
use crate::model::request::{Request, RequestType, Severity, Stage};
use crate::model::vocabulary::Code;

/// Some days of three years: purchases (with amounts below zero: refunds) and contacts.
fn world() -> impl Strategy<Value = World> {
    let order = (0..3_usize, 0..1000_u64, prop_oneof![4 => Just(5_000_i64), 1 => Just(-1_000)]);
    let talk = (0..3_usize, 0..1000_u64);
    let asked = (0..3_usize, 0..900_u64, prop::option::of(0..100_u64), 0..4_usize, prop::option::of(1..6_u32));
    let all = (prop::collection::vec(order, 0..25), prop::collection::vec(talk, 0..10), prop::collection::vec(asked, 0..4));
    all.prop_map(|(orders, talks, asked)| {
        let mut world = World::of(&["C1", "C2", "C3"]);
        let name = |at: usize| ["C1", "C2", "C3"][at];
        world.orders = orders.into_iter().map(|(at, n, amount)| (name(at), on(n), amount)).collect();
        world.talks = talks.into_iter().map(|(at, n)| (name(at), on(n))).collect();
        let request = |(at, n, took, severity, feedback): (usize, u64, Option<u64>, usize, Option<u32>)| {
            let moment = |n: u64| Instant::start_of(on(n), chrono_tz::UTC);
            let mut request = Request::new(Id::made("R1".to_owned()), moment(n), String::new());
            (request.customer, request.r#type) = (Some(Id::made(name(at).to_owned())), Some(RequestType::Complaint));
            (request.severity, request.feedback) = (Severity::ALL[severity], feedback);
            request.resolved_at = took.map(|took| moment(n + took));
            request.stage = took.map_or(Stage::Assigned, |_| Stage::Closed);
            request
        };
        world.requests = asked.into_iter().map(request).collect();
        world
    })
}

fn on(n: u64) -> NaiveDate {
    plus_days(day("2024-01-01"), n)
}

/// How far gone: 0 for who is neither silent nor lost.
fn gone(class: Class) -> u8 {
    match class {
        Class::Silent => 1,
        Class::Lost => 2,
        _ => 0,
    }
}

proptest! {
    // the book's median is held fast: an order may move it, and with it those who have few of their own
    #[test]
    fn a_later_sign_of_life_makes_nobody_more_silent(
        world in world(), more in 0..200_u64, after in 0..400_u64, buys: bool, book in 1..4000_i64,
    ) {
        let (rules, as_of) = (rules("{}"), on(1000 + more + after));
        let mut later = world.clone();
        if buys {
            later.orders.push(("C1", on(1000 + more), 5_000));
        } else {
            later.talks.push(("C1", on(1000 + more)));
        }
        let (before, now) = (world.known(as_of), later.known(as_of));
        let (before, now) = (Life::new(&before, 0, None, book, &rules).standing(0), Life::new(&now, 0, None, book, &rules).standing(0));
        let bought = !matches!(before.class, Class::Potential | Class::Problem);
        prop_assert!(!bought || gone(now.class) <= gone(before.class), "{before:?} {now:?}");
        prop_assert!(now.reason.silent_on >= before.reason.silent_on && now.reason.lost_on >= before.reason.lost_on, "{before:?} {now:?}");
    }

    #[test]
    fn everybody_has_one_class_that_began_and_lasts_until_it_is_foreseen_to_end(world in world(), as_of in 0..1500_u64) {
        let (rules, as_of) = (rules("{}"), on(as_of));
        let lives = world.live(as_of, &rules);
        prop_assert_eq!(lives.rows.len(), 3);
        prop_assert_eq!(lives.sums().iter().map(|(_, sum)| sum.customers).sum::<usize>(), 3);
        for row in &lives.rows {
            prop_assert!(row.since.is_none_or(|since| since <= as_of));
            prop_assert!(row.class == Class::Problem || row.reason.last.is_none() == (row.class == Class::Potential));
            prop_assert!(row.value.0 >= 0);
            let Some((on, class)) = row.next else { continue };
            prop_assert!(on > as_of && class != row.class);
        }
    }

    #[test]
    fn what_is_foreseen_comes_true(world in world(), as_of in 1000..1300_u64) {
        // with facts of the past alone: the day before the change and the day of it
        let (rules, as_of) = (rules("{}"), on(as_of));
        for row in &world.live(as_of, &rules).rows {
            let Some((on, class)) = row.next else { continue };
            let then = |day: NaiveDate| world.live(day, &rules).rows[row.position].clone();
            let eve = then(on.pred_opt().unwrap());
            prop_assert_eq!((eve.class, eve.since), (row.class, row.since));
            prop_assert_eq!((then(on).class, then(on).since), (class, Some(on)));
        }
    }

    #[test]
    fn the_order_of_the_facts_does_not_matter(world in world(), as_of in 0..1500_u64) {
        let mut turned = world.clone();
        turned.orders.reverse();
        turned.talks.reverse();
        let rules = rules("{}");
        prop_assert_eq!(world.live(on(as_of), &rules), turned.live(on(as_of), &rules));
    }
}
