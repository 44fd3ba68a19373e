//! The people, what they have in hand, and who is away: what a decision rests on beside the request.

use std::collections::HashMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::Unfit;
use crate::base::instant::Instant;
use crate::model::request::Request;
use crate::model::staff::{Absence, Staff, away_until};

/// One of the staff, at a moment.
#[derive(Debug, Clone)]
pub struct Member<'a> {
    pub staff: &'a Staff,
    /// The last day of their leave, if they are away.
    pub away: Option<NaiveDate>,
    /// Requests that still need their work.
    pub open: u32,
    /// When they were given a request last, and how many in that moment: a bulk assignment gives several at once, and the
    /// round goes on from there.
    pub last: Option<(Instant, u32)>,
}

/// Everybody, by name.
#[derive(Debug, Clone)]
pub struct Team<'a> {
    members: Vec<Member<'a>>,
    by_name: HashMap<&'a str, usize>,
    day: NaiveDate,
    zone: Tz,
}

impl<'a> Team<'a> {
    /// The staff at a moment, with nothing in hand yet: see [`Team::count`].
    pub fn new(staff: impl IntoIterator<Item = &'a Staff>, absences: &[Absence], now: Instant, zone: Tz) -> Team<'a> {
        let day = now.date(zone);
        let away = |staff: &Staff| away_until(absences, staff.name.as_str(), day);
        let mut members: Vec<Member<'a>> =
            staff.into_iter().map(|staff| Member { staff, away: away(staff), open: 0, last: None }).collect();
        members.sort_by(|a, b| a.staff.name.cmp(&b.staff.name));
        let mut by_name = HashMap::new();
        // a full name that two people share names nobody
        for (at, member) in members.iter().enumerate() {
            let full = member.staff.full_name.as_str();
            if !full.is_empty() && members.iter().filter(|other| other.staff.full_name == full).count() == 1 {
                by_name.insert(full, at);
            }
        }
        by_name.extend(members.iter().enumerate().map(|(at, member)| (member.staff.name.as_str(), at)));
        Team { members, by_name, day, zone }
    }

    /// Counts one of the book's requests; in any order.
    pub fn count(&mut self, request: &Request) {
        let Some(&at) = self.by_name.get(request.handler.as_str()) else { return };
        if request.stage.is_open() {
            self.members[at].open += 1;
        }
        if let Some(assigned) = request.assigned_at {
            self.members[at].note(assigned);
        }
    }

    /// Somebody was given one more.
    pub fn took(&mut self, who: &str, now: Instant) {
        if let Some(&at) = self.by_name.get(who) {
            self.members[at].open += 1;
            self.members[at].note(now);
        }
    }

    pub fn members(&self) -> &[Member<'a>] {
        &self.members
    }

    /// By short name, or by a full name nobody else has.
    pub fn find(&self, name: &str) -> Option<&Member<'a>> {
        self.by_name.get(name).map(|at| &self.members[*at])
    }

    /// Why somebody can take nothing at all now.
    pub fn unavailable(&self, member: &Member<'_>) -> Option<Unfit> {
        let staff = member.staff;
        let not_yet = || staff.from.filter(|from| *from > self.day).map(Unfit::NotYet);
        let full = || staff.capacity.filter(|capacity| member.open >= *capacity);
        staff
            .until
            .filter(|until| *until < self.day)
            .map(Unfit::Left)
            .or_else(not_yet)
            .or_else(|| member.away.map(Unfit::OnLeave))
            .or_else(|| full().map(|capacity| Unfit::Full { open: member.open, capacity }))
    }

    pub(super) fn day_of(&self, at: Instant) -> NaiveDate {
        at.date(self.zone)
    }
}

impl Member<'_> {
    fn note(&mut self, at: Instant) {
        self.last = match self.last {
            Some((last, times)) if last == at => Some((last, times + 1)),
            Some((last, times)) if last > at => Some((last, times)),
            _ => Some((at, 1)),
        };
    }
}
