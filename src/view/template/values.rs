//! Values as the template language holds them: texts are harmless text, and markup of the program's own is marked.

use std::collections::BTreeMap;

use serde_json::Value;
use tera::Context;

use crate::base::text::harmless;

/// An object's fields. `markup` has paths such as `section.blocks.*.svg`; a `*` stands for every item.
pub fn context(values: &Value, markup: &[&str]) -> Context {
    let mut context = Context::new();
    let markup: Vec<Vec<&str>> = markup.iter().map(|path| path.split('.').collect()).collect();
    for (name, value) in values.as_object().into_iter().flatten() {
        context.insert_value(name.clone(), of(value, &below(&markup, name)));
    }
    context
}

/// What is left of the paths that begin with this name.
fn below<'p>(markup: &[Vec<&'p str>], name: &str) -> Vec<Vec<&'p str>> {
    let fits = |path: &&Vec<&str>| path.first().is_some_and(|first| *first == name || *first == "*");
    markup.iter().filter(fits).map(|path| path[1..].to_vec()).collect()
}

fn of(value: &Value, markup: &[Vec<&str>]) -> tera::Value {
    match value {
        Value::String(text) if markup.iter().any(Vec::is_empty) => tera::Value::safe_string(text),
        Value::String(text) => tera::Value::normal_string(&harmless(text)),
        Value::Array(items) => {
            let markup = below(markup, "*");
            items.iter().map(|item| of(item, &markup)).collect::<Vec<_>>().into()
        }
        Value::Object(fields) => {
            let fields: BTreeMap<String, tera::Value> =
                fields.iter().map(|(name, value)| (name.clone(), of(value, &below(markup, name)))).collect();
            fields.into()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => tera::Value::from_serializable(value),
    }
}
