//! Cells: what a figure is, and how it is shown.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use super::wrapped;
use crate::base::lang::Lang;
use crate::base::text::{harmless, width};
use crate::engine::report::figure::Number;
use crate::view::format::xlsx::{across, at, put};
use crate::view::grid::{Col, Field, Grid, col};
use crate::view::page::{Value, read};
use crate::view::report::tables::{Tabled, kind};
use crate::view::report::words::few;

/// Widest column; longer text wraps.
const WIDEST: usize = 44;

/// The formats of a report's sheets.
pub struct Looks {
    currency: String,
    lang: Lang,
    pub title: Format,
    pub caption: Format,
    pub soft: Format,
    pub sentence: Format,
    pub link: Format,
    head: Format,
    cell: Format,
}

impl Looks {
    pub fn new(currency: &str, lang: Lang) -> Looks {
        let soft = Color::RGB(0x005B_6478);
        let line = Color::RGB(0x00E3_E8EE);
        Looks {
            currency: currency.to_owned(),
            lang,
            title: Format::new().set_bold().set_font_size(16),
            caption: Format::new().set_bold().set_font_size(11),
            soft: Format::new().set_font_color(soft),
            sentence: wrapped(),
            link: Format::new().set_font_color(Color::RGB(0x004F_5BD5)),
            head: wrapped().set_bold().set_background_color(Color::RGB(0x00F1_F3F7)).set_border_bottom(FormatBorder::Thin),
            cell: wrapped().set_border_bottom(FormatBorder::Hair).set_border_bottom_color(line),
        }
    }

    /// The look of a number; `signed` ones are differences, of shares in points.
    fn number(&self, number: Number, signed: bool, of_shares: bool) -> Format {
        let code = match number {
            Number::Count(_) => "#,##0".to_owned(),
            Number::Money(_, digits) => {
                let decimals = if digits == 0 { String::new() } else { format!(".{}", "0".repeat(digits as usize)) };
                let sign = if self.currency.is_empty() { String::new() } else { format!("[${}] ", self.currency) };
                let size = format!("{sign}#,##0{decimals}");
                return self.cell.clone().set_num_format(if signed {
                    format!("+{size};-{size};\"±\"{size}")
                } else {
                    format!("{size};-{size}")
                });
            }
            Number::Percent(_) => "0.0%".to_owned(),
            Number::Seconds(_) => "0.0".to_owned(),
            Number::Grade(..) => "0.00".to_owned(),
            Number::Points(_) => {
                let tail = if of_shares { self.lang.pick("\" 个百分点\"", "\" points\"") } else { "" };
                let zero = if signed { "\"±\"" } else { "" };
                return self.cell.clone().set_num_format(format!("+0.0{tail};-0.0{tail};{zero}0.0{tail}"));
            }
        };
        self.cell.clone().set_num_format(if signed { format!("+{code};-{code};\"±\"{code}") } else { code })
    }

    /// What a number of a figure is in.
    fn unit(&self, number: Number) -> String {
        match number {
            Number::Count(_) => String::new(),
            Number::Money(..) => self.currency.clone(),
            Number::Percent(_) => "%".to_owned(),
            Number::Seconds(_) => hours(self.lang).to_owned(),
            Number::Grade(_, most) => format!("/ {most}"),
            Number::Points(_) => lang_points(self.lang).to_owned(),
        }
    }
}

fn hours(lang: Lang) -> &'static str {
    lang.pick("小时", "hours")
}

fn lang_points(lang: Lang) -> &'static str {
    lang.pick("分", "points")
}

/// The number as a cell holds it: shares as parts of one, times in hours.
fn held(number: Number) -> f64 {
    match number {
        Number::Percent(x) => x / 100.0,
        Number::Seconds(x) => x / 3600.0,
        other => other.value(),
    }
}

/// A label of a column, with the unit where its cells do not say it.
fn label(grid: &Grid, at: usize, lang: Lang) -> String {
    let mut numbers = grid.rows.iter().filter_map(|row| row[at].number).peekable();
    let timed = numbers.peek().is_some() && numbers.all(|number| matches!(number, Number::Seconds(_)));
    let label = &grid.columns[at].label;
    if timed { format!("{label} ({})", hours(lang)) } else { label.clone() }
}

/// The grid as it stands on the sheet: figures say what they are in.
fn with_units(table: &Tabled<'_>, looks: &Looks) -> Grid {
    let mut grid = table.grid.clone();
    if table.code == "figures" {
        grid.columns.insert(1, col("unit", looks.lang.pick("单位", "Unit")));
        for row in &mut grid.rows {
            let number = row.iter().find_map(|field| field.number).or_else(|| row[0].json.as_str().map(kind));
            row.insert(1, Field::text(number.map_or_else(String::new, |number| looks.unit(number))));
        }
    }
    grid
}

/// Caption, header and rows, from this row on; rows as high as their text needs in columns of these widths.
pub fn table(page: &mut Worksheet, top: usize, table: &Tabled<'_>, widths: &[f64], looks: &Looks) -> Result<(), XlsxError> {
    let grid = with_units(table, looks);
    page.write_string_with_format(at(top), 0, &*harmless(&table.caption), &looks.caption)?;
    for (n, column) in grid.columns.iter().enumerate() {
        let head = if column.right { looks.head.clone().set_align(FormatAlign::Right) } else { looks.head.clone() };
        page.write_string_with_format(at(top + 1), across(n), label(&grid, n, looks.lang), &head)?;
    }
    let labels: Vec<String> = (0..grid.columns.len()).map(|n| label(&grid, n, looks.lang)).collect();
    page.set_row_height(at(top + 1), high(labels.iter().map(String::as_str), widths))?;
    for (n, row) in grid.rows.iter().enumerate() {
        page.set_row_height(at(top + 2 + n), high(row.iter().map(|field| field.shown.as_str()), widths))?;
        let of_shares = row.iter().find_map(|field| field.number).is_some_and(|number| matches!(number, Number::Percent(_)));
        for (column, field) in row.iter().enumerate() {
            let of_shares = of_shares && table.code == "figures";
            cell(page, (top + 2 + n, column), field, (&grid.columns[column], of_shares), looks)?;
        }
    }
    Ok(())
}

/// Height of a row: not every program makes it for wrapped text.
fn high<'a>(texts: impl Iterator<Item = &'a str>, widths: &[f64]) -> f64 {
    let lines = |(text, wide): (&str, &f64)| -> f64 {
        let of = |line: &str| (f64::from(u32::try_from(width(line)).unwrap_or(u32::MAX)) * 1.1 / wide).ceil().max(1.0);
        text.lines().map(of).sum::<f64>().max(1.0)
    };
    let most = texts.zip(widths).map(lines).fold(1.0_f64, f64::max);
    (most * 15.0 + 2.0).min(400.0)
}

fn cell(
    page: &mut Worksheet,
    (row, column): (usize, usize),
    field: &Field,
    (about, of_shares): (&Col, bool),
    looks: &Looks,
) -> Result<(), XlsxError> {
    if let Some(number) = field.number {
        let look = looks.number(number, about.code.ends_with("change"), of_shares);
        // the number stays one: what stands behind it is how it is shown
        let look = if field.shown.ends_with(few(looks.lang)) { look.set_num_format(format!("#,##0\"{}\"", few(looks.lang))) } else { look };
        return page.write_number_with_format(at(row), across(column), held(number), &look).map(|_| ());
    }
    let value = match read(field, about) {
        Value::Text(text) => Value::Text(harmless(&text).into_owned()),
        other => other,
    };
    let look = match &value {
        Value::Date(_) => looks.cell.clone().set_num_format("yyyy-mm-dd"),
        Value::Moment(_) => looks.cell.clone().set_num_format("yyyy-mm-dd hh:mm"),
        Value::Text(_) if about.right => looks.cell.clone().set_align(FormatAlign::Right),
        _ => looks.cell.clone(),
    };
    put(page, (at(row), across(column)), &value, &look)
}

/// The columns of a sheet, as wide as the tables below one another need, within reason.
pub fn widths(tables: &[Tabled<'_>], looks: &Looks) -> Vec<f64> {
    let mut widest: Vec<usize> = Vec::new();
    let mut seen = |at: usize, columns: usize| {
        if widest.len() <= at {
            widest.resize(at + 1, 8);
        }
        widest[at] = widest[at].max(columns);
    };
    for table in tables {
        let grid = with_units(table, looks);
        for at in 0..grid.columns.len() {
            seen(at, width(&label(&grid, at, looks.lang)) + 2);
            for row in &grid.rows {
                seen(at, width(&row[at].shown) + if row[at].number.is_some() { 5 } else { 1 });
            }
        }
    }
    widest.iter().map(|columns| f64::from(u32::try_from((*columns).min(WIDEST)).unwrap_or(44)) + 1.0).collect()
}
