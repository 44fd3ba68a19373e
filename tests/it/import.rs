//! Imports: every row accounted for, nothing twice, nothing lost.

use crate::harness::Bench;

fn gbk(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

#[test]
fn orders_twice_change_nothing() {
    let book = Bench::zh();
    book.write(
        "in/orders.csv",
        gbk("下单日期,订单号,客户编号,实付金额,门店\r\n2026/7/1,D1,007,12.5,城西\r\n2026/7/1,D1,007,12.5,城西\r\n2026/9/30,D2,1E5,-3,\r\n"),
    );
    let ran = book.run(&["import", "orders", "in/orders.csv", "--create-customers"]);
    assert_eq!(
        ran.err,
        "in/orders.csv: GB18030, 3 rows → orders\n  mapped: 订单号 → id, 客户编号 → customer, 下单日期 → date, 实付金额 → amount\n  \
         not imported: 门店\n  3 rows = 3 new + 0 updated + 0 unchanged + 0 rejected\n  2 customers added to the archive\n"
    );
    assert_eq!(book.run(&["list", "customers", "--format", "id"]).ok(), "007\n1E5\n");
    let orders = book.read("orders/2026Q3.csv");
    assert!(orders.contains("D2,1E5,2026-09-30,-3.00,,,退款,"), "{orders}");
    let before = book.files();
    let receipt = book.run(&["import", "orders", "in/orders.csv", "--json"]).json();
    assert_eq!((&receipt["unchanged"], &receipt["new"]), (&3.into(), &0.into()));
    assert_eq!(book.files(), before);
    // one changed line replaces the sales of the order it belongs to; refunds add up
    book.write("in/orders.csv", "订单号,客户编号,下单日期,实付金额\nD1,007,2026-07-01,20\nD2,1E5,2026-09-30,-5\n");
    let ran = book.run(&["import", "orders", "in/orders.csv", "--json"]);
    assert!(ran.err.contains("  2 lines of the book replaced by orders stated anew"), "{}", ran.err);
    let receipt = ran.json();
    assert_eq!((receipt["new"] == 1, receipt["updated"] == 1, receipt["replaced_lines"] == 2), (true, true, true), "{receipt}");
    let orders = book.read("orders/2026Q3.csv");
    assert!(orders.contains("-3.00") && orders.contains("-5.00") && !orders.contains("12.50"), "{orders}");
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn rejected_rows_come_back_mended() {
    let book = Bench::zh();
    let text = "编号,姓名,建档日期,电话\nC1,甲,2026-02-30,1\nC2,乙,2026-03-01,2\nC3,丙,03/04/2026,3\nC4,丁\n";
    book.write("in/kunden.csv", text);
    let ran = book.run(&["import", "customers", "in/kunden.csv"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!(ran.err.contains("in/kunden.csv:2:6: Since (since): not a date: 2026-02-30"), "{}", ran.err);
    assert!(ran.err.contains("4 rows = 1 new + 0 updated + 0 unchanged + 3 rejected"), "{}", ran.err);
    let rejects = book.read("kunden-rejects.csv");
    assert!(rejects.starts_with("\u{FEFF}编号,姓名,建档日期,电话,reject_reason\r\nC1,甲,2026-02-30,1,"), "{rejects}");
    let mended = rejects.replace("2026-02-30", "2026-02-28").replace("C4,丁,,,", "C4,丁,,4,");
    book.write("kunden-rejects.csv", mended);
    let ran = book.run(&["import", "customers", "kunden-rejects.csv", "--date-order", "dmy"]);
    assert!(ran.err.contains("3 rows = 3 new") && ran.code == 0, "{}", ran.err);
    assert_eq!(book.run(&["customer", "list", "--format", "id"]).ok().lines().count(), 4);
}

#[test]
fn a_rehearsal_writes_nothing() {
    let book = Bench::en();
    book.write("in/c.csv", "name,phone\nAnn,13800138000\nBad,8.68E+14\n");
    let before = book.files();
    let ran = book.run(&["-n", "import", "customers", "in/c.csv"]);
    assert!(ran.err.contains("2 rows = 1 new + 0 updated + 0 unchanged + 1 rejected") && ran.err.contains("exponent"), "{}", ran.err);
    assert_eq!(book.files(), before);
}

#[test]
fn requests_with_their_times() {
    let book = Bench::zh();
    let text = "留言编号,留言用户,留言时间,留言详情,答复意见,答复时间\r\n2549,A1,2019/4/25 9:32:09,\"\r\n\t\t二号楼\r\n\t\t漏水\",已修,2019/5/10 14:56:53\r\n";
    book.write("in/a.csv", format!("\u{FEFF}{text}"));
    let other = Bench::zh();
    other.write("in/b.csv", gbk(text));
    let _ = book.run(&["import", "requests", "in/a.csv"]).ok();
    let _ = other.run(&["import", "requests", "in/b.csv"]).ok();
    assert_eq!(book.read("requests/2019Q2.csv"), other.read("requests/2019Q2.csv"));
    let shown = book.run(&["show", "2549", "--json"]).json();
    assert_eq!(shown["content"], "\r\n\t\t二号楼\r\n\t\t漏水");
    assert_eq!((&shown["stage"], &shown["resolved_at"]), (&"resolved".into(), &"2019-05-10T14:56:53+08:00".into()));
}

#[test]
fn maps_are_saved_and_used() {
    let book = Bench::en();
    book.write("in/o.csv", "Nr;Who;When;Sum\nA1;C1;31.12.2025;1.000\n");
    let err = book.run(&["import", "orders", "in/o.csv"]).fails(2);
    assert!(err.contains("no column for: customer, date, amount") || err.contains("no column for: customer, date"), "{err}");
    let map = ["--map", "id=Nr", "--map", "customer=Who", "--map", "date=When", "--map", "amount=Sum"];
    let mut args = vec!["import", "orders", "in/o.csv", "--date-order", "dmy", "--save-map", "shop"];
    args.extend(map);
    let _ = book.run(&args).ok();
    assert!(book.read("maps/shop.yaml").contains("date_order: dmy"));
    book.write("in/o2.csv", "Nr;Who;When;Sum\nA2;C1;30.12.2025;2\n");
    let _ = book.run(&["import", "orders", "in/o2.csv", "--use-map", "shop"]).ok();
    assert_eq!(book.run(&["list", "orders", "--format", "id"]).ok(), "A1\nA2\n");
    assert!(book.run(&["import", "orders", "in/o2.csv", "--use-map", "../x"]).fails(2).contains("cannot be an id"));
}

#[test]
fn what_is_no_table_is_said() {
    let book = Bench::en();
    book.write("in/x.csv", "PK\u{3}\u{4}rest");
    assert!(book.run(&["import", "customers", "in/x.csv"]).fails(1).contains("xlsx"));
    assert!(book.run(&["import", "customers", "nothing.csv"]).fails(1).contains("cannot read nothing.csv"));
    let ran = book.run_with_input(&["import", "customers", "-"], "id,name\nC1,Ann\n");
    assert!(ran.err.contains("1 row = 1 new"), "{}", ran.err);
}

/// What an import says it did: rows, new, updated, unchanged, rejected.
fn counts(book: &Bench, args: &[&str]) -> [u64; 5] {
    let ran = book.run(&[&["import"], args, &["--json"]].concat());
    assert!(matches!(ran.code, 0 | 6), "{ran:?}");
    let receipt: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let counts = ["rows", "new", "updated", "unchanged", "rejected"].map(|name| receipt[name].as_u64().unwrap());
    assert_eq!(counts[0], counts[1..].iter().sum::<u64>(), "{receipt}");
    counts
}

#[test]
fn importing_twice_is_importing_once() {
    let book = Bench::en();
    book.write("in/c.csv", "id,name,phone\n007,A,\n007,B,\n,Ann,021-5555 1234\n,Bob,02155551234\n,,\nC0001,Eve,\n");
    assert_eq!(counts(&book, &["customers", "in/c.csv"]), [5, 4, 1, 0, 0]);
    assert_eq!(book.run(&["customer", "list", "--format", "id"]).ok(), "007\nC0001\nC0002\nC0003\n");
    book.write("in/r.csv", "received_at,customer_name,content\n2026-07-02,Ann,x\n2026-07-02,Zed,x\n2026-07-02,Zed,x\n");
    assert_eq!(counts(&book, &["requests", "in/r.csv"]), [3, 3, 0, 0, 0]);
    book.write("in/o.csv", "customer,date,amount\n007,2026-07-02,5\n007,2026-07-02,5\n");
    assert_eq!(counts(&book, &["orders", "in/o.csv"]), [2, 2, 0, 0, 0]);
    let before = book.files();
    assert_eq!(counts(&book, &["customers", "in/c.csv"]), [5, 0, 0, 5, 0]);
    assert_eq!(counts(&book, &["requests", "in/r.csv"]), [3, 0, 0, 3, 0]);
    assert_eq!(counts(&book, &["orders", "in/o.csv"]), [2, 0, 0, 2, 0]);
    assert_eq!(book.files(), before);
    // Zed comes to the archive later: the same file now links to him
    book.write("in/z.csv", "id,name\nK9,Zed\n");
    let _ = book.run(&["import", "customers", "in/z.csv"]).ok();
    assert_eq!(counts(&book, &["requests", "in/r.csv"]), [3, 0, 2, 1, 0]);
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn the_log_knows_what_an_import_made_and_took_away() {
    let book = Bench::en();
    book.write("in/o.csv", "id,customer,date,amount\nS1,C9,2026-07-01,5\n");
    let ran = book.run(&["import", "orders", "in/o.csv"]);
    assert!(ran.err.contains("1 customer (1 row) not in the archive"), "{}", ran.err);
    // the orders are known, the customers are new: a batch of its own
    let receipt = book.run(&["import", "orders", "in/o.csv", "--create-customers", "--json"]).json();
    assert_eq!((&receipt["created_customers"], &receipt["batch"]), (&1.into(), &"B2".into()));
    book.write("in/o.csv", "id,customer,date,amount\nS1,C9,2026-07-01,7\n");
    let _ = book.run(&["import", "orders", "in/o.csv"]).ok();
    let log = book.read("log/2026Q4.csv");
    assert!(log.contains(",import,orders,B2,") && !log.contains("documents"), "{log}");
    assert!(log.contains(r#"""replaced"":[{""id"":""S1"",""customer"":""C9"",""date"":""2026-07-01"",""amount"":""5.00"""#), "{log}");
    assert!(book.run(&["import", "orders", "in/o.csv", "--json"]).json()["batch"].is_null());
}

#[test]
fn what_check_would_find_is_not_let_in() {
    let book = Bench::en();
    let text = "id,received_at,content,feedback,resolved_at\nR1,2026-07-02,x,9,\nR2,2026-07-02,x,,2026-07-01\nR3,45000,x,,45001.5\n";
    book.write("in/r.csv", text);
    let ran = book.run(&["import", "requests", "in/r.csv", "--rejects", "bad.csv"]);
    assert!(ran.err.contains("in/r.csv:2:17: Feedback (feedback): 9 is not between 1 and 5"), "{}", ran.err);
    assert!(ran.err.contains("in/r.csv:3:18: Resolved at (resolved_at): 2026-07-01 00:00 is before"), "{}", ran.err);
    let _ = ran.fails(6);
    let shown = book.run(&["show", "R3", "--json"]).json();
    let times = [&shown["received_at"], &shown["resolved_at"], &shown["stage"]];
    assert_eq!(times, ["2023-03-15T00:00:00+08:00", "2023-03-16T12:00:00+08:00", "resolved"]);
    book.write("in/o.csv", "id,customer,date,amount,kind\nS1,C1,2026-07-01,5,refund\n");
    assert!(book.run(&["import", "orders", "in/o.csv", "--rejects", "bad2.csv"]).fails(6).contains("5.00 is not between"));
}

#[test]
fn rows_being_mended_are_not_written_over() {
    let book = Bench::en();
    book.write("in/c.csv", "id,since\nC1,2026-99-01\nC2,x,y\n");
    let _ = book.run(&["import", "customers", "in/c.csv"]).fails(6);
    // a row too long keeps what stood past the header
    assert!(book.read("c-rejects.csv").contains("\r\nC2,x,\"this row has 3 cells, the header has 2\",y\r\n"));
    book.write("c-rejects.csv", "id,since\nC1,2026-09-01\nC2,x\n");
    let _ = book.run(&["import", "customers", "in/c.csv"]).fails(6);
    let ran = book.run(&["import", "customers", "c-rejects.csv"]);
    assert!(ran.err.contains("rejected rows are in c-rejects-3.csv"), "{}", ran.err);
    assert_eq!(book.read("c-rejects.csv"), "id,since\nC1,2026-09-01\nC2,x\n");
    assert!(book.read("c-rejects-2.csv").contains("C1,2026-99-01"));
    let err = book.run(&["import", "customers", "in/c.csv", "--rejects", "in/c.csv"]).fails(2);
    assert!(err.contains("may not be the file"), "{err}");
}

#[test]
fn what_is_typed_goes_over_a_saved_map() {
    let book = Bench::en();
    book.write("in/o.csv", "Shop export\n\nid;who;when;sum;k\nS1;007;01/07/2026;5;refund\n");
    let map = ["--skip", "2", "--date-order", "dmy", "--encoding", "utf-8", "--map", "customer=who", "--map", "date=when"];
    let first = [&["import", "orders", "in/o.csv", "-m", "amount=sum", "-m", "kind==sale", "--save-map", "shop"], &map[..]].concat();
    let ran = book.run(&first);
    assert!(ran.err.contains("UTF-8, semicolons, header in line 3, 1 row") && ran.err.contains("sum → amount, kind = sale"), "{}", ran.err);
    assert!(book.read("maps/shop.yaml").ends_with("date_order: dmy\nencoding: utf-8\nskip: 2\n"));
    let err = book.run(&["import", "orders", "in/o.csv", "--use-map", "shop", "-m", "kind=k"]).fails(6);
    assert!(err.contains("in/o.csv:4:"), "{err}");
    book.write("maps/shop.yaml", "colums: {}\n");
    assert!(book.run(&["import", "orders", "in/o.csv", "--use-map", "shop"]).fails(6).contains("maps/shop.yaml:1:1"));
}

#[test]
fn what_is_missing_is_named_in_the_users_language() {
    let mut book = Bench::zh();
    book.write("in/t.csv", "\u{FEFF}订单编号,买家实际支付金额,收货地址 ,订单创建时间\r\n1,178.8,上海,2020-02-21 00:00:00\r\n");
    book.lang("zh");
    let err = book.run(&["import", "orders", "in/t.csv"]).fails(2);
    assert!(
        err.contains("客户编号 (customer)")
            && err.contains("订单编号, 买家实际支付金额, 收货地址, 订单创建时间")
            && err.contains("--map customer==值"),
        "{err}"
    );
    assert_eq!(counts(&book, &["orders", "in/t.csv", "--map", "customer==天猫"]), [1, 1, 0, 0, 0]);
}

#[test]
fn encodings_are_never_guessed_past_doubt() {
    let book = Bench::en();
    // valid UTF-8 by accident, with a header in ASCII beside it
    book.write("in/trap.csv", gbk("name,状态\nAnn,\n"));
    assert!(book.run(&["import", "customers", "in/trap.csv", "-n"]).err.contains("GB18030"));
    let mut mixed = "id,name\n1,王芳\n".as_bytes().to_vec();
    mixed.extend(gbk("2,李伟\n3,赵敏\n"));
    book.write("in/mixed.csv", mixed);
    assert!(book.run(&["import", "customers", "in/mixed.csv", "-n"]).fails(6).contains("mixes encodings"));
    let big_endian: Vec<u8> = "\u{FEFF}id,name\n1,Zoë\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    book.write("in/u16.csv", big_endian);
    let ran = book.run(&["import", "customers", "in/u16.csv", "--encoding", "utf-16"]);
    assert!(ran.err.contains("UTF-16BE, 1 row"), "{}", ran.err);
}

#[test]
fn a_column_called_knowledge_is_no_link_unless_it_is_said_to_be() {
    let book = Bench::en();
    let _ = book.run(&["knowledge", "add", "Damp tea", "--solution", "dry it"]).ok();
    book.write("in/r.csv", "content,customer_name,received_at,knowledge\nwet,Ann,2026-10-01 09:00,true\n");
    let ran = book.run(&["import", "requests", "in/r.csv"]);
    assert!(ran.code == 0 && ran.err.contains("not imported: knowledge"), "{ran:?}");
    assert_eq!(book.run(&["check"]).ok(), "");
    book.write("in/k.csv", "content,customer_name,received_at,knowledge\ndamp,Bo,2026-10-02 09:00,K0001\nlate,Cy,2026-10-02 09:00,K0009\n");
    assert!(book.run(&["import", "requests", "in/k.csv", "-m", "knowledge=knowledge"]).fails(6).contains("in/k.csv:3"));
    assert_eq!(book.run(&["list", "knowledge:K0001", "--fields", "customer_name", "--format", "plain"]).ok(), "Bo\n");
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn an_order_with_a_bad_line_is_rejected_whole_and_comes_whole() {
    let book = Bench::en();
    let text = "id,customer,date,amount,product\nX1,C1,2026-10-01,100,tea\nX1,C1,2026-10-01,5o,cup\nX2,C1,2026-10-01,7,tea\n,C1,2026-10-01,8,jar\n";
    book.write("in/o.csv", text);
    let ran = book.run(&["import", "orders", "in/o.csv", "--create-customers"]);
    assert!(ran.err.contains("another line of order X1 (line 3) cannot be taken"), "{}", ran.err);
    assert!(ran.fails(6).contains("4 rows = 2 new + 0 updated + 0 unchanged + 2 rejected"));
    let rejects = book.read("o-rejects.csv").replace("5o", "50");
    book.write("o-rejects.csv", rejects);
    let _ = book.run(&["import", "orders", "o-rejects.csv"]).ok();
    assert_eq!(book.run(&["list", "orders", "X1", "--fields", "amount", "--format", "plain"]).ok(), "100.00\n50.00\n");
    // what the change itself refuses counts too
    let text = "id,customer,date,amount,kind\nX3,C1,2026-10-01,100,sale\nX3,C1,2026-10-02,100,refund\n";
    book.write("in/p.csv", text);
    assert!(book.run(&["import", "orders", "in/p.csv"]).fails(6).contains("2 rejected"));
    assert!(!book.read("orders/2026Q4.csv").contains("X3"));
}

/// A platform writes the payment and the refund of an order side by side, and orders that were never paid.
const PLATFORM: &str = "店铺订单导出\n订单编号,买家 ,\"买家实际支付金额\",退款金额,订单创建时间,订单状态\n\
    T1,C1,¥100.00,0.00,2026/7/1,交易成功\nT2,C1,50.00,20.00,2026/7/2,交易成功\nT3,C2,0.00,0.00,2026/7/3,交易关闭\n";

#[test]
fn a_map_is_drafted_finished_and_found_by_its_header() {
    let book = Bench::zh();
    book.write("in/t.csv", gbk(PLATFORM));
    let err = book.run(&["import", "orders", "in/t.csv", "--draft-map", "platform"]).fails(4);
    assert!(err.contains("maps/platform.yaml") && err.contains("# ?: \"退款金额\"   # 0.00 | 20.00 | 0.00"), "{err}");
    let draft = book.read("maps/platform.yaml");
    // a draft is never written over another
    let _ = book.run(&["import", "orders", "in/t.csv", "--draft-map", "platform"]).fails(1);
    let refund = "also: [{only: {退款金额: \"> 0\"}, columns: {amount: -退款金额}, constants: {kind: refund}}]";
    let finished = draft.replace("columns:\n", "columns:\n  customer: 买家\n");
    let finished = finished.replace("constants: {}", &format!("constants: {{kind: sale}}\nonly: {{订单状态: \"!= *关闭\"}}\n{refund}"));
    book.write("maps/platform.yaml", finished);
    let ran = book.run(&["import", "orders", "in/t.csv", "--create-customers"]);
    assert!(ran.err.contains("GB18030, header in line 2, by maps/platform.yaml, 3 rows"), "{}", ran.err);
    assert!(ran.err.contains("3 rows - 1 passed over by the map + 1 further record = 3 new + 0 updated"), "{}", ran.err);
    let orders = book.read("orders/2026Q3.csv");
    let kept = ["T1,C1,2026-07-01,100.00,,,销售,", "T2,C1,2026-07-02,50.00,,,销售,", "T2,C1,2026-07-02,-20.00,,,退款,"];
    assert!(kept.iter().all(|line| orders.contains(line)) && !orders.contains("T3"), "{orders}");
    let again = book.run(&["import", "orders", "in/t.csv", "--json"]).json();
    assert_eq!((&again["unchanged"], &again["map"], &again["passed_over"]), (&3.into(), &"platform".into(), &1.into()));
    // not for a file with another header, nor where nobody wants it
    book.write("in/u.csv", "订单编号,买家,买家实际支付金额,订单创建时间\nU1,C1,1,2026-07-01\n");
    for args in [&["import", "orders", "in/u.csv"][..], &["import", "orders", "in/t.csv", "--no-map"]] {
        assert!(book.run(args).fails(2).contains("customer"), "{args:?}");
    }
    book.write("maps/other.yaml", book.read("maps/platform.yaml"));
    let err = book.run(&["import", "orders", "in/t.csv"]).fails(3);
    assert!(err.contains("--use-map other") && err.contains("--use-map platform"), "{err}");
    book.write("maps/other.yaml", book.read("maps/platform.yaml").replace("买家实际支付金额\"", "没有的列\""));
    assert!(book.run(&["import", "orders", "in/t.csv", "--use-map", "other"]).fails(2).contains("没有的列"));
    book.write("maps/other.yaml", book.read("maps/platform.yaml").replace("only: {订单状态", "only: {状态"));
    assert!(book.run(&["import", "orders", "in/t.csv", "--use-map", "other"]).err.contains("maps/other.yaml:"));
}

#[test]
fn a_failed_formula_is_no_value() {
    let book = Bench::en();
    book.write("in/c.csv", "id,name,phone\nC1,Ann,#N/A\nC2,Bob,1\n");
    let ran = book.run(&["import", "customers", "in/c.csv"]);
    assert!(ran.code == 6 && ran.err.contains("in/c.csv:2:8: Phone (phone): the cell is a formula error: #N/A"), "{}", ran.err);
    assert!(ran.err.contains("2 rows = 1 new + 0 updated + 0 unchanged + 1 rejected"), "{}", ran.err);
}

/// The same sheet as xlsx, xls and ods, with an instruction sheet before it and a title above the header.
#[test]
fn workbooks_of_every_kind_say_the_same() {
    let files: [(&str, &[u8]); 3] = [
        ("xlsx", include_bytes!("files/customers.xlsx")),
        ("xls", include_bytes!("files/customers.xls")),
        ("ods", include_bytes!("files/customers.ods")),
    ];
    let mut books = Vec::new();
    for (kind, bytes) in files {
        let book = Bench::zh();
        // what a file is, is told by its bytes
        book.write("in/c.csv", bytes);
        let ran = book.run(&["import", "customers", "in/c.csv"]);
        let told = format!("in/c.csv: {kind}, sheet 客户 of 2, header in line 3, 3 rows → customers");
        assert!(ran.code == 0 && ran.err.contains(&told), "{}", ran.err);
        assert!(ran.err.contains("110101199003071000"), "{}", ran.err);
        books.push(book.read("customers.csv"));
        let err = book.run(&["import", "customers", "in/c.csv", "--sheet", "没有"]).fails(2);
        assert!(err.contains("说明") && err.contains("客户"), "{err}");
    }
    assert!(books.iter().all(|csv| *csv == books[0]), "{books:?}");
    let lines: Vec<&str> = books[0].lines().collect();
    assert!(lines[1].starts_with("007,王芳,") && lines[1].contains("13800138000") && lines[1].contains("2026-07-01"), "{}", lines[1]);
    assert!(lines[1].ends_with("'=1+1"), "{}", lines[1]);
    assert!(lines[2].starts_with("1E5,") && lines[2].contains("2026-08-01"), "{}", lines[2]);
    assert!(lines[3].contains("韩梅梅") && lines[3].contains("2026-08-03") && lines[3].ends_with("3.5"), "{}", lines[3]);
}

/// A slip in the map of a file must not let its rows in without it.
#[test]
fn a_broken_map_stops_its_own_file_and_no_other() {
    let book = Bench::en();
    book.write("in/m.csv", "id,customer,date,amount\nM1,C1,2026-07-01,5\n");
    let _ = book.run(&["import", "orders", "in/m.csv", "--save-map", "mine", "-n", "--create-customers"]).ok();
    let saved = book.run(&["import", "orders", "in/m.csv", "--save-map", "mine", "--create-customers"]);
    assert_eq!(saved.code, 0, "{}", saved.err);
    for slip in ["onlyy: {}\n", ": [bad\n"] {
        let map = book.read("maps/mine.yaml");
        book.write("maps/mine.yaml", format!("{map}{slip}"));
        let err = book.run(&["import", "orders", "in/m.csv"]).fails(6);
        assert!(err.contains("maps/mine.yaml:"), "{err}");
        let _ = book.run(&["import", "orders", "in/m.csv", "--no-map"]).ok();
        book.write("in/n.csv", "order,customer,date,amount\nN1,C1,2026-07-01,5\n");
        let _ = book.run(&["import", "orders", "in/n.csv", "-m", "id=order"]).ok();
        book.write("maps/mine.yaml", map);
    }
}
