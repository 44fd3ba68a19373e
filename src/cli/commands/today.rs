//! `today`: what is to be done.

use std::collections::{HashMap, HashSet};

use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::engine::agenda::{self, Asked};
use crate::engine::tiering::movement;
use crate::model::customer::Customer;
use crate::model::request::Request;
use crate::model::revisit::{Revisit, RevisitStatus};
use crate::model::staff::{Absence, Staff, away_until};
use crate::view::present;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this member of staff, and what nobody has yet
    #[arg(long = "for", value_name = "STAFF")]
    pub staff: Option<String>,
    /// End with 1 when there is anything to do, for cron
    #[arg(long)]
    pub fail_if_any: bool,
    /// What each thing's urgency is made of
    #[arg(long)]
    pub explain: bool,
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
    let service = book.service_rules()?.rules;
    let absences: Vec<Absence> = book.all()?;
    let asked = Asked {
        now: session.now,
        today: session.today,
        person: args.staff.as_deref(),
        rules: &service,
        absences: &absences,
        locale: &locale,
    };
    let items = agenda::agenda(&requests, &revisits, &asked);
    let named: HashSet<&str> = items.iter().filter_map(|item| item.what.customer()).collect();
    let customers = book.some(&|customer: &Customer| named.contains(customer.id.as_str()))?;
    let tiers = book.tier_rules()?.rules;
    let tier_of: HashMap<&str, &str> = customers.iter().map(|customer| (customer.id.as_str(), customer.tier.as_str())).collect();
    let rank = |id: &str| tier_of.get(id).and_then(|tier| movement::rank(&tiers, tier));
    let items = agenda::weighed(items, &rank, session.today, &locale);
    let away = |name: &str| away_until(&absences, name, session.today);
    let grid = present::agenda::grid(&items, &customers, &away, args.explain, &locale, session.lang);
    if items.is_empty() && !session.wants_json() {
        let day = session.today;
        session.say(&session.lang.pick(format!("{day} 没有待办事项。"), format!("{day}: nothing to do.")));
    } else {
        session.print(&grid)?;
    }
    Ok(if args.fail_if_any && !items.is_empty() { Exit::Failed } else { Exit::Done })
}
