//! Working time: how much of it lies between two instants, and when so much of it has passed (docs/rules.md, Calendar).
//!
//! A schedule is a calendar laid out as instants, year by year and only where asked: the spans of a year with the
//! working seconds before each. Every question is then a look-up in one increasing function of time, so working time
//! adds up and never runs backwards by construction.

mod year;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod laws;

use std::sync::{Arc, OnceLock};

use chrono::{Datelike, NaiveDate};

use self::year::{Spans, Year};
use crate::base::date::plus_days;
use crate::base::duration::Work;
use crate::base::instant::Instant;
use crate::base::text::fold_key;
use crate::model::rules::calendar::{Calendar, DayPlan};
use crate::model::staff::Absence;

/// The years whose spans are kept once laid out; others are laid out anew for each question.
const FIRST_KEPT: i32 = 1990;
const KEPT: usize = 210;
/// The last year that is looked at.
const LAST: i32 = 9998;
/// More seconds than all years hold.
const MOST: i64 = 10_000 * 366 * 86_400;
/// So many years without any working time, and there will be none.
const PATIENCE: i32 = 5;

/// A calendar as instants.
#[derive(Debug, Clone)]
pub struct Schedule {
    calendar: Arc<Calendar>,
    leave: Spans,
    years: Vec<OnceLock<Arc<Year>>>,
}

/// When something is due, and the working time until then, pauses taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub at: Instant,
    pub seconds: i64,
}

impl Schedule {
    pub fn new(calendar: Calendar) -> Schedule {
        Schedule::laid_out(Arc::new(calendar), Spans::new())
    }

    fn laid_out(calendar: Arc<Calendar>, leave: Spans) -> Schedule {
        Schedule { calendar, leave, years: vec![OnceLock::new(); KEPT] }
    }

    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// One person's view: nobody works in these stretches.
    #[must_use]
    pub fn with_leave(&self, leave: &[(Instant, Instant)]) -> Schedule {
        let all = self.leave.iter().copied().chain(seconds_of(leave));
        Schedule::laid_out(Arc::clone(&self.calendar), year::merged(all))
    }

    /// The same by whole days, first and last included.
    #[must_use]
    pub fn with_days_off(&self, days: &[(NaiveDate, NaiveDate)]) -> Schedule {
        let zone = self.calendar.zone;
        let stretch = |(from, to): &(NaiveDate, NaiveDate)| (Instant::start_of(*from, zone), Instant::start_of(plus_days(*to, 1), zone));
        self.with_leave(&days.iter().map(stretch).collect::<Vec<_>>())
    }

    /// The view of a member of staff, by the absences on record.
    #[must_use]
    pub fn of_staff(&self, staff: &str, absences: &[Absence]) -> Schedule {
        let staff = fold_key(staff);
        let theirs = absences.iter().filter(|absence| fold_key(absence.staff.as_str()) == staff);
        self.with_days_off(&theirs.map(|absence| (absence.from, absence.until)).collect::<Vec<_>>())
    }

    /// A day of the calendar; leave does not show in it.
    pub fn day(&self, date: NaiveDate) -> DayPlan<'_> {
        self.calendar.on(date)
    }

    /// Whether there is working time on a day; none on a day of leave.
    pub fn is_workday(&self, date: NaiveDate) -> bool {
        !self.calendar.on(date).hours.is_empty() && (self.leave.is_empty() || !self.spans_of(date).is_empty())
    }

    /// The first working day on or after a date; `None` when there is none for five years.
    pub fn next_workday(&self, date: NaiveDate) -> Option<NaiveDate> {
        let days = 0..u64::try_from(PATIENCE * 366).unwrap_or_default();
        days.map(|n| plus_days(date, n)).find(|date| self.is_workday(*date))
    }

    /// Working seconds of a day.
    pub fn seconds_on(&self, date: NaiveDate) -> i64 {
        self.spans_of(date).iter().map(|(open, close)| close - open).sum()
    }

    /// Working seconds from `start` to `end`; 0 when that is earlier.
    pub fn working_between(&self, start: Instant, end: Instant) -> i64 {
        self.between(start.timestamp(), end.timestamp())
    }

    /// The same without what was paused; pauses may overlap and reach beyond.
    pub fn net_between(&self, start: Instant, end: Instant, pauses: &[(Instant, Instant)]) -> i64 {
        self.working_between(start, end) - self.paused_between(start, end, pauses)
    }

    /// Working seconds within pauses, from `start` to `end`.
    pub fn paused_between(&self, start: Instant, end: Instant, pauses: &[(Instant, Instant)]) -> i64 {
        let (start, end) = (start.timestamp(), end.timestamp());
        let within = |(from, to): &(i64, i64)| self.between((*from).max(start), (*to).min(end));
        year::merged(seconds_of(pauses)).iter().map(within).sum()
    }

    /// The first instant by which so much working time has passed, pauses not counted. Time that is used up at closing
    /// ends there. With 0 it is `start` itself within hours, their ends included, else the next opening. `None` when no
    /// work is done for five years on end.
    pub fn due_paused(&self, start: Instant, seconds: i64, pauses: &[(Instant, Instant)]) -> Option<Instant> {
        let (mut at, mut left) = (start.timestamp(), seconds.max(0));
        for (from, to) in year::merged(seconds_of(pauses)).into_iter().filter(|(_, to)| *to > start.timestamp()) {
            let due = self.due_at(at, left)?;
            if due <= from {
                return Some(Instant::from_timestamp(due));
            }
            left -= self.between(at, from);
            at = at.max(to);
        }
        self.due_at(at, left).map(Instant::from_timestamp)
    }

    /// When work of this length is due. Calendar days go to the same time of day, then on by the working time paused
    /// until there and to the next working moment.
    pub fn due_by(&self, start: Instant, work: Work, pauses: &[(Instant, Instant)]) -> Option<Due> {
        let at = match work {
            Work::Seconds(seconds) => self.due_paused(start, seconds, pauses)?,
            Work::Workdays(days) => self.due_paused(start, self.seconds_of_workdays(start, days)?, pauses)?,
            Work::Calendar(span) => {
                let local = start.at_zone(self.calendar.zone);
                let end = Instant::local(span.after(local.date()).and_time(local.time()), self.calendar.zone);
                self.due_paused(end, self.paused_between(start, end, pauses), pauses)?
            }
        };
        Some(Due { at, seconds: self.net_between(start, at, pauses) })
    }

    /// The working time of n working days from an instant: the rest of the first, the hours of those that follow, and
    /// on the last as much as had passed of the first. From an opening it is n whole days.
    pub fn seconds_of_workdays(&self, start: Instant, n: u32) -> Option<i64> {
        if n == 0 {
            return Some(0);
        }
        let at = self.next_opening(start)?.timestamp();
        let mut date = Instant::from_timestamp(at).date(self.calendar.zone);
        let passed: i64 = self.spans_of(date).iter().map(|(open, close)| ((*close).min(at) - open).max(0)).sum();
        let mut total = self.seconds_on(date) - passed;
        for nth in 1..=n {
            if nth == n && passed == 0 {
                break;
            }
            date = self.next_workday(plus_days(date, 1))?;
            total += if nth == n { self.seconds_on(date).min(passed) } else { self.seconds_on(date) };
        }
        Some(total)
    }

    /// The instant itself within hours (closing is no longer within), else the next opening.
    pub fn next_opening(&self, at: Instant) -> Option<Instant> {
        // one second worked, less that second
        self.due_at(at.timestamp(), 1).map(|at| Instant::from_timestamp(at - 1))
    }

    /// The years from `start` to `end` whose holidays are not announced.
    pub fn unknown_years(&self, start: Instant, end: Instant) -> Vec<i32> {
        let zone = self.calendar.zone;
        self.calendar.unknown_years(start.date(zone), end.date(zone))
    }

    fn spans_of(&self, date: NaiveDate) -> Spans {
        year::spans_of_day(&self.calendar, &self.leave, date)
    }

    fn year(&self, number: i32) -> Arc<Year> {
        let lay_out = || Arc::new(Year::lay_out(&self.calendar, &self.leave, number));
        let kept = usize::try_from(number - FIRST_KEPT).ok().and_then(|at| self.years.get(at));
        kept.map_or_else(lay_out, |kept| Arc::clone(kept.get_or_init(lay_out)))
    }

    /// The year of the calendar's zone that an instant lies in: at most one off from the year of UTC.
    fn year_at(&self, at: i64) -> Arc<Year> {
        let near = self.year(Instant::from_timestamp(at).date(chrono_tz::UTC).year());
        match () {
            () if at < near.start => self.year(near.number - 1),
            () if at >= near.end => self.year(near.number + 1),
            () => near,
        }
    }

    fn between(&self, start: i64, end: i64) -> i64 {
        if end <= start {
            return 0;
        }
        let (first, last) = (self.year_at(start), self.year_at(end));
        if first.number == last.number {
            return first.worked(end) - first.worked(start);
        }
        let whole: i64 = (first.number + 1..last.number).map(|number| self.year(number).total).sum();
        first.total - first.worked(start) + whole + last.worked(end)
    }

    fn due_at(&self, start: i64, seconds: i64) -> Option<i64> {
        if seconds <= 0 {
            let within = self.between(start - 1, start + 1) > 0;
            return if within { Some(start) } else { self.due_at(start, 1).map(|at| at - 1) };
        }
        if seconds > MOST {
            return None;
        }
        let mut year = self.year_at(start);
        let (mut done, mut left, mut idle) = (year.worked(start), seconds, 0);
        loop {
            if let Some(at) = year.when(done + left) {
                return Some(at);
            }
            left -= year.total - done;
            idle = if year.total == 0 { idle + 1 } else { 0 };
            if idle == PATIENCE || year.number >= LAST {
                return None;
            }
            (year, done) = (self.year(year.number + 1), 0);
        }
    }
}

fn seconds_of(stretches: &[(Instant, Instant)]) -> impl Iterator<Item = (i64, i64)> {
    stretches.iter().map(|(from, to)| (from.timestamp(), to.timestamp()))
}
