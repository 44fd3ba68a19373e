//! Every verb changes the lines it is about and no others; a dry run of it changes nothing.

use std::collections::BTreeMap;

use crate::harness::Bench;

/// Verbs in an order in which each is possible on the demo book.
const VERBS: &[&[&str]] = &[
    &["customer", "add", "新客", "电话=139"],
    &["customer", "edit", "新客", "备注=改"],
    &["contact", "add", "新客", "李雷", "电话=137"],
    &["contact", "add", "新客", "韩梅", "--primary"],
    &["interaction", "add", "新客", "问价", "--channel", "电话", "--contact", "李雷"],
    &["staff", "add", "阿明"],
    &["intake", "坏了", "-c", "王芳"],
    &["review", "1008-2", "accept", "--severity", "high"],
    &["assign", "1008-2", "小李"],
    &["start", "1008-2"],
    &["wait", "1008-2"],
    &["resume", "1008-2"],
    &["note", "1008-2", "已联系"],
    &["resolve", "1008-2", "好了", "--measures", "修"],
    &["confirm", "1008-2"],
    &["feedback", "1008-2", "5"],
    &["close", "1008-2"],
    &["reopen", "1008-2", "-r", "又坏"],
    &["review", "1008-1", "reject", "-r", "不属于"],
    &["revisit", "plan", "--until", "2026-11-08"],
    &["revisit", "done", "V20261008-001", "--satisfaction", "5"],
    &["tier", "apply"],
    &["config", "write", "tiers"],
];

fn lines(files: Vec<(String, Vec<u8>)>) -> BTreeMap<String, Vec<String>> {
    let split = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect();
    files.into_iter().map(|(name, bytes)| (name, split(bytes))).collect()
}

#[test]
fn each_verb_changes_its_own_lines_only() {
    let book = Bench::empty("en");
    let _ = book.run(&["demo", "."]).ok();
    for verb in VERBS {
        let before = book.files();
        let mut rehearsal = vec!["--dry-run", "-q"];
        rehearsal.extend(*verb);
        let _ = book.run(&rehearsal).ok();
        assert_eq!(book.files(), before, "the dry run of {verb:?} wrote something");
        let _ = book.run(verb).ok();
        let (before, after) = (lines(before), lines(book.files()));
        for (name, now) in &after {
            let Some(was) = before.get(name) else { continue };
            // rows only ever stay where they are or are added at the end
            let changed = was.iter().zip(now).filter(|(a, b)| a != b).count();
            let limit = if verb[0] == "tier" { was.len() / 2 } else { 1 };
            assert!(changed <= limit && now.len() >= was.len(), "{verb:?} changed {changed} lines of {name}");
        }
        assert!(before.keys().all(|name| after.contains_key(name)), "{verb:?} removed a file");
    }
    assert_eq!(book.run(&["check"]).ok(), "");
}
