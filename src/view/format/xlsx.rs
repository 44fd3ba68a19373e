//! Workbooks: text stays text, dates and numbers are ones, coded values drop down, and there is no formula.
//! The same bytes for the same pages and time.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatBorder, Formula, IgnoreError, Workbook, Worksheet, XlsxError,
};

use crate::base::problem::What;
use crate::base::text::{looks_like_formula, width};
use crate::view::page::{Head, Page, Shape, Value};

/// Characters of a cell.
const LONGEST: usize = 32_767;
/// Rows of a sheet, with its header.
const MOST_ROWS: usize = 1_048_576;
/// Characters of a list that stands in the rule itself.
const LONGEST_LIST: usize = 255;
/// Rows below the last in which the lists drop down still.
const ROOM: u32 = 2_000;
/// Rows that decide how wide a column is.
const MEASURED: usize = 200;

/// Writes pages as the sheets of one workbook.
///
/// # Errors
/// More rows or longer cells than a workbook holds.
pub fn write(pages: &[Page], made: NaiveDateTime) -> Result<Vec<u8>, What> {
    refuse_too_large(pages)?;
    build(pages, made).map_err(|error| unwritten(&error))
}

/// A workbook that the library refuses.
pub fn unwritten(error: &XlsxError) -> What {
    What::CannotWrite { path: "xlsx".into(), reason: error.to_string() }
}

/// A workbook without sheets. It tells the moment it was made: never the clock's.
///
/// # Errors
/// A year that a workbook cannot tell.
pub fn empty(made: NaiveDateTime, properties: DocProperties) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_ymd(u16::try_from(made.year()).unwrap_or(1900), small(made.month()), small(made.day()))?;
    let created = created.and_hms(u16::try_from(made.hour()).unwrap_or(0), small(made.minute()), f64::from(made.second()))?;
    book.set_properties(&properties.set_creation_datetime(&created));
    Ok(book)
}

/// Pages that no workbook holds.
///
/// # Errors
/// More rows, or a longer cell.
pub fn refuse_too_large(pages: &[Page]) -> Result<(), What> {
    for page in pages {
        let rows = page.rows.len();
        if rows >= MOST_ROWS {
            let zh = format!("{rows} 行超过 xlsx 的上限 {MOST_ROWS} 行: 请用 -o 文件.csv,或加筛选条件");
            let en = format!("{rows} rows are more than the {MOST_ROWS} of an xlsx sheet: use -o FILE.csv, or filters");
            return Err(What::Usage { message: [zh, en] });
        }
        let long = |value: &Value| matches!(value, Value::Text(text) if text.len() > LONGEST && text.chars().count() > LONGEST - 1);
        let found = page.rows.iter().enumerate().find_map(|(row, cells)| Some((row + 2, cells.iter().position(long)?)));
        if let Some((row, column)) = found {
            let label = page.heads.get(column).map_or("", |head| &head.label);
            let zh = format!("第 {row} 行的 {label} 超过 xlsx 单元格的上限 {LONGEST} 字: 请用 -o 文件.csv");
            let en = format!("{label} in row {row} is longer than the {LONGEST} characters of an xlsx cell: use -o FILE.csv");
            return Err(What::Usage { message: [zh, en] });
        }
    }
    Ok(())
}

fn build(pages: &[Page], made: NaiveDateTime) -> Result<Vec<u8>, XlsxError> {
    let mut book = empty(made, DocProperties::new())?;
    let mut lists = Lists::default();
    let mut names: Vec<String> = Vec::new();
    for page in pages {
        let name = sheet_name(&page.name, &names);
        names.push(name.clone());
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        fill(sheet, page, &mut lists)?;
    }
    if !lists.columns.is_empty() {
        let sheet = book.add_worksheet();
        sheet.set_name(LISTS)?;
        sheet.set_hidden(true);
        for (column, words) in lists.columns.iter().enumerate() {
            for (row, word) in words.iter().enumerate() {
                sheet.write_string(at(row), across(column), word)?;
            }
        }
    }
    book.save_to_buffer()
}

fn small(number: u32) -> u8 {
    u8::try_from(number).unwrap_or(1)
}

pub fn at(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

pub fn across(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

/// The sheet that holds lists too long for a rule.
const LISTS: &str = "lists";

/// Lists too long for a rule, one a column of a hidden sheet.
#[derive(Default)]
struct Lists {
    columns: Vec<Vec<String>>,
}

impl Lists {
    /// A rule that lets only these words stand.
    fn rule(&mut self, words: &[String]) -> Result<DataValidation, XlsxError> {
        let length: usize = words.iter().map(|word| word.encode_utf16().count() + 1).sum();
        // in the rule itself a comma parts two words
        if length <= LONGEST_LIST && words.iter().all(|word| !word.contains(',')) {
            return DataValidation::new().allow_list_strings(words);
        }
        let column = self.columns.iter().position(|list| list == words).unwrap_or_else(|| {
            self.columns.push(words.to_vec());
            self.columns.len() - 1
        });
        let letter = rust_xlsxwriter::utility::column_number_to_name(across(column));
        let range = format!("={LISTS}!${letter}$1:${letter}${}", words.len());
        Ok(DataValidation::new().allow_list_formula(Formula::new(range)))
    }
}

/// A name that no other sheet has, of at most 31 characters, without those that are forbidden.
pub fn sheet_name(wanted: &str, taken: &[String]) -> String {
    let plain: String =
        wanted.chars().map(|c| if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') { '-' } else { c }).collect();
    let plain = if plain.trim().is_empty() { "1".to_owned() } else { plain };
    let cut = |tail: &str| plain.chars().take(31 - tail.chars().count()).collect::<String>() + tail;
    let is_free = |name: &String| !name.eq_ignore_ascii_case(LISTS) && !taken.iter().any(|other| other.eq_ignore_ascii_case(name));
    std::iter::once(String::new()).chain((2..=10_000).map(|n| format!("-{n}"))).map(|tail| cut(&tail)).find(is_free).unwrap_or_default()
}

fn fill(sheet: &mut Worksheet, page: &Page, lists: &mut Lists) -> Result<(), XlsxError> {
    let formats: Vec<Format> = page.heads.iter().map(|head| format(head.shape)).collect();
    let bold =
        Format::new().set_bold().set_background_color(Color::RGB(0x00EE_EEEE)).set_border_bottom(FormatBorder::Thin).set_num_format("@");
    let last = at(page.rows.len());
    for (n, (head, format)) in page.heads.iter().zip(&formats).enumerate() {
        let column = across(n);
        sheet.set_column_format(column, format)?;
        sheet.set_column_width(column, wide(page, n, head))?;
        sheet.write_string_with_format(0, column, &head.label, &bold)?;
        if !head.choices.is_empty() {
            let rule = lists.rule(&head.choices)?;
            sheet.add_data_validation(1, column, last.saturating_add(ROOM).min(1_048_575), column, &rule)?;
        }
    }
    for (n, row) in page.rows.iter().enumerate() {
        for (column, (value, format)) in row.iter().zip(&formats).enumerate() {
            put(sheet, (at(n + 1), across(column)), value, format)?;
        }
    }
    if let Some(end) = page.heads.len().checked_sub(1).map(across) {
        sheet.set_freeze_panes(1, 0)?;
        sheet.autofilter(0, 0, last, end)?;
        sheet.ignore_error_range(0, 0, last.saturating_add(ROOM).min(1_048_575), end, IgnoreError::NumberStoredAsText)?;
    }
    Ok(())
}

fn format(shape: Shape) -> Format {
    let code = match shape {
        Shape::Text => "@".to_owned(),
        Shape::Number(None) => "General".to_owned(),
        Shape::Number(Some(0)) => "0".to_owned(),
        Shape::Number(Some(digits)) => format!("0.{}", "0".repeat(digits as usize)),
        Shape::Date => "yyyy-mm-dd".to_owned(),
        Shape::Moment => "yyyy-mm-dd hh:mm:ss".to_owned(),
    };
    Format::new().set_num_format(code)
}

/// One cell as what it is.
///
/// # Errors
/// A place outside the sheet.
pub fn put(sheet: &mut Worksheet, (row, column): (u32, u16), value: &Value, format: &Format) -> Result<(), XlsxError> {
    let text = |text: &str, sheet: &mut Worksheet| -> Result<(), XlsxError> {
        let format = format.clone().set_num_format("@");
        sheet.write_string_with_format(row, column, guarded(text), &format).map(|_| ())
    };
    match value {
        Value::Blank => Ok(()),
        Value::Text(said) => text(said, sheet),
        Value::Number(number) => match exact(number) {
            Some(number) => sheet.write_number_with_format(row, column, number, format).map(|_| ()),
            None => text(number, sheet),
        },
        Value::Date(date) => match serial(date.and_hms_opt(0, 0, 0).unwrap_or_default()) {
            Some(days) => sheet.write_number_with_format(row, column, days, format).map(|_| ()),
            None => text(&date.to_string(), sheet),
        },
        Value::Moment(moment) => match serial(*moment) {
            Some(days) => sheet.write_number_with_format(row, column, days, format).map(|_| ()),
            None => text(&moment.format("%Y-%m-%d %H:%M:%S").to_string(), sheet),
        },
    }
}

/// A text cell runs no formula, and the import takes one `'` off what would be one: so it gets one more.
fn guarded(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if text.starts_with('\'') && looks_like_formula(&text) { format!("'{text}") } else { text }
}

/// A number that a spreadsheet keeps: at most fifteen digits.
fn exact(number: &str) -> Option<f64> {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    number.parse::<f64>().ok().filter(|_| digits <= 15)
}

/// Days since 1899-12-30, with the time as the fraction; of the years that every spreadsheet counts alike.
fn serial(moment: NaiveDateTime) -> Option<f64> {
    let first = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_hms_opt(0, 0, 0)?;
    let seconds = i32::try_from((moment.date() - first.date()).num_days()).ok().filter(|days| *days > 61)?;
    Some(f64::from(seconds) + f64::from(moment.num_seconds_from_midnight()) / 86_400.0)
}

/// As wide as what stands there, within reason; a Chinese character counts two.
fn wide(page: &Page, column: usize, head: &Head) -> f64 {
    let of = |value: &Value| match value {
        Value::Blank => 0,
        Value::Text(text) => text.lines().map(width).max().unwrap_or(0),
        Value::Number(number) => number.len(),
        Value::Date(_) => 10,
        Value::Moment(_) => 19,
    };
    let cells = page.rows.iter().take(MEASURED).filter_map(|row| row.get(column)).map(of);
    let choices = head.choices.iter().map(|word| width(word));
    let widest = cells.chain(choices).max().unwrap_or(0).max(width(&head.label) + 2);
    f64::from(u32::try_from(widest.clamp(6, 60)).unwrap_or(60)) + 2.0
}

#[cfg(test)]
mod tests;
