//! Where customers stand with the shop, and what is at risk.

use super::split::{Shape, more};
use super::{Wording, cards, field, none};
use crate::model::lifecycle::Class;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};
use crate::view::report::blocks::Block;

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let lang = w.lang;
    let Some(lifecycle) = &w.report.lifecycle else { return Vec::new() };
    if lifecycle.classes.rows.iter().all(|row| row.count("customers") == 0) {
        return vec![none(lang, "档案中还没有客户。", "The archive is empty.")];
    }
    let class = |code: &str| Class::from_text(code).map_or(code, |class| class.label(lang)).to_owned();
    let shape = Shape {
        caption: lang.pick("各类客户(截至当日)", "Customers by class, as of the day"),
        what: ["class", lang.pick("类别", "Class")],
        label: &class,
        compared: &[],
    };
    let mut blocks = vec![cards(&lifecycle.figures, lang)];
    blocks.extend(shape.blocks(&lifecycle.classes, "carebook.report_lifecycle.v1", lang));
    blocks.extend(at_risk(w));
    blocks.extend(more(lifecycle.left_out, lang));
    blocks
}

/// Silent and lost customers.
fn at_risk(w: &Wording<'_>) -> Option<Block> {
    let (rows, lang) = (&w.report.lifecycle.as_ref()?.at_risk, w.lang);
    let columns = vec![
        col("customer", lang.pick("客户", "Customer")),
        col("class", lang.pick("类别", "Class")),
        col("since", lang.pick("自", "Since")),
        col("last", lang.pick("最近往来", "Last sign of life")),
        num("value", lang.pick("风险金额", "Value at risk")),
    ];
    let mut grid = Grid::new("carebook.report_at_risk.v1", columns);
    let day = |day: &Option<String>| day.as_deref().map_or_else(Field::blank, Field::text);
    for row in rows {
        let class = Class::from_text(row.class).map_or(row.class, |class| class.label(lang));
        grid.rows.push(vec![
            Field::coded(row.name.clone(), row.customer.clone()),
            Field::coded(class, row.class),
            day(&row.since),
            day(&row.last),
            field(Some(row.value), lang),
        ]);
    }
    (!rows.is_empty()).then(|| Block::Table {
        caption: lang.pick("沉默与流失客户,按风险金额", "Silent and lost customers by value at risk").to_owned(),
        grid,
    })
}
