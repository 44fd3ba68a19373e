//! `help TOPIC`.

use crate::base::problem::What;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::view::text::topics;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A command, or one of: dates, filters, formats, csv, exit-codes, environment, cron
    pub topic: String,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let text = topics::text(&args.topic, session.lang)
        .ok_or_else(|| What::UnknownName { name: args.topic.clone(), allowed: topics::NAMES.iter().map(|&n| n.to_owned()).collect() })?;
    session.print_text(text)?;
    Ok(Exit::Done)
}
