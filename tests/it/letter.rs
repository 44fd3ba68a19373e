//! Letters: each in both languages on the demo book, whom they may go to, the owner's own, hostile names.

use crate::harness::Bench;

fn demo() -> Bench {
    let mut bench = Bench::empty("zh");
    let _ = bench.run(&["demo", "."]).ok();
    bench.lang("en");
    bench.today("2026-10-08");
    bench
}

#[test]
fn each_letter_in_both_languages() {
    let book = demo();
    let _ = book.run(&["survey", "new", "服务反馈"]).ok();
    for (name, id, zh, en) in [
        ("welcome", "C0001", "尊敬的王芳：", "Dear 王芳,"),
        ("apology", "R20261005-001", "为此郑重道歉", "We are sorry. On 5 October 2026"),
        ("status", "R20261005-001", "时间：最迟2026年10月10日", "By when: 10 October 2026 at the latest"),
        ("resolution", "R20260928-001", "已于2026年", "What we did:"),
        ("revisit", "V20261008-001", "我们计划于2026年10月8日（星期四）", "Thursday, 8 October 2026 (in the morning), by phone"),
        ("questionnaire", "R20260928-001", "问卷编码：", "Code: "),
        ("questionnaire", "C0001", "( ) 非常满意", "Code: "),
    ] {
        let text = book.run(&["letter", name, id, "--lang", "zh"]).ok();
        assert!(text.contains(zh) && text.contains("敬礼\n\n云雾茶铺 Cloud Mist Tea\n2026年10月8日\n"), "{text}");
        let text = book.run(&["letter", name, id, "--lang", "en"]).ok();
        assert!(text.contains(en) && text.ends_with("Kind regards,\n\n云雾茶铺 Cloud Mist Tea\n8 October 2026\n"), "{text}");
        let page = book.run(&["letter", name, id, "--format", "html"]).ok();
        assert!(page.contains("<html lang=\"zh-CN\">") && page.contains("default-src 'none'") && !page.contains("{{"), "{page}");
    }
    // the code of the letter is the one of the form
    let code = book.run(&["letter", "questionnaire", "C0001", "--json"]).json()["survey"]["code"].as_str().unwrap().to_owned();
    assert!(book.run(&["survey", "form", "服务反馈", "-c", "C0001"]).ok().contains(&code));
    let json = book.run(&["letter", "status", "R20261005-001", "--json"]).json();
    assert_eq!((json["schema"].as_str(), json["request"]["by"]["iso"].as_str()), (Some("carebook.letter.v1"), Some("2026-10-10")));
    assert_eq!(json["request"]["steps"].as_array().unwrap().len(), 3);
    let text = book.run(&["letter", "status", "R20261005-001"]).ok();
    assert!(!text.contains("小李"), "no handler is named: {text}");
}

#[test]
fn files_and_the_list() {
    let book = demo();
    let ran = book.run(&["letter", "welcome", "王芳", "-o", "out/"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, "wrote out/letter-welcome-C0001.html\n"));
    let _ = book.run(&["信函", "welcome", "C1", "-o", "w.txt", "-q"]).ok();
    assert!(book.read("w.txt").starts_with("尊敬的王芳"));
    assert!(book.run(&["letter", "welcome", "C0001", "-o", "w.xlsx"]).fails(2).contains("plain text, html or json"));
    let list = book.run(&["letter", "list", "--lang", "zh", "--format", "csv"]).ok();
    assert!(list.contains("questionnaire,服务反馈问卷,request;customer,zh,built-in,built-in\n"), "{list}");
    assert_eq!(list, book.run(&["letter", "列表", "--lang", "zh", "--format", "csv"]).ok());
}

#[test]
fn wrong_ids_say_what_is_needed() {
    let book = demo();
    for (args, code, expected) in [
        (&["letter", "status", "C0001"][..], 2, "C0001 is a customer; the letter status needs the id of a request"),
        (&["letter", "welcome", "R20261005-001"], 2, "R20261005-001 is a request; the letter welcome needs the id of a customer"),
        (&["letter", "revisit", "C0001"], 2, "needs the id of a revisit"),
        (&["letter", "status"], 2, "the letter status needs the id of a request"),
        (&["letter", "status", "R20261005-009"], 3, "there is no R20261005-009"),
        (&["letter", "welcom", "C0001"], 2, "welcome"),
        (&["letter", "resolution", "R20261005-001"], 2, "carebook letter status R20261005-001"),
        (&["letter", "questionnaire", "C0001"], 2, "carebook survey new"),
        (&["letter", "revisit", "V20261008-001", "--today", "2026-10-09"], 2, "carebook revisit move V20261008-001 DATE"),
    ] {
        let said = book.run(args).fails(code);
        assert!(said.contains(expected), "{args:?}: {said}");
    }
    assert!(book.run(&["letter", "status", "C0001", "--lang", "zh"]).fails(2).contains("C0001 是客户,信函 status 要的是诉求的编号"));
}

#[test]
fn whom_a_letter_may_go_to() {
    let book = demo();
    let _ = book.run(&["customer", "consent", "C0018", "withdrawn", "--at", "2026-10-01"]).ok();
    let said = book.run(&["letter", "welcome", "C0018"]).fails(2);
    assert!(said.contains("the customer withdrew consent, so no welcome"), "{said}");
    let ran = book.run(&["letter", "apology", "R20261005-001"]);
    assert!(ran.code == 0 && ran.err.contains("answer them, but do not approach them"), "{}", ran.err);
    let _ = book.run(&["customer", "erase", "C0028", "--reason", "asked for", "--yes"]).ok();
    assert!(book.run(&["letter", "status", "R20261002-001"]).fails(2).contains("was erased"));
    // a merged customer's letter goes to the one who stands
    let _ = book.run(&["customer", "merge", "C0003", "C0001", "--yes"]).ok();
    let ran = book.run(&["letter", "welcome", "C0003", "--json"]);
    assert_eq!(ran.json()["to"]["id"], "C0001");
}

#[test]
fn notes_stay_inside() {
    let book = demo();
    let id = "R20261005-001";
    let _ = book.run(&["start", id]).ok();
    let _ = book.run(&["note", id, "客户很难缠"]).ok();
    for name in ["status", "apology"] {
        assert!(!book.run(&["letter", name, id]).ok().contains("难缠"), "{name}");
    }
    let _ = book.run(&["resolve", id, "已补发"]).ok();
    let text = book.run(&["letter", "resolution", id]).ok();
    assert!(text.contains("处理结果：已补发") && !text.contains("难缠") && text.contains("前告诉我们"), "{text}");
}

#[test]
fn the_customers_language_and_the_sender() {
    let mut book = Bench::en();
    book.today("2026-10-08");
    let yaml = book.read("carebook.yaml")
        + "columns:\n  customers:\n    language: {type: text}\nsender: {name: The Tea House, phone: '0571 1234', address: 8 Mist Lane}\n";
    book.write("carebook.yaml", &yaml);
    let _ = book.run(&["customer", "add", "王芳", "x.language=中文"]).ok();
    let _ = book.run(&["customer", "add", "Emma"]).ok();
    let text = book.run(&["letter", "welcome", "C0001"]).ok();
    assert!(text.starts_with("尊敬的王芳：") && text.contains("The Tea House\n电话 0571 1234\n地址 8 Mist Lane\n"), "{text}");
    assert!(book.run(&["letter", "welcome", "C0002"]).ok().starts_with("Dear Emma,"));
    assert!(book.run(&["letter", "welcome", "C0001", "--lang", "en"]).ok().starts_with("Dear 王芳,"));
    book.write("carebook.yaml", yaml.replace("8 Mist Lane", "\"a\\tb\""));
    let said = book.run(&["letter", "list"]).fails(6);
    assert!(said.contains("carebook.yaml:") && said.contains("sender.address: must be one line"), "{said}");
}

#[test]
fn hostile_names_are_text() {
    let book = Bench::zh();
    let evil = "<script>alert(1)</script>\u{1b}[31m\u{202e} {{ to.id }}";
    book.write("c.csv", format!("编号,姓名\nC0001,{evil}\n"));
    let _ = book.run(&["import", "customers", "c.csv"]);
    for lang in ["zh", "en"] {
        for format in ["plain", "html"] {
            let text = book.run(&["letter", "welcome", "C0001", "--lang", lang, "--format", format]).ok();
            assert!(!text.contains(['\u{1b}', '\u{202e}']) && text.contains("{{ to.id }}"), "{text}");
            assert!(format == "plain" || !text.contains("<script"), "{text}");
        }
    }
}

#[test]
fn letters_of_ones_own() {
    let book = demo();
    book.write("templates/letters/welcome.zh.txt", "{{ to.name }}:欢迎!{% include \"letters/_foot.txt\" %}");
    book.write("templates/letters/_foot.txt", "—— {{ sender.name }}");
    book.write("templates/letters/生日.zh.txt", "{{ to.salutation }}\n\n生日快乐!\n");
    assert_eq!(book.run(&["letter", "welcome", "C0001"]).ok(), "王芳:欢迎!—— 云雾茶铺 Cloud Mist Tea\n");
    let page = book.run(&["letter", "welcome", "C0001", "--format", "html"]).ok();
    assert!(page.contains("<p>王芳:欢迎!—— 云雾茶铺 Cloud Mist Tea</p>"), "{page}");
    assert_eq!(book.run(&["letter", "生日", "C0001"]).ok(), "尊敬的王芳：\n\n生日快乐!\n");
    let list = book.run(&["letter", "list", "--format", "csv"]).ok();
    assert!(list.contains("生日,生日,request;revisit;customer,zh,own,own-text\n"), "{list}");
    assert!(book.run(&["letter", "生日", "C0001", "--lang", "en"]).fails(2).contains("templates/letters/生日.en.txt"));

    book.write("templates/letters/生日.zh.txt", "{{ to.salutation }}\n{{ to.nam }}");
    let said = book.run(&["letter", "生日", "C0001"]).fails(1);
    assert!(
        said.contains(
            "templates/letters/生日.zh.txt:2:7: there is no field nam; did you mean name?\n  2 | {{ to.nam }}\n    |       ^^^\n"
        ),
        "{said}"
    );
    assert!(said.contains("docs/templates.md"), "{said}");
    for path in ["../../etc/passwd", "/etc/passwd"] {
        book.write("templates/letters/生日.zh.txt", format!("{{% include \"{path}\" %}}"));
        let said = book.run(&["letter", "生日", "C0001", "--lang", "zh"]).fails(1);
        assert!(said.contains(&format!("生日.zh.txt:1:1: 模板只能引用 templates/ 里的模板,不能引用 {path}")), "{said}");
    }
    std::fs::remove_file(book.path("templates/letters/生日.zh.txt")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", book.path("templates/letters/_foot2.txt")).unwrap();
    assert!(book.run(&["letter", "list"]).fails(1).contains("templates/letters/_foot2.txt"));
}

#[test]
fn a_step_names_the_command() {
    let book = demo();
    book.write("rules/practices.yaml", "new:\n  - {step: welcome, label: {zh: 欢迎信}, after: 1 day, who: owner, letter: welcome}\n");
    let plan = book.run(&["practice", "plan", "--format", "md"]).ok();
    assert!(plan.contains("| carebook letter welcome C0021 |") && plan.contains("| carebook letter apology R20261007-001 |"), "{plan}");
    assert!(book.run(&["practice", "list", "--format", "md"]).ok().contains("carebook letter welcome C0021"));
    assert!(book.run(&["practice", "show", "C0021"]).ok().contains("carebook letter welcome C0021"));
    let rows = book.run(&["practice", "due", "--json"]).json();
    assert!(rows["rows"].as_array().unwrap().iter().any(|row| row["letter"] == "welcome"), "{rows}");
}
