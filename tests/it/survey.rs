//! Questionnaires: proposed, imported, scored.

use crate::harness::Bench;

const WJX: &str = "\u{FEFF}序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1、您的手机号,2、总体满意吗?,3、推荐的可能性(0-10),4、意见与建议\r\n\
1,2026/9/3 12:00:00,35秒,微信,N/A,,138-1001-0001,非常满意,10,好茶\r\n\
2,2026/9/4 9:00:00,52秒,微信,N/A,,,不满意,2,\"慢,\n很慢\"\r\n\
3,2026/9/5 9:00:00,52秒,微信,N/A,,999,一般,(跳过),<script>alert(1)</script>\r\n";

#[test]
fn proposed_checked_imported_once() {
    let book = Bench::zh();
    let _ = book.run(&["customer", "add", "王芳", "电话=13810010001"]).ok();
    book.write("in/调查.csv", WJX);
    let err = book.run(&["survey", "import", "in/调查.csv"]).fails(4);
    assert!(err.contains("surveys/调查/survey.yaml") && err.contains("q3 nps 0-10") && err.contains("--yes"), "{err}");
    assert!(err.contains("q2 csat 非常不满意…非常满意") && err.contains("非常满意 | 不满意 | 一般"), "{err}");
    assert!(!book.path("surveys/调查/responses.csv").exists());
    let ran = book.run(&["survey", "import", "in/调查.csv"]);
    assert!(ran.err.contains("3 rows = 3 new") && ran.err.contains("2 responses belong to nobody"), "{}", ran.err);
    let before = book.files();
    assert!(book.run(&["survey", "import", "in/调查.csv"]).err.contains("3 unchanged"));
    assert_eq!(book.files(), before);
    let shown = book.run(&["survey", "show", "调查", "--json"]).json();
    assert_eq!((&shown["responses"], &shown["linked"]), (&3.into(), &1.into()));
    assert_eq!(shown["questions"][0]["csat"]["distribution"], serde_json::json!([0, 1, 1, 0, 1]));
    assert_eq!((&shown["questions"][1]["nps"]["n"], &shown["questions"][1]["nps"]["score"]["value"]), (&2.into(), &0.0.into()));
    let text = book.run(&["survey", "show", "调查", "--lang", "zh"]).ok();
    assert!(text.contains("3 份答卷,1 份与客户关联") && text.contains("样本少") && text.contains("慢, 很慢"), "{text}");
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn a_wrong_score_rejects_its_row_only() {
    let book = Bench::en();
    book.write("nps.csv", "Response ID,Phone,\"How likely are you to recommend us, 0-10?\"\na,13800138001,9\nb,13800138002,10\n");
    let _ = book.run(&["survey", "import", "nps.csv", "--yes"]).ok();
    book.write(
        "nps2.csv",
        "Response ID,Phone,\"How likely are you to recommend us, 0-10?\"\nc,13800138003,11\nd,13800138004,0\nd,13800138004,1\n",
    );
    let err = book.run(&["survey", "import", "nps2.csv", "--survey", "nps"]).fails(6);
    assert!(err.contains("nps2.csv:2:15: q1: 11 is not between 0 and 10") && err.contains("nps2.csv:4:1: response_id"), "{err}");
    assert!(err.contains("3 rows = 1 new + 0 updated + 0 unchanged + 2 rejected"), "{err}");
    assert!(book.read("nps2-rejects.csv").contains("c,13800138003,11,"));
    let shown = book.run(&["survey", "show", "nps", "--json"]).json();
    assert_eq!(shown["questions"][0]["nps"]["n"], 3);
    // mended, the rejects file goes into the same survey
    book.write("nps2-rejects.csv", book.read("nps2-rejects.csv").replace(",11,", ",1,").replace("d,", "e,"));
    assert!(book.run(&["survey", "import", "nps2-rejects.csv", "--survey", "nps"]).err.contains("2 rows = 2 new"));
}

#[test]
fn a_faulty_mapping_has_its_place() {
    let book = Bench::en();
    book.write("surveys/x/survey.yaml", "questions:\n  - {code: q1, column: a, metric: nps, scale: 1-5}\n");
    book.write("x.csv", "a\n5\n");
    let err = book.run(&["survey", "import", "x.csv"]).fails(6);
    assert!(err.contains("surveys/x/survey.yaml:2:40") && err.contains("0-10"), "{err}");
    assert!(book.run(&["check"]).fails(6).contains("survey.yaml:2:40"));
    book.write("surveys/x/survey.yaml", "title: {en: X}\ncolums: {comment: b}\n");
    assert!(book.run(&["survey", "import", "x.csv"]).fails(6).contains("surveys/x/survey.yaml:2:1"));
    book.write("surveys/x/survey.yaml", "columns: {comment: b}\nquestions:\n  - code: q1\n    column: c\n");
    let err = book.run(&["survey", "import", "x.csv"]).fails(2);
    assert!(err.contains("survey.yaml:1:11") && err.contains("survey.yaml:4:5"), "{err}");
    assert!(book.run(&["survey", "import", "x.csv", "--survey", "../x"]).fails(2).contains("--survey"));
    assert!(book.run(&["survey", "show", "y"]).fails(3).contains("there is no y"));
}

#[test]
fn equal_rows_without_ids_are_different_people() {
    let book = Bench::en();
    book.write("s.csv", "How satisfied are you?\n5\n5\n4\n");
    let _ = book.run(&["survey", "import", "s.csv", "--yes"]).ok();
    // another order of columns and a new one, still blank, are the same rows
    book.write("s.csv", "Why?,How satisfied are you?\n,5\n,5\n,4\n");
    let ran = book.run(&["survey", "import", "s.csv"]);
    assert!(ran.err.contains("3 rows = 0 new + 0 updated + 3 unchanged"), "{}", ran.err);
}

#[test]
fn links_are_made_later_and_never_undone() {
    let book = Bench::en();
    let text = "Response ID,Customer ID,Email,Rating (1-5),Comments\nr1,C7,,5,\nr2,,ann@x.org,1,bad\nr3,,,3,\n";
    book.write("s.csv", text);
    assert!(book.run(&["survey", "import", "s.csv", "--yes"]).err.contains("3 responses belong to nobody"));
    let _ = book.run(&["customer", "add", "Ann", "--id", "C7", "email=Ann@X.org"]).ok();
    let ran = book.run(&["survey", "import", "s.csv"]);
    assert!(ran.err.contains("0 new + 2 updated + 1 unchanged"), "{}", ran.err);
    // a link made by hand stays, a changed answer comes over, one that was taken back leaves a blank
    let by_hand = book.read("surveys/s/responses.csv").replace("r3,s,,", "r3,s,C7,");
    book.write("surveys/s/responses.csv", by_hand);
    book.write("s.csv", text.replace("r1,C7,,5", "r1,C7,,4").replace("r2,,ann@x.org,1", "r2,,ann@x.org,"));
    assert!(book.run(&["survey", "import", "s.csv"]).err.contains("0 new + 2 updated + 1 unchanged"));
    let shown = book.run(&["survey", "show", "s", "--json"]).json();
    assert_eq!((&shown["linked"], &shown["csat"]["distribution"]), (&3.into(), &serde_json::json!([0, 0, 1, 1, 0])));
    assert_eq!(shown["questions"][0]["answered"], 2);
    assert!(book.read("surveys/s/answers.csv").contains("r2,q1,,,\n"), "{}", book.read("surveys/s/answers.csv"));
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn only_native_recommendations_become_nps() {
    let book = Bench::en();
    book.write("s.csv", "Would you recommend us?,How many times did you come?,Beaucoup\n1,5,1\n5,3,2\n4,1,3\n");
    let err = book.run(&["survey", "import", "s.csv"]).fails(4);
    assert!(err.contains("q1 other 1-5") && err.contains("q2 other ") && !err.contains("nps"), "{err}");
    // said by hand, it is one, and its scale is 0–10
    let other = Bench::en();
    other.write("s.csv", "Would you recommend us?,Note\n1,a\n5,b\n10,c\n");
    let _ = other.run(&["survey", "import", "s.csv", "--yes", "--map", "nps=#1", "--map", "comment=Note"]).ok();
    let shown = other.run(&["survey", "show", "s", "--json"]).json();
    assert_eq!((&shown["nps"]["n"], &shown["nps"]["detractors"], &shown["nps"]["small"]), (&3.into(), &2.into(), &true.into()));
    assert_eq!(shown["low_comments"].as_array().unwrap().len(), 2);
    assert!(other.run(&["survey", "import", "s.csv", "--map", "mood=Note"]).fails(2).contains("mood"));
}

#[test]
fn days_first_are_told_by_the_header_or_asked_for() {
    let book = Bench::en();
    book.write("fr.csv", "Horodateur,Note de satisfaction\n08/11/2021 17:05:47,4\n");
    let _ = book.run(&["survey", "import", "fr.csv", "--yes"]).ok();
    assert!(book.read("surveys/fr/responses.csv").contains("2021-11-08 17:05:47"));
    book.write("us.csv", "Timestamp,Satisfaction\n3/8/20 18:42,4\n");
    assert!(book.run(&["survey", "import", "us.csv", "--yes"]).fails(6).contains("day or month first"));
    let _ = book.run(&["survey", "import", "us.csv", "--date-order", "mdy"]).ok();
    let listed = book.run(&["survey", "list", "--json"]).json();
    assert_eq!((&listed["rows"][0]["last"], &listed["rows"][1]["last"]), (&"2021-11-08".into(), &"2020-03-08".into()));
}

#[test]
fn quarters_periods_and_matrices() {
    let book = Bench::zh();
    let text = "编号,提交时间,您的满意度[物流],您的满意度[质量],第5题(茶),第5题(水)\n\
                a,2026/6/30 23:59:59,很满意,较满意,1,0\nb,2026/7/1 0:00:00,满意,不太满意,1,1\nc,,很不满意,-3,0,0\n";
    book.write("s.csv", text);
    let _ = book.run(&["survey", "import", "s.csv", "--yes"]).ok();
    let shown = book.run(&["survey", "show", "s", "--json"]).json();
    let subs: Vec<(&str, &str)> =
        shown["questions"].as_array().unwrap().iter().map(|q| (q["code"].as_str().unwrap(), q["sub"].as_str().unwrap())).collect();
    assert_eq!(subs, [("q1", "物流"), ("q1", "质量"), ("q5", "")]);
    assert_eq!(shown["questions"][2]["top_answers"], serde_json::json!([["茶", 2], ["水", 1]]));
    assert_eq!(shown["quarters"].as_array().unwrap().len(), 2);
    assert_eq!((&shown["undated"], &shown["csat"]["n"]), (&1.into(), &3.into()));
    let third = book.run(&["survey", "show", "s", "-p", "2026Q3"]).ok();
    assert!(third.contains("s 2026Q3: 1 response") && third.contains("1 response without a time"), "{third}");
    let csv = book.run(&["survey", "show", "s", "--format", "csv"]).ok();
    assert!(csv.starts_with("code,sub,metric,answered,mean,") && csv.contains("\nq1,质量,csat,2,4.0,0.0,"), "{csv}");
}

#[test]
fn a_rehearsal_writes_nothing_and_stdin_needs_a_name() {
    let book = Bench::en();
    book.write("s.csv", "How satisfied are you?\n5\n");
    let before = book.files();
    assert!(book.run(&["-n", "survey", "import", "s.csv"]).err.contains("1 row = 1 new"));
    assert_eq!(book.files(), before);
    assert!(book.run_with_input(&["survey", "import", "-"], "a\n1\n").fails(4).contains("--survey"));
    assert!(book.run_with_input(&["survey", "import", "-", "--survey", "t"], "a\n").fails(1).contains("no rows"));
}
