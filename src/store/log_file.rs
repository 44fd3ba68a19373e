//! Log rows: what was changed becomes rows whose chain shows any later loss or alteration.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::disk::hex;
use crate::base::problem::{Problem, What};
use crate::model::cell::Locale;
use crate::model::draft::{Batch, Change};
use crate::model::log::LogRow;
use crate::model::stamp::Stamp;

/// The end of the log: what the next row builds on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tip {
    pub seq: u32,
    pub chain: String,
}

/// The rows of one change: the batch's first, then one per changed record.
pub fn rows(tip: &Tip, changes: &[Change], batch: Option<&Batch>, stamp: &Stamp, locale: &Locale) -> Result<Vec<LogRow>, Problem> {
    let mut tip = tip.clone();
    let mut out = Vec::new();
    let batch_row = batch.map(|batch| {
        let after = serde_json::Value::Object(batch.facts.clone()).to_string();
        (batch.table, batch.id.clone(), String::new(), after)
    });
    let text = |fields: &serde_json::Map<String, serde_json::Value>| {
        if fields.is_empty() { String::new() } else { serde_json::Value::Object(fields.clone()).to_string() }
    };
    let changed = changes.iter().filter(|change| change.logged);
    let changed = changed.map(|c| (c.table.word.code, c.key.clone(), text(&c.before), text(&c.after)));
    for (table, id, before, after) in batch_row.into_iter().chain(changed) {
        let mut row = LogRow {
            seq: tip.seq + 1,
            recorded_at: stamp.recorded_at,
            at: stamp.at,
            actor: stamp.actor.clone(),
            action: stamp.action.to_owned(),
            table: table.to_owned(),
            id,
            before,
            after,
            note: stamp.note.clone(),
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
