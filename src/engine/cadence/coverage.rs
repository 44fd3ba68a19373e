//! How many of the revisits that were due were done, and which customers nobody has spoken to for too long.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;

use super::{Basis, Contacts};
use crate::base::id::Id;
use crate::base::period::Period;
use crate::model::consent::is_withdrawn;
use crate::model::customer::Customer;
use crate::model::lifecycle::Class;
use crate::model::revisit::{Revisit, RevisitReason, RevisitStatus};

/// The revisits of a period that [are due](is_due), by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub due: usize,
    pub done: usize,
    /// Given up after as many attempts as the rules want.
    pub in_vain: usize,
    pub skipped: usize,
    /// Planned for a day that is over.
    pub overdue: usize,
    /// Planned for today: not due yet.
    pub today: usize,
    /// Attempts that nobody answered, planned again or not; today's too.
    pub attempts: usize,
}

/// A group of revisits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub by: By,
    /// The tier, the member of staff or the code of the reason; blank where there is none.
    pub name: String,
    pub tally: Tally,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    All,
    Tier,
    Staff,
    Reason,
}

impl By {
    pub fn code(self) -> &'static str {
        match self {
            By::All => "all",
            By::Tier => "tier",
            By::Staff => "staff",
            By::Reason => "reason",
        }
    }
}

/// Somebody whose longest interval is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neglected {
    pub customer: Id,
    pub name: String,
    pub tier: String,
    pub class: Option<Class>,
    pub staff: String,
    pub last: Basis,
    /// The last day of the longest interval; none where nothing is known of a contact.
    pub limit: Option<NaiveDate>,
}

/// The customers with a cadence today.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    pub with_cadence: usize,
    pub in_time: usize,
    /// The longest first.
    pub neglected: Vec<Neglected>,
    /// With a cadence, but they took their consent back: in neither number.
    pub withdrawn: usize,
}

/// Attempts that were planned again. All revisits have to be given, for the next attempt may lie in another period.
pub fn repeated(revisits: &[Revisit]) -> HashSet<&str> {
    let mut chains: HashMap<(&str, RevisitReason, Option<&Id>), Vec<&Revisit>> = HashMap::new();
    for revisit in revisits {
        chains.entry((revisit.customer.as_str(), revisit.reason, revisit.request.as_ref())).or_default().push(revisit);
    }
    let mut found = HashSet::new();
    for mut chain in chains.into_values() {
        chain.sort_by_key(|revisit| (revisit.due_on, &revisit.id));
        for (at, revisit) in chain.iter().enumerate().filter(|(_, revisit)| revisit.status == RevisitStatus::NoAnswer) {
            let again = |next: &&Revisit| tried_before(next) == revisit.tries;
            // one without a number is from before attempts were counted: the next was always planned
            if revisit.tries.is_none() || chain.get(at + 1).is_some_and(again) {
                found.insert(revisit.id.as_str());
            }
        }
    }
    found
}

/// Whether a revisit counts as one that was to be made by now: it was done, or its day is over. An attempt that was planned
/// again is none of its own: the one it was planned again as stands for it. The report counts by this, too.
pub fn is_due(revisit: &Revisit, repeated: &HashSet<&str>, today: NaiveDate) -> bool {
    revisit.status == RevisitStatus::Done || (revisit.due_on < today && !repeated.contains(revisit.id.as_str()))
}

/// The attempts in vain before this one.
fn tried_before(revisit: &Revisit) -> Option<u32> {
    match revisit.status {
        RevisitStatus::NoAnswer => revisit.tries.map(|tries| tries.saturating_sub(1)),
        _ => revisit.tries,
    }
}

/// The tallies of a period: all, then by tier, by staff, by reason.
pub fn tallies(revisits: &[Revisit], tier: &dyn Fn(&str) -> String, period: Period, today: NaiveDate) -> Vec<Group> {
    let repeated = repeated(revisits);
    let mut groups: BTreeMap<(By, String), Tally> = BTreeMap::from([((By::All, String::new()), Tally::default())]);
    for revisit in revisits.iter().filter(|revisit| period.contains(revisit.due_on)) {
        let due = is_due(revisit, &repeated, today);
        let keys = [
            (By::All, String::new()),
            (By::Tier, tier(revisit.customer.as_str())),
            (By::Staff, revisit.staff.trim().to_owned()),
            (By::Reason, crate::model::vocabulary::Code::code(revisit.reason).to_owned()),
        ];
        for key in keys {
            groups.entry(key).or_default().add(revisit, due, today);
        }
    }
    groups.into_iter().map(|((by, name), tally)| Group { by, name, tally }).collect()
}

impl Tally {
    fn add(&mut self, revisit: &Revisit, due: bool, today: NaiveDate) {
        self.attempts += usize::from(revisit.status == RevisitStatus::NoAnswer);
        self.today += usize::from(revisit.status == RevisitStatus::Planned && revisit.due_on == today);
        if !due {
            return;
        }
        self.due += 1;
        match revisit.status {
            RevisitStatus::Done => self.done += 1,
            RevisitStatus::NoAnswer => self.in_vain += 1,
            RevisitStatus::Skipped => self.skipped += 1,
            RevisitStatus::Planned => self.overdue += 1,
        }
    }
}

/// Who was contacted within the longest interval. A skipped visit and attempts in vain are no contacts here.
pub fn reach(customers: &[&Customer], classes: &[Option<Class>], contacts: &Contacts<'_>) -> Reach {
    let mut reach = Reach::default();
    for (position, customer) in customers.iter().enumerate().filter(|(_, customer)| customer.is_active()) {
        let Some(interval) = contacts.rules.interval(customer.tier.trim(), classes[position]) else { continue };
        if is_withdrawn(&customer.consent) {
            reach.withdrawn += 1;
            continue;
        }
        reach.with_cadence += 1;
        let last = contacts.last_contact(position, customer);
        let limit = last.date().map(|day| interval.limit(day));
        if limit.is_some_and(|limit| limit >= contacts.today) {
            reach.in_time += 1;
            continue;
        }
        reach.neglected.push(Neglected {
            customer: customer.id.clone(),
            name: customer.name.clone(),
            tier: customer.tier.trim().to_owned(),
            class: classes[position],
            staff: customer.owner.trim().to_owned(),
            last,
            limit,
        });
    }
    reach.neglected.sort_by(|a, b| (a.limit, &a.customer).cmp(&(b.limit, &b.customer)));
    reach
}
