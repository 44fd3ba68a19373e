//! Spans of time as people write them: `90 days`, `2w`, `12 months`, `30天`.

use chrono::{Days, Months, NaiveDate};

use super::problem::What;

/// A span in calendar units; never a mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    Minutes(u32),
    Hours(u32),
    Days(u32),
    Months(u32),
}

impl Span {
    /// Reads a number and a unit, English or Chinese, with or without a space.
    ///
    /// # Errors
    /// [`What::BadDuration`] for anything else, or a number past a century.
    pub fn parse(text: &str) -> Result<Span, What> {
        let folded = super::text::fold_width(text).trim().to_lowercase();
        let split = folded.find(|c: char| !c.is_ascii_digit()).unwrap_or(folded.len());
        let bad = || What::BadDuration { value: text.trim().to_owned() };
        let number: u32 = folded[..split].parse().map_err(|_| bad())?;
        let span = match folded[split..].trim() {
            "min" | "mins" | "minute" | "minutes" | "分" | "分钟" => Span::Minutes(number),
            "h" | "hour" | "hours" | "小时" => Span::Hours(number),
            "d" | "day" | "days" | "天" | "日" => Span::Days(number),
            "w" | "week" | "weeks" | "周" => Span::Days(number.saturating_mul(7)),
            "m" | "month" | "months" | "个月" | "月" => Span::Months(number),
            "y" | "year" | "years" | "年" => Span::Months(number.saturating_mul(12)),
            _ => return Err(bad()),
        };
        let longest = match span {
            Span::Minutes(n) => n / (60 * 24 * 365),
            Span::Hours(n) => n / (24 * 365),
            Span::Days(n) => n / 365,
            Span::Months(n) => n / 12,
        };
        if longest > 100 { Err(bad()) } else { Ok(span) }
    }

    /// The date this span after `date`; a month's end stays a month's end at most.
    pub fn after(self, date: NaiveDate) -> NaiveDate {
        match self {
            Span::Minutes(n) => date.checked_add_days(Days::new(u64::from(n / (60 * 24)))),
            Span::Hours(n) => date.checked_add_days(Days::new(u64::from(n / 24))),
            Span::Days(n) => date.checked_add_days(Days::new(u64::from(n))),
            Span::Months(n) => date.checked_add_months(Months::new(n)),
        }
        .unwrap_or(NaiveDate::MAX)
    }

    /// The date this span before `date`.
    pub fn before(self, date: NaiveDate) -> NaiveDate {
        match self {
            Span::Minutes(n) => date.checked_sub_days(Days::new(u64::from(n / (60 * 24)))),
            Span::Hours(n) => date.checked_sub_days(Days::new(u64::from(n / 24))),
            Span::Days(n) => date.checked_sub_days(Days::new(u64::from(n))),
            Span::Months(n) => date.checked_sub_months(Months::new(n)),
        }
        .unwrap_or(NaiveDate::MIN)
    }

    /// Elapsed seconds, where the unit has a fixed length; a month counts thirty days.
    pub fn seconds(self) -> i64 {
        match self {
            Span::Minutes(n) => i64::from(n) * 60,
            Span::Hours(n) => i64::from(n) * 3600,
            Span::Days(n) => i64::from(n) * 86_400,
            Span::Months(n) => i64::from(n) * 30 * 86_400,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages() {
        assert_eq!(Span::parse("90 days"), Ok(Span::Days(90)));
        assert_eq!(Span::parse("30分钟"), Ok(Span::Minutes(30)));
        assert_eq!(Span::parse("2w"), Ok(Span::Days(14)));
        assert_eq!(Span::parse("１２个月"), Ok(Span::Months(12)));
        assert!(Span::parse("soon").is_err() && Span::parse("").is_err() && Span::parse("99999 years").is_err());
    }
}
