//! A cell's value → the text a person would have typed.

use calamine::{Data, ExcelDateTime};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use rust_decimal::Decimal;

/// The text of a cell; `None` for a blank one.
pub fn text(value: &Data) -> Option<String> {
    let text = match value {
        Data::Empty => return None,
        Data::String(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number_text(*number),
        Data::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        Data::DateTime(moment) => moment_text(moment),
        Data::DateTimeIso(text) => iso(text),
        Data::DurationIso(text) => duration(text).unwrap_or_else(|| text.clone()),
        Data::Error(error) => error.to_string(),
    };
    if text.trim().is_empty() { None } else { Some(text) }
}

/// Spreadsheets keep fifteen digits: what binary fractions add behind them is noise.
fn number_text(number: f64) -> String {
    if !number.is_finite() {
        return number.to_string();
    }
    let digits = format!("{number:.14e}");
    match Decimal::from_scientific(&digits) {
        Ok(exact) => exact.normalize().to_string(),
        // beyond 28 digits
        Err(_) => digits.parse::<f64>().unwrap_or(number).to_string(),
    }
}

fn moment_text(moment: &ExcelDateTime) -> String {
    if moment.is_duration() {
        return clock(seconds_of(moment.as_f64()));
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    // less than a day is a time of day without a date
    if (0.0..1.0).contains(&moment.as_f64()) {
        return clock(seconds_of(moment.as_f64()));
    }
    let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into());
    let at = date.and_then(|date| date.and_hms_milli_opt(hour.into(), minute.into(), second.into(), milli.into()));
    // 1900-02-29, which spreadsheets have and the calendar has not
    at.map_or_else(|| number_text(moment.as_f64()), |at| date_text(nearest_second(at)))
}

fn nearest_second(at: NaiveDateTime) -> NaiveDateTime {
    let whole = at.with_nanosecond(0).unwrap_or(at);
    if at.nanosecond() >= 500_000_000 { whole + TimeDelta::seconds(1) } else { whole }
}

/// A date at midnight is a date.
fn date_text(at: NaiveDateTime) -> String {
    let midnight = at.num_seconds_from_midnight() == 0;
    at.format(if midnight { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" }).to_string()
}

#[expect(clippy::cast_possible_truncation, reason = "a float beyond i64 saturates, and is no duration anyway")]
fn seconds_of(days: f64) -> i64 {
    (days * 86_400.0).round() as i64
}

fn clock(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let seconds = seconds.unsigned_abs();
    format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// `2026-07-01T09:30:00` of an ods, with a blank as people write it; midnight is a date.
fn iso(text: &str) -> String {
    let spaced = text.replacen('T', " ", 1);
    let whole = spaced.split('.').next().unwrap_or(&spaced);
    whole.strip_suffix(" 00:00:00").unwrap_or(whole).to_owned()
}

/// `PT12H30M00S` as `12:30:00`.
fn duration(text: &str) -> Option<String> {
    let (mut seconds, mut digits) = (0_i64, String::new());
    for c in text.strip_prefix("PT")?.chars() {
        let unit = match c {
            '0'..='9' | '.' => {
                digits.push(c);
                continue;
            }
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        let whole = digits.split('.').next()?.parse::<i64>().ok()?;
        seconds = seconds.checked_add(whole.checked_mul(unit)?)?;
        digits.clear();
    }
    digits.is_empty().then(|| clock(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType;

    #[test]
    fn numbers_as_people_type_them() {
        for (number, text) in [
            (1.0, "1"),
            (-0.5, "-0.5"),
            (0.1 + 0.2, "0.3"),
            (1_234_567.891, "1234567.891"),
            (13_800_138_000.0, "13800138000"),
            (6.222_021_234_567_89e17, "622202123456789000"),
            (1e-7, "0.0000001"),
        ] {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn days_and_times() {
        let at = |days, kind, is_1904| moment_text(&ExcelDateTime::new(days, kind, is_1904));
        let date = |days| at(days, ExcelDateTimeType::DateTime, false);
        assert_eq!([date(46204.0), date(46204.5), date(46_204.999_999_9)], ["2026-07-01", "2026-07-01 12:00:00", "2026-07-02"]);
        assert_eq!(at(44742.0, ExcelDateTimeType::DateTime, true), "2026-07-01");
        assert_eq!([date(0.5), at(1.5, ExcelDateTimeType::TimeDelta, false)], ["12:00:00", "36:00:00"]);
        assert_eq!(
            [iso("2026-07-01"), iso("2026-07-01T00:00:00"), iso("2026-07-01T09:30:00.000")],
            ["2026-07-01", "2026-07-01", "2026-07-01 09:30:00"]
        );
        assert_eq!((duration("PT12H30M05S").as_deref(), duration("P1Y")), (Some("12:30:05"), None));
    }

    #[test]
    fn blank_is_blank() {
        assert_eq!([text(&Data::Empty), text(&Data::String("  ".into()))], [None, None]);
        assert_eq!(text(&Data::Bool(true)).as_deref(), Some("TRUE"));
    }
}
