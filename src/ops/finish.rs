//! After the work: confirmation, feedback, closing, reopening (结果确认、客户反馈、关闭、重开).

use super::step::{gate, step};
use crate::base::problem::{Problems, What};
use crate::model::draft::Draft;
use crate::model::request::{Grade, Verb};
use crate::model::rules::feedback::FeedbackRules;
use crate::model::stamp::Stamp;

/// The customer confirmed the result, by this way.
pub fn confirm(draft: &mut Draft, stamp: &Stamp, id: &str, by: &str, how: &str) -> Result<(), Problems> {
    step(draft, id, Verb::Confirm, stamp, |request| {
        request.confirmed_at = Some(stamp.at);
        by.clone_into(&mut request.confirmed_by);
        how.clone_into(&mut request.confirmed_how);
    })
}

/// What the customer thinks of it, in five grades.
pub fn feedback(draft: &mut Draft, stamp: &Stamp, id: &str, grade: Grade, text: &str) -> Result<(), Problems> {
    step(draft, id, Verb::Feedback, stamp, |request| {
        request.feedback = Some(grade.score());
        if !text.trim().is_empty() {
            text.clone_into(&mut request.feedback_text);
        }
    })
}

/// Ends a request: a confirmed one, or an unconfirmed one when that is said.
pub fn close(draft: &mut Draft, stamp: &Stamp, id: &str, unconfirmed: bool) -> Result<(), Problems> {
    let resolved = draft.requests.get(id).is_some_and(|request| Verb::CloseUnconfirmed.from().contains(&request.stage));
    let verb = if unconfirmed && resolved { Verb::CloseUnconfirmed } else { Verb::Close };
    step(draft, id, verb, stamp, |request| request.closed_at = Some(stamp.at))
}

/// Takes the work up again; the log keeps the first resolution.
pub fn reopen(draft: &mut Draft, stamp: &Stamp, rules: &FeedbackRules, id: &str, reason: &str) -> Result<(), Problems> {
    gate(id, Verb::Reopen, &[("note", reason)])?;
    let zone = draft.settings.zone;
    let until = draft.requests.get(id).filter(|request| request.stage.is_resolved()).and_then(|request| rules.reopen_until(request, zone));
    if let Some(until) = until.filter(|until| stamp.at.date(zone) > *until) {
        let zh = format!("{id} 的重开期限已过({until}),请登记新的诉求: carebook intake --related {id}");
        let en = format!("{id} could be reopened until {until}; register a new request: `carebook intake --related {id}`");
        return Err(vec![What::Usage { message: [zh, en] }.into()]);
    }
    step(draft, id, Verb::Reopen, stamp, |request| {
        request.reopened = Some(request.reopened.unwrap_or(0) + 1);
        request.resolved_at = None;
        request.confirmed_at = None;
        request.confirmed_by = String::new();
        request.confirmed_how = String::new();
        request.closed_at = None;
    })
}
