//! `review`: accept, reject, duplicate.

use crate::base::problem::What;
use crate::cli::commands::intake::coded;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::model::request::Verb;
use crate::ops::review::{self, Correction};

/// What a review decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Decision {
    #[value(alias = "受理")]
    Accept,
    #[value(alias = "不受理")]
    Reject,
    #[value(alias = "重复")]
    Duplicate,
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
    /// accept, reject or duplicate
    pub decision: Decision,
    /// Which request it duplicates
    #[arg(value_name = "OF")]
    pub of: Option<String>,
    /// Why; compulsory for reject
    #[arg(short, long)]
    pub reason: Option<String>,
    /// Set the category right
    #[arg(short = 'k', long)]
    pub category: Option<String>,
    /// Set the type right
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    pub kind: Option<String>,
    /// Set the purpose right
    #[arg(long)]
    pub purpose: Option<String>,
    /// Set the severity right
    #[arg(short, long)]
    pub severity: Option<String>,
    /// Mark it a duplicate although the customers differ
    #[arg(long)]
    pub force: bool,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let rules = session.book()?.service_rules()?.rules;
    let reason = args.reason.clone().unwrap_or_default();
    if args.decision == Decision::Duplicate {
        let of = args.of.as_deref().ok_or(What::InputNeeded { flag: "OF" })?;
        return super::merge::into(session, "review", Verb::MarkDuplicate, [&args.id, of], &reason, args.force);
    }
    let (mut draft, id) = find::request(session, &args.id, &[])?;
    let locale = draft.locale();
    let mut stamp = session.stamp("review")?;
    stamp.note.clone_from(&reason);
    match args.decision {
        Decision::Accept => {
            let correction = Correction {
                category: args.category.clone(),
                r#type: coded(args.kind.as_deref(), &locale)?,
                purpose: coded(args.purpose.as_deref(), &locale)?,
                severity: coded(args.severity.as_deref(), &locale)?,
            };
            review::accept(&mut draft, &stamp, &rules, &id, correction)?;
        }
        Decision::Reject if reason.trim().is_empty() => return Err(What::InputNeeded { flag: "--reason" }.into()),
        Decision::Reject => review::reject(&mut draft, &stamp, &id, &reason)?,
        Decision::Duplicate => {}
    }
    super::said(session, &draft, &stamp, &id)
}
