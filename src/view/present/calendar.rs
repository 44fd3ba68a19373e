//! The working calendar: its days, and the answers about working time.

use chrono::Datelike;
use chrono_tz::Tz;

use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::period::Period;
use crate::engine::calendar::Schedule;
use crate::model::rules::calendar::{DayPlan, Hours, Kind};
use crate::view::grid::{Field, Grid, col, num};

/// Code, Chinese, English; Monday first.
const WEEKDAYS: [(&str, &str, &str); 7] = [
    ("mon", "周一", "Mon"),
    ("tue", "周二", "Tue"),
    ("wed", "周三", "Wed"),
    ("thu", "周四", "Thu"),
    ("fri", "周五", "Fri"),
    ("sat", "周六", "Sat"),
    ("sun", "周日", "Sun"),
];

fn kind(kind: Kind, lang: Lang) -> Field {
    let (code, zh, en) = match kind {
        Kind::Workday => ("workday", "工作日", "Working day"),
        Kind::Weekend => ("weekend", "休息日", "Day off"),
        Kind::Holiday => ("holiday", "假日", "Holiday"),
        Kind::MakeUp => ("make_up", "调休上班", "Make-up day"),
        Kind::Special => ("special", "特别安排", "Own hours"),
    };
    Field::coded(lang.pick(zh, en), code)
}

/// `7:30`, or `7:30:15` where seconds are left.
fn clock(seconds: i64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 { format!("{hours}:{minutes:02}") } else { format!("{hours}:{minutes:02}:{rest:02}") }
}

/// Working time: hours for people, seconds for machines.
fn length(seconds: i64) -> Field {
    Field::coded(clock(seconds), seconds)
}

fn moment(at: Instant, zone: Tz) -> Field {
    Field::coded(at.write(zone), at.iso(zone))
}

fn noted(mut grid: Grid, zone: Tz, unknown: &[i32]) -> Grid {
    grid.notes = vec![("time_zone", zone.name().into()), ("unknown_years", unknown.into())];
    grid
}

/// A line per day.
pub fn days(schedule: &Schedule, period: Period, unknown: &[i32], lang: Lang) -> Grid {
    let columns = vec![
        col("date", lang.pick("日期", "Date")),
        col("weekday", lang.pick("星期", "Weekday")),
        col("kind", lang.pick("类别", "Kind")),
        col("hours", lang.pick("时间", "Hours")),
        num("seconds", lang.pick("工时", "Working time")),
        col("known", lang.pick("已公布", "Known")),
        col("name", lang.pick("名称", "Name")),
    ];
    let mut grid = Grid::new("carebook.calendar.v1", columns);
    let plans = period.from.iter_days().take_while(|date| *date <= period.to).map(|date| schedule.day(date));
    grid.rows = plans.map(|plan| row(&plan, schedule.seconds_on(plan.date), lang)).collect();
    noted(grid, schedule.calendar().zone, unknown)
}

fn row(plan: &DayPlan<'_>, seconds: i64, lang: Lang) -> Vec<Field> {
    let (code, zh, en) = WEEKDAYS[plan.date.weekday().num_days_from_monday() as usize];
    let hours: Vec<String> = plan.hours.iter().map(Hours::to_string).collect();
    let known = if plan.known { "" } else { lang.pick("否", "no") };
    vec![
        Field::text(plan.date.to_string()),
        Field::coded(lang.pick(zh, en), code),
        kind(plan.kind, lang),
        Field::coded(hours.join(" "), hours),
        if seconds == 0 { Field::coded("", 0) } else { length(seconds) },
        Field::coded(known, plan.known),
        plan.name.map_or_else(Field::blank, |name| Field::text(name.pick(lang, ""))),
    ]
}

/// What was asked and answered of working time.
#[derive(Debug)]
pub struct Answer<'a> {
    pub schema: &'static str,
    pub start: Instant,
    /// As typed, where a due time was asked for.
    pub duration: Option<&'a str>,
    /// The end, or when it is due.
    pub end: Instant,
    /// Working seconds, pauses taken off.
    pub seconds: i64,
    pub paused: i64,
    pub unknown: Vec<i32>,
}

pub fn answer(answer: &Answer<'_>, zone: Tz, lang: Lang) -> Grid {
    let mut columns = vec![col("start", lang.pick("起", "Start"))];
    let mut row = vec![moment(answer.start, zone)];
    if let Some(duration) = answer.duration {
        columns.push(col("duration", lang.pick("时长", "Duration")));
        row.push(Field::text(duration));
        columns.push(col("due", lang.pick("到期", "Due")));
    } else {
        columns.push(col("end", lang.pick("止", "End")));
    }
    columns.extend([num("seconds", lang.pick("工作时间", "Working time")), num("paused_seconds", lang.pick("暂停", "Paused"))]);
    row.extend([moment(answer.end, zone), length(answer.seconds), length(answer.paused)]);
    let mut grid = Grid::new(answer.schema, columns);
    grid.rows.push(row);
    noted(grid, zone, &answer.unknown)
}
