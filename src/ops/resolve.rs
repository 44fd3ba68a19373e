//! Resolving a request: measures and result are compulsory (处理措施、处理结果).

use super::findings::Findings;
use super::step::{gate, not_found, step};
use crate::base::problem::Problems;
use crate::model::draft::Draft;
use crate::model::request::{Verb, is_work};
use crate::model::stamp::Stamp;

/// What was done and what came of it. Blank fields leave what stands there already.
#[derive(Debug, Clone, Default)]
pub struct Resolution {
    pub measures: String,
    pub result: String,
    pub findings: Findings,
}

pub fn resolve(draft: &mut Draft, stamp: &Stamp, id: &str, resolution: &Resolution) -> Result<(), Problems> {
    resolution.findings.check()?;
    let lang = draft.settings.lang;
    let present = draft.requests.get(id).ok_or_else(|| not_found(id))?;
    let choose = |new: &str, old: &str| if new.trim().is_empty() { old.to_owned() } else { new.to_owned() };
    let measures = choose(&resolution.measures, &present.measures);
    let result = choose(&resolution.result, &present.result);
    let work = if is_work(&measures) { measures.as_str() } else { "" };
    let gates = gate(id, Verb::Resolve, &[("measures", work), ("result", &result)]);
    // an impossible step is the better thing to say first
    if Verb::Resolve.from().contains(&present.stage) {
        gates?;
    }
    step(draft, id, Verb::Resolve, stamp, |request| {
        resolution.findings.apply(request, lang);
        request.measures = measures;
        request.result = result;
        request.responded_at = request.responded_at.or(Some(stamp.at));
        request.resolved_at = Some(stamp.at);
    })
}
