//! `surveys/NAME/survey.yaml`: which column of a questionnaire's export is what, and on which scale it was answered.

use std::collections::HashSet;
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

    /// The headers it names, folded.
    pub fn headers(&self) -> HashSet<String> {
        let singles = self.columns.singles().into_iter().filter_map(|(_, column)| column.as_deref());
        let questions = self.questions.iter().map(|question| question.column.as_str());
        singles.chain(questions).chain(self.columns.comment.iter().map(String::as_str)).map(fold_key).collect()
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(yaml: &str) -> Result<SurveyFile, Vec<String>> {
        let raw: RawSurvey = serde_yaml::from_str(yaml).unwrap();
        raw.check().map_err(|problems| problems.into_iter().filter_map(|problem| problem.field).collect())
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
