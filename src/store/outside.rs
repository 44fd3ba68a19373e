//! Hand edits between commands: noticed by how a file was left, checked, and told in the log record by record.
//!
//! A file that differs because another copy of the book went on (git, a sync program) is no hand edit: the log went on
//! with it, and tells the changes already.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use super::csv_table::{CsvFile, unguard};
use super::disk::{Disk, hash};
use super::journal;
use super::layout;
use super::log_file::{Entry, Tip};
use super::memory::{self, Print, State};
use crate::base::instant::Instant;
use crate::base::problem::{Problem, Problems, What};
use crate::model::cell::{Kind, Locale};
use crate::model::columns::PREFIX;
use crate::model::record::Record;
use crate::model::table::{ForRecord, Table, with_record};

/// The log's `action` of a hand edit.
pub const ACTION: &str = "edited";
/// The log's `actor` of a hand edit: nobody told carebook who it was.
const ACTOR: &str = "outside";
/// More rows than that are told as one: the file.
const MOST_ROWS: usize = 10_000;

/// One file that was edited by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    pub path: String,
    /// `None`: the file is gone.
    pub hash: Option<String>,
    pub added: usize,
    pub changed: usize,
    pub removed: usize,
    /// The rows before are not known: only the file is told.
    pub whole: bool,
    pub entries: Vec<Entry>,
}

/// Every file edited since it was left. What was merely touched is remembered anew.
///
/// # Errors
/// What is wrong in an edited table, with its place: nothing is built upon that.
pub fn edits(disk: &Disk, state: &mut State, tip: &Tip, locale: &Locale, now: Instant) -> Result<Vec<Edited>, Problems> {
    if !state.is_tracking() {
        return Ok(Vec::new());
    }
    let lift = |problem: Problem| vec![problem];
    let ours = Ours::since(disk, state, tip).map_err(lift)?;
    let (mut found, mut wrong) = (Vec::new(), Problems::new());
    let present = memory::tracked(disk).map_err(lift)?;
    for path in &present {
        let stat = disk.stat(path).map_err(lift)?;
        let known = state.files.get(path).cloned();
        let Some(stat) = stat.filter(|stat| known.as_ref().is_none_or(|known| known.stat != *stat)) else { continue };
        if known.as_ref().is_some_and(|known| known.hash.is_none() && known.stat.size == stat.size) {
            // facts never read before, in a book that was copied: nothing says that they differ
            state.files.insert(path.clone(), Print { stat, hash: None });
            continue;
        }
        let bytes = disk.read(path).map_err(lift)?.unwrap_or_default();
        let now_hash = hash(&bytes);
        if ours.explains(path, &now_hash) || known.as_ref().is_some_and(|known| known.hash.as_deref() == Some(now_hash.as_str())) {
            state.files.insert(path.clone(), Print { stat, hash: Some(now_hash) });
            continue;
        }
        match edit(disk, path, known.as_ref(), bytes, &now_hash, locale, now) {
            Ok(edited) => found.push(edited),
            Err(mut problems) => wrong.append(&mut problems),
        }
    }
    let gone: Vec<(String, Print)> =
        state.files.iter().filter(|(path, _)| !present.contains(path)).map(|(path, print)| (path.clone(), print.clone())).collect();
    for (path, print) in gone {
        state.files.remove(&path);
        if ours.went_on_elsewhere || ours.left.get(&path) == Some(&None) {
            continue;
        }
        let entry = of_file(&path, print.hash.as_deref().map(as_fact), None, now);
        found.push(Edited { path, hash: None, added: 0, changed: 0, removed: 0, whole: true, entries: vec![entry] });
    }
    join_moves(&mut found);
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

/// A row that left one file of a table for another was neither removed nor added.
fn join_moves(found: &mut [Edited]) {
    let removed: HashMap<(String, String), Map<String, Value>> = found
        .iter()
        .flat_map(|edited| &edited.entries)
        .filter(|entry| entry.after.is_empty() && !entry.before.is_empty())
        .map(|entry| ((entry.table.clone(), entry.id.clone()), entry.before.clone()))
        .collect();
    let mut moved: HashSet<(String, String)> = HashSet::new();
    for entry in found.iter_mut().flat_map(|edited| &mut edited.entries).filter(|entry| entry.before.is_empty()) {
        let key = (entry.table.clone(), entry.id.clone());
        if let Some(was) = removed.get(&key) {
            (entry.before, entry.after) = differing(Some(was), &entry.after);
            moved.insert(key);
        }
    }
    let gone = |entry: &Entry| entry.after.is_empty() && moved.contains(&(entry.table.clone(), entry.id.clone()));
    for edited in found {
        edited.entries.retain(|entry| !gone(entry));
    }
}

/// Changes of carebook's own that the memory does not know yet: a crash came between the change and the noting of it.
struct Ours {
    /// The hash each file was left with.
    left: HashMap<String, Option<String>>,
    /// The log went on, and not here.
    went_on_elsewhere: bool,
}

impl Ours {
    fn since(disk: &Disk, state: &State, tip: &Tip) -> Result<Ours, Problem> {
        let known = state.last.as_ref().map_or(0, |last| last.tip.seq);
        let mut left = HashMap::new();
        let mut covered = known;
        if tip.seq > known {
            for seq in journal::finished(disk)?.into_iter().filter(|seq| *seq > known) {
                let Some(journal) = journal::manifest(disk, seq)? else { continue };
                left.extend(journal.steps.iter().map(|step| (step.path().to_owned(), step.left().map(str::to_owned))));
                covered = seq;
            }
        }
        Ok(Ours { left, went_on_elsewhere: tip.seq > covered })
    }

    fn explains(&self, path: &str, hash: &str) -> bool {
        self.went_on_elsewhere || self.left.get(path).is_some_and(|left| left.as_deref() == Some(hash))
    }
}

fn edit(
    disk: &Disk,
    path: &str,
    known: Option<&Print>,
    bytes: Vec<u8>,
    hash: &str,
    locale: &Locale,
    now: Instant,
) -> Result<Edited, Problems> {
    let mut edited =
        Edited { path: path.to_owned(), hash: Some(hash.to_owned()), added: 0, changed: 0, removed: 0, whole: false, entries: Vec::new() };
    let before = match known {
        Some(print) => memory::left(disk, path, print).map_err(|problem| vec![problem])?,
        // a file that was not there has no rows before
        None => Some(Vec::new()),
    };
    let mut facts = as_fact(hash);
    if let Some((table, _)) = layout::table_of(path) {
        let told = if memory::has_base(path) { before } else { None };
        let compare = Compare { path, before: told, now: bytes, locale, at: now };
        let Compared { entries, rows } = with_record(table.word.code, compare).unwrap_or_else(|| Ok(Compared::default()))?;
        let is = |act: fn(&Entry) -> bool| entries.iter().flatten().filter(|entry| act(entry)).count();
        edited.added = is(|entry| entry.before.is_empty());
        edited.removed = is(|entry| entry.after.is_empty());
        edited.changed = entries.as_ref().map_or(0, Vec::len) - edited.added - edited.removed;
        match entries.filter(|entries| entries.len() <= MOST_ROWS) {
            Some(entries) => {
                edited.entries = entries;
                return Ok(edited);
            }
            None => {
                let counts = [("rows", rows), ("added", edited.added), ("changed", edited.changed), ("removed", edited.removed)];
                facts.extend(counts.into_iter().map(|(name, n)| (name.to_owned(), n.into())));
            }
        }
    }
    edited.whole = true;
    let was = known.and_then(|known| known.hash.as_deref()).map(as_fact);
    edited.entries = vec![of_file(path, was, Some(facts), now)];
    Ok(edited)
}

fn as_fact(hash: &str) -> Map<String, Value> {
    Map::from_iter([("sha256".to_owned(), hash.into())])
}

/// One row for a file as a whole: facts, documents, tables whose state before is not known.
fn of_file(path: &str, before: Option<Map<String, Value>>, after: Option<Map<String, Value>>, now: Instant) -> Entry {
    let table = layout::table_of(path).map_or("documents", |(table, _)| table.word.code);
    entry(table, path.to_owned(), before.unwrap_or_default(), after.unwrap_or_default(), now)
}

fn entry(table: &str, id: String, before: Map<String, Value>, after: Map<String, Value>, now: Instant) -> Entry {
    Entry { at: now, actor: ACTOR.to_owned(), action: ACTION.to_owned(), table: table.to_owned(), id, before, after, note: String::new() }
}

/// Checks the rows of an edited table, and tells what differs from the rows before where these are known.
struct Compare<'a> {
    path: &'a str,
    before: Option<Vec<u8>>,
    now: Vec<u8>,
    locale: &'a Locale,
    at: Instant,
}

#[derive(Default)]
struct Compared {
    entries: Option<Vec<Entry>>,
    rows: usize,
}

impl ForRecord for Compare<'_> {
    type Out = Result<Compared, Problems>;

    fn run<R: Record>(self) -> Self::Out {
        let now = CsvFile::parse(R::TABLE, self.path, self.now)?;
        let is = records::<R>(&now, self.locale)?;
        let Some(before) = self.before else { return Ok(Compared { entries: None, rows: now.len() }) };
        let was =
            if before.is_empty() { BTreeMap::new() } else { records::<R>(&CsvFile::parse(R::TABLE, self.path, before)?, self.locale)? };
        let mut entries = Vec::new();
        for (key, fields) in &is {
            let before = was.get(key);
            if before == Some(fields) {
                continue;
            }
            let (before, after) = differing(before, fields);
            entries.push(entry(R::TABLE.word.code, key.clone(), before, after, self.at));
        }
        for (key, fields) in was.iter().filter(|(key, _)| !is.contains_key(*key)) {
            entries.push(entry(R::TABLE.word.code, key.clone(), told(fields), Map::new(), self.at));
        }
        Ok(Compared { entries: Some(entries), rows: now.len() })
    }
}

/// The rows of a file by key, each with all its fields and the owner's own as `x.NAME`.
fn records<R: Record>(file: &CsvFile, locale: &Locale) -> Result<BTreeMap<String, Map<String, Value>>, Problems> {
    let mut records = BTreeMap::new();
    let mut wrong = Problems::new();
    for row in 0..file.len() {
        match file.read::<R>(row, locale) {
            Ok(record) => {
                let mut fields = record.object(locale);
                let own = file.extra(row).into_iter();
                fields.extend(own.map(|(name, text)| (format!("{PREFIX}{name}"), unguard(Kind::Text, text.into()).into_owned().into())));
                let repeated = records.insert(record.key(), fields).is_some();
                if repeated && has_unique_key(R::TABLE) {
                    let what = What::DuplicateId { table: R::TABLE.word.code, id: record.key(), first: String::new() };
                    wrong.push(file.problem(row, Some(0), what));
                }
            }
            Err(mut problems) => wrong.append(&mut problems),
        }
    }
    if wrong.is_empty() { Ok(records) } else { Err(wrong) }
}

fn has_unique_key(table: &Table) -> bool {
    table.word.code != "orders" && matches!(table.columns[0].word.code, "id" | "name")
}

/// Only what differs, of a record there was; everything that is not blank, of a new one.
fn differing(before: Option<&Map<String, Value>>, now: &Map<String, Value>) -> (Map<String, Value>, Map<String, Value>) {
    let Some(before) = before else { return (Map::new(), told(now)) };
    let names = before.keys().chain(now.keys().filter(|name| !before.contains_key(*name)));
    let differ: Vec<&String> = names.filter(|name| before.get(*name) != now.get(*name)).collect();
    let of = |fields: &Map<String, Value>| {
        differ.iter().map(|name| ((*name).clone(), fields.get(*name).cloned().unwrap_or(Value::Null))).collect()
    };
    (of(before), of(now))
}

fn told(fields: &Map<String, Value>) -> Map<String, Value> {
    fields.iter().filter(|(_, value)| !crate::model::draft::is_blank(value)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// A late write: an editor still held the file that a transaction replaced, and wrote into it afterwards.
/// Its bytes are copied to `conflicts/`; the names of the copies.
pub fn late_writes(disk: &Disk) -> Result<Vec<String>, Problem> {
    let Some(seq) = journal::finished(disk)?.pop() else { return Ok(Vec::new()) };
    let folder = journal::folder_of(seq);
    let Some(journal) = journal::manifest(disk, seq)? else { return Ok(Vec::new()) };
    let sealed = disk.stat(&format!("{folder}/manifest"))?.map_or(i128::MAX, |stat| stat.mtime);
    let mut kept = Vec::new();
    for (i, step) in journal.steps.iter().enumerate() {
        let journal::Step::Whole { path, old: Some(old), .. } = step else { continue };
        let pushed = journal::staged(&folder, i);
        if disk.stat(&pushed)?.is_none_or(|stat| stat.mtime <= sealed) {
            continue;
        }
        let bytes = disk.read(&pushed)?.unwrap_or_default();
        if hash(&bytes) != *old {
            kept.push(journal::keep(disk, &bytes, path, &pushed)?);
            disk.remove(&pushed)?;
        }
    }
    Ok(kept)
}

/// The keys of a table file's rows; everything in it is checked.
pub fn keys(path: &str, bytes: &[u8], locale: &Locale) -> Result<HashSet<String>, Problems> {
    struct Keys<'a>(&'a str, &'a [u8], &'a Locale);
    impl ForRecord for Keys<'_> {
        type Out = Result<HashSet<String>, Problems>;
        fn run<R: Record>(self) -> Self::Out {
            if self.1.is_empty() {
                return Ok(HashSet::new());
            }
            let file = CsvFile::parse(R::TABLE, self.0, self.1.to_vec())?;
            Ok(records::<R>(&file, self.2)?.into_keys().collect())
        }
    }
    let table = layout::table_of(path).map_or("", |(table, _)| table.word.code);
    with_record(table, Keys(path, bytes, locale)).unwrap_or_else(|| Ok(HashSet::new()))
}
