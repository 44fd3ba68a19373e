//! The templates there are, and what became of writing them out.

use crate::base::lang::Lang;
use crate::base::text::many;
use crate::view::grid::{Field, Grid, col};
use crate::view::templates::Catalogue;

/// A row for each, with whose is in force.
pub fn list(catalogue: &Catalogue, lang: Lang) -> Grid {
    let columns = vec![
        col("name", lang.pick("模板", "Template")),
        col("in_force", lang.pick("所用", "In force")),
        col("built_in", lang.pick("有内置", "Built-in")),
    ];
    let mut grid = Grid::new("carebook.templates.v1", columns);
    for name in catalogue.names() {
        let own = catalogue.is_own(name);
        let in_force = if own {
            Field::coded(lang.pick(format!("自己的 templates/{name}"), format!("your own, templates/{name}")), "own")
        } else {
            Field::coded(lang.pick("内置", "built-in"), "built-in")
        };
        let has = catalogue.built_in(name).is_some();
        grid.rows.push(vec![
            Field::text(name),
            in_force,
            Field::coded(if has { lang.pick("是", "yes") } else { lang.pick("否", "no") }, has),
        ]);
    }
    grid
}

pub fn written(written: &[&str], kept: &[&str], dry_run: bool, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    for name in written {
        let text = if dry_run {
            lang.pick(format!("试运行:将写入 templates/{name}"), format!("Dry run: templates/{name} would be written"))
        } else {
            lang.pick(format!("已写入 templates/{name}"), format!("Wrote templates/{name}"))
        };
        lines.push(text);
    }
    if !kept.is_empty() {
        let n = kept.len();
        lines.push(lang.pick(format!("已有 {n} 个,未动: {}", kept.join("、")), format!("Left as they are: {}", kept.join(", "))));
    }
    if !written.is_empty() && !dry_run {
        let check = "carebook report check-template";
        lines.push(lang.pick(
            format!("改好后检查: {check};可用的值见 docs/templates.md"),
            format!("Change them, then `{check}`; docs/templates.md lists the values they get."),
        ));
    }
    lines
}

pub fn sound(n: usize, lang: Lang) -> String {
    if n == 0 {
        return lang.pick("没有自己的模板。", "There are no templates of your own.").to_owned();
    }
    lang.pick(format!("{n} 个模板没有问题。"), format!("{}: nothing wrong.", many(n, "template")))
}
