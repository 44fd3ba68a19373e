//! Figures: a number of this period beside the one before; none where there is no data.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::base::money::Money;

/// A number and what it is, so that every format writes it the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    Count(i64),
    /// With the currency's decimals.
    Money(Money, u32),
    /// 0 to 100.
    Percent(f64),
    /// Elapsed seconds.
    Seconds(f64),
    /// A mean on a scale up to this maximum.
    Grade(f64, i64),
    /// NPS points.
    Points(f64),
}

impl Number {
    /// The bare value, for comparing.
    #[expect(clippy::cast_precision_loss, reason = "for a direction and a difference, not for sums")]
    pub fn value(self) -> f64 {
        match self {
            Number::Count(n) => n as f64,
            Number::Money(money, digits) => money.major(digits),
            Number::Percent(x) | Number::Seconds(x) | Number::Grade(x, _) | Number::Points(x) => x,
        }
    }
}

/// Rounded as reports write them, so that JSON has no digits nobody measured.
fn round(x: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (x * scale).round() / scale
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Number::Count(n) => serializer.serialize_i64(*n),
            Number::Money(money, digits) => serializer.serialize_str(&money.write(*digits)),
            Number::Percent(x) | Number::Points(x) => serializer.serialize_f64(round(*x, 4)),
            Number::Seconds(x) => serializer.serialize_f64(round(*x, 3)),
            Number::Grade(x, _) => serializer.serialize_f64(round(*x, 6)),
        }
    }
}

/// One figure of a section.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    pub code: &'static str,
    pub now: Option<Number>,
    pub before: Option<Number>,
    pub year_ago: Option<Number>,
    /// Whether more is better (1), worse (−1) or neither (0).
    pub good: i8,
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("code", self.code)?;
        map.serialize_entry("now", &self.now)?;
        map.serialize_entry("before", &self.before)?;
        map.serialize_entry("year_ago", &self.year_ago)?;
        map.end()
    }
}

/// A count.
pub fn count(n: usize) -> Number {
    Number::Count(i64::try_from(n).unwrap_or(i64::MAX))
}

/// A share in per cent; none of nothing.
#[expect(clippy::cast_precision_loss, reason = "counts of records stay far below 2^53")]
pub fn share(part: usize, whole: usize) -> Option<Number> {
    (whole > 0).then(|| Number::Percent(part as f64 * 100.0 / whole as f64))
}

/// The mean; none of nothing.
#[expect(clippy::cast_precision_loss, reason = "counts of records stay far below 2^53")]
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The quantile of type 7 (Hyndman and Fan 1996), the one spreadsheets and R use; `sorted` rises.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positions within a list in memory"
)]
pub fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = p * last as f64;
    let low = at.floor() as usize;
    let high = at.ceil() as usize;
    Some(sorted[low] + (sorted[high] - sorted[low]) * (at - low as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_type_seven() {
        let values = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(quantile(&values, 0.5), Some(2.5));
        assert!((quantile(&values, 0.9).unwrap() - 3.7).abs() < 1e-9);
        assert_eq!((quantile(&[], 0.5), quantile(&[7.0], 0.9)), (None, Some(7.0)));
        assert_eq!((share(1, 0), mean(&[])), (None, None));
    }
}
