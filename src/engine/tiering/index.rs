//! Whose fact it is: a customer's position by the id a fact names.

use std::collections::HashMap;

use crate::model::member::MemberIds;

/// Nobody.
const NONE: u32 = u32::MAX;
/// Longest chain of merges followed; a ring of them ends here too.
const MERGES: usize = 32;

/// Positions by id. Most ids are one word and a number of so many digits: those are found in a table by their number,
/// without hashing; the others in a map. What a merged customer did counts for the one it was merged into.
#[derive(Debug, Default)]
pub struct Index {
    prefix: String,
    digits: usize,
    table: Vec<u32>,
    others: HashMap<Box<str>, u32>,
    /// Some id stands in two rows: one of them would have the facts of both.
    pub ambiguous: bool,
}

impl Index {
    pub fn of(ids: &MemberIds) -> Index {
        let mut index = Index::unmerged(ids);
        index.join(ids);
        index
    }

    /// Positions of the customers themselves, merged or not.
    pub fn unmerged(ids: &MemberIds) -> Index {
        let prefix = ids.iter().next().map_or("", |id| id.trim_end_matches(|c: char| c.is_ascii_digit()));
        // a number of more digits is no place in a table
        let digits = ids.iter().next().map(|id| id.len() - prefix.len()).filter(|digits| *digits <= 9).unwrap_or(0);
        let mut index = Index { prefix: prefix.to_owned(), digits, ..Index::default() };
        // numbers far beyond the count would make the table larger than the map
        let most = ids.len().saturating_mul(8) + 1024;
        for (id, at) in ids.iter().zip(0_u32..) {
            match index.number(id).filter(|number| *number < most) {
                Some(number) => {
                    if index.table.len() <= number {
                        index.table.resize(number + 1, NONE);
                    }
                    index.ambiguous |= std::mem::replace(&mut index.table[number], at) != NONE;
                }
                None => {
                    index.ambiguous |= index.others.insert(id.into(), at).is_some();
                }
            }
        }
        index
    }

    /// Merged customers lead to the ones they went into.
    fn join(&mut self, ids: &MemberIds) {
        if ids.merged.is_empty() {
            return;
        }
        let next: HashMap<u32, u32> = ids.merged.iter().filter_map(|(at, into)| Some((*at, self.get(into)?))).collect();
        let survivor = |start: u32| std::iter::successors(Some(start), |at| next.get(at).copied()).take(MERGES).last().unwrap_or(start);
        for at in self.table.iter_mut().chain(self.others.values_mut()).filter(|at| **at != NONE) {
            *at = survivor(*at);
        }
    }

    fn number(&self, id: &str) -> Option<usize> {
        let (prefix, rest) = id.as_bytes().split_at_checked(self.prefix.len())?;
        if rest.len() != self.digits || self.digits == 0 || prefix.iter().zip(self.prefix.as_bytes()).any(|(a, b)| a != b) {
            return None;
        }
        rest.iter().try_fold(0_usize, |n, b| b.is_ascii_digit().then(|| n * 10 + usize::from(b - b'0')))
    }

    /// Where the position of an id is to be looked up: without a look into memory for most ids.
    pub fn slot(&self, id: &str) -> Slot {
        match self.number(id).filter(|number| *number < self.table.len()) {
            Some(number) => Slot::Table(number),
            None => Slot::Found(self.others.get(id).copied().unwrap_or(NONE)),
        }
    }

    /// The position of the customer of a slot's id, or of the one it was merged into.
    pub fn at(&self, slot: Slot) -> Option<u32> {
        let at = match slot {
            Slot::Table(number) => self.table.get(number).copied().unwrap_or(NONE),
            Slot::Found(at) => at,
        };
        (at != NONE).then_some(at)
    }

    /// The position of the customer of this id, or of the one it was merged into.
    pub fn get(&self, id: &str) -> Option<u32> {
        self.at(self.slot(id))
    }
}

/// Where to look an id up.
#[derive(Debug, Clone, Copy)]
pub enum Slot {
    Table(usize),
    Found(u32),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;
    use crate::model::customer::Customer;
    use proptest::prelude::*;

    fn archive(ids: &[(&str, Option<&str>)]) -> Vec<Customer> {
        let customer = |(id, into): &(&str, Option<&str>)| {
            let mut customer = Customer::new(Id::parse(id).unwrap(), String::new());
            customer.merged_into = into.map(|into| Id::parse(into).unwrap());
            customer
        };
        ids.iter().map(customer).collect()
    }

    #[test]
    fn ids_of_any_shape_are_found() {
        let customers =
            archive(&[("C0001", None), ("C0002", Some("x")), ("C2", None), ("张三", None), ("x", Some("C2")), ("C99999999", None)]);
        let index = Index::of(&MemberIds::of(&customers));
        let found: Vec<_> = ["C0001", "C0002", "C2", "张三", "x", "C99999999", "C1", "0001", ""].map(|id| index.get(id)).into();
        assert_eq!(found, [Some(0), Some(2), Some(2), Some(3), Some(2), Some(5), None, None, None]);
        assert_eq!(Index::of(&MemberIds::default()).get("C1"), None);
        // a ring ends
        let ring = archive(&[("A", Some("B")), ("B", Some("A"))]);
        assert!(Index::of(&MemberIds::of(&ring)).get("A").is_some());
    }

    proptest! {
        #[test]
        fn it_finds_what_a_plain_map_finds(ids in prop::collection::vec("[CK]?[0-9]{1,4}", 1..40), asked in "[CK]?[0-9]{1,4}") {
            let customers: Vec<Customer> = ids.iter().map(|id| Customer::new(Id::parse(id).unwrap(), String::new())).collect();
            let index = Index::of(&MemberIds::of(&customers));
            for id in ids.iter().chain([&asked]) {
                let plain = ids.iter().rposition(|known| known == id);
                prop_assert_eq!(index.get(id).map(|at| at as usize), plain, "{}", id);
            }
        }
    }
}
