//! Hooks: programs in `hooks/` that are told of changes.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::{Duration, Instant};

use crate::harness::Bench;

/// An English book with hooks turned on and these in it, allowed.
fn shop(settings: &str, hooks: &[(&str, &str)]) -> Bench {
    let book = Bench::en();
    book.write("carebook.yaml", book.read("carebook.yaml") + settings);
    for (name, script) in hooks {
        hook(&book, name, script, 0o755);
    }
    let _ = book.run(&["config", "hooks", "--allow"]).ok();
    book
}

fn hook(book: &Bench, name: &str, script: &str, mode: u32) {
    let path = format!("hooks/{name}");
    book.write(&path, format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(book.path(&path), std::fs::Permissions::from_mode(mode)).unwrap();
    std::fs::set_permissions(book.path("hooks"), std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// What a hook that ran `cat >> told` was told.
fn told(book: &Bench) -> Vec<serde_json::Value> {
    let Ok(text) = std::fs::read_to_string(book.path("told")) else { return Vec::new() };
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const CAT: &str = "cat >> told; echo to stdout";

#[test]
fn every_change_is_a_line_with_the_row_of_the_log() {
    let book = shop("hooks: on\n", &[("notify", CAT)]);
    let ran = book.run(&["customer", "add", "Ann; $(touch hacked) `touch hacked`"]);
    assert_eq!(ran.err.matches("hook").count(), 0, "{}", ran.err);
    assert!(!ran.ok().contains("to stdout"));
    let _ = book.run(&["intake", "Tea is damp", "-c", "C0001", "--at", "2026-10-07 09:00"]).ok();
    let _ = book.run(&["undo"]).ok();
    let lines = told(&book);
    let rows: Vec<(&str, &str, &str)> = lines
        .iter()
        .map(|line| (line["action"].as_str().unwrap(), line["table"].as_str().unwrap(), line["id"].as_str().unwrap()))
        .collect();
    assert_eq!(rows, [("add", "customers", "C0001"), ("intake", "requests", "R20261007-001"), ("undo", "requests", "R20261007-001")]);
    let log = book.run(&["log", "--json"]).json();
    for (line, row) in lines.iter().zip(log["rows"].as_array().unwrap()) {
        assert_eq!((&line["schema"], &line["book"]), (&"carebook.change.v1".into(), &"Tea".into()));
        for name in ["seq", "at", "recorded_at", "actor", "table", "id"] {
            assert_eq!(line[name], row[name], "{name}");
        }
    }
    assert_eq!((&lines[1]["before"], &lines[1]["after"]["type"]), (&serde_json::json!({}), &lines[2]["before"]["type"]));
    assert_eq!(lines[1]["at"], "2026-10-07T09:00:00+08:00");
    assert!(!book.path("hacked").exists());
    // nothing happened, nothing is told
    let _ = book.run(&["-n", "customer", "add", "Bob"]).ok();
    let _ = book.run(&["today"]).ok();
    assert_eq!(told(&book).len(), 3);
}

#[test]
fn off_unless_turned_on_and_allowed_on_this_copy() {
    let book = Bench::en();
    hook(&book, "notify", CAT, 0o755);
    let _ = book.run(&["customer", "add", "Ann"]).ok();
    assert!(book.run(&["config", "hooks"]).err.contains("hooks: on"));
    book.write("carebook.yaml", book.read("carebook.yaml") + "hooks: on\n");
    let ran = book.run(&["-q", "customer", "add", "Bob"]);
    assert!(ran.err.contains("hooks/notify") && ran.err.contains("config hooks --allow"), "{}", ran.err);
    assert!(ran.code == 0 && told(&book).is_empty());
    assert!(book.run(&["check"]).err.contains("hooks/notify"));
    let _ = book.run(&["-n", "config", "hooks", "--allow"]).ok();
    assert_eq!(book.run(&["config", "hooks", "--json"]).json()["rows"][0]["state"], "new");
    let _ = book.run(&["config", "hooks", "--allow"]).ok();
    let checked = book.run(&["check"]);
    assert_eq!((checked.code, checked.out.as_str(), checked.err.as_str()), (0, "", ""));
    let _ = book.run(&["customer", "add", "Cat"]).ok();
    assert_eq!(told(&book).len(), 1);
    // other bytes are another program
    hook(&book, "notify", "cat >> told # changed", 0o755);
    assert!(book.run(&["customer", "add", "Dan"]).err.contains("has changed since"));
    assert_eq!(told(&book).len(), 1);
    // a copy of the whole folder is another copy of the book, its hidden folder included
    let copy = Bench::empty("en");
    hook(&book, "notify", CAT, 0o755);
    let _ = book.run(&["config", "hooks", "--allow"]).ok();
    let done = std::process::Command::new("cp").args(["-a", &format!("{}/.", book.root().display())]).arg(copy.root()).status();
    assert!(done.unwrap().success());
    std::fs::remove_file(copy.path("told")).unwrap();
    assert!(copy.run(&["customer", "add", "Eve"]).err.contains("never allowed"));
    assert!(told(&copy).is_empty());
    assert!(book.run(&["status"]).ok().contains("notify") && copy.run(&["status"]).ok().contains("(notify)"));
}

#[test]
fn a_restored_book_runs_nothing() {
    let book = shop("hooks: on\n", &[("notify", CAT)]);
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("tea.tar.gz").display().to_string();
    let _ = book.run(&["backup", &file]).ok();
    assert_eq!(book.run(&["backup", "verify", &file, "-q"]).err, "");
    let other = Bench::empty("en");
    let to = place.path().join("other").display().to_string();
    let _ = other.run(&["restore", &file, &to]).ok();
    let ran = other.run(&["--data", &to, "customer", "add", "Ann"]);
    assert!(ran.code == 0 && ran.err.contains("never allowed"), "{}", ran.err);
    assert!(place.path().join("other/hooks/notify").exists() && !place.path().join("other/told").exists());
}

#[test]
fn what_others_can_change_or_is_no_file_is_refused() {
    let book = shop("hooks: on\n", &[]);
    hook(&book, "open", CAT, 0o757);
    hook(&book, "plain", CAT, 0o644);
    hook(&book, ".hidden", CAT, 0o755);
    hook(&book, "sub/inner", CAT, 0o755);
    symlink("/bin/true", book.path("hooks/link")).unwrap();
    let states = book.run(&["config", "hooks", "--allow", "--json"]).json();
    let states: Vec<(&str, &str)> =
        states["rows"].as_array().unwrap().iter().map(|row| (row["hook"].as_str().unwrap(), row["state"].as_str().unwrap())).collect();
    assert_eq!(states, [("hooks/link", "special"), ("hooks/open", "unsafe")]);
    let ran = book.run(&["customer", "add", "Ann"]);
    assert!(ran.err.contains("hooks/open: the hook is not run") && ran.err.contains("hooks/link: the hook is not run"), "{}", ran.err);
    assert!(ran.code == 0 && told(&book).is_empty());
    // a folder that others can write to is no better
    hook(&book, "open", CAT, 0o755);
    let _ = book.run(&["config", "hooks", "--allow"]).ok();
    std::fs::set_permissions(book.path("hooks"), std::fs::Permissions::from_mode(0o777)).unwrap();
    assert!(book.run(&["customer", "add", "Bob"]).err.contains("hooks: the hook is not run"));
    assert!(told(&book).is_empty());
}

#[test]
fn a_slow_hook_is_killed_with_what_it_started() {
    let book = shop("hooks: on\nhook_seconds: 1\n", &[("a", "(sleep 4; touch late) & sleep 30"), ("b", CAT)]);
    let begun = Instant::now();
    let ran = book.run(&["customer", "add", "Ann"]);
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert!(ran.err.contains("hooks/a: the hook failed: it did not end within 1 s"), "{}", ran.err);
    assert_eq!((ran.code, told(&book).len()), (0, 1));
    std::thread::sleep(Duration::from_secs(4));
    assert!(!book.path("late").exists());
}

#[test]
fn a_failing_hook_is_a_warning_and_the_change_stands() {
    let book = shop("hooks: on\n", &[("a", "echo first >&2; printf 'bad \\033[31mred\\n' >&2; exit 3"), ("b", "kill -9 $$")]);
    let ran = book.run(&["-q", "customer", "add", "Ann"]);
    assert!(ran.err.contains("it ended with 3: first bad \\u{1b}[31mred"), "{}", ran.err);
    assert!(ran.err.contains("hooks/b: the hook failed: it was ended by signal 9") && !ran.err.contains('\u{1b}'));
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    let mut book = book;
    book.lang("zh");
    let ran = book.run(&["customer", "add", "Bob"]);
    assert!(ran.err.contains("钩子没有成功") && book.run(&["list", "customers", "--format", "id"]).ok().contains("C0002"));
    // no program at all
    hook(&book, "a", "", 0o755);
    book.write("hooks/a", "#!/nowhere/sh\n");
    let _ = book.run(&["config", "hooks", "--allow"]).ok();
    assert!(book.run(&["customer", "add", "Cat"]).err.contains("hooks/a"));
}

#[test]
fn a_hook_that_does_not_read_holds_nothing_up() {
    let book = shop("hooks: on\n", &[("closes", "exec <&-; exit 0"), ("ignores", "exit 0"), ("reads", "wc -l > lines")]);
    let rows: Vec<String> = (1..=10_000).map(|n| format!("Customer number {n} with a name of some length,139{n:08}\n")).collect();
    book.write("in.csv", format!("name,phone\n{}", rows.concat()));
    let file = book.path("in.csv").display().to_string();
    let ran = book.run(&["import", "customers", &file]);
    std::fs::remove_file(&file).unwrap();
    assert!(ran.code == 0 && !ran.err.contains("hook"), "{} {}", ran.out, ran.err);
    // a batch is one line
    assert_eq!(book.read("lines").trim(), "1");
    // edited by hand each row is told, and that is more than a pipe holds
    book.write("customers.csv", book.read("customers.csv").replace("Customer number", "Client number"));
    let ran = book.run(&["customer", "add", "Ann"]);
    assert!(ran.code == 0 && !ran.err.contains("hook"), "{}", ran.err);
    assert_eq!(book.read("lines").trim(), "10001");
}

#[test]
fn the_environment_is_small_and_the_folder_is_the_books() {
    let book = shop("hooks: on\n", &[("env", "env | cut -d= -f1 | sort > names; echo \"$CAREBOOK_DIR $PWD $# $CAREBOOK_HOOK\" > place")]);
    let mut command = book.command();
    command.env("PATH", "/usr/bin:/bin").env("HOME", "/tmp").env("LANG", "C").env("TZ", "UTC").env("SECRET", "x");
    let done = command.current_dir("/tmp").args(["--data", &book.root().display().to_string(), "customer", "add", "Ann"]).output();
    assert!(done.unwrap().status.success());
    let shells_own = ["OLDPWD", "PWD", "SHLVL", "_"];
    let names = book.read("names");
    let names: Vec<&str> = names.lines().filter(|name| !shells_own.contains(name)).collect();
    assert_eq!(names, ["CAREBOOK_DIR", "CAREBOOK_HOOK", "HOME", "LANG", "PATH", "TZ"]);
    let root = book.root().display();
    assert_eq!(book.read("place").trim(), format!("{root} {root} 0 1"));
}

#[test]
fn a_hook_may_change_the_book_and_starts_no_hooks() {
    let carebook = assert_cmd::cargo::cargo_bin("carebook").display().to_string();
    let script = format!("cat >> told; CAREBOOK_TODAY=2026-10-08 {carebook} customer add Inner > /dev/null");
    let book = shop("hooks: on\n", &[("again", &script)]);
    let ran = book.run(&["customer", "add", "Ann"]);
    assert!(ran.code == 0 && !ran.err.contains("hook"), "{}", ran.err);
    assert_eq!(told(&book).len(), 1);
    assert!(book.run(&["list", "customers"]).ok().contains("Inner"));
}

#[test]
fn settings_are_checked_with_their_place() {
    let book = Bench::en();
    let text = book.read("carebook.yaml");
    for (line, told) in [("hooks: maybe", "hooks"), ("hook_seconds: 0", "hook_seconds"), ("hook: on", "hook")] {
        book.write("carebook.yaml", format!("{text}{line}\n"));
        let said = book.run(&["check"]).err;
        let place = format!("carebook.yaml:{}:", text.lines().count() + 1);
        assert!(said.contains(&place) && said.contains(told), "{said}");
    }
}
