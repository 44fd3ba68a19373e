//! Tiers on the command line: what is shown is what is recorded, once.

use crate::harness::Bench;

const RULES: &str = "window: 12 months\n\
    factors:\n\
    - {measure: spend, weight: 3, steps: {0: 0, 500: 50, 1000: 100}}\n\
    - {measure: satisfaction, weight: 1, steps: {0: 0, 50: 100}}\n\
    - {measure: complaints, weight: -1, steps: {1: 30}}\n\
    tiers:\n\
    - {code: A, label: {zh: 重点客户, en: Key}, enter: 80, keep: 70}\n\
    - {code: B, label: {zh: 成长客户, en: Growing}, enter: 40, keep: 30}\n\
    - {code: C, label: {zh: 普通客户, en: Standard}}\n\
    movement: {minimum_stay: 30 days, grace: 0 days, downgrade: at_review, review: quarterly}\n";

/// Three customers on 2026-10-08; C1's order of two lines is torn apart, C2's is a year and a day old.
fn book() -> Bench {
    let book = Bench::zh();
    for name in ["王芳", "李强", "赵敏"] {
        let _ = book.run(&["customer", "add", name]).ok();
    }
    book.write("rules/tiers.yaml", RULES);
    book.write(
        "orders/2026Q3.csv",
        "编号,客户编号,日期,金额,类型\nO1,C0001,2026-09-01,700.00,\nO2,C0001,2026-09-02,400.00,销售\nO1,C0001,2026-09-01,50.00,\n\
         O3,C0001,2026-09-10,-100.00,退款\n",
    );
    book.write("orders/2025Q4.csv", "编号,客户编号,日期,金额\nO9,C0002,2025-10-08,9000.00\nO8,C0002,2025-10-09,500.00\n");
    book.write("orders/2026Q4.csv", "编号,客户编号,日期,金额\nO7,C0003,2026-10-09,5000.00\nO6,X,2026-10-01,1.00\n");
    book
}

#[test]
fn what_is_shown_is_recorded_once() {
    let book = book();
    let ran = book.run(&["tier", "--json"]);
    assert!(
        ran.err.contains("left out: 1 fact dated after 2026-10-08\nleft out: 1 fact of customers the archive does not have"),
        "{}",
        ran.err
    );
    let shown = ran.json();
    let by_rules: Vec<_> = shown["rows"].as_array().unwrap().iter().map(|row| (row["tier"].clone(), row["proposed"].clone())).collect();
    assert_eq!(serde_json::json!(by_rules), serde_json::json!([["A", 1], ["B", 1], ["C", 1], ["", 0]]));

    let rows = |args: &[&str]| book.run(args).json()["rows"].clone();
    let moves = rows(&["tier", "--moves", "--json"]);
    assert_eq!(moves, rows(&["tier", "apply", "--dry-run", "--json"]));
    assert!(!book.path("tiers/2026Q4.csv").exists());
    assert_eq!(moves, rows(&["tier", "apply", "--json"]));
    insta::assert_snapshot!(book.read("tiers/2026Q4.csv").lines().take(3).collect::<Vec<_>>().join("\n"), @r#"
    客户编号,等级,原等级,得分,评定日期,截止日期,方式,理由,规则版本,批次
    C0001,A,,100,2026-10-08,,规则,"得分 100,达到 A 的进入线 80(消费金额 100×3、投诉次数 0×-1)",b87541d9,
    C0002,B,,50,2026-10-08,,规则,"得分 50,达到 B 的进入线 40(消费金额 50×3、投诉次数 0×-1)",b87541d9,
    "#);
    let before = book.files();
    let ran = book.run(&["tier", "apply"]);
    assert!(ran.err.ends_with("No tier changes.\n"), "{}", ran.err);
    assert_eq!((ran.ok(), book.files()), (String::new(), before));
}

#[test]
fn a_reader_who_leaves_early_does_not_stop_the_change() {
    let book = book();
    let folder = book.root().display().to_string();
    let shell = format!("'{}' tier apply --data '{folder}' | true", assert_cmd::cargo::cargo_bin("carebook").display());
    let _ = std::process::Command::new("sh").args(["-c", &shell]).env("CAREBOOK_TODAY", "2026-10-08").output().unwrap();
    assert!(book.path("tiers/2026Q4.csv").exists());
}

#[test]
fn an_explanation_tells_every_factor() {
    let mut book = book();
    let _ = book.run(&["intake", "受潮", "-c", "王芳", "-t", "投诉"]).ok();
    insta::assert_snapshot!(book.run(&["tier", "explain", "王芳"]).ok(), @r"
    C0001 王芳
    as of 2026-10-08, window 2025-10-09 to 2026-10-08

     Measure          Value   Unit                          Rows       Step   Points   Weight   Contribution
    ─────────────────────────────────────────────────────────────────────────────────────────────────────────
     Spend            1,050   major units of the currency      4    ≥ 1,000      100        3            300
     Satisfaction   no data                                    0   left out                 1
     Complaints           1   complaints                       1        ≥ 1       30       -1            -30

    Score: 270 ÷ positive weights 3 = 90 (left out, no data: Satisfaction)
    Thresholds: A enter 80 keep 70; B enter 40 keep 30; C all others
    Tier now: (none)
    Outcome: A Key: score 90 reaches 80, to enter A
    By: rules/tiers.yaml (b87541d9)
    ");
    book.lang("zh");
    insta::assert_snapshot!(book.run(&["tier", "explain", "1"]).ok(), @r"
    C0001 王芳
    截至 2026-10-08,窗口 2025-10-09 至 2026-10-08

     指标         数值   单位           记录数      档次   分数   权重   贡献
    ──────────────────────────────────────────────────────────────────────────
     消费金额    1,050   元(主币单位)        4   ≥ 1,000    100      3    300
     满意度     无数据                       0    不计入             1
     投诉次数        1   次                  1       ≥ 1     30     -1    -30

    得分: 270 ÷ 正权重 3 = 90(无数据,不计入: 满意度)
    分级线: A 进入 80 保持 70;B 进入 40 保持 30;C 其余
    现等级: (无)
    结论: A 重点客户。得分 90,达到 A 的进入线 80
    依据: 规则 rules/tiers.yaml (b87541d9)
    ");
    let told = book.run(&["tier", "explain", "1", "--json"]).json();
    assert_eq!(told["schema"], "carebook.tier_explanation.v1");
    assert_eq!(told["factors"][0]["value"], "1050");
    assert_eq!((&told["sum"], &told["weights"], &told["score"]), (&"270".into(), &"3".into(), &"90".into()));
}

#[test]
fn a_fall_waits_for_the_review() {
    let mut book = book();
    let _ = book.run(&["tier", "apply"]).ok();
    // the orders are gone; the minimum stay ends on 2026-11-07, the first review is on 2027-01-01
    book.today("2026-12-31");
    book.write("orders/2026Q3.csv", "编号,客户编号,日期,金额\n");
    let row = |book: &Bench| book.run(&["tier", "C0001", "--json"]).json()["rows"][0].clone();
    let held = row(&book);
    assert_eq!((&held["proposed"], &held["reason"], &held["until"]), (&"A".into(), &"held".into(), &"2027-01-01".into()));
    book.today("2027-01-01");
    let down = row(&book);
    assert_eq!((&down["proposed"], &down["reason"]), (&"C".into(), &"down".into()));
}

#[test]
fn a_tier_set_by_hand_needs_a_reason_and_an_end() {
    let mut book = book();
    assert!(book.run(&["tier", "set", "3", "重点客户"]).fails(4).contains("--until"));
    assert!(book.run(&["tier", "set", "3", "VIP", "--until", "2026-12-31", "-r", "x"]).fails(2).contains("A, B, C"));
    let _ = book.run(&["tier", "set", "3", "重点客户", "--until", "2026-12-31", "-r", "创始客户"]).ok();
    let _ = book.run(&["tier", "apply"]).ok();
    let shown = book.run(&["customer", "show", "3", "--json"]).json();
    assert_eq!((&shown["tier"], &shown["tier_until"]), (&"A".into(), &"2026-12-31".into()));
    book.today("2027-01-01");
    book.write("orders/2026Q4.csv", "编号,客户编号,日期,金额\n");
    let _ = book.run(&["tier", "apply"]).ok();
    let shown = book.run(&["customer", "show", "3", "--json"]).json();
    assert_eq!((&shown["tier"], &shown["tier_until"]), (&"C".into(), &serde_json::Value::Null));
}

#[test]
fn the_future_is_shown_but_not_recorded() {
    let book = book();
    assert!(book.run(&["tier", "--as-of", "2027-01-01"]).ok().contains("Standard"));
    assert!(book.run(&["tier", "apply", "--as-of", "2027-01-01"]).fails(2).contains("--as-of"));
}
