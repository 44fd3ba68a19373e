//! Log rows: what was changed becomes rows whose chain shows any later loss or alteration.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use serde_json::{Map, Value};

use super::disk::hex;
use crate::base::instant::Instant;
use crate::base::problem::{Problem, What};
use crate::model::cell::Locale;
use crate::model::draft::{Batch, Change, Told};
use crate::model::erasure;
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

/// A look along the whole log: the chain, the values, and the rows that an erasure took values out of.
#[derive(Debug, Default)]
pub struct Walk {
    pub tip: Tip,
    /// Rows whose values do not fit their digest, with a print of what is left.
    bare: BTreeMap<u32, String>,
    /// Rows that an erasure names, with the print it gave; the last erasure counts.
    erased: BTreeMap<u32, String>,
}

impl Walk {
    /// Takes up rows in order; the seq of the first that is missing, or was altered.
    pub fn over(&mut self, rows: &[LogRow], locale: &Locale) -> Option<u32> {
        for row in rows {
            let bare = row.salt.is_empty();
            let values_fit = !bare && digest(row) == row.digest;
            if row.seq != self.tip.seq + 1 || !(values_fit || bare) || chain(&self.tip.chain, row, locale) != row.chain {
                return Some(row.seq);
            }
            if bare {
                self.bare.insert(row.seq, print(row));
            } else if row.action == erasure::ACTION {
                self.erased.extend(named(row));
            }
            self.tip = Tip { seq: row.seq, chain: row.chain.clone() };
        }
        None
    }

    /// At the end of the log: the seq of the first row without its values that no later erasure names, or that is not
    /// as the erasure left it.
    pub fn end(&self) -> Option<u32> {
        let seqs = self.bare.keys().chain(self.erased.keys());
        seqs.filter(|seq| self.bare.get(seq) != self.erased.get(seq)).min().copied()
    }
}

/// A print of what is left of a row that lost its values. Nothing personal is in it, so nothing can be guessed from it.
pub fn print(row: &LogRow) -> String {
    let mut sha = Sha256::new();
    for part in [&row.seq.to_string(), &row.before, &row.after, &row.note] {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part.as_bytes());
    }
    hex(&sha.finalize()[..16])
}

/// The earlier rows that an erasure took values out of.
fn named(row: &LogRow) -> Vec<(u32, String)> {
    let after: Value = serde_json::from_str(&row.after).unwrap_or_default();
    let prints = after[erasure::REDACTED].as_object().into_iter().flatten();
    let print = |(seq, print): (&String, &Value)| Some((seq.parse().ok()?, print.as_str()?.to_owned()));
    prints.filter_map(print).filter(|(seq, _)| *seq < row.seq).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::{RawSettings, Settings};

    fn locale() -> Locale {
        let raw: RawSettings = serde_yaml::from_str("{format: 1, time_zone: UTC}").unwrap();
        Settings::try_from(raw).unwrap().locale()
    }

    fn entry(action: &str, after: &str) -> Entry {
        let fields = |text: &str| serde_json::from_str::<Map<String, Value>>(text).unwrap();
        let (at, text) = (Instant::from_utc(chrono::DateTime::UNIX_EPOCH), str::to_owned);
        let (table, id, before) = (text("customers"), text("C1"), fields(r#"{"status":null}"#));
        Entry { at, actor: text("me"), action: text(action), table, id, before, after: fields(after), note: text("n") }
    }

    fn rows_of(entries: &[Entry]) -> Vec<LogRow> {
        rows(&Tip::default(), entries, Instant::from_utc(chrono::DateTime::UNIX_EPOCH), &locale()).unwrap()
    }

    fn broken(rows: &[LogRow]) -> Option<u32> {
        let mut walk = Walk::default();
        walk.over(rows, &locale()).or_else(|| walk.end())
    }

    /// Three rows, the second bare, the third the erasure that names it.
    fn erased() -> Vec<LogRow> {
        let mut found = rows_of(&[entry("add", r#"{"a":1}"#), entry("edit", r#"{"phone":"138"}"#)]);
        (found[1].after, found[1].note, found[1].salt) = (r#"{"phone":null}"#.into(), String::new(), String::new());
        let after = format!(r#"{{"status":"erased","redacted":{{"2":"{}"}}}}"#, print(&found[1]));
        let tip = Tip { seq: 2, chain: found[1].chain.clone() };
        found.extend(rows(&tip, &[entry("erase", &after)], found[0].at, &locale()).unwrap());
        found
    }

    #[test]
    fn a_row_is_bare_only_where_an_erasure_says_so() {
        let good = erased();
        assert_eq!(broken(&good), None);
        // without the erasure
        assert_eq!(broken(&good[..2]), Some(2));
        // another row made bare by hand
        let mut bad = good.clone();
        (bad[0].before, bad[0].after, bad[0].note, bad[0].salt) = Default::default();
        assert_eq!(broken(&bad), Some(1));
        // what is left of the erased one is altered, or its values are back
        let mut bad = good.clone();
        bad[1].after = r#"{"phone":"139"}"#.into();
        assert_eq!(broken(&bad), Some(2));
        let mut bad = good.clone();
        let whole = rows_of(&[entry("add", r#"{"a":1}"#), entry("edit", r#"{"phone":"138"}"#)]);
        (bad[1].after, bad[1].note, bad[1].salt) = (whole[1].after.clone(), whole[1].note.clone(), whole[1].salt.clone());
        assert!(broken(&bad).is_some());
        // the erasure itself cannot be made to name others
        let mut bad = good.clone();
        bad[2].after = bad[2].after.replace("\"2\"", "\"1\"");
        assert_eq!(broken(&bad), Some(3));
        // nor can its own values go
        let mut bad = good;
        bad[2].salt = String::new();
        assert_eq!(broken(&bad), Some(2));
    }
}
