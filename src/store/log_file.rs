//! Log rows: what was changed becomes rows whose chain shows any later loss or alteration.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use serde_json::{Map, Value};

use super::disk::hex;
use crate::base::instant::Instant;
use crate::base::problem::{Problem, What};
use crate::model::cell::Locale;
use crate::model::draft::{Batch, Change, Told};
use crate::model::log::LogRow;
use crate::model::stamp::Stamp;

/// The end of the log: what the next row builds on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tip {
    pub seq: u32,
    pub chain: String,
}

/// What is to be told of one record, or of one batch or file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub at: Instant,
    pub actor: String,
    pub action: String,
    pub table: String,
    pub id: String,
    /// The changed fields only; none: there was no record.
    pub before: Map<String, Value>,
    /// None: there is no record any more.
    pub after: Map<String, Value>,
    pub note: String,
}

impl Entry {
    /// One record, batch or file of a change with this stamp.
    pub fn new(stamp: &Stamp, table: &str, id: &str, before: Map<String, Value>, after: Map<String, Value>) -> Entry {
        let (actor, action, note) = (stamp.actor.clone(), stamp.action.to_owned(), stamp.note.clone());
        Entry { at: stamp.at, actor, action, table: table.to_owned(), id: id.to_owned(), before, after, note }
    }
}

/// The entries of one change: the batch's first, then one per changed record, or its steps where it came with a history.
pub fn entries(changes: &[Change], batch: Option<&Batch>, stamp: &Stamp) -> Vec<Entry> {
    let batch = batch.map(|batch| Entry::new(stamp, batch.table, &batch.id, Map::new(), batch.facts.clone()));
    let entry = |c: &Change| {
        let entry = Entry::new(stamp, c.table.word.code, &c.key, c.before.clone(), c.after.clone());
        Entry { note: c.note.clone().unwrap_or(entry.note), ..entry }
    };
    let step = |c: &Change, told: &Told| {
        let entry = Entry::new(stamp, c.table.word.code, &c.key, told.before.clone(), told.after.clone());
        Entry { at: told.at, ..entry }
    };
    let told = changes.iter().flat_map(|c| match &c.steps[..] {
        [] => Some(c).filter(|c| c.logged).map(entry).into_iter().collect::<Vec<_>>(),
        steps => steps.iter().map(|told| step(c, told)).collect(),
    });
    batch.into_iter().chain(told).collect()
}

/// The log rows of entries, each chained to the one before.
pub fn rows(tip: &Tip, entries: &[Entry], recorded_at: Instant, locale: &Locale) -> Result<Vec<LogRow>, Problem> {
    let mut tip = tip.clone();
    let mut out = Vec::new();
    let text = |fields: &Map<String, Value>| if fields.is_empty() { String::new() } else { Value::Object(fields.clone()).to_string() };
    for entry in entries {
        let mut row = LogRow {
            seq: tip.seq + 1,
            recorded_at,
            at: entry.at,
            actor: entry.actor.clone(),
            action: entry.action.clone(),
            table: entry.table.clone(),
            id: entry.id.clone(),
            before: text(&entry.before),
            after: text(&entry.after),
            note: entry.note.clone(),
            salt: salt()?,
            digest: String::new(),
            chain: String::new(),
        };
        row.digest = digest(&row);
        row.chain = chain(&tip.chain, &row, locale);
        tip = Tip { seq: row.seq, chain: row.chain.clone() };
        out.push(row);
    }
    Ok(out)
}

/// HMAC-SHA-256 of the row's values keyed by its salt: no value can be guessed from it once the salt is gone.
pub fn digest(row: &LogRow) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(row.salt.as_bytes()) else { return String::new() };
    for part in [&row.before, &row.after, &row.note] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    hex(&mac.finalize().into_bytes())
}

/// SHA-256 over the previous chain, the row's open fields and its digest.
pub fn chain(previous: &str, row: &LogRow, locale: &Locale) -> String {
    let mut sha = Sha256::new();
    let seq = row.seq.to_string();
    let (recorded, at) = (row.recorded_at.iso(locale.zone), row.at.iso(locale.zone));
    for part in [previous, &seq, &recorded, &at, &row.actor, &row.action, &row.table, &row.id, &row.digest] {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part.as_bytes());
    }
    hex(&sha.finalize())
}

/// A random salt.
pub fn salt() -> Result<String, Problem> {
    let mut bytes = [0_u8; 12];
    #[cfg(test)]
    if super::faults::plan::active() {
        return Ok(hex(&bytes));
    }
    getrandom::fill(&mut bytes).map_err(|error| Problem::error(What::CannotRead { path: "random".into(), reason: error.to_string() }))?;
    Ok(hex(&bytes))
}

/// Checks rows in order from `tip`; the seq of the first that does not fit.
pub fn first_break(tip: &mut Tip, rows: &[LogRow], locale: &Locale) -> Option<u32> {
    for row in rows {
        let erased = row.salt.is_empty() && row.before.is_empty() && row.after.is_empty();
        let values_fit = erased || digest(row) == row.digest;
        if row.seq != tip.seq + 1 || !values_fit || chain(&tip.chain, row, locale) != row.chain {
            return Some(row.seq);
        }
        *tip = Tip { seq: row.seq, chain: row.chain.clone() };
    }
    None
}
