//! A survey looked at from every side, followed up, handed out and taken back.

use serde_json::{Value, json};

use crate::harness::Bench;

/// Three customers, three requests, six responses: two of them low.
fn shop() -> Bench {
    let book = Bench::en();
    for (id, name, region) in [("C1", "Ann", "north"), ("C2", "Bo", "south"), ("C3", "Cy", "north")] {
        let _ = book.run(&["customer", "add", name, "--id", id, &format!("region={region}")]).ok();
    }
    let _ = book.run(&["staff", "add", "Li"]).ok();
    for customer in ["C1", "C2", "C3"] {
        let _ = book.run(&["intake", "late tea", "-c", customer, "--category", "delivery"]).ok();
    }
    let _ = book.run(&["review", "R20261008-001", "accept"]).ok();
    let _ = book.run(&["assign", "R20261008-001", "Li"]).ok();
    book.write(
        "s.csv",
        "Response ID,Customer ID,Request,Date,Brand,How satisfied are you overall? (1-5),Speed (1-5),Recommend us? (0-10),Comments\n\
         1,C1,R20261008-001,2026-07-01,Tea,1,1,2,came late and rude\n\
         2,C2,R20261008-002,2026-07-02,Tea,5,4,10,\n\
         3,C3,,2026-08-03,Cake,4,5,9,fast delivery\n\
         4,,,2026-08-04,Cake,2,2,7,too expensive\n\
         5,C1,,2026-10-05,Cake,5,5,10,\n\
         6,C2,,2026-10-06,Tea,3,2,8,the box was broken\n",
    );
    let _ = book.run(&["survey", "import", "s.csv", "--yes", "--map", "csat=#7"]).ok();
    book
}

fn rows(book: &Bench, args: &[&str]) -> Vec<Value> {
    let mut all = vec!["survey", "show", "s"];
    all.extend(args);
    all.push("--json");
    book.run(&all).json()["rows"].as_array().unwrap().clone()
}

/// A column of the rows, with the column beside it.
fn two(rows: &[Value], one: &str, other: &str) -> Vec<(Value, Value)> {
    rows.iter().map(|row| (row[one].clone(), row[other].clone())).collect()
}

#[test]
fn by_every_dimension_and_over_time() {
    let book = shop();
    let of = |what: &str| two(&rows(&book, &["--by", what]), "key", "responses");
    assert_eq!(of("Brand"), [(json!("Cake"), json!(3)), (json!("Tea"), json!(3))]);
    assert_eq!(of("region"), [(json!("north"), json!(3)), (json!("south"), json!(2)), (Value::Null, json!(1))]);
    assert_eq!(of("staff"), [(json!("Li"), json!(1)), (Value::Null, json!(5))]);
    assert_eq!(of("category"), [(json!("delivery"), json!(2)), (Value::Null, json!(4))]);
    assert_eq!(of("period"), [(json!("2026Q3"), json!(4)), (json!("2026Q4"), json!(2))]);
    assert_eq!(of("tier").len(), 1);
    let months = rows(&book, &["--trend", "month"]);
    assert_eq!(
        two(&months, "key", "nps"),
        [(json!("2026-07"), json!(0.0)), (json!("2026-08"), json!(50.0)), (json!("2026-10"), json!(50.0))]
    );
    // Tea: 2, 10, 8: one promoter, one detractor of three
    let tea = &rows(&book, &["--by", "Brand"])[1];
    assert_eq!((&tea["nps"], &tea["promoters"], &tea["detractors"], &tea["small"]), (&json!(0.0), &json!(1), &json!(1), &json!(true)));
    let said = book.run(&["survey", "show", "s", "--by", "mood"]).fails(2);
    assert!(said.contains("mood") && said.contains("staff"), "{said}");
    let _ = book.run(&["survey", "show", "s", "--by", "region", "--drivers"]).fails(2);
    let csv = book.run(&["survey", "show", "s", "--by", "region", "--format", "csv"]).ok();
    assert!(csv.starts_with("key,responses,csat_n,"), "{csv}");
    assert!(book.run(&["survey", "show", "s", "--by", "地区", "--format", "md", "--lang", "zh"]).ok().contains("| 地区 |"));
}

#[test]
fn what_low_scores_go_with_and_what_people_say() {
    let book = shop();
    let drivers = rows(&book, &["--drivers"]);
    // Speed 1, 2, 2: overall 1, 2, 3 (index 0, 25, 50); Speed 4, 5, 5: overall 5, 4, 5 (100, 75, 100)
    let speed = drivers.iter().find(|row| row["text"].as_str().unwrap().starts_with("Speed")).unwrap();
    assert_eq!((&speed["with"], &speed["without"]), (&json!(3), &json!(3)));
    assert!(
        (speed["mean_with"].as_f64().unwrap() - 25.0).abs() < 1e-9 && (speed["difference"].as_f64().unwrap() + 66.666_666).abs() < 1e-4
    );
    assert!(speed["low"].as_f64().unwrap() < -66.7 && speed["correlation"].as_f64().unwrap() > 0.8);
    let comments = rows(&book, &["--comments"]);
    let said = two(&comments, "theme", "response");
    for (theme, response) in [("speed", "1"), ("attitude", "1"), ("delivery", "3"), ("price", "4"), ("packaging", "6"), ("quality", "6")] {
        assert!(said.contains(&(json!(theme), json!(response))), "{theme} {said:?}");
    }
    assert!(comments[0]["low"] == json!(true));
}

#[test]
fn the_rate_has_a_stated_denominator() {
    let book = shop();
    book.write("asked.csv", "customer,request\nC1,\nC2,\nC3,\nC9,\n,R20261008-002\n,R20261008-003\n");
    let rate = book.run(&["survey", "show", "s", "--rate", "asked.csv", "--json"]).json();
    assert_eq!((&rate["asked"], &rate["answered"], &rate["denominator"]), (&json!(6), &json!(4), &json!("asked.csv")));
    assert_eq!(
        two(rate["rows"].as_array().unwrap(), "customer", "request"),
        [(json!("C9"), Value::Null), (Value::Null, json!("R20261008-003"))]
    );
    let none = book.run(&["survey", "show", "s", "--rate", "closed", "--json"]).json();
    assert_eq!((&none["asked"], &none["rate"]), (&json!(0), &Value::Null));
    assert!(book.run(&["survey", "show", "s", "--rate", "nowhere.csv"]).code != 0);
}

#[test]
fn low_scores_become_requests_once() {
    let book = shop();
    let listed = book.run(&["survey", "follow-up", "s", "--json"]).json();
    assert_eq!(two(listed["rows"].as_array().unwrap(), "response", "follow_up").len(), 2);
    let before = book.files();
    assert!(book.run(&["-n", "survey", "follow-up", "s", "--yes"]).err.contains("Dry run"));
    assert!(book.files() == before, "a rehearsal writes nothing");
    let made = book.run(&["survey", "follow-up", "s", "--yes", "-k", "survey", "--json"]).json();
    assert_eq!(
        two(made["rows"].as_array().unwrap(), "response", "follow_up"),
        [(json!("1"), json!("R20261008-004")), (json!("4"), json!("R20261008-005"))]
    );
    let requests = book.run(&["list", "requests", "category:survey", "--json"]).json();
    let first = &requests["rows"][0];
    assert_eq!((&first["customer"], &first["related"]), (&json!("C1"), &json!("R20261008-001")));
    assert!(first["content"].as_str().unwrap().contains("came late and rude") && first["resolve_due"] != Value::Null, "{first}");
    assert!(book.run(&["survey", "follow-up", "s", "--yes"]).err.contains("no low scores without a follow-up"));
    // importing again keeps the link
    assert!(book.run(&["survey", "import", "s.csv"]).err.contains("6 unchanged"));
    assert_eq!(book.run(&["check"]).ok(), "");
    let _ = book.run(&["undo"]).ok();
    let tables = |files: Vec<(String, Vec<u8>)>| files.into_iter().filter(|(name, _)| !name.starts_with("log/")).collect::<Vec<_>>();
    assert!(tables(book.files()) == tables(before), "undone, it is as before");
    assert!(book.run(&["survey", "follow-up", "s", "--at-most", "200"]).fails(2).contains("--at-most"));
}

#[test]
fn what_is_answered_later_is_not_followed_up_today() {
    let mut book = shop();
    // after the requests, for they were registered on the eighth
    book.write("t.csv", "Response ID,Date,How satisfied are you overall? (1-5)\n1,2026-10-09,1\n2,2026-10-11,1\n3,,1\n");
    let _ = book.run(&["survey", "import", "t.csv", "--yes"]).ok();
    book.today("2026-10-10");
    for args in [&["survey", "follow-up", "t", "--json"][..], &["survey", "follow-up", "t", "--yes", "--json"]] {
        let made = book.run(args).json();
        let found: Vec<&Value> = made["rows"].as_array().unwrap().iter().map(|row| &row["response"]).collect();
        assert_eq!(found, ["1", "3"], "{args:?}");
    }
    book.today("2026-10-11");
    let left = book.run(&["survey", "follow-up", "t", "--yes", "--json"]).json();
    assert_eq!(left["rows"].as_array().unwrap().len(), 1);
}

#[test]
fn pairs_are_declared() {
    let book = Bench::en();
    let yaml = "questions:\n  - {code: f, column: with, scale: 1-5}\n  - {code: d, column: without, scale: 1-5}\n\
                kano: [{name: gift, functional: f, dysfunctional: d}]\ngaps: [{name: g, expected: f, found: d}]\n";
    book.write("surveys/s/survey.yaml", yaml);
    book.write("s.csv", "with,without\n5,1\n5,1\n5,3\n3,1\n3,3\n1,5\n5,5\n");
    let _ = book.run(&["survey", "import", "s.csv"]).ok();
    let pairs = rows(&book, &["--pairs"]);
    let kano = &pairs[0];
    assert_eq!(["n", "a", "o", "m", "i", "r", "q"].map(|field| kano[field].as_i64().unwrap()), [7, 1, 2, 1, 1, 1, 1]);
    // better (1 + 2) / 5, worse −(2 + 1) / 5
    assert_eq!((&kano["class"], &kano["better"], &kano["worse"]), (&json!("O"), &json!(0.6), &json!(-0.6)));
    // found − expected: −4, −4, −2, −2, 0, 4, 0
    assert!((pairs[1]["gap"].as_f64().unwrap() + 8.0 / 7.0).abs() < 1e-9 && pairs[1]["low"].as_f64().unwrap() < -3.0);
    book.write("surveys/s/survey.yaml", yaml.replace("found: d", "found: nothing"));
    assert!(book.run(&["survey", "show", "s"]).fails(6).contains("survey.yaml:5:31"));
}

#[test]
fn a_questionnaire_of_ones_own_goes_out_and_comes_back() {
    let book = shop();
    assert_eq!(book.run(&["survey", "new", "service", "--json"]).json()["file"], "surveys/service/survey.yaml");
    assert!(book.run(&["survey", "new", "service"]).fails(2).contains("there already"));
    let before = book.files();
    let text = book.run(&["survey", "form", "service", "--customer", "Ann"]).ok();
    assert!(text.contains("How satisfied are you with the outcome?") && text.contains("( ) Very satisfied   ( ) Satisfied"), "{text}");
    let html = book.run(&["survey", "form", "service", "--request", "R20261008-002", "--format", "html"]).ok();
    assert!(html.starts_with("<!doctype html>") && html.contains("late tea") && !html.contains("<script"), "{html}");
    let sheet = book.run(&["survey", "form", "service", "--for", "region:north", "--format", "csv"]).ok();
    assert_eq!((sheet.lines().count(), book.files() == before), (3, true));
    let blank = book.run(&["survey", "form", "service"]).ok();
    assert!(!blank.contains("Code:"), "{blank}");
    // Ann fills hers in, Cy does not, somebody mistypes a code and somebody invents one
    let mut lines: Vec<String> = sheet.lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "\u{FEFF}Code,customer,name,request,Date,Satisfied with the outcome,Opinion of the process,Suggestions");
    let code = lines[1].split(',').next().unwrap().to_owned();
    assert!(text.contains(&code), "{text}");
    lines[1] = format!("{code},C1,Ann,,2026-10-07,Dissatisfied,slow,");
    lines.push(format!("{}0,,,,,Satisfied,,", &code[..10]).replace(&code, "AAAAA-AAAAA"));
    lines.push("7777777777,,,,,Neutral,,".into());
    book.write("back.csv", lines.join("\n") + "\n");
    let ran = book.run(&["survey", "import", "back.csv", "--survey", "service", "--json"]);
    let receipt: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (&receipt["new"], &receipt["unfilled"], &receipt["unknown_tokens"]),
        (&json!(3), &json!(1), &json!(2)),
        "{} {}",
        ran.out,
        ran.err
    );
    assert!(ran.err.contains("back.csv:4:1") && ran.err.contains("back.csv:5:1"), "{}", ran.err);
    let kept = book.read("surveys/service/responses.csv");
    assert!(kept.contains(&format!("{code},service,C1,,2026-10-07")), "{kept}");
    // a request's code leads to its customer too
    let of_request = html.split("Code: ").nth(1).unwrap()[..11].to_owned();
    book.write(
        "back2.csv",
        format!("Code,Date,Satisfied with the outcome,Opinion of the process,Suggestions\n{of_request},,Satisfied,,\n"),
    );
    let _ = book.run(&["survey", "import", "back2.csv", "--survey", "service"]).ok();
    assert!(book.read("surveys/service/responses.csv").contains(&format!("{of_request},service,C2,R20261008-002")));
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn a_survey_from_elsewhere_gets_a_key_with_its_first_form() {
    let book = shop();
    let before = book.files();
    assert!(book.run(&["-n", "survey", "form", "s", "--customer", "Ann"]).err.contains("do not hand them out"));
    assert_eq!(book.files(), before);
    let first = book.run(&["survey", "form", "s", "--customer", "Ann", "--format", "csv"]).ok();
    assert!(book.read("surveys/s/survey.yaml").contains("\ntoken_key: "));
    assert_eq!(book.run(&["survey", "form", "s", "--customer", "C1", "--format", "csv"]).ok(), first);
    let zh = book.run(&["survey", "form", "s", "--customer", "Ann", "--lang", "zh"]).ok();
    assert!(zh.contains("问卷编码: "), "{zh}");
    assert_eq!(book.run(&["check"]).ok(), "");
}
