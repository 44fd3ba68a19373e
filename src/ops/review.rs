//! The first review (初步审核): accepted or rejected; a duplicate is merged (`merge.rs`).

use super::step::{gate, step};
use crate::base::problem::Problems;
use crate::model::draft::Draft;
use crate::model::request::{Purpose, RequestType, Severity, Verb};
use crate::model::rules::service::ServiceRules;
use crate::model::stamp::Stamp;

/// What a review may set right on the way.
#[derive(Debug, Clone, Default)]
pub struct Correction {
    pub category: Option<String>,
    pub r#type: Option<RequestType>,
    pub purpose: Option<Purpose>,
    pub severity: Option<Severity>,
}

/// Accepts a request; a corrected severity gives it new due times.
pub fn accept(draft: &mut Draft, stamp: &Stamp, rules: &ServiceRules, id: &str, correction: Correction) -> Result<(), Problems> {
    step(draft, id, Verb::Accept, stamp, |request| {
        request.reviewed_at = Some(stamp.at);
        if let Some(category) = correction.category {
            request.category = category;
        }
        request.r#type = correction.r#type.or(request.r#type);
        request.purpose = correction.purpose.or(request.purpose);
        if let Some(severity) = correction.severity.filter(|severity| *severity != request.severity) {
            request.severity = severity;
            super::intake::set_due(request, rules);
        }
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
