//! A customer's own rhythm, and how long after a sign of life they may be silent.

use chrono::NaiveDate;

use super::facts::Known;
use crate::model::member::Day;
use crate::model::rules::lifecycle::{LifecycleRules, Rhythm, Silence};

/// Tenths in a day.
const TENTHS: i64 = 10;

/// The intervals met so far, kept in order.
#[derive(Debug, Clone, Default)]
struct Intervals {
    sorted: Vec<i64>,
    last: Option<Day>,
}

impl Intervals {
    fn purchase(&mut self, day: Day) {
        if let Some(last) = self.last.replace(day) {
            let days = i64::from(day.0) - i64::from(last.0);
            let place = self.sorted.partition_point(|known| *known <= days);
            self.sorted.insert(place, days);
        }
    }

    /// The median in tenths of a day: the middle one, or the mean of the two in the middle.
    fn median(&self) -> Option<i64> {
        median(&self.sorted, TENTHS)
    }
}

/// The median of sorted numbers, times a factor that is even.
fn median(sorted: &[i64], times: i64) -> Option<i64> {
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    let lower = if sorted.len().is_multiple_of(2) { sorted[middle - 1] } else { upper };
    Some((lower + upper) * (times / 2))
}

/// The usual interval: the own median alone from `n ≥ needed` intervals on, else (n × own + (needed − n) × book) ÷ needed,
/// half up to tenths of a day.
pub fn usual(own: Option<i64>, n: usize, book: i64, rules: Rhythm) -> i64 {
    let (needed, n) = (i64::from(rules.intervals), i64::try_from(n).unwrap_or(i64::MAX));
    match own {
        Some(own) if n >= needed => own,
        Some(own) => (2 * (n * own + (needed - n) * book) + needed) / (2 * needed),
        None => book,
    }
}

/// A customer's own median interval and the number of intervals it rests on.
pub fn own(known: &Known, at: u32) -> (Option<i64>, usize) {
    let mut intervals = Intervals::default();
    known.purchases(at).for_each(|day| intervals.purchase(day));
    (intervals.median(), intervals.sorted.len())
}

/// The median of the customers' own medians, each once: a few who buy daily are not the measure of all. Gives as well over
/// how many; while nobody bought twice, what the rules say.
pub fn of_book(known: &Known, active: &dyn Fn(usize) -> bool, rules: Rhythm) -> (i64, usize) {
    let mut medians: Vec<i64> = Vec::new();
    let mut next = known.first_buyer();
    while let Some(at) = next {
        if active(at as usize) {
            medians.extend(own(known, at).0);
        }
        next = known.buyer_after(at);
    }
    medians.sort_unstable();
    // tenths already: the mean of two, half up
    let book = median(&medians, 2).map_or(rules.usual, |twice| (twice + 1) / 2);
    (book, medians.len())
}

/// A sign of life, and how things stand from then on while nothing else happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub day: NaiveDate,
    /// Days with a purchase up to here.
    pub purchases: u32,
    pub silent_on: Option<NaiveDate>,
    pub lost_on: Option<NaiveDate>,
}

/// The signs of life since the first purchase. A day of silence once foreseen never comes nearer by another sign of life:
/// who buys again sooner than usual is no reason to worry sooner.
pub fn marks(known: &Known, at: u32, book: i64, rules: &LifecycleRules) -> Vec<Mark> {
    let mut days: Vec<(Day, bool)> = known.purchases(at).map(|day| (day, true)).collect();
    let Some((first, _)) = days.first().copied() else { return Vec::new() };
    days.extend(known.signs(at).iter().filter(|(_, day)| *day > first).map(|(_, day)| (*day, false)));
    // of a day with both, the purchase comes first
    days.sort_unstable_by_key(|(day, purchase)| (*day, !purchase));
    days.dedup_by_key(|(day, _)| *day);
    let mut intervals = Intervals::default();
    let mut marks: Vec<Mark> = Vec::with_capacity(days.len());
    for (day, purchase) in days {
        if purchase {
            intervals.purchase(day);
        }
        let usual = usual(intervals.median(), intervals.sorted.len(), book, rules.rhythm);
        let Some(date) = day.date() else { continue };
        let before = marks.last();
        let begins = |rule: Option<Silence>, before: Option<NaiveDate>| rule.map(|rule| rule.begins(date, usual)).max(before);
        let mark = Mark {
            day: date,
            purchases: before.map_or(0, |mark| mark.purchases) + u32::from(purchase),
            silent_on: begins(rules.silent, before.and_then(|mark| mark.silent_on)),
            lost_on: begins(rules.lost, before.and_then(|mark| mark.lost_on)),
        };
        marks.push(mark);
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_intervals_lean_on_the_book() {
        let rules = Rhythm { intervals: 3, usual: 600 };
        // (1 × 10.0 + 2 × 60.0) ÷ 3 = 43.33 days; (2 × 10.0 + 60.0) ÷ 3 = 26.67 days
        let of = |own: Option<i64>, n| usual(own, n, 600, rules);
        assert_eq!([of(None, 0), of(Some(100), 1), of(Some(100), 2), of(Some(100), 3)], [600, 433, 267, 100]);
    }

    #[test]
    fn medians_of_any_count() {
        let of = |days: &[i32]| {
            let mut intervals = Intervals::default();
            for day in days {
                intervals.purchase(Day(*day));
            }
            intervals.median()
        };
        assert_eq!([of(&[5]), of(&[5, 12]), of(&[5, 12, 15]), of(&[5, 12, 15, 115])], [None, Some(70), Some(50), Some(70)]);
    }
}
