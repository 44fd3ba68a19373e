//! All templates, of reports and letters, the owner's and the built-in: which is in force, and whether one is sound.

use std::collections::BTreeSet;

use super::letter::{self, Form, sample};
use super::report::{document, model};
use super::template::check::check;
use super::template::{Kind, Source};
use crate::base::lang::Lang;
use crate::base::problem::Problems;

pub struct Catalogue {
    sources: Vec<Source>,
}

impl Catalogue {
    /// With the owner's, by name.
    pub fn of(own: &[(String, String)]) -> Catalogue {
        let own = own.iter().map(|(name, text)| Source::own(name, text));
        let built_in = document::BUILT_IN.iter().chain(letter::BUILT_IN);
        Catalogue { sources: own.chain(built_in.map(|(name, text)| Source::built_in(name, text))).collect() }
    }

    /// Every name, sorted.
    pub fn names(&self) -> Vec<&str> {
        let names: BTreeSet<&str> = self.sources.iter().map(|source| source.name.as_str()).collect();
        names.into_iter().collect()
    }

    pub fn own(&self) -> Vec<&str> {
        self.sources.iter().filter(|source| source.own).map(|source| source.name.as_str()).collect()
    }

    pub fn is_own(&self, name: &str) -> bool {
        self.sources.iter().any(|source| source.own && source.name == name)
    }

    fn find(&self, name: &str, own: bool) -> Option<&str> {
        self.sources.iter().find(|source| source.own == own && source.name == name).map(|source| source.text.as_str())
    }

    pub fn built_in(&self, name: &str) -> Option<&str> {
        self.find(name, false)
    }

    pub fn all_built_in(&self) -> Vec<(&str, &str)> {
        self.sources.iter().filter(|source| !source.own).map(|source| (source.name.as_str(), source.text.as_str())).collect()
    }

    /// The text to start from: the built-in one, where there is one.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.built_in(name).or_else(|| self.find(name, true))
    }

    /// What is wrong with these, each once.
    pub fn check(&self, names: &[&str]) -> Problems {
        let mut problems: Problems = Vec::new();
        for name in names {
            for problem in self.check_one(name) {
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
        }
        problems
    }

    fn check_one(&self, name: &str) -> Problems {
        let all = |lang: &Lang, of: &dyn Fn(Lang) -> Vec<serde_json::Value>| of(*lang);
        let both = [Lang::Zh, Lang::En];
        let kind = match name.rsplit('.').next() {
            Some("html") => Kind::Html,
            Some("txt") => Kind::Text,
            Some("md") => Kind::Markdown,
            // a style sheet has no values
            _ => return Vec::new(),
        };
        if let Some((letter, lang)) = of_letter(name) {
            return check(name, &self.sources, kind, &sample::values(letter, lang), &[]);
        }
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let (samples, markup): (Vec<_>, &[&str]) = match stem {
            "report/report" => (both.iter().flat_map(|lang| all(lang, &|lang| vec![model::frame(lang)])).collect(), document::FRAME_MARKUP),
            _ if stem == "report/section" || stem.starts_with("report/section-") => {
                (both.iter().flat_map(|lang| all(lang, &|lang| vec![model::section(lang)])).collect(), document::SECTION_MARKUP)
            }
            "report/index" => (both.iter().flat_map(|lang| all(lang, &|lang| vec![model::index(lang)])).collect(), document::INDEX_MARKUP),
            // a part of others: what it gets is told by them
            _ => (Vec::new(), &[]),
        };
        check(name, &self.sources, kind, &samples, markup)
    }
}

/// The letter and the language of `letters/status.zh.txt`.
fn of_letter(name: &str) -> Option<(&str, Lang)> {
    let mut parts = name.strip_prefix("letters/")?.split('.');
    let (letter, lang, form) = (parts.next()?, parts.next()?, parts.next()?);
    let known = Form::ALL.iter().any(|known| known.ending() == form) && parts.next().is_none() && !letter.starts_with('_');
    let lang = match lang {
        "zh" => Lang::Zh,
        "en" => Lang::En,
        _ => return None,
    };
    known.then_some((letter, lang))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::problem::line;
    use crate::view::template::model::{lacking, table};

    #[test]
    fn every_built_in_template_is_sound() {
        let catalogue = Catalogue::of(&[]);
        assert_eq!(catalogue.check(&catalogue.names()), []);
    }

    #[test]
    fn an_owners_template_is_tried() {
        let own = [
            ("report/section-tiers.html".to_owned(), "{% for customer in customers %}{{ customer.name }}{% endfor %}".to_owned()),
            ("report/report.md".to_owned(), "{{ report.curency }}".to_owned()),
            ("letters/_foot.txt".to_owned(), "{% if %}".to_owned()),
            ("letters/生日.zh.txt".to_owned(), "{{ to.name }}{{ request.id }}".to_owned()),
        ];
        let catalogue = Catalogue::of(&own);
        let said: Vec<String> = catalogue.check(&catalogue.own()).iter().map(|problem| line(problem, Lang::En)).collect();
        for (said, expected) in said.iter().zip([
            "error: templates/report/section-tiers.html:1:20: there is no value customers; known: about, lang, period, provenance, report, section, t, version\n",
            "error: templates/report/report.md:1:11: there is no field curency; did you mean currency?\n",
            "error: templates/letters/_foot.txt:1:7: this is not how a template is written: ",
        ]) {
            assert!(said.starts_with(expected), "{said}");
        }
        assert_eq!(said.len(), 3, "{said:?}");
    }

    /// docs/templates.md is made of the samples and the meanings; this says what it lacks.
    #[test]
    fn the_manual_is_in_step() {
        let manual = include_str!("../../docs/templates.md");
        let mut letter = sample::values("questionnaire", Lang::En).remove(0);
        letter["paragraphs"] = serde_json::json!([["a line"]]);
        // the rest is what the frame has too
        let section = serde_json::json!({"section": model::section(Lang::En)["section"]});
        for (sample, meanings) in [
            (letter, letter::model::MEANINGS),
            (model::frame(Lang::En), model::MEANINGS),
            (section, model::MEANINGS),
            (model::index(Lang::En), model::INDEX_MEANINGS),
        ] {
            assert_eq!(lacking(&sample, meanings), Vec::<String>::new(), "values without a meaning");
            let table = table(&sample, meanings);
            assert!(manual.contains(&table), "docs/templates.md lacks this table:\n{table}");
        }
    }
}
