//! What may be the same matter as a request: read for a command, and told.

use super::error::Failure;
use super::session::Session;
use crate::base::date::plus_days;
use crate::base::period::Period;
use crate::base::problem::Problem;
use crate::engine::similar::{Finder, Why};
use crate::model::request::{Request, Stage};
use crate::store::Wanted;
use crate::view::present;

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
    let finder = Finder::new(request, rules);
    let may_be = |other: &Request| finder.why(other).is_some();
    let found: Vec<Request> = book.wanted_within(near, &Wanted { without: UNREAD, ..Wanted::those(&may_be) })?;
    Ok(finder.among(&found).into_iter().map(|(other, why)| (other.clone(), why)).collect())
}

/// Tells them on stderr. What was done is done: a book that cannot be read now is a warning, no failure.
pub fn tell(request: &Request, session: &mut Session<'_>) {
    match similar(request, session) {
        Ok(found) if found.is_empty() => {}
        Ok(found) => session.say(present::request::similar(&found, session.lang).trim_end()),
        Err(Failure::Problems(problems)) => {
            for problem in problems {
                session.warn(&Problem::warning(problem.what));
            }
        }
        Err(_) => {}
    }
}
