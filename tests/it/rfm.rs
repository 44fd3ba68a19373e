//! RFM on the command line.

use crate::harness::Bench;

fn book() -> Bench {
    let book = Bench::zh();
    for name in ["王芳", "李强", "赵敏"] {
        let _ = book.run(&["customer", "add", name]).ok();
    }
    book.write(
        "orders/2026Q3.csv",
        "编号,客户编号,日期,金额\nO1,C0001,2026-09-20,4000.00\nO2,C0001,2026-09-20,3000.00\nO3,C0001,2026-09-21,1500.00\nO4,C0002,2026-07-01,99.00\n",
    );
    book
}

#[test]
fn segments_scores_and_why() {
    let book = book();
    let ran = book.run(&["rfm", "--json"]);
    assert!(ran.err.contains("1 customer never bought and have no scores") || ran.err.contains("never bought"), "{}", ran.err);
    let rows = ran.json()["rows"].clone();
    let filled: Vec<_> = rows.as_array().unwrap().iter().filter(|row| row["customers"] != 0).map(|row| row["segment"].clone()).collect();
    assert_eq!(filled, ["champions", "newcomers"]);
    let one = book.run(&["rfm", "--segment", "重要价值客户", "--json"]).json()["rows"].clone();
    assert_eq!(one.as_array().unwrap().len(), 1);
    let row = &one[0];
    assert_eq!(
        (&row["rfm"], &row["orders"], &row["purchase_days"], &row["spend"]),
        (&"534".into(), &3.into(), &2.into(), &"8500.00".into())
    );
    assert!(book.run(&["rfm", "--segment", "best"]).fails(2).contains("champions"));
    let told = book.run(&["rfm", "explain", "王芳"]).ok();
    assert!(
        told.contains("31 | 91 | 181 | 366") && told.contains("Segment: Champions (R 3-5, F 3-5, M 3-5; the first that fits)"),
        "{told}"
    );
    assert!(book.run(&["rfm", "explain", "赵敏"]).fails(2).contains("never bought"));
    assert!(book.run(&["--lang", "zh", "rfm"]).err.contains("截至 2026-10-08,窗口 2025-10-09 至 2026-10-08,内置规则。"));
    // before anything was bought
    assert!(book.run(&["rfm", "--as-of", "2026-06-30", "--list", "--format", "id"]).ok().is_empty());
}

#[test]
fn a_segment_can_decide_the_tier() {
    let book = book();
    book.write(
        "rules/tiers.yaml",
        "factors: [{measure: rfm, weight: 100, values: {champions: 100, 一般发展客户: 50}}]\n\
         tiers: [{code: A, enter: 90}, {code: B, enter: 50}, {code: C}]\n",
    );
    let rows = book.run(&["tier", "--list", "--json"]).json()["rows"].clone();
    let tiers: Vec<_> = rows.as_array().unwrap().iter().map(|row| (row["proposed"].clone(), row["reason"].clone())).collect();
    let expected = serde_json::json!([["A", "first"], ["B", "first"], ["", "no_data"]]);
    assert_eq!(serde_json::json!(tiers), expected);
    let told = book.run(&["tier", "explain", "1"]).ok();
    assert!(told.contains("Champions") && told.contains("RFM segment"), "{told}");
    // at a glance, and one by one
    let glance = book.run(&["tier", "--json"]).json();
    assert_eq!(glance["rows"][0]["proposed"], 1);
    book.write("rules/tiers.yaml", "factors: [{measure: rfm, weight: 1, values: {best: 100}}]\n");
    assert!(book.run(&["tier"]).fails(6).contains("champions"));
}

#[test]
fn what_a_merged_customer_bought_and_earned_counts_for_the_survivor() {
    let book = book();
    book.write("rules/points.yaml", "start: 2026-01-01\nearn: {points: 1, per: 10}\n");
    let _ = book.run(&["points", "run"]).ok();
    let ran = book.run(&["customer", "merge", "C0002", "C0001", "--yes"]);
    assert!(ran.err.contains("1 points row"), "{}", ran.err);
    let ran = book.run(&["rfm", "explain", "C0002", "--json"]);
    assert!(ran.err.contains("C0002 was merged into C0001"), "{}", ran.err);
    let row = ran.json()["rows"][0].clone();
    assert_eq!((&row["id"], &row["orders"], &row["spend"]), (&"C0001".into(), &4.into(), &"8599.00".into()));
    let balance = book.run(&["points", "balance", "C0001", "--json"]).json()["rows"][0]["balance"].clone();
    let _ = book.run(&["undo"]).ok();
    let apart = book.run(&["points", "balance", "C0001", "--json"]).json()["rows"][0]["balance"].clone();
    assert_eq!((balance, apart), (859.into(), 850.into()));
}
