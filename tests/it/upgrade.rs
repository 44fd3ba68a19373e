//! Books of older and newer formats.

use std::path::Path;

use crate::harness::Bench;

/// A copy of a small book of a format in `shop/`.
fn book(format: &str) -> Bench {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let to = to.join(path.file_name().unwrap());
            if path.is_dir() { copy(&path, &to) } else { std::fs::copy(&path, &to).map(|_| ()).unwrap() }
        }
    }
    let bench = Bench::empty("en");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/books").join(format), &bench.path("shop"));
    bench
}

const BACKUP: &str = "shop-before-upgrade-2026-10-08.carebook-backup";

#[test]
fn the_first_format_becomes_todays() {
    let (old, new) = (book("format-0"), book("format-1"));
    let before = old.files();
    for command in [&["list"][..], &["intake", "x"], &["status"], &["report"]] {
        let err = old.run(&[&["--data", "shop"], command].concat()).fails(1);
        assert!(err.contains("carebook upgrade"), "{command:?} {err}");
    }
    let checked = old.run(&["--data", "shop", "check"]);
    assert!(checked.code == 0 && checked.err.starts_with("warning: carebook.yaml"), "{checked:?}");
    let dry = old.run(&["--data", "shop", "-n", "upgrade"]);
    assert!(dry.code == 0 && dry.err.contains("from format 0 to 1") && dry.err.contains("log/2026Q4.csv"), "{dry:?}");
    assert_eq!(old.files(), before);
    let _ = old.run(&["--data", "shop", "upgrade"]).ok();
    assert_eq!(old.run(&["--data", "shop", "check"]).ok(), "");
    for path in ["carebook.yaml", "customers.csv", "staff.csv", "requests/2026Q3.csv", "requests/2026Q4.csv", "rules/tiers.yaml"] {
        let path = format!("shop/{path}");
        assert_eq!(old.read(&path), new.read(&path), "{path}");
    }
    for command in [&["list", "--format", "csv"][..], &["report", "2026Q4", "--format", "md"], &["show", "R20260927-001"]] {
        let args = [&["--data", "shop"], command].concat();
        // what a report rests on is another row of the log
        let said = |bench: &Bench| bench.run(&args).ok().split("## What it rests on").next().unwrap().to_owned();
        assert_eq!(said(&old), said(&new), "{command:?}");
    }
    let log = old.run(&["--data", "shop", "log", "--format", "json"]).json();
    let (rows, last) = (log["rows"].as_array().unwrap(), log["rows"].as_array().unwrap().last().unwrap());
    assert_eq!((rows.len(), last["seq"].as_u64(), last["action"].as_str()), (12, Some(12), Some("upgrade")));
    let _ = old.run(&["--data", "shop", "intake", "after"]).ok();
    assert_eq!(old.run(&["--data", "shop", "check"]).ok(), "");
}

#[test]
fn the_backup_made_before_holds_the_old_book() {
    let bench = book("format-0");
    let before: Vec<_> = bench.files();
    let _ = bench.run(&["--data", "shop", "upgrade"]).ok();
    let _ = bench.run(&["backup", "verify", BACKUP]).ok();
    let _ = bench.run(&["restore", BACKUP, "again/shop"]).ok();
    let restored: Vec<_> =
        bench.files().into_iter().filter_map(|(path, bytes)| Some((path.strip_prefix("again/")?.to_owned(), bytes))).collect();
    assert_eq!(restored, before);
    // a name that is taken is never written over, and then nothing is upgraded
    let second = bench.run(&["--data", "again/shop", "upgrade", "--backup", BACKUP]);
    assert_eq!(second.code, 4, "{second:?}");
    assert_eq!(bench.run(&["--data", "again/shop", "list"]).code, 1);
}

#[test]
fn an_upgrade_cut_off_at_any_file_is_finished_by_the_next_command() {
    for placed in 0..=6 {
        let bench = book("format-0");
        let _ = bench.run(&["--data", "shop", "upgrade"]).ok();
        let after = bench.files();
        // committed, and the first `placed` files in place: back to what a kill would have left
        let done = bench.path("shop/.carebook/undo/000012");
        let manifest = std::fs::read_to_string(done.join("manifest")).unwrap();
        let paths: Vec<&str> =
            manifest.lines().filter(|line| line.starts_with("whole")).map(|line| line.rsplit('\t').next().unwrap()).collect();
        for (i, path) in paths.iter().enumerate().skip(placed) {
            let (now, staged) = (bench.path("shop").join(path), done.join(format!("new-{i}")));
            std::fs::rename(&now, bench.path("aside")).unwrap();
            std::fs::rename(&staged, &now).unwrap();
            std::fs::rename(bench.path("aside"), &staged).unwrap();
        }
        std::fs::rename(&done, bench.path("shop/.carebook/txn")).unwrap();
        let listed = bench.run(&["--data", "shop", "list", "--format", "id"]).ok();
        assert_eq!(listed.lines().count(), 3, "{placed}");
        assert_eq!(bench.files(), after, "{placed}");
        assert_eq!(bench.run(&["--data", "shop", "check"]).ok(), "");
    }
}

#[test]
fn a_book_of_today_has_nothing_to_upgrade() {
    let bench = book("format-1");
    assert_eq!(bench.run(&["--data", "shop", "check"]).ok(), "");
    let before = bench.files();
    let ran = bench.run(&["--data", "shop", "upgrade"]);
    assert!(ran.code == 0 && ran.err.contains("nothing to do"), "{ran:?}");
    assert_eq!(bench.files(), before);
    // one that only lost its `format` gets it back, and its log stays as it was
    let settings = bench.read("shop/carebook.yaml");
    bench.write("shop/carebook.yaml", settings.replace("format: 1\n", ""));
    let log = bench.read("shop/log/2026Q3.csv");
    let _ = bench.run(&["--data", "shop", "upgrade"]).ok();
    assert_eq!((bench.read("shop/carebook.yaml"), bench.read("shop/log/2026Q3.csv")), (settings, log));
    assert_eq!(bench.run(&["--data", "shop", "check"]).ok(), "");
}

#[test]
fn an_altered_old_log_is_not_made_to_look_whole() {
    let bench = book("format-0");
    let log = bench.read("shop/log/2026Q3.csv").replace("ann@example.com", "eve@example.com");
    bench.write("shop/log/2026Q3.csv", log);
    let before = bench.files();
    assert!(bench.run(&["--data", "shop", "check"]).fails(6).contains("altered or cut at row 3"));
    assert!(bench.run(&["--data", "shop", "upgrade"]).fails(6).contains("altered or cut at row 3"));
    assert_eq!(bench.files(), before);
}

#[test]
fn a_newer_book_is_refused_and_a_senseless_format_is_named() {
    let bench = book("format-1");
    let settings = bench.read("shop/carebook.yaml");
    for command in [&["list"][..], &["intake", "x"], &["check"], &["upgrade"]] {
        // with a key that this release cannot know
        bench.write("shop/carebook.yaml", settings.replace("format: 1", "format: 2\nbranches: [a]"));
        let err = bench.run(&[&["--data", "shop"], command].concat()).fails(1);
        assert!(err.contains("format 2, newer than the 1") && err.contains("install a newer carebook"), "{command:?} {err}");
        bench.write("shop/carebook.yaml", settings.replace("format: 1", "format: first"));
        let err = bench.run(&[&["--data", "shop"], command].concat()).fails(6);
        assert!(err.contains("carebook.yaml:2:9: format"), "{command:?} {err}");
    }
}
