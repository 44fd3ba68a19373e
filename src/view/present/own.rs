//! The owner's columns beside the built-in ones: in grids, in documents, on sheets.

use serde_json::{Map, Value};

use crate::base::lang::Lang;
use crate::model::cell::{Kind, Locale};
use crate::model::columns::OwnColumn;
use crate::view::grid::{Col, Field, Grid};

/// The owner's columns at hand and the cells of records, row by row; the last cells of a row may be missing where blank.
#[derive(Debug, Default)]
pub struct Cells {
    pub columns: Vec<OwnColumn>,
    pub rows: Vec<Vec<String>>,
}

fn text(cells: &[String], at: usize) -> &str {
    cells.get(at).map_or("", String::as_str)
}

impl Cells {
    /// Adds them to a grid of the same records, behind its columns.
    pub fn add_to(&self, grid: &mut Grid, locale: &Locale, lang: Lang) {
        grid.columns.extend(self.columns.iter().map(|column| Col {
            code: column.code(),
            label: column.label(lang),
            right: matches!(column.cell_kind(), Kind::Money | Kind::Number),
            whole: false,
        }));
        for (row, cells) in grid.rows.iter_mut().zip(&self.rows) {
            let field = |(at, column): (usize, &OwnColumn)| {
                let text = text(cells, at);
                Field { shown: column.shown(text, locale, lang), json: column.json(text, locale) }
            };
            row.extend(self.columns.iter().enumerate().map(field));
        }
    }

    /// Those of the first record as an object by name, for a document of one record.
    pub fn json(&self, locale: &Locale) -> Value {
        let cells = self.rows.first().map_or(&[][..], Vec::as_slice);
        let fields = self.columns.iter().enumerate().map(|(at, column)| (column.name.clone(), column.json(text(cells, at), locale)));
        Value::Object(fields.collect::<Map<_, _>>())
    }

    /// Those of the first record as lines of its sheet.
    pub fn lines(&self, locale: &Locale, lang: Lang) -> Vec<(String, String)> {
        let cells = self.rows.first().map_or(&[][..], Vec::as_slice);
        self.columns.iter().enumerate().map(|(at, column)| (column.label(lang), column.shown(text(cells, at), locale, lang))).collect()
    }
}

/// What a column may hold, in few words: `choice: 城西, 城东`, `integer 0..100`.
pub fn kind(column: &OwnColumn, lang: Lang) -> String {
    let code = column.kind.code();
    let choices: Vec<String> = column.kind.choices().iter().map(|choice| choice.label.pick(lang, &choice.code)).collect();
    let bounds = column.kind.bounds().to_string();
    match (choices.is_empty(), bounds.is_empty()) {
        (false, _) => format!("{code}: {}", choices.join(", ")),
        (true, false) => format!("{code} {bounds}"),
        (true, true) => code.to_owned(),
    }
}
