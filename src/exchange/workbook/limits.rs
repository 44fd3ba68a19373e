//! What a workbook would become, measured before anything of it is laid out: a small file can declare a huge sheet.

use std::io::{Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::Kind;
use crate::base::problem::What;

/// All parts that are read, inflated. Pictures are not read.
const MAX_INFLATED: u64 = 64 * 1024 * 1024;
const MAX_PARTS: usize = 10_000;
/// Cells that a sheet reaches over, blank ones included, for formats whose reader lays them all out.
const MAX_REACH: u64 = 4_000_000;

fn broken(error: &dyn std::fmt::Display) -> What {
    What::BrokenWorkbook { reason: error.to_string() }
}

fn too_large(limit: &str) -> What {
    What::TooLarge { limit: limit.to_owned() }
}

/// Which workbook a zip is.
pub fn zip_kind(bytes: &[u8]) -> Result<Kind, What> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let parts: Vec<String> = archive.file_names().flatten().map(std::borrow::Cow::into_owned).collect();
    let has = |name: &str| parts.iter().any(|part| part.eq_ignore_ascii_case(name));
    if has("xl/workbook.bin") {
        Ok(Kind::Xlsb)
    } else if has("content.xml") {
        Ok(Kind::Ods)
    } else if has("[Content_Types].xml") && parts.iter().any(|part| part.ends_with("workbook.xml")) {
        Ok(Kind::Xlsx)
    } else {
        Err(What::UnknownFileType { hint: "zip".into() })
    }
}

/// Which workbook an OLE file is.
pub fn ole_kind(bytes: &[u8]) -> Result<Kind, What> {
    let file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    if file.is_stream("/Workbook") || file.is_stream("/Book") {
        Ok(Kind::Xls)
    } else if file.is_stream("/EncryptedPackage") {
        // an xlsx with a password is wrapped like this
        Err(What::LockedWorkbook)
    } else {
        Err(What::UnknownFileType { hint: "OLE".into() })
    }
}

/// # Errors
/// [`What::TooLarge`] with the limit.
pub fn check(bytes: &[u8], kind: Kind) -> Result<(), What> {
    match kind {
        Kind::Xlsx | Kind::Xlsb => inflated(bytes),
        Kind::Ods => inflated(bytes).and_then(|()| ods_reach(bytes)),
        Kind::Xls => xls_reach(bytes),
    }
}

/// Inflates every part that is read and throws it away, counting: what a zip declares of itself may be a lie.
fn inflated(bytes: &[u8]) -> Result<(), What> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    if archive.len() > MAX_PARTS {
        return Err(too_large("10000 parts"));
    }
    let mut left = MAX_INFLATED;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|error| broken(&error))?;
        if ["xl/media/", "Pictures/", "Thumbnails/"].iter().any(|folder| part.name().is_ok_and(|name| name.starts_with(folder))) {
            continue;
        }
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|error| broken(&error))?;
        left = left.checked_sub(read).ok_or_else(|| too_large("64 MB inflated"))?;
    }
    Ok(())
}

/// The rectangle of cells that a table reaches over.
#[derive(Debug, Default)]
struct Reach {
    rows: u64,
    columns: u64,
}

impl Reach {
    fn fits(&self) -> Result<(), What> {
        if self.rows.saturating_mul(self.columns) > MAX_REACH { Err(too_large("4000000 cells, blank ones included")) } else { Ok(()) }
    }
}

/// An ods says `the next million rows are like this one`.
fn ods_reach(bytes: &[u8]) -> Result<(), What> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let mut content = Vec::new();
    archive.by_name("content.xml").map_err(|error| broken(&error))?.read_to_end(&mut content).map_err(|error| broken(&error))?;
    let mut reader = quick_xml::Reader::from_reader(content.as_slice());
    let mut scan = OdsScan::default();
    loop {
        match reader.read_event().map_err(|error| broken(&error))? {
            Event::Start(tag) | Event::Empty(tag) => scan.open(&tag)?,
            Event::Eof => return scan.table.fits(),
            _ => {}
        }
    }
}

#[derive(Debug, Default)]
struct OdsScan {
    table: Reach,
    /// Rows since the table began, and how often the present one is repeated.
    row: u64,
    repeated: u64,
    column: u64,
}

impl OdsScan {
    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), What> {
        let repeated = |name: &str| attribute(tag, name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(1);
        match tag.name().as_ref() {
            "table:table" => {
                self.table.fits()?;
                *self = OdsScan::default();
            }
            "table:table-row" => {
                self.row = self.row.saturating_add(self.repeated);
                self.repeated = repeated("table:number-rows-repeated");
                self.column = 0;
            }
            "table:table-cell" | "table:covered-table-cell" => {
                self.column = self.column.saturating_add(repeated("table:number-columns-repeated"));
                // blank cells reach nowhere: every sheet ends with a million of them
                if attribute(tag, "office:value-type").is_some() || attribute(tag, "table:formula").is_some() {
                    self.table.columns = self.table.columns.max(self.column);
                    self.table.rows = self.table.rows.max(self.row.saturating_add(self.repeated));
                    self.table.fits()?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = tag.attributes().with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name)?;
    Some(attribute.value.clone().into_owned())
}

/// Records of a BIFF stream that hold one cell; the numbers are Microsoft's ([MS-XLS] 2.3).
const CELL_RECORDS: [u16; 9] = [0x0006, 0x00BD, 0x00BE, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E];
const BEGIN: u16 = 0x0809;

/// The reader of xls lays out the rectangle from a sheet's first cell to its last.
fn xls_reach(bytes: &[u8]) -> Result<(), What> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let name = if file.is_stream("/Workbook") { "/Workbook" } else { "/Book" };
    let mut stream = Vec::new();
    file.open_stream(name).and_then(|mut part| part.read_to_end(&mut stream)).map_err(|error| broken(&error))?;
    let (mut at, mut all, mut sheet) = (0, 0_u64, Reach::default());
    let number = |at: usize| stream.get(at..at + 2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    while let (Some(record), Some(length)) = (number(at), number(at + 2)) {
        let (body, end) = (at + 4, at + 4 + usize::from(length));
        if record == BEGIN {
            all = all.saturating_add(sheet.rows.saturating_mul(sheet.columns));
            sheet = Reach::default();
        } else if CELL_RECORDS.contains(&record) {
            // several cells in a row end with the number of their last column
            let last = if matches!(record, 0x00BD | 0x00BE) { number(end.saturating_sub(2)) } else { number(body + 2) };
            sheet.rows = sheet.rows.max(u64::from(number(body).unwrap_or(0)) + 1);
            sheet.columns = sheet.columns.max(u64::from(last.unwrap_or(0)) + 1);
        }
        at = end;
    }
    Reach { rows: all.saturating_add(sheet.rows.saturating_mul(sheet.columns)), columns: 1 }.fits()
}
