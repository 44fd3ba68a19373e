//! What commands need to keep the archive true: who is meant, what is to be said of sources and consent, and what the
//! owner rules look at, folded as it streams by.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::NaiveDate;

use super::error::Failure;
use super::find;
use super::session::Session;
use super::weighing::index_of;
use crate::base::problem::{Problem, Problems, What};
use crate::engine::cadence::Contacts;
use crate::engine::consent_filter::CustomerFilter;
use crate::engine::ownership::{Bought, OWNER_KEY, OwnerChange, Purchases, Touch};
use crate::engine::tiering::facts::OrderLine;
use crate::engine::tiering::index::Index;
use crate::engine::verification;
use crate::model::consent::{self, Standing};
use crate::model::customer::{CUSTOMERS, Customer};
use crate::model::draft::Draft;
use crate::model::interaction::Interaction;
use crate::model::log::LogRow;
use crate::model::member::MemberIds;
use crate::model::merged::Merged;
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::rules::archive::{ArchiveRules, Doubt, SourceRules};
use crate::model::rules::revisits::RevisitRules;
use crate::store::{Book, OrderRow, Wanted};
use crate::view::present;

/// The customers that were typed, each once; of a merged one whoever it went into, and that is said.
pub fn customers(typed: &[String], draft: &Draft, session: &mut Session<'_>) -> Result<Vec<String>, Failure> {
    let merged = Merged::of(draft.customers.iter());
    let mut ids: Vec<String> = Vec::new();
    for typed in typed {
        let id = find::customer(session.book()?, typed, draft.customers.iter())?;
        let survivor = merged.survivor(&id);
        if survivor != id {
            session.say(&present::merge_customer::led(&id, survivor, session.lang));
        }
        if !ids.iter().any(|known| known == survivor) {
            ids.push(survivor.to_owned());
        }
    }
    Ok(ids)
}

/// A filter of customers. Rules are read only where it asks for what they decide.
pub fn filter(words: &[String], session: &Session<'_>) -> Result<CustomerFilter, Failure> {
    let filter = CustomerFilter::parse(words, session.today)?;
    Ok(if filter.asks_for_standing() { filter.by(session.book()?.archive_rules()?.rules.consent) } else { filter })
}

/// The customers of the archive that pass the filters.
pub fn filtered(words: &[String], session: &Session<'_>) -> Result<Vec<Customer>, Failure> {
    let (filter, locale) = (filter(words, session)?, session.locale()?);
    Ok(session.book()?.some(&|customer: &Customer| filter.matches(customer, &locale))?)
}

/// Puts the source among fields that were typed into the words of the book. Gives the rules where [`tell_doubts`] needs them:
/// after the change it would be too late to find them faulty.
pub fn settle(settings: &mut [(String, String)], session: &Session<'_>) -> Result<Option<ArchiveRules>, Failure> {
    let is = |name: &str, code: &str| CUSTOMERS.find(name) == CUSTOMERS.position(code);
    if !settings.iter().any(|(name, _)| is(name, "source") || is(name, "consent")) {
        return Ok(None);
    }
    let book = session.book()?;
    let rules = book.archive_rules()?.rules;
    for (_, value) in settings.iter_mut().filter(|(name, _)| is(name, "source")) {
        let settled = rules.sources.settled(value, book.settings.lang);
        *value = settled.map_err(|what| Problem::error(what).field("source"))?;
    }
    Ok(Some(rules))
}

/// Says what is odd in the source and the consent of a customer that was just entered or changed.
pub fn tell_doubts(customer: &Customer, before: Option<&Customer>, rules: Option<&ArchiveRules>, session: &mut Session<'_>) {
    let Some(rules) = rules else { return };
    let is_new = |of: &dyn Fn(&Customer) -> &str| before.is_none_or(|before| of(before) != of(customer));
    if let Some(problem) = source_problem(&customer.source, &rules.sources).filter(|_| is_new(&|customer| &customer.source)) {
        session.warn(&problem.field("source"));
    }
    let unclear = consent::standing(&customer.consent, &rules.consent, session.today) == Standing::Unclear;
    if unclear && is_new(&|customer| &customer.consent) {
        session.warn(&Problem::warning(consent::no_basis(Standing::Unclear, &customer.consent)).field("consent"));
    }
}

/// A source that may be a slip of the pen.
fn source_problem(source: &str, rules: &SourceRules) -> Option<Problem> {
    match rules.doubt(source)? {
        Doubt::Near(near) => Some(Problem::warning(What::UnknownSource { name: source.to_owned(), near: Some(near) })),
        Doubt::Closed => Some(Problem::warning(What::UnknownSource { name: source.to_owned(), near: None })),
    }
}

/// Warns where a customer does not want to be contacted any more.
pub fn warn_of_withdrawal(customer: &Customer, session: &mut Session<'_>) {
    if consent::is_withdrawn(&customer.consent) {
        session.say(&present::consent::withdrawn(customer, session.lang));
    }
}

/// Columns that nobody looks at to see whether somebody is to be verified.
const UNREAD: &[&str] = &[
    "contact",
    "phone",
    "email",
    "address",
    "region",
    "industry",
    "size",
    "source",
    "consent",
    "preferred_channel",
    "preferred_time",
    "tags",
    "note",
];

/// How many customers are to be verified; of one owner where `is_owner` says so.
pub fn overdue(book: &Book, rules: &ArchiveRules, today: NaiveDate, is_owner: &(dyn Fn(&str) -> bool + Sync)) -> Result<usize, Problems> {
    let found = AtomicUsize::new(0);
    let keep = |customer: &Customer| {
        let counts = is_owner(customer.owner.trim()) && verification::is_overdue(customer, &rules.verify, today);
        found.fetch_add(usize::from(counts), Ordering::Relaxed);
        false
    };
    book.wanted(&Wanted { keep: &keep, first: None, without: UNREAD })?;
    Ok(found.into_inner())
}

/// What each customer bought, by position.
pub fn purchases(book: &Book, index: &Index, customers: usize, today: NaiveDate) -> Result<Vec<Bought>, Problems> {
    let new = || Purchases::new(index, customers, today);
    let each = |fold: &mut Purchases<'_>, row: &OrderRow<'_>| {
        fold.order(&OrderLine { id: row.id, customer: row.customer, date: row.date, amount: row.amount, kind: row.kind });
    };
    let folds = book.fold_orders(None, &new, &each, &|_| {})?;
    Ok(Purchases::together(if folds.is_empty() { vec![new()] } else { folds }))
}

/// What the owner rules look at, by position of the customers, who are the whole archive.
pub fn touches(book: &Book, customers: &[&Customer], session: &Session<'_>) -> Result<Vec<Touch>, Problems> {
    let today = session.today;
    let index = index_of(book, &MemberIds::of(customers.iter().copied()))?;
    let bought = purchases(book, &index, customers.len(), today)?;
    let rules = book.revisit_rules()?.rules;
    let contacts = contacts(book, customers, &rules, today)?;
    let owned = owned_since(book, customers, &index, session)?;
    let touch = |(at, bought): (usize, &Bought)| Touch {
        last_order: bought.last(),
        last_contact: contacts.contacted_on(at),
        owned_since: owned[at],
    };
    Ok(bought.iter().enumerate().map(touch).collect())
}

/// Columns that nobody looks at to see when somebody was in contact.
const SILENT: &[&str] = &["content", "wish", "measures", "result", "cause", "responsible", "feedback_text", "promise", "escalated"];

fn contacts<'r>(book: &Book, customers: &[&Customer], rules: &'r RevisitRules, today: NaiveDate) -> Result<Contacts<'r>, Problems> {
    let contacts = Mutex::new(Contacts::new(customers, rules, today, book.settings.zone));
    let with = |add: &dyn Fn(&mut Contacts<'r>)| {
        if let Ok(mut contacts) = contacts.lock() {
            add(&mut contacts);
        }
        false
    };
    let of_request = |request: &Request| with(&|contacts| contacts.request(request));
    let of_revisit = |revisit: &Revisit| with(&|contacts| contacts.revisit(revisit));
    let of_interaction = |interaction: &Interaction| with(&|contacts| contacts.interaction(interaction));
    let named = |cell: &str| !cell.trim().is_empty();
    book.wanted(&Wanted { keep: &of_request, first: Some(("customer", &named)), without: SILENT })?;
    book.some(&of_revisit)?;
    book.some(&of_interaction)?;
    Ok(contacts.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// A cheap look before a row of the log is read.
fn tells_owner(cell: &str) -> bool {
    cell.contains(OWNER_KEY)
}

/// Since when the present owners have their customers, as far as the log tells.
fn owned_since(book: &Book, customers: &[&Customer], index: &Index, session: &Session<'_>) -> Result<Vec<Option<NaiveDate>>, Problems> {
    let since = Mutex::new(vec![None; customers.len()]);
    let (zone, now) = (book.settings.zone, session.now);
    let keep = |row: &LogRow| {
        let change = OwnerChange::of(row, zone).filter(|_| row.recorded_at <= now);
        let at = change.as_ref().and_then(|change| index.get(&change.customer)).map(|at| at as usize);
        if let (Some(change), Some(at), Ok(mut since)) = (change, at, since.lock())
            && customers[at].owner.trim() == change.after
        {
            since[at] = since[at].max(Some(change.on));
        }
        false
    };
    book.wanted(&Wanted { keep: &keep, first: Some(("after", &tells_owner)), without: &[] })?;
    Ok(since.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// The changes of owner of these customers, and of those merged into them.
pub fn owner_changes(book: &Book, draft: &Draft, ids: &[String]) -> Result<Vec<OwnerChange>, Problems> {
    let merged = Merged::of(draft.customers.iter());
    let theirs: HashSet<&str> = ids.iter().flat_map(|id| merged.gone_into(id).into_iter().chain([id.as_str()])).collect();
    let is_theirs = |row: &LogRow| theirs.contains(row.id.as_str()) && row.table == Customer::TABLE.word.code;
    let rows: Vec<LogRow> = book.wanted(&Wanted { keep: &is_theirs, first: Some(("after", &tells_owner)), without: &[] })?;
    Ok(rows.iter().filter_map(|row| OwnerChange::of(row, book.settings.zone)).collect())
}
