//! What carebook remembers of the book beside its files: the log's end, the ids made, and how each file was left.
//!
//! `.carebook/state` is derived. Losing it costs a read of the log and, until the next change, the notice that a file
//! is gone or was edited by hand. `.carebook/base/` keeps the record tables as they were left, so that the
//! differences of a hand edit can be told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::disk::{Disk, Stat, hash};
use super::journal::{self, Step};
use super::layout;
use super::load;
use super::log_file::Tip;
use super::seals;
use crate::base::problem::{Place, Problem, Problems, What};
use crate::model::customer::CUSTOMERS;
use crate::model::draft::{Act, Change};
use crate::model::log::LOG;
use crate::model::staff::STAFF;
use crate::model::table::{ALL, Part};

/// How a file was when carebook last looked: a change of any of these is a hand edit, or at least a touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Print {
    pub stat: Stat,
    /// Unknown for a file that was never read or written.
    pub hash: Option<String>,
}

/// The log's end as remembered, with the file and the length it held for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    pub tip: Tip,
    pub path: String,
    pub length: u64,
    /// SHA-256 of its last bytes: another computer's log may have the same length.
    pub tail: String,
}

/// The whole memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    pub last: Option<Remembered>,
    /// Highest numbers of ids made so far, by prefix.
    pub made: BTreeMap<String, u64>,
    pub files: BTreeMap<String, Print>,
    /// Files known by name only, as earlier versions wrote them.
    named: Vec<String>,
}

/// The tables whose ids carebook makes.
const MAKING: &[&str] = &["customers", "contacts", "requests", "revisits", "interactions", "knowledge", "points", "practices"];

/// First word of a line that tells the highest number made for a prefix of ids.
const MADE: &str = "made";
/// First word of a line that tells how a file was left.
const FILE: &str = "file";
/// Days whose numbers are remembered, a table.
const DAYS_KEPT: usize = 100;

impl State {
    /// What is remembered; nothing, where there is no memory.
    pub fn load(disk: &Disk) -> Result<State, Problem> {
        let bytes = disk.read(layout::STATE)?.unwrap_or_default();
        Ok(State::parse(&String::from_utf8_lossy(&bytes)))
    }

    fn parse(text: &str) -> State {
        let mut state = State::default();
        let mut lines = text.lines();
        let head: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
        if let [seq, chain, path, length, ref tail @ ..] = head[..]
            && let (Ok(seq), Ok(length)) = (seq.parse(), length.parse())
        {
            let tip = Tip { seq, chain: chain.to_owned() };
            let tail = tail.first().copied().unwrap_or_default().to_owned();
            state.last = Some(Remembered { tip, path: path.to_owned(), length, tail });
        }
        for line in lines {
            state.line(line);
        }
        state
    }

    fn line(&mut self, line: &str) {
        let cells: Vec<&str> = line.split('\t').collect();
        match cells[..] {
            [MADE, prefix, highest] => {
                self.made.extend(highest.parse().ok().map(|highest| (prefix.to_owned(), highest)));
            }
            [FILE, size, mtime, inode, hash, path] if layout::is_written(path) => {
                if let (Ok(size), Ok(mtime), Ok(inode)) = (size.parse(), mtime.parse(), inode.parse()) {
                    let hash = (hash != "-").then(|| hash.to_owned());
                    self.files.insert(path.to_owned(), Print { stat: Stat { size, mtime, inode }, hash });
                }
            }
            [path] if layout::is_written(path) => self.named.push(path.to_owned()),
            _ => {}
        }
    }

    fn write(&self) -> String {
        let nothing = Remembered { tip: Tip::default(), path: "-".into(), length: 0, tail: String::new() };
        let Remembered { tip, path, length, tail } = self.last.as_ref().unwrap_or(&nothing);
        let mut out = format!("{}\t{}\t{path}\t{length}\t{tail}\n", tip.seq, tip.chain);
        // writing to a string does not fail
        for (prefix, highest) in &self.made {
            let _ = writeln!(out, "{MADE}\t{prefix}\t{highest}");
        }
        for (path, Print { stat: Stat { size, mtime, inode }, hash }) in &self.files {
            let _ = writeln!(out, "{FILE}\t{size}\t{mtime}\t{inode}\t{}\t{path}", hash.as_deref().unwrap_or("-"));
        }
        out
    }

    /// Whether files are remembered at all: without that nothing can be called edited.
    pub fn is_tracking(&self) -> bool {
        !self.files.is_empty()
    }

    /// Remembers the log's end and every file as it is now. `written` names the files just written with their hashes
    /// (none: removed). A failure is no failure of the change: the memory is derived.
    pub fn save(&mut self, disk: &Disk, tip: &Tip, written: &[(String, Option<String>)]) {
        let _ = self.noted(disk, tip, written);
    }

    fn noted(&mut self, disk: &Disk, tip: &Tip, written: &[(String, Option<String>)]) -> Result<(), Problem> {
        self.last = match load::parts(disk, &LOG)?.pop() {
            Some(part) => {
                let path = layout::path(&LOG, &part);
                let length = disk.stat(&path)?.map_or(0, |stat| stat.size);
                let tail = tail(disk, &path, length)?;
                Some(Remembered { tip: tip.clone(), path, length, tail })
            }
            None => None,
        };
        for (path, hash) in written {
            match (disk.stat(path)?, hash) {
                (Some(stat), Some(hash)) => self.files.insert(path.clone(), Print { stat, hash: Some(hash.clone()) }),
                _ => self.files.remove(path),
            };
            keep_base(disk, path)?;
        }
        for path in tracked(disk)? {
            if self.files.contains_key(&path) {
                continue;
            }
            if let Some(stat) = disk.stat(&path)? {
                // facts may be large, and are not read only to know them
                let hash = if is_facts(&path) { None } else { disk.read(&path)?.as_deref().map(hash) };
                self.files.insert(path.clone(), Print { stat, hash });
                keep_base(disk, &path)?;
            }
        }
        disk.replace(layout::STATE, self.write().as_bytes())
    }

    /// Notes the ids of new rows. Of dated prefixes (`R20261008-`) the latest [`DAYS_KEPT`] of a table are kept: on days
    /// before those a number is made by late entry alone, and what was taken back there is far from what is new.
    pub fn note_made(&mut self, changes: &[Change]) {
        let made = &mut self.made;
        let new = changes.iter().filter(|change| matches!(change.act, Act::Insert { .. }));
        for key in new.filter(|change| MAKING.contains(&change.table.word.code)).map(|change| &change.key) {
            let prefix = key.trim_end_matches(|c: char| c.is_ascii_digit());
            let Ok(number) = key[prefix.len()..].parse::<u64>() else { continue };
            let dated = prefix.len() > 1;
            let ours =
                prefix.starts_with(['C', 'P', 'R', 'V', 'T', 'K', 'L', 'S']) && (!dated || (prefix.len() == 10 && prefix.ends_with('-')));
            if !ours {
                continue;
            }
            let highest = made.entry(prefix.to_owned()).or_default();
            *highest = (*highest).max(number);
        }
        for letter in ['R', 'V', 'T', 'L', 'S'] {
            let days: Vec<String> = made.keys().filter(|known| known.len() == 10 && known.starts_with(letter)).cloned().collect();
            for old in days.iter().rev().skip(DAYS_KEPT) {
                made.remove(old);
            }
        }
    }

    /// Files that a transaction has removed which this memory does not know yet: a crash came before it was saved.
    fn removed_since(&self, disk: &Disk) -> Result<BTreeSet<String>, Problem> {
        let known = self.last.as_ref().map_or(0, |last| last.tip.seq);
        let mut removed = BTreeSet::new();
        for seq in journal::finished(disk)?.into_iter().filter(|seq| *seq > known) {
            for step in journal::manifest(disk, seq)?.iter().flat_map(|journal| &journal.steps) {
                match step {
                    Step::Remove { path, .. } => removed.insert(path.clone()),
                    step => removed.remove(step.path()),
                };
            }
        }
        Ok(removed)
    }

    /// Files that were there and are gone: a table that is missing is never taken for an empty one.
    ///
    /// # Errors
    /// One [`What::MissingTable`] for each.
    pub fn refuse_missing(&self, disk: &Disk) -> Result<(), Problems> {
        let always = [&CUSTOMERS, &STAFF].map(|table| layout::path(table, &Part::Whole));
        let known = self.files.keys().filter(|path| layout::is_table(path)).chain(&self.named);
        let mut gone: Vec<String> = Vec::new();
        for path in always.iter().chain(known) {
            if !gone.contains(path) && !disk.has(path).map_err(|problem| vec![problem])? {
                gone.push(path.clone());
            }
        }
        if !gone.is_empty() {
            let removed = self.removed_since(disk).map_err(|problem| vec![problem])?;
            gone.retain(|path| !removed.contains(path));
        }
        let problems: Problems = gone.into_iter().map(|path| Problem::error(What::MissingTable).at(Place::file(path))).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}

/// The fingerprint of a log's last bytes, which hold the chain of its last row.
pub fn tail(disk: &Disk, path: &str, length: u64) -> Result<String, Problem> {
    const BYTES: u64 = 4096;
    Ok(hash(&disk.read_part(path, length.saturating_sub(BYTES), BYTES)?))
}

/// Every file whose edits are noticed: the tables but the log, which has its chain, and what people write in YAML.
pub fn tracked(disk: &Disk) -> Result<Vec<String>, Problem> {
    let mut files = Vec::new();
    for table in ALL.iter().filter(|table| table.word.code != "log") {
        for part in load::parts(disk, table)? {
            files.push(layout::path(table, &part));
        }
    }
    files.push(layout::SETTINGS.to_owned());
    for folder in ["rules", "maps"] {
        files.extend(disk.list(folder)?.into_iter().map(|name| format!("{folder}/{name}")));
    }
    files.extend(load::surveys(disk)?.into_iter().map(|name| format!("{}/{name}/survey.yaml", layout::SURVEYS)));
    files.extend(seals::files(disk)?);
    files.retain(|path| layout::is_written(path));
    let mut present = Vec::new();
    for path in files {
        if disk.has(&path)? {
            present.push(path);
        }
    }
    Ok(present)
}

/// Whether a file's rows are records with a life, told one by one. Facts come by the million: of them only the file is told.
pub fn has_base(path: &str) -> bool {
    layout::is_table(path) && !is_facts(path) && !path.starts_with("log/")
}

/// Whether a file holds facts: order lines, responses, answers.
pub fn is_facts(path: &str) -> bool {
    layout::is_table(path) && (path.starts_with("orders/") || path.starts_with(layout::SURVEYS))
}

/// Where the copy of a record table lies.
pub fn base(path: &str) -> String {
    format!("{}/{}", layout::BASE, path.replace('/', "-"))
}

fn keep_base(disk: &Disk, path: &str) -> Result<(), Problem> {
    if !has_base(path) {
        return Ok(());
    }
    let base = base(path);
    if disk.has(path)? { disk.copy(path, &base) } else { disk.remove(&base) }
}

/// Keeps the record tables as they are: of a restored book, whose backup holds no second copy of them.
///
/// # Errors
/// What the disk says.
pub fn keep_bases(disk: &Disk) -> Result<(), Problem> {
    let known = State::load(disk)?.files;
    tracked(disk)?.iter().filter(|path| known.contains_key(*path)).try_for_each(|path| keep_base(disk, path))
}

/// A record table as it was left; `None` when that is not known for sure.
pub fn left(disk: &Disk, path: &str, print: &Print) -> Result<Option<Vec<u8>>, Problem> {
    if !has_base(path) {
        return Ok(None);
    }
    let bytes = disk.read(&base(path))?;
    let is_it = |bytes: &Vec<u8>| match &print.hash {
        Some(known) => hash(bytes) == *known,
        None => bytes.len() as u64 == print.stat.size,
    };
    Ok(bytes.filter(is_it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_then_read_is_the_same_and_yesterdays_memory_is_read() {
        let last = Remembered { tip: Tip { seq: 7, chain: "ab".into() }, path: "log/2026Q4.csv".into(), length: 99, tail: "cd".into() };
        let mut state = State { last: Some(last), ..State::default() };
        state.made.insert("C".into(), 12);
        let stat = Stat { size: 5, mtime: -3, inode: 8 };
        state.files.insert("customers.csv".into(), Print { stat, hash: Some("x".into()) });
        state.files.insert("rules/tiers.yaml".into(), Print { stat, hash: None });
        assert_eq!(State::parse(&state.write()), state);
        let old = State::parse("7\tab\tlog/2026Q4.csv\t99\nmade\tC\t12\ncustomers.csv\n../etc\n");
        assert_eq!((old.named.len(), old.is_tracking(), old.made["C"]), (1, false, 12));
        assert_eq!(State::parse(""), State::default());
    }
}
