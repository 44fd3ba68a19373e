//! `check`: every file of the book, every row, every reference, the log's chain.

use crate::base::problem::{Problem, Severity, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::store::check;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only these checks, such as log or customers [default: all]
    pub names: Vec<String>,
    /// Take the files as they are now: what is gone was removed on purpose
    #[arg(long)]
    pub adopt: bool,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    session.refuse_table_formats()?;
    if session.flags.output.is_some() && !session.wants_json() {
        let zh = "check 的问题写到标准错误;要写入文件请用 --json -o 文件".to_owned();
        let en = "problems go to stderr; for a file, use --json -o FILE".to_owned();
        return Err(Problem::error(What::Usage { message: [zh, en] }).field("-o").into());
    }
    if args.adopt && !session.flags.dry_run {
        session.adopt_files()?;
    }
    if let Some(unknown) = args.names.iter().find(|name| !check::names().any(|known| known == name.as_str())) {
        let allowed = check::names().map(str::to_owned).collect();
        return Err(What::UnknownName { name: unknown.clone(), allowed }.into());
    }
    let found = match session.book() {
        Ok(book) => check::problems(book, &args.names, Some(session.today)),
        // says why it cannot be opened; one of an older format is checked all the same
        Err(_) => check::of_folder(session.root()?, &args.names, Some(session.today))?,
    };
    if session.wants_json() {
        session.print_json(&crate::view::problem::json(&found, session.lang))?;
    } else if !found.is_empty() {
        let text = crate::view::problem::list(&found, session.lang);
        session.ui.complain(&text);
    }
    let errors = found.iter().filter(|problem| problem.severity == Severity::Error).count();
    Ok(if errors > 0 { Exit::BadRows } else { Exit::Done })
}
