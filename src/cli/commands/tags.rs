//! `customer tag`, `customer tags`.

use crate::base::lang::Lang;
use crate::base::problem::{Problems, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::keeping;
use crate::cli::session::Session;
use crate::engine::tags::Counts;
use crate::model::customer::Customer;
use crate::model::draft::{Draft, Need};
use crate::ops::tags::{self as verb, Change, MINUS};
use crate::view::grid::Grid;
use crate::view::present;

#[derive(Debug, clap::Args)]
pub struct TagArgs {
    /// Customers (id, name, phone or email), +TAG to put one on, -TAG to take one off
    #[arg(value_name = "CUSTOMER|+TAG|-TAG", required = true)]
    pub words: Vec<String>,
    /// All active customers that pass this filter, see `carebook help filters`; may be repeated: all must hold
    #[arg(long, value_name = "FILTER")]
    pub filter: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct TagsArgs {
    /// Only of customers that pass these filters, see `carebook help filters`
    pub filters: Vec<String>,
}

/// Makes `-old` after `customer tag` a word of its own: to the reader of arguments it would be a flag. `-n`, `-o` and other
/// single letters stay flags.
pub fn rewrite(mut args: Vec<String>) -> Vec<String> {
    let is = |at: usize, words: [&str; 2]| args.get(at).is_some_and(|arg| words.contains(&arg.as_str()));
    let Some(verb) = (1..args.len()).find(|at| is(*at, ["customer", "客户"]) && is(at + 1, ["tag", "标签"])) else { return args };
    for arg in args.iter_mut().skip(verb + 2).take_while(|arg| *arg != "--") {
        let tag = arg.strip_prefix('-').filter(|rest| !rest.starts_with('-') && (rest.chars().count() > 1 || !rest.is_ascii()));
        if let Some(tag) = tag {
            *arg = format!("{MINUS}{tag}");
        }
    }
    args
}

pub fn tag(args: &TagArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (mut changes, mut typed, mut wrong) = (Vec::new(), Vec::new(), Problems::new());
    for word in &args.words {
        match Change::parse(word) {
            Some(Ok(change)) => changes.push(change),
            Some(Err(what)) => wrong.push(what.into()),
            None => typed.push(word.clone()),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong.into());
    }
    if changes.is_empty() {
        return Err(What::InputNeeded { flag: "+TAG" }.into());
    }
    if typed.is_empty() && args.filter.is_empty() {
        return Err(What::InputNeeded { flag: "CUSTOMER" }.into());
    }
    let mut draft = session.draft(&[Need::Customers])?;
    let mut ids = keeping::customers(&typed, &draft, session)?;
    if !args.filter.is_empty() {
        ids.extend(passing(&args.filter, &draft, session)?);
    }
    let told = unheard(&changes, &draft, session.lang);
    let changed = verb::tag(&mut draft, &ids, &changes)?;
    let stamp = session.stamp("tag")?;
    let committed = session.commit(&draft, &stamp)?;
    if session.wants_json() {
        let (locale, currency) = (draft.locale(), draft.settings.currency.clone());
        let changed: Vec<&Customer> = changed.iter().collect();
        session.print(&Grid::of("carebook.customer.v1", &changed, &locale, session.lang, &currency))?;
    }
    if committed.changed > 0 && !committed.dry_run {
        session.say(&present::tags::tagged(&changed, session.lang));
    }
    for line in &told {
        session.say(line);
    }
    Ok(Exit::Done)
}

/// What is to be said of tags that nobody has had so far.
fn unheard(changes: &[Change], draft: &Draft, lang: Lang) -> Vec<String> {
    let counts = Counts::of(draft.customers.iter());
    let lines = changes.iter().map(|change| match change {
        Change::Add(tag) => (tag, false),
        Change::Remove(tag) => (tag, true),
    });
    let unheard = lines.filter(|(tag, _)| counts.lacks(tag));
    unheard.map(|(tag, taken_off)| present::tags::unheard(tag, counts.near(tag), taken_off, lang)).collect()
}

/// The active customers that pass the filters.
fn passing(filters: &[String], draft: &Draft, session: &Session<'_>) -> Result<Vec<String>, Failure> {
    let (filter, locale) = (keeping::filter(filters, session)?, draft.locale());
    let passes = |customer: &&Customer| customer.is_active() && filter.matches(customer, &locale);
    Ok(draft.customers.iter().filter(passes).map(|customer| customer.id.to_string()).collect())
}

pub fn tags(args: &TagsArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let customers = keeping::filtered(&args.filters, session)?;
    let counts = Counts::of(&customers);
    let grid = present::tags::counts(&counts, session.lang);
    if grid.rows.is_empty() && !session.wants_table() {
        session.say(session.lang.pick("没有标签。", "No tags."));
    } else {
        session.print(&grid)?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_to_be_taken_off_are_no_flags() {
        let rewritten = |line: &str| rewrite(line.split(' ').map(str::to_owned).collect()).join(" ");
        assert_eq!(rewritten("x customer tag C1 +vip -old -旧 -n --json -q"), "x customer tag C1 +vip −old −旧 -n --json -q");
        assert_eq!(rewritten("x --lang zh 客户 标签 -ab -- -ab"), "x --lang zh 客户 标签 −ab -- -ab");
        assert_eq!(rewritten("x customer tags -old"), "x customer tags -old");
    }
}
