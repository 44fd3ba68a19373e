//! Assignment by the rules, by hand, and who is away.

use crate::harness::Bench;

/// A book with three people and requests of three severities, all reviewed.
fn shop(lang: &str) -> Bench {
    let book = if lang == "zh" { Bench::zh() } else { Bench::en() };
    for (name, department) in [("Ann", "care"), ("Bo", "care"), ("Cy", "repair")] {
        let _ = book.run(&["staff", "add", name, "--department", department]).ok();
    }
    let _ = book.run(&["customer", "add", "Wang", "owner=Bo", "region=north"]).ok();
    for (text, severity) in [("one", "normal"), ("two", "critical"), ("three", "high"), ("four", "critical")] {
        let _ = book.run(&["intake", text, "-c", "Wang", "-t", "complaint", "-s", severity]).ok();
    }
    for id in ["1008-1", "1008-2", "1008-3", "1008-4"] {
        let _ = book.run(&["review", id, "accept"]).ok();
    }
    book
}

fn rules(book: &Bench, text: &str) {
    book.write("rules/assignment.yaml", text);
}

#[test]
fn without_rules_somebody_is_named() {
    let mut book = shop("en");
    let err = book.run(&["assign", "1008-1"]).fails(4);
    assert_eq!(err, "error: WHO is needed\n  hint: name the person, or write rules: `carebook config write assignment`\n");
    assert!(book.run(&["assign", "--all-unassigned"]).fails(4).contains("rules/assignment.yaml is needed"));
    assert!(book.run(&["assign"]).fails(2).contains("<ID>"));
    book.lang("zh");
    let err = book.run(&["分配", "1008-1"]).fails(4);
    assert!(err.contains("需要 WHO") && err.contains("写分配规则: carebook config write assignment"), "{err}");
    let _ = book.run(&["config", "write", "assignment"]).ok();
    let err = book.run(&["分配", "1008-1"]).err;
    assert!(err.contains("R20261008-001 → Bo (规则 1“其他 everything else”: 客户负责人)"), "{err}");
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn by_the_rules_the_reason_is_in_the_log() {
    for lang in ["en", "zh"] {
        let book = shop(lang);
        rules(&book, "rules:\n- {when: {severity: 紧急}, to: {staff: Cy}}\n- {name: 投诉, when: {type: 投诉}, to: {department: care}}\n");
        let _ = book.run(&["assign", "1008-4", "-r", "asked for"]).ok();
        let _ = book.run(&["assign", "1008-1"]).ok();
        let _ = book.run(&["assign", "1008-3"]).ok();
        let log = book.run(&["log", "--last", "3", "--json"]).json();
        let notes: Vec<&str> = (0..3).map(|i| log["rows"][i]["change"]["note"].as_str().unwrap()).collect();
        let expected = match lang {
            "en" => ["rule 1: named; asked for", "rule 2 \"投诉\": least loaded (0 open)", "rule 2 \"投诉\": least loaded (0 open)"],
            _ => ["规则 1: 指定; asked for", "规则 2“投诉”: 在办最少(0 件)", "规则 2“投诉”: 在办最少(0 件)"],
        };
        assert_eq!(notes, expected);
        let shown = book.run(&["list", "stage:assigned", "--json=id,handler,department"]).json();
        let handlers: Vec<&str> = shown["rows"].as_array().unwrap().iter().map(|row| row["handler"].as_str().unwrap()).collect();
        assert_eq!(handlers, ["Ann", "Bo", "Cy"]);
        assert_eq!(shown["rows"][2]["department"], "repair");
        assert_eq!(book.run(&["check"]).ok(), "");
    }
}

#[test]
fn all_at_once_the_gravest_first_and_undone_at_once() {
    let book = shop("en");
    rules(&book, "rules:\n- name: care\n  to: {department: care}\n  strategy: round_robin\n");
    let _ = book.run(&["staff", "edit", "Ann", "capacity=1"]).ok();
    let _ = book.run(&["staff", "leave", "Bo", "2026-10-09"]).ok();
    let before = book.files();
    let dry = book.run(&["assign", "--all-unassigned", "--dry-run", "--json"]);
    assert!(dry.err.contains("Would assign 4; nobody can take 0."), "{}", dry.err);
    let dry = dry.json();
    assert_eq!(book.files(), before);
    let rows: Vec<[&str; 3]> =
        dry["rows"].as_array().unwrap().iter().map(|row| ["id", "who", "reason"].map(|key| row[key].as_str().unwrap())).collect();
    let expected = [
        ["R20261008-002", "Ann", "rule 1 \"care\": round robin (none so far)"],
        ["R20261008-004", "Bo", "rule 1 \"care\": round robin (none so far)"],
        ["R20261008-003", "Bo", "rule 1 \"care\": round robin (last on 2026-10-08)"],
        ["R20261008-001", "Bo", "rule 1 \"care\": round robin (last on 2026-10-08)"],
    ];
    assert_eq!(rows, expected);
    assert_eq!(dry["schema"], "carebook.assignment.v1");
    // the next day Bo is away, and Ann can take one only
    let tomorrow = ["--today", "2026-10-09"];
    let ran = book.run(&[&["assign", "--all-unassigned", "--json"][..], &tomorrow].concat());
    assert!(ran.err.contains("Assigned 1; nobody can take 3."), "{}", ran.err);
    let rows = ran.json()["rows"].clone();
    assert_eq!(rows[1]["who"], serde_json::Value::Null);
    assert_eq!(rows[1]["reason"], "rule 1 \"care\": Ann at capacity 1/1; Bo on leave until 2026-10-09");
    let err = book.run(&[&["assign", "1008-4"][..], &tomorrow].concat()).fails(1);
    assert!(err.starts_with("error: R20261008-004 stays unassigned: rule 1 \"care\": Ann at capacity 1/1"), "{err}");
    let again = book.run(&[&["assign", "--all-unassigned"][..], &tomorrow].concat());
    assert!(again.err.contains("Assigned 0; nobody can take 3."), "{}", again.err);
    let tables = |files: Vec<(String, Vec<u8>)>| files.into_iter().filter(|(path, _)| !path.starts_with("log/")).collect::<Vec<_>>();
    let _ = book.run(&["undo"]).ok();
    assert_eq!(tables(book.files()), tables(before.clone()));
    // four at once, and taken back at once
    let _ = book.run(&["assign", "--all-unassigned"]).ok();
    assert_eq!(book.run(&["list", "stage:assigned", "--format", "id"]).ok().lines().count(), 4);
    let _ = book.run(&["undo"]).ok();
    assert_eq!(tables(book.files()), tables(before));
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn nothing_to_assign_is_no_failure() {
    let book = Bench::en();
    rules(&book, "rules: [{}]\n");
    let ran = book.run(&["assign", "--all-unassigned"]);
    assert!(ran.err.contains("Nothing to assign"), "{}", ran.err);
    assert_eq!(ran.ok(), "");
    assert_eq!(book.run(&["assign", "--all-unassigned", "--json"]).json()["rows"], serde_json::json!([]));
}

#[test]
fn explained_in_both_languages() {
    let mut book = shop("en");
    rules(&book, "rules:\n- {when: {severity: high, tier: A}}\n- {owner_first: true, to: {department: repair, skill: leaks}}\n- {}\n");
    let _ = book.run(&["staff", "edit", "Bo", "skills=leaks;locks", "regions=south"]).ok();
    let before = book.files();
    let grid = book.run(&["assign", "1008-1", "--explain", "--json"]).json();
    let rows: Vec<String> = grid["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            format!(
                "{} {} {} {}",
                row["rule"],
                row["who"].as_str().unwrap_or("-"),
                row["verdict"].as_str().unwrap(),
                row["why"].as_str().unwrap()
            )
        })
        .collect();
    let expected = [
        "1 - not_for_it does not hold: severity, tier",
        "2 Bo lacks_region the customer's owner, does not serve north",
        "2 Cy lacks_skill lacks the skill leaks",
        "3 Ann chosen rule 3: least loaded (0 open)",
        "3 Bo lacks_region does not serve north",
        "3 Cy could ",
    ];
    assert_eq!(rows, expected);
    book.lang("zh");
    let ran = book.run(&["assign", "1008-1", "--explain"]);
    assert!(ran.err.contains("R20261008-001 → Ann (规则 3: 在办最少(0 件))"), "{}", ran.err);
    let out = ran.ok();
    assert!(out.contains("不适用") && out.contains("不符: 严重程度、等级") && out.contains("没有技能 leaks"), "{out}");
    assert_eq!(book.files(), before);
}

#[test]
fn by_hand_what_speaks_against_it_is_said() {
    let mut book = shop("en");
    let _ = book.run(&["staff", "edit", "Ann", "capacity=1"]).ok();
    let _ = book.run(&["staff", "leave", "Bo", "2026-10-08..2026-10-09"]).ok();
    let _ = book.run(&["staff", "edit", "Cy", "from=2020-01-01", "until=2026-10-01"]).ok();
    assert!(!book.run(&["assign", "1008-1", "Ann"]).err.contains("warning"));
    assert!(!book.run(&["assign", "1008-1", "Ann"]).err.contains("warning"), "the request itself does not count");
    let warned = |who: &str| {
        let ran = book.run(&["assign", "1008-2", who]);
        let err = ran.err.clone();
        let _ = ran.ok();
        err
    };
    assert!(warned("Ann").contains("warning: Ann: at capacity 1/1"));
    assert!(warned("Bo").contains("warning: Bo: on leave until 2026-10-09"));
    assert!(warned("Cy").contains("warning: Cy: left on 2026-10-01"));
    book.lang("zh");
    assert!(book.run(&["assign", "1008-2", "Bo"]).err.contains("警告: Bo: 休假至 2026-10-09"));
}

#[test]
fn what_is_wrong_in_the_rules_has_its_place() {
    let mut book = shop("en");
    rules(&book, "rules:\n- when:\n    severity: loud\n- {strategy: named}\n");
    let err = book.run(&["assign", "1008-1"]).fails(6);
    assert!(err.contains("rules/assignment.yaml:3:5") && err.contains("loud"), "{err}");
    assert!(err.contains("rules/assignment.yaml:4:4") && err.contains("to.staff"), "{err}");
    assert!(book.run(&["check", "rules"]).fails(6).contains("rules/assignment.yaml:3:5"));
    rules(&book, "rules:\n- {who: Ann}\n");
    let err = book.run(&["check"]).fails(6);
    assert!(err.contains("rules/assignment.yaml:2:4") && err.contains("unknown field"), "{err}");
    rules(&book, "rules:\n- to: {staff: [Ann, Nobody]}\n- {to: {department: sales, skill: magic}, when: {tier: Z}}\n");
    let err = book.run(&["check", "rules"]).fails(6);
    assert!(err.contains("rules/assignment.yaml:2:8") && err.contains("Staff has no Nobody"), "{err}");
    assert!(err.contains("nobody is of the department sales") && err.contains("nobody has the skill magic"), "{err}");
    assert!(err.contains("the tier rules have no Z"), "{err}");
    book.lang("zh");
    assert!(book.run(&["check", "rules"]).fails(6).contains("员工中没有 Nobody"));
    // the others go on
    assert!(book.run(&["assign", "1008-1"]).err.contains("→ Ann"));
}

#[test]
fn leave_is_entered_listed_and_cancelled() {
    let mut book = shop("en");
    let _ = book.run(&["assign", "1008-1", "Bo"]).ok();
    let before = book.files();
    let err = book.run(&["staff", "leave", "Bo", "2026-10-08..2026-10-10", "-r", "wedding"]).err;
    assert_eq!(err, "Bo is on leave 2026-10-08..2026-10-10.\n");
    assert!(book.run(&["staff", "leave", "Bo", "2026-10-10"]).fails(2).contains("has leave from 2026-10-08 to 2026-10-10 already"));
    assert!(book.run(&["staff", "leave", "Bo", "3d"]).fails(2).contains("3d"));
    assert!(book.run(&["staff", "leave", "Bu", "2026-10-20"]).fails(3).contains("did you mean Bo"));
    let _ = book.run(&["员工", "请假", "Ann", "2026-11-01"]).ok();
    assert_eq!(book.read("absences.csv"), "staff,from,until,note\nBo,2026-10-08,2026-10-10,wedding\nAnn,2026-11-01,2026-11-01,\n");
    let list = book.run(&["staff", "leave", "--list", "--json"]).json();
    assert_eq!((list["rows"].as_array().unwrap().len(), &list["rows"][0]["staff"]), (2, &"Bo".into()));
    assert_eq!(book.run(&["staff", "leave", "Ann", "--list", "--json"]).json()["rows"][0]["until"], "2026-11-01");
    let staff = book.run(&["staff", "list", "--json=name,away_until"]).json();
    assert_eq!((&staff["rows"][1]["name"], &staff["rows"][1]["away_until"]), (&"Bo".into(), &"2026-10-10".into()));
    assert_eq!(staff["rows"][0]["away_until"], serde_json::Value::Null);
    let today = book.run(&["today", "--json"]).json();
    let away: Vec<_> = today["rows"].as_array().unwrap().iter().filter(|row| row["why"] == "handler_away").collect();
    assert_eq!((away.len(), &away[0]["id"], &away[0]["staff"]), (1, &"R20261008-001".into(), &"Bo".into()));
    book.lang("zh");
    let shown = book.run(&["今日"]).ok();
    assert!(shown.contains("处理人不在") && shown.contains("Bo (休假至 10-10)"), "{shown}");
    let err = book.run(&["员工", "请假", "Bo", "2026-10-09", "--cancel"]).err;
    assert_eq!(err, "已取消 Bo 的请假 2026-10-08..2026-10-10。\n");
    assert!(book.run(&["员工", "请假", "Bo", "2026-10-09", "--cancel"]).fails(3).contains("Bo 2026-10-09"));
    assert_eq!(book.read("absences.csv"), "staff,from,until,note\nAnn,2026-11-01,2026-11-01,\n");
    assert_eq!(book.run(&["check"]).ok(), "");
    for _ in 0..3 {
        let _ = book.run(&["undo"]).ok();
    }
    let tables = |files: Vec<(String, Vec<u8>)>| files.into_iter().filter(|(path, _)| !path.starts_with("log/")).collect::<Vec<_>>();
    assert_eq!(tables(book.files()), tables(before));
}

#[test]
fn the_past_knows_its_leaves() {
    let book = Bench::en();
    let _ = book.run(&["staff", "add", "Bo", "--today", "2026-09-01"]).ok();
    let _ = book.run(&["staff", "leave", "Bo", "2026-09-02..2026-12-31", "--today", "2026-09-02"]).ok();
    let _ = book.run(&["staff", "leave", "Bo", "2026-09-02", "--cancel", "--today", "2026-09-05"]).ok();
    let until = |day: &str| book.run(&["staff", "list", "--json", "--as-of", day]).json()["rows"][0]["away_until"].clone();
    assert_eq!(until("2026-09-03"), "2026-12-31");
    assert_eq!(until("2026-09-06"), serde_json::Value::Null);
}

#[test]
fn staff_are_edited_field_by_field() {
    let mut book = shop("en");
    let shown = book.run(&["staff", "edit", "Ann", "技能=投诉;退换", "regions=north", "capacity=8", "department=repair", "--json"]).json();
    assert_eq!((&shown["rows"][0]["skills"][1], &shown["rows"][0]["capacity"]), (&"退换".into(), &8.into()));
    assert!(book.run(&["staff", "edit", "Ann", "name=Anna"]).fails(2).contains("no field name"));
    assert!(book.run(&["staff", "edit", "Ann", "capacity=many"]).fails(2).contains("many"));
    assert!(book.run(&["staff", "edit", "Ann", "until=2000-01-01"]).fails(1).contains("is before"));
    assert!(book.run(&["staff", "edit", "Zoe", "capacity=1"]).fails(3).contains("there is no Zoe"));
    let err = book.run(&["staff", "edit", "Ann", "capacity="]).err;
    assert_eq!(err, "Changed Ann of the staff.\n");
    book.lang("zh");
    assert_eq!(book.run(&["员工", "修改", "Ann", "岗位=店长"]).err, "已修改员工 Ann。\n");
    assert_eq!(book.run(&["check"]).ok(), "");
    // and so they begin, in one change
    let _ = book.run(&["staff", "add", "Eve", "capacity=3", "regions=north"]).ok();
    let eve = &book.run(&["list", "staff", "名称:Eve", "--json=capacity,regions"]).json()["rows"][0];
    assert_eq!((&eve["capacity"], &eve["regions"]), (&3.into(), &serde_json::json!(["north"])), "{eve}");
    assert!(book.run(&["staff", "add", "Fay", "capacity=many"]).fails(2).contains("many"));
}
