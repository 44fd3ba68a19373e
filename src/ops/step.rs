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

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::base::date::DateOrder;
    use crate::base::id::Id;
    use crate::base::instant::Instant;
    use crate::model::settings::{RawSettings, Settings};

    /// An empty draft of a Chinese book in UTC.
    pub fn draft() -> Draft {
        let raw: RawSettings = serde_yaml::from_str("{format: 1, language: zh, time_zone: UTC}").unwrap();
        Draft::new(Settings::try_from(raw).unwrap(), 1)
    }

    pub fn at(text: &str) -> Instant {
        Instant::parse(text, chrono_tz::UTC, DateOrder::Iso).unwrap()
    }

    /// On the eighth of October, at noon.
    pub fn stamp() -> Stamp {
        let at = at("2026-10-08 12:00");
        Stamp { recorded_at: at, at, actor: "小李".into(), action: "test", note: String::new() }
    }

    /// A request of the first of October.
    pub fn request(id: &str, customer: &str) -> Request {
        let mut request = Request::new(Id::parse(id).unwrap(), at("2026-10-01 09:00"), format!("{id} of {customer}"));
        request.customer = Some(Id::parse(customer).unwrap());
        request.customer_name = format!("{id}'s name");
        request
    }
}
