//! The values of own columns: read like a built-in cell, written in the book's language, canonical for machines.

use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;

use super::OwnColumn;
use crate::base::lang::Lang;
use crate::base::money::Money;
use crate::base::problem::What;
use crate::base::text::fold_key;
use crate::model::cell::{Cell, Kind, Locale, Quantity, Tags};
use crate::model::rules::RawLabel;

/// The type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnKind {
    Text,
    /// A whole number.
    Integer(Bounds),
    /// An exact decimal.
    Number(Bounds),
    Money(Bounds),
    Date,
    YesNo,
    Choice(Vec<Choice>),
    /// Words; any, where none are declared.
    Tags(Vec<Choice>),
}

/// The least and the most a number may be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bounds {
    pub min: Option<Decimal>,
    pub max: Option<Decimal>,
}

/// One value of a closed set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub code: String,
    pub label: RawLabel,
    pub aliases: Vec<String>,
}

/// What a filled cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum OwnValue {
    Text(String),
    Integer(i64),
    Number(Decimal),
    Money(Money),
    Date(NaiveDate),
    YesNo(bool),
    /// The position of the value.
    Choice(usize),
    /// Codes where values are declared.
    Tags(Vec<String>),
}

/// Yes and no as they are read; the first two are what is written.
const YES: [&str; 7] = ["是", "yes", "true", "y", "1", "✓", "√"];
const NO: [&str; 7] = ["否", "no", "false", "n", "0", "✗", "×"];

impl OwnKind {
    /// As `type:` names it.
    pub fn code(&self) -> &'static str {
        match self {
            OwnKind::Text => "text",
            OwnKind::Integer(_) => "integer",
            OwnKind::Number(_) => "number",
            OwnKind::Money(_) => "money",
            OwnKind::Date => "date",
            OwnKind::YesNo => "yes_no",
            OwnKind::Choice(_) => "choice",
            OwnKind::Tags(_) => "tags",
        }
    }

    /// The declared values of a choice or of tags.
    pub fn choices(&self) -> &[Choice] {
        match self {
            OwnKind::Choice(choices) | OwnKind::Tags(choices) => choices,
            _ => &[],
        }
    }

    /// The bounds of a number.
    pub fn bounds(&self) -> Bounds {
        match self {
            OwnKind::Integer(bounds) | OwnKind::Number(bounds) | OwnKind::Money(bounds) => *bounds,
            _ => Bounds::default(),
        }
    }
}

impl OwnValue {
    /// A number or an amount of money as a decimal.
    pub fn amount(&self, locale: &Locale) -> Option<Decimal> {
        match self {
            OwnValue::Integer(number) => Some((*number).into()),
            OwnValue::Number(number) => Some(*number),
            OwnValue::Money(money) => Some(Decimal::new(money.minor(), locale.digits)),
            _ => None,
        }
    }
}

impl Bounds {
    fn hold(self, value: Decimal, written: &str) -> Result<(), What> {
        let within = self.min.is_none_or(|min| min <= value) && self.max.is_none_or(|max| value <= max);
        let bound = |bound: Option<Decimal>, open: &str| bound.map_or_else(|| open.to_owned(), |bound| bound.to_string());
        if within {
            Ok(())
        } else {
            Err(What::OutOfRange { value: written.to_owned(), min: bound(self.min, "-∞"), max: bound(self.max, "∞") })
        }
    }
}

impl fmt::Display for Bounds {
    /// `0..100`, blank without bounds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = |bound: Option<Decimal>| bound.map(|bound| bound.to_string()).unwrap_or_default();
        if self.min.is_none() && self.max.is_none() { Ok(()) } else { write!(f, "{}..{}", bound(self.min), bound(self.max)) }
    }
}

impl Choice {
    fn names(&self) -> impl Iterator<Item = &str> {
        let labels = [&self.label.zh, &self.label.en].into_iter().flatten();
        std::iter::once(&self.code).chain(labels).chain(&self.aliases).map(String::as_str)
    }

    /// Whether a text is this value: its code, a label or an alias.
    pub fn answers(&self, text: &str) -> bool {
        let key = fold_key(text);
        self.names().any(|name| fold_key(name) == key)
    }

    /// For people, in their language.
    pub fn label(&self, lang: Lang) -> String {
        super::label(&self.label, lang, &self.code)
    }

    /// What a cell holds, like every coded value: in a Chinese book the Chinese label, in an English one the code.
    fn written(&self, lang: Lang) -> &str {
        lang.pick(self.label.zh.as_deref(), None).unwrap_or(&self.code)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = String> {
        self.names().map(fold_key)
    }
}

impl OwnColumn {
    /// How the cell's text is kept in a file: text is guarded against being taken for a formula.
    pub fn cell_kind(&self) -> Kind {
        match self.kind {
            OwnKind::Text | OwnKind::Choice(_) | OwnKind::YesNo => Kind::Text,
            OwnKind::Integer(_) | OwnKind::Number(_) => Kind::Number,
            OwnKind::Money(_) => Kind::Money,
            OwnKind::Date => Kind::Date,
            OwnKind::Tags(_) => Kind::Tags,
        }
    }

    /// The same column where any number may be.
    #[must_use]
    pub fn without_bounds(&self) -> OwnColumn {
        let any = Bounds::default();
        let kind = match &self.kind {
            OwnKind::Integer(_) => OwnKind::Integer(any),
            OwnKind::Number(_) => OwnKind::Number(any),
            OwnKind::Money(_) => OwnKind::Money(any),
            other => other.clone(),
        };
        OwnColumn { kind, ..self.clone() }
    }

    /// Reads a cell; `None` is a blank one.
    ///
    /// # Errors
    /// What does not fit the type, without its place.
    pub fn read(&self, text: &str, locale: &Locale) -> Result<Option<OwnValue>, What> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let value = match &self.kind {
            OwnKind::Text => OwnValue::Text(text.to_owned()),
            OwnKind::Integer(bounds) => {
                let number = i64::read(text, locale)?;
                bounds.hold(number.into(), text.trim())?;
                OwnValue::Integer(number)
            }
            OwnKind::Number(bounds) => {
                let number = Quantity::read(text, locale)?.0;
                bounds.hold(number, text.trim())?;
                OwnValue::Number(number)
            }
            OwnKind::Money(bounds) => {
                let money = Money::read(text, locale)?;
                bounds.hold(Decimal::new(money.minor(), locale.digits), text.trim())?;
                OwnValue::Money(money)
            }
            OwnKind::Date => OwnValue::Date(NaiveDate::read(text, locale)?),
            OwnKind::YesNo => OwnValue::YesNo(yes_or_no(text, locale.lang)?),
            OwnKind::Choice(choices) => OwnValue::Choice(chosen(choices, text, locale.lang)?),
            OwnKind::Tags(choices) => {
                let code = |word: &str| {
                    let coded = |at: usize| choices[at].code.clone();
                    if choices.is_empty() { Ok(word.to_owned()) } else { chosen(choices, word, locale.lang).map(coded) }
                };
                let words = Tags::split(text).map(code).collect::<Result<Vec<String>, What>>()?;
                return Ok(Some(words).filter(|words| !words.is_empty()).map(OwnValue::Tags));
            }
        };
        Ok(Some(value))
    }

    /// Whether two cells mean the same, however they are written.
    pub fn is_same(&self, one: &str, other: &str, locale: &Locale) -> bool {
        match (self.read(one, locale), self.read(other, locale)) {
            (Ok(one), Ok(other)) => one == other,
            _ => self.json(one, locale) == self.json(other, locale),
        }
    }

    /// The words of both cells, each once; those of the first come first.
    pub fn united(&self, one: &str, other: &str, locale: &Locale) -> String {
        let mut words: Vec<&str> = Tags::split(one).collect();
        for word in Tags::split(other) {
            if !words.iter().any(|known| self.is_same(known, word, locale)) {
                words.push(word);
            }
        }
        words.join(";")
    }

    /// A typed text as it is to stand in the book; blank stays blank.
    ///
    /// # Errors
    /// What does not fit the type.
    pub fn settled(&self, text: &str, locale: &Locale) -> Result<String, What> {
        Ok(self.read(text, locale)?.map_or_else(String::new, |value| self.written(&value, locale)))
    }

    /// A value as it stands in the book.
    pub fn written(&self, value: &OwnValue, locale: &Locale) -> String {
        match value {
            OwnValue::Text(text) => text.clone(),
            OwnValue::Integer(number) => number.to_string(),
            OwnValue::Number(number) => number.to_string(),
            OwnValue::Money(money) => Money::write(*money, locale.digits),
            OwnValue::Date(date) => Cell::write(date, locale),
            OwnValue::YesNo(yes) => locale.lang.pick(if *yes { YES[0] } else { NO[0] }, if *yes { YES[1] } else { NO[1] }).to_owned(),
            OwnValue::Choice(at) => self.kind.choices().get(*at).map_or("", |choice| choice.written(locale.lang)).to_owned(),
            OwnValue::Tags(codes) => {
                let written = |code: &String| self.choice(code).map_or(code.as_str(), |choice| choice.written(locale.lang)).to_owned();
                codes.iter().map(written).collect::<Vec<_>>().join(";")
            }
        }
    }

    fn choice(&self, code: &str) -> Option<&Choice> {
        self.kind.choices().iter().find(|choice| choice.code == code)
    }

    /// A cell for machines: canonical where it fits the type, else the text that stands there.
    pub fn json(&self, text: &str, locale: &Locale) -> Value {
        match self.read(text, locale) {
            Ok(None) => Value::Null,
            Ok(Some(value)) => self.canonical(&value, locale),
            Err(_) => text.into(),
        }
    }

    fn canonical(&self, value: &OwnValue, locale: &Locale) -> Value {
        match value {
            OwnValue::Integer(number) => (*number).into(),
            OwnValue::YesNo(yes) => (*yes).into(),
            OwnValue::Choice(at) => self.kind.choices().get(*at).map_or(Value::Null, |choice| choice.code.clone().into()),
            OwnValue::Tags(codes) => codes.clone().into(),
            other => self.written(other, locale).into(),
        }
    }

    /// A cell for people, in their language.
    pub fn shown(&self, text: &str, locale: &Locale, lang: Lang) -> String {
        match self.read(text, locale) {
            Ok(Some(OwnValue::Money(money))) => money.grouped(locale.digits),
            Ok(Some(OwnValue::Choice(at))) => self.kind.choices().get(at).map(|choice| choice.label(lang)).unwrap_or_default(),
            Ok(Some(OwnValue::Tags(codes))) => {
                let label = |code: &String| self.choice(code).map_or_else(|| code.clone(), |choice| choice.label(lang));
                codes.iter().map(label).collect::<Vec<_>>().join(";")
            }
            Ok(Some(value)) => self.written(&value, &Locale { lang, ..*locale }),
            Ok(None) => String::new(),
            Err(_) => text.to_owned(),
        }
    }
}

fn chosen(choices: &[Choice], text: &str, lang: Lang) -> Result<usize, What> {
    let allowed = || choices.iter().map(|choice| choice.label(lang)).collect();
    let found = choices.iter().position(|choice| choice.answers(text));
    found.ok_or_else(|| What::UnknownCode { value: text.trim().to_owned(), allowed: allowed() })
}

fn yes_or_no(text: &str, lang: Lang) -> Result<bool, What> {
    let key = fold_key(text);
    let is = |words: &[&str]| words.contains(&key.as_str());
    match (is(&YES), is(&NO)) {
        (true, _) => Ok(true),
        (_, true) => Ok(false),
        _ => {
            let allowed = lang.pick([YES[0], NO[0]], [YES[1], NO[1]]).map(str::to_owned).to_vec();
            Err(What::UnknownCode { value: text.trim().to_owned(), allowed })
        }
    }
}
