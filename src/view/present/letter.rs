//! The letters there are.

use crate::base::lang::Lang;
use crate::engine::letter::about;
use crate::view::grid::{Field, Grid, col};
use crate::view::letter::{Form, Origin, kinds, names, origin, title};
use crate::view::template::Source;

/// A row for each letter and language, with where its words come from.
pub fn list(sources: &[Source], lang: Lang) -> Grid {
    let columns = vec![
        col("name", lang.pick("名称", "Name")),
        col("title", lang.pick("标题", "Title")),
        col("about", lang.pick("编号", "Id of")),
        col("language", lang.pick("语言", "Language")),
        col("text", lang.pick("文本", "Text")),
        col("html", lang.pick("网页", "Page")),
    ];
    let mut grid = Grid::new("carebook.letters.v1", columns);
    let from = |found: Option<Origin>| match found {
        Some(Origin::BuiltIn) => Field::coded(lang.pick("内置", "built-in"), "built-in"),
        Some(Origin::Own) => Field::coded(lang.pick("自己的", "your own"), "own"),
        Some(Origin::OwnText) => Field::coded(lang.pick("自己的文本", "your own text"), "own-text"),
        None => Field::blank(),
    };
    for name in names(sources) {
        for of in [Lang::Zh, Lang::En] {
            let [text, page] = Form::ALL.map(|form| origin(sources, &name, of, form));
            if text.is_none() && page.is_none() {
                continue;
            }
            let about = about(&name);
            let codes: Vec<String> = about.iter().map(|kind| format!("{kind:?}").to_lowercase()).collect();
            grid.rows.push(vec![
                Field::text(&name),
                Field::text(title(&name, of)),
                Field::coded(kinds(about, lang), codes),
                Field::coded(lang.pick(of.pick("中文", "英文"), of.pick("Chinese", "English")), of.code()),
                from(text),
                from(page),
            ]);
        }
    }
    grid
}
