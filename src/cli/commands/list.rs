//! `list`: records of any table, filtered.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::base::problem::What;
use crate::base::text::fold_key;
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::keeping;
use crate::cli::living;
use crate::cli::session::Session;
use crate::engine::filter::{DueFilter, Filter};
use crate::engine::lifecycle::Standing;
use crate::engine::own_filter::{self, OwnFilter};
use crate::model::contact::Contact;
use crate::model::customer::Customer;
use crate::model::draft::Which;
use crate::model::interaction::Interaction;
use crate::model::knowledge::Knowledge;
use crate::model::lifecycle::Class;
use crate::model::order::Order;
use crate::model::points::PointsRow;
use crate::model::practice::Practice;
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::staff::{Absence, Staff};
use crate::model::table;
use crate::model::tier::TierDecision;
use crate::model::vocabulary::Code;
use crate::view::format::Format;
use crate::view::grid::Grid;
use crate::view::present;
use crate::view::present::own::Cells;

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
        "contacts" => records::<Contact>("carebook.contact.v1", CONTACT_COLUMNS, filters, session),
        "orders" => {
            records::<Order>("carebook.order.v1", &["id", "customer", "date", "amount", "quantity", "kind", "product"], filters, session)
        }
        "revisits" => records::<Revisit>("carebook.revisit.v1", REVISIT_COLUMNS, filters, session),
        "interactions" => interactions(filters, session),
        "knowledge" => records::<Knowledge>("carebook.knowledge.v1", KNOWLEDGE_COLUMNS, filters, session),
        "points" => records::<PointsRow>("carebook.points.v1", POINTS_COLUMNS, filters, session),
        "practices" => practices(filters, session),
        "tiers" => records::<TierDecision>("carebook.tier_decision.v1", &[], filters, session),
        other => {
            let allowed = "requests customers staff contacts orders revisits interactions tiers absences knowledge points practices";
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
const PRACTICE_COLUMNS: &[&str] = &["id", "customer", "class", "title", "due_on", "staff", "status", "done_at", "outcome", "letter"];
const CUSTOMER_COLUMNS: &[&str] = &["id", "name", "kind", "phone", "tier", "owner", "region", "since", "tags"];
const CLASS_COLUMNS: &[&str] =
    &["id", "name", "phone", "tier", "owner", "class", "class_since", "value_at_risk", "usual_days", "days_silent"];
const CONTACT_COLUMNS: &[&str] =
    &["id", "customer", "name", "role", "phone", "email", "preferred_channel", "preferred_time", "primary", "note"];
const INTERACTION_COLUMNS: &[&str] = &["id", "at", "customer", "contact_name", "channel", "direction", "staff", "request", "summary"];
const REVISIT_COLUMNS: &[&str] = &["id", "customer", "request", "reason", "due_on", "staff", "status", "satisfaction", "outcome"];

fn records<R: Record>(schema: &'static str, shown: &[&str], filters: &[String], session: &mut Session<'_>) -> Result<Exit, Failure> {
    let found = filtered::<R>(filters, session, &|_| true)?;
    let grid = grid(schema, &found.kept, session)?;
    print(grid, shown, &found.own, found.of, session)
}

/// Steps; a letter stands as the command that writes it.
fn practices(filters: &[String], session: &mut Session<'_>) -> Result<Exit, Failure> {
    let found = filtered::<Practice>(filters, session, &|_| true)?;
    let mut grid = grid("carebook.practice.v1", &found.kept, session)?;
    if let Some(at) = grid.position("letter") {
        for (row, practice) in grid.rows.iter_mut().zip(&found.kept) {
            row[at] = present::practice::letter(practice);
        }
    }
    print(grid, PRACTICE_COLUMNS, &found.own, found.of, session)
}

/// Customers; where some were merged, into whom. Asked for a lifecycle class, how each stands, the most at risk first.
fn customers(filters: &[String], session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (class, filters) = class_of(filters)?;
    if let Some(class) = class {
        return of_class(class, &filters, session);
    }
    let found = customers_filtered(&filters, session, &|_| true)?;
    let merged = found.kept.iter().any(|customer| customer.merged_into.is_some()).then_some("merged_into");
    let shown: Vec<&str> = CUSTOMER_COLUMNS.iter().copied().chain(merged).collect();
    let grid = grid("carebook.customer.v1", &found.kept, session)?;
    print(grid, &shown, &found.own, found.of, session)
}

/// The customers that pass the filters, those by their consent and by columns of one's own among them.
fn customers_filtered(
    filters: &[String],
    session: &Session<'_>,
    also: &(dyn Fn(&Customer) -> bool + Sync),
) -> Result<Found<Customer>, Failure> {
    let (own, others): (Vec<String>, Vec<String>) = filters.iter().cloned().partition(|word| own_filter::asks_own(word));
    let (filter, locale) = (keeping::filter(&others, session)?, session.locale()?);
    filtered(&own, session, &|customer: &Customer| filter.matches(customer, &locale) && also(customer))
}

/// Takes the filter by lifecycle class, which is no column, out of the words; the last one counts.
fn class_of(filters: &[String]) -> Result<(Option<Class>, Vec<String>), Failure> {
    let (mut found, mut others) = (None, Vec::new());
    for word in filters {
        match word.split_once([':', '：']).map(|(name, value)| (fold_key(name), value)) {
            Some((name, value)) if matches!(name.as_str(), "class" | "类别" | "生命周期") => {
                let allowed = || Class::ALL.iter().map(|class| class.code().to_owned()).collect();
                let bad = || What::BadFilter { filter: word.clone(), allowed: allowed() };
                found = Some(Class::from_text(value).ok_or_else(bad)?);
            }
            _ => others.push(word.clone()),
        }
    }
    Ok((found, others))
}

fn of_class(class: Class, filters: &[String], session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (book, today, lang) = (session.book()?, session.today, session.lang);
    let (settings, locale) = (book.settings.clone(), book.locale());
    let customers: Vec<Customer> = book.all()?;
    let lives = living::of(book, customers.iter(), today)?;
    let ranked: Vec<&Standing> = lives.lifecycle.of(class);
    let rank: HashMap<&str, usize> = ranked.iter().enumerate().map(|(rank, row)| (customers[row.position].id.as_str(), rank)).collect();
    let Found { kept, own, of } =
        customers_filtered(filters, session, &|customer| customer.is_active() && rank.contains_key(customer.id.as_str()))?;
    let mut order: Vec<usize> = (0..kept.len()).collect();
    order.sort_by_key(|at| rank[kept[*at].id.as_str()]);
    let rows: Vec<&Standing> = order.iter().map(|at| ranked[rank[kept[*at].id.as_str()]]).collect();
    let sorted: Vec<&Customer> = order.iter().map(|at| &kept[*at]).collect();
    let own = Cells { rows: order.iter().filter_map(|at| own.rows.get(*at).cloned()).collect(), columns: own.columns };
    let mut grid = Grid::of("carebook.customer.v1", &sorted, &locale, lang, &settings.currency);
    present::lifecycle::add_to(&mut grid, &rows, today, &settings, lang);
    print(grid, CLASS_COLUMNS, &own, of, session)
}

/// The communication log in the order of time, and with whom.
fn interactions(filters: &[String], session: &mut Session<'_>) -> Result<Exit, Failure> {
    let Found { kept, own, of } = filtered::<Interaction>(filters, session, &|_| true)?;
    let mut order: Vec<usize> = (0..kept.len()).collect();
    order.sort_by_key(|at| (kept[*at].at, &kept[*at].id));
    let own = Cells { rows: order.iter().filter_map(|at| own.rows.get(*at).cloned()).collect(), columns: own.columns };
    let kept: Vec<Interaction> = order.iter().map(|at| kept[*at].clone()).collect();
    let people: Vec<Contact> = session.book()?.all()?;
    let mut grid = grid("carebook.interaction.v1", &kept, session)?;
    present::interaction::add_names(&mut grid, &kept, &people, session.lang);
    print(grid, INTERACTION_COLUMNS, &own, of, session)
}

/// Requests, and how each stands with its due time.
fn requests(filters: &[String], session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (now, found) = (session.now, chosen_requests(filters, session)?);
    let mut grid = grid("carebook.request.v1", &found.kept, session)?;
    crate::view::present::request::add_punctuality(&mut grid, &found.kept, now, session.lang);
    print(grid, REQUEST_COLUMNS, &found.own, found.of, session)
}

/// The staff, and who is away today.
fn staff(filters: &[String], session: &mut Session<'_>) -> Result<Exit, Failure> {
    let found = filtered::<Staff>(filters, session, &|_| true)?;
    let absences: Vec<Absence> = session.book()?.all()?;
    let mut grid = grid("carebook.staff.v1", &found.kept, session)?;
    let kept: Vec<&Staff> = found.kept.iter().collect();
    crate::view::present::staff::add_away(&mut grid, &kept, &absences, session.today, session.lang);
    print(grid, STAFF_COLUMNS, &found.own, found.of, session)
}

/// What a list came to.
pub struct Found<R> {
    pub kept: Vec<R>,
    /// Their cells of the owner's columns, where these are asked for.
    pub own: Cells,
    /// How many there are at all.
    pub of: usize,
}

/// The requests that pass the filters, those by due time too.
pub fn chosen_requests(filters: &[String], session: &Session<'_>) -> Result<Found<Request>, Failure> {
    let (due, filters) = DueFilter::split(filters)?;
    let now = session.now;
    filtered::<Request>(&filters, session, &|request| due.matches(request, now))
}

/// The records that pass the filters.
pub fn filtered<R: Record>(filters: &[String], session: &Session<'_>, also: &(dyn Fn(&R) -> bool + Sync)) -> Result<Found<R>, Failure> {
    let book = session.book()?;
    let locale = book.locale();
    let columns = if asks_own::<R>(filters, session) { book.own_columns(R::TABLE)? } else { Vec::new() };
    let (own, filters) = OwnFilter::split(filters, &columns, session.today, &locale)?;
    let filter = Filter::parse::<R>(&filters, session.today)?;
    let filter = if filter.asks_for_customer::<R>() { filter.following(archive::merged(book)?) } else { filter };
    let of = AtomicUsize::new(0);
    let passes = |record: &R| {
        of.fetch_add(1, Ordering::Relaxed);
        filter.matches(record, &locale) && also(record)
    };
    if columns.is_empty() {
        let kept: Vec<R> = book.some(&passes)?;
        return Ok(Found { kept, own: Cells::default(), of: of.into_inner() });
    }
    let keep = |record: &R, cells: &[String]| passes(record) && own.matches(&columns, cells, &locale);
    let (kept, rows) = book.with_own(&columns, &Which::All, &keep)?.into_iter().unzip();
    Ok(Found { kept, own: Cells { columns, rows }, of: of.into_inner() })
}

/// Whether the owner's columns are asked for: by a filter, by a field that is no built-in one, or by a machine that gets every column.
fn asks_own<R: Record>(filters: &[String], session: &Session<'_>) -> bool {
    let fields = session.fields();
    let named = fields.iter().any(|field| R::TABLE.find(field).is_none());
    named || (fields.is_empty() && !for_people(session)) || filters.iter().any(|word| own_filter::asks_own(word))
}

/// Whether a person reads the list, who gets a few columns.
fn for_people(session: &Session<'_>) -> bool {
    session.flags.json.is_none() && matches!(session.format(Format::Table), Format::Table | Format::Plain | Format::Md | Format::Html)
}

fn grid<R: Record>(schema: &'static str, kept: &[R], session: &Session<'_>) -> Result<Grid, Failure> {
    let book = session.book()?;
    let kept: Vec<&R> = kept.iter().collect();
    Ok(Grid::of(schema, &kept, &book.locale(), session.lang, &book.settings.currency))
}

fn print(mut grid: Grid, shown: &[&str], own: &Cells, of: usize, session: &mut Session<'_>) -> Result<Exit, Failure> {
    own.add_to(&mut grid, &session.locale()?, session.lang);
    let chosen = session.flags.fields.is_empty() && for_people(session) && !shown.is_empty();
    if chosen {
        session.print(&grid.select(shown))?;
    } else {
        session.print(&grid)?;
    }
    if session.format(Format::Table) == Format::Table {
        let n = grid.rows.len();
        session.say(&session.lang.pick(format!("显示 {n} / 共 {of} 条"), format!("{n} of {of}")));
    }
    Ok(Exit::Done)
}
