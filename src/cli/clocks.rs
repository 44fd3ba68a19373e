//! The clocks of requests as commands need them: the rules in force, the calendar they are counted by, the log of one request.

use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::period::Period;
use crate::base::problem::{Problem, What};
use crate::cli::archive;
use crate::cli::error::Failure;
use crate::cli::session::Session;
use crate::engine::calendar::Schedule;
use crate::engine::clock::{self, Clock, Elapsed, WorkingTime};
use crate::model::draft::Draft;
use crate::model::log::LogRow;
use crate::model::promise::Promise;
use crate::model::request::{Request, Severity};
use crate::model::rules::service::ServiceRules;
use crate::model::stamp::Stamp;
use crate::ops;
use crate::store::Book;
use crate::store::book::Ruled;

/// The service rules and the time they are counted in.
pub struct Service {
    pub ruled: Ruled<ServiceRules>,
    pub working: Schedule,
}

impl Service {
    pub fn of(book: &Book) -> Result<Service, Failure> {
        let ruled = book.service_rules()?;
        Ok(Service { ruled, working: Schedule::new(book.calendar()?.rules) })
    }

    /// The time a promise is counted in.
    pub fn time(&self, promise: &Promise) -> &dyn WorkingTime {
        self.counting(promise.elapsed)
    }

    fn counting(&self, elapsed: bool) -> &dyn WorkingTime {
        if elapsed { &Elapsed } else { &self.working }
    }

    /// The years, not announced yet, that the due times of a request reach into: what is promised there may move.
    pub fn unknown_years(&self, request: &Request) -> Vec<i32> {
        let due = request.respond_due.max(request.resolve_due).filter(|_| !request.promise.elapsed);
        due.map(|due| self.working.unknown_years(request.received_at, due)).unwrap_or_default()
    }

    /// What is promised at a moment for a severity, to a customer of a tier.
    pub fn promise(&self, severity: Severity, tier: &str, at: Instant) -> Promise {
        let time = self.counting(self.ruled.rules.elapsed);
        self.ruled.rules.promise(severity, tier, &|days| time.of_days(at, days), &self.ruled.hash)
    }

    /// The clocks of a request at this moment.
    pub fn clock(&self, request: &Request, log: &[LogRow], session: &Session<'_>) -> Result<Clock, Failure> {
        let mut past = clock::past(request, log, &session.locale()?);
        past.columns(request);
        Ok(past.clock_of(request, self.time(&request.promise), session.now))
    }
}

/// Says which years' holidays are not known: what was told of their days may move. Answers themselves say it in JSON.
pub fn warn_of(unknown: &[i32], session: &mut Session<'_>) {
    if !unknown.is_empty() {
        session.warn(&Problem::warning(What::UnknownYears { years: unknown.to_vec() }));
    }
}

/// The same of a request whose due times were just promised or moved.
pub fn warn_of_promise(before: Option<&Request>, request: &Request, session: &mut Session<'_>) -> Result<(), Failure> {
    let dues = |request: &Request| (request.respond_due, request.resolve_due);
    if before.is_none_or(|before| dues(before) != dues(request)) {
        let unknown = Service::of(session.book()?)?.unknown_years(request);
        warn_of(&unknown, session);
    }
    Ok(())
}

/// What the log tells of a request.
pub fn log_of(request: &Request, session: &Session<'_>) -> Result<Vec<LogRow>, Failure> {
    let zone = session.locale()?.zone;
    let received = request.received_at.date(zone);
    // what is entered late was recorded later, never before: a day's margin for a change of zone
    let since = Period::days(received.pred_opt().unwrap_or(received), chrono::NaiveDate::MAX);
    let is_its = |row: &LogRow| row.table == "requests" && row.id == request.id.as_str();
    let mut rows: Vec<LogRow> = session.book()?.some_within(since, &is_its)?;
    clock::in_order(&mut rows);
    Ok(rows)
}

/// Freezes what is promised on a new request.
pub fn begin(session: &Session<'_>, draft: &mut Draft, id: &str) -> Result<(), Failure> {
    let service = Service::of(session.book()?)?;
    let tier = match draft.requests.get(id).and_then(|request| request.customer.as_ref()).map(|id| (id, draft.customers.get(id.as_str()))) {
        None => String::new(),
        Some((_, Some(customer))) if customer.merged_into.is_none() => customer.tier.clone(),
        Some((id, _)) => tier_of(id, session.book()?)?,
    };
    if let Some(request) = draft.requests.edit(id) {
        let received = request.received_at;
        let promise = |severity| service.promise(severity, &tier, received);
        let time = service.time(&promise(request.severity));
        ops::clock::begin(request, &ops::clock::Terms { promise: &promise, time });
    }
    Ok(())
}

/// Brings the due times of a request in line with the step that a draft takes.
pub fn settle(session: &Session<'_>, draft: &mut Draft, stamp: &Stamp, id: &str) -> Result<(), Failure> {
    let (Some(before), Some(now)) = (draft.requests.before(id).cloned(), draft.requests.get(id)) else { return Ok(()) };
    if before.promise.is_empty() || (before.stage, before.severity, before.responded_at) == (now.stage, now.severity, now.responded_at) {
        return Ok(());
    }
    let book = session.book()?;
    let service = Service::of(book)?;
    let tier = match before.customer.as_ref().filter(|_| before.severity != now.severity) {
        Some(customer) => tier_of(customer, book)?,
        None => String::new(),
    };
    let log = log_of(&before, session)?;
    let promise = |severity| service.promise(severity, &tier, stamp.at);
    let time = service.time(&before.promise);
    ops::clock::settle(draft, id, &log, stamp, &ops::clock::Terms { promise: &promise, time });
    Ok(())
}

fn tier_of(id: &Id, book: &Book) -> Result<String, Failure> {
    Ok(archive::standing_for(book, id.as_str())?.map(|customer| customer.tier).unwrap_or_default())
}
