//! Registering a request (诉求登记).

use chrono::NaiveDate;

use crate::base::id::Id;
use crate::model::draft::Draft;
use crate::model::request::{Channel, Purpose, Request, RequestType, Severity};
use crate::model::stamp::Stamp;

/// What is known when a request comes in.
#[derive(Debug, Clone, Default)]
pub struct Intake {
    pub content: String,
    pub customer: Option<Id>,
    /// For somebody who is not in the archive.
    pub customer_name: String,
    pub category: String,
    pub r#type: Option<RequestType>,
    pub purpose: Option<Purpose>,
    pub severity: Option<Severity>,
    pub channel: Option<Channel>,
    pub wish: String,
}

/// Registers it.
pub fn intake(draft: &mut Draft, stamp: &Stamp, input: Intake) -> Request {
    let mut request = Request::new(next_id(draft, stamp.at.date(draft.settings.zone)), stamp.at, input.content);
    let archived = input.customer.as_ref().and_then(|id| draft.customers.get(id.as_str()));
    request.customer_name = archived.map_or(input.customer_name, |customer| customer.name.clone());
    request.customer = input.customer;
    request.category = input.category;
    request.r#type = input.r#type;
    request.purpose = input.purpose;
    // an accusation or a criticism is a complaint, whatever else was said
    if request.purpose.is_some() && request.r#type.is_none() {
        request.r#type = Some(RequestType::Complaint);
    }
    request.severity = input.severity.unwrap_or(Severity::Normal);
    request.channel = input.channel;
    request.wish = input.wish;
    request.received_by.clone_from(&stamp.actor);
    draft.requests.insert(request.clone());
    request
}

/// The next id of a day; the draft holds its quarter.
pub fn next_id(draft: &Draft, day: NaiveDate) -> Id {
    let prefix = format!("R{}-", day.format("%Y%m%d"));
    let number = draft.next_number(&prefix, draft.requests.iter().map(|request| request.id.as_str()));
    Id::made(format!("{prefix}{number:03}"))
}
