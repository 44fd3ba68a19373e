//! Work in progress (处理执行): start, wait for the customer, resume, note.

use super::step::{not_found, step};
use crate::base::problem::Problems;
use crate::model::draft::Draft;
use crate::model::request::Verb;
use crate::model::stamp::Stamp;

/// Work begins; this is also the first answer when none was noted before.
pub fn start(draft: &mut Draft, stamp: &Stamp, id: &str) -> Result<(), Problems> {
    step(draft, id, Verb::Start, stamp, |request| {
        request.responded_at = request.responded_at.or(Some(stamp.at));
    })
}

/// The next move is the customer's.
pub fn wait(draft: &mut Draft, stamp: &Stamp, id: &str) -> Result<(), Problems> {
    step(draft, id, Verb::Wait, stamp, |request| {
        request.responded_at = request.responded_at.or(Some(stamp.at));
    })
}

pub fn resume(draft: &mut Draft, stamp: &Stamp, id: &str) -> Result<(), Problems> {
    step(draft, id, Verb::Resume, stamp, |_| {})
}

/// Adds a line to the measures without moving the stage.
pub fn note(draft: &mut Draft, id: &str, text: &str) -> Result<(), Problems> {
    let request = draft.requests.edit(id).ok_or_else(|| not_found(id))?;
    if !request.measures.is_empty() {
        request.measures.push('\n');
    }
    request.measures.push_str(text);
    Ok(())
}
