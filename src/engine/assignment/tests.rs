use chrono::NaiveDate;
use chrono_tz::Tz;
use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};

use super::{Decision, Ground, Team, Unfit, decide};
use crate::base::date::DateOrder;
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::model::cell::Tags;
use crate::model::customer::Customer;
use crate::model::request::Request;
use crate::model::request::{Severity, Stage};
use crate::model::rules::assignment::{AssignmentRules, RawAssignment};
use crate::model::staff::{Absence, Staff};

const ZONE: Tz = chrono_tz::Asia::Shanghai;

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> Instant {
    Instant::parse(text, ZONE, DateOrder::Iso).unwrap()
}

fn now() -> Instant {
    at("2026-10-08 12:00")
}

fn staff(name: &str) -> Staff {
    Staff {
        name: id(name),
        full_name: String::new(),
        department: "care".into(),
        role: String::new(),
        skills: Tags::default(),
        regions: Tags::default(),
        capacity: None,
        email: String::new(),
        phone: String::new(),
        from: None,
        until: None,
    }
}

fn leave(name: &str, from: &str, until: &str) -> Absence {
    Absence { staff: id(name), from: day(from), until: day(until), note: String::new() }
}

fn request(handler: &str, assigned: &str) -> Request {
    let mut request = Request::new(id("R1"), at("2026-09-01 09:00"), "x".into());
    if !handler.is_empty() {
        (request.stage, request.handler, request.assigned_at) = (Stage::Assigned, handler.into(), Some(at(assigned)));
    }
    request
}

fn rules(yaml: &str) -> AssignmentRules {
    serde_yaml::from_str::<RawAssignment>(&format!("rules: {yaml}")).unwrap().check().unwrap()
}

fn customer(region: &str, owner: &str) -> Customer {
    let mut customer = Customer::new(id("C1"), "Wang".into());
    (customer.region, customer.owner) = (region.into(), owner.into());
    customer
}

/// Who a fresh request goes to.
fn who(staff: &[Staff], absences: &[Absence], open: &[Request], yaml: &str, customer: Option<&Customer>) -> Decision {
    let mut team = Team::new(staff, absences, now(), ZONE);
    for request in open {
        team.count(request);
    }
    decide(&request("", ""), customer, &team, &rules(yaml))
}

fn chosen(decision: &Decision) -> Option<(&str, Ground)> {
    decision.choice.as_ref().map(|choice| (choice.who.as_str(), choice.ground))
}

/// Why nobody else, by name.
fn refused(decision: &Decision) -> Vec<(&str, Unfit)> {
    let looked = decision.tried.iter().flat_map(|tried| &tried.candidates);
    looked.filter_map(|candidate| Some((candidate.who.as_str(), candidate.unfit.clone()?))).collect()
}

#[test]
fn the_least_loaded_and_among_equals_the_first_by_name() {
    let everybody = ["Cy", "Bo", "Ann"].map(staff);
    let open = [request("Ann", "2026-10-01"), request("Ann", "2026-10-02"), request("Cy", "2026-10-03")];
    assert_eq!(chosen(&who(&everybody, &[], &open, "[{}]", None)), Some(("Bo", Ground::LeastLoaded { open: 0 })));
    assert_eq!(chosen(&who(&everybody, &[], &open[..1], "[{}]", None)), Some(("Bo", Ground::LeastLoaded { open: 0 })));
    assert_eq!(chosen(&who(&everybody, &[], &[], "[{}]", None)), Some(("Ann", Ground::LeastLoaded { open: 0 })));
    let mut closed = open.clone();
    for request in &mut closed {
        request.stage = Stage::Closed;
    }
    assert_eq!(chosen(&who(&everybody, &[], &closed, "[{}]", None)), Some(("Ann", Ground::LeastLoaded { open: 0 })));
}

#[test]
fn the_round_goes_to_who_had_none_for_longest() {
    let everybody = ["Ann", "Bo", "Cy"].map(staff);
    let round = "[{strategy: round_robin}]";
    let mut given = vec![request("Ann", "2026-10-05"), request("Cy", "2026-10-06"), request("Cy", "2026-10-01")];
    assert_eq!(chosen(&who(&everybody, &[], &given, round, None)), Some(("Bo", Ground::RoundRobin { last: None })));
    given.push(request("Bo", "2026-10-07"));
    let last = Some(day("2026-10-05"));
    assert_eq!(chosen(&who(&everybody, &[], &given, round, None)), Some(("Ann", Ground::RoundRobin { last })));
    // several in one moment, as a bulk assignment gives them: the round goes on where it was
    let mut team = Team::new(&everybody, &[], now(), ZONE);
    for request in &given {
        team.count(request);
    }
    let mut order = Vec::new();
    for _ in 0..5 {
        let next = decide(&request("", ""), None, &team, &rules(round)).choice.unwrap().who;
        team.took(&next, now());
        order.push(next);
    }
    assert_eq!(order, ["Ann", "Cy", "Bo", "Ann", "Bo"].map(str::to_owned));
}

#[test]
fn the_named_in_their_order_and_the_next_rule_where_none_is_free() {
    let everybody = ["Ann", "Bo", "Cy"].map(staff);
    let yaml = "[{to: {staff: [Cy, Bo]}}, {name: rest, to: {department: CARE}}]";
    assert_eq!(chosen(&who(&everybody, &[], &[], yaml, None)), Some(("Cy", Ground::Named)));
    let away = [leave("Cy", "2026-10-08", "2026-10-08"), leave("Bo", "2026-10-01", "2026-10-09")];
    assert_eq!(chosen(&who(&everybody, &away[..1], &[], yaml, None)), Some(("Bo", Ground::Named)));
    let decision = who(&everybody, &away, &[], yaml, None);
    assert_eq!(decision.choice.as_ref().map(|choice| (choice.rule, choice.rule_name.as_str())), Some((2, "rest")));
    let expected = [("Cy", Unfit::OnLeave(day("2026-10-08"))), ("Bo", Unfit::OnLeave(day("2026-10-09")))];
    assert_eq!(refused(&decision)[..2], expected);
}

#[test]
fn nobody_is_chosen_who_is_gone_or_full_or_not_able() {
    let mut everybody = ["Ann", "Bo", "Cy", "Di", "Ed"].map(staff);
    everybody[0].until = Some(day("2026-10-07"));
    everybody[1].from = Some(day("2026-10-09"));
    everybody[2].capacity = Some(1);
    everybody[2].skills = Tags(vec!["Repair".into()]);
    everybody[4].skills = Tags(vec!["repair".into()]);
    everybody[4].regions = Tags(vec!["east".into()]);
    let open = [request("Cy", "2026-10-01")];
    let west = customer("West", "");
    let decision = who(&everybody, &[], &open, "[{to: {skill: repair}}]", Some(&west));
    assert_eq!(chosen(&decision), None);
    let expected = [
        ("Ann", Unfit::Left(day("2026-10-07"))),
        ("Bo", Unfit::NotYet(day("2026-10-09"))),
        ("Cy", Unfit::Full { open: 1, capacity: 1 }),
        ("Di", Unfit::LacksSkill("repair".into())),
        ("Ed", Unfit::LacksRegion("West".into())),
    ];
    assert_eq!(refused(&decision), expected);
    // the last day is a day at work, a place is free below the capacity, an unknown region binds nobody
    everybody[0].until = Some(day("2026-10-08"));
    everybody[2].capacity = Some(2);
    assert_eq!(chosen(&who(&everybody, &[], &open, "[{}]", Some(&west))).unwrap().0, "Ann");
    let repair = "[{to: {skill: repair}}]";
    assert_eq!(chosen(&who(&everybody, &[], &[], repair, Some(&west))).unwrap().0, "Cy");
    assert_eq!(chosen(&who(&everybody, &[], &open, repair, Some(&customer("", "")))).unwrap().0, "Ed");
}

#[test]
fn the_owner_comes_first_where_the_rule_says_so_and_is_there() {
    let everybody = ["Ann", "Bo", "Cy"].map(staff);
    let known = customer("", "Cy");
    let yaml = "[{owner_first: true, to: {staff: Bo}}]";
    assert_eq!(chosen(&who(&everybody, &[], &[], yaml, Some(&known))), Some(("Cy", Ground::Owner)));
    assert_eq!(chosen(&who(&everybody, &[], &[], "[{to: {staff: Bo}}]", Some(&known))), Some(("Bo", Ground::Named)));
    let away = [leave("Cy", "2026-10-01", "2026-10-31")];
    let decision = who(&everybody, &away, &[], yaml, Some(&known));
    assert_eq!(chosen(&decision), Some(("Bo", Ground::Named)));
    assert!(decision.tried[0].candidates[0].owner);
    assert_eq!(chosen(&who(&everybody, &[], &[], yaml, Some(&customer("", "Somebody")))), Some(("Bo", Ground::Named)));
}

#[test]
fn conditions_are_met_by_what_is_known() {
    let everybody = [staff("Ann")];
    let mut key = customer("浙江", "");
    key.tier = "A".into();
    let missed = |yaml: &str, customer: Option<&Customer>| who(&everybody, &[], &[], yaml, customer).tried[0].missed.clone();
    let yaml = "[{when: {tier: [a, B], region: 浙江, severity: normal}}]";
    assert_eq!(missed(yaml, Some(&key)), [""; 0]);
    assert_eq!(missed(yaml, None), ["region", "tier"]);
    assert_eq!(missed("[{when: {type: complaint, channel: phone, category: x, purpose: 控告性, severity: high}}]", None).len(), 5);
    assert_eq!(chosen(&who(&everybody, &[], &[], "[]", None)), None);
}

/// Skilled or not, the capacity, and the first and the last day counted from today.
type Person = (bool, Option<u32>, Option<i64>, Option<i64>);

/// People, leaves and requests of a small house.
fn house() -> impl Strategy<Value = (Vec<Staff>, Vec<Absence>, Vec<Request>)> {
    let person = (any::<bool>(), prop::option::of(0..3_u32), prop::option::of(-2..2_i64), prop::option::of(-2..2_i64));
    let absence = (0..5_usize, -4..4_i64, 0..4_i64);
    let given = (0..5_usize, 0..4_u32, any::<bool>());
    let name = |i: usize| ["Ann", "Bo", "Cy", "Di", "Ed"][i];
    let from_today = |days: i64| day("2026-10-08") + chrono::Duration::days(days);
    (prop::collection::vec(person, 1..5), prop::collection::vec(absence, 0..4), prop::collection::vec(given, 0..12)).prop_map(
        move |(people, absences, given)| {
            let person = |(i, (skilled, capacity, from, until)): (usize, Person)| Staff {
                skills: Tags(if skilled { vec!["repair".into()] } else { Vec::new() }),
                capacity,
                from: from.map(from_today),
                until: until.map(from_today),
                ..staff(name(i))
            };
            let absence = |(who, from, days): (usize, i64, i64)| Absence {
                staff: id(name(who)),
                from: from_today(from),
                until: from_today(from + days),
                note: String::new(),
            };
            let one = |(who, hours, open): (usize, u32, bool)| {
                let mut request = request(name(who), &format!("2026-10-07 {hours:02}:00"));
                request.stage = if open { Stage::InProgress } else { Stage::Closed };
                request
            };
            let people = people.into_iter().enumerate().map(person).collect();
            (people, absences.into_iter().map(absence).collect(), given.into_iter().map(one).collect())
        },
    )
}

proptest! {
    #[test]
    fn the_answer_is_a_function_of_the_book_and_never_somebody_who_cannot(
        (everybody, absences, open) in house(),
        by in prop::sample::select(vec!["least_loaded", "round_robin"]),
        skill in any::<bool>(),
        turn in 0..12_usize,
    ) {
        let yaml = format!("[{{strategy: {by}{}, owner_first: true}}]", if skill { ", to: {skill: repair}" } else { "" });
        let owned = customer("", "Bo");
        let decision = who(&everybody, &absences, &open, &yaml, Some(&owned));
        let turned = |n: usize| if n == 0 { 0 } else { turn % n };
        let (mut people, mut leaves, mut requests) = (everybody.clone(), absences.clone(), open.clone());
        people.rotate_left(turned(everybody.len()));
        leaves.reverse();
        requests.rotate_left(turned(open.len()));
        prop_assert_eq!(&who(&people, &leaves, &requests, &yaml, Some(&owned)), &decision);
        let today = day("2026-10-08");
        let can = |one: &Staff| {
            let name = one.name.as_str();
            let load = open.iter().filter(|request| request.handler == name && request.stage.is_open()).count();
            one.from.is_none_or(|from| from <= today)
                && one.until.is_none_or(|until| until >= today)
                && !absences.iter().any(|leave| leave.staff == one.name && leave.from <= today && leave.until >= today)
                && one.capacity.is_none_or(|capacity| load < capacity as usize)
                && (!skill || !one.skills.0.is_empty())
        };
        match &decision.choice {
            Some(choice) => prop_assert!(everybody.iter().any(|one| one.name.as_str() == choice.who && can(one))),
            None => prop_assert!(!everybody.iter().any(can)),
        }
    }

    #[test]
    fn nobody_is_ever_given_more_than_their_capacity((everybody, absences, open) in house(), n in 1..12_usize) {
        let mut team = Team::new(&everybody, &absences, now(), ZONE);
        for request in &open {
            team.count(request);
        }
        let before: Vec<u32> = team.members().iter().map(|member| member.open).collect();
        for _ in 0..n {
            let mut asked = request("", "");
            asked.severity = Severity::High;
            if let Some(choice) = decide(&asked, None, &team, &rules("[{}]")).choice {
                team.took(&choice.who, now());
            }
        }
        for (member, before) in team.members().iter().zip(before) {
            prop_assert!(member.staff.capacity.is_none_or(|capacity| member.open <= capacity.max(before)));
        }
    }
}
