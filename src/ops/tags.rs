//! Tags put on customers and taken off.

use super::customer::refuse_erased;
use crate::base::problem::{Problems, What};
use crate::base::text::fold_key;
use crate::model::customer::Customer;
use crate::model::draft::Draft;

/// A tag to put on or to take off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Add(String),
    Remove(String),
}

/// The sign of a tag to be taken off, as carebook passes it on: a bare `-` would be taken for a flag.
pub const MINUS: char = '\u{2212}';

impl Change {
    /// `+vip`, `−old`; `None` for what is no tag.
    ///
    /// # Errors
    /// [`What::Usage`] for a tag that cannot stand in the column.
    pub fn parse(word: &str) -> Option<Result<Change, What>> {
        if let Some(tag) = word.strip_prefix(['+', '＋']) {
            return Some(usable(tag).map(Change::Add));
        }
        word.strip_prefix([MINUS, '-', '－']).map(|tag| usable(tag).map(Change::Remove))
    }
}

/// Tags stand in one cell: what separates them there cannot be part of one.
fn usable(tag: &str) -> Result<String, What> {
    let tag = tag.trim();
    let bad = |c: char| c.is_control() || matches!(c, ';' | '；' | ',' | '，' | '、');
    if tag.is_empty() || tag.contains(bad) {
        let shown = tag.escape_debug().to_string();
        let zh = format!("标签不能为空,也不能含有 ; , 、 或控制字符: {shown}");
        let en = format!("a tag is not blank and has no ; , 、 nor control characters: {shown}");
        return Err(What::Usage { message: [zh, en] });
    }
    Ok(tag.to_owned())
}

/// Does the changes to these customers. One who has a tag already, in whatever width and case, gets it no second time.
/// Gives those who changed.
///
/// # Errors
/// A customer who was erased.
pub fn tag(draft: &mut Draft, ids: &[String], changes: &[Change]) -> Result<Vec<Customer>, Problems> {
    ids.iter().try_for_each(|id| refuse_erased(draft, id))?;
    let mut changed = Vec::new();
    for id in ids {
        let Some(before) = draft.customers.get(id).map(|customer| customer.tags.clone()) else { continue };
        let mut tags = before.clone();
        for change in changes {
            let same = |word: &str, tag: &String| fold_key(tag) == fold_key(word);
            match change {
                Change::Add(word) if tags.0.iter().any(|tag| same(word, tag)) => {}
                Change::Add(word) => tags.0.push(word.clone()),
                Change::Remove(word) => tags.0.retain(|tag| !same(word, tag)),
            }
        }
        if tags == before {
            continue;
        }
        if let Some(customer) = draft.customers.edit(id) {
            customer.tags = tags;
            changed.push(customer.clone());
        }
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::cell::{Cell, Tags};
    use crate::ops::customer::add;
    use crate::ops::fixtures::{draft, stamp};
    use proptest::prelude::*;

    fn parse(word: &str) -> Option<Change> {
        Change::parse(word).map(Result::unwrap)
    }

    #[test]
    fn words_are_tags_by_their_sign() {
        assert_eq!(parse("+vip"), Some(Change::Add("vip".into())));
        assert_eq!(parse("−old"), Some(Change::Remove("old".into())));
        assert_eq!(parse("C0001"), None);
        for word in ["+", "+ ", "+a;b", "-a,b", "+a、b", "+a；b", "+a，b", "+a\tb", "+a\nb", "+\u{7}"] {
            assert!(Change::parse(word).unwrap().is_err(), "{word:?}");
        }
    }

    #[test]
    fn only_who_changes_is_changed() {
        let mut draft = draft();
        let tags = |text: &str| [("tags".to_owned(), text.to_owned())];
        for text in ["VIP;旧", "", "批发"] {
            add(&mut draft, &stamp(), None, "x", &tags(text)).unwrap();
        }
        let ids: Vec<String> = draft.customers.iter().map(|customer| customer.id.to_string()).collect();
        let changes = [parse("+vip").unwrap(), parse("-旧").unwrap()];
        let changed = tag(&mut draft, &ids, &changes).unwrap();
        let now: Vec<_> = changed.iter().map(|customer| (customer.id.as_str(), customer.tags.0.join(";"))).collect();
        assert_eq!(now, [("C0001", "VIP".to_owned()), ("C0002", "vip".into()), ("C0003", "批发;vip".into())]);
        assert_eq!(tag(&mut draft, &ids, &changes).unwrap(), []);
    }

    proptest! {
        /// What is accepted as a tag is one tag when the cell is read again.
        #[test]
        fn a_tag_stays_one(word in "\\PC{1,12}") {
            let mut draft = draft();
            let locale = draft.locale();
            add(&mut draft, &stamp(), None, "x", &[]).unwrap();
            if let Some(Ok(change)) = Change::parse(&format!("+{word}")) {
                let changed = tag(&mut draft, &["C0001".to_owned()], &[change]).unwrap();
                let cell = changed[0].tags.write(&locale);
                prop_assert_eq!(Tags::read(&cell, &locale).unwrap(), changed[0].tags.clone());
                let back = tag(&mut draft, &["C0001".to_owned()], &[Change::Remove(word)]).unwrap();
                prop_assert!(back[0].tags.0.is_empty());
            }
        }
    }
}
