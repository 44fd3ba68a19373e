//! The engine's value → sections of blocks. [`SECTIONS`] is the report's order.

use super::blocks::{Block, Card, Item, Section};
use super::words;
use crate::base::lang::Lang;
use crate::engine::report::Report;
use crate::engine::report::figure::{Figure, Number};
use crate::engine::report::shares::Row;
use crate::engine::report::tiers::Direction;
use crate::engine::scores::{Csat, Nps};
use crate::model::request::{Channel, Grade, Purpose, RequestType, Severity};
use crate::model::rules::tiers::TierRules;
use crate::model::vocabulary::Code;
use crate::view::chart::{self, Bar};
use crate::view::grid::{Field, Grid, col, num};

/// What a section needs to be worded.
pub struct Wording<'a> {
    pub report: &'a Report,
    pub tiers: &'a TierRules,
    pub lang: Lang,
}

type Write = fn(&Wording<'_>) -> Vec<Block>;

/// Every section, in order: its code and how it is written.
pub const SECTIONS: &[(&str, Write)] = &[
    ("summary", summary),
    ("totals", totals),
    ("shares", shares),
    ("efficiency", efficiency),
    ("problems", problems),
    ("satisfaction", satisfaction),
    ("tiers", tiers),
    ("revisits", revisits),
    ("suggestions", suggestions),
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

fn field(number: Option<Number>, lang: Lang) -> Field {
    match number {
        Some(number) => Field { shown: words::number(number, lang), json: serde_json::to_value(number).unwrap_or_default() },
        None => Field { shown: NO_DATA.to_owned(), json: serde_json::Value::Null },
    }
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

/// The report in a few sentences.
fn summary(w: &Wording<'_>) -> Vec<Block> {
    let (r, lang) = (w.report, w.lang);
    let shown = |figures: &[Figure], code: &str| {
        find(figures, code).and_then(|figure| figure.now).map_or_else(|| NO_DATA.to_owned(), |n| words::number(n, lang))
    };
    let changed = |figures: &[Figure], code: &str| {
        let both = find(figures, code).and_then(|figure| figure.now.zip(figure.before));
        both.map_or_else(String::new, |(now, before)| {
            lang.pick(
                format!("(较上期 {})", words::change(now, before, lang)),
                format!(" ({} on the period before)", words::change(now, before, lang)),
            )
        })
    };
    let (t, e) = (&r.totals.requests, &r.efficiency.figures);
    let received = find(t, "received").and_then(|figure| figure.now).is_some_and(|n| n.value() > 0.0);
    let nothing = || lang.pick("本期没有受理诉求。", "No requests were received.").to_owned();
    let counted = || {
        lang.pick(
            format!(
                "本期受理诉求 {} 件{},其中投诉 {} 件;已解决 {} 件,未结 {} 件。",
                shown(t, "received"),
                changed(t, "received"),
                shown(t, "complaints"),
                shown(t, "resolved"),
                shown(t, "open")
            ),
            format!(
                "{} requests were received{}, {} of them complaints; {} are resolved, {} still open.",
                shown(t, "received"),
                changed(t, "received"),
                shown(t, "complaints"),
                shown(t, "resolved"),
                shown(t, "open")
            ),
        )
    };
    let mut sentences = vec![if received { counted() } else { nothing() }];
    if find(e, "median_time").is_some_and(|figure| figure.now.is_some()) {
        sentences.push(lang.pick(
            format!(
                "处理时长中位数 {}{},解决率 {}{}。",
                shown(e, "median_time"),
                changed(e, "median_time"),
                shown(e, "resolution_rate"),
                changed(e, "resolution_rate")
            ),
            format!(
                "The median handling time is {}{}, the resolution rate {}{}.",
                shown(e, "median_time"),
                changed(e, "median_time"),
                shown(e, "resolution_rate"),
                changed(e, "resolution_rate")
            ),
        ));
    }
    if let Some(first) = r.shares.category.first().filter(|row| row.count > 0 && !row.key.is_empty()) {
        let share = first.share.map(|share| words::number(share, lang)).unwrap_or_default();
        let (key, n) = (&first.key, first.count);
        sentences.push(lang.pick(
            format!("最多的类别是“{key}”,{n} 件,占 {share}。"),
            format!("The largest category is \"{key}\" with {n} requests, {share}."),
        ));
    }
    if let Some(csat) = &r.satisfaction.feedback {
        let (top, n, mean) = (csat.top2.value, csat.n, csat.mean);
        sentences.push(lang.pick(
            format!("{n} 位客户给出评分,满意率 {top:.1} %,均分 {mean:.2}。"),
            format!("{n} customers rated the handling: {top:.1} % are satisfied, the mean is {mean:.2}."),
        ));
    }
    let business = &r.totals.business;
    if find(business, "orders").and_then(|figure| figure.now).is_some_and(|n| n.value() > 0.0) {
        let (orders, net, currency) = (shown(business, "orders"), shown(business, "net"), &r.currency);
        sentences.push(lang.pick(
            format!("订单 {orders} 笔{},净销售额 {currency} {net}{}。", changed(business, "orders"), changed(business, "net")),
            format!("{orders} orders{} brought {currency} {net} net{}.", changed(business, "orders"), changed(business, "net")),
        ));
    }
    let n = r.suggestions.len();
    if n > 0 {
        sentences.push(
            lang.pick(
                format!("按规则得出改进建议 {n} 条,见后。"),
                format!("Suggestions for improvement that follow from the figures: {n}."),
            ),
        );
    }
    vec![Block::Text(sentences)]
}

fn totals(w: &Wording<'_>) -> Vec<Block> {
    vec![cards(&w.report.totals.requests, w.lang), cards(&w.report.totals.business, w.lang)]
}

/// A code's label in the group it belongs to.
fn label<T: Code>(key: &str, lang: Lang) -> String {
    T::from_text(key).map_or_else(|| blank(key, lang), |value| value.label(lang).to_owned())
}

fn blank(key: &str, lang: Lang) -> String {
    if key.is_empty() { lang.pick("(未填)", "(none given)").to_owned() } else { key.to_owned() }
}

fn shares(w: &Wording<'_>) -> Vec<Block> {
    let (shares, lang) = (&w.report.shares, w.lang);
    if shares.category.is_empty() {
        return vec![none(lang, "本期没有诉求。", "There were no requests.")];
    }
    let mut blocks = vec![
        share_chart(&shares.category, lang),
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
        [lang.pick("按渠道", "By channel"), lang.pick("渠道", "Channel")],
        "channel",
        &shares.channel,
        &|key| label::<Channel>(key, lang),
        lang,
    ));
    blocks.push(share_table(
        [lang.pick("按严重程度", "By severity"), lang.pick("严重程度", "Severity")],
        "severity",
        &shares.severity,
        &|key| label::<Severity>(key, lang),
        lang,
    ));
    blocks
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests, drawn")]
fn share_chart(rows: &[Row], lang: Lang) -> Block {
    let bar = |row: &Row| Bar {
        label: blank(&row.key, lang),
        value: row.count as f64,
        before: row.before.map(|n| n as f64),
        shown: format!("{} · {}", row.count, row.share.map(|share| words::number(share, lang)).unwrap_or_default()),
        tone: "",
    };
    let bars: Vec<Bar> = rows.iter().take(12).map(bar).collect();
    let title = lang.pick("各类别诉求数", "Requests by category");
    let about = lang.pick("细条为上期", "the thin bar is the period before");
    let svg = chart::bars(title, about, &bars);
    Block::Chart { title: format!("{title} ({about})"), svg }
}

fn share_table([caption, first]: [&str; 2], code: &str, rows: &[Row], label: &dyn Fn(&str) -> String, lang: Lang) -> Block {
    let columns = vec![
        col(code, first),
        num("count", lang.pick("件数", "Requests")),
        num("share", lang.pick("占比", "Share")),
        num("before", lang.pick("上期", "Before")),
        num("share_before", lang.pick("上期占比", "Share before")),
        num("change", lang.pick("变化", "Change")),
    ];
    let mut grid = Grid::new("carebook.report_shares.v1", columns);
    for row in rows {
        let count = |n: Option<usize>| field(n.map(crate::engine::report::figure::count), lang);
        let points = row.points().map_or_else(String::new, |points| format!("{points:+.1}"));
        grid.rows.push(vec![
            Field::coded(label(&row.key), row.key.clone()),
            count(Some(row.count)),
            field(row.share, lang),
            count(row.before),
            field(row.share_before, lang),
            Field::coded(points, row.points().map_or(serde_json::Value::Null, |points| ((points * 1e4).round() / 1e4).into())),
        ]);
    }
    Block::Table { caption: caption.to_owned(), grid }
}

fn efficiency(w: &Wording<'_>) -> Vec<Block> {
    let lang = w.lang;
    let mut blocks = vec![cards(&w.report.efficiency.figures, lang)];
    if w.report.efficiency.handlers.is_empty() {
        return blocks;
    }
    let columns = vec![
        col("handler", lang.pick("处理人", "Handler")),
        num("requests", lang.pick("件数", "Requests")),
        num("resolved", lang.pick("已解决", "Resolved")),
        num("median", lang.pick("时长中位数", "Median time")),
        num("on_time", lang.pick("解决及时率", "On time")),
        num("feedback", lang.pick("客户评分", "Feedback")),
    ];
    let mut grid = Grid::new("carebook.report_handlers.v1", columns);
    for row in &w.report.efficiency.handlers {
        let count = |n: usize| field(Some(crate::engine::report::figure::count(n)), lang);
        grid.rows.push(vec![
            Field::text(&row.name),
            count(row.requests),
            count(row.resolved),
            field(row.median, lang),
            field(row.on_time, lang),
            field(row.feedback, lang),
        ]);
    }
    blocks.push(Block::Table { caption: lang.pick("按处理人", "By handler").to_owned(), grid });
    blocks
}

fn problems(w: &Wording<'_>) -> Vec<Block> {
    let (problems, lang) = (&w.report.problems, w.lang);
    if problems.common.is_empty() {
        return vec![none(lang, "没有可归类的问题。", "No problems with a category.")];
    }
    let list = |texts: &[crate::engine::report::problems::Counted]| {
        let shown = texts
            .iter()
            .map(|counted| if counted.count > 1 { format!("{} ×{}", counted.text, counted.count) } else { counted.text.clone() });
        let shown: Vec<String> = shown.collect();
        if shown.is_empty() { NO_DATA.to_owned() } else { shown.join(lang.pick(";", "; ")) }
    };
    let columns = vec![
        col("category", lang.pick("问题", "Problem")),
        num("count", lang.pick("件数", "Requests")),
        num("complaints", lang.pick("投诉", "Complaints")),
        num("median", lang.pick("时长中位数", "Median time")),
        col("causes", lang.pick("常见原因", "Usual causes")),
        col("solutions", lang.pick("解决办法", "Solutions")),
    ];
    let mut grid = Grid::new("carebook.report_problems.v1", columns);
    for row in &problems.common {
        let count = |n: usize| field(Some(crate::engine::report::figure::count(n)), lang);
        let texts = |texts: &[crate::engine::report::problems::Counted]| Field::text(list(texts));
        grid.rows.push(vec![
            Field::text(&row.category),
            count(row.count),
            count(row.complaints),
            field(row.median, lang),
            texts(&row.causes),
            texts(&row.solutions),
        ]);
    }
    let mut blocks = vec![Block::Table { caption: lang.pick("最常见的问题", "The most common problems").to_owned(), grid }];
    if !problems.repeats.is_empty() {
        let columns = vec![
            col("customer", lang.pick("客户", "Customer")),
            col("category", lang.pick("类别", "Category")),
            num("count", lang.pick("次数", "Times")),
        ];
        let mut grid = Grid::new("carebook.report_repeats.v1", columns);
        for row in &problems.repeats {
            grid.rows.push(vec![
                Field::coded(row.name.clone(), row.customer.clone()),
                Field::text(&row.category),
                field(Some(crate::engine::report::figure::count(row.count)), lang),
            ]);
        }
        blocks.push(Block::Table {
            caption: lang.pick("同一客户的重复投诉", "Complaints repeated by one customer").to_owned(), grid
        });
    }
    blocks
}

const TONES: [&str; 5] = ["a", "b", "c", "d", "e"];

#[expect(clippy::cast_precision_loss, reason = "counts of answers, drawn")]
fn distribution(csat: &Csat, title: &str, lang: Lang) -> Block {
    let last = csat.distribution.len().saturating_sub(1).max(1);
    let part = |(i, count): (usize, &u64)| {
        let words = Grade::ALL.get(i).filter(|_| csat.distribution.len() == 5 && csat.min == 1);
        let grade = csat.min + i64::try_from(i).unwrap_or(0);
        Bar {
            label: words.map_or_else(|| grade.to_string(), |grade| grade.label(lang).to_owned()),
            value: *count as f64,
            before: None,
            shown: count.to_string(),
            tone: TONES[i * 4 / last],
        }
    };
    let parts: Vec<Bar> = csat.distribution.iter().enumerate().map(part).collect();
    Block::Chart { title: title.to_owned(), svg: chart::stack(title, &parts) }
}

fn satisfaction(w: &Wording<'_>) -> Vec<Block> {
    let (s, lang) = (&w.report.satisfaction, w.lang);
    let columns = vec![
        col("source", lang.pick("来源", "Source")),
        num("n", lang.pick("份数", "Answers")),
        num("top2", lang.pick("满意率", "Satisfied")),
        num("interval", lang.pick("95% 区间", "95 % interval")),
        num("mean", lang.pick("均分", "Mean")),
        num("before", lang.pick("上期", "Before")),
    ];
    let mut grid = Grid::new("carebook.report_satisfaction.v1", columns);
    let mut charts = Vec::new();
    if let Some(csat) = &s.feedback {
        grid.rows.push(csat_row(words::figure("feedback", lang), csat, s.feedback_before.as_ref(), lang));
        charts.push(distribution(csat, words::figure("feedback", lang), lang));
    }
    for survey in &s.surveys {
        if let Some(csat) = &survey.csat {
            grid.rows.push(csat_row(&survey.name, csat, survey.csat_before.as_ref(), lang));
            charts.push(distribution(csat, &survey.name, lang));
        }
        if let Some(nps) = &survey.nps {
            grid.rows.push(nps_row(&survey.name, nps, survey.nps_before.as_ref(), lang));
        }
    }
    if grid.rows.is_empty() {
        return vec![none(lang, "本期没有评分。", "Nobody gave a score.")];
    }
    let mut blocks = charts;
    blocks.push(Block::Table { caption: lang.pick("评分", "Scores").to_owned(), grid });
    if !s.low.is_empty() {
        let columns = vec![
            col("source", lang.pick("编号", "From")),
            col("customer", lang.pick("客户", "Customer")),
            col("text", lang.pick("原话", "Words")),
        ];
        let mut grid = Grid::new("carebook.report_comments.v1", columns);
        for low in &s.low {
            grid.rows.push(vec![Field::text(&low.source), Field::text(&low.customer), Field::text(&low.text)]);
        }
        blocks.push(Block::Table { caption: lang.pick("不满意的客户怎么说", "What the dissatisfied say").to_owned(), grid });
    }
    blocks
}

fn few(n: u64, small: bool, lang: Lang) -> Field {
    let mark = if small { lang.pick(" (样本少)", " (few)") } else { "" };
    Field::coded(format!("{n}{mark}"), n)
}

fn csat_row(source: &str, csat: &Csat, before: Option<&Csat>, lang: Lang) -> Vec<Field> {
    let top = |csat: &Csat| field(Some(Number::Percent(csat.top2.value)), lang);
    vec![
        Field::text(source),
        few(csat.n, csat.small, lang),
        top(csat),
        Field::text(format!("{:.1}–{:.1}", csat.top2.low, csat.top2.high)),
        field(Some(Number::Grade(csat.mean, csat.max)), lang),
        before.map_or_else(|| field(None, lang), top),
    ]
}

fn nps_row(name: &str, nps: &Nps, before: Option<&Nps>, lang: Lang) -> Vec<Field> {
    let score = |nps: &Nps| field(Some(Number::Points(nps.score.value)), lang);
    vec![
        Field::text(format!("{name} NPS")),
        few(nps.n, nps.small, lang),
        score(nps),
        Field::text(format!("{:+.1} … {:+.1}", nps.score.low, nps.score.high)),
        field(None, lang),
        before.map_or_else(|| field(None, lang), score),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "counts of customers, drawn")]
fn tiers(w: &Wording<'_>) -> Vec<Block> {
    let (tiers, lang) = (&w.report.tiers, w.lang);
    if tiers.counts.iter().all(|count| count.customers == 0) {
        return vec![none(lang, "档案中还没有客户。", "The archive is empty.")];
    }
    let name = |code: &str| {
        if code.is_empty() { lang.pick("未评级", "Not yet rated").to_owned() } else { format!("{code} {}", w.tiers.label(code, lang)) }
    };
    let bars: Vec<Bar> = tiers
        .counts
        .iter()
        .map(|count| Bar {
            label: name(&count.tier),
            value: count.customers as f64,
            before: None,
            shown: format!("{} · {}", count.customers, count.share.map(|share| words::number(share, lang)).unwrap_or_default()),
            tone: "",
        })
        .collect();
    let by_tier = lang.pick("各等级客户数", "Customers by tier");
    let (up, down, new) = (tiers.up, tiers.down, tiers.new);
    let mut blocks = vec![
        Block::Chart { title: by_tier.to_owned(), svg: chart::bars(by_tier, "", &bars) },
        Block::Text(vec![lang.pick(
            format!("本期升级 {up} 位,降级 {down} 位,首次评级 {new} 位。"),
            format!("In the period {up} rose, {down} fell, {new} were rated for the first time."),
        )]),
    ];
    // the first rating of a whole archive is no news of each customer
    let moves: Vec<_> = tiers.moves.iter().filter(|m| m.direction != Direction::New).collect();
    if !moves.is_empty() {
        let columns = vec![
            col("customer", lang.pick("客户", "Customer")),
            col("from", lang.pick("原等级", "From")),
            col("to", lang.pick("新等级", "To")),
            col("on", lang.pick("日期", "On")),
            col("reasons", lang.pick("理由", "Reason")),
        ];
        let mut grid = Grid::new("carebook.report_moves.v1", columns);
        for moved in moves {
            let arrow = if moved.direction == Direction::Up { "↑" } else { "↓" };
            grid.rows.push(vec![
                Field::coded(moved.name.clone(), moved.customer.clone()),
                Field::coded(name(&moved.from), moved.from.clone()),
                Field::coded(format!("{arrow} {}", name(&moved.to)), moved.to.clone()),
                Field::text(&moved.on),
                Field::text(&moved.reasons),
            ]);
        }
        blocks.push(Block::Table { caption: lang.pick("等级变动", "Moves").to_owned(), grid });
    }
    blocks
}

fn revisits(w: &Wording<'_>) -> Vec<Block> {
    let (revisits, lang) = (&w.report.revisits, w.lang);
    let mut blocks = vec![cards(&revisits.figures, lang)];
    if !revisits.notes.is_empty() {
        let columns = vec![
            col("customer", lang.pick("客户", "Customer")),
            col("needs", lang.pick("需求", "Needs")),
            col("suggestions", lang.pick("建议", "Suggestions")),
            col("problems", lang.pick("问题", "Problems")),
            col("outcome", lang.pick("结果", "Outcome")),
        ];
        let mut grid = Grid::new("carebook.report_revisit_notes.v1", columns);
        for note in &revisits.notes {
            grid.rows.push(
                [&note.customer, &note.needs, &note.suggestions, &note.problems, &note.outcome]
                    .map(|text| Field::text(text.clone()))
                    .to_vec(),
            );
        }
        blocks.push(Block::Table { caption: lang.pick("回访中客户说的", "What customers told us").to_owned(), grid });
    }
    blocks
}

fn suggestions(w: &Wording<'_>) -> Vec<Block> {
    let lang = w.lang;
    if w.report.suggestions.is_empty() {
        return vec![none(lang, "各项指标都在规则线之内,没有建议。", "All figures are within the rules; there is nothing to suggest.")];
    }
    let item = |suggestion: &crate::engine::report::suggestions::Suggestion| {
        let (title, text) = words::suggestion(suggestion, lang);
        Item { title, text, evidence: words::evidence(suggestion, lang) }
    };
    vec![Block::Items(w.report.suggestions.iter().map(item).collect())]
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
