//! A seal: what `reports/PERIOD/seal.json` says of a stored report, so that it can be proved years later.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The schema of `seal.json`.
pub const SCHEMA: &str = "carebook.seal.v1";

/// A seal. The row of the log after `log_row` tells of it, with the digest of this file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    pub schema: String,
    /// As it is asked for: `2026Q3`.
    pub period: String,
    /// When it was sealed, ISO 8601.
    pub sealed_at: String,
    pub by: String,
    /// Why it was sealed again; absent at the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The folder of the seal it stands for from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// The last row of the log that the report rests on.
    pub log_row: u32,
    /// The day and the moment (seconds since 1970) it was computed for.
    pub today: String,
    pub now: i64,
    /// `zh` or `en`.
    pub lang: String,
    /// The release that wrote it.
    pub version: String,
    #[serde(default)]
    pub compare: Vec<String>,
    #[serde(default)]
    pub no_compare: bool,
    #[serde(default)]
    pub sections: Vec<String>,
    /// SHA-256 of each file of the report.
    pub files: BTreeMap<String, String>,
    /// SHA-256 of each document it rests on; they lie in `inputs/`.
    pub inputs: BTreeMap<String, String>,
}

impl Seal {
    /// Reads a `seal.json`. A field that is not known here might be one on which the bytes rest: a newer release that
    /// has one writes another schema, which is told before the field is.
    ///
    /// # Errors
    /// Another schema, or what serde finds, in its words.
    pub fn parse(bytes: &[u8]) -> Result<Seal, String> {
        let wrong = |error: serde_json::Error| error.to_string();
        let value: Value = serde_json::from_slice(bytes).map_err(wrong)?;
        match value["schema"].as_str() {
            Some(schema) if schema != SCHEMA => Err(format!("schema {schema}")),
            _ => serde_json::from_slice(bytes).map_err(wrong),
        }
    }

    /// As it is written.
    pub fn write(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_read_is_the_same_and_other_schemas_are_refused() {
        let seal = Seal {
            schema: SCHEMA.into(),
            period: "2026Q3".into(),
            sealed_at: "2026-10-08T12:00:00+08:00".into(),
            by: "李".into(),
            reason: None,
            replaces: None,
            log_row: 7,
            today: "2026-10-08".into(),
            now: 1,
            lang: "zh".into(),
            version: "0.1.0".into(),
            compare: Vec::new(),
            no_compare: false,
            sections: vec!["totals".into()],
            files: BTreeMap::from([("report.md".into(), "ab".into())]),
            inputs: BTreeMap::new(),
        };
        assert_eq!(Seal::parse(seal.write().as_bytes()), Ok(seal.clone()));
        let more = seal.write().replacen('{', "{\"theme\": 1,", 1);
        assert!(Seal::parse(more.as_bytes()).unwrap_err().contains("theme"));
        assert!(Seal::parse(more.replace("seal.v1", "seal.v2").as_bytes()).unwrap_err().ends_with("schema carebook.seal.v2"));
    }
}
