//! `surveys/NAME/survey.yaml`: which column of a questionnaire's export is what, and on which scale it was answered.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::rules::RawLabel;
use super::scale::Scale;
use super::vocabulary::{Code, codes};
use crate::base::date::DateOrder;
use crate::base::instant::Instant;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;

codes! {
    /// What a question measures.
    Metric {
        /// Satisfaction (CSAT): mean and top-two-box on the question's own scale.
        Csat = "csat", "满意度", "Satisfaction (CSAT)";
        /// Net promoter score: only from a native 0–10 question.
        Nps = "nps", "推荐度", "Recommendation (NPS)";
        /// Customer effort, on its own scale.
        Ces = "ces", "费力度", "Effort (CES)";
        /// Kept as answered, not scored.
        Other = "other", "其他", "Other";
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub code: String,
    /// The row of a matrix, the option of a multiple choice; blank otherwise.
    pub sub: String,
    /// The header of its column in the export.
    pub column: String,
    pub text: String,
    pub metric: Metric,
    pub scale: Option<Scale>,
}

/// Which columns say who answered, when and about what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    pub response_id: Option<String>,
    pub customer: Option<String>,
    pub request: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub submitted_at: Option<String>,
    pub channel: Option<String>,
    pub comment: Vec<String>,
}

/// A survey, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SurveyFile {
    pub title: RawLabel,
    pub columns: Columns,
    pub questions: Vec<Question>,
    pub date_order: Option<DateOrder>,
    pub encoding: Option<String>,
}

impl SurveyFile {
    /// The first question of a metric: it gives the response its score, so the overall question stands first.
    pub fn of(&self, metric: Metric) -> Option<&Question> {
        self.questions.iter().find(|question| question.metric == metric)
    }

    /// The scale of the responses' `csat`, `nps` or `ces`.
    pub fn scale(&self, metric: Metric) -> Option<&Scale> {
        self.of(metric)?.scale.as_ref()
    }

    /// The scale of the question that is the survey's CSAT.
    pub fn csat_scale(&self) -> Option<&Scale> {
        self.scale(Metric::Csat)
    }
}

/// One row of an export, taken apart by its survey: still text, but for the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledForm {
    /// Its row among the file's rows.
    pub row: usize,
    /// As the file gives it, else made from the row itself, so the same row has the same id for ever.
    pub id: String,
    pub customer: String,
    pub request: String,
    pub phone: String,
    pub email: String,
    pub submitted_at: Option<Instant>,
    pub channel: String,
    pub comment: String,
    /// By the survey's questions.
    pub answers: Vec<String>,
}

/// The file as it stands.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSurvey {
    title: Option<RawLabel>,
    columns: Option<RawColumns>,
    questions: Option<Vec<RawQuestion>>,
    date_order: Option<String>,
    encoding: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawColumns {
    response_id: Option<String>,
    customer: Option<String>,
    request: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    submitted_at: Option<String>,
    channel: Option<String>,
    comment: Option<Words>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuestion {
    code: String,
    sub: Option<String>,
    column: String,
    text: Option<String>,
    metric: Option<String>,
    scale: Option<Words>,
}

/// A text, or a list of texts.
#[derive(Debug)]
enum Words {
    One(String),
    Many(Vec<String>),
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Words;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Words, E> {
                Ok(Words::One(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Words, A::Error> {
                let mut many = Vec::new();
                while let Some(text) = list.next_element::<String>()? {
                    many.push(text);
                }
                Ok(Words::Many(many))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl RawSurvey {
    /// Checks the file.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<SurveyFile, Problems> {
        let mut wrong = Problems::new();
        let columns = self.columns.unwrap_or_default().check();
        let mut questions: Vec<Question> = Vec::new();
        for (i, raw) in self.questions.unwrap_or_default().into_iter().enumerate() {
            let question = raw.check(i, &mut wrong);
            if questions.iter().any(|known| known.code == question.code && known.sub == question.sub) {
                wrong.push(conflict(format!("questions[{i}].code"), "题目代码重复", "this question's code and sub stand twice"));
            }
            questions.push(question);
        }
        let date_order = self.date_order.and_then(|text| {
            let order = order_of(&text);
            if order.is_none() {
                let allowed = ["iso", "dmy", "mdy"].map(str::to_owned).to_vec();
                wrong.push(Problem::error(What::UnknownName { name: text, allowed }).field("date_order"));
            }
            order
        });
        let survey = SurveyFile { title: self.title.unwrap_or_default(), columns, questions, date_order, encoding: self.encoding };
        if wrong.is_empty() { Ok(survey) } else { Err(wrong) }
    }
}

impl RawColumns {
    fn check(self) -> Columns {
        let comment = match self.comment {
            None => Vec::new(),
            Some(Words::One(one)) => vec![one],
            Some(Words::Many(many)) => many,
        };
        Columns {
            response_id: self.response_id,
            customer: self.customer,
            request: self.request,
            phone: self.phone,
            email: self.email,
            submitted_at: self.submitted_at,
            channel: self.channel,
            comment,
        }
    }
}

impl RawQuestion {
    fn check(self, i: usize, wrong: &mut Problems) -> Question {
        let field = |key: &str| format!("questions[{i}].{key}");
        if self.code.trim().is_empty() || self.code.chars().any(char::is_control) {
            wrong.push(Problem::error(What::BadId { value: self.code.clone() }).field(field("code")));
        }
        let metric = self.metric.as_deref().map_or(Some(Metric::Other), Metric::from_text);
        if metric.is_none() {
            let allowed = Metric::WORDS.iter().map(|word| word.code.to_owned()).collect();
            wrong.push(Problem::error(What::UnknownName { name: self.metric.unwrap_or_default(), allowed }).field(field("metric")));
        }
        let metric = metric.unwrap_or(Metric::Other);
        let given = self.scale.is_some();
        let scale = match self.scale {
            None => None,
            Some(Words::One(text)) => Scale::parse_range(&text),
            Some(Words::Many(labels)) => words(labels),
        };
        if given && scale.is_none() {
            let en = "a scale is two rising numbers such as 1-5 or 0-10, or a list of different words from lowest to highest";
            wrong.push(conflict(field("scale"), "量表写成 1-5、0-10,或由低到高、互不重复的标签列表", en));
        } else if metric == Metric::Nps && !scale.as_ref().is_some_and(Scale::is_native_nps) {
            wrong.push(conflict(field("scale"), "NPS 只能来自 0-10 的题目", "an NPS comes from a question of 0-10 only"));
        } else if metric != Metric::Other && scale.is_none() {
            wrong.push(conflict(field("metric"), "计分的题目须有 scale", "a scored question needs a scale"));
        }
        let text = self.text.unwrap_or_else(|| self.column.clone());
        Question { code: self.code, sub: self.sub.unwrap_or_default(), column: self.column, text, metric, scale }
    }
}

fn conflict(field: String, zh: &str, en: &str) -> Problem {
    Problem::error(What::RuleConflict { message: [zh.to_owned(), en.to_owned()] }).field(field)
}

fn order_of(text: &str) -> Option<DateOrder> {
    match text {
        "iso" | "ymd" => Some(DateOrder::Iso),
        "dmy" => Some(DateOrder::DayFirst),
        "mdy" => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

/// Different words, from the lowest to the highest.
fn words(labels: Vec<String>) -> Option<Scale> {
    let mut keys: Vec<String> = labels.iter().map(|label| fold_key(label)).collect();
    let n = keys.len();
    keys.sort();
    keys.dedup();
    (n >= 2 && keys.len() == n && !keys.iter().any(String::is_empty)).then(|| Scale::grades(labels))
}

/// The comments of a new file; every part says in both languages what it is for.
const HEAD: &str = "# 问卷:导出文件的哪一列是什么,按什么量表作答。可直接修改,再导入一次即可。
# A survey: which column of the export is what, and on which scale it was answered. Edit it and import again.
";
const ABOUT_COLUMNS: &str = "
# 谁、何时、为哪件事作答(写导出文件的表头;没有的留空)。客户按编号,否则按电话、邮箱对应到档案。
# Who answered, when, about what (headers of the export; leave out what it lacks).
# A customer is found by id, else by phone, else by email.
";
const ABOUT_QUESTIONS: &str = "
# 题目。metric 可为 csat 满意度、nps 推荐度(仅 0-10)、ces 费力度、other 不计分。scale 为 1-5、0-10,或由低到高的标签列表。
# 每种 metric 的第一题是答卷的得分:请把总体满意度排在最前。
# Questions. metric is csat, nps (0-10 only), ces or other (not scored). scale is 1-5, 0-10, or the words from lowest to highest.
# The first question of a metric gives the response its score: put the overall question first.
";
const ABOUT_ORDER: &str = "
# 03/04/2026 这类日期的日月顺序 iso、dmy、mdy;文件编码 utf-8、gb18030 …
# Order of day and month in dates such as 03/04/2026 (iso, dmy, mdy); the file's encoding.
";

impl SurveyFile {
    /// The file's text, with comments. `left_out` are the columns that nothing takes.
    pub fn write(&self, left_out: &[String]) -> String {
        let mut out = String::from(HEAD);
        let label = |text: &Option<String>| quoted(text.as_deref().unwrap_or(""));
        out += &format!("title: {{zh: {}, en: {}}}\n", label(&self.title.zh), label(&self.title.en));
        out += ABOUT_COLUMNS;
        out += &self.columns.write();
        if !left_out.is_empty() {
            let names: Vec<String> = left_out.iter().map(|name| crate::base::text::one_line(name)).collect();
            out += &format!("# 未取用的列 / columns not taken — {}\n", names.join(" | "));
        }
        out += ABOUT_QUESTIONS;
        out += if self.questions.is_empty() { "questions: []\n" } else { "questions:\n" };
        for question in &self.questions {
            out += &question.write();
        }
        out += ABOUT_ORDER;
        match self.date_order {
            Some(order) => out += &format!("date_order: {}\n", code_of(order)),
            None => out += "# date_order = iso\n",
        }
        if let Some(encoding) = &self.encoding {
            out += &format!("encoding: {}\n", quoted(encoding));
        }
        out
    }
}

fn code_of(order: DateOrder) -> &'static str {
    match order {
        DateOrder::Iso => "iso",
        DateOrder::DayFirst => "dmy",
        DateOrder::MonthFirst => "mdy",
    }
}

impl Columns {
    /// Every field with the header that feeds it, by code.
    pub fn singles(&self) -> [(&'static str, &Option<String>); 7] {
        [
            ("response_id", &self.response_id),
            ("customer", &self.customer),
            ("request", &self.request),
            ("phone", &self.phone),
            ("email", &self.email),
            ("submitted_at", &self.submitted_at),
            ("channel", &self.channel),
        ]
    }

    /// The field of this code, for setting it.
    pub fn single_mut(&mut self, code: &str) -> Option<&mut Option<String>> {
        match code {
            "response_id" => Some(&mut self.response_id),
            "customer" => Some(&mut self.customer),
            "request" => Some(&mut self.request),
            "phone" => Some(&mut self.phone),
            "email" => Some(&mut self.email),
            "submitted_at" => Some(&mut self.submitted_at),
            "channel" => Some(&mut self.channel),
            _ => None,
        }
    }

    fn write(&self) -> String {
        let mut out = String::new();
        for (code, column) in self.singles() {
            if let Some(column) = column {
                out += &format!("  {code}: {}\n", quoted(column));
            }
        }
        if !self.comment.is_empty() {
            out += &format!("  comment: {}\n", list(&self.comment));
        }
        if out.is_empty() { "columns: {}\n".to_owned() } else { format!("columns:\n{out}") }
    }
}

impl Question {
    fn write(&self) -> String {
        let mut out = format!("  - code: {}\n", quoted(&self.code));
        if !self.sub.is_empty() {
            out += &format!("    sub: {}\n", quoted(&self.sub));
        }
        out += &format!("    column: {}\n", quoted(&self.column));
        if self.text != self.column {
            out += &format!("    text: {}\n", quoted(&self.text));
        }
        out += &format!("    metric: {}\n", self.metric.code());
        match &self.scale {
            Some(scale) if scale.labels.is_empty() => out += &format!("    scale: {}-{}\n", scale.min, scale.max),
            Some(scale) => out += &format!("    scale: {}\n", list(&scale.labels)),
            None => {}
        }
        out
    }
}

fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// A YAML scalar that is text whatever is in it. Double quotes with escapes, unless the text has double quotes itself.
fn quoted(text: &str) -> String {
    if text.contains('"') && !text.chars().any(char::is_control) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(yaml: &str) -> Result<SurveyFile, Vec<String>> {
        let raw: RawSurvey = serde_yaml::from_str(yaml).unwrap();
        raw.check().map_err(|problems| problems.into_iter().filter_map(|problem| problem.field).collect())
    }

    #[test]
    fn what_is_written_is_read() {
        let question = |code: &str, column: &str, metric, scale| Question {
            code: code.into(),
            sub: String::new(),
            column: column.into(),
            text: column.into(),
            metric,
            scale,
        };
        let survey = SurveyFile {
            title: RawLabel { zh: Some("门店 & 服务".into()), en: Some("x".into()) },
            columns: Columns {
                response_id: Some("序号".into()),
                comment: vec!["他说 \"好\" & it's *fine*".into(), "两\n行".into()],
                ..Columns::default()
            },
            questions: vec![
                question("q1", "满意吗: 总体", Metric::Csat, Some(Scale::grades(["差", "好"]))),
                Question { sub: "茶, 水".into(), text: "几星".into(), ..question("q2", "第2题(茶, 水)", Metric::Other, None) },
                question("q3", "推荐", Metric::Nps, Some(Scale::numbers(0, 10))),
            ],
            date_order: Some(DateOrder::DayFirst),
            encoding: Some("gb18030".into()),
        };
        let text = survey.write(&["来自IP".into()]);
        assert_eq!(check(&text), Ok(survey), "{text}");
        assert_eq!(check(&SurveyFile::default().write(&[])).unwrap().questions, []);
    }

    #[test]
    fn scores_need_their_scale() {
        let wrong = check(
            "questions:\n- {code: a, column: x, metric: nps, scale: 1-5}\n- {code: a, column: y, metric: csat}\n- {code: b, column: z, metric: mood, scale: five}",
        );
        assert_eq!(
            wrong.unwrap_err(),
            ["questions[0].scale", "questions[1].metric", "questions[1].code", "questions[2].metric", "questions[2].scale"]
        );
        assert_eq!(check("date_order: us").unwrap_err(), ["date_order"]);
        assert!(serde_yaml::from_str::<RawSurvey>("columns: {who: x}").unwrap_err().to_string().contains("line 1 column 11"));
    }
}
