//! A look at a YAML document before anything is made of it: what no settings file needs is refused with its place.
//!
//! Anchors, aliases, tags and merge keys are where bombs and surprises live; of a key given twice one would be lost in
//! silence; deep nesting is only ever an attack. The look has the document's events, so an `&` in a text is a text.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span};

use crate::base::problem::{Place, Problem, What};

/// Deepest nesting of lists and mappings; the deepest rule file has five levels.
const MAX_DEPTH: usize = 32;

/// Passes a document, or says the first thing in it that is not plain.
///
/// # Errors
/// One problem with line and column.
pub fn plain(name: &str, text: &str) -> Result<(), Problem> {
    other_line_breaks(text)
        .and_then(|()| events(text))
        .map_err(|((line, column), what)| Problem::error(what).at(Place { file: name.to_owned(), line, column }))
}

type At = (u64, u64);

fn at(marker: &Marker) -> At {
    (marker.line() as u64, marker.col() as u64 + 1)
}

/// What YAML 1.1 takes for a line's end and YAML 1.2 for a letter: nobody could say what such a line means.
fn other_line_breaks(text: &str) -> Result<(), (At, What)> {
    match text.find(['\u{85}', '\u{2028}', '\u{2029}']) {
        Some(offset) => Err((crate::base::rows::line_column(text, offset), What::YamlLineBreak)),
        None => Ok(()),
    }
}

/// An open list or mapping.
struct Open {
    /// Written with brackets or braces.
    flow: bool,
    /// Of a mapping: its keys so far by their lines, and whether the next node is a key.
    mapping: Option<(HashMap<String, u64>, bool)>,
}

fn events(text: &str) -> Result<(), (At, What)> {
    let mut open: Vec<Open> = Vec::new();
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| broken(&error))?;
        let wrong = |what: What| Err((at(&span.start), what));
        match &event {
            Event::DocumentStart(_) if documents == 1 => return wrong(What::YamlDocuments),
            Event::DocumentStart(_) => documents += 1,
            Event::Alias(_) => return wrong(What::YamlAlias),
            Event::Scalar(_, _, anchor, tag) | Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag)
                if *anchor > 0 || tag.is_some() =>
            {
                return wrong(property(text, &span));
            }
            _ => {}
        }
        follow(&mut open, &event, &span)?;
        if open.len() > MAX_DEPTH {
            return wrong(What::YamlDepth { limit: MAX_DEPTH });
        }
    }
    Ok(())
}

/// Which of the two a node's properties begin with.
fn property(text: &str, span: &Span) -> What {
    if text.chars().nth(span.start.index()) == Some('!') { What::YamlTag } else { What::YamlAnchor }
}

fn broken(error: &ScanError) -> (At, What) {
    let what = match error.info() {
        info if info.contains("unknown anchor") => What::YamlAlias,
        info if info.contains("recursion limit") => What::YamlDepth { limit: MAX_DEPTH },
        info => What::Yaml { message: info.to_owned() },
    };
    (at(error.marker()), what)
}

/// Keeps account of where we are; the keys of each mapping are looked at as they pass.
fn follow(open: &mut Vec<Open>, event: &Event<'_>, span: &Span) -> Result<(), (At, What)> {
    if matches!(event, Event::SequenceEnd | Event::MappingEnd) {
        open.pop();
        return Ok(());
    }
    let opened = match event {
        Event::SequenceStart(..) => Some(None),
        Event::MappingStart(..) => Some(Some((HashMap::new(), true))),
        Event::Scalar(..) => None,
        _ => return Ok(()),
    };
    if let Event::Scalar(text, ScalarStyle::Plain, ..) = event
        && text.starts_with('?')
        && open.last().is_some_and(|open| open.flow)
    {
        // YAML 1.1 reads `[?&a x]` as a key with an anchor, YAML 1.2 as a text
        return Err((at(&span.start), What::YamlUnclear { text: text.to_string() }));
    }
    if let Some(Open { mapping: Some((keys, key_is_next)), .. }) = open.last_mut() {
        let is_key = std::mem::replace(key_is_next, !*key_is_next);
        match event {
            Event::Scalar(text, ScalarStyle::Plain, ..) if is_key && text == "<<" => return Err((at(&span.start), What::YamlMerge)),
            Event::Scalar(text, ..) if is_key => {
                let line = span.start.line() as u64;
                if let Some(first) = keys.insert(text.to_string(), line) {
                    return Err((at(&span.start), What::YamlDuplicate { key: text.to_string(), line: first }));
                }
            }
            _ => {}
        }
    }
    // an opening bracket has a length, a block none
    let flow = span.start.index() < span.end.index();
    open.extend(opened.map(|mapping| Open { flow, mapping }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Option<(u64, u64, What)> {
        plain("t.yaml", text).err().map(|problem| {
            let place = problem.place.unwrap();
            (place.line, place.column, problem.what)
        })
    }

    #[test]
    fn what_is_not_plain_has_its_place() {
        let duplicate = |key: &str, line| What::YamlDuplicate { key: key.into(), line };
        for (text, line, column, what) in [
            ("window: &a 1 year\n", 1, 9, What::YamlAnchor),
            ("# & c\n- &q\n  # ! d\n  k: v\n", 2, 3, What::YamlAnchor),
            ("a: {客户: &k 1}\n", 1, 9, What::YamlAnchor),
            ("&k key: 1\n", 1, 1, What::YamlAnchor),
            ("a: 1\nb:\n  - *a\n", 3, 5, What::YamlAlias),
            ("a: [x, y&z, *z ]\n", 1, 13, What::YamlAlias),
            ("a: !!str 1\n", 1, 4, What::YamlTag),
            ("a: ! 1\n", 1, 4, What::YamlTag),
            ("a:\n  - !<tag:x> 5\n", 2, 5, What::YamlTag),
            ("a: !t &b 1\n", 1, 4, What::YamlTag),
            ("a: &b !t 1\n", 1, 4, What::YamlAnchor),
            ("a: 1\n<<: {b: 1}\n", 2, 1, What::YamlMerge),
            ("a: 1\nb: 2\n\"a\": 3\n", 3, 1, duplicate("a", 1)),
            ("x:\n  - {c: 1, d: 2}\n  - {c: 1,\n     c: 2}\n", 4, 6, duplicate("c", 3)),
            ("x: {y: {1: a, 2: b, 1: c}}\n", 1, 21, duplicate("1", 1)),
            ("a: 1\n---\nb: 2\n", 2, 1, What::YamlDocuments),
            ("a: 1\n...\n---\nb: 2\n", 3, 1, What::YamlDocuments),
            ("# x\u{2028}a: &b 1\n", 1, 4, What::YamlLineBreak),
            ("a: [?&b x]\n", 1, 5, What::YamlUnclear { text: "?&b x".into() }),
            ("a: {?b: 1}\n", 1, 5, What::YamlUnclear { text: "?b".into() }),
        ] {
            assert_eq!(refused(text), Some((line, column, what)), "{text}");
        }
        assert!(matches!(refused("a: [1\nb: 2\n"), Some((2, _, What::Yaml { .. }))));
    }

    #[test]
    fn what_only_looks_like_it_passes() {
        for text in [
            "# a & b *x* !y\nwindow: 1 year # &c *d !e\n",
            "a: 'it''s\n  &y *z !w'\nb: \"x\\\"\n  &y *z !w <<: 1\"\n",
            "a: |\n  & * ! x\n  &a *b !c\n  <<: y\n  <<: y\nb: >-\n  *x\n  ---\n",
            "a: x & y * z ! w\nb: R&D\nc: wow!\nd: 2*3\n",
            "a: [x&y, 'z *w', \"&v\", a !b]\n",
            "- {a: 1}\n- {a: 2}\n",
            "a: {b: {c: 1}}\nb: {c: {a: 1}}\nc: a\n",
            "a: b\nb: b\n",
            "\"<<\": 1\n",
            "---\na: 1\n...\n",
            "? a\n: 1\n? b\n",
            "? [a, b]\n: 1\n",
            "a: ?b\nb: [a?, '?b', b ?c]\n",
            "",
            "# nothing\n",
            "a: 一&二 *三* !四\n",
        ] {
            assert_eq!(refused(text), None, "{text}");
        }
    }

    #[test]
    fn bombs_are_small() {
        // what takes more than linear time here would not end
        for piece in ["[", "{", "- ", "? ", "a:\n", "[a: ", ": ", "? - ", "{a,", "- - [", "a: [", "k: {k: "] {
            let bomb = piece.repeat(200_000 / piece.len());
            assert!(refused(&bomb).is_some(), "{piece}");
        }
        let nested = (0..600).fold(String::new(), |text, depth| text + &" ".repeat(depth) + "a:\n");
        assert!(matches!(refused(&nested), Some((33, 33, What::YamlDepth { .. }))), "{:?}", refused(&nested));
        for (head, piece, tail) in [
            ("a: \"", "x", "\""),
            ("a: '", "''", "'"),
            ("a: ", "x\n  ", ""),
            ("a: |\n", "  x\n", ""),
            ("# ", "x", ""),
            ("a: [", "b,", "]"),
            ("", " ", ""),
        ] {
            let long = format!("{head}{}{tail}", piece.repeat(200_000 / piece.len()));
            assert_eq!(refused(&long), None, "{head}{piece}");
        }
        let keys = (0..20_000).fold(String::new(), |text, key| text + "k" + &key.to_string() + ": 1\n");
        assert_eq!(refused(&keys), None);
    }
}
