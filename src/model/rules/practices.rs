//! `rules/practices.yaml`: what is done for the customers of each lifecycle class (docs/rules.md, Practices).

use chrono::NaiveDate;
use serde::Deserialize;

use super::RawLabel;
use super::lifecycle::no_days;
use crate::base::duration::{Span, Work};
use crate::base::problem::{Problem, Problems, What};
use crate::model::lifecycle::Class;
use crate::model::staff::Staff;
use crate::model::vocabulary::Code;

/// The rules a book has until the owner writes their own.
pub const DEFAULT: &str = include_str!("defaults/practices.yaml");

/// Whoever the customer belongs to.
const OWNER: &str = "owner";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPractices {
    start_within: Option<String>,
    potential: Option<Vec<RawStep>>,
    new: Option<Vec<RawStep>>,
    regular: Option<Vec<RawStep>>,
    loyal: Option<Vec<RawStep>>,
    problem: Option<Vec<RawStep>>,
    silent: Option<Vec<RawStep>>,
    lost: Option<Vec<RawStep>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    step: Option<String>,
    label: Option<RawLabel>,
    after: Option<String>,
    who: Option<String>,
    letter: Option<String>,
}

/// When a step is due, counted from the day the class began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    Workdays(u32),
    /// Moved to the next working day.
    Calendar(Span),
}

/// One step of a checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub code: String,
    pub label: RawLabel,
    pub after: After,
    /// A member of staff; `None`: the customer's owner.
    pub who: Option<String>,
    pub letter: String,
}

/// The rules, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeRules {
    pub start_within: Span,
    /// In the order of the classes.
    lists: Vec<Vec<Step>>,
}

impl PracticeRules {
    /// The checklist of a class.
    pub fn of(&self, class: Class) -> &[Step] {
        self.lists.get(class as usize).map_or(&[], Vec::as_slice)
    }

    /// Members of staff that the steps name and the book does not have.
    pub fn strangers(&self, staff: &[Staff]) -> Problems {
        let named = Class::ALL.iter().flat_map(|class| self.of(*class).iter().enumerate().map(move |(i, step)| (class, i, step)));
        let unknown = |(class, i, step): (&Class, usize, &Step)| {
            let id = step.who.clone().filter(|who| !staff.iter().any(|one| one.is_called(who)))?;
            let problem = Problem::error(What::UnknownReference { table: "staff", id });
            Some(problem.field(format!("{}[{i}].who", class.code())))
        };
        named.filter_map(unknown).collect()
    }

    /// The first day on which a class may have begun whose checklist is started as of a day.
    pub fn start_from(&self, as_of: NaiveDate) -> NaiveDate {
        self.start_within.before(as_of)
    }
}

impl RawPractices {
    /// Checks the rules; keys left out take the built-in default's.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<PracticeRules, Problems> {
        let default: RawPractices = serde_yaml::from_str(DEFAULT).unwrap_or_default();
        let mut wrong = Problems::new();
        let text = self.start_within.or(default.start_within).unwrap_or_default();
        let days = Span::parse(&text).and_then(|span| match span {
            Span::Minutes(_) | Span::Hours(_) => Err(What::BadDuration { value: text.clone() }),
            Span::Days(0) | Span::Months(0) => Err(no_days()),
            days => Ok(days),
        });
        let start_within = days.map_err(|what| wrong.push(Problem::error(what).field("start_within"))).unwrap_or(Span::Days(0));
        let mut lists = Vec::new();
        for (class, own, default) in [
            (Class::Potential, self.potential, default.potential),
            (Class::New, self.new, default.new),
            (Class::Regular, self.regular, default.regular),
            (Class::Loyal, self.loyal, default.loyal),
            (Class::Problem, self.problem, default.problem),
            (Class::Silent, self.silent, default.silent),
            (Class::Lost, self.lost, default.lost),
        ] {
            lists.push(list(class.code(), own.or(default).unwrap_or_default(), &mut wrong));
        }
        if wrong.is_empty() { Ok(PracticeRules { start_within, lists }) } else { Err(wrong) }
    }
}

fn list(class: &str, raw: Vec<RawStep>, wrong: &mut Problems) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (i, raw) in raw.into_iter().enumerate() {
        let field = |key: &str| format!("{class}[{i}].{key}");
        let code = raw.step.unwrap_or_default().trim().to_owned();
        if code.is_empty() || steps.iter().any(|step| step.code == code) {
            let message = ["步骤代码为空或重复".to_owned(), "a step's code is blank or repeated".to_owned()];
            wrong.push(Problem::error(What::RuleConflict { message }).field(field("step")));
        }
        let after = match raw.after.as_deref().map(Work::parse) {
            None => Err(What::Required),
            Some(Ok(Work::Workdays(days))) => Ok(After::Workdays(days)),
            Some(Ok(Work::Calendar(span))) => Ok(After::Calendar(span)),
            // hours make no day to do a thing on
            Some(Ok(Work::Seconds(_)) | Err(_)) => Err(What::BadDuration { value: raw.after.clone().unwrap_or_default() }),
        };
        let after = after.map_err(|what| wrong.push(Problem::error(what).field(field("after")))).unwrap_or(After::Workdays(0));
        let who = raw.who.map(|who| who.trim().to_owned()).filter(|who| !who.is_empty() && who != OWNER);
        steps.push(Step { code, label: raw.label.unwrap_or_default(), after, who, letter: raw.letter.unwrap_or_default() });
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<PracticeRules, Problems> {
        serde_yaml::from_str::<RawPractices>(yaml).unwrap().check()
    }

    #[test]
    fn defaults_and_own_lists() {
        let usual = read("{}").unwrap();
        assert_eq!(usual, read(DEFAULT).unwrap());
        let codes = |rules: &PracticeRules, class| rules.of(class).iter().map(|step| step.code.clone()).collect::<Vec<_>>();
        assert_eq!(codes(&usual, Class::Problem), ["apology", "explanation", "remedy", "outcome", "improvement"]);
        assert!(usual.of(Class::Regular).is_empty());
        let own = read("{new: [], regular: [{step: hello, after: 3天, who: Ann}]}").unwrap();
        assert_eq!((codes(&own, Class::New).len(), codes(&own, Class::Silent).len()), (0, 2));
        let hello = &own.of(Class::Regular)[0];
        assert_eq!((hello.after, hello.who.as_deref()), (After::Calendar(Span::Days(3)), Some("Ann")));
        assert_eq!(usual.of(Class::New)[0].who, None);
        assert_eq!(own.strangers(&[])[0].field.as_deref(), Some("regular[0].who"));
        assert!(usual.strangers(&[]).is_empty());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (yaml, field) in [
            ("{start_within: soon}", "start_within"),
            ("{start_within: 0 days}", "start_within"),
            ("{start_within: 3 hours}", "start_within"),
            ("{new: [{after: 1 day}]}", "new[0].step"),
            ("{new: [{step: a, after: 1 day}, {step: a, after: 2 days}]}", "new[1].step"),
            ("{lost: [{step: a}]}", "lost[0].after"),
            ("{lost: [{step: a, after: 3 hours}]}", "lost[0].after"),
        ] {
            assert_eq!(read(yaml).unwrap_err()[0].field.as_deref(), Some(field), "{yaml}");
        }
    }
}
