//! Bytes → text: byte order mark, then strict UTF-8 of the whole file, then GB18030.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::base::problem::What;

/// A file's text and how it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    pub encoding: &'static str,
}

/// Decodes a file. `is_known` says whether a text has headers or values we know, which decides the rare
/// file that is valid in both encodings (状态 saved as GBK is valid UTF-8).
///
/// # Errors
/// Another file type, a NUL, an encoding that is neither, or lines in different encodings.
pub fn decode(bytes: &[u8], forced: Option<&str>, is_known: &dyn Fn(&str) -> bool) -> Result<Decoded, What> {
    refuse_other_types(bytes)?;
    let decoded = match forced {
        Some(name) => by_name(bytes, name)?,
        None => detect(bytes, is_known)?,
    };
    if decoded.text.contains('\0') { Err(What::NulByte) } else { Ok(decoded) }
}

fn refuse_other_types(bytes: &[u8]) -> Result<(), What> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).trim_start().to_lowercase();
    let hint = if bytes.starts_with(b"PK\x03\x04") {
        "xlsx / ods / zip"
    } else if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        "xls"
    } else if head.starts_with("<!doctype html") || head.starts_with("<html") {
        "HTML"
    } else if head.starts_with("%pdf") {
        "PDF"
    } else {
        return Ok(());
    };
    Err(What::UnknownFileType { hint: hint.to_owned() })
}

fn by_name(bytes: &[u8], name: &str) -> Result<Decoded, What> {
    let allowed = || ["utf-8", "gb18030", "utf-16le", "utf-16be", "latin1"].map(str::to_owned).to_vec();
    let (encoding, label) = match name.to_lowercase().as_str() {
        "utf-8" | "utf8" => (UTF_8, "UTF-8"),
        "gb18030" | "gbk" | "gb2312" => (GB18030, "GB18030"),
        "utf-16" | "utf-16le" | "utf16" => (UTF_16LE, "UTF-16LE"),
        "utf-16be" => (UTF_16BE, "UTF-16BE"),
        "latin1" | "latin-1" | "windows-1252" | "iso-8859-1" => (WINDOWS_1252, "Latin-1"),
        _ => return Err(What::UnknownName { name: name.to_owned(), allowed: allowed() }),
    };
    strictly(bytes, encoding).map(|text| Decoded { text, encoding: label }).ok_or(What::NotUtf8)
}

fn detect(bytes: &[u8], is_known: &dyn Fn(&str) -> bool) -> Result<Decoded, What> {
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        return strictly(bytes, UTF_8).map(|text| Decoded { text, encoding: "UTF-8 (BOM)" }).ok_or(What::NotUtf8);
    }
    for (mark, encoding, label) in [([0xFF, 0xFE], UTF_16LE, "UTF-16LE"), ([0xFE, 0xFF], UTF_16BE, "UTF-16BE")] {
        if bytes.starts_with(&mark) {
            return strictly(bytes, encoding).map(|text| Decoded { text, encoding: label }).ok_or(What::NotUtf8);
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let suspect = !text.is_ascii() && text.chars().all(|c| c < '\u{800}');
        let other = if suspect { strictly(bytes, GB18030).filter(|other| is_known(other) && !is_known(text)) } else { None };
        return Ok(match other {
            Some(text) => Decoded { text, encoding: "GB18030" },
            None => Decoded { text: text.to_owned(), encoding: "UTF-8" },
        });
    }
    if has_utf8_lines(bytes) {
        return Err(What::MixedEncoding);
    }
    strictly(bytes, GB18030).map(|text| Decoded { text, encoding: "GB18030" }).ok_or(What::NotUtf8)
}

fn strictly(bytes: &[u8], encoding: &'static Encoding) -> Option<String> {
    let (text, wrong) = encoding.decode_with_bom_removal(bytes);
    (!wrong).then(|| text.into_owned())
}

/// Whether a file that is not UTF-8 as a whole has lines that surely are: several three-byte characters in a row.
/// GB18030 text gives that by accident only in very short runs.
fn has_utf8_lines(bytes: &[u8]) -> bool {
    let sure = |line: &[u8]| {
        let wide =
            |text: &str| text.chars().filter(|c| ('\u{3000}'..='\u{9FFF}').contains(c) || ('\u{FF00}'..='\u{FFEF}').contains(c)).count();
        std::str::from_utf8(line).is_ok_and(|text| wide(text) >= 4)
    };
    bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii()).any(sure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gbk(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    fn read(bytes: &[u8]) -> Result<Decoded, What> {
        decode(bytes, None, &|text| text.starts_with("状态") || text.starts_with("姓名"))
    }

    #[test]
    fn the_usual_encodings() {
        assert_eq!(read("姓名\n王芳".as_bytes()).unwrap().encoding, "UTF-8");
        assert_eq!(read("\u{FEFF}姓名\n王芳".as_bytes()).unwrap(), Decoded { text: "姓名\n王芳".into(), encoding: "UTF-8 (BOM)" });
        assert_eq!(read(&gbk("姓名\n王芳")).unwrap(), Decoded { text: "姓名\n王芳".into(), encoding: "GB18030" });
        assert_eq!(read(&[0xFF, 0xFE, b'a', 0]).unwrap().text, "a");
    }

    #[test]
    fn gbk_that_is_valid_utf8_is_seen_by_its_words() {
        assert!(std::str::from_utf8(&gbk("状态")).is_ok());
        assert_eq!(read(&gbk("状态")).unwrap().text, "状态");
        assert_eq!(read("é,ü".as_bytes()).unwrap().text, "é,ü");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let mut mixed = "客户名称,电话\n".as_bytes().to_vec();
        mixed.extend(gbk("王芳,138\n"));
        assert_eq!(read(&mixed), Err(What::MixedEncoding));
        assert!(matches!(read(b"PK\x03\x04xx"), Err(What::UnknownFileType { .. })));
        assert_eq!(read(b"a\0b"), Err(What::NulByte));
        assert_eq!(decode(b"\xe9", Some("latin1"), &|_| false).unwrap().text, "é");
    }
}
