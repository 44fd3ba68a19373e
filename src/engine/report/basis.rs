//! What a figure is made from: the records it looks at, and how they become one number. A figure is never
//! computed any other way, so that `report explain` lists exactly what was counted.

use std::collections::HashSet;

use super::figure::{Number, count, mean, quantile, share};
use super::quality::Imported;
use crate::base::money::Money;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::survey::Response;
use crate::model::tier::TierDecision;

/// A record that a figure rests on.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    Request(&'a Request),
    Revisit(&'a Revisit),
    /// With the survey's name.
    Response(&'a str, &'a Response),
    Decision(&'a TierDecision),
    /// A customer by its id.
    Customer(&'a str),
    Import(&'a Imported),
}

impl<'a> Source<'a> {
    /// Whose record it is.
    pub fn customer(self) -> Option<&'a str> {
        match self {
            Source::Request(request) => request.customer.as_ref().map(AsRef::as_ref),
            Source::Revisit(revisit) => Some(revisit.customer.as_str()),
            Source::Response(_, response) => response.customer.as_ref().map(AsRef::as_ref),
            Source::Decision(decision) => Some(decision.customer.as_str()),
            Source::Customer(id) => Some(id),
            Source::Import(_) => None,
        }
    }
}

/// A record and what it brings to the figure.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    pub source: Source<'a>,
    /// Seconds, a grade; nothing where it is only counted.
    pub value: f64,
    /// Whether it is on the upper side of a share. All others are what it is a share of.
    pub counted: bool,
}

/// How parts become a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reduce {
    /// How many.
    Count,
    /// How many in all: the sum of counts.
    Sum,
    /// How many different customers.
    Customers,
    /// The counted ones in per cent of all.
    Share,
    /// The mean of grades on a scale up to this.
    MeanGrade(i64),
    /// So many of this many, in per cent; what is not counted is not listed.
    Part(usize),
    /// The sum of amounts in minor units, with the currency's decimals.
    Money(u32),
    /// The mean of seconds.
    MeanSeconds,
    /// The quantile of seconds, type 7.
    Quantile(f64),
    /// Promoters less detractors, in points: values 9 and 10 less values 0 to 6.
    Nps,
    /// A number that was summed over order lines, which are streamed and never held; `report explain` reads them again.
    Lines(Lines, Option<Number>),
}

/// Which order lines of the period a number rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    Orders,
    Buyers,
    Net,
    Refunds,
    /// Of customers who are not in the archive.
    Unknown,
    /// Dated after today.
    Future,
}

/// The records of a figure.
#[derive(Debug, Clone)]
pub struct Basis<'a> {
    pub parts: Vec<Part<'a>>,
    pub reduce: Reduce,
}

impl<'a> Basis<'a> {
    /// Requests that are counted.
    pub fn count(requests: impl Iterator<Item = &'a Request>) -> Basis<'a> {
        Basis { parts: requests.map(|request| part(Source::Request(request), 0.0, true)).collect(), reduce: Reduce::Count }
    }

    /// Any records that are counted.
    pub fn sources(sources: impl Iterator<Item = Source<'a>>) -> Basis<'a> {
        Basis { parts: sources.map(|source| part(source, 0.0, true)).collect(), reduce: Reduce::Count }
    }

    /// Requests of which some are counted; those without a verdict are left out.
    pub fn share(requests: impl Iterator<Item = &'a Request>, counted: impl Fn(&Request) -> Option<bool>) -> Basis<'a> {
        let part = |request: &'a Request| Some(part(Source::Request(request), 0.0, counted(request)?));
        Basis { parts: requests.filter_map(part).collect(), reduce: Reduce::Share }
    }

    /// Requests that have a value.
    pub fn values(requests: impl Iterator<Item = &'a Request>, reduce: Reduce, value: impl Fn(&Request) -> Option<f64>) -> Basis<'a> {
        let part = |request: &'a Request| Some(part(Source::Request(request), value(request)?, true));
        Basis { parts: requests.filter_map(part).collect(), reduce }
    }

    /// Handling times.
    pub fn times(requests: impl Iterator<Item = &'a Request>, reduce: Reduce) -> Basis<'a> {
        #[expect(clippy::cast_precision_loss, reason = "seconds of a human life fit in 53 bits")]
        Basis::values(requests, reduce, |request| request.handling_seconds().map(|seconds| seconds as f64))
    }

    /// Amounts in minor units.
    #[expect(clippy::cast_precision_loss, reason = "a book's amounts stay far below 2^53 minor units")]
    pub fn money(requests: impl Iterator<Item = &'a Request>, digits: u32, amount: impl Fn(&Request) -> Option<Money>) -> Basis<'a> {
        Basis::values(requests, Reduce::Money(digits), |request| amount(request).map(|money| money.0 as f64))
    }

    /// Feedback on requests, 1 to 5.
    pub fn feedback(requests: impl Iterator<Item = &'a Request>) -> Basis<'a> {
        Basis::values(requests, Reduce::MeanGrade(5), |request| request.feedback.map(f64::from))
    }

    /// The number; none where there are no data.
    pub fn number(&self) -> Option<Number> {
        let counted = || self.parts.iter().filter(|part| part.counted).count();
        match self.reduce {
            Reduce::Count => Some(count(self.parts.len())),
            Reduce::Sum => Some(summed(&self.numbers())),
            Reduce::Customers => Some(count(self.parts.iter().filter_map(|part| part.source.customer()).collect::<HashSet<_>>().len())),
            Reduce::Share => share(counted(), self.parts.len()),
            Reduce::Part(of) => share(self.parts.len(), of),
            Reduce::Money(digits) => {
                (!self.parts.is_empty()).then(|| Number::Money(whole(self.parts.iter().map(|part| part.value).sum()), digits))
            }
            Reduce::MeanGrade(max) => mean(&self.numbers()).map(|grade| Number::Grade(grade, max)),
            Reduce::MeanSeconds => mean(&self.rising()).map(Number::Seconds),
            Reduce::Quantile(p) => quantile(&self.rising(), p).map(Number::Seconds),
            Reduce::Nps => nps(&self.numbers()),
            Reduce::Lines(_, number) => number,
        }
    }

    fn numbers(&self) -> Vec<f64> {
        self.parts.iter().map(|part| part.value).collect()
    }

    fn rising(&self) -> Vec<f64> {
        let mut values = self.numbers();
        values.sort_by(f64::total_cmp);
        values
    }
}

/// A record with what it brings.
pub fn part(source: Source<'_>, value: f64, counted: bool) -> Part<'_> {
    Part { source, value, counted }
}

/// Counts as one.
#[expect(clippy::cast_possible_truncation, reason = "sums of counts, far below 2^53")]
fn summed(counts: &[f64]) -> Number {
    Number::Count(counts.iter().sum::<f64>() as i64)
}

/// Minor units as money: what people share is rounded once, in the sum.
#[expect(clippy::cast_possible_truncation, reason = "far below 2^53")]
fn whole(minor: f64) -> Money {
    Money(minor.round() as i128)
}

#[expect(clippy::cast_precision_loss, reason = "counts of answers stay far below 2^53")]
fn nps(values: &[f64]) -> Option<Number> {
    let (up, down) = (values.iter().filter(|v| **v >= 9.0).count(), values.iter().filter(|v| **v <= 6.0).count());
    let n = values.len() as f64;
    (!values.is_empty()).then(|| Number::Points((up as f64 / n - down as f64 / n) * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;
    use crate::base::instant::Instant;

    #[test]
    fn numbers_follow_from_the_records() {
        let at = Instant::from_utc(chrono::DateTime::UNIX_EPOCH);
        let request = |id: &str, customer: &str, score: Option<u8>| {
            let mut request = Request::new(Id::parse(id).unwrap(), at, "x".into());
            request.customer = Some(Id::parse(customer).unwrap());
            request.feedback = score.map(Into::into);
            request
        };
        let all = [request("R1", "C1", Some(5)), request("R2", "C1", Some(2)), request("R3", "C2", None)];
        assert_eq!(Basis::count(all.iter()).number(), Some(Number::Count(3)));
        assert_eq!(Basis { reduce: Reduce::Customers, ..Basis::count(all.iter()) }.number(), Some(Number::Count(2)));
        assert_eq!(Basis::feedback(all.iter()).number(), Some(Number::Grade(3.5, 5)));
        assert_eq!(Basis::share(all.iter(), |r| r.feedback.map(|score| score > 3)).number(), Some(Number::Percent(50.0)));
        assert_eq!(Basis::share(all.iter(), |_| None).number(), None);
        assert_eq!(Basis::times(all.iter(), Reduce::Quantile(0.5)).number(), None);
        assert_eq!((nps(&[9.0, 10.0, 6.0, 7.0]), nps(&[])), (Some(Number::Points(25.0)), None));
    }
}
