//! `review`: accept, reject, need-info, duplicate, out-of-scope.

use crate::base::problem::What;
use crate::cli::commands::intake::{coded, levels, settled};
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::cli::{helpful, likely};
use crate::model::draft::Draft;
use crate::model::request::Verb;
use crate::model::rules::categories::CategoryRules;
use crate::model::rules::severity::{Judged, SeverityRules, Signs};
use crate::ops::review::{self, Correction};
use crate::view::present;

/// What a review decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Decision {
    #[value(alias = "受理")]
    Accept,
    #[value(alias = "不受理")]
    Reject,
    #[value(alias = "重复")]
    Duplicate,
    #[value(alias = "待补充")]
    NeedInfo,
    #[value(alias = "超出范围")]
    OutOfScope,
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The request: its id or a unique tail, such as 1123-1
    pub id: String,
    /// accept, reject, duplicate, need-info or out-of-scope
    pub decision: Decision,
    /// Which request it duplicates
    #[arg(value_name = "OF")]
    pub of: Option<String>,
    /// Why, or what is needed; compulsory for reject, out-of-scope and need-info
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
    /// How much is at stake, 1 to 3 or in words; gives the severity with --urgency
    #[arg(long, requires = "urgency")]
    pub impact: Option<String>,
    /// How soon it must be dealt with, 1 to 3 or in words
    #[arg(long, requires = "impact")]
    pub urgency: Option<String>,
    /// Mark it a duplicate although the customers differ
    #[arg(long)]
    pub force: bool,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let reason = args.reason.clone().unwrap_or_default();
    if args.decision == Decision::Duplicate {
        let of = args.of.as_deref().ok_or(What::InputNeeded { flag: "OF" })?;
        return super::merge::into(session, "review", Verb::MarkDuplicate, [&args.id, of], &reason, args.force);
    }
    if args.decision != Decision::Accept && reason.trim().is_empty() {
        return Err(What::InputNeeded { flag: "--reason" }.into());
    }
    let mut stamp = session.stamp("review")?;
    let grave = session.book()?.severity_rules()?.rules;
    let categories = session.book()?.category_rules()?.rules;
    let (mut draft, id) = find::request(session, &args.id, &[])?;
    stamp.note.clone_from(&reason);
    let mut why = String::new();
    match args.decision {
        Decision::Accept => {
            let (correction, judged) = correction(args, &draft, &id, &grave, &categories)?;
            if let Some(judged) = judged {
                let told = present::severity::reason(&judged, &grave, draft.settings.lang);
                stamp.note = [told, reason].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
                why = present::severity::reason(&judged, &grave, session.lang);
            }
            review::accept(&mut draft, &stamp, &id, correction)?;
        }
        Decision::Reject => review::reject(&mut draft, &stamp, &id, &reason)?,
        // the log tells these two apart from other reviews by the word before the reason
        Decision::OutOfScope => {
            stamp.note = format!("out-of-scope: {reason}");
            review::out_of_scope(&mut draft, &stamp, &id, &reason)?;
        }
        Decision::NeedInfo => {
            stamp.note = format!("need-info: {reason}");
            review::need_info(&mut draft, &stamp, &id, &reason)?;
        }
        Decision::Duplicate => {}
    }
    let exit = super::said(session, &mut draft, &stamp, &id)?;
    if !why.is_empty() && !session.flags.dry_run {
        session.say(&why);
    }
    if let Some(request) = draft.requests.get(&id) {
        likely::tell(request, session);
        if args.decision == Decision::Accept {
            helpful::tell(request, session);
        }
    }
    Ok(exit)
}

/// What the review sets right. The severity is weighed anew only where something to weigh was given.
fn correction(
    args: &Args,
    draft: &Draft,
    id: &str,
    grave: &SeverityRules,
    categories: &CategoryRules,
) -> Result<(Correction, Option<Judged>), Failure> {
    let locale = draft.locale();
    let signs = Signs {
        given: coded(args.severity.as_deref(), &locale)?,
        matrix: levels(grave, args.impact.as_deref(), args.urgency.as_deref())?,
        purpose: coded(args.purpose.as_deref(), &locale)?,
        otherwise: draft.requests.get(id).map(|request| request.severity),
    };
    let weighed = signs.given.is_some() || signs.matrix.is_some() || signs.purpose.is_some();
    let judged = Some(grave.judge(signs)).filter(|_| weighed);
    let correction = Correction {
        category: args.category.as_deref().map(|typed| settled(categories, typed, &locale)).transpose()?,
        r#type: coded(args.kind.as_deref(), &locale)?,
        purpose: signs.purpose,
        severity: judged.map(|judged| judged.severity),
    };
    Ok((correction, judged))
}
