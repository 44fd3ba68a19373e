//! What the data lack.

use super::{Wording, counted};
use crate::engine::report::figure::share;
use crate::view::grid::{Field, Grid, col, num};
use crate::view::report::blocks::Block;
use crate::view::report::sections::field;

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let (lang, q) = (w.lang, w.report.problems.quality);
    let rows = [
        ("without_category", lang.pick("诉求无类别", "Requests without a category"), q.without_category, q.requests),
        ("without_customer", lang.pick("诉求未关联客户", "Requests without a customer"), q.without_customer, q.requests),
        (
            "complaints_without_cause",
            lang.pick("已解决的投诉未记原因", "Resolved complaints without a cause"),
            q.complaints_without_cause,
            q.complaints_resolved,
        ),
    ];
    let columns = vec![
        col("lacking", lang.pick("缺什么", "What is lacking")),
        num("count", lang.pick("件数", "Requests")),
        num("of", lang.pick("共", "Of")),
        num("share", lang.pick("占比", "Share")),
    ];
    let mut grid = Grid::new("carebook.report_quality.v1", columns);
    for (code, label, count, of) in rows {
        grid.rows.push(vec![Field::coded(label, code), counted(count, lang), counted(of, lang), field(share(count, of), lang)]);
    }
    vec![Block::Table { caption: lang.pick("数据完整性", "Completeness").to_owned(), grid }]
}
