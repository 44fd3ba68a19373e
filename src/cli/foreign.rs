//! A foreign file: its bytes, what kind of file they are, and the sheet in it.

use serde_json::Map;

use super::error::Failure;
use super::session::Session;
use crate::base::problem::{Place, Problem, What};
use crate::exchange::encoding;
use crate::exchange::sheet::{Origin, Sheet};
use crate::exchange::workbook::{self, Ask};
use crate::store;
use crate::view::present::receipt::ReadFrom;

/// A foreign file as a sheet, and what the log will say of it.
pub struct Input {
    pub sheet: Sheet,
    /// Of a text its encoding, of a workbook its kind.
    pub encoding: &'static str,
    pub facts: Map<String, serde_json::Value>,
}

/// Which file is wanted, and how it is to be read.
pub struct Wanted<'a> {
    pub file: &'a str,
    /// The encoding that somebody named.
    pub encoding: Option<&'a str>,
    pub ask: Ask<'a>,
    /// How much of a text we know: decides between encodings that both fit.
    pub familiar: &'a dyn Fn(&str) -> usize,
}

/// Reads a foreign file.
///
/// # Errors
/// As of [`bytes`] and [`read`].
pub fn open(session: &Session<'_>, wanted: &Wanted<'_>) -> Result<Input, Failure> {
    read(&bytes(session, wanted.file)?, wanted)
}

/// The bytes of a foreign file; `-` is standard input, which can be read once.
pub fn bytes(session: &Session<'_>, file: &str) -> Result<Vec<u8>, Failure> {
    session.read_input(file)
}

/// Makes a sheet of a file's bytes.
///
/// # Errors
/// A file that is of no kind we know, cannot be split, or has no header.
pub fn read(bytes: &[u8], wanted: &Wanted<'_>) -> Result<Input, Failure> {
    let Wanted { file, encoding: forced, ask, familiar } = wanted;
    let at_file = |what: What| Problem::error(what).at(Place::file(*file));
    let (sheet, encoding) = match workbook::kind(bytes).map_err(at_file)? {
        Some(kind) => (workbook::read(bytes, kind, file, ask)?, kind.name()),
        None if ask.sheet.is_some() => {
            let message = ["--sheet 只用于工作簿 (xlsx, xls, ods)".to_owned(), "--sheet is for workbooks (xlsx, xls, ods)".to_owned()];
            return Err(What::Usage { message }.into());
        }
        None => {
            let decoded = encoding::decode(bytes, *forced, *familiar).map_err(at_file)?;
            (Sheet::parse_as(ask, file, &decoded.text)?, decoded.encoding)
        }
    };
    let name = std::path::Path::new(file).file_name().map_or_else(|| (*file).to_owned(), |name| name.to_string_lossy().into_owned());
    let mut facts = Map::new();
    facts.insert("file".into(), name.into());
    facts.insert("sha256".into(), store::sha256(bytes).into());
    facts.insert("encoding".into(), encoding.into());
    if let Origin::Workbook { sheet, .. } = &sheet.origin {
        facts.insert("sheet".into(), sheet.as_str().into());
    }
    Ok(Input { sheet, encoding, facts })
}

impl Input {
    /// For the receipt.
    pub fn read_from(&self) -> ReadFrom {
        let (sheet, sheets) = match &self.sheet.origin {
            Origin::Text { .. } => (None, 0),
            Origin::Workbook { sheet, sheets, .. } => (Some(sheet.clone()), *sheets),
        };
        ReadFrom { encoding: self.encoding, delimiter: self.sheet.delimiter(), sheet, sheets, header_line: self.sheet.header_line }
    }
}
