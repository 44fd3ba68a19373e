//! Suggestions for improvement.

use super::{Wording, none};
use crate::engine::report::suggestions::Suggestion;
use crate::view::report::advice;
use crate::view::report::blocks::{Block, Item};

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let lang = w.lang;
    if w.report.suggestions.is_empty() {
        return vec![none(lang, "各项指标都在规则线之内,没有建议。", "All figures are within the rules; there is nothing to suggest.")];
    }
    let item = |suggestion: &Suggestion| {
        let (title, text) = advice::suggestion(suggestion, lang);
        Item { title, text, evidence: advice::evidence(suggestion, lang) }
    };
    vec![Block::Items(w.report.suggestions.iter().map(item).collect())]
}
