//! Assigning a request (分配处理) to a member of staff.

use super::step::step;
use crate::base::problem::{Problems, What};
use crate::model::draft::Draft;
use crate::model::request::Verb;
use crate::model::stamp::Stamp;

/// Gives the request to `who`; the department is theirs.
pub fn assign(draft: &mut Draft, stamp: &Stamp, id: &str, who: &str) -> Result<(), Problems> {
    let known = |staff: &&crate::model::staff::Staff| staff.name.as_str() == who || (!staff.full_name.is_empty() && staff.full_name == who);
    let Some(staff) = draft.staff.iter().find(known).cloned() else {
        let names: Vec<&str> = draft.staff.iter().map(|staff| staff.name.as_str()).collect();
        let nearest = crate::base::text::nearest(who, names).map(str::to_owned);
        return Err(vec![What::NotFound { noun: "staff", id: who.to_owned(), nearest }.into()]);
    };
    let day = stamp.at.date(draft.settings.zone);
    if staff.until.is_some_and(|until| until < day) {
        let message = [format!("{who} 已于 {} 离职", staff.until.unwrap_or(day)), format!("{who} left on {}", staff.until.unwrap_or(day))];
        return Err(vec![What::Usage { message }.into()]);
    }
    step(draft, id, Verb::Assign, stamp, |request| {
        request.handler = staff.name.to_string();
        request.department = staff.department;
        request.assigned_at = Some(stamp.at);
    })
}
