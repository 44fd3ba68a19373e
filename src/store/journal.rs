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
}

impl Step {
    pub fn path(&self) -> &str {
        match self {
            Step::Whole { path, .. } | Step::Append { path, .. } => path,
        }
    }
}

/// The manifest of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    pub seq: u32,
    pub action: String,
    pub steps: Vec<Step>,
}

const HEAD: &str = "carebook journal 1";

impl Journal {
    /// The manifest's text; its last line is the checksum of the rest.
    pub fn write(&self) -> String {
        let mut out = format!("{HEAD}\nseq\t{}\naction\t{}\n", self.seq, self.action);
        for step in &self.steps {
            // writing to a string does not fail
            let _ = match step {
                Step::Whole { path, old, new } => writeln!(out, "whole\t{}\t{new}\t{path}", old.as_deref().unwrap_or("-")),
                Step::Append { path, length, new } => writeln!(out, "append\t{length}\t{new}\t{path}"),
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
        if lines.next()? != HEAD {
            return None;
        }
        let seq = lines.next()?.strip_prefix("seq\t")?.parse().ok()?;
        let action = lines.next()?.strip_prefix("action\t")?.to_owned();
        let steps = lines.map(step).collect::<Option<Vec<Step>>>()?;
        Some(Journal { seq, action, steps })
    }
}

fn step(line: &str) -> Option<Step> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [kind, old, new, path] = cells[..] else { return None };
    if !layout::is_written(path) {
        return None;
    }
    let (path, new) = (path.to_owned(), new.to_owned());
    match kind {
        "whole" => Some(Step::Whole { path, old: (old != "-").then(|| old.to_owned()), new }),
        "append" => Some(Step::Append { path, length: old.parse().ok()?, new }),
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
        finish(disk, &journal)?;
    }
    if disk.has(layout::STAGE)? {
        disk.remove_folder(layout::STAGE)?;
    }
    Ok(())
}

/// Puts every file of a committed transaction in place and files the journal under `undo/`.
/// Returns hand edits that were pushed out and kept in `conflicts/`.
pub fn finish(disk: &Disk, journal: &Journal) -> Result<Vec<String>, Problem> {
    let mut kept = Vec::new();
    for (i, step) in journal.steps.iter().enumerate() {
        let staged = staged(layout::JOURNAL, i);
        if let Some(folder) = step.path().rsplit_once('/').map(|(folder, _)| folder) {
            disk.make_folder(folder)?;
        }
        match step {
            Step::Whole { path, old, new } => kept.extend(put(disk, &staged, path, old.as_deref(), new)?),
            Step::Append { path, length, new } => append(disk, &staged, path, *length, new)?,
        }
    }
    for folder in folders(journal) {
        disk.sync_folder(&folder)?;
    }
    disk.make_folder(layout::UNDO)?;
    let done = format!("{}/{:06}", layout::UNDO, journal.seq);
    disk.remove_folder(&done)?;
    disk.rename(layout::JOURNAL, &done)?;
    prune(disk);
    Ok(kept)
}

/// Whole file by exchange: the staged name then holds the old file. Already exchanged means nothing to do.
fn put(disk: &Disk, staged: &str, path: &str, old: Option<&str>, new: &str) -> Result<Option<String>, Problem> {
    let waiting = disk.read(staged)?;
    if waiting.as_deref().map(hash).as_deref() != Some(new) {
        return Ok(None);
    }
    let Some(present) = disk.read(path)? else {
        return disk.link(staged, path).map(|()| None);
    };
    // linked already, and then interrupted
    if hash(&present) == new && old != Some(new) {
        return Ok(None);
    }
    disk.exchange(staged, path)?;
    let Some(pushed) = disk.read(staged)? else { return Ok(None) };
    if old == Some(hash(&pushed).as_str()) {
        return Ok(None);
    }
    // somebody edited the file in the very moment: their bytes are kept, not lost
    disk.make_folder(layout::CONFLICTS)?;
    let kept = format!("{}/{}-{}", layout::CONFLICTS, &hash(&pushed)[..8], path.replace('/', "-"));
    disk.remove(&kept)?;
    disk.create(&kept, &pushed, Some(staged))?;
    Ok(Some(kept))
}

/// Beyond the old length lies nothing, a torn piece of our own bytes, our bytes, or a hand-made addition.
fn append(disk: &Disk, staged: &str, path: &str, length: u64, new: &str) -> Result<(), Problem> {
    let bytes = disk.read(staged)?.unwrap_or_default();
    if hash(&bytes) != new {
        return Err(Problem::error(What::JournalBroken).at(Place::file(staged)));
    }
    let present = disk.read(path)?.unwrap_or_default();
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let tail = present.get(length..).unwrap_or(&[]);
    if tail.starts_with(&bytes) {
        return Ok(());
    }
    let torn = bytes.starts_with(tail) || tail.iter().all(|byte| *byte == 0) || tail.len() <= bytes.len();
    let at = if torn { length.min(present.len()) } else { present.len() };
    disk.write_tail(path, at as u64, &bytes)
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

/// Transactions kept for taking a late write through an old descriptor back out of `undo/`.
const KEPT: usize = 20;

fn prune(disk: &Disk) {
    let Ok(names) = disk.list(layout::UNDO) else { return };
    for name in names.iter().take(names.len().saturating_sub(KEPT)) {
        // derived and safe to lose: a failure here is no failure of the change
        let _ = disk.remove_folder(&format!("{}/{name}", layout::UNDO));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        let whole = Step::Whole { path: "customers.csv".into(), old: None, new: hash(b"x") };
        let append = Step::Append { path: "log/2026Q4.csv".into(), length: 9, new: hash(b"y") };
        Journal { seq: 7, action: "intake".into(), steps: vec![whole, append] }
    }

    #[test]
    fn written_then_read_is_the_same() {
        assert_eq!(Journal::parse(&journal().write()), Some(journal()));
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
    }
}
