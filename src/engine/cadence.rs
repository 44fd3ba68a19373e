//! Cadence: who is to be visited again, and when (docs/rules.md, section Revisits).
//!
//! The clock of a customer starts with the last contact: a revisit done, a talk on record, a request of
//! theirs or its confirmation. An order is no contact, an attempt nobody answered neither.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::calendar::Schedule;
use super::tiering::index::Index;
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::model::customer::Customer;
use crate::model::interaction::Interaction;
use crate::model::member::MemberIds;
use crate::model::request::Request;
use crate::model::revisit::{Revisit, RevisitReason, RevisitStatus};
use crate::model::rules::revisits::RevisitRules;

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
    /// No contact: the date in the archive.
    Since(NaiveDate),
    /// No contact and no date in the archive: the first order.
    FirstOrder(NaiveDate),
    /// Nothing is known: due at once.
    Nothing,
}

impl Basis {
    pub fn date(self) -> Option<NaiveDate> {
        match self {
            Basis::Contact(date) | Basis::Skipped(date) | Basis::Since(date) | Basis::FirstOrder(date) => Some(date),
            Basis::Nothing => None,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Basis::Contact(_) => "contact",
            Basis::Skipped(_) => "skipped",
            Basis::Since(_) => "since",
            Basis::FirstOrder(_) => "first_order",
            Basis::Nothing => "nothing",
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Known {
    contact: Option<NaiveDate>,
    skipped: Option<NaiveDate>,
    first_order: Option<NaiveDate>,
    open: bool,
}

/// The fold over contacts: per customer the latest, and whether a revisit is planned already.
#[derive(Debug)]
pub struct Contacts {
    index: Index,
    known: Vec<Known>,
    today: NaiveDate,
    zone: Tz,
}

impl Contacts {
    pub fn new(customers: &[&Customer], today: NaiveDate, zone: Tz) -> Contacts {
        Contacts {
            index: Index::of(&MemberIds::of(customers.iter().copied())),
            known: vec![Known::default(); customers.len()],
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
        }
    }

    fn contact_at(&mut self, customer: &str, at: Instant) {
        self.contact(customer, at.date(self.zone));
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
        match revisit.status {
            RevisitStatus::Done => {
                let day = revisit.done_at.map_or(revisit.due_on, |at| at.date(self.zone));
                self.contact(customer, day);
            }
            RevisitStatus::Planned => {
                if let Some(known) = self.of(customer) {
                    known.open = true;
                }
            }
            RevisitStatus::Skipped if revisit.reason == RevisitReason::Cadence => {
                if let Some(known) = self.of(customer) {
                    known.skipped = known.skipped.max(Some(revisit.due_on));
                }
            }
            RevisitStatus::Skipped | RevisitStatus::NoAnswer => {}
        }
    }

    /// The last contact of the customer at a position, where there was one.
    pub fn last_contact(&self, position: usize) -> Option<NaiveDate> {
        self.known[position].contact
    }

    /// Only asked where [`Contacts::wants_orders`] says so.
    pub fn order(&mut self, customer: &str, day: NaiveDate) {
        let today = self.today;
        if let Some(known) = self.of(customer).filter(|_| day <= today) {
            known.first_order = Some(known.first_order.map_or(day, |first| first.min(day)));
        }
    }

    /// Whether some customer due by the rules has neither a contact nor a date in the archive.
    pub fn wants_orders(&self, customers: &[&Customer], rules: &RevisitRules) -> bool {
        let bare = |(customer, known): (&&Customer, &Known)| {
            known.contact.is_none() && customer.since.is_none() && rules.interval(customer.tier.trim()).is_some()
        };
        customers.iter().zip(&self.known).any(bare)
    }

    fn basis(&self, position: usize, customer: &Customer) -> Basis {
        let known = self.known[position];
        let skipped = known.skipped.filter(|day| known.contact.is_none_or(|contact| *day > contact));
        skipped
            .map(Basis::Skipped)
            .or(known.contact.map(Basis::Contact))
            .or(customer.since.filter(|since| *since <= self.today).map(Basis::Since))
            .or(known.first_order.map(Basis::FirstOrder))
            .unwrap_or(Basis::Nothing)
    }
}

/// A revisit that the cadence asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRevisit {
    pub customer: Id,
    pub name: String,
    pub tier: String,
    /// The customer's owner, or blank.
    pub staff: String,
    pub basis: Basis,
    /// By the cadence; may lie in the past.
    pub due: NaiveDate,
    /// Not before today, and a working day.
    pub planned_for: NaiveDate,
}

/// Who is due, and who was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The longest overdue first.
    pub due: Vec<DueRevisit>,
    /// Active customers without a tier, or whose tier has no cadence.
    pub without_cadence: usize,
    /// Due, but a revisit is planned already.
    pub already_planned: usize,
}

/// The revisits due by the end of `until`.
pub fn plan(customers: &[&Customer], contacts: &Contacts, rules: &RevisitRules, schedule: &Schedule, until: NaiveDate) -> Plan {
    let mut plan = Plan::default();
    for (position, customer) in customers.iter().enumerate().filter(|(_, customer)| customer.is_active()) {
        let Some(interval) = rules.interval(customer.tier.trim()) else {
            plan.without_cadence += 1;
            continue;
        };
        let basis = contacts.basis(position, customer);
        let due = basis.date().map_or(contacts.today, |day| interval.after(day));
        if due > until {
            continue;
        }
        if contacts.known[position].open {
            plan.already_planned += 1;
            continue;
        }
        plan.due.push(DueRevisit {
            customer: customer.id.clone(),
            name: customer.name.clone(),
            tier: customer.tier.trim().to_owned(),
            staff: customer.owner.trim().to_owned(),
            basis,
            due,
            planned_for: working_day(schedule, due.max(contacts.today)),
        });
    }
    plan.due.sort_by(|a, b| a.due.cmp(&b.due).then_with(|| a.customer.cmp(&b.customer)));
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rules::revisits::RawRevisits;
    use chrono_tz::Asia::Shanghai;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn customer(id: &str, tier: &str, since: Option<&str>) -> Customer {
        let mut customer = Customer::new(Id::parse(id).unwrap(), String::new());
        (customer.tier, customer.since) = (tier.into(), since.map(day));
        customer
    }

    fn rules() -> RevisitRules {
        serde_yaml::from_str::<RawRevisits>("cadence: {A: 30 days, B: 90 days}").unwrap().check().unwrap()
    }

    fn schedule() -> Schedule {
        let china = crate::model::rules::cn_days::CnDays::built_in();
        Schedule::new(crate::model::rules::calendar::RawCalendar::default().check(Shanghai, china).unwrap())
    }

    fn revisit(customer: &str, due: &str, status: RevisitStatus) -> Revisit {
        let (id, customer) = (Id::parse("V1").unwrap(), Id::parse(customer).unwrap());
        Revisit { status, ..Revisit::planned(id, customer, RevisitReason::Cadence, day(due)) }
    }

    /// Today is Monday 2026-11-23.
    fn planned(customers: &[&Customer], fill: impl FnOnce(&mut Contacts)) -> Plan {
        let mut contacts = Contacts::new(customers, day("2026-11-23"), Shanghai);
        fill(&mut contacts);
        plan(customers, &contacts, &rules(), &schedule(), day("2026-11-30"))
    }

    #[test]
    fn days_off_move_to_the_next_working_day() {
        let moved = |text| working_day(&schedule(), day(text)).to_string();
        assert_eq!(
            ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"].map(moved),
            ["2026-11-20", "2026-11-23", "2026-11-23", "2026-11-23"]
        );
        // National Day, and the Saturday worked in its place
        assert_eq!(["2026-10-01", "2026-10-10"].map(moved), ["2026-10-08", "2026-10-10"]);
    }

    #[test]
    fn the_clock_starts_with_the_last_contact() {
        let (a, b) = (customer("a", "A", Some("2020-01-01")), customer("b", "B", None));
        let at = |text| Instant::parse(text, Shanghai, crate::base::date::DateOrder::Iso).unwrap();
        let plan = planned(&[&a, &b], |contacts| {
            let mut request = Request::new(Id::parse("R1").unwrap(), at("2026-10-01 09:00"), String::new());
            (request.customer, request.confirmed_at) = (Some(a.id.clone()), Some(at("2026-10-29 23:30")));
            contacts.request(&request);
            contacts.revisit(&revisit("a", "2026-11-01", RevisitStatus::NoAnswer));
            contacts.revisit(&revisit("b", "2026-08-26", RevisitStatus::Done));
            assert!(!contacts.wants_orders(&[&a, &b], &rules()));
        });
        let due: Vec<_> = plan.due.iter().map(|due| (due.customer.as_str(), due.basis, due.due, due.planned_for)).collect();
        let saturday = day("2026-11-28");
        assert_eq!(due[0], ("b", Basis::Contact(day("2026-08-26")), day("2026-11-24"), day("2026-11-24")));
        assert_eq!(due[1], ("a", Basis::Contact(day("2026-10-29")), saturday, day("2026-11-30")));
    }

    #[test]
    fn without_a_contact_the_archive_or_the_first_order_stands_in() {
        let (since, order, nothing) = (customer("s", "A", Some("2026-01-01")), customer("o", "B", None), customer("n", "B", None));
        let plan = planned(&[&since, &order, &nothing], |contacts| {
            assert!(contacts.wants_orders(&[&since, &order, &nothing], &rules()));
            contacts.order("o", day("2026-08-31"));
            contacts.order("o", day("2026-09-30"));
        });
        let due: Vec<_> = plan.due.iter().map(|due| (due.customer.as_str(), due.basis.code(), due.planned_for)).collect();
        // overdue ones are planned for today
        assert_eq!(due, [("s", "since", day("2026-11-23")), ("n", "nothing", day("2026-11-23")), ("o", "first_order", day("2026-11-30"))]);
    }

    #[test]
    fn who_gets_none() {
        let (open, none, mut gone, skipped) =
            (customer("open", "A", None), customer("none", "", None), customer("gone", "A", None), customer("skipped", "A", None));
        gone.status = Some(crate::model::customer::CustomerStatus::Erased);
        let plan = planned(&[&open, &none, &gone, &skipped], |contacts| {
            contacts.revisit(&revisit("open", "2026-12-30", RevisitStatus::Planned));
            contacts.revisit(&revisit("skipped", "2026-11-20", RevisitStatus::Skipped));
        });
        assert_eq!(plan, Plan { due: vec![], without_cadence: 1, already_planned: 1 });
    }
}
