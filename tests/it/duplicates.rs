//! Customers entered twice: told, merged, told apart; what names a merged customer counts for the survivor.

use crate::harness::Bench;

/// A firm entered twice, with facts under both, and an undo that is far away.
fn twice() -> Bench {
    let bench = Bench::zh();
    let _ = bench.run(&["staff", "add", "小李"]).ok();
    let add = |args: &[&str]| {
        let _ = bench.run(&[&["customer", "add"], args].concat()).ok();
    };
    add(&["北京纷扬科技有限公司", "phone=010-5555 1234", "tags=月结", "since=2026-01-05", "owner=小李"]);
    add(&["纷扬科技", "phone=13800138000", "email=li@fenyang.cn", "since=2025-03-01", "note=老客户"]);
    let _ = bench.run(&["tier", "set", "C0001", "A", "--until", "2026-12-31", "--reason", "试"]).ok();
    bench.write("orders.csv", "编号,客户编号,日期,金额\nO1,C0001,2026-09-01,100\nO2,C0002,2026-09-02,50\nO3,C0002,2026-09-03,50\n");
    let _ = bench.run(&["import", "orders", "orders.csv"]).ok();
    let _ = bench.run(&["intake", "杯子碎了", "-c", "C0002", "-k", "破损", "-t", "complaint"]).ok();
    bench
}

fn ids(rows: &serde_json::Value) -> Vec<String> {
    rows["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_entry_tells_whom_it_may_repeat() {
    let bench = Bench::zh();
    let _ = bench.run(&["customer", "add", "北京纷扬科技有限公司", "phone=010-55551234"]).ok();
    let told = bench.run(&["customer", "add", "紛揚科技", "phone=+86 10 5555 1234 转8"]);
    assert!(told.err.contains("C0001 北京纷扬科技有限公司: 100 (same phone +75, same name but for the region +70)"), "{}", told.err);
    assert!(told.err.contains("customer merge C0002 C0001"), "{}", told.err);
    // for cron: nothing is added
    let before = bench.files();
    let err = bench.run(&["customer", "add", "纷扬科技股份有限公司", "--refuse-duplicates"]).fails(4);
    assert!(err.contains("C0001"), "{err}");
    assert_eq!(bench.files(), before);
    let _ = bench.run(&["customer", "add", "Anna", "--refuse-duplicates"]).ok();
    let document = bench.run(&["customer", "add", "Anna", "--json"]).json();
    assert_eq!(document["duplicates"][0]["other"], "C0003");
    // somebody who is not in the archive, by name
    let told = bench.run(&["intake", "杯子碎了", "--name", "纷扬科技公司"]);
    assert!(told.err.contains("Perhaps in the archive already"), "{}", told.err);
    assert!(!bench.run(&["intake", "杯子碎了", "--name", "李雷"]).err.contains("archive already"));
    let mut zh = bench;
    zh.lang("zh");
    let told = zh.run(&["customer", "add", "纷扬科技", "电话=01055551234"]);
    assert!(told.err.contains("可能重复") && told.err.contains("电话相同 +75"), "{}", told.err);
}

#[test]
fn an_import_tells_its_pairs_and_merges_nothing() {
    let bench = twice();
    bench.write("more.csv", "姓名,电话\n王芳,13900139000\n王 芳,139-0013-9000\n纷扬科技公司,\n");
    let ran = bench.run(&["import", "customers", "more.csv", "--json"]);
    let pairs = ran.json();
    let pairs: Vec<String> = pairs["duplicates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| format!("{} {} {}", pair["id"], pair["other"], pair["score"]).replace('"', ""))
        .collect();
    assert_eq!(pairs, ["C0003 C0004 100", "C0002 C0005 80", "C0001 C0005 70"]);
    assert_eq!(bench.run(&["list", "customers", "--json"]).json()["rows"].as_array().unwrap().len(), 5);
    // twice is once, and tells nothing more
    let again = bench.run(&["import", "customers", "more.csv"]);
    assert!(!again.err.contains("may be one"), "{}", again.err);
}

#[test]
fn pairs_are_listed_and_can_be_told_apart() {
    let bench = twice();
    let listed = bench.run(&["customer", "duplicates", "--json"]).json();
    let row = &listed["rows"][0];
    assert_eq!((row["id"].as_str(), row["other"].as_str(), row["score"].as_i64()), (Some("C0001"), Some("C0002"), Some(65)));
    assert_eq!(row["reasons"][1]["sign"], "other_phone");
    assert_eq!(bench.run(&["customer", "duplicates", "C0002", "--json"]).json()["rows"][0]["other"], "C0001");
    assert!(bench.run(&["customer", "duplicates", "--least", "66", "--json"]).json()["rows"].as_array().unwrap().is_empty());
    let _ = bench.run(&["customer", "duplicates", "--least", "0"]).fails(2);
    let _ = bench.run(&["customer", "duplicates", "--fail-if-any"]).fails(1);
    let before = bench.files();
    let _ = bench.run(&["customer", "distinct", "C0001", "C0002"]).ok();
    assert!(bench.run(&["customer", "duplicates"]).ok().is_empty());
    assert!(bench.run(&["customer", "distinct", "C0002", "C0001"]).err.contains("Nothing changed"));
    assert!(bench.run(&["customer", "merge", "C0002", "C0001", "--yes"]).fails(2).contains("--remove"));
    let _ = bench.run(&["check"]).ok();
    let _ = bench.run(&["undo"]).ok();
    same_but_the_log(&before, &bench.files());
    let _ = bench.run(&["redo"]).ok();
    let _ = bench.run(&["customer", "distinct", "C0002", "C0001", "--remove"]).ok();
    assert_eq!(ids(&bench.run(&["customer", "duplicates", "--json"]).json()), ["C0001"]);
}

/// Every file but the log as it was.
#[track_caller]
fn same_but_the_log(before: &[(String, Vec<u8>)], after: &[(String, Vec<u8>)]) {
    let but = |files: &[(String, Vec<u8>)]| -> Vec<(String, String)> {
        let kept = files.iter().filter(|(path, _)| !path.starts_with("log/"));
        kept.map(|(path, bytes)| (path.clone(), String::from_utf8_lossy(bytes).into_owned())).collect()
    };
    assert_eq!(but(before), but(after));
}

#[test]
fn a_merge_is_shown_asked_for_and_taken_back_to_the_byte() {
    let bench = twice();
    let before = bench.files();
    // without a terminal it has to be said
    let ran = bench.run(&["customer", "merge", "C0002", "C0001"]);
    let err = ran.fails(4);
    assert!(err.contains("2 orders, 1 request, 0 revisits"), "{err}");
    let preview = bench.run(&["customer", "merge", "C0002", "C0001", "--take", "name,phone=C0001", "-n", "--json"]).json();
    assert_eq!(preview["facts"]["orders"], 2);
    let field = |code: &str| preview["rows"].as_array().unwrap().iter().find(|row| row["field"] == code).unwrap().clone();
    assert_eq!((field("name")["result"].as_str(), field("name")["how"].as_str()), (Some("纷扬科技"), Some("taken")));
    assert_eq!((field("email")["result"].as_str(), field("email")["how"].as_str()), (Some("li@fenyang.cn"), Some("filled")));
    assert_eq!((field("since")["result"].as_str(), field("tags")["how"].as_str()), (Some("2025-03-01"), Some("united")));
    assert_eq!(bench.files(), before);
    let _ = bench.run(&["customer", "merge", "C0002", "C0001", "--yes", "--reason", "同一家"]).ok();
    let _ = bench.run(&["check"]).ok();
    let rows = bench.run(&["list", "customers", "--json"]).json();
    assert_eq!((rows["rows"][1]["status"].as_str(), rows["rows"][1]["merged_into"].as_str()), (Some("merged"), Some("C0001")));
    assert_eq!(rows["rows"][0]["email"], "li@fenyang.cn");
    let _ = bench.run(&["undo"]).ok();
    same_but_the_log(&before, &bench.files());
    let _ = bench.run(&["redo"]).ok();
    // a change in between has to be taken back first
    let _ = bench.run(&["customer", "edit", "C0001", "note=改过"]).ok();
    let log = bench.run(&["log", "--action", "merge", "--json"]).json();
    let seq = log["rows"][0]["seq"].to_string();
    assert!(bench.run(&["undo", &seq]).fails(1).contains("C0001 was changed since"));
    // or the merged one is set free, and the other keeps what it took
    let _ = bench.run(&["customer", "unmerge", "C0002"]).ok();
    assert_eq!(bench.run(&["customer", "show", "C0002", "--json"]).json()["status"], "active");
    let _ = bench.run(&["check"]).ok();
}

#[test]
fn what_cannot_be_merged() {
    let bench = twice();
    let _ = bench.run(&["customer", "add", "王芳"]).ok();
    assert!(bench.run(&["customer", "merge", "C0001", "C0001", "--yes"]).fails(2).contains("itself"));
    let _ = bench.run(&["customer", "merge", "C0002", "C0001", "--yes"]).ok();
    // the survivor is offered, and no ring can come about
    assert!(bench.run(&["customer", "merge", "C0003", "C0002", "--yes"]).fails(1).contains("name C0001"));
    let _ = bench.run(&["customer", "merge", "C0001", "C0002", "--yes"]).fails(2);
    assert!(bench.run(&["customer", "edit", "C0002", "note=x"]).fails(1).contains("merged into C0001"));
    let _ = bench.run(&["customer", "edit", "C0003", "status=merged"]).fails(2);
    assert!(bench.run(&["customer", "merge", "C0003", "C0001", "--take", "shoe", "--yes"]).fails(2).contains("shoe"));
}

#[test]
fn what_names_the_merged_one_counts_for_the_survivor() {
    let bench = twice();
    let _ = bench.run(&["customer", "merge", "C0002", "C0001", "--yes"]).ok();
    // show: both ways
    let shown = bench.run(&["customer", "show", "C0001", "--json"]).json();
    assert_eq!((shown["orders"]["count"].as_u64(), shown["requests"][0]["customer"].as_str()), (Some(3), Some("C0002")));
    assert_eq!(shown["merged"][0], "C0002");
    assert!(bench.run(&["customer", "show", "C0001"]).ok().contains("(C0002)"));
    let gone = bench.run(&["customer", "show", "C0002"]).ok();
    assert!(gone.contains("Merged into C0001"), "{gone}");
    // the phone of the one that went reaches the one that stands
    assert_eq!(bench.run(&["customer", "show", "138 0013 8000", "--json"]).json()["id"], "C0001");
    // lists
    assert!(bench.run(&["list", "customers"]).ok().contains("Merged into"));
    assert_eq!(bench.run(&["list", "requests", "customer:C0001", "--json"]).json()["rows"].as_array().unwrap().len(), 1);
    assert_eq!(bench.run(&["list", "orders", "customer:C0001", "--json"]).json()["rows"].as_array().unwrap().len(), 3);
    assert_eq!(bench.run(&["list", "orders", "customer:C0002", "--json"]).json()["rows"].as_array().unwrap().len(), 2);
    // a request by any name of theirs is registered for the survivor, with its tier's promise
    let ran = bench.run(&["intake", "又碎了", "-c", "C0002", "-k", "破损", "--json"]);
    assert!(ran.err.contains("C0002 was merged into C0001; it goes to C0001"), "{}", ran.err);
    assert!(ran.err.contains("R20261008-001"), "the same customer's earlier one: {}", ran.err);
    assert_eq!(ran.json()["rows"][0]["customer"], "C0001");
    let ran = bench.run(&["intake", "碎了", "-c", "13800138000", "--json"]).json();
    assert_eq!(ran["rows"][0]["customer"], "C0001");
    // today: the tier of the survivor weighs
    let today = bench.run(&["today", "--explain", "--json"]).json();
    let because = |id: &str| today["rows"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap()["because"].to_string();
    assert!(because("R20261008-001").contains("first_tier"), "{}", because("R20261008-001"));
    // assignment: the survivor's owner
    let _ = bench.run(&["config", "write", "assignment"]).ok();
    let _ = bench.run(&["review", "R20261008-001", "accept"]).ok();
    let told = bench.run(&["assign", "R20261008-001", "--explain"]);
    assert!(told.err.contains("小李") && (told.err.contains("owner")), "{} {}", told.out, told.err);
    // tiers
    let told = bench.run(&["tier", "explain", "C0002", "--json"]);
    assert!(told.err.contains("goes to C0001"), "{}", told.err);
    assert_eq!(told.json()["customer"], "C0001");
    let _ = bench.run(&["tier", "set", "C0002", "B", "--until", "2026-12-31", "--reason", "试"]).ok();
    assert_eq!(bench.run(&["customer", "show", "C0001", "--json"]).json()["tier"], "B");
}

#[test]
fn reports_count_them_as_one() {
    let bench = twice();
    let _ = bench.run(&["intake", "杯子又碎了", "-c", "C0001", "-k", "破损", "-t", "complaint"]).ok();
    let figure = |code: &str, part: &str| {
        let report = bench.run(&["report", "2026Q4", "--json"]).json();
        let figures = report["totals"][part].as_array().unwrap().clone();
        figures.into_iter().find(|figure| figure["code"] == code).unwrap()["now"].to_string()
    };
    let repeats = || bench.run(&["report", "2026Q4", "--json"]).json()["problems"]["repeats"].to_string();
    let buyers = || bench.run(&["report", "2026Q3", "--json"]).json()["totals"]["business"].to_string();
    let (askers, bought) = (figure("askers", "requests"), buyers());
    assert_eq!(repeats(), "[]");
    let _ = bench.run(&["customer", "merge", "C0002", "C0001", "--yes"]).ok();
    assert_ne!(figure("askers", "requests"), askers);
    assert_ne!(buyers(), bought);
    assert!(repeats().contains("\"customer\":\"C0001\"") && repeats().contains("\"count\":2"), "{}", repeats());
    let problems = bench.run(&["knowledge", "problems", "--period", "2026Q4", "--json"]).json();
    assert_eq!(problems["rows"][0]["repeat_customers"], 1);
    // taken back, they are two
    let _ = bench.run(&["undo"]).ok();
    assert_eq!(figure("askers", "requests"), askers);
}

#[test]
fn imports_after_a_merge() {
    let bench = twice();
    let _ = bench.run(&["customer", "merge", "C0002", "C0001", "--yes"]).ok();
    bench.write("new.csv", "编号,客户编号,内容,受理时间\nX1,C0002,漏水,2026-10-01 09:00\n");
    let ran = bench.run(&["import", "requests", "new.csv"]);
    assert!(ran.err.contains("1 row name merged customers"), "{}", ran.err);
    let rows = bench.run(&["list", "requests", "customer:C0001", "--json"]).json();
    assert!(rows["rows"].as_array().unwrap().iter().any(|row| row["id"] == "X1" && row["customer"] == "C0001"));
    assert!(bench.run(&["import", "requests", "new.csv"]).err.contains("1 unchanged"));
    // a life that came with its history goes to the survivor too, and coming again changes nothing
    bench.write("past.csv", "编号,客户编号,内容,受理时间,进度,changed_at\nY1,C0002,漏水,2026-10-01 09:00,已登记,2026-10-01 09:00\nY1,C0002,漏水,2026-10-01 09:00,已办结,2026-10-02 09:00\n");
    let _ = bench.run(&["import", "requests", "past.csv", "--history"]).ok();
    assert_eq!(bench.run(&["show", "Y1", "--json"]).json()["customer"], "C0001");
    assert!(bench.run(&["import", "requests", "past.csv", "--history"]).err.contains("2 unchanged"));
    // who was merged is known by the old phone, and not entered again
    bench.write("old.csv", "姓名,电话\n纷扬科技,138 0013 8000\n");
    assert!(bench.run(&["import", "customers", "old.csv"]).err.contains("0 new"));
    // and one who looks like the merged one is told as such
    let told = bench.run(&["customer", "add", "王芳", "phone=13800138000"]);
    assert!(told.err.contains("C0002 纷扬科技 (was merged into C0001)"), "{}", told.err);
}

#[test]
fn before_the_merge_they_were_two() {
    let mut bench = twice();
    bench.today("2026-10-12");
    let _ = bench.run(&["--at", "2026-10-10", "customer", "merge", "C0002", "C0001", "--yes"]).ok();
    let orders = |args: &[&str]| bench.run(&[&["customer", "show", "C0001", "--json"], args].concat()).json()["orders"]["count"].as_u64();
    assert_eq!((orders(&[]), orders(&["--as-of", "2026-10-11"])), (Some(3), Some(1)));
    let listed = |args: &[&str]| {
        bench.run(&[&["list", "orders", "customer:C0001", "--json"], args].concat()).json()["rows"].as_array().unwrap().len()
    };
    assert_eq!((listed(&[]), listed(&["--as-of", "2026-10-11"])), (3, 1));
    let log = bench.run(&["log", "--action", "merge", "--json"]).json();
    assert!(log["rows"][0]["at"].as_str().unwrap().starts_with("2026-10-10"), "{log}");
}

#[test]
fn a_merge_in_chinese() {
    let mut bench = twice();
    bench.lang("zh");
    let ran = bench.run(&["customer", "merge", "C0002", "C0001"]);
    assert_eq!(ran.code, 4);
    for word in ["合并后", "补入", "合在一起", "取较早或较晚", "保留"] {
        assert!(ran.out.contains(word), "{word}: {}", ran.out);
    }
    assert!(ran.err.contains("订单 2、诉求 1") && ran.err.contains("还没有合并"), "{}", ran.err);
    assert!(bench.run(&["客户", "合并", "C0002", "C0001", "--yes"]).err.contains("C0002 已并入 C0001"));
    assert!(bench.run(&["登记", "碎了", "-c", "C0002"]).err.contains("C0002 已并入 C0001,记在 C0001 名下"));
    assert!(bench.run(&["客户", "查看", "C0001"]).ok().contains("已并入的客户: C0002"));
    assert!(bench.run(&["客户", "查重"]).err.contains("没有达到 60 分的重复"));
    assert!(bench.run(&["客户", "取消合并", "C0002"]).err.contains("C0002 恢复为独立客户"));
    assert!(bench.run(&["客户", "不同", "C0001", "C0002"]).err.contains("不再提示"));
}

/// Row, column and new value.
type Changes<'a> = &'a [(usize, &'a str, &'a str)];

#[test]
fn check_follows_the_merges() {
    let bench = twice();
    let _ = bench.run(&["customer", "add", "王芳"]).ok();
    let good = bench.read("customers.csv");
    let header: Vec<String> = good.lines().next().unwrap().split(',').map(str::to_owned).collect();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let with = |changes: &[(usize, &str, &str)]| {
        let mut lines: Vec<Vec<String>> = good.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
        for (row, column, value) in changes {
            (*value).clone_into(&mut lines[*row][at(column)]);
        }
        lines.iter().map(|line| line.join(",")).collect::<Vec<_>>().join("\n") + "\n"
    };
    let cases: [(Changes<'_>, &str); 5] = [
        (&[(1, "状态", "已合并")], "status-of-merged"),
        (&[(1, "并入", "C0002")], "status-of-merged"),
        (&[(1, "状态", "已合并"), (1, "并入", "C0077")], "C0077"),
        (&[(1, "状态", "已合并"), (1, "并入", "C0002"), (2, "状态", "已合并"), (2, "并入", "C0001")], "merge-ring"),
        (&[(1, "不同于", "C0099")], "C0099"),
    ];
    for (changes, told) in cases {
        bench.write("customers.csv", with(changes));
        let ran = bench.run(&["check", "--json"]);
        let text = ran.out.clone() + &ran.err;
        assert_eq!(ran.code, 6, "{text}");
        assert!(text.contains(told), "{told}: {text}");
        // a question ends all the same
        let _ = bench.run(&["customer", "duplicates"]).ok();
    }
}

#[test]
fn a_book_without_the_column_gets_it_with_the_first_mark() {
    let bench = Bench::en();
    let text = "id,name,phone\nA,Anna Li,13800138000\nB,Anna Li,13800138000\n";
    bench.write("customers.csv", text);
    let _ = bench.run(&["customer", "distinct", "A", "B"]).ok();
    assert_eq!(bench.read("customers.csv"), "id,name,phone,distinct_from\nA,Anna Li,13800138000,B\nB,Anna Li,13800138000,\n");
    let _ = bench.run(&["undo"]).ok();
    assert_eq!(bench.read("customers.csv"), text);
    let _ = bench.run(&["customer", "merge", "B", "A", "--yes"]).ok();
    let _ = bench.run(&["undo"]).ok();
    assert_eq!(bench.read("customers.csv"), text);
}

#[test]
fn each_of_several_numbers_means_the_customer() {
    let bench = Bench::en();
    let _ = bench.run(&["customer", "add", "Anna", "phone=13800138000/0571-8888 6666"]).ok();
    for typed in ["138 0013 8000", "+86 571 88886666", "057188886666"] {
        assert_eq!(bench.run(&["customer", "show", typed, "--json"]).json()["id"], "C0001", "{typed}");
        assert_eq!(bench.run(&["intake", "x", "-c", typed, "--json"]).json()["rows"][0]["customer"], "C0001", "{typed}");
    }
}

#[test]
fn the_rules_are_the_owners() {
    let bench = twice();
    let _ = bench.run(&["config", "write", "duplicates"]).ok();
    assert_eq!(ids(&bench.run(&["customer", "duplicates", "--json"]).json()), ["C0001"]);
    bench.write("rules/duplicates.yaml", "tell: 90\n");
    assert!(bench.run(&["customer", "duplicates"]).ok().is_empty());
    let _ = bench.run(&["customer", "add", "王芳", "phone=4008001234"]).ok();
    let _ = bench.run(&["customer", "add", "李雷", "phone=400-800-1234"]).ok();
    bench.write("rules/duplicates.yaml", "ignore_phones: [400-800-1234]\nsame_core: 0\n");
    assert!(bench.run(&["customer", "duplicates", "--least", "1", "--json"]).json()["rows"].as_array().unwrap().is_empty());
    bench.write("rules/duplicates.yaml", "tell: 60\nsame_phone: -5\n");
    assert!(bench.run(&["check"]).fails(6).contains("rules/duplicates.yaml:2"));
}

#[test]
fn any_merge_of_the_demo_book_is_taken_back_to_the_byte() {
    let bench = Bench::empty("zh");
    let _ = bench.run(&["demo", "book"]).ok();
    let run = |args: &[&str]| bench.run(&[&["--data", "book"], args].concat());
    let ids = ids(&run(&["list", "customers", "--json"]).json());
    let before = bench.files();
    // from everywhere in the archive, into everywhere, with and without fields taken
    for n in 0..8 {
        let (from, into) = (&ids[n * 5 % ids.len()], &ids[(n * 7 + 3) % ids.len()]);
        if from == into {
            continue;
        }
        let takes: &[&str] = if n % 2 == 0 { &[] } else { &["--take", "name,phone,note,tags,tier"] };
        let _ = run(&[&["customer", "merge", from, into, "--yes"], takes].concat()).ok();
        assert_ne!(bench.files(), before);
        let _ = run(&["check"]).ok();
        let shown = run(&["customer", "show", into, "--json"]).json();
        assert_eq!(shown["merged"][0], from.as_str());
        let _ = run(&["undo"]).ok();
        same_but_the_log_of(&before, &bench.files());
    }
}

/// The same for a book within the folder.
#[track_caller]
fn same_but_the_log_of(before: &[(String, Vec<u8>)], after: &[(String, Vec<u8>)]) {
    let strip = |files: &[(String, Vec<u8>)]| -> Vec<(String, Vec<u8>)> {
        files.iter().map(|(path, bytes)| (path.trim_start_matches("book/").to_owned(), bytes.clone())).collect()
    };
    same_but_the_log(&strip(before), &strip(after));
}

#[test]
fn revisits_and_answers_of_the_merged_one() {
    let mut bench = twice();
    let _ = bench.run(&["tier", "set", "C0002", "A", "--until", "2027-12-31", "--reason", "试"]).ok();
    let _ = bench.run(&["revisit", "plan", "--until", "2026-12-01"]).ok();
    let _ = bench.run(&["customer", "merge", "C0002", "C0001", "--yes"]).ok();
    // what was planned for the one that went is the survivor's: called by its name and number, and planned once
    bench.today("2026-12-31");
    let due = bench.run(&["revisit", "due", "--json"]).json();
    let of = |id: &str| due["rows"].as_array().unwrap().iter().find(|row| row["customer"] == id).cloned().unwrap();
    assert_eq!((of("C0002")["name"].as_str(), of("C0002")["phone"].as_str()), (Some("北京纷扬科技有限公司"), Some("010-5555 1234")));
    let today = bench.run(&["today", "--json"]).json();
    let names: Vec<&str> = today["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["id"].as_str().unwrap().starts_with('V'))
        .map(|row| row["customer"].as_str().unwrap())
        .collect();
    assert!(!names.is_empty() && names.iter().all(|name| *name == "北京纷扬科技有限公司"), "{names:?}");
    let calendar = bench.run(&["revisit", "due", "--format", "ics"]).ok();
    assert!(calendar.matches("北京纷扬").count() == due["rows"].as_array().unwrap().len(), "{calendar}");
    assert!(bench.run(&["revisit", "plan", "--dry-run"]).err.contains("Would plan 0"));
    // an answer by the old phone is the survivor's
    bench.write("nps.csv", "Response ID,Phone,\"How likely are you to recommend us, 0-10?\"\na,13800138000,9\n");
    let _ = bench.run(&["survey", "import", "nps.csv", "--yes"]).ok();
    assert!(bench.read("surveys/nps/responses.csv").contains("C0001"));
}
