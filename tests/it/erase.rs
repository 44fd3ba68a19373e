//! `customer erase`: nothing of the person is left, every figure is, and the chain of the log holds.

use std::path::Path;

use serde_json::Value;

use crate::harness::Bench;

const TRACES: &[&str] =
    &["王芳", "13810010001", "wangfang@example.com", "茶山路", "龙井要新的", "向王女士致歉", "她先生", "欧阳雪", "13700137000", "老同学"];

fn demo() -> Bench {
    let book = Bench::empty("zh");
    let _ = book.run(&["demo", "."]).ok();
    book
}

/// The demo book, with everything that can be known of C0001, and copies of it in every corner.
fn known() -> Bench {
    let book = demo();
    let edits = ["email=wangfang@example.com", "address=茶山路 8 号", "note=她先生姓李", "x.门店=城东店"];
    let _ = book.run(&[&["customer", "edit", "C0001"][..], &edits].concat()).ok();
    let _ = book.run(&["customer", "edit", "C0001", "phone=13700137000"]).ok();
    let _ = book.run(&["customer", "edit", "C0001", "phone=13810010001"]).ok();
    let _ = book.run(&["contact", "add", "C0001", "欧阳雪", "phone=13700137000"]).ok();
    let _ = book.run(&["contact", "add", "C0001", "王芳的妹妹"]).ok();
    let _ = book.run(&["contact", "remove", "王芳的妹妹", "-r", "王芳来电"]).ok();
    let _ = book.run(&["intake", "龙井要新的", "-c", "C0001", "-k", "质量"]).ok();
    let _ = book.run(&["review", "R20261008-002", "accept"]).ok();
    let _ = book.run(&["assign", "R20261008-002", "小李"]).ok();
    let _ = book.run(&["resolve", "R20261008-002", "向王女士致歉", "--measures", "她先生来取"]).ok();
    let _ = book.run(&["interaction", "add", "C0001", "王芳问价", "--contact", "欧阳雪"]).ok();
    let _ = book.run(&["tier", "set", "C0001", "A", "--until", "2027-12-31", "--reason", "老同学"]).ok();
    let _ = book.run(&["export", "customers", "-o", "back.csv"]).ok();
    std::fs::remove_file(book.path("back.csv")).unwrap();
    let _ = book.run(&["customer", "add", "韩梅梅", "phone=13812345678"]).ok();
    // told with the next change: a hand edit of that very row
    let archive = book.read("customers.csv").replace("她先生姓李", "她先生姓刘");
    book.write("customers.csv", archive);
    book
}

const ERASE: &[&str] = &["customer", "erase", "C0001", "--reason", "本人要求", "--yes"];

/// Files anywhere in the folder that have a text.
fn naming(root: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().display().to_string();
            if path.is_dir() {
                folders.push(path);
            } else if name.contains(text) || std::fs::read(&path).unwrap().windows(text.len()).any(|window| window == text.as_bytes()) {
                found.push(name);
            }
        }
    }
    found.sort();
    found
}

/// A document without what the person said or was called: those are the texts of that customer.
fn without_texts(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for name in ["name", "solutions", "measures", "themes", "reasons", "about"] {
                fields.remove(name);
            }
            if let Some(Value::Array(low)) = fields.get_mut("low") {
                low.retain(|low| {
                    !low["source"].as_str().is_some_and(|source| source.starts_with("R2026") || source == "8" || source == "20")
                });
            }
            fields.values_mut().for_each(without_texts);
        }
        Value::Array(items) => items.iter_mut().for_each(without_texts),
        _ => {}
    }
}

/// Every figure of the book.
fn figures(book: &Bench) -> Vec<(String, Value)> {
    let questions: &[&[&str]] = &[
        &["report", "2026Q2", "--json"],
        &["report", "2026Q3", "--json"],
        &["report", "2026Q4", "--json"],
        &["report", "2026Q3", "--json", "--as-of", "2026-09-30"],
        &["tier", "--json"],
        &["lifecycle", "--json"],
        &["lifecycle", "--json", "--as-of", "2026-06-30"],
        &["rfm", "--json"],
        &["survey", "list", "--json"],
        &["points", "balance", "--json"],
    ];
    let ask = |args: &&[&str]| {
        let mut told = book.run(args).json();
        without_texts(&mut told);
        // a later row of the log is what they rest on
        told.as_object_mut().unwrap().remove("provenance");
        // whose data are to be verified again is a list of whom to turn to
        if let Some(Value::Array(figures)) = told.pointer_mut("/quality/figures") {
            figures.retain(|figure| figure["code"] != "unverified");
        }
        (args.join(" "), told)
    };
    let mut found: Vec<(String, Value)> = questions.iter().map(ask).collect();
    let mut survey = book.run(&["survey", "show", "满意度调查", "--json"]).json();
    if let Some(fields) = survey.as_object_mut() {
        for name in ["themes", "comments", "low_comments"] {
            fields.remove(name);
        }
    }
    found.push(("survey".into(), survey));
    found
}

#[test]
fn nothing_of_the_person_is_left_in_the_whole_folder() {
    let book = known();
    for text in TRACES {
        assert!(!naming(book.root(), text).is_empty(), "{text} was never there");
    }
    assert!(naming(book.root(), "13810010001").iter().any(|name| name.starts_with(".carebook/undo/")));
    assert!(naming(book.root(), "13810010001").iter().any(|name| name.starts_with(".carebook/exports/")));
    let told = book.run(ERASE).ok();
    for text in TRACES {
        assert_eq!(naming(book.root(), text), Vec::<String>::new(), "{text}\n{told}");
        assert!(!told.contains(text), "{told}");
    }
    assert!(told.contains("C0001") && told.contains("本人要求") && told.contains("撤销记录"), "{told}");
    assert_eq!(book.run(&["check"]).ok(), "");
    // the other customer is as before
    assert!(book.read("customers.csv").contains("韩梅梅"));
    let shown = book.run(&["customer", "show", "C0001"]).ok();
    assert!(shown.contains("已抹除客户 C0001") && shown.contains("城西"), "{shown}");
    assert!(book.run(&["show", "R20261008-002"]).ok().contains("已抹除客户 C0001"));
    assert!(book.run(&["log", "C0001"]).ok().contains("抹除 (本人要求)"));
    assert_eq!(book.run(&["customer", "list", "status:erased", "--format", "id"]).ok(), "C0001\n");
    // neither is a way back, and after the next change that one alone can be taken back
    assert!(book.run(&["undo"]).fails(1).contains("抹除不能撤销"));
    let _ = book.run(&["customer", "add", "赵云"]).ok();
    let _ = book.run(&["undo"]).ok();
    assert!(book.run(&["undo"]).fails(1).contains("抹除不能撤销"));
    // again: nothing is left to do
    let before = book.files();
    assert!(book.run(ERASE).err.contains("已经抹除"));
    assert_eq!(book.files(), before);
}

#[test]
fn every_figure_stays_what_it_was() {
    let book = demo();
    let before = figures(&book);
    let counts = |kind: &str| book.run(&["list", kind, "--format", "id", "--as-of", "2026-07-01"]).ok().lines().count();
    let kinds = ["customers", "requests", "revisits", "interactions", "orders", "tiers"];
    let past = kinds.map(counts);
    let _ = book.run(ERASE).ok();
    for ((question, was), (_, is)) in before.into_iter().zip(figures(&book)) {
        assert_eq!(was, is, "{question}");
    }
    assert_eq!(kinds.map(counts), past);
    // the name is the new one then too
    let then = book.run(&["customer", "show", "C0001", "--as-of", "2026-07-01"]).ok();
    assert!(then.contains("已抹除客户 C0001") && !then.contains("状态"), "{then}");
    // whoever was erased is on no list of whom to turn to
    for command in [&["today", "--json"][..], &["revisit", "due", "--json", "--until", "2027-12-31"], &["practice", "due", "--json"]] {
        assert!(!book.run(command).ok().contains("C0001"), "{command:?}");
    }
    assert!(!book.run(&["tier", "apply", "-n", "--json", "--today", "2027-12-31"]).ok().contains("C0001"));
    assert!(book.run(&["tier", "explain", "C0001"]).fails(2).contains("C0001"));
}

#[test]
fn a_row_of_the_log_that_lost_values_is_known_and_no_other() {
    let book = known();
    let _ = book.run(ERASE).ok();
    assert_eq!(book.run(&["check", "log"]).ok(), "");
    let log = book.read("log/2026Q4.csv");
    let bare = log.lines().find(|line| line.contains(",intake,") && line.contains("null")).unwrap().to_owned();
    // what is left of it is altered
    book.write("log/2026Q4.csv", log.replace(&bare, &bare.replace("质量", "物流")));
    assert!(book.run(&["check", "log"]).fails(6).contains("日志第"));
    // a row that no erasure names is made bare
    let whole = log.lines().find(|line| line.contains("韩梅梅")).unwrap();
    let cells: Vec<&str> = whole.rsplitn(4, ',').collect();
    let [chain, digest, salt, rest] = cells[..] else { panic!("{whole}") };
    assert_eq!(salt.len(), 24);
    book.write("log/2026Q4.csv", log.replace(whole, &format!("{rest},,{digest},{chain}")));
    assert!(book.run(&["check", "log"]).fails(6).contains("日志第"));
    book.write("log/2026Q4.csv", &log);
    assert_eq!(book.run(&["check", "log"]).ok(), "");
}

#[test]
fn it_is_asked_for_and_says_what_it_would_do() {
    let mut book = known();
    let before = book.files();
    let dry = book.run(&["customer", "erase", "王芳", "-r", "本人要求", "-n", "--json"]);
    assert!(dry.err.contains("什么都没有抹除"), "{}", dry.err);
    let dry = dry.json();
    let rows = |table: &str| dry["tables"].as_array().unwrap().iter().find(|row| row["table"] == table).map(|row| row["erased"].clone());
    assert_eq!((rows("customers"), rows("requests"), rows("contacts")), (Some(1.into()), Some(4.into()), Some(1.into())));
    assert!(dry["dry_run"] == true && dry["open_requests"] == 0 && dry["log_rows_erased"].as_u64() > Some(10), "{dry}");
    assert!(book.run(&["customer", "erase", "C0001", "-r", "本人要求"]).fails(4).contains("--yes"));
    assert!(book.run(&["customer", "erase", "C0001", "--yes"]).fails(4).contains("--reason"));
    for reason in ["王芳要求", "来电 13810010001"] {
        assert!(book.run(&["customer", "erase", "C0001", "--yes", "-r", reason]).fails(2).contains("--reason"));
    }
    let _ = book.run(&["customer", "erase", "C9999", "--yes", "-r", "x"]).fails(3);
    let _ = book.run(&["customer", "erase", "C0001", "--yes", "-r", "x", "--as-of", "2026-09-01"]).fails(2);
    let _ = book.run(&[ERASE, &["-o", "certificate.pdf"]].concat()).fails(2);
    let _ = book.run(&[ERASE, &["--format", "csv"]].concat()).fails(2);
    assert_eq!(book.files(), before);
    book.lang("en");
    let refused = book.run(&["customer", "erase", "C0001", "-r", "asked"]).fails(4);
    assert!(refused.contains("1 row of customers") && refused.contains("for good"), "{refused}");
    let told = book.run(&["customer", "erase", "C0001", "-r", "asked", "--yes", "-o", "certificate.txt"]);
    assert!(told.err.contains("certificate.txt"), "{}", told.err);
    let _ = told.ok();
    let told = std::fs::read_to_string(book.path("certificate.txt")).unwrap();
    assert!(told.contains("Certificate of erasure") && told.contains("asked") && told.contains("已抹除客户 C0001"), "{told}");
    std::fs::remove_file(book.path("certificate.txt")).unwrap();
}

#[test]
fn who_was_merged_into_them_goes_too() {
    let book = Bench::en();
    let _ = book.run(&["customer", "add", "Ann Lee", "phone=13800138000"]).ok();
    let _ = book.run(&["customer", "add", "A. Lee", "phone=13900139000"]).ok();
    let _ = book.run(&["intake", "torn bag", "-c", "C0002"]).ok();
    let _ = book.run(&["customer", "merge", "C0002", "C0001", "--yes", "-r", "A. Lee is Ann Lee"]).ok();
    let refused = book.run(&["customer", "erase", "C0002", "-r", "asked", "--yes"]).fails(2);
    assert!(refused.contains("customer erase C0001"), "{refused}");
    let told = book.run(&["customer", "erase", "C0001", "-r", "asked", "--yes", "--json"]).json();
    assert_eq!((told["merged"][0].as_str(), told["open_requests"].as_u64()), (Some("C0002"), Some(1)));
    for text in ["Ann Lee", "A. Lee", "13800138000", "13900139000", "torn bag"] {
        assert_eq!(naming(book.root(), text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(book.run(&["check"]).ok(), "");
    let archive = book.read("customers.csv");
    assert!(archive.contains("Erased customer C0001") && archive.contains("Erased customer C0002"), "{archive}");
    // nobody by that name any more; they may come back under the id
    let _ = book.run(&["customer", "edit", "C0001", "status=active", "phone=13700137000"]).ok();
    let _ = book.run(&["customer", "erase", "13700137000", "-r", "again", "--yes"]).ok();
    assert_eq!(naming(book.root(), "13700137000"), Vec::<String>::new());
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn what_is_out_of_reach_is_told() {
    let book = known();
    book.write("reports/2026Q3.md", "第一行\n王芳 满意\n");
    book.write("reports/2026Q3.xlsx", [0x50, 0x4B, 3, 4, 0, 0xFF]);
    book.write(".git/objects/ab", "x");
    let _ = book.run(&["customer", "add", "王芳", "phone=13800000001"]).ok();
    let told = book.run(&[ERASE, &["--json"]].concat()).json();
    let still: Vec<(&str, u64)> =
        told["still_named_in"].as_array().unwrap().iter().map(|at| (at["path"].as_str().unwrap(), at["count"].as_u64().unwrap())).collect();
    // the namesake, her row of the log, and the report
    assert!(
        still.contains(&("customers.csv", 1)) && still.contains(&("reports/2026Q3.md", 1)) && still.contains(&("log/2026Q4.csv", 1)),
        "{still:?}"
    );
    assert_eq!(told["still_named_in"].as_array().unwrap().iter().find(|at| at["path"] == "reports/2026Q3.md").unwrap()["lines"][0], 2);
    let closed: Vec<&str> = told["not_looked_into"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    assert_eq!(closed, [".git", "reports/2026Q3.xlsx"]);
    assert_eq!(naming(book.root(), "13810010001"), Vec::<String>::new());
}

#[test]
fn a_required_column_may_be_blank_at_who_was_erased() {
    let book = Bench::en();
    let settings = book.read("carebook.yaml");
    book.write(
        "carebook.yaml",
        settings + "columns: {customers: {card: {type: integer, required: true}}, requests: {said: {type: text, required: true}}}\n",
    );
    let _ = book.run(&["customer", "add", "Ann", "x.card=84711000047"]).ok();
    let _ = book.run(&["customer", "add", "Bo", "x.card=84712000047"]).ok();
    book.write("r.csv", "id,customer,received at,content,said\nX1,C0001,2026-10-01 09:00,torn,by her aunt\n");
    let _ = book.run(&["import", "requests", "r.csv"]).ok();
    std::fs::remove_file(book.path("r.csv")).unwrap();
    let _ = book.run(&["customer", "erase", "C0001", "-r", "asked", "--yes"]).ok();
    for text in ["84711000047", "her aunt"] {
        assert_eq!(naming(book.root(), text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(book.run(&["check"]).ok(), "");
    let archive = book.read("customers.csv").replace("84712000047", "");
    book.write("customers.csv", archive);
    assert!(book.run(&["check"]).fails(6).contains("x.card"));
}
