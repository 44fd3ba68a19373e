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
         not imported: 门店\n  3 rows = 3 new + 0 updated + 0 unchanged + 0 rejected\n"
    );
    assert_eq!(book.run(&["list", "customers", "--format", "id"]).ok(), "007\n1E5\n");
    let orders = book.read("orders/2026Q3.csv");
    assert!(orders.contains("D2,1E5,2026-09-30,-3.00,,,退款,"), "{orders}");
    let before = book.files();
    let receipt = book.run(&["import", "orders", "in/orders.csv", "--json"]).json();
    assert_eq!((&receipt["unchanged"], &receipt["new"]), (&3.into(), &0.into()));
    assert_eq!(book.files(), before);
    // one changed line replaces the order it belongs to
    book.write("in/orders.csv", "订单号,客户编号,下单日期,实付金额\nD2,1E5,2026-09-30,-5\n");
    assert_eq!(book.run(&["import", "orders", "in/orders.csv", "--json"]).json()["updated"], 1);
    assert!(!book.read("orders/2026Q3.csv").contains("-3.00"));
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
    let mended = rejects.replace("2026-02-30", "2026-02-28").replace("C4,丁,", "C4,丁,,4");
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
    assert!(book.run(&["import", "orders", "in/o2.csv", "--use-map", "../x"]).fails(1).contains("cannot be an id"));
}

#[test]
fn what_is_no_table_is_said() {
    let book = Bench::en();
    book.write("in/x.csv", "PK\u{3}\u{4}rest");
    assert!(book.run(&["import", "customers", "in/x.csv"]).fails(1).contains("xlsx"));
    assert!(book.run(&["import", "customers", "nothing.csv"]).fails(1).contains("cannot read nothing.csv"));
    let ran = book.run_with_input(&["import", "customers", "-"], "id,name\nC1,Ann\n");
    assert!(ran.err.contains("1 rows = 1 new"), "{}", ran.err);
}
