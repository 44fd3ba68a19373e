//! iCalendar (RFC 5545): CRLF, lines of at most 75 bytes, texts escaped. The same bytes for the same calendar.

use chrono::NaiveDate;

use crate::base::instant::Instant;

/// A calendar to be subscribed to or imported.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    pub name: String,
    /// When it was made.
    pub stamp: Instant,
    pub events: Vec<Event>,
}

/// Something on a day or at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The record it is about; with the calendar's name it is the same event for good.
    pub id: String,
    pub when: When,
    pub summary: String,
    pub description: String,
    /// 1 the most urgent, 9 the least.
    pub priority: u8,
    pub categories: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Day(NaiveDate),
    /// With a reminder an hour before.
    At(Instant),
    /// From when to when, with the same reminder.
    Between(Instant, Instant),
}

/// The longest line, in bytes without its end.
const LONGEST: usize = 75;

pub fn write(calendar: &Calendar) -> String {
    let mut out = String::new();
    let mut line = |text: &str| out += &folded(text);
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//carebook//carebook//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"] {
        line(text);
    }
    line(&format!("X-WR-CALNAME:{}", escaped(&calendar.name)));
    if calendar.events.is_empty() {
        // a calendar must hold something (RFC 5545, 3.6), and a time zone is nothing to do
        for text in ["BEGIN:VTIMEZONE", "TZID:Etc/UTC", "BEGIN:STANDARD", "DTSTART:19700101T000000"] {
            line(text);
        }
        for text in ["TZOFFSETFROM:+0000", "TZOFFSETTO:+0000", "END:STANDARD", "END:VTIMEZONE"] {
            line(text);
        }
    }
    for event in &calendar.events {
        for text in lines(event, calendar) {
            line(&text);
        }
    }
    line("END:VCALENDAR");
    out
}

fn lines(event: &Event, calendar: &Calendar) -> Vec<String> {
    let mut lines = vec![
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@{}", plain(&event.id), plain(&calendar.name)),
        format!("DTSTAMP:{}", utc(calendar.stamp)),
    ];
    match event.when {
        When::Day(day) => {
            lines.push(format!("DTSTART;VALUE=DATE:{}", day.format("%Y%m%d")));
            // it does not make anybody busy
            lines.push("TRANSP:TRANSPARENT".to_owned());
        }
        When::At(at) => lines.push(format!("DTSTART:{}", utc(at))),
        When::Between(from, to) => lines.extend([format!("DTSTART:{}", utc(from)), format!("DTEND:{}", utc(to))]),
    }
    lines.push(format!("SUMMARY:{}", escaped(&event.summary)));
    if !event.description.is_empty() {
        lines.push(format!("DESCRIPTION:{}", escaped(&event.description)));
    }
    lines.push(format!("PRIORITY:{}", event.priority));
    let categories: Vec<String> = event.categories.iter().filter(|text| !text.is_empty()).map(|text| escaped(text)).collect();
    if !categories.is_empty() {
        lines.push(format!("CATEGORIES:{}", categories.join(",")));
    }
    if let When::At(_) | When::Between(..) = event.when {
        let alarm = ["BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT1H"].map(str::to_owned);
        lines.extend(alarm);
        lines.push(format!("DESCRIPTION:{}", escaped(&event.summary)));
        lines.push("END:VALARM".to_owned());
    }
    lines.push("END:VEVENT".to_owned());
    lines
}

fn utc(at: Instant) -> String {
    at.at_zone(chrono_tz::UTC).format("%Y%m%dT%H%M%SZ").to_string()
}

/// A TEXT value: no control characters, and nothing that would end it or begin another.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out += "\\n",
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Letters and digits of ASCII, `-`, `_` and `.` as they are, all else as `%E8%8C`.
fn plain(text: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.bytes().map(|byte| if kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// A line in pieces of at most 75 bytes that do not cut a character; each further one begins with a space.
fn folded(line: &str) -> String {
    let mut out = String::new();
    let mut used = 0;
    for c in line.chars() {
        if used + c.len_utf8() > LONGEST {
            out += "\r\n ";
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(events: Vec<Event>) -> Calendar {
        Calendar { name: "Tea, Ltd".into(), stamp: Instant::from_timestamp(1_791_000_000), events }
    }

    fn event(when: When) -> Event {
        let (summary, description) = ("茶叶受潮".repeat(12), "a;b,c\\d\r\ne\u{7}f".to_owned());
        Event { id: "R1@x".into(), when, summary, description, priority: 3, categories: vec!["Overdue".into(), "a,b".into()] }
    }

    #[test]
    fn lines_are_short_and_unfold_to_what_they_were() {
        let text = write(&calendar(vec![event(When::At(Instant::from_timestamp(1_791_003_600)))]));
        assert!(text.ends_with("END:VCALENDAR\r\n") && text.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])));
        let whole = text.replace("\r\n ", "");
        for line in [
            format!("SUMMARY:{}", "茶叶受潮".repeat(12)),
            "DESCRIPTION:a\\;b\\,c\\\\d\\ne f".into(),
            "UID:R1%40x@Tea%2C%20Ltd".into(),
            "DTSTAMP:20261003T040000Z".into(),
            "DTSTART:20261003T050000Z".into(),
            "CATEGORIES:Overdue,a\\,b".into(),
            "TRIGGER:-PT1H".into(),
        ] {
            assert!(whole.contains(&format!("\r\n{line}\r\n")), "{line}\n{whole}");
        }
    }

    #[test]
    fn a_day_has_no_alarm_and_nothing_is_still_a_calendar() {
        let text = write(&calendar(vec![event(When::Day("2026-10-08".parse().unwrap()))]));
        assert!(text.contains("\r\nDTSTART;VALUE=DATE:20261008\r\n") && !text.contains("VALARM"));
        let text = write(&calendar(Vec::new()));
        assert!(text.contains("BEGIN:VTIMEZONE\r\n") && !text.contains("VEVENT"));
    }
}
