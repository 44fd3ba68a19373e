//! `lifecycle`: where customers stand with the shop, since when, and why.

use crate::base::problem::{Problem, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::living::{self, Lives};
use crate::cli::session::Session;
use crate::engine::filter::Filter;
use crate::engine::lifecycle::Standing;
use crate::model::customer::Customer;
use crate::model::lifecycle::Class;
use crate::model::merged::Merged;
use crate::model::vocabulary::Code;
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
    /// Customers per class, or each customer's class
    #[command(visible_alias = "查看")]
    Show(ShowArgs),
    /// One customer's class: every figure that decided, and what comes next
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
    /// Only this class: its code or label
    #[arg(short, long, value_name = "CLASS")]
    class: Option<String>,
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

/// A class by its code or label.
pub fn class(typed: &str) -> Result<Class, What> {
    let allowed = || Class::ALL.iter().map(|class| class.code().to_owned()).collect();
    Class::from_text(typed).ok_or_else(|| What::UnknownName { name: typed.to_owned(), allowed: allowed() })
}

fn show(args: &ShowArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let as_of = super::tier::day(session.flags.as_of.as_deref(), "--as-of", session.today)?;
    let filter = Filter::parse::<Customer>(&args.filters, session.today)?;
    let only = args.class.as_deref().map(class).transpose().map_err(|what| Problem::error(what).field("--class"))?;
    let (book, lang) = (session.book()?, session.lang);
    let settings = book.settings.clone();
    let lives = if args.list || only.is_some() || !args.filters.is_empty() {
        let customers: Vec<Customer> = book.all()?;
        let lives = living::of(book, customers.iter(), as_of)?;
        let locale = settings.locale();
        let matches = |row: &&Standing| filter.matches(&customers[row.position], &locale);
        let mut rows: Vec<&Standing> = match only {
            Some(only) => lives.lifecycle.of(only),
            None => lives.lifecycle.rows.iter().collect(),
        };
        rows.retain(matches);
        session.print(&present::lifecycle::rows(&rows, &customers, as_of, &settings, lang))?;
        if rows.is_empty() {
            super::tier::say_nobody(session, &args.filters, "lifecycle", &["show", "explain"]);
        }
        lives
    } else {
        let (_, lives) = living::all(book, as_of)?;
        session.print(&present::lifecycle::summary(&lives.lifecycle, &settings, lang))?;
        lives
    };
    say(session, &lives);
    Ok(Exit::Done)
}

/// By which rules and facts.
fn say(session: &mut Session<'_>, lives: &Lives) {
    for line in present::lifecycle::scope(&lives.lifecycle, &lives.ruled.hash, session.lang) {
        session.say(&line);
    }
}

fn explain(args: &ExplainArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let as_of = super::tier::day(session.flags.as_of.as_deref(), "--as-of", session.today)?;
    let (book, lang) = (session.book()?, session.lang);
    let customers: Vec<Customer> = book.all()?;
    let named = find::customer(book, &args.customer, customers.iter())?;
    let id = Merged::of(&customers).survivor(&named).to_owned();
    let lives = living::of(book, customers.iter(), as_of)?;
    let settings = book.settings.clone();
    if id != named {
        session.say(&present::merge_customer::led(&named, &id, lang));
    }
    let row = customers.iter().position(|customer| customer.id.as_str() == id).and_then(|at| lives.lifecycle.at(at));
    let Some(row) = row else {
        let message = [format!("{id} 不是有效客户,没有生命周期分类"), format!("{id} is not active and has no class")];
        return Err(What::Usage { message }.into());
    };
    if session.wants_document() {
        session.print(&present::lifecycle::rows(&[row], &customers, as_of, &settings, lang))?;
    } else {
        let text = present::lifecycle::explanation(row, &customers[row.position], &lives.lifecycle, &lives.ruled.rules, &settings, lang);
        session.print_text(&text)?;
        say(session, &lives);
    }
    Ok(Exit::Done)
}
