//! Consent given, withdrawn, or another basis found.

use crate::base::problem::{Problems, What};
use crate::model::consent::Consent;
use crate::model::customer::Customer;
use crate::model::draft::Draft;
use crate::model::rules::archive::ConsentRules;

/// Writes it into the customer's cell, in the words of the book. What stood there is in the log.
pub fn set(draft: &mut Draft, id: &str, consent: &Consent, rules: &ConsentRules) -> Result<Customer, Problems> {
    let lang = draft.settings.lang;
    let not_found = || vec![What::NotFound { noun: "customers", id: id.to_owned(), nearest: None }.into()];
    let customer = draft.customers.edit(id).ok_or_else(not_found)?;
    customer.consent = consent.write(rules, lang);
    Ok(customer.clone())
}
