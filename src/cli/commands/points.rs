//! `points run|redeem|gift|refer|adjust|balance|explain|list|due`: the ledger of loyalty points.

use chrono::NaiveDate;

use super::points_run::{self, RunArgs};
use crate::base::date::{DateOrder, Quarter, parse_date};
use crate::base::duration::Span;
use crate::base::id::Id;
use crate::base::period::Period;
use crate::base::problem::{Problem, Problems, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::cli::weighing;
use crate::engine::points::Ledger;
use crate::engine::points::ledger::ByCustomer;
use crate::engine::tiering::index::Index;
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Need, Which};
use crate::model::member::{MemberIds, MembersReader};
use crate::model::order::OrderKind;
use crate::model::points::{POINTS, PointsKind, PointsRow};
use crate::model::stamp::Stamp;
use crate::ops::points as ops;
use crate::store::{Book, OrderRow};
use crate::view::grid::Grid;
use crate::view::present::points as present;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Book what the rules say: orders, refunds, referrals, what ran out; a second time nothing
    #[command(visible_alias = "记账")]
    Run(RunArgs),
    /// Spend points of a customer
    #[command(visible_alias = "兑换")]
    Redeem(RedeemArgs),
    /// Give points to a customer, for a reason
    #[command(visible_alias = "赠送")]
    Gift(GiftArgs),
    /// Note who brought a new customer; `points run` books what it brings
    #[command(visible_alias = "推荐")]
    Refer(ReferArgs),
    /// Correct a balance by hand, for a reason
    #[command(visible_alias = "调整")]
    Adjust(AdjustArgs),
    /// The balance of a customer, or of all
    #[command(visible_alias = "余额")]
    Balance(BalanceArgs),
    /// A customer's points lot by lot: where they came from, what took them, what is left
    #[command(visible_alias = "解释")]
    Explain(ExplainArgs),
    /// The entries of the ledger
    #[command(visible_alias = "列表")]
    List(ListArgs),
    /// Points that are about to run out
    #[command(visible_alias = "到期")]
    Due(DueArgs),
}

#[derive(Debug, clap::Args)]
pub struct RedeemArgs {
    /// The customer: id, name, phone or email
    pub customer: String,
    /// How many
    pub points: i64,
    /// What for
    #[arg(short, long)]
    pub reason: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct GiftArgs {
    /// The customer: id, name, phone or email
    pub customer: String,
    /// How many
    pub points: i64,
    /// What for
    #[arg(short, long)]
    pub reason: Option<String>,
    /// The last day they count [default: by the rules]
    #[arg(long, value_name = "DATE")]
    pub expires: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct ReferArgs {
    /// Who referred: id, name, phone or email
    pub referrer: String,
    /// The new customer: id, name, phone or email
    pub new: String,
}

#[derive(Debug, clap::Args)]
pub struct AdjustArgs {
    /// The customer: id, name, phone or email
    pub customer: String,
    /// How many more, or fewer: 50, -50
    #[arg(allow_negative_numbers = true)]
    pub points: i64,
    /// Why
    #[arg(short, long)]
    pub reason: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct BalanceArgs {
    /// The customer: id, name, phone or email [default: all that have or owe any]
    pub customer: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// The customer: id, name, phone or email
    pub customer: String,
}

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Filters, see `carebook help filters`
    pub filters: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct DueArgs {
    /// How far ahead
    #[arg(long, value_name = "SPAN", default_value = "30d")]
    pub within: String,
}

impl Command {
    /// Balances go by the days of the entries, as tiers do by those of the facts; only the list shows what was recorded.
    pub fn asks_the_past(&self) -> bool {
        matches!(self, Command::List(_))
    }
}

pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Run(args) => points_run::run(args, session),
        Command::Redeem(args) => redeem(args, session),
        Command::Gift(args) => gift(args, session),
        Command::Refer(args) => refer(args, session),
        Command::Adjust(args) => adjust(args, session),
        Command::Balance(args) => balance(args, session),
        Command::Explain(args) => explain(args, session),
        Command::List(args) => super::list::of("points", &args.filters, session),
        Command::Due(args) => due(args, session),
    }
}

/// A day as typed; without one, today.
pub fn day(typed: Option<&str>, flag: &'static str, today: NaiveDate) -> Result<NaiveDate, Problem> {
    let Some(text) = typed else { return Ok(today) };
    let named = |problem| Period::parse(text, today).map(|period| period.to).map_err(|_| problem);
    parse_date(text, DateOrder::Iso).or_else(named).map_err(|what| Problem::error(what).field(flag))
}

fn as_of(session: &Session<'_>) -> Result<NaiveDate, Problem> {
    day(session.flags.as_of.as_deref(), "--as-of", session.today)
}

/// The ids of the archive, with whom they count for.
pub struct Archive {
    pub ids: MemberIds,
    pub index: Index,
}

impl Archive {
    pub fn read(book: &Book) -> Result<Archive, Problems> {
        let ids = book.members(MembersReader::default())?.ids;
        Ok(Archive { index: weighing::index_of(book, &ids)?, ids })
    }

    /// The customer an id counts for: itself, or the one it was merged into.
    pub fn survivor(&self, id: &str) -> Option<(u32, &str)> {
        let at = self.index.get(id)?;
        Some((at, self.ids.iter().nth(at as usize)?))
    }

    /// The entries that count for a customer.
    pub fn rows(&self, book: &Book, at: u32) -> Result<Vec<PointsRow>, Problems> {
        book.some(&|row: &PointsRow| self.index.get(row.customer.as_str()) == Some(at))
    }
}

/// The entries of a customer's sheet. Where the book has none, nothing else is read.
pub fn rows_of(id: &str, book: &Book) -> Result<Vec<PointsRow>, Problems> {
    if !book.has_any(&POINTS)? {
        return Ok(Vec::new());
    }
    let archive = Archive::read(book)?;
    archive.index.get(id).map_or_else(|| Ok(Vec::new()), |at| archive.rows(book, at))
}

/// A draft to enter something for a customer, whom it counts for, and what stands in the ledger.
struct Entering {
    draft: Draft,
    stamp: Stamp,
    customer: Id,
    rows: Vec<PointsRow>,
}

fn entering(typed: &str, action: &'static str, session: &mut Session<'_>) -> Result<Entering, Failure> {
    let stamp = session.stamp(action)?;
    let quarter = Quarter::of(stamp.at.date(session.book()?.settings.zone));
    let (draft, id) = find::draft_with_customer(session, typed, &[Need::Points(Which::Quarters(vec![quarter]))])?;
    let book = session.book()?;
    let archive = Archive::read(book)?;
    let (at, survivor) = archive.survivor(&id).ok_or(What::NotFound { noun: "customers", id, nearest: None })?;
    Ok(Entering { draft, stamp, customer: Id::parse(survivor)?, rows: archive.rows(book, at)? })
}

/// Commits one entry and says how the customer stands then.
fn said(session: &mut Session<'_>, entered: Entering, row: &PointsRow) -> Result<Exit, Failure> {
    let Entering { draft, stamp, mut rows, customer } = entered;
    let committed = session.commit(&draft, &stamp)?;
    rows.push(row.clone());
    let ledger = Ledger::replay(&rows, session.today.max(row.date));
    if session.wants_json() {
        let (locale, currency) = (draft.locale(), draft.settings.currency.clone());
        session.print(&Grid::of("carebook.points.v1", &[row], &locale, session.lang, &currency))?;
    }
    if !committed.dry_run {
        session.say(&present::entered(row, &customer, &ledger, session.lang));
    }
    Ok(Exit::Done)
}

fn redeem(args: &RedeemArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let rules = session.book()?.points_rules()?.rules;
    let mut entered = entering(&args.customer, "redeem", session)?;
    let Entering { draft, stamp, customer, rows } = &mut entered;
    let account = ops::Account { customer, rows, rules: &rules, today: session.today };
    let row = ops::redeem(draft, stamp, account, args.points, args.reason.as_deref().unwrap_or_default())?;
    said(session, entered, &row)
}

fn gift(args: &GiftArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let reason = args.reason.as_deref().ok_or(What::InputNeeded { flag: "--reason" })?;
    let until = args.expires.as_deref().map(|text| day(Some(text), "--expires", session.today)).transpose()?;
    let rules = session.book()?.points_rules()?.rules;
    let mut entered = entering(&args.customer, "gift", session)?;
    let Entering { draft, stamp, customer, rows } = &mut entered;
    let account = ops::Account { customer, rows, rules: &rules, today: session.today };
    let row = ops::gift(draft, stamp, account, args.points, until, reason)?;
    let exit = said(session, entered, &row)?;
    if let Some(last) = row.expires_on.filter(|last| *last < session.today) {
        session.say(&present::gone_already(&row, last, session.lang));
    }
    Ok(exit)
}

fn adjust(args: &AdjustArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let reason = args.reason.as_deref().ok_or(What::InputNeeded { flag: "--reason" })?;
    let rules = session.book()?.points_rules()?.rules;
    let mut entered = entering(&args.customer, "adjust", session)?;
    let Entering { draft, stamp, customer, rows } = &mut entered;
    let account = ops::Account { customer, rows, rules: &rules, today: session.today };
    let row = ops::adjust(draft, stamp, account, args.points, reason)?;
    said(session, entered, &row)
}

fn refer(args: &ReferArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let stamp = session.stamp("refer")?;
    let date = stamp.at.date(session.book()?.settings.zone);
    let mut draft = session.draft(&[Need::Customers, Need::Points(Which::Quarters(vec![Quarter::of(date)]))])?;
    let book = session.book()?;
    let found = |typed: &str, draft: &Draft| find::customer(book, typed, draft.customers.iter());
    let (referrer, new) = (found(&args.referrer, &draft)?, found(&args.new, &draft)?);
    let archive = Archive::read(book)?;
    let lost = |id: &str| What::NotFound { noun: "customers", id: id.to_owned(), nearest: None };
    let (_, referrer) = archive.survivor(&referrer).ok_or_else(|| lost(&referrer))?;
    let (at, new) = archive.survivor(&new).ok_or_else(|| lost(&new))?;
    let referrals: Vec<PointsRow> = book.some(&|row: &PointsRow| row.kind == PointsKind::Referral && row.points == 0)?;
    let pair = |row: &PointsRow| {
        let (_, referrer) = archive.survivor(row.customer.as_str())?;
        let (_, new) = archive.survivor(row.referred.as_ref()?.as_str())?;
        Some((referrer.to_owned(), new.to_owned()))
    };
    let known: Vec<(String, String)> = referrals.iter().filter_map(pair).collect();
    let mut bought = false;
    book.scan_orders(Some(Period::days(NaiveDate::MIN, date.pred_opt().unwrap_or(date))), &mut |order: &OrderRow<'_>| {
        let sale = order.kind.map_or(order.amount.0 >= 0, |kind| kind == OrderKind::Sale);
        bought |= sale && archive.index.get(order.customer) == Some(at);
    })?;
    let rewarded = book.points_rules()?.rules.referral.is_some();
    let row = ops::refer(&mut draft, &stamp, &Id::parse(referrer)?, &Id::parse(new)?, &known, bought)?;
    let committed = session.commit(&draft, &stamp)?;
    if session.wants_json() {
        let (locale, currency) = (draft.locale(), draft.settings.currency.clone());
        session.print(&Grid::of("carebook.points.v1", &[&row], &locale, session.lang, &currency))?;
    }
    if !committed.dry_run {
        session.say(&present::referred(&row, rewarded, session.lang));
    }
    Ok(Exit::Done)
}

fn balance(args: &BalanceArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (day, book) = (as_of(session)?, session.book()?);
    let (rules, digits) = (book.points_rules()?.rules, book.locale().digits);
    let archive = Archive::read(book)?;
    let rows: Vec<PointsRow> = match &args.customer {
        Some(typed) => {
            let customers: Vec<Customer> = book.all()?;
            let id = find::customer(book, typed, customers.iter())?;
            let Some((at, _)) = archive.survivor(&id) else { return Ok(Exit::Done) };
            let mut rows = archive.rows(book, at)?;
            if rows.is_empty() {
                // a customer without any has none, which is an answer
                rows.push(PointsRow::new(Id::parse(&id)?, day, PointsKind::Adjust, 0));
            }
            rows
        }
        None => book.all()?,
    };
    let by = ByCustomer::new(&rows, &archive.index);
    let ids: Vec<&str> = archive.ids.iter().collect();
    let named = args.customer.is_some();
    let ledgers = by.ledgers(day).filter(|(_, ledger)| named || ledger.balance() != 0 || ledger.owed() != 0);
    let grid = present::balances(ledgers.map(|(at, ledger)| (ids[at as usize], ledger)), &rules, digits, session.lang);
    let strangers = by.strangers;
    session.print(&grid)?;
    session.say(&present::balances_said(grid.rows.len(), day, strangers, session.lang));
    Ok(Exit::Done)
}

fn explain(args: &ExplainArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (day, book) = (as_of(session)?, session.book()?);
    let (rules, locale) = (book.points_rules()?.rules, book.locale());
    let customers: Vec<Customer> = book.all()?;
    let id = find::customer(book, &args.customer, customers.iter())?;
    let archive = Archive::read(book)?;
    let (at, survivor) = archive.survivor(&id).ok_or(What::NotFound { noun: "customers", id, nearest: None })?;
    let rows = archive.rows(book, at)?;
    let ledger = Ledger::replay(&rows, day);
    if session.wants_json() {
        let document = present::explanation_json(survivor, &ledger, &rules, &locale);
        session.print_json(&document)?;
    } else {
        let text = present::explanation(survivor, &ledger, &rules, &locale, session.lang);
        session.print_text(&text)?;
    }
    Ok(Exit::Done)
}

fn due(args: &DueArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let from = as_of(session)?;
    let until = Span::parse(&args.within).map_err(|what| Problem::error(what).field("--within"))?.after(from);
    let book = session.book()?;
    let reader = book.members(MembersReader::with_names())?;
    let index = weighing::index_of(book, &reader.ids)?;
    let rows: Vec<PointsRow> = book.all()?;
    let by = ByCustomer::new(&rows, &index);
    let ids: Vec<&str> = reader.ids.iter().collect();
    let mut due = Vec::new();
    for (at, ledger) in by.ledgers(from) {
        let name = reader.names.as_ref().map_or("", |names| names.get(at as usize));
        for (last, points) in ledger.running_out(until) {
            due.push(present::Due { customer: ids[at as usize], name, last, points });
        }
    }
    due.sort_by_key(|due| (due.last, due.customer));
    session.print(&present::due(&due, session.lang))?;
    session.say(&present::due_said(&due, until, session.lang));
    Ok(Exit::Done)
}
