//! What went out with an export: the cells as they stood, so that what comes back can be told from what was changed here.

use crate::base::rows::{Splitter, write_row};

/// The header of the column that carries the number through every program that saves the file.
pub const NUMBER_HEADERS: [&str; 2] = ["导出号", "export"];

/// What the column of numbers says of a row that only shows how to fill in a sheet.
pub const EXAMPLE_MARKS: [&str; 2] = ["示例", "example"];

/// The rows of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The table's code.
    pub table: String,
    /// The columns' codes; the first is what a row is known by.
    pub columns: Vec<String>,
    /// Cells as they stood in the book.
    pub rows: Vec<Vec<String>>,
}

/// The first cell of the text.
const MARK: &str = "carebook-export-1";

impl Exported {
    /// The position of a column.
    pub fn position(&self, code: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == code)
    }

    pub fn write(&self) -> String {
        let mut out = String::new();
        let mut line = |cells: &[String]| {
            write_row(&mut out, cells, ',');
            out.push('\n');
        };
        line(&[MARK.to_owned(), self.table.clone()]);
        line(&self.columns);
        self.rows.iter().for_each(|row| line(row));
        out
    }

    /// Reads what [`Exported::write`] wrote; `None` for anything else.
    pub fn parse(text: &str) -> Option<Exported> {
        let mut lines = Splitter::new(text, b',')
            .map(|row| row.ok().map(|row| row.cells.iter().map(|cell| cell.text(text).into_owned()).collect::<Vec<String>>()));
        let mut head = lines.next()??.into_iter();
        let (mark, table) = (head.next()?, head.next()?);
        let columns = lines.next()??;
        let rows = lines.collect::<Option<Vec<_>>>()?;
        let whole = mark == MARK && rows.iter().all(|row| row.len() == columns.len());
        whole.then_some(Exported { table, columns, rows })
    }
}

/// Whether a text is the number of an export: `E20261128-3fa9c1d2`.
pub fn is_number(text: &str) -> bool {
    let parts = text.strip_prefix('E').and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(day, digest)| {
        day.len() == 8
            && day.bytes().all(|b| b.is_ascii_digit())
            && digest.len() == 8
            && digest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(rows in prop::collection::vec(prop::collection::vec("[a\"',\n\r 客]{0,4}", 2), 0..5)) {
            let exported = Exported { table: "customers".into(), columns: vec!["id".into(), "name".into()], rows };
            let text = exported.write();
            let back = Exported::parse(&text);
            prop_assert_eq!(back.as_ref(), Some(&exported), "{}", text);
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in
            ["", "a,b\n", "carebook-export-1\n", "carebook-export-1,customers\nid,name\n1\n", "carebook-export-1,customers\nid\n\"1\n"]
        {
            assert_eq!(Exported::parse(text), None, "{text}");
        }
        assert!(is_number("E20261128-3fa9c1d2"));
        for text in ["E20261128-3fa9c1", "E2026-3fa9c1d2", "示例", "", "E20261128-3FA9C1D2"] {
            assert!(!is_number(text), "{text}");
        }
    }
}
