//! `survey import`: a questionnaire's export, proposed, checked, taken over once.

use serde_json::{Map, json};

use super::import::write_rejects;
use crate::base::date::DateOrder;
use crate::base::lang::Lang;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;
use crate::cli::error::{Exit, Failure};
use crate::cli::foreign::{self, Input, Wanted};
use crate::cli::session::Session;
use crate::engine::survey_codes::{self, Learned};
use crate::engine::survey_draft::{Proposal, propose};
use crate::engine::survey_tokens::Lost;
use crate::exchange::mapping::{Wishes, date_order};
use crate::exchange::survey::{self as export, Layout};
use crate::exchange::survey_wishes;
use crate::exchange::typed::Rejected;
use crate::exchange::workbook::Ask;
use crate::model::draft::{Batch, Document, Need, Which};
use crate::model::survey::Answer;
use crate::model::survey_file::{FilledForm, Question, RawSurvey, SurveyFile};
use crate::model::survey_text;
use crate::ops::import::Tally;
use crate::ops::survey::{self, Fault};
use crate::store::{self, Book};
use crate::view::present;
use crate::view::present::receipt::{self, Receipt};
use crate::view::present::survey_form::token_header;

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

pub fn run(args: &ImportArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
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
            expect_token(&mut survey, &input);
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

/// A sheet of our own questionnaires has their codes, also where the survey's file names no column for them.
fn expect_token(survey: &mut SurveyFile, input: &Input) {
    if survey.token_key.is_some() && survey.columns.token.is_none() {
        let names = [Lang::Zh, Lang::En].map(|lang| token_header(survey, lang));
        survey.columns.token = names.into_iter().find(|name| export::column_of(&input.sheet.headers, name).is_some());
    }
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
    let (forms, mut rejected, unfilled) = export::read(&input.sheet, &layout, &session.locale()?);
    let (learned, document) = learn(session, name, survey, &forms, proposed)?;
    let survey = &learned.survey;
    let (taken, refused) = survey::read(survey, forms);
    rejected.extend(refused.into_iter().map(|(row, faults)| reject(input, survey, &layout, row, faults)));
    rejected.sort_by_key(|row| row.row.line);
    let mut needs = vec![Need::Customers, Need::Responses(name.to_owned())];
    if survey.columns.request.is_some() || survey.columns.token.is_some() {
        needs.push(Need::Requests(Which::All));
    }
    let mut draft = session.draft(&needs)?;
    draft.documents.extend(document.map(|text| (Document::Survey(name.to_owned()), text)));
    let (tally, lost) = survey::import(&mut draft, name, survey, &taken);
    warn_of_tokens(session, input, &layout, &lost);
    let mut receipt = Receipt {
        what: "responses",
        file: args.file.clone(),
        read_from: input.read_from(),
        rows: input.sheet.rows.len() - unfilled,
        unfilled,
        new: tally.new,
        updated: tally.updated,
        unchanged: tally.unchanged,
        rejected: rejected.len(),
        strangers: tally.strangers,
        source: survey.source,
        learned: learned.questions,
        lost_tokens: lost.len(),
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

/// What the codes of an export by number mean, as told by the answers that the book has of the same responses, and the survey's file with
/// them where they could be put in.
fn learn(
    session: &mut Session<'_>,
    name: &str,
    survey: &SurveyFile,
    forms: &[FilledForm],
    proposed: Option<String>,
) -> Result<(Learned, Option<String>), Failure> {
    let is_known = proposed.is_none() && survey_codes::may_learn(survey);
    let present: Vec<Answer> = if is_known { session.book()?.of_survey(name)? } else { Vec::new() };
    let learned = survey_codes::learn(survey, forms, &present)?;
    if learned.questions.is_empty() {
        return Ok((learned, proposed));
    }
    let document = Document::Survey(name.to_owned());
    let text = session.book()?.document(&document)?.unwrap_or_default();
    let changed = learned.survey.questions.iter().zip(&survey.questions).filter(|(now, before)| now.options != before.options);
    let put =
        changed.map(|(now, _)| now).try_fold(text, |text, question| survey_text::with_options(&text, &question.column, &question.options));
    // only what reads as it was meant is written
    let is_meant = |text: &String| serde_yaml::from_str::<RawSurvey>(text).is_ok_and(|raw| raw.check().as_ref() == Ok(&learned.survey));
    let put = put.filter(is_meant);
    if put.is_none() {
        let path = Book::document_name(&document);
        for (code, options) in &learned.questions {
            session.say(&present::survey::options_to_add(&path, code, options, session.lang));
        }
    }
    Ok((learned, put))
}

/// Codes that lead to nobody, with their places; a few stand for many.
fn warn_of_tokens(session: &mut Session<'_>, input: &Input, layout: &Layout, lost: &[(usize, Lost)]) {
    const SHOWN: usize = 10;
    for (row, why) in lost.iter().take(SHOWN) {
        let (zh, en) = match why {
            Lost::Mistyped(text) => {
                (format!("问卷编码 {text} 不完整或有误"), format!("the code {text} is not whole or has a wrong letter"))
            }
            Lost::Unknown(text) => (format!("问卷编码 {text} 不属于这份问卷"), format!("the code {text} is none of this survey's")),
        };
        let place = input.sheet.rows[*row].place(&input.sheet.file, layout.single("token"));
        session.warn(&Problem::warning(What::RuleConflict { message: [zh, en] }).at(place).field("token"));
    }
}

fn reject(input: &Input, survey: &SurveyFile, layout: &Layout, row: usize, faults: Vec<Fault>) -> Rejected {
    let row = &input.sheet.rows[row];
    let problem = |fault: Fault| {
        let (column, field, what) = match fault {
            Fault::Answer(at, what) => (layout.questions[at].first(), survey.questions[at].code.clone(), what),
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
    let column = |question: &Question| if question.column.is_empty() { question.columns.join(" | ") } else { question.column.clone() };
    let questions = survey.questions.iter().map(|question| (question.name(), column(question)));
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
    let Proposal { mut survey, left_out, doubts } = propose(name, &sheet.headers, &columns);
    wish(&mut survey, wishes, input)?;
    survey.date_order = order.or(survey.date_order);
    survey.encoding.clone_from(&args.encoding);
    let (document, text) = (Document::Survey(name.to_owned()), survey_text::write(&survey, &left_out));
    let path = Book::document_name(&document);
    session.say(&present::survey::proposal(&path, &survey, &left_out, &sheet.headers, &columns, session.lang));
    for doubt in &doubts {
        session.say(&present::survey::doubt(doubt, &survey, session.lang));
    }
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
