//! What an erasure cannot reach within the book's folder: where the person is still named, and what cannot be looked into.

use std::collections::HashMap;

use super::beyond::Kind;
use super::book::lift;
use super::commit::{Content, Write};
use super::disk::Disk;
use super::layout;
use crate::base::problem::{Problem, Problems};
use crate::model::erasure::Traces;

/// A file that still names the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remnant {
    pub path: String,
    /// Counted from 1; the first few.
    pub lines: Vec<usize>,
    /// How many there are.
    pub count: usize,
}

/// What is left in the folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remnants {
    pub named: Vec<Remnant>,
    /// Files whose content is packed or no text, and folders of version control.
    pub closed: Vec<String>,
}

/// So many lines are told of a file.
const LINES: usize = 5;
/// Folders within folders that are looked into.
const DEPTH: usize = 16;
/// Of files outside the tables so many bytes are looked at.
const MOST: u64 = 64 << 20;

/// Looks through the whole folder as it will be once these files are written. The hidden folder is not looked at: of
/// what it keeps nothing stays.
pub fn of(disk: &Disk, traces: &Traces, writes: &[Write]) -> Result<Remnants, Problems> {
    let mut found = Remnants::default();
    if traces.is_empty() {
        return Ok(found);
    }
    let new: HashMap<&str, &[u8]> = writes.iter().filter_map(|write| Some((write.path.as_str(), bytes_of(&write.content)?))).collect();
    let mut search = Search { disk, traces, new, found: &mut found };
    search.folder("", 0).map_err(lift)?;
    Ok(found)
}

fn bytes_of(content: &Content) -> Option<&[u8]> {
    match content {
        Content::Whole(bytes, _) | Content::Append(_, bytes) => Some(bytes),
        Content::Removed(_) => None,
    }
}

struct Search<'a> {
    disk: &'a Disk,
    traces: &'a Traces,
    new: HashMap<&'a str, &'a [u8]>,
    found: &'a mut Remnants,
}

impl Search<'_> {
    fn folder(&mut self, folder: &str, depth: usize) -> Result<(), Problem> {
        for name in self.disk.list(if folder.is_empty() { "." } else { folder })? {
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if path == layout::HIDDEN {
                continue;
            }
            if self.traces.is_in(&name) {
                self.found.named.push(Remnant { path: path.clone(), lines: Vec::new(), count: 0 });
            }
            match self.disk.owned(&path)?.map(|owned| owned.kind) {
                Some(Kind::Folder) if matches!(name.as_str(), ".git" | ".hg" | ".svn") => self.found.closed.push(path),
                Some(Kind::Folder) if depth < DEPTH => self.folder(&path, depth + 1)?,
                Some(Kind::File) => self.file(&path)?,
                Some(Kind::Folder | Kind::Special) => self.found.closed.push(path),
                None => {}
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &str) -> Result<(), Problem> {
        if let Some(bytes) = self.new.get(path).copied() {
            self.look(path, bytes);
            return Ok(());
        }
        let size = self.disk.stat(path)?.map_or(0, |stat| stat.size);
        if !layout::is_written(path) && size > MOST {
            self.found.closed.push(path.to_owned());
            return Ok(());
        }
        // somebody else's file may be closed to us, and is none of the book's
        match self.disk.read(path) {
            Ok(bytes) => self.look(path, &bytes.unwrap_or_default()),
            Err(problem) if layout::is_written(path) => return Err(problem),
            Err(_) => self.found.closed.push(path.to_owned()),
        }
        Ok(())
    }

    fn look(&mut self, path: &str, bytes: &[u8]) {
        let lines = self.traces.lines(&String::from_utf8_lossy(bytes));
        if lines.is_empty() {
            // packed (xlsx, zip, pdf) or another encoding: nothing can be said of it
            if std::str::from_utf8(bytes).is_err() || bytes.contains(&0) {
                self.found.closed.push(path.to_owned());
            }
            return;
        }
        let count = lines.len();
        self.found.named.push(Remnant { path: path.to_owned(), lines: lines.into_iter().take(LINES).collect(), count });
    }
}
