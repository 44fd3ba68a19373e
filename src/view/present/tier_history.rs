//! `tier history`: the decisions on one customer with their effective dates.

use chrono::NaiveDate;

use super::tier::{number, optional};
use crate::base::lang::Lang;
use crate::model::rules::tiers::TierRules;
use crate::model::tier::TierDecision;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};

/// One line per decision, the earliest first; a decision stands to the day before the next one.
pub fn grid(decisions: &[TierDecision], rules: &TierRules, today: NaiveDate, lang: Lang) -> Grid {
    let columns = vec![
        col("from", lang.pick("起", "From")),
        col("to", lang.pick("止", "To")),
        num("days", lang.pick("天数", "Days")),
        col("tier", lang.pick("等级", "Tier")),
        col("previous", lang.pick("原等级", "Before")),
        num("score", lang.pick("得分", "Score")),
        col("by", lang.pick("方式", "By")),
        col("until", lang.pick("人工截止", "Set until")),
        col("rules", lang.pick("规则版本", "Rules")),
        col("reasons", lang.pick("理由", "Reason")),
    ];
    let mut grid = Grid::new("carebook.tier_history.v1", columns);
    for (i, row) in decisions.iter().enumerate() {
        let to = decisions.get(i + 1).and_then(|next| next.decided_on.pred_opt());
        let days = (to.unwrap_or(today) - row.decided_on).num_days() + 1;
        let tier = |tier: &str| Field::coded(super::tier::named(tier, rules, lang), tier);
        let day = |day: Option<NaiveDate>| day.map_or_else(Field::blank, |day| Field::text(day.to_string()));
        grid.rows.push(vec![
            Field::text(row.decided_on.to_string()),
            day(to),
            number(days.into()),
            tier(&row.tier),
            tier(&row.previous),
            optional(row.score.map(|score| score.0)),
            Field::coded(row.by.label(lang), row.by.code()),
            day(row.until),
            Field::text(&row.rules),
            Field::text(&row.reasons),
        ]);
    }
    grid
}
