//! The rows of a draft by the type of their records.

use crate::model::contact::Contact;
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Rows};
use crate::model::interaction::Interaction;
use crate::model::knowledge::Knowledge;
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::staff::Staff;

/// A record that a draft holds and sheets change.
pub trait Kept: Record {
    fn rows(draft: &Draft) -> &Rows<Self>;
    fn rows_mut(draft: &mut Draft) -> &mut Rows<Self>;
}

macro_rules! kept {
    ($($record:ident in $field:ident),+ $(,)?) => {
        $(impl Kept for $record {
            fn rows(draft: &Draft) -> &Rows<Self> {
                &draft.$field
            }
            fn rows_mut(draft: &mut Draft) -> &mut Rows<Self> {
                &mut draft.$field
            }
        })+
    };
}

kept! {
    Customer in customers,
    Contact in contacts,
    Staff in staff,
    Request in requests,
    Revisit in revisits,
    Interaction in interactions,
    Knowledge in knowledge,
}
