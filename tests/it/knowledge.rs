//! The knowledge base on the command line.

use serde_json::json;

use crate::harness::Bench;

/// A Chinese book with a customer, a member of staff and three requests, the first two accepted and assigned.
fn book() -> Bench {
    let book = Bench::zh();
    let _ = book.run(&["customer", "add", "王芳", "电话=13800138000"]).ok();
    let _ = book.run(&["staff", "add", "小李"]).ok();
    let _ = book.run(&["intake", "茶叶受潮发霉", "-c", "王芳", "-k", "质量", "-t", "投诉", "--at", "2026-09-28 09:00"]).ok();
    let _ = book.run(&["intake", "这盒茶叶发霉了", "-c", "王芳", "-k", "质量", "-t", "投诉", "--at", "2026-10-02 09:00"]).ok();
    let _ = book.run(&["intake", "发票抬头不对", "-k", "发票", "--at", "2026-10-03 09:00"]).ok();
    for id in [A, B] {
        let _ = book.run(&["review", id, "accept"]).ok();
        let _ = book.run(&["assign", id, "小李"]).ok();
    }
    book
}

const A: &str = "R20260928-001";
const B: &str = "R20261002-001";
const C: &str = "R20261003-001";

/// The tables: everything but the log, which only grows.
fn tables(book: &Bench) -> Vec<(String, Vec<u8>)> {
    book.files().into_iter().filter(|(path, _)| !path.starts_with("log/")).collect()
}

fn resolve(book: &Bench, id: &str, entry: &str) {
    let _ =
        book.run(&["resolve", id, "已换新", "--measures", "换货", "--cause", "仓库受潮\n漏雨", "--knowledge", entry, "--cost", "20"]).ok();
}

#[test]
fn an_entry_is_made_on_first_use_changed_retired_and_taken_back() {
    let mut book = book();
    let before = tables(&book);
    assert!(!book.path("knowledge.csv").exists());
    assert_eq!(book.run(&["list", "knowledge", "--format", "id"]).ok(), "");
    assert!(book.run(&["knowledge", "add", "茶叶受潮"]).fails(4).contains("--solution"));
    let _ = book.run(&["-n", "knowledge", "add", "茶叶受潮", "--solution", "换新"]).ok();
    assert_eq!(tables(&book), before, "a dry run");
    let add = ["knowledge", "add", "茶叶受潮", "--solution", "-", "-k", "质量", "--cause", "仓库", "--tags", "绿茶；防潮"];
    let said = book.run_with_input(&add, "换新\n附干燥剂\n");
    assert!(said.err.contains("Added knowledge K0001 茶叶受潮."), "{}", said.err);
    let _ = said.ok();
    assert_eq!(
        book.read("knowledge.csv"),
        "知识编号,标题,类别,原因,解决办法,关键词,添加日期,添加人,复核日期,状态,备注\n\
         K0001,茶叶受潮,质量,仓库,\"换新\n附干燥剂\",绿茶;防潮,2026-10-08,tester,2026-10-08,有效,\n"
    );
    book.today("2026-10-09");
    let edited = book.run(&["知识", "修改", "茶叶", "类别=储存", "--json"]).json();
    assert_eq!((&edited["rows"][0]["category"], &edited["rows"][0]["reviewed_on"]), (&json!("储存"), &json!("2026-10-09")));
    assert!(book.run(&["knowledge", "edit", "K1", "id=K9"]).fails(2).contains("id"));
    assert!(book.run(&["knowledge", "edit", "K2", "note=x"]).fails(3).contains("K2"));
    let _ = book.run(&["knowledge", "retire", "k1", "--reason", "不再卖"]).ok();
    assert!(book.run(&["knowledge", "retire", "K1"]).err.contains("Nothing changed"));
    assert_eq!(book.run(&["knowledge", "list", "--format", "id"]).ok(), "");
    assert_eq!(book.run(&["knowledge", "list", "--all", "--format", "id"]).ok().trim(), "K0001");
    let shown = book.run(&["show", "K1"]).ok();
    assert!(shown.contains("retired (不再卖)"), "{shown}");
    let then = book.run(&["knowledge", "show", "K1", "--as-of", "2026-10-08", "--json"]).json();
    assert_eq!((&then["category"], &then["status"]), (&json!("质量"), &json!("current")));
    for _ in 0..3 {
        let _ = book.run(&["undo"]).ok();
    }
    assert_eq!(tables(&book), before);
    let _ = book.run(&["knowledge", "add", "发票", "--solution", "重开"]).ok();
    assert_eq!(book.run(&["list", "knowledge", "--format", "id"]).ok().trim(), "K0002", "no id twice");
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn resolving_names_the_entry_and_links_are_checked() {
    let book = book();
    let _ = book.run(&["knowledge", "add", "茶叶受潮怎么办", "--solution", "换新"]).ok();
    let _ = book.run(&["knowledge", "add", "茶叶受潮的运费", "--solution", "退运费"]).ok();
    let said = book.run(&["resolve", A, "x", "--measures", "y", "--knowledge", "茶叶"]).fails(3);
    assert!(said.contains("K0001 茶叶受潮怎么办") && said.contains("K0002"), "{said}");
    assert!(book.run(&["resolve", A, "x", "--measures", "y", "--knowledge", "K7"]).fails(3).contains("K7"));
    resolve(&book, A, "受潮 运费;K1");
    let of = |id: &str| book.run(&["show", id, "--json"]).json()["knowledge"].clone();
    assert_eq!(of(A), json!(["K0002", "K0001"]));
    // of another quarter, closed and open ones
    let _ = book.run(&["knowledge", "link", "1", A, "1002-1", "1003-1"]).ok();
    assert_eq!((of(A), of(B), of(C)), (json!(["K0002", "K0001"]), json!(["K0001"]), json!(["K0001"])));
    assert!(book.run(&["knowledge", "link", "K1", B]).err.contains("Nothing changed"));
    assert_eq!(book.run(&["list", "knowledge:K0001", "--format", "id"]).ok().lines().count(), 3);
    assert_eq!(book.run(&["list", "stage:open", "知识:", "--format", "id"]).ok(), "");
    // the entry is referred to: its making cannot be taken back, nor its row lost unseen
    let rows = book.run(&["log", "--action", "add", "--json"]).json()["rows"].clone();
    let made = rows.as_array().unwrap().iter().find(|row| row["id"] == "K0001").unwrap()["seq"].to_string();
    assert!(book.run(&["undo", &made]).fails(1).contains("K0001"));
    let _ = book.run(&["知识", "关联", "K1", C, "--remove"]).ok();
    assert_eq!(of(C), json!([]));
    assert_eq!(book.run(&["check"]).ok(), "");
    let kept = book.read("knowledge.csv");
    book.write("knowledge.csv", kept.lines().next().unwrap().to_owned() + "\n");
    let found = book.run(&["check"]);
    assert_eq!((found.code, found.out.matches("K0001").count() + found.err.matches("K0001").count()), (6, 2), "{found:?}");
    book.write("knowledge.csv", kept.clone() + kept.lines().nth(1).unwrap() + "\n");
    let found = book.run(&["check", "knowledge"]);
    assert!(found.code == 6 && (found.out + &found.err).contains("K0001"));
}

#[test]
fn a_book_of_yesterday_gets_the_column_with_the_first_link() {
    let book = book();
    let without = |text: &str| -> String {
        let head = text.lines().next().unwrap();
        let at = head.split(',').position(|name| name == "知识");
        text.lines()
            .map(|line| {
                line.split(',').enumerate().filter(|(i, _)| Some(*i) != at).map(|(_, cell)| cell).collect::<Vec<_>>().join(",") + "\n"
            })
            .collect()
    };
    let old = without(&book.read("requests/2026Q3.csv"));
    assert!(!old.contains("知识"));
    book.write("requests/2026Q3.csv", &old);
    let _ = book.run(&["note", A, "问过仓库"]).ok();
    assert!(!book.read("requests/2026Q3.csv").contains("知识"), "nothing to say, no column");
    let _ = book.run(&["knowledge", "add", "受潮", "--solution", "换新"]).ok();
    let _ = book.run(&["knowledge", "link", "K1", A]).ok();
    let new = book.read("requests/2026Q3.csv");
    assert!(new.lines().next().unwrap().contains("知识") && new.contains("K0001"), "{new}");
    let _ = book.run(&["undo"]).ok();
    assert_eq!(book.run(&["show", A, "--json"]).json()["knowledge"], json!([]));
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn an_entry_is_drafted_from_a_request_and_told_to_whom_it_may_help() {
    let mut book = book();
    let _ = book.run(&["resolve", A, "已换新", "--measures", "换货", "--cause", "仓库受潮", "--why", "漏雨"]).ok();
    let said = book.run(&["knowledge", "add", "--from", "0928-1", "--tags", "绿茶"]);
    assert!(said.err.contains("Drafted knowledge K0001 茶叶受潮发霉 from R20260928-001"), "{}", said.err);
    let shown = book.run(&["knowledge", "show", "K1", "--json"]).json();
    assert_eq!((&shown["category"], &shown["cause"], &shown["solution"]), (&json!("质量"), &json!("仓库受潮"), &json!("换货\n已换新")));
    assert_eq!((&shown["reviewed_on"], &shown["requests"][0]["id"]), (&json!(null), &json!(A)));
    assert_eq!((&shown["uses"], &shown["success"]), (&json!(1), &json!(100.0)));
    let _ = book.run(&["knowledge", "add", "--from", B, "-k", "x"]).fails(4);
    let told = "May help: K0001 茶叶受潮发霉 (same category";
    assert!(book.run(&["show", B]).ok().contains(told));
    assert_eq!(book.run(&["show", B, "--json"]).json()["may_help"][0]["id"], "K0001");
    assert!(!book.run(&["show", A]).ok().contains("May help"), "resolved");
    assert!(book.run(&["assign", B, "小李"]).err.contains(told));
    assert!(!book.run(&["review", C, "accept"]).err.contains("May help"), "another matter");
    let said = book.run(&["intake", "茶叶受潮发霉怎么办", "--at", "2026-10-07 09:00"]);
    let _ = said.ok();
    assert!(book.run(&["review", "1007-1", "accept"]).err.contains("May help: K0001 茶叶受潮发霉 (text 66 % alike)"), "by its text");
    book.lang("zh");
    assert!(book.run(&["查看", B]).ok().contains("可参考知识 K0001 茶叶受潮发霉(同一类别"));
    book.lang("en");
    let _ = book.run(&["undo"]).ok();
    let _ = book.run(&["undo"]).ok();
    let _ = book.run(&["knowledge", "retire", "K1"]).ok();
    assert!(!book.run(&["show", B]).ok().contains("May help"), "retired");
    let said = book.run(&["resolve", B, "x", "--measures", "y", "--knowledge", "K1"]);
    assert!(said.err.contains("is retired"), "{}", said.err);
    let _ = said.ok();
}

#[test]
fn entries_are_ranked_by_use_and_success() {
    let book = book();
    for title in ["甲", "乙"] {
        let _ = book.run(&["knowledge", "add", title, "--solution", "换新"]).ok();
    }
    let ranked = |more: &[&str]| {
        let args = [&["knowledge", "list", "--json=id,uses,resolved,success,last_used"], more].concat();
        book.run(&args).json()["rows"].clone()
    };
    resolve(&book, A, "K2");
    assert_eq!(
        ranked(&[]),
        json!([
            {"id": "K0002", "uses": 1, "resolved": 1, "success": 100.0, "last_used": "2026-09-28"},
            {"id": "K0001", "uses": 0, "resolved": 0, "success": null, "last_used": null},
        ])
    );
    resolve(&book, B, "K1");
    assert_eq!(ranked(&[])[0]["id"], "K0001", "as good, and newer");
    assert_eq!(ranked(&["--period", "2026Q3"])[0]["id"], "K0002");
    let _ = book.run(&["confirm", B]).ok();
    let _ = book.run(&["feedback", B, "1"]).ok();
    assert_eq!((ranked(&[])[0]["id"].clone(), ranked(&[])[1]["success"].clone()), (json!("K0002"), json!(0.0)));
    // merged into one that K2 answered: the same matter
    let _ = book.run(&["knowledge", "link", "K2", C]).ok();
    let rows = ranked(&[]);
    assert_eq!((&rows[0]["uses"], &rows[0]["last_used"]), (&json!(2), &json!("2026-10-03")));
    let _ = book.run(&["merge", C, A, "--force"]).ok();
    let rows = ranked(&[]);
    assert_eq!((&rows[0]["uses"], &rows[0]["last_used"]), (&json!(1), &json!("2026-09-28")));
    assert_eq!(book.run(&["knowledge", "show", "K2", "--json=x"]).json()["requests"].as_array().unwrap().len(), 1);
}

#[test]
fn common_problems_say_which_lacks_a_solution() {
    let mut book = book();
    let _ = book.run(&["knowledge", "add", "茶叶受潮", "--solution", "换新"]).ok();
    for id in [A, B] {
        let _ = book.run(&["resolve", id, "已换新", "--measures", "换货", "--cause", "仓库受潮", "--cost", "20"]).ok();
    }
    let rows = |book: &Bench| book.run(&["knowledge", "problems", "--json"]).json();
    assert_eq!(rows(&book)["rows"][0]["knowledge"], json!(null));
    assert!(book.run(&["report", "2026Q3"]).ok().contains("换货"));
    let _ = book.run(&["knowledge", "link", "K1", A]).ok();
    let found = rows(&book);
    let first = &found["rows"][0];
    assert_eq!((&first["category"], &first["cause"], &first["count"]), (&json!("质量"), &json!("仓库受潮"), &json!(2)));
    assert_eq!((&first["repeat_customers"], &first["cost"], &first["knowledge"]), (&json!(1), &json!("40.00"), &json!("K0001")));
    assert_eq!((&found["rows"][1]["category"], &found["rows"][1]["knowledge"]), (&json!("发票"), &json!(null)));
    let said = book.run(&["knowledge", "list", "--problems"]);
    assert!(
        said.err.contains("2025-10-09 – 2026-10-08: 2 common problems, 1 without a knowledge entry (requests: 1, 33.3 %)"),
        "{}",
        said.err
    );
    assert!(said.ok().contains("K0001 茶叶受潮"));
    assert_eq!(book.run(&["knowledge", "problems", "--period", "2026Q3", "--json"]).json()["rows"].as_array().unwrap().len(), 1);
    assert_eq!(book.run(&["knowledge", "problems", "--top", "1", "--json"]).json()["rows"].as_array().unwrap().len(), 1);
    let said = book.run(&["knowledge", "problems", "--top", "1"]);
    assert!(said.err.contains("2 common problems, 1 without") && said.err.contains("; shown: 1."), "{}", said.err);
    let _ = book.run(&["knowledge", "problems", "--top", "0"]).fails(2);
    let report = book.run(&["report", "2026Q3"]).ok();
    let row = report.lines().find(|line| line.contains("K0001 茶叶受潮")).unwrap();
    assert!(row.contains("| 质量 |") && !row.contains("换货"), "{row}");
    let json = book.run(&["report", "2026Q3", "--json"]).json();
    assert_eq!(json["problems"]["common"][0]["knowledge"], json!({"id": "K0001", "title": "茶叶受潮", "count": 1}));
    assert_eq!(json["problems"]["common"][0]["solutions"][0]["text"], "换货");
    book.lang("zh");
    let said = book.run(&["知识", "问题"]);
    assert!(said.err.contains("常见问题 2 类,其中 1 类没有知识条目(诉求 1 件,33.3 %)"), "{}", said.err);
}

#[test]
fn the_outcome_of_an_entry_goes_by_first_resolutions() {
    let book = book();
    let _ = book.run(&["knowledge", "add", "受潮", "--solution", "换新"]).ok();
    let step = |args: &[&str]| drop(book.run(args).ok());
    step(&["resolve", A, "x", "--measures", "y", "--knowledge", "K1", "--at", "2026-09-28 11:00"]);
    step(&["reopen", A, "-r", "又坏了", "--at", "2026-09-29 09:00"]);
    step(&["resolve", A, "x", "--at", "2026-09-30 09:00"]);
    step(&["resolve", B, "x", "--measures", "y", "--knowledge", "K1", "--at", "2026-10-02 13:00"]);
    step(&["feedback", B, "5"]);
    let shown = book.run(&["knowledge", "show", "K1", "--json"]).json();
    assert_eq!((&shown["uses"], &shown["first_resolution_seconds"]), (&json!(2), &json!(10800.0)));
    assert_eq!((&shown["feedback"], &shown["reopened"], &shown["success"]), (&json!(5.0), &json!(50.0), &json!(50.0)));
    let q3 = book.run(&["knowledge", "show", "K1", "--period", "2026Q3", "--json"]).json();
    assert_eq!((&q3["uses"], &q3["feedback"], &q3["success"]), (&json!(1), &json!(null), &json!(0.0)));
    let text = book.run(&["knowledge", "show", "受潮"]).ok();
    assert!(text.contains("Mean time to the first resolution: 3 h 0 min") && text.contains("R20261002-001  2026-10-02 09:00"), "{text}");
}

#[test]
fn a_category_may_ask_for_an_entry_before_resolving() {
    let book = book();
    book.write("rules/categories.yaml", "categories:\n  - code: quality\n    label: {zh: 质量}\n    required: {resolve: [knowledge]}\n");
    let _ = book.run(&["knowledge", "add", "受潮", "--solution", "换新"]).ok();
    assert!(book.run(&["resolve", A, "x", "--measures", "y"]).fails(4).contains("add --knowledge"));
    resolve(&book, A, "K1");
    assert_eq!(book.run(&["check"]).ok(), "");
}
