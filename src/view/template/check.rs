//! A template tried before it is needed: compiled, and filled with representative values.

use serde_json::Value;

use super::{Kind, Source, Templates, fault};
use crate::base::problem::{Named, Problem, Problems};

/// What is wrong with a template of these sources. It is filled as it would be, with every list empty, and with nothing that may
/// be missing; what no branch of it comes by is looked at by its names alone.
pub fn check(name: &str, sources: &[Source], kind: Kind, samples: &[Value], markup: &[&str]) -> Problems {
    let templates = match Templates::compile(sources, &[name], kind) {
        Ok(templates) => templates,
        Err(problems) => return problems,
    };
    let mut problems: Problems = Vec::new();
    let mut add = |problem: Problem| {
        if !problems.iter().any(|known| known.place == problem.place && known.what.code() == problem.what.code()) {
            problems.push(problem);
        }
    };
    for sample in samples {
        for values in variants(sample) {
            templates.fill(name, &values, markup).err().into_iter().for_each(&mut add);
        }
    }
    if let Some(sample) = samples.first() {
        unknown_at_top(&templates, name, sample).into_iter().for_each(&mut add);
    }
    problems.sort_by(|one, other| one.place.cmp(&other.place));
    problems
}

/// The values; the same with empty lists; the same with nothing where nothing may be.
fn variants(sample: &Value) -> [Value; 3] {
    [sample.clone(), emptied(sample), sample_without_options(sample)]
}

fn emptied(value: &Value) -> Value {
    match value {
        Value::Array(_) => Value::Array(Vec::new()),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), emptied(value))).collect::<serde_json::Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// Blank texts: what a book may not know is a blank text, or null where the sample has null.
fn sample_without_options(value: &Value) -> Value {
    match value {
        Value::String(_) => Value::String(String::new()),
        Value::Array(items) => items.iter().map(sample_without_options).collect(),
        Value::Object(fields) => {
            // a block's kind and a section's code are never blank
            let fixed = |name: &str| matches!(name, "kind" | "code" | "lang");
            let of =
                |(name, value): (&String, &Value)| (name.clone(), if fixed(name) { value.clone() } else { sample_without_options(value) });
            fields.iter().map(of).collect::<serde_json::Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// Names at the top that no value has, in branches that were not taken as well.
fn unknown_at_top(templates: &Templates, name: &str, sample: &Value) -> Problems {
    let known: Vec<String> = sample.as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default();
    let mut problems = Vec::new();
    for asked in templates.asked(name).into_iter().filter(|asked| !known.contains(asked)) {
        let mut files: Vec<_> = templates.files.values().collect();
        files.sort_by(|one, other| (one.0.name != name, &one.0.name).cmp(&(other.0.name != name, &other.0.name)));
        let found = files.into_iter().find_map(|(source, scanned)| Some((source, scanned.first_use(&source.text, &asked)?)));
        if let Some((source, at)) = found {
            let fault = fault::unknown(Named::Variable, asked.clone(), known.clone());
            problems.push(fault::at(source, at, asked.len(), fault));
        }
    }
    problems
}
