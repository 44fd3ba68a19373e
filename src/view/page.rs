//! A page for colleagues: cells that say what they are, so that a spreadsheet shows them as they are meant.

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::Value as Json;

use super::grid::{Col, Field, Grid};
use crate::base::lang::Lang;
use crate::model::cell::{Kind, Locale};
use crate::model::columns::OwnColumn;
use crate::model::record::Record;
use crate::model::table::Column;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Blank,
    /// Never taken for a number, a date or a formula.
    Text(String),
    /// A plain decimal.
    Number(String),
    Date(NaiveDate),
    /// Local time of the book.
    Moment(NaiveDateTime),
}

/// What a column's cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Text,
    /// With so many decimals, or as many as there are.
    Number(Option<u32>),
    Date,
    Moment,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    pub label: String,
    pub shape: Shape,
    /// The words that may stand there; none where any may.
    pub choices: Vec<String>,
}

/// One sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub name: String,
    pub heads: Vec<Head>,
    pub rows: Vec<Vec<Value>>,
}

impl Page {
    /// Columns of a table, by position, without rows.
    pub fn empty<R: Record>(columns: &[usize], locale: &Locale, lang: Lang) -> Page {
        let heads = columns.iter().map(|at| head(&R::TABLE.columns[*at], locale, lang)).collect();
        Page { name: R::TABLE.word.label(lang).to_owned(), heads, rows: Vec::new() }
    }

    /// Records as rows, these columns of them.
    pub fn of<R: Record>(records: &[R], columns: &[usize], locale: &Locale, lang: Lang) -> Page {
        let mut page = Page::empty::<R>(columns, locale, lang);
        let row = |record: &R| columns.iter().map(|at| value(record, *at, locale, lang)).collect();
        page.rows = records.iter().map(row).collect();
        page
    }

    /// The owner's columns (`x.NAME`) behind the table's; the cells row by row, the last ones may be missing where blank.
    #[must_use]
    pub fn with_own(mut self, columns: &[OwnColumn], cells: &[Vec<String>], locale: &Locale, lang: Lang) -> Page {
        self.heads.extend(columns.iter().map(|column| {
            let choices = column.kind.choices().iter().map(|choice| choice.label(lang));
            // several of them may stand in one cell of tags
            let listed = !matches!(column.cell_kind(), Kind::Tags);
            Head { label: column.label(lang), shape: shape(column.cell_kind(), locale), choices: choices.filter(|_| listed).collect() }
        }));
        for (at, row) in self.rows.iter_mut().enumerate() {
            row.extend(columns.iter().enumerate().map(|(n, column)| {
                let text = cells.get(at).and_then(|cells| cells.get(n)).map_or("", String::as_str);
                let shown = || column.shown(text, locale, lang);
                if text.is_empty() { Value::Blank } else { typed(column.cell_kind(), text).unwrap_or_else(|| Value::Text(shown())) }
            }));
        }
        self
    }

    /// A column of the same text in every row, at the end.
    #[must_use]
    pub fn with_column(mut self, label: &str, text: &str) -> Page {
        self.heads.push(Head { label: label.to_owned(), shape: Shape::Text, choices: Vec::new() });
        for row in &mut self.rows {
            row.push(Value::Text(text.to_owned()));
        }
        self
    }

    /// Any grid: what machines are given strictly as a number, a date or a moment is one.
    pub fn of_grid(grid: &Grid, name: &str) -> Page {
        let rows: Vec<Vec<Value>> =
            grid.rows.iter().map(|row| row.iter().zip(&grid.columns).map(|(field, column)| read(field, column)).collect()).collect();
        let shape = |at: usize| {
            let mut said = rows.iter().map(|row: &Vec<Value>| &row[at]).filter(|value| **value != Value::Blank);
            match said.next() {
                Some(Value::Number(_)) => Shape::Number(None),
                Some(Value::Date(_)) => Shape::Date,
                Some(Value::Moment(_)) => Shape::Moment,
                Some(Value::Text(_) | Value::Blank) | None => Shape::Text,
            }
        };
        let head = |(at, column): (usize, &Col)| Head { label: column.label.clone(), shape: shape(at), choices: Vec::new() };
        let heads = grid.columns.iter().enumerate().map(head).collect();
        Page { name: name.to_owned(), heads, rows }
    }
}

fn head(column: &Column, locale: &Locale, lang: Lang) -> Head {
    let choices = match column.kind {
        Kind::Code(words) => words.iter().map(|word| word.label(lang).to_owned()).collect(),
        _ => Vec::new(),
    };
    Head { label: column.word.label(lang).to_owned(), shape: shape(column.kind, locale), choices }
}

fn shape(kind: Kind, locale: &Locale) -> Shape {
    match kind {
        Kind::Date => Shape::Date,
        Kind::Instant => Shape::Moment,
        Kind::Money => Shape::Number(Some(locale.digits)),
        Kind::Number => Shape::Number(None),
        Kind::Code(_) | Kind::Id | Kind::Text | Kind::Tags => Shape::Text,
    }
}

fn value<R: Record>(record: &R, at: usize, locale: &Locale, lang: Lang) -> Value {
    let text = record.written(at, locale);
    if text.is_empty() {
        return Value::Blank;
    }
    match R::TABLE.columns[at].kind {
        Kind::Code(_) => Value::Text(record.shown(at, locale, lang)),
        Kind::Money | Kind::Number => Value::Number(text),
        kind => typed(kind, &text).unwrap_or(Value::Text(text)),
    }
}

/// A cell of a table as a value, where its kind has values of its own.
pub fn typed(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Date => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Value::Date),
        // an hour that occurs twice has its offset behind it, and stays text
        Kind::Instant => NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok().map(Value::Moment),
        Kind::Money | Kind::Number => text.parse::<rust_decimal::Decimal>().ok().map(|_| Value::Number(text.to_owned())),
        Kind::Id | Kind::Text | Kind::Tags | Kind::Code(_) => None,
    }
}

/// What a field of this column is: strictly a number, a date or a moment, else text.
pub fn read(field: &Field, column: &Col) -> Value {
    let strict = |text: &str| {
        let is_date = text.len() == 10 && text.as_bytes().get(4) == Some(&b'-');
        let date = || typed(Kind::Date, text).filter(|_| is_date);
        let moment =
            || chrono::DateTime::parse_from_rfc3339(text).ok().filter(|_| text.len() >= 20).map(|at| Value::Moment(at.naive_local()));
        let number = || typed(Kind::Number, text).filter(|_| column.right);
        date().or_else(moment).or_else(number)
    };
    match &field.json {
        Json::Number(number) => Value::Number(number.to_string()),
        Json::String(text) => strict(text).unwrap_or_else(|| shown(field)),
        _ => shown(field),
    }
}

fn shown(field: &Field) -> Value {
    if field.shown.is_empty() { Value::Blank } else { Value::Text(field.shown.clone()) }
}
