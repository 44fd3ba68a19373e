//! The file of rows that could not be taken: mended and imported again.

use super::sheet::Sheet;
use super::typed::Rejected;
use crate::base::lang::Lang;
use crate::base::rows::write_row;
use crate::base::text::looks_like_formula;

use super::mapping::{REASON_HEADERS, is_reason};

/// The rejected rows as they stood, with their reasons in the last column. `words` puts a row's problems into words.
pub fn write(sheet: &Sheet, rejected: &[Rejected], lang: Lang, words: &dyn Fn(&Rejected) -> String) -> String {
    let mut out = String::from("\u{FEFF}");
    let mut line = |cells: &[String]| {
        write_row(&mut out, cells, ',');
        out.push_str("\r\n");
    };
    let [zh, en] = REASON_HEADERS;
    // a file that was rejected before already has the column: it is written anew, not twice
    let kept: Vec<usize> = (0..sheet.headers.len()).filter(|i| !is_reason(&sheet.headers[*i])).collect();
    let mut header: Vec<String> = kept.iter().map(|i| sheet.headers[*i].clone()).collect();
    header.push(lang.pick(zh, en).to_owned());
    line(&header);
    for row in rejected {
        let mut cells: Vec<String> = kept.iter().map(|i| row.row.cells.get(*i).cloned().unwrap_or_default()).collect();
        cells.push(words(row));
        // cells past the header stand behind the reason: the row stays too long until somebody mends it
        cells.extend(row.row.cells.iter().skip(sheet.headers.len()).cloned());
        line(&cells.iter().map(|cell| guarded(cell)).collect::<Vec<_>>());
    }
    out
}

/// Whether these are the bytes of such a file, by its first line.
pub fn is_one(bytes: &[u8]) -> bool {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = String::from_utf8_lossy(first);
    first.trim_start_matches('\u{FEFF}').split([',', ';', '\t']).any(|header| is_reason(header.trim().trim_matches('"')))
}

/// People open this file in a spreadsheet: a cell that would run as a formula carries one `'`, which the import takes off.
fn guarded(cell: &str) -> String {
    if looks_like_formula(cell) && !cell.starts_with('\'') { format!("'{cell}") } else { cell.to_owned() }
}
