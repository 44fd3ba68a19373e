//! `today` and `revisit due` as calendar events.
//!
//! What has its due time ahead of it stands there. All else, late or without a due time, is to be done now: it stands on
//! today, as a whole day, for nobody looks for work on days that are over.

use std::collections::HashMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::agenda::label;
use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::text::{harmless, truncate};
use crate::engine::agenda::{Item, Subject, next_due};
use crate::engine::cadence::{Wish, Wishes, hours_of};
use crate::engine::urgency::Urgency;
use crate::model::customer::Customer;
use crate::model::revisit::Revisit;
use crate::model::vocabulary::Code;
use crate::view::format::ics::{Calendar, Event, When};

/// Most columns of a text that go into an event.
const LONGEST: usize = 200;

/// Where and when events are told.
pub struct Scene<'a> {
    pub book: &'a str,
    pub now: Instant,
    pub today: NaiveDate,
    pub zone: Tz,
    pub customers: &'a [Customer],
    pub wishes: &'a Wishes<'a>,
    pub lang: Lang,
}

impl Scene<'_> {
    /// The list of `today`.
    pub fn agenda(&self, items: &[Item<'_>]) -> Calendar {
        let archive = self.archive();
        let event = |item: &Item<'_>| match &item.what {
            Subject::Request(request) => {
                let why = label(item.why, self.lang).1;
                let due = next_due(request).filter(|due| request.stage.is_open() && *due > self.now);
                Event {
                    id: request.id.to_string(),
                    when: due.map_or(When::Day(self.today), When::At),
                    summary: joined(&[why, request.id.as_str(), &request.customer_name]),
                    description: first_line(&request.content),
                    priority: priority(&item.urgency),
                    categories: vec![why.to_owned(), request.category.clone()],
                }
            }
            Subject::Revisit(revisit) => self.visit(revisit, &archive, label(item.why, self.lang).1, priority(&item.urgency)),
            Subject::Practice(step) => self.whole_day(item, step.id.as_str(), step.customer.as_str(), &archive, &step.title),
            Subject::Silent(silent) => self.whole_day(item, silent.customer.as_str(), silent.customer.as_str(), &archive, ""),
        };
        self.calendar(items.iter().map(event).collect())
    }

    /// The list of `revisit due`, future days included.
    pub fn revisits(&self, revisits: &[&Revisit]) -> Calendar {
        let archive = self.archive();
        let why = |revisit: &Revisit| match revisit.due_on.cmp(&self.today) {
            std::cmp::Ordering::Less => self.lang.pick("回访逾期", "Revisit overdue"),
            _ => self.lang.pick("回访", "Revisit"),
        };
        self.calendar(revisits.iter().map(|revisit| self.visit(revisit, &archive, why(revisit), 5)).collect())
    }

    fn calendar(&self, events: Vec<Event>) -> Calendar {
        let name = if self.book.trim().is_empty() { "carebook" } else { self.book };
        Calendar { name: name.to_owned(), stamp: self.now, events }
    }

    fn archive(&self) -> HashMap<&str, &Customer> {
        self.customers.iter().map(|customer| (customer.id.as_str(), customer)).collect()
    }

    /// At the time that the customer prefers, where that is a time and not over.
    fn when(&self, day: NaiveDate, wish: Wish<'_>) -> When {
        let at = |time| Instant::local(day.and_time(time), self.zone);
        let hours = hours_of(wish.time).map(|(from, to)| (at(from), at(to))).filter(|(_, to)| *to > self.now);
        hours.map_or(When::Day(day), |(from, to)| When::Between(from, to))
    }

    fn visit(&self, revisit: &Revisit, archive: &HashMap<&str, &Customer>, why: &str, priority: u8) -> Event {
        let known = archive.get(revisit.customer.as_str());
        let name = known.map_or(revisit.customer.as_str(), |customer| customer.title());
        let wish = known.map(|customer| self.wishes.wish(customer)).unwrap_or_default();
        let channel = if revisit.method.trim().is_empty() { wish.channel } else { revisit.method.trim() };
        let preferred = joined(&[channel, wish.time]);
        let preferred = if preferred.is_empty() {
            preferred
        } else {
            self.lang.pick(format!("\n偏好: {preferred}"), format!("\nPrefers: {preferred}"))
        };
        let reason = revisit.reason.label(self.lang);
        let request = revisit.request.as_ref().map_or("", |id| id.as_str());
        Event {
            id: revisit.id.to_string(),
            when: self.when(revisit.due_on.max(self.today), wish),
            summary: joined(&[why, revisit.id.as_str(), name]),
            description: joined(&[reason, request]) + &preferred,
            priority,
            categories: vec![why.to_owned()],
        }
    }
}

impl Scene<'_> {
    /// What is owed today, whatever its day was.
    fn whole_day(&self, item: &Item<'_>, id: &str, customer: &str, archive: &HashMap<&str, &Customer>, about: &str) -> Event {
        let (why, name) = (label(item.why, self.lang).1, archive.get(customer).map_or(customer, |customer| customer.title()));
        Event {
            id: id.to_owned(),
            when: When::Day(self.today),
            summary: joined(&[why, id, name]),
            description: first_line(about),
            priority: priority(&item.urgency),
            categories: vec![why.to_owned()],
        }
    }
}

fn joined(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    harmless(&truncate(line, LONGEST)).into_owned()
}

/// 1 for what is most urgent, 9 for what is least: docs/rules.md, Calendar files.
fn priority(urgency: &Urgency) -> u8 {
    match urgency.tenths() {
        200.. => 1,
        150..200 => 3,
        100..150 => 5,
        50..100 => 7,
        _ => 9,
    }
}
