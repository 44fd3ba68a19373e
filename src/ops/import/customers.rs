//! Customers from a file: matched by id, else by phone, email or name.

use std::collections::HashMap;

use super::{Fate, Incoming, Ledger, Numbers, Outcome, Refusal};
use crate::base::id::Id;
use crate::base::problem::What;
use crate::base::text::{fold_email, fold_key, fold_phone};
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Rows};

/// Shortest phone that identifies somebody.
const PHONE_DIGITS: usize = 7;

/// Takes the rows over. A blank cell never erases what is known.
pub fn import(draft: &mut Draft, rows: Vec<Incoming<Customer>>) -> Outcome {
    let locale = draft.locale();
    let batch = draft.batch_id();
    let mut keys = Keys::default();
    let mut numbers = Numbers::new('C');
    for customer in draft.customers.iter() {
        numbers.note(customer.id.as_str());
        keys.add(customer);
    }
    rows.iter().filter(|row| row.has_id).for_each(|row| numbers.note(row.record.id.as_str()));
    let mut ledger = Ledger::new();
    for row in rows {
        let known = if row.has_id { Some(row.record.id.to_string()) } else { keys.find(&draft.customers, &row.record) };
        if let Some(id) = known.filter(|id| draft.customers.get(id).is_some()) {
            ledger.lay_over(&mut draft.customers, &id, &row, &locale, |_, _, _| {});
            draft.customers.get(&id).into_iter().for_each(|customer| keys.add(customer));
            continue;
        }
        let mut customer = row.record;
        if !row.has_id && Keys::of(&customer).is_empty() {
            // nothing to know him by: the next import would make him again
            ledger.fates.push(Fate::Refused(Refusal { line: row.line, column: "name", what: What::Required }));
            continue;
        }
        if !row.has_id {
            customer.id = Id::made(format!("C{:04}", numbers.next("C")));
        }
        customer.batch.clone_from(&batch);
        keys.add(&customer);
        draft.customers.insert_batched(customer);
        ledger.fates.push(Fate::New);
    }
    Outcome::of(ledger.close(&draft.customers), 0)
}

/// What identifies a customer besides the id: customers by each key, in order of appearance.
#[derive(Default)]
struct Keys {
    by: HashMap<(u8, String), Vec<String>>,
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
        if !customer.is_active() {
            return;
        }
        for key in Keys::of(customer) {
            let ids = self.by.entry(key).or_default();
            if !ids.iter().any(|id| id == customer.id.as_str()) {
                ids.push(customer.id.to_string());
            }
        }
    }

    /// The customer a row without an id means. Families and offices share a phone: another name is another customer.
    fn find(&self, customers: &Rows<Customer>, row: &Customer) -> Option<String> {
        let name = fold_key(&row.name);
        let named = |id: &&String| customers.get(id).map(|customer| fold_key(&customer.name)).unwrap_or_default();
        Keys::of(row).iter().find_map(|key| {
            let ids = self.by.get(key)?;
            let same = ids.iter().find(|id| named(id) == name);
            same.or_else(|| ids.iter().find(|id| name.is_empty() || named(id).is_empty())).cloned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Tally;
    use super::*;
    use crate::model::settings::{RawSettings, Settings};
    use proptest::prelude::*;

    fn draft() -> Draft {
        let raw: RawSettings = serde_yaml::from_str("{format: 1}").unwrap();
        Draft::new(Settings::try_from(raw).unwrap(), 7)
    }

    fn row(id: Option<&str>, name: &str, phone: &str) -> Incoming<Customer> {
        let mut record = Customer::new(Id::parse(id.unwrap_or("?1")).unwrap(), name.into());
        record.phone = phone.into();
        let mut given = vec![false; crate::model::customer::CUSTOMERS.columns.len()];
        (given[0], given[1], given[4]) = (id.is_some(), !name.is_empty(), !phone.is_empty());
        Incoming { line: 2, record, has_id: id.is_some(), given }
    }

    fn counts(outcome: &Outcome) -> (usize, usize, usize, usize) {
        let Tally { new, updated, unchanged, .. } = outcome.tally;
        (new, updated, unchanged, outcome.refused.len())
    }

    #[test]
    fn one_person_twice_is_one() {
        let mut draft = draft();
        let rows = vec![
            row(Some("007"), "A", ""),
            row(Some("007"), "A", "13800138000"),
            row(None, "a", "+86 138 0013 8000"),
            row(None, "", "138 0013 8000"),
            row(None, "C", ""),
        ];
        assert_eq!(counts(&import(&mut draft, rows)), (2, 2, 1, 0));
        assert_eq!(draft.customers.get("007").unwrap().name, "a");
        assert_eq!(draft.customers.get("C0001").unwrap().batch, "B7");
    }

    #[test]
    fn two_people_on_one_phone_stay_two() {
        let mut draft = draft();
        let rows = || vec![row(None, "A", "021-5555 1234"), row(None, "B", "02155551234")];
        assert_eq!(counts(&import(&mut draft, rows())), (2, 0, 0, 0));
        assert_eq!(counts(&import(&mut draft, rows())), (0, 0, 2, 0));
    }

    #[test]
    fn blanks_never_erase() {
        let mut draft = draft();
        let _ = import(&mut draft, vec![row(Some("1"), "A", "13800138000")]);
        assert_eq!(counts(&import(&mut draft, vec![row(Some("1"), "", "")])), (0, 0, 1, 0));
        assert_eq!(draft.customers.get("1").unwrap().name, "A");
    }

    #[test]
    fn a_made_id_is_nobody_elses() {
        let mut draft = draft();
        assert_eq!(counts(&import(&mut draft, vec![row(None, "A", ""), row(Some("C0001"), "B", ""), row(None, "", "")])), (2, 0, 0, 1));
        assert_eq!((draft.customers.get("C0001").unwrap().name.as_str(), draft.customers.get("C0002").unwrap().name.as_str()), ("B", "A"));
    }

    proptest! {
        #[test]
        fn twice_is_once(cells in prop::collection::vec((prop::option::of(0..3_usize), "[ab]?", prop::option::of(0..3_usize)), 0..12)) {
            let rows = || cells.iter().map(|(id, name, phone)| {
                let id = id.map(|id| ["1", "2", "C0001"][id]);
                row(id, name, phone.map_or("", |phone| ["1380013800", "1380013801", "1380013802"][phone]))
            }).collect::<Vec<_>>();
            let mut draft = draft();
            let (new, updated, unchanged, refused) = counts(&import(&mut draft, rows()));
            prop_assert_eq!(new + updated + unchanged + refused, cells.len());
            let before: Vec<Customer> = draft.customers.iter().cloned().collect();
            prop_assert_eq!(counts(&import(&mut draft, rows())), (0, 0, cells.len() - refused, refused));
            prop_assert_eq!(draft.customers.iter().cloned().collect::<Vec<_>>(), before);
        }
    }
}
