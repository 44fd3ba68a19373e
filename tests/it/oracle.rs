//! Every figure of the report is computed a second time, in SQL over the book's files, by `tests/oracle/report.py`.

use std::path::Path;
use std::process::Command;

use crate::harness::{Bench, Ran, ran};

/// Sections of the report that the oracle need not know yet, with commas between.
const NOT_YET: &str = "";

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle");

/// Whether there is a Python with `SQLite` and the world's time zones.
fn is_here() -> bool {
    python_has("import sqlite3, sys, zoneinfo; zoneinfo.ZoneInfo('Asia/Shanghai'); sys.exit(sys.version_info < (3, 9))")
}

/// Whether there is a Python that can do this; a machine without it says so.
pub fn python_has(needs: &str) -> bool {
    let here = Command::new("python3").args(["-c", needs]).output().is_ok_and(|out| out.status.success());
    if !here {
        let text = format!("skipped: no python3 (3.9 or newer) that can {needs}\n");
        let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
    }
    here
}

fn python(script: &str, args: &[&str]) -> Ran {
    let script = Path::new(SCRIPTS).join(script);
    ran(&Command::new("python3").env("PYTHONUTF8", "1").arg(script).args(args).output().unwrap())
}

/// The oracle's word on a report, as it stands in a file of the book.
fn judge(book: &Bench, period: &str, today: &str, report: &str) -> Ran {
    let root = book.root().display().to_string();
    let report = book.path(report).display().to_string();
    python("report.py", &[&root, period, "--today", today, "--report", &report, "--but", NOT_YET])
}

fn prove(book: &mut Bench, today: &str, periods: &[&str]) {
    book.today(today);
    for period in periods {
        let report = book.run(&["report", period, "--json"]).ok();
        book.write("report.json", report);
        let judged = judge(book, period, today, "report.json");
        assert_eq!(judged.code, 0, "{period}:\n{}{}", judged.out, judged.err);
    }
}

#[test]
fn the_demo_books_figures_are_those_of_an_independent_computation() {
    if !is_here() {
        return;
    }
    for lang in ["zh", "en"] {
        let mut book = Bench::empty(lang);
        let _ = book.run(&["demo", "."]).ok();
        prove(&mut book, "2026-10-08", &["2026Q2", "2026Q3", "2026", "FY2026", "2026-07", "2026-06-15..2026-08-02", "all"]);
    }
}

#[test]
fn so_are_those_of_books_where_everything_is_rare() {
    if !is_here() {
        return;
    }
    for (seed, lang, zone) in [("1", "zh", "Asia/Shanghai"), ("2", "en", "Europe/Berlin"), ("3", "en", "America/New_York")] {
        let mut book = Bench::empty(lang);
        let root = book.root().display().to_string();
        let _ = python("strays.py", &[&root, seed, "--language", lang, "--zone", zone]).ok();
        prove(&mut book, "2026-06-15", &["2025Q4", "2026Q3", "2026", "FY2025", "2026-03", "all"]);
    }
}

/// First resolutions, of what was reopened here after an import, and without what was taken back; imports with rejected rows.
#[test]
fn so_are_those_the_log_tells() {
    if !is_here() {
        return;
    }
    let mut book = Bench::empty("en");
    let root = book.root().display().to_string();
    let _ = python("strays.py", &[&root, "7", "--language", "en", "--zone", "UTC"]).ok();
    book.today("2026-06-15");
    let imported = "id,received_at,resolved_at,stage,category\nX1,2026-06-01 09:00,2026-06-02 09:00,closed,Price\n\
                    X2,2026-06-01 09:00,2026-06-03 09:00,closed,Price\nX3,soon,,registered,\n";
    book.write("new.csv", imported);
    let _ = book.run(&["import", "requests", "new.csv", "--no-map"]);
    for (step, at) in [
        (&["reopen", "X1", "-r", "again"][..], "2026-06-04 09:00"),
        (&["resolve", "X1", "done", "-m", "mended"], "2026-06-05 09:00"),
        (&["reopen", "X2", "-r", "again"], "2026-06-04 10:00"),
        (&["resolve", "X2", "done", "-m", "mended"], "2026-06-05 10:00"),
        (&["undo"], "2026-06-05 11:00"),
        (&["resolve", "X2", "done", "-m", "mended"], "2026-06-06 10:00"),
    ] {
        let _ = book.run(&[step, &["--at", at]].concat()).ok();
    }
    prove(&mut book, "2026-06-15", &["2026Q2", "2026-06-01..2026-06-01"]);
}

#[test]
fn a_wrong_figure_and_a_forgotten_section_are_told() {
    if !is_here() {
        return;
    }
    let book = Bench::empty("zh");
    let _ = book.run(&["demo", "."]).ok();
    let mut report = book.run(&["report", "2026Q3", "--json"]).json();
    report["weather"] = serde_json::json!({"rain": 3});
    report["totals"]["wind"] = 1.into();
    book.write("report.json", report.to_string());
    let judged = judge(&book, "2026Q3", "2026-10-08", "report.json");
    assert!(
        judged.out.contains("section weather\t1 values\t\tNOT COMPARED") && judged.out.contains("totals.wind\t1\t\tNOT COMPARED"),
        "{}",
        judged.out
    );
    assert_eq!(judged.code, 3);
    report["efficiency"]["figures"][2]["before"] = 118_800.01.into();
    book.write("report.json", report.to_string());
    let judged = judge(&book, "2026Q3", "2026-10-08", "report.json");
    assert!(judged.out.contains("efficiency.figures[median_time].before\t118800.01\t118800.0\tDIFFERENT"), "{}", judged.out);
    assert_eq!(judged.code, 1);
}
