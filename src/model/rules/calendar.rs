//! `rules/calendar.yaml`: when people are at work.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::cn_days::CnDays;
use super::{Pairs, Plain, RawLabel};
use crate::base::date::{DateOrder, parse_date, plus_days};
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_width;

/// The rules a book has until the owner writes their own.
pub const DEFAULT: &str = include_str!("defaults/calendar.yaml");

/// Longest range of holidays, in days.
const LONGEST: i64 = 3660;

/// The words of the weekdays, Monday first.
const WEEKDAYS: [[&str; 4]; 7] = [
    ["mon", "monday", "周一", "星期一"],
    ["tue", "tuesday", "周二", "星期二"],
    ["wed", "wednesday", "周三", "星期三"],
    ["thu", "thursday", "周四", "星期四"],
    ["fri", "friday", "周五", "星期五"],
    ["sat", "saturday", "周六", "星期六"],
    ["sun", "sunday", "周日", "星期日"],
];

/// The time zones of mainland China: where they are, its holidays are included unless the file says otherwise.
const CHINA: [&str; 7] = ["Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Chungking", "Asia/Harbin", "Asia/Kashgar", "PRC"];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCalendar {
    time_zone: Option<String>,
    week: Option<Pairs<Vec<String>>>,
    holidays: Option<Vec<RawDays>>,
    workdays: Option<Vec<RawDays>>,
    special: Option<Pairs<Vec<String>>>,
    include: Option<Vec<String>>,
}

/// A date, `{date, name}` or `{from, to, name}`.
#[derive(Debug, Default)]
struct RawDays(RawNamed);

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNamed {
    date: Option<Plain>,
    from: Option<Plain>,
    to: Option<Plain>,
    name: Option<RawLabel>,
}

impl<'de> Deserialize<'de> for RawDays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = RawDays;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date, {date, name} or {from, to, name}")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<RawDays, E> {
                Ok(RawDays(RawNamed { date: Some(Plain(text.to_owned())), ..RawNamed::default() }))
            }
            // `20261001` is a number to YAML
            fn visit_u64<E: Error>(self, number: u64) -> Result<RawDays, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawDays, A::Error> {
                RawNamed::deserialize(MapAccessDeserializer::new(map)).map(RawDays)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// Working time within a day, in minutes after midnight of the wall clock; up to 24:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hours {
    pub from: u16,
    pub to: u16,
}

impl Hours {
    /// Reads `09:00-18:00`.
    fn parse(text: &str) -> Option<Hours> {
        let folded = fold_width(text);
        let (from, to) = folded.split_once(['-', '–'])?;
        let minute = |text: &str| {
            let (hours, minutes) = text.trim().split_once(':')?;
            let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit()) && (1..=2).contains(&text.len());
            if !digits(hours) || !digits(minutes) || minutes.len() != 2 {
                return None;
            }
            // two digits each: no overflow
            let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
            Some(hours * 60 + minutes).filter(|minute| minutes < 60 && *minute <= 24 * 60)
        };
        Some(Hours { from: minute(from)?, to: minute(to)? })
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hours { from, to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

/// What makes a day what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Its weekday has hours.
    Workday,
    /// Its weekday has none.
    Weekend,
    Holiday,
    /// A working day in place of another (调休).
    MakeUp,
    /// Hours of its own.
    Special,
}

/// A day of the calendar. Without hours nobody is at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayPlan<'c> {
    pub date: NaiveDate,
    pub kind: Kind,
    pub name: Option<&'c RawLabel>,
    pub hours: &'c [Hours],
    /// Not in a year whose holidays are not announced yet.
    pub known: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    works: bool,
    name: Option<RawLabel>,
}

/// The rules, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    pub zone: Tz,
    /// Monday first.
    week: [Vec<Hours>; 7],
    named: BTreeMap<NaiveDate, Named>,
    special: BTreeMap<NaiveDate, Vec<Hours>>,
    cn: Option<CnDays>,
}

impl Calendar {
    /// The plan of a day. The owner's own hours come first, then their holidays and make-up days, then the notices,
    /// then the week.
    pub fn on(&self, date: NaiveDate) -> DayPlan<'_> {
        let of_weekday = &self.week[date.weekday().num_days_from_monday() as usize];
        let own = self.named.get(&date).map(|day| (day.works, day.name.as_ref()));
        let notice = || self.cn.as_ref()?.get(date).map(|day| (day.works, Some(&day.name)));
        let named = own.or_else(notice);
        let name = named.and_then(|(_, name)| name);
        let (kind, hours): (Kind, &[Hours]) = match (self.special.get(&date), named) {
            (Some(hours), _) => (Kind::Special, hours),
            (None, Some((true, _))) => (Kind::MakeUp, self.make_up(of_weekday)),
            (None, Some((false, _))) => (Kind::Holiday, &[]),
            (None, None) if of_weekday.is_empty() => (Kind::Weekend, &[]),
            (None, None) => (Kind::Workday, of_weekday),
        };
        DayPlan { date, kind, name, hours, known: self.is_known(date) }
    }

    /// A make-up day is worked like its weekday; where that is closed, like Monday; where that is too, like the first
    /// open day of the week.
    fn make_up<'c>(&'c self, of_weekday: &'c [Hours]) -> &'c [Hours] {
        if of_weekday.is_empty() { self.week.iter().find(|hours| !hours.is_empty()).map_or(&[], Vec::as_slice) } else { of_weekday }
    }

    /// Whether the holidays of a date's year are known; always so where none are included.
    pub fn is_known(&self, date: NaiveDate) -> bool {
        self.cn.as_ref().is_none_or(|cn| cn.knows(date.year()))
    }

    /// The years between two dates, both included, whose holidays are not known.
    pub fn unknown_years(&self, from: NaiveDate, to: NaiveDate) -> Vec<i32> {
        let unknown = |year: &i32| self.cn.as_ref().is_some_and(|cn| !cn.knows(*year));
        (from.year()..=to.year()).filter(unknown).collect()
    }
}

impl RawCalendar {
    /// Checks the rules; keys left out take the built-in default's. `zone` is the book's, `cn` the days of the notices.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self, zone: Tz, cn: CnDays) -> Result<Calendar, Problems> {
        let default: RawCalendar = serde_yaml::from_str(DEFAULT).unwrap_or_default();
        let mut wrong = Problems::new();
        let zone = self.time_zone.map_or(Some(zone), |name| time_zone(&name, &mut wrong)).unwrap_or(zone);
        let week = week(self.week.or(default.week).unwrap_or_default(), &mut wrong);
        let mut named = BTreeMap::new();
        for (key, days, works) in [("holidays", self.holidays, false), ("workdays", self.workdays, true)] {
            for (i, days) in days.unwrap_or_default().into_iter().enumerate() {
                days.0.add(works, &format!("{key}[{i}]"), &mut named, &mut wrong);
            }
        }
        let mut special = BTreeMap::new();
        for (text, hours) in self.special.unwrap_or_default().0 {
            let field = format!("special.{text}");
            let date = parse_date(&text, DateOrder::Iso).map_err(|what| wrong.push(Problem::error(what).field(&field)));
            let hours = intervals(&hours, &field, &mut wrong);
            if let Some(first) = date.ok().and_then(|date| special.insert(date, hours).map(|_| date)) {
                wrong.push(conflict(&field, format!("{first} 写了两次"), format!("{first} is there twice")));
            }
        }
        let included = self.include.unwrap_or_else(|| if CHINA.contains(&zone.name()) { vec!["cn".into()] } else { Vec::new() });
        for name in included.iter().filter(|name| *name != "cn") {
            wrong.push(Problem::error(What::UnknownName { name: name.clone(), allowed: vec!["cn".into()] }).field("include"));
        }
        let cn = (!included.is_empty()).then_some(cn);
        if wrong.is_empty() { Ok(Calendar { zone, week, named, special, cn }) } else { Err(wrong) }
    }
}

fn conflict(field: &str, zh: String, en: String) -> Problem {
    Problem::error(What::RuleConflict { message: [zh, en] }).field(field)
}

fn time_zone(name: &str, wrong: &mut Problems) -> Option<Tz> {
    let zone = name.parse().ok();
    if zone.is_none() {
        let allowed = ["Asia/Shanghai", "Europe/London", "UTC"].map(str::to_owned).to_vec();
        wrong.push(Problem::error(What::UnknownName { name: name.to_owned(), allowed }).field("time_zone"));
    }
    zone
}

fn week(days: Pairs<Vec<String>>, wrong: &mut Problems) -> [Vec<Hours>; 7] {
    let mut week: [Option<Vec<Hours>>; 7] = Default::default();
    for (name, hours) in days.0 {
        let key = name.trim().to_lowercase();
        let Some(at) = WEEKDAYS.iter().position(|words| words.contains(&key.as_str())) else {
            let allowed = WEEKDAYS.iter().map(|words| words[0].to_owned()).collect();
            wrong.push(Problem::error(What::UnknownName { name, allowed }).field("week"));
            continue;
        };
        let field = format!("week.{name}");
        if week[at].replace(intervals(&hours, &field, wrong)).is_some() {
            wrong.push(conflict(&field, format!("{name} 写了两次"), format!("{name} is there twice")));
        }
    }
    week.map(Option::unwrap_or_default)
}

/// The intervals of a day in their order; none may be empty, run backwards or overlap another.
fn intervals(texts: &[String], field: &str, wrong: &mut Problems) -> Vec<Hours> {
    let mut hours = Vec::new();
    for text in texts {
        match Hours::parse(text) {
            Some(interval) if interval.from < interval.to => hours.push(interval),
            Some(_) => wrong.push(conflict(
                field,
                format!("{text} 的结束不晚于开始;跨夜请分写在两天,前一天到 24:00"),
                format!("{text} ends before it begins; write a night as two days, the first until 24:00"),
            )),
            None => wrong.push(conflict(
                field,
                format!("不是时间段: {text},应如 09:00-18:00"),
                format!("not hours of a day: {text}; write them like 09:00-18:00"),
            )),
        }
    }
    hours.sort_unstable();
    for pair in hours.windows(2).filter(|pair| pair[1].from < pair[0].to) {
        let (a, b) = (pair[0], pair[1]);
        wrong.push(conflict(field, format!("{a} 与 {b} 重叠"), format!("{a} and {b} overlap")));
    }
    hours
}

impl RawNamed {
    fn add(self, works: bool, field: &str, named: &mut BTreeMap<NaiveDate, Named>, wrong: &mut Problems) {
        let Some((from, to)) = self.range(field, wrong) else { return };
        let mut date = from;
        while date <= to {
            let day = Named { works, name: self.name.clone() };
            // holidays are read first
            if named.insert(date, day).is_some_and(|before| before.works != works) {
                let (zh, en) = (format!("{date} 既是假日又是上班日"), format!("{date} is both a holiday and a working day"));
                wrong.push(conflict(field, zh, en));
            }
            date = plus_days(date, 1);
        }
    }

    fn range(&self, field: &str, wrong: &mut Problems) -> Option<(NaiveDate, NaiveDate)> {
        let mut read = |text: &Plain, key: &str| {
            let named = |what| wrong.push(Problem::error(what).field(format!("{field}{key}")));
            parse_date(&text.0, DateOrder::Iso).map_err(named).ok()
        };
        let (from, to) = match (&self.date, &self.from, &self.to) {
            (Some(date), None, None) => read(date, "").map(|date| (date, date))?,
            (None, Some(from), Some(to)) => read(from, ".from").zip(read(to, ".to"))?,
            _ => {
                let (zh, en) = ("写 date,或者写 from 和 to".to_owned(), "write date, or from and to".to_owned());
                wrong.push(conflict(field, zh, en));
                return None;
            }
        };
        let days = (to - from).num_days();
        if (0..LONGEST).contains(&days) {
            return Some((from, to));
        }
        let (min, max) = (from.to_string(), plus_days(from, LONGEST.unsigned_abs() - 1).to_string());
        wrong.push(Problem::error(What::OutOfRange { value: to.to_string(), min, max }).field(format!("{field}.to")));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{Asia::Shanghai, UTC};

    fn read(yaml: &str, zone: Tz) -> Result<Calendar, Problems> {
        serde_yaml::from_str::<RawCalendar>(yaml).unwrap().check(zone, CnDays::built_in())
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Kind and hours of a day, as text.
    fn plan(calendar: &Calendar, date: &str) -> String {
        let plan = calendar.on(day(date));
        let hours: Vec<String> = plan.hours.iter().map(Hours::to_string).collect();
        format!("{:?} {}", plan.kind, hours.join(" "))
    }

    #[test]
    fn the_default_follows_the_time_zone() {
        let (china, elsewhere) = (read("{}", Shanghai).unwrap(), read("{}", UTC).unwrap());
        assert_eq!(china, read(DEFAULT, Shanghai).unwrap());
        assert_eq!(plan(&china, "2026-10-01"), "Holiday ");
        assert_eq!(plan(&china, "2026-09-20"), "MakeUp 09:00-18:00");
        assert_eq!(plan(&elsewhere, "2026-10-01"), "Workday 09:00-18:00");
        assert_eq!(plan(&elsewhere, "2026-09-20"), "Weekend ");
        assert_eq!(plan(&read("include: []", Shanghai).unwrap(), "2026-10-01"), "Workday 09:00-18:00");
        assert_eq!(plan(&read("include: [cn]", UTC).unwrap(), "2026-10-01"), "Holiday ");
        assert_eq!(read("time_zone: Asia/Shanghai", UTC).unwrap(), china);
    }

    #[test]
    fn a_year_not_announced_is_unknown() {
        let calendar = read("{}", Shanghai).unwrap();
        assert!(calendar.is_known(day("2026-12-31")) && !calendar.is_known(day("2027-01-01")) && !calendar.is_known(day("2006-12-31")));
        assert_eq!(calendar.unknown_years(day("2026-11-23"), day("2028-01-01")), [2027, 2028]);
        assert_eq!(read("{}", UTC).unwrap().unknown_years(day("1900-01-01"), day("2100-01-01")), [0; 0]);
    }

    #[test]
    fn own_days_come_before_the_notices_and_hours_before_both() {
        let yaml = "week: {周一: ['13:00-18:00', '9:00-12:00'], sat: ['10:00-12:00']}\n\
                    holidays: [20261130, {date: 2026-09-20, name: {zh: 店庆}}, {from: 2026-12-01, to: 2026-12-03}]\n\
                    workdays: [2026-10-04, {date: 2026-10-03}]\n\
                    special: {2026-10-01: ['20:00-24:00'], 2026-12-07: [], 2026-12-02: ['09:00-10:00']}\n";
        let calendar = read(yaml, Shanghai).unwrap();
        let expected = [
            ("2026-11-23", "Workday 09:00-12:00 13:00-18:00"),
            ("2026-11-24", "Weekend "),
            ("2026-11-30", "Holiday "),
            ("2026-09-20", "Holiday "),
            ("2026-12-03", "Holiday "),
            // a Sunday is worked like Monday, a Saturday that has hours like itself
            ("2026-10-04", "MakeUp 09:00-12:00 13:00-18:00"),
            ("2026-10-03", "MakeUp 10:00-12:00"),
            ("2026-10-01", "Special 20:00-24:00"),
            ("2026-12-02", "Special 09:00-10:00"),
            ("2026-12-07", "Special "),
        ];
        for (date, expected) in expected {
            assert_eq!(plan(&calendar, date), expected, "{date}");
        }
        assert_eq!(calendar.on(day("2026-09-20")).name.unwrap().zh.as_deref(), Some("店庆"));
        assert_eq!(calendar.on(day("2026-10-01")).name.unwrap().en.as_deref(), Some("National Day"));
    }

    #[test]
    fn what_is_wrong_is_told_by_key() {
        let first = |yaml: &str| {
            let wrong = read(yaml, UTC).unwrap_err();
            (wrong[0].what.code(), wrong[0].field.clone().unwrap_or_default())
        };
        let cases = [
            ("time_zone: Mars", "unknown-name", "time_zone"),
            ("week: {someday: []}", "unknown-name", "week"),
            ("week: {mon: [], 周一: []}", "rule-conflict", "week.周一"),
            ("week: {mon: ['18:00-09:00']}", "rule-conflict", "week.mon"),
            ("week: {mon: ['09:00-09:00']}", "rule-conflict", "week.mon"),
            ("week: {mon: ['09:00-12:00', '11:59-13:00']}", "rule-conflict", "week.mon"),
            ("week: {mon: ['09:00-24:01']}", "rule-conflict", "week.mon"),
            ("week: {mon: ['09:00-1202:00']}", "rule-conflict", "week.mon"),
            ("week: {mon: ['9-12']}", "rule-conflict", "week.mon"),
            ("holidays: [2026-02-30]", "bad-date", "holidays[0]"),
            ("holidays: [{from: 2026-02-01}]", "rule-conflict", "holidays[0]"),
            ("holidays: [{from: 2026-02-03, to: 2026-02-01}]", "out-of-range", "holidays[0].to"),
            ("holidays: [2026-02-01]\nworkdays: [2026-02-01]", "rule-conflict", "workdays[0]"),
            ("special: {2026-13-01: []}", "bad-date", "special.2026-13-01"),
            ("special: {2026-12-01: [], 2026/12/1: []}", "rule-conflict", "special.2026/12/1"),
            ("include: [us]", "unknown-name", "include"),
        ];
        for (yaml, code, field) in cases {
            assert_eq!(first(yaml), (code, field.to_owned()), "{yaml}");
        }
        assert!(serde_yaml::from_str::<RawCalendar>("holidays: [{day: 2026-01-01}]").is_err());
    }
}
