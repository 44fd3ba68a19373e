//! A strict streaming reader: the rows of a table's file, block by block, borrowed, with the few columns asked for.
//!
//! Memory does not grow with the file, and nothing is allocated per row. What is wrong in a file is only noticed here;
//! the whole-file reader ([`CsvFile`]) then says what and where, so both refuse the same files in the same words.

use std::borrow::Cow;

use super::csv_table::{CsvFile, unguard};
use super::disk::{Disk, Reader};
use crate::base::problem::{Problem, What};
use crate::base::rows::{CellSpan, Line, Splitter, bom_len};
use crate::model::cell::Kind;
use crate::model::columns::OwnColumn;
use crate::model::table::Table;

/// So much is read at once; a longer row is read whole.
const BLOCK: usize = 1 << 20;
/// A header is looked for in so much.
const HEADER: usize = 64 << 10;

/// One row as it streams by.
pub struct Row<'a> {
    table: &'static Table,
    source: &'a str,
    cells: &'a [CellSpan],
    head: &'a Head,
}

impl<'a> Row<'a> {
    /// A cell by table column, the guard against formulas taken off; blank when the file lacks the column.
    pub fn cell(&self, column: usize) -> Cow<'a, str> {
        let Some(at) = self.head.columns[column] else { return Cow::Borrowed("") };
        unguard(self.table.columns[column].kind, self.cells[at].text(self.source))
    }

    /// Where a column of the owner's stands in the file.
    pub fn place(&self, column: &OwnColumn) -> Option<usize> {
        column.place(&self.head.header, |at| !self.head.columns.contains(&Some(at)))
    }

    /// A cell by file column, the guard taken off.
    pub fn own_cell(&self, at: usize, kind: Kind) -> Cow<'a, str> {
        unguard(kind, self.cells[at].text(self.source))
    }
}

/// What came of reading a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// Every row was handed over; also when there is no such file.
    Whole,
    /// Something is wrong in it: [`CsvFile`] says what.
    Faulty,
}

/// Hands over every row of a file; `each` answers `false` to a row that it cannot read.
pub fn rows(disk: &Disk, table: &'static Table, path: &str, each: &mut dyn FnMut(&Row<'_>) -> bool) -> Result<Read, Problem> {
    in_blocks(disk, table, path, BLOCK, each)
}

fn in_blocks(
    disk: &Disk,
    table: &'static Table,
    path: &str,
    block: usize,
    each: &mut dyn FnMut(&Row<'_>) -> bool,
) -> Result<Read, Problem> {
    let Some(mut reader) = disk.open(path)? else { return Ok(Read::Whole) };
    let mut block = Block { wanted: block, ..Block::default() };
    let mut head: Option<Head> = None;
    let mut cells = Vec::new();
    loop {
        block.fill(&mut reader)?;
        let ended = block.ended;
        let Some(text) = block.text() else { return Ok(Read::Faulty) };
        let mut at = if head.is_none() { bom_len(text) } else { 0 };
        loop {
            cells.clear();
            let mut splitter = Splitter::new(&text[at..], b',');
            let next = splitter.next_into(&mut cells);
            let Some(line) = complete(next, text.len() - at, ended) else { break };
            let Ok(line) = line else { return Ok(Read::Faulty) };
            let row = &text[at..at + line.end];
            match &head {
                None => match Head::read(table, path, row) {
                    Some(read) => head = Some(read),
                    None => return Ok(Read::Faulty),
                },
                Some(head) => {
                    let row = Row { table, source: row, cells: &cells, head };
                    if cells.len() != head.header.len() || !each(&row) {
                        return Ok(Read::Faulty);
                    }
                }
            }
            at += line.end;
        }
        if ended {
            // what is left is blank lines; a file without a header is faulty
            return Ok(if head.is_some() { Read::Whole } else { Read::Faulty });
        }
        block.keep_from(at);
    }
}

/// The row, when all of it is there: one that ends where the block ends may go on in the next.
fn complete(next: Option<Result<Line, (usize, What)>>, length: usize, ended: bool) -> Option<Result<Line, What>> {
    match next? {
        Ok(line) if line.end == length && !ended => None,
        Ok(line) => Some(Ok(line)),
        // an open quote may close in the next block, and the quote before the block's end may be a doubled one
        Err(_) if !ended => None,
        Err((_, what)) => Some(Err(what)),
    }
}

/// The header's columns.
struct Head {
    columns: Vec<Option<usize>>,
    header: Vec<String>,
}

impl Head {
    fn read(table: &'static Table, path: &str, row: &str) -> Option<Head> {
        let file = CsvFile::parse(table, path, row.as_bytes().to_vec()).ok()?;
        let (columns, header) = file.shape();
        Some(Head { columns, header })
    }
}

/// The headers of a file that are none of its table's; none where the file cannot be read.
pub fn own_headers(disk: &Disk, table: &'static Table, path: &str) -> Result<Vec<String>, Problem> {
    let Some(mut reader) = disk.open(path)? else { return Ok(Vec::new()) };
    let mut block = Block { wanted: HEADER, ..Block::default() };
    block.fill(&mut reader)?;
    let text = block.text().unwrap_or_default();
    let first = Splitter::new(&text[bom_len(text)..], b',').next().and_then(Result::ok).map(|line| bom_len(text) + line.end);
    let head = first.and_then(|end| Head::read(table, path, &text[..end]));
    let own = head.map(|Head { columns, header }| {
        header.into_iter().enumerate().filter(|(at, _)| !columns.contains(&Some(*at))).map(|(_, name)| name).collect()
    });
    Ok(own.unwrap_or_default())
}

/// A piece of a file: whole characters, no NUL.
#[derive(Default)]
struct Block {
    bytes: Vec<u8>,
    ended: bool,
    wanted: usize,
}

impl Block {
    fn fill(&mut self, reader: &mut Reader) -> Result<(), Problem> {
        self.ended = reader.fill(&mut self.bytes, self.wanted)?;
        Ok(())
    }

    /// The text, as far as its characters are whole; `None` when it is none.
    fn text(&self) -> Option<&str> {
        let text = match std::str::from_utf8(&self.bytes) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() && !self.ended => std::str::from_utf8(&self.bytes[..error.valid_up_to()]).ok()?,
            Err(_) => return None,
        };
        if text.as_bytes().contains(&0) { None } else { Some(text) }
    }

    /// Drops what was read. Nothing read means that a row is longer than the block: the next one is twice as long.
    fn keep_from(&mut self, at: usize) {
        if at == 0 {
            self.wanted *= 2;
        }
        self.bytes.drain(..at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::order::ORDERS;
    use proptest::prelude::*;

    fn streamed(text: &[u8], block: usize) -> Option<Vec<Vec<String>>> {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(folder.path().to_path_buf());
        disk.create("orders.csv", text, None).unwrap();
        let mut rows_read = Vec::new();
        let read = in_blocks(&disk, &ORDERS, "orders.csv", block, &mut |row| {
            rows_read.push((0..ORDERS.columns.len()).map(|column| row.cell(column).into_owned()).collect());
            true
        });
        (read.unwrap() == Read::Whole).then_some(rows_read)
    }

    fn whole(text: &[u8]) -> Option<Vec<Vec<String>>> {
        let file = CsvFile::parse(&ORDERS, "orders.csv", text.to_vec()).ok()?;
        Some((0..file.len()).map(|row| (0..ORDERS.columns.len()).map(|column| file.cell(row, column).into_owned()).collect()).collect())
    }

    #[test]
    fn what_is_wrong_is_noticed_at_any_block_end() {
        let head = "\u{FEFF}x,订单编号,customer,date,amount\r\n";
        for body in [
            "1,a,\"b\nc\",2026-01-01,5\r\n\r\n,'=x,客户,2026-01-01,\"5\"\"\"",
            "1,a,b,c\n",
            "1,a,b\"c,d,e\n",
            "1,\"a\"b,c,d,e\n",
            "1,\"a,b,c,d\n",
            "1,a,b,c,\0\n",
            "",
        ] {
            let text = format!("{head}{body}").into_bytes();
            for block in 1..text.len() + 2 {
                assert_eq!(streamed(&text, block), whole(&text), "{body:?} in blocks of {block}");
            }
        }
        assert_eq!(streamed(b"", 4), None);
        assert_eq!(streamed(b"id,customer,date,amount\n\xff,b,c,d\n", 4), None);
        assert_eq!(streamed(b"id,customer\n", 64), None);
    }

    proptest! {
        #[test]
        fn both_readers_see_the_same(body in "[a,\"\n\r客']{0,60}", block in 1_usize..40) {
            let text = format!("id,customer,date,amount\n{body}").into_bytes();
            prop_assert_eq!(streamed(&text, block), whole(&text));
        }
    }
}
