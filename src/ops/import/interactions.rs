//! Interactions from a file: matched by id, else by customer, time, channel and summary.

use std::collections::{HashMap, HashSet};

use super::customer_named::Archive;
use super::{Fate, Incoming, Ledger, Numbers, Outcome, Refusal, lacking};
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::problem::What;
use crate::base::text::fold_key;
use crate::model::contact::Contact;
use crate::model::draft::Draft;
use crate::model::interaction::{INTERACTIONS, Interaction};
use crate::model::request::Channel;
use crate::ops::interaction::prefix;

/// Takes the rows over. `requests` are those of the book that the file names.
pub fn import(draft: &mut Draft, rows: Vec<Incoming<Interaction>>, requests: &HashSet<String>) -> Outcome {
    let (locale, batch) = (draft.locale(), draft.batch_id());
    let archive = Archive::of(draft);
    let people = People::of(draft, &archive);
    let mut numbers = Numbers::new('T');
    draft.interactions.iter().for_each(|talk| numbers.note(talk.id.as_str()));
    rows.iter().filter(|row| row.has_id).for_each(|row| numbers.note(row.record.id.as_str()));
    let mut nameless = Nameless::of(draft, &archive, &rows);
    let mut ledger = Ledger::new();
    let mut led = 0;
    for mut row in rows {
        let (customer, was_led) = match archive.meant(draft, &row.record.customer) {
            Ok(meant) => (meant.id, meant.led),
            Err(what) => {
                ledger.fates.push(Fate::Refused(Refusal { line: row.line, column: "customer".into(), what }));
                continue;
            }
        };
        if let Some(id) = row.record.request.as_ref().filter(|id| !requests.contains(id.as_str())) {
            let what = What::UnknownReference { table: "requests", id: id.to_string() };
            ledger.fates.push(Fate::Refused(Refusal { line: row.line, column: "request".into(), what }));
            continue;
        }
        let typed = row.record.contact.trim();
        if is_contact_id(typed) && !people.known.contains(&fold_key(typed)) {
            let what = What::UnknownReference { table: "contacts", id: typed.to_owned() };
            ledger.fates.push(Fate::Refused(Refusal { line: row.line, column: "contact".into(), what }));
            continue;
        }
        people.name(customer.as_str(), &mut row.record.contact);
        let known = if row.has_id {
            Some(row.record.id.to_string()).filter(|id| draft.interactions.get(id).is_some())
        } else {
            nameless.take(&customer, &row.record)
        };
        if let Some(id) = known {
            // a talk that is there keeps the id by which it names the same customer
            let present = draft.interactions.get(&id).map(|talk| talk.customer.clone());
            let same = present.filter(|present| archive.merged.same(present.as_str(), customer.as_str()));
            row.record.customer = same.unwrap_or(customer);
            ledger.lay_over(&mut draft.interactions, &id, &row, &locale, |_, _, _| {});
            continue;
        }
        if let Some(refusal) = lacking(&draft.interactions, &row) {
            ledger.fates.push(Fate::Refused(refusal));
            continue;
        }
        led += usize::from(was_led);
        let mut talk = row.record;
        if !row.has_id {
            let prefix = prefix(talk.at.date(locale.zone));
            talk.id = Id::made(format!("{prefix}{:03}", numbers.next(&prefix)));
        }
        talk.customer = customer;
        talk.batch.clone_from(&batch);
        let id = talk.id.to_string();
        draft.interactions.insert_batched(talk);
        draft.interactions.set_own(&id, &row.own);
        ledger.fates.push(Fate::New);
    }
    Outcome { led, ..Outcome::of(ledger.close(&draft.interactions, &locale), 0) }
}

/// The requests that rows name.
pub fn requests_named(rows: &[Incoming<Interaction>]) -> HashSet<&str> {
    let given = |row: &&Incoming<Interaction>| INTERACTIONS.position("request").is_some_and(|at| row.given[at]);
    rows.iter().filter(given).filter_map(|row| row.record.request.as_ref()).map(AsRef::as_ref).collect()
}

/// Whether a text is the id of a person, as carebook makes them, and not a name.
pub fn is_contact_id(text: &str) -> bool {
    let digits = text.trim().strip_prefix(['P', 'p']).unwrap_or_default();
    digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The people of each customer, by id and by the name that one of them alone has.
struct People {
    ids: HashMap<(String, String), Option<String>>,
    /// The ids of all, folded.
    known: HashSet<String>,
}

impl People {
    fn of(draft: &Draft, archive: &Archive) -> People {
        let mut ids: HashMap<(String, String), Option<String>> = HashMap::new();
        let whose = |person: &Contact| archive.merged.survivor(person.customer.as_str()).to_owned();
        for person in draft.contacts.iter().filter(|person| !person.name.trim().is_empty()) {
            let id = person.id.to_string();
            ids.entry((whose(person), fold_key(&person.name))).and_modify(|known| *known = None).or_insert(Some(id));
        }
        for person in draft.contacts.iter() {
            ids.insert((whose(person), fold_key(person.id.as_str())), Some(person.id.to_string()));
        }
        let known = draft.contacts.iter().map(|person| fold_key(person.id.as_str())).collect();
        People { ids, known }
    }

    /// Makes a name the id of the person, where it is known who is meant.
    fn name(&self, customer: &str, contact: &mut String) {
        if contact.trim().is_empty() {
            return;
        }
        let found = self.ids.get(&(customer.to_owned(), fold_key(contact)));
        if let Some(Some(id)) = found {
            contact.clone_from(id);
        }
    }
}

type Key = (String, Instant, Option<Channel>, String);

/// Talks of the book that rows without an id may mean, each once.
struct Nameless {
    by: HashMap<Key, Vec<String>>,
}

impl Nameless {
    fn of(draft: &Draft, archive: &Archive, rows: &[Incoming<Interaction>]) -> Nameless {
        // another row that gives the id means that talk
        let named: HashSet<&str> = rows.iter().filter(|row| row.has_id).map(|row| row.record.id.as_str()).collect();
        let times: HashSet<Instant> = rows.iter().filter(|row| !row.has_id).map(|row| row.record.at).collect();
        let mut by: HashMap<Key, Vec<String>> = HashMap::new();
        for talk in draft.interactions.iter().filter(|talk| times.contains(&talk.at) && !named.contains(talk.id.as_str())) {
            let customer = archive.merged.survivor(talk.customer.as_str());
            by.entry(Nameless::key(customer, talk)).or_default().push(talk.id.to_string());
        }
        Nameless { by }
    }

    fn key(customer: &str, talk: &Interaction) -> Key {
        (customer.to_owned(), talk.at, talk.channel, talk.summary.trim().to_owned())
    }

    fn take(&mut self, customer: &Id, row: &Interaction) -> Option<String> {
        let ids = self.by.get_mut(&Nameless::key(customer.as_str(), row))?;
        if ids.is_empty() { None } else { Some(ids.remove(0)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::customer::{Customer, CustomerStatus};
    use crate::ops::fixtures::{at, draft};

    fn id(text: &str) -> Id {
        Id::parse(text).unwrap()
    }

    fn book() -> Draft {
        let mut draft = draft();
        for (customer, into) in [("C1", None), ("C2", Some("C1"))] {
            let mut customer = Customer::new(id(customer), format!("店{customer}"));
            customer.merged_into = into.map(id);
            customer.status = into.map(|_| CustomerStatus::Merged);
            draft.customers.insert(customer);
        }
        for (person, name) in [("P0001", "王芳"), ("P0002", "李雷"), ("P0003", "李雷")] {
            draft.contacts.insert(Contact::new(id(person), id("C2"), name.into()));
        }
        draft
    }

    fn row(line: u64, own: &str, customer: &str, when: &str, summary: &str) -> Incoming<Interaction> {
        let record = Interaction::new(id(own), id(customer), at(when), summary.into());
        let has_id = !own.starts_with('?');
        let given = INTERACTIONS.columns.iter().map(|column| ["customer", "at", "summary"].contains(&column.word.code)).collect();
        Incoming { line, record, has_id, given, own: Vec::new() }
    }

    fn with(row: Incoming<Interaction>, code: &str, set: impl Fn(&mut Interaction)) -> Incoming<Interaction> {
        let mut row = row;
        set(&mut row.record);
        row.given[INTERACTIONS.position(code).unwrap()] = true;
        row
    }

    fn counts(outcome: &Outcome) -> [usize; 4] {
        [outcome.tally.new, outcome.tally.updated, outcome.tally.unchanged, outcome.refused.len()]
    }

    #[test]
    fn the_same_file_again_is_known_again_one_by_one() {
        let mut draft = book();
        let rows = || {
            vec![
                row(2, "?2", "C1", "2026-07-01 09:00", "报价"),
                row(3, "?3", "店C1", "2026-07-01 09:00", "报价"),
                with(row(4, "?4", "C2", "2026-07-01 09:00", "报价"), "channel", |talk| talk.channel = Some(Channel::Phone)),
                row(5, "T20260701-003", "C2", "2026-07-01 10:00", "样品"),
                row(6, "?6", "C9", "2026-07-01 09:00", "报价"),
            ]
        };
        let outcome = import(&mut draft, rows(), &HashSet::new());
        assert_eq!((counts(&outcome), outcome.led), ([4, 0, 0, 1], 2));
        let ids: Vec<String> = draft.interactions.iter().map(|talk| format!("{} {}", talk.id, talk.customer)).collect();
        assert_eq!(ids, ["T20260701-004 C1", "T20260701-005 C1", "T20260701-006 C1", "T20260701-003 C1"]);
        assert_eq!(counts(&import(&mut draft, rows(), &HashSet::new())), [0, 0, 4, 1]);
        let corrected = row(2, "T20260701-003", "C2", "2026-09-30 10:00", "样品两份");
        assert_eq!(counts(&import(&mut draft, vec![corrected], &HashSet::new())), [0, 1, 0, 0]);
        assert_eq!(draft.interactions.get("T20260701-003").unwrap().summary, "样品两份");
    }

    #[test]
    fn people_and_requests_of_the_book_are_found() {
        let mut draft = book();
        let contact = |line, name: &'static str| {
            with(row(line, &format!("?{line}"), "C1", "2026-07-01 09:00", name), "contact", move |talk| talk.contact = name.into())
        };
        let rows = || vec![contact(2, "王芳"), contact(3, "李雷"), contact(4, "p0003"), contact(5, "陌生人")];
        assert_eq!(counts(&import(&mut draft, rows(), &HashSet::new())), [4, 0, 0, 0]);
        let people: Vec<&str> = draft.interactions.iter().map(|talk| talk.contact.as_str()).collect();
        assert_eq!(people, ["P0001", "李雷", "P0003", "陌生人"]);
        assert_eq!(counts(&import(&mut draft, rows(), &HashSet::new())), [0, 0, 4, 0]);
        let outcome = import(&mut draft, vec![contact(6, "P9999")], &HashSet::new());
        assert_eq!((counts(&outcome), outcome.refused[0].column.as_ref()), ([0, 0, 0, 1], "contact"));
        let about = |line, request: &'static str| {
            with(row(line, &format!("?{line}"), "C1", "2026-07-02", "跟进"), "request", move |talk| talk.request = Some(id(request)))
        };
        let rows = vec![about(2, "R1"), about(3, "R2")];
        assert_eq!(requests_named(&rows), HashSet::from(["R1", "R2"]));
        let outcome = import(&mut draft, rows, &HashSet::from(["R1".to_owned()]));
        assert_eq!((counts(&outcome), outcome.refused[0].column.as_ref()), ([1, 0, 0, 1], "request"));
    }
}
