//! JSON: one document, or one object a line. The same on and off a terminal.

use serde_json::{Map, Value, json};

use crate::model::columns::own_name;
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

/// The owner's columns stand together in `"x": {…}`.
fn object(grid: &Grid, row: &[Field]) -> Value {
    let mut out = Map::new();
    for (column, field) in grid.columns.iter().zip(row) {
        match own_name(&column.code) {
            None => out.insert(column.code.clone(), field.json.clone()),
            Some(name) => {
                let own = out.entry("x").or_insert_with(|| Value::Object(Map::new()));
                own.as_object_mut().and_then(|own| own.insert(name.to_owned(), field.json.clone()))
            }
        };
    }
    Value::Object(out)
}
