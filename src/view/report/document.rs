//! The report as a document: templates filled, or one long table.

use serde_json::{Value, json};

use super::blocks::{Block, Card, Section};
use super::sections::Wording;
use crate::base::lang::Lang;
use crate::base::problem::Problems;
use crate::view::grid::{Field, Grid, col, num};
use crate::view::page::Page;
use crate::view::template::{Kind, Source, Templates};

/// Built-in templates by name. A file of the same name under the book's `templates/` replaces one.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("report/report.html", include_str!("../../../templates/report/report.html")),
    ("report/section.html", include_str!("../../../templates/report/section.html")),
    ("report/style.css", include_str!("../../../templates/report/style.css")),
    ("report/report.md", include_str!("../../../templates/report/report.md")),
    ("report/section.md", include_str!("../../../templates/report/section.md")),
];

const STYLE: &str = "report/style.css";

/// What the program itself writes as markup, for a section and for the frame.
pub const SECTION_MARKUP: &[&str] = &["section.blocks.*.svg"];
pub const FRAME_MARKUP: &[&str] = &["style", "sections.*.body"];

fn built_in() -> impl Iterator<Item = Source> {
    BUILT_IN.iter().map(|(name, text)| Source::built_in(name, text))
}

/// The names that a report looks for: the built-in ones and one per section, such as `report/section-tiers.html`.
pub fn names(kind: Kind) -> Vec<String> {
    let ending = ending(kind);
    let built_in = BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).filter(|name| name.ends_with(ending) || name.ends_with(".css"));
    let own = super::sections::SECTIONS.iter().map(|(code, _)| format!("report/section-{code}{ending}"));
    built_in.chain(own).collect()
}

fn ending(kind: Kind) -> &'static str {
    match kind {
        Kind::Html => ".html",
        Kind::Markdown | Kind::Text => ".md",
    }
}

/// Fills the templates. `own` are the owner's, those that others include among them, by name.
///
/// # Errors
/// A fault in a template, with its place.
pub fn fill(wording: &Wording<'_>, sections: &[Section], kind: Kind, own: &[(String, String)]) -> Result<String, Problems> {
    let sources: Vec<Source> = own.iter().map(|(name, text)| Source::own(name, text)).chain(built_in()).collect();
    let style = sources.iter().find(|source| source.name == STYLE).map(|source| source.text.clone()).unwrap_or_default();
    let names = names(kind);
    let roots: Vec<&str> = names.iter().map(String::as_str).filter(|name| *name != STYLE).collect();
    let templates = Templates::compile(&sources, &roots, kind)?;
    let report = serde_json::to_value(wording.report).unwrap_or_default();
    let mut filled = Vec::new();
    for section in sections {
        let special = format!("report/section-{}{}", section.code, ending(kind));
        let name = if templates.has(&special) { special } else { format!("report/section{}", ending(kind)) };
        let values = section_values(section, &report, wording.lang);
        let text = templates.fill(&name, &values, SECTION_MARKUP).map_err(|problem| vec![problem])?;
        filled.push(json!({"code": section.code, "title": section.title, "body": text}));
    }
    let values = frame_values(&filled, &style, &report, wording.lang);
    templates.fill(&format!("report/report{}", ending(kind)), &values, FRAME_MARKUP).map_err(|problem| vec![problem])
}

/// What the template of a section gets.
pub fn section_values(section: &Section, report: &Value, lang: Lang) -> Value {
    json!({"section": section.values(), "report": report, "t": labels(lang)})
}

/// What the template of the whole gets.
pub fn frame_values(sections: &[Value], style: &str, report: &Value, lang: Lang) -> Value {
    json!({
        "lang": lang.pick("zh-CN", "en"),
        "style": style,
        "sections": sections,
        "report": report,
        "t": labels(lang),
        "version": env!("CARGO_PKG_VERSION"),
    })
}

/// Words of the frame.
fn labels(lang: Lang) -> Value {
    json!({
        "title": lang.pick("客户服务报告", "Customer service report"),
        "compared": lang.pick("对比", "compared with"),
        "everything": lang.pick("全部记录", "all records"),
        "as_of": lang.pick("截至", "as of"),
        "before": lang.pick("上期", "before"),
        "contents": lang.pick("目录", "Contents"),
        "currency": lang.pick("货币", "currency"),
        "figure": lang.pick("指标", "Figure"),
        "now": lang.pick("本期", "Now"),
        "change": lang.pick("变化", "Change"),
        "made_by": lang.pick("由 carebook 生成", "made by carebook"),
    })
}

/// The tables of every section, each as a sheet; cards are a table too.
pub fn pages(sections: &[Section], lang: Lang) -> Vec<Page> {
    let mut pages = Vec::new();
    for section in sections {
        for block in &section.blocks {
            match block {
                Block::Cards(cards) => pages.push(Page::of_grid(&of_cards(cards, lang), &section.title)),
                Block::Table { grid, .. } => pages.push(Page::of_grid(grid, &section.title)),
                Block::Text(_) | Block::Chart { .. } | Block::Items(_) | Block::Note(_) => {}
            }
        }
    }
    pages
}

fn of_cards(cards: &[Card], lang: Lang) -> Grid {
    let columns = vec![
        col("figure", lang.pick("指标", "Figure")),
        num("now", lang.pick("本期", "Now")),
        num("before", lang.pick("上期", "Before")),
        col("change", lang.pick("变化", "Change")),
        num("year_ago", lang.pick("去年同期", "Year ago")),
        col("year_ago_change", lang.pick("同比变化", "Change on it")),
    ];
    let mut grid = Grid::new("carebook.report_figures.v1", columns);
    let row = |card: &Card| {
        vec![
            Field::coded(card.label.clone(), serde_json::Value::Null),
            card.now.clone(),
            card.before.clone(),
            Field::text(&card.change),
            card.year_ago.clone(),
            Field::text(&card.year_ago_change),
        ]
    };
    grid.rows = cards.iter().map(row).collect();
    grid
}

/// Every figure in one long table: section, row, measure, value, value before.
pub fn long_table(sections: &[Section], lang: Lang) -> Grid {
    let columns = vec![
        col("section", lang.pick("部分", "Section")),
        col("row", lang.pick("行", "Row")),
        col("measure", lang.pick("指标", "Measure")),
        col("value", lang.pick("数值", "Value")),
        col("before", lang.pick("上期", "Before")),
    ];
    let mut grid = Grid::new("carebook.report_figures.v1", columns);
    for section in sections {
        for block in &section.blocks {
            match block {
                Block::Cards(cards) => grid.rows.extend(cards.iter().map(|card| {
                    vec![
                        Field::text(section.code),
                        Field::blank(),
                        Field::coded(card.label.clone(), card.code),
                        card.now.clone(),
                        card.before.clone(),
                    ]
                })),
                Block::Table { grid: table, .. } => grid.rows.extend(table.rows.iter().flat_map(|row| long_rows(section.code, table, row))),
                Block::Text(_) | Block::Chart { .. } | Block::Items(_) | Block::Note(_) => {}
            }
        }
    }
    grid
}

/// A table's row as one row per number; the first column names it.
fn long_rows(section: &str, table: &Grid, row: &[Field]) -> Vec<Vec<Field>> {
    let group = table.columns.first().map(|column| column.code.clone()).unwrap_or_default();
    let name = row.first().map(|field| field.shown.clone()).unwrap_or_default();
    let key = format!("{group}={name}");
    let rest = table.columns.iter().zip(row).skip(1);
    rest.map(|(column, field)| {
        vec![
            Field::text(section),
            Field::text(key.clone()),
            Field::coded(column.label.clone(), column.code.clone()),
            field.clone(),
            Field::blank(),
        ]
    })
    .collect()
}
