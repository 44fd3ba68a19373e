//! `intake`: registering a request.

use crate::base::date::Quarter;
use crate::base::id::Id;
use crate::base::problem::What;
use crate::cli::clocks;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::model::cell::{Cell, Locale};
use crate::model::draft::{Need, Which};
use crate::ops;
use crate::view::present;

#[derive(Debug, clap::Args)]
#[expect(clippy::doc_markdown, reason = "doc comments are the help that is printed")]
pub struct Args {
    /// What it is about; - reads it from standard input
    pub text: Option<String>,
    /// The customer: id, name, phone or email
    #[arg(short, long)]
    pub customer: Option<String>,
    /// Name of somebody who is not in the archive
    #[arg(long, conflicts_with = "customer")]
    pub name: Option<String>,
    /// Category, in your own words
    #[arg(short = 'k', long)]
    pub category: Option<String>,
    /// inquiry, support, suggestion or complaint
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    pub kind: Option<String>,
    /// Purpose of a complaint: suggestion, criticism or accusation
    #[arg(long)]
    pub purpose: Option<String>,
    /// low, normal, high or critical
    #[arg(short, long)]
    pub severity: Option<String>,
    /// phone, mail, online, social, in_person or other
    #[arg(long)]
    pub channel: Option<String>,
    /// What the customer wishes for
    #[arg(long)]
    pub wish: Option<String>,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let content = content(args, session)?;
    let zone = session.book()?.settings.zone;
    let quarter = Quarter::of(session.at()?.date(zone));
    let needs = [Need::Requests(Which::Quarters(vec![quarter]))];
    let (mut draft, customer) = match args.customer.as_deref() {
        Some(typed) => find::draft_with_customer(session, typed, &needs).map(|(draft, id)| (draft, Some(id)))?,
        None => (session.draft(&needs)?, None),
    };
    let locale = draft.locale();
    let input = ops::intake::Intake {
        content,
        customer: customer.map(Id::made),
        customer_name: args.name.clone().unwrap_or_default(),
        category: args.category.clone().unwrap_or_default(),
        r#type: coded(args.kind.as_deref(), &locale)?,
        purpose: coded(args.purpose.as_deref(), &locale)?,
        severity: coded(args.severity.as_deref(), &locale)?,
        channel: coded(args.channel.as_deref(), &locale)?,
        wish: args.wish.clone().unwrap_or_default(),
    };
    let stamp = session.stamp("intake")?;
    let id = ops::intake::intake(&mut draft, &stamp, input).id.to_string();
    clocks::begin(session, &mut draft, &id)?;
    let Some(request) = draft.requests.get(&id).cloned() else { return Ok(Exit::Done) };
    let committed = session.commit(&draft, &stamp)?;
    if session.wants_json() {
        let currency = draft.settings.currency.clone();
        let grid = crate::view::grid::Grid::of("carebook.request.v1", &[&request], &locale, session.lang, &currency);
        session.print(&grid)?;
    }
    if !committed.dry_run {
        session.say(&present::request::registered(&request, &locale, session.lang));
    }
    Ok(Exit::Done)
}

fn content(args: &Args, session: &mut Session<'_>) -> Result<String, Failure> {
    let typed = match args.text.as_deref() {
        Some("-") => String::from_utf8(session.read_input("-")?).map_err(|_| What::NotUtf8)?.trim_end().to_owned(),
        Some(text) => text.to_owned(),
        None if session.can_ask() => {
            let question = session.lang.pick("诉求内容", "What is it about");
            session.ask(question, "")?
        }
        None => String::new(),
    };
    if typed.trim().is_empty() { Err(What::InputNeeded { flag: "TEXT" }.into()) } else { Ok(typed) }
}

/// A coded flag, in either language.
pub fn coded<T: Cell>(text: Option<&str>, locale: &Locale) -> Result<Option<T>, What> {
    text.map(|text| T::read(text, locale)).transpose()
}
