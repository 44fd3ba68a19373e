//! Rows of a sheet → records, each cell read the way a cell of the book is read.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use rust_decimal::{Decimal, RoundingStrategy};

use super::mapping::{Mapping, Source};
use super::own::OwnSource;
use super::sheet::{Sheet, SheetRow};
use super::values::Values;
use crate::base::date::plus_days;
use crate::base::lost;
use crate::base::money::Money;
use crate::base::problem::{Problem, What};
use crate::base::text::{fold_width, looks_like_formula};
use crate::model::cell::{Kind, Locale};
use crate::model::record::Record;
use crate::model::table::{Column, Table};

/// A row that became a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate<R> {
    pub line: u64,
    pub record: R,
    /// Whether the file gave the id; otherwise it is a stand-in to be replaced.
    pub has_id: bool,
    /// Which of the table's columns the file gave a value.
    pub given: Vec<bool>,
    /// An id or phone of more than fifteen digits that ends in zeros only: perhaps rounded by a spreadsheet.
    pub rounded: Option<String>,
    /// Filled cells of the owner's columns, by their positions.
    pub own: Vec<(usize, String)>,
}

/// A row that could not be taken, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    pub row: SheetRow,
    pub problems: Vec<Problem>,
}

/// The ids that rejected rows name, each with its first such line: what several rows state together is not whole without them.
pub fn torn(mapping: &Mapping, rejected: &[Rejected]) -> HashMap<String, u64> {
    let mut torn: HashMap<String, u64> = HashMap::new();
    for row in rejected {
        let id = match mapping.sources.first().and_then(Option::as_ref) {
            Some(Source::Column(from)) => row.row.cells.get(*from).map(|id| mapping.values.translated(0, unguarded(id))),
            Some(Source::Constant(text)) => Some(text.as_str()),
            _ => None,
        };
        if let Some(id) = id.map(str::trim).filter(|id| !id.is_empty()) {
            let line = torn.entry(id.to_owned()).or_insert(row.row.line);
            *line = row.row.line.min(*line);
        }
    }
    torn
}

/// The largest cell taken, in bytes.
const MAX_CELL: usize = 64 * 1024;

/// Fills blank cells of a row (by the table's columns) before it is read.
pub type Fill = fn(&mut [String]);

/// What became of the rows of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Read<R> {
    pub taken: Vec<Candidate<R>>,
    pub rejected: Vec<Rejected>,
    /// Rows that the map passes over.
    pub passed_over: usize,
    /// Records beyond the first of a row.
    pub further: usize,
}

/// Reads every row. A row of which one record cannot be read gives none.
pub fn read<R: Record>(sheet: &Sheet, mapping: &Mapping, locale: &Locale, fill: Fill) -> Read<R> {
    let locale = Locale { order: mapping.order, ..*locale };
    let mut read = Read { taken: Vec::new(), rejected: Vec::new(), passed_over: 0, further: 0 };
    for row in &sheet.rows {
        if !mapping.only.hold(row) {
            read.passed_over += 1;
            continue;
        }
        if let Some(problem) = mapping.foreign_money(R::TABLE, &sheet.file, row) {
            read.rejected.push(Rejected { row: row.clone(), problems: vec![problem] });
            continue;
        }
        let first = std::iter::once(&mapping.sources);
        let sources = first.chain(mapping.also.iter().filter(|also| also.only.hold(row)).map(|also| &also.sources));
        match sources.map(|sources| read_row(sheet, row, (mapping, sources), &locale, fill)).collect::<Result<Vec<_>, _>>() {
            Ok(records) => {
                read.further += records.len() - 1;
                read.taken.extend(records);
            }
            Err(problems) => read.rejected.push(Rejected { row: row.clone(), problems }),
        }
    }
    read
}

fn read_row<R: Record>(
    sheet: &Sheet,
    row: &SheetRow,
    (mapping, sources): (&Mapping, &[Option<Source>]),
    locale: &Locale,
    fill: Fill,
) -> Result<Candidate<R>, Vec<Problem>> {
    if row.cells.len() != sheet.headers.len() {
        let what = What::RaggedRow { expected: sheet.headers.len(), found: row.cells.len() };
        return Err(vec![Problem::error(what).at(row.place(&sheet.file, None))]);
    }
    if let Some((at, cell)) = row.cells.iter().enumerate().find(|(_, cell)| cell.len() > MAX_CELL) {
        let (value, max) = (format!("{} B", cell.len()), format!("{MAX_CELL} B"));
        let what = What::OutOfRange { value, min: "0 B".into(), max };
        return Err(vec![Problem::error(what).at(row.place(&sheet.file, Some(at)))]);
    }
    let columns = R::TABLE.columns;
    let mut cells: Vec<String> = sources
        .iter()
        .enumerate()
        .map(|(at, source)| cell((at, columns[at].kind), source.as_ref(), row, &mapping.values, locale.digits))
        .collect();
    let given: Vec<bool> = cells.iter().map(|text| !text.trim().is_empty()).collect();
    let has_id = given.first().copied().unwrap_or(false);
    let at = |column: usize, what: What| {
        Problem::error(what).at(row.place(&sheet.file, column_in(sources, column))).field(columns[column].word.code)
    };
    let failed = cells.iter().position(|text| lost::is_cell_error(text));
    if let Some(column) = failed {
        return Err(vec![at(column, What::CellError { value: cells[column].trim().to_owned() })]);
    }
    let spoilt = |(column, text): (usize, &String)| is_exponent(columns[column].kind, columns[column].word.code, text).then_some(column);
    if let Some(column) = cells.iter().enumerate().find_map(spoilt) {
        return Err(vec![at(column, What::ExponentId { value: cells[column].clone(), perhaps: None })]);
    }
    let rounded = cells.iter().zip(columns).find(|(text, column)| is_rounded(column.kind, column.word.code, text));
    let rounded = rounded.map(|(text, _)| text.clone());
    fill(&mut cells);
    if !has_id {
        cells[0] = format!("?{}", row.line);
    }
    let record = R::read(&|i| cells[i].as_str(), locale)
        .map_err(|wrong| wrong.into_iter().map(|(column, what)| at(column, what)).collect::<Vec<_>>());
    let (record, own) = match (record, mapping.own_cells(sheet, row, locale)) {
        (Ok(record), Ok(own)) => (record, own),
        (record, own) => return Err(record.err().into_iter().chain(own.err()).flatten().collect()),
    };
    Ok(Candidate { line: row.line, record, has_id, given, rounded, own })
}

/// The text of a cell that feeds a column of the owner's: words of the map have no say there, its blanks do.
pub(super) fn cell_text(kind: Kind, source: &Source, row: &SheetRow, values: &Values, digits: u32) -> String {
    cell((usize::MAX, kind), Some(source), row, values, digits)
}

/// The texts of the owner's columns that the file has, each with the column's position and code.
pub fn own_texts(row: &SheetRow, mapping: &Mapping, digits: u32) -> Vec<(usize, String, String)> {
    let there = mapping.own.iter().filter(|own| matches!(own.source, Source::Column(_)));
    let text = |own: &OwnSource| cell_text(own.column.cell_kind(), &own.source, row, &mapping.values, digits);
    there.map(|own| (own.at, own.column.code(), text(own))).collect()
}

/// The cells of a row by the table's columns, in our words; none where the file has no such column.
pub fn cells(row: &SheetRow, mapping: &Mapping, table: &Table, digits: u32) -> Vec<Option<String>> {
    let columns = mapping.sources.iter().zip(table.columns).enumerate();
    let read = |(at, (source, column)): (usize, (&Option<Source>, &Column))| {
        source.as_ref().map(|source| cell((at, column.kind), Some(source), row, &mapping.values, digits))
    };
    columns.map(read).collect()
}

/// A cell's text in our words: the guard against formulas taken off; everything but free text without blanks at the ends.
fn cell((at, kind): (usize, Kind), source: Option<&Source>, row: &SheetRow, values: &Values, digits: u32) -> String {
    if let Some(Source::Product(a, b)) = source {
        return product(unguarded(&row.cells[*a]), unguarded(&row.cells[*b]), digits);
    }
    if let Some(Source::Negated(from)) = source {
        return negated(values.translated(at, unguarded(&row.cells[*from])).trim());
    }
    let text = match source {
        Some(Source::Column(from)) => row.cells[*from].as_str(),
        Some(Source::Constant(text)) => text.as_str(),
        Some(Source::Product(..) | Source::Negated(_)) | None => "",
    };
    let text = match source {
        Some(Source::Column(_)) => values.translated(at, unguarded(text)),
        _ => unguarded(text),
    };
    match kind {
        Kind::Text if !text.trim().is_empty() => text.to_owned(),
        Kind::Date | Kind::Instant => serial(text.trim()).unwrap_or_else(|| text.trim().to_owned()),
        _ => text.trim().to_owned(),
    }
}

/// Quantity times unit price, half up to the currency's decimals. What cannot be multiplied stays as it is, to be refused by name.
fn product(quantity: &str, price: &str, digits: u32) -> String {
    let number = |text: &str| Money::parse(text, FACTOR_DIGITS).ok().map(|parsed| Decimal::new(parsed.minor(), FACTOR_DIGITS));
    let amount = || number(quantity)?.checked_mul(number(price)?);
    match amount() {
        Some(amount) => amount.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero).to_string(),
        None if quantity.trim().is_empty() && price.trim().is_empty() => String::new(),
        None => format!("{} * {}", quantity.trim(), price.trim()),
    }
}

/// An amount with its sign turned. What is no amount stays as it is, to be refused by name.
fn negated(text: &str) -> String {
    match Money::parse(text, FACTOR_DIGITS) {
        Ok(parsed) => (-Decimal::new(parsed.minor(), FACTOR_DIGITS)).normalize().to_string(),
        Err(_) => text.to_owned(),
    }
}

/// The file column that feeds a field.
fn column_in(sources: &[Option<Source>], field: usize) -> Option<usize> {
    match sources.get(field) {
        Some(Some(Source::Column(from) | Source::Negated(from))) => Some(*from),
        _ => None,
    }
}

/// Decimals that quantities and unit prices may have.
const FACTOR_DIGITS: u32 = 6;

/// A spreadsheet's serial number of a day (days since 1899-12-30, of the years 1954 to 2119) with its time as the
/// fraction, as a date: `46204.5` is noon of 2026-07-01.
fn serial(text: &str) -> Option<String> {
    let (days, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if days.len() != 5 || !digits(days) || !digits(fraction) || fraction.len() > 15 {
        return None;
    }
    let days: u64 = days.parse().ok().filter(|days| (20_000..=80_000).contains(days))?;
    let date = plus_days(NaiveDate::from_ymd_opt(1899, 12, 30)?, days);
    let part: u64 = format!("{fraction:0<15}").parse().ok()?;
    let seconds = (u128::from(part) * 86_400 + 500_000_000_000_000) / 1_000_000_000_000_000;
    let at = date.and_time(NaiveTime::MIN) + TimeDelta::seconds(i64::try_from(seconds).ok()?);
    Some(at.format(if part == 0 { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" }).to_string())
}

fn is_identifier(kind: Kind, code: &str) -> bool {
    kind == Kind::Id || code == "phone"
}

/// Digits that a spreadsheet may have set to zero: it keeps fifteen.
fn is_rounded(kind: Kind, code: &str, text: &str) -> bool {
    let text = text.trim();
    let digits = text.len() > 15 && text.bytes().all(|b| b.is_ascii_digit());
    is_identifier(kind, code) && digits && text.bytes().skip(15).all(|b| b == b'0')
}

/// Text without the `'` that keeps a spreadsheet from taking it for a formula.
pub(super) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if looks_like_formula(rest) => rest,
        _ => text,
    }
}

/// `8.68533E+14`: a spreadsheet lost the digits of an id or a phone. `1E5` is a legal id.
pub(super) fn is_exponent(kind: Kind, code: &str, text: &str) -> bool {
    if !is_identifier(kind, code) {
        return false;
    }
    let folded = fold_width(text);
    let Some((mantissa, exponent)) = folded.trim().split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let signed = exponent.strip_prefix('+').is_some_and(digits);
    (signed || (mantissa.contains('.') && digits(exponent))) && mantissa.split('.').all(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::date::DateOrder;
    use crate::base::lang::Lang;
    use crate::exchange::mapping::Wishes;
    use crate::model::customer::{CUSTOMERS, Customer};

    #[test]
    fn quantity_times_price() {
        for (quantity, price, amount) in [
            ("6", "2.55", "15.30"),
            ("-1", "¥1,000.005", "-1000.01"),
            ("3", "0.333333", "1.00"),
            ("", "", ""),
            ("two", "5", "two * 5"),
            ("", "5", " * 5"),
        ] {
            assert_eq!(product(quantity, price, 2), amount, "{quantity} {price}");
        }
    }

    fn customers(text: &str) -> (Vec<Candidate<Customer>>, Vec<Rejected>) {
        let locale = Locale { lang: Lang::Zh, zone: chrono_tz::Asia::Shanghai, digits: 2, order: DateOrder::Iso };
        let sheet = Sheet::parse("f.csv", text).unwrap();
        let mapping = Mapping::new(&CUSTOMERS, &sheet.headers, &Wishes::default(), DateOrder::Iso).unwrap();
        let read = read(&sheet, &mapping, &locale, |_| {});
        (read.taken, read.rejected)
    }

    #[test]
    fn ids_stay_text_and_spoilt_ones_are_refused() {
        let text = "客户编号,姓名,备注\n007,王,'=1\n1E5,李,\" 空格 \"\n8.68533E+14,赵,\n,钱,\n6.2E17,孙,\n";
        let (taken, rejected) = customers(text);
        let ids: Vec<(&str, bool)> = taken.iter().map(|c| (c.record.id.as_str(), c.has_id)).collect();
        assert_eq!(ids, [("007", true), ("1E5", true), ("?5", false)]);
        assert_eq!((taken[0].record.note.as_str(), taken[1].record.note.as_str()), ("=1", " 空格 "));
        assert_eq!(rejected.iter().map(|row| row.problems[0].what.code()).collect::<Vec<_>>(), ["exponent-id"; 2]);
        let (taken, _) = customers("编号\n110101199003071234\n6222021234567891000\n");
        assert_eq!(taken.iter().map(|c| c.rounded.is_some()).collect::<Vec<_>>(), [false, false]);
        assert!(customers("编号\n622202123456789000\n").0[0].rounded.is_some());
    }

    #[test]
    fn serial_numbers_of_days_are_dates() {
        for (text, date) in [("42758", Some("2017-01-23")), ("46204.5", Some("2026-07-01 12:00:00")), ("19999", None), ("20260701", None)] {
            assert_eq!(serial(text).as_deref(), date, "{text}");
        }
    }

    #[test]
    fn a_bad_row_has_its_place_and_does_not_hide_the_others() {
        let (taken, rejected) = customers("编号,姓名,建档日期\nC1,a,2026-02-30\nC2,b\nC3,c,2026/7/1\n");
        assert_eq!((taken.len(), rejected.len()), (1, 2));
        let place = rejected[0].problems[0].place.as_ref().unwrap();
        assert_eq!((place.line, place.column), (2, 6));
    }
}
