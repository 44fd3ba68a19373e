//! `customer claim`, `customer release`, `customer pool`: who keeps whom.

use crate::base::problem::What;
use crate::cli::error::{Exit, Failure};
use crate::cli::keeping;
use crate::cli::session::Session;
use crate::cli::weighing::index_of;
use crate::engine::ownership::{Pooled, Released, Touch, releasable};
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Need};
use crate::model::member::MemberIds;
use crate::model::staff::Staff;
use crate::ops::owner::{self as verb, Grounds};
use crate::view::grid::Grid;
use crate::view::present::owner as present;

#[derive(Debug, clap::Args)]
pub struct ClaimArgs {
    /// The customers: id, name, phone or email
    #[arg(value_name = "CUSTOMER", required = true)]
    pub customers: Vec<String>,
    /// For this member of staff [default: who does it]
    #[arg(long = "for", value_name = "STAFF")]
    pub staff: Option<String>,
    /// Against the rules, and also from somebody else; needs --reason
    #[arg(long)]
    pub force: bool,
    /// Why
    #[arg(short, long)]
    pub reason: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct ReleaseArgs {
    /// The customers: id, name, phone or email; with --due or --run: filters
    #[arg(value_name = "CUSTOMER|FILTER", required_unless_present_any = ["due", "run"])]
    pub customers: Vec<String>,
    /// Why
    #[arg(short, long)]
    pub reason: Option<String>,
    /// Who may be released by the rules of rules/archive.yaml, and why
    #[arg(long, conflicts_with = "reason")]
    pub due: bool,
    /// Release them, as one change
    #[arg(long, conflicts_with_all = ["reason", "due"])]
    pub run: bool,
}

#[derive(Debug, clap::Args)]
pub struct PoolArgs {
    /// Filters, see `carebook help filters`
    pub filters: Vec<String>,
    /// The order: by what they bought, or by the date in the archive
    #[arg(long, value_enum, default_value_t = Order::Value)]
    pub by: Order,
}

/// The order of the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Order {
    Value,
    Since,
}

pub fn claim(args: &ClaimArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    if args.force && args.reason.as_deref().unwrap_or_default().trim().is_empty() {
        return Err(What::InputNeeded { flag: "--reason" }.into());
    }
    let mut draft = session.draft(&[Need::Customers, Need::Staff])?;
    let ids = keeping::customers(&args.customers, &draft, session)?;
    let mut stamp = session.stamp("claim")?;
    stamp.note = args.reason.clone().unwrap_or_default();
    let today = stamp.at.date(draft.settings.zone);
    let staff: Vec<Staff> = draft.staff.iter().cloned().collect();
    let name = verb::claimant(&staff, args.staff.as_deref().unwrap_or(&stamp.actor), today)?;
    let rules = session.book()?.archive_rules()?.rules.owner;
    let changes = keeping::owner_changes(session.book()?, &draft, &ids)?;
    let grounds = Grounds { changes: &changes, rules: &rules, today, force: args.force };
    let changed = verb::claim(&mut draft, &ids, &name, &grounds)?;
    let committed = session.commit(&draft, &stamp)?;
    print_changed(&changed, &draft, session)?;
    if committed.changed > 0 && !committed.dry_run {
        session.say(&present::claimed(&changed, &name, session.lang));
    }
    Ok(Exit::Done)
}

/// The customers as they stand, for machines.
fn print_changed(changed: &[Customer], draft: &Draft, session: &mut Session<'_>) -> Result<(), Failure> {
    if !session.wants_json() {
        return Ok(());
    }
    let now: Vec<&Customer> = changed.iter().filter_map(|customer| draft.customers.get(customer.id.as_str())).collect();
    session.print(&Grid::of("carebook.customer.v1", &now, &draft.locale(), session.lang, &draft.settings.currency))
}

pub fn release(args: &ReleaseArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    if args.due {
        return due(&args.customers, session);
    }
    if args.run {
        return run(&args.customers, session);
    }
    let reason = args.reason.clone().filter(|reason| !reason.trim().is_empty()).ok_or(What::InputNeeded { flag: "--reason" })?;
    let mut draft = session.draft(&[Need::Customers])?;
    let ids = keeping::customers(&args.customers, &draft, session)?;
    let released = verb::release(&mut draft, &ids);
    let mut stamp = session.stamp("release")?;
    stamp.note = reason;
    let committed = session.commit(&draft, &stamp)?;
    print_changed(&released, &draft, session)?;
    if committed.changed > 0 && !committed.dry_run {
        session.say(&present::released(&released, session.lang));
    }
    Ok(Exit::Done)
}

/// Who may be released, the longest alone first; those of people who left before all others.
fn found(customers: &[&Customer], staff: &[Staff], filters: &[String], session: &Session<'_>) -> Result<Vec<Released>, Failure> {
    let book = session.book()?;
    let (filter, rules, locale) = (keeping::filter(filters, session)?, book.archive_rules()?.rules.owner, book.locale());
    let touches = keeping::touches(book, customers, session)?;
    let of = |(customer, touch): (&&Customer, Touch)| {
        let why = releasable(customer, &touch, staff, &rules, session.today)?;
        filter.matches(customer, &locale).then(|| Released { customer: (*customer).clone(), touch, why })
    };
    let mut found: Vec<Released> = customers.iter().zip(touches).filter_map(of).collect();
    Released::order(&mut found);
    Ok(found)
}

fn due(filters: &[String], session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (customers, staff): (Vec<Customer>, Vec<Staff>) = (session.book()?.all()?, session.book()?.all()?);
    let found = found(&customers.iter().collect::<Vec<_>>(), &staff, filters, session)?;
    if !found.is_empty() || session.wants_table() {
        session.print(&present::due(&found, session.lang))?;
    }
    session.say(&present::due_count(found.len(), session.lang));
    Ok(Exit::Done)
}

fn run(filters: &[String], session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut draft = session.draft(&[Need::Customers, Need::Staff])?;
    let staff: Vec<Staff> = draft.staff.iter().cloned().collect();
    let found = found(&draft.customers.iter().collect::<Vec<_>>(), &staff, filters, session)?;
    let lang = draft.settings.lang;
    let due: Vec<(String, String)> = found.iter().map(|one| (one.customer.id.to_string(), present::reason(one, lang))).collect();
    verb::release_due(&mut draft, &due);
    let stamp = session.stamp("release")?;
    let committed = session.commit(&draft, &stamp)?;
    if !found.is_empty() || session.wants_table() {
        session.print(&present::due(&found, session.lang))?;
    }
    if committed.changed > 0 && !committed.dry_run {
        session.say(&present::ran(found.len(), session.lang));
    }
    Ok(Exit::Done)
}

pub fn pool(args: &PoolArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let book = session.book()?;
    let customers: Vec<Customer> = book.all()?;
    let (filter, locale) = (keeping::filter(&args.filters, session)?, book.locale());
    let index = index_of(book, &MemberIds::of(&customers))?;
    let bought = keeping::purchases(book, &index, customers.len(), session.today)?;
    let is_free = |customer: &Customer| customer.is_active() && customer.owner.trim().is_empty();
    let of = |(customer, bought)| Pooled { customer, bought };
    let mut found: Vec<Pooled<'_>> = customers.iter().zip(bought).map(of).collect();
    found.retain(|one| is_free(one.customer) && filter.matches(one.customer, &locale));
    match args.by {
        Order::Value => Pooled::by_value(&mut found),
        Order::Since => Pooled::by_since(&mut found),
    }
    let (digits, currency) = (locale.digits, book.settings.currency.clone());
    if !found.is_empty() || session.wants_table() {
        session.print(&present::pool(&found, digits, &currency, session.lang))?;
    }
    session.say(&present::pool_count(found.len(), session.lang));
    Ok(Exit::Done)
}
