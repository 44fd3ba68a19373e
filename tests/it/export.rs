//! Files that colleagues open, edit and send back.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use crate::harness::{Bench, Ran};

/// The tables of which an edited export is taken back.
pub const TABLES: [&str; 7] = ["customers", "contacts", "staff", "requests", "revisits", "interactions", "knowledge"];

/// A book with rows in every table, and texts that spreadsheets like to change.
pub fn book() -> Bench {
    let book = Bench::zh();
    book.write(
        "in/customers.csv",
        "编号,姓名,类型,电话,邮箱,建档日期,标签,备注\n\
         C0001,王芳,个人,13800138000,w@x.cn,2026-07-01,老客户;团购,=1+1\n\
         007,李伟,企业,+8613900139000,,2026-07-02,,''=x\n\
         868533010000199,赵敏,,0571-8888,,,,3-5\n\
         1E5,钱,,,,,,\"两行\n文字, \"\"引号\"\"\"\n",
    );
    book.write("in/staff.csv", "名称,姓名,技能,容量,入职日期\n小李,李明,维修;退款,8,2026-01-01\n小张,张红,,,\n");
    book.write("in/contacts.csv", "客户编号,姓名,电话,职务,主要\nC0001,王小,13700137000,TRUE,是\n007,采购 1,00441234,1.50,\n");
    book.write(
        "in/requests.csv",
        "诉求编号,客户编号,诉求类别,类型,严重程度,渠道,诉求内容,受理时间,进度,处理人,处理措施,处理结果,成本,客户评分,客户反馈,解决时间\n\
         ,C0001,配送,投诉,high,电话,包装破损,2026-07-01 09:30:12,已解决,小李,换新,已寄出,12.50,4,快,2026-07-02 10:00\n\
         ,007,质量,,,,-没有发票,2026-08-01 09:00,已分配,小李,,,,,,\n",
    );
    book.write("in/revisits.csv", "客户编号,计划日期,回访人,方式\nC0001,2026-10-20,小李,电话\n");
    book.write("in/interactions.csv", "客户编号,时间,渠道,方向,摘要\nC0001,2026-07-03 14:05:59,电话,去,@他确认地址\n");
    book.write("in/knowledge.csv", "标题,解决办法,关键词\n茶叶受潮,免费换新,茶叶;受潮\n");
    for table in ["customers", "staff", "contacts", "requests", "revisits", "interactions", "knowledge"] {
        let ran = book.run(&["import", table, &format!("in/{table}.csv")]);
        assert!(ran.err.contains(" new "), "{table}: {}", ran.err);
        let _ = ran.ok();
    }
    let _ = book.run(&["check"]).ok();
    book
}

/// The files of the book without what lies beside it.
fn tables(book: &Bench) -> Vec<(String, Vec<u8>)> {
    book.files()
        .into_iter()
        .filter(|(path, _)| !path.starts_with("in/") && !path.starts_with("out/") && !path.ends_with("-rejects.csv") && path != "x.csv")
        .collect()
}

fn export(book: &Bench, table: &str, file: &str) {
    std::fs::create_dir_all(book.path("out")).unwrap();
    let _ = book.run(&["export", table, "-o", &format!("out/{file}")]).ok();
}

/// Exports a table as CSV, changes texts in it and imports it.
fn edited(book: &Bench, table: &str, changes: &[(&str, &str)], flags: &[&str]) -> Ran {
    export(book, table, "x.csv");
    change(book, changes);
    let mut args = vec!["import", table, "out/x.csv"];
    args.extend(flags);
    book.run(&args)
}

fn change(book: &Bench, changes: &[(&str, &str)]) {
    let mut text = book.read("out/x.csv");
    for (from, to) in changes {
        assert!(text.contains(from), "{from} is not in {text}");
        text = text.replacen(from, to, 1);
    }
    book.write("out/x.csv", text);
}

#[test]
fn what_is_not_edited_changes_nothing() {
    let book = book();
    for lang in ["zh", "en"] {
        for table in TABLES {
            for ending in ["csv", "xlsx"] {
                let before = tables(&book);
                let file = format!("out/{lang}-{table}.{ending}");
                export(&book, table, &format!("{lang}-{table}.{ending}"));
                let ran = book.run(&["--lang", lang, "import", table, &file]);
                assert!(ran.err.contains("compared with export E20261008-") || ran.err.contains("与导出 E20261008-"), "{}", ran.err);
                assert_eq!(ran.code, 0, "{table} {ending}: {}", ran.err);
                assert_eq!(tables(&book), before, "{table} {ending}");
            }
        }
    }
}

#[test]
fn what_they_changed_is_taken_and_what_is_newer_stays() {
    let book = book();
    export(&book, "customers", "x.csv");
    let _ = book.run(&["customer", "edit", "C0001", "phone=13600136000", "region=北京", "email=new@x.cn"]).ok();
    let _ = book.run(&["customer", "edit", "007", "phone=13500135000"]).ok();
    let before = tables(&book);
    // the email on both sides to something else, the phone of 007 to the same
    change(&book, &[("13800138000,w@x.cn", "13800138000,theirs@x.cn"), ("李伟", "李大伟"), ("+8613900139000", "13500135000")]);
    let preview = book.run(&["import", "customers", "out/x.csv", "-n"]).fails(6);
    assert!(preview.contains("007 Name: 李伟 → 李大伟"), "{preview}");
    assert_eq!(tables(&book), before, "a preview wrote");
    let said = book.run(&["import", "customers", "out/x.csv"]).fails(6);
    for text in [
        "out/x.csv:2:",
        "exported \"w@x.cn\", the sheet says \"theirs@x.cn\", the book \"new@x.cn\"",
        "1 cell taken, 1 conflict, 0 refused",
        "2 cells left alone in the sheet and newer in the book: kept",
        "--theirs",
        "1 updated + 3 unchanged",
    ] {
        assert!(said.contains(text), "{text}: {said}");
    }
    let row = |id: &str| book.run(&["show", id, "--json"]).ok();
    assert!(row("C0001").contains("13600136000") && row("C0001").contains("new@x.cn") && row("C0001").contains("北京"));
    assert!(row("007").contains("李大伟"));
    // a second time changes nothing; settled, the conflict is gone
    let taken = tables(&book);
    let _ = book.run(&["import", "customers", "out/x.csv"]).fails(6);
    assert_eq!(tables(&book), taken);
    let _ = book.run(&["import", "customers", "out/x.csv", "--ours"]).ok();
    assert_eq!(tables(&book), taken);
    let _ = book.run(&["import", "customers", "out/x.csv", "--theirs"]).ok();
    assert!(row("C0001").contains("theirs@x.cn"));
    let _ = book.run(&["import", "customers", "out/x.csv"]).ok();
    let _ = book.run(&["undo"]).ok();
    let _ = book.run(&["undo"]).ok();
    let but_log = |files: Vec<(String, Vec<u8>)>| files.into_iter().filter(|(path, _)| !path.starts_with("log/")).collect::<Vec<_>>();
    assert_eq!(but_log(tables(&book)), but_log(before), "undone as one");
}

#[test]
fn a_preview_for_machines() {
    let book = book();
    let ran = edited(&book, "customers", &[("13800138000", "13800138111"), ("有效", "有效")].as_slice()[..1], &["-n", "--json"]);
    let told = ran.json();
    let cell = &told["merged"]["cells"][0];
    assert_eq!((cell["id"].as_str(), cell["field"].as_str(), cell["to"].as_str()), (Some("C0001"), Some("phone"), Some("13800138111")));
    assert_eq!(
        (told["merged"]["rows_not_in_file"].as_u64(), told["updated"].as_u64(), told["dry_run"].as_bool()),
        (Some(0), Some(1), Some(true))
    );
}

#[test]
fn rows_are_added_but_none_is_deleted() {
    let book = book();
    export(&book, "customers", "x.csv");
    let text = book.read("out/x.csv");
    let lines: Vec<&str> = text.split("\r\n").collect();
    let added = format!(",新客户{}", ",".repeat(lines[0].matches(',').count() - 1));
    // 007 is gone, C0001 stands twice, a row without an id is new, somebody added a column
    let kept: Vec<String> = [lines[0], lines[1], lines[3], lines[1], &added].iter().map(|line| format!("{line},自己的")).collect();
    book.write("out/x.csv", kept.join("\r\n") + "\r\n");
    let said = book.run(&["import", "customers", "out/x.csv"]).fails(6);
    for text in
        ["1 new + 0 updated + 2 unchanged + 1 rejected", "2 rows of the export not in the file", "C0001 has a row already, in line 2"]
    {
        assert!(said.contains(text), "{text}: {said}");
    }
    assert!(said.contains("not imported: 自己的"), "{said}");
    let names = book.run(&["list", "customers", "--fields", "name", "--format", "plain"]).ok();
    assert_eq!(names.lines().collect::<Vec<_>>(), ["王芳", "李伟", "赵敏", "钱", "新客户"]);
}

#[test]
fn cells_that_a_verb_changes_are_refused_with_it() {
    let book = book();
    let said = edited(&book, "requests", &[(",Assigned,", ",In progress,"), ("-没有发票", "-没有发票!")], &[]).fails(6);
    assert!(said.contains("carebook start R20260801-001") && said.contains("1 cell taken, 0 conflicts, 1 refused"), "{said}");
    assert!(
        said.contains("out/x.csv:3:") && said.contains("Stage (stage): a sheet does not change this cell: use `carebook start"),
        "{said}"
    );
    assert!(book.read("requests/2026Q3.csv").contains("-没有发票!"));
    let said = edited(&book, "customers", &[("2026-07-01,,", "2026-07-01,昨天以前,")], &[]).fails(6);
    assert!(said.contains("out/x.csv:2:") && said.contains("not a date"), "{said}");
}

#[test]
fn what_a_spreadsheet_does_to_cells_is_no_change() {
    let book = book();
    let before = tables(&book);
    let customers = [
        ("\r\n007,", "\r\n7,"),
        ("868533010000199", "8.68533E+14"),
        ("2026-07-01", "2026/7/1"),
        ("+8613900139000", "8.6139E+12"),
        ("3-5", "5-Mar"),
    ];
    let ran = edited(&book, "customers", &customers, &[]);
    assert!(ran.err.contains("0 cells taken"), "{}", ran.err);
    let _ = ran.ok();
    let _ = edited(&book, "contacts", &[("1.50", "1.5"), ("00441234", "441234")], &[]).ok();
    let _ = edited(&book, "requests", &[("09:30:12", "9:30"), ("12.50", "12.5"), ("Complaint", "投诉")], &[]).ok();
    assert_eq!(tables(&book), before);
}

#[test]
fn without_its_base_an_export_is_any_file() {
    let book = book();
    export(&book, "customers", "x.csv");
    std::fs::remove_dir_all(book.path(".carebook/exports")).unwrap();
    let _ = book.run(&["customer", "edit", "C0001", "phone=13600136000"]).ok();
    let ran = book.run(&["import", "customers", "out/x.csv"]);
    assert!(ran.err.contains("no longer knows export E20261008-"), "{}", ran.err);
    let _ = ran.ok();
    assert!(book.read("customers.csv").contains("13800138000"), "laid over");
    // the export of another table
    export(&book, "contacts", "x.csv");
    assert!(book.run(&["import", "customers", "out/x.csv"]).fails(2).contains("carebook import contacts"));
}

#[test]
fn an_empty_sheet_is_filled_in_and_imported() {
    let book = book();
    for table in ["customers", "contacts", "staff", "requests", "orders", "revisits", "interactions", "knowledge"] {
        for lang in ["zh", "en"] {
            let _ = book.run(&["--lang", lang, "sheet", table, "-o", "x.csv"]).ok();
            // the example alone is nothing to import
            assert!(book.run(&["import", table, "x.csv"]).fails(1).contains("no rows"), "{table}");
            let text = book.read("x.csv").replace("2026-07-01 09:30:00", "2026/7/1 9:30").replace("2026-07-01", "2026/7/1");
            book.write("x.csv", text);
            assert!(book.run(&["import", table, "x.csv"]).fails(1).contains("no rows"), "{table} saved by a spreadsheet");
        }
    }
    let _ = book.run(&["--lang", "zh", "表格", "customers", "-o", "x.csv"]).ok();
    let text = book.read("x.csv");
    assert!(text.starts_with("\u{FEFF}编号,姓名 *,类型,") && text.contains(",示例\r\n"), "{text}");
    let columns = text.split("\r\n").next().unwrap().matches(',').count();
    book.write("x.csv", format!("{text},孙,个人{}\r\n", ",".repeat(columns - 2)));
    let ran = book.run(&["import", "customers", "x.csv"]);
    assert!(ran.err.contains("1 example row passed over") && ran.err.contains("1 row = 1 new"), "{}", ran.err);
    let _ = ran.ok();
    book.write("x.csv", text.replace("王芳", "真客户"));
    let said = book.run(&["import", "customers", "x.csv"]).fails(6);
    assert!(said.contains("x.csv:2:") && said.contains("marked as the example"), "{said}");
}

#[test]
fn the_handling_record_has_its_ten_columns() {
    let book = book();
    let ran = book.run(&["--lang", "zh", "导出", "handling", "2026Q3"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines[0], "\u{FEFF}序号,诉求编号,客户名称,诉求类别,诉求内容,受理时间,处理人,处理措施,处理结果,客户反馈");
    assert_eq!(lines[1], "1,R20260701-001,王芳,配送,包装破损,2026-07-01 09:30:12,小李,换新,已寄出,比较满意: 快");
    assert_eq!(lines[2], "2,R20260801-001,李伟,质量,'-没有发票,2026-08-01 09:00:00,小李,,,");
    assert_eq!(lines.len(), 3);
    let rows = book.run(&["export", "handling", "2026-08", "--json"]).json();
    assert_eq!((rows["rows"].as_array().unwrap().len(), rows["rows"][0]["customer_name"].as_str()), (1, Some("李伟")));
    assert!(book.run(&["export", "handling"]).ok().starts_with("\u{FEFF}No.,Request no.,Customer,"));
    let _ = book.run(&["export", "handling", "--columns", "id"]).fails(2);
}

#[test]
fn bytes_for_people_and_for_programs() {
    let book = book();
    let people = book.run(&["export", "customers"]).ok();
    assert!(
        people.starts_with('\u{FEFF}') && people.lines().all(|line| line.ends_with('\r') || line.contains("两行") || !line.ends_with(','))
    );
    assert!(people.contains(",'=1+1,") && people.contains(",''=x,") && people.contains("\r\n007,"), "{people}");
    assert!(people.contains(",Person,"), "{people}");
    let machine = book.run(&["export", "customers", "--for", "machine"]).ok();
    assert!(machine.starts_with("id,name,kind,") && machine.contains(",person,") && machine.contains(",=1+1") && !machine.contains('\r'));
    let narrow = book.run(&["export", "customers", "--for", "machine", "--columns", "姓名", "tier:"]).ok();
    assert!(narrow.starts_with("id,name\nC0001,王芳\n"), "{narrow}");
    let _ = book.run(&["export", "customers", "--for", "machine", "-o", "out.xlsx"]).fails(2);
    let _ = book.run(&["export", "nothing"]).fails(2);
    // the same bytes for the same book
    export(&book, "customers", "1.xlsx");
    export(&book, "customers", "2.xlsx");
    assert_eq!(std::fs::read(book.path("out/1.xlsx")).unwrap(), std::fs::read(book.path("out/2.xlsx")).unwrap());
    assert!(book.run(&["export", "customers", "-o", "customers.csv"]).fails(1).contains("customers.csv"));
    for lock in [".~lock.1.xlsx#", "~$1.xlsx"] {
        book.write(&format!("out/{lock}"), "");
        assert!(book.run(&["export", "customers", "-o", "out/1.xlsx"]).fails(5).contains("open in another program"));
        std::fs::remove_file(book.path(&format!("out/{lock}"))).unwrap();
    }
    let before = book.files();
    let _ = book.run(&["export", "customers", "-o", "new.xlsx", "-n"]).ok();
    assert_eq!(book.files(), before);
}

/// The cells of the first sheet.
fn cells(bytes: Vec<u8>) -> Vec<Vec<Data>> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = workbook.worksheet_range_at(0).unwrap().unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

#[test]
fn a_workbook_has_text_dates_and_numbers() {
    let book = book();
    export(&book, "requests", "x.xlsx");
    let rows = cells(std::fs::read(book.path("out/x.xlsx")).unwrap());
    let at = |label: &str| rows[0].iter().position(|cell| *cell == Data::String(label.into())).unwrap();
    assert!(matches!(&rows[1][at("Received at")], Data::DateTime(_)));
    assert_eq!(rows[1][at("Cost")], Data::Float(12.5));
    assert_eq!(rows[2][at("Customer")], Data::String("007".into()));
    assert_eq!(rows[2][at("Content")], Data::String("-没有发票".into()));
    // every grid can be one
    let _ = book.run(&["tier", "-o", "out/tier.xlsx"]).ok();
    assert!(cells(std::fs::read(book.path("out/tier.xlsx")).unwrap()).len() > 1);
    let _ = book.run(&["report", "2026Q3", "-o", "out/report.xlsx"]).ok();
    assert!(cells(std::fs::read(book.path("out/report.xlsx")).unwrap()).len() > 1);
    let out = book.command().args(["list", "customers", "--format", "xlsx"]).output().unwrap().stdout;
    assert_eq!(cells(out).len(), 5);
}

#[test]
fn lost_digits_are_named_where_one_record_has_them() {
    let book = book();
    let _ = book.run(&["customer", "add", "证件", "--id", "622202123456789123"]).ok();
    book.write("in/x.csv", "编号,姓名\n8.68533E+14,赵\n622202123456789000,证\n7.77E+14,无\n");
    let said = book.run(&["import", "customers", "in/x.csv", "-n"]).fails(6);
    assert!(said.contains("8.68533E+14; perhaps 868533010000199"), "{said}");
    assert!(said.contains("622202123456789000; perhaps 622202123456789123"), "{said}");
    assert!(said.contains("7.77E+14\n") || said.contains("7.77E+14 "), "{said}");
    book.write("in/x.csv", "订单编号,客户编号,日期,金额\nD1,8.68533E+14,2026-07-01,5\n");
    assert!(book.run(&["import", "orders", "in/x.csv", "-n"]).fails(6).contains("perhaps 868533010000199"));
    book.write("in/x.csv", "姓名,电话\n王,1.38E+10\n");
    assert!(book.run(&["import", "customers", "in/x.csv", "-n"]).fails(6).contains("perhaps 13800138000"));
}

#[test]
fn an_order_comes_back_as_a_whole() {
    let book = book();
    book.write(
        "in/orders.csv",
        "订单编号,客户编号,日期,金额,产品\n0001,007,2026-07-01,5.00,3-5\n0001,007,2026-07-01,6.00,b\n0002,C0001,2026-08-01,7.50,c\n",
    );
    let _ = book.run(&["import", "orders", "in/orders.csv"]).ok();
    export(&book, "orders", "x.csv");
    // as a spreadsheet saves it
    change(&book, &[("0001,007,2026-07-01,5.00", "1,7,2026/7/1,5"), (",3-5,", ",5-Mar,"), ("0001,007", "1,7")]);
    // meanwhile one is stated anew
    book.write("in/orders.csv", "订单编号,客户编号,日期,金额,产品\n0001,007,2026-07-01,9.00,b\n");
    let _ = book.run(&["import", "orders", "in/orders.csv"]).ok();
    let before = tables(&book);
    let ran = book.run(&["import", "orders", "out/x.csv"]);
    assert!(ran.err.contains("3 unchanged") && ran.err.contains("1 cell left alone in the sheet and newer"), "{}", ran.err);
    let _ = ran.ok();
    assert_eq!(tables(&book), before);
    // theirs, and what both changed
    change(&book, &[("7.50", "8.50"), (",6.00,", ",6.60,")]);
    let said = book.run(&["import", "orders", "out/x.csv"]).fails(6);
    assert!(said.contains("1 updated + 0 unchanged + 2 rejected") && said.contains("changed on both sides"), "{said}");
    assert!(book.read("orders/2026Q3.csv").contains("8.50") && !book.read("orders/2026Q3.csv").contains("6.60"));
    let _ = book.run(&["import", "orders", "out/x.csv", "--theirs"]).ok();
    assert!(book.read("orders/2026Q3.csv").contains("6.60"));
}

#[test]
fn columns_of_ones_own_go_out_and_come_back() {
    let book = Bench::zh();
    let settings = book.read("carebook.yaml");
    let own = "columns: {customers: {门店: {values: [城西, 城东], label: {en: Branch}}, 额度: {type: money}}}\n";
    book.write("carebook.yaml", settings + own);
    let _ = book.run(&["check", "--adopt"]).ok();
    let _ = book.run(&["customer", "add", "王芳", "x.门店=城西", "x.额度=100"]).ok();
    let _ = book.run(&["customer", "add", "李雷", "x.门店=城东"]).ok();
    let _ = book.run(&["customer", "add", "韩梅"]).ok();
    let _ = book.run(&["export", "customers", "--columns", "name,x.门店,x.额度", "-o", "back.csv"]).ok();
    let sheet = book.read("back.csv");
    assert!(sheet.starts_with("\u{FEFF}ID,Name,Branch,额度,export\r\nC0001,王芳,城西,100.00,E"), "{sheet}");
    let before = book.files();
    let untouched = book.run(&["import", "customers", "back.csv", "--json"]).json();
    assert_eq!(
        (&untouched["updated"], &untouched["unchanged"], &untouched["merged"]["cells"]),
        (&0.into(), &3.into(), &serde_json::json!([]))
    );
    assert_eq!(book.files(), before);
    // both change the limit of one, they alone the branch of another, we alone that of a third; one cell does not fit
    let edited = sheet.replace("王芳,城西,100.00", "王芳,城西,200").replace("李雷,城东,", "李雷,城西,").replace("韩梅,,", "韩梅,,much");
    book.write("back.csv", edited);
    let _ = book.run(&["customer", "edit", "C0001", "x.额度=150"]).ok();
    let _ = book.run(&["customer", "edit", "C0003", "x.门店=城东"]).ok();
    let ran = book.run(&["import", "customers", "back.csv", "--json"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    let receipt: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let merged = &receipt["merged"];
    assert_eq!(merged["cells"], serde_json::json!([{"id": "C0002", "line": 3, "field": "x.门店", "from": "城东", "to": "城西"}]));
    let conflict = &merged["conflicts"][0];
    assert_eq!([&conflict["field"], &conflict["base"], &conflict["theirs"], &conflict["ours"]], ["x.额度", "100.00", "200.00", "150.00"]);
    assert_eq!((&merged["refused"][0]["code"], &merged["refused"][0]["field"]), (&"own-column".into(), &"x.额度".into()));
    assert_eq!(merged["newer_in_book"], 1);
    assert_eq!(book.run(&["list", "customers", "--format", "plain", "--fields", "x.门店,x.额度"]).ok(), "城西\t150.00\n城西\t\n城东\t\n");
    let _ = book.run(&["import", "customers", "back.csv", "--theirs"]).fails(6);
    assert!(book.run(&["list", "customers", "--format", "plain", "--fields", "x.额度"]).ok().starts_with("200.00\n"));
    assert_eq!(book.run(&["check"]).ok(), "");
    assert!(book.run(&["sheet", "customers"]).ok().contains(",Branch,额度,export"));
}

/// What is no plain file is written to, not replaced; a link leads to the file that is written.
#[test]
fn output_goes_through_links_and_devices() {
    let book = book();
    book.write("target.csv", "old");
    std::os::unix::fs::symlink(book.path("target.csv"), book.path("link.csv")).unwrap();
    let _ = book.run(&["list", "customers", "-o", "link.csv"]).ok();
    assert!(book.read("target.csv").starts_with("id,"));
    assert!(std::fs::symlink_metadata(book.path("link.csv")).unwrap().file_type().is_symlink());
    // a link into the book is the book's own file
    std::os::unix::fs::symlink(book.path("customers.csv"), book.path("own.csv")).unwrap();
    assert!(book.run(&["list", "customers", "-o", "own.csv"]).fails(1).contains("book's own"));
    let status = std::process::Command::new("mkfifo").arg(book.path("pipe.csv")).status().unwrap();
    assert!(status.success());
    let path = book.path("pipe.csv");
    let reader = std::thread::spawn(move || std::fs::read_to_string(path).unwrap());
    let _ = book.run(&["list", "customers", "-o", "pipe.csv"]).ok();
    assert!(reader.join().unwrap().starts_with("id,"));
    assert!(!std::fs::metadata(book.path("pipe.csv")).unwrap().is_file());
}

#[test]
fn asking_for_the_fields_writes_nothing() {
    let book = book();
    let before = book.files();
    assert!(book.run(&["customer", "add", "Nobody", "--json=?"]).fails(2).contains("--json=?"));
    assert_eq!(book.files(), before);
}

#[test]
fn orders_lose_no_column_and_a_corrected_refund_is_no_second_one() {
    let book = Bench::zh();
    book.write("in/customers.csv", "编号,姓名\n007,王芳\n");
    let _ = book.run(&["import", "customers", "in/customers.csv"]).ok();
    let orders = "订单编号,客户编号,日期,金额,数量,产品\n0001,007,2026-07-01,500.00,2,茶\n0001,007,2026-07-05,-334.60,1,茶\n";
    book.write("in/orders.csv", orders);
    let _ = book.run(&["import", "orders", "in/orders.csv"]).ok();
    let said = book.run(&["export", "orders", "--columns", "customer,date,amount", "-o", "part.csv"]).fails(2);
    assert!(said.contains("--for machine"), "{said}");
    let part = book.run(&["export", "orders", "--columns", "customer,amount", "--for", "machine"]).ok();
    assert!(part.starts_with("id,customer,amount\n"), "{part}");
    export(&book, "orders", "x.csv");
    let whole = book.read("out/x.csv");
    let without = |column: usize| {
        let line =
            |line: &str| line.split(',').enumerate().filter(|(at, _)| *at != column).map(|(_, cell)| cell).collect::<Vec<_>>().join(",");
        whole.lines().map(|text| line(text) + "\r\n").collect::<String>()
    };
    for column in [0, 4, 5] {
        book.write("out/x.csv", without(column));
        let said = book.run(&["import", "orders", "out/x.csv"]).fails(2);
        assert!(said.contains("has lost its column"), "{said}");
    }
    book.write("out/x.csv", whole.replace("-334.60", "-300.00"));
    let _ = book.run(&["import", "orders", "out/x.csv"]).ok();
    let read = || book.read("orders/2026Q3.csv");
    assert!(read().contains("-300.00") && !read().contains("-334.60"), "{}", read());
    let before = read();
    assert!(book.run(&["import", "orders", "out/x.csv"]).fails(0).contains("2 unchanged"));
    assert_eq!(read(), before);
    // the book is no longer as it went out
    book.write("out/x.csv", whole.replace("-334.60", "-200.00"));
    assert!(book.run(&["import", "orders", "out/x.csv"]).fails(6).contains("changed on both sides"));
    book.write("out/x.csv", whole.replace("0001,007,2026-07-01", "0001,C9999,2026-07-01"));
    assert!(book.run(&["import", "orders", "out/x.csv"]).fails(6).contains("C9999"));
    assert_eq!(read(), before);
}

#[test]
fn no_file_is_called_what_it_is_not() {
    let book = Bench::zh();
    for words in [["export", "customers", "-o", "x.xls"], ["sheet", "customers", "-o", "x.pdf"], ["sheet", "customers", "-o", "x.json"]] {
        let _ = book.run(&words).fails(2);
    }
    let _ = book.run(&["sheet", "customers", "--json"]).fails(2);
    assert!(book.files().iter().all(|(name, _)| !name.starts_with("x.")));
}
