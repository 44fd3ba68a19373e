//! `customer consent`: consent given, withdrawn, or another basis.

use crate::base::problem::{Problem, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::model::consent::{self, Consent, Says};
use crate::model::merged::Merged;
use crate::model::revisit::{Revisit, RevisitStatus};
use crate::model::rules::archive::ConsentRules;
use crate::model::vocabulary::Code;
use crate::ops;
use crate::store::Book;
use crate::view::grid::Grid;
use crate::view::present;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The customer: id, name, phone or email
    pub customer: String,
    /// given, withdrawn, or a basis of rules/archive.yaml such as contract
    #[arg(value_name = "given|withdrawn|BASIS")]
    pub says: String,
    /// The day it was given or withdrawn [default: today]
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
    /// How, such as phone, form or mail
    #[arg(long, value_name = "TEXT")]
    pub how: Option<String>,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let rules = session.book()?.archive_rules()?.rules.consent;
    let says = consent::meaning(&args.says, &rules).ok_or_else(|| unknown(&args.says, &rules, session))?;
    let stamp = session.stamp("consent")?;
    let on = super::verify::day(args.on.as_deref(), &stamp, session)?;
    let (mut draft, id, gone) = find::draft_with_standing(session, &args.customer, &[])?;
    if let Some(gone) = gone {
        session.say(&present::merge_customer::led(&gone, &id, session.lang));
    }
    let consent = Consent::new(says, on, args.how.as_deref().unwrap_or_default());
    let customer = ops::consent::set(&mut draft, &id, &consent, &rules)?;
    let committed = session.commit(&draft, &stamp)?;
    if session.wants_json() {
        let (locale, currency) = (draft.locale(), draft.settings.currency.clone());
        let mut grid = Grid::of("carebook.customer.v1", &[&customer], &locale, session.lang, &currency);
        grid.notes.push(("standing", consent::standing(&customer.consent, &rules, session.today).code().into()));
        session.print(&grid)?;
    }
    if committed.changed > 0 && !committed.dry_run {
        session.say(&present::consent::stands(&customer, session.lang));
    }
    if consent.says == Says::Withdrawn {
        let planned = planned(session.book()?, &id)?;
        if !planned.is_empty() {
            session.say(&present::consent::planned(&planned, session.lang));
        }
    }
    Ok(Exit::Done)
}

fn unknown(typed: &str, rules: &ConsentRules, session: &Session<'_>) -> Problem {
    let bases = rules.bases.iter().map(|basis| format!("{} ({})", basis.code, basis.written(session.lang)));
    let allowed = ["given".to_owned(), "withdrawn".to_owned()].into_iter().chain(bases).collect();
    What::UnknownName { name: typed.to_owned(), allowed }.into()
}

/// The visits that are still planned for somebody.
fn planned(book: &Book, id: &str) -> Result<Vec<Revisit>, Failure> {
    let merged: Merged = crate::cli::archive::merged(book)?;
    let theirs = |revisit: &Revisit| revisit.status == RevisitStatus::Planned && merged.same(revisit.customer.as_str(), id);
    Ok(book.some(&theirs)?)
}
