//! One customer's life: the class of any day, by what was known then and the rules.
//!
//! The class of today, since when it is that one, and what time alone will bring are all the same question asked of
//! different days. A class can only change on a day on which something happened or a time ran out: those are few.

use std::cell::OnceCell;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::facts::{Answer, Complaint, Known};
use super::rhythm::{self, Mark};
use super::{Reason, Standing};
use crate::base::duration::Span;
use crate::base::money::Money;
use crate::model::lifecycle::Class;
use crate::model::member::Day;
use crate::model::rules::lifecycle::LifecycleRules;

/// What is known of one customer.
#[derive(Debug)]
pub struct Life<'a> {
    known: &'a Known,
    at: u32,
    /// The day in the archive.
    archived: Option<NaiveDate>,
    book: i64,
    rules: &'a LifecycleRules,
    marks: Vec<Mark>,
    answers: &'a [Answer],
    /// The complaints grave enough.
    complaints: Vec<&'a Complaint>,
    days: OnceCell<Vec<NaiveDate>>,
}

impl<'a> Life<'a> {
    pub fn new(known: &'a Known, at: u32, archived: Option<NaiveDate>, book: i64, rules: &'a LifecycleRules) -> Life<'a> {
        let grave = |complaint: &&Complaint| rules.problem.is_some_and(|rule| complaint.severity >= rule.severity);
        let complaints = known.complaints(at).iter().filter(grave).collect();
        let marks = rhythm::marks(known, at, book, rules);
        Life { known, at, archived, book, rules, marks, answers: known.answers(at), complaints, days: OnceCell::new() }
    }

    /// The class of a day. The first that fits: see docs/rules.md, Lifecycle, Precedence.
    pub fn class_on(&self, day: NaiveDate) -> Class {
        if self.complaint_on(day).is_some() || self.low_on(day).is_some() {
            return Class::Problem;
        }
        let (Some(first), Some(mark)) = (self.first().filter(|first| *first <= day), self.mark_on(day)) else { return Class::Potential };
        let reached = |on: Option<NaiveDate>| on.is_some_and(|on| on <= day);
        if reached(mark.lost_on) {
            Class::Lost
        } else if reached(mark.silent_on) {
            Class::Silent
        } else if self.rules.new.is_some_and(|span| day < span.after(first)) {
            Class::New
        } else if self.is_loyal(first, mark, day) {
            Class::Loyal
        } else {
            Class::Regular
        }
    }

    fn first(&self) -> Option<NaiveDate> {
        self.marks.first().map(|mark| mark.day)
    }

    /// The last sign of life up to a day, from the first purchase on.
    fn mark_on(&self, day: NaiveDate) -> Option<&Mark> {
        let count = self.marks.partition_point(|mark| mark.day <= day);
        count.checked_sub(1).map(|last| &self.marks[last])
    }

    fn is_loyal(&self, first: NaiveDate, mark: &Mark, day: NaiveDate) -> bool {
        let Some(rule) = self.rules.loyal else { return false };
        let content = self.mean(rule.within, day).map_or(rule.unheard, |(mean, _)| mean >= rule.satisfaction);
        rule.tenure.after(first) <= day && mark.purchases >= rule.purchases && content
    }

    /// The complaint that makes a problem on a day: of several the one that does so longest.
    fn complaint_on(&self, day: NaiveDate) -> Option<&'a Complaint> {
        let on = Day::from(day);
        let holds = |complaint: &&&Complaint| complaint.received <= on && self.problem_until(complaint).is_none_or(|until| day < until);
        let longest =
            |complaint: &&&Complaint| (self.problem_until(complaint).unwrap_or(NaiveDate::MAX), std::cmp::Reverse(complaint.received));
        self.complaints.iter().filter(holds).max_by_key(longest).copied()
    }

    /// The first day on which a complaint makes no problem any more; `None` while it is open.
    fn problem_until(&self, complaint: &Complaint) -> Option<NaiveDate> {
        let within = self.rules.problem?.received_within;
        let fresh = complaint.received.date().map(|received| within.after(received));
        complaint.ended?.date().max(fresh)
    }

    /// The mean of the answers lately given, where it is too low.
    fn low_on(&self, day: NaiveDate) -> Option<(Decimal, u32)> {
        let rule = self.rules.problem?;
        self.mean(rule.within, day).filter(|(mean, _)| *mean < rule.satisfaction_below)
    }

    /// Mean index and number of the answers given in a time that ends with the last one, for as long after it. Time alone
    /// lets an opinion lapse, but never changes it.
    fn mean(&self, within: Span, day: NaiveDate) -> Option<(Decimal, u32)> {
        let count = self.answers.partition_point(|answer| answer.day <= Day::from(day));
        let last = self.answers[..count].last()?.day.date().filter(|last| day < within.after(*last))?;
        let counts = |answer: &&Answer| answer.day.date().is_some_and(|given| given <= last && last < within.after(given));
        let (sum, n) = self.answers.iter().filter(counts).fold((Decimal::ZERO, 0), |(sum, n), answer| (sum + answer.index, n + 1));
        sum.checked_div(Decimal::from(n)).map(|mean| (mean, n))
    }

    /// The day the customer is known from: the archive's, or the first sign of life where that is earlier.
    fn beginning(&self) -> Option<NaiveDate> {
        let archived = self.archived.filter(|day| *day <= self.known.as_of);
        let sign = self.known.signs(self.at).first().and_then(|(_, day)| day.date());
        [archived, sign, self.first()].into_iter().flatten().min()
    }

    /// The days on which the class can change, in order.
    fn days(&self) -> &[NaiveDate] {
        self.days.get_or_init(|| {
            let mut days: Vec<NaiveDate> = Vec::with_capacity(self.marks.len() + 8);
            for (i, mark) in self.marks.iter().enumerate() {
                days.push(mark.day);
                // what the next sign of life put off never came
                let next = self.marks.get(i + 1).map(|next| next.day);
                days.extend([mark.silent_on, mark.lost_on].into_iter().flatten().filter(|on| next.is_none_or(|next| *on < next)));
            }
            let spans = [self.rules.new, self.rules.loyal.map(|rule| rule.tenure)];
            days.extend(self.first().iter().flat_map(|first| spans.iter().flatten().map(|span| span.after(*first))));
            let windows = [self.rules.problem.map(|rule| rule.within), self.rules.loyal.map(|rule| rule.within)];
            for given in self.answers.iter().filter_map(|answer| answer.day.date()) {
                days.push(given);
                days.extend(windows.iter().flatten().map(|within| within.after(given)));
            }
            for complaint in &self.complaints {
                days.extend(complaint.received.date().into_iter().chain(self.problem_until(complaint)));
            }
            days.extend(self.beginning());
            days.sort_unstable();
            days.dedup();
            days
        })
    }

    /// Since when the class is what it is on the day all is known of.
    fn since(&self, class: Class) -> Option<NaiveDate> {
        let beginning = self.beginning()?;
        let days = self.days().iter().rev().skip_while(|day| **day > self.known.as_of);
        days.take_while(|day| **day >= beginning && self.class_on(**day) == class).last().copied()
    }

    /// What it will be next, and when, if nothing happens.
    fn next(&self, class: Class) -> Option<(NaiveDate, Class)> {
        let ahead = self.days().iter().filter(|day| **day > self.known.as_of);
        ahead.map(|day| (*day, self.class_on(*day))).find(|(_, then)| *then != class)
    }

    /// Net spend of the time the rules name, up to the last purchase. What was taken back later counts off; never below 0.
    fn value(&self, last: Option<NaiveDate>) -> Money {
        let Some(last) = last else { return Money(0) };
        let after = Day::from(self.rules.value.before(last));
        let rows = self.known.dealt(self.at).iter().filter(|row| row.day() > after);
        let sum: i128 = rows.map(|row| i128::from(row.amount)).sum();
        Money(sum.max(0))
    }

    /// How the customer stands on the day all is known of.
    pub fn standing(&self, position: usize) -> Standing {
        let as_of = self.known.as_of;
        let class = self.class_on(as_of);
        let last = self.known.purchases(self.at).last().and_then(Day::date);
        let reason = self.reason(last);
        Standing { position, class, since: self.since(class), next: self.next(class), value: self.value(last), reason }
    }

    fn reason(&self, last: Option<NaiveDate>) -> Reason {
        let as_of = self.known.as_of;
        let mark = self.marks.last();
        let (own, n) = rhythm::own(self.known, self.at);
        let sign = self.known.signs(self.at).last().and_then(|(_, day)| day.date());
        let complaint = self.complaint_on(as_of).and_then(|complaint| {
            Some((complaint.id.clone(), complaint.received.date()?, self.problem_until(complaint).and_then(|until| until.pred_opt())))
        });
        Reason {
            first: self.first(),
            last,
            sign: sign.max(last),
            purchases: mark.map_or(0, |mark| mark.purchases),
            own,
            usual: last.map(|_| rhythm::usual(own, n, self.book, self.rules.rhythm)),
            silent_on: mark.and_then(|mark| mark.silent_on),
            lost_on: mark.and_then(|mark| mark.lost_on),
            complaint,
            recent: self.rules.problem.and_then(|rule| self.mean(rule.within, as_of)),
            satisfaction: self.rules.loyal.and_then(|rule| self.mean(rule.within, as_of)),
        }
    }
}
