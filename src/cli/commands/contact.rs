//! `contact add|edit|list|show|remove`: the people at a customer.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::customer::assignments;
use super::show::{self, merge};
use crate::base::id::Id;
use crate::base::problem::What;
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::own;
use crate::cli::session::Session;
use crate::model::contact::Contact;
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Need};
use crate::model::interaction::Interaction;
use crate::model::record::Record;
use crate::ops::contact as ops;
use crate::view::grid::Grid;
use crate::view::present;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add a person at a customer
    #[command(visible_alias = "新增")]
    Add(AddArgs),
    /// Change fields of a person
    #[command(visible_alias = "修改")]
    Edit(EditArgs),
    /// List the people of a customer, or of all
    #[command(visible_alias = "列表")]
    List(ListArgs),
    /// Show a person with their interactions
    #[command(visible_alias = "查看")]
    Show(ShowArgs),
    /// Take a person away; interactions keep the name
    #[command(visible_alias = "移除")]
    Remove(RemoveArgs),
}

#[derive(Debug, clap::Args)]
#[expect(clippy::doc_markdown, reason = "doc comments are the help that is printed")]
pub struct AddArgs {
    /// The customer: id, name, phone or email
    pub customer: String,
    /// The person's name
    pub name: Option<String>,
    /// Other fields, such as role=buyer phone=138… preferred_channel=phone preferred_time="after 3 pm"
    #[arg(value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    /// The one to turn to first; whoever was it no longer is [default: only the first of a customer]
    #[arg(long)]
    pub primary: bool,
}

#[derive(Debug, clap::Args)]
pub struct EditArgs {
    /// The contact: id such as P1, name, phone or email
    pub contact: String,
    /// Fields, such as phone=139… primary=yes (a blank value empties the field)
    #[arg(value_name = "FIELD=VALUE", required = true)]
    pub set: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// A customer, then filters, see `carebook help filters`
    #[arg(value_name = "CUSTOMER|FILTER")]
    pub words: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// The contact: id such as P1, name, phone or email
    pub contact: String,
}

#[derive(Debug, clap::Args)]
pub struct RemoveArgs {
    /// The contact: id such as P1, name, phone or email
    pub contact: String,
    /// Why
    #[arg(short, long)]
    pub reason: Option<String>,
}

pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Add(args) => add(args, session),
        Command::Edit(args) => edit(args, session),
        Command::List(args) => {
            let filters = filters(&args.words, session)?;
            super::list::of("contacts", &filters, session)
        }
        Command::Show(args) => {
            let people: Vec<Contact> = session.book()?.all()?;
            let person = find::contact(&args.contact, people.iter())?;
            person_shown(person, session)
        }
        Command::Remove(args) => remove(args, session),
    }
}

/// Filters of which the first word may name a customer.
pub fn filters(words: &[String], session: &Session<'_>) -> Result<Vec<String>, Failure> {
    let Some(first) = words.first().filter(|word| !word.contains([':', '：'])) else { return Ok(words.to_vec()) };
    let book = session.book()?;
    let customers: Vec<Customer> = book.all()?;
    match find::customer_or(first, customers.iter(), &archive::reached(book, first)?) {
        Ok(id) => Ok(std::iter::once(format!("customer:{id}")).chain(words[1..].iter().cloned()).collect()),
        // a word to look for
        Err(What::NotFound { .. }) => Ok(words.to_vec()),
        Err(what) => Err(what.into()),
    }
}

fn add(args: &AddArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    // somebody may be known by a number alone
    let (mut name, mut set) = (args.name.clone().unwrap_or_default(), args.set.clone());
    if name.contains('=') {
        set.insert(0, std::mem::take(&mut name));
    }
    let settings = assignments(&set)?;
    if name.trim().is_empty() && settings.is_empty() {
        if session.can_ask() {
            name = session.ask(session.lang.pick("联系人姓名", "Name of the person"), "")?;
        }
        if name.trim().is_empty() {
            return Err(What::InputNeeded { flag: "NAME" }.into());
        }
    }
    let (mut draft, id, gone) = find::draft_with_standing(session, &args.customer, &[Need::Contacts])?;
    if let Some(gone) = gone {
        session.say(&present::merge_customer::led(&gone, &id, session.lang));
    }
    let merged = archive::merged(session.book()?)?;
    let stamp = session.stamp("add")?;
    let person = ops::add(&mut draft, &merged, Id::made(id), &name, &settings, args.primary)?;
    let committed = session.commit(&draft, &stamp)?;
    print(&draft, &person, session)?;
    if !committed.dry_run {
        session.say(&present::contact::added(&person, session.lang));
    }
    Ok(Exit::Done)
}

/// A draft with the people, and the one that was typed.
fn drafted(typed: &str, needs: &[Need], session: &mut Session<'_>) -> Result<(Draft, String), Failure> {
    let mut wanted = needs.to_vec();
    wanted.push(Need::Contacts);
    let draft = session.draft(&wanted)?;
    let id = find::contact(typed, draft.contacts.iter())?.id.to_string();
    Ok((draft, id))
}

fn edit(args: &EditArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let settings = assignments(&args.set)?;
    let (mut draft, id) = drafted(&args.contact, &[], session)?;
    let merged = archive::merged(session.book()?)?;
    let stamp = session.stamp("edit")?;
    let person = ops::edit(&mut draft, &merged, &id, &settings)?;
    let committed = session.commit(&draft, &stamp)?;
    print(&draft, &person, session)?;
    if committed.changed > 0 && !committed.dry_run {
        session.say(&present::contact::changed(&person, session.lang));
    }
    Ok(Exit::Done)
}

fn remove(args: &RemoveArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut reason = args.reason.clone().unwrap_or_default();
    if reason.trim().is_empty() && session.can_ask() {
        reason = session.ask(session.lang.pick("理由", "Why"), "")?;
    }
    if reason.trim().is_empty() {
        return Err(What::InputNeeded { flag: "--reason" }.into());
    }
    let (_, id) = drafted(&args.contact, &[], session)?;
    let (mut draft, id) = drafted(&id, &[Need::InteractionsWith(id.clone())], session)?;
    let mut stamp = session.stamp("remove")?;
    stamp.note = reason;
    let person = ops::remove(&mut draft, &id)?;
    let merged = archive::merged(session.book()?)?;
    let left = draft.contacts.iter().any(|other| merged.same(other.customer.as_str(), person.customer.as_str()));
    let talks = draft.interactions.iter().count();
    let committed = session.commit(&draft, &stamp)?;
    print(&draft, &person, session)?;
    if !committed.dry_run {
        session.say(&present::contact::removed(&person, talks, left, session.lang));
    }
    Ok(Exit::Done)
}

/// The person as it stands now, for machines.
fn print(draft: &Draft, person: &Contact, session: &mut Session<'_>) -> Result<(), Failure> {
    if !session.wants_json() {
        return Ok(());
    }
    session.print(&Grid::of("carebook.contact.v1", &[person], &draft.locale(), session.lang, &draft.settings.currency))
}

/// A person, whose they are, what was talked of with them, and how the entry came about; also how `show P1` shows it.
pub fn person_shown(person: &Contact, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let book = session.book()?;
    let (locale, currency) = (book.locale(), book.settings.currency.clone());
    let id = person.id.as_str();
    let customer = archive::standing_for(book, person.customer.as_str())?;
    let mut talks: Vec<Interaction> = book.some(&|talk: &Interaction| talk.contact.trim() == id)?;
    talks.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    let events = show::timeline("contacts", id, NaiveDate::MIN, session)?;
    let own = own::cells_of::<Contact>(id, session)?;
    if session.wants_json() {
        let mut document = json!({"schema": "carebook.contact.v1", "currency": currency});
        merge(&mut document, person.object(&locale).into());
        own.add_to_document(&mut document, &locale);
        document["customer_name"] = customer.map_or(Value::Null, |customer| customer.name.into());
        document["interactions"] = talks.iter().map(|talk| Value::Object(talk.object(&locale))).collect();
        document["timeline"] = events.iter().map(|row| Value::Object(row.object(&locale))).collect();
        session.print_json(&document)?;
    } else {
        let text = present::record::sheet(person, own.lines(&locale, session.lang), &locale, session.lang)
            + &present::contact::belongs(customer.as_ref(), session.lang)
            + &present::interaction::talks(&talks, &locale, session.lang)
            + &present::record::timeline(id, &events, &locale, session.lang);
        session.print_text(&text)?;
    }
    Ok(Exit::Done)
}
