//! `confirm`, `feedback`, `close`, `reopen`.

use crate::base::period::Period;
use crate::base::problem::What;
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::keeping;
use crate::cli::session::Session;
use crate::model::cell::Cell;
use crate::model::consent::is_withdrawn;
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Need, Which};
use crate::model::request::{Grade, Verb};
use crate::model::revisit::Revisit;
use crate::model::rules::feedback::Remedy;
use crate::model::stamp::Stamp;
use crate::ops::{self, finish, gate, revisit};
use crate::view::present;

use super::{findings, said};

#[derive(Debug, clap::Args)]
pub struct ConfirmArgs {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
    /// How the customer confirmed, such as phone
    #[arg(long)]
    pub how: Option<String>,
    /// Who confirmed, where it was not the customer in person
    #[arg(long)]
    pub by: Option<String>,
    #[command(flatten)]
    pub findings: findings::FoundArgs,
}

#[derive(Debug, clap::Args)]
pub struct FeedbackArgs {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
    /// 1 to 5, or "very satisfied" … "very dissatisfied", 非常满意 … 非常不满意
    pub score: String,
    /// The customer's words
    pub text: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct CloseArgs {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
    /// Close it although the customer did not confirm
    #[arg(long)]
    pub unconfirmed: bool,
    #[command(flatten)]
    pub findings: findings::FoundArgs,
}

#[derive(Debug, clap::Args)]
pub struct ReopenArgs {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
    /// Why
    #[arg(short, long)]
    pub reason: Option<String>,
}

pub fn confirm(args: &ConfirmArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let categories = session.book()?.category_rules()?.rules;
    let (mut draft, id) = find::request(session, &args.id, &[])?;
    let stamp = session.stamp("confirm")?;
    let found = args.findings.read(&categories, session)?;
    ops::findings::add(&mut draft, &id, &found)?;
    let [by, how] = [&args.by, &args.how].map(|text| text.as_deref().unwrap_or_default());
    finish::confirm(&mut draft, &stamp, &id, by, how)?;
    gate::category(&draft, &categories, &id, Verb::Confirm)?;
    said(session, &mut draft, &stamp, &id)
}

pub fn feedback(args: &FeedbackArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let rules = session.book()?.feedback_rules()?.rules;
    let (found, id) = find::request(session, &args.id, &[])?;
    let handler = found.requests.get(&id).map(|request| request.handler.clone()).unwrap_or_default();
    let schedule = session.schedule_of(&handler)?;
    let stamp = session.stamp("feedback")?;
    let told = stamp.at.date(session.book()?.settings.zone);
    let quarters = Period::days(told, revisit::recovery_on(&rules, &schedule, told)).quarters();
    let needs = if rules.dissatisfied == Remedy::Revisit { vec![Need::Revisits(Which::Quarters(quarters))] } else { Vec::new() };
    let (mut draft, id) = find::request(session, &id, &needs)?;
    let grade = Grade::read(&args.score, &draft.locale())?;
    finish::feedback(&mut draft, &stamp, &id, grade, args.text.as_deref().unwrap_or_default())?;
    let sore = draft.requests.get(&id).filter(|request| request.is_dissatisfied()).cloned();
    let planned = sore.as_ref().filter(|_| rules.dissatisfied == Remedy::Revisit);
    let planned = planned.and_then(|request| revisit::recovery(&mut draft, request, &rules, &schedule, &stamp));
    let exit = said(session, &mut draft, &stamp, &id)?;
    if let Some(request) = sore.filter(|_| !session.flags.dry_run) {
        let until = rules.reopen_until(&request, draft.settings.zone);
        session.say(&present::request::dissatisfied(&request, rules.dissatisfied, planned.as_ref(), until, session.lang));
    }
    Ok(exit)
}

pub fn close(args: &CloseArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let Closing { mut draft, stamp, id, planned } = closing(&args.id, args.unconfirmed, &args.findings, session)?;
    let exit = said(session, &mut draft, &stamp, &id)?;
    if let Some(planned) = planned.filter(|_| !session.flags.dry_run) {
        session.say(&present::revisit::follow_up(&planned, session.lang));
    }
    Ok(exit)
}

/// A request as good as closed: what is left is the commit.
pub struct Closing {
    pub draft: Draft,
    pub stamp: Stamp,
    pub id: String,
    /// The revisit that follows.
    pub planned: Option<Revisit>,
}

/// Closes a request in a draft, and plans its revisit.
pub fn closing(typed: &str, unconfirmed: bool, found: &findings::FoundArgs, session: &mut Session<'_>) -> Result<Closing, Failure> {
    let mut stamp = session.stamp("close")?;
    let (loaded, id) = find::request(session, typed, &[])?;
    // whoever handled it makes the visit
    let handler = loaded.requests.get(&id).map(|request| request.handler.clone()).unwrap_or_default();
    let schedule = session.schedule_of(&handler)?;
    let book = session.book()?;
    let (rules, categories) = (book.revisit_rules()?.rules, book.category_rules()?.rules);
    let closed = stamp.at.date(book.settings.zone);
    let until = revisit::follow_up_on(&rules, &schedule, closed).unwrap_or(closed);
    let quarters = Period::days(closed, until).quarters();
    let (mut draft, id) = find::request(session, &id, &[Need::Revisits(Which::Quarters(quarters))])?;
    if unconfirmed {
        session.lang.pick("未经客户确认", "not confirmed by the customer").clone_into(&mut stamp.note);
    }
    let found = found.read(&categories, session)?;
    ops::findings::add(&mut draft, &id, &found)?;
    finish::close(&mut draft, &stamp, &id, unconfirmed)?;
    gate::category(&draft, &categories, &id, Verb::Close)?;
    let request = draft.requests.get(&id).cloned();
    let unwilling =
        request.as_ref().and_then(|request| request.customer.as_ref()).map(|id| who_withdrew(id.as_str(), session)).transpose()?;
    let planned = match unwilling.flatten() {
        Some(customer) => {
            keeping::warn_of_withdrawal(&customer, session);
            None
        }
        None => request.and_then(|request| revisit::after_closed(&mut draft, &request, &rules, &schedule, &stamp)),
    };
    Ok(Closing { draft, stamp, id, planned })
}

/// The customer, where they withdrew their consent: nobody visits them for good manners.
fn who_withdrew(id: &str, session: &Session<'_>) -> Result<Option<Customer>, Failure> {
    Ok(archive::standing_for(session.book()?, id)?.filter(|customer| is_withdrawn(&customer.consent)))
}

pub fn reopen(args: &ReopenArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let reason = args.reason.clone().ok_or(What::InputNeeded { flag: "--reason" })?;
    let rules = session.book()?.feedback_rules()?.rules;
    let (mut draft, id) = find::request(session, &args.id, &[])?;
    let mut stamp = session.stamp("reopen")?;
    stamp.note.clone_from(&reason);
    finish::reopen(&mut draft, &stamp, &rules, &id, &reason)?;
    said(session, &mut draft, &stamp, &id)
}
