//! Rows of tables that need no more than their customer: contacts, staff, revisits, interactions, knowledge.
//! A row with an id is that record; one without is known by what it is about, so that a second import makes nothing.

use std::collections::{HashMap, HashSet};

use super::guards::{Touched, guard};
use super::kept::Kept;
use super::{Fate, Incoming, Ledger, Numbers, Outcome, Refusal, lacking};
use crate::base::id::Id;
use crate::base::problem::What;
use crate::base::text::fold_key;
use crate::model::cell::Locale;
use crate::model::contact::Contact;
use crate::model::draft::Draft;
use crate::model::interaction::Interaction;
use crate::model::knowledge::Knowledge;
use crate::model::revisit::Revisit;
use crate::model::staff::Staff;

/// How a table makes ids, and what its rows are known by without one.
pub trait Plain: Kept {
    /// Columns that together are one record's.
    const KNOWN_BY: &'static [&'static str];
    /// Cells that a new row has where it says nothing.
    const USUAL: &'static [(&'static str, &'static str)];
    /// The letter and the rest of what comes before the number of a new id, and its digits; none where a row must bring its own.
    fn prefix(&self, locale: &Locale) -> Option<(String, usize)>;
    fn take_id(&mut self, id: Id);
}

impl Plain for Contact {
    const KNOWN_BY: &'static [&'static str] = &["customer", "name"];
    const USUAL: &'static [(&'static str, &'static str)] = &[];
    fn prefix(&self, _: &Locale) -> Option<(String, usize)> {
        Some(("P".to_owned(), 4))
    }
    fn take_id(&mut self, id: Id) {
        self.id = id;
    }
}

impl Plain for Staff {
    const KNOWN_BY: &'static [&'static str] = &["name"];
    const USUAL: &'static [(&'static str, &'static str)] = &[];
    fn prefix(&self, _: &Locale) -> Option<(String, usize)> {
        None
    }
    fn take_id(&mut self, id: Id) {
        self.name = id;
    }
}

impl Plain for Revisit {
    const KNOWN_BY: &'static [&'static str] = &["customer", "due_on", "reason"];
    const USUAL: &'static [(&'static str, &'static str)] = &[("status", "planned"), ("reason", "manual")];
    fn prefix(&self, _: &Locale) -> Option<(String, usize)> {
        Some((format!("V{}-", self.due_on.format("%Y%m%d")), 3))
    }
    fn take_id(&mut self, id: Id) {
        self.id = id;
    }
}

impl Plain for Interaction {
    const KNOWN_BY: &'static [&'static str] = &["customer", "at", "summary"];
    const USUAL: &'static [(&'static str, &'static str)] = &[];
    fn prefix(&self, locale: &Locale) -> Option<(String, usize)> {
        Some((format!("T{}-", self.at.date(locale.zone).format("%Y%m%d")), 3))
    }
    fn take_id(&mut self, id: Id) {
        self.id = id;
    }
}

impl Plain for Knowledge {
    const KNOWN_BY: &'static [&'static str] = &["title"];
    const USUAL: &'static [(&'static str, &'static str)] = &[("status", "current")];
    fn prefix(&self, _: &Locale) -> Option<(String, usize)> {
        Some(("K".to_owned(), 4))
    }
    fn take_id(&mut self, id: Id) {
        self.id = id;
    }
}

/// Fills what a row leaves open.
pub fn fill<R: Plain>(cells: &mut [String]) {
    for (code, text) in R::USUAL {
        if let Some(cell) = R::TABLE.position(code).map(|at| &mut cells[at]).filter(|cell| cell.trim().is_empty()) {
            (*text).clone_into(cell);
        }
    }
}

/// Takes the rows of a table over that names no request. A blank cell never erases what is known.
pub fn import<R: Plain>(draft: &mut Draft, rows: Vec<Incoming<R>>) -> Outcome {
    import_linked(draft, rows, &HashSet::new())
}

/// The requests that rows name.
pub fn requests_named<R: Plain>(rows: &[Incoming<R>], locale: &Locale) -> HashSet<String> {
    let at = R::TABLE.position("request");
    rows.iter().filter_map(|row| Some(row.record.written(at?, locale))).filter(|id| !id.is_empty()).collect()
}

/// The same; `requests` are those of the book that the rows name.
pub fn import_linked<R: Plain>(draft: &mut Draft, rows: Vec<Incoming<R>>, requests: &HashSet<String>) -> Outcome {
    let locale = draft.locale();
    let customers: HashSet<String> = draft.customers.iter().map(|customer| customer.id.to_string()).collect();
    let mut numbers = Numbers::new(' ');
    let mut known: HashMap<String, String> = HashMap::new();
    for record in R::rows(draft).iter() {
        numbers.letter = record.key().chars().next().unwrap_or(' ');
        numbers.note(&record.key());
        known.entry(identity(record, &locale)).or_insert_with(|| record.key());
    }
    for (prefix, last) in &draft.made {
        let entry = numbers.last.entry(prefix.clone()).or_default();
        *entry = (*entry).max(*last);
    }
    for row in rows.iter().filter(|row| row.has_id) {
        numbers.letter = row.record.key().chars().next().unwrap_or(' ');
        numbers.note(&row.record.key());
    }
    let mut ledger = Ledger::new();
    for row in rows {
        if let Some((column, what)) = contradiction(&row.record, &customers, requests, &locale) {
            ledger.fates.push(Fate::Refused(Refusal { line: row.line, column: column.into(), what }));
            continue;
        }
        let key = if row.has_id { Some(row.record.key()) } else { known.get(&identity(&row.record, &locale)).cloned() };
        let present = key.filter(|key| R::rows(draft).get(key).is_some());
        if let Some(key) = present {
            match guarded(draft, &key, &row, &locale) {
                Some((column, what)) => ledger.fates.push(Fate::Refused(Refusal { line: row.line, column: column.into(), what })),
                None => ledger.lay_over(R::rows_mut(draft), &key, &row, &locale, |_, _, _| {}),
            }
            continue;
        }
        if let Some(refusal) = lacking(R::rows(draft), &row) {
            ledger.fates.push(Fate::Refused(refusal));
            continue;
        }
        let mut record = row.record;
        if !row.has_id {
            let Some((prefix, digits)) = record.prefix(&locale) else {
                let column = R::TABLE.columns[0].word.code;
                ledger.fates.push(Fate::Refused(Refusal { line: row.line, column: column.into(), what: What::Required }));
                continue;
            };
            let number = numbers.next(&prefix);
            record.take_id(Id::made(format!("{prefix}{number:0digits$}")));
        }
        known.entry(identity(&record, &locale)).or_insert_with(|| record.key());
        if R::TABLE.position("batch").is_some() {
            let batch = draft.batch_id();
            if let Some(record) = with_batch(&record, &batch, &locale) {
                let key = record.key();
                R::rows_mut(draft).insert_batched(record);
                R::rows_mut(draft).set_own(&key, &row.own);
            }
        } else {
            // nothing in the row says which import it came with: the log has it whole
            let key = record.key();
            R::rows_mut(draft).insert(record);
            R::rows_mut(draft).set_own(&key, &row.own);
        }
        ledger.fates.push(Fate::New);
    }
    Outcome::of(ledger.close(R::rows(draft), &locale), 0)
}

fn with_batch<R: Plain>(record: &R, batch: &str, locale: &Locale) -> Option<R> {
    let column = R::TABLE.position("batch")?;
    let mut cells = record.row(locale);
    batch.clone_into(&mut cells[column]);
    R::read(&|at| cells[at].as_str(), locale).ok()
}

/// What a record is known by besides its id.
fn identity<R: Plain>(record: &R, locale: &Locale) -> String {
    let cells = R::KNOWN_BY.iter().filter_map(|code| R::TABLE.position(code));
    cells.map(|at| fold_key(&record.written(at, locale))).collect::<Vec<_>>().join("\u{1f}")
}

fn contradiction<R: Plain>(
    record: &R,
    customers: &HashSet<String>,
    requests: &HashSet<String>,
    locale: &Locale,
) -> Option<(&'static str, What)> {
    let cell = |code: &str| R::TABLE.position(code).map(|at| record.written(at, locale)).unwrap_or_default();
    let customer = cell("customer");
    if !customer.is_empty() && !customers.contains(&customer) {
        return Some(("customer", What::UnknownReference { table: "customers", id: customer }));
    }
    let request = cell("request");
    if !request.is_empty() && !requests.contains(&request) {
        return Some(("request", What::UnknownReference { table: "requests", id: request }));
    }
    if R::TABLE.word.code == "knowledge" && cell("title").trim().is_empty() {
        return Some(("title", What::Required));
    }
    let (from, until) = (cell("from"), cell("until"));
    let turned = !from.is_empty() && !until.is_empty() && until < from;
    turned.then_some(("until", What::TimeOrder { value: until, earlier: from }))
}

/// A given cell that would change what a verb must.
fn guarded<R: Plain>(draft: &Draft, key: &str, row: &Incoming<R>, locale: &Locale) -> Option<(&'static str, What)> {
    let present = R::rows(draft).get(key)?;
    let columns = R::TABLE.columns.iter().enumerate().skip(1);
    let differs = |at: usize| row.given[at] && present.written(at, locale) != row.record.written(at, locale);
    columns.filter(|(at, _)| differs(*at)).find_map(|(at, column)| {
        let theirs = row.record.json(at, locale).as_str().map_or_else(|| row.record.written(at, locale), str::to_owned);
        let cell = Touched { table: R::TABLE.word.code, id: key, column: column.word.code, theirs: &theirs, is_resolved: false };
        Some((column.word.code, guard(cell)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::customer::Customer;
    use crate::model::settings::{RawSettings, Settings};

    fn draft() -> Draft {
        let raw: RawSettings = serde_yaml::from_str("{format: 1}").unwrap();
        let mut draft = Draft::new(Settings::try_from(raw).unwrap(), 7);
        draft.customers.insert(Customer::new(Id::parse("C1").unwrap(), "A".into()));
        draft
    }

    fn row<R: Plain>(draft: &Draft, cells: &[(&str, &str)]) -> Incoming<R> {
        let mut all = vec![String::new(); R::TABLE.columns.len()];
        for (code, text) in cells {
            (*text).clone_into(&mut all[R::TABLE.position(code).unwrap()]);
        }
        let given: Vec<bool> = all.iter().map(|cell| !cell.is_empty()).collect();
        fill::<R>(&mut all);
        if !given[0] {
            all[0] = "?2".into();
        }
        let record = R::read(&|at| all[at].as_str(), &draft.locale()).unwrap();
        Incoming { line: 2, record, has_id: given[0], given, own: Vec::new() }
    }

    fn counts(outcome: &Outcome) -> (usize, usize, usize, usize) {
        (outcome.tally.new, outcome.tally.updated, outcome.tally.unchanged, outcome.refused.len())
    }

    #[test]
    fn a_second_import_makes_nothing() {
        let mut draft = draft();
        let contacts = |draft: &Draft| {
            vec![
                row::<Contact>(draft, &[("customer", "C1"), ("name", "Bo"), ("phone", "138")]),
                row(draft, &[("customer", "C1"), ("name", "Cy")]),
                row(draft, &[("customer", "C1"), ("name", "bo"), ("role", "boss")]),
                row(draft, &[("customer", "C9"), ("name", "Di")]),
            ]
        };
        let rows = contacts(&draft);
        assert_eq!(counts(&import(&mut draft, rows)), (2, 1, 0, 1));
        assert_eq!(draft.contacts.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["P0001", "P0002"]);
        assert_eq!(draft.contacts.get("P0001").unwrap().role, "boss");
        let rows = contacts(&draft);
        assert_eq!(counts(&import(&mut draft, rows)), (0, 0, 3, 1));
    }

    #[test]
    fn ids_carry_the_day_and_staff_bring_their_names() {
        let mut draft = draft();
        let rows = vec![row::<Revisit>(&draft, &[("customer", "C1"), ("due_on", "2026-07-01")])];
        assert_eq!(counts(&import(&mut draft, rows)), (1, 0, 0, 0));
        assert!(draft.revisits.get("V20260701-001").is_some());
        let rows = vec![row::<Interaction>(&draft, &[("customer", "C1"), ("at", "2026-07-01 09:30"), ("summary", "x")])];
        assert_eq!(counts(&import(&mut draft, rows)), (1, 0, 0, 0));
        assert_eq!(draft.interactions.get("T20260701-001").unwrap().batch, "B7");
        let rows =
            vec![row::<Staff>(&draft, &[("name", "Li"), ("from", "2026-07-01"), ("until", "2026-06-01")]), row(&draft, &[("role", "x")])];
        assert_eq!(counts(&import(&mut draft, rows)), (0, 0, 0, 2));
    }

    #[test]
    fn a_request_that_is_not_there_is_refused() {
        let mut draft = draft();
        let about = |request: &str| row::<Revisit>(&draft, &[("customer", "C1"), ("due_on", "2026-07-01"), ("request", request)]);
        let rows = vec![about("R1"), about("R2")];
        assert_eq!(requests_named(&rows, &draft.locale()).len(), 2);
        let outcome = import_linked(&mut draft, rows, &HashSet::from(["R1".to_owned()]));
        assert_eq!((counts(&outcome), outcome.refused[0].column.as_ref()), ((1, 0, 0, 1), "request"));
    }

    #[test]
    fn what_a_verb_changes_is_refused_with_the_verb() {
        let mut draft = draft();
        let rows = vec![row::<Revisit>(&draft, &[("customer", "C1"), ("due_on", "2026-07-01")])];
        let _ = import(&mut draft, rows);
        let rows =
            vec![row::<Revisit>(&draft, &[("id", "V20260701-001"), ("customer", "C1"), ("due_on", "2026-07-01"), ("status", "done")])];
        let outcome = import(&mut draft, rows);
        assert!(
            matches!(&outcome.refused[0].what, What::GuardedCell { command: Some(command) } if command.starts_with("carebook revisit done V20260701-001"))
        );
    }
}
