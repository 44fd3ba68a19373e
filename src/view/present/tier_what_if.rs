//! `tier what-if`: how many would be where, and who moves, why.

use serde_json::{Value, json};

use super::tier::{named, optional, plain, reason};
use crate::base::lang::Lang;
use crate::base::text::many;
use crate::engine::tiering::what_if::{Move, WhatIf};
use crate::model::customer::Customer;
use crate::model::rules::tiers::TierRules;
use crate::model::settings::Settings;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};

/// Measures named as the cause of a move, at most.
const CAUSES: usize = 3;

/// Customers per tier: now, by the rules in force, by the others.
pub fn counts(told: &WhatIf, rules: &TierRules, lang: Lang) -> Grid {
    let columns = vec![
        col("tier", lang.pick("等级", "Tier")),
        num("now", lang.pick("现有", "Now")),
        num("in_force", lang.pick("按现行规则", "By the rules in force")),
        num("new", lang.pick("按新规则", "By these rules")),
        num("difference", lang.pick("差", "Difference")),
    ];
    let mut grid = Grid::new("carebook.tier_what_if_counts.v1", columns);
    for count in &told.counts {
        let numbers = [count.now, count.old, count.new].map(|n| i64::try_from(n).unwrap_or(i64::MAX));
        let [now, old, new] = numbers;
        let shown = if new == old { "0".to_owned() } else { format!("{:+}", new - old) };
        grid.rows.push(vec![
            Field::coded(named(&count.tier, rules, lang), count.tier.as_str()),
            Field::number(now),
            Field::number(old),
            Field::number(new),
            Field::coded(shown, new - old),
        ]);
    }
    grid
}

/// One line per customer whom the other rules rate otherwise; the counts come with it for machines.
pub fn moves(
    told: &WhatIf,
    customers: &[&Customer],
    old: (&TierRules, &str),
    new: (&TierRules, &str),
    settings: &Settings,
    lang: Lang,
) -> Grid {
    let columns = vec![
        col("id", lang.pick("编号", "ID")),
        col("name", lang.pick("姓名", "Name")),
        col("tier", lang.pick("现等级", "Tier now")),
        col("in_force", lang.pick("按现行规则", "In force")),
        col("new", lang.pick("按新规则", "By these")),
        num("score", lang.pick("现得分", "Score")),
        num("new_score", lang.pick("新得分", "New score")),
        col("until", lang.pick("截至", "Until")),
        col("because", lang.pick("得分变化", "Score by measure")),
        col("reason", lang.pick("理由", "Reason")),
    ];
    let mut grid = Grid::new("carebook.tier_what_if.v1", columns);
    grid.currency = Some(settings.currency.clone());
    grid.rows = told.moves.iter().map(|one| row(one, customers, old.0, new.0, lang)).collect();
    let count = |count: &crate::engine::tiering::what_if::Count| json!({"tier": count.tier, "now": count.now, "in_force": count.old, "new": count.new});
    grid.notes.push(("tiers", told.counts.iter().map(count).collect::<Vec<Value>>().into()));
    grid.notes.push(("rules", json!({"in_force": old.1, "new": new.1})));
    grid
}

fn row(one: &Move, customers: &[&Customer], old: &TierRules, new: &TierRules, lang: Lang) -> Vec<Field> {
    let tier = |tier: &str, rules: &TierRules| Field::coded(named(tier, rules, lang), tier);
    vec![
        Field::text(one.old.customer.as_str()),
        Field::text(&customers[one.old.position].name),
        tier(&one.old.present.tier, old),
        tier(&one.old.tier, old),
        tier(&one.new.tier, new),
        optional(one.old.score),
        optional(one.new.score),
        one.new.reason.until().map_or_else(Field::blank, |day| Field::text(day.to_string())),
        because(one, lang),
        Field::coded(reason(&one.new, new, lang), one.new.reason.code()),
    ]
}

/// `Spend +12, Satisfaction -3.1`; every measure for machines.
fn because(one: &Move, lang: Lang) -> Field {
    let part = |(measure, difference): &(crate::model::rules::tiers::Measure, rust_decimal::Decimal)| {
        let sign = if difference.is_sign_positive() { "+" } else { "" };
        format!("{} {sign}{}", measure.label(lang), plain(*difference))
    };
    let parts: Vec<String> = one.differences.iter().take(CAUSES).map(part).collect();
    let more = if one.differences.len() > CAUSES { "…" } else { "" };
    let shown = parts.join(lang.pick("、", ", ")) + more;
    let all: serde_json::Map<String, Value> =
        one.differences.iter().map(|(measure, difference)| (measure.code().to_owned(), plain(*difference).into())).collect();
    Field::coded(shown, Value::Object(all))
}

/// The end of the story.
pub fn summary(told: &WhatIf, lang: Lang) -> String {
    let moves = told.moves.len();
    if moves == 0 {
        return lang.pick("这套规则下没有客户的等级不同。", "Nobody's tier would differ.").to_owned();
    }
    lang.pick(
        format!("{moves} 位客户的等级会不同。什么都没有改变;采用时把该文件存为 rules/tiers.yaml。"),
        format!(
            "{} would be rated otherwise. Nothing was changed; to adopt the rules, save the file as rules/tiers.yaml.",
            many(moves, "customer")
        ),
    )
}
