//! `rules/points.yaml`: what an order earns, when points run out, what a referral is worth.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Pairs, Plain, Words};
use crate::base::date::{DateOrder, first_of_month, parse_date};
use crate::base::duration::Span;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;

/// What `config write points` writes; a book without the file has no scheme.
pub const DEFAULT: &str = include_str!("defaults/points.yaml");

/// So many points at most for one order, gift or referral: a slip of the hand, not a scheme.
pub const MOST: i64 = 1_000_000_000;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPoints {
    start: Option<String>,
    earn: Option<RawEarn>,
    minimum: Option<Plain>,
    multiplier: Option<Pairs<Plain>>,
    exclude_products: Option<Words>,
    expire: Option<String>,
    expire_at: Option<String>,
    referral: Option<RawReferral>,
    redeem: Option<RawRedeem>,
    negative: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEarn {
    points: Option<Plain>,
    per: Option<Plain>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReferral {
    referrer: Option<Plain>,
    referred: Option<Plain>,
    after: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRedeem {
    minimum: Option<Plain>,
    value: Option<Plain>,
}

/// So many points per so much of the currency, of orders from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earn {
    pub points: Decimal,
    pub per: Decimal,
    pub start: NaiveDate,
}

/// Which day of a span's end is the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpireAt {
    Exact,
    MonthEnd,
    YearEnd,
}

/// How long points count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    pub span: Span,
    pub at: ExpireAt,
}

/// What a referral brings to both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Referral {
    pub referrer: i64,
    pub referred: i64,
    /// Only once the referred customer has bought.
    pub after_first_order: bool,
}

/// The rules, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointsRules {
    /// `None`: orders earn nothing.
    pub earn: Option<Earn>,
    /// An order below it earns nothing.
    pub minimum: Decimal,
    /// By the code of the tier; one not named: 1.
    pub multiplier: Vec<(String, Decimal)>,
    /// Folded.
    pub exclude_products: Vec<String>,
    pub expiry: Option<Expiry>,
    pub referral: Option<Referral>,
    pub redeem_minimum: i64,
    /// What a point is worth, for showing.
    pub value: Option<Decimal>,
    /// Points of a refunded order that were spent are taken back all the same.
    pub negative: bool,
}

impl PointsRules {
    /// The last day of points of this day; `None`: for ever.
    pub fn expires_on(&self, date: NaiveDate) -> Option<NaiveDate> {
        let Expiry { span, at } = self.expiry?;
        let end = span.after(date);
        Some(match at {
            ExpireAt::Exact => end,
            ExpireAt::MonthEnd => first_of_month(end.year(), end.month() + 1).pred_opt().unwrap_or(end),
            ExpireAt::YearEnd => NaiveDate::from_ymd_opt(end.year(), 12, 31).unwrap_or(end),
        })
    }

    /// What a point becomes for a customer of this tier.
    pub fn multiplier(&self, tier: &str) -> Decimal {
        let of = self.multiplier.iter().find(|(code, _)| code == tier.trim());
        of.map_or(Decimal::ONE, |(_, times)| *times)
    }

    /// What an order that came to so much earns: rounded down, nothing below the minimum.
    pub fn earned(&self, net: Decimal, multiplier: Decimal) -> i64 {
        let Some(earn) = self.earn.as_ref().filter(|_| net > Decimal::ZERO && net >= self.minimum) else { return 0 };
        let whole = || {
            let product = net.checked_mul(earn.points)?.checked_mul(multiplier)?;
            let floor = product.checked_div(earn.per)?.floor();
            // a quotient of 28 digits may have been rounded up to the whole number
            let above = floor.checked_mul(earn.per)? > product;
            i64::try_from(if above { floor - Decimal::ONE } else { floor }).ok()
        };
        whole().unwrap_or(MOST).min(MOST)
    }

    /// Whether what a product is called keeps it from earning.
    pub fn excludes(&self, product: &str) -> bool {
        !self.exclude_products.is_empty() && self.exclude_products.contains(&fold_key(product))
    }
}

/// Reads one key after the other and keeps what is wrong.
#[derive(Default)]
struct Reader {
    wrong: Problems,
}

impl Reader {
    fn fault(&mut self, field: &str, what: What) {
        self.wrong.push(Problem::error(what).field(field));
    }

    /// A decimal above zero, or from zero on.
    fn decimal(&mut self, field: &str, text: Option<&Plain>, from_zero: bool) -> Option<Decimal> {
        let plain = text?;
        let read = plain.decimal().and_then(|number| {
            let fits = (number > Decimal::ZERO || (from_zero && number.is_zero())) && number <= Decimal::from(MOST);
            let min = if from_zero { "0" } else { "0.000001" };
            if fits { Ok(number) } else { Err(What::OutOfRange { value: plain.0.clone(), min: min.into(), max: MOST.to_string() }) }
        });
        read.map_err(|what| self.fault(field, what)).ok()
    }

    fn points(&mut self, field: &str, text: Option<&Plain>, min: i64) -> Option<i64> {
        let plain = text?;
        let read = plain.0.parse::<i64>().map_err(|_| What::BadNumber { value: plain.0.clone() }).and_then(|number| {
            let range = What::OutOfRange { value: plain.0.clone(), min: min.to_string(), max: MOST.to_string() };
            if (min..=MOST).contains(&number) { Ok(number) } else { Err(range) }
        });
        read.map_err(|what| self.fault(field, what)).ok()
    }

    fn one_of<T: Copy>(&mut self, field: &str, text: Option<&str>, allowed: &[(&str, T)]) -> Option<T> {
        let text = text?.trim();
        let found = allowed.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            let allowed = allowed.iter().map(|(name, _)| (*name).to_owned()).collect();
            self.fault(field, What::UnknownName { name: text.to_owned(), allowed });
        }
        found
    }

    fn earn(&mut self, raw: Option<&RawEarn>, start: Option<&str>) -> Option<Earn> {
        let raw = raw?;
        let points = self.decimal("earn.points", raw.points.as_ref(), false);
        let per = self.decimal("earn.per", raw.per.as_ref(), false);
        let day = start.map(|text| parse_date(text, DateOrder::Iso).map_err(|what| self.fault("start", what)));
        for (field, missing) in [("earn", raw.points.is_none() || raw.per.is_none()), ("start", start.is_none())] {
            if missing {
                self.fault(field, What::Required);
            }
        }
        Some(Earn { points: points?, per: per?, start: day?.ok()? })
    }

    fn expiry(&mut self, expire: Option<&str>, at: Option<&str>) -> Option<Expiry> {
        let span = match expire.map_or("never", str::trim) {
            "never" | "永久" | "永不" => None,
            text => match Span::parse(text) {
                Ok(span @ (Span::Days(1..) | Span::Months(1..))) => Some(span),
                Ok(_) => {
                    self.fault("expire", What::BadDuration { value: text.to_owned() });
                    None
                }
                Err(what) => {
                    self.fault("expire", what);
                    None
                }
            },
        };
        let ends = [("exact", ExpireAt::Exact), ("month_end", ExpireAt::MonthEnd), ("year_end", ExpireAt::YearEnd)];
        let at = self.one_of("expire_at", at, &ends).unwrap_or(ExpireAt::Exact);
        span.map(|span| Expiry { span, at })
    }

    fn referral(&mut self, raw: Option<&RawReferral>) -> Option<Referral> {
        let raw = raw?;
        let referrer = self.points("referral.referrer", raw.referrer.as_ref(), 0).unwrap_or(0);
        let referred = self.points("referral.referred", raw.referred.as_ref(), 0).unwrap_or(0);
        let when = [("first_order", true), ("at_once", false)];
        let after_first_order = self.one_of("referral.after", raw.after.as_deref(), &when).unwrap_or(true);
        Some(Referral { referrer, referred, after_first_order })
    }
}

impl RawPoints {
    /// Checks the rules; `tiers` are the codes a multiplier may name. Keys left out switch off what they are about.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self, tiers: &[String]) -> Result<PointsRules, Problems> {
        let mut reader = Reader::default();
        let earn = reader.earn(self.earn.as_ref(), self.start.as_deref());
        let mut multiplier = Vec::new();
        for (code, times) in self.multiplier.unwrap_or_default().0 {
            if !tiers.contains(&code) {
                reader.fault("multiplier", What::UnknownName { name: code.clone(), allowed: tiers.to_vec() });
            }
            multiplier.extend(reader.decimal("multiplier", Some(&times), true).map(|times| (code, times)));
        }
        let redeem = self.redeem.unwrap_or_default();
        let rules = PointsRules {
            earn,
            minimum: reader.decimal("minimum", self.minimum.as_ref(), true).unwrap_or_default(),
            multiplier,
            exclude_products: self.exclude_products.unwrap_or_default().0.iter().map(|name| fold_key(name)).collect(),
            expiry: reader.expiry(self.expire.as_deref(), self.expire_at.as_deref()),
            referral: reader.referral(self.referral.as_ref()),
            redeem_minimum: reader.points("redeem.minimum", redeem.minimum.as_ref(), 1).unwrap_or(1),
            value: reader.decimal("redeem.value", redeem.value.as_ref(), true),
            negative: self.negative.unwrap_or(false),
        };
        if reader.wrong.is_empty() { Ok(rules) } else { Err(reader.wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<PointsRules, Problems> {
        serde_yaml::from_str::<RawPoints>(yaml).unwrap().check(&["A".to_owned(), "B".to_owned()])
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn without_a_file_there_is_no_scheme_and_the_example_is_one() {
        let none = RawPoints::default().check(&[]).unwrap();
        assert_eq!((none.earn.is_none(), none.expires_on(day("2026-01-01")), none.redeem_minimum), (true, None, 1));
        let example = read(DEFAULT).unwrap();
        assert_eq!(example.earned(Decimal::new(12_999, 2), example.multiplier("A")), 25);
        assert!(example.expiry.is_some() && example.referral.is_some() && !example.negative);
    }

    #[test]
    fn what_is_wrong_is_told_by_key() {
        for (yaml, field) in [
            ("{earn: {points: 1, per: 10}}", "start"),
            ("{start: 2026-01-01, earn: {points: 1}}", "earn"),
            ("{start: 2026-01-01, earn: {points: 0, per: 10}}", "earn.points"),
            ("{start: soon, earn: {points: 1, per: 10}}", "start"),
            ("{multiplier: {Z: 2}}", "multiplier"),
            ("{multiplier: {A: -2}}", "multiplier"),
            ("{expire: 3 hours}", "expire"),
            ("{expire: 0 days}", "expire"),
            ("{expire: 1 year, expire_at: week_end}", "expire_at"),
            ("{referral: {referrer: -5}}", "referral.referrer"),
            ("{referral: {referrer: 5, after: lunch}}", "referral.after"),
            ("{redeem: {minimum: 0}}", "redeem.minimum"),
            ("{redeem: {value: x}}", "redeem.value"),
            ("{minimum: -1}", "minimum"),
        ] {
            assert_eq!(read(yaml).unwrap_err()[0].field.as_deref(), Some(field), "{yaml}");
        }
    }

    #[test]
    fn the_last_day() {
        for (rule, date, last) in [
            ("{expire: 12 months}", "2024-02-29", "2025-02-28"),
            ("{expire: 12 months}", "2023-02-28", "2024-02-28"),
            ("{expire: 1 month}", "2026-01-31", "2026-02-28"),
            ("{expire: 30 days}", "2026-01-31", "2026-03-02"),
            ("{expire: 12 months, expire_at: month_end}", "2023-02-03", "2024-02-29"),
            ("{expire: 1 month, expire_at: month_end}", "2026-11-15", "2026-12-31"),
            ("{expire: 1 year, expire_at: year_end}", "2026-01-01", "2027-12-31"),
        ] {
            assert_eq!(read(rule).unwrap().expires_on(day(date)), Some(day(last)), "{rule} {date}");
        }
        assert_eq!(read("{expire: never, expire_at: month_end}").unwrap().expires_on(day("2026-01-01")), None);
    }

    #[test]
    fn rounded_down_and_never_up() {
        let thirds = read("{start: 2026-01-01, earn: {points: 1, per: 3}, minimum: 3, multiplier: {B: 1.5}}").unwrap();
        let b = thirds.multiplier("B");
        for (net, times, points) in [("2.99", b, 0), ("3", b, 1), ("8.99", Decimal::ONE, 2), ("9", b, 4), ("-9", b, 0), ("0", b, 0)] {
            assert_eq!(thirds.earned(net.parse().unwrap(), times), points, "{net} × {times}");
        }
        assert_eq!(thirds.earned(Decimal::from(i64::MAX), b), MOST);
    }
}
