//! Markdown and HTML tables; all text is escaped.

use std::fmt::Write as _;

use crate::base::text::{harmless, one_line};
use crate::view::grid::Grid;

pub fn markdown(grid: &Grid) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut out = line(grid.columns.iter().map(|column| escape_markdown(&column.label)).collect());
    out += &line(grid.columns.iter().map(|column| if column.right { "---:".into() } else { "---".to_owned() }).collect());
    for row in &grid.rows {
        out += &line(row.iter().map(|field| escape_markdown(&one_line(&field.shown))).collect());
    }
    out
}

pub fn html(grid: &Grid) -> String {
    let mut out = String::from("<table>\n<thead><tr>");
    for column in &grid.columns {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape_html(&column.label));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &grid.rows {
        out.push_str("<tr>");
        for field in row {
            let _ = write!(out, "<td>{}</td>", escape_html(&harmless(&field.shown)));
        }
        out.push_str("</tr>\n");
    }
    out + "</tbody>\n</table>\n"
}

/// Text that stays text in HTML, in an element or a quoted attribute.
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// Text that stays text in Markdown.
pub fn escape_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '|' | '<' | '`' | '*' | '_' | '[' | ']' | '~') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
