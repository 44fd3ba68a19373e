//! Text → a sheet: headers and rows of cells, each with its line.

use crate::base::problem::{Place, Problem, Problems, What};
use crate::base::rows::{RowSpan, Splitter, bom_len, line_column, problem_at};

/// One row as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    pub line: u64,
    pub cells: Vec<String>,
    /// Columns at which the cells start.
    starts: Vec<u64>,
}

impl SheetRow {
    /// The place of a cell.
    pub fn place(&self, file: &str, cell: Option<usize>) -> Place {
        let column = cell.and_then(|cell| self.starts.get(cell)).copied().unwrap_or(1);
        Place { file: file.to_owned(), line: self.line, column }
    }
}

/// A foreign table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub file: String,
    pub delimiter: char,
    pub headers: Vec<String>,
    pub rows: Vec<SheetRow>,
}

impl Sheet {
    /// Reads a delimited text; `,` `;` TAB or `|` is found from the header.
    ///
    /// # Errors
    /// An open quote and the like, with its place; no header. Rows of another length are kept for the caller to refuse.
    pub fn parse(file: &str, text: &str) -> Result<Sheet, Problems> {
        let (text, told, skipped) = without_sep_line(text);
        let delimiter = told.unwrap_or_else(|| sniff(text));
        let mut rows = Vec::new();
        let mut lines = LineCounter::new(text, skipped);
        for row in Splitter::new(text, u8::try_from(delimiter).unwrap_or(b',')) {
            match row {
                Ok(row) => rows.push(sheet_row(text, &row, &mut lines)),
                Err((at, what)) => return Err(vec![problem_at(file, text, at, what)]),
            }
        }
        if rows.is_empty() {
            return Err(vec![Problem::error(What::EmptyFile).at(Place::file(file))]);
        }
        let headers = rows.remove(0).cells.iter().map(|cell| cell.trim().to_owned()).collect();
        // a row of separators only is how spreadsheets end a file
        rows.retain(|row: &SheetRow| row.cells.iter().any(|cell| !cell.trim().is_empty()));
        Ok(Sheet { file: file.to_owned(), delimiter, headers, rows })
    }
}

fn sheet_row(text: &str, row: &RowSpan, lines: &mut LineCounter<'_>) -> SheetRow {
    let line = lines.line_of(row.start);
    let start = text[..row.start].rfind(['\n', '\r']).map_or(bom_len(text).min(row.start), |at| at + 1);
    let column =
        |at: usize| if text[start..at].contains('\n') { line_column(text, at).1 } else { text[start..at].chars().count() as u64 + 1 };
    SheetRow {
        line,
        cells: row.cells.iter().map(|cell| cell.text(text).into_owned()).collect(),
        starts: row.cells.iter().map(|cell| column(cell.start)).collect(),
    }
}

/// Counts lines once over the file, not once a row.
struct LineCounter<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl<'a> LineCounter<'a> {
    fn new(text: &'a str, skipped: u64) -> Self {
        LineCounter { text, at: 0, line: 1 + skipped }
    }

    fn line_of(&mut self, offset: usize) -> u64 {
        let bytes = self.text.as_bytes();
        for i in self.at..offset {
            let ends = bytes[i] == b'\n' || (bytes[i] == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
            self.line += u64::from(ends);
        }
        self.at = offset;
        self.line
    }
}

/// Excel's own first line `sep=;` names the delimiter and is no row.
fn without_sep_line(text: &str) -> (&str, Option<char>, u64) {
    let body = &text[bom_len(text)..];
    let first = body.lines().next().unwrap_or("");
    let told = first.trim_matches('"').to_lowercase();
    match told.strip_prefix("sep=").map(|rest| rest.chars().next()) {
        Some(Some(delimiter)) if delimiter.is_ascii() => {
            let rest = body[first.len()..].trim_start_matches('\r');
            (rest.strip_prefix('\n').unwrap_or(rest), Some(delimiter), 1)
        }
        _ => (text, None, 0),
    }
}

/// The delimiter that occurs most often in the header outside quotes; a comma when none does.
fn sniff(text: &str) -> char {
    let mut counts = [(',', 0_usize), (';', 0), ('\t', 0), ('|', 0)];
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

    #[test]
    fn delimiters_and_lines() {
        let sheet = Sheet::parse("f", "sep=;\r\na;b\r\n\"x\ny\";2\r\n;\r\n3;4;5\r\n").unwrap();
        assert_eq!((sheet.delimiter, sheet.headers.len()), (';', 2));
        assert_eq!(sheet.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 6]);
        assert_eq!(sheet.rows[0].cells, ["x\ny", "2"]);
        assert_eq!(Sheet::parse("f", "a\tb,c\td\n1\t2\t3\n").unwrap().delimiter, '\t');
        assert_eq!(Sheet::parse("f", "only\n1\n").unwrap().delimiter, ',');
    }

    #[test]
    fn places() {
        let sheet = Sheet::parse("f", "客户,b\n王芳,2\n").unwrap();
        assert_eq!(sheet.rows[0].place("f", Some(1)), Place { file: "f".into(), line: 2, column: 4 });
        assert!(matches!(Sheet::parse("f", "a,b\n\"x").unwrap_err()[0].what, What::UnclosedQuote));
        assert!(matches!(Sheet::parse("f", "").unwrap_err()[0].what, What::EmptyFile));
    }
}
