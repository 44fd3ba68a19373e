//! `customer verify`: the data is looked at, put right, and who is to be looked at next.

use chrono::NaiveDate;

use crate::base::date::{DateOrder, parse_date};
use crate::base::problem::{Problem, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::keeping;
use crate::cli::session::Session;
use crate::cli::weighing::index_of;
use crate::engine::verification;
use crate::model::member::MemberIds;
use crate::model::stamp::Stamp;
use crate::ops;
use crate::view::grid::Grid;
use crate::view::present;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The customer: id, name, phone or email
    #[arg(required_unless_present = "due")]
    pub customer: Option<String>,
    /// Fields that were wrong, such as phone=139…; with --due: filters
    #[arg(value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    /// The day it was verified [default: today]
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
    /// Who is to be verified, the longest overdue first
    #[arg(long, conflicts_with = "on")]
    pub due: bool,
    /// With --due: end with 1 when there is anybody, for cron
    #[arg(long, requires = "due")]
    pub fail_if_any: bool,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match &args.customer {
        Some(customer) if !args.due => verify(customer, args, session),
        _ => due(args, session),
    }
}

fn verify(typed: &str, args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut settings = super::customer::assignments(&args.set)?;
    keeping::settle(&mut settings, session)?;
    let rules = session.book()?.archive_rules()?.rules;
    let (mut draft, id, gone) = find::draft_with_standing(session, typed, &[])?;
    if let Some(gone) = gone {
        session.say(&present::merge_customer::led(&gone, &id, session.lang));
    }
    let stamp = session.stamp("verify")?;
    let on = day(args.on.as_deref(), &stamp, session)?;
    let customer = ops::verify::verify(&mut draft, &stamp, &id, &settings, on)?;
    let committed = session.commit(&draft, &stamp)?;
    let (locale, currency) = (draft.locale(), draft.settings.currency.clone());
    let blank = rules.verify.blank(&customer, &locale);
    if session.wants_json() {
        let mut grid = Grid::of("carebook.customer.v1", &[&customer], &locale, session.lang, &currency);
        grid.notes.push(("blank", present::verify::codes(&blank).into()));
        session.print(&grid)?;
    }
    if committed.changed > 0 && !committed.dry_run {
        session.say(&present::verify::verified(&customer, session.lang));
    }
    if !blank.is_empty() {
        session.say(&present::verify::still_blank(&customer, &blank, session.lang));
    }
    keeping::tell_doubts(&customer, draft.customers.before(&id), Some(&rules), session);
    Ok(Exit::Done)
}

/// The day that was typed, else the day of the change; none that is still to come.
pub fn day(typed: Option<&str>, stamp: &Stamp, session: &Session<'_>) -> Result<NaiveDate, Failure> {
    let zone = session.book()?.settings.zone;
    let Some(typed) = typed else { return Ok(stamp.at.date(zone)) };
    let wrong = |what| Problem::error(what).field("--on");
    let on = parse_date(typed, DateOrder::Iso).map_err(wrong)?;
    if on > session.today {
        let what = What::OutOfRange { value: on.to_string(), min: "1900-01-01".into(), max: session.today.to_string() };
        return Err(wrong(what).into());
    }
    Ok(on)
}

fn due(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let filters: Vec<String> = args.customer.iter().chain(&args.set).cloned().collect();
    let customers = keeping::filtered(&filters, session)?;
    index_of(session.book()?, &MemberIds::of(&customers))?;
    let (rules, locale) = (session.book()?.archive_rules()?.rules.verify, session.locale()?);
    let found = verification::overdue(&customers, &rules, session.today, &locale);
    if !found.is_empty() || session.wants_table() {
        session.print(&present::verify::due(&found, session.lang))?;
    }
    session.say(&present::verify::count(found.len(), session.lang));
    Ok(if args.fail_if_any && !found.is_empty() { Exit::Failed } else { Exit::Done })
}
