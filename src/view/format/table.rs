//! Aligned columns for a terminal; a Chinese character counts two columns.

use comfy_table::{CellAlignment, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle};

use crate::base::text::{one_line, truncate};
use crate::view::grid::{Col, Grid};

/// Widest cell off a terminal, where nothing wraps.
const WIDEST: usize = 60;

/// Only a rule under the header.
const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none())
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .content_lines(ContentLineStyle::none());

pub fn write(grid: &Grid, columns: Option<usize>) -> String {
    if grid.columns.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_header(grid.columns.iter().map(|column| column.label.clone()).collect::<Vec<_>>());
    if let Some(width) = columns {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(u16::try_from(width).unwrap_or(u16::MAX));
    }
    for row in &grid.rows {
        table.add_row(row.iter().zip(&grid.columns).map(|(field, column)| shown(&field.shown, column)).collect::<Vec<_>>());
    }
    for (i, column) in grid.columns.iter().enumerate() {
        if let (true, Some(made)) = (column.right, table.column_mut(i)) {
            made.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt() + "\n"
}

fn shown(text: &str, column: &Col) -> String {
    let text = one_line(text);
    if column.whole { text } else { truncate(&text, WIDEST) }
}
