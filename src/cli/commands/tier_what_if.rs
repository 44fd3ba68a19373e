//! `tier what-if RULES`: who would move under other rules, and why. Changes nothing.

use crate::base::lang::Lang;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::cli::weighing::{Weighed, weigh_by};
use crate::engine::tiering::what_if::{self, Side};
use crate::model::customer::Customer;
use crate::model::rules::tiers::{DEFAULT, TierRules};
use crate::store::Book;
use crate::view::format;
use crate::view::format::Format;
use crate::view::present;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A file like rules/tiers.yaml, `-` for stdin, or `built-in`
    rules: String,
    /// As if nobody had to wait: no minimum stay, no review, no grace
    #[arg(long)]
    settled: bool,
}

/// The name of carebook's own rules.
const BUILT_IN: &str = "built-in";

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let as_of = super::tier::day(session.flags.as_of.as_deref(), "--as-of", session.today)?;
    let book = session.book()?;
    let mut new = match args.rules.as_str() {
        BUILT_IN | "内置" => Book::tier_rules_of(BUILT_IN, DEFAULT.as_bytes())?,
        file => Book::tier_rules_of(file, &session.read_input(file)?)?,
    };
    let mut old = book.tier_rules()?;
    if args.settled {
        what_if::at_once(&mut new.rules);
        what_if::at_once(&mut old.rules);
    }
    let all: Vec<Customer> = book.all()?;
    let customers: Vec<&Customer> = all.iter().collect();
    let (old, new) = (weigh_by(book, &customers, old, as_of)?, weigh_by(book, &customers, new, as_of)?);
    let told = what_if::compare(&customers, &side(&old), &side(&new));
    let (lang, settings) = (session.lang, book.settings.clone());
    let moves = present::tier_what_if::moves(&told, &customers, named(&old), named(&new), &settings, lang);
    if session.format(Format::Table) != Format::Table || !session.flags.fields.is_empty() {
        session.print(&moves)?;
    } else {
        let columns = session.ui.host.columns();
        let counts = present::tier_what_if::counts(&told, &new.ruled.rules, lang);
        let moves = moves.without_blank_columns();
        let mut text = format::table(&counts, columns);
        if !told.moves.is_empty() {
            text = text + "\n" + &format::table(&moves, columns);
        }
        session.print_text(&text)?;
    }
    session.say(&present::tier::by_rules(&new.tiering.scope, &rules_named(&args.rules, &new.ruled.hash, lang), lang));
    for line in present::tier::left_out(&new.tiering.scope, &new.tiering.left_out, lang) {
        session.say(&line);
    }
    session.say(&present::tier_what_if::summary(&told, lang));
    Ok(Exit::Done)
}

/// The rules that were tried: carebook's own by their name, a file with its version.
fn rules_named(rules: &str, hash: &str, lang: Lang) -> String {
    match rules {
        BUILT_IN | "内置" => present::tier::rules_named(BUILT_IN, lang),
        file => format!("{file} ({hash})"),
    }
}

fn side(weighed: &Weighed) -> Side<'_> {
    Side { rules: &weighed.ruled.rules, totals: &weighed.totals, tiering: &weighed.tiering }
}

/// Its rules, and their version.
fn named(weighed: &Weighed) -> (&TierRules, &str) {
    (&weighed.ruled.rules, &weighed.ruled.hash)
}
