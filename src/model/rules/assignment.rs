//! `rules/assignment.yaml`: who gets which request.

use serde::Deserialize;

use super::Words;
use super::tiers::TierRules;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;
use crate::model::request::{Channel, Purpose, RequestType, Severity};
use crate::model::staff::Staff;
use crate::model::vocabulary::{Code, codes};

/// What `config write assignment` writes. A book without the file has no rules: somebody names the handler.
pub const DEFAULT: &str = include_str!("defaults/assignment.yaml");

codes! {
    /// How one of several who could take a request is chosen.
    Strategy {
        Named = "named", "指定", "Named";
        RoundRobin = "round_robin", "轮流", "Round robin";
        LeastLoaded = "least_loaded", "最少在办", "Least loaded";
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAssignment {
    rules: Option<Vec<RawRule>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    name: Option<String>,
    when: Option<RawWhen>,
    to: Option<RawTo>,
    strategy: Option<String>,
    owner_first: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWhen {
    category: Option<Words>,
    r#type: Option<Words>,
    purpose: Option<Words>,
    severity: Option<Words>,
    channel: Option<Words>,
    region: Option<Words>,
    tier: Option<Words>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTo {
    department: Option<Words>,
    staff: Option<Words>,
    skill: Option<Words>,
}

/// Which requests a rule is for: each list holds the values allowed; an empty one allows all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct When {
    pub category: Vec<String>,
    pub r#type: Vec<RequestType>,
    pub purpose: Vec<Purpose>,
    pub severity: Vec<Severity>,
    pub channel: Vec<Channel>,
    /// The customer's.
    pub region: Vec<String>,
    /// The customer's, by code.
    pub tier: Vec<String>,
}

/// Who may take them: of one of these departments, one of these people, with all of these skills; empty lists allow all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct To {
    pub department: Vec<String>,
    pub staff: Vec<String>,
    pub skill: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentRule {
    /// For people; may be blank.
    pub name: String,
    pub when: When,
    pub to: To,
    pub strategy: Strategy,
    /// The customer's owner comes before everybody in `to`.
    pub owner_first: bool,
}

/// The rules in order, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssignmentRules {
    pub rules: Vec<AssignmentRule>,
}

impl RawAssignment {
    /// Checks the rules; there are none where the file has none.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<AssignmentRules, Problems> {
        let mut wrong = Problems::new();
        let rules = self.rules.unwrap_or_default().into_iter().enumerate();
        let rules = rules.map(|(i, raw)| rule(raw, &mut Reader { at: format!("rules[{i}]"), wrong: &mut wrong })).collect();
        if wrong.is_empty() { Ok(AssignmentRules { rules }) } else { Err(wrong) }
    }
}

/// Reads the values of one rule and notes what is wrong, by key.
struct Reader<'p> {
    at: String,
    wrong: &'p mut Problems,
}

impl Reader<'_> {
    fn note(&mut self, key: &str, what: What) {
        self.wrong.push(Problem::error(what).field(format!("{}.{key}", self.at)));
    }

    /// Texts that are not blank; a key that is there names at least one.
    fn texts(&mut self, words: Option<Words>, key: &str) -> Vec<String> {
        let Some(Words(words)) = words else { return Vec::new() };
        if words.is_empty() || words.iter().any(|word| word.trim().is_empty()) {
            self.note(key, What::Required);
        }
        words.iter().map(|word| word.trim().to_owned()).collect()
    }

    fn codes<C: Code>(&mut self, words: Option<Words>, key: &str) -> Vec<C> {
        let mut codes = Vec::new();
        for value in self.texts(words, key).into_iter().filter(|word| !word.is_empty()) {
            match C::from_text(&value) {
                Some(code) => codes.push(code),
                None => {
                    let allowed = C::WORDS.iter().map(|word| format!("{} ({})", word.code, word.zh)).collect();
                    self.note(key, What::UnknownCode { value, allowed });
                }
            }
        }
        codes
    }
}

fn rule(raw: RawRule, read: &mut Reader<'_>) -> AssignmentRule {
    let (when, to) = (raw.when.unwrap_or_default(), raw.to.unwrap_or_default());
    let when = When {
        category: read.texts(when.category, "when.category"),
        r#type: read.codes(when.r#type, "when.type"),
        purpose: read.codes(when.purpose, "when.purpose"),
        severity: read.codes(when.severity, "when.severity"),
        channel: read.codes(when.channel, "when.channel"),
        region: read.texts(when.region, "when.region"),
        tier: read.texts(when.tier, "when.tier"),
    };
    let to = To {
        department: read.texts(to.department, "to.department"),
        staff: read.texts(to.staff, "to.staff"),
        skill: read.texts(to.skill, "to.skill"),
    };
    let named = raw.strategy.map(|word| Words(vec![word]));
    let otherwise = if to.staff.is_empty() { Strategy::LeastLoaded } else { Strategy::Named };
    let strategy = read.codes(named, "strategy").first().copied().unwrap_or(otherwise);
    if strategy == Strategy::Named && to.staff.is_empty() {
        let message = ["named 须在 to.staff 中写明员工".to_owned(), "`named` needs the people in to.staff".to_owned()];
        read.note("strategy", What::RuleConflict { message });
    }
    AssignmentRule {
        name: raw.name.unwrap_or_default().trim().to_owned(),
        when,
        to,
        strategy,
        owner_first: raw.owner_first.unwrap_or(false),
    }
}

impl AssignmentRules {
    /// Tiers written by their label become their codes, as they stand in the archive.
    #[must_use]
    pub fn with_tiers(mut self, tiers: &TierRules) -> AssignmentRules {
        for word in self.rules.iter_mut().flat_map(|rule| &mut rule.when.tier) {
            let key = fold_key(word);
            let is = |text: &Option<String>| text.as_ref().is_some_and(|text| fold_key(text) == key);
            let known = tiers.tiers.iter().find(|tier| fold_key(&tier.code) == key || is(&tier.label.zh) || is(&tier.label.en));
            if let Some(tier) = known {
                word.clone_from(&tier.code);
            }
        }
        self
    }

    /// What the rules name and the book does not have: people are errors; tiers, departments and skills, which may be yet
    /// to come, are warnings.
    pub fn strangers(&self, staff: &[Staff], tiers: &TierRules) -> Problems {
        let mut found = Problems::new();
        let same = |a: &str, b: &str| fold_key(a) == fold_key(b);
        for (i, AssignmentRule { when, to, .. }) in self.rules.iter().enumerate() {
            let unknown = to.staff.iter().filter(|name| !staff.iter().any(|one| one.is_called(name)));
            found.extend(unknown.map(|name| {
                Problem::error(What::UnknownReference { table: "staff", id: name.clone() }).field(format!("rules[{i}].to.staff"))
            }));
            let mut warn = |key: &str, message: [String; 2]| {
                found.push(Problem::warning(What::RuleConflict { message }).field(format!("rules[{i}].{key}")));
            };
            for name in to.department.iter().filter(|name| !staff.iter().any(|one| same(&one.department, name))) {
                warn("to.department", [format!("没有员工属于部门 {name}"), format!("nobody is of the department {name}")]);
            }
            for name in to.skill.iter().filter(|name| !staff.iter().any(|one| one.skills.0.iter().any(|skill| same(skill, name)))) {
                warn("to.skill", [format!("没有员工有技能 {name}"), format!("nobody has the skill {name}")]);
            }
            for name in when.tier.iter().filter(|name| tiers.rank(name).is_none()) {
                warn("when.tier", [format!("等级规则中没有 {name}"), format!("the tier rules have no {name}")]);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<AssignmentRules, Problems> {
        serde_yaml::from_str::<RawAssignment>(yaml).unwrap().check()
    }

    #[test]
    fn values_and_lists_in_either_language() {
        let rules = read("rules: [{when: {type: 投诉, severity: [high, 紧急], tier: 1}, to: {staff: 小李}}, {}]").unwrap().rules;
        assert_eq!(rules[0].when.r#type, [RequestType::Complaint]);
        assert_eq!(rules[0].when.severity, [Severity::High, Severity::Critical]);
        assert_eq!((rules[0].when.tier.join(" "), rules[0].strategy), ("1".into(), Strategy::Named));
        assert_eq!((rules[1].strategy, rules[1].owner_first), (Strategy::LeastLoaded, false));
        assert_eq!(read("{}").unwrap(), AssignmentRules::default());
        assert_eq!(read(DEFAULT).unwrap().rules.len(), 1);
    }

    #[test]
    fn everything_wrong_is_told_by_key() {
        let wrong = read("rules: [{when: {severity: [high, loud], category: []}}, {strategy: named, to: {skill: ' '}}, {strategy: x}]");
        let fields: Vec<String> = wrong.unwrap_err().into_iter().filter_map(|problem| problem.field).collect();
        let expected = ["rules[0].when.category", "rules[0].when.severity", "rules[1].to.skill", "rules[1].strategy", "rules[2].strategy"];
        assert_eq!(fields, expected);
    }

    #[test]
    fn tiers_are_known_by_their_labels() {
        let tiers = crate::model::rules::tiers::RawTiers::default().check().unwrap();
        let label = tiers.tiers[0].label.zh.clone().unwrap();
        let rules = read(&format!("rules: [{{when: {{tier: [{label}, z]}}}}]")).unwrap().with_tiers(&tiers);
        assert_eq!(rules.rules[0].when.tier, [tiers.tiers[0].code.as_str(), "z"]);
        assert_eq!(rules.strangers(&[], &tiers).len(), 1);
    }
}
