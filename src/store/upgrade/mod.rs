//! Books of older formats: what has to change, and the one change that does it.
//!
//! A step is a pure function of the book's files: texts in, changed texts out. To add one: a file `from_N.rs`, a line in
//! `STEPS`, `FORMAT` in `model/settings.rs`, and a small book of the old format under `tests/it/books/`.

mod from_0;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Map;

use super::backup;
use super::commit::Transaction;
use super::csv_table::{CsvFile, Edits};
use super::disk::Disk;
use super::log_file::{self, Entry, Tip};
use super::{layout, load, settings_file, settle};
use crate::base::problem::{Place, Problem, Problems, What};
use crate::model::cell::Locale;
use crate::model::log::{LOG, LogRow};
use crate::model::record::Record;
use crate::model::settings::{FORMAT, Settings};
use crate::model::stamp::Stamp;
use crate::model::table::{ALL, Cut, Part, Table};

/// The log's `action` of an upgrade.
pub const ACTION: &str = "upgrade";

/// The book's own files, text by path.
pub type Files = BTreeMap<String, String>;

/// A fresh salt for a row of the log: from outside, so that a step stays a pure function.
pub type Salt<'a> = &'a mut dyn FnMut() -> Result<String, Problem>;

type Run = fn(&Files, &Locale, Salt<'_>) -> Result<Files, Problems>;

/// Format by format: what a book of `from` becomes in the next one.
struct Step {
    from: u32,
    run: Run,
}

const STEPS: &[Step] = &[Step { from: 0, run: from_0::run }];

/// What an upgrade would change.
#[derive(Debug)]
pub struct Plan {
    pub from: u32,
    pub to: u32,
    /// The files that change, with their new text.
    pub changed: Files,
    /// Every file of the book as it was read.
    read: Files,
    settings: Settings,
}

/// An upgrade that was done.
#[derive(Debug)]
pub struct Upgraded {
    pub plan: Plan,
    pub backup: backup::Made,
    /// Edits made by hand in the very moment, kept under these names.
    pub conflicts: Vec<String>,
}

fn lift(problem: Problem) -> Problems {
    vec![problem]
}

/// What an upgrade of the book in a folder would change; nothing in a book of today's format.
///
/// # Errors
/// A newer book, or one that is broken: what cannot be read is never rewritten.
pub fn preview(root: PathBuf) -> Result<Plan, Problems> {
    let disk = Disk::new(root);
    let _lock = settle::shared(&disk)?;
    plan(&disk)
}

/// Upgrades the book in a folder: a backup first, then every file in one transaction.
///
/// # Errors
/// Nothing has happened, unless it is [`What::Uncertain`]; the backup may be there already.
pub fn run(root: PathBuf, holder: &str, stamp: &Stamp, order: &backup::Order<'_>) -> Result<Upgraded, Problems> {
    let disk = Disk::new(root);
    let (_, settings) = settings_file::of_any_format(&disk)?;
    let locale = settings.locale();
    let mut transaction = Transaction::begin(disk.clone(), &locale, holder, stamp.recorded_at)?;
    let plan = plan(&disk)?;
    let made = backup::create_held(&disk, order)?;
    for path in plan.read.keys() {
        transaction.loaded.remember(path, plan.read.get(path).map(String::as_bytes));
    }
    let mut entries: Vec<Entry> = transaction.edited.iter().flat_map(|edited| edited.entries.clone()).collect();
    entries.push(entry(&plan, stamp, order));
    let (rows, files) = with_log_rows(&plan, &entries, stamp, &locale)?;
    let conflicts = transaction.commit_files(files, &rows).map_err(lift)?;
    Ok(Upgraded { plan, backup: made, conflicts })
}

/// Runs the steps one after another over the files of a book at rest.
fn plan(disk: &Disk) -> Result<Plan, Problems> {
    let (format, settings) = settings_file::of_any_format(disk)?;
    let mut plan = Plan { from: format, to: FORMAT, changed: Files::new(), read: Files::new(), settings };
    if format >= FORMAT {
        return Ok(plan);
    }
    plan.read = files(disk)?;
    let mut now = plan.read.clone();
    for step in STEPS.iter().filter(|step| step.from >= format) {
        let changed = (step.run)(&now, &plan.settings.locale(), &mut log_file::salt)?;
        now.extend(changed);
    }
    plan.changed = now.into_iter().filter(|(path, text)| plan.read.get(path) != Some(text)).collect();
    Ok(plan)
}

/// Every file a format speaks of.
fn files(disk: &Disk) -> Result<Files, Problems> {
    let mut paths = vec![layout::SETTINGS.to_owned()];
    for table in ALL {
        paths.extend(load::parts(disk, table).map_err(lift)?.iter().map(|part| layout::path(table, part)));
    }
    for folder in ["rules", "maps"] {
        paths
            .extend(disk.list(folder).map_err(lift)?.iter().map(|name| format!("{folder}/{name}")).filter(|path| layout::is_written(path)));
    }
    paths.extend(load::surveys(disk).map_err(lift)?.iter().map(|name| format!("{}/{name}/survey.yaml", layout::SURVEYS)));
    let mut found = Files::new();
    for path in paths {
        let Some(bytes) = disk.read(&path).map_err(lift)? else { continue };
        let text = String::from_utf8(bytes).map_err(|_| lift(Problem::error(What::NotUtf8).at(Place::file(&path))))?;
        found.insert(path, text);
    }
    Ok(found)
}

/// The table a file belongs to.
fn table_of(path: &str) -> Option<&'static Table> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    ALL.iter().copied().find(|table| match table.cut {
        Cut::Whole => path == layout::path(table, &Part::Whole),
        Cut::Quarter => folder == layout::folder(table) && layout::quarter_of_file(name).is_some(),
        Cut::Survey => folder.starts_with(layout::SURVEYS) && name.strip_suffix(".csv") == Some(table.word.code),
    })
}

/// The files of the log, oldest first.
fn log_paths(files: &Files) -> Vec<&String> {
    files.keys().filter(|path| table_of(path).is_some_and(|table| std::ptr::eq(table, &raw const LOG))).collect()
}

/// What the log tells of the upgrade.
fn entry(plan: &Plan, stamp: &Stamp, order: &backup::Order<'_>) -> Entry {
    let name = order.target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let facts = serde_json::json!({ "from": plan.from, "to": plan.to, "files": plan.changed.keys().collect::<Vec<_>>(), "backup": name });
    Entry::new(stamp, "documents", "", Map::new(), facts.as_object().cloned().unwrap_or_default())
}

/// The changed files with new rows at the end of the log.
fn with_log_rows(plan: &Plan, entries: &[Entry], stamp: &Stamp, locale: &Locale) -> Result<(Vec<LogRow>, Files), Problems> {
    let mut now = plan.read.clone();
    now.extend(plan.changed.clone());
    let last = log_paths(&now).last().map(|path| (*path).clone());
    let tip = last.as_ref().map_or(Ok(Tip::default()), |path| tip_of(&now, path, locale))?;
    let rows = log_file::rows(&tip, entries, stamp.recorded_at, locale).map_err(lift)?;
    let part = rows.first().map_or(Part::Whole, |row| row.part(locale));
    let path = last.unwrap_or_default().max(layout::path(&LOG, &part));
    let file = match now.remove(&path) {
        Some(text) => CsvFile::parse(&LOG, &path, text.into_bytes())?,
        None => CsvFile::fresh(&LOG, &path, locale.lang),
    };
    let edits = Edits { inserts: rows.iter().map(|row| (row.row(locale), Vec::new())).collect(), ..Edits::default() };
    let mut files = plan.changed.clone();
    files.insert(path, file.rewritten(&edits));
    Ok((rows, files))
}

fn tip_of(files: &Files, path: &str, locale: &Locale) -> Result<Tip, Problems> {
    let file = CsvFile::parse(&LOG, path, files.get(path).cloned().unwrap_or_default().into_bytes())?;
    let Some(last) = file.len().checked_sub(1) else { return Ok(Tip::default()) };
    let row = file.read::<LogRow>(last, locale)?;
    Ok(Tip { seq: row.seq, chain: row.chain })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_lead_from_the_first_format_to_todays_without_a_gap() {
        let from: Vec<u32> = STEPS.iter().map(|step| step.from).collect();
        assert_eq!(from, (0..FORMAT).collect::<Vec<u32>>());
    }

    #[test]
    fn every_table_is_known_by_its_path() {
        for (path, code) in [("customers.csv", "customers"), ("log/2026Q4.csv", "log"), ("surveys/a/answers.csv", "answers")] {
            assert_eq!(table_of(path).map(|table| table.word.code), Some(code));
        }
        assert!(table_of("log/x.csv").is_none() && table_of("carebook.yaml").is_none());
    }
}
