//! `intake`: registering a request.

use crate::base::date::Quarter;
use crate::base::id::Id;
use crate::base::lang::Lang;
use crate::base::problem::{Problem, What};
use crate::cli::clocks;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::keeping;
use crate::cli::likely;
use crate::cli::own;
use crate::cli::session::Session;
use crate::model::cell::{Cell, Locale};
use crate::model::draft::{Draft, Need, Which};
use crate::model::request::RequestType;
use crate::model::rules::categories::CategoryRules;
use crate::model::rules::severity::{Judged, Scale, SeverityRules, Signs};
use crate::model::stamp::Stamp;
use crate::ops;
use crate::view::present;

#[derive(Debug, Default, clap::Args)]
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
    /// How much is at stake, 1 to 3 or in words; gives the severity with --urgency
    #[arg(long, requires = "urgency")]
    pub impact: Option<String>,
    /// How soon it must be dealt with, 1 to 3 or in words
    #[arg(long, requires = "impact")]
    pub urgency: Option<String>,
    /// phone, mail, online, social, in_person, revisit or other
    #[arg(long)]
    pub channel: Option<String>,
    /// A request it has to do with, such as one that can no longer be reopened
    #[arg(long, value_name = "ID")]
    pub related: Option<String>,
    /// What the customer wishes for
    #[arg(long)]
    pub wish: Option<String>,
    /// A cell of a column of your own; may be repeated
    #[arg(long, value_name = "x.NAME=VALUE")]
    pub set: Vec<String>,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let content = content(args, session)?;
    let zone = session.book()?.settings.zone;
    let quarter = Quarter::of(session.at()?.date(zone));
    let needs = [Need::Requests(Which::Quarters(vec![quarter]))];
    let (mut draft, customer) = customer(args, &needs, session)?;
    let related = args.related.as_deref().map(|typed| related(typed, quarter, args.customer.as_deref(), &mut draft, session));
    let related = related.transpose()?;
    let locale = draft.locale();
    let mut stamp = session.stamp("intake")?;
    let Registered { id, why } = register(args, content, customer, related.as_deref(), &mut draft, &stamp, session)?;
    stamp.note = why(locale.lang);
    let Some(request) = draft.requests.get(&id).cloned() else { return Ok(Exit::Done) };
    let committed = session.commit(&draft, &stamp)?;
    if session.wants_json() {
        session.print(&own::grid("carebook.request.v1", &request, &draft.requests, session)?)?;
    }
    if !committed.dry_run {
        session.say(&present::request::registered(&request, &locale, session.lang));
        let why = why(session.lang);
        if !why.is_empty() {
            session.say(&why);
        }
    }
    clocks::warn_of_promise(None, &request, session)?;
    if let Some(customer) = request.customer.as_ref().and_then(|id| draft.customers.get(id.as_str())) {
        keeping::warn_of_withdrawal(customer, session);
    }
    likely::tell(&request, session);
    likely::tell_customer(&request, session);
    Ok(Exit::Done)
}

/// A request in a draft.
pub struct Registered {
    pub id: String,
    /// Why it is as grave as it is.
    pub why: Box<dyn Fn(Lang) -> String>,
}

/// Registers a request in a draft that holds its customer, its quarter and what it has to do with.
pub fn register(
    args: &Args,
    content: String,
    customer: Option<String>,
    related: Option<&str>,
    draft: &mut Draft,
    stamp: &Stamp,
    session: &Session<'_>,
) -> Result<Registered, Failure> {
    let categories = session.book()?.category_rules()?.rules;
    let grave = session.book()?.severity_rules()?.rules;
    let locale = draft.locale();
    let category = settled(&categories, args.category.as_deref().unwrap_or_default(), &locale)?;
    let kind: Option<RequestType> = coded(args.kind.as_deref(), &locale)?;
    // a purpose makes it a complaint, and that is nearer than what the category usually is
    let kind = kind.or_else(|| categories.default_of(&category, |category| category.r#type).filter(|_| args.purpose.is_none()));
    let judged = weigh(args, &grave, &categories, &category, &locale)?;
    let input = ops::intake::Intake {
        content,
        customer: customer.map(Id::made),
        customer_name: args.name.clone().unwrap_or_default(),
        category,
        r#type: kind,
        purpose: judged.signs.purpose,
        severity: Some(judged.severity),
        channel: coded(args.channel.as_deref(), &locale)?,
        wish: args.wish.clone().unwrap_or_default(),
    };
    let id = ops::intake::intake(draft, stamp, input).id.to_string();
    let settings = super::customer::assignments(&args.set)?;
    ops::own::set(&mut draft.requests, &id, &settings, true, &locale)?;
    if let Some(related) = related {
        ops::link::link(draft, &id, related, true)?;
    }
    clocks::begin(session, draft, &id)?;
    Ok(Registered { id, why: Box::new(move |lang| present::severity::reason(&judged, &grave, lang)) })
}

/// Whose it is; of a merged customer that of the one it went into, and that is said.
fn customer(args: &Args, needs: &[Need], session: &mut Session<'_>) -> Result<(Draft, Option<String>), Failure> {
    let Some(typed) = args.customer.as_deref() else { return Ok((session.draft(needs)?, None)) };
    let (draft, id, gone) = find::draft_with_standing(session, typed, needs)?;
    if let Some(gone) = gone {
        session.say(&present::merge_customer::led(&gone, &id, session.lang));
    }
    Ok((draft, Some(id)))
}

/// How grave it is, from what was typed and from what its category usually is.
fn weigh(args: &Args, grave: &SeverityRules, categories: &CategoryRules, category: &str, locale: &Locale) -> Result<Judged, Failure> {
    let signs = Signs {
        given: coded(args.severity.as_deref(), locale)?,
        matrix: levels(grave, args.impact.as_deref(), args.urgency.as_deref())?,
        purpose: coded(args.purpose.as_deref(), locale)?,
        otherwise: categories.default_of(category, |category| category.severity),
    };
    Ok(grave.judge(signs))
}

/// The request that `typed` names. The draft is made anew where it holds another quarter's requests.
fn related(typed: &str, quarter: Quarter, customer: Option<&str>, draft: &mut Draft, session: &mut Session<'_>) -> Result<String, Failure> {
    let (found, id) = find::request(session, typed, &[])?;
    if draft.requests.get(&id).is_none() {
        let day = found.requests.get(&id).map(|request| Quarter::of(request.received_at.date(found.settings.zone)));
        let mut quarters: Vec<Quarter> = day.into_iter().chain([quarter]).collect();
        quarters.sort_unstable();
        quarters.dedup();
        let needs = [Need::Requests(Which::Quarters(quarters))];
        *draft = match customer {
            Some(typed) => find::draft_with_standing(session, typed, &needs)?.0,
            None => session.draft(&needs)?,
        };
    }
    Ok(id)
}

/// A category as it is to stand in the book.
pub fn settled(rules: &CategoryRules, typed: &str, locale: &Locale) -> Result<String, Problem> {
    rules.settled(typed, locale.lang).map_err(|what| Problem::error(what).field("--category"))
}

/// The levels of impact and urgency as typed.
pub fn levels(rules: &SeverityRules, impact: Option<&str>, urgency: Option<&str>) -> Result<Option<(usize, usize)>, Problem> {
    let level = |scale: &Scale, typed: &str, flag: &str| scale.level(typed).map_err(|what| Problem::error(what).field(flag));
    let (Some(impact), Some(urgency)) = (impact, urgency) else { return Ok(None) };
    Ok(Some((level(&rules.impact, impact, "--impact")?, level(&rules.urgency, urgency, "--urgency")?)))
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
