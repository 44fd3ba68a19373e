//! What the data lack.

use super::split::{Shape, more};
use super::{Wording, cards};
use crate::model::table::ALL;
use crate::view::grid::{Field, Grid, col, num};
use crate::view::report::blocks::Block;
use crate::view::report::words;

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let (quality, lang) = (&w.report.quality, w.lang);
    let lack = |code: &str| words::lack(code, lang).to_owned();
    let shape = Shape {
        caption: lang.pick("数据完整性", "Completeness"),
        what: ["lacking", lang.pick("缺什么", "What is lacking")],
        label: &lack,
        compared: &["share"],
    };
    let mut blocks = shape.blocks(&quality.lacking, "carebook.report_quality.v1", lang);
    if !quality.figures.is_empty() {
        blocks.push(cards(&quality.figures, lang));
    }
    blocks.extend(imports(w));
    blocks.extend(more(quality.left_out, lang));
    blocks
}

fn imports(w: &Wording<'_>) -> Option<Block> {
    let (rows, lang) = (&w.report.quality.imports, w.lang);
    let columns = vec![
        col("batch", lang.pick("批次", "Batch")),
        col("on", lang.pick("日期", "On")),
        col("table", lang.pick("表", "Table")),
        col("file", lang.pick("文件", "File")),
        num("new", lang.pick("新增", "New")),
        num("updated", lang.pick("更新", "Updated")),
        num("unchanged", lang.pick("未变", "Unchanged")),
        num("rejected", lang.pick("拒收", "Rejected")),
    ];
    let mut grid = Grid::new("carebook.report_imports.v1", columns);
    let number = |n: u64| Field::number(i64::try_from(n).unwrap_or(i64::MAX));
    for row in rows {
        let table = ALL.iter().find(|table| table.word.code == row.table).map_or(row.table.as_str(), |table| table.word.label(lang));
        let mut cells = vec![Field::text(&row.batch), Field::text(&row.on), Field::coded(table, row.table.clone()), Field::text(&row.file)];
        cells.extend([row.new, row.updated, row.unchanged, row.rejected].map(number));
        grid.rows.push(cells);
    }
    (!rows.is_empty()).then(|| Block::Table { caption: lang.pick("本期导入", "Imports of the period").to_owned(), grid })
}
