//! `sheet`: an empty sheet to fill in, with headers, drop-downs and an example row.

use crate::base::lang::Lang;
use crate::base::problem::{Problem, What};
use crate::base::text::fold_key;
use crate::cli::commands::{export, list};
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::engine::three_way::means_the_same;
use crate::exchange::mapping::is_number;
use crate::exchange::sheet::Sheet;
use crate::model::cell::{Kind, Locale};
use crate::model::columns::Columns;
use crate::model::exported::{EXAMPLE_MARKS, NUMBER_HEADERS};
use crate::model::record::Record;
use crate::model::sheets;
use crate::model::table::{self, ForRecord, Table};
use crate::view::format::Format;
use crate::view::page::{self, Page, Value};
use crate::view::text::examples;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// customers, contacts, requests, orders, staff, revisits, interactions or knowledge
    pub what: String,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let named = list::table_named(&args.what).filter(|code| sheets::FILLED.contains(code));
    let Some(code) = named else {
        let allowed = sheets::FILLED.iter().map(|code| (*code).to_owned()).collect();
        return Err(What::UnknownName { name: args.what.clone(), allowed }.into());
    };
    refuse_for_machines(session)?;
    let (locale, lang) = (session.locale()?, session.lang);
    let Some(page) = table::with_record(code, Empty { locale, lang, columns: session.book()?.settings.columns.clone() }) else {
        return Ok(Exit::Done);
    };
    export::people(&page, session)?;
    session.say(&session.lang.pick(
        format!("标 * 的列必填;示例行导入时会跳过。填好后: carebook import {code} 文件 -n 预览,再导入"),
        format!("columns with * must be filled in; the example row is passed over. Then `carebook import {code} FILE -n`, and without -n"),
    ));
    Ok(Exit::Done)
}

/// A sheet to fill in is CSV or a workbook: anything else would be a file that is not what it is called.
fn refuse_for_machines(session: &Session<'_>) -> Result<(), Failure> {
    let format = session.format(Format::Csv);
    if matches!(format, Format::Csv | Format::Xlsx) {
        return Ok(());
    }
    let flags = &session.flags;
    let flag = if flags.json.is_some() {
        "--json"
    } else if flags.format.is_some() {
        "--format"
    } else {
        "-o"
    };
    let name = format!("{format:?}").to_lowercase();
    Err(Problem::error(What::UnknownName { name, allowed: ["csv", "xlsx"].map(str::to_owned).to_vec() }).field(flag).into())
}

/// The empty sheet of a table.
struct Empty {
    locale: Locale,
    lang: Lang,
    columns: Columns,
}

impl ForRecord for Empty {
    type Out = Page;
    fn run<R: Record>(self) -> Page {
        let (table, lang) = (R::TABLE, self.lang);
        let columns = sheets::filled(table);
        let mut page = Page::empty::<R>(&columns, &self.locale, lang);
        for (head, at) in page.heads.iter_mut().zip(&columns) {
            if sheets::is_required(table, &table.columns[*at]) {
                head.label.push_str(" *");
            }
        }
        let example = |at: &usize| {
            let column = &table.columns[*at];
            let text = examples::cell(table.word.code, column.word.code, lang);
            if text.is_empty() { Value::Blank } else { page::typed(column.kind, text).unwrap_or_else(|| Value::Text(text.to_owned())) }
        };
        page.rows.push(columns.iter().map(example).collect());
        let mut page = page.with_own(self.columns.of(table), &[], &self.locale, lang);
        for head in
            page.heads.iter_mut().skip(columns.len()).zip(self.columns.of(table)).filter(|(_, own)| own.required).map(|(head, _)| head)
        {
            head.label.push_str(" *");
        }
        page.with_column(lang.pick(NUMBER_HEADERS[0], NUMBER_HEADERS[1]), lang.pick(EXAMPLE_MARKS[0], EXAMPLE_MARKS[1]))
    }
}

/// Takes the example rows out of a sheet and says how many there were.
///
/// # Errors
/// A row that is marked as an example and says something else: somebody filled it in.
pub fn without_examples(sheet: &mut Sheet, table: &'static Table) -> Result<usize, Failure> {
    let Some(mark) = sheet.headers.iter().position(|header| is_number(header)) else { return Ok(0) };
    let is_marked = |cell: &String| EXAMPLE_MARKS.iter().any(|known| fold_key(cell) == *known);
    let fields: Vec<Option<usize>> = sheet.headers.iter().map(|header| table.find(header)).collect();
    let marked = |cells: &[String]| cells.get(mark).is_some_and(is_marked);
    if let Some(row) = sheet.rows.iter().find(|row| marked(&row.cells) && !is_example(table, &fields, mark, &row.cells)) {
        let zh = "这一行标着示例,内容却改过了: 若是真的一行,请清空它最后一列;若不是,请删掉它".to_owned();
        let en = "this row is marked as the example but was filled in: clear its last column if it is meant, or delete the row".to_owned();
        let place = row.place(&sheet.file, Some(mark));
        return Err(Problem::error(What::RuleConflict { message: [zh, en] }).at(place).into());
    }
    let before = sheet.rows.len();
    sheet.rows.retain(|row| !marked(&row.cells));
    Ok(before - sheet.rows.len())
}

/// Whether a row still is the example, in either language, whatever a spreadsheet made of its dates.
fn is_example(table: &Table, fields: &[Option<usize>], mark: usize, cells: &[String]) -> bool {
    [Lang::Zh, Lang::En].into_iter().any(|lang| {
        cells.iter().zip(fields).enumerate().all(|(at, (cell, field))| {
            let expected = field.map_or("", |field| examples::cell(table.word.code, table.columns[field].word.code, lang));
            at == mark || means_the_same(Kind::Text, expected, cell) || means_the_same(Kind::Instant, expected, cell)
        })
    })
}
