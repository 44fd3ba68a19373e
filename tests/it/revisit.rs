//! Revisits on the command line: planned, worked through, tried in vain.

use crate::harness::Bench;

/// 2026-10-08 is a Thursday. C0001 is in tier A and belongs to 小李, C0002 has no tier.
fn book() -> Bench {
    let book = Bench::zh();
    let _ = book.run(&["customer", "add", "王芳", "负责人=小李", "建档日期=2026-09-11", "电话=13800138000"]).ok();
    let _ = book.run(&["customer", "add", "李强"]).ok();
    let _ = book.run(&["tier", "set", "1", "A", "--until", "2027-12-31", "--reason", "创始客户"]).ok();
    let _ = book.run(&["staff", "add", "小李"]).ok();
    book
}

#[test]
fn planned_once_and_worked_through() {
    let mut book = book();
    // 30 days after 2026-09-11 is a Sunday
    let err = book.run(&["revisit", "plan", "--dry-run"]).err;
    assert!(err.contains("Would plan 1 revisit due by 2026-10-15; 0 customers have one already, 1 have no tier"), "{err}");
    let planned = book.run(&["revisit", "plan", "--json"]).json();
    assert_eq!(planned["rows"][0]["id"], "V20261012-001");
    assert_eq!((&planned["rows"][0]["staff"], &planned["rows"][0]["basis"]), (&"小李".into(), &"since".into()));
    assert!(book.run(&["revisit", "plan"]).err.starts_with("Planned 0 revisits due by 2026-10-15; 1 customers have one already"));
    assert_eq!(book.run(&["revisit", "due"]).err, "No revisits due by 2026-10-08.\n");

    book.today("2026-10-14");
    let due = book.run(&["revisit", "due", "--for", "小李", "--json"]).json();
    assert_eq!((&due["rows"][0]["overdue_days"], &due["rows"][0]["phone"]), (&2.into(), &"13800138000".into()));
    assert_eq!(book.run(&["revisit", "due", "--for", "小王", "--json"]).json()["rows"], serde_json::json!([]));

    let err = book.run(&["revisit", "attempt", "1012-1", "占线"]).err;
    assert_eq!(err, "V20261012-001: no answer; V20261019-001 is planned for 2026-10-19.\n");
    assert!(book.run(&["revisit", "done", "1019-1", "-s", "6"]).fails(2).contains("6 is not between 1 and 5"));
    let err = book.run(&["revisit", "done", "1019-1", "-s", "非常满意", "-m", "电话", "--problems", "包装破损"]).err;
    assert_eq!(err, "V20261019-001: done.\nNext: carebook intake PROBLEM -c C0001, to register what the customer raised\n");
    let err = book.run(&["revisit", "done", "1019-1"]).fails(1);
    assert!(err.contains("V20261019-001 is done; revisit done is not possible now"), "{err}");
    let rows = book.read("revisits/2026Q4.csv");
    assert!(rows.contains("V20261012-001,C0001,,定期,2026-10-12,小李,未接通"), "{rows}");
    assert!(rows.contains("V20261019-001,C0001,,定期,2026-10-19,小李,完成,2026-10-14 12:00:00,电话,5,,,包装破损"), "{rows}");
    // the clock starts again with the revisit
    assert!(book.run(&["revisit", "plan", "--until", "2026-11-12"]).err.starts_with("Planned 0"));
    assert!(book.run(&["revisit", "plan", "--until", "2026-11-13"]).err.starts_with("Planned 1"));
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn a_skip_needs_a_reason_and_puts_the_next_off() {
    let book = book();
    let _ = book.run(&["revisit", "plan"]).ok();
    assert!(book.run(&["revisit", "skip", "V20261012-001"]).fails(4).contains("--reason"));
    let _ = book.run(&["revisit", "skip", "V20261012-001", "--reason", "客户出国"]).ok();
    assert!(book.run(&["revisit", "plan"]).err.starts_with("Planned 0 revisits due by 2026-10-15; 0 customers"));
    assert!(book.run(&["revisit", "skip", "9-9", "-r", "x"]).fails(3).contains("9-9"));
}

#[test]
fn a_closed_request_is_followed_up() {
    let book = book();
    let _ = book.run(&["intake", "受潮", "-c", "王芳"]).ok();
    let _ = book.run(&["review", "1", "accept"]).ok();
    let _ = book.run(&["assign", "1", "小李"]).ok();
    let _ = book.run(&["resolve", "1", "已换新", "--measures", "换货"]).ok();
    let _ = book.run(&["confirm", "1"]).ok();
    let _ = book.run(&["feedback", "1", "5"]).ok();
    let ran = book.run(&["close", "1"]);
    assert!(ran.err.contains("Planned revisit V20261015-001 on 2026-10-15."), "{}", ran.err);
    let _ = ran.ok();
    let _ = book.run(&["reopen", "1", "--reason", "又坏了"]).ok();
    let _ = book.run(&["resolve", "1", "再换"]).ok();
    let ran = book.run(&["close", "1", "--unconfirmed"]);
    assert!(!ran.err.contains("Planned revisit"), "{}", ran.err);
    let _ = ran.ok();
    assert_eq!(book.run(&["check"]).ok(), "");
}

/// Six customers in tier A, all due on 2026-10-14 (a Wednesday).
fn busy() -> Bench {
    let book = Bench::zh();
    let _ = book.run(&["staff", "add", "小李"]).ok();
    let _ = book.run(&["staff", "add", "小王"]).ok();
    for (n, owner) in ["小李", "小李", "小李", "小王", "小王", "小王"].iter().enumerate() {
        let (name, owner) = (format!("客户{n}"), format!("负责人={owner}"));
        let _ = book.run(&["customer", "add", &name, &owner, "建档日期=2026-09-14"]).ok();
        let _ = book.run(&["tier", "set", &(n + 1).to_string(), "A", "--until", "2027-12-31", "--reason", "x"]).ok();
    }
    book
}

#[test]
fn the_load_is_spread_and_everything_is_told() {
    let book = busy();
    book.write("rules/revisits.yaml", "cadence: {A: {wanted: 30 days, longest: 33 days}}\nper_day: {小李: 1, others: 2}\nahead: 2\n");
    let _ = book.run(&["staff", "leave", "小李", "2026-10-12..2026-10-13"]).ok();
    let _ = book.run(&["staff", "edit", "小王", "离职日期=2026-10-14"]).ok();
    let _ = book.run(&["customer", "edit", "C0001", "授权=撤回"]).ok();
    let _ = book.run(&["customer", "edit", "C0002", "偏好方式=微信", "偏好时间=14:00-15:30"]).ok();
    let before = book.files();
    let plan = book.run(&["revisit", "plan", "-n", "--json"]);
    assert_eq!(book.files(), before);
    let err = plan.err.clone();
    let json = plan.json();
    let rows = json["rows"].as_array().unwrap();
    let told: Vec<String> =
        rows.iter().map(|row| format!("{} {} {} {}", row["customer"], row["due_on"], row["staff"], row["moved_from"])).collect();
    let expected = [
        ("C0006", "2026-10-13", "小王", Some("2026-10-14")),
        ("C0002", "2026-10-14", "小李", None),
        ("C0004", "2026-10-14", "小王", None),
        ("C0005", "2026-10-14", "小王", None),
        ("C0003", "2026-10-15", "小李", Some("2026-10-14")),
    ];
    let quoted = |text: Option<&str>| text.map_or("null".to_owned(), |text| format!("\"{text}\""));
    let expected = expected.map(|(id, day, who, from)| format!("\"{id}\" \"{day}\" \"{who}\" {}", quoted(from)));
    assert_eq!(told, expected);
    let row = &rows[1];
    assert_eq!((&row["wanted"], &row["longest"], &row["latest"]), (&"30 days".into(), &"33 days".into(), &"2026-10-17".into()));
    assert_eq!((&row["method"], &row["time"], &row["state"]), (&"微信".into(), &"14:00-15:30".into(), &"on_time".into()));
    assert_eq!(json["passed_over"]["consent_withdrawn"], 1);
    assert!(err.contains("2 moved to another day") && err.contains("1 whose consent was withdrawn"), "{err}");
    let _ = book.run(&["revisit", "plan"]).ok();
    assert!(book.run(&["revisit", "plan"]).err.starts_with("Planned 0 revisits"));
    // the calendar has the hour that the customer prefers: 14:00 in Shanghai
    let ics = book.run(&["revisit", "due", "--until", "2026-10-31", "--format", "ics"]).ok();
    assert!(ics.contains("DTSTART:20261014T060000Z\r\nDTEND:20261014T073000Z\r\n"), "{ics}");
    assert!(ics.replace("\r\n ", "").contains("Prefers: 微信 14:00-15:30") && ics.contains("DTSTART;VALUE=DATE:20261015"), "{ics}");
    let _ = book.run(&["undo"]).ok();
    assert_eq!(book.run(&["revisit", "due", "--until", "2026-10-31"]).err, "No revisits due by 2026-10-31.\n");
}

#[test]
fn rules_that_contradict_themselves_are_told_with_their_place() {
    let book = busy();
    book.write("rules/revisits.yaml", "cadence:\n  A: {wanted: 30 days, longest: 20 days}\n");
    let err = book.run(&["revisit", "plan"]).fails(6);
    assert!(err.contains("rules/revisits.yaml:2:24: cadence.A.longest"), "{err}");
    book.write("rules/revisits.yaml", "cadence:\n  A: {wanted: 30 days, at_last: 20 days}\n");
    let err = book.run(&["revisit", "plan"]).fails(6);
    assert!(err.contains("rules/revisits.yaml:2:"), "{err}");
}

/// A closed request with its visit V20261015-001.
fn closed() -> Bench {
    let book = book();
    let _ = book.run(&["intake", "受潮", "-c", "王芳"]).ok();
    let _ = book.run(&["review", "1", "accept"]).ok();
    let _ = book.run(&["assign", "1", "小李"]).ok();
    let _ = book.run(&["resolve", "1", "已换新", "--measures", "换货"]).ok();
    let _ = book.run(&["confirm", "1"]).ok();
    let _ = book.run(&["close", "1"]).ok();
    book
}

#[test]
fn what_a_visit_leads_to_is_one_change() {
    let mut book = closed();
    book.today("2026-10-15");
    let before = book.files();
    let args = ["revisit", "done", "1015-1", "-s", "2", "-m", "电话", "--reopen", "又受潮", "--new-request", "发票未到", "-k", "发票"];
    let args = [&args[..], &["--severity", "高", "--customer", "电话=139", "地区=华东", "--verified"]].concat();
    let ran = book.run(&args);
    for text in ["V20261015-001: done.", "R20261008-001: assigned", "Changed customer C0001", "Registered R20261015-001"] {
        assert!(ran.err.contains(text), "{text}: {}", ran.err);
    }
    let _ = ran.ok();
    let (old, new) = (book.run(&["show", "R20261008-001", "--json"]).json(), book.run(&["show", "R20261015-001", "--json"]).json());
    assert_eq!((&old["stage"], &old["related"]), (&"assigned".into(), &"R20261015-001".into()), "{old}");
    assert_eq!((&new["related"], &new["channel"]), (&"R20261008-001".into(), &"revisit".into()), "{new}");
    assert!(!new["resolve_due"].is_null() && new["severity"] == "high", "{new}");
    let customer = book.run(&["list", "customers", "id:C0001", "--json"]).json();
    let customer = &customer["rows"][0];
    assert_eq!((&customer["phone"], &customer["verified_on"]), (&"139".into(), &"2026-10-15".into()));
    assert!(book.read("revisits/2026Q4.csv").contains("新诉求 R20261015-001"));
    let _ = book.run(&["check"]).ok();
    let _ = book.run(&["undo"]).ok();
    let tables = |files: Vec<(String, Vec<u8>)>| -> Vec<_> {
        files.into_iter().filter(|(path, _)| path.ends_with(".csv") && !path.starts_with("log/")).collect()
    };
    assert_eq!(tables(book.files()), tables(before));
}

#[test]
fn a_visit_is_refused_as_a_whole() {
    let mut book = closed();
    let _ = book.run(&["revisit", "add", "C0001", "2026-10-20"]).ok();
    book.today("2026-10-20");
    let before = book.files();
    let refused = |args: &[&str], code: i32, text: &str| {
        let err = book.run(&[&["revisit", "done"], args].concat()).fails(code);
        assert!(err.contains(text), "{args:?}: {err}");
        assert_eq!(book.files(), before, "{args:?}");
    };
    refused(&["1015-1", "--new-request", "x", "--customer", "tier=A"], 2, "tier");
    refused(&["1015-1", "--new-request", "x", "-t", "odd"], 2, "odd");
    refused(&["1015-1", "--new-request", " "], 2, "--new-request");
    refused(&["1015-1", "--reopen", "x", "-s", "9"], 2, "9");
    refused(&["1020-1", "--reopen", "x", "--customer", "电话=1"], 2, "--new-request");
    refused(&["1015-1", "--severity", "high"], 2, "--new-request");
    // reopening has its own rules: sixty days later it is too late
    let mut book = closed();
    book.today("2027-03-01");
    let dry = book.run(&["revisit", "done", "1015-1", "--new-request", "x", "-n", "--json"]).json();
    assert_eq!((&dry["new_request"], &dry["reopened"]), (&"R20270301-001".into(), &serde_json::Value::Null), "{dry}");
    let err = book.run(&["revisit", "done", "1015-1", "--reopen", "x"]).fails(2);
    assert!(err.contains("intake --related R20261008-001"), "{err}");
}

#[test]
fn attempts_end_and_the_cadence_goes_on() {
    let mut book = book();
    let _ = book.run(&["revisit", "plan"]).ok();
    book.today("2026-10-12");
    let mut ids = vec!["V20261012-001".to_owned()];
    for _ in 0..3 {
        let ran = book.run(&["revisit", "attempt", ids.last().unwrap(), "--json"]);
        let next = ran.json()["rows"][0]["id"].as_str().unwrap().to_owned();
        ids.push(next);
    }
    assert_eq!(ids[2], ids[3], "the third plans no more");
    assert!(book.run(&["revisit", "due", "--until", "2026-12-31"]).err.starts_with("No revisits due"));
    assert!(book.run(&["revisit", "plan", "--until", "2026-11-10"]).err.starts_with("Planned 0"));
    let planned = book.run(&["revisit", "plan", "--until", "2026-11-11", "--json"]).json();
    assert_eq!((&planned["rows"][0]["basis"], &planned["rows"][0]["due"]), (&"in_vain".into(), &"2026-11-11".into()));
    // an attempt that was planned again is not due twice, one that was the last is
    book.today("2026-10-31");
    let json = book.run(&["revisit", "覆盖率", "2026Q4", "--json"]).json();
    let all = &json["rows"][0];
    assert_eq!((&all["due"], &all["in_vain"], &all["attempts"]), (&1.into(), &1.into(), &3.into()), "{json}");
    assert_eq!((&json["customers"]["with_cadence"], &json["customers"]["in_time"]), (&1.into(), &0.into()), "{json}");
    let over = book.run(&["revisit", "coverage", "--overdue", "--json"]).json();
    assert_eq!((&over["rows"][0]["customer"], &over["rows"][0]["days_over"]), (&"C0001".into(), &20.into()), "{over}");
    assert!(book.run(&["revisit", "coverage", "sometime"]).fails(2).contains("sometime"));
}

#[test]
fn moved_and_added_by_hand() {
    let book = book();
    let _ = book.run(&["staff", "add", "小王"]).ok();
    let _ = book.run(&["staff", "leave", "小王", "2026-12-20..2027-01-10"]).ok();
    let err = book.run(&["revisit", "add", "王芳", "2026-12-19", "--reason-code", "新客户"]).err;
    assert!(err.contains("2026-12-19 is no working day") && err.contains("V20261219-001"), "{err}");
    assert!(book.run(&["revisit", "move", "1219-1", "2027-01-05"]).fails(4).contains("--reason"));
    assert!(book.run(&["revisit", "move", "1219-1", "2026-10-01", "-r", "x"]).fails(2).contains("2026-10-01"));
    assert!(book.run(&["revisit", "move", "1219-1", "2026-12-01", "-r", "x", "--staff", "无此人"]).fails(3).contains("无此人"));
    let err = book.run(&["revisit", "move", "1219-1", "2027-01-05", "-r", "客户出国", "--staff", "小王"]).err;
    assert!(err.contains("moved from 2026-12-19 to 2027-01-05 (小王)") && err.contains("on leave"), "{err}");
    assert!(book.read("revisits/2027Q1.csv").contains("V20261219-001,C0001,,新客户,2027-01-05,小王,计划"));
    assert!(book.run(&["revisit", "add", "王芳", "2026-12-19", "--reason-code", "odd"]).fails(2).contains("manual"));
    // one planned by hand is one: the cadence asks for no other
    assert!(book.run(&["revisit", "plan"]).err.starts_with("Planned 0 revisits due by 2026-10-15; 1 customers have one already"));
    assert_eq!(book.run(&["check"]).ok(), "");
}
