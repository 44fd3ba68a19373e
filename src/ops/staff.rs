//! The people who serve.

use crate::base::id::Id;
use crate::base::problem::{Problems, What};
use crate::model::cell::Tags;
use crate::model::draft::Draft;
use crate::model::staff::Staff;
use crate::model::stamp::Stamp;

/// What is known of a new member of staff besides the short name.
#[derive(Debug, Clone, Default)]
pub struct Particulars {
    pub full_name: String,
    pub department: String,
    pub role: String,
    pub phone: String,
    pub email: String,
    pub skills: Vec<String>,
}

/// Adds a member of staff under a short name that is still free.
pub fn add(draft: &mut Draft, stamp: &Stamp, name: Id, particulars: Particulars) -> Result<(), Problems> {
    if draft.staff.get(name.as_str()).is_some() {
        return Err(vec![What::DuplicateId { table: "staff", id: name.to_string(), first: String::new() }.into()]);
    }
    draft.staff.insert(Staff {
        name,
        full_name: particulars.full_name,
        department: particulars.department,
        role: particulars.role,
        skills: Tags(particulars.skills),
        regions: Tags::default(),
        capacity: None,
        email: particulars.email,
        phone: particulars.phone,
        from: Some(stamp.at.date(draft.settings.zone)),
        until: None,
    });
    Ok(())
}
