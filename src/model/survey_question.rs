//! One question of a survey: what it measures, how it is answered, and what its options are called.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::scale::Scale;
use super::survey_choice::pieces;
use super::vocabulary::{Code, codes};
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

codes! {
    /// How a question is answered. The rows of a matrix are questions of their own, with one code and a `sub` each.
    Kind {
        /// One option, or a text of one's own beside them.
        Single = "single", "单选", "One option";
        /// Any number of options.
        Multi = "multi", "多选", "Several options";
        /// Options in the order of preference, the first first.
        Ranking = "ranking", "排序", "Ranking";
        /// Free words.
        Text = "text", "填空", "Text";
    }
}

/// The sign between ranked options.
pub const RANKED: &str = "→";

/// An option, and what an export by number writes for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    pub code: Option<String>,
    pub label: String,
}

impl Choice {
    pub fn named(label: impl Into<String>) -> Choice {
        Choice { code: None, label: label.into() }
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub code: String,
    /// The row of a matrix; blank otherwise.
    pub sub: String,
    /// The header of its column in the export; of a question with one column per option, their common part.
    pub column: String,
    /// The columns of its options, where they have no common part.
    pub columns: Vec<String>,
    pub text: String,
    pub metric: Metric,
    pub scale: Option<Scale>,
    /// None: what is in the cell is the answer, whatever it is.
    pub kind: Option<Kind>,
    /// What stands between several options in one cell.
    pub separator: Option<String>,
    pub options: Vec<Choice>,
}

impl Question {
    /// A question that is kept as answered.
    pub fn plain(code: impl Into<String>, column: impl Into<String>) -> Question {
        let column = column.into();
        Question {
            code: code.into(),
            sub: String::new(),
            text: column.clone(),
            column,
            columns: Vec::new(),
            metric: Metric::Other,
            scale: None,
            kind: None,
            separator: None,
            options: Vec::new(),
        }
    }

    /// Whether it may have several answers, each with its option in `sub`.
    pub fn is_several(&self) -> bool {
        matches!(self.kind, Some(Kind::Multi | Kind::Ranking))
    }

    /// What stands between several options in one cell.
    pub fn separator(&self) -> &str {
        let usual = if self.kind == Some(Kind::Ranking) { RANKED } else { "┋" };
        self.separator.as_deref().unwrap_or(usual)
    }

    /// How it is called where only one word has room.
    pub fn name(&self) -> String {
        if self.sub.is_empty() { self.code.clone() } else { format!("{} {}", self.code, self.sub) }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawQuestion {
    code: String,
    sub: Option<String>,
    column: Option<String>,
    columns: Option<Vec<String>>,
    text: Option<String>,
    metric: Option<String>,
    scale: Option<OneOrMany>,
    kind: Option<String>,
    separator: Option<String>,
    options: Option<Options>,
}

/// A text, or a list of texts.
#[derive(Debug)]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = OneOrMany;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany::One(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMany, A::Error> {
                let mut many = Vec::new();
                while let Some(text) = list.next_element::<String>()? {
                    many.push(text);
                }
                Ok(OneOrMany::Many(many))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// A list of labels, or labels by their codes.
#[derive(Debug)]
struct Options(Vec<Choice>);

impl<'de> Deserialize<'de> for Options {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Options;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of options, or options by their codes")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Options, A::Error> {
                let mut choices = Vec::new();
                while let Some(label) = list.next_element::<String>()? {
                    choices.push(Choice::named(label));
                }
                Ok(Options(choices))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Options, A::Error> {
                let mut choices = Vec::new();
                while let Some((code, label)) = map.next_entry::<String, String>()? {
                    choices.push(Choice { code: Some(code), label });
                }
                Ok(Options(choices))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl RawQuestion {
    /// Checks it; `i` is its place in the list.
    pub fn check(self, i: usize, wrong: &mut Problems) -> Question {
        let field = |key: &str| format!("questions[{i}].{key}");
        if self.code.trim().is_empty() || self.code.chars().any(char::is_control) {
            wrong.push(Problem::error(What::BadId { value: self.code.clone() }).field(field("code")));
        }
        let columns = self.columns.unwrap_or_default();
        if self.column.is_none() && columns.is_empty() {
            wrong.push(Problem::error(What::Required).field(field("column")));
        }
        let metric = named(self.metric, Metric::Other, &field("metric"), wrong);
        let kind = self.kind.map(|kind| named(Some(kind), Kind::Text, &field("kind"), wrong));
        let scale = scale(self.scale, metric, i, wrong);
        let column = self.column.unwrap_or_default();
        let text = self.text.unwrap_or_else(|| if column.is_empty() { columns.join(" / ") } else { column.clone() });
        let options = self.options.map(|options| options.0).unwrap_or_default();
        let (code, sub, separator) = (self.code, self.sub.unwrap_or_default(), self.separator.filter(|separator| !separator.is_empty()));
        let question = Question { code, sub, column, columns, text, metric, scale, kind, separator, options };
        options_fit(&question, i, wrong);
        question
    }
}

/// A word of the vocabulary by its code; what is none is told.
fn named<C: Code>(text: Option<String>, usual: C, field: &str, wrong: &mut Problems) -> C {
    let Some(text) = text else { return usual };
    C::from_text(&text).unwrap_or_else(|| {
        let allowed = C::WORDS.iter().map(|word| word.code.to_owned()).collect();
        wrong.push(Problem::error(What::UnknownName { name: text, allowed }).field(field));
        usual
    })
}

fn scale(raw: Option<OneOrMany>, metric: Metric, i: usize, wrong: &mut Problems) -> Option<Scale> {
    let field = |key: &str| format!("questions[{i}].{key}");
    let given = raw.is_some();
    let scale = match raw? {
        OneOrMany::One(text) => Scale::parse_range(&text),
        OneOrMany::Many(labels) => words(labels),
    };
    if given && scale.is_none() {
        let en = "a scale is two rising numbers such as 1-5 or 0-10, or a list of different words from lowest to highest";
        wrong.push(conflict(field("scale"), "量表写成 1-5、0-10,或由低到高、互不重复的标签列表", en));
    } else if metric == Metric::Nps && !scale.as_ref().is_some_and(Scale::is_native_nps) {
        wrong.push(conflict(field("scale"), "NPS 只能来自 0-10 的题目", "an NPS comes from a question of 0-10 only"));
    }
    scale
}

/// Options are told apart by what they are called, and by the sign between them.
fn options_fit(question: &Question, i: usize, wrong: &mut Problems) {
    let field = |key: &str| format!("questions[{i}].{key}");
    if question.metric == Metric::Nps && question.scale.is_none() {
        wrong.push(conflict(field("scale"), "NPS 只能来自 0-10 的题目", "an NPS comes from a question of 0-10 only"));
    } else if question.metric != Metric::Other && question.scale.is_none() {
        wrong.push(conflict(field("metric"), "计分的题目须有 scale", "a scored question needs a scale"));
    }
    if question.is_several() && question.metric != Metric::Other {
        wrong.push(conflict(field("kind"), "多选题与排序题不能计分", "a question with several answers has no score"));
    }
    let mut keys: Vec<String> = question.options.iter().map(|choice| fold_key(&choice.label)).collect();
    keys.sort();
    let n = keys.len();
    keys.dedup();
    if keys.len() < n || keys.iter().any(String::is_empty) {
        wrong.push(conflict(field("options"), "选项须各不相同、不为空", "options are different, and none is blank"));
    } else if question.is_several()
        && let Some(torn) = torn(question)
    {
        let zh = format!("选项“{torn}”按分隔符拆开后又是别的选项,无法区分;请换一个 separator");
        let en = format!("\"{torn}\" is also several other options with the separator between them; give another separator");
        wrong.push(Problem::error(What::RuleConflict { message: [zh, en] }).field(field("options")));
    }
}

/// An option that could as well be several others.
fn torn(question: &Question) -> Option<&str> {
    let labels = || question.options.iter().map(|choice| choice.label.as_str());
    let is_torn = |label: &&str| {
        let parts = pieces(label, question.separator());
        parts.len() > 1 && parts.iter().all(|part| labels().any(|other| fold_key(other) == fold_key(part)))
    };
    labels().find(is_torn)
}

pub fn conflict(field: String, zh: &str, en: &str) -> Problem {
    Problem::error(What::RuleConflict { message: [zh.to_owned(), en.to_owned()] }).field(field)
}

/// Different words, from the lowest to the highest.
fn words(labels: Vec<String>) -> Option<Scale> {
    let mut keys: Vec<String> = labels.iter().map(|label| fold_key(label)).collect();
    let n = keys.len();
    keys.sort();
    keys.dedup();
    (n >= 2 && keys.len() == n && !keys.iter().any(String::is_empty)).then(|| Scale::grades(labels))
}
