//! `merge`, `link`, `split`: requests and their neighbours.

use crate::base::date::Quarter;
use crate::base::problem::What;
use crate::cli::clocks;
use crate::cli::commands::intake::settled;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::model::draft::{Draft, Need, Which};
use crate::model::request::{Request, Verb};
use crate::ops;
use crate::view::grid::Grid;
use crate::view::present;

#[derive(Debug, clap::Args)]
pub struct MergeArgs {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
    /// The request it is merged into
    pub into: String,
    /// Why
    #[arg(short, long)]
    pub reason: Option<String>,
    /// Merge although the customers differ
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, clap::Args)]
pub struct LinkArgs {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
    /// The other request
    pub other: String,
    /// Take the link away
    #[arg(long)]
    pub remove: bool,
    /// Why
    #[arg(short, long)]
    pub reason: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct SplitArgs {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
    /// What the second matter is about
    pub text: String,
    /// Category of the second matter
    #[arg(short = 'k', long)]
    pub category: Option<String>,
    /// Why
    #[arg(short, long)]
    pub reason: Option<String>,
}

pub fn merge(args: &MergeArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    into(session, "merge", Verb::Merge, [&args.id, &args.into], args.reason.as_deref().unwrap_or_default(), args.force)
}

/// Merges the first of two requests into the second; also how a review marks a duplicate.
pub fn into(
    session: &mut Session<'_>,
    action: &'static str,
    verb: Verb,
    typed: [&str; 2],
    reason: &str,
    force: bool,
) -> Result<Exit, Failure> {
    let (mut draft, id, target) = find::two_requests(session, typed[0], typed[1])?;
    let mut stamp = session.stamp(action)?;
    reason.clone_into(&mut stamp.note);
    let done = ops::merge::merge(&mut draft, &stamp, verb, &id, &target, force)?;
    clocks::settle(session, &mut draft, &stamp, &id)?;
    let committed = session.commit(&draft, &stamp)?;
    print(&draft, &id, session)?;
    if let Some(target) = draft.requests.get(&target).filter(|_| !committed.dry_run) {
        session.say(&present::request::merged(&id, target, done.moved.len(), done.skipped.len(), session.lang));
    }
    Ok(Exit::Done)
}

pub fn link(args: &LinkArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (mut draft, id, other) = find::two_requests(session, &args.id, &args.other)?;
    let mut stamp = session.stamp("link")?;
    stamp.note = args.reason.clone().unwrap_or_default();
    ops::link::link(&mut draft, &id, &other, !args.remove)?;
    let committed = session.commit(&draft, &stamp)?;
    print(&draft, &id, session)?;
    if let Some(request) = draft.requests.get(&id).filter(|_| committed.changed > 0 && !committed.dry_run) {
        session.say(&present::request::linked(request, session.lang));
    }
    Ok(Exit::Done)
}

pub fn split(args: &SplitArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    if args.text.trim().is_empty() {
        return Err(What::InputNeeded { flag: "TEXT" }.into());
    }
    let categories = session.book()?.category_rules()?.rules;
    let category = settled(&categories, args.category.as_deref().unwrap_or_default(), &session.locale()?)?;
    let usual = categories.default_of(&category, |category| category.severity);
    let (mut draft, id) = find::request(session, &args.id, &[])?;
    if let Some(first) = draft.requests.get(&id) {
        // the new one goes into the file of the first one's day, where its number must be free
        let quarter = Quarter::of(first.received_at.date(draft.settings.zone));
        let own = session.draft(&[Need::Requests(Which::Quarters(vec![quarter]))])?;
        draft = if own.requests.get(&id).is_some() { own } else { session.draft(&[Need::Requests(Which::All)])? };
    }
    let mut stamp = session.stamp("split")?;
    stamp.note = args.reason.clone().unwrap_or_default();
    let new = ops::split::split(&mut draft, &stamp, &id, args.text.clone(), category, usual)?;
    clocks::begin(session, &mut draft, new.id.as_str())?;
    let new = draft.requests.get(new.id.as_str()).cloned().unwrap_or(new);
    let committed = session.commit(&draft, &stamp)?;
    print(&draft, new.id.as_str(), session)?;
    if !committed.dry_run {
        let locale = draft.locale();
        session.say(&present::request::split_off(&id, &new, &locale, session.lang));
    }
    clocks::warn_of_promise(None, &new, session)?;
    Ok(Exit::Done)
}

/// The request as it stands now, for machines.
fn print(draft: &Draft, id: &str, session: &mut Session<'_>) -> Result<(), Failure> {
    let request: Option<&Request> = draft.requests.get(id).filter(|_| session.wants_json());
    let Some(request) = request else { return Ok(()) };
    session.print(&Grid::of("carebook.request.v1", &[request], &draft.locale(), session.lang, &draft.settings.currency))
}
