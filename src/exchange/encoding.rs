//! Bytes → text: byte order mark, then strict UTF-8 of the whole file, then GB18030.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::base::problem::What;

/// A file's text and how it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    pub encoding: &'static str,
}

/// Decodes a file. `familiar` counts the headers and coded values of a text that we know, which decides the rare
/// file that is valid in both encodings (状态 saved as GBK is valid UTF-8).
///
/// # Errors
/// Another file type, a NUL, an encoding that is neither, or lines in different encodings.
pub fn decode(bytes: &[u8], forced: Option<&str>, familiar: &dyn Fn(&str) -> usize) -> Result<Decoded, What> {
    refuse_other_types(bytes)?;
    let decoded = match forced {
        Some(name) => by_name(bytes, name)?,
        None => detect(bytes, familiar)?,
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
        "utf-16" | "utf16" if bytes.starts_with(&[0xFE, 0xFF]) => (UTF_16BE, "UTF-16BE"),
        "utf-16" | "utf-16le" | "utf16" => (UTF_16LE, "UTF-16LE"),
        "utf-16be" => (UTF_16BE, "UTF-16BE"),
        "latin1" | "latin-1" | "windows-1252" | "iso-8859-1" => (WINDOWS_1252, "Latin-1"),
        _ => return Err(What::UnknownName { name: name.to_owned(), allowed: allowed() }),
    };
    strictly(bytes, encoding).map(|text| Decoded { text, encoding: label }).ok_or(What::NotUtf8)
}

fn detect(bytes: &[u8], familiar: &dyn Fn(&str) -> usize) -> Result<Decoded, What> {
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
        let other = if suspect { strictly(bytes, GB18030).filter(|other| familiar(other) > familiar(text)) } else { None };
        return Ok(match other {
            Some(text) => Decoded { text, encoding: "GB18030" },
            None => Decoded { text: text.to_owned(), encoding: "UTF-8" },
        });
    }
    if is_mixed(bytes) {
        return Err(What::MixedEncoding);
    }
    strictly(bytes, GB18030).map(|text| Decoded { text, encoding: "GB18030" }).ok_or(What::NotUtf8)
}

fn strictly(bytes: &[u8], encoding: &'static Encoding) -> Option<String> {
    let (text, wrong) = encoding.decode_with_bom_removal(bytes);
    (!wrong).then(|| text.into_owned())
}

/// A file that is not UTF-8 as a whole and yet has lines that are, with characters of three bytes, was put together
/// from files in different encodings. A line of GB18030 text looks like that about once in ten thousand, and never
/// with many such characters; so one long line is proof, and short ones are when they are no rare exception.
fn is_mixed(bytes: &[u8]) -> bool {
    const PROOF: usize = 4;
    const RARE: usize = 10;
    let (mut foreign, mut lines) = (0, 0);
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
        lines += 1;
        let wide = std::str::from_utf8(line).map_or(0, |text| text.chars().filter(|c| is_common_in_chinese(*c)).count());
        if wide >= PROOF {
            return true;
        }
        foreign += usize::from(wide > 0);
    }
    foreign * RARE >= lines && foreign > 0
}

fn is_common_in_chinese(c: char) -> bool {
    ('\u{3000}'..='\u{9FFF}').contains(&c) || ('\u{FF00}'..='\u{FFEF}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gbk(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    fn read(bytes: &[u8]) -> Result<Decoded, What> {
        decode(bytes, None, &|text| ["name", "状态", "姓名"].iter().filter(|word| text.contains(*word)).count())
    }

    #[test]
    fn the_usual_encodings() {
        assert_eq!(read("姓名\n王芳".as_bytes()).unwrap().encoding, "UTF-8");
        assert_eq!(read("\u{FEFF}姓名\n王芳".as_bytes()).unwrap(), Decoded { text: "姓名\n王芳".into(), encoding: "UTF-8 (BOM)" });
        assert_eq!(read(&gbk("姓名\n王芳")).unwrap(), Decoded { text: "姓名\n王芳".into(), encoding: "GB18030" });
        assert_eq!(read(&[0xFF, 0xFE, b'a', 0]).unwrap().text, "a");
        assert_eq!(decode(&[0xFE, 0xFF, 0, b'a'], Some("utf-16"), &|_| 0).unwrap().text, "a");
    }

    #[test]
    fn gbk_that_is_valid_utf8_is_seen_by_its_words() {
        assert!(std::str::from_utf8(&gbk("状态")).is_ok());
        assert_eq!(read(&gbk("状态")).unwrap().text, "状态");
        // a header in plain ASCII beside it must not decide for UTF-8
        assert_eq!(read(&gbk("name,状态")).unwrap().text, "name,状态");
        assert_eq!(read("é,ü".as_bytes()).unwrap().text, "é,ü");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let mut mixed = "客户名称,电话\n".as_bytes().to_vec();
        mixed.extend(gbk("王芳,138\n"));
        assert_eq!(read(&mixed), Err(What::MixedEncoding));
        let mut short = "id,name\n1,王芳\n".as_bytes().to_vec();
        short.extend(gbk("2,李伟\n3,赵敏\n"));
        assert_eq!(read(&short), Err(What::MixedEncoding));
        assert!(matches!(read(b"PK\x03\x04xx"), Err(What::UnknownFileType { .. })));
        assert_eq!(read(b"a\0b"), Err(What::NulByte));
        assert_eq!(decode(b"\xe9", Some("latin1"), &|_| 0).unwrap().text, "é");
    }
}
