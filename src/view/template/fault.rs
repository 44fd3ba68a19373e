//! What the template language complains of, as a problem: where, what, and the name that may have been meant.

use serde_json::Value;

use super::Source;
use crate::base::problem::{Limit, Named, Place, Problem, TemplateFault, What};
use crate::base::spelling::nearest;
use crate::base::text::{harmless, truncate, width};

/// How the counting function says that a bound was reached.
pub const STEPS: &str = "carebook: too many steps";
pub const TEXT: &str = "carebook: too much text";

/// The longest line shown of a template, in columns.
const SHOWN: usize = 100;

pub const FILTERS: &[&str] = &[
    "abs",
    "capitalize",
    "default",
    "escape",
    "escape_html",
    "escape_xml",
    "first",
    "float",
    "get",
    "group_by",
    "indent",
    "int",
    "join",
    "keys",
    "last",
    "length",
    "lower",
    "newlines_to_br",
    "nth",
    "pairs",
    "pluralize",
    "replace",
    "reverse",
    "round",
    "safe",
    "sort",
    "split",
    "str",
    "title",
    "trim",
    "trim_end",
    "trim_start",
    "truncate",
    "unique",
    "upper",
    "values",
    "wordcount",
];
pub const TESTS: &[&str] = &[
    "array",
    "bool",
    "containing",
    "defined",
    "divisible_by",
    "ending_with",
    "even",
    "float",
    "integer",
    "iterable",
    "map",
    "none",
    "number",
    "odd",
    "starting_with",
    "string",
    "undefined",
];
pub const FUNCTIONS: &[&str] = &["range", "super", "throw"];

/// A problem at a byte of a template, with the line shown.
pub fn at(source: &Source, byte: usize, length: usize, fault: TemplateFault) -> Problem {
    let (place, excerpt) = place(source, byte, length);
    Problem::error(What::Template { fault, excerpt }).at(place)
}

/// A problem of a template as a whole.
pub fn of_whole(source: &Source, fault: TemplateFault) -> Problem {
    Problem::error(What::Template { fault, excerpt: String::new() }).at(Place::file(source.shown()))
}

fn place(source: &Source, byte: usize, length: usize) -> (Place, String) {
    let mut byte = byte.min(source.text.len());
    while !source.text.is_char_boundary(byte) {
        byte -= 1;
    }
    let before = &source.text[..byte];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = source.text[start..].lines().next().unwrap_or_default();
    let number = before.matches('\n').count() + 1;
    let column = source.text[start..byte].chars().count() + 1;
    let place =
        Place { file: source.shown(), line: u64::try_from(number).unwrap_or(u64::MAX), column: u64::try_from(column).unwrap_or(u64::MAX) };
    (place, excerpt(line, byte - start, length, number))
}

/// The line with marks below the place. A long line is shown from shortly before it.
fn excerpt(line: &str, from: usize, length: usize, number: usize) -> String {
    let calm = |text: &str| harmless(&text.replace('\t', " ")).into_owned();
    let (before, rest) = line.split_at(from.min(line.len()));
    let cut = before.char_indices().rev().nth(SHOWN / 2).map_or(0, |(at, _)| at);
    let lead = if cut > 0 { "…" } else { "" };
    let before = calm(&before[cut..]);
    let end = (0..=length.min(rest.len())).rev().find(|end| rest.is_char_boundary(*end)).unwrap_or(0);
    let marked = calm(&rest[..end]);
    let shown = truncate(&format!("{lead}{before}{}", calm(rest)), SHOWN);
    let indent = width(lead) + width(&before);
    let marks = width(&marked).clamp(1, SHOWN.saturating_sub(indent).max(1));
    let number = number.to_string();
    format!("  {number} | {shown}\n  {} | {}{}", " ".repeat(number.len()), " ".repeat(indent), "^".repeat(marks))
}

/// What the language says, understood. `spanned` is the text it points at, `values` what the template was given.
pub fn understand(says: &str, spanned: &str, is_syntax: bool, values: Option<&Value>) -> TemplateFault {
    if says.contains(STEPS) {
        return TemplateFault::TooMuch { limit: Limit::Steps };
    }
    if says.contains(TEXT) {
        return TemplateFault::TooMuch { limit: Limit::Text };
    }
    if says.starts_with("Maximum render recursion depth") {
        return TemplateFault::TooMuch { limit: Limit::Depth };
    }
    for (start, named, known) in [
        ("Unknown filter ", Named::Filter, FILTERS),
        ("Unknown test ", Named::Test, TESTS),
        ("Unknown function ", Named::Function, FUNCTIONS),
        ("Unknown component ", Named::Component, &[]),
        ("Unknown template ", Named::Template, &[]),
    ] {
        if says.starts_with(start) {
            return unknown(named, quoted(says), known.iter().map(|&name| name.to_owned()).collect());
        }
    }
    if says.starts_with("Block ") && says.contains("is not defined") {
        return unknown(Named::Block, quoted(says), Vec::new());
    }
    if says.starts_with("Variable ") && says.contains("is not defined") {
        return unknown(Named::Variable, quoted(says), after(says, "Available variables: "));
    }
    if says.starts_with("Field ") && says.contains("is not defined") {
        return unknown(Named::Field, quoted(says), after(says, "Available fields: "));
    }
    if says.contains("undefined") {
        return blank(spanned, values);
    }
    let says = says.to_owned();
    if is_syntax { TemplateFault::Syntax { says } } else { TemplateFault::Fill { says } }
}

/// A name that is not known, with the nearest that is.
pub fn unknown(named: Named, name: String, mut known: Vec<String>) -> TemplateFault {
    known.retain(|known| known != super::scan::STEP && !known.starts_with("__"));
    known.sort_unstable();
    let near = nearest(&name, known.iter().map(String::as_str)).map(str::to_owned);
    TemplateFault::Unknown { named, name, near, known }
}

/// An expression without a value: the first part of it that nobody knows, where it is a path.
fn blank(expression: &str, values: Option<&Value>) -> TemplateFault {
    let name = expression.trim().to_owned();
    let mut parts = name.split('.').map(str::trim);
    let is_path = name.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ' '));
    let (Some(mut value), true) = (values, is_path) else { return TemplateFault::Blank { name } };
    let mut named = Named::Variable;
    for part in parts.by_ref() {
        let Value::Object(fields) = value else { return TemplateFault::Blank { name } };
        match fields.get(part) {
            Some(next) => value = next,
            // a name of the template's own, from a loop or a `set`
            None if named == Named::Variable && name.contains('.') => return TemplateFault::Blank { name },
            None => return unknown(named, part.to_owned(), fields.keys().cloned().collect()),
        }
        named = Named::Field;
    }
    TemplateFault::Blank { name }
}

/// The first name between backticks or quotes.
fn quoted(says: &str) -> String {
    says.split(['`', '\'']).nth(1).unwrap_or_default().to_owned()
}

fn after(says: &str, mark: &str) -> Vec<String> {
    let list = says.split_once(mark).map_or("", |(_, list)| list);
    list.split(", ").map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
