//! A questionnaire's export: a proposed mapping, and rows → responses with their answers.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::sheet::{Sheet, SheetRow};
use super::typed::Rejected;
use crate::base::date::DateOrder;
use crate::base::instant::Instant;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;
use crate::model::cell::{Locale, Score};
use crate::model::scale::{Scale, detect, is_skipped};
use crate::model::survey_file::{Metric, SurveyFile};

/// What a column of an export usually is, by its folded header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    ResponseId,
    Customer,
    Request,
    Phone,
    Email,
    SubmittedAt,
    Channel,
    Comment,
    Ignored,
    Question,
}

const EXACT: &[(Role, &[&str])] = &[
    (Role::ResponseId, &["序号", "答卷编号", "编号", "response id", "respondent id", "response_id", "review_id", "id", "#"]),
    (Role::Customer, &["客户编号", "会员号", "customer", "customer id", "customer_id", "customer_unique_id"]),
    (Role::Request, &["诉求编号", "工单号", "request", "request id", "request_id", "ticket", "ticket id"]),
    (
        Role::SubmittedAt,
        &[
            "提交答卷时间",
            "提交时间",
            "结束答题时间",
            "timestamp",
            "时间戳记",
            "horodateur",
            "submitted at",
            "submitted_at",
            "submitdate",
            "submit date (utc)",
            "end date",
            "created_at",
        ],
    ),
    (Role::Channel, &["来源", "渠道", "channel", "source"]),
    (
        Role::Ignored,
        &[
            "所用时间",
            "来源详情",
            "来自ip",
            "ip",
            "ip address",
            "开始答题时间",
            "答题时长",
            "start date",
            "start date (utc)",
            "startdate",
            "datestamp",
            "lastpage",
            "startlanguage",
            "network id",
            "collector id",
            "first name",
            "last name",
            "answered_at",
        ],
    ),
];

const CONTAINED: &[(Role, &[&str])] = &[
    (Role::Phone, &["手机", "电话", "phone", "mobile"]),
    (Role::Email, &["邮箱", "email", "e-mail"]),
    (Role::Comment, &["意见", "建议", "评论", "留言", "comment", "suggestion", "remark", "description", "why", "title"]),
];

fn role(header: &str) -> Role {
    let key = fold_key(header);
    if let Some((role, _)) = EXACT.iter().find(|(_, names)| names.contains(&key.as_str())) {
        return *role;
    }
    match CONTAINED.iter().find(|(_, parts)| parts.iter().any(|part| key.contains(part))) {
        Some((role, _)) => *role,
        None if key.ends_with("_id") => Role::Ignored,
        None => Role::Question,
    }
}

/// A column's role by header and answers: 手机部数 asks how many phones, not for the number.
fn role_of(sheet: &Sheet, at: usize) -> Role {
    let by_header = role(&sheet.headers[at]);
    if by_header != Role::Phone {
        return by_header;
    }
    let given = || sheet.rows.iter().filter_map(|row| row.cells.get(at)).filter(|text| !is_skipped(text));
    let phones = given().filter(|text| text.chars().filter(char::is_ascii_digit).count() >= 7).count();
    if phones * 2 >= given().count() { Role::Phone } else { Role::Question }
}

/// A proposed `survey.yaml` for a file, with comments in both languages.
pub fn draft(sheet: &Sheet, title: &str, order: DateOrder, encoding: &str) -> String {
    let mut out = String::from(
        "# What the columns of this questionnaire mean 问卷各列的含义. Check it, then run the import again 核对后再次运行导入.\n",
    );
    let _ = writeln!(out, "title: {{zh: {0}, en: {0}}}", quoted(title));
    let _ = writeln!(out, "# headers by meaning 各列的用途 (delete a line where the file has none 没有就删去)\ncolumns:");
    let roles: Vec<Role> = (0..sheet.headers.len()).map(|at| role_of(sheet, at)).collect();
    let by_role = |wanted: Role| sheet.headers.iter().zip(&roles).filter(move |(_, role)| **role == wanted).map(|(header, _)| header);
    for (name, wanted) in [
        ("response_id", Role::ResponseId),
        ("customer", Role::Customer),
        ("request", Role::Request),
        ("phone", Role::Phone),
        ("email", Role::Email),
        ("submitted_at", Role::SubmittedAt),
        ("channel", Role::Channel),
    ] {
        if let Some(header) = by_role(wanted).next() {
            let _ = writeln!(out, "  {name}: {}", quoted(header));
        }
    }
    let comments: Vec<String> = by_role(Role::Comment).map(|header| quoted(header)).collect();
    if !comments.is_empty() {
        let _ = writeln!(out, "  comment: [{}]", comments.join(", "));
    }
    let _ = writeln!(
        out,
        "# metric: csat (satisfaction 满意度) | nps (0-10, recommendation 推荐度) | ces (effort 费力度) | other\n# scale: 1-5, 0-10, or the grades worst first 或等级由差到好\nquestions:"
    );
    let questions = sheet.headers.iter().enumerate().filter(|(at, header)| roles[*at] == Role::Question && !header.is_empty());
    for (n, (at, header)) in questions.enumerate() {
        let scale = detect(sheet.rows.iter().filter_map(|row| row.cells.get(at)).map(String::as_str));
        let _ = writeln!(out, "  - {{code: q{}, column: {}{}}}", n + 1, quoted(header), metric(header, scale.as_ref()));
    }
    let order = match order {
        DateOrder::Iso => "iso",
        DateOrder::DayFirst => "dmy",
        DateOrder::MonthFirst => "mdy",
    };
    let _ = writeln!(out, "date_order: {order}   # iso, dmy or mdy");
    let encoding = encoding.to_lowercase();
    let encoding = encoding.split(' ').next().unwrap_or("utf-8");
    let _ = writeln!(out, "# read as 文件编码: {encoding}");
    out
}

/// `, metric: csat, scale: 1-5`, from the header's words and the answers' scale.
fn metric(header: &str, scale: Option<&Scale>) -> String {
    let key = fold_key(header);
    let asks = |words: &[&str]| words.iter().any(|word| key.contains(word));
    let Some(scale) = scale else { return ", metric: other".to_owned() };
    let recommends = asks(&["推荐", "recomm", "nps"]);
    let (metric, shown) = match (scale.labels.is_empty(), scale.min, scale.max) {
        (true, _, _) if recommends => ("nps", "0-10".to_owned()),
        // a bare number may be a code for anything: only words say that it is a grade
        (true, ..)
            if !asks(&["满意", "评分", "打分", "评价", "费力", "容易", "satisf", "score", "rating", "rate", "star", "effort", "easy"]) =>
        {
            return ", metric: other".to_owned();
        }
        (true, min, max) => (if asks(&["费力", "容易", "effort", "easy"]) { "ces" } else { "csat" }, format!("{min}-{max}")),
        (false, ..) => {
            let labels: Vec<String> = scale.labels.iter().map(|label| quoted(label)).collect();
            (if asks(&["费力", "容易", "effort", "easy"]) { "ces" } else { "csat" }, format!("[{}]", labels.join(", ")))
        }
    };
    format!(", metric: {metric}, scale: {shown}")
}

/// A YAML string in double quotes.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// One filled-in questionnaire, not yet linked to anybody.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    pub line: u64,
    pub id: String,
    pub customer: String,
    pub request: String,
    pub phone: String,
    pub email: String,
    pub submitted_at: Option<Instant>,
    pub channel: String,
    pub comment: String,
    pub answers: Vec<Answered>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    pub question: String,
    pub metric: Metric,
    pub value: Option<Score>,
    /// 0–100 where there is a scale.
    pub index: Option<Score>,
    pub raw: String,
}

/// The columns of a file by the survey's mapping.
struct At<'a> {
    survey: &'a SurveyFile,
    single: HashMap<&'static str, usize>,
    comments: Vec<usize>,
    questions: Vec<usize>,
}

/// Reads every row by the survey's mapping. `hash` makes ids for files without any.
///
/// # Errors
/// A header of the mapping that the file lacks.
pub fn read(
    sheet: &Sheet,
    survey: &SurveyFile,
    locale: &Locale,
    hash: &dyn Fn(&[u8]) -> String,
) -> Result<(Vec<Filled>, Vec<Rejected>), Problems> {
    let at = At::new(sheet, survey)?;
    let locale = Locale { order: survey.order, ..*locale };
    let mut filled = Vec::new();
    let mut rejected = Vec::new();
    let mut seen: HashMap<String, u32> = HashMap::new();
    for row in &sheet.rows {
        let read = at.row(sheet, row, &locale).map(|mut response| {
            if response.id.is_empty() {
                let key = hash(row.cells.join("\u{1f}").as_bytes());
                let times = seen.entry(key.clone()).or_default();
                *times += 1;
                let head = &key[..12];
                // equal rows are different people: the second gets a number
                response.id = if *times == 1 { format!("S{head}") } else { format!("S{head}-{times}") };
            }
            response
        });
        match read {
            Ok(response) => filled.push(response),
            Err(problems) => rejected.push(Rejected { row: row.clone(), problems }),
        }
    }
    Ok((filled, rejected))
}

impl<'a> At<'a> {
    fn new(sheet: &Sheet, survey: &'a SurveyFile) -> Result<At<'a>, Problems> {
        let mut wrong = Problems::new();
        let mut find = |header: &str| {
            let exact = sheet.headers.iter().position(|h| h == header.trim());
            let found = exact.or_else(|| sheet.headers.iter().position(|h| fold_key(h) == fold_key(header)));
            if found.is_none() {
                wrong.push(Problem::error(What::UnknownField { name: header.to_owned(), allowed: sheet.headers.clone() }));
            }
            found
        };
        let columns = &survey.columns;
        let named = [
            ("response_id", &columns.response_id),
            ("customer", &columns.customer),
            ("request", &columns.request),
            ("phone", &columns.phone),
            ("email", &columns.email),
            ("submitted_at", &columns.submitted_at),
            ("channel", &columns.channel),
        ];
        let single = named.iter().filter_map(|(name, header)| Some((*name, find(header.as_ref()?)?))).collect();
        let comments = columns.comment.iter().filter_map(|header| find(header)).collect();
        let questions = survey.questions.iter().filter_map(|question| find(&question.column)).collect();
        if wrong.is_empty() { Ok(At { survey, single, comments, questions }) } else { Err(wrong) }
    }

    fn row(&self, sheet: &Sheet, row: &SheetRow, locale: &Locale) -> Result<Filled, Vec<Problem>> {
        if row.cells.len() != sheet.headers.len() {
            let what = What::RaggedRow { expected: sheet.headers.len(), found: row.cells.len() };
            return Err(vec![Problem::error(what).at(row.place(&sheet.file, None))]);
        }
        let mut wrong = Problems::new();
        let at = |name: &str| self.single.get(name).copied();
        let text = |name: &str| at(name).map_or_else(String::new, |i| row.cells[i].trim().to_owned());
        let submitted = text("submitted_at");
        let submitted_at = if submitted.is_empty() {
            None
        } else {
            Instant::parse(&submitted, locale.zone, locale.order)
                .map_err(|what| wrong.push(Problem::error(what).at(row.place(&sheet.file, at("submitted_at"))).field("submitted_at")))
                .ok()
        };
        let comments = self.comments.iter().map(|i| row.cells[*i].trim()).filter(|text| !is_skipped(text));
        let mut answers = Vec::new();
        for (question, column) in self.survey.questions.iter().zip(&self.questions) {
            let raw = &row.cells[*column];
            if is_skipped(raw) {
                continue;
            }
            let value = match &question.scale {
                None => None,
                Some(scale) => match scale.read(raw) {
                    Ok(value) => value,
                    Err(what) => {
                        wrong.push(Problem::error(what).at(row.place(&sheet.file, Some(*column))).field(question.code.clone()));
                        None
                    }
                },
            };
            let index = value.and_then(|value| question.scale.as_ref().map(|scale| scale.index(value)));
            answers.push(Answered { question: question.code.clone(), metric: question.metric, value, index, raw: raw.clone() });
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Filled {
            line: row.line,
            id: text("response_id"),
            customer: text("customer"),
            request: text("request"),
            phone: text("phone"),
            email: text("email"),
            submitted_at,
            channel: text("channel"),
            comment: comments.collect::<Vec<_>>().join("\n"),
            answers,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::lang::Lang;
    use crate::model::survey_file::RawSurvey;

    const WJX: &str = "序号,提交答卷时间,所用时间,来源,来自IP,1、您的手机号,2、总体满意吗?,3、推荐的可能性(0-10),4、意见\n\
        1,2026/9/3 12:00:00,35秒,微信,,13800138000,非常满意,10,好\n2,2026/9/4 9:00:00,35秒,微信,,,一般,(跳过),\n";

    #[test]
    fn an_export_explains_itself() {
        let sheet = Sheet::parse("f.csv", WJX).unwrap();
        let yaml = draft(&sheet, "满意度", DateOrder::Iso, "UTF-8");
        let survey = serde_yaml::from_str::<RawSurvey>(&yaml).unwrap().check().unwrap();
        assert_eq!(survey.columns.response_id.as_deref(), Some("序号"));
        assert_eq!(survey.columns.phone.as_deref(), Some("1、您的手机号"));
        assert_eq!(survey.questions.iter().map(|q| q.metric).collect::<Vec<_>>(), [Metric::Csat, Metric::Nps]);
        let locale = Locale { lang: Lang::Zh, zone: chrono_tz::Asia::Shanghai, digits: 2, order: DateOrder::Iso };
        let (filled, rejected) = read(&sheet, &survey, &locale, &|_| String::new()).unwrap();
        assert!(rejected.is_empty());
        assert_eq!((filled[0].answers.len(), filled[1].answers.len()), (2, 1));
        assert_eq!((filled[0].comment.as_str(), filled[0].answers[0].value.map(Score::value)), ("好", Some(5.0)));
    }

    #[test]
    fn a_score_off_the_scale_rejects_its_row() {
        let sheet = Sheet::parse("f.csv", &WJX.replace(",10,好", ",11,好")).unwrap();
        let yaml = draft(&Sheet::parse("f.csv", WJX).unwrap(), "x", DateOrder::Iso, "UTF-8");
        let survey = serde_yaml::from_str::<RawSurvey>(&yaml).unwrap().check().unwrap();
        let locale = Locale { lang: Lang::Zh, zone: chrono_tz::Asia::Shanghai, digits: 2, order: DateOrder::Iso };
        let (filled, rejected) = read(&sheet, &survey, &locale, &|_| String::new()).unwrap();
        assert_eq!((filled.len(), rejected.len()), (1, 1));
        assert!(matches!(rejected[0].problems[0].what, What::OutOfRange { .. }));
    }
}
