//! `tier [show]`, `tier apply`, `tier explain`, `tier set`: all of one and the same value.

use chrono::NaiveDate;

use crate::base::date::{DateOrder, Quarter, parse_date};
use crate::base::period::Period;
use crate::base::problem::{Problem, What};
use crate::base::text::nearest;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::cli::weighing::{self, Glance, Weighed, weigh};
use crate::engine::filter::Filter;
use crate::engine::tiering::facts::{LeftOut, Scope};
use crate::engine::tiering::{self, TierOutcome, Tiering, movement};
use crate::model::customer::Customer;
use crate::model::draft::{Need, Which};
use crate::model::merged::Merged;
use crate::model::tier::TierDecision;
use crate::ops::tier as verb;
use crate::view::format::Format;
use crate::view::grid::Grid;
use crate::view::present;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(flatten)]
    show: ShowArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Customers per tier, or who is where and why
    #[command(visible_alias = "查看")]
    Show(ShowArgs),
    /// Record what the rules change
    #[command(visible_alias = "评定")]
    Apply,
    /// One customer's score and tier, step by step
    #[command(visible_alias = "解释")]
    Explain(ExplainArgs),
    /// Who would move under other rules, and why
    #[command(name = "what-if", visible_alias = "试算")]
    WhatIf(super::tier_what_if::Args),
    /// Every decision on one customer, with its effective dates
    #[command(visible_alias = "历史")]
    History(super::tier_history::Args),
    /// Set a tier by hand, for a reason and until a day
    #[command(visible_alias = "设定")]
    Set(SetArgs),
}

#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// Customers that match: filters, see `carebook help filters`
    filters: Vec<String>,
    /// One line per customer
    #[arg(short, long)]
    list: bool,
    /// Only customers whose tier would change
    #[arg(short, long)]
    moves: bool,
    /// With --as-of: from what was recorded by then, also where facts were entered later
    #[arg(long, requires = "as_of")]
    as_recorded: bool,
}

#[derive(Debug, clap::Args)]
struct ExplainArgs {
    /// The customer: id, name, phone or email
    customer: String,
    /// Also the records each measure rests on, one by one
    #[arg(short, long)]
    rows: bool,
    /// With --as-of: from what was recorded by then, also where facts were entered later
    #[arg(long, requires = "as_of")]
    as_recorded: bool,
}

#[derive(Debug, clap::Args)]
struct SetArgs {
    /// The customer: id, name, phone or email
    customer: String,
    /// The tier's code or label
    tier: String,
    /// The last day it stands
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// Why
    #[arg(short, long)]
    reason: Option<String>,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match &args.command {
        None => show(&args.show, session),
        Some(Command::Show(args)) => show(args, session),
        Some(Command::Apply) => apply(session),
        Some(Command::Explain(args)) => explain(args, session),
        Some(Command::WhatIf(args)) => super::tier_what_if::run(args, session),
        Some(Command::History(args)) => super::tier_history::run(args, session),
        Some(Command::Set(args)) => set(args, session),
    }
}

/// A day as typed; without one, today.
pub fn day(typed: Option<&str>, flag: &'static str, today: NaiveDate) -> Result<NaiveDate, Problem> {
    let Some(text) = typed else { return Ok(today) };
    let named = |problem| Period::parse(text, today).ok().filter(|period| period.from == period.to).map(|period| period.to).ok_or(problem);
    parse_date(text, DateOrder::Iso).or_else(named).map_err(|what| Problem::error(what).field(flag))
}

fn show(args: &ShowArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    if args.as_recorded {
        session.rewind()?;
    }
    let as_of = day(session.flags.as_of.as_deref(), "--as-of", session.today)?;
    let filter = Filter::parse::<Customer>(&args.filters, session.today)?;
    let by_customer = args.list || args.moves || !args.filters.is_empty();
    let glance = if by_customer { by_name(args, &filter, as_of, session)? } else { at_a_glance(as_of, session)? };
    say_scope(session, &glance.scope, &glance.left_out, &glance.ruled.hash);
    let superseded = if session.flags.as_of.is_some() { glance.overview.superseded } else { 0 };
    session.say(&present::tier::moves(glance.overview.changes, superseded, false, session.lang));
    Ok(Exit::Done)
}

fn at_a_glance(as_of: NaiveDate, session: &mut Session<'_>) -> Result<Glance, Failure> {
    let book = session.book()?;
    let glance = weighing::overview(book, as_of)?;
    let (rules, lang) = (&glance.ruled.rules, session.lang);
    let mut grid = present::tier::summary(&glance.overview, rules, &book.settings, lang);
    let format = session.format(Format::Table);
    if format == Format::Html {
        grid.picture = Some(present::tier_chart::pyramid(&glance.overview, rules, &book.settings, lang));
    }
    let columns_named = !session.flags.fields.is_empty() || session.flags.json.is_some();
    if format == Format::Table && !columns_named {
        present::tier_chart::bars(&mut grid, &glance.overview, lang);
    }
    session.print(&grid)?;
    Ok(glance)
}

/// One line per customer.
fn by_name(args: &ShowArgs, filter: &Filter, as_of: NaiveDate, session: &mut Session<'_>) -> Result<Glance, Failure> {
    let book = session.book()?;
    let locale = book.locale();
    let all: Vec<Customer> = book.all()?;
    let customers: Vec<&Customer> = all.iter().collect();
    let Weighed { ruled, tiering, .. } = weigh(book, &customers, as_of)?;
    let wanted = |row: &&TierOutcome| (!args.moves || row.changes()) && filter.matches(customers[row.position], &locale);
    let rows: Vec<&TierOutcome> = tiering.rows.iter().filter(wanted).collect();
    let grid = present::tier::rows(&rows, &customers, &ruled.rules, &book.settings, session.lang);
    session.print(&grid)?;
    if grid.rows.is_empty() && !args.moves {
        say_nobody(session, &args.filters, "tier", &["show", "apply", "explain", "what-if", "history", "set"]);
    }
    Ok(Glance { overview: tiering.overview(&ruled.rules), ruled, scope: tiering.scope, left_out: tiering.left_out })
}

/// Filters that no customer matches: perhaps a command was meant.
pub fn say_nobody(session: &mut Session<'_>, filters: &[String], command: &str, verbs: &[&str]) {
    let Some(first) = filters.first() else { return };
    let meant = match first.as_str() {
        "list" => Some("--list"),
        word => nearest(word, verbs.iter().copied()),
    };
    session.say(&present::tier::nobody(&filters.join(" "), meant.map(|meant| format!("{command} {meant}")).as_deref(), session.lang));
}

fn say_scope(session: &mut Session<'_>, scope: &Scope, left_out: &LeftOut, hash: &str) {
    session.say(&present::tier::scope(scope, hash, session.lang));
    for line in present::tier::left_out(scope, left_out, session.lang) {
        session.say(&line);
    }
}

fn superseded(tiering: &Tiering) -> usize {
    tiering.rows.iter().filter(|row| row.superseded).count()
}

fn apply(session: &mut Session<'_>) -> Result<Exit, Failure> {
    // the one change that is made for a day
    let as_of = day(session.flags.as_of.take().as_deref(), "--as-of", session.today)?;
    if as_of > session.today {
        let what = What::OutOfRange { value: as_of.to_string(), min: "1900-01-01".into(), max: session.today.to_string() };
        return Err(Problem::error(what).field("--as-of").into());
    }
    let mut draft = session.draft(&[Need::Customers, Need::Tiers(Which::Quarters(vec![Quarter::of(as_of)]))])?;
    let book = session.book()?;
    let (settings, lang) = (book.settings.clone(), session.lang);
    let customers: Vec<&Customer> = draft.customers.iter().collect();
    let Weighed { ruled, tiering, .. } = weigh(book, &customers, as_of)?;
    let moves: Vec<&TierOutcome> = tiering.changes().collect();
    let grid = present::tier::rows(&moves, &customers, &ruled.rules, &settings, lang);
    let reasons = |outcome: &TierOutcome| present::tier::record(outcome, &ruled.rules, settings.lang);
    let changed = verb::apply(&mut draft, &tiering, &ruled.hash, &reasons);
    // first the book, then the words: a reader who closes the pipe early must not stop the change
    let stamp = session.stamp("tier")?;
    let recorded = changed > 0 && !session.commit(&draft, &stamp)?.dry_run;
    if changed > 0 || session.wants_json() {
        session.print(&grid)?;
    }
    say_scope(session, &tiering.scope, &tiering.left_out, &ruled.hash);
    session.say(&present::tier::moves(changed, superseded(&tiering), recorded, lang));
    Ok(Exit::Done)
}

fn explain(args: &ExplainArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    if args.as_recorded {
        session.rewind()?;
    }
    let as_of = day(session.flags.as_of.as_deref(), "--as-of", session.today)?;
    let book = session.book()?;
    let (currency, lang) = (book.settings.currency.clone(), session.lang);
    let all: Vec<Customer> = book.all()?;
    let named = find::customer(book, &args.customer, all.iter())?;
    let id = Merged::of(&all).survivor(&named).to_owned();
    if id != named {
        session.say(&present::merge_customer::led(&named, &id, session.lang));
    }
    let book = session.book()?;
    let customers: Vec<&Customer> = all.iter().collect();
    let weighed = weigh(book, &customers, as_of)?;
    let Weighed { ruled, totals, tiering } = &weighed;
    let Some(told) = tiering::explain(&customers, tiering, &id, &ruled.rules, totals) else {
        let message = [format!("{id} 已合并或删除,不参与分级"), format!("{id} was merged or erased and is not rated")];
        return Err(What::Usage { message }.into());
    };
    let rows = args.rows.then(|| weighing::sources(book, &customers, told.outcome.position, &weighed)).transpose()?;
    if session.wants_json() {
        let mut document = present::tier_explanation::json(&told, &ruled.rules, &ruled.hash, &currency, lang);
        if let Some(rows) = &rows {
            document["source_rows"] = present::tier_sources::json(rows);
        }
        session.print_json(&document)?;
    } else {
        let columns = session.ui.host.columns();
        let mut text = present::tier_explanation::text(&told, &ruled.rules, &ruled.hash, columns, lang);
        if let Some(rows) = &rows {
            text = text + "\n" + &present::tier_sources::text(rows, columns, lang);
        }
        session.print_text(&text)?;
    }
    Ok(Exit::Done)
}

fn set(args: &SetArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let until = args.until.as_deref().ok_or(What::InputNeeded { flag: "--until" })?;
    let reason = args.reason.clone().ok_or(What::InputNeeded { flag: "--reason" })?;
    let until = day(Some(until), "--until", session.today)?;
    let stamp = session.stamp("tier")?;
    let zone = session.book()?.settings.zone;
    // with what was decided since the day it is to hold from
    let quarters = Period::days(stamp.at.date(zone), session.today.max(stamp.at.date(zone))).quarters();
    let (mut draft, id, gone) = find::draft_with_standing(session, &args.customer, &[Need::Tiers(Which::Quarters(quarters))])?;
    if let Some(gone) = gone {
        session.say(&present::merge_customer::led(&gone, &id, session.lang));
    }
    let rules = session.book()?.tier_rules()?.rules;
    let Some(rank) = movement::rank(&rules, &args.tier) else {
        let allowed = rules.tiers.iter().map(|tier| tier.code.clone()).collect();
        return Err(What::UnknownName { name: args.tier.clone(), allowed }.into());
    };
    let tier = rules.tiers[rank].code.clone();
    let customer = crate::base::id::Id::parse(&id)?;
    verb::set(&mut draft, &stamp, verb::ByHand { customer, tier: tier.clone(), until, reason })?;
    let committed = session.commit(&draft, &stamp)?;
    if session.wants_json() {
        let on = stamp.at.date(zone);
        let made: Vec<&TierDecision> = draft.tiers.iter().filter(|row| row.customer.as_str() == id && row.decided_on == on).collect();
        let (locale, currency) = (draft.locale(), draft.settings.currency.clone());
        session.print(&Grid::of("carebook.tier_decision.v1", &made, &locale, session.lang, &currency))?;
    }
    if !committed.dry_run {
        let said = session.lang.pick(format!("{id}: 等级 {tier},至 {until} 止。"), format!("{id}: tier {tier} until {until}."));
        session.say(&said);
    }
    Ok(Exit::Done)
}
