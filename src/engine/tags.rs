//! Tags: which there are, and which a new one may be a slip for.

use std::collections::BTreeMap;

use crate::base::spelling;
use crate::base::text::fold_key;
use crate::model::customer::Customer;

/// The tags of the active customers, each with how many have it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts<'a>(BTreeMap<&'a str, usize>);

impl<'a> Counts<'a> {
    pub fn of(customers: impl IntoIterator<Item = &'a Customer>) -> Counts<'a> {
        let mut counts = BTreeMap::new();
        for customer in customers.into_iter().filter(|customer| customer.is_active()) {
            let mut tags: Vec<&str> = customer.tags.0.iter().map(String::as_str).collect();
            tags.sort_unstable();
            tags.dedup();
            for tag in tags {
                *counts.entry(tag).or_default() += 1;
            }
        }
        Counts(counts)
    }

    /// The most used first; of equals in the order of their text.
    pub fn ordered(&self) -> Vec<(&'a str, usize)> {
        let mut all: Vec<(&str, usize)> = self.0.iter().map(|(tag, count)| (*tag, *count)).collect();
        all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        all
    }

    /// Whether nobody has the tag, in whatever width and case.
    pub fn lacks(&self, tag: &str) -> bool {
        let key = fold_key(tag);
        !self.0.keys().any(|known| fold_key(known) == key)
    }

    /// The tag in use that another one may be a slip for.
    pub fn near(&self, tag: &str) -> Option<&'a str> {
        spelling::nearest(tag, self.0.keys().copied().filter(|known| *known != tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;
    use crate::model::cell::Tags;
    use crate::model::customer::CustomerStatus;

    #[test]
    fn each_customer_counts_once() {
        let customer = |id: &str, tags: &[&str]| {
            let mut customer = Customer::new(Id::parse(id).unwrap(), String::new());
            customer.tags = Tags(tags.iter().map(|tag| (*tag).to_owned()).collect());
            customer
        };
        let mut merged = customer("C4", &["旧"]);
        merged.status = Some(CustomerStatus::Merged);
        let customers = [customer("C1", &["vip", "vip", "批发"]), customer("C2", &["vip"]), customer("C3", &[]), merged];
        let counts = Counts::of(&customers);
        assert_eq!(counts.ordered(), [("vip", 2), ("批发", 1)]);
        assert!(counts.lacks("旧") && !counts.lacks("ＶＩＰ"));
        assert_eq!((counts.near("vpi"), counts.near("VIP"), counts.near("vip")), (Some("vip"), Some("vip"), None));
    }
}
