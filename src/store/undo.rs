//! Undo and redo: a finished transaction taken back by a new one, or refused with the reason.
//!
//! The patch of the transaction brings the bytes; the log brings who and what, and gets compensating rows, never a cut.
//! A change is taken back only where its rows still are as it left them, and where nothing else refers to what would go.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use super::commit::{Committed, Content, Kind, Transaction, Write};
use super::csv_table::CsvFile;
use super::disk::{Disk, hash};
use super::journal::{self, Journal};
use super::layout;
use super::load;
use super::log_file::Entry;
use super::outside;
use super::patch::{self, FilePatch, Hunk, New, Reverted};
use super::upgrade;
use crate::base::problem::{Problem, Problems, What};
use crate::model::cell::{Locale, Tags};
use crate::model::log::LogRow;
use crate::model::stamp::Stamp;
use crate::model::table::ALL;

/// Which change is to be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// The latest that stands.
    Last,
    /// The one this log row belongs to.
    Row(u32),
    /// The latest undo, when nothing was changed since.
    Redo,
}

/// What was taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct Undone {
    /// Its own log rows, from the oldest.
    pub rows: Vec<LogRow>,
    pub files: Vec<String>,
    /// An undo was taken back: the change stands again.
    pub redo: bool,
    pub committed: Committed,
}

/// Columns that name a record of another table.
const REFERENCES: &[(&str, &str, &str)] = &[
    ("customers", "merged_into", "customers"),
    ("customers", "distinct_from", "customers"),
    ("customers", "owner", "staff"),
    ("contacts", "customer", "customers"),
    ("absences", "staff", "staff"),
    ("orders", "customer", "customers"),
    ("requests", "customer", "customers"),
    ("requests", "handler", "staff"),
    ("requests", "duplicate_of", "requests"),
    ("requests", "related", "requests"),
    ("requests", "knowledge", "knowledge"),
    ("revisits", "customer", "customers"),
    ("revisits", "request", "requests"),
    ("revisits", "staff", "staff"),
    ("interactions", "customer", "customers"),
    ("interactions", "request", "requests"),
    ("interactions", "contact", "contacts"),
    ("tiers", "customer", "customers"),
    ("points", "customer", "customers"),
    ("points", "referred", "customers"),
    ("practices", "customer", "customers"),
    ("practices", "request", "requests"),
    ("responses", "customer", "customers"),
    ("responses", "request", "requests"),
    ("responses", "follow_up", "requests"),
    ("answers", "response", "responses"),
];

fn lift(problem: Problem) -> Problems {
    vec![problem]
}

fn refused(seq: u32, zh: String, en: String) -> Problems {
    lift(What::CannotUndo { seq, reason: [zh, en] }.into())
}

impl Transaction {
    /// Takes a change back, or with `dry_run` only says which.
    ///
    /// # Errors
    /// [`What::NothingToUndo`], [`What::CannotUndo`] with the reason; nothing has happened then.
    pub fn undo(&mut self, wish: Wish, stamp: &Stamp, locale: &Locale, dry_run: bool) -> Result<Undone, Problems> {
        journal::recover(&self.disk).map_err(lift)?;
        let history = History::read(&self.disk).map_err(lift)?;
        let target = history.wanted(wish)?.clone();
        let rows = load::log_since(&self.disk, target.first, locale)?;
        let own: Vec<LogRow> = rows.iter().filter(|row| row.seq <= target.seq).cloned().collect();
        let later: Vec<&LogRow> = rows.iter().filter(|row| row.seq > target.seq && history.counts(row.seq)).collect();
        let writes = self.taken_back(&target, &own, &later, locale)?;
        let files = writes.iter().map(|write| write.path.clone()).collect();
        let redo = target.reverses.is_some();
        let entries = compensating(&own, &target, stamp);
        let committed = if dry_run {
            Committed { dry_run, ..Committed::default() }
        } else {
            let kind = Kind { action: stamp.action.to_owned(), reverses: Some(target.seq), recorded_at: stamp.recorded_at };
            self.seal(writes, entries, &kind, locale)?
        };
        Ok(Undone { rows: own, files, redo, committed })
    }

    fn taken_back(&mut self, target: &Journal, own: &[LogRow], later: &[&LogRow], locale: &Locale) -> Result<Vec<Write>, Problems> {
        if target.action == upgrade::ACTION {
            let zh = "升级不能撤销,请还原升级前的备份".to_owned();
            return Err(refused(target.seq, zh, "an upgrade is taken back by restoring the backup made before it".to_owned()));
        }
        if target.is_erasure() {
            let zh = "抹除不能撤销: 抹去的内容已经哪里都没有了,此前的改动也不再能撤销".to_owned();
            let en =
                "an erasure cannot be taken back: what it erased is nowhere any more, nor can changes before it be taken back".to_owned();
            return Err(refused(target.seq, zh, en));
        }
        let bytes = self.disk.read(&format!("{}/{}", journal::folder_of(target.seq), journal::PATCH)).map_err(lift)?;
        let patch = bytes.as_deref().and_then(patch::parse).filter(|patch| !patch.is_empty()).ok_or_else(|| {
            let zh = "撤销所需的记录已不在 .carebook/undo 中".to_owned();
            refused(target.seq, zh, "what is needed for it is no longer in .carebook/undo".to_owned())
        })?;
        let mut writes = Vec::new();
        let mut removed: BTreeMap<&str, HashSet<String>> = BTreeMap::new();
        for file in &patch {
            let present = self.disk.read(&file.path).map_err(lift)?;
            self.loaded.remember(&file.path, present.as_deref());
            let Some(reverted) = file.reverted(present.as_deref()) else {
                return Err(changed_since(target, own, later, file));
            };
            let result = match &reverted {
                Reverted::Bytes(bytes) => bytes.as_slice(),
                Reverted::Removed => &[],
            };
            let gone = gone(file, present.as_deref().unwrap_or_default(), result, locale).map_err(|_| {
                refused(target.seq, format!("{} 会因此不能读取", file.path), format!("{} could not be read afterwards", file.path))
            })?;
            if let Some((table, _)) = layout::table_of(&file.path) {
                removed.entry(table.word.code).or_default().extend(gone);
            }
            writes.push(write(file, present.unwrap_or_default(), reverted));
        }
        self.refuse_referenced(target, &removed, &writes)?;
        Ok(writes)
    }

    /// A record that others name does not go.
    fn refuse_referenced(&mut self, target: &Journal, removed: &BTreeMap<&str, HashSet<String>>, writes: &[Write]) -> Result<(), Problems> {
        for (table, column, to) in REFERENCES {
            let Some(gone) = removed.get(to).filter(|gone| !gone.is_empty()) else { continue };
            let Some(table) = ALL.iter().copied().find(|t| t.word.code == *table) else { continue };
            let Some(column) = table.position(column) else { continue };
            for part in load::parts(&self.disk, table).map_err(lift)? {
                let path = layout::path(table, &part);
                let bytes = match writes.iter().find(|write| write.path == path).map(|write| &write.content) {
                    Some(Content::Whole(bytes, _)) => Some(bytes.clone()),
                    Some(_) => None,
                    None => self.disk.read(&path).map_err(lift)?,
                };
                let Some(file) = bytes.map(|bytes| CsvFile::parse(table, &path, bytes)).transpose()? else { continue };
                // `related` and `knowledge` hold several ids
                let named = |row: usize| {
                    let cell = file.cell(row, column);
                    let whole = Some(cell.trim().to_owned()).filter(|id| gone.contains(id));
                    whole.or_else(|| Tags::split(&cell).find(|id| gone.contains(*id)).map(str::to_owned))
                };
                if let Some((row, whom)) = (0..file.len()).find_map(|row| Some((row, named(row)?))) {
                    let who = file.cell(row, 0).into_owned();
                    let zh = format!("{path} 的 {who} 引用了 {whom}");
                    return Err(refused(target.seq, zh, format!("{who} in {path} refers to {whom}")));
                }
            }
        }
        Ok(())
    }
}

fn write(file: &FilePatch, present: Vec<u8>, reverted: Reverted) -> Write {
    let path = file.path.clone();
    let content = match reverted {
        Reverted::Bytes(bytes) => {
            let hunk = between(&present, &bytes);
            Content::Whole(bytes, vec![hunk])
        }
        Reverted::Removed => Content::Removed(vec![Hunk { old_at: 0, old: present, new_at: 0, new: New::default() }]),
    };
    Write { path, content }
}

/// The lines from the first difference to the last.
fn between(old: &[u8], new: &[u8]) -> Hunk {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let start = old[..same].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let mut tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    // the common tail begins after a line end
    while tail > 0 && !starts_line(old_rest, tail) | !starts_line(new_rest, tail) {
        tail -= 1;
    }
    let middle = |rest: &[u8]| rest[..rest.len() - tail].to_vec();
    Hunk { old_at: start, old: middle(old_rest), new_at: start, new: New::Bytes(middle(new_rest)) }
}

fn starts_line(rest: &[u8], tail: usize) -> bool {
    let at = rest.len() - tail;
    at == 0 || rest[at - 1] == b'\n'
}

/// The records of a table file that would no longer be there. Reads the result strictly: what cannot be read is no result.
fn gone(file: &FilePatch, present: &[u8], result: &[u8], locale: &Locale) -> Result<HashSet<String>, Problems> {
    let Some((table, _)) = layout::table_of(&file.path) else { return Ok(HashSet::new()) };
    let referred = REFERENCES.iter().any(|(_, _, to)| *to == table.word.code);
    let exact = file.old.as_deref() == Some(hash(result).as_str()) || result.is_empty();
    if !referred && exact {
        return Ok(HashSet::new());
    }
    let after = outside::keys(&file.path, result, locale)?;
    let before = outside::keys(&file.path, present, locale)?;
    Ok(before.difference(&after).cloned().collect())
}

/// Why a row is no longer as the change left it: the later change of a record it touched, else the file.
fn changed_since(target: &Journal, own: &[LogRow], later: &[&LogRow], file: &FilePatch) -> Problems {
    // a batch has one row in the log: its records are those that it wrote
    let of_batch = |row: &LogRow| own.iter().any(|mine| mine.is_batch() && mine.table == row.table) && wrote(file, &row.id);
    let touched = |row: &&&LogRow| own.iter().any(|mine| mine.table == row.table && mine.id == row.id) || of_batch(row);
    let path = &file.path;
    // an edit by hand has no patch: nothing but another edit takes it back
    let by_hand = |told: [String; 2]| {
        let zh = format!("{path} 中的这些行后来被手工改过{};改回原样后再撤销,或用 carebook undo 行号 撤销别的改动", told[0]);
        let en = format!(
            "its rows in {path} were edited by hand since{}; put them back as they were, or take back another change with `carebook undo ROW`",
            told[1]
        );
        refused(target.seq, zh, en)
    };
    match later.iter().find(touched) {
        Some(row) if row.action == outside::ACTION => {
            let (id, seq) = (&row.id, row.seq);
            by_hand([format!("({id},日志 {seq})"), format!(" ({id}, log row {seq})")])
        }
        Some(row) => {
            let (id, seq, action, actor) = (&row.id, row.seq, &row.action, &row.actor);
            let zh = format!("{id} 后来又有改动(日志 {seq}: {action}, {actor})");
            refused(target.seq, zh, format!("{id} was changed since (log row {seq}: {action} by {actor}); undo that first"))
        }
        None => by_hand([String::new(), String::new()]),
    }
}

/// Whether a change wrote a row with this cell.
fn wrote(file: &FilePatch, id: &str) -> bool {
    let has = |bytes: &[u8]| bytes.split(|byte| b",;\t\r\n\"".contains(byte)).any(|cell| cell == id.as_bytes());
    file.hunks.iter().any(|hunk| matches!(&hunk.new, New::Bytes(bytes) if has(bytes)))
}

/// The log rows that take a change back: before and after change places, the latest first.
fn compensating(own: &[LogRow], target: &Journal, stamp: &Stamp) -> Vec<Entry> {
    let fields = |text: &str| match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let word = if target.reverses.is_some() { "redone" } else { "undone" };
    let entry = |row: &LogRow| {
        let mut stamp = stamp.clone();
        stamp.note = format!("{} {}", row.seq, row.action);
        let after = fields(&row.after);
        if row.is_batch() || row.table == "documents" || after.contains_key("undone") {
            let id = if row.id.is_empty() { row.seq.to_string() } else { row.id.clone() };
            let facts = Map::from_iter([(word.to_owned(), Value::from(id))]);
            return Entry::new(&stamp, &row.table, &row.id, Map::new(), facts);
        }
        Entry::new(&stamp, &row.table, &row.id, after, fields(&row.before))
    };
    own.iter().rev().map(entry).collect()
}

/// The finished transactions, and which of them stand.
struct History {
    journals: Vec<Journal>,
    /// The seqs of those that were taken back.
    reversed: HashSet<u32>,
}

impl History {
    fn read(disk: &Disk) -> Result<History, Problem> {
        let mut journals = Vec::new();
        for seq in journal::finished(disk)? {
            journals.extend(journal::manifest(disk, seq)?);
        }
        Ok(History::of(journals))
    }

    fn of(journals: Vec<Journal>) -> History {
        let mut reversed = HashSet::new();
        for journal in journals.iter().rev() {
            // an undo that was itself taken back takes nothing back
            if !reversed.contains(&journal.seq) {
                reversed.extend(journal.reverses);
            }
        }
        History { journals, reversed }
    }

    fn stands(&self, journal: &Journal) -> bool {
        !self.reversed.contains(&journal.seq)
    }

    /// Whether a log row tells a change that stands and is no undo.
    fn counts(&self, seq: u32) -> bool {
        let journal = self.journals.iter().find(|journal| (journal.first..=journal.seq).contains(&seq));
        journal.is_none_or(|journal| journal.reverses.is_none() && self.stands(journal))
    }

    fn wanted(&self, wish: Wish) -> Result<&Journal, Problems> {
        let nothing = |redo: bool| lift(What::NothingToUndo { redo }.into());
        let is_change = |journal: &&Journal| journal.reverses.is_none() && journal.action != outside::ACTION;
        match wish {
            Wish::Last => self.journals.iter().rev().find(|j| is_change(j) && self.stands(j)).ok_or_else(|| nothing(false)),
            Wish::Redo => {
                let undo = self.journals.iter().rev().find(|j| self.stands(j) && self.is_undo(j)).ok_or_else(|| nothing(true))?;
                let newer = self.journals.iter().rev().find(|j| is_change(j) && self.stands(j) && j.seq > undo.seq);
                match newer {
                    Some(newer) => {
                        let (seq, action) = (newer.seq, &newer.action);
                        let zh = format!("此后又有改动(日志 {seq}: {action})");
                        Err(refused(undo.seq, zh, format!("there was a change since (log row {seq}: {action})")))
                    }
                    None => Ok(undo),
                }
            }
            Wish::Row(seq) => {
                let found = self.journals.iter().find(|journal| (journal.first..=journal.seq).contains(&seq));
                let found = found.ok_or_else(|| {
                    let zh = "撤销所需的记录已不在 .carebook/undo 中".to_owned();
                    refused(seq, zh, "what is needed for it is no longer in .carebook/undo".to_owned())
                })?;
                if self.stands(found) {
                    return Ok(found);
                }
                Err(refused(seq, "它已被撤销".to_owned(), "it has been undone already".to_owned()))
            }
        }
    }

    /// Whether a transaction takes back a change, not an undo.
    fn is_undo(&self, journal: &Journal) -> bool {
        let reverses = |seq: u32| self.journals.iter().find(|j| j.seq == seq).is_none_or(|j| j.reverses.is_none());
        journal.reverses.is_some_and(reverses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(changes: &[(u32, Option<u32>)]) -> History {
        let journal = |(seq, reverses): &(u32, Option<u32>)| Journal {
            seq: *seq,
            first: *seq,
            action: "intake".into(),
            reverses: *reverses,
            steps: Vec::new(),
        };
        History::of(changes.iter().map(journal).collect())
    }

    fn last(history: &History, wish: Wish) -> Option<u32> {
        history.wanted(wish).ok().map(|journal| journal.seq)
    }

    #[test]
    fn undo_goes_back_step_by_step_and_redo_forth() {
        let changes = [(1, None), (2, None), (3, Some(2)), (4, Some(1)), (5, Some(4)), (6, Some(3))];
        let told: Vec<_> =
            (0..=changes.len()).map(|n| history(&changes[..n])).map(|h| (last(&h, Wish::Last), last(&h, Wish::Redo))).collect();
        let expected =
            [(None, None), (Some(1), None), (Some(2), None), (Some(1), Some(3)), (None, Some(4)), (Some(1), Some(3)), (Some(2), None)];
        assert_eq!(told, expected);
        assert_eq!(last(&history(&changes[..3]), Wish::Row(2)), None);
        // a change in between ends the redo
        let changed = history(&[(1, None), (2, Some(1)), (3, None)]);
        assert!(matches!(changed.wanted(Wish::Redo).unwrap_err()[0].what, What::CannotUndo { seq: 2, .. }));
        assert_eq!((changed.counts(1), changed.counts(2), changed.counts(3)), (false, false, true));
    }

    #[test]
    fn a_difference_is_whole_lines() {
        let hunk = between(b"id\na,1\nb,2\nc,3\n", b"id\na,1\nb,22\nc,3\n");
        assert_eq!((hunk.old_at, hunk.old, hunk.new), (7, b"b,2\n".to_vec(), New::Bytes(b"b,22\n".into())));
        let added = between(b"id\na\n", b"id\na\na\n");
        assert_eq!(added.old.len() + 2, if let New::Bytes(new) = added.new { new.len() } else { 0 });
        let same = between(b"id\n", b"id\n");
        assert_eq!((same.old, same.new), (Vec::new(), New::default()));
    }
}
