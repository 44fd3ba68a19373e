//! One row for one thing: a category typed as its code, its label or in another letter case, and a handler by the short or
//! the full name, are counted together. What the rules and the staff do not know keeps its own text.

use std::collections::HashMap;

use crate::base::lang::Lang;
use crate::base::text::fold_width;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::rules::categories::CategoryRules;
use crate::model::staff::Staff;

/// What categories and people are called in a book of this language.
pub struct Names<'a> {
    pub categories: &'a CategoryRules,
    pub staff: &'a [Staff],
    pub lang: Lang,
}

impl Names<'_> {
    /// Calls every category and every handler by its one name.
    pub fn settle(&self, requests: &mut [Request]) {
        let (mut categories, mut handlers) = (HashMap::new(), HashMap::new());
        for request in requests {
            once(&mut categories, &mut request.category, |typed| self.category(typed));
            once(&mut handlers, &mut request.handler, |typed| self.handler(typed));
        }
    }

    /// The same for those who make revisits.
    pub fn settle_revisits(&self, revisits: &mut [Revisit]) {
        let mut people = HashMap::new();
        for revisit in revisits {
            once(&mut people, &mut revisit.staff, |typed| self.handler(typed));
        }
    }

    fn category(&self, typed: &str) -> String {
        self.categories.find(typed).map_or_else(|| plain(typed), |category| category.name.written(self.lang))
    }

    /// The short name; a full name that two people bear is nobody's.
    fn handler(&self, typed: &str) -> String {
        let typed = plain(typed);
        let mut called = self.staff.iter().filter(|one| one.is_called(&typed));
        match (called.next(), called.next()) {
            (Some(one), None) => one.name.to_string(),
            _ => typed,
        }
    }
}

/// Without blanks at the ends and without full-width letters.
fn plain(text: &str) -> String {
    fold_width(text).trim().to_owned()
}

/// Many requests bear few names: each is looked up once.
fn once(known: &mut HashMap<String, String>, text: &mut String, name: impl Fn(&str) -> String) {
    if text.is_empty() {
        return;
    }
    if let Some(found) = known.get(text.as_str()) {
        found.clone_into(text);
        return;
    }
    let found = name(text);
    known.insert(std::mem::replace(text, found.clone()), found);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;
    use crate::base::instant::Instant;
    use crate::model::cell::Tags;
    use crate::model::rules::categories::RawCategories;

    #[test]
    fn one_thing_has_one_name() {
        let rules = "categories: [{code: logistics, label: {zh: 物流, en: Delivery}}]";
        let rules = serde_yaml::from_str::<RawCategories>(rules).unwrap().check().unwrap();
        let person = |name: &str, full: &str| Staff {
            name: Id::parse(name).unwrap(),
            full_name: full.into(),
            department: String::new(),
            role: String::new(),
            skills: Tags::default(),
            regions: Tags::default(),
            capacity: None,
            email: String::new(),
            phone: String::new(),
            from: None,
            until: None,
        };
        let staff = [person("Mei", "Zhang Mei"), person("Bo", "Li Bo"), person("Bob", "Li Bo")];
        let settled = |category: &str, handler: &str| {
            let mut request = Request::new(Id::parse("R1").unwrap(), Instant::from_utc(chrono::DateTime::UNIX_EPOCH), String::new());
            (request.category, request.handler) = (category.into(), handler.into());
            let mut all = [request.clone(), request];
            Names { categories: &rules, staff: &staff, lang: Lang::Zh }.settle(&mut all);
            assert_eq!((&all[0].category, &all[0].handler), (&all[1].category, &all[1].handler));
            (all[0].category.clone(), all[0].handler.clone())
        };
        for typed in ["logistics", " LOGISTICS", "物流", "delivery ", "Ｄelivery"] {
            assert_eq!(settled(typed, "").0, "物流");
        }
        // a category of nobody's rules is as it was typed, but for blanks and widths
        assert_eq!((settled("price", "").0, settled(" Ｐrice　", "").0), ("price".into(), "Price".into()));
        for (typed, name) in [("Mei", "Mei"), (" Zhang Mei", "Mei"), ("Li Bo", "Li Bo"), ("Bo ", "Bo"), ("mei", "mei"), ("", "")] {
            assert_eq!(settled("", typed).1, name);
        }
    }
}
