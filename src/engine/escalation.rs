//! Escalation (升级): which levels of the rules a request has come to, and has not been through yet.

use super::clock::{Clock, Verdict, WorkingTime};
use crate::base::duration::Span;
use crate::base::instant::Instant;
use crate::model::promise::Target;
use crate::model::request::{Request, Stage};
use crate::model::rules::service::{HANDLER, Level, ServiceRules, When, seconds};
use crate::model::vocabulary::Code;

/// The levels of a request that are to fire now, in the order of the rules.
pub fn due<'r>(request: &Request, clock: &Clock, rules: &'r ServiceRules, time: &dyn WorkingTime, now: Instant) -> Vec<&'r Level> {
    let reached = |level: &&Level| {
        let target = clock.of(level.target);
        let Some(due) = target.due.filter(|_| matches!(target.verdict, Verdict::Open | Verdict::Overdue)) else { return false };
        match level.when {
            When::Before(span) => is_within(span, due, time, now),
            When::After(span) => now > due && time.between(due, now) >= seconds(span, &|days| time.of_days(due, days)),
        }
    };
    rules.levels.iter().filter(|level| !fired(request).any(|key| key == key_of(level))).filter(reached).collect()
}

/// Whether a due time is no further away than that, or past.
fn is_within(span: Span, due: Instant, time: &dyn WorkingTime, now: Instant) -> bool {
    now >= due || time.between(now, due) <= seconds(span, &|days| time.of_days(now, days))
}

/// Whether an answer or a solution is owed so soon that the rules warn of it, whether or not the level has been run.
pub fn is_near(request: &Request, rules: &ServiceRules, time: &dyn WorkingTime, now: Instant) -> bool {
    let due = |target: Target| match target {
        Target::Acknowledge => None,
        Target::Respond => request.respond_due.filter(|_| request.responded_at.is_none()),
        Target::Resolve => request.resolve_due,
    };
    rules.levels.iter().any(|level| match (level.when, due(level.target)) {
        (When::Before(span), Some(due)) => is_within(span, due, time, now),
        _ => false,
    })
}

/// Whether a resolved request was left unconfirmed so long that it is to be closed.
pub fn is_left(request: &Request, rules: &ServiceRules, time: &dyn WorkingTime, now: Instant) -> bool {
    let Some((span, resolved)) = rules.close_unconfirmed.zip(request.resolved_at).filter(|_| request.stage == Stage::Resolved) else {
        return false;
    };
    let until = time.due(resolved, seconds(span, &|days| time.of_days(resolved, days)), &[]);
    until.is_some_and(|until| until <= now)
}

/// How a level is kept on the request once it has fired: `resolve:2`.
pub fn key_of(level: &Level) -> String {
    format!("{}:{}", level.target.code(), level.number)
}

/// The levels a request has been through.
pub fn fired(request: &Request) -> impl Iterator<Item = &str> {
    request.escalated.split_whitespace()
}

/// Who is to be told of a request: by the levels it has been through, as the rules are now.
pub fn told<'a>(request: &'a Request, rules: &'a ServiceRules) -> Vec<&'a str> {
    let levels = rules.levels.iter().filter(|level| fired(request).any(|key| key == key_of(level)));
    let who = levels.filter_map(|level| level.notify.as_deref());
    let mut who: Vec<&str> =
        who.map(|who| if who == HANDLER { request.handler.as_str() } else { who }).filter(|who| !who.is_empty()).collect();
    who.sort_unstable();
    who.dedup();
    who
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;
    use crate::engine::clock::{Elapsed, Event, Mark, Past};
    use crate::model::promise::Promise;
    use crate::model::request::Severity;
    use crate::model::rules::service::RawService;

    const H: i64 = 3600;

    fn at(hours: i64) -> Instant {
        Instant::start_of("2026-10-08".parse().unwrap(), chrono_tz::UTC).plus_seconds(hours * H)
    }

    fn keys(request: &Request, events: Vec<Event>, hours: i64) -> Vec<String> {
        let yaml = "escalation: [{target: resolve, before: 2 hours, notify: handler}, {target: resolve, after: 0 hours, raise: high},\
                    {target: resolve, after: 5 hours, assign: Wu, notify: Boss}, {target: respond, after: 1 hour, notify: Boss}]";
        let rules = serde_yaml::from_str::<RawService>(yaml).unwrap().check().unwrap();
        let promise = Promise { respond: Some(4 * H), resolve: Some(10 * H), elapsed: true, ..Promise::default() };
        let past = Past { severity: Severity::Normal, promise, events };
        let clock = past.clock(at(0), &Elapsed, at(hours));
        due(request, &clock, &rules, &Elapsed, at(hours)).into_iter().map(key_of).collect()
    }

    #[test]
    fn what_nobody_confirms_is_closed_in_time() {
        let rules = serde_yaml::from_str::<RawService>("close_unconfirmed: 2 days").unwrap().check().unwrap();
        let mut request = Request::new(Id::parse("R1").unwrap(), at(0), "x".into());
        (request.stage, request.resolved_at) = (Stage::Resolved, Some(at(10)));
        assert!(!is_left(&request, &rules, &Elapsed, at(57)) && is_left(&request, &rules, &Elapsed, at(58)));
        request.stage = Stage::Confirmed;
        assert!(!is_left(&request, &rules, &Elapsed, at(99)));
    }

    #[test]
    fn each_level_comes_in_its_time_and_once() {
        let mut request = Request::new(Id::parse("R1").unwrap(), at(0), "x".into());
        let none: [&str; 0] = [];
        assert_eq!(keys(&request, vec![], 4), none);
        assert_eq!(keys(&request, vec![], 5), ["respond:1"]);
        assert_eq!(keys(&request, vec![], 8), ["resolve:1", "respond:1"]);
        assert_eq!(keys(&request, vec![], 10), ["resolve:1", "respond:1"]);
        assert_eq!(keys(&request, vec![], 11), ["resolve:1", "resolve:2", "respond:1"]);
        assert_eq!(keys(&request, vec![], 15).len(), 4);
        request.escalated = "respond:1 resolve:1".into();
        assert_eq!(keys(&request, vec![], 15), ["resolve:2", "resolve:3"]);
        // what waits for the customer, or is done, does not escalate
        let waiting = Event { at: at(3), mark: Mark::Stage(Stage::Waiting) };
        assert_eq!(keys(&request, vec![waiting], 50), none);
        let done = Event { at: at(30), mark: Mark::Stage(Stage::Resolved) };
        assert_eq!(keys(&request, vec![done], 50), none);
    }
}
