//! The values of a template as a table for people: path, type, meaning, example.

use std::fmt::Write as _;

use serde_json::Value;

use crate::base::text::{one_line, truncate};
use crate::view::format::markup::escape_markdown;

/// Every path of a value that holds no others, and the types and an example of it. Of a list the first item speaks for all.
pub fn paths(sample: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    walk(String::new(), sample, &mut found);
    found
}

fn walk<'v>(path: String, value: &'v Value, found: &mut Vec<(String, &'v Value)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                walk(if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, value, found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                let mut inner = Vec::new();
                walk(format!("{path}[]"), item, &mut inner);
                inner.retain(|(path, _)| found.iter().all(|(known, _)| known != path));
                found.append(&mut inner);
            }
        }
        // an empty list, of which another item has one that is not
        Value::Array(_) => {}
        other => found.push((path, other)),
    }
}

/// The meaning of a path: of the whole of it, else of the longest end that is told.
fn meaning<'m>(path: &str, meanings: &'m [(&str, &'m str)]) -> Option<&'m str> {
    let fits = |known: &str| path == known || path.strip_suffix(known).is_some_and(|rest| rest.ends_with('.'));
    meanings.iter().filter(|(known, _)| fits(known)).max_by_key(|(known, _)| known.len()).map(|(_, meaning)| *meaning)
}

/// Paths without a meaning, and meanings of paths that are not there.
pub fn lacking(sample: &Value, meanings: &[(&str, &str)]) -> Vec<String> {
    paths(sample).into_iter().filter(|(path, _)| meaning(path, meanings).is_none()).map(|(path, _)| path).collect()
}

pub fn table(sample: &Value, meanings: &[(&str, &str)]) -> String {
    let mut out = "| value | type | meaning | example |\n|---|---|---|---|\n".to_owned();
    for (path, value) in paths(sample) {
        let (kind, example) = match value {
            Value::String(text) => ("text", escape_markdown(&truncate(&one_line(text), 40))),
            Value::Number(number) => ("number", number.to_string()),
            Value::Bool(yes) => ("yes or no", yes.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => ("nothing", String::new()),
        };
        let _ = writeln!(out, "| `{path}` | {kind} | {} | {example} |", meaning(&path, meanings).unwrap_or_default());
    }
    out
}
