//! The archive kept true: verification, consent, sources, tags, owners, on the command line.

use serde_json::{Value, json};

use crate::harness::Bench;

/// The tables: everything but the log, which only grows.
fn tables(book: &Bench) -> Vec<(String, Vec<u8>)> {
    book.files().into_iter().filter(|(path, _)| !path.starts_with("log/") && !path.starts_with("in/")).collect()
}

fn rows(book: &Bench, args: &[&str]) -> Value {
    book.run(&[args, &["--json"]].concat()).json()["rows"].clone()
}

/// The values of a column.
fn column(book: &Bench, args: &[&str], code: &str) -> Vec<Value> {
    rows(book, args).as_array().unwrap().iter().map(|row| row[code].clone()).collect()
}

/// A change is taken back to the byte and done again to the byte.
#[track_caller]
fn there_and_back(book: &Bench, args: &[&str]) {
    let before = tables(book);
    let dry = book.run(&[args, &["-n"]].concat());
    assert!(dry.code == 0 && tables(book) == before, "a dry run: {}", dry.err);
    let _ = book.run(args).ok();
    let after = tables(book);
    assert!(after != before, "{args:?} changed nothing");
    let _ = book.run(&["undo"]).ok();
    assert!(tables(book) == before, "undo of {args:?}");
    let _ = book.run(&["redo"]).ok();
    assert!(tables(book) == after, "redo of {args:?}");
}

#[test]
fn data_is_verified_corrected_and_due_again() {
    let mut book = Bench::zh();
    let _ = book.run(&["customer", "add", "王芳", "电话=138", "建档日期=2024-03-01"]).ok();
    let _ = book.run(&["customer", "add", "茶行", "类型=企业", "建档日期=2025-10-01", "负责人=小李"]).ok();
    let _ = book.run(&["customer", "add", "新客"]).ok();
    let due = rows(&book, &["customer", "verify", "--due"]);
    assert_eq!(
        due,
        json!([
            {"id": "C0001", "name": "王芳", "tier": "", "owner": "", "verified_on": null, "since": "2024-03-01", "days_over": 586, "blank": ["address"]},
            {"id": "C0002", "name": "茶行", "tier": "", "owner": "小李", "verified_on": null, "since": "2025-10-01", "days_over": 7, "blank": ["phone", "address", "contact", "size"]},
        ])
    );
    assert_eq!(column(&book, &["customer", "verify", "--due", "负责人:小李"], "id"), ["C0002"]);
    assert_eq!(book.run(&["customer", "verify", "--due", "--fail-if-any"]).code, 1);
    let status = rows(&book, &["status"]);
    assert!(status.as_array().unwrap().contains(&json!({"name": "verify_due", "value": 2})), "{status}");
    // only a book whose owner wrote rules is reminded every day
    assert!(!book.run(&["today"]).err.contains("verify --due"));
    book.write("rules/archive.yaml", "verify: {after: {A: off, others: 1 year}}\n");
    assert!(book.run(&["today"]).err.contains("2 customers to be verified"));
    assert_eq!(book.run(&["today", "--json"]).json()["verify_due"], 2);

    there_and_back(&book, &["客户", "核对", "王芳", "地址=城西路1号", "电话=139", "--on", "2026-10-01"]);
    let said = book.run(&["customer", "verify", "C0002", "--on", "2026-10-01", "--json"]);
    assert!(said.err.contains("Still blank: Phone, Address, Contact, Size"), "{}", said.err);
    assert_eq!(said.json()["blank"], json!(["phone", "address", "contact", "size"]));
    assert_eq!(column(&book, &["customer", "list"], "verified_on"), [json!("2026-10-01"), json!("2026-10-01"), json!(null)]);
    assert_eq!(column(&book, &["customer", "verify", "--due"], "id"), Vec::<Value>::new());
    book.today("2027-10-02");
    assert_eq!(column(&book, &["customer", "verify", "--due"], "days_over"), [1, 1]);
    let _ = book.run(&["tier", "set", "C0001", "A", "--until", "2028-12-31", "--reason", "x"]).ok();
    assert_eq!(column(&book, &["customer", "verify", "--due"], "id"), ["C0002"]);
    assert_eq!(column(&book, &["customer", "verify", "--due", "--as-of", "2027-10-01"], "id"), Vec::<Value>::new());

    for (args, code) in [
        (&["customer", "verify"][..], 2),
        (&["customer", "verify", "C9"], 3),
        (&["customer", "verify", "C0001", "电话"], 2),
        (&["customer", "verify", "C0001", "shoe=44"], 2),
        (&["customer", "verify", "C0001", "--on", "2027-10-03"], 2),
        (&["customer", "verify", "C0001", "--on", "soon"], 2),
    ] {
        let _ = book.run(args).fails(code);
    }
    book.write("customers.csv", book.read("customers.csv").replace("2026-10-01", "2030-01-01"));
    assert!(book.run(&["check", "customers"]).fails(6).contains("2030-01-01"));
}

#[test]
fn consent_is_a_cell_for_people_and_for_filters() {
    let book = Bench::zh();
    for (name, consent) in [("甲", ""), ("乙", "口头问过"), ("丙", "是"), ("丁", "")] {
        let set = format!("授权={consent}");
        let said = book.run(&["customer", "add", name, &set]);
        assert_eq!(said.err.contains("unclear"), name == "乙", "{}", said.err);
        let _ = said.ok();
    }
    there_and_back(&book, &["客户", "授权", "甲", "同意", "--on", "2026-10-01", "--how", "电话"]);
    assert!(book.read("customers.csv").contains("同意 2026-10-01 (电话)"));
    let _ = book.run(&["intake", "慢", "-c", "丁", "--at", "2026-06-01"]).ok();
    let _ = book.run(&["tier", "set", "丁", "A", "--until", "2028-12-31", "--reason", "x"]).ok();
    let _ = book.run(&["revisit", "plan"]).ok();
    let said = book.run(&["customer", "consent", "丁", "撤回", "--json"]);
    assert!(said.err.contains("1 revisit still planned: V20261008-001"), "{}", said.err);
    let said = said.json();
    assert_eq!((&said["rows"][0]["consent"], &said["standing"]), (&json!("撤回 2026-10-08"), &json!("withdrawn")));
    for (filter, ids) in [
        ("consent:given", &["C0001", "C0003"][..]),
        ("consent:unclear", &["C0002"]),
        ("授权:已撤回", &["C0004"]),
        ("consent:missing", &[]),
        ("consent:电话", &["C0001"]),
    ] {
        assert_eq!(column(&book, &["customer", "list", filter], "id"), ids, "{filter}");
    }
    // whoever deals with them is told
    assert!(book.run(&["intake", "退货", "-c", "丁"]).err.contains("withdrew consent (撤回 2026-10-08)"));
    assert!(book.run(&["show", "C0004"]).ok().contains("Consent was withdrawn"));
    assert_eq!(book.run(&["show", "C0004", "--json"]).json()["consent_standing"], "withdrawn");
    assert!(!book.run(&["intake", "退货", "-c", "甲"]).err.contains("withdrew"));

    let refused = book.run(&["customer", "consent", "甲", "perhaps"]).fails(2);
    assert!(refused.contains("withdrawn") && refused.contains("legal_duty"), "{refused}");
    let _ = book.run(&["customer", "consent", "甲", "given", "--on", "2026-12-01"]).fails(2);
    let _ = book.run(&["customer", "consent", "戊", "given"]).fails(3);
    // required by the rules: who has none is told, who withdrew is not asked again
    assert_eq!(book.run(&["check"]).err, "");
    book.write("rules/archive.yaml", "consent: {required: true, holds: 7 days}\n");
    let told = book.run(&["check"]);
    let lines: Vec<&str> = told.err.lines().filter(|line| line.contains("customers.csv")).collect();
    assert_eq!(lines.len(), 2, "{}", told.err);
    assert!(lines[0].contains("customers.csv:3") && lines[1].contains("customers.csv:4"), "{}", told.err);
    let _ = told.ok();
    assert_eq!(column(&book, &["customer", "list", "consent:expired"], "id"), Vec::<Value>::new());
    assert_eq!(column(&book, &["customer", "list", "consent:expired", "--today", "2026-10-09"], "id"), ["C0001"]);
}

#[test]
fn sources_are_of_a_list_that_may_be_closed() {
    let book = Bench::zh();
    let said = book.run(&["customer", "add", "甲", "source=trade fair"]);
    assert_eq!(said.err.matches("source").count(), 0, "{}", said.err);
    assert_eq!(column(&book, &["customer", "list"], "source"), ["展会"]);
    let said = book.run(&["customer", "edit", "甲", "来源=websit"]);
    assert!(said.err.contains("did you mean website?"), "{}", said.err);
    assert!(book.run(&["check"]).err.contains("did you mean website?"));
    assert!(!book.run(&["customer", "edit", "甲", "来源=邻居"]).err.contains("did you mean"));
    book.write("rules/archive.yaml", "sources: {closed: true, values: {fair: {zh: 展会}, shop: {zh: 门店}}}\n");
    let refused = book.run(&["customer", "edit", "甲", "来源=网上"]).fails(2);
    assert!(refused.contains("展会") && refused.contains("门店"), "{refused}");
    let _ = book.run(&["customer", "edit", "甲", "来源=SHOP"]).ok();
    assert_eq!(column(&book, &["customer", "list"], "source"), ["门店"]);
    book.write("rules/archive.yaml", "sources: {closed: true, values: {}}\nowner: {at_most: many}\n");
    let told = book.run(&["check"]).fails(6);
    assert!(told.contains("rules/archive.yaml:1") && told.contains("rules/archive.yaml:2"), "{told}");
    // what does not rest on the rules goes on without them
    for args in [&["customer", "list"][..], &["show", "甲"], &["customer", "edit", "甲", "电话=138"], &["customer", "add", "乙"]] {
        let _ = book.run(args).ok();
    }
    let before = tables(&book);
    for args in [&["customer", "edit", "甲", "来源=门店"][..], &["customer", "verify", "甲"], &["customer", "list", "consent:missing"]]
    {
        let _ = book.run(args).fails(6);
    }
    assert!(tables(&book) == before);
}

#[test]
fn tags_are_put_on_taken_off_and_counted() {
    let book = Bench::en();
    for name in ["Ann", "Bo", "Cy"] {
        let _ = book.run(&["customer", "add", name, "region=north"]).ok();
    }
    let said = book.run(&["customer", "tag", "Ann", "+wholesale", "+vip"]);
    assert!(said.err.contains("wholesale is a new tag") && said.err.contains("C0001 Ann: wholesale; vip"), "{}", said.err);
    there_and_back(&book, &["客户", "标签", "--filter", "region:north", "+vip", "-wholesale"]);
    assert_eq!(column(&book, &["customer", "list"], "tags"), [json!(["vip"]), json!(["vip"]), json!(["vip"])]);
    assert!(book.run(&["customer", "tag", "1", "2", "+vip", "-wholesale"]).err.contains("Nothing changed"));
    let said = book.run(&["customer", "tag", "Bo", "-vip", "+vpi"]);
    assert!(said.err.contains("vpi is a new tag; did you mean vip?"), "{}", said.err);
    assert_eq!(rows(&book, &["customer", "tags"]), json!([{"tag": "vip", "customers": 2}, {"tag": "vpi", "customers": 1}]));
    assert_eq!(rows(&book, &["客户", "全部标签", "id:C0002"]), json!([{"tag": "vpi", "customers": 1}]));
    for (args, code) in [
        (&["customer", "tag", "Ann"][..], 4),
        (&["customer", "tag", "+x"], 4),
        (&["customer", "tag", "Ann", "+a;b"], 2),
        (&["customer", "tag", "Ann", "-a,b"], 2),
        (&["customer", "tag", "Dee", "+x"], 3),
        (&["customer", "tag", "--filter", "shoe:1", "+x"], 2),
    ] {
        let before = tables(&book);
        let _ = book.run(args).fails(code);
        assert!(tables(&book) == before, "{args:?}");
    }
}

/// A book with two of the staff and four customers, the first two Li's.
fn owned() -> Bench {
    let mut book = Bench::en();
    book.today("2026-01-05");
    for name in ["Li", "Bo"] {
        let _ = book.run(&["staff", "add", name]).ok();
    }
    for name in ["Ann", "Ben", "Cy", "Dan"] {
        let _ = book.run(&["customer", "add", name]).ok();
    }
    let _ = book.run(&["customer", "claim", "Ann", "Ben", "--for", "Li"]).ok();
    book.write("rules/archive.yaml", "owner: {retention: 100 days, protect: [A], at_most: 3, again_after: 30 days}\n");
    book
}

#[test]
fn customers_are_claimed_by_the_rules_and_against_them() {
    let mut book = owned();
    there_and_back(&book, &["客户", "认领", "Cy", "--for", "Li"]);
    let refused = book.run(&["customer", "claim", "Dan", "--actor", "Li"]).fails(1);
    assert!(refused.contains("C0004") && refused.contains("3 at most") && refused.contains("--force"), "{refused}");
    let refused = book.run(&["customer", "claim", "Dan", "Ann", "--for", "Bo"]).fails(1);
    assert!(refused.contains("C0001 cannot be claimed: Li has it"), "{refused}");
    assert_eq!(column(&book, &["customer", "list"], "owner"), ["Li", "Li", "Li", ""], "all or none");
    let _ = book.run(&["customer", "claim", "Ann", "--for", "Bo", "--force"]).fails(4);
    let _ = book.run(&["customer", "claim", "Ann", "--for", "Zoe"]).fails(3);
    let _ = book.run(&["customer", "claim", "Ann"]).fails(3);
    let _ = book.run(&["customer", "claim", "Ann", "--for", "Bo", "--force", "--reason", "asked for Bo"]).ok();
    assert!(book.run(&["show", "C0001"]).ok().contains("asked for Bo"));

    // given up by Li on the fifth; the log tells, also after a release
    book.today("2026-01-20");
    let _ = book.run(&["customer", "release", "Ann"]).fails(4);
    there_and_back(&book, &["客户", "释放", "Ann", "--reason", "moved away"]);
    assert!(book.run(&["customer", "release", "Ann", "--reason", "again"]).err.contains("Nothing changed"));
    let refused = book.run(&["customer", "claim", "Ann", "--for", "Li"]).fails(1);
    assert!(refused.contains("2026-01-05") && refused.contains("2026-02-04"), "{refused}");
    let refused = book.run(&["customer", "claim", "Ann", "--for", "Bo"]).fails(1);
    assert!(refused.contains("2026-02-19"), "{refused}");
    // a claim that was undone was none
    let _ = book.run(&["customer", "claim", "Dan", "--for", "Bo"]).ok();
    let _ = book.run(&["undo"]).ok();
    let _ = book.run(&["customer", "claim", "Dan", "--for", "Bo"]).ok();
    book.today("2026-02-04");
    let _ = book.run(&["customer", "claim", "Ann", "--for", "Li"]).ok();
    // who left claims nothing more
    let _ = book.run(&["staff", "edit", "Li", "until=2026-02-03"]).ok();
    assert!(book.run(&["customer", "claim", "Dan", "--for", "Li"]).fails(1).contains("left on 2026-02-03"));
}

#[test]
fn who_is_left_alone_is_released_once() {
    let mut book = owned();
    let _ = book.run(&["customer", "add", "Eve", "since=2020-01-01"]).ok();
    let _ = book.run(&["customer", "claim", "Cy", "Dan", "Eve", "--for", "Bo"]).ok();
    // an order, a request and a merge keep three of them
    book.write("in/orders.csv", "id,customer,date,amount\nO1,C0001,2026-03-01,10\nO2,C0009,2026-03-01,10\n");
    let _ = book.run(&["import", "orders", "in/orders.csv", "--create-customers", "--today", "2026-03-01"]).ok();
    let _ = book.run(&["customer", "merge", "C0009", "C0003", "--yes", "--today", "2026-03-01"]).ok();
    let _ = book.run(&["intake", "slow", "-c", "Ben", "--today", "2026-03-01"]).ok();
    let _ = book.run(&["tier", "set", "Eve", "A", "--until", "2028-12-31", "--reason", "x"]).ok();
    book.today("2026-04-14");
    assert!(book.run(&["customer", "release", "--due"]).err.contains("Nobody may be released"));
    book.today("2026-04-15");
    assert_eq!(column(&book, &["customer", "release", "--due"], "id"), ["C0004"]);
    book.today("2026-06-10");
    assert_eq!(column(&book, &["customer", "release", "--due", "--as-of", "2026-04-15"], "id"), ["C0004"]);
    let _ = book.run(&["staff", "edit", "Li", "until=2026-05-31"]).ok();
    let due = rows(&book, &["customer", "release", "--due"]);
    let row = |id: &str, name: &str, owner: &str, order: Value, contact: Value, days: Value, why: &str| json!({"id": id, "name": name, "tier": "", "owner": owner, "last_order": order, "last_contact": contact, "owned_since": "2026-01-05", "days": days, "why": why});
    assert_eq!(
        due,
        json!([
            row("C0001", "Ann", "Li", json!("2026-03-01"), json!(null), json!(null), "left"),
            row("C0002", "Ben", "Li", json!(null), json!("2026-03-01"), json!(null), "left"),
            row("C0004", "Dan", "Bo", json!(null), json!(null), json!(156), "idle"),
            row("C0003", "Cy", "Bo", json!("2026-03-01"), json!(null), json!(101), "idle"),
        ])
    );
    assert_eq!(column(&book, &["customer", "release", "--due", "owner:Li"], "id"), ["C0001", "C0002"]);
    there_and_back(&book, &["customer", "release", "--run"]);
    let after = tables(&book);
    assert!(book.run(&["customer", "release", "--run"]).err.contains("Nothing changed"));
    assert!(tables(&book) == after);
    let log = book.run(&["log", "--action", "release", "--json"]).json()["rows"].clone();
    let notes: Vec<&str> = log.as_array().unwrap().iter().map(|row| row["change"]["note"].as_str().unwrap()).collect();
    assert_eq!(
        notes[..],
        [
            "Li left on 2026-05-31",
            "Li left on 2026-05-31",
            "no order and no contact for 101 days (last order 2026-03-01, last contact never)",
            "no order and no contact for 156 days (last order never, last contact never)"
        ]
    );
    // what is nobody's, by what it bought or by age
    assert_eq!(column(&book, &["customer", "pool"], "id"), ["C0001", "C0003", "C0002", "C0004"]);
    assert_eq!(column(&book, &["客户", "公海", "--by", "since", "id:C0004"], "spend"), ["0.00"]);
    let _ = book.run(&["customer", "pool", "--by", "luck"]).fails(2);
    let _ = book.run(&["customer", "release"]).fails(2);
    let _ = book.run(&["check"]).ok();
}

#[test]
fn the_default_rules_can_be_written_and_mean_the_same() {
    let book = Bench::zh();
    let _ = book.run(&["customer", "add", "甲", "建档日期=2020-01-01"]).ok();
    let before = rows(&book, &["customer", "verify", "--due"]);
    let _ = book.run(&["config", "write", "archive"]).ok();
    assert_eq!(rows(&book, &["customer", "verify", "--due"]), before);
    assert_eq!(book.run(&["check"]).err, "");
    assert!(book.run(&["config", "list"]).ok().contains("rules/archive.yaml"));
    book.write("rules/archive.yaml", "verify: {after: {VIP: 30 days}}\n");
    assert!(book.run(&["check"]).err.contains("VIP"));
}
