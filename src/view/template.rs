//! Templates: the only place that knows tera. Values go in, text comes out; everything is escaped.
//!
//! What a template may do is bounded: it reaches no file but the sources it is given, its loops and texts have an end, and
//! `safe` lets through only what the program itself marks. `scan` reads a template's tags, `fault` words what is wrong,
//! `check` tries one with representative values.

pub mod check;
mod fault;
#[cfg(test)]
pub mod model;
mod scan;
mod values;

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;
use tera::{ErrorKind, Kwargs, State, Tera};

use crate::base::problem::{Limit, Named, Place, Problem, Problems, TemplateFault, What};
use crate::view::format::markup::{escape_html, escape_markdown};
use scan::{STEP, Scanned};

/// What a template writes, which decides how text is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Html,
    Markdown,
    /// Plain text, such as the body of a mail.
    Text,
}

/// A template, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// `report/section.html`.
    pub name: String,
    pub text: String,
    /// Of the book's own folder.
    pub own: bool,
}

impl Source {
    pub fn built_in(name: &str, text: &str) -> Source {
        Source { name: name.to_owned(), text: text.to_owned(), own: false }
    }

    pub fn own(name: &str, text: &str) -> Source {
        Source { name: name.to_owned(), text: text.to_owned(), own: true }
    }

    /// The file as its owner knows it.
    pub fn shown(&self) -> String {
        if self.own { format!("templates/{}", self.name) } else { format!("built-in {}", self.name) }
    }
}

/// The longest text a template may write, in bytes.
const MAX_OUTPUT: usize = 32 * 1024 * 1024;
/// The longest text, and the longest list, that a name in a template may hold.
const MAX_KEPT: usize = 8 * 1024 * 1024;
const MAX_LIST: usize = 1_000_000;
/// How many rounds its loops may take while one template is filled.
const MAX_STEPS: u64 = 5_000_000;

/// Templates by name, compiled.
#[derive(Debug)]
pub struct Templates {
    tera: Tera,
    files: HashMap<String, (Source, Scanned)>,
    kind: Kind,
    steps: Arc<AtomicU64>,
}

impl Templates {
    /// Compiles the templates of `roots` and all that they use, out of `sources`. The owner's replace the built-in of the same
    /// name; what nothing uses is not looked at.
    ///
    /// # Errors
    /// [`What::Template`] for each fault, with its place.
    pub fn compile(sources: &[Source], roots: &[&str], kind: Kind) -> Result<Templates, Problems> {
        let (files, wrong) = used(sources, roots);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let steps = Arc::new(AtomicU64::new(0));
        let mut tera = Tera::new();
        tera.set_escape_fn(match kind {
            Kind::Html => html,
            Kind::Markdown => markdown,
            Kind::Text => plain,
        });
        bound(&mut tera, &steps);
        // every name: the ending of a template says nothing about who wrote the text in it
        tera.autoescape_on([""]);
        let mut templates = Templates { tera, files, kind, steps };
        let mut names: Vec<String> = templates.files.keys().cloned().collect();
        names.sort_unstable();
        let texts: Vec<(String, String)> =
            names.iter().filter_map(|name| Some((name.clone(), templates.files.get(name)?.1.counted.clone()))).collect();
        let compiled = templates.tera.add_raw_templates(texts);
        match compiled {
            Ok(()) => Ok(templates),
            Err(error) => Err(templates.problems(&error, names.first().map_or("", String::as_str), None)),
        }
    }

    /// Whether there is a template of this name.
    pub fn has(&self, name: &str) -> bool {
        self.tera.contains_template(name)
    }

    /// Fills a template with an object's fields. `markup` names the fields that are markup of the program's own making,
    /// such as `section.blocks.*.svg`: they alone are written as they are.
    ///
    /// # Errors
    /// [`What::Template`]: an undefined variable and the like, with its place; or more than 32 MB.
    pub fn fill(&self, name: &str, values: &Value, markup: &[&str]) -> Result<String, Problem> {
        let context = values::context(values, markup);
        self.steps.store(0, Ordering::Relaxed);
        let mut out = Capped { text: Vec::new(), full: false };
        if let Err(error) = self.tera.render_to(name, &context, &mut out) {
            if out.full {
                return Err(self.whole(name, TemplateFault::TooMuch { limit: Limit::Text }));
            }
            let first = self.problems(&error, name, Some(values)).into_iter().next();
            return Err(first.unwrap_or_else(|| self.whole(name, TemplateFault::Fill { says: error.to_string() })));
        }
        let text = String::from_utf8(out.text).map_err(|_| Problem::error(What::NotUtf8).at(Place::file(name)))?;
        Ok(if self.kind == Kind::Html { without_scripts(text) } else { text })
    }

    fn whole(&self, name: &str, fault: TemplateFault) -> Problem {
        match self.files.get(name) {
            Some((source, _)) => fault::of_whole(source, fault),
            None => Problem::error(What::Template { fault, excerpt: String::new() }).at(Place::file(name)),
        }
    }

    /// An error of the language as problems with their places. `name` is the template that was asked for.
    fn problems(&self, error: &tera::Error, name: &str, values: Option<&Value>) -> Problems {
        match error.kind() {
            ErrorKind::SyntaxError(report) => vec![self.reported(report, true, None)],
            ErrorKind::RenderingError(report) => vec![self.reported(report, false, values)],
            ErrorKind::CircularInclude { tpl, include_chain } => vec![self.circle(tpl, include_chain)],
            ErrorKind::CircularExtend { tpl, inheritance_chain } => vec![self.circle(tpl, inheritance_chain)],
            _ => {
                let says = error.to_string();
                let listed = self.listed(&says);
                if listed.is_empty() { vec![self.whole(name, fault::understand(&says, "", false, values))] } else { listed }
            }
        }
    }

    fn reported(&self, report: &tera::ReportError, is_syntax: bool, values: Option<&Value>) -> Problem {
        let Some((source, scanned)) = self.files.get(report.filename()) else {
            return self.whole(report.filename(), TemplateFault::Fill { says: report.message().to_owned() });
        };
        let range = &report.span().range;
        let start = scanned.origin(range.start);
        let mut end = scanned.origin(range.end).max(start);
        if !is_syntax && !report.message().contains("is not defined") {
            // of a path the language marks the first part alone
            end += rest_of_path(source.text.get(end..).unwrap_or_default());
        }
        let spanned = source.text.get(start..end).unwrap_or_default();
        fault::at(source, start, end - start, fault::understand(report.message(), spanned, is_syntax, values))
    }

    fn circle(&self, name: &str, chain: &[String]) -> Problem {
        let fault = TemplateFault::Circle { chain: chain.to_vec() };
        let Some((source, scanned)) = self.files.get(name) else { return self.whole(name, fault) };
        let next = scanned.references.iter().find(|reference| chain.contains(&reference.name));
        fault::at(source, next.map_or(0, |reference| reference.at), 0, fault)
    }

    /// References that lead nowhere come as one text, each as `error: … --> file:line:column`.
    fn listed(&self, says: &str) -> Problems {
        let mut problems = Vec::new();
        let mut message = "";
        for line in says.lines() {
            if let Some(text) = line.strip_prefix("error: ") {
                message = text;
            }
            let Some(place) = line.trim_start().strip_prefix("--> ") else { continue };
            let mut parts = place.rsplitn(3, ':');
            let (column, number, name) = (parts.next(), parts.next(), parts.next());
            let parsed = (column.and_then(|text| text.parse().ok()), number.and_then(|text| text.parse().ok()));
            if let ((Some(column), Some(number)), Some((source, scanned))) = (parsed, name.and_then(|name| self.files.get(name))) {
                let byte = scanned.origin(byte_of(&scanned.counted, number, column));
                let fault = fault::understand(message, "", false, None);
                let length = if let TemplateFault::Unknown { name, .. } = &fault { name.len() } else { 0 };
                problems.push(fault::at(source, byte, length, fault));
            }
        }
        problems
    }

    /// The names at the top that a template asks for, as far as can be told without filling it.
    fn asked(&self, name: &str) -> BTreeSet<String> {
        let asked = self.tera.get_template_variables(name).unwrap_or_default();
        asked.into_iter().map(str::to_owned).collect()
    }
}

/// How long the `.name.name` is that a text begins with.
fn rest_of_path(text: &str) -> usize {
    let mut end = 0;
    while let Some(part) = text[end..].strip_prefix('.') {
        let length = part.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(part.len());
        if length == 0 {
            break;
        }
        end += 1 + length;
    }
    end
}

fn byte_of(text: &str, line: usize, column: usize) -> usize {
    let start = text.match_indices('\n').nth(line.wrapping_sub(2)).map_or(0, |(at, _)| at + 1);
    text[start..].char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| start + at)
}

/// The sources that the roots lead to, and what is wrong with what they name.
fn used(sources: &[Source], roots: &[&str]) -> (HashMap<String, (Source, Scanned)>, Problems) {
    let named = |name: &str| {
        let mut of_name = sources.iter().filter(|source| source.name == name);
        let first = of_name.next()?;
        Some(if first.own { first } else { of_name.find(|source| source.own).unwrap_or(first) })
    };
    let (mut files, mut wrong) = (HashMap::new(), Vec::new());
    let mut open: Vec<&Source> = roots.iter().filter_map(|name| named(name)).collect();
    while let Some(source) = open.pop() {
        if files.contains_key(&source.name) {
            continue;
        }
        let scanned = Scanned::of(&source.text);
        for reference in &scanned.references {
            match named(&reference.name) {
                Some(next) => open.push(next),
                None => wrong.push(fault::at(source, reference.at, 0, missing(&reference.name, sources))),
            }
        }
        if let Some(at) = scanned.comprehension {
            wrong.push(fault::at(source, at, 3, TemplateFault::Comprehension));
        }
        files.insert(source.name.clone(), (source.clone(), scanned));
    }
    wrong.sort_by(|one, other| one.place.cmp(&other.place));
    (files, wrong)
}

fn missing(name: &str, sources: &[Source]) -> TemplateFault {
    let outside = name.starts_with('/') || name.contains(['\\', ':']) || name.split('/').any(|part| part == "..");
    if outside {
        return TemplateFault::Outside { name: name.to_owned() };
    }
    let mut known: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    known.sort_unstable();
    known.dedup();
    fault::unknown(Named::Template, name.to_owned(), known)
}

/// Takes from the language what has no end, and lets `safe` mark nothing.
fn bound(tera: &mut Tera, steps: &Arc<AtomicU64>) {
    let counter = Arc::clone(steps);
    let spend = move |rounds: u64| {
        let spent = counter.fetch_add(rounds, Ordering::Relaxed).saturating_add(rounds);
        if spent > MAX_STEPS { Err(tera::Error::message(fault::STEPS)) } else { Ok(()) }
    };
    let step = spend.clone();
    tera.register_function(STEP, move |kwargs: Kwargs, _: &State| -> Result<String, tera::Error> {
        step(1)?;
        let kept: Option<tera::Value> = kwargs.get("of")?;
        let size = kept.as_ref().map(|value| (value.as_str().map_or(0, str::len), value.as_array().map_or(0, <[_]>::len)));
        match size {
            Some((text, list)) if text > MAX_KEPT || list > MAX_LIST => Err(tera::Error::message(fault::TEXT)),
            _ => Ok(String::new()),
        }
    });
    tera.register_function("range", move |kwargs: Kwargs, _: &State| -> Result<Vec<i64>, tera::Error> {
        let start: i64 = kwargs.get("start")?.unwrap_or_default();
        let end: i64 = kwargs.must_get("end")?;
        let by: i64 = kwargs.get("step_by")?.unwrap_or(1);
        let (from, to) = if by < 0 { (end, start) } else { (start, end) };
        let rounds = to.saturating_sub(from).max(0).unsigned_abs() / by.unsigned_abs().max(1);
        spend(if by == 0 { MAX_STEPS + 1 } else { rounds })?;
        let mut numbers = Vec::new();
        let mut next = start;
        while (by > 0 && next < end) || (by < 0 && next > end) {
            numbers.push(next);
            next = next.saturating_add(by);
        }
        Ok(numbers)
    });
    // markup of the program's own is marked before it gets here; whatever else comes stays text
    tera.register_filter("safe", |value: tera::Value, _: Kwargs, _: &State| value);
    for name in ["escape", "escape_html", "escape_xml"] {
        tera.register_filter(name, |value: tera::Value, _: Kwargs, _: &State| value);
    }
}

/// A page of the owner's that says nothing of what may run on it: nothing may.
fn without_scripts(page: String) -> String {
    const POLICY: &str =
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">";
    let head = page.find("<head>").map(|at| at + "<head>".len());
    match head {
        // a customer's text has no quotes of this kind
        Some(at) if !page.contains("http-equiv=\"Content-Security-Policy\"") => format!("{}\n{POLICY}{}", &page[..at], &page[at..]),
        _ => page,
    }
}

struct Capped {
    text: Vec<u8>,
    full: bool,
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.text.len() + bytes.len() > MAX_OUTPUT {
            self.full = true;
            return Err(io::Error::other("more than 32 MB"));
        }
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn html(text: &str, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(escape_html(&crate::base::text::harmless(text)).as_bytes())
}

/// In Markdown a line break of a customer's is a space: it may not start a heading or end a table row.
fn markdown(text: &str, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(escape_markdown(&crate::base::text::one_line(text)).as_bytes())
}

fn plain(text: &str, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(crate::base::text::harmless(text).as_bytes())
}

#[cfg(test)]
mod tests;
