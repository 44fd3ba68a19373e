//! The plan: who is due by a day, and on which day they are visited.

use std::cmp::Reverse;

use chrono::NaiveDate;

use super::{Basis, Contacts, Diaries, State, Turn, Wishes};
use crate::base::id::Id;
use crate::model::consent::is_withdrawn;
use crate::model::customer::Customer;
use crate::model::lifecycle::Class;
use crate::model::revisit::RevisitReason;
use crate::model::rules::revisits::Interval;

/// A revisit that the rules ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRevisit {
    pub customer: Id,
    pub name: String,
    pub tier: String,
    pub class: Option<Class>,
    /// The customer's owner; blank where nobody owns the customer or the owner is not there any more.
    pub staff: String,
    pub reason: RevisitReason,
    pub basis: Basis,
    /// None for a step of a new customer's sequence.
    pub interval: Option<Interval>,
    /// By the wanted interval; may lie in the past.
    pub due: NaiveDate,
    /// The last day of the longest interval, where one is given.
    pub longest: Option<NaiveDate>,
    pub state: State,
    pub channel: String,
    pub time: String,
    /// The working day of the due day, before it was moved for the sake of the others.
    pub target: NaiveDate,
    /// Not before today, and a working day of whoever visits.
    pub planned_for: NaiveDate,
    /// On a day that has more than `per_day`: there was no other.
    pub over_cap: bool,
    /// After the longest interval: there was no other day.
    pub past_longest: bool,
    /// The owner, who is not there any more.
    pub gone: Option<String>,
}

/// Who was passed over, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Passed {
    /// Active customers without a tier, or whose tier and class have no cadence.
    pub without_cadence: usize,
    /// Due, but a revisit is planned already.
    pub already_planned: usize,
    /// Who took their consent back.
    pub withdrawn: usize,
}

/// Who is due, and who was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Day by day, the most pressing first.
    pub due: Vec<DueRevisit>,
    pub passed: Passed,
}

/// What a plan is made from.
pub struct Question<'a> {
    pub customers: &'a [&'a Customer],
    /// The class of each, in their order.
    pub classes: &'a [Option<Class>],
    pub contacts: &'a Contacts<'a>,
    pub wishes: &'a Wishes<'a>,
    /// The place of a tier, 0 the highest.
    pub rank: &'a dyn Fn(&str) -> Option<usize>,
    pub until: NaiveDate,
}

/// The revisits due by the end of a day. The same book gives the same plan, in whatever order its rows stand.
pub fn plan(question: &Question<'_>, diaries: &mut Diaries<'_>) -> Plan {
    let mut passed = Passed::default();
    let mut due: Vec<(&Customer, Option<Class>, Turn)> = Vec::new();
    for (position, customer) in question.customers.iter().enumerate().filter(|(_, customer)| customer.is_active()) {
        let class = question.classes[position];
        let Some(turn) = next_turn(question.contacts, position, customer, class) else {
            passed.without_cadence += 1;
            continue;
        };
        match () {
            () if turn.due > question.until => {}
            () if is_withdrawn(&customer.consent) => passed.withdrawn += 1,
            () if question.contacts.known[position].open => passed.already_planned += 1,
            () => due.push((customer, class, turn)),
        }
    }
    let today = question.contacts.today;
    // whoever waits longest beyond the rules chooses first
    due.sort_by_cached_key(|(customer, _, turn)| {
        let rank = (question.rank)(customer.tier.trim()).unwrap_or(usize::MAX);
        (Reverse(turn.state(today) == State::Red), rank, turn.due, customer.id.clone())
    });
    let mut due: Vec<DueRevisit> =
        due.into_iter().map(|(customer, class, turn)| placed(question, diaries, customer, class, turn)).collect();
    due.sort_by_key(|due| due.planned_for);
    Plan { due, passed }
}

/// What comes first: the cadence, or the next step after the first order.
fn next_turn(contacts: &Contacts<'_>, position: usize, customer: &Customer, class: Option<Class>) -> Option<Turn> {
    let (step, cadence) = (contacts.step(position), contacts.turn(position, customer, class));
    step.into_iter().chain(cadence).min_by_key(|turn| turn.due)
}

fn placed(question: &Question<'_>, diaries: &mut Diaries<'_>, customer: &Customer, class: Option<Class>, turn: Turn) -> DueRevisit {
    let owner = customer.owner.trim();
    let theirs = diaries.place(owner, turn.due, turn.longest);
    let gone = theirs.is_none().then(|| owner.to_owned());
    let slot = theirs.or_else(|| diaries.place("", turn.due, turn.longest));
    let today = question.contacts.today;
    let (target, day, full) = slot.map_or((today, today, false), |slot| (slot.target, slot.day, slot.full));
    let wish = question.wishes.wish(customer);
    DueRevisit {
        customer: customer.id.clone(),
        name: customer.name.clone(),
        tier: customer.tier.trim().to_owned(),
        class,
        staff: if gone.is_some() { String::new() } else { owner.to_owned() },
        reason: turn.reason,
        basis: turn.basis,
        interval: turn.interval,
        due: turn.due,
        longest: turn.longest,
        state: turn.state(today),
        channel: wish.channel.to_owned(),
        time: wish.time.to_owned(),
        target,
        planned_for: day,
        over_cap: full,
        past_longest: turn.longest.is_some_and(|last| day > last),
        gone,
    }
}
