//! Practices: which checklists are to be started, and which steps have become pointless (docs/rules.md, Practices).

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::cadence::working_day;
use super::calendar::Schedule;
use super::lifecycle::{Lifecycle, Standing};
use crate::base::date::plus_days;
use crate::base::id::Id;
use crate::base::lang::Lang;
use crate::model::consent::is_withdrawn;
use crate::model::customer::Customer;
use crate::model::lifecycle::Class;
use crate::model::merged::Merged;
use crate::model::practice::{Practice, StepStatus};
use crate::model::rules::practices::{After, PracticeRules};

/// What a planning run comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Steps of new checklists, in the order of the archive and of their lists; they have no id yet.
    pub start: Vec<Start>,
    /// Planned steps whose customer has left the class, and what the customer is now; `None`: not active any more.
    pub close: Vec<(Id, Option<Class>)>,
    /// Customers in a class with a checklist that was entered too long ago to be started now.
    pub too_long_ago: usize,
    /// Customers whose checklist is not started because they withdrew consent.
    pub withdrawn: usize,
}

/// One step to be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    pub customer: Id,
    pub class: Class,
    pub since: NaiveDate,
    pub step: String,
    pub title: String,
    pub due_on: NaiveDate,
    pub staff: String,
    pub request: Option<Id>,
    pub letter: String,
}

/// What a run looks at.
pub struct Asked<'a> {
    pub customers: &'a [&'a Customer],
    pub lifecycle: &'a Lifecycle,
    pub rules: &'a PracticeRules,
    pub schedule: &'a Schedule,
    /// Only checklists whose first step is due by this day.
    pub until: Option<NaiveDate>,
    pub lang: Lang,
}

/// Decides; run on what it made, it decides nothing more.
pub fn plan<'p>(practices: impl Iterator<Item = &'p Practice>, asked: &Asked<'_>) -> Plan {
    let Asked { customers, lifecycle, .. } = *asked;
    let merged = Merged::of(customers.iter().copied());
    // who was erased is counted in a class, and left alone
    let rows = || lifecycle.rows.iter().filter(|row| customers[row.position].is_active());
    let standing: HashMap<&str, &Standing> = rows().map(|row| (customers[row.position].id.as_str(), row)).collect();
    let mut plan = Plan::default();
    let mut covered: HashSet<&str> = HashSet::new();
    for practice in practices {
        let row = standing.get(merged.survivor(practice.customer.as_str())).copied();
        if practice.status == StepStatus::Planned && row.is_none_or(|row| row.class != practice.class) {
            plan.close.push((practice.id.clone(), row.map(|row| row.class)));
        }
        if let Some(row) = row.filter(|row| covers(practice, row, lifecycle.as_of)) {
            covered.insert(customers[row.position].id.as_str());
        }
    }
    for row in rows() {
        let customer = customers[row.position];
        if !covered.contains(customer.id.as_str()) {
            start(customer, row, asked, &mut plan);
        }
    }
    plan
}

/// Whether a step belongs to the checklist of the class as the customer entered it last.
///
/// The day of an entry may move a little with later facts: the silent day with the median of the book, the first
/// purchase with a late import. A checklist once started holds all the same.
pub fn covers(practice: &Practice, row: &Standing, as_of: NaiveDate) -> bool {
    let since = row.since.unwrap_or(as_of);
    let same_silence = || matches!(row.class, Class::Silent | Class::Lost) && row.reason.sign.is_some_and(|sign| practice.since > sign);
    // nobody is new twice, and who has bought is never potential again
    let once = matches!(row.class, Class::New | Class::Potential);
    practice.class == row.class && (practice.status == StepStatus::Planned || once || practice.since >= since || same_silence())
}

fn start(customer: &Customer, row: &Standing, asked: &Asked<'_>, plan: &mut Plan) {
    let as_of = asked.lifecycle.as_of;
    let since = row.since.unwrap_or(as_of);
    let steps = asked.rules.of(row.class);
    if steps.is_empty() {
        return;
    }
    if since < asked.rules.start_from(as_of) {
        plan.too_long_ago += 1;
        return;
    }
    // what is planned today cannot have been due before
    let due = |after: After| due_on(asked.schedule, since, after).max(working_day(asked.schedule, as_of));
    let first = steps.iter().map(|step| due(step.after)).min();
    if asked.until.is_some_and(|until| first.is_some_and(|first| first > until)) {
        return;
    }
    // an open complaint is the customer's own wish to hear from us; everything else is an approach they did not ask for
    let owed = row.class == Class::Problem && row.reason.complaint.as_ref().is_some_and(|(_, _, last)| last.is_none());
    if is_withdrawn(&customer.consent) && !owed {
        plan.withdrawn += 1;
        return;
    }
    plan.start.extend(steps.iter().map(|step| Start {
        customer: customer.id.clone(),
        class: row.class,
        since,
        step: step.code.clone(),
        title: step.label.pick(asked.lang, &step.code),
        due_on: due(step.after),
        staff: step.who.clone().unwrap_or_else(|| customer.owner.trim().to_owned()),
        request: row.reason.complaint.as_ref().map(|(id, _, _)| id.clone()).filter(|_| row.class == Class::Problem),
        letter: step.letter.clone(),
    }));
}

/// The day of a step: so many working days after another, or the next working day on or after so many days.
pub fn due_on(schedule: &Schedule, since: NaiveDate, after: After) -> NaiveDate {
    match after {
        After::Calendar(span) => working_day(schedule, span.after(since)),
        After::Workdays(0) => working_day(schedule, since),
        After::Workdays(days) => (0..days).fold(since, |day, _| working_day(schedule, plus_days(day, 1))),
    }
}

#[cfg(test)]
mod tests;
