//! `today`: what is to be done.

use std::collections::HashSet;

use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::engine::agenda;
use crate::model::customer::Customer;
use crate::model::request::Request;
use crate::model::revisit::{Revisit, RevisitStatus};
use crate::model::staff::Staff;
use crate::view::present;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this member of staff, and what nobody has yet
    #[arg(long = "for", value_name = "STAFF")]
    pub staff: Option<String>,
    /// End with 1 when there is anything to do, for cron
    #[arg(long)]
    pub fail_if_any: bool,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let book = session.book()?;
    let locale = book.locale();
    if let Some(name) = &args.staff {
        let staff: Vec<Staff> = book.all()?;
        find::id("staff", name, staff.iter().map(|staff| staff.name.as_str()))?;
    }
    let (feedback, zone, today) = (book.feedback_rules()?.rules, book.settings.zone, session.today);
    let keep = |request: &Request| agenda::may_need_work(request) || feedback.is_sore(request, today, zone);
    let requests: Vec<Request> = book.some(&keep)?;
    let revisits: Vec<Revisit> = book.some(&|revisit: &Revisit| revisit.status == RevisitStatus::Planned)?;
    let items = agenda::agenda(&requests, &revisits, session.now, session.today, args.staff.as_deref(), &locale);
    let named: HashSet<&str> = items.iter().filter_map(|item| item.what.customer()).collect();
    let customers = book.some(&|customer: &Customer| named.contains(customer.id.as_str()))?;
    let grid = present::agenda::grid(&items, &customers, &locale, session.lang);
    if items.is_empty() && !session.wants_json() {
        let day = session.today;
        session.say(&session.lang.pick(format!("{day} 没有待办事项。"), format!("{day}: nothing to do.")));
    } else {
        session.print(&grid)?;
    }
    Ok(if args.fail_if_any && !items.is_empty() { Exit::Failed } else { Exit::Done })
}
