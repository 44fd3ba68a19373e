//! `calendar show|between|due`: any calendar, asked by hand or by another program.

use chrono_tz::Tz;

use crate::base::date::DateOrder;
use crate::base::duration::Work;
use crate::base::instant::Instant;
use crate::base::period::Period;
use crate::base::problem::{Problem, What};
use crate::base::text::fold_key;
use crate::cli::clocks;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::engine::calendar::Schedule;
use crate::model::staff::{Absence, Staff};
use crate::store::Book;
use crate::view::present::calendar::{Answer, answer, days};

/// Most days that are shown at once: forty years.
const MOST_DAYS: i64 = 14_610;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// The days: their kind, hours and names
    #[command(visible_alias = "查看")]
    Show(ShowArgs),
    /// Working time between two instants
    #[command(visible_alias = "时长")]
    Between(BetweenArgs),
    /// When so much working time has passed
    #[command(visible_alias = "到期")]
    Due(DueArgs),
}

#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// 2026-10, "this quarter", 2026 … [default: this month]
    period: Option<String>,
    #[command(flatten)]
    source: Source,
}

#[derive(Debug, clap::Args)]
pub struct BetweenArgs {
    /// 2026-11-23T09:30+08:00, or "2026-11-23 09:30" in the calendar's time zone
    start: String,
    /// The other end
    end: String,
    #[command(flatten)]
    pauses: Pauses,
    #[command(flatten)]
    source: Source,
}

#[derive(Debug, clap::Args)]
pub struct DueArgs {
    /// 2026-11-23T09:30+08:00, or "2026-11-23 09:30" in the calendar's time zone
    start: String,
    /// Working time: "4 hours", 90min, 7200s; "2 workdays"; calendar days: "3 days", 2w, "1 month"
    duration: String,
    #[command(flatten)]
    pauses: Pauses,
    #[command(flatten)]
    source: Source,
}

#[derive(Debug, clap::Args)]
struct Pauses {
    /// Time that does not count; may be given more than once
    #[arg(long, value_name = "START/END")]
    pause: Vec<String>,
}

#[derive(Debug, clap::Args)]
struct Source {
    /// Ask this calendar file instead of the book's
    #[arg(long, value_name = "FILE")]
    calendar: Option<String>,
    /// Without the leave of this member of staff
    #[arg(long = "for", value_name = "STAFF")]
    staff: Option<String>,
}

impl Command {
    /// A calendar file answers anywhere.
    pub fn needs_book(&self) -> bool {
        let (Command::Show(ShowArgs { source, .. }) | Command::Between(BetweenArgs { source, .. }) | Command::Due(DueArgs { source, .. })) =
            self;
        source.calendar.is_none()
    }
}

pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Show(args) => show(args, session),
        Command::Between(args) => between(args, session),
        Command::Due(args) => due(args, session),
    }
}

fn schedule(source: &Source, session: &Session<'_>) -> Result<Schedule, Failure> {
    let calendar = match &source.calendar {
        Some(file) => Book::calendar_of(session.book().ok(), file, &session.read_input(file)?)?,
        None => session.book()?.calendar()?.rules,
    };
    let schedule = Schedule::new(calendar);
    let Some(name) = &source.staff else { return Ok(schedule) };
    let staff: Vec<Staff> = session.book()?.all()?;
    if !staff.iter().any(|staff| fold_key(staff.name.as_str()) == fold_key(name)) {
        return Err(What::NotFound { noun: "staff", id: name.clone(), nearest: None }.into());
    }
    Ok(schedule.of_staff(name, &session.book()?.all::<Absence>()?))
}

fn show(args: &ShowArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let schedule = schedule(&args.source, session)?;
    let period = Period::parse(args.period.as_deref().unwrap_or("this month"), session.today)?;
    if (period.to - period.from).num_days() >= MOST_DAYS {
        let message = ["一次最多列出 40 年".to_owned(), "no more than 40 years at once".to_owned()];
        return Err(What::Usage { message }.into());
    }
    let unknown = schedule.calendar().unknown_years(period.from, period.to);
    session.print(&days(&schedule, period, &unknown, session.lang))?;
    clocks::warn_of(&unknown, session);
    Ok(Exit::Done)
}

fn between(args: &BetweenArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let schedule = schedule(&args.source, session)?;
    let zone = schedule.calendar().zone;
    let (start, end) = (instant(&args.start, zone, "START")?, instant(&args.end, zone, "END")?);
    let pauses = pauses(&args.pauses, zone)?;
    let asked = Answer {
        schema: "carebook.calendar_between.v1",
        start,
        duration: None,
        end,
        seconds: schedule.net_between(start, end, &pauses),
        paused: schedule.paused_between(start, end, &pauses),
        unknown: schedule.unknown_years(start, end),
    };
    told(&asked, zone, session)
}

fn due(args: &DueArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let schedule = schedule(&args.source, session)?;
    let zone = schedule.calendar().zone;
    let start = instant(&args.start, zone, "START")?;
    let work = Work::parse(&args.duration).map_err(|what| Problem::error(what).field("DURATION"))?;
    let pauses = pauses(&args.pauses, zone)?;
    let Some(due) = schedule.due_by(start, work, &pauses) else {
        let message = ["这个日历连续五年没有工作时间".to_owned(), "the calendar has no working time for five years on end".to_owned()];
        return Err(Problem::error(What::RuleConflict { message }).field("week").into());
    };
    let asked = Answer {
        schema: "carebook.calendar_due.v1",
        start,
        duration: Some(&args.duration),
        end: due.at,
        seconds: due.seconds,
        paused: schedule.paused_between(start, due.at, &pauses),
        unknown: schedule.unknown_years(start, due.at),
    };
    told(&asked, zone, session)
}

fn told(asked: &Answer<'_>, zone: Tz, session: &mut Session<'_>) -> Result<Exit, Failure> {
    session.print(&answer(asked, zone, session.lang))?;
    clocks::warn_of(&asked.unknown, session);
    Ok(Exit::Done)
}

fn instant(text: &str, zone: Tz, field: &'static str) -> Result<Instant, Problem> {
    Instant::parse(text, zone, DateOrder::Iso).map_err(|what| Problem::error(what).field(field))
}

fn pauses(args: &Pauses, zone: Tz) -> Result<Vec<(Instant, Instant)>, Problem> {
    args.pause.iter().map(|text| pause(text, zone).map_err(|what| Problem::error(what).field("--pause"))).collect()
}

/// `START/END`; where dates are written with `/` too, the one that leaves an instant on both sides.
fn pause(text: &str, zone: Tz) -> Result<(Instant, Instant), What> {
    let read = |text: &str| Instant::parse(text, zone, DateOrder::Iso);
    let bad = || What::BadInstant { value: crate::base::text::truncate(text, 80) };
    let at_slash = |(at, _): (usize, &str)| read(&text[..at]).ok().zip(read(&text[at + 1..]).ok());
    let (from, to) = text.match_indices('/').find_map(at_slash).ok_or_else(bad)?;
    if to < from {
        let message = [format!("{text} 的结束早于开始"), format!("{text} ends before it begins")];
        return Err(What::Usage { message });
    }
    Ok((from, to))
}
