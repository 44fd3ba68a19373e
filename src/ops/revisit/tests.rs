use super::{Attempted, ByHand, Findings, add, after_closed, attempt, done, plan, reschedule, skip};
use crate::base::date::DateOrder;
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::problem::What;
use crate::engine::cadence::DueRevisit;
use crate::engine::cadence::{Basis, State};
use crate::engine::calendar::Schedule;
use crate::model::draft::Draft;
use crate::model::request::Request;
use crate::model::revisit::{RevisitReason, RevisitStatus};
use crate::model::rules::calendar::RawCalendar;
use crate::model::rules::cn_days::CnDays;
use crate::model::rules::revisits::RawRevisits;
use crate::model::rules::revisits::RevisitRules;
use crate::model::settings::{RawSettings, Settings};
use crate::model::stamp::Stamp;
use chrono_tz::UTC;

fn draft() -> Draft {
    let raw: RawSettings = serde_yaml::from_str("{format: 1, time_zone: UTC}").unwrap();
    Draft::new(Settings::try_from(raw).unwrap(), 1)
}

fn stamp(at: &str) -> Stamp {
    let at = Instant::parse(at, UTC, DateOrder::Iso).unwrap();
    Stamp { recorded_at: at, at, actor: "小李".into(), action: "revisit", note: String::new() }
}

fn rules() -> RevisitRules {
    RawRevisits::default().check().unwrap()
}

fn schedule() -> Schedule {
    Schedule::new(RawCalendar::default().check(UTC, CnDays::default()).unwrap())
}

fn request(customer: Option<&str>) -> Request {
    let mut request = Request::new(Id::parse("R1").unwrap(), stamp("2026-11-01").at, "x".into());
    request.customer = customer.map(|id| Id::parse(id).unwrap());
    request.handler = "小王".into();
    request
}

#[test]
fn a_closed_request_is_followed_up_once() {
    let (mut draft, stamp) = (draft(), stamp("2026-11-21 10:00"));
    let made = after_closed(&mut draft, &request(Some("C1")), &rules(), &schedule(), &stamp).unwrap();
    // 7 days later is a Saturday
    assert_eq!((made.id.as_str(), made.due_on.to_string()), ("V20261130-001", "2026-11-30".to_owned()));
    assert_eq!((made.staff.as_str(), made.request.unwrap().as_str()), ("小王", "R1"));
    assert_eq!(after_closed(&mut draft, &request(Some("C1")), &rules(), &schedule(), &stamp), None);
    assert_eq!(after_closed(&mut draft, &request(None), &rules(), &schedule(), &stamp), None);
    skip(&mut draft, "V20261130-001", "moved away").unwrap();
    let again = after_closed(&mut draft, &request(Some("C1")), &rules(), &schedule(), &stamp).unwrap();
    assert_eq!(again.id.as_str(), "V20261130-002");
}

#[test]
fn an_attempt_in_vain_plans_the_next() {
    let mut draft = draft();
    let first = after_closed(&mut draft, &request(Some("C1")), &rules(), &schedule(), &stamp("2026-11-16")).unwrap();
    let tried = attempt(&mut draft, &stamp("2026-11-23 09:00"), first.id.as_str(), &rules(), &schedule(), "busy").unwrap();
    let next = tried.next.unwrap();
    assert_eq!((next.id.as_str(), next.staff.as_str(), next.reason), ("V20261126-001", "小王", RevisitReason::Request));
    let tried = draft.revisits.get(first.id.as_str()).unwrap();
    assert_eq!((tried.status, tried.note.as_str()), (RevisitStatus::NoAnswer, "busy"));
    // they call back: the one nobody answered can still be done, but not tried again
    assert!(matches!(
        attempt(&mut draft, &stamp("2026-11-23"), first.id.as_str(), &rules(), &schedule(), "").unwrap_err()[0].what,
        What::IllegalStage { .. }
    ));
    done(&mut draft, &stamp("2026-11-24"), first.id.as_str(), Findings::default()).unwrap();
}

#[test]
fn doing_one_records_what_was_found_once() {
    let (mut draft, at) = (draft(), stamp("2026-11-23 09:30"));
    let due = DueRevisit {
        customer: Id::parse("C1").unwrap(),
        name: String::new(),
        tier: "A".into(),
        class: None,
        staff: String::new(),
        reason: RevisitReason::New,
        basis: Basis::Nothing,
        interval: None,
        due: "2026-11-23".parse().unwrap(),
        longest: None,
        state: State::OnTime,
        channel: "电话".into(),
        time: String::new(),
        target: "2026-11-23".parse().unwrap(),
        planned_for: "2026-11-23".parse().unwrap(),
        over_cap: false,
        past_longest: false,
        gone: None,
    };
    let ids: Vec<String> = plan(&mut draft, &[due.clone(), due]).iter().map(|revisit| revisit.id.to_string()).collect();
    assert_eq!(ids, ["V20261123-001", "V20261123-002"]);
    let first = draft.revisits.get(&ids[0]).unwrap();
    assert_eq!((first.reason, first.method.as_str()), (RevisitReason::New, "电话"));
    let findings = |satisfaction| Findings { satisfaction: Some(satisfaction), needs: "larger bags".into(), ..Findings::default() };
    for score in [0, 6] {
        let wrong = done(&mut draft, &at, &ids[0], findings(score)).unwrap_err();
        assert!(matches!(wrong[0].what, What::OutOfRange { .. }), "{score}");
    }
    let revisit = done(&mut draft, &at, &ids[0], findings(5)).unwrap();
    assert_eq!((revisit.status, revisit.done_at, revisit.staff.as_str()), (RevisitStatus::Done, Some(at.at), "小李"));
    let again = done(&mut draft, &at, &ids[0], findings(5)).unwrap_err();
    assert!(matches!(again[0].what, What::IllegalStage { stage: "done", .. }));
    assert_eq!(skip(&mut draft, &ids[1], " ").unwrap_err()[0].what, What::Required);
}

#[test]
fn after_the_last_attempt_no_more_is_planned() {
    let mut draft = draft();
    let mut id = after_closed(&mut draft, &request(Some("C1")), &rules(), &schedule(), &stamp("2026-11-16")).unwrap().id.to_string();
    for tries in 1..=2 {
        let tried = attempt(&mut draft, &stamp("2026-11-23 09:00"), &id, &rules(), &schedule(), "").unwrap();
        let next = tried.next.unwrap();
        assert_eq!((next.tries, draft.revisits.get(&id).unwrap().tries), (Some(tries), Some(tries)));
        id = next.id.to_string();
    }
    let before = draft.revisits.iter().count();
    let tried = attempt(&mut draft, &stamp("2026-11-30 09:00"), &id, &rules(), &schedule(), "").unwrap();
    assert_eq!((tried, draft.revisits.iter().count()), (Attempted { tries: 3, next: None }, before));
    assert_eq!(draft.revisits.get(&id).unwrap().tries, Some(3));
}

#[test]
fn moved_and_added_by_hand() {
    let mut draft = draft();
    let day = |text: &str| text.parse().unwrap();
    let input = ByHand {
        customer: Id::parse("C1").unwrap(),
        day: day("2026-12-30"),
        reason: RevisitReason::Manual,
        staff: "小李".into(),
        method: "电话".into(),
        note: "asked for it".into(),
    };
    let made = add(&mut draft, input).unwrap();
    assert_eq!((made.id.as_str(), made.status), ("V20261230-001", RevisitStatus::Planned));
    assert_eq!(reschedule(&mut draft, "V20261230-001", day("2027-01-04"), None, " ").unwrap_err()[0].what, What::Required);
    let moved = reschedule(&mut draft, "V20261230-001", day("2027-01-04"), Some("小王"), "holidays").unwrap();
    assert_eq!((moved.due_on, moved.staff.as_str(), moved.note.as_str()), (day("2027-01-04"), "小王", "asked for it\nholidays"));
    skip(&mut draft, "V20261230-001", "gone").unwrap();
    let late = reschedule(&mut draft, "V20261230-001", day("2027-01-05"), None, "x").unwrap_err();
    assert!(matches!(late[0].what, What::IllegalStage { stage: "skipped", .. }));
}
