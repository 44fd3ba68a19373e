//! Handling efficiency.

use super::{Wording, cards, counted};
use crate::model::punctuality::Punctuality;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};
use crate::view::report::blocks::Block;

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let lang = w.lang;
    let mut blocks = vec![cards(&w.report.efficiency.figures, lang)];
    blocks.extend(due(w));
    blocks
}

/// How the requests stand with their due times, where any has one.
fn due(w: &Wording<'_>) -> Option<Block> {
    let (rows, lang) = (&w.report.efficiency.due, w.lang);
    let label = |code: &str| Punctuality::from_text(code).map_or(code, |one| one.label(lang)).to_owned();
    rows.iter().find(|row| row.requests > 0 && Punctuality::from_text(row.code) != Some(Punctuality::Unbound))?;
    let columns = vec![col("ontime", lang.pick("解决期限", "Due time")), num("requests", lang.pick("件数", "Requests"))];
    let mut grid = Grid::new("carebook.report_due.v1", columns);
    grid.rows = rows.iter().map(|row| vec![Field::coded(label(row.code), row.code), counted(row.requests, lang)]).collect();
    Some(Block::Table { caption: lang.pick("按解决期限", "By due time").to_owned(), grid })
}
