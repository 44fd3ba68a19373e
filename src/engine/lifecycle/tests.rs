//! The cases of docs/rules.md, section Lifecycle, and the helpers of the laws.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::facts::{Contacts, Known, Orders};
use super::{Lifecycle, Member, Standing, classify};
use crate::base::date::DateOrder;
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::money::Money;
use crate::engine::tiering::facts::OrderLine;
use crate::engine::tiering::index::Index;
use crate::model::customer::Customer;
use crate::model::interaction::Interaction;
use crate::model::lifecycle::Class;
use crate::model::member::MemberIds;
use crate::model::request::{Request, RequestType, Severity, Stage};
use crate::model::revisit::{Revisit, RevisitReason, RevisitStatus};
use crate::model::rules::lifecycle::{LifecycleRules, RawLifecycle};

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn moment(text: &str) -> Instant {
    Instant::parse(text, chrono_tz::UTC, DateOrder::Iso).unwrap()
}

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

pub fn rules(yaml: &str) -> LifecycleRules {
    serde_yaml::from_str::<RawLifecycle>(yaml).unwrap().check().unwrap()
}

/// A small world: orders as (customer, day, amount), and what else happened.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub customers: Vec<Customer>,
    pub orders: Vec<(&'static str, NaiveDate, i64)>,
    pub talks: Vec<(&'static str, NaiveDate)>,
    pub requests: Vec<Request>,
    pub revisits: Vec<Revisit>,
}

impl World {
    pub fn of(ids: &[&str]) -> World {
        let customers = ids.iter().map(|text| Customer::new(id(text), String::new())).collect();
        World { customers, ..World::default() }
    }

    pub fn buys(mut self, customer: &'static str, days: &[&str]) -> World {
        self.orders.extend(days.iter().map(|text| (customer, day(text), 10_000)));
        self
    }

    pub fn known(&self, as_of: NaiveDate) -> Known {
        let index = Index::of(&MemberIds::of(&self.customers));
        let mut orders = Orders::new(&index, as_of);
        for (customer, date, amount) in &self.orders {
            orders.order(&OrderLine { id: "O", customer, date: *date, amount: Money((*amount).into()), kind: None });
        }
        orders.sort();
        let mut contacts = Contacts::new(&index, as_of, chrono_tz::UTC);
        for (customer, date) in &self.talks {
            let at = Instant::start_of(*date, chrono_tz::UTC);
            let (contact, staff, summary, batch) = Default::default();
            let talk = Interaction {
                id: id("T1"),
                customer: id(customer),
                contact,
                at,
                channel: None,
                direction: None,
                staff,
                request: None,
                summary,
                batch,
            };
            contacts.interaction(&talk);
        }
        self.requests.iter().for_each(|request| contacts.request(request));
        self.revisits.iter().for_each(|revisit| contacts.revisit(revisit));
        Known::together(vec![orders], contacts, as_of)
    }

    pub fn live(&self, as_of: NaiveDate, rules: &LifecycleRules) -> Lifecycle {
        let known = self.known(as_of);
        let members: Vec<Member> =
            self.customers.iter().map(|customer| Member { active: customer.is_counted(), since: customer.since }).collect();
        classify(&known, &members, rules)
    }

    fn one(&self, as_of: &str) -> Standing {
        self.live(day(as_of), &rules("{}")).rows[0].clone()
    }
}

fn stands(world: &World, as_of: &str) -> (Class, Option<String>, Option<(String, Class)>) {
    let one = world.one(as_of);
    (one.class, one.since.map(|day| day.to_string()), one.next.map(|(day, class)| (day.to_string(), class)))
}

fn complaint(received: &str, severity: Severity, stage: Stage, resolved: Option<&str>) -> Request {
    let mut request = Request::new(id("R1"), moment(received), "x".into());
    (request.customer, request.r#type, request.severity, request.stage) = (Some(id("C1")), Some(RequestType::Complaint), severity, stage);
    request.resolved_at = resolved.map(moment);
    request
}

#[test]
fn from_potential_to_lost_by_time_alone() {
    let mut world = World::of(&["C1"]);
    assert_eq!(stands(&world, "2026-01-31"), (Class::Potential, None, None));
    world.customers[0].since = Some(day("2026-01-05"));
    assert_eq!(stands(&world, "2026-01-31"), (Class::Potential, Some("2026-01-05".into()), None));
    world = world.buys("C1", &["2026-01-10"]);
    let at = |as_of: &str| stands(&world, as_of);
    // nobody else: the usual interval is 60 days, so 150 days of silence, and 300 to be lost
    assert_eq!(at("2026-01-09"), (Class::Potential, Some("2026-01-05".into()), None));
    assert_eq!(at("2026-01-10"), (Class::New, Some("2026-01-10".into()), Some(("2026-03-11".into(), Class::Regular))));
    assert_eq!(at("2026-03-11"), (Class::Regular, Some("2026-03-11".into()), Some(("2026-06-09".into(), Class::Silent))));
    assert_eq!(at("2026-06-09"), (Class::Silent, Some("2026-06-09".into()), Some(("2026-11-06".into(), Class::Lost))));
    assert_eq!(at("2027-06-09"), (Class::Lost, Some("2026-11-06".into()), None));
}

#[test]
fn silence_is_measured_against_the_own_rhythm() {
    // every 30 days: 75 days of silence; every 100 days: 250
    let monthly = World::of(&["C1"]).buys("C1", &["2026-01-01", "2026-01-31", "2026-03-02", "2026-04-01"]);
    let (one, reason) = (monthly.one("2026-06-15"), monthly.one("2026-06-15").reason);
    assert_eq!((one.class, one.since, one.days_silent(day("2026-06-15"))), (Class::Silent, Some(day("2026-06-15")), Some(75)));
    assert_eq!((reason.own, reason.usual, reason.purchases, reason.lost_on), (Some(300), Some(300), 4, Some(day("2026-10-01"))));
    let seldom = World::of(&["C1"]).buys("C1", &["2025-06-05", "2025-09-13", "2025-12-22", "2026-04-01"]);
    assert_eq!(seldom.one("2026-06-15").class, Class::Regular);
    assert_eq!(seldom.one("2026-06-15").reason.silent_on, Some(day("2026-12-07")));
    // an absolute limit: every 300 days would be 750
    let rare = World::of(&["C1"]).buys("C1", &["2023-10-15", "2024-08-10", "2025-06-06", "2026-04-01"]);
    assert_eq!(rare.one("2026-06-15").reason.silent_on, Some(day("2027-04-01")));
    // daily: not before the floor
    let daily = World::of(&["C1"]).buys("C1", &["2026-03-29", "2026-03-30", "2026-03-31", "2026-04-01", "2026-04-01"]);
    assert_eq!(daily.one("2026-04-02").reason.silent_on, Some(day("2026-05-31")));
    assert_eq!(daily.one("2026-04-02").reason.purchases, 4);
}

#[test]
fn few_intervals_lean_on_the_median_of_the_book() {
    let world = World::of(&["C1", "C2", "C3"]).buys("C1", &["2026-04-01"]);
    let world = world.buys("C2", &["2026-01-01", "2026-01-11"]).buys("C3", &["2026-01-01", "2026-02-10"]);
    let lives = world.live(day("2026-04-02"), &rules("{}"));
    // own medians 10 and 40 days: the book's is 25
    assert_eq!((lives.book, lives.measured), (250, 2));
    // (10 + 2 × 25) ÷ 3 = 20; (40 + 2 × 25) ÷ 3 = 30
    assert_eq!(lives.rows.iter().map(|row| row.reason.usual).collect::<Vec<_>>(), [Some(250), Some(200), Some(300)]);
}

#[test]
fn any_contact_is_a_sign_of_life_but_an_attempt_is_none() {
    let silent = World::of(&["C1"]).buys("C1", &["2026-01-01"]);
    assert_eq!(silent.one("2026-06-01").class, Class::Silent);
    let mut talked = silent.clone();
    talked.talks.push(("C1", day("2026-05-20")));
    assert_eq!(stands(&talked, "2026-06-01"), (Class::Regular, Some("2026-03-02".into()), Some(("2026-10-17".into(), Class::Silent))));
    let visit = |status| {
        let mut world = silent.clone();
        let mut revisit = Revisit::planned(id("V1"), id("C1"), RevisitReason::Cadence, day("2026-05-20"));
        (revisit.status, revisit.done_at) = (status, Some(moment("2026-05-21 10:00")));
        world.revisits.push(revisit);
        world.one("2026-06-01").class
    };
    assert_eq!(
        [visit(RevisitStatus::Done), visit(RevisitStatus::NoAnswer), visit(RevisitStatus::Planned)],
        [Class::Regular, Class::Silent, Class::Silent]
    );
    let mut asked = silent.clone();
    let mut request = complaint("2026-05-20 09:00", Severity::Low, Stage::Closed, None);
    request.r#type = Some(RequestType::Inquiry);
    asked.requests.push(request);
    assert_eq!(asked.one("2026-06-01").class, Class::Regular);
}

#[test]
fn a_grave_complaint_wins_over_everything() {
    let mut world = World::of(&["C1"]).buys("C1", &["2025-01-01"]);
    assert_eq!(world.one("2026-06-01").class, Class::Lost);
    world.requests.push(complaint("2025-02-01 09:00", Severity::High, Stage::InProgress, None));
    // open for more than a year
    assert_eq!(stands(&world, "2026-06-01"), (Class::Problem, Some("2025-02-01".into()), None));
    // resolved early: 30 days from receipt all the same
    world.requests[0] = complaint("2025-02-01 09:00", Severity::Critical, Stage::Resolved, Some("2025-02-03 09:00"));
    assert_eq!(stands(&world, "2025-02-10"), (Class::Problem, Some("2025-02-01".into()), Some(("2025-03-03".into(), Class::Regular))));
    // resolved late: a problem up to the day before, as far as its own date tells; on a day between it is open
    world.requests[0] = complaint("2025-02-01 09:00", Severity::Critical, Stage::Resolved, Some("2025-04-03 09:00"));
    assert_eq!(stands(&world, "2025-03-20"), (Class::Problem, Some("2025-02-01".into()), None));
    assert_eq!(world.one("2025-04-03").class, Class::Regular);
    // not grave enough, or none of ours
    world.requests[0] = complaint("2025-02-01 09:00", Severity::Normal, Stage::InProgress, None);
    assert_eq!(world.one("2025-02-10").class, Class::New);
    world.requests[0] = complaint("2025-02-01 09:00", Severity::High, Stage::Rejected, None);
    assert_eq!(world.one("2025-02-10").class, Class::New);
    // without any order as well
    let mut none = World::of(&["C1"]);
    none.requests.push(complaint("2026-05-01 09:00", Severity::High, Stage::Assigned, None));
    assert_eq!(none.one("2026-06-01").class, Class::Problem);
}

#[test]
fn low_satisfaction_makes_a_problem_for_a_while() {
    let mut world = World::of(&["C1"]).buys("C1", &["2026-01-01", "2026-05-01"]);
    let mut request = complaint("2026-05-02 09:00", Severity::Low, Stage::Closed, Some("2026-05-03 09:00"));
    request.feedback = Some(2);
    world.requests.push(request.clone());
    assert_eq!(stands(&world, "2026-05-10"), (Class::Problem, Some("2026-05-02".into()), Some(("2026-07-31".into(), Class::Regular))));
    assert_eq!(world.one("2026-05-10").reason.recent, Some((Decimal::from(25), 1)));
    // a better answer lifts the mean to 62.5
    request.feedback = Some(5);
    request.received_at = moment("2026-05-08 09:00");
    world.requests.push(request.clone());
    assert_eq!(stands(&world, "2026-05-10").0, Class::Regular);
    // the good one lapses before the bad one would: time alone makes no problem
    let mut world = World::of(&["C1"]).buys("C1", &["2026-01-01", "2026-05-01"]);
    for (at, feedback) in [("2026-05-02 09:00", 5), ("2026-05-08 09:00", 2)] {
        (request.received_at, request.feedback) = (moment(at), Some(feedback));
        world.requests.push(request.clone());
    }
    assert_eq!((stands(&world, "2026-05-10").0, stands(&world, "2026-08-01").0), (Class::Regular, Class::Regular));
    assert_eq!(world.one("2026-08-06").reason.recent, None);
}

#[test]
fn loyalty_takes_tenure_purchases_and_content() {
    let days = ["2025-01-01", "2025-03-01", "2025-05-01", "2025-07-01", "2025-09-01", "2025-11-01"];
    let mut world = World::of(&["C1"]).buys("C1", &days);
    assert_eq!(stands(&world, "2025-12-31"), (Class::Regular, Some("2025-03-02".into()), Some(("2026-01-01".into(), Class::Loyal))));
    assert_eq!(stands(&world, "2026-02-01").1, Some("2026-01-01".into()));
    assert_eq!(World::of(&["C1"]).buys("C1", &days[..5]).one("2026-01-01").class, Class::Regular);
    let mut request = complaint("2025-12-01 09:00", Severity::Low, Stage::Closed, None);
    (request.r#type, request.feedback) = (None, Some(3));
    world.requests.push(request);
    // 50 is no problem, and no loyalty
    assert_eq!(world.one("2026-01-01").class, Class::Regular);
    let unheard = rules("{loyal: {unheard: no}}");
    assert_eq!(World::of(&["C1"]).buys("C1", &days).live(day("2026-01-01"), &unheard).rows[0].class, Class::Regular);
}

#[test]
fn what_lies_ahead_is_left_out_and_merged_customers_count_for_the_survivor() {
    let mut world = World::of(&["C1", "C2"]).buys("C1", &["2026-01-01"]).buys("C2", &["2026-05-01", "2026-07-01"]);
    world.customers[1].merged_into = Some(id("C1"));
    world.customers[1].status = Some(crate::model::customer::CustomerStatus::Merged);
    world.orders.push(("C9", day("2026-01-01"), 1));
    let lives = world.live(day("2026-06-01"), &rules("{}"));
    assert_eq!((lives.rows.len(), lives.rows[0].reason.last, lives.rows[0].reason.purchases), (1, Some(day("2026-05-01")), 2));
    assert_eq!((lives.left_out.future_dated, lives.left_out.unknown_customers), (1, 1));
}

#[test]
fn value_at_risk_is_the_last_year_of_purchases() {
    let mut world = World::of(&["C1"]).buys("C1", &["2024-12-31", "2025-01-01", "2025-12-31"]);
    // a refund is no purchase, and counts off
    world.orders.push(("C1", day("2026-02-01"), -2_500));
    let one = world.one("2026-03-01");
    assert_eq!((one.value, one.reason.last, one.reason.sign), (Money(17_500), Some(day("2025-12-31")), Some(day("2025-12-31"))));
    world.orders.push(("C1", day("2026-02-02"), -99_999));
    assert_eq!(world.one("2026-03-01").value, Money(0));
}

#[test]
fn a_class_that_is_switched_off_is_passed_over() {
    let world = World::of(&["C1"]).buys("C1", &["2026-01-01"]);
    let class = |yaml: &str, as_of: &str| world.live(day(as_of), &rules(yaml)).rows[0].class;
    assert_eq!(class("{new: off}", "2026-01-02"), Class::Regular);
    assert_eq!(class("{silent: off}", "2026-06-20"), Class::Regular);
    assert_eq!(class("{silent: off}", "2027-06-20"), Class::Lost);
    assert_eq!(class("{silent: off, lost: off}", "2027-06-20"), Class::Regular);
}

#[test]
fn classes_are_summed_up_and_ranked_by_value() {
    let mut world = World::of(&["C1", "C2", "C3"]).buys("C1", &["2026-01-01"]);
    world.orders.extend([("C2", day("2026-01-01"), 30_000), ("C3", day("2026-05-30"), 500)]);
    let lives = world.live(day("2026-06-01"), &rules("{}"));
    assert_eq!(lives.of(Class::Silent).iter().map(|row| row.position).collect::<Vec<_>>(), [1, 0]);
    let sums = lives.sums();
    assert_eq!((sums[5].0, sums[5].1.customers, sums[5].1.value), (Class::Silent, 2, 40_000));
    assert_eq!((lives.at(2).map(|row| row.class), lives.at(3)), (Some(Class::New), None));
}
