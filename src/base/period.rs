//! Periods of time as people name them: `2026Q3`, `last quarter`, `上季度`, `90d`.

use std::fmt;

use chrono::{Datelike, Days, NaiveDate};

use super::date::{DateOrder, Quarter, first_of_month, parse_date, plus_days};
use super::duration::Span;
use super::problem::What;

/// The years that dates may lie in.
const FIRST_YEAR: i32 = 1900;
const LAST_YEAR: i32 = 9999;

/// A range of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
    shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// So many whole months from the first of a month.
    Months(u32),
    Days,
    All,
}

impl Period {
    pub fn quarter(quarter: Quarter) -> Period {
        Period { from: quarter.start(), to: quarter.end(), shape: Shape::Months(3) }
    }

    pub fn days(from: NaiveDate, to: NaiveDate) -> Period {
        Period { from, to, shape: Shape::Days }
    }

    fn months(year: i32, month: u32, count: u32) -> Period {
        let from = first_of_month(year, month);
        let to = first_of_month(year, month + count).pred_opt().unwrap_or(NaiveDate::MAX);
        Period { from, to, shape: Shape::Months(count) }
    }

    /// From the beginning of records to their end.
    pub fn all() -> Period {
        Period {
            from: NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or(NaiveDate::MIN),
            to: NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX),
            shape: Shape::All,
        }
    }

    /// Reads a period; relative ones are relative to `today`.
    ///
    /// # Errors
    /// [`What::BadPeriod`] for what is no period, or ends before it starts.
    pub fn parse(text: &str, today: NaiveDate) -> Result<Period, What> {
        let bad = || What::BadPeriod { value: super::text::truncate(text.trim(), 40) };
        let folded = super::text::fold_width(text).trim().to_lowercase();
        let key = folded.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(found) = named(&key, today).or_else(|| written(&key, today)) {
            return Ok(found);
        }
        if let Some((from, to)) = key.split_once("..").filter(|(_, to)| !to.contains("..")) {
            let from = Period::parse(from, today).map_err(|_| bad())?.from;
            let to = if to.is_empty() { today } else { Period::parse(to, today).map_err(|_| bad())?.to };
            return if from <= to { Ok(Period::days(from, to)) } else { Err(bad()) };
        }
        if let Ok(day) = parse_date(&key, DateOrder::Iso) {
            return Ok(Period::days(day, day));
        }
        let ago = key.strip_suffix("ago").or_else(|| key.strip_suffix('前')).unwrap_or(&key).trim().trim_start_matches('-');
        let from = Span::parse(ago).map(|span| plus_days(span.before(today), 1)).map_err(|_| bad())?;
        // hours, or none of anything: less than a day is no period
        if from <= today { Ok(Period::days(from, today)) } else { Err(bad()) }
    }

    /// The period of the same length just before this one.
    pub fn previous(self) -> Option<Period> {
        self.earlier().filter(|period| period.from.year() >= FIRST_YEAR)
    }

    fn earlier(self) -> Option<Period> {
        match self.shape {
            Shape::All => None,
            Shape::Months(count) => {
                let from = self.from.checked_sub_months(chrono::Months::new(count))?;
                Some(Period::months(from.year(), from.month(), count))
            }
            Shape::Days => {
                let length = (self.to - self.from).num_days().unsigned_abs() + 1;
                Some(Period::days(self.from.checked_sub_days(Days::new(length))?, self.from.pred_opt()?))
            }
        }
    }

    /// The same period a year earlier; a range of days keeps its days of the month.
    pub fn year_ago(self) -> Option<Period> {
        let year = chrono::Months::new(12);
        let then = match self.shape {
            Shape::All => None,
            Shape::Months(count) => {
                let from = self.from.checked_sub_months(year)?;
                Some(Period::months(from.year(), from.month(), count))
            }
            Shape::Days => Some(Period::days(self.from.checked_sub_months(year)?, self.to.checked_sub_months(year)?)),
        };
        then.filter(|period| period.from.year() >= FIRST_YEAR)
    }

    /// Reads a period of a book whose fiscal year begins on the first of this month: `FY2026` (the one that begins in 2026),
    /// `last fiscal year`, and all that [`Period::parse`] reads.
    ///
    /// # Errors
    /// As [`Period::parse`].
    pub fn parse_fiscal(text: &str, today: NaiveDate, starts: u32) -> Result<Period, What> {
        let starts = starts.clamp(1, 12);
        let folded = super::text::fold_width(text).trim().to_lowercase();
        let key = folded.split_whitespace().collect::<Vec<_>>().join(" ");
        let running = if today.month() < starts { today.year() - 1 } else { today.year() };
        let year = match key.as_str() {
            "this fiscal year" | "本财年" => Some(running),
            "last fiscal year" | "上财年" | "上个财年" | "上一财年" => Some(running - 1),
            _ => key.strip_prefix("fy").or_else(|| key.strip_suffix("财年")).and_then(|year| four_digits(year.trim())),
        };
        let Some(year) = year else { return Period::parse(text, today) };
        let whole = Period::months(year, starts, 12);
        if whole.to.year() <= LAST_YEAR { Ok(whole) } else { Err(What::BadPeriod { value: super::text::truncate(text.trim(), 40) }) }
    }

    pub fn contains(self, date: NaiveDate) -> bool {
        self.from <= date && date <= self.to
    }

    pub fn is_all(self) -> bool {
        self.shape == Shape::All
    }

    /// The quarters the period touches; every quarter when it is [`Period::all`] is for the caller to know.
    pub fn quarters(self) -> Vec<Quarter> {
        let last = Quarter::of(self.to);
        std::iter::successors(Some(Quarter::of(self.from)), |q| Some(q.next())).take_while(|q| *q <= last).collect()
    }
}

impl fmt::Display for Period {
    /// `2026Q3`, `2026`, `2026-07`, a day, or `from..to`; also a legal file name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self.from;
        match self.shape {
            Shape::All => f.write_str("all"),
            Shape::Months(1) => write!(f, "{}", from.format("%Y-%m")),
            Shape::Months(3) if from.month0().is_multiple_of(3) => write!(f, "{}", Quarter::of(from)),
            Shape::Months(6) if from.month() == 1 => write!(f, "{}H1", from.year()),
            Shape::Months(6) if from.month() == 7 => write!(f, "{}H2", from.year()),
            Shape::Months(12) if from.month() == 1 => write!(f, "{}", from.year()),
            Shape::Months(12) => write!(f, "FY{}", from.year()),
            _ if from == self.to => write!(f, "{from}"),
            _ => write!(f, "{from}..{}", self.to),
        }
    }
}

fn named(key: &str, today: NaiveDate) -> Option<Period> {
    let quarter = Quarter::of(today);
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let day = |date: NaiveDate| Some(Period::days(date, date));
    let month = |back: u32| {
        let date = today.checked_sub_months(chrono::Months::new(back))?;
        Some(Period::months(date.year(), date.month(), 1))
    };
    match key {
        "all" | "全部" | "所有" => Some(Period::all()),
        "today" | "今天" | "今日" => day(today),
        "yesterday" | "昨天" | "昨日" => day(today - Days::new(1)),
        "tomorrow" | "明天" | "明日" => day(plus_days(today, 1)),
        "this week" | "本周" => Some(Period::days(monday, plus_days(monday, 6))),
        "last week" | "上周" => Some(Period::days(monday - Days::new(7), monday - Days::new(1))),
        "this month" | "本月" | "这个月" => month(0),
        "last month" | "上月" | "上个月" => month(1),
        "this quarter" | "本季度" | "本季" => Some(Period::quarter(quarter)),
        "last quarter" | "上季度" | "上季" | "上个季度" => Some(Period::quarter(quarter.previous())),
        "this half" | "本半年" | "这半年" => Some(half(today)),
        "last half" | "上个半年" => half(today).previous(),
        "first half" | "上半年" => Some(Period::months(today.year(), 1, 6)),
        "second half" | "下半年" => Some(Period::months(today.year(), 7, 6)),
        "this year" | "本年" | "今年" => Some(Period::months(today.year(), 1, 12)),
        "last year" | "上年" | "去年" => Some(Period::months(today.year() - 1, 1, 12)),
        _ => None,
    }
}

fn half(today: NaiveDate) -> Period {
    Period::months(today.year(), if today.month() <= 6 { 1 } else { 7 }, 6)
}

/// `2026q3`, `q3`, `2026年第3季度`, `三季度`, `2026h1`, `2026-07`, `2026年7月`, `2026`.
fn written(key: &str, today: NaiveDate) -> Option<Period> {
    let chinese = key.strip_suffix("季度").or_else(|| key.strip_suffix('季'));
    let key = match chinese {
        Some(head) => head.replace("年第", "q").replace(['年', '第'], "q"),
        None => key.to_owned(),
    };
    let number = |text: &str| match text {
        "一" => Some(1),
        "二" => Some(2),
        "三" => Some(3),
        "四" => Some(4),
        _ => text.parse::<u32>().ok(),
    };
    let year_of = |text: &str| -> Option<i32> { if text.is_empty() { Some(today.year()) } else { four_digits(text) } };
    let key = if chinese.is_some() && !key.contains('q') { format!("q{key}") } else { key };
    if let Some((year, quarter)) = key.split_once('q') {
        let number = number(quarter).filter(|n| (1..=4).contains(n))?;
        return Some(Period::quarter(Quarter { year: year_of(year)?, number }));
    }
    if let Some((year, half)) = key.split_once('h') {
        let half = number(half).filter(|n| (1..=2).contains(n))?;
        return Some(Period::months(year_of(year)?, half * 6 - 5, 6));
    }
    if let Some(year) = four_digits(key.strip_suffix('年').unwrap_or(&key)) {
        return Some(Period::months(year, 1, 12));
    }
    let (year, month) = key.split_once(['-', '/', '年'])?;
    let month = month.strip_suffix('月').unwrap_or(month).parse().ok().filter(|m| (1..=12).contains(m))?;
    Some(Period::months(four_digits(year)?, month, 1))
}

fn four_digits(text: &str) -> Option<i32> {
    let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|year| digits && (1900..=9999).contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> String {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        Period::parse(text, today).map_or_else(|_| "-".into(), |p| format!("{} {}", p.from, p.to))
    }

    #[test]
    fn periods_as_people_name_them() {
        for text in ["2026Q3", "q3", "last quarter", "上季度", "2026年第3季度", "2026年三季度", "三季度", "2026-07..2026-09"]
        {
            assert_eq!(range(text), "2026-07-01 2026-09-30", "{text}");
        }
        assert_eq!(range("2026-07"), "2026-07-01 2026-07-31");
        assert_eq!(range("2026年7月"), "2026-07-01 2026-07-31");
        assert_eq!(range("本月"), "2026-11-01 2026-11-30");
        assert_eq!(range("2026"), "2026-01-01 2026-12-31");
        assert_eq!(range("2026h2"), "2026-07-01 2026-12-31");
        assert_eq!(range("昨天"), "2026-11-22 2026-11-22");
        assert_eq!(range("90d"), "2026-08-26 2026-11-23");
        assert_eq!(range("2w ago"), "2026-11-10 2026-11-23");
        assert_eq!(range("2026-11-01.."), "2026-11-01 2026-11-23");
        for text in ["", "soon", "2026Q5", "2026-13", "2026-09..2026-07", "32026", "hello"] {
            assert_eq!(range(text), "-", "{text}");
        }
    }

    #[test]
    fn the_one_before() {
        let today = NaiveDate::from_ymd_opt(2026, 2, 1).unwrap();
        let before = |text: &str| Period::parse(text, today).unwrap().previous().unwrap().to_string();
        assert_eq!(before("2026Q1"), "2025Q4");
        assert_eq!(before("2026-03"), "2026-02");
        assert_eq!(before("2026"), "2025");
        assert_eq!(before("2026-03-11..2026-03-20"), "2026-03-01..2026-03-10");
    }

    #[test]
    fn fiscal_years_halves_and_a_year_ago() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        let of = |text: &str| Period::parse_fiscal(text, today, 4).unwrap();
        for text in ["FY2025", "this fiscal year", "2025财年", "本财年"] {
            assert_eq!((of(text).from.to_string(), of(text).to.to_string()), ("2025-04-01".into(), "2026-03-31".into()), "{text}");
        }
        assert_eq!((of("FY2025").to_string(), of("上财年").to_string()), ("FY2025".into(), "FY2024".into()));
        assert_eq!(of("FY2025").previous().map(|p| p.to_string()), Some("FY2024".into()));
        assert_eq!((of("上半年").to_string(), of("last half").to_string()), ("2026H1".into(), "2025H2".into()));
        let ago = |text: &str| of(text).year_ago().map(|p| p.to_string());
        assert_eq!((ago("2026Q1"), ago("2024-02-20..2024-02-29")), (Some("2025Q1".into()), Some("2023-02-20..2023-02-28".into())));
        assert_eq!((ago("all"), ago("FY2025")), (None, Some("FY2024".into())));
        assert!(Period::parse_fiscal("FY9999", today, 4).is_err() && Period::parse_fiscal("FY9999", today, 1).is_ok());
        assert_eq!((of("1900Q1").previous(), of("1900Q1").year_ago(), of("1900-01-01..9999-12-31").previous()), (None, None, None));
    }

    #[test]
    fn a_range_has_two_ends() {
        let today = NaiveDate::from_ymd_opt(2026, 10, 8).unwrap();
        assert!(Period::parse("2026-01-01..2026-02-01", today).is_ok());
        assert!(Period::parse("2026-01-01..2026-02-01..2026-03-01", today).is_err());
        for less_than_a_day in ["2h", "0d", "0 months", "5 hours ago"] {
            assert!(Period::parse(less_than_a_day, today).is_err(), "{less_than_a_day}");
        }
    }
}
