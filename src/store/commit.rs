//! The commit: a draft's changes become files, all or nothing.

use std::collections::BTreeMap;

use super::csv_table::{CsvFile, Edits};
use super::disk::{Disk, hash};
use super::journal::{self, Journal, Step};
use super::layout;
use super::load::{self, Loaded};
use super::lock::{self, Lock};
use super::log_file::{self, Tip};
use super::memory;
use crate::base::lang::Lang;
use crate::base::problem::{Place, Problem, Problems, What};
use crate::base::rows::Splitter;
use crate::model::cell::Locale;
use crate::model::draft::{Act, Change, Draft};
use crate::model::log::{LOG, LogRow};
use crate::model::record::Record;
use crate::model::stamp::Stamp;
use crate::model::table::{Part, Table};

/// The one writer's hold on a book, and what it has read under it.
#[derive(Debug)]
pub struct Transaction {
    pub(super) disk: Disk,
    pub(super) loaded: Loaded,
    pub tip: Tip,
    /// Highest numbers of ids made so far.
    pub(super) made: BTreeMap<String, u64>,
    _lock: Lock,
}

/// What a commit did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    /// Records changed; 0 means nothing was written.
    pub changed: usize,
    pub files: usize,
    /// A dry run: everything but the writing.
    pub dry_run: bool,
    /// Hand edits made in the very moment, kept under these names.
    pub conflicts: Vec<String>,
}

struct Write {
    path: String,
    bytes: Vec<u8>,
    /// `Some(length)`: appended to a file of this length.
    append: Option<u64>,
}

type EditsByFile = BTreeMap<String, (&'static Table, Part, Edits)>;

fn edits_of<'a>(edits: &'a mut EditsByFile, table: &'static Table, part: &Part) -> &'a mut Edits {
    let entry = edits.entry(layout::path(table, part)).or_insert_with(|| (table, part.clone(), Edits::default()));
    &mut entry.2
}

impl Transaction {
    /// Waits for the lock and finishes what a crash may have left.
    pub fn begin(disk: Disk, locale: &Locale, holder: &str) -> Result<Transaction, Problems> {
        let lock = lock::exclusive(&disk, holder).map_err(|problem| vec![problem])?;
        journal::recover(&disk).map_err(|problem| vec![problem])?;
        memory::refuse_missing(&disk)?;
        let tip = tip(&disk, locale)?;
        let made = memory::made(&disk).map_err(|problem| vec![problem])?;
        Ok(Transaction { disk, loaded: Loaded::default(), tip, made, _lock: lock })
    }

    /// Makes a draft's changes permanent, or with `dry_run` only says what they would be.
    ///
    /// # Errors
    /// Nothing has happened, unless it is [`What::Uncertain`].
    pub fn commit(&mut self, draft: &Draft, stamp: &Stamp, dry_run: bool) -> Result<Committed, Problems> {
        let changes = draft.changes();
        if changes.is_empty() && draft.documents.is_empty() {
            return Ok(Committed { dry_run, ..Committed::default() });
        }
        let locale = draft.locale();
        let mut writes = self.table_writes(&changes, locale.lang)?;
        writes.extend(draft.documents.iter().map(|(document, text)| Write {
            path: layout::document(document),
            bytes: text.clone().into_bytes(),
            append: None,
        }));
        let changed = changes.len();
        let files = writes.len();
        let mut stamp = stamp.clone();
        if changes.iter().all(|change| !change.logged) && draft.batch.is_none() && stamp.note.is_empty() {
            stamp.note = writes.iter().map(|write| write.path.as_str()).collect::<Vec<_>>().join(" ");
        }
        let rows = self.log_rows(draft, &changes, &stamp, &locale)?;
        writes.extend(self.log_writes(&rows, &locale)?);
        if dry_run {
            return Ok(Committed { changed, files, dry_run, conflicts: Vec::new() });
        }
        let next = rows.last().map_or_else(|| self.tip.clone(), |row| Tip { seq: row.seq, chain: row.chain.clone() });
        let conflicts = self.write(&writes, stamp.action, next.seq).map_err(|problem| vec![problem])?;
        self.tip = next;
        memory::note_made(&mut self.made, &changes);
        memory::note(&self.disk, rows.last(), &self.made);
        Ok(Committed { changed, files, dry_run, conflicts })
    }

    /// Makes whole files permanent, all or none: an upgrade. `last` is the row it leaves at the log's end.
    pub(super) fn commit_files(&mut self, files: BTreeMap<String, String>, last: &LogRow) -> Result<Vec<String>, Problem> {
        let whole = |(path, text): (String, String)| Write { path, bytes: text.into_bytes(), append: None };
        let writes: Vec<Write> = files.into_iter().map(whole).collect();
        let conflicts = self.write(&writes, &last.action, last.seq)?;
        self.tip = Tip { seq: last.seq, chain: last.chain.clone() };
        memory::note(&self.disk, Some(last), &self.made);
        Ok(conflicts)
    }

    fn table_writes(&mut self, changes: &[Change], lang: Lang) -> Result<Vec<Write>, Problems> {
        let mut edits = EditsByFile::new();
        for change in changes {
            let of = &mut edits;
            match &change.act {
                Act::Insert { part, cells } => edits_of(of, change.table, part).inserts.push((cells.clone(), Vec::new())),
                Act::Update { origin, cells } => {
                    edits_of(of, change.table, &origin.part).updates.insert(origin.row, cells.clone());
                }
                Act::Remove { origin } => {
                    edits_of(of, change.table, &origin.part).removals.insert(origin.row);
                }
                Act::Move { origin, part, cells } => {
                    edits_of(of, change.table, &origin.part).removals.insert(origin.row);
                    let from = self.loaded.file(&layout::path(change.table, &origin.part));
                    let extra = from.map(|file| file.extra(origin.row)).unwrap_or_default();
                    edits_of(of, change.table, part).inserts.push((cells.clone(), extra));
                }
            }
        }
        let mut writes = Vec::new();
        for (path, (table, part, edits)) in edits {
            let bytes = match self.loaded.part(&self.disk, table, &part)? {
                Some(file) => file.rewritten(&edits),
                None => CsvFile::fresh(table, &path, lang).rewritten(&edits),
            };
            writes.push(Write { path, bytes: bytes.into_bytes(), append: None });
        }
        Ok(writes)
    }

    fn log_rows(&self, draft: &Draft, changes: &[Change], stamp: &Stamp, locale: &Locale) -> Result<Vec<LogRow>, Problems> {
        let rows = log_file::rows(&self.tip, changes, draft.batch.as_ref(), stamp, locale).map_err(|problem| vec![problem])?;
        if !rows.is_empty() {
            return Ok(rows);
        }
        // only documents changed: one row says which
        let batch = crate::model::draft::Batch { id: String::new(), table: "documents", facts: serde_json::Map::new() };
        log_file::rows(&self.tip, &[], Some(&batch), stamp, locale).map_err(|problem| vec![problem])
    }

    /// The log only grows: new rows are appended in place under the journal.
    fn log_writes(&mut self, rows: &[LogRow], locale: &Locale) -> Result<Vec<Write>, Problems> {
        let Some(first) = rows.first() else { return Ok(Vec::new()) };
        // a clock that went back does not put new rows before old ones: the log goes on where it ends
        let last = load::parts(&self.disk, &LOG).map_err(|problem| vec![problem])?.pop();
        let part = first.part(locale).max(last.unwrap_or(Part::Whole));
        let path = layout::path(&LOG, &part);
        let bytes = self.disk.read(&path).map_err(|problem| vec![problem])?;
        let cells: Vec<Vec<String>> = rows.iter().map(|row| row.row(locale)).collect();
        let inserts = |cells: Vec<Vec<String>>| Edits { inserts: cells.into_iter().map(|c| (c, Vec::new())).collect(), ..Edits::default() };
        let Some(bytes) = bytes else {
            let text = CsvFile::fresh(&LOG, &path, locale.lang).rewritten(&inserts(cells));
            return Ok(vec![Write { path, bytes: text.into_bytes(), append: None }]);
        };
        // the header alone decides the columns' order; the old rows are not read
        let text = std::str::from_utf8(&bytes).map_err(|_| vec![Problem::error(What::NotUtf8).at(Place::file(&path))])?;
        let end = Splitter::new(text, b',').next().and_then(Result::ok).map_or(0, |row| row.end);
        let head = CsvFile::parse(&LOG, &path, text.as_bytes()[..end].to_vec())?;
        let grown = head.rewritten(&inserts(cells));
        let mut tail = grown[end..].to_owned();
        if !text.ends_with('\n') && text.len() > end {
            tail.insert(0, '\n');
        }
        self.loaded.remember(&path, Some(&bytes));
        Ok(vec![Write { path, bytes: tail.into_bytes(), append: Some(bytes.len() as u64) }])
    }

    fn write(&mut self, writes: &[Write], action: &str, seq: u32) -> Result<Vec<String>, Problem> {
        let disk = &self.disk;
        disk.remove_folder(layout::STAGE)?;
        let staged = self.stage(writes, action, seq).and_then(|journal| match self.loaded.changed(disk)? {
            Some(path) => Err(Problem::error(What::ChangedUnderneath { path })),
            None => Ok(journal),
        });
        let journal = match staged {
            Ok(journal) => journal,
            Err(problem) => {
                let _ = disk.remove_folder(layout::STAGE);
                return Err(problem);
            }
        };
        if let Err(problem) = disk.rename(layout::STAGE, layout::JOURNAL) {
            let _ = disk.remove_folder(layout::STAGE);
            return Err(problem);
        }
        if let Err(problem) = disk.sync_folder(layout::HIDDEN) {
            let back = disk.rename(layout::JOURNAL, layout::STAGE).and_then(|()| disk.sync_folder(layout::HIDDEN));
            let reason = format!("{problem:?}");
            return Err(if back.is_ok() { problem } else { Problem::error(What::Uncertain { reason }) });
        }
        // committed: what fails from here on is finished by the next command
        Ok(journal::finish(disk, &journal).unwrap_or_default())
    }

    fn stage(&self, writes: &[Write], action: &str, seq: u32) -> Result<Journal, Problem> {
        let disk = &self.disk;
        disk.make_folder(layout::STAGE)?;
        let mut steps = Vec::new();
        for (i, write) in writes.iter().enumerate() {
            disk.create(&journal::staged(layout::STAGE, i), &write.bytes, Some(&write.path))?;
            let (path, new) = (write.path.clone(), hash(&write.bytes));
            steps.push(match write.append {
                Some(length) => Step::Append { path, length, new },
                None => Step::Whole { old: self.old_hash(&write.path)?, path, new },
            });
        }
        let journal = Journal { seq, action: action.to_owned(), steps };
        disk.create(&format!("{}/manifest", layout::STAGE), journal.write().as_bytes(), None)?;
        disk.sync_folder(layout::STAGE)?;
        disk.sync_folder(".")?;
        Ok(journal)
    }

    fn old_hash(&self, path: &str) -> Result<Option<String>, Problem> {
        match self.loaded.hash_of(path) {
            Some(hash) => Ok(Some(hash.to_owned())),
            None => Ok(self.disk.read(path)?.as_deref().map(hash)),
        }
    }
}

/// The end of the log: as remembered when the file still has that length, else as read.
fn tip(disk: &Disk, locale: &Locale) -> Result<Tip, Problems> {
    let lift = |problem| vec![problem];
    let remembered = memory::tip(disk).map_err(lift)?;
    let Some(last) = load::parts(disk, &LOG).map_err(lift)?.pop() else { return Ok(Tip::default()) };
    let path = layout::path(&LOG, &last);
    let bytes = disk.read(&path).map_err(lift)?.unwrap_or_default();
    if let Some(remembered) = remembered.as_ref().filter(|known| known.path == path && known.length == bytes.len()) {
        return Ok(remembered.tip.clone());
    }
    let file = CsvFile::parse(&LOG, &path, bytes)?;
    match file.len() {
        0 => Ok(Tip::default()),
        rows => {
            let row = file.read::<LogRow>(rows - 1, locale)?;
            // the remembered end lies beyond the file's: rows were cut off, and nothing is written upon that
            match remembered.filter(|known| known.tip.seq > row.seq) {
                Some(_) => Err(vec![Problem::error(What::LogBroken { seq: (row.seq + 1).to_string() }).at(Place::file(&path))]),
                None => Ok(Tip { seq: row.seq, chain: row.chain }),
            }
        }
    }
}
