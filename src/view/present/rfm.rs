//! RFM: customers per segment, each customer's scores, and how they came about.

use std::fmt::Write as _;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use super::tier::{plain, rules_named, span};
use crate::base::lang::Lang;
use crate::base::money::Money;
use crate::base::text::many;
use crate::engine::rfm::{Rfm, Scored};
use crate::model::customer::Customer;
use crate::model::rules::rfm::{BEST, Edges, Method, RfmRules};
use crate::model::settings::Settings;
use crate::view::format;
use crate::view::grid::{Field, Grid, col, num};

fn money(minor: i128, digits: u32) -> Field {
    Field::money(Money(minor), digits)
}

fn segment(rules: &RfmRules, at: usize, lang: Lang) -> Field {
    let segment = &rules.segments[at];
    Field::coded(segment.label.pick(lang, &segment.code), segment.code.as_str())
}

/// A ratio, half up to so many decimals; blank of nothing.
fn mean(sum: Decimal, count: Decimal, digits: u32) -> Field {
    let half_up = RoundingStrategy::MidpointAwayFromZero;
    sum.checked_div(count).map_or_else(Field::blank, |mean| Field::text(plain(mean.round_dp_with_strategy(digits, half_up))))
}

/// Money per order, half up; blank without orders.
fn per_order(spend: i128, orders: u64, digits: u32) -> Field {
    let half_up = RoundingStrategy::MidpointAwayFromZero;
    let mean = Decimal::from_i128_with_scale(spend, 0).checked_div(orders.into());
    mean.map_or_else(Field::blank, |mean| money(mean.round_dp_with_strategy(0, half_up).try_into().unwrap_or_default(), digits))
}

/// Customers, orders and net spend per segment, in the order of the rules.
pub fn segments(rfm: &Rfm, rules: &RfmRules, settings: &Settings, lang: Lang) -> Grid {
    let digits = settings.locale().digits;
    let columns = vec![
        col("segment", lang.pick("分群", "Segment")),
        num("customers", lang.pick("客户数", "Customers")),
        num("share", lang.pick("占比", "Share")),
        num("orders", lang.pick("订单数", "Orders")),
        num("spend", lang.pick("净消费额", "Net spend")),
        num("per_order", lang.pick("单均", "Per order")),
        num("recency_days", lang.pick("平均距今天数", "Mean recency days")),
    ];
    let mut grid = Grid::new("carebook.rfm_segments.v1", columns);
    grid.currency = Some(settings.currency.clone());
    for (at, sum) in rfm.segments(rules).iter().enumerate() {
        grid.rows.push(vec![
            segment(rules, at, lang),
            Field::number(i64::try_from(sum.customers).unwrap_or(i64::MAX)),
            super::tier::share(sum.customers, rfm.rows.len()),
            Field::number(i64::try_from(sum.orders).unwrap_or(i64::MAX)),
            money(sum.spend, digits),
            per_order(sum.spend, sum.orders, digits),
            mean(sum.recency_days.into(), sum.customers.into(), 1),
        ]);
    }
    grid
}

/// One line per customer: what they bought, and the scores it makes.
pub fn rows(rows: &[&Scored], customers: &[Customer], rules: &RfmRules, settings: &Settings, lang: Lang) -> Grid {
    let columns = vec![
        col("id", lang.pick("编号", "ID")),
        col("name", lang.pick("姓名", "Name")),
        col("first", lang.pick("首次购买", "First sale")),
        col("last", lang.pick("最近购买", "Last sale")),
        num("recency_days", lang.pick("距今天数", "Recency days")),
        num("orders", lang.pick("订单数", "Orders")),
        num("purchase_days", lang.pick("购买天数", "Purchase days")),
        num("spend", lang.pick("净消费额", "Net spend")),
        num("r", "R"),
        num("f", "F"),
        num("m", "M"),
        col("rfm", "RFM"),
        col("segment", lang.pick("分群", "Segment")),
    ];
    let mut grid = Grid::new("carebook.rfm.v1", columns);
    grid.currency = Some(settings.currency.clone());
    let digits = settings.locale().digits;
    let day = |day: Option<NaiveDate>| day.map_or_else(Field::blank, |day| Field::text(day.to_string()));
    for row in rows {
        let (customer, bought, [r, f, m]) = (&customers[row.position], &row.purchases, row.scores);
        grid.rows.push(vec![
            Field::text(customer.id.as_str()),
            Field::text(&customer.name),
            day(bought.first),
            day(bought.last),
            Field::number(row.recency_days),
            Field::number(bought.orders),
            Field::number(bought.days),
            money(bought.spend, digits),
            Field::number(r),
            Field::number(f),
            Field::number(m),
            Field::text(format!("{r}{f}{m}")),
            segment(rules, row.segment, lang),
        ]);
    }
    grid
}

/// One customer: each value between its cut points, and the segment it leads to.
#[expect(clippy::too_many_arguments, reason = "one page of text")]
pub fn explanation(
    row: &Scored,
    customer: &Customer,
    rfm: &Rfm,
    rules: &RfmRules,
    hash: &str,
    settings: &Settings,
    columns: Option<usize>,
    lang: Lang,
) -> String {
    let mut grid = Grid::new(
        "carebook.rfm_explanation.v1",
        vec![
            col("score", lang.pick("指标", "Score")),
            num("value", lang.pick("数值", "Value")),
            num("edges", lang.pick("切点", "Cut points")),
            num("points", lang.pick("分数", "Points")),
        ],
    );
    let spend = money(row.purchases.spend, settings.locale().digits).shown;
    let [recency, frequency, monetary] = rfm.edges.unwrap_or_default();
    for (name, value, edges, score) in [
        (
            lang.pick("R 距最近一次销售的天数(越少越好)", "R days since the last sale (fewer is better)"),
            row.recency_days.to_string(),
            recency,
            row.scores[0],
        ),
        (lang.pick("F 窗口内订单数", "F orders in the window"), row.purchases.orders.to_string(), frequency, row.scores[1]),
        (lang.pick("M 窗口内净消费额", "M net spend in the window"), spend, monetary, row.scores[2]),
    ] {
        grid.rows.push(vec![Field::text(name), Field::text(value), Field::text(listed(&edges)), Field::number(score)]);
    }
    let mut out = format!("{} {}\n{}\n\n", customer.id, customer.name, span(&rfm.scope, lang));
    out.push_str(&format::table(&grid, columns));
    let _ = writeln!(out, "\n{}", method(rules, lang));
    let rule = &rules.segments[row.segment];
    let span = |(least, most): (u8, u8)| if least == most { least.to_string() } else { format!("{least}-{most}") };
    let (name, [r, f, m]) = (segment(rules, row.segment, lang).shown, [rule.r, rule.f, rule.m].map(span));
    let _ = writeln!(
        out,
        "{}",
        lang.pick(
            format!("分群: {name}(R {r}、F {f}、M {m};取第一个符合的)"),
            format!("Segment: {name} (R {r}, F {f}, M {m}; the first that fits)")
        )
    );
    let _ = writeln!(out, "{}", lang.pick(format!("依据: {}", rules_named(hash, lang)), format!("By: {}", rules_named(hash, lang))));
    out
}

fn listed(edges: &Edges) -> String {
    edges.map(|edge| plain(edge.round_dp(2))).join(" | ")
}

/// How a value becomes a score, in a sentence.
fn method(rules: &RfmRules, lang: Lang) -> String {
    match &rules.method {
        Method::Fixed { .. } => lang.pick(
            format!("固定切点: 达到几个切点,F、M 即加几分(1 到 {BEST});R 则减几分。"),
            format!("Fixed cut points: F and M are 1 plus the cut points reached, R is {BEST} less those reached."),
        ),
        Method::Quantiles(quantiles) => {
            let (at, plus) = (quantiles.at.map(plain).join("/"), plain(quantiles.plus));
            let ties = if quantiles.ties_higher { lang.pick("归入高档", "go up") } else { lang.pick("归入低档", "go down") };
            lang.pick(
                format!("切点为窗口内有购买的客户的 {at} % 分位(第 7 型)加 {plus};等于切点的{ties}。"),
                format!("Cut points are the {at} % quantiles (type 7) of who bought in the window, plus {plus}; ties {ties}."),
            )
        }
    }
}

/// Why nobody has scores.
pub fn unscored(n: usize, lang: Lang) -> String {
    lang.pick(
        format!("窗口内无人购买,分位没有切点: {n} 位曾购买的客户没有分数。"),
        format!("nobody bought in the window, so quantiles have no cut points: {} who bought before have no scores.", many(n, "customer")),
    )
}

/// What the scores rest on, for machines.
pub fn notes(rfm: &Rfm, rules: &RfmRules, hash: &str) -> Vec<(&'static str, Value)> {
    let method = if matches!(rules.method, Method::Fixed { .. }) { "fixed" } else { "quantiles" };
    let first = rfm.scope.after.and_then(|after| after.succ_opt());
    let points = |edges: Edges| edges.map(|edge| plain(edge.round_dp(2)));
    let edges = rfm.edges.map(|[r, f, m]| json!({"recency_days": points(r), "frequency": points(f), "monetary": points(m)}));
    vec![
        ("as_of", rfm.scope.as_of.to_string().into()),
        ("window", json!({"from": first.map(|day| day.to_string()), "to": rfm.scope.last.to_string()})),
        ("rules", hash.into()),
        ("method", method.into()),
        ("cut_points", edges.into()),
        ("without", rfm.without.into()),
        ("unscored", rfm.unscored.into()),
    ]
}

/// Who has no scores.
pub fn without(n: usize, lang: Lang) -> String {
    lang.pick(format!("{n} 位客户从未购买,没有分数。"), format!("{} never bought and have no scores.", many(n, "customer")))
}
