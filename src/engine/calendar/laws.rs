//! What holds for any calendar, and the days on which clocks and calendars are known to go wrong.

use chrono::NaiveDate;
use chrono_tz::{America::New_York, Asia::Shanghai, Europe::Berlin, Tz, UTC};
use proptest::prelude::*;

use super::Schedule;
use crate::base::date::{DateOrder, plus_days};
use crate::base::duration::Work;
use crate::base::instant::Instant;
use crate::model::rules::calendar::RawCalendar;
use crate::model::rules::cn_days::CnDays;

fn schedule(yaml: &str, zone: Tz) -> Schedule {
    let raw: RawCalendar = serde_yaml::from_str(yaml).unwrap();
    Schedule::new(raw.check(zone, CnDays::built_in()).unwrap())
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Asks in local times of the schedule's zone.
struct Asked {
    schedule: Schedule,
    zone: Tz,
}

impl Asked {
    fn of(yaml: &str, zone: Tz) -> Asked {
        Asked { schedule: schedule(yaml, zone), zone }
    }

    fn at(&self, text: &str) -> Instant {
        Instant::parse(text, self.zone, DateOrder::Iso).unwrap()
    }

    /// Working minutes.
    fn minutes(&self, start: &str, end: &str) -> i64 {
        self.schedule.working_between(self.at(start), self.at(end)) / 60
    }

    fn due(&self, start: &str, work: &str) -> String {
        self.paused(start, work, &[])
    }

    fn paused(&self, start: &str, work: &str, pauses: &[(&str, &str)]) -> String {
        let pauses: Vec<_> = pauses.iter().map(|(from, to)| (self.at(from), self.at(to))).collect();
        let due = self.schedule.due_by(self.at(start), Work::parse(work).unwrap(), &pauses);
        due.map_or_else(|| "never".into(), |due| due.at.write(self.zone))
    }
}

const AROUND_THE_CLOCK: &str = "week: {mon: ['00:00-24:00'], tue: ['00:00-24:00'], wed: ['00:00-24:00'], thu: ['00:00-24:00'], \
                                fri: ['00:00-24:00'], sat: ['00:00-24:00'], sun: ['00:00-24:00']}";
const NIGHTS: &str = "week: {sat: ['22:00-24:00'], sun: ['00:00-01:30', '01:30-02:30', '02:30-06:00']}";
const LUNCH: &str = "{week: {mon: ['09:00-12:00', '13:00-18:00'], tue: ['09:00-12:00', '13:00-18:00'], wed: ['09:00-12:00', \
                     '13:00-18:00'], thu: ['09:00-12:00', '13:00-18:00'], fri: ['09:00-12:00', '13:00-18:00']}, \
                     special: {2026-02-16: ['09:00-12:00'], 2026-12-24: ['09:00-12:00'], 2026-12-25: []}}";

/// Workdays of each month, 2018 to 2026, by the notices.
const WORKDAYS: [(i32, [usize; 12]); 9] = [
    (2018, [22, 17, 22, 20, 22, 20, 22, 23, 21, 18, 22, 21]),
    (2019, [22, 17, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22]),
    (2020, [17, 20, 22, 22, 19, 21, 23, 21, 23, 17, 21, 23]),
    (2021, [20, 17, 23, 22, 19, 21, 22, 22, 22, 17, 22, 23]),
    (2022, [21, 16, 23, 21, 20, 21, 21, 23, 21, 18, 22, 22]),
    (2023, [18, 20, 23, 20, 21, 21, 21, 23, 20, 19, 22, 21]),
    (2024, [22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22]),
    (2025, [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23]),
    (2026, [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]),
];

#[test]
fn workdays_of_nine_years_in_china() {
    let china = schedule("{}", Shanghai);
    for (year, months) in WORKDAYS {
        for (month, expected) in (1..).zip(months) {
            let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
            let days = first.iter_days().take_while(|date| date.format("%m").to_string() == format!("{month:02}"));
            assert_eq!(days.filter(|date| china.is_workday(*date)).count(), expected, "{year}-{month}");
        }
    }
}

#[test]
fn spring_festival_with_its_make_up_saturdays() {
    let asked = Asked::of(LUNCH, Shanghai);
    // 2026: off from Sunday the 15th to Monday the 23rd, worked on Saturdays the 14th and 28th; the 16th by our own rule half
    assert_eq!(asked.due("2026-02-13 17:00", "2 hours"), "2026-02-14 10:00:00");
    assert_eq!(asked.due("2026-02-14 17:00", "3 hours"), "2026-02-16 11:00:00");
    assert_eq!(asked.due("2026-02-14 17:00", "4 hours"), "2026-02-16 12:00:00");
    assert_eq!(asked.due("2026-02-14 17:00", "5 hours"), "2026-02-24 10:00:00");
    assert_eq!(asked.minutes("2026-02-09", "2026-03-02"), 60 * (8 * (6 + 5) + 3));
}

#[test]
fn lunch_and_half_days() {
    let asked = Asked::of(LUNCH, UTC);
    assert_eq!(asked.due("2026-11-23 11:00", "1 hour"), "2026-11-23 12:00:00");
    assert_eq!(asked.due("2026-11-23 11:00", "61 min"), "2026-11-23 13:01:00");
    assert_eq!(asked.due("2026-11-23 12:30", "0h"), "2026-11-23 13:00:00");
    assert_eq!(asked.due("2026-11-23 12:00", "0h"), "2026-11-23 12:00:00");
    assert_eq!(asked.due("2026-11-23 08:00", "8h"), "2026-11-23 18:00:00");
    assert_eq!(asked.due("2026-12-24 08:00", "4 hours"), "2026-12-28 10:00:00");
    assert_eq!(asked.minutes("2026-12-24", "2026-12-27"), 3 * 60);
}

#[test]
fn working_days_and_calendar_days() {
    let asked = Asked::of(LUNCH, UTC);
    assert_eq!(asked.due("2026-11-23 09:00", "1 workday"), "2026-11-23 18:00:00");
    assert_eq!(asked.due("2026-11-23 10:30", "1 workday"), "2026-11-24 10:30:00");
    assert_eq!(asked.due("2026-11-20 18:00", "2 workdays"), "2026-11-24 18:00:00");
    assert_eq!(asked.due("2026-11-20 16:00", "2 workdays"), "2026-11-24 16:00:00");
    // a working day is what that day has: Thursday is a half day, Friday closed
    assert_eq!(asked.due("2026-12-23 16:00", "1 workday"), "2026-12-24 12:00:00");
    assert_eq!(asked.due("2026-12-23 16:00", "2 workdays"), "2026-12-28 16:00:00");
    assert_eq!(asked.due("2026-11-20 16:00", "1 day"), "2026-11-23 09:00:00");
    assert_eq!(asked.due("2026-11-23 16:00", "1 day"), "2026-11-24 16:00:00");
    assert_eq!(asked.paused("2026-11-23 16:00", "1 day", &[("2026-11-24 09:00", "2026-11-24 10:00")]), "2026-11-24 17:00:00");
}

#[test]
fn pauses_push_the_due_time_by_their_working_time() {
    let asked = Asked::of(LUNCH, UTC);
    let lunch = [("2026-11-23 11:00", "2026-11-23 13:30")];
    assert_eq!(asked.paused("2026-11-23 09:00", "4 hours", &lunch), "2026-11-23 15:30:00");
    let overlapping =
        [("2026-11-23 10:00", "2026-11-23 14:00"), ("2026-11-23 11:00", "2026-11-23 13:30"), ("2026-11-22", "2026-11-23 10:00")];
    assert_eq!(asked.paused("2026-11-23 09:00", "1 hour", &overlapping), "2026-11-23 15:00:00");
    // nothing is due in a pause, and one after the end delays nothing
    assert_eq!(asked.paused("2026-11-23 08:00", "0h", &[("2026-11-23 08:00", "2026-11-23 10:00")]), "2026-11-23 10:00:00");
    assert_eq!(asked.paused("2026-11-23 09:00", "1 hour", &[("2026-11-23 10:00", "2026-11-24")]), "2026-11-23 10:00:00");
}

#[test]
fn clocks_that_are_turned() {
    for (zone, spring, autumn) in [(Berlin, "2026-03-29", "2026-10-25"), (New_York, "2026-03-08", "2026-11-01")] {
        let (all, nights) = (Asked::of(AROUND_THE_CLOCK, zone), Asked::of(NIGHTS, zone));
        let next = |text: &str| plus_days(day(text), 1).to_string();
        assert_eq!(all.minutes(spring, &next(spring)), 23 * 60);
        assert_eq!(all.minutes(autumn, &next(autumn)), 25 * 60);
        assert_eq!(nights.minutes(spring, &next(spring)), 5 * 60);
        assert_eq!(nights.minutes(autumn, &next(autumn)), 7 * 60);
    }
    let berlin = Asked::of(NIGHTS, Berlin);
    // 02:00 to 03:00 does not occur
    assert_eq!(berlin.due("2026-03-29 01:00", "1 hour"), "2026-03-29 03:00:00");
    assert_eq!(berlin.due("2026-03-29 01:00", "90 min"), "2026-03-29 03:30:00");
    // and in autumn twice: hours that end at 02:30 end with the first
    let short = Asked::of("week: {sun: ['02:00-02:30']}", Berlin);
    assert_eq!(short.minutes("2026-10-25", "2026-10-26"), 30);
    assert_eq!(short.due("2026-10-25 00:00", "30 min"), "2026-10-25 02:30:00");
    assert_eq!(berlin.due("2026-10-25 02:00", "90 min"), "2026-10-25 02:30:00+01:00");
    // the hours of most people do not notice
    let office = Asked::of("{}", New_York);
    assert_eq!(office.minutes("2026-03-02", "2026-03-16"), 90 * 60);
    assert_eq!(office.due("2026-03-06 17:00", "2 hours"), "2026-03-09 10:00:00");
}

#[test]
fn leave_is_taken_out_of_one_persons_time() {
    let team = Asked::of(LUNCH, UTC);
    let leave = [(day("2026-11-24"), day("2026-11-25"))];
    let person = Asked { schedule: team.schedule.with_days_off(&leave), zone: UTC };
    assert_eq!((team.minutes("2026-11-23", "2026-11-28"), person.minutes("2026-11-23", "2026-11-28")), (40 * 60, 24 * 60));
    assert_eq!(person.due("2026-11-23 17:00", "2 hours"), "2026-11-26 10:00:00");
    assert_eq!(person.schedule.next_workday(day("2026-11-24")), Some(day("2026-11-26")));
    let morning = [(team.at("2026-11-23 10:00"), team.at("2026-11-23 14:00"))];
    let person = Asked { schedule: person.schedule.with_leave(&morning), zone: UTC };
    assert_eq!(person.minutes("2026-11-23", "2026-11-28"), 21 * 60);
    assert_eq!(person.due("2026-11-23 09:00", "90 min"), "2026-11-23 14:30:00");
}

#[test]
fn a_calendar_that_never_opens_ends() {
    for yaml in ["week: {}", "{week: {}, special: {2020-01-01: ['09:00-10:00']}}"] {
        let never = Asked::of(yaml, UTC);
        assert_eq!(never.due("2026-11-23", "1 hour"), "never");
        assert_eq!(never.due("2026-11-23", "0h"), "never");
        assert_eq!(never.due("2026-11-23", "1 workday"), "never");
        assert_eq!(never.schedule.next_workday(day("2026-11-23")), None);
    }
    let once = Asked::of("{week: {}, special: {2029-01-01: ['09:00-10:00']}}", UTC);
    assert_eq!(once.due("2026-11-23", "1 hour"), "2029-01-01 10:00:00");
    assert_eq!(Asked::of("{}", UTC).schedule.due_paused(once.at("2026-11-23"), i64::MAX, &[]), None);
}

#[test]
fn a_hundred_thousand_due_times() {
    let china = schedule(LUNCH, Shanghai);
    let start = Instant::parse("2025-01-01", Shanghai, DateOrder::Iso).unwrap();
    let dues = (0..100_000).filter_map(|n| china.due_paused(start.plus_seconds(n * 601), 100_000, &[]));
    assert_eq!(dues.count(), 100_000);
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let yaml = prop::sample::select(vec![LUNCH, AROUND_THE_CLOCK, NIGHTS, "{}", "week: {tue: ['09:00-09:30', '23:00-24:00']}"]);
    (yaml, prop::sample::select(vec![Berlin, New_York, Shanghai, UTC])).prop_map(|(yaml, zone)| schedule(yaml, zone))
}

/// Instants of 2025 to 2027, half of them near a turn of the clocks or of the year.
fn any_instant() -> impl Strategy<Value = i64> {
    let turns = prop::sample::select(vec![1_774_746_000, 1_793_494_800, 1_772_953_200, 1_793_512_800, 1_798_761_600_i64]);
    prop_oneof![1_735_689_600_i64..1_830_297_600, (turns, -200_000_i64..200_000).prop_map(|(turn, near)| turn + near)]
}

fn any_pauses() -> impl Strategy<Value = Vec<(Instant, Instant)>> {
    let pause = (any_instant(), -1000_i64..400_000).prop_map(|(at, length)| (moment(at), moment(at + length)));
    prop::collection::vec(pause, 0..4)
}

fn moment(at: i64) -> Instant {
    Instant::from_timestamp(at)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn working_time_adds_up_and_never_runs_backwards(schedule in any_schedule(), mut at in prop::array::uniform3(any_instant()), pauses in any_pauses()) {
        at.sort_unstable();
        let [a, b, c] = at.map(moment);
        let between = |a, b| schedule.working_between(a, b);
        let net = |a, b| schedule.net_between(a, b, &pauses);
        prop_assert_eq!(between(a, b) + between(b, c), between(a, c));
        prop_assert_eq!(net(a, b) + net(b, c), net(a, c));
        prop_assert!(between(a, b) <= between(a, c) && between(b, a) == 0 && between(a, c) <= c.seconds_since(a));
        prop_assert!((0..=between(a, c)).contains(&net(a, c)));
    }

    #[test]
    fn add_then_between_is_what_was_added(schedule in any_schedule(), start in any_instant(), seconds in 0_i64..2_000_000, pauses in any_pauses()) {
        let start = moment(start);
        let due = schedule.due_paused(start, seconds, &[]).unwrap();
        prop_assert!(due >= start);
        prop_assert_eq!(schedule.working_between(start, due), seconds);
        let paused = schedule.due_paused(start, seconds, &pauses).unwrap();
        prop_assert!(paused >= due);
        prop_assert_eq!(schedule.net_between(start, paused, &pauses), seconds);
        if seconds > 0 {
            // the first such instant
            prop_assert_eq!(schedule.working_between(start, due.plus_seconds(-1)), seconds - 1);
            prop_assert_eq!(schedule.net_between(start, paused.plus_seconds(-1), &pauses), seconds - 1);
        }
    }

    #[test]
    fn more_work_is_due_later_and_in_two_steps_at_the_same_time(schedule in any_schedule(), start in any_instant(), a in 0_i64..500_000, b in 0_i64..500_000) {
        let due = |at, seconds| schedule.due_paused(at, seconds, &[]).unwrap();
        let start = moment(start);
        prop_assert!(due(start, a) <= due(start, a + b));
        prop_assert_eq!(due(due(start, a), b), due(start, a + b));
        prop_assert!(due(start, a) <= due(start.plus_seconds(b), a));
    }
}
