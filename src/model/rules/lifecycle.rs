//! `rules/lifecycle.yaml`: when a customer is new, loyal, a problem, silent or lost (docs/rules.md, Lifecycle).

use std::fmt;
use std::marker::PhantomData;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::Plain;
use crate::base::date::plus_days;
use crate::base::duration::Span;
use crate::base::problem::{Problem, Problems, What};
use crate::model::request::Severity;
use crate::model::vocabulary::Code;

/// The rules a book has until the owner writes their own.
pub const DEFAULT: &str = include_str!("defaults/lifecycle.yaml");

/// The longest a customer can be allowed to be silent, in days: beyond it lies no limit.
const MOST_DAYS: i64 = 36_500;

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawLifecycle {
    problem: Option<Switched<RawProblem>>,
    new: Option<Switched<RawNew>>,
    loyal: Option<Switched<RawLoyal>>,
    rhythm: Option<RawRhythm>,
    silent: Option<Switched<RawSilence>>,
    lost: Option<Switched<RawSilence>>,
    value: Option<String>,
    tell: Option<String>,
}

/// A class by its conditions, or a word that switches it off.
#[derive(Debug)]
enum Switched<T> {
    Word(String),
    On(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Switched<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Switched<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping, or `off`")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Switched<T>, E> {
                Ok(Switched::Word(text.to_owned()))
            }
            fn visit_bool<E: Error>(self, on: bool) -> Result<Switched<T>, E> {
                Ok(Switched::Word(on.to_string()))
            }
            // handed on as it is, so that serde keeps line and column
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Switched<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Switched::On)
            }
        }
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProblem {
    severity: Option<String>,
    received_within: Option<String>,
    satisfaction_below: Option<Plain>,
    within: Option<String>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNew {
    within: Option<String>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLoyal {
    tenure: Option<String>,
    purchases: Option<Plain>,
    satisfaction: Option<Plain>,
    within: Option<String>,
    unheard: Option<Plain>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRhythm {
    intervals: Option<Plain>,
    usual: Option<String>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSilence {
    factor: Option<Plain>,
    floor: Option<String>,
    limit: Option<String>,
}

/// The rules, checked; `None` for a class that is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LifecycleRules {
    pub problem: Option<ProblemRule>,
    /// How long after the first purchase.
    pub new: Option<Span>,
    pub loyal: Option<LoyalRule>,
    pub rhythm: Rhythm,
    pub silent: Option<Silence>,
    pub lost: Option<Silence>,
    pub value: Span,
    pub tell: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemRule {
    /// This or graver.
    pub severity: Severity,
    pub received_within: Span,
    pub satisfaction_below: Decimal,
    pub within: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoyalRule {
    pub tenure: Span,
    /// Days with a purchase.
    pub purchases: u32,
    pub satisfaction: Decimal,
    pub within: Span,
    /// Whether who never answered counts as content.
    pub unheard: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// From so many intervals on a customer's own median is believed alone.
    pub intervals: u32,
    /// Tenths of a day, while nobody bought twice.
    pub usual: i64,
}

/// How long without a sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// Hundredths.
    pub factor: i64,
    pub floor: Span,
    pub limit: Span,
}

impl Silence {
    /// The first day of silence after a sign of life, by the usual interval in tenths of a day.
    pub fn begins(self, sign: NaiveDate, usual: i64) -> NaiveDate {
        let days = usual.saturating_mul(self.factor).saturating_add(999) / 1000;
        let own = plus_days(sign, u64::try_from(days.clamp(0, MOST_DAYS)).unwrap_or(0));
        own.max(self.floor.after(sign)).min(self.limit.after(sign))
    }
}

/// A span of no days, where it must have some.
pub(super) fn no_days() -> What {
    What::OutOfRange { value: "0".into(), min: "1 day".into(), max: "100 years".into() }
}

/// Reads the keys and gathers what is wrong.
struct Reader {
    wrong: Problems,
}

impl Reader {
    fn span(&mut self, own: Option<String>, default: Option<String>, field: &str) -> Span {
        let text = own.or(default).unwrap_or_default();
        let span = Span::parse(&text).and_then(|span| match span {
            Span::Minutes(_) | Span::Hours(_) => Err(What::BadDuration { value: text.clone() }),
            days => Ok(days),
        });
        span.map_err(|what| self.wrong.push(Problem::error(what).field(field))).unwrap_or(Span::Days(0))
    }

    /// A span within which something is counted: of none nothing could be.
    fn some_days(&mut self, own: Option<String>, default: Option<String>, field: &str) -> Span {
        let span = self.span(own, default, field);
        if span.seconds() == 0 && !self.wrong.iter().any(|problem| problem.field.as_deref() == Some(field)) {
            self.wrong.push(Problem::error(no_days()).field(field));
        }
        span
    }

    fn number(&mut self, own: Option<Plain>, default: Option<Plain>, (min, max): (i64, i64), field: &str) -> Decimal {
        let plain = own.or(default).unwrap_or_default();
        let within = |number: Decimal| {
            let what = || What::OutOfRange { value: plain.0.clone(), min: min.to_string(), max: max.to_string() };
            if (Decimal::from(min)..=Decimal::from(max)).contains(&number) { Ok(number) } else { Err(what()) }
        };
        let number = plain.decimal().and_then(within);
        number.map_err(|what| self.wrong.push(Problem::error(what).field(field))).unwrap_or_default()
    }

    fn whole(&mut self, own: Option<Plain>, default: Option<Plain>, range: (i64, i64), field: &str) -> u32 {
        let number = self.number(own, default, range, field);
        if !number.fract().is_zero() {
            self.wrong.push(Problem::error(What::BadNumber { value: number.to_string() }).field(field));
        }
        number.try_into().unwrap_or(0)
    }

    fn conflict(&mut self, field: &str, zh: &str, en: &str) {
        self.wrong.push(Problem::error(What::RuleConflict { message: [zh.to_owned(), en.to_owned()] }).field(field));
    }

    /// The class's own keys beside the default's; `None` where it is switched off.
    fn switched<T: Default>(&mut self, own: Option<Switched<T>>, default: Option<Switched<T>>, field: &str) -> Option<(T, T)> {
        let default = match default {
            Some(Switched::On(default)) => default,
            _ => T::default(),
        };
        match own {
            None => Some((T::default(), default)),
            Some(Switched::On(own)) => Some((own, default)),
            Some(Switched::Word(word)) if matches!(word.as_str(), "off" | "false" | "关") => None,
            Some(Switched::Word(word)) => {
                self.wrong.push(Problem::error(What::UnknownName { name: word, allowed: vec!["off".to_owned()] }).field(field));
                None
            }
        }
    }

    fn problem(&mut self, own: RawProblem, default: RawProblem) -> ProblemRule {
        let name = own.severity.or(default.severity).unwrap_or_default();
        let severity = Severity::from_text(&name).unwrap_or_else(|| {
            let allowed = Severity::ALL.iter().map(|severity| severity.code().to_owned()).collect();
            self.wrong.push(Problem::error(What::UnknownName { name: name.clone(), allowed }).field("problem.severity"));
            Severity::High
        });
        let below = self.number(own.satisfaction_below, default.satisfaction_below, (0, 100), "problem.satisfaction_below");
        ProblemRule {
            severity,
            received_within: self.span(own.received_within, default.received_within, "problem.received_within"),
            satisfaction_below: below,
            within: self.span(own.within, default.within, "problem.within"),
        }
    }

    fn loyal(&mut self, own: RawLoyal, default: RawLoyal) -> LoyalRule {
        let unheard = own.unheard.or(default.unheard).unwrap_or_default();
        let unheard = match unheard.0.as_str() {
            "yes" | "true" | "是" => true,
            "no" | "false" | "否" => false,
            name => {
                let allowed = vec!["yes".to_owned(), "no".to_owned()];
                self.wrong.push(Problem::error(What::UnknownName { name: name.to_owned(), allowed }).field("loyal.unheard"));
                false
            }
        };
        LoyalRule {
            tenure: self.span(own.tenure, default.tenure, "loyal.tenure"),
            purchases: self.whole(own.purchases, default.purchases, (1, 100_000), "loyal.purchases"),
            satisfaction: self.number(own.satisfaction, default.satisfaction, (0, 100), "loyal.satisfaction"),
            within: self.span(own.within, default.within, "loyal.within"),
            unheard,
        }
    }

    fn silence(&mut self, own: RawSilence, default: RawSilence, class: &str) -> Silence {
        let factor = self.number(own.factor, default.factor, (1, 100), &format!("{class}.factor"));
        let floor = self.span(own.floor, default.floor, &format!("{class}.floor"));
        let limit = self.span(own.limit, default.limit, &format!("{class}.limit"));
        if limit.can_be_shorter(floor) {
            let field = format!("{class}.floor");
            self.conflict(&field, "floor 不能长于 limit", "`floor` cannot be longer than `limit`");
        }
        let hundredths = (factor * Decimal::ONE_HUNDRED).round();
        Silence { factor: hundredths.try_into().unwrap_or(100), floor, limit }
    }
}

impl RawLifecycle {
    /// Checks the rules; keys left out take the built-in default's.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<LifecycleRules, Problems> {
        let default: RawLifecycle = serde_yaml::from_str(DEFAULT).unwrap_or_default();
        let mut reader = Reader { wrong: Problems::new() };
        let problem = reader.switched(self.problem, default.problem, "problem").map(|(own, default)| reader.problem(own, default));
        let new = reader.switched(self.new, default.new, "new");
        let new = new.map(|(own, default)| reader.span(own.within, default.within, "new.within"));
        let loyal = reader.switched(self.loyal, default.loyal, "loyal").map(|(own, default)| reader.loyal(own, default));
        let (own, usual) = (self.rhythm.unwrap_or_default(), default.rhythm.unwrap_or_default());
        let rhythm = Rhythm {
            intervals: reader.whole(own.intervals, usual.intervals, (1, 1000), "rhythm.intervals"),
            usual: reader.some_days(own.usual, usual.usual, "rhythm.usual").seconds() / 8640,
        };
        let silent = reader.switched(self.silent, default.silent, "silent");
        let silent = silent.map(|(own, default)| reader.silence(own, default, "silent"));
        let lost = reader.switched(self.lost, default.lost, "lost").map(|(own, default)| reader.silence(own, default, "lost"));
        if let (Some(silent), Some(lost)) = (silent, lost) {
            let sooner = lost.factor < silent.factor || lost.floor.can_be_shorter(silent.floor) || lost.limit.can_be_shorter(silent.limit);
            if lost == silent {
                reader.conflict("lost", "流失与沉默相同,谁都不会是沉默客户", "lost as soon as silent: nobody would ever be silent");
            } else if sooner {
                reader.conflict("lost", "流失不能早于沉默", "nobody is lost sooner than silent");
            }
        }
        let value = reader.some_days(self.value, default.value, "value");
        let tell = reader.span(self.tell, default.tell, "tell");
        let rules = LifecycleRules { problem, new, loyal, rhythm, silent, lost, value, tell };
        if reader.wrong.is_empty() { Ok(rules) } else { Err(reader.wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<LifecycleRules, Problems> {
        serde_yaml::from_str::<RawLifecycle>(yaml).unwrap().check()
    }

    #[test]
    fn defaults_and_switching_off() {
        assert_eq!(read("{}").unwrap(), read(DEFAULT).unwrap());
        let usual = read("{}").unwrap();
        assert_eq!((usual.rhythm.usual, usual.silent.unwrap().factor), (600, 250));
        let off = read("{problem: off, new: 关, loyal: off, silent: off, lost: off}").unwrap();
        assert!(off.problem.is_none() && off.new.is_none() && off.loyal.is_none() && off.silent.is_none() && off.lost.is_none());
        assert_eq!(read("{loyal: {purchases: 3}}").unwrap().loyal.unwrap(), LoyalRule { purchases: 3, ..usual.loyal.unwrap() });
    }

    #[test]
    fn silence_begins_by_rhythm_floor_and_limit() {
        let silent = read("{}").unwrap().silent.unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let sign = day("2026-01-31");
        // 2.5 × 30.1 = 75.25 days, a begun day counts whole
        assert_eq!(silent.begins(sign, 301), day("2026-04-17"));
        assert_eq!(silent.begins(sign, 10), day("2026-04-01"));
        assert_eq!(silent.begins(sign, 9_999_999_999), day("2027-01-31"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (yaml, field) in [
            ("{problem: {severity: awful}}", "problem.severity"),
            ("{problem: {satisfaction_below: 101}}", "problem.satisfaction_below"),
            ("{problem: on}", "problem"),
            ("{new: {within: 3 hours}}", "new.within"),
            ("{loyal: {purchases: 2.5}}", "loyal.purchases"),
            ("{loyal: {unheard: perhaps}}", "loyal.unheard"),
            ("{rhythm: {intervals: 0}}", "rhythm.intervals"),
            ("{silent: {factor: 0.5}}", "silent.factor"),
            ("{silent: {floor: 13 months}}", "silent.floor"),
            ("{lost: {factor: 2}}", "lost"),
            ("{silent: {floor: 30 days}, lost: {floor: 1 month}}", "lost"),
            ("{silent: {floor: 13 weeks, limit: 3 months}}", "silent.floor"),
            ("{silent: {factor: 3, floor: 60 days, limit: 1 year}, lost: {factor: 3, floor: 60 days, limit: 1 year}}", "lost"),
            ("{value: 0 days}", "value"),
            ("{rhythm: {usual: 0 days}}", "rhythm.usual"),
            ("{value: soon}", "value"),
            ("{tell: soon}", "tell"),
        ] {
            let fields: Vec<Option<String>> = read(yaml).unwrap_err().into_iter().map(|problem| problem.field).collect();
            assert!(fields.contains(&Some(field.to_owned())), "{yaml}: {fields:?}");
        }
    }
}
