//! The pyramid: layers from the top, centred. It carries its own colours, so that it can stand in any page.

use std::fmt::Write as _;

use super::{Bar, as_float};
use crate::base::text::{one_line, truncate};
use crate::view::format::markup::escape_html;

const WIDTH: f64 = 640.0;
const LABEL: f64 = 150.0;
const ROW: f64 = 36.0;
const VALUE: f64 = 200.0;
/// Columns a label may take before it is cut.
const LABEL_COLUMNS: usize = 20;

/// Layers from the top, centred, each as wide as its value: a pyramid where the few stand above the many.
pub fn pyramid(title: &str, description: &str, layers: &[Bar]) -> String {
    let most = layers.iter().map(|layer| layer.value).fold(0.0_f64, f64::max);
    let room = WIDTH - LABEL - VALUE;
    let height = ROW * as_float(layers.len());
    let (title, description) = (escape_html(title), escape_html(description));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart pyramid\" viewBox=\"0 0 {WIDTH:.0} {height:.0}\" width=\"{WIDTH:.0}\" \
         role=\"img\" aria-label=\"{title}\">\n<title>{title}</title><desc>{description}</desc>\n<style>.pyramid text{{font:13px sans-serif;\
         fill:currentColor}}.pyramid rect{{fill:#2f6f9f}}@media(prefers-color-scheme:dark){{.pyramid rect{{fill:#6db3e0}}}}</style>\n"
    );
    for (i, layer) in layers.iter().enumerate() {
        let y = ROW * as_float(i);
        let length = if most > 0.0 { (layer.value / most * room).max(2.0) } else { 2.0 };
        let (left, middle) = (LABEL + (room - length) / 2.0, y + ROW / 2.0 + 4.0);
        let label = escape_html(&truncate(&one_line(&layer.label), LABEL_COLUMNS));
        let _ = writeln!(
            out,
            "<text x=\"{:.0}\" y=\"{middle:.0}\" text-anchor=\"end\">{label}</text>\
             <rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{length:.1}\" height=\"{:.0}\"/>\
             <text x=\"{:.0}\" y=\"{middle:.0}\">{}</text>",
            LABEL - 10.0,
            y + 1.0,
            ROW - 2.0,
            LABEL + room + 10.0,
            escape_html(&layer.shown)
        );
    }
    out + "</svg>"
}
