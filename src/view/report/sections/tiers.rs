//! Tiers and their moves.

use super::{Wording, cards, none};
use crate::engine::report::tiers::Direction;
use crate::view::chart::{Bar, Chart, Data};
use crate::view::grid::{Field, Grid, col};
use crate::view::report::blocks::Block;
use crate::view::report::words;

#[expect(clippy::cast_precision_loss, reason = "counts of customers, drawn")]
pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let (tiers, lang) = (&w.report.tiers, w.lang);
    if tiers.counts.iter().all(|count| count.customers == 0) {
        return vec![none(lang, "档案中还没有客户。", "The archive is empty.")];
    }
    let name = |code: &str| {
        if code.is_empty() { lang.pick("未评级", "Not yet rated").to_owned() } else { format!("{code} {}", w.tiers.label(code, lang)) }
    };
    let bars: Vec<Bar> = tiers
        .counts
        .iter()
        .map(|count| Bar {
            label: name(&count.tier),
            value: count.customers as f64,
            before: None,
            shown: format!("{} · {}", count.customers, count.share.map(|share| words::number(share, lang)).unwrap_or_default()),
            tone: "",
        })
        .collect();
    let by_tier = lang.pick("各等级客户数", "Customers by tier");
    let chart = Chart::new("customers", by_tier, "", [lang.pick("等级", "Tier"), lang.pick("客户数", "Customers")], Data::Columns(bars));
    let mut blocks = vec![Block::Chart(chart), cards(&tiers.figures, lang)];
    // the first rating of a whole archive is no news of each customer
    let moves: Vec<_> = tiers.moves.iter().filter(|m| m.direction != Direction::New).collect();
    if !moves.is_empty() {
        let columns = vec![
            col("customer", lang.pick("客户", "Customer")),
            col("from", lang.pick("原等级", "From")),
            col("to", lang.pick("新等级", "To")),
            col("on", lang.pick("日期", "On")),
            col("reasons", lang.pick("理由", "Reason")),
        ];
        let mut grid = Grid::new("carebook.report_moves.v1", columns);
        for moved in moves {
            let arrow = if moved.direction == Direction::Up { "↑" } else { "↓" };
            grid.rows.push(vec![
                Field::coded(moved.name.clone(), moved.customer.clone()),
                Field::coded(name(&moved.from), moved.from.clone()),
                Field::coded(format!("{arrow} {}", name(&moved.to)), moved.to.clone()),
                Field::text(&moved.on),
                Field::text(&moved.reasons),
            ]);
        }
        blocks.push(Block::Table { caption: lang.pick("等级变动", "Moves").to_owned(), grid });
    }
    blocks
}
