//! Workbooks (xlsx, xlsb, xls, ods): bytes → the rows of one sheet as text, cell by cell and within limits.
//!
//! Cells become what a person would have typed: whole numbers without a point, dates as ISO. Identifiers that a
//! spreadsheet took for numbers are flagged where records are made of the rows (`typed`), not here.

mod cells;
mod limits;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, Ods, OdsError, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsb, Xlsx};

use super::sheet::{HEADER_WITHIN, MAX_COLUMNS, Origin, Sheet, SheetRow, known_cells};
use crate::base::problem::{Place, Problem, Problems, What};

/// A workbook's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Xlsx => "xlsx",
            Kind::Xlsb => "xlsb",
            Kind::Xls => "xls",
            Kind::Ods => "ods",
        }
    }
}

/// Which workbook these bytes are, by what is in them: names lie (a CSV called `.xls` is common).
///
/// # Errors
/// A zip or OLE file that is none.
pub fn kind(bytes: &[u8]) -> Result<Option<Kind>, What> {
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return limits::ole_kind(bytes).map(Some);
    }
    if bytes.starts_with(b"PK\x03\x04") { limits::zip_kind(bytes).map(Some) } else { Ok(None) }
}

/// Which sheet and header are wanted, and what helps to find them.
pub struct Ask<'a> {
    /// By name, or by number from 1.
    pub sheet: Option<&'a str>,
    /// Rows above the header; found when not given.
    pub skip: Option<usize>,
    /// Whether a cell is a header that we know.
    pub known: &'a dyn Fn(&str) -> bool,
}

/// What stands for a formula without a result: refused like one that failed.
const UNCALCULATED: &str = "#CALC!";

/// By row and column, both from 0; blank cells are not there.
type Cells = BTreeMap<u32, Vec<(u32, String)>>;

/// More cells than a sheet of people's records has.
const MAX_CELLS: usize = 1_000_000;

/// Reads the wanted sheet; without a wish the one whose header we know best, else the first that is not empty.
///
/// # Errors
/// A workbook that is broken, locked by a password or too large; a sheet that is not there.
pub fn read(bytes: &[u8], kind: Kind, file: &str, ask: &Ask<'_>) -> Result<Sheet, Problems> {
    let at_file = |what: What| vec![Problem::error(what).at(Place::file(file))];
    limits::check(bytes, kind).map_err(at_file)?;
    let broken = || at_file(What::BrokenWorkbook { reason: "unreadable".into() });
    let (names, chosen, cells) = quietly(|| take(bytes, kind, ask)).ok_or_else(broken)?.map_err(|what| match what {
        // typed, not in the file
        What::UnknownName { .. } => vec![Problem::error(what).field("--sheet")],
        what => at_file(what),
    })?;
    let others = names.len() > 1;
    // where only one sheet is, its name helps nobody to find a cell
    let named = if others { format!("{file}[{chosen}]") } else { file.to_owned() };
    let rows = cells.into_iter().map(|(row, cells)| sheet_row(row, cells)).collect::<Result<Vec<_>, _>>().map_err(at_file)?;
    let mut sheet = Sheet::of_rows(&named, rows, Origin::Workbook { kind: kind.name(), sheet: chosen, sheets: names.len() }, ask)?;
    pad(&mut sheet);
    Ok(sheet)
}

/// Runs a reader of foreign bytes; a panic in it is a broken file, and not told on the terminal.
fn quietly<T>(read: impl FnOnce() -> T) -> Option<T> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let read = catch_unwind(AssertUnwindSafe(read));
    std::panic::set_hook(hook);
    read.ok()
}

/// An opened workbook.
enum Book<'b> {
    Xlsx(Box<Xlsx<Cursor<&'b [u8]>>>),
    Xlsb(Box<Xlsb<Cursor<&'b [u8]>>>),
    Xls(Box<Xls<Cursor<&'b [u8]>>>),
    Ods(Box<Ods<Cursor<&'b [u8]>>>),
}

fn broken(error: &dyn std::fmt::Display) -> What {
    What::BrokenWorkbook { reason: error.to_string() }
}

impl<'b> Book<'b> {
    fn open(bytes: &'b [u8], kind: Kind) -> Result<Book<'b>, What> {
        let bytes = Cursor::new(bytes);
        Ok(match kind {
            Kind::Xlsx => Book::Xlsx(Box::new(Xlsx::new(bytes).map_err(|error| broken(&error))?)),
            Kind::Xlsb => Book::Xlsb(Box::new(Xlsb::new(bytes).map_err(|error| broken(&error))?)),
            Kind::Xls => Book::Xls(Box::new(Xls::new(bytes).map_err(|error| match error {
                XlsError::Password => What::LockedWorkbook,
                error => broken(&error),
            })?)),
            Kind::Ods => Book::Ods(Box::new(Ods::new(bytes).map_err(|error| match error {
                OdsError::Password => What::LockedWorkbook,
                error => broken(&error),
            })?)),
        })
    }

    /// The sheets with cells, and whether each can be seen.
    fn sheets(&self) -> Vec<(String, bool)> {
        let all = match self {
            Book::Xlsx(book) => book.sheets_metadata(),
            Book::Xlsb(book) => book.sheets_metadata(),
            Book::Xls(book) => book.sheets_metadata(),
            Book::Ods(book) => book.sheets_metadata(),
        };
        let with_cells = all.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        with_cells.map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible)).collect()
    }

    /// The cells of a sheet; of the first `rows` rows alone where that is said.
    fn cells(&mut self, name: &str, rows: Option<u32>) -> Result<Cells, What> {
        let mut taken = Taken { cells: Cells::new(), count: 0, rows };
        match self {
            Book::Xlsx(book) => {
                let mut reader = book.worksheet_cells_reader(name).map_err(|error| broken(&error))?;
                while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(|error| broken(&error))? {
                    let value = Data::from(cell.value);
                    // a program wrote the formula and no spreadsheet has worked it out yet: that is no blank cell
                    let unknown = value == Data::Empty && cell.formula.is_some();
                    let value = if unknown { Data::String(UNCALCULATED.to_owned()) } else { value };
                    if !taken.add(cell.pos, &value)? {
                        break;
                    }
                }
            }
            Book::Xlsb(book) => {
                let mut reader = book.worksheet_cells_reader(name).map_err(|error| broken(&error))?;
                while let Some(cell) = reader.next_cell().map_err(|error| broken(&error))? {
                    let position = cell.get_position();
                    if !taken.add(position, &Data::from(cell.get_value().clone()))? {
                        break;
                    }
                }
            }
            Book::Xls(book) => taken.range(&book.worksheet_range(name).map_err(|error| broken(&error))?)?,
            Book::Ods(book) => taken.range(&book.worksheet_range(name).map_err(|error| broken(&error))?)?,
        }
        Ok(taken.cells)
    }
}

/// The cells taken so far.
struct Taken {
    cells: Cells,
    count: usize,
    /// Rows below are not wanted.
    rows: Option<u32>,
}

impl Taken {
    /// Takes a cell; `false` once it lies below the rows that are wanted.
    fn add(&mut self, (row, column): (u32, u32), value: &Data) -> Result<bool, What> {
        if self.rows.is_some_and(|rows| row >= rows) {
            return Ok(false);
        }
        let Some(text) = cells::text(value) else { return Ok(true) };
        self.count += 1;
        if self.count > MAX_CELLS {
            return Err(What::TooLarge { limit: format!("{MAX_CELLS} cells") });
        }
        self.cells.entry(row).or_default().push((column, text));
        Ok(true)
    }

    fn range(&mut self, range: &calamine::Range<Data>) -> Result<(), What> {
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let at = |offset: u32, n: usize| offset.saturating_add(u32::try_from(n).unwrap_or(u32::MAX));
            if !self.add((at(top, row), at(left, column)), value)? {
                break;
            }
        }
        Ok(())
    }
}

/// The names of all sheets, the one that is read, and its cells.
fn take(bytes: &[u8], kind: Kind, ask: &Ask<'_>) -> Result<(Vec<String>, String, Cells), What> {
    let mut book = Book::open(bytes, kind)?;
    let sheets = book.sheets();
    let names: Vec<String> = sheets.iter().map(|(name, _)| name.clone()).collect();
    let chosen = match ask.sheet {
        Some(typed) => named(typed, &names)?,
        None => best(&mut book, &sheets, ask)?,
    };
    let cells = book.cells(&chosen, None)?;
    Ok((names, chosen, cells))
}

fn named(typed: &str, names: &[String]) -> Result<String, What> {
    let folded = crate::base::text::fold_key(typed);
    let by_name =
        names.iter().find(|name| *name == typed).or_else(|| names.iter().find(|name| crate::base::text::fold_key(name) == folded));
    let by_number = || typed.parse::<usize>().ok().and_then(|n| names.get(n.checked_sub(1)?));
    let found = by_name.or_else(by_number);
    found.cloned().ok_or_else(|| What::UnknownName { name: typed.to_owned(), allowed: names.to_vec() })
}

/// The sheet whose first rows hold most of the headers we know, hidden ones only where nothing else is; among equals the first.
fn best(book: &mut Book<'_>, sheets: &[(String, bool)], ask: &Ask<'_>) -> Result<String, What> {
    if let [(only, _)] = sheets {
        return Ok(only.clone());
    }
    let rows = u32::try_from(HEADER_WITHIN).unwrap_or(u32::MAX).saturating_add(u32::try_from(ask.skip.unwrap_or(0)).unwrap_or(u32::MAX));
    let mut best: Option<((bool, bool, usize), &str)> = None;
    for (name, visible) in sheets {
        let cells = book.cells(name, Some(rows))?;
        let known = cells.values().map(|row| known_cells(row.iter().map(|(_, text)| text.as_str()), ask.known)).max();
        // what is not empty comes first, then what can be seen, then what is known best
        let rank = (!cells.is_empty(), *visible, known.unwrap_or(0));
        if best.is_none_or(|(other, _)| rank > other) {
            best = Some((rank, name));
        }
    }
    best.map(|(_, name)| name.to_owned()).ok_or(What::EmptyFile)
}

/// Row and column are told from 1, as the spreadsheet shows them.
fn sheet_row(row: u32, mut cells: Vec<(u32, String)>) -> Result<SheetRow, What> {
    cells.sort_by_key(|(column, _)| *column);
    let width = cells.last().map_or(0, |(column, _)| *column as usize + 1);
    if width > MAX_COLUMNS {
        return Err(What::TooLarge { limit: format!("{MAX_COLUMNS} columns") });
    }
    let mut texts = vec![String::new(); width];
    for (column, text) in cells {
        texts[column as usize] = text;
    }
    Ok(SheetRow::in_grid(row + 1, texts))
}

/// A row of a workbook ends with its last filled cell: up to the header's width the rest is blank.
fn pad(sheet: &mut Sheet) {
    let width = sheet.headers.len();
    for row in &mut sheet.rows {
        row.pad(width);
    }
}

#[cfg(test)]
mod tests;
