//! The archive as commands need it beyond a plain look-up: whom a merged customer stands for, and who may be one.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::error::Failure;
use super::session::Session;
use crate::base::problem::Problems;
use crate::engine::duplicates::{self, Desk, Pair};
use crate::model::contact::Contact;
use crate::model::customer::{CUSTOMERS, Customer, CustomerStatus, Sought};
use crate::model::draft::Draft;
use crate::model::merged::Merged;
use crate::store::{Book, Wanted};
use crate::view::present;

/// Columns that nobody looks at to follow merges.
const UNREAD: &[&str] = &["name", "contact", "phone", "email", "address", "note", "tags", "industry", "size", "region"];

/// Who was merged into whom. Of the rows of others no more than a cell is looked at.
pub fn merged(book: &Book) -> Result<Merged, Problems> {
    let gone = |cell: &str| !cell.trim().is_empty();
    let keep = |customer: &Customer| customer.merged_into.is_some();
    let customers = book.wanted(&Wanted { keep: &keep, first: Some(("merged_into", &gone)), without: UNREAD })?;
    Ok(Merged::of(&customers))
}

/// Who was erased, and who was merged into one of them: nobody turns to them any more.
pub struct Erased {
    ids: HashSet<String>,
    merged: Merged,
}

impl Erased {
    pub fn has(&self, id: &str) -> bool {
        !self.ids.is_empty() && (self.ids.contains(id) || self.ids.contains(self.merged.survivor(id)))
    }
}

/// Reads the rows of those alone who have any status.
pub fn erased(book: &Book) -> Result<Erased, Problems> {
    let said = |cell: &str| !cell.trim().is_empty();
    let keep = |customer: &Customer| customer.status == Some(CustomerStatus::Erased);
    let customers = book.wanted(&Wanted { keep: &keep, first: Some(("status", &said)), without: UNREAD })?;
    let ids: HashSet<String> = customers.into_iter().map(|customer| customer.id.to_string()).collect();
    let merged = if ids.is_empty() { Merged::default() } else { merged(book)? };
    Ok(Erased { ids, merged })
}

/// The same for questions that are asked again and again.
pub fn merged_kept(book: &Book) -> Result<Merged, Problems> {
    let pairs = book.derived("merged", &[&CUSTOMERS], "", || {
        let owned = |(id, into): (&str, &str)| (id.to_owned(), into.to_owned());
        Ok(merged(book)?.pairs().into_iter().map(owned).collect::<Vec<(String, String)>>())
    })?;
    Ok(Merged::from_pairs(pairs))
}

/// Customers, by the phone or email of one of their people: the ids of those who stand, and whom it belongs to.
pub type Reached = BTreeMap<String, String>;

/// Whom the people of a phone or email belong to; nobody for any other text.
pub fn reached(book: &Book, typed: &str) -> Result<Reached, Problems> {
    let sought = Sought::new(typed);
    if !sought.is_address() {
        return Ok(Reached::new());
    }
    let people: Vec<Contact> = book.some(&|person: &Contact| sought.reaches(&person.phone, &person.email))?;
    if people.is_empty() {
        return Ok(Reached::new());
    }
    let merged = merged(book)?;
    Ok(people.iter().map(|person| (merged.survivor(person.customer.as_str()).to_owned(), person.title().to_owned())).collect())
}

/// The people of a customer and of those who went into it, the primary one first, then in the order of the table.
pub fn people(book: &Book, merged: &Merged, customer: &str) -> Result<Vec<Contact>, Problems> {
    let mut people: Vec<Contact> = book.some(&|person: &Contact| merged.same(person.customer.as_str(), customer))?;
    people.sort_by_key(|person| !person.is_primary());
    Ok(people)
}

/// The customers of these ids, for looking up by them: one who was merged has everything of the survivor but the id.
pub fn standing(book: &Book, ids: &HashSet<&str>) -> Result<Vec<Customer>, Problems> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut found: Vec<Customer> = book.some(&|customer: &Customer| ids.contains(customer.id.as_str()))?;
    if found.iter().all(|customer| customer.merged_into.is_none()) {
        return Ok(found);
    }
    let merged = merged(book)?;
    let known: HashSet<&str> = found.iter().map(|customer| customer.id.as_str()).collect();
    let lacking: HashSet<&str> = known.iter().map(|id| merged.survivor(id)).filter(|id| !known.contains(id)).collect();
    let mut survivors: Vec<Customer> = book.some(&|customer: &Customer| lacking.contains(customer.id.as_str()))?;
    found.append(&mut survivors);
    Ok(merged.standing_in(found))
}

/// One of these ids with the survivor's data, or `None` where the archive has no such customer.
pub fn standing_for(book: &Book, id: &str) -> Result<Option<Customer>, Problems> {
    Ok(standing(book, &HashSet::from([id]))?.into_iter().find(|customer| customer.id.as_str() == id))
}

/// Customers that an import compares at once: more of them would take its time twice over.
const AT_ONCE: usize = 200_000;

/// Whom somebody may be, in words and for machines.
#[derive(Debug, Default)]
pub struct Likeness {
    pub lines: Vec<String>,
    pub json: Vec<Value>,
    /// The ids, the likeliest first.
    pub ids: Vec<String>,
    /// Too many to compare along with something else.
    pub left_out: bool,
}

impl Likeness {
    pub fn add(&mut self, pair: &Pair<'_>, line: String) {
        self.lines.push(line);
        self.json.push(present::duplicates::json(pair));
        self.ids.push(pair.other.id.to_string());
    }
}

/// Pairs of which at least one is new or changed in a draft: what an import tells.
pub fn alike_after(session: &Session<'_>, draft: &Draft) -> Result<Likeness, Failure> {
    let book = session.book()?;
    let is_fresh = |customer: &&Customer| draft.customers.before(customer.id.as_str()) != Some(*customer);
    let fresh: HashSet<&str> = draft.customers.iter().filter(is_fresh).map(|customer| customer.id.as_str()).collect();
    let mut likeness = Likeness::default();
    if fresh.is_empty() {
        return Ok(likeness);
    }
    if draft.customers.iter().count() > AT_ONCE {
        likeness.left_out = true;
        return Ok(likeness);
    }
    let (rules, merged, contacts) = (book.duplicate_rules()?.rules, Merged::of(draft.customers.iter()), book.all::<Contact>()?);
    let desk = Desk::new(&rules, &merged, &contacts);
    let profiles = draft.customers.iter().filter_map(|customer| desk.profile(customer)).collect();
    for pair in duplicates::pairs(&desk, profiles, rules.tell, Some(&fresh)).pairs {
        likeness.add(&pair, present::duplicates::both(&pair, session.lang));
    }
    Ok(likeness)
}

/// Whom among `others` a customer may be, by the book's rules.
pub fn alike<'a>(
    session: &Session<'_>,
    customer: &'a Customer,
    others: impl Iterator<Item = &'a Customer> + Clone,
) -> Result<Likeness, Failure> {
    let book = session.book()?;
    let (rules, merged, contacts) = (book.duplicate_rules()?.rules, Merged::of(others.clone()), book.all::<Contact>()?);
    let desk = Desk::new(&rules, &merged, &contacts);
    let mut likeness = Likeness::default();
    if let Some(one) = desk.profile(customer) {
        let others = others.filter_map(|other| desk.profile(other));
        for pair in duplicates::among(&desk, &one, others, rules.tell) {
            likeness.add(&pair, present::duplicates::other(&pair, session.lang));
        }
    }
    Ok(likeness)
}
