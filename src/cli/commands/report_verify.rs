//! `report verify [PERIOD]`: computes sealed reports again from the log as of then, and tells what was changed since.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::Value;

use super::report::Choice;
use super::report_seal::{of_period, written};
use super::report_write::Asked;
use crate::base::date::{DateOrder, parse_date};
use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::period::Period;
use crate::base::problem::{Problems, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::engine::report::difference::{Difference, differences, figures};
use crate::model::history::History;
use crate::model::log::LogRow;
use crate::model::seal::Seal;
use crate::store::{Book, Documents, Sealed, sha256};
use crate::view::present::seal::{self as present, Proof, Restatement, Verification, Verified};

#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// A sealed period, or one of its seals (2026Q3, 2026Q3.2) [default: all]
    #[arg(value_name = "PERIOD")]
    pub period: Option<String>,
    /// End with 1 where a later change would alter a sealed report, for cron
    #[arg(long)]
    pub fail_if_any: bool,
}

pub fn run(args: &VerifyArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let today = session.today;
    let book = session.book()?;
    let asked = Verification {
        log: book.check_log(),
        hand_edits: book.has_untold_edits()?,
        gone: gone(book)?.into_iter().filter(|folder| args.period.as_ref().is_none_or(|period| period == folder)).collect(),
        reports: chosen(book, args.period.as_deref(), today)?.iter().map(|folder| verified(book, folder)).collect(),
    };
    let (proven, altered) = (asked.is_proven(), asked.is_altered());
    if session.wants_json() {
        session.print_json(&present::json(&asked))?;
    } else {
        let text = present::text(&asked, session.lang);
        session.print_text(&text)?;
    }
    Ok(match (proven, altered && args.fail_if_any) {
        (false, _) => Exit::BadRows,
        (true, true) => Exit::Failed,
        (true, false) => Exit::Done,
    })
}

/// The seals that the log tells and the book has no more.
fn gone(book: &Book) -> Result<Vec<String>, Failure> {
    let there = book.seals()?;
    Ok(book.told_seals()?.into_iter().filter(|folder| !there.contains(folder)).collect())
}

/// The seals asked for: all, those of a period, or the one of a folder.
fn chosen(book: &Book, typed: Option<&str>, today: NaiveDate) -> Result<Vec<String>, Failure> {
    let all = book.seals()?;
    let Some(typed) = typed else { return Ok(all) };
    if all.iter().any(|folder| folder == typed) && of_period(&all, typed).len() <= 1 {
        return Ok(vec![typed.to_owned()]);
    }
    let named = Period::parse_fiscal(typed, today, book.settings.fiscal_year_starts);
    let found = named.map(|period| of_period(&all, &period.to_string())).unwrap_or_default();
    if found.is_empty() && !gone(book)?.iter().any(|folder| folder == typed) {
        let nearest = crate::base::text::nearest(typed, all.iter().map(String::as_str)).map(str::to_owned);
        return Err(What::NotFound { noun: "seals", id: typed.to_owned(), nearest }.into());
    }
    Ok(found)
}

/// The question it answered.
fn asked(sealed: &Sealed, book: &Book) -> Result<Asked, Failure> {
    let Seal { period, today, now, lang, compare, no_compare, sections, .. } = &sealed.seal;
    let today = parse_date(today, DateOrder::Iso)?;
    let choice = Choice { compare: compare.clone(), no_compare: *no_compare, sections: sections.clone() };
    Ok(Asked {
        period: Period::parse_fiscal(period, today, book.settings.fiscal_year_starts)?,
        choice,
        today,
        now: Instant::from_timestamp(*now),
        lang: Lang::parse(lang).unwrap_or_default(),
        as_of: None,
    })
}

/// The figures as they were sealed.
fn json(sealed: &Sealed) -> Value {
    sealed.files.get("report.json").and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default()
}

/// One that cannot be read ends the verification of no other.
fn verified(book: &Book, folder: &str) -> Result<Verified, (String, Problems)> {
    let problems = |failure: Failure| match failure {
        Failure::Problems(problems) => (folder.to_owned(), problems),
        Failure::Internal(error) => (folder.to_owned(), vec![What::BrokenSeal { reason: error.to_string() }.into()]),
        Failure::ClosedPipe => (folder.to_owned(), Problems::new()),
    };
    verify(book, folder).map_err(problems)
}

fn verify(book: &Book, folder: &str) -> Result<Verified, Failure> {
    let sealed = book.seal(folder)?;
    let later = book.log_after_row(sealed.seal.log_row)?;
    let (proof, then) = prove(book, &sealed, &later)?;
    // what did not come out again is held against what was sealed
    let then = then.filter(|_| proof.is_proven());
    let base = then.clone().unwrap_or_else(|| json(&sealed));
    let today = match now(book, &sealed) {
        Ok(now) => Ok(differences(&base, &now)),
        // a fault in a document of today says nothing of then
        Err(Failure::Problems(problems)) => Err(problems),
        Err(other) => return Err(other),
    };
    let restatements = match (&today, then) {
        (Ok(differ), Some(then)) if !differ.is_empty() => restatements(book, &sealed, &later, &then)?,
        _ => Vec::new(),
    };
    Ok(Verified {
        folder: sealed.folder.clone(),
        figures: figures(&base),
        broken: sealed.altered.clone(),
        unknown: unknown(&later),
        seal: sealed.seal,
        proof,
        today,
        restatements,
    })
}

/// Files edited by hand as a whole since: the log does not tell their rows of then.
fn unknown(later: &[LogRow]) -> Vec<(u32, String)> {
    let Ok(history) = History::new(later.to_vec()) else { return Vec::new() };
    let files = history.unknown_files();
    let row = |file: &&str| later.iter().rev().find(|row| row.id == **file).map(|row| row.seq);
    files.iter().filter_map(|file| Some((row(file)?, (*file).to_owned()))).collect()
}

/// The book as it was when the report was sealed: the documents of then, and these changes taken back.
fn then(book: &Book, documents: Documents, taken_back: Vec<LogRow>) -> Result<Book, Failure> {
    let mut book = book.with_documents(documents)?;
    book.without(taken_back)?;
    Ok(book)
}

/// Computes the report again from the log as of then, and compares it with what is stored.
fn prove(book: &Book, sealed: &Sealed, later: &[LogRow]) -> Result<(Proof, Option<Value>), Failure> {
    let book = match then(book, sealed.documents(), later.to_vec()) {
        Ok(book) => book,
        Err(Failure::Problems(problems)) => return Ok((Proof::Impossible(problems), None)),
        Err(other) => return Err(other),
    };
    let made = asked(sealed, &book)?.of(&book)?;
    let json = made.json()?;
    if sealed.seal.version == env!("CARGO_PKG_VERSION") {
        let files = written(&book, &made)?;
        // held against what was sealed: a file that was altered since is told apart
        let same = |(name, text): (&String, &String)| sealed.seal.files.get(name) == Some(&sha256(text.as_bytes()));
        if files.iter().all(same) {
            return Ok((Proof::SameBytes, Some(json)));
        }
    }
    let differ = differences(&self::json(sealed), &json);
    let erased = erased(later);
    // what an erased customer was told is gone, and with it the row that counted it
    let is_figure = |found: &Difference| found.is_figure() && (erased.is_empty() || !found.counts_words());
    let (figures, texts): (Vec<Difference>, Vec<Difference>) = differ.into_iter().partition(is_figure);
    // other texts need a cause: an erasure since, or another release
    let has_cause = !erased.is_empty() || sealed.seal.version != env!("CARGO_PKG_VERSION");
    let proof = match (figures.is_empty(), has_cause) {
        (true, true) => Proof::SameFigures { texts, erased },
        _ => Proof::Different(figures.into_iter().chain(texts).collect()),
    };
    Ok((proof, Some(json)))
}

/// The customers erased since.
fn erased(later: &[LogRow]) -> Vec<String> {
    let rows = later.iter().filter(|row| row.table == "customers" && row.action == "erase");
    rows.map(|row| row.id.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The same report of the records and documents of today.
fn now(book: &Book, sealed: &Sealed) -> Result<Value, Failure> {
    let book = book.with_documents(book.documents()?)?;
    asked(sealed, &book)?.of(&book)?.json()
}

/// A later change: of one record, of an import, or of a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Record(String, String),
    Document(String),
}

/// The later changes that alter the report, each with what it alters when it is the only one.
fn restatements(book: &Book, sealed: &Sealed, later: &[LogRow], base: &Value) -> Result<Vec<Restatement>, Failure> {
    let mut changes: Vec<Change> = Vec::new();
    for row in later.iter().filter(|row| row.table != "documents") {
        let change = Change::Record(row.table.clone(), row.id.clone());
        if !changes.contains(&change) {
            changes.push(change);
        }
    }
    let today = book.documents()?;
    let of_then = sealed.documents();
    let paths: BTreeSet<&String> = today.keys().chain(of_then.keys()).collect();
    let differ = paths.into_iter().filter(|path| today.get(*path) != of_then.get(*path));
    changes.extend(differ.map(|path| Change::Document(path.clone())));
    let trial = Trial { book, sealed, later, documents: &of_then, today: &today, base };
    let mut found = Vec::new();
    trial.altering(&changes, &mut found)?;
    Ok(found)
}

/// Tries changes out: the book of then with only these of the later changes.
struct Trial<'a> {
    book: &'a Book,
    sealed: &'a Sealed,
    later: &'a [LogRow],
    /// Of then, and of today.
    documents: &'a Documents,
    today: &'a Documents,
    base: &'a Value,
}

impl Trial<'_> {
    /// Halves what alters the report until each change stands alone. Changes that only together alter nothing are not found apart.
    fn altering(&self, changes: &[Change], found: &mut Vec<Restatement>) -> Result<(), Failure> {
        if changes.is_empty() {
            return Ok(());
        }
        let alters = self.with(changes)?;
        match (&alters, changes) {
            (Some(alters), _) if alters.is_empty() => Ok(()),
            (_, [one]) => {
                found.push(self.restatement(one, alters));
                Ok(())
            }
            _ => {
                let (first, second) = changes.split_at(changes.len() / 2);
                self.altering(first, found)?;
                self.altering(second, found)
            }
        }
    }

    /// What these changes alter; `None` where they cannot be tried apart from the others.
    fn with(&self, changes: &[Change]) -> Result<Option<Vec<Difference>>, Failure> {
        let is_kept = |row: &&LogRow| !changes.contains(&Change::Record(row.table.clone(), row.id.clone()));
        let taken_back: Vec<LogRow> = self.later.iter().filter(is_kept).cloned().collect();
        let mut documents = self.documents.clone();
        for path in changes.iter().filter_map(|change| if let Change::Document(path) = change { Some(path) } else { None }) {
            match self.today.get(path) {
                Some(text) => documents.insert(path.clone(), text.clone()),
                None => documents.remove(path),
            };
        }
        let computed = then(self.book, documents, taken_back).and_then(|book| asked(self.sealed, &book)?.of(&book)?.json());
        match computed {
            Ok(json) => Ok(Some(differences(self.base, &json))),
            Err(Failure::Problems(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    fn restatement(&self, change: &Change, alters: Option<Vec<Difference>>) -> Restatement {
        let alters = alters.unwrap_or_default();
        match change {
            Change::Document(path) => Restatement { table: "documents".into(), id: path.clone(), rows: Vec::new(), alters },
            Change::Record(table, id) => {
                let of = |row: &&LogRow| row.table == *table && row.id == *id;
                Restatement { table: table.clone(), id: id.clone(), rows: self.later.iter().filter(of).cloned().collect(), alters }
            }
        }
    }
}
