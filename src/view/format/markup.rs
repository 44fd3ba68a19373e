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

/// A page of its own: a browser that opens it from a disk must not guess the encoding.
const PAGE: &str = "<!doctype html>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
    <style>:root{color-scheme:light dark}body{font:15px/1.5 sans-serif;margin:2em}table{border-collapse:collapse}\
    th,td{padding:.3em .7em;border-bottom:1px solid #8886;text-align:left;vertical-align:top}.n{text-align:right}svg{max-width:100%}</style>\n";

pub fn html(grid: &Grid) -> String {
    let mut out = PAGE.to_owned();
    if let Some(picture) = &grid.picture {
        let _ = writeln!(out, "<figure>{picture}</figure>");
    }
    out.push_str("<table>\n<thead><tr>");
    for column in &grid.columns {
        let class = if column.right { " class=\"n\"" } else { "" };
        let _ = write!(out, "<th scope=\"col\"{class}>{}</th>", escape_html(&column.label));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &grid.rows {
        out.push_str("<tr>");
        for (column, field) in grid.columns.iter().zip(row) {
            let class = if column.right { " class=\"n\"" } else { "" };
            let _ = write!(out, "<td{class}>{}</td>", escape_html(&harmless(&field.shown)));
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
