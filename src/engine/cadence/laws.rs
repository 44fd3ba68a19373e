//! Laws of planning: whoever is due is planned once, no day is too full unless it is told, and the order of rows decides nothing.

use std::collections::HashMap;

use chrono::NaiveDate;
use proptest::prelude::*;

use super::tests::{customer, day, rules, schedule, staff};
use super::{Contacts, Crew, Diaries, Plan, Question, Wishes, plan};
use crate::model::customer::Customer;
use crate::model::revisit::{Revisit, RevisitReason};
use crate::model::staff::Absence;

const TODAY: &str = "2026-11-23";

#[derive(Debug, Clone)]
struct Case {
    /// Tier, owner and days since the last contact.
    customers: Vec<(usize, usize, u64)>,
    cap: u32,
    ahead: u32,
    slack: u64,
    leave: (u64, u64),
    planned: Vec<(usize, u64)>,
}

fn cases() -> impl Strategy<Value = Case> {
    let customers = prop::collection::vec((0..3_usize, 0..4_usize, 0..60_u64), 1..60);
    let planned = prop::collection::vec((0..4_usize, 0..15_u64), 0..10);
    (customers, 1..5_u32, 0..6_u32, 0..20_u64, (0..20_u64, 0..15_u64), planned)
        .prop_map(|(customers, cap, ahead, slack, leave, planned)| Case { customers, cap, ahead, slack, leave, planned })
}

const OWNERS: [&str; 4] = ["li", "wang", "gone", ""];
const TIERS: [&str; 3] = ["A", "B", ""];

fn ago(days: u64) -> NaiveDate {
    day(TODAY).checked_sub_days(chrono::Days::new(days)).unwrap()
}

fn later(days: u64) -> NaiveDate {
    crate::base::date::plus_days(day(TODAY), days)
}

/// Plans the case with its customers turned round by so many places.
fn planned(case: &Case, turn: usize) -> Plan {
    let longest = 20 + case.slack;
    let yaml =
        format!("cadence: {{A: {{wanted: 20 days, longest: {longest} days}}, B: 30 days}}\nper_day: {}\nahead: {}", case.cap, case.ahead);
    let rules = rules(&yaml);
    let mut archive: Vec<Customer> = Vec::new();
    for (n, (tier, owner, days)) in case.customers.iter().enumerate() {
        let mut one = customer(&format!("C{n:03}"), TIERS[*tier], None);
        one.since = Some(ago(*days));
        OWNERS[*owner].clone_into(&mut one.owner);
        archive.push(one);
    }
    let n = archive.len();
    archive.rotate_left(turn % n);
    let customers: Vec<&Customer> = archive.iter().collect();
    let contacts = Contacts::new(&customers, &rules, day(TODAY), chrono_tz::UTC);
    let people = [staff("li", None), staff("wang", None), staff("gone", Some("2026-11-24"))];
    let (from, until) = (later(case.leave.0), later(case.leave.0 + case.leave.1));
    let absences = [Absence { staff: people[0].name.clone(), from, until, note: String::new() }];
    let schedule = schedule();
    let mut diaries = Diaries::new(Crew { staff: &people, absences: &absences }, &rules, &schedule, day(TODAY));
    for revisit in already(case) {
        diaries.count(&revisit);
    }
    let classes = vec![None; n];
    let wishes = Wishes::default();
    let rank = |tier: &str| TIERS.iter().position(|known| *known == tier);
    let question =
        Question { customers: &customers, classes: &classes, contacts: &contacts, wishes: &wishes, rank: &rank, until: later(14) };
    plan(&question, &mut diaries)
}

fn already(case: &Case) -> Vec<Revisit> {
    let one = |(n, (owner, days)): (usize, &(usize, u64))| {
        let ids = [format!("V{n}"), format!("X{n}")].map(|id| crate::base::id::Id::parse(&id).unwrap());
        let [id, customer] = ids;
        Revisit { staff: OWNERS[*owner].into(), ..Revisit::planned(id, customer, RevisitReason::Cadence, later(*days)) }
    };
    case.planned.iter().enumerate().map(one).collect()
}

proptest! {
    #[test]
    fn no_day_is_too_full_unless_it_is_told(case in cases()) {
        let (plan, schedule) = (planned(&case, 0), schedule());
        let mut load: HashMap<(String, NaiveDate), (u32, bool)> = HashMap::new();
        for revisit in already(&case) {
            load.entry((revisit.staff, revisit.due_on)).or_default().0 += 1;
        }
        for due in &plan.due {
            let day = load.entry((due.staff.clone(), due.planned_for)).or_default();
            day.0 += 1;
            day.1 |= due.over_cap;
            // what was planned by hand may fill a day on its own
            prop_assert!(day.0 <= case.cap || day.1, "{due:?}");
            prop_assert!(due.planned_for >= self::day(TODAY) && schedule.is_workday(due.planned_for));
            prop_assert_eq!(due.past_longest, due.longest.is_some_and(|last| due.planned_for > last));
            let leave = later(case.leave.0)..=later(case.leave.0 + case.leave.1);
            prop_assert!(due.staff != "li" || !leave.contains(&due.planned_for));
            prop_assert!(due.staff != "gone" || due.planned_for <= self::day("2026-11-24"));
        }
    }

    #[test]
    fn every_customer_who_is_due_is_planned_once(case in cases()) {
        let plan = planned(&case, 0);
        let mut found: Vec<String> = plan.due.iter().map(|due| due.customer.to_string()).collect();
        found.sort_unstable();
        let due = |tier: usize, days: u64| match TIERS[tier] { "A" => days + 14 >= 20, "B" => days + 14 >= 30, _ => false };
        let expected: Vec<String> = case.customers.iter().enumerate()
            .filter(|(_, (tier, _, days))| due(*tier, *days)).map(|(n, _)| format!("C{n:03}")).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_order_of_rows_decides_nothing(case in cases(), turn in 0..60_usize) {
        prop_assert_eq!(planned(&case, 0), planned(&case, turn));
    }
}
