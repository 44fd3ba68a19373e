//! Revisits (回访): planning them, doing them, skipping them, trying in vain.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::customer::refuse_erased;
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

/// Plans the revisits the rules ask for. The draft holds every revisit.
pub fn plan(draft: &mut Draft, due: &[DueRevisit]) -> Vec<Revisit> {
    let mut numbers = Numbers::default();
    let mut made = Vec::new();
    for due in due {
        let id = numbers.next(draft, due.planned_for);
        let mut revisit = planned(id, due.customer.clone(), due.reason, due.planned_for, due.staff.clone());
        revisit.method.clone_from(&due.channel);
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

/// What follows an attempt in vain.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempted {
    /// In vain so far.
    pub tries: u32,
    /// The next one; `None` where that were as many attempts as the rules want.
    pub next: Option<Revisit>,
}

/// Nobody answered: the attempt stays on record, and the next one is planned, unless that was the last.
/// The draft holds the revisits of the quarter of the next one; `schedule` is that of whoever visits.
pub fn attempt(
    draft: &mut Draft,
    stamp: &Stamp,
    id: &str,
    rules: &RevisitRules,
    schedule: &Schedule,
    note: &str,
) -> Result<Attempted, Problems> {
    let zone = draft.settings.zone;
    let revisit = open(draft, id, "revisit attempt", &[RevisitStatus::Planned])?;
    let tries = revisit.tries.unwrap_or(0) + 1;
    revisit.status = RevisitStatus::NoAnswer;
    revisit.done_at = Some(stamp.at);
    revisit.tries = Some(tries);
    add_note(&mut revisit.note, note);
    let tried = revisit.clone();
    if tries >= rules.retry.at_most {
        return Ok(Attempted { tries, next: None });
    }
    let due_on = retry_on(rules, schedule, stamp.at.date(zone));
    let mut next = planned(Numbers::default().next(draft, due_on), tried.customer, tried.reason, due_on, tried.staff);
    (next.request, next.method, next.tries) = (tried.request, tried.method, Some(tries));
    draft.revisits.insert(next.clone());
    Ok(Attempted { tries, next: Some(next) })
}

/// Puts a planned revisit on another day, or gives it to somebody else; the reason is compulsory.
/// The draft holds the revisits of the quarter of the new day.
pub fn reschedule(draft: &mut Draft, id: &str, day: NaiveDate, staff: Option<&str>, reason: &str) -> Result<Revisit, Problems> {
    if reason.trim().is_empty() {
        return Err(vec![Problem::error(What::Required).field("--reason")]);
    }
    let revisit = open(draft, id, "revisit move", &[RevisitStatus::Planned])?;
    revisit.due_on = day;
    if let Some(staff) = staff {
        staff.clone_into(&mut revisit.staff);
    }
    add_note(&mut revisit.note, reason);
    Ok(revisit.clone())
}

/// A revisit planned by hand.
#[derive(Debug, Clone)]
pub struct ByHand {
    pub customer: Id,
    pub day: NaiveDate,
    pub reason: RevisitReason,
    pub staff: String,
    pub method: String,
    pub note: String,
}

/// Plans one by hand. The draft holds the revisits of its quarter.
///
/// # Errors
/// A customer who was erased.
pub fn add(draft: &mut Draft, input: ByHand) -> Result<Revisit, Problems> {
    refuse_erased(draft, input.customer.as_str())?;
    let id = Numbers::default().next(draft, input.day);
    let mut revisit = planned(id, input.customer, input.reason, input.day, input.staff);
    (revisit.method, revisit.note) = (input.method, input.note);
    draft.revisits.insert(revisit.clone());
    Ok(revisit)
}

/// The day of the next try after one in vain.
pub fn retry_on(rules: &RevisitRules, schedule: &Schedule, tried: NaiveDate) -> NaiveDate {
    working_day(schedule, rules.retry.after.after(tried))
}

/// Names the request that came of a visit.
pub fn led_to(draft: &mut Draft, id: &str, text: &str) {
    if let Some(revisit) = draft.revisits.edit(id) {
        add_note(&mut revisit.note, text);
    }
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
mod tests;
