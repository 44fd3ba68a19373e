//! Calendar dates and quarters.

use std::fmt;

use chrono::{Datelike, Days, NaiveDate};

use super::problem::What;

/// A calendar quarter, the unit in which growing tables are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    pub year: i32,
    /// 1 to 4.
    pub number: u32,
}

impl Quarter {
    pub fn of(date: NaiveDate) -> Quarter {
        Quarter { year: date.year(), number: date.month0() / 3 + 1 }
    }

    /// Reads exactly `YYYYQn`.
    pub fn parse(text: &str) -> Option<Quarter> {
        let (year, number) = text.split_once('Q')?;
        let digits = year.len() == 4 && number.len() == 1 && year.bytes().all(|b| b.is_ascii_digit());
        let number = number.parse().ok().filter(|n| (1..=4).contains(n))?;
        digits.then(|| Quarter { year: year.parse().unwrap_or_default(), number })
    }

    pub fn start(self) -> NaiveDate {
        first_of_month(self.year, self.number * 3 - 2)
    }

    /// The last day of the quarter.
    pub fn end(self) -> NaiveDate {
        self.next().start().pred_opt().unwrap_or(NaiveDate::MAX)
    }

    #[must_use]
    pub fn next(self) -> Quarter {
        if self.number == 4 { Quarter { year: self.year + 1, number: 1 } } else { Quarter { number: self.number + 1, ..self } }
    }

    #[must_use]
    pub fn previous(self) -> Quarter {
        if self.number == 1 { Quarter { year: self.year - 1, number: 4 } } else { Quarter { number: self.number - 1, ..self } }
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}Q{}", self.year, self.number)
    }
}

/// The first day of a month; months past 12 run into the next years.
pub fn first_of_month(year: i32, month: u32) -> NaiveDate {
    let year = year + ((month - 1) / 12).cast_signed();
    NaiveDate::from_ymd_opt(year, (month - 1) % 12 + 1, 1).unwrap_or(NaiveDate::MAX)
}

/// How day and month are ordered in a foreign file's dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateOrder {
    /// Year first, or written out; anything else is ambiguous.
    #[default]
    Iso,
    DayFirst,
    MonthFirst,
}

/// Reads `2026-11-23`, `2026/7/1`, `2026.7.1`, `2026年7月1日`, `20260701`; with an order also `23/11/2026`.
///
/// # Errors
/// [`What::AmbiguousDate`] for `03/04/2026` without an order; [`What::BadDate`] for what is no real date of 1900–9999.
pub fn parse_date(text: &str, order: DateOrder) -> Result<NaiveDate, What> {
    // as carebook writes it
    if let Some(date) = plain_iso(text.as_bytes()) {
        return Ok(date);
    }
    let bad = || What::BadDate { value: super::text::truncate(text.trim(), 40) };
    let folded = super::text::fold_width(text);
    let body = folded.trim();
    if body.len() == 8 && body.bytes().all(|b| b.is_ascii_digit()) {
        return real_date(&body[..4], &body[4..6], &body[6..]).ok_or_else(bad);
    }
    let body = body.strip_suffix(['日', '号']).unwrap_or(body);
    let parts: Vec<&str> = body.split(['-', '/', '.', '年', '月']).map(str::trim).collect();
    let [a, b, c] = parts[..] else { return Err(bad()) };
    if a.len() == 4 {
        return real_date(a, b, c).ok_or_else(bad);
    }
    if c.len() != 4 {
        return Err(bad());
    }
    match order {
        DateOrder::DayFirst => real_date(c, b, a).ok_or_else(bad),
        DateOrder::MonthFirst => real_date(c, a, b).ok_or_else(bad),
        DateOrder::Iso if real_date(c, a, b).or_else(|| real_date(c, b, a)).is_some() => {
            Err(What::AmbiguousDate { value: text.trim().to_owned() })
        }
        DateOrder::Iso => Err(bad()),
    }
}

/// A real date of 1900–9999 written `2026-11-23`, and nothing else.
pub fn plain_iso(text: &[u8]) -> Option<NaiveDate> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let number = |digits: &[u8]| digits.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')));
    let year = number(&[y1, y2, y3, y4]).filter(|year| *year >= 1900)?;
    NaiveDate::from_ymd_opt(year.cast_signed(), number(&[m1, m2])?, number(&[d1, d2])?)
}

fn real_date(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let digits = |s: &str| !s.is_empty() && s.len() <= 4 && s.bytes().all(|b| b.is_ascii_digit());
    if !(digits(year) && digits(month) && digits(day)) {
        return None;
    }
    let year: i32 = year.parse().ok().filter(|y| (1900..=9999).contains(y))?;
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
}

/// The date `days` later.
pub fn plus_days(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

/// Whole months from `from` to `to` (0 when `to` is earlier).
pub fn months_between(from: NaiveDate, to: NaiveDate) -> i64 {
    let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month()) - i64::from(from.month());
    (months - i64::from(to.day() < from.day())).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ymd(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    #[test]
    fn dates_as_people_write_them() {
        for text in ["2026-07-01", "2026/7/1", "2026.07.01", "2026年7月1日", "20260701", " ２０２６-07-01 "] {
            assert_eq!(parse_date(text, DateOrder::Iso), Ok(ymd(2026, 7, 1)), "{text}");
        }
        assert_eq!(parse_date("08/11/2021", DateOrder::DayFirst), Ok(ymd(2021, 11, 8)));
        assert_eq!(parse_date("09/12/2016", DateOrder::MonthFirst), Ok(ymd(2016, 9, 12)));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        assert!(matches!(parse_date("03/04/2026", DateOrder::Iso), Err(What::AmbiguousDate { .. })));
        for text in ["2026-02-30", "2026-13-01", "1899-12-31", "", "tomorrow", "1e5", "+2026-01-01"] {
            assert!(matches!(parse_date(text, DateOrder::Iso), Err(What::BadDate { .. })), "{text}");
        }
    }

    #[test]
    fn quarters() {
        let q = Quarter::parse("2026Q4").unwrap();
        assert_eq!((q.start(), q.end(), q.next().to_string()), (ymd(2026, 10, 1), ymd(2026, 12, 31), "2027Q1".into()));
        assert!(Quarter::parse("2026Q5").is_none() && Quarter::parse("26Q1").is_none() && Quarter::parse("2026Q1 (1)").is_none());
        assert_eq!(months_between(ymd(2026, 1, 31), ymd(2026, 3, 30)), 1);
    }
}
