//! Orders from a file. An id states the order's whole set of lines of its kind; rows without ids are known by content.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Incoming, Tally};
use crate::base::id::{Id, next_number};
use crate::base::money::Money;
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Origin};
use crate::model::order::{Order, OrderKind};

/// A line of the book as the import compares it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Line {
    pub customer: String,
    pub date: String,
    pub amount: i64,
    pub quantity: String,
    pub product: String,
    pub refund: bool,
}

/// A line that is in the book already, with its place.
#[derive(Debug, Clone)]
pub struct Present {
    pub id: String,
    pub line: Line,
    pub origin: Origin,
}

impl Line {
    pub fn of(order: &Order) -> Line {
        Line {
            customer: order.customer.to_string(),
            date: order.date.to_string(),
            amount: order.amount.0,
            quantity: order.quantity.as_ref().map_or_else(String::new, |quantity| quantity.0.normalize().to_string()),
            product: order.product.trim().to_owned(),
            refund: is_refund(order.kind, order.amount),
        }
    }

    /// The same of a streamed row's texts.
    pub fn read(customer: &str, date: chrono::NaiveDate, amount: Money, quantity: &str, product: &str, kind: Option<OrderKind>) -> Line {
        let quantity = quantity.trim();
        let quantity = quantity.parse::<rust_decimal::Decimal>().map_or_else(|_| quantity.to_owned(), |q| q.normalize().to_string());
        let (customer, product) = (customer.to_owned(), product.trim().to_owned());
        Line { customer, date: date.to_string(), amount: amount.0, quantity, product, refund: is_refund(kind, amount) }
    }
}

fn is_refund(kind: Option<OrderKind>, amount: Money) -> bool {
    kind.map_or(amount.0 < 0, |kind| kind == OrderKind::Refund)
}

/// What the import looks for in the book, so that memory follows the file and not the book.
#[derive(Debug, Default)]
pub struct Wanted {
    ids: HashSet<String>,
    lines: HashSet<Line>,
}

impl Wanted {
    pub fn of(rows: &[Incoming<Order>]) -> Wanted {
        let mut wanted = Wanted::default();
        for row in rows {
            if row.has_id {
                wanted.ids.insert(row.record.id.to_string());
            } else {
                wanted.lines.insert(Line::of(&row.record));
            }
        }
        wanted
    }

    pub fn has(&self, id: &str, line: &Line) -> bool {
        self.ids.contains(id) || (!self.lines.is_empty() && self.lines.contains(line))
    }
}

/// Takes the rows over; `present` are the book's lines that [`Wanted`] asked for, `made` the ids already made by day.
pub fn import(draft: &mut Draft, rows: Vec<Incoming<Order>>, present: Vec<Present>, made: &[String], create: bool) -> Tally {
    let mut tally = Tally::default();
    let batch = draft.batch_id();
    tally.strangers = strangers(draft, &rows, &batch, create);
    let (with_id, without_id): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.has_id);
    let mut by_order: BTreeMap<(String, bool), Vec<Order>> = BTreeMap::new();
    let mut sequence: Vec<(String, bool)> = Vec::new();
    for row in with_id {
        let key = (row.record.id.to_string(), is_refund(row.record.kind, row.record.amount));
        let lines = by_order.entry(key.clone()).or_default();
        if lines.is_empty() {
            sequence.push(key);
        }
        lines.push(row.record);
    }
    let mut old: HashMap<(String, bool), Vec<Present>> = HashMap::new();
    let mut loose: HashMap<Line, usize> = HashMap::new();
    for line in present {
        *loose.entry(line.line.clone()).or_default() += 1;
        old.entry((line.id.clone(), line.line.refund)).or_default().push(line);
    }
    for key in sequence {
        let lines = by_order.remove(&key).unwrap_or_default();
        take_order(draft, lines, old.remove(&key).unwrap_or_default(), &batch, &mut tally);
    }
    take_loose(draft, without_id, loose, made, &batch, &mut tally);
    tally
}

/// One order's lines: the same as before, changed, or new.
fn take_order(draft: &mut Draft, lines: Vec<Order>, old: Vec<Present>, batch: &str, tally: &mut Tally) {
    let mut left: HashMap<Line, usize> = HashMap::new();
    for line in &old {
        *left.entry(line.line.clone()).or_default() += 1;
    }
    let mut kept = 0;
    for line in &lines {
        if let Some(count) = left.get_mut(&Line::of(line)).filter(|count| **count > 0) {
            *count -= 1;
            kept += 1;
        }
    }
    if kept == lines.len() && kept == old.len() {
        tally.unchanged += kept;
        return;
    }
    let existed = !old.is_empty();
    for line in old {
        draft.orders.remove(line.origin);
    }
    for line in lines {
        if existed {
            tally.updated += 1;
        } else {
            tally.new += 1;
        }
        insert(draft, line, batch);
    }
}

fn take_loose(
    draft: &mut Draft,
    rows: Vec<Incoming<Order>>,
    mut left: HashMap<Line, usize>,
    made: &[String],
    batch: &str,
    tally: &mut Tally,
) {
    let mut next: HashMap<String, u64> = HashMap::new();
    for row in rows {
        if let Some(count) = left.get_mut(&Line::of(&row.record)).filter(|count| **count > 0) {
            *count -= 1;
            tally.unchanged += 1;
            continue;
        }
        let mut order = row.record;
        let prefix = format!("O{}-", order.date.format("%Y%m%d"));
        let number = next.entry(prefix.clone()).or_insert_with(|| next_number(&prefix, made.iter().map(String::as_str)));
        order.id = Id::made(format!("{prefix}{number:03}"));
        *number += 1;
        insert(draft, order, batch);
        tally.new += 1;
    }
}

fn insert(draft: &mut Draft, mut order: Order, batch: &str) {
    if order.kind.is_none() {
        order.kind = Some(if is_refund(None, order.amount) { OrderKind::Refund } else { OrderKind::Sale });
    }
    batch.clone_into(&mut order.batch);
    draft.orders.insert_batched(order);
}

/// Customers the archive lacks: counted by row, or made with their id alone.
fn strangers(draft: &mut Draft, rows: &[Incoming<Order>], batch: &str, create: bool) -> usize {
    let unknown: Vec<&Id> = rows.iter().map(|row| &row.record.customer).filter(|id| draft.customers.get(id.as_str()).is_none()).collect();
    if !create {
        return unknown.len();
    }
    for id in unknown {
        if draft.customers.get(id.as_str()).is_none() {
            let mut customer = Customer::new(id.clone(), String::new());
            batch.clone_into(&mut customer.batch);
            draft.customers.insert_batched(customer);
        }
    }
    0
}

/// Whether a kind says the opposite of the amount's sign: a refund is negative.
pub fn sign_is_wrong(order: &Order, locale: &crate::model::cell::Locale) -> Option<String> {
    let wrong = order.kind == Some(OrderKind::Refund) && order.amount.0 > 0;
    wrong.then(|| order.amount.write(locale.digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::{RawSettings, Settings};
    use crate::model::table::Part;

    fn draft() -> Draft {
        let raw: RawSettings = serde_yaml::from_str("{format: 1}").unwrap();
        Draft::new(Settings::try_from(raw).unwrap(), 1)
    }

    fn order(id: &str, amount: i64) -> Incoming<Order> {
        let record = Order {
            id: Id::parse(id).unwrap(),
            customer: Id::parse("C1").unwrap(),
            date: chrono::NaiveDate::from_ymd_opt(2026, 7, 1).unwrap(),
            amount: Money(amount),
            quantity: None,
            product: String::new(),
            kind: None,
            batch: String::new(),
        };
        Incoming { has_id: !id.starts_with('?'), record, given: Vec::new() }
    }

    fn present(row: &Incoming<Order>, n: usize) -> Present {
        Present { id: row.record.id.to_string(), line: Line::of(&row.record), origin: Origin { part: Part::Whole, row: n } }
    }

    fn counts(tally: Tally) -> (usize, usize, usize) {
        (tally.new, tally.updated, tally.unchanged)
    }

    #[test]
    fn equal_lines_are_kept_and_known_again() {
        let rows = vec![order("S1", 100), order("S1", 100), order("S2", 5)];
        assert_eq!(counts(import(&mut draft(), rows.clone(), vec![], &[], false)), (3, 0, 0));
        let book = rows.iter().enumerate().map(|(n, row)| present(row, n)).collect();
        assert_eq!(counts(import(&mut draft(), rows, book, &[], false)), (0, 0, 3));
    }

    #[test]
    fn an_order_stated_anew_replaces_its_lines() {
        let mut draft = draft();
        let tally = import(&mut draft, vec![order("S1", 50)], vec![present(&order("S1", 40), 3)], &[], false);
        assert_eq!(counts(tally), (0, 1, 0));
        assert_eq!(draft.orders.iter().map(|order| order.amount.0).sum::<i64>(), 50);
        assert_eq!(draft.changes().len(), 2);
        // a refund beside the sale is another statement
        let tally = import(&mut self::draft(), vec![order("S1", -40)], vec![present(&order("S1", 40), 3)], &[], false);
        assert_eq!(counts(tally), (1, 0, 0));
    }

    #[test]
    fn rows_without_ids_are_known_by_content() {
        let rows = vec![order("?2", 100), order("?3", 100)];
        let mut first = draft();
        assert_eq!(counts(import(&mut first, rows.clone(), vec![], &["O20260701-004".into()], true)), (2, 0, 0));
        assert_eq!(first.orders.iter().map(|order| order.id.as_str()).collect::<Vec<_>>(), ["O20260701-005", "O20260701-006"]);
        assert!(first.customers.get("C1").is_some());
        let book = vec![present(&order("O1", 100), 0)];
        assert_eq!(counts(import(&mut draft(), rows, book, &[], false)), (1, 0, 1));
    }
}
