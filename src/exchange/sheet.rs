//! Text → a sheet: headers and rows of cells, each with its line.

use crate::base::problem::{Place, Problem, Problems, What};
use crate::base::rows::{RowSpan, Splitter, bom_len, problem_at};

use super::workbook::Ask;

/// One row as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    pub line: u64,
    pub cells: Vec<String>,
    /// Line and column at which each cell starts.
    starts: Vec<(u32, u32)>,
}

impl SheetRow {
    /// A row of a grid of cells, numbered from 1.
    pub fn in_grid(row: u32, cells: Vec<String>) -> SheetRow {
        let mut whole = SheetRow { line: u64::from(row), cells, starts: Vec::new() };
        whole.pad(0);
        whole
    }

    /// Blank cells up to a width, each with its place in the grid.
    pub fn pad(&mut self, width: usize) {
        let width = width.max(self.cells.len());
        self.cells.resize(width, String::new());
        let row = u32::try_from(self.line).unwrap_or(u32::MAX);
        self.starts = (1..=width).map(|column| (row, u32::try_from(column).unwrap_or(u32::MAX))).collect();
    }

    /// The place of a cell.
    pub fn place(&self, file: &str, cell: Option<usize>) -> Place {
        let start = cell.and_then(|cell| self.starts.get(cell));
        let (line, column) = start.map_or((self.line, 1), |(line, column)| (u64::from(*line), u64::from(*column)));
        Place { file: file.to_owned(), line, column }
    }
}

/// More columns than any table of people has; a file with more is something else.
pub const MAX_COLUMNS: usize = 256;
const MAX_ROWS: usize = 1_000_000;
/// A header stands within the first rows, under a title at most.
pub const HEADER_WITHIN: usize = 20;

/// What a sheet was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Text {
        delimiter: char,
    },
    Workbook {
        kind: &'static str,
        sheet: String,
        /// How many sheets the workbook has.
        sheets: usize,
    },
}

/// A foreign table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// As places name it: the file, and of a workbook with several sheets the sheet.
    pub file: String,
    pub origin: Origin,
    pub headers: Vec<String>,
    /// The line of the header.
    pub header_line: u64,
    pub rows: Vec<SheetRow>,
}

/// How many of these cells are headers that we know.
pub fn known_cells<'a>(cells: impl Iterator<Item = &'a str>, known: &dyn Fn(&str) -> bool) -> usize {
    cells.map(str::trim).filter(|cell| !cell.is_empty() && known(cell)).count()
}

/// Where the header is: the row with most headers that we know (two at least), if all rows above are narrower, as titles
/// are; in a workbook otherwise the first row of several cells. Else the first row.
fn header_row(rows: &[SheetRow], is_workbook: bool, known: &dyn Fn(&str) -> bool) -> usize {
    let within = &rows[..rows.len().min(HEADER_WITHIN)];
    let filled = |row: &SheetRow| row.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    let count = |row: &SheetRow| known_cells(row.cells.iter().map(String::as_str), known);
    let narrower = |at: usize| within[..at].iter().all(|above| filled(above) < filled(&within[at]));
    let most = within.iter().map(count).max().unwrap_or(0);
    let best = within.iter().position(|row| count(row) == most).filter(|at| most >= 2 && narrower(*at));
    let titled = || within.iter().position(|row| filled(row) > 1).filter(|at| is_workbook && narrower(*at));
    best.or_else(titled).unwrap_or(0)
}

impl Sheet {
    /// A text whose first line is the header.
    #[cfg(test)]
    pub fn parse(file: &str, text: &str) -> Result<Sheet, Problems> {
        Sheet::parse_after(0, file, text)
    }

    /// A text with so many lines before its header.
    ///
    /// # Errors
    /// As of [`Sheet::parse_as`].
    pub fn parse_after(skip: usize, file: &str, text: &str) -> Result<Sheet, Problems> {
        Sheet::parse_as(&Ask { sheet: None, skip: Some(skip), known: &|_| false }, file, text)
    }

    /// Reads a delimited text; `,` `;` TAB or `|` is found from the header, and the header where nobody says where it is.
    ///
    /// # Errors
    /// An open quote and the like, with its place; no header. Rows of another length are kept for the caller to refuse.
    pub fn parse_as(ask: &Ask<'_>, file: &str, text: &str) -> Result<Sheet, Problems> {
        let (text, skipped) = without_lines(text, ask.skip.unwrap_or(0));
        let (text, told) = without_sep_line(text);
        let skipped = skipped + u32::from(told.is_some());
        let delimiter = told.unwrap_or_else(|| sniff(text));
        let too_large = |limit: String| vec![Problem::error(What::TooLarge { limit }).at(Place::file(file))];
        let mut rows = Vec::new();
        let mut cursor = Cursor::new(text, skipped);
        for row in Splitter::new(text, u8::try_from(delimiter).unwrap_or(b',')) {
            let row = row.map_err(|(at, what)| vec![shifted(problem_at(file, text, at, what), skipped)])?;
            if row.cells.len() > MAX_COLUMNS {
                return Err(too_large(format!("{MAX_COLUMNS} columns")));
            }
            if rows.len() > MAX_ROWS {
                return Err(too_large(format!("{MAX_ROWS} rows")));
            }
            rows.push(sheet_row(text, &row, &mut cursor));
        }
        Sheet::of_rows(file, rows, Origin::Text { delimiter }, &Ask { skip: ask.skip.map(|_| 0), ..*ask })
    }

    /// Finds the header among the rows.
    ///
    /// # Errors
    /// There is none.
    pub fn of_rows(file: &str, mut rows: Vec<SheetRow>, origin: Origin, ask: &Ask<'_>) -> Result<Sheet, Problems> {
        let is_workbook = matches!(origin, Origin::Workbook { .. });
        let at = match ask.skip {
            // in a grid blank rows are not there, and still counted
            Some(skip) if is_workbook => rows.iter().position(|row| row.line > skip as u64).unwrap_or(rows.len()),
            Some(skip) => skip,
            None => header_row(&rows, is_workbook, ask.known),
        };
        if at >= rows.len() {
            return Err(vec![Problem::error(What::EmptyFile).at(Place::file(file))]);
        }
        let header = rows.drain(..=at).next_back();
        let (header_line, cells) = header.map_or((1, Vec::new()), |header| (header.line, header.cells));
        let headers = cells.iter().map(|cell| cell.trim().to_owned()).collect();
        // a row of separators only is how spreadsheets end a file
        rows.retain(|row: &SheetRow| row.cells.iter().any(|cell| !cell.trim().is_empty()));
        Ok(Sheet { file: file.to_owned(), origin, headers, header_line, rows })
    }

    /// What separates the cells of a text.
    pub fn delimiter(&self) -> Option<char> {
        match self.origin {
            Origin::Text { delimiter } => Some(delimiter),
            Origin::Workbook { .. } => None,
        }
    }
}

fn sheet_row(text: &str, row: &RowSpan, cursor: &mut Cursor<'_>) -> SheetRow {
    let starts: Vec<(u32, u32)> = row.cells.iter().map(|cell| cursor.place(cell.start())).collect();
    let line = starts.first().map_or(0, |(line, _)| u64::from(*line));
    SheetRow { line, cells: row.cells.iter().map(|cell| cell.text(text).into_owned()).collect(), starts }
}

/// Counts lines and columns once over the file, not once a cell.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    column: u32,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str, skipped: u32) -> Self {
        Cursor { text, at: bom_len(text), line: 1 + skipped, column: 1 }
    }

    /// Line and column, both from 1, of an offset not before the last one asked for.
    fn place(&mut self, offset: usize) -> (u32, u32) {
        let mut chars = self.text[self.at..offset].chars().peekable();
        while let Some(c) = chars.next() {
            // the CR of a CRLF ends no line of its own
            let next_is_newline = chars.peek().map_or(self.text.as_bytes().get(offset) == Some(&b'\n'), |next| *next == '\n');
            if c == '\n' || (c == '\r' && !next_is_newline) {
                (self.line, self.column) = (self.line + 1, 1);
            } else {
                self.column += 1;
            }
        }
        self.at = offset;
        (self.line, self.column)
    }
}

fn shifted(mut problem: Problem, lines: u32) -> Problem {
    if let Some(place) = &mut problem.place {
        place.line += u64::from(lines);
    }
    problem
}

/// The text after its first lines, and how many those were.
fn without_lines(text: &str, skip: usize) -> (&str, u32) {
    let mut rest = text;
    let mut skipped = 0;
    for _ in 0..skip {
        let Some(end) = rest.find('\n') else { break };
        rest = &rest[end + 1..];
        skipped += 1;
    }
    (rest, skipped)
}

const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// Excel's own first line `sep=;` names the delimiter and is no row.
fn without_sep_line(text: &str) -> (&str, Option<char>) {
    let body = &text[bom_len(text)..];
    let end = body.find(['\r', '\n']).unwrap_or(body.len());
    let told = body[..end].trim_matches('"').to_lowercase();
    let delimiter = told.strip_prefix("sep=").and_then(|rest| rest.chars().next()).filter(|c| DELIMITERS.contains(c));
    let Some(delimiter) = delimiter else { return (text, None) };
    let rest = body[end..].strip_prefix("\r\n").or_else(|| body[end..].strip_prefix(['\r', '\n']));
    (rest.unwrap_or(""), Some(delimiter))
}

/// The delimiter that occurs most often in the header outside quotes; a comma when none does.
fn sniff(text: &str) -> char {
    let mut counts = DELIMITERS.map(|delimiter| (delimiter, 0_usize));
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' | '\r' if !quoted => break,
            _ if !quoted => counts.iter_mut().filter(|(delimiter, _)| *delimiter == c).for_each(|(_, count)| *count += 1),
            _ => {}
        }
    }
    // the first of equals wins: a comma before the others
    counts.iter().rev().max_by_key(|(_, count)| *count).filter(|(_, count)| *count > 0).map_or(',', |(delimiter, _)| *delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        let sheet = Sheet::parse("f", text).unwrap();
        std::iter::once(sheet.headers).chain(sheet.rows.into_iter().map(|row| row.cells)).collect()
    }

    #[test]
    fn delimiters_and_lines() {
        let sheet = Sheet::parse("f", "sep=;\r\na;b\r\n\"x\ny\";2\r\n;\r\n3;4;5\r\n").unwrap();
        assert_eq!((sheet.delimiter(), sheet.headers.len()), (Some(';'), 2));
        assert_eq!(sheet.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 6]);
        assert_eq!(sheet.rows[0].cells, ["x\ny", "2"]);
        for (text, delimiter) in [("a\tb,c\td\n", '\t'), ("\"a,b\";c\n", ';'), ("only\n1\n", ','), ("sep=x\na\n", ',')] {
            assert_eq!(Sheet::parse("f", text).unwrap().delimiter(), Some(delimiter), "{text}");
        }
        let told = Sheet::parse_after(2, "f", "Export of 1 July\n\na,b\n1,2\n").unwrap();
        assert_eq!((told.headers, told.rows[0].line), (vec!["a".to_owned(), "b".to_owned()], 4));
    }

    /// The shapes of the csv-spectrum collection.
    #[test]
    fn odd_but_legal_files() {
        assert_eq!(rows("a,b\n1,\"ha \"\"ha\"\" ha\"\n"), [["a", "b"], ["1", "ha \"ha\" ha"]]);
        assert_eq!(rows("first,address\nJohn,\"120 any st., Anytown\""), [["first", "address"], ["John", "120 any st., Anytown"]]);
        assert_eq!(rows("a,b,c\r\n1,\"\",\"\"\r\n2,3,4"), [["a", "b", "c"], ["1", "", ""], ["2", "3", "4"]]);
        assert_eq!(rows("k,v\n1,\"{\"\"type\"\": \"\"Point\"\"}\"\n"), [["k", "v"], ["1", "{\"type\": \"Point\"}"]]);
        assert_eq!(rows("a,b\n\"Once\r\nupon\",5\n7,ʤ\n"), [["a", "b"], ["Once\r\nupon", "5"], ["7", "ʤ"]]);
    }

    #[test]
    fn places() {
        let sheet = Sheet::parse("f", "\u{FEFF}客户,b,c\r\n王芳,\"2\r\n3\",4\r\n5,6,7\r\n").unwrap();
        let place = |row: usize, cell: usize| sheet.rows[row].place("f", Some(cell));
        assert_eq!(place(0, 1), Place { file: "f".into(), line: 2, column: 4 });
        assert_eq!(place(0, 2), Place { file: "f".into(), line: 3, column: 4 });
        assert_eq!(place(1, 2), Place { file: "f".into(), line: 4, column: 5 });
    }

    #[test]
    fn what_cannot_be_split_is_said_with_its_place() {
        let problem = Sheet::parse("f", "sep=;\na;b\n\"x").unwrap_err().remove(0);
        assert_eq!((problem.what, problem.place.unwrap().line), (What::UnclosedQuote, 3));
        assert!(matches!(Sheet::parse("f", "").unwrap_err()[0].what, What::EmptyFile));
        assert!(matches!(Sheet::parse("f", &",".repeat(300)).unwrap_err()[0].what, What::TooLarge { .. }));
    }
}
