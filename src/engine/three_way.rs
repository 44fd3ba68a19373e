//! Two people changed a cell since it was handed out: whose text holds, and when a spreadsheet's text is no change at all.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use crate::base::date::{DateOrder, parse_date};
use crate::base::instant::Instant;
use crate::base::lost;
use crate::base::text::fold_width;
use crate::model::cell::Kind;

/// What becomes of a cell that went out as the base, came back as theirs, and is ours in the book now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They left it as it was: ours stays, older or newer.
    Untouched,
    /// Both came to the same.
    Agreed,
    /// They alone changed it.
    Theirs,
    /// Both changed it, each to something else.
    Conflict,
}

/// Whose text holds.
pub fn decide<T: PartialEq + ?Sized>(base: &T, theirs: &T, ours: &T) -> Verdict {
    if theirs == base {
        Verdict::Untouched
    } else if theirs == ours {
        Verdict::Agreed
    } else if ours == base {
        Verdict::Theirs
    } else {
        Verdict::Conflict
    }
}

/// Whether a spreadsheet may have made `seen` of `kept` while saving, with nobody's intent.
pub fn means_the_same(kind: Kind, kept: &str, seen: &str) -> bool {
    let (one, other) = (plain(kept), plain(seen));
    if one == other {
        return true;
    }
    if one.is_empty() || other.is_empty() {
        return false;
    }
    match kind {
        Kind::Instant => same_minute(&one, &other),
        Kind::Date | Kind::Money | Kind::Number => false,
        Kind::Id | Kind::Text | Kind::Tags | Kind::Code(_) => {
            lost::may_be(&other, &one) || same_number(&one, &other) || same_truth(&one, &other) || same_day(&one, &other)
        }
    }
}

/// Ends of lines and blanks at the ends say nothing.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

/// A spreadsheet that shows minutes saves minutes.
fn same_minute(kept: &str, seen: &str) -> bool {
    let seconds = |text: &str| Instant::parse(text, chrono_tz::UTC, DateOrder::Iso).ok().map(Instant::timestamp);
    let (kept, seen) = (seconds(kept), seconds(seen));
    kept.zip(seen).is_some_and(|(kept, seen)| kept == seen || (seen.rem_euclid(60) == 0 && kept.div_euclid(60) == seen.div_euclid(60)))
}

/// `1.50` and `1.5`, `50%` and `0.5`; not what has more digits than a spreadsheet keeps, nor zeros in front, which none adds.
fn same_number(kept: &str, seen: &str) -> bool {
    let number = |text: &str| {
        let folded = fold_width(text).into_owned();
        let (body, percent) = folded.strip_suffix('%').map_or((folded.as_str(), false), |body| (body, true));
        let plain = body.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'E' | b'e')) && body.len() <= 20;
        let starts = body.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        // `1E5` is a number to them too
        let read = if body.contains(['E', 'e']) { Decimal::from_scientific(body).ok() } else { body.parse().ok() };
        let value: Decimal = read.filter(|_| plain && starts)?;
        if percent { value.checked_div(Decimal::ONE_HUNDRED) } else { Some(value) }
    };
    let padded = seen.strip_prefix('0').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    !padded && number(kept).is_some_and(|kept| number(seen) == Some(kept))
}

fn same_truth(one: &str, other: &str) -> bool {
    let is_truth = |text: &str| text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false");
    is_truth(one) && one.eq_ignore_ascii_case(other)
}

/// `2026-07-01` and `2026/7/1`; `3-5` and the day that a spreadsheet takes it for.
fn same_day(kept: &str, seen: &str) -> bool {
    let whole = |text: &str| parse_date(text, DateOrder::Iso).ok();
    match (whole(kept), day_of(seen)) {
        (Some(one), Some((month, day, Some(date)))) => (month, day, date) == (one.month(), one.day(), one),
        (None, Some((month, day, _))) => numbers(kept).is_some_and(|pair| pair == (month, day) || pair == (day, month)),
        _ => false,
    }
}

/// Month and day of what a spreadsheet shows for one: a whole date, `5-Mar`, `Mar-05`, `3月5日`.
fn day_of(text: &str) -> Option<(u32, u32, Option<NaiveDate>)> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    if let Ok(date) = parse_date(text, DateOrder::Iso) {
        return Some((date.month(), date.day(), Some(date)));
    }
    if let Some((month, day)) = text.split_once('月') {
        return Some((month.parse().ok()?, day.strip_suffix('日')?.parse().ok()?, None));
    }
    let (one, other) = text.split_once(['-', ' '])?;
    let month = |text: &str| MONTHS.iter().position(|month| text.eq_ignore_ascii_case(month)).and_then(|at| u32::try_from(at + 1).ok());
    let named = month(one).zip(other.parse().ok()).or_else(|| month(other).zip(one.parse().ok()))?;
    Some((named.0, named.1, None))
}

/// The two numbers of `3-5` or `3/5`.
fn numbers(text: &str) -> Option<(u32, u32)> {
    let (one, other) = text.split_once(['-', '/'])?;
    let number = |text: &str| text.parse().ok().filter(|_| text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit()));
    Some((number(one)?, number(other)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_spreadsheets_do_to_text_is_no_change() {
        for (kept, seen) in [
            ("007", "7"),
            ("868533010000199", "8.68533E+14"),
            ("1.50", "1.5"),
            ("50%", "0.5"),
            ("1E5", "1.00E+05"),
            ("1E5", "100000"),
            ("true", "TRUE"),
            ("2026-07-01", "2026/7/1"),
            ("3-5", "5-Mar"),
            ("3-5", "Mar-05"),
            ("1/2", "1月2日"),
            ("3-5", "2026-03-05"),
            ("a\r\nb ", "a\nb"),
        ] {
            assert!(means_the_same(Kind::Text, kept, seen), "{kept} {seen}");
        }
        for (kept, seen) in [
            ("7", "007"),
            ("1.5", "1.6"),
            ("a", ""),
            ("", "0"),
            ("yes", "TRUE"),
            ("2026-07-01", "2026-07-02"),
            ("3-5", "3-6"),
            ("C1", "C01"),
        ] {
            assert!(!means_the_same(Kind::Text, kept, seen), "{kept} {seen}");
        }
        assert!(means_the_same(Kind::Instant, "2026-07-01 09:30:12", "2026-07-01 09:30:00"));
        assert!(!means_the_same(Kind::Instant, "2026-07-01 09:30:12", "2026-07-01 09:30:13"));
        assert!(!means_the_same(Kind::Instant, "2026-07-01 09:30:12", "2026-07-01 09:31:00"));
    }

    proptest! {
        #[test]
        fn laws(base in 0..4_u8, theirs in 0..4_u8, ours in 0..4_u8) {
            let verdict = decide(&base, &theirs, &ours);
            // untouched cells never change the book, and where the book stood still what came back holds
            prop_assert_eq!(verdict == Verdict::Untouched, theirs == base);
            prop_assert!(theirs == base || ours != base || matches!(verdict, Verdict::Theirs));
            // a conflict is one from either side, and only where all three differ
            prop_assert_eq!(verdict == Verdict::Conflict, decide(&base, &ours, &theirs) == Verdict::Conflict);
            prop_assert_eq!(verdict == Verdict::Conflict, base != theirs && base != ours && theirs != ours);
            // taken once, it is agreed
            if verdict == Verdict::Theirs {
                prop_assert_eq!(decide(&base, &theirs, &theirs), Verdict::Agreed);
            }
        }

        #[test]
        fn a_cell_means_itself(text in "\\PC{0,12}") {
            prop_assert!(means_the_same(Kind::Text, &text, &text));
            prop_assert!(means_the_same(Kind::Instant, &text, &text));
        }
    }
}
