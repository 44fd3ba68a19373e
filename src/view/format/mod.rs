//! Writing a grid: one function per format. The match is exhaustive, so a format cannot be forgotten.

pub mod colleagues;
mod delimited;
pub mod ics;
pub mod json;
pub mod markup;
mod table;
pub mod xlsx;

use chrono::NaiveDateTime;

use crate::base::problem::What;
use crate::view::grid::Grid;
use crate::view::page::Page;

/// How a grid is written: `carebook help formats`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Table,
    Plain,
    Csv,
    Tsv,
    Json,
    Jsonl,
    Md,
    Html,
    Id,
    Xlsx,
    // what has a day or a moment, for calendars: `today` and `revisit due` alone
    Ics,
}

impl Format {
    /// The format a file's ending asks for.
    pub fn of_extension(extension: &str) -> Option<Format> {
        match extension.to_ascii_lowercase().as_str() {
            "csv" => Some(Format::Csv),
            "tsv" => Some(Format::Tsv),
            "json" => Some(Format::Json),
            "jsonl" => Some(Format::Jsonl),
            "md" => Some(Format::Md),
            "html" | "htm" => Some(Format::Html),
            "txt" => Some(Format::Table),
            "xlsx" => Some(Format::Xlsx),
            "ics" => Some(Format::Ics),
            _ => None,
        }
    }
}

/// Writes a grid; `columns` is the terminal's width, where there is one, and `made` the moment that a workbook tells.
///
/// # Errors
/// More than a workbook holds.
pub fn write(grid: &Grid, format: Format, columns: Option<usize>, made: NaiveDateTime) -> Result<Vec<u8>, What> {
    let text = match format {
        Format::Table => table(grid, columns),
        Format::Plain => delimited::plain(grid),
        Format::Csv => delimited::write(grid, b','),
        Format::Tsv => delimited::write(grid, b'\t'),
        Format::Json => json::document(grid),
        Format::Jsonl => json::lines(grid),
        Format::Md => markup::markdown(grid),
        Format::Html => markup::html(grid),
        Format::Id => delimited::ids(grid),
        Format::Xlsx => {
            let name = grid.schema.split('.').nth(1).unwrap_or_default();
            return xlsx::write(&[Page::of_grid(grid, name)], made);
        }
        // other grids are refused before it comes to this (cli/commands)
        Format::Ics => grid.calendar.as_ref().map(ics::write).unwrap_or_default(),
    };
    Ok(text.into_bytes())
}

/// Aligned columns for a terminal of this width.
pub fn table(grid: &Grid, columns: Option<usize>) -> String {
    table::write(grid, columns)
}

/// Whether it does so on a screen this wide without a break inside a number or a word.
pub fn table_fits(grid: &Grid, columns: usize) -> bool {
    table::fits(grid, columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::grid::{Field, col, num};

    fn grid() -> Grid {
        let mut grid = Grid::new("carebook.test.v1", vec![col("id", "编号"), num("amount", "金额"), col("text", "内容")]);
        grid.currency = Some("CNY".into());
        grid.rows.push(vec![Field::text("C1"), Field::coded("1,200.00", "1200.00"), Field::text("茶|凉了\n<b>")]);
        grid
    }

    #[test]
    fn every_format_writes_the_same_row() {
        let made = chrono::NaiveDateTime::default();
        let write = |format| String::from_utf8(write(&grid(), format, None, made).unwrap()).unwrap();
        insta::assert_snapshot!(write(Format::Table), @r"
         编号       金额   内容
        ───────────────────────────────
         C1     1,200.00   茶|凉了 <b>
        ");
        assert_eq!(write(Format::Plain), "C1\t1,200.00\t茶|凉了 <b>\n");
        assert_eq!(write(Format::Csv), "id,amount,text\nC1,1200.00,\"茶|凉了\n<b>\"\n");
        assert_eq!(write(Format::Id), "C1\n");
        assert_eq!(write(Format::Md), "| 编号 | 金额 | 内容 |\n| --- | ---: | --- |\n| C1 | 1,200.00 | 茶\\|凉了 \\<b> |\n");
        assert!(write(Format::Html).contains("<td>茶|凉了\n&lt;b&gt;</td>"));
        assert!(write(Format::Json).starts_with("{\n  \"schema\": \"carebook.test.v1\",\n  \"currency\": \"CNY\",\n  \"rows\": ["));
        assert_eq!(write(Format::Jsonl), "{\"id\":\"C1\",\"amount\":\"1200.00\",\"text\":\"茶|凉了\\n<b>\"}\n");
    }
}
