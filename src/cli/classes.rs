//! The lifecycle class of customers, for commands that need it beside something else.

use std::collections::HashMap;

use super::error::Failure;
use super::living;
use super::session::Session;
use crate::model::customer::Customer;
use crate::model::lifecycle::Class;

/// The class of each customer, in their order, as of the session's day; `None` for who is not active.
pub fn of(session: &Session<'_>, customers: &[&Customer]) -> Result<Vec<Option<Class>>, Failure> {
    let (ids, lives) = living::all(session.book()?, session.today)?;
    let by_position: HashMap<usize, Class> = lives.lifecycle.rows.iter().map(|row| (row.position, row.class)).collect();
    let classes: HashMap<&str, Class> = ids.iter().enumerate().filter_map(|(at, id)| Some((id, *by_position.get(&at)?))).collect();
    Ok(customers.iter().map(|customer| classes.get(customer.id.as_str()).copied()).collect())
}
