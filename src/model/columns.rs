//! Columns of the owner's own: declared in `carebook.yaml`, kept in the tables' files, addressed as `x.NAME`.
//!
//! A column that is declared has a type and is checked; one that merely stands in a file is text.

mod check;
#[cfg(test)]
mod tests;
mod value;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::rules::{Pairs, Plain, RawLabel, Words};
use super::table::Table;
use crate::base::lang::Lang;
use crate::base::problem::What;
use crate::base::text::{fold_key, nearest};

pub use value::{Choice, OwnKind, OwnValue};

/// What stands before the name of an own column wherever a field is named.
pub const PREFIX: &str = "x.";

/// `columns:` of `carebook.yaml` as it stands: by table, then by name.
pub type RawColumns = Pairs<Pairs<RawColumn>>;

/// One column as it stands.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawColumn {
    /// text, integer, number, money, date, `yes_no`, choice or tags.
    pub r#type: Option<String>,
    /// What a choice or tags may say.
    pub values: Option<Vec<RawChoice>>,
    pub label: Option<RawLabel>,
    /// Other headers that mean this column.
    pub aliases: Option<Words>,
    pub required: Option<bool>,
    pub min: Option<Plain>,
    pub max: Option<Plain>,
}

/// One value of a choice: a text, or a text with its labels.
#[derive(Debug, Clone, Default)]
pub struct RawChoice(pub RawCoded);

/// The long form of a value.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCoded {
    pub code: Option<Plain>,
    pub label: Option<RawLabel>,
    pub aliases: Option<Words>,
}

impl<'de> Deserialize<'de> for RawChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = RawChoice;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text or {code, label, aliases}")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<RawChoice, E> {
                Ok(RawChoice(RawCoded { code: Some(Plain(text.to_owned())), ..RawCoded::default() }))
            }
            // a value may be called by a number
            fn visit_u64<E: Error>(self, number: u64) -> Result<RawChoice, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawChoice, A::Error> {
                RawCoded::deserialize(MapAccessDeserializer::new(map)).map(RawChoice)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// The columns that a book declares, by table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// By the code of the table.
    tables: Vec<(&'static str, Vec<OwnColumn>)>,
}

impl Columns {
    /// Those of a table.
    pub fn of(&self, table: &Table) -> &[OwnColumn] {
        let found = self.tables.iter().find(|(code, _)| *code == table.word.code);
        found.map_or(&[], |(_, columns)| columns)
    }

    /// All of them, table by table.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &OwnColumn)> {
        self.tables.iter().flat_map(|(table, columns)| columns.iter().map(|column| (*table, column)))
    }
}

/// A column of the owner's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnColumn {
    /// As declared, or as the header of the file says.
    pub name: String,
    label: RawLabel,
    aliases: Vec<String>,
    pub required: bool,
    pub kind: OwnKind,
    /// Otherwise it merely stands in a file.
    pub declared: bool,
}

impl OwnColumn {
    /// A column that nothing declares: text.
    pub fn undeclared(header: &str) -> OwnColumn {
        let name = header.trim().to_owned();
        OwnColumn { name, label: RawLabel::default(), aliases: Vec::new(), required: false, kind: OwnKind::Text, declared: false }
    }

    /// `x.NAME`.
    pub fn code(&self) -> String {
        format!("{PREFIX}{}", self.name)
    }

    /// What people read above it.
    pub fn label(&self, lang: Lang) -> String {
        label(&self.label, lang, &self.name)
    }

    /// The name, then the labels and aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let labels = [&self.label.zh, &self.label.en].into_iter().flatten();
        std::iter::once(&self.name).chain(labels).chain(&self.aliases).map(String::as_str)
    }

    /// Whether a header or a typed name means this column.
    pub fn answers(&self, name: &str) -> bool {
        let key = fold_key(name);
        self.names().any(|known| fold_key(known) == key)
    }

    /// Where it stands among headers; those of the table's built-in columns are not asked.
    pub fn place(&self, headers: &[String], is_own: impl Fn(usize) -> bool) -> Option<usize> {
        let own = || (0..headers.len()).filter(|at| is_own(*at));
        let name = fold_key(&self.name);
        own().find(|at| fold_key(&headers[*at]) == name).or_else(|| own().find(|at| self.answers(&headers[*at])))
    }
}

/// A label in this language, else the name itself: it is nearer than a label in the other language.
fn label(label: &RawLabel, lang: Lang, name: &str) -> String {
    lang.pick(&label.zh, &label.en).clone().unwrap_or_else(|| name.to_owned())
}

/// The name after the prefix of a field such as `x.NAME`.
pub fn own_name(field: &str) -> Option<&str> {
    let (prefix, name) = field.trim().split_at_checked(PREFIX.len())?;
    (prefix.eq_ignore_ascii_case(PREFIX)).then_some(name.trim())
}

/// The position of the column that a name means.
pub fn find(columns: &[impl AsRef<OwnColumn>], name: &str) -> Option<usize> {
    columns.iter().position(|column| column.as_ref().answers(name))
}

/// The same of a name that must be known.
///
/// # Errors
/// [`What::UnknownField`] with the columns there are.
pub fn named(columns: &[impl AsRef<OwnColumn>], name: &str) -> Result<usize, What> {
    let unknown = || {
        let codes: Vec<String> = columns.iter().map(|column| column.as_ref().code()).collect();
        let field = format!("{PREFIX}{name}");
        // the likely one first
        let near = nearest(&field, codes.iter().map(String::as_str)).map(str::to_owned);
        let others = codes.iter().filter(|code| Some(*code) != near.as_ref()).cloned().collect::<Vec<_>>();
        What::UnknownField { name: field, allowed: near.into_iter().chain(others).collect() }
    };
    find(columns, name).ok_or_else(unknown)
}

impl AsRef<OwnColumn> for OwnColumn {
    fn as_ref(&self) -> &OwnColumn {
        self
    }
}

/// Adds to the columns at hand those that the headers of a file have and nothing declares.
pub fn join_headers<C: AsRef<OwnColumn> + From<OwnColumn>>(columns: &mut Vec<C>, headers: &[String], is_own: impl Fn(usize) -> bool) {
    // a declared column takes one header; another one that would answer to it stands for itself
    let taken: Vec<Option<usize>> = columns.iter().map(|column| column.as_ref().place(headers, &is_own)).collect();
    for (_, header) in headers.iter().enumerate().filter(|(at, _)| is_own(*at) && !taken.contains(&Some(*at))) {
        let key = fold_key(header);
        let known = columns.iter().any(|column| fold_key(&column.as_ref().name) == key);
        if !key.is_empty() && !known {
            columns.push(C::from(OwnColumn::undeclared(header)));
        }
    }
}
