//! What the tests of verbs start from.

use crate::base::date::DateOrder;
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::model::draft::Draft;
use crate::model::request::Request;
use crate::model::settings::{RawSettings, Settings};
use crate::model::stamp::Stamp;

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
