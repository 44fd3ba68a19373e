//! `restore`: a book from a backup, in a folder of its own.

use crate::cli::commands::backup::{Secret, keys, receipt};
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::store::backup;
use crate::view::present::backup::restored;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The backup
    pub file: String,
    /// An empty folder, or one that is not there yet
    pub dir: String,
    #[command(flatten)]
    pub secret: Secret,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (keys, encrypted) = keys(&args.file, &args.secret, session)?;
    let (file, dir) = (session.ui.host.path(&args.file), session.ui.host.path(&args.dir));
    let dry_run = session.flags.dry_run;
    let manifest = backup::restore(&file, &keys, &dir, dry_run, &mut session.changed)?;
    let receipt = receipt(&manifest, &args.file, None, encrypted);
    if session.wants_json() {
        session.print_json(&receipt.json())?;
    }
    session.say(&restored(&receipt, &args.dir, dry_run, session.lang));
    Ok(Exit::Done)
}
