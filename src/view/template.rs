//! Templates: the only place that knows tera. Values go in, text comes out; everything is escaped.

use std::io::{self, Write};

use serde_json::Value;
use tera::{Context, Tera};

use crate::base::problem::{Place, Problem, What};
use crate::view::format::markup::{escape_html, escape_markdown};

/// What a template writes, which decides how text is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Html,
    Markdown,
}

/// The longest text a template may write, in bytes.
const MAX_OUTPUT: usize = 32 * 1024 * 1024;

/// Templates by name, compiled.
pub struct Templates {
    tera: Tera,
}

impl Templates {
    /// Compiles templates. The owner's replace the built-in of the same name before they get here.
    ///
    /// # Errors
    /// [`What::Template`] with the place in the template.
    pub fn compile(sources: &[(String, String)], kind: Kind) -> Result<Templates, Problem> {
        let mut tera = Tera::new();
        tera.set_escape_fn(match kind {
            Kind::Html => html,
            Kind::Markdown => markdown,
        });
        // every name: the ending of a template says nothing about who wrote the text in it
        tera.autoescape_on([""]);
        tera.add_raw_templates(sources.iter().map(|(name, text)| (name.clone(), text.clone()))).map_err(|error| problem(&error))?;
        Ok(Templates { tera })
    }

    /// Whether there is a template of this name.
    pub fn has(&self, name: &str) -> bool {
        self.tera.contains_template(name)
    }

    /// Fills a template with an object's fields.
    ///
    /// # Errors
    /// [`What::Template`]: an undefined variable and the like, with its place; or more than 32 MB.
    pub fn fill(&self, name: &str, values: &Value) -> Result<String, Problem> {
        let context = Context::from_serialize(values).map_err(|error| problem(&error))?;
        let mut out = Capped(Vec::new());
        self.tera.render_to(name, &context, &mut out).map_err(|error| problem(&error))?;
        String::from_utf8(out.0).map_err(|_| Problem::error(What::NotUtf8).at(Place::file(name)))
    }
}

fn problem(error: &tera::Error) -> Problem {
    Problem::error(What::Template { message: error.to_string().trim().to_owned() })
}

struct Capped(Vec<u8>);

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_OUTPUT {
            return Err(io::Error::other("more than 32 MB"));
        }
        self.0.extend_from_slice(bytes);
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fill(kind: Kind, template: &str, text: &str) -> Result<String, Problem> {
        Templates::compile(&[("t.svg".to_owned(), template.to_owned())], kind)?.fill("t.svg", &json!({ "text": text }))
    }

    #[test]
    fn customers_text_stays_text() {
        assert_eq!(fill(Kind::Html, "<p title=\"{{ text }}\">", "\"><script>").unwrap(), "<p title=\"&quot;&gt;&lt;script&gt;\">");
        assert_eq!(fill(Kind::Markdown, "| {{ text }} |", "a|b\n# [x](y) <i>").unwrap(), "| a\\|b # \\[x\\](y) \\<i> |");
        assert_eq!(fill(Kind::Html, "{{ text }}", "{{ text }}").unwrap(), "{{ text }}");
    }

    #[test]
    fn faults_have_their_place() {
        let wrong = fill(Kind::Html, "a\n{{ nothing.here }}", "x").unwrap_err();
        assert!(matches!(&wrong.what, What::Template { message } if message.contains("t.svg") && message.contains('2')), "{wrong:?}");
        assert!(fill(Kind::Html, "{% if %}", "x").is_err());
    }
}
