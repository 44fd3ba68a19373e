//! The knowledge base: adding, drafting from a request, changing, retiring, linking.

use super::fields::{self, Setting};
use super::step;
use crate::base::id::Id;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::{one_line, truncate};
use crate::model::cell::Tags;
use crate::model::draft::Draft;
use crate::model::knowledge::{Knowledge, KnowledgeStatus};
use crate::model::request::{Request, is_asking};
use crate::model::stamp::Stamp;

/// Columns that only carebook sets.
const OWN: &[&str] = &["id", "added_on", "added_by"];

/// A title drafted from a request is at most so wide.
const TITLE: usize = 60;

/// What is known of a new entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    pub title: String,
    pub category: String,
    pub cause: String,
    pub solution: String,
    pub tags: Vec<String>,
    /// Drafted from a request: nobody has looked it over.
    pub drafted: bool,
}

impl Entry {
    /// What a request tells: its content, category, cause, and what was done with what result.
    pub fn from_request(request: &Request) -> Entry {
        let content = request.content.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let done: Vec<&str> = request.measures.lines().filter(|line| !line.trim().is_empty() && !is_asking(line)).collect();
        let result = Some(request.result.trim()).filter(|result| !result.is_empty());
        Entry {
            title: truncate(&one_line(content.trim()), TITLE),
            category: request.category.clone(),
            cause: request.first_cause().to_owned(),
            solution: done.into_iter().chain(result).collect::<Vec<_>>().join("\n"),
            tags: Vec::new(),
            drafted: true,
        }
    }
}

/// Adds an entry with the next id.
pub fn add(draft: &mut Draft, stamp: &Stamp, entry: Entry) -> Knowledge {
    let number = draft.next_number("K", draft.knowledge.iter().map(|entry| entry.id.as_str()));
    let day = stamp.at.date(draft.settings.zone);
    let knowledge = Knowledge {
        category: entry.category,
        cause: entry.cause,
        solution: entry.solution,
        tags: Tags(entry.tags),
        added_on: Some(day),
        added_by: stamp.actor.clone(),
        reviewed_on: Some(day).filter(|_| !entry.drafted),
        ..Knowledge::new(Id::made(format!("K{number:04}")), entry.title)
    };
    draft.knowledge.insert(knowledge.clone());
    knowledge
}

/// Changes fields of an entry; a blank text empties one. Who changes it has looked it over, unless a day is given.
pub fn edit(draft: &mut Draft, stamp: &Stamp, id: &str, settings: &[Setting]) -> Result<Knowledge, Problems> {
    let present = draft.knowledge.get(id).cloned().ok_or_else(|| not_found(id))?;
    let (settings, own) = fields::split(settings);
    let mut changed = fields::with(&present, &settings, OWN, &draft.locale())?;
    let own = fields::own(&draft.knowledge, &own, &draft.locale())?;
    if changed.title.trim().is_empty() {
        return Err(vec![Problem::error(What::Required).field("title")]);
    }
    let differs = changed != present || draft.knowledge.own_differs(id, &own, &draft.locale());
    if differs && changed.reviewed_on == present.reviewed_on {
        changed.reviewed_on = Some(stamp.at.date(draft.settings.zone));
    }
    if let Some(entry) = draft.knowledge.edit(id) {
        *entry = changed.clone();
    }
    draft.knowledge.set_own(id, &own);
    Ok(changed)
}

/// Retires an entry: it is kept with its links, and no longer proposed.
pub fn retire(draft: &mut Draft, id: &str) -> Result<Knowledge, Problems> {
    let entry = draft.knowledge.edit(id).ok_or_else(|| not_found(id))?;
    if entry.is_current() {
        entry.status = Some(KnowledgeStatus::Retired);
    }
    Ok(entry.clone())
}

/// Links requests with an entry, or takes the links away. Doing it twice changes nothing.
pub fn link(draft: &mut Draft, id: &str, requests: &[String], linked: bool) -> Result<Knowledge, Problems> {
    let entry = draft.knowledge.get(id).cloned().ok_or_else(|| not_found(id))?;
    for request in requests {
        draft.requests.edit(request).ok_or_else(|| step::not_found(request))?.set_knowledge(&entry.id, linked);
    }
    Ok(entry)
}

fn not_found(id: &str) -> Problems {
    vec![What::NotFound { noun: "knowledge", id: id.to_owned(), nearest: None }.into()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::fixtures::{draft, request, stamp};

    fn settings(pairs: &[(&str, &str)]) -> Vec<Setting> {
        pairs.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_entry_is_drafted_from_what_was_done() {
        let mut from = request("R1", "C1");
        (from.content, from.category, from.cause) = ("\n茶叶受潮\n第二行".into(), "质量".into(), "仓库\n为什么: 漏雨".into());
        (from.measures, from.result) = ("待客户补充: 批号?\n换货\n\n查库".into(), "已换新".into());
        let entry = Entry::from_request(&from);
        assert_eq!((entry.title.as_str(), entry.category.as_str(), entry.cause.as_str()), ("茶叶受潮", "质量", "仓库"));
        assert_eq!(entry.solution, "换货\n查库\n已换新");
        let mut draft = draft();
        draft.made.insert("K".into(), 7);
        let made = add(&mut draft, &stamp(), entry);
        assert_eq!((made.id.as_str(), made.reviewed_on, made.added_by.as_str()), ("K0008", None, "小李"));
    }

    #[test]
    fn editing_is_looking_over_and_retiring_keeps_it() {
        let mut draft = draft();
        let entry = Entry { title: "受潮".into(), drafted: true, ..Entry::default() };
        let id = add(&mut draft, &stamp(), entry).id.to_string();
        let day = Some(stamp().at.date(chrono_tz::UTC));
        assert_eq!(edit(&mut draft, &stamp(), &id, &settings(&[("标题", "受潮")])).unwrap().reviewed_on, None, "nothing changed");
        assert_eq!(edit(&mut draft, &stamp(), &id, &settings(&[("solution", "换新")])).unwrap().reviewed_on, day);
        assert_eq!(edit(&mut draft, &stamp(), &id, &settings(&[("reviewed_on", ""), ("note", "x")])).unwrap().reviewed_on, None);
        for wrong in [("title", " "), ("added_by", "x"), ("status", "gone"), ("colour", "red")] {
            assert!(edit(&mut draft, &stamp(), &id, &settings(&[wrong])).is_err(), "{wrong:?}");
        }
        assert!(!retire(&mut draft, &id).unwrap().is_current());
        assert!(edit(&mut draft, &stamp(), &id, &settings(&[("status", "有效")])).unwrap().is_current());
        assert!(retire(&mut draft, "K9").is_err());
    }

    #[test]
    fn links_are_made_and_taken_away_once() {
        let mut draft = draft();
        let id = add(&mut draft, &stamp(), Entry::default()).id.to_string();
        draft.requests.insert(request("R1", "C1"));
        draft.requests.insert(request("R2", "C1"));
        draft.requests.edit("R2").unwrap().knowledge = Tags(vec!["K0009".into(), "K0003".into()]);
        let both = ["R1".to_owned(), "R2".to_owned()];
        link(&mut draft, &id, &both, true).unwrap();
        link(&mut draft, &id, &both, true).unwrap();
        let of = |draft: &Draft, id: &str| draft.requests.get(id).unwrap().knowledge.0.join(";");
        assert_eq!((of(&draft, "R1"), of(&draft, "R2")), ("K0001".into(), "K0009;K0003;K0001".into()));
        link(&mut draft, &id, &both, false).unwrap();
        assert_eq!((of(&draft, "R1"), of(&draft, "R2")), (String::new(), "K0009;K0003".into()));
        assert!(link(&mut draft, &id, &["R9".to_owned()], true).is_err() && link(&mut draft, "K9", &both, true).is_err());
    }
}
