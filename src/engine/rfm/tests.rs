//! What is counted, where the edges lie, which score follows.

use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Fold, Rfm, bin, quantile, score};
use crate::base::id::Id;
use crate::base::money::Money;
use crate::engine::tiering::facts::{OrderLine, Scope};
use crate::engine::tiering::index::Index;
use crate::model::customer::Customer;
use crate::model::member::MemberIds;
use crate::model::rules::rfm::RfmRules;
use crate::model::rules::tiers::RawTiers;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn rules(rfm: &str) -> RfmRules {
    serde_yaml::from_str::<RawTiers>(&format!("rfm: {rfm}")).unwrap().check().unwrap().rfm
}

const FIXED: &str = "{window: all, recency_days: [31, 91, 181, 366], frequency: [2, 3, 5, 9], monetary: [100, 200, 500, 1000], \
                     segments: [{code: top, r: 5, f: 2-5}, {code: poor, m: 1}]}";

/// The scores of customers A, B, C as of 2026-11-23 after these lines: whose, which order, when, how much.
fn scored(rfm: &str, lines: &[(&str, &str, &str, i64)]) -> Rfm {
    let rules = rules(rfm);
    let customers = ["A", "B", "C"].map(|id| Customer::new(Id::parse(id).unwrap(), String::new()));
    let index = Index::of(&MemberIds::of(&customers));
    let as_of = day("2026-11-23");
    let scope = Scope::new(as_of, rules.window.on(as_of, 1), chrono_tz::UTC, 2);
    let mut folds = [Fold::new(&index, 3, scope), Fold::new(&index, 3, scope)];
    for (i, (customer, id, date, fen)) in lines.iter().enumerate() {
        folds[i % 2].order(&OrderLine { id, customer, date: day(date), amount: Money((*fen).into()), kind: None });
    }
    score(&Fold::together(folds.into()).unwrap(), &[true; 3], &rules)
}

#[test]
fn orders_days_and_net_spend() {
    let rfm = scored(
        FIXED,
        &[
            ("A", "1", "2026-10-24", 50_000),
            ("A", "1", "2026-10-24", 30_000),
            ("A", "2", "2026-10-24", 30_000),
            ("A", "1", "2026-11-01", -10_001),
            ("B", "3", "2025-11-22", 9_999),
            ("B", "4", "2026-11-24", 1),
            ("X", "5", "2026-11-01", 1),
        ],
    );
    let told: Vec<_> = rfm.rows.iter().map(|row| (row.purchases.orders, row.purchases.days, row.recency_days, row.scores)).collect();
    // 30 days ago is the best, a value at a cut is in the next bin: 999.99 is below 1000
    assert_eq!(told, [(2, 1, 30, [5, 2, 4]), (1, 1, 366, [1, 1, 1])]);
    assert_eq!((rfm.without, rfm.left_out.future_dated, rfm.left_out.unknown_customers), (1, 1, 1));
    assert_eq!(rfm.rows.iter().map(|row| row.segment).collect::<Vec<_>>(), [0, 1]);
    let sums = rfm.segments(&rules(FIXED));
    assert_eq!(
        sums.iter().map(|sum| (sum.customers, sum.orders, sum.spend)).collect::<Vec<_>>(),
        [(1, 2, 99_999), (1, 1, 9_999), (0, 0, 0)]
    );
}

#[test]
fn outside_the_window_only_the_dates_count() {
    let rfm = scored(&FIXED.replace("all", "30 days"), &[("A", "1", "2026-10-24", 50_000), ("A", "2", "2026-10-25", 100)]);
    let row = rfm.rows[0];
    assert_eq!((row.purchases.spend, row.purchases.orders, row.purchases.first), (100, 1, Some(day("2026-10-24"))));
}

/// Worked by hand: h = (n − 1) · p, between the neighbours.
#[test]
fn quantiles_are_of_type_7() {
    let dec = |values: &[i64]| values.iter().map(|value| Decimal::from(*value)).collect::<Vec<_>>();
    let five = dec(&[10, 20, 30, 40, 100]);
    let at = |percent: i64| quantile(&five, percent.into()).normalize().to_string();
    assert_eq!([at(0), at(20), at(50), at(90), at(100)], ["10", "18", "30", "76", "100"]);
    assert_eq!((quantile(&dec(&[7]), 80.into()), quantile(&[], 20.into())), (7.into(), Decimal::ZERO));
}

#[test]
fn ties_go_where_the_rules_say() {
    let lines = [("A", "1", "2026-11-01", 100), ("B", "2", "2026-11-01", 200), ("C", "3", "2026-11-01", 300)];
    let money = |rfm: &str| scored(rfm, &lines).rows.iter().map(|row| row.scores[2]).collect::<Vec<_>>();
    // edges 1.4, 1.8, 2.2, 2.6
    assert_eq!(money("{method: quantiles}"), [1, 3, 5]);
    assert_eq!(money("{method: quantiles, quantiles: {at: [25, 50, 75, 100]}}"), [1, 3, 5]);
    assert_eq!(money("{method: quantiles, quantiles: {at: [25, 50, 75, 100], ties: lower}}"), [1, 2, 4]);
    assert_eq!(money("{method: quantiles, quantiles: {at: [25, 50, 75, 100], plus: 1}}"), [1, 1, 3]);
}

proptest! {
    #[test]
    fn more_is_never_scored_lower(values in prop::collection::vec(-50_i64..500, 4), a in -60_i64..600, b in -60_i64..600, higher: bool) {
        let mut edges = values;
        edges.sort_unstable();
        let edges = [0, 1, 2, 3].map(|i| Decimal::from(edges[i]));
        let (low, high) = (a.min(b), a.max(b));
        prop_assert!(bin(low.into(), &edges, higher) <= bin(high.into(), &edges, higher));
    }

    #[test]
    fn who_saw_which_line_does_not_matter(lines in prop::collection::vec((0_usize..3, "[a-c]", 1_u32..28, -500_i64..500), 0..30)) {
        let lines: Vec<(String, String, String, i64)> = lines
            .into_iter()
            .map(|(who, id, day, fen)| (["A", "B", "C"][who].to_owned(), id, format!("2026-11-{day:02}"), fen))
            .collect();
        let given = |lines: &[(String, String, String, i64)]| {
            scored(FIXED, &lines.iter().map(|(a, b, c, fen)| (a.as_str(), b.as_str(), c.as_str(), *fen)).collect::<Vec<_>>())
        };
        let mut turned = lines.clone();
        turned.reverse();
        prop_assert_eq!(given(&lines), given(&turned));
    }
}

#[test]
fn quantiles_of_nobody_give_no_scores() {
    let lines = [("A", "1", "2026-10-01", 50_000), ("B", "2", "2026-10-01", 100)];
    let rfm = scored("{window: 30 days, method: quantiles}", &lines);
    assert_eq!((rfm.edges, rfm.rows.len(), rfm.without, rfm.unscored), (None, 0, 1, 2));
    assert!(rfm.segments(&rules("{}")).iter().all(|sum| sum.customers == 0));
    // one who bought in the window is enough, and fixed cut points need nobody
    assert_eq!(scored("{window: 60 days, method: quantiles}", &lines).rows.len(), 2);
    assert_eq!(scored("{window: 30 days}", &lines).rows.len(), 2);
}
