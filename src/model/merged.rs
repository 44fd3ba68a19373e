//! Merged customers: whom an id stands for today. A merged customer keeps its row, and what names it counts for the
//! one it went into.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::columns::OwnColumn;
use super::customer::Customer;
use crate::base::id::Id;

/// Which of two values stands when customers are merged, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Both say the same.
    Same,
    /// The survivor's, which is not blank.
    Kept,
    /// The other's, where the survivor had none.
    Filled,
    /// Both together.
    United,
    /// The earlier or the later date.
    Date,
    /// Consent withdrawn under either entry is withdrawn.
    Withdrawn,
    /// As asked for with `--take`.
    Taken,
}

/// A cell of one of the owner's columns, of two customers that are merged and as it will stand.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnField {
    /// The position of its column.
    pub at: usize,
    pub column: Arc<OwnColumn>,
    pub from: String,
    pub into: String,
    pub result: String,
    pub how: How,
}

/// The customers that were merged, each with the one at the end of its chain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merged {
    survivors: HashMap<String, String>,
}

impl Merged {
    pub fn of<'a>(customers: impl IntoIterator<Item = &'a Customer>) -> Merged {
        let step = |customer: &'a Customer| Some((customer.id.as_str(), customer.merged_into.as_ref()?.as_str()));
        Merged::by(&customers.into_iter().filter_map(step).collect())
    }

    /// A ring made by hand leads nowhere: who is in it, or leads into it, stands for nobody else.
    fn by(steps: &HashMap<&str, &str>) -> Merged {
        let mut survivors = HashMap::with_capacity(steps.len());
        for (&start, &next) in steps {
            let (mut at, mut seen) = (next, HashSet::from([start]));
            while let Some(&further) = steps.get(at).filter(|_| seen.insert(at)) {
                at = further;
            }
            if !steps.contains_key(at) {
                survivors.insert(start.to_owned(), at.to_owned());
            }
        }
        Merged { survivors }
    }

    /// From [`Merged::pairs`], as kept.
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Merged {
        Merged { survivors: pairs.into_iter().collect() }
    }

    /// Ids that name merged customers become those of the survivors, for counting.
    pub fn lead<'i>(&self, ids: impl Iterator<Item = &'i mut Id>) {
        if self.is_empty() {
            return;
        }
        for id in ids {
            if let Some(survivor) = self.survivors.get(id.as_str()) {
                *id = Id::made(survivor.clone());
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.survivors.is_empty()
    }

    /// Whom an id stands for: the end of its chain, or itself.
    pub fn survivor<'a>(&'a self, id: &'a str) -> &'a str {
        if self.survivors.is_empty() { id } else { self.survivors.get(id).map_or(id, String::as_str) }
    }

    /// Whether two ids stand for the same customer.
    pub fn same(&self, one: &str, other: &str) -> bool {
        self.survivor(one) == self.survivor(other)
    }

    /// Those that went into a customer, in order.
    pub fn gone_into(&self, survivor: &str) -> Vec<&str> {
        let mut ids: Vec<&str> = self.survivors.iter().filter(|(_, into)| *into == survivor).map(|(id, _)| id.as_str()).collect();
        ids.sort_unstable();
        ids
    }

    /// All of them with their survivors, in order.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        let mut pairs: Vec<(&str, &str)> = self.survivors.iter().map(|(id, into)| (id.as_str(), into.as_str())).collect();
        pairs.sort_unstable();
        pairs
    }

    /// Customers for looking up by the id that a fact names: a merged one has everything of its survivor but the id.
    pub fn standing_in(&self, mut customers: Vec<Customer>) -> Vec<Customer> {
        if self.is_empty() {
            return customers;
        }
        let at: HashMap<String, usize> = customers.iter().enumerate().map(|(at, customer)| (customer.id.to_string(), at)).collect();
        for merged in 0..customers.len() {
            let survivor = at.get(self.survivor(customers[merged].id.as_str())).filter(|at| **at != merged);
            if let Some(survivor) = survivor {
                let id = customers[merged].id.clone();
                customers[merged] = Customer { id, ..customers[*survivor].clone() };
            }
        }
        customers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer(id: &str, into: Option<&str>) -> Customer {
        let mut customer = Customer::new(Id::parse(id).unwrap(), format!("name of {id}"));
        customer.merged_into = into.map(|into| Id::parse(into).unwrap());
        customer
    }

    #[test]
    fn chains_are_followed_to_their_end_and_rings_are_not() {
        let archive = [("A", Some("B")), ("B", Some("C")), ("C", None), ("D", Some("E")), ("E", Some("D")), ("F", Some("D"))];
        let customers: Vec<Customer> = archive.iter().map(|(id, into)| customer(id, *into)).collect();
        let merged = Merged::of(&customers);
        assert_eq!(["A", "B", "C", "D", "E", "F", "X"].map(|id| merged.survivor(id)), ["C", "C", "C", "D", "E", "F", "X"]);
        assert_eq!(merged.gone_into("C"), ["A", "B"]);
        assert!(merged.same("A", "B") && !merged.same("D", "E"));
        let kept = merged.pairs().into_iter().map(|(id, into)| (id.to_owned(), into.to_owned())).collect();
        assert_eq!(Merged::from_pairs(kept), merged);
        let names: Vec<String> =
            merged.standing_in(customers).into_iter().map(|customer| format!("{} {}", customer.id, customer.name)).collect();
        assert_eq!(names[..4], ["A name of C", "B name of C", "C name of C", "D name of D"]);
    }
}
