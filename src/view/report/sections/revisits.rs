//! Revisits.

use super::split::{Shape, more, or_none};
use super::{Wording, cards};
use crate::view::grid::{Field, Grid, col, num};
use crate::view::report::blocks::Block;

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let (revisits, lang) = (&w.report.revisits, w.lang);
    let mut blocks = vec![cards(&revisits.figures, lang)];
    blocks.extend(tables(w));
    blocks.extend(overdue(w));
    blocks.extend(more(revisits.left_out, lang));
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

/// Coverage by tier and by who makes them.
fn tables(w: &Wording<'_>) -> Vec<Block> {
    let (revisits, lang) = (&w.report.revisits, w.lang);
    let tier = |code: &str| match code {
        "" => lang.pick("未评级", "Not yet rated").to_owned(),
        code => format!("{code} {}", w.tiers.label(code, lang)).trim_end().to_owned(),
    };
    let person = |key: &str| or_none(key, lang.pick("(未分配)", "(unassigned)"));
    let tiers =
        Shape {
            caption: lang.pick("按等级", "By tier"), what: ["tier", lang.pick("等级", "Tier")], label: &tier, compared: &["coverage"]
        };
    let staff = Shape {
        caption: lang.pick("按回访人", "By who makes them"),
        what: ["staff", lang.pick("回访人", "Staff")],
        label: &person,
        compared: &["coverage"],
    };
    let mut blocks = tiers.blocks(&revisits.tiers, "carebook.report_coverage.v1", lang);
    blocks.extend(staff.blocks(&revisits.staff, "carebook.report_coverage.v1", lang));
    blocks
}

fn overdue(w: &Wording<'_>) -> Option<Block> {
    let (rows, lang) = (&w.report.revisits.overdue, w.lang);
    let columns = vec![
        col("customer", lang.pick("客户", "Customer")),
        col("due", lang.pick("应回访", "Due")),
        num("days_late", lang.pick("逾期天数", "Days late")),
        col("staff", lang.pick("回访人", "Staff")),
    ];
    let mut grid = Grid::new("carebook.report_overdue.v1", columns);
    for row in rows {
        grid.rows.push(vec![
            Field::coded(row.name.clone(), row.customer.clone()),
            Field::text(&row.due),
            Field::number(row.days_late),
            Field::text(&row.staff),
        ]);
    }
    (!rows.is_empty()).then(|| Block::Table { caption: lang.pick("逾期未访", "Overdue").to_owned(), grid })
}
