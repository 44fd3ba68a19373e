//! A period's orders, folded row by row.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::base::money::Money;
use crate::base::packed::Packed;

/// Orders, buyers and money of a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrderTotals {
    /// Distinct orders.
    pub orders: usize,
    /// Distinct customers who bought.
    pub customers: usize,
    pub sales: Money,
    /// Negative.
    pub refunds: Money,
}

impl OrderTotals {
    /// Sales less refunds.
    pub fn net(&self) -> Money {
        self.sales + self.refunds
    }
}

impl Packed for OrderTotals {
    fn pack(&self, out: &mut Vec<u8>) {
        (self.orders as u64, self.customers as u64).pack(out);
        (self.sales.0, self.refunds.0).pack(out);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<OrderTotals> {
        let (orders, customers) = <(u64, u64)>::unpack(bytes)?;
        let (sales, refunds) = <(i128, i128)>::unpack(bytes)?;
        Some(OrderTotals {
            orders: usize::try_from(orders).ok()?,
            customers: usize::try_from(customers).ok()?,
            sales: Money(sales),
            refunds: Money(refunds),
        })
    }
}

/// The fold over order lines. Several may be filled side by side.
#[derive(Debug, Default)]
pub struct OrderFold {
    orders: OrderIds,
    customers: OrderIds,
    sales: Money,
    refunds: Money,
}

impl OrderFold {
    /// Takes one order line. A refund counts as money, not as an order.
    pub fn push(&mut self, id: &str, customer: &str, amount: Money, refund: bool) {
        if refund {
            self.refunds += amount;
            return;
        }
        self.sales += amount;
        self.orders.push(id);
        self.customers.push(customer);
    }

    /// Brings what was seen into order: best done beside others.
    pub fn sort(&mut self) {
        self.orders.sort();
        self.customers.sort();
    }

    /// The sums of all.
    pub fn together(all: Vec<OrderFold>) -> OrderTotals {
        let (sales, refunds) = (all.iter().map(|fold| fold.sales).sum(), all.iter().map(|fold| fold.refunds).sum());
        let (orders, customers) = all.into_iter().map(|fold| (fold.orders, fold.customers)).unzip();
        OrderTotals { orders: OrderIds::distinct(orders), customers: OrderIds::distinct(customers), sales, refunds }
    }
}

/// The different ids of many lines, eight bytes each.
#[derive(Debug, Default)]
pub struct OrderIds(Vec<u64>);

impl OrderIds {
    pub fn push(&mut self, id: &str) {
        let hash = hash(id);
        // lines of an order mostly follow each other
        if self.0.last() != Some(&hash) {
            self.0.push(hash);
        }
    }

    /// Brings them into order: best done beside others.
    pub fn sort(&mut self) {
        self.0.sort_unstable();
        self.0.dedup();
    }

    /// How many different ones there are in all.
    pub fn distinct(all: Vec<OrderIds>) -> usize {
        let mut all = all.into_iter();
        let mut sum = all.next().unwrap_or_default();
        for other in all {
            sum.0.extend(other.0);
        }
        sum.sort();
        sum.0.len()
    }
}

/// The same for the same text within one run; collisions among a book's orders are below one in a million.
fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_buyers_count_once_wherever_their_lines_were_seen() {
        let mut folds = [OrderFold::default(), OrderFold::default()];
        for (at, id, customer, fen) in [(0, "1", "a", 500), (1, "1", "a", 300), (1, "2", "a", 200), (0, "3", "b", 1)] {
            folds[at].push(id, customer, Money(fen), false);
        }
        folds[1].push("4", "c", Money(-100), true);
        folds[0].sort();
        let totals = OrderFold::together(folds.into());
        assert_eq!((totals.orders, totals.customers, totals.net()), (3, 2, Money(901)));
        let mut bytes = Vec::new();
        totals.pack(&mut bytes);
        assert_eq!(OrderTotals::unpack(&mut bytes.as_slice()), Some(totals));
    }
}
