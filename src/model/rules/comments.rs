//! `rules/comments.yaml`: which words in a comment speak of which theme.

use std::collections::HashSet;

use serde::Deserialize;

use super::{RawLabel, Words};
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;

/// The rules a book has until the owner writes their own.
pub const DEFAULT: &str = include_str!("defaults/comments.yaml");

/// What a comment is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    pub code: String,
    pub label: RawLabel,
    words: Vec<Word>,
}

/// A word, folded. Latin ones stand alone, or begin a word when they end in `*`; others stand anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    is_latin: bool,
    is_beginning: bool,
}

impl Word {
    fn of(typed: &str) -> Word {
        let (text, is_beginning) = typed.trim().strip_suffix('*').map_or((typed, false), |stem| (stem, true));
        let text = fold_key(text);
        let is_latin = text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
        Word { text, is_latin, is_beginning }
    }

    fn is_in(&self, comment: &str) -> bool {
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        comment.match_indices(&self.text).any(|(at, _)| {
            let (before, after) = (comment[..at].chars().next_back(), comment[at + self.text.len()..].chars().next());
            !self.is_latin || (!letter(before) && (self.is_beginning || !letter(after)))
        })
    }
}

/// The rules, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentRules {
    pub themes: Vec<Theme>,
    /// A comment has the first theme that fits, not all.
    pub first_only: bool,
}

impl CommentRules {
    /// The codes of a comment's themes, in the order of the rules.
    pub fn themes_of(&self, comment: &str) -> Vec<&str> {
        let folded = fold_key(comment);
        let fits = self.themes.iter().filter(|theme| theme.words.iter().any(|word| word.is_in(&folded))).map(|theme| theme.code.as_str());
        fits.take(if self.first_only { 1 } else { usize::MAX }).collect()
    }

    pub fn theme(&self, code: &str) -> Option<&Theme> {
        self.themes.iter().find(|theme| theme.code == code)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawComments {
    r#match: Option<String>,
    themes: Option<Vec<RawTheme>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTheme {
    code: String,
    label: Option<RawLabel>,
    words: Words,
}

impl RawComments {
    /// Checks the rules; keys left out take the built-in default's.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<CommentRules, Problems> {
        let default: RawComments = serde_yaml::from_str(DEFAULT).unwrap_or_default();
        let mut wrong = Problems::new();
        let first_only = match self.r#match.or(default.r#match).as_deref() {
            Some("first") => true,
            None | Some("all") => false,
            Some(other) => {
                let allowed = ["all", "first"].map(str::to_owned).to_vec();
                wrong.push(Problem::error(What::UnknownName { name: other.to_owned(), allowed }).field("match"));
                false
            }
        };
        let (mut themes, mut codes) = (Vec::new(), HashSet::new());
        for (i, raw) in self.themes.or(default.themes).unwrap_or_default().into_iter().enumerate() {
            if raw.code.trim().is_empty() || !codes.insert(raw.code.clone()) {
                wrong.push(Problem::error(What::BadId { value: raw.code.clone() }).field(format!("themes[{i}].code")));
            }
            let words: Vec<Word> = raw.words.0.iter().map(|word| Word::of(word)).collect();
            if words.is_empty() || words.iter().any(|word| word.text.is_empty()) {
                wrong.push(Problem::error(What::Required).field(format!("themes[{i}].words")));
            }
            themes.push(Theme { code: raw.code, label: raw.label.unwrap_or_default(), words });
        }
        if wrong.is_empty() { Ok(CommentRules { themes, first_only }) } else { Err(wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<CommentRules, Problems> {
        serde_yaml::from_str::<RawComments>(yaml).unwrap().check()
    }

    #[test]
    fn words_stand_alone_where_words_do() {
        let rules = read("themes: [{code: late, words: [late, deliver*, 迟到]}, {code: taste, words: 味道}]").unwrap();
        assert_eq!(rules.themes_of("It came LATE, the chocolate was cold"), ["late"]);
        assert!(rules.themes_of("chocolate lately").is_empty());
        assert_eq!(rules.themes_of("no delivery; 味道也不好"), ["late", "taste"]);
        let first = read("{match: first, themes: [{code: a, words: [x]}, {code: b, words: [x, y]}]}").unwrap();
        assert_eq!((first.themes_of("x y"), first.themes_of("y")), (vec!["a"], vec!["b"]));
    }

    #[test]
    fn defaults_speak_both_languages_and_what_is_wrong_is_told() {
        let rules = read("{}").unwrap();
        assert!(!rules.first_only && rules.themes.iter().all(|theme| theme.label.zh.is_some() && theme.label.en.is_some()));
        assert_eq!(rules.themes_of("发货太慢,客服态度差"), ["speed", "attitude"]);
        assert_eq!(rules.themes_of("Too expensive and the package was broken"), ["price", "packaging", "quality"]);
        for (yaml, field) in [
            ("match: some", "match"),
            ("themes: [{code: a, words: [x]}, {code: a, words: [y]}]", "themes[1].code"),
            ("themes: [{code: a, words: []}]", "themes[0].words"),
        ] {
            assert_eq!(read(yaml).unwrap_err()[0].field.as_deref(), Some(field), "{yaml}");
        }
    }
}
