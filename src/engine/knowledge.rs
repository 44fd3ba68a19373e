//! The knowledge base judged by the requests it answered: how often an entry was used and how well it did, which common
//! problems lack one, and which may help with a request. Definitions are in `docs/rules.md`, "Knowledge".

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::report::Cohort;
use super::report::efficiency::times;
use super::report::figure::{Number, mean, quantile, share};
use super::report::problems::grouped;
use super::similar::Pairs;
use crate::base::instant::Instant;
use crate::base::money::Money;
use crate::base::text::fold_key;
use crate::model::knowledge::Knowledge;
use crate::model::request::Request;

/// So many that may help are told.
pub const TOLD: usize = 3;
/// Two texts are alike from this per cent on.
const ALIKE: u32 = 40;

/// The entries each request was answered with, by the request's id. The links of one that was merged are those of the one
/// it went into, so that a matter counts once.
pub fn links<'a>(requests: &[&'a Request]) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let by_id: HashMap<&str, &'a Request> = requests.iter().map(|request| (request.id.as_str(), *request)).collect();
    let mut links: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for request in requests.iter().filter(|request| !request.knowledge.0.is_empty()) {
        let entries = request.knowledge.0.iter().map(String::as_str);
        links.entry(went_into(request, &by_id)).or_default().extend(entries);
    }
    links
}

/// The id of the request a merged one ended in, its own for any other; the last one known where a row is gone.
fn went_into<'a>(request: &'a Request, by_id: &HashMap<&str, &'a Request>) -> &'a str {
    let mut at = request;
    for _ in 0..by_id.len() {
        let Some(into) = &at.duplicate_of else { break };
        match by_id.get(into.as_str()) {
            Some(next) => at = next,
            None => return into.as_str(),
        }
    }
    at.id.as_str()
}

/// How an entry did with the requests it was linked with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Use {
    /// Requests it was linked with.
    pub uses: usize,
    /// Those of them that were resolved, once at least.
    pub resolved: usize,
    /// Those of them that are resolved, were never reopened, and whose customers are not dissatisfied.
    pub good: usize,
    pub reopened: usize,
    /// When the newest of them came in.
    pub last: Option<Instant>,
}

impl Use {
    pub fn add(&mut self, request: &Request) {
        let reopened = request.reopened.unwrap_or(0) > 0;
        self.uses += 1;
        self.reopened += usize::from(reopened);
        self.resolved += usize::from(reopened || request.stage.is_resolved());
        self.good += usize::from(!reopened && request.stage.is_resolved() && !request.is_dissatisfied());
        self.last = self.last.max(Some(request.received_at));
    }

    /// Uses × success, as a fraction: uses × good ÷ resolved; nothing while nothing was resolved.
    fn weight(&self) -> (u128, u128) {
        (self.uses as u128 * self.good as u128, self.resolved.max(1) as u128)
    }

    /// Good ÷ resolved.
    pub fn success(&self) -> Option<Number> {
        share(self.good, self.resolved)
    }

    fn heavier(&self, other: &Use) -> Ordering {
        let ((a, of_a), (b, of_b)) = (self.weight(), other.weight());
        (b * of_a).cmp(&(a * of_b)).then(other.last.cmp(&self.last))
    }
}

/// How every entry did, by id. Only requests that stand for themselves are used; `counts` says which of them are asked for.
pub fn uses<'a>(requests: &[&'a Request], counts: &dyn Fn(&Request) -> bool) -> HashMap<&'a str, Use> {
    let by_id: HashMap<&str, &Request> = requests.iter().map(|request| (request.id.as_str(), *request)).collect();
    let mut found: HashMap<&str, Use> = HashMap::new();
    for (id, entries) in links(requests) {
        let Some(request) = by_id.get(id).filter(|request| counts(request)) else { continue };
        for entry in entries {
            found.entry(entry).or_default().add(request);
        }
    }
    found
}

/// The entries, the most useful first: uses × success, then the newer use, then the id.
pub fn ranked<'k>(entries: &'k [Knowledge], uses: &HashMap<&str, Use>) -> Vec<(&'k Knowledge, Use)> {
    let of = |entry: &Knowledge| uses.get(entry.id.as_str()).copied().unwrap_or_default();
    let mut rows: Vec<(&Knowledge, Use)> = entries.iter().map(|entry| (entry, of(entry))).collect();
    rows.sort_by(|(a, one), (b, other)| one.heavier(other).then_with(|| a.id.cmp(&b.id)));
    rows
}

/// What became of the requests one entry answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub used: Use,
    /// Mean time from receipt to the first resolution.
    pub time: Option<Number>,
    /// The customers' mean score.
    pub feedback: Option<Number>,
    /// Reopened ÷ resolved.
    pub reopened: Option<Number>,
}

/// `first` tells when a request was resolved the first time.
pub fn outcome(requests: &[Request], first: &dyn Fn(&Request) -> Option<Instant>) -> Outcome {
    let mut used = Use::default();
    for request in requests {
        used.add(request);
    }
    #[expect(clippy::cast_precision_loss, reason = "seconds of a human life fit in 53 bits")]
    let times: Vec<f64> = requests.iter().filter_map(|one| Some(first(one)?.seconds_since(one.received_at) as f64)).collect();
    let scores: Vec<f64> = requests.iter().filter_map(|request| request.feedback).map(f64::from).collect();
    Outcome {
        used,
        time: mean(&times).map(Number::Seconds),
        feedback: mean(&scores).map(|score| Number::Grade(score, 5)),
        reopened: share(used.reopened, used.resolved),
    }
}

/// The current entry most of these requests were answered with; of equals the first by id.
pub fn most_linked<'k, 'r>(
    requests: impl Iterator<Item = &'r Request>,
    links: &BTreeMap<&str, BTreeSet<&str>>,
    entries: &'k [Knowledge],
) -> Option<(&'k Knowledge, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in requests.filter_map(|request| links.get(request.id.as_str())).flatten() {
        *counts.entry(entry).or_default() += 1;
    }
    let current = entries.iter().filter(|entry| entry.is_current());
    let counted = current.filter_map(|entry| counts.get(entry.id.as_str()).map(|count| (entry, *count)));
    counted.min_by_key(|(entry, count)| (Reverse(*count), entry.id.clone()))
}

/// A common problem: the requests of one category with one cause.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem<'a> {
    pub category: &'a str,
    /// The first line of the cause; blank where none was found out.
    pub cause: &'a str,
    pub count: usize,
    /// Of the requests accepted in the period.
    pub share: Option<Number>,
    /// Customers who had it twice at least.
    pub repeat_customers: usize,
    pub mean: Option<Number>,
    pub median: Option<Number>,
    pub reopened: usize,
    pub cost: Money,
    /// The entry most of them were answered with, and how many.
    pub entry: Option<(&'a Knowledge, usize)>,
}

/// The common problems of a period's requests, the commonest first; those without a category are left out.
pub fn problems<'a>(cohort: &Cohort<'a>, entries: &'a [Knowledge]) -> Vec<Problem<'a>> {
    let links = links(&cohort.all);
    let accepted = cohort.accepted().count();
    let problem = |((category, cause), requests): ((&'a str, &'a str), Vec<&'a Request>)| {
        let times = times(requests.iter().copied());
        Problem {
            category,
            cause,
            count: requests.len(),
            share: share(requests.len(), accepted),
            repeat_customers: repeat_customers(&requests),
            mean: mean(&times).map(Number::Seconds),
            median: quantile(&times, 0.5).map(Number::Seconds),
            reopened: requests.iter().filter(|request| request.reopened.unwrap_or(0) > 0).count(),
            cost: requests.iter().filter_map(|request| request.cost).sum(),
            entry: most_linked(requests.iter().copied(), &links, entries),
        }
    };
    grouped(cohort, Request::first_cause).into_iter().map(problem).collect()
}

fn repeat_customers(requests: &[&Request]) -> usize {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for customer in requests.iter().filter_map(|request| request.customer.as_ref()) {
        *times.entry(customer.as_str()).or_default() += 1;
    }
    times.values().filter(|times| **times >= 2).count()
}

/// Why an entry may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Why {
    pub same_category: bool,
    /// Whole per cent, where the texts are alike enough.
    pub alike: Option<u32>,
}

/// The current entries that may help with a request, the likeliest first; those it is linked with are not told again.
pub fn helpful<'k>(request: &Request, entries: &'k [Knowledge]) -> Vec<(&'k Knowledge, Why)> {
    let (category, content) = (fold_key(&request.category), Pairs::of(&request.content));
    let alike = |text: &str| {
        let (shared, all) = content.likeness(&Pairs::of(text));
        (shared * 100).checked_div(all).unwrap_or(0)
    };
    let why = |entry: &Knowledge| {
        let head = format!("{} {}", entry.title, entry.tags.0.join(" "));
        // a long solution makes any text unlike a short one: the head alone may say it
        let alike = alike(&head).max(alike(&format!("{head} {}", entry.solution)));
        let why = Why {
            same_category: !category.is_empty() && category == fold_key(&entry.category),
            alike: Some(alike).filter(|alike| *alike >= ALIKE),
        };
        (why.same_category || why.alike.is_some()).then_some((why, alike))
    };
    let unlinked = |entry: &&Knowledge| entry.is_current() && !request.knowledge.0.iter().any(|id| id == entry.id.as_str());
    // the category is worth as much as texts that are just alike
    let weight = |why: &Why, alike: u32| alike + if why.same_category { ALIKE } else { 0 };
    let found = entries.iter().filter(unlinked).filter_map(|entry| why(entry).map(|(why, alike)| (weight(&why, alike), entry, why)));
    let mut found: Vec<(u32, &Knowledge, Why)> = found.collect();
    found.sort_by_key(|(weight, entry, _)| (Reverse(*weight), entry.id.clone()));
    found.into_iter().take(TOLD).map(|(_, entry, why)| (entry, why)).collect()
}

#[cfg(test)]
mod tests;
