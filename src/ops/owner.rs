//! Claiming customers and releasing them.

use chrono::NaiveDate;

use crate::base::id::Id;
use crate::base::problem::{Problem, Problems, What};
use crate::engine::ownership::{Claim, OwnerChange, Refusal, left};
use crate::model::customer::Customer;
use crate::model::draft::Draft;
use crate::model::merged::Merged;
use crate::model::rules::archive::OwnerRules;
use crate::model::staff::Staff;

/// The name under which somebody has customers. In a book without staff anybody may have some.
///
/// # Errors
/// Nobody is called so, or has left.
pub fn claimant(staff: &[Staff], typed: &str, today: NaiveDate) -> Result<String, What> {
    if staff.is_empty() {
        return Ok(typed.to_owned());
    }
    let name = super::staff::find(staff.iter(), typed)?.name.to_string();
    match left(&name, staff, today) {
        Some(day) => {
            let why = [format!("{day} 已离职"), format!("left on {day}")];
            Err(What::Unavailable { who: name, why })
        }
        None => Ok(name),
    }
}

/// What claims are judged by.
#[derive(Debug)]
pub struct Grounds<'a> {
    /// The changes of owner of the customers asked for, and of those merged into them.
    pub changes: &'a [OwnerChange],
    pub rules: &'a OwnerRules,
    pub today: NaiveDate,
    /// The rules are passed over, and customers are taken from others.
    pub force: bool,
}

/// Somebody takes customers: all of those asked for, or none. The draft holds the whole archive and the staff. Gives those
/// that changed hands.
///
/// # Errors
/// Each refusal, and customers that were merged or erased.
pub fn claim(draft: &mut Draft, ids: &[String], name: &str, grounds: &Grounds<'_>) -> Result<Vec<Customer>, Problems> {
    let person = draft.staff.get(name).cloned();
    let is_mine = |owner: &str| owner == name || person.as_ref().is_some_and(|person| person.is_called(owner));
    let mut held = draft.customers.iter().filter(|customer| customer.is_active() && is_mine(customer.owner.trim())).count();
    let merged = Merged::of(draft.customers.iter());
    let mut wrong = Problems::new();
    let mut taken = Vec::new();
    for id in ids {
        let customer = match standing(draft, id) {
            Ok(customer) if is_mine(customer.owner.trim()) => continue,
            Ok(customer) => customer,
            Err(what) => {
                wrong.push(what.into());
                continue;
            }
        };
        let mut same = merged.gone_into(id);
        same.push(id);
        let claim = Claim { is_mine: &is_mine, held, changes: grounds.changes, rules: grounds.rules, today: grounds.today };
        match claim.refusals(customer, &same).first().filter(|_| !grounds.force) {
            Some(refusal) => wrong.push(refused(&customer.id, refusal, name)),
            None => {
                held += 1;
                taken.push(id.clone());
            }
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    Ok(give(draft, &taken, name))
}

fn standing<'d>(draft: &'d Draft, id: &str) -> Result<&'d Customer, What> {
    let customer = draft.customers.get(id).ok_or_else(|| What::NotFound { noun: "customers", id: id.to_owned(), nearest: None })?;
    match &customer.merged_into {
        Some(into) => Err(What::MergedCustomer { id: id.to_owned(), into: into.to_string() }),
        None if customer.is_active() => Ok(customer),
        None => {
            let why = ["档案已抹除".into(), "the record was erased".into()];
            Err(What::Unavailable { who: id.to_owned(), why })
        }
    }
}

fn refused(id: &Id, refusal: &Refusal, name: &str) -> Problem {
    let why = match refusal {
        Refusal::Taken(owner) => [format!("负责人是 {owner}"), format!("{owner} has it")],
        Refusal::AtMost(most) => {
            [format!("{name} 最多负责 {most} 位客户 (owner.at_most)"), format!("{name} may have {most} at most (owner.at_most)")]
        }
        Refusal::TooSoon { given_up, from } => [
            format!("{name} 已于 {given_up} 放手,{from} 起才能再次认领 (owner.again_after)"),
            format!("{name} gave it up on {given_up} and may claim it again from {from} on (owner.again_after)"),
        ],
    };
    Problem::error(What::ClaimRefused { id: id.to_string(), why })
}

fn give(draft: &mut Draft, ids: &[String], owner: &str) -> Vec<Customer> {
    let mut changed = Vec::new();
    for id in ids {
        if let Some(customer) = draft.customers.edit(id) {
            owner.clone_into(&mut customer.owner);
            changed.push(customer.clone());
        }
    }
    changed
}

/// Customers are nobody's from now on. Gives those that were somebody's, as they were.
pub fn release(draft: &mut Draft, ids: &[String]) -> Vec<Customer> {
    let is_owned = |id: &&String| draft.customers.get(id).is_some_and(|customer| !customer.owner.trim().is_empty());
    let owned: Vec<String> = ids.iter().filter(is_owned).cloned().collect();
    let before = owned.iter().filter_map(|id| draft.customers.get(id).cloned()).collect();
    give(draft, &owned, "");
    before
}

/// The same by the rule, each with its reason for the log.
pub fn release_due(draft: &mut Draft, due: &[(String, String)]) {
    for (id, why) in due {
        give(draft, std::slice::from_ref(id), "");
        draft.customers.explain(id, why.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rules::archive::RawArchive;
    use crate::ops::customer::add;
    use crate::ops::fixtures::{draft, stamp};
    use crate::ops::staff::{self, Particulars};

    fn book() -> Draft {
        let mut draft = draft();
        staff::add(&mut draft, &stamp(), Id::parse("Li").unwrap(), Particulars { full_name: "李雷".into(), ..Default::default() }, &[])
            .unwrap();
        for owner in ["", "李雷", "Bo", ""] {
            add(&mut draft, &stamp(), None, "x", &[("owner".into(), owner.into())]).unwrap();
        }
        draft
    }

    fn rules(yaml: &str) -> OwnerRules {
        serde_yaml::from_str::<RawArchive>(yaml).unwrap().check().unwrap().owner
    }

    fn claimed(draft: &mut Draft, ids: &[&str], yaml: &str, force: bool) -> Result<Vec<String>, Vec<String>> {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        let rules = rules(yaml);
        let grounds = Grounds { changes: &[], rules: &rules, today: "2026-10-08".parse().unwrap(), force };
        let id = |problem: &Problem| match &problem.what {
            What::ClaimRefused { id, why } => format!("{id}: {}", why[1]),
            other => other.code().to_owned(),
        };
        let changed = claim(draft, &ids, "Li", &grounds).map_err(|wrong| wrong.iter().map(id).collect::<Vec<_>>())?;
        Ok(changed.iter().map(|customer| customer.id.to_string()).collect())
    }

    #[test]
    fn all_or_none_and_each_refusal_is_told() {
        let mut draft = book();
        let most = "owner: {at_most: 2}";
        let wrong = claimed(&mut draft, &["C0001", "C0003", "C0004", "C0009"], most, false).unwrap_err();
        let full = "C0004: Li may have 2 at most (owner.at_most)";
        assert_eq!(wrong, ["C0003: Bo has it", full, "not-found"]);
        assert!(draft.changes().iter().all(|change| change.after.get("owner").is_none_or(|owner| owner != "Li")));
        assert_eq!(claimed(&mut draft, &["C0001", "C0002"], most, false), Ok(vec!["C0001".to_owned()]));
        assert_eq!(claimed(&mut draft, &["C0003", "C0004"], most, true), Ok(vec!["C0003".to_owned(), "C0004".into()]));
        let released = release(&mut draft, &["C0001".into(), "C0004".into(), "C0002".into()]);
        assert_eq!(released.iter().map(|customer| customer.owner.as_str()).collect::<Vec<_>>(), ["Li", "Li", "李雷"]);
        assert_eq!(release(&mut draft, &["C0001".into()]), []);
    }

    #[test]
    fn only_who_works_here_may_claim() {
        let mut draft = book();
        let today = "2026-10-08".parse().unwrap();
        let people = |draft: &Draft| draft.staff.iter().cloned().collect::<Vec<Staff>>();
        assert_eq!(claimant(&people(&draft), "李雷", today), Ok("Li".into()));
        assert_eq!(claimant(&[], "whoever", today), Ok("whoever".into()));
        assert!(matches!(claimant(&people(&draft), "Zoe", today), Err(What::NotFound { .. })));
        if let Some(li) = draft.staff.edit("Li") {
            li.until = "2026-10-07".parse().ok();
        }
        assert!(matches!(claimant(&people(&draft), "Li", today), Err(What::Unavailable { .. })));
    }
}
