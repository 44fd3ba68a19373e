//! The report as a document: templates filled, or one long table.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::blocks::{Block, Section};
use super::frame::Frame;
use super::sections::Wording;
use crate::base::lang::Lang;
use crate::base::problem::Problems;
use crate::view::grid::{Field, Grid, col};
use crate::view::template::{Kind, Source, Templates};

/// Built-in templates by name. A file of the same name under the book's `templates/` replaces one.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("report/report.html", include_str!("../../../templates/report/report.html")),
    ("report/section.html", include_str!("../../../templates/report/section.html")),
    ("report/style.css", include_str!("../../../templates/report/style.css")),
    ("report/report.md", include_str!("../../../templates/report/report.md")),
    ("report/section.md", include_str!("../../../templates/report/section.md")),
    ("report/index.html", include_str!("../../../templates/report/index.html")),
    ("report/index.md", include_str!("../../../templates/report/index.md")),
];

const STYLE: &str = "report/style.css";

/// What the program itself writes as markup: for a section, for the frame, for the page over sealed reports.
pub const SECTION_MARKUP: &[&str] = &["section.blocks.*.svg"];
pub const FRAME_MARKUP: &[&str] = &["style", "running", "sections.*.body"];
pub const INDEX_MARKUP: &[&str] = &["style", "running", "figures.*.svg", "sealed.*.files.*.href"];

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
pub fn fill(wording: &Wording<'_>, frame: &Frame, sections: &[Section], kind: Kind, own: &[(String, String)]) -> Result<String, Problems> {
    let lang = wording.lang;
    let (templates, style) = compiled(kind, own)?;
    let report = serde_json::to_value(wording.report).unwrap_or_default();
    let mut filled = Vec::new();
    for section in sections {
        let special = format!("report/section-{}{}", section.code, ending(kind));
        let name = if templates.has(&special) { special } else { format!("report/section{}", ending(kind)) };
        let values = section_values(section, frame, &report, lang);
        let text = templates.fill(&name, &values, SECTION_MARKUP).map_err(|problem| vec![problem])?;
        // a line does not end between a number and its sign
        let text = if kind == Kind::Html { text.replace(" %", "\u{a0}%") } else { text };
        filled.push(json!({"code": section.code, "title": section.title, "body": text}));
    }
    let values = frame_values(&filled, frame, &style, &report, lang);
    templates.fill(&format!("report/report{}", ending(kind)), &values, FRAME_MARKUP).map_err(|problem| vec![problem])
}

/// The templates of a kind, the owner's before the built-in ones, and the style sheet.
///
/// # Errors
/// A fault in a template, with its place.
pub fn compiled(kind: Kind, own: &[(String, String)]) -> Result<(Templates, String), Problems> {
    let sources: Vec<Source> = own.iter().map(|(name, text)| Source::own(name, text)).chain(built_in()).collect();
    let style = sources.iter().find(|source| source.name == STYLE).map(|source| source.text.clone()).unwrap_or_default();
    let names = names(kind);
    let roots: Vec<&str> = names.iter().map(String::as_str).filter(|name| *name != STYLE).collect();
    Ok((Templates::compile(&sources, &roots, kind)?, style))
}

/// What the template of a section gets.
pub fn section_values(section: &Section, frame: &Frame, report: &Value, lang: Lang) -> Value {
    let mut values = around(frame, report, lang);
    values["section"] = section.values(lang);
    values
}

/// What the template of the whole gets.
pub fn frame_values(sections: &[Value], frame: &Frame, style: &str, report: &Value, lang: Lang) -> Value {
    let mut values = around(frame, report, lang);
    values["sections"] = sections.into();
    values["style"] = style.into();
    values["running"] = css_string(&frame.full_title(lang)).into();
    values
}

/// What every template of a report is given.
fn around(frame: &Frame, report: &Value, lang: Lang) -> Value {
    let provenance: Vec<Value> = frame.provenance.iter().map(|(label, value)| json!({"label": label, "value": value})).collect();
    json!({
        "lang": lang.pick("zh-CN", "en"),
        "about": frame.about(lang),
        "period": frame.shown(lang),
        "provenance": provenance,
        "report": report,
        "t": labels(lang),
        "version": env!("CARGO_PKG_VERSION"),
    })
}

/// Text that stays text between the quotes of a style sheet, where a name is printed on every page.
pub fn css_string(text: &str) -> String {
    let mut out = String::new();
    for c in crate::base::text::one_line(text).chars() {
        if c.is_ascii() && !c.is_ascii_alphanumeric() && c != ' ' {
            let _ = write!(out, "\\{:x} ", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Words of the frame.
pub fn labels(lang: Lang) -> Value {
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
        "year_ago": lang.pick("去年同期", "a year ago"),
        "change_year": lang.pick("同比", "Change on a year ago"),
        "before_head": lang.pick("上期", "Before"),
        "year_ago_head": lang.pick("去年同期", "A year ago"),
        "data": lang.pick("数据", "Figures"),
        "skip": lang.pick("跳到正文", "Skip to the report"),
        "rests_on": lang.pick("依据", "What it rests on"),
        "made_by": lang.pick("由 carebook", "made by carebook"),
        "made_by_end": lang.pick("生成", ""),
    })
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
                Block::Text(_) | Block::Chart(_) | Block::Items(_) | Block::Note(_) => {}
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{FRAME_MARKUP, SECTION_MARKUP, compiled, css_string, frame_values, section_values};
    use crate::base::lang::Lang;
    use crate::view::report::frame::Frame;
    use crate::view::report::tables::example;
    use crate::view::template::Kind;

    fn filled(kind: Kind, lang: Lang) -> String {
        let frame = Frame {
            book: "茶 \"</style><b>".into(),
            period: "2026Q3".into(),
            provenance: vec![("digest".into(), "<i>9f".into())],
            ..Frame::default()
        };
        let (templates, style) = compiled(kind, &[]).unwrap();
        let report = json!({"book": frame.book, "period": {"name": "2026Q3"}, "previous": {"name": "2026Q2"}, "as_of": "2026-10-08"});
        let ending = super::ending(kind);
        let values = section_values(&example(lang), &frame, &report, lang);
        let body = templates.fill(&format!("report/section{ending}"), &values, SECTION_MARKUP).unwrap();
        let sections = [json!({"code": "example", "title": "T", "body": body})];
        let values = frame_values(&sections, &frame, &style, &report, lang);
        templates.fill(&format!("report/report{ending}"), &values, FRAME_MARKUP).unwrap()
    }

    #[test]
    fn a_page_is_whole_and_lets_nothing_in() {
        for lang in [Lang::Zh, Lang::En] {
            let html = filled(Kind::Html, lang);
            assert_eq!((html.matches("</style>").count(), html.matches("<script").count(), html.matches("<b>\"").count()), (1, 0, 0));
            assert!(html.contains("<dt>digest</dt><dd>&lt;i&gt;9f</dd>") && html.contains("content: \"茶 \\22 \\3c \\2f style"), "{html}");
            // the picture is named, told by its table or brings one, and every id is there once
            assert!(html.contains("<figure aria-details=\"example-4\">") && html.contains("<table id=\"example-4\">"), "{html}");
            let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            let once: std::collections::BTreeSet<&&str> = ids.iter().collect();
            assert!(ids.len() == once.len() && ids.len() > 10, "{ids:?}");
            assert_eq!(html.matches("<details>").count(), 2, "tiers and line bring their tables");
        }
    }

    #[test]
    fn markdown_has_what_the_pictures_say() {
        let md = filled(Kind::Markdown, Lang::Zh);
        assert!(md.contains("- digest: \\<i>9f") && md.contains("**走势**") && md.contains("| 2026Q2 | – |"), "{md}");
        assert!(md.contains("| 指标 | 本期 | 上期 | 变化 | 去年同期 | 同比 |"), "{md}");
    }

    #[test]
    fn a_name_ends_no_style_sheet() {
        assert_eq!(css_string("茶 \"</style>\n\\"), "茶 \\22 \\3c \\2f style\\3e  \\5c ");
    }
}
