//! The owner's columns beside the built-in ones: in grids, in documents, on sheets.

use serde_json::{Map, Value};

use crate::base::lang::Lang;
use crate::model::cell::{Kind, Locale};
use crate::model::columns::OwnColumn;
use crate::view::grid::{Col, Field, Grid, col};
use crate::view::text::words;

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
                Field::coded(column.shown(text, locale, lang), column.json(text, locale))
            };
            row.extend(self.columns.iter().enumerate().map(field));
        }
    }

    /// Adds those of the first record to its document, as the object `x` by name.
    pub fn add_to_document(&self, document: &mut Value, locale: &Locale) {
        if !self.columns.is_empty() {
            document["x"] = self.json(locale);
        }
    }

    fn json(&self, locale: &Locale) -> Value {
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

/// The columns of tables, one a row.
pub fn grid(columns: &[(&'static str, OwnColumn)], lang: Lang) -> Grid {
    let yes = |yes: bool| Field::coded(lang.pick(if yes { "是" } else { "否" }, if yes { "yes" } else { "no" }), yes);
    let mut grid = Grid::new(
        "carebook.columns.v1",
        vec![
            col("table", lang.pick("表", "Table")),
            col("name", lang.pick("字段", "Field")),
            col("label", lang.pick("标签", "Label")),
            col("type", lang.pick("类型", "Type")),
            col("required", lang.pick("必填", "Required")),
            col("declared", lang.pick("已声明", "Declared")),
        ],
    );
    for (table, column) in columns {
        grid.rows.push(vec![
            Field::coded(words::table(table, lang), *table),
            Field::text(column.code()),
            Field::text(column.label(lang)),
            Field::text(kind(column, lang)),
            yes(column.required),
            yes(column.declared),
        ]);
    }
    grid
}

/// A declared column in one phrase: `customers: x.门店 (choice: 城西, 城东)`.
pub fn named(table: &'static str, column: &OwnColumn, lang: Lang) -> String {
    let (table, code, kind) = (words::table(table, lang), column.code(), kind(column, lang));
    lang.pick(format!("{table}: {code}({kind})"), format!("{table}: {code} ({kind})"))
}

/// What a column may hold, in few words: `choice: 城西, 城东`, `integer 0..100`.
fn kind(column: &OwnColumn, lang: Lang) -> String {
    let code = column.kind.code();
    let choices: Vec<String> = column.kind.choices().iter().map(|choice| choice.label(lang)).collect();
    let bounds = column.kind.bounds().to_string();
    match (choices.is_empty(), bounds.is_empty()) {
        (false, _) => format!("{code}: {}", choices.join(", ")),
        (true, false) => format!("{code} {bounds}"),
        (true, true) => code.to_owned(),
    }
}
