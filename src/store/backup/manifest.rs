//! What a backup says about itself: its first entry.

use serde::{Deserialize, Serialize};

use crate::base::problem::{Problem, What};
use crate::store::layout;

/// The format of backups this release writes. Every release reads all earlier ones.
pub const FORMAT: u32 = 1;
/// The name of the manifest within the archive; the book's files lie under [`FOLDER`].
pub const NAME: &str = "MANIFEST.json";
pub const FOLDER: &str = "book/";
/// The largest manifest read, in bytes.
pub const LARGEST: u64 = 64 << 20;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The format of the backup.
    pub backup: u32,
    /// The format of the book; none where `carebook.yaml` does not tell.
    pub book: Option<u32>,
    /// The program that wrote it.
    pub carebook: String,
    pub created_at: String,
    /// The end of the log.
    pub log: Option<LogEnd>,
    pub files: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEnd {
    pub seq: u32,
    pub chain: String,
}

/// One file of the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub path: String,
    pub bytes: u64,
    pub sha256: String,
    /// Of a table: its rows without the header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// The permissions, as in `chmod`.
    pub mode: u32,
    /// When it was changed last, in seconds of the Unix epoch.
    pub modified: u64,
}

impl Manifest {
    /// Reads a manifest and believes nothing of it that could do harm.
    ///
    /// # Errors
    /// [`What::NewerBackup`], or why it is not one, in both languages.
    pub fn read(text: &[u8]) -> Result<Manifest, ManifestFault> {
        let fault = |zh: &str, en: &str| ManifestFault::Damaged([zh.to_owned(), en.to_owned()]);
        let value: serde_json::Value = serde_json::from_slice(text).map_err(|_| fault("清单无法读取", "its manifest cannot be read"))?;
        let found = value["backup"].as_u64().and_then(|found| u32::try_from(found).ok()).unwrap_or(0);
        if found > FORMAT {
            return Err(ManifestFault::Newer(Problem::error(What::NewerBackup { found, known: FORMAT })));
        }
        let manifest: Manifest = serde_json::from_value(value).map_err(|_| fault("清单无法读取", "its manifest cannot be read"))?;
        let mut paths: Vec<&str> = manifest.files.iter().map(|entry| entry.path.as_str()).collect();
        if let Some(path) = paths.iter().find(|path| !may_be_in(path)) {
            return Err(ManifestFault::Damaged([
                format!("清单含有不允许的路径 {path}"),
                format!("its manifest names a path that is not allowed: {path}"),
            ]));
        }
        paths.sort_unstable();
        if paths.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(fault("清单重复列出同一文件", "its manifest names a file twice"));
        }
        if !paths.contains(&layout::SETTINGS) {
            return Err(fault("其中没有 carebook.yaml", "there is no carebook.yaml in it"));
        }
        Ok(manifest)
    }

    /// Rows of tables.
    pub fn rows(&self) -> u64 {
        self.files.iter().filter_map(|entry| entry.rows).sum()
    }

    pub fn log_rows(&self) -> u64 {
        self.files.iter().filter(|entry| entry.path.starts_with("log/")).filter_map(|entry| entry.rows).sum()
    }

    pub fn bytes(&self) -> u64 {
        self.files.iter().fold(0, |sum, entry| sum.saturating_add(entry.bytes))
    }

    /// The most an honest archive of these files unpacks to: nothing beyond it is read.
    pub fn allowance(&self) -> u64 {
        // a header, a long name with its own header, padding
        let around = (self.files.len() as u64 + 1).saturating_mul(8 * 1024);
        self.bytes().saturating_add(around).saturating_add(64 * 1024)
    }
}

/// Why a manifest is not taken.
#[derive(Debug)]
pub enum ManifestFault {
    Newer(Problem),
    Damaged([String; 2]),
}

/// Whether a path within the book may be in a backup: what a person would miss, and nothing that leads out of the folder or
/// would be taken for carebook's own unfinished work.
pub fn may_be_in(path: &str) -> bool {
    let plain =
        |part: &str| !part.is_empty() && part.len() <= 255 && !part.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER);
    let shown = |rest: &str| rest.split('/').all(|part| plain(part) && !part.starts_with('.'));
    let kept = [layout::UNDO, layout::CONFLICTS].iter().find_map(|folder| path.strip_prefix(folder)?.strip_prefix('/'));
    path.len() <= 1024 && (path == layout::STATE || kept.map_or_else(|| shown(path), shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_within_the_book_are_taken() {
        for path in ["carebook.yaml", "orders/2026Q4.csv", "合同/王 芳.pdf", ".carebook/state", ".carebook/undo/000001/manifest", "a\\b"]
        {
            assert!(may_be_in(path), "{path}");
        }
        for path in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "./a",
            "a/",
            ".git/config",
            "a/.hidden",
            "a\nb",
            ".carebook/lock",
            ".carebook/txn/manifest",
            ".carebook/stage/new-0",
            ".carebook/undo/../../x",
            ".carebook/undo",
            ".carebook/holder",
        ] {
            assert!(!may_be_in(path), "{path}");
        }
    }
}
