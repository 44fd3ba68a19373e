//! `config`: the rules in force, and the defaults written out to be changed.

use crate::base::problem::What;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::model::draft::Document;
use crate::model::rules;
use crate::store::Book;
use crate::store::hooks::Hook;
use crate::view::grid::{Field, Grid, col};
use crate::view::present;
use crate::view::problem::reason;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// The rule files and where the rules in force come from
    List,
    /// Write the default rules into the book, to be changed there
    Write(WriteArgs),
    /// The programs in hooks/ that are told of changes, and whether they may run
    #[command(visible_alias = "钩子")]
    Hooks(HooksArgs),
}

impl Command {
    /// Whether the book is changed.
    pub fn writes(&self) -> bool {
        matches!(self, Command::Write(_) | Command::Hooks(HooksArgs { allow: true, .. }))
    }
}

#[derive(Debug, clap::Args)]
pub struct HooksArgs {
    /// Let those that are there now run on this copy of the book; read them first
    #[arg(long)]
    pub allow: bool,
}

#[derive(Debug, clap::Args)]
pub struct WriteArgs {
    /// tiers, revisits, service, calendar, assignment, severity, categories, feedback, duplicates, comments, points, lifecycle, practices, archive or report
    pub name: String,
}

/// Every rule file with its built-in text.
const RULES: &[(&str, &str)] = &[
    ("tiers", rules::tiers::DEFAULT),
    ("revisits", rules::revisits::DEFAULT),
    ("service", rules::service::DEFAULT),
    ("calendar", rules::calendar::DEFAULT),
    (ASSIGNMENT, rules::assignment::DEFAULT),
    ("severity", rules::severity::DEFAULT),
    ("categories", rules::categories::DEFAULT),
    ("feedback", rules::feedback::DEFAULT),
    ("duplicates", rules::duplicates::DEFAULT),
    ("comments", rules::comments::DEFAULT),
    (POINTS, rules::points::DEFAULT),
    ("lifecycle", rules::lifecycle::DEFAULT),
    ("practices", rules::practices::DEFAULT),
    ("archive", rules::archive::DEFAULT),
    ("report", rules::report::DEFAULT),
];

/// The rules of which a book has none until they are written.
const ASSIGNMENT: &str = "assignment";
const POINTS: &str = "points";

pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::List => list(session),
        Command::Write(args) => write(args, session),
        Command::Hooks(args) => hooks(args, session),
    }
}

fn hooks(args: &HooksArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (book, lang) = (session.book()?, session.lang);
    let hooks = if args.allow && !session.flags.dry_run { book.allow_hooks()? } else { book.hooks()? };
    let on = book.settings.hooks;
    let why = |hook: &Hook| hook.problem().map(|problem| reason(&problem, lang)).unwrap_or_default();
    let rows: Vec<(String, &str, String)> = hooks.iter().map(|hook| (hook.path.clone(), hook.state.code(), why(hook))).collect();
    session.print(&present::hooks::grid(&rows, on, lang))?;
    if !on {
        session.say(
            lang.pick("钩子已关闭;在 carebook.yaml 中写 hooks: on 打开。", "Hooks are off; `hooks: on` in carebook.yaml turns them on."),
        );
    }
    Ok(Exit::Done)
}

fn list(session: &mut Session<'_>) -> Result<Exit, Failure> {
    let lang = session.lang;
    let mut grid =
        Grid::new("carebook.config.v1", vec![col("name", lang.pick("规则", "Rules")), col("source", lang.pick("来源", "Source"))]);
    for (name, _) in RULES {
        let document = Document::Rules((*name).to_owned());
        let own = session.book()?.document(&document)?.is_some();
        let source = match *name {
            _ if own => Field::text(Book::document_name(&document)),
            ASSIGNMENT | POINTS => Field::coded(lang.pick("无", "none"), "none"),
            _ => Field::coded(lang.pick("内置默认", "built-in"), "built-in"),
        };
        grid.rows.push(vec![Field::text(*name), source]);
    }
    for (table, column) in session.book()?.settings.columns.iter() {
        let name = Field::coded(present::own::named(table, column, lang), format!("{table}.{}", column.code()));
        grid.rows.push(vec![name, Field::text("carebook.yaml")]);
    }
    session.print(&grid)?;
    Ok(Exit::Done)
}

fn write(args: &WriteArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let known = || RULES.iter().map(|(name, _)| (*name).to_owned()).collect();
    let found = RULES.iter().find(|(name, _)| *name == args.name);
    let (name, text) = found.ok_or_else(|| What::UnknownName { name: args.name.clone(), allowed: known() })?;
    let document = Document::Rules((*name).to_owned());
    let path = Book::document_name(&document);
    if session.book()?.document(&document)?.is_some() {
        let message = [format!("{path} 已存在,直接修改它即可"), format!("{path} is there already; edit it")];
        return Err(What::Usage { message }.into());
    }
    let mut draft = session.draft(&[])?;
    draft.documents.push((document, (*text).to_owned()));
    let mut stamp = session.stamp("config")?;
    stamp.note.clone_from(&path);
    let committed = session.commit(&draft, &stamp)?;
    if !committed.dry_run {
        session.say(&session.lang.pick(format!("已写入 {path},可以修改了。"), format!("Wrote {path}; change it as you like.")));
    }
    Ok(Exit::Done)
}
