//! What carebook remembers of the book beside its files: the log's end, and which files there were.
//!
//! `.carebook/state` is derived. Losing it costs a read of the log and, until the next change, the notice that a file is gone.

use std::collections::BTreeMap;

use super::disk::Disk;
use super::layout;
use super::load;
use super::log_file::Tip;
use crate::base::problem::{Place, Problem, Problems, What};
use crate::model::customer::CUSTOMERS;
use crate::model::draft::{Act, Change};
use crate::model::log::{LOG, LogRow};
use crate::model::staff::STAFF;
use crate::model::table::{ALL, Cut, Part};

/// The log's end as remembered, with the file and the length it held for.
pub struct Remembered {
    pub tip: Tip,
    pub path: String,
    pub length: usize,
}

/// The remembered end of the log.
pub fn tip(disk: &Disk) -> Result<Option<Remembered>, Problem> {
    let state = disk.read(layout::STATE)?.unwrap_or_default();
    let state = String::from_utf8_lossy(&state).into_owned();
    let cells: Vec<&str> = state.lines().next().unwrap_or_default().split('\t').collect();
    let [seq, chain, path, length] = cells[..] else { return Ok(None) };
    let (Ok(seq), Ok(length)) = (seq.parse(), length.parse()) else { return Ok(None) };
    Ok(Some(Remembered { tip: Tip { seq, chain: chain.to_owned() }, path: path.to_owned(), length }))
}

/// Remembers the log's end (none: as the next change will read it) and the files there are now. A failure is no failure of the change.
pub fn note(disk: &Disk, last: Option<&LogRow>, made: &BTreeMap<String, u64>) {
    let written = || -> Result<(), Problem> {
        let Some(part) = load::parts(disk, &LOG)?.pop() else { return Ok(()) };
        let path = layout::path(&LOG, &part);
        let length = disk.read(&path)?.unwrap_or_default().len();
        let tip = match last {
            Some(last) => Tip { seq: last.seq, chain: last.chain.clone() },
            None => Tip::default(),
        };
        let mut state = format!("{}\t{}\t{path}\t{length}\n", tip.seq, tip.chain);
        for (prefix, highest) in made {
            state.extend([MADE, "\t", prefix, "\t", &highest.to_string(), "\n"]);
        }
        for file in present(disk)? {
            state.extend([file.as_str(), "\n"]);
        }
        disk.replace(layout::STATE, state.as_bytes())
    };
    let _ = written();
}

/// First word of a line that tells the highest number made for a prefix of ids.
const MADE: &str = "made";

/// The highest numbers made so far, by prefix.
pub fn made(disk: &Disk) -> Result<BTreeMap<String, u64>, Problem> {
    let state = disk.read(layout::STATE)?.unwrap_or_default();
    let state = String::from_utf8_lossy(&state).into_owned();
    let line = |line: &str| {
        let mut cells = line.split('\t');
        let is_made = cells.next() == Some(MADE);
        Some((cells.next()?.to_owned(), cells.next()?.parse().ok()?)).filter(|_| is_made)
    };
    Ok(state.lines().filter_map(line).collect())
}

/// Notes the ids of new rows. Of dated prefixes (`R20261008-`) only the latest of a table is kept: no number of an
/// earlier day is made but by late entry, and then its rows are there.
pub fn note_made(made: &mut BTreeMap<String, u64>, changes: &[Change]) {
    let new = changes.iter().filter(|change| matches!(change.act, Act::Insert { .. }));
    for key in new.filter(|change| matches!(change.table.word.code, "customers" | "requests" | "revisits")).map(|change| &change.key) {
        let prefix = key.trim_end_matches(|c: char| c.is_ascii_digit());
        let Ok(number) = key[prefix.len()..].parse::<u64>() else { continue };
        let dated = prefix.len() > 1;
        let ours = prefix.starts_with(['C', 'R', 'V']) && (!dated || (prefix.len() == 10 && prefix.ends_with('-')));
        let beside = |known: &str| known.len() == 10 && known.chars().next() == prefix.chars().next();
        if !ours || (dated && made.keys().any(|known| beside(known) && known.as_str() > prefix)) {
            continue;
        }
        if dated {
            made.retain(|known, _| !beside(known) || known == prefix);
        }
        let highest = made.entry(prefix.to_owned()).or_default();
        *highest = (*highest).max(number);
    }
}

/// Every file of a table there is.
fn present(disk: &Disk) -> Result<Vec<String>, Problem> {
    let mut files = Vec::new();
    for table in ALL.iter().filter(|table| table.cut != Cut::Survey) {
        for part in load::parts(disk, table)? {
            let path = layout::path(table, &part);
            if disk.has(&path)? {
                files.push(path);
            }
        }
    }
    Ok(files)
}

/// Files that were there and are gone: a table that is missing is never taken for an empty one.
///
/// # Errors
/// One [`What::MissingTable`] for each.
pub fn refuse_missing(disk: &Disk) -> Result<(), Problems> {
    let lift = |problem: Problem| vec![problem];
    let state = disk.read(layout::STATE).map_err(lift)?.unwrap_or_default();
    let state = String::from_utf8_lossy(&state).into_owned();
    let always = [&CUSTOMERS, &STAFF].map(|table| layout::path(table, &Part::Whole));
    let known = state.lines().skip(1).map(str::to_owned).filter(|path| layout::is_written(path));
    let mut gone: Vec<String> = Vec::new();
    for path in always.into_iter().chain(known) {
        if !gone.contains(&path) && !disk.has(&path).map_err(lift)? {
            gone.push(path);
        }
    }
    let problems: Problems = gone.into_iter().map(|path| Problem::error(What::MissingTable).at(Place::file(path))).collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
