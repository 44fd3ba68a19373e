//! The archive: adding and changing customers, field by field.

use super::fields::{self, Setting};
use crate::base::id::Id;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::word;
use crate::model::customer::{Customer, CustomerStatus};
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
    let (settings, own) = fields::split(settings);
    let customer = fields::with(&customer, &settings, OWN, &draft.locale())?;
    known_by_now(None, &customer, draft, stamp)?;
    let own = fields::own_of_new(&draft.customers, &own, &draft.locale())?;
    draft.customers.insert(customer.clone());
    draft.customers.set_own(customer.id.as_str(), &own);
    Ok(customer)
}

/// Changes fields of a customer; a blank text empties one.
pub fn edit(draft: &mut Draft, stamp: &Stamp, id: &str, settings: &[Setting]) -> Result<Customer, Problems> {
    let present = draft.customers.get(id).cloned();
    let present = present.ok_or_else(|| vec![Problem::error(What::NotFound { noun: "customers", id: id.to_owned(), nearest: None })])?;
    if let Some(into) = &present.merged_into {
        return Err(vec![What::MergedCustomer { id: id.to_owned(), into: into.to_string() }.into()]);
    }
    let (settings, own) = fields::split(settings);
    let changed = fields::with(&present, &settings, OWN, &draft.locale())?;
    known_by_now(Some(&present), &changed, draft, stamp)?;
    if changed.name.trim().is_empty() && !present.name.trim().is_empty() {
        return Err(vec![Problem::error(What::Required).field("name")]);
    }
    let own = fields::own(&draft.customers, &own, &draft.locale())?;
    if changed.status == Some(CustomerStatus::Merged) {
        let id = word(id);
        let zh = format!("合并客户请用 carebook customer merge {id} 并入的编号");
        return Err(vec![What::Usage { message: [zh, format!("use `carebook customer merge {id} INTO`")] }.into()]);
    }
    if changed.status == Some(CustomerStatus::Erased) && present.status != changed.status {
        let id = word(id);
        let zh = format!("只改状态并不抹除什么;请用 carebook customer erase {id} --reason 理由");
        let en = format!("the status alone erases nothing: use `carebook customer erase {id} --reason WHY`");
        return Err(vec![What::Usage { message: [zh, en] }.into()]);
    }
    if let Some(customer) = draft.customers.edit(id) {
        *customer = changed.clone();
    }
    draft.customers.set_own(id, &own);
    Ok(changed)
}

/// Who was erased is looked after no more: nothing new is kept of them.
///
/// # Errors
/// The customer was erased.
pub fn refuse_erased(draft: &Draft, id: &str) -> Result<(), Problems> {
    if draft.customers.get(id).is_none_or(|customer| customer.status != Some(CustomerStatus::Erased)) {
        return Ok(());
    }
    let typed = word(id);
    let zh = format!("{id} 已抹除,不再记录新的内容;若又成为客户,先运行 carebook customer edit {typed} status=active");
    let en = format!(
        "{id} was erased, nothing new is kept of it; if they are a customer again, first `carebook customer edit {typed} status=active`"
    );
    Err(vec![What::Usage { message: [zh, en] }.into()])
}

/// Nobody has looked at data on a day that is still to come.
fn known_by_now(before: Option<&Customer>, after: &Customer, draft: &Draft, stamp: &Stamp) -> Result<(), Problems> {
    let today = stamp.recorded_at.date(draft.settings.zone);
    let Some(on) = after.verified_on.filter(|on| *on > today && before.is_none_or(|before| before.verified_on != Some(*on))) else {
        return Ok(());
    };
    Err(vec![
        Problem::error(What::OutOfRange { value: on.to_string(), min: "1900-01-01".into(), max: today.to_string() }).field("verified_on"),
    ])
}

/// `C0001`, counting on.
pub fn next_id(draft: &Draft) -> Id {
    let number = draft.next_number("C", draft.customers.iter().map(|customer| customer.id.as_str()));
    Id::made(format!("C{number:04}"))
}
