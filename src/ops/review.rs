//! The first review (初步审核): accepted or rejected; a duplicate is merged (`merge.rs`).

use super::step::{gate, step};
use crate::base::problem::Problems;
use crate::model::draft::Draft;
use crate::model::request::{ASKED, OUT_OF_SCOPE, Purpose, RequestType, Severity, Verb};
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

/// Rejects it as none of our business: the result says so before the reason, for the row has no other place for it.
pub fn out_of_scope(draft: &mut Draft, stamp: &Stamp, id: &str, reason: &str) -> Result<(), Problems> {
    gate(id, Verb::Reject, &[("result", reason)])?;
    let [zh, en] = OUT_OF_SCOPE;
    let mark = draft.settings.lang.pick(zh, en);
    reject(draft, stamp, id, &format!("{mark}{reason}"))
}

/// Asks the customer for more before it is decided. The stage stays: `waiting` is a stage of work, and resuming from it
/// would pass over the review and the assignment. Asking is an answer, so the promise to answer is kept by it.
pub fn need_info(draft: &mut Draft, stamp: &Stamp, id: &str, what: &str) -> Result<(), Problems> {
    gate(id, Verb::AskInfo, &[("note", what)])?;
    let [zh, en] = ASKED;
    let line = format!("{}{}", draft.settings.lang.pick(zh, en), crate::base::text::one_line(what));
    step(draft, id, Verb::AskInfo, stamp, |request| {
        request.responded_at = request.responded_at.or(Some(stamp.at));
        if !request.measures.is_empty() {
            request.measures.push('\n');
        }
        request.measures.push_str(&line);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::request::{Stage, is_work};
    use crate::ops::fixtures::{draft, request, stamp};

    #[test]
    fn asking_leaves_the_stage_and_is_no_measure() {
        let mut draft = draft();
        draft.requests.insert(request("R1", "C1"));
        assert!(need_info(&mut draft, &stamp(), "R1", " ").is_err());
        need_info(&mut draft, &stamp(), "R1", "订单号\n和照片").unwrap();
        let asked = draft.requests.get("R1").unwrap().clone();
        assert_eq!((asked.stage, asked.measures.as_str()), (Stage::Registered, "待客户补充: 订单号 和照片"));
        assert!(asked.awaits_information() && asked.responded_at.is_some() && !is_work(&asked.measures));
        super::super::progress::note(&mut draft, "R1", "已收到照片").unwrap();
        let told = draft.requests.get("R1").unwrap();
        assert!(!told.awaits_information() && is_work(&told.measures));
        out_of_scope(&mut draft, &stamp(), "R1", "快递自营").unwrap();
        assert!(draft.requests.get("R1").unwrap().is_out_of_scope());
        assert!(need_info(&mut draft, &stamp(), "R1", "x").is_err());
    }
}
