//! The communication log: an entry for a talk, and its correction.

use super::customer;
use super::fields::{self, Setting};
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::problem::{Problem, Problems, What};
use crate::model::draft::Draft;
use crate::model::interaction::{Direction, Interaction};
use crate::model::request::Channel;
use crate::model::stamp::Stamp;

/// Columns that are not set by hand: a talk with another customer is another talk.
const OWN: &[&str] = &["id", "customer", "batch"];

/// What is known of a talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk {
    pub customer: Id,
    pub contact: String,
    pub channel: Option<Channel>,
    pub direction: Option<Direction>,
    pub staff: String,
    pub request: Option<Id>,
    pub summary: String,
}

/// Enters a talk of the stamp's time, with the next id of its day.
///
/// # Errors
/// A talk that is still to come; a customer who was erased.
pub fn add(draft: &mut Draft, stamp: &Stamp, talk: Talk) -> Result<Interaction, Problems> {
    customer::refuse_erased(draft, talk.customer.as_str())?;
    was(draft, stamp, stamp.at, "--at")?;
    let prefix = prefix(stamp.at.date(draft.settings.zone));
    let number = draft.next_number(&prefix, draft.interactions.iter().map(|one| one.id.as_str()));
    let Talk { customer, contact, channel, direction, staff, request, summary } = talk;
    let id = Id::made(format!("{prefix}{number:03}"));
    let entry = Interaction { contact, channel, direction, staff, request, ..Interaction::new(id, customer, stamp.at, summary) };
    draft.interactions.insert(entry.clone());
    Ok(entry)
}

/// A talk is entered after it took place.
fn was(draft: &Draft, stamp: &Stamp, at: Instant, field: &'static str) -> Result<(), Problems> {
    let zone = draft.settings.zone;
    if at <= stamp.recorded_at {
        return Ok(());
    }
    let (value, max) = (at.minute(zone), stamp.recorded_at.minute(zone));
    Err(vec![Problem::error(What::OutOfRange { value, min: "1900-01-01".into(), max }).field(field)])
}

/// Changes fields of an entry; a blank text empties one. Its id stays, also when the day was wrong.
pub fn edit(draft: &mut Draft, stamp: &Stamp, id: &str, settings: &[Setting]) -> Result<Interaction, Problems> {
    let present = draft.interactions.get(id).cloned();
    let present = present.ok_or_else(|| vec![Problem::error(What::NotFound { noun: "interactions", id: id.to_owned(), nearest: None })])?;
    let (settings, own) = fields::split(settings);
    let changed = fields::with(&present, &settings, OWN, &draft.locale())?;
    let own = fields::own(&draft.interactions, &own, &draft.locale())?;
    if changed.at != present.at {
        was(draft, stamp, changed.at, "at")?;
    }
    if changed.summary.trim().is_empty() && !present.summary.trim().is_empty() {
        return Err(vec![Problem::error(What::Required).field("summary")]);
    }
    if let Some(entry) = draft.interactions.edit(id) {
        *entry = changed.clone();
    }
    draft.interactions.set_own(id, &own);
    Ok(changed)
}

/// The beginning of the ids of a day.
pub(super) fn prefix(day: chrono::NaiveDate) -> String {
    format!("T{}-", day.format("%Y%m%d"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::fixtures::{at, draft, stamp};

    fn talk(summary: &str) -> Talk {
        let (customer, summary) = (Id::parse("C1").unwrap(), summary.to_owned());
        Talk {
            customer,
            contact: "P0001".into(),
            channel: Some(Channel::Phone),
            direction: None,
            staff: "小李".into(),
            request: None,
            summary,
        }
    }

    #[test]
    fn numbers_go_on_within_the_day_of_the_talk() {
        let mut draft = draft();
        draft.made.insert("T20261008-".into(), 7);
        let today = add(&mut draft, &stamp(), talk("价格")).unwrap();
        assert_eq!((today.id.as_str(), today.staff.as_str(), today.at), ("T20261008-008", "小李", stamp().at));
        let late = Stamp { at: at("2026-09-30 17:00"), ..stamp() };
        let ids = [add(&mut draft, &late, talk("a")), add(&mut draft, &late, talk("b"))].map(|entry| entry.unwrap().id.to_string());
        assert_eq!(ids, ["T20260930-001", "T20260930-002"]);
        let soon = Stamp { at: at("2026-10-08 12:01"), ..stamp() };
        assert_eq!(add(&mut draft, &soon, talk("c")).unwrap_err()[0].what.code(), "out-of-range");
    }

    #[test]
    fn corrections_keep_the_id_and_know_no_future() {
        let mut draft = draft();
        let id = add(&mut draft, &stamp(), talk("价格")).unwrap().id.to_string();
        let mut edit = |field: &str, value: &str| edit(&mut draft, &stamp(), &id, &[(field.to_owned(), value.to_owned())]);
        let moved = edit("时间", "2026-09-30 17:00").unwrap();
        assert_eq!((moved.id.as_str(), moved.at), (id.as_str(), at("2026-09-30 17:00")));
        assert_eq!(edit("方向", "来").unwrap().direction, Some(Direction::In));
        for (field, value) in
            [("at", "2026-10-08 12:01"), ("at", ""), ("customer", "C2"), ("channel", "pigeon"), ("batch", "B1"), ("summary", " ")]
        {
            assert!(edit(field, value).is_err(), "{field}={value}");
        }
        assert!(super::edit(&mut draft, &stamp(), "T9", &[]).is_err());
    }
}
