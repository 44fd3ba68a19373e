//! What counts and what does not, and how it adds up.

use super::{Accumulators, Facts, OrderLine, Scope};
use crate::base::duration::Span;
use crate::base::id::Id;
use crate::base::money::Money;
use crate::base::window::Window;
use crate::engine::tiering::index::Index;
use crate::model::customer::Customer;
use crate::model::member::MemberIds;
use crate::model::order::OrderKind;
use chrono::NaiveDate;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn customer(id: &str) -> Customer {
    Customer::new(Id::parse(id).unwrap(), String::new())
}

fn line<'a>(customer: &'a str, id: &'a str, date: &str, fen: i64) -> OrderLine<'a> {
    OrderLine { id, customer, date: day(date), amount: Money(fen.into()), kind: None }
}

fn scope(as_of: &str) -> Scope {
    Scope::new(day(as_of), Window::Rolling(Span::Months(12)).on(day(as_of), 1), chrono_tz::UTC, 2)
}

#[test]
fn the_window_is_open_at_its_start_and_closed_at_its_end() {
    let (a, b) = (customer("A"), customer("B"));
    let index = Index::of(&MemberIds::of([&a, &b]));
    let mut acc = Accumulators::new(&index, 2, scope("2026-11-23"));
    for (id, date) in [("o1", "2025-11-23"), ("o2", "2025-11-24"), ("o3", "2026-11-23"), ("o4", "2026-11-24")] {
        acc.order(&line("A", id, date, 10_000));
    }
    acc.order(&line("X", "o5", "2026-11-01", 1));
    let acc = acc.settled();
    let facts = acc.facts(0);
    assert_eq!((facts.spend, facts.orders, facts.sales), (20_000, 2, 3));
    assert_eq!((facts.first_sale, facts.last_sale), (Some(day("2025-11-23")), Some(day("2026-11-23"))));
    assert_eq!((acc.left_out.future_dated, acc.left_out.unknown_customers, acc.facts(1)), (1, 1, Facts::default()));
}

#[test]
fn lines_of_one_order_count_once_wherever_they_stand_and_refunds_are_no_orders() {
    let (a, b) = (customer("A"), customer("B"));
    let index = Index::of(&MemberIds::of([&a, &b]));
    let mut acc = Accumulators::new(&index, 2, scope("2026-11-23"));
    for (who, id, fen) in [("A", "1", 500), ("A", "2", 300), ("A", "1", 200), ("B", "1", 100), ("A", "1", -200)] {
        acc.order(&line(who, id, "2026-10-01", fen));
    }
    acc.order(&OrderLine { kind: Some(OrderKind::Refund), ..line("A", "9", "2026-11-20", -300) });
    let acc = acc.settled();
    let facts = acc.facts(0);
    assert_eq!((facts.spend, facts.orders, facts.lines, facts.sale_lines), (500, 2, 5, 3));
    assert_eq!(facts.last_sale, Some(day("2026-10-01")));
    assert_eq!(acc.facts(1).orders, 1);
}

#[test]
fn a_merged_customers_facts_count_for_the_one_it_went_into() {
    let (a, mut b, mut c) = (customer("A"), customer("B"), customer("C"));
    b.merged_into = Some(a.id.clone());
    c.merged_into = Some(b.id.clone());
    let ids = Index::of(&MemberIds::of([&c, &a, &b]));
    let mut acc = Accumulators::new(&ids, 3, scope("2026-11-23"));
    acc.order(&line("C", "1", "2026-10-01", 700));
    let acc = acc.settled();
    assert_eq!((acc.facts(1).spend, acc.facts(0).spend), (700, 0));
    // a ring ends
    let (mut one, mut two) = (customer("X"), customer("Y"));
    (one.merged_into, two.merged_into) = (Some(two.id.clone()), Some(one.id.clone()));
    let ring = Index::of(&MemberIds::of([&one, &two]));
    assert!(ring.get("X").is_some() && ring.get("Y").is_some());
}

/// Published figures of a public RFM example at 2006-12-31: days since the last order, orders, amount.
#[test]
fn a_published_example() {
    let abbey = customer("abbey_o'reilly");
    let as_of = Scope::new(day("2006-12-31"), Window::All.on(day("2006-12-31"), 1), chrono_tz::UTC, 0);
    let index = Index::of(&MemberIds::of([&abbey]));
    let mut acc = Accumulators::new(&index, 1, as_of);
    let dates = ["2005-12-24", "2006-01-06", "2006-06-09", "2005-07-16", "2005-11-03", "2005-09-04"];
    for (i, (date, amount)) in dates.iter().zip([145, 67, 20, 47, 41, 152]).enumerate() {
        acc.order(&line("abbey_o'reilly", &i.to_string(), date, amount));
    }
    let acc = acc.settled();
    let facts = acc.facts(0);
    let recency = (acc.scope.as_of - facts.last_sale.unwrap()).num_days();
    assert_eq!((recency, facts.orders, facts.spend), (205, 6, 472));
}

#[test]
fn spends_past_64_bits_are_carried() {
    let a = customer("A");
    let index = Index::of(&MemberIds::of([&a]));
    let sums = |n: usize| {
        let mut acc = Accumulators::new(&index, 1, scope("2026-11-23"));
        (0..n).for_each(|i| acc.order(&line("A", &i.to_string(), "2026-10-01", i64::MAX)));
        acc
    };
    assert_eq!(sums(3).settled().facts(0).spend, 3 * i128::from(i64::MAX));
    let together = Accumulators::together(vec![sums(2), sums(1)]).unwrap();
    assert_eq!(together.facts(0).spend, 3 * i128::from(i64::MAX));
}

proptest! {
    #[test]
    fn it_does_not_matter_who_saw_which_line(
        lines in prop::collection::vec((0_usize..3, "[a-c]", 1_u32..28, -500_i64..500, 0_usize..3), 0..40)
    ) {
        let customers = ["A", "B", "C"].map(customer);
        let index = Index::of(&MemberIds::of(&customers));
        let new = || Accumulators::new(&index, 3, scope("2026-11-15"));
        let (mut one, mut several) = (new(), [new(), new(), new()]);
        for (who, id, day, fen, thread) in &lines {
            let date = format!("2026-11-{day:02}");
            let line = line(["A", "B", "C"][*who], id, &date, *fen);
            one.order(&line);
            several[*thread].order(&line);
        }
        prop_assert_eq!(Accumulators::together(several.into()).unwrap(), one.settled());
    }
}
