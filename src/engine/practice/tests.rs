use chrono::NaiveDate;

use super::{Asked, Plan, due_on, plan};
use crate::base::duration::Span;
use crate::base::id::Id;
use crate::base::lang::Lang;
use crate::engine::calendar::Schedule;
use crate::engine::lifecycle::tests::{World, day, rules};
use crate::model::customer::{Customer, CustomerStatus};
use crate::model::lifecycle::Class;
use crate::model::practice::{Practice, StepStatus};
use crate::model::rules::calendar::RawCalendar;
use crate::model::rules::cn_days::CnDays;
use crate::model::rules::practices::{After, RawPractices};

fn schedule() -> Schedule {
    Schedule::new(RawCalendar::default().check(chrono_tz::UTC, CnDays::default()).unwrap())
}

fn run(world: &World, practices: &[Practice], as_of: &str, yaml: &str, until: Option<NaiveDate>) -> Plan {
    let lifecycle = world.live(day(as_of), &rules("{}"));
    let customers: Vec<&Customer> = world.customers.iter().collect();
    let rules = serde_yaml::from_str::<RawPractices>(yaml).unwrap().check().unwrap();
    let schedule = schedule();
    let asked = Asked { customers: &customers, lifecycle: &lifecycle, rules: &rules, schedule: &schedule, until, lang: Lang::En };
    plan(practices.iter(), &asked)
}

/// The steps a run planned, as they then stand in the book.
fn made(plan: &Plan) -> Vec<Practice> {
    let step = |(i, start): (usize, &super::Start)| Practice {
        id: Id::made(format!("S{i}")),
        customer: start.customer.clone(),
        class: start.class,
        since: start.since,
        step: start.step.clone(),
        title: start.title.clone(),
        due_on: start.due_on,
        staff: start.staff.clone(),
        request: None,
        letter: String::new(),
        status: StepStatus::Planned,
        done_at: None,
        outcome: String::new(),
        note: String::new(),
        batch: String::new(),
    };
    plan.start.iter().enumerate().map(step).collect()
}

fn end(steps: &mut [Practice], status: StepStatus) {
    for step in steps {
        step.status = status;
    }
}

#[test]
fn a_checklist_starts_once_for_each_entry() {
    let mut world = World::of(&["C1"]).buys("C1", &["2026-06-04"]);
    world.customers[0].owner = "Ann".into();
    let first = run(&world, &[], "2026-06-08", "{}", None);
    let steps: Vec<(&str, String, &str)> =
        first.start.iter().map(|start| (start.step.as_str(), start.due_on.to_string(), start.letter.as_str())).collect();
    // Thursday + 1 working day is over by Monday: due on the day of planning; 14 days later is a Thursday, 45 a Sunday
    assert_eq!(steps[0], ("welcome", "2026-06-08".into(), "welcome"));
    assert_eq!(steps[1..].iter().map(|step| step.1.as_str()).collect::<Vec<_>>(), ["2026-06-11", "2026-06-18", "2026-07-20"]);
    assert!(first.start.iter().all(|start| start.staff == "Ann" && start.since == day("2026-06-04")));
    let mut book = made(&first);
    assert_eq!(run(&world, &book, "2026-06-09", "{}", None), Plan::default());
    // done or skipped, it is not begun again, also when an older order comes to light
    end(&mut book, StepStatus::Done);
    world = world.buys("C1", &["2026-06-01"]);
    assert_eq!(run(&world, &book, "2026-06-09", "{}", None), Plan::default());
}

#[test]
fn steps_of_a_class_that_was_left_are_closed() {
    let world = World::of(&["C1", "C2"]).buys("C1", &["2026-06-04"]).buys("C2", &["2026-06-04"]);
    let mut book = made(&run(&world, &[], "2026-06-08", "{new: [{step: a, after: 1 day}, {step: b, after: 2 days}]}", None));
    book[0].status = StepStatus::Done;
    let mut gone = world.clone();
    gone.customers[1].status = Some(CustomerStatus::Erased);
    let close: Vec<(String, Option<Class>)> =
        run(&gone, &book, "2026-08-03", "{}", None).close.into_iter().map(|(id, now)| (id.to_string(), now)).collect();
    assert_eq!(close, [("S1".into(), Some(Class::Regular)), ("S2".into(), None), ("S3".into(), None)]);
}

#[test]
fn silence_has_one_checklist_until_there_is_a_sign_of_life() {
    let world = World::of(&["C1"]).buys("C1", &["2026-01-05"]);
    // silent from 2026-06-04 on
    let mut book = made(&run(&world, &[], "2026-06-08", "{}", None));
    assert_eq!((book.len(), book[0].class), (2, Class::Silent));
    end(&mut book, StepStatus::Skipped);
    // the median of the book moves the day of the entry: it is the same silence
    let moved = World::of(&["C1", "C2"]).buys("C1", &["2026-01-05"]).buys("C2", &["2026-01-01", "2026-03-03", "2026-05-25"]);
    let plan = run(&moved, &book, "2026-06-25", "{}", None);
    assert_eq!(plan.start.iter().filter(|start| start.customer.as_str() == "C1").count(), 0);
    // back, and silent again
    let again = World::of(&["C1"]).buys("C1", &["2026-01-05", "2026-06-20"]);
    let since = again.live(day("2027-06-01"), &rules("{}")).rows[0].reason.silent_on.unwrap();
    assert_eq!(run(&again, &book, &since.to_string(), "{}", None).start.len(), 2);
}

#[test]
fn old_entries_and_later_steps_are_left_alone() {
    let world = World::of(&["C1"]).buys("C1", &["2026-06-04"]);
    let plan = run(&world, &[], "2026-07-20", "{}", None);
    assert_eq!((plan.start.len(), plan.too_long_ago), (0, 1));
    assert_eq!(run(&world, &[], "2026-07-20", "{start_within: 60 days}", None).start.len(), 4);
    assert_eq!(run(&world, &[], "2026-07-20", "{new: []}", None).too_long_ago, 0);
    let later = "{new: [{step: a, after: 20 days, who: Bo}]}";
    assert_eq!(run(&world, &[], "2026-06-08", later, Some(day("2026-06-20"))).start.len(), 0);
    let plan = run(&world, &[], "2026-06-08", later, Some(day("2026-06-24")));
    assert_eq!((plan.start[0].staff.as_str(), plan.start[0].due_on), ("Bo", day("2026-06-24")));
}

#[test]
fn what_a_merged_customer_was_given_counts_for_the_survivor() {
    let mut world = World::of(&["C1", "C2"]).buys("C1", &["2026-06-04"]);
    let book = made(&run(&world, &[], "2026-06-08", "{}", None));
    let own = book.iter().filter(|step| step.customer.as_str() == "C1").cloned().collect::<Vec<_>>();
    world.customers[0].merged_into = Some(Id::parse("C2").unwrap());
    world.customers[0].status = Some(CustomerStatus::Merged);
    assert_eq!(run(&world, &own, "2026-06-09", "{}", None), Plan::default());
}

#[test]
fn due_days_are_working_days() {
    let schedule = schedule();
    let friday = day("2026-06-05");
    let due = |after| due_on(&schedule, friday, after).to_string();
    assert_eq!([due(After::Workdays(0)), due(After::Workdays(1)), due(After::Workdays(5))], ["2026-06-05", "2026-06-08", "2026-06-12"]);
    assert_eq!([due(After::Calendar(Span::Days(1))), due(After::Calendar(Span::Months(1)))], ["2026-06-08", "2026-07-06"]);
}
