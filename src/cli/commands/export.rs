//! `export`: a table as a file that colleagues open, edit and send back; the handling record.

use std::collections::{HashMap, HashSet};

use crate::base::period::Period;
use crate::base::problem::{Problem, What};
use crate::base::text::{fold_key, many};
use crate::cli::commands::list::{self, Found};
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::model::columns::{self, OwnColumn, own_name};
use crate::model::customer::Customer;
use crate::model::draft::Which;
use crate::model::exported::{Exported, NUMBER_HEADERS};
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::sheets;
use crate::model::table::{self, ForRecord, Table};
use crate::view::format::{self, Format};
use crate::view::grid::Grid;
use crate::view::page::Page;
use crate::view::present::handling;
use crate::view::present::own::Cells;

/// For whom a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Reader {
    Excel,
    Wps,
    Machine,
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The table, or handling (the handling record); then filters, see `carebook help filters`
    #[arg(required = true, value_name = "WHAT|FILTER")]
    pub words: Vec<String>,
    /// For whom: excel or wps (opens with a double click), machine (codes, raw) [default: excel]
    #[arg(long = "for", value_enum, value_name = "READER", hide_possible_values = true)]
    pub reader: Option<Reader>,
    /// Columns, by code or label, separated by commas [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub columns: Vec<String>,
}

/// The tables a person works with.
const TABLES: &str = "customers contacts requests orders revisits interactions staff absences knowledge points tiers";

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (what, filters) = args.words.split_first().ok_or(What::InputNeeded { flag: "WHAT" })?;
    if matches!(fold_key(what).as_str(), "handling" | "诉求处理记录表" | "处理记录") {
        return handling_record(args, filters, session);
    }
    match list::table_named(what).filter(|code| TABLES.split(' ').any(|table| table == *code)) {
        Some("requests") => {
            let Found { kept, of, .. } = list::chosen_requests(filters, session)?;
            write(&kept, of, args, session)
        }
        Some(code) => table::with_record(code, Filtered { filters, args, session }).unwrap_or(Ok(Exit::Done)),
        None => {
            let allowed = TABLES.split(' ').chain(["handling"]).map(str::to_owned).collect();
            Err(What::UnknownName { name: what.clone(), allowed }.into())
        }
    }
}

/// Exports the records of a table that pass the filters.
struct Filtered<'a, 'h> {
    filters: &'a [String],
    args: &'a Args,
    session: &'a mut Session<'h>,
}

impl ForRecord for Filtered<'_, '_> {
    type Out = Result<Exit, Failure>;
    fn run<R: Record>(self) -> Result<Exit, Failure> {
        let Found { kept, of, .. } = list::filtered::<R>(self.filters, self.session, &|_| true)?;
        write(&kept, of, self.args, self.session)
    }
}

/// Whether the file is for programs: by `--for`, or because its format is none that people edit.
fn is_for_machines(args: &Args, session: &Session<'_>) -> Result<bool, Failure> {
    session.refuse_unknown_ending()?;
    let format = session.format(Format::Csv);
    match (args.reader, format) {
        (Some(Reader::Machine), Format::Xlsx) => {
            let zh = "--for machine 是 CSV(或 --format json);xlsx 给人看,用 --for excel 或 wps".to_owned();
            let en = "--for machine is CSV (or --format json); xlsx is for people: --for excel or wps".to_owned();
            Err(What::Usage { message: [zh, en] }.into())
        }
        (Some(Reader::Excel | Reader::Wps) | None, Format::Csv | Format::Xlsx) => Ok(false),
        _ => Ok(true),
    }
}

fn write<R: Record>(records: &[R], of: usize, args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (columns, own) = columns(R::TABLE, args, session)?;
    let own = own_of(records, own, session)?;
    let locale = session.locale()?;
    if is_for_machines(args, session)? {
        let kept: Vec<&R> = records.iter().collect();
        let currency = session.book()?.settings.currency.clone();
        let mut grid = Grid::of(schema(R::TABLE), &kept, &locale, session.lang, &currency);
        own.add_to(&mut grid, &locale, session.lang);
        let codes = columns.iter().map(|at| R::TABLE.columns[*at].word.code.to_owned());
        let codes: Vec<String> = codes.chain(own.columns.iter().map(OwnColumn::code)).collect();
        return machine(&grid.select(&codes.iter().map(String::as_str).collect::<Vec<_>>()), session);
    }
    refuse_partial(R::TABLE, &columns)?;
    let page = Page::of(records, &columns, &locale, session.lang).with_own(&own.columns, &own.rows, &locale, session.lang);
    let number = if session.flags.dry_run { None } else { keep(records, &columns, &own, session)? };
    let page = match &number {
        Some(number) => page.with_column(session.lang.pick(NUMBER_HEADERS[0], NUMBER_HEADERS[1]), number),
        None => page,
    };
    people(&page, session)?;
    said(records.len(), of, session);
    if let Some(number) = number {
        let what = R::TABLE.word.code;
        session.say(&session.lang.pick(
            format!("导出号 {number}: 同事改完后 carebook import {what} 文件 -n 预览,再导入;没改的格子不会覆盖新值"),
            format!(
                "export {number}: when it comes back, `carebook import {what} FILE -n` shows what changed; cells left alone change nothing"
            ),
        ));
    }
    Ok(Exit::Done)
}

/// An order comes back whole: a file with some of its columns would wipe the others.
fn refuse_partial(table: &Table, columns: &[usize]) -> Result<(), Failure> {
    if table.word.code != "orders" || sheets::exported(table).iter().all(|at| columns.contains(at)) {
        return Ok(());
    }
    let zh = "订单要整行导出: 只有几列的文件再导入会清空其余各列。给程序用的文件加 --for machine".to_owned();
    let en = "orders go out with all their columns: a file with some of them would wipe the others when it is imported. \
              For a file that programs read, add --for machine"
        .to_owned();
    Err(Problem::error(What::Usage { message: [zh, en] }).field("--columns").into())
}

fn said(n: usize, of: usize, session: &mut Session<'_>) {
    let dry = session.flags.dry_run;
    let (zh, en) = if dry { ("将导出", "would export ") } else { ("导出", "exported ") };
    session.say(&session.lang.pick(format!("{zh} {n} / 共 {of} 条"), format!("{en}{n} of {}", many(of, "record"))));
}

/// The columns, that by which a row is known before all others.
fn columns(table: &'static Table, args: &Args, session: &Session<'_>) -> Result<(Vec<usize>, Vec<OwnColumn>), Failure> {
    let named = if args.columns.is_empty() { &session.flags.fields } else { &args.columns };
    // an order has several rows, and nobody could say whose cells came back
    let declared = session.book()?.settings.columns.of(table);
    let declared = if table.word.code == "orders" { &[] } else { declared };
    if named.is_empty() {
        return Ok((sheets::exported(table), declared.to_vec()));
    }
    let (own, named): (Vec<&String>, Vec<&String>) = named.iter().partition(|name| own_name(name.trim()).is_some());
    let pick = |name: &&String| columns::named(declared, own_name(name.trim()).unwrap_or_default()).map(|at| declared[at].clone());
    let own = own.iter().map(pick).collect::<Result<Vec<OwnColumn>, What>>()?;
    let find = |name: &String| {
        table.find(name.trim()).ok_or_else(|| {
            let allowed = table.columns.iter().map(|column| column.word.code.to_owned()).collect();
            What::UnknownField { name: name.clone(), allowed }
        })
    };
    let mut columns = vec![0];
    for name in named {
        let at = find(name)?;
        if !columns.contains(&at) {
            columns.push(at);
        }
    }
    Ok((columns, own))
}

/// The cells of the owner's columns of these records.
fn own_of<R: Record>(records: &[R], columns: Vec<OwnColumn>, session: &Session<'_>) -> Result<Cells, Failure> {
    if columns.is_empty() {
        return Ok(Cells::default());
    }
    let keys: HashSet<String> = records.iter().map(Record::key).collect();
    let found = session.book()?.with_own(&columns, &Which::All, &|record: &R, _| keys.contains(&record.key()))?;
    let mut by_key: HashMap<String, Vec<String>> = found.into_iter().map(|(record, own)| (record.key(), own)).collect();
    let rows = records.iter().map(|record| by_key.remove(&record.key()).unwrap_or_default()).collect();
    Ok(Cells { columns, rows })
}

/// Keeps what goes out, so that what comes back can be told from it. Without that the file still is of use.
fn keep<R: Record>(records: &[R], columns: &[usize], own: &Cells, session: &mut Session<'_>) -> Result<Option<String>, Failure> {
    let table = R::TABLE;
    if !sheets::RETURNED.contains(&table.word.code) {
        return Ok(None);
    }
    let locale = session.locale()?;
    let codes = columns.iter().map(|at| table.columns[*at].word.code.to_owned());
    let own_cell = |row: usize, at: usize| own.rows.get(row).and_then(|cells| cells.get(at)).cloned().unwrap_or_default();
    let row = |(n, record): (usize, &R)| {
        let cells = columns.iter().map(|at| record.written(*at, &locale));
        cells.chain((0..own.columns.len()).map(|at| own_cell(n, at))).collect()
    };
    let exported = Exported {
        table: table.word.code.to_owned(),
        columns: codes.chain(own.columns.iter().map(OwnColumn::code)).collect(),
        rows: records.iter().enumerate().map(row).collect(),
    };
    let kept = session.book()?.keep_export(session.today, &exported);
    match kept {
        Ok(Some(number)) => Ok(Some(number)),
        Ok(None) => {
            let zh = "太多,没有留底: 导入改过的文件时,每一格都会覆盖账本".to_owned();
            let en = "too much to keep a copy of: when this file is imported, every cell of it goes over the book's".to_owned();
            session.warn(&Problem::warning(What::RuleConflict { message: [zh, en] }));
            Ok(None)
        }
        Err(problem) => {
            session.warn(&Problem { severity: crate::base::problem::Severity::Warning, ..problem });
            Ok(None)
        }
    }
}

fn schema(table: &Table) -> &'static str {
    match table.word.code {
        "requests" => "carebook.request.v1",
        "customers" => "carebook.customer.v1",
        "contacts" => "carebook.contact.v1",
        "orders" => "carebook.order.v1",
        "revisits" => "carebook.revisit.v1",
        "interactions" => "carebook.interaction.v1",
        "staff" => "carebook.staff.v1",
        "absences" => "carebook.absence.v1",
        "points" => "carebook.points.v1",
        "tiers" => "carebook.tier_decision.v1",
        _ => "carebook.knowledge.v1",
    }
}

/// Codes and raw values.
fn machine(grid: &Grid, session: &mut Session<'_>) -> Result<Exit, Failure> {
    session.flags.fields.clear();
    if session.flags.json.is_none() && session.flags.format.is_none() {
        session.flags.format = Some(session.format(Format::Csv));
    }
    if !session.flags.dry_run {
        session.print(grid)?;
    }
    said(grid.rows.len(), grid.rows.len(), session);
    Ok(Exit::Done)
}

/// A page as a file for people.
pub fn people(page: &Page, session: &mut Session<'_>) -> Result<(), Failure> {
    session.refuse_unknown_ending()?;
    let format = session.format(Format::Csv);
    session.refuse_workbook_on_terminal(format)?;
    let bytes = match format {
        Format::Xlsx => format::xlsx::write(std::slice::from_ref(page), session.made())?,
        _ => format::colleagues::write(page).into_bytes(),
    };
    if session.flags.dry_run { Ok(()) } else { session.emit(&bytes) }
}

/// The handling record (诉求处理记录表) of the requests that pass the filters, oldest first. A period alone means when they came.
fn handling_record(args: &Args, filters: &[String], session: &mut Session<'_>) -> Result<Exit, Failure> {
    if !args.columns.is_empty() {
        let message = ["诉求处理记录表的十列是固定的".to_owned(), "the ten columns of the handling record are fixed".to_owned()];
        return Err(Problem::error(What::Usage { message }).field("--columns").into());
    }
    let is_period = |word: &String| !word.contains([':', '：']) && Period::parse(word, session.today).is_ok();
    let within = |word: &String| if is_period(word) { format!("received_at:{word}") } else { word.clone() };
    let filters: Vec<String> = filters.iter().map(within).collect();
    let Found { mut kept, of, .. } = list::chosen_requests(&filters, session)?;
    kept.sort_by(|a, b| a.received_at.cmp(&b.received_at).then_with(|| a.id.cmp(&b.id)));
    let names = names(&kept, session)?;
    let grid = handling::record(&kept, &|id| names.get(id).cloned(), &session.locale()?, session.lang);
    if is_for_machines(args, session)? {
        return machine(&grid, session);
    }
    people(&Page::of_grid(&grid, session.lang.pick("诉求处理记录表", "Handling record")), session)?;
    said(grid.rows.len(), of, session);
    Ok(Exit::Done)
}

/// What the customers are called of whom a request keeps the id alone.
fn names(requests: &[Request], session: &Session<'_>) -> Result<HashMap<String, String>, Failure> {
    let nameless = requests.iter().filter(|request| request.customer_name.trim().is_empty());
    let ids: HashSet<&str> = nameless.filter_map(|request| request.customer.as_ref()).map(crate::base::id::Id::as_str).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let customers: Vec<Customer> = session.book()?.some(&|customer: &Customer| ids.contains(customer.id.as_str()))?;
    Ok(customers.into_iter().map(|customer| (customer.id.to_string(), customer.name)).collect())
}
