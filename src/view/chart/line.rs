//! A figure over periods: a line with its points, broken where nothing is known, between its least and its greatest value.

use std::fmt::Write as _;

use super::{Point, as_float};
use crate::base::text::{one_line, width};
use crate::view::format::markup::escape_html;

/// Where the line begins and ends, in per cent of the width: the values of the axis stand left of it.
const LEFT: f64 = 17.0;
const RIGHT: f64 = 95.0;
/// Where the greatest and the least value stand, from the top.
const TOP: f64 = 26.0;
const DEPTH: f64 = 84.0;
const HEIGHT: f64 = 138.0;
/// Labels keep clear of each other on a picture as narrow as a phone.
const NARROW: f64 = 240.0;
const LETTER: f64 = 6.8;

/// A point that is known: where it stands, and what is written there.
struct Dot<'a> {
    at: usize,
    x: f64,
    y: f64,
    value: f64,
    point: &'a Point,
}

pub fn draw([open, words]: &[String; 2], points: &[Point]) -> String {
    let mut out = format!("{} height=\"{HEIGHT:.0}\">\n{words}", open.replace("\"chart\"", "\"chart line\""));
    let dots = dots(points);
    let mut taken = Labels::default();
    axis(&mut out, &mut taken, &dots);
    let _ = writeln!(
        out,
        "<svg y=\"{TOP:.0}\" width=\"100%\" height=\"{DEPTH:.0}\" viewBox=\"0 0 100 {DEPTH:.0}\" preserveAspectRatio=\"none\" \
         overflow=\"visible\" aria-hidden=\"true\">{}</svg>",
        polylines(&dots)
    );
    for dot in &dots {
        let label = escape_html(&one_line(&format!("{}: {}", dot.point.label, dot.point.field.shown)));
        let _ = writeln!(out, "<circle class=\"dot\" cx=\"{:.2}%\" cy=\"{:.1}\" r=\"3.5\"><title>{label}</title></circle>", dot.x, dot.y);
    }
    for dot in in_order_of_weight(&dots) {
        taken.write(&mut out, "value", &dot.point.field.shown, dot.x, dot.y - 8.0);
    }
    let last = points.len().saturating_sub(1);
    for at in (0..points.len()).rev().filter(|at| *at == last).chain((0..points.len()).filter(|at| *at != last)) {
        taken.write(&mut out, "label", &points[at].label, across(at, points.len()), HEIGHT - 6.0);
    }
    out + "</svg>"
}

/// Per cent of the width.
fn across(at: usize, of: usize) -> f64 {
    if of < 2 { f64::midpoint(LEFT, RIGHT) } else { LEFT + (RIGHT - LEFT) * as_float(at) / as_float(of - 1) }
}

fn dots(points: &[Point]) -> Vec<Dot<'_>> {
    let known = || points.iter().enumerate().filter_map(|(at, point)| Some((at, point.field.value()?, point)));
    let (least, most) =
        known().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), (_, value, _)| (least.min(value), most.max(value)));
    let high = |value: f64| if most > least { TOP + (most - value) / (most - least) * DEPTH } else { TOP + DEPTH / 2.0 };
    known().map(|(at, value, point)| Dot { at, x: across(at, points.len()), y: high(value), value, point }).collect()
}

/// The least and the greatest value, each with its line.
fn axis(out: &mut String, taken: &mut Labels, dots: &[Dot<'_>]) {
    let greatest = dots.iter().max_by(|a, b| a.value.total_cmp(&b.value));
    let least =
        dots.iter().min_by(|a, b| a.value.total_cmp(&b.value)).filter(|least| greatest.is_some_and(|most| most.value > least.value));
    for dot in greatest.into_iter().chain(least) {
        let _ = write!(out, "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{0:.1}\" y2=\"{0:.1}\"/>", dot.y);
        taken.write(out, "axis", &dot.point.field.shown, 0.0, dot.y - 5.0);
    }
}

/// A line for each run of known values.
fn polylines(dots: &[Dot<'_>]) -> String {
    let runs = dots.chunk_by(|a, b| b.at == a.at + 1).filter(|run| run.len() > 1);
    let line = |run: &[Dot<'_>]| {
        let at: Vec<String> = run.iter().map(|dot| format!("{:.2},{:.1}", dot.x, dot.y - TOP)).collect();
        format!("<polyline class=\"stroke\" points=\"{}\" vector-effect=\"non-scaling-stroke\"/>", at.join(" "))
    };
    runs.map(line).collect()
}

/// The last value first: it is the one that is asked for.
fn in_order_of_weight<'a, 'b>(dots: &'a [Dot<'b>]) -> impl Iterator<Item = &'a Dot<'b>> {
    let last = dots.len().saturating_sub(1);
    dots.iter().skip(last).chain(dots.iter().take(last))
}

/// What has been written, so that no label is written over another.
#[derive(Default)]
struct Labels {
    boxes: Vec<(f64, f64, f64)>,
}

impl Labels {
    /// Written, unless it would stand over another; `x` in per cent, the text around it, or at an edge within it.
    fn write(&mut self, out: &mut String, class: &str, text: &str, x: f64, y: f64) {
        let text = one_line(text);
        let (at, wide) = (x / 100.0 * NARROW, as_float(width(&text)) * LETTER);
        let (anchor, x, from) = if at + wide / 2.0 > NARROW {
            ("end", 100.0, NARROW - wide)
        } else if at - wide / 2.0 < 0.0 {
            ("start", 0.0, 0.0)
        } else {
            ("middle", x, at - wide / 2.0)
        };
        let clear = |(left, right, high): &(f64, f64, f64)| from > *right + 2.0 || from + wide + 2.0 < *left || (y - high).abs() > 11.0;
        if self.boxes.iter().all(clear) {
            self.boxes.push((from, from + wide, y));
            let _ =
                writeln!(out, "<text class=\"{class}\" x=\"{x:.2}%\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>", escape_html(&text));
        }
    }
}
