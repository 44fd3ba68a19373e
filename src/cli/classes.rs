//! The lifecycle class of customers, for commands that need it beside something else.

use super::error::Failure;
use super::living;
use super::session::Session;
use crate::model::customer::Customer;
use crate::model::lifecycle::Class;

/// The class of each customer, in their order, as of the session's day; `None` for who is not active.
pub fn of(session: &Session<'_>, customers: &[&Customer]) -> Result<Vec<Option<Class>>, Failure> {
    let kept = living::kept(session.book()?, session.today)?;
    // a merged customer is not active, though what it did counts for another
    let class = |customer: &&Customer| kept.class(customer.id.as_str()).filter(|_| customer.is_active());
    Ok(customers.iter().map(class).collect())
}
