//! Tiers: customers per tier, who moves and why.

use rust_decimal::Decimal;

use crate::base::lang::Lang;
use crate::base::money::Money;
use crate::base::text::many;
use crate::engine::tiering::TierOutcome;
use crate::engine::tiering::facts::{LeftOut, Scope};
use crate::engine::tiering::movement::{Reason, rank};
use crate::engine::tiering::overview::Overview;
use crate::model::customer::Customer;
use crate::model::rules::tiers::{Tier, TierRules};
use crate::model::settings::Settings;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};

/// A decimal without trailing zeros, for people and machines alike.
pub fn number(value: Decimal) -> Field {
    Field::text(plain(value))
}

pub fn plain(value: Decimal) -> String {
    value.normalize().to_string()
}

pub fn optional(value: Option<Decimal>) -> Field {
    value.map_or_else(Field::blank, number)
}

/// A tier as people name it: `A 重点客户`.
pub fn named(tier: &str, rules: &TierRules, lang: Lang) -> String {
    let Some(known) = rank(rules, tier).map(|rank| &rules.tiers[rank]) else {
        return if tier.is_empty() { lang.pick("(无)", "(none)").to_owned() } else { tier.to_owned() };
    };
    let label = rules.label(&known.code, lang);
    if label == known.code { label } else { format!("{} {label}", known.code) }
}

fn tier_field(tier: &str, rules: &TierRules, lang: Lang) -> Field {
    let code = rank(rules, tier).map_or(tier, |rank| &rules.tiers[rank].code);
    Field::coded(named(tier, rules, lang), code)
}

/// Customers per tier: how many now, how many by the rules, share, spend and mean score of those in it now.
pub fn summary(overview: &Overview, rules: &TierRules, settings: &Settings, lang: Lang) -> Grid {
    let columns = vec![
        col("tier", lang.pick("等级", "Tier")),
        num("customers", lang.pick("客户数", "Customers")),
        num("share", lang.pick("占比", "Share")),
        num("spend", lang.pick("窗口内消费", "Spend in window")),
        num("mean_score", lang.pick("平均得分", "Mean score")),
        num("proposed", lang.pick("按规则", "By the rules")),
    ];
    let mut grid = Grid::new("carebook.tiers.v1", columns);
    grid.currency = Some(settings.currency.clone());
    let digits = settings.locale().digits;
    for tier in overview.tiers() {
        grid.rows.push(vec![
            tier_field(&tier.tier, rules, lang),
            Field::number(count(tier.customers)),
            share(tier.customers, overview.customers),
            Field::money(tier.spend, digits),
            optional(tier.mean_score),
            Field::number(count(tier.proposed)),
        ]);
    }
    grid
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Percent with one decimal for people, a fraction with three for machines.
pub fn share(part: usize, whole: usize) -> Field {
    let Some(share) = Decimal::from(part).checked_div(whole.into()) else { return Field::blank() };
    let half_up = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
    let share = share.round_dp_with_strategy(3, half_up);
    Field::coded(format!("{:.1} %", share * Decimal::ONE_HUNDRED), plain(share))
}

/// One line per customer: tier now, tier by the rules, why.
pub fn rows(rows: &[&TierOutcome], customers: &[&Customer], rules: &TierRules, settings: &Settings, lang: Lang) -> Grid {
    let columns = vec![
        col("id", lang.pick("编号", "ID")),
        col("name", lang.pick("姓名", "Name")),
        col("tier", lang.pick("现等级", "Tier now")),
        col("proposed", lang.pick("按规则", "By the rules")),
        num("score", lang.pick("得分", "Score")),
        num("spend", lang.pick("窗口内消费", "Spend in window")),
        col("until", lang.pick("截至", "Until")),
        col("reason", lang.pick("理由", "Reason")),
    ];
    let mut grid = Grid::new("carebook.tier_outcome.v1", columns);
    grid.currency = Some(settings.currency.clone());
    let digits = settings.locale().digits;
    for row in rows {
        grid.rows.push(vec![
            Field::text(row.customer.as_str()),
            Field::text(&customers[row.position].name),
            tier_field(&row.present.tier, rules, lang),
            tier_field(&row.tier, rules, lang),
            optional(row.score),
            money(row.spend, digits),
            row.reason.until().map_or_else(Field::blank, |day| Field::text(day.to_string())),
            Field::coded(reason(row, rules, lang), row.reason.code()),
        ]);
    }
    grid
}

fn money(money: Money, digits: u32) -> Field {
    Field::money(money, digits)
}

fn threshold(tier: &str, rules: &TierRules, of: impl Fn(&Tier) -> Option<Decimal>) -> Option<String> {
    rank(rules, tier).and_then(|rank| of(&rules.tiers[rank])).map(plain)
}

/// Why a customer is in the tier proposed, with the numbers.
pub fn reason(row: &TierOutcome, rules: &TierRules, lang: Lang) -> String {
    let score = row.score.map(plain).unwrap_or_default();
    let enter = |tier: &str| match threshold(tier, rules, |tier| tier.enter) {
        Some(least) => {
            lang.pick(format!("得分 {score},达到 {tier} 的进入线 {least}"), format!("score {score} reaches {least}, to enter {tier}"))
        }
        None => lang.pick(format!("得分 {score},归入末级 {tier}"), format!("score {score}: {tier}, the last tier")),
    };
    let below = |tier: &str| {
        let least = threshold(tier, rules, |tier| tier.keep).unwrap_or_default();
        lang.pick(format!("得分 {score},低于 {tier} 的保持线 {least}"), format!("score {score} is below {least}, to keep {tier}"))
    };
    let (now, then) = (row.present.tier.as_str(), row.tier.as_str());
    match &row.reason {
        Reason::First | Reason::Up => enter(then),
        Reason::Gone => lang.pick(format!("规则已无等级 {now};{}", enter(then)), format!("the rules have no tier {now}; {}", enter(then))),
        Reason::Expired { on } => lang.pick(
            format!("人工等级 {now} 已于 {on} 到期;{}", enter(then)),
            format!("{now}, set by hand, ran out on {on}; {}", enter(then)),
        ),
        Reason::Stays => match threshold(now, rules, |tier| tier.keep) {
            Some(keep) => {
                lang.pick(format!("得分 {score},不低于 {now} 的保持线 {keep}"), format!("score {score} is not below {keep}, to keep {now}"))
            }
            None => lang.pick(format!("得分 {score},仍为末级 {now}"), format!("score {score}: still {now}, the last tier")),
        },
        Reason::Held { to, until } => {
            lang.pick(format!("{};{until} 起才可降为 {to}", below(now)), format!("{}; may fall to {to} from {until} on", below(now)))
        }
        Reason::Down => lang.pick(format!("{},降为 {then}", below(now)), format!("{}: falls to {then}", below(now))),
        Reason::Refunded { amount } => {
            let amount = plain(*amount);
            lang.pick(
                format!("{},因等级开始后退款 {amount},不再等待,降为 {then}", below(now)),
                format!("{}, only because of refunds of {amount} since the tier began: falls to {then}", below(now)),
            )
        }
        Reason::Manual { until } => lang.pick(format!("人工设定,至 {until} 止"), format!("set by hand until {until}")),
        Reason::NoData => lang.pick("没有可评分的数据", "no data to score").to_owned(),
    }
}

/// The text kept with a decision: the reason, and what the score is made of.
pub fn record(row: &TierOutcome, rules: &TierRules, lang: Lang) -> String {
    let part = |(measure, points, weight): &(crate::model::rules::tiers::Measure, Decimal, Decimal)| {
        format!("{} {}×{}", measure.label(lang), plain(*points), plain(*weight))
    };
    let parts: Vec<String> = row.points.iter().map(part).collect();
    let parts = parts.join(lang.pick("、", ", "));
    let reason = reason(row, rules, lang);
    lang.pick(format!("{reason}({parts})"), format!("{reason} ({parts})"))
}

/// As-of date and window: `as of 2026-11-23, window 2025-11-24 to 2026-11-23`.
pub fn span(scope: &Scope, lang: Lang) -> String {
    let (as_of, last) = (scope.as_of, scope.last);
    match scope.after.map(|day| crate::base::date::plus_days(day, 1)) {
        Some(from) => lang.pick(format!("截至 {as_of},窗口 {from} 至 {last}"), format!("as of {as_of}, window {from} to {last}")),
        None => lang.pick(format!("截至 {as_of},窗口为全部时间"), format!("as of {as_of}, all time")),
    }
}

/// The same as a sentence, with the rules.
pub fn scope(scope: &Scope, hash: &str, lang: Lang) -> String {
    by_rules(scope, &rules_named(hash, lang), lang)
}

/// The same with rules of any name.
pub fn by_rules(scope: &Scope, rules: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{},{rules}。", span(scope, lang)),
        Lang::En => format!("A{}, {rules}.", span(scope, lang).trim_start_matches('a')),
    }
}

pub fn rules_named(hash: &str, lang: Lang) -> String {
    match hash {
        "built-in" => lang.pick("内置规则", "built-in rules").to_owned(),
        hash => lang.pick(format!("规则 rules/tiers.yaml ({hash})"), format!("rules/tiers.yaml ({hash})")),
    }
}

/// Filters that match no customer, and the command that was perhaps meant.
pub fn nobody(filters: &str, meant: Option<&str>, lang: Lang) -> String {
    let zh = meant.map_or_else(String::new, |meant| format!(";是不是 carebook {meant}?"));
    let en = meant.map_or_else(String::new, |meant| format!("; did you mean `carebook {meant}`?"));
    lang.pick(format!("没有符合“{filters}”的客户{zh}"), format!("no customer matches \"{filters}\"{en}"))
}

/// What was left out of the sums, where anything was.
pub fn left_out(scope: &Scope, left_out: &LeftOut, lang: Lang) -> Vec<String> {
    let as_of = scope.as_of;
    let mut said = Vec::new();
    let mut say = |n: u64, zh: String, en: String| {
        if n > 0 {
            said.push(lang.pick(zh, en));
        }
    };
    let LeftOut { future_dated: future, unknown_customers: unknown, undated } = *left_out;
    say(future, format!("未计入:{future} 条晚于 {as_of} 的记录"), format!("left out: {} dated after {as_of}", many(future, "fact")));
    say(
        unknown,
        format!("未计入:{unknown} 条客户不在档案中的记录"),
        format!("left out: {} of customers the archive does not have", many(unknown, "fact")),
    );
    say(undated, format!("未计入:{undated} 份没有提交时间的答卷"), format!("left out: {} without a time", many(undated, "response")));
    said
}

/// What `tier apply` would do, or did.
pub fn moves(changes: usize, superseded: usize, applied: bool, lang: Lang) -> String {
    let mut said = match (changes, applied) {
        (0, _) => lang.pick("没有客户需要变更等级。".to_owned(), "No tier changes.".to_owned()),
        (n, true) => lang.pick(format!("已变更 {n} 位客户的等级。"), format!("Changed the tier of {}.", many(n, "customer"))),
        (n, false) => lang.pick(
            format!("{n} 位客户将变更等级:carebook tier --moves 查看,carebook tier apply 记录。"),
            format!("{} would change tier: see `carebook tier --moves`, record with `carebook tier apply`.", many(n, "customer")),
        ),
    };
    if superseded > 0 {
        said.push_str(&lang.pick(
            format!("{superseded} 位客户的现等级晚于该日评定,不变更。"),
            format!(" {superseded} customers have a later decision and are left as they are."),
        ));
    }
    said
}
