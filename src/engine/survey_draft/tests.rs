use super::measure::told_scale;
use super::{DateOrder, Doubt, Proposal, Source, Told, propose, recognise};
use crate::model::scale::Scale;
use crate::model::survey_file::{Metric, Question};

fn draft(table: &[(&str, &[&'static str])]) -> Proposal {
    let headers: Vec<String> = table.iter().map(|(header, _)| (*header).to_owned()).collect();
    let columns: Vec<Vec<&str>> = table.iter().map(|(_, values)| values.to_vec()).collect();
    propose("x", &headers, &columns)
}

fn scored(proposal: &Proposal) -> Vec<(&str, Metric, i64, i64)> {
    let scale = |question: &Question| question.scale.as_ref().map_or((0, 0), |scale| (scale.min, scale.max));
    proposal.survey.questions.iter().map(|q| (q.code.as_str(), q.metric, scale(q).0, scale(q).1)).collect()
}

#[test]
fn a_chinese_questionnaire() {
    let proposal = draft(&[
        ("序号", &["1", "2"]),
        ("提交答卷时间", &["2026/9/3 12:00:00", ""]),
        ("所用时间", &["30秒", "9秒"]),
        ("来源", &["微信", ""]),
        ("来自IP", &["", ""]),
        ("1、您对处理结果满意吗?", &["满意", "非常满意"]),
        ("2、您对我们的总体满意度", &["很满意", "一般"]),
        ("3、向朋友推荐的可能性(0-10分)", &["3", "9"]),
        ("4、您买过几次", &["1", "5"]),
        ("5、打分", &["1", "5"]),
        ("6、意见和建议", &["很好", "(空)"]),
        ("7、您的手机号", &["13800138000", ""]),
    ]);
    let columns = &proposal.survey.columns;
    assert_eq!(columns.phone.as_deref(), Some("7、您的手机号"));
    assert_eq!((columns.channel.as_deref(), columns.comment.as_slice()), (Some("来源"), ["6、意见和建议".to_owned()].as_slice()));
    assert_eq!(proposal.left_out, ["所用时间", "来自IP"]);
    let expected = [
        ("q2", Metric::Csat, 1, 5),
        ("q1", Metric::Csat, 1, 5),
        ("q3", Metric::Nps, 0, 10),
        ("q4", Metric::Other, 0, 0),
        // plain numbers of this platform may be positions of options
        ("q5", Metric::Other, 0, 0),
    ];
    assert_eq!(scored(&proposal), expected);
}

#[test]
fn a_shops_reviews_and_a_french_form() {
    let proposal = draft(&[
        ("review_id", &["a", "b", "c"]),
        ("order_id", &["x", "y", "y"]),
        ("customer_unique_id", &["1", "2", "3"]),
        ("created_at", &["2018-06-12 00:00:00", "", ""]),
        ("answered_at", &["", "", ""]),
        ("score", &["3", "4", "5"]),
        ("title", &["", "", ""]),
        ("comment", &["bom", "", ""]),
    ]);
    let columns = &proposal.survey.columns;
    assert_eq!(columns.customer.as_deref(), Some("customer_unique_id"));
    assert_eq!(columns.comment, ["title", "comment"]);
    assert_eq!(
        (scored(&proposal), proposal.left_out.clone()),
        (vec![("score", Metric::Csat, 1, 5)], vec!["order_id".to_owned(), "answered_at".to_owned()])
    );

    let proposal = draft(&[
        ("Horodateur", &["08/11/2021 17:05:47"]),
        ("Êtes-vous prêt(e) à recommander cette marque ? ", &["8", "7", "10"]),
        ("Recommandez-vous (1-5)", &["3", "5"]),
    ]);
    assert_eq!((proposal.survey.date_order, proposal.survey.columns.response_id.clone()), (Some(DateOrder::DayFirst), None));
    assert_eq!(scored(&proposal)[0].1, Metric::Nps);
    assert_eq!(scored(&proposal)[1], ("q2", Metric::Other, 1, 5));
}

#[test]
fn a_matrix_shares_its_code() {
    let proposal = draft(&[("第6题(运动)", &["1"]), ("第6题(IT(数码))", &["0"]), ("7、收入", &["3"]), ("Jog [Spring]", &["daily"])]);
    let codes: Vec<(&str, &str)> = proposal.survey.questions.iter().map(|q| (q.code.as_str(), q.sub.as_str())).collect();
    let proposal = draft(&[("满意度[物流]", &["满意"]), ("满意度[质量]", &["较满意", "很满意"]), ("总满意度", &["满意"])]);
    assert_eq!(scored(&proposal).iter().map(|question| question.3).collect::<Vec<_>>(), [7, 7, 5]);
    assert_eq!(codes, [("q6", ""), ("q7", ""), ("q4", "")]);
}

#[test]
fn scales_told_in_the_question() {
    assert_eq!(told_scale("请打分(1～7分)"), Some(Scale::numbers(1, 7)));
    assert_eq!(told_scale("from 0 to 10"), Some(Scale::numbers(0, 10)));
    assert_eq!((told_scale("covid-19"), told_scale("2021-11")), (None, None));
}

/// Kind, separator and options of every question.
fn answered(proposal: &Proposal) -> Vec<String> {
    let options = |q: &Question| q.options.iter().map(|choice| choice.label.as_str()).collect::<Vec<_>>().join("|");
    let kind = |q: &Question| q.kind.map_or("-", crate::model::vocabulary::Code::code);
    let line = |q: &Question| format!("{} {} {} {}", q.code, kind(q), q.separator.as_deref().unwrap_or("-"), options(q));
    proposal.survey.questions.iter().map(line).collect()
}

#[test]
fn wjx_by_text_and_by_number() {
    let by_text = draft(&[
        ("序号", &["1", "2", "3", "4"]),
        ("提交答卷时间", &["2026/9/3 12:00:00", "2026/9/3 12:00:00", "2026/9/3 12:00:00", "2026/9/3 12:00:00"]),
        ("1、性别 ", &["男", "女", "男", "女"]),
        ("2、爱好", &["运动┋其他【请注明】〖茶┋水〗", "运动", "阅读┋运动", "(跳过)"]),
        ("3、排序", &["价格→质量", "质量→价格", "(跳过)", ""]),
        ("第4题(物流)", &["满意", "非常满意", "一般", "满意"]),
        ("第4题(质量)", &["满意", "不满意", "一般", "(跳过)"]),
    ]);
    assert_eq!(by_text.survey.source, Some(Source::Wjx));
    assert_eq!(answered(&by_text), ["q1 single - ", "q2 multi - ", "q3 ranking - ", "q4 - - ", "q4 - - "]);
    assert_eq!(scored(&by_text)[3..], [("q4", Metric::Csat, 1, 5), ("q4", Metric::Csat, 1, 5)]);
    let by_number = draft(&[
        ("序号", &["1", "2", "3", "4"]),
        ("1、性别 ", &["1", "2", "1", "2"]),
        ("第2题(运动)", &["1", "1", "1", "-3"]),
        ("第2题(阅读(书、报))", &["0", "0", "1", "-3"]),
        ("第2题(其他【请注明】)", &["1", "0", "0", "-3"]),
        ("第3题(价格)", &["1", "2", "-3", "-3"]),
        ("第3题(质量)", &["2", "1", "-3", "-3"]),
        ("第4题(物流)", &["4", "5", "3", "4"]),
        ("第4题(质量)", &["4", "2", "3", "-3"]),
    ]);
    let wanted = ["q1 single - ", "q2 multi - 运动|阅读(书、报)|其他【请注明】", "q3 ranking - 价格|质量", "q4 - - ", "q4 - - "];
    assert_eq!(answered(&by_number), wanted);
    assert_eq!(by_number.doubts, [Doubt::Positions(vec!["q1".into(), "q4".into()])]);
}

#[test]
fn every_platform_is_known_by_its_headers() {
    let source = |headers: &[&'static str], first: &'static str| {
        let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        let columns: Vec<Vec<&str>> = headers.iter().map(|_| vec![first]).collect();
        recognise(&headers, &columns)
    };
    assert_eq!(source(&["序号", "来自IP", "1、x"], ""), Source::Wjx);
    assert_eq!(source(&["序号", "1、x", "2、y"], ""), Source::Wjx);
    assert_eq!(source(&["第6题(运动)"], ""), Source::Wjx);
    assert_eq!(source(&["编号", "开始答题时间", "结束答题时间", "答题时长", "1.x"], ""), Source::Tencent);
    assert_eq!(source(&["Respondent ID", "Collector ID"], ""), Source::SurveyMonkey);
    assert_eq!(source(&["#", "x", "Network ID"], ""), Source::Typeform);
    assert_eq!(source(&["id", "submitdate", "lastpage", "startlanguage"], ""), Source::LimeSurvey);
    assert_eq!(source(&["Timestamp", "x"], "2022/06/22 11:07:29 AM AST"), Source::GoogleForms);
    assert_eq!(source(&["时间戳记", "x"], "2022/6/22 11:07"), Source::GoogleSheets);
    assert_eq!(source(&["id", "score", "Timestamp"], ""), Source::Other);
}

#[test]
fn commas_between_options_and_within_them() {
    let drinks = &["Tea, hot, Cake", "Cake", "Tea, hot", "Cake, Tea, hot, my own, sweet one", "Water, Cake", "Water"];
    let addresses = &["1 Low Rd, York", "2 High Rd, Leeds", "3 Mid Rd, Bath", "4 Old Rd, Hull", "", "x"];
    let table: &[(&str, &[&'static str])] =
        &[("Timestamp", &["3/18/2026 18:42", "", "", "", "", ""]), ("Which?", drinks), ("Where?", addresses)];
    let proposal = draft(table);
    assert_eq!(answered(&proposal), ["q1 multi ,  Cake|Tea, hot|Water", "q2 - - "]);
    assert_eq!(proposal.doubts, [Doubt::Order(DateOrder::MonthFirst, Told::Values), Doubt::Signs("q1".into())]);
    let semicolons: &[(&str, &[&'static str])] =
        &[("Timestamp", &["2026/06/22 11:07:29 AM AST"; 4]), ("Which?", &["Tea, hot;Cake", "Cake;Tea, hot", "Cake", "Cake;Tea, hot"])];
    assert_eq!(answered(&draft(semicolons)), ["q1 multi ; Cake|Tea, hot"]);
}

#[test]
fn options_in_columns_of_their_own() {
    let typeform = draft(&[
        ("#", &["a1", "b2", "c3"]),
        ("<strong>How satisfied</strong> are you?", &["5", "4", "1"]),
        ("Tea", &["Tea", "", "Tea"]),
        ("Coffee", &["", "Coffee", ""]),
        ("Other", &["", "", "milk"]),
        ("Network ID", &["x", "y", "z"]),
    ]);
    assert_eq!(answered(&typeform), ["q1 - - ", "q2 multi - Tea|Coffee|Other"]);
    assert_eq!((typeform.survey.questions[0].text.as_str(), typeform.survey.questions[1].columns.len()), ("How satisfied are you?", 3));
    let tencent = draft(&[
        ("编号", &["1", "2"]),
        ("答题时长", &["33", "44"]),
        ("6.通勤地点:一丹图书馆", &["D.一丹图书馆", ""]),
        ("6.通勤地点:湖畔", &["", "A.湖畔"]),
        ("7.满意度:物流", &["满意", "非常满意"]),
        ("7.满意度:质量", &["满意", "一般"]),
        ("8.您的建议:", &["快", ""]),
    ]);
    assert_eq!(answered(&tencent), ["q6 multi - 一丹图书馆|湖畔", "q7 - - ", "q7 - - "]);
    assert_eq!(tencent.survey.columns.comment, ["8.您的建议:"]);
    let lime = draft(&[
        ("id", &["1", "2"]),
        ("startlanguage", &["en", "en"]),
        ("Q1[SQ001]", &["Yes", "No"]),
        ("Q1[other]", &["", "milk"]),
        ("Q2[a]", &["4", "5"]),
        ("Q2[b]", &["4", "1"]),
    ]);
    assert_eq!(answered(&lime), ["q1 multi - SQ001|other", "q2 - - ", "q2 - - "]);
}

#[test]
fn a_stray_number_does_not_change_the_scale_that_is_told() {
    let nps = |values: &[&'static str]| {
        scored(&draft(&[("how likely to recommend us, 0-10", values)])).into_iter().map(|q| (q.1, q.2, q.3)).collect::<Vec<_>>()
    };
    assert_eq!(nps(&["9", "10", "7", "11", "0"]), [(Metric::Nps, 0, 10)]);
    assert_eq!(nps(&["9", "10", "60", "80", "100"]), [(Metric::Other, 0, 100)], "many are no slips");
}
