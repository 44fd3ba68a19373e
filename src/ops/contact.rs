//! The people at a customer: adding, changing, removing. One of them at most is the primary one.

use super::customer::refuse_erased;
use super::fields::{self, Setting};
use crate::base::id::Id;
use crate::base::problem::{Problem, Problems, What};
use crate::model::contact::{CONTACTS, Contact, YesNo};
use crate::model::draft::Draft;
use crate::model::merged::Merged;

/// Columns that are not set by hand: whoever goes to another customer is another entry there.
const OWN: &[&str] = &["id", "customer", "batch"];

/// Adds a person with the next id. The first of a customer is the primary one, unless it is said otherwise.
pub fn add(draft: &mut Draft, merged: &Merged, customer: Id, name: &str, settings: &[Setting], primary: bool) -> Result<Contact, Problems> {
    refuse_erased(draft, customer.as_str())?;
    let number = draft.next_number("P", draft.contacts.iter().map(|person| person.id.as_str()));
    let person = Contact::new(Id::made(format!("P{number:04}")), customer, name.to_owned());
    let (settings, own) = fields::split(settings);
    let mut person = with(&person, &settings, draft)?;
    let own = fields::own_of_new(&draft.contacts, &own, &draft.locale())?;
    let said = settings.iter().any(|(field, _)| CONTACTS.find(field) == CONTACTS.position("primary"));
    if primary && said && !person.is_primary() {
        let message = ["--primary 与 primary= 互相矛盾".to_owned(), "--primary contradicts what primary= says".to_owned()];
        return Err(vec![What::Usage { message }.into()]);
    }
    let is_first = !draft.contacts.iter().any(|other| merged.same(other.customer.as_str(), person.customer.as_str()));
    if primary || (is_first && !said) {
        person.primary = Some(YesNo::Yes);
    }
    draft.contacts.insert(person.clone());
    draft.contacts.set_own(person.id.as_str(), &own);
    stand_alone(draft, merged, &person);
    Ok(person)
}

/// Changes fields of a person; a blank text empties one.
pub fn edit(draft: &mut Draft, merged: &Merged, id: &str, settings: &[Setting]) -> Result<Contact, Problems> {
    let present = draft.contacts.get(id).cloned().ok_or_else(|| not_found(id))?;
    let (settings, own) = fields::split(settings);
    let changed = with(&present, &settings, draft)?;
    let own = fields::own(&draft.contacts, &own, &draft.locale())?;
    if let Some(person) = draft.contacts.edit(id) {
        *person = changed.clone();
    }
    draft.contacts.set_own(id, &own);
    stand_alone(draft, merged, &changed);
    Ok(changed)
}

/// Takes a person away. Interactions that name the person keep the name.
pub fn remove(draft: &mut Draft, id: &str) -> Result<Contact, Problems> {
    let gone = draft.contacts.delete(id).ok_or_else(|| not_found(id))?;
    let talks: Vec<String> = draft.interactions.iter().filter(|talk| talk.contact.trim() == id).map(|talk| talk.id.to_string()).collect();
    for talk in talks {
        draft.interactions.edit(&talk).into_iter().for_each(|talk| gone.title().clone_into(&mut talk.contact));
    }
    Ok(gone)
}

/// Unmarks the others of the customer when this one is the primary one.
pub(super) fn stand_alone(draft: &mut Draft, merged: &Merged, person: &Contact) {
    if !person.is_primary() {
        return;
    }
    let others = draft
        .contacts
        .iter()
        .filter(|other| other.is_primary() && other.id != person.id && merged.same(other.customer.as_str(), person.customer.as_str()));
    let others: Vec<String> = others.map(|other| other.id.to_string()).collect();
    for other in others {
        draft.contacts.edit(&other).into_iter().for_each(|other| other.primary = None);
    }
}

fn with(person: &Contact, settings: &[Setting], draft: &Draft) -> Result<Contact, Problems> {
    let changed = fields::with(person, settings, OWN, &draft.locale())?;
    // somebody of whom nothing is known could not be told from others
    let known = [&changed.name, &changed.phone, &changed.email].into_iter().any(|text| !text.trim().is_empty());
    if known { Ok(changed) } else { Err(vec![Problem::error(What::Required).field("name")]) }
}

fn not_found(id: &str) -> Problems {
    vec![What::NotFound { noun: "contacts", id: id.to_owned(), nearest: None }.into()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::interaction::Interaction;
    use crate::ops::fixtures::{at, draft};

    fn id(text: &str) -> Id {
        Id::parse(text).unwrap()
    }

    fn settings(pairs: &[(&str, &str)]) -> Vec<Setting> {
        pairs.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
    }

    fn primaries(draft: &Draft) -> Vec<&str> {
        draft.contacts.iter().filter(|person| person.is_primary()).map(|person| person.id.as_str()).collect()
    }

    #[test]
    fn the_first_is_the_primary_one_and_there_is_one_only() {
        let mut draft = draft();
        draft.made.insert("P".into(), 4);
        let merged = Merged::from_pairs(vec![("C2".into(), "C1".into())]);
        let mut add = |customer: &str, name: &str, set: &[(&str, &str)], primary: bool| {
            add(&mut draft, &merged, id(customer), name, &settings(set), primary).unwrap().id.to_string()
        };
        // C2 went into C1: their people are one customer's
        let ids =
            [add("C1", "王芳", &[], false), add("C2", "李雷", &[("职务", "采购")], false), add("C3", "赵敏", &[("主要", "否")], false)];
        assert_eq!(ids, ["P0005", "P0006", "P0007"]);
        assert_eq!(primaries(&draft), ["P0005"]);
        let _ = super::add(&mut draft, &merged, id("C2"), "钱多", &[], true).unwrap();
        assert_eq!(primaries(&draft), ["P0008"]);
        let back = edit(&mut draft, &merged, "P0005", &settings(&[("primary", "yes"), ("phone", "138")])).unwrap();
        assert_eq!((primaries(&draft), back.phone.as_str()), (vec!["P0005"], "138"));
        let _ = edit(&mut draft, &merged, "P0005", &settings(&[("primary", "")])).unwrap();
        assert_eq!(primaries(&draft), [""; 0]);
    }

    #[test]
    fn what_cannot_be_set_is_refused() {
        let mut draft = draft();
        let merged = Merged::default();
        let _ = add(&mut draft, &merged, id("C1"), "王芳", &[], false).unwrap();
        for wrong in [("name", " "), ("customer", "C2"), ("id", "P9"), ("primary", "perhaps"), ("colour", "red")] {
            assert!(edit(&mut draft, &merged, "P0001", &settings(&[wrong])).is_err(), "{wrong:?}");
        }
        assert!(edit(&mut draft, &merged, "P9", &[]).is_err() && add(&mut draft, &merged, id("C1"), " ", &[], false).is_err());
        assert!(edit(&mut draft, &merged, "P0001", &settings(&[("name", ""), ("phone", "13800138000")])).is_ok());
    }

    #[test]
    fn interactions_keep_the_name_of_who_is_removed() {
        let mut draft = draft();
        let person = add(&mut draft, &Merged::default(), id("C1"), "王芳", &[], false).unwrap();
        for (talk, contact) in [("T1", "P0001"), ("T2", "P00011"), ("T3", "李雷")] {
            let talk = Interaction { contact: contact.into(), ..Interaction::new(id(talk), id("C1"), at("2026-10-01"), String::new()) };
            draft.interactions.insert(talk);
        }
        assert_eq!(remove(&mut draft, person.id.as_str()).unwrap().name, "王芳");
        let named: Vec<&str> = draft.interactions.iter().map(|talk| talk.contact.as_str()).collect();
        assert_eq!((named, draft.contacts.iter().count()), (vec!["王芳", "P00011", "李雷"], 0));
        assert!(remove(&mut draft, "P0001").is_err());
    }
}
