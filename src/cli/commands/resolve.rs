//! `resolve`: measures and result.

use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::model::request::Verb;
use crate::ops;
use crate::ops::resolve::{self, Resolution};

use super::{findings, said};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
    /// The result
    pub text: Option<String>,
    /// What was done
    #[arg(short, long)]
    pub measures: Option<String>,
    #[command(flatten)]
    pub findings: findings::FoundArgs,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let categories = session.book()?.category_rules()?.rules;
    let (mut draft, id) = find::request(session, &args.id, &[])?;
    let resolution = Resolution {
        measures: args.measures.clone().unwrap_or_default(),
        result: args.text.clone().unwrap_or_default(),
        findings: args.findings.read(&categories, session)?,
    };
    let stamp = session.stamp("resolve")?;
    resolve::resolve(&mut draft, &stamp, &id, &resolution)?;
    ops::gate::category(&draft, &categories, &id, Verb::Resolve)?;
    said(session, &mut draft, &stamp, &id)
}
