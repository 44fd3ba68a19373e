//! A first proposal for a survey's mapping, from an export's headers and values: to be checked by its owner.
//!
//! Careful rather than clever: a column that is not surely a score stays `other`, because its answers are kept
//! anyway and a wrong score is worse than none.

use std::collections::HashSet;

use crate::base::date::DateOrder;
use crate::base::text::{fold_key, fold_phone, fold_width};
use crate::model::customer::CUSTOMERS;
use crate::model::rules::RawLabel;
use crate::model::scale::{self, Detected, Scale, Subject};
use crate::model::survey_file::{Metric, Question, SurveyFile};

/// A proposal, and the headers it makes no use of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub survey: SurveyFile,
    pub left_out: Vec<String>,
}

/// Names of a column, the surest first. Folded; numbering taken off.
struct Role {
    field: &'static str,
    names: &'static [&'static str],
    /// Parts of a question's text that say the same, when the values look like it.
    parts: &'static [&'static str],
}

/// In the order in which columns are given away.
const ROLES: &[Role] = &[
    Role {
        field: "response_id",
        names: &[
            "序号",
            "编号",
            "答卷编号",
            "答卷id",
            "respondent id",
            "response id",
            "response_id",
            "responseid",
            "review_id",
            "submission id",
            "#",
            "id",
        ],
        parts: &[],
    },
    Role {
        field: "customer",
        names: &[
            "customer_unique_id",
            "会员编号",
            "会员卡号",
            "member id",
            "member_id",
            "用户编号",
            "用户id",
            "user_id",
            "user id",
            "client_id",
        ],
        parts: &[],
    },
    Role {
        field: "request",
        names: &[
            "诉求编号",
            "工单编号",
            "工单号",
            "投诉编号",
            "request",
            "request_id",
            "request id",
            "ticket",
            "ticket_id",
            "ticket id",
            "case id",
            "case_id",
        ],
        parts: &[],
    },
    Role { field: "phone", names: &[], parts: &["手机号", "电话号码", "联系电话", "phone number", "mobile number"] },
    Role { field: "email", names: &[], parts: &["邮箱", "电子邮件", "email", "e-mail"] },
    Role {
        field: "submitted_at",
        names: &[
            "提交答卷时间",
            "提交时间",
            "结束答题时间",
            "submitted_at",
            "submitted at",
            "submitdate",
            "submit date (utc)",
            "submit date",
            "end date",
            "timestamp",
            "时间戳记",
            "时间戳",
            "horodateur",
            "zeitstempel",
            "marca temporal",
            "carimbo de data/hora",
            "informazioni cronologiche",
            "created_at",
            "created at",
            "创建时间",
            "填写时间",
            "答题时间",
            "日期",
            "date",
            "时间",
            "time",
        ],
        parts: &[],
    },
    Role { field: "channel", names: &["渠道", "来源渠道", "来源", "channel", "source"], parts: &[] },
];

/// The archive's columns whose names mean the same in a survey.
const SHARED: &[(&str, &str)] = &[("customer", "id"), ("phone", "phone"), ("email", "email")];

/// What platforms record about the filling in, not about the opinion.
const METADATA: &[&str] = &[
    "所用时间",
    "来源详情",
    "来自ip",
    "开始答题时间",
    "答题时长",
    "ip",
    "ua",
    "referrer",
    "语言",
    "国家",
    "省份",
    "城市",
    "清洗",
    "总分",
    "collector id",
    "start date",
    "start date (utc)",
    "stage date (utc)",
    "ip address",
    "first name",
    "last name",
    "network id",
    "response type",
    "lastpage",
    "last page",
    "startlanguage",
    "seed",
    "token",
    "startdate",
    "datestamp",
    "ipaddr",
    "refurl",
    "拒收原因",
    "reject_reason",
];

/// Timestamp headers of languages that write the day first.
const DAY_FIRST: &[&str] = &["horodateur", "zeitstempel", "marca temporal", "carimbo de data/hora", "informazioni cronologiche"];

const SATISFACTION: &[&str] = &["满意", "评分", "打分", "评价", "星级", "satisf", "score", "rating", "rate ", "stars", "zufrieden"];
const RECOMMENDATION: &[&str] = &["推荐", "recommend", "recommand", "recomend", "raccomand", "empfehl", "nps"];
const EFFORT: &[&str] = &["费力", "省力", "轻松", "容易", "effort", "easy", "ease of"];
const COUNTING: &[&str] =
    &["多少", "几", "次数", "数量", "人数", "部数", "年龄", "how many", "how often", "number of", "count", "age", "quantity", "qty"];
const COMMENT: &[&str] = &["建议", "意见", "评论", "想说", "原因", "留言", "comment", "suggest", "feedback", "improve", "why", "reason"];
const OVERALL: &[&str] = &["总体", "整体", "总的", "overall"];

/// Proposes a mapping for `columns` of values under `headers`.
pub fn propose(name: &str, headers: &[String], columns: &[Vec<&str>]) -> Proposal {
    let topics: Vec<String> = headers.iter().map(|header| topic(header)).collect();
    let mut taken = vec![false; headers.len()];
    let mut survey = SurveyFile { title: RawLabel { zh: Some(name.to_owned()), en: Some(name.to_owned()) }, ..SurveyFile::default() };
    for role in ROLES {
        let at = named(role, &topics, columns, &taken).or_else(|| hinted(role, &topics, columns, &taken));
        if let (Some(at), Some(field)) = (at, survey.columns.single_mut(role.field)) {
            *field = Some(headers[at].clone());
            taken[at] = true;
        }
    }
    let times = survey.columns.submitted_at.as_ref().and_then(|name| headers.iter().position(|header| header == name));
    survey.date_order = times.and_then(|at| date_order(&topics[at], &columns[at]));
    let by_number = topics.iter().any(|topic| topic == "来自ip" || topic == "提交答卷时间");
    let mut left_out = Vec::new();
    let mut open = Vec::new();
    for at in (0..headers.len()).filter(|at| !taken[*at]) {
        if is_metadata(&topics[at], &columns[at]) {
            left_out.push(headers[at].clone());
            continue;
        }
        let (metric, scale) = measure(&topics[at], &of_matrix(at, headers, columns), by_number);
        if metric == Metric::Other && scale.is_none() && is_comment(&topics[at], &columns[at]) {
            survey.columns.comment.push(headers[at].clone());
        } else {
            open.push((at, metric, scale));
        }
    }
    survey.questions = questions(headers, &open);
    Proposal { survey, left_out }
}

/// A column's values, with those of the other rows of its matrix: they are answered on one scale.
fn of_matrix<'a>(at: usize, headers: &[String], columns: &[Vec<&'a str>]) -> Vec<&'a str> {
    let (stem, sub) = split_sub(&headers[at]);
    let alike = |other: &usize| *other == at || (!sub.is_empty() && split_sub(&headers[*other]).0 == stem);
    (0..headers.len()).filter(alike).flat_map(|other| columns[other].iter().copied()).collect()
}

/// A header without its numbering: `1、`, `2.`, `Q3:`, `*`.
fn topic(header: &str) -> String {
    let key = fold_key(header);
    let rest = key.strip_prefix('q').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(&key);
    let bare = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = bare.len() < rest.len() && bare.starts_with(['、', '.', ':', ')', ' ']);
    if numbered { bare.trim_start_matches(['、', '.', ':', ')', ' ']).trim().to_owned() } else { key }
}

fn named(role: &Role, topics: &[String], columns: &[Vec<&str>], taken: &[bool]) -> Option<usize> {
    let free = |at: &usize| !taken[*at] && fits(role.field, &columns[*at]);
    let position = |name: &str| topics.iter().enumerate().find_map(|(at, topic)| (topic == name && free(&at)).then_some(at));
    role.names.iter().find_map(|name| position(name)).or_else(|| {
        let (_, code) = SHARED.iter().find(|(field, _)| *field == role.field)?;
        let word = &CUSTOMERS.columns[CUSTOMERS.position(code)?].word;
        topics.iter().enumerate().find_map(|(at, topic)| (word.matches(topic) && free(&at)).then_some(at))
    })
}

fn hinted(role: &Role, topics: &[String], columns: &[Vec<&str>], taken: &[bool]) -> Option<usize> {
    let says = |topic: &String| role.parts.iter().any(|part| topic.contains(part));
    (0..topics.len()).find(|at| !taken[*at] && says(&topics[*at]) && fits(role.field, &columns[*at]))
}

/// Whether values can be what the name says: ids differ, phones have digits, addresses an @.
fn fits(field: &str, values: &[&str]) -> bool {
    let filled: Vec<&str> = values.iter().copied().filter(|text| !text.trim().is_empty()).collect();
    let mostly = |is: &dyn Fn(&str) -> bool| filled.iter().filter(|text| is(text)).count() * 2 >= filled.len().max(1);
    match field {
        "response_id" => !filled.is_empty() && filled.iter().collect::<HashSet<_>>().len() == filled.len(),
        "phone" => mostly(&|text| fold_phone(text).len() >= 7),
        "email" => mostly(&|text| text.contains('@')),
        _ => true,
    }
}

/// The order of day and month, where a value above 12 or the header's language tells it.
fn date_order(topic: &str, values: &[&str]) -> Option<DateOrder> {
    let parts = |text: &&str| {
        let date = text.split([' ', 'T']).next()?.to_owned();
        let mut numbers = date.split(['/', '.', '-']).map(|part| part.parse::<u32>().unwrap_or(0));
        Some((numbers.next()?, numbers.next()?)).filter(|(first, _)| *first <= 31)
    };
    let dates: Vec<(u32, u32)> = values.iter().filter_map(parts).filter(|(first, _)| *first > 0).collect();
    if dates.is_empty() {
        None
    } else if dates.iter().any(|(first, _)| *first > 12) || DAY_FIRST.contains(&topic) {
        Some(DateOrder::DayFirst)
    } else if dates.iter().any(|(_, second)| *second > 12) {
        Some(DateOrder::MonthFirst)
    } else {
        None
    }
}

/// Technical columns: a platform's own, and ids and times as programs name them.
fn is_metadata(topic: &str, values: &[&str]) -> bool {
    let technical = topic.ends_with("_id") || topic.ends_with("_at") || topic.ends_with("编号");
    METADATA.contains(&topic) || technical || (topic.starts_with('#') && values.iter().all(|text| text.trim().is_empty()))
}

fn is_comment(topic: &str, values: &[&str]) -> bool {
    let words = has(topic, COMMENT) || matches!(topic, "title" | "标题");
    words && !values.iter().any(|text| text.contains('┋'))
}

fn has(topic: &str, words: &[&str]) -> bool {
    words.iter().any(|word| topic.contains(word))
}

/// What a column measures, and on which scale. `by_number`: the platform may have written the positions of options
/// (问卷星 "by number": 1 is the first option, usually the best), so plain numbers are no scores.
fn measure(topic: &str, values: &[&str], by_number: bool) -> (Metric, Option<Scale>) {
    let Some(Detected { scale, subject, distinct }) = scale::detect(values.iter().copied()) else { return (Metric::Other, None) };
    let metric = match subject {
        Subject::Number if scale.labels.is_empty() => return number(topic, scale, distinct, by_number),
        Subject::Satisfaction | Subject::Quality | Subject::Number => Metric::Csat,
        Subject::Effort => Metric::Ces,
        Subject::Agreement if has(topic, EFFORT) => Metric::Ces,
        Subject::Agreement | Subject::YesNo if has(topic, SATISFACTION) => Metric::Csat,
        Subject::Agreement | Subject::YesNo => Metric::Other,
    };
    (metric, Some(scale))
}

fn number(topic: &str, met: Scale, distinct: usize, by_number: bool) -> (Metric, Option<Scale>) {
    let told = told_scale(topic).filter(|told| told.min <= met.min && met.max <= told.max);
    let scale = told.clone().unwrap_or(met);
    let native = scale.is_native_nps() || (told.is_none() && scale == Scale::numbers(1, 10));
    if has(topic, RECOMMENDATION) {
        // a recommendation on 1–5 is an answer, not an NPS
        return if native { (Metric::Nps, Some(Scale::numbers(0, 10))) } else { (Metric::Other, Some(scale)) };
    }
    if has(topic, COUNTING) || (by_number && told.is_none()) {
        return (Metric::Other, None);
    }
    if has(topic, SATISFACTION) {
        return (Metric::Csat, Some(scale));
    }
    if has(topic, EFFORT) {
        return (Metric::Ces, Some(scale));
    }
    match (scale.min, scale.max) {
        (1, 5) if distinct >= 3 => (Metric::Csat, Some(scale)),
        (0, 10) if distinct >= 5 => (Metric::Nps, Some(scale)),
        _ => (Metric::Other, None),
    }
}

/// A scale told in the question: `(1-5分)`, `0～10`, `from 1 to 7`.
fn told_scale(topic: &str) -> Option<Scale> {
    let plain = fold_width(topic).replace(" to ", "-").replace(['~', '–', '—', '至', '到'], "-");
    let cleaned: String = plain.chars().filter(|c| !matches!(c, ' ' | '分')).collect();
    cleaned.match_indices('-').find_map(|(at, _)| {
        let digits = |c: &char| c.is_ascii_digit();
        let low: String = cleaned[..at].chars().rev().take_while(digits).collect::<Vec<_>>().into_iter().rev().collect();
        let high: String = cleaned[at + 1..].chars().take_while(digits).collect();
        let (low, high): (i64, i64) = (low.parse().ok()?, high.parse().ok()?);
        (matches!(low, 0 | 1) && (2..=100).contains(&high) && low < high).then(|| Scale::numbers(low, high))
    })
}

/// Questions with their codes; columns of one matrix or multiple choice share a code and differ in `sub`.
/// The overall question of satisfaction comes first, since it gives the response its score.
fn questions(headers: &[String], open: &[(usize, Metric, Option<Scale>)]) -> Vec<Question> {
    let stems: Vec<(String, String)> = open.iter().map(|(at, ..)| split_sub(&headers[*at])).collect();
    let mut made: Vec<Question> = Vec::new();
    for (i, (at, metric, scale)) in open.iter().enumerate() {
        let (stem, sub) = &stems[i];
        let shared = !sub.is_empty() && stems.iter().filter(|(other, sub)| other == stem && !sub.is_empty()).count() > 1;
        let first = stems.iter().position(|(other, _)| shared && other == stem).unwrap_or(i);
        let code = made.get(first).filter(|_| first < i).map_or_else(|| code(&headers[*at], i, &made), |question| question.code.clone());
        let sub = if shared { sub.clone() } else { String::new() };
        let column = headers[*at].clone();
        let text = crate::base::text::one_line(&column);
        made.push(Question { code, sub, text, column, metric: *metric, scale: scale.clone() });
    }
    made.sort_by_key(|question| !(question.metric == Metric::Csat && has(&fold_key(&question.text), OVERALL)));
    made
}

/// `第6题(运动)` → 第6题, 运动; `Jog [Spring]` → Jog, Spring.
fn split_sub(header: &str) -> (String, String) {
    let cut = |open: char, close: char| {
        let body = header.strip_suffix(close)?;
        let (stem, sub) = body.split_once(open)?;
        (!stem.trim().is_empty()).then(|| (stem.trim().to_owned(), sub.trim().to_owned()))
    };
    let numbered = header.starts_with('第').then(|| cut('(', ')')).flatten();
    cut('[', ']').or(numbered).unwrap_or_else(|| (header.to_owned(), String::new()))
}

/// `q3` for a numbered question, a program's own name as it is, else the question's position.
fn code(header: &str, at: usize, made: &[Question]) -> String {
    let key = fold_key(header);
    let digits: String = key.trim_start_matches(['q', '第']).chars().take_while(char::is_ascii_digit).collect();
    let plain =
        key.len() <= 24 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && key.starts_with(|c: char| c.is_ascii_lowercase());
    let wanted = if !digits.is_empty() && digits.len() <= 3 {
        format!("q{digits}")
    } else if plain {
        key
    } else {
        format!("q{}", at + 1)
    };
    let is_free = |code: &String| !made.iter().any(|question| question.code == *code);
    let numbered = (2..).map(|n| format!("{wanted}_{n}"));
    std::iter::once(wanted.clone()).chain(numbered).find(is_free).unwrap_or(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(codes, [("q6", "运动"), ("q6", "IT(数码)"), ("q7", ""), ("q4", "")]);
    }

    #[test]
    fn scales_told_in_the_question() {
        assert_eq!(told_scale("请打分(1～7分)"), Some(Scale::numbers(1, 7)));
        assert_eq!(told_scale("from 0 to 10"), Some(Scale::numbers(0, 10)));
        assert_eq!((told_scale("covid-19"), told_scale("2021-11")), (None, None));
    }
}
