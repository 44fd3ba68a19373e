//! The fold: what is known of all customers up to a day, as packed rows sorted once.
//!
//! Facts stream by in any order and on several threads. Of an order line only whose, when and how much stays; lines of a
//! customer's day are added up as soon as a thread has read its files.

use chrono::NaiveDate;
use chrono_tz::Tz;
use rust_decimal::Decimal;

use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::engine::tiering::facts::{OrderLine, index_of_five, is_complaint};
use crate::engine::tiering::index::Index;
use crate::model::interaction::Interaction;
use crate::model::member::Day;
use crate::model::request::{Request, Severity};
use crate::model::revisit::{Revisit, RevisitStatus};
use crate::model::survey::Response;

/// What a customer's day came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dealt {
    pub at: u32,
    /// Twice the day, and one more where something was bought: a day of refunds alone is none with a purchase.
    day: i32,
    /// Minor units, net.
    pub amount: i64,
}

impl Dealt {
    fn new(at: u32, day: Day, sale: bool, amount: i64) -> Dealt {
        Dealt { at, day: day.0 * 2 + i32::from(sale), amount }
    }

    pub fn day(self) -> Day {
        Day(self.day.div_euclid(2))
    }

    pub fn is_purchase(self) -> bool {
        self.day.rem_euclid(2) == 1
    }
}

/// An opinion, as an index from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answer {
    pub at: u32,
    pub day: Day,
    pub index: Decimal,
}

/// A complaint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    pub at: u32,
    pub received: Day,
    /// The day it was resolved or closed; `None`: it is open.
    pub ended: Option<Day>,
    pub severity: Severity,
    pub id: Id,
}

/// How many facts were left out, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Dated after the day.
    pub future_dated: u64,
    /// Of customers the archive does not have.
    pub unknown_customers: u64,
    /// Answers without a date.
    pub undated: u64,
}

impl LeftOut {
    fn add(&mut self, other: LeftOut) {
        self.future_dated += other.future_dated;
        self.unknown_customers += other.unknown_customers;
        self.undated += other.undated;
    }
}

/// The orders one thread has seen.
#[derive(Debug)]
pub struct Orders<'a> {
    index: &'a Index,
    as_of: Day,
    dealt: Vec<Dealt>,
    left_out: LeftOut,
}

impl<'a> Orders<'a> {
    pub fn new(index: &'a Index, as_of: NaiveDate) -> Orders<'a> {
        Orders { index, as_of: as_of.into(), dealt: Vec::new(), left_out: LeftOut::default() }
    }

    pub fn order(&mut self, line: &OrderLine<'_>) {
        let day = Day::from(line.date);
        if day > self.as_of {
            self.left_out.future_dated += 1;
            return;
        }
        let Some(at) = self.index.get(line.customer.trim()) else {
            self.left_out.unknown_customers += 1;
            return;
        };
        self.dealt.push(Dealt::new(at, day, line.is_sale(), line.amount.minor()));
    }

    /// Brings what was seen into order: dear, and best done beside others.
    pub fn sort(&mut self) {
        self.dealt.sort_unstable();
        self.dealt.dedup_by(|next, kept| {
            let same = (next.at, next.day) == (kept.at, kept.day);
            // what does not fit stays a row of its own, and is added up where sums are wide enough
            let sum = kept.amount.checked_add(next.amount).filter(|_| same);
            kept.amount = sum.unwrap_or(kept.amount);
            sum.is_some()
        });
    }
}

/// What customers said and when they were in touch.
#[derive(Debug)]
pub struct Contacts<'a> {
    index: &'a Index,
    as_of: Day,
    zone: Tz,
    signs: Vec<(u32, Day)>,
    answers: Vec<Answer>,
    complaints: Vec<Complaint>,
    left_out: LeftOut,
}

impl<'a> Contacts<'a> {
    pub fn new(index: &'a Index, as_of: NaiveDate, zone: Tz) -> Contacts<'a> {
        let (signs, answers, complaints) = (Vec::new(), Vec::new(), Vec::new());
        Contacts { index, as_of: as_of.into(), zone, signs, answers, complaints, left_out: LeftOut::default() }
    }

    /// A sign of life, unless it is of nobody or of the future. Whose it is.
    fn sign(&mut self, customer: &Id, day: Day) -> Option<u32> {
        if day > self.as_of {
            self.left_out.future_dated += 1;
            return None;
        }
        let Some(at) = self.index.get(customer.as_str().trim()) else {
            self.left_out.unknown_customers += 1;
            return None;
        };
        self.signs.push((at, day));
        Some(at)
    }

    fn day(&self, at: Instant) -> Day {
        at.date(self.zone).into()
    }

    pub fn interaction(&mut self, interaction: &Interaction) {
        let day = self.day(interaction.at);
        self.sign(&interaction.customer, day);
    }

    /// The customer came to us, and later confirmed the result. Its feedback counts on the day of receipt, as for tiers.
    pub fn request(&mut self, request: &Request) {
        let Some(customer) = &request.customer else { return };
        let received = self.day(request.received_at);
        let Some(at) = self.sign(customer, received) else { return };
        if let Some(confirmed) = request.confirmed_at.map(|at| self.day(at)).filter(|day| *day <= self.as_of) {
            self.signs.push((at, confirmed));
        }
        self.answered(at, received, request.feedback.and_then(index_of_five));
        if is_complaint(request) {
            let end = [request.resolved_at, request.closed_at, request.confirmed_at].into_iter().flatten().min();
            let ended = end.filter(|_| !request.stage.is_open()).map_or(received, |at| self.day(at));
            let open = request.stage.is_open() || ended > self.as_of;
            let (severity, id) = (request.severity, request.id.clone());
            self.complaints.push(Complaint { at, received, ended: (!open).then_some(ended), severity, id });
        }
    }

    /// A revisit that was done; an attempt nobody answered is no sign of life.
    pub fn revisit(&mut self, revisit: &Revisit) {
        if revisit.status != RevisitStatus::Done {
            return;
        }
        let day = revisit.done_at.map_or_else(|| revisit.due_on.into(), |at| self.day(at));
        if let Some(at) = self.sign(&revisit.customer, day) {
            self.answered(at, day, revisit.satisfaction.and_then(index_of_five));
        }
    }

    pub fn response(&mut self, response: &Response) {
        let Some(customer) = &response.customer else { return };
        let Some(submitted) = response.submitted_at else {
            self.left_out.undated += 1;
            return;
        };
        let day = self.day(submitted);
        if let Some(at) = self.sign(customer, day) {
            self.answered(at, day, response.index.map(|index| index.0));
        }
    }

    fn answered(&mut self, at: u32, day: Day, index: Option<Decimal>) {
        self.answers.extend(index.map(|index| Answer { at, day, index }));
    }
}

/// Everything known, in order of customers and days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub as_of: NaiveDate,
    dealt: Vec<Dealt>,
    /// Each day of a customer once.
    signs: Vec<(u32, Day)>,
    answers: Vec<Answer>,
    complaints: Vec<Complaint>,
    pub left_out: LeftOut,
}

impl Known {
    /// As if one had seen everything.
    pub fn together(orders: Vec<Orders<'_>>, contacts: Contacts<'_>, as_of: NaiveDate) -> Known {
        let Contacts { mut signs, mut answers, mut complaints, mut left_out, .. } = contacts;
        let mut dealt: Vec<Dealt> = Vec::new();
        for mut one in orders {
            left_out.add(one.left_out);
            if dealt.is_empty() { dealt = one.dealt } else { dealt.append(&mut one.dealt) }
        }
        // sorted runs, one for each thread: the stable sort merges them
        dealt.sort();
        signs.sort_unstable();
        signs.dedup();
        answers.sort_unstable();
        complaints.sort_unstable();
        Known { as_of, dealt, signs, answers, complaints, left_out }
    }

    pub fn dealt(&self, at: u32) -> &[Dealt] {
        of(&self.dealt, at, |row| row.at)
    }

    pub fn signs(&self, at: u32) -> &[(u32, Day)] {
        of(&self.signs, at, |row| row.0)
    }

    pub fn answers(&self, at: u32) -> &[Answer] {
        of(&self.answers, at, |row| row.at)
    }

    pub fn complaints(&self, at: u32) -> &[Complaint] {
        of(&self.complaints, at, |row| row.at)
    }

    /// The first customer with any order line.
    pub fn first_buyer(&self) -> Option<u32> {
        self.dealt.first().map(|row| row.at)
    }

    /// The next one after this.
    pub fn buyer_after(&self, at: u32) -> Option<u32> {
        self.dealt.get(self.dealt.partition_point(|row| row.at <= at)).map(|row| row.at)
    }

    /// A customer's days with a purchase, in order, each once.
    pub fn purchases(&self, at: u32) -> impl Iterator<Item = Day> + '_ {
        let mut last = None;
        let days = self.dealt(at).iter().filter(|row| row.is_purchase()).map(|row| row.day());
        days.filter(move |day| last.replace(*day) != Some(*day))
    }
}

/// One customer's rows.
fn of<T>(rows: &[T], at: u32, whose: impl Fn(&T) -> u32) -> &[T] {
    let first = rows.partition_point(|row| whose(row) < at);
    let count = rows[first..].partition_point(|row| whose(row) == at);
    &rows[first..first + count]
}
