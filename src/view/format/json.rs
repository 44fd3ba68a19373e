//! JSON: one document, or one object a line. The same on and off a terminal.

use serde_json::{Map, Value, json};

use crate::view::grid::{Field, Grid};

/// `{"schema", "currency", "rows": […]}`
pub fn document(grid: &Grid) -> String {
    let mut out = Map::new();
    out.insert("schema".into(), grid.schema.into());
    if let Some(currency) = &grid.currency {
        out.insert("currency".into(), json!(currency));
    }
    out.extend(grid.notes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    out.insert("rows".into(), grid.rows.iter().map(|row| object(grid, row)).collect());
    pretty(&Value::Object(out))
}

pub fn lines(grid: &Grid) -> String {
    grid.rows.iter().map(|row| object(grid, row).to_string() + "\n").collect()
}

/// A JSON value as its own document.
pub fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

fn object(grid: &Grid, row: &[Field]) -> Value {
    grid.columns.iter().zip(row).map(|(column, field)| (column.code.clone(), field.json.clone())).collect::<Map<_, _>>().into()
}
