//! Customers from a file: matched by id, else by phone, email or name.

use std::collections::HashMap;

use super::{Fate, Incoming, Ledger, Numbers, Outcome, Refusal, lacking};
use crate::base::id::Id;
use crate::base::problem::What;
use crate::base::text::{fold_email, fold_key, fold_phone};
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Rows};

/// Shortest phone that identifies somebody.
const PHONE_DIGITS: usize = 7;

/// Takes the rows over, those that say most about who is meant first. A blank cell never erases what is known.
pub fn import(draft: &mut Draft, mut rows: Vec<Incoming<Customer>>) -> Outcome {
    let locale = draft.locale();
    let batch = draft.batch_id();
    let (mut keys, mut gone) = (Keys::default(), Keys::default());
    let mut numbers = Numbers::new('C');
    for customer in draft.customers.iter() {
        numbers.note(customer.id.as_str());
        let keys = if customer.merged_into.is_some() { &mut gone } else { &mut keys };
        keys.add(customer);
    }
    rows.iter().filter(|row| row.has_id).for_each(|row| numbers.note(row.record.id.as_str()));
    // in this order a row finds the same customer whether the rows after it are in the book already or not
    rows.sort_by_key(vagueness);
    let mut ledger = Ledger::new();
    for row in rows {
        // a merged customer is known by what its own row says, so that it is not entered again
        let meant = match keys.meant(&draft.customers, &row) {
            Meant::Stranger => match gone.meant(&draft.customers, &row) {
                Meant::Known(id) => Meant::Known(id),
                Meant::Stranger | Meant::Nobody(..) => Meant::Stranger,
            },
            meant => meant,
        };
        match meant {
            Meant::Known(id) => {
                ledger.lay_over(&mut draft.customers, &id, &row, &locale, |_, _, _| {});
                if let Some(customer) = draft.customers.get(&id) {
                    let keys = if customer.merged_into.is_some() { &mut gone } else { &mut keys };
                    keys.add(customer);
                }
            }
            Meant::Nobody(column, what) => ledger.fates.push(Fate::Refused(Refusal { line: row.line, column: column.into(), what })),
            Meant::Stranger => {
                if let Some(refusal) = lacking(&draft.customers, &row) {
                    ledger.fates.push(Fate::Refused(refusal));
                    continue;
                }
                let mut customer = row.record;
                if !row.has_id {
                    customer.id = Id::made(format!("C{:04}", numbers.next("C")));
                }
                customer.batch.clone_from(&batch);
                keys.add(&customer);
                let key = customer.id.to_string();
                draft.customers.insert_batched(customer);
                draft.customers.set_own(&key, &row.own);
                ledger.fates.push(Fate::New);
            }
        }
    }
    Outcome::of(ledger.close(&draft.customers, &locale), 0)
}

fn vagueness(row: &Incoming<Customer>) -> u8 {
    let contact = !contacts(&row.record).is_empty();
    match (row.has_id, contact, row.record.name.trim().is_empty()) {
        (true, _, _) => 0,
        (false, true, false) => 1,
        (false, true, true) => 2,
        (false, false, _) => 3,
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Phone(String),
    Email(String),
    Name(String),
}

/// Whom a row means.
enum Meant {
    Known(String),
    Stranger,
    /// Nobody can say; with the column to mend.
    Nobody(&'static str, What),
}

/// The keys by which somebody is reached.
fn contacts(customer: &Customer) -> Vec<Key> {
    let phone = Some(fold_phone(&customer.phone)).filter(|phone| phone.len() >= PHONE_DIGITS);
    let email = Some(fold_email(&customer.email)).filter(|email| email.contains('@'));
    phone.map(Key::Phone).into_iter().chain(email.map(Key::Email)).collect()
}

/// Customers by what they are known by besides the id, in order of appearance.
#[derive(Default)]
struct Keys {
    by: HashMap<Key, Vec<String>>,
}

impl Keys {
    fn add(&mut self, customer: &Customer) {
        if !customer.is_active() && customer.merged_into.is_none() {
            return;
        }
        for key in contacts(customer).into_iter().chain([Key::Name(fold_key(&customer.name))]) {
            let ids = self.by.entry(key).or_default();
            if !ids.iter().any(|id| id == customer.id.as_str()) {
                ids.push(customer.id.to_string());
            }
        }
    }

    fn meant(&self, customers: &Rows<Customer>, row: &Incoming<Customer>) -> Meant {
        if row.has_id {
            let id = row.record.id.to_string();
            return if customers.get(&id).is_some() { Meant::Known(id) } else { Meant::Stranger };
        }
        let name = fold_key(&row.record.name);
        let contacts = contacts(&row.record);
        if contacts.is_empty() && name.is_empty() {
            // nothing to know him by: the next import would make him again
            return Meant::Nobody("name", What::Required);
        }
        let found = if contacts.is_empty() {
            self.by_name(customers, &name)
        } else {
            contacts.iter().map(|key| self.by_contact(customers, key, &name)).find(|found| !found.is_empty()).unwrap_or_default()
        };
        match found.as_slice() {
            [] => Meant::Stranger,
            [id] => Meant::Known(id.clone()),
            _ => {
                let id = [&row.record.name, &row.record.phone, &row.record.email].into_iter().find(|text| !text.trim().is_empty());
                Meant::Nobody("id", What::Ambiguous { id: id.cloned().unwrap_or_default(), candidates: found })
            }
        }
    }

    fn known<'a>(&'a self, customers: &'a Rows<Customer>, key: &Key) -> impl Iterator<Item = &'a Customer> {
        self.by.get(key).into_iter().flatten().filter_map(|id| customers.get(id))
    }

    /// Families and offices share a phone: another name is another customer.
    fn by_contact(&self, customers: &Rows<Customer>, key: &Key, name: &str) -> Vec<String> {
        let reached: Vec<&Customer> = self.known(customers, key).filter(|customer| contacts(customer).contains(key)).collect();
        if name.is_empty() {
            return ids(reached.into_iter());
        }
        let named = |name: &str| ids(reached.iter().copied().filter(|customer| fold_key(&customer.name) == name));
        Some(named(name)).filter(|same| !same.is_empty()).unwrap_or_else(|| named(""))
    }

    /// A bare name means whoever alone has it; of several, the one of whom no more than the name is known.
    fn by_name(&self, customers: &Rows<Customer>, name: &str) -> Vec<String> {
        let named = |customer: &&Customer| fold_key(&customer.name) == name;
        let all: Vec<&Customer> = self.known(customers, &Key::Name(name.to_owned())).filter(named).collect();
        let bare = ids(all.iter().copied().filter(|customer| contacts(customer).is_empty()));
        if bare.is_empty() { ids(all.into_iter()) } else { bare }
    }
}

fn ids<'a>(customers: impl Iterator<Item = &'a Customer>) -> Vec<String> {
    customers.map(|customer| customer.id.to_string()).collect()
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
        Incoming { line: 2, record, has_id: id.is_some(), given, own: Vec::new() }
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
            row(None, "", "+86 138 0013 8000"),
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
        // whom a row without a name means, nobody can say
        let outcome = import(&mut draft, vec![row(None, "", "021 5555 1234")]);
        assert!(matches!(&outcome.refused[0].what, What::Ambiguous { candidates, .. } if candidates.len() == 2));
    }

    #[test]
    fn a_bare_name_is_whoever_alone_has_it() {
        let mut draft = draft();
        let _ = import(&mut draft, vec![row(Some("7"), "A", "1380013800")]);
        assert_eq!(counts(&import(&mut draft, vec![row(None, "A", "")])), (0, 0, 1, 0));
        let _ = import(&mut draft, vec![row(Some("8"), "A", "1380013801")]);
        assert_eq!(counts(&import(&mut draft, vec![row(None, "A", "")])), (0, 0, 0, 1));
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
        fn twice_is_once(cells in prop::collection::vec((prop::option::of(0..3_usize), "[ab]?", 0..3_usize, "[xy]?"), 0..12)) {
            let rows = || cells.iter().map(|(id, name, phone, note)| {
                let mut row = row(id.map(|id| ["1", "2", "C0001"][id]), name, ["", "1380013800", "1380013801"][*phone]);
                row.record.note.clone_from(note);
                row.given[crate::model::customer::CUSTOMERS.position("note").unwrap()] = !note.is_empty();
                row
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
