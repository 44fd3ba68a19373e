//! Common problems and their solutions.

use super::{NO_DATA, Wording, counted, field, none};
use crate::engine::report::problems::Counted;
use crate::view::grid::{Field, Grid, col, num};
use crate::view::report::blocks::Block;

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let (problems, lang) = (&w.report.problems, w.lang);
    if problems.common.is_empty() {
        return vec![none(lang, "没有可归类的问题。", "No problems with a category.")];
    }
    let list = |texts: &[Counted]| {
        let shown = texts
            .iter()
            .map(|counted| if counted.count > 1 { format!("{} ×{}", counted.text, counted.count) } else { counted.text.clone() });
        let shown: Vec<String> = shown.collect();
        if shown.is_empty() { NO_DATA.to_owned() } else { shown.join(lang.pick(";", "; ")) }
    };
    let columns = vec![
        col("category", lang.pick("问题", "Problem")),
        num("count", lang.pick("件数", "Requests")),
        num("complaints", lang.pick("投诉", "Complaints")),
        num("median", lang.pick("时长中位数", "Median time")),
        col("causes", lang.pick("常见原因", "Usual causes")),
        col("solutions", lang.pick("解决办法", "Solutions")),
    ];
    let mut grid = Grid::new("carebook.report_problems.v1", columns);
    for row in &problems.common {
        let texts = |texts: &[Counted]| Field::text(list(texts));
        let entry = row.knowledge.as_ref().map(|entry| Counted { text: format!("{} {}", entry.id, entry.title), count: entry.count });
        grid.rows.push(vec![
            Field::text(&row.category),
            counted(row.count, lang),
            counted(row.complaints, lang),
            field(row.median, lang),
            texts(&row.causes),
            entry.map_or_else(|| texts(&row.solutions), |entry| texts(&[entry])),
        ]);
    }
    vec![Block::Table { caption: lang.pick("最常见的问题", "The most common problems").to_owned(), grid }]
}
