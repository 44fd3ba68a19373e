//! The log: who changed what, when it was recorded, when it happened.

use serde_json::{Map, Value};

use super::record::record;
use super::table::Part;
use crate::base::date::Quarter;
use crate::base::instant::Instant;

record! {
    /// One row of the log: one changed record, one import batch, or one step of a record that came with its past.
    ///
    /// `digest` is an HMAC of the row's values keyed by `salt`; `chain` is a hash over the previous
    /// chain and this row's digest. Values and salt can be erased together without breaking the chain.
    LogRow, LOG = "log", "日志", "Log", Quarter;
    key |r| r.seq.to_string();
    part |r, locale| Part::Quarter(Quarter::of(r.recorded_at.date(locale.zone)));
    seq: u32 = "序号", "Seq";
    recorded_at: Instant = "记录时间", "Recorded at";
    at: Instant = "发生时间", "At";
    actor: String = "操作人", "Actor";
    action: String = "动作", "Action";
    table: String = "表", "Table";
    id: String = "编号", "ID";
    before: String = "之前", "Before";
    after: String = "之后", "After";
    note: String = "备注", "Note";
    salt: String = "盐", "Salt";
    digest: String = "摘要", "Digest";
    chain: String = "链", "Chain";
}

impl LogRow {
    /// Whether this row stands for all the rows of an import, which carry its id.
    pub fn is_batch(&self) -> bool {
        self.before.is_empty() && self.id.strip_prefix('B').is_some_and(|seq| seq == self.seq.to_string())
    }
}

/// The fields of a row's `before` or `after`; none where it is blank.
pub fn fields(text: &str) -> Map<String, Value> {
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// A logged value as a cell.
pub fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}
