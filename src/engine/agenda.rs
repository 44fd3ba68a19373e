//! What is to be done: overdue, due, waiting, unassigned, revisits. One value for `today`.

use chrono::NaiveDate;

use super::clock::WorkingTime;
use super::escalation;
use super::urgency::{Urgency, urgency};
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::money::Money;
use crate::model::cell::Locale;
use crate::model::practice::{Practice, StepStatus};
use crate::model::request::{Request, Stage};
use crate::model::revisit::{Revisit, RevisitStatus};
use crate::model::rules::service::ServiceRules;
use crate::model::staff::{Absence, away_until};

/// Why something is on the list, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    Overdue,
    RevisitOverdue,
    StepOverdue,
    DueToday,
    /// A level of the rules has fired, and nothing else puts it on the list.
    Escalated,
    /// Its due time is so near that the rules warn of it.
    DueSoon,
    Unassigned,
    HandlerAway,
    RevisitDue,
    StepDue,
    Dissatisfied,
    Unconfirmed,
    /// Fell silent a short while ago, and nobody follows it up.
    Silent,
    Waiting,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Item<'a> {
    pub why: Why,
    pub what: Subject<'a>,
    /// Whole days past due (positive) or until due (negative).
    pub days_over: i64,
    /// Whether there is a due time at all.
    pub has_due: bool,
    pub urgency: Urgency,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Subject<'a> {
    Request(&'a Request),
    Revisit(&'a Revisit),
    Practice(&'a Practice),
    Silent(&'a Silent),
}

/// A customer who fell silent.
#[derive(Debug, Clone, PartialEq)]
pub struct Silent {
    pub customer: Id,
    pub owner: String,
    pub since: NaiveDate,
    /// The last sign of life.
    pub sign: NaiveDate,
    /// At risk.
    pub value: Money,
}

impl Subject<'_> {
    /// The customer concerned, when known.
    pub fn customer(&self) -> Option<&str> {
        match self {
            Subject::Request(request) => request.customer.as_ref().map(AsRef::as_ref),
            Subject::Revisit(revisit) => Some(revisit.customer.as_str()),
            Subject::Practice(practice) => Some(practice.customer.as_str()),
            Subject::Silent(silent) => Some(silent.customer.as_str()),
        }
    }
}

/// Whether a request can be on the list at all, whatever the moment.
pub fn may_need_work(request: &Request) -> bool {
    request.stage.is_open() || request.stage == Stage::Resolved
}

/// What the list is asked for.
pub struct Asked<'a> {
    pub now: Instant,
    pub today: NaiveDate,
    /// Only this member of staff.
    pub person: Option<&'a str>,
    pub rules: &'a ServiceRules,
    /// The time in which what is promised on a request counts.
    pub time: &'a dyn Fn(&Request) -> &'a dyn WorkingTime,
    pub absences: &'a [Absence],
    pub locale: &'a Locale,
}

/// The list for a moment, optionally one person's: what they have, what nobody has, and what they are to be told of.
pub fn agenda<'a>(requests: &'a [Request], revisits: &'a [Revisit], asked: &Asked<'_>) -> Vec<Item<'a>> {
    let mine = |name: &str| asked.person.is_none_or(|person| name == person || name.is_empty());
    let told = |request: &Request| asked.person.is_some_and(|person| escalation::told(request, asked.rules).contains(&person));
    let theirs = requests.iter().filter(|request| mine(&request.handler) || told(request));
    let visits = revisits.iter().filter(|revisit| mine(&revisit.staff)).filter_map(|revisit| revisit_item(revisit, asked.today));
    let mut items: Vec<Item<'a>> = theirs.filter_map(|request| request_item(request, asked)).chain(visits).collect();
    items.sort_by_key(|item| (item.why, -item.days_over));
    items
}

/// What is owed to customers for their lifecycle class: steps due, and who fell silent; in one list with the rest.
pub fn with_customers<'a>(mut items: Vec<Item<'a>>, steps: &'a [Practice], silent: &'a [Silent], asked: &Asked<'_>) -> Vec<Item<'a>> {
    let mine = |name: &str| asked.person.is_none_or(|person| name == person || name.trim().is_empty());
    items.extend(steps.iter().filter(|step| mine(&step.staff)).filter_map(|step| step_item(step, asked.today)));
    items.extend(silent.iter().filter(|silent| mine(&silent.owner)).map(|silent| silent_item(silent, asked.today)));
    items.sort_by_key(|item| (item.why, -item.days_over));
    items
}

/// Weighs the list and puts the most urgent first. `rank` tells the place of a customer's tier, 0 for the first.
pub fn weighed<'a>(mut items: Vec<Item<'a>>, rank: &dyn Fn(&str) -> Option<usize>, today: NaiveDate, locale: &Locale) -> Vec<Item<'a>> {
    for item in &mut items {
        let age = match &item.what {
            Subject::Request(request) => (today - request.received_at.date(locale.zone)).num_days(),
            Subject::Revisit(_) | Subject::Practice(_) | Subject::Silent(_) => 0,
        };
        item.urgency = urgency(item, item.what.customer().and_then(rank), age);
    }
    // the list before was in order of why and days: of equals that order stays
    items.sort_by_key(|item| std::cmp::Reverse(item.urgency.tenths()));
    items
}

/// The moment by which the next thing is owed: an answer first, then the solution.
pub fn next_due(request: &Request) -> Option<Instant> {
    let respond = request.respond_due.filter(|_| request.responded_at.is_none());
    [respond, request.resolve_due].into_iter().flatten().min()
}

fn request_item<'a>(request: &'a Request, asked: &Asked<'_>) -> Option<Item<'a>> {
    let Asked { now, today, locale, .. } = *asked;
    let due = next_due(request);
    let due_on = due.map(|due| due.date(locale.zone));
    let away = |name: &str| away_until(asked.absences, name, today).is_some();
    let why = if !request.stage.is_open() {
        // who is asked for closed requests asks for those alone whose customer still waits
        match request.stage {
            _ if request.is_dissatisfied() && request.reopened.unwrap_or(0) == 0 => Why::Dissatisfied,
            Stage::Resolved => Why::Unconfirmed,
            _ => return None,
        }
    } else if request.stage == Stage::Waiting || request.awaits_information() {
        Why::Waiting
    } else if due.is_some_and(|due| due < now) {
        Why::Overdue
    } else if matches!(request.stage, Stage::Registered | Stage::Reviewed) {
        Why::Unassigned
    } else if due_on.is_some_and(|date| date <= today) {
        Why::DueToday
    } else if escalation::fired(request).next().is_some() {
        Why::Escalated
    } else if escalation::is_near(request, asked.rules, (asked.time)(request), now) {
        Why::DueSoon
    } else if away(&request.handler) {
        Why::HandlerAway
    } else {
        return None;
    };
    let days_over = due_on.map_or(0, |date| (today - date).num_days());
    Some(Item { why, what: Subject::Request(request), days_over, has_due: due.is_some(), urgency: Urgency::default() })
}

fn revisit_item(revisit: &Revisit, today: NaiveDate) -> Option<Item<'_>> {
    let days_over = (today - revisit.due_on).num_days();
    if revisit.status != RevisitStatus::Planned || days_over < 0 {
        return None;
    }
    let why = if days_over > 0 { Why::RevisitOverdue } else { Why::RevisitDue };
    Some(Item { why, what: Subject::Revisit(revisit), days_over, has_due: true, urgency: Urgency::default() })
}

fn step_item(step: &Practice, today: NaiveDate) -> Option<Item<'_>> {
    let days_over = (today - step.due_on).num_days();
    if step.status != StepStatus::Planned || days_over < 0 {
        return None;
    }
    let why = if days_over > 0 { Why::StepOverdue } else { Why::StepDue };
    Some(Item { why, what: Subject::Practice(step), days_over, has_due: true, urgency: Urgency::default() })
}

fn silent_item(silent: &Silent, today: NaiveDate) -> Item<'_> {
    let days_over = (today - silent.since).num_days();
    Item { why: Why::Silent, what: Subject::Silent(silent), days_over, has_due: false, urgency: Urgency::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const H: i64 = 3600;

    fn locale() -> Locale {
        let raw: crate::model::settings::RawSettings = serde_yaml::from_str("{format: 1, time_zone: UTC}").unwrap();
        crate::model::settings::Settings::try_from(raw).unwrap().locale()
    }

    #[test]
    fn what_is_near_its_due_time_is_told_before_its_level_is_run() {
        let locale = locale();
        let now = Instant::parse("2026-10-08 20:00", locale.zone, locale.order).unwrap();
        let yaml = "escalation: [{target: respond, before: 2 hours, notify: handler}, {target: resolve, before: 6 hours, notify: Boss}]";
        let rules = serde_yaml::from_str::<crate::model::rules::service::RawService>(yaml).unwrap().check().unwrap();
        let mut request = Request::new(Id::parse("R1").unwrap(), now, "x".into());
        (request.stage, request.handler) = (Stage::InProgress, "Li".into());
        let absences = [];
        let time = |_: &Request| -> &dyn WorkingTime { &crate::engine::clock::Elapsed };
        let mut asked = Asked {
            now,
            today: now.date(locale.zone),
            person: Some("Li"),
            rules: &rules,
            time: &time,
            absences: &absences,
            locale: &locale,
        };
        let why = |request: &Request, asked: &Asked<'_>| request_item(request, asked).map(|item| item.why);
        request.resolve_due = Some(now.plus_seconds(7 * H));
        assert_eq!(why(&request, &asked), None);
        request.resolve_due = Some(now.plus_seconds(6 * H));
        assert_eq!(why(&request, &asked), Some(Why::DueSoon));
        (request.respond_due, request.resolve_due) = (Some(now.plus_seconds(5 * H)), Some(now.plus_seconds(30 * H)));
        assert_eq!(why(&request, &asked), None);
        asked.now = now.plus_seconds(3 * H);
        assert_eq!(why(&request, &asked), Some(Why::DueSoon));
        request.responded_at = Some(now);
        assert_eq!(why(&request, &asked), None);
    }

    #[test]
    fn the_most_urgent_comes_first() {
        let locale = locale();
        let at = |text: &str| Instant::parse(text, locale.zone, locale.order).unwrap();
        let request = |id: &str, stage: Stage, due: Option<&str>| {
            let mut request = Request::new(Id::parse(id).unwrap(), at("2026-10-01"), "x".into());
            (request.stage, request.resolve_due) = (stage, due.map(at));
            request
        };
        let requests = [
            request("later", Stage::InProgress, Some("2026-10-20")),
            request("today", Stage::InProgress, Some("2026-10-08 18:00")),
            request("late", Stage::Assigned, Some("2026-10-07")),
            request("later-still", Stage::Assigned, Some("2026-10-02")),
            request("new", Stage::Registered, None),
            request("done", Stage::Closed, Some("2026-10-02")),
        ];
        let now = at("2026-10-08 12:00");
        let time = |_: &Request| -> &dyn WorkingTime { &crate::engine::clock::Elapsed };
        let today = now.date(locale.zone);
        let asked = Asked { now, today, person: None, rules: &ServiceRules::default(), time: &time, absences: &[], locale: &locale };
        let items = agenda(&requests, &[], &asked);
        let ids: Vec<&str> = items
            .iter()
            .map(|item| match item.what {
                Subject::Request(r) => r.id.as_str(),
                _ => "",
            })
            .collect();
        assert_eq!(ids, ["later-still", "late", "today", "new"]);
    }
}
