//! `status`: the book at a glance.

use std::collections::BTreeSet;

use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::model::customer::Customer;
use crate::model::request::Request;
use crate::model::revisit::{Revisit, RevisitStatus};
use crate::model::staff::Staff;
use crate::view::present::status::{Status, grid};

#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let book = session.book()?;
    let customers: Vec<Customer> = book.all()?;
    let requests: Vec<Request> = book.all()?;
    let revisits: Vec<Revisit> = book.all()?;
    let staff: Vec<Staff> = book.all()?;
    let mut orders = BTreeSet::new();
    book.scan_orders(None, &mut |order| {
        orders.insert(order.id.to_owned());
    })?;
    let status = Status {
        name: book.settings.name.clone(),
        folder: book.root().display().to_string(),
        today: session.today,
        customers: customers.iter().filter(|customer| customer.is_active()).count(),
        staff: staff.len(),
        orders: orders.len(),
        requests: requests.len(),
        open: requests.iter().filter(|request| request.stage.is_open()).count(),
        planned: revisits.iter().filter(|revisit| revisit.status == RevisitStatus::Planned).count(),
        surveys: book.surveys()?,
        rules: [book.tier_rules()?.hash, book.revisit_rules()?.hash, book.service_rules()?.hash],
    };
    session.print(&grid(&status, session.lang))?;
    Ok(Exit::Done)
}
