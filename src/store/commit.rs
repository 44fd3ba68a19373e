//! The commit: a draft's changes become files, all or nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::csv_table::{CsvFile, Edits, guard};
use super::disk::{Disk, hash};
use super::journal::{self, Journal, Step};
use super::layout;
use super::load::{self, Loaded};
use super::lock::{self, Lock};
use super::log_file::{self, Entry, Tip};
use super::memory::{self, State};
use super::outside::{self, Edited};
use super::patch::{self, FilePatch, Hunk, New};
use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::problem::{Place, Problem, Problems, What};
use crate::base::rows::Splitter;
use crate::model::cell::Locale;
use crate::model::columns::OwnColumn;
use crate::model::draft::{Act, Batch, Change, Draft};
use crate::model::log::{LOG, LogRow};
use crate::model::record::Record;
use crate::model::stamp::Stamp;
use crate::model::table::{Part, Table};

/// The one writer's hold on a book, and what it has read under it.
#[derive(Debug)]
pub struct Transaction {
    pub(super) disk: Disk,
    pub(super) loaded: Loaded,
    pub(super) tip: Tip,
    pub(super) state: State,
    /// Files that were edited by hand since the last change; told in the log with this one.
    pub(super) edited: Vec<Edited>,
    /// Copies of what an editor wrote into a file after it was replaced.
    late: Vec<String>,
    _lock: Lock,
}

/// What a commit did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Committed {
    /// Records changed; 0 means nothing was written.
    pub changed: usize,
    pub files: usize,
    /// A dry run: everything but the writing.
    pub dry_run: bool,
    /// Hand edits made in the very moment, kept under these names.
    pub conflicts: Vec<String>,
    /// Hand edits made before, now told in the log.
    pub edited: Vec<Edited>,
    /// The rows it wrote into the log.
    pub told: Vec<LogRow>,
}

/// A file that a transaction writes.
pub(super) struct Write {
    pub path: String,
    pub content: Content,
}

pub(super) enum Content {
    /// The whole file, and what in it differs.
    Whole(Vec<u8>, Vec<Hunk>),
    /// Bytes after this length.
    Append(u64, Vec<u8>),
    Removed(Vec<Hunk>),
}

/// What a transaction is, beside its files.
pub(super) struct Kind {
    pub action: String,
    pub reverses: Option<u32>,
    pub recorded_at: Instant,
}

type EditsByFile = BTreeMap<String, (&'static Table, Part, Edits)>;

fn edits_of<'a>(edits: &'a mut EditsByFile, table: &'static Table, part: &Part) -> &'a mut Edits {
    let entry = edits.entry(layout::path(table, part)).or_insert_with(|| (table, part.clone(), Edits::default()));
    &mut entry.2
}

fn lift(problem: Problem) -> Problems {
    vec![problem]
}

impl Transaction {
    /// Waits for the lock, finishes what a crash may have left, and looks for hand edits.
    pub fn begin(disk: Disk, locale: &Locale, holder: &str, now: Instant) -> Result<Transaction, Problems> {
        let lock = lock::exclusive(&disk, holder).map_err(lift)?;
        journal::recover(&disk).map_err(lift)?;
        let state = State::load(&disk).map_err(lift)?;
        state.refuse_missing(&disk)?;
        Transaction::over(disk, lock, state, locale, now)
    }

    /// The same where files that are gone were removed on purpose.
    pub fn adopt(disk: Disk, locale: &Locale, now: Instant) -> Result<Transaction, Problems> {
        let lock = lock::exclusive(&disk, "check --adopt").map_err(lift)?;
        journal::recover(&disk).map_err(lift)?;
        let mut state = State::load(&disk).map_err(lift)?;
        // the log as well is taken as it is
        state.last = None;
        Transaction::over(disk, lock, state, locale, now)
    }

    fn over(disk: Disk, lock: Lock, mut state: State, locale: &Locale, now: Instant) -> Result<Transaction, Problems> {
        let tip = tip(&disk, &state, locale)?;
        let edited = outside::edits(&disk, &mut state, &tip, locale, now)?;
        let late = outside::late_writes(&disk).map_err(lift)?;
        Ok(Transaction { disk, loaded: Loaded::default(), tip, state, edited, late, _lock: lock })
    }

    /// The seq of the first log row that a verb's own change gets.
    pub(super) fn next_seq(&self) -> u32 {
        let told: usize = self.edited.iter().map(|edited| edited.entries.len()).sum();
        self.tip.seq + 1 + u32::try_from(told).unwrap_or(u32::MAX)
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
        // an earlier change of this very command may have been saved and not yet put in place
        journal::recover(&self.disk).map_err(|problem| vec![problem])?;
        let locale = draft.locale();
        let mut writes = self.table_writes(&changes, locale.lang)?;
        for (document, text) in &draft.documents {
            writes.push(self.document_write(layout::document(document), text)?);
        }
        let (changed, files) = (changes.len(), writes.len());
        let mut stamp = stamp.clone();
        if changes.iter().all(|change| !change.logged) && draft.batch.is_none() && stamp.note.is_empty() {
            stamp.note = writes.iter().map(|write| write.path.as_str()).collect::<Vec<_>>().join(" ");
        }
        let mut entries = log_file::entries(&changes, draft.batch.as_ref(), &stamp);
        if entries.is_empty() {
            // only documents changed: one row says which
            let documents = Batch { id: String::new(), table: "documents", facts: serde_json::Map::new() };
            entries = log_file::entries(&[], Some(&documents), &stamp);
        }
        if dry_run {
            return Ok(Committed { changed, files, dry_run, ..Committed::default() });
        }
        self.state.note_made(&changes);
        let kind = Kind { action: stamp.action.to_owned(), reverses: None, recorded_at: stamp.recorded_at };
        let committed = self.seal(writes, entries, &kind, &locale)?;
        Ok(Committed { changed, files, ..committed })
    }

    /// Logs the hand edits found, without any other change.
    pub fn commit_edits(&mut self, recorded_at: Instant, locale: &Locale) -> Result<Committed, Problems> {
        if self.edited.is_empty() {
            self.state.save(&self.disk, &self.tip, &[]);
            return Ok(Committed::default());
        }
        let kind = Kind { action: outside::ACTION.to_owned(), reverses: None, recorded_at };
        self.seal(Vec::new(), Vec::new(), &kind, locale)
    }

    /// Tells the entries in the log, after the hand edits found, and makes it all permanent with the files.
    pub(super) fn seal(
        &mut self,
        mut writes: Vec<Write>,
        entries: Vec<Entry>,
        kind: &Kind,
        locale: &Locale,
    ) -> Result<Committed, Problems> {
        let first = self.next_seq();
        let edited = self.edited.clone();
        let told: Vec<Entry> = edited.iter().flat_map(|edited| edited.entries.clone()).chain(entries).collect();
        let rows = log_file::rows(&self.tip, &told, kind.recorded_at, locale).map_err(lift)?;
        writes.extend(self.log_writes(&rows, locale)?);
        let next = rows.last().map_or_else(|| self.tip.clone(), |row| Tip { seq: row.seq, chain: row.chain.clone() });
        let mut steps = self.steps(&writes).map_err(lift)?;
        let untold = edited.iter().filter(|edited| writes.iter().all(|write| write.path != edited.path));
        steps.extend(untold.map(|edited| Step::Told { path: edited.path.clone(), left: edited.hash.clone() }));
        let journal = Journal { seq: next.seq, first, action: kind.action.clone(), reverses: kind.reverses, steps };
        let conflicts = self.put(&writes, &journal, next).map_err(lift)?;
        Ok(Committed { conflicts, edited, told: rows, ..Committed::default() })
    }

    fn document_write(&mut self, path: String, text: &str) -> Result<Write, Problems> {
        let old = self.disk.read(&path).map_err(lift)?;
        self.loaded.remember(&path, old.as_deref());
        let hunk = Hunk { old_at: 0, old: old.unwrap_or_default(), new_at: 0, new: New::Bytes(text.into()) };
        Ok(Write { path, content: Content::Whole(text.into(), vec![hunk]) })
    }

    /// Makes whole files permanent, all or none: an upgrade. `rows` are those it leaves at the log's end.
    /// No way back is kept: an upgrade is taken back by restoring the backup made before it.
    pub(super) fn commit_files(&mut self, files: BTreeMap<String, String>, rows: &[LogRow]) -> Result<Vec<String>, Problem> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
        let whole = |(path, text): (String, String)| Write { path, content: Content::Whole(text.into_bytes(), Vec::new()) };
        let writes: Vec<Write> = files.into_iter().map(whole).collect();
        let steps = self.steps(&writes)?;
        let journal = Journal { seq: last.seq, first: first.seq, action: last.action.clone(), reverses: None, steps };
        let next = Tip { seq: last.seq, chain: last.chain.clone() };
        self.put(&writes, &journal, next)
    }

    /// Writes, and remembers the book as it is then. Hand edits pushed out in the very moment are kept under these names.
    pub(super) fn put(&mut self, writes: &[Write], journal: &Journal, next: Tip) -> Result<Vec<String>, Problem> {
        let finished = self.write(writes, journal)?;
        self.tip = next;
        self.edited.clear();
        // what was read before is no longer what is there
        self.loaded = Loaded::default();
        let tables = journal.steps.iter().filter(|step| layout::is_written(step.path()) && !step.path().starts_with("log/"));
        let left: Vec<(String, Option<String>)> = tables.map(|step| (step.path().to_owned(), step.left().map(str::to_owned))).collect();
        // files that are not in place yet are not remembered as they are: the next command tells them by the journal
        if finished.is_some() {
            self.state.save(&self.disk, &self.tip, &left);
        }
        let mut conflicts = finished.unwrap_or_default();
        conflicts.append(&mut self.late);
        Ok(conflicts)
    }

    pub(super) fn table_writes(&mut self, changes: &[Change], lang: Lang) -> Result<Vec<Write>, Problems> {
        let mut edits = EditsByFile::new();
        for change in changes {
            let of = &mut edits;
            match &change.act {
                Act::Insert { part, cells } => {
                    let own = self.own_cells(change, part)?;
                    edits_of(of, change.table, part).inserts.push((cells.clone(), own));
                }
                Act::Update { origin, cells } => {
                    let own = self.own_cells(change, &origin.part)?;
                    let edits = edits_of(of, change.table, &origin.part);
                    if !cells.is_empty() {
                        edits.updates.insert(origin.row, cells.clone());
                    }
                    if !own.is_empty() {
                        edits.own.insert(origin.row, own);
                    }
                }
                Act::Remove { origin } => {
                    edits_of(of, change.table, &origin.part).removals.insert(origin.row);
                }
                Act::Move { origin, part, cells } => {
                    edits_of(of, change.table, &origin.part).removals.insert(origin.row);
                    let from = self.loaded.file(&layout::path(change.table, &origin.part));
                    let mut extra = from.map(|file| file.extra(origin.row)).unwrap_or_default();
                    let own = self.own_cells(change, &origin.part)?;
                    extra.retain(|(header, _)| own.iter().all(|(set, _)| set != header));
                    extra.extend(own);
                    edits_of(of, change.table, part).inserts.push((cells.clone(), extra));
                }
            }
        }
        let mut writes = Vec::new();
        for (path, (table, part, edits)) in edits {
            let (text, mut hunks) = match self.loaded.part(&self.disk, table, &part)? {
                Some(file) => file.rewrite(&edits),
                None => CsvFile::fresh(table, &path, lang).rewrite(&edits),
            };
            if !memory::has_base(&path) {
                hunks.iter_mut().filter(|hunk| hunk.old.is_empty()).for_each(|hunk| hunk.new = std::mem::take(&mut hunk.new).print());
            }
            writes.push(Write { path, content: Content::Whole(text.into_bytes(), hunks) });
        }
        Ok(writes)
    }

    /// The changed cells of the owner's columns, by the header each has in a file or is to get, as they are to stand there.
    fn own_cells(&mut self, change: &Change, part: &Part) -> Result<Vec<(String, String)>, Problems> {
        if change.own.is_empty() {
            return Ok(Vec::new());
        }
        let file = self.loaded.part(&self.disk, change.table, part)?;
        let header = |column: &OwnColumn| {
            let at = file.and_then(|file| Some(file.headers()[column.place(file.headers(), |at| file.is_own(at))?].clone()));
            at.unwrap_or_else(|| column.name.clone())
        };
        let cell = |(column, text): &(Arc<OwnColumn>, String)| (header(column), guard(column.cell_kind(), text).into_owned());
        Ok(change.own.iter().map(cell).collect())
    }

    /// The log only grows: new rows are appended in place under the journal.
    fn log_writes(&mut self, rows: &[LogRow], locale: &Locale) -> Result<Vec<Write>, Problems> {
        let Some(first) = rows.first() else { return Ok(Vec::new()) };
        // a clock that went back does not put new rows before old ones: the log goes on where it ends
        let last = load::parts(&self.disk, &LOG).map_err(|problem| vec![problem])?.pop();
        let part = first.part(locale).max(last.unwrap_or(Part::Whole));
        let path = layout::path(&LOG, &part);
        let cells: Vec<Vec<String>> = rows.iter().map(|row| row.row(locale)).collect();
        let inserts = |cells: Vec<Vec<String>>| Edits { inserts: cells.into_iter().map(|c| (c, Vec::new())).collect(), ..Edits::default() };
        let Some(stat) = self.disk.stat(&path).map_err(lift)? else {
            let text = CsvFile::fresh(&LOG, &path, locale.lang).rewritten(&inserts(cells));
            return Ok(vec![Write { path, content: Content::Whole(text.into_bytes(), Vec::new()) }]);
        };
        // the header alone decides the columns' order; the old rows are not read
        let head = self.disk.read_part(&path, 0, LONGEST_HEADER).map_err(lift)?;
        let line = head.iter().position(|byte| *byte == b'\n').map_or(head.len(), |at| at + 1);
        let text = std::str::from_utf8(&head[..line]).map_err(|_| vec![Problem::error(What::NotUtf8).at(Place::file(&path))])?;
        let end = Splitter::new(text, b',').next().and_then(Result::ok).map_or(0, |row| row.end);
        let head = CsvFile::parse(&LOG, &path, text.as_bytes()[..end].to_vec())?;
        let mut tail = head.rewritten(&inserts(cells))[end..].to_owned();
        let last = self.disk.read_part(&path, stat.size.saturating_sub(1), 1).map_err(lift)?;
        if last != b"\n" && stat.size > end as u64 {
            tail.insert(0, '\n');
        }
        self.loaded.remember_stat(&path, stat);
        Ok(vec![Write { path, content: Content::Append(stat.size, tail.into_bytes()) }])
    }

    pub(super) fn steps(&self, writes: &[Write]) -> Result<Vec<Step>, Problem> {
        let step = |write: &Write| {
            let path = write.path.clone();
            Ok(match &write.content {
                Content::Whole(bytes, _) => Step::Whole { old: self.old_hash(&path)?, new: hash(bytes), path },
                Content::Append(length, bytes) => Step::Append { length: *length, new: hash(bytes), path },
                Content::Removed(_) => Step::Remove { old: self.old_hash(&path)?.unwrap_or_default(), path },
            })
        };
        writes.iter().map(step).collect()
    }

    /// Hand edits that were pushed out; `None` when the change is committed and not yet put in place.
    fn write(&mut self, writes: &[Write], journal: &Journal) -> Result<Option<Vec<String>>, Problem> {
        let disk = &self.disk;
        disk.remove_folder(layout::STAGE)?;
        let staged = self.stage(writes, journal).and_then(|()| match self.loaded.changed(disk)? {
            Some(path) => Err(Problem::error(What::ChangedUnderneath { path })),
            None => Ok(()),
        });
        if let Err(problem) = staged {
            let _ = disk.remove_folder(layout::STAGE);
            return Err(problem);
        }
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
        Ok(journal::finish(disk, journal, true).ok())
    }

    fn stage(&self, writes: &[Write], journal: &Journal) -> Result<(), Problem> {
        let disk = &self.disk;
        disk.make_folder(layout::STAGE)?;
        for (i, write) in writes.iter().enumerate() {
            if let Content::Whole(bytes, _) | Content::Append(_, bytes) = &write.content {
                disk.create(&journal::staged(layout::STAGE, i), bytes, Some(&write.path))?;
            }
        }
        let patch = patch::write(&patches(writes, &journal.steps));
        disk.create_private(&format!("{}/{}", layout::STAGE, journal::PATCH), &patch)?;
        disk.create(&format!("{}/manifest", layout::STAGE), journal.write().as_bytes(), None)?;
        disk.sync_folder(layout::STAGE)?;
        disk.sync_folder(".")
    }

    fn old_hash(&self, path: &str) -> Result<Option<String>, Problem> {
        match self.loaded.hash_of(path) {
            Some(hash) => Ok(Some(hash.to_owned())),
            None => Ok(self.disk.read(path)?.as_deref().map(hash)),
        }
    }
}

/// The longest header of a log that is looked for, in bytes.
const LONGEST_HEADER: u64 = 64 * 1024;

/// The way back of every file but the log, which only grows.
fn patches(writes: &[Write], steps: &[Step]) -> Vec<FilePatch> {
    let of = |(write, step): (&Write, &Step)| {
        let path = write.path.clone();
        match (&write.content, step) {
            _ if path.starts_with("log/") => None,
            (Content::Whole(_, hunks), _) if hunks.is_empty() => None,
            (Content::Whole(_, hunks), Step::Whole { old, new, .. }) => {
                Some(FilePatch { path, old: old.clone(), new: Some(new.clone()), hunks: hunks.clone() })
            }
            (Content::Removed(hunks), Step::Remove { old, .. }) => {
                Some(FilePatch { path, old: Some(old.clone()), new: None, hunks: hunks.clone() })
            }
            _ => None,
        }
    };
    writes.iter().zip(steps).filter_map(of).collect()
}

/// The end of the log: as remembered when the file still ends as it did, else as read. What was remembered must then
/// be in it: a log that went another way was changed on another computer, and nothing is written upon that.
fn tip(disk: &Disk, state: &State, locale: &Locale) -> Result<Tip, Problems> {
    let remembered = state.last.as_ref();
    let Some(last) = load::parts(disk, &LOG).map_err(lift)?.pop() else { return Ok(Tip::default()) };
    let path = layout::path(&LOG, &last);
    let length = disk.stat(&path).map_err(lift)?.map_or(0, |stat| stat.size);
    if let Some(known) = remembered.filter(|known| known.path == path && known.length == length)
        && memory::tail(disk, &path, length).map_err(lift)? == known.tail
    {
        return Ok(known.tip.clone());
    }
    let known = remembered.map(|known| &known.tip).filter(|tip| tip.seq > 0);
    let rows = load::log_since(disk, known.map_or(u32::MAX, |tip| tip.seq), locale)?;
    let broken = |what: What| Err(vec![Problem::error(what).at(Place::file(&path))]);
    match (known, rows.first()) {
        (Some(known), None) => broken(What::LogBroken { seq: (known.seq).to_string() }),
        (Some(known), Some(row)) if row.seq == known.seq && row.chain != known.chain => broken(What::LogForked { seq: known.seq }),
        (_, _) => log_end(disk, rows, locale),
    }
}

/// The last row's seq and chain.
fn log_end(disk: &Disk, mut rows: Vec<LogRow>, locale: &Locale) -> Result<Tip, Problems> {
    if rows.is_empty() {
        rows = load::log_last(disk, locale)?.into_iter().collect();
    }
    Ok(rows.pop().map_or_else(Tip::default, |row| Tip { seq: row.seq, chain: row.chain }))
}
