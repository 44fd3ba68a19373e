//! The cases of docs/rules.md, section "Tiers, case by case": each line there is a test here, by its name.

use serde_json::Value;

use crate::harness::Bench;

/// Spend alone: a point per ten. A from 80 to keep 70, B from 40 to keep 30. Ninety days' stay, reviews each quarter.
const RULES: &str = "window: 12 months\n\
    factors: [{measure: spend, weight: 1, steps: {0: 0, 300: 30, 400: 40, 699.99: 69, 700: 70, 799.99: 79, 800: 80}}]\n\
    tiers: [{code: A, enter: 80, keep: 70}, {code: B, enter: 40, keep: 30}, {code: C}]\n\
    movement: {minimum_stay: 90 days, grace: 10 days, downgrade: at_review, review: quarterly}\n";

/// One customer, with these order lines of 2026Q2 (id, date, amount).
fn book(orders: &[(&str, &str, &str)]) -> Bench {
    let book = Bench::zh();
    let _ = book.run(&["customer", "add", "王芳"]).ok();
    book.write("rules/tiers.yaml", RULES);
    orders_of(&book, "2026Q2", orders);
    book
}

fn orders_of(book: &Bench, quarter: &str, orders: &[(&str, &str, &str)]) {
    let rows: Vec<String> = orders.iter().map(|(id, date, amount)| format!("{id},C0001,{date},{amount}\n")).collect();
    book.write(&format!("orders/{quarter}.csv"), format!("编号,客户编号,日期,金额\n{}", rows.concat()));
}

fn outcome(book: &Bench) -> (String, String, Value) {
    let row = book.run(&["tier", "C0001", "--json"]).json()["rows"][0].clone();
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    (text("proposed"), text("reason"), row["until"].clone())
}

#[track_caller]
fn stands(book: &Bench, tier: &str, reason: &str) {
    let (proposed, because, _) = outcome(book);
    assert_eq!((proposed.as_str(), because.as_str()), (tier, reason));
}

#[test]
fn exactly_at_the_threshold() {
    for (amount, tier) in [("799.99", "B"), ("800.00", "A"), ("400.00", "B"), ("399.99", "C")] {
        stands(&book(&[("O1", "2026-06-01", amount)]), tier, "first");
    }
    // and to keep: 700 stays, 699.99 does not
    for (amount, tier, reason) in [("700.00", "A", "stays"), ("699.99", "B", "down")] {
        let mut book = book(&[("O1", "2026-06-01", "800.00")]);
        let _ = book.run(&["tier", "apply"]).ok();
        book.today("2027-01-11");
        orders_of(&book, "2026Q2", &[("O1", "2026-06-01", amount)]);
        stands(&book, tier, reason);
    }
}

#[test]
fn the_day_after_an_order_leaves_the_window() {
    let mut book = book(&[("O1", "2026-06-01", "800.00")]);
    book.today("2027-05-31");
    stands(&book, "A", "first");
    book.today("2027-06-01");
    stands(&book, "C", "first");
}

#[test]
fn the_day_after_a_tier_set_by_hand_expires() {
    let mut book = book(&[("O1", "2026-06-01", "400.00")]);
    let _ = book.run(&["tier", "set", "1", "A", "--until", "2026-12-31", "-r", "创始客户"]).ok();
    book.today("2026-12-31");
    stands(&book, "A", "manual");
    book.today("2027-01-01");
    stands(&book, "B", "manual_expired");
}

#[test]
fn a_fall_within_the_minimum_stay_waits() {
    let mut book = book(&[("O1", "2026-06-01", "800.00")]);
    book.today("2027-05-31");
    let _ = book.run(&["tier", "apply"]).ok();
    // the order is out of the window; the stay ends on 2027-08-29, before the review of 2027-07-01 and its grace of ten days
    book.today("2027-08-28");
    assert_eq!(outcome(&book), ("A".into(), "held".into(), "2027-08-29".into()));
    book.today("2027-08-29");
    stands(&book, "C", "down");
}

#[test]
fn a_refund_that_undoes_a_qualifying_purchase() {
    let mut book = book(&[("O1", "2026-06-01", "500.00"), ("O2", "2026-06-20", "300.00")]);
    let _ = book.run(&["tier", "apply"]).ok();
    stands(&book, "A", "stays");
    // two days later the second order comes back: within the minimum stay, but the tier goes with the purchase
    book.today("2026-10-10");
    orders_of(&book, "2026Q4", &[("O2", "2026-10-10", "-300.00")]);
    stands(&book, "B", "refunded");
    let told = book.run(&["tier", "explain", "1"]).ok();
    assert!(told.contains("only because of refunds of 300 since the tier began: falls to B"), "{told}");
    let _ = book.run(&["tier", "apply"]).ok();
    assert!(book.read("tiers/2026Q4.csv").contains("因等级开始后退款 300"));
    // where the rules treat it like any other fall, it waits
    book.write("rules/tiers.yaml", RULES.replace("quarterly}", "quarterly, refunds: as_others}"));
    let _ = book.run(&["undo"]).ok();
    stands(&book, "A", "held");
}

#[test]
fn a_refund_before_the_tier_began_does_not_hasten_a_fall() {
    let mut book = book(&[("O1", "2026-06-01", "900.00"), ("O1", "2026-06-02", "-100.00")]);
    let _ = book.run(&["tier", "apply"]).ok();
    book.today("2026-10-10");
    orders_of(&book, "2026Q2", &[("O1", "2026-06-01", "600.00"), ("O1", "2026-06-02", "-100.00")]);
    stands(&book, "A", "held");
}

#[test]
fn windows_of_whole_years() {
    let mut book = book(&[("O1", "2026-06-01", "800.00")]);
    let _ = book.run(&["customer", "edit", "1", "since=2025-01-01"]).ok();
    book.today("2027-01-01");
    for (window, span, tier) in [
        ("calendar year", "window 2027-01-01 to 2027-01-01", "C"),
        ("2 calendar years", "window 2026-01-01 to 2027-01-01", "A"),
        ("last calendar year", "window 2026-01-01 to 2026-12-31", "A"),
        ("上一自然年", "window 2026-01-01 to 2026-12-31", "A"),
        ("all", "all time", "A"),
    ] {
        book.write("rules/tiers.yaml", RULES.replace("12 months", window));
        let told = book.run(&["tier", "explain", "1"]).ok();
        assert!(told.contains(span) && told.contains(&format!("Outcome: {tier}: ")), "{window}: {told}");
    }
    let settings = book.read("carebook.yaml");
    book.write("carebook.yaml", (settings + "\nfiscal_year_starts: 7\n").replacen("fiscal_year_starts: 1", "", 1));
    book.write("rules/tiers.yaml", RULES.replace("12 months", "last fiscal year"));
    assert!(book.run(&["tier", "explain", "1"]).ok().contains("window 2025-07-01 to 2026-06-30"));
    book.write("rules/tiers.yaml", RULES.replace("12 months", "next year"));
    let err = book.run(&["tier"]).fails(6);
    assert!(err.contains("rules/tiers.yaml:1:1: window") && err.contains("last calendar year"), "{err}");
}

#[test]
fn the_records_behind_a_score() {
    let book = book(&[("O1", "2026-06-01", "500.00"), ("O2", "2026-06-20", "-30.00"), ("O9", "2024-06-20", "99.00")]);
    insta::assert_snapshot!(book.run(&["tier", "explain", "1", "--rows"]).ok().split_once("By: ").map_or("", |p| p.1), @r"
    rules/tiers.yaml (0c986d43)

     Date         Table    ID   Value   Counts for
    ───────────────────────────────────────────────
     2026-06-01   Orders   O1     500   Spend
     2026-06-20   Orders   O2     -30   Spend
    ");
    let told = book.run(&["tier", "explain", "1", "--rows", "--json"]).json();
    let rows: Vec<(&str, &str)> =
        told["source_rows"].as_array().unwrap().iter().map(|row| (row["id"].as_str().unwrap(), row["value"].as_str().unwrap())).collect();
    assert_eq!((rows, &told["factors"][0]["value"]), (vec![("O1", "500"), ("O2", "-30")], &"470".into()));
}

#[test]
fn other_rules_are_tried_without_a_change() {
    let book = book(&[("O1", "2026-06-01", "500.00")]);
    let _ = book.run(&["tier", "apply"]).ok();
    book.write(
        "softer.yaml",
        RULES.replace("enter: 80, keep: 70", "enter: 40, keep: 39").replace("enter: 40, keep: 30}", "enter: 20, keep: 10}"),
    );
    let before = book.files();
    let softer = book.path("softer.yaml").display().to_string();
    let told = book.run(&["tier", "what-if", &softer, "--json"]).json();
    assert_eq!(told["schema"], "carebook.tier_what_if.v1");
    let row = &told["rows"][0];
    assert_eq!((&row["id"], &row["in_force"], &row["new"], &row["reason"]), (&"C0001".into(), &"B".into(), &"A".into(), &"up".into()));
    assert_eq!(told["tiers"][0], serde_json::json!({"tier": "A", "now": 0, "in_force": 0, "new": 1}));
    let ran = book.run(&["tier", "what-if", &softer]);
    assert!(ran.err.contains("1 customer would be rated otherwise"), "{}", ran.err);
    assert!(ran.ok().contains("score 40 reaches 40, to enter A"));
    assert!(book.run(&["--lang", "zh", "tier", "what-if", &softer]).err.contains("1 位客户的等级会不同"));
    assert!(book.run(&["tier", "what-if", "built-in"]).err.contains("rated otherwise"));
    let same = book.path("rules/tiers.yaml").display().to_string();
    assert!(book.run(&["tier", "what-if", &same]).err.contains("Nobody's tier would differ."));
    let wrong = book.path("wrong.yaml").display().to_string();
    book.write("wrong.yaml", "factors: [{measure: luck, weight: 1, steps: {0: 0}}]\n");
    assert!(book.run(&["tier", "what-if", &wrong]).fails(6).contains("wrong.yaml:1:"));
    std::fs::remove_file(book.path("wrong.yaml")).unwrap();
    assert_eq!(book.files(), before);
}

#[test]
fn every_decision_with_its_dates() {
    let mut book = book(&[("O1", "2026-06-01", "500.00")]);
    assert!(book.run(&["tier", "history", "1"]).err.contains("No tier was decided for C0001 up to "));
    let _ = book.run(&["tier", "apply"]).ok();
    book.today("2026-11-08");
    let _ = book.run(&["tier", "set", "1", "A", "--until", "2026-12-31", "-r", "展会"]).ok();
    let rows = book.run(&["tier", "history", "1", "--json"]).json()["rows"].clone();
    let told: Vec<_> =
        rows.as_array().unwrap().iter().map(|row| [&row["from"], &row["to"], &row["days"], &row["tier"], &row["by"]]).collect();
    let expected = serde_json::json!([["2026-10-08", "2026-11-07", "31", "B", "rule"], ["2026-11-08", null, "1", "A", "manual"]]);
    assert_eq!(serde_json::json!(told), expected);
}

#[test]
fn a_bar_in_the_terminal_and_a_pyramid_in_html() {
    let book = book(&[("O1", "2026-06-01", "500.00")]);
    let _ = book.run(&["tier", "apply"]).ok();
    assert!(book.run(&["tier"]).ok().contains("██████████"));
    let page = book.run(&["tier", "--format", "html"]).ok();
    assert!(
        page.starts_with("<!doctype html>\n<meta charset=\"utf-8\">") && page.contains("<svg") && page.contains("Tier pyramid"),
        "{page}"
    );
    assert!(!page.contains("██") && !page.contains("<script"));
    assert!(!book.run(&["tier", "--json"]).ok().contains("bar"));
}
