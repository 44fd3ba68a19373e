//! The report as a document: templates filled, or one long table.

use serde_json::{Value, json};

use super::blocks::{Block, Card, Section};
use super::sections::Wording;
use crate::base::lang::Lang;
use crate::base::problem::Problem;
use crate::view::grid::{Field, Grid, col, num};
use crate::view::page::Page;
use crate::view::template::{Kind, Templates};

/// Built-in templates by name. A file of the same name under the book's `templates/` replaces one.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("report/report.html", include_str!("../../../templates/report/report.html")),
    ("report/section.html", include_str!("../../../templates/report/section.html")),
    ("report/style.css", include_str!("../../../templates/report/style.css")),
    ("report/report.md", include_str!("../../../templates/report/report.md")),
    ("report/section.md", include_str!("../../../templates/report/section.md")),
];

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
        Kind::Markdown => ".md",
    }
}

/// Fills the templates. `own` gives the owner's template of a name.
///
/// # Errors
/// A fault in a template, with its place.
pub fn fill(wording: &Wording<'_>, sections: &[Section], kind: Kind, own: &[(String, String)]) -> Result<String, Problem> {
    let built_in = |name: &String| BUILT_IN.iter().find(|(known, _)| known == name).map(|(_, text)| (*text).to_owned());
    let source = |name: String| {
        let text = own.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone()).or_else(|| built_in(&name))?;
        Some((name, text))
    };
    let sources: Vec<(String, String)> = names(kind).into_iter().filter_map(source).collect();
    let style = sources.iter().find(|(name, _)| name.ends_with(".css")).map(|(_, text)| text.clone()).unwrap_or_default();
    let templates: Vec<(String, String)> = sources.into_iter().filter(|(name, _)| !name.ends_with(".css")).collect();
    let templates = Templates::compile(&templates, kind)?;
    let mut filled = Vec::new();
    for section in sections {
        let special = format!("report/section-{}{}", section.code, ending(kind));
        let name = if templates.has(&special) { special } else { format!("report/section{}", ending(kind)) };
        let mut values = json!({"section": section.values(), "t": labels(wording.lang)});
        values["report"] = serde_json::to_value(wording.report).unwrap_or_default();
        let text = templates.fill(&name, &values)?;
        filled.push(json!({"code": section.code, "title": section.title, "body": text}));
    }
    let values = json!({
        "lang": wording.lang.pick("zh-CN", "en"),
        "style": style,
        "sections": filled,
        "report": serde_json::to_value(wording.report).unwrap_or_default(),
        "t": labels(wording.lang),
        "version": env!("CARGO_PKG_VERSION"),
    });
    templates.fill(&format!("report/report{}", ending(kind)), &values)
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
