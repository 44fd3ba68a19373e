//! Laws of the store's readers, for any bytes: `tests/fuzz` feeds them, and a test its seeds.

#![expect(clippy::missing_panics_doc, reason = "a broken law is a panic")]

use saphyr_parser::Event;
use serde::de::DeserializeOwned;

use super::csv_table::{CsvFile, Edits};
use super::disk::hash;
use super::journal::Journal;
use super::yaml_file;
use super::yaml_scan;
use crate::base::problem::Problems;
use crate::model::customer::CUSTOMERS;
use crate::model::log::LOG;
use crate::model::order::ORDERS;
use crate::model::table::Table;

/// A table's file: nothing changed is nothing changed; an edited cell reads as written and every other row keeps its bytes.
pub fn csv(data: &[u8]) {
    let [table, row, column, rest @ ..] = data else { return };
    let tables: [&'static Table; 3] = [&CUSTOMERS, &ORDERS, &LOG];
    let table = tables[usize::from(*table) % 3];
    let (bytes, edit) = match rest.iter().position(|byte| *byte == 0xFF) {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => (rest, &b"=1"[..]),
    };
    let Ok(file) = CsvFile::parse(table, "t.csv", bytes.to_vec()) else { return };
    let text = file.rewritten(&Edits::default());
    assert_eq!(text.as_bytes(), bytes, "nothing was changed");
    let value = String::from_utf8_lossy(edit).replace('\0', "");
    let column = usize::from(*column) % table.columns.len();
    if file.len() > 0 {
        updated(table, &file, (usize::from(*row) % file.len(), column), &value);
    }
    inserted(table, &file, column, &value);
}

fn read_again(table: &'static Table, text: String) -> CsvFile {
    match CsvFile::parse(table, "t.csv", text.into_bytes()) {
        Ok(file) => file,
        Err(problems) => panic!("what was written is refused: {problems:?}"),
    }
}

fn same_rows(table: &Table, before: &CsvFile, after: &CsvFile, rows: usize, but: Option<(usize, usize)>) {
    for row in 0..rows {
        for column in (0..table.columns.len()).filter(|column| but != Some((row, *column))) {
            assert_eq!(before.cell(row, column), after.cell(row, column), "row {row}, column {column}");
        }
        assert_eq!(before.extra(row), after.extra(row));
    }
}

fn updated(table: &'static Table, file: &CsvFile, (row, column): (usize, usize), value: &str) {
    let mut edits = Edits::default();
    edits.updates.insert(row, vec![(column, value.to_owned())]);
    let after = read_again(table, file.rewritten(&edits));
    assert_eq!(after.len(), file.len());
    assert_eq!(after.cell(row, column), value);
    same_rows(table, file, &after, file.len(), Some((row, column)));
}

fn inserted(table: &'static Table, file: &CsvFile, column: usize, value: &str) {
    let mut cells = vec![String::new(); table.columns.len()];
    cells[0] = "x".into();
    value.clone_into(&mut cells[column]);
    let mut edits = Edits::default();
    edits.inserts.push((cells.clone(), Vec::new()));
    let after = read_again(table, file.rewritten(&edits));
    assert_eq!(after.len(), file.len() + 1);
    for (column, cell) in cells.iter().enumerate() {
        assert_eq!(after.cell(file.len(), column), cell.as_str());
    }
    same_rows(table, file, &after, file.len(), None);
}

/// A manifest with a checksum that holds: what is believed names only our files and is written as it was read.
pub fn manifest(data: &[u8]) {
    let Ok(body) = std::str::from_utf8(data) else { return };
    let _ = Journal::parse(body);
    let text = format!("{body}checksum\t{}\n", hash(body.as_bytes()));
    let Some(journal) = Journal::parse(&text) else { return };
    for step in &journal.steps {
        let path = step.path();
        assert!(super::layout::is_written(path) && !path.starts_with('/') && !path.contains(".."), "{path}");
    }
    assert_eq!(Journal::parse(&journal.write()).as_ref(), Some(&journal));
}

/// A document as a file of settings, and the problems of its check with their places.
pub fn yaml<Raw: DeserializeOwned, T>(data: &[u8], check: impl Fn(Raw) -> Result<T, Problems>) {
    let problems = match yaml_file::parse::<Raw>("t.yaml", data) {
        Ok(raw) => check(raw).err().map(|problems| yaml_file::place(problems, "t.yaml", &String::from_utf8_lossy(data))),
        Err(problems) => Some(problems),
    };
    assert!(problems.is_none_or(|problems| !problems.is_empty() && problems.iter().all(|problem| problem.place.is_some())));
    if let Ok(text) = std::str::from_utf8(data) {
        same_shape(text.trim_start_matches('\u{FEFF}'));
    }
}

/// The reader that looks for what is not plain and the one that reads see the same document: nothing slips by between them.
fn same_shape(text: &str) {
    if yaml_scan::plain("t.yaml", text).is_err() {
        return;
    }
    let Ok(value) = serde_yaml::from_str::<serde_yaml::Value>(text) else { return };
    let seen: String = saphyr_parser::Parser::new_from_str(text).filter_map(|event| mark(&event.ok()?.0)).collect();
    let mut read = String::new();
    shape(&value, &mut read);
    assert!(seen == read || (seen.is_empty() && read == "."), "{seen} is not {read}");
}

fn mark(event: &Event<'_>) -> Option<char> {
    match event {
        Event::Scalar(..) => Some('.'),
        Event::SequenceStart(..) => Some('['),
        Event::SequenceEnd => Some(']'),
        Event::MappingStart(..) => Some('{'),
        Event::MappingEnd => Some('}'),
        _ => None,
    }
}

fn shape(value: &serde_yaml::Value, out: &mut String) {
    match value {
        serde_yaml::Value::Sequence(list) => {
            out.push('[');
            for value in list {
                shape(value, out);
            }
            out.push(']');
        }
        serde_yaml::Value::Mapping(map) => {
            out.push('{');
            for (key, value) in map {
                shape(key, out);
                shape(value, out);
            }
            out.push('}');
        }
        serde_yaml::Value::Tagged(_) => out.push('!'),
        _ => out.push('.'),
    }
}
