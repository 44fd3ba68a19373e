//! Aligned columns for a terminal; a Chinese character counts two columns.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle, Width};

use crate::base::text::{one_line, truncate, width};
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
    let widths = columns.and_then(|columns| shared_widths(grid, columns));
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
    for (i, wide) in widths.into_iter().flatten().enumerate() {
        if let Some(made) = table.column_mut(i) {
            made.set_constraint(ColumnConstraint::Absolute(Width::Fixed(u16::try_from(wide + BESIDE).unwrap_or(u16::MAX))));
        }
    }
    table.trim_fmt() + "\n"
}

/// Whether the table stands on a screen without a break inside a number or a word.
pub fn fits(grid: &Grid, columns: usize) -> bool {
    least_widths(grid, columns).is_some()
}

/// The blanks of a cell.
const BESIDE: usize = 2;
/// A longer word is broken rather than that it drives the other columns out.
const LONGEST_WORD: usize = 24;

/// Widths where not everything stands on one line: no number is broken, and the narrow columns have what they want first.
fn shared_widths(grid: &Grid, columns: usize) -> Option<Vec<usize>> {
    let mut widths = least_widths(grid, columns)?;
    let cells = |at: usize| grid.rows.iter().map(move |row| width(&shown(&row[at].shown, &grid.columns[at])));
    let wanted: Vec<usize> =
        grid.columns.iter().enumerate().map(|(at, column)| cells(at).max().unwrap_or(0).max(width(&column.label))).collect();
    let mut spare = columns - taken(&widths);
    while let Some(at) = (0..widths.len()).filter(|at| spare > 0 && widths[*at] < wanted[*at]).min_by_key(|at| widths[*at]) {
        widths[at] += 1;
        spare -= 1;
    }
    Some(widths)
}

/// How narrow each column may become, where that fits.
fn least_widths(grid: &Grid, columns: usize) -> Option<Vec<usize>> {
    let least = |(at, column): (usize, &Col)| {
        let cells = grid.rows.iter().map(|row| one_line(&row[at].shown));
        let cell = |text: String| if column.right { width(&text) } else { longest_word(&text).min(LONGEST_WORD) };
        cells.map(cell).max().unwrap_or(0).max(longest_word(&column.label))
    };
    let least: Vec<usize> = grid.columns.iter().enumerate().map(least).collect();
    (taken(&least) <= columns).then_some(least)
}

/// What columns of these widths take: each a blank on both sides, and one between two of them.
fn taken(widths: &[usize]) -> usize {
    widths.iter().map(|wide| wide + BESIDE + 1).sum::<usize>().saturating_sub(1)
}

/// Columns of the longest piece that has no place to break: Chinese has one after every character.
fn longest_word(text: &str) -> usize {
    let wide = |c: char| width(c.encode_utf8(&mut [0; 4])) == 2;
    let pieces = text.split(|c: char| c.is_whitespace() || wide(c)).map(width);
    pieces.max().unwrap_or(0).max(if text.chars().any(wide) { 4 } else { 0 })
}

fn shown(text: &str, column: &Col) -> String {
    let text = one_line(text);
    if column.whole { text } else { truncate(&text, WIDEST) }
}
