//! `list`: records of any table, filtered.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::base::problem::What;
use crate::base::text::fold_key;
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::engine::filter::{DueFilter, Filter};
use crate::model::contact::Contact;
use crate::model::customer::Customer;
use crate::model::interaction::Interaction;
use crate::model::knowledge::Knowledge;
use crate::model::order::Order;
use crate::model::points::PointsRow;
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::staff::{Absence, Staff};
use crate::model::table;
use crate::model::tier::TierDecision;
use crate::view::format::Format;
use crate::view::grid::Grid;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The table (default: requests), then filters, see `carebook help filters`
    #[arg(value_name = "WHAT|FILTER")]
    pub words: Vec<String>,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    // a word with a colon is a filter, also a bare one: `customer:`, those without
    let named = args.words.first().filter(|word| !word.contains([':', '：'])).and_then(|word| table_named(word));
    match named {
        Some(code) => of(code, &args.words[1..], session),
        None => of("requests", &args.words, session),
    }
}

/// The table a word names, in either language, singular or plural.
pub fn table_named(word: &str) -> Option<&'static str> {
    let key = fold_key(word);
    let is = |table: &&&table::Table| {
        let code = table.word.code;
        key == code || Some(key.as_str()) == code.strip_suffix('s') || key == fold_key(table.word.zh)
    };
    table::ALL.iter().find(is).map(|table| table.word.code)
}

/// Lists a table.
pub fn of(code: &str, filters: &[String], session: &mut Session<'_>) -> Result<Exit, Failure> {
    match code {
        "requests" => requests(filters, session),
        "customers" => customers(filters, session),
        "staff" => staff(filters, session),
        "absences" => records::<Absence>("carebook.absence.v1", &[], filters, session),
        "contacts" => records::<Contact>("carebook.contact.v1", &[], filters, session),
        "orders" => {
            records::<Order>("carebook.order.v1", &["id", "customer", "date", "amount", "quantity", "kind", "product"], filters, session)
        }
        "revisits" => records::<Revisit>("carebook.revisit.v1", REVISIT_COLUMNS, filters, session),
        "interactions" => records::<Interaction>("carebook.interaction.v1", &[], filters, session),
        "knowledge" => records::<Knowledge>("carebook.knowledge.v1", KNOWLEDGE_COLUMNS, filters, session),
        "points" => records::<PointsRow>("carebook.points.v1", POINTS_COLUMNS, filters, session),
        "tiers" => records::<TierDecision>("carebook.tier_decision.v1", &[], filters, session),
        other => {
            let allowed = "requests customers staff contacts orders revisits interactions tiers absences knowledge points";
            let allowed = allowed.split(' ').map(str::to_owned).collect();
            Err(What::UnknownName { name: other.to_owned(), allowed }.into())
        }
    }
}

/// What a table on a terminal shows; machines get every column.
const REQUEST_COLUMNS: &[&str] =
    &["id", "received_at", "customer_name", "category", "type", "severity", "stage", "handler", "resolve_due", "content"];
const STAFF_COLUMNS: &[&str] = &["name", "full_name", "department", "role", "phone", "skills", "capacity", "away_until"];
const KNOWLEDGE_COLUMNS: &[&str] = &["id", "title", "category", "cause", "tags", "reviewed_on", "status"];
const POINTS_COLUMNS: &[&str] = &["id", "customer", "date", "kind", "points", "order", "expires_on", "referred", "reason"];
const CUSTOMER_COLUMNS: &[&str] = &["id", "name", "kind", "phone", "tier", "owner", "region", "since", "tags"];
const REVISIT_COLUMNS: &[&str] = &["id", "customer", "request", "reason", "due_on", "staff", "status", "satisfaction", "outcome"];

fn records<R: Record>(schema: &'static str, shown: &[&str], filters: &[String], session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (kept, of) = filtered::<R>(filters, session, &|_| true)?;
    let grid = grid(schema, &kept, session)?;
    print(&grid, shown, of, session)
}

/// Customers; where some were merged, into whom.
fn customers(filters: &[String], session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (kept, of) = filtered::<Customer>(filters, session, &|_| true)?;
    let merged = kept.iter().any(|customer| customer.merged_into.is_some()).then_some("merged_into");
    let shown: Vec<&str> = CUSTOMER_COLUMNS.iter().copied().chain(merged).collect();
    let grid = grid("carebook.customer.v1", &kept, session)?;
    print(&grid, &shown, of, session)
}

/// Requests, and how each stands with its due time.
fn requests(filters: &[String], session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (now, (kept, of)) = (session.now, chosen_requests(filters, session)?);
    let mut grid = grid("carebook.request.v1", &kept, session)?;
    crate::view::present::request::add_punctuality(&mut grid, &kept, now, session.lang);
    print(&grid, REQUEST_COLUMNS, of, session)
}

/// The staff, and who is away today.
fn staff(filters: &[String], session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (kept, of) = filtered::<Staff>(filters, session, &|_| true)?;
    let absences: Vec<Absence> = session.book()?.all()?;
    let mut grid = grid("carebook.staff.v1", &kept, session)?;
    let kept: Vec<&Staff> = kept.iter().collect();
    crate::view::present::staff::add_away(&mut grid, &kept, &absences, session.today, session.lang);
    print(&grid, STAFF_COLUMNS, of, session)
}

/// The requests that pass the filters, those by due time too, and how many there are at all.
pub fn chosen_requests(filters: &[String], session: &Session<'_>) -> Result<(Vec<Request>, usize), Failure> {
    let (due, filters) = DueFilter::split(filters)?;
    let now = session.now;
    filtered::<Request>(&filters, session, &|request| due.matches(request, now))
}

/// The records that pass the filters, and how many there are at all.
pub fn filtered<R: Record>(
    filters: &[String],
    session: &Session<'_>,
    also: &(dyn Fn(&R) -> bool + Sync),
) -> Result<(Vec<R>, usize), Failure> {
    let filter = Filter::parse::<R>(filters, session.today)?;
    let book = session.book()?;
    let filter = if filter.asks_for_customer::<R>() { filter.following(archive::merged(book)?) } else { filter };
    let locale = book.locale();
    let of = AtomicUsize::new(0);
    let kept: Vec<R> = book.some(&|record| {
        of.fetch_add(1, Ordering::Relaxed);
        filter.matches(record, &locale) && also(record)
    })?;
    Ok((kept, of.into_inner()))
}

fn grid<R: Record>(schema: &'static str, kept: &[R], session: &Session<'_>) -> Result<Grid, Failure> {
    let book = session.book()?;
    let kept: Vec<&R> = kept.iter().collect();
    Ok(Grid::of(schema, &kept, &book.locale(), session.lang, &book.settings.currency))
}

fn print(grid: &Grid, shown: &[&str], of: usize, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let for_people = matches!(session.format(Format::Table), Format::Table | Format::Plain | Format::Md | Format::Html);
    let chosen = session.flags.fields.is_empty() && session.flags.json.is_none() && for_people && !shown.is_empty();
    if chosen {
        session.print(&grid.select(shown))?;
    } else {
        session.print(grid)?;
    }
    if session.format(Format::Table) == Format::Table {
        let n = grid.rows.len();
        session.say(&session.lang.pick(format!("显示 {n} / 共 {of} 条"), format!("{n} of {of}")));
    }
    Ok(Exit::Done)
}
