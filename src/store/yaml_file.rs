//! YAML that people write: read strictly, with line and column of what is wrong.

use serde::de::DeserializeOwned;

use crate::base::problem::{Place, Problem, Problems, What};

/// Largest settings or rules file, in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// Reads a YAML document into plain option structs.
///
/// # Errors
/// One problem with its place: too large, not UTF-8, anchors or tags, or what serde finds.
pub fn parse<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, Problems> {
    let whole = |what: What| vec![Problem::error(what).at(Place::file(name))];
    if bytes.len() > MAX_BYTES {
        return Err(whole(What::TooLarge { limit: "256 kB".into() }));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| whole(What::NotUtf8))?;
    let text = text.trim_start_matches('\u{FEFF}');
    refuse_references(name, text)?;
    let text = if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) { "{}" } else { text };
    serde_yaml::from_str(text).map_err(|error| {
        let (line, column) = error.location().map_or((0, 0), |at| (at.line() as u64, at.column() as u64));
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or(&message).to_owned();
        vec![Problem::error(What::Yaml { message }).at(Place { file: name.to_owned(), line, column })]
    })
}

/// Gives problems found while checking a document their file, and the line of the key they name.
pub fn place(problems: Problems, name: &str, text: &str) -> Problems {
    let place = |problem: Problem| {
        let key = problem.field.as_deref().unwrap_or("");
        let (line, column) = locate(text, key);
        if problem.place.is_some() { problem } else { problem.at(Place { file: name.to_owned(), line, column }) }
    };
    problems.into_iter().map(place).collect()
}

/// Anchors, aliases and tags are where YAML bombs and surprises live; no rule needs them.
fn refuse_references(name: &str, text: &str) -> Result<(), Problems> {
    for (i, line) in text.lines().enumerate() {
        let mut quote = None;
        let mut before = ' ';
        for (column, c) in line.chars().enumerate() {
            match quote {
                Some(q) if c == q => quote = None,
                Some(_) => {}
                None if c == '"' || (c == '\'' && !before.is_alphanumeric()) => quote = Some(c),
                None if c == '#' && before.is_whitespace() => break,
                None if matches!(c, '&' | '*' | '!')
                    && matches!(before, ' ' | '[' | '{' | ',' | '\t')
                    && line.chars().nth(column + 1).is_some_and(|next| !next.is_whitespace()) =>
                {
                    let place = Place { file: name.to_owned(), line: i as u64 + 1, column: column as u64 + 1 };
                    let message = "anchors, aliases and tags (& * !) are not allowed; put the text in quotes".to_owned();
                    return Err(vec![Problem::error(What::Yaml { message }).at(place)]);
                }
                None => {}
            }
            before = c;
        }
    }
    Ok(())
}

/// The line and column of a dotted key such as `tiers[1].enter`: the n-th item of the list, then the key in it.
fn locate(text: &str, field: &str) -> (u64, u64) {
    let mut from = 0;
    let mut found = (0, 0);
    for part in field.split('.').filter(|part| !part.is_empty()) {
        let (key, index) = part.split_once('[').map_or((part, None), |(key, i)| (key, i.trim_end_matches(']').parse::<usize>().ok()));
        let Some(at) = find_key(text, from, key) else { break };
        from = at;
        if let Some(item) = index {
            let items: Vec<usize> = text[from..].match_indices("- ").map(|(i, _)| from + i).filter(|i| starts_item(text, *i)).collect();
            from = items.get(item).copied().unwrap_or(from);
        }
        let (line, column) = crate::base::rows::line_column(text, from);
        found = (line, column);
    }
    found
}

fn starts_item(text: &str, at: usize) -> bool {
    text[..at].rsplit('\n').next().is_some_and(|head| head.trim().is_empty())
}

fn find_key(text: &str, from: usize, key: &str) -> Option<usize> {
    let needle = format!("{key}:");
    let boundary = |at: usize| text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
    text[from..].match_indices(&needle).map(|(i, _)| from + i).find(|at| boundary(*at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rules::tiers::RawTiers;

    #[test]
    fn places_of_problems() {
        let wrong = parse::<RawTiers>("t.yaml", b"window: 1 year\nfoo: 1\n").unwrap_err();
        assert_eq!(wrong[0].place.as_ref().map(|p| (p.line, p.column)), Some((2, 1)));
        let text = "tiers:\n  - {code: A, enter: 5}\n  - {code: B, enter: 7}\n  - {code: C}\n";
        let raw: RawTiers = parse("t.yaml", text.as_bytes()).unwrap();
        let wrong = place(raw.check().unwrap_err(), "t.yaml", text);
        assert_eq!(wrong[0].place.as_ref().map(|p| (p.line, p.column)), Some((3, 15)));
    }

    #[test]
    fn bombs_are_refused_with_their_place() {
        let wrong = parse::<RawTiers>("t.yaml", b"window: &a 1 year\n").unwrap_err();
        assert_eq!(wrong[0].place.as_ref().map(|p| (p.line, p.column)), Some((1, 9)));
        assert!(parse::<RawTiers>("t.yaml", b"# a & b *x*\nwindow: 1 year # &c\n").is_ok());
        assert!(parse::<RawTiers>("t.yaml", b"# nothing yet\n").is_ok());
    }
}
