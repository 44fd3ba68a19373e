//! `start`, `wait`, `resume`, `note`.

use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::ops::progress;

use super::said;

#[derive(Debug, clap::Args)]
pub struct StartArgs {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
}

#[derive(Debug, clap::Args)]
pub struct WaitArgs {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
    /// What is awaited
    #[arg(short, long)]
    pub reason: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct ResumeArgs {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
}

#[derive(Debug, clap::Args)]
pub struct NoteArgs {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
    /// The note
    pub text: String,
}

pub fn start(args: &StartArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (mut draft, id) = find::request(session, &args.id, &[])?;
    let stamp = session.stamp("start")?;
    progress::start(&mut draft, &stamp, &id)?;
    said(session, &mut draft, &stamp, &id)
}

pub fn wait(args: &WaitArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (mut draft, id) = find::request(session, &args.id, &[])?;
    let mut stamp = session.stamp("wait")?;
    stamp.note = args.reason.clone().unwrap_or_default();
    progress::wait(&mut draft, &stamp, &id)?;
    said(session, &mut draft, &stamp, &id)
}

pub fn resume(args: &ResumeArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (mut draft, id) = find::request(session, &args.id, &[])?;
    let stamp = session.stamp("resume")?;
    progress::resume(&mut draft, &stamp, &id)?;
    said(session, &mut draft, &stamp, &id)
}

pub fn note(args: &NoteArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (mut draft, id) = find::request(session, &args.id, &[])?;
    let stamp = session.stamp("note")?;
    progress::note(&mut draft, &id, &args.text)?;
    said(session, &mut draft, &stamp, &id)
}
