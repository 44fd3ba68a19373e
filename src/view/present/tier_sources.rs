//! `tier explain --rows`: the records a customer's measures rest on.

use serde_json::{Value, json};

use super::tier::{optional, plain};
use crate::base::lang::Lang;
use crate::engine::tiering::sources::Source;
use crate::model::table::ALL;
use crate::model::vocabulary::Code;
use crate::view::format;
use crate::view::grid::{Field, Grid, col, num, whole};

pub fn text(rows: &[Source], columns: Option<usize>, lang: Lang) -> String {
    let columns_of = vec![
        col("date", lang.pick("日期", "Date")),
        col("table", lang.pick("表", "Table")),
        whole("id", lang.pick("编号", "ID")),
        num("value", lang.pick("数值", "Value")),
        col("measures", lang.pick("计入", "Counts for")),
    ];
    let mut grid = Grid::new("carebook.tier_sources.v1", columns_of);
    for row in rows {
        let table = ALL.iter().find(|table| table.word.code == row.table).map_or(row.table, |table| table.word.label(lang));
        let measures: Vec<&str> = row.measures.iter().map(|measure| measure.label(lang)).collect();
        grid.rows.push(vec![
            Field::text(row.date.to_string()),
            Field::text(table),
            Field::text(&row.id),
            optional(row.value),
            Field::text(measures.join(lang.pick("、", ", "))),
        ]);
    }
    format::table(&grid, columns)
}

pub fn json(rows: &[Source]) -> Value {
    let row = |row: &Source| {
        let measures: Vec<&str> = row.measures.iter().map(|measure| measure.code()).collect();
        json!({"date": row.date.to_string(), "table": row.table, "id": row.id, "value": row.value.map(plain), "measures": measures})
    };
    rows.iter().map(row).collect()
}
