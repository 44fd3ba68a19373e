use chrono::NaiveDate;
use chrono_tz::Asia::Shanghai;

use super::coverage::{By, reach, repeated, tallies};
use super::plan::Passed;
use super::{Basis, Contacts, Crew, Diaries, Plan, Question, State, Wish, Wishes, hours_of, plan, working_day};
use crate::base::date::DateOrder;
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::period::Period;
use crate::engine::calendar::Schedule;
use crate::model::contact::{Contact, YesNo};
use crate::model::customer::Customer;
use crate::model::customer::CustomerStatus;
use crate::model::lifecycle::Class;
use crate::model::request::Request;
use crate::model::revisit::{Revisit, RevisitReason, RevisitStatus};
use crate::model::rules::revisits::RawRevisits;
use crate::model::rules::revisits::RevisitRules;
use crate::model::staff::{Absence, Staff};

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

pub fn customer(name: &str, tier: &str, since: Option<&str>) -> Customer {
    let mut customer = Customer::new(id(name), String::new());
    (customer.tier, customer.since) = (tier.into(), since.map(day));
    customer
}

pub fn rules(yaml: &str) -> RevisitRules {
    serde_yaml::from_str::<RawRevisits>(yaml).unwrap().check().unwrap()
}

fn simple() -> RevisitRules {
    rules("cadence: {A: 30 days, B: 90 days}")
}

pub fn schedule() -> Schedule {
    let china = crate::model::rules::cn_days::CnDays::built_in();
    Schedule::new(crate::model::rules::calendar::RawCalendar::default().check(Shanghai, china).unwrap())
}

fn revisit(customer: &str, due: &str, status: RevisitStatus) -> Revisit {
    Revisit { status, ..Revisit::planned(id("V1"), id(customer), RevisitReason::Cadence, day(due)) }
}

pub fn staff(name: &str, until: Option<&str>) -> Staff {
    Staff {
        name: id(name),
        full_name: String::new(),
        department: String::new(),
        role: String::new(),
        skills: crate::model::cell::Tags::default(),
        regions: crate::model::cell::Tags::default(),
        capacity: None,
        email: String::new(),
        phone: String::new(),
        from: None,
        until: until.map(day),
    }
}

fn leave(name: &str, from: &str, until: &str) -> Absence {
    Absence { staff: id(name), from: day(from), until: day(until), note: String::new() }
}

/// Today is Monday 2026-11-23.
const TODAY: &str = "2026-11-23";

/// A book to be planned in.
struct Book<'a> {
    rules: RevisitRules,
    classes: Vec<Option<Class>>,
    staff: Vec<Staff>,
    absences: Vec<Absence>,
    planned: Vec<Revisit>,
    until: &'a str,
}

impl Book<'_> {
    fn by(rules: RevisitRules) -> Book<'static> {
        Book { rules, classes: Vec::new(), staff: Vec::new(), absences: Vec::new(), planned: Vec::new(), until: "2026-11-30" }
    }

    fn plan(&self, customers: &[&Customer], fill: impl FnOnce(&mut Contacts<'_>)) -> Plan {
        let mut contacts = Contacts::new(customers, &self.rules, day(TODAY), Shanghai);
        fill(&mut contacts);
        let schedule = schedule();
        let mut diaries = Diaries::new(Crew { staff: &self.staff, absences: &self.absences }, &self.rules, &schedule, day(TODAY));
        self.planned.iter().for_each(|revisit| diaries.count(revisit));
        let mut classes = self.classes.clone();
        classes.resize(customers.len(), None);
        let rank = |tier: &str| ["A", "B", "C"].iter().position(|known| *known == tier);
        let wishes = Wishes::default();
        let question = Question { customers, classes: &classes, contacts: &contacts, wishes: &wishes, rank: &rank, until: day(self.until) };
        plan(&question, &mut diaries)
    }
}

fn planned(customers: &[&Customer], fill: impl FnOnce(&mut Contacts<'_>)) -> Plan {
    Book::by(simple()).plan(customers, fill)
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
    let at = |text| Instant::parse(text, Shanghai, DateOrder::Iso).unwrap();
    let plan = planned(&[&a, &b], |contacts| {
        let mut request = Request::new(id("R1"), at("2026-10-01 09:00"), String::new());
        (request.customer, request.confirmed_at) = (Some(a.id.clone()), Some(at("2026-10-29 23:30")));
        contacts.request(&request);
        contacts.revisit(&revisit("a", "2026-11-01", RevisitStatus::NoAnswer));
        contacts.revisit(&revisit("b", "2026-08-26", RevisitStatus::Done));
        assert!(!contacts.wants_orders(&[&a, &b], &[None, None]));
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
        assert!(contacts.wants_orders(&[&since, &order, &nothing], &[None; 3]));
        contacts.order("o", day("2026-08-31"));
        contacts.order("o", day("2026-09-30"));
    });
    let due: Vec<_> = plan.due.iter().map(|due| (due.customer.as_str(), due.basis.code(), due.planned_for)).collect();
    // overdue ones are planned for today
    assert_eq!(due, [("s", "since", day(TODAY)), ("n", "nothing", day(TODAY)), ("o", "first_order", day("2026-11-30"))]);
}

#[test]
fn who_gets_none() {
    let (open, none, mut gone, skipped, mut away) = (
        customer("open", "A", None),
        customer("none", "", None),
        customer("gone", "A", None),
        customer("skipped", "A", None),
        customer("away", "A", None),
    );
    gone.status = Some(CustomerStatus::Erased);
    away.consent = "撤回 2026-10-01".into();
    let all = [&open, &none, &gone, &skipped, &away];
    let plan = planned(&all, |contacts| {
        contacts.revisit(&revisit("open", "2026-12-30", RevisitStatus::Planned));
        contacts.revisit(&revisit("skipped", "2026-11-20", RevisitStatus::Skipped));
    });
    assert_eq!(plan, Plan { due: vec![], passed: Passed { without_cadence: 1, already_planned: 1, withdrawn: 1 } });
}

#[test]
fn the_class_decides_as_well() {
    let mut book = Book::by(rules(
        "cadence:
  A: {wanted: 30 days, longest: 40 days, classes: {problem: {wanted: 7 days, longest: 10 days}, lost: off}}
  others: 100 days",
    ));
    let customers: Vec<Customer> = ["r", "p", "l", "o"].map(|name| customer(name, if name == "o" { "" } else { "A" }, None)).into();
    book.classes = vec![Some(Class::Regular), Some(Class::Problem), Some(Class::Lost), Some(Class::Lost)];
    let all: Vec<&Customer> = customers.iter().collect();
    let plan = book.plan(&all, |contacts| {
        for (name, on) in [("r", "2026-10-15"), ("p", "2026-11-12"), ("l", "2026-01-01"), ("o", "2026-08-20")] {
            contacts.revisit(&revisit(name, on, RevisitStatus::Done));
        }
    });
    let due: Vec<_> = plan.due.iter().map(|due| (due.customer.as_str(), due.due, due.longest, due.state)).collect();
    let expected = [
        ("p", day("2026-11-19"), Some(day("2026-11-22")), State::Red),
        ("r", day("2026-11-14"), Some(day("2026-11-24")), State::Late),
        ("o", day("2026-11-28"), None, State::OnTime),
    ];
    assert_eq!((due.as_slice(), plan.passed.without_cadence), (expected.as_slice(), 1));
    assert!(plan.due[0].past_longest && !plan.due[1].past_longest);
}

#[test]
fn leave_moves_and_who_is_gone_is_told() {
    let mut book = Book::by(simple());
    book.staff = vec![staff("li", None), staff("wang", Some("2026-11-20"))];
    book.absences = vec![leave("li", "2026-11-20", "2026-11-25")];
    let mut customers = ["a", "b", "c"].map(|name| customer(name, "A", Some("2026-10-01")));
    for (customer, owner) in customers.iter_mut().zip(["li", "wang", "somebody"]) {
        owner.clone_into(&mut customer.owner);
    }
    let plan = book.plan(&[&customers[0], &customers[1], &customers[2]], |_| {});
    let of = |name: &str| plan.due.iter().find(|due| due.customer.as_str() == name).unwrap();
    assert_eq!((of("a").planned_for, of("a").staff.as_str()), (day("2026-11-26"), "li"));
    assert_eq!((of("b").planned_for, of("b").staff.as_str(), of("b").gone.as_deref()), (day(TODAY), "", Some("wang")));
    assert_eq!((of("c").planned_for, of("c").staff.as_str()), (day(TODAY), "somebody"));
}

#[test]
fn a_full_day_passes_visits_on_to_the_nearest() {
    let mut book = Book::by(rules("cadence: {A: 30 days, B: {wanted: 30 days, longest: 31 days}}\nper_day: 1\nahead: 2"));
    // all due on Thursday the 26th
    let customers: Vec<Customer> = (1..=5).map(|n| customer(&format!("c{n}"), "A", Some("2026-10-27"))).collect();
    let plan = book.plan(&customers.iter().collect::<Vec<_>>(), |_| {});
    let days: Vec<_> = plan.due.iter().map(|due| (due.customer.as_str(), due.planned_for.to_string(), due.over_cap)).collect();
    let expected = [("c4", "24"), ("c2", "25"), ("c1", "26"), ("c3", "27"), ("c5", "30")];
    assert_eq!(days, expected.map(|(name, day)| (name, format!("2026-11-{day}"), false)));
    assert!(plan.due.iter().all(|due| due.target == day("2026-11-26")));
    // what is planned already is work as well, and what is overdue is work of today
    book.planned = vec![revisit("x", "2026-11-26", RevisitStatus::Planned), revisit("x", "2026-11-02", RevisitStatus::Planned)];
    let plan = book.plan(&[&customers[0]], |_| {});
    assert_eq!(plan.due[0].planned_for, day("2026-11-25"));
    // never after the longest interval while there is another day, and it is told where there is none
    let two: Vec<Customer> = (1..=5).map(|n| customer(&format!("c{n}"), "B", Some("2026-10-27"))).collect();
    let plan = book.plan(&two.iter().collect::<Vec<_>>(), |_| {});
    assert!(plan.due.iter().all(|due| due.planned_for <= day("2026-11-27") && !due.past_longest));
    assert_eq!(plan.due.iter().filter(|due| due.over_cap).count(), 2);
}

#[test]
fn the_longest_interval_is_kept_across_a_weekend() {
    let book = Book::by(rules("cadence: {A: {wanted: 30 days, longest: 30 days}}"));
    // due on Saturday the 28th
    let a = customer("a", "A", Some("2026-10-29"));
    let plan = book.plan(&[&a], |_| {});
    assert_eq!((plan.due[0].planned_for, plan.due[0].target), (day("2026-11-27"), day("2026-11-30")));
}

#[test]
fn after_many_attempts_the_cadence_waits() {
    let a = customer("a", "A", Some("2026-01-01"));
    let tried = |tries| Revisit { tries: Some(tries), ..revisit("a", "2026-11-10", RevisitStatus::NoAnswer) };
    let due = |tries| planned(&[&a], |contacts| contacts.revisit(&tried(tries))).due.len();
    assert_eq!((due(2), due(3)), (1, 0));
    let mut book = Book::by(simple());
    book.until = "2026-12-10";
    let plan = book.plan(&[&a], |contacts| contacts.revisit(&tried(3)));
    assert_eq!((plan.due[0].basis, plan.due[0].due), (Basis::InVain(day("2026-11-10")), day("2026-12-10")));
}

#[test]
fn a_new_customer_is_visited_in_steps() {
    let rules = rules("cadence: {A: 1 year}\nnew: [7 days, 30 days]");
    let book = Book::by(rules);
    let a = customer("a", "A", None);
    let first = |on: &str, contacts: &[(&str, RevisitStatus)]| {
        let plan = book.plan(&[&a], |known| {
            known.order("a", day(on));
            for (on, status) in contacts {
                known.revisit(&Revisit { reason: RevisitReason::New, ..revisit("a", on, *status) });
            }
        });
        plan.due.first().map(|due| (due.reason, due.due.to_string()))
    };
    let new = |on: &str| Some((RevisitReason::New, on.to_owned()));
    assert_eq!(first("2026-11-20", &[]), new("2026-11-27"));
    // a contact, or a skip, stands for the first step; the second is not due yet
    assert_eq!(first("2026-11-10", &[("2026-11-12", RevisitStatus::Done)]), None);
    assert_eq!(first("2026-11-10", &[("2026-11-17", RevisitStatus::Skipped)]), None);
    // the second: a late contact for the first does not stand for both
    assert_eq!(first("2026-10-26", &[("2026-11-07", RevisitStatus::Done)]), new("2026-11-25"));
    assert_eq!(first("2026-10-26", &[("2026-11-07", RevisitStatus::Done), ("2026-11-20", RevisitStatus::Done)]), None);
    // a first step that was missed until the second is left out, and the last one lapses as well
    assert_eq!(first("2026-10-20", &[]), new("2026-11-19"));
    assert_eq!(first("2026-10-01", &[]), None);
}

#[test]
fn wishes_are_the_customers_else_the_primary_contacts() {
    let contact = |customer: &str, primary: Option<YesNo>, channel: &str| Contact {
        preferred_channel: channel.into(),
        preferred_time: "下午".into(),
        primary,
        ..Contact::new(id("P1"), id(customer), String::new())
    };
    let people = [contact("a", Some(YesNo::No), "邮件"), contact("a", Some(YesNo::Yes), "微信"), contact("b", None, "邮件")];
    let wishes = Wishes::of(&people);
    let (mut a, b) = (customer("a", "", None), customer("b", "", None));
    assert_eq!(wishes.wish(&a), Wish { channel: "微信", time: "下午" });
    assert_eq!(wishes.wish(&b), Wish::default());
    a.preferred_channel = "电话".into();
    assert_eq!(wishes.wish(&a), Wish { channel: "电话", time: "下午" });
}

#[test]
fn hours_as_people_write_them() {
    let hours = |text: &str| hours_of(text).map(|(from, to)| format!("{}-{}", from.format("%H:%M"), to.format("%H:%M")));
    for (text, expected) in [
        ("14:00-16:30", "14:00-16:30"),
        (" 9：00 – 11:30 ", "09:00-11:30"),
        ("上午", "09:00-12:00"),
        ("Afternoon", "13:00-18:00"),
        ("18:00至20:00", "18:00-20:00"),
    ] {
        assert_eq!(hours(text).as_deref(), Some(expected), "{text}");
    }
    for text in ["", "evening", "16:00-14:00", "25:00-26:00", "9-11", "14:00", "14:0-15:00", "+9:00-10:00"] {
        assert_eq!(hours(text), None, "{text}");
    }
}

fn numbered(n: usize, due: &str, status: RevisitStatus, tries: Option<u32>) -> Revisit {
    Revisit { id: id(&format!("V{n}")), tries, ..revisit("a", due, status) }
}

#[test]
fn an_attempt_that_was_planned_again_is_not_counted_twice() {
    use RevisitStatus::{Done, NoAnswer, Planned, Skipped};
    let all = [
        numbered(1, "2026-09-28", NoAnswer, Some(1)),
        numbered(2, "2026-10-02", Done, Some(1)),
        numbered(3, "2026-10-08", NoAnswer, None),
        numbered(4, "2026-10-12", Skipped, None),
        numbered(5, "2026-10-15", NoAnswer, Some(1)),
        numbered(6, "2026-10-19", NoAnswer, Some(2)),
        // the second was the last: the next is a chain of its own
        numbered(7, "2026-11-19", Planned, None),
        numbered(8, "2026-11-23", Planned, None),
        numbered(9, "2026-11-24", Planned, None),
    ];
    let mut again: Vec<&str> = repeated(&all).into_iter().collect();
    again.sort_unstable();
    assert_eq!(again, ["V1", "V3", "V5"]);
    let groups = tallies(&all, &|_| "A".into(), Period::parse("2026Q4", day(TODAY)).unwrap(), day(TODAY));
    let all = &groups[0];
    // planned for today is not due yet
    assert_eq!((all.by, all.tally.due, all.tally.done, all.tally.in_vain), (By::All, 4, 1, 1));
    assert_eq!((all.tally.skipped, all.tally.overdue, all.tally.today, all.tally.attempts), (1, 1, 1, 3));
    let names: Vec<_> = groups.iter().map(|group| (group.by.code(), group.name.as_str(), group.tally.due)).collect();
    assert_eq!(names, [("all", "", 4), ("tier", "A", 4), ("staff", "", 4), ("reason", "cadence", 4)]);
    // what was done before its day counts, what is skipped before it does not yet
    let early = [numbered(1, "2026-12-24", Done, None), numbered(2, "2026-12-24", Skipped, None), numbered(3, TODAY, NoAnswer, Some(3))];
    let early = tallies(&early, &|_| String::new(), Period::all(), day(TODAY))[0].tally;
    assert_eq!((early.due, early.done, early.skipped, early.in_vain, early.attempts), (1, 1, 0, 0, 1));
    // nothing due is told as nothing due
    let none = tallies(&[], &|_| String::new(), Period::all(), day(TODAY));
    assert_eq!((none.len(), none[0].tally.due), (1, 0));
}

#[test]
fn who_was_not_spoken_to_for_too_long() {
    let rules = rules("cadence: {A: {wanted: 30 days, longest: 40 days}, B: 30 days}");
    let mut customers = ["ok", "edge", "over", "never", "bare", "away", "none"].map(|name| customer(name, "A", None));
    customers[4].tier = "B".into();
    customers[5].consent = "撤回".into();
    customers[6].tier = "Z".into();
    let all: Vec<&Customer> = customers.iter().collect();
    let mut contacts = Contacts::new(&all, &rules, day(TODAY), Shanghai);
    for (name, on) in [("ok", "2026-11-01"), ("edge", "2026-10-14"), ("over", "2026-10-13"), ("bare", "2026-10-20")] {
        contacts.revisit(&revisit(name, on, RevisitStatus::Done));
    }
    // on purpose is still no contact
    contacts.revisit(&revisit("over", "2026-11-20", RevisitStatus::Skipped));
    let reach = reach(&all, &[None; 7], &contacts);
    assert_eq!((reach.with_cadence, reach.in_time, reach.withdrawn), (5, 2, 1));
    let over: Vec<_> = reach.neglected.iter().map(|one| (one.customer.as_str(), one.limit)).collect();
    assert_eq!(over, [("never", None), ("bare", Some(day("2026-11-19"))), ("over", Some(day("2026-11-22")))]);
}
