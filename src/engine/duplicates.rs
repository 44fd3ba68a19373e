//! Customers entered twice: what speaks for two being one, in points, and which pairs of an archive are worth telling
//! (docs/rules.md, section Duplicate customers). Shown, never decided.

mod find;
pub mod fold;

use std::collections::HashMap;

pub use find::{Crowd, Crowded, among, pairs};
use fold::{Folder, Name};

use super::similar::Pairs;
use crate::base::phone::{Phone, emails, phones};
use crate::model::contact::Contact;
use crate::model::customer::{Customer, CustomerKind, CustomerStatus};
use crate::model::merged::Merged;
use crate::model::rules::duplicates::{DuplicateRules, Sign};

/// Letters and digits an address must have to say anything.
const ADDRESS: usize = 6;

/// One thing that speaks for or against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    pub sign: Sign,
    pub points: i32,
}

/// Two customers that may be one.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair<'a> {
    /// The earlier of the archive; the active one, where the other was merged.
    pub one: &'a Customer,
    pub other: &'a Customer,
    /// 0 to 100.
    pub score: i32,
    pub reasons: Vec<Reason>,
    /// The other was merged into this customer.
    pub merged_into: Option<String>,
}

/// A customer folded for comparing.
#[derive(Debug, Clone)]
pub struct Profile<'a> {
    pub customer: &'a Customer,
    phones: Vec<Phone>,
    emails: Vec<String>,
    name: Name,
    pairs: Pairs,
    digits: String,
    address: String,
    contact: String,
}

/// Makes profiles: the folding, the rules, the people at each customer, and who was merged.
#[derive(Debug)]
pub struct Desk<'a> {
    pub rules: &'a DuplicateRules,
    pub merged: &'a Merged,
    folder: Folder,
    people: HashMap<&'a str, Vec<&'a Contact>>,
}

impl<'a> Desk<'a> {
    pub fn new(rules: &'a DuplicateRules, merged: &'a Merged, contacts: &'a [Contact]) -> Desk<'a> {
        let mut people: HashMap<&str, Vec<&Contact>> = HashMap::new();
        for contact in contacts {
            people.entry(contact.customer.as_str()).or_default().push(contact);
        }
        Desk { rules, merged, folder: Folder::default(), people }
    }

    /// `None` for one who was erased: nothing is known of them.
    pub fn profile<'c>(&self, customer: &'c Customer) -> Option<Profile<'c>> {
        if customer.status == Some(CustomerStatus::Erased) {
            return None;
        }
        let (mut numbers, mut addresses) = (phones(&customer.phone), emails(&customer.email));
        for contact in self.people.get(customer.id.as_str()).into_iter().flatten() {
            numbers.extend(phones(&contact.phone));
            addresses.extend(emails(&contact.email));
        }
        numbers.retain(|phone| !self.rules.ignored.contains(&phone.number));
        let name = self.folder.name(&customer.name, customer.kind.map(|kind| kind == CustomerKind::Company));
        let address = self.folder.text(&customer.address);
        Some(Profile {
            customer,
            phones: numbers,
            emails: addresses,
            pairs: Pairs::of(&name.core),
            digits: name.core.chars().filter(|c| c.is_numeric()).collect(),
            name,
            address: if address.chars().count() < ADDRESS { String::new() } else { address },
            contact: self.folder.text(&customer.contact),
        })
    }

    /// What speaks for the two being one, and the points: the same whichever comes first.
    pub fn judge(&self, one: &Profile<'_>, other: &Profile<'_>) -> (i32, Vec<Reason>) {
        let mut signs = Vec::new();
        let same = |a: &str, b: &str| !a.is_empty() && a == b;
        if one.phones.iter().any(|phone| other.phones.iter().any(|theirs| phone.reaches(theirs))) {
            signs.push(Sign::SamePhone);
        } else if disjoint(&one.phones, &other.phones, |a, b| a.number == b.number) {
            signs.push(Sign::OtherPhone);
        }
        if one.emails.iter().any(|email| other.emails.contains(email)) {
            signs.push(Sign::SameEmail);
        } else if disjoint(&one.emails, &other.emails, |a, b| a == b) {
            signs.push(Sign::OtherEmail);
        }
        signs.extend(self.names(one, other));
        if same(&one.address, &other.address) {
            signs.push(Sign::SameAddress);
        }
        if same(&one.contact, &other.contact) {
            signs.push(Sign::SameContact);
        }
        if one.customer.kind.zip(other.customer.kind).is_some_and(|(a, b)| a != b) {
            signs.push(Sign::OtherKind);
        }
        signs.sort_unstable();
        let reasons = signs.into_iter().map(|sign| Reason { sign, points: self.rules.points(sign) });
        let reasons: Vec<Reason> = reasons.filter(|reason| reason.points != 0).collect();
        (reasons.iter().map(|reason| reason.points).sum::<i32>().clamp(0, 100), reasons)
    }

    fn names(&self, one: &Profile<'_>, other: &Profile<'_>) -> Option<Sign> {
        let (a, b) = (&one.name, &other.name);
        if a.core.is_empty() || b.core.is_empty() {
            return None;
        }
        if a.core == b.core {
            let within = a.region.contains(b.region.as_str()) || b.region.contains(a.region.as_str());
            return Some(match (a.region == b.region, within) {
                (true, _) if a.company || b.company => Sign::SameCompany,
                (true, _) => Sign::SameName,
                (false, true) => Sign::SameCore,
                // a company of the same name elsewhere
                (false, false) => Sign::SimilarName,
            });
        }
        // shop 1 and shop 2 are two shops
        let alike = one.digits == other.digits && alike(&one.pairs, &other.pairs, self.rules.likeness);
        Some(if alike { Sign::SimilarName } else { Sign::OtherName })
    }

    /// Whether the two are not to be told whatever speaks for them: somebody said so, they are one already, or neither stands.
    fn is_settled(&self, one: &Customer, other: &Customer) -> bool {
        let named = |a: &Customer, b: &Customer| a.distinct_from.0.iter().any(|id| self.merged.same(id, b.id.as_str()));
        let neither = !one.is_active() && !other.is_active();
        neither || one.id == other.id || self.merged.same(one.id.as_str(), other.id.as_str()) || named(one, other) || named(other, one)
    }
}

/// A name, for a first look at others.
#[derive(Debug)]
pub struct Called {
    folder: Folder,
    core: String,
    pairs: Pairs,
    likeness: u32,
}

impl Called {
    pub fn new(name: &str, rules: &DuplicateRules) -> Called {
        let folder = Folder::default();
        let core = folder.name(name, None).core;
        Called { pairs: Pairs::of(&core), core, folder, likeness: rules.likeness }
    }

    /// Whether another name is alike enough for a closer look.
    pub fn may_be(&self, other: &str) -> bool {
        let core = self.folder.name(other, None).core;
        !core.is_empty() && (core == self.core || alike(&self.pairs, &Pairs::of(&core), self.likeness))
    }
}

fn alike(one: &Pairs, other: &Pairs, likeness: u32) -> bool {
    let (shared, all) = one.likeness(other);
    u64::from(shared) * 100 >= u64::from(likeness) * u64::from(all)
}

/// Both have some, and none is shared.
fn disjoint<T>(one: &[T], other: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    !one.is_empty() && !other.is_empty() && !one.iter().any(|a| other.iter().any(|b| same(a, b)))
}

#[cfg(test)]
mod tests;
