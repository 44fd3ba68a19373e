//! What a report rests on: the end of the log, whose chain stands for every record before it, the versions of the rules, and
//! how it was asked for.

use serde::Serialize;

/// The footer of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// The last row of the log that the records tell of; 0 in a book without changes.
    pub log_row: u32,
    /// The chain of that row: the digest of the log up to there, and so of all records.
    pub chain: String,
    /// Files were edited by hand since: the log does not tell of that yet.
    pub hand_edits: bool,
    /// The documents the report rests on, each with its version: eight digits of its SHA-256, or `built-in`.
    pub rules: Vec<Version>,
    /// The release that computed it.
    pub version: String,
    /// The command that gives it again.
    pub command: String,
}

/// A document's version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Version {
    pub name: String,
    pub version: String,
}
