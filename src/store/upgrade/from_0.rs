//! Format 0, the first sketch: no `format` in `carebook.yaml`, times with their offset (`2026-10-08T12:00:00+08:00`), and a
//! log whose chain goes over the values themselves, so that none could ever be erased.
//!
//! Format 1 writes times as local times, and gives every row of the log a salt and a keyed digest.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{Files, Salt, lift, log_paths, table_of};
use crate::base::problem::{Place, Problem, Problems, What};
use crate::model::cell::{Kind, Locale};
use crate::model::log::{LOG, LogRow};
use crate::model::table::Table;
use crate::store::csv_table::{CsvFile, Edits};
use crate::store::disk::hex;
use crate::store::layout;
use crate::store::log_file;

/// What a book of format 0 becomes.
pub fn run(files: &Files, locale: &Locale, salt: Salt<'_>) -> Result<Files, Problems> {
    let mut changed = Files::new();
    for (path, text) in files {
        if path == layout::SETTINGS {
            changed.insert(path.clone(), with_format(text));
        } else if let Some(table) = table_of(path) {
            changed.insert(path.clone(), with_local_times(table, path, text, locale)?);
        }
    }
    let logs: Files = log_paths(files).into_iter().map(|path| (path.clone(), changed[path].clone())).collect();
    changed.extend(with_digests(&logs, locale, salt)?);
    Ok(changed)
}

/// `format: 1` before the first key; the owner's comments stay where they are.
fn with_format(text: &str) -> String {
    let is_key = |line: &str| line.trim_start_matches('\u{FEFF}').starts_with("format:");
    if text.lines().any(is_key) {
        return text.split_inclusive('\n').map(|line| if is_key(line) { line.replacen('0', "1", 1) } else { line.to_owned() }).collect();
    }
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let is_blank = |line: &&str| line.trim().is_empty() || line.trim_start_matches('\u{FEFF}').trim_start().starts_with('#');
    let head: usize = text.split_inclusive('\n').take_while(is_blank).map(str::len).sum();
    let head = if head == 0 && text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { head };
    format!("{}format: 1{newline}{}", &text[..head], &text[head..])
}

/// Times as they are written now. A cell that is no time stays as it is: `check` names it.
fn with_local_times(table: &'static Table, path: &str, text: &str, locale: &Locale) -> Result<String, Problems> {
    let file = CsvFile::parse(table, path, text.as_bytes().to_vec())?;
    let times: Vec<usize> = (0..table.columns.len()).filter(|at| table.columns[*at].kind == Kind::Instant).collect();
    let mut updates = BTreeMap::new();
    for row in 0..file.len() {
        let written = |column: usize| {
            let cell = file.cell(row, column);
            let at = crate::base::instant::Instant::parse(&cell, locale.zone, locale.order).ok()?;
            Some((column, at.write(locale.zone))).filter(|(_, now)| cell.contains('T') && *now != cell)
        };
        let changed: Vec<(usize, String)> = times.iter().filter_map(|column| written(*column)).collect();
        if !changed.is_empty() {
            updates.insert(row, changed);
        }
    }
    Ok(file.rewritten(&Edits { updates, ..Edits::default() }))
}

/// The log with salts, digests and a new chain. The old chain must hold: an upgrade never makes an altered log look whole.
fn with_digests(logs: &Files, locale: &Locale, salt: Salt<'_>) -> Result<Files, Problems> {
    let mut parsed = Vec::new();
    for (path, text) in logs {
        let file = CsvFile::parse(&LOG, path, text.as_bytes().to_vec())?;
        let rows = (0..file.len()).map(|row| file.read::<LogRow>(row, locale)).collect::<Result<Vec<_>, Problems>>()?;
        parsed.push((path, file, rows));
    }
    // a book of format 1 that only lost its `format` key
    if parsed.iter().flat_map(|(_, _, rows)| rows).any(|row| !row.digest.is_empty()) {
        return Ok(Files::new());
    }
    let column = |code: &str| LOG.position(code).unwrap_or_default();
    let (mut old, mut new, mut seq) = (String::new(), String::new(), 0);
    let mut changed = Files::new();
    for (path, file, rows) in parsed {
        let mut edits = Edits::default();
        for (at, row) in rows.into_iter().enumerate() {
            old = first_chain(&old, &row, locale);
            seq += 1;
            if row.seq != seq || row.chain != old {
                return Err(lift(Problem::error(What::LogBroken { seq: row.seq.to_string() }).at(Place::file(path))));
            }
            let mut row = LogRow { salt: salt().map_err(lift)?, ..row };
            row.digest = log_file::digest(&row);
            row.chain = log_file::chain(&new, &row, locale);
            new.clone_from(&row.chain);
            edits.updates.insert(at, vec![(column("salt"), row.salt), (column("digest"), row.digest), (column("chain"), row.chain)]);
        }
        changed.insert(path.clone(), file.rewritten(&edits));
    }
    Ok(changed)
}

/// The chain of format 0: SHA-256 over the previous chain and every value of the row, each after its length.
fn first_chain(previous: &str, row: &LogRow, locale: &Locale) -> String {
    let mut sha = Sha256::new();
    let seq = row.seq.to_string();
    let (recorded, at) = (row.recorded_at.iso(locale.zone), row.at.iso(locale.zone));
    let values = [&row.actor, &row.action, &row.table, &row.id, &row.before, &row.after, &row.note];
    for part in [previous, &seq, &recorded, &at].into_iter().chain(values.into_iter().map(String::as_str)) {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part.as_bytes());
    }
    hex(&sha.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_goes_before_the_first_key() {
        assert_eq!(with_format("# mine\n\nname: a\n"), "# mine\n\nformat: 1\nname: a\n");
        assert_eq!(with_format("\u{FEFF}name: a\r\n"), "\u{FEFF}format: 1\r\nname: a\r\n");
        assert_eq!(with_format("name: a\nformat: 0 # old\n"), "name: a\nformat: 1 # old\n");
    }
}
