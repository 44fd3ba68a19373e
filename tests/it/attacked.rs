//! Wrong figures and lost withdrawals, as a hostile tester found them.

use crate::harness::Bench;

fn book() -> Bench {
    let book = Bench::zh();
    for name in ["王芳", "李强"] {
        let _ = book.run(&["customer", "add", name]).ok();
    }
    book
}

#[test]
fn mended_rejects_are_read_by_the_map_of_their_file() {
    let book = book();
    let map = |header: &str| {
        format!("for: orders\n{header}columns: {{id: 单号, customer: 买家, date: 日期, amount: 金额}}\nonly: {{状态: 完成}}\nskip: 1\n")
    };
    book.write("a.csv", "店铺导出\n单号,买家,日期,金额,状态\nA1,C0001,2026-10-01,10,完成\nA2,C0001,昨天,20,完成\nA3,C0001,上周,30,取消\n");
    let _ = book.run(&["import", "orders", "a.csv", "--skip", "1", "--map", "id=单号", "--map", "customer=买家", "--save-map", "m", "-n"]);
    book.write("maps/m.yaml", map(""));
    let by_hand = book.run(&["import", "orders", "a.csv", "--use-map", "m"]).fails(6);
    assert!(by_hand.contains("import that file with --use-map m"), "{by_hand}");
    let rejects = book.read("a-rejects.csv");
    // the row that the map passes over was never judged
    assert!(rejects.contains("A2") && !rejects.contains("A3"), "{rejects}");
    let header = "header: '".to_owned() + &fingerprint(&book) + "'\n";
    book.write("maps/m.yaml", map(&header));
    // mended, and a cancelled order put back besides
    book.write("a-rejects.csv", rejects.replace("昨天", "2026-10-02") + "A9,C0001,2026-10-03,90,取消,\r\n");
    let receipt = book.run(&["import", "orders", "a-rejects.csv", "--json"]).json();
    assert_eq!((&receipt["map"], &receipt["new"], &receipt["passed_over"]), (&"m".into(), &1.into(), &1.into()), "{receipt}");
    book.write("maps/m.yaml", map(""));
    let again = book.run(&["import", "orders", "a-rejects.csv", "--use-map", "m", "--json"]).json();
    assert_eq!((&again["unchanged"], &again["passed_over"]), (&1.into(), &1.into()), "{again}");
}

/// Of the file without its title, as a saved map tells it.
fn fingerprint(book: &Bench) -> String {
    let map = ["id=单号", "customer=买家", "date=日期", "amount=金额"];
    let flags: Vec<&str> = map.iter().flat_map(|map| ["--map", map]).collect();
    book.write("b.csv", "单号,买家,日期,金额,状态\nB1,C0002,2026-10-01,10,完成\n");
    let _ = book.run(&[&["import", "orders", "b.csv", "--save-map", "f"], flags.as_slice()].concat()).ok();
    let text = book.read("maps/f.yaml");
    std::fs::remove_file(book.path("maps/f.yaml")).unwrap();
    text.split("header: ").nth(1).unwrap().lines().next().unwrap().trim_matches('\'').to_owned()
}

#[test]
fn what_was_verified_later_stays_and_nothing_is_verified_tomorrow() {
    let book = book();
    let _ = book.run(&["customer", "verify", "C0001", "--on", "2026-10-06"]).ok();
    let _ = book.run(&["revisit", "add", "C0001", "2026-10-08"]).ok();
    let _ = book.run(&["revisit", "done", "V20261008-001", "--verified", "--at", "2026-10-02"]).ok();
    assert_eq!(book.run(&["customer", "show", "C0001", "--json"]).json()["verified_on"], "2026-10-06");
    for command in [&["customer", "verify", "C0001"][..], &["customer", "edit", "C0001"], &["customer", "add", "Ann"]] {
        let told = book.run(&[command, &["verified_on=2030-01-01"]].concat());
        assert!(told.code == 2 && told.err.contains("verified_on") && told.err.contains("2026-10-08"), "{command:?} {told:?}");
    }
    book.write("c.csv", "name,phone,verified_on\n赵敏,13800138001,2030-01-01\n钱进,13800138002,2026-10-08\n");
    assert!(book.run(&["import", "customers", "c.csv"]).fails(6).contains("1 new + 0 updated + 0 unchanged + 1 rejected"));
    book.write("t.csv", "customer,at,summary\nC0001,2026-10-08 12:01,未来\nC0001,2026-10-08 12:00,现在\n");
    assert!(book.run(&["import", "interactions", "t.csv"]).fails(6).contains("1 new + 0 updated + 0 unchanged + 1 rejected"));
    assert!(book.read("t-rejects.csv").contains("未来"));
    let late = book.run(&["interaction", "add", "C0001", "x", "--at", "2026-10-08 15:00"]).fails(2);
    assert!(late.contains("--at") && late.contains("2026-10-08 12:00"), "{late}");
    assert_eq!(book.run(&["customer", "edit", "C0001", "name="]).code, 2);
}

#[test]
fn an_earlier_day_does_not_undo_a_later_word() {
    let book = book();
    let _ = book.run(&["customer", "consent", "C0001", "withdrawn", "--on", "2026-09-01"]).ok();
    let before = book.files();
    let told = book.run(&["customer", "consent", "C0001", "given", "--on", "2024-01-01"]).fails(2);
    assert!(told.contains("2024-01-01") && told.contains("2026-09-01"), "{told}");
    assert_eq!(book.files(), before);
}

#[test]
fn an_id_that_stands_twice_is_refused_wherever_facts_are_counted() {
    let book = book();
    let text = book.read("customers.csv");
    book.write("customers.csv", text.clone() + text.lines().nth(1).unwrap() + "\n");
    for command in [
        &["lifecycle"][..],
        &["lifecycle", "--list"],
        &["revisit", "coverage"],
        &["customer", "list", "class:new"],
        &["customer", "verify", "--due"],
        &["customer", "pool"],
        &["customer", "release", "--due"],
        &["practice", "show", "C0002"],
        &["today"],
        &["tier"],
    ] {
        let told = book.run(command).fails(6);
        assert!(told.contains("C0001"), "{command:?} {told}");
    }
}

#[test]
fn a_file_is_written_also_when_nothing_is_in_it() {
    let book = Bench::zh();
    for command in [
        &["customer", "tags"][..],
        &["practice", "due"],
        &["columns", "list"],
        &["revisit", "plan", "-n"],
        &["practice", "plan", "-n"],
        &["customer", "release", "--due"],
        &["customer", "verify", "--due"],
        &["customer", "pool"],
        &["revisit", "coverage", "--overdue"],
        &["revisit", "due"],
        &["today"],
    ] {
        book.write("old.csv", "yesterday's\n");
        let _ = book.run(&[command, &["-o", "old.csv"]].concat()).ok();
        let text = book.read("old.csv");
        assert!(!text.contains("yesterday") && text.lines().count() == 1 && text.contains(','), "{command:?} {text}");
        assert!(book.run(&[command, &["--format", "html"]].concat()).ok().contains("<table"), "{command:?}");
        assert_eq!(book.run(command).ok(), "", "{command:?}");
    }
}

#[test]
fn undo_names_the_later_change_of_a_record_that_a_batch_made() {
    let book = book();
    book.write("c.csv", "name,phone\n赵敏,13800138001\n");
    let _ = book.run(&["import", "customers", "c.csv"]).ok();
    let seq = book.run(&["log", "--json"]).json()["rows"].as_array().unwrap().iter().map(|row| row["seq"].to_string()).collect::<Vec<_>>();
    let _ = book.run(&["customer", "edit", "C0003", "note=x"]).ok();
    let told = seq.iter().map(|seq| book.run(&["undo", seq.trim_matches('"')])).find(|ran| ran.err.contains("C0003")).unwrap();
    assert!(told.code == 5 || told.code == 1, "{told:?}");
    assert!(told.err.contains("C0003 was changed since (log row") && !told.err.contains("by hand"), "{told:?}");
}

#[test]
fn who_was_erased_is_left_alone() {
    let book = book();
    let _ = book.run(&["revisit", "add", "C0001", "2026-10-08"]).ok();
    assert_eq!(book.run(&["revisit", "due", "--json"]).json()["rows"].as_array().unwrap().len(), 1);
    let _ = book.run(&["practice", "plan"]).ok();
    assert!(book.run(&["customer", "edit", "C0001", "status=erased"]).fails(2).contains("carebook customer erase C0001"));
    let _ = book.run(&["customer", "erase", "C0001", "--reason", "asked for it", "--yes"]).ok();
    for command in [&["revisit", "due", "--json"][..], &["practice", "due", "--until", "2027-12-31", "--json"], &["today", "--json"]] {
        let told = book.run(command).ok();
        assert!(!told.contains("C0001"), "{command:?} {told}");
    }
    let before = book.files();
    for command in [
        &["customer", "verify", "C0001"][..],
        &["customer", "consent", "C0001", "given"],
        &["customer", "tag", "C0001", "+vip"],
        &["contact", "add", "C0001", "李雷"],
        &["interaction", "add", "C0001", "问价"],
        &["revisit", "add", "C0001", "2026-10-09"],
    ] {
        assert!(book.run(command).fails(2).contains("C0001 was erased"), "{command:?}");
    }
    assert_eq!(book.files(), before);
}

#[test]
fn who_withdrew_consent_gets_no_checklist() {
    let book = book();
    let _ = book.run(&["customer", "consent", "C0001", "withdrawn"]).ok();
    let told = book.run(&["practice", "plan", "--json"]);
    assert!(told.err.contains("1 customer withdrew consent"), "{told:?}");
    assert!(told.out.contains("C0002") && !told.out.contains("C0001"), "{told:?}");
    // a complaint that is open is answered all the same
    let _ = book.run(&["intake", "漏水", "--customer", "C0001", "--type", "complaint", "--severity", "high"]).ok();
    assert!(book.run(&["practice", "plan", "--json"]).ok().contains("C0001"));
    let _ = book.run(&["config", "write", "practices"]).ok();
    let rules = book.read("rules/practices.yaml").replacen("who: owner}", "who: nobody}", 1);
    book.write("rules/practices.yaml", rules);
    let check = book.run(&["check"]);
    let plan = book.run(&["practice", "plan"]).fails(1);
    assert!(plan.contains("rules/practices.yaml:") && plan.contains("nobody"), "{plan} {check:?}");
}

#[test]
fn a_merge_takes_the_columns_of_ones_own_along() {
    let book = book();
    let settings = book.read("carebook.yaml");
    book.write("carebook.yaml", settings + "columns: {customers: {门店: {}, ratio: {type: number}, 爱好: {type: tags}, 备用: {}}}\n");
    let _ = book.run(&["customer", "edit", "C0001", "x.门店=城西", "x.爱好=茶;酒"]).ok();
    let _ = book.run(&["customer", "edit", "C0002", "x.门店=城东", "x.ratio=2.5", "x.爱好=花;茶"]).ok();
    // how a number is written is no change
    assert!(book.run(&["customer", "edit", "C0002", "x.ratio=2.50"]).err.contains("Nothing changed"));
    let tables = |book: &Bench| book.files().into_iter().filter(|(name, _)| !name.starts_with("log/")).collect::<Vec<_>>();
    let before = tables(&book);
    let preview = book.run(&["customer", "merge", "C0002", "C0001", "-n", "--json"]).json();
    let row = |field: &str| preview["rows"].as_array().unwrap().iter().find(|row| row["field"] == field).cloned().unwrap_or_default();
    assert_eq!((&row("x.门店")["result"], &row("x.门店")["how"]), (&"城西".into(), &"kept".into()), "{preview}");
    assert_eq!((&row("x.ratio")["into"], &row("x.ratio")["how"]), (&serde_json::Value::Null, &"filled".into()), "{preview}");
    assert_eq!(row("x.爱好")["result"], serde_json::json!(["茶", "酒", "花"]));
    assert!(row("x.备用").is_null());
    assert_eq!(tables(&book), before);
    let _ = book.run(&["customer", "merge", "C0002", "C0001", "--yes", "--take", "x.门店=C0002"]).ok();
    let shown = book.run(&["customer", "show", "C0001", "--json"]).json();
    assert_eq!(shown["x"], serde_json::json!({"门店": "城东", "ratio": "2.5", "爱好": ["茶", "酒", "花"], "备用": null}));
    let _ = book.run(&["undo"]).ok();
    assert_eq!(tables(&book), before);
    let unknown = book.run(&["customer", "merge", "C0002", "C0001", "--yes", "--take", "x.shoe"]).fails(2);
    assert!(unknown.contains("x.门店"), "{unknown}");
}

#[test]
fn maps_and_rules_that_cannot_be_meant_are_told() {
    let book = book();
    let head = "for: orders\ncolumns: {id: 单号, customer: 买家, date: 日期, amount: 金额}\n";
    book.write("a.csv", "单号,买家,日期,金额\nA1,C0001,2026-10-01,10\n");
    for (rest, place) in [
        ("only: {金额: '> abc'}\n", "maps/m.yaml:3"),
        ("also:\n  - {}\n", "maps/m.yaml:"),
        ("constants: {金额: '5'}\n", "maps/m.yaml:3"),
        ("also:\n  - columns: {amount: '-金额'}\n    constants: {amount: '5'}\n", "maps/m.yaml:"),
    ] {
        book.write("maps/m.yaml", head.to_owned() + rest);
        let told = book.run(&["import", "orders", "a.csv", "--use-map", "m"]);
        assert!(told.code != 0 && told.err.contains(place), "{rest} {told:?}");
    }
    book.write("rules/revisits.yaml", "cadence: {Z: 30 days, others: {wanted: 1 month, longest: 31 days}}\nper_day: {没人: 3}\n");
    let ran = book.run(&["check"]);
    let told = ran.out + &ran.err;
    assert!(ran.code == 0 && told.contains("cadence.Z") && told.contains("per_day.没人"), "{told}");
    book.write("rules/revisits.yaml", "cadence: {others: [30 days]}\n");
    let listed = book.run(&["revisit", "plan", "--lang", "zh"]).fails(6);
    assert!(listed.contains("此处不能是列表") && !listed.contains("belong"), "{listed}");
    book.write("rules/revisits.yaml", "cadence: {others: {wanted: 1 month, longest: 30 days}}\n");
    assert!(book.run(&["revisit", "plan"]).fails(6).contains("cadence.others.longest"));
    for rules in ["verify: {after: {others: 0 days}}", "consent: {holds: 0 months}"] {
        book.write("rules/archive.yaml", rules);
        assert!(book.run(&["customer", "verify", "--due"]).fails(6).contains("1 day"), "{rules}");
    }
}

#[test]
fn words_lead_to_the_right_table() {
    let book = book();
    let settings = book.read("carebook.yaml");
    book.write("carebook.yaml", settings + "columns: {staff: {车牌: {}}, practices: {回音: {}}}\n");
    let _ = book.run(&["staff", "add", "小王"]).ok();
    let _ = book.run(&["columns", "set", "小王", "x.车牌=沪A1"]).ok();
    assert!(book.read("staff.csv").contains("沪A1"));
    let _ = book.run(&["practice", "plan"]).ok();
    let id = book.run(&["practice", "list", "--json"]).json()["rows"][0]["id"].as_str().unwrap().to_owned();
    let _ = book.run(&["columns", "set", &id, "x.回音=好"]).ok();
    assert_eq!(book.run(&["show", &id, "--json"]).json()["x"]["回音"], "好");
    let talk = book.run(&["show", "T20261001-009"]).fails(3);
    assert!(talk.contains("Interactions") && !talk.contains("Customers"), "{talk}");
    assert_eq!(book.run(&["practice", "due", "--for", "没人"]).code, 3);
    assert!(book.run(&["lifecycle", "explan"]).err.contains("did you mean `carebook lifecycle explain`?"));
    let _ = book.run_with_input(&["interaction", "add", "C0001", "-"], "\u{FEFF}一\r\n二\r\n").ok();
    assert_eq!(book.run(&["interaction", "list", "--json"]).json()["rows"][0]["summary"], "一\n二");
    assert_eq!(book.run(&["contact", "add", "C0001", "李雷", "primary=no", "--primary"]).code, 2);
}

#[test]
fn who_withdrew_is_not_visited_after_closing() {
    let book = book();
    let _ = book.run(&["staff", "add", "小李"]).ok();
    let close = |summary: &str| {
        let id =
            book.run(&["intake", summary, "-c", "C0001", "-t", "complaint", "--json"]).json()["rows"][0]["id"].as_str().unwrap().to_owned();
        for step in
            [&["review", &id, "accept"][..], &["assign", &id, "小李"], &["start", &id], &["resolve", &id, "好了", "--measures", "换新"]]
        {
            let _ = book.run(step).ok();
        }
        let closed = book.run(&["close", &id, "--unconfirmed"]);
        assert_eq!(closed.code, 0, "{}", closed.err);
        closed.err
    };
    assert!(!close("杯子碎了").contains("withdrew"));
    assert_eq!(book.run(&["list", "revisits", "--json"]).json()["rows"].as_array().unwrap().len(), 1);
    let _ = book.run(&["customer", "consent", "C0001", "withdrawn"]).ok();
    assert!(close("又碎了").contains("withdrew consent"));
    assert_eq!(book.run(&["list", "revisits", "--json"]).json()["rows"].as_array().unwrap().len(), 1);
}

/// Of what is read, worked out or turned; in a file of one's own and in an export that comes back.
#[test]
fn amounts_of_another_currency_are_refused() {
    let book = book();
    let orders =
        "单号,客户编号,日期,数量,单价,金额\nA1,C0001,2026-10-01,1,1,¥10\nA2,C0001,2026-10-01,2,＄3,20\nA3,C0001,2026-10-01,1,1,USD 30\n";
    book.write("o.csv", orders);
    let refused = |receipt: &str, rows: u64| {
        assert!(receipt.contains("another currency than the book's CNY"), "{receipt}");
        assert!(receipt.contains(&format!("{rows} rejected")), "{receipt}");
    };
    let said = book.run(&["import", "orders", "o.csv", "--map", "id=单号", "-n"]).fails(6);
    refused(&said, 1);
    assert!(said.contains("o.csv:4:25"), "{said}");
    refused(&book.run(&["import", "orders", "o.csv", "--map", "id=单号", "--map", "amount=数量*单价", "-n"]).fails(6), 1);
    refused(&book.run(&["import", "orders", "o.csv", "--map", "id=单号", "--map", "amount=-金额", "-n"]).fails(6), 1);
    book.write("p.csv", "单号,客户编号,日期,金额\nA1,C0001,2026-10-01,10\n");
    let _ = book.run(&["import", "orders", "p.csv", "--map", "id=单号"]).ok();
    let _ = book.run(&["export", "orders", "-o", "x.csv"]).ok();
    book.write("x.csv", book.read("x.csv").replace("10.00", "$12.00"));
    let before = book.files();
    refused(&book.run(&["import", "orders", "x.csv"]).fails(6), 1);
    let kept = |files: Vec<(String, Vec<u8>)>| files.into_iter().filter(|(path, _)| !path.contains("reject")).collect::<Vec<_>>();
    assert_eq!(kept(book.files()), kept(before));
}
