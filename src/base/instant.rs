//! Instants: moments in time, written as local time of the book's zone.

use chrono::{DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

use super::date::{DateOrder, parse_date};
use super::problem::What;

/// A moment, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    pub fn from_utc(at: DateTime<Utc>) -> Instant {
        let seconds = at.timestamp();
        Instant(DateTime::from_timestamp(seconds, 0).unwrap_or(at))
    }

    /// Seconds since the epoch.
    pub fn timestamp(self) -> i64 {
        self.0.timestamp()
    }

    /// A local time of a zone: the first of two in an autumn fold, the end of the gap in spring.
    pub fn local(naive: NaiveDateTime, zone: Tz) -> Instant {
        let at = match zone.from_local_datetime(&naive) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at,
            LocalResult::None => GapInfo::new(&naive, &zone).and_then(|gap| gap.end).unwrap_or_else(|| zone.from_utc_datetime(&naive)),
        };
        Instant::from_utc(at.with_timezone(&Utc))
    }

    /// The start of a day.
    pub fn start_of(date: NaiveDate, zone: Tz) -> Instant {
        Instant::local(date.and_time(NaiveTime::MIN), zone)
    }

    /// Reads `2026-11-23 09:30[:00]`, `…T…`, `…Z` or with an offset, `2019/4/25 9:32:09`, `2026年7月1日 9:05`,
    /// `11:07:29 AM`, or a bare date (its start). Without an offset it is local time of `zone`.
    ///
    /// # Errors
    /// [`What::BadInstant`], or the date's own problem when the date part is wrong.
    pub fn parse(text: &str, zone: Tz, order: DateOrder) -> Result<Instant, What> {
        if let Some(at) = plain_local(text.as_bytes()) {
            return Ok(Instant::local(at, zone));
        }
        let folded = super::text::fold_width(text);
        let body = folded.trim();
        let bad = || What::BadInstant { value: super::text::truncate(body, 40) };
        let written = body.replacen(' ', "T", 1);
        // the second form has no seconds, which RFC 3339 asks for and ISO 8601 does not
        if let Ok(at) = DateTime::parse_from_rfc3339(&written).or_else(|_| DateTime::parse_from_str(&written, "%Y-%m-%dT%H:%M%#z")) {
            let at = Instant::from_utc(at.with_timezone(&Utc));
            // the same years as for dates: others would not be read again
            return if (1900..=9999).contains(&at.date(zone).year()) { Ok(at) } else { Err(bad()) };
        }
        let split = body.find(['T', ' ']).or_else(|| body.find('日').map(|i| i + '日'.len_utf8()));
        let (date, time) = body.split_at(split.unwrap_or(body.len()));
        let date = parse_date(date, order)?;
        let time = time.trim_start_matches(['T', ' ']);
        if time.is_empty() {
            return Ok(Instant::start_of(date, zone));
        }
        let time = parse_time(time).ok_or_else(bad)?;
        Ok(Instant::local(date.and_time(time), zone))
    }

    /// `2026-11-23 09:30:00` in the zone; with its offset only where that local time occurs twice.
    pub fn write(self, zone: Tz) -> String {
        let local = self.0.with_timezone(&zone);
        let second_of_two = zone.from_local_datetime(&local.naive_local()).earliest().is_some_and(|first| first != local);
        if second_of_two { local.format("%Y-%m-%d %H:%M:%S%:z").to_string() } else { local.format("%Y-%m-%d %H:%M:%S").to_string() }
    }

    /// RFC 3339 with the zone's offset, for JSON.
    pub fn iso(self, zone: Tz) -> String {
        self.0.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false)
    }

    /// `2026-11-23 09:30`, for people.
    pub fn minute(self, zone: Tz) -> String {
        self.0.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
    }

    pub fn date(self, zone: Tz) -> NaiveDate {
        self.0.with_timezone(&zone).date_naive()
    }

    /// The local time in a zone.
    pub fn at_zone(self, zone: Tz) -> NaiveDateTime {
        self.0.with_timezone(&zone).naive_local()
    }

    pub fn seconds_since(self, earlier: Instant) -> i64 {
        self.0.timestamp() - earlier.0.timestamp()
    }

    /// So many seconds after the epoch; a number that is no date is the epoch.
    pub fn from_timestamp(seconds: i64) -> Instant {
        Instant(DateTime::from_timestamp(seconds, 0).unwrap_or_default())
    }

    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Instant {
        DateTime::from_timestamp(self.0.timestamp().saturating_add(seconds), 0).map_or(self, Instant)
    }
}

/// `2026-11-23 09:30:00`, as carebook writes it, and nothing else.
fn plain_local(text: &[u8]) -> Option<NaiveDateTime> {
    let (date, &[b' ', h1, h2, b':', m1, m2, b':', s1, s2]) = text.split_at_checked(10)? else { return None };
    let two = |a: u8, b: u8| (a.is_ascii_digit() && b.is_ascii_digit()).then(|| u32::from(a - b'0') * 10 + u32::from(b - b'0'));
    super::date::plain_iso(date)?.and_hms_opt(two(h1, h2)?, two(m1, m2)?, two(s1, s2)?)
}

fn parse_time(text: &str) -> Option<NaiveTime> {
    let text = text.trim();
    ["%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H时%M分%S秒", "%H时%M分"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(text, format).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Asia::Shanghai;
    use chrono_tz::Europe::Berlin;

    #[test]
    fn as_people_write_them() {
        for text in [
            "2019-04-25 09:32:09",
            "2019/4/25 9:32:09",
            "2019-04-25T01:32:09Z",
            "2019-04-25T09:32:09+08:00",
            "2019年4月25日 9:32:09",
            "2019/04/25 09:32:09 AM",
        ] {
            assert_eq!(Instant::parse(text, Shanghai, DateOrder::Iso).unwrap().write(Shanghai), "2019-04-25 09:32:09", "{text}");
        }
        for text in ["2019-04-25T01:32Z", "2019-04-25 09:32+08:00", "2019-04-25T09:32"] {
            assert_eq!(Instant::parse(text, Shanghai, DateOrder::Iso).unwrap().minute(Shanghai), "2019-04-25 09:32", "{text}");
        }
        assert!(Instant::parse("2019-04-25 25:00", Shanghai, DateOrder::Iso).is_err());
    }

    #[test]
    fn the_hour_that_occurs_twice_survives() {
        let first = Instant::parse("2026-10-25 02:30", Berlin, DateOrder::Iso).unwrap();
        let second = first.plus_seconds(3600);
        assert_eq!(second.write(Berlin), "2026-10-25 02:30:00+01:00");
        assert_eq!(Instant::parse(&second.write(Berlin), Berlin, DateOrder::Iso), Ok(second));
    }

    #[test]
    fn a_time_that_does_not_occur_is_the_end_of_the_gap() {
        let at = |text: &str, zone| Instant::parse(text, zone, DateOrder::Iso).unwrap().write(zone);
        assert_eq!(at("2026-03-29 02:30", Berlin), "2026-03-29 03:00:00");
        // a whole day that the island left out
        assert_eq!(at("2011-12-30 09:00", chrono_tz::Pacific::Apia), "2011-12-31 00:00:00");
    }

    #[test]
    fn years_that_no_file_could_hold_are_refused() {
        for text in ["0899-12-31T10:00:00Z", "1899-12-31T10:00:00Z", "9999-12-31T23:59:59-12:00"] {
            assert!(matches!(Instant::parse(text, Shanghai, DateOrder::Iso), Err(What::BadInstant { .. })), "{text}");
        }
    }
}
