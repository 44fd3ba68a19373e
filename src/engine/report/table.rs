//! Tables of figures: rows of one kind (stages, severities, people, causes), and the same measures of each.
//!
//! A table is declared once ([`Table`], listed in [`TABLES`]); its figures, their addresses and their records follow from
//! the declaration, so that no table can be shown that `report explain` does not know.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::basis::Basis;
use super::figure::{Figure, Number};
use super::side::{Cohort, Measure, Recorded, Row, Side, Sides, figures};
use super::{Report, causes, lifecycle, quality, repeats, revisits, satisfaction, staff, targets};
use crate::model::request::Request;
use crate::model::revisit::Revisit;

/// Every table, and where the report has it; one that was not worked out has none.
pub const TABLES: &[(&Table, Place)] = &[
    (&targets::STAGES, |report| Some(&report.targets.stages)),
    (&targets::SEVERITIES, |report| Some(&report.targets.severities)),
    (&targets::STAFF, |report| Some(&report.targets.staff)),
    (&causes::BY_CAUSE, |report| Some(&report.causes.by_cause)),
    (&causes::RESPONSIBLE, |report| Some(&report.causes.responsible)),
    (&causes::MEASURES, |report| Some(&report.causes.measures)),
    (&quality::LACKING, |report| Some(&report.quality.lacking)),
    (&repeats::REOPENED, |report| Some(&report.repeats.categories)),
    (&revisits::TIERS, |report| Some(&report.revisits.tiers)),
    (&revisits::STAFF, |report| Some(&report.revisits.staff)),
    (&satisfaction::CATEGORIES, |report| Some(&report.satisfaction.categories)),
    (&satisfaction::HANDLERS, |report| Some(&report.satisfaction.handlers)),
    (&staff::HANDLERS, |report| Some(&report.staff.handlers)),
    (&lifecycle::CLASSES, |report| report.lifecycle.as_ref().map(|lifecycle| &lifecycle.classes)),
];

type Place = fn(&Report) -> Option<&Split>;

/// A table's declaration.
pub struct Table {
    pub section: &'static str,
    /// What its rows are, as addresses have it.
    pub what: &'static str,
    pub rows: Rows,
    /// Those of a row by its key: mostly the same for all.
    pub measures: fn(&str) -> &'static [Measure],
    /// Whether records of the kind are kept of a period.
    pub recorded: Recorded,
    pub order: Order,
}

/// In which order the rows stand, and which are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// All, those with most records first; named ones as they were named.
    Records,
    /// The same, no more than `rows` of `rules/report.yaml`.
    MostRecords,
    /// By a measure, the largest first; without those that have nothing of it; no more than `rows`.
    By(&'static str),
}

/// Which rows there are, and which records each has.
pub enum Rows {
    /// Named beforehand; each has all records.
    Fixed(&'static [&'static str]),
    /// An accepted request belongs to one row; `None`: to none.
    Requests(for<'a> fn(&Side<'a>, &'a Request) -> Option<&'a str>),
    /// It belongs to as many as there are texts.
    Several(for<'a> fn(&'a Request) -> Vec<Cow<'a, str>>),
    /// The same for revisits.
    Revisits(for<'a> fn(&Side<'a>, &'a Revisit) -> Option<&'a str>),
    /// Accepted requests and revisits of one person each; blank: of nobody.
    People,
}

/// A table, filled.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Split {
    pub rows: Vec<SplitRow>,
    /// Rows that the list was too short for.
    pub left_out: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SplitRow {
    /// A code, a name, a text; blank where the record has none.
    pub key: String,
    pub figures: Vec<Figure>,
}

impl SplitRow {
    pub fn figure(&self, code: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.code == code)
    }

    /// The number of this period.
    pub fn now(&self, code: &str) -> Option<Number> {
        self.figure(code)?.now
    }

    /// The same of a count; 0 where there is none.
    pub fn count(&self, code: &str) -> usize {
        match self.now(code) {
            Some(Number::Count(n)) => usize::try_from(n).unwrap_or(0),
            _ => 0,
        }
    }
}

/// The rows of one side with their records.
type Groups<'a> = BTreeMap<Cow<'a, str>, Side<'a>>;

/// The records of a row. What a side has nothing of is nothing then, which is not the same as no comparison.
fn own<'a>(side: &Side<'a>, groups: &Groups<'a>, key: &str) -> Side<'a> {
    let nothing = || {
        let of = groups.values().next().map_or(0, |other| other.row.of);
        Side { row: Row { key: key.to_owned().into(), of }, ..side.over(Cohort::default()) }
    };
    groups.get(key).cloned().unwrap_or_else(nothing)
}

impl Table {
    /// Its figures on every side. A row is there when this period or the one before has records of it.
    pub fn of(&self, sides: &Sides<'_>) -> Split {
        self.with_rows(sides, sides.now.inputs.rules.rows)
    }

    /// The same with every row, however long lists may be.
    pub fn whole(&self, sides: &Sides<'_>) -> Split {
        self.with_rows(sides, usize::MAX)
    }

    fn with_rows(&self, sides: &Sides<'_>, most: usize) -> Split {
        let year_ago = sides.year_ago.as_ref().filter(|side| (self.recorded)(side));
        let now = self.groups(&sides.now);
        let before = sides.before.as_ref().map(|side| (side, self.groups(side)));
        let year_ago = year_ago.map(|side| (side, self.groups(side)));
        let row = |key: &str| {
            let before = before.as_ref().map(|(side, groups)| own(side, groups, key));
            let year_ago = year_ago.as_ref().map(|(side, groups)| own(side, groups, key));
            let own = Sides { now: own(&sides.now, &now, key), before, year_ago };
            SplitRow { key: key.to_owned(), figures: figures((self.measures)(key), &own, |_| true) }
        };
        let keys = self.keys(&now, before.as_ref().map(|(_, groups)| groups));
        let short = |keys: &[&str], most: usize| Split {
            rows: keys.iter().take(most).map(|key| row(key)).collect(),
            left_out: keys.len().saturating_sub(most),
        };
        match self.order {
            Order::Records => short(&keys, usize::MAX),
            Order::MostRecords => short(&keys, most),
            Order::By(code) => by(short(&keys, usize::MAX).rows, code, most),
        }
    }

    /// The keys in their order: as they were named, or by the number of records.
    fn keys<'g>(&self, now: &'g Groups<'_>, before: Option<&'g Groups<'_>>) -> Vec<&'g str> {
        if let Rows::Fixed(keys) = self.rows {
            return keys.to_vec();
        }
        let size = |side: Option<&Side<'_>>| side.map_or(0, |side| side.cohort.all.len() + side.revisits.len());
        let mut keys: Vec<&str> = now.keys().chain(before.into_iter().flat_map(BTreeMap::keys)).map(AsRef::as_ref).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.sort_by_key(|key| Reverse((size(now.get(*key)), size(before.and_then(|before| before.get(*key))))));
        keys
    }

    /// The records of each row.
    fn groups<'a>(&self, side: &Side<'a>) -> Groups<'a> {
        if let Rows::Fixed(keys) = self.rows {
            let row = |key: &'static str| (key.into(), Side { row: Row { key: key.into(), of: 0 }, ..side.clone() });
            return keys.iter().map(|key| row(key)).collect();
        }
        let (mut groups, mut told) = (Groups::new(), 0);
        for request in side.accepted() {
            let keys = self.keys_of(side, request);
            told += usize::from(!keys.is_empty());
            for key in keys {
                groups.entry(key).or_insert_with(|| side.over(Cohort::default())).cohort.all.push(request);
            }
        }
        for revisit in &side.revisits {
            let key = match self.rows {
                Rows::Revisits(row) => row(side, revisit),
                Rows::People => Some(revisit.staff.trim()),
                _ => None,
            };
            if let Some(key) = key {
                groups.entry(key.into()).or_insert_with(|| side.over(Cohort::default())).revisits.push(revisit);
            }
        }
        for (key, own) in &mut groups {
            own.row = Row { key: key.clone(), of: told };
        }
        groups
    }

    /// The rows of a request.
    fn keys_of<'a>(&self, side: &Side<'a>, request: &'a Request) -> Vec<Cow<'a, str>> {
        match self.rows {
            Rows::Requests(row) => row(side, request).into_iter().map(Cow::Borrowed).collect(),
            Rows::Several(rows) => rows(request),
            Rows::People => vec![request.handler.trim().into()],
            Rows::Fixed(_) | Rows::Revisits(_) => Vec::new(),
        }
    }

    /// The records of one number.
    pub fn basis<'a>(&self, side: &Side<'a>, key: &str, code: &str) -> Option<Basis<'a>> {
        let measure = (self.measures)(key).iter().find(|measure| measure.code == code)?;
        Some((measure.basis)(&own(side, &self.groups(side), key)))
    }
}

/// Rows by a measure, without those that have nothing of it.
fn by(mut rows: Vec<SplitRow>, code: &str, most: usize) -> Split {
    let value = |row: &SplitRow| row.now(code).map_or(0.0, Number::value);
    rows.retain(|row| value(row) > 0.0);
    rows.sort_by(|a, b| value(b).total_cmp(&value(a)));
    let left_out = rows.len().saturating_sub(most);
    rows.truncate(most);
    Split { rows, left_out }
}
