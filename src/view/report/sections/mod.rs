//! The engine's value → sections of blocks. [`SECTIONS`] is the report's order.

mod efficiency;
mod problems;
mod revisits;
mod satisfaction;
mod shares;
mod suggestions;
mod summary;
mod tiers;

use super::blocks::{Block, Card, Section};
use super::words;
use crate::base::lang::Lang;
use crate::engine::report::Report;
use crate::engine::report::figure::{Figure, Number, count};
use crate::model::rules::tiers::TierRules;
use crate::view::grid::Field;

/// What a section needs to be worded.
pub struct Wording<'a> {
    pub report: &'a Report,
    pub tiers: &'a TierRules,
    pub lang: Lang,
}

type Write = fn(&Wording<'_>) -> Vec<Block>;

/// Every section, in order: its code and how it is written.
pub const SECTIONS: &[(&str, Write)] = &[
    ("summary", summary::blocks),
    ("totals", totals),
    ("shares", shares::blocks),
    ("efficiency", efficiency::blocks),
    ("problems", problems::blocks),
    ("satisfaction", satisfaction::blocks),
    ("tiers", tiers::blocks),
    ("revisits", revisits::blocks),
    ("suggestions", suggestions::blocks),
    ("notes", notes),
];

/// The whole report, worded.
pub fn sections(wording: &Wording<'_>) -> Vec<Section> {
    let section = |(code, write): &(&'static str, Write)| Section {
        code,
        title: words::section(code, wording.lang).to_owned(),
        blocks: write(wording),
    };
    SECTIONS.iter().map(section).collect()
}

const NO_DATA: &str = "–";

/// A number, or a dash where there is none.
pub fn field(number: Option<Number>, lang: Lang) -> Field {
    match number {
        Some(number) => Field::measured(words::number(number, lang), number),
        None => Field::coded(NO_DATA, serde_json::Value::Null),
    }
}

/// A count as a field.
fn counted(n: usize, lang: Lang) -> Field {
    field(Some(count(n)), lang)
}

fn card(figure: &Figure, lang: Lang) -> Card {
    let change = figure.now.zip(figure.before).map(|(now, before)| words::change(now, before, lang)).unwrap_or_default();
    let difference = figure.now.zip(figure.before).map_or(0.0, |(now, before)| now.value() - before.value());
    let tone = match (figure.good, difference) {
        (0, _) => "even",
        (_, d) if d.abs() < 1e-9 => "even",
        (good, d) if (d > 0.0) == (good > 0) => "good",
        _ => "bad",
    };
    Card {
        code: figure.code,
        label: words::figure(figure.code, lang).to_owned(),
        now: field(figure.now, lang),
        before: field(figure.before, lang),
        year_ago: None,
        year_ago_change: String::new(),
        change,
        tone,
    }
}

fn cards(figures: &[Figure], lang: Lang) -> Block {
    Block::Cards(figures.iter().map(|figure| card(figure, lang)).collect())
}

fn none(lang: Lang, zh: &str, en: &str) -> Block {
    Block::Text(vec![lang.pick(zh, en).to_owned()])
}

fn find<'a>(figures: &'a [Figure], code: &str) -> Option<&'a Figure> {
    figures.iter().find(|figure| figure.code == code)
}

fn totals(w: &Wording<'_>) -> Vec<Block> {
    vec![cards(&w.report.totals.requests, w.lang), cards(&w.report.totals.business, w.lang)]
}

fn notes(w: &Wording<'_>) -> Vec<Block> {
    let (lang, q) = (w.lang, w.report.problems.quality);
    let mut blocks: Vec<Block> = words::definitions(lang).iter().map(|text| Block::Note((*text).to_owned())).collect();
    let (n, category, customer, cause) = (q.requests, q.without_category, q.without_customer, q.complaints_without_cause);
    blocks.push(Block::Note(lang.pick(
        format!("数据完整性:{n} 件诉求中 {category} 件无类别,{customer} 件未关联客户;{cause} 件已解决的投诉无原因。"),
        format!("Completeness: of {n} requests {category} have no category and {customer} no customer; {cause} resolved complaints have no cause."),
    )));
    blocks
}
