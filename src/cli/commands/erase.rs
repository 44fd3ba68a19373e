//! `customer erase`: the right of a person to be erased. What tells of them goes for good, the figures stay.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use crate::base::problem::{Problem, Problems, What};
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::model::draft::{Draft, Need};
use crate::model::erasure::{ACTION, Erasure, Traces};
use crate::model::request::Request;
use crate::model::stamp::Stamp;
use crate::model::survey::Answer;
use crate::ops::erase as verb;
use crate::store::hooks::State;
use crate::store::{Book, Prepared, Wanted};
use crate::view::present::erase::{self as present, Receipt, Still};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The customer: id, name, phone or email
    pub customer: String,
    /// Why; it stays in the log for good, so without name or phone
    #[arg(short, long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Erase without asking
    #[arg(short, long)]
    pub yes: bool,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    // a certificate that cannot be written is told before, not after
    session.refuse_table_formats()?;
    let (found, id) = find::draft_with_customer(session, &args.customer, &[])?;
    let merged = archive::merged(session.book()?)?;
    let ids: Vec<String> = std::iter::once(id.as_str()).chain(merged.gone_into(&id)).map(str::to_owned).collect();
    let reason = reason(args, session)?;
    let mut draft = session.draft(&[Need::About(ids.clone())])?;
    let mut traces = verb::traces(&draft);
    if let Some(customer) = found.customers.get(&id) {
        verb::refuse(customer, merged.survivor(&id), &reason, &traces)?;
    }
    let mut erasure = erasure(session.book()?, &draft, ids, &traces)?;
    let open = draft.requests.iter().filter(|request| request.stage.is_open()).count();
    let counted = verb::erase(&mut draft, &erasure)?;
    let stamp = Stamp { note: reason, ..session.stamp(ACTION)? };
    let prepared = session.writer()?.prepare_erasure(&draft, &mut erasure, &mut traces, &stamp)?;
    if prepared.changed == 0 && prepared.redacted == 0 {
        session.say(&present::already(&id, session.lang));
        return Ok(Exit::Done);
    }
    let told = counted.iter().map(|counted| (counted.table, counted.rows, counted.changed)).collect();
    let mut receipt = receipt(&erasure, &prepared, told, open, &stamp, session)?;
    if !session.flags.dry_run {
        confirm(args, &receipt, session)?;
        let committed = session.writer()?.erase(prepared)?;
        session.saved(&committed);
        receipt.kept_edits = committed.conflicts;
    }
    show(&receipt, session)
}

/// `--reason`, or what a person at the terminal says.
fn reason(args: &Args, session: &mut Session<'_>) -> Result<String, Failure> {
    let reason = match &args.reason {
        Some(reason) => reason.clone(),
        None if session.can_ask() => {
            let question = session.lang.pick("理由(会一直留在日志里)", "Why (it stays in the log for good)");
            session.ask(question, "")?
        }
        None => String::new(),
    };
    if reason.trim().is_empty() { Err(What::InputNeeded { flag: "--reason" }.into()) } else { Ok(reason.trim().to_owned()) }
}

/// What is needed to tell what stays of a cell.
fn erasure(book: &Book, draft: &Draft, ids: Vec<String>, traces: &Traces) -> Result<Erasure, Problems> {
    let records = verb::records(draft);
    let mut questions = HashMap::new();
    let surveys: HashSet<&str> = draft.responses.iter().map(|response| response.survey.as_str()).collect();
    for name in surveys {
        for question in book.survey(name)?.into_iter().flat_map(|file| file.questions) {
            questions.insert((name.to_owned(), question.code.clone(), question.sub.clone()), question);
        }
    }
    let mut phrases = phrases(book, draft, &ids)?;
    phrases.retain(|text| !traces.is_in(text));
    Ok(Erasure { ids, lang: book.settings.lang, phrases, questions, records, columns: book.settings.columns.clone() })
}

/// Columns of requests that no phrase stands in and that may be passed over.
const UNREAD: &[&str] = &["content", "wish", "feedback_text", "cause", "responsible", "promise", "related", "escalated"];

/// Of the texts in these records those that stand in records of other customers too.
fn phrases(book: &Book, draft: &Draft, ids: &[String]) -> Result<HashSet<String>, Problems> {
    let sought = verb::perhaps_phrases(draft);
    if sought.is_empty() {
        return Ok(sought);
    }
    let met = Mutex::new(HashSet::new());
    let meet = |text: &str| {
        if let (true, Ok(mut met)) = (sought.contains(text.trim()), met.lock()) {
            met.insert(text.trim().to_owned());
        }
    };
    let request = |request: &Request| {
        // who sent one without a customer is not known: it may be the same person
        if request.customer.as_ref().is_some_and(|id| ids.iter().all(|theirs| theirs != id.as_str())) {
            meet(&request.measures);
            meet(&request.result);
        }
        false
    };
    book.wanted(&Wanted { keep: &request, first: None, without: UNREAD })?;
    if draft.answers.iter().next().is_some() {
        let theirs: HashSet<&str> = draft.responses.iter().map(|response| response.id.as_str()).collect();
        let answer = |answer: &Answer| {
            if !theirs.contains(answer.response.as_str()) {
                meet(&answer.raw);
            }
            false
        };
        book.some(&answer)?;
    }
    Ok(met.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
}

fn receipt(
    erasure: &Erasure,
    prepared: &Prepared,
    counted: Vec<(&'static str, usize, usize)>,
    open: usize,
    stamp: &Stamp,
    session: &Session<'_>,
) -> Result<Receipt, Failure> {
    let book = session.book()?;
    let hooks = if book.settings.hooks { book.hooks()? } else { Vec::new() };
    let still = |remnant: &crate::store::Remnant| Still { path: remnant.path.clone(), lines: remnant.lines.clone(), count: remnant.count };
    let copies = |folder: &str| prepared.scrubbed.iter().filter(|path| path.contains(folder)).count();
    Ok(Receipt {
        ids: erasure.ids.clone(),
        book_lang: erasure.lang,
        at: stamp.recorded_at,
        actor: stamp.actor.clone(),
        reason: stamp.note.clone(),
        row: prepared.seq,
        counted,
        log: prepared.redacted,
        undo: copies("/undo/"),
        exports: copies("/exports/"),
        conflicts: copies("/conflicts/"),
        open,
        still: prepared.remnants.named.iter().map(still).collect(),
        closed: prepared.remnants.closed.clone(),
        hooks: hooks.into_iter().filter(|hook| hook.state == State::Ready).map(|hook| hook.path).collect(),
        kept_edits: Vec::new(),
        dry_run: session.flags.dry_run,
    })
}

/// On a terminal it is asked, elsewhere `--yes` is needed.
fn confirm(args: &Args, receipt: &Receipt, session: &mut Session<'_>) -> Result<(), Failure> {
    if args.yes {
        return Ok(());
    }
    let what = present::what(receipt);
    if session.can_ask() {
        let question = session.lang.pick(format!("{}\n现在抹除吗 (y/n)", what[0]), format!("{}\nErase now (y/n)", what[1]));
        if matches!(session.ask(&question, "n")?.as_str(), "y" | "yes" | "是") {
            return Ok(());
        }
    }
    Err(Problem::error(What::ConfirmationNeeded { flag: "--yes", what }).into())
}

fn show(receipt: &Receipt, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (locale, lang) = (session.locale()?, session.lang);
    if session.wants_json() {
        session.print_json(&receipt.json(&locale))?;
    } else {
        session.print_text(&receipt.text(&locale, lang))?;
    }
    if receipt.dry_run {
        session.say(lang.pick("试运行: 什么都没有抹除。", "Dry run: nothing was erased."));
    }
    Ok(Exit::Done)
}
