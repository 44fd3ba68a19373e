//! An export of orders that comes back. An order has no cells of its own: it is judged as the whole set of its lines.

use std::collections::HashMap;

use super::orders::{Back, Line, Present};
use super::returned::{Settle, meant};
use super::{Incoming, Refusal};
use crate::base::id::Id;
use crate::base::problem::What;
use crate::engine::three_way::{Verdict, decide, means_the_same};
use crate::model::cell::Kind;
use crate::model::order::Order;

/// An order and whether it is the refund of it.
type Key = (String, bool);

/// What becomes of the rows.
#[derive(Debug, Default)]
pub struct SortedOut {
    /// Rows of orders that they changed or added.
    pub rows: Vec<Incoming<Order>>,
    /// Rows of orders that they left alone, or that stay as they are.
    pub unchanged: usize,
    pub refused: Vec<Refusal>,
    /// What the import has to know of the rows.
    pub back: Back,
    /// Orders left alone of which the book has newer lines.
    pub newer: usize,
    /// Orders that went out and did not come back.
    pub missing: usize,
}

/// Gives ids, customers and products back what a spreadsheet took from them, by what went out.
pub fn mend(rows: &mut [Incoming<Order>], base: &[Order]) {
    let mut of: HashMap<&str, Vec<&Order>> = HashMap::new();
    for order in base {
        of.entry(order.id.as_str()).or_default().push(order);
    }
    let keys: HashMap<&str, usize> = of.keys().map(|id| (*id, 0)).collect();
    for row in rows.iter_mut().filter(|row| row.has_id) {
        let Some(id) = meant(row.record.id.as_str(), &keys) else { continue };
        row.record.id = Id::made(id.to_owned());
        let lines = &of[id];
        let customer = lines.iter().find(|line| means_the_same(Kind::Id, line.customer.as_str(), row.record.customer.as_str()));
        if let Some(line) = customer {
            row.record.customer = line.customer.clone();
        }
        if let Some(line) = lines.iter().find(|line| means_the_same(Kind::Text, &line.product, &row.record.product)) {
            row.record.product.clone_from(&line.product);
        }
    }
}

/// Judges each order by its lines as they went out, came back and stand in the book.
pub fn sort_out(rows: Vec<Incoming<Order>>, base: &[Order], present: &[Present], settle: Settle) -> SortedOut {
    let customers = base.iter().map(|order| order.customer.to_string()).collect();
    let base = lines(base.iter().map(|order| (order.id.to_string(), Line::of(order))));
    let theirs = lines(rows.iter().filter(|row| row.has_id).map(|row| (row.record.id.to_string(), Line::of(&row.record))));
    let ours = lines(present.iter().map(|present| (present.id.clone(), present.line.clone())));
    let none = Vec::new();
    let verdict = |key: &Key| {
        let (base, theirs) = (base.get(key)?, theirs.get(key)?);
        let verdict = decide(base, theirs, ours.get(key).unwrap_or(&none));
        Some(match (verdict, settle) {
            (Verdict::Conflict, Settle::Theirs) => Verdict::Theirs,
            (Verdict::Conflict, Settle::Ours) => Verdict::Untouched,
            (verdict, _) => verdict,
        })
    };
    let is_newer = |key: &&Key| verdict(key) == Some(Verdict::Untouched) && base.get(*key) != Some(ours.get(*key).unwrap_or(&none));
    let newer = theirs.keys().filter(is_newer).count();
    let mut out = SortedOut { newer, missing: base.keys().filter(|key| !theirs.contains_key(*key)).count(), ..SortedOut::default() };
    out.back = Back { stated: base.keys().cloned().collect(), customers };
    for row in rows {
        let key = (row.record.id.to_string(), Line::of(&row.record).refund);
        match verdict(&key).filter(|_| row.has_id) {
            Some(Verdict::Untouched) => out.unchanged += 1,
            Some(Verdict::Conflict) => {
                let said =
                    |of: &HashMap<Key, Vec<Line>>| of.get(&key).unwrap_or(&none).iter().map(Line::said).collect::<Vec<_>>().join("; ");
                let what = What::CellConflict { id: key.0.clone(), base: said(&base), theirs: said(&theirs), ours: said(&ours) };
                out.refused.push(Refusal { line: row.line, column: "id".into(), what });
            }
            Some(Verdict::Agreed | Verdict::Theirs) | None => out.rows.push(row),
        }
    }
    out
}

/// The lines of each order, in an order of their own.
fn lines(all: impl Iterator<Item = (String, Line)>) -> HashMap<Key, Vec<Line>> {
    let mut of: HashMap<Key, Vec<Line>> = HashMap::new();
    for (id, line) in all {
        of.entry((id, line.refund)).or_default().push(line);
    }
    for lines in of.values_mut() {
        lines.sort();
    }
    of
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::draft::Origin;
    use crate::model::table::Part;
    use proptest::prelude::*;

    fn order(id: &str, amounts: &[i64]) -> Vec<Order> {
        let (date, product) = ("2026-07-01".parse().unwrap(), String::new());
        let customer = Id::parse("007").unwrap();
        let line = |amount: &i64| Order {
            id: Id::parse(id).unwrap(),
            customer: customer.clone(),
            date,
            amount: crate::base::money::Money((*amount).into()),
            quantity: None,
            product: product.clone(),
            kind: None,
            batch: String::new(),
        };
        amounts.iter().map(line).collect()
    }

    fn rows(orders: Vec<Order>) -> Vec<Incoming<Order>> {
        let row = |(n, record)| Incoming { line: n as u64 + 2, record, has_id: true, given: vec![true; 8], own: Vec::new() };
        orders.into_iter().enumerate().map(row).collect()
    }

    fn present(orders: &[Order]) -> Vec<Present> {
        let origin = || Origin { part: Part::Whole, row: 0 };
        orders
            .iter()
            .map(|order| Present { id: order.id.to_string(), line: Line::of(order), batch: String::new(), origin: origin() })
            .collect()
    }

    #[test]
    fn what_a_spreadsheet_took_is_given_back() {
        let base = order("00123", &[5]);
        let mut back = rows(order("123", &[5]));
        back[0].record.customer = Id::parse("7").unwrap();
        mend(&mut back, &base);
        assert_eq!((back[0].record.id.as_str(), back[0].record.customer.as_str()), ("00123", "007"));
        let out = sort_out(back, &base, &present(&order("00123", &[6])), Settle::Ask);
        assert_eq!((out.rows.len(), out.unchanged, out.newer), (0, 1, 1), "left alone: the book's newer line stays");
    }

    proptest! {
        #[test]
        fn laws(base in prop::collection::vec(1..3_i64, 1..3), theirs in prop::collection::vec(1..3_i64, 1..3), ours in prop::collection::vec(1..3_i64, 1..3)) {
            let sorted = |amounts: &[i64]| { let mut amounts = amounts.to_vec(); amounts.sort_unstable(); amounts };
            let out = |settle| sort_out(rows(order("D1", &theirs)), &order("D1", &base), &present(&order("D1", &ours)), settle);
            let (same, other) = (sorted(&theirs) == sorted(&base), sorted(&ours) != sorted(&base) && sorted(&ours) != sorted(&theirs));
            let asked = out(Settle::Ask);
            prop_assert_eq!(asked.rows.len() + asked.unchanged + asked.refused.len(), theirs.len());
            prop_assert_eq!(asked.unchanged > 0, same);
            prop_assert_eq!(!asked.refused.is_empty(), !same && other);
            prop_assert_eq!(out(Settle::Theirs).rows.len(), if same { 0 } else { theirs.len() });
            prop_assert!(out(Settle::Ours).refused.is_empty());
        }
    }
}
