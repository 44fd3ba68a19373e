//! What the pictures hold, and what they never do.

use super::{Bar, Chart, Data, Point, pyramid};
use crate::base::lang::Lang;
use crate::view::grid::{Field, Grid, col, num};

fn bar(label: &str, value: f64) -> Bar {
    Bar { label: label.into(), value, before: None, shown: value.to_string(), tone: "" }
}

fn chart(data: Data) -> Chart {
    Chart::new("groups", "<t>", "d", ["Group", "Requests"], data)
}

fn line(values: &[Option<f64>]) -> String {
    let field = |value: &Option<f64>| value.map_or_else(|| Field::coded("–", serde_json::Value::Null), |v| Field::coded(v.to_string(), v));
    let point = |(at, value): (usize, &Option<f64>)| Point { label: format!("2026Q{}", at + 1), field: field(value) };
    chart(Data::Line(values.iter().enumerate().map(point).collect())).svg("c")
}

#[test]
fn text_is_escaped_and_nothing_runs_out_of_the_picture() {
    let svg = chart(Data::Bars(vec![bar("<b>&", 10.0), bar(&"很长".repeat(20), 5.0), bar("none", 0.0)])).svg("c1");
    assert!(svg.contains("&lt;b&gt;&amp;") && !svg.contains("<b>") && svg.contains('…'));
    assert!(svg.contains("width=\"100.00%\"") && svg.contains("width=\"50.00%\"") && svg.contains("width=\"0.00%\""));
    assert!(svg.contains("role=\"img\" aria-labelledby=\"c1-title\" aria-describedby=\"c1-desc\""));
    assert!(svg.contains("<title id=\"c1-title\">&lt;t&gt;</title><desc id=\"c1-desc\">d; &lt;b&gt;&amp; 10; "), "{svg}");
    let svg = pyramid("<t>", "d", &[bar("<A>", 10.0), bar("B", 40.0)]);
    assert!(svg.contains("&lt;A&gt;") && svg.contains("width=\"290.0\"") && svg.contains("x=\"258.8\" y=\"1.0\" width=\"72.5\""), "{svg}");
}

#[test]
fn nothing_is_no_number() {
    let mut pictures =
        vec![pyramid("t", "d", &[bar("a", 0.0)]), line(&[]), line(&[None, None]), line(&[Some(3.0)]), line(&[Some(3.0), Some(3.0)])];
    for data in [Data::Bars(vec![]), Data::Columns(vec![bar("a", -1.0)]), Data::Stack(vec![bar("a", 0.0)])] {
        pictures.push(chart(data).svg("c"));
    }
    for svg in pictures {
        assert!(!svg.contains("NaN") && !svg.contains("inf") && svg.ends_with("</svg>"), "{svg}");
    }
    assert_eq!(Field::coded("x", serde_json::Value::Null).value(), None);
}

#[test]
fn a_line_is_broken_where_nothing_is_known() {
    let svg = line(&[Some(1.0), Some(3.0), None, Some(2.0), Some(2.5), None, Some(9.0)]);
    assert_eq!((svg.matches("<polyline").count(), svg.matches("<circle").count()), (2, 5), "{svg}");
    assert!(svg.contains("points=\"17.00,84.0 30.00,63.0\"") && svg.contains("<title>2026Q7: 9</title>"), "{svg}");
    assert!(svg.contains("<text class=\"axis\" x=\"0.00%\" y=\"21.0\" text-anchor=\"start\">9</text>"), "{svg}");
    assert_eq!(svg.matches("class=\"grid\"").count(), 2);
    // twenty quarters do not fit: the last stands, and what is left out is in the points' own words
    let long = line(&[Some(1.0); 20]);
    assert!(long.contains(">2026Q20</text>") && long.matches("class=\"label\"").count() < 9, "{long}");
}

#[test]
fn a_table_that_has_the_values_tells_the_chart() {
    let two = |label: &str, value: f64, before: f64| Bar { before: Some(before), ..bar(label, value) };
    let chart = chart(Data::Bars(vec![two("a", 3.0, 1.0), two("b", 2.0, 0.0)]));
    let mut grid = Grid::new("carebook.test.v1", vec![col("k", "K"), num("share", "Share"), num("now", "Now"), num("before", "Before")]);
    let row = |key: &str, numbers: [f64; 3]| std::iter::once(Field::text(key)).chain(numbers.map(|n| Field::coded("", n))).collect();
    grid.rows = vec![row("a", [60.0, 3.0, 1.0]), row("b", [40.0, 2.0, 0.0]), row("c", [0.0, 0.0, 0.0])];
    assert_eq!(chart.columns_in(&grid), Some((2, Some(3))));
    assert_eq!(chart.columns_in(&chart.grid(Lang::En)), Some((1, Some(2))));
    grid.rows.swap(0, 1);
    assert_eq!(chart.columns_in(&grid), None);
}
