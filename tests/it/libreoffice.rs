//! Exports go through a real spreadsheet program, where there is one, and come back.

use std::path::Path;
use std::process::Command;

use crate::export::{TABLES, book};
use crate::harness::Bench;

/// Whether the program is here; a machine without it says so.
fn is_here() -> bool {
    let here = Command::new("soffice").arg("--version").output().is_ok_and(|out| out.status.success());
    if !here {
        // what a test writes is shown when it fails or is asked for: the reader of a log finds why it was so quick
        let _ = std::io::Write::write_all(&mut std::io::stderr(), b"skipped: soffice is not installed\n");
    }
    here
}

/// Opens files and saves them as another kind, in one start of the program with settings of its own.
fn saved(book: &Bench, files: &[String], kind: &str, folder: &str) {
    let home = format!("-env:UserInstallation=file://{}", book.path("office").display());
    let mut command = Command::new("soffice");
    command.args([&home, "--headless"]);
    if files[0].ends_with(".csv") {
        command.arg(format!("--infilter=CSV:{UTF_8},false,true"));
    }
    command.args(["--convert-to", kind, "--outdir"]).arg(book.path(folder));
    let out = command.args(files.iter().map(|file| book.path(file))).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let ending = kind.split(':').next().unwrap();
    for file in files {
        let stem = Path::new(file).file_stem().unwrap().to_str().unwrap();
        assert!(book.path(&format!("{folder}/{stem}.{ending}")).exists(), "{file} was not saved as {ending}");
    }
}

/// Comma, quotes, UTF-8, from the first line on.
const UTF_8: &str = "44,34,76,1,,0";

#[test]
fn every_table_goes_out_and_comes_back_unchanged() {
    if !is_here() {
        return;
    }
    let book = book();
    std::fs::create_dir_all(book.path("out")).unwrap();
    let names = |ending: &str| TABLES.map(|table| format!("out/{table}.{ending}")).to_vec();
    for (table, ending) in TABLES.iter().flat_map(|table| [(table, "xlsx"), (table, "csv")]) {
        let _ = book.run(&["export", table, "--for", "wps", "-o", &format!("out/{table}.{ending}")]).ok();
    }
    // cells as shown, and again from text of which the program made what it likes
    let csv = format!("csv:Text - txt - csv (StarCalc):{UTF_8},false,true");
    saved(&book, &names("xlsx"), "xlsx", "as-xlsx");
    saved(&book, &names("xlsx"), &csv, "as-csv");
    saved(&book, &names("csv"), &csv, "text");
    let tables = |book: &Bench| book.files().into_iter().filter(|(path, _)| !path.contains("office")).collect::<Vec<_>>();
    let before = tables(&book);
    for table in TABLES {
        for file in [format!("as-xlsx/{table}.xlsx"), format!("as-csv/{table}.csv"), format!("text/{table}.csv")] {
            let ran = book.run(&["import", table, &file]);
            assert!(ran.code == 0 && ran.err.contains("0 cells taken, 0 conflicts, 0 refused"), "{file}: {}", ran.err);
            assert!(ran.err.contains("0 new + 0 updated"), "{file}: {}", ran.err);
        }
    }
    assert!(tables(&book) == before, "files changed");
    // somebody edits what the program saved, while the book goes on
    let text = book.read("as-csv/customers.csv");
    assert!(text.contains("13800138000"), "{text}");
    book.write("as-csv/customers.csv", text.replace("13800138000", "13811138111"));
    let _ = book.run(&["customer", "edit", "C0001", "region=北京"]).ok();
    let _ = book.run(&["import", "customers", "as-csv/customers.csv"]).ok();
    let row = book.run(&["show", "C0001"]).ok();
    assert!(row.contains("13811138111") && row.contains("北京"), "{row}");
}

#[test]
fn a_report_has_charts_and_figures_of_their_kinds() {
    if !is_here() {
        return;
    }
    let book = Bench::zh();
    let demo = book.path("demo").display().to_string();
    let _ = book.run(&["demo", &demo]).ok();
    let _ = book.run(&["--data", &demo, "--today", "2026-10-08", "report", "2026Q3", "-o", "r.xlsx", "-q"]).ok();
    saved(&book, &["r.xlsx".to_owned()], "fods", "as-fods");
    let sheets = book.read("as-fods/r.fods");
    // one of the categories, two of grades, one of the tiers
    assert_eq!(sheets.matches("<chart:chart ").count(), 4);
    for kind in [
        "percentage\" office:value=\"0.96\"",
        "currency\" office:currency=\"CNY\" office:value=\"68274.8\"",
        "float\" office:value=\"23.5\"",
        "date\" office:date-value=\"2026-07-01\"",
    ] {
        assert!(sheets.contains(&format!("office:value-type=\"{kind}")), "{kind}");
    }
    assert!(!sheets.contains("table:formula="), "a formula");
}
