//! An erasure (抹除): the one change that leaves no way back. Tables, the log and every copy kept beside them lose the
//! values in one transaction; what is left elsewhere in the folder is looked for and told.
//!
//! Rows of the log lose their personal fields and their salt, and keep digest and chain, so that the chain still shows
//! that no row is missing. The erasure's own row names them, each with a print of what is left: `check` takes a row
//! without its values for that, and for nothing else (`log_file::Walk`).

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use super::book::lift;
use super::commit::{Committed, Content, Transaction, Write};
use super::csv_table::{CsvFile, Edits};
use super::journal::{self, Journal, Step};
use super::log_file::{self, Entry, Tip};
use super::memory;
use super::remnants::{self, Remnants};
use super::{layout, load};
use crate::base::problem::{Problem, Problems};
use crate::model::cell::Locale;
use crate::model::customer::CUSTOMERS;
use crate::model::draft::{Change, Draft};
use crate::model::erasure::{self, Erasure, Traces};
use crate::model::log::{LOG, LogRow};
use crate::model::record::Record;
use crate::model::stamp::Stamp;
use crate::model::table::{ALL, Part};

/// An erasure that is worked out and not yet done.
pub struct Prepared {
    writes: Vec<Write>,
    rows: Vec<LogRow>,
    told: Vec<super::outside::Edited>,
    action: &'static str,
    /// Rows changed in the tables.
    pub changed: usize,
    /// Rows of the log that lose values.
    pub redacted: usize,
    /// What is kept beside the book and goes: paths in the hidden folder.
    pub scrubbed: Vec<String>,
    /// Where the person is still named.
    pub remnants: Remnants,
    /// The row of the log that tells the erasure.
    pub seq: u32,
}

/// The log as it will stand: files that change, and what an erasure took out of them.
#[derive(Default)]
struct Log {
    edits: BTreeMap<Part, Edits>,
    /// By seq: prints of what is left of rows.
    prints: BTreeMap<u32, String>,
}

impl Transaction {
    /// Works out everything an erasure writes. `traces` are the texts the person is known by; those that the log knew
    /// besides are taken up. Nothing has happened yet.
    ///
    /// # Errors
    /// What is wrong in a file; nothing is erased by halves.
    pub fn prepare_erasure(
        &mut self,
        draft: &Draft,
        erasure: &mut Erasure,
        traces: &mut Traces,
        stamp: &Stamp,
    ) -> Result<Prepared, Problems> {
        // an earlier change may have been saved and not yet put in place
        journal::recover(&self.disk).map_err(lift)?;
        let locale = draft.locale();
        let changes = draft.changes();
        self.join_gone(erasure, &locale)?;
        let log = self.redacted_log(erasure, traces, &locale)?;
        let kept: Vec<String> = erasure.ids.iter().flat_map(|id| [id.clone(), erasure::pseudonym(id, erasure.lang)]).collect();
        traces.leave_out(&kept);
        let entries = self.entries(&changes, erasure, &log, stamp);
        let rows = log_file::rows(&self.tip, &entries, stamp.recorded_at, &locale).map_err(lift)?;
        let mut writes = self.table_writes(&changes, locale.lang)?;
        // no way back: the patch would hold what is to go
        for write in &mut writes {
            if let Content::Whole(_, hunks) = &mut write.content {
                hunks.clear();
            }
        }
        let redacted = log.prints.len();
        writes.extend(self.erased_log(log, &rows, &locale)?);
        let scrubbed = self.copies(&writes, erasure, traces).map_err(lift)?;
        let remnants = remnants::of(&self.disk, traces, &writes)?;
        let seq = rows.iter().find(|row| row.action == erasure::ACTION).map_or(0, |row| row.seq);
        let told = self.edited.clone();
        Ok(Prepared { writes, rows, told, action: stamp.action, changed: changes.len(), redacted, scrubbed, remnants, seq })
    }

    /// Does it, all or nothing.
    ///
    /// # Errors
    /// Nothing has happened, unless it is [`crate::base::problem::What::Uncertain`].
    pub fn erase(&mut self, prepared: Prepared) -> Result<Committed, Problems> {
        let Prepared { writes, rows, told, action, changed, scrubbed, .. } = prepared;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(Committed::default()) };
        let next = Tip { seq: last.seq, chain: last.chain.clone() };
        let mut steps = self.steps(&writes).map_err(lift)?;
        let untold = told.iter().filter(|edited| writes.iter().all(|write| write.path != edited.path));
        steps.extend(untold.map(|edited| Step::Told { path: edited.path.clone(), left: edited.hash.clone() }));
        steps.extend(scrubbed.into_iter().map(|path| Step::Scrub { path }));
        let journal = Journal { seq: last.seq, first: first.seq, action: action.to_owned(), reverses: None, steps };
        let files = writes.len();
        let mut conflicts = self.put(&writes, &journal, next).map_err(lift)?;
        // one that told of the person is gone with the rest
        conflicts.retain(|path| self.disk.has(path).unwrap_or(true));
        Ok(Committed { changed, files, conflicts, edited: told, told: rows, dry_run: false })
    }

    /// Records that only the log still knows, such as a contact who was removed, are the customer's too.
    fn join_gone(&mut self, erasure: &mut Erasure, locale: &Locale) -> Result<(), Problems> {
        let mut gone: BTreeMap<&'static str, BTreeMap<String, String>> = BTreeMap::new();
        let table_of = |code: &str| ALL.iter().copied().find(|table| table.word.code == code);
        self.each_log_row(locale, &mut |_, _, row| {
            let known = erasure.records.get(row.table.as_str()).is_some_and(|keys| keys.contains_key(&row.id));
            if let (false, Some(whose), Some(table)) = (known, erasure.whose(&row), table_of(&row.table)) {
                gone.entry(table.word.code).or_default().insert(row.id.clone(), whose.to_owned());
            }
        })?;
        for (code, mut keys) in gone {
            let Some(table) = table_of(code) else { continue };
            // what stands under another customer today is not this one's
            for part in load::parts(&self.disk, table).map_err(lift)? {
                let bytes = self.disk.read(&layout::path(table, &part)).map_err(lift)?.unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes);
                keys.retain(|key, _| !text.contains(key.as_str()));
            }
            erasure.records.entry(code).or_default().extend(keys);
        }
        Ok(())
    }

    /// Takes what is personal out of the log, a quarter at a time.
    fn redacted_log(&mut self, erasure: &Erasure, traces: &mut Traces, locale: &Locale) -> Result<Log, Problems> {
        let mut log = Log::default();
        let columns = ["before", "after", "note", "salt"].map(|code| LOG.position(code).unwrap_or_default());
        self.each_log_row(locale, &mut |part, at, row| {
            let Some(whose) = erasure.whose(&row) else { return };
            let Some(left) = erasure.redacted(&row, whose) else { return };
            traces.add_row(&row);
            log.prints.insert(row.seq, log_file::print(&left));
            let texts = [left.before, left.after, left.note, left.salt];
            log.edits.entry(part.clone()).or_default().updates.insert(at, columns.into_iter().zip(texts).collect());
        })?;
        Ok(log)
    }

    /// Shows every row of the log with its file and its place there. The rows are let go of file by file.
    fn each_log_row(&mut self, locale: &Locale, each: &mut dyn FnMut(&Part, usize, LogRow)) -> Result<(), Problems> {
        for part in load::parts(&self.disk, &LOG).map_err(lift)? {
            if let Some(file) = self.loaded.part(&self.disk, &LOG, &part)? {
                for at in 0..file.len() {
                    each(&part, at, file.read::<LogRow>(at, locale)?);
                }
            }
            self.loaded.forget(&layout::path(&LOG, &part));
        }
        Ok(())
    }

    /// What the log is to tell: hand edits found on the way, without what is personal of these records, then the erasure.
    fn entries(&self, changes: &[Change], erasure: &Erasure, log: &Log, stamp: &Stamp) -> Vec<Entry> {
        let mut entries: Vec<Entry> = self.edited.iter().flat_map(|edited| edited.entries.clone()).collect();
        for entry in &mut entries {
            let records = erasure.records.get(entry.table.as_str());
            if let Some(whose) = records.and_then(|keys| keys.get(&entry.id)) {
                erasure.strip(&entry.table, &mut entry.before, whose);
                erasure.strip(&entry.table, &mut entry.after, whose);
            }
        }
        let main = erasure.ids.first().map(String::as_str).unwrap_or_default();
        let mut own: Vec<Entry> = changes.iter().map(|change| entry(change, erasure, stamp, main)).collect();
        let is_main = |entry: &Entry| entry.table == CUSTOMERS.word.code && entry.id == main;
        if !own.iter().any(is_main) && !log.prints.is_empty() {
            // erased before: what came into the log since then goes
            let status = Map::from_iter([("status".to_owned(), Value::from("erased"))]);
            own.insert(0, Entry::new(stamp, CUSTOMERS.word.code, main, status.clone(), status));
        }
        if let Some(first) = own.iter_mut().find(|entry| is_main(entry)) {
            let prints = log.prints.iter().map(|(seq, print)| (seq.to_string(), Value::from(print.as_str())));
            first.after.insert(erasure::REDACTED.to_owned(), Value::Object(prints.collect()));
        }
        entries.extend(own);
        entries
    }

    /// The files of the log that change, the last one with the new rows.
    fn erased_log(&mut self, mut log: Log, rows: &[LogRow], locale: &Locale) -> Result<Vec<Write>, Problems> {
        if let Some(first) = rows.first() {
            let last = load::parts(&self.disk, &LOG).map_err(lift)?.pop();
            let part = first.part(locale).max(last.unwrap_or(Part::Whole));
            log.edits.entry(part).or_default().inserts = rows.iter().map(|row| (row.row(locale), Vec::new())).collect();
        }
        let mut writes = Vec::new();
        for (part, edits) in &log.edits {
            let path = layout::path(&LOG, part);
            let text = match self.loaded.part(&self.disk, &LOG, part)? {
                Some(file) => file.rewritten(edits),
                None => CsvFile::fresh(&LOG, &path, locale.lang).rewritten(edits),
            };
            self.loaded.forget(&path);
            writes.push(Write { path, content: Content::Whole(text.into_bytes(), Vec::new()) });
        }
        Ok(writes)
    }

    /// Everything kept beside the book that may hold values of before: the ways back and what was worked out, all of it;
    /// sheets that went out and hand edits that were pushed out, where they tell of the person; the copies of the tables
    /// that change.
    fn copies(&self, writes: &[Write], erasure: &Erasure, traces: &Traces) -> Result<Vec<String>, Problem> {
        let keys: HashSet<&str> = erasure.records.values().flat_map(HashMap::keys).map(String::as_str).collect();
        let tells = |text: &str| traces.is_in(text) || text.split([',', ';', '\t', '\r', '\n', '"']).any(|cell| keys.contains(cell));
        let mut found = Vec::new();
        for (folder, all) in [(layout::UNDO, true), (layout::CACHE, true), (layout::CONFLICTS, false), (layout::EXPORTS, false)] {
            for path in self.disk.list(folder)?.into_iter().map(|name| format!("{folder}/{name}")).filter(|path| layout::is_kept_copy(path))
            {
                if all || tells(&String::from_utf8_lossy(&self.disk.read(&path)?.unwrap_or_default())) {
                    found.push(path);
                }
            }
        }
        let written: HashSet<&str> = writes.iter().map(|write| write.path.as_str()).collect();
        for base in written.into_iter().filter(|path| memory::has_base(path)).map(memory::base) {
            if self.disk.has(&base)? {
                found.push(base);
            }
        }
        found.sort_unstable();
        Ok(found)
    }
}

/// One changed record: its fields without what is personal, on either side.
fn entry(change: &Change, erasure: &Erasure, stamp: &Stamp, main: &str) -> Entry {
    let table = change.table.word.code;
    let whose = erasure.records.get(table).and_then(|keys| keys.get(&change.key)).filter(|id| !id.is_empty()).map_or(main, String::as_str);
    let mut entry = Entry::new(stamp, table, &change.key, change.before.clone(), change.after.clone());
    erasure.strip(table, &mut entry.before, whose);
    erasure.strip(table, &mut entry.after, whose);
    if table != CUSTOMERS.word.code {
        // the reason stands with the customer
        whose.clone_into(&mut entry.note);
    }
    entry
}
