//! Sealed reports: proved years later, and every later change that would alter them is told.

use crate::harness::Bench;

fn demo() -> Bench {
    let bench = Bench::empty("en");
    let _ = bench.run(&["demo", "."]).ok();
    bench
}

fn verify(book: &Bench) -> serde_json::Value {
    let mut report = book.run(&["report", "verify", "--json"]).json();
    report["reports"][0].take()
}

#[test]
fn a_sealed_report_is_proved_under_another_clock_zone_and_language() {
    let mut book = demo();
    let said = book.run(&["report", "seal", "2026Q3"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("Sealed in reports/2026Q3/"), "{}", said.err);
    assert!(
        book.read("reports/2026Q3/report.html").contains("<html") && book.read("reports/2026Q3/inputs/carebook.yaml").contains("format")
    );
    book.today("2031-02-03");
    book.lang("zh");
    let ran =
        book.command().args(["report", "verify", "2026Q3"]).env("TZ", "America/New_York").env("LC_ALL", "zh_CN.UTF-8").output().unwrap();
    let text = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success() && text.contains("逐字节相同") && text.contains("此后没有影响它的改动"), "{text}");
    let found = verify(&book);
    assert_eq!((found["proof"].as_str(), found["proven"].as_bool()), (Some("same_bytes"), Some(true)));
    assert!(found["figures"].as_u64().unwrap() > 200, "{}", found["figures"]);
    assert!(book.run(&["check"]).ok().is_empty());
}

#[test]
fn later_changes_are_told_one_by_one() {
    let book = demo();
    let _ = book.run(&["report", "seal", "2026Q3"]).ok();
    let list = book.run(&["list", "requests", "stage:closed", "received_at:2026-09", "--json"]).json();
    let id = list["rows"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
    // one that alters nothing
    let ran = book.run(&["customer", "edit", "C0002", "note=likes oolong"]);
    assert!(ran.code == 0 && !ran.err.contains("by hand"), "{}", ran.err);
    let found = verify(&book);
    assert!(found["today"].as_array().unwrap().is_empty() && found["restatements"].as_array().unwrap().is_empty(), "{found}");
    assert!(book.run(&["reopen", &id, "--reason", "broke again"]).code == 0);
    let _ = book.run(&["customer", "edit", "C0001", "since=2026-08-01"]).ok();
    let _ = book.run(&["intake", "late entry", "--customer", "C0003", "--at", "2026-09-12"]).ok();
    book.write("rules/report.yaml", "limits: {coverage: 99}\n");
    let found = verify(&book);
    assert_eq!(found["proof"], "same_bytes", "{found}");
    let told: Vec<(&str, &str)> =
        found["restatements"].as_array().unwrap().iter().map(|one| (one["table"].as_str().unwrap(), one["id"].as_str().unwrap())).collect();
    assert_eq!(told.len(), 4, "{told:?}");
    for expected in [("requests", id.as_str()), ("customers", "C0001"), ("documents", "rules/report.yaml")] {
        assert!(told.contains(&expected), "{told:?}");
    }
    let reopened = found["restatements"].as_array().unwrap().iter().find(|one| one["id"] == *id).unwrap();
    let paths = reopened["alters"].to_string();
    assert!(paths.contains("totals/requests/resolved/now") && reopened["log"][0]["action"] == "reopen", "{paths}");
    let text = book.run(&["report", "verify"]).ok();
    assert!(text.contains("would alter it") && text.contains("rules/report.yaml was changed"), "{text}");
    assert_eq!(book.run(&["report", "verify", "--fail-if-any"]).code, 1);
}

#[test]
fn what_was_tampered_with_is_found() {
    let book = demo();
    let _ = book.run(&["report", "seal", "2026Q3"]).ok();
    let html = book.read("reports/2026Q3/report.html");
    book.write("reports/2026Q3/report.html", html.replace("26", "27"));
    let ran = book.run(&["report", "verify"]);
    assert!(ran.code == 6 && ran.out.contains("report.html") && ran.out.contains("same bytes"), "{}", ran.out);
    let ran = book.run(&["check", "seals"]);
    assert!(ran.code == 6 && (ran.out + &ran.err).contains("reports/2026Q3/report.html: is not as it was sealed"));
    book.write("reports/2026Q3/report.html", &html);
    assert_eq!(book.run(&["report", "verify"]).code, 0);
    // the digests changed along with the file: the log knows better
    let seal = book.read("reports/2026Q3/seal.json");
    book.write("reports/2026Q3/seal.json", seal.replace("\"by\": \"", "\"by\": \"X"));
    assert!(book.run(&["report", "verify"]).code == 6);
    book.write("reports/2026Q3/seal.json", "{");
    let ran = book.run(&["report", "verify"]);
    assert!(ran.code == 6 && ran.out.contains("reports/2026Q3/seal.json"), "{}", ran.out);
    // a folder that is gone, and a row of the log that was rewritten to fit a forged report
    book.write("reports/2026Q3/seal.json", &seal);
    assert_eq!(book.run(&["report", "verify"]).code, 0);
    let log = book.read("log/2026Q4.csv");
    book.write("log/2026Q4.csv", log.replace("seal.json", "sea1.json"));
    let ran = book.run(&["report", "verify"]);
    assert!(ran.code == 6 && ran.out.contains("the log is not intact"), "{}", ran.out);
    book.write("log/2026Q4.csv", &log);
    std::fs::remove_dir_all(book.path("reports/2026Q3")).unwrap();
    let ran = book.run(&["report", "verify"]);
    assert!(ran.code == 6 && ran.out.contains("reports/2026Q3/ is gone"), "{}", ran.out);
    assert!(book.run(&["report", "seal", "2026Q3"]).fails(2).contains("--again"));
    assert_eq!(book.run(&["report", "seal", "2026Q3", "--again", "the first is gone"]).code, 0);
    assert!(book.path("reports/2026Q3.2/seal.json").exists());
    let _ = book.run(&["report", "2026Q3", "-o", "reports/2026Q3.2/report.html"]).fails(1);
}

#[test]
fn a_period_is_sealed_once_and_again_only_for_a_reason() {
    let book = demo();
    assert!(book.run(&["report", "seal", "2026Q4"]).fails(2).contains("not over"));
    assert!(book.run(&["report", "seal", "all"]).fails(2).contains("not over"));
    assert!(book.run(&["report", "seal", "2026Q3", "-n"]).code == 0 && !book.path("reports").exists());
    assert!(book.run(&["report", "verify"]).ok().contains("No report is sealed"));
    let _ = book.run(&["report", "seal", "2026Q3"]).ok();
    let first = book.read("reports/2026Q3/report.json");
    assert!(book.run(&["report", "seal", "2026Q3"]).fails(2).contains("--again"));
    let _ = book.run(&["intake", "late entry", "--customer", "C0003", "--at", "2026-09-12"]).ok();
    let _ = book.run(&["report", "seal", "2026Q3", "--again", "a late entry"]).ok();
    assert_eq!(book.read("reports/2026Q3/report.json"), first);
    assert_ne!(book.read("reports/2026Q3.2/report.json"), first);
    let seal = book.read("reports/2026Q3.2/seal.json");
    assert!(seal.contains("\"replaces\": \"2026Q3\"") && seal.contains("a late entry"), "{seal}");
    let text = book.run(&["report", "verify", "2026Q3"]).ok();
    assert_eq!(text.matches("the same bytes").count(), 2, "{text}");
    assert!(book.run(&["report", "verify", "2026Q1"]).fails(3).contains("2026Q"));
    // taken back like any change, and told in the log
    let _ = book.run(&["undo"]).ok();
    assert!(!book.path("reports/2026Q3.2/seal.json").exists() && book.run(&["report", "verify"]).code == 0);
    assert!(book.run(&["check"]).ok().is_empty());
}

#[test]
fn hand_edits_are_told_before_a_report_rests_on_them() {
    let book = demo();
    // a change after which the book knows its files
    let _ = book.run(&["customer", "edit", "C0002", "note=likes oolong"]).ok();
    let requests = book.read("requests/2026Q3.csv");
    book.write("requests/2026Q3.csv", requests.replacen("物流", "快递", 1));
    let said = book.run(&["report", "seal", "2026Q3"]);
    assert!(said.code == 0 && said.err.contains("edited by hand"), "{}", said.err);
    assert_eq!(verify(&book)["proof"], "same_bytes");
}

#[test]
fn an_edit_a_reopening_and_an_erasure_are_told_apart_and_no_figure_is_lost() {
    let book = demo();
    let _ = book.run(&["report", "seal", "2026Q3"]).ok();
    let _ = book.run(&["customer", "edit", "C0002", "since=2026-08-15"]).ok();
    assert_eq!(book.run(&["reopen", "R20260928-001", "--reason", "again"]).code, 0);
    let _ = book.run(&["customer", "erase", "C0004", "--reason", "asked for", "--yes"]).ok();
    let found = verify(&book);
    assert_eq!((found["proof"].as_str(), found["proven"].as_bool()), (Some("same_figures"), Some(true)), "{}", found["differences"]);
    assert_eq!(found["erased"], serde_json::json!(["C0004"]));
    let told: Vec<(&str, &str)> = found["restatements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["id"].as_str().unwrap(), one["log"][0]["action"].as_str().unwrap()))
        .collect();
    assert!(told.contains(&("C0002", "edit")) && told.contains(&("R20260928-001", "reopen")), "{told:?}");
    let text = book.run(&["report", "verify"]).ok();
    assert!(text.contains("customers erased since: C0004"), "{text}");
}

#[test]
fn what_cannot_be_explained_is_no_proof() {
    let book = demo();
    let _ = book.run(&["report", "seal", "2026Q3"]).ok();
    // orders stated anew and given back: as of then they stood once
    let orders = book.read("orders/2026Q3.csv");
    let line = orders.lines().nth(1).unwrap();
    let cells: Vec<&str> = line.split(',').collect();
    book.write("in/o.csv", format!("Order ID,Customer ID,Order date,Total\n{},{},{},9632.40\n", cells[0], cells[1], cells[2]));
    assert_eq!(book.run(&["import", "orders", "in/o.csv"]).code, 0);
    assert_eq!(book.run(&["undo"]).code, 0);
    let found = verify(&book);
    assert_eq!((found["proof"].as_str(), found["today"].as_array().map(Vec::len)), (Some("same_bytes"), Some(0)), "{found}");
    // a broken document of today says nothing of then
    book.write("rules/tiers.yaml", "nope: 1\n");
    let ran = book.run(&["report", "verify"]);
    assert!(ran.out.contains("the same bytes") && ran.out.contains("today it cannot be made"), "{}", ran.out);
    std::fs::remove_file(book.path("rules/tiers.yaml")).unwrap();
    // an edit of orders by hand: not proved, and said why
    book.write("orders/2026Q3.csv", orders.replacen(line, &line.replacen(cells[3], "91632.40", 1), 1));
    let ran = book.run(&["report", "verify"]);
    assert!(ran.code == 6 && ran.out.contains("the log does not tell it yet") && !ran.out.contains("✓ nothing changed"), "{}", ran.out);
    let _ = book.run(&["customer", "edit", "C0001", "note=x"]).ok();
    let ran = book.run(&["report", "verify"]);
    assert!(ran.code == 6 && ran.out.contains("orders/2026Q3.csv was edited by hand"), "{}", ran.out);
}
