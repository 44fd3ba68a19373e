//! `letter`: a letter to a customer, written and not sent.

use std::path::Path;

use serde_json::{Value, json};

use super::show;
use super::survey::described;
use super::survey_form::key;
use crate::base::lang::Lang;
use crate::base::problem::{Problem, What};
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::keeping;
use crate::cli::own;
use crate::cli::session::Session;
use crate::engine::cadence::Wishes;
use crate::engine::letter::{self, About, AboutRequest, AboutRevisit, QUESTIONNAIRE, Recipient};
use crate::engine::survey_tokens::{Whom, token};
use crate::model::contact::Contact;
use crate::model::customer::Customer;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::survey_file::SurveyFile;
use crate::store;
use crate::view::format::{self, Format};
use crate::view::letter::{self as view, Asked, Form, Told};
use crate::view::present;
use crate::view::template::Source;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The letter, one of your own in templates/letters/ included; or: list
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The customer, request or revisit it is about: an id or a unique tail; a customer also by name, phone or email
    #[arg(value_name = "ID")]
    pub id: Option<String>,
    /// For the questionnaire: the survey [default: the only one that has codes]
    #[arg(long, value_name = "SURVEY")]
    pub survey: Option<String>,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let sources = view::sources(&session.book()?.templates()?);
    if matches!(args.name.as_str(), "list" | "列表") {
        session.print(&present::letter::list(&sources, session.lang))?;
        return Ok(Exit::Done);
    }
    let names = view::names(&sources);
    if !names.contains(&args.name) {
        return Err(What::UnknownName { name: args.name.clone(), allowed: names }.into());
    }
    let format = wanted(session)?;
    let found = Found::look(args, session)?;
    if let Some(refusal) =
        letter::refusal(&args.name, found.customer.as_ref(), found.request.as_ref(), found.revisit.as_ref(), session.today)
    {
        return Err(What::Usage { message: view::refused(&refusal, &args.name, &found.id) }.into());
    }
    let lang = language(&args.name, &found, &sources, session)?;
    let values = values(args, &found, lang, session)?;
    if let Some(customer) = &found.customer {
        keeping::warn_of_withdrawal(customer, session);
    }
    let bytes = match format {
        Format::Json | Format::Jsonl => written(values, &found.id, format),
        Format::Html => view::fill(&args.name, lang, Form::Html, &values, &sources)?.into_bytes(),
        _ => view::fill(&args.name, lang, Form::Text, &values, &sources)?.into_bytes(),
    };
    output(args, &found.id, format, &bytes, session)?;
    Ok(Exit::Done)
}

/// The formats a letter has: text, a page, its values.
fn wanted(session: &Session<'_>) -> Result<Format, Failure> {
    let folder = is_folder(session);
    let format = session.format(if folder { Format::Html } else { Format::Table });
    if !folder {
        session.refuse_unknown_ending()?;
    }
    match format {
        Format::Table | Format::Plain | Format::Html | Format::Json | Format::Jsonl => Ok(format),
        _ => {
            let message = ["信函的格式: plain(文本)、html、json".to_owned(), "a letter is plain text, html or json".to_owned()];
            Err(What::Usage { message }.into())
        }
    }
}

fn is_folder(session: &Session<'_>) -> bool {
    session.flags.output.as_deref().is_some_and(|output| output.ends_with('/'))
}

/// What the letter is about, and whom it goes to.
struct Found {
    /// Of the record that was named.
    id: String,
    customer: Option<Customer>,
    person: String,
    request: Option<Request>,
    revisit: Option<Revisit>,
}

impl Found {
    fn look(args: &Args, session: &mut Session<'_>) -> Result<Found, Failure> {
        let about = letter::about(&args.name);
        let Some(typed) = args.id.as_deref() else { return Err(needs(&args.name, about).into()) };
        let mut missing = None;
        for kind in about {
            match Named::find(*kind, typed, session) {
                Ok(named) => return Found::of(named, session),
                Err(failure) if is_missing(&failure) => missing = missing.or(Some(failure)),
                Err(failure) => return Err(failure),
            }
        }
        let other = [About::Request, About::Revisit, About::Customer].into_iter().filter(|kind| !about.contains(kind));
        for kind in other {
            if let Ok(named) = Named::find(kind, typed, session) {
                return Err(wrong_kind(&args.name, about, kind, &named.id()).into());
            }
        }
        Err(missing.unwrap_or_else(|| needs(&args.name, about).into()))
    }

    fn of(named: Named, session: &mut Session<'_>) -> Result<Found, Failure> {
        let id = named.id();
        let (customer, mut request, revisit) = match named {
            Named::Customer(id) => (Some(id), None, None),
            Named::Request(request) => (request.customer.as_ref().map(ToString::to_string), Some(request), None),
            Named::Revisit(revisit) => (Some(revisit.customer.to_string()), None, Some(revisit)),
        };
        let book = session.book()?;
        if let Some(of) = revisit.as_ref().and_then(|revisit| revisit.request.as_ref()) {
            request = book.named::<Request>(of.as_str())?.into_iter().find(|request| request.id == *of);
        }
        let merged = archive::merged(book)?;
        let standing = customer.as_deref().map(|id| merged.survivor(id).to_owned());
        let person = match &standing {
            Some(id) => archive::people(book, &merged, id)?.into_iter().find(Contact::is_primary).map(|person| person.name),
            None => None,
        };
        let found = match &standing {
            Some(id) => archive::standing_for(book, id)?,
            None => None,
        };
        if let (Some(named), Some(standing)) = (&customer, &standing)
            && named != standing
        {
            session.say(&present::merge_customer::led(named, standing, session.lang));
        }
        Ok(Found { id, customer: found, person: person.unwrap_or_default(), request, revisit })
    }

    fn recipient(&self) -> Recipient {
        match (&self.customer, &self.request) {
            (Some(customer), _) => Recipient::of(customer, &self.person),
            (None, Some(request)) => Recipient { name: crate::base::text::one_line(&request.customer_name), ..Recipient::default() },
            (None, None) => Recipient::default(),
        }
    }
}

enum Named {
    Customer(String),
    Request(Request),
    Revisit(Revisit),
}

impl Named {
    fn find(kind: About, typed: &str, session: &Session<'_>) -> Result<Named, Failure> {
        let book = session.book()?;
        match kind {
            About::Customer => {
                let customers: Vec<Customer> = book.all()?;
                Ok(Named::Customer(find::customer(book, typed, customers.iter())?))
            }
            About::Request => {
                let rows: Vec<Request> = book.named(typed)?;
                let id = find::id("requests", typed, rows.iter().map(|row| row.id.as_str()))?;
                rows.into_iter().find(|row| row.id.as_str() == id).map(Named::Request).ok_or_else(|| not_found("requests", id))
            }
            About::Revisit => {
                let rows: Vec<Revisit> = book.named(typed)?;
                let id = find::id("revisits", typed, rows.iter().map(|row| row.id.as_str()))?;
                rows.into_iter().find(|row| row.id.as_str() == id).map(Named::Revisit).ok_or_else(|| not_found("revisits", id))
            }
        }
    }

    fn id(&self) -> String {
        match self {
            Named::Customer(id) => id.clone(),
            Named::Request(request) => request.id.to_string(),
            Named::Revisit(revisit) => revisit.id.to_string(),
        }
    }
}

fn not_found(noun: &'static str, id: String) -> Failure {
    What::NotFound { noun, id, nearest: None }.into()
}

fn is_missing(failure: &Failure) -> bool {
    matches!(failure, Failure::Problems(problems) if matches!(problems.first().map(|one| &one.what), Some(What::NotFound { .. })))
}

fn needs(name: &str, about: &[About]) -> Problem {
    let (zh, en) = (view::kinds(about, Lang::Zh), view::kinds(about, Lang::En));
    let message = [format!("信函 {name} 要写明{zh}的编号"), format!("the letter {name} needs the id of {en}")];
    Problem::error(What::Usage { message }).field("ID")
}

fn wrong_kind(name: &str, about: &[About], is: About, id: &str) -> Problem {
    let (zh, en) = (view::kinds(about, Lang::Zh), view::kinds(about, Lang::En));
    let (is_zh, is_en) = (view::kinds(&[is], Lang::Zh), view::kinds(&[is], Lang::En));
    let message =
        [format!("{id} 是{is_zh},信函 {name} 要的是{zh}的编号"), format!("{id} is {is_en}; the letter {name} needs the id of {en}")];
    Problem::error(What::Usage { message }).field("ID")
}

/// `--lang`, else the customer's own where the book has a column for it, else the book's; one of the owner's own letters that
/// is there in one language alone is written in that.
fn language(name: &str, found: &Found, sources: &[Source], session: &Session<'_>) -> Result<Lang, Failure> {
    if let Some(typed) = session.flags.lang.as_deref().and_then(Lang::parse) {
        return Ok(typed);
    }
    let theirs = match &found.customer {
        Some(customer) => {
            let cells = own::cells_of::<Customer>(customer.id.as_str(), session)?;
            let is = |label: String| letter::is_language_column(&label);
            let at =
                cells.columns.iter().position(|column| is(column.label(Lang::Zh)) || is(column.label(Lang::En)) || is(column.name.clone()));
            at.and_then(|at| cells.rows.first()?.get(at).and_then(|cell| letter::language_of(cell)))
        }
        None => None,
    };
    let lang = theirs.unwrap_or(session.book()?.settings.lang);
    let has = |lang| Form::ALL.iter().any(|form| view::origin(sources, name, lang, *form).is_some());
    let other = if lang == Lang::Zh { Lang::En } else { Lang::Zh };
    Ok(if !has(lang) && has(other) { other } else { lang })
}

fn values(args: &Args, found: &Found, lang: Lang, session: &mut Session<'_>) -> Result<Value, Failure> {
    let survey = if args.name == QUESTIONNAIRE { Some(survey(args, found, session)?) } else { None };
    let book = session.book()?;
    let (zone, today) = (book.settings.zone, session.today);
    let request = match &found.request {
        Some(request) => {
            let log = show::timeline("requests", request.id.as_str(), request.received_at.date(zone), session)?;
            let until = book.feedback_rules()?.rules.reopen_until(request, zone);
            Some(AboutRequest::of(request, &log, until, today, zone))
        }
        None => None,
    };
    let people: Vec<Contact> = if found.revisit.is_some() { book.all()? } else { Vec::new() };
    let wishes = Wishes::of(&people);
    let wish = found.customer.as_ref().map(|customer| wishes.wish(customer)).unwrap_or_default();
    let revisit = found.revisit.as_ref().map(|revisit| AboutRevisit::of(revisit, wish));
    let to = found.recipient();
    let told = Told {
        name: &args.name,
        on: today,
        sender: &book.settings.sender,
        to: &to,
        request: request.as_ref(),
        revisit: revisit.as_ref(),
        survey: survey.as_ref().map(|(name, file, code)| Asked { name, file, code: code.clone() }),
    };
    Ok(told.values(lang))
}

/// The survey that is asked, and the code of whoever answers it.
fn survey(args: &Args, found: &Found, session: &mut Session<'_>) -> Result<(String, SurveyFile, String), Failure> {
    let name = match &args.survey {
        Some(name) => name.clone(),
        None => only_survey(session)?,
    };
    let file = described(&name, session)?;
    let whom = match (&found.request, &found.customer) {
        (Some(request), _) => Whom::Request(request.id.clone()),
        (None, Some(customer)) => Whom::Customer(customer.id.clone()),
        (None, None) => return Err(needs(&args.name, letter::about(&args.name)).into()),
    };
    let key = key(&name, &file, session)?;
    let code = token(&key, &name, &whom);
    Ok((name, file, code))
}

/// The one survey of our own making: those of platforms are asked there.
fn only_survey(session: &Session<'_>) -> Result<String, Failure> {
    let book = session.book()?;
    let mut with_codes = Vec::new();
    for name in book.surveys()? {
        if book.survey(&name)?.is_some_and(|file| file.token_key.is_some()) {
            with_codes.push(name);
        }
    }
    match &with_codes[..] {
        [one] => Ok(one.clone()),
        [] => {
            let message = [
                "还没有自己的问卷;先 carebook survey new 服务反馈,或用 --survey 指明".to_owned(),
                "there is no questionnaire yet; first `carebook survey new feedback`, or name a survey with --survey".to_owned(),
            ];
            Err(What::Usage { message }.into())
        }
        _ => {
            let names = with_codes.join(", ");
            let message =
                [format!("有几份问卷,用 --survey 指明: {names}"), format!("there are several surveys, name one with --survey: {names}")];
            Err(What::Usage { message }.into())
        }
    }
}

fn written(values: Value, id: &str, format: Format) -> Vec<u8> {
    let mut document = json!({"schema": "carebook.letter.v1", "id": id});
    show::merge(&mut document, values);
    if format == Format::Jsonl { (document.to_string() + "\n").into_bytes() } else { format::json::pretty(&document).into_bytes() }
}

/// To stdout, to a file, or into a folder under the letter's name.
fn output(args: &Args, id: &str, format: Format, bytes: &[u8], session: &mut Session<'_>) -> Result<(), Failure> {
    let ending = match format {
        Format::Html => "html",
        Format::Json => "json",
        Format::Jsonl => "jsonl",
        _ => "txt",
    };
    let Some(folder) = session.flags.output.clone().filter(|output| output.ends_with('/')) else { return session.emit(bytes) };
    store::make_outside(&session.ui.host.path(&folder))?;
    // an id from elsewhere may have any sign
    let plain: String = id.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let path = Path::new(&folder).join(format!("letter-{}-{plain}.{ending}", args.name));
    session.write_output(&path.display().to_string(), bytes)
}
