//! `revisit due|skip|attempt|move|add`; planning and what a visit leads to have files of their own.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::revisit_done::{self, DoneArgs};
use super::revisit_plan::{self, CoverageArgs, PlanArgs, classes_of, contacts};
use crate::base::date::{DateOrder, Quarter, parse_date};
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::period::Period;
use crate::base::problem::{Problem, What};
use crate::base::text::fold_key;
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::engine::assignment::Team;
use crate::engine::cadence::{State, Wishes};
use crate::engine::calendar::Schedule;
use crate::model::consent::is_withdrawn;
use crate::model::contact::Contact;
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Need, Which};
use crate::model::merged::Merged;
use crate::model::revisit::{Revisit, RevisitReason, RevisitStatus};
use crate::model::staff::{Absence, Staff};
use crate::model::stamp::Stamp;
use crate::model::vocabulary::Code;
use crate::ops::revisit::{self as verb, ByHand};
use crate::store::Book;
use crate::view::grid::Grid;
use crate::view::present;
use crate::view::present::assignment::unfit_words;
use crate::view::present::events::Scene;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Plan the revisits the rules ask for
    #[command(visible_alias = "计划")]
    Plan(PlanArgs),
    /// The revisits to be done now
    #[command(visible_alias = "到期")]
    Due(DueArgs),
    /// Record a revisit that was done, and what follows from it
    #[command(visible_alias = "完成")]
    Done(DoneArgs),
    /// Leave a revisit out, for a reason
    #[command(visible_alias = "跳过")]
    Skip(SkipArgs),
    /// Nobody answered: try again later
    #[command(visible_alias = "未接通")]
    Attempt(AttemptArgs),
    /// Put a planned revisit on another day
    #[command(visible_alias = "改期")]
    Move(MoveArgs),
    /// Plan a revisit by hand
    #[command(visible_alias = "新增")]
    Add(AddArgs),
    /// How many of the revisits due were done, and who was not spoken to for too long
    #[command(visible_alias = "覆盖率")]
    Coverage(CoverageArgs),
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

#[derive(Debug, clap::Args)]
pub struct MoveArgs {
    /// The revisit: its id or a unique tail, such as 1123-1
    id: String,
    /// The new day
    date: String,
    /// Who makes it from now on
    #[arg(long, value_name = "WHO")]
    staff: Option<String>,
    /// Why
    #[arg(short, long)]
    reason: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// The customer: id, name, phone or email
    customer: String,
    /// The day
    date: String,
    /// cadence, request, new, silent, survey or manual [default: manual]
    #[arg(long, value_name = "REASON")]
    reason_code: Option<String>,
    /// Who makes it [default: the customer's owner]
    #[arg(long, value_name = "WHO")]
    staff: Option<String>,
    /// A note
    #[arg(long)]
    note: Option<String>,
}

pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Plan(args) => revisit_plan::plan(args, session),
        Command::Due(args) => due(args, session),
        Command::Done(args) => revisit_done::done(args, session),
        Command::Skip(args) => skip(args, session),
        Command::Attempt(args) => attempt(args, session),
        Command::Move(args) => reschedule(args, session),
        Command::Add(args) => add(args, session),
        Command::Coverage(args) => revisit_plan::coverage(args, session),
    }
}

/// The last day of what was typed: a date, or a period such as `this week`.
pub fn until(typed: Option<&str>, today: NaiveDate, otherwise: NaiveDate) -> Result<NaiveDate, Problem> {
    let Some(text) = typed else { return Ok(otherwise) };
    let period = |problem| Period::parse(text, today).map(|period| period.to).map_err(|_| problem);
    parse_date(text, DateOrder::Iso).or_else(period).map_err(|what| Problem::error(what).field("--until"))
}

fn due(args: &DueArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let today = session.today;
    let until = until(args.until.as_deref(), today, today)?;
    let book = session.book()?;
    let all: Vec<Revisit> = book.all()?;
    let staff = args.staff.as_deref().map(fold_key);
    let theirs = |revisit: &Revisit| staff.as_ref().is_none_or(|staff| fold_key(&revisit.staff) == *staff);
    let erased = archive::erased(book)?;
    let is_due = |revisit: &&Revisit| revisit.status == RevisitStatus::Planned && revisit.due_on <= until && theirs(revisit);
    let mut rows: Vec<&Revisit> = all.iter().filter(is_due).filter(|revisit| !erased.has(revisit.customer.as_str())).collect();
    rows.sort_by(|a, b| a.due_on.cmp(&b.due_on).then_with(|| a.id.cmp(&b.id)));
    if rows.is_empty() && !session.wants_table() {
        session.say(&session.lang.pick(format!("截至 {until} 没有待做的回访。"), format!("No revisits due by {until}.")));
        return Ok(Exit::Done);
    }
    let customers: Vec<Customer> = book.all()?;
    let states = states(session, &customers, &all)?;
    let (customers, people) = (Merged::of(&customers).standing_in(customers), book.all::<Contact>()?);
    let wishes = Wishes::of(&people);
    let mut grid = present::revisit::due(&rows, &customers, &wishes, &states, today, session.lang);
    let scene = Scene {
        book: &book.settings.name,
        now: session.now,
        today,
        zone: book.settings.zone,
        customers: &customers,
        wishes: &wishes,
        lang: session.lang,
    };
    grid.calendar = Some(scene.revisits(&rows));
    session.print(&grid)?;
    Ok(Exit::Done)
}

/// How the customers stand to their intervals today, by id; who has none is not in it.
fn states(session: &Session<'_>, customers: &[Customer], revisits: &[Revisit]) -> Result<HashMap<String, State>, Failure> {
    let book = session.book()?;
    let rules = book.revisit_rules()?.rules;
    let asked: Vec<&Customer> = customers.iter().collect();
    let classes = classes_of(session, &asked, &rules)?;
    let contacts = contacts(book, &asked, &classes, revisits.iter(), &rules, session.today)?;
    let merged = Merged::of(customers);
    let at: HashMap<&str, usize> = customers.iter().enumerate().map(|(at, customer)| (customer.id.as_str(), at)).collect();
    let state = |id: &str| {
        let position = *at.get(merged.survivor(id))?;
        Some(contacts.turn(position, &customers[position], classes[position])?.state(session.today))
    };
    let named = revisits.iter().filter(|revisit| revisit.status == RevisitStatus::Planned).map(|revisit| revisit.customer.as_str());
    Ok(named.filter_map(|id| Some((id.to_owned(), state(id)?))).collect())
}

fn skip(args: &SkipArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let reason = args.reason.clone().ok_or(What::InputNeeded { flag: "--reason" })?;
    let (mut draft, id) = find::revisit(session, &args.id, &[])?;
    let mut stamp = session.stamp("revisit")?;
    stamp.note.clone_from(&reason);
    let revisit = verb::skip(&mut draft, &id, &reason)?;
    let said = present::revisit::stands(&revisit, true, session.lang);
    finish(session, &draft, &stamp, &revisit, &said)
}

fn attempt(args: &AttemptArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let stamp = session.stamp("revisit")?;
    let rules = session.book()?.revisit_rules()?.rules;
    let (found, id) = find::revisit(session, &args.id, &[])?;
    let who = found.revisits.get(&id).map(|revisit| revisit.staff.clone()).unwrap_or_default();
    let schedule = session.schedule_of(&who)?;
    let again = verb::retry_on(&rules, &schedule, stamp.at.date(found.settings.zone));
    let (mut draft, id) = find::revisit(session, &id, &[Quarter::of(again)])?;
    let attempted = verb::attempt(&mut draft, &stamp, &id, &rules, &schedule, args.text.as_deref().unwrap_or_default())?;
    let Some(tried) = draft.revisits.get(&id).cloned() else { return Ok(Exit::Done) };
    let (shown, said) = match &attempted.next {
        Some(next) => (next, present::revisit::tried(&id, next, session.lang)),
        None => (&tried, present::revisit::given_up(&tried, attempted.tries, session.lang)),
    };
    finish(session, &draft, &stamp, shown, &said)
}

fn reschedule(args: &MoveArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let reason = args.reason.clone().ok_or(What::InputNeeded { flag: "--reason" })?;
    let day = day(&args.date, session)?;
    let staff = args.staff.as_deref().map(|typed| visitor(typed, session.book()?)).transpose()?;
    let (mut draft, id) = find::revisit(session, &args.id, &[Quarter::of(day)])?;
    let mut stamp = session.stamp("revisit")?;
    stamp.note.clone_from(&reason);
    let before = draft.revisits.get(&id).map(|revisit| revisit.due_on);
    let revisit = verb::reschedule(&mut draft, &id, day, staff.as_deref(), &reason)?;
    against(&revisit, session)?;
    let said = present::revisit::moved(&revisit, before.unwrap_or(day), session.lang);
    finish(session, &draft, &stamp, &revisit, &said)
}

fn add(args: &AddArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let day = day(&args.date, session)?;
    let reason = args.reason_code.as_deref().map(reason_code).transpose()?.unwrap_or(RevisitReason::Manual);
    let staff = args.staff.as_deref().map(|typed| visitor(typed, session.book()?)).transpose()?;
    let needs = [Need::Revisits(Which::Quarters(vec![Quarter::of(day)]))];
    let (mut draft, id, gone) = find::draft_with_standing(session, &args.customer, &needs)?;
    if let Some(gone) = gone {
        session.say(&present::merge_customer::led(&gone, &id, session.lang));
    }
    let Some(customer) = draft.customers.get(&id).cloned() else { return Ok(Exit::Done) };
    let people = session.book()?.all::<Contact>()?;
    let input = ByHand {
        customer: Id::made(id),
        day,
        reason,
        staff: staff.unwrap_or_else(|| customer.owner.trim().to_owned()),
        method: Wishes::of(&people).wish(&customer).channel.to_owned(),
        note: args.note.clone().unwrap_or_default(),
    };
    let revisit = verb::add(&mut draft, input)?;
    against(&revisit, session)?;
    if is_withdrawn(&customer.consent) {
        session.say(&present::revisit::withdrawn(&customer, session.lang));
    }
    let stamp = session.stamp("revisit")?;
    let said = present::revisit::follow_up(&revisit, session.lang);
    finish(session, &draft, &stamp, &revisit, &said)
}

fn reason_code(typed: &str) -> Result<RevisitReason, Problem> {
    RevisitReason::from_text(typed).ok_or_else(|| {
        let allowed = RevisitReason::WORDS.iter().map(|word| word.code.to_owned()).collect();
        Problem::error(What::UnknownCode { value: typed.to_owned(), allowed }).field("--reason-code")
    })
}

/// A day for a visit: today at the earliest.
fn day(typed: &str, session: &Session<'_>) -> Result<NaiveDate, Problem> {
    let wrong = |what| Problem::error(what).field("DATE");
    let day = parse_date(typed, DateOrder::Iso).map_err(wrong)?;
    let last = NaiveDate::from_ymd_opt(2199, 12, 31).unwrap_or(NaiveDate::MAX);
    if day < session.today || day > last {
        let (min, max) = (session.today.to_string(), last.to_string());
        return Err(wrong(What::OutOfRange { value: day.to_string(), min, max }));
    }
    Ok(day)
}

/// The short name of the member of staff that is meant.
fn visitor(typed: &str, book: &Book) -> Result<String, Failure> {
    let staff: Vec<Staff> = book.all()?;
    Ok(find::id("staff", typed, staff.iter().map(|staff| staff.name.as_str()))?)
}

/// Warns of what speaks against a day that a person decided on: a day off, a visitor who is away.
fn against(revisit: &Revisit, session: &mut Session<'_>) -> Result<(), Failure> {
    let book = session.book()?;
    let (zone, off) = (book.settings.zone, !Schedule::new(book.calendar()?.rules).is_workday(revisit.due_on));
    let (staff, absences): (Vec<Staff>, Vec<Absence>) = (book.all()?, book.all()?);
    let team = Team::new(&staff, &absences, Instant::start_of(revisit.due_on, zone), zone);
    let why = team.find(&revisit.staff).and_then(|member| team.unavailable(member));
    if let Some(why) = why {
        let what = What::Unavailable { who: revisit.staff.clone(), why: unfit_words(&why) };
        session.warn(&Problem::warning(what));
    }
    if off {
        session.say(&present::revisit::day_off(revisit.due_on, session.lang));
    }
    Ok(())
}

/// One revisit as a document.
pub fn record_grid(revisit: &Revisit, draft: &Draft, lang: Lang) -> Grid {
    Grid::of("carebook.revisit.v1", &[revisit], &draft.locale(), lang, &draft.settings.currency)
}

fn finish(session: &mut Session<'_>, draft: &Draft, stamp: &Stamp, revisit: &Revisit, said: &str) -> Result<Exit, Failure> {
    let committed = session.commit(draft, stamp)?;
    if session.wants_json() {
        let grid = record_grid(revisit, draft, session.lang);
        session.print(&grid)?;
    }
    if !committed.dry_run {
        session.say(said);
    }
    Ok(Exit::Done)
}
