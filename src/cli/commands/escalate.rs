//! `escalate`: what has come near its due time or past it, by the levels of `rules/service.yaml`.

use std::collections::HashMap;

use crate::base::period::Period;
use crate::base::problem::{Problem, Severity};
use crate::cli::clocks::{self, Service};
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::engine::{clock, escalation};
use crate::model::draft::{Draft, Need, Which};
use crate::model::log::LogRow;
use crate::model::request::Request;
use crate::model::rules::service::Level;
use crate::ops;
use crate::view::present;

use super::findings::FoundArgs;
use super::finish;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this request: its id or a unique tail
    pub id: Option<String>,
    /// Do it; without, only say what would be done. For cron: nothing fires twice
    #[arg(long)]
    pub run: bool,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut draft = session.draft(&[Need::Requests(Which::All), Need::Staff])?;
    let wanted = args.id.as_ref().map(|typed| find::id("requests", typed, draft.requests.iter().map(|r| r.id.as_str()))).transpose()?;
    let service = Service::of(session.book()?)?;
    let open: Vec<Request> = draft
        .requests
        .iter()
        .filter(|request| request.stage.is_open() && !request.promise.is_empty())
        .filter(|request| wanted.as_ref().is_none_or(|id| request.id.as_str() == id))
        .cloned()
        .collect();
    let logs = logs(&open, session)?;
    let mut found: Vec<(Request, Vec<&Level>)> = Vec::new();
    for request in open {
        let log = logs.get(request.id.as_str()).map_or(&[][..], Vec::as_slice);
        let clock = service.clock(&request, log, session)?;
        let time = service.time(&request.promise);
        let levels = escalation::due(&request, &clock, &service.ruled.rules, time, session.now);
        if !levels.is_empty() {
            found.push((request, levels));
        }
    }
    found.sort_by(|(a, _), (b, _)| (a.resolve_due, &a.id).cmp(&(b.resolve_due, &b.id)));
    let mut left = left(&draft, &service, session);
    let grid = present::escalation::grid(&found, &draft.locale(), session.lang);
    let done = if args.run { fire(&mut draft, &found, session)? } else { false };
    if args.run {
        left = close(&left, session)?;
    }
    if !found.is_empty() || session.wants_table() {
        session.print(&grid)?;
    }
    session.say(&present::escalation::said(found.len(), done, session.lang));
    if let Some(line) = present::escalation::closed(&left, args.run && !session.flags.dry_run, session.lang) {
        session.say(&line);
    }
    Ok(Exit::Done)
}

/// Resolved requests that nobody confirmed in time.
fn left(draft: &Draft, service: &Service, session: &Session<'_>) -> Vec<String> {
    let is_left = |request: &&Request| escalation::is_left(request, &service.ruled.rules, service.time(&request.promise), session.now);
    draft.requests.iter().filter(is_left).map(|request| request.id.to_string()).collect()
}

/// Closes them as unconfirmed, each with its revisit, as `close --unconfirmed` would; gives those closed.
/// One that lacks what its category asks for stays as it is, with a warning.
fn close(ids: &[String], session: &mut Session<'_>) -> Result<Vec<String>, Failure> {
    let mut closed = Vec::new();
    for id in ids {
        let finish::Closing { mut draft, stamp, id, .. } = match finish::closing(id, true, &FoundArgs::default(), session) {
            Ok(closing) => closing,
            Err(Failure::Problems(problems)) => {
                for problem in problems {
                    session.warn(&Problem { severity: Severity::Warning, ..problem });
                }
                continue;
            }
            Err(failure) => return Err(failure),
        };
        clocks::settle(session, &mut draft, &stamp, &id)?;
        session.commit(&draft, &stamp)?;
        closed.push(id);
    }
    Ok(closed)
}

fn fire(draft: &mut Draft, found: &[(Request, Vec<&Level>)], session: &mut Session<'_>) -> Result<bool, Failure> {
    let stamp = session.stamp("escalate")?;
    for (request, levels) in found {
        let id = request.id.as_str();
        ops::escalate::escalate(draft, &stamp, id, levels)?;
        clocks::settle(session, draft, &stamp, id)?;
    }
    Ok(!found.is_empty() && !session.commit(draft, &stamp)?.dry_run)
}

/// What the log tells of these requests, read once.
fn logs(requests: &[Request], session: &Session<'_>) -> Result<HashMap<String, Vec<LogRow>>, Failure> {
    let Some(first) = requests.iter().map(|request| request.received_at).min() else { return Ok(HashMap::new()) };
    let from = first.date(session.locale()?.zone);
    let since = Period::days(from.pred_opt().unwrap_or(from), chrono::NaiveDate::MAX);
    let wanted: std::collections::HashSet<&str> = requests.iter().map(|request| request.id.as_str()).collect();
    let is_theirs = |row: &LogRow| row.table == "requests" && wanted.contains(row.id.as_str());
    let mut logs: HashMap<String, Vec<LogRow>> = HashMap::new();
    for row in session.book()?.some_within::<LogRow>(since, &is_theirs)? {
        logs.entry(row.id.clone()).or_default().push(row);
    }
    for rows in logs.values_mut() {
        clock::in_order(rows);
    }
    Ok(logs)
}
