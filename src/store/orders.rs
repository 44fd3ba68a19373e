//! Order lines: they come by the million, and stream by.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::book::{Book, lift};
use super::commit::Transaction;
use super::csv_table::CsvFile;
use super::layout;
use super::load;
use super::parallel;
use super::records::in_period;
use super::scan;
use crate::base::money::Money;
use crate::base::period::Period;
use crate::base::problem::{Place, Problem, Problems, What};
use crate::model::cell::{Cell, Locale};
use crate::model::draft::Origin;
use crate::model::order::{ORDERS, Order, OrderKind};
use crate::model::record::Record;
use crate::model::table::Part;

/// One order line as it streams by.
#[derive(Debug, Clone, Copy)]
pub struct OrderRow<'a> {
    pub id: &'a str,
    pub customer: &'a str,
    pub date: NaiveDate,
    pub amount: Money,
    pub kind: Option<OrderKind>,
    pub quantity: &'a str,
    pub product: &'a str,
    /// The import it came with.
    pub batch: &'a str,
}

impl Book {
    /// Streams the order lines of a period, partition by partition.
    pub fn scan_orders(&self, period: Option<Period>, each: &mut dyn FnMut(&OrderRow<'_>)) -> Result<(), Problems> {
        if self.history.is_none() {
            return self.scan_parts(period, each);
        }
        let locale = self.locale();
        let orders: Vec<Order> = self.all()?;
        for order in orders.iter().filter(|order| period.is_none_or(|period| period.contains(order.date))) {
            let quantity = order.written(ORDERS.position("quantity").unwrap_or_default(), &locale);
            each(&OrderRow {
                id: order.id.as_str(),
                customer: order.customer.as_str(),
                date: order.date,
                amount: order.amount,
                kind: order.kind,
                quantity: &quantity,
                product: &order.product,
                batch: &order.batch,
            });
        }
        Ok(())
    }

    fn scan_parts(&self, period: Option<Period>, each: &mut dyn FnMut(&OrderRow<'_>)) -> Result<(), Problems> {
        let locale = self.locale();
        let mut wrong = Problems::new();
        for part in in_period(load::parts(&self.disk, &ORDERS).map_err(lift)?, period) {
            let within = |date: NaiveDate| period.is_none_or(|period| period.contains(date));
            self.stream_orders(&part, &locale, ALL_COLUMNS, &mut |order| {
                if within(order.date) {
                    each(order);
                }
            })
            .unwrap_or_else(|mut problems| wrong.append(&mut problems));
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    fn stream_orders(&self, part: &Part, locale: &Locale, columns: [bool; 8], each: &mut dyn FnMut(&OrderRow<'_>)) -> Result<(), Problems> {
        let path = layout::path(&ORDERS, part);
        let read = scan::rows(&self.disk, &ORDERS, &path, &mut |row| {
            let cells: [Cow<'_, str>; 8] = std::array::from_fn(|at| if columns[at] { row.cell(at) } else { Cow::Borrowed("") });
            order_of(&cells, locale).map(|order| each(&order)).is_ok()
        });
        match read.map_err(lift)? {
            scan::Read::Whole => Ok(()),
            scan::Read::Faulty => Err(self.faults_in_orders(part, locale)),
        }
    }

    /// What is wrong in a file of orders, row by row, with the places.
    fn faults_in_orders(&self, part: &Part, locale: &Locale) -> Problems {
        match self.file(&ORDERS, part) {
            Ok(Some(file)) => (0..file.len()).filter_map(|row| with_order(&file, row, locale, &mut |_| {}).err()).collect(),
            Ok(None) => lift(Problem::error(What::MissingTable).at(Place::file(layout::path(&ORDERS, part)))),
            Err(problems) => problems,
        }
    }

    /// Folds the order lines of a period into accumulators, one for each thread; the lines of one file stay in order.
    /// They come with what is summed up: without quantity, product and batch.
    pub fn fold_orders<A: Send>(
        &self,
        period: Option<Period>,
        new: &(dyn Fn() -> A + Sync),
        each: &(dyn Fn(&mut A, &OrderRow<'_>) + Sync),
        last: &(dyn Fn(&mut A) + Sync),
    ) -> Result<Vec<A>, Problems> {
        if self.history.is_some() {
            let mut accumulator = new();
            self.scan_orders(period, &mut |order| each(&mut accumulator, order))?;
            last(&mut accumulator);
            return Ok(vec![accumulator]);
        }
        let locale = self.locale();
        let parts = in_period(load::parts(&self.disk, &ORDERS).map_err(lift)?, period);
        let within = |date: NaiveDate| period.is_none_or(|period| period.contains(date));
        let take = |(accumulator, wrong): &mut (A, Problems), part: &Part| {
            let mut each = |order: &OrderRow<'_>| {
                if within(order.date) {
                    each(accumulator, order);
                }
            };
            self.stream_orders(part, &locale, SUMMED_COLUMNS, &mut each).unwrap_or_else(|mut problems| wrong.append(&mut problems));
        };
        let folded = parallel::fold(&parts, &|| (new(), Problems::new()), &take);
        let (mut accumulators, wrong): (Vec<A>, Vec<Problems>) = folded.into_iter().unzip();
        let mut wrong: Problems = wrong.into_iter().flatten().collect();
        if wrong.is_empty() {
            parallel::each_mut(&mut accumulators, last);
            return Ok(accumulators);
        }
        wrong.sort_by(|a, b| a.place.cmp(&b.place));
        Err(wrong)
    }
}

impl Transaction {
    /// Streams every order line with its place. Files with a line that `each` answers `true` to stay loaded, so its
    /// place holds until the commit; of the others only the hash is kept, to see a change underneath.
    pub fn scan_order_lines(&mut self, locale: &Locale, each: &mut dyn FnMut(Origin, &OrderRow<'_>) -> bool) -> Result<(), Problems> {
        let mut wrong = Problems::new();
        for part in load::parts(&self.disk, &ORDERS).map_err(lift)? {
            let mut hit = false;
            let disk = self.disk.clone();
            let Some(file) = self.loaded.part(&disk, &ORDERS, &part)? else { continue };
            for row in 0..file.len() {
                let read = with_order(file, row, locale, &mut |order| hit |= each(Origin { part: part.clone(), row }, order));
                wrong.extend(read.err());
            }
            if !hit {
                self.loaded.forget(&layout::path(&ORDERS, &part));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}
/// An order line of a whole file's row, or the problem with its place.
fn with_order(file: &CsvFile, row: usize, locale: &Locale, each: &mut dyn FnMut(&OrderRow<'_>)) -> Result<(), Problem> {
    let cells: [Cow<'_, str>; 8] = std::array::from_fn(|column| file.cell(row, column));
    let order = order_of(&cells, locale).map_err(|(column, what)| file.problem(row, Some(column), what))?;
    each(&order);
    Ok(())
}

/// An order line by its cells, in the order of the record's declaration.
fn order_of<'a>(cells: &'a [Cow<'_, str>; 8], locale: &Locale) -> Result<OrderRow<'a>, (usize, What)> {
    let at = |column: usize| move |what: What| (column, what);
    Ok(OrderRow {
        id: required(&cells[0]).map_err(at(0))?,
        customer: required(&cells[1]).map_err(at(1))?,
        date: Cell::read(&cells[2], locale).map_err(at(2))?,
        amount: Cell::read(&cells[3], locale).map_err(at(3))?,
        kind: Cell::read(&cells[6], locale).map_err(at(6))?,
        quantity: &cells[4],
        product: &cells[5],
        batch: &cells[7],
    })
}

/// The columns of an order line that are read.
const ALL_COLUMNS: [bool; 8] = [true; 8];
/// Those that sums rest on: id, customer, date, amount, kind.
const SUMMED_COLUMNS: [bool; 8] = [true, true, true, true, false, false, true, false];

fn required(text: &str) -> Result<&str, What> {
    let text = text.trim();
    if text.is_empty() { Err(What::Required) } else { Ok(text) }
}
