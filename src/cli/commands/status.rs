//! `status`: the book at a glance.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::cli::error::{Exit, Failure};
use crate::cli::keeping;
use crate::cli::session::Session;
use crate::engine::report::OrderIds;
use crate::model::member::MembersReader;
use crate::model::points::PointsRow;
use crate::model::request::Request;
use crate::model::revisit::{Revisit, RevisitStatus};
use crate::model::staff::Staff;
use crate::store::hooks::{Hook, State};
use crate::view::present::status::{Status, grid};

#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let book = session.book()?;
    let members = book.members(MembersReader::default())?.members;
    let requests = AtomicUsize::new(0);
    let open: Vec<Request> = book.some(&|request: &Request| {
        requests.fetch_add(1, Ordering::Relaxed);
        request.stage.is_open()
    })?;
    let planned: Vec<Revisit> = book.some(&|revisit: &Revisit| revisit.status == RevisitStatus::Planned)?;
    let points = AtomicUsize::new(0);
    let _: Vec<PointsRow> = book.some(&|_: &PointsRow| {
        points.fetch_add(1, Ordering::Relaxed);
        false
    })?;
    let staff: Vec<Staff> = book.all()?;
    let orders = book.fold_orders(None, &OrderIds::default, &|ids, order| ids.push(order.id), &OrderIds::sort)?;
    let status = Status {
        name: book.settings.name.clone(),
        folder: book.root().display().to_string(),
        today: session.today,
        customers: (0..members.len()).filter(|at| members.get(*at).active).count(),
        staff: staff.len(),
        orders: OrderIds::distinct(orders),
        requests: requests.into_inner(),
        open: open.len(),
        planned: planned.len(),
        verify: keeping::overdue(book, &book.archive_rules()?.rules, session.today, &|_| true)?,
        points: points.into_inner(),
        columns: book.settings.columns.iter().map(|(table, column)| format!("{table}.{}", column.code())).collect(),
        surveys: book.surveys()?,
        hooks: book.settings.hooks.then(|| book.hooks()).transpose()?.map(|hooks| names(&hooks)),
        rules: [
            book.tier_rules()?.hash,
            book.revisit_rules()?.hash,
            book.service_rules()?.hash,
            book.calendar()?.hash,
            book.assignment_rules()?.hash,
            book.points_rules()?.hash,
        ],
    };
    session.print(&grid(&status, session.lang))?;
    Ok(Exit::Done)
}

/// Those that run, and those that do not in parentheses.
fn names(hooks: &[Hook]) -> Vec<String> {
    let name = |hook: &Hook| hook.path.trim_start_matches("hooks/").to_owned();
    hooks.iter().map(|hook| if hook.state == State::Ready { name(hook) } else { format!("({})", name(hook)) }).collect()
}
