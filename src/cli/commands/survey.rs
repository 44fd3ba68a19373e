//! `survey import|list|show`.

use serde_json::{Map, json};

use super::import::write_rejects;
use crate::base::date::DateOrder;
use crate::base::period::Period;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;
use crate::cli::error::{Exit, Failure};
use crate::cli::foreign::{self, Input, Wanted};
use crate::cli::session::Session;
use crate::engine::survey::summary;
use crate::engine::survey_draft::{Proposal, propose};
use crate::exchange::mapping::{Wishes, date_order};
use crate::exchange::survey::{self as export, Layout};
use crate::exchange::survey_wishes;
use crate::exchange::typed::Rejected;
use crate::exchange::workbook::Ask;
use crate::model::draft::{Batch, Document, Need, Which};
use crate::model::survey::{Answer, Response};
use crate::model::survey_file::SurveyFile;
use crate::model::survey_text;
use crate::ops::import::Tally;
use crate::ops::survey::{self, Fault};
use crate::store::{self, Book};
use crate::view::format::Format;
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
    /// Which column is what: customer=COLUMN, comment=#7, csat|nps|ces=COLUMN; may be repeated
    #[arg(short, long, value_name = "FIELD=COLUMN")]
    pub map: Vec<String>,
    /// The file's encoding: utf-8, gb18030, utf-16le, latin1 [default: found out]
    #[arg(long)]
    pub encoding: Option<String>,
    /// Lines to pass over before the header [default: the header is found]
    #[arg(long, value_name = "N")]
    pub skip: Option<usize>,
    /// The sheet of a workbook, by name or number [default: the first that is not empty]
    #[arg(long, value_name = "SHEET")]
    pub sheet: Option<String>,
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

fn import(args: &ImportArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let name = name(args)?;
    let known = session.book()?.survey(&name)?;
    let forced = args.encoding.clone().or_else(|| known.as_ref().and_then(|survey| survey.encoding.clone()));
    let familiar = |text: &str| ["序号", "满意"].iter().filter(|word| text.contains(*word)).count();
    let asked = known.as_ref().map(SurveyFile::headers).unwrap_or_default();
    let is_known = |header: &str| asked.contains(&fold_key(header));
    let ask = Ask { sheet: args.sheet.as_deref(), skip: args.skip, known: &is_known };
    let mut input = foreign::open(session, &Wanted { file: &args.file, encoding: forced.as_deref(), ask, familiar: &familiar })?;
    input.sheet = export::questionnaire(input.sheet);
    if input.sheet.rows.is_empty() {
        return Err(What::NothingToImport.into());
    }
    let order = args.date_order.as_deref().map(date_order).transpose()?;
    let wishes = Wishes::parse(&args.map)?;
    let (survey, proposed) = match known {
        Some(mut survey) => {
            wish(&mut survey, &wishes, &input)?;
            (survey, None)
        }
        None => {
            let (survey, text) = adopt_proposal(args, session, &name, &input, &wishes, order)?;
            (survey, Some(text))
        }
    };
    take_over(args, session, &name, &input, &survey, proposed, order)
}

fn wish(survey: &mut SurveyFile, wishes: &Wishes, input: &Input) -> Result<(), Problems> {
    let sheet = &input.sheet;
    let values = |at: usize| sheet.rows.iter().filter_map(|row| row.cells.get(at)).cloned().collect();
    survey_wishes::apply(survey, wishes, &sheet.headers, &values)
}

/// The file's rows by its survey into the book, as one batch; with the survey's own file where that is new.
fn take_over(
    args: &ImportArgs,
    session: &mut Session<'_>,
    name: &str,
    input: &Input,
    survey: &SurveyFile,
    proposed: Option<String>,
    order: Option<DateOrder>,
) -> Result<Exit, Failure> {
    let layout = Layout::new(survey, &input.sheet.headers, order).map_err(|problems| placed(session, name, problems))?;
    let (forms, mut rejected) = export::read(&input.sheet, &layout, &session.locale()?);
    let (taken, refused) = survey::read(survey, forms);
    rejected.extend(refused.into_iter().map(|(row, faults)| reject(input, survey, &layout, row, faults)));
    rejected.sort_by_key(|row| row.row.line);
    let mut needs = vec![Need::Customers, Need::Responses(name.to_owned())];
    if survey.columns.request.is_some() {
        needs.push(Need::Requests(Which::All));
    }
    let mut draft = session.draft(&needs)?;
    draft.documents.extend(proposed.map(|text| (Document::Survey(name.to_owned()), text)));
    let tally = survey::import(&mut draft, name, survey, &taken);
    let mut receipt = Receipt {
        what: "responses",
        file: args.file.clone(),
        read_from: input.read_from(),
        rows: input.sheet.rows.len(),
        new: tally.new,
        updated: tally.updated,
        unchanged: tally.unchanged,
        rejected: rejected.len(),
        strangers: tally.strangers,
        mapped: mapped(survey),
        unused: layout.unused(&input.sheet.headers),
        batch: Some(draft.batch_id()).filter(|_| tally.new + tally.updated > 0),
        dry_run: session.flags.dry_run,
        ..Receipt::default()
    };
    if tally.new + tally.updated > 0 {
        draft.batch = Some(Batch { id: draft.batch_id(), table: "responses", facts: facts(input, &receipt, tally) });
    }
    let stamp = session.stamp("import")?;
    // before the commit: were it the other way round, a full disk would lose the rows that were not taken
    receipt.rejects_file = write_rejects(session, &args.file, args.rejects.as_deref(), &input.sheet, &rejected)?;
    session.commit(&draft, &stamp)?;
    if session.wants_json() {
        session.print_json(&receipt.json())?;
    }
    session.say(&receipt::text(&receipt, session.lang));
    if tally.new + tally.updated > 0 && !session.flags.dry_run {
        session.say(&session.lang.pick(format!("下一步: carebook survey show {name}"), format!("Next: carebook survey show {name}")));
    }
    Ok(if rejected.is_empty() { Exit::Done } else { Exit::BadRows })
}

/// Problems of the mapping, with the line of `survey.yaml` they come from where it is written already.
fn placed(session: &Session<'_>, name: &str, problems: Problems) -> Problems {
    let document = Document::Survey(name.to_owned());
    match session.book().ok().and_then(|book| book.document(&document).ok().flatten()) {
        Some(text) => Book::place_in(&document, &text, problems),
        None => problems,
    }
}

fn reject(input: &Input, survey: &SurveyFile, layout: &Layout, row: usize, faults: Vec<Fault>) -> Rejected {
    let row = &input.sheet.rows[row];
    let problem = |fault: Fault| {
        let (column, field, what) = match fault {
            Fault::Answer(at, what) => (Some(layout.questions[at]), survey.questions[at].code.clone(), what),
            Fault::Id(what) => (layout.single("response_id"), "response_id".to_owned(), what),
        };
        Problem::error(what).at(row.place(&input.sheet.file, column)).field(field)
    };
    Rejected { row: row.clone(), problems: faults.into_iter().map(problem).collect() }
}

fn mapped(survey: &SurveyFile) -> Vec<(String, String)> {
    let singles = survey.columns.singles();
    let singles = singles.iter().filter_map(|(code, column)| Some(((*code).to_owned(), column.as_ref()?.clone())));
    let comments = survey.columns.comment.iter().map(|column| ("comment".to_owned(), column.clone()));
    let code = |question: &crate::model::survey_file::Question| format!("{} {}", question.code, question.sub).trim().to_owned();
    let questions = survey.questions.iter().map(|question| (code(question), question.column.clone()));
    singles.chain(comments).chain(questions).collect()
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

fn name(args: &ImportArgs) -> Result<String, Failure> {
    let stem = || std::path::Path::new(&args.file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if args.survey.is_none() && args.file == "-" {
        return Err(What::InputNeeded { flag: "--survey" }.into());
    }
    let safe = |text: String| text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect::<String>();
    let own = |text: String| safe(text).trim_start_matches(['-', '_']).trim_end_matches("-rejects").chars().take(64).collect();
    let name = args.survey.clone().unwrap_or_else(|| own(stem()));
    if store::layout::is_safe_name(&name) { Ok(name) } else { Err(Problem::error(What::BadId { value: name }).field("--survey").into()) }
}

/// Writes the proposed mapping as its own change, shows it, and gives it back when the import may go on.
fn adopt_proposal(
    args: &ImportArgs,
    session: &mut Session<'_>,
    name: &str,
    input: &Input,
    wishes: &Wishes,
    order: Option<DateOrder>,
) -> Result<(SurveyFile, String), Failure> {
    let sheet = &input.sheet;
    let column = |at: usize| sheet.rows.iter().filter_map(|row| row.cells.get(at)).map(String::as_str).collect::<Vec<_>>();
    let columns: Vec<Vec<&str>> = (0..sheet.headers.len()).map(column).collect();
    let Proposal { mut survey, left_out } = propose(name, &sheet.headers, &columns);
    wish(&mut survey, wishes, input)?;
    survey.date_order = order.or(survey.date_order);
    survey.encoding.clone_from(&args.encoding);
    let (document, text) = (Document::Survey(name.to_owned()), survey_text::write(&survey, &left_out));
    let path = Book::document_name(&document);
    session.say(&present::survey::proposal(&path, &survey, &left_out, &sheet.headers, &columns, session.lang));
    let goes_on = args.yes
        || session.flags.dry_run
        || (session.can_ask() && {
            let question = session.lang.pick("现在导入吗 (y/n)", "Import now (y/n)");
            matches!(session.ask(question, "n")?.as_str(), "y" | "yes" | "是")
        });
    if goes_on {
        return Ok((survey, text));
    }
    write_proposal(session, document, text)?;
    let zh = format!("还没有导入:请先核对 {path},再运行一次");
    let en = format!("nothing is imported yet: check {path}, then run it again");
    Err(What::ConfirmationNeeded { flag: "--yes", what: [zh, en] }.into())
}

/// The survey's file alone, to be looked at before anything is imported by it.
fn write_proposal(session: &mut Session<'_>, document: Document, text: String) -> Result<(), Failure> {
    let mut draft = session.draft(&[])?;
    let mut stamp = session.stamp("survey")?;
    stamp.note = Book::document_name(&document);
    draft.documents.push((document, text));
    session.commit(&draft, &stamp)?;
    Ok(())
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
