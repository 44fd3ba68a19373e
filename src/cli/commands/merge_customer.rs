//! `customer merge`, `customer unmerge`: two entries of one customer become one, and two again.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::base::problem::{Problem, Problems, What};
use crate::base::text::word;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::engine::points::Ledger;
use crate::model::contact::Contact;
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Need};
use crate::model::interaction::Interaction;
use crate::model::merged::Merged;
use crate::model::points::{POINTS, PointsRow};
use crate::model::practice::Practice;
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::survey::Response;
use crate::model::tier::TierDecision;
use crate::ops::merge_customer::{self as verb, Plan};
use crate::store::{Book, Wanted};
use crate::view::grid::Grid;
use crate::view::present::merge_customer::{self as present, Facts, Three};

#[derive(Debug, clap::Args)]
pub struct MergeArgs {
    /// The customer that goes: id, name, phone or email
    pub customer: String,
    /// The customer that stays
    pub into: String,
    /// Fields whose value is taken from the one that goes; FIELD=ID says from which of the two
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',')]
    pub take: Vec<String>,
    /// Why
    #[arg(short, long)]
    pub reason: Option<String>,
    /// Merge without asking
    #[arg(short, long)]
    pub yes: bool,
}

#[derive(Debug, clap::Args)]
pub struct UnmergeArgs {
    /// The customer that was merged
    pub customer: String,
    /// Why
    #[arg(short, long)]
    pub reason: Option<String>,
}

pub fn merge(args: &MergeArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut draft = session.draft(&[Need::Customers, Need::Contacts])?;
    let from = find::customer(session.book()?, &args.customer, draft.customers.iter())?;
    let into = find::customer(session.book()?, &args.into, draft.customers.iter())?;
    let takes = verb::takes(&args.take, &from, &into, draft.customers.own_columns())?;
    let plan = verb::plan(&draft, &from, &into, &takes)?;
    let facts = facts(session.book()?, &from)?;
    show(&plan, facts, session)?;
    if !(args.yes || session.flags.dry_run || agreed(session)?) {
        let message = [format!("还没有合并 {from} 与 {into},请先核对"), format!("{from} and {into} are not merged yet: look it over")];
        return Err(What::ConfirmationNeeded { flag: "--yes", what: message }.into());
    }
    verb::merge(&mut draft, &plan);
    let mut stamp = session.stamp("merge")?;
    stamp.note = args.reason.clone().unwrap_or_default();
    let committed = session.commit(&draft, &stamp)?;
    if !committed.dry_run {
        session.say(&present::merged(&plan.from, &plan.result, session.lang));
    }
    Ok(Exit::Done)
}

/// The fields and what names the one that goes: data, so that a page or a program can take it.
fn show(plan: &Plan, facts: Facts, session: &mut Session<'_>) -> Result<(), Failure> {
    let (locale, lang) = (session.locale()?, session.lang);
    let three = Three { from: &plan.from, into: &plan.into, result: &plan.result };
    session.print(&present::grid(&three, (&plan.fields, &plan.own), facts, &locale, lang))?;
    session.say(&facts.text(plan.from.id.as_str(), lang));
    Ok(())
}

fn agreed(session: &mut Session<'_>) -> Result<bool, Failure> {
    if !session.can_ask() {
        return Ok(false);
    }
    let question = session.lang.pick("现在合并吗 (y/n)", "Merge now (y/n)");
    Ok(matches!(session.ask(question, "n")?.as_str(), "y" | "yes" | "是"))
}

/// What names a customer, counted as it streams by.
fn facts(book: &Book, id: &str) -> Result<Facts, Problems> {
    let mut orders: HashSet<String> = HashSet::new();
    book.scan_orders(None, &mut |order| {
        if order.customer == id {
            orders.insert(order.id.to_owned());
        }
    })?;
    Ok(Facts {
        orders: orders.len(),
        requests: count::<Request>(book, id)?,
        revisits: count::<Revisit>(book, id)?,
        interactions: count::<Interaction>(book, id)?,
        contacts: count::<Contact>(book, id)?,
        responses: count::<Response>(book, id)?,
        tiers: count::<TierDecision>(book, id)?,
        points: count::<PointsRow>(book, id)?,
        practices: count::<Practice>(book, id)?,
    })
}

fn count<R: Record>(book: &Book, id: &str) -> Result<usize, Problems> {
    let found = AtomicUsize::new(0);
    let (column, locale) = (R::TABLE.position("customer").unwrap_or_default(), book.locale());
    let named = |cell: &str| cell.trim() == id;
    // of the past, rows are looked at when they are as they were
    let keep = |record: &R| {
        found.fetch_add(usize::from(record.written(column, &locale) == id), Ordering::Relaxed);
        false
    };
    book.wanted(&Wanted { keep: &keep, first: Some(("customer", &named)), without: &[] })?;
    Ok(found.into_inner())
}

pub fn unmerge(args: &UnmergeArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut draft = session.draft(&[Need::Customers])?;
    let id = find::id("customers", &args.customer, draft.customers.iter().map(|customer| customer.id.as_str()))?;
    let into = verb::unmerge(&mut draft, &id)?;
    let mut stamp = session.stamp("unmerge")?;
    stamp.note = args.reason.clone().unwrap_or_default();
    let committed = session.commit(&draft, &stamp)?;
    if session.wants_json() {
        let both: Vec<&Customer> = [&id, &into].into_iter().filter_map(|id| draft.customers.get(id)).collect();
        let (locale, currency) = (draft.locale(), draft.settings.currency.clone());
        session.print(&Grid::of("carebook.customer.v1", &both, &locale, session.lang, &currency))?;
    }
    uncovered_points(session, &draft, [&id, &into])?;
    if !committed.dry_run {
        session.say(&present::unmerged(&id, &into, session.lang));
    }
    Ok(Exit::Done)
}

/// Who is left with fewer points than none, though the rules know no debt: the other had earned what they spent.
fn uncovered_points(session: &mut Session<'_>, draft: &Draft, apart: [&str; 2]) -> Result<(), Failure> {
    let book = session.book()?;
    if !book.has_any(&POINTS)? || book.points_rules()?.rules.negative {
        return Ok(());
    }
    let merged = Merged::of(draft.customers.iter());
    let rows: Vec<PointsRow> = book.some(&|row: &PointsRow| apart.contains(&merged.survivor(row.customer.as_str())))?;
    for id in apart {
        let theirs = rows.iter().filter(|row| merged.survivor(row.customer.as_str()) == id);
        let owed = Ledger::replay(theirs, session.today).owed();
        if owed > 0 {
            let typed = word(id);
            let zh = format!(
                "{id} 的积分余额现在为 -{owed}: 合并期间用掉的积分有一部分是另一位的;可用 carebook points adjust {typed} {owed} --reason 理由 补足"
            );
            let en = format!(
                "{id} is {owed} points below zero now: some of what was spent while merged was the other's. `carebook points adjust {typed} {owed} --reason WHY` makes up for it"
            );
            session.warn(&Problem::warning(What::RuleConflict { message: [zh, en] }));
        }
    }
    Ok(())
}
