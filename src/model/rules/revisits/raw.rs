//! The file as it stands, and the checks.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Cadence, DEFAULT, Interval, PerDay, Retry, RevisitRules};
use crate::base::duration::Span;
use crate::base::problem::{Problem, Problems, What};
use crate::model::lifecycle::Class;
use crate::model::rules::{Pairs, Plain, Words};
use crate::model::vocabulary::Code;

/// The key for everybody who is not named.
const OTHERS: &str = "others";
/// More attempts, visits a day or days ahead are a slip of the hand.
const MOST: u32 = 1000;
/// A new customer's visits, at most.
const STEPS: usize = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRevisits {
    after_closed: Option<String>,
    cadence: Option<Pairs<Either<RawCadence>>>,
    new: Option<Words>,
    retry: Option<Either<RawRetry>>,
    per_day: Option<Either<Pairs<Plain>>>,
    ahead: Option<Plain>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCadence {
    wanted: Option<String>,
    longest: Option<String>,
    classes: Option<Pairs<Either<RawInterval>>>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInterval {
    wanted: Option<String>,
    longest: Option<String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRetry {
    after: Option<String>,
    at_most: Option<Plain>,
}

/// One word, or a mapping that says more.
#[derive(Debug, Clone)]
enum Either<T> {
    Word(String),
    Map(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Either<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Either<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text such as `30 days`, a number or a mapping")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Either<T>, E> {
                Ok(Either::Word(text.to_owned()))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Either<T>, E> {
                Ok(Either::Word(number.to_string()))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Either<T>, E> {
                Ok(Either::Word(number.to_string()))
            }
            fn visit_bool<E: Error>(self, on: bool) -> Result<Either<T>, E> {
                Ok(Either::Word(on.to_string()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Either<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Either::Map)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Either<T>, A::Error> {
                Err(A::Error::custom("a list does not belong here: a text such as `30 days`, a number or a mapping does"))
            }
        }
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

fn is_off(text: &str) -> bool {
    matches!(text.trim(), "off" | "false" | "关")
}

/// Reads one key after the other and keeps what is wrong.
#[derive(Default)]
struct Reader {
    wrong: Problems,
}

impl Reader {
    fn fault(&mut self, field: &str, what: What) {
        self.wrong.push(Problem::error(what).field(field));
    }

    fn span(&mut self, field: &str, text: &str) -> Option<Span> {
        Span::parse(text).map_err(|what| self.fault(field, what)).ok()
    }

    /// A span of a day at least: an hour after a contact nobody plans the next.
    fn days(&mut self, field: &str, text: &str) -> Option<Span> {
        let span = self.span(field, text)?;
        if span.seconds() < 86_400 {
            self.fault(field, What::OutOfRange { value: text.trim().into(), min: "1 day".into(), max: "100 years".into() });
            return None;
        }
        Some(span)
    }

    fn number(&mut self, field: &str, text: &str, min: u32) -> Option<u32> {
        let Ok(number) = text.trim().parse::<i64>() else {
            self.fault(field, What::BadNumber { value: text.to_owned() });
            return None;
        };
        let fits = u32::try_from(number).ok().filter(|number| (min..=MOST).contains(number));
        if fits.is_none() {
            self.fault(field, What::OutOfRange { value: text.into(), min: min.to_string(), max: MOST.to_string() });
        }
        fits
    }

    /// An interval; what it leaves out is that of `base`.
    fn interval(&mut self, field: &str, wanted: Option<&str>, longest: Option<&str>, base: Option<Interval>) -> Option<Interval> {
        let key = |key: &str| format!("{field}.{key}");
        let before = self.wrong.len();
        let own = wanted.and_then(|text| self.days(&key("wanted"), text));
        let last = longest.and_then(|text| self.days(&key("longest"), text));
        if self.wrong.len() > before {
            return None;
        }
        let Some(wanted_span) = own.or(base.map(|base| base.wanted)) else {
            self.fault(field, What::Required);
            return None;
        };
        let longest_span = last.or(base.and_then(|base| base.longest));
        self.ordered(&key(if longest.is_some() { "longest" } else { "wanted" }), Interval { wanted: wanted_span, longest: longest_span })
    }

    fn ordered(&mut self, field: &str, interval: Interval) -> Option<Interval> {
        if interval.longest.is_none_or(|longest| !longest.can_be_shorter(interval.wanted)) {
            return Some(interval);
        }
        let message =
            ["最长间隔(longest)可能比期望间隔(wanted)短".to_owned(), "the longest interval may be shorter than the wanted one".to_owned()];
        self.fault(field, What::RuleConflict { message });
        None
    }

    fn cadence(&mut self, field: &str, raw: &Either<RawCadence>) -> Cadence {
        match raw {
            Either::Word(text) if is_off(text) => Cadence::default(),
            Either::Word(text) => {
                let base = self.days(field, text).map(|wanted| Interval { wanted, longest: None });
                Cadence { base, classes: Vec::new() }
            }
            Either::Map(raw) => self.by_class(field, raw),
        }
    }

    fn by_class(&mut self, field: &str, raw: &RawCadence) -> Cadence {
        let off = raw.wanted.as_deref().is_some_and(is_off);
        // a tier may have a cadence for some classes alone
        let bare = raw.wanted.is_none() && raw.longest.is_none() && raw.classes.is_some();
        let base = if off || bare { None } else { self.interval(field, raw.wanted.as_deref(), raw.longest.as_deref(), None) };
        let mut classes: Vec<(Class, Option<Interval>)> = Vec::new();
        for (name, own) in raw.classes.iter().flat_map(|pairs| &pairs.0) {
            let field = format!("{field}.classes.{name}");
            let Some(class) = Class::from_text(name) else {
                let allowed = Class::WORDS.iter().map(|word| word.code.to_owned()).collect();
                self.fault(&field, What::UnknownName { name: name.clone(), allowed });
                continue;
            };
            if classes.iter().any(|(known, _)| *known == class) {
                let message = ["这个类别写了两次".to_owned(), "this class stands here twice".to_owned()];
                self.fault(&field, What::RuleConflict { message });
                continue;
            }
            classes.push((class, self.of_class(&field, own, base)));
        }
        Cadence { base, classes }
    }

    fn of_class(&mut self, field: &str, own: &Either<RawInterval>, base: Option<Interval>) -> Option<Interval> {
        match own {
            Either::Word(text) if is_off(text) => None,
            Either::Word(text) => {
                let wanted = self.days(field, text)?;
                self.ordered(field, Interval { wanted, longest: base.and_then(|base| base.longest) })
            }
            Either::Map(own) => self.interval(field, own.wanted.as_deref(), own.longest.as_deref(), base),
        }
    }

    fn new_customers(&mut self, words: &Words) -> Vec<Span> {
        if matches!(&words.0[..], [word] if is_off(word)) {
            return Vec::new();
        }
        if words.0.len() > STEPS {
            let value = words.0.len().to_string();
            self.fault("new", What::OutOfRange { value, min: "0".into(), max: STEPS.to_string() });
        }
        let spans: Vec<Span> = words.0.iter().filter_map(|text| self.days("new", text)).collect();
        if spans.windows(2).any(|two| two[0].seconds() >= two[1].seconds()) {
            let message = ["各步应一步比一步晚".to_owned(), "each step has to be later than the one before".to_owned()];
            self.fault("new", What::RuleConflict { message });
        }
        spans
    }

    fn retry(&mut self, raw: Option<&Either<RawRetry>>, default: Retry) -> Retry {
        match raw {
            None => default,
            Some(Either::Word(text)) if is_off(text) => Retry { at_most: 1, ..default },
            Some(Either::Word(text)) => Retry { after: self.span("retry", text).unwrap_or(default.after), ..default },
            Some(Either::Map(raw)) => Retry {
                after: raw.after.as_deref().and_then(|text| self.span("retry.after", text)).unwrap_or(default.after),
                at_most: raw.at_most.as_ref().and_then(|n| self.number("retry.at_most", &n.0, 1)).unwrap_or(default.at_most),
            },
        }
    }

    fn cap(&mut self, field: &str, text: &str) -> Option<u32> {
        if is_off(text) { None } else { self.number(field, text, 1) }
    }

    fn per_day(&mut self, raw: &Either<Pairs<Plain>>, default: u32) -> PerDay {
        let pairs = match raw {
            Either::Word(text) => return PerDay { named: Vec::new(), others: self.cap("per_day", text) },
            Either::Map(pairs) => pairs,
        };
        let mut per_day = PerDay { named: Vec::new(), others: Some(default) };
        for (name, cap) in &pairs.0 {
            let cap = self.cap(&format!("per_day.{name}"), &cap.0);
            if name == OTHERS {
                per_day.others = cap;
            } else {
                per_day.named.push((name.clone(), cap));
            }
        }
        per_day
    }
}

/// As in the built-in default, which a test holds to.
const RETRY: Retry = Retry { after: Span::Days(3), at_most: 3 };
pub(super) const PER_DAY: u32 = 8;
const AHEAD: u32 = 5;

impl RawRevisits {
    /// Checks the rules; keys left out take the built-in default's; `off` switches one off.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<RevisitRules, Problems> {
        let default: RawRevisits = serde_yaml::from_str(DEFAULT).unwrap_or_default();
        let mut reader = Reader::default();
        let after_closed = self.after_closed.or(default.after_closed).filter(|text| !is_off(text));
        let after_closed = after_closed.and_then(|text| reader.span("after_closed", &text));
        let mut others = Cadence::default();
        let mut cadence = Vec::new();
        for (tier, raw) in self.cadence.or(default.cadence).unwrap_or_default().0 {
            let read = reader.cadence(&format!("cadence.{tier}"), &raw);
            if tier == OTHERS { others = read } else { cadence.push((tier, read)) }
        }
        let new = self.new.map(|words| reader.new_customers(&words)).unwrap_or_default();
        let retry = reader.retry(self.retry.as_ref(), RETRY);
        let per_day = self.per_day.map(|raw| reader.per_day(&raw, PER_DAY));
        let per_day = per_day.unwrap_or(PerDay { named: Vec::new(), others: Some(PER_DAY) });
        let ahead = self.ahead.map(|text| if is_off(&text.0) { Some(0) } else { reader.number("ahead", &text.0, 0) });
        let ahead = ahead.map_or(AHEAD, Option::unwrap_or_default);
        let rules = RevisitRules { after_closed, cadence, others, new, retry, per_day, ahead };
        if reader.wrong.is_empty() { Ok(rules) } else { Err(reader.wrong) }
    }
}
