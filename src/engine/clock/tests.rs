//! The clocks of single lives, and that they never run backwards.

use super::{Clock, Elapsed, Event, Mark, Past, State, Verdict, clock, first_resolved};
use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::model::cell::Locale;
use crate::model::log::LogRow;
use crate::model::promise::{Promise, Target};
use crate::model::request::{Request, Severity, Stage};
use proptest::prelude::*;

const H: i64 = 3600;

fn at(hours: i64) -> Instant {
    Instant::parse("2026-10-08 00:00", chrono_tz::UTC, crate::base::date::DateOrder::Iso).unwrap().plus_seconds(hours * H)
}

fn promise(respond: i64, resolve: i64) -> Promise {
    Promise { acknowledge: Some(H), respond: Some(respond * H), resolve: Some(resolve * H), elapsed: true, rules: String::new() }
}

fn stage(hours: i64, stage: Stage) -> Event {
    Event { at: at(hours), mark: Mark::Stage(stage) }
}

fn run(events: &[Event], now: i64) -> Clock {
    clock(at(0), (Severity::Normal, &promise(4, 10)), events, &Elapsed, at(now))
}

#[test]
fn waiting_stops_resolve_and_never_respond() {
    let events = [stage(1, Stage::Assigned), stage(2, Stage::Waiting), stage(7, Stage::InProgress), stage(14, Stage::Resolved)];
    let clock = run(&events, 20);
    let resolve = clock.of(Target::Resolve);
    assert_eq!((resolve.due, resolve.verdict), (Some(at(15)), Verdict::Met));
    assert_eq!((resolve.elapsed, resolve.waiting, resolve.net()), (14 * H, 5 * H, 9 * H));
    let respond = clock.of(Target::Respond);
    assert_eq!((respond.due, respond.reached, respond.verdict), (Some(at(4)), Some(at(14)), Verdict::Missed));
}

#[test]
fn resolving_straight_from_waiting_counts_the_waiting_as_waiting() {
    let resolve = run(&[stage(2, Stage::Waiting), stage(30, Stage::Resolved)], 40).of(Target::Resolve).clone();
    assert_eq!((resolve.verdict, resolve.elapsed, resolve.waiting, resolve.net()), (Verdict::Met, 30 * H, 28 * H, 2 * H));
}

#[test]
fn exactly_at_due_is_met_and_a_second_later_is_not() {
    assert_eq!(run(&[stage(10, Stage::Resolved)], 20).of(Target::Resolve).verdict, Verdict::Met);
    let late = [Event { at: at(10).plus_seconds(1), mark: Mark::Stage(Stage::Resolved) }];
    assert_eq!(run(&late, 20).of(Target::Resolve).verdict, Verdict::Missed);
    assert_eq!(run(&[], 10).of(Target::Resolve).verdict, Verdict::Open);
    assert_eq!(run(&[], 11).of(Target::Resolve).verdict, Verdict::Overdue);
    assert_eq!(run(&[stage(2, Stage::Waiting)], 99).of(Target::Resolve).verdict, Verdict::Paused);
}

#[test]
fn the_time_it_lay_resolved_is_not_charged_after_a_reopening() {
    let events = [stage(5, Stage::Resolved), stage(6, Stage::Closed), stage(100, Stage::Assigned), stage(104, Stage::Resolved)];
    let clock = run(&events, 200);
    let resolve = clock.of(Target::Resolve);
    assert_eq!((resolve.elapsed, resolve.due, resolve.verdict), (9 * H, Some(at(105)), Verdict::Met));
    assert_eq!((clock.first_resolved, resolve.reached), (Some(at(5)), Some(at(104))));
}

#[test]
fn a_change_of_severity_counts_anew_and_leaves_what_was_reached() {
    let answered = Event { at: at(3), mark: Mark::Responded };
    let graver = Event { at: at(6), mark: Mark::Severity(Severity::Critical, promise(1, 2)) };
    let clock = run(&[answered, graver, stage(9, Stage::Resolved)], 20);
    assert_eq!((clock.of(Target::Respond).due, clock.of(Target::Respond).verdict), (Some(at(4)), Verdict::Met));
    let resolve = clock.of(Target::Resolve);
    assert_eq!((resolve.since, resolve.due, resolve.verdict, resolve.elapsed), (at(6), Some(at(8)), Verdict::Missed, 9 * H));
}

#[test]
fn raising_the_severity_of_what_is_late_does_not_make_it_punctual() {
    let graver = Event { at: at(12), mark: Mark::Severity(Severity::Critical, promise(1, 20)) };
    let clock = run(&[graver, stage(13, Stage::Resolved)], 20);
    assert_eq!((clock.of(Target::Resolve).due, clock.of(Target::Resolve).verdict), (Some(at(10)), Verdict::Missed));
}

#[test]
fn what_was_rejected_owes_nothing() {
    let clock = run(&[stage(3, Stage::Rejected)], 99);
    assert_eq!(clock.of(Target::Resolve).verdict, Verdict::None);
    assert_eq!(clock.segments.last().map(|segment| segment.state), Some(State::Ended));
}

#[test]
fn what_was_closed_without_a_resolution_is_done() {
    let clock = run(&[stage(3, Stage::Closed)], 99);
    assert_eq!((clock.of(Target::Resolve).reached, clock.first_resolved), (Some(at(3)), Some(at(3))));
    assert_eq!(clock.of(Target::Resolve).verdict, Verdict::Met);
    assert_eq!(run(&[stage(3, Stage::Rejected), stage(4, Stage::Closed)], 99).segments.last().map(|one| one.state), Some(State::Ended));
}

#[test]
fn a_due_time_that_came_along_is_judged_and_never_moved() {
    let mut request = Request::new(crate::base::id::Id::parse("R1").unwrap(), at(0), String::new());
    request.resolve_due = Some(at(10));
    let verdict = |request: &Request, now: i64| {
        let mut past = Past { severity: Severity::Normal, promise: Promise::default(), events: vec![stage(2, Stage::Waiting)] };
        past.columns(request);
        let clock = past.clock_of(request, &Elapsed, at(now)).of(Target::Resolve).clone();
        (clock.verdict, clock.due, clock.allowed)
    };
    assert_eq!(verdict(&request, 10), (Verdict::Open, Some(at(10)), None));
    assert_eq!(verdict(&request, 11).0, Verdict::Overdue);
    (request.stage, request.closed_at) = (Stage::Closed, Some(at(10)));
    assert_eq!(verdict(&request, 99).0, Verdict::Met);
    request.closed_at = Some(at(11));
    assert_eq!(verdict(&request, 99).0, Verdict::Missed);
    (request.stage, request.reviewed_at) = (Stage::Rejected, Some(at(3)));
    assert_eq!(verdict(&request, 99).0, Verdict::None);
}

proptest! {
    #[test]
    fn clocks_never_run_backwards(steps in prop::collection::vec((0_i64..50, 0..6_usize), 0..12), now in 0_i64..100, later in 0_i64..50) {
        let stages = [Stage::Assigned, Stage::InProgress, Stage::Waiting, Stage::Resolved, Stage::Closed, Stage::InProgress];
        let mut events: Vec<Event> = steps.iter().map(|(hours, which)| stage(*hours, stages[*which])).collect();
        events.sort_by_key(|event| event.at);
        events.retain(|event| event.at <= at(now));
        let (one, two) = (run(&events, now), run(&events, now + later));
        for (one, two) in one.targets.iter().zip(&two.targets) {
            prop_assert!(one.elapsed <= two.elapsed && one.waiting <= two.waiting);
            prop_assert!(one.elapsed >= one.waiting && one.waiting >= 0);
            prop_assert!(one.due.is_none() || one.due <= two.due);
        }
        // the segments cover the time without gap or overlap
        prop_assert_eq!(one.segments[0].from, at(0));
        prop_assert!(one.segments.windows(2).all(|pair| pair[0].to == pair[1].from));
    }
}

/// A row of the log: hour and number, what was, what is, and what it takes back.
fn row(hour: u32, action: &str, before: &str, after: &str, note: &str) -> LogRow {
    let blank = String::new;
    let (action, before, after, note) = (action.into(), before.into(), after.into(), note.into());
    let (at, table, id) = (at(hour.into()), "requests".into(), "R1".into());
    let (salt, digest, chain) = (blank(), blank(), blank());
    LogRow { seq: hour, recorded_at: at, at, actor: blank(), action, table, id, before, after, note, salt, digest, chain }
}

#[test]
fn the_first_resolution_is_the_one_the_first_reopening_took_back() {
    let locale = Locale { lang: Lang::En, zone: chrono_tz::UTC, digits: 2, order: crate::base::date::DateOrder::Iso };
    let first = |rows: &[LogRow]| first_resolved(rows, &locale);
    let born = row(1, "intake", "", r#"{"stage":"registered"}"#, "");
    let resolved = |hour| row(hour, "resolve", r#"{"stage":"assigned"}"#, r#"{"stage":"resolved"}"#, "");
    let reopened = |hour, before: &str| row(hour, "reopen", before, r#"{"stage":"assigned","reopened":1}"#, "");
    let told = r#"{"stage":"closed","resolved_at":"2026-10-08T03:00:00Z","reopened":null}"#;
    assert_eq!(first(&[born.clone(), resolved(3), reopened(5, told), resolved(9)]), Some(at(3)));
    // resolved elsewhere, before it was imported
    assert_eq!(first(&[reopened(5, told), resolved(9)]), Some(at(3)));
    // the one that was taken back did not happen
    let undone = row(4, "undo", r#"{"stage":"resolved"}"#, r#"{"stage":"assigned"}"#, "3 resolve");
    let later = reopened(7, r#"{"stage":"resolved","reopened":null}"#);
    assert_eq!(first(&[born.clone(), resolved(3), undone, resolved(6), later, resolved(9)]), Some(at(6)));
    // it came with a reopening nobody tells of
    assert_eq!(first(&[reopened(5, r#"{"stage":"closed","resolved_at":"2026-10-08T03:00:00Z","reopened":2}"#), resolved(9)]), None);
    assert_eq!((first(&[born.clone(), resolved(3)]), first(&[born])), (Some(at(3)), None));
}
