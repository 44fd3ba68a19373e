//! Escalating a request (升级): the severity is raised, somebody else takes it, and that it happened is kept.

use super::step::not_found;
use crate::base::problem::Problems;
use crate::engine::escalation::key_of;
use crate::model::draft::Draft;
use crate::model::request::Verb;
use crate::model::rules::service::Level;
use crate::model::stamp::Stamp;

/// Takes a request through levels. A member of staff the book does not know takes nothing over: the level is kept all the
/// same, and the request stays where it is.
pub fn escalate(draft: &mut Draft, stamp: &Stamp, id: &str, levels: &[&Level]) -> Result<(), Problems> {
    for level in levels {
        let staff = level.assign.as_ref().and_then(|who| draft.staff.get(who)).cloned();
        let request = draft.requests.edit(id).ok_or_else(|| not_found(id))?;
        if !request.escalated.is_empty() {
            request.escalated.push(' ');
        }
        request.escalated.push_str(&key_of(level));
        request.severity = request.severity.max(level.raise.unwrap_or(request.severity));
        // handing over leaves the stage: the work goes on where it stands
        if let Some(staff) = staff.filter(|_| Verb::Assign.from().contains(&request.stage)) {
            request.handler = staff.name.to_string();
            request.department = staff.department;
            request.assigned_at = Some(stamp.at);
        }
    }
    Ok(())
}
