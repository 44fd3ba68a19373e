//! What customers wrote in the period, by theme: in surveys and as feedback on requests.

use std::collections::BTreeMap;

use serde::Serialize;

use super::basis::{Basis, Part, Reduce, Source, part};
use super::satisfaction::within;
use super::side::Side;
use crate::engine::survey::LOW_INDEX;

/// A theme of `rules/comments.yaml`, how often it came up, and one voice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Theme {
    /// Blank: none of the words.
    pub code: String,
    pub comments: usize,
    /// Of the dissatisfied.
    pub low: usize,
    /// The request or the response whose words are quoted: the newest of the dissatisfied, else the newest.
    pub source: String,
    pub quote: String,
}

/// A comment with its theme.
struct Said<'a> {
    theme: &'a str,
    part: Part<'a>,
    text: &'a str,
}

/// Themes, the one with most dissatisfied comments first; what has no theme last.
pub fn themes(side: &Side<'_>) -> Vec<Theme> {
    let mut by: BTreeMap<&str, Vec<Said<'_>>> = BTreeMap::new();
    for said in all(side) {
        by.entry(said.theme).or_default().push(said);
    }
    let theme = |(code, said): (&str, Vec<Said<'_>>)| {
        let quoted = said.iter().max_by_key(|said| (said.part.counted, when(said.part.source), super::explain::id(said.part.source)))?;
        Some(Theme {
            code: code.to_owned(),
            comments: said.len(),
            low: said.iter().filter(|said| said.part.counted).count(),
            source: super::explain::id(quoted.part.source),
            quote: quoted.text.trim().to_owned(),
        })
    };
    let mut themes: Vec<Theme> = by.into_iter().filter_map(theme).collect();
    themes.sort_by(|a, b| (a.code.is_empty(), b.low, b.comments).cmp(&(b.code.is_empty(), a.low, a.comments)));
    themes
}

/// The comments of a theme: all (`comments`), or those of the dissatisfied (`low`).
pub fn basis<'a>(side: &Side<'a>, theme: &str, code: &str) -> Basis<'a> {
    let of = all(side).into_iter().filter(|said| said.theme == theme && (code == "comments" || said.part.counted));
    Basis { parts: of.map(|said| said.part).collect(), reduce: Reduce::Count }
}

fn when(source: Source<'_>) -> Option<crate::base::instant::Instant> {
    match source {
        Source::Request(request) => request.resolved_at.or(Some(request.received_at)),
        Source::Response(_, response) => response.submitted_at,
        _ => None,
    }
}

fn all<'a>(side: &Side<'a>) -> Vec<Said<'a>> {
    let rules = side.inputs.comment_rules;
    let mut found = Vec::new();
    let mut say = |part: Part<'a>, text: &'a str| {
        if text.trim().is_empty() {
            return;
        }
        let themes = rules.themes_of(text);
        let none = themes.is_empty().then_some("");
        found.extend(themes.into_iter().chain(none).map(|theme| Said { theme, part, text }));
    };
    for request in side.matters() {
        let low = request.feedback.is_some_and(|score| score <= 3);
        say(part(Source::Request(request), 0.0, low), &request.feedback_text);
    }
    for (name, _, responses) in side.inputs.surveys {
        for response in within(side.inputs, side.period, responses) {
            let low = response.index.is_some_and(|index| index.value() <= LOW_INDEX);
            say(part(Source::Response(name, response), 0.0, low), &response.comment);
        }
    }
    found
}
