//! The JSON of the report is as `docs/schema/report.v1.json` says, and says nothing that the schema does not describe.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::Bench;

fn schema() -> Value {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema/report.v1.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A document against a schema: what is not as it says, and what it does not describe.
fn faults(root: &Value, document: &Value) -> Vec<String> {
    let schema = Schema { root };
    let mut found = schema.faults(root, document, "");
    schema.undescribed(&[root], document, "", &mut found);
    found.into_iter().collect()
}

/// The part of JSON Schema that the file uses.
struct Schema<'s> {
    root: &'s Value,
}

impl<'s> Schema<'s> {
    fn target(&self, name: &Value) -> &'s Value {
        self.root.pointer(name.as_str().unwrap().trim_start_matches('#')).unwrap_or_else(|| panic!("{name} is not there"))
    }

    fn faults(&self, schema: &'s Value, value: &Value, at: &str) -> BTreeSet<String> {
        schema.as_object().unwrap().iter().flat_map(|(word, said)| self.keyword(word, said, value, at)).collect()
    }

    /// What one keyword finds wrong. One that is not known here stops the test, so that none is passed over.
    fn keyword(&self, word: &str, said: &'s Value, value: &Value, at: &str) -> BTreeSet<String> {
        let list = || said.as_array().into_iter().flatten();
        let is_right = match word {
            // texts, and what a validator of others looks at (below)
            "$schema" | "$id" | "$defs" | "title" | "description" | "pattern" | "format" => true,
            "$ref" => return self.faults(self.target(said), value, at),
            "allOf" => return list().flat_map(|part| self.faults(part, value, at)).collect(),
            "anyOf" => {
                let of = |part: &'s Value| self.faults(part, value, at);
                // where none fits, the one that comes closest says why
                return list()
                    .filter(|part| part["type"] != "null" || value.is_null())
                    .map(of)
                    .min_by_key(BTreeSet::len)
                    .unwrap_or_default();
            }
            "properties" => {
                let of = |(key, inner): (&String, &'s Value)| Some(self.faults(inner, value.get(key)?, &format!("{at}/{key}")));
                return said.as_object().unwrap().iter().filter_map(of).flatten().collect();
            }
            "items" => {
                let items = value.as_array().into_iter().flatten();
                return items.flat_map(|item| self.faults(said, item, &format!("{at}[]"))).collect();
            }
            "type" => is(said.as_str().unwrap(), value),
            "const" => said == value,
            "enum" => list().any(|one| one == value),
            "minimum" => value.as_f64().is_none_or(|x| x >= said.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|x| x <= said.as_f64().unwrap()),
            "required" => !value.is_object() || list().all(|key| value.get(key.as_str().unwrap()).is_some()),
            other => panic!("{at}: the test does not know the keyword {other}"),
        };
        let shown: String = value.to_string().chars().take(60).collect();
        (!is_right).then(|| format!("{at}: {word} {said}: {shown}")).into_iter().collect()
    }

    /// Fields that no part of these schemas describes.
    fn undescribed(&self, schemas: &[&'s Value], value: &Value, at: &str, found: &mut BTreeSet<String>) {
        let inner = |key: &str| schemas.iter().flat_map(|schema| self.described(schema, key)).collect::<Vec<_>>();
        for (key, field) in value.as_object().into_iter().flatten() {
            let at = format!("{at}/{key}");
            match inner(key).as_slice() {
                [] => drop(found.insert(format!("{at}: not described"))),
                schemas => self.undescribed(schemas, field, &at, found),
            }
        }
        let items = inner("[]");
        value.as_array().into_iter().flatten().for_each(|item| self.undescribed(&items, item, &format!("{at}[]"), found));
    }

    /// What a schema and those it is made of say of a field, or of the items of a list (`[]`).
    fn described(&self, schema: &'s Value, key: &str) -> Vec<&'s Value> {
        let own = if key == "[]" { schema.get("items") } else { schema.get("properties").and_then(|fields| fields.get(key)) };
        let parts = ["allOf", "anyOf"].into_iter().filter_map(|word| schema.get(word)?.as_array()).flatten();
        let parts = parts.chain(schema.get("$ref").map(|name| self.target(name)));
        own.into_iter().chain(parts.flat_map(|part| self.described(part, key))).collect()
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{other} is no type"),
    }
}

#[test]
fn the_demo_books_reports_are_as_the_schema_says() {
    let schema = schema();
    for lang in ["zh", "en"] {
        let mut book = Bench::empty(lang);
        let _ = book.run(&["demo", "."]).ok();
        book.today("2026-10-08");
        for asked in [&["2026Q3"][..], &["2026"], &["all"], &["2026Q3", "--no-compare"], &["1990"], &["2026Q3", "--sections", "totals"]] {
            let report = book.run(&[&["report", "--json"], asked].concat()).json();
            assert_eq!(faults(&schema, &report), [""; 0], "{lang} {asked:?}");
        }
    }
}

#[test]
fn what_the_schema_does_not_say_is_named() {
    let schema = schema();
    let book = Bench::empty("zh");
    let _ = book.run(&["demo", "."]).ok();
    let mut report = book.run(&["report", "2026Q3", "--json"]).json();
    report["weather"] = json!({"rain": 3});
    report["shares"]["category"][0]["rank"] = 1.into();
    report["efficiency"]["figures"][0]["unit"] = "件".into();
    report["period"].as_object_mut().unwrap().remove("to");
    report["efficiency"]["handlers"][0]["requests"] = "many".into();
    report["totals"]["requests"][0]["now"] = 1.5.into();
    report["shares"]["severity"][0]["key"] = "grave".into();
    report["satisfaction"]["feedback"]["boxes"] = 0.into();
    let faults = faults(&schema, &report).join("\n");
    for told in [
        "/weather: not described",
        "/shares/category[]/rank: not described",
        "/efficiency/figures[]/unit: not described",
        "/period: required [\"name\",\"from\",\"to\"]",
        "/efficiency/handlers[]/requests: type \"integer\": \"many\"",
        "/totals/requests[]/now: type \"integer\": 1.5",
        "/shares/severity[]/key: enum",
        "/satisfaction/feedback/boxes: minimum 1: 0",
    ] {
        assert!(faults.contains(told), "{told}:\n{faults}");
    }
}

#[test]
fn so_does_a_validator_of_others() {
    let program = "import json, sys, jsonschema; v = jsonschema.Draft202012Validator; s = json.load(open(sys.argv[1], encoding='utf-8')); \
                   v.check_schema(s); v(s).validate(json.load(open(sys.argv[2], encoding='utf-8')))";
    if !super::oracle::python_has("import jsonschema; jsonschema.Draft202012Validator") {
        return;
    }
    let book = Bench::empty("en");
    let _ = book.run(&["demo", "."]).ok();
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema/report.v1.json");
    for period in ["2026Q3", "2026", "all"] {
        let report = book.run(&["report", period, "--json"]).ok();
        book.write("report.json", report);
        let found = book.path("report.json").display().to_string();
        let ran = std::process::Command::new("python3").args(["-c", program, schema, &found]).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
}
