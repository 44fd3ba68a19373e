//! A table's file with its raw bytes: typed rows out, and a rewrite that changes only what changed.
//!
//! Row order, blank cells, unknown columns, column order, the header's language, BOM and line
//! ends survive. Text that a spreadsheet would take for a formula carries one `'` in the file.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::patch::{Hunk, New};
use crate::base::lang::Lang;
use crate::base::problem::{Problem, Problems, What};
use crate::base::rows::{CellSpan, Line, RowSpan, Splitter, bom_len, problem_at, write_cell, write_row};
use crate::base::text::{fold_key, looks_like_formula};
use crate::model::cell::{Kind, Locale};
use crate::model::record::Record;
use crate::model::table::Table;

/// A parsed file of a table.
#[derive(Debug)]
pub struct CsvFile {
    table: &'static Table,
    name: String,
    source: String,
    newline: &'static str,
    header: Vec<String>,
    /// File column of each table column.
    column: Vec<Option<usize>>,
    rows: Vec<Line>,
    /// The cells of all rows, one after the other; every row has as many as the header.
    cells: Vec<CellSpan>,
}

/// A new row by table column, with the owner's own columns by header.
pub type NewRow = (Vec<String>, Vec<(String, String)>);

/// Columns that the file lacks and an edit gives a value.
#[derive(Debug, Default)]
struct Added {
    table: Vec<usize>,
    /// By the header they get.
    own: Vec<String>,
}

impl Added {
    fn is_empty(&self) -> bool {
        self.table.is_empty() && self.own.is_empty()
    }
}

/// What happens to the rows of one file.
#[derive(Debug, Default)]
pub struct Edits {
    /// By data row: table column and new text.
    pub updates: BTreeMap<usize, Vec<(usize, String)>>,
    /// By data row: the header of a column of the owner's, and its new text as it is to stand.
    pub own: BTreeMap<usize, Vec<(String, String)>>,
    pub removals: BTreeSet<usize>,
    pub inserts: Vec<NewRow>,
}

impl CsvFile {
    /// Parses a file; its header and shape are checked, its cells are not yet read.
    ///
    /// # Errors
    /// Not UTF-8, a NUL, an open quote, a ragged row, a repeated or missing header, each with its place.
    pub fn parse(table: &'static Table, name: &str, bytes: Vec<u8>) -> Result<CsvFile, Problems> {
        let source = decode(name, bytes)?;
        let mut wrong = Problems::new();
        let mut splitter = Splitter::new(&source, b',');
        let header_row = match splitter.next() {
            Some(Ok(row)) => row,
            Some(Err((at, what))) => return Err(vec![problem_at(name, &source, at, what)]),
            None => return Err(vec![problem_at(name, &source, 0, What::EmptyFile)]),
        };
        let header: Vec<String> = header_row.cells.iter().map(|cell| cell.text(&source).into_owned()).collect();
        let width = header.len();
        let (mut rows, mut cells) = (Vec::new(), Vec::new());
        while let Some(row) = splitter.next_into(&mut cells) {
            match row {
                Ok(row) => {
                    let found = cells.len() - rows.len() * width;
                    if found != width {
                        let what = What::RaggedRow { expected: width, found };
                        wrong.push(problem_at(name, &source, row.start, what));
                        cells.resize((rows.len() + 1) * width, CellSpan::new(row.start, row.start));
                    }
                    rows.push(row);
                }
                Err((at, what)) => wrong.push(problem_at(name, &source, at, what)),
            }
        }
        let column = columns(table, name, &source, &header_row, &header, &mut wrong);
        let newline = if source[header_row.body_end..header_row.end].starts_with('\r') { "\r\n" } else { "\n" };
        if wrong.is_empty() {
            Ok(CsvFile { table, name: name.to_owned(), source, newline, header, column, rows, cells })
        } else {
            Err(wrong)
        }
    }

    /// A file that does not exist yet: the header only.
    pub fn fresh(table: &'static Table, name: &str, lang: Lang) -> CsvFile {
        let header: Vec<String> = table.columns.iter().map(|column| column.word.written(lang).to_owned()).collect();
        let mut source = String::new();
        write_row(&mut source, &header, ',');
        source.push('\n');
        let column = (0..header.len()).map(Some).collect();
        CsvFile { table, name: name.to_owned(), source, newline: "\n", header, column, rows: Vec::new(), cells: Vec::new() }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The file column of each table column, and the headers: a row has as many cells.
    pub fn shape(&self) -> (Vec<Option<usize>>, Vec<String>) {
        (self.column.clone(), self.header.clone())
    }

    fn span(&self, row: usize, at: usize) -> CellSpan {
        self.cells[row * self.header.len() + at]
    }

    /// The file as it would be written without a change.
    #[cfg(test)]
    pub fn text(&self) -> &str {
        &self.source
    }

    /// A cell by table column, the guard against formulas taken off; blank when the file lacks the column.
    pub fn cell(&self, row: usize, column: usize) -> Cow<'_, str> {
        let Some(at) = self.column[column] else { return Cow::Borrowed("") };
        let text = self.span(row, at).text(&self.source);
        unguard(self.table.columns[column].kind, text)
    }

    /// Reads a row as its record.
    ///
    /// # Errors
    /// Every cell that is wrong, with its place.
    pub fn read<R: Record>(&self, row: usize, locale: &Locale) -> Result<R, Problems> {
        let cells: Vec<Cow<'_, str>> = (0..self.table.columns.len()).map(|i| self.cell(row, i)).collect();
        R::read(&|i| -> &str { &cells[i] }, locale)
            .map_err(|wrong| wrong.into_iter().map(|(column, what)| self.problem(row, Some(column), what)).collect())
    }

    /// A problem in a cell of a row.
    pub fn problem(&self, row: usize, column: Option<usize>, what: What) -> Problem {
        let cell = column.and_then(|column| self.column[column]);
        let offset = cell.map_or(self.rows[row].start, |at| self.span(row, at).start());
        let problem = problem_at(&self.name, &self.source, offset, what);
        match column {
            Some(column) => problem.field(self.table.columns[column].word.code),
            None => problem,
        }
    }

    pub fn headers(&self) -> &[String] {
        &self.header
    }

    /// Whether a file column is none of the table's.
    pub fn is_own(&self, at: usize) -> bool {
        !self.column.contains(&Some(at))
    }

    /// A cell by file column, the guard against formulas taken off.
    pub fn own_cell(&self, row: usize, at: usize, kind: Kind) -> Cow<'_, str> {
        unguard(kind, self.span(row, at).text(&self.source))
    }

    /// A problem in a cell by file column.
    pub fn own_problem(&self, row: usize, at: usize, what: What) -> Problem {
        problem_at(&self.name, &self.source, self.span(row, at).start(), what)
    }

    /// A problem of the header.
    pub fn header_problem(&self, what: What) -> Problem {
        problem_at(&self.name, &self.source, bom_len(&self.source), what)
    }

    /// The owner's own columns of a row, by header, as they stand.
    pub fn extra(&self, row: usize) -> Vec<(String, String)> {
        let owners = (0..self.header.len()).filter(|at| self.is_own(*at));
        owners.map(|at| (self.header[at].clone(), self.span(row, at).text(&self.source).into_owned())).collect()
    }

    /// The file's new text: only the edited lines differ.
    pub fn rewritten(&self, edits: &Edits) -> String {
        self.rewrite(edits).0
    }

    /// The file's new text, and each row that differs as it was and as it is.
    pub fn rewrite(&self, edits: &Edits) -> (String, Vec<Hunk>) {
        let added = self.columns_to_add(edits);
        let mut out = String::with_capacity(self.source.len() + edits.inserts.len() * 128);
        let mut hunks = Vec::new();
        let mut at = 0;
        if !added.is_empty() {
            at = self.header_with(&added, &mut out);
            hunks.push(self.hunk(bom_len(&self.source)..at, &out, bom_len(&out)));
        }
        for (i, row) in self.rows.iter().enumerate() {
            let removed = edits.removals.contains(&i);
            let changed = removed || edits.updates.contains_key(&i) || edits.own.contains_key(&i);
            if !changed && added.is_empty() {
                continue;
            }
            out.push_str(&self.source[at..row.start]);
            at = row.end;
            let start = out.len();
            if !removed {
                self.row_with(i, edits, &added, &mut out);
                out.push_str(&self.source[row.body_end..row.end]);
            }
            hunks.push(self.hunk(row.start..row.end, &out, start));
        }
        out.push_str(&self.source[at..]);
        let start = out.len();
        self.append(edits, &added, &mut out);
        if out.len() > start {
            let end = self.source.len();
            hunks.push(self.hunk(end..end, &out, start));
        }
        (out, hunks)
    }

    fn hunk(&self, old: std::ops::Range<usize>, out: &str, new_at: usize) -> Hunk {
        let new = New::Bytes(out.as_bytes()[new_at..].to_vec());
        Hunk { old_at: old.start, old: self.source.as_bytes()[old].to_vec(), new_at, new }
    }

    fn columns_to_add(&self, edits: &Edits) -> Added {
        let updated = edits.updates.values().flatten().filter(|(_, text)| !text.is_empty()).map(|(column, _)| *column);
        let inserted = edits.inserts.iter().flat_map(|(cells, _)| cells.iter().enumerate().filter(|(_, t)| !t.is_empty()).map(|(i, _)| i));
        let lacking: BTreeSet<usize> = updated.chain(inserted).filter(|column| self.column[*column].is_none()).collect();
        let mut added = Added { table: lacking.into_iter().collect(), own: Vec::new() };
        let own = edits.own.values().flatten().chain(edits.inserts.iter().flat_map(|(_, own)| own));
        for (header, _) in own.filter(|(header, text)| !text.is_empty() && !self.header.contains(header)) {
            if !added.own.contains(header) {
                added.own.push(header.clone());
            }
        }
        added
    }

    /// Writes the header with new columns; returns where the rest of the file goes on.
    fn header_with(&self, added: &Added, out: &mut String) -> usize {
        let chinese = self.header.iter().any(|name| self.table.columns.iter().any(|c| c.word.zh == name && !c.word.zh.is_ascii()));
        let lang = if chinese { Lang::Zh } else { Lang::En };
        let end = Splitter::new(&self.source, b',').next().and_then(Result::ok).map_or(0, |row| row.body_end);
        out.push_str(&self.source[..end]);
        let table = added.table.iter().map(|column| self.table.columns[*column].word.written(lang));
        for header in table.chain(added.own.iter().map(String::as_str)) {
            out.push(',');
            write_cell(out, header, ',');
        }
        end
    }

    fn row_with(&self, index: usize, edits: &Edits, added: &Added, out: &mut String) {
        let update = edits.updates.get(&index).map_or(&[][..], Vec::as_slice);
        let own = edits.own.get(&index).map_or(&[][..], Vec::as_slice);
        let row = &self.rows[index];
        let mut at = row.start;
        let kind = |column: usize| self.table.columns[column].kind;
        let built_in = update.iter().filter_map(|(column, text)| Some((self.column[*column]?, guard(kind(*column), text))));
        let owners = own.iter().filter_map(|(header, text)| Some((self.header_at(header)?, Cow::Borrowed(text.as_str()))));
        let mut by_place: Vec<(usize, Cow<'_, str>)> = built_in.chain(owners).collect();
        by_place.sort_unstable();
        for (place, text) in by_place {
            let cell = self.span(index, place);
            out.push_str(&self.source[at..cell.start()]);
            match &*text {
                // a row of one empty cell, so it is not a blank line
                "" if self.header.len() == 1 && added.is_empty() => out.push_str("\"\""),
                text => write_cell(out, text, ','),
            }
            at = cell.end();
        }
        out.push_str(&self.source[at..row.body_end]);
        for column in &added.table {
            out.push(',');
            let text = update.iter().find(|(c, _)| c == column).map_or("", |(_, text)| text.as_str());
            write_cell(out, &guard(kind(*column), text), ',');
        }
        for header in &added.own {
            out.push(',');
            write_cell(out, text_of(own, header), ',');
        }
    }

    fn header_at(&self, header: &str) -> Option<usize> {
        self.header.iter().position(|known| known == header)
    }

    fn append(&self, edits: &Edits, added: &Added, out: &mut String) {
        if edits.inserts.is_empty() {
            return;
        }
        if !out.ends_with(['\n', '\r']) && out.len() > bom_len(out) {
            out.push_str(self.newline);
        }
        for (cells, extra) in &edits.inserts {
            let mut line = vec![String::new(); self.header.len()];
            for (column, text) in cells.iter().enumerate() {
                if let Some(place) = self.column[column] {
                    line[place] = guard(self.table.columns[column].kind, text).into_owned();
                }
            }
            for (name, text) in extra {
                if let Some(place) = self.header_at(name) {
                    line[place].clone_from(text);
                }
            }
            line.extend(added.table.iter().map(|column| guard(self.table.columns[*column].kind, &cells[*column]).into_owned()));
            line.extend(added.own.iter().map(|header| text_of(extra, header).to_owned()));
            write_row(out, &line, ',');
            out.push_str(self.newline);
        }
    }
}

fn text_of<'a>(cells: &'a [(String, String)], header: &str) -> &'a str {
    cells.iter().find(|(name, _)| name == header).map_or("", |(_, text)| text.as_str())
}

fn decode(name: &str, bytes: Vec<u8>) -> Result<String, Problems> {
    let source = String::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
        vec![problem_at(name, &good, good.len(), What::NotUtf8)]
    })?;
    match source.find('\0') {
        Some(at) => Err(vec![problem_at(name, &source, at, What::NulByte)]),
        None => Ok(source),
    }
}

/// Which file column holds which table column. A code beats a label, so `type` is never mistaken.
fn columns(table: &'static Table, name: &str, source: &str, row: &RowSpan, header: &[String], wrong: &mut Problems) -> Vec<Option<usize>> {
    let mut column = vec![None; table.columns.len()];
    let mut seen: Vec<String> = Vec::new();
    for (at, text) in header.iter().enumerate() {
        let key = fold_key(text);
        let found = table.find(text);
        let repeated = found.is_some_and(|i| column[i].is_some()) || (!key.is_empty() && seen.contains(&key));
        if repeated {
            wrong.push(problem_at(name, source, row.cells[at].start(), What::DuplicateHeader { name: text.clone() }));
        }
        if let Some(i) = found {
            column[i] = Some(at);
        }
        seen.push(key);
    }
    for (i, needed) in table.columns.iter().enumerate().filter(|(_, c)| !c.optional) {
        if column[i].is_none() {
            wrong.push(
                problem_at(name, source, row.start, What::MissingHeader { column: needed.word.code.to_owned() }).field(needed.word.code),
            );
        }
    }
    column
}

fn is_guarded(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Id | Kind::Tags)
}

/// One `'` before text that a spreadsheet would take for a formula.
pub fn guard(kind: Kind, text: &str) -> Cow<'_, str> {
    if is_guarded(kind) && looks_like_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text without the `'` that keeps it from being a formula.
pub fn unguard(kind: Kind, text: Cow<'_, str>) -> Cow<'_, str> {
    // a look at one byte: this is asked of every cell of millions of rows
    if text.as_bytes().first() != Some(&b'\'') {
        return text;
    }
    match text.strip_prefix('\'') {
        Some(rest) if is_guarded(kind) && looks_like_formula(rest) => Cow::Owned(rest.to_owned()),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::customer::{CUSTOMERS, Customer};
    use crate::model::settings::{RawSettings, Settings};
    use proptest::prelude::*;

    fn locale() -> Locale {
        let raw: RawSettings = serde_yaml::from_str("{format: 1, language: zh}").unwrap();
        Settings::try_from(raw).unwrap().locale()
    }

    fn file(text: &str) -> CsvFile {
        CsvFile::parse(&CUSTOMERS, "customers.csv", text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn only_edited_cells_change() {
        let text = "\u{FEFF}门店,编号,姓名,电话\r\n城西,C1,\"王,芳\",138\r\n\r\n,C2,李雷,\r\n";
        let csv = file(text);
        let mut edits = Edits::default();
        edits.updates.insert(1, vec![(4, "+86 139".into())]);
        assert_eq!(csv.rewritten(&edits), text.replace("李雷,\r\n", "李雷,'+86 139\r\n").replace("'+86 139", "+86 139"));
        assert_eq!(csv.rewritten(&Edits::default()), text);
        assert_eq!(csv.extra(0), [("门店".to_owned(), "城西".to_owned())]);
    }

    #[test]
    fn a_column_the_file_lacks_is_added_at_the_end() {
        let csv = file("id,name\nC1,A");
        let mut edits = Edits::default();
        let note = CUSTOMERS.position("note").unwrap();
        edits.updates.insert(0, vec![(note, "vip".into())]);
        let mut cells = vec![String::new(); CUSTOMERS.columns.len()];
        (cells[0], cells[1]) = ("C2".into(), "=B".into());
        edits.inserts.push((cells, Vec::new()));
        assert_eq!(csv.rewritten(&edits), "id,name,note\nC1,A,vip\nC2,'=B,\n");
    }

    #[test]
    fn a_row_of_one_cell_that_is_emptied_stays_a_row() {
        let mut edits = Edits::default();
        edits.updates.insert(0, vec![(0, String::new())]);
        assert_eq!(file("id\nC1\n").rewritten(&edits), "id\n\"\"\n");
    }

    #[test]
    fn shape_faults_have_their_place() {
        let wrong = CsvFile::parse(&CUSTOMERS, "c", b"id,name\nC1\n".to_vec()).unwrap_err();
        assert_eq!(wrong[0].place.as_ref().map(|p| (p.line, p.column)), Some((2, 1)));
        assert!(matches!(CsvFile::parse(&CUSTOMERS, "c", b"id,\xff\n".to_vec()).unwrap_err()[0].what, What::NotUtf8));
        assert!(matches!(CsvFile::parse(&CUSTOMERS, "c", b"id,ID\n".to_vec()).unwrap_err()[0].what, What::DuplicateHeader { .. }));
        assert!(matches!(CsvFile::parse(&CUSTOMERS, "c", b"name\n".to_vec()).unwrap_err()[0].what, What::MissingHeader { .. }));
    }

    proptest! {
        #[test]
        fn an_own_cell_is_written_and_nothing_else(text in "[=+@'\"\\-a客, ]{0,8}", crlf in any::<bool>(), bom in any::<bool>(), there in any::<bool>()) {
            let newline = if crlf { "\r\n" } else { "\n" };
            let (head, cell) = if there { (",门店", ",\"o,ld\"") } else { ("", "") };
            let source = format!("{}编号,姓名{head}\nC1,\"王,芳\"{cell}\n\nC2,李{cell}\n", if bom { "\u{FEFF}" } else { "" }).replace('\n', newline);
            let csv = file(&source);
            let mut edits = Edits::default();
            edits.own.insert(1, vec![("门店".to_owned(), guard(Kind::Text, &text).into_owned())]);
            let written = csv.rewritten(&edits);
            let again = file(&written);
            let place = again.headers().iter().position(|header| header == "门店");
            prop_assert_eq!(place.is_some(), there || !text.is_empty());
            if let Some(place) = place {
                prop_assert_eq!(again.own_cell(1, place, Kind::Text), text);
                prop_assert_eq!(again.own_cell(0, place, Kind::Text), if there { "o,ld" } else { "" });
            }
            // a value taken away again leaves what was there, an added column apart
            let mut back = Edits::default();
            back.own.insert(1, vec![("门店".to_owned(), "o,ld".to_owned())]);
            if there {
                prop_assert_eq!(again.rewritten(&back), source);
            }
            prop_assert_eq!(csv.rewritten(&Edits::default()), csv.text());
        }

        #[test]
        fn any_text_survives_a_write_and_a_read(name in "[=+@'\"\\-a客, \n\t]{0,8}") {
            let csv = CsvFile::fresh(&CUSTOMERS, "customers.csv", Lang::Zh);
            let customer = Customer::new(crate::base::id::Id::parse("C1").unwrap(), name);
            let mut edits = Edits::default();
            edits.inserts.push((customer.row(&locale()), Vec::new()));
            let written = CsvFile::parse(&CUSTOMERS, "c", csv.rewritten(&edits).into_bytes()).unwrap();
            prop_assert_eq!(written.read::<Customer>(0, &locale()).unwrap(), customer);
            prop_assert_eq!(written.rewritten(&Edits::default()), written.text());
        }
    }
}
