//! Amounts of another currency than the book's: taken as they stand they would be wrong figures that look right.

use super::mapping::{Mapping, Source};
use super::sheet::SheetRow;
use crate::base::money::foreign_sign;
use crate::base::problem::{Problem, What};
use crate::model::cell::Kind;
use crate::model::table::Table;

impl Mapping {
    /// The first amount of a row that bears the sign of another currency.
    pub fn foreign_money(&self, table: &Table, file: &str, row: &SheetRow) -> Option<Problem> {
        let currency = self.currency.as_deref()?;
        let also = self.also.iter().filter(|also| also.only.hold(row)).map(|also| &also.sources);
        let ours = std::iter::once(&self.sources).chain(also).flat_map(|sources| table.columns.iter().zip(sources));
        let ours = ours.filter(|(column, _)| column.kind == Kind::Money).filter_map(|(column, source)| {
            let code = column.word.code.to_owned();
            Some((code, source.as_ref()?))
        });
        let own = self.own.iter().filter(|own| own.column.cell_kind() == Kind::Money).map(|own| (own.column.code(), &own.source));
        ours.chain(own).find_map(|(code, source)| {
            let from = columns(source).into_iter().flatten().find(|from| foreign(row, *from, currency))?;
            let what = What::ForeignMoney { value: row.cells[from].trim().to_owned(), currency: currency.to_owned() };
            Some(Problem::error(what).at(row.place(file, Some(from))).field(&code))
        })
    }
}

fn foreign(row: &SheetRow, from: usize, currency: &str) -> bool {
    row.cells.get(from).is_some_and(|text| foreign_sign(text, currency).is_some())
}

/// The file's columns that an amount is made of.
fn columns(source: &Source) -> [Option<usize>; 2] {
    match source {
        Source::Column(from) | Source::Negated(from) => [Some(*from), None],
        Source::Product(quantity, price) => [Some(*quantity), Some(*price)],
        Source::Constant(_) => [None, None],
    }
}
