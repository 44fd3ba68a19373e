//! Contacts from a file: matched by id, else within their customer by phone, email and name.

use std::collections::{HashMap, HashSet};

use super::customer_named::{Archive, addresses};
use super::{Fate, Incoming, Ledger, Numbers, Outcome, Refusal, lacking};
use crate::base::id::Id;
use crate::base::problem::What;
use crate::base::text::fold_key;
use crate::model::contact::{CONTACTS, Contact, YesNo};
use crate::model::draft::{Draft, Rows};
use crate::ops::contact::stand_alone;

/// Takes the rows over, those that say most about who is meant first, and those of which it cannot be said whom they mean
/// again when the others are in: so it does not matter what is in the book already. A blank cell never erases what is known.
pub fn import(draft: &mut Draft, mut rows: Vec<Incoming<Contact>>) -> Outcome {
    let archive = Archive::of(draft);
    let mut taking = Taking::new(draft, &archive, &rows);
    rows.sort_by_key(vagueness);
    loop {
        let before = rows.len();
        let open: Vec<(Incoming<Contact>, Refusal)> = rows.into_iter().filter_map(|row| taking.take(draft, &archive, row)).collect();
        if open.is_empty() || open.len() == before {
            taking.ledger.fates.extend(open.into_iter().map(|(_, refusal)| Fate::Refused(refusal)));
            break;
        }
        rows = open.into_iter().map(|(row, _)| row).collect();
    }
    taking.mark_the_first(draft);
    Outcome { led: taking.led, ..Outcome::of(taking.ledger.close(&draft.contacts, &draft.locale()), 0) }
}

/// The state of an import.
struct Taking {
    people: People,
    numbers: Numbers,
    ledger: Ledger<Contact>,
    /// New rows that named merged customers.
    led: usize,
    /// Customers of whom the file says who the primary contact is.
    primaries: HashSet<String>,
    /// The first new person of those who had nobody.
    firsts: HashMap<String, String>,
}

impl Taking {
    fn new(draft: &Draft, archive: &Archive, rows: &[Incoming<Contact>]) -> Taking {
        let mut numbers = Numbers::new('P');
        draft.contacts.iter().for_each(|person| numbers.note(person.id.as_str()));
        rows.iter().filter(|row| row.has_id).for_each(|row| numbers.note(row.record.id.as_str()));
        let people = People::of(draft, archive);
        Taking { people, numbers, ledger: Ledger::new(), led: 0, primaries: HashSet::new(), firsts: HashMap::new() }
    }

    /// Takes a row over; gives it back where several may be meant.
    fn take(&mut self, draft: &mut Draft, archive: &Archive, mut row: Incoming<Contact>) -> Option<(Incoming<Contact>, Refusal)> {
        let (customer, known, led) = match meant(draft, archive, &self.people, &mut row, &mut self.primaries) {
            Ok(found) => found,
            Err((column, what)) => {
                let refusal = Refusal { line: row.line, column: column.into(), what };
                if matches!(refusal.what, What::Ambiguous { .. }) {
                    return Some((row, refusal));
                }
                self.ledger.fates.push(Fate::Refused(refusal));
                return None;
            }
        };
        let id = if let Some(id) = known {
            let locale = draft.locale();
            self.ledger.lay_over(&mut draft.contacts, &id, &row, &locale, told_apart);
            id
        } else if let Some(refusal) = lacking(&draft.contacts, &row) {
            self.ledger.fates.push(Fate::Refused(refusal));
            return None;
        } else {
            self.led += usize::from(led);
            let had_nobody = !self.people.by.contains_key(customer.as_str());
            let id = new(draft, &row, &customer, &mut self.numbers);
            if had_nobody && row.record.primary != Some(YesNo::No) {
                self.firsts.insert(customer.to_string(), id.clone());
            }
            self.ledger.fates.push(Fate::New);
            id
        };
        self.people.note(customer.as_str(), &id);
        if let Some(person) = draft.contacts.get(&id).filter(|_| row.record.primary == Some(YesNo::Yes)).cloned() {
            stand_alone(draft, &archive.merged, &person);
        }
        None
    }

    /// The first person of a customer is the primary one, unless the file says who is.
    fn mark_the_first(&self, draft: &mut Draft) {
        for (customer, id) in self.firsts.iter().filter(|(customer, _)| !self.primaries.contains(*customer)) {
            if !self.people.of_customer(&draft.contacts, customer).any(Contact::is_primary) {
                draft.contacts.edit(id).into_iter().for_each(|person| person.primary = Some(YesNo::Yes));
            }
        }
    }
}

/// A row's customer, the person it means where there is one already, and whether it named a merged customer.
type Found = (Id, Option<String>, bool);

fn meant(
    draft: &Draft,
    archive: &Archive,
    people: &People,
    row: &mut Incoming<Contact>,
    primaries: &mut HashSet<String>,
) -> Result<Found, (&'static str, What)> {
    let named = archive.meant(draft, &row.record.customer).map_err(|what| ("customer", what))?;
    let customer = named.id;
    let known = if row.has_id {
        let present = draft.contacts.get(row.record.id.as_str());
        if let Some(present) = present.filter(|present| !archive.merged.same(present.customer.as_str(), customer.as_str())) {
            let (id, whose) = (&present.id, &present.customer);
            let zh = format!("{id} 是 {whose} 的联系人");
            return Err(("customer", What::RuleConflict { message: [zh, format!("{id} is a contact of {whose}")] }));
        }
        present.map(|present| present.id.to_string())
    } else {
        people.meant(&draft.contacts, customer.as_str(), &row.record)?
    };
    if row.record.primary == Some(YesNo::Yes) && !primaries.insert(customer.to_string()) {
        let zh = format!("文件中 {customer} 有不止一位主要联系人");
        let en = format!("the file has more than one primary contact of {customer}");
        return Err(("primary", What::RuleConflict { message: [zh, en] }));
    }
    // a person that is there keeps the id by which it names the customer
    if let Some(at) = CONTACTS.position("customer") {
        row.given[at] = false;
    }
    Ok((customer, known, named.led))
}

/// Enters a person, and gives the id.
fn new(draft: &mut Draft, row: &Incoming<Contact>, customer: &Id, numbers: &mut Numbers) -> String {
    let mut person = row.record.clone();
    if !row.has_id {
        person.id = Id::made(format!("P{:04}", numbers.next("P")));
    }
    person.customer = customer.clone();
    person.batch = draft.batch_id();
    let id = person.id.to_string();
    draft.contacts.insert_batched(person);
    draft.contacts.set_own(&id, &row.own);
    id
}

/// A row without an id fills in what is not known of a person, and changes nothing by which the person was found.
fn told_apart(before: &Contact, after: &mut Contact, row: &Incoming<Contact>) {
    if row.has_id {
        return;
    }
    for (was, is) in [(&before.name, &mut after.name), (&before.phone, &mut after.phone), (&before.email, &mut after.email)] {
        if !was.trim().is_empty() {
            is.clone_from(was);
        }
    }
}

fn vagueness(row: &Incoming<Contact>) -> usize {
    let Contact { name, phone, email, .. } = &row.record;
    if row.has_id { 0 } else { 4 - [name, phone, email].iter().filter(|text| !text.trim().is_empty()).count() }
}

/// The people of each customer that stands, in order of appearance.
struct People {
    by: HashMap<String, Vec<String>>,
}

impl People {
    fn of(draft: &Draft, archive: &Archive) -> People {
        let mut people = People { by: HashMap::new() };
        draft.contacts.iter().for_each(|person| people.note(archive.merged.survivor(person.customer.as_str()), person.id.as_str()));
        people
    }

    fn note(&mut self, customer: &str, id: &str) {
        let ids = self.by.entry(customer.to_owned()).or_default();
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }

    fn of_customer<'a>(&'a self, contacts: &'a Rows<Contact>, customer: &str) -> impl Iterator<Item = &'a Contact> {
        self.by.get(customer).into_iter().flatten().filter_map(|id| contacts.get(id))
    }

    /// Whom of a customer's people a row without an id means: the one who shares most with it and contradicts it in nothing.
    fn meant(&self, contacts: &Rows<Contact>, customer: &str, row: &Contact) -> Result<Option<String>, (&'static str, What)> {
        if [&row.name, &row.phone, &row.email].iter().all(|text| text.trim().is_empty()) {
            // nothing to know them by: the next import would make them again
            return Err(("name", What::Required));
        }
        let likeness = self.of_customer(contacts, customer).filter_map(|person| Some((shared(person, row)?, person)));
        let mut alike: Vec<(usize, &Contact)> = likeness.collect();
        let most = alike.iter().map(|(shared, _)| *shared).max().unwrap_or(0);
        alike.retain(|(shared, _)| *shared == most);
        match alike[..] {
            [] => Ok(None),
            [(_, one)] => Ok(Some(one.id.to_string())),
            _ => {
                let candidates = alike.iter().take(10).map(|(_, person)| format!("{} {}", person.id, person.title())).collect();
                Err(("id", What::Ambiguous { id: row.title().to_owned(), candidates }))
            }
        }
    }
}

/// How much of name, phone and email two share; `None` where they share nothing, or differ in what both have.
fn shared(person: &Contact, row: &Contact) -> Option<usize> {
    let keys = |one: &Contact| {
        let name = Some(fold_key(&one.name)).filter(|name| !name.is_empty());
        [name.into_iter().collect(), known(addresses(&one.phone, ""), &one.phone), known(addresses("", &one.email), &one.email)]
    };
    let mut count = 0;
    for (one, other) in keys(person).iter().zip(&keys(row)) {
        match (one.is_empty() || other.is_empty(), one.iter().any(|key| other.contains(key))) {
            (true, _) => {}
            (false, true) => count += 1,
            (false, false) => return None,
        }
    }
    Some(count).filter(|count| *count > 0)
}

/// The folded numbers or addresses of a cell, or the cell as it is where it holds none.
fn known(folded: Vec<String>, cell: &str) -> Vec<String> {
    let whole = || Some(fold_key(cell)).filter(|cell| !cell.is_empty()).into_iter().collect();
    if folded.is_empty() { whole() } else { folded }
}

#[cfg(test)]
mod tests;
