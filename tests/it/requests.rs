//! A request's life on the command line.

use crate::harness::Bench;

#[test]
fn from_registration_to_reopening() {
    let book = Bench::zh();
    let _ = book.run(&["customer", "add", "王芳", "电话=13800138000"]).ok();
    let _ = book.run(&["staff", "add", "小李", "--department", "客服"]).ok();
    let err = book.run(&["intake", "茶叶受潮", "-c", "王芳", "-k", "质量", "-t", "投诉", "--channel", "微信"]).err;
    assert_eq!(err, "Registered R20261008-001 (王芳), to be resolved by 2026-10-12 12:00.\nNext: carebook review R20261008-001 accept\n");
    let _ = book.run(&["review", "1", "accept", "--severity", "重大"]).ok();
    let _ = book.run(&["assign", "1", "小李"]).ok();
    let _ = book.run(&["start", "1008-1"]).ok();
    let err = book.run(&["resolve", "1"]).fails(4);
    assert!(err.contains("measures, result"), "{err}");
    let _ = book.run(&["resolve", "1", "已换新", "--measures", "换货"]).ok();
    let _ = book.run(&["confirm", "1", "--how", "电话"]).ok();
    let _ = book.run(&["feedback", "1", "非常满意"]).ok();
    let _ = book.run(&["close", "1"]).ok();
    let _ = book.run(&["reopen", "1", "--reason", "又坏了"]).ok();
    let shown = book.run(&["show", "1", "--json"]).json();
    assert_eq!(shown["stage"], "assigned");
    assert_eq!(shown["severity"], "high");
    assert_eq!(shown["feedback"], 5);
    assert_eq!(shown["resolved_at"], serde_json::Value::Null);
    let actions: Vec<&str> = shown["timeline"].as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["intake", "review", "assign", "start", "resolve", "confirm", "feedback", "close", "reopen"]);
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn a_step_out_of_order_says_what_is_possible() {
    let mut book = Bench::en();
    let _ = book.run(&["intake", "late"]).ok();
    let err = book.run(&["resolve", "1", "done", "--measures", "x"]).fails(1);
    assert_eq!(
        err,
        "error: R20261008-001 is registered; resolve is not possible now\n  hint: possible now: carebook review R20261008-001\n"
    );
    book.lang("zh");
    let err = book.run(&["resolve", "1", "done", "--measures", "x"]).fails(1);
    assert!(err.starts_with("错误: R20261008-001 现在是“已登记”"), "{err}");
    book.lang("en");
    let err = book.run(&["review", "1", "reject"]).fails(4);
    assert!(err.contains("--reason"), "{err}");
    let _ = book.run(&["review", "1", "reject", "--reason", "not our product"]).ok();
    assert!(book.run(&["reopen", "1", "--reason", "x"]).fails(1).contains("has ended"));
}

#[test]
fn what_is_not_there_is_not_found() {
    let book = Bench::en();
    let _ = book.run(&["intake", "one", "--at", "2026-10-01 09:00"]).ok();
    let _ = book.run(&["intake", "two", "--at", "2026-10-02 09:00"]).ok();
    assert!(book.run(&["start", "9"]).fails(3).contains("there is no 9"));
    assert!(book.run(&["start", "1"]).fails(3).contains("R20261001-001, R20261002-001"));
    assert!(book.run(&["intake", "x", "-c", "nobody"]).fails(3).contains("nobody"));
    assert!(book.run(&["intake", "x", "--at", "2027-01-01"]).fails(2).contains("--at"));
    assert!(book.run(&["intake", "--no-input"]).fails(4).contains("TEXT"));
}

#[test]
fn a_duplicate_names_the_other() {
    let book = Bench::en();
    let _ = book.run(&["intake", "leak"]).ok();
    let _ = book.run(&["intake", "leak again"]).ok();
    let _ = book.run(&["review", "1008-2", "duplicate", "1008-1"]).ok();
    let shown = book.run(&["show", "1008-2", "--json"]).json();
    assert_eq!((&shown["stage"], &shown["duplicate_of"]), (&"duplicate".into(), &"R20261008-001".into()));
    assert!(book.run(&["review", "1008-1", "duplicate", "1008-1"]).fails(2).contains("itself"));
}

#[test]
fn lists_are_filtered_in_either_language() {
    let book = Bench::zh();
    let _ = book.run(&["intake", "漏水", "-s", "紧急", "--at", "2026-07-01"]).ok();
    let _ = book.run(&["intake", "建议加座", "-t", "suggestion", "--at", "2026-10-01"]).ok();
    let ids = |filters: &[&str]| {
        let mut args = vec!["list", "--format", "id"];
        args.extend(filters);
        book.run(&args).ok().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(ids(&["severity:critical"]), ["R20260701-001"]);
    assert_eq!(ids(&["严重程度:紧急", "stage:open"]), ["R20260701-001"]);
    assert_eq!(ids(&["since:2026Q4"]), ["R20261001-001"]);
    assert_eq!(ids(&["received_at:2026-07"]), ["R20260701-001"]);
    assert_eq!(ids(&["加座"]), ["R20261001-001"]);
    assert_eq!(ids(&["类型:"]), ["R20260701-001"]);
    assert_eq!(ids(&["客户:"]).len(), 2);
    assert!(book.run(&["list", "colour:red"]).fails(2).contains("colour:red"));
    assert!(book.run(&["list", "--json=?"]).ok().starts_with("id\ncustomer\n"));
    assert!(book.run(&["list", "--json=nothing"]).fails(2).contains("received_at"));
}
