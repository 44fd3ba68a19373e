//! The response rate: of those who were asked, who answered. Without a list of who was asked there is none.

use std::collections::{HashMap, HashSet};

use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::engine::scores::{Estimate, SMALL_N, wilson};
use crate::model::merged::Merged;
use crate::model::survey::Response;

/// Somebody who was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub customer: Option<Id>,
    pub request: Option<Id>,
    /// Answers before this moment are to something else.
    pub since: Option<Instant>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    pub asked: usize,
    pub answered: usize,
    /// Per cent, with its Wilson interval.
    pub share: Estimate,
    pub small: bool,
    /// Who did not answer.
    pub silent: Vec<Asked>,
}

/// Of those asked, each counted once. Somebody asked about a request has answered with a response to that request, or with one that names
/// no request and came from the same customer afterwards; somebody asked as a customer with any response of theirs afterwards.
pub fn rate(mut asked: Vec<Asked>, responses: &[&Response], merged: &Merged) -> Option<Rate> {
    let survivor = |id: &Id| merged.survivor(id.as_str()).to_owned();
    let requests: HashSet<&str> = responses.iter().filter_map(|response| response.request.as_ref()).map(Id::as_str).collect();
    let mut customers: HashMap<String, Vec<&Response>> = HashMap::new();
    for response in responses {
        if let Some(customer) = &response.customer {
            customers.entry(survivor(customer)).or_default().push(response);
        }
    }
    let mut seen = HashSet::new();
    asked.retain(|asked| seen.insert((asked.customer.as_ref().map(survivor), asked.request.clone())));
    let has_answered = |asked: &Asked| {
        let fits = |response: &&Response| {
            let in_time = asked.since.is_none() || response.submitted_at.is_none() || response.submitted_at >= asked.since;
            (asked.request.is_none() || response.request.is_none()) && in_time
        };
        let own = || customers.get(&survivor(asked.customer.as_ref()?)).map(|responses| responses.iter().any(fits));
        asked.request.as_ref().is_some_and(|id| requests.contains(id.as_str())) || own().unwrap_or(false)
    };
    let all = asked.len();
    let silent: Vec<Asked> = asked.into_iter().filter(|asked| !has_answered(asked)).collect();
    let answered = all - silent.len();
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    (all > 0).then(|| Rate { asked: all, answered, share: wilson(count(answered), count(all)), small: count(all) < SMALL_N, silent })
}
