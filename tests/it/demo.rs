//! The demo book: whole, clean, the same as sample-data.

use std::collections::BTreeSet;
use std::path::Path;

use crate::harness::Bench;

/// Every file below a folder, by relative path.
fn files(root: &Path, folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().is_some_and(|name| name == ".carebook") {
            continue;
        }
        if path.is_dir() {
            files(root, &path, found);
        } else {
            found.insert(path.strip_prefix(root).unwrap().display().to_string());
        }
    }
}

#[test]
fn it_is_the_sample_data_and_clean() {
    let bench = Bench::empty("zh");
    let _ = bench.run(&["demo", "."]).ok();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/book");
    let (mut here, mut there) = (BTreeSet::new(), BTreeSet::new());
    files(bench.root(), bench.root(), &mut here);
    files(&sample, &sample, &mut there);
    assert_eq!(here, there);
    for name in here {
        assert_eq!(std::fs::read(bench.path(&name)).unwrap(), std::fs::read(sample.join(&name)).unwrap(), "{name}");
    }
    assert_eq!(bench.run(&["check"]).ok(), "");
    assert!(bench.run(&["demo", "."]).fails(1).contains("已有账本"));
}

#[test]
fn every_section_is_worded_in_both_languages() {
    let bench = Bench::empty("en");
    let _ = bench.run(&["demo", "."]).ok();
    for (lang, titles) in [
        ("en", ["Summary", "Totals", "Categories and shares", "Handling efficiency", "Suggestions for improvement"]),
        ("zh", ["摘要", "总量", "类别与占比", "处理效率", "改进建议"]),
    ] {
        let md = bench.run(&["--lang", lang, "report", "2026Q3"]).ok();
        for title in titles {
            assert!(md.contains(&format!("## {title}")), "{lang} {title}");
        }
        assert!(!md.contains("| |") && !md.contains("{{"), "{lang}");
    }
}

#[test]
fn it_lives_on_its_own_day() {
    let bench = Bench::empty("en");
    let _ = bench.run(&["demo", "."]).ok();
    let mut command = assert_cmd::Command::cargo_bin("carebook").unwrap();
    let ran =
        crate::harness::ran(&command.env_clear().current_dir(bench.root()).args(["today", "--json", "--fail-if-any"]).output().unwrap());
    assert_eq!(ran.code, 1);
    let agenda: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let first = &agenda["rows"][0];
    assert_eq!((&first["why"], &first["id"]), (&"overdue".into(), &"R20261007-001".into()));
}
