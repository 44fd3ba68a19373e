//! Columns of the owner's own: declared, set, filtered, imported, checked, taken back.

use serde_json::json;

use crate::harness::Bench;

const COLUMNS: &str = "columns:
  customers:
    门店: {values: [{code: west, label: {zh: 城西, en: West}}, {code: east, label: {zh: 城东, en: East}}], label: {en: Branch}, aliases: [分店]}
    credit_limit: {type: money}
    birthday: {type: date}
    visits: {type: integer, min: 0, max: 100}
    vip: {type: yes_no}
  requests:
    lot: {type: integer}
  orders:
    till: {type: text}
";

fn declare(book: &Bench, columns: &str) {
    let settings = book.read("carebook.yaml");
    let settings = settings.split("columns:").next().unwrap().to_owned();
    book.write("carebook.yaml", settings + columns);
}

/// A Chinese book with three customers and columns of its own.
fn book() -> Bench {
    let book = Bench::zh();
    declare(&book, COLUMNS);
    for name in ["王芳", "李强", "赵敏"] {
        let _ = book.run(&["customer", "add", name]).ok();
    }
    let _ = book.run(&["check", "--adopt"]).ok();
    book
}

#[test]
fn cells_are_set_listed_filtered_and_shown() {
    let book = book();
    let header = book.read("customers.csv").lines().next().unwrap().to_owned();
    let _ = book.run(&["customer", "edit", "王芳", "x.分店=West", "x.birthday=2026/8/9", "X.VIP=y"]).ok();
    let text = book.read("customers.csv");
    assert_eq!(text.lines().next().unwrap(), header.clone() + ",门店,birthday,vip");
    assert!(text.lines().nth(1).unwrap().ends_with(",城西,2026-08-09,是") && text.lines().nth(2).unwrap().ends_with(",,,"), "{text}");
    let _ = book.run(&["customer", "edit", "李强", "x.门店=城东", "x.credit_limit=¥1,200", "x.visits=7"]).ok();
    // what the cell means counts, not how it is written
    assert!(book.run(&["customer", "edit", "李强", "x.门店=east", "x.credit_limit=1200.00"]).err.contains("Nothing changed"));

    let ids = |filter: &str| book.run(&["list", "customers", filter, "--format", "id"]).ok();
    for (filter, expected) in [
        ("x.门店:城西", "C0001\n"),
        ("x.Branch:east", "C0002\n"),
        ("x.门店:", "C0003\n"),
        ("x.birthday:2026Q3", "C0001\n"),
        ("x.credit_limit:1200", "C0002\n"),
        ("x.vip:是", "C0001\n"),
        ("x.visits:7", "C0002\n"),
    ] {
        assert_eq!(ids(filter), expected, "{filter}");
    }
    let rows = book.run(&["list", "customers", "--json"]).json()["rows"].clone();
    let whole = json!({"门店": "east", "credit_limit": "1200.00", "birthday": null, "visits": 7, "vip": null});
    assert_eq!((&rows[1]["x"], &rows[2]["x"]["visits"]), (&whole, &json!(null)));
    let few = book.run(&["list", "customers", "x.门店:east", "--json=id,x.门店"]).json()["rows"].clone();
    assert_eq!(few, json!([{"id": "C0002", "x": {"门店": "east"}}]));
    let csv = book.run(&["list", "customers", "--fields", "id,x.门店,x.Branch", "--format", "csv"]).ok();
    assert!(csv.starts_with("id,x.门店,x.门店"), "{csv}");
    assert_eq!(book.run(&["show", "C0002", "--json"]).json()["x"]["visits"], 7);
    assert!(book.run(&["show", "C0001", "--lang", "zh"]).ok().contains("门店      城西"));
    assert!(book.run(&["list", "customers", "--json=?"]).ok().ends_with("x.门店\nx.credit_limit\nx.birthday\nx.visits\nx.vip\n"));
    // a person's table is as it was
    assert!(!book.run(&["list", "customers"]).ok().contains("Branch"));
    let added = book.run(&["customer", "add", "钱进", "x.门店=城东", "--json"]).json();
    assert_eq!(added["rows"][0]["x"]["门店"], "east");
    assert_eq!(book.run(&["check"]).code, 0);
}

#[test]
fn what_is_not_there_or_does_not_fit_is_refused() {
    let book = book();
    let before = book.files();
    for (set, said) in [
        ("x.门店=城南", "x.门店: unknown value \"城南\"; known: 城西, 城东"),
        ("x.visits=101", "x.visits: 101 is not between 0 and 100"),
        ("x.birthday=soon", "x.birthday: not a date"),
        ("x.shop=1", "no field x.shop; known:"),
        ("门店=城西", "no field"),
    ] {
        assert!(book.run(&["customer", "edit", "C0001", set]).fails(2).contains(said), "{set}");
    }
    for args in
        [&["list", "customers", "x.shop:1"][..], &["list", "customers", "x.门店:城南"], &["list", "customers", "--fields", "x.shop"]]
    {
        assert!(book.run(args).fails(2).contains("known: "), "{args:?}");
    }
    assert!(book.run(&["columns", "set", "C0001", "phone=1"]).fails(2).contains("x.门店"));
    assert_eq!(book.files(), before);
    declare(&book, "columns:\n  customers:\n    电话: {type: text}\n");
    let said = book.run(&["list", "customers"]).fails(6);
    assert!(said.contains("carebook.yaml:") && said.contains("built-in column already: phone"), "{said}");
}

#[test]
fn requests_revisits_and_knowledge_have_theirs() {
    let book = book();
    let made = book.run(&["intake", "漏水", "-c", "C0001", "--set", "x.lot=12", "--json"]).json();
    assert_eq!(made["rows"][0]["x"]["lot"], 12);
    assert!(book.read("requests/2026Q4.csv").lines().next().unwrap().ends_with(",lot"));
    assert!(book.run(&["intake", "漏水", "--set", "x.lot=many"]).fails(2).contains("x.lot: not a number"));
    assert!(book.run(&["intake", "漏水", "--set", "lot=1"]).fails(2).contains("x.lot"));
    let _ = book.run(&["columns", "set", "R20261008-001", "x.lot=13"]).ok();
    assert_eq!(book.run(&["list", "requests", "x.lot:13", "--format", "id"]).ok(), "R20261008-001\n");
    assert_eq!(book.run(&["show", "R20261008-001", "--json"]).json()["x"]["lot"], 13);
    // a step of the request leaves it
    let _ = book.run(&["review", "R20261008-001", "accept"]).ok();
    assert_eq!(book.run(&["show", "R20261008-001", "--json"]).json()["x"]["lot"], 13);
    let listed = book.run(&["columns", "list", "requests", "--json"]).json()["rows"].clone();
    assert_eq!(
        listed,
        json!([{"table": "requests", "name": "x.lot", "label": "lot", "type": "integer", "required": false, "declared": true}])
    );
    assert!(book.run(&["config", "list", "--json"]).ok().contains("requests.x.lot"));
    assert!(book.run(&["status", "--json"]).ok().contains("customers.x.门店"));
}

#[test]
fn columns_that_nothing_declares_are_text() {
    let book = Bench::zh();
    book.write("customers.csv", "\u{FEFF}备注2,编号,姓名\r\n'=常客,C1,王芳\r\n,C2,李强\r\n");
    let _ = book.run(&["check", "--adopt"]).ok();
    let before = book.read("customers.csv");
    assert_eq!(
        book.run(&["list", "customers", "x.备注2:常客", "--json=id,x"]).json()["rows"],
        json!([{"id": "C1", "x": {"备注2": "=常客"}}])
    );
    assert!(book.run(&["customer", "edit", "C1", "x.备注2==常客"]).err.contains("Nothing changed"));
    let _ = book.run(&["customer", "edit", "C2", "x.备注2=+新"]).ok();
    assert_eq!(book.read("customers.csv"), before.replace(",C2,", "'+新,C2,"));
    let _ = book.run(&["undo"]).ok();
    assert_eq!(book.read("customers.csv"), before);
    assert!(book.run(&["customer", "edit", "C2", "x.备注3=新"]).fails(2).contains("x.备注2"));
    assert_eq!(book.run(&["columns", "list", "--json"]).json()["rows"][0]["declared"], json!(false));
}

#[test]
fn the_past_and_the_undo_know_the_cells() {
    let mut book = book();
    let at = |book: &Bench, day: &str| book.run(&["list", "customers", "--json=id,x.门店", "--as-of", day]).json()["rows"].clone();
    let before = book.read("customers.csv");
    let _ = book.run(&["customer", "edit", "C0001", "x.门店=城西"]).ok();
    let after = book.read("customers.csv");
    book.today("2026-10-09");
    let _ = book.run(&["customer", "edit", "C0001", "x.门店=城东", "phone=139"]).ok();
    book.today("2026-10-10");
    // by hand, under another header
    book.write("customers.csv", book.read("customers.csv").replace(",门店", ",分店").replace("城东", "城西"));
    let _ = book.run(&["customer", "edit", "C0002", "phone=137"]).ok();
    let of = |day: &str| at(&book, day)[0]["x"]["门店"].clone();
    assert_eq!(
        (of("2026-10-07"), of("2026-10-08"), of("2026-10-09"), of("2026-10-10")),
        (json!(null), json!("west"), json!("east"), json!("west"))
    );
    assert_eq!(book.run(&["list", "customers", "x.门店:城东", "--as-of", "2026-10-09", "--format", "id"]).ok(), "C0001\n");
    assert_eq!(book.run(&["show", "C0001", "--as-of", "2026-10-09", "--json"]).json()["x"]["门店"], "east");
    let log = book.run(&["log", "--json"]).ok();
    assert!(log.contains("\"x.门店\": \"west\""), "{log}");

    let other = self::book();
    let _ = other.run(&["customer", "edit", "C0001", "x.门店=城西"]).ok();
    assert_eq!(other.read("customers.csv"), after);
    let _ = other.run(&["undo"]).ok();
    assert_eq!(other.read("customers.csv"), before);
    let _ = other.run(&["redo"]).ok();
    assert_eq!(other.read("customers.csv"), after);
}

#[test]
fn check_says_where_a_cell_does_not_fit() {
    let book = Bench::zh();
    declare(&book, "columns: {customers: {门店: {values: [城西, 城东], required: true, aliases: [分店]}, visits: {type: integer}}}\n");
    assert!(book.run(&["customer", "add", "王芳"]).fails(2).contains("x.门店: may not be blank"));
    book.write("customers.csv", "编号,姓名,门店,visits\nC1,王芳,城南,7\nC2,李强,,x\nC3,赵敏,城西,\n");
    let said = book.run(&["check"]).fails(6);
    for place in ["customers.csv:2:7", "customers.csv:3:7", "customers.csv:3:8"] {
        assert!(said.contains(place), "{place}\n{said}");
    }
    let found = book.run(&["check", "--json"]);
    assert!(found.out.matches("\"own-column\"").count() >= 3, "{}", found.out);
    // a cell that does not fit is told as it stands, and hinders nobody
    assert_eq!(book.run(&["list", "customers", "--json=x.visits"]).json()["rows"][1]["x"]["visits"], "x");
    assert_eq!(book.run(&["list", "customers", "x.visits:7", "--format", "id"]).ok(), "C1\n");
    assert!(book.run(&["customer", "edit", "C3", "x.门店="]).fails(2).contains("may not be blank"));
    book.write("customers.csv", "编号,姓名\nC1,王芳\n");
    assert!(book.run(&["check"]).fails(6).contains("the file lacks this column"));
    book.write("customers.csv", "编号,姓名,门店,分店\nC1,王芳,城西,城西\n");
    let said = book.run(&["check"]);
    assert!(said.code == 0 && said.err.contains("twice: 门店, 分店"), "{}", said.err);
}

#[test]
fn imports_feed_declared_columns_and_reject_what_does_not_fit() {
    let book = book();
    book.write("in.csv", "编号,姓名,分店,Limit,别的\nC0001,王芳,West,,a\nN1,钱进,城东,\"1,500\",b\nN2,孙丽,城南,x,c\n");
    let ran = book.run(&[
        "import",
        "customers",
        "in.csv",
        "--map",
        "x.credit_limit=Limit",
        "--map",
        "x.vip==yes",
        "--save-map",
        "shop",
        "--json",
    ]);
    assert_eq!(ran.code, 6);
    let receipt: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&receipt["new"], &receipt["updated"], &receipt["rejected"]), (&json!(1), &json!(1), &json!(1)));
    assert!(
        ran.err.contains("in.csv:4:") && ran.err.contains("x.门店: unknown value") && ran.err.contains("x.credit_limit: not an amount")
    );
    assert!(ran.err.contains("别的") && !ran.err.contains("unused: 分店"), "{}", ran.err);
    let map = book.read("maps/shop.yaml");
    assert!(map.contains("x.门店: 分店") && map.contains("x.credit_limit: Limit") && map.contains("x.vip: yes"), "{map}");
    let rows = book.run(&["list", "customers", "x.vip:是", "--json=id,x.门店,x.credit_limit"]).json()["rows"].clone();
    assert_eq!(
        rows,
        json!([{"id": "C0001", "x": {"门店": "west", "credit_limit": null}}, {"id": "N1", "x": {"门店": "east", "credit_limit": "1500.00"}}])
    );
    // twice is once
    let again = book.run(&["import", "customers", "in.csv", "--use-map", "shop", "--json"]);
    let receipt: serde_json::Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!((&receipt["new"], &receipt["updated"], &receipt["unchanged"]), (&json!(0), &json!(0), &json!(2)));

    book.write("o.csv", "编号,客户编号,日期,金额,till\nO1,C0001,2026-07-01,5,3a\nO1,C0001,2026-07-01,6,3b\n");
    let _ = book.run(&["import", "orders", "o.csv"]).ok();
    assert_eq!(
        book.run(&["list", "orders", "x.till:3b", "--json=amount,x"]).json()["rows"],
        json!([{"amount": "6.00", "x": {"till": "3b"}}])
    );
    book.write("r.csv", "编号,受理时间,内容,lot\nR1,2026-07-01 09:00,漏水,5\nR2,2026-07-01 10:00,漏水,five\n");
    assert!(book.run(&["import", "requests", "r.csv"]).fails(6).contains("x.lot: not a number: five"));
    assert_eq!(book.run(&["list", "requests", "--json=id,x.lot"]).json()["rows"], json!([{"id": "R1", "x": {"lot": 5}}]));
    assert_eq!(book.run(&["check"]).code, 0);
}

#[test]
fn a_required_column_stands_in_every_new_row() {
    let book = book();
    declare(&book, "columns: {customers: {门店: {values: [城西, 城东], required: true}}}\n");
    book.write("in.csv", "编号,姓名\nC0001,王芳芳\nN1,钱进\n");
    let said = book.run(&["import", "customers", "in.csv"]).fails(6);
    assert!(said.contains("x.门店: may not be blank"), "{said}");
    // who is there already is no new row
    assert!(book.read("customers.csv").contains("王芳芳") && !book.read("customers.csv").contains("钱进"));
    let _ = book.run(&["import", "customers", "in.csv", "--map", "x.门店==城西"]).ok();
    assert!(book.read("customers.csv").contains("钱进"));
}

#[test]
fn a_request_that_changes_its_file_keeps_its_cells() {
    let book = book();
    let _ = book.run(&["intake", "漏水", "-c", "C0001", "--set", "x.lot=12"]).ok();
    let wrong = book.read("requests/2026Q4.csv");
    book.write("requests/2026Q3.csv", &wrong);
    std::fs::remove_file(book.path("requests/2026Q4.csv")).unwrap();
    let _ = book.run(&["check", "--adopt"]);
    let _ = book.run(&["review", "R20261008-001", "accept"]).ok();
    assert!(!book.read("requests/2026Q3.csv").contains("R2026"));
    assert_eq!(book.run(&["list", "requests", "x.lot:12", "--format", "id"]).ok(), "R20261008-001\n");
}
