//! The fold: what the facts say about each customer, in one small struct per customer.
//!
//! Facts stream by once, in any order. Nothing of them is kept but sums, counts, two dates and,
//! for the orders of the window, one 64-bit hash per distinct order id.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

use chrono::NaiveDate;
use chrono_tz::Tz;
use rust_decimal::Decimal;

use crate::base::duration::Span;
use crate::base::money::Money;
use crate::model::customer::Customer;
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
}

/// The part of time that counts: the window `(after, as_of]`, or everything up to `as_of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    pub as_of: NaiveDate,
    /// The day before the window's first; `None`: all time.
    pub after: Option<NaiveDate>,
    pub zone: Tz,
    /// Decimals of the currency.
    pub digits: u32,
}

impl Scope {
    pub fn new(as_of: NaiveDate, window: Option<Span>, zone: Tz, digits: u32) -> Scope {
        Scope { as_of, after: window.map(|span| span.before(as_of)), zone, digits }
    }

    fn in_window(&self, date: NaiveDate) -> bool {
        self.after.is_none_or(|after| date > after)
    }
}

/// Hands a hash through as it is: the keys are hashes already.
#[derive(Debug, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 << 8) | u64::from(*byte);
        }
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
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
    fn is_sale(&self) -> bool {
        self.kind.map_or(self.amount >= Money(0), |kind| kind == OrderKind::Sale)
    }
}

/// The running sums of every customer.
#[derive(Debug)]
pub struct Accumulators<'a> {
    pub scope: Scope,
    /// Position in `facts` by id; a merged customer's id leads to the one it went into.
    index: HashMap<&'a str, u32>,
    facts: Vec<Facts>,
    orders_seen: HashSet<u64, BuildHasherDefault<AsIs>>,
    /// Facts dated after the as-of date: left out.
    pub future_dated: u64,
    /// Facts that name a customer the archive does not have: left out.
    pub unknown_customers: u64,
    /// Answers without a date: left out.
    pub undated: u64,
}

impl<'a> Accumulators<'a> {
    /// Nothing known yet of these customers; positions are those of the slice.
    pub fn new(customers: &[&'a Customer], scope: Scope) -> Accumulators<'a> {
        Accumulators {
            scope,
            index: index(customers),
            facts: vec![Facts::default(); customers.len()],
            orders_seen: HashSet::default(),
            future_dated: 0,
            unknown_customers: 0,
            undated: 0,
        }
    }

    /// What is known of the customer at a position of the slice.
    pub fn facts(&self, position: usize) -> &Facts {
        &self.facts[position]
    }

    /// Whose fact it is, and whether it lies in the window; counts what is left out.
    fn place(&mut self, customer: &str, date: NaiveDate) -> Option<(u32, bool)> {
        if date > self.scope.as_of {
            self.future_dated += 1;
            return None;
        }
        let Some(at) = self.index.get(customer.trim()) else {
            self.unknown_customers += 1;
            return None;
        };
        Some((*at, self.scope.in_window(date)))
    }

    pub fn order(&mut self, line: &OrderLine<'_>) {
        let Some((at, in_window)) = self.place(line.customer, line.date) else { return };
        let sale = line.is_sale();
        // a hash of 64 bits: among ten million orders two share one with a chance of 1 in 400,000
        let new = in_window && sale && self.orders_seen.insert(hash(at, line.id));
        let facts = &mut self.facts[at as usize];
        if sale {
            facts.sales += 1;
            facts.first_sale = Some(facts.first_sale.map_or(line.date, |first| first.min(line.date)));
            facts.last_sale = facts.last_sale.max(Some(line.date));
        }
        if in_window {
            facts.spend += i128::from(line.amount.0);
            facts.lines += 1;
            facts.sale_lines += u32::from(sale);
            facts.orders += u32::from(new);
        }
    }

    /// A request counts on the day it was received, for its feedback and as a complaint.
    pub fn request(&mut self, request: &Request) {
        let complaint = request.r#type == Some(RequestType::Complaint) && !matches!(request.stage, Stage::Duplicate | Stage::Rejected);
        let index = request.feedback.and_then(index_of_five);
        let Some(customer) = request.customer.as_ref().filter(|_| complaint || index.is_some()) else { return };
        let Some((at, true)) = self.place(customer.as_str(), request.received_at.date(self.scope.zone)) else { return };
        self.facts[at as usize].complaints += u32::from(complaint);
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
            self.undated += 1;
            return;
        };
        if let Some((at, true)) = self.place(customer.as_str(), submitted.date(self.scope.zone)) {
            self.answered(at, Some(index.0));
        }
    }

    fn answered(&mut self, at: u32, index: Option<Decimal>) {
        let facts = &mut self.facts[at as usize];
        facts.satisfaction += index.unwrap_or_default();
        facts.answers += u32::from(index.is_some());
    }
}

/// `(x − 1) ÷ 4 × 100` of a score from 1 to 5; other scores are no answer.
fn index_of_five(score: u32) -> Option<Decimal> {
    (1..=5).contains(&score).then(|| Decimal::from((score - 1) * 25))
}

fn hash(customer: u32, order: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (customer, order).hash(&mut hasher);
    hasher.finish()
}

/// Longest chain of merges followed; a ring of them ends here too.
const MERGES: usize = 32;

/// Positions by id. What a merged customer did counts for the one it was merged into.
pub fn index<'a>(customers: &[&'a Customer]) -> HashMap<&'a str, u32> {
    let positions = customers.iter().zip(0_u32..);
    let own: HashMap<&str, u32> = positions.map(|(customer, at)| (customer.id.as_str(), at)).collect();
    let survivor = |start: u32| {
        let next = |at: &u32| own.get(customers[*at as usize].merged_into.as_ref()?.as_str()).copied();
        std::iter::successors(Some(start), next).take(MERGES).last().unwrap_or(start)
    };
    own.iter().map(|(id, at)| (*id, survivor(*at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn customer(id: &str) -> Customer {
        Customer::new(Id::parse(id).unwrap(), String::new())
    }

    fn line<'a>(customer: &'a str, id: &'a str, date: &str, fen: i64) -> OrderLine<'a> {
        OrderLine { id, customer, date: day(date), amount: Money(fen), kind: None }
    }

    fn scope(as_of: &str) -> Scope {
        Scope::new(day(as_of), Some(Span::Months(12)), chrono_tz::UTC, 2)
    }

    #[test]
    fn the_window_is_open_at_its_start_and_closed_at_its_end() {
        let (a, b) = (customer("A"), customer("B"));
        let mut acc = Accumulators::new(&[&a, &b], scope("2026-11-23"));
        for (id, date) in [("o1", "2025-11-23"), ("o2", "2025-11-24"), ("o3", "2026-11-23"), ("o4", "2026-11-24")] {
            acc.order(&line("A", id, date, 10_000));
        }
        acc.order(&line("X", "o5", "2026-11-01", 1));
        let facts = acc.facts(0);
        assert_eq!((facts.spend, facts.orders, facts.sales), (20_000, 2, 3));
        assert_eq!((facts.first_sale, facts.last_sale), (Some(day("2025-11-23")), Some(day("2026-11-23"))));
        assert_eq!((acc.future_dated, acc.unknown_customers, acc.facts(1)), (1, 1, &Facts::default()));
    }

    #[test]
    fn lines_of_one_order_count_once_wherever_they_stand_and_refunds_are_no_orders() {
        let (a, b) = (customer("A"), customer("B"));
        let mut acc = Accumulators::new(&[&a, &b], scope("2026-11-23"));
        for (who, id, fen) in [("A", "1", 500), ("A", "2", 300), ("A", "1", 200), ("B", "1", 100), ("A", "1", -200)] {
            acc.order(&line(who, id, "2026-10-01", fen));
        }
        acc.order(&OrderLine { kind: Some(OrderKind::Refund), ..line("A", "9", "2026-11-20", -300) });
        let facts = acc.facts(0);
        assert_eq!((facts.spend, facts.orders, facts.lines, facts.sale_lines), (500, 2, 5, 3));
        assert_eq!(facts.last_sale, Some(day("2026-10-01")));
        assert_eq!(acc.facts(1).orders, 1);
    }

    #[test]
    fn a_merged_customers_facts_count_for_the_one_it_went_into() {
        let (a, mut b, mut c) = (customer("A"), customer("B"), customer("C"));
        b.merged_into = Some(a.id.clone());
        c.merged_into = Some(b.id.clone());
        let mut acc = Accumulators::new(&[&c, &a, &b], scope("2026-11-23"));
        acc.order(&line("C", "1", "2026-10-01", 700));
        assert_eq!((acc.facts(1).spend, acc.facts(0).spend), (700, 0));
        // a ring ends
        let (mut one, mut two) = (customer("X"), customer("Y"));
        (one.merged_into, two.merged_into) = (Some(two.id.clone()), Some(one.id.clone()));
        assert_eq!(index(&[&one, &two]).len(), 2);
    }

    /// Published figures of a public RFM example at 2006-12-31: days since the last order, orders, amount.
    #[test]
    fn a_published_example() {
        let abbey = customer("abbey_o'reilly");
        let as_of = Scope::new(day("2006-12-31"), None, chrono_tz::UTC, 0);
        let mut acc = Accumulators::new(&[&abbey], as_of);
        let dates = ["2005-12-24", "2006-01-06", "2006-06-09", "2005-07-16", "2005-11-03", "2005-09-04"];
        for (i, (date, amount)) in dates.iter().zip([145, 67, 20, 47, 41, 152]).enumerate() {
            acc.order(&line("abbey_o'reilly", &i.to_string(), date, amount));
        }
        let facts = acc.facts(0);
        let recency = (acc.scope.as_of - facts.last_sale.unwrap()).num_days();
        assert_eq!((recency, facts.orders, facts.spend), (205, 6, 472));
    }
}
