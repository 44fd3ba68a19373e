//! Reads what the lifecycle rests on: every fact streams by once, and no record is kept.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;

use super::archive;
use super::weighing::index_of;
use crate::base::id::Id;
use crate::base::money::Money;
use crate::base::problem::Problems;
use crate::engine::agenda::Silent;
use crate::engine::lifecycle::facts::{Contacts, Known, Orders};
use crate::engine::lifecycle::{self, Lifecycle, Member};
use crate::engine::report::lifecycle::Life;
use crate::engine::tiering::facts::OrderLine;
use crate::engine::tiering::index::Index;
use crate::model::customer::{CUSTOMERS, Customer};
use crate::model::interaction::{INTERACTIONS, Interaction};
use crate::model::lifecycle::Class;
use crate::model::member::{Day, MemberIds, MembersReader};
use crate::model::order::ORDERS;
use crate::model::practice::{Practice, StepStatus};
use crate::model::record::Record;
use crate::model::request::{REQUESTS, Request};
use crate::model::revisit::{REVISITS, Revisit};
use crate::model::rules::lifecycle::LifecycleRules;
use crate::model::survey::{RESPONSES, Response};
use crate::model::vocabulary::Code;
use crate::store::book::Ruled;
use crate::store::{Book, OrderRow, Wanted};

/// Columns of requests that say nothing here.
const UNREAD: &[&str] = &[
    "customer_name",
    "category",
    "purpose",
    "channel",
    "content",
    "wish",
    "received_by",
    "department",
    "handler",
    "measures",
    "result",
    "cause",
    "responsible",
    "cost",
    "feedback_text",
    "reviewed_at",
    "assigned_at",
    "responded_at",
    "confirmed_how",
    "reopened",
    "respond_due",
    "resolve_due",
    "duplicate_of",
    "related",
    "acknowledge_due",
    "promise",
    "escalated",
    "knowledge",
    "confirmed_by",
    "batch",
];

/// The rules, and how everybody stands by them.
pub struct Lives {
    pub ruled: Ruled<LifecycleRules>,
    pub lifecycle: Lifecycle,
}

/// How these customers stand as of a day; they are the archive, in its order.
pub fn of<'c>(book: &Book, customers: impl Iterator<Item = &'c Customer> + Clone, as_of: NaiveDate) -> Result<Lives, Problems> {
    let members: Vec<Member> = customers.clone().map(|customer| Member { active: customer.is_counted(), since: customer.since }).collect();
    lives(book, &MemberIds::of(customers), &members, as_of)
}

/// The same without a record per customer. Gives the ids, by position.
pub fn all(book: &Book, as_of: NaiveDate) -> Result<(MemberIds, Lives), Problems> {
    let MembersReader { members, ids, .. } = book.members(MembersReader::default())?;
    let member = |at: usize| Member { active: members.get(at).counted, since: members.get(at).since };
    let members: Vec<Member> = (0..members.len()).map(member).collect();
    let lives = lives(book, &ids, &members, as_of)?;
    Ok((ids, lives))
}

fn lives(book: &Book, ids: &MemberIds, members: &[Member], as_of: NaiveDate) -> Result<Lives, Problems> {
    let ruled = book.lifecycle_rules()?;
    let index = index_of(book, ids)?;
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

/// How one customer stands, in few bytes: class, since, last sign of life, value at risk.
type Stands = (u8, (i32, (i32, i64)));

/// How everybody stands, as it may be kept from an earlier run.
pub struct Kept {
    index: Index,
    ids: MemberIds,
    /// By position; who is not active has no class.
    rows: Vec<Stands>,
}

const NO_CLASS: u8 = u8::MAX;

/// The same for questions that are asked again and again.
pub fn kept(book: &Book, as_of: NaiveDate) -> Result<Kept, Problems> {
    let tables = [&CUSTOMERS, &ORDERS, &REQUESTS, &REVISITS, &INTERACTIONS, &RESPONSES];
    let (ids, rows) = book.derived("lifecycle", &tables, &as_of.to_string(), || {
        let (ids, lives) = all(book, as_of)?;
        let mut rows: Vec<Stands> = vec![(NO_CLASS, (0, (0, 0))); ids.len()];
        for row in &lives.lifecycle.rows {
            let class = u8::try_from(row.class as usize).unwrap_or(NO_CLASS);
            rows[row.position] = (class, (Day::from(row.since).0, (Day::from(row.reason.sign).0, row.value.minor())));
        }
        Ok((ids, rows))
    })?;
    Ok(Kept { index: index_of(book, &ids)?, ids, rows })
}

impl Kept {
    /// The class of a customer, or of the one it was merged into.
    pub fn class(&self, id: &str) -> Option<Class> {
        let (class, _) = self.rows.get(self.index.get(id)? as usize)?;
        Class::ALL.get(usize::from(*class)).copied()
    }

    /// How everybody who has a class stands.
    pub fn lives(&self) -> Vec<Life> {
        let life = |(at, (class, (since, (sign, value)))): (u32, &Stands)| {
            let class = Class::ALL.get(usize::from(*class)).copied()?;
            Some(Life { at, class, since: Day(*since), sign: Day(*sign), value: *value })
        };
        (0_u32..).zip(&self.rows).filter_map(life).collect()
    }

    /// Whether the customer of a step is still of its class.
    pub fn is_still(&self, step: &Practice) -> bool {
        self.class(step.customer.as_str()) == Some(step.class)
    }

    /// Who fell silent within the time the rules name and is not followed up: no revisit is planned, and no checklist was
    /// begun since the last sign of life. `practices` holds those of the class.
    pub fn newly_silent(
        &self,
        book: &Book,
        revisits: &[Revisit],
        practices: &[Practice],
        today: NaiveDate,
    ) -> Result<Vec<Silent>, Problems> {
        let after = Day::from(book.lifecycle_rules()?.rules.tell.before(today));
        let mut minded: HashSet<u32> = revisits.iter().filter_map(|revisit| self.index.get(revisit.customer.as_str())).collect();
        for step in practices.iter().filter(|step| step.class == Class::Silent) {
            let Some(at) = self.index.get(step.customer.as_str()) else { continue };
            let (_, (_, (sign, _))) = self.rows[at as usize];
            if step.status == StepStatus::Planned || Day::from(step.since) > Day(sign) {
                minded.insert(at);
            }
        }
        let is_silent = |class: u8| usize::from(class) == Class::Silent as usize;
        let fell =
            (0_u32..).zip(&self.rows).filter(|(at, (class, (since, _)))| is_silent(*class) && Day(*since) > after && !minded.contains(at));
        let fell: Vec<(&str, &Stands)> = fell.map(|(at, row)| (self.ids.get(at as usize), row)).collect();
        let named: HashSet<&str> = fell.iter().map(|(id, _)| *id).collect();
        let owners: HashMap<String, String> = archive::standing(book, &named)?
            .into_iter()
            .filter(Customer::is_active)
            .map(|customer| (customer.id.to_string(), customer.owner))
            .collect();
        let silent = |(id, (_, (since, (sign, value)))): &(&str, &Stands)| {
            // nobody turns to who was erased
            let owner = owners.get(*id)?.trim().to_owned();
            let (since, sign) = (Day(*since).date()?, Day(*sign).date()?);
            Some(Silent { customer: Id::made((*id).to_owned()), owner, since, sign, value: Money((*value).into()) })
        };
        Ok(fell.iter().filter_map(silent).collect())
    }
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
