//! Native charts, which draw the cells of their tables.

use rust_xlsxwriter::{
    Chart as Native, ChartAxisCrossing, ChartDataLabel, ChartEmptyCells, ChartFont, ChartFormat, ChartLegendPosition, ChartLine,
    ChartMarker, ChartMarkerType, ChartPoint, ChartSolidFill, ChartType, Color,
};

use crate::base::lang::Lang;
use crate::base::text::one_line;
use crate::view::chart::{Bar, Chart, Data};
use crate::view::format::xlsx::{across, at};

const MAIN: u32 = 0x004F_5BD5;
const BEFORE: u32 = 0x00B9_BFD0;
const WIDE: u32 = 560;
/// Pixels of a row of a sheet.
const ROW: usize = 20;

/// Where a chart's table stands: its sheet, the row of its header, and the columns to draw (now, before).
pub struct Place<'a> {
    pub sheet: &'a str,
    pub header: usize,
    pub columns: (usize, Option<usize>),
}

/// The chart, and how many rows it is high.
pub fn native(chart: &Chart, place: &Place<'_>, lang: Lang) -> (Native, usize) {
    let (kind, rows) = match &chart.data {
        Data::Bars(bars) => (ChartType::Bar, bars.len()),
        Data::Columns(bars) | Data::Stack(bars) => (ChartType::Column, bars.len()),
        Data::Line(points) => (ChartType::Line, points.len()),
    };
    let mut native = Native::new(kind);
    add(&mut native, chart, place, (place.columns.0, MAIN), rows, lang.pick("本期", "Now"));
    if let Some(before) = place.columns.1 {
        add(&mut native, chart, place, (before, BEFORE), rows, lang.pick("上期", "Before"));
        native.legend().set_position(ChartLegendPosition::Bottom);
    } else {
        native.legend().set_hidden();
    }
    dress(&mut native, chart);
    let height = if kind == ChartType::Bar { (100 + 24 * rows).clamp(220, 480) } else { 260 };
    native.set_width(WIDE).set_height(u32::try_from(height).unwrap_or(260));
    (native, height.div_ceil(ROW))
}

/// A name as text: one that begins like a formula would be read as the address of a cell.
fn named(text: &str) -> String {
    let text = one_line(text);
    if text.starts_with('=') { format!("'{text}") } else { text }
}

/// Title, names of the axes, and the order in which groups stand.
fn dress(native: &mut Native, chart: &Chart) {
    let mut font = ChartFont::new();
    font.set_size(12).set_bold();
    native.title().set_name(named(&chart.title).as_str()).set_font(&font);
    let mut small = ChartFont::new();
    small.set_size(9).unset_bold();
    let gridlines = ChartLine::new().set_color(Color::RGB(0x00E3_E8EE)).clone();
    let [groups, measure] = [0, 1].map(|n| named(&chart.axes[n]));
    // the x axis is the one below: of lying bars the one with the numbers
    let lying = matches!(chart.data, Data::Bars(_));
    let [below, beside] = if lying { [&measure, &groups] } else { [&groups, &measure] };
    native.x_axis().set_name(below.as_str()).set_name_font(&small).set_font(&small);
    native.y_axis().set_name(beside.as_str()).set_name_font(&small).set_font(&small);
    if lying {
        // the first stands on top, and the numbers below
        native.y_axis().set_reverse().set_major_gridlines(false).set_crossing(ChartAxisCrossing::Max);
        native.x_axis().set_min(0).set_major_gridlines_line(&gridlines);
    } else {
        native.y_axis().set_major_gridlines_line(&gridlines);
    }
    if matches!(chart.data, Data::Columns(_) | Data::Stack(_)) {
        native.y_axis().set_min(0);
    }
    native.show_empty_cells_as(ChartEmptyCells::Gaps);
    let about = if chart.about.is_empty() { chart.title.clone() } else { format!("{} ({})", chart.title, chart.about) };
    native.set_alt_text(one_line(&about));
}

fn add(native: &mut Native, chart: &Chart, place: &Place<'_>, (column, color): (usize, u32), rows: usize, name: &str) {
    let (first, last) = (at(place.header + 1), at(place.header + rows.max(1)));
    let mut labels = ChartDataLabel::new();
    let mut small = ChartFont::new();
    small.set_size(8);
    labels.show_value().set_font(&small);
    let series = native.add_series();
    series.set_name(name);
    series.set_categories((place.sheet, first, 0, last, 0));
    series.set_values((place.sheet, first, across(column), last, across(column)));
    series.set_data_label(&labels);
    match &chart.data {
        Data::Line(_) => {
            let mut marker = ChartMarker::new();
            marker.set_type(ChartMarkerType::Circle).set_size(6);
            series.set_marker(&marker);
            series.set_format(ChartFormat::new().set_line(ChartLine::new().set_color(Color::RGB(color)).set_width(2)));
        }
        Data::Bars(bars) | Data::Columns(bars) | Data::Stack(bars) => {
            series.set_gap(60);
            series.set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(color))));
            if bars.iter().any(|bar| !bar.tone.is_empty()) {
                series.set_points(&bars.iter().map(point).collect::<Vec<_>>());
            }
        }
    }
}

/// A bar in the colour of its grade.
fn point(bar: &Bar) -> ChartPoint {
    let color = match bar.tone {
        "a" => 0x00B3_261E,
        "b" => 0x00D9_813A,
        "c" => 0x00B3_B9C6,
        "d" => 0x006F_9FD8,
        "e" => 0x002F_7D5B,
        _ => MAIN,
    };
    ChartPoint::new().set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(color))))
}
