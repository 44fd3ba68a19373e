//! What differs between two reports, figure by figure: their JSON documents laid out flat, each leaf under the names of
//! the rows it stands in and not under their positions.

use std::collections::BTreeMap;

use serde_json::Value;

/// A leaf that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Such as `totals/requests/received/now`.
    pub path: String,
    /// `null` where it was not there.
    pub before: Value,
    pub after: Value,
}

impl Difference {
    /// Whether it is a number, and not a name or a text.
    pub fn is_figure(&self) -> bool {
        let number = |value: &Value| match value {
            Value::Number(_) => true,
            // money is a decimal in a string
            Value::String(text) => text.parse::<f64>().is_ok() && text.contains('.'),
            _ => false,
        };
        number(&self.before) || number(&self.after)
    }

    /// Whether it counts how often something was said: such a row goes when its words go, as those of an erased customer.
    pub fn counts_words(&self) -> bool {
        WORDS.iter().any(|words| self.path.contains(words))
    }
}

/// Tables whose rows are texts that people wrote.
const WORDS: &[&str] = &["causes/measures/", "/solutions/", "satisfaction/themes/"];

/// Fields that say which row of a list an object is.
const NAMES: &[&str] =
    &["code", "key", "id", "revisit", "source", "rule", "tier", "class", "stage", "customer", "category", "name", "text", "about"];
/// What is said about the making of a report, and is no part of what it tells.
const APART: &[&str] = &["provenance", "schema"];

/// Every leaf that differs, by its path.
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let (before, after) = (flat(before), flat(after));
    let paths: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let of = |leaves: &BTreeMap<String, Value>, path: &String| leaves.get(path).cloned().unwrap_or(Value::Null);
    let each = paths.into_iter().map(|path| Difference { path: path.clone(), before: of(&before, path), after: of(&after, path) });
    each.filter(|difference| difference.before != difference.after).collect()
}

/// How many figures two reports have in common.
pub fn figures(report: &Value) -> usize {
    let is = |value: &&Value| Difference { path: String::new(), before: (*value).clone(), after: Value::Null }.is_figure();
    flat(report).values().filter(is).count()
}

fn flat(document: &Value) -> BTreeMap<String, Value> {
    let mut leaves = BTreeMap::new();
    if let Value::Object(fields) = document {
        for (name, value) in fields.iter().filter(|(name, _)| !APART.contains(&name.as_str())) {
            lay(name, value, &mut leaves);
        }
    }
    leaves
}

fn lay(path: &str, value: &Value, leaves: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| lay(&format!("{path}/{name}"), value, leaves)),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| {
            let path = free(&format!("{path}/{}", name(item).unwrap_or_else(|| (at + 1).to_string())), leaves);
            lay(&path, item, leaves);
        }),
        leaf => {
            leaves.insert(path.to_owned(), leaf.clone());
        }
    }
}

/// What an item is called: by its naming fields, the first two of them.
fn name(item: &Value) -> Option<String> {
    let fields = item.as_object()?;
    let word = |name: &&str| fields.get(*name).and_then(Value::as_str).filter(|word| !word.is_empty());
    let words: Vec<&str> = NAMES.iter().filter_map(word).take(2).collect();
    (!words.is_empty()).then(|| words.join(" ").replace('/', "∕"))
}

/// The path, or one with a number where rows of the same name stand.
fn free(path: &str, leaves: &BTreeMap<String, Value>) -> String {
    let taken = |path: &str| {
        let below = format!("{path}/");
        leaves.contains_key(path) || leaves.range(below.clone()..).next().is_some_and(|(found, _)| found.starts_with(&below))
    };
    let mut found = path.to_owned();
    let mut n = 2;
    while taken(&found) {
        found = format!("{path} ({n})");
        n += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn leaves_are_compared_by_the_names_of_their_rows() {
        let before =
            json!({"provenance": {"log_row": 1}, "totals": [{"code": "a", "now": 1}, {"code": "b", "now": "12.50"}], "list": ["x"]});
        let after =
            json!({"provenance": {"log_row": 2}, "totals": [{"code": "b", "now": "13.50"}, {"code": "a", "now": 1}], "list": ["y"]});
        let found = differences(&before, &after);
        let paths: Vec<(&str, bool)> = found.iter().map(|found| (found.path.as_str(), found.is_figure())).collect();
        assert_eq!(paths, [("list/1", false), ("totals/b/now", true)]);
        assert_eq!(figures(&before), 2);
        assert!(differences(&before, &before).is_empty());
        let twice = json!({"rows": [{"name": "x", "n": 1}, {"name": "x", "n": 2}]});
        assert_eq!(differences(&twice, &json!({"rows": [{"name": "x", "n": 1}]})).len(), 2);
    }
}
