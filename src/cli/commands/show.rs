//! `show`: one record, whole, with its timeline from the log.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::base::period::Period;
use crate::base::problem::What;
use crate::cli::clocks::{self, Service};
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::engine::points::Ledger;
use crate::model::consent::standing;
use crate::model::customer::Customer;
use crate::model::knowledge::Knowledge;
use crate::model::log::LogRow;
use crate::model::merged::Merged;
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::vocabulary::Code;
use crate::store::OrderRow;
use crate::view::present;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The record's id or a unique tail of it
    pub id: String,
    /// Of a request: its targets, and the time segment by segment
    #[arg(long)]
    pub clock: bool,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let requests: Vec<Request> = session.book()?.named(&args.id)?;
    let asked = find::id("requests", &args.id, requests.iter().map(|request| request.id.as_str()));
    match asked {
        Ok(id) => {
            let request = requests.iter().find(|request| request.id.as_str() == id);
            match request {
                Some(request) if args.clock => clock(request, session),
                Some(request) => super::show_request::run(request, session),
                None => Ok(Exit::Done),
            }
        }
        Err(What::NotFound { .. }) => other(&args.id, session),
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

fn other(typed: &str, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let revisits: Vec<Revisit> = session.book()?.named(typed)?;
    match find::id("revisits", typed, revisits.iter().map(|revisit| revisit.id.as_str())) {
        Ok(id) => {
            let revisit = revisits.iter().find(|revisit| revisit.id.as_str() == id);
            // a revisit is planned before it is due, but not years before
            let since = |revisit: &Revisit, _| revisit.due_on - chrono::Months::new(24);
            revisit.map_or(Ok(Exit::Done), |revisit| record("carebook.revisit.v1", revisit, since, session))
        }
        Err(What::NotFound { .. }) if is_entry(typed, session)? => super::knowledge::entry(typed, None, session),
        Err(What::NotFound { .. }) => customer(typed, session),
        Err(what) => Err(what.into()),
    }
}

/// Whether it is the id of an entry of the knowledge base, `K3` or `K0003`; a bare number means a customer.
fn is_entry(typed: &str, session: &Session<'_>) -> Result<bool, Failure> {
    Ok(typed.starts_with(['K', 'k']) && !session.book()?.named::<Knowledge>(typed)?.is_empty())
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
    let events = timeline(R::TABLE.word.code, &key, since(record, locale.zone), session)?;
    if session.wants_json() {
        let currency = session.book()?.settings.currency.clone();
        let mut document = json!({"schema": schema, "currency": currency});
        merge(&mut document, record.object(&locale).into());
        document["timeline"] = events.iter().map(|row| Value::Object(row.object(&locale))).collect();
        session.print_json(&document)?;
    } else {
        let text = present::record::sheet(record, &locale, session.lang) + &present::record::timeline(&key, &events, &locale, session.lang);
        session.print_text(&text)?;
    }
    Ok(Exit::Done)
}

pub fn merge(document: &mut Value, fields: Value) {
    if let (Some(into), Value::Object(fields)) = (document.as_object_mut(), fields) {
        into.extend(fields);
    }
}

/// A customer with orders, requests and revisits.
pub fn customer(typed: &str, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let book = session.book()?;
    let (locale, currency) = (book.locale(), book.settings.currency.clone());
    let customers: Vec<Customer> = book.all()?;
    let id = find::customer(typed, customers.iter())?;
    let Some(customer) = customers.iter().find(|customer| customer.id.as_str() == id) else { return Ok(Exit::Done) };
    let merged = Merged::of(&customers);
    let gone = merged.gone_into(&id);
    let theirs = |named: &str| named == id || merged.survivor(named) == id;
    let mut dealings = present::customer::Dealings::default();
    book.scan_orders(None, &mut |order: &OrderRow<'_>| {
        if theirs(order.customer) {
            dealings.order(order.id, order.date, order.amount);
        }
    })?;
    dealings.requests = book.some(&|request: &Request| request.customer.as_ref().is_some_and(|named| theirs(named.as_str())))?;
    dealings.revisits = book.some(&|revisit: &Revisit| theirs(revisit.customer.as_str()))?;
    let points = super::points::rows_of(&id, book)?;
    let ledger = Some(Ledger::replay(&points, session.today)).filter(|_| !points.is_empty());
    let mut events = timeline("customers", &id, NaiveDate::MIN, session)?;
    for id in &gone {
        events.extend(timeline("customers", id, NaiveDate::MIN, session)?);
    }
    events.sort_by_key(|row| (row.at, row.seq));
    // rules that cannot be read are told by `check`; a customer can be shown without them
    let consent = book.archive_rules().ok().map(|ruled| ruled.rules.consent);
    let stands = consent.map(|rules| standing(&customer.consent, &rules, session.today));
    if session.wants_json() {
        let mut document = json!({"schema": "carebook.customer.v1", "currency": currency});
        merge(&mut document, customer.object(&locale).into());
        document["consent_standing"] = stands.map(Code::code).into();
        merge(&mut document, dealings.json(&locale));
        document["merged"] = gone.as_slice().into();
        document["survivor"] = merged.survivor(&id).into();
        document["points"] = ledger.as_ref().map_or(Value::Null, present::points::sheet_json);
        document["timeline"] = events.iter().map(|row| Value::Object(row.object(&locale))).collect();
        session.print_json(&document)?;
    } else {
        let text = present::record::sheet(customer, &locale, session.lang)
            + &present::consent::line(stands, session.lang)
            + &present::merge_customer::standing(&id, merged.survivor(&id), &gone, session.lang)
            + &dealings.text(&id, &locale, session.lang)
            + &ledger.map_or_else(String::new, |ledger| present::points::sheet_line(&ledger, session.lang))
            + &present::record::timeline(&id, &events, &locale, session.lang);
        session.print_text(&text)?;
    }
    Ok(Exit::Done)
}
