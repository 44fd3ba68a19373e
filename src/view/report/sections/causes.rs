//! Root causes, who answered for them, and what was done.

use super::split::Shape;
use super::{Wording, cards, none};
use crate::view::report::blocks::Block;

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let (causes, lang) = (&w.report.causes, w.lang);
    if [&causes.by_cause, &causes.responsible, &causes.measures].iter().all(|split| split.rows.is_empty()) {
        return vec![none(lang, "没有记录原因、责任方或措施。", "No cause, responsibility or measure is recorded.")];
    }
    let text = |key: &str| key.to_owned();
    let mut blocks = vec![cards(&causes.figures, lang)];
    let tables = [
        (lang.pick("根本原因", "Root causes"), ["cause", lang.pick("原因", "Cause")], &causes.by_cause),
        (lang.pick("责任方", "Who answered for it"), ["responsible", lang.pick("责任方", "Responsible")], &causes.responsible),
        (lang.pick("最常用的措施", "The measures most taken"), ["measure", lang.pick("措施", "Measure")], &causes.measures),
    ];
    for (caption, what, split) in tables {
        let shape = Shape { caption, what, label: &text, compared: &["count"] };
        blocks.extend(shape.blocks(split, "carebook.report_causes.v1", lang));
    }
    blocks
}
