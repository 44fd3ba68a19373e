//! `undo` and `redo`: any change taken back, and forth again.

use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::store::Wish;
use crate::view::present;

#[derive(Debug, clap::Args)]
pub struct UndoArgs {
    /// The number of a log row of the change [default: the latest change that stands]
    #[arg(value_name = "ROW")]
    pub row: Option<u32>,
}

pub fn undo(args: &UndoArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    take_back(args.row.map_or(Wish::Last, Wish::Row), "undo", session)
}

pub fn redo(session: &mut Session<'_>) -> Result<Exit, Failure> {
    take_back(Wish::Redo, "redo", session)
}

fn take_back(wish: Wish, action: &'static str, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let stamp = session.stamp(action)?;
    let undone = session.undo(wish, &stamp)?;
    let locale = session.locale()?;
    if session.wants_json() {
        session.print(&present::record::log_grid(&undone.rows, &locale, session.lang))?;
    }
    let text = present::undone::text(&undone.rows, &undone.files, undone.redo, undone.committed.dry_run, &locale, session.lang);
    session.say(&text);
    Ok(Exit::Done)
}
