//! The clocks of a request (SLA): acknowledge, respond, resolve, each against what was promised.
//!
//! Everything follows from events: when it was received, when it waited for the customer, when it was resolved and reopened,
//! when its severity changed. Late entries give the same clocks as entries in time. The definitions are in docs/rules.md,
//! section Clocks.

use std::collections::HashSet;

use serde_json::Value;

use super::calendar::Schedule;
use crate::base::date::DateOrder;
use crate::base::instant::Instant;
use crate::model::cell::{Cell, Locale};
use crate::model::log::LogRow;
use crate::model::promise::{Promise, Target};
use crate::model::punctuality;
use crate::model::request::{Request, Severity, Stage};
use crate::model::vocabulary::Code;

/// Counts time: by a calendar, or all of it.
pub trait WorkingTime {
    /// Seconds that count between two moments; 0 when the second is not later.
    fn between(&self, from: Instant, to: Instant) -> i64;
    /// The moment by which so many seconds have counted since the start, without the pauses. `None`: never.
    fn due(&self, start: Instant, seconds: i64, pauses: &[(Instant, Instant)]) -> Option<Instant>;
    /// The seconds of so many days from the start: of working days, by a calendar.
    fn of_days(&self, start: Instant, days: u32) -> i64;
}

impl WorkingTime for Schedule {
    fn between(&self, from: Instant, to: Instant) -> i64 {
        self.working_between(from, to)
    }

    fn due(&self, start: Instant, seconds: i64, pauses: &[(Instant, Instant)]) -> Option<Instant> {
        self.due_paused(start, seconds, pauses)
    }

    fn of_days(&self, start: Instant, days: u32) -> i64 {
        // a calendar without working days never comes to an end, whatever is asked of it
        self.seconds_of_workdays(start, days).unwrap_or(i64::from(days) * 86_400)
    }
}

/// Every second counts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Elapsed;

impl WorkingTime for Elapsed {
    fn between(&self, from: Instant, to: Instant) -> i64 {
        to.seconds_since(from).max(0)
    }

    fn due(&self, start: Instant, seconds: i64, pauses: &[(Instant, Instant)]) -> Option<Instant> {
        let mut due = start.plus_seconds(seconds);
        for (from, to) in pauses {
            if *from <= due {
                due = due.plus_seconds(to.seconds_since((*from).max(start)).max(0));
            }
        }
        Some(due)
    }

    fn of_days(&self, _: Instant, days: u32) -> i64 {
        i64::from(days) * 86_400
    }
}

/// Something that matters to a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub at: Instant,
    pub mark: Mark,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// The request moved into a stage.
    Stage(Stage),
    Acknowledged,
    Responded,
    /// The severity changed, and with it what is promised from then on.
    Severity(Severity, Promise),
}

/// What happens to the resolve clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Running,
    /// The next move is the customer's.
    Waiting,
    /// Resolved, until it is reopened.
    Resolved,
    /// Rejected or a duplicate: nothing is owed any more.
    Ended,
}

/// A stretch of time in which nothing changed for the clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub from: Instant,
    /// Now, for the one that is still open.
    pub to: Instant,
    pub state: State,
    pub severity: Severity,
    /// Seconds that count in it.
    pub working: i64,
}

/// How a target stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Met,
    Missed,
    /// Not reached, and not yet due.
    Open,
    /// Not reached, and past due.
    Overdue,
    /// Not reached, and the clock stands.
    Paused,
    /// Nothing was promised, or nothing is owed any more.
    None,
}

/// One target's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetClock {
    pub target: Target,
    /// Seconds allowed.
    pub allowed: Option<i64>,
    /// Since when they count: receipt, or the latest change of severity before it was reached.
    pub since: Instant,
    pub due: Option<Instant>,
    pub reached: Option<Instant>,
    pub verdict: Verdict,
    /// Seconds that counted from receipt to reaching it, or to now.
    pub elapsed: i64,
    /// Those of them in which the customer was waited for.
    pub waiting: i64,
}

impl TargetClock {
    /// What is charged to us.
    pub fn net(&self) -> i64 {
        self.elapsed - self.waiting
    }

    /// By a due time that is fixed: nothing moves it.
    fn judge_by(&mut self, due: Option<Instant>, now: Instant) {
        let Some(due) = due.filter(|_| self.due.is_none()) else { return };
        self.due = Some(due);
        self.verdict = match self.reached {
            Some(reached) if reached <= due => Verdict::Met,
            Some(_) => Verdict::Missed,
            None if now <= due => Verdict::Open,
            None => Verdict::Overdue,
        };
    }
}

/// The clocks of one request at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    pub segments: Vec<Segment>,
    /// In the order of [`Target`].
    pub targets: [TargetClock; 3],
    /// When it was resolved for the first time.
    pub first_resolved: Option<Instant>,
}

impl Clock {
    pub fn of(&self, target: Target) -> &TargetClock {
        &self.targets[target as usize]
    }
}

/// What is known of a request's life: what it began with, and what happened since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    pub severity: Severity,
    pub promise: Promise,
    pub events: Vec<Event>,
}

/// What the log tells of a request. What it does not tell (of imported ones) is as it stands on the row.
pub fn past(request: &Request, log: &[LogRow], locale: &Locale) -> Past {
    let rows: Vec<&LogRow> = standing(log).collect();
    let json = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    let born = rows.iter().find(|row| row.before.is_empty()).map(|row| json(&row.after));
    let changed = rows.iter().map(|row| json(&row.before)).find(|before| before.get("severity").is_some());
    let first = born.or(changed).unwrap_or(Value::Null);
    let text = |name: &str| first.get(name).and_then(Value::as_str);
    let promise = text("promise").and_then(|text| Promise::read(text, locale).ok());
    Past {
        severity: text("severity").and_then(Severity::from_text).unwrap_or(request.severity),
        promise: promise.unwrap_or_else(|| request.promise.clone()),
        events: rows.iter().filter(|row| !row.before.is_empty()).flat_map(|row| told(row, locale)).collect(),
    }
}

impl Past {
    /// Adds what only the row tells: the review, the first answer, and the steps of a request that was imported.
    pub fn columns(&mut self, request: &Request) {
        let found = &mut self.events;
        let has = |found: &[Event], stages: &[Stage]| {
            found.iter().any(|event| matches!(event.mark, Mark::Stage(stage) if stages.contains(&stage)))
        };
        found.extend(request.reviewed_at.map(|at| Event { at, mark: Mark::Acknowledged }));
        found.extend(request.responded_at.map(|at| Event { at, mark: Mark::Responded }));
        let ended = [Stage::Resolved, Stage::Confirmed, Stage::Closed];
        if let Some(at) = punctuality::done_at(request).or(request.resolved_at).filter(|_| !has(found, &ended)) {
            found.push(Event { at, mark: Mark::Stage(Stage::Resolved) });
        }
        let ends = [Stage::Rejected, Stage::Duplicate];
        if ends.contains(&request.stage) && !has(found, &ends) {
            found.push(Event { at: request.reviewed_at.unwrap_or(request.received_at), mark: Mark::Stage(request.stage) });
        }
        found.sort_by_key(|event| event.at);
    }

    /// The clocks of a request that may have come with due times of its own: without a promise it is judged by those.
    pub fn clock_of(&self, request: &Request, time: &dyn WorkingTime, now: Instant) -> Clock {
        let mut clock = self.clock(request.received_at, time, now);
        let ended = clock.segments.last().is_some_and(|segment| segment.state == State::Ended);
        if request.promise.is_empty() && !ended {
            let given = [request.acknowledge_due, request.respond_due, request.resolve_due];
            for (target, due) in clock.targets.iter_mut().zip(given) {
                target.judge_by(due, now);
            }
        }
        clock
    }

    /// The clocks at a moment.
    pub fn clock(&self, received: Instant, time: &dyn WorkingTime, now: Instant) -> Clock {
        clock(received, (self.severity, &self.promise), &self.events, time, now)
    }
}

/// When a request that was reopened had been resolved for the first time, as far as the log tells it: before its first
/// reopening. One that came with reopenings of its own is not told.
pub fn first_resolved(log: &[LogRow], locale: &Locale) -> Option<Instant> {
    let json = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    let times = |change: &Value| change.get("reopened").and_then(Value::as_u64).unwrap_or(0);
    let rows: Vec<&LogRow> = standing(log).filter(|row| !row.before.is_empty()).collect();
    let reopening = rows.iter().position(|row| times(&json(&row.after)) > 0);
    let before = reopening.map(|at| json(&rows[at].before));
    if before.as_ref().is_some_and(|before| times(before) > 0) {
        return None;
    }
    let taken = before.as_ref().and_then(|before| before.get("resolved_at")?.as_str());
    let taken = taken.and_then(|text| Instant::parse(text, locale.zone, DateOrder::Iso).ok());
    let is_resolved = |mark: &Mark| matches!(mark, Mark::Stage(stage) if stage.is_resolved());
    let told = || rows[..reopening.unwrap_or(rows.len())].iter().flat_map(|row| told(row, locale)).find(|event| is_resolved(&event.mark));
    taken.or_else(|| told().map(|event| event.at))
}

/// Log rows in the order things happened.
pub fn in_order(rows: &mut [LogRow]) {
    rows.sort_by_key(|row| (row.at, row.seq));
}

/// Until when the log tells of a record.
pub fn told_until(log: &[LogRow]) -> Option<Instant> {
    standing(log).map(|row| row.at).max()
}

/// The rows that were not taken back. An undo names the row it takes back at the start of its note.
fn standing(log: &[LogRow]) -> impl Iterator<Item = &LogRow> {
    let mut gone: HashSet<u32> = HashSet::new();
    let mut by_seq: Vec<&LogRow> = log.iter().collect();
    by_seq.sort_by_key(|row| row.seq);
    // from the latest: an undo that was itself undone takes nothing back
    for row in by_seq.iter().rev().filter(|row| matches!(row.action.as_str(), "undo" | "redo" | "undone" | "redone")) {
        let target = row.note.split_whitespace().next().and_then(|seq| seq.parse().ok());
        if let Some(target) = target.filter(|_| !gone.contains(&row.seq)) {
            gone.insert(target);
        }
        gone.insert(row.seq);
    }
    let mut rows: Vec<&LogRow> = by_seq.into_iter().filter(|row| !gone.contains(&row.seq)).collect();
    rows.sort_by_key(|row| (row.at, row.seq));
    rows.into_iter()
}

fn told(row: &LogRow, locale: &Locale) -> Vec<Event> {
    let after: Value = serde_json::from_str(&row.after).unwrap_or(Value::Null);
    let text = |name: &str| after.get(name).and_then(Value::as_str);
    let mut found = Vec::new();
    if let Some(stage) = text("stage").and_then(Stage::from_text) {
        found.push(Event { at: row.at, mark: Mark::Stage(stage) });
    }
    if let Some(severity) = text("severity").and_then(Severity::from_text) {
        let promise = text("promise").and_then(|text| Promise::read(text, locale).ok()).unwrap_or_default();
        found.push(Event { at: row.at, mark: Mark::Severity(severity, promise) });
    }
    found
}

/// A promise and the moment from which it counts.
struct Part {
    from: Instant,
    severity: Severity,
    promise: Promise,
}

/// The clocks of a request at a moment. `first` is what was promised at registration.
pub fn clock(received: Instant, first: (Severity, &Promise), events: &[Event], time: &dyn WorkingTime, now: Instant) -> Clock {
    let mut parts = vec![Part { from: received, severity: first.0, promise: first.1.clone() }];
    for event in events {
        if let Mark::Severity(severity, promise) = &event.mark {
            parts.push(Part { from: event.at.max(received), severity: *severity, promise: promise.clone() });
        }
    }
    let segments = segments(received, &parts, events, time, now);
    let reached = |mark: &dyn Fn(&Mark) -> bool| events.iter().find(|event| mark(&event.mark)).map(|event| event.at.max(received));
    let responded = reached(&|mark| matches!(mark, Mark::Responded) || is_done(mark));
    let acknowledged = reached(&|mark| matches!(mark, Mark::Acknowledged | Mark::Responded) || is_done(mark));
    let last = segments.last();
    let resolved = last.filter(|segment| segment.state == State::Resolved).map(|segment| segment.from);
    let ended = last.is_some_and(|segment| segment.state == State::Ended);
    let of = |(target, reached)| judge(&Asked { target, reached, parts: &parts, segments: &segments, ended }, time, now);
    Clock {
        targets: [(Target::Acknowledge, acknowledged), (Target::Respond, responded), (Target::Resolve, resolved)].map(of),
        first_resolved: reached(&is_done),
        segments,
    }
}

fn segments(received: Instant, parts: &[Part], events: &[Event], time: &dyn WorkingTime, now: Instant) -> Vec<Segment> {
    let mut cuts: Vec<(Instant, State, Severity)> = vec![(received, State::Running, parts[0].severity)];
    for event in events {
        let (_, state, severity) = *cuts.last().unwrap_or(&cuts[0]);
        let (next, severity) = match &event.mark {
            Mark::Stage(stage) => (state_of(*stage, state), severity),
            Mark::Severity(changed, _) => (state, *changed),
            Mark::Acknowledged | Mark::Responded => continue,
        };
        if (next, severity) != (state, cuts.last().map_or(severity, |cut| cut.2)) {
            cuts.push((event.at.max(received), next, severity));
        }
    }
    let ends = cuts.iter().skip(1).map(|cut| cut.0).chain([now.max(cuts.last().map_or(received, |cut| cut.0))]);
    let segment = |((from, state, severity), to): (&(Instant, State, Severity), Instant)| Segment {
        from: *from,
        to,
        state: *state,
        severity: *severity,
        working: time.between(*from, to),
    };
    let closed: Vec<Segment> = cuts.iter().zip(ends).map(segment).collect();
    let last = closed.len() - 1;
    // two events of one moment leave nothing between them
    closed.into_iter().enumerate().filter(|(at, segment)| *at == last || segment.from < segment.to).map(|(_, segment)| segment).collect()
}

fn is_done(mark: &Mark) -> bool {
    matches!(mark, Mark::Stage(stage) if stage.is_resolved())
}

fn state_of(stage: Stage, before: State) -> State {
    match stage {
        Stage::Waiting => State::Waiting,
        Stage::Resolved => State::Resolved,
        Stage::Confirmed | Stage::Closed if before == State::Ended => State::Ended,
        // closed without having been resolved first: nobody works on it any more
        Stage::Confirmed | Stage::Closed => State::Resolved,
        Stage::Rejected | Stage::Duplicate => State::Ended,
        _ => State::Running,
    }
}

/// What a target is judged by.
struct Asked<'a> {
    target: Target,
    reached: Option<Instant>,
    parts: &'a [Part],
    segments: &'a [Segment],
    /// Nothing is owed any more.
    ended: bool,
}

fn judge(asked: &Asked<'_>, time: &dyn WorkingTime, now: Instant) -> TargetClock {
    let Asked { target, reached, parts, segments, ended } = *asked;
    // what nothing is owed on any more is counted to its end
    let end = segments.last().filter(|_| ended).map_or(now, |segment| segment.from);
    let until = reached.unwrap_or(end);
    let (part, due) = in_force(asked, until, time);
    let stops = target == Target::Resolve;
    let paused = reached.is_none() && segments.last().is_some_and(|segment| stops && segment.state == State::Waiting);
    let verdict = match (due, reached) {
        (None, _) => Verdict::None,
        (Some(due), Some(reached)) if reached <= due => Verdict::Met,
        (Some(_), Some(_)) => Verdict::Missed,
        (Some(_), None) if ended => Verdict::None,
        (Some(_), None) if paused => Verdict::Paused,
        (Some(due), None) if now <= due => Verdict::Open,
        (Some(_), None) => Verdict::Overdue,
    };
    let counted = |state: State| -> i64 {
        let within = segments.iter().filter(|segment| stops && segment.state == state);
        within.map(|segment| time.between(segment.from.min(until), segment.to.min(until))).sum()
    };
    let elapsed = time.between(parts[0].from, until) - counted(State::Resolved);
    let allowed = part.promise.allowed(target);
    TargetClock { target, allowed, since: part.from, due, reached, verdict, elapsed, waiting: counted(State::Waiting) }
}

/// The promise a target is judged by, and its due time: the latest made before it was reached, but none made when the one
/// before it was broken already. Raising the severity of what is late does not make it punctual.
fn in_force<'a>(asked: &Asked<'a>, until: Instant, time: &dyn WorkingTime) -> (&'a Part, Option<Instant>) {
    let Asked { target, reached, parts, .. } = *asked;
    let due_of =
        |part: &Part| part.promise.allowed(target).and_then(|allowed| time.due(part.from, allowed, &pauses(asked, part.from, until)));
    let mut found = (&parts[0], due_of(&parts[0]));
    for part in &parts[1..] {
        // what came with the reaching itself changes nothing about it
        let in_time = part.from < until || (reached.is_none() && part.from == until);
        if !in_time || found.1.is_some_and(|due| due < part.from) {
            break;
        }
        found = (part, due_of(part));
    }
    found
}

/// When the clock of a target stood, from a moment on.
fn pauses(asked: &Asked<'_>, from: Instant, until: Instant) -> Vec<(Instant, Instant)> {
    let stands = |segment: &&Segment| asked.target == Target::Resolve && matches!(segment.state, State::Waiting | State::Resolved);
    let within = |segment: &Segment| (segment.from.max(from), segment.to.min(until));
    asked.segments.iter().filter(stands).map(within).filter(|(start, end)| start < end).collect()
}

#[cfg(test)]
mod tests;
