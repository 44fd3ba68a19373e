//! `survey follow-up`: low scores become requests, once.

use std::collections::HashSet;

use super::survey::described;
use crate::base::date::Quarter;
use crate::base::id::Id;
use crate::base::period::Period;
use crate::base::problem::{Problem, What};
use crate::cli::archive;
use crate::cli::clocks;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::engine::survey::{LOW_INDEX, within};
use crate::model::draft::{Need, Which};
use crate::model::survey::Response;
use crate::ops::survey_follow_up::{content, follow_up, is_due};
use crate::view::present::survey_analysis as present;

#[derive(Debug, clap::Args)]
pub struct FollowUpArgs {
    /// The survey's name
    pub name: String,
    /// Only responses of this period
    #[arg(short, long)]
    pub period: Option<String>,
    /// Register them; without it they are only listed
    #[arg(short, long)]
    pub yes: bool,
    /// From which index down, 0 to 100 [default: 50]; detractors are always among them
    #[arg(long, value_name = "INDEX")]
    pub at_most: Option<f64>,
    /// Category of the requests
    #[arg(short = 'k', long)]
    pub category: Option<String>,
}

pub fn run(args: &FollowUpArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let _ = described(&args.name, session)?;
    let at_most = args.at_most.unwrap_or(LOW_INDEX);
    if !(0.0..=100.0).contains(&at_most) {
        let what = What::OutOfRange { value: at_most.to_string(), min: "0".into(), max: "100".into() };
        return Err(Problem::error(what).field("--at-most").into());
    }
    let period = args.period.as_deref().map(|text| Period::parse(text, session.today)).transpose()?;
    let book = session.book()?;
    let (zone, locale) = (book.settings.zone, book.locale());
    let mut responses: Vec<Response> = book.of_survey(&args.name)?;
    archive::merged(book)?.lead(responses.iter_mut().filter_map(|response| response.customer.as_mut()));
    let mut due: Vec<&Response> = within(&responses, period, zone);
    // on an earlier day (--today) nobody knows what is answered later
    due.retain(|response| is_due(response, at_most) && response.submitted_at.is_none_or(|at| at.date(zone) <= session.today));
    due.sort_by(|a, b| (a.index, b.submitted_at, &a.id).cmp(&(b.index, a.submitted_at, &b.id)));
    let ids: Vec<String> = due.iter().map(|response| response.id.to_string()).collect();
    if !args.yes || ids.is_empty() {
        let rows: Vec<(&Response, String)> = due.iter().map(|response| (*response, content(&args.name, response, locale.lang))).collect();
        if !rows.is_empty() || session.wants_table() {
            session.print(&present::follow_ups(&rows, session.lang))?;
        }
        session.say(&present::followed(ids.len(), &args.name, false, session.lang));
        return Ok(Exit::Done);
    }
    let about = due.iter().any(|response| response.request.is_some());
    register(args, &ids, about, session)
}

fn register(args: &FollowUpArgs, ids: &[String], about: bool, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let zone = session.book()?.settings.zone;
    let categories = session.book()?.category_rules()?.rules;
    let category = super::intake::settled(&categories, args.category.as_deref().unwrap_or_default(), &session.locale()?)?;
    let which = if about { Which::All } else { Which::Quarters(vec![Quarter::of(session.at()?.date(zone))]) };
    let mut draft = session.draft(&[Need::Customers, Need::Responses(args.name.clone()), Need::Requests(which)])?;
    let merged = crate::model::merged::Merged::of(draft.customers.iter());
    let stamp = session.stamp("follow-up")?;
    let made = follow_up(&mut draft, &stamp, &args.name, ids, &category, &merged)?;
    for id in &made {
        clocks::begin(session, &mut draft, id.as_str())?;
    }
    let committed = session.commit(&draft, &stamp)?;
    let taken: HashSet<&Id> = made.iter().collect();
    let rows: Vec<(&Response, String)> = draft
        .responses
        .iter()
        .filter(|response| response.follow_up.as_ref().is_some_and(|id| taken.contains(id)))
        .map(|response| (response, content(&args.name, response, draft.locale().lang)))
        .collect();
    session.print(&present::follow_ups(&rows, session.lang))?;
    if !committed.dry_run {
        session.say(&present::followed(made.len(), &args.name, true, session.lang));
    }
    Ok(Exit::Done)
}
