//! `report`: the periodic report, what its figures rest on, and its templates.

use std::path::Path;

use serde_json::json;

use super::report_explain::{self, ExplainArgs};
use super::report_read::{Periods, Reading};
use super::report_templates::{self, TemplatesArgs};
use crate::base::date::Quarter;
use crate::base::period::Period;
use crate::base::problem::What;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::engine::report::{Report, report};
use crate::model::rules::report::{Compare, ReportRules, sections as chosen};
use crate::store;
use crate::view::format::{self, Format};
use crate::view::report::blocks::Section;
use crate::view::report::document;
use crate::view::report::sections::{Wording, sections};
use crate::view::template::Kind;

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
    /// List the built-in templates, or print one to start your own
    #[command(visible_alias = "模板")]
    Templates(TemplatesArgs),
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
        Some(Command::Templates(args)) => report_templates::run(args, session),
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
    let book = session.book()?;
    let rules = args.choice.over(book.report_rules()?.rules)?;
    let periods = Periods::of(period, rules.compare);
    let reading = Reading::of(book, &rules, periods, (session.today, session.now))?;
    let report = reading.ask(report);
    let wording = Wording {
        report: &report,
        tiers: &reading.tier_rules.rules,
        comments: &reading.comment_rules.rules,
        rules: &rules,
        lang: session.lang,
    };
    let sections = sections(&wording);
    let text = write(session, &wording, &sections, format)?;
    echo(session, period, &report);
    output(session, period, format, &text)?;
    Ok(Exit::Done)
}

/// The formats a report has.
fn wanted(session: &Session<'_>) -> Result<Format, Failure> {
    let folder = session.flags.output.as_deref().is_some_and(|output| output.ends_with('/'));
    let format = session.format(if folder { Format::Html } else { Format::Md });
    session.refuse_workbook_on_terminal(format)?;
    match format {
        Format::Md | Format::Html | Format::Json | Format::Csv | Format::Tsv | Format::Xlsx => Ok(format),
        _ => {
            let message = ["报告的格式: md、html、json、csv、xlsx".to_owned(), "a report is md, html, json, csv or xlsx".to_owned()];
            Err(What::Usage { message }.into())
        }
    }
}

fn write(session: &Session<'_>, wording: &Wording<'_>, sections: &[Section], format: Format) -> Result<Vec<u8>, Failure> {
    let kind = match format {
        Format::Json => {
            return Ok(format::json::pretty(&json_of(wording.report)?).into_bytes());
        }
        Format::Csv | Format::Tsv => {
            return Ok(format::write(&document::long_table(sections, wording.lang), format, None, session.made())?);
        }
        Format::Xlsx => return Ok(format::xlsx::write(&document::pages(sections, wording.lang), session.made())?),
        Format::Html => Kind::Html,
        _ => Kind::Markdown,
    };
    let book = session.book()?;
    let mut own = Vec::new();
    for name in document::names(kind) {
        if let Some(text) = book.template(&name)? {
            own.push((name, text));
        }
    }
    Ok(document::fill(wording, sections, kind, &own)?.into_bytes())
}

/// The report as one JSON document.
fn json_of(report: &Report) -> Result<serde_json::Value, Failure> {
    let mut document = json!({"schema": "carebook.report.v1"});
    let report = serde_json::to_value(report).map_err(|error| Failure::Internal(error.into()))?;
    if let (Some(into), serde_json::Value::Object(fields)) = (document.as_object_mut(), report) {
        into.extend(fields);
    }
    Ok(document)
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
