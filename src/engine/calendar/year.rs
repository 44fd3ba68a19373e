//! One year of a schedule, laid out as instants.

use chrono::NaiveDate;

use crate::base::date::{first_of_month, plus_days};
use crate::base::instant::Instant;
use crate::model::rules::calendar::Calendar;

/// Stretches of time in seconds since the epoch, in order and apart from each other.
pub type Spans = Vec<(i64, i64)>;

#[derive(Debug)]
struct Span {
    open: i64,
    close: i64,
    /// Working seconds of the year before this span.
    before: i64,
}

/// The working time of a year of the calendar's zone.
#[derive(Debug)]
pub struct Year {
    pub number: i32,
    /// Its first instant, and that of the next year.
    pub start: i64,
    pub end: i64,
    pub total: i64,
    spans: Vec<Span>,
}

impl Year {
    pub fn lay_out(calendar: &Calendar, leave: &Spans, number: i32) -> Year {
        let first = |number: i32| first_of_month(number, 1);
        let days = first(number).iter_days().take_while(|date| *date < first(number + 1));
        let mut year = Year { number, start: 0, end: 0, total: 0, spans: Vec::new() };
        for (open, close) in merged(days.flat_map(|date| spans_of_day(calendar, leave, date))) {
            year.spans.push(Span { open, close, before: year.total });
            year.total += close - open;
        }
        year.start = Instant::start_of(first(number), calendar.zone).timestamp();
        year.end = Instant::start_of(first(number + 1), calendar.zone).timestamp();
        year
    }

    /// The working seconds of the year before an instant.
    pub fn worked(&self, at: i64) -> i64 {
        let next = self.spans.partition_point(|span| span.open <= at);
        let last = next.checked_sub(1).map(|i| &self.spans[i]);
        last.map_or(0, |span| span.before + at.min(span.close) - span.open)
    }

    /// The first instant by which so many seconds (at least one) of the year are worked.
    pub fn when(&self, seconds: i64) -> Option<i64> {
        let at = self.spans.partition_point(|span| span.before + (span.close - span.open) < seconds);
        self.spans.get(at).map(|span| span.open + (seconds - span.before))
    }
}

/// The hours of a day as instants, leave taken out.
///
/// A time the clocks skip is the end of the gap; of a time that occurs twice, openings and closings both take the
/// first. So the order of local times is kept, hours that follow each other never overlap, and hours around the
/// repeated stretch contain it twice, as they do in life.
pub fn spans_of_day(calendar: &Calendar, leave: &Spans, date: NaiveDate) -> Spans {
    let at = |minute: u16| {
        let date = plus_days(date, u64::from(minute / (24 * 60)));
        let time = date.and_hms_opt(u32::from(minute / 60 % 24), u32::from(minute % 60), 0);
        Instant::local(time.unwrap_or_default(), calendar.zone).timestamp()
    };
    let hours = calendar.on(date).hours.iter().map(|hours| (at(hours.from), at(hours.to)));
    hours.filter(|(open, close)| open < close).flat_map(|span| without(span, leave)).collect()
}

/// What is left of a span outside others.
fn without((open, close): (i64, i64), others: &Spans) -> Spans {
    let mut left = Vec::new();
    let mut from = open;
    let first = others.partition_point(|(_, end)| *end <= open);
    for (start, end) in others[first..].iter().take_while(|(start, _)| *start < close) {
        if *start > from {
            left.push((from, *start));
        }
        from = from.max(*end);
    }
    if from < close {
        left.push((from, close));
    }
    left
}

/// In order, those that touch or overlap made one; empty and reversed ones are dropped.
pub fn merged(spans: impl Iterator<Item = (i64, i64)>) -> Spans {
    let mut spans: Spans = spans.filter(|(from, to)| from < to).collect();
    spans.sort_unstable();
    let mut merged = Spans::new();
    for (from, to) in spans {
        match merged.last_mut() {
            Some((_, end)) if from <= *end => *end = (*end).max(to),
            _ => merged.push((from, to)),
        }
    }
    merged
}
