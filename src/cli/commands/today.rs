//! `today`: what is to be done.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::base::date::plus_days;
use crate::cli::archive;
use crate::cli::clocks::{self, Service};
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::keeping;
use crate::cli::living;
use crate::cli::session::Session;
use crate::engine::agenda::{self, Asked, Item, Subject};
use crate::engine::cadence::Wishes;
use crate::engine::tiering::movement;
use crate::model::contact::Contact;
use crate::model::lifecycle::Class;
use crate::model::practice::{Practice, StepStatus};
use crate::model::request::Request;
use crate::model::revisit::{Revisit, RevisitStatus};
use crate::model::staff::{Absence, Staff, away_until};
use crate::store::Book;
use crate::view::format::Format;
use crate::view::present;
use crate::view::present::events::Scene;

/// How far ahead days are looked at whose year may not be announced.
const DAYS_AHEAD: u64 = 30;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this member of staff, and what nobody has yet
    #[arg(long = "for", value_name = "STAFF")]
    pub staff: Option<String>,
    /// End with 1 when there is anything to do, for cron
    #[arg(long)]
    pub fail_if_any: bool,
    /// What each thing's urgency is made of
    #[arg(long)]
    pub explain: bool,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let book = session.book()?;
    let locale = book.locale();
    let person = args.staff.as_deref().map(|name| person(name, book)).transpose()?;
    let (feedback, zone, today) = (book.feedback_rules()?.rules, book.settings.zone, session.today);
    let keep = |request: &Request| agenda::may_need_work(request) || feedback.is_sore(request, today, zone);
    let requests: Vec<Request> = book.some(&keep)?;
    let erased = archive::erased(book)?;
    let is_planned = |revisit: &Revisit| revisit.status == RevisitStatus::Planned && !erased.has(revisit.customer.as_str());
    let revisits: Vec<Revisit> = book.some(&is_planned)?;
    let service = Service::of(book)?;
    let absences: Vec<Absence> = book.all()?;
    let asked = Asked {
        now: session.now,
        today,
        person: person.as_deref(),
        rules: &service.ruled.rules,
        time: &|request| service.time(&request.promise),
        absences: &absences,
        locale: &locale,
    };
    let kept = living::kept(book, today)?;
    let practices: Vec<Practice> = book.some(&|step: &Practice| step.status == StepStatus::Planned || step.class == Class::Silent)?;
    let silent = kept.newly_silent(book, &revisits, &practices, today)?;
    let steps: Vec<Practice> = practices.into_iter().filter(|step| kept.is_still(step) && !erased.has(step.customer.as_str())).collect();
    let items = agenda::agenda(&requests, &revisits, &asked);
    let items = agenda::with_customers(items, &steps, &silent, &asked);
    let named: HashSet<&str> = items.iter().filter_map(|item| item.what.customer()).collect();
    let customers = archive::standing(book, &named)?;
    let tiers = book.tier_rules()?.rules;
    let tier_of: HashMap<&str, &str> = customers.iter().map(|customer| (customer.id.as_str(), customer.tier.as_str())).collect();
    let rank = |id: &str| tier_of.get(id).and_then(|tier| movement::rank(&tiers, tier));
    let items = agenda::weighed(items, &rank, today, &locale);
    let away = |name: &str| away_until(&absences, name, today);
    let unknown = unknown_years(&items, &service, today);
    let to_verify = to_verify(book, person.as_deref(), today)?;
    let mut grid = present::agenda::grid(&items, &customers, &away, args.explain, &locale, session.lang);
    grid.notes.push(("unknown_years", unknown.as_slice().into()));
    grid.notes.push(("verify_due", to_verify.into()));
    // only a calendar shows the time that somebody prefers
    let people: Vec<Contact> = if session.format(Format::Table) == Format::Ics { book.all()? } else { Vec::new() };
    let wishes = Wishes::of(&people);
    let scene =
        Scene { book: &book.settings.name, now: session.now, today, zone, customers: &customers, wishes: &wishes, lang: session.lang };
    grid.calendar = Some(scene.agenda(&items));
    if items.is_empty() && !session.wants_table() {
        session.say(&session.lang.pick(format!("{today} 没有待办事项。"), format!("{today}: nothing to do.")));
    } else {
        session.print(&grid)?;
    }
    if to_verify > 0 {
        session.say(&present::verify::reminder(to_verify, session.lang));
    }
    clocks::warn_of(&unknown, session);
    Ok(if args.fail_if_any && !items.is_empty() { Exit::Failed } else { Exit::Done })
}

/// How many customers are to be verified, of one person or of all. Only a book whose owner wrote rules for it is reminded.
fn to_verify(book: &Book, person: Option<&str>, today: NaiveDate) -> Result<usize, Failure> {
    let ruled = book.archive_rules()?;
    let is_owner = |owner: &str| person.is_none_or(|person| owner == person);
    Ok(if ruled.is_built_in() { 0 } else { keeping::overdue(book, &ruled.rules, today, &is_owner)? })
}

/// The member of staff that is meant.
///
/// # Errors
/// Nobody of that name.
pub fn person(typed: &str, book: &Book) -> Result<String, Failure> {
    let staff: Vec<Staff> = book.all()?;
    Ok(find::id("staff", typed, staff.iter().map(|staff| staff.name.as_str()))?)
}

/// The years, not announced yet, of the coming days and of what is on the list.
fn unknown_years(items: &[Item<'_>], service: &Service, today: NaiveDate) -> Vec<i32> {
    let calendar = service.working.calendar();
    let mut years = calendar.unknown_years(today, plus_days(today, DAYS_AHEAD));
    for item in items {
        match &item.what {
            Subject::Request(request) => years.extend(service.unknown_years(request)),
            Subject::Practice(_) | Subject::Silent(_) => {}
            Subject::Revisit(revisit) => years.extend(calendar.unknown_years(revisit.due_on, revisit.due_on)),
        }
    }
    years.sort_unstable();
    years.dedup();
    years
}
