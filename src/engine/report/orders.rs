//! A period's orders, folded row by row.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::base::money::Money;

/// Orders, buyers and money of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderTotals {
    ids: HashSet<u64>,
    customers: HashSet<u64>,
    pub sales: Money,
    pub refunds: Money,
}

impl OrderTotals {
    /// Takes one order line. A refund counts as money, not as an order.
    pub fn push(&mut self, id: &str, customer: &str, amount: Money, refund: bool) {
        if refund {
            self.refunds += amount;
            return;
        }
        self.sales += amount;
        self.ids.insert(hash(id));
        self.customers.insert(hash(customer));
    }

    /// Distinct orders.
    pub fn orders(&self) -> usize {
        self.ids.len()
    }

    /// Distinct customers who bought.
    pub fn customers(&self) -> usize {
        self.customers.len()
    }

    /// Sales less refunds.
    pub fn net(&self) -> Money {
        self.sales + self.refunds
    }
}

/// The same for the same text within one run; collisions among a book's orders are below one in a million.
fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
