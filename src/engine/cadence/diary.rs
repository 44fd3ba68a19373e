//! The days of those who visit: when they work, and how much they have to do by then.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::base::date::plus_days;
use crate::base::text::fold_key;
use crate::engine::calendar::Schedule;
use crate::model::revisit::{Revisit, RevisitStatus};
use crate::model::rules::revisits::RevisitRules;
use crate::model::staff::{Absence, Staff};

/// So many days without one on which somebody works, and there will be none.
const PATIENCE: u32 = 5 * 366;

/// Who works, and who is away.
#[derive(Debug, Clone, Copy)]
pub struct Crew<'a> {
    pub staff: &'a [Staff],
    pub absences: &'a [Absence],
}

/// Where a visit was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// The working day nobody moved it from.
    pub target: NaiveDate,
    pub day: NaiveDate,
    /// No day it could be moved to has room.
    pub full: bool,
}

/// The working days of one visitor, as far as they were looked at.
#[derive(Debug, Default)]
struct Diary {
    cap: Option<u32>,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
    away: Vec<(NaiveDate, NaiveDate)>,
    days: Vec<NaiveDate>,
    /// The first day not looked at; `None` when there are no more.
    next: Option<NaiveDate>,
    load: HashMap<NaiveDate, u32>,
}

impl Diary {
    fn works(&self, schedule: &Schedule, day: NaiveDate) -> bool {
        let here = self.from.is_none_or(|from| from <= day) && !self.away.iter().any(|(from, to)| (*from..=*to).contains(&day));
        here && schedule.is_workday(day)
    }

    /// Looks on until this says that it is enough.
    fn look(&mut self, schedule: &Schedule, enough: impl Fn(&[NaiveDate]) -> bool) {
        let mut barren = 0;
        while let Some(day) = self.next.filter(|_| !enough(&self.days)) {
            let works = self.works(schedule, day);
            barren = if works { 0 } else { barren + 1 };
            if works {
                self.days.push(day);
            }
            let tomorrow = plus_days(day, 1);
            let ends = barren > PATIENCE || tomorrow == day || self.until.is_some_and(|until| tomorrow > until);
            self.next = Some(tomorrow).filter(|_| !ends);
        }
    }

    /// The best day for a visit; `None` when nobody is there any more.
    fn place(&mut self, schedule: &Schedule, due: NaiveDate, longest: Option<NaiveDate>, ahead: usize) -> Option<Slot> {
        self.look(schedule, |days| days.last().is_some_and(|last| *last >= due));
        let at = self.days.partition_point(|day| *day < due);
        let target = *self.days.get(at)?;
        let Some(cap) = self.cap else { return Some(Slot { target, day: target, full: false }) };
        self.look(schedule, |days| days.len() > at + ahead);
        let mut window: Vec<usize> = (at.saturating_sub(ahead)..self.days.len().min(at + ahead + 1)).collect();
        window.sort_by_key(|at| ((self.days[*at] - target).num_days().abs(), *at));
        let in_time: Vec<usize> = window.iter().copied().filter(|day| longest.is_none_or(|last| self.days[*day] <= last)).collect();
        let window = if in_time.is_empty() { window } else { in_time };
        let load = |at: &usize| self.load.get(&self.days[*at]).copied().unwrap_or(0);
        let room = window.iter().find(|at| load(at) < cap);
        let day = room.or_else(|| window.iter().min_by_key(|at| load(at))).map(|at| self.days[*at])?;
        Some(Slot { target, day, full: room.is_none() })
    }
}

/// The diaries of everybody, and the one of visits that nobody has yet.
#[derive(Debug)]
pub struct Diaries<'a> {
    crew: Crew<'a>,
    rules: &'a RevisitRules,
    schedule: &'a Schedule,
    today: NaiveDate,
    /// Folded short or full name, to the folded short name.
    names: HashMap<String, String>,
    by_name: HashMap<String, Diary>,
}

impl<'a> Diaries<'a> {
    pub fn new(crew: Crew<'a>, rules: &'a RevisitRules, schedule: &'a Schedule, today: NaiveDate) -> Diaries<'a> {
        let mut names: HashMap<String, String> = HashMap::new();
        // a full name that two people share names nobody
        for staff in crew.staff.iter().filter(|staff| !staff.full_name.trim().is_empty()) {
            if crew.staff.iter().filter(|other| other.full_name == staff.full_name).count() == 1 {
                names.insert(fold_key(&staff.full_name), fold_key(staff.name.as_str()));
            }
        }
        names.extend(crew.staff.iter().map(|staff| (fold_key(staff.name.as_str()), fold_key(staff.name.as_str()))));
        Diaries { crew, rules, schedule, today, names, by_name: HashMap::new() }
    }

    /// What is planned already is work for its day; what is overdue, for today.
    pub fn count(&mut self, revisit: &Revisit) {
        if revisit.status == RevisitStatus::Planned {
            let day = revisit.due_on.max(self.today);
            *self.of(&revisit.staff).load.entry(day).or_default() += 1;
        }
    }

    fn of(&mut self, name: &str) -> &mut Diary {
        let typed = fold_key(name);
        let key = self.names.get(&typed).cloned().unwrap_or(typed);
        let Diaries { crew, rules, today, by_name, .. } = self;
        by_name.entry(key).or_insert_with_key(|key| {
            let staff = crew.staff.iter().find(|staff| fold_key(staff.name.as_str()) == *key && !key.is_empty());
            let full = staff.map_or("", |staff| staff.full_name.as_str());
            let theirs = crew.absences.iter().filter(|absence| !key.is_empty() && fold_key(absence.staff.as_str()) == *key);
            let until = staff.and_then(|staff| staff.until);
            Diary {
                cap: rules.per_day.of([key.as_str(), full]),
                from: staff.and_then(|staff| staff.from),
                until,
                away: theirs.map(|absence| (absence.from, absence.until)).collect(),
                next: Some(*today).filter(|today| until.is_none_or(|until| *today <= until)),
                ..Diary::default()
            }
        })
    }

    /// A day for a visit of somebody, which then counts as theirs. `None` when they are not there any more.
    pub(super) fn place(&mut self, name: &str, due: NaiveDate, longest: Option<NaiveDate>) -> Option<Slot> {
        let (schedule, ahead) = (self.schedule, self.rules.ahead as usize);
        let due = due.max(self.today);
        let diary = self.of(name);
        let slot = diary.place(schedule, due, longest, ahead).or_else(|| {
            // a calendar without a working day: visits that nobody has stay where they are
            name.trim().is_empty().then_some(Slot { target: due, day: due, full: false })
        })?;
        *diary.load.entry(slot.day).or_default() += 1;
        Some(slot)
    }
}
