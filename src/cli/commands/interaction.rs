//! `interaction add|edit|list|show`: the communication log.

use serde_json::{Value, json};

use super::contact::filters;
use super::customer::assignments;
use super::intake::coded;
use super::show;
use crate::base::date::Quarter;
use crate::base::id::Id;
use crate::base::problem::{Problem, What};
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::own;
use crate::cli::session::Session;
use crate::model::contact::Contact;
use crate::model::draft::{Draft, Need, Which};
use crate::model::interaction::{Direction, INTERACTIONS, Interaction};
use crate::model::record::Record;
use crate::model::request::{Channel, Request};
use crate::ops::interaction::{self as ops, Talk};
use crate::ops::staff;
use crate::store::Book;
use crate::view::grid::Grid;
use crate::view::present;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Enter a talk with a customer
    #[command(visible_alias = "新增")]
    Add(AddArgs),
    /// Change fields of an entry
    #[command(visible_alias = "修改")]
    Edit(EditArgs),
    /// List the entries, the oldest first
    #[command(visible_alias = "列表")]
    List(ListArgs),
    /// Show an entry
    #[command(visible_alias = "查看")]
    Show(ShowArgs),
}

#[derive(Debug, clap::Args)]
#[expect(clippy::doc_markdown, reason = "doc comments are the help that is printed")]
pub struct AddArgs {
    /// The customer: id, name, phone or email
    pub customer: String,
    /// What was talked of; - reads it from standard input
    pub text: Option<String>,
    /// phone, mail, online, social, in_person or other
    #[arg(long)]
    pub channel: Option<String>,
    /// Who spoke first: in (the customer) or out (we)
    #[arg(long, value_name = "in|out")]
    pub direction: Option<String>,
    /// With which of the customer's people: id, name, phone or email
    #[arg(long)]
    pub contact: Option<String>,
    /// Who of the staff [default: who enters it, where that is one of the staff]
    #[arg(long)]
    pub staff: Option<String>,
    /// The request it was about: id or a unique tail of it
    #[arg(long, value_name = "ID")]
    pub request: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct EditArgs {
    /// The entry's id or a unique tail of it
    pub id: String,
    /// Fields, such as summary=… direction=in at="2026-11-23 09:30" (a blank value empties the field)
    #[arg(value_name = "FIELD=VALUE", required = true)]
    pub set: Vec<String>,
}

#[derive(Debug, clap::Args)]
#[expect(clippy::doc_markdown, reason = "doc comments are the help that is printed")]
pub struct ListArgs {
    /// A customer, then filters, see `carebook help filters`
    #[arg(value_name = "CUSTOMER|FILTER")]
    pub words: Vec<String>,
    /// Only those of this period, such as 2026Q3 or 30d
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<String>,
    /// Only this channel: phone, mail, online, social, in_person or other
    #[arg(long)]
    pub channel: Option<String>,
    /// Only those of this member of staff
    #[arg(long)]
    pub staff: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// The entry's id or a unique tail of it
    pub id: String,
}

pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Add(args) => add(args, session),
        Command::Edit(args) => edit(args, session),
        Command::List(args) => list(args, session),
        Command::Show(args) => {
            let talk = named(session.book()?, &args.id)?;
            shown(&talk, session)
        }
    }
}

/// Channel and direction as typed or asked for.
struct Way {
    channel: Option<Channel>,
    direction: Option<Direction>,
}

fn add(args: &AddArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let quarter = Quarter::of(session.at()?.date(session.book()?.settings.zone));
    let (summary, way) = told(args, session)?;
    let needs = [Need::Staff, Need::Interactions(Which::Quarters(vec![quarter]))];
    let (mut draft, customer, gone) = find::draft_with_standing(session, &args.customer, &needs)?;
    if let Some(gone) = gone {
        session.say(&present::merge_customer::led(&gone, &customer, session.lang));
    }
    let contact = args.contact.as_deref().map(|typed| contact(&customer, typed, session)).transpose()?;
    let request = args.request.as_deref().map(|typed| request(&customer, typed, session)).transpose()?;
    let staff = of_staff(args.staff.as_deref(), &draft, session)?;
    let talk = Talk {
        customer: Id::made(customer),
        contact: contact.unwrap_or_default(),
        channel: way.channel,
        direction: way.direction,
        staff,
        request: request.map(Id::made),
        summary,
    };
    let stamp = session.stamp("add")?;
    let entry = ops::add(&mut draft, &stamp, talk)?;
    let committed = session.commit(&draft, &stamp)?;
    print(&draft, &entry, session)?;
    if !committed.dry_run {
        session.say(&present::interaction::added(&entry, &draft.locale(), session.lang));
    }
    Ok(Exit::Done)
}

/// What was talked of, and by which way; whoever is asked for the one on the terminal is asked for the other.
fn told(args: &AddArgs, session: &mut Session<'_>) -> Result<(String, Way), Failure> {
    let locale = session.locale()?;
    let lang = session.lang;
    let asks = args.text.is_none() && session.can_ask();
    let text = match args.text.as_deref() {
        Some("-") => String::from_utf8(session.read_input("-")?).map_err(|_| What::NotUtf8).map(|text| piped(&text))?,
        Some(text) => text.to_owned(),
        None if asks => session.ask(lang.pick("沟通内容", "What was talked of"), "")?,
        None => String::new(),
    };
    if text.trim().is_empty() {
        return Err(What::InputNeeded { flag: "TEXT" }.into());
    }
    let mut answer = |given: &Option<String>, zh: &str, en: &str| match given {
        Some(given) => Ok(Some(given.clone())),
        None if asks => session.ask(lang.pick(zh, en), "").map(|typed| Some(typed).filter(|typed| !typed.is_empty())),
        None => Ok(None),
    };
    let channel = answer(
        &args.channel,
        "渠道 (电话、邮件、在线客服、社交媒体、当面、其他)",
        "Channel (phone, mail, online, social, in_person, other)",
    )?;
    let direction = answer(&args.direction, "方向 (来、去)", "Direction (in, out)")?;
    let wrong = |flag: &'static str| move |what: What| Problem::error(what).field(flag);
    let way = Way {
        channel: coded(channel.as_deref(), &locale).map_err(wrong("--channel"))?,
        direction: coded(direction.as_deref(), &locale).map_err(wrong("--direction"))?,
    };
    Ok((text, way))
}

/// A text as it was piped in, without what another system puts before it and at its line ends.
fn piped(text: &str) -> String {
    text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n").trim_end().to_owned()
}

/// The id of one of the customer's people.
fn contact(customer: &str, typed: &str, session: &Session<'_>) -> Result<String, Failure> {
    let book = session.book()?;
    let people = archive::people(book, &archive::merged(book)?, customer)?;
    let found = find::contact(typed, people.iter()).map_err(|what| Problem::error(what).field("--contact"))?;
    Ok(found.id.to_string())
}

/// The id of a request of the customer, or of one that is nobody's yet.
fn request(customer: &str, typed: &str, session: &Session<'_>) -> Result<String, Failure> {
    let book = session.book()?;
    let ids = |found: &[Request]| find::id("requests", typed, found.iter().map(|request| request.id.as_str()));
    let mut found: Vec<Request> = book.named(typed)?;
    if found.is_empty() {
        // a row that a person put into another quarter's file
        found = book.some(&|request: &Request| crate::base::id::names(typed, request.id.as_str()))?;
    }
    let id = ids(&found).map_err(|what| Problem::error(what).field("--request"))?;
    let whose = found.iter().find(|request| request.id.as_str() == id).and_then(|request| request.customer.as_ref());
    let merged = archive::merged(book)?;
    match whose.map(|whose| merged.survivor(whose.as_str())).filter(|whose| *whose != merged.survivor(customer)) {
        Some(other) => {
            let message =
                [format!("{id} 是 {other} 的诉求,不是 {customer} 的"), format!("{id} is a request of {other}, not of {customer}")];
            Err(Problem::error(What::Usage { message }).field("--request").into())
        }
        None => Ok(id),
    }
}

/// The member of staff named, else whoever enters it.
fn of_staff(typed: Option<&str>, draft: &Draft, session: &Session<'_>) -> Result<String, Failure> {
    let found = staff::find(draft.staff.iter(), typed.unwrap_or(&session.actor())).map(|one| one.name.to_string());
    match (typed, found) {
        (_, Ok(name)) => Ok(name),
        (None, Err(_)) => Ok(String::new()),
        (Some(_), Err(what)) => Err(Problem::error(what).field("--staff").into()),
    }
}

fn edit(args: &EditArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut settings = assignments(&args.set)?;
    let (mut draft, id) = find::interaction(session, &args.id, &[Need::Staff])?;
    let customer = draft.interactions.get(&id).map(|talk| talk.customer.to_string()).unwrap_or_default();
    for (field, value) in settings.iter_mut().filter(|(_, value)| !value.trim().is_empty()) {
        match INTERACTIONS.find(field).map(|at| INTERACTIONS.columns[at].word.code) {
            Some("contact") => *value = contact(&customer, value, session)?,
            Some("request") => *value = request(&customer, value, session)?,
            Some("staff") => *value = of_staff(Some(value), &draft, session)?,
            _ => {}
        }
    }
    let stamp = session.stamp("edit")?;
    let entry = ops::edit(&mut draft, &stamp, &id, &settings)?;
    let committed = session.commit(&draft, &stamp)?;
    print(&draft, &entry, session)?;
    if committed.changed > 0 && !committed.dry_run {
        session.say(&present::interaction::changed(&entry, session.lang));
    }
    Ok(Exit::Done)
}

fn list(args: &ListArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut words = filters(&args.words, session)?;
    let flags = [("at", &args.period), ("channel", &args.channel), ("staff", &args.staff)];
    words.extend(flags.into_iter().filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}:{value}"))));
    super::list::of("interactions", &words, session)
}

/// The entry as it stands now, for machines.
fn print(draft: &Draft, entry: &Interaction, session: &mut Session<'_>) -> Result<(), Failure> {
    if !session.wants_json() {
        return Ok(());
    }
    session.print(&Grid::of("carebook.interaction.v1", &[entry], &draft.locale(), session.lang, &draft.settings.currency))
}

/// The entry that a text names; its day may have been corrected since it got its id.
pub fn named(book: &Book, typed: &str) -> Result<Interaction, Failure> {
    let mut found: Vec<Interaction> = book.named(typed)?;
    if found.is_empty() {
        found = book.some(&|talk: &Interaction| crate::base::id::names(typed, talk.id.as_str()))?;
    }
    let id = find::id("interactions", typed, found.iter().map(|talk| talk.id.as_str()))?;
    let missing = || What::NotFound { noun: "interactions", id: typed.to_owned(), nearest: None }.into();
    found.into_iter().find(|talk| talk.id.as_str() == id).ok_or_else(missing)
}

/// An entry, whose it is, and what the log tells of it; also how `show T…` shows it.
pub fn shown(talk: &Interaction, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let book = session.book()?;
    let (locale, currency, lang) = (book.locale(), book.settings.currency.clone(), session.lang);
    let customer = archive::standing_for(book, talk.customer.as_str())?;
    let contact = talk.contact.trim();
    let people: Vec<Contact> = book.some(&|person: &Contact| person.id.as_str() == contact)?;
    let name = people.first().map(|person| person.title().to_owned());
    // it may have been entered late, or its day been corrected
    let events = show::timeline("interactions", talk.id.as_str(), chrono::NaiveDate::MIN, session)?;
    let own = own::cells_of::<Interaction>(talk.id.as_str(), session)?;
    if session.wants_json() {
        let mut document = json!({"schema": "carebook.interaction.v1", "currency": currency});
        show::merge(&mut document, talk.object(&locale).into());
        own.add_to_document(&mut document, &locale);
        document["customer_name"] = customer.map_or(Value::Null, |customer| customer.name.into());
        document["contact_name"] = name.into();
        document["timeline"] = events.iter().map(|row| Value::Object(row.object(&locale))).collect();
        session.print_json(&document)?;
    } else {
        let text = present::record::sheet(talk, own.lines(&locale, lang), &locale, lang)
            + &present::interaction::parties(customer.as_ref(), people.first(), lang)
            + &present::record::timeline(talk.id.as_str(), &events, &locale, lang);
        session.print_text(&text)?;
    }
    Ok(Exit::Done)
}
