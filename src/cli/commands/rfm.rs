//! `rfm`: recency, frequency and monetary scores, and the segments they make.

use crate::base::lang::Lang;
use crate::base::problem::{Problem, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::cli::weighing;
use crate::engine::filter::Filter;
use crate::engine::rfm::{Rfm, Scored};
use crate::model::customer::Customer;
use crate::model::merged::Merged;
use crate::model::rules::rfm::RfmRules;
use crate::view::format::Format;
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
    /// Customers per segment, or each customer's scores
    #[command(visible_alias = "查看")]
    Show(ShowArgs),
    /// One customer's scores: values, cut points, segment
    #[command(visible_alias = "解释")]
    Explain(ExplainArgs),
}

#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// Customers that match: filters, see `carebook help filters`
    filters: Vec<String>,
    /// One line per customer
    #[arg(short, long)]
    list: bool,
    /// Only this segment: its code or label
    #[arg(short, long, value_name = "SEGMENT")]
    segment: Option<String>,
}

#[derive(Debug, clap::Args)]
struct ExplainArgs {
    /// The customer: id, name, phone or email
    customer: String,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match &args.command {
        None => show(&args.show, session),
        Some(Command::Show(args)) => show(args, session),
        Some(Command::Explain(args)) => explain(args, session),
    }
}

/// The archive, the rules with their version, and everybody's scores.
fn scored(session: &Session<'_>) -> Result<(Vec<Customer>, RfmRules, String, Rfm), Failure> {
    let as_of = super::tier::day(session.flags.as_of.as_deref(), "--as-of", session.today)?;
    let book = session.book()?;
    let ruled = book.tier_rules()?;
    let customers: Vec<Customer> = book.all()?;
    let rfm = weighing::rfm(book, &customers, &ruled.rules.rfm, as_of)?;
    Ok((customers, ruled.rules.rfm, ruled.hash, rfm))
}

fn show(args: &ShowArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let filter = Filter::parse::<Customer>(&args.filters, session.today)?;
    let (customers, rules, hash, rfm) = scored(session)?;
    let (settings, lang) = (session.book()?.settings.clone(), session.lang);
    let segment = args.segment.as_deref().map(|name| named(&rules, name)).transpose()?;
    if args.list || segment.is_some() || !args.filters.is_empty() {
        let locale = settings.locale();
        let wanted = |row: &&Scored| segment.is_none_or(|at| row.segment == at) && filter.matches(&customers[row.position], &locale);
        let rows: Vec<&Scored> = rfm.rows.iter().filter(wanted).collect();
        let mut grid = present::rfm::rows(&rows, &customers, &rules, &settings, lang);
        grid.notes = present::rfm::notes(&rfm, &rules, &hash);
        session.print(&grid)?;
        if grid.rows.is_empty() && segment.is_none() {
            super::tier::say_nobody(session, &args.filters, "rfm", &["show", "explain"]);
        }
    } else {
        let mut grid = present::rfm::segments(&rfm, &rules, &settings, lang);
        grid.notes = present::rfm::notes(&rfm, &rules, &hash);
        session.print(&grid)?;
    }
    session.say(&present::tier::scope(&rfm.scope, &hash, lang));
    for line in present::tier::left_out(&rfm.scope, &rfm.left_out, lang) {
        session.say(&line);
    }
    if rfm.without > 0 {
        session.say(&present::rfm::without(rfm.without, lang));
    }
    if rfm.unscored > 0 {
        session.say(&present::rfm::unscored(rfm.unscored, lang));
    }
    Ok(Exit::Done)
}

fn named(rules: &RfmRules, name: &str) -> Result<usize, Problem> {
    let allowed = || rules.segments.iter().map(|segment| segment.code.clone()).collect();
    let unknown = || Problem::error(What::UnknownName { name: name.to_owned(), allowed: allowed() }).field("--segment");
    rules.named(name).ok_or_else(unknown)
}

fn explain(args: &ExplainArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (customers, rules, hash, rfm) = scored(session)?;
    let named = find::customer(session.book()?, &args.customer, customers.iter())?;
    let id = Merged::of(&customers).survivor(&named).to_owned();
    if id != named {
        session.say(&present::merge_customer::led(&named, &id, session.lang));
    }
    let (settings, lang) = (session.book()?.settings.clone(), session.lang);
    let row = rfm.rows.iter().find(|row| customers[row.position].id.as_str() == id);
    let Some(row) = row else {
        let message = match rfm.unscored {
            0 => [format!("{id} 没有购买记录,没有 RFM 分数"), format!("{id} never bought anything and has no RFM scores")],
            n => [
                format!("{id} 没有 RFM 分数: {}", present::rfm::unscored(n, Lang::Zh)),
                format!("{id} has no RFM scores: {}", present::rfm::unscored(n, Lang::En)),
            ],
        };
        return Err(What::Usage { message }.into());
    };
    let customer = &customers[row.position];
    if session.format(Format::Table) != Format::Table || !session.flags.fields.is_empty() {
        let mut grid = present::rfm::rows(&[row], &customers, &rules, &settings, lang);
        grid.notes = present::rfm::notes(&rfm, &rules, &hash);
        session.print(&grid)?;
    } else {
        let columns = session.ui.host.columns();
        session.print_text(&present::rfm::explanation(row, customer, &rfm, &rules, &hash, &settings, columns, lang))?;
    }
    Ok(Exit::Done)
}
