//! `revisit plan|coverage`: who is to be visited, and how many were.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::revisit::until;
use crate::base::date::{Quarter, plus_days};
use crate::base::period::Period;
use crate::base::problem::{Problem, Problems};
use crate::cli::classes;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::cli::weighing::index_of;
use crate::engine::cadence::{self, Contacts, Crew, Diaries, Plan, Question, Wishes, coverage};
use crate::engine::calendar::Schedule;
use crate::engine::tiering::movement::rank;
use crate::model::contact::Contact;
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Need, Which};
use crate::model::interaction::Interaction;
use crate::model::lifecycle::Class;
use crate::model::member::MemberIds;
use crate::model::merged::Merged;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::rules::revisits::RevisitRules;
use crate::model::staff::{Absence, Staff};
use crate::ops::revisit as verb;
use crate::store::{Book, Wanted};
use crate::view::format::Format;
use crate::view::present;

#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    /// Plan what is due by this day [default: in 7 days]
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct CoverageArgs {
    /// Revisits due in this period, such as 2026Q3 [default: this quarter]
    period: Option<String>,
    /// List the customers whose longest interval is over instead
    #[arg(long)]
    overdue: bool,
}

/// Columns in which no contact is told.
const NO_CONTACT: &[&str] = &["summary", "contact", "staff", "batch", "channel", "direction", "request"];
const NO_CONTACT_OF_REQUESTS: &[&str] = &[
    "customer_name",
    "category",
    "wish",
    "received_by",
    "department",
    "handler",
    "measures",
    "result",
    "cause",
    "responsible",
    "feedback_text",
    "confirmed_how",
    "confirmed_by",
    "related",
    "batch",
];

/// Everything that counts as a contact, and the orders where they are needed.
pub fn contacts<'r, 'v>(
    book: &Book,
    customers: &[&Customer],
    classes: &[Option<Class>],
    revisits: impl Iterator<Item = &'v Revisit>,
    rules: &'r RevisitRules,
    today: NaiveDate,
) -> Result<Contacts<'r>, Problems> {
    index_of(book, &MemberIds::of(customers.iter().copied()))?;
    let mut contacts = Contacts::new(customers, rules, today, book.settings.zone);
    if contacts.wants_first_orders() {
        book.scan_orders(None, &mut |row| contacts.order(row.customer, row.date))?;
    }
    revisits.for_each(|revisit| contacts.revisit(revisit));
    let interactions: Vec<Interaction> = book.wanted(&Wanted { without: NO_CONTACT, ..Wanted::those(&|_| true) })?;
    for interaction in &interactions {
        contacts.interaction(interaction);
    }
    let keep = |request: &Request| request.customer.is_some();
    let requests: Vec<Request> = book.wanted(&Wanted { without: NO_CONTACT_OF_REQUESTS, ..Wanted::those(&keep) })?;
    for request in &requests {
        contacts.request(request);
    }
    if contacts.wants_orders(customers, classes) {
        book.scan_orders(None, &mut |row| contacts.order(row.customer, row.date))?;
    }
    Ok(contacts)
}

/// The class of each customer, where the rules ask for it: it takes the whole book to tell.
pub fn classes_of(session: &Session<'_>, customers: &[&Customer], rules: &RevisitRules) -> Result<Vec<Option<Class>>, Failure> {
    if rules.asks_class() { classes::of(session, customers) } else { Ok(vec![None; customers.len()]) }
}

pub fn plan(args: &PlanArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let today = session.today;
    let until = until(args.until.as_deref(), today, plus_days(today, 7))?;
    let mut draft = session.draft(&[Need::Customers, Need::Revisits(Which::All), Need::Staff, Need::Absences])?;
    let plan = planned(session, &draft, until)?;
    let made = verb::plan(&mut draft, &plan.due);
    // first the book, then the words: a reader who closes the pipe early must not stop the change
    let stamp = session.stamp("revisit")?;
    if !made.is_empty() {
        session.commit(&draft, &stamp)?;
    }
    if !made.is_empty() || session.wants_table() {
        let grid = present::revisit_plan::planned(&made, &plan, session.lang);
        let table = session.format(Format::Table) == Format::Table;
        session.print(&if table { grid.without_blank_columns() } else { grid })?;
    }
    let dry_run = session.flags.dry_run;
    session.say(&present::revisit_plan::receipt(&plan, until, dry_run, session.lang));
    Ok(Exit::Done)
}

fn planned(session: &Session<'_>, draft: &Draft, until: NaiveDate) -> Result<Plan, Failure> {
    let (book, today) = (session.book()?, session.today);
    let rules = book.revisit_rules()?.rules;
    let customers: Vec<&Customer> = draft.customers.iter().collect();
    let classes = classes_of(session, &customers, &rules)?;
    let contacts = contacts(book, &customers, &classes, draft.revisits.iter(), &rules, today)?;
    let (staff, absences): (Vec<Staff>, Vec<Absence>) = (draft.staff.iter().cloned().collect(), draft.absences.iter().cloned().collect());
    let (schedule, people) = (Schedule::new(book.calendar()?.rules), book.all::<Contact>()?);
    let mut diaries = Diaries::new(Crew { staff: &staff, absences: &absences }, &rules, &schedule, today);
    draft.revisits.iter().for_each(|revisit| diaries.count(revisit));
    let tiers = book.tier_rules()?.rules;
    let question = Question {
        customers: &customers,
        classes: &classes,
        contacts: &contacts,
        wishes: &Wishes::of(&people),
        rank: &|tier| rank(&tiers, tier),
        until,
    };
    Ok(cadence::plan(&question, &mut diaries))
}

pub fn coverage(args: &CoverageArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (book, today) = (session.book()?, session.today);
    let parse = |text: &str| Period::parse(text, today).map_err(|what| Problem::error(what).field("PERIOD"));
    let period = args.period.as_deref().map(parse).transpose()?.unwrap_or(Period::quarter(Quarter::of(today)));
    let rules = book.revisit_rules()?.rules;
    let all: Vec<Customer> = book.all()?;
    let customers: Vec<&Customer> = all.iter().collect();
    let classes = classes_of(session, &customers, &rules)?;
    let revisits: Vec<Revisit> = book.all()?;
    let contacts = contacts(book, &customers, &classes, revisits.iter(), &rules, today)?;
    let reach = coverage::reach(&customers, &classes, &contacts);
    if args.overdue {
        if reach.neglected.is_empty() && !session.wants_table() {
            session.say(session.lang.pick("没有超过最长间隔的客户。", "No customer is past the longest interval."));
            return Ok(Exit::Done);
        }
        let grid = present::revisit_plan::neglected(&reach, today, session.lang);
        session.print(&grid)?;
        return Ok(Exit::Done);
    }
    let merged = Merged::of(&all);
    let tiers: HashMap<&str, &str> = all.iter().map(|customer| (customer.id.as_str(), customer.tier.trim())).collect();
    let tier = |id: &str| tiers.get(merged.survivor(id)).copied().unwrap_or_default().to_owned();
    let groups = coverage::tallies(&revisits, &tier, period, today);
    let grid = present::revisit_plan::coverage(&groups, &reach, period, session.lang);
    session.print(&grid)?;
    if !session.wants_json() {
        let text = present::revisit_plan::reach(&reach, session.lang);
        session.say(&text);
    }
    Ok(Exit::Done)
}
