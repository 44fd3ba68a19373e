//! `show` of a customer: the data, the people, and one timeline of everything.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::show::merge;
use crate::base::period::Period;
use crate::base::problem::{Problem, Problems, What};
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::living;
use crate::cli::own;
use crate::cli::session::Session;
use crate::engine::points::Ledger;
use crate::engine::timeline::{Kind, Material, Wish, timeline};
use crate::model::consent;
use crate::model::contact::is_made_id;
use crate::model::customer::Customer;
use crate::model::interaction::Interaction;
use crate::model::log::LogRow;
use crate::model::merged::Merged;
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::survey::Response;
use crate::model::tier::TierDecision;
use crate::model::vocabulary::Code;
use crate::store::{Book, OrderRow, Wanted};
use crate::view::present;
use crate::view::present::timeline::Scene;

/// So many entries a terminal shows unless asked for more.
const ON_A_TERMINAL: usize = 30;

#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
pub struct TimelineArgs {
    /// Of a customer's timeline: only from this period on, such as 90d, 2026Q3 or all
    #[arg(long, value_name = "PERIOD")]
    pub since: Option<String>,
    /// Only these kinds: archive, contacts, orders, requests, notes, interactions, revisits, surveys, tiers, points
    #[arg(long, value_name = "KIND,…", value_delimiter = ',')]
    pub kind: Vec<String>,
    /// Only the newest so many [default: all; 30 on a terminal]
    #[arg(long, value_name = "N")]
    pub last: Option<usize>,
}

impl TimelineArgs {
    /// What was asked for, if anything, is for customers.
    pub fn refuse(&self) -> Result<(), What> {
        if *self == TimelineArgs::default() {
            return Ok(());
        }
        let zh = "--since、--kind、--last 用于客户的时间线".to_owned();
        Err(What::Usage { message: [zh, "--since, --kind and --last are for the timeline of a customer".to_owned()] })
    }

    fn wish(&self, session: &Session<'_>) -> Result<Wish, Problem> {
        let since = self.since.as_deref().map(|typed| Period::parse(typed, session.today)).transpose();
        let since = since.map_err(|what| Problem::error(what).field("--since"))?;
        let allowed = || Kind::ALL.iter().map(|kind| format!("{} ({})", kind.code(), kind.word().zh)).collect();
        let kind = |typed: &String| {
            let unknown = || Problem::error(What::UnknownName { name: typed.clone(), allowed: allowed() }).field("--kind");
            Kind::from_text(typed).ok_or_else(unknown)
        };
        let kinds = self.kind.iter().filter(|typed| !typed.trim().is_empty()).map(kind).collect::<Result<_, _>>()?;
        let crowded = session.ui.host.stdout_is_terminal && !session.wants_json() && since.is_none();
        // all of it has no first day: what has no day belongs to it too
        let since = since.filter(|period| !period.is_all()).map(|period| period.from);
        Ok(Wish { since, kinds, last: self.last.or_else(|| crowded.then_some(ON_A_TERMINAL)) })
    }
}

pub fn run(typed: &str, args: &TimelineArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let wish = args.wish(session)?;
    let book = session.book()?;
    let (locale, currency) = (book.locale(), book.settings.currency.clone());
    let customers: Vec<Customer> = book.all()?;
    let id = find::customer(book, typed, customers.iter())?;
    let Some(customer) = customers.iter().find(|customer| customer.id.as_str() == id) else { return Ok(Exit::Done) };
    let own = own::cells_of::<Customer>(&id, session)?;
    let merged = Merged::of(&customers);
    let lives = living::of(book, customers.iter(), session.today)?;
    let standing = customers.iter().position(|other| other.id.as_str() == merged.survivor(&id)).and_then(|at| lives.lifecycle.at(at));
    let gone = merged.gone_into(&id);
    let theirs: HashSet<&str> = gone.iter().copied().chain([id.as_str()]).collect();
    let mut people = archive::people(book, &merged, &id)?;
    people.retain(|person| theirs.contains(person.customer.as_str()));
    let known: HashSet<&str> = people.iter().map(|person| person.id.as_str()).collect();
    let mut material = material(book, &theirs, &known)?;
    material.points = super::points::rows_of(&id, book)?;
    let ledger = Some(Ledger::replay(&material.points, session.today)).filter(|_| !material.points.is_empty());
    let line = timeline(&material, &wish, locale.zone);
    let scene = Scene { customer: &id, people: &people, locale, lang: session.lang };
    // rules that cannot be read are told by `check`; a customer can be shown without them
    let consent = book.archive_rules().ok().map(|ruled| ruled.rules.consent);
    let stands = consent.map(|rules| consent::standing(&customer.consent, &rules, session.today));
    if session.wants_json() {
        let mut document = json!({"schema": "carebook.customer.v1", "currency": currency});
        merge(&mut document, customer.object(&locale).into());
        own.add_to_document(&mut document, &locale);
        document["consent_standing"] = stands.map(Code::code).into();
        merge(&mut document, present::customer::dealings_json(&material, &locale));
        document["contacts"] = people.iter().map(|person| Value::Object(person.object(&locale))).collect();
        document["merged"] = gone.as_slice().into();
        document["survivor"] = merged.survivor(&id).into();
        document["lifecycle"] = standing.map_or(Value::Null, |row| present::lifecycle::sheet_json(row, session.today, locale.digits));
        document["points"] = ledger.as_ref().map_or(Value::Null, present::points::sheet_json);
        document["timeline"] = scene.json(&line).into();
        document["timeline_left_out"] = line.left_out.into();
        session.print_json(&document)?;
    } else {
        let text = present::record::sheet(customer, own.lines(&locale, session.lang), &locale, session.lang)
            + &present::consent::line(stands, session.lang)
            + &present::merge_customer::standing(&id, merged.survivor(&id), &gone, session.lang)
            + &standing.map_or_else(String::new, |row| present::lifecycle::sheet_line(row, session.lang))
            + &present::contact::people(&people, &id, session.lang)
            + &present::customer::dealings(&material, &locale, session.lang)
            + &ledger.map_or_else(String::new, |ledger| present::points::sheet_line(&ledger, session.lang))
            + &scene.text(&line);
        session.print_text(&text)?;
    }
    Ok(Exit::Done)
}

/// Everything that names one of these customers; rows of others are let go as they stream by.
fn material(book: &Book, theirs: &HashSet<&str>, people: &HashSet<&str>) -> Result<Material, Problems> {
    let mut material = Material::default();
    book.scan_orders(None, &mut |order: &OrderRow<'_>| {
        if theirs.contains(order.customer) {
            material.purchases.line(order.id, order.customer, order.date, order.amount, order.kind, order.product);
        }
    })?;
    let is_theirs = |customer: Option<&str>| customer.is_some_and(|id| theirs.contains(id));
    material.requests = of(book, theirs, &|row: &Request| is_theirs(row.customer.as_ref().map(AsRef::as_ref)))?;
    material.talks = of(book, theirs, &|row: &Interaction| theirs.contains(row.customer.as_str()))?;
    material.revisits = of(book, theirs, &|row: &Revisit| theirs.contains(row.customer.as_str()))?;
    material.tiers = of(book, theirs, &|row: &TierDecision| theirs.contains(row.customer.as_str()))?;
    material.responses = of(book, theirs, &|row: &Response| is_theirs(row.customer.as_ref().map(AsRef::as_ref)))?;
    material.log = log(book, theirs, people, &material.requests)?;
    Ok(material)
}

fn of<R: Record + Sync>(book: &Book, theirs: &HashSet<&str>, keep: &(dyn Fn(&R) -> bool + Sync)) -> Result<Vec<R>, Problems> {
    let look = |cell: &str| theirs.contains(cell.trim());
    book.wanted(&Wanted { first: Some(("customer", &look)), ..Wanted::those(keep) })
}

/// What the log tells of the archive and the people, and of the requests their notes and scores, also when they were taken back. Who was removed is known
/// by the customer that the log names.
fn log(book: &Book, theirs: &HashSet<&str>, people: &HashSet<&str>, requests: &[Request]) -> Result<Vec<LogRow>, Problems> {
    let requests: HashSet<&str> = requests.iter().map(|request| request.id.as_str()).collect();
    let marks: Vec<String> = theirs.iter().map(|id| format!("\"customer\":{}", Value::from(*id))).collect();
    let names = |text: &str| marks.iter().any(|mark| text.contains(mark.as_str()));
    let keep = |row: &LogRow| match row.table.as_str() {
        "customers" => theirs.contains(row.id.as_str()),
        "contacts" => people.contains(row.id.as_str()) || names(&row.before) || names(&row.after),
        "requests" => matches!(row.action.as_str(), "note" | "feedback" | "undo" | "redo") && requests.contains(row.id.as_str()),
        _ => false,
    };
    let look = |cell: &str| theirs.contains(cell) || people.contains(cell) || requests.contains(cell) || is_made_id(cell);
    book.wanted(&Wanted { first: Some(("id", &look)), ..Wanted::those(&keep) })
}
