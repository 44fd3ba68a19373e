//! `revisit done`: what was found out, and what follows from it, in one change.

use super::intake::{self, Registered};
use super::{customer, revisit};
use crate::base::date::Quarter;
use crate::base::lang::Lang;
use crate::base::problem::{Problem, What};
use crate::cli::clocks;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::likely;
use crate::cli::session::Session;
use crate::model::cell::Cell;
use crate::model::draft::{Draft, Need, Which};
use crate::model::request::{Channel, Grade};
use crate::model::stamp::Stamp;
use crate::model::vocabulary::Code;
use crate::ops;
use crate::ops::revisit::{self as verb, Findings};
use crate::view::present;

#[derive(Debug, clap::Args)]
pub struct DoneArgs {
    /// The revisit: its id or a unique tail, such as 1123-1
    id: String,
    /// 1 to 5, or "very satisfied" … "very dissatisfied"
    #[arg(short, long, value_name = "SCORE")]
    satisfaction: Option<String>,
    /// How, such as phone or visit
    #[arg(short, long)]
    method: Option<String>,
    /// What the customer needs
    #[arg(long)]
    needs: Option<String>,
    /// What the customer suggests
    #[arg(long)]
    suggestions: Option<String>,
    /// What the customer complains of
    #[arg(long)]
    problems: Option<String>,
    /// What was agreed
    #[arg(long)]
    outcome: Option<String>,
    /// Reopen the request the visit is about, for this reason
    #[arg(long, value_name = "REASON")]
    reopen: Option<String>,
    /// Register a new request of the customer
    #[arg(long, value_name = "TEXT")]
    new_request: Option<String>,
    /// Category of the new request
    #[arg(short = 'k', long, requires = "new_request")]
    category: Option<String>,
    /// Type of the new request: inquiry, support, suggestion or complaint
    #[arg(short = 't', long = "type", value_name = "TYPE", requires = "new_request")]
    kind: Option<String>,
    /// Severity of the new request: low, normal, high or critical
    #[arg(long, requires = "new_request")]
    severity: Option<String>,
    /// Fields of the customer to change, such as phone=139…
    #[arg(long, value_name = "FIELD=VALUE", num_args = 1..)]
    customer: Vec<String>,
    /// The customer's data were verified today
    #[arg(long)]
    verified: bool,
}

/// What a visit led to.
#[derive(Default)]
struct Led {
    reopened: Option<String>,
    registered: Option<Registered>,
    customer: Option<String>,
}

pub fn done(args: &DoneArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (found, id) = find::revisit(session, &args.id, &[])?;
    let Some(visit) = found.revisits.get(&id).cloned() else { return Ok(Exit::Done) };
    let satisfaction = args.satisfaction.as_deref().map(|text| score(text, &found)).transpose()?;
    let stamp = session.stamp("revisit")?;
    let mut led = Led::default();
    let mut draft = loaded(args, &visit, found, &mut led, session)?;
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let findings = Findings {
        satisfaction,
        method: text(&args.method),
        needs: text(&args.needs),
        suggestions: text(&args.suggestions),
        problems: text(&args.problems),
        outcome: text(&args.outcome),
    };
    verb::done(&mut draft, &stamp, &id, findings)?;
    reopen(args, &visit, &mut draft, &stamp, &mut led, session)?;
    update(args, &mut draft, &stamp, &led)?;
    register(args, &visit, &mut draft, &stamp, &mut led, session)?;
    let committed = session.commit(&draft, &stamp)?;
    if let Some(revisit) = draft.revisits.get(&id).filter(|_| session.wants_json()) {
        let mut grid = revisit::record_grid(revisit, &draft, session.lang);
        let changed = led.customer.as_deref().filter(|id| draft.customers.before(id) != draft.customers.get(id));
        grid.notes.push(("reopened", led.reopened.as_deref().into()));
        grid.notes.push(("new_request", led.registered.as_ref().map(|new| new.id.as_str()).into()));
        grid.notes.push(("changed_customer", changed.into()));
        session.print(&grid)?;
    }
    if !committed.dry_run {
        tell(&draft, &id, &led, session);
    }
    for request in led.reopened.iter().chain(led.registered.as_ref().map(|new| &new.id)) {
        if let Some(request) = draft.requests.get(request) {
            clocks::warn_of_promise(draft.requests.before(request.id.as_str()), request, session)?;
        }
    }
    if let Some(request) = led.registered.as_ref().and_then(|new| draft.requests.get(&new.id)) {
        likely::tell(request, session);
    }
    Ok(Exit::Done)
}

/// A number, whose range the verb checks, or one of the five grades in words.
fn score(text: &str, draft: &Draft) -> Result<u32, Problem> {
    let locale = draft.locale();
    let number = u32::read(text, &locale);
    let worded = |_| Grade::read(text, &locale).map(Grade::score);
    number.or_else(worded).map_err(|what| Problem::error(what).field("--satisfaction"))
}

/// A draft with the visit and everything it leads to.
fn loaded(
    args: &DoneArgs,
    visit: &crate::model::revisit::Revisit,
    found: Draft,
    led: &mut Led,
    session: &mut Session<'_>,
) -> Result<Draft, Failure> {
    let edits = !args.customer.is_empty() || args.verified;
    if args.reopen.is_none() && args.new_request.is_none() && !edits {
        return Ok(found);
    }
    let zone = found.settings.zone;
    // where the row lies, which a hand may have moved
    let revisits = Quarter::of(visit.due_on);
    let mut quarters: Vec<Quarter> = Vec::new();
    if args.new_request.is_some() {
        quarters.push(Quarter::of(session.at()?.date(zone)));
    }
    if let Some(request) = visit.request.as_ref().filter(|_| args.reopen.is_some() || args.new_request.is_some()) {
        let (draft, id) = find::request(session, request.as_str(), &[])?;
        quarters.extend(draft.requests.get(&id).map(|request| Quarter::of(request.received_at.date(zone))));
    }
    quarters.sort_unstable();
    quarters.dedup();
    let needs = |requests: Which, revisits: Which| [Need::Requests(requests), Need::Revisits(revisits)];
    let mut load = |needs: &[Need]| find::draft_with_standing(session, visit.customer.as_str(), needs);
    let (mut draft, mut customer, _) = load(&needs(Which::Quarters(quarters), Which::Quarters(vec![revisits])))?;
    let lacks_request = visit.request.as_ref().is_some_and(|request| draft.requests.get(request.as_str()).is_none());
    if draft.revisits.get(visit.id.as_str()).is_none() || (lacks_request && args.reopen.is_some()) {
        // a row that a person put into another quarter's file
        (draft, customer, _) = load(&needs(Which::All, Which::All))?;
    }
    led.customer = Some(customer);
    Ok(draft)
}

fn reopen(
    args: &DoneArgs,
    visit: &crate::model::revisit::Revisit,
    draft: &mut Draft,
    stamp: &Stamp,
    led: &mut Led,
    session: &Session<'_>,
) -> Result<(), Failure> {
    let Some(reason) = args.reopen.as_deref() else { return Ok(()) };
    let Some(request) = &visit.request else {
        let (id, customer) = (&visit.id, &visit.customer);
        let zh = format!("{id} 不是针对某条诉求的回访,没有可重开的诉求;登记新的诉求用 --new-request(客户 {customer})");
        let en = format!("{id} is not about a request: there is none to reopen; use --new-request to register one of customer {customer}");
        return Err(Problem::error(What::Usage { message: [zh, en] }).field("--reopen").into());
    };
    let rules = session.book()?.feedback_rules()?.rules;
    ops::finish::reopen(draft, stamp, &rules, request.as_str(), reason)?;
    draft.requests.explain(request.as_str(), reason.to_owned());
    clocks::settle(session, draft, stamp, request.as_str())?;
    led.reopened = Some(request.to_string());
    Ok(())
}

fn update(args: &DoneArgs, draft: &mut Draft, stamp: &Stamp, led: &Led) -> Result<(), Failure> {
    let settings = customer::assignments(&args.customer)?;
    let Some(id) = led.customer.as_deref() else { return Ok(()) };
    if args.verified {
        ops::verify::verify(draft, stamp, id, &settings, stamp.at.date(draft.settings.zone))?;
    } else if !settings.is_empty() {
        ops::customer::edit(draft, stamp, id, &settings)?;
    }
    Ok(())
}

fn register(
    args: &DoneArgs,
    visit: &crate::model::revisit::Revisit,
    draft: &mut Draft,
    stamp: &Stamp,
    led: &mut Led,
    session: &Session<'_>,
) -> Result<(), Failure> {
    let Some(content) = args.new_request.clone() else { return Ok(()) };
    if content.trim().is_empty() {
        return Err(Problem::error(What::Required).field("--new-request").into());
    }
    let form = intake::Args {
        category: args.category.clone(),
        kind: args.kind.clone(),
        severity: args.severity.clone(),
        channel: Some(Channel::Revisit.code().to_owned()),
        ..intake::Args::default()
    };
    let related = visit.request.as_ref().map(|id| id.as_str().to_owned());
    let new = intake::register(&form, content, led.customer.clone(), related.as_deref(), draft, stamp, session)?;
    let lang = draft.settings.lang;
    let from = |lang: Lang| lang.pick(format!("回访 {}", visit.id), format!("revisit {}", visit.id));
    let why = (new.why)(lang);
    let note = if why.is_empty() { from(lang) } else { format!("{}; {why}", from(lang)) };
    draft.requests.explain(&new.id, note);
    verb::led_to(draft, visit.id.as_str(), &lang.pick(format!("新诉求 {}", new.id), format!("new request {}", new.id)));
    led.registered = Some(new);
    Ok(())
}

/// Says each thing that was done.
fn tell(draft: &Draft, id: &str, led: &Led, session: &mut Session<'_>) {
    let lang = session.lang;
    if let Some(revisit) = draft.revisits.get(id) {
        session.say(&present::revisit::stands(revisit, led.registered.is_none(), lang));
    }
    if let Some(request) = led.reopened.as_ref().and_then(|id| draft.requests.get(id)) {
        session.say(&present::request::stands(request, lang));
    }
    let changed = led.customer.as_deref().filter(|id| draft.customers.before(id) != draft.customers.get(id));
    if let Some(customer) = changed.and_then(|id| draft.customers.get(id)) {
        session.say(&present::customer::changed(customer, lang));
    }
    if let Some((new, request)) = led.registered.as_ref().and_then(|new| Some((new, draft.requests.get(&new.id)?))) {
        session.say(&present::request::registered(request, &draft.locale(), lang));
        let why = (new.why)(lang);
        if !why.is_empty() {
            session.say(&why);
        }
    }
}
