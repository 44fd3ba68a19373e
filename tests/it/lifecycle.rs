//! Lifecycle classes and their practices on the command line.

use serde_json::json;

use crate::harness::Bench;

/// On 2026-10-08: 王芳 buys every month and fell silent, 李强 is new, 赵敏 never bought, 钱多 has a grave complaint.
fn book() -> Bench {
    let book = Bench::zh();
    for (name, since) in [("王芳", "2026-01-01"), ("李强", "2026-09-25"), ("赵敏", "2026-10-01"), ("钱多", "2026-01-01")] {
        let _ = book.run(&["customer", "add", name, &format!("since={since}"), "owner=小李"]).ok();
    }
    let header = "编号,客户编号,日期,金额,产品,类型\n";
    book.write("orders/2026Q1.csv", format!("{header}O1,C0001,2026-03-23,100.00,茶,\n"));
    book.write(
        "orders/2026Q2.csv",
        format!("{header}O2,C0001,2026-04-22,100.00,茶,\nO3,C0001,2026-05-22,100.00,茶,\nO4,C0001,2026-06-21,100.00,茶,\nO5,C0004,2026-06-30,50.00,茶,\n"),
    );
    book.write(
        "orders/2026Q3.csv",
        format!("{header}O6,C0001,2026-07-21,1000.00,茶,\nO7,C0001,2026-08-01,-20.00,茶,退款\nO8,C0002,2026-09-30,30.00,茶,\n"),
    );
    let _ = book.run(&["check", "--adopt"]).ok();
    let _ = book.run(&["intake", "茶叶霉变", "-c", "C0004", "--type", "投诉", "--severity", "重大", "--at", "2026-10-07 09:00"]).ok();
    book
}

fn rows(book: &Bench, args: &[&str]) -> serde_json::Value {
    book.run(args).json()["rows"].clone()
}

#[test]
fn everybody_has_a_class_with_its_day_and_its_reason() {
    let mut book = book();
    let counts = rows(&book, &["lifecycle", "--json=class,customers,share,value"]);
    assert_eq!(counts[5], json!({"class": "silent", "customers": 1, "share": "0.25", "value": "1380.00"}));
    assert_eq!(counts.as_array().unwrap().iter().map(|row| row["customers"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 1, 0, 0, 1, 1, 0]);
    let list = rows(&book, &["lifecycle", "--list", "--json=id,class,since,next_on,next"]);
    assert_eq!(
        list,
        json!([
            {"id": "C0001", "class": "silent", "since": "2026-10-04", "next_on": "2027-01-21", "next": "lost"},
            {"id": "C0002", "class": "new", "since": "2026-09-30", "next_on": "2026-11-29", "next": "regular"},
            {"id": "C0003", "class": "potential", "since": "2026-10-01", "next_on": null, "next": null},
            {"id": "C0004", "class": "problem", "since": "2026-10-07", "next_on": null, "next": null},
        ])
    );
    assert_eq!(rows(&book, &["lifecycle", "--list", "--as-of", "2026-10-03", "--json=class"])[0]["class"], "regular");
    assert_eq!(rows(&book, &["lifecycle", "--class", "沉默", "--json=id"]), json!([{"id": "C0001"}]));
    assert!(book.run(&["lifecycle", "--class", "sleepy"]).fails(2).contains("silent"));
    insta::assert_snapshot!(book.run(&["lifecycle", "explain", "王芳"]).ok(), @r"
    C0001 王芳
    Class: Silent since 2026-10-04: no sign of life since 2026-07-21, usual interval 30 days; lost from 2027-01-21 if nothing happens

    First purchase: 2026-03-23
    Last purchase: 2026-07-21
    Last sign of life: 2026-07-21
    Days with a purchase: 5
    Usual interval: 30 days, the median of 4
    Silent from: 2026-10-04 (2.5 × the usual interval, within floor and limit)
    Lost from: 2027-01-21 (5 × the usual interval, within floor and limit)
    Satisfaction lately: none
    Satisfaction: none
    Grave complaint: none
    Value at risk: 1,380.00

    The first that fits: problem > potential > lost > silent > new > loyal > regular
    ");
    book.lang("zh");
    insta::assert_snapshot!(book.run(&["生命周期", "解释", "C0004"]).ok(), @r"
    C0004 钱多
    类别: 问题客户,自 2026-10-07: 2026-10-07 的投诉 R20261007-001 未办结

    首次购买: 2026-06-30
    最近购买: 2026-06-30
    最近音讯: 2026-10-07
    购买天数: 1
    惯常间隔: 30 天(全体的)
    沉默起始: 2026-12-21(惯常间隔的 2.5 倍,在上下限之内)
    流失起始: 2027-04-07(惯常间隔的 5 倍,在上下限之内)
    近期满意度: 无
    满意度: 无
    严重投诉: 2026-10-07 的投诉 R20261007-001 未办结
    风险金额: 50.00

    先符合者为准: 问题 > 潜在 > 流失 > 沉默 > 新 > 忠实 > 常规
    ");
}

#[test]
fn silent_customers_are_listed_by_value_at_risk() {
    let book = book();
    for word in ["class:silent", "class:沉默客户", "类别:silent"] {
        let list = rows(&book, &["customer", "list", word, "--json=id,class,class_since,value_at_risk,usual_days,days_silent"]);
        let silent = json!([{"id": "C0001", "class": "silent", "class_since": "2026-10-04", "value_at_risk": "1380.00", "usual_days": "30", "days_silent": 79}]);
        assert_eq!(list, silent, "{word}");
    }
    assert_eq!(rows(&book, &["list", "customers", "class:new", "李", "--json=id"]), json!([{"id": "C0002"}]));
    assert_eq!(rows(&book, &["list", "customers", "class:new", "王", "--json=id"]), json!([]));
    assert!(book.run(&["customer", "list", "class:gone"]).fails(2).contains("lost"));
    let shown = book.run(&["show", "C0001", "--json"]).json()["lifecycle"].clone();
    assert_eq!(
        (&shown["class"], &shown["reason"]["usual_days"], &shown["next"]["on"]),
        (&json!("silent"), &json!("30"), &json!("2027-01-21"))
    );
    let line =
        "Class: Silent since 2026-10-04: no sign of life since 2026-07-21, usual interval 30 days; lost from 2027-01-21 if nothing happens";
    assert!(book.run(&["show", "C0001"]).ok().contains(line));
}

#[test]
fn today_tells_of_a_silence_until_it_is_followed_up() {
    let mut book = book();
    let silent = |book: &Bench| -> Vec<serde_json::Value> {
        let rows = rows(book, &["today", "--json=why,id,staff,urgency"]);
        rows.as_array().unwrap().iter().filter(|row| row["why"] == "silent").cloned().collect()
    };
    assert_eq!(silent(&book), [json!({"why": "silent", "id": "C0001", "staff": "小李", "urgency": "2.0"})]);
    let before = book.files();
    let said = book.run(&["practice", "plan", "--dry-run"]);
    assert!(said.err.contains("nothing was written"), "{}", said.err);
    assert_eq!(book.files(), before);
    let said = book.run(&["practice", "plan"]);
    assert!(said.err.contains("Started 4 checklists of 12 steps, closed 0 steps"), "{}", said.err);
    assert_eq!(silent(&book).len(), 0);
    let after = book.files();
    assert!(book.run(&["practice", "plan"]).err.contains("No checklist to start"));
    assert_eq!(book.files(), after);
    assert_eq!(book.run(&["check"]).code, 0);
    // one change, undone as one
    let tables = |files: &[(String, Vec<u8>)]| files.iter().filter(|(name, _)| !name.starts_with("log/")).cloned().collect::<Vec<_>>();
    let _ = book.run(&["undo"]).ok();
    assert_eq!(tables(&book.files()), tables(&before));
    let _ = book.run(&["redo"]).ok();
    assert_eq!(tables(&book.files()), tables(&after));
    book.today("2026-10-12");
    let due = rows(&book, &["today", "--json=why,id,days_over,what"]);
    let steps = due.as_array().unwrap().iter().filter(|row| row["why"].as_str().unwrap().starts_with("step")).count();
    assert_eq!(steps, rows(&book, &["practice", "due", "--json"]).as_array().unwrap().len());
}

#[test]
fn steps_are_ticked_off_and_closed_when_the_class_is_left() {
    let mut book = book();
    let _ = book.run(&["practice", "plan"]).ok();
    let steps = rows(&book, &["practice", "show", "王芳", "--json"]);
    let id = |n: usize| steps[n]["id"].as_str().unwrap().to_owned();
    assert_eq!(steps.as_array().unwrap().iter().map(|row| row["step"].as_str().unwrap()).collect::<Vec<_>>(), ["call", "offer"]);
    let _ = book.run(&["practice", "done", &id(0), "会再来"]).ok();
    assert!(book.run(&["practice", "done", &id(0)]).fails(1).contains("practice done"));
    assert_eq!(book.run(&["practice", "skip", &id(1)]).code, 4);
    assert_eq!(book.run(&["practice", "skip", "S9", "-r", "x"]).code, 3);
    let _ = book.run(&["show", &id(1)]).ok();
    // she buys again: the offer is pointless
    book.write("orders/2026Q4.csv", "编号,客户编号,日期,金额,产品,类型\nO9,C0001,2026-10-09,100.00,茶,\n");
    book.today("2026-10-19");
    let offer = rows(&book, &["practice", "due", "--until", "2026-12-31", "--json=id,now"]);
    assert!(offer.as_array().unwrap().contains(&json!({"id": id(1), "now": "regular"})), "{offer}");
    let agenda = rows(&book, &["today", "--json=id"]);
    assert!(!agenda.as_array().unwrap().contains(&json!({"id": id(1)})), "{agenda}");
    let said = book.run(&["practice", "plan"]);
    assert!(said.err.contains("closed 1 step"), "{}", said.err);
    insta::assert_snapshot!(book.run(&["practice", "show", "王芳"]).ok(), @r"
    C0001 王芳
    Class: Regular since 2026-10-09: first purchase 2026-03-23, 6 days with a purchase; silent from 2026-12-23 if nothing happens

    Silent since 2026-10-04 (left since)
      [x] S20261010-001  2026-10-10  致电问候  小李  会再来
      [-] S20261019-001  2026-10-19  专属优惠  小李  客户已不是沉默客户: 常规客户
    ");
    assert_eq!(rows(&book, &["practice", "list", "status:跳过", "--json=id"]), json!([{"id": id(1)}]));
    let log = rows(&book, &["log", "--json"]);
    assert!(log.to_string().contains("客户已不是沉默客户: 常规客户"), "{log}");
}

#[test]
fn rules_are_the_owners_and_wrong_ones_are_told_with_their_place() {
    let book = book();
    let _ = book.run(&["config", "write", "lifecycle"]).ok();
    let _ = book.run(&["config", "write", "practices"]).ok();
    assert_eq!(book.run(&["check"]).code, 0, "{}", book.run(&["check"]).err);
    book.write("rules/lifecycle.yaml", "silent: {factor: 1, floor: 14 days}\nproblem: off\n");
    let classes = rows(&book, &["lifecycle", "--list", "--json=class,since"]);
    assert_eq!(classes[0], json!({"class": "silent", "since": "2026-08-20"}));
    assert_eq!(classes[3]["class"], "regular");
    book.write("rules/lifecycle.yaml", "silent:\n  factor: much\n");
    let wrong = book.run(&["lifecycle"]).fails(6);
    assert!(wrong.contains("rules/lifecycle.yaml:2:3"), "{wrong}");
    book.write("rules/lifecycle.yaml", "new: {with: 3 days}\n");
    let wrong = book.run(&["check"]).fails(6);
    assert!(wrong.contains("rules/lifecycle.yaml:1") && wrong.contains("with"), "{wrong}");
    book.write("rules/lifecycle.yaml", "");
    book.write("rules/practices.yaml", "new:\n  - {step: a, after: 3 hours}\n");
    let wrong = book.run(&["practice", "plan"]).fails(6);
    assert!(wrong.contains("rules/practices.yaml:2"), "{wrong}");
    book.write("rules/practices.yaml", "new:\n  - {step: a, after: 3 days, who: 小张}\n");
    let wrong = book.run(&["check"]).fails(6);
    assert!(wrong.contains("rules/practices.yaml:2") && wrong.contains("小张"), "{wrong}");
}
