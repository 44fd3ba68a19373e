//! What people wrote, by theme: which words speak of what stands in `rules/comments.yaml`. Low scores come first.

use std::collections::HashMap;

use serde::Serialize;

use super::LOW_INDEX;
use crate::model::cell::Score;
use crate::model::rules::comments::CommentRules;
use crate::model::survey::Response;

/// A theme, how often it came up, and what was said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Theme {
    /// Blank: none of the words.
    pub code: String,
    pub comments: Vec<Said>,
    /// Comments of low scores.
    pub low: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Said {
    pub response: String,
    pub customer: Option<String>,
    /// 0 to 100.
    pub index: Option<f64>,
    pub low: bool,
    pub text: String,
}

/// Comments by theme, the theme with most low scores first, what has no theme last; within a theme low scores first, then the newest.
pub fn themes(responses: &[&Response], rules: &CommentRules) -> Vec<Theme> {
    let mut sorted: Vec<&&Response> = responses.iter().filter(|response| !response.comment.trim().is_empty()).collect();
    sorted.sort_by(|a, b| (b.submitted_at, &b.id).cmp(&(a.submitted_at, &a.id)));
    sorted.sort_by_key(|response| !is_low(response));
    let mut by_theme: HashMap<&str, Vec<Said>> = HashMap::new();
    for response in sorted {
        let mut codes = rules.themes_of(&response.comment);
        if codes.is_empty() {
            codes.push("");
        }
        for code in codes {
            by_theme.entry(code).or_default().push(said(response));
        }
    }
    let theme = |(code, comments): (&str, Vec<Said>)| {
        let low = comments.iter().filter(|said| said.low).count();
        Theme { code: code.to_owned(), comments, low }
    };
    let mut themes: Vec<Theme> = by_theme.into_iter().map(theme).collect();
    themes
        .sort_by(|a, b| (a.code.is_empty(), b.low, b.comments.len(), &a.code).cmp(&(b.code.is_empty(), a.low, a.comments.len(), &b.code)));
    themes
}

fn is_low(response: &Response) -> bool {
    response.index.is_some_and(|index| index.value() <= LOW_INDEX)
}

fn said(response: &Response) -> Said {
    Said {
        response: response.id.to_string(),
        customer: response.customer.as_ref().map(ToString::to_string),
        index: response.index.map(Score::value),
        low: is_low(response),
        text: response.comment.clone(),
    }
}
