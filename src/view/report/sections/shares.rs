//! Categories and shares.

use super::{Wording, field, find, none};
use crate::base::lang::Lang;
use crate::engine::report::figure::{Number, count as number};
use crate::engine::report::shares::Row;
use crate::model::request::{Channel, Purpose, RequestType, Severity};
use crate::model::vocabulary::Code;
use crate::view::chart::{Bar, Chart, Data};
use crate::view::grid::{Field, Grid, col, num};
use crate::view::report::blocks::Block;
use crate::view::report::words;

/// A code's label in the group it belongs to.
fn label<T: Code>(key: &str, lang: Lang) -> String {
    T::from_text(key).map_or_else(|| blank(key, lang), |value| value.label(lang).to_owned())
}

fn blank(key: &str, lang: Lang) -> String {
    if key.is_empty() { lang.pick("(未填)", "(none given)").to_owned() } else { key.to_owned() }
}

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let (shares, lang) = (&w.report.shares, w.lang);
    if shares.category.is_empty() {
        return vec![nothing(w)];
    }
    let mut blocks = vec![
        share_chart(lang.pick("各类别诉求数", "Requests by category"), &shares.category, &|key| blank(key, lang), lang),
        share_table(
            [lang.pick("按类别", "By category"), lang.pick("类别", "Category")],
            "category",
            &shares.category,
            &|key| blank(key, lang),
            lang,
        ),
        share_table(
            [lang.pick("按类型", "By type"), lang.pick("类型", "Type")],
            "type",
            &shares.r#type,
            &|key| label::<RequestType>(key, lang),
            lang,
        ),
    ];
    if !shares.purpose.is_empty() {
        blocks.push(share_table(
            [lang.pick("按投诉目的", "By purpose of complaints"), lang.pick("目的", "Purpose")],
            "purpose",
            &shares.purpose,
            &|key| label::<Purpose>(key, lang),
            lang,
        ));
    }
    blocks.push(share_table(
        [lang.pick("按严重程度", "By severity"), lang.pick("严重程度", "Severity")],
        "severity",
        &shares.severity,
        &|key| label::<Severity>(key, lang),
        lang,
    ));
    blocks
}

/// Why there is nothing to share out.
fn nothing(w: &Wording<'_>) -> Block {
    let received = find(&w.report.totals.requests, "received").and_then(|figure| figure.now).is_some_and(|n| n.value() > 0.0);
    if received {
        return none(w.lang, "本期诉求都是重复的,不计占比。", "All requests of the period are duplicates, which have no share.");
    }
    none(w.lang, "本期没有诉求。", "There were no requests.")
}

/// How requests came in.
pub fn channels(w: &Wording<'_>) -> Vec<Block> {
    let (rows, lang) = (&w.report.shares.channel, w.lang);
    if rows.is_empty() {
        return vec![nothing(w)];
    }
    let label = |key: &str| label::<Channel>(key, lang);
    let table = share_table([lang.pick("按渠道", "By channel"), lang.pick("渠道", "Channel")], "channel", rows, &label, lang);
    vec![share_chart(lang.pick("各渠道诉求数", "Requests by channel"), rows, &label, lang), table]
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests, drawn")]
fn share_chart(title: &str, rows: &[Row], label: &dyn Fn(&str) -> String, lang: Lang) -> Block {
    let bar = |row: &Row| Bar {
        label: label(&row.key),
        value: row.count as f64,
        before: row.before.map(|n| n as f64),
        shown: format!("{} · {}", row.count, row.share.map(|share| words::number(share, lang)).unwrap_or_default()),
        tone: "",
    };
    let bars: Vec<Bar> = rows.iter().take(12).map(bar).collect();
    let about = lang.pick("细条为上期", "the thin bar is the period before");
    let axes = [lang.pick("类别", "Category"), lang.pick("件数", "Requests")];
    Block::Chart(Chart::new("categories", title, about, axes, Data::Bars(bars)))
}

fn share_table([caption, first]: [&str; 2], code: &str, rows: &[Row], label: &dyn Fn(&str) -> String, lang: Lang) -> Block {
    let columns = vec![
        col(code, first),
        num("count", lang.pick("件数", "Requests")),
        num("share", lang.pick("占比", "Share")),
        num("before", lang.pick("上期", "Before")),
        num("share_before", lang.pick("上期占比", "Share before")),
        num("change", lang.pick("变化", "Change")),
        num("year_ago", lang.pick("去年同期", "Year ago")),
        num("share_year_ago", lang.pick("同期占比", "Share then")),
    ];
    let mut grid = Grid::new("carebook.report_shares.v1", columns);
    for row in rows {
        let count = |n: Option<usize>| field(n.map(number), lang);
        let points = row.points().map_or_else(Field::blank, |points| Field::measured(words::points(points), Number::Points(points)));
        grid.rows.push(vec![
            Field::coded(label(&row.key), row.key.clone()),
            count(Some(row.count)),
            field(row.share, lang),
            count(row.before),
            field(row.share_before, lang),
            points,
            count(row.year_ago),
            field(row.share_year_ago, lang),
        ]);
    }
    // what was not compared has no columns
    let mut wanted = vec![code, "count", "share"];
    if rows.iter().any(|row| row.before.is_some()) {
        wanted.extend(["before", "share_before", "change"]);
    }
    if rows.iter().any(|row| row.year_ago.is_some()) {
        wanted.extend(["year_ago", "share_year_ago"]);
    }
    Block::Table { caption: caption.to_owned(), grid: grid.select(&wanted) }
}
