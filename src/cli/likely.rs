//! What may be the same matter as a request: read for a command, and told.

use super::archive;
use super::error::Failure;
use super::session::Session;
use crate::base::date::plus_days;
use crate::base::period::Period;
use crate::base::problem::Problem;
use crate::engine::duplicates::Called;
use crate::engine::similar::{Finder, Why};
use crate::model::customer::Customer;
use crate::model::merged::Merged;
use crate::model::request::{Request, Stage};
use crate::store::Wanted;
use crate::view::present;

/// Who of the archive the name of a stranger may mean; told alone, as is what is similar.
pub fn tell_customer(request: &Request, session: &mut Session<'_>) {
    if request.customer.is_some() || request.customer_name.trim().is_empty() {
        return;
    }
    let stranger = Customer::new(request.id.clone(), request.customer_name.clone());
    let told = session.book().and_then(|book| {
        // of people who share nothing of the name nothing is kept
        let called = Called::new(&request.customer_name, &book.duplicate_rules()?.rules);
        let look = |name: &str| called.may_be(name);
        Ok(book.wanted(&Wanted { first: Some(("name", &look)), ..Wanted::those(&|_: &Customer| true) })?)
    });
    let alike = told.and_then(|customers: Vec<Customer>| archive::alike(session, &stranger, customers.iter()));
    match alike {
        Ok(alike) if alike.lines.is_empty() => {}
        Ok(alike) => session.say(&present::duplicates::known(&alike.lines, session.lang)),
        Err(failure) => warn(failure, session),
    }
}

/// Columns that nobody looks at for this.
const UNREAD: &[&str] = &["wish", "measures", "result", "cause", "responsible", "feedback_text"];

/// The requests that may be the same, the likeliest first. Only the quarters near its receipt are read.
pub fn similar(request: &Request, session: &Session<'_>) -> Result<Vec<(Request, Why)>, Failure> {
    let book = session.book()?;
    let rules = book.severity_rules()?.rules.similar;
    if matches!(request.stage, Stage::Duplicate | Stage::Rejected) {
        return Ok(Vec::new());
    }
    let day = request.received_at.date(book.settings.zone);
    let days = u64::from(rules.days);
    let near = Period::days(day - chrono::Days::new(days), plus_days(day, days).min(session.today.max(day)));
    let merged = if request.customer.is_some() { archive::merged(book)? } else { Merged::default() };
    let finder = Finder::new(request, rules, &merged);
    let may_be = |other: &Request| finder.why(other).is_some();
    let found: Vec<Request> = book.wanted_within(near, &Wanted { without: UNREAD, ..Wanted::those(&may_be) })?;
    Ok(finder.among(&found).into_iter().map(|(other, why)| (other.clone(), why)).collect())
}

/// Tells them on stderr. What was done is done: a book that cannot be read now is a warning, no failure.
pub fn tell(request: &Request, session: &mut Session<'_>) {
    match similar(request, session) {
        Ok(found) if found.is_empty() => {}
        Ok(found) => session.say(present::request::similar(&found, session.lang).trim_end()),
        Err(failure) => warn(failure, session),
    }
}

fn warn(failure: Failure, session: &mut Session<'_>) {
    if let Failure::Problems(problems) = failure {
        for problem in problems {
            session.warn(&Problem::warning(problem.what));
        }
    }
}
