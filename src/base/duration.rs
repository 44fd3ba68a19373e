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

    /// The fewest and the most days it may take: months differ in length.
    fn extremes(self) -> (u64, u64) {
        let Span::Months(_) = self else {
            let days = u64::try_from(self.seconds() / 86_400).unwrap_or(0);
            return (days, days);
        };
        // from every month of eight years, two of them leap years
        let first = NaiveDate::from_ymd_opt(2001, 1, 1).unwrap_or_default();
        let starts = (0..96).filter_map(|month| first.checked_add_months(Months::new(month)));
        let lengths = starts.map(|start| u64::try_from((self.after(start) - start).num_days()).unwrap_or(0));
        lengths.fold((u64::MAX, 0), |(least, most), days| (least.min(days), most.max(days)))
    }

    /// Whether it is shorter than another span from some day on: a month may be shorter than 30 days.
    pub fn can_be_shorter(self, other: Span) -> bool {
        match (self, other) {
            (Span::Months(own), Span::Months(other)) => own < other,
            _ => self.extremes().0 < other.extremes().1,
        }
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

/// How long work may take: working time, working days, or calendar days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Working time.
    Seconds(i64),
    /// Days on which somebody is at work.
    Workdays(u32),
    /// Days, weeks or months of the wall calendar.
    Calendar(Span),
}

impl Work {
    /// Reads `4 hours`, `1h30min`, `90分钟`, `7200s`, `PT1H30M`; `2 workdays`, `2个工作日`; and what [`Span::parse`] reads.
    ///
    /// # Errors
    /// [`What::BadDuration`] for anything else, also for a bare `30m`, which could be minutes or months.
    pub fn parse(text: &str) -> Result<Work, What> {
        let folded = super::text::fold_width(text).trim().to_lowercase();
        let bad = || What::BadDuration { value: text.trim().to_owned() };
        let split = folded.find(|c: char| !c.is_ascii_digit()).unwrap_or(folded.len());
        let (number, unit) = (&folded[..split], folded[split..].trim());
        if matches!(unit, "workday" | "workdays" | "working day" | "working days" | "个工作日" | "工作日") {
            return number.parse().ok().filter(|days| *days <= 36_500).map(Work::Workdays).ok_or_else(bad);
        }
        let clock = folded.strip_prefix("pt").unwrap_or(&folded);
        match worked_seconds(clock, clock.len() < folded.len()) {
            Some(seconds) => Ok(Work::Seconds(seconds)),
            None if unit == "m" => Err(bad()),
            None => Span::parse(text).map(Work::Calendar),
        }
    }
}

/// Hours, minutes and seconds, each at most once and in this order; a bare `m` means minutes after hours only, or in ISO 8601.
fn worked_seconds(text: &str, iso: bool) -> Option<i64> {
    let (mut rest, mut last, mut total) = (text.trim(), 0, 0_i64);
    while !rest.is_empty() {
        let split = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = rest[..split].parse().ok().filter(|number| *number <= 100 * 366 * 86_400)?;
        let after = rest[split..].trim_start();
        let end = after.find(|c: char| c.is_ascii_digit() || c.is_whitespace()).unwrap_or(after.len());
        let (place, seconds) = match &after[..end] {
            "h" | "hour" | "hours" | "小时" => (1, 3600),
            "min" | "mins" | "minute" | "minutes" | "分" | "分钟" => (2, 60),
            "m" if last == 1 || iso => (2, 60),
            "s" | "sec" | "secs" | "second" | "seconds" | "秒" => (3, 1),
            _ => return None,
        };
        if place <= last {
            return None;
        }
        (last, total, rest) = (place, total + number * seconds, after[end..].trim_start());
    }
    (last > 0).then_some(total).filter(|total| *total <= 100 * 366 * 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_compared_by_their_extremes() {
        let shorter = |one: &str, other: &str| Span::parse(one).unwrap().can_be_shorter(Span::parse(other).unwrap());
        for (one, other, expected) in [
            ("30 days", "1 month", true),
            ("31 days", "1 month", false),
            ("1 month", "29 days", true),
            ("1 month", "28 days", false),
            ("1 month", "1 month", false),
            ("12 months", "365 days", false),
            ("12 months", "366 days", true),
            ("365 days", "1 year", true),
            ("6 days", "1 week", true),
        ] {
            assert_eq!(shorter(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn working_time_and_working_days() {
        for (text, seconds) in [
            ("4 hours", 14_400),
            ("2h", 7200),
            ("1h30m", 5400),
            ("1 hour 30 minutes", 5400),
            ("９０分钟", 5400),
            ("1小时30分", 5400),
            ("7200s", 7200),
            ("PT1H30M", 5400),
            ("PT90M", 5400),
            ("0h", 0),
        ] {
            assert_eq!(Work::parse(text), Ok(Work::Seconds(seconds)), "{text}");
        }
        assert_eq!((Work::parse("2 workdays"), Work::parse("2个工作日")), (Ok(Work::Workdays(2)), Ok(Work::Workdays(2))));
        assert_eq!(Work::parse("3 days"), Ok(Work::Calendar(Span::Days(3))));
        assert_eq!(Work::parse("2 months"), Ok(Work::Calendar(Span::Months(2))));
        for text in ["", "30m", "7200", "soon", "30m2h", "1h1h", "-2h", "1.5h", "99999999h", "pt", "99999 workdays", "9999999999999h"] {
            assert!(Work::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn both_languages() {
        assert_eq!(Span::parse("90 days"), Ok(Span::Days(90)));
        assert_eq!(Span::parse("30分钟"), Ok(Span::Minutes(30)));
        assert_eq!(Span::parse("2w"), Ok(Span::Days(14)));
        assert_eq!(Span::parse("１２个月"), Ok(Span::Months(12)));
        assert!(Span::parse("soon").is_err() && Span::parse("").is_err() && Span::parse("99999 years").is_err());
    }
}
