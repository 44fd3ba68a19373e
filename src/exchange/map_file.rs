//! `maps/NAME.yaml`: what is known of a kind of file, for the next one.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::conditions::RawConditions;
use super::mapping::is_reason;
use super::values::RawValues;
use crate::base::text::fold_key;
use crate::model::rules::{Pairs, Words};

/// The file as it stands.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawMap {
    /// The table it is for; older maps do not say.
    #[serde(rename = "for")]
    pub table: Option<String>,
    /// Of which header: a file with the same one is read by this map without being told.
    pub header: Option<String>,
    pub columns: Option<Pairs<String>>,
    pub constants: Option<Pairs<String>>,
    pub date_order: Option<String>,
    pub encoding: Option<String>,
    /// Lines before the header.
    pub skip: Option<usize>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// What the file's words mean, by field.
    pub values: Option<RawValues>,
    /// Cells that mean nothing.
    pub blank: Option<Words>,
    /// The rows that are taken; the others are passed over.
    pub only: Option<RawConditions>,
    /// Further records that a row gives.
    pub also: Option<Vec<RawAlso>>,
}

/// A further record of each row that fits, such as the refund that stands beside the payment.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAlso {
    pub only: Option<RawConditions>,
    /// What differs from the first record.
    pub columns: Option<Pairs<String>>,
    pub constants: Option<Pairs<String>>,
}

/// The same for writing.
#[derive(Debug, Serialize)]
pub struct SavedMap {
    #[serde(rename = "for")]
    pub table: &'static str,
    pub header: String,
    pub columns: serde_json::Map<String, serde_json::Value>,
    pub constants: serde_json::Map<String, serde_json::Value>,
    pub date_order: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub values: serde_json::Map<String, serde_json::Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blank: Vec<String>,
}

/// What tells one header from others: eight hexadecimal digits of a hash over the names, whatever their order. The reasons
/// that our rejects files add are not counted: a mended row is read as its file was.
pub fn fingerprint(headers: &[String]) -> String {
    let data = headers.iter().filter(|header| !is_reason(header));
    let mut names: Vec<String> = data.map(|header| fold_key(header)).filter(|name| !name.is_empty()).collect();
    names.sort();
    let hash = Sha256::digest(names.join("\u{1F}").as_bytes());
    hash.iter().take(4).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_names_in_any_order_are_the_same_header() {
        let of = |headers: &[&str]| fingerprint(&headers.iter().map(|&header| header.to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["订单编号", "总金额 "]), of(&["总金额", "订单编号*", ""]));
        assert_ne!(of(&["订单编号", "总金额"]), of(&["订单编号"]));
        assert_eq!(of(&["a"]).len(), 8);
        for reason in ["拒收原因", "reject_reason"] {
            assert_eq!(of(&["订单编号", "总金额"]), of(&["订单编号", "总金额", reason]));
        }
    }
}
