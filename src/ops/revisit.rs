//! Revisits (回访): planning them, doing them, skipping them, trying in vain.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::base::id::Id;
use crate::base::problem::{Problem, Problems, What};
use crate::engine::cadence::{DueRevisit, working_day};
use crate::engine::calendar::Schedule;
use crate::model::draft::Draft;
use crate::model::request::Request;
use crate::model::revisit::{Revisit, RevisitReason, RevisitStatus};
use crate::model::rules::feedback::FeedbackRules;
use crate::model::rules::revisits::RevisitRules;
use crate::model::stamp::Stamp;
use crate::model::vocabulary::Code;

fn planned(id: Id, customer: Id, reason: RevisitReason, due_on: NaiveDate, staff: String) -> Revisit {
    Revisit { staff, ..Revisit::planned(id, customer, reason, due_on) }
}

/// Hands out ids `V<yyyymmdd>-NNN`; the draft must hold the quarter of the date.
#[derive(Default)]
struct Numbers(HashMap<NaiveDate, u64>);

impl Numbers {
    fn next(&mut self, draft: &Draft, due_on: NaiveDate) -> Id {
        let prefix = format!("V{}-", due_on.format("%Y%m%d"));
        let ids = || draft.revisits.iter().map(|revisit| revisit.id.as_str());
        let number = self.0.entry(due_on).or_insert_with(|| draft.next_number(&prefix, ids()));
        let id = Id::made(format!("{prefix}{number:03}"));
        *number += 1;
        id
    }
}

/// Plans the revisits the cadence asks for. The draft holds every revisit.
pub fn plan(draft: &mut Draft, due: &[DueRevisit]) -> Vec<Revisit> {
    let mut numbers = Numbers::default();
    let mut made = Vec::new();
    for due in due {
        let id = numbers.next(draft, due.planned_for);
        let revisit = planned(id, due.customer.clone(), RevisitReason::Cadence, due.planned_for, due.staff.clone());
        draft.revisits.insert(revisit.clone());
        made.push(revisit);
    }
    made
}

/// The day a request closed on `closed` is followed up, where the rules ask for it.
pub fn follow_up_on(rules: &RevisitRules, schedule: &Schedule, closed: NaiveDate) -> Option<NaiveDate> {
    rules.after_closed.map(|span| working_day(schedule, span.after(closed)))
}

/// Plans the revisit after a request was closed, unless one is planned for it already or nobody is known
/// to visit. The draft holds the revisits of the quarters from the closing to the day of [`follow_up_on`].
pub fn after_closed(draft: &mut Draft, request: &Request, rules: &RevisitRules, schedule: &Schedule, stamp: &Stamp) -> Option<Revisit> {
    let customer = request.customer.clone()?;
    let zone = draft.settings.zone;
    let due_on = follow_up_on(rules, schedule, request.closed_at.unwrap_or(stamp.at).date(zone))?;
    let open = |revisit: &Revisit| revisit.status == RevisitStatus::Planned && revisit.request.as_ref() == Some(&request.id);
    if draft.revisits.iter().any(open) {
        return None;
    }
    let id = Numbers::default().next(draft, due_on);
    let mut revisit = planned(id, customer, RevisitReason::Request, due_on, request.handler.clone());
    revisit.request = Some(request.id.clone());
    draft.revisits.insert(revisit.clone());
    Some(revisit)
}

/// The day a dissatisfied customer is visited.
pub fn recovery_on(rules: &FeedbackRules, schedule: &Schedule, told: NaiveDate) -> NaiveDate {
    working_day(schedule, rules.recovery.after(told))
}

/// Plans the visit to a dissatisfied customer, unless one is planned for the request already or nobody is known to visit.
/// The draft holds the revisits of the quarters from today to the day of [`recovery_on`].
pub fn recovery(draft: &mut Draft, request: &Request, rules: &FeedbackRules, schedule: &Schedule, stamp: &Stamp) -> Option<Revisit> {
    let customer = request.customer.clone()?;
    let due_on = recovery_on(rules, schedule, stamp.at.date(draft.settings.zone));
    // the usual visit after closing comes too late for this one
    let soon = |revisit: &Revisit| revisit.status == RevisitStatus::Planned && revisit.request.as_ref() == Some(&request.id);
    if draft.revisits.iter().any(|revisit| soon(revisit) && revisit.due_on <= due_on) {
        return None;
    }
    let id = Numbers::default().next(draft, due_on);
    let mut revisit = planned(id, customer, RevisitReason::Request, due_on, request.handler.clone());
    revisit.request = Some(request.id.clone());
    let (zh, en) = ("客户不满意,挽回", "dissatisfied: win the customer back");
    draft.settings.lang.pick(zh, en).clone_into(&mut revisit.note);
    draft.revisits.insert(revisit.clone());
    Some(revisit)
}

/// What came of a revisit. Blank fields leave what stands there already.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// 1 to 5.
    pub satisfaction: Option<u32>,
    pub method: String,
    pub needs: String,
    pub suggestions: String,
    pub problems: String,
    pub outcome: String,
}

/// The revisit was done.
pub fn done(draft: &mut Draft, stamp: &Stamp, id: &str, findings: Findings) -> Result<Revisit, Problems> {
    if let Some(score) = findings.satisfaction.filter(|score| !(1..=5).contains(score)) {
        let what = What::OutOfRange { value: score.to_string(), min: "1".into(), max: "5".into() };
        return Err(vec![Problem::error(what).field("satisfaction")]);
    }
    let revisit = open(draft, id, "revisit done", &[RevisitStatus::Planned, RevisitStatus::NoAnswer])?;
    revisit.status = RevisitStatus::Done;
    revisit.done_at = Some(stamp.at);
    revisit.satisfaction = findings.satisfaction.or(revisit.satisfaction);
    if revisit.staff.trim().is_empty() {
        revisit.staff.clone_from(&stamp.actor);
    }
    let Findings { method, needs, suggestions, problems, outcome, .. } = findings;
    set(&mut revisit.method, method);
    set(&mut revisit.needs, needs);
    set(&mut revisit.suggestions, suggestions);
    set(&mut revisit.problems, problems);
    set(&mut revisit.outcome, outcome);
    Ok(revisit.clone())
}

/// The revisit will not be done; the reason is compulsory.
pub fn skip(draft: &mut Draft, id: &str, reason: &str) -> Result<Revisit, Problems> {
    if reason.trim().is_empty() {
        return Err(vec![Problem::error(What::Required).field("--reason")]);
    }
    let revisit = open(draft, id, "revisit skip", &[RevisitStatus::Planned])?;
    revisit.status = RevisitStatus::Skipped;
    add_note(&mut revisit.note, reason);
    Ok(revisit.clone())
}

/// Nobody answered: the attempt stays on record, and the next one is planned. Gives the next one.
/// The draft holds the revisits of the quarter of the next one.
pub fn attempt(
    draft: &mut Draft,
    stamp: &Stamp,
    id: &str,
    rules: &RevisitRules,
    schedule: &Schedule,
    note: &str,
) -> Result<Revisit, Problems> {
    let zone = draft.settings.zone;
    let revisit = open(draft, id, "revisit attempt", &[RevisitStatus::Planned])?;
    revisit.status = RevisitStatus::NoAnswer;
    revisit.done_at = Some(stamp.at);
    add_note(&mut revisit.note, note);
    let tried = revisit.clone();
    let due_on = retry_on(rules, schedule, stamp.at.date(zone));
    let mut next = planned(Numbers::default().next(draft, due_on), tried.customer, tried.reason, due_on, tried.staff);
    next.request = tried.request;
    draft.revisits.insert(next.clone());
    Ok(next)
}

/// The day of the next try after one in vain.
pub fn retry_on(rules: &RevisitRules, schedule: &Schedule, tried: NaiveDate) -> NaiveDate {
    working_day(schedule, rules.retry.after(tried))
}

fn open<'d>(draft: &'d mut Draft, id: &str, verb: &'static str, legal: &[RevisitStatus]) -> Result<&'d mut Revisit, Problems> {
    let not_found = || vec![What::NotFound { noun: "revisits", id: id.to_owned(), nearest: None }.into()];
    let status = draft.revisits.get(id).ok_or_else(not_found)?.status;
    if !legal.contains(&status) {
        return Err(vec![What::IllegalStage { id: id.to_owned(), stage: status.code(), verb, allowed: vec!["show"] }.into()]);
    }
    draft.revisits.edit(id).ok_or_else(not_found)
}

fn set(field: &mut String, text: String) {
    if !text.trim().is_empty() {
        *field = text;
    }
}

fn add_note(note: &mut String, text: &str) {
    if !note.is_empty() && !text.trim().is_empty() {
        note.push('\n');
    }
    note.push_str(text.trim());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::date::DateOrder;
    use crate::base::instant::Instant;
    use crate::model::rules::calendar::RawCalendar;
    use crate::model::rules::cn_days::CnDays;
    use crate::model::rules::revisits::RawRevisits;
    use crate::model::settings::{RawSettings, Settings};
    use chrono_tz::UTC;

    fn draft() -> Draft {
        let raw: RawSettings = serde_yaml::from_str("{format: 1, time_zone: UTC}").unwrap();
        Draft::new(Settings::try_from(raw).unwrap(), 1)
    }

    fn stamp(at: &str) -> Stamp {
        let at = Instant::parse(at, UTC, DateOrder::Iso).unwrap();
        Stamp { recorded_at: at, at, actor: "小李".into(), action: "revisit", note: String::new() }
    }

    fn rules() -> RevisitRules {
        RawRevisits::default().check().unwrap()
    }

    fn schedule() -> Schedule {
        Schedule::new(RawCalendar::default().check(UTC, CnDays::default()).unwrap())
    }

    fn request(customer: Option<&str>) -> Request {
        let mut request = Request::new(Id::parse("R1").unwrap(), stamp("2026-11-01").at, "x".into());
        request.customer = customer.map(|id| Id::parse(id).unwrap());
        request.handler = "小王".into();
        request
    }

    #[test]
    fn a_closed_request_is_followed_up_once() {
        let (mut draft, stamp) = (draft(), stamp("2026-11-21 10:00"));
        let made = after_closed(&mut draft, &request(Some("C1")), &rules(), &schedule(), &stamp).unwrap();
        // 7 days later is a Saturday
        assert_eq!((made.id.as_str(), made.due_on.to_string()), ("V20261130-001", "2026-11-30".to_owned()));
        assert_eq!((made.staff.as_str(), made.request.unwrap().as_str()), ("小王", "R1"));
        assert_eq!(after_closed(&mut draft, &request(Some("C1")), &rules(), &schedule(), &stamp), None);
        assert_eq!(after_closed(&mut draft, &request(None), &rules(), &schedule(), &stamp), None);
        skip(&mut draft, "V20261130-001", "moved away").unwrap();
        let again = after_closed(&mut draft, &request(Some("C1")), &rules(), &schedule(), &stamp).unwrap();
        assert_eq!(again.id.as_str(), "V20261130-002");
    }

    #[test]
    fn an_attempt_in_vain_plans_the_next() {
        let mut draft = draft();
        let first = after_closed(&mut draft, &request(Some("C1")), &rules(), &schedule(), &stamp("2026-11-16")).unwrap();
        let next = attempt(&mut draft, &stamp("2026-11-23 09:00"), first.id.as_str(), &rules(), &schedule(), "busy").unwrap();
        assert_eq!((next.id.as_str(), next.staff.as_str(), next.reason), ("V20261126-001", "小王", RevisitReason::Request));
        let tried = draft.revisits.get(first.id.as_str()).unwrap();
        assert_eq!((tried.status, tried.note.as_str()), (RevisitStatus::NoAnswer, "busy"));
        // they call back: the one nobody answered can still be done, but not tried again
        assert!(matches!(
            attempt(&mut draft, &stamp("2026-11-23"), first.id.as_str(), &rules(), &schedule(), "").unwrap_err()[0].what,
            What::IllegalStage { .. }
        ));
        done(&mut draft, &stamp("2026-11-24"), first.id.as_str(), Findings::default()).unwrap();
    }

    #[test]
    fn doing_one_records_what_was_found_once() {
        let (mut draft, at) = (draft(), stamp("2026-11-23 09:30"));
        let due = DueRevisit {
            customer: Id::parse("C1").unwrap(),
            name: String::new(),
            tier: "A".into(),
            staff: String::new(),
            basis: crate::engine::cadence::Basis::Nothing,
            due: "2026-11-23".parse().unwrap(),
            planned_for: "2026-11-23".parse().unwrap(),
        };
        let ids: Vec<String> = plan(&mut draft, &[due.clone(), due]).iter().map(|revisit| revisit.id.to_string()).collect();
        assert_eq!(ids, ["V20261123-001", "V20261123-002"]);
        let findings = |satisfaction| Findings { satisfaction: Some(satisfaction), needs: "larger bags".into(), ..Findings::default() };
        for score in [0, 6] {
            let wrong = done(&mut draft, &at, &ids[0], findings(score)).unwrap_err();
            assert!(matches!(wrong[0].what, What::OutOfRange { .. }), "{score}");
        }
        let revisit = done(&mut draft, &at, &ids[0], findings(5)).unwrap();
        assert_eq!((revisit.status, revisit.done_at, revisit.staff.as_str()), (RevisitStatus::Done, Some(at.at), "小李"));
        let again = done(&mut draft, &at, &ids[0], findings(5)).unwrap_err();
        assert!(matches!(again[0].what, What::IllegalStage { stage: "done", .. }));
        assert_eq!(skip(&mut draft, &ids[1], " ").unwrap_err()[0].what, What::Required);
    }
}
