//! The people at a customer and the communication log, on the command line and from files.

use crate::harness::Bench;

/// C0001 茶庄 with 王芳 (P0001) and 李雷 (P0002), C0002 云上, C0003 went into C0001.
fn book() -> Bench {
    let book = Bench::zh();
    for name in ["茶庄", "云上", "茶庄分店"] {
        let _ = book.run(&["customer", "add", name]).ok();
    }
    let _ = book.run(&["staff", "add", "小李"]).ok();
    let _ = book.run(&["customer", "merge", "C0003", "C0001", "--yes"]).ok();
    let _ = book.run(&["contact", "add", "茶庄", "王芳", "电话=13800138000", "职务=店长", "偏好方式=电话", "偏好时间=下午"]).ok();
    let _ = book.run(&["contact", "add", "C0003", "李雷", "email=li@tea.cn"]).ok();
    book
}

fn rows(book: &Bench, args: &[&str]) -> Vec<serde_json::Value> {
    book.run(&[args, &["--json"]].concat()).json()["rows"].as_array().unwrap().clone()
}

fn ids(book: &Bench, args: &[&str]) -> Vec<String> {
    rows(book, args).iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn one_is_the_primary_one() {
    let book = book();
    let table = book.read("contacts.csv");
    assert!(table.starts_with("编号,客户编号,姓名,职务,电话,邮箱,偏好方式,偏好时间,主要,备注,批次\n"), "{table}");
    assert!(table.contains("P0001,C0001,王芳,店长,13800138000,,电话,下午,是,,\n"), "{table}");
    // the person of a merged customer is entered with the one it went into
    assert!(table.contains("P0002,C0001,李雷,,,li@tea.cn,,,,,\n"), "{table}");
    let said = book.run(&["contact", "edit", "李雷", "primary=是"]);
    assert_eq!(said.err, "Changed contact P0002 李雷.\n");
    let marks: Vec<_> = rows(&book, &["contact", "list", "茶庄"]).iter().map(|row| row["primary"].clone()).collect();
    assert_eq!(marks, [serde_json::Value::Null, "yes".into()]);
    // one change, taken back as one
    let _ = book.run(&["undo"]).ok();
    assert_eq!(book.read("contacts.csv"), table);
    assert!(book.run(&["contact", "edit", "P0001", "customer=C0002"]).fails(2).contains("customer"));
    assert!(book.run(&["contact", "edit", "P9", "note=x"]).fails(3).contains("P9"));
    assert!(book.run(&["contact", "add", "茶庄"]).fails(4).contains("NAME is needed"));
    let before = book.files();
    assert!(book.run(&["contact", "add", "云上", "赵敏", "-n"]).err.contains("Dry run"));
    assert_eq!(book.files(), before);
}

#[test]
fn the_mark_of_old_books_is_read_and_two_are_told() {
    let book = book();
    book.write("contacts.csv", "编号,客户编号,姓名,主要\nP0001,C0001,王芳,true\nP0002,C0002,李雷,1\nP0003,C0002,赵敏,\n");
    let _ = book.run(&["check", "--adopt"]).ok();
    assert_eq!(ids(&book, &["contact", "list", "primary:是"]), ["P0001", "P0002"]);
    let _ = book.run(&["contact", "edit", "P0003", "primary=yes"]).ok();
    assert_eq!(book.read("contacts.csv"), "编号,客户编号,姓名,主要\nP0001,C0001,王芳,true\nP0002,C0002,李雷,\nP0003,C0002,赵敏,是\n");
    // merged ones are one customer
    book.write("contacts.csv", "编号,客户编号,姓名,主要\nP0001,C0001,王芳,是\nP0002,C0003,李雷,是\nP0003,C0009,赵敏,\n");
    let wrong = book.run(&["check"]).fails(6);
    assert!(wrong.contains("contacts.csv:3") && wrong.contains("P0001 is the primary contact of C0001 already"), "{wrong}");
    assert!(wrong.contains("contacts.csv:4") && wrong.contains("C0009"), "{wrong}");
    book.write("contacts.csv", "编号,客户编号,姓名,主要\nP0001,C0001,王芳,也许\n");
    assert!(book.run(&["check"]).fails(6).contains("contacts.csv:2:"));
}

#[test]
fn a_person_leads_to_the_customer() {
    let book = book();
    for typed in ["138 0013 8000", "+8613800138000", "LI@tea.cn"] {
        assert_eq!(book.run(&["customer", "show", typed, "--json"]).json()["id"], "C0001", "{typed}");
    }
    let _ = book.run(&["intake", "受潮", "-c", "13800138000"]).ok();
    assert_eq!(ids(&book, &["list", "requests", "customer:C0001"]).len(), 1);
    // the person has a second employer
    let _ = book.run(&["contact", "add", "云上", "王芳", "电话=13800138000"]).ok();
    for args in [&["intake", "受潮", "-c", "13800138000"][..], &["customer", "edit", "13800138000", "note=x"], &["show", "13800138000"]] {
        let told = book.run(args).fails(3);
        assert!(told.contains("C0001 茶庄 (王芳)") && told.contains("C0002 云上 (王芳)"), "{told}");
    }
    // the customer's own number and the person's are one
    let _ = book.run(&["customer", "edit", "C0001", "phone=021-55551234"]).ok();
    let _ = book.run(&["contact", "edit", "P0002", "phone=021-55551234"]).ok();
    let _ = book.run(&["intake", "受潮", "-c", "02155551234"]).ok();
    assert!(book.run(&["intake", "受潮", "-c", "13999999999"]).fails(3).contains("13999999999"));
}

#[test]
fn a_person_who_goes_stays_in_the_talks() {
    let book = book();
    let said = book.run(&["interaction", "add", "茶庄", "问价", "--contact", "王芳", "--channel", "电话", "--direction", "in"]);
    assert_eq!(said.err, "Entered T20261008-001, a talk with C0001 at 2026-10-08 12:00.\n");
    assert!(book.run(&["contact", "remove", "王芳"]).fails(4).contains("--reason"));
    let before = book.files();
    let said = book.run(&["contact", "remove", "王芳", "-r", "离职"]);
    assert!(
        said.err.contains("The name stands in 1 interaction now.") && said.err.contains("C0001 has no primary contact now"),
        "{}",
        said.err
    );
    assert_eq!(rows(&book, &["interaction", "list"])[0]["contact"], "王芳");
    assert_eq!(book.run(&["check"]).ok(), "");
    assert!(book.run(&["customer", "show", "C0001"]).ok().contains("removed (离职)"));
    let _ = book.run(&["undo"]).ok();
    let files = |files: Vec<(String, Vec<u8>)>| files.into_iter().filter(|(name, _)| !name.starts_with("log/")).collect::<Vec<_>>();
    assert_eq!(files(book.files()), files(before));
    // the making of one who is named is not taken back
    let log = rows(&book, &["log"]);
    let made = log.iter().find(|row| row["id"] == "P0001" && row["action"] == "add").unwrap()["seq"].to_string();
    assert!(book.run(&["undo", &made]).fails(1).contains("T20261008-001"));
    // a number is not given twice
    let _ = book.run(&["contact", "remove", "P0002", "-r", "x"]).ok();
    let _ = book.run(&["contact", "add", "茶庄", "赵敏"]).ok();
    assert_eq!(ids(&book, &["contact", "list", "赵敏"]), ["P0003"]);
    let shown = book.run(&["show", "P1", "--json"]).json();
    assert_eq!((&shown["customer_name"], &shown["interactions"][0]["id"]), (&"茶庄".into(), &"T20261008-001".into()));
    assert!(book.run(&["contact", "show", "13800138000"]).ok().contains("Of customer C0001 茶庄"));
}

#[test]
fn talks_are_entered_late_corrected_and_listed() {
    let book = book();
    let _ = book.run(&["intake", "受潮", "-c", "C0001"]).ok();
    let _ = book.run(&["intake", "漏发", "-c", "C0002"]).ok();
    let args = ["interaction", "add", "C0003", "回电", "--direction", "去", "--channel", "电话", "--request", "1", "--staff", "小李"];
    let said = book.run(&[&args[..], &["--at", "2026-09-30 17:30"]].concat());
    assert!(said.err.contains("C0003") && said.err.contains("T20260930-001"), "{}", said.err);
    let talk = rows(&book, &["list", "interactions"]).remove(0);
    assert_eq!((&talk["customer"], &talk["staff"], &talk["request"]), (&"C0001".into(), &"小李".into(), &"R20261008-001".into()));
    assert_eq!(
        book.run_with_input(&["interaction", "add", "云上", "-", "--channel", "mail", "--actor", "小李"], "第一行\n第二行\n").code,
        0
    );
    let rows = rows(&book, &["interaction", "list", "staff:小李"]);
    assert_eq!((rows.len(), &rows[1]["summary"]), (2, &"第一行\n第二行".into()));
    for (args, found) in [
        (&["--channel", "邮件"][..], vec!["T20261008-001"]),
        (&["茶庄"], vec!["T20260930-001"]),
        (&["customer:C0003"], vec![]),
        (&["--period", "2026Q3"], vec!["T20260930-001"]),
        (&["--staff", "小李", "回电"], vec!["T20260930-001"]),
    ] {
        assert_eq!(ids(&book, &[&["interaction", "list"], args].concat()), found, "{args:?}");
    }
    // its own quarter follows its day, its id stays
    let _ = book.run(&["interaction", "edit", "0930-1", "at=2026-10-01 09:00", "contact=李雷"]).ok();
    assert!(book.read("interactions/2026Q4.csv").contains("T20260930-001,C0001,P0002,2026-10-01 09:00:00,电话,去,小李"));
    let shown = book.run(&["show", "T20260930-001", "--json"]).json();
    assert_eq!((&shown["direction"], &shown["timeline"][1]["action"]), (&"out".into(), &"edit".into()));
    let _ = book.run(&["interaction", "edit", "T20260930-001", "summary=已回电"]).ok();
    for (args, code) in [
        (&["C0001"][..], 4),
        (&["C0001", " "], 4),
        (&["C0009", "x"], 3),
        (&["C0001", "x", "--contact", "赵敏"], 3),
        (&["C0001", "x", "--staff", "小王"], 3),
        (&["C0001", "x", "--request", "2"], 2),
        (&["C0001", "x", "--channel", "pigeon"], 2),
        (&["C0001", "x", "--direction", "up"], 2),
        (&["C0001", "x", "--at", "2026-12-01"], 2),
    ] {
        let _ = book.run(&[&["interaction", "add"], args].concat()).fails(code);
    }
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn a_talk_starts_the_clock_of_revisits_again() {
    let book = book();
    let _ = book.run(&["tier", "set", "C0001", "A", "--until", "2027-12-31", "--reason", "x"]).ok();
    let plan = |until: &str| book.run(&["revisit", "plan", "-n", "--until", until]).err;
    assert!(plan("2026-11-06").contains("Would plan 0") && plan("2026-11-09").contains("Would plan 1"), "{}", plan("2026-11-09"));
    let _ = book.run(&["interaction", "add", "C0001", "问价", "--at", "2026-09-01"]).ok();
    // a talk of before the archive date is a contact, and the last one
    assert!(plan("2026-10-08").contains("Would plan 1"));
    let _ = book.run(&["interaction", "add", "C0003", "问价", "--at", "2026-10-07"]).ok();
    assert!(plan("2026-11-05").contains("Would plan 0") && plan("2026-11-06").contains("Would plan 1"), "{}", plan("2026-11-06"));
}

#[test]
fn people_from_a_file() {
    let book = book();
    let text = "客户,姓名,手机,职位,主要\n茶庄,王芳,138-0013-8000,经理,\n138 0013 8000,钱多,,会计,\nC0003,孙少,137,,是\n云上,周全,,,\n没有,吴有,,,\n云上,,,,\n";
    let (gb, _, _) = encoding_rs::GB18030.encode(text);
    book.write("people.csv", &gb);
    let ran = book.run(&["import", "contacts", "people.csv", "--save-map", "people", "--json"]);
    assert_eq!(ran.code, 6, "{}", ran.err);
    let receipt: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let count = |receipt: &serde_json::Value| ["rows", "new", "updated", "unchanged", "rejected"].map(|key| receipt[key].as_u64().unwrap());
    assert_eq!((count(&receipt), receipt["encoding"].as_str()), ([6, 3, 1, 0, 2], Some("GB18030")));
    let rejects = book.read("people-rejects.csv");
    assert!(rejects.contains("没有") && rejects.lines().count() == 3, "{rejects}");
    let people: Vec<String> = rows(&book, &["contact", "list"])
        .iter()
        .map(|row| format!("{} {} {} {}", row["id"], row["customer"], row["name"], row["primary"]).replace('"', ""))
        .collect();
    assert_eq!(
        people,
        ["P0001 C0001 王芳 null", "P0002 C0001 李雷 null", "P0003 C0001 孙少 yes", "P0004 C0001 钱多 null", "P0005 C0002 周全 yes"]
    );
    assert_eq!(book.run(&["check"]).ok(), "");
    let before = book.files();
    let again = book.run(&["import", "contacts", "people.csv", "--use-map", "people", "--rejects", "again.csv", "--json"]);
    assert_eq!(count(&serde_json::from_str(&again.out).unwrap()), [6, 0, 0, 4, 2]);
    let tables = |files: Vec<(String, Vec<u8>)>| files.into_iter().filter(|(name, _)| name != "again.csv").collect::<Vec<_>>();
    assert_eq!(tables(book.files()), before);
    let _ = book.run(&["undo"]).ok();
    assert_eq!(ids(&book, &["contact", "list"]), ["P0001", "P0002"]);
    assert_eq!(rows(&book, &["contact", "list"])[0]["primary"], "yes");
}

#[test]
fn talks_from_a_file() {
    let book = book();
    let _ = book.run(&["intake", "受潮", "-c", "C0001"]).ok();
    let text = "客户,沟通时间,方式,方向,内容,联系人,诉求编号\nli@tea.cn,2026-09-01 10:00,电话,呼入,问价,王芳,R20261008-001\n\
                C0003,2026/9/2,微信,,寄样,路人,\n云上,2026-09-02,,,,,\n云上,2026-09-03,电话,,x,,R9\n云上,昨天,电话,,x,,\n";
    book.write("talks.csv", text);
    let ran = book.run(&["import", "interactions", "talks.csv"]);
    assert!(ran.err.contains("5 rows = 3 new + 0 updated + 0 unchanged + 2 rejected"), "{}", ran.err);
    assert!(ran.err.contains("talks.csv:5") && ran.err.contains("talks.csv:6"), "{}", ran.err);
    let found: Vec<String> = rows(&book, &["interaction", "list"])
        .iter()
        .map(|row| format!("{} {} {} {}", row["id"], row["customer"], row["contact"], row["contact_name"]).replace('"', ""))
        .collect();
    assert_eq!(found, ["T20260901-001 C0001 P0001 王芳", "T20260902-001 C0001 路人 路人", "T20260902-002 C0002  null"]);
    assert!(book.run(&["import", "interactions", "talks.csv", "--rejects", "again.csv"]).err.contains("0 new + 0 updated + 3 unchanged"));
    assert_eq!(book.run(&["check"]).ok(), "");
    assert_eq!(ids(&book, &["list", "interactions", "--as-of", "2026-10-07"]), [""; 0]);
    let _ = book.run(&["undo"]).ok();
    assert_eq!(ids(&book, &["list", "interactions"]), [""; 0]);
    book.write("nobody.csv", "name,phone\na,1\n");
    assert!(book.run(&["import", "contacts", "nobody.csv"]).fails(2).contains("--map customer=COLUMN"));
}
