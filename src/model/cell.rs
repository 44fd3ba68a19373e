//! Cells: how a typed value is read from a table, written to it, and shown.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::Value;

use super::vocabulary::Word;
use crate::base::date::{DateOrder, parse_date};
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::money::Money;
use crate::base::problem::What;

/// What reading and writing cells depends on: the book's language, zone and currency decimals,
/// and a foreign file's order of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale {
    pub lang: Lang,
    pub zone: Tz,
    pub digits: u32,
    pub order: DateOrder,
}

/// The kind of values a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Id,
    /// Text; guarded against being taken for a formula.
    Text,
    Date,
    Instant,
    Money,
    Number,
    Code(&'static [Word]),
    Tags,
}

/// A value of a column.
pub trait Cell: Sized {
    const KIND: Kind;
    /// Whether a blank cell is a value (an absent one).
    const OPTIONAL: bool = false;

    /// Reads a cell's text.
    ///
    /// # Errors
    /// The problem with the value, without its place.
    fn read(text: &str, locale: &Locale) -> Result<Self, What>;
    /// As it stands in the book.
    fn write(&self, locale: &Locale) -> String;
    /// With canonical codes, ISO dates, money as a decimal string.
    fn json(&self, locale: &Locale) -> Value {
        self.write(locale).into()
    }
    /// For people, in their language.
    fn shown(&self, locale: &Locale, lang: Lang) -> String {
        let _ = lang;
        self.write(locale)
    }
}

impl Cell for String {
    const KIND: Kind = Kind::Text;
    const OPTIONAL: bool = true;
    fn read(text: &str, _: &Locale) -> Result<Self, What> {
        Ok(text.to_owned())
    }
    fn write(&self, _: &Locale) -> String {
        self.clone()
    }
}

impl Cell for Id {
    const KIND: Kind = Kind::Id;
    fn read(text: &str, _: &Locale) -> Result<Self, What> {
        Id::parse(text)
    }
    fn write(&self, _: &Locale) -> String {
        self.as_str().to_owned()
    }
}

impl Cell for NaiveDate {
    const KIND: Kind = Kind::Date;
    fn read(text: &str, locale: &Locale) -> Result<Self, What> {
        parse_date(text, locale.order).or_else(|problem| {
            // a date and time where a date is wanted: its day
            Instant::parse(text, locale.zone, locale.order).map(|at| at.date(locale.zone)).map_err(|_| problem)
        })
    }
    fn write(&self, _: &Locale) -> String {
        self.format("%Y-%m-%d").to_string()
    }
}

impl Cell for Instant {
    const KIND: Kind = Kind::Instant;
    fn read(text: &str, locale: &Locale) -> Result<Self, What> {
        Instant::parse(text, locale.zone, locale.order)
    }
    fn write(&self, locale: &Locale) -> String {
        Instant::write(*self, locale.zone)
    }
    fn json(&self, locale: &Locale) -> Value {
        self.iso(locale.zone).into()
    }
    fn shown(&self, locale: &Locale, _: Lang) -> String {
        self.minute(locale.zone)
    }
}

impl Cell for Money {
    const KIND: Kind = Kind::Money;
    fn read(text: &str, locale: &Locale) -> Result<Self, What> {
        Money::parse(text, locale.digits)
    }
    fn write(&self, locale: &Locale) -> String {
        Money::write(*self, locale.digits)
    }
    fn shown(&self, locale: &Locale, _: Lang) -> String {
        self.grouped(locale.digits)
    }
}

impl Cell for u32 {
    const KIND: Kind = Kind::Number;
    fn read(text: &str, _: &Locale) -> Result<Self, What> {
        let folded = crate::base::text::fold_width(text);
        folded.trim().parse().map_err(|_| What::BadNumber { value: text.trim().to_owned() })
    }
    fn write(&self, _: &Locale) -> String {
        self.to_string()
    }
    fn json(&self, _: &Locale) -> Value {
        (*self).into()
    }
}

impl Cell for i64 {
    const KIND: Kind = Kind::Number;
    fn read(text: &str, _: &Locale) -> Result<Self, What> {
        let folded = crate::base::text::fold_width(text);
        folded.trim().parse().map_err(|_| What::BadNumber { value: text.trim().to_owned() })
    }
    fn write(&self, _: &Locale) -> String {
        self.to_string()
    }
    fn json(&self, _: &Locale) -> Value {
        (*self).into()
    }
}

/// A quantity: an exact decimal, kept as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity(pub rust_decimal::Decimal);

impl Cell for Quantity {
    const KIND: Kind = Kind::Number;
    fn read(text: &str, _: &Locale) -> Result<Self, What> {
        let folded = crate::base::text::fold_width(text);
        let body = folded.trim();
        let plain = body.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
        let value = body.parse().ok().filter(|_| plain);
        value.map(Quantity).ok_or_else(|| What::BadNumber { value: text.trim().to_owned() })
    }
    fn write(&self, _: &Locale) -> String {
        self.0.to_string()
    }
}

/// A score on a scale whose bounds the column's owner knows; whole or half steps, e.g. `4`, `9.5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(pub rust_decimal::Decimal);

impl Cell for Score {
    const KIND: Kind = Kind::Number;
    fn read(text: &str, locale: &Locale) -> Result<Self, What> {
        Quantity::read(text, locale).map(|quantity| Score(quantity.0))
    }
    fn write(&self, _: &Locale) -> String {
        self.0.normalize().to_string()
    }
}

impl Score {
    pub fn value(self) -> f64 {
        use rust_decimal::prelude::ToPrimitive;
        self.0.to_f64().unwrap_or(0.0)
    }
}

/// Words separated by `;` or `；` or `、`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tags(pub Vec<String>);

impl Tags {
    /// The words of a cell that holds several.
    pub fn split(text: &str) -> impl Iterator<Item = &str> {
        text.split([';', '；', '、']).map(str::trim).filter(|word| !word.is_empty())
    }
}

impl Cell for Tags {
    const KIND: Kind = Kind::Tags;
    const OPTIONAL: bool = true;
    fn read(text: &str, _: &Locale) -> Result<Self, What> {
        Ok(Tags(Tags::split(text).map(str::to_owned).collect()))
    }
    fn write(&self, _: &Locale) -> String {
        self.0.join(";")
    }
    fn json(&self, _: &Locale) -> Value {
        self.0.clone().into()
    }
}

impl<T: Cell> Cell for Option<T> {
    const KIND: Kind = T::KIND;
    const OPTIONAL: bool = true;
    fn read(text: &str, locale: &Locale) -> Result<Self, What> {
        if text.is_empty() || text.trim().is_empty() { Ok(None) } else { T::read(text, locale).map(Some) }
    }
    fn write(&self, locale: &Locale) -> String {
        self.as_ref().map_or_else(String::new, |value| value.write(locale))
    }
    fn json(&self, locale: &Locale) -> Value {
        self.as_ref().map_or(Value::Null, |value| value.json(locale))
    }
    fn shown(&self, locale: &Locale, lang: Lang) -> String {
        self.as_ref().map_or_else(String::new, |value| value.shown(locale, lang))
    }
}
