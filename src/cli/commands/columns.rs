//! `columns list|set`: the owner's columns of every table, and their cells of one record.

use crate::base::problem::{Problems, What};
use crate::base::text::fold_key;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::own;
use crate::cli::session::Session;
use crate::model::draft::{Draft, Need, Which};
use crate::model::record::Record;
use crate::model::table::{self, Table};
use crate::ops;
use crate::view::grid::Grid;
use crate::view::present;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// The columns of your own: type, values, whether they are required
    #[command(visible_alias = "列表")]
    List(ListArgs),
    /// Set cells of a request, a revisit, a practice step, an entry of the knowledge base, a customer or a member of staff
    #[command(visible_alias = "填写")]
    Set(SetArgs),
}

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Only this table, such as customers
    pub table: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct SetArgs {
    /// The record's id or a unique tail of it
    pub id: String,
    /// Cells, such as x.branch=west (a blank value empties the cell)
    #[arg(value_name = "x.NAME=VALUE", required = true)]
    pub set: Vec<String>,
}

pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::List(args) => list(args, session),
        Command::Set(args) => set(args, session),
    }
}

fn list(args: &ListArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let tables: Vec<&'static Table> = match &args.table {
        Some(typed) => vec![named(typed)?],
        None => table::ALL.to_vec(),
    };
    let book = session.book()?;
    let mut columns = Vec::new();
    for table in tables {
        columns.extend(book.own_columns(table)?.into_iter().map(|column| (table.word.code, column)));
    }
    if columns.is_empty() && !session.wants_table() {
        let zh = "没有自定义列。在 carebook.yaml 的 columns: 下声明,见 carebook help csv。";
        let en = "No columns of your own. Declare them under `columns:` in carebook.yaml; see `carebook help csv`.";
        session.say(session.lang.pick(zh, en));
        return Ok(Exit::Done);
    }
    session.print(&present::own::grid(&columns, session.lang))?;
    Ok(Exit::Done)
}

fn named(typed: &str) -> Result<&'static Table, What> {
    let key = fold_key(typed);
    let is = |table: &&&Table| table.word.matches(typed) || table.word.code.strip_suffix('s') == Some(key.as_str());
    let allowed = || table::ALL.iter().map(|table| table.word.code.to_owned()).collect();
    table::ALL.iter().find(is).copied().ok_or_else(|| What::UnknownName { name: typed.to_owned(), allowed: allowed() })
}

fn set(args: &SetArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let settings = super::customer::assignments(&args.set)?;
    let stamp = session.stamp("edit")?;
    let (draft, grid, id) = changed(&args.id, &settings, session)?;
    let committed = session.commit(&draft, &stamp)?;
    if session.wants_json() {
        session.print(&grid)?;
    }
    if committed.changed > 0 && !committed.dry_run {
        session.say(&session.lang.pick(format!("已修改 {id}。"), format!("Changed {id}.")));
    }
    Ok(Exit::Done)
}

/// The draft with the record's cells set: a request, else a revisit, a step, an entry, a customer, a member of staff.
fn changed(typed: &str, settings: &[(String, String)], session: &mut Session<'_>) -> Result<(Draft, Grid, String), Failure> {
    let which = Which::Of(typed.to_owned());
    let needs = [Need::Requests(which.clone()), Need::Revisits(which.clone()), Need::Practices(which), Need::Knowledge];
    for (at, need) in needs.into_iter().enumerate() {
        let mut draft = session.draft(&[need])?;
        let locale = draft.locale();
        let found = match at {
            0 => key_of("requests", typed, draft.requests.iter()),
            1 => key_of("revisits", typed, draft.revisits.iter()),
            2 => key_of("practices", typed, draft.practices.iter()),
            // a bare number means a customer
            _ if !typed.starts_with(['K', 'k']) => continue,
            _ => key_of("knowledge", typed, draft.knowledge.iter()),
        };
        let id = match found {
            Ok(id) => id,
            Err(What::NotFound { .. }) => continue,
            Err(what) => return Err(what.into()),
        };
        let grid = match at {
            0 => {
                ops::own::set(&mut draft.requests, &id, settings, false, &locale)?;
                draft.requests.get(&id).map(|request| own::grid("carebook.request.v1", request, &draft.requests, session))
            }
            1 => {
                ops::own::set(&mut draft.revisits, &id, settings, false, &locale)?;
                draft.revisits.get(&id).map(|revisit| own::grid("carebook.revisit.v1", revisit, &draft.revisits, session))
            }
            2 => {
                ops::own::set(&mut draft.practices, &id, settings, false, &locale)?;
                draft.practices.get(&id).map(|step| own::grid("carebook.practice.v1", step, &draft.practices, session))
            }
            _ => {
                ops::own::set(&mut draft.knowledge, &id, settings, false, &locale)?;
                draft.knowledge.get(&id).map(|entry| own::grid("carebook.knowledge.v1", entry, &draft.knowledge, session))
            }
        };
        if let Some(grid) = grid {
            return Ok((draft, grid?, id));
        }
    }
    let (mut draft, id) = match find::draft_with_customer(session, typed, &[]) {
        Err(Failure::Problems(problems)) if problems.iter().any(|one| matches!(one.what, What::NotFound { .. })) => {
            return of_staff(typed, settings, problems, session);
        }
        found => found?,
    };
    let locale = draft.locale();
    ops::own::set(&mut draft.customers, &id, settings, false, &locale)?;
    let grid = draft.customers.get(&id).map(|customer| own::grid("carebook.customer.v1", customer, &draft.customers, session));
    let grid = grid.ok_or_else(|| What::NotFound { noun: "customers", id: id.clone(), nearest: None })??;
    Ok((draft, grid, id))
}

/// A member of staff of this name; where there is none either, nobody was found.
fn of_staff(
    typed: &str,
    settings: &[(String, String)],
    unknown: Problems,
    session: &mut Session<'_>,
) -> Result<(Draft, Grid, String), Failure> {
    let mut draft = session.draft(&[Need::Staff])?;
    let locale = draft.locale();
    let Some(name) = ops::staff::find(draft.staff.iter(), typed).ok().map(|one| one.name.to_string()) else {
        return Err(unknown.into());
    };
    ops::own::set(&mut draft.staff, &name, settings, false, &locale)?;
    let grid = draft.staff.get(&name).map(|one| own::grid("carebook.staff.v1", one, &draft.staff, session));
    let grid = grid.ok_or_else(|| What::NotFound { noun: "staff", id: name.clone(), nearest: None })??;
    Ok((draft, grid, name))
}

fn key_of<'a, R: Record>(noun: &'static str, typed: &str, records: impl Iterator<Item = &'a R>) -> Result<String, What> {
    let keys: Vec<String> = records.map(Record::key).collect();
    find::id(noun, typed, keys.iter().map(String::as_str))
}
