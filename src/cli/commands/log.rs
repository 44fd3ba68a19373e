//! `log`: who changed what, when.

use crate::base::period::Period;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::model::log::LogRow;
use crate::view::present;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this record
    pub id: Option<String>,
    /// Since when, such as 90d
    #[arg(long, value_name = "PERIOD")]
    pub since: Option<String>,
    /// Only by this person
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let since = args.since.as_deref().map(|text| Period::parse(text, session.today)).transpose()?;
    let book = session.book()?;
    let locale = book.locale();
    let mut rows: Vec<LogRow> = book.all()?;
    rows.retain(|row| {
        args.id.as_deref().is_none_or(|id| crate::base::id::names(id, &row.id))
            && args.by.as_deref().is_none_or(|by| row.actor == by)
            && since.is_none_or(|period| row.recorded_at.date(locale.zone) >= period.from)
    });
    session.print(&present::record::log_grid(&rows, &locale, session.lang))?;
    Ok(Exit::Done)
}
