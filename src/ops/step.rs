//! The step every request verb takes: find, check the stage and the time, change.

use crate::base::problem::{Problem, Problems, What};
use crate::model::draft::Draft;
use crate::model::request::{Request, Verb};
use crate::model::stamp::Stamp;

/// Moves a request by a verb and lets `change` set what goes with it.
pub fn step(draft: &mut Draft, id: &str, verb: Verb, stamp: &Stamp, change: impl FnOnce(&mut Request)) -> Result<(), Problems> {
    let zone = draft.settings.zone;
    let request = draft.requests.edit(id).ok_or_else(|| not_found(id))?;
    if stamp.at < request.received_at {
        let what = What::TimeOrder { value: stamp.at.minute(zone), earlier: request.received_at.minute(zone) };
        return Err(vec![Problem::error(what).field("--at")]);
    }
    request.advance(verb).map_err(|what| vec![what.into()])?;
    change(request);
    Ok(())
}

pub fn not_found(id: &str) -> Problems {
    vec![What::NotFound { noun: "requests", id: id.to_owned(), nearest: None }.into()]
}

/// Refuses a verb while columns it rests on are blank.
pub fn gate(id: &str, verb: Verb, needed: &[(&'static str, &str)]) -> Result<(), Problems> {
    let columns: Vec<&'static str> = needed.iter().filter(|(_, text)| text.trim().is_empty()).map(|(code, _)| *code).collect();
    if columns.is_empty() {
        return Ok(());
    }
    Err(vec![What::GateMissing { id: id.to_owned(), verb: verb.name(), columns }.into()])
}
