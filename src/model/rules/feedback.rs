//! `rules/feedback.yaml`: how long a request can be reopened, and what a dissatisfied customer asks for.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Deserialize;

use super::Plain;
use crate::base::date::plus_days;
use crate::base::duration::Span;
use crate::base::problem::{Problem, Problems, What};
use crate::model::request::Request;

/// The rules a book has until the owner writes their own.
pub const DEFAULT: &str = include_str!("defaults/feedback.yaml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawFeedback {
    reopen_days: Option<Plain>,
    dissatisfied: Option<String>,
    recovery: Option<String>,
}

/// What a score of 1 or 2 asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    Reopen,
    Revisit,
    Nothing,
}

/// The rules, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedbackRules {
    /// `None`: a request can always be reopened.
    pub reopen_days: Option<u32>,
    pub dissatisfied: Remedy,
    pub recovery: Span,
}

impl FeedbackRules {
    /// The last day a request can be reopened on; `None` when there is no limit, or the request has not ended.
    pub fn reopen_until(&self, request: &Request, zone: Tz) -> Option<NaiveDate> {
        let ended = [request.closed_at, request.confirmed_at, request.resolved_at].into_iter().flatten().max()?;
        self.reopen_days.map(|days| plus_days(ended.date(zone), u64::from(days)))
    }

    /// Whether a dissatisfied customer still waits for us: a low score that can be answered by reopening and was not.
    pub fn is_sore(&self, request: &Request, today: NaiveDate, zone: Tz) -> bool {
        let in_time = self.reopen_until(request, zone).is_none_or(|until| today <= until);
        request.is_dissatisfied() && request.reopened.unwrap_or(0) == 0 && in_time
    }
}

impl RawFeedback {
    /// Checks the rules; keys left out take the built-in default's.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<FeedbackRules, Problems> {
        let default: RawFeedback = serde_yaml::from_str(DEFAULT).unwrap_or_default();
        let mut wrong = Problems::new();
        let days = self.reopen_days.or(default.reopen_days).unwrap_or_default().0;
        let reopen_days = match days.as_str() {
            "off" | "false" | "关" => None,
            text => match text.parse::<u32>() {
                Ok(days) => Some(days),
                Err(_) => {
                    wrong.push(Problem::error(What::BadNumber { value: days.clone() }).field("reopen_days"));
                    None
                }
            },
        };
        let dissatisfied = match self.dissatisfied.or(default.dissatisfied).unwrap_or_default().as_str() {
            "reopen" => Remedy::Reopen,
            "revisit" => Remedy::Revisit,
            "nothing" => Remedy::Nothing,
            name => {
                let allowed = ["reopen", "revisit", "nothing"].map(str::to_owned).to_vec();
                wrong.push(Problem::error(What::UnknownName { name: name.to_owned(), allowed }).field("dissatisfied"));
                Remedy::Nothing
            }
        };
        let text = self.recovery.or(default.recovery).unwrap_or_default();
        let recovery = Span::parse(&text).map_err(|what| wrong.push(Problem::error(what).field("recovery"))).unwrap_or(Span::Days(1));
        if wrong.is_empty() { Ok(FeedbackRules { reopen_days, dissatisfied, recovery }) } else { Err(wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_and_what_is_wrong() {
        let read = |yaml: &str| serde_yaml::from_str::<RawFeedback>(yaml).unwrap().check();
        let usual = FeedbackRules { reopen_days: Some(30), dissatisfied: Remedy::Nothing, recovery: Span::Days(1) };
        assert_eq!(read("{}").unwrap(), usual);
        assert_eq!(read("{reopen_days: off, dissatisfied: revisit}").unwrap().reopen_days, None);
        for (yaml, field) in [("reopen_days: -1", "reopen_days"), ("dissatisfied: x", "dissatisfied"), ("recovery: soon", "recovery")] {
            assert_eq!(read(yaml).unwrap_err()[0].field.as_deref(), Some(field));
        }
    }
}
