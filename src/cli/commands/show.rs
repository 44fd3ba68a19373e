//! `show`: one record, whole, with its timeline from the log.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::show_customer::TimelineArgs;
use crate::base::period::Period;
use crate::base::problem::What;
use crate::cli::clocks::{self, Service};
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::own;
use crate::cli::session::Session;
use crate::model::contact::Contact;
use crate::model::knowledge::Knowledge;
use crate::model::log::LogRow;
use crate::model::practice::Practice;
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::view::present;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The record's id or a unique tail of it
    pub id: String,
    /// Of a request: its targets, and the time segment by segment
    #[arg(long)]
    pub clock: bool,
    #[command(flatten)]
    pub timeline: TimelineArgs,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let requests: Vec<Request> = session.book()?.named(&args.id)?;
    let asked = find::id("requests", &args.id, requests.iter().map(|request| request.id.as_str()));
    match asked {
        Ok(id) => {
            args.timeline.refuse()?;
            let request = requests.iter().find(|request| request.id.as_str() == id);
            match request {
                Some(request) if args.clock => clock(request, session),
                Some(request) => super::show_request::run(request, session),
                None => Ok(Exit::Done),
            }
        }
        Err(What::NotFound { .. }) => other(args, session),
        Err(what) => Err(what.into()),
    }
}

/// A request's clocks.
fn clock(request: &Request, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let locale = session.locale()?;
    let log = clocks::log_of(request, session)?;
    let service = Service::of(session.book()?)?;
    let clock = service.clock(request, &log, session)?;
    let unknown = service.unknown_years(request);
    if session.wants_json() {
        let mut document = json!({"schema": "carebook.clock.v1", "id": request.id.as_str()});
        merge(&mut document, present::clock::json(&clock, &request.promise, &locale));
        document["unknown_years"] = unknown.as_slice().into();
        session.print_json(&document)?;
    } else {
        let head = format!("{} {}\n", request.id, request.customer_name);
        session.print_text(&(head + &present::clock::text(&clock, &request.promise, &locale, session.lang)))?;
    }
    clocks::warn_of(&unknown, session);
    Ok(Exit::Done)
}

fn other(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let typed = args.id.as_str();
    let revisits: Vec<Revisit> = session.book()?.named(typed)?;
    match find::id("revisits", typed, revisits.iter().map(|revisit| revisit.id.as_str())) {
        Ok(id) => {
            args.timeline.refuse()?;
            let revisit = revisits.iter().find(|revisit| revisit.id.as_str() == id);
            // a revisit is planned before it is due, but not years before
            let since = |revisit: &Revisit, _| revisit.due_on - chrono::Months::new(24);
            revisit.map_or(Ok(Exit::Done), |revisit| record("carebook.revisit.v1", revisit, since, session))
        }
        Err(What::NotFound { .. }) if is_step(typed, session)? => {
            args.timeline.refuse()?;
            let practices: Vec<Practice> = session.book()?.named(typed)?;
            let id = find::id("practices", typed, practices.iter().map(|practice| practice.id.as_str()))?;
            let practice = practices.iter().find(|practice| practice.id.as_str() == id);
            let since = |practice: &Practice, _| practice.due_on - chrono::Months::new(24);
            practice.map_or(Ok(Exit::Done), |practice| record("carebook.practice.v1", practice, since, session))
        }
        Err(What::NotFound { .. }) if is_entry(typed, session)? => {
            args.timeline.refuse()?;
            super::knowledge::entry(typed, None, session)
        }
        Err(What::NotFound { .. }) => person_or_talk(args, session),
        Err(what) => Err(what.into()),
    }
}

/// A contact by its id, `P3` or `P0003`, or an interaction by its id; a name or a bare number means a customer.
fn person_or_talk(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let typed = args.id.as_str();
    let book = session.book()?;
    if typed.starts_with(['P', 'p']) {
        let people: Vec<Contact> = book.named(typed)?;
        if let [person] = &people[..] {
            args.timeline.refuse()?;
            return super::contact::person_shown(person, session);
        }
    }
    if typed.contains('-') {
        match super::interaction::named(book, typed) {
            Ok(talk) => {
                args.timeline.refuse()?;
                return super::interaction::shown(&talk, session);
            }
            // an id of a talk is nobody's name
            Err(failure) if typed.strip_prefix(['T', 't']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) => {
                return Err(failure);
            }
            Err(Failure::Problems(problems)) if problems.iter().any(|one| matches!(one.what, What::NotFound { .. })) => {}
            Err(failure) => return Err(failure),
        }
    }
    super::show_customer::run(typed, &args.timeline, session)
}

/// Whether it is the id of an entry of the knowledge base, `K3` or `K0003`; a bare number means a customer.
fn is_entry(typed: &str, session: &Session<'_>) -> Result<bool, Failure> {
    Ok(typed.starts_with(['K', 'k']) && !session.book()?.named::<Knowledge>(typed)?.is_empty())
}

/// Whether it is the id of a practice step, `S20261123-001`.
fn is_step(typed: &str, session: &Session<'_>) -> Result<bool, Failure> {
    Ok(typed.starts_with(['S', 's']) && !session.book()?.named::<Practice>(typed)?.is_empty())
}

/// What the log tells of a record since the day before it can have begun.
pub fn timeline(table: &str, id: &str, since: NaiveDate, session: &Session<'_>) -> Result<Vec<LogRow>, Failure> {
    let is_its = |row: &LogRow| row.table == table && row.id == id;
    let since = Period::days(since.pred_opt().unwrap_or(since), NaiveDate::MAX);
    let mut rows: Vec<LogRow> = session.book()?.some_within(since, &is_its)?;
    rows.sort_by_key(|row| (row.at, row.seq));
    Ok(rows)
}

fn record<R: Record>(
    schema: &'static str,
    record: &R,
    since: impl Fn(&R, Tz) -> NaiveDate,
    session: &mut Session<'_>,
) -> Result<Exit, Failure> {
    let locale = session.locale()?;
    let key = record.key();
    let own = own::cells_of::<R>(&key, session)?;
    let events = timeline(R::TABLE.word.code, &key, since(record, locale.zone), session)?;
    if session.wants_json() {
        let currency = session.book()?.settings.currency.clone();
        let mut document = json!({"schema": schema, "currency": currency});
        merge(&mut document, record.object(&locale).into());
        own.add_to_document(&mut document, &locale);
        document["timeline"] = events.iter().map(|row| Value::Object(row.object(&locale))).collect();
        session.print_json(&document)?;
    } else {
        let sheet = present::record::sheet(record, own.lines(&locale, session.lang), &locale, session.lang);
        let text = sheet + &present::record::timeline(&key, &events, &locale, session.lang);
        session.print_text(&text)?;
    }
    Ok(Exit::Done)
}

pub fn merge(document: &mut Value, fields: Value) {
    if let (Some(into), Value::Object(fields)) = (document.as_object_mut(), fields) {
        into.extend(fields);
    }
}
