//! Whom a row of a file means that names a customer: by id, by phone or email, or by a name that one customer alone has.

use std::collections::HashMap;

use crate::base::id::Id;
use crate::base::phone::{emails, phones};
use crate::base::problem::What;
use crate::base::text::fold_key;
use crate::model::contact::Contact;
use crate::model::draft::Draft;
use crate::model::merged::Merged;

/// The customers of the archive by what they are called.
pub(super) struct Archive {
    by: HashMap<String, Vec<String>>,
    pub(super) merged: Merged,
}

/// A customer that stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meant {
    pub(super) id: Id,
    /// The row named one that was merged into it.
    pub(super) led: bool,
}

impl Archive {
    pub(super) fn of(draft: &Draft) -> Archive {
        let merged = Merged::of(draft.customers.iter());
        let mut by: HashMap<String, Vec<String>> = HashMap::new();
        let mut note = |key: String, id: &str| {
            let ids = by.entry(key).or_default();
            if !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        };
        for customer in draft.customers.iter().filter(|customer| customer.is_active()) {
            let addresses = addresses(&customer.phone, &customer.email);
            let name = Some(fold_key(&customer.name)).filter(|name| !name.is_empty());
            addresses.into_iter().chain(name).for_each(|key| note(key, customer.id.as_str()));
        }
        for person in draft.contacts.iter() {
            let whose = merged.survivor(person.customer.as_str());
            if draft.customers.get(whose).is_some_and(crate::model::customer::Customer::is_active) {
                for key in reached(person) {
                    note(key, whose);
                }
            }
        }
        // what only a merged customer is called means whoever it went into
        for (gone, survivor) in merged.pairs() {
            let Some(customer) = draft.customers.get(gone) else { continue };
            for key in addresses(&customer.phone, &customer.email).into_iter().chain([fold_key(&customer.name)]) {
                if !key.is_empty() {
                    by.entry(key).or_insert_with(|| vec![survivor.to_owned()]);
                }
            }
        }
        Archive { by, merged }
    }

    /// The customer that a cell names.
    ///
    /// # Errors
    /// Nobody, or several.
    pub(super) fn meant(&self, draft: &Draft, typed: &Id) -> Result<Meant, What> {
        let survivor = self.merged.survivor(typed.as_str());
        if draft.customers.get(survivor).is_some() {
            return Ok(Meant { led: survivor != typed.as_str(), id: Id::made(survivor.to_owned()) });
        }
        let mut keys = addresses(typed.as_str(), typed.as_str()).into_iter().chain([fold_key(typed.as_str())]);
        let found: &[String] = keys.find_map(|key| self.by.get(&key)).map_or(&[], Vec::as_slice);
        match found {
            [one] => Ok(Meant { id: Id::made(one.clone()), led: false }),
            [] => Err(What::UnknownReference { table: "customers", id: typed.to_string() }),
            several => Err(What::Ambiguous { id: typed.to_string(), candidates: several.iter().take(10).cloned().collect() }),
        }
    }
}

fn reached(person: &Contact) -> Vec<String> {
    addresses(&person.phone, &person.email)
}

/// The numbers and addresses of two cells, folded; a number cannot be taken for a name.
pub(super) fn addresses(phone: &str, email: &str) -> Vec<String> {
    phones(phone).into_iter().map(|phone| format!("tel:{}", phone.number)).chain(emails(email)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::customer::Customer;
    use crate::ops::fixtures::draft;

    fn id(text: &str) -> Id {
        Id::parse(text).unwrap()
    }

    fn book() -> Draft {
        let mut draft = draft();
        for (customer, name, phone, into) in [
            ("C1", "茶庄", "13800138000", None),
            ("C2", "云上", "", None),
            ("C3", "云上", "", None),
            ("C4", "老店", "13900139000", Some("C1")),
            ("123456789", "号", "", None),
        ] {
            let mut customer = Customer::new(id(customer), name.into());
            customer.phone = phone.into();
            customer.merged_into = into.map(id);
            customer.status = into.map(|_| crate::model::customer::CustomerStatus::Merged);
            draft.customers.insert(customer);
        }
        for (person, customer, phone, email) in [("P1", "C2", "021-5555 1234", "W@x.cn"), ("P2", "C4", "13700137000", "w@x.cn")] {
            let mut person = Contact::new(id(person), id(customer), String::new());
            (person.phone, person.email) = (phone.into(), email.into());
            draft.contacts.insert(person);
        }
        draft
    }

    #[test]
    fn by_id_then_address_then_name() {
        let draft = book();
        let archive = Archive::of(&draft);
        let meant = |typed: &str| match archive.meant(&draft, &id(typed)) {
            Ok(Meant { id, led }) => format!("{id}{}", if led { " led" } else { "" }),
            Err(what) => what.code().to_owned(),
        };
        for (typed, who) in [
            ("C1", "C1"),
            ("C4", "C1 led"),
            ("+86 138-0013-8000", "C1"),
            ("13900139000", "C1"),
            ("13700137000", "C1"),
            ("02155551234", "C2"),
            ("W@X.CN", "ambiguous"),
            ("茶庄", "C1"),
            ("老店", "C1"),
            ("云上", "ambiguous"),
            ("无名", "unknown-reference"),
            ("123456789", "123456789"),
        ] {
            assert_eq!(meant(typed), who, "{typed}");
        }
    }
}
