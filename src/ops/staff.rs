//! The people who serve.

use super::fields::{self, Setting};
use crate::base::id::Id;
use crate::base::period::Period;
use crate::base::problem::{Problems, What};
use crate::base::text::nearest;
use crate::model::cell::Tags;
use crate::model::draft::Draft;
use crate::model::record::Record;
use crate::model::staff::{Absence, Staff};
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

/// Adds a member of staff under a short name that is still free, with other fields set.
pub fn add(draft: &mut Draft, stamp: &Stamp, name: Id, particulars: Particulars, settings: &[Setting]) -> Result<(), Problems> {
    if draft.staff.get(name.as_str()).is_some() {
        return Err(vec![What::DuplicateId { table: "staff", id: name.to_string(), first: String::new() }.into()]);
    }
    let (built_in, own) = fields::split(settings);
    let own = fields::own_of_new(&draft.staff, &own, &draft.locale())?;
    let key = name.to_string();
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
    draft.staff.set_own(&key, &own);
    edit(draft, &key, &built_in).map(|_| ())
}

/// Columns that are not set by `edit`: other tables know people by their short name.
const OWN: &[&str] = &["name"];

/// The one of the staff that a short name, else a full name, means.
pub fn find<'s>(staff: impl Iterator<Item = &'s Staff> + Clone, typed: &str) -> Result<&'s Staff, What> {
    let by_name = staff.clone().find(|one| one.name.as_str() == typed);
    if let Some(found) = by_name.or_else(|| staff.clone().find(|one| one.is_called(typed))) {
        return Ok(found);
    }
    let nearest = nearest(typed, staff.map(|one| one.name.as_str())).map(str::to_owned);
    Err(What::NotFound { noun: "staff", id: typed.to_owned(), nearest })
}

/// Changes fields of a member of staff; a blank text empties one.
pub fn edit(draft: &mut Draft, typed: &str, settings: &[Setting]) -> Result<Staff, Problems> {
    let present = find(draft.staff.iter(), typed).map_err(|what| vec![what.into()])?.clone();
    let (settings, own) = fields::split(settings);
    let changed = fields::with(&present, &settings, OWN, &draft.locale())?;
    let own = fields::own(&draft.staff, &own, &draft.locale())?;
    if let (Some(from), Some(until)) = (changed.from, changed.until.filter(|until| changed.from.is_some_and(|from| *until < from))) {
        return Err(vec![What::TimeOrder { value: until.to_string(), earlier: from.to_string() }.into()]);
    }
    if let Some(staff) = draft.staff.edit(present.name.as_str()) {
        *staff = changed.clone();
    }
    draft.staff.set_own(changed.name.as_str(), &own);
    Ok(changed)
}

/// Enters a leave, both days included; one that overlaps another is refused.
pub fn leave(draft: &mut Draft, typed: &str, days: Period, note: &str) -> Result<Absence, Problems> {
    let name = find(draft.staff.iter(), typed).map_err(|what| vec![what.into()])?.name.clone();
    let overlaps = |absence: &&Absence| absence.staff == name && absence.from <= days.to && days.from <= absence.until;
    if let Some(known) = draft.absences.iter().find(overlaps) {
        let (from, until) = (known.from, known.until);
        let zh = format!("{name} 在 {from} 至 {until} 已有休假");
        let en = format!("{name} has leave from {from} to {until} already");
        return Err(vec![What::Usage { message: [zh, en] }.into()]);
    }
    let absence = Absence { staff: name, from: days.from, until: days.to, note: note.to_owned() };
    draft.absences.insert(absence.clone());
    Ok(absence)
}

/// Takes away, as a whole, the leave that holds these days.
pub fn cancel_leave(draft: &mut Draft, typed: &str, days: Period) -> Result<Absence, Problems> {
    let name = find(draft.staff.iter(), typed).map_err(|what| vec![what.into()])?.name.clone();
    let holds = |absence: &&Absence| absence.staff == name && absence.from <= days.from && days.to <= absence.until;
    let key = draft.absences.iter().find(holds).map(Record::key);
    let gone = key.and_then(|key| draft.absences.delete(&key));
    gone.ok_or_else(|| vec![What::NotFound { noun: "absences", id: format!("{name} {days}"), nearest: None }.into()])
}
