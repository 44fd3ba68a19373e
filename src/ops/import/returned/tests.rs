//! The laws of the merge, on whole rows.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::{Field, Merge, Returned, Settle, meant, merge};
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::problem::What;
use crate::model::customer::{CUSTOMERS, Customer};
use crate::model::draft::Draft;
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::settings::{RawSettings, Settings};
use crate::model::staff::Staff;

fn draft() -> Draft {
    let raw: RawSettings = serde_yaml::from_str("{format: 1}").unwrap();
    Draft::new(Settings::try_from(raw).unwrap(), 7)
}

/// A row that went out as one record and came back as cells of another, as text.
fn back<R: Record>(draft: &Draft, base: &R, edits: &[(&str, &str)]) -> Returned {
    let out = base.row(&draft.locale());
    let mut cells = out.clone();
    for (code, text) in edits {
        (*text).clone_into(&mut cells[R::TABLE.position(code).unwrap()]);
    }
    let some = |cells: Vec<String>| cells.into_iter().map(Some).collect();
    Returned { line: 2, key: base.key(), cells: some(cells), base: some(out), own: Vec::new() }
}

fn customer(name: &str, phone: &str, note: &str) -> Customer {
    let mut customer = Customer::new(Id::parse("C1").unwrap(), name.into());
    (customer.phone, customer.note) = (phone.into(), note.into());
    customer
}

fn merged(draft: &mut Draft, row: &Returned, settle: Settle) -> Merge {
    let locale = draft.locale();
    merge::<Customer>(draft, std::slice::from_ref(row), HashSet::new(), settle, &locale)
}

#[test]
fn each_cell_is_judged_by_itself() {
    let base = customer("A", "138", "old");
    let mut draft = draft();
    draft.customers.insert(customer("A", "139", "new"));
    let row =
        back(&draft, &base, &[("phone", "137"), ("email", "a@b.c"), ("tier", "A"), ("since", "2026年7月1日"), ("verified_on", "soon")]);
    let came = merged(&mut draft, &row, Settle::Ask);
    let now = draft.customers.get("C1").unwrap();
    assert_eq!((now.phone.as_str(), now.email.as_str(), now.note.as_str()), ("139", "a@b.c", "new"));
    assert_eq!(now.since.unwrap().to_string(), "2026-07-01");
    assert_eq!((came.changes.len(), came.newer, came.updated), (2, 1, 1));
    let conflict = &came.conflicts[0];
    assert_eq!((conflict.base.as_str(), conflict.theirs.as_str(), conflict.ours.as_str()), ("138", "137", "139"));
    let code = |field: Field| match field {
        Field::Column(at) => CUSTOMERS.columns[at].word.code,
        Field::Own(_) => "own",
    };
    let refused: Vec<_> = came.refused.iter().map(|one| (code(one.field), one.what.code())).collect();
    assert_eq!(refused, [("verified_on", "bad-date"), ("tier", "guarded-cell")]);
    // a conflict is settled by whoever decides
    let came = merged(&mut draft, &row, Settle::Theirs);
    assert_eq!((came.conflicts.len(), draft.customers.get("C1").unwrap().phone.as_str()), (0, "137"));
    assert_eq!((came.agreed, came.changes.len()), (2, 1));
}

#[test]
fn a_cell_can_be_emptied_but_not_a_name() {
    let base = customer("A", "138", "old");
    let mut draft = draft();
    draft.customers.insert(base.clone());
    let row = back(&draft, &base, &[("name", " "), ("note", "")]);
    let came = merged(&mut draft, &row, Settle::Ask);
    assert_eq!((came.changes.len(), came.refused[0].what.code()), (1, "required"));
    assert_eq!(draft.customers.get("C1").unwrap().note, "");
}

#[test]
fn what_is_gone_or_merged_is_not_changed() {
    let base = customer("A", "138", "old");
    let mut draft = draft();
    let row = back(&draft, &base, &[("note", "x")]);
    assert_eq!(merged(&mut draft, &row, Settle::Ask).refused[0].what.code(), "not-found");
    assert!(merged(&mut draft, &back(&self::draft(), &base, &[]), Settle::Ask).refused.is_empty());
    draft.customers.insert(Customer { merged_into: Some(Id::parse("C2").unwrap()), ..base });
    assert_eq!(merged(&mut draft, &row, Settle::Ask).refused[0].what.code(), "merged-customer");
}

#[test]
fn a_request_moves_by_its_verbs_alone() {
    let mut draft = draft();
    let locale = draft.locale();
    let at = Instant::from_timestamp(1_791_000_000);
    let request = Request::new(Id::parse("R1").unwrap(), at, "漏水".into());
    draft.requests.insert(request.clone());
    let edits = [("stage", "已解决"), ("severity", "high"), ("handler", "小李"), ("result", "修好"), ("wish", "快"), ("customer", "C9")];
    let came = merge::<Request>(&mut draft, &[back(&self::draft(), &request, &edits)], HashSet::new(), Settle::Theirs, &locale);
    assert_eq!((came.changes.len(), draft.requests.get("R1").unwrap().wish.as_str()), (1, "快"));
    let commands: Vec<String> = came
        .refused
        .iter()
        .map(|one| match &one.what {
            What::GuardedCell { command } => command.clone().unwrap(),
            other => other.code().to_owned(),
        })
        .collect();
    assert_eq!(
        commands,
        [
            "unknown-reference",
            "carebook review R1 accept --severity high",
            "carebook resolve R1 TEXT",
            "carebook assign R1 小李",
            "carebook resolve R1 \"修好\""
        ]
    );
}

#[test]
fn days_that_end_before_they_begin_are_not_taken() {
    let mut draft = draft();
    let locale = draft.locale();
    let cells = ["Li", "", "", "", "", "", "", "", "", "2026-01-01", ""];
    let staff = Staff::read(&|at| cells[at], &locale).unwrap();
    draft.staff.insert(staff.clone());
    let row = back(&self::draft(), &staff, &[("until", "2025-01-01"), ("role", "boss")]);
    let came = merge::<Staff>(&mut draft, &[row], HashSet::new(), Settle::Ask, &locale);
    assert_eq!((came.changes.len(), came.refused[0].what.code()), (1, "time-order"));
    assert_eq!(draft.staff.get("Li").unwrap().until, None);
}

#[test]
fn damaged_ids_mean_the_one_row_they_may() {
    let keys: HashMap<&str, usize> = [("007", 0), ("868533010000199", 1), ("868534010000199", 2), ("C1", 3)].into();
    assert_eq!(meant("7", &keys), Some("007"));
    assert_eq!(meant(" C1", &keys), Some("C1"));
    assert_eq!(meant("8.68533E+14", &keys), Some("868533010000199"));
    assert_eq!(meant("8.6853E+14", &keys), None, "two");
    assert_eq!(meant("", &keys), None);
}

proptest! {
    /// By cells of three letters: nobody's text is lost unseen, and a second time changes nothing.
    #[test]
    fn laws(base in "[abc]{0,1}", theirs in "[abc]{0,1}", ours in "[abc]{0,1}", other in "[abc]{0,1}") {
        let out = customer("A", &base, "x");
        let mut draft = draft();
        draft.customers.insert(customer("A", &ours, &other));
        let row = back(&draft, &out, &[("phone", &theirs)]);
        let came = merged(&mut draft, &row, Settle::Ask);
        let now = draft.customers.get("C1").unwrap().clone();
        let expected = if theirs == base || ours != base { &ours } else { &theirs };
        prop_assert_eq!(&now.phone, expected);
        prop_assert_eq!(&now.note, &other, "left alone");
        prop_assert_eq!(came.conflicts.len() == 1, base != theirs && base != ours && theirs != ours);
        let again = merged(&mut draft, &row, Settle::Ask);
        prop_assert!(again.changes.is_empty());
        prop_assert_eq!(again.conflicts, came.conflicts);
        // either side's word settles it
        let came = merged(&mut draft, &row, Settle::Theirs);
        prop_assert!(came.conflicts.is_empty());
        let phone = draft.customers.get("C1").unwrap().phone.clone();
        prop_assert_eq!(phone, if theirs == base { ours } else { theirs });
    }
}

#[test]
fn links_that_lead_nowhere_are_refused_with_their_cell() {
    use crate::model::interaction::Interaction;
    let mut draft = draft();
    let talk = || Interaction::new(Id::parse("T1").unwrap(), Id::parse("C1").unwrap(), Instant::from_timestamp(1_791_000_000), "x".into());
    draft.interactions.insert(talk());
    let row = back(&self::draft(), &talk(), &[("request", "R9"), ("contact", "P9999"), ("customer", "C9"), ("summary", "y")]);
    assert_eq!(super::requests_named::<Interaction>(std::slice::from_ref(&row)), HashSet::from(["R9"]));
    let locale = draft.locale();
    let came = merge::<Interaction>(&mut draft, &[row], HashSet::new(), Settle::Theirs, &locale);
    let is_unknown = |what: &What| matches!(what, What::UnknownReference { .. });
    assert_eq!((came.refused.len(), came.changes.len()), (3, 1));
    assert!(came.refused.iter().all(|refused| is_unknown(&refused.what)));
    let row = back(&self::draft(), draft.interactions.get("T1").unwrap(), &[("request", "R9"), ("contact", "Ann")]);
    let came = merge::<Interaction>(&mut draft, &[row], HashSet::from(["R9".to_owned()]), Settle::Theirs, &locale);
    assert_eq!((came.refused.len(), came.changes.len()), (0, 2));
}
