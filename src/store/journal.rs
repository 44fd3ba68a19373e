//! The journal: what a committed transaction still has to put in place, and how a crash is finished.
//!
//! `stage/` is being prepared; renamed to `txn/` it is committed; renamed into `undo/` it is done.
//! Recovery runs first under the writer's lock and may itself be cut off at any point.

use std::fmt::Write as _;

use super::disk::{Disk, hash};
use super::layout;
use crate::base::problem::{Place, Problem, What};

/// One file of a transaction. `new-i` beside the manifest holds its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The whole file; `old` is the hash of the one it replaces, if any.
    Whole { path: String, old: Option<String>, new: String },
    /// Bytes after `length` in a file that only grows.
    Append { path: String, length: u64, new: String },
    /// The file goes; `old` is its hash.
    Remove { path: String, old: String },
    /// Nothing is written: a hand edit of this file is told in the log with this transaction, and left with this hash.
    Told { path: String, left: Option<String> },
    /// A copy of earlier values, kept for some other purpose: it goes once everything is in place.
    Scrub { path: String },
}

impl Step {
    pub fn path(&self) -> &str {
        match self {
            Step::Whole { path, .. }
            | Step::Append { path, .. }
            | Step::Remove { path, .. }
            | Step::Told { path, .. }
            | Step::Scrub { path } => path,
        }
    }

    /// The hash the file has afterwards; `None` for a file that goes, and for one that grows.
    pub fn left(&self) -> Option<&str> {
        match self {
            Step::Whole { new, .. } => Some(new),
            Step::Told { left, .. } => left.as_deref(),
            Step::Append { .. } | Step::Remove { .. } | Step::Scrub { .. } => None,
        }
    }
}

/// The manifest of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    /// The last of its log rows.
    pub seq: u32,
    /// The first of its own log rows; the ones before it tell hand edits that were found on the way.
    pub first: u32,
    pub action: String,
    /// The transaction that this one takes back.
    pub reverses: Option<u32>,
    pub steps: Vec<Step>,
}

const HEAD: &str = "carebook journal 2";
/// As written until undo came: without `first` and `reverses`.
const HEAD_1: &str = "carebook journal 1";

impl Journal {
    /// Whether nothing that it replaced may be kept.
    pub fn is_erasure(&self) -> bool {
        self.action == crate::model::erasure::ACTION
    }

    /// The manifest's text; its last line is the checksum of the rest.
    pub fn write(&self) -> String {
        let reverses = self.reverses.map_or_else(|| "-".into(), |seq| seq.to_string());
        let mut out = format!("{HEAD}\nseq\t{}\naction\t{}\nfirst\t{}\nreverses\t{reverses}\n", self.seq, self.action, self.first);
        for step in &self.steps {
            // writing to a string does not fail
            let _ = match step {
                Step::Whole { path, old, new } => writeln!(out, "whole\t{}\t{new}\t{path}", old.as_deref().unwrap_or("-")),
                Step::Append { path, length, new } => writeln!(out, "append\t{length}\t{new}\t{path}"),
                Step::Remove { path, old } => writeln!(out, "remove\t{old}\t-\t{path}"),
                Step::Told { path, left } => writeln!(out, "told\t-\t{}\t{path}", left.as_deref().unwrap_or("-")),
                Step::Scrub { path } => writeln!(out, "scrub\t-\t-\t{path}"),
            };
        }
        let sum = hash(out.as_bytes());
        out + "checksum\t" + &sum + "\n"
    }

    /// Reads a manifest; nothing is believed unless the checksum holds and every path is one of ours.
    pub fn parse(text: &str) -> Option<Journal> {
        let (body, sum) = text.strip_suffix('\n')?.rsplit_once("checksum\t")?;
        if hash(body.as_bytes()) != sum {
            return None;
        }
        let mut lines = body.split_terminator('\n');
        let head = lines.next().filter(|head| [HEAD, HEAD_1].contains(head))?;
        let seq = lines.next()?.strip_prefix("seq\t")?.parse().ok()?;
        let action = lines.next()?.strip_prefix("action\t")?.to_owned();
        let (first, reverses) = if head == HEAD_1 {
            (seq, None)
        } else {
            let first = lines.next()?.strip_prefix("first\t")?.parse().ok()?;
            let reverses = lines.next()?.strip_prefix("reverses\t")?;
            (first, if reverses == "-" { None } else { Some(reverses.parse().ok()?) })
        };
        let steps = lines.map(step).collect::<Option<Vec<Step>>>()?;
        Some(Journal { seq, first, action, reverses, steps })
    }
}

fn step(line: &str) -> Option<Step> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [kind, old, new, path] = cells[..] else { return None };
    if kind == "scrub" {
        return layout::is_kept_copy(path).then(|| Step::Scrub { path: path.to_owned() });
    }
    if !layout::is_written(path) {
        return None;
    }
    let (path, new) = (path.to_owned(), new.to_owned());
    match kind {
        "whole" => Some(Step::Whole { path, old: (old != "-").then(|| old.to_owned()), new }),
        "append" => Some(Step::Append { path, length: old.parse().ok()?, new }),
        "told" => Some(Step::Told { path, left: (new != "-").then_some(new) }),
        "remove" => Some(Step::Remove { path, old: old.to_owned() }),
        _ => None,
    }
}

/// The staged bytes of the i-th step.
pub fn staged(folder: &str, i: usize) -> String {
    format!("{folder}/new-{i}")
}

/// Finishes what a crash left. Needs the writer's lock.
///
/// # Errors
/// [`What::JournalBroken`] when the manifest cannot be believed: nothing is touched then.
pub fn recover(disk: &Disk) -> Result<(), Problem> {
    if disk.has(layout::JOURNAL)? {
        let manifest = format!("{}/manifest", layout::JOURNAL);
        let text = disk.read(&manifest)?.unwrap_or_default();
        let journal = std::str::from_utf8(&text).ok().and_then(Journal::parse);
        let journal = journal.ok_or_else(|| Problem::error(What::JournalBroken).at(Place::file(&manifest)))?;
        finish(disk, &journal, false)?;
    }
    if disk.has(layout::STAGE)? {
        disk.remove_folder(layout::STAGE)?;
    }
    Ok(())
}

/// Puts every file of a committed transaction in place and files the journal under `undo/`.
/// Returns hand edits that were pushed out and kept in `conflicts/`. `fresh`: right after the commit, when nothing can be
/// in place yet; the files need not be read to know it.
pub fn finish(disk: &Disk, journal: &Journal, fresh: bool) -> Result<Vec<String>, Problem> {
    let mut kept = Vec::new();
    for (i, step) in journal.steps.iter().enumerate() {
        let staged = staged(layout::JOURNAL, i);
        if let Some(folder) = step.path().rsplit_once('/').map(|(folder, _)| folder) {
            disk.make_folder(folder)?;
        }
        match step {
            Step::Whole { path, old: Some(old), .. } if fresh => kept.extend(exchange(disk, &staged, path, Some(old))?),
            Step::Whole { path, old, new } => kept.extend(put(disk, &staged, path, old.as_deref(), new)?),
            Step::Append { path, length, new } => append(disk, &staged, path, *length, new)?,
            Step::Remove { path, old } => kept.extend(take_away(disk, &staged, path, old)?),
            Step::Told { .. } | Step::Scrub { .. } => {}
        }
    }
    for folder in folders(journal) {
        disk.sync_folder(&folder)?;
    }
    scrub(disk, journal)?;
    disk.make_folder(layout::UNDO)?;
    let done = folder_of(journal.seq);
    disk.remove_folder(&done)?;
    disk.rename(layout::JOURNAL, &done)?;
    prune(disk);
    Ok(kept)
}

/// What an erasure leaves no copy of goes: what was kept beside the book, then the files that were pushed out. A crash on
/// the way is no harm: a staged file that is gone counts as put in place, and everything is by now.
fn scrub(disk: &Disk, journal: &Journal) -> Result<(), Problem> {
    if !journal.is_erasure() {
        return Ok(());
    }
    for step in &journal.steps {
        match step {
            Step::Scrub { path } if path.starts_with(layout::UNDO) => disk.remove_folder(path)?,
            Step::Scrub { path } => disk.remove(path)?,
            _ => {}
        }
    }
    for name in disk.list(layout::JOURNAL)?.iter().filter(|name| *name != "manifest") {
        disk.remove(&format!("{}/{name}", layout::JOURNAL))?;
    }
    folders(journal).iter().try_for_each(|folder| disk.sync_folder(folder))
}

/// Whole file by exchange: the staged name then holds the old file. Already exchanged means nothing to do.
fn put(disk: &Disk, staged: &str, path: &str, old: Option<&str>, new: &str) -> Result<Option<String>, Problem> {
    if is_applied(disk, staged, path, old, new)? {
        return Ok(None);
    }
    if !disk.has(path)? {
        return disk.link(staged, path).map(|()| None);
    }
    exchange(disk, staged, path, old)
}

/// Whether a crash came after the file was put in place.
fn is_applied(disk: &Disk, staged: &str, path: &str, old: Option<&str>, new: &str) -> Result<bool, Problem> {
    let waiting = disk.read(staged)?;
    if waiting.as_deref().map(hash).as_deref() != Some(new) {
        return Ok(true);
    }
    // linked already, and then interrupted
    let present = disk.read(path)?;
    Ok(old != Some(new) && present.as_deref().map(hash).as_deref() == Some(new))
}

fn exchange(disk: &Disk, staged: &str, path: &str, old: Option<&str>) -> Result<Option<String>, Problem> {
    disk.exchange(staged, path)?;
    let Some(pushed) = disk.read(staged)? else { return Ok(None) };
    if old == Some(hash(&pushed).as_str()) {
        return Ok(None);
    }
    keep(disk, &pushed, path, staged).map(Some)
}

/// The file goes; its bytes stay under the staged name, linked first, so that no power cut loses both names.
fn take_away(disk: &Disk, staged: &str, path: &str, old: &str) -> Result<Option<String>, Problem> {
    let Some(present) = disk.read(path)? else { return Ok(None) };
    if hash(&present) != old {
        // edited by hand in the very moment: it stays
        return Ok(None);
    }
    disk.link(path, staged)?;
    disk.sync_folder(layout::JOURNAL)?;
    disk.remove(path)?;
    Ok(None)
}

/// Somebody edited the file in the very moment: their bytes are kept, not lost.
pub fn keep(disk: &Disk, bytes: &[u8], path: &str, like: &str) -> Result<String, Problem> {
    disk.make_folder(layout::CONFLICTS)?;
    let kept = format!("{}/{}-{}", layout::CONFLICTS, &hash(bytes)[..8], path.replace('/', "-"));
    disk.remove(&kept)?;
    disk.create(&kept, bytes, Some(like))?;
    Ok(kept)
}

/// Beyond the old length lies nothing, a torn piece of our own bytes, our bytes, or a hand-made addition.
fn append(disk: &Disk, staged: &str, path: &str, length: u64, new: &str) -> Result<(), Problem> {
    let bytes = disk.read(staged)?.unwrap_or_default();
    if hash(&bytes) != new {
        return Err(Problem::error(What::JournalBroken).at(Place::file(staged)));
    }
    let size = disk.stat(path)?.map_or(0, |stat| stat.size);
    // only what lies beyond our length is read: the log may be large
    let tail = if size > length { disk.read_part(path, length, u64::MAX)? } else { Vec::new() };
    if tail.starts_with(&bytes) {
        return Ok(());
    }
    let torn = bytes.starts_with(&tail) || tail.iter().all(|byte| *byte == 0) || tail.len() <= bytes.len();
    let at = if torn { length.min(size) } else { size };
    disk.write_tail(path, at, &bytes)
}

fn folders(journal: &Journal) -> Vec<String> {
    let mut folders: Vec<String> = vec![".".into(), layout::HIDDEN.into(), layout::JOURNAL.into()];
    for step in &journal.steps {
        let parts: Vec<&str> = step.path().split('/').collect();
        folders.extend((1..parts.len()).map(|n| parts[..n].join("/")));
    }
    folders.sort();
    folders.dedup();
    folders
}

/// Of so many transactions the files they replaced are kept, against a late write through an old descriptor.
const FILES_KEPT: usize = 20;
/// So many transactions can be undone.
const PATCHES_KEPT: usize = 1000;
/// A larger patch is kept only as long as the files.
const LARGE_PATCH: u64 = 64 << 20;

/// The finished transactions, oldest first.
pub fn finished(disk: &Disk) -> Result<Vec<u32>, Problem> {
    let mut seqs: Vec<u32> = disk.list(layout::UNDO)?.iter().filter_map(|name| name.parse().ok()).collect();
    seqs.sort_unstable();
    Ok(seqs)
}

/// The folder of a finished transaction.
pub fn folder_of(seq: u32) -> String {
    format!("{}/{seq:06}", layout::UNDO)
}

/// The manifest of a finished transaction; `None` when there is none that can be believed.
pub fn manifest(disk: &Disk, seq: u32) -> Result<Option<Journal>, Problem> {
    let text = disk.read(&format!("{}/manifest", folder_of(seq)))?.unwrap_or_default();
    Ok(std::str::from_utf8(&text).ok().and_then(Journal::parse))
}

/// Derived and safe to lose: a failure here is no failure of the change.
fn prune(disk: &Disk) {
    let Ok(seqs) = finished(disk) else { return };
    let (patches, files) = (seqs.len().saturating_sub(PATCHES_KEPT), seqs.len().saturating_sub(FILES_KEPT));
    for seq in &seqs[..patches] {
        let _ = disk.remove_folder(&folder_of(*seq));
    }
    // one leaves the window with each transaction; the few before it catch up what a crash left
    for seq in &seqs[files.saturating_sub(3).max(patches)..files] {
        let folder = folder_of(*seq);
        let Ok(names) = disk.list(&folder) else { continue };
        for name in names {
            let path = format!("{folder}/{name}");
            let large = || disk.stat(&path).ok().flatten().is_some_and(|stat| stat.size > LARGE_PATCH);
            if name.starts_with("new-") || (name == PATCH && large()) {
                let _ = disk.remove(&path);
            }
        }
    }
}

/// The file of a transaction that tells the way back.
pub const PATCH: &str = "patch";

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        let whole = Step::Whole { path: "customers.csv".into(), old: None, new: hash(b"x") };
        let append = Step::Append { path: "log/2026Q4.csv".into(), length: 9, new: hash(b"y") };
        let remove = Step::Remove { path: "requests/2026Q4.csv".into(), old: hash(b"z") };
        let told = Step::Told { path: "staff.csv".into(), left: Some(hash(b"w")) };
        let gone = Step::Told { path: "rules/tiers.yaml".into(), left: None };
        let scrub = Step::Scrub { path: ".carebook/undo/000004".into() };
        Journal { seq: 7, first: 6, action: "undo".into(), reverses: Some(5), steps: vec![whole, append, remove, told, gone, scrub] }
    }

    #[test]
    fn written_then_read_is_the_same() {
        assert_eq!(Journal::parse(&journal().write()), Some(journal()));
    }

    #[test]
    fn yesterdays_manifest_is_read() {
        let body = format!("{HEAD_1}\nseq\t7\naction\tintake\nwhole\t-\t{}\tcustomers.csv\n", hash(b"x"));
        let journal = Journal::parse(&format!("{body}checksum\t{}\n", hash(body.as_bytes()))).unwrap();
        assert_eq!((journal.seq, journal.first, journal.reverses, journal.steps.len()), (7, 7, None, 1));
    }

    #[test]
    fn an_action_keeps_its_last_letter() {
        let odd = Journal { action: "intake\r".into(), ..journal() };
        assert_eq!(Journal::parse(&odd.write()), Some(odd));
    }

    #[test]
    fn a_forged_or_torn_manifest_is_not_believed() {
        let text = journal().write();
        assert_eq!(Journal::parse(&text.replace("customers", "customerz")), None);
        assert_eq!(Journal::parse(&text[..text.len() - 3]), None);
        let mut outside = journal();
        outside.steps[0] = Step::Whole { path: "../customers.csv".into(), old: None, new: hash(b"x") };
        assert_eq!(Journal::parse(&outside.write()), None);
        outside.steps[0] = Step::Scrub { path: ".carebook/undo/../../customers.csv".into() };
        assert_eq!(Journal::parse(&outside.write()), None);
    }
}
