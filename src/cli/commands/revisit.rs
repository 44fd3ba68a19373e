//! `revisit plan|due|done|skip|attempt`.

use chrono::NaiveDate;

use crate::base::date::{DateOrder, Quarter, parse_date, plus_days};
use crate::base::period::Period;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::engine::cadence::{self, Contacts, Plan};
use crate::engine::calendar::Schedule;
use crate::model::cell::Cell;
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Need, Which};
use crate::model::interaction::Interaction;
use crate::model::merged::Merged;
use crate::model::request::{Grade, Request};
use crate::model::revisit::{Revisit, RevisitStatus};
use crate::model::rules::revisits::RevisitRules;
use crate::model::stamp::Stamp;
use crate::ops::revisit::{self as verb, Findings};
use crate::store::Book;
use crate::view::present;
use crate::view::present::events::Scene;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Plan the revisits the cadence asks for
    #[command(visible_alias = "计划")]
    Plan(PlanArgs),
    /// The revisits to be done now
    #[command(visible_alias = "到期")]
    Due(DueArgs),
    /// Record a revisit that was done
    #[command(visible_alias = "完成")]
    Done(DoneArgs),
    /// Leave a revisit out, for a reason
    #[command(visible_alias = "跳过")]
    Skip(SkipArgs),
    /// Nobody answered: try again later
    #[command(visible_alias = "未接通")]
    Attempt(AttemptArgs),
}

#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    /// Plan what is due by this day [default: in 7 days]
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct DueArgs {
    /// Also those due by this day [default: today]
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// Only this member of staff
    #[arg(long = "for", value_name = "STAFF")]
    staff: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct DoneArgs {
    /// The revisit: its id or a unique tail, such as 1123-1
    id: String,
    /// 1 to 5, or "very satisfied" … "very dissatisfied"
    #[arg(short, long, value_name = "SCORE")]
    satisfaction: Option<String>,
    /// How, such as phone or visit
    #[arg(short, long)]
    method: Option<String>,
    /// What the customer needs
    #[arg(long)]
    needs: Option<String>,
    /// What the customer suggests
    #[arg(long)]
    suggestions: Option<String>,
    /// What the customer complains of
    #[arg(long)]
    problems: Option<String>,
    /// What was agreed
    #[arg(long)]
    outcome: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct SkipArgs {
    /// The revisit: its id or a unique tail, such as 1123-1
    id: String,
    /// Why
    #[arg(short, long)]
    reason: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct AttemptArgs {
    /// The revisit: its id or a unique tail, such as 1123-1
    id: String,
    /// A note on the attempt
    text: Option<String>,
}

pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Plan(args) => plan(args, session),
        Command::Due(args) => due(args, session),
        Command::Done(args) => done(args, session),
        Command::Skip(args) => skip(args, session),
        Command::Attempt(args) => attempt(args, session),
    }
}

/// The last day of what was typed: a date, or a period such as `this week`.
fn until(typed: Option<&str>, today: NaiveDate, otherwise: NaiveDate) -> Result<NaiveDate, Problem> {
    let Some(text) = typed else { return Ok(otherwise) };
    let period = |problem| Period::parse(text, today).map(|period| period.to).map_err(|_| problem);
    parse_date(text, DateOrder::Iso).or_else(period).map_err(|what| Problem::error(what).field("--until"))
}

fn plan(args: &PlanArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let today = session.today;
    let until = until(args.until.as_deref(), today, plus_days(today, 7))?;
    let mut draft = session.draft(&[Need::Customers, Need::Revisits(Which::All)])?;
    let plan = planned(session.book()?, &draft, today, until)?;
    let made = verb::plan(&mut draft, &plan.due);
    // first the book, then the words: a reader who closes the pipe early must not stop the change
    let stamp = session.stamp("revisit")?;
    if !made.is_empty() {
        session.commit(&draft, &stamp)?;
    }
    if !made.is_empty() || session.wants_json() {
        let grid = present::revisit::planned(&made, &plan, session.lang);
        session.print(&grid)?;
    }
    let dry_run = session.flags.dry_run;
    session.say(&present::revisit::plan_receipt(&plan, until, dry_run, session.lang));
    Ok(Exit::Done)
}

fn planned(book: &Book, draft: &Draft, today: NaiveDate, until: NaiveDate) -> Result<Plan, Problems> {
    let rules = book.revisit_rules()?.rules;
    let customers: Vec<&Customer> = draft.customers.iter().collect();
    let mut contacts = Contacts::new(&customers, today, draft.settings.zone);
    draft.revisits.iter().for_each(|revisit| contacts.revisit(revisit));
    let period = reach(&rules, today);
    book.within::<Interaction>(period)?.iter().for_each(|interaction| contacts.interaction(interaction));
    book.within::<Request>(period)?.iter().for_each(|request| contacts.request(request));
    if contacts.wants_orders(&customers, &rules) {
        book.scan_orders(None, &mut |row| contacts.order(row.customer, row.date))?;
    }
    Ok(cadence::plan(&customers, &contacts, &rules, &Schedule::new(book.calendar()?.rules), until))
}

/// A contact longer ago than the longest interval leaves a customer due today whatever its day was.
fn reach(rules: &RevisitRules, today: NaiveDate) -> Period {
    let first = rules.cadence.iter().map(|(_, span)| span.before(today)).min();
    Period::days(first.unwrap_or(today), NaiveDate::MAX)
}

fn due(args: &DueArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let today = session.today;
    let until = until(args.until.as_deref(), today, today)?;
    let book = session.book()?;
    let mut revisits: Vec<Revisit> = book.all()?;
    let staff = args.staff.as_deref().map(fold_key);
    let theirs = |revisit: &Revisit| staff.as_ref().is_none_or(|staff| fold_key(&revisit.staff) == *staff);
    revisits.retain(|revisit| revisit.status == RevisitStatus::Planned && revisit.due_on <= until && theirs(revisit));
    revisits.sort_by(|a, b| a.due_on.cmp(&b.due_on).then_with(|| a.id.cmp(&b.id)));
    if revisits.is_empty() && !session.wants_document() {
        session.say(&session.lang.pick(format!("截至 {until} 没有待做的回访。"), format!("No revisits due by {until}.")));
        return Ok(Exit::Done);
    }
    let customers: Vec<Customer> = book.all()?;
    let customers = Merged::of(&customers).standing_in(customers);
    let rows: Vec<&Revisit> = revisits.iter().collect();
    let mut grid = present::revisit::due(&rows, &customers, today, session.lang);
    let name = book.settings.name.clone();
    let scene = Scene { book: &name, now: session.now, today, customers: &customers, lang: session.lang };
    grid.calendar = Some(scene.revisits(&rows));
    session.print(&grid)?;
    Ok(Exit::Done)
}

fn done(args: &DoneArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (mut draft, id) = find::revisit(session, &args.id, &[])?;
    let satisfaction = args.satisfaction.as_deref().map(|text| score(text, &draft)).transpose()?;
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let findings = Findings {
        satisfaction,
        method: text(&args.method),
        needs: text(&args.needs),
        suggestions: text(&args.suggestions),
        problems: text(&args.problems),
        outcome: text(&args.outcome),
    };
    let stamp = session.stamp("revisit")?;
    let revisit = verb::done(&mut draft, &stamp, &id, findings)?;
    said(session, &draft, &stamp, &revisit)
}

/// A number, whose range the verb checks, or one of the five grades in words.
fn score(text: &str, draft: &Draft) -> Result<u32, Problem> {
    let locale = draft.locale();
    let number = u32::read(text, &locale);
    let worded = |_| Grade::read(text, &locale).map(Grade::score);
    number.or_else(worded).map_err(|what| Problem::error(what).field("--satisfaction"))
}

fn skip(args: &SkipArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let reason = args.reason.clone().ok_or(What::InputNeeded { flag: "--reason" })?;
    let (mut draft, id) = find::revisit(session, &args.id, &[])?;
    let mut stamp = session.stamp("revisit")?;
    stamp.note.clone_from(&reason);
    let revisit = verb::skip(&mut draft, &id, &reason)?;
    said(session, &draft, &stamp, &revisit)
}

fn attempt(args: &AttemptArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let stamp = session.stamp("revisit")?;
    let book = session.book()?;
    let rules = book.revisit_rules()?.rules;
    let schedule = session.schedule()?;
    let again = verb::retry_on(&rules, &schedule, stamp.at.date(book.settings.zone));
    let (mut draft, id) = find::revisit(session, &args.id, &[Quarter::of(again)])?;
    let next = verb::attempt(&mut draft, &stamp, &id, &rules, &schedule, args.text.as_deref().unwrap_or_default())?;
    let committed = session.commit(&draft, &stamp)?;
    if !committed.dry_run {
        session.say(&present::revisit::tried(&id, &next, session.lang));
    }
    Ok(Exit::Done)
}

fn said(session: &mut Session<'_>, draft: &Draft, stamp: &Stamp, revisit: &Revisit) -> Result<Exit, Failure> {
    let committed = session.commit(draft, stamp)?;
    if !committed.dry_run {
        session.say(&present::revisit::stands(revisit, session.lang));
    }
    Ok(Exit::Done)
}
