//! `today`: who sees what, for cron, for calendars, and what it knows of the coming year.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::harness::Bench;

/// A Chinese book in Shanghai; it is noon of 2026-10-08, a Thursday. Targets of a normal request: 1 day and 3 days.
fn shop() -> Bench {
    let book = Bench::zh();
    let _ = book.run(&["customer", "add", "王芳; \\ 陈, 先生"]).ok();
    let _ = book.run(&["staff", "add", "Lily"]).ok();
    let _ = book.run(&["staff", "add", "小张"]).ok();
    book
}

/// A request received then, accepted, with somebody at work on it.
fn request(book: &Bench, text: &str, at: &str, handler: &str) -> String {
    let made = book.run(&["intake", text, "-c", "C0001", "--at", at, "--json"]).json();
    let id = made["rows"][0]["id"].as_str().unwrap().to_owned();
    for verb in [vec!["review", &id, "accept"], vec!["assign", &id, handler], vec!["start", &id]] {
        if verb[0] == "review" || !handler.is_empty() {
            let mut args = verb;
            args.extend(["--at", at]);
            let _ = book.run(&args).ok();
        }
    }
    id
}

/// The list: id → why.
fn list(book: &Bench, args: &[&str]) -> BTreeMap<String, String> {
    let mut all = vec!["today", "--json"];
    all.extend(args);
    let told = book.run(&all).json();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    told["rows"].as_array().unwrap().iter().map(|row| (text(row, "id"), text(row, "why"))).collect()
}

#[test]
fn one_person_sees_theirs_and_what_nobody_has() {
    let book = shop();
    // the solution is due on 8 October at 15:00, on the 9th at 10:00 and at 17:30; the rules warn four working hours before
    let late = request(&book, "甲", "2026-09-28 15:00", "Lily");
    let near = request(&book, "乙", "2026-09-29 10:00", "Lily");
    let far = request(&book, "丙", "2026-09-29 17:30", "Lily");
    let other = request(&book, "丁", "2026-09-29 10:00", "小张");
    let unassigned = request(&book, "戊", "2026-10-08 11:00", "");
    let due = |id: &str| book.run(&["show", id, "--json"]).json()["resolve_due"].as_str().unwrap().to_owned();
    assert_eq!([due(&late), due(&near), due(&far)].map(|due| due[5..16].to_owned()), ["10-08T15:00", "10-09T10:00", "10-09T17:30"]);
    let noon = list(&book, &["--for", "lily"]);
    assert_eq!(noon.get(&late).map(String::as_str), Some("due_today"));
    assert_eq!(noon.get(&unassigned).map(String::as_str), Some("unassigned"));
    // seven working hours are left
    assert!(!noon.contains_key(&near) && !noon.contains_key(&far) && !noon.contains_key(&other), "{noon:?}");
    book.write("rules/service.yaml", "escalation: [{target: resolve, before: 7 hours, notify: handler}]\n");
    let noon = list(&book, &["--for", "Lily"]);
    assert_eq!(noon.get(&near).map(String::as_str), Some("due_soon"));
    assert!(!noon.contains_key(&far) && !noon.contains_key(&other));
    assert_eq!(list(&book, &["--for", "小张"]).get(&other).map(String::as_str), Some("due_soon"));
    assert!(book.run(&["today", "--for", "nobody"]).fails(3).contains("nobody"));
}

#[test]
fn visits_are_on_the_list_of_who_does_them() {
    let book = Bench::en();
    for name in ["Lily", "Zhang"] {
        let _ = book.run(&["staff", "add", name]).ok();
    }
    let _ = book.run(&["customer", "add", "Ann"]).ok();
    let rows = "V20261008-001,C0001,cadence,2026-10-08,Lily,planned\nV20261007-001,C0001,cadence,2026-10-07,,planned\n\
                V20261008-002,C0001,cadence,2026-10-08,Zhang,planned\nV20261009-001,C0001,cadence,2026-10-09,Lily,planned\n";
    book.write("revisits/2026Q4.csv", format!("id,customer,reason,due_on,staff,status\n{rows}"));
    let seen = list(&book, &["--for", "Lily"]);
    let seen: Vec<(&str, &str)> = seen.iter().map(|(id, why)| (id.as_str(), why.as_str())).collect();
    assert_eq!(seen, [("V20261007-001", "revisit_overdue"), ("V20261008-001", "revisit_due")]);
}

#[test]
fn for_cron_it_ends_with_1_and_says_nothing_but_the_list() {
    let book = Bench::en();
    let none = book.run(&["-q", "today", "--fail-if-any"]);
    assert_eq!((none.code, none.out.as_str(), none.err.as_str()), (0, "", ""));
    let _ = book.run(&["intake", "Tea is damp"]).ok();
    let some = book.run(&["-q", "today", "--fail-if-any", "--format", "id"]);
    assert_eq!((some.code, some.err.as_str()), (1, ""));
    assert_eq!(some.out.lines().count(), 1);
    assert!(book.run(&["today", "--fail-if-any", "--format", "ics"]).out.contains("BEGIN:VEVENT"));
}

/// Name, parameters, value.
type Property = (String, String, String);
type Event = Vec<Property>;

/// A calendar as another program reads it: every property of every component, unfolded and unescaped.
fn events(text: &str) -> Vec<Event> {
    assert!(text.ends_with("\r\n"));
    let mut lines: Vec<String> = Vec::new();
    for line in text.trim_end_matches("\r\n").split("\r\n") {
        assert!(line.len() <= 75 && !line.is_empty() && !line.chars().any(char::is_control), "{line:?}");
        match line.strip_prefix(' ') {
            Some(rest) => lines.last_mut().unwrap().push_str(rest),
            None => lines.push(line.to_owned()),
        }
    }
    let (mut open, mut found): (Vec<String>, Vec<Event>) = (Vec::new(), Vec::new());
    for line in &lines {
        let (head, value) = line.split_once(':').unwrap();
        let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
        match name {
            "BEGIN" => {
                open.push(value.to_owned());
                if value == "VEVENT" {
                    found.push(Vec::new());
                }
            }
            "END" => assert_eq!(open.pop().as_deref(), Some(value)),
            _ if open.last().is_some_and(|component| component == "VEVENT") => {
                found.last_mut().unwrap().push((name.to_owned(), parameters.to_owned(), unescaped(value)));
            }
            _ => {}
        }
    }
    assert!(open.is_empty() && lines[0] == "BEGIN:VCALENDAR" && lines.contains(&"VERSION:2.0".to_owned()));
    for event in &found {
        let count = |name: &str| event.iter().filter(|property| property.0 == name).count();
        assert_eq!(["UID", "DTSTAMP", "DTSTART", "SUMMARY", "PRIORITY"].map(count), [1; 5]);
    }
    found
}

fn unescaped(value: &str) -> String {
    let mut out = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next().unwrap() {
                'n' | 'N' => out.push('\n'),
                other => {
                    assert!(matches!(other, '\\' | ';' | ','), "{value}");
                    out.push(other);
                }
            },
            c => out.push(c),
        }
    }
    out
}

fn value<'a>(event: &'a [Property], name: &str) -> &'a str {
    event.iter().find(|property| property.0 == name).map(|property| property.2.as_str()).unwrap()
}

#[test]
fn a_calendar_file_holds_the_list() {
    let mut book = shop();
    book.lang("zh");
    let late = request(&book, "茶叶受潮, 已经; 三天\\了\n第二行", "2026-09-21 10:00", "Lily");
    let today = request(&book, &"很长的一句话".repeat(20), "2026-09-28 15:00", "小张");
    let text = book.run(&["today", "--format", "ics"]).ok();
    let found = events(&text);
    assert_eq!(found.len(), 2);
    let of = |id: &str| found.iter().find(|event| value(event, "UID").starts_with(id)).unwrap();
    let event = of(&late);
    assert_eq!(value(event, "UID"), format!("{late}@%E8%8C%B6%E9%93%BA"));
    assert_eq!(value(event, "SUMMARY"), format!("已逾期 {late} 王芳; \\ 陈, 先生"));
    assert_eq!(value(event, "DESCRIPTION"), "茶叶受潮, 已经; 三天\\了");
    // late: a whole day, today; due at three in Shanghai: at that moment
    assert_eq!((value(event, "DTSTART"), value(event, "DTSTAMP")), ("20261008", "20261008T040000Z"));
    assert!(event.iter().any(|property| property.0 == "DTSTART" && property.1 == "VALUE=DATE"));
    assert_eq!(value(of(&today), "DTSTART"), "20261008T070000Z");
    assert!(value(of(&today), "DESCRIPTION").starts_with(&"很长的一句话".repeat(16)));
    let urgency = |event: &[Property]| value(event, "PRIORITY").parse::<u8>().unwrap();
    assert!(urgency(event) < urgency(of(&today)));
    // the same bytes again, by the ending of the file, and with a day given
    let _ = book.run(&["today", "-o", "today.ics", "--today", "2026-10-08"]).ok();
    assert_eq!(book.read("today.ics"), text);
    // nothing to do is a calendar too
    assert!(events(&book.run(&["today", "--for", "小张", "--format", "ics", "--today", "2026-09-27"]).ok()).is_empty());
}

#[test]
fn visits_go_into_a_calendar_and_other_lists_do_not() {
    let book = Bench::en();
    let _ = book.run(&["customer", "add", "Ann"]).ok();
    let rows = "V20261007-001,C0001,cadence,2026-10-07,,planned\nV20261012-001,C0001,cadence,2026-10-12,,planned\n";
    book.write("revisits/2026Q4.csv", format!("id,customer,reason,due_on,staff,status\n{rows}"));
    let found = events(&book.run(&["revisit", "due", "--until", "2026-10-31", "--format", "ics"]).ok());
    let days: Vec<&str> = found.iter().map(|event| value(event, "DTSTART")).collect();
    assert_eq!(days, ["20261008", "20261012"]);
    assert_eq!(value(&found[0], "SUMMARY"), "Revisit overdue V20261007-001 Ann");
    assert!(events(&book.run(&["revisit", "due", "--until", "2026-10-01", "-o", "-", "--format", "ics"]).ok()).is_empty());
    let before = book.files();
    for args in [
        &["list", "customers", "--format", "ics"][..],
        &["customer", "add", "Bob", "-o", "x.ics"],
        &["show", "C0001", "--format", "ics"],
        &["revisit", "plan", "--format", "ics"],
        &["status", "-o", "x.ics"],
    ] {
        assert!(book.run(args).fails(2).contains("`today`"), "{args:?}");
    }
    assert_eq!(book.files(), before);
}

#[test]
fn a_year_not_announced_is_told_wherever_a_due_time_is() {
    let mut book = shop();
    book.today("2026-12-30");
    let unknown = "the holidays of 2027 are not known yet";
    let made = book.run(&["intake", "茶叶受潮", "-c", "C0001"]);
    assert!(made.err.contains(unknown), "{}", made.err);
    assert!(book.run(&["review", "1230-1", "accept", "--severity", "low"]).err.contains(unknown));
    // the due times stay as they are
    assert!(!book.run(&["assign", "1230-1", "Lily"]).err.contains(unknown));
    assert!(book.run(&["split", "1230-1", "又一件"]).err.contains(unknown));
    let clock = book.run(&["show", "1230-1", "--clock"]);
    assert!(clock.err.contains(unknown));
    assert_eq!(book.run(&["show", "1230-1", "--clock", "--json"]).json()["unknown_years"], serde_json::json!([2027]));
    assert!(book.run(&["calendar", "due", "2026-12-30 10:00", "3 days"]).err.contains(unknown));
    assert!(book.run(&["-q", "today"]).err.contains(unknown));
    assert_eq!(book.run(&["today", "--json"]).json()["unknown_years"], serde_json::json!([2027]));
    // what is due this year promises nothing of the next
    assert!(!book.run(&["intake", "急", "-c", "C0001", "-s", "critical"]).err.contains(unknown));
    // months before it the list tells of it for the sake of what is due then
    assert_eq!(book.run(&["today", "--json", "--today", "2026-10-08", "--for", "小张"]).json()["unknown_years"], serde_json::json!([2027]));
    // where every second counts no holiday moves anything
    book.write("rules/service.yaml", "clock: elapsed\n");
    assert!(!book.run(&["intake", "再来一件", "-c", "C0001"]).err.contains(unknown));
    let other = shop();
    let told = other.run(&["today", "--json"]);
    assert!(!told.err.contains(unknown));
    assert_eq!(told.json()["unknown_years"], serde_json::json!([]));
}
