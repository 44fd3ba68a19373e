//! RFM: how lately, how often and for how much each customer bought, as scores from 1 to 5 and as segments.
//!
//! [`Purchases`] are folded from the order lines as they stream by ([`Fold`]); [`score`] turns them into one [`Rfm`] that
//! `rfm` shows and that the measure `rfm` of the tiers takes its segments from. Definitions: docs/rules.md, section RFM.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::tiering::facts::{LeftOut, OrderLine, Scope};
use super::tiering::index::Index;
use crate::model::rules::rfm::{BEST, Edges, Method, Quantiles, RfmRules};

/// What one customer bought, up to the as-of date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purchases {
    /// Minor units, net of refunds, in the window.
    pub spend: i128,
    /// Distinct ids of sales in the window.
    pub orders: u32,
    /// Distinct days with a sale in the window.
    pub days: u32,
    /// The first sale of all time.
    pub first: Option<NaiveDate>,
    /// The last sale of all time.
    pub last: Option<NaiveDate>,
}

/// The running sums of every customer; several may be filled side by side.
#[derive(Debug)]
pub struct Fold<'a> {
    scope: Scope,
    index: &'a Index,
    purchases: Vec<Purchases>,
    /// The sales of the window: whose, and a hash of which order.
    orders: Vec<(u32, u64)>,
    days: Vec<(u32, NaiveDate)>,
    left_out: LeftOut,
}

/// Everybody's purchases, by position in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    pub scope: Scope,
    pub purchases: Vec<Purchases>,
    pub left_out: LeftOut,
}

impl<'a> Fold<'a> {
    /// Nothing known yet of so many customers.
    pub fn new(index: &'a Index, customers: usize, scope: Scope) -> Fold<'a> {
        let (orders, days, left_out) = (Vec::new(), Vec::new(), LeftOut::default());
        Fold { scope, index, purchases: vec![Purchases::default(); customers], orders, days, left_out }
    }

    pub fn order(&mut self, line: &OrderLine<'_>) {
        if line.date > self.scope.as_of {
            self.left_out.future_dated += 1;
            return;
        }
        let Some(at) = self.index.get(line.customer.trim()) else {
            self.left_out.unknown_customers += 1;
            return;
        };
        let purchases = &mut self.purchases[at as usize];
        if line.is_sale() {
            purchases.first = [purchases.first, Some(line.date)].into_iter().flatten().min();
            purchases.last = purchases.last.max(Some(line.date));
        }
        if !self.scope.in_window(line.date) {
            return;
        }
        purchases.spend += line.amount.0;
        if line.is_sale() {
            let order = (at, hash(line.id));
            // lines of an order mostly follow each other
            if self.orders.last() != Some(&order) {
                self.orders.push(order);
            }
            self.days.push((at, line.date));
        }
    }

    /// Brings what was seen into order: dear, and best done beside others.
    pub fn sort(&mut self) {
        self.orders.sort_unstable();
        self.orders.dedup();
        self.days.sort_unstable();
        self.days.dedup();
    }

    /// The sums of all, as if one had seen everything.
    pub fn together(all: Vec<Fold<'a>>) -> Option<Totals> {
        let mut all = all.into_iter();
        let mut sum = all.next()?;
        for other in all {
            sum.add(other);
        }
        sum.sort();
        for (at, _) in &sum.orders {
            sum.purchases[*at as usize].orders += 1;
        }
        for (at, _) in &sum.days {
            sum.purchases[*at as usize].days += 1;
        }
        Some(Totals { scope: sum.scope, purchases: sum.purchases, left_out: sum.left_out })
    }

    fn add(&mut self, other: Fold<'a>) {
        for (mine, theirs) in self.purchases.iter_mut().zip(&other.purchases) {
            mine.spend += theirs.spend;
            mine.first = [mine.first, theirs.first].into_iter().flatten().min();
            mine.last = mine.last.max(theirs.last);
        }
        self.orders.extend(other.orders);
        self.days.extend(other.days);
        self.left_out.future_dated += other.left_out.future_dated;
        self.left_out.unknown_customers += other.left_out.unknown_customers;
    }
}

fn hash(order: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    order.hash(&mut hasher);
    hasher.finish()
}

/// One customer's scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scored {
    /// In the archive.
    pub position: usize,
    pub purchases: Purchases,
    /// Calendar days from the last sale to the as-of date.
    pub recency_days: i64,
    /// Recency, frequency, monetary: 1 to 5.
    pub scores: [u8; 3],
    /// Position in the rules.
    pub segment: usize,
}

/// Everybody's scores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rfm {
    pub scope: Scope,
    /// Of recency days, frequency and monetary value; `None` for quantiles of nobody.
    pub edges: Option<[Edges; 3]>,
    /// Active customers who ever bought, in the order of the archive.
    pub rows: Vec<Scored>,
    /// Active customers who never did: they have no scores.
    pub without: usize,
    /// Active customers who bought, but have no scores for want of cut points.
    pub unscored: usize,
    pub left_out: LeftOut,
}

/// Scores everybody who is active and ever bought.
pub fn score(totals: &Totals, active: &[bool], rules: &RfmRules) -> Rfm {
    let buyers = || (0..totals.purchases.len()).filter(|at| active[*at] && totals.purchases[*at].last.is_some());
    let values = |at: usize| values(&totals.purchases[at], &totals.scope);
    let edges = match &rules.method {
        Method::Fixed { recency_days, frequency, monetary } => Some([*recency_days, *frequency, *monetary]),
        Method::Quantiles(quantiles) => {
            let in_window: Vec<[Decimal; 3]> = buyers().filter(|at| totals.purchases[*at].orders > 0).map(values).collect();
            let edges = |of: usize| quantile_edges(in_window.iter().map(|values| values[of]).collect(), quantiles);
            (!in_window.is_empty()).then(|| std::array::from_fn(edges))
        }
    };
    let higher = match &rules.method {
        Method::Fixed { .. } => true,
        Method::Quantiles(quantiles) => quantiles.ties_higher,
    };
    let scored = |edges: &[Edges; 3], at: usize| {
        let [recency, frequency, monetary] = values(at);
        let bin = |value: Decimal, of: usize| bin(value, &edges[of], higher);
        let scores = [BEST - bin(recency, 0), 1 + bin(frequency, 1), 1 + bin(monetary, 2)];
        let purchases = totals.purchases[at];
        let recency_days = purchases.last.map_or(0, |last| (totals.scope.as_of - last).num_days());
        Scored { position: at, purchases, recency_days, scores, segment: rules.segment(scores) }
    };
    let rows: Vec<Scored> = edges.iter().flat_map(|edges| buyers().map(|at| scored(edges, at))).collect();
    let bought = buyers().count();
    let without = active.iter().filter(|active| **active).count() - bought;
    Rfm { scope: totals.scope, edges, without, unscored: bought - rows.len(), rows, left_out: totals.left_out }
}

/// Recency in days, orders, net spend in major units.
fn values(purchases: &Purchases, scope: &Scope) -> [Decimal; 3] {
    let recency = purchases.last.map_or(0, |last| (scope.as_of - last).num_days());
    let spend = Decimal::try_from_i128_with_scale(purchases.spend, scope.digits).unwrap_or(Decimal::MAX);
    [recency.into(), purchases.orders.into(), spend]
}

/// How many edges a value has passed: 0 to 4.
fn bin(value: Decimal, edges: &Edges, ties_higher: bool) -> u8 {
    let passed = edges.iter().filter(|edge| value > **edge || (ties_higher && value == **edge)).count();
    u8::try_from(passed).unwrap_or(BEST - 1)
}

fn quantile_edges(mut values: Vec<Decimal>, quantiles: &Quantiles) -> Edges {
    values.sort_unstable();
    quantiles.at.map(|percent| quantile(&values, percent) + quantiles.plus)
}

/// The quantile of sorted values by linear interpolation between the order statistics (type 7 of Hyndman & Fan 1996,
/// the default of R and of Excel's `PERCENTILE.INC`); 0 of none.
pub fn quantile(sorted: &[Decimal], percent: Decimal) -> Decimal {
    let Some(last) = sorted.len().checked_sub(1) else { return Decimal::ZERO };
    let at = Decimal::from(last) * percent / Decimal::ONE_HUNDRED;
    let low = usize::try_from(at.floor()).unwrap_or(last).min(last);
    let next = sorted[(low + 1).min(last)];
    sorted[low] + (at - at.floor()) * (next - sorted[low])
}

/// One segment's customers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SegmentSum {
    pub customers: usize,
    pub orders: u64,
    /// Minor units.
    pub spend: i128,
    /// Sum over the customers.
    pub recency_days: i64,
}

impl Rfm {
    /// Each segment's customers, in the order of the rules.
    pub fn segments(&self, rules: &RfmRules) -> Vec<SegmentSum> {
        let mut sums = vec![SegmentSum::default(); rules.segments.len()];
        for row in &self.rows {
            let sum = &mut sums[row.segment];
            sum.customers += 1;
            sum.orders += u64::from(row.purchases.orders);
            sum.spend += row.purchases.spend;
            sum.recency_days += row.recency_days;
        }
        sums
    }
}

#[cfg(test)]
mod tests;
