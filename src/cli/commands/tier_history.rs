//! `tier history ID`: every decision on one customer, from when to when it stood, and why.

use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::model::customer::Customer;
use crate::model::tier::TierDecision;
use crate::view::present;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The customer: id, name, phone or email
    customer: String,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let as_of = super::tier::day(session.flags.as_of.as_deref(), "--as-of", session.today)?;
    let book = session.book()?;
    let all: Vec<Customer> = book.all()?;
    let id = find::customer(book, &args.customer, all.iter())?;
    let mut decisions: Vec<TierDecision> = book.some(&|row: &TierDecision| row.customer.as_str() == id && row.decided_on <= as_of)?;
    decisions.sort_by_key(|row| row.decided_on);
    let rules = book.tier_rules()?.rules;
    if decisions.is_empty() && !session.wants_table() {
        session.say(&session.lang.pick(format!("{id} 至 {as_of} 没有等级评定。"), format!("No tier was decided for {id} up to {as_of}.")));
        return Ok(Exit::Done);
    }
    let grid = present::tier_history::grid(&decisions, &rules, as_of, session.lang);
    session.print(&grid)?;
    Ok(Exit::Done)
}
