//! `survey import|list|show`.

use super::survey_import::{self, ImportArgs};
use crate::base::period::Period;
use crate::base::problem::What;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::engine::survey::summary;
use crate::model::survey::{Answer, Response};
use crate::view::format::Format;
use crate::view::present;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Take over a questionnaire's export
    #[command(visible_alias = "导入")]
    Import(ImportArgs),
    /// List the surveys
    #[command(visible_alias = "列表")]
    List,
    /// Show a survey's scores
    #[command(visible_alias = "查看")]
    Show(ShowArgs),
}

#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// The survey's name
    pub name: String,
    /// Only responses of this period
    #[arg(short, long)]
    pub period: Option<String>,
}

pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Import(args) => survey_import::run(args, session),
        Command::List => list(session),
        Command::Show(args) => show(args, session),
    }
}

fn list(session: &mut Session<'_>) -> Result<Exit, Failure> {
    let book = session.book()?;
    let (zone, lang) = (book.settings.zone, session.lang);
    let mut rows = Vec::new();
    for name in book.surveys()? {
        let survey = book.survey(&name)?.unwrap_or_default();
        let responses: Vec<Response> = book.of_survey(&name)?;
        // the description has no history: in the past a survey is there once it was answered
        if book.is_past() && responses.is_empty() {
            continue;
        }
        rows.push((survey.title.pick(lang, &name), summary(&survey, &responses, &[], None, zone), name));
    }
    session.print(&present::survey::list(&rows, lang))?;
    Ok(Exit::Done)
}

fn show(args: &ShowArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let period = args.period.as_deref().map(|text| Period::parse(text, session.today)).transpose()?;
    let book = session.book()?;
    let names = book.surveys()?;
    let Some(survey) = book.survey(&args.name)? else {
        let nearest = crate::base::text::nearest(&args.name, names.iter().map(String::as_str)).map(str::to_owned);
        return Err(What::NotFound { noun: "surveys", id: args.name.clone(), nearest }.into());
    };
    let responses: Vec<Response> = book.of_survey(&args.name)?;
    let answers: Vec<Answer> = book.of_survey(&args.name)?;
    let summary = summary(&survey, &responses, &answers, period, book.settings.zone);
    let lang = session.lang;
    match session.format(Format::Table) {
        Format::Json if session.flags.fields.is_empty() && session.flags.json.as_deref().is_none_or(str::is_empty) => {
            session.print_json(&present::survey::json(&args.name, period, &summary))?;
        }
        Format::Table => {
            let text = present::survey_show::text(&args.name, &survey, period, &summary, lang);
            session.print_text(&text)?;
        }
        _ => session.print(&present::survey::by_question(&summary, lang))?,
    }
    Ok(Exit::Done)
}
