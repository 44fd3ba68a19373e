//! Practices: starting checklists, doing steps, leaving steps out.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::{Map, json};

use crate::base::id::Id;
use crate::base::lang::Lang;
use crate::base::problem::{Problem, Problems, What};
use crate::engine::practice::{Plan, Start};
use crate::model::draft::{Batch, Draft};
use crate::model::lifecycle::Class;
use crate::model::practice::{Practice, StepStatus, prefix};
use crate::model::stamp::Stamp;
use crate::model::vocabulary::Code;

/// What a planning run changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Planned {
    pub started: Vec<Practice>,
    pub closed: Vec<Practice>,
}

/// Plans the steps as one batch and closes those whose customer has left the class. The draft holds every practice.
pub fn plan(draft: &mut Draft, stamp: &Stamp, plan: &Plan) -> Planned {
    let lang = draft.settings.lang;
    let closed: Vec<Practice> = plan.close.iter().filter_map(|(id, now)| close(draft, stamp, id, *now, lang)).collect();
    if plan.start.is_empty() {
        return Planned { started: Vec::new(), closed };
    }
    let batch = draft.batch_id();
    let mut highest: HashMap<NaiveDate, u64> = HashMap::new();
    let mut started = Vec::new();
    for start in &plan.start {
        let prefix = prefix(start.due_on);
        let ids = || draft.practices.iter().map(|practice| practice.id.as_str());
        let number = highest.entry(start.due_on).or_insert_with(|| draft.next_number(&prefix, ids()));
        let practice = planned(Id::made(format!("{prefix}{number:03}")), start, &batch);
        *number += 1;
        draft.practices.insert_batched(practice.clone());
        started.push(practice);
    }
    let customers = plan.start.iter().map(|start| start.customer.as_str()).collect::<std::collections::HashSet<_>>().len();
    let facts = Map::from_iter([("rows".to_owned(), json!(started.len())), ("checklists".to_owned(), json!(customers))]);
    draft.batch = Some(Batch { id: batch, table: "practices", facts });
    Planned { started, closed }
}

fn planned(id: Id, start: &Start, batch: &str) -> Practice {
    let Start { customer, class, since, step, title, due_on, staff, request, letter } = start.clone();
    Practice {
        id,
        customer,
        class,
        since,
        step,
        title,
        due_on,
        staff,
        request,
        letter,
        status: StepStatus::Planned,
        done_at: None,
        outcome: String::new(),
        note: String::new(),
        batch: batch.to_owned(),
    }
}

/// Skips a step whose customer has left the class; the reason says so.
fn close(draft: &mut Draft, stamp: &Stamp, id: &Id, now: Option<Class>, lang: Lang) -> Option<Practice> {
    let practice = draft.practices.edit(id.as_str())?;
    let was = practice.class.label(lang);
    let reason = match now.map(|class| class.label(lang)) {
        Some(now) => lang.pick(format!("客户已不是{was}: {now}"), format!("no longer {was}: {now}")),
        None => lang.pick("客户已不是有效客户".to_owned(), "the customer is not active any more".to_owned()),
    };
    practice.status = StepStatus::Skipped;
    practice.done_at = Some(stamp.at);
    add(&mut practice.note, &reason);
    let closed = practice.clone();
    draft.practices.explain(id.as_str(), reason);
    Some(closed)
}

/// The step was done.
pub fn done(draft: &mut Draft, stamp: &Stamp, id: &str, outcome: &str) -> Result<Practice, Problems> {
    let practice = open(draft, id, "practice done")?;
    practice.status = StepStatus::Done;
    practice.done_at = Some(stamp.at);
    add(&mut practice.outcome, outcome);
    if practice.staff.trim().is_empty() {
        practice.staff.clone_from(&stamp.actor);
    }
    Ok(practice.clone())
}

/// The step will not be done; the reason is compulsory.
pub fn skip(draft: &mut Draft, stamp: &Stamp, id: &str, reason: &str) -> Result<Practice, Problems> {
    if reason.trim().is_empty() {
        return Err(vec![Problem::error(What::Required).field("--reason")]);
    }
    let practice = open(draft, id, "practice skip")?;
    practice.status = StepStatus::Skipped;
    practice.done_at = Some(stamp.at);
    add(&mut practice.note, reason);
    Ok(practice.clone())
}

fn open<'d>(draft: &'d mut Draft, id: &str, verb: &'static str) -> Result<&'d mut Practice, Problems> {
    let not_found = || vec![What::NotFound { noun: "practices", id: id.to_owned(), nearest: None }.into()];
    let status = draft.practices.get(id).ok_or_else(not_found)?.status;
    if status != StepStatus::Planned {
        return Err(vec![What::IllegalStage { id: id.to_owned(), stage: status.code(), verb, allowed: vec!["show"] }.into()]);
    }
    draft.practices.edit(id).ok_or_else(not_found)
}

fn add(field: &mut String, text: &str) {
    let text = text.trim();
    if !text.is_empty() {
        *field = if field.trim().is_empty() { text.to_owned() } else { format!("{field}\n{text}") };
    }
}

#[cfg(test)]
mod tests;
