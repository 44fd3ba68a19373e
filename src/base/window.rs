//! Windows: the stretch of time that measures look at, as owners write it.

use chrono::{Datelike, NaiveDate};

use super::date::first_of_month;
use super::duration::Span;
use super::problem::What;
use super::text::fold_width;

/// Which days count, as of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Everything up to the day.
    All,
    /// So long back from the day, the day included.
    Rolling(Span),
    /// Whole years from their first day on.
    Years {
        fiscal: bool,
        /// The running one and so many less one before it.
        count: u32,
    },
    /// The year before the running one, whole.
    LastYear { fiscal: bool },
}

/// The days of a window, as of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The day before the first; `None`: no beginning.
    pub after: Option<NaiveDate>,
    /// The last day.
    pub last: NaiveDate,
}

/// Years looked at, at most.
const MOST_YEARS: u32 = 100;

impl Window {
    /// Reads `12 months`, `365 days`, `calendar year`, `2 fiscal years`, `last calendar year`, `all`, and the same in Chinese.
    ///
    /// # Errors
    /// [`What::BadWindow`] for anything else.
    pub fn parse(text: &str) -> Result<Window, What> {
        let folded = fold_width(text).trim().to_lowercase();
        let words = folded.split_whitespace().collect::<Vec<_>>().join(" ");
        if matches!(words.as_str(), "all" | "all time" | "全部" | "全部时间") {
            return Ok(Window::All);
        }
        years(&words)
            .or_else(|| {
                Span::parse(&words).ok().filter(|span| span.after(NaiveDate::default()) > NaiveDate::default()).map(Window::Rolling)
            })
            .ok_or_else(|| What::BadWindow { value: text.trim().to_owned() })
    }

    /// Its days as of a day; fiscal years begin on the first of this month.
    pub fn on(self, as_of: NaiveDate, fiscal_year_starts: u32) -> Stretch {
        let begins = |fiscal: bool, back: u32| {
            let month = if fiscal { fiscal_year_starts.clamp(1, 12) } else { 1 };
            let running = as_of.year() - i32::from(as_of.month() < month);
            first_of_month(running - i32::try_from(back).unwrap_or(i32::MAX), month)
        };
        let before = |day: NaiveDate| day.pred_opt().unwrap_or(NaiveDate::MIN);
        match self {
            Window::All => Stretch { after: None, last: as_of },
            Window::Rolling(span) => Stretch { after: Some(span.before(as_of)), last: as_of },
            Window::Years { fiscal, count } => Stretch { after: Some(before(begins(fiscal, count.saturating_sub(1)))), last: as_of },
            Window::LastYear { fiscal } => Stretch { after: Some(before(begins(fiscal, 1))), last: before(begins(fiscal, 0)) },
        }
    }
}

/// A window of whole years, in words.
fn years(words: &str) -> Option<Window> {
    let last = ["last ", "previous ", "上一个", "上一", "上个", "上"].iter().find_map(|word| words.strip_prefix(word));
    let rest = last.unwrap_or(words).trim();
    let digits = rest.find(|c: char| !c.is_ascii_digit())?;
    let count = if digits == 0 { 1 } else { rest[..digits].parse().ok()? };
    let fiscal = match rest[digits..].trim().trim_start_matches('个').trim() {
        "calendar year" | "calendar years" | "自然年" | "自然年度" => false,
        "fiscal year" | "fiscal years" | "financial year" | "财年" | "财政年度" | "会计年度" => true,
        _ => return None,
    };
    match last {
        Some(_) if digits == 0 => Some(Window::LastYear { fiscal }),
        Some(_) => None,
        None => (1..=MOST_YEARS).contains(&count).then_some(Window::Years { fiscal, count }),
    }
}

impl Stretch {
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.after.is_none_or(|after| day > after) && day <= self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::date::plus_days;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn windows_as_people_write_them() {
        let years = |fiscal, count| Ok(Window::Years { fiscal, count });
        for (text, window) in [
            ("all", Ok(Window::All)),
            ("全部", Ok(Window::All)),
            ("12 months", Ok(Window::Rolling(Span::Months(12)))),
            ("Calendar  Year", years(false, 1)),
            ("2 fiscal years", years(true, 2)),
            ("２个自然年", years(false, 2)),
            ("财年", years(true, 1)),
            ("last fiscal year", Ok(Window::LastYear { fiscal: true })),
            ("上一自然年", Ok(Window::LastYear { fiscal: false })),
        ] {
            assert_eq!(Window::parse(text), window, "{text}");
        }
        for text in [
            "",
            "soon",
            "year of the dragon",
            "0 calendar years",
            "last 2 calendar years",
            "101 fiscal years",
            "-1 calendar year",
            "0 months",
        ] {
            assert!(Window::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn their_days() {
        let days = |text: &str, as_of: &str, starts| {
            let stretch = Window::parse(text).unwrap().on(day(as_of), starts);
            (stretch.after.map(|after| plus_days(after, 1).to_string()).unwrap_or_default(), stretch.last.to_string())
        };
        for (text, as_of, starts, first, last) in [
            ("12 months", "2026-11-23", 1, "2025-11-24", "2026-11-23"),
            ("calendar year", "2026-11-23", 4, "2026-01-01", "2026-11-23"),
            ("calendar year", "2026-01-01", 4, "2026-01-01", "2026-01-01"),
            ("2 calendar years", "2026-11-23", 1, "2025-01-01", "2026-11-23"),
            ("last calendar year", "2026-11-23", 1, "2025-01-01", "2025-12-31"),
            ("fiscal year", "2026-03-31", 4, "2025-04-01", "2026-03-31"),
            ("fiscal year", "2026-04-01", 4, "2026-04-01", "2026-04-01"),
            ("last fiscal year", "2026-11-23", 4, "2025-04-01", "2026-03-31"),
            ("all", "2026-11-23", 1, "", "2026-11-23"),
        ] {
            assert_eq!(days(text, as_of, starts), (first.to_owned(), last.to_owned()), "{text} {as_of}");
        }
        let stretch = Window::LastYear { fiscal: false }.on(day("2026-11-23"), 1);
        assert!(stretch.contains(day("2025-01-01")) && stretch.contains(day("2025-12-31")));
        assert!(!stretch.contains(day("2024-12-31")) && !stretch.contains(day("2026-01-01")));
    }
}
