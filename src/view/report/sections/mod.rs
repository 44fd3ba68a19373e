//! The engine's value → sections of blocks. [`SECTIONS`] is the report's order.

mod causes;
mod efficiency;
mod lifecycle;
mod problems;
mod quality;
mod repeats;
mod revisits;
mod satisfaction;
mod shares;
mod split;
mod staff;
mod suggestions;
mod summary;
mod targets;
mod tiers;

use super::blocks::{Block, Card, Section};
use super::words;
use crate::base::lang::Lang;
use crate::engine::report::Report;
use crate::engine::report::figure::{Figure, Number, count};
use crate::model::rules::comments::CommentRules;
use crate::model::rules::report::ReportRules;
use crate::model::rules::tiers::TierRules;
use crate::view::grid::Field;

/// What a section needs to be worded.
pub struct Wording<'a> {
    pub report: &'a Report,
    pub tiers: &'a TierRules,
    /// The labels of themes.
    pub comments: &'a CommentRules,
    /// Which sections, and how long their lists are.
    pub rules: &'a ReportRules,
    pub lang: Lang,
}

type Write = fn(&Wording<'_>) -> Vec<Block>;

/// Every section: its code and how it is written. Which of them a report has, and in which order, is for `rules/report.yaml`.
pub const SECTIONS: &[(&str, Write)] = &[
    ("summary", summary::blocks),
    ("totals", totals),
    ("shares", shares::blocks),
    ("channels", shares::channels),
    ("efficiency", efficiency::blocks),
    ("targets", targets::blocks),
    ("satisfaction", satisfaction::blocks),
    ("tiers", tiers::blocks),
    ("lifecycle", lifecycle::blocks),
    ("revisits", revisits::blocks),
    ("problems", problems::blocks),
    ("causes", causes::blocks),
    ("repeats", repeats::blocks),
    ("staff", staff::blocks),
    ("suggestions", suggestions::blocks),
    ("quality", quality::blocks),
    ("notes", notes),
];

/// The whole report, worded.
pub fn sections(wording: &Wording<'_>) -> Vec<Section> {
    let section = |wanted: &&'static str| {
        let (code, write) = SECTIONS.iter().find(|(code, _)| code == wanted)?;
        Some(Section { code, title: words::section(code, wording.lang).to_owned(), blocks: write(wording) })
    };
    wording.rules.sections.iter().filter_map(section).collect()
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
    let since = |then: Option<Number>| figure.now.zip(then).map(|(now, then)| words::change(now, then, lang)).unwrap_or_default();
    let difference = figure.now.zip(figure.before).map_or(0.0, |(now, before)| now.value() - before.value());
    let change = since(figure.before);
    let tone = match (figure.good, difference) {
        (0, _) => "even",
        // what is shown as no change has no colour of one
        (_, d) if d.abs() < 1e-9 || change.starts_with('±') => "even",
        (good, d) if (d > 0.0) == (good > 0) => "good",
        _ => "bad",
    };
    Card {
        code: figure.code,
        label: words::figure(figure.code, lang).to_owned(),
        now: field(figure.now, lang),
        before: field(figure.before, lang),
        change,
        year_ago: figure.year_ago.map(|number| field(Some(number), lang)),
        year_ago_change: since(figure.year_ago),
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
    words::definitions(w.lang).iter().map(|text| Block::Note((*text).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::report::table::{Rows, TABLES};

    /// Codes of figures that tables and cards show.
    fn codes() -> Vec<&'static str> {
        use crate::engine::report::{causes, efficiency, lifecycle, quality, repeats, revisits, staff, targets, tiers, totals};
        let figures = [
            totals::REQUESTS,
            totals::BUSINESS,
            efficiency::EFFICIENCY,
            targets::TARGETS,
            causes::CAUSES,
            repeats::REPEATS,
            staff::STAFF,
            quality::DATA,
            lifecycle::LIFECYCLE,
            revisits::REVISITS,
            tiers::MOVES,
        ];
        let tables = TABLES.iter().flat_map(|(table, _)| match table.rows {
            Rows::Fixed(keys) => keys.iter().map(|key| (table.measures)(key)).collect(),
            _ => vec![(table.measures)("")],
        });
        figures.into_iter().chain(tables).flatten().map(|measure| measure.code).collect()
    }

    #[test]
    fn every_figure_has_words_in_both_languages() {
        for code in codes() {
            assert!(!words::figure(code, Lang::Zh).is_empty() && !words::figure(code, Lang::En).is_empty(), "{code}");
        }
        let Rows::Fixed(lacks) = crate::engine::report::quality::LACKING.rows else { panic!("named rows") };
        assert!(lacks.iter().all(|code| !words::lack(code, Lang::Zh).is_empty() && !words::lack(code, Lang::En).is_empty()));
    }

    #[test]
    fn every_section_of_the_rules_has_a_writer_and_a_title_in_both_languages() {
        let written: Vec<&str> = SECTIONS.iter().map(|(code, _)| *code).collect();
        assert_eq!(written, crate::model::rules::report::SECTIONS);
        for code in written {
            assert!(!words::section(code, Lang::Zh).is_empty() && !words::section(code, Lang::En).is_empty(), "{code}");
        }
    }
}
