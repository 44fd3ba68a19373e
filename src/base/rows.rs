//! A strict splitter of delimited text (RFC 4180): every row and cell with its place.
//!
//! It keeps byte spans, so a file can be rewritten with untouched rows byte-identical, and it
//! refuses what other readers guess about: open quotes, quotes in bare cells, text after a quote.

use std::borrow::Cow;

use super::problem::{Place, Problem, What};

/// One cell: the bytes between the delimiters, quotes included. A file has millions of them, hence the short numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellSpan {
    start: u32,
    end: u32,
}

/// One row: its bytes including the line end, and its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowSpan {
    pub start: usize,
    /// After the cells, before the line end.
    pub body_end: usize,
    /// After the line end.
    pub end: usize,
    pub cells: Vec<CellSpan>,
}

/// One row without its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    pub start: usize,
    /// After the cells, before the line end.
    pub body_end: usize,
    /// After the line end.
    pub end: usize,
}

/// The longest text that is split: what 32 bits can count.
pub const MAX_TEXT: usize = u32::MAX as usize;

impl CellSpan {
    /// Of a text up to [`MAX_TEXT`], which is checked where files are read.
    pub fn new(start: usize, end: usize) -> CellSpan {
        let short = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        CellSpan { start: short(start), end: short(end) }
    }

    pub fn start(self) -> usize {
        self.start as usize
    }

    pub fn end(self) -> usize {
        self.end as usize
    }

    /// The cell's text, quotes taken off.
    pub fn text<'a>(&self, source: &'a str) -> Cow<'a, str> {
        let whole = &source[self.start()..self.end()];
        // a bare cell holds no quote: the splitter has seen to that
        if whole.as_bytes().first() != Some(&b'"') {
            return Cow::Borrowed(whole);
        }
        let Some(inner) = whole.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return Cow::Borrowed(whole) };
        if inner.contains('"') { Cow::Owned(inner.replace("\"\"", "\"")) } else { Cow::Borrowed(inner) }
    }
}

/// Splits `source` into rows. Blank lines are passed over (they stay in the bytes).
pub struct Splitter<'a> {
    source: &'a str,
    delimiter: u8,
    at: usize,
}

impl<'a> Splitter<'a> {
    pub fn new(source: &'a str, delimiter: u8) -> Self {
        Splitter { source, delimiter, at: bom_len(source) }
    }

    fn line_end(&self, at: usize) -> usize {
        let bytes = self.source.as_bytes();
        match bytes.get(at) {
            Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => at + 2,
            Some(b'\r' | b'\n') => at + 1,
            _ => at,
        }
    }

    fn bare_end(&self, start: usize) -> Result<usize, (usize, What)> {
        for (i, b) in self.source.as_bytes()[start..].iter().enumerate() {
            match b {
                b'\r' | b'\n' => return Ok(start + i),
                b'"' => return Err((start + i, What::QuoteInBareCell)),
                b if *b == self.delimiter => return Ok(start + i),
                _ => {}
            }
        }
        Ok(self.source.len())
    }

    fn quoted_end(&self, start: usize) -> Result<usize, (usize, What)> {
        let bytes = self.source.as_bytes();
        let mut i = start + 1;
        while let Some(b) = bytes.get(i) {
            if *b == b'"' {
                match bytes.get(i + 1) {
                    Some(b'"') => i += 1,
                    None | Some(b'\r' | b'\n') => return Ok(i + 1),
                    Some(b) if *b == self.delimiter => return Ok(i + 1),
                    Some(_) => return Err((i + 1, What::TextAfterQuote)),
                }
            }
            i += 1;
        }
        Err((start, What::UnclosedQuote))
    }

    /// The next row, its cells put behind those already in `cells`: a file needs no allocation per row.
    /// `None` at the end; after a fault nothing more is read.
    pub fn next_into(&mut self, cells: &mut Vec<CellSpan>) -> Option<Result<Line, (usize, What)>> {
        loop {
            let end = self.line_end(self.at);
            if end == self.at {
                break;
            }
            self.at = end;
        }
        if self.at >= self.source.len() {
            return None;
        }
        let row = self.row(cells);
        if row.is_err() {
            self.at = self.source.len();
        }
        Some(row)
    }

    fn row(&mut self, cells: &mut Vec<CellSpan>) -> Result<Line, (usize, What)> {
        let bytes = self.source.as_bytes();
        let start_of_row = self.at;
        loop {
            let start = self.at;
            let quoted = bytes.get(start) == Some(&b'"');
            let end = if quoted { self.quoted_end(start)? } else { self.bare_end(start)? };
            cells.push(CellSpan::new(start, end));
            self.at = end;
            if bytes.get(end) == Some(&self.delimiter) {
                self.at += 1;
            } else {
                break;
            }
        }
        let body_end = self.at;
        self.at = self.line_end(body_end);
        Ok(Line { start: start_of_row, body_end, end: self.at })
    }
}

impl Iterator for Splitter<'_> {
    type Item = Result<RowSpan, (usize, What)>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut cells = Vec::new();
        let line = self.next_into(&mut cells)?;
        Some(line.map(|Line { start, body_end, end }| RowSpan { start, body_end, end, cells }))
    }
}

/// Bytes of a byte order mark at the start: 3 or 0.
pub fn bom_len(source: &str) -> usize {
    if source.starts_with('\u{FEFF}') { 3 } else { 0 }
}

/// Line and column (both from 1, columns in characters) of a byte offset.
pub fn line_column(source: &str, offset: usize) -> (u64, u64) {
    let before = source.get(..offset).unwrap_or(source);
    let mut line = 1;
    let mut line_start = bom_len(source).min(before.len());
    let bytes = before.as_bytes();
    for (i, b) in bytes.iter().enumerate() {
        let ends_line = *b == b'\n' || (*b == b'\r' && source.as_bytes().get(i + 1) != Some(&b'\n'));
        if ends_line {
            line += 1;
            line_start = i + 1;
        }
    }
    (line, before[line_start..].chars().count() as u64 + 1)
}

/// A problem at a byte offset of a named file.
pub fn problem_at(file: &str, source: &str, offset: usize, what: What) -> Problem {
    let (line, column) = line_column(source, offset);
    Problem::error(what).at(Place { file: file.to_owned(), line, column })
}

/// Writes one cell, quoted only where it must be.
pub fn write_cell(out: &mut String, text: &str, delimiter: char) {
    let must_quote =
        text.contains(['"', '\n', '\r', delimiter]) || text.starts_with([' ', '\t', '\u{FEFF}']) || text.ends_with([' ', '\t']);
    if must_quote {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

/// Writes one row without its line end. A row of one empty cell is written `""`, so it is not a blank line.
pub fn write_row<S: AsRef<str>>(out: &mut String, cells: &[S], delimiter: char) {
    if let [only] = cells
        && only.as_ref().is_empty()
    {
        out.push_str("\"\"");
        return;
    }
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            out.push(delimiter);
        }
        write_cell(out, cell.as_ref(), delimiter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(source: &str) -> Result<Vec<Vec<String>>, (usize, What)> {
        Splitter::new(source, b',').map(|row| row.map(|r| r.cells.iter().map(|c| c.text(source).into_owned()).collect())).collect()
    }

    #[test]
    fn quotes_newlines_and_line_ends() {
        let source = "\u{FEFF}a,\"b\"\"c\"\r\n\r\n\"x\ny\",\nlast,1";
        let rows = texts(source).unwrap();
        assert_eq!(rows, [vec!["a", "b\"c"], vec!["x\ny", ""], vec!["last", "1"]]);
    }

    #[test]
    fn faults_have_their_place() {
        assert_eq!(texts("a,\"b"), Err((2, What::UnclosedQuote)));
        assert_eq!(texts("a,b\"c"), Err((3, What::QuoteInBareCell)));
        assert_eq!(texts("a,\"b\"c"), Err((5, What::TextAfterQuote)));
        assert_eq!(line_column("a\r\n客户,x", "a\r\n客户,".len()), (2, 4));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(rows in prop::collection::vec(prop::collection::vec("[a,\"\n\r 客]{0,6}", 1..5), 1..6)) {
            let mut out = String::new();
            for row in &rows {
                write_row(&mut out, row, ',');
                out.push('\n');
            }
            prop_assert_eq!(texts(&out).unwrap(), rows);
        }
    }
}
