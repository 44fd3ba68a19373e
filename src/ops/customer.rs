//! The archive: adding and changing customers, field by field.

use super::fields::{self, Setting};
use crate::base::id::Id;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::{fold_email, fold_key, fold_phone};
use crate::model::customer::Customer;
use crate::model::draft::Draft;
use crate::model::stamp::Stamp;

/// Columns that only carebook sets.
const OWN: &[&str] = &["id", "tier", "tier_since", "tier_until", "merged_into", "batch"];

/// Adds a customer with the next id, or with one given.
pub fn add(draft: &mut Draft, stamp: &Stamp, id: Option<Id>, name: &str, settings: &[Setting]) -> Result<Customer, Problems> {
    let id = id.unwrap_or_else(|| next_id(draft));
    if draft.customers.get(id.as_str()).is_some() {
        return Err(vec![What::DuplicateId { table: "customers", id: id.to_string(), first: String::new() }.into()]);
    }
    let mut customer = Customer::new(id, name.to_owned());
    customer.since = Some(stamp.at.date(draft.settings.zone));
    let customer = fields::with(&customer, settings, OWN, &draft.locale())?;
    draft.customers.insert(customer.clone());
    Ok(customer)
}

/// Changes fields of a customer; a blank text empties one.
pub fn edit(draft: &mut Draft, id: &str, settings: &[Setting]) -> Result<Customer, Problems> {
    let present = draft.customers.get(id).cloned();
    let present = present.ok_or_else(|| vec![Problem::error(What::NotFound { noun: "customers", id: id.to_owned(), nearest: None })])?;
    let changed = fields::with(&present, settings, OWN, &draft.locale())?;
    if let Some(customer) = draft.customers.edit(id) {
        *customer = changed.clone();
    }
    Ok(changed)
}

/// Customers who share a phone, an email or a name: shown, never decided.
pub fn alike<'a>(draft: &'a Draft, customer: &Customer) -> Vec<&'a Customer> {
    let same = |a: &str, b: &str| !a.is_empty() && a == b;
    let others = draft.customers.iter().filter(|other| other.id != customer.id && other.is_active());
    others
        .filter(|other| {
            same(&fold_phone(&other.phone), &fold_phone(&customer.phone))
                || same(&fold_email(&other.email), &fold_email(&customer.email))
                || same(&fold_key(&other.name), &fold_key(&customer.name))
        })
        .collect()
}

/// `C0001`, counting on.
pub fn next_id(draft: &Draft) -> Id {
    let number = draft.next_number("C", draft.customers.iter().map(|customer| customer.id.as_str()));
    Id::made(format!("C{number:04}"))
}
