//! The lifecycle: customers per class, each customer's class, and every figure that decided.

use std::fmt::Write as _;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use super::tier::{plain, share};
use crate::base::lang::Lang;
use crate::base::money::Money;
use crate::base::text::many;
use crate::engine::lifecycle::{Lifecycle, Standing};
use crate::model::customer::Customer;
use crate::model::lifecycle::Class;
use crate::model::rules::lifecycle::{LifecycleRules, Silence};
use crate::model::settings::Settings;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};

/// Tenths of a day as a number of days.
pub fn days(tenths: i64) -> String {
    plain(Decimal::new(tenths, 1))
}

fn date(day: Option<NaiveDate>) -> Field {
    day.map_or_else(Field::blank, |day| Field::text(day.to_string()))
}

fn class(class: Class, lang: Lang) -> Field {
    Field::coded(class.label(lang), class.code())
}

/// Half up to one decimal.
fn index(mean: Decimal) -> String {
    plain(mean.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero))
}

/// Customers, share and value per class.
pub fn summary(lifecycle: &Lifecycle, settings: &Settings, lang: Lang) -> Grid {
    let columns = vec![
        col("class", lang.pick("类别", "Class")),
        num("customers", lang.pick("客户数", "Customers")),
        num("share", lang.pick("占比", "Share")),
        num("value", lang.pick("一年净消费额", "Net spend of a year")),
        num("value_share", lang.pick("金额占比", "Share of spend")),
    ];
    let mut grid = Grid::new("carebook.lifecycle_classes.v1", columns);
    grid.currency = Some(settings.currency.clone());
    let digits = settings.locale().digits;
    let sums = lifecycle.sums();
    let whole: i128 = sums.iter().map(|(_, sum)| sum.value).sum();
    let of_whole = |value: i128| {
        let share = Decimal::from_i128_with_scale(value, 0).checked_div(Decimal::from_i128_with_scale(whole, 0));
        let rounded = share.map(|share| share.round_dp_with_strategy(3, RoundingStrategy::MidpointAwayFromZero));
        rounded.map_or_else(Field::blank, |share| Field::coded(format!("{:.1} %", share * Decimal::ONE_HUNDRED), plain(share)))
    };
    for (of, sum) in sums {
        grid.rows.push(vec![
            class(of, lang),
            Field::number(i64::try_from(sum.customers).unwrap_or(i64::MAX)),
            share(sum.customers, lifecycle.rows.len()),
            Field::money(Money(sum.value), digits),
            of_whole(sum.value),
        ]);
    }
    grid
}

/// One line per customer.
pub fn rows(rows: &[&Standing], customers: &[Customer], as_of: NaiveDate, settings: &Settings, lang: Lang) -> Grid {
    let columns = vec![
        col("id", lang.pick("编号", "ID")),
        col("name", lang.pick("姓名", "Name")),
        col("class", lang.pick("类别", "Class")),
        col("since", lang.pick("起始", "Since")),
        num("value", lang.pick("风险金额", "Value at risk")),
        col("last", lang.pick("最近购买", "Last purchase")),
        num("purchases", lang.pick("购买天数", "Purchase days")),
        num("usual_days", lang.pick("惯常间隔", "Usual interval")),
        num("days_silent", lang.pick("静默天数", "Days silent")),
        col("next_on", lang.pick("下次变化", "Next change")),
        col("next", lang.pick("将变为", "To")),
        col("why", lang.pick("原因", "Why")),
    ];
    let mut grid = Grid::new("carebook.lifecycle.v1", columns);
    grid.currency = Some(settings.currency.clone());
    for row in rows {
        let customer = &customers[row.position];
        let mut fields = vec![Field::text(customer.id.as_str()), Field::text(&customer.name), class(row.class, lang), date(row.since)];
        fields.extend([
            Field::money(row.value, settings.locale().digits),
            date(row.reason.last),
            Field::number(row.reason.purchases),
            row.reason.usual.map_or_else(Field::blank, |usual| Field::text(days(usual))),
            row.days_silent(as_of).map_or_else(Field::blank, Field::number),
            date(row.next.map(|(on, _)| on)),
            row.next.map_or_else(Field::blank, |(_, then)| class(then, lang)),
            Field::coded(why(row, lang), reason(row, as_of)),
        ]);
        grid.rows.push(fields);
    }
    grid
}

/// What a list of customers says more, where it is asked for a class: since, value at risk, usual interval, days silent.
pub fn add_to(grid: &mut Grid, rows: &[&Standing], as_of: NaiveDate, settings: &Settings, lang: Lang) {
    grid.columns.extend([
        col("class", lang.pick("类别", "Class")),
        col("class_since", lang.pick("类别起始", "Class since")),
        num("value_at_risk", lang.pick("风险金额", "Value at risk")),
        num("usual_days", lang.pick("惯常间隔", "Usual interval")),
        num("days_silent", lang.pick("静默天数", "Days silent")),
    ]);
    for (fields, row) in grid.rows.iter_mut().zip(rows) {
        fields.extend([
            class(row.class, lang),
            date(row.since),
            Field::money(row.value, settings.locale().digits),
            row.reason.usual.map_or_else(Field::blank, |usual| Field::text(days(usual))),
            row.days_silent(as_of).map_or_else(Field::blank, Field::number),
        ]);
    }
}

/// What decided, in a sentence.
pub fn why(row: &Standing, lang: Lang) -> String {
    let reason = &row.reason;
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let usual = days(reason.usual.unwrap_or_default());
    let (first, n) = (day(reason.first), reason.purchases);
    match row.class {
        Class::Problem => problem(row, lang),
        Class::Potential => lang.pick("还没有购买", "no purchase yet").to_owned(),
        Class::Silent | Class::Lost => {
            let sign = day(reason.sign);
            lang.pick(
                format!("自 {sign} 起没有音讯,惯常间隔 {usual} 天"),
                format!("no sign of life since {sign}, usual interval {usual} days"),
            )
        }
        Class::New => lang.pick(format!("首次购买 {first}"), format!("first purchase {first}")),
        Class::Loyal => {
            let content = match reason.satisfaction {
                Some((mean, answers)) => {
                    lang.pick(format!("满意度 {}({answers} 次)", index(mean)), format!("satisfaction {} of {answers}", index(mean)))
                }
                None => lang.pick("没有评分", "never rated").to_owned(),
            };
            lang.pick(
                format!("首购 {first},购买 {n} 天,{content}"),
                format!("first purchase {first}, {} with a purchase, {content}", many(n, "day")),
            )
        }
        Class::Regular => {
            lang.pick(format!("首购 {first},购买 {n} 天"), format!("first purchase {first}, {} with a purchase", many(n, "day")))
        }
    }
}

fn problem(row: &Standing, lang: Lang) -> String {
    match (&row.reason.complaint, row.reason.recent) {
        (Some((id, received, None)), _) => {
            lang.pick(format!("{received} 的投诉 {id} 未办结"), format!("complaint {id} of {received} is open"))
        }
        (Some((id, received, Some(until))), _) => {
            lang.pick(format!("{received} 的投诉 {id},关注到 {until}"), format!("complaint {id} of {received}, minded until {until}"))
        }
        (None, Some((mean, n))) => {
            lang.pick(format!("近期满意度 {}({n} 次)", index(mean)), format!("satisfaction lately {} of {n}", index(mean)))
        }
        (None, None) => String::new(),
    }
}

/// Every figure, for machines.
pub fn reason(row: &Standing, as_of: NaiveDate) -> Value {
    let reason = &row.reason;
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    let mean = |mean: Option<(Decimal, u32)>| mean.map(|(mean, n)| json!({"index": index(mean), "answers": n}));
    let complaint = reason
        .complaint
        .as_ref()
        .map(|(id, received, until)| json!({"id": id.as_str(), "received": received.to_string(), "until": day(*until)}));
    json!({
        "first_purchase": day(reason.first), "last_purchase": day(reason.last), "last_sign": day(reason.sign), "purchase_days": reason.purchases,
        "own_days": reason.own.map(days), "usual_days": reason.usual.map(days), "days_silent": row.days_silent(as_of),
        "silent_on": day(reason.silent_on), "lost_on": day(reason.lost_on), "complaint": complaint,
        "satisfaction_lately": mean(reason.recent), "satisfaction": mean(reason.satisfaction),
    })
}

/// The class on a customer's sheet.
pub fn sheet_line(row: &Standing, lang: Lang) -> String {
    let (label, why) = (row.class.label(lang), why(row, lang));
    let since = row.since.map_or_else(String::new, |since| lang.pick(format!(",自 {since}"), format!(" since {since}")));
    let next = row.next.map_or_else(String::new, |(on, then)| next_words(on, then, lang));
    lang.pick(format!("\n类别: {label}{since}: {why}{next}\n"), format!("\nClass: {label}{since}: {why}{next}\n"))
}

fn next_words(on: NaiveDate, then: Class, lang: Lang) -> String {
    let then = then.label(lang);
    lang.pick(format!(";若无变化,{on} 起为{then}"), format!("; {} from {on} if nothing happens", then.to_lowercase()))
}

/// The same for machines.
pub fn sheet_json(row: &Standing, as_of: NaiveDate, digits: u32) -> Value {
    let next = row.next.map(|(on, then)| json!({"on": on.to_string(), "class": then.code()}));
    json!({
        "class": row.class.code(), "since": row.since.map(|day| day.to_string()), "value_at_risk": row.value.write(digits),
        "next": next, "reason": reason(row, as_of),
    })
}

/// As of when, by which rules and which median, and what was left out.
pub fn scope(lifecycle: &Lifecycle, hash: &str, lang: Lang) -> Vec<String> {
    let (as_of, n) = (lifecycle.as_of, lifecycle.measured);
    let rules = match hash {
        "built-in" => lang.pick("内置规则", "built-in rules").to_owned(),
        hash => lang.pick(format!("规则 rules/lifecycle.yaml ({hash})"), format!("rules/lifecycle.yaml ({hash})")),
    };
    let book = days(lifecycle.book);
    let median = match n {
        0 => lang.pick(format!("尚无人买过两次,惯常间隔按 {book} 天"), format!("nobody bought twice, so {book} days are usual")),
        n => lang.pick(
            format!("全体惯常间隔 {book} 天({n} 位客户的中位数)"),
            format!("usual interval of the book {book} days (median of {})", many(n, "customer")),
        ),
    };
    let mut said = vec![lang.pick(format!("截至 {as_of},{rules};{median}。"), format!("As of {as_of}, {rules}; {median}."))];
    let left_out = lifecycle.left_out;
    for (count, zh, en) in [
        (left_out.future_dated, format!("条晚于 {as_of} 的记录"), format!("dated after {as_of}")),
        (left_out.unknown_customers, "条客户不在档案中的记录".to_owned(), "of customers the archive does not have".to_owned()),
        (left_out.undated, "份没有日期的答卷".to_owned(), "of answers without a date".to_owned()),
    ] {
        if count > 0 {
            said.push(lang.pick(format!("未计入:{count} {zh}"), format!("left out: {} {en}", many(count, "fact"))));
        }
    }
    said
}

/// One customer, figure by figure.
pub fn explanation(
    row: &Standing,
    customer: &Customer,
    lifecycle: &Lifecycle,
    rules: &LifecycleRules,
    settings: &Settings,
    lang: Lang,
) -> String {
    let mut out = format!("{} {}\n", customer.id, customer.name);
    out.push_str(sheet_line(row, lang).trim_start_matches('\n'));
    out.push('\n');
    for (label, value) in figures(row, lifecycle, rules, settings, lang) {
        let _ = writeln!(out, "{label}{}{value}", lang.pick(": ", ": "));
    }
    let _ = writeln!(
        out,
        "\n{}",
        lang.pick(
            "先符合者为准: 问题 > 潜在 > 流失 > 沉默 > 新 > 忠实 > 常规",
            "The first that fits: problem > potential > lost > silent > new > loyal > regular"
        )
    );
    out
}

fn figures(row: &Standing, lifecycle: &Lifecycle, rules: &LifecycleRules, settings: &Settings, lang: Lang) -> Vec<(&'static str, String)> {
    let reason = &row.reason;
    let none = || lang.pick("无", "none").to_owned();
    let day = |day: Option<NaiveDate>| day.map_or_else(none, |day| day.to_string());
    let mean = |mean: Option<(Decimal, u32)>| mean.map_or_else(none, |(mean, n)| format!("{} (n = {n})", index(mean)));
    let mut out = vec![
        (lang.pick("首次购买", "First purchase"), day(reason.first)),
        (lang.pick("最近购买", "Last purchase"), day(reason.last)),
        (lang.pick("最近音讯", "Last sign of life"), day(reason.sign)),
        (lang.pick("购买天数", "Days with a purchase"), reason.purchases.to_string()),
        (lang.pick("惯常间隔", "Usual interval"), usual(row, lifecycle, rules, lang)),
        (lang.pick("沉默起始", "Silent from"), limit(reason.silent_on, rules.silent, lang)),
        (lang.pick("流失起始", "Lost from"), limit(reason.lost_on, rules.lost, lang)),
    ];
    out.push((lang.pick("近期满意度", "Satisfaction lately"), mean(reason.recent)));
    out.push((lang.pick("满意度", "Satisfaction"), mean(reason.satisfaction)));
    let complaint = if reason.complaint.is_some() { problem(row, lang) } else { none() };
    out.push((lang.pick("严重投诉", "Grave complaint"), complaint));
    out.push((lang.pick("风险金额", "Value at risk"), row.value.grouped(settings.locale().digits)));
    out
}

/// `(1 × 10 + 2 × 60) ÷ 3 = 43.3`, where the own median rests on few intervals.
fn usual(row: &Standing, lifecycle: &Lifecycle, rules: &LifecycleRules, lang: Lang) -> String {
    let reason = &row.reason;
    let Some(usual) = reason.usual else { return lang.pick("无", "none").to_owned() };
    let (n, needed) = (reason.purchases.saturating_sub(1), rules.rhythm.intervals);
    let (unit, book) = (lang.pick("天", "days"), days(lifecycle.book));
    match reason.own {
        None => lang.pick(format!("{book} {unit}(全体的)"), format!("{book} {unit}, the book's")),
        Some(own) if n >= needed => {
            let own = days(own);
            lang.pick(format!("{own} {unit}({n} 个间隔的中位数)"), format!("{own} {unit}, the median of {n}"))
        }
        Some(own) => format!("({n} × {} + {} × {book}) ÷ {needed} = {} {unit}", days(own), needed - n, days(usual)),
    }
}

fn limit(on: Option<NaiveDate>, rule: Option<Silence>, lang: Lang) -> String {
    let (Some(on), Some(rule)) = (on, rule) else { return lang.pick("无", "none").to_owned() };
    let factor = plain(Decimal::new(rule.factor, 2));
    lang.pick(format!("{on}(惯常间隔的 {factor} 倍,在上下限之内)"), format!("{on} ({factor} × the usual interval, within floor and limit)"))
}
