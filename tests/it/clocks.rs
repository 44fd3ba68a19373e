//! Request clocks through the command line: the worked examples of docs/rules.md, section Clocks, one test each.

use serde_json::{Value, json};

use crate::harness::Bench;

/// A Chinese book in Shanghai, its day long after what happens, with one customer and one member of staff.
fn shop() -> Bench {
    let book = Bench::zh();
    let _ = book.run(&["customer", "add", "王芳"]).ok();
    let _ = book.run(&["staff", "add", "小李"]).ok();
    book
}

/// Enters steps late, each at its time: `("09-28 10:00", "intake 茶叶受潮 -c 王芳")`.
fn steps(book: &Bench, steps: &[(&str, &str)]) {
    for (at, words) in steps {
        let mut args: Vec<&str> = words.split(' ').collect();
        args.extend(["--at", at]);
        let _ = book.run(&args).ok();
    }
}

/// The clock of a target: verdict, due, elapsed, waiting.
fn clock(book: &Bench, id: &str, target: &str) -> (String, String, i64, i64) {
    let told = book.run(&["show", id, "--clock", "--json"]).json();
    let found = told["targets"].as_array().unwrap().iter().find(|row| row["target"] == target).unwrap().clone();
    let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
    (text("verdict"), text("due"), found["elapsed"].as_i64().unwrap(), found["waiting"].as_i64().unwrap())
}

fn is(verdict: &str, due: &str, elapsed_minutes: i64, waiting_minutes: i64) -> (String, String, i64, i64) {
    (verdict.to_owned(), due.to_owned(), elapsed_minutes * 60, waiting_minutes * 60)
}

const BEGIN: [(&str, &str); 3] = [
    ("2026-09-21 10:00", "intake 茶叶受潮 -c 王芳"),
    ("2026-09-21 10:30", "review 0921-1 accept"),
    ("2026-09-21 11:00", "assign 0921-1 小李"),
];

#[test]
fn example_1_resolved_straight_from_waiting() {
    let book = shop();
    steps(&book, &BEGIN);
    steps(&book, &[("2026-09-21 12:00", "wait 0921-1"), ("2026-09-28 12:00", "resolve 0921-1 好 -m 换货")]);
    // the waiting is counted, and not charged; Mid-Autumn Festival and National Day lie between
    assert_eq!(clock(&book, "0921-1", "resolve"), is("met", "2026-10-08T10:00:00+08:00", 38 * 60, 36 * 60));
    assert_eq!(clock(&book, "0921-1", "respond"), is("met", "2026-09-22T10:00:00+08:00", 2 * 60, 0));
}

#[test]
fn example_2_a_severity_changed_after_receipt() {
    let book = shop();
    steps(&book, &[("2026-09-21 10:00", "intake 茶叶受潮 -c 王芳"), ("2026-09-22 09:30", "review 0921-1 accept --severity critical")]);
    // acknowledged under the first promise; the rest counts anew from the change
    assert_eq!(clock(&book, "0921-1", "acknowledge"), is("missed", "2026-09-21T14:00:00+08:00", 8 * 60 + 30, 0));
    steps(&book, &[("2026-09-22 10:00", "assign 0921-1 小李"), ("2026-09-22 10:15", "start 0921-1")]);
    assert_eq!(clock(&book, "0921-1", "respond"), is("met", "2026-09-22T10:30:00+08:00", 9 * 60 + 15, 0));
    steps(&book, &[("2026-09-23 09:00", "resolve 0921-1 好 -m 换货")]);
    assert_eq!(clock(&book, "0921-1", "resolve"), is("missed", "2026-09-22T17:30:00+08:00", 17 * 60, 0));
    let told = book.run(&["show", "0921-1", "--clock", "--json"]).json();
    let severities: Vec<&Value> = told["segments"].as_array().unwrap().iter().map(|segment| &segment["severity"]).collect();
    assert_eq!(severities, ["normal", "critical", "critical"]);
}

#[test]
fn example_3_reopened_and_not_charged_for_the_time_it_lay_resolved() {
    let book = shop();
    steps(&book, &BEGIN);
    steps(&book, &[("2026-09-21 15:00", "resolve 0921-1 好 -m 换货"), ("2026-09-23 10:00", "reopen 0921-1 -r 又坏")]);
    steps(&book, &[("2026-09-23 12:00", "resolve 0921-1 好 -m 再换")]);
    assert_eq!(clock(&book, "0921-1", "resolve"), is("met", "2026-09-28T14:00:00+08:00", 7 * 60, 0));
    let told = book.run(&["show", "0921-1", "--clock", "--json"]).json();
    assert_eq!(told["first_resolved"], "2026-09-21T15:00:00+08:00");
}

#[test]
fn example_4_spring_festival_with_a_make_up_saturday() {
    let book = shop();
    steps(&book, &[("2026-02-13 16:00", "intake 茶叶受潮 -c 王芳")]);
    // two hours on Friday, nine on the make-up Saturday, nine on the 24th, seven on the 25th
    assert_eq!(clock(&book, "0213-1", "resolve").1, "2026-02-25T16:00:00+08:00");
}

#[test]
fn example_5_a_lunch_break() {
    let book = shop();
    let day = "[\"09:00-12:00\", \"13:00-18:00\"]";
    book.write("rules/calendar.yaml", format!("week: {{mon: {day}, tue: {day}, wed: {day}, thu: {day}, fri: {day}}}\ninclude: [cn]\n"));
    steps(&book, &[("2026-09-21 11:30", "intake 茶叶受潮 -c 王芳 --severity critical")]);
    assert_eq!(clock(&book, "0921-1", "resolve").1, "2026-09-22T11:30:00+08:00");
}

#[test]
fn example_6_leave_of_the_handler_stops_no_clock() {
    let book = shop();
    book.write("absences.csv", "员工,起,止,备注\n小李,2026-09-21,2026-09-30,年假\n");
    steps(&book, &BEGIN);
    assert_eq!(clock(&book, "0921-1", "resolve").1, "2026-09-24T10:00:00+08:00");
}

#[test]
fn example_7_the_hour_that_is_missing_in_spring() {
    let book = Bench::empty("en");
    let _ = book.run(&["init", "--name", "NY", "--language", "en", "--time-zone", "America/New_York", "--currency", "USD"]).ok();
    book.write("rules/calendar.yaml", "week: {sun: [\"00:00-06:00\"], mon: [\"00:00-06:00\"]}\n");
    book.write("rules/service.yaml", "targets: {normal: {respond: 5 hours, resolve: 6 hours}}\n");
    steps(&book, &[("2026-03-08 00:00", "intake late")]);
    // from midnight to six there are five hours that night
    assert_eq!(clock(&book, "0308-1", "respond").1, "2026-03-08T06:00:00-04:00");
    assert_eq!(clock(&book, "0308-1", "resolve").1, "2026-03-09T01:00:00-04:00");
    book.write("rules/service.yaml", "clock: elapsed\ntargets: {normal: {resolve: 24 hours}}\n");
    steps(&book, &[("2026-03-07 12:00", "intake early")]);
    assert_eq!(clock(&book, "0307-1", "resolve").1, "2026-03-08T13:00:00-04:00");
}

#[test]
fn example_8_registered_outside_working_hours() {
    let book = shop();
    // Saturday evening; the Sunday after is a make-up working day
    steps(&book, &[("2026-09-19 20:00", "intake 茶叶受潮 -c 王芳")]);
    assert_eq!(clock(&book, "0919-1", "acknowledge").1, "2026-09-20T13:00:00+08:00");
}

#[test]
fn example_9_resolved_exactly_at_the_due_time() {
    for (at, verdict) in [("2026-09-24 10:00", "met"), ("2026-09-24 10:01", "missed")] {
        let book = shop();
        steps(&book, &BEGIN);
        steps(&book, &[(at, "resolve 0921-1 好 -m 换货")]);
        assert_eq!(clock(&book, "0921-1", "resolve").0, verdict);
    }
}

#[test]
fn example_10_rejected_owes_nothing_more() {
    let book = shop();
    steps(&book, &[("2026-09-21 10:00", "intake 茶叶受潮 -c 王芳"), ("2026-09-21 16:00", "review 0921-1 reject -r 不属于我们")]);
    assert_eq!(clock(&book, "0921-1", "resolve").0, "none");
    assert_eq!(clock(&book, "0921-1", "acknowledge").0, "missed");
}

#[test]
fn example_11_raised_after_the_answer() {
    let mut book = shop();
    book.write("rules/service.yaml", "escalation:\n  - {target: resolve, before: 20 hours, raise: critical}\n");
    steps(&book, &BEGIN);
    steps(&book, &[("2026-09-21 11:30", "start 0921-1")]);
    book.today("2026-09-22");
    let _ = book.run(&["escalate", "--run"]).ok();
    // the answer stays judged by the promise it was given under; the solution is owed within 8 hours from noon on
    assert_eq!(clock(&book, "0921-1", "respond"), is("met", "2026-09-22T10:00:00+08:00", 90, 0));
    assert_eq!(clock(&book, "0921-1", "resolve"), is("open", "2026-09-23T11:00:00+08:00", 11 * 60, 0));
}

#[test]
fn example_12_merged_while_waiting() {
    let book = shop();
    steps(&book, &BEGIN);
    steps(&book, &[("2026-09-21 12:00", "wait 0921-1"), ("2026-09-21 13:00", "intake 茶叶又潮 -c 王芳")]);
    steps(&book, &[("2026-09-21 15:00", "merge 0921-1 0921-2")]);
    let (verdict, _, elapsed, waiting) = clock(&book, "0921-1", "resolve");
    assert_eq!((verdict.as_str(), elapsed, waiting), ("none", 5 * 3600, 3 * 3600));
    // the other goes on under its own promise
    assert_eq!(clock(&book, "0921-2", "resolve").1, "2026-09-24T13:00:00+08:00");
}

#[test]
fn example_13_reopened_too_late() {
    let mut book = shop();
    steps(&book, &BEGIN);
    steps(&book, &[("2026-09-21 15:00", "resolve 0921-1 好 -m 换货")]);
    book.today("2026-10-22");
    assert!(book.run(&["reopen", "0921-1", "-r", "又坏"]).fails(2).contains("intake --related R20260921-001"));
    assert_eq!(clock(&book, "0921-1", "resolve"), is("met", "2026-09-24T10:00:00+08:00", 5 * 60, 0));
    let _ = book.run(&["intake", "又坏", "-c", "王芳", "--related", "0921-1"]).ok();
    assert_eq!(clock(&book, "1022-1", "resolve").0, "open");
}

#[test]
fn what_is_entered_late_and_in_time_gives_the_same_clocks() {
    let words = ["intake 茶叶受潮 -c 王芳", "review 0930-1 accept", "assign 0930-1 小李", "wait 0930-1", "resume 0930-1"];
    let times = ["2026-09-30 09:00", "2026-09-30 10:00", "2026-09-30 10:00", "2026-09-30 11:00", "2026-09-30 15:00"];
    let late = shop();
    let mut in_time = shop();
    for (at, words) in times.iter().zip(words) {
        steps(&late, &[(at, words)]);
        in_time.today("2026-09-30");
        steps(&in_time, &[(at, words)]);
    }
    in_time.today("2026-10-08");
    for target in ["acknowledge", "respond", "resolve"] {
        assert_eq!(clock(&late, "0930-1", target), clock(&in_time, "0930-1", target));
    }
    assert_eq!(late.read("requests/2026Q3.csv"), in_time.read("requests/2026Q3.csv"));
}

#[test]
fn what_was_undone_did_not_happen() {
    let book = shop();
    steps(&book, &BEGIN);
    let before = clock(&book, "0921-1", "resolve");
    steps(&book, &[("2026-09-21 12:00", "wait 0921-1")]);
    let waiting = clock(&book, "0921-1", "resolve");
    assert_ne!(waiting, before);
    let _ = book.run(&["undo"]).ok();
    assert_eq!(clock(&book, "0921-1", "resolve"), before);
    let _ = book.run(&["redo"]).ok();
    assert_eq!(clock(&book, "0921-1", "resolve"), waiting);
}

#[test]
fn what_was_promised_stays_when_the_rules_change() {
    let book = shop();
    steps(&book, &BEGIN);
    let before = clock(&book, "0921-1", "resolve");
    book.write("rules/service.yaml", "targets: {normal: {resolve: 1 hour}}\n");
    steps(&book, &[("2026-09-21 12:00", "start 0921-1")]);
    assert_eq!(clock(&book, "0921-1", "resolve"), before);
    assert!(book.read("requests/2026Q3.csv").contains("acknowledge=4h respond=9h resolve=27h rules=built-in"));
}

#[test]
fn escalation_fires_once_and_is_logged() {
    let book = shop();
    book.write(
        "rules/service.yaml",
        "targets: {normal: {respond: 1 day, resolve: 2 days}, high: {resolve: 1 day}}\nescalation:\n  - {target: resolve, before: 4 hours, notify: handler}\n  \
         - {target: resolve, after: 1 hour, notify: 店长, raise: high, assign: 小王}\nclose_unconfirmed: 2 days\n",
    );
    let _ = book.run(&["staff", "add", "小王"]).ok();
    steps(&book, &BEGIN);
    steps(
        &book,
        &[
            ("2026-09-22 10:00", "intake 还有 -c 王芳"),
            ("2026-09-22 10:00", "review 0922-1 accept"),
            ("2026-09-22 10:00", "assign 0922-1 小李"),
        ],
    );
    steps(&book, &[("2026-09-22 11:00", "resolve 0922-1 好 -m 修")]);
    let files = book.files();
    let shown = book.run(&["escalate"]);
    assert_eq!((shown.out.lines().count(), shown.err.contains("0922-001")), (4, true), "{shown:?}");
    assert_eq!(book.files(), files);
    let ran = book.run(&["escalate", "--run", "--json"]).json();
    let levels: Vec<&Value> = ran["rows"].as_array().unwrap().iter().map(|row| &row["level"]).collect();
    assert_eq!(levels, ["resolve:1", "resolve:2"]);
    let request = book.run(&["show", "0921-1", "--json"]).json();
    assert_eq!(
        (&request["escalated"], &request["severity"], &request["handler"]),
        (&json!("resolve:1 resolve:2"), &json!("high"), &json!("小王"))
    );
    assert_eq!(request["stage"], "assigned");
    assert_eq!(book.run(&["show", "0922-1", "--json"]).json()["stage"], "closed");
    let files = book.files();
    let again = book.run(&["escalate", "--run"]);
    assert!(again.code == 0 && again.err.contains("Nothing to escalate"), "{again:?}");
    assert_eq!(book.files(), files);
    assert_eq!(book.run(&["check"]).ok(), "");
    // whoever is to be told finds it on the own list
    let told = book.run(&["today", "--for", "小王", "--json"]).json();
    assert_eq!(told["rows"][0]["id"], "R20260921-001");
    let because = book.run(&["today", "--explain", "--json"]).json();
    assert_eq!(because["rows"][0]["because"]["escalated"], "6.0");
}
