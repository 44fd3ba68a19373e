//! `practice plan|due|list|show|done|skip`: the checklists of the lifecycle classes.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::today::person;
use crate::base::date::{DateOrder, Quarter, parse_date};
use crate::base::period::Period;
use crate::base::problem::{Problem, What};
use crate::base::text::fold_key;
use crate::cli::archive;
use crate::cli::classes;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::living;
use crate::cli::session::Session;
use crate::engine::practice::{self, Asked, Plan};
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Need, Which};
use crate::model::lifecycle::Class;
use crate::model::merged::Merged;
use crate::model::practice::{Practice, StepStatus};
use crate::model::stamp::Stamp;
use crate::ops::practice as verb;
use crate::store::check;
use crate::view::present;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Start the checklists of who entered a class, and close the steps of who left it
    #[command(visible_alias = "计划")]
    Plan(PlanArgs),
    /// The steps to be done now
    #[command(visible_alias = "到期")]
    Due(DueArgs),
    /// List steps
    #[command(visible_alias = "列表")]
    List(ListArgs),
    /// A customer's checklists, with ticks
    #[command(visible_alias = "查看")]
    Show(ShowArgs),
    /// A step was done
    #[command(visible_alias = "完成")]
    Done(DoneArgs),
    /// Leave a step out, for a reason
    #[command(visible_alias = "跳过")]
    Skip(SkipArgs),
}

#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    /// Only checklists whose first step is due by this day [default: all]
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct DueArgs {
    /// Also those due by this day [default: today]
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// Only this member of staff, and what nobody has
    #[arg(long = "for", value_name = "STAFF")]
    staff: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Filters, see `carebook help filters`
    filters: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// The customer: id, name, phone or email
    customer: String,
}

#[derive(Debug, clap::Args)]
pub struct DoneArgs {
    /// The step: its id or a unique tail, such as 1123-1
    id: String,
    /// What came of it
    text: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct SkipArgs {
    /// The step: its id or a unique tail, such as 1123-1
    id: String,
    /// Why
    #[arg(short, long)]
    reason: Option<String>,
}

pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Plan(args) => plan(args, session),
        Command::Due(args) => due(args, session),
        Command::List(args) => super::list::of("practices", &args.filters, session),
        Command::Show(args) => show(args, session),
        Command::Done(args) => done(args, session),
        Command::Skip(args) => skip(args, session),
    }
}

/// The last day of what was typed: a date, or a period such as `this week`.
fn until(typed: Option<&str>, today: NaiveDate) -> Result<Option<NaiveDate>, Problem> {
    let Some(text) = typed else { return Ok(None) };
    let period = |problem| Period::parse(text, today).map(|period| period.to).map_err(|_| problem);
    parse_date(text, DateOrder::Iso).or_else(period).map(Some).map_err(|what| Problem::error(what).field("--until"))
}

fn plan(args: &PlanArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (today, lang) = (session.today, session.lang);
    let until = until(args.until.as_deref(), today)?;
    let stamp = session.stamp("practice")?;
    let mut draft = session.draft(&[Need::Customers, Need::Practices(Which::All)])?;
    let plan = decided(&draft, until, session)?;
    let planned = verb::plan(&mut draft, &stamp, &plan);
    let any = !planned.started.is_empty() || !planned.closed.is_empty();
    // first the book, then the words
    let recorded = any && !session.commit(&draft, &stamp)?.dry_run;
    if any || session.wants_table() {
        let customers: Vec<Customer> = draft.customers.iter().cloned().collect();
        let rows: Vec<&Practice> = planned.started.iter().chain(&planned.closed).collect();
        session.print(&present::practice::rows(&rows, &customers, &|_| None, today, lang))?;
    }
    for line in present::practice::receipt(&planned.started, planned.closed.len(), &plan, recorded, lang) {
        session.say(&line);
    }
    Ok(Exit::Done)
}

fn decided(draft: &Draft, until: Option<NaiveDate>, session: &Session<'_>) -> Result<Plan, Failure> {
    let book = session.book()?;
    let lives = living::of(book, draft.customers.iter(), session.today)?;
    let customers: Vec<&Customer> = draft.customers.iter().collect();
    let strangers = check::named::practices(book);
    if !strangers.is_empty() {
        return Err(strangers.into());
    }
    let (rules, schedule) = (book.practice_rules()?.rules, session.schedule()?);
    let lang = book.settings.lang;
    let asked = Asked { customers: &customers, lifecycle: &lives.lifecycle, rules: &rules, schedule: &schedule, until, lang };
    Ok(practice::plan(draft.practices.iter(), &asked))
}

fn due(args: &DueArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (today, lang) = (session.today, session.lang);
    let until = until(args.until.as_deref(), today)?.unwrap_or(today);
    let book = session.book()?;
    let staff = args.staff.as_deref().map(|typed| person(typed, book)).transpose()?.map(|name| fold_key(&name));
    let theirs = |name: &str| name.trim().is_empty() || staff.as_ref().is_none_or(|staff| fold_key(name) == *staff);
    let erased = archive::erased(book)?;
    let is_due = |row: &Practice| row.status == StepStatus::Planned && row.due_on <= until && theirs(&row.staff);
    let mut rows: Vec<Practice> = book.some(&|row: &Practice| is_due(row) && !erased.has(row.customer.as_str()))?;
    rows.sort_by(|a, b| a.due_on.cmp(&b.due_on).then_with(|| a.id.cmp(&b.id)));
    if rows.is_empty() && !session.wants_table() {
        session.say(&lang.pick(format!("截至 {until} 没有待办的跟进。"), format!("No practice steps due by {until}.")));
        return Ok(Exit::Done);
    }
    let customers: Vec<Customer> = book.all()?;
    let customers = Merged::of(&customers).standing_in(customers);
    let classes = classes::of(session, &customers.iter().collect::<Vec<_>>())?;
    let by_id: HashMap<&str, Class> =
        customers.iter().zip(classes).filter_map(|(customer, class)| Some((customer.id.as_str(), class?))).collect();
    let now = |id: &str| by_id.get(id).copied();
    session.print(&present::practice::rows(&rows.iter().collect::<Vec<_>>(), &customers, &now, today, lang))?;
    Ok(Exit::Done)
}

fn show(args: &ShowArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (today, lang) = (session.today, session.lang);
    let book = session.book()?;
    let customers: Vec<Customer> = book.all()?;
    let merged = Merged::of(&customers);
    let named = find::customer(book, &args.customer, customers.iter())?;
    let id = merged.survivor(&named).to_owned();
    let mut rows: Vec<Practice> = book.some(&|row: &Practice| merged.survivor(row.customer.as_str()) == id)?;
    rows.sort_by(|a, b| (a.since, a.class, a.due_on, &a.id).cmp(&(b.since, b.class, b.due_on, &b.id)));
    let lives = living::of(book, customers.iter(), today)?;
    let locale = book.locale();
    let standing = customers.iter().position(|customer| customer.id.as_str() == id).and_then(|at| lives.lifecycle.at(at));
    if id != named {
        session.say(&present::merge_customer::led(&named, &id, lang));
    }
    if session.wants_document() {
        let now = |_: &str| standing.map(|row| row.class);
        let mut grid = present::practice::rows(&rows.iter().collect::<Vec<_>>(), &customers, &now, today, lang);
        let class = standing.map_or(serde_json::Value::Null, |row| present::lifecycle::sheet_json(row, today, locale.digits));
        grid.notes.push(("lifecycle", class));
        session.print(&grid)?;
        return Ok(Exit::Done);
    }
    let name = customers.iter().find(|customer| customer.id.as_str() == id).map_or("", |customer| customer.title());
    session.print_text(&present::practice::checklists(&id, name, standing, &rows, today, lang))?;
    Ok(Exit::Done)
}

fn done(args: &DoneArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (mut draft, id) = with_step(&args.id, session)?;
    let stamp = session.stamp("practice")?;
    let practice = verb::done(&mut draft, &stamp, &id, args.text.as_deref().unwrap_or_default())?;
    said(session, &draft, &stamp, &practice)
}

fn skip(args: &SkipArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let reason = args.reason.clone().ok_or(What::InputNeeded { flag: "--reason" })?;
    let (mut draft, id) = with_step(&args.id, session)?;
    let mut stamp = session.stamp("practice")?;
    stamp.note.clone_from(&reason);
    let practice = verb::skip(&mut draft, &stamp, &id, &reason)?;
    said(session, &draft, &stamp, &practice)
}

/// A draft with the step that `typed` names, and its id; a whole id carries its date.
fn with_step(typed: &str, session: &mut Session<'_>) -> Result<(Draft, String), Failure> {
    let ids = |draft: &Draft| find::id("practices", typed, draft.practices.iter().map(|practice| practice.id.as_str()));
    let dated = typed.strip_prefix(['S', 's']).and_then(|rest| parse_date(rest.get(..8)?, DateOrder::Iso).ok());
    if let Some(date) = dated {
        let draft = session.draft(&[Need::Practices(Which::Quarters(vec![Quarter::of(date)]))])?;
        if let Ok(id) = ids(&draft) {
            return Ok((draft, id));
        }
    }
    let draft = session.draft(&[Need::Practices(Which::All)])?;
    let id = ids(&draft)?;
    Ok((draft, id))
}

fn said(session: &mut Session<'_>, draft: &Draft, stamp: &Stamp, practice: &Practice) -> Result<Exit, Failure> {
    let committed = session.commit(draft, stamp)?;
    if session.wants_json() {
        let (locale, currency) = (draft.locale(), &draft.settings.currency);
        let grid = crate::view::grid::Grid::of("carebook.practice.v1", &[practice], &locale, session.lang, currency);
        session.print(&grid)?;
    }
    if !committed.dry_run {
        session.say(&present::practice::stands(practice, session.lang));
    }
    Ok(Exit::Done)
}
