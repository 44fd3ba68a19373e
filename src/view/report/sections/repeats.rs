//! Reopened requests, and customers who complain about the same thing again.

use std::collections::BTreeMap;

use super::split::{Shape, more, or_none};
use super::{Wording, cards, counted, find, none};
use crate::engine::report::figure::Figure;
use crate::model::request::Stage;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};
use crate::view::report::blocks::Block;

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let (repeats, lang) = (&w.report.repeats, w.lang);
    let known = [find(&w.report.totals.requests, "reopened"), find(&w.report.efficiency.figures, "reopen_rate")];
    let figures: Vec<Figure> = known.into_iter().flatten().chain(&repeats.figures).copied().collect();
    let mut blocks = vec![cards(&figures, lang)];
    let category = |key: &str| or_none(key, lang.pick("(未填)", "(none given)"));
    let shape = Shape {
        caption: lang.pick("各类别的重开", "Reopened by category"),
        what: ["category", lang.pick("类别", "Category")],
        label: &category,
        compared: &["reopen_rate"],
    };
    blocks.extend(shape.blocks(&repeats.categories, "carebook.report_reopen_rates.v1", lang));
    blocks.extend(reopened(w));
    blocks.extend(more(repeats.left_out, lang));
    blocks.push(complaints(w));
    blocks
}

fn reopened(w: &Wording<'_>) -> Option<Block> {
    let (rows, lang) = (&w.report.repeats.reopened, w.lang);
    let columns = vec![
        col("request", lang.pick("诉求", "Request")),
        col("customer", lang.pick("客户", "Customer")),
        col("category", lang.pick("类别", "Category")),
        num("times", lang.pick("重开次数", "Reopened")),
        col("stage", lang.pick("现在", "Now")),
    ];
    let mut grid = Grid::new("carebook.report_reopened.v1", columns);
    for row in rows {
        let stage = Stage::from_text(row.stage).map_or(row.stage, |stage| stage.label(lang));
        grid.rows.push(vec![
            Field::text(&row.request),
            Field::coded(row.name.clone(), row.customer.clone()),
            Field::text(&row.category),
            Field::number(i64::from(row.times)),
            Field::coded(stage, row.stage),
        ]);
    }
    (!rows.is_empty()).then(|| Block::Table { caption: lang.pick("重开的诉求", "Reopened requests").to_owned(), grid })
}

/// Twice or more in this period, or in this and the one before.
fn complaints(w: &Wording<'_>) -> Block {
    let lang = w.lang;
    let mut rows: BTreeMap<(&str, &str), (&str, usize, usize)> = BTreeMap::new();
    for again in &w.report.repeats.again {
        rows.insert((&again.customer, &again.category), (&again.name, again.now, again.before));
    }
    for repeat in &w.report.problems.repeats {
        rows.entry((&repeat.customer, &repeat.category)).or_insert((&repeat.name, repeat.count, 0));
    }
    if rows.is_empty() {
        return none(lang, "没有客户就同一类问题重复投诉。", "No customer complained twice about the same.");
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(_, (_, now, before))| std::cmp::Reverse((now + before, *now)));
    let columns = vec![
        col("customer", lang.pick("客户", "Customer")),
        col("category", lang.pick("类别", "Category")),
        num("count", lang.pick("次数", "Times")),
        num("before", lang.pick("上期", "Before")),
    ];
    let mut grid = Grid::new("carebook.report_repeats.v1", columns);
    for ((customer, category), (name, now, before)) in rows {
        grid.rows.push(vec![Field::coded(name, customer), Field::text(category), counted(now, lang), counted(before, lang)]);
    }
    if w.report.previous.is_none() {
        grid = grid.select(&["customer", "category", "count"]);
    }
    Block::Table { caption: lang.pick("同一客户的重复投诉", "Complaints repeated by one customer").to_owned(), grid }
}
