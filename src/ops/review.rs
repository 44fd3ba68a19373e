//! The first review (初步审核): accepted, rejected or a duplicate.

use super::step::{gate, step};
use crate::base::id::Id;
use crate::base::problem::{Problems, What};
use crate::model::draft::Draft;
use crate::model::request::{Purpose, RequestType, Severity, Verb};
use crate::model::stamp::Stamp;

/// What a review may set right on the way.
#[derive(Debug, Clone, Default)]
pub struct Correction {
    pub category: Option<String>,
    pub r#type: Option<RequestType>,
    pub purpose: Option<Purpose>,
    pub severity: Option<Severity>,
}

/// Accepts a request.
pub fn accept(draft: &mut Draft, stamp: &Stamp, id: &str, correction: Correction) -> Result<(), Problems> {
    step(draft, id, Verb::Accept, stamp, |request| {
        request.reviewed_at = Some(stamp.at);
        if let Some(category) = correction.category {
            request.category = category;
        }
        request.r#type = correction.r#type.or(request.r#type);
        request.purpose = correction.purpose.or(request.purpose);
        request.severity = correction.severity.unwrap_or(request.severity);
    })
}

/// Rejects it; the reason is the result the customer is told.
pub fn reject(draft: &mut Draft, stamp: &Stamp, id: &str, reason: &str) -> Result<(), Problems> {
    gate(id, Verb::Reject, &[("result", reason)])?;
    step(draft, id, Verb::Reject, stamp, |request| {
        request.reviewed_at = Some(stamp.at);
        reason.clone_into(&mut request.result);
    })
}

/// Marks it as the same matter as another, which goes on.
pub fn duplicate(draft: &mut Draft, stamp: &Stamp, id: &str, of: &Id) -> Result<(), Problems> {
    if id == of.as_str() {
        let message = ["诉求不能与自己重复".to_owned(), "a request cannot be a duplicate of itself".to_owned()];
        return Err(vec![What::Usage { message }.into()]);
    }
    step(draft, id, Verb::MarkDuplicate, stamp, |request| {
        request.reviewed_at = Some(stamp.at);
        request.duplicate_of = Some(of.clone());
    })
}
