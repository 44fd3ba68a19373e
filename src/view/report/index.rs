//! The page over all sealed reports: links to their files, and the main figures over the periods.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::document::{INDEX_MARKUP, compiled, css_string, labels};
use super::words;
use crate::base::lang::Lang;
use crate::base::problem::Problems;
use crate::view::chart::{Chart, Data, Point};
use crate::view::grid::Field;
use crate::view::template::Kind;

/// A sealed report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sealed {
    pub period: String,
    /// When it was sealed, as it is shown.
    pub at: String,
    pub by: String,
    /// Its files: what each is called, and its path from the page.
    pub files: Vec<(String, String)>,
    /// Such as that it was restated; may be blank.
    pub note: String,
}

/// A figure over the periods, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// A figure's code, such as `received`: `words::figure` names it.
    pub code: &'static str,
    pub points: Vec<Reading>,
}

/// A figure of one period; without a value it is a gap.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub period: String,
    pub value: Option<f64>,
    pub shown: String,
}

/// Everything that stands on the page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Index {
    pub book: String,
    /// The newest first, as they are to stand.
    pub sealed: Vec<Sealed>,
    pub series: Vec<Series>,
}

/// Writes the page. `own` gives the owner's templates, the style sheet among them.
///
/// # Errors
/// A fault in a template, with its place.
pub fn write(index: &Index, kind: Kind, own: &[(String, String)], lang: Lang) -> Result<String, Problems> {
    let (templates, style) = compiled(kind, own)?;
    let ending = if kind == Kind::Html { "html" } else { "md" };
    let values = values(index, &style, lang);
    templates.fill(&format!("report/index.{ending}"), &values, INDEX_MARKUP).map_err(|problem| vec![problem])
}

/// What its template gets.
pub fn values(index: &Index, style: &str, lang: Lang) -> Value {
    let title = lang.pick("服务报告总览", "Service reports");
    let name = if index.book.is_empty() { title.to_owned() } else { format!("{} · {title}", index.book) };
    let periods = periods(&index.series);
    let figures: Vec<Value> = index.series.iter().map(|series| figure(series, &periods, lang)).collect();
    json!({
        "lang": lang.pick("zh-CN", "en"), "style": style, "book": index.book, "title": title, "running": css_string(&name),
        "sealed": index.sealed.iter().map(sealed).collect::<Vec<_>>(), "figures": figures, "periods": periods, "t": words_of(lang),
        "version": env!("CARGO_PKG_VERSION"),
    })
}

fn sealed(one: &Sealed) -> Value {
    let files: Vec<Value> = one.files.iter().map(|(label, path)| json!({"label": label, "href": href(path)})).collect();
    json!({"period": one.period, "sealed_at": one.at, "by": one.by, "files": files, "note": one.note})
}

/// A path as a link beside the page: never another place, or a scheme.
fn href(path: &str) -> String {
    let mut out = String::from("./");
    for byte in path.trim_start_matches('/').bytes() {
        if byte.is_ascii_alphanumeric() || b"-_./".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Every period that a series has, as they come.
fn periods(series: &[Series]) -> Vec<&str> {
    let mut periods: Vec<&str> = Vec::new();
    for reading in series.iter().flat_map(|series| &series.points) {
        if !periods.contains(&reading.period.as_str()) {
            periods.push(&reading.period);
        }
    }
    periods
}

fn figure(series: &Series, periods: &[&str], lang: Lang) -> Value {
    let point = |reading: &Reading| Point {
        label: reading.period.clone(),
        field: match reading.value {
            Some(value) if !value.is_finite() => Field::coded("–", Value::Null),
            value => Field::coded(reading.shown.clone(), value),
        },
    };
    let points: Vec<Point> = series.points.iter().map(point).collect();
    let label = words::figure(series.code, lang);
    let axes = [lang.pick("期间", "Period"), label];
    let last = points.iter().rev().find(|point| point.field.value().is_some());
    let latest = last.map_or_else(String::new, |point| format!("{} {}", point.label, point.field.shown));
    let rows: Vec<Value> = points.iter().map(|point| json!({"period": point.label, "shown": point.field.shown})).collect();
    let cell = |period: &&str| series.points.iter().find(|reading| reading.period == **period).map_or("", |reading| &reading.shown);
    let cells: Vec<&str> = periods.iter().map(cell).collect();
    let chart = Chart::new(series.code, label, "", axes, Data::Line(points));
    json!({"code": series.code, "label": label, "latest": latest, "svg": chart.svg(&format!("trend-{}", series.code)), "rows": rows, "cells": cells})
}

fn words_of(lang: Lang) -> Value {
    let mut words = labels(lang);
    for (key, zh, en) in [
        ("reports", "已封存的报告", "Sealed reports"),
        ("period", "期间", "Period"),
        ("sealed_at", "封存时间", "Sealed"),
        ("by", "封存人", "By"),
        ("files", "文件", "Files"),
        ("note", "备注", "Note"),
        ("trends", "主要指标走势", "The main figures over time"),
        ("none", "还没有封存的报告。", "No report has been sealed yet."),
    ] {
        words[key] = lang.pick(zh, en).into();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Index {
        let reading = |period: &str, value: Option<f64>| Reading {
            period: period.into(),
            value,
            shown: value.map_or_else(|| "–".into(), |value| format!("{value:.1} %")),
        };
        let sealed = |period: &str, note: &str| Sealed {
            period: period.into(),
            at: "2026-10-08 09:00".into(),
            by: "<b>店主".into(),
            files: vec![("HTML".into(), format!("{period}/报告 1.html")), ("x".into(), "javascript:alert(1)".into())],
            note: note.into(),
        };
        Index {
            book: "云雾茶铺 </style>".into(),
            sealed: vec![sealed("2026Q3", ""), sealed("2026Q2", "更正过")],
            series: vec![
                Series {
                    code: "resolution_rate",
                    points: vec![reading("2026Q1", Some(90.0)), reading("2026Q2", None), reading("2026Q3", Some(96.0))],
                },
                Series { code: "nps", points: vec![reading("2026Q3", Some(f64::NAN))] },
            ],
        }
    }

    #[test]
    fn reports_are_linked_and_figures_drawn() {
        for lang in [Lang::Zh, Lang::En] {
            let html = write(&example(), Kind::Html, &[], lang).unwrap();
            assert!(html.contains("href=\"./2026Q3/%E6%8A%A5%E5%91%8A%201.html\"") && html.contains("更正过"), "{html}");
            assert!(html.contains("href=\"./javascript%3Aalert%281%29\"") && !html.contains("href=\"javascript"));
            assert!(html.contains("&lt;b&gt;店主") && html.matches("</style>").count() == 1);
            assert!(
                html.contains("id=\"trend-resolution_rate-title\"") && html.contains("<td>2026Q2</td><td class=\"right\">–</td>"),
                "{html}"
            );
            assert!(!html.contains("NaN"));
            assert!(html.contains(words::figure("nps", lang)));
        }
        let md = write(&example(), Kind::Markdown, &[], Lang::En).unwrap();
        assert!(md.contains("| 2026Q3 | 2026-10-08 09:00 | \\<b>店主 | [HTML](./2026Q3/%E6%8A%A5%E5%91%8A%201.html)"), "{md}");
        assert!(md.contains("| Figure | 2026Q1 | 2026Q2 | 2026Q3 |"), "{md}");
    }

    #[test]
    fn without_reports_it_says_so() {
        let html = write(&Index::default(), Kind::Html, &[], Lang::En).unwrap();
        assert!(html.contains("No report has been sealed yet."));
        assert!(write(&Index::default(), Kind::Markdown, &[], Lang::Zh).unwrap().contains("还没有封存的报告。"));
    }
}
