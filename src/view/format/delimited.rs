//! Delimited text for other programs: codes and decimals, no grouping.

use serde_json::Value;

use crate::base::text::one_line;
use crate::view::grid::Grid;

/// CSV or TSV with the columns' codes as header.
pub fn write(grid: &Grid, delimiter: u8) -> String {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    // writing to memory does not fail
    let _ = writer.write_record(grid.columns.iter().map(|column| column.code.as_str()));
    for row in &grid.rows {
        let _ = writer.write_record(row.iter().map(|field| plain_value(&field.json)));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// One record a line for grep and cut: as shown, tab-separated, no header.
pub fn plain(grid: &Grid) -> String {
    let line = |row: &Vec<crate::view::grid::Field>| row.iter().map(|field| one_line(&field.shown)).collect::<Vec<_>>().join("\t") + "\n";
    grid.rows.iter().map(line).collect()
}

/// The first column only.
pub fn ids(grid: &Grid) -> String {
    let id = |row: &Vec<crate::view::grid::Field>| row.first().map(|field| one_line(&plain_value(&field.json)) + "\n");
    grid.rows.iter().filter_map(id).collect()
}

fn plain_value(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain_value).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}
