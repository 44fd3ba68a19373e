//! `resolve`: measures and result.

use crate::cli::commands::intake::coded;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::ops::resolve::{self, Resolution};

use super::said;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
    /// The result
    pub text: Option<String>,
    /// What was done
    #[arg(short, long)]
    pub measures: Option<String>,
    /// The root cause
    #[arg(long)]
    pub cause: Option<String>,
    /// The department or person responsible
    #[arg(long)]
    pub responsible: Option<String>,
    /// Cost or compensation
    #[arg(long, value_name = "AMOUNT")]
    pub cost: Option<String>,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (mut draft, id) = find::request(session, &args.id, &[])?;
    let locale = draft.locale();
    let resolution = Resolution {
        measures: args.measures.clone().unwrap_or_default(),
        result: args.text.clone().unwrap_or_default(),
        cause: args.cause.clone().unwrap_or_default(),
        responsible: args.responsible.clone().unwrap_or_default(),
        cost: coded(args.cost.as_deref(), &locale)?,
    };
    let stamp = session.stamp("resolve")?;
    resolve::resolve(&mut draft, &stamp, &id, &resolution)?;
    said(session, &mut draft, &stamp, &id)
}
