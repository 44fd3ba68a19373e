//! `rules/severity.yaml`: how grave a request is, from impact, urgency and purpose; and what may be the same matter.

use serde::Deserialize;

use super::{Pairs, RawLabel};
use crate::base::lang::Lang;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;
use crate::model::request::{Purpose, Severity};
use crate::model::vocabulary::Code;

/// The rules a book has until the owner writes their own.
pub const DEFAULT: &str = include_str!("defaults/severity.yaml");

/// The levels of impact and of urgency.
const LEVELS: usize = 3;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSeverity {
    impact: Option<Pairs<RawLabel>>,
    urgency: Option<Pairs<RawLabel>>,
    matrix: Option<Pairs<Vec<String>>>,
    at_least: Option<Pairs<String>>,
    similar: Option<RawSimilar>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSimilar {
    days: Option<u32>,
    likeness: Option<u32>,
}

/// One of the two scales: the words of its three levels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scale(Vec<RawLabel>);

/// The rules, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeverityRules {
    pub impact: Scale,
    pub urgency: Scale,
    matrix: [[Severity; LEVELS]; LEVELS],
    at_least: Vec<(Purpose, Severity)>,
    pub similar: Similar,
}

/// What may be the same matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Similar {
    pub days: u32,
    /// Percent.
    pub likeness: u32,
}

/// What is known of how grave a request is; `impact` and `urgency` count from 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signs {
    /// Said outright: it wins.
    pub given: Option<Severity>,
    pub matrix: Option<(usize, usize)>,
    pub purpose: Option<Purpose>,
    /// Without any of these.
    pub otherwise: Option<Severity>,
}

/// A severity and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    pub severity: Severity,
    /// What the rules alone say, where they say anything.
    pub ruled: Option<Severity>,
    pub signs: Signs,
    /// The purpose asked for more than the rest.
    pub raised: bool,
}

impl Scale {
    /// The level a word or a number from 1 names, from 0.
    ///
    /// # Errors
    /// [`What::UnknownName`] with the words.
    pub fn level(&self, typed: &str) -> Result<usize, What> {
        let key = fold_key(typed);
        let is = |(i, label): (usize, &RawLabel)| {
            key == (i + 1).to_string() || [&label.zh, &label.en].into_iter().flatten().any(|word| fold_key(word) == key)
        };
        let words = || {
            self.0.iter().enumerate().map(|(i, label)| format!("{} ({}, {})", i + 1, label.pick(Lang::En, ""), label.pick(Lang::Zh, "")))
        };
        let found = self.0.iter().enumerate().position(is);
        found.ok_or_else(|| What::UnknownName { name: typed.to_owned(), allowed: words().collect() })
    }

    /// A level's word.
    pub fn word(&self, level: usize, lang: Lang) -> String {
        let number = (level + 1).to_string();
        self.0.get(level).map_or_else(|| number.clone(), |label| label.pick(lang, &number))
    }
}

impl SeverityRules {
    /// How grave: what was said outright, else impact × urgency, else what it was, raised to what the purpose asks for.
    pub fn judge(&self, signs: Signs) -> Judged {
        let table = signs.matrix.map(|(impact, urgency)| self.matrix[impact][urgency]);
        let floor = self.at_least.iter().find(|(purpose, _)| Some(*purpose) == signs.purpose).map(|(_, severity)| *severity);
        let base = table.or(signs.otherwise).unwrap_or(Severity::Normal);
        let raised = floor.is_some_and(|floor| floor > base);
        let by_rules = floor.filter(|_| raised).unwrap_or(base);
        let ruled = (table.is_some() || raised).then_some(by_rules);
        Judged { severity: signs.given.unwrap_or(by_rules), ruled, signs, raised }
    }
}

impl RawSeverity {
    /// Checks the rules; keys left out take the built-in default's.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<SeverityRules, Problems> {
        let default: RawSeverity = serde_yaml::from_str(DEFAULT).unwrap_or_default();
        let mut wrong = Problems::new();
        let impact = scale(self.impact.or(default.impact), "impact", &mut wrong);
        let urgency = scale(self.urgency.or(default.urgency), "urgency", &mut wrong);
        let matrix = matrix(self.matrix.or(default.matrix), &mut wrong);
        let mut at_least = Vec::new();
        for (name, text) in self.at_least.or(default.at_least).unwrap_or_default().0 {
            let severity = severity(&text, format!("at_least.{name}"), &mut wrong);
            match Purpose::from_text(&name) {
                Some(purpose) => at_least.extend(severity.map(|severity| (purpose, severity))),
                None => wrong.push(Problem::error(What::UnknownName { name, allowed: codes::<Purpose>() }).field("at_least")),
            }
        }
        let (own, usual) = (self.similar.unwrap_or_default(), default.similar.unwrap_or_default());
        let mut number = |own: Option<u32>, usual: Option<u32>, max: u32, key: &str| {
            let value = own.or(usual).unwrap_or(max);
            if value > max {
                let what = What::OutOfRange { value: value.to_string(), min: "0".into(), max: max.to_string() };
                wrong.push(Problem::error(what).field(format!("similar.{key}")));
            }
            value
        };
        let days = number(own.days, usual.days, 366, "days");
        let likeness = number(own.likeness, usual.likeness, 100, "likeness");
        let rules = SeverityRules { impact, urgency, matrix, at_least, similar: Similar { days, likeness } };
        if wrong.is_empty() { Ok(rules) } else { Err(wrong) }
    }
}

fn codes<T: Code>() -> Vec<String> {
    T::WORDS.iter().map(|word| word.code.to_owned()).collect()
}

fn severity(text: &str, field: String, wrong: &mut Problems) -> Option<Severity> {
    let found = Severity::from_text(text);
    if found.is_none() {
        wrong.push(Problem::error(What::UnknownName { name: text.to_owned(), allowed: codes::<Severity>() }).field(field));
    }
    found
}

/// The level a key names: exactly 1, 2, 3 in any order, all of them.
fn levels<V>(pairs: Option<Pairs<V>>, key: &str, wrong: &mut Problems) -> Vec<V> {
    let mut pairs = pairs.unwrap_or_default().0;
    pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
    if pairs.iter().map(|(name, _)| name.as_str()).eq(["1", "2", "3"]) {
        return pairs.into_iter().map(|(_, value)| value).collect();
    }
    let message = [format!("{key} 须恰有 1、2、3 三级"), format!("{key} has the levels 1, 2 and 3, all of them and no other")];
    wrong.push(Problem::error(What::RuleConflict { message }).field(key));
    Vec::new()
}

fn scale(pairs: Option<Pairs<RawLabel>>, key: &str, wrong: &mut Problems) -> Scale {
    Scale(levels(pairs, key, wrong))
}

fn matrix(pairs: Option<Pairs<Vec<String>>>, wrong: &mut Problems) -> [[Severity; LEVELS]; LEVELS] {
    let mut matrix = [[Severity::Normal; LEVELS]; LEVELS];
    for (i, row) in levels(pairs, "matrix", wrong).iter().enumerate() {
        if row.len() != LEVELS {
            let message = [format!("matrix.{} 须有三个值", i + 1), format!("matrix.{} has three values", i + 1)];
            wrong.push(Problem::error(What::RuleConflict { message }).field("matrix"));
            continue;
        }
        for (j, text) in row.iter().enumerate() {
            matrix[i][j] = severity(text, "matrix".into(), wrong).unwrap_or(Severity::Normal);
        }
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<SeverityRules, Problems> {
        serde_yaml::from_str::<RawSeverity>(yaml).unwrap().check()
    }

    #[test]
    fn impact_and_urgency_and_purpose() {
        let rules = read("{}").unwrap();
        assert_eq!(rules, read(DEFAULT).unwrap());
        let judged = |signs: Signs| (rules.judge(signs).severity, rules.judge(signs).raised);
        let matrix = Some((rules.impact.level("严重").unwrap(), rules.urgency.level("At once").unwrap()));
        assert_eq!(judged(Signs { matrix, ..Signs::default() }), (Severity::Critical, false));
        assert_eq!(judged(Signs::default()), (Severity::Normal, false));
        let accused = Signs { purpose: Some(Purpose::Accusation), matrix: Some((0, 0)), ..Signs::default() };
        assert_eq!(judged(accused), (Severity::High, true));
        // what was said outright wins, and what the rules say can be told
        let given = rules.judge(Signs { given: Some(Severity::Low), ..accused });
        assert_eq!((given.severity, given.ruled), (Severity::Low, Some(Severity::High)));
        assert!(rules.impact.level("4").is_err() && rules.impact.level("").is_err());
    }

    #[test]
    fn gaps_are_errors() {
        let field = |yaml: &str| read(yaml).unwrap_err()[0].field.clone().unwrap();
        assert_eq!(field("impact: {1: {zh: 小}, 2: {zh: 中}}"), "impact");
        assert_eq!(field("matrix: {1: [low, low], 2: [low, low, low], 3: [low, low, low]}"), "matrix");
        assert_eq!(field("matrix: {1: [low, low, big], 2: [low, low, low], 3: [low, low, low]}"), "matrix");
        assert_eq!(field("at_least: {accusation: huge}"), "at_least.accusation");
        assert_eq!(field("at_least: {anger: high}"), "at_least");
        assert_eq!(field("similar: {likeness: 101}"), "similar.likeness");
    }
}
