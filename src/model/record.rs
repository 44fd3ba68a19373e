//! Records: a struct, its table and the way between them, declared once.

use serde_json::{Map, Value};

use super::cell::Locale;
use super::table::{Part, Table};
use crate::base::lang::Lang;
use crate::base::problem::What;

/// A typed row of a table.
pub trait Record: Clone + PartialEq + Send + 'static {
    const TABLE: &'static Table;

    /// Reads a row; `cell(i)` is the text of the table's i-th column, blank when the file lacks it.
    ///
    /// # Errors
    /// Every cell that is wrong, by column.
    fn read<'a>(cell: &dyn Fn(usize) -> &'a str, locale: &Locale) -> Result<Self, Vec<(usize, What)>>;
    /// The i-th column as it stands in the book.
    fn written(&self, column: usize, locale: &Locale) -> String;
    /// The i-th column for people.
    fn shown(&self, column: usize, locale: &Locale, lang: Lang) -> String;
    /// The i-th column with canonical codes.
    fn json(&self, column: usize, locale: &Locale) -> Value;
    /// What identifies the record within its table.
    fn key(&self) -> String;
    /// The file the record belongs to.
    fn part(&self, locale: &Locale) -> Part;

    /// All columns with canonical codes.
    fn object(&self, locale: &Locale) -> Map<String, Value> {
        let columns = Self::TABLE.columns.iter().enumerate();
        columns.map(|(i, column)| (column.word.code.to_owned(), self.json(i, locale))).collect()
    }

    /// All columns as they stand in the book.
    fn row(&self, locale: &Locale) -> Vec<String> {
        (0..Self::TABLE.columns.len()).map(|i| self.written(i, locale)).collect()
    }
}

/// The canonical code of a field: its name without Rust's `r#`.
pub const fn column_code(field: &'static str) -> &'static str {
    let bytes = field.as_bytes();
    if bytes.len() > 2 && bytes[0] == b'r' && bytes[1] == b'#' { field.split_at(2).1 } else { field }
}

/// Declares a record: `field: Type = "中文", "English", [aliases];` in the order of the table's columns.
/// The field's name is the column's canonical code.
macro_rules! record {
    (
        $(#[$doc:meta])*
        $name:ident, $table:ident = $tcode:literal, $tzh:literal, $ten:literal, $cut:ident;
        key |$krec:ident| $key:expr;
        part |$prec:ident, $ploc:ident| $part:expr;
        $($(#[$fdoc:meta])* $field:ident: $type:ty = $zh:literal, $en:literal $(, [$($alias:literal),* $(,)?])?;)+
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type),+ }

        #[doc = concat!("The table of [`", stringify!($name), "`].")]
        pub static $table: $crate::model::table::Table = $crate::model::table::Table {
            word: $crate::model::vocabulary::Word { code: $tcode, zh: $tzh, en: $ten, aliases: &[] },
            cut: $crate::model::table::Cut::$cut,
            columns: &[$($crate::model::table::Column {
                word: $crate::model::vocabulary::Word {
                    code: $crate::model::record::column_code(stringify!($field)), zh: $zh, en: $en, aliases: &[$($($alias),*)?],
                },
                kind: <$type as $crate::model::cell::Cell>::KIND,
                optional: <$type as $crate::model::cell::Cell>::OPTIONAL,
            }),+],
        };

        impl $crate::model::record::Record for $name {
            const TABLE: &'static $crate::model::table::Table = &$table;

            fn read<'a>(
                cell: &dyn Fn(usize) -> &'a str,
                locale: &$crate::model::cell::Locale,
            ) -> Result<Self, Vec<(usize, $crate::base::problem::What)>> {
                let mut wrong = Vec::new();
                let mut at = 0_usize;
                $(
                    let text = cell(at);
                    let $field = if !<$type as $crate::model::cell::Cell>::OPTIONAL && text.trim().is_empty() {
                        Err($crate::base::problem::What::Required)
                    } else {
                        <$type as $crate::model::cell::Cell>::read(text, locale)
                    };
                    let $field = $field.map_err(|what| wrong.push((at, what))).ok();
                    at += 1;
                )+
                let _ = at;
                match ($($field,)+) {
                    ($(Some($field),)+) => Ok($name { $($field),+ }),
                    _ => Err(wrong),
                }
            }

            fn written(&self, column: usize, locale: &$crate::model::cell::Locale) -> String {
                let cells: &[fn(&Self, &$crate::model::cell::Locale) -> String] =
                    &[$(|record, locale| $crate::model::cell::Cell::write(&record.$field, locale)),+];
                cells[column](self, locale)
            }

            fn shown(&self, column: usize, locale: &$crate::model::cell::Locale, lang: $crate::base::lang::Lang) -> String {
                let cells: &[fn(&Self, &$crate::model::cell::Locale, $crate::base::lang::Lang) -> String] =
                    &[$(|record, locale, lang| $crate::model::cell::Cell::shown(&record.$field, locale, lang)),+];
                cells[column](self, locale, lang)
            }

            fn json(&self, column: usize, locale: &$crate::model::cell::Locale) -> serde_json::Value {
                let cells: &[fn(&Self, &$crate::model::cell::Locale) -> serde_json::Value] =
                    &[$(|record, locale| $crate::model::cell::Cell::json(&record.$field, locale)),+];
                cells[column](self, locale)
            }

            fn key(&self) -> String {
                let $krec = self;
                $key
            }

            fn part(&self, $ploc: &$crate::model::cell::Locale) -> $crate::model::table::Part {
                let $prec = self;
                let _ = $ploc;
                $part
            }
        }
    };
}
pub(crate) use record;
