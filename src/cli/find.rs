//! Finding records by what was typed: the whole id, a unique tail of it, for customers also a name or phone.

use std::collections::{BTreeMap, BTreeSet};

use super::archive::{self, Reached};
use super::error::Failure;
use crate::base::date::{DateOrder, Quarter, parse_date};
use crate::base::id::names;
use crate::base::period::Period;
use crate::base::problem::What;
use crate::base::text::{fold_key, nearest};
use crate::model::contact::Contact;
use crate::model::customer::{Customer, Sought};
use crate::model::draft::{Draft, Need, Which};
use crate::model::knowledge::Knowledge;
use crate::model::merged::Merged;
use crate::model::request::Request;
use crate::store::Book;

use super::session::Session;

/// The one id that `typed` names: exactly, else by a unique tail.
pub fn id<'a>(noun: &'static str, typed: &str, ids: impl Iterator<Item = &'a str>) -> Result<String, What> {
    let ids: Vec<&str> = ids.collect();
    if ids.contains(&typed) {
        return Ok(typed.to_owned());
    }
    let named: Vec<&str> = ids.iter().copied().filter(|id| names(typed, id)).collect();
    match named[..] {
        [one] => Ok(one.to_owned()),
        [] => {
            let nearest = nearest(typed, ids.iter().copied()).map(str::to_owned);
            Err(What::NotFound { noun, id: typed.to_owned(), nearest })
        }
        _ => Err(What::Ambiguous { id: typed.to_owned(), candidates: named.iter().take(10).map(|&id| id.to_owned()).collect() }),
    }
}

/// A customer by id, unique tail, exact name, phone or email, also those of a customer's people. A name, phone or email that
/// only merged customers have means whoever they went into; an id means its own row.
pub fn customer<'a>(book: &Book, typed: &str, customers: impl Iterator<Item = &'a Customer> + Clone) -> Result<String, Failure> {
    Ok(customer_or(typed, customers, &archive::reached(book, typed)?)?)
}

/// The same where it is known already whom the people of this phone or email belong to.
pub fn customer_or<'a>(typed: &str, customers: impl Iterator<Item = &'a Customer> + Clone, reached: &Reached) -> Result<String, What> {
    let by_id = id("customers", typed, customers.clone().map(|customer| customer.id.as_str()));
    let Err(What::NotFound { .. }) = by_id else { return by_id };
    let sought = Sought::new(typed);
    let is = |customer: &&Customer| sought.is_called(&customer.name, &customer.phone, &customer.email);
    let called: Vec<&Customer> = customers.clone().filter(is).collect();
    let label = |customer: &Customer| format!("{} {}", customer.id, customer.name);
    let mut found: BTreeMap<String, String> =
        called.iter().filter(|customer| customer.is_active()).map(|customer| (customer.id.to_string(), label(customer))).collect();
    if found.is_empty() {
        let merged = Merged::of(customers.clone());
        let gone: BTreeSet<&str> = called.iter().map(|customer| customer.id.as_str()).collect();
        let survivors = gone.iter().map(|id| merged.survivor(id)).filter(|id| !gone.contains(id));
        found.extend(survivors.map(|id| (id.to_owned(), id.to_owned())));
    }
    let theirs = customers.filter(|customer| reached.contains_key(customer.id.as_str()));
    let theirs: BTreeMap<&str, &Customer> = theirs.map(|customer| (customer.id.as_str(), customer)).collect();
    for (id, person) in reached {
        let customer = theirs.get(id.as_str()).copied();
        // the people of one who was erased are nobody's
        if customer.is_none_or(Customer::is_active) {
            let label = customer.map_or_else(|| id.clone(), label);
            found.entry(id.clone()).or_insert_with(|| format!("{label} ({person})"));
        }
    }
    match found.len() {
        0 => by_id,
        1 => found.into_keys().next().map_or(by_id, Ok),
        _ => Err(What::Ambiguous { id: typed.to_owned(), candidates: found.into_values().take(10).collect() }),
    }
}

/// A contact by id, unique tail, exact name, phone or email.
pub fn contact<'a>(typed: &str, people: impl Iterator<Item = &'a Contact> + Clone) -> Result<&'a Contact, What> {
    let by_id = id("contacts", typed, people.clone().map(|person| person.id.as_str()));
    let sought = Sought::new(typed);
    let found: Vec<&Contact> = match &by_id {
        Ok(id) => people.filter(|person| person.id.as_str() == id).collect(),
        Err(What::NotFound { .. }) => people.filter(|person| sought.is_called(&person.name, &person.phone, &person.email)).collect(),
        Err(_) => Vec::new(),
    };
    match (found[..].first(), found.len()) {
        (Some(one), 1) => Ok(one),
        (None, _) => Err(by_id.err().unwrap_or(What::NotFound { noun: "contacts", id: typed.to_owned(), nearest: None })),
        _ => {
            let label = |person: &&Contact| format!("{} {} ({})", person.id, person.title(), person.customer);
            Err(What::Ambiguous { id: typed.to_owned(), candidates: found.iter().take(10).map(label).collect() })
        }
    }
}

/// An entry of the knowledge base by id, unique tail, exact title or words of the title; one that is retired only by its id.
pub fn knowledge<'e>(typed: &str, entries: &'e [Knowledge]) -> Result<&'e Knowledge, What> {
    let by_id = id("knowledge", typed, entries.iter().map(|entry| entry.id.as_str()));
    let not_found = match by_id {
        Ok(id) => {
            return entries.iter().find(|entry| entry.id.as_str() == id).ok_or(What::NotFound { noun: "knowledge", id, nearest: None });
        }
        Err(what @ What::NotFound { .. }) => what,
        Err(what) => return Err(what),
    };
    let words: Vec<String> = typed.split_whitespace().map(fold_key).filter(|word| !word.is_empty()).collect();
    let (whole, titled) = (fold_key(typed), |entry: &Knowledge| fold_key(&entry.title));
    let has_words = |entry: &&Knowledge| !words.is_empty() && words.iter().all(|word| titled(entry).contains(word));
    let found: Vec<&Knowledge> = entries.iter().filter(|entry| entry.is_current()).filter(has_words).collect();
    let exact: Vec<&Knowledge> = found.iter().copied().filter(|entry| titled(entry) == whole).collect();
    match (&exact[..], &found[..]) {
        ([one], _) | ([], [one]) => Ok(one),
        ([], []) => Err(not_found),
        _ => Err(What::Ambiguous { id: typed.to_owned(), candidates: found.iter().take(10).map(|entry| entry.named()).collect() }),
    }
}

/// A draft with the requests that were typed, and their ids.
pub fn requests(session: &mut Session<'_>, typed: &[String], needs: &[Need]) -> Result<(Draft, Vec<String>), Failure> {
    let mut found = Vec::new();
    let mut quarters = Vec::new();
    for typed in typed {
        let (draft, id) = request(session, typed, &[])?;
        quarters.extend(draft.requests.get(&id).map(|request| Quarter::of(request.received_at.date(draft.settings.zone))));
        found.push(id);
    }
    quarters.sort_unstable();
    quarters.dedup();
    let with = |which| needs.iter().cloned().chain([Need::Requests(which)]).collect::<Vec<Need>>();
    let draft = session.draft(&with(Which::Quarters(quarters)))?;
    if found.iter().all(|id| draft.requests.get(id).is_some()) {
        return Ok((draft, found));
    }
    // a row that a person put into another quarter's file
    Ok((session.draft(&with(Which::All))?, found))
}

/// A draft with the customer that `typed` names, and the id. Of a large archive only who may be meant is loaded; all of
/// it where nobody is, so that a near miss can be told.
pub fn draft_with_customer(session: &mut Session<'_>, typed: &str, needs: &[Need]) -> Result<(Draft, String), Failure> {
    if Sought::new(typed).is_address() {
        // nobody else changes the people between this and the change
        session.draft(&[])?;
    }
    let reached = archive::reached(session.book()?, typed)?;
    let mut wanted = needs.to_vec();
    wanted.push(Need::Customer(std::iter::once(typed).chain(reached.keys().map(String::as_str)).map(str::to_owned).collect()));
    let draft = session.draft(&wanted)?;
    match customer_or(typed, draft.customers.iter(), &reached) {
        Ok(id) if draft.customers.get(&id).is_some() => Ok((draft, id)),
        // whoever a merged one went into has another name
        Ok(id) => match standing_for(session, &id)? {
            survivor if survivor != typed => draft_with_customer(session, &survivor, needs),
            _ => Err(What::NotFound { noun: "customers", id, nearest: None }.into()),
        },
        Err(What::NotFound { .. }) => {
            let draft = session.draft(&[Need::Customers])?;
            Err(customer_or(typed, draft.customers.iter(), &reached).err().map_or_else(|| What::NoBook.into(), Failure::from))
        }
        Err(what) => Err(what.into()),
    }
}

/// The same, with the customer into whom the one named was merged. Gives as well who that was, to be told.
pub fn draft_with_standing(session: &mut Session<'_>, typed: &str, needs: &[Need]) -> Result<(Draft, String, Option<String>), Failure> {
    let (draft, id) = draft_with_customer(session, typed, needs)?;
    if draft.customers.get(&id).is_none_or(|customer| customer.merged_into.is_none()) {
        return Ok((draft, id, None));
    }
    let survivor = standing_for(session, &id)?;
    if survivor == id {
        return Ok((draft, id, None));
    }
    let (draft, survivor) = draft_with_customer(session, &survivor, needs)?;
    Ok((draft, survivor, Some(id)))
}

/// Whom an id stands for.
fn standing_for(session: &Session<'_>, id: &str) -> Result<String, Failure> {
    Ok(archive::merged(session.book()?)?.survivor(id).to_owned())
}

/// A draft with the request that `typed` names, and its id. The id's own quarter is tried before the whole book.
pub fn request(session: &mut Session<'_>, typed: &str, needs: &[Need]) -> Result<(Draft, String), Failure> {
    let mut wanted = needs.to_vec();
    wanted.push(Need::Requests(Which::Of(typed.to_owned())));
    let draft = session.draft(&wanted)?;
    if let Ok(id) = id("requests", typed, ids(&draft)) {
        return Ok((draft, id));
    }
    let mut wanted = needs.to_vec();
    wanted.push(Need::Requests(Which::All));
    let draft = session.draft(&wanted)?;
    let id = id("requests", typed, ids(&draft))?;
    Ok((draft, id))
}

/// A draft with two requests, their customers and the revisits planned for the first; and their ids.
pub fn two_requests(session: &mut Session<'_>, one: &str, other: &str) -> Result<(Draft, String, String), Failure> {
    let (first, one) = request(session, one, &[])?;
    let (second, other) = request(session, other, &[])?;
    let both = [first.requests.get(&one), second.requests.get(&other)];
    let zone = first.settings.zone;
    let days = both.iter().flatten().map(|request| request.received_at.date(zone));
    let mut quarters: Vec<Quarter> = days.map(Quarter::of).collect();
    quarters.sort_unstable();
    quarters.dedup();
    // a revisit is planned after the request came in, and not years ahead
    let from = both[0].map_or(session.today, |request| request.received_at.date(zone));
    let revisits = Period::days(from, session.today.max(from) + chrono::Months::new(24)).quarters();
    let mut needs = vec![Need::Revisits(Which::Quarters(revisits))];
    let customers: BTreeSet<&str> = both.iter().flatten().filter_map(|request| request.customer.as_ref().map(AsRef::as_ref)).collect();
    match customers.len() {
        0 => {}
        1 => needs.push(Need::Customer(customers.iter().map(|id| (*id).to_owned()).collect())),
        // one may have been merged into the other, by way of a third
        _ => needs.push(Need::Customers),
    }
    let mut wanted = needs.clone();
    wanted.push(Need::Requests(Which::Quarters(quarters)));
    let draft = session.draft(&wanted)?;
    if [&one, &other].iter().all(|id| draft.requests.get(id).is_some()) {
        return Ok((draft, one, other));
    }
    // a row that a person put into another quarter's file
    needs.push(Need::Requests(Which::All));
    Ok((session.draft(&needs)?, one, other))
}

/// A draft with the revisit that `typed` names, and its id; the quarters in `also` are loaded too. A whole id
/// carries its date, so only a tail has to be looked for in the whole book.
pub fn revisit(session: &mut Session<'_>, typed: &str, also: &[Quarter]) -> Result<(Draft, String), Failure> {
    let ids = |draft: &Draft| id("revisits", typed, draft.revisits.iter().map(|revisit| revisit.id.as_str()));
    let dated = typed.strip_prefix(['V', 'v']).and_then(|rest| parse_date(rest.get(..8)?, DateOrder::Iso).ok());
    if let Some(date) = dated {
        let mut quarters: Vec<Quarter> = also.iter().copied().chain([Quarter::of(date)]).collect();
        quarters.sort_unstable();
        quarters.dedup();
        let draft = session.draft(&[Need::Revisits(Which::Quarters(quarters))])?;
        if let Ok(id) = ids(&draft) {
            return Ok((draft, id));
        }
    }
    let draft = session.draft(&[Need::Revisits(Which::All)])?;
    let id = ids(&draft)?;
    Ok((draft, id))
}

/// A draft with the interaction that `typed` names, and its id. The id's own quarter is tried before the whole book.
pub fn interaction(session: &mut Session<'_>, typed: &str, needs: &[Need]) -> Result<(Draft, String), Failure> {
    let ids = |draft: &Draft| id("interactions", typed, draft.interactions.iter().map(|talk| talk.id.as_str()));
    let with = |which| needs.iter().cloned().chain([Need::Interactions(which)]).collect::<Vec<Need>>();
    let draft = session.draft(&with(Which::Of(typed.to_owned())))?;
    if let Ok(id) = ids(&draft) {
        return Ok((draft, id));
    }
    let draft = session.draft(&with(Which::All))?;
    let id = ids(&draft)?;
    Ok((draft, id))
}

fn ids(draft: &Draft) -> impl Iterator<Item = &str> {
    draft.requests.iter().map(|request: &Request| request.id.as_str())
}
