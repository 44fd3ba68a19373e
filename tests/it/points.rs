//! Points on the command line: what the rules book is booked once, and every balance adds up by hand.

use serde_json::json;

use crate::harness::Bench;

const RULES: &str = "start: 2026-01-01\nearn: {points: 1, per: 10}\nexpire: 12 months\nexpire_at: month_end\n\
    multiplier: {A: 2}\nexclude_products: [礼品卡]\nreferral: {referrer: 200, referred: 100}\nredeem: {minimum: 50, value: 0.01}\n";

/// Three customers on 2026-10-08, one of them an A since September, and orders of theirs.
fn book() -> Bench {
    let book = Bench::zh();
    for name in ["王芳", "李强", "赵敏"] {
        let _ = book.run(&["customer", "add", name]).ok();
    }
    book.write("rules/points.yaml", RULES);
    book.write(
        "orders/2026Q3.csv",
        "编号,客户编号,日期,金额,产品,类型\nO1,C0001,2026-08-31,700.00,茶,\nO1,C0001,2026-08-31,59.00,茶,销售\nO2,C0001,2026-09-02,400.00,礼品卡,\n\
         O3,C0001,2026-09-10,1000.00,茶,\nO3,C0001,2026-09-20,-500.00,茶,退款\nR9,C0001,2026-09-30,-10.00,茶,退款\n",
    );
    book.write("tiers/2026Q3.csv", "客户编号,等级,原等级,得分,评定日期,截止日期,方式,理由,规则版本,批次\nC0001,A,,,2026-09-01,,规则,,,\n");
    book
}

#[test]
fn what_the_rules_say_is_booked_once_and_taken_back_whole() {
    let book = book();
    // what was written by hand is in the log from here on
    let _ = book.run(&["check", "--adopt"]);
    let before = book.files();
    let said = book.run(&["points", "run", "--dry-run"]);
    assert!(said.err.contains("left out: 1 refund without a sale of the same id"), "{}", said.err);
    assert_eq!(book.files(), before);
    assert_eq!(book.run(&["points", "run", "--json"]).json()["rows"], json!([{"kind": "earn", "entries": 2, "points": 175}]));
    let ledger = book.read("points/2026Q3.csv");
    let hash = ledger.lines().nth(1).unwrap().split(',').nth(12).unwrap().to_owned();
    insta::assert_snapshot!(ledger.replace(&hash, "HASH"), @r"
    积分编号,客户编号,日期,类型,积分,订单编号,订单净额,倍率,有效期至,被推荐客户,理由,经办人,规则版本,批次
    L20260831-001,C0001,2026-08-31,消费,75,O1,759.00,,2027-08-31,,,,HASH,B7
    L20260910-001,C0001,2026-09-10,消费,100,O3,500.00,2,2027-09-30,,,,HASH,B7
    ");
    let after = book.files();
    let again = book.run(&["points", "run"]);
    assert!(again.err.ends_with("No points to book up to 2026-10-08.\n"), "{}", again.err);
    assert_eq!((again.ok(), book.files()), (String::new(), after.clone()));
    assert_eq!(book.run(&["check"]).code, 0);

    let _ = book.run(&["undo"]).ok();
    let tables = |files: &[(String, Vec<u8>)]| files.iter().filter(|(name, _)| !name.starts_with("log/")).cloned().collect::<Vec<_>>();
    assert_eq!(tables(&book.files()), tables(&before));
    let _ = book.run(&["redo"]).ok();
    assert_eq!(tables(&book.files()), tables(&after));
}

#[test]
fn balances_add_up_by_hand() {
    let mut book = book();
    let _ = book.run(&["points", "run"]).ok();
    assert!(book.run(&["points", "redeem", "王芳", "49"]).fails(2).contains("not between 50 and"));
    let short = book.run(&["积分", "兑换", "1", "176"]).fails(1);
    assert!(short.contains("C0001 has not enough points: 176 wanted, 175 at most"), "{short}");
    let _ = book.run(&["points", "gift", "1", "20", "-r", "生日", "--expires", "2026-10-31"]).ok();
    let said = book.run(&["points", "redeem", "1", "100", "-r", "杯子", "-n"]);
    assert!(said.err.contains("Dry run: 1 record would change") && said.ok().is_empty());
    let said = book.run(&["points", "redeem", "1", "100", "-r", "杯子"]);
    assert!(said.err.contains("Redeemed -100; balance 95, 95 of it until 2027-09-30."), "{}", said.err);
    let _ = book.run(&["points", "adjust", "1", "-5", "-r", "更正"]).ok();
    assert_eq!(book.run(&["points", "adjust", "1", "5"]).code, 4);
    insta::assert_snapshot!(book.run(&["points", "explain", "1"]).ok(), @r"
    C0001 2026-10-08: balance 90, 90 of it until 2027-09-30 (0.90)

    Lots
      L20260831-001  2026-08-31  Earned +75  until 2027-08-31  0 left (spent 75)  order O1 759.00
      L20260910-001  2026-09-10  Earned +100  until 2027-09-30  90 left (spent 10)  order O3 500.00 ×2
      L20261008-001  2026-10-08  Gift +20  until 2026-10-31  0 left (spent 20)  生日

    Taken
      L20261008-002  2026-10-08  Redeemed -100  = 20 L20261008-001 + 75 L20260831-001 + 5 L20260910-001  杯子
      L20261008-003  2026-10-08  Adjusted -5  = 5 L20260910-001  更正

    came 195 - spent 105 - taken back 0 - run out 0 - owed 0 = balance 90
    ");
    let json = book.run(&["points", "explain", "1", "--json"]).json();
    assert_eq!((&json["balance"], &json["debits"][0]["took"][0]), (&json!(90), &json!({"lot": "L20261008-001", "points": 20})));
    let rows = |book: &Bench, args: &[&str]| book.run(args).json()["rows"].clone();
    let balance = |book: &Bench, day: &str| rows(book, &["points", "balance", "1", "--as-of", day, "--json"])[0]["balance"].clone();
    let days = ["2026-08-30", "2026-08-31", "2026-09-30", "2026-10-08", "2027-09-30", "2027-10-01"];
    assert_eq!(days.map(|day| balance(&book, day)), [0, 75, 175, 90, 90, 0].map(|points| json!(points)));
    let due = rows(&book, &["points", "due", "--within", "1y", "--json"]);
    assert_eq!(due, json!([{"expires_on": "2027-09-30", "customer": "C0001", "name": "王芳", "points": 90}]));
    assert_eq!(rows(&book, &["points", "list", "kind:兑换", "--json"])[0]["points"], -100);
    let shown = book.run(&["customer", "show", "1"]).ok();
    assert!(shown.contains("Points: balance 90, 90 of it until 2027-09-30"), "{shown}");
    assert_eq!(rows(&book, &["status", "--json"])[9], json!({"name": "points", "value": 5}));
    book.lang("zh");
    assert!(book.run(&["积分", "余额"]).ok().contains("余额"));
    book.today("2027-10-01");
    assert_eq!(rows(&book, &["points", "run", "--json"]), json!([{"kind": "expire", "entries": 1, "points": -90}]));
    assert_eq!(book.run(&["check"]).code, 0);
}

#[test]
fn refunds_and_late_entries() {
    let mut book = book();
    let _ = book.run(&["points", "run"]).ok();
    let _ = book.run(&["points", "redeem", "1", "150", "--at", "2026-09-25"]).ok();
    let late = book.run(&["points", "redeem", "1", "75", "--at", "2026-09-05"]).fails(1);
    assert!(late.contains("75 wanted, 25 at most"), "{late}");
    book.today("2026-10-09");
    book.write("orders/2026Q4.csv", "编号,客户编号,日期,金额,类型\nO3,C0001,2026-10-09,-500.00,退款\n");
    let ran = book.run(&["points", "run", "--json"]);
    assert!(
        ran.err
            .contains("C0001: order O3 is worth fewer points now (refunded, changed, or no longer theirs), but 75 of its points are spent"),
        "{}",
        ran.err
    );
    let ran = ran.json();
    assert_eq!(ran["rows"], json!([{"kind": "reverse", "entries": 1, "points": -25}]));
    assert_eq!(ran["owed"], json!([{"customer": "C0001", "order": "O3", "points": 75}]));
    let _ = book.run(&["points", "gift", "1", "100", "-r", "补偿"]).ok();
    assert_eq!(book.run(&["points", "run", "--json"]).json()["rows"][0]["points"], -75);
    assert_eq!(book.run(&["points", "run", "--json"]).json()["rows"], json!([]));
    assert_eq!(book.run(&["points", "run", "--until", "2026-10-10"]).code, 2);
    assert_eq!(book.run(&["points", "run", "--as-of", "2026-10-01"]).code, 2);
}

#[test]
fn whom_somebody_brought_is_rewarded_once() {
    let mut book = book();
    let _ = book.run(&["points", "refer", "2", "3"]).ok();
    for (from, to, why) in [
        ("2", "2", "nobody refers themselves"),
        ("1", "3", "was referred by C0002 already"),
        ("3", "2", "do not refer each other"),
        ("2", "1", "no new customer"),
    ] {
        let said = book.run(&["points", "refer", from, to]).fails(2);
        assert!(said.contains(why), "{said}");
    }
    let _ = book.run(&["points", "run"]).ok();
    book.today("2026-10-20");
    book.write("orders/2026Q4.csv", "编号,客户编号,日期,金额\nN1,C0003,2026-10-12,9.00\nN2,C0003,2026-10-13,9.00\n");
    assert_eq!(book.run(&["points", "run", "--json"]).json()["rows"], json!([{"kind": "referral", "entries": 2, "points": 300}]));
    assert_eq!(book.run(&["points", "run", "--json"]).json()["rows"], json!([]));
    let balances = book.run(&["points", "balance", "--json", "--fields", "customer,balance"]).json()["rows"].clone();
    let found: Vec<_> = balances.as_array().unwrap().iter().map(|row| (row["customer"].clone(), row["balance"].clone())).collect();
    assert_eq!(json!(found), json!([["C0001", 175], ["C0002", 200], ["C0003", 100]]));
}

#[test]
fn without_a_scheme_and_with_a_wrong_one() {
    let book = Bench::zh();
    let _ = book.run(&["customer", "add", "王芳"]).ok();
    let ran = book.run(&["points", "run"]);
    assert!(ran.err.contains("carebook config write points"), "{}", ran.err);
    assert_eq!(ran.ok(), "");
    assert_eq!(book.run(&["points", "balance", "1", "--json"]).json()["rows"][0]["balance"], 0);
    let _ = book.run(&["config", "write", "points"]).ok();
    assert_eq!(book.run(&["check"]).code, 0);
    book.write("rules/points.yaml", "start: 2026-01-01\nearn: {points: 1, per: 10}\nmultiplier: {Z: 2}\n");
    let wrong = book.run(&["check"]).fails(6);
    assert!(wrong.contains("rules/points.yaml:3"), "{wrong}");
    assert_eq!(book.run(&["points", "run"]).code, 6);
    book.write("rules/points.yaml", RULES);
    book.write(
        "points/2026Q4.csv",
        "积分编号,客户编号,日期,类型,积分,有效期至\nL1,C0001,2026-10-01,消费,-5,\nL2,C9,2026-10-01,赠送,5,\nL2,C0001,2026-10-01,过期,-5,\n\
         L3,C0001,2026-10-01,赠送,5,2026-09-30\n",
    );
    let wrong = book.run(&["check"]).fails(6);
    for place in ["points/2026Q4.csv:2:", "points/2026Q4.csv:3:", "points/2026Q4.csv:4:", "points/2026Q4.csv:5:"] {
        assert!(wrong.contains(place), "{place} in {wrong}");
    }
}
