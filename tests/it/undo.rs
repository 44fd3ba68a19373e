//! Undo, redo, the past, and what was edited by hand.

use std::collections::BTreeMap;

use crate::harness::Bench;

/// The tables and documents: everything but the log, which only grows.
fn tables(book: &Bench) -> BTreeMap<String, Vec<u8>> {
    book.files().into_iter().filter(|(path, _)| !path.starts_with("log/") && !path.starts_with("in/")).collect()
}

/// Asserts that the same files hold the same bytes; names the ones that do not.
#[track_caller]
fn same(found: &BTreeMap<String, Vec<u8>>, expected: &BTreeMap<String, Vec<u8>>, when: &str) {
    let names = found.keys().chain(expected.keys()).filter(|name| found.get(*name) != expected.get(*name));
    assert_eq!(names.collect::<Vec<_>>(), Vec::<&String>::new(), "{when}");
}

/// A book whose files a person has had in hand: own columns, own order, CRLF, a date in another form.
fn odd_book() -> Bench {
    let book = Bench::en();
    book.write("customers.csv", "\u{FEFF}shop,id,name,phone,since\r\nwest,C1,\"Ann, Bo\",138,2026/7/1\r\n\r\neast,C2,Li,,\r\n");
    book.write("staff.csv", "name,full_name\nAnn,Ann A\nBo,Bo B");
    let settings = book.read("carebook.yaml");
    book.write("carebook.yaml", settings + "columns: {customers: {vip: {type: yes_no}}, requests: {lot: {type: integer}}}\n");
    let _ = book.run(&["check", "--adopt"]).ok();
    book.write("in/orders.csv", "order,customer,date,amount\nO1,C1,2026-07-02,10.00\nO2,C2,2026-09-30,5.50\nO2,C2,2026-09-30,1.00\n");
    book.write("in/orders2.csv", "order,customer,date,amount\nO2,C2,2026-09-30,7.00\nO3,C9,2026-10-01,3.00\n");
    book.write("in/customers.csv", "id,name,phone\nC1,\"Ann, Bo\",139\nC7,Zhao,137\n");
    book.write("in/requests.csv", "content,received_at,customer\nslow,2026-05-03 09:00,C1\n");
    book.write("in/people.csv", "customer,name,phone,primary\nC1,Zhou,137,\nC2,Qian,136,yes\n\"Ann, Bo\",Sun,,yes\n");
    book.write(
        "in/talks.csv",
        "customer,at,channel,content,contact\nC1,2026-09-01 10:00,phone,sent a list,Sun\nC2,2026-11-01,mail,thanks,\n",
    );
    book.write("in/contacts.csv", "customer,name,role\nC1,Ann,boss\nC2,Li,\n");
    book.write("in/interactions.csv", "customer,at,summary\nC1,2026-08-03 09:00,called\n");
    let _ = book.run(&["export", "customers", "-o", "in/back.csv"]).ok();
    let edited = book.read("in/back.csv").replace(",138,,", ",138,ann@x.org,").replace(",Li,", ",Li Na,");
    book.write("in/back.csv", edited);
    book.write("in/nps.csv", "id,How likely are you to recommend us? (0-10),date\n1,9,2026-09-01\n2,3,2026-09-02\n");
    book
}

/// One command of every kind that writes, in an order that works.
const VERBS: &[&[&str]] = &[
    &["customer", "add", "New One", "phone=13800000000"],
    &["customer", "edit", "C1", "region=north"],
    &["staff", "add", "Cy"],
    &["intake", "late delivery", "-c", "C1", "--category", "delivery"],
    &["intake", "broken cup", "-c", "C2"],
    &["review", "R20261004-001", "accept", "--severity", "high"],
    &["assign", "R20261004-001", "Ann"],
    &["start", "R20261004-001"],
    &["wait", "R20261004-001", "--reason", "photo"],
    &["resume", "R20261004-001"],
    &["note", "R20261004-001", "called back"],
    &["resolve", "R20261004-001", "sent a new one", "--measures", "replaced", "--cause", "courier"],
    &["confirm", "R20261004-001"],
    &["feedback", "R20261004-001", "4", "fine"],
    &["close", "R20261004-001"],
    &["reopen", "R20261004-001", "--reason", "again"],
    &["review", "R20261005-001", "reject", "--reason", "not ours"],
    &["split", "R20261004-001", "wrong invoice", "-k", "invoice"],
    &["link", "R20261005-001", "R20261004-002"],
    &["merge", "R20261004-002", "R20261004-001", "-r", "one matter"],
    &["import", "customers", "in/back.csv"],
    &["import", "contacts", "in/contacts.csv"],
    &["import", "interactions", "in/interactions.csv"],
    &["import", "customers", "in/customers.csv"],
    &["import", "orders", "in/orders.csv", "--map", "id=order"],
    &["import", "orders", "in/orders2.csv", "--map", "id=order", "--create-customers"],
    &["import", "requests", "in/requests.csv"],
    &["survey", "import", "in/nps.csv", "--survey", "nps", "--yes"],
    &["tier", "apply"],
    &["tier", "set", "C1", "A", "--until", "2027-12-31", "--reason", "friend"],
    &["revisit", "plan", "--until", "2026-12-31"],
    &["revisit", "add", "C2", "2027-01-08", "--staff", "Bo"],
    &["revisit", "move", "V20270108-001", "2026-12-15", "--reason", "earlier"],
    &["revisit", "attempt", "V20270108-001", "busy"],
    &["revisit", "add", "C1", "2026-12-16"],
    &[
        "revisit",
        "done",
        "V20261216-001",
        "-s",
        "2",
        "--new-request",
        "wet again",
        "-k",
        "quality",
        "--customer",
        "phone=137",
        "--verified",
    ],
    &["config", "write", "service"],
    &["staff", "edit", "Cy", "capacity=4", "skills=repair"],
    &["staff", "leave", "Ann", "2026-10-20..2026-12-31"],
    &["staff", "leave", "Ann", "2026-11-01", "--cancel"],
    &["survey", "follow-up", "nps", "--yes"],
    &["practice", "plan"],
    &["practice", "done", "S20261116-001", "asked"],
    &["contact", "add", "C1", "Wang", "role=buyer", "phone=13900139000"],
    &["contact", "add", "C1", "Zhou", "--primary"],
    &["contact", "edit", "P0003", "primary=yes", "preferred_channel=phone"],
    &["interaction", "add", "13900139000", "asked for a price", "--channel", "phone", "--direction", "in", "--contact", "Wang"],
    &["interaction", "edit", "T20261116-001", "at=2026-09-30 10:00", "request=R20261004-001"],
    &["contact", "remove", "P0003", "-r", "left the company"],
    &["import", "contacts", "in/people.csv"],
    &["import", "interactions", "in/talks.csv"],
    &["customer", "edit", "C1", "x.shop=north"],
    &["customer", "edit", "C1", "x.vip=yes"],
    &["columns", "set", "R20261004-001", "x.lot=7"],
    &["customer", "verify", "C1", "address=Mill Lane"],
    &["customer", "consent", "C1", "given", "--how", "phone"],
    &["customer", "tag", "C1", "C2", "+vip"],
    &["customer", "claim", "C1", "C2", "--for", "Cy"],
    &["customer", "release", "C2", "--reason", "far away"],
    &["staff", "edit", "Cy", "until=2026-11-06"],
    &["customer", "release", "--run"],
];

/// The day of the n-th verb.
fn day(n: usize) -> String {
    let first: chrono::NaiveDate = "2026-10-01".parse().unwrap();
    (first + chrono::Days::new(n as u64)).to_string()
}

#[test]
fn any_change_is_taken_back_and_forth_again_byte_by_byte() {
    let mut book = odd_book();
    let mut states = vec![tables(&book)];
    for (n, verb) in VERBS.iter().enumerate() {
        book.today(&day(n));
        let _ = book.run(verb).ok();
        let after = tables(&book);
        assert!(Some(&after) != states.last(), "{verb:?} wrote nothing");
        let said = book.run(&["undo"]);
        assert!(said.err.contains("undone"), "{verb:?}: {}", said.err);
        let _ = said.ok();
        same(&tables(&book), &states[n], &format!("undo of {verb:?}"));
        let _ = book.run(&["redo"]).ok();
        same(&tables(&book), &after, &format!("redo of {verb:?}"));
        states.push(after);
    }
    assert_eq!(book.run(&["check"]).code, 0, "{}", book.run(&["check"]).err);
    for (n, verb) in VERBS.iter().enumerate().rev() {
        let _ = book.run(&["undo"]).ok();
        same(&tables(&book), &states[n], &format!("undo of {verb:?} in a row"));
    }
    assert!(book.run(&["undo"]).fails(1).contains("nothing to undo"));
    for (n, verb) in VERBS.iter().enumerate() {
        let _ = book.run(&["redo"]).ok();
        same(&tables(&book), &states[n + 1], &format!("redo of {verb:?} in a row"));
    }
    assert!(book.run(&["redo"]).fails(1).contains("nothing to redo"));
    let _ = book.run(&["check"]).ok();
}

#[test]
fn a_dry_run_of_undo_writes_nothing_and_says_what() {
    let book = Bench::en();
    let _ = book.run(&["customer", "add", "Ann"]).ok();
    let before = book.files();
    let said = book.run(&["undo", "-n"]);
    assert!(said.err.contains("would undo") && said.err.contains("C0001"), "{}", said.err);
    assert_eq!(book.files(), before);
}

#[test]
fn an_earlier_change_is_taken_back_where_nothing_rests_on_it() {
    let book = Bench::en();
    let _ = book.run(&["customer", "add", "Ann"]).ok();
    let _ = book.run(&["customer", "add", "Bo"]).ok();
    let _ = book.run(&["customer", "edit", "C0001", "phone=138"]).ok();
    let _ = book.run(&["intake", "x", "-c", "C0002"]).ok();
    let before = tables(&book);
    // changed since
    let refused = book.run(&["undo", "1"]).fails(1);
    assert!(refused.contains("C0001") && refused.contains("log row 3"), "{refused}");
    // named by another record
    let refused = book.run(&["undo", "2"]).fails(1);
    assert!(refused.contains("R20261008-001") && refused.contains("C0002"), "{refused}");
    same(&tables(&book), &before, "a refused undo");
    // the edit alone, with a later change of the same file in between
    let _ = book.run(&["customer", "edit", "C0002", "phone=139"]).ok();
    let _ = book.run(&["undo", "3"]).ok();
    let archive = book.read("customers.csv");
    assert!(!archive.contains("138") && archive.contains("139"), "{archive}");
    assert!(book.run(&["undo", "3"]).fails(1).contains("already"));
    // now the first may go as well, and its number is not given again
    let _ = book.run(&["undo", "1"]).ok();
    let _ = book.run(&["customer", "add", "Cy"]).ok();
    assert_eq!(book.run(&["customer", "list", "--format", "id"]).ok(), "C0002\nC0003\n");
    let _ = book.run(&["check"]).ok();
}

#[test]
fn an_import_goes_as_one_also_when_other_lines_came_after_it() {
    let book = odd_book();
    let _ = book.run(&["import", "orders", "in/orders.csv", "--map", "id=order"]).ok();
    let first = tables(&book);
    let _ = book.run(&["intake", "x", "-c", "C1"]).ok();
    let _ = book.run(&["undo", "1"]).ok();
    assert_eq!(book.run(&["list", "orders", "--format", "id"]).ok(), "");
    let _ = book.run(&["undo"]).ok();
    let _ = book.run(&["import", "orders", "in/orders.csv", "--map", "id=order"]).ok();
    assert_eq!(tables(&book).len(), first.len());
}

#[test]
fn redo_ends_with_the_next_change() {
    let book = Bench::en();
    let _ = book.run(&["customer", "add", "Ann"]).ok();
    let _ = book.run(&["undo"]).ok();
    let _ = book.run(&["customer", "add", "Bo"]).ok();
    assert!(book.run(&["redo"]).fails(1).contains("change since"));
}

/// Every question a book can be asked of, as JSON.
const QUESTIONS: &[&[&str]] = &[
    &["list", "customers", "--json"],
    &["list", "requests", "--json"],
    &["list", "revisits", "--json"],
    &["list", "orders", "--json"],
    &["list", "tiers", "--json"],
    &["list", "staff", "--json"],
    &["list", "practices", "--json"],
    &["customer", "list", "class:potential", "--json"],
    &["list", "contacts", "--json"],
    &["list", "interactions", "--json"],
    &["survey", "list", "--json"],
    &["today", "--json"],
    &["status", "--json"],
    &["log", "--json"],
    &["report", "2026Q3", "--format", "json"],
    &["report", "2026Q4", "--format", "json"],
];

fn answers(book: &Bench, as_of: Option<&str>) -> Vec<String> {
    let ask = |question: &&[&str]| {
        let mut args = question.to_vec();
        args.extend(as_of.iter().flat_map(|day| ["--as-of", day]));
        let ran = book.run(&args);
        if ran.code == 0 { sorted(&ran.out) } else { ran.err }
    };
    QUESTIONS.iter().map(ask).collect()
}

/// The rows of a list in the order of their text: files may hold them in another order once a row moved.
fn sorted(json: &str) -> String {
    let mut value: serde_json::Value = serde_json::from_str(json).unwrap();
    if let Some(rows) = value["rows"].as_array_mut() {
        rows.sort_by_key(ToString::to_string);
    }
    // a report says by which command it was asked for; the log row and the chain are those of then
    if let Some(rests_on) = value["provenance"].as_object_mut() {
        rests_on.remove("command");
    }
    value.to_string()
}

#[test]
fn every_question_is_answered_as_of_then() {
    let mut book = odd_book();
    let mut told = Vec::new();
    for (n, verb) in VERBS.iter().enumerate() {
        let day = day(n);
        book.today(&day);
        let _ = book.run(verb).ok();
        told.push((day, answers(&book, None)));
    }
    for (day, then) in &told {
        book.today(day);
        for (question, (then, now)) in QUESTIONS.iter().zip(then.iter().zip(answers(&book, Some(&format!("{day} 12:00"))))) {
            // rules and the survey's description have no history
            let unsettled = question[0] == "status";
            assert!(unsettled || *then == now, "{question:?} as of {day}\nthen {then}\n now {now}");
        }
    }
    book.today("2026-11-30");
    let last = told.last().unwrap();
    assert_eq!(book.run(&["list", "customers", "--json", "--as-of", &last.0]).code, 0);
    assert!(book.run(&["intake", "x", "--as-of", "2026-10-01"]).fails(2).contains("the past"));
    assert_eq!(book.run(&["today", "--as-of", "2026-09-01", "--json"]).json()["rows"], serde_json::json!([]));
}

#[test]
fn as_of_between_an_import_and_its_undo_is_refused_with_the_reason() {
    let mut book = odd_book();
    let _ = book.run(&["import", "orders", "in/orders.csv", "--map", "id=order"]).ok();
    book.today("2026-10-10");
    let _ = book.run(&["undo"]).ok();
    let refused = book.run(&["list", "orders", "--as-of", "2026-10-09"]).fails(1);
    assert!(refused.contains("B1") && refused.contains("undone"), "{refused}");
    assert_eq!(book.run(&["list", "orders", "--format", "id", "--as-of", "2026-10-07"]).ok(), "");
}

#[test]
fn hand_edits_are_told_in_the_log_and_seen_by_the_past() {
    let mut book = Bench::en();
    let _ = book.run(&["customer", "add", "Ann"]).ok();
    let _ = book.run(&["customer", "add", "Bo"]).ok();
    book.today("2026-10-12");
    let archive =
        book.read("customers.csv").replace("Bo", "Bob") + "C0009,Cy,person\n".replace("person", "person,,,,,,,,,,,,,,,,,,,,,,,").as_str();
    let width = archive.lines().next().unwrap().split(',').count();
    let mut lines: Vec<String> = archive.lines().map(str::to_owned).collect();
    let last = lines.pop().unwrap();
    let mut cells: Vec<&str> = last.split(',').collect();
    cells.truncate(3);
    cells.resize(width, "");
    lines.push(cells.join(","));
    lines.retain(|line| !line.starts_with("C0001"));
    book.write("customers.csv", lines.join("\n") + "\n");
    let said = book.run(&["intake", "x", "-c", "C0009"]);
    assert!(said.err.contains("customers.csv was edited by hand (1 added, 1 changed, 1 removed)"), "{}", said.err);
    let _ = said.ok();
    let log = book.run(&["log", "--action", "edited", "--json"]).json();
    let rows = log["rows"].as_array().unwrap();
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["C0002", "C0009", "C0001"]);
    assert!(rows.iter().all(|row| row["actor"] == "outside"));
    let then = book.run(&["list", "customers", "--fields", "id,name", "--format", "csv", "--as-of", "2026-10-08"]).ok();
    assert_eq!(then.lines().collect::<Vec<_>>(), ["id,name", "C0002,Bo", "C0001,Ann"]);
    // undo takes back the verb, not the edit
    let _ = book.run(&["undo"]).ok();
    assert!(book.read("customers.csv").contains("Bob"));
    let _ = book.run(&["check"]).ok();
    // a second command finds nothing new
    assert!(!book.run(&["intake", "y"]).err.contains("edited"));
}

#[test]
fn a_broken_hand_edit_stops_the_next_change_with_its_place() {
    let book = Bench::en();
    let _ = book.run(&["customer", "add", "Ann"]).ok();
    let _ = book.run(&["staff", "add", "Bo"]).ok();
    let good = book.read("customers.csv");
    for bad in [good.clone() + "C7,\"open\n", good.clone() + "C0001,twice\n", good.replace("Ann,,", "Ann,weird,")] {
        book.write("customers.csv", &bad);
        let before = book.files();
        let error = book.run(&["staff", "add", "Cy"]).fails(6);
        assert!(error.contains("customers.csv:"), "{error}");
        assert_eq!(book.files(), before);
    }
    book.write("customers.csv", &good);
    let _ = book.run(&["staff", "add", "Cy"]).ok();
}

#[test]
fn files_as_a_whole_rules_facts_and_merely_touched_ones() {
    let book = odd_book();
    let _ = book.run(&["config", "write", "service"]).ok();
    let _ = book.run(&["import", "orders", "in/orders.csv", "--map", "id=order"]).ok();
    book.write("rules/service.yaml", book.read("rules/service.yaml") + "# mine\n");
    book.write("orders/2026Q3.csv", book.read("orders/2026Q3.csv").replace("10.00", "11.00"));
    book.write("customers.csv", book.read("customers.csv"));
    let _ = book.run(&["check", "--adopt"]).ok();
    let log = book.run(&["log", "--action", "edited", "--json"]).json();
    let ids: Vec<&str> = log["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["orders/2026Q3.csv", "rules/service.yaml"]);
    let past = book.run(&["list", "orders", "--as-of", "2026-10-01"]);
    assert!(past.err.contains("orders/2026Q3.csv") || past.code == 0, "{}", past.err);
}

#[test]
fn the_memory_may_be_lost_and_another_copy_of_the_book_may_go_on() {
    let book = Bench::en();
    let _ = book.run(&["customer", "add", "Ann"]).ok();
    // the same book elsewhere, as a clone without .carebook: it goes on and comes back
    let other = Bench::empty("en");
    for (path, bytes) in book.files() {
        other.write(&path, bytes);
    }
    let _ = other.run(&["customer", "add", "Bo"]).ok();
    for (path, bytes) in other.files() {
        book.write(&path, bytes);
    }
    let said = book.run(&["customer", "add", "Cy"]);
    assert!(!said.err.contains("edited"), "{}", said.err);
    assert_eq!(book.run(&["customer", "list", "--format", "id"]).ok(), "C0001\nC0002\nC0003\n");
    assert!(book.run(&["log", "--json"]).json()["rows"].as_array().unwrap().iter().all(|row| row["action"] != "edited"));
    let _ = book.run(&["check"]).ok();
}

#[test]
fn a_book_changed_on_two_computers_is_not_written_upon() {
    let book = Bench::en();
    let _ = book.run(&["customer", "add", "Ann"]).ok();
    let other = Bench::empty("en");
    for (path, bytes) in book.files() {
        other.write(&path, bytes);
    }
    let _ = book.run(&["customer", "add", "Bo"]).ok();
    let _ = other.run(&["customer", "add", "Di"]).ok();
    // the sync program lets the other computer's files win
    for (path, bytes) in other.files() {
        book.write(&path, bytes);
    }
    let before = book.files();
    let refused = book.run(&["customer", "add", "Cy"]).fails(6);
    assert!(refused.contains("two computers") && refused.contains("check --adopt"), "{refused}");
    assert_eq!(book.files(), before);
    let _ = book.run(&["check", "--adopt"]).ok();
    let _ = book.run(&["customer", "add", "Cy"]).ok();
    let _ = book.run(&["check"]).ok();
}
