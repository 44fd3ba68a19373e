//! `rules/categories.yaml`: the categories of requests, what they ask for before a request goes on, and the root causes.

use serde::Deserialize;

use super::{Pairs, RawLabel};
use crate::base::lang::Lang;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;
use crate::model::request::{REQUESTS, RequestType, Severity, Verb};
use crate::model::vocabulary::Code;

/// The rules a book has until the owner writes their own.
pub const DEFAULT: &str = include_str!("defaults/categories.yaml");

/// What may be asked for, in the order in which it can be known: from resolving, from confirming, from closing on.
const ASKABLE: [&[&str]; 3] = [
    &[
        "customer",
        "customer_name",
        "type",
        "purpose",
        "channel",
        "wish",
        "department",
        "handler",
        "measures",
        "result",
        "cause",
        "responsible",
        "cost",
        "knowledge",
    ],
    &["confirmed_by", "confirmed_how"],
    &["confirmed_at", "feedback", "feedback_text"],
];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCategories {
    closed_list: Option<bool>,
    categories: Option<Vec<RawCategory>>,
    causes: Option<Vec<RawCause>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCategory {
    code: String,
    label: Option<RawLabel>,
    parent: Option<String>,
    r#type: Option<String>,
    severity: Option<String>,
    required: Option<Pairs<Vec<String>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCause {
    code: String,
    label: Option<RawLabel>,
}

/// A word of the owner's: its code, and its label in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named {
    pub code: String,
    pub label: RawLabel,
}

impl Named {
    fn is(&self, key: &str) -> bool {
        let labels = [&self.label.zh, &self.label.en].into_iter().flatten();
        std::iter::once(&self.code).chain(labels).any(|word| fold_key(word) == key)
    }

    /// As it stands in a book of this language.
    pub fn written(&self, lang: Lang) -> String {
        self.label.pick(lang, &self.code)
    }
}

/// One category.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Category {
    pub name: Named,
    parent: Option<String>,
    pub r#type: Option<RequestType>,
    pub severity: Option<Severity>,
    required: Vec<(Gate, &'static str)>,
}

/// The steps before which something may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gate {
    Resolve,
    Confirm,
    Close,
}

impl Gate {
    const ALL: [Gate; 3] = [Gate::Resolve, Gate::Confirm, Gate::Close];

    /// The gate a verb goes through.
    pub fn of(verb: Verb) -> Option<Gate> {
        match verb {
            Verb::Resolve => Some(Gate::Resolve),
            Verb::Confirm => Some(Gate::Confirm),
            Verb::Close | Verb::CloseUnconfirmed => Some(Gate::Close),
            _ => None,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Gate::Resolve => "resolve",
            Gate::Confirm => "confirm",
            Gate::Close => "close",
        }
    }
}

/// The rules, checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CategoryRules {
    closed_list: bool,
    categories: Vec<Category>,
    causes: Vec<Named>,
}

impl CategoryRules {
    /// The category a text names, by code or label.
    pub fn find(&self, text: &str) -> Option<&Category> {
        let key = fold_key(text);
        self.categories.iter().find(|category| category.name.is(&key))
    }

    /// A category as it is to stand in the book: a known one by its label, so that one category has one name.
    ///
    /// # Errors
    /// [`What::UnknownName`] where the list is closed.
    pub fn settled(&self, typed: &str, lang: Lang) -> Result<String, What> {
        match self.find(typed) {
            Some(category) => Ok(category.name.written(lang)),
            None if self.closed_list && !typed.trim().is_empty() => {
                let allowed = self.categories.iter().map(|category| category.name.written(lang)).collect();
                Err(What::UnknownName { name: typed.to_owned(), allowed })
            }
            None => Ok(typed.to_owned()),
        }
    }

    /// The root cause a text names.
    ///
    /// # Errors
    /// [`What::UnknownName`] with the causes.
    pub fn cause(&self, typed: &str, lang: Lang) -> Result<String, What> {
        let key = fold_key(typed);
        let found = self.causes.iter().find(|cause| cause.is(&key)).map(|cause| cause.written(lang));
        let allowed = || self.causes.iter().map(|cause| format!("{} ({})", cause.code, cause.written(Lang::Zh))).collect();
        found.ok_or_else(|| What::UnknownName { name: typed.to_owned(), allowed: allowed() })
    }

    /// The columns that must be filled when a request of this category passes a gate: its own and those of the categories above it.
    pub fn required(&self, category: &str, gate: Gate) -> Vec<&'static str> {
        let above = |category: &&Category| category.parent.as_deref().and_then(|parent| self.find(parent));
        let mut columns: Vec<&'static str> = Vec::new();
        for category in std::iter::successors(self.find(category), above) {
            columns.extend(category.required.iter().filter(|(at, _)| *at == gate).map(|(_, column)| *column));
        }
        let order = |column: &&str| REQUESTS.position(column);
        columns.sort_by_key(order);
        columns.dedup();
        columns
    }

    /// A default of the category, or of the nearest one above it that has one.
    pub fn default_of<T>(&self, category: &str, pick: impl Fn(&Category) -> Option<T>) -> Option<T> {
        let above = |category: &&Category| category.parent.as_deref().and_then(|parent| self.find(parent));
        std::iter::successors(self.find(category), above).find_map(pick)
    }
}

impl RawCategories {
    /// Checks the rules; keys left out take the built-in default's.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<CategoryRules, Problems> {
        let default: RawCategories = serde_yaml::from_str(DEFAULT).unwrap_or_default();
        let mut wrong = Problems::new();
        let causes = self.causes.or(default.causes).unwrap_or_default().into_iter();
        let causes: Vec<Named> = causes.map(|raw| Named { code: raw.code, label: raw.label.unwrap_or_default() }).collect();
        repeated(&causes.iter().collect::<Vec<_>>(), "causes", &mut wrong);
        let raws = self.categories.or(default.categories).unwrap_or_default();
        let categories: Vec<Category> = raws.into_iter().map(|raw| category(raw, &mut wrong)).collect();
        repeated(&categories.iter().map(|category| &category.name).collect::<Vec<_>>(), "categories", &mut wrong);
        let rules = CategoryRules { closed_list: self.closed_list.unwrap_or(false), categories, causes };
        parents(&rules, &mut wrong);
        if rules.closed_list && rules.categories.is_empty() {
            conflict("closed_list", "closed_list 为 true 时须列出类别", "closed_list needs the list: name the categories", &mut wrong);
        }
        if wrong.is_empty() { Ok(rules) } else { Err(wrong) }
    }
}

fn conflict(field: &str, zh: &str, en: &str, wrong: &mut Problems) {
    wrong.push(Problem::error(What::RuleConflict { message: [zh.to_owned(), en.to_owned()] }).field(field));
}

/// Two entries that the same word names.
fn repeated(named: &[&Named], field: &str, wrong: &mut Problems) {
    for (i, name) in named.iter().enumerate() {
        if name.code.trim().is_empty() {
            conflict(field, "code 不能为空", "a code is not blank", wrong);
        }
        if named[..i].iter().any(|other| other.is(&fold_key(&name.code))) {
            let code = &name.code;
            conflict(field, &format!("{code} 重复"), &format!("{code} is there twice"), wrong);
        }
    }
}

fn parents(rules: &CategoryRules, wrong: &mut Problems) {
    for category in &rules.categories {
        let (code, mut at) = (&category.name.code, category);
        for _ in 0..=rules.categories.len() {
            let Some(parent) = &at.parent else { break };
            match rules.find(parent) {
                Some(above) if above.name == category.name => {
                    conflict("categories", &format!("{code} 的上级成环"), &format!("the parents of {code} form a ring"), wrong);
                    break;
                }
                Some(above) => at = above,
                None => {
                    if at.name == category.name {
                        conflict(
                            "categories",
                            &format!("{code} 的上级 {parent} 不存在"),
                            &format!("{code} has the parent {parent}, which is not there"),
                            wrong,
                        );
                    }
                    break;
                }
            }
        }
    }
}

fn category(raw: RawCategory, wrong: &mut Problems) -> Category {
    let r#type = raw.r#type.and_then(|text| coded::<RequestType>(&text, wrong));
    let severity = raw.severity.and_then(|text| coded::<Severity>(&text, wrong));
    let mut required = Vec::new();
    for (name, columns) in raw.required.unwrap_or_default().0 {
        let Some((i, gate)) = Gate::ALL.into_iter().enumerate().find(|(_, gate)| gate.code() == name) else {
            let allowed = Gate::ALL.iter().map(|gate| gate.code().to_owned()).collect();
            wrong.push(Problem::error(What::UnknownName { name, allowed }).field("required"));
            continue;
        };
        let askable = || ASKABLE[..=i].iter().copied().flatten().copied();
        for column in columns {
            let code = REQUESTS.find(&column).map(|i| REQUESTS.columns[i].word.code);
            match code.filter(|code| askable().any(|known| known == *code)) {
                Some(code) => required.push((gate, code)),
                None => {
                    let allowed = askable().map(str::to_owned).collect();
                    wrong.push(Problem::error(What::UnknownName { name: column, allowed }).field("required"));
                }
            }
        }
    }
    Category { name: Named { code: raw.code, label: raw.label.unwrap_or_default() }, parent: raw.parent, r#type, severity, required }
}

fn coded<T: Code>(text: &str, wrong: &mut Problems) -> Option<T> {
    let found = T::from_text(text);
    if found.is_none() {
        let allowed = T::WORDS.iter().map(|word| word.code.to_owned()).collect();
        wrong.push(Problem::error(What::UnknownName { name: text.to_owned(), allowed }).field("categories"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<CategoryRules, Problems> {
        serde_yaml::from_str::<RawCategories>(yaml).unwrap().check()
    }

    const OWN: &str = "
closed_list: true
categories:
  - {code: quality, label: {zh: 质量, en: Quality}, severity: high, required: {resolve: [原因, cost]}}
  - {code: mould, label: {zh: 霉变}, parent: 质量, type: complaint, required: {resolve: [responsible], close: [feedback]}}
";

    #[test]
    fn a_category_asks_for_its_own_and_what_its_parents_ask_for() {
        let rules = read(OWN).unwrap();
        assert_eq!(rules.required("霉变", Gate::Resolve), ["cause", "responsible", "cost"]);
        assert_eq!(rules.required("Mould", Gate::Close), ["feedback"]);
        assert_eq!(rules.required("其他", Gate::Resolve), [""; 0]);
        assert_eq!(rules.default_of("mould", |category| category.severity), Some(Severity::High));
        assert_eq!(rules.settled("QUALITY", Lang::Zh), Ok("质量".into()));
        assert!(rules.settled("x", Lang::Zh).is_err() && rules.settled("", Lang::Zh).is_ok());
        assert_eq!(rules.cause("流程", Lang::En), Ok("Process".into()));
        assert_eq!(read("{}").unwrap(), read(DEFAULT).unwrap());
        assert_eq!(read("{}").unwrap().settled("anything", Lang::Zh), Ok("anything".into()));
    }

    #[test]
    fn gaps_and_rings_are_errors() {
        for (yaml, field) in [
            ("closed_list: true", "closed_list"),
            ("categories: [{code: a, parent: b}]", "categories"),
            ("categories: [{code: a, parent: b}, {code: b, parent: a}]", "categories"),
            ("categories: [{code: a}, {code: A}]", "categories"),
            ("categories: [{code: a, severity: big}]", "categories"),
            ("categories: [{code: a, required: {assign: [cause]}}]", "required"),
            ("categories: [{code: a, required: {resolve: [feedback]}}]", "required"),
            ("causes: [{code: a}, {code: b, label: {en: x}}, {code: X}]", "causes"),
        ] {
            assert_eq!(read(yaml).unwrap_err()[0].field.as_deref(), Some(field), "{yaml}");
        }
    }
}
