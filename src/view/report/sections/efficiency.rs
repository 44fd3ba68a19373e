//! Handling efficiency.

use super::{Wording, cards, counted, field};
use crate::model::punctuality::Punctuality;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};
use crate::view::report::blocks::Block;

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let lang = w.lang;
    let mut blocks = vec![cards(&w.report.efficiency.figures, lang)];
    blocks.extend(due(w));
    if w.report.efficiency.handlers.is_empty() {
        return blocks;
    }
    let columns = vec![
        col("handler", lang.pick("处理人", "Handler")),
        num("requests", lang.pick("件数", "Requests")),
        num("resolved", lang.pick("已解决", "Resolved")),
        num("median", lang.pick("时长中位数", "Median time")),
        num("on_time", lang.pick("解决及时率", "On time")),
        num("feedback", lang.pick("客户评分", "Feedback")),
    ];
    let mut grid = Grid::new("carebook.report_handlers.v1", columns);
    for row in &w.report.efficiency.handlers {
        grid.rows.push(vec![
            Field::text(&row.name),
            counted(row.requests, lang),
            counted(row.resolved, lang),
            field(row.median, lang),
            field(row.on_time, lang),
            field(row.feedback, lang),
        ]);
    }
    blocks.push(Block::Table { caption: lang.pick("按处理人", "By handler").to_owned(), grid });
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
