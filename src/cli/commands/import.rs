//! `import`: a file's rows into the book, every one accounted for.

use serde_json::{Map, json};

use crate::base::date::DateOrder;
use crate::base::problem::{Problem, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::exchange::mapping::{Mapping, RawMap, Wishes, date_order};
use crate::exchange::sheet::Sheet;
use crate::exchange::typed::{self, Candidate, Fill, Rejected};
use crate::exchange::{encoding, rejects};
use crate::model::customer::{CUSTOMERS, Customer};
use crate::model::draft::{Batch, Document, Draft, Need, Which};
use crate::model::order::{ORDERS, Order};
use crate::model::record::Record;
use crate::model::request::{REQUESTS, Request};
use crate::model::table::Table;
use crate::ops::import::{self, Incoming, Tally};
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
    /// The CSV file; - reads standard input
    pub file: String,
    /// Which column feeds a field: FIELD=COLUMN, FIELD=#3, or FIELD==CONSTANT; may be repeated
    #[arg(short, long, value_name = "FIELD=COLUMN")]
    pub map: Vec<String>,
    /// Use the saved map maps/NAME.yaml
    #[arg(long, value_name = "NAME")]
    pub use_map: Option<String>,
    /// Save this mapping as maps/NAME.yaml for the next file
    #[arg(long, value_name = "NAME")]
    pub save_map: Option<String>,
    /// The file's encoding: utf-8, gb18030, utf-16le, latin1 [default: found out]
    #[arg(long)]
    pub encoding: Option<String>,
    /// Order of day and month in dates such as 03/04/2026: dmy or mdy
    #[arg(long, value_name = "ORDER")]
    pub date_order: Option<String>,
    /// Where rejected rows go [default: NAME-rejects.csv]
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<String>,
    /// Orders: make customers that the archive lacks
    #[arg(long)]
    pub create_customers: bool,
}

/// A foreign file as text, and what the log will say of it.
pub struct Input {
    pub sheet: Sheet,
    pub encoding: &'static str,
    pub facts: Map<String, serde_json::Value>,
}

/// A file read and mapped, before its rows are taken over.
struct Opened {
    input: Input,
    mapping: Mapping,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match args.what {
        Subject::Customers => {
            let (opened, rows, rejected) = open::<Customer>(args, session, &CUSTOMERS, |_| {})?;
            let mut draft = session.draft(&[Need::Customers])?;
            let tally = import::customers::import(&mut draft, rows);
            finish::<Customer>(args, session, draft, &opened, tally, &rejected)
        }
        Subject::Orders => {
            let (opened, rows, mut rejected) = open::<Order>(args, session, &ORDERS, |_| {})?;
            let rows = without_wrong_signs(session, &opened, rows, &mut rejected)?;
            let mut draft = session.draft(&[Need::Customers, Need::Orders])?;
            let (present, made) = present_orders(session, &rows)?;
            let tally = import::orders::import(&mut draft, rows, present, &made, args.create_customers);
            finish::<Order>(args, session, draft, &opened, tally, &rejected)
        }
        Subject::Requests => {
            let (opened, rows, rejected) = open::<Request>(args, session, &REQUESTS, import::requests::fill)?;
            let mut draft = session.draft(&[Need::Customers, Need::Requests(Which::All)])?;
            let tally = import::requests::import(&mut draft, rows);
            finish::<Request>(args, session, draft, &opened, tally, &rejected)
        }
    }
}

type Rows<R> = (Opened, Vec<Incoming<R>>, Vec<Rejected>);

fn open<R: Record>(args: &Args, session: &mut Session<'_>, table: &'static Table, fill: Fill) -> Result<Rows<R>, Failure> {
    let saved = saved_map(args, session)?;
    let forced = args.encoding.as_deref().or(saved.encoding.as_deref());
    let first_line = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    let known = |text: &str| first_line(text).split([',', ';', '\t']).any(|cell| table.find(cell.trim_matches('"')).is_some());
    let input = decode(session, &args.file, forced, &known)?;
    let order = match args.date_order.as_deref().or(saved.date_order.as_deref()) {
        Some(text) => date_order(text)?,
        None => DateOrder::Iso,
    };
    let wishes = Wishes::parse(&args.map)?.over(&saved);
    let mapping = Mapping::new(table, &input.sheet.headers, &wishes, order)?;
    require(table, &mapping, &input.sheet)?;
    let (taken, rejected) = typed::read::<R>(&input.sheet, &mapping, &session.locale()?, fill);
    let rows = taken.into_iter().map(|Candidate { record, has_id, given, .. }| Incoming { record, has_id, given }).collect();
    Ok((Opened { input, mapping }, rows, rejected))
}

/// Reads a foreign file and decodes it.
pub fn decode(session: &Session<'_>, file: &str, forced: Option<&str>, known: &dyn Fn(&str) -> bool) -> Result<Input, Failure> {
    let bytes = session.read_input(file)?;
    let at_file = |what: What| Problem::error(what).at(crate::base::problem::Place::file(file));
    let decoded = encoding::decode(&bytes, forced, known).map_err(at_file)?;
    let name = std::path::Path::new(file).file_name().map_or_else(|| file.to_owned(), |name| name.to_string_lossy().into_owned());
    let mut facts = Map::new();
    facts.insert("file".into(), name.into());
    facts.insert("sha256".into(), store::sha256(&bytes).into());
    facts.insert("encoding".into(), decoded.encoding.into());
    Ok(Input { sheet: Sheet::parse(file, &decoded.text)?, encoding: decoded.encoding, facts })
}

fn saved_map(args: &Args, session: &Session<'_>) -> Result<RawMap, Failure> {
    let Some(name) = &args.use_map else { return Ok(RawMap::default()) };
    let document = safe_map(name)?;
    match session.book()?.parse_document::<RawMap>(&document)? {
        Some((raw, _)) => Ok(raw),
        None => Err(What::CannotRead { path: store::Book::document_name(&document), reason: "not there".into() }.into()),
    }
}

fn safe_map(name: &str) -> Result<Document, Failure> {
    if store::layout::is_safe_name(name) { Ok(Document::Map(name.to_owned())) } else { Err(What::BadId { value: name.to_owned() }.into()) }
}

/// Fields without which no row can be read.
fn require(table: &'static Table, mapping: &Mapping, sheet: &Sheet) -> Result<(), Failure> {
    let optional = |code: &str| matches!(code, "id" | "severity" | "stage");
    let lacking = table
        .columns
        .iter()
        .enumerate()
        .filter(|(i, column)| !column.optional && !optional(column.word.code) && mapping.sources[*i].is_none());
    let codes: Vec<&str> = lacking.map(|(_, column)| column.word.code).collect();
    if !codes.is_empty() {
        let (headers, code) = (sheet.headers.join(", "), codes[0]);
        let zh = format!("没有找到这些字段的列: {}。文件的列: {headers}。请加 --map {code}=列名", codes.join(", "));
        let en = format!("no column for: {}. The file has: {headers}. Add --map {code}=COLUMN", codes.join(", "));
        return Err(What::Usage { message: [zh, en] }.into());
    }
    let nothing = mapping.sources.iter().all(Option::is_none);
    if nothing { Err(What::NothingToImport.into()) } else { Ok(()) }
}

/// A refund is negative: a positive one is refused rather than turned round.
fn without_wrong_signs(
    session: &Session<'_>,
    opened: &Opened,
    rows: Vec<Incoming<Order>>,
    rejected: &mut Vec<Rejected>,
) -> Result<Vec<Incoming<Order>>, Failure> {
    let locale = session.locale()?;
    let refused: Vec<u64> = rejected.iter().map(|row| row.row.line).collect();
    let lines: Vec<_> = opened.input.sheet.rows.iter().filter(|row| !refused.contains(&row.line)).collect();
    let mut kept = Vec::new();
    for (incoming, row) in rows.into_iter().zip(lines) {
        match import::orders::sign_is_wrong(&incoming.record, &locale) {
            Some(value) => {
                let amount = ORDERS.position("amount").and_then(|at| opened.mapping.column(at));
                let what = What::OutOfRange { value, min: "…".into(), max: "0".into() };
                let problem = Problem::error(what).at(row.place(&opened.input.sheet.file, amount)).field("amount");
                rejected.push(Rejected { row: row.clone(), problems: vec![problem] });
            }
            None => kept.push(incoming),
        }
    }
    rejected.sort_by_key(|row| row.row.line);
    Ok(kept)
}

/// The book's lines that the file restates, and the ids of the shape carebook makes itself.
fn present_orders(session: &mut Session<'_>, rows: &[Incoming<Order>]) -> Result<(Vec<import::orders::Present>, Vec<String>), Failure> {
    let wanted = import::orders::Wanted::of(rows);
    let makes_ids = rows.iter().any(|row| !row.has_id);
    let (mut present, mut made) = (Vec::new(), Vec::new());
    session.scan_order_lines(&mut |origin, order| {
        let line = import::orders::Line::read(order.customer, order.date, order.amount, order.quantity, order.product, order.kind);
        if makes_ids && order.id.starts_with('O') {
            made.push(order.id.to_owned());
        }
        let hit = wanted.has(order.id, &line);
        if hit {
            present.push(import::orders::Present { id: order.id.to_owned(), line, origin });
        }
        hit
    })?;
    Ok((present, made))
}

fn finish<R: Record>(
    args: &Args,
    session: &mut Session<'_>,
    mut draft: Draft,
    opened: &Opened,
    tally: Tally,
    rejected: &[Rejected],
) -> Result<Exit, Failure> {
    let mut receipt = Receipt {
        what: R::TABLE.word.code,
        file: args.file.clone(),
        encoding: opened.input.encoding,
        rows: opened.input.sheet.rows.len(),
        new: tally.new,
        updated: tally.updated,
        unchanged: tally.unchanged,
        rejected: rejected.len(),
        strangers: tally.strangers,
        mapped: mapped::<R>(opened),
        unused: opened.mapping.unused.clone(),
        rejects_file: None,
        batch: draft.batch_id(),
        dry_run: session.flags.dry_run,
    };
    let mut facts = opened.input.facts.clone();
    for (name, count) in [
        ("rows", receipt.rows),
        ("new", tally.new),
        ("updated", tally.updated),
        ("unchanged", tally.unchanged),
        ("rejected", rejected.len()),
    ] {
        facts.insert(name.into(), json!(count));
    }
    if tally.new + tally.updated > 0 {
        draft.batch = Some(Batch { id: draft.batch_id(), table: R::TABLE.word.code, facts });
    }
    if let Some(name) = &args.save_map {
        let saved = opened.mapping.save(R::TABLE, &opened.input.sheet.headers);
        let text = serde_yaml::to_string(&saved).map_err(|error| Failure::Internal(error.into()))?;
        draft.documents.push((safe_map(name)?, text));
    }
    let stamp = session.stamp("import")?;
    session.commit(&draft, &stamp)?;
    receipt.rejects_file = write_rejects(session, &args.file, args.rejects.as_deref(), &opened.input.sheet, rejected)?;
    if session.wants_json() {
        session.print_json(&receipt.json())?;
    }
    session.say(&receipt::text(&receipt, session.lang));
    Ok(if rejected.is_empty() { Exit::Done } else { Exit::BadRows })
}

fn mapped<R: Record>(opened: &Opened) -> Vec<(String, String)> {
    let name = |at: usize| opened.mapping.column(at).map(|from| opened.input.sheet.headers[from].clone());
    let columns = R::TABLE.columns.iter().enumerate();
    columns.filter_map(|(at, column)| Some((column.word.code.to_owned(), name(at)?))).collect()
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
    let stem = std::path::Path::new(file).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let stem = if file == "-" { "stdin" } else { stem.trim_end_matches("-rejects") };
    let path = wanted.map_or_else(|| format!("{stem}-rejects.csv"), str::to_owned);
    store::write_outside(&session.ui.host.path(&path), text.as_bytes())?;
    Ok(Some(path))
}
