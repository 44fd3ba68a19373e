//! `assign`: a request to a member of staff.

use crate::base::problem::What;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::model::draft::Need;
use crate::ops;

use super::said;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
    /// Short name of the member of staff
    pub who: Option<String>,
    /// Why
    #[arg(short, long)]
    pub reason: Option<String>,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let who = args.who.as_deref().ok_or(What::InputNeeded { flag: "WHO" })?;
    let (mut draft, id) = find::request(session, &args.id, &[Need::Staff])?;
    let mut stamp = session.stamp("assign")?;
    stamp.note = args.reason.clone().unwrap_or_default();
    ops::assign::assign(&mut draft, &stamp, &id, who)?;
    said(session, &mut draft, &stamp, &id)
}
