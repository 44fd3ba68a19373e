//! Triage on the command line: merge, link, split, the first review, gates, resolution, feedback.

use serde_json::json;

use crate::harness::Bench;

/// A Chinese book with two customers, a member of staff and three requests.
fn book() -> Bench {
    let book = Bench::zh();
    let _ = book.run(&["customer", "add", "王芳", "电话=13800138000"]).ok();
    let _ = book.run(&["customer", "add", "李雷", "电话=13900139000"]).ok();
    let _ = book.run(&["staff", "add", "小李", "--department", "客服部"]).ok();
    let _ = book.run(&["intake", "茶叶受潮发霉", "-c", "王芳", "-k", "质量", "-t", "投诉", "--at", "2026-09-28 09:00"]).ok();
    let _ = book.run(&["intake", "茶罐是坏的", "-c", "王芳", "-k", "包装", "-t", "投诉", "--at", "2026-10-02 09:00"]).ok();
    let _ = book.run(&["intake", "发票抬头不对", "-c", "李雷", "-k", "发票", "--at", "2026-10-03 09:00"]).ok();
    book
}

const A: &str = "R20260928-001";
const B: &str = "R20261002-001";
const C: &str = "R20261003-001";

/// The tables: everything but the log, which only grows.
fn tables(book: &Bench) -> Vec<(String, Vec<u8>)> {
    book.files().into_iter().filter(|(path, _)| !path.starts_with("log/")).collect()
}

#[test]
fn a_merged_request_is_one_matter_and_nothing_of_it_is_lost() {
    let mut book = book();
    let before = tables(&book);
    let _ = book.run(&["-n", "merge", B, A, "-r", "同一批茶"]).ok();
    assert_eq!(tables(&book), before, "a dry run");
    let said = book.run(&["merge", "1002-1", "0928-1", "-r", "同一批茶"]);
    assert!(said.err.starts_with("R20261002-001 is merged into R20260928-001.\n"), "{}", said.err);
    let _ = said.ok();
    let shown = book.run(&["show", A, "--json"]).json();
    assert_eq!((&shown["merged"][0]["id"], &shown["merged"][0]["content"]), (&json!(B), &json!("茶罐是坏的")));
    assert_eq!(shown["timeline"].as_array().unwrap().last().unwrap()["id"], B);
    let text = book.run(&["show", A]).ok();
    assert!(text.contains("Merged into it\n  R20261002-001  2026-10-02 09:00  王芳  茶罐是坏的"), "{text}");
    assert!(text.contains("tester  R20261002-001 merged (同一批茶)"), "{text}");
    book.lang("zh");
    assert!(book.run(&["查看", A]).ok().contains("并入的诉求"));
    book.lang("en");
    let _ = book.run(&["redo"]).fails(1);
    assert_eq!(book.run(&["list", &format!("duplicate_of:{A}"), "--format", "id"]).ok().trim(), B);
    let figures = book.run(&["report", "2026Q4", "--json"]).json();
    let total = |code: &str| {
        let figures = figures["totals"]["requests"].as_array().unwrap();
        figures.iter().find(|figure| figure["code"] == code).unwrap()["now"].clone()
    };
    assert_eq!(total("duplicates"), json!(1), "{figures}");
    let shares = figures["shares"].to_string();
    assert!(shares.contains("发票") && !shares.contains("包装"), "{shares}");
    assert!(!book.run(&["today"]).ok().contains(B));
    let _ = book.run(&["undo"]).ok();
    assert_eq!(tables(&book), before);
    assert_eq!(book.run(&["show", A, "--json"]).json()["merged"], json!([]));
    let _ = book.run(&["redo"]).ok();
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn planned_revisits_go_with_the_merge() {
    let book = book();
    for step in [
        &["review", A, "accept"][..],
        &["assign", A, "小李"],
        &["resolve", A, "换新", "--measures", "换货"],
        &["close", A, "--unconfirmed"],
        &["reopen", A, "-r", "又坏了"],
    ] {
        let _ = book.run(step).ok();
    }
    let planned = || book.run(&["list", "revisits", "status:planned", "--json=request"]).json()["rows"].clone();
    assert_eq!(planned(), json!([{"request": A}]));
    let said = book.run(&["merge", A, B]);
    assert!(said.err.contains("1 planned revisits went with it"), "{}", said.err);
    assert_eq!(planned(), json!([{"request": B}]));
    let _ = book.run(&["undo"]).ok();
    assert_eq!(planned(), json!([{"request": A}]));
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn a_merge_that_makes_no_sense_is_refused() {
    let mut book = book();
    assert!(book.run(&["merge", A, A]).fails(2).contains("of itself"));
    assert!(book.run(&["merge", C, A]).fails(4).contains("李雷 C0002 and 王芳 C0001"));
    assert!(book.run(&["merge", A, "R20250101-001"]).fails(3).contains("there is no"));
    let _ = book.run(&["merge", C, A, "--force"]).ok();
    assert!(book.run(&["merge", A, C, "--force"]).fails(2).contains("ring"));
    assert!(book.run(&["merge", B, C]).fails(2).contains("merge into R20260928-001"));
    assert!(book.run(&["review", B, "duplicate", C]).fails(2).contains("merge into R20260928-001"));
    let _ = book.run(&["review", B, "reject", "-r", "无关"]).ok();
    book.lang("zh");
    assert!(book.run(&["合并", A, B]).fails(2).contains("不受理"));
    assert!(book.run(&["合并", B, A]).fails(2).contains("已有自己的结果"));
}

#[test]
fn links_are_on_both_sides_sorted_and_once() {
    let book = book();
    let before = tables(&book);
    let related = |id: &str| book.run(&["show", id, "--json"]).json()["related"].clone();
    let _ = book.run(&["link", B, C]).ok();
    let _ = book.run(&["link", B, A]).ok();
    assert_eq!((related(A), related(B), related(C)), (json!(B), json!(format!("{A};{C}")), json!(B)));
    assert!(book.run(&["link", A, B]).err.contains("Nothing changed"));
    assert_eq!(book.run(&["check"]).ok(), "");
    let (name, whole) = ("requests/2026Q4.csv", book.read("requests/2026Q4.csv"));
    book.write(name, whole.replace(&format!("{A};{C}"), &format!("{A};R20990101-001")));
    assert!(book.run(&["check"]).fails(6).contains("R20990101-001"));
    book.write(name, &whole);
    assert_eq!(book.run(&["list", "related:0928-1", "--format", "id"]).ok().trim(), "");
    assert_eq!(book.run(&["list", &format!("关联:{A}"), "--format", "id"]).ok().trim(), B);
    assert!(book.run(&["link", A, A]).fails(2).contains("itself"));
    let _ = book.run(&["关联", C, B, "--remove"]).ok();
    assert_eq!((related(B), related(C)), (json!(A), json!("")));
    for _ in 0..3 {
        let _ = book.run(&["undo"]).ok();
    }
    assert_eq!(tables(&book), before);
}

#[test]
fn a_split_off_matter_has_its_own_life_from_the_same_receipt() {
    let mut book = book();
    let before = tables(&book);
    let said = book.run(&["split", A, "还少了一罐", "-k", "少件"]);
    assert!(said.err.starts_with("Split R20260928-002 off R20260928-001, to be resolved by 2026-09-30 18:00."), "{}", said.err);
    let shown = book.run(&["show", "R20260928-002", "--json"]).json();
    let told = |field: &str| shown[field].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        (told("received_at"), told("customer"), told("category")),
        ("2026-09-28T09:00:00+08:00".into(), "C0001".into(), "少件".into())
    );
    assert_eq!((told("related"), told("stage"), told("received_by")), (A.into(), "registered".into(), "tester".into()));
    assert_eq!(told("promise").split(' ').nth(2), Some("resolve=27h"));
    // what the new one rests on is not taken away under it
    assert!(book.run(&["split", A, " "]).fails(4).contains("TEXT"));
    let _ = book.run(&["undo"]).ok();
    assert_eq!(tables(&book), before);
    // an id that was taken back is not given to something else, on an older day either
    let _ = book.run(&["intake", "today's"]).ok();
    assert!(book.run(&["split", A, "又一件"]).err.starts_with("Split R20260928-003 off"));
    let _ = book.run(&["undo"]).ok();
    let _ = book.run(&["merge", B, A]).ok();
    assert!(book.run(&["split", B, "x"]).fails(2).contains("split R20260928-001"));
    book.lang("zh");
    let said = book.run(&["拆分", A, "还少了一罐"]).err;
    assert!(said.contains("已从 R20260928-001 拆分出 R20260928-00"), "{said}");
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn the_first_review_asks_for_more_or_sends_away() {
    let mut book = book();
    for decision in ["need-info", "out-of-scope", "reject"] {
        assert!(book.run(&["review", C, decision]).fails(4).contains("--reason"), "{decision}");
    }
    let before = tables(&book);
    let said = book.run(&["review", C, "need-info", "-r", "订单号"]);
    assert!(said.err.starts_with("R20261003-001: registered (waiting for information)."), "{}", said.err);
    let waiting = book.run(&["today", "--json"]).json();
    let row = waiting["rows"].as_array().unwrap().iter().find(|row| row["id"] == C).unwrap();
    assert_eq!(row["why"], "waiting");
    assert!(book.run(&["log", C]).ok().contains("need-info: 订单号"));
    let _ = book.run(&["undo"]).ok();
    assert_eq!(tables(&book), before);
    let _ = book.run(&["redo"]).ok();
    book.lang("zh");
    let said = book.run(&["审核", C, "超出范围", "-r", "快递公司的事"]).err;
    assert!(said.starts_with("R20261003-001: 不受理(超出受理范围)。"), "{said}");
    let shown = book.run(&["show", C, "--json"]).json();
    assert_eq!((&shown["stage"], &shown["result"]), (&json!("rejected"), &json!("超出受理范围: 快递公司的事")));
    assert_eq!(book.run(&["list", "stage:rejected", "result:超出受理范围", "--format", "id"]).ok().trim(), C);
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn the_severity_comes_from_the_matrix_and_says_why() {
    let mut book = Bench::en();
    let severity = |said: crate::harness::Ran| said.json()["rows"][0]["severity"].as_str().unwrap().to_owned();
    let register = |extra: &[&str]| {
        let mut args = vec!["intake", "x", "--json=severity"];
        args.extend(extra);
        book.run(&args)
    };
    let said = register(&["--impact", "serious", "--urgency", "3"]);
    assert!(said.err.contains("severity critical: impact 3 (serious) × urgency 3 (at once)"), "{}", said.err);
    assert_eq!(severity(said), "critical");
    assert_eq!(severity(register(&["--impact", "1", "--urgency", "不急", "--purpose", "accusation"])), "high");
    let said = register(&["--impact", "3", "--urgency", "3", "-s", "low"]);
    assert!(said.err.contains("severity low: as given (by the rules critical:"), "{}", said.err);
    assert_eq!(severity(said), "low");
    assert_eq!(severity(register(&[])), "normal");
    assert!(book.run(&["intake", "x", "--impact", "huge", "--urgency", "1"]).fails(2).contains("considerable"));
    assert!(book.run(&["intake", "x", "--impact", "1"]).fails(2).contains("--urgency"));
    let _ = book.run(&["review", "1008-4", "accept", "--impact", "2", "--urgency", "3"]).ok();
    let log = book.run(&["log", "1008-4", "--action", "review", "--json"]).ok();
    assert!(log.contains("severity high: impact 2 (considerable) × urgency 3"), "{log}");
    book.lang("zh");
    let said = book.run(&["intake", "y", "--impact", "较大", "--urgency", "尽快"]).err;
    assert!(said.contains("严重程度 一般: 影响 2 (较大) × 紧迫 2 (尽快)"), "{said}");
    let _ = book.run(&["config", "write", "severity"]).ok();
    assert_eq!(book.run(&["check"]).ok(), "");
    book.write("rules/severity.yaml", "impact: {1: {zh: 小}}\n");
    assert!(book.run(&["check"]).fails(6).contains("rules/severity.yaml:1"));
    assert!(book.run(&["intake", "z"]).fails(6).contains("三级"));
}

#[test]
fn what_may_be_the_same_is_told_and_never_decided() {
    let mut book = book();
    let said = book.run(&["intake", "茶叶又受潮发霉", "-c", "王芳", "-k", "质量"]).err;
    assert!(said.contains("May be the same as R20260928-001 (same customer and category, text 72 % alike, 10 days before)"), "{said}");
    let shown = book.run(&["show", "1008-1", "--json"]).json();
    assert_eq!(shown["similar"], json!([{"id": A, "repeated": true, "alike": 72, "days": 10}]));
    assert_eq!(shown["stage"], "registered");
    book.lang("zh");
    assert!(book.run(&["show", A]).ok().contains("可能与 R20261008-001 是同一件事(同一客户、同一类别、内容相似 72%、10 天后)"));
    assert!(book.run(&["review", "1008-1", "accept"]).err.contains("可能与 R20260928-001"));
    let _ = book.run(&["merge", "1008-1", A]).ok();
    assert!(!book.run(&["show", A]).ok().contains("可能与"));
    book.write("rules/severity.yaml", "similar: {days: 5, likeness: 100}\n");
    assert!(!book.run(&["intake", "茶叶又受潮发霉", "-c", "王芳", "-k", "质量"]).err.contains("可能与"));
}

const RULES: &str = "closed_list: true
categories:
  - {code: quality, label: {zh: 质量, en: Quality}, type: complaint, severity: high, required: {resolve: [cause, responsible]}}
  - {code: mould, label: {zh: 霉变, en: Mould}, parent: quality, required: {confirm: [confirmed_how, confirmed_by], close: [feedback, wish]}}
";

#[test]
fn a_category_asks_for_what_must_be_known() {
    let mut book = Bench::zh();
    let _ = book.run(&["staff", "add", "小李", "--department", "客服部"]).ok();
    book.write("rules/categories.yaml", RULES);
    assert!(book.run(&["intake", "x", "-k", "价格"]).fails(2).contains("质量, 霉变"));
    let row = book.run(&["intake", "发霉", "-k", "mould", "--json=category,type,severity"]).json()["rows"][0].clone();
    assert_eq!(row, json!({"category": "霉变", "type": "complaint", "severity": "high"}));
    assert!(book.run(&["review", "1", "accept", "-k", "价格"]).fails(2).contains("--category"));
    let _ = book.run(&["review", "1", "accept"]).ok();
    let _ = book.run(&["assign", "1", "小李"]).ok();
    let resolve = ["resolve", "1", "已换新", "--measures", "换货"];
    let before = tables(&book);
    let err = book.run(&resolve).fails(4);
    assert!(err.contains("before resolve, R20261008-001 needs: cause, responsible\n  hint: add --cause --responsible"), "{err}");
    assert_eq!(tables(&book), before);
    let mut full = resolve.to_vec();
    full.extend(["--cause-code", "process", "--cause", "漏检", "--why", "没有抽查", "--why", "没有标准"]);
    full.extend(["--responsible", "客服部:60% 小李:40% 2026-10-08", "--compensation", "20"]);
    let _ = book.run(&full).ok();
    let shown = book.run(&["show", "1", "--json"]).json();
    assert_eq!(shown["cause"], "流程\n漏检\n为什么: 没有抽查\n为什么: 没有标准");
    assert_eq!((&shown["responsible"], &shown["cost"]), (&json!("客服部:60% 小李:40% 2026-10-08"), &json!("20.00")));
    assert!(book.run(&["confirm", "1"]).fails(4).contains("add --how --by"));
    let _ = book.run(&["confirm", "1", "--how", "电话", "--by", "王芳的母亲"]).ok();
    assert_eq!(book.run(&["show", "1", "--json"]).json()["confirmed_by"], "王芳的母亲");
    book.lang("zh");
    let err = book.run(&["close", "1"]).fails(4);
    assert!(err.contains("在 close 之前须填: 期望、客户评分"), "{err}");
    assert!(err.contains("先运行 carebook feedback R20261008-001 SCORE TEXT;在 requests/ 的表格中填写 期望"), "{err}");
    let _ = book.run(&["undo"]).ok();
    let _ = book.run(&["undo"]).ok();
    assert_eq!(tables(&book), before);
}

#[test]
fn shares_and_causes_that_do_not_hold_are_refused() {
    let mut book = book();
    let _ = book.run(&["review", A, "accept"]).ok();
    let _ = book.run(&["assign", A, "小李"]).ok();
    let resolve = |extra: &[&str]| {
        let mut args = vec!["resolve", A, "好了", "--measures", "换货"];
        args.extend(extra);
        book.run(&args)
    };
    assert!(resolve(&["--responsible", "客服部:60% 小李:30%"]).fails(2).contains("add up to 90 %"));
    assert!(resolve(&["--responsible", "客服部:60% 小李"]).fails(2).contains("NAME:60%"));
    assert!(resolve(&["--cause-code", "weather"]).fails(2).contains("process"));
    assert!(resolve(&["--why", "1", "--why", "2", "--why", "3", "--why", "4", "--why", "5", "--why", "6"]).fails(2).contains("5 times"));
    let _ = resolve(&["--responsible", "物流公司"]).ok();
    book.write("rules/categories.yaml", "closed_list: true\n");
    assert!(book.run(&["check", "rules"]).fails(6).contains("rules/categories.yaml"));
    book.lang("zh");
    assert!(book.run(&["检查", "rules"]).fails(6).contains("须列出类别"));
}

/// Brings request A of [`book`] to its closing on this day, with a score.
fn closed(book: &mut Bench, day: &str, score: &str) -> String {
    book.today(day);
    for step in [&["review", A, "accept"][..], &["assign", A, "小李"], &["resolve", A, "换新", "--measures", "换货"], &["confirm", A]]
    {
        let _ = book.run(step).ok();
    }
    let said = book.run(&["feedback", A, score, "太慢"]).err;
    let _ = book.run(&["close", A]).ok();
    said
}

#[test]
fn reopening_has_its_time_and_then_a_new_request_is_linked() {
    let mut book = book();
    let _ = closed(&mut book, "2026-10-08", "5");
    book.today("2026-11-07");
    let _ = book.run(&["reopen", A, "-r", "又坏了"]).ok();
    let _ = book.run(&["resolve", A, "再换"]).ok();
    let shown = book.run(&["show", A, "--json"]).json();
    assert_eq!(
        (&shown["first_resolved_at"], &shown["resolved_at"]),
        (&json!("2026-10-08T12:00:00+08:00"), &json!("2026-11-07T12:00:00+08:00"))
    );
    assert!(book.run(&["show", A]).ok().contains("First resolved  2026-10-08 12:00"));
    book.today("2026-12-08");
    let err = book.run(&["reopen", A, "-r", "第三次"]).fails(2);
    assert!(err.contains("until 2026-12-07") && err.contains("carebook intake --related R20260928-001"), "{err}");
    let before = tables(&book);
    let _ = book.run(&["intake", "第三次坏", "-c", "王芳", "--related", A]).ok();
    let related = |id: &str| book.run(&["show", id, "--json"]).json()["related"].clone();
    assert_eq!((related(A), related("R20261208-001")), (json!("R20261208-001"), json!(A)));
    let _ = book.run(&["undo"]).ok();
    assert_eq!(tables(&book), before);
    assert!(book.run(&["intake", "x", "--related", "R20250101-009"]).fails(3).contains("there is no"));
    book.write("rules/feedback.yaml", "reopen_days: off\n");
    let _ = book.run(&["reopen", A, "-r", "第三次"]).ok();
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn a_dissatisfied_customer_is_not_forgotten() {
    let mut book = book();
    let said = closed(&mut book, "2026-10-08", "2");
    assert!(said.contains("Dissatisfied; it can be reopened (until 2026-11-07): carebook reopen R20260928-001"), "{said}");
    let why = |book: &Bench| {
        let rows = book.run(&["today", "--json"]).json()["rows"].clone();
        rows.as_array().unwrap().iter().find(|row| row["id"] == A).map(|row| row["why"].clone())
    };
    assert_eq!(why(&book), Some(json!("dissatisfied")));
    assert!(book.run(&["show", A]).ok().contains("Dissatisfied; it can be reopened (until 2026-11-07)"));
    book.today("2026-11-08");
    assert_eq!(why(&book), None);
    assert_eq!(book.run(&["show", A, "--json"]).json()["dissatisfied"], false);
    book.today("2026-10-20");
    let _ = book.run(&["reopen", A, "-r", "不满意"]).ok();
    assert_ne!(why(&book), Some(json!("dissatisfied")));
}

#[test]
fn the_rule_says_what_dissatisfaction_asks_for() {
    let mut asks = book();
    asks.write("rules/feedback.yaml", "dissatisfied: reopen\n");
    asks.lang("zh");
    assert!(closed(&mut asks, "2026-10-08", "非常不满意").contains("规则要求重开(2026-11-07 前)"));
    let mut plans = book();
    plans.write("rules/feedback.yaml", "dissatisfied: revisit\n");
    let said = closed(&mut plans, "2026-10-08", "1");
    assert!(said.contains("recovery revisit V20261009-001 planned for 2026-10-09"), "{said}");
    // closing plans no second visit
    assert_eq!(plans.run(&["list", "revisits", "--format", "id"]).ok().trim(), "V20261009-001");
    let _ = plans.run(&["undo"]).ok();
    let _ = plans.run(&["undo"]).ok();
    assert_eq!(plans.run(&["list", "revisits", "--format", "id"]).ok().trim(), "");
    plans.write("rules/feedback.yaml", "dissatisfied: cake\n");
    assert!(plans.run(&["check"]).fails(6).contains("rules/feedback.yaml:1"));
}
