//! Survey responses into the book: linked to customers and requests, known again by id.

use std::collections::HashMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::import::Tally;
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::text::{fold_email, fold_phone};
use crate::model::cell::Score;
use crate::model::draft::Draft;
use crate::model::record::Record;
use crate::model::survey::{Answer, Response};
use crate::model::survey_file::Metric;

/// A response as it comes from a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    pub id: Id,
    pub customer: String,
    pub request: String,
    pub phone: String,
    pub email: String,
    pub submitted_at: Option<Instant>,
    pub channel: String,
    pub comment: String,
    pub answers: Vec<IncomingAnswer>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct IncomingAnswer {
    pub question: String,
    pub metric: Metric,
    pub value: Option<Score>,
    pub index: Option<Score>,
    pub raw: String,
}

/// Takes the responses over. `strangers` counts those that belong to nobody in the archive.
pub fn import(draft: &mut Draft, survey: &str, responses: Vec<Incoming>) -> Tally {
    let mut tally = Tally::default();
    let locale = draft.locale();
    let people = People::of(draft);
    let batch = draft.batch_id();
    for incoming in responses {
        let mut response = response(draft, survey, &people, &incoming);
        tally.strangers += usize::from(response.customer.is_none());
        let key = response.key();
        if let Some(present) = draft.responses.get(&key) {
            response.batch.clone_from(&present.batch);
            if present.row(&locale) == response.row(&locale) {
                tally.unchanged += 1;
                continue;
            }
            if let Some(present) = draft.responses.edit(&key) {
                *present = response;
            }
            tally.updated += 1;
        } else {
            response.batch.clone_from(&batch);
            draft.responses.insert_batched(response);
            tally.new += 1;
        }
        answers(draft, survey, &incoming);
    }
    tally
}

fn response(draft: &Draft, survey: &str, people: &People, incoming: &Incoming) -> Response {
    let value =
        |metric: Metric| incoming.answers.iter().find(|answer| answer.metric == metric && answer.value.is_some()).and_then(|a| a.value);
    let indexes: Vec<Decimal> = incoming.answers.iter().filter_map(|answer| answer.index).map(|index| index.0).collect();
    let count = Decimal::from(indexes.len());
    let index = (!indexes.is_empty()).then(|| Score((indexes.iter().sum::<Decimal>() / count).round_dp(2)));
    let request = Id::parse(&incoming.request).ok().filter(|id| draft.requests.get(id.as_str()).is_some());
    let asked = request.as_ref().and_then(|id| draft.requests.get(id.as_str())).and_then(|request| request.customer.clone());
    Response {
        id: incoming.id.clone(),
        survey: survey.to_owned(),
        customer: people.find(incoming).or(asked),
        request,
        submitted_at: incoming.submitted_at,
        channel: incoming.channel.clone(),
        csat: value(Metric::Csat),
        nps: value(Metric::Nps).and_then(|score| score.0.to_u32()),
        ces: value(Metric::Ces),
        index,
        comment: incoming.comment.clone(),
        batch: String::new(),
    }
}

/// Every answer is kept raw; a changed one replaces the earlier.
fn answers(draft: &mut Draft, survey: &str, incoming: &Incoming) {
    for answer in &incoming.answers {
        let answer = Answer {
            survey: survey.to_owned(),
            response: incoming.id.clone(),
            question: answer.question.clone(),
            sub: String::new(),
            value: answer.value,
            raw: answer.raw.clone(),
        };
        match draft.answers.edit(&answer.key()) {
            Some(present) => *present = answer,
            None => draft.answers.insert_batched(answer),
        }
    }
}

/// Who can be known by id, phone or email; a phone of two customers names neither.
struct People {
    ids: HashMap<String, Id>,
    phones: HashMap<String, Option<Id>>,
    emails: HashMap<String, Option<Id>>,
}

impl People {
    fn of(draft: &Draft) -> People {
        let mut people = People { ids: HashMap::new(), phones: HashMap::new(), emails: HashMap::new() };
        for customer in draft.customers.iter().filter(|customer| customer.is_active()) {
            people.ids.insert(customer.id.to_string(), customer.id.clone());
            let phone = fold_phone(&customer.phone);
            if phone.len() >= 7 {
                people.phones.entry(phone).and_modify(|id| *id = None).or_insert_with(|| Some(customer.id.clone()));
            }
            if customer.email.contains('@') {
                people.emails.entry(fold_email(&customer.email)).and_modify(|id| *id = None).or_insert_with(|| Some(customer.id.clone()));
            }
        }
        people
    }

    fn find(&self, incoming: &Incoming) -> Option<Id> {
        let by_phone = || self.phones.get(&fold_phone(&incoming.phone)).cloned().flatten();
        let by_email = || self.emails.get(&fold_email(&incoming.email)).cloned().flatten();
        self.ids.get(incoming.customer.trim()).cloned().or_else(by_phone).or_else(by_email)
    }
}
