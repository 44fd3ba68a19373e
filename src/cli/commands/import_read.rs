//! The reading of a file that is imported: which sheet, which columns, what its words mean; then its rows.

use crate::base::date::DateOrder;
use crate::base::lang::Lang;
use crate::base::problem::What;
use crate::cli::commands::import::{Args, Subject};
use crate::cli::commands::import_returned::refuse_other_table;
use crate::cli::commands::sheet::without_examples;
use crate::cli::error::Failure;
use crate::cli::foreign::{self, Input, Wanted};
use crate::cli::lost;
use crate::cli::session::Session;
use crate::exchange::mapping::{Mapping, RawMap, Wishes, date_order};
use crate::exchange::sheet::Sheet;
use crate::exchange::typed::{self, Candidate, Fill, Rejected};
use crate::exchange::values::Values;
use crate::exchange::workbook::Ask;
use crate::model::cell::Kind;
use crate::model::draft::Document;
use crate::model::record::Record;
use crate::model::sheets::is_required;
use crate::model::table::Table;
use crate::model::vocabulary::Word;
use crate::store;

/// A file read and mapped, before its rows are taken over.
pub struct Opened {
    pub input: Input,
    pub mapping: Mapping,
    pub forced: Option<String>,
    pub skip: usize,
    /// The sheet that was asked for.
    pub sheet: Option<String>,
    pub rejected: Vec<Rejected>,
    pub rounded: Option<(usize, String)>,
    /// Rows that only showed how to fill in the others.
    pub examples: usize,
}

/// Reads a file and finds out which of its columns feeds which field.
pub fn look<R: Record>(args: &Args, session: &mut Session<'_>) -> Result<Opened, Failure> {
    let saved = saved_map(args, session)?;
    let forced = args.encoding.clone().or_else(|| saved.encoding.clone());
    let skip = args.skip.or(saved.skip).unwrap_or(0);
    let wishes = Wishes::parse(&args.map)?.over(&saved);
    let known = |header: &str| R::TABLE.find(header).is_some() || wishes.name(header);
    let ask = Ask { sheet: args.sheet.as_deref().or(saved.sheet.as_deref()), skip: args.skip.or(saved.skip), known: &known };
    let wanted = Wanted { file: &args.file, encoding: forced.as_deref(), ask, familiar: &|text| familiar(R::TABLE, skip, text) };
    let mut input = foreign::open(session, &wanted)?;
    refuse_other_table(&input.sheet, R::TABLE, session)?;
    let examples = without_examples(&mut input.sheet, R::TABLE)?;
    let order = match args.date_order.as_deref().or(saved.date_order.as_deref()) {
        Some(text) => date_order(text)?,
        None => DateOrder::Iso,
    };
    let (wishes, of_history) = wishes.split_history();
    let mut mapping = Mapping::new(R::TABLE, &input.sheet.headers, &wishes, order)?;
    if args.history && args.what == Subject::Requests {
        mapping = mapping.of_history(R::TABLE, &input.sheet.headers, &of_history)?;
    } else if args.history || !of_history.0.is_empty() {
        let zh = "--history 用于 import requests,changed_at 列说明每一行从何时起如此".to_owned();
        let en = "--history is for `import requests`, and changed_at says since when each row holds".to_owned();
        return Err(What::Usage { message: [zh, en] }.into());
    }
    mapping.values = words_of(R::TABLE, args, session, &saved)?;
    if input.sheet.rows.is_empty() {
        return Err(What::NothingToImport.into());
    }
    let sheet = args.sheet.clone().or(saved.sheet);
    Ok(Opened { input, mapping, forced, skip, sheet, rejected: Vec::new(), rounded: None, examples })
}

/// The rows that can be read; the others are rejected.
pub fn rows<R: Record>(opened: &mut Opened, session: &Session<'_>, fill: Fill) -> Result<Vec<Candidate<R>>, Failure> {
    require(R::TABLE, &opened.mapping, &opened.input.sheet, session.lang)?;
    let sheet = opened.input.sheet.clone();
    rows_of(opened, &sheet, session, fill)
}

/// Those of a part of the sheet.
pub fn rows_of<R: Record>(opened: &mut Opened, sheet: &Sheet, session: &Session<'_>, fill: Fill) -> Result<Vec<Candidate<R>>, Failure> {
    let (mut taken, mut rejected) = typed::read::<R>(sheet, &opened.mapping, &session.locale()?, fill);
    lost::propose(session, sheet, &opened.mapping, &mut taken, &mut rejected)?;
    opened.rejected.append(&mut rejected);
    let mut rounded = taken.iter().filter_map(|row| row.rounded.clone());
    opened.rounded = rounded.next().map(|first| (1 + rounded.count(), first));
    Ok(taken)
}

/// What the file's words mean, by the saved map; what is wrong with that is told with its line.
fn words_of(table: &Table, args: &Args, session: &Session<'_>, saved: &RawMap) -> Result<Values, Failure> {
    Values::new(table, saved.values.as_ref(), saved.blank.as_ref()).or_else(|problems| {
        let Some(name) = &args.use_map else { return Err(problems.into()) };
        let document = safe_map(name)?;
        let text = session.book()?.document(&document)?.unwrap_or_default();
        Err(store::Book::place_in(&document, &text, problems).into())
    })
}

/// How many headers and coded values of a text belong to a table.
fn familiar(table: &'static Table, skip: usize, text: &str) -> usize {
    const ENOUGH: usize = 200;
    let Ok(sheet) = Sheet::parse_after(skip, "", text) else { return 0 };
    let kinds: Vec<Option<Kind>> = sheet.headers.iter().map(|header| table.find(header).map(|at| table.columns[at].kind)).collect();
    let is_coded = |(cell, kind): &(&String, &Option<Kind>)| match kind {
        Some(Kind::Code(words)) => words.iter().any(|word| word.matches(cell)),
        _ => false,
    };
    let coded = sheet.rows.iter().take(ENOUGH).map(|row| row.cells.iter().zip(&kinds).filter(is_coded).count());
    kinds.iter().flatten().count() + coded.sum::<usize>()
}

fn saved_map(args: &Args, session: &Session<'_>) -> Result<RawMap, Failure> {
    let Some(name) = &args.use_map else { return Ok(RawMap::default()) };
    let document = safe_map(name)?;
    match session.book()?.parse_document::<RawMap>(&document)? {
        Some((raw, _)) => Ok(raw),
        None => Err(What::CannotRead { path: store::Book::document_name(&document), reason: "not there".into() }.into()),
    }
}

pub fn safe_map(name: &str) -> Result<Document, Failure> {
    if store::layout::is_safe_name(name) { Ok(Document::Map(name.to_owned())) } else { Err(What::BadId { value: name.to_owned() }.into()) }
}

/// Fields without which no row can be read.
fn require(table: &'static Table, mapping: &Mapping, sheet: &Sheet, lang: Lang) -> Result<(), Failure> {
    if mapping.sources.iter().all(Option::is_none) {
        let (headers, code) = (sheet.headers.join(", "), table.word.code);
        let zh = format!("认不出任何一列: {headers}。请用 --map 字段=列名 说明;字段见 carebook list {code} --json=?");
        let en =
            format!("none of these columns is known: {headers}. Say --map FIELD=COLUMN; `carebook list {code} --json=?` has the fields");
        return Err(What::Usage { message: [zh, en] }.into());
    }
    let columns = table.columns.iter().zip(&mapping.sources);
    let lacking: Vec<&Word> = columns
        .filter(|(column, source)| !column.optional && is_required(table, column) && source.is_none())
        .map(|(column, _)| &column.word)
        .collect();
    let Some(first) = lacking.first().map(|word| word.code) else { return Ok(()) };
    let names = lacking.iter().map(|word| lang.pick(format!("{} ({})", word.zh, word.code), word.code.to_owned()));
    let (names, headers) = (names.collect::<Vec<_>>().join(", "), sheet.headers.join(", "));
    let zh = format!("没有找到这些字段的列: {names}。文件的列: {headers}。请加 --map {first}=列名,或各行相同时 --map {first}==值");
    let en = format!(
        "no column for: {names}. The file has: {headers}. Add --map {first}=COLUMN, or --map {first}==VALUE where all rows share it"
    );
    Err(What::Usage { message: [zh, en] }.into())
}
