//! Keeping a request's due times in line with what has happened to it (服务时限).

use crate::engine::clock::{self, Clock, Event, Mark, Past, WorkingTime};
use crate::model::draft::Draft;
use crate::model::log::LogRow;
use crate::model::promise::{Promise, Target};
use crate::model::request::{Request, Severity};
use crate::model::stamp::Stamp;

/// What is promised now, and the time it is counted in.
pub struct Terms<'a> {
    /// For a severity, to the request's customer.
    pub promise: &'a dyn Fn(Severity) -> Promise,
    pub time: &'a dyn WorkingTime,
}

/// A new request: what is promised is frozen, and its due times follow.
pub fn begin(request: &mut Request, terms: &Terms<'_>) {
    request.promise = (terms.promise)(request.severity);
    let past = Past { severity: request.severity, promise: request.promise.clone(), events: Vec::new() };
    take_dues(request, &past.clock(request.received_at, terms.time, request.received_at));
}

/// After a step: a changed severity brings a new promise, and the due times follow from everything up to now.
/// `log` is what the log tells of the request. Requests to which nothing was promised keep the due times they came with.
pub fn settle(draft: &mut Draft, id: &str, log: &[LogRow], stamp: &Stamp, terms: &Terms<'_>) {
    let locale = draft.locale();
    let before = draft.requests.before(id).cloned();
    let Some(request) = draft.requests.edit(id) else { return };
    let Some(before) = before else { return };
    let mut past = clock::past(&before, log, &locale);
    if request.severity != before.severity && !before.promise.is_empty() {
        request.promise = (terms.promise)(request.severity);
        past.events.push(Event { at: stamp.at, mark: Mark::Severity(request.severity, request.promise.clone()) });
    }
    if request.promise.is_empty() {
        return;
    }
    if request.stage != before.stage {
        past.events.push(Event { at: stamp.at, mark: Mark::Stage(request.stage) });
    }
    past.columns(request);
    take_dues(request, &past.clock(request.received_at, terms.time, stamp.at));
}

fn take_dues(request: &mut Request, clock: &Clock) {
    request.acknowledge_due = clock.of(Target::Acknowledge).due;
    request.respond_due = clock.of(Target::Respond).due;
    request.resolve_due = clock.of(Target::Resolve).due;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::instant::Instant;
    use crate::engine::clock::Elapsed;
    use crate::model::draft::Origin;
    use crate::model::request::{Stage, Verb};
    use crate::model::settings::{RawSettings, Settings};
    use crate::model::table::Part;
    use crate::ops::step::step;
    use crate::ops::{intake::intake, progress, resolve, review};

    const H: i64 = 3600;

    fn draft() -> Draft {
        let raw: RawSettings = serde_yaml::from_str("{format: 1, time_zone: UTC}").unwrap();
        Draft::new(Settings::try_from(raw).unwrap(), 1)
    }

    fn at(hours: i64) -> Instant {
        Instant::start_of("2026-10-08".parse().unwrap(), chrono_tz::UTC).plus_seconds(hours * H)
    }

    fn stamp(hours: i64) -> Stamp {
        Stamp { recorded_at: at(hours), at: at(hours), actor: "t".into(), action: "x", note: String::new() }
    }

    fn promise(severity: Severity) -> Promise {
        let resolve = if severity == Severity::Critical { 2 * H } else { 10 * H };
        Promise { acknowledge: None, respond: Some(4 * H), resolve: Some(resolve), elapsed: true, rules: "x".into() }
    }

    /// The request after each step as the next command would load it, and the log so far.
    fn reload(draft: &Draft, log: &mut Vec<LogRow>, hours: i64) -> Draft {
        let locale = draft.locale();
        for change in draft.changes() {
            let text = |fields: &serde_json::Map<String, serde_json::Value>| {
                if fields.is_empty() { String::new() } else { serde_json::Value::Object(fields.clone()).to_string() }
            };
            let seq = u32::try_from(log.len()).unwrap() + 1;
            let (recorded_at, at) = (at(hours), at(hours));
            let empty = String::new;
            log.push(LogRow {
                seq,
                recorded_at,
                at,
                actor: empty(),
                action: "x".into(),
                table: "requests".into(),
                id: change.key.clone(),
                before: text(&change.before),
                after: text(&change.after),
                note: empty(),
                salt: empty(),
                digest: empty(),
                chain: empty(),
            });
        }
        let _ = locale;
        let mut next = self::draft();
        for (row, request) in draft.requests.iter().enumerate() {
            next.requests.load(Origin { part: Part::Whole, row }, request.clone());
        }
        next
    }

    #[test]
    fn due_times_follow_the_steps() {
        let terms = Terms { promise: &promise, time: &Elapsed };
        let mut log = Vec::new();
        let mut draft = draft();
        let mut request = intake(&mut draft, &stamp(0), crate::ops::intake::Intake { content: "x".into(), ..Default::default() });
        begin(&mut request, &terms);
        begin(draft.requests.edit(request.id.as_str()).unwrap(), &terms);
        let id = request.id.to_string();
        draft = reload(&draft, &mut log, 0);
        review::accept(&mut draft, &stamp(1), &id, review::Correction::default()).unwrap();
        settle(&mut draft, &id, &log, &stamp(1), &terms);
        draft = reload(&draft, &mut log, 1);
        assert_eq!(draft.requests.get(&id).unwrap().resolve_due, Some(at(10)));
        step(&mut draft, &id, Verb::Assign, &stamp(2), |_| {}).unwrap();
        settle(&mut draft, &id, &log, &stamp(2), &terms);
        draft = reload(&draft, &mut log, 2);
        progress::wait(&mut draft, &stamp(3), &id).unwrap();
        settle(&mut draft, &id, &log, &stamp(3), &terms);
        draft = reload(&draft, &mut log, 3);
        progress::resume(&mut draft, &stamp(8), &id).unwrap();
        settle(&mut draft, &id, &log, &stamp(8), &terms);
        draft = reload(&draft, &mut log, 8);
        assert_eq!(draft.requests.get(&id).unwrap().resolve_due, Some(at(15)));
        assert_eq!(draft.requests.get(&id).unwrap().respond_due, Some(at(4)));
        let resolution = resolve::Resolution { measures: "m".into(), result: "r".into(), ..Default::default() };
        resolve::resolve(&mut draft, &stamp(9), &id, &resolution).unwrap();
        settle(&mut draft, &id, &log, &stamp(9), &terms);
        draft = reload(&draft, &mut log, 9);
        let rules = crate::model::rules::feedback::RawFeedback::default().check().unwrap();
        crate::ops::finish::reopen(&mut draft, &stamp(100), &rules, &id, "again").unwrap();
        settle(&mut draft, &id, &log, &stamp(100), &terms);
        let request = draft.requests.get(&id).unwrap();
        assert_eq!((request.resolve_due, request.stage), (Some(at(106)), Stage::Assigned));
    }
}
