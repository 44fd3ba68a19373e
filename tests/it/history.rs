//! Requests that come with due times or with their whole past: judged, told and counted as if entered in time.

use serde_json::Value;

use crate::harness::Bench;

/// A city's list: due and closing times, one day-first, one ISO.
const CITY: &str = "case_id,open_dt,target_dt,closed_dt,title,reason,source\n\
    1,2026-07-01 09:00:00,2026-07-03 17:00:00,2026-07-03 17:00:00,Lamp,Streets,Citizens Connect App\n\
    2,2026-07-01 09:00:00,2026-07-03 17:00:00,2026-07-03 17:00:01,Bin,Waste,Constituent Call\n\
    3,2026-07-02 10:00:00,2026-07-09 08:30:00,,Bench,Parks,Self Service\n\
    4,2026-07-02 10:00:00,,2026-07-20 10:00:00,Needle,Health,City Worker App\n\
    5,2026-07-02 10:00:00,2026-12-01 08:30:00,,Tree,Parks,Self Service\n";

const CITY_MAP: &str = "columns: {id: case_id, received_at: open_dt, resolve_due: target_dt, resolved_at: closed_dt, closed_at: closed_dt,\n  \
    category: reason, content: title, channel: source}\n\
    values:\n  channel: {Citizens Connect App: online, Self*: online, Constituent Call: phone, '*': other}\nblank: ['?']\n";

fn city(text: &str, order: &str) -> Bench {
    let book = Bench::en();
    book.write("in/city.csv", text);
    book.write("maps/city.yaml", CITY_MAP);
    let _ = book.run(&["import", "requests", "in/city.csv", "--use-map", "city", "--date-order", order]).ok();
    book
}

/// `2026-07-01 09:00:00` as `01/07/2026 09:00:00`.
fn day_first(text: &str) -> String {
    let cell = |cell: &str| match cell.get(..10).map(|date| date.split('-').collect::<Vec<_>>()) {
        Some(parts) if parts.len() == 3 => format!("{}/{}/{}{}", parts[2], parts[1], parts[0], &cell[10..]),
        _ => cell.to_owned(),
    };
    text.lines().map(|line| line.split(',').map(cell).collect::<Vec<_>>().join(",") + "\n").collect()
}

fn ids(book: &Bench, filter: &[&str]) -> String {
    book.run(&[&["list", "requests"], filter, &["--format", "id"]].concat()).ok().replace('\n', " ")
}

#[test]
fn due_times_that_came_along_are_judged() {
    let book = city(CITY, "iso");
    assert_ne!(day_first(CITY), CITY);
    assert_eq!(city(&day_first(CITY), "dmy").read("requests/2026Q3.csv"), book.read("requests/2026Q3.csv"));
    assert_eq!((ids(&book, &["overdue:yes"]), ids(&book, &["overdue:no"])), ("2 3 ".into(), "1 4 5 ".into()));
    for (code, found) in
        [("met", "1 "), ("late", "2 "), ("overdue", "3 "), ("none", "4 "), ("open", "5 "), ("paused", ""), ("已逾期", "3 ")]
    {
        assert_eq!(ids(&book, &[&format!("ontime:{code}")]), found, "{code}");
    }
    assert_eq!(ids(&book, &["overdue:yes", "--today", "2026-07-08"]), "2 ");
    assert_eq!(ids(&book, &["overdue:yes", "--today", "2026-12-02"]), "2 3 5 ");
    assert!(book.run(&["list", "requests", "ontime:soon"]).fails(2).contains("paused"));
    assert!(book.run(&["list", "requests", "overdue:perhaps"]).fails(2).contains("overdue:yes"));
    let rows = book.run(&["list", "requests", "--json=id,ontime,channel"]).json();
    assert_eq!(rows["rows"][1]["ontime"], "late", "{rows}");
    let channels: Vec<&Value> = rows["rows"].as_array().unwrap().iter().map(|row| &row["channel"]).collect();
    assert_eq!(channels, ["online", "phone", "online", "other", "online"]);
    assert_eq!(book.run(&["show", "3", "--json"]).json()["ontime"], "overdue");
    assert!(book.run(&["show", "2"]).ok().contains("Due time: late\n"));
    let clock = book.run(&["show", "2", "--clock", "--json"]).json();
    let resolve = &clock["targets"][2];
    assert_eq!((&resolve["verdict"], &resolve["due"]), (&"missed".into(), &"2026-07-03T17:00:00+08:00".into()));
    assert!(book.run(&["show", "2", "--clock"]).ok().contains("Resolve: missed · due 2026-07-03 17:00 · reached"));
    let report = book.run(&["report", "2026Q3", "--json"]).json();
    let due: Vec<(&str, u64)> = report["efficiency"]["due"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["code"].as_str().unwrap(), row["requests"].as_u64().unwrap()))
        .collect();
    assert_eq!(due, [("met", 1), ("late", 1), ("overdue", 1), ("open", 1), ("paused", 0), ("none", 1)]);
    assert!(book.run(&["report", "2026Q3", "--format", "md"]).ok().contains("By due time"));
}

#[test]
fn a_promise_waits_with_the_customer() {
    let book = Bench::zh();
    let _ = book.run(&["staff", "add", "小李"]).ok();
    for (at, words) in
        [("2026-09-21 10:00", "intake 茶叶受潮"), ("2026-09-21 10:30", "review 0921-1 accept"), ("2026-09-21 11:00", "assign 0921-1 小李")]
    {
        let _ = book.run(&[&words.split(' ').collect::<Vec<_>>()[..], &["--at", at]].concat()).ok();
    }
    assert_eq!(book.run(&["show", "0921-1", "--json"]).json()["ontime"], "overdue");
    let _ = book.run(&["wait", "0921-1", "--at", "2026-09-21 12:00"]).ok();
    assert_eq!(book.run(&["show", "0921-1", "--json"]).json()["ontime"], "paused");
    assert_eq!(book.run(&["show", "0921-1", "--clock", "--json"]).json()["targets"][2]["verdict"], "paused");
}

/// The log of an incident desk; the last rows stand first, and `?` is nothing.
const DESK: &str = "number,incident_state,sys_mod_count,sys_updated_at,reopen_count,opened_at,priority,assigned_to,symptom\n\
    INC2,Closed,1,24/9/2026 09:00,0,22/9/2026 09:00,4 - Low,Li,Key\n\
    INC1,Closed,7,30/9/2026 18:00,1,21/9/2026 10:00,1 - Critical,Mei,Mail\n\
    INC1,Active,1,21/9/2026 10:30,0,21/9/2026 10:00,3 - Moderate,?,Mail\n\
    INC1,New,0,21/9/2026 10:30,0,21/9/2026 10:00,3 - Moderate,?,Mail\n\
    INC1,Awaiting User Info,2,21/9/2026 12:00,0,21/9/2026 10:00,3 - Moderate,Li,Mail\n\
    INC1,Active,3,22/9/2026 09:30,0,21/9/2026 10:00,1 - Critical,Li,Mail\n\
    INC1,Resolved,4,22/9/2026 11:00,0,21/9/2026 10:00,1 - Critical,Li,Mail\n\
    INC1,Active,5,23/9/2026 09:00,1,21/9/2026 10:00,1 - Critical,Mei,Mail\n\
    INC1,Resolved,6,23/9/2026 15:00,1,21/9/2026 10:00,1 - Critical,Mei,Mail\n\
    INC2,New,0,22/9/2026 09:05,0,22/9/2026 09:00,4 - Low,?,Key\n";

const DESK_MAP: &str = "columns:\n  id: number\n  changed_at: sys_updated_at\n  changed_order: sys_mod_count\n  received_at: opened_at\n  \
    stage: incident_state\n  severity: priority\n  handler: assigned_to\n  content: symptom\n  reopened: reopen_count\ndate_order: dmy\n\
    values:\n  stage: {New: registered, Active: in_progress, Awaiting *: waiting}\n  \
    severity: {1 - *: critical, 3 - *: normal, 4 - *: low}\nblank: ['?']\n";

fn desk(text: &str) -> Bench {
    let book = Bench::en();
    book.write("maps/desk.yaml", DESK_MAP);
    book.write("in/desk.csv", text);
    book
}

fn import(book: &Bench) -> crate::harness::Ran {
    book.run(&["import", "requests", "in/desk.csv", "--history", "--use-map", "desk"])
}

#[test]
fn a_history_is_one_batch_in_the_log() {
    let book = desk(DESK);
    let before = book.files();
    assert!(
        book.run(&["-n", "import", "requests", "in/desk.csv", "--history", "--use-map", "desk"])
            .err
            .contains("10 rows = 2 new + 8 updated")
    );
    assert_eq!(book.files(), before);
    let err = import(&book).err;
    assert!(err.contains("10 rows = 2 new + 8 updated + 0 unchanged + 0 rejected"), "{err}");
    assert!(err.contains("the histories of 2 requests, 8 steps in the log") && !err.contains("note: of"), "{err}");
    let shown = book.run(&["show", "INC1", "--json"]).json();
    let text = |name: &str| shown[name].as_str().unwrap_or_default().to_owned();
    assert_eq!([text("stage"), text("severity"), text("handler")], ["closed", "critical", "Mei"]);
    assert_eq!(shown["reopened"], 1);
    assert_eq!(
        [text("resolved_at"), text("closed_at"), text("first_resolved_at")],
        ["2026-09-23T15:00:00+08:00", "2026-09-30T18:00:00+08:00", "2026-09-22T11:00:00+08:00"]
    );
    let timeline: Vec<(&str, &str)> =
        shown["timeline"].as_array().unwrap().iter().map(|row| (row["at"].as_str().unwrap(), row["action"].as_str().unwrap())).collect();
    assert_eq!(timeline.len(), 7);
    assert_eq!((timeline[0], timeline[6]), (("2026-09-21T10:30:00+08:00", "import"), ("2026-09-30T18:00:00+08:00", "import")));
    let clock = book.run(&["show", "INC1", "--clock", "--json"]).json();
    let segments: Vec<[&str; 3]> = clock["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| ["from", "state", "severity"].map(|name| one[name].as_str().unwrap()))
        .collect();
    let expected = [
        ["2026-09-21T10:00:00+08:00", "running", "normal"],
        ["2026-09-21T12:00:00+08:00", "waiting", "normal"],
        ["2026-09-22T09:30:00+08:00", "running", "critical"],
        ["2026-09-22T11:00:00+08:00", "resolved", "critical"],
        ["2026-09-23T09:00:00+08:00", "running", "critical"],
        ["2026-09-23T15:00:00+08:00", "resolved", "critical"],
    ];
    assert_eq!(segments, expected);
    assert_eq!((book.run(&["check"]).ok(), ids(&book, &["--as-of", "2026-10-07"])), (String::new(), String::new()));
    // twice changes nothing; one undo takes it back, one redo brings it
    let first = book.files();
    assert!(import(&book).err.contains("10 rows = 0 new + 0 updated + 10 unchanged"));
    assert_eq!(book.files(), first);
    let clock = |book: &Bench| book.run(&["show", "INC1", "--clock", "--json"]).ok();
    let before = clock(&book);
    let _ = book.run(&["undo"]).ok();
    assert_eq!(ids(&book, &[]), "");
    let _ = book.run(&["redo"]).ok();
    assert_eq!((clock(&book), book.run(&["check"]).ok()), (before.clone(), String::new()));
    // taken back and imported afresh: nothing is counted twice
    let _ = book.run(&["undo"]).ok();
    let _ = import(&book).ok();
    assert_eq!((clock(&book), book.run(&["check"]).ok()), (before, String::new()));
}

#[test]
fn a_history_goes_on_where_it_ended() {
    let (head, rows) = DESK.split_once('\n').unwrap();
    let book = desk(&format!(
        "{head}\n{}\n",
        rows.lines().filter(|row| !row.contains("24/9") && !row.contains("3/9") && !row.contains("30/9")).collect::<Vec<_>>().join("\n")
    ));
    let _ = import(&book).ok();
    assert_eq!((ids(&book, &["stage:open"]), ids(&book, &["stage:resolved"])), ("INC2 ".into(), "INC1 ".into()));
    let early = book.read("requests/2026Q3.csv");
    book.write("in/desk.csv", DESK);
    let mut later = book;
    later.today("2026-10-09");
    assert!(import(&later).err.contains("10 rows = 0 new + 4 updated + 6 unchanged"));
    let whole = desk(DESK);
    let _ = import(&whole).ok();
    assert_eq!(later.read("requests/2026Q3.csv"), whole.read("requests/2026Q3.csv"));
    let segments = |book: &Bench| book.run(&["show", "INC1", "--clock", "--json", "--today", "2026-10-20"]).json()["segments"].clone();
    assert_eq!(segments(&later), segments(&whole));
    // as of the day before the second import the request stood as the first one left it
    assert_eq!(
        later.run(&["list", "requests", "--as-of", "2026-10-08", "--format", "csv", "--json=id,stage,resolved_at"]).json()["rows"][0]["stage"],
        "resolved"
    );
    let _ = later.run(&["undo"]).ok();
    assert_eq!(later.read("requests/2026Q3.csv"), early);
    assert_eq!(later.run(&["check"]).ok(), "");
}

#[test]
fn a_history_counts_like_the_same_life_entered_in_time() {
    let book = Bench::en();
    for who in ["Li", "Mei"] {
        let _ = book.run(&["staff", "add", who]).ok();
    }
    let steps = [
        ("2026-09-21 10:00", "intake Mail"),
        ("2026-09-21 10:30", "review 0921-1 accept"),
        ("2026-09-21 10:45", "assign 0921-1 Li"),
        ("2026-09-21 11:00", "start 0921-1"),
        ("2026-09-21 12:00", "wait 0921-1"),
        ("2026-09-22 09:30", "resume 0921-1"),
        ("2026-09-22 11:00", "resolve 0921-1 done -m x"),
        ("2026-09-23 09:00", "reopen 0921-1 -r again"),
        ("2026-09-23 10:00", "wait 0921-1"),
        ("2026-09-23 15:00", "resolve 0921-1 done -m x"),
        ("2026-09-24 08:00", "confirm 0921-1"),
        ("2026-09-30 18:00", "close 0921-1"),
    ];
    for (at, words) in steps {
        let _ = book.run(&[&words.split(' ').collect::<Vec<_>>()[..], &["--at", at]].concat()).ok();
    }
    let rows = [
        ("21 10:00", "registered"),
        ("21 10:30", "reviewed"),
        ("21 10:45", "assigned"),
        ("21 11:00", "in_progress"),
        ("21 12:00", "waiting"),
        ("22 09:30", "in_progress"),
        ("22 11:00", "resolved"),
        ("23 09:00", "assigned"),
        ("23 10:00", "waiting"),
        ("23 15:00", "resolved"),
        ("24 08:00", "confirmed"),
        ("30 18:00", "closed"),
    ];
    let rows: Vec<String> = rows.iter().map(|(at, stage)| format!("H1,2026-09-{at},{stage},Mail")).collect();
    let csv = format!("id,changed_at,stage,content\n{}\n", rows.join("\n"));
    book.write("in/h.csv", csv);
    let _ = book.run(&["import", "requests", "in/h.csv", "--history"]).ok();
    let clock = |id: &str| book.run(&["show", id, "--clock", "--json"]).json();
    let (entered, imported) = (clock("0921-1"), clock("H1"));
    assert_eq!(imported["segments"], entered["segments"]);
    assert_eq!(imported["segments"].as_array().unwrap().len(), 7, "{imported}");
    assert_eq!(imported["first_resolved"], entered["first_resolved"]);
    for target in 0..3 {
        for figure in ["reached", "elapsed", "waiting", "net"] {
            assert_eq!(imported["targets"][target][figure], entered["targets"][target][figure], "{target} {figure}");
        }
    }
    let columns = [
        "stage",
        "reopened",
        "reviewed_at",
        "responded_at",
        "resolved_at",
        "confirmed_at",
        "closed_at",
        "received_at",
        "first_resolved_at",
    ];
    let (entered, imported) = (book.run(&["show", "0921-1", "--json"]).json(), book.run(&["show", "H1", "--json"]).json());
    for column in columns {
        assert_eq!(imported[column], entered[column], "{column}");
    }
}

#[test]
fn what_cannot_be_taken_whole_is_rejected_whole() {
    let book = desk(&DESK.replace("22/9/2026 11:00", "31/9/2026 11:00"));
    let ran = import(&book);
    assert!(ran.err.contains("10 rows = 1 new + 1 updated + 0 unchanged + 8 rejected"), "{}", ran.err);
    assert!(ran.err.contains("in/desk.csv:8:17: changed_at: not a date: 31/9/2026"), "{}", ran.err);
    assert!(ran.err.contains("another row of INC1 (line 8) cannot be taken"), "{}", ran.err);
    assert_eq!((ran.code, ids(&book, &[])), (6, "INC2 ".into()));
    let mended = book.read("desk-rejects.csv").replace("31/9/2026", "22/9/2026");
    book.write("in/desk.csv", mended);
    assert!(import(&book).err.contains("8 rows = 1 new + 7 updated"));
    let whole = desk(DESK);
    let _ = import(&whole).ok();
    let clock = |book: &Bench| book.run(&["show", "INC1", "--clock", "--json"]).ok();
    assert_eq!(clock(&book), clock(&whole));
}

#[test]
fn the_files_columns_hold_unless_they_are_left_out() {
    let with_end = |text: &str| {
        let end = |row: &str| if row.starts_with("INC1") { "22/9/2026 10:30" } else { "?" };
        let mut lines = text.lines();
        let head = lines.next().unwrap().to_owned() + ",resolved_at\n";
        let rows: Vec<String> = lines.map(|row| format!("{row},{}", end(row))).collect();
        format!("{head}{}\n", rows.join("\n"))
    };
    let resolved = |book: &Bench, id: &str| book.run(&["show", id, "--json"]).json()["resolved_at"].clone();
    let book = desk(&with_end(DESK));
    let err = import(&book).err;
    assert!(err.contains("note: of 1 requests the resolved_at column says otherwise"), "{err}");
    assert_eq!((resolved(&book, "INC1"), resolved(&book, "INC2")), ("2026-09-22T10:30:00+08:00".into(), Value::Null));
    let book = desk(&with_end(DESK));
    let ran = book.run(&["import", "requests", "in/desk.csv", "--history", "--use-map", "desk", "--map", "resolved_at=="]);
    assert!(!ran.err.contains("note: of"), "{}", ran.err);
    let times = ["2026-09-23T15:00:00+08:00", "2026-09-24T09:00:00+08:00"];
    assert_eq!([resolved(&book, "INC1"), resolved(&book, "INC2")], times);
}

#[test]
fn a_customer_who_comes_to_the_archive_later_is_linked() {
    let book = desk(&DESK.replace("symptom", "customer_name"));
    book.write("maps/desk.yaml", DESK_MAP.replace("  content: symptom\n", ""));
    let _ = import(&book).ok();
    let _ = book.run(&["customer", "add", "Mail"]).ok();
    assert!(import(&book).err.contains("10 rows = 0 new + 1 updated + 9 unchanged"));
    let shown = book.run(&["show", "INC1", "--json"]).json();
    assert_eq!((&shown["customer"], shown["timeline"].as_array().unwrap().len()), (&"C0001".into(), 8));
    assert_eq!(book.run(&["check"]).ok(), "");
    assert!(import(&book).err.contains("10 unchanged"));
}

#[test]
fn maps_say_what_words_mean_and_are_checked() {
    let book = desk(DESK);
    book.write("maps/desk.yaml", DESK_MAP.replace("Active: in_progress", "Active: busy"));
    let err = import(&book).fails(6);
    assert!(err.contains("maps/desk.yaml:13:28:") && err.contains("busy"), "{err}");
    book.write("maps/desk.yaml", DESK_MAP.replace("  severity: {", "  sevrity: {"));
    assert!(import(&book).fails(6).contains("maps/desk.yaml:14:3: "), "{}", import(&book).err);
    book.write("maps/desk.yaml", DESK_MAP);
    assert!(book.run(&["import", "requests", "in/desk.csv", "--use-map", "desk"]).fails(2).contains("--history"));
    assert!(book.run(&["import", "requests", "in/desk.csv", "--history"]).fails(2).contains("--map"));
    assert!(book.run(&["import", "orders", "in/desk.csv", "--history"]).fails(2).contains("import requests"));
    // a word that the map does not know is no stage
    book.write("in/desk.csv", DESK.replace("Awaiting User Info", "Parked"));
    assert!(import(&book).fails(6).contains("Parked"));
    // what is saved again keeps the words
    book.write("in/desk.csv", DESK);
    let _ = book.run(&["import", "requests", "in/desk.csv", "--history", "--use-map", "desk", "--save-map", "again"]).ok();
    assert!(book.run(&["import", "requests", "in/desk.csv", "--history", "--use-map", "again"]).err.contains("10 unchanged"));
}
