//! Merging a request into another about the same matter (合并): its row stays, its open work goes over.

use super::step::{not_found, step};
use crate::base::id::Id;
use crate::base::problem::{Problems, What};
use crate::base::text::word;
use crate::model::customer::CustomerStatus;
use crate::model::draft::Draft;
use crate::model::request::{Request, Stage, Verb};
use crate::model::revisit::RevisitStatus;
use crate::model::stamp::Stamp;
use crate::model::vocabulary::Code;

/// What became of the merged request's open work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merged {
    /// Planned revisits that are now about the other request.
    pub moved: Vec<Id>,
    /// Planned revisits that were not needed twice.
    pub skipped: Vec<Id>,
}

/// Ends `id` as a duplicate of `into`. `verb` is [`Verb::Merge`], or [`Verb::MarkDuplicate`] at its review.
/// The draft holds both requests, their customers, and the revisits of `id`.
pub fn merge(draft: &mut Draft, stamp: &Stamp, verb: Verb, id: &str, into: &str, force: bool) -> Result<Merged, Problems> {
    let one = draft.requests.get(id).ok_or_else(|| not_found(id))?;
    let other = draft.requests.get(into).ok_or_else(|| not_found(into))?;
    refuse(draft, one, other)?;
    if !force {
        refuse_strangers(draft, one, other)?;
    }
    let target = other.id.clone();
    step(draft, id, verb, stamp, |request| {
        if verb == Verb::MarkDuplicate {
            request.reviewed_at = Some(stamp.at);
        }
        request.duplicate_of = Some(target.clone());
    })?;
    Ok(hand_over(draft, id, &target))
}

fn said(zh: String, en: String) -> Problems {
    vec![What::Usage { message: [zh, en] }.into()]
}

/// What makes no sense whoever the customers are.
fn refuse(draft: &Draft, one: &Request, other: &Request) -> Result<(), Problems> {
    let (id, into) = (&one.id, &other.id);
    if id == into {
        return Err(said("诉求不能与自己重复".into(), "a request cannot be a duplicate of itself".into()));
    }
    if let Some(end) = one.duplicate_of.as_ref().filter(|_| one.stage == Stage::Duplicate) {
        return Err(said(format!("{id} 已并入 {end}"), format!("{id} is merged into {end} already")));
    }
    if other.duplicate_of.as_ref() == Some(id) {
        return Err(said(format!("{into} 已并入 {id},合并会成环"), format!("{into} is itself merged into {id}: that would be a ring")));
    }
    if other.stage == Stage::Duplicate || other.duplicate_of.is_some() {
        let end = end_of(draft, other);
        return Err(said(format!("{into} 已并入 {end},请并入 {end}"), format!("{into} is itself merged into {end}: merge into {end}")));
    }
    if let Some(stage @ (Stage::Rejected | Stage::Confirmed | Stage::Closed)) = Some(one.stage) {
        let (zh, en) = (stage.word().zh, stage.word().en.to_lowercase());
        return Err(said(
            format!("{id} {zh},已有自己的结果;可用 carebook link {} {}", word(id.as_str()), word(into.as_str())),
            format!("{id} is {en} and has its own outcome; use `carebook link {} {}`", word(id.as_str()), word(into.as_str())),
        ));
    }
    if other.stage == Stage::Rejected {
        return Err(said(
            format!("{into} 不受理,不会再处理,不能并入"),
            format!("{into} was rejected: nobody works on it, so nothing is merged into it"),
        ));
    }
    if other.stage == Stage::Closed && one.stage.is_open() {
        return Err(said(
            format!("{into} 已关闭,并入后 {id} 将无人处理;先重开 {into},或用 carebook link"),
            format!("{into} is closed, so nobody would work on {id}; reopen {into} first, or use `carebook link`"),
        ));
    }
    erased(draft, one).or_else(|| erased(draft, other)).map_or(Ok(()), Err)
}

fn erased(draft: &Draft, request: &Request) -> Option<Problems> {
    let customer = draft.customers.get(request.customer.as_ref()?.as_str())?;
    let (id, name) = (&request.id, &customer.id);
    (customer.status == Some(CustomerStatus::Erased))
        .then(|| said(format!("{id} 的客户 {name} 已抹除"), format!("the customer of {id}, {name}, was erased")))
}

/// Two customers' requests are one matter only when a person says so. A customer merged into another is that other.
fn refuse_strangers(draft: &Draft, one: &Request, other: &Request) -> Result<(), Problems> {
    let whose = |request: &Request| request.customer.as_ref().map(|id| standing_for(draft, id));
    let (a, b) = (whose(one), whose(other));
    let same_stranger = a.is_none() && b.is_none() && one.customer_name.trim() == other.customer_name.trim();
    if a == b && (a.is_some() || same_stranger) {
        return Ok(());
    }
    let name = |request: &Request| {
        let id = request.customer.as_ref().map(ToString::to_string).unwrap_or_default();
        let both = format!("{} {}", request.customer_name.trim(), id).trim().to_owned();
        if both.is_empty() { "–".to_owned() } else { both }
    };
    let (a, b) = (name(one), name(other));
    let what = [format!("客户不同: {a} 与 {b}"), format!("the customers differ: {a} and {b}")];
    Err(vec![What::ConfirmationNeeded { flag: "--force", what }.into()])
}

/// The customer an id stands for today.
fn standing_for(draft: &Draft, id: &Id) -> Id {
    let next = |id: &Id| draft.customers.get(id.as_str())?.merged_into.clone();
    // a ring made by hand ends as well
    std::iter::successors(Some(id.clone()), next).take(16).last().unwrap_or_else(|| id.clone())
}

/// The request at the end of a chain of merges, as far as it is loaded.
fn end_of(draft: &Draft, request: &Request) -> Id {
    let next = |id: &Id| draft.requests.get(id.as_str())?.duplicate_of.clone();
    std::iter::successors(request.duplicate_of.clone(), next).take(16).last().unwrap_or_else(|| request.id.clone())
}

/// Planned revisits go over to the other request; where it has one for the same customer, one is enough.
fn hand_over(draft: &mut Draft, id: &str, into: &Id) -> Merged {
    let planned: Vec<(Id, Id, Option<Id>)> = draft
        .revisits
        .iter()
        .filter(|revisit| revisit.status == RevisitStatus::Planned)
        .map(|revisit| (revisit.id.clone(), revisit.customer.clone(), revisit.request.clone()))
        .collect();
    let mut done = Merged::default();
    let mut visited: Vec<Id> =
        planned.iter().filter(|(_, _, request)| request.as_ref() == Some(into)).map(|(_, customer, _)| customer.clone()).collect();
    for (revisit, customer, _) in planned.iter().filter(|(_, _, request)| request.as_ref().is_some_and(|of| of.as_str() == id)) {
        let Some(row) = draft.revisits.edit(revisit.as_str()) else { continue };
        if visited.contains(customer) {
            row.status = RevisitStatus::Skipped;
            let line = format!("→ {into}");
            row.note = if row.note.is_empty() { line } else { format!("{}\n{line}", row.note) };
            done.skipped.push(revisit.clone());
        } else {
            row.request = Some(into.clone());
            visited.push(customer.clone());
            done.moved.push(revisit.clone());
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::customer::Customer;
    use crate::model::revisit::{Revisit, RevisitReason};
    use crate::ops::fixtures::{draft, request, stamp};
    use proptest::prelude::*;

    fn id(text: &str) -> Id {
        Id::parse(text).unwrap()
    }

    fn pair() -> Draft {
        let mut draft = draft();
        draft.requests.insert(request("R1", "C1"));
        draft.requests.insert(request("R2", "C1"));
        draft
    }

    #[test]
    fn open_work_goes_over_once() {
        let mut draft = pair();
        let planned = |revisit: &str, of: &str| {
            let mut visit = Revisit::planned(id(revisit), id("C1"), RevisitReason::Request, "2026-11-01".parse().unwrap());
            visit.request = Some(id(of));
            visit
        };
        for (revisit, of) in [("V1", "R1"), ("V2", "R1"), ("V3", "R3")] {
            draft.revisits.insert(planned(revisit, of));
        }
        let done = merge(&mut draft, &stamp(), Verb::Merge, "R1", "R2", false).unwrap();
        assert_eq!(done, Merged { moved: vec![id("V1")], skipped: vec![id("V2")] });
        let (one, two) = (draft.revisits.get("V1").unwrap(), draft.revisits.get("V2").unwrap());
        assert_eq!((one.request.as_ref().unwrap().as_str(), two.status, two.note.as_str()), ("R2", RevisitStatus::Skipped, "→ R2"));
        assert_eq!(draft.revisits.get("V3").unwrap().request.as_ref().unwrap().as_str(), "R3");
        let merged = draft.requests.get("R1").unwrap();
        assert_eq!((merged.stage, merged.content.as_str()), (Stage::Duplicate, "R1 of C1"));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_the_reason() {
        let why = |change: &dyn Fn(&mut Draft)| {
            let mut draft = pair();
            change(&mut draft);
            match merge(&mut draft, &stamp(), Verb::Merge, "R1", "R2", false).unwrap_err().remove(0).what {
                What::Usage { message } => message[1].clone(),
                What::ConfirmationNeeded { what, .. } => what[1].clone(),
                other => format!("{other:?}"),
            }
        };
        let staged = |one: &'static str, stage: Stage| move |draft: &mut Draft| draft.requests.edit(one).unwrap().stage = stage;
        assert!(why(&staged("R1", Stage::Closed)).contains("its own outcome"));
        assert!(why(&staged("R2", Stage::Rejected)).contains("rejected"));
        assert!(why(&staged("R2", Stage::Closed)).contains("reopen R2 first"));
        let merged = |one: &'static str, into: &'static str| {
            move |draft: &mut Draft| {
                let request = draft.requests.edit(one).unwrap();
                (request.stage, request.duplicate_of) = (Stage::Duplicate, Some(id(into)));
            }
        };
        assert!(why(&merged("R1", "R7")).contains("merged into R7 already"));
        assert!(why(&merged("R2", "R1")).contains("ring"));
        assert!(
            why(&|draft| {
                draft.requests.insert(request("R3", "C1"));
                merged("R3", "R4")(draft);
                merged("R2", "R3")(draft);
            })
            .contains("merge into R4")
        );
        let other = |draft: &mut Draft| draft.requests.edit("R2").unwrap().customer = Some(id("C2"));
        assert!(why(&other).contains("R1's name C1 and R2's name C2"), "{}", why(&other));
        assert!(
            why(&|draft| {
                let mut customer = Customer::new(id("C1"), "x".into());
                customer.status = Some(CustomerStatus::Erased);
                draft.customers.insert(customer);
            })
            .contains("erased")
        );
    }

    #[test]
    fn a_customer_merged_into_another_is_that_other() {
        let mut draft = pair();
        draft.requests.edit("R2").unwrap().customer = Some(id("C2"));
        let mut customer = Customer::new(id("C2"), "x".into());
        customer.merged_into = Some(id("C1"));
        draft.customers.insert(customer);
        assert!(merge(&mut draft, &stamp(), Verb::Merge, "R1", "R2", false).is_ok());
    }

    proptest! {
        #[test]
        fn merging_loses_no_request_and_makes_no_ring(steps in prop::collection::vec((0..5_usize, 0..5_usize, any::<bool>()), 0..40)) {
            let ids = ["R1", "R2", "R3", "R4", "R5"];
            let mut draft = draft();
            ids.iter().enumerate().for_each(|(n, id)| draft.requests.insert(request(id, if n < 3 { "C1" } else { "C2" })));
            let told: Vec<String> = draft.requests.iter().map(|request| request.content.clone()).collect();
            for (one, into, force) in steps {
                let before = draft.clone();
                if merge(&mut draft, &stamp(), Verb::Merge, ids[one], ids[into], force).is_err() {
                    prop_assert!(before.requests.iter().eq(draft.requests.iter()));
                }
            }
            prop_assert_eq!(told, draft.requests.iter().map(|request| request.content.clone()).collect::<Vec<_>>());
            for request in draft.requests.iter() {
                prop_assert_eq!(request.stage == Stage::Duplicate, request.duplicate_of.is_some());
                // every chain ends at a request that is still worked on
                let end = end_of(&draft, request);
                prop_assert!(draft.requests.get(end.as_str()).unwrap().stage.is_open());
            }
        }
    }
}
