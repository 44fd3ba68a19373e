//! Cadence: who is to be visited again, and when (docs/rules.md, section Revisits).
//!
//! The clock of a customer starts with the last contact: a revisit done, a talk on record, a request of
//! theirs or its confirmation. An order is no contact, an attempt nobody answered neither.

pub mod coverage;
mod diary;
#[cfg(test)]
mod laws;
mod plan;
#[cfg(test)]
mod tests;
mod wishes;

use std::collections::HashMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::calendar::Schedule;
use super::tiering::index::Index;
use crate::base::instant::Instant;
use crate::model::customer::Customer;
use crate::model::interaction::Interaction;
use crate::model::lifecycle::Class;
use crate::model::member::MemberIds;
use crate::model::request::Request;
use crate::model::revisit::{Revisit, RevisitReason, RevisitStatus};
use crate::model::rules::revisits::{Interval, RevisitRules};

pub use diary::{Crew, Diaries};
pub use plan::{DueRevisit, Plan, Question, plan};
pub use wishes::{Wish, Wishes, hours_of};

/// The first working day on or after a date; the date itself where the calendar has none.
pub fn working_day(schedule: &Schedule, date: NaiveDate) -> NaiveDate {
    schedule.next_workday(date).unwrap_or(date)
}

/// What restarts a customer's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The last contact.
    Contact(NaiveDate),
    /// A planned revisit that was skipped on purpose, later than any contact.
    Skipped(NaiveDate),
    /// The last of as many attempts as the rules want, later than any contact.
    InVain(NaiveDate),
    /// No contact: the date in the archive.
    Since(NaiveDate),
    /// No contact and no date in the archive: the first order. Also the start of a new customer's sequence.
    FirstOrder(NaiveDate),
    /// Nothing is known: due at once.
    Nothing,
}

impl Basis {
    pub fn date(self) -> Option<NaiveDate> {
        match self {
            Basis::Contact(date) | Basis::Skipped(date) | Basis::InVain(date) | Basis::Since(date) | Basis::FirstOrder(date) => Some(date),
            Basis::Nothing => None,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Basis::Contact(_) => "contact",
            Basis::Skipped(_) => "skipped",
            Basis::InVain(_) => "in_vain",
            Basis::Since(_) => "since",
            Basis::FirstOrder(_) => "first_order",
            Basis::Nothing => "nothing",
        }
    }
}

/// How a customer stands to their interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The wanted interval is not over.
    OnTime,
    /// The wanted interval is over.
    Late,
    /// The longest interval is over.
    Red,
}

impl State {
    pub fn code(self) -> &'static str {
        match self {
            State::OnTime => "on_time",
            State::Late => "late",
            State::Red => "red",
        }
    }
}

/// When a customer is due, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    pub reason: RevisitReason,
    pub basis: Basis,
    /// By the wanted interval; may lie in the past.
    pub due: NaiveDate,
    /// The last day of the longest interval, where one is given.
    pub longest: Option<NaiveDate>,
    /// None for a step of a new customer's sequence.
    pub interval: Option<Interval>,
}

impl Turn {
    pub fn state(&self, today: NaiveDate) -> State {
        match () {
            () if self.longest.is_some_and(|last| last < today) => State::Red,
            () if self.due < today => State::Late,
            () => State::OnTime,
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Known {
    contact: Option<NaiveDate>,
    skipped: Option<NaiveDate>,
    in_vain: Option<NaiveDate>,
    first_order: Option<NaiveDate>,
    open: bool,
}

/// The fold over contacts: per customer the latest, and whether a revisit is planned already. Orders come first
/// where [`Contacts::wants_first_orders`] says so.
#[derive(Debug)]
pub struct Contacts<'r> {
    index: Index,
    known: Vec<Known>,
    /// Contacts of those whose sequence after the first order is going on.
    young: HashMap<u32, Vec<NaiveDate>>,
    rules: &'r RevisitRules,
    today: NaiveDate,
    zone: Tz,
}

impl<'r> Contacts<'r> {
    pub fn new(customers: &[&Customer], rules: &'r RevisitRules, today: NaiveDate, zone: Tz) -> Contacts<'r> {
        Contacts {
            index: Index::of(&MemberIds::of(customers.iter().copied())),
            known: vec![Known::default(); customers.len()],
            young: HashMap::new(),
            rules,
            today,
            zone,
        }
    }

    fn of(&mut self, customer: &str) -> Option<&mut Known> {
        self.index.get(customer.trim()).map(|at| &mut self.known[at as usize])
    }

    fn contact(&mut self, customer: &str, day: NaiveDate) {
        let today = self.today;
        if let Some(known) = self.of(customer).filter(|_| day <= today) {
            known.contact = known.contact.max(Some(day));
            self.meets_step(customer, day);
        }
    }

    fn contact_at(&mut self, customer: &str, at: Instant) {
        self.contact(customer, at.date(self.zone));
    }

    /// Keeps a day that may stand for a step of a new customer's sequence.
    fn meets_step(&mut self, customer: &str, day: NaiveDate) {
        let Some(at) = self.index.get(customer.trim()).filter(|_| !self.rules.new.is_empty()) else { return };
        if let Some(first) = self.known[at as usize].first_order.filter(|first| *first < day) {
            let over = steps(&self.rules.new, first).last().is_none_or(|step| step.lapses <= self.today);
            if !over {
                self.young.entry(at).or_default().push(day);
            }
        }
    }

    pub fn interaction(&mut self, interaction: &Interaction) {
        self.contact_at(interaction.customer.as_str(), interaction.at);
    }

    /// The customer came to us, and later confirmed the result.
    pub fn request(&mut self, request: &Request) {
        let Some(customer) = &request.customer else { return };
        for at in [Some(request.received_at), request.confirmed_at].into_iter().flatten() {
            self.contact_at(customer.as_str(), at);
        }
    }

    pub fn revisit(&mut self, revisit: &Revisit) {
        let customer = revisit.customer.as_str();
        let day = revisit.done_at.map_or(revisit.due_on, |at| at.date(self.zone));
        match revisit.status {
            RevisitStatus::Done => self.contact(customer, day),
            RevisitStatus::Planned => {
                if let Some(known) = self.of(customer) {
                    known.open = true;
                }
            }
            RevisitStatus::Skipped => {
                if revisit.reason == RevisitReason::New {
                    self.meets_step(customer, revisit.due_on);
                }
                if let Some(known) = self.of(customer).filter(|_| revisit.reason == RevisitReason::Cadence) {
                    known.skipped = known.skipped.max(Some(revisit.due_on));
                }
            }
            RevisitStatus::NoAnswer => {
                if revisit.tries.is_some_and(|tries| tries >= self.rules.retry.at_most) {
                    self.meets_step(customer, day);
                    if let Some(known) = self.of(customer) {
                        known.in_vain = known.in_vain.max(Some(day));
                    }
                }
            }
        }
    }

    /// The last contact of the customer at a position, where there was one.
    pub fn contacted_on(&self, position: usize) -> Option<NaiveDate> {
        self.known[position].contact
    }

    /// Only asked where [`Contacts::wants_first_orders`] or [`Contacts::wants_orders`] says so.
    pub fn order(&mut self, customer: &str, day: NaiveDate) {
        let today = self.today;
        if let Some(known) = self.of(customer).filter(|_| day <= today) {
            known.first_order = Some(known.first_order.map_or(day, |first| first.min(day)));
        }
    }

    /// Whether orders are to be folded in before anything else.
    pub fn wants_first_orders(&self) -> bool {
        !self.rules.new.is_empty()
    }

    /// Whether some customer due by the rules has neither a contact nor a date in the archive.
    pub fn wants_orders(&self, customers: &[&Customer], classes: &[Option<Class>]) -> bool {
        let has_cadence = |at: usize, customer: &Customer| self.rules.interval(customer.tier.trim(), classes[at]).is_some();
        let bare = |(at, customer): (usize, &&Customer)| {
            self.known[at].contact.is_none() && customer.since.is_none() && customer.is_active() && has_cadence(at, customer)
        };
        !self.wants_first_orders() && customers.iter().enumerate().any(bare)
    }

    /// The last contact, or what stands in for it.
    fn last_contact(&self, position: usize, customer: &Customer) -> Basis {
        let known = self.known[position];
        known
            .contact
            .map(Basis::Contact)
            .or(customer.since.filter(|since| *since <= self.today).map(Basis::Since))
            .or(known.first_order.map(Basis::FirstOrder))
            .unwrap_or(Basis::Nothing)
    }

    fn basis(&self, position: usize, customer: &Customer) -> Basis {
        let known = self.known[position];
        let later = |day: &NaiveDate| known.contact.is_none_or(|contact| *day > contact);
        let (skipped, in_vain) = (known.skipped.filter(later), known.in_vain.filter(later));
        match (skipped, in_vain) {
            (Some(day), vain) if vain.is_none_or(|vain| vain <= day) => Basis::Skipped(day),
            (_, Some(day)) => Basis::InVain(day),
            _ => self.last_contact(position, customer),
        }
    }

    /// By the cadence; `None` without one.
    pub fn turn(&self, position: usize, customer: &Customer, class: Option<Class>) -> Option<Turn> {
        let interval = self.rules.interval(customer.tier.trim(), class)?;
        let basis = self.basis(position, customer);
        Some(Turn {
            reason: RevisitReason::Cadence,
            basis,
            due: basis.date().map_or(self.today, |day| interval.wanted.after(day)),
            longest: basis.date().and_then(|day| Some(interval.longest?.after(day))),
            interval: Some(interval),
        })
    }

    /// The step of the sequence after the first order that comes next, if it is not over.
    fn step(&self, position: usize) -> Option<Turn> {
        let first = self.known[position].first_order?;
        let mut days = u32::try_from(position).ok().and_then(|at| self.young.get(&at).cloned()).unwrap_or_default();
        days.sort_unstable();
        for step in steps(&self.rules.new, first) {
            match days.iter().position(|day| *day > step.opens && *day < step.lapses) {
                // a contact stands for one step only
                Some(met) => drop(days.drain(..=met)),
                None if step.lapses <= self.today => {}
                None => {
                    let (reason, basis) = (RevisitReason::New, Basis::FirstOrder(first));
                    return Some(Turn { reason, basis, due: step.due, longest: None, interval: None });
                }
            }
        }
        None
    }
}

/// One visit after the first order: met by a contact after the step before was due and before the next one is.
struct Step {
    opens: NaiveDate,
    due: NaiveDate,
    lapses: NaiveDate,
}

fn steps(spans: &[crate::base::duration::Span], first: NaiveDate) -> impl Iterator<Item = Step> {
    let day = move |at: usize| spans[at].after(first);
    (0..spans.len()).map(move |at| {
        let (opens, due) = (if at == 0 { first } else { day(at - 1) }, day(at));
        // the last one lapses after as long again
        let lapses = if at + 1 < spans.len() { day(at + 1) } else { due.checked_add_signed(due - opens).unwrap_or(NaiveDate::MAX) };
        Step { opens, due, lapses }
    })
}
