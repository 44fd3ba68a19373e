//! Assigning a request (分配处理) to a member of staff, by hand or by the rules.

use super::staff::find;
use super::step::{not_found, step};
use crate::base::problem::Problems;
use crate::engine::agenda::next_due;
use crate::engine::assignment::{Assigned, Choice, Decision, Team, decide};
use crate::model::customer::Customer;
use crate::model::draft::Draft;
use crate::model::request::{Request, Stage, Verb};
use crate::model::rules::assignment::AssignmentRules;
use crate::model::stamp::Stamp;

/// Gives the request to `who`; the department is theirs. A person decides: whether `who` is there is theirs to know.
pub fn assign(draft: &mut Draft, stamp: &Stamp, id: &str, who: &str) -> Result<(), Problems> {
    let staff = find(draft.staff.iter(), who).map_err(|what| vec![what.into()])?.clone();
    give(draft, stamp, id, staff.name.to_string(), staff.department)
}

/// Gives the request to whom the rules chose.
pub fn by_choice(draft: &mut Draft, stamp: &Stamp, id: &str, choice: &Choice) -> Result<(), Problems> {
    give(draft, stamp, id, choice.who.clone(), choice.department.clone())
}

fn give(draft: &mut Draft, stamp: &Stamp, id: &str, who: String, department: String) -> Result<(), Problems> {
    step(draft, id, Verb::Assign, stamp, |request| {
        request.handler = who;
        request.department = department;
        request.assigned_at = Some(stamp.at);
    })
}

/// Whether a request was accepted and nobody has it yet.
pub fn is_unassigned(request: &Request) -> bool {
    request.stage == Stage::Reviewed && request.handler.trim().is_empty()
}

/// Gives out every reviewed request that nobody has, the gravest first, then by due time and id. Each sees what those
/// before it have laid on the team. `reason` words a choice for the log.
pub fn all_unassigned<'c>(
    draft: &mut Draft,
    stamp: &Stamp,
    rules: &AssignmentRules,
    mut team: Team<'_>,
    customer: &dyn Fn(&Request) -> Option<&'c Customer>,
    reason: &dyn Fn(&Choice) -> String,
) -> Result<Vec<Assigned>, Problems> {
    let mut waiting: Vec<Request> = draft.requests.iter().filter(|request| is_unassigned(request)).cloned().collect();
    // requests without a due time come after those with one
    waiting
        .sort_by_key(|request| (std::cmp::Reverse(request.severity), next_due(request).is_none(), next_due(request), request.id.clone()));
    let mut assigned = Vec::new();
    for request in waiting {
        let decision = decide(&request, customer(&request), &team, rules);
        if let Some(choice) = &decision.choice {
            let id = request.id.as_str();
            by_choice(draft, stamp, id, choice)?;
            draft.requests.explain(id, reason(choice));
            team.took(&choice.who, stamp.at);
        }
        assigned.push(Assigned { request, decision });
    }
    Ok(assigned)
}

/// What the rules say of one request of the draft.
pub fn decided(
    draft: &Draft,
    id: &str,
    customer: Option<&Customer>,
    team: &Team<'_>,
    rules: &AssignmentRules,
) -> Result<Decision, Problems> {
    let request = draft.requests.get(id).ok_or_else(|| not_found(id))?;
    Ok(decide(request, customer, team, rules))
}
