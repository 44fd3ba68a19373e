//! `tier explain`: one customer's outcome step by step, as text and as JSON.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::tier::{named, optional, plain, reason, rules_named};
use crate::base::lang::Lang;
use crate::base::text::group_digits;
use crate::engine::tiering::Explanation;
use crate::engine::tiering::measures::{self, MEASURES, MeasureInfo};
use crate::engine::tiering::score::{FactorScore, Step};
use crate::model::rules::tiers::{Measure, TierRules};
use crate::model::vocabulary::Code;
use crate::view::format;
use crate::view::grid::{Field, Grid, col, num};

fn value(factor: &FactorScore, rules: &TierRules, lang: Lang) -> Field {
    match factor.value {
        None => Field::coded(lang.pick("无数据", "no data"), Value::Null),
        Some(measures::Value::Potential(potential)) => Field::coded(potential.label(lang), potential.code()),
        Some(measures::Value::Segment(at)) => {
            let segment = &rules.rfm.segments[usize::from(at)];
            Field::coded(segment.label.pick(lang, &segment.code), segment.code.as_str())
        }
        Some(measures::Value::Number(number)) => {
            let exact = plain(number.round_dp(4));
            Field::coded(grouped(number.round_dp(2)), exact)
        }
    }
}

/// `12345.5` → `12,345.5`
fn grouped(number: Decimal) -> String {
    let text = plain(number);
    let (sign, body) = text.strip_prefix('-').map_or(("", text.as_str()), |body| ("-", body));
    let (whole, fraction) = body.split_once('.').map_or((body, None), |(whole, fraction)| (whole, Some(fraction)));
    let fraction = fraction.map_or_else(String::new, |fraction| format!(".{fraction}"));
    format!("{sign}{}{fraction}", group_digits(whole))
}

fn unit(factor: &FactorScore, lang: Lang) -> Field {
    let [zh, en] = info(factor.measure).unit;
    match factor.value {
        Some(measures::Value::Number(_)) => Field::coded(lang.pick(zh, en), en),
        _ => Field::coded("", en),
    }
}

fn step(factor: &FactorScore, lang: Lang) -> Field {
    match factor.reached.map(|(step, _)| step) {
        None => Field::coded(lang.pick("不计入", "left out"), Value::Null),
        Some(Step::At(from)) => Field::coded(format!("≥ {}", grouped(from)), plain(from)),
        Some(Step::Coded) => Field::coded("=", "value"),
        Some(Step::Below) => Field::coded(lang.pick("未达最低档", "below the first"), "below"),
        Some(Step::Missing) => Field::coded(lang.pick("缺数据时的分数", "stand-in"), "missing"),
    }
}

/// What the measure is; every one has its row, a test holds it.
fn info(measure: Measure) -> &'static MeasureInfo {
    MEASURES.iter().find(|info| info.measure == measure).unwrap_or(&MEASURES[0])
}

/// Every factor: value, source rows, step, points, weight, contribution.
fn grid(explanation: &Explanation, rules: &TierRules, lang: Lang) -> Grid {
    let columns = vec![
        col("measure", lang.pick("指标", "Measure")),
        num("value", lang.pick("数值", "Value")),
        col("unit", lang.pick("单位", "Unit")),
        num("rows", lang.pick("记录数", "Rows")),
        num("step", lang.pick("档次", "Step")),
        num("points", lang.pick("分数", "Points")),
        num("weight", lang.pick("权重", "Weight")),
        num("contribution", lang.pick("贡献", "Contribution")),
    ];
    let mut grid = Grid::new("carebook.tier_explanation.v1", columns);
    for factor in &explanation.factors {
        grid.rows.push(vec![
            Field::coded(factor.measure.label(lang), factor.measure.code()),
            value(factor, rules, lang),
            unit(factor, lang),
            Field::number(factor.rows),
            step(factor, lang),
            optional(factor.reached.map(|(_, points)| points)),
            Field::text(plain(factor.weight)),
            factor.contribution().map_or_else(Field::blank, |sum| Field::coded(grouped(sum), plain(sum))),
        ]);
    }
    grid
}

/// The whole story, for people.
pub fn text(told: &Explanation, rules: &TierRules, hash: &str, columns: Option<usize>, lang: Lang) -> String {
    let outcome = &told.outcome;
    let id = outcome.customer.as_str();
    let mut out = if told.name == id { format!("{id}\n") } else { format!("{id} {}\n", told.name) };
    let scope = super::tier::span(&told.scope, lang);
    let _ = writeln!(out, "{scope}\n");
    out.push_str(&format::table(&grid(told, rules, lang), columns));
    let _ = writeln!(out, "\n{}", sums(told, lang));
    let _ = writeln!(out, "{}", thresholds(rules, lang));
    let _ = writeln!(out, "{}", present(told, rules, lang));
    let tier = named(&outcome.tier, rules, lang);
    let why = reason(outcome, rules, lang);
    let _ = writeln!(out, "{}", lang.pick(format!("结论: {tier}。{why}"), format!("Outcome: {tier}: {why}")));
    if let Some(from) = told.may_fall_from {
        let _ = writeln!(out, "{}", lang.pick(format!("可降级日期: {from} 起"), format!("May fall from: {from}")));
    }
    if outcome.superseded {
        let _ = writeln!(out, "{}", lang.pick("该客户的现等级晚于该日评定,不变更。", "A later decision stands; this one is not recorded."));
    }
    let _ = writeln!(out, "{}", lang.pick(format!("依据: {}", rules_named(hash, lang)), format!("By: {}", rules_named(hash, lang))));
    out
}

fn sums(told: &Explanation, lang: Lang) -> String {
    let (sum, weights) = (grouped(told.score.sum), plain(told.score.weights));
    let left_out: Vec<&str> =
        told.factors.iter().filter(|factor| factor.reached.is_none()).map(|factor| factor.measure.label(lang)).collect();
    let left_out = match left_out.join(lang.pick("、", ", ")) {
        names if names.is_empty() => String::new(),
        names => lang.pick(format!("(无数据,不计入: {names})"), format!(" (left out, no data: {names})")),
    };
    match told.score.rounded.map(plain) {
        Some(score) => lang.pick(
            format!("得分: {sum} ÷ 正权重 {weights} = {score}{left_out}"),
            format!("Score: {sum} ÷ positive weights {weights} = {score}{left_out}"),
        ),
        None => lang.pick(format!("得分: 无{left_out}"), format!("Score: none{left_out}")),
    }
}

fn thresholds(rules: &TierRules, lang: Lang) -> String {
    let tier = |tier: &crate::model::rules::tiers::Tier| match (tier.enter, tier.keep) {
        (Some(enter), Some(keep)) => {
            let (code, enter, keep) = (&tier.code, plain(enter), plain(keep));
            lang.pick(format!("{code} 进入 {enter} 保持 {keep}"), format!("{code} enter {enter} keep {keep}"))
        }
        _ => lang.pick(format!("{} 其余", tier.code), format!("{} all others", tier.code)),
    };
    let all: Vec<String> = rules.tiers.iter().map(tier).collect();
    lang.pick(format!("分级线: {}", all.join(";")), format!("Thresholds: {}", all.join("; ")))
}

fn present(told: &Explanation, rules: &TierRules, lang: Lang) -> String {
    let present = &told.outcome.present;
    let tier = named(&present.tier, rules, lang);
    let since = present.since.map_or_else(String::new, |day| lang.pick(format!(",自 {day}"), format!(", since {day}")));
    let until = present.until.map_or_else(String::new, |day| lang.pick(format!(",人工设定至 {day}"), format!(", set by hand until {day}")));
    lang.pick(format!("现等级: {tier}{since}{until}"), format!("Tier now: {tier}{since}{until}"))
}

/// The whole story, for machines.
pub fn json(told: &Explanation, rules: &TierRules, hash: &str, currency: &str, lang: Lang) -> Value {
    let outcome = &told.outcome;
    let grid = grid(told, rules, lang);
    let factor = |(factor, row): (&FactorScore, &Vec<Field>)| {
        let mut object: serde_json::Map<String, Value> =
            grid.columns.iter().zip(row).map(|(column, field)| (column.code.clone(), field.json.clone())).collect();
        let about = info(factor.measure);
        let [zh, en] = about.meaning;
        object.insert("windowed".into(), about.windowed.into());
        object.insert("sources".into(), about.sources.into());
        object.insert("meaning".into(), lang.pick(zh, en).into());
        object.insert("counted".into(), factor.reached.is_some().into());
        Value::Object(object)
    };
    let day = |date: Option<chrono::NaiveDate>| date.map(|date| date.to_string());
    let threshold = |tier: &crate::model::rules::tiers::Tier| json!({"tier": tier.code, "label": tier.label.pick(lang, &tier.code), "enter": tier.enter.map(plain), "keep": tier.keep.map(plain)});
    let file = if hash == "built-in" { None } else { Some("rules/tiers.yaml") };
    json!({
        "schema": grid.schema,
        "currency": currency,
        "customer": outcome.customer.as_str(),
        "name": told.name,
        "as_of": told.scope.as_of.to_string(),
        "window_to": told.scope.last.to_string(),
        "window_from": day(told.scope.after.map(|day| crate::base::date::plus_days(day, 1))),
        "factors": told.factors.iter().zip(&grid.rows).map(factor).collect::<Vec<_>>(),
        "sum": plain(told.score.sum),
        "weights": plain(told.score.weights),
        "score": told.score.rounded.map(plain),
        "thresholds": rules.tiers.iter().map(threshold).collect::<Vec<_>>(),
        "present": {"tier": outcome.present.tier, "since": day(outcome.present.since), "until": day(outcome.present.until)},
        "tier": outcome.tier,
        "changes": outcome.changes(),
        "reason": outcome.reason.code(),
        "reason_text": reason(outcome, rules, lang),
        "until": day(outcome.reason.until()),
        "may_fall_from": day(told.may_fall_from),
        "rules": {"file": file, "hash": hash},
    })
}
