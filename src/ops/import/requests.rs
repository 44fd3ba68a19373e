//! Requests from a file: matched by id; linked to customers by id or by a name only one customer has.

use std::collections::HashMap;

use super::{Incoming, Tally, overlaid};
use crate::base::id::{Id, next_number};
use crate::base::text::fold_key;
use crate::model::draft::Draft;
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
pub fn import(draft: &mut Draft, rows: Vec<Incoming<Request>>) -> Tally {
    let mut tally = Tally::default();
    let locale = draft.locale();
    let batch = draft.batch_id();
    let names = unique_names(draft);
    let mut next: HashMap<String, u64> = HashMap::new();
    for mut row in rows {
        tally.strangers += usize::from(!link(draft, &names, &mut row));
        let id = row.record.id.to_string();
        if row.has_id && draft.requests.get(&id).is_some() {
            let changed = draft.requests.get(&id).and_then(|present| overlaid(present, &row, &locale));
            match (changed, draft.requests.edit(&id)) {
                (Some(changed), Some(present)) => {
                    *present = changed;
                    tally.updated += 1;
                }
                _ => tally.unchanged += 1,
            }
            continue;
        }
        let mut request = row.record;
        if !row.has_id {
            let prefix = format!("R{}-", request.received_at.date(locale.zone).format("%Y%m%d"));
            let ids = || next_number(&prefix, draft.requests.iter().map(|request| request.id.as_str()));
            let number = next.entry(prefix.clone()).or_insert_with(ids);
            request.id = Id::made(format!("{prefix}{number:03}"));
            *number += 1;
        }
        request.batch.clone_from(&batch);
        draft.requests.insert_batched(request);
        tally.new += 1;
    }
    tally
}

/// Links a row to the archive; `false` when it names a customer whom the archive lacks.
fn link(draft: &Draft, names: &HashMap<String, Option<String>>, row: &mut Incoming<Request>) -> bool {
    let position = REQUESTS.position("customer").unwrap_or(0);
    if let Some(id) = row.record.customer.clone() {
        if let Some(customer) = draft.customers.get(id.as_str()) {
            if row.record.customer_name.trim().is_empty() {
                row.record.customer_name.clone_from(&customer.name);
            }
            return true;
        }
        // not an id of ours: perhaps a name, in any case not lost
        row.record.customer = None;
        row.given[position] = false;
        if row.record.customer_name.trim().is_empty() {
            row.record.customer_name = id.to_string();
        }
    }
    if row.record.customer_name.trim().is_empty() {
        return true;
    }
    let found = names.get(&fold_key(&row.record.customer_name)).and_then(Option::as_ref);
    row.record.customer = found.map(|id| Id::made(id.clone()));
    row.given[position] = found.is_some();
    found.is_some()
}

/// Names that one customer alone has.
fn unique_names(draft: &Draft) -> HashMap<String, Option<String>> {
    let mut names: HashMap<String, Option<String>> = HashMap::new();
    for customer in draft.customers.iter().filter(|customer| customer.is_active() && !customer.name.trim().is_empty()) {
        names.entry(fold_key(&customer.name)).and_modify(|id| *id = None).or_insert_with(|| Some(customer.id.to_string()));
    }
    names
}
