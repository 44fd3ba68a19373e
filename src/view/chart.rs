//! Charts as data, which the terminal and the workbook draw by their own means, and as SVG: no scripts, no fonts of their own,
//! colours by CSS variables, so dark mode and print work. Lengths along the width are per cent and text is never scaled, so one
//! picture is read on a phone, on a desk and on paper.

mod line;
mod pyramid;

use std::fmt::Write as _;

pub use pyramid::pyramid;

use crate::base::lang::Lang;
use crate::base::text::{one_line, truncate};
use crate::view::format::markup::escape_html;
use crate::view::grid::{Field, Grid, col, num};

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

/// One point of a line: a period and its figure; a field without a number is a gap.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    pub label: String,
    pub field: Field,
}

/// What a chart draws.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// One bar a row, a thin one for the value before.
    Bars(Vec<Bar>),
    /// The same of few groups in an order of their own: upright where labels are short enough, in a workbook.
    Columns(Vec<Bar>),
    /// Parts of one whole, from worst to best.
    Stack(Vec<Bar>),
    /// A figure over periods, in their order.
    Line(Vec<Point>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Names it among the tables, such as `customers`.
    pub code: &'static str,
    pub title: String,
    /// What to know about it, shown beside the title; may be blank.
    pub about: String,
    /// What its groups are, and what is measured.
    pub axes: [String; 2],
    pub data: Data,
}

/// Columns a label may take before it is cut.
const LABEL_COLUMNS: usize = 34;

impl Chart {
    pub fn new(code: &'static str, title: &str, about: &str, axes: [&str; 2], data: Data) -> Chart {
        Chart { code, title: title.to_owned(), about: about.to_owned(), axes: axes.map(str::to_owned), data }
    }

    /// As SVG. `id` is unique on its page.
    pub fn svg(&self, id: &str) -> String {
        match &self.data {
            Data::Bars(bars) | Data::Columns(bars) => lying(&self.head(id), bars),
            Data::Stack(parts) => stack(&self.head(id), parts),
            Data::Line(points) => line::draw(&self.head(id), points),
        }
    }

    /// The opening of the picture but for its height, and its words for who does not see it.
    fn head(&self, id: &str) -> [String; 2] {
        let (title, about) = (escape_html(&one_line(&self.title)), escape_html(&one_line(&self.said())));
        let open =
            format!("<svg class=\"chart\" width=\"100%\" role=\"img\" aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-desc\"");
        [open, format!("<title id=\"{id}-title\">{title}</title><desc id=\"{id}-desc\">{about}</desc>\n")]
    }

    /// The chart in words: what it is about, and its first and last values.
    fn said(&self) -> String {
        let about = Some(self.about.clone()).filter(|about| !about.is_empty());
        let pairs: Vec<String> = match &self.data {
            Data::Bars(bars) | Data::Columns(bars) | Data::Stack(bars) => {
                bars.iter().map(|bar| format!("{} {}", bar.label, bar.shown)).collect()
            }
            Data::Line(points) => points.iter().map(|point| format!("{} {}", point.label, point.field.shown)).collect(),
        };
        about.into_iter().chain(pairs).collect::<Vec<_>>().join("; ")
    }

    /// Its values as a table.
    pub fn grid(&self, lang: Lang) -> Grid {
        let (bars, points) = match &self.data {
            Data::Bars(bars) | Data::Columns(bars) | Data::Stack(bars) => (bars.as_slice(), [].as_slice()),
            Data::Line(points) => ([].as_slice(), points.as_slice()),
        };
        let compared = bars.iter().any(|bar| bar.before.is_some());
        let mut columns = vec![col("group", &self.axes[0]), num("value", &self.axes[1])];
        if compared {
            columns.push(num("before", lang.pick("上期", "Before")));
        }
        let mut grid = Grid::new("carebook.report_chart.v1", columns);
        let before = |bar: &Bar| Field::coded(bar.before.map_or_else(String::new, plain), bar.before.map(as_json));
        for bar in bars {
            let row = vec![Field::text(bar.label.clone()), Field::coded(bar.shown.clone(), as_json(bar.value))];
            grid.rows.push(row.into_iter().chain(compared.then(|| before(bar))).collect());
        }
        grid.rows.extend(points.iter().map(|point| vec![Field::text(point.label.clone()), point.field.clone()]));
        grid
    }

    /// The columns of a table with these values (now, before), where it has them row by row: then the table tells the chart.
    pub fn columns_in(&self, grid: &Grid) -> Option<(usize, Option<usize>)> {
        let (Data::Bars(bars) | Data::Columns(bars) | Data::Stack(bars)) = &self.data else { return None };
        let labelled = |(bar, row): (&Bar, &Vec<Field>)| row.first().is_some_and(|field| field.shown == bar.label);
        if bars.is_empty() || grid.rows.len() < bars.len() || !bars.iter().zip(&grid.rows).all(labelled) {
            return None;
        }
        let same = |a: f64, b: Option<f64>| b.is_some_and(|b| (a - b).abs() < 1e-9);
        let is = |at: usize, of: &dyn Fn(&Bar) -> Option<f64>| {
            bars.iter().zip(&grid.rows).all(|(bar, row)| match of(bar) {
                Some(value) => same(value, row[at].value()),
                None => row[at].value().is_none(),
            })
        };
        let numbers = || (1..grid.columns.len()).filter(|at| grid.columns[*at].right);
        let now = numbers().find(|at| is(*at, &|bar| Some(bar.value)))?;
        let compared = bars.iter().any(|bar| bar.before.is_some());
        Some((now, numbers().find(|at| compared && *at != now && is(*at, &|bar| bar.before))))
    }
}

/// A whole number stays one.
#[expect(clippy::cast_possible_truncation, reason = "whole and far below 2^53")]
fn as_json(value: f64) -> serde_json::Value {
    if value.fract() == 0.0 && value.abs() < 1e15 { (value as i64).into() } else { value.into() }
}

fn plain(value: f64) -> String {
    as_json(value).to_string()
}

/// The longest value is the whole width, and what is there at all is seen.
fn scale(bars: &[Bar]) -> impl Fn(f64) -> f64 {
    let most = bars.iter().flat_map(|bar| [bar.value, bar.before.unwrap_or(0.0)]).fold(0.0_f64, f64::max);
    move |value: f64| if most > 0.0 && value > 0.0 { (value / most * 100.0).max(0.5) } else { 0.0 }
}

/// Horizontal bars under their labels, with a thin bar for the value before.
fn lying([open, words]: &[String; 2], bars: &[Bar]) -> String {
    let compared = bars.iter().any(|bar| bar.before.is_some());
    let (row, scale) = (if compared { 38.0 } else { 34.0 }, scale(bars));
    let mut out = format!("{open} height=\"{:.0}\">\n{words}", row * as_float(bars.len()));
    for (i, bar) in bars.iter().enumerate() {
        let y = row * as_float(i);
        let (label, shown) = (escape_html(&truncate(&one_line(&bar.label), LABEL_COLUMNS)), escape_html(&bar.shown));
        let (middle, top) = (y + 13.0, y + 19.0);
        let _ = write!(
            out,
            "<text class=\"label\" x=\"0\" y=\"{middle:.0}\">{label}</text>\
             <text class=\"value\" x=\"100%\" y=\"{middle:.0}\" text-anchor=\"end\">{shown}</text>\
             <rect class=\"track\" x=\"0\" y=\"{top:.0}\" width=\"100%\" height=\"8\" rx=\"2\"/>\
             <rect class=\"bar {}\" x=\"0\" y=\"{top:.0}\" width=\"{:.2}%\" height=\"8\" rx=\"2\"/>",
            bar.tone,
            scale(bar.value),
        );
        if let Some(before) = bar.before {
            let _ = write!(
                out,
                "<rect class=\"before\" x=\"0\" y=\"{:.0}\" width=\"{:.2}%\" height=\"3\" rx=\"1\"/>",
                top + 10.0,
                scale(before)
            );
        }
        out.push('\n');
    }
    out + "</svg>"
}

/// One bar cut into shares; which part is which stands beside it, in the page.
fn stack([open, words]: &[String; 2], parts: &[Bar]) -> String {
    let total: f64 = parts.iter().map(|part| part.value.max(0.0)).sum();
    let mut out = format!("{} height=\"22\">\n{words}", open.replace("\"chart\"", "\"chart stack\""));
    let mut x = 0.0;
    for part in parts.iter().filter(|part| part.value > 0.0 && total > 0.0) {
        let length = part.value / total * 100.0;
        let (label, shown) = (escape_html(&one_line(&part.label)), escape_html(&part.shown));
        let _ = writeln!(
            out,
            "<rect class=\"bar {}\" x=\"{x:.2}%\" y=\"0\" width=\"{length:.2}%\" height=\"22\"><title>{label}: {shown}</title></rect>",
            part.tone
        );
        x += length;
    }
    out + "</svg>"
}

#[expect(clippy::cast_precision_loss, reason = "rows of a chart")]
fn as_float(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests;
