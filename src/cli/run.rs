//! One run: arguments → session → command → exit code. The one place that turns failures into words.

use clap::{CommandFactory, FromArgMatches, Parser};

use super::args::Globals;
use super::commands::{self, Command};
use super::error::{Exit, Failure};
use super::hooks;
use super::session::Session;
use super::ui::Ui;
use crate::base::lang::Lang;
use crate::host::Host;
use crate::store;
use crate::view;

/// Customer service for a small business over plain files
#[derive(Debug, Parser)]
#[command(name = "carebook", version, propagate_version = false, disable_help_subcommand = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// The command line as clap knows it, in a language.
pub fn command(lang: Lang) -> clap::Command {
    let command = Cli::command();
    if lang == Lang::Zh { view::text::help::in_chinese(command) } else { command }
}

/// Runs the program and returns its exit code.
pub fn run(host: &mut Host) -> i32 {
    let args = host.args.clone();
    let lang = spoken(host, &args);
    let command = command(lang).term_width(host.columns().unwrap_or(100));
    let args = commands::tags::rewrite(super::topics::rewrite(args, &command));
    let matches = command.try_get_matches_from(args);
    let parsed = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    let exit = match parsed {
        Ok(cli) => go(&cli, host),
        Err(error) => misread(&error, host, lang),
    };
    exit as i32
}

/// How often a command is run again that met a hand edit in the very moment.
const AGAIN: usize = 3;

fn go(cli: &Cli, host: &mut Host) -> Exit {
    store::set_patience(cli.globals.wait);
    let mut again = 0;
    loop {
        let ui = Ui { quiet: cli.globals.quiet, host: &mut *host };
        let mut session = match Session::start(cli.globals.clone(), ui, cli.command.needs_book()) {
            Ok(session) => session,
            Err((failure, lang, mut ui)) => return fail(&failure, lang, &mut ui),
        };
        let past = if cli.command.asks_the_past() { session.rewind() } else { Ok(()) };
        let outcome = past.and_then(|()| commands::run(&cli.command, &mut session));
        let lang = session.lang;
        match outcome {
            // nothing has happened and nothing was said: the same again on the book as it is now
            Err(failure) if again < AGAIN && !session.changed && failure.is_changed_underneath() && cli.command.can_run_again() => {
                again += 1;
            }
            Ok(exit) => {
                hooks::tell(&mut session);
                return exit;
            }
            Err(failure) => {
                let exit = fail(&failure, lang, &mut session.ui);
                let exit = if session.changed { after_the_change(exit, lang, &mut session.ui) } else { exit };
                hooks::tell(&mut session);
                return exit;
            }
        }
    }
}

/// What failed came after the change was saved: a script must not take it for undone.
fn after_the_change(exit: Exit, lang: Lang, ui: &mut Ui<'_>) -> Exit {
    if exit == Exit::Done {
        return exit;
    }
    ui.complain(lang.pick("变更已经保存;carebook log --last 1 查看。", "The change was saved all the same: see `carebook log --last 1`."));
    Exit::Uncertain
}

fn fail(failure: &Failure, lang: Lang, ui: &mut Ui<'_>) -> Exit {
    match failure {
        Failure::Problems(problems) => ui.complain(&view::problem::list(problems, lang)),
        Failure::ClosedPipe => {}
        Failure::Internal(error) => {
            let head = lang.pick("错误", "error");
            ui.complain(&format!("{head}: {error:#}"));
        }
    }
    failure.exit()
}

/// Help and version go to stdout with 0; a misread command line to stderr with 2.
fn misread(error: &clap::Error, host: &mut Host, lang: Lang) -> Exit {
    let text = view::text::usage::words(error, lang);
    let mut ui = Ui { quiet: false, host };
    if error.use_stderr() {
        ui.complain(&text);
        return Exit::Usage;
    }
    match ui.data(&text) {
        Ok(()) => Exit::Done,
        Err(failure) => failure.exit(),
    }
}

/// The language before the arguments are understood: the flag, the environment, the book's.
fn spoken(host: &Host, args: &[String]) -> Lang {
    let typed = args.iter().enumerate().find_map(|(i, arg)| match arg.strip_prefix("--lang") {
        Some("") => args.get(i + 1).cloned(),
        Some(rest) => rest.strip_prefix('=').map(str::to_owned),
        None => None,
    });
    let data = args.iter().enumerate().find_map(|(i, arg)| match arg.strip_prefix("--data") {
        Some("") => args.get(i + 1).cloned(),
        Some(rest) => rest.strip_prefix('=').map(str::to_owned),
        None => None,
    });
    let flags = Globals { lang: typed, data: data.map(Into::into), ..Globals::default() };
    super::session::language_of(&flags, host)
}
