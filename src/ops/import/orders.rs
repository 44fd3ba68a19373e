//! Orders from a file. An id states the order's whole set of sales lines; its refunds add up, each known by content, as rows
//! without ids are. An order comes whole or not at all: the rows that were taken would else be lost to those mended later.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::{Fate, Incoming, Numbers, Outcome, Refusal, lacking};
use crate::base::id::Id;
use crate::base::money::Money;
use crate::base::problem::What;
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Origin};
use crate::model::order::{Order, OrderKind};
use crate::model::vocabulary::Code;

/// A line of the book as the import compares it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    pub customer: String,
    pub date: String,
    pub amount: i128,
    pub quantity: String,
    pub product: String,
    pub refund: bool,
}

/// A line that is in the book already, with its place.
#[derive(Debug, Clone)]
pub struct Present {
    pub id: String,
    pub line: Line,
    /// The batch it came with.
    pub batch: String,
    pub origin: Origin,
}

impl Present {
    /// As the log keeps it when the order is stated anew.
    fn json(&self, digits: u32) -> Value {
        let Line { customer, date, amount, quantity, product, refund } = &self.line;
        let kind = if *refund { OrderKind::Refund } else { OrderKind::Sale };
        json!({
            "id": self.id, "customer": customer, "date": date, "amount": Money(*amount).write(digits),
            "quantity": quantity, "product": product, "kind": kind.code(), "batch": self.batch,
        })
    }
}

impl Line {
    /// In a few words, for people; the amount in the smallest unit.
    pub fn said(&self) -> String {
        let Line { customer, date, amount, quantity, product, .. } = self;
        [customer.as_str(), date, &amount.to_string(), quantity, product]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

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
#[derive(Debug)]
pub struct Wanted {
    ids: HashSet<String>,
    lines: HashSet<Line>,
    numbers: Numbers,
    /// Of an export that came back.
    pub back: Option<Back>,
}

/// What is known of rows because they went out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Back {
    /// Whose refunds are the whole set of them, so that a corrected one takes the place of what went out.
    pub stated: HashSet<Stated>,
    /// The customers that went out; of the others the archive has to know each.
    pub customers: HashSet<String>,
}

impl Wanted {
    pub fn of(rows: &[Incoming<Order>]) -> Wanted {
        let mut wanted = Wanted { ids: HashSet::new(), lines: HashSet::new(), numbers: Numbers::new('O'), back: None };
        for row in rows {
            if row.has_id {
                wanted.numbers.note(row.record.id.as_str());
                wanted.ids.insert(row.record.id.to_string());
            } else {
                wanted.lines.insert(Line::of(&row.record));
            }
        }
        wanted
    }

    /// Whether a line of the book matters. Its id is noted, so that no made id is given twice.
    pub fn meet(&mut self, id: &str, line: &Line) -> bool {
        if !self.lines.is_empty() {
            self.numbers.note(id);
        }
        self.ids.contains(id) || (!self.lines.is_empty() && self.lines.contains(line))
    }
}

/// Takes the rows over; `present` are the lines of the book that [`Wanted`] asked for.
/// `torn` are orders of which a row could not be read, with its line.
/// With `create`, customers whom the archive lacks are made with their id alone.
pub fn import(
    draft: &mut Draft,
    rows: Vec<Incoming<Order>>,
    present: Vec<Present>,
    mut wanted: Wanted,
    torn: HashMap<String, u64>,
    create: bool,
) -> Outcome {
    let mut fates = Vec::new();
    let back = wanted.back.take();
    let known = back.as_ref().filter(|_| !create).map(|back| &back.customers);
    let rows = whole(rows, torn, draft, known, &mut fates);
    let outcome = strangers(draft, &rows, create);
    let (with_id, without_id): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.has_id);
    let mut old: HashMap<Stated, Vec<Present>> = HashMap::new();
    let mut loose: HashMap<Line, usize> = HashMap::new();
    for line in present {
        // the lines of an order that the file names are that order's alone
        if wanted.ids.contains(&line.id) {
            old.entry((line.id.clone(), line.line.refund)).or_default().push(line);
        } else {
            *loose.entry(line.line).or_default() += 1;
        }
    }
    let mut replaced = Vec::new();
    for (key, lines) in by_order(with_id) {
        let is_stated = !key.1 || back.as_ref().is_some_and(|back| back.stated.contains(&key));
        let take = if is_stated { take_whole } else { take_refunds };
        take(draft, lines, old.remove(&key).unwrap_or_default(), &mut fates, &mut replaced);
    }
    take_loose(draft, without_id, loose, &mut wanted.numbers, &mut fates);
    Outcome { created: outcome.created, unknown: outcome.unknown, replaced, ..Outcome::of(fates, outcome.tally.strangers) }
}

/// What a file states as a whole: an order's id, and whether it is its refund.
pub type Stated = (String, bool);

/// The lines of each order and kind, in order of appearance.
fn by_order(rows: Vec<Incoming<Order>>) -> Vec<(Stated, Vec<Incoming<Order>>)> {
    let mut place: HashMap<Stated, usize> = HashMap::new();
    let mut orders: Vec<(Stated, Vec<Incoming<Order>>)> = Vec::new();
    for row in rows {
        let key = (row.record.id.to_string(), is_refund(row.record.kind, row.record.amount));
        let at = *place.entry(key.clone()).or_insert_with(|| {
            orders.push((key, Vec::new()));
            orders.len() - 1
        });
        orders[at].1.push(row);
    }
    orders
}

/// The rows that can be taken. An order of which one row is refused, here or by the reading of the file, is refused with all its rows.
fn whole(
    rows: Vec<Incoming<Order>>,
    mut torn: HashMap<String, u64>,
    draft: &Draft,
    known: Option<&HashSet<String>>,
    fates: &mut Vec<Fate>,
) -> Vec<Incoming<Order>> {
    let refusals: Vec<Option<Refusal>> = rows.iter().map(|row| refusal(row, draft).or_else(|| stranger(row, draft, known?))).collect();
    for row in rows.iter().zip(&refusals).filter_map(|(row, refusal)| refusal.is_some().then_some(row)).filter(|row| row.has_id) {
        let line = torn.entry(row.record.id.to_string()).or_insert(row.line);
        *line = row.line.min(*line);
    }
    let whole = |row: &Incoming<Order>| {
        let line = *torn.get(row.record.id.as_str()).filter(|_| row.has_id)?;
        Some(Refusal { line: row.line, column: "id".into(), what: What::OrderTorn { id: row.record.id.to_string(), line } })
    };
    let mut taken = Vec::new();
    for (row, refusal) in rows.into_iter().zip(refusals) {
        match refusal.or_else(|| whole(&row)) {
            Some(refusal) => fates.push(Fate::Refused(refusal)),
            None => taken.push(row),
        }
    }
    taken
}

/// One order's refunds. They add up: one that is there already is known again, any other is one more, and none is taken away.
fn take_refunds(draft: &mut Draft, lines: Vec<Incoming<Order>>, old: Vec<Present>, fates: &mut Vec<Fate>, replaced: &mut Vec<Value>) {
    let digits = draft.locale().digits;
    let mut left: HashMap<Line, Vec<Present>> = HashMap::new();
    for present in old {
        left.entry(present.line.clone()).or_default().push(present);
    }
    let is_new = |line: &Incoming<Order>| left.get_mut(&Line::of(&line.record)).and_then(Vec::pop).is_none();
    let (lines, known): (Vec<_>, Vec<_>) = lines.into_iter().partition(is_new);
    fates.extend(known.iter().map(|_| Fate::Unchanged));
    // the same refund under another customer is a correction, or the money would be given back twice
    let but_for_customer = |line: Line| Line { customer: String::new(), ..line };
    let mut others: HashMap<Line, Vec<Present>> = HashMap::new();
    for (line, present) in left {
        others.entry(but_for_customer(line)).or_default().extend(present);
    }
    for line in lines {
        let before = others.get_mut(&but_for_customer(Line::of(&line.record))).and_then(Vec::pop);
        fates.push(if before.is_some() { Fate::Updated } else { Fate::New });
        if let Some(before) = before {
            replaced.push(before.json(digits));
            draft.orders.remove(before.origin);
        }
        insert(draft, line.record, &line.own);
    }
}

/// All of an order's sales, or of the refunds that went out: the same as before, changed, or new.
fn take_whole(draft: &mut Draft, lines: Vec<Incoming<Order>>, old: Vec<Present>, fates: &mut Vec<Fate>, replaced: &mut Vec<Value>) {
    let mut left: HashMap<&Line, usize> = HashMap::new();
    for line in &old {
        *left.entry(&line.line).or_default() += 1;
    }
    let stays =
        |line: &Incoming<Order>| left.get_mut(&Line::of(&line.record)).filter(|count| **count > 0).map(|count| *count -= 1).is_some();
    let kept = lines.iter().map(stays).filter(|stays| *stays).count();
    if kept == lines.len() && kept == old.len() {
        fates.extend(lines.iter().map(|_| Fate::Unchanged));
        return;
    }
    let fate = if old.is_empty() { Fate::New } else { Fate::Updated };
    for line in old {
        replaced.push(line.json(draft.locale().digits));
        draft.orders.remove(line.origin);
    }
    for line in lines {
        fates.push(fate.clone());
        insert(draft, line.record, &line.own);
    }
}

fn take_loose(draft: &mut Draft, rows: Vec<Incoming<Order>>, mut left: HashMap<Line, usize>, numbers: &mut Numbers, fates: &mut Vec<Fate>) {
    for row in rows {
        if let Some(count) = left.get_mut(&Line::of(&row.record)).filter(|count| **count > 0) {
            *count -= 1;
            fates.push(Fate::Unchanged);
            continue;
        }
        let mut order = row.record;
        let prefix = format!("O{}-", order.date.format("%Y%m%d"));
        order.id = Id::made(format!("{prefix}{:03}", numbers.next(&prefix)));
        insert(draft, order, &row.own);
        fates.push(Fate::New);
    }
}

fn insert(draft: &mut Draft, mut order: Order, own: &[(usize, String)]) {
    if order.kind.is_none() {
        order.kind = Some(if is_refund(None, order.amount) { OrderKind::Refund } else { OrderKind::Sale });
    }
    order.batch = draft.batch_id();
    let key = order.id.to_string();
    draft.orders.insert_batched(order);
    // of several lines of one id the one inserted last is meant
    draft.orders.set_own(&key, own);
}

/// Customers the archive lacks: with `create` made with their id alone, else counted, with the rows that name them.
fn strangers(draft: &mut Draft, rows: &[Incoming<Order>], create: bool) -> Outcome {
    let unknown: Vec<&Id> = rows.iter().map(|row| &row.record.customer).filter(|id| draft.customers.get(id.as_str()).is_none()).collect();
    let mut outcome = Outcome::default();
    let mut seen = HashSet::new();
    for id in unknown.iter().filter(|id| seen.insert(id.as_str())).filter(|_| create) {
        let mut customer = Customer::new((*id).clone(), String::new());
        customer.batch = draft.batch_id();
        draft.customers.insert_batched(customer);
        outcome.created += 1;
    }
    if !create {
        outcome.unknown = Some(unknown.iter().collect::<HashSet<_>>().len());
        outcome.tally.strangers = unknown.len();
    }
    outcome
}

/// A refund is negative: a positive one is refused rather than turned round.
fn refusal(row: &Incoming<Order>, draft: &Draft) -> Option<Refusal> {
    let wrong = row.record.kind == Some(OrderKind::Refund) && row.record.amount.0 > 0;
    let what = || What::OutOfRange { value: row.record.amount.write(draft.locale().digits), min: "-∞".into(), max: "0".into() };
    wrong.then(|| Refusal { line: row.line, column: "amount".into(), what: what() }).or_else(|| lacking(&draft.orders, row))
}

/// In an export that came back, a customer that neither went out nor is in the archive is a slip.
fn stranger(row: &Incoming<Order>, draft: &Draft, known: &HashSet<String>) -> Option<Refusal> {
    let id = row.record.customer.as_str();
    let is_known = known.contains(id) || draft.customers.get(id).is_some();
    let what = || What::UnknownReference { table: "customers", id: id.to_owned() };
    (!is_known).then(|| Refusal { line: row.line, column: "customer".into(), what: what() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::{RawSettings, Settings};
    use crate::model::table::Part;
    use proptest::prelude::*;

    fn draft() -> Draft {
        let raw: RawSettings = serde_yaml::from_str("{format: 1}").unwrap();
        Draft::new(Settings::try_from(raw).unwrap(), 1)
    }

    fn order(id: &str, amount: i64) -> Incoming<Order> {
        let record = Order {
            id: Id::parse(id).unwrap(),
            customer: Id::parse("C1").unwrap(),
            date: chrono::NaiveDate::from_ymd_opt(2026, 7, 1).unwrap(),
            amount: Money(amount.into()),
            quantity: None,
            product: String::new(),
            kind: None,
            batch: String::new(),
        };
        Incoming { line: 2, has_id: !id.starts_with('?'), record, given: Vec::new(), own: Vec::new() }
    }

    fn counts(outcome: &Outcome) -> (usize, usize, usize, usize) {
        (outcome.tally.new, outcome.tally.updated, outcome.tally.unchanged, outcome.refused.len())
    }

    /// Imports into a book of these lines; gives its lines afterwards, with their ids.
    fn taken(book: &[Order], rows: &[Incoming<Order>]) -> (Outcome, Vec<Order>) {
        let mut draft = draft();
        let mut wanted = Wanted::of(rows);
        let present = book.iter().enumerate().map(|(row, order)| Present {
            id: order.id.to_string(),
            line: Line::of(order),
            batch: String::new(),
            origin: Origin { part: Part::Whole, row },
        });
        let present: Vec<Present> = present.filter(|line| wanted.meet(&line.id, &line.line)).collect();
        let outcome = import(&mut draft, rows.to_vec(), present, wanted, HashMap::new(), false);
        let removed: Vec<usize> = draft
            .changes()
            .iter()
            .filter_map(|change| match &change.act {
                crate::model::draft::Act::Remove { origin } => Some(origin.row),
                _ => None,
            })
            .collect();
        let kept = book.iter().enumerate().filter(|(row, _)| !removed.contains(row)).map(|(_, order)| order.clone());
        let after = kept.chain(draft.orders.iter().cloned()).collect();
        (outcome, after)
    }

    #[test]
    fn equal_lines_are_kept_and_known_again() {
        let rows = vec![order("S1", 100), order("S1", 100), order("S2", 5)];
        let (outcome, book) = taken(&[], &rows);
        assert_eq!((counts(&outcome), book.len()), ((3, 0, 0, 0), 3));
        assert_eq!(counts(&taken(&book, &rows).0), (0, 0, 3, 0));
    }

    #[test]
    fn an_order_stated_anew_replaces_its_lines() {
        let book = [order("S1", 40).record];
        let (outcome, after) = taken(&book, &[order("S1", 50)]);
        assert_eq!((counts(&outcome), after.len(), after[0].amount), ((0, 1, 0, 0), 1, Money(50)));
        assert_eq!((&outcome.replaced[0]["amount"], &outcome.replaced[0]["kind"]), (&"0.40".into(), &"sale".into()));
        // a refund beside the sale is another statement
        let (outcome, after) = taken(&book, &[order("S1", -40)]);
        assert_eq!((counts(&outcome), after.len()), ((1, 0, 0, 0), 2));
    }

    #[test]
    fn rows_without_ids_are_known_by_content() {
        let rows = [order("?2", 100), order("?3", 100)];
        let (outcome, after) = taken(&[order("O20260701-004", 7).record], &rows);
        assert_eq!(counts(&outcome), (2, 0, 0, 0));
        assert_eq!(after.iter().map(|order| order.id.as_str()).collect::<Vec<_>>(), ["O20260701-004", "O20260701-005", "O20260701-006"]);
        assert_eq!(counts(&taken(&[order("X", 100).record], &rows).0), (1, 0, 1, 0));
        // a line that a row with its id claims is not there for another row
        assert_eq!(counts(&taken(&[order("X", 100).record], &[order("X", 100), order("?3", 100)]).0), (1, 0, 1, 0));
    }

    #[test]
    fn a_positive_refund_is_refused() {
        let mut row = order("S1", 40);
        row.record.kind = Some(OrderKind::Refund);
        assert_eq!(counts(&taken(&[], &[row]).0), (0, 0, 0, 1));
    }

    #[test]
    fn an_order_comes_whole_or_not_at_all() {
        let mut wrong = order("S1", 40);
        (wrong.record.kind, wrong.line) = (Some(OrderKind::Refund), 7);
        let (outcome, after) = taken(&[], &[order("S1", 100), wrong, order("S2", 5), order("?4", 1)]);
        assert_eq!((counts(&outcome), after.len()), ((2, 0, 0, 2), 2));
        let codes: Vec<_> = outcome.refused.iter().map(|refusal| (refusal.column.as_ref(), refusal.what.code())).collect();
        assert_eq!(codes, [("id", "order-torn"), ("amount", "out-of-range")]);
        assert_eq!(outcome.refused[0].what, What::OrderTorn { id: "S1".into(), line: 7 });
    }

    #[test]
    fn refunds_of_an_order_add_up() {
        let book = [order("S1", 100).record, order("S1", -10).record];
        let (outcome, after) = taken(&book, &[order("S1", -5)]);
        assert_eq!((counts(&outcome), after.len(), outcome.replaced.len()), ((1, 0, 0, 0), 3, 0));
        // the n-th equal one is the n-th
        let (outcome, after) = taken(&after, &[order("S1", -10), order("S1", -5), order("S1", -5)]);
        assert_eq!((counts(&outcome), after.len()), ((1, 0, 2, 0), 4));
        // the same one under another customer is put right, not given twice
        let mut other = order("S1", -10);
        other.record.customer = Id::parse("C2").unwrap();
        let (outcome, after) = taken(&book, &[other]);
        assert_eq!((counts(&outcome), outcome.replaced.len()), ((0, 1, 0, 0), 1));
        assert_eq!(after.iter().map(|order| order.customer.as_str()).collect::<Vec<_>>(), ["C1", "C2"]);
    }

    #[test]
    fn refunds_that_went_out_are_stated_whole() {
        let mut draft = draft();
        let rows = vec![order("S1", -30)];
        let mut wanted = Wanted::of(&rows);
        let before = Present {
            id: "S1".into(),
            line: Line::of(&order("S1", -33).record),
            batch: String::new(),
            origin: Origin { part: Part::Whole, row: 0 },
        };
        let customers = HashSet::from(["C1".to_owned()]);
        wanted.back = Some(Back { stated: HashSet::from([("S1".to_owned(), true)]), customers });
        let outcome = import(&mut draft, rows, vec![before], wanted, HashMap::new(), false);
        assert_eq!((counts(&outcome), outcome.replaced.len()), ((0, 1, 0, 0), 1));
        // a customer that did not go out has to be in the archive, and the order comes whole
        let mut other = order("S1", 7);
        other.record.customer = Id::parse("C9").unwrap();
        let rows = vec![order("S1", 5), other];
        let mut wanted = Wanted::of(&rows);
        wanted.back = Some(Back { customers: HashSet::from(["C1".to_owned()]), ..Back::default() });
        let outcome = import(&mut draft, rows, Vec::new(), wanted, HashMap::new(), false);
        let codes: Vec<_> = outcome.refused.iter().map(|refusal| (refusal.column.as_ref(), refusal.what.code())).collect();
        assert_eq!(codes, [("id", "order-torn"), ("customer", "unknown-reference")]);
    }

    #[test]
    fn customers_are_made_once() {
        let mut draft = draft();
        let rows = vec![order("S1", 1), order("S2", 2)];
        let outcome = import(&mut draft, rows.clone(), Vec::new(), Wanted::of(&rows), HashMap::new(), true);
        assert_eq!((outcome.created, outcome.tally.strangers, draft.customers.iter().count()), (1, 0, 1));
    }

    proptest! {
        #[test]
        fn twice_is_once(cells in prop::collection::vec((0..4_usize, -2..3_i64), 0..12)) {
            let rows: Vec<_> = cells.iter().map(|(id, amount)| order(["S1", "S2", "O20260701-001", "?"][*id], *amount)).collect();
            let (outcome, book) = taken(&[], &rows);
            prop_assert_eq!(counts(&outcome), (rows.len(), 0, 0, 0));
            let (outcome, after) = taken(&book, &rows);
            prop_assert_eq!(counts(&outcome), (0, 0, rows.len(), 0));
            prop_assert_eq!(after, book);
        }
    }
}
