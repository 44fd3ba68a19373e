//! `survey new`, `survey form`: a questionnaire of our own, and its codes.

use serde_json::json;

use super::survey::described;
use crate::base::problem::{Problem, What};
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::engine::filter::Filter;
use crate::engine::survey_tokens::{Whom, token};
use crate::model::customer::Customer;
use crate::model::draft::Document;
use crate::model::survey_file::SurveyFile;
use crate::model::survey_text;
use crate::store::{self, Book};
use crate::view::format::{Format, colleagues};
use crate::view::page::Page;
use crate::view::present::survey_form::{self as present, Form};

#[derive(Debug, clap::Args)]
pub struct NewArgs {
    /// The survey's name
    pub name: String,
}

#[derive(Debug, clap::Args)]
pub struct FormArgs {
    /// The survey's name
    pub name: String,
    /// For this customer: id, name, phone or email
    #[arg(short, long, group = "whom")]
    pub customer: Option<String>,
    /// For the customer of this request, about it
    #[arg(short, long, group = "whom")]
    pub request: Option<String>,
    /// For each customer of a filter: tier:A region:north; see `carebook help filters`
    #[arg(long = "for", value_name = "FILTER", num_args = 1.., group = "whom")]
    pub filter: Vec<String>,
}

/// Writes the questionnaire that a survey begins with.
pub fn new(args: &NewArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    if !store::layout::is_safe_name(&args.name) {
        return Err(Problem::error(What::BadId { value: args.name.clone() }).field("NAME").into());
    }
    let document = Document::Survey(args.name.clone());
    let path = Book::document_name(&document);
    if session.book()?.document(&document)?.is_some() {
        let message = [format!("{path} 已存在,直接修改它即可"), format!("{path} is there already; edit it")];
        return Err(What::Usage { message }.into());
    }
    let text = survey_text::with_token_key(survey_text::questionnaire(session.locale()?.lang), &store::random_key()?);
    write(session, document, text)?;
    if session.wants_json() {
        session
            .print_json(&json!({"schema": "carebook.survey_new.v1", "name": args.name, "file": path, "dry_run": session.flags.dry_run}))?;
    }
    if !session.flags.dry_run {
        let name = &args.name;
        session.say(&session.lang.pick(
            format!("问卷写在 {path},可修改;印出: carebook survey form {name} --for 条件"),
            format!("the questionnaire is in {path}, edit it as you like; to hand it out: carebook survey form {name} --for FILTER"),
        ));
    }
    Ok(Exit::Done)
}

fn write(session: &mut Session<'_>, document: Document, text: String) -> Result<(), Failure> {
    let mut draft = session.draft(&[])?;
    let mut stamp = session.stamp("survey")?;
    stamp.note = Book::document_name(&document);
    draft.documents.push((document, text));
    session.commit(&draft, &stamp)?;
    Ok(())
}

pub fn form(args: &FormArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let survey = described(&args.name, session)?;
    let whom = whom(args, session)?;
    let key = if whom.is_empty() { String::new() } else { key(&args.name, &survey, session)? };
    let coded = |(whom, form): (Whom, Form)| Form { token: token(&key, &args.name, &whom), ..form };
    let mut forms: Vec<Form> = whom.into_iter().map(coded).collect();
    let lang = session.lang;
    let format = session.format(Format::Table);
    let is_for_nobody = forms.is_empty() && args.filter.is_empty();
    if is_for_nobody && matches!(format, Format::Table | Format::Plain | Format::Html) {
        forms.push(Form::default());
    }
    let title = survey.title.pick(lang, &args.name);
    match format {
        Format::Table | Format::Plain => session.print_text(&present::text(&title, &survey, &forms, lang))?,
        Format::Html => session.emit(present::html(&title, &survey, &forms, lang).as_bytes())?,
        // a sheet that people fill in: no name may run as a formula
        Format::Csv if session.flags.json.is_none() => {
            session.refuse_unknown_ending()?;
            let page = Page::of_grid(&present::grid(&survey, &forms, lang), &args.name);
            session.emit(colleagues::write(&page).as_bytes())?;
        }
        _ => session.print(&present::grid(&survey, &forms, lang))?,
    }
    Ok(Exit::Done)
}

/// Whom the questionnaires are for.
fn whom(args: &FormArgs, session: &mut Session<'_>) -> Result<Vec<(Whom, Form)>, Failure> {
    if let Some(typed) = &args.request {
        let (draft, id) = find::request(session, typed, &[])?;
        let Some(request) = draft.requests.get(&id) else { return Ok(Vec::new()) };
        let form = Form {
            customer: request.customer.as_ref().map(ToString::to_string).unwrap_or_default(),
            name: request.customer_name.clone(),
            request: id,
            about: request.content.clone(),
            ..Form::default()
        };
        return Ok(vec![(Whom::Request(request.id.clone()), form)]);
    }
    let of = |customer: &Customer| {
        let form = Form { customer: customer.id.to_string(), name: customer.name.clone(), ..Form::default() };
        (Whom::Customer(customer.id.clone()), form)
    };
    let book = session.book()?;
    if let Some(typed) = &args.customer {
        let customers: Vec<Customer> = book.all()?;
        let id = find::customer(book, typed, customers.iter())?;
        let standing = archive::merged(book)?.survivor(&id).to_owned();
        return Ok(customers.iter().filter(|customer| customer.id.as_str() == standing).map(of).collect());
    }
    if args.filter.is_empty() {
        return Ok(Vec::new());
    }
    let filter = Filter::parse::<Customer>(&args.filter, session.today)?;
    let locale = book.locale();
    let customers: Vec<Customer> = book.some(&|customer: &Customer| customer.is_active() && filter.matches(customer, &locale))?;
    Ok(customers.iter().map(of).collect())
}

/// The key of the survey's codes. A survey that has none gets one, which is written before the first code leaves the house.
pub fn key(name: &str, survey: &SurveyFile, session: &mut Session<'_>) -> Result<String, Failure> {
    if let Some(key) = &survey.token_key {
        return Ok(key.clone());
    }
    let document = Document::Survey(name.to_owned());
    let key = store::random_key()?;
    let text = survey_text::with_token_key(&session.book()?.document(&document)?.unwrap_or_default(), &key);
    write(session, document, text)?;
    if session.flags.dry_run {
        session.say(session.lang.pick("试运行:这些编码未保存,不要发出。", "Dry run: these codes are not kept; do not hand them out."));
    }
    Ok(key)
}
