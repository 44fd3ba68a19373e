//! Small things that were found by trying to break them: formats, JSON, the past, messages.

use crate::harness::Bench;

fn book() -> Bench {
    let book = Bench::zh();
    for name in ["王芳", "李强"] {
        let _ = book.run(&["customer", "add", name, "phone=13800138000"]).ok();
    }
    for (quarter, line) in [("2026Q2", "O2,C0002,2026-06-20,4000.00"), ("2026Q3", "O1,C0001,2026-09-20,400.00")] {
        book.write(&format!("orders/{quarter}.csv"), format!("编号,客户编号,日期,金额\n{line}\n"));
    }
    book
}

#[test]
fn what_has_no_table_says_so_instead_of_writing_text_into_a_csv_file() {
    let book = book();
    book.write("rules/points.yaml", "start: 2026-01-01\nearn: {points: 1, per: 10}\n");
    for command in [&["tier", "explain", "1"][..], &["customer", "show", "1"], &["points", "explain", "1"], &["check"]] {
        let with = |more: &[&str]| book.run(&[command, more].concat());
        assert!(with(&["--format", "csv"]).fails(2).contains("unknown \"csv\"; known: table, json, jsonl"), "{command:?}");
        assert!(with(&["-o", "x.csv"]).fails(2).contains("-o: unknown"), "{command:?}");
        let lines = with(&["--format", "jsonl"]).ok();
        assert!(lines.lines().count() == 1 && lines.starts_with('{'), "{command:?} {lines}");
        let _ = with(&["-o", "x.json"]).ok();
        assert!(book.read("x.json").starts_with("{\n"), "{command:?}");
    }
    assert!(!book.path("x.csv").exists());
    assert!(book.run(&["check", "-o", "x.txt"]).fails(2).contains("--json -o FILE"));
    // where there is a table, it is written
    assert!(book.run(&["rfm", "explain", "1", "--format", "csv"]).ok().starts_with("id,name,first,"));
    assert!(book.run(&["tier", "what-if", "built-in", "--format", "csv"]).ok().starts_with("id,name,"));
}

#[test]
fn json_is_never_empty() {
    let book = book();
    let decision = book.run(&["tier", "set", "1", "A", "--until", "2026-12-31", "--reason", "x", "--json", "-n"]).json();
    assert_eq!((&decision["schema"], &decision["rows"][0]["tier"]), (&"carebook.tier_decision.v1".into(), &"A".into()));
    for flags in [&["--json", "-n"][..], &["--json"], &["--json"]] {
        let told = book.run(&[&["customer", "distinct", "C0001", "C0002"], flags].concat()).json();
        assert_eq!(told["rows"][0]["distinct_from"], serde_json::json!(["C0002"]), "{told}");
    }
    let refused = book.run(&["customer", "add", "王芳", "phone=13800138000", "--refuse-duplicates", "--json"]);
    assert_eq!(refused.code, 4);
    let likely: serde_json::Value = serde_json::from_str(&refused.out).unwrap();
    assert!(
        likely["schema"] == "carebook.likely_duplicates.v1" && likely["duplicates"].as_array().is_some_and(|all| !all.is_empty()),
        "{likely}"
    );
    let told = book.run(&["rfm", "explain", "1", "--json"]).json();
    assert_eq!(
        (&told["window"]["to"], &told["rules"], &told["method"], &told["cut_points"]["frequency"][0]),
        (&"2026-10-08".into(), &"built-in".into(), &"fixed".into(), &"2".into())
    );
}

#[test]
fn no_change_is_made_in_the_past() {
    let book = book();
    let before = book.files();
    for command in [
        &["tier", "set", "1", "A", "--until", "2026-12-31", "--reason", "x"][..],
        &["points", "gift", "1", "5", "--reason", "x"],
        &["customer", "add", "Ann"],
        &["config", "write", "tiers"],
        &["backup", "b.tar"],
        &["check"],
        &["undo"],
        &["demo", "d"],
    ] {
        let err = book.run(&[command, &["--as-of", "2026-09-01"]].concat()).fails(2);
        assert!(err.contains("--as-of"), "{command:?} {err}");
    }
    assert_eq!(book.files(), before);
    // a tier is decided for a day
    let _ = book.run(&["tier", "apply", "--as-of", "2026-07-01"]).ok();
    let _ = book.run(&["tier", "apply", "--as-of", "2026-09-30"]).ok();
    let days = |flags: &[&str]| book.run(&[&["tier", "history", "2", "--json"], flags].concat()).json()["rows"].clone();
    assert!(days(&["--as-of", "2026-06-30"]).as_array().unwrap().is_empty());
    let row = days(&["--as-of", "2026-07-10"])[0].clone();
    assert_eq!((&row["from"], &row["days"]), (&"2026-07-01".into(), &"10".into()));
    // nor before a later decision
    let late = book.run(&["tier", "set", "2", "A", "--until", "2026-12-31", "--reason", "x", "--at", "2026-06-01"]).fails(2);
    assert!(late.contains("--at") && late.contains("a later decision, of 2026-07-01"), "{late}");
}

#[test]
fn filters_that_match_nobody_and_words_that_were_meant_otherwise() {
    let book = book();
    let said = |args: &[&str]| {
        let ran = book.run(args);
        assert_eq!(ran.code, 0);
        ran.err
    };
    assert!(said(&["tier", "aply"]).contains("no customer matches \"aply\"; did you mean `carebook tier apply`?"));
    assert!(said(&["tier", "list"]).contains("did you mean `carebook tier --list`?"));
    assert!(said(&["rfm", "explan"]).contains("did you mean `carebook rfm explain`?"));
    assert!(said(&["tier", "等级:Z"]).contains("no customer matches \"等级:Z\"\n"));
    assert!(!said(&["tier", "王芳"]).contains("no customer"));
}

#[test]
fn messages_say_what_is_wrong_and_what_to_do() {
    let mut book = book();
    book.write("rules/points.yaml", "earn: {points: 1, per: 10}\n");
    assert!(book.run(&["points", "balance"]).fails(6).contains("rules/points.yaml:1:1: start"));
    book.write("rules/points.yaml", "start: 2026-01-01\nearn: {points: 1, per: 10}\nexpire: 3 months\nredeem: {value: 1}\n");
    assert!(book.run(&["points", "adjust", "1", "0", "--reason", "x"]).fails(2).contains("0 points change nothing"));
    let gift = book.run(&["points", "gift", "1", "5000", "--reason", "x", "--at", "2026-03-01"]);
    assert!(gift.code == 0 && gift.err.contains("ran out after 2026-06-01: none of them can be spent"), "{gift:?}");
    let _ = book.run(&["points", "gift", "1", "5000", "--reason", "x"]).ok();
    assert!(book.run(&["points", "balance"]).ok().contains("5,000.00"));
    assert!(book.run(&["points", "balance", "--json"]).ok().contains("\"worth\": \"5000.00\""));
    let twice = book.run(&["customer", "merge", "C0002", "C0001", "--yes", "--take", "phone=C0001", "--take", "phone=C0002"]).fails(2);
    assert!(twice.contains("--take names phone twice"), "{twice}");
    let _ = book.run(&["customer", "merge", "C0002", "C0001", "--yes"]).ok();
    let back = book.run(&["customer", "merge", "C0001", "C0002", "--yes"]).fails(2);
    assert!(back.contains("C0002 was merged into C0001 already") && back.contains("unmerge C0002"), "{back}");
    assert!(book.run(&["redo"]).fails(1).contains("redo takes back the latest undo"));
    book.lang("zh");
    assert!(book.run(&["tier", "what-if", "built-in"]).err.contains("内置规则。"));
    assert!(book.run(&["import", "orders", "no.csv"]).fails(1).contains("没有这个文件或文件夹"));
    book.write("rules/tiers.yaml", "factors: 5\n");
    assert!(book.run(&["tier"]).fails(6).contains("类型不对:整数 `5`,应为列表"));
}

#[test]
fn points_that_were_the_other_ones_leave_a_hole_after_unmerge() {
    let book = book();
    book.write("rules/points.yaml", "start: 2026-01-01\nearn: {points: 1, per: 10}\n");
    let _ = book.run(&["points", "run"]).ok();
    let _ = book.run(&["customer", "merge", "C0002", "C0001", "--yes"]).ok();
    let _ = book.run(&["points", "redeem", "1", "100"]).ok();
    let ran = book.run(&["customer", "unmerge", "C0002", "--json"]);
    assert!(ran.err.contains("C0001 is 60 points below zero now") && ran.err.contains("points adjust C0001 60"), "{}", ran.err);
    let rows = ran.json()["rows"].clone();
    assert_eq!((&rows[0]["id"], &rows[0]["status"]), (&"C0002".into(), &"active".into()));
}

#[test]
fn a_row_edited_by_hand_is_no_dead_end_of_undo() {
    let book = book();
    let _ = book.run(&["customer", "add", "赵敏"]).ok();
    let _ = book.run(&["customer", "edit", "C0003", "note=x"]).ok();
    book.write("customers.csv", book.read("customers.csv").replace("赵敏", "赵敏敏"));
    let before = book.files();
    let by_hand = book.run(&["undo"]).fails(1);
    assert!(by_hand.contains("edited by hand") && by_hand.contains("`carebook undo ROW`"), "{by_hand}");
    // also once the log tells of the edit, which cannot be undone itself
    let _ = book.run(&["staff", "add", "小李"]).ok();
    let edit = book.run(&["log", "--json"]).json()["rows"].as_array().unwrap().iter().find(|row| row["action"] == "edit").unwrap()["seq"]
        .to_string();
    let told = book.run(&["undo", &edit]).fails(1);
    assert!(told.contains("edited by hand since (C0003, log row ") && told.contains("`carebook undo ROW`"), "{told}");
    let _ = book.run(&["undo"]).ok();
    assert_eq!(
        book.files().iter().filter(|(name, _)| name == "customers.csv").collect::<Vec<_>>(),
        before.iter().filter(|(name, _)| name == "customers.csv").collect::<Vec<_>>()
    );
}

#[test]
fn an_id_that_stands_twice_is_not_counted_twice() {
    let book = book();
    let text = book.read("customers.csv");
    let row = text.lines().nth(1).unwrap().to_owned();
    book.write("customers.csv", format!("{text}{row}\n"));
    book.write("rules/points.yaml", "start: 2026-01-01\nearn: {points: 1, per: 10}\n");
    for command in [&["tier"][..], &["tier", "--list"], &["rfm"], &["points", "balance"], &["points", "run", "-n"]] {
        let err = book.run(command).fails(6);
        assert!(err.contains("customers.csv:4") && err.contains("C0001"), "{command:?} {err}");
    }
}

#[test]
fn absurd_rules_and_amounts_are_refused_with_their_place() {
    let book = book();
    for (rules, place) in [
        ("factors:\n- {measure: spend, weight: 99999999999999999999, steps: {0: 1}}\n", "rules/tiers.yaml:2:20"),
        ("window: 0 months\n", "rules/tiers.yaml:1:1"),
        ("factors:\n- {measure: spend, weight: 1, steps: {0: 150}}\n", "rules/tiers.yaml:2:31"),
    ] {
        book.write("rules/tiers.yaml", rules);
        for command in ["tier", "check"] {
            let err = book.run(&[command]).fails(6);
            assert!(err.contains(place), "{err}");
        }
    }
    std::fs::remove_file(book.path("rules/tiers.yaml")).unwrap();
    book.write("in/o.csv", "id,customer,date,amount\nA,C0001,2026-10-01,92233720368547758\n");
    let err = book.run(&["import", "orders", "in/o.csv"]).fails(6);
    assert!(err.contains("in/o.csv:2:20") && err.contains("is not between -1000000000000 and 1000000000000"), "{err}");
    let lines = "B,C0001,2026-10-01,1000000000000.00\n".repeat(100_000);
    book.write("orders/2026Q4.csv", format!("编号,客户编号,日期,金额\n{lines}"));
    let sum = "100,000,000,000,000,400.00";
    assert!(book.run(&["tier", "--list", "C0001"]).ok().contains(sum));
    assert!(book.run(&["rfm", "--list", "C0001"]).ok().contains(sum));
    assert!(book.run(&["report", "2026Q4"]).ok().contains("100,000,000,000,000,000.00"));
}
