//! What a backup holds, for who made, checked or restored it.

use serde_json::{Value, json};

use crate::base::lang::Lang;
use crate::base::text::many;

/// A backup and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub file: String,
    pub created_at: String,
    pub book_format: Option<u32>,
    pub files: usize,
    /// Rows of tables, those of the log among them.
    pub rows: u64,
    pub log_rows: u64,
    /// Of the book's files.
    pub bytes: u64,
    /// Of the backup itself; none where it was not written or not asked.
    pub size: Option<u64>,
    pub encrypted: bool,
}

impl Receipt {
    pub fn json(&self) -> Value {
        json!({
            "schema": "carebook.backup.v1", "file": self.file, "created_at": self.created_at, "book_format": self.book_format,
            "files": self.files, "rows": self.rows, "log_rows": self.log_rows, "bytes": self.bytes, "size": self.size,
            "encrypted": self.encrypted,
        })
    }

    /// `2026-10-08 04:00:00 UTC`.
    fn made_at(&self) -> String {
        self.created_at.replacen('T', " ", 1).replace("+00:00", " UTC")
    }

    fn contents(&self, lang: Lang) -> String {
        let Receipt { files, rows, log_rows, .. } = self;
        let bytes = size(self.bytes);
        lang.pick(
            format!("{files} 个文件,{rows} 行(其中日志 {log_rows} 行),{bytes}"),
            format!("{}, {} ({log_rows} of the log), {bytes}", many(files, "file"), many(rows, "row")),
        )
    }
}

/// A length for people.
pub fn size(bytes: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut whole = bytes;
    let mut tenths = 0;
    let mut unit = 0;
    while whole >= 1000 && unit + 1 < units.len() {
        tenths = whole % 1000 / 100;
        whole /= 1000;
        unit += 1;
    }
    if unit == 0 { format!("{whole} B") } else { format!("{whole}.{tenths} {}", units[unit]) }
}

/// A backup was made, or would be.
pub fn made(receipt: &Receipt, same_device: bool, lang: Lang) -> String {
    let (file, contents) = (&receipt.file, receipt.contents(lang));
    let Some(bytes) = receipt.size else {
        return lang.pick(format!("试运行:将备份到 {file}: {contents}"), format!("Dry run: the backup {file} would hold {contents}"));
    };
    let size = size(bytes);
    let secret = if receipt.encrypted { lang.pick(",已加密", ", encrypted") } else { "" };
    let near = if same_device {
        lang.pick(
            "\n注意: 备份与账本在同一块磁盘上,磁盘坏了两者都会丢失",
            "\nNote: it is on the same disk as the book; if that disk fails, both are lost",
        )
    } else {
        ""
    };
    let next = lang.pick(format!("下一步: carebook backup verify {file}"), format!("Next: carebook backup verify {file}"));
    lang.pick(
        format!("已备份到 {file} ({size}{secret}): {contents}{near}\n{next}"),
        format!("Made the backup {file} ({size}{secret}): {contents}{near}\n{next}"),
    )
}

/// A backup was restored on trial and nothing is wrong.
pub fn verified(receipt: &Receipt, lang: Lang) -> String {
    let (file, contents, created_at) = (&receipt.file, receipt.contents(lang), receipt.made_at());
    lang.pick(
        format!("备份 {file} 完好: {contents};备份于 {created_at},试恢复后检查没有错误"),
        format!("The backup {file} is whole: {contents}; made {created_at}; the book restored from it has no errors"),
    )
}

/// A book was restored, or would be.
pub fn restored(receipt: &Receipt, dir: &str, dry_run: bool, lang: Lang) -> String {
    let (contents, created_at) = (receipt.contents(lang), receipt.made_at());
    if dry_run {
        return lang.pick(
            format!("试运行:将恢复到 {dir}: {contents};备份于 {created_at}"),
            format!("Dry run: would restore to {dir}: {contents}; made {created_at}"),
        );
    }
    lang.pick(
        format!("已恢复到 {dir}: {contents};备份于 {created_at}\n下一步: carebook --data {dir} check,再看 carebook --data {dir} log"),
        format!("Restored to {dir}: {contents}; made {created_at}\nNext: carebook --data {dir} check, then carebook --data {dir} log"),
    )
}

/// What an upgrade changes.
pub struct Upgrade<'a> {
    pub from: u32,
    pub to: u32,
    pub files: Vec<&'a str>,
    pub backup: &'a str,
    pub dry_run: bool,
}

impl Upgrade<'_> {
    pub fn json(&self) -> Value {
        json!({
            "schema": "carebook.upgrade.v1", "from": self.from, "to": self.to, "files": self.files, "backup": self.backup,
            "dry_run": self.dry_run,
        })
    }
}

/// An upgrade was done, or would be.
pub fn upgraded(upgrade: &Upgrade<'_>, lang: Lang) -> String {
    let Upgrade { from, to, backup, files, .. } = upgrade;
    let list: String = files.iter().flat_map(|path| ["\n  ", path]).collect();
    if upgrade.dry_run {
        return lang.pick(
            format!("试运行:将把账本从格式 {from} 升级到 {to},先备份到 {backup},再改写:{list}"),
            format!("Dry run: the book would go from format {from} to {to}, after a backup to {backup}; these files would change:{list}"),
        );
    }
    lang.pick(
        format!("账本已从格式 {from} 升级到 {to};之前的样子在 {backup}。改写了:{list}\n下一步: carebook check"),
        format!("The book went from format {from} to {to}; as it was before it is kept in {backup}. Changed:{list}\nNext: carebook check"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_for_people() {
        for (bytes, text) in [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_260_000, "1.2 MB"), (2_000_000_000, "2.0 GB")] {
            assert_eq!(size(bytes), text);
        }
    }
}
