//! `customer show`: one timeline of everything, for people and for machines.

use serde_json::Value;

use crate::harness::Bench;

/// C0002 went into C0001; both bought, asked, were visited, talked with and asked in a survey.
fn book() -> Bench {
    let mut book = Bench::en();
    book.today("2026-09-01");
    let run = |book: &Bench, args: &[&str]| drop(book.run(args).ok());
    run(&book, &["customer", "add", "Tea House", "phone=13800138000"]);
    run(&book, &["customer", "add", "Tea House Ltd"]);
    run(&book, &["staff", "add", "Li"]);
    run(&book, &["contact", "add", "C0001", "Wang"]);
    book.write("orders.csv", "id,customer,date,amount,product\nO1,C0001,2026-08-01,100,green\nO1,C0001,2026-08-01,50,black\nO1,C0001,2026-09-05,-30,green\nO2,C0002,2026-09-03,20,\n");
    run(&book, &["import", "orders", "orders.csv"]);
    book.today("2026-09-10");
    run(&book, &["intake", "wet box", "-c", "C0002", "-t", "complaint", "-k", "quality"]);
    run(&book, &["customer", "merge", "C0002", "C0001", "--yes", "-r", "one shop"]);
    book.today("2026-09-11");
    run(&book, &["review", "1", "accept"]);
    run(&book, &["assign", "1", "Li"]);
    run(&book, &["note", "1", "called the carrier"]);
    run(&book, &["note", "1", "mistyped"]);
    run(&book, &["undo"]);
    run(&book, &["resolve", "1", "sent anew", "--measures", "new box"]);
    book.today("2026-09-12");
    run(&book, &["feedback", "1", "5", "good"]);
    run(&book, &["confirm", "1"]);
    run(&book, &["close", "1"]);
    run(&book, &["interaction", "add", "C0001", "asked for a price", "--channel", "phone", "--direction", "in", "--contact", "Wang"]);
    run(&book, &["tier", "set", "C0001", "A", "--until", "2027-12-31", "--reason", "old friend"]);
    book.write("nps.csv", "id,Phone,How likely are you to recommend us? (0-10),date\n1,13800138000,9,2026-09-13\n");
    book.today("2026-09-20");
    run(&book, &["survey", "import", "nps.csv", "--survey", "nps", "--yes"]);
    run(&book, &["revisit", "plan", "--until", "2026-12-31"]);
    book.today("2026-10-20");
    book
}

fn told(shown: &Value) -> Vec<String> {
    let line = |entry: &Value| {
        let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let what = [text("event"), text("action")].concat();
        format!("{} {} {} {what}", text("date"), text("kind"), text("id")).trim_end().to_owned()
    };
    shown["timeline"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn everything_stands_in_one_timeline() {
    let book = book();
    let shown = book.run(&["show", "C0001", "--json"]).json();
    let lines = told(&shown);
    let expected = [
        "2026-08-01 order O1",
        "2026-09-01 archive C0001 add",
        "2026-09-01 archive C0002 add",
        "2026-09-01 contact P0001 add",
        "2026-09-03 order O2",
        "2026-09-10 archive C0002 merge",
        "2026-09-10 request R20260910-001 received",
        "2026-09-11 request R20260910-001 resolved",
        "2026-09-11 note R20260910-001",
        "2026-09-12 tier C0001",
        "2026-09-12 archive C0001 tier",
        "2026-09-12 request R20260910-001 scored",
        "2026-09-12 request R20260910-001 closed",
        "2026-09-12 interaction T20260912-001",
        "2026-09-13 survey 1",
        // planned when the request was closed
        "2026-09-20 revisit V20260920-001",
    ];
    assert_eq!(lines, expected);
    let entry = |kind: &str| shown["timeline"].as_array().unwrap().iter().find(|entry| entry["kind"] == kind).unwrap();
    assert_eq!(
        (&entry("order")["net"], &entry("order")["refunds"], &entry("order")["at"]),
        (&"120.00".into(), &"30.00".into(), &Value::Null)
    );
    assert_eq!((&entry("interaction")["contact_name"], &entry("interaction")["direction"]), (&"Wang".into(), &"in".into()));
    assert_eq!((&entry("note")["text"], &entry("request")["customer"]), (&"called the carrier".into(), &"C0002".into()));
    assert_eq!((&entry("tier")["reasons"], &entry("survey")["nps"]), (&"old friend".into(), &9.into()));
    // what was there before is there still
    assert_eq!((&shown["orders"]["count"], &shown["orders"]["net"], &shown["merged"][0]), (&2.into(), &"140.00".into(), &"C0002".into()));
    assert_eq!((&shown["requests"][0]["stage"], &shown["revisits"][0]["status"]), (&"closed".into(), &"planned".into()));
    assert_eq!((&entry("archive")["action"], &entry("archive")["table"]), (&"add".into(), &"customers".into()));
    assert_eq!((&shown["contacts"][0]["name"], &shown["timeline_left_out"]), (&"Wang".into(), &0.into()));
}

#[test]
fn people_read_it_line_by_line_in_both_languages() {
    let mut book = book();
    let text = book.run(&["customer", "show", "C0001"]).ok();
    for line in [
        "  2026-08-01        Order        O1  net 120.00 (refunded 30.00 2026-09-05)  green, black\n",
        "  2026-09-10 12:00  Request      R20260910-001  Received  Complaint · quality  wet box [Closed]  (C0002)\n",
        "  2026-09-11 12:00  Note         R20260910-001  called the carrier  (C0002)\n",
        "  2026-09-12        Tier         A  Manual  until 2027-12-31  old friend\n",
        "  2026-09-12 12:00  Request      R20260910-001  Scored  5/5  good  (C0002)\n",
        "  2026-09-12 12:00  Interaction  T20260912-001  Phone In  Wang  asked for a price\n",
        "\nOrders: 2, net 140.00 (2026-08-01 – 2026-09-05)\nRequests: 1\nRevisits: 1, 1 planned\nInteractions: 1\n",
        "\nContacts\n  P0001  Wang  primary\n",
        "  2026-09-01 12:00  Contact      P0001  Wang  tester added\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("mistyped"), "{text}");
    book.lang("zh");
    let text = book.run(&["customer", "show", "C0001"]).ok();
    assert!(text.contains("订单    O1  净额 120.00 (已退 30.00 2026-09-05)") && text.contains("时间线"), "{text}");
}

#[test]
fn a_part_of_it() {
    let book = book();
    let ask = |args: &[&str]| book.run(&[&["show", "C0001", "--json"], args].concat()).json();
    assert_eq!(told(&ask(&["--kind", "orders,notes"])).len(), 3);
    assert_eq!(told(&ask(&["--kind", "订单", "--since", "2026-09"])), ["2026-09-03 order O2"]);
    assert_eq!(told(&ask(&["--since", "60d"])).len(), 16 - 1);
    let last = ask(&["--last", "2"]);
    assert_eq!((told(&last).len(), &last["timeline_left_out"]), (2, &14.into()));
    let text = book.run(&["show", "C0001", "--last", "2"]).ok();
    assert!(text.contains("… 14 earlier left out: --last 8 or --since all\n"), "{text}");
    assert_eq!(told(&ask(&["--last", "99", "--since", "all"])).len(), 16);
    for (args, told) in [(&["--kind", "bills"][..], "archive"), (&["--since", "soon"], "--since"), (&["--last", "-1"], "")] {
        let refused = book.run(&[&["show", "C0001"], args].concat()).fails(2);
        assert!(refused.contains(told), "{refused}");
    }
    assert!(book.run(&["show", "R20260910-001", "--last", "2"]).fails(2).contains("timeline of a customer"));
}

#[test]
fn as_it_was_known_then() {
    let book = book();
    let then = book.run(&["show", "C0001", "--json", "--as-of", "2026-09-10"]).json();
    assert_eq!(told(&then).last().unwrap(), "2026-09-10 request R20260910-001 received");
    let before = book.run(&["show", "C0001", "--json", "--as-of", "2026-09-09"]).json();
    assert_eq!(told(&before), ["2026-08-01 order O1", "2026-09-01 archive C0001 add", "2026-09-01 contact P0001 add"]);
}
