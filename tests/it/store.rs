//! The files: what a person wrote stays, what is broken is said, nothing is half done.

use crate::harness::Bench;

#[test]
fn a_hand_made_file_keeps_its_shape() {
    let book = Bench::zh();
    let text = "\u{FEFF}门店,Name,id,电话\r\n城西,\"王,芳\",C0001,138\r\n\r\n城东,李雷,C0002,\r\n";
    book.write("customers.csv", text);
    let _ = book.run(&["customer", "edit", "C0002", "phone=139"]).ok();
    assert_eq!(book.read("customers.csv"), text.replace("C0002,\r\n", "C0002,139\r\n"));
    let before = book.files();
    assert_eq!(book.run(&["customer", "edit", "C0002", "phone=139"]).err, "Nothing changed.\n");
    assert_eq!(book.files(), before);
}

#[test]
fn only_changed_lines_change() {
    let book = Bench::zh();
    for name in ["甲", "乙", "丙"] {
        let _ = book.run(&["customer", "add", name]).ok();
    }
    let before = book.read("customers.csv");
    let _ = book.run(&["customer", "edit", "乙", "备注=重要"]).ok();
    let after = book.read("customers.csv");
    let changed: Vec<(&str, &str)> = before.lines().zip(after.lines()).filter(|(a, b)| a != b).collect();
    assert_eq!(changed.len(), 1);
    assert!(changed[0].1.starts_with("C0002,乙"));
}

#[test]
fn a_dry_run_writes_nothing() {
    let book = Bench::en();
    let before = book.files();
    assert_eq!(book.run(&["-n", "intake", "x"]).err, "Dry run: 1 record would change; nothing was written.\n");
    assert_eq!(book.files(), before);
}

#[test]
fn broken_files_are_refused_with_their_place() {
    let book = Bench::en();
    book.write("customers.csv", "id,name\nC1,\"open\n");
    let err = book.run(&["check"]).fails(6);
    assert!(err.contains("customers.csv:2:4: the quote is never closed"), "{err}");
    let err = book.run(&["customer", "add", "x"]).fails(6);
    assert!(err.contains("customers.csv:2:4"), "{err}");
    book.write("customers.csv", "id,name,kind,since\nC1,a,robot,2026-02-30\nC1,b,,\n");
    let err = book.run(&["check"]).fails(6);
    assert!(err.contains("customers.csv:2:6: Kind (kind): unknown value \"robot\""), "{err}");
    assert!(err.contains("customers.csv:2:12: Since (since): not a date: 2026-02-30"), "{err}");
}

#[test]
fn strays_and_broken_references_are_found() {
    let book = Bench::en();
    let _ = book.run(&["intake", "x"]).ok();
    book.write("requests/2026Q4 (1).csv", "id\n");
    let ran = book.run(&["check"]);
    assert!(ran.err.contains("requests/2026Q4 (1).csv") && ran.code == 0, "{ran:?}");
    let requests = book.read("requests/2026Q4.csv").replace("R20261008-001,", "R20261008-001,C9");
    book.write("requests/2026Q4.csv", requests);
    assert!(book.run(&["check"]).fails(6).contains("Customers has no C9"));
}

#[test]
fn an_altered_or_shortened_log_is_found() {
    let book = Bench::en();
    for text in ["one", "two", "three"] {
        let _ = book.run(&["intake", text]).ok();
    }
    assert_eq!(book.run(&["check"]).ok(), "");
    let log = book.read("log/2026Q4.csv");
    book.write("log/2026Q4.csv", log.replace("two", "2wo"));
    assert!(book.run(&["check"]).fails(6).contains("altered or cut at row 2"));
    let without_second: Vec<&str> = log.lines().enumerate().filter(|(i, _)| *i != 2).map(|(_, line)| line).collect();
    book.write("log/2026Q4.csv", without_second.join("\n") + "\n");
    assert!(book.run(&["check"]).fails(6).contains("altered or cut at row 3"));
}

#[test]
fn what_a_crash_left_is_finished_by_the_next_command() {
    let book = Bench::en();
    let _ = book.run(&["customer", "add", "first"]).ok();
    // a transaction that was committed but not put in place: the state after a kill at the commit point
    let done = std::fs::read_dir(book.path(".carebook/undo")).unwrap().next().unwrap().unwrap().path();
    let after = book.files();
    let manifest = std::fs::read_to_string(done.join("manifest")).unwrap();
    let step = manifest.lines().position(|line| line.ends_with("customers.csv")).unwrap() - 5;
    let (new, old) = (book.read("customers.csv"), std::fs::read_to_string(done.join(format!("new-{step}"))).unwrap());
    book.write("customers.csv", old);
    std::fs::write(done.join(format!("new-{step}")), new).unwrap();
    std::fs::rename(&done, book.path(".carebook/txn")).unwrap();
    let listed = book.run(&["customer", "list", "--format", "id"]).ok();
    assert_eq!(listed, "C0001\n");
    assert_eq!(book.files(), after);
}

#[test]
fn a_forged_journal_is_not_followed() {
    let book = Bench::en();
    book.write(".carebook/txn/manifest", "carebook journal 1\nseq\t1\naction\tx\nwhole\t-\tabc\t../evil.csv\nchecksum\tdead\n");
    assert!(book.run(&["intake", "x"]).fails(6).contains("damaged"));
    assert!(!book.path("../evil.csv").exists());
}

#[test]
fn many_writers_lose_nothing() {
    let book = Bench::en();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let book = &book;
            scope.spawn(move || {
                for i in 0..5 {
                    let _ = book.run(&["intake", &format!("{writer}-{i}"), "-q"]).ok();
                }
            });
        }
    });
    let listed = book.run(&["list", "--format", "id"]).ok();
    let ids: std::collections::BTreeSet<&str> = listed.lines().collect();
    assert_eq!((listed.lines().count(), ids.len()), (40, 40));
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn a_clock_that_goes_back_keeps_the_order() {
    let mut book = Bench::en();
    let _ = book.run(&["intake", "one"]).ok();
    book.today("2026-03-01");
    let _ = book.run(&["intake", "two"]).ok();
    book.today("2026-10-09");
    let _ = book.run(&["intake", "three"]).ok();
    assert_eq!(book.run(&["check"]).ok(), "");
    let seqs = book.run(&["log", "--format", "plain", "--fields", "seq,id"]).ok();
    assert_eq!(seqs, "1\tR20261008-001\n2\tR20260301-001\n3\tR20261009-001\n");
}

#[test]
fn a_table_that_is_gone_is_never_taken_for_empty() {
    let book = Bench::en();
    let _ = book.run(&["customer", "add", "Ann"]).ok();
    let _ = book.run(&["intake", "x"]).ok();
    for table in ["customers.csv", "requests/2026Q4.csv"] {
        let text = book.read(table);
        std::fs::remove_file(book.path(table)).unwrap();
        for command in [vec!["list"], vec!["customer", "add", "Bob"], vec!["check"]] {
            assert!(book.run(&command).fails(6).contains(table), "{table} {command:?}");
        }
        book.write(table, text);
    }
    assert_eq!(book.run(&["check"]).ok(), "");
    std::fs::remove_file(book.path("requests/2026Q4.csv")).unwrap();
    let _ = book.run(&["check", "--adopt"]).ok();
    assert_eq!(book.run(&["list", "--format", "id"]).ok(), "");
}

#[test]
fn output_never_goes_over_the_books_own_files() {
    let book = Bench::en();
    let _ = book.run(&["customer", "add", "Ann"]).ok();
    book.write("in/o.csv", "id,customer,date,amount\nD1,C0001,soon,1\n");
    let before = book.files();
    for target in ["customers.csv", "log/2026Q4.csv", "carebook.yaml", ".carebook/lock", "./staff.csv"] {
        assert!(book.run(&["list", "staff", "--format", "csv", "-o", target]).fails(1).contains("own file"), "{target}");
        assert!(book.run(&["import", "orders", "in/o.csv", "--rejects", target]).fails(1).contains("own file"), "{target}");
    }
    assert!(book.run(&["list", "-o", "no/such/folder/x.csv"]).fails(1).contains("cannot write"));
    assert!(book.run(&["list", "-o", "x.pdf"]).fails(2).contains("pdf"));
    assert_eq!(book.files(), before);
}

#[test]
fn a_log_cut_at_its_end_is_found_and_nothing_written_upon_it() {
    let book = Bench::en();
    let _ = book.run(&["intake", "one"]).ok();
    let _ = book.run(&["intake", "two"]).ok();
    let log = book.read("log/2026Q4.csv");
    let cut: Vec<&str> = log.lines().take(2).collect();
    book.write("log/2026Q4.csv", cut.join("\n") + "\n");
    assert!(book.run(&["check"]).fails(6).contains("altered or cut at row 2"));
    assert!(book.run(&["intake", "three"]).fails(6).contains("altered or cut at row 2"));
    book.write("log/2026Q4.csv", log);
    let _ = book.run(&["intake", "three"]).ok();
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn one_unreadable_table_does_not_drown_its_own_message() {
    let book = Bench::en();
    let _ = book.run(&["customer", "add", "Ann"]).ok();
    let _ = book.run(&["intake", "x", "-c", "Ann"]).ok();
    book.write("customers.csv", "id,name\nC0001,\"Ann\n");
    let err = book.run(&["check"]).fails(6);
    assert!(err.contains("never closed") && !err.contains("has no C0001"), "{err}");
}

#[test]
fn an_id_is_never_made_twice() {
    let book = Bench::en();
    for name in ["Ann", "Bob"] {
        let _ = book.run(&["customer", "add", name]).ok();
        let _ = book.run(&["intake", "x"]).ok();
    }
    for table in ["customers.csv", "requests/2026Q4.csv"] {
        let text = book.read(table);
        let shorter: Vec<&str> = text.lines().take(2).collect();
        book.write(table, shorter.join("\n") + "\n");
    }
    assert!(book.run(&["customer", "add", "Eve"]).err.contains("C0003"));
    assert!(book.run(&["intake", "y"]).err.contains("R20261008-003"));
}

/// A full disk behind stdout: the change is there, and the exit code does not say that it is not.
#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_printed_after_the_change_is_not_taken_for_undone() {
    let book = Bench::en();
    let _ = book.run(&["customer", "add", "Ann"]).ok();
    let program = assert_cmd::cargo::cargo_bin("carebook");
    let mut shell = assert_cmd::Command::new("sh");
    shell.env_clear().current_dir(book.root()).env("CAREBOOK_TODAY", "2026-10-08").env("CAREBOOK_ACTOR", "t").env("CAREBOOK_LANG", "en");
    let ran = crate::harness::ran(&shell.arg("-c").arg(format!("'{}' tier apply > /dev/full", program.display())).output().unwrap());
    assert_eq!(ran.code, 7, "{ran:?}");
    assert!(ran.err.contains("The change was saved"), "{ran:?}");
    assert!(book.run(&["log", "--last", "1"]).ok().contains("tier"));
}

#[test]
fn a_table_that_is_a_link_is_refused_as_one() {
    let book = Bench::en();
    let _ = book.run(&["customer", "add", "Ann"]).ok();
    std::fs::rename(book.path("customers.csv"), book.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(book.path("elsewhere"), book.path("customers.csv")).unwrap();
    for words in [&["customer", "list"][..], &["customer", "add", "Bo"], &["check"]] {
        let ran = book.run(words);
        assert!(ran.code != 0 && ran.err.contains("customers.csv is not a regular file"), "{words:?} {ran:?}");
    }
}
