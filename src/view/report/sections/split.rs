//! A table of figures as a block: a row each, a column per measure, the period before beside the measures that are compared.

use serde_json::Value;

use super::{counted, field};
use crate::base::lang::Lang;
use crate::engine::report::figure::{Figure, Number};
use crate::engine::report::table::{Split, SplitRow};
use crate::view::grid::{Col, Field, Grid, col, num};
use crate::view::report::blocks::Block;
use crate::view::report::words;

/// How a table is worded.
pub struct Shape<'a> {
    pub caption: &'a str,
    /// The code of its first column, as addresses have it, and its label.
    pub what: [&'a str; 2],
    pub label: &'a dyn Fn(&str) -> String,
    /// Measures that have the numbers of the period before and of a year ago beside them.
    pub compared: &'a [&'a str],
}

impl Shape<'_> {
    /// The table, and how many rows it was too short for; nothing where it has no rows.
    pub fn blocks(&self, split: &Split, schema: &'static str, lang: Lang) -> Vec<Block> {
        let Some(first) = split.rows.first() else { return Vec::new() };
        let codes: Vec<&str> = first.figures.iter().map(|figure| figure.code).collect();
        // a measure that no row has anything of says nothing
        let told: Vec<&str> = codes.into_iter().filter(|code| split.rows.iter().any(|row| has(row, code))).collect();
        if told.is_empty() {
            return Vec::new();
        }
        let asides: Vec<Aside> = told.iter().flat_map(|code| self.asides(split, code)).collect();
        let mut columns = vec![col(self.what[0], self.what[1])];
        columns.extend(asides.iter().map(|aside| aside.column(lang)));
        let mut grid = Grid::new(schema, columns);
        for row in &split.rows {
            let mut cells = vec![Field::coded((self.label)(&row.key), Value::from(row.key.clone()))];
            cells.extend(asides.iter().map(|aside| aside.field(row, lang)));
            grid.rows.push(cells);
        }
        let mut blocks = vec![Block::Table { caption: self.caption.to_owned(), grid }];
        blocks.extend(more(split.left_out, lang));
        blocks
    }

    fn asides<'c>(&self, split: &Split, code: &'c str) -> Vec<Aside<'c>> {
        let mut asides = vec![Aside { code, suffix: "", pick: |figure| figure.now }];
        if self.compared.contains(&code) {
            let any = |pick: Pick| split.rows.iter().any(|row| row.figure(code).and_then(pick).is_some());
            let then: [(&str, Pick); 2] = [("before", |figure| figure.before), ("year_ago", |figure| figure.year_ago)];
            asides.extend(then.into_iter().filter(|(_, pick)| any(*pick)).map(|(suffix, pick)| Aside { code, suffix, pick }));
        }
        asides
    }
}

type Pick = fn(&Figure) -> Option<Number>;

/// One column: a measure on one side.
struct Aside<'a> {
    code: &'a str,
    suffix: &'static str,
    pick: Pick,
}

/// Fewer answers than this say little.
const FEW: i64 = 30;

impl Aside<'_> {
    fn field(&self, row: &SplitRow, lang: Lang) -> Field {
        let number = row.figure(self.code).and_then(self.pick);
        let plain = field(number, lang);
        match number {
            Some(Number::Count(n)) if self.code == "answers" && (1..FEW).contains(&n) => {
                Field { shown: plain.shown + words::few(lang), ..plain }
            }
            _ => plain,
        }
    }

    fn column(&self, lang: Lang) -> Col {
        let label = words::figure(self.code, lang);
        match self.suffix {
            "" => num(self.code, label),
            "before" => num(&format!("{}_before", self.code), lang.pick("上期", "Before")),
            _ => num(&format!("{}_year_ago", self.code), lang.pick("去年同期", "Year ago")),
        }
    }
}

fn has(row: &SplitRow, code: &str) -> bool {
    row.figure(code).is_some_and(|figure| figure.now.is_some() || figure.before.is_some())
}

/// How many rows a list was too short for.
pub fn more(left_out: usize, lang: Lang) -> Option<Block> {
    let n = counted(left_out, lang).shown;
    (left_out > 0).then(|| Block::Note(lang.pick(format!("另有 {n} 行未列出。"), format!("Not listed: {n} more."))))
}

/// A text, or what stands for none.
pub fn or_none(key: &str, none: &str) -> String {
    if key.is_empty() { none.to_owned() } else { key.to_owned() }
}
