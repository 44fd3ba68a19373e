//! Customers from a file: matched by id, else by phone, email or name.

use std::collections::HashMap;

use super::{Incoming, Tally, overlaid};
use crate::base::id::Id;
use crate::base::text::{fold_email, fold_key, fold_phone};
use crate::model::customer::Customer;
use crate::model::draft::Draft;

/// Shortest phone that identifies somebody.
const PHONE_DIGITS: usize = 7;

/// Takes the rows over. A blank cell never erases what is known.
pub fn import(draft: &mut Draft, rows: Vec<Incoming<Customer>>) -> Tally {
    let mut tally = Tally::default();
    let locale = draft.locale();
    let mut keys = Keys::default();
    draft.customers.iter().for_each(|customer| keys.add(customer));
    let mut next = crate::base::id::next_number("C", draft.customers.iter().map(|customer| customer.id.as_str()));
    let batch = draft.batch_id();
    for row in rows {
        let known = if row.has_id { Some(row.record.id.to_string()) } else { keys.find(&row.record) };
        let known = known.filter(|id| draft.customers.get(id).is_some());
        if let Some(id) = known {
            let changed = draft.customers.get(&id).and_then(|present| overlaid(present, &row, &locale));
            match (changed, draft.customers.edit(&id)) {
                (Some(changed), Some(present)) => {
                    keys.add(&changed);
                    *present = changed;
                    tally.updated += 1;
                }
                _ => tally.unchanged += 1,
            }
            continue;
        }
        let mut customer = row.record;
        if !row.has_id {
            customer.id = Id::made(format!("C{next:04}"));
            next += 1;
        }
        customer.batch.clone_from(&batch);
        keys.add(&customer);
        draft.customers.insert_batched(customer);
        tally.new += 1;
    }
    tally
}

/// What identifies a customer besides the id.
#[derive(Default)]
struct Keys {
    by: HashMap<(u8, String), String>,
}

impl Keys {
    fn of(customer: &Customer) -> Vec<(u8, String)> {
        let phone = fold_phone(&customer.phone);
        let mut keys = Vec::new();
        if phone.len() >= PHONE_DIGITS {
            keys.push((0, phone));
        }
        if customer.email.contains('@') {
            keys.push((1, fold_email(&customer.email)));
        }
        // a bare name identifies only those of whom nothing else is known
        if keys.is_empty() && !customer.name.trim().is_empty() {
            keys.push((2, fold_key(&customer.name)));
        }
        keys
    }

    fn add(&mut self, customer: &Customer) {
        for key in Keys::of(customer) {
            self.by.entry(key).or_insert_with(|| customer.id.to_string());
        }
    }

    fn find(&self, customer: &Customer) -> Option<String> {
        Keys::of(customer).iter().find_map(|key| self.by.get(key).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::{RawSettings, Settings};

    fn draft() -> Draft {
        let raw: RawSettings = serde_yaml::from_str("{format: 1}").unwrap();
        Draft::new(Settings::try_from(raw).unwrap(), 7)
    }

    fn row(id: Option<&str>, name: &str, phone: &str) -> Incoming<Customer> {
        let mut record = Customer::new(Id::parse(id.unwrap_or("?1")).unwrap(), name.into());
        record.phone = phone.into();
        let mut given = vec![false; crate::model::customer::CUSTOMERS.columns.len()];
        (given[0], given[1], given[4]) = (id.is_some(), !name.is_empty(), !phone.is_empty());
        Incoming { record, has_id: id.is_some(), given }
    }

    #[test]
    fn one_person_twice_is_one() {
        let mut draft = draft();
        let rows =
            vec![row(Some("007"), "A", ""), row(Some("007"), "A", "13800138000"), row(None, "B", "+86 138 0013 8000"), row(None, "C", "")];
        let tally = import(&mut draft, rows);
        assert_eq!(tally, Tally { new: 2, updated: 2, unchanged: 0, strangers: 0 });
        assert_eq!(draft.customers.get("007").unwrap().name, "B");
        assert_eq!(draft.customers.get("C0001").unwrap().batch, "B7");
    }

    #[test]
    fn blanks_never_erase() {
        let mut draft = draft();
        let _ = import(&mut draft, vec![row(Some("1"), "A", "13800138000")]);
        let tally = import(&mut draft, vec![row(Some("1"), "", "")]);
        assert_eq!((tally.unchanged, draft.customers.get("1").unwrap().name.as_str()), (1, "A"));
    }
}
