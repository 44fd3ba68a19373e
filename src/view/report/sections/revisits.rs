//! Revisits.

use super::{Wording, cards};
use crate::view::grid::{Field, Grid, col};
use crate::view::report::blocks::Block;

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let (revisits, lang) = (&w.report.revisits, w.lang);
    let mut blocks = vec![cards(&revisits.figures, lang)];
    if !revisits.notes.is_empty() {
        let columns = vec![
            col("customer", lang.pick("客户", "Customer")),
            col("needs", lang.pick("需求", "Needs")),
            col("suggestions", lang.pick("建议", "Suggestions")),
            col("problems", lang.pick("问题", "Problems")),
            col("outcome", lang.pick("结果", "Outcome")),
        ];
        let mut grid = Grid::new("carebook.report_revisit_notes.v1", columns);
        for note in &revisits.notes {
            grid.rows.push(
                [&note.customer, &note.needs, &note.suggestions, &note.problems, &note.outcome]
                    .map(|text| Field::text(text.clone()))
                    .to_vec(),
            );
        }
        blocks.push(Block::Table { caption: lang.pick("回访中客户说的", "What customers told us").to_owned(), grid });
    }
    blocks
}
