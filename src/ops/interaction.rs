//! The communication log: an entry for a talk, and its correction.

use super::fields::{self, Setting};
use crate::base::id::Id;
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
pub fn add(draft: &mut Draft, stamp: &Stamp, talk: Talk) -> Interaction {
    let prefix = prefix(stamp.at.date(draft.settings.zone));
    let number = draft.next_number(&prefix, draft.interactions.iter().map(|one| one.id.as_str()));
    let Talk { customer, contact, channel, direction, staff, request, summary } = talk;
    let id = Id::made(format!("{prefix}{number:03}"));
    let entry = Interaction { contact, channel, direction, staff, request, ..Interaction::new(id, customer, stamp.at, summary) };
    draft.interactions.insert(entry.clone());
    entry
}

/// Changes fields of an entry; a blank text empties one. Its id stays, also when the day was wrong.
pub fn edit(draft: &mut Draft, stamp: &Stamp, id: &str, settings: &[Setting]) -> Result<Interaction, Problems> {
    let present = draft.interactions.get(id).cloned();
    let present = present.ok_or_else(|| vec![Problem::error(What::NotFound { noun: "interactions", id: id.to_owned(), nearest: None })])?;
    let (settings, own) = fields::split(settings);
    let changed = fields::with(&present, &settings, OWN, &draft.locale())?;
    let own = fields::own(&draft.interactions, &own, &draft.locale())?;
    let zone = draft.settings.zone;
    if changed.at != present.at && changed.at > stamp.recorded_at {
        let (value, max) = (changed.at.minute(zone), stamp.recorded_at.minute(zone));
        return Err(vec![Problem::error(What::OutOfRange { value, min: "1900-01-01".into(), max }).field("at")]);
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
        let today = add(&mut draft, &stamp(), talk("价格"));
        assert_eq!((today.id.as_str(), today.staff.as_str(), today.at), ("T20261008-008", "小李", stamp().at));
        let late = Stamp { at: at("2026-09-30 17:00"), ..stamp() };
        let ids = [add(&mut draft, &late, talk("a")), add(&mut draft, &late, talk("b"))].map(|entry| entry.id.to_string());
        assert_eq!(ids, ["T20260930-001", "T20260930-002"]);
    }

    #[test]
    fn corrections_keep_the_id_and_know_no_future() {
        let mut draft = draft();
        let id = add(&mut draft, &stamp(), talk("价格")).id.to_string();
        let mut edit = |field: &str, value: &str| edit(&mut draft, &stamp(), &id, &[(field.to_owned(), value.to_owned())]);
        let moved = edit("时间", "2026-09-30 17:00").unwrap();
        assert_eq!((moved.id.as_str(), moved.at), (id.as_str(), at("2026-09-30 17:00")));
        assert_eq!(edit("方向", "来").unwrap().direction, Some(Direction::In));
        for (field, value) in [("at", "2026-10-08 12:01"), ("at", ""), ("customer", "C2"), ("channel", "pigeon"), ("batch", "B1")] {
            assert!(edit(field, value).is_err(), "{field}={value}");
        }
        assert!(super::edit(&mut draft, &stamp(), "T9", &[]).is_err());
    }
}
