//! `surveys/NAME/survey.yaml`: which column of a questionnaire's export is what, and on which scale it was answered.

use std::collections::HashSet;

use serde::Deserialize;

use super::rules::RawLabel;
use super::scale::Scale;
use super::survey_choice::Filled;
pub use super::survey_question::{Kind, Metric, Question};
use super::survey_question::{OneOrMany, RawQuestion, conflict};
use super::vocabulary::{Code, codes};
use crate::base::date::DateOrder;
use crate::base::instant::Instant;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;

codes! {
    /// The platform that wrote an export, known by its headers.
    Source {
        Wjx = "wjx", "问卷星", "Wjx (问卷星)";
        Tencent = "tencent", "腾讯问卷", "Tencent (腾讯问卷)";
        GoogleForms = "google-forms", "谷歌表单", "Google Forms";
        GoogleSheets = "google-sheets", "谷歌表格", "Google Forms via Sheets";
        SurveyMonkey = "surveymonkey", "SurveyMonkey", "SurveyMonkey";
        Typeform = "typeform", "Typeform", "Typeform";
        LimeSurvey = "limesurvey", "LimeSurvey", "LimeSurvey";
        Other = "other", "其他", "Other";
    }
}

/// Which columns say who answered, when and about what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    pub response_id: Option<String>,
    pub customer: Option<String>,
    pub request: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// The code printed in a questionnaire of our own.
    pub token: Option<String>,
    pub submitted_at: Option<String>,
    pub channel: Option<String>,
    pub comment: Vec<String>,
}

/// Two questions that belong together, by their names (`q1`, or `q1 row` of a matrix).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub name: String,
    pub first: usize,
    pub second: usize,
}

/// A survey, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SurveyFile {
    pub title: RawLabel,
    pub source: Option<Source>,
    pub columns: Columns,
    pub questions: Vec<Question>,
    /// How one would feel with a feature, and without it.
    pub kano: Vec<Pair>,
    /// What was expected, and what was found.
    pub gaps: Vec<Pair>,
    pub date_order: Option<DateOrder>,
    pub encoding: Option<String>,
    /// With it the codes of the questionnaires are made.
    pub token_key: Option<String>,
}

impl SurveyFile {
    /// The first question of a metric: it gives the response its score, so the overall question stands first.
    pub fn of(&self, metric: Metric) -> Option<&Question> {
        self.questions.iter().find(|question| question.metric == metric)
    }

    /// The headers it names, folded.
    pub fn headers(&self) -> HashSet<String> {
        let singles = self.columns.singles().into_iter().filter_map(|(_, column)| column.as_deref());
        let columns = |question: &Question| std::iter::once(question.column.clone()).chain(question.columns.clone()).collect::<Vec<_>>();
        let questions: Vec<String> = self.questions.iter().flat_map(columns).filter(|name| !name.is_empty()).collect();
        singles.chain(questions.iter().map(String::as_str)).chain(self.columns.comment.iter().map(String::as_str)).map(fold_key).collect()
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
    pub token: String,
    pub submitted_at: Option<Instant>,
    pub channel: String,
    pub comment: String,
    /// By the survey's questions.
    pub answers: Vec<Filled>,
}

/// The file as it stands.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSurvey {
    title: Option<RawLabel>,
    source: Option<String>,
    columns: Option<RawColumns>,
    questions: Option<Vec<RawQuestion>>,
    kano: Option<Vec<RawKano>>,
    gaps: Option<Vec<RawGap>>,
    date_order: Option<String>,
    encoding: Option<String>,
    token_key: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKano {
    name: Option<String>,
    functional: String,
    dysfunctional: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGap {
    name: Option<String>,
    expected: String,
    found: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawColumns {
    response_id: Option<String>,
    customer: Option<String>,
    request: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    token: Option<String>,
    submitted_at: Option<String>,
    channel: Option<String>,
    comment: Option<OneOrMany>,
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
        let source = self.source.and_then(|text| {
            let source = Source::from_text(&text);
            if source.is_none() {
                let allowed = Source::WORDS.iter().map(|word| word.code.to_owned()).collect();
                wrong.push(Problem::error(What::UnknownName { name: text, allowed }).field("source"));
            }
            source
        });
        let kano = self.kano.unwrap_or_default().into_iter().map(|raw| (raw.name, raw.functional, raw.dysfunctional));
        let kano = pairs(&questions, "kano", ["functional", "dysfunctional"], kano, &mut wrong);
        let gaps = self.gaps.unwrap_or_default().into_iter().map(|raw| (raw.name, raw.expected, raw.found));
        let gaps = pairs(&questions, "gaps", ["expected", "found"], gaps, &mut wrong);
        let title = self.title.unwrap_or_default();
        let (encoding, token_key) = (self.encoding, self.token_key);
        let survey = SurveyFile { title, source, columns, questions, kano, gaps, date_order, encoding, token_key };
        if wrong.is_empty() { Ok(survey) } else { Err(wrong) }
    }
}

/// Pairs of questions by their names; both are on scales.
fn pairs(
    questions: &[Question],
    key: &str,
    fields: [&str; 2],
    raw: impl Iterator<Item = (Option<String>, String, String)>,
    wrong: &mut Problems,
) -> Vec<Pair> {
    let mut found = Vec::new();
    for (i, (name, first, second)) in raw.enumerate() {
        let mut find = |typed: &str, field: &str| {
            let at = questions.iter().position(|question| question.name() == typed.trim());
            let problem = match at.map(|at| &questions[at]) {
                Some(question) if question.scale.is_some() => return at,
                Some(_) => conflict(format!("{key}[{i}].{field}"), "该题须有 scale", "this question needs a scale"),
                None => {
                    let allowed = questions.iter().map(Question::name).collect();
                    Problem::error(What::UnknownName { name: typed.to_owned(), allowed }).field(format!("{key}[{i}].{field}"))
                }
            };
            wrong.push(problem);
            None
        };
        if let (Some(at), Some(other)) = (find(&first, fields[0]), find(&second, fields[1])) {
            let name = name.unwrap_or_else(|| questions[at].text.clone());
            found.push(Pair { name, first: at, second: other });
        }
    }
    found
}

impl RawColumns {
    fn check(self) -> Columns {
        let comment = match self.comment {
            None => Vec::new(),
            Some(OneOrMany::One(one)) => vec![one],
            Some(OneOrMany::Many(many)) => many,
        };
        Columns {
            response_id: self.response_id,
            customer: self.customer,
            request: self.request,
            phone: self.phone,
            email: self.email,
            token: self.token,
            submitted_at: self.submitted_at,
            channel: self.channel,
            comment,
        }
    }
}

fn order_of(text: &str) -> Option<DateOrder> {
    match text {
        "iso" | "ymd" => Some(DateOrder::Iso),
        "dmy" => Some(DateOrder::DayFirst),
        "mdy" => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

impl Columns {
    /// Every field with the header that feeds it, by code.
    pub fn singles(&self) -> [(&'static str, &Option<String>); 8] {
        [
            ("response_id", &self.response_id),
            ("customer", &self.customer),
            ("request", &self.request),
            ("phone", &self.phone),
            ("email", &self.email),
            ("token", &self.token),
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
            "token" => Some(&mut self.token),
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
