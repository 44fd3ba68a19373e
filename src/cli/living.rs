//! Reads what the lifecycle rests on: every fact streams by once, and no record is kept.

use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;

use crate::base::problem::Problems;
use crate::engine::lifecycle::facts::{Contacts, Known, Orders};
use crate::engine::lifecycle::{self, Lifecycle, Member};
use crate::engine::tiering::facts::OrderLine;
use crate::engine::tiering::index::Index;
use crate::model::customer::Customer;
use crate::model::interaction::Interaction;
use crate::model::member::{MemberIds, MembersReader};
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::rules::lifecycle::LifecycleRules;
use crate::model::survey::Response;
use crate::store::book::Ruled;
use crate::store::{Book, OrderRow, Wanted};

/// Columns of requests that say nothing here.
const UNREAD: &[&str] = &[
    "customer_name", "category", "purpose", "channel", "content", "wish", "received_by", "department", "handler", "measures", "result", "cause",
    "responsible", "cost", "feedback_text", "reviewed_at", "assigned_at", "responded_at", "confirmed_how", "reopened", "respond_due",
    "resolve_due", "duplicate_of", "related", "acknowledge_due", "promise", "escalated", "knowledge", "confirmed_by", "batch",
];

/// The rules, and how everybody stands by them.
pub struct Lives {
    pub ruled: Ruled<LifecycleRules>,
    pub lifecycle: Lifecycle,
}

/// How these customers stand as of a day; they are the archive, in its order.
pub fn of<'c>(book: &Book, customers: impl Iterator<Item = &'c Customer> + Clone, as_of: NaiveDate) -> Result<Lives, Problems> {
    let members: Vec<Member> = customers.clone().map(|customer| Member { active: customer.is_active(), since: customer.since }).collect();
    lives(book, &MemberIds::of(customers), &members, as_of)
}

/// The same without a record per customer. Gives the ids, by position.
pub fn all(book: &Book, as_of: NaiveDate) -> Result<(MemberIds, Lives), Problems> {
    let MembersReader { members, ids, .. } = book.members(MembersReader::default())?;
    let member = |at: usize| Member { active: members.get(at).active, since: members.get(at).since };
    let members: Vec<Member> = (0..members.len()).map(member).collect();
    let lives = lives(book, &ids, &members, as_of)?;
    Ok((ids, lives))
}

fn lives(book: &Book, ids: &MemberIds, members: &[Member], as_of: NaiveDate) -> Result<Lives, Problems> {
    let ruled = book.lifecycle_rules()?;
    let index = Index::of(ids);
    let known = known(book, &index, as_of)?;
    let lifecycle = lifecycle::classify(&known, members, &ruled.rules);
    Ok(Lives { ruled, lifecycle })
}

fn known(book: &Book, index: &Index, as_of: NaiveDate) -> Result<Known, Problems> {
    let new = || Orders::new(index, as_of);
    let each = |orders: &mut Orders<'_>, row: &OrderRow<'_>| {
        orders.order(&OrderLine { id: row.id, customer: row.customer, date: row.date, amount: row.amount, kind: row.kind });
    };
    let orders = book.fold_orders(None, &new, &each, &Orders::sort)?;
    let contacts = Mutex::new(Contacts::new(index, as_of, book.settings.zone));
    heard(book, &contacts, UNREAD, &|contacts, request: &Request| contacts.request(request))?;
    heard(book, &contacts, &[], &|contacts, revisit: &Revisit| contacts.revisit(revisit))?;
    heard(book, &contacts, &[], &|contacts, interaction: &Interaction| contacts.interaction(interaction))?;
    heard(book, &contacts, &[], &|contacts, response: &Response| contacts.response(response))?;
    let contacts = contacts.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Known::together(orders, contacts, as_of))
}

/// Lets every record of a table be heard, and keeps none.
fn heard<R: Record>(
    book: &Book,
    contacts: &Mutex<Contacts<'_>>,
    without: &[&str],
    each: &(dyn Fn(&mut Contacts<'_>, &R) + Sync),
) -> Result<(), Problems> {
    let keep = |record: &R| {
        each(&mut contacts.lock().unwrap_or_else(PoisonError::into_inner), record);
        false
    };
    book.wanted(&Wanted { keep: &keep, first: None, without }).map(|_| ())
}
