//! Tags: after a change, and how many have which.

use crate::base::lang::Lang;
use crate::base::text::many;
use crate::engine::tags::Counts;
use crate::model::customer::Customer;
use crate::view::grid::{Field, Grid, col, num};

/// Customers told by name at once.
const NAMED: usize = 5;

pub fn tagged(changed: &[Customer], lang: Lang) -> String {
    let one = |customer: &Customer| format!("{} {}: {}", customer.id, customer.title(), customer.tags.0.join("; "));
    let mut lines: Vec<String> = changed.iter().take(NAMED).map(one).collect();
    let more = changed.len().saturating_sub(NAMED);
    if more > 0 {
        let others = many(more, "other");
        lines.push(lang.pick(format!("另有 {more} 位。"), format!("and {others}.")));
    }
    lines.join("\n")
}

/// A tag that nobody had, and the one it may be a slip for; one to take off that nobody has.
pub fn unheard(tag: &str, near: Option<&str>, taken_off: bool, lang: Lang) -> String {
    let near = near.map_or_else(String::new, |near| lang.pick(format!(";是不是 {near}?"), format!("; did you mean {near}?")));
    if taken_off {
        return lang.pick(format!("没有客户有标签 {tag}{near}"), format!("nobody has the tag {tag}{near}"));
    }
    lang.pick(format!("{tag} 是新标签{near}"), format!("{tag} is a new tag{near}"))
}

pub fn counts(counts: &Counts<'_>, lang: Lang) -> Grid {
    let columns = vec![col("tag", lang.pick("标签", "Tag")), num("customers", lang.pick("客户数", "Customers"))];
    let mut grid = Grid::new("carebook.tags.v1", columns);
    for (tag, count) in counts.ordered() {
        grid.rows.push(vec![Field::text(tag), Field::number(i64::try_from(count).unwrap_or(i64::MAX))]);
    }
    grid
}
