//! `log`: who changed what, when.

use crate::base::lang::Lang;
use crate::base::period::Period;
use crate::base::problem::{Problem, What};
use crate::base::text::fold_key;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::model::log::LogRow;
use crate::view::present;
use crate::view::text::words;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this record
    pub id: Option<String>,
    /// Since when, such as 90d
    #[arg(long, value_name = "PERIOD")]
    pub since: Option<String>,
    /// Only what was recorded in this period, such as 2026Q3 or 2026-10-08
    #[arg(long, value_name = "PERIOD", conflicts_with = "since")]
    pub period: Option<String>,
    /// Only by this person
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Only this action, such as resolve, import, edited
    #[arg(long, value_name = "ACTION")]
    pub action: Option<String>,
    /// Only the last so many rows
    #[arg(long, value_name = "N")]
    pub last: Option<usize>,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let period = |text: &str| Period::parse(text, session.today);
    let since = args.since.as_deref().map(period).transpose()?.map(|period| period.from);
    let period = args.period.as_deref().map(period).transpose()?;
    let book = session.book()?;
    let locale = book.locale();
    let mut rows: Vec<LogRow> = match period {
        Some(period) => book.within(period)?,
        None => book.all()?,
    };
    let action = args.action.as_deref().map(|typed| action(typed, &rows)).transpose()?;
    rows.retain(|row| {
        let day = row.recorded_at.date(locale.zone);
        args.id.as_deref().is_none_or(|id| crate::base::id::names(id, &row.id))
            && args.by.as_deref().is_none_or(|by| row.actor == by)
            && action.as_deref().is_none_or(|action| row.action == action)
            && since.is_none_or(|since| day >= since)
            && period.is_none_or(|period| period.contains(day))
    });
    if let Some(last) = args.last {
        rows.drain(..rows.len().saturating_sub(last));
    }
    session.print(&present::record::log_grid(&rows, &locale, session.lang))?;
    Ok(Exit::Done)
}

/// An action by its code or its word in either language.
fn action(typed: &str, rows: &[LogRow]) -> Result<String, Problem> {
    let key = fold_key(typed);
    let is = |code: &str| [Lang::Zh, Lang::En].iter().any(|lang| fold_key(&words::action(code, *lang)) == key) || fold_key(code) == key;
    let mut known: Vec<&str> = rows.iter().map(|row| row.action.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    let found = known.iter().find(|code| is(code)).map(|code| (*code).to_owned());
    found.ok_or_else(|| {
        let allowed = known.iter().map(|code| (*code).to_owned()).collect();
        Problem::error(What::UnknownName { name: typed.to_owned(), allowed }).field("--action")
    })
}
