//! Charts as SVG: no scripts, no fonts of their own, colours by CSS variables, so dark mode and print work.

use std::fmt::Write as _;

use crate::base::text::{truncate, width};
use crate::view::format::markup::escape_html;

/// One bar: its label, its value, the value before, and the text at its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    pub label: String,
    pub value: f64,
    pub before: Option<f64>,
    pub shown: String,
    /// A CSS class that colours it: `a` … `e` for grades, blank for the main colour.
    pub tone: &'static str,
}

const WIDTH: f64 = 640.0;
const LABEL: f64 = 150.0;
const VALUE: f64 = 110.0;
const ROW: f64 = 30.0;
const PYRAMID_ROW: f64 = 36.0;
const PYRAMID_VALUE: f64 = 200.0;
/// Columns a label may take before it is cut.
const LABEL_COLUMNS: usize = 20;

/// Horizontal bars, one a row, with a thin bar for the value before. `title` and `description` are for screen readers.
pub fn bars(title: &str, description: &str, bars: &[Bar]) -> String {
    let most = bars.iter().flat_map(|bar| [bar.value, bar.before.unwrap_or(0.0)]).fold(0.0_f64, f64::max);
    let room = WIDTH - LABEL - VALUE;
    let scale = |value: f64| if most > 0.0 { (value / most * room).max(if value > 0.0 { 2.0 } else { 0.0 }) } else { 0.0 };
    let height = ROW * as_float(bars.len()) + 4.0;
    let mut out = String::new();
    let (title, description) = (escape_html(title), escape_html(description));
    let _ = writeln!(
        out,
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH:.0} {height:.0}\" role=\"img\" aria-label=\"{title}\" preserveAspectRatio=\"xMinYMin meet\">\n<title>{title}</title><desc>{description}</desc>"
    );
    for (i, bar) in bars.iter().enumerate() {
        let y = ROW * as_float(i);
        let label = escape_html(&truncate(&crate::base::text::one_line(&bar.label), LABEL_COLUMNS));
        let (length, middle) = (scale(bar.value), y + 17.0);
        let _ = write!(out, "<text class=\"label\" x=\"{:.0}\" y=\"{middle:.0}\" text-anchor=\"end\">{label}</text>", LABEL - 10.0);
        let _ = write!(
            out,
            "<rect class=\"bar {}\" x=\"{LABEL:.0}\" y=\"{:.1}\" width=\"{length:.1}\" height=\"13\" rx=\"2\"/>",
            bar.tone,
            y + 6.0
        );
        if let Some(before) = bar.before {
            let _ = write!(
                out,
                "<rect class=\"before\" x=\"{LABEL:.0}\" y=\"{:.1}\" width=\"{:.1}\" height=\"4\" rx=\"1\"/>",
                y + 21.0,
                scale(before)
            );
        }
        let _ =
            writeln!(out, "<text class=\"value\" x=\"{:.1}\" y=\"{middle:.0}\">{}</text>", LABEL + length + 8.0, escape_html(&bar.shown));
    }
    out + "</svg>"
}

/// Layers from the top, centred, each as wide as its value: a pyramid where the few stand above the many. It carries its own
/// colours, so that it can stand in any page.
pub fn pyramid(title: &str, description: &str, layers: &[Bar]) -> String {
    let most = layers.iter().map(|layer| layer.value).fold(0.0_f64, f64::max);
    let room = WIDTH - LABEL - PYRAMID_VALUE;
    let height = PYRAMID_ROW * as_float(layers.len());
    let (title, description) = (escape_html(title), escape_html(description));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart pyramid\" viewBox=\"0 0 {WIDTH:.0} {height:.0}\" width=\"{WIDTH:.0}\" \
         role=\"img\" aria-label=\"{title}\">\n<title>{title}</title><desc>{description}</desc>\n<style>.pyramid text{{font:13px sans-serif;\
         fill:currentColor}}.pyramid rect{{fill:#2f6f9f}}@media(prefers-color-scheme:dark){{.pyramid rect{{fill:#6db3e0}}}}</style>\n"
    );
    for (i, layer) in layers.iter().enumerate() {
        let y = PYRAMID_ROW * as_float(i);
        let length = if most > 0.0 { (layer.value / most * room).max(2.0) } else { 2.0 };
        let (left, middle) = (LABEL + (room - length) / 2.0, y + PYRAMID_ROW / 2.0 + 4.0);
        let label = escape_html(&truncate(&crate::base::text::one_line(&layer.label), LABEL_COLUMNS));
        let _ = writeln!(
            out,
            "<text x=\"{:.0}\" y=\"{middle:.0}\" text-anchor=\"end\">{label}</text>\
             <rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{length:.1}\" height=\"{:.0}\"/>\
             <text x=\"{:.0}\" y=\"{middle:.0}\">{}</text>",
            LABEL - 10.0,
            y + 1.0,
            PYRAMID_ROW - 2.0,
            LABEL + room + 10.0,
            escape_html(&layer.shown)
        );
    }
    out + "</svg>"
}

/// One bar cut into shares: a distribution from worst to best.
pub fn stack(title: &str, parts: &[Bar]) -> String {
    let total: f64 = parts.iter().map(|part| part.value).sum();
    let mut out = String::new();
    let title = escape_html(title);
    let _ = writeln!(
        out,
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH:.0} 56\" role=\"img\" aria-label=\"{title}\" preserveAspectRatio=\"xMinYMin meet\">\n<title>{title}</title>"
    );
    let mut x = 0.0;
    for part in parts.iter().filter(|part| part.value > 0.0 && total > 0.0) {
        let length = part.value / total * WIDTH;
        let (label, shown) = (escape_html(&part.label), escape_html(&part.shown));
        let _ = write!(
            out,
            "<rect class=\"bar {}\" x=\"{x:.1}\" y=\"0\" width=\"{:.1}\" height=\"24\"><title>{label}: {shown}</title></rect>",
            part.tone,
            (length - 1.5).max(0.5)
        );
        // a label only where it fits: seven units a column at this size
        if as_float(width(&part.label)) * 7.0 < length {
            let middle = x + length / 2.0;
            let _ = write!(out, "<text class=\"label\" x=\"{middle:.1}\" y=\"42\" text-anchor=\"middle\">{label}</text>");
        }
        x += length;
    }
    out + "</svg>"
}

#[expect(clippy::cast_precision_loss, reason = "rows of a chart")]
fn as_float(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(label: &str, value: f64) -> Bar {
        Bar { label: label.into(), value, before: None, shown: value.to_string(), tone: "" }
    }

    #[test]
    fn text_is_escaped_and_nothing_runs_out_of_the_picture() {
        let svg = bars("<t>", "d", &[bar("<b>&", 10.0), bar("很长很长很长很长很长很长的类别", 5.0), bar("none", 0.0)]);
        assert!(svg.contains("&lt;b&gt;&amp;") && !svg.contains("<b>") && svg.contains('…'));
        assert!(svg.contains("width=\"380.0\"") && svg.contains("width=\"190.0\"") && svg.contains("width=\"0.0\""));
        let svg = pyramid("<t>", "d", &[bar("<A>", 10.0), bar("B", 40.0)]);
        assert!(
            svg.contains("&lt;A&gt;") && svg.contains("width=\"290.0\"") && svg.contains("x=\"258.8\" y=\"1.0\" width=\"72.5\""),
            "{svg}"
        );
        assert!(!pyramid("t", "d", &[bar("a", 0.0)]).contains("NaN"));
        assert!(!bars("t", "d", &[]).contains("NaN") && !stack("t", &[bar("a", 0.0)]).contains("NaN"));
    }
}
