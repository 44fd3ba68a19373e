//! The calendar on the command line: of a book, of a file, in both languages, and what it refuses.

use crate::harness::Bench;

const LUNCH: &str = "time_zone: UTC\nweek:\n  mon: [\"09:00-12:00\", \"13:00-18:00\"]\n  tue: [\"09:00-12:00\", \"13:00-18:00\"]\n\
                     holidays: [{date: 2026-11-24, name: {zh: 店庆, en: Anniversary}}]\nspecial: {2026-11-30: [\"09:00-12:00\"]}\n";

#[test]
fn a_month_day_by_day() {
    let mut book = Bench::zh();
    let month = book.run(&["calendar", "show"]).ok();
    assert_eq!(month.lines().count(), 2 + 31, "{month}");
    let days = book.run(&["calendar", "show", "2026-10-07..2026-10-11", "--format", "csv"]).ok();
    assert_eq!(
        days,
        "date,weekday,kind,hours,seconds,known,name\n2026-10-07,wed,holiday,,0,true,National Day\n\
         2026-10-08,thu,workday,09:00-18:00,32400,true,\n2026-10-09,fri,workday,09:00-18:00,32400,true,\n\
         2026-10-10,sat,make_up,09:00-18:00,32400,true,National Day\n2026-10-11,sun,weekend,,0,true,\n"
    );
    book.lang("zh");
    let days = book.run(&["日历", "查看", "2026-10-10", "--format", "plain"]).ok();
    assert_eq!(days, "2026-10-10\t周六\t调休上班\t09:00-18:00\t9:00\t\t国庆节\n");
    let days = book.run(&["calendar", "show", "2026-10", "--json"]).json();
    assert_eq!((&days["time_zone"], &days["unknown_years"]), (&"Asia/Shanghai".into(), &serde_json::json!([])));
    assert_eq!(days["rows"][7]["hours"], serde_json::json!(["09:00-18:00"]));
}

#[test]
fn a_file_answers_without_a_book() {
    let bench = Bench::empty("en");
    bench.write("lunch.yaml", LUNCH);
    let ask = |words: &[&str]| {
        let words: Vec<&str> = ["calendar"].iter().chain(words).copied().chain(["--calendar", "lunch.yaml", "--json"]).collect();
        bench.run(&words).json()
    };
    let due = ask(&["due", "2026-11-23T11:00Z", "90min", "--pause", "2026-11-23T11:15:00Z/2026-11-23T13:15:00Z"]);
    assert_eq!(due["schema"], "carebook.calendar_due.v1");
    let row = &due["rows"][0];
    assert_eq!((&row["due"], &row["seconds"], &row["paused_seconds"]), (&"2026-11-23T14:30:00+00:00".into(), &5400.into(), &3600.into()));
    let between = ask(&["between", "2026-11-23 09:00", "2026-12-01T10:00:00+01:00", "--pause", "2026/11/23/2026/11/23 10:00"]);
    // Monday less an hour, the anniversary, and the half day
    assert_eq!((&between["rows"][0]["seconds"], &between["rows"][0]["paused_seconds"]), (&36_000.into(), &3600.into()));
    assert_eq!(ask(&["show", "2026-11-24"])["rows"][0]["name"], "Anniversary");
    assert_eq!(ask(&["due", "2026-11-23 17:00", "2 workdays"])["rows"][0]["due"], "2026-12-01T17:00:00+00:00");
    let said = bench.run(&["calendar", "due", "2026-11-30 09:30", "4 hours", "--calendar", "lunch.yaml", "--format", "plain"]).ok();
    assert_eq!(said, "2026-11-30 09:30:00\t4 hours\t2026-12-01 10:30:00\t4:00\t0:00\n");
}

#[test]
fn a_year_not_announced_is_said_to_be_unknown() {
    let mut book = Bench::zh();
    assert_eq!(book.run(&["check"]).ok(), "");
    book.today("2026-11-23");
    let ran = book.run(&["check"]);
    assert!(ran.err.contains("rules/cn-days.csv: the holidays of 2027 are not known yet"), "{}", ran.err);
    let _ = ran.ok();
    let due = book.run(&["calendar", "due", "2026-12-31 17:00", "2 hours", "--json"]);
    assert!(due.err.contains("warning: the holidays of 2027"), "{}", due.err);
    let due = due.json();
    assert_eq!((&due["unknown_years"], &due["rows"][0]["due"]), (&serde_json::json!([2027]), &"2027-01-01T10:00:00+08:00".into()));
    book.lang("zh");
    assert!(book.run(&["calendar", "show", "2027-01-01"]).err.contains("2027 年的节假日安排尚未收录"));

    // the notice is out
    book.write("rules/cn-days.csv", "year,date,kind,name_zh,name_en\n2027,2027-01-01,holiday,元旦,New Year's Day\n");
    assert_eq!(book.run(&["check"]).err, "");
    let due = book.run(&["calendar", "due", "2026-12-31 17:00", "2 hours", "--json"]).json();
    assert_eq!((&due["unknown_years"], &due["rows"][0]["due"]), (&serde_json::json!([]), &"2027-01-04T10:00:00+08:00".into()));
    book.write("rules/cn-days.csv", "year,date,kind,name_zh,name_en\n2027,2027-02-30,holiday,元旦,\n");
    assert!(book.run(&["check"]).fails(6).contains("rules/cn-days.csv:2:6: "));
    let _ = book.run(&["calendar", "show"]).fails(6);
    // a calendar that includes no holidays has no unknown years
    book.write("rules/cn-days.csv", "year,date,kind,name_zh,name_en\n");
    book.write("rules/calendar.yaml", "include: []\n");
    assert_eq!(book.run(&["check"]).err, "");
}

#[test]
fn leave_is_taken_off() {
    let book = Bench::en();
    let _ = book.run(&["staff", "add", "li"]).ok();
    book.write("absences.csv", "staff,from,until,note\nli,2026-10-08,2026-10-09,\n");
    let due = |more: &[&str]| {
        let words: Vec<&str> = ["calendar", "due", "2026-10-08 09:00", "1h", "--json"].iter().chain(more).copied().collect();
        book.run(&words).json()["rows"][0]["due"].clone()
    };
    assert_eq!((due(&[]), due(&["--for", "Li"])), ("2026-10-08T10:00:00+08:00".into(), "2026-10-10T10:00:00+08:00".into()));
    assert!(book.run(&["calendar", "show", "--for", "wang"]).fails(3).contains("wang"));
}

#[test]
fn what_is_wrong_is_said() {
    let mut bench = Bench::empty("en");
    bench.write("never.yaml", "week: {}\n");
    bench.write("broken.yaml", "week:\n  mon: [\"09:00-12:00\", \"11:00-13:00\"]\nholidays:\n  - {from: 2026-10-03, to: 2026-10-01}\n");
    bench.write("stray.yaml", "week: {}\nsundays: []\n");
    let fails = |bench: &Bench, words: &[&str], code: i32| {
        let words: Vec<&str> = ["calendar"].iter().chain(words).copied().collect();
        bench.run(&words).fails(code)
    };
    let never = ["--calendar", "never.yaml"];
    let with = |words: &[&'static str]| words.iter().copied().chain(never).collect::<Vec<_>>();
    assert!(fails(&bench, &with(&["due", "2026-11-23", "1h"]), 6).contains("no working time for five years"));
    assert!(fails(&bench, &with(&["due", "2026-11-23", "30m"]), 2).contains("DURATION: not a length of time: 30m"));
    assert!(fails(&bench, &with(&["due", "yesterday", "1h"]), 2).contains("START"));
    assert!(fails(&bench, &with(&["between", "2026-11-23", "2026-11-31"]), 2).contains("END"));
    assert!(fails(&bench, &with(&["between", "2026-11-23", "2026-11-24", "--pause", "2026-11-23"]), 2).contains("--pause"));
    let reversed = with(&["between", "2026-11-23", "2026-11-24", "--pause", "2026-11-24/2026-11-23"]);
    assert!(fails(&bench, &reversed, 2).contains("ends before it begins"));
    assert!(fails(&bench, &with(&["show", "all"]), 2).contains("40 years"));
    let broken = fails(&bench, &["show", "--calendar", "broken.yaml"], 6);
    assert!(broken.contains("broken.yaml:2:3: week.mon: ") && broken.contains("holidays[0].to"), "{broken}");
    assert!(fails(&bench, &["show", "--calendar", "stray.yaml"], 6).contains("stray.yaml:2:1"));
    let _ = fails(&bench, &["show"], 3);
    bench.lang("zh");
    assert!(fails(&bench, &with(&["due", "2026-11-23", "1h"]), 6).contains("连续五年没有工作时间"));
    assert!(fails(&bench, &["show", "--calendar", "broken.yaml"], 6).contains("重叠"));
    // nothing between an end and an earlier start is not an error
    assert_eq!(
        bench.run(&[&["calendar"], &with(&["between", "2026-11-24", "2026-11-23", "--json=seconds"])[..]].concat()).json()["rows"][0]["seconds"],
        0
    );
}
