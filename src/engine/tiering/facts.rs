//! The fold: what the facts say about each customer, in one small struct per customer.
//!
//! Facts stream by once, in any order and on several threads. Nothing of them is kept but sums, counts, two dates and,
//! for the sales of the window, one 64-bit hash per order.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::NaiveDate;
use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::index::{Index, Slot};
use crate::base::money::Money;
use crate::base::window::Stretch;
use crate::engine::rfm::Rfm;
use crate::model::member::Day;
use crate::model::order::OrderKind;
use crate::model::request::{Request, RequestType, Stage};
use crate::model::revisit::{Revisit, RevisitStatus};
use crate::model::survey::Response;

/// What the facts up to the as-of date say about one customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Minor units, net of refunds, in the window. Wide enough for any number of 64-bit amounts.
    pub spend: i128,
    /// Order lines in the window.
    pub lines: u32,
    /// Those of them that are sales.
    pub sale_lines: u32,
    /// Distinct ids of sales in the window.
    pub orders: u32,
    /// Sale lines of all time.
    pub sales: u32,
    pub first_sale: Option<NaiveDate>,
    pub last_sale: Option<NaiveDate>,
    /// Sum of 0–100 indexes in the window, and how many.
    pub satisfaction: Decimal,
    pub answers: u32,
    pub complaints: u32,
    /// Position of the RFM segment in the rules, where they ask for it.
    pub segment: Option<u16>,
}

/// The part of time that counts: everything up to `as_of`, and of that the window `(after, last]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    pub as_of: NaiveDate,
    /// The day before the window's first; `None`: all time.
    pub after: Option<NaiveDate>,
    /// The window's last day: the as-of date, or earlier.
    pub last: NaiveDate,
    pub zone: Tz,
    /// Decimals of the currency.
    pub digits: u32,
}

impl Scope {
    pub fn new(as_of: NaiveDate, window: Stretch, zone: Tz, digits: u32) -> Scope {
        Scope { as_of, after: window.after, last: window.last, zone, digits }
    }

    pub fn in_window(&self, date: NaiveDate) -> bool {
        Stretch { after: self.after, last: self.last }.contains(date)
    }
}

/// One line of an order, as much of it as counts here.
#[derive(Debug, Clone, Copy)]
pub struct OrderLine<'a> {
    pub id: &'a str,
    pub customer: &'a str,
    pub date: NaiveDate,
    pub amount: Money,
    pub kind: Option<OrderKind>,
}

impl OrderLine<'_> {
    /// What is not said to be a refund is a sale, unless its amount is negative.
    pub fn is_sale(&self) -> bool {
        self.kind.map_or(self.amount >= Money(0), |kind| kind == OrderKind::Sale)
    }
}

/// The sums of one customer's orders, packed: a million of them are passed over at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    pub spend: i64,
    pub lines: u32,
    pub sale_lines: u32,
    pub orders: u32,
    pub sales: u32,
    pub first_sale: Day,
    pub last_sale: Day,
}

const NOTHING: Sums = Sums { spend: 0, lines: 0, sale_lines: 0, orders: 0, sales: 0, first_sale: Day(i32::MAX), last_sale: Day::NONE };

/// What customers said and complained of: few have any, and no rule need ask for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Voice {
    pub satisfaction: Decimal,
    pub answers: u32,
    pub complaints: u32,
}

/// The running sums of every customer. Several may be filled side by side and are put together by [`Accumulators::together`].
#[derive(Debug)]
pub struct Accumulators<'a> {
    scope: Scope,
    index: &'a Index,
    totals: Totals,
    /// The sales lines of the window: whose, and a hash of which order.
    seen: Vec<(u32, u64)>,
    pending: Vec<Pending>,
}

/// So many lines wait for each other.
const BATCH: usize = 128;

/// A line whose customer is still to be found.
#[derive(Debug, Clone, Copy)]
struct Pending {
    slot: Slot,
    day: Day,
    amount: i64,
    sale: bool,
    in_window: bool,
    /// A hash of 64 bits: among ten million orders two of one customer never share one.
    order: u64,
}

/// The sums, complete.
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    pub scope: Scope,
    pub sums: Vec<Sums>,
    /// Empty until somebody said something.
    pub voices: Vec<Voice>,
    /// What did not fit into 64 bits of spend.
    pub(super) carried: HashMap<u32, i128>,
    /// What refunds took off in the window: of whom, when, how much. In order.
    pub(super) refunds: Vec<(u32, (Day, i64))>,
    /// Positions of the RFM segments; empty where no rule asks for them.
    pub(super) segments: Vec<u16>,
    pub left_out: LeftOut,
}

/// In no segment.
const NO_SEGMENT: u16 = u16::MAX;

/// How many facts were left out, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Dated after the as-of date.
    pub future_dated: u64,
    /// Of customers the archive does not have.
    pub unknown_customers: u64,
    /// Answers without a date.
    pub undated: u64,
}

impl<'a> Accumulators<'a> {
    /// Nothing known yet of so many customers.
    pub fn new(index: &'a Index, customers: usize, scope: Scope) -> Accumulators<'a> {
        Accumulators {
            scope,
            index,
            totals: Totals::new(vec![NOTHING; customers], scope),
            seen: Vec::new(),
            pending: Vec::with_capacity(BATCH),
        }
    }

    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Whose fact it is, and whether it lies in the window; counts what is left out.
    fn place(&mut self, customer: &str, date: NaiveDate) -> Option<(u32, bool)> {
        if date > self.scope.as_of {
            self.totals.left_out.future_dated += 1;
            return None;
        }
        let Some(at) = self.index.get(customer.trim()) else {
            self.totals.left_out.unknown_customers += 1;
            return None;
        };
        Some((at, self.scope.in_window(date)))
    }

    pub fn order(&mut self, line: &OrderLine<'_>) {
        if line.date > self.scope.as_of {
            self.totals.left_out.future_dated += 1;
            return;
        }
        let pending = Pending {
            slot: self.index.slot(line.customer.trim()),
            day: Day::from(line.date),
            amount: line.amount.minor(),
            sale: line.is_sale(),
            in_window: self.scope.in_window(line.date),
            order: hash(line.id),
        };
        self.pending.push(pending);
        if self.pending.len() == BATCH {
            self.settle_pending();
        }
    }

    /// Adds up what waits. The sums lie all over the memory: lines that wait together are waited for together.
    fn settle_pending(&mut self) {
        let mut places = [None; BATCH];
        for (place, pending) in places.iter_mut().zip(&self.pending) {
            *place = self.index.at(pending.slot);
        }
        let waiting = std::mem::take(&mut self.pending);
        for (place, pending) in places.iter().zip(&waiting) {
            match place {
                Some(at) => self.add(*at, pending),
                None => self.totals.left_out.unknown_customers += 1,
            }
        }
        self.pending = waiting;
        self.pending.clear();
    }

    fn add(&mut self, at: u32, line: &Pending) {
        let sums = &mut self.totals.sums[at as usize];
        if line.sale {
            sums.sales += 1;
            sums.first_sale = sums.first_sale.min(line.day);
            sums.last_sale = sums.last_sale.max(line.day);
        }
        if !line.in_window {
            return;
        }
        sums.lines += 1;
        sums.sale_lines += u32::from(line.sale);
        if let Some(spend) = sums.spend.checked_add(line.amount) {
            sums.spend = spend;
        } else {
            *self.totals.carried.entry(at).or_default() += i128::from(sums.spend);
            sums.spend = line.amount;
        }
        if line.amount < 0 {
            self.totals.refunds.push((at, (line.day, line.amount.saturating_neg())));
        }
        if line.sale {
            let order = (at, line.order);
            // lines of an order mostly follow each other
            if self.seen.last() != Some(&order) {
                self.seen.push(order);
            }
        }
    }

    /// Brings what was seen into order: dear, and best done beside others.
    pub fn sort(&mut self) {
        self.settle_pending();
        self.seen.sort_unstable();
        self.seen.dedup();
    }

    /// The sums of all, as if one had seen everything.
    pub fn together(all: Vec<Accumulators<'a>>) -> Option<Totals> {
        let settled = |mut one: Accumulators<'a>| {
            one.settle_pending();
            one
        };
        let mut all = all.into_iter().map(settled);
        let Accumulators { mut totals, mut seen, .. } = all.next()?;
        for other in all {
            totals.add(&other.totals);
            seen.extend(other.seen);
        }
        seen.sort_unstable();
        seen.dedup();
        for (at, _) in seen {
            totals.sums[at as usize].orders += 1;
        }
        totals.refunds.sort_unstable();
        Some(totals)
    }

    /// The sums of this one alone.
    pub fn settled(mut self) -> Totals {
        let empty = Totals::new(Vec::new(), self.scope);
        self.sort();
        Accumulators::together(vec![self]).unwrap_or(empty)
    }

    /// A request counts on the day it was received, for its feedback and as a complaint.
    pub fn request(&mut self, request: &Request) {
        let complaint = is_complaint(request);
        let index = request.feedback.and_then(index_of_five);
        let Some(customer) = request.customer.as_ref().filter(|_| complaint || index.is_some()) else { return };
        let Some((at, true)) = self.place(customer.as_str(), request.received_at.date(self.scope.zone)) else { return };
        self.totals.voice(at).complaints += u32::from(complaint);
        self.answered(at, index);
    }

    /// A revisit counts on the day it was done.
    pub fn revisit(&mut self, revisit: &Revisit) {
        let index = revisit.satisfaction.filter(|_| revisit.status == RevisitStatus::Done).and_then(index_of_five);
        if index.is_none() {
            return;
        }
        let day = revisit.done_at.map_or(revisit.due_on, |at| at.date(self.scope.zone));
        if let Some((at, true)) = self.place(revisit.customer.as_str(), day) {
            self.answered(at, index);
        }
    }

    /// A survey response counts on the day it was submitted.
    pub fn response(&mut self, response: &Response) {
        let (Some(customer), Some(index)) = (&response.customer, response.index) else { return };
        let Some(submitted) = response.submitted_at else {
            self.totals.left_out.undated += 1;
            return;
        };
        if let Some((at, true)) = self.place(customer.as_str(), submitted.date(self.scope.zone)) {
            self.answered(at, Some(index.0));
        }
    }

    fn answered(&mut self, at: u32, index: Option<Decimal>) {
        if let Some(index) = index {
            let voice = self.totals.voice(at);
            voice.satisfaction += index;
            voice.answers += 1;
        }
    }
}

impl Totals {
    fn new(sums: Vec<Sums>, scope: Scope) -> Totals {
        let (voices, refunds, segments) = (Vec::new(), Vec::new(), Vec::new());
        Totals { scope, sums, voices, carried: HashMap::new(), refunds, segments, left_out: LeftOut::default() }
    }

    fn voice(&mut self, at: u32) -> &mut Voice {
        if self.voices.is_empty() {
            self.voices = vec![Voice::default(); self.sums.len()];
        }
        &mut self.voices[at as usize]
    }

    /// What is known of the customer at a position of the archive.
    pub fn facts(&self, position: usize) -> Facts {
        let sums = &self.sums[position];
        let carried = u32::try_from(position).ok().and_then(|at| self.carried.get(&at)).copied().unwrap_or_default();
        let voice = self.voices.get(position).copied().unwrap_or_default();
        Facts {
            spend: i128::from(sums.spend) + carried,
            lines: sums.lines,
            sale_lines: sums.sale_lines,
            orders: sums.orders,
            sales: sums.sales,
            first_sale: sums.first_sale.date().filter(|_| sums.sales > 0),
            last_sale: sums.last_sale.date(),
            satisfaction: voice.satisfaction,
            answers: voice.answers,
            complaints: voice.complaints,
            segment: self.segments.get(position).copied().filter(|segment| *segment != NO_SEGMENT),
        }
    }

    /// What refunds after a day took off the spend of the window; minor units.
    pub fn refunded_after(&self, position: usize, day: NaiveDate) -> i128 {
        let Ok(at) = u32::try_from(position) else { return 0 };
        let first = self.refunds.partition_point(|(whose, (on, _))| (*whose, *on) <= (at, Day::from(day)));
        self.refunds[first..].iter().take_while(|(whose, _)| *whose == at).map(|(_, (_, amount))| i128::from(*amount)).sum()
    }

    /// Takes up the RFM segments of the customers who have one.
    pub fn segment(&mut self, rfm: &Rfm) {
        self.segments = vec![NO_SEGMENT; self.sums.len()];
        for row in &rfm.rows {
            self.segments[row.position] = u16::try_from(row.segment).unwrap_or(NO_SEGMENT);
        }
    }

    fn add(&mut self, other: &Totals) {
        for (at, (mine, theirs)) in self.sums.iter_mut().zip(&other.sums).enumerate() {
            mine.lines += theirs.lines;
            mine.sale_lines += theirs.sale_lines;
            mine.sales += theirs.sales;
            mine.first_sale = mine.first_sale.min(theirs.first_sale);
            mine.last_sale = mine.last_sale.max(theirs.last_sale);
            if let Some(spend) = mine.spend.checked_add(theirs.spend) {
                mine.spend = spend;
            } else {
                *self.carried.entry(u32::try_from(at).unwrap_or(u32::MAX)).or_default() += i128::from(mine.spend);
                mine.spend = theirs.spend;
            }
        }
        for (at, spend) in &other.carried {
            *self.carried.entry(*at).or_default() += spend;
        }
        self.refunds.extend(&other.refunds);
        for (at, voice) in (0..).zip(&other.voices).filter(|(_, voice)| **voice != Voice::default()) {
            let mine = self.voice(at);
            mine.satisfaction += voice.satisfaction;
            mine.answers += voice.answers;
            mine.complaints += voice.complaints;
        }
        self.left_out.future_dated += other.left_out.future_dated;
        self.left_out.unknown_customers += other.left_out.unknown_customers;
        self.left_out.undated += other.left_out.undated;
    }
}

pub fn is_complaint(request: &Request) -> bool {
    request.r#type == Some(RequestType::Complaint) && !matches!(request.stage, Stage::Duplicate | Stage::Rejected)
}

/// Whether a request says anything that may count: others need not be kept.
pub fn speaks(request: &Request) -> bool {
    request.customer.is_some() && (is_complaint(request) || request.feedback.is_some())
}

/// `(x − 1) ÷ 4 × 100` of a score from 1 to 5; other scores are no answer.
pub fn index_of_five(score: u32) -> Option<Decimal> {
    (1..=5).contains(&score).then(|| Decimal::from((score - 1) * 25))
}

fn hash(order: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    order.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
