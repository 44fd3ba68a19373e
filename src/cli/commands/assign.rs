//! `assign`: a request to a member of staff, by hand or by the rules.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use crate::base::date::Quarter;
use crate::base::problem::{Problem, Problems, What};
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::helpful;
use crate::cli::session::Session;
use crate::engine::assignment::{Team, decide};
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Need, Which};
use crate::model::request::Request;
use crate::model::rules::assignment::AssignmentRules;
use crate::model::staff::{Absence, Staff};
use crate::ops::assign as verb;
use crate::store::{Book, Wanted};
use crate::view::present::assignment as present;

use super::said;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The request: its id or a unique tail, such as 1123-1
    #[arg(required_unless_present = "all_unassigned")]
    pub id: Option<String>,
    /// Short name of the member of staff [default: by rules/assignment.yaml]
    pub who: Option<String>,
    /// Why
    #[arg(short, long)]
    pub reason: Option<String>,
    /// Every reviewed request that nobody has yet, by the rules
    #[arg(long, conflicts_with_all = ["id", "who", "reason"])]
    pub all_unassigned: bool,
    /// Show whom the rules look at and why, and assign nothing
    #[arg(long, conflicts_with_all = ["who", "reason", "all_unassigned"])]
    pub explain: bool,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match (args.id.as_deref(), args.who.as_deref()) {
        (None, _) => all_unassigned(session),
        (Some(id), _) if args.explain => explain(id, session),
        (Some(id), Some(who)) => by_hand(id, who, args.reason.as_deref(), session),
        (Some(id), None) => by_rules(id, args.reason.as_deref(), session),
    }
}

fn by_hand(typed: &str, who: &str, reason: Option<&str>, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (mut draft, id) = find::request(session, typed, &[Need::Staff])?;
    let mut stamp = session.stamp("assign")?;
    reason.unwrap_or_default().clone_into(&mut stamp.note);
    verb::assign(&mut draft, &stamp, &id, who)?;
    let staff = crate::ops::staff::find(draft.staff.iter(), who)?;
    let book = session.book()?;
    let absences: Vec<Absence> = book.all()?;
    let mut team = Team::new([staff], &absences, stamp.at, draft.settings.zone);
    if staff.capacity.is_some() {
        team = counted(book, team, Some(&id))?;
    }
    // a person decides; what speaks against it is said all the same
    let against = team.find(staff.name.as_str()).and_then(|member| team.unavailable(member));
    let warning = against.map(|why| What::Unavailable { who: staff.name.to_string(), why: present::unfit_words(&why) });
    if let Some(what) = warning {
        session.warn(&Problem::warning(what));
    }
    let exit = said(session, &mut draft, &stamp, &id)?;
    tell(&draft, &id, session);
    Ok(exit)
}

/// What may help whoever it went to.
fn tell(draft: &Draft, id: &str, session: &mut Session<'_>) {
    if let Some(request) = draft.requests.get(id) {
        helpful::tell(request, session);
    }
}

fn by_rules(typed: &str, reason: Option<&str>, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let rules = rules(session, "WHO")?;
    let (mut draft, id) = find::request(session, typed, &[Need::Staff])?;
    let mut stamp = session.stamp("assign")?;
    let book = session.book()?;
    let absences: Vec<Absence> = book.all()?;
    let team = counted(book, Team::new(draft.staff.iter(), &absences, stamp.at, draft.settings.zone), Some(&id))?;
    let customers = customers(book, draft.requests.get(&id).into_iter())?;
    let decision = verb::decided(&draft, &id, customers.first(), &team, &rules)?;
    let Some(choice) = decision.choice.clone() else {
        let why = [crate::base::lang::Lang::Zh, crate::base::lang::Lang::En].map(|lang| present::nobody(&decision, lang));
        return Err(What::NobodyEligible { id, why }.into());
    };
    // the log speaks the book's language
    let ground = present::reason(&choice, draft.settings.lang);
    stamp.note = [&ground, reason.unwrap_or_default()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
    verb::by_choice(&mut draft, &stamp, &id, &choice)?;
    let told = format!("{id} → {} ({})", choice.who, present::reason(&choice, session.lang));
    let exit = said(session, &mut draft, &stamp, &id)?;
    session.say(&told);
    tell(&draft, &id, session);
    Ok(exit)
}

fn all_unassigned(session: &mut Session<'_>) -> Result<Exit, Failure> {
    let rules = rules(session, RULES)?;
    // the lock first, so that what is read stays as it is
    session.draft(&[])?;
    let stamp = session.stamp("assign")?;
    let book = session.book()?;
    let (locale, lang) = (book.locale(), book.settings.lang);
    let waiting: Vec<Request> = book.some(&verb::is_unassigned)?;
    let mut quarters: Vec<Quarter> = waiting.iter().map(|request| Quarter::of(request.received_at.date(locale.zone))).collect();
    quarters.sort_unstable();
    quarters.dedup();
    let (staff, absences): (Vec<Staff>, Vec<Absence>) = (book.all()?, book.all()?);
    let team = counted(book, Team::new(&staff, &absences, stamp.at, locale.zone), None)?;
    let customers = customers(book, waiting.iter())?;
    let mut draft = session.draft(&[Need::Requests(Which::Quarters(quarters))])?;
    let archive: HashMap<&str, &Customer> = customers.iter().map(|customer| (customer.id.as_str(), customer)).collect();
    let customer = |request: &Request| archive.get(request.customer.as_ref()?.as_str()).copied();
    let reason = |choice: &_| present::reason(choice, lang);
    let assigned = verb::all_unassigned(&mut draft, &stamp, &rules, team, &customer, &reason)?;
    // first the book, then the words: a reader who closes the pipe early must not stop the change
    if assigned.iter().any(|row| row.decision.choice.is_some()) {
        session.commit(&draft, &stamp)?;
    }
    if !assigned.is_empty() || session.wants_table() {
        session.print(&present::assigned(&assigned, &locale, session.lang))?;
    }
    let dry_run = session.flags.dry_run;
    session.say(&present::summary(&assigned, dry_run, session.lang));
    Ok(Exit::Done)
}

fn explain(typed: &str, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let rules = rules(session, RULES)?;
    let at = session.at()?;
    let book = session.book()?;
    let mut requests: Vec<Request> = book.named(typed)?;
    let id = find::id("requests", typed, requests.iter().map(|request| request.id.as_str()))?;
    requests.retain(|request| request.id.as_str() == id);
    let (staff, absences): (Vec<Staff>, Vec<Absence>) = (book.all()?, book.all()?);
    let team = counted(book, Team::new(&staff, &absences, at, book.settings.zone), Some(&id))?;
    let customers = customers(book, requests.iter())?;
    let Some(request) = requests.first() else { return Ok(Exit::Done) };
    let decision = decide(request, customers.first(), &team, &rules);
    session.print(&present::explanation(&decision, session.lang))?;
    let outcome = match &decision.choice {
        Some(choice) => format!("{id} → {} ({})", choice.who, present::reason(choice, session.lang)),
        None => session.lang.pick(format!("{id}: 没有人可接"), format!("{id}: nobody can take it")),
    };
    session.say(&outcome);
    Ok(Exit::Done)
}

/// Where the rules stand.
const RULES: &str = "rules/assignment.yaml";

/// The rules; without any, somebody has to be named.
fn rules(session: &Session<'_>, flag: &'static str) -> Result<AssignmentRules, Failure> {
    let rules = session.book()?.assignment_rules()?.rules;
    if rules.rules.is_empty() { Err(What::InputNeeded { flag }.into()) } else { Ok(rules) }
}

/// What everybody has in hand, without one request: where it goes afresh, nobody has it yet. The rows stream by.
fn counted<'a>(book: &Book, team: Team<'a>, but: Option<&str>) -> Result<Team<'a>, Problems> {
    let team = Mutex::new(team);
    let count = |request: &Request| {
        if let Ok(mut team) = team.lock().map_err(drop)
            && but != Some(request.id.as_str())
        {
            team.count(request);
        }
        false
    };
    let handled = |handler: &str| !handler.trim().is_empty();
    book.wanted(&Wanted { keep: &count, first: Some(("handler", &handled)), without: UNREAD })?;
    Ok(team.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// Columns that do not matter to the load.
const UNREAD: &[&str] = &["content", "wish", "measures", "result", "cause", "feedback_text", "customer_name", "category"];

/// The customers of these requests.
fn customers<'r>(book: &Book, requests: impl Iterator<Item = &'r Request>) -> Result<Vec<Customer>, Problems> {
    let wanted: HashSet<&str> = requests.filter_map(|request| request.customer.as_ref()).map(AsRef::as_ref).collect();
    archive::standing(book, &wanted)
}
