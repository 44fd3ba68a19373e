//! `rules/archive.yaml`: what keeps the archive true: verification, sources, consent, owners.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};

use super::lifecycle::no_days;
use super::{Pairs, Plain, RawLabel, Words};
use crate::base::duration::Span;
use crate::base::lang::Lang;
use crate::base::problem::{Problem, Problems, What};
use crate::base::spelling;
use crate::base::text::fold_key;
use crate::model::cell::{Kind, Locale};
use crate::model::consent;
use crate::model::customer::{CUSTOMERS, Customer, CustomerKind};
use crate::model::record::Record;
use crate::model::rules::tiers::TierRules;

/// The rules a book has until the owner writes their own.
pub const DEFAULT: &str = include_str!("defaults/archive.yaml");

/// One span for everybody, or spans by tier.
#[derive(Debug)]
struct RawSpans(Pairs<String>);

impl<'de> Deserialize<'de> for RawSpans {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = RawSpans;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a span of time, or one for each tier")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<RawSpans, E> {
                Ok(RawSpans(Pairs(vec![(OTHERS.to_owned(), text.to_owned())])))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawSpans, A::Error> {
                Pairs::deserialize(MapAccessDeserializer::new(map)).map(RawSpans)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawArchive {
    verify: Option<RawVerify>,
    sources: Option<RawSources>,
    consent: Option<RawConsent>,
    owner: Option<RawOwner>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVerify {
    after: Option<RawSpans>,
    fields: Option<Words>,
    company: Option<Words>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSources {
    closed: Option<bool>,
    values: Option<Pairs<RawLabel>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConsent {
    required: Option<bool>,
    holds: Option<String>,
    bases: Option<Pairs<RawLabel>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOwner {
    retention: Option<String>,
    protect: Option<Words>,
    at_most: Option<Plain>,
    again_after: Option<String>,
}

/// The tier that stands for all others.
const OTHERS: &str = "others";

/// A value with its labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub code: String,
    label: RawLabel,
}

impl Named {
    /// As it is written in a book of this language.
    pub fn written(&self, lang: Lang) -> String {
        self.label.pick(lang, &self.code)
    }

    /// Its code and its labels.
    fn words(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.code.as_str()).chain(self.label.zh.as_deref()).chain(self.label.en.as_deref())
    }

    /// Whether a text, folded by [`fold_key`], is its code or one of its labels.
    pub fn is(&self, key: &str) -> bool {
        self.words().any(|word| fold_key(word) == key)
    }
}

/// How long a verification holds, and what is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyRules {
    after: Vec<(String, Option<Span>)>,
    fields: Vec<usize>,
    company: Vec<usize>,
}

impl VerifyRules {
    /// How long a verification of a customer of this tier holds; `None` where it is for ever.
    pub fn holds(&self, tier: &str) -> Option<Span> {
        let of = |tier: &str| self.after.iter().find(|(code, _)| code == tier).map(|(_, span)| *span);
        of(tier.trim()).or_else(|| of(OTHERS)).flatten()
    }

    /// The columns that are to be looked at and are blank, by position.
    pub fn blank(&self, customer: &Customer, locale: &Locale) -> Vec<usize> {
        let company = (customer.kind == Some(CustomerKind::Company)).then_some(&self.company);
        let fields = self.fields.iter().chain(company.into_iter().flatten()).copied();
        fields.filter(|column| customer.written(*column, locale).trim().is_empty()).collect()
    }
}

/// Where customers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRules {
    pub closed: bool,
    pub values: Vec<Named>,
}

/// What is to be said of a source that is not in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The list is closed.
    Closed,
    /// It may be a slip of the pen for this one.
    Near(String),
}

impl SourceRules {
    /// A source as it is to stand in the book: a known one by its label, another one as typed.
    ///
    /// # Errors
    /// [`What::UnknownName`] where the list is closed.
    pub fn settled(&self, typed: &str, lang: Lang) -> Result<String, What> {
        match self.find(typed) {
            Some(source) => Ok(source.written(lang)),
            None if self.closed && !typed.trim().is_empty() => {
                let allowed = self.values.iter().map(|source| source.written(lang)).collect();
                Err(What::UnknownName { name: typed.to_owned(), allowed })
            }
            None => Ok(typed.to_owned()),
        }
    }

    /// What is to be said of a source; nothing of a known one, nor of a new one that is like no other.
    pub fn doubt(&self, text: &str) -> Option<Doubt> {
        if text.trim().is_empty() || self.find(text).is_some() {
            return None;
        }
        let near = || spelling::nearest(text, self.values.iter().flat_map(Named::words)).map(|near| Doubt::Near(near.to_owned()));
        if self.closed { Some(Doubt::Closed) } else { near() }
    }

    fn find(&self, text: &str) -> Option<&Named> {
        let key = fold_key(text);
        self.values.iter().find(|source| source.is(&key))
    }
}

/// On what basis data of customers is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRules {
    pub required: bool,
    /// How long consent holds; `None`: until it is withdrawn.
    pub holds: Option<Span>,
    pub bases: Vec<Named>,
}

/// Who keeps a customer, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerRules {
    /// Without order and contact for so long a customer may be released.
    pub retention: Option<Span>,
    /// Tiers that are not released for that.
    pub protect: Vec<String>,
    pub at_most: Option<usize>,
    /// Until the same person may claim a customer again.
    pub again_after: Option<Span>,
}

/// The rules, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveRules {
    pub verify: VerifyRules,
    pub sources: SourceRules,
    pub consent: ConsentRules,
    pub owner: OwnerRules,
}

impl ArchiveRules {
    /// Tiers named here that the book does not have.
    pub fn strangers(&self, tiers: &TierRules) -> Problems {
        let known: Vec<String> = tiers.tiers.iter().map(|tier| tier.code.clone()).collect();
        let after = self.verify.after.iter().map(|(code, _)| (code, "verify.after")).filter(|(code, _)| *code != OTHERS);
        let protect = self.owner.protect.iter().map(|code| (code, "owner.protect"));
        let strange = after.chain(protect).filter(|(code, _)| !known.contains(code));
        let problem = |(code, field): (&String, &str)| {
            Problem::warning(What::UnknownName { name: code.clone(), allowed: known.clone() }).field(field)
        };
        strange.map(problem).collect()
    }
}

/// Collects what is wrong.
struct Checker {
    wrong: Problems,
}

impl Checker {
    fn fail(&mut self, what: What, field: impl Into<String>) {
        self.wrong.push(Problem::error(what).field(field));
    }

    /// A span of days or longer, or `off`.
    fn span(&mut self, text: &str, field: &str) -> Option<Span> {
        if matches!(text.trim(), "off" | "false" | "关") {
            return None;
        }
        match Span::parse(text) {
            Ok(Span::Days(0) | Span::Months(0)) => {
                self.fail(no_days(), field);
                None
            }
            Ok(span @ (Span::Days(_) | Span::Months(_))) => Some(span),
            Ok(_) => {
                self.fail(What::BadDuration { value: text.to_owned() }, field);
                None
            }
            Err(what) => {
                self.fail(what, field);
                None
            }
        }
    }

    /// Columns of the archive that may be looked at.
    fn columns(&mut self, words: Words, field: &str) -> Vec<usize> {
        let is_asked = |at: &usize| {
            let column = &CUSTOMERS.columns[*at];
            column.kind == Kind::Text && !matches!(column.word.code, "tier" | "batch" | "note")
        };
        let mut found = Vec::new();
        for name in words.0 {
            match CUSTOMERS.find(&name).filter(is_asked) {
                Some(at) if found.contains(&at) => {}
                Some(at) => found.push(at),
                None => {
                    let allowed = (0..CUSTOMERS.columns.len()).filter(is_asked).map(|at| CUSTOMERS.columns[at].word.code.to_owned());
                    self.fail(What::UnknownName { name, allowed: allowed.collect() }, field);
                }
            }
        }
        found
    }

    /// Values whose words name one each.
    fn named(&mut self, pairs: Pairs<RawLabel>, field: &str) -> Vec<Named> {
        let all: Vec<Named> = pairs.0.into_iter().map(|(code, label)| Named { code, label }).collect();
        let mut seen: Vec<(String, usize)> = Vec::new();
        for (at, named) in all.iter().enumerate() {
            for word in named.words() {
                let key = fold_key(word);
                if key.is_empty() {
                    self.fail(What::Required, format!("{field}.{}", named.code));
                } else if let Some((_, other)) = seen.iter().find(|(known, other)| *known == key && *other != at) {
                    let other = &all[*other].code;
                    let message = [format!("{word} 已用于 {other}"), format!("{word} already stands for {other}")];
                    self.fail(What::RuleConflict { message }, format!("{field}.{}", named.code));
                }
                seen.push((key, at));
            }
        }
        all
    }

    /// The bases: their words must be told from the date and the remark that follow them in a cell.
    fn bases(&mut self, pairs: Pairs<RawLabel>) -> Vec<Named> {
        let all = self.named(pairs, "consent.bases");
        for named in &all {
            for word in named.words().filter(|word| !consent::is_usable(word, &named.code)) {
                let zh = format!("{word} 不能作为依据:不能有数字、括号,也不能与 撤回、同意 的说法相同");
                let en = format!("{word} cannot be a basis: no digits, no brackets, and none of the words for consent or its withdrawal");
                self.fail(What::RuleConflict { message: [zh, en] }, format!("consent.bases.{}", named.code));
            }
        }
        all
    }

    fn at_most(&mut self, plain: &Plain) -> Option<usize> {
        let text = plain.0.trim();
        if matches!(text, "off" | "关") {
            return None;
        }
        let number = text.parse().ok().filter(|number| *number > 0);
        if number.is_none() {
            self.fail(What::BadNumber { value: text.to_owned() }, "owner.at_most");
        }
        number
    }
}

impl RawArchive {
    /// Checks the rules; keys left out take the built-in default's; `off` switches one off.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<ArchiveRules, Problems> {
        let usual: RawArchive = serde_yaml::from_str(DEFAULT).unwrap_or_default();
        let mut checker = Checker { wrong: Problems::new() };
        let rules = ArchiveRules {
            verify: verify(self.verify.unwrap_or_default(), usual.verify.unwrap_or_default(), &mut checker),
            sources: sources(self.sources.unwrap_or_default(), usual.sources.unwrap_or_default(), &mut checker),
            consent: consent_rules(self.consent.unwrap_or_default(), usual.consent.unwrap_or_default(), &mut checker),
            owner: owner(self.owner.unwrap_or_default(), usual.owner.unwrap_or_default(), &mut checker),
        };
        if checker.wrong.is_empty() { Ok(rules) } else { Err(checker.wrong) }
    }
}

fn verify(own: RawVerify, usual: RawVerify, checker: &mut Checker) -> VerifyRules {
    let after = own.after.or(usual.after).map(|spans| spans.0.0).unwrap_or_default();
    let after = after.into_iter().map(|(tier, text)| {
        let span = checker.span(&text, &format!("verify.after.{tier}"));
        (tier, span)
    });
    VerifyRules {
        after: after.collect(),
        fields: checker.columns(own.fields.or(usual.fields).unwrap_or_default(), "verify.fields"),
        company: checker.columns(own.company.or(usual.company).unwrap_or_default(), "verify.company"),
    }
}

fn sources(own: RawSources, usual: RawSources, checker: &mut Checker) -> SourceRules {
    let closed = own.closed.or(usual.closed).unwrap_or_default();
    let values = checker.named(own.values.or(usual.values).unwrap_or_default(), "sources.values");
    if closed && values.is_empty() {
        let message = ["closed: true 时须列出 values".into(), "a closed list needs values".into()];
        checker.fail(What::RuleConflict { message }, "sources.closed");
    }
    SourceRules { closed, values }
}

fn consent_rules(own: RawConsent, usual: RawConsent, checker: &mut Checker) -> ConsentRules {
    ConsentRules {
        required: own.required.or(usual.required).unwrap_or_default(),
        holds: own.holds.or(usual.holds).and_then(|text| checker.span(&text, "consent.holds")),
        bases: checker.bases(own.bases.or(usual.bases).unwrap_or_default()),
    }
}

fn owner(own: RawOwner, usual: RawOwner, checker: &mut Checker) -> OwnerRules {
    OwnerRules {
        retention: own.retention.or(usual.retention).and_then(|text| checker.span(&text, "owner.retention")),
        protect: own.protect.or(usual.protect).unwrap_or_default().0,
        at_most: own.at_most.or(usual.at_most).and_then(|plain| checker.at_most(&plain)),
        again_after: own.again_after.or(usual.again_after).and_then(|text| checker.span(&text, "owner.again_after")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<ArchiveRules, Problems> {
        serde_yaml::from_str::<RawArchive>(yaml).unwrap().check()
    }

    #[test]
    fn defaults_and_switching_off() {
        let usual = read("{}").unwrap();
        assert_eq!(usual, read(DEFAULT).unwrap());
        assert_eq!(["A", "B", "C", ""].map(|tier| usual.verify.holds(tier)), [180, 365, 365, 365].map(|days| Some(Span::Days(days))));
        let own = read("verify: {after: {A: off, B: 2 years}}").unwrap().verify;
        assert_eq!(["A", "B", "C"].map(|tier| own.holds(tier)), [None, Some(Span::Months(24)), None]);
        assert_eq!(read("verify: {after: 90 days}").unwrap().verify.holds("A"), Some(Span::Days(90)));
        assert_eq!(read("verify: {after: off}").unwrap().verify.holds("A"), None);
        let owner = read("owner: {retention: off, at_most: 20, again_after: off, protect: []}").unwrap().owner;
        assert_eq!(owner, OwnerRules { retention: None, protect: vec![], at_most: Some(20), again_after: None });
    }

    #[test]
    fn what_is_wrong_is_named_by_its_key() {
        for (yaml, field) in [
            ("verify: {after: {A: soon}}", "verify.after.A"),
            ("verify: {after: 3 hours}", "verify.after.others"),
            ("verify: {fields: [tier]}", "verify.fields"),
            ("verify: {company: [shoe]}", "verify.company"),
            ("sources: {closed: true, values: {}}", "sources.closed"),
            ("sources: {values: {a: {zh: 甲}, b: {zh: 甲}}}", "sources.values.b"),
            ("sources: {values: {a: {zh: ' '}}}", "sources.values.a"),
            ("consent: {holds: often}", "consent.holds"),
            ("consent: {bases: {a: {zh: 第1条}}}", "consent.bases.a"),
            ("consent: {bases: {a: {zh: 撤回}}}", "consent.bases.a"),
            ("consent: {bases: {a: {zh: 已同意}}}", "consent.bases.a"),
            ("owner: {at_most: 0}", "owner.at_most"),
            ("owner: {retention: x}", "owner.retention"),
        ] {
            assert_eq!(read(yaml).unwrap_err()[0].field.as_deref(), Some(field), "{yaml}");
        }
    }

    #[test]
    fn tiers_nobody_has_are_told() {
        let tiers = serde_yaml::from_str::<crate::model::rules::tiers::RawTiers>("{}").unwrap().check().unwrap();
        let found = read("{verify: {after: {A: off, VIP: 30 days}}, owner: {protect: [Z]}}").unwrap().strangers(&tiers);
        let fields: Vec<_> = found.iter().filter_map(|problem| problem.field.as_deref()).collect();
        assert_eq!(fields, ["verify.after", "owner.protect"]);
    }

    #[test]
    fn sources_are_settled_and_doubted() {
        let open = read("{}").unwrap().sources;
        assert_eq!(open.settled(" Trade Fair", Lang::Zh), Ok("展会".into()));
        assert_eq!(open.settled("邻居", Lang::Zh), Ok("邻居".into()));
        assert_eq!(open.doubt("websit"), Some(Doubt::Near("website".into())));
        assert_eq!((open.doubt("邻居"), open.doubt(""), open.doubt("WEBSITE")), (None, None, None));
        let closed = read("sources: {closed: true}").unwrap().sources;
        assert!(closed.settled("邻居", Lang::Zh).is_err() && closed.settled("", Lang::Zh).is_ok());
        assert_eq!(closed.doubt("websit"), Some(Doubt::Closed));
    }

    #[test]
    fn companies_are_asked_for_more() {
        let rules = read("{}").unwrap().verify;
        let mut customer = Customer::new(crate::base::id::Id::made("C1".into()), "x".into());
        customer.phone = "138".into();
        let locale = Locale { lang: Lang::Zh, zone: chrono_tz::UTC, digits: 2, order: crate::base::date::DateOrder::Iso };
        let codes =
            |customer: &Customer| rules.blank(customer, &locale).iter().map(|at| CUSTOMERS.columns[*at].word.code).collect::<Vec<_>>();
        assert_eq!(codes(&customer), ["address"]);
        customer.kind = Some(CustomerKind::Company);
        assert_eq!(codes(&customer), ["address", "contact", "size"]);
    }
}
