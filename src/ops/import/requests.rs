//! Requests from a file: matched by id, else by time, content and customer; linked to customers by id or by a name
//! only one customer has.

use std::collections::{HashMap, HashSet};

use super::{Fate, Incoming, Ledger, Numbers, Outcome, Refusal, lacking};
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::problem::What;
use crate::base::text::fold_key;
use crate::model::cell::Locale;
use crate::model::draft::{Draft, Rows};
use crate::model::merged::Merged;
use crate::model::request::{REQUESTS, Request, Stage};

/// Fills what a row leaves open before it is read: the severity is normal, the stage follows from its times.
pub fn fill(cells: &mut [String]) {
    use crate::model::vocabulary::Code;
    let at = |code: &str| REQUESTS.position(code).unwrap_or(0);
    let blank = |cells: &[String], code: &str| cells[at(code)].trim().is_empty();
    if blank(cells, "severity") {
        "normal".clone_into(&mut cells[at("severity")]);
    }
    if blank(cells, "stage") {
        let stage = match (blank(cells, "closed_at"), blank(cells, "resolved_at")) {
            (false, _) => Stage::Closed,
            (true, false) => Stage::Resolved,
            (true, true) => Stage::Registered,
        };
        stage.code().clone_into(&mut cells[at("stage")]);
    }
}

/// Takes the rows over. Past requests get no due times: what was not promised cannot be missed.
pub fn import(draft: &mut Draft, rows: Vec<Incoming<Request>>) -> Outcome {
    let locale = draft.locale();
    let batch = draft.batch_id();
    let people = People::of(draft);
    let entries = entries(draft);
    let mut numbers = Numbers::new('R');
    draft.requests.iter().for_each(|request| numbers.note(request.id.as_str()));
    rows.iter().filter(|row| row.has_id).for_each(|row| numbers.note(row.record.id.as_str()));
    let mut nameless = Nameless::new(&draft.requests, &rows);
    let mut ledger = Ledger::new();
    let (mut strangers, mut led) = (0, 0);
    for mut row in rows {
        if let Some((column, what)) = contradiction(&row.record, &entries, &locale) {
            ledger.fates.push(Fate::Refused(Refusal { line: row.line, column: column.into(), what }));
            continue;
        }
        let typed = row.record.customer.clone();
        let linked = link(draft, &people, &mut row);
        strangers += usize::from(linked == Linked::Stranger);
        let known = if row.has_id {
            Some(row.record.id.to_string())
        } else {
            let known = nameless.take(&draft.requests, &row.record, typed.as_ref(), &people.merged);
            people.keep(known.as_ref().and_then(|id| draft.requests.get(id)), &mut row.record);
            known
        };
        let is_there = known.as_ref().is_some_and(|id| draft.requests.get(id).is_some());
        led += usize::from(linked == Linked::Led && !is_there);
        if let Some(id) = known.filter(|id| draft.requests.get(id).is_some()) {
            ledger.lay_over(&mut draft.requests, &id, &row, &locale, advanced);
            continue;
        }
        if let Some(refusal) = lacking(&draft.requests, &row) {
            ledger.fates.push(Fate::Refused(refusal));
            continue;
        }
        let mut request = row.record;
        if !row.has_id {
            let prefix = format!("R{}-", request.received_at.date(locale.zone).format("%Y%m%d"));
            request.id = Id::made(format!("{prefix}{:03}", numbers.next(&prefix)));
        }
        request.batch.clone_from(&batch);
        let key = request.id.to_string();
        draft.requests.insert_batched(request);
        draft.requests.set_own(&key, &row.own);
        ledger.fates.push(Fate::New);
    }
    Outcome { led, ..Outcome::of(ledger.close(&draft.requests, &locale), strangers) }
}

/// The entries of the knowledge base that a request may name.
pub(super) fn entries(draft: &Draft) -> HashSet<String> {
    draft.knowledge.iter().map(|entry| entry.id.to_string()).collect()
}

/// What no request can be, and `check` would find.
pub(super) fn contradiction(request: &Request, entries: &HashSet<String>, locale: &Locale) -> Option<(&'static str, What)> {
    if let Some(score) = request.feedback.filter(|score| !(1..=5).contains(score)) {
        return Some(("feedback", What::OutOfRange { value: score.to_string(), min: "1".into(), max: "5".into() }));
    }
    if let Some(entry) = request.knowledge.0.iter().find(|id| !entries.contains(id.as_str())) {
        return Some(("knowledge", What::UnknownReference { table: "knowledge", id: entry.clone() }));
    }
    let resolved = request.resolved_at.filter(|at| *at < request.received_at)?;
    let (value, earlier) = (resolved.minute(locale.zone), request.received_at.minute(locale.zone));
    Some(("resolved_at", What::TimeOrder { value, earlier }))
}

/// A row that says when an open request was resolved or closed moves it on, unless the row gives the stage itself.
/// A request that was reopened is left to those who work on it: an old file does not resolve it again.
fn advanced(before: &Request, request: &mut Request, row: &Incoming<Request>) {
    let given = |code: &str| REQUESTS.position(code).is_some_and(|at| row.given[at]);
    if given("stage") {
        return;
    }
    if before.stage.is_open() && before.reopened.is_some_and(|times| times > 0) {
        (request.resolved_at, request.closed_at) = (before.resolved_at, before.closed_at);
        return;
    }
    let resolved = request.resolved_at != before.resolved_at && before.stage.is_open();
    let closed = request.closed_at != before.closed_at && (before.stage.is_open() || before.stage.is_resolved());
    if (resolved && row.record.stage == Stage::Resolved) || (closed && row.record.stage == Stage::Closed) {
        request.stage = row.record.stage;
    }
}

/// The book's requests that rows without an id may mean, each for one row only.
struct Nameless {
    by: HashMap<(Instant, String), Vec<String>>,
}

impl Nameless {
    fn new(requests: &Rows<Request>, rows: &[Incoming<Request>]) -> Nameless {
        let mut by: HashMap<(Instant, String), Vec<String>> = HashMap::new();
        for row in rows.iter().filter(|row| !row.has_id) {
            by.entry(Nameless::key(&row.record)).or_default();
        }
        for request in requests.iter() {
            if let Some(ids) = by.get_mut(&Nameless::key(request)) {
                ids.push(request.id.to_string());
            }
        }
        // another row that gives the id means that request
        let named: std::collections::HashSet<&str> = rows.iter().filter(|row| row.has_id).map(|row| row.record.id.as_str()).collect();
        for ids in by.values_mut() {
            ids.retain(|id| !named.contains(id.as_str()));
        }
        Nameless { by }
    }

    fn key(request: &Request) -> (Instant, String) {
        (request.received_at, request.content.trim().to_owned())
    }

    /// The first that is the same customer's: by id, by name, or by the id that was kept as a name.
    fn take(&mut self, requests: &Rows<Request>, row: &Request, typed: Option<&Id>, merged: &Merged) -> Option<String> {
        let ids = self.by.get_mut(&Nameless::key(row))?;
        let same = |present: &Request| {
            let both = row.customer.as_ref().zip(present.customer.as_ref());
            let by_id = both.is_some_and(|(one, other)| merged.same(one.as_str(), other.as_str()));
            let name = fold_key(&present.customer_name);
            by_id || name == fold_key(&row.customer_name) || typed.is_some_and(|id| name == fold_key(id.as_str()))
        };
        let at = ids.iter().position(|id| requests.get(id).is_some_and(same))?;
        Some(ids.remove(at))
    }
}

/// How a row is linked to the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Linked {
    Known,
    /// It names a merged customer and goes to the one that stands.
    Led,
    /// It names a customer whom the archive lacks.
    Stranger,
}

/// Links a row to the archive. A request that is there already keeps the id it has for the same customer.
pub(super) fn link(draft: &Draft, people: &People, row: &mut Incoming<Request>) -> Linked {
    let position = REQUESTS.position("customer").unwrap_or(0);
    if let Some(id) = row.record.customer.clone() {
        let survivor = people.merged.survivor(id.as_str());
        if let Some(customer) = draft.customers.get(survivor) {
            if row.record.customer_name.trim().is_empty() {
                row.record.customer_name.clone_from(&customer.name);
            }
            row.record.customer = Some(customer.id.clone());
            let kept = row.has_id && people.keep(draft.requests.get(row.record.id.as_str()), &mut row.record);
            return if survivor == id.as_str() || kept { Linked::Known } else { Linked::Led };
        }
        // not an id of ours: perhaps a name, in any case not lost
        row.record.customer = None;
        row.given[position] = false;
        if row.record.customer_name.trim().is_empty() {
            row.record.customer_name = id.to_string();
        }
    }
    if row.record.customer_name.trim().is_empty() {
        return Linked::Known;
    }
    let found = people.names.get(&fold_key(&row.record.customer_name)).and_then(Option::as_ref);
    row.record.customer = found.map(|id| Id::made(id.clone()));
    row.given[position] = found.is_some();
    if row.has_id {
        people.keep(draft.requests.get(row.record.id.as_str()), &mut row.record);
    }
    if found.is_some() { Linked::Known } else { Linked::Stranger }
}

/// Whom names and ids mean.
pub(super) struct People {
    /// Names that one customer alone has.
    names: HashMap<String, Option<String>>,
    merged: Merged,
}

impl People {
    pub(super) fn of(draft: &Draft) -> People {
        let merged = Merged::of(draft.customers.iter());
        let mut names: HashMap<String, Option<String>> = HashMap::new();
        for customer in draft.customers.iter().filter(|customer| customer.is_active() && !customer.name.trim().is_empty()) {
            names.entry(fold_key(&customer.name)).and_modify(|id| *id = None).or_insert_with(|| Some(customer.id.to_string()));
        }
        // a name that nobody has any more means whoever its bearer went into
        for (gone, survivor) in merged.pairs() {
            if let Some(customer) = draft.customers.get(gone).filter(|customer| !customer.name.trim().is_empty()) {
                names.entry(fold_key(&customer.name)).or_insert_with(|| Some(survivor.to_owned()));
            }
        }
        People { names, merged }
    }

    /// Gives a row the id by which a request names its customer already, where that means the same one. Whether it did.
    fn keep(&self, present: Option<&Request>, row: &mut Request) -> bool {
        let present = present.and_then(|present| present.customer.as_ref());
        let same = present.zip(row.customer.as_ref()).is_some_and(|(one, other)| self.merged.same(one.as_str(), other.as_str()));
        if same {
            row.customer = present.cloned();
        }
        same
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::date::DateOrder;
    use crate::model::settings::{RawSettings, Settings};

    fn draft() -> Draft {
        let raw: RawSettings = serde_yaml::from_str("{format: 1}").unwrap();
        Draft::new(Settings::try_from(raw).unwrap(), 3)
    }

    fn at(text: &str) -> Instant {
        Instant::parse(text, chrono_tz::Asia::Shanghai, DateOrder::Iso).unwrap()
    }

    fn row(id: &str, customer_name: &str) -> Incoming<Request> {
        let mut record = Request::new(Id::parse(id).unwrap(), at("2026-07-01 09:00"), "漏水".into());
        record.customer_name = customer_name.into();
        let mut given = vec![false; REQUESTS.columns.len()];
        given[2] = !customer_name.is_empty();
        Incoming { line: 2, record, has_id: !id.starts_with('?'), given, own: Vec::new() }
    }

    fn resolved(mut row: Incoming<Request>, when: &str) -> Incoming<Request> {
        (row.record.resolved_at, row.record.stage) = (Some(at(when)), Stage::Resolved);
        row.given[REQUESTS.position("resolved_at").unwrap()] = true;
        row
    }

    fn counts(outcome: &Outcome) -> (usize, usize, usize, usize) {
        (outcome.tally.new, outcome.tally.updated, outcome.tally.unchanged, outcome.refused.len())
    }

    #[test]
    fn rows_without_ids_are_known_again() {
        let mut draft = draft();
        let rows = || vec![row("?2", "王芳"), row("?3", "李伟"), row("?4", "王芳"), row("R20260701-001", "赵敏")];
        assert_eq!(counts(&import(&mut draft, rows())), (4, 0, 0, 0));
        let ids: Vec<&str> = draft.requests.iter().map(|request| request.id.as_str()).collect();
        assert_eq!(ids, ["R20260701-002", "R20260701-003", "R20260701-004", "R20260701-001"]);
        assert_eq!(counts(&import(&mut draft, rows())), (0, 0, 4, 0));
    }

    #[test]
    fn a_time_of_resolution_moves_the_stage() {
        let mut draft = draft();
        let _ = import(&mut draft, vec![row("R1", "")]);
        assert_eq!(counts(&import(&mut draft, vec![resolved(row("R1", ""), "2026-07-03")])), (0, 1, 0, 0));
        assert_eq!(draft.requests.get("R1").unwrap().stage, Stage::Resolved);
        // whoever reopens it is not overruled by the old file
        let request = draft.requests.edit("R1").unwrap();
        (request.stage, request.resolved_at, request.reopened) = (Stage::Assigned, None, Some(1));
        assert_eq!(counts(&import(&mut draft, vec![resolved(row("R1", ""), "2026-07-03")])), (0, 0, 1, 0));
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let outcome = import(&mut draft(), vec![resolved(row("R1", ""), "2026-06-30")]);
        assert!(matches!(outcome.refused[0].what, What::TimeOrder { .. }));
        let mut scored = row("R1", "");
        scored.record.feedback = Some(9);
        assert_eq!(counts(&import(&mut draft(), vec![scored])), (0, 0, 0, 1));
    }
}
