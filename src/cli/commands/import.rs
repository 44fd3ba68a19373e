//! `import`: a file's rows into the book, every one accounted for.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, json};

use crate::base::date::DateOrder;
use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::problem::{Problem, Problems, What};
use crate::cli::archive::{self, Likeness};
use crate::cli::error::{Exit, Failure};
use crate::cli::foreign::Input;
use crate::cli::maps::{self, Found, Typed};
use crate::cli::session::Session;
use crate::engine::clock;
use crate::exchange::history::{self, State};
use crate::exchange::map_draft;
use crate::exchange::map_file::RawMap;
use crate::exchange::mapping::{Mapping, Source, Wishes, date_order};
use crate::exchange::rejects;
use crate::exchange::sheet::Sheet;
use crate::exchange::typed::{self, Candidate, Fill, Rejected};
use crate::exchange::values::Values;
use crate::model::cell::Kind;
use crate::model::customer::Customer;
use crate::model::draft::{Batch, Document, Draft, Need, Which};
use crate::model::log::LogRow;
use crate::model::order::Order;
use crate::model::record::Record;
use crate::model::request::{REQUESTS, Request};
use crate::model::table::{Column, Table};
use crate::model::vocabulary::Word;
use crate::ops::import::history::Moment;
use crate::ops::import::orders::{Line, Present, Wanted};
use crate::ops::import::{self, Incoming, Outcome, Refusal};
use crate::store;
use crate::view::present::receipt::{self, Receipt};

/// What can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Subject {
    #[value(alias = "客户")]
    Customers,
    #[value(alias = "订单")]
    Orders,
    #[value(alias = "诉求")]
    Requests,
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// customers, orders or requests
    pub what: Subject,
    /// The file: CSV, xlsx, xls, ods; - reads standard input
    pub file: String,
    /// Which column feeds a field: FIELD=COLUMN, FIELD=#3, or FIELD==CONSTANT; may be repeated
    #[arg(short, long, value_name = "FIELD=COLUMN")]
    pub map: Vec<String>,
    /// Use the saved map maps/NAME.yaml [default: the one saved for this header]
    #[arg(long, value_name = "NAME")]
    pub use_map: Option<String>,
    /// Write a draft of maps/NAME.yaml from this file, with samples, and import nothing
    #[arg(long, value_name = "NAME", conflicts_with_all = ["use_map", "save_map"])]
    pub draft_map: Option<String>,
    /// Use no saved map, even if one fits the header
    #[arg(long, conflicts_with = "use_map")]
    pub no_map: bool,
    /// Save this mapping as maps/NAME.yaml for the next file
    #[arg(long, value_name = "NAME")]
    pub save_map: Option<String>,
    /// Lines to pass over before the header [default: the header is found]
    #[arg(long, value_name = "N")]
    pub skip: Option<usize>,
    /// The sheet of a workbook, by name or number [default: the one whose header fits]
    #[arg(long, value_name = "SHEET")]
    pub sheet: Option<String>,
    /// The file's encoding: utf-8, gb18030, utf-16le, latin1 [default: found out]
    #[arg(long)]
    pub encoding: Option<String>,
    /// Order of day and month in dates such as 03/04/2026: dmy or mdy
    #[arg(long, value_name = "ORDER")]
    pub date_order: Option<String>,
    /// Where rejected rows go [default: NAME-rejects.csv]
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<String>,
    /// Requests: several rows per request, each its state from a moment on (`changed_at`)
    #[arg(long)]
    pub history: bool,
    /// Orders: make customers that the archive lacks
    #[arg(long)]
    pub create_customers: bool,
}

/// A file read and mapped, before its rows are taken over.
struct Opened {
    input: Input,
    /// The saved map it was read by.
    map: Option<String>,
    mapping: Mapping,
    forced: Option<String>,
    skip: usize,
    /// The sheet that was asked for.
    sheet: Option<String>,
    rejected: Vec<Rejected>,
    rounded: Option<(usize, String)>,
    /// Rows that the map passes over, and records beyond the first of a row.
    passed_over: usize,
    further: usize,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match args.what {
        Subject::Customers => {
            let (opened, rows) = open::<Customer>(args, session, |_| {})?;
            let mut draft = session.draft(&[Need::Customers])?;
            let outcome = import::customers::import(&mut draft, rows);
            let alike = archive::alike_after(session, &draft)?;
            finish::<Customer>(args, session, draft, opened, &outcome, alike)
        }
        Subject::Orders => {
            let (opened, rows) = open::<Order>(args, session, |_| {})?;
            let mut draft = session.draft(&[Need::Customers, Need::Orders])?;
            let mut wanted = Wanted::of(&rows);
            let present = present_orders(session, &mut wanted)?;
            let outcome = import::orders::import(&mut draft, rows, present, wanted, args.create_customers);
            finish::<Order>(args, session, draft, opened, &outcome, Likeness::default())
        }
        Subject::Requests if args.history => histories(args, session),
        Subject::Requests => {
            let (opened, rows) = open::<Request>(args, session, import::requests::fill)?;
            let mut draft = session.draft(&[Need::Customers, Need::Knowledge, Need::Requests(Which::All)])?;
            let outcome = import::requests::import(&mut draft, rows);
            finish::<Request>(args, session, draft, opened, &outcome, Likeness::default())
        }
    }
}

/// Requests with their past.
fn histories(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (mut opened, taken) = read::<Request>(args, session, import::history::fill)?;
    let Some(moments) = opened.mapping.moments.clone() else { return Ok(Exit::Done) };
    let (sheet, locale) = (&opened.input.sheet, session.locale()?);
    let states = history::states(sheet, &opened.mapping, &moments, taken, &mut opened.rejected, &locale);
    let moment = |State { at, order, candidate }: State<Request>| Moment { at, order, row: incoming(candidate) };
    let rows: Vec<Moment> = states.into_iter().map(moment).collect();
    let mut draft = session.draft(&[Need::Customers, Need::Knowledge, Need::Requests(Which::All)])?;
    let told = told(session, &draft, &rows)?;
    // a blank constant says that nothing feeds the field, whatever the headers are called
    let feeds = |source: &Option<Source>| source.as_ref().is_some_and(|source| *source != Source::Constant(String::new()));
    let mapped: Vec<bool> = opened.mapping.sources.iter().map(feeds).collect();
    let outcome = import::history::import(&mut draft, rows, &import::history::Known { mapped: &mapped, told: &told });
    finish::<Request>(args, session, draft, opened, &outcome, Likeness::default())
}

/// Until when the log tells of the requests that are in the book already.
fn told(session: &Session<'_>, draft: &Draft, rows: &[Moment]) -> Result<HashMap<String, Instant>, Failure> {
    let ids: HashSet<&str> =
        rows.iter().map(|moment| moment.row.record.id.as_str()).filter(|id| draft.requests.get(id).is_some()).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let log: Vec<LogRow> = session.book()?.some(&|row: &LogRow| row.table == REQUESTS.word.code && ids.contains(row.id.as_str()))?;
    let mut by_id: HashMap<String, Vec<LogRow>> = HashMap::new();
    for row in log {
        by_id.entry(row.id.clone()).or_default().push(row);
    }
    Ok(by_id.into_iter().filter_map(|(id, log)| Some((id, clock::told_until(&log)?))).collect())
}

fn incoming<R>(candidate: Candidate<R>) -> Incoming<R> {
    let Candidate { line, record, has_id, given, .. } = candidate;
    Incoming { line, record, has_id, given }
}

fn open<R: Record>(args: &Args, session: &mut Session<'_>, fill: Fill) -> Result<(Opened, Vec<Incoming<R>>), Failure> {
    let (opened, taken) = read::<R>(args, session, fill)?;
    Ok((opened, taken.into_iter().map(incoming).collect()))
}

fn read<R: Record>(args: &Args, session: &mut Session<'_>, fill: Fill) -> Result<(Opened, Vec<Candidate<R>>), Failure> {
    let typed = Wishes::parse(&args.map)?;
    let known = |saved: &RawMap, header: &str| R::TABLE.find(header).is_some() || typed.clone().over(saved).name(header);
    let Found { input, map, saved } = maps::open(session, &way::<R>(args), &known, &|skip, text| familiar(R::TABLE, skip, text))?;
    let forced = args.encoding.clone().or_else(|| saved.encoding.clone());
    let skip = args.skip.or(saved.skip).unwrap_or(0);
    let wishes = typed.over(&saved);
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
    mapping.values =
        Values::new(R::TABLE, saved.values.as_ref(), saved.blank.as_ref()).map_err(|wrong| placed(wrong, map.as_deref(), session))?;
    let mapping =
        mapping.with_conditions(R::TABLE, &input.sheet.headers, &saved).map_err(|wrong| placed(wrong, map.as_deref(), session))?;
    let sheet = args.sheet.clone().or(saved.sheet);
    if let Some(name) = &args.draft_map {
        let text = map_draft::write(R::TABLE, &input.sheet, &mapping, skip, sheet.as_deref(), session.lang);
        return drafted(session, name, &text);
    }
    require(R::TABLE, &mapping, &input.sheet, session.lang)?;
    let typed::Read { taken, rejected, passed_over, further } = typed::read::<R>(&input.sheet, &mapping, &session.locale()?, fill);
    let mut rounded = taken.iter().filter_map(|row| row.rounded.clone());
    let rounded = rounded.next().map(|first| (1 + rounded.count(), first));
    Ok((Opened { input, map, mapping, forced, skip, sheet, rejected, rounded, passed_over, further }, taken))
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
    if sheet.rows.is_empty() {
        return Err(What::NothingToImport.into());
    }
    if mapping.sources.iter().all(Option::is_none) {
        let (headers, code) = (sheet.headers.join(", "), table.word.code);
        let zh = format!("认不出任何一列: {headers}。请用 --map 字段=列名 说明;字段见 carebook list {code} --json=?");
        let en =
            format!("none of these columns is known: {headers}. Say --map FIELD=COLUMN; `carebook list {code} --json=?` has the fields");
        return Err(What::Usage { message: [zh, en] }.into());
    }
    let optional = |code: &str| matches!(code, "id" | "severity" | "stage");
    let columns = table.columns.iter().zip(&mapping.sources);
    let lacking: Vec<&Word> = columns
        .filter(|(column, source)| !column.optional && !optional(column.word.code) && source.is_none())
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

/// The book's lines that the file restates.
fn present_orders(session: &mut Session<'_>, wanted: &mut Wanted) -> Result<Vec<Present>, Failure> {
    let mut present = Vec::new();
    session.scan_order_lines(&mut |origin, order| {
        let line = Line::read(order.customer, order.date, order.amount, order.quantity, order.product, order.kind);
        let hit = wanted.meet(order.id, &line);
        if hit {
            present.push(Present { id: order.id.to_owned(), line, batch: order.batch.to_owned(), origin });
        }
        hit
    })?;
    Ok(present)
}

/// Rows that the change itself refused join those that could not be read, in the order of the file.
fn refuse(opened: &mut Opened, table: &Table, refused: &[Refusal]) {
    let sheet = &opened.input.sheet;
    let mut placed: HashMap<u64, usize> = HashMap::new();
    for Refusal { line, column, what } in refused {
        // rows stand in the order of their lines
        let Ok(at) = sheet.rows.binary_search_by_key(line, |row| row.line) else { continue };
        let row = &sheet.rows[at];
        let cell = table.position(column).and_then(|at| opened.mapping.column(at));
        let problem = Problem::error(what.clone()).at(row.place(&sheet.file, cell)).field(*column);
        // a row of several records is rejected once
        if let Some(at) = placed.get(line) {
            opened.rejected[*at].problems.push(problem);
            opened.further -= 1;
        } else {
            placed.insert(*line, opened.rejected.len());
            opened.rejected.push(Rejected { row: row.clone(), problems: vec![problem] });
        }
    }
    opened.rejected.sort_by_key(|row| row.row.line);
}

fn finish<R: Record>(
    args: &Args,
    session: &mut Session<'_>,
    mut draft: Draft,
    mut opened: Opened,
    outcome: &Outcome,
    alike: Likeness,
) -> Result<Exit, Failure> {
    refuse(&mut opened, R::TABLE, &outcome.refused);
    let mut receipt = receipt_of::<R>(args, session, &opened, outcome);
    (receipt.alike, receipt.uncompared) = ((alike.lines, alike.json), alike.left_out);
    if outcome.tally.new + outcome.tally.updated + outcome.created > 0 {
        let id = draft.batch_id();
        receipt.batch = Some(id.clone());
        draft.batch = Some(Batch { id, table: R::TABLE.word.code, facts: facts(&opened, &receipt, outcome) });
    }
    if let Some(name) = &args.save_map {
        let saved = opened.mapping.save(R::TABLE, &opened.input.sheet.headers, opened.forced.as_deref(), opened.skip, opened.sheet.clone());
        let text = serde_yaml::to_string(&saved).map_err(|error| Failure::Internal(error.into()))?;
        draft.documents.push((maps::document(name)?, text));
    }
    // before the commit: were it the other way round, a full disk would lose the rows that were not taken
    receipt.rejects_file = write_rejects(session, &args.file, args.rejects.as_deref(), &opened.input.sheet, &opened.rejected)?;
    let stamp = session.stamp("import")?;
    session.commit(&draft, &stamp)?;
    if session.wants_json() {
        session.print_json(&receipt.json())?;
    }
    session.say(&receipt::text(&receipt, session.lang));
    Ok(if opened.rejected.is_empty() { Exit::Done } else { Exit::BadRows })
}

fn receipt_of<R: Record>(args: &Args, session: &Session<'_>, opened: &Opened, outcome: &Outcome) -> Receipt {
    Receipt {
        what: R::TABLE.word.code,
        file: args.file.clone(),
        read_from: opened.input.read_from(),
        map: opened.map.clone(),
        rows: opened.input.sheet.rows.len(),
        passed_over: opened.passed_over,
        further: opened.further,
        new: outcome.tally.new,
        updated: outcome.tally.updated,
        unchanged: outcome.tally.unchanged,
        rejected: opened.rejected.len(),
        strangers: outcome.tally.strangers,
        unknown: outcome.unknown,
        led: outcome.led,
        created: outcome.created,
        rounded: opened.rounded.clone(),
        mapped: mapped::<R>(opened),
        constants: constants::<R>(opened),
        unused: opened.mapping.unused.clone(),
        history: outcome.history,
        dry_run: session.flags.dry_run,
        ..Receipt::default()
    }
}

/// The one log row of the import: the file, the counts, and what is no longer in any table.
fn facts(opened: &Opened, receipt: &Receipt, outcome: &Outcome) -> Map<String, serde_json::Value> {
    let mut facts = opened.input.facts.clone();
    let Receipt { rows, new, updated, unchanged, rejected, created, .. } = *receipt;
    if let Some(map) = &opened.map {
        facts.insert("map".into(), map.as_str().into());
    }
    for (name, count) in [("rows", rows), ("new", new), ("updated", updated), ("unchanged", unchanged), ("rejected", rejected)] {
        facts.insert(name.into(), json!(count));
    }
    if created > 0 {
        facts.insert("created_customers".into(), json!(created));
    }
    if !outcome.replaced.is_empty() {
        facts.insert("replaced".into(), outcome.replaced.clone().into());
    }
    facts
}

fn mapped<R: Record>(opened: &Opened) -> Vec<(String, String)> {
    let header = |from: usize| opened.input.sheet.headers[from].clone();
    let name = |at: usize| match &opened.mapping.sources[at] {
        Some(Source::Column(from)) => Some(header(*from)),
        Some(Source::Product(a, b)) => Some(format!("{} × {}", header(*a), header(*b))),
        Some(Source::Negated(from)) => Some(format!("−{}", header(*from))),
        Some(Source::Constant(_)) | None => None,
    };
    let columns = R::TABLE.columns.iter().enumerate();
    columns.filter_map(|(at, column)| Some((column.word.code.to_owned(), name(at)?))).collect()
}

fn constants<R: Record>(opened: &Opened) -> Vec<(String, String)> {
    let sources = R::TABLE.columns.iter().zip(&opened.mapping.sources);
    let constant = |(column, source): (&Column, &Option<Source>)| match source {
        Some(Source::Constant(text)) => Some((column.word.code.to_owned(), text.clone())),
        _ => None,
    };
    sources.filter_map(constant).collect()
}

/// Says what was wrong with the rejected rows and writes them beside; gives the file's name.
pub fn write_rejects(
    session: &mut Session<'_>,
    file: &str,
    wanted: Option<&str>,
    sheet: &Sheet,
    rejected: &[Rejected],
) -> Result<Option<String>, Failure> {
    if rejected.is_empty() {
        return Ok(None);
    }
    let lang = session.lang;
    let problems: Vec<Problem> = rejected.iter().flat_map(|row| row.problems.clone()).collect();
    session.ui.complain(&crate::view::problem::list(&problems, lang));
    if session.flags.dry_run {
        return Ok(None);
    }
    let words = |row: &Rejected| {
        let reasons: Vec<String> = row.problems.iter().map(|problem| crate::view::problem::reason(problem, lang)).collect();
        reasons.join("; ")
    };
    let text = rejects::write(sheet, rejected, lang, &words);
    if wanted.is_some_and(|wanted| wanted == file) {
        let message = ["--rejects 不能是导入的文件本身".to_owned(), "--rejects may not be the file that is imported".to_owned()];
        return Err(What::Usage { message }.into());
    }
    let path = match wanted {
        Some(wanted) => wanted.to_owned(),
        None => free_name(session, file, text.as_bytes())?,
    };
    let target = session.ui.host.path(&path);
    store::Book::write_outside(session.book().ok(), &target, text.as_bytes())?;
    Ok(Some(path))
}

/// `NAME-rejects.csv` in the folder we are in, or with a number: rows that somebody is mending are never written over.
fn free_name(session: &Session<'_>, file: &str, text: &[u8]) -> Result<String, Failure> {
    let stem = std::path::Path::new(file).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let stem = if file == "-" { "stdin" } else { stem.split_once("-rejects").map_or(stem.as_str(), |(stem, _)| stem) };
    let names = std::iter::once(format!("{stem}-rejects.csv")).chain((2..1000).map(|n| format!("{stem}-rejects-{n}.csv")));
    for name in names {
        let is_there = session.ui.host.path(&name).try_exists();
        let is_there = is_there.map_err(|error| What::CannotWrite { path: name.clone(), reason: error.to_string() })?;
        if !is_there || session.read_input(&name).is_ok_and(|present| present == text) {
            return Ok(name);
        }
    }
    Err(What::InputNeeded { flag: "--rejects" }.into())
}
