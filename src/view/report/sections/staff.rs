//! Who handled how much, how fast, and how customers rated it.

use super::{Wording, counted, field, none};
use crate::view::grid::{Field, Grid, col, num};
use crate::view::report::blocks::Block;

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let lang = w.lang;
    if w.report.efficiency.handlers.is_empty() {
        return vec![none(lang, "本期没有指定处理人的诉求。", "No request has a handler.")];
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
    vec![Block::Table { caption: lang.pick("按处理人", "By handler").to_owned(), grid }]
}
