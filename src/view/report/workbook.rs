//! The report as a workbook: a first sheet that says what it is, then a sheet a section with its tables below one another and
//! native charts beside them. Cells are what they are (counts, money, per cent, hours, dates), text is text, there is no formula.
//! The same bytes for the same report and time.

mod cells;
mod charts;

use chrono::NaiveDateTime;
use rust_xlsxwriter::{DocProperties, Format, FormatAlign, IgnoreError, Url, Workbook, Worksheet, XlsxError};

use super::blocks::{Block, Section};
use super::frame::Frame;
use super::tables::{Tabled, tables};
use super::words;
use crate::base::lang::Lang;
use crate::base::problem::What;
use crate::base::text::{harmless, width};
use crate::view::format::xlsx::{across, at, empty, refuse_too_large, sheet_name, unwritten};
use crate::view::page::Page;
use cells::Looks;

/// Width of the two columns of the first sheet.
const FIRST: [f64; 2] = [36.0, 88.0];
/// Columns that a sentence may take on a section's sheet.
const SENTENCE: usize = 100;
/// A4.
const PAPER: u8 = 9;

/// Writes the report; `made` is the moment that the workbook tells.
///
/// # Errors
/// Longer cells than a workbook holds.
pub fn write(sections: &[Section], frame: &Frame, lang: Lang, made: NaiveDateTime) -> Result<Vec<u8>, What> {
    let sheets: Vec<Sheet<'_>> = sections.iter().map(|section| Sheet { section, tables: tables(section, lang) }).collect();
    let pages: Vec<Page> = sheets.iter().flat_map(|sheet| &sheet.tables).map(|table| Page::of_grid(&table.grid, &table.caption)).collect();
    refuse_too_large(&pages)?;
    build(&sheets, frame, lang, made).map_err(|error| unwritten(&error))
}

/// A section and its tables.
struct Sheet<'a> {
    section: &'a Section,
    tables: Vec<Tabled<'a>>,
}

impl Sheet<'_> {
    /// The summary stands on the first sheet, and on one of its own only with tables.
    fn is_own(&self) -> bool {
        self.section.code != "summary" || !self.tables.is_empty()
    }
}

fn build(sheets: &[Sheet<'_>], frame: &Frame, lang: Lang, made: NaiveDateTime) -> Result<Vec<u8>, XlsxError> {
    let mut book = empty(made, DocProperties::new().set_title(frame.full_title(lang)))?;
    let contents = sheet_name(lang.pick("目录", "Contents"), &[]);
    let mut names = vec![contents.clone()];
    let own: Vec<&Sheet<'_>> = sheets.iter().filter(|sheet| sheet.is_own()).collect();
    for sheet in &own {
        let title = words::short_section(sheet.section.code, &sheet.section.title, lang);
        names.push(sheet_name(title, &names));
    }
    let first = book.add_worksheet();
    first.set_name(&contents)?;
    front(first, sheets, &own.iter().copied().zip(&names[1..]).collect::<Vec<_>>(), frame, lang)?;
    set_up(first, frame, lang)?;
    for (sheet, name) in own.iter().zip(&names[1..]) {
        add(&mut book, sheet, name, frame, lang)?;
    }
    book.save_to_buffer()
}

/// The first sheet: title, the summary's sentences, links to the sheets, and what the report rests on.
fn front(page: &mut Worksheet, sheets: &[Sheet<'_>], own: &[(&Sheet<'_>, &String)], frame: &Frame, lang: Lang) -> Result<(), XlsxError> {
    let looks = Looks::new(&frame.currency, lang);
    for (column, wide) in FIRST.iter().enumerate() {
        page.set_column_width(across(column), *wide)?;
    }
    page.set_screen_gridlines(false);
    page.write_string_with_format(0, 0, &*harmless(&frame.full_title(lang)), &looks.title)?;
    page.set_row_height(0, 26)?;
    page.write_string_with_format(1, 0, frame.about(lang), &looks.soft)?;
    let mut row = 3;
    let summary = sheets.iter().filter(|sheet| sheet.section.code == "summary").flat_map(|sheet| texts(sheet));
    for sentence in summary {
        sentences(page, row, (1, FIRST[0] + FIRST[1]), &sentence, &looks.sentence)?;
        row += 1;
    }
    row += 1;
    page.write_string_with_format(at(row), 0, lang.pick("工作表", "Sheets"), &looks.caption)?;
    for (sheet, name) in own {
        row += 1;
        let url = Url::new(format!("internal:'{name}'!A1")).set_text(*name);
        page.write_url_with_format(at(row), 0, url, &looks.link)?;
        let captions: Vec<&str> = sheet.tables.iter().map(|table| table.caption.as_str()).collect();
        page.write_string_with_format(at(row), 1, captions.join(lang.pick("、", ", ")), &looks.soft)?;
    }
    if !frame.provenance.is_empty() {
        row += 2;
        page.write_string_with_format(at(row), 0, lang.pick("依据", "What it rests on"), &looks.caption)?;
        for (label, value) in &frame.provenance {
            row += 1;
            page.write_string_with_format(at(row), 0, &*harmless(label), &looks.soft)?;
            page.write_string_with_format(at(row), 1, &*harmless(value), &looks.sentence)?;
        }
    }
    Ok(())
}

/// A section's sheet.
fn add(book: &mut Workbook, sheet: &Sheet<'_>, name: &str, frame: &Frame, lang: Lang) -> Result<(), XlsxError> {
    let looks = Looks::new(&frame.currency, lang);
    let page = book.add_worksheet();
    page.set_name(name)?;
    let widths = cells::widths(&sheet.tables, &looks);
    for (column, wide) in widths.iter().enumerate() {
        page.set_column_width(across(column), *wide)?;
    }
    page.write_string_with_format(0, 0, &*harmless(&sheet.section.title), &looks.title)?;
    page.set_row_height(0, 24)?;
    page.write_string_with_format(1, 0, format!("{} · {}", frame.title(lang), frame.about(lang)), &looks.soft)?;
    let mut row = 3;
    let room = sentence_room(&widths);
    let said = if sheet.section.code == "summary" { Vec::new() } else { texts(sheet) };
    for sentence in &said {
        sentences(page, row, room, sentence, &looks.sentence)?;
        row += 1;
    }
    row += usize::from(!said.is_empty());
    for table in &sheet.tables {
        let (header, rows) = (row + 1, table.grid.rows.len());
        cells::table(page, row, table, &widths, &looks)?;
        row = header + rows + 1;
        for note in &table.notes {
            page.write_string_with_format(at(row), 0, &*harmless(note), &looks.soft)?;
            row += 1;
        }
        row += 1;
        let mut beside = header - 1;
        for (chart, columns) in &table.charts {
            let place = charts::Place { sheet: name, header, columns: *columns };
            let (drawn, rows) = charts::native(chart, &place, lang);
            page.insert_chart(at(beside), across(table.grid.columns.len() + 1), &drawn)?;
            beside += rows + 1;
        }
        row = row.max(beside);
    }
    set_up(page, frame, lang)
}

/// Everything that a section says in sentences, but for what stands beneath its tables.
fn texts(sheet: &Sheet<'_>) -> Vec<String> {
    let beneath: Vec<&String> = sheet.tables.iter().flat_map(|table| &table.notes).collect();
    let said = |block: &Block| match block {
        Block::Text(sentences) => sentences.clone(),
        Block::Note(text) if !beneath.contains(&text) => vec![text.clone()],
        _ => Vec::new(),
    };
    sheet.section.blocks.iter().flat_map(said).collect()
}

/// How many columns a sentence is merged over, the last of them, and how wide they are together.
fn sentence_room(widths: &[f64]) -> (usize, f64) {
    let default = 8.43;
    let mut sum = 0.0;
    for column in 0..40 {
        sum += widths.get(column).copied().unwrap_or(default);
        if sum >= f64::from(u32::try_from(SENTENCE).unwrap_or(100)) {
            return (column, sum);
        }
    }
    (39, sum)
}

/// A sentence over several columns, as high as it needs: a merged cell does not grow by itself.
fn sentences(page: &mut Worksheet, row: usize, (last, room): (usize, f64), text: &str, look: &Format) -> Result<(), XlsxError> {
    let text = harmless(text);
    let columns = f64::from(u32::try_from(width(&text)).unwrap_or(u32::MAX));
    let lines = (columns * 1.05 / room).ceil().clamp(1.0, 20.0);
    if last == 0 {
        page.write_string_with_format(at(row), 0, &*text, look)?;
    } else {
        page.merge_range(at(row), 0, at(row), across(last), &text, look)?;
    }
    page.set_row_height(at(row), 16.0 * lines + 2.0)?;
    Ok(())
}

/// A4 across, as wide as the paper, with the report's name above and the pages counted below; no marks on text that looks like numbers.
fn set_up(page: &mut Worksheet, frame: &Frame, lang: Lang) -> Result<(), XlsxError> {
    // & starts a code there, and no more than 255 characters are held
    let title: String = harmless(&frame.full_title(lang)).replace(['\n', '\t'], " ").chars().take(100).collect();
    page.set_paper_size(PAPER).set_landscape().set_print_fit_to_pages(1, 0).set_margins(0.5, 0.5, 0.8, 0.7, 0.35, 0.35);
    page.set_header(format!("&L{}&R&A", title.replace('&', "&&")));
    page.set_footer(format!("&L{} {}&R&P / &N", lang.pick("截至", "as of"), frame.as_of.replace('&', "&&")));
    page.ignore_error_range(0, 0, 1_048_575, 255, IgnoreError::NumberStoredAsText)?;
    Ok(())
}

/// Text that wraps from the top.
fn wrapped() -> Format {
    Format::new().set_text_wrap().set_align(FormatAlign::Top)
}

#[cfg(test)]
mod tests;
