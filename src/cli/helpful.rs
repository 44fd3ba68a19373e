//! What of the knowledge base may help with a request: told, never decided. Only `knowledge.csv` is read for it.

use super::error::Failure;
use super::session::Session;
use crate::base::problem::Problem;
use crate::engine::knowledge::{Why, helpful};
use crate::model::knowledge::Knowledge;
use crate::model::request::Request;
use crate::view::present;

/// The entries that may help with an open request, the likeliest first.
pub fn entries(request: &Request, session: &Session<'_>) -> Result<Vec<(Knowledge, Why)>, Failure> {
    if !request.stage.is_open() {
        return Ok(Vec::new());
    }
    let entries: Vec<Knowledge> = session.book()?.all()?;
    Ok(helpful(request, &entries).into_iter().map(|(entry, why)| (entry.clone(), why)).collect())
}

/// Tells them on stderr. What was done is done: a table that cannot be read now is a warning, no failure.
pub fn tell(request: &Request, session: &mut Session<'_>) {
    match entries(request, session) {
        Ok(found) if found.is_empty() => {}
        Ok(found) => session.say(present::knowledge::helpful(&found, session.lang).trim_end()),
        Err(Failure::Problems(problems)) => {
            for problem in problems {
                session.warn(&Problem::warning(problem.what));
            }
        }
        Err(_) => {}
    }
}
