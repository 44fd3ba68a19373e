//! Who handled how much, how fast, and how customers rated it.

use super::split::{Shape, or_none};
use super::{Wording, cards, none};
use crate::view::report::blocks::Block;

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let (staff, lang) = (&w.report.staff, w.lang);
    if staff.handlers.rows.is_empty() {
        return vec![none(lang, "本期没有诉求和回访。", "There were no requests and no revisits.")];
    }
    let person = |key: &str| or_none(key, lang.pick("(未分配)", "(unassigned)"));
    let shape = Shape {
        caption: lang.pick("按处理人", "By handler"),
        what: ["handler", lang.pick("处理人", "Handler")],
        label: &person,
        compared: &["requests"],
    };
    let mut blocks = vec![cards(&staff.figures, lang)];
    blocks.extend(shape.blocks(&staff.handlers, "carebook.report_handlers.v1", lang));
    blocks
}
