//! `rules/service.yaml`: by when a request must be answered and resolved.

use serde::Deserialize;

use super::Pairs;
use crate::base::duration::Span;
use crate::base::problem::{Problem, Problems, What};
use crate::model::request::Severity;
use crate::model::vocabulary::Code;

/// The rules a book has until the owner writes their own.
pub const DEFAULT: &str = include_str!("defaults/service.yaml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawService {
    targets: Option<Pairs<RawTarget>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTarget {
    respond: Option<String>,
    resolve: Option<String>,
}

/// Elapsed time allowed from receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Target {
    pub respond: Option<Span>,
    pub resolve: Option<Span>,
}

/// The rules, checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceRules {
    targets: Vec<(Severity, Target)>,
}

impl ServiceRules {
    /// The targets of a severity; none where the rules are silent.
    pub fn target(&self, severity: Severity) -> Target {
        self.targets.iter().find(|(s, _)| *s == severity).map(|(_, target)| *target).unwrap_or_default()
    }
}

impl RawService {
    /// Checks the rules; targets left out take the built-in default's.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<ServiceRules, Problems> {
        let default: RawService = serde_yaml::from_str(DEFAULT).unwrap_or_default();
        let mut wrong = Problems::new();
        let mut targets = Vec::new();
        for (name, raw) in self.targets.or(default.targets).unwrap_or_default().0 {
            let mut span = |text: Option<String>, key: &str| {
                let field = format!("targets.{name}.{key}");
                text.and_then(|text| Span::parse(&text).map_err(|what| wrong.push(Problem::error(what).field(field))).ok())
            };
            let target = Target { respond: span(raw.respond, "respond"), resolve: span(raw.resolve, "resolve") };
            match Severity::from_text(&name) {
                Some(severity) => targets.push((severity, target)),
                None => {
                    let allowed = Severity::WORDS.iter().map(|word| word.code.to_owned()).collect();
                    wrong.push(Problem::error(What::UnknownName { name: name.clone(), allowed }).field("targets"));
                }
            }
        }
        if wrong.is_empty() { Ok(ServiceRules { targets }) } else { Err(wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_by_severity_in_either_language() {
        let rules = serde_yaml::from_str::<RawService>("targets: {紧急: {respond: 1 hour}}").unwrap().check().unwrap();
        assert_eq!(rules.target(Severity::Critical), Target { respond: Some(Span::Hours(1)), resolve: None });
        assert_eq!(rules.target(Severity::Low), Target::default());
        assert!(serde_yaml::from_str::<RawService>("{}").unwrap().check().unwrap().target(Severity::Low).resolve.is_some());
    }
}
