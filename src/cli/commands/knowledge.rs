//! `knowledge add|edit|retire|link|list|show|problems`: common problems with their solutions.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::customer::assignments;
use super::intake::settled;
use super::show::{self, merge};
use crate::base::instant::Instant;
use crate::base::period::Period;
use crate::base::problem::{Problem, Problems, What};
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::own;
use crate::cli::session::Session;
use crate::engine::filter::Filter;
use crate::engine::knowledge as engine;
use crate::engine::report::Cohort;
use crate::engine::story;
use crate::model::draft::{Draft, Need};
use crate::model::knowledge::Knowledge;
use crate::model::log::LogRow;
use crate::model::record::Record;
use crate::model::request::Request;
use crate::ops::knowledge::{self as ops, Entry};
use crate::store::{Book, Wanted};
use crate::view::format::Format;
use crate::view::grid::Grid;
use crate::view::present;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add an entry: a problem and what helps
    #[command(visible_alias = "新增")]
    Add(AddArgs),
    /// Change fields of an entry
    #[command(visible_alias = "修改")]
    Edit(EditArgs),
    /// Retire an entry: it is kept, and no longer proposed
    #[command(visible_alias = "停用")]
    Retire(RetireArgs),
    /// Link requests with the entry that answered them
    #[command(visible_alias = "关联")]
    Link(LinkArgs),
    /// The entries, the most useful first
    #[command(visible_alias = "列表")]
    List(ListArgs),
    /// One entry: its requests and how they went
    #[command(visible_alias = "查看")]
    Show(ShowArgs),
    /// The common problems of a period, and which have no entry
    #[command(visible_alias = "问题")]
    Problems(ProblemsArgs),
}

#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// The problem in a few words [default: with --from, the request's content]
    pub title: Option<String>,
    /// What helps; - reads it from standard input
    #[arg(long, value_name = "TEXT")]
    pub solution: Option<String>,
    /// Category, as of requests
    #[arg(short = 'k', long)]
    pub category: Option<String>,
    /// Its cause: a code of rules/categories.yaml, or in your own words
    #[arg(long)]
    pub cause: Option<String>,
    /// Product and keywords, separated by ;
    #[arg(long, value_name = "A;B")]
    pub tags: Option<String>,
    /// Draft it from this request, and link them
    #[arg(long, value_name = "REQUEST")]
    pub from: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct EditArgs {
    /// The entry: id such as K3, or words of its title
    pub entry: String,
    /// Fields, such as solution=… status=current (a blank value empties the field)
    #[arg(value_name = "FIELD=VALUE", required = true)]
    pub set: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct RetireArgs {
    /// The entry: id such as K3, or words of its title
    pub entry: String,
    /// Why
    #[arg(short, long)]
    pub reason: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct LinkArgs {
    /// The entry: id such as K3, or words of its title
    pub entry: String,
    /// The requests: ids or unique tails
    #[arg(value_name = "REQUEST", required = true)]
    pub requests: Vec<String>,
    /// Take the links away
    #[arg(long)]
    pub remove: bool,
}

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Filters, see `carebook help filters`
    pub filters: Vec<String>,
    /// Ranked by the requests received in this period, such as 2026Q3 [default: the last twelve months]
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<String>,
    /// Retired entries too
    #[arg(long)]
    pub all: bool,
    /// The common problems instead, as `knowledge problems`
    #[arg(long, conflicts_with_all = ["filters", "all"])]
    pub problems: bool,
}

#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// The entry: id such as K3, or words of its title
    pub entry: String,
    /// Only requests received in this period [default: all]
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct ProblemsArgs {
    /// Of the requests received in this period, such as 2026Q3 [default: the last twelve months]
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<String>,
    /// So many of the commonest
    #[arg(long, value_name = "N", default_value_t = TOP)]
    pub top: NonZeroUsize,
}

/// So many common problems unless said otherwise.
const TOP: NonZeroUsize = NonZeroUsize::MIN.saturating_add(19);

pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Add(args) => add(args, session),
        Command::Edit(args) => edit(args, session),
        Command::Retire(args) => retire(args, session),
        Command::Link(args) => link(args, session),
        Command::List(args) if args.problems => problems(args.period.as_deref(), TOP, session),
        Command::List(args) => list(args, session),
        Command::Show(args) => entry(&args.entry, args.period.as_deref(), session),
        Command::Problems(args) => problems(args.period.as_deref(), args.top, session),
    }
}

fn add(args: &AddArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let solution = args.solution.as_deref().map(|typed| given(typed, session)).transpose()?;
    let categories = session.book()?.category_rules()?.rules;
    let (mut draft, from) = match args.from.as_deref() {
        Some(typed) => find::request(session, typed, &[Need::Knowledge]).map(|(draft, id)| (draft, Some(id)))?,
        None => (session.draft(&[Need::Knowledge])?, None),
    };
    let locale = draft.locale();
    let request = from.as_deref().and_then(|id| draft.requests.get(id));
    let mut entry = request.map(Entry::from_request).unwrap_or_default();
    let flag = |given: Option<String>, drafted: &mut String| given.into_iter().for_each(|text| *drafted = text);
    flag(args.title.clone(), &mut entry.title);
    flag(solution, &mut entry.solution);
    flag(args.category.as_deref().map(|typed| settled(&categories, typed, &locale)).transpose()?, &mut entry.category);
    // a cause that is no code is in the owner's own words
    flag(args.cause.as_deref().map(|typed| categories.cause(typed, locale.lang).unwrap_or_else(|_| typed.to_owned())), &mut entry.cause);
    entry.tags = crate::model::cell::Tags::split(args.tags.as_deref().unwrap_or_default()).map(str::to_owned).collect();
    for (text, flag, zh, en) in
        [(&mut entry.title, "TITLE", "标题", "Title"), (&mut entry.solution, "--solution", "解决办法", "What helps")]
    {
        if text.trim().is_empty() && session.can_ask() {
            *text = session.ask(session.lang.pick(zh, en), "")?;
        }
        if text.trim().is_empty() {
            return Err(What::InputNeeded { flag }.into());
        }
    }
    let stamp = session.stamp("add")?;
    let added = ops::add(&mut draft, &stamp, entry);
    if let Some(from) = &from {
        ops::link(&mut draft, added.id.as_str(), std::slice::from_ref(from), true)?;
    }
    let committed = session.commit(&draft, &stamp)?;
    print(&draft, &added, session)?;
    if !committed.dry_run {
        session.say(&present::knowledge::added(&added, from.as_deref(), session.lang));
    }
    Ok(Exit::Done)
}

/// A text as typed, or standard input for `-`.
fn given(typed: &str, session: &Session<'_>) -> Result<String, Failure> {
    if typed != "-" {
        return Ok(typed.to_owned());
    }
    Ok(String::from_utf8(session.read_input("-")?).map_err(|_| What::NotUtf8)?.trim_end().to_owned())
}

/// A draft with the knowledge base, and the id of the entry that was typed.
fn drafted(typed: &str, session: &mut Session<'_>) -> Result<(Draft, String), Failure> {
    let draft = session.draft(&[Need::Knowledge])?;
    let entries: Vec<Knowledge> = draft.knowledge.iter().cloned().collect();
    let id = find::knowledge(typed, &entries)?.id.to_string();
    Ok((draft, id))
}

fn edit(args: &EditArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let settings = assignments(&args.set)?;
    let (mut draft, id) = drafted(&args.entry, session)?;
    let stamp = session.stamp("edit")?;
    let changed = ops::edit(&mut draft, &stamp, &id, &settings)?;
    let committed = session.commit(&draft, &stamp)?;
    print(&draft, &changed, session)?;
    if committed.changed > 0 && !committed.dry_run {
        session.say(&present::knowledge::changed(&changed, session.lang));
    }
    Ok(Exit::Done)
}

fn retire(args: &RetireArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (mut draft, id) = drafted(&args.entry, session)?;
    let mut stamp = session.stamp("retire")?;
    stamp.note = args.reason.clone().unwrap_or_default();
    let retired = ops::retire(&mut draft, &id)?;
    let committed = session.commit(&draft, &stamp)?;
    print(&draft, &retired, session)?;
    if committed.changed > 0 && !committed.dry_run {
        session.say(&present::knowledge::retired(&retired, session.lang));
    }
    Ok(Exit::Done)
}

fn link(args: &LinkArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (_, id) = drafted(&args.entry, session)?;
    let (mut draft, requests) = find::requests(session, &args.requests, &[Need::Knowledge])?;
    let stamp = session.stamp("link")?;
    let entry = ops::link(&mut draft, &id, &requests, !args.remove)?;
    let committed = session.commit(&draft, &stamp)?;
    print(&draft, &entry, session)?;
    if committed.changed > 0 && !committed.dry_run {
        session.say(&present::knowledge::linked(&entry, &requests, args.remove, session.lang));
        if !entry.is_current() && !args.remove {
            session.say(&present::knowledge::is_retired(&entry, session.lang));
        }
    }
    Ok(Exit::Done)
}

/// The entry as it stands now, for machines.
fn print(draft: &Draft, entry: &Knowledge, session: &mut Session<'_>) -> Result<(), Failure> {
    if !session.wants_json() {
        return Ok(());
    }
    session.print(&own::grid("carebook.knowledge.v1", entry, &draft.knowledge, session)?)
}

/// The period asked for, else the last twelve months.
fn period(typed: Option<&str>, session: &Session<'_>) -> Result<Period, Failure> {
    let wrong = |what| Problem::error(what).field("--period");
    let from = session.today - chrono::Months::new(12) + chrono::Days::new(1);
    Ok(typed.map_or(Ok(Period::days(from, session.today)), |typed| Period::parse(typed, session.today).map_err(wrong))?)
}

fn list(args: &ListArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let filter = Filter::parse::<Knowledge>(&args.filters, session.today)?;
    let period = period(args.period.as_deref(), session)?;
    let book = session.book()?;
    let locale = book.locale();
    let all: Vec<Knowledge> = book.all()?;
    let of = all.len();
    let kept: Vec<Knowledge> = all.into_iter().filter(|entry| (args.all || entry.is_current()) && filter.matches(entry, &locale)).collect();
    let requests = linked(book, None)?;
    let requests: Vec<&Request> = requests.iter().collect();
    let uses = engine::uses(&requests, &|request| period.contains(request.received_at.date(locale.zone)));
    let grid = present::knowledge::list(&engine::ranked(&kept, &uses), &locale, session.lang, &book.settings.currency);
    show_grid(&grid, present::knowledge::SHOWN, session)?;
    let n = kept.len();
    let range = range(period, session);
    session.say(&session.lang.pick(format!("显示 {n} / 共 {of} 条;使用情况: {range}"), format!("{n} of {of}; uses: {range}")));
    Ok(Exit::Done)
}

fn range(period: Period, session: &Session<'_>) -> String {
    if period.is_all() {
        return session.lang.pick("全部记录", "all records").to_owned();
    }
    format!("{} – {}", period.from, period.to)
}

/// What people see of a grid; machines, and those who name columns, get them all.
fn show_grid(grid: &Grid, shown: &[&str], session: &mut Session<'_>) -> Result<(), Failure> {
    let for_people = matches!(session.format(Format::Table), Format::Table | Format::Plain | Format::Md | Format::Html);
    let chosen = for_people && session.flags.fields.is_empty() && session.flags.json.is_none();
    if chosen { session.print(&grid.select(shown)) } else { session.print(grid) }
}

/// The requests that were answered with an entry, or with any, and those that merged ones of them went into.
fn linked(book: &Book, entry: Option<&str>) -> Result<Vec<Request>, Problems> {
    let keep = |request: &Request| match entry {
        Some(id) => request.knowledge.0.iter().any(|known| known == id),
        None => !request.knowledge.0.is_empty(),
    };
    let look = |cell: &str| entry.map_or(!cell.trim().is_empty(), |id| cell.contains(id));
    let mut found: Vec<Request> = book.wanted(&Wanted { first: Some(("knowledge", &look)), ..Wanted::those(&keep) })?;
    loop {
        let known: BTreeSet<&str> = found.iter().map(|request| request.id.as_str()).collect();
        let into = found.iter().filter_map(|request| request.duplicate_of.as_ref()).map(AsRef::as_ref);
        let missing: BTreeSet<&str> = into.filter(|id| !known.contains(id)).collect();
        if missing.is_empty() {
            return Ok(found);
        }
        let wanted = |id: &str| missing.contains(id.trim());
        let keep = |request: &Request| missing.contains(request.id.as_str());
        let mut more: Vec<Request> = book.wanted(&Wanted { first: Some(("id", &wanted)), ..Wanted::those(&keep) })?;
        if more.is_empty() {
            return Ok(found);
        }
        found.append(&mut more);
    }
}

/// One entry with the requests it was used for; also how `show K3` shows it.
pub fn entry(typed: &str, asked: Option<&str>, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let within = asked.map(|typed| period(Some(typed), session)).transpose()?;
    let book = session.book()?;
    let (locale, currency) = (book.locale(), book.settings.currency.clone());
    let entries: Vec<Knowledge> = book.all()?;
    let entry = find::knowledge(typed, &entries)?;
    let id = entry.id.as_str();
    let mut requests = linked(book, Some(id))?;
    let own: BTreeSet<String> = {
        let all: Vec<&Request> = requests.iter().collect();
        engine::links(&all).into_iter().filter(|(_, entries)| entries.contains(id)).map(|(request, _)| request.to_owned()).collect()
    };
    requests.retain(|one| own.contains(one.id.as_str()) && within.is_none_or(|days| days.contains(one.received_at.date(locale.zone))));
    requests.sort_by(|a, b| (b.received_at, &b.id).cmp(&(a.received_at, &a.id)));
    let first = first_resolutions(&requests, session)?;
    let outcome = engine::outcome(&requests, &|one| first.get(one.id.as_str()).copied().or(one.resolved_at));
    let cells = own::cells_of::<Knowledge>(id, session)?;
    let events = show::timeline("knowledge", id, entry.added_on.unwrap_or(NaiveDate::MIN), session)?;
    if session.wants_json() {
        let mut document = json!({"schema": "carebook.knowledge.v1", "currency": currency});
        merge(&mut document, entry.object(&locale).into());
        cells.add_to_document(&mut document, &locale);
        merge(&mut document, present::knowledge::dealings_json(&outcome, &requests, &locale));
        document["timeline"] = events.iter().map(|row| Value::Object(row.object(&locale))).collect();
        session.print_json(&document)?;
    } else {
        let text = present::record::sheet(entry, cells.lines(&locale, session.lang), &locale, session.lang)
            + &present::knowledge::dealings(&outcome, &requests, &locale, session.lang)
            + &present::record::timeline(id, &events, &locale, session.lang);
        session.print_text(&text)?;
    }
    Ok(Exit::Done)
}

/// When requests that were reopened were resolved the first time: only the log knows. It is read where there are any.
fn first_resolutions(requests: &[Request], session: &Session<'_>) -> Result<BTreeMap<String, Instant>, Failure> {
    let book = session.book()?;
    let locale = book.locale();
    let ids: BTreeSet<&str> = requests.iter().filter(|one| one.reopened.unwrap_or(0) > 0).map(|one| one.id.as_str()).collect();
    let Some(since) = requests.iter().filter(|one| ids.contains(one.id.as_str())).map(|one| one.received_at).min() else {
        return Ok(BTreeMap::new());
    };
    let since = since.date(locale.zone);
    let since = Period::days(since.pred_opt().unwrap_or(since), NaiveDate::MAX);
    let mut rows: Vec<LogRow> = book.some_within(since, &|row: &LogRow| row.table == "requests" && ids.contains(row.id.as_str()))?;
    rows.sort_by_key(|row| row.seq);
    let mut first = BTreeMap::new();
    for id in ids {
        first.extend(story::resolutions(&rows, id, &locale)?.first().map(|at| (id.to_owned(), *at)));
    }
    Ok(first)
}

/// What common problems are not told from.
const UNREAD: &[&str] = &["content", "wish", "measures", "result", "responsible", "feedback_text", "customer_name", "related", "promise"];

fn problems(typed: Option<&str>, top: NonZeroUsize, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let period = period(typed, session)?;
    let book = session.book()?;
    let locale = book.locale();
    let entries: Vec<Knowledge> = book.all()?;
    let received = |request: &Request| period.contains(request.received_at.date(locale.zone));
    let mut requests: Vec<Request> = book.wanted_within(period, &Wanted { without: UNREAD, ..Wanted::those(&received) })?;
    archive::merged_kept(book)?.lead(requests.iter_mut().filter_map(|request| request.customer.as_mut()));
    let cohort = Cohort { all: requests.iter().collect() };
    let mut rows = engine::problems(&cohort, &entries);
    let told = present::knowledge::unsolved(&rows, top.get(), session.lang);
    rows.truncate(top.get());
    let grid = present::knowledge::problems(&rows, &locale, session.lang, &book.settings.currency);
    session.print(&grid)?;
    let told = format!("{}: {told}", range(period, session));
    session.say(&told);
    Ok(Exit::Done)
}
