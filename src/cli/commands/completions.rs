//! `completions`: for the shells.

use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    pub shell: clap_complete::Shell,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut command = crate::cli::run::command(session.lang);
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut command, "carebook", &mut out);
    session.emit(&out)?;
    Ok(Exit::Done)
}
