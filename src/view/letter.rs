//! Letters in words: the values a template gets, the templates themselves, and a letter filled.
//!
//! `words` has what depends on the language and is not in a template; `sample` a value of every kind, for checks and docs.

#[cfg(test)]
pub mod model;
pub mod sample;
mod words;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::base::lang::Lang;
use crate::base::problem::{Problem, Problems, What};
use crate::engine::letter::{AboutRequest, AboutRevisit, LETTERS, Recipient};
use crate::model::settings::Sender;
use crate::model::survey_file::SurveyFile;
use crate::model::vocabulary::Code;
use crate::view::present::survey_form::questions;
use crate::view::template::{Kind, Source, Templates};
pub use words::{kinds, refused, title, written};

/// How a letter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    Html,
}

impl Form {
    pub const ALL: [Form; 2] = [Form::Text, Form::Html];

    pub fn ending(self) -> &'static str {
        match self {
            Form::Text => "txt",
            Form::Html => "html",
        }
    }

    pub fn kind(self) -> Kind {
        match self {
            Form::Text => Kind::Text,
            Form::Html => Kind::Html,
        }
    }
}

/// A survey, as a letter asks it.
pub struct Asked<'a> {
    pub name: &'a str,
    pub file: &'a SurveyFile,
    pub code: String,
}

/// All that a letter tells, in one language.
pub struct Told<'a> {
    pub name: &'a str,
    pub on: NaiveDate,
    pub sender: &'a Sender,
    pub to: &'a Recipient,
    pub request: Option<&'a AboutRequest>,
    pub revisit: Option<&'a AboutRevisit>,
    pub survey: Option<Asked<'a>>,
}

impl Told<'_> {
    /// The values of its template.
    pub fn values(&self, lang: Lang) -> Value {
        let Told { sender, to, .. } = self;
        json!({
            "lang": lang.pick("zh-CN", "en"),
            "letter": {"name": self.name, "title": title(self.name, lang)},
            "date": date(self.on, lang),
            "sender": {"name": sender.name, "phone": sender.phone, "email": sender.email, "address": sender.address},
            "to": {
                "id": to.id, "name": to.name, "company": to.is_company, "contact": to.contact, "owner": to.owner,
                "salutation": words::salutation(to, lang),
            },
            "request": self.request.map(|request| of_request(request, lang)),
            "revisit": self.revisit.map(|revisit| of_revisit(revisit, lang)),
            "survey": self.survey.as_ref().map(|asked| json!({
                "name": asked.name,
                "title": asked.file.title.pick(lang, asked.name),
                "code": asked.code,
                "questions": questions(asked.file, lang),
            })),
        })
    }
}

fn date(day: NaiveDate, lang: Lang) -> Value {
    json!({"iso": day.to_string(), "text": written(day, lang)})
}

fn of_request(request: &AboutRequest, lang: Lang) -> Value {
    let day = |day: Option<NaiveDate>| day.map(|day| date(day, lang));
    let step = |(step, on): &(_, NaiveDate)| json!({"on": date(*on, lang), "text": words::step(*step, lang)});
    json!({
        "id": request.id,
        "type": request.kind.map_or("", |kind| kind.label(lang)),
        "category": request.category,
        "content": request.content,
        "wish": request.wish,
        "received": date(request.received, lang),
        "stage": words::stage(request.stage, lang),
        "stage_code": request.stage.code(),
        "steps": request.steps.iter().map(step).collect::<Vec<_>>(),
        "next": words::next(request.next, &request.result, lang),
        "by": day(request.by),
        "question": request.question,
        "measures": request.measures,
        "result": request.result,
        "cause": request.cause,
        "resolved": day(request.resolved),
        "reply_until": day(request.reply_until),
    })
}

fn of_revisit(revisit: &AboutRevisit, lang: Lang) -> Value {
    json!({
        "id": revisit.id,
        "due": date(revisit.due, lang),
        "weekday": words::weekday(revisit.due, lang),
        "channel": words::channel(&revisit.channel, lang),
        "time": words::time(&revisit.time, lang),
        "staff": revisit.staff,
        "request": revisit.request,
    })
}

macro_rules! built_in {
    ($($file:literal),* $(,)?) => {
        &[$((concat!("letters/", $file), include_str!(concat!("../../templates/letters/", $file)))),*]
    };
}

/// Built-in templates by name. A file of the same name under the book's `templates/` replaces one.
#[rustfmt::skip]
pub const BUILT_IN: &[(&str, &str)] = built_in![
    "welcome.zh.txt", "welcome.zh.html", "welcome.en.txt", "welcome.en.html",
    "apology.zh.txt", "apology.zh.html", "apology.en.txt", "apology.en.html",
    "status.zh.txt", "status.zh.html", "status.en.txt", "status.en.html",
    "resolution.zh.txt", "resolution.zh.html", "resolution.en.txt", "resolution.en.html",
    "revisit.zh.txt", "revisit.zh.html", "revisit.en.txt", "revisit.en.html",
    "questionnaire.zh.txt", "questionnaire.zh.html", "questionnaire.en.txt", "questionnaire.en.html",
    "_frame.zh.txt", "_frame.zh.html", "_frame.en.txt", "_frame.en.html", "_plain.html", "style.css",
];

/// What turns the text of a letter into a page, where the owner wrote the text alone.
const PLAIN: &str = "letters/_plain.html";

/// The owner's templates and the built-in ones.
pub fn sources(own: &[(String, String)]) -> Vec<Source> {
    let own = own.iter().map(|(name, text)| Source::own(name, text));
    own.chain(BUILT_IN.iter().map(|(name, text)| Source::built_in(name, text))).collect()
}

/// A template's file, without the folder of the book.
pub fn file_name(name: &str, lang: Lang, form: Form) -> String {
    format!("letters/{name}.{}.{}", lang.code(), form.ending())
}

/// Where a letter's words come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    BuiltIn,
    Own,
    /// A page made of the owner's own text.
    OwnText,
}

/// Which template a letter takes in a language and form; `None` where there is none.
pub fn origin(sources: &[Source], name: &str, lang: Lang, form: Form) -> Option<Origin> {
    let has = |form: Form, own: bool| {
        let file = file_name(name, lang, form);
        sources.iter().any(|source| source.name == file && source.own == own)
    };
    match form {
        form if has(form, true) => Some(Origin::Own),
        // the owner's words, not ours, also as a page
        Form::Html if has(Form::Text, true) => Some(Origin::OwnText),
        form => has(form, false).then_some(Origin::BuiltIn),
    }
}

/// The names of all letters: the built-in ones, then the owner's, sorted.
pub fn names(sources: &[Source]) -> Vec<String> {
    let of_file = |source: &Source| {
        let mut parts = source.name.strip_prefix("letters/")?.split('.');
        let (name, lang, form, end) = (parts.next()?, parts.next()?, parts.next()?, parts.next());
        let is_letter = matches!(lang, "zh" | "en") && matches!(form, "txt" | "html") && end.is_none() && !name.starts_with('_');
        (is_letter && !name.is_empty()).then(|| name.to_owned())
    };
    let mut own: Vec<String> = sources.iter().filter_map(of_file).filter(|name| LETTERS.iter().all(|letter| letter.name != name)).collect();
    own.sort();
    own.dedup();
    LETTERS.iter().map(|letter| letter.name.to_owned()).chain(own).collect()
}

/// Fills a letter.
///
/// # Errors
/// No template for this language and form; a fault in one, with its place.
pub fn fill(name: &str, lang: Lang, form: Form, values: &Value, sources: &[Source]) -> Result<String, Problems> {
    match origin(sources, name, lang, form) {
        None => Err(vec![lacking(name, lang)]),
        Some(Origin::OwnText) => {
            let text = filled(&file_name(name, lang, Form::Text), Kind::Text, values, sources)?;
            let mut values = values.clone();
            values["paragraphs"] = paragraphs(&text);
            filled(PLAIN, Kind::Html, &values, sources)
        }
        Some(Origin::Own | Origin::BuiltIn) => filled(&file_name(name, lang, form), form.kind(), values, sources),
    }
}

fn filled(file: &str, kind: Kind, values: &Value, sources: &[Source]) -> Result<String, Problems> {
    let text = Templates::compile(sources, &[file], kind)?.fill(file, values, &[]).map_err(|problem| vec![problem])?;
    Ok(if kind == Kind::Text { tidy(&text) } else { text })
}

/// No blanks at the ends of lines, no more than one blank line, one end.
fn tidy(text: &str) -> String {
    let mut out = String::new();
    let mut blank = true;
    for line in text.lines().map(|line| line.trim_end_matches([' ', '\t', '\r'])) {
        if !(line.is_empty() && blank) {
            out.push_str(line);
            out.push('\n');
        }
        blank = line.is_empty();
    }
    out.truncate(out.trim_end_matches('\n').len());
    out.push('\n');
    out
}

fn paragraphs(text: &str) -> Value {
    text.trim().split("\n\n").map(|paragraph| Value::from_iter(paragraph.lines())).collect()
}

fn lacking(name: &str, lang: Lang) -> Problem {
    let (text, html) = (file_name(name, lang, Form::Text), file_name(name, lang, Form::Html));
    let message = [
        format!("信函 {name} 没有{}模板;请写 templates/{text} 或 templates/{html}", lang.pick("中文", "英文")),
        format!("the letter {name} has no {} template; write templates/{text} or templates/{html}", lang.pick("Chinese", "English")),
    ];
    What::Usage { message }.into()
}

#[cfg(test)]
mod tests;
