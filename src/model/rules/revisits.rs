//! `rules/revisits.yaml`: when customers are visited again.

use serde::Deserialize;

use super::Pairs;
use crate::base::duration::Span;
use crate::base::problem::{Problem, Problems};

/// The rules a book has until the owner writes their own.
pub const DEFAULT: &str = include_str!("defaults/revisits.yaml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRevisits {
    after_closed: Option<String>,
    cadence: Option<Pairs<String>>,
    retry: Option<String>,
}

/// The rules, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisitRules {
    /// A revisit this long after a request was closed; `None` when switched off.
    pub after_closed: Option<Span>,
    /// The wanted interval between contacts, by tier code.
    pub cadence: Vec<(String, Span)>,
    /// When to try again after no answer.
    pub retry: Span,
}

impl RevisitRules {
    pub fn interval(&self, tier: &str) -> Option<Span> {
        self.cadence.iter().find(|(code, _)| code == tier).map(|(_, span)| *span)
    }
}

impl RawRevisits {
    /// Checks the rules; keys left out take the built-in default's; `off` switches one off.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<RevisitRules, Problems> {
        let default: RawRevisits = serde_yaml::from_str(DEFAULT).unwrap_or_default();
        let mut wrong = Problems::new();
        let mut span = |text: &str, field: String| {
            if matches!(text, "off" | "false" | "关") {
                return None;
            }
            Span::parse(text).map_err(|what| wrong.push(Problem::error(what).field(field))).ok()
        };
        let after_closed = self.after_closed.or(default.after_closed).and_then(|text| span(&text, "after_closed".into()));
        let cadence = self.cadence.or(default.cadence).unwrap_or_default().0;
        let cadence = cadence.into_iter().filter_map(|(tier, text)| Some((tier.clone(), span(&text, format!("cadence.{tier}"))?)));
        let cadence = cadence.collect();
        let retry = self.retry.or(default.retry).and_then(|text| span(&text, "retry".into())).unwrap_or(Span::Days(3));
        if wrong.is_empty() { Ok(RevisitRules { after_closed, cadence, retry }) } else { Err(wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_and_switching_off() {
        let read = |yaml: &str| serde_yaml::from_str::<RawRevisits>(yaml).unwrap().check();
        assert_eq!(read("{}").unwrap(), read(DEFAULT).unwrap());
        assert_eq!(read("after_closed: off").unwrap().after_closed, None);
        assert_eq!(read("cadence: {A: soon}").unwrap_err()[0].field.as_deref(), Some("cadence.A"));
    }
}
