//! `rules/service.yaml`: by when a request must be acknowledged, answered and resolved, and what happens when it is not.

use serde::Deserialize;

use super::Pairs;
use crate::base::duration::Span;
use crate::base::problem::{Problem, Problems, What};
use crate::model::promise::{Promise, Target};
use crate::model::request::Severity;
use crate::model::vocabulary::Code;

/// The rules a book has until the owner writes their own.
pub const DEFAULT: &str = include_str!("defaults/service.yaml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawService {
    clock: Option<String>,
    targets: Option<Pairs<RawTarget>>,
    tiers: Option<Pairs<Pairs<RawTarget>>>,
    escalation: Option<Vec<RawLevel>>,
    close_unconfirmed: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTarget {
    acknowledge: Option<String>,
    respond: Option<String>,
    resolve: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLevel {
    target: Option<String>,
    before: Option<String>,
    after: Option<String>,
    notify: Option<String>,
    raise: Option<String>,
    assign: Option<String>,
}

/// Time allowed from receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Targets {
    pub acknowledge: Option<Span>,
    pub respond: Option<Span>,
    pub resolve: Option<Span>,
}

/// Something to do once when a due time comes near or has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Which it is of its target, from 1, in the order of the file.
    pub number: usize,
    pub target: Target,
    pub when: When,
    /// Who is told; `handler` stands for whoever has the request then.
    pub notify: Option<String>,
    /// The severity it is raised to, where it is lower.
    pub raise: Option<Severity>,
    /// Who takes it over.
    pub assign: Option<String>,
}

/// A moment beside a due time, in the time of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Before(Span),
    After(Span),
}

/// `notify` of whoever has the request.
pub const HANDLER: &str = "handler";

/// The rules, checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceRules {
    /// Nights and holidays count too.
    pub elapsed: bool,
    targets: Vec<(Severity, Targets)>,
    tiers: Vec<(String, Vec<(Severity, Targets)>)>,
    pub levels: Vec<Level>,
    /// A resolved request that nobody confirms is closed so long after; `None`: never.
    pub close_unconfirmed: Option<Span>,
}

impl ServiceRules {
    /// The targets for a severity and a tier; a tier says only what is different.
    pub fn target(&self, severity: Severity, tier: &str) -> Targets {
        let of = |list: &[(Severity, Targets)]| list.iter().find(|(s, _)| *s == severity).map(|(_, targets)| *targets).unwrap_or_default();
        let common = of(&self.targets);
        let own = self.tiers.iter().find(|(code, _)| code == tier.trim()).map(|(_, list)| of(list)).unwrap_or_default();
        Targets {
            acknowledge: own.acknowledge.or(common.acknowledge),
            respond: own.respond.or(common.respond),
            resolve: own.resolve.or(common.resolve),
        }
    }

    /// What is promised. `days` tells the seconds of so many days from the moment of the promise.
    pub fn promise(&self, severity: Severity, tier: &str, days: Days<'_>, hash: &str) -> Promise {
        let targets = self.target(severity, tier);
        let of = |span: Option<Span>| span.map(|span| seconds(span, days));
        Promise {
            acknowledge: of(targets.acknowledge),
            respond: of(targets.respond),
            resolve: of(targets.resolve),
            elapsed: self.elapsed,
            rules: hash.to_owned(),
        }
    }
}

/// The seconds of so many days.
pub type Days<'a> = &'a dyn Fn(u32) -> i64;

/// A span in the time of the clock.
pub fn seconds(span: Span, days: Days<'_>) -> i64 {
    match span {
        Span::Minutes(_) | Span::Hours(_) => span.seconds(),
        Span::Days(n) => days(n),
        Span::Months(n) => days(n.saturating_mul(30)),
    }
}

impl RawService {
    /// Checks the rules; parts left out take the built-in default's.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<ServiceRules, Problems> {
        let default: RawService = serde_yaml::from_str(DEFAULT).unwrap_or_default();
        let mut wrong = Problems::new();
        let clock = self.clock.or(default.clock).unwrap_or_default();
        if !matches!(clock.as_str(), "working" | "elapsed") {
            wrong.push(unknown(&clock, &["working", "elapsed"]).field("clock"));
        }
        let targets = self.targets.or(default.targets).unwrap_or_default().0;
        let targets = targets_of(targets, "targets", &mut wrong);
        let mut tiers = Vec::new();
        for (tier, list) in self.tiers.unwrap_or_default().0 {
            let list = targets_of(list.0, &format!("tiers.{tier}"), &mut wrong);
            tiers.push((tier, list));
        }
        let mut levels: Vec<Level> = Vec::new();
        for (at, raw) in self.escalation.or(default.escalation).unwrap_or_default().into_iter().enumerate() {
            let field = format!("escalation[{at}]");
            if let Some(mut level) = level_of(raw, &field, &mut wrong) {
                level.number = levels.iter().filter(|known| known.target == level.target).count() + 1;
                levels.push(level);
            }
        }
        let close = self.close_unconfirmed.or(default.close_unconfirmed).filter(|text| !matches!(text.as_str(), "off" | "false" | "关"));
        let close_unconfirmed = span_of(close, "close_unconfirmed".to_owned(), &mut wrong);
        let rules = ServiceRules { elapsed: clock == "elapsed", targets, tiers, levels, close_unconfirmed };
        if wrong.is_empty() { Ok(rules) } else { Err(wrong) }
    }
}

fn unknown(name: &str, allowed: &[&str]) -> Problem {
    Problem::error(What::UnknownName { name: name.to_owned(), allowed: allowed.iter().map(|name| (*name).to_owned()).collect() })
}

fn coded<T: Code>(text: &str, field: &str, wrong: &mut Problems) -> Option<T> {
    let found = T::from_text(text);
    if found.is_none() {
        let allowed: Vec<&str> = T::WORDS.iter().map(|word| word.code).collect();
        wrong.push(unknown(text, &allowed).field(field));
    }
    found
}

fn span_of(text: Option<String>, field: String, wrong: &mut Problems) -> Option<Span> {
    text.and_then(|text| Span::parse(&text).map_err(|what| wrong.push(Problem::error(what).field(field))).ok())
}

fn targets_of(list: Vec<(String, RawTarget)>, field: &str, wrong: &mut Problems) -> Vec<(Severity, Targets)> {
    let mut found = Vec::new();
    for (name, raw) in list {
        let mut span = |text, key: &str| span_of(text, format!("{field}.{name}.{key}"), wrong);
        let targets = Targets {
            acknowledge: span(raw.acknowledge, "acknowledge"),
            respond: span(raw.respond, "respond"),
            resolve: span(raw.resolve, "resolve"),
        };
        found.extend(coded(&name, field, wrong).map(|severity| (severity, targets)));
    }
    found
}

fn level_of(raw: RawLevel, field: &str, wrong: &mut Problems) -> Option<Level> {
    let target = coded(&raw.target.unwrap_or_else(|| "resolve".to_owned()), &format!("{field}.target"), wrong);
    let before = span_of(raw.before, format!("{field}.before"), wrong);
    let after = span_of(raw.after, format!("{field}.after"), wrong);
    let when = match (before, after) {
        (Some(span), None) => When::Before(span),
        (None, Some(span)) => When::After(span),
        _ => {
            let message = ["每级须写 before 或 after 之一".to_owned(), "a level has either before or after".to_owned()];
            wrong.push(Problem::error(What::RuleConflict { message }).field(field));
            return None;
        }
    };
    let idle = raw.notify.is_none() && raw.raise.is_none() && raw.assign.is_none();
    let raise = raw.raise.and_then(|text| coded(&text, &format!("{field}.raise"), wrong));
    if idle {
        let message = [
            "这一级什么也不做: 请写 notify、raise 或 assign".to_owned(),
            "the level does nothing: give notify, raise or assign".to_owned(),
        ];
        wrong.push(Problem::error(What::RuleConflict { message }).field(field));
    }
    Some(Level { number: 0, target: target?, when, notify: raw.notify, raise, assign: raw.assign })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(yaml: &str) -> Result<ServiceRules, Problems> {
        serde_yaml::from_str::<RawService>(yaml).unwrap().check()
    }

    #[test]
    fn targets_by_severity_and_tier_in_either_language() {
        let yaml = "targets: {紧急: {respond: 1 hour}, normal: {respond: 2 days, resolve: 3 days}}\ntiers: {A: {一般: {respond: 30 分钟}}}";
        let rules = rules(yaml).unwrap();
        assert_eq!(rules.target(Severity::Critical, ""), Targets { respond: Some(Span::Hours(1)), ..Targets::default() });
        assert_eq!(rules.target(Severity::Low, "A"), Targets::default());
        let a = rules.promise(Severity::Normal, "A", &|n| i64::from(n) * 8 * 3600, "x");
        assert_eq!((a.respond, a.resolve, a.elapsed), (Some(1800), Some(24 * 3600), false));
        assert_eq!(rules.promise(Severity::Normal, "B", &|n| i64::from(n) * 8 * 3600, "x").respond, Some(16 * 3600));
    }

    #[test]
    fn the_default_promises_everything_and_levels_count_by_target() {
        let rules = rules("{}").unwrap();
        for severity in Severity::ALL {
            let targets = rules.target(*severity, "");
            assert!(targets.acknowledge.is_some() && targets.respond.is_some() && targets.resolve.is_some());
        }
        let levels: Vec<_> = rules.levels.iter().map(|level| (level.target, level.number)).collect();
        assert_eq!(levels, [(Target::Respond, 1), (Target::Resolve, 1), (Target::Resolve, 2)]);
    }

    #[test]
    fn what_is_wrong_is_named_by_its_key() {
        let fields = |yaml: &str| rules(yaml).unwrap_err().into_iter().filter_map(|problem| problem.field).collect::<Vec<_>>();
        assert_eq!(rules("close_unconfirmed: off").unwrap().close_unconfirmed, None);
        assert_eq!(fields("close_unconfirmed: soon"), ["close_unconfirmed"]);
        assert_eq!(fields("clock: sundial"), ["clock"]);
        assert_eq!(fields("targets: {dire: {respond: soon}}"), ["targets.dire.respond", "targets"]);
        assert_eq!(fields("escalation: [{before: 1 hour, after: 1 hour, notify: x}]"), ["escalation[0]"]);
        assert_eq!(fields("escalation: [{after: 1 hour}]"), ["escalation[0]"]);
        assert_eq!(fields("escalation: [{target: fly, after: 1 hour, raise: dire}]"), ["escalation[0].target", "escalation[0].raise"]);
    }
}
