//! The tiers as a picture: a bar in the terminal, a pyramid in HTML.

use super::tier::named;
use crate::base::lang::Lang;
use crate::base::text::group_digits;
use crate::engine::tiering::overview::{Overview, TierSummary};
use crate::model::rules::tiers::TierRules;
use crate::model::settings::Settings;
use crate::view::chart::{self, Bar};
use crate::view::grid::{Field, Grid, col};

/// Columns of the longest bar.
const LONGEST: usize = 30;

/// A column of bars beside the numbers, as long as the customers are many.
pub fn bars(grid: &mut Grid, overview: &Overview, lang: Lang) {
    let tiers = overview.tiers();
    let most = tiers.iter().map(|tier| tier.customers).max().unwrap_or_default();
    grid.columns.push(col("bar", lang.pick("图示", "Bar")));
    for (row, tier) in grid.rows.iter_mut().zip(&tiers) {
        row.push(Field::text(bar(tier.customers, most)));
    }
}

/// Whole blocks, and eighths of one at the end; the fewest are still seen.
fn bar(part: usize, most: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if most == 0 {
        return String::new();
    }
    let eighths = (part * LONGEST * 8).div_ceil(most);
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// The tiers of the rules from the top, each as broad as its customers are many.
pub fn pyramid(overview: &Overview, rules: &TierRules, settings: &Settings, lang: Lang) -> String {
    let digits = settings.locale().digits;
    let layer = |tier: &TierSummary| Bar {
        label: named(&tier.tier, rules, lang),
        value: f64::from(u32::try_from(tier.customers).unwrap_or(u32::MAX)),
        before: None,
        shown: format!("{} · {} {}", group_digits(&tier.customers.to_string()), tier.spend.grouped(digits), settings.currency),
        tone: "",
    };
    let layers: Vec<Bar> = overview.tiers().iter().map(layer).collect();
    let title = lang.pick("客户分级金字塔", "Tier pyramid");
    chart::pyramid(title, lang.pick("每级的客户数与窗口内消费", "customers and spend in the window, tier by tier"), &layers)
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn bars_are_in_proportion_and_never_vanish() {
        assert_eq!(bar(30, 30).chars().count(), 30);
        assert_eq!((bar(1, 1_000_000), bar(0, 5), bar(0, 0)), ("▏".to_owned(), String::new(), String::new()));
        assert_eq!(bar(1, 60), "▌");
    }
}
