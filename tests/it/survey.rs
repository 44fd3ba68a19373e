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
    assert!(err.contains("surveys/调查/survey.yaml") && err.contains("metric: nps, scale: 0-10"), "{err}");
    assert!(!book.path("surveys/调查/responses.csv").exists());
    let ran = book.run(&["survey", "import", "in/调查.csv"]);
    assert!(ran.err.contains("3 rows = 3 new") && ran.err.contains("customers of 2 rows"), "{}", ran.err);
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
    book.write("nps2.csv", "Response ID,Phone,\"How likely are you to recommend us, 0-10?\"\nc,13800138003,11\nd,13800138004,0\n");
    let err = book.run(&["survey", "import", "nps2.csv", "--survey", "nps"]).fails(6);
    assert!(err.contains("nps2.csv:2:15: q1: 11 is not between 0 and 10"), "{err}");
    assert!(book.read("nps2-rejects.csv").contains("c,13800138003,11,"));
    let shown = book.run(&["survey", "show", "nps", "--json"]).json();
    assert_eq!(shown["questions"][0]["nps"]["n"], 3);
}

#[test]
fn a_faulty_mapping_has_its_place() {
    let book = Bench::en();
    book.write("surveys/x/survey.yaml", "questions:\n  - {code: q1, column: a, metric: nps, scale: 1-5}\n");
    book.write("x.csv", "a\n5\n");
    let err = book.run(&["survey", "import", "x.csv"]).fails(6);
    assert!(err.contains("surveys/x/survey.yaml:2:40") && err.contains("0-10"), "{err}");
    assert!(book.run(&["survey", "import", "x.csv", "--survey", "../x"]).fails(1).contains("--survey"));
    assert!(book.run(&["survey", "show", "y"]).fails(3).contains('y'));
}

#[test]
fn equal_rows_without_ids_are_different_people() {
    let book = Bench::en();
    book.write("s.csv", "How satisfied are you?\n5\n5\n4\n");
    let _ = book.run(&["survey", "import", "s.csv", "--yes"]).ok();
    let ran = book.run(&["survey", "import", "s.csv"]);
    assert!(ran.err.contains("3 rows = 0 new + 0 updated + 3 unchanged"), "{}", ran.err);
}
