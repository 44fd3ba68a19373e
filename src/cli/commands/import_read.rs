//! The reading of a file that is imported: which sheet, which columns, what its words mean; then its rows.

use std::collections::BTreeMap;

use crate::base::date::DateOrder;
use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::problem::{Problem, Problems, What};
use crate::cli::commands::import::{Args, Subject};
use crate::cli::commands::import_returned::refuse_other_table;
use crate::cli::commands::sheet::without_examples;
use crate::cli::error::Failure;
use crate::cli::foreign::Input;
use crate::cli::lost;
use crate::cli::maps::{self, Found, Typed};
use crate::cli::session::Session;
use crate::exchange::map_draft;
use crate::exchange::map_file::RawMap;
use crate::exchange::mapping::{Mapping, Wishes, date_order};
use crate::exchange::sheet::Sheet;
use crate::exchange::typed::{self, Candidate, Fill, Rejected};
use crate::exchange::values::Values;
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
    /// The saved map it was read by.
    pub map: Option<String>,
    pub mapping: Mapping,
    pub forced: Option<String>,
    pub skip: usize,
    /// The sheet that was asked for.
    pub sheet: Option<String>,
    pub rejected: Vec<Rejected>,
    pub rounded: Option<(usize, String)>,
    /// Rows that the map passes over, and records beyond the first of a row.
    pub passed_over: usize,
    pub further: usize,
    /// Rows that only showed how to fill in the others.
    pub examples: usize,
}

/// Reads a file and finds out which of its columns feeds which field.
pub fn look<R: Record>(args: &Args, session: &mut Session<'_>) -> Result<Opened, Failure> {
    let typed = Wishes::parse(&args.map)?;
    let known = |saved: &RawMap, header: &str| R::TABLE.find(header).is_some() || typed.clone().over(saved).name(header);
    let Found { mut input, map, saved } = maps::open(session, &way::<R>(args), &known, &|skip, text| familiar(R::TABLE, skip, text))?;
    let forced = args.encoding.clone().or_else(|| saved.encoding.clone());
    let skip = args.skip.or(saved.skip).unwrap_or(0);
    let wishes = typed.over(&saved);
    refuse_other_table(&input.sheet, R::TABLE, session)?;
    let examples = without_examples(&mut input.sheet, R::TABLE)?;
    let order = match args.date_order.as_deref().or(saved.date_order.as_deref()) {
        Some(text) => date_order(text)?,
        None => DateOrder::Iso,
    };
    let (wishes, of_history) = wishes.split_history();
    let (wishes, of_own) = wishes.split_own();
    let declared = session.book()?.settings.columns.of(R::TABLE);
    let mut mapping = Mapping::new(R::TABLE, &input.sheet.headers, &wishes, order)?.with_own(declared, &input.sheet.headers, &of_own)?;
    if args.history && args.what == Subject::Requests {
        mapping = mapping.of_history(R::TABLE, &input.sheet.headers, &of_history)?;
    } else if args.history || !of_history.0.is_empty() {
        let zh = "--history 用于 import requests,changed_at 列说明每一行从何时起如此".to_owned();
        let en = "--history is for `import requests`, and changed_at says since when each row holds".to_owned();
        return Err(What::Usage { message: [zh, en] }.into());
    }
    mapping.values =
        Values::new(R::TABLE, saved.values.as_ref(), saved.blank.as_ref()).map_err(|wrong| placed(wrong, map.as_deref(), session))?;
    let mapping =
        mapping.with_conditions(R::TABLE, &input.sheet.headers, &saved).map_err(|wrong| placed(wrong, map.as_deref(), session))?;
    let mapping = Mapping { currency: Some(session.book()?.settings.currency.clone()), ..mapping };
    let sheet = args.sheet.clone().or(saved.sheet);
    if let Some(name) = &args.draft_map {
        let text = map_draft::write(R::TABLE, &input.sheet, &mapping, skip, sheet.as_deref(), session.lang);
        return drafted(session, name, &text);
    }
    if input.sheet.rows.is_empty() {
        return Err(What::NothingToImport.into());
    }
    let (rejected, rounded, passed_over, further) = (Vec::new(), None, 0, 0);
    Ok(Opened { input, map, mapping, forced, skip, sheet, rejected, rounded, passed_over, further, examples })
}

/// The rows that can be read; the others are rejected.
pub fn rows<R: Record>(opened: &mut Opened, session: &Session<'_>, fill: Fill) -> Result<Vec<Candidate<R>>, Failure> {
    require(R::TABLE, &opened.mapping, &opened.input.sheet, session.lang)?;
    let sheet = opened.input.sheet.clone();
    rows_of(opened, &sheet, session, fill)
}

/// Those of a part of the sheet.
pub fn rows_of<R: Record>(opened: &mut Opened, sheet: &Sheet, session: &Session<'_>, fill: Fill) -> Result<Vec<Candidate<R>>, Failure> {
    let typed::Read { mut taken, mut rejected, passed_over, further } = typed::read::<R>(sheet, &opened.mapping, &session.locale()?, fill);
    lost::propose(session, sheet, &opened.mapping, &mut taken, &mut rejected)?;
    (opened.passed_over, opened.further) = (passed_over, further);
    let mut ahead = to_come(opened, sheet, session, &mut taken)?;
    opened.rejected.append(&mut rejected);
    opened.rejected.append(&mut ahead);
    let mut rounded = taken.iter().filter_map(|row| row.rounded.clone());
    opened.rounded = rounded.next().map(|first| (1 + rounded.count(), first));
    Ok(taken)
}

/// What is told of after it happened, by table: neither a look at the data nor a talk is still to come.
const PAST: &[(&str, &str)] = &[("customers", "verified_on"), ("interactions", "at")];

/// Takes out the rows that tell of something as done that is still to come.
fn to_come<R: Record>(
    opened: &mut Opened,
    sheet: &Sheet,
    session: &Session<'_>,
    taken: &mut Vec<Candidate<R>>,
) -> Result<Vec<Rejected>, Failure> {
    let Some((_, code)) = PAST.iter().find(|(table, _)| *table == R::TABLE.word.code) else { return Ok(Vec::new()) };
    let (Some(at), locale) = (R::TABLE.position(code), session.locale()?) else { return Ok(Vec::new()) };
    let ahead = |row: &Candidate<R>| {
        let text = row.record.written(at, &locale);
        let when = Instant::parse(&text, locale.zone, DateOrder::Iso).ok()?;
        (when > session.now).then_some(text)
    };
    let wrong: BTreeMap<u64, String> = taken.iter().filter_map(|row| Some((row.line, ahead(row)?))).collect();
    let before = taken.len();
    taken.retain(|row| !wrong.contains_key(&row.line));
    opened.further -= before - taken.len() - wrong.len();
    let cell = opened.mapping.column(at);
    let rejected = |(line, value): (u64, String)| {
        let row = sheet.rows.iter().find(|row| row.line == line)?;
        let what = What::OutOfRange { value, min: "1900-01-01".into(), max: session.now.minute(locale.zone) };
        let problem = Problem::error(what).at(row.place(&sheet.file, cell)).field(*code);
        Some(Rejected { row: row.clone(), problems: vec![problem] })
    };
    Ok(wrong.into_iter().filter_map(rejected).collect())
}

fn way<R: Record>(args: &Args) -> Typed<'_> {
    Typed {
        file: &args.file,
        table: R::TABLE.word.code,
        map: args.use_map.as_deref(),
        without_map: args.no_map || args.draft_map.is_some(),
        history: args.history,
        encoding: args.encoding.as_deref(),
        skip: args.skip,
        sheet: args.sheet.as_deref(),
    }
}

/// Writes a map to be finished by hand. Nothing is imported by it yet.
fn drafted<T>(session: &mut Session<'_>, name: &str, text: &str) -> Result<T, Failure> {
    let document = maps::document(name)?;
    let path = store::Book::document_name(&document);
    if session.book()?.document(&document)?.is_some() {
        return Err(What::OwnFile { path }.into());
    }
    let mut draft = session.draft(&[])?;
    let mut stamp = session.stamp("map")?;
    stamp.note.clone_from(&path);
    draft.documents.push((document, text.to_owned()));
    session.commit(&draft, &stamp)?;
    session.say(text.trim_end());
    let zh = format!("还没有导入:请先改好 {path},再运行一次");
    let en = format!("nothing is imported yet: finish {path}, then run it again");
    Err(What::ConfirmationNeeded { flag: "--use-map", what: [zh, en] }.into())
}

/// What is wrong with a saved map, with its line.
fn placed(problems: Problems, map: Option<&str>, session: &Session<'_>) -> Problems {
    let Some(document) = map.map(|name| Document::Map(name.to_owned())) else { return problems };
    match session.book().map(|book| book.document(&document)) {
        Ok(Ok(Some(text))) => store::Book::place_in(&document, &text, problems),
        _ => problems,
    }
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
