//! `import`: a file's rows into the book, every one accounted for.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, json};

use crate::base::instant::Instant;
use crate::base::problem::{Problem, What};
use crate::cli::archive::{self, Likeness};
use crate::cli::commands::import_read::{self, Opened};
use crate::cli::commands::import_returned;
use crate::cli::error::{Exit, Failure};
use crate::cli::maps;
use crate::cli::session::Session;
use crate::engine::clock;
use crate::exchange::history::{self, State};
use crate::exchange::mapping::{Mapping, Source};
use crate::exchange::rejects;
use crate::exchange::sheet::Sheet;
use crate::exchange::typed::{self, Candidate, Fill, Rejected};
use crate::model::contact::Contact;
use crate::model::customer::Customer;
use crate::model::draft::{Batch, Draft, Need, Which};
use crate::model::interaction::Interaction;
use crate::model::knowledge::Knowledge;
use crate::model::log::LogRow;
use crate::model::order::Order;
use crate::model::record::Record;
use crate::model::request::{REQUESTS, Request};
use crate::model::revisit::Revisit;
use crate::model::staff::Staff;
use crate::model::table::Table;
use crate::ops::import::history::Moment;
use crate::ops::import::kept::Kept;
use crate::ops::import::orders::{Line, Present, Wanted as WantedOrders};
use crate::ops::import::orders_returned::{self, SortedOut};
use crate::ops::import::plain::fill;
use crate::ops::import::returned::Settle;
use crate::ops::import::{self, Incoming, Outcome, Refusal};
use crate::store;
use crate::view::present::receipt::{self, Receipt};
use crate::view::present::returned::Came;

/// What can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Subject {
    #[value(alias = "客户")]
    Customers,
    #[value(alias = "订单")]
    Orders,
    #[value(alias = "诉求")]
    Requests,
    #[value(alias = "联系人")]
    Contacts,
    #[value(alias = "员工")]
    Staff,
    #[value(alias = "回访")]
    Revisits,
    #[value(alias = "沟通", alias = "沟通记录")]
    Interactions,
    #[value(alias = "知识")]
    Knowledge,
}

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub struct Args {
    /// customers, orders, requests, contacts, staff, revisits, interactions or knowledge
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
    /// An edited export: where both sides changed a cell, take the sheet's
    #[arg(long, conflicts_with = "ours")]
    pub theirs: bool,
    /// An edited export: where both sides changed a cell, keep the book's
    #[arg(long)]
    pub ours: bool,
    /// Orders: make customers that the archive lacks
    #[arg(long)]
    pub create_customers: bool,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match args.what {
        Subject::Customers => sheet::<Customer>(args, session),
        Subject::Contacts => sheet::<Contact>(args, session),
        Subject::Staff => sheet::<Staff>(args, session),
        Subject::Revisits => sheet::<Revisit>(args, session),
        Subject::Interactions => sheet::<Interaction>(args, session),
        Subject::Knowledge => sheet::<Knowledge>(args, session),
        Subject::Orders => orders(args, session),
        Subject::Requests if args.history => histories(args, session),
        Subject::Requests => sheet::<Request>(args, session),
    }
}

/// A record whose rows come in sheets, new ones and edited exports.
pub trait Sheeted: Kept {
    const FILL: Fill;
    fn needs() -> Vec<Need>;
    /// # Errors
    /// The book cannot be read.
    fn take(session: &Session<'_>, draft: &mut Draft, rows: Vec<Incoming<Self>>) -> Result<Outcome, Failure>;
}

macro_rules! sheeted {
    ($($record:ident: $fill:expr, $take:expr, [$($need:expr),+];)+) => {
        $(impl Sheeted for $record {
            const FILL: Fill = $fill;
            fn needs() -> Vec<Need> {
                vec![$($need),+]
            }
            fn take(session: &Session<'_>, draft: &mut Draft, rows: Vec<Incoming<Self>>) -> Result<Outcome, Failure> {
                let take: fn(&Session<'_>, &mut Draft, Vec<Incoming<Self>>) -> Result<Outcome, Failure> = $take;
                take(session, draft, rows)
            }
        })+
    };
}

sheeted! {
    Customer: |_| {}, |_, draft, rows| Ok(import::customers::import(draft, rows)), [Need::Customers];
    Request: import::requests::fill, |_, draft, rows| Ok(import::requests::import(draft, rows)),
        [Need::Customers, Need::Knowledge, Need::Requests(Which::All)];
    Contact: |_| {}, |_, draft, rows| Ok(import::contacts::import(draft, rows)), [Need::Customers, Need::Contacts];
    Staff: fill::<Staff>, |_, draft, rows| Ok(import::plain::import(draft, rows)), [Need::Staff];
    Revisit: fill::<Revisit>, visits, [Need::Customers, Need::Revisits(Which::All)];
    Interaction: |_| {}, talks, [Need::Customers, Need::Contacts, Need::Interactions(Which::All)];
    Knowledge: fill::<Knowledge>, |_, draft, rows| Ok(import::plain::import(draft, rows)), [Need::Knowledge];
}

/// Talks, which may name requests.
fn talks(session: &Session<'_>, draft: &mut Draft, rows: Vec<Incoming<Interaction>>) -> Result<Outcome, Failure> {
    let requests = requests_there(session, &import::interactions::requests_named(&rows))?;
    Ok(import::interactions::import(draft, rows, &requests))
}

/// Revisits, which may name requests.
fn visits(session: &Session<'_>, draft: &mut Draft, rows: Vec<Incoming<Revisit>>) -> Result<Outcome, Failure> {
    let named = import::plain::requests_named(&rows, &session.locale()?);
    let requests = requests_there(session, &named.iter().map(String::as_str).collect())?;
    Ok(import::plain::import_linked(draft, rows, &requests))
}

/// Which of these requests the book has; it is read where there are any.
pub fn requests_there(session: &Session<'_>, named: &HashSet<&str>) -> Result<HashSet<String>, Failure> {
    if named.is_empty() {
        return Ok(HashSet::new());
    }
    let found: Vec<Request> = session.book()?.some(&|request: &Request| named.contains(request.id.as_str()))?;
    Ok(found.into_iter().map(|request| request.id.to_string()).collect())
}

/// A sheet: an edited export is merged cell by cell, any other file laid over the book.
fn sheet<R: Sheeted>(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut opened = import_read::look::<R>(args, session)?;
    if let Some(bases) = import_returned::bases::<R>(&mut opened, session)? {
        return import_returned::run::<R>(args, session, opened, &bases);
    }
    let rows = incoming_of(import_read::rows::<R>(&mut opened, session, R::FILL)?);
    let mut draft = session.draft(&R::needs())?;
    let outcome = R::take(session, &mut draft, rows)?;
    let alike = alike::<R>(session, &draft)?;
    finish::<R>(args, session, draft, opened, &outcome, End { alike, came: None })
}

/// Customers who may be there twice now.
pub fn alike<R: Record>(session: &Session<'_>, draft: &Draft) -> Result<Likeness, Failure> {
    if R::TABLE.word.code == "customers" { archive::alike_after(session, draft) } else { Ok(Likeness::default()) }
}

fn orders(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut opened = import_read::look::<Order>(args, session)?;
    let bases = import_returned::bases::<Order>(&mut opened, session)?;
    if let Some(bases) = &bases {
        import_returned::require_whole::<Order>(&opened, bases)?;
    }
    let mut rows = incoming_of(import_read::rows::<Order>(&mut opened, session, |_| {})?);
    let base = bases.as_ref().map(|bases| bases.records::<Order>(&session.locale()?)).transpose()?;
    if let Some(base) = &base {
        orders_returned::mend(&mut rows, base);
    }
    let mut draft = session.draft(&[Need::Customers, Need::Orders])?;
    let mut wanted = WantedOrders::of(&rows);
    let present = present_orders(session, &mut wanted)?;
    let sorted = base.map(|base| {
        let rows = std::mem::take(&mut rows);
        orders_returned::sort_out(rows, &base, &present, args.settle())
    });
    let (rows, kept, refused, came) = match sorted {
        None => (rows, 0, Vec::new(), None),
        Some(SortedOut { rows, unchanged, refused, back, newer, missing }) => {
            wanted.back = Some(back);
            let exports = bases.iter().flat_map(import_returned::Bases::numbers).collect();
            (rows, unchanged, refused, Some(Came { exports, newer, missing, ..Came::default() }))
        }
    };
    let torn = typed::torn(&opened.mapping, &opened.rejected);
    let mut outcome = import::orders::import(&mut draft, rows, present, wanted, torn, args.create_customers);
    outcome.tally.unchanged += kept;
    outcome.refused.extend(refused);
    finish::<Order>(args, session, draft, opened, &outcome, End { came, ..End::default() })
}

impl Args {
    /// Whose text holds where both sides changed a cell.
    pub fn settle(&self) -> Settle {
        match (self.theirs, self.ours) {
            (true, _) => Settle::Theirs,
            (_, true) => Settle::Ours,
            _ => Settle::Ask,
        }
    }
}

/// Requests with their past.
fn histories(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut opened = import_read::look::<Request>(args, session)?;
    let taken = import_read::rows::<Request>(&mut opened, session, import::history::fill)?;
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
    finish::<Request>(args, session, draft, opened, &outcome, End::default())
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

pub fn incoming_of<R>(taken: Vec<Candidate<R>>) -> Vec<Incoming<R>> {
    taken.into_iter().map(incoming).collect()
}

fn incoming<R>(candidate: Candidate<R>) -> Incoming<R> {
    let Candidate { line, record, has_id, given, own, .. } = candidate;
    Incoming { line, record, has_id, given, own }
}

/// The book's lines that the file restates.
fn present_orders(session: &mut Session<'_>, wanted: &mut WantedOrders) -> Result<Vec<Present>, Failure> {
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
        let cell = table.position(column).and_then(|at| opened.mapping.column(at)).or_else(|| opened.mapping.own_column(column));
        let problem = Problem::error(what.clone()).at(row.place(&sheet.file, cell));
        // a column of one's own is named by its problem
        let problem = if matches!(what, What::OwnColumn { .. }) { problem } else { problem.field(column.clone()) };
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

/// What the receipt tells besides the counts.
#[derive(Default)]
pub struct End {
    pub alike: Likeness,
    /// Of an export that came back.
    pub came: Option<Came>,
}

pub fn finish<R: Record>(
    args: &Args,
    session: &mut Session<'_>,
    mut draft: Draft,
    mut opened: Opened,
    outcome: &Outcome,
    End { alike, came }: End,
) -> Result<Exit, Failure> {
    refuse(&mut opened, R::TABLE, &outcome.refused);
    let mut receipt = receipt_of::<R>(args, session, &opened, outcome);
    (receipt.alike, receipt.uncompared) = ((alike.lines, alike.json), alike.left_out);
    let held_back = came.as_ref().map(|came| came.problems.clone()).unwrap_or_default();
    session.ui.complain(&crate::view::problem::list(&held_back, session.lang));
    receipt.came = came;
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
    Ok(if opened.rejected.is_empty() && held_back.is_empty() { Exit::Done } else { Exit::BadRows })
}

fn receipt_of<R: Record>(args: &Args, session: &Session<'_>, opened: &Opened, outcome: &Outcome) -> Receipt {
    Receipt {
        what: R::TABLE.word.code,
        file: args.file.clone(),
        read_from: opened.input.read_from(),
        map: opened.map.clone(),
        use_map: args.use_map.is_some(),
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
        replaced: outcome.replaced.len(),
        rounded: opened.rounded.clone(),
        mapped: mapped::<R>(opened),
        constants: constants::<R>(opened),
        unused: opened.mapping.unused.clone(),
        history: outcome.history,
        examples: opened.examples,
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
    if let Some(came) = &receipt.came {
        facts.insert("exports".into(), json!(came.exports));
    }
    if !outcome.replaced.is_empty() {
        facts.insert("replaced".into(), outcome.replaced.clone().into());
    }
    facts
}

/// What feeds which field, the owner's columns behind the built-in ones.
fn sources<R: Record>(mapping: &Mapping) -> impl Iterator<Item = (String, &Source)> {
    let built_in = R::TABLE.columns.iter().zip(&mapping.sources);
    let built_in = built_in.filter_map(|(column, source)| Some((column.word.code.to_owned(), source.as_ref()?)));
    built_in.chain(mapping.own.iter().map(|own| (own.column.code(), &own.source)))
}

fn mapped<R: Record>(opened: &Opened) -> Vec<(String, String)> {
    let header = |from: &usize| opened.input.sheet.headers[*from].clone();
    let name = |source: &Source| match source {
        Source::Column(from) => Some(header(from)),
        Source::Product(a, b) => Some(format!("{} × {}", header(a), header(b))),
        Source::Negated(from) => Some(format!("−{}", header(from))),
        Source::Constant(_) => None,
    };
    sources::<R>(&opened.mapping).filter_map(|(code, source)| Some((code, name(source)?))).collect()
}

fn constants<R: Record>(opened: &Opened) -> Vec<(String, String)> {
    let constant = |(code, source): (String, &Source)| match source {
        Source::Constant(text) => Some((code, text.clone())),
        _ => None,
    };
    sources::<R>(&opened.mapping).filter_map(constant).collect()
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
