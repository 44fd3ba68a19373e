//! `surveys/NAME/survey.yaml`: what the columns of a questionnaire's export mean.

use serde::Deserialize;

use super::rules::RawLabel;
use super::scale::Scale;
use super::vocabulary::{Code, codes};
use crate::base::date::DateOrder;
use crate::base::problem::{Problem, Problems, What};

codes! {
    /// What a question measures.
    Metric {
        Csat = "csat", "满意度", "CSAT";
        Nps = "nps", "推荐度", "NPS";
        Ces = "ces", "费力度", "CES";
        Other = "other", "其他", "Other";
    }
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

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawColumns {
    response_id: Option<String>,
    customer: Option<String>,
    request: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    submitted_at: Option<String>,
    channel: Option<String>,
    comment: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuestion {
    code: String,
    column: String,
    text: Option<String>,
    metric: Option<String>,
    scale: Option<RawScale>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RawScale {
    Range(String),
    Labels(Vec<String>),
}

/// Which header holds what; blank headers are not in the file.
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub code: String,
    pub column: String,
    pub text: String,
    pub metric: Metric,
    /// `None`: the answers are words, not grades.
    pub scale: Option<Scale>,
}

/// A survey, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyFile {
    pub title: RawLabel,
    pub columns: Columns,
    pub questions: Vec<Question>,
    pub order: DateOrder,
    pub encoding: Option<String>,
}

impl SurveyFile {
    /// The scale of the question that is the survey's CSAT.
    pub fn csat_scale(&self) -> Option<&Scale> {
        self.of(Metric::Csat).and_then(|question| question.scale.as_ref())
    }

    /// The first question of a metric.
    pub fn of(&self, metric: Metric) -> Option<&Question> {
        self.questions.iter().find(|question| question.metric == metric)
    }
}

impl RawSurvey {
    /// Checks the file.
    ///
    /// # Errors
    /// Everything wrong, by key: a repeated code, a metric without its scale, NPS on anything but 0–10.
    pub fn check(self) -> Result<SurveyFile, Problems> {
        let mut wrong = Problems::new();
        let raw = self.columns.unwrap_or_default();
        let columns = Columns {
            response_id: raw.response_id,
            customer: raw.customer,
            request: raw.request,
            phone: raw.phone,
            email: raw.email,
            submitted_at: raw.submitted_at,
            channel: raw.channel,
            comment: raw.comment.unwrap_or_default(),
        };
        let order = match self.date_order.as_deref() {
            None | Some("iso") => DateOrder::Iso,
            Some("dmy") => DateOrder::DayFirst,
            Some("mdy") => DateOrder::MonthFirst,
            Some(other) => {
                let allowed = ["iso", "dmy", "mdy"].map(str::to_owned).to_vec();
                wrong.push(Problem::error(What::UnknownName { name: other.to_owned(), allowed }).field("date_order"));
                DateOrder::Iso
            }
        };
        let mut questions: Vec<Question> = Vec::new();
        for (i, raw) in self.questions.unwrap_or_default().into_iter().enumerate() {
            if questions.iter().any(|question| question.code == raw.code) {
                let message = [format!("题目代码重复: {}", raw.code), format!("the code {} stands twice", raw.code)];
                wrong.push(Problem::error(What::RuleConflict { message }).field(format!("questions[{i}].code")));
            }
            questions.extend(question(i, raw, &mut wrong));
        }
        let survey = SurveyFile { title: self.title.unwrap_or_default(), columns, questions, order, encoding: self.encoding };
        if wrong.is_empty() { Ok(survey) } else { Err(wrong) }
    }
}

fn question(i: usize, raw: RawQuestion, wrong: &mut Problems) -> Option<Question> {
    let field = |key: &str| format!("questions[{i}].{key}");
    let metric = match raw.metric.as_deref() {
        None => Metric::Other,
        Some(name) => match Metric::from_text(name) {
            Some(metric) => metric,
            None => {
                let allowed = Metric::WORDS.iter().map(|word| word.code.to_owned()).collect();
                wrong.push(Problem::error(What::UnknownName { name: name.to_owned(), allowed }).field(field("metric")));
                return None;
            }
        },
    };
    let scale = match raw.scale {
        None => None,
        Some(RawScale::Labels(labels)) if labels.len() >= 2 => Some(Scale::grades(labels)),
        Some(RawScale::Labels(_)) => {
            wrong.push(Problem::error(What::Required).field(field("scale")));
            None
        }
        Some(RawScale::Range(text)) => match Scale::parse_range(&text) {
            Some(scale) => Some(scale),
            None => {
                let allowed = ["1-5", "1-7", "0-10"].map(str::to_owned).to_vec();
                wrong.push(Problem::error(What::UnknownName { name: text, allowed }).field(field("scale")));
                None
            }
        },
    };
    let native = scale.as_ref().is_some_and(|scale| (scale.min, scale.max) == (0, 10) && scale.labels.is_empty());
    if metric == Metric::Nps && !native {
        let message = ["NPS 只能来自 0-10 的题目".to_owned(), "NPS comes only from a question on 0-10".to_owned()];
        wrong.push(Problem::error(What::RuleConflict { message }).field(field("scale")));
    }
    if matches!(metric, Metric::Csat | Metric::Ces) && scale.is_none() {
        let message = ["这个指标需要 scale".to_owned(), "this metric needs a `scale`".to_owned()];
        wrong.push(Problem::error(What::RuleConflict { message }).field(field("scale")));
    }
    Some(Question { text: raw.text.unwrap_or_else(|| raw.column.clone()), code: raw.code, column: raw.column, metric, scale })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_scored_is_refused() {
        let check = |yaml: &str| serde_yaml::from_str::<RawSurvey>(yaml).unwrap().check();
        let wrong =
            check("questions:\n- {code: q1, column: a, metric: nps, scale: 1-5}\n- {code: q1, column: b, metric: csat}").unwrap_err();
        let fields: Vec<_> = wrong.iter().filter_map(|problem| problem.field.clone()).collect();
        assert_eq!(fields, ["questions[0].scale", "questions[1].code", "questions[1].scale"]);
        let good = check("questions:\n- {code: q1, column: a, metric: csat, scale: [差, 中, 好]}").unwrap();
        assert_eq!(good.csat_scale().map(|scale| scale.max), Some(3));
    }
}
