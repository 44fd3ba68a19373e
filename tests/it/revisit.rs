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
