//! History: the tables as they were, by taking back what the log tells since.
//!
//! Every change of a record is a log row with its fields before and after; an import is one row, and its records carry
//! its id; those that came with their past have rows besides. Taking the rows back from the last to the first gives the records as they stood.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value};

use super::cell::Locale;
use super::columns::{self, OwnColumn, own_name};
use super::log::{LogRow, cell, fields};
use super::record::Record;
use crate::base::problem::{Problem, What};

/// A record and its cells of the owner's columns.
pub type WithOwn<R> = (R, Vec<String>);

/// What the log tells since a moment.
#[derive(Debug, Clone)]
pub struct History {
    /// From the oldest.
    rows: Vec<LogRow>,
    /// Imports made since: their records were not there.
    batches: HashSet<String>,
}

impl History {
    /// Of the log rows recorded after the moment, in order.
    ///
    /// # Errors
    /// [`What::HistoryLost`] when an import that was there then has been undone: its rows are in no table any more.
    pub fn new(rows: Vec<LogRow>) -> Result<History, Problem> {
        let mut gone: HashMap<String, u32> = HashMap::new();
        for row in rows.iter().rev() {
            let word = |word: &str| fields(&row.after).get(word).and_then(Value::as_str).map(str::to_owned);
            if let Some(batch) = word("undone").filter(|_| row.table != "documents") {
                gone.insert(batch, row.seq);
            } else if let Some(batch) = word("redone") {
                gone.remove(&batch);
            } else if row.is_batch() {
                gone.remove(&row.id);
            }
        }
        if let Some((batch, seq)) = gone.into_iter().next() {
            let zh = format!("那时账本里有导入 {batch},它后来被撤销(日志 {seq}),其数据已不在账本中");
            let en =
                format!("the book held the import {batch} then; it was undone since (log row {seq}), and its rows are not in the book");
            return Err(What::HistoryLost { what: [zh, en] }.into());
        }
        let batches = rows.iter().filter(|row| row.is_batch()).map(|row| row.id.clone()).collect();
        Ok(History { rows, batches })
    }

    /// The first row that is taken back.
    pub fn first_row(&self) -> Option<u32> {
        self.rows.first().map(|row| row.seq)
    }

    /// Files edited by hand since, of which the log does not tell the rows: as of then they are not known.
    pub fn unknown_files(&self) -> BTreeSet<&str> {
        let told = |row: &&LogRow| row.action == "edited" && row.id.contains('/') | row.id.contains('.') && row.after.contains("sha256");
        self.rows.iter().filter(told).filter(|row| row.table != "documents").map(|row| row.id.as_str()).collect()
    }

    /// Whether a record came with an import made since.
    pub fn is_later<R: Record>(&self, record: &R, locale: &Locale) -> bool {
        let batch = R::TABLE.position("batch").map(|column| record.written(column, locale));
        batch.is_some_and(|batch| self.batches.contains(&batch))
    }

    /// The records as they stood.
    pub fn rewound<R: Record>(&self, records: Vec<R>, locale: &Locale) -> Vec<R> {
        let bare = records.into_iter().map(|record| (record, Vec::new())).collect();
        self.rewound_with(bare, &[], locale).into_iter().map(|(record, _)| record).collect()
    }

    /// The records as they stood, each with its cells of these own columns.
    pub fn rewound_with<R: Record>(&self, records: Vec<WithOwn<R>>, columns: &[OwnColumn], locale: &Locale) -> Vec<WithOwn<R>> {
        let code = R::TABLE.word.code;
        if code == "log" {
            let later: HashSet<String> = self.rows.iter().map(Record::key).collect();
            return records.into_iter().filter(|(record, _)| !later.contains(&record.key())).collect();
        }
        let mut kept: Vec<Option<WithOwn<R>>> =
            records.into_iter().filter(|(record, _)| !self.is_later(record, locale)).map(Some).collect();
        let mut by_key: HashMap<String, usize> = kept.iter().flatten().enumerate().map(|(i, (record, _))| (record.key(), i)).collect();
        for row in self.rows.iter().rev().filter(|row| row.table == code && !is_of_batch(row)) {
            let (before, after) = (fields(&row.before), fields(&row.after));
            let at = by_key.get(&row.id).copied().filter(|at| kept[*at].is_some());
            match at {
                // made since
                Some(at) if before.is_empty() => kept[at] = None,
                Some(at) => {
                    let was = kept[at].as_ref().and_then(|(record, own)| {
                        Some((laid_over(record, &before, locale)?, own_laid_over(own.clone(), columns, &before, locale)))
                    });
                    if let Some(was) = was {
                        by_key.insert(was.0.key(), at);
                        kept[at] = Some(was);
                    }
                }
                // removed since
                None if after.is_empty() && !before.is_empty() => {
                    if let Some(was) = from_fields::<R>(&before, locale) {
                        by_key.insert(was.key(), kept.len());
                        kept.push(Some((was, own_laid_over(Vec::new(), columns, &before, locale))));
                    }
                }
                None => {}
            }
        }
        let mut records: Vec<WithOwn<R>> = kept.into_iter().flatten().collect();
        records.extend(self.restated(locale).into_iter().map(|record| (record, Vec::new())));
        records
    }

    /// Rows that an import made since has replaced: its log row keeps them.
    fn restated<R: Record>(&self, locale: &Locale) -> Vec<R> {
        // what an import replaced and gave back when it was undone stands in the table as it did then
        let mut given_back: HashSet<String> = HashSet::new();
        for row in &self.rows {
            let after = fields(&row.after);
            let id = |word: &str| after.get(word).and_then(Value::as_str).map(str::to_owned);
            given_back.extend(id("undone"));
            if let Some(again) = id("redone") {
                given_back.remove(&again);
            }
        }
        let imports = self.rows.iter().filter(|row| row.is_batch() && row.table == R::TABLE.word.code && !given_back.contains(&row.id));
        let mut restated: Vec<R> = Vec::new();
        for row in imports.rev() {
            // what a later import replaced may itself have come since
            let replaced = fields(&row.after).remove("replaced");
            let lines = replaced.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
            restated.extend(lines.filter_map(|line| from_fields::<R>(line, locale)));
            restated.retain(|record| !self.is_later(record, locale));
        }
        restated
    }
}

fn is_of_batch(row: &LogRow) -> bool {
    let after = fields(&row.after);
    row.is_batch() || after.contains_key("undone") || after.contains_key("redone")
}

fn from_fields<R: Record>(fields: &Map<String, Value>, locale: &Locale) -> Option<R> {
    let cells: Vec<String> = R::TABLE.columns.iter().map(|column| fields.get(column.word.code).map_or_else(String::new, cell)).collect();
    R::read(&|i| cells[i].as_str(), locale).ok()
}

/// The cells of own columns with what the log tells of them: under the name a column has, or once had in the file.
fn own_laid_over(mut own: Vec<String>, columns: &[OwnColumn], fields: &Map<String, Value>, locale: &Locale) -> Vec<String> {
    // a header renamed by hand: blank under the one name, filled under the other
    let (blank, filled): (Vec<_>, Vec<_>) = fields.iter().partition(|(_, value)| value.is_null());
    for (field, value) in blank.into_iter().chain(filled) {
        let Some(at) = own_name(field).and_then(|name| columns::find(columns, name)) else { continue };
        own.resize(own.len().max(at + 1), String::new());
        let text = cell(value);
        // what does not fit any more stays what it was
        own[at] = columns[at].settled(&text, locale).unwrap_or(text);
    }
    own
}

fn laid_over<R: Record>(record: &R, fields: &Map<String, Value>, locale: &Locale) -> Option<R> {
    let mut cells = record.row(locale);
    for (i, column) in R::TABLE.columns.iter().enumerate() {
        if let Some(value) = fields.get(column.word.code) {
            cells[i] = cell(value);
        }
    }
    R::read(&|i| cells[i].as_str(), locale).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;
    use crate::base::instant::Instant;
    use crate::model::customer::Customer;
    use crate::model::settings::{RawSettings, Settings};

    fn locale() -> Locale {
        let raw: RawSettings = serde_yaml::from_str("{format: 1, language: zh}").unwrap();
        Settings::try_from(raw).unwrap().locale()
    }

    fn customer(id: &str, name: &str, batch: &str) -> Customer {
        Customer { batch: batch.into(), ..Customer::new(Id::parse(id).unwrap(), name.into()) }
    }

    fn row(seq: u32, table: &str, id: &str, before: &str, after: &str) -> LogRow {
        let at = Instant::from_utc(chrono::DateTime::UNIX_EPOCH);
        let (actor, action, note) = (String::new(), String::new(), String::new());
        let (salt, digest, chain) = (String::new(), String::new(), String::new());
        let (table, id, before, after) = (table.into(), id.into(), before.into(), after.into());
        LogRow { seq, recorded_at: at, at, actor, action, table, id, before, after, note, salt, digest, chain }
    }

    fn rewound(rows: Vec<LogRow>, now: Vec<Customer>) -> Vec<(String, String)> {
        let history = History::new(rows).unwrap();
        history.rewound(now, &locale()).into_iter().map(|c| (c.id.to_string(), c.name)).collect()
    }

    #[test]
    fn changes_are_taken_back_from_the_last_to_the_first() {
        let rows = vec![
            row(4, "customers", "C1", r#"{"name":"A","tags":[]}"#, r#"{"name":"B","tags":["x"]}"#),
            row(5, "customers", "C2", "", r#"{"id":"C2","name":"new"}"#),
            row(6, "customers", "C1", r#"{"name":"B"}"#, r#"{"name":"C"}"#),
            row(7, "customers", "C3", r#"{"id":"C3","name":"gone"}"#, ""),
            row(8, "customers", "B8", "", r#"{"rows":1}"#),
            row(9, "requests", "C1", r#"{"name":"other table"}"#, "{}"),
        ];
        let now = vec![customer("C1", "C", ""), customer("C2", "new", ""), customer("C4", "imported", "B8")];
        assert_eq!(rewound(rows, now), [("C1".into(), "A".into()), ("C3".into(), "gone".into())]);
        assert_eq!(rewound(Vec::new(), vec![customer("C1", "A", "B8")]), [("C1".into(), "A".into())]);
    }

    #[test]
    fn an_import_undone_since_is_not_passed_over_in_silence() {
        let undone = row(9, "orders", "B3", "", r#"{"undone":"B3"}"#);
        let lost = History::new(vec![undone.clone()]).unwrap_err();
        assert!(matches!(lost.what, What::HistoryLost { .. }));
        assert!(History::new(vec![row(3, "orders", "B3", "", r#"{"rows":2}"#), undone.clone()]).is_ok());
        assert!(History::new(vec![undone, row(10, "orders", "B3", "", r#"{"redone":"B3"}"#)]).is_err());
    }
}
