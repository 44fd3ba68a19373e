//! Who gets a request by the rules, and why not the others. A pure function of the book: no counter is kept anywhere.

mod team;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;

use crate::base::text::fold_key;
use crate::model::customer::Customer;
use crate::model::request::Request;
use crate::model::rules::assignment::{AssignmentRule, AssignmentRules, Strategy, When};
use crate::model::vocabulary::Code;

pub use team::{Member, Team};

/// Why somebody cannot take a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    NotYet(NaiveDate),
    Left(NaiveDate),
    OnLeave(NaiveDate),
    Full { open: u32, capacity: u32 },
    LacksSkill(String),
    LacksRegion(String),
}

impl Unfit {
    /// The code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Unfit::NotYet(_) => "not_yet",
            Unfit::Left(_) => "left",
            Unfit::OnLeave(_) => "on_leave",
            Unfit::Full { .. } => "at_capacity",
            Unfit::LacksSkill(_) => "lacks_skill",
            Unfit::LacksRegion(_) => "lacks_region",
        }
    }
}

/// What decided for the one who was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    Owner,
    Named,
    LeastLoaded { open: u32 },
    RoundRobin { last: Option<NaiveDate> },
}

/// Who gets the request, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub who: String,
    pub department: String,
    /// From 1.
    pub rule: usize,
    pub rule_name: String,
    pub ground: Ground,
}

/// Somebody a rule looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub who: String,
    pub department: String,
    pub open: u32,
    pub capacity: Option<u32>,
    /// Looked at because the customer is theirs.
    pub owner: bool,
    pub unfit: Option<Unfit>,
}

/// One rule that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// From 1.
    pub rule: usize,
    pub name: String,
    /// The conditions that do not hold; the rule is for this request where there are none.
    pub missed: Vec<&'static str>,
    /// In the order in which they are preferred by name; empty where the rule is not for this request.
    pub candidates: Vec<Candidate>,
}

/// The answer for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub choice: Option<Choice>,
    /// The rules in order, up to the one that decided.
    pub tried: Vec<Tried>,
}

/// A request nobody had, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Assigned {
    /// As it was before.
    pub request: Request,
    pub decision: Decision,
}

/// Tries the rules in order; the first that is for this request and finds somebody decides.
pub fn decide(request: &Request, customer: Option<&Customer>, team: &Team<'_>, rules: &AssignmentRules) -> Decision {
    let mut tried = Vec::new();
    for (i, rule) in rules.rules.iter().enumerate() {
        let missed = missed(&rule.when, request, customer);
        let members = if missed.is_empty() { candidates(rule, customer, team) } else { Vec::new() };
        let chosen = choose(rule, &members, team);
        let choice = chosen.map(|(member, ground)| Choice {
            who: member.staff.name.to_string(),
            department: member.staff.department.clone(),
            rule: i + 1,
            rule_name: rule.name.clone(),
            ground,
        });
        let candidates = members.into_iter().map(|(member, candidate)| Candidate { open: member.open, ..candidate }).collect();
        tried.push(Tried { rule: i + 1, name: rule.name.clone(), missed, candidates });
        if choice.is_some() {
            return Decision { choice, tried };
        }
    }
    Decision { choice: None, tried }
}

/// The conditions of a rule that a request does not meet; what is not known meets none.
fn missed(when: &When, request: &Request, customer: Option<&Customer>) -> Vec<&'static str> {
    let region = customer.map_or("", |customer| customer.region.as_str());
    let tier = customer.map_or("", |customer| customer.tier.as_str());
    let holds = [
        ("category", says(&when.category, &request.category)),
        ("type", allows(&when.r#type, request.r#type)),
        ("purpose", allows(&when.purpose, request.purpose)),
        ("severity", allows(&when.severity, Some(request.severity))),
        ("channel", allows(&when.channel, request.channel)),
        ("region", says(&when.region, region)),
        ("tier", says(&when.tier, tier)),
    ];
    holds.into_iter().filter(|(_, holds)| !holds).map(|(key, _)| key).collect()
}

fn allows<C: Code>(allowed: &[C], value: Option<C>) -> bool {
    allowed.is_empty() || value.is_some_and(|value| allowed.contains(&value))
}

fn says(allowed: &[String], value: &str) -> bool {
    allowed.is_empty() || (!value.is_empty() && holds(allowed, value))
}

/// Whether a list has a word, whatever its case and width.
fn holds(words: &[String], word: &str) -> bool {
    let key = fold_key(word);
    words.iter().any(|known| fold_key(known) == key)
}

/// Everybody a rule looks at: the owner where the owner comes first, then those in `to`, in its order or by name.
fn candidates<'t>(rule: &AssignmentRule, customer: Option<&Customer>, team: &'t Team<'_>) -> Vec<(&'t Member<'t>, Candidate)> {
    let owner = customer.filter(|_| rule.owner_first).and_then(|customer| team.find(&customer.owner));
    let named: Vec<&Member<'_>> = if rule.to.staff.is_empty() {
        team.members().iter().collect()
    } else {
        rule.to.staff.iter().filter_map(|name| team.find(name)).collect()
    };
    let departments = &rule.to.department;
    let of = |member: &&Member<'_>| departments.is_empty() || holds(departments, &member.staff.department);
    let mut found: Vec<&Member<'_>> = Vec::new();
    for member in owner.into_iter().chain(named.into_iter().filter(of)) {
        if !found.iter().any(|known| known.staff.name == member.staff.name) {
            found.push(member);
        }
    }
    let is_owner = |member: &Member<'_>| owner.is_some_and(|owner| owner.staff.name == member.staff.name);
    let candidate = |member: &'t Member<'_>| Candidate {
        who: member.staff.name.to_string(),
        department: member.staff.department.clone(),
        open: member.open,
        capacity: member.staff.capacity,
        owner: is_owner(member),
        unfit: team.unavailable(member).or_else(|| unskilled(rule, member, customer)),
    };
    found.into_iter().map(|member| (member, candidate(member))).collect()
}

/// What the work asks for and the person does not have. Regions bind only who has some, for customers whose region is known.
fn unskilled(rule: &AssignmentRule, member: &Member<'_>, customer: Option<&Customer>) -> Option<Unfit> {
    let skills = &member.staff.skills.0;
    if let Some(skill) = rule.to.skill.iter().find(|skill| !holds(skills, skill)) {
        return Some(Unfit::LacksSkill(skill.clone()));
    }
    let regions = &member.staff.regions.0;
    let region = customer.map(|customer| customer.region.as_str()).filter(|region| !region.trim().is_empty())?;
    (!regions.is_empty() && !holds(regions, region)).then(|| Unfit::LacksRegion(region.to_owned()))
}

/// One of those who can. Whatever is equal is decided by the name, so that the order of rows decides nothing.
fn choose<'t>(rule: &AssignmentRule, candidates: &[(&'t Member<'t>, Candidate)], team: &Team<'_>) -> Option<(&'t Member<'t>, Ground)> {
    let fit = || candidates.iter().filter(|(_, candidate)| candidate.unfit.is_none());
    if let Some((owner, _)) = fit().find(|(_, candidate)| candidate.owner) {
        return Some((owner, Ground::Owner));
    }
    let mut members = fit().map(|(member, _)| *member);
    match rule.strategy {
        Strategy::Named => members.next().map(|member| (member, Ground::Named)),
        Strategy::LeastLoaded => {
            let least = members.min_by_key(|member| (member.open, &member.staff.name));
            least.map(|member| (member, Ground::LeastLoaded { open: member.open }))
        }
        Strategy::RoundRobin => {
            let next = members.min_by_key(|member| (member.last, &member.staff.name));
            next.map(|member| (member, Ground::RoundRobin { last: member.last.map(|(at, _)| team.day_of(at)) }))
        }
    }
}
