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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::date::DateOrder;
    use crate::base::id::Id;
    use crate::base::instant::Instant;
    use crate::model::draft::{Act, Origin};
    use crate::model::request::Severity;
    use crate::model::rules::assignment::RawAssignment;
    use crate::model::settings::{RawSettings, Settings};
    use crate::model::staff::{Absence, Staff};
    use crate::model::table::Part;
    use crate::ops::staff::{Particulars, add, cancel_leave, leave};
    use chrono_tz::UTC;

    fn at(text: &str) -> Instant {
        Instant::parse(text, UTC, DateOrder::Iso).unwrap()
    }

    fn stamp() -> Stamp {
        let at = at("2026-10-08 12:00");
        Stamp { recorded_at: at, at, actor: "me".into(), action: "assign", note: String::new() }
    }

    fn draft() -> Draft {
        let raw: RawSettings = serde_yaml::from_str("{format: 1, time_zone: UTC}").unwrap();
        let mut draft = Draft::new(Settings::try_from(raw).unwrap(), 1);
        for name in ["Ann", "Bo"] {
            add(&mut draft, &stamp(), Id::parse(name).unwrap(), Particulars::default(), &[]).unwrap();
        }
        draft
    }

    fn reviewed(id: &str, severity: Severity, due: Option<&str>) -> Request {
        let mut request = Request::new(Id::parse(id).unwrap(), at("2026-10-01"), "x".into());
        (request.stage, request.severity, request.resolve_due) = (Stage::Reviewed, severity, due.map(at));
        request
    }

    #[test]
    fn the_gravest_then_the_soonest_then_by_id_each_with_its_reason() {
        let mut draft = draft();
        let requests = [
            reviewed("d", Severity::Normal, Some("2026-10-09")),
            reviewed("c", Severity::High, None),
            reviewed("b", Severity::High, Some("2026-10-20")),
            reviewed("f", Severity::High, Some("2026-10-10")),
            reviewed("e", Severity::High, Some("2026-10-10")),
        ];
        for (row, request) in requests.into_iter().enumerate() {
            draft.requests.load(Origin { part: Part::Whole, row }, request);
        }
        let staff: Vec<Staff> = draft.staff.iter().cloned().collect();
        let team = Team::new(&staff, &[], stamp().at, UTC);
        let rules = serde_yaml::from_str::<RawAssignment>("rules: [{}]").unwrap().check().unwrap();
        let reason = |choice: &Choice| format!("{:?}", choice.ground);
        let given = all_unassigned(&mut draft, &stamp(), &rules, team, &|_| None, &reason).unwrap();
        let order: Vec<(&str, &str)> =
            given.iter().map(|row| (row.request.id.as_str(), row.decision.choice.as_ref().unwrap().who.as_str())).collect();
        assert_eq!(order, [("e", "Ann"), ("f", "Bo"), ("b", "Ann"), ("c", "Bo"), ("d", "Ann")]);
        let notes: Vec<Option<String>> =
            draft.changes().into_iter().filter(|change| change.table.word.code == "requests").map(|change| change.note).collect();
        assert_eq!(notes.len(), 5);
        assert_eq!(notes[0].as_deref(), Some("LeastLoaded { open: 2 }"));
        assert_eq!(notes[4].as_deref(), Some("LeastLoaded { open: 0 }"));
    }

    #[test]
    fn a_leave_taken_back_is_told_with_all_it_was() {
        let mut draft = draft();
        let days = crate::base::period::Period::parse("2026-10-09..2026-10-10", stamp().at.date(UTC)).unwrap();
        let absence = Absence { staff: Id::parse("Bo").unwrap(), from: days.from, until: days.to, note: "trip".into() };
        draft.absences.load(Origin { part: Part::Whole, row: 3 }, absence);
        assert!(leave(&mut draft, "Bo", days, "").is_err());
        cancel_leave(&mut draft, "Bo", days).unwrap();
        assert!(cancel_leave(&mut draft, "Bo", days).is_err());
        let gone = draft.changes().into_iter().find(|change| change.table.word.code == "absences").unwrap();
        assert_eq!(gone.act, Act::Remove { origin: Origin { part: Part::Whole, row: 3 } });
        assert_eq!((gone.key.as_str(), gone.before["note"].as_str(), gone.after.len()), ("Bo 2026-10-09", Some("trip"), 0));
        // the same day again, and taken back before anything was written: nothing but the first is told
        leave(&mut draft, "Bo", days, "").unwrap();
        cancel_leave(&mut draft, "Bo", days).unwrap();
        assert_eq!(draft.changes().iter().filter(|change| change.table.word.code == "absences").count(), 1);
    }
}
