//! `confirm`, `feedback`, `close`, `reopen`.

use crate::base::period::Period;
use crate::base::problem::What;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::model::cell::Cell;
use crate::model::draft::{Draft, Need, Which};
use crate::model::request::Grade;
use crate::model::revisit::Revisit;
use crate::model::stamp::Stamp;
use crate::ops::{finish, revisit};
use crate::view::present;

use super::said;

#[derive(Debug, clap::Args)]
pub struct ConfirmArgs {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
    /// How the customer confirmed, such as phone
    #[arg(long)]
    pub how: Option<String>,
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
    let (mut draft, id) = find::request(session, &args.id, &[])?;
    let stamp = session.stamp("confirm")?;
    finish::confirm(&mut draft, &stamp, &id, args.how.as_deref().unwrap_or_default())?;
    said(session, &mut draft, &stamp, &id)
}

pub fn feedback(args: &FeedbackArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (mut draft, id) = find::request(session, &args.id, &[])?;
    let grade = Grade::read(&args.score, &draft.locale())?;
    let stamp = session.stamp("feedback")?;
    finish::feedback(&mut draft, &stamp, &id, grade, args.text.as_deref().unwrap_or_default())?;
    said(session, &mut draft, &stamp, &id)
}

pub fn close(args: &CloseArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let Closing { mut draft, stamp, id, planned } = closing(&args.id, args.unconfirmed, session)?;
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
pub fn closing(typed: &str, unconfirmed: bool, session: &mut Session<'_>) -> Result<Closing, Failure> {
    let mut stamp = session.stamp("close")?;
    let book = session.book()?;
    let rules = book.revisit_rules()?.rules;
    let schedule = session.schedule()?;
    let closed = stamp.at.date(book.settings.zone);
    let until = revisit::follow_up_on(&rules, &schedule, closed).unwrap_or(closed);
    let quarters = Period::days(closed, until).quarters();
    let (mut draft, id) = find::request(session, typed, &[Need::Revisits(Which::Quarters(quarters))])?;
    if unconfirmed {
        session.lang.pick("未经客户确认", "not confirmed by the customer").clone_into(&mut stamp.note);
    }
    finish::close(&mut draft, &stamp, &id, unconfirmed)?;
    let request = draft.requests.get(&id).cloned();
    let planned = request.and_then(|request| revisit::after_closed(&mut draft, &request, &rules, &schedule, &stamp));
    Ok(Closing { draft, stamp, id, planned })
}

pub fn reopen(args: &ReopenArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let reason = args.reason.clone().ok_or(What::InputNeeded { flag: "--reason" })?;
    let (mut draft, id) = find::request(session, &args.id, &[])?;
    let mut stamp = session.stamp("reopen")?;
    stamp.note.clone_from(&reason);
    finish::reopen(&mut draft, &stamp, &id, &reason)?;
    said(session, &mut draft, &stamp, &id)
}
