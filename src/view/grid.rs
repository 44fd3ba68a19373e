//! The grid: a table of values that every format can write.

use serde_json::Value;

use crate::base::lang::Lang;
use crate::base::money::Money;
use crate::engine::report::figure::Number;
use crate::model::cell::{Kind, Locale};
use crate::model::columns::own_name;
use crate::model::record::Record;
use crate::view::format::ics::Calendar;

/// A column: its code for machines, its label for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Col {
    pub code: String,
    pub label: String,
    /// Numbers stand right.
    pub right: bool,
    /// Never cut short, however long.
    pub whole: bool,
}

/// A value: for people, and for machines.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub shown: String,
    pub json: Value,
    /// What it measures, where it is a figure: a workbook shows a share as one.
    pub number: Option<Number>,
}

impl Field {
    pub fn text(text: impl Into<String>) -> Field {
        let text = text.into();
        Field { json: text.clone().into(), shown: text, number: None }
    }

    pub fn number(number: impl Into<i64>) -> Field {
        let number = number.into();
        Field { shown: number.to_string(), json: number.into(), number: None }
    }

    /// A figure, with what it measures.
    pub fn measured(shown: impl Into<String>, number: Number) -> Field {
        Field { shown: shown.into(), json: serde_json::to_value(number).unwrap_or_default(), number: Some(number) }
    }

    /// A coded value: the label for people, the code for machines.
    pub fn coded(shown: impl Into<String>, code: impl Into<Value>) -> Field {
        Field { shown: shown.into(), json: code.into(), number: None }
    }

    pub fn money(money: Money, digits: u32) -> Field {
        Field { shown: money.grouped(digits), json: money.write(digits).into(), number: None }
    }

    pub fn blank() -> Field {
        Field { shown: String::new(), json: Value::Null, number: None }
    }

    /// The bare number, for drawing; none where there is none.
    pub fn value(&self) -> Option<f64> {
        let told = || self.json.as_f64().or_else(|| self.json.as_str()?.parse().ok());
        self.number.map(Number::value).or_else(told).filter(|value| value.is_finite())
    }
}

/// A table of values.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Such as `carebook.request.v1`.
    pub schema: &'static str,
    /// Set where money is in it.
    pub currency: Option<String>,
    pub columns: Vec<Col>,
    pub rows: Vec<Vec<Field>>,
    /// What a JSON document says beside its rows.
    pub notes: Vec<(&'static str, Value)>,
    /// The same for calendars, where its rows have a day or a moment.
    pub calendar: Option<Calendar>,
    /// The same as a picture (SVG), above the table in HTML.
    pub picture: Option<String>,
}

impl Grid {
    pub fn new(schema: &'static str, columns: Vec<Col>) -> Grid {
        Grid { schema, currency: None, columns, rows: Vec::new(), notes: Vec::new(), calendar: None, picture: None }
    }

    /// All columns of records, with labels in the user's language.
    pub fn of<R: Record>(schema: &'static str, records: &[&R], locale: &Locale, lang: Lang, currency: &str) -> Grid {
        let columns = R::TABLE.columns.iter().map(|column| Col {
            code: column.word.code.to_owned(),
            label: column.word.label(lang).to_owned(),
            right: matches!(column.kind, Kind::Money | Kind::Number),
            whole: false,
        });
        let mut grid = Grid::new(schema, columns.collect());
        let row = |record: &&R| {
            (0..R::TABLE.columns.len()).map(|i| Field::coded(record.shown(i, locale, lang), record.json(i, locale))).collect()
        };
        grid.rows = records.iter().map(row).collect();
        grid.currency = Some(currency.to_owned());
        grid
    }

    /// The position of a column by code or label.
    pub fn position(&self, name: &str) -> Option<usize> {
        let key = crate::base::text::fold_key(name);
        let is = |column: &Col| {
            column.code == name || crate::base::text::fold_key(&column.code) == key || crate::base::text::fold_key(&column.label) == key
        };
        let own = own_name(name).map(crate::base::text::fold_key);
        let is_own = |column: &Col| {
            let label = Some(crate::base::text::fold_key(&column.label));
            own_name(&column.code).is_some() && own.is_some() && own == label
        };
        self.columns.iter().position(is).or_else(|| self.columns.iter().position(is_own))
    }

    /// Fields as typed, `x` alone being every column of the owner's.
    pub fn spelt_out(&self, fields: &[String]) -> Vec<String> {
        let own = || self.columns.iter().map(|column| column.code.clone()).filter(|code| own_name(code).is_some());
        let is_all = |field: &str| field == "x" && own().next().is_some();
        fields.iter().flat_map(|field| if is_all(field) { own().collect() } else { vec![field.clone()] }).collect()
    }

    /// Without the columns that say nothing in any row.
    #[must_use]
    pub fn without_blank_columns(&self) -> Grid {
        let said = |at: &usize| self.rows.iter().any(|row| !row[*at].shown.is_empty());
        let kept: Vec<&str> = (0..self.columns.len()).filter(said).map(|at| self.columns[at].code.as_str()).collect();
        self.select(&kept)
    }

    /// Keeps these columns, in this order; unknown ones are left out.
    #[must_use]
    pub fn select<S: AsRef<str>>(&self, names: &[S]) -> Grid {
        let at: Vec<usize> = names.iter().filter_map(|name| self.position(name.as_ref())).collect();
        Grid {
            schema: self.schema,
            currency: self.currency.clone(),
            columns: at.iter().map(|i| self.columns[*i].clone()).collect(),
            rows: self.rows.iter().map(|row| at.iter().map(|i| row[*i].clone()).collect()).collect(),
            notes: self.notes.clone(),
            calendar: self.calendar.clone(),
            picture: self.picture.clone(),
        }
    }
}

/// A column of a grid made by hand.
pub fn col(code: &str, label: &str) -> Col {
    Col { code: code.to_owned(), label: label.to_owned(), right: false, whole: false }
}

/// A column whose cells are never cut short.
pub fn whole(code: &str, label: &str) -> Col {
    Col { whole: true, ..col(code, label) }
}

/// A column of numbers.
pub fn num(code: &str, label: &str) -> Col {
    Col { right: true, ..col(code, label) }
}
