//! The owner's columns of single records: for `show`, and for what a change says of its record.

use super::error::Failure;
use super::session::Session;
use crate::model::draft::{Rows, Which};
use crate::model::record::Record;
use crate::view::grid::Grid;
use crate::view::present::own::Cells;

/// A record's cells as they stand; without columns where its table has none.
pub fn cells_of<R: Record>(key: &str, session: &Session<'_>) -> Result<Cells, Failure> {
    let book = session.book()?;
    let columns = book.own_columns(R::TABLE)?;
    if columns.is_empty() {
        return Ok(Cells::default());
    }
    let found = book.with_own::<R>(&columns, &Which::Of(key.to_owned()), &|record, _| record.key() == key)?;
    Ok(Cells { columns, rows: found.into_iter().map(|(_, own)| own).collect() })
}

/// A record of a draft as a grid, the owner's columns with it.
pub fn grid<R: Record>(schema: &'static str, record: &R, rows: &Rows<R>, session: &Session<'_>) -> Result<Grid, Failure> {
    let (locale, currency) = (session.locale()?, &session.book()?.settings.currency);
    let mut grid = Grid::of(schema, &[record], &locale, session.lang, currency);
    let columns = rows.own_columns().iter().map(|column| (**column).clone()).collect();
    let cells = Cells { columns, rows: vec![rows.own_cells(&record.key()).to_vec()] };
    cells.add_to(&mut grid, &locale, session.lang);
    Ok(grid)
}
