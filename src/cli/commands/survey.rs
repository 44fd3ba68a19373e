//! `survey import|list|show`.

use serde_json::{Map, json};

use super::import::{Input, decode, write_rejects};
use crate::base::date::DateOrder;
use crate::base::id::Id;
use crate::base::period::Period;
use crate::base::problem::{Problem, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::engine::survey::summary;
use crate::exchange::mapping::date_order;
use crate::exchange::survey::{self as export, Filled};
use crate::model::draft::{Batch, Document, Need, Which};
use crate::model::survey::{Answer, Response};
use crate::model::survey_file::{RawSurvey, SurveyFile};
use crate::ops::import::Tally;
use crate::ops::survey::{self, Incoming, IncomingAnswer};
use crate::store::{self, Book};
use crate::view::present;
use crate::view::present::receipt::{self, Receipt};

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
pub struct ImportArgs {
    /// The CSV file; - reads standard input
    pub file: String,
    /// The survey's name [default: the file's]
    #[arg(long, value_name = "NAME")]
    pub survey: Option<String>,
    /// Import at once by the proposed mapping
    #[arg(short, long)]
    pub yes: bool,
    /// The file's encoding: utf-8, gb18030, utf-16le, latin1 [default: found out]
    #[arg(long)]
    pub encoding: Option<String>,
    /// Order of day and month in dates such as 03/04/2026: dmy or mdy
    #[arg(long, value_name = "ORDER")]
    pub date_order: Option<String>,
    /// Where rejected rows go [default: NAME-rejects.csv]
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<String>,
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
        Command::Import(args) => import(args, session),
        Command::List => list(session),
        Command::Show(args) => show(args, session),
    }
}

/// A survey's checked file, when it has one.
pub fn survey_file(book: &Book, name: &str) -> Result<Option<SurveyFile>, Failure> {
    let document = Document::Survey(name.to_owned());
    let Some((raw, text)) = book.parse_document::<RawSurvey>(&document)? else { return Ok(None) };
    Ok(Some(raw.check().map_err(|problems| Book::place_in(&document, &text, problems))?))
}

fn import(args: &ImportArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let name = name(args)?;
    let known = survey_file(session.book()?, &name)?;
    let forced = args.encoding.clone().or_else(|| known.as_ref().and_then(|survey| survey.encoding.clone()));
    let input = decode(session, &args.file, forced.as_deref(), &|text| text.contains("序号") || text.contains("满意"))?;
    let typed_order = args.date_order.as_deref().map(date_order).transpose()?;
    let survey = match known {
        Some(survey) => survey,
        None => match propose(args, session, &name, &input, typed_order)? {
            Some(survey) => survey,
            None => return Ok(Exit::InputNeeded),
        },
    };
    let survey = SurveyFile { order: typed_order.unwrap_or(survey.order), ..survey };
    let (filled, rejected) = export::read(&input.sheet, &survey, &session.locale()?, &store::sha256)?;
    let mut needs = vec![Need::Customers, Need::Responses(name.clone())];
    if survey.columns.request.is_some() {
        needs.push(Need::Requests(Which::All));
    }
    let mut draft = session.draft(&needs)?;
    let incoming = filled.into_iter().map(incoming).collect::<Result<Vec<_>, _>>()?;
    let tally = survey::import(&mut draft, &name, incoming);
    let mut receipt = Receipt {
        what: "responses",
        file: args.file.clone(),
        encoding: input.encoding,
        rows: input.sheet.rows.len(),
        new: tally.new,
        updated: tally.updated,
        unchanged: tally.unchanged,
        rejected: rejected.len(),
        strangers: tally.strangers,
        mapped: survey.questions.iter().map(|question| (question.code.clone(), question.column.clone())).collect(),
        unused: unused(&survey, &input.sheet.headers),
        rejects_file: None,
        batch: draft.batch_id(),
        dry_run: session.flags.dry_run,
    };
    if tally.new + tally.updated > 0 {
        draft.batch = Some(Batch { id: draft.batch_id(), table: "responses", facts: facts(&input, &receipt, tally) });
    }
    let stamp = session.stamp("import")?;
    session.commit(&draft, &stamp)?;
    receipt.rejects_file = write_rejects(session, &args.file, args.rejects.as_deref(), &input.sheet, &rejected)?;
    if session.wants_json() {
        session.print_json(&receipt.json())?;
    }
    session.say(&receipt::text(&receipt, session.lang));
    if tally.new + tally.updated > 0 && !session.flags.dry_run {
        session.say(&session.lang.pick(format!("下一步: carebook survey show {name}"), format!("Next: carebook survey show {name}")));
    }
    Ok(if rejected.is_empty() { Exit::Done } else { Exit::BadRows })
}

fn facts(input: &Input, receipt: &Receipt, tally: Tally) -> Map<String, serde_json::Value> {
    let mut facts = input.facts.clone();
    let counts = [
        ("rows", receipt.rows),
        ("new", tally.new),
        ("updated", tally.updated),
        ("unchanged", tally.unchanged),
        ("rejected", receipt.rejected),
    ];
    facts.extend(counts.map(|(name, count)| (name.to_owned(), json!(count))));
    facts
}

/// Headers that the mapping does not name.
fn unused(survey: &SurveyFile, headers: &[String]) -> Vec<String> {
    let columns = &survey.columns;
    let single = [
        &columns.response_id,
        &columns.customer,
        &columns.request,
        &columns.phone,
        &columns.email,
        &columns.submitted_at,
        &columns.channel,
    ];
    let named: Vec<&String> =
        single.into_iter().flatten().chain(&columns.comment).chain(survey.questions.iter().map(|q| &q.column)).collect();
    headers.iter().filter(|header| !header.is_empty() && !named.iter().any(|name| name.trim() == header.as_str())).cloned().collect()
}

fn name(args: &ImportArgs) -> Result<String, Failure> {
    let stem = || std::path::Path::new(&args.file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let safe = |text: String| text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect::<String>();
    let name = args.survey.clone().unwrap_or_else(|| safe(stem()));
    if store::layout::is_safe_name(&name) { Ok(name) } else { Err(Problem::error(What::BadId { value: name }).field("--survey").into()) }
}

/// Writes the proposed mapping as its own change; gives it back when the import may go on at once.
fn propose(
    args: &ImportArgs,
    session: &mut Session<'_>,
    name: &str,
    input: &Input,
    order: Option<DateOrder>,
) -> Result<Option<SurveyFile>, Failure> {
    let text = export::draft(&input.sheet, name, order.unwrap_or_default(), input.encoding);
    let document = Document::Survey(name.to_owned());
    let path = Book::document_name(&document);
    let mut draft = session.draft(&[])?;
    draft.documents.push((document.clone(), text.clone()));
    let mut stamp = session.stamp("survey")?;
    stamp.note.clone_from(&path);
    session.commit(&draft, &stamp)?;
    session
        .say(&session.lang.pick(format!("已拟定列的对应 {path}:\n{text}"), format!("Proposed what the columns mean, in {path}:\n{text}")));
    session.say(&present::survey::samples(
        &input.sheet.headers,
        input.sheet.rows.iter().take(3).map(|row| row.cells.as_slice()),
        session.lang,
    ));
    let go_on = args.yes
        || (session.can_ask() && {
            let question = session.lang.pick("现在导入吗 (y/n)", "Import now (y/n)");
            matches!(session.ask(question, "n")?.as_str(), "y" | "yes" | "是")
        });
    if !go_on {
        let zh = format!("核对 {path} 后再次运行 (或加 --yes)");
        let en = format!("check {path}, then run the import again (or add --yes)");
        session.say(session.lang.pick(&zh, &en));
        return Ok(None);
    }
    let raw: RawSurvey = serde_yaml::from_str(&text).map_err(|error| Failure::Internal(error.into()))?;
    Ok(Some(raw.check().map_err(|problems| Book::place_in(&document, &text, problems))?))
}

fn incoming(filled: Filled) -> Result<Incoming, Failure> {
    let answer = |answer: export::Answered| IncomingAnswer {
        question: answer.question,
        metric: answer.metric,
        value: answer.value,
        index: answer.index,
        raw: answer.raw,
    };
    Ok(Incoming {
        id: Id::parse(&filled.id)?,
        customer: filled.customer,
        request: filled.request,
        phone: filled.phone,
        email: filled.email,
        submitted_at: filled.submitted_at,
        channel: filled.channel,
        comment: filled.comment,
        answers: filled.answers.into_iter().map(answer).collect(),
    })
}

fn list(session: &mut Session<'_>) -> Result<Exit, Failure> {
    let book = session.book()?;
    let zone = book.settings.zone;
    let mut rows = Vec::new();
    for name in book.surveys()? {
        let survey = survey_file(book, &name)?;
        let title = survey.map(|survey| survey.title.pick(session.lang, &name)).unwrap_or_default();
        let responses: Vec<Response> = book.of_survey(&name)?;
        let last = responses.iter().filter_map(|response| response.submitted_at).max().map(|at| at.date(zone));
        rows.push((name, title, responses.len(), last));
    }
    session.print(&present::survey::list(&rows, session.lang))?;
    Ok(Exit::Done)
}

fn show(args: &ShowArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let period = args.period.as_deref().map(|text| Period::parse(text, session.today)).transpose()?;
    let book = session.book()?;
    let names = book.surveys()?;
    let Some(survey) = survey_file(book, &args.name)? else {
        let nearest = crate::base::text::nearest(&args.name, names.iter().map(String::as_str)).map(str::to_owned);
        return Err(What::NotFound { noun: "responses", id: args.name.clone(), nearest }.into());
    };
    let responses: Vec<Response> = book.of_survey(&args.name)?;
    let answers: Vec<Answer> = book.of_survey(&args.name)?;
    let summary = summary(&survey, &responses, &answers, period, book.settings.zone);
    if session.wants_json() {
        session.print_json(&present::survey::json(&args.name, &summary))?;
    } else {
        let text = present::survey::text(&args.name, &survey, &summary, session.lang);
        session.print_text(&text)?;
    }
    Ok(Exit::Done)
}
