//! `report`: the periodic report, what its figures rest on, and its templates.

use std::path::Path;

use super::report_explain::{self, ExplainArgs};
use super::report_seal::{self, SealArgs};
use super::report_templates::{self, CheckArgs, TemplatesArgs};
use super::report_verify::{self, VerifyArgs};
use super::report_write::Asked;
use crate::base::date::Quarter;
use crate::base::period::Period;
use crate::base::problem::What;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::engine::report::Report;
use crate::model::rules::report::{Compare, ReportRules, sections as chosen};
use crate::store;
use crate::view::format::{self, Format};
use crate::view::grid::Grid;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub show: ShowArgs,
}

#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// 2026Q3, 2026-07, 2026H1, 2026, FY2026, "last quarter", 2026-07-01..2026-08-15, all … [default: last quarter]
    #[arg(value_name = "PERIOD")]
    pub period: Option<String>,
    #[command(flatten)]
    pub choice: Choice,
}

/// What of a report is wanted.
#[derive(Debug, Clone, Default, clap::Args)]
#[expect(clippy::doc_markdown, reason = "doc comments are the help that is printed")]
pub struct Choice {
    /// Compare with: previous, year_ago, none [default: by rules/report.yaml]
    #[arg(long, value_name = "A,B", value_delimiter = ',', conflicts_with = "no_compare")]
    pub compare: Vec<String>,
    /// Do not compare with other periods
    #[arg(long)]
    pub no_compare: bool,
    /// These sections, in this order [default: by rules/report.yaml]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub sections: Vec<String>,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// The records a figure was counted from
    #[command(visible_alias = "解释")]
    Explain(ExplainArgs),
    /// Store a period's report with what it rests on, for good
    #[command(visible_alias = "封存")]
    Seal(SealArgs),
    /// Prove sealed reports: compute them again from the log, and list what was changed since
    #[command(visible_alias = "验证")]
    Verify(VerifyArgs),
    /// List the templates and whose is in force, print one, or put them into the book to be changed
    #[command(visible_alias = "模板")]
    Templates(TemplatesArgs),
    /// Try templates, your own by default: written rightly, and filled with samples
    #[command(visible_alias = "检查模板")]
    CheckTemplate(CheckArgs),
}

impl Choice {
    /// The rules, with what was chosen on the command line in their place.
    pub fn over(&self, mut rules: ReportRules) -> Result<ReportRules, Failure> {
        if self.no_compare {
            rules.compare = Compare::default();
        } else if !self.compare.is_empty() {
            rules.compare = Compare::of(self.compare.iter().map(String::as_str))?;
        }
        if !self.sections.is_empty() {
            rules.sections = chosen(self.sections.iter().map(String::as_str))?;
        }
        Ok(rules)
    }
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match &args.command {
        None => show(&args.show, session),
        Some(Command::Explain(args)) => report_explain::run(args, session),
        Some(Command::Seal(args)) => report_seal::run(args, session),
        Some(Command::Verify(args)) => report_verify::run(args, session),
        Some(Command::Templates(args)) => report_templates::run(args, session),
        Some(Command::CheckTemplate(args)) => report_templates::check(args, session),
    }
}

/// The period typed, or the last quarter.
pub fn period(typed: Option<&str>, session: &Session<'_>) -> Result<Period, Failure> {
    let starts = session.book()?.settings.fiscal_year_starts;
    Ok(match typed {
        Some(text) => Period::parse_fiscal(text, session.today, starts)?,
        None => Period::quarter(Quarter::of(session.today).previous()),
    })
}

fn show(args: &ShowArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let period = period(args.period.as_deref(), session)?;
    let format = wanted(session)?;
    let (today, now, lang, as_of) = (session.today, session.now, session.lang, session.flags.as_of.clone());
    let asked = Asked { period, choice: args.choice.clone(), today, now, lang, as_of };
    let book = session.book()?;
    let made = asked.of(book)?;
    if in_folder(session) && matches!(format, Format::Csv | Format::Tsv) {
        let tables = made.tables();
        echo(session, period, &made.report);
        return files(session, tables, format);
    }
    let text = made.bytes(book, format, session.ui.host.columns())?;
    echo(session, period, &made.report);
    output(session, period, format, &text)?;
    Ok(Exit::Done)
}

/// The formats a report has.
fn wanted(session: &Session<'_>) -> Result<Format, Failure> {
    let terminal = session.flags.output.is_none() && session.ui.host.stdout_is_terminal;
    let format = session.format(if in_folder(session) {
        Format::Html
    } else if terminal {
        Format::Table
    } else {
        Format::Md
    });
    session.refuse_workbook_on_terminal(format)?;
    if !folder_or_stdout(session) {
        session.refuse_unknown_ending()?;
    }
    if !session.fields().is_empty() || session.flags.json.as_deref() == Some("?") {
        let zh = "报告是一份整体,没有可选的字段: 用 --sections 选章节;各表请用 -o 目录/ --format csv".to_owned();
        let en =
            "a report is one whole and has no fields: choose with --sections; its tables are written with -o DIR/ --format csv".to_owned();
        return Err(What::Usage { message: [zh, en] }.into());
    }
    match format {
        Format::Table | Format::Md | Format::Html | Format::Json | Format::Csv | Format::Tsv | Format::Xlsx => Ok(format),
        _ => {
            let message =
                ["报告的格式: table、md、html、json、csv、xlsx".to_owned(), "a report is table, md, html, json, csv or xlsx".to_owned()];
            Err(What::Usage { message }.into())
        }
    }
}

fn folder_or_stdout(session: &Session<'_>) -> bool {
    session.flags.output.as_deref().is_none_or(|output| output == "-" || output.ends_with('/'))
}

fn in_folder(session: &Session<'_>) -> bool {
    session.flags.output.as_deref().is_some_and(|output| output.ends_with('/'))
}

/// A file for each table, into the folder.
fn files(session: &mut Session<'_>, tables: Vec<(String, Grid)>, format: Format) -> Result<Exit, Failure> {
    let folder = session.flags.output.clone().unwrap_or_default();
    store::make_outside(&session.ui.host.path(&folder))?;
    let ending = if format == Format::Tsv { "tsv" } else { "csv" };
    for (name, grid) in tables {
        let path = Path::new(&folder).join(format!("{name}.{ending}"));
        let bytes = format::write(&grid, format, None, session.made())?;
        session.write_output(&path.display().to_string(), &bytes)?;
    }
    Ok(Exit::Done)
}

fn echo(session: &mut Session<'_>, period: Period, report: &Report) {
    let lang = session.lang;
    let others: Vec<String> = [&report.previous, &report.year_ago].into_iter().flatten().map(|span| span.name.clone()).collect();
    let others = others.join(lang.pick("、", " and "));
    let compared =
        if others.is_empty() { String::new() } else { lang.pick(format!(",对比 {others}"), format!(", compared with {others}")) };
    let range =
        if period.is_all() { lang.pick("全部记录", "all records").to_owned() } else { format!("{} – {}", period.from, period.to) };
    session.say(&format!("{period}: {range}{compared}"));
}

/// To stdout, to a file, or into a folder under the period's name.
fn output(session: &mut Session<'_>, period: Period, format: Format, bytes: &[u8]) -> Result<(), Failure> {
    let ending = match format {
        Format::Html => "html",
        Format::Json => "json",
        Format::Csv => "csv",
        Format::Xlsx => "xlsx",
        Format::Tsv => "tsv",
        Format::Table => "txt",
        _ => "md",
    };
    match session.flags.output.clone() {
        Some(folder) if folder.ends_with('/') => {
            store::make_outside(&session.ui.host.path(&folder))?;
            let path = Path::new(&folder).join(format!("{period}.{ending}"));
            session.write_output(&path.display().to_string(), bytes)
        }
        _ => session.emit(bytes),
    }
}
