//! The receipt of an import: what became of every row.

use serde_json::{Value, json};

use crate::base::lang::Lang;
use crate::view::text::words;

/// Counts that add up: rows = new + updated + unchanged + rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub what: &'static str,
    pub file: String,
    pub encoding: &'static str,
    pub rows: usize,
    pub new: usize,
    pub updated: usize,
    pub unchanged: usize,
    pub rejected: usize,
    /// Rows whose customer is not in the archive.
    pub strangers: usize,
    /// Field code and the header that fed it.
    pub mapped: Vec<(String, String)>,
    pub unused: Vec<String>,
    pub rejects_file: Option<String>,
    pub batch: String,
    pub dry_run: bool,
}

impl Receipt {
    pub fn json(&self) -> Value {
        json!({
            "schema": "carebook.receipt.v1", "what": self.what, "file": self.file, "encoding": self.encoding,
            "rows": self.rows, "new": self.new, "updated": self.updated, "unchanged": self.unchanged, "rejected": self.rejected,
            "unknown_customers": self.strangers, "mapped": self.mapped.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "not_imported": self.unused, "rejects_file": self.rejects_file, "batch": self.batch, "dry_run": self.dry_run,
        })
    }
}

/// The receipt for people.
pub fn text(receipt: &Receipt, lang: Lang) -> String {
    let Receipt { rows, new, updated, unchanged, rejected, file, encoding, .. } = receipt;
    let what = words::table(receipt.what, lang);
    let mapped: Vec<String> = receipt.mapped.iter().map(|(field, header)| column(field, header, lang)).collect();
    let mapped = mapped.join(", ");
    let mut lines = vec![
        lang.pick(format!("{file}: {encoding}, {rows} 行 → {what}"), format!("{file}: {encoding}, {rows} rows → {}", what.to_lowercase())),
        lang.pick(format!("  对应: {mapped}"), format!("  mapped: {mapped}")),
    ];
    if !receipt.unused.is_empty() {
        let unused = receipt.unused.join(", ");
        lines.push(lang.pick(format!("  未导入的列: {unused}"), format!("  not imported: {unused}")));
    }
    lines.push(lang.pick(
        format!("  {rows} 行 = {new} 新增 + {updated} 更新 + {unchanged} 未变 + {rejected} 拒收"),
        format!("  {rows} rows = {new} new + {updated} updated + {unchanged} unchanged + {rejected} rejected"),
    ));
    if receipt.strangers > 0 && receipt.what == "responses" {
        let n = receipt.strangers;
        lines.push(lang.pick(
            format!("  注意: {n} 份答卷没有对应到客户,已照常保存;补齐档案后再导入一次即可关联"),
            format!("  note: {n} responses belong to nobody in the archive; they are kept, and importing again later links them"),
        ));
    } else if receipt.strangers > 0 {
        let n = receipt.strangers;
        let more = if receipt.what == "orders" {
            lang.pick(";加 --create-customers 可一并建档", "; --create-customers adds them")
        } else {
            ""
        };
        lines.push(lang.pick(
            format!("  注意: {n} 行的客户不在档案中{more}"),
            format!("  note: the customers of {n} rows are not in the archive{more}"),
        ));
    }
    if let Some(file) = &receipt.rejects_file {
        lines.push(lang.pick(
            format!("  拒收的行在 {file}:改正后可再次导入"),
            format!("  rejected rows are in {file}: mend them and import that file"),
        ));
    }
    lines.join("\n")
}

fn column(field: &str, header: &str, lang: Lang) -> String {
    let label = lang.pick(words::column(field, lang).unwrap_or(field), field);
    if label == header { header.to_owned() } else { format!("{header} → {label}") }
}
