//! `survey import|list|show|new|form|follow-up`.

use super::survey_follow_up::{self, FollowUpArgs};
use super::survey_form::{self, FormArgs, NewArgs};
use super::survey_import::{self, ImportArgs};
use super::survey_show::{self, ShowArgs};
use crate::base::problem::What;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::engine::survey::summary;
use crate::model::survey::Response;
use crate::model::survey_file::SurveyFile;
use crate::view::present;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Take over a questionnaire's export
    #[command(visible_alias = "导入")]
    Import(ImportArgs),
    /// List the surveys
    #[command(visible_alias = "列表")]
    List,
    /// Show a survey's scores, or one side of them
    #[command(visible_alias = "查看")]
    Show(ShowArgs),
    /// Make a survey of your own from the service questionnaire
    #[command(visible_alias = "新建")]
    New(NewArgs),
    /// Print a survey's questionnaire, with a code for each customer or request
    #[command(visible_alias = "问卷")]
    Form(FormArgs),
    /// Low scores that nobody follows up yet; with --yes they become requests
    #[command(visible_alias = "跟进")]
    FollowUp(FollowUpArgs),
}

pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Import(args) => survey_import::run(args, session),
        Command::List => list(session),
        Command::Show(args) => survey_show::run(args, session),
        Command::New(args) => survey_form::new(args, session),
        Command::Form(args) => survey_form::form(args, session),
        Command::FollowUp(args) => survey_follow_up::run(args, session),
    }
}

/// A survey by its name.
///
/// # Errors
/// A name that no survey has, with the nearest one.
pub fn described(name: &str, session: &Session<'_>) -> Result<SurveyFile, Failure> {
    let book = session.book()?;
    if let Some(survey) = book.survey(name)? {
        return Ok(survey);
    }
    let names = book.surveys()?;
    let nearest = crate::base::text::nearest(name, names.iter().map(String::as_str)).map(str::to_owned);
    Err(What::NotFound { noun: "surveys", id: name.to_owned(), nearest }.into())
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
