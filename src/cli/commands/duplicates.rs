//! `customer duplicates`, `customer distinct`: who may be entered twice, and who is not.

use crate::base::problem::{Problem, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::engine::duplicates::{self, Desk, Pair};
use crate::model::contact::Contact;
use crate::model::customer::Customer;
use crate::model::draft::Need;
use crate::model::merged::Merged;
use crate::ops;
use crate::view::grid::Grid;
use crate::view::present;

#[derive(Debug, clap::Args)]
pub struct DuplicatesArgs {
    /// Only those who may be this customer: id, name, phone or email
    pub customer: Option<String>,
    /// From how many points on, 1 to 100 [default: as in rules/duplicates.yaml]
    #[arg(long, value_name = "N")]
    pub least: Option<i32>,
    /// End with 1 when there are any, for cron
    #[arg(long)]
    pub fail_if_any: bool,
}

#[derive(Debug, clap::Args)]
pub struct DistinctArgs {
    /// The customer: id, name, phone or email
    pub customer: String,
    /// The other customer
    pub other: String,
    /// Take the mark away: they may be one after all
    #[arg(long)]
    pub remove: bool,
}

pub fn duplicates(args: &DuplicatesArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let book = session.book()?;
    let rules = book.duplicate_rules()?.rules;
    let least = args.least.unwrap_or(rules.tell);
    if !(1..=100).contains(&least) {
        let what = What::OutOfRange { value: least.to_string(), min: "1".into(), max: "100".into() };
        return Err(Problem::error(what).field("--least").into());
    }
    let (customers, contacts): (Vec<Customer>, Vec<Contact>) = (book.all()?, book.all()?);
    let merged = Merged::of(&customers);
    let desk = Desk::new(&rules, &merged, &contacts);
    let asked = args.customer.as_deref().map(|typed| find::customer(book, typed, customers.iter())).transpose()?;
    let profiles = || customers.iter().filter_map(|customer| desk.profile(customer));
    let (pairs, crowded) = match &asked {
        Some(id) => {
            let own = profiles().find(|profile| profile.customer.id.as_str() == id);
            (own.map(|one| duplicates::among(&desk, &one, profiles(), least)).unwrap_or_default(), Vec::new())
        }
        None => {
            let found = duplicates::pairs(&desk, profiles().collect(), least, None);
            (found.pairs, found.crowded)
        }
    };
    let lang = session.lang;
    if !pairs.is_empty() || session.wants_table() {
        session.print(&present::duplicates::grid(&pairs, &crowded, lang))?;
    }
    for line in present::duplicates::crowds(&crowded, lang) {
        session.say(&line);
    }
    session.say(&present::duplicates::count(pairs.len(), least, lang));
    if let Some(Pair { one, other, .. }) = pairs.first().filter(|pair| pair.merged_into.is_none()) {
        session.say(&present::duplicates::next(one.id.as_str(), other.id.as_str(), lang));
    }
    Ok(if args.fail_if_any && !pairs.is_empty() { Exit::Failed } else { Exit::Done })
}

pub fn distinct(args: &DistinctArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut draft = session.draft(&[Need::Customers])?;
    let book = session.book()?;
    let one = find::customer(book, &args.customer, draft.customers.iter())?;
    let other = find::customer(book, &args.other, draft.customers.iter())?;
    ops::merge_customer::distinct(&mut draft, &one, &other, args.remove)?;
    let stamp = session.stamp("distinct")?;
    let committed = session.commit(&draft, &stamp)?;
    if session.wants_json() {
        let both: Vec<&Customer> = [&one, &other].into_iter().filter_map(|id| draft.customers.get(id)).collect();
        let (locale, currency) = (draft.locale(), draft.settings.currency.clone());
        session.print(&Grid::of("carebook.customer.v1", &both, &locale, session.lang, &currency))?;
    }
    if committed.changed > 0 && !committed.dry_run {
        session.say(&present::duplicates::distinct(&one, &other, args.remove, session.lang));
    }
    Ok(Exit::Done)
}
