//! Money as whole minor units (fen, cents). Never a float.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use super::problem::What;

/// An amount in minor units of the book's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(pub i128);

/// The largest amount of one cell, in major units. Sums are wider: ten million such cells, and as many again, are far from the end.
pub const MOST: i64 = 1_000_000_000_000;

fn within(money: Money, text: &str, digits: u32) -> Result<Money, What> {
    if money.fits(digits) { Ok(money) } else { Err(out_of_range(text.trim().to_owned())) }
}

fn out_of_range(value: String) -> What {
    What::OutOfRange { value, min: (-MOST).to_string(), max: MOST.to_string() }
}

/// How many decimals a currency has by ISO 4217; two where the table is silent.
pub fn currency_digits(currency: &str) -> u32 {
    match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "PYG" | "UGX" | "XAF" | "XOF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// What may stand before an amount, with the currencies (ISO 4217) it is written for.
const SIGNS: &[(&str, &[&str])] = &[
    ("CNY", &["CNY"]),
    ("RMB", &["CNY"]),
    ("USD", &["USD"]),
    ("EUR", &["EUR"]),
    ("GBP", &["GBP"]),
    ("R$", &["BRL"]),
    ("¥", &["CNY", "JPY"]),
    ("$", &["USD", "AUD", "BRL", "CAD", "CLP", "COP", "HKD", "MXN", "NZD", "SGD", "TWD"]),
    ("€", &["EUR"]),
    ("£", &["GBP"]),
    ("￥", &["CNY", "JPY"]),
];

/// The sign of another currency than `currency` (ISO 4217) in an amount: `$5` is none of a book in CNY.
pub fn foreign_sign(text: &str, currency: &str) -> Option<&'static str> {
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let folded = super::text::fold_width(text);
    SIGNS.iter().find(|(sign, of)| folded.contains(sign) && !of.contains(&currency)).map(|(sign, _)| *sign)
}

impl Money {
    /// Whether one cell may hold it.
    fn fits(self, digits: u32) -> bool {
        self.0.abs() <= i128::from(MOST) * 10_i128.pow(digits)
    }

    /// A sum, where it is to stand in one cell.
    ///
    /// # Errors
    /// [`What::OutOfRange`] for more than [`MOST`].
    pub fn in_a_cell(self, digits: u32) -> Result<Money, What> {
        if self.fits(digits) { Ok(self) } else { Err(out_of_range(self.write(digits))) }
    }

    /// The minor units of an amount that stood in one cell: those fit.
    pub fn minor(self) -> i64 {
        i64::try_from(self.0).unwrap_or(if self.0 < 0 { i64::MIN } else { i64::MAX })
    }

    /// Reads `1234.5`, `¥1,234.50`, `(12.00)` as negative, full-width digits after folding.
    ///
    /// # Errors
    /// [`What::BadMoney`] for anything else: exponents, more decimals than the currency has
    /// (unless they are zeros), a misplaced thousands comma; [`What::OutOfRange`] for more than [`MOST`].
    pub fn parse(text: &str, digits: u32) -> Result<Money, What> {
        // as carebook writes it
        if let Some(minor) = plain(text.as_bytes(), digits) {
            return within(Money(minor.into()), text, digits);
        }
        let bad = || What::BadMoney { value: text.trim().to_owned() };
        let folded = super::text::fold_width(text);
        let mut body = folded.trim();
        let mut negative = false;
        if let Some(inner) = body.strip_prefix('(').and_then(|b| b.strip_suffix(')')) {
            negative = true;
            body = inner.trim();
        }
        loop {
            let before = body;
            if let Some(rest) = body.strip_prefix('-') {
                if negative {
                    return Err(bad());
                }
                negative = true;
                body = rest.trim_start();
            }
            for (sign, _) in SIGNS {
                body = body.strip_prefix(sign).unwrap_or(body).trim_start();
            }
            if body == before {
                break;
            }
        }
        let body = body.strip_suffix('元').unwrap_or(body).trim_end();
        let minor = minor_units(body, digits).ok_or_else(bad)?;
        within(Money(if negative { -minor } else { minor }), text, digits)
    }

    /// Writes the amount with exactly the currency's decimals, ASCII, no grouping.
    pub fn write(self, digits: u32) -> String {
        let scale = 10_u128.pow(digits);
        let sign = if self.0 < 0 { "-" } else { "" };
        let abs = self.0.unsigned_abs();
        if digits == 0 {
            return format!("{sign}{abs}");
        }
        let width = digits as usize;
        format!("{sign}{}.{:0width$}", abs / scale, abs % scale)
    }

    /// The same with a comma every three digits, for people.
    pub fn grouped(self, digits: u32) -> String {
        let plain = self.write(digits);
        let (sign, rest) = plain.strip_prefix('-').map_or(("", plain.as_str()), |r| ("-", r));
        let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
        let grouped = super::text::group_digits(whole);
        match fraction {
            Some(fraction) => format!("{sign}{grouped}.{fraction}"),
            None => format!("{sign}{grouped}"),
        }
    }

    /// As a fraction of the major unit, for shares and steps only, never for sums.
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
    pub fn major(self, digits: u32) -> f64 {
        self.0 as f64 / 10_f64.powi(digits.cast_signed())
    }
}

/// `-1234.50` with exactly the currency's decimals and no more than fifteen digits, and nothing else.
fn plain(text: &[u8], digits: u32) -> Option<i64> {
    let body = text.strip_prefix(b"-").unwrap_or(text);
    let point = body.len().checked_sub(digits as usize + 1).filter(|point| digits > 0 && *point > 0 && body.len() <= 16)?;
    let mut minor = 0_i64;
    for (at, b) in body.iter().enumerate() {
        match b {
            b'.' if at == point => {}
            b'0'..=b'9' if at != point => minor = minor * 10 + i64::from(b - b'0'),
            _ => return None,
        }
    }
    Some(if body.len() < text.len() { -minor } else { minor })
}

fn minor_units(body: &str, digits: u32) -> Option<i128> {
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let whole = ungroup(whole)?;
    if (whole.is_empty() && fraction.is_empty()) || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let kept = fraction.len().min(digits as usize);
    if fraction[kept..].bytes().any(|b| b != b'0') {
        return None;
    }
    let padded = format!("{whole}{:0<width$}", &fraction[..kept], width = digits as usize);
    if padded.is_empty() { Some(0) } else { padded.parse().ok() }
}

/// Drops thousands commas, only where they stand as such.
fn ungroup(whole: &str) -> Option<String> {
    if !whole.contains(',') {
        return whole.bytes().all(|b| b.is_ascii_digit()).then(|| whole.to_owned());
    }
    let parts: Vec<&str> = whole.split(',').collect();
    let well_formed = !parts[0].is_empty()
        && parts[0].len() <= 3
        && parts[1..].iter().all(|p| p.len() == 3)
        && parts.iter().all(|p| p.bytes().all(|b| b.is_ascii_digit()));
    well_formed.then(|| parts.concat())
}

impl Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        Money(self.0 + other.0)
    }
}
impl Sub for Money {
    type Output = Money;
    fn sub(self, other: Money) -> Money {
        Money(self.0 - other.0)
    }
}
impl Neg for Money {
    type Output = Money;
    fn neg(self) -> Money {
        Money(-self.0)
    }
}
impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        *self = *self + other;
    }
}
impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(all: I) -> Money {
        all.fold(Money(0), Add::add)
    }
}
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.write(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_write() {
        for (text, minor) in [
            ("12", 1200),
            ("0.5", 50),
            (".5", 50),
            ("-3.20", -320),
            ("¥1,234.50", 123_450),
            ("(12.00)", -1200),
            ("-¥8", -800),
            ("１２．５", 1250),
            ("99.990", 9999),
            ("1,234,567", 123_456_700),
            ("88元", 8800),
            ("0.0", 0),
        ] {
            assert_eq!(Money::parse(text, 2), Ok(Money(minor)), "{text}");
        }
    }

    #[test]
    fn a_sign_belongs_to_its_currencies() {
        for (text, currency) in [
            ("￥5", "CNY"),
            ("¥ 5", "JPY"),
            ("-RMB 5", "CNY"),
            ("5元", "CNY"),
            ("$5", "USD"),
            ("$5", "HKD"),
            ("R$5", "BRL"),
            ("5", "CHF"),
            ("(5)", "EUR"),
        ] {
            assert_eq!(foreign_sign(text, currency), None, "{text} {currency}");
        }
        for (text, currency, sign) in [
            ("$5", "CNY", "$"),
            ("-＄5", "CNY", "$"),
            ("USD 5", "CAD", "USD"),
            ("(€5)", "GBP", "€"),
            ("¥5", "USD", "¥"),
            ("R$5", "USD", "R$"),
        ] {
            assert_eq!(foreign_sign(text, currency), Some(sign), "{text} {currency}");
        }
    }

    #[test]
    fn refuses_what_is_no_amount() {
        for text in ["", "-", "1e5", "1.234", "12,34", "NaN", "1_000", "99999999999999999999", "--1", "1.2.3", "a"] {
            assert!(Money::parse(text, 2).is_err(), "{text}");
        }
    }

    #[test]
    fn one_amount_is_bounded_and_sums_are_not() {
        let most = Money::parse("1000000000000.00", 2).unwrap();
        for text in ["1000000000000.01", "-1,000,000,000,000.01", "92233720368547758", "9999999999999", "￥99999999999999999999"] {
            let what = Money::parse(text, 2).unwrap_err();
            assert!(matches!(&what, What::OutOfRange { max, .. } if max == "1000000000000"), "{text} {what:?}");
        }
        let sum: Money = std::iter::repeat_n(most, 10_000_000).sum();
        assert_eq!(sum.grouped(2), "10,000,000,000,000,000,000.00");
        assert_eq!((sum - sum, (-sum).write(2).as_str()), (Money(0), "-10000000000000000000.00"));
    }

    proptest! {
        #[test]
        fn write_then_read_is_the_same(minor in -1_000_000_000_000_i128..1_000_000_000_000, digits in 0_u32..4) {
            prop_assert_eq!(Money::parse(&Money(minor).write(digits), digits), Ok(Money(minor)));
            prop_assert_eq!(Money::parse(&Money(minor).grouped(digits), digits), Ok(Money(minor)));
        }
    }
}
