//! A template's tags, found without the template language: what it refers to, and where steps are counted.
//!
//! The language bounds neither its loops nor its texts. So a call that counts is put behind every tag that starts a round or
//! keeps a text, and places in what the language then reads are led back to what the owner wrote.

/// The function that counts; no owner's name has such a prefix.
pub const STEP: &str = "carebook_step";

/// A tag of a template: `{% … %}` or `{{ … }}`, by bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tag {
    is_block: bool,
    start: usize,
    end: usize,
}

/// A template that another one names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub name: String,
    /// The byte its tag begins at.
    pub at: usize,
}

/// What was put in: behind which byte of the source, how much, and where the tag begins that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Insertion {
    after: usize,
    length: usize,
    tag: usize,
}

/// A template as it was written, and as it is given to the language.
#[derive(Debug, Clone)]
pub struct Scanned {
    pub counted: String,
    pub references: Vec<Reference>,
    /// Where a list is built within an expression.
    pub comprehension: Option<usize>,
    insertions: Vec<Insertion>,
}

impl Scanned {
    pub fn of(source: &str) -> Scanned {
        let tags = tags(source);
        let mut scanned = Scanned { counted: String::new(), references: Vec::new(), comprehension: None, insertions: Vec::new() };
        let mut nest = Nest::default();
        let mut written = 0;
        for tag in tags {
            let inner = inner(source, tag);
            let head = inner.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
            if scanned.comprehension.is_none() {
                scanned.comprehension = comprehension(source, tag, head);
            }
            if !tag.is_block {
                continue;
            }
            if matches!(head, "include" | "extends") {
                scanned.references.extend(quoted(inner).map(|name| Reference { name, at: tag.start }));
            }
            if let Some(counted) = nest.enter(head, inner) {
                scanned.counted.push_str(&source[written..tag.end]);
                written = tag.end;
                let trim = if source[tag.start..tag.end].ends_with("-%}") { "-" } else { "" };
                let call = format!("{{{{ {STEP}({counted}) {trim}}}}}");
                scanned.insertions.push(Insertion { after: tag.end, length: call.len(), tag: tag.start });
                scanned.counted.push_str(&call);
            }
        }
        scanned.counted.push_str(&source[written..]);
        scanned
    }

    /// The byte of the source that a byte of the counted text stands for.
    pub fn origin(&self, at: usize) -> usize {
        let mut shift = 0;
        for insertion in &self.insertions {
            let start = insertion.after + shift;
            if at < start {
                break;
            }
            if at < start + insertion.length {
                return insertion.tag;
            }
            shift += insertion.length;
        }
        at - shift
    }
}

/// Where a name is used first within a tag, unless the template itself asks whether it is there.
pub fn first_use(source: &str, name: &str) -> Option<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    for tag in tags(source) {
        let text = &source[tag.start..tag.end];
        for (at, _) in text.match_indices(name) {
            let before = text[..at].chars().next_back();
            let after = text[at + name.len()..].trim_start();
            let alone =
                !before.is_some_and(|c| is_word(c) || c == '.' || c == '"' || c == '\'') && !text[at + name.len()..].starts_with(is_word);
            let asked_for = ["is ", "| default", "|default", "?", "="].iter().any(|sign| after.starts_with(sign));
            if alone {
                return if asked_for { None } else { Some(tag.start + at) };
            }
        }
    }
    None
}

/// How deep the tags stand in each other, as far as counting asks.
#[derive(Default)]
struct Nest {
    extends: bool,
    blocks: usize,
    /// Names of texts that are being kept: `{% set x %}…{% endset %}`.
    kept: Vec<String>,
}

impl Nest {
    /// What is to be counted behind this tag: nothing, a round, or a round and the text of a name.
    fn enter(&mut self, head: &str, inner: &str) -> Option<String> {
        match head {
            "extends" => self.extends = true,
            "block" => self.blocks += 1,
            "endblock" => self.blocks = self.blocks.saturating_sub(1),
            "for" | "component" | "include" => return Some(String::new()),
            "set" | "set_global" => {
                let rest = inner[head.len()..].trim_start();
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if !rest[name.len()..].trim_start().starts_with('=') {
                    self.kept.push(name);
                } else if !self.extends || self.blocks > 0 {
                    return Some(format!("of={name}"));
                }
            }
            "endset" => {
                let name = self.kept.pop()?;
                return Some(format!("of={name}")).filter(|_| !self.extends || self.blocks > 0);
            }
            _ => {}
        }
        None
    }
}

fn inner(source: &str, tag: Tag) -> &str {
    source[tag.start + 2..tag.end - 2].trim_matches('-').trim()
}

/// Every tag but comments; nothing within `{% raw %}`. What is not closed is left to the language to complain of.
fn tags(source: &str) -> Vec<Tag> {
    let bytes = source.as_bytes();
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(start) = source[at..].find('{').map(|found| at + found) {
        let end = match bytes.get(start + 1) {
            Some(b'#') => source[start..].find("#}").map(|found| start + found + 2),
            Some(b'%') => closing(bytes, start + 2, b"%}"),
            Some(b'{') => closing(bytes, start + 2, b"}}"),
            _ => Some(start + 1),
        };
        let Some(end) = end else { break };
        at = end;
        if !matches!(bytes.get(start + 1), Some(b'%' | b'{')) {
            continue;
        }
        let tag = Tag { is_block: bytes[start + 1] == b'%', start, end };
        if tag.is_block && inner(source, tag) == "raw" {
            at = after_raw(source, end);
        }
        tags.push(tag);
    }
    tags
}

fn after_raw(source: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(start) = source[at..].find("{%").map(|found| at + found) {
        // not the `%` that opens it: `{%}` is text
        let Some(end) = source[start + 2..].find("%}").map(|found| start + found + 4) else { break };
        if inner(source, Tag { is_block: true, start, end }) == "endraw" {
            return end;
        }
        at = start + 2;
    }
    source.len()
}

/// The byte behind the sign that closes a tag; signs within quotes do not count.
fn closing(bytes: &[u8], from: usize, sign: &[u8]) -> Option<usize> {
    let mut at = from;
    let mut quote = None;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, byte @ (b'"' | b'\'' | b'`')) => quote = Some(byte),
            (None, _) if bytes[at..].starts_with(sign) => return Some(at + sign.len()),
            (None, _) => {}
        }
        at += 1;
    }
    None
}

/// The first text in quotes.
fn quoted(inner: &str) -> Option<String> {
    let open = inner.find(['"', '\'', '`'])?;
    let quote = inner[open..].chars().next()?;
    let rest = &inner[open + 1..];
    let mut name = String::new();
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => name.extend(chars.next()),
            c if c == quote => return Some(name),
            c => name.push(c),
        }
    }
    None
}

/// The word `for` in an expression: nowhere else does one stand within a tag.
fn comprehension(source: &str, tag: Tag, head: &str) -> Option<usize> {
    let bytes = source.as_bytes();
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.' || byte >= 0x80;
    let mut quote = None;
    let mut skipped = usize::from(!(tag.is_block && head == "for"));
    let mut at = tag.start + 2;
    while at < tag.end {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, byte @ (b'"' | b'\'' | b'`')) => quote = Some(byte),
            (None, b'f') if bytes[at..].starts_with(b"for") && !is_word(bytes[at - 1]) && !is_word(bytes[at + 3]) => {
                // a variable may be called so in a keyword argument
                let named = source[at + 3..tag.end].trim_start().starts_with(['=', ')', ',']);
                if skipped == 1 && !named {
                    return Some(at);
                }
                skipped = 1;
            }
            (None, _) => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_behind_what_starts_a_round() {
        let scanned = Scanned::of("a{% for x in \"%}\" -%} b{{ x }}{% endfor %}{% set y = 1 %}{% set z %}c{% endset %}");
        let expected = format!(
            "a{{% for x in \"%}}\" -%}}{{{{ {STEP}() -}}}} b{{{{ x }}}}{{% endfor %}}{{% set y = 1 %}}{{{{ {STEP}(of=y) }}}}{{% set z %}}c{{% endset %}}{{{{ {STEP}(of=z) }}}}"
        );
        assert_eq!(scanned.counted, expected);
        assert_eq!((scanned.origin(0), scanned.origin(1), scanned.origin(22), scanned.comprehension), (0, 1, 1, None));
        let source = "a{% for x in \"%}\" -%} b{{ x }}";
        assert_eq!(scanned.origin(scanned.counted.find(" b{{").unwrap()), source.find(" b{{").unwrap());
    }

    #[test]
    fn references_and_what_is_none() {
        let source = "{# {% include \"no\" %} #}{% raw %}{% include \"no\" %}{% endraw %}{% extends 'a' %}{%- include \"../b\" -%}{ x }";
        let names: Vec<String> = Scanned::of(source).references.into_iter().map(|reference| reference.name).collect();
        assert_eq!(names, ["a", "../b"]);
        assert!(Scanned::of("{% set x = 1 %}{% extends 'a' %}{% set y = 1 %}{% block b %}{% set z = 1 %}").counted.contains("of=z"));
        assert!(!Scanned::of("{% extends 'a' %}{% set y = 1 %}").counted.contains(STEP));
        assert_eq!(Scanned::of("{{ [x for x in y] }}").comprehension, Some(6));
        assert_eq!(Scanned::of("{% for a in [x for x in y] %}").comprehension, Some(15));
        assert_eq!(Scanned::of("{{ 'for' }} {{ before }} {{ x.for }} for").comprehension, None);
        for odd in ["{", "{{", "{%", "{% 'a", "{% raw %}", "{#", "{% set %}", "{% set", "{%%}", "{{}}", "{%-%}", "{% raw %}{%}"] {
            let _ = Scanned::of(odd);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd(source in "(\\{%|%\\}|\\{\\{|\\}\\}|for|set| |x|=|\"|-|茶|include|raw|endraw|endset){0,30}") {
            let scanned = Scanned::of(&source);
            for at in 0..scanned.counted.len() {
                proptest::prop_assert!(scanned.origin(at) <= source.len());
            }
        }
    }
}
