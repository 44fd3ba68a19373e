//! `report seal PERIOD`: the report and what it rests on, stored for good, and told in the log.

use std::collections::BTreeMap;

use serde_json::Map;

use super::report::{Choice, period};
use super::report_index::{self, Entry};
use super::report_write::{Asked, Made};
use crate::base::period::Period;
use crate::base::problem::{Problem, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::model::draft::{Batch, Document, Draft};
use crate::model::seal::{SCHEMA, Seal};
use crate::store::{Book, Documents, layout, sha256};
use crate::view::format::Format;

#[derive(Debug, clap::Args)]
pub struct SealArgs {
    /// A period that is over [default: last quarter]
    #[arg(value_name = "PERIOD")]
    pub period: Option<String>,
    #[command(flatten)]
    pub choice: Choice,
    /// Seal a period again, beside the seal it has: why
    #[arg(long, value_name = "REASON")]
    pub again: Option<String>,
}

/// The formats that are sealed, by file.
pub const FORMATS: [(&str, Format); 3] = [("report.html", Format::Html), ("report.md", Format::Md), ("report.json", Format::Json)];

pub fn run(args: &SealArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let period = period(args.period.as_deref(), session)?;
    refuse_unfinished(period, session)?;
    let mut draft = session.draft(&[])?;
    // a hand edit must be in the log before a report can rest on it
    session.tell_edits()?;
    let book = session.book()?;
    let (folder, replaces) = folder(book, period, args.again.as_deref())?;
    let (today, now, lang) = (session.today, session.now, session.lang);
    let asked = Asked { period, choice: args.choice.clone(), today, now, lang, as_of: None };
    let made = asked.of(book)?;
    let files = written(book, &made)?;
    let documents = book.documents()?;
    let seal = Seal {
        schema: SCHEMA.to_owned(),
        period: period.to_string(),
        sealed_at: session.now.iso(book.settings.zone),
        by: session.actor(),
        reason: args.again.clone(),
        replaces,
        log_row: made.report.provenance.log_row,
        today: session.today.to_string(),
        now: session.now.timestamp(),
        lang: session.lang.code().to_owned(),
        version: made.report.provenance.version.clone(),
        compare: args.choice.compare.clone(),
        no_compare: args.choice.no_compare,
        sections: args.choice.sections.clone(),
        files: digests(&files),
        inputs: digests(&documents),
    };
    let report = made.json()?;
    let mut entries = report_index::entries(book)?;
    entries.push(Entry { folder: folder.clone(), seal: seal.clone(), report });
    let pages = report_index::pages(book, entries, session.lang)?;
    store(&mut draft, &folder, &seal, files, documents);
    draft.documents.extend(pages.into_iter().map(|(file, text)| (Document::Report(file), text)));
    let committed = session.commit(&draft, &session.stamp("seal")?)?;
    if !committed.dry_run {
        said(session, &folder, &seal);
    }
    Ok(Exit::Done)
}

/// A report that still changes every day is not one for good.
fn refuse_unfinished(period: Period, session: &Session<'_>) -> Result<(), Failure> {
    if period.is_all() || period.to >= session.today {
        let end = if period.is_all() { "–".to_owned() } else { period.to.to_string() };
        let zh = format!("{period} 尚未结束({end}),结束后才能封存");
        let en = format!("{period} is not over yet ({end}); it can be sealed when it is");
        return Err(Problem::error(What::Usage { message: [zh, en] }).into());
    }
    Ok(())
}

/// The folder of a new seal, and the one of the seal that it stands for from now on.
fn folder(book: &Book, period: Period, again: Option<&str>) -> Result<(String, Option<String>), Failure> {
    // one whose folder was taken away stays sealed: the log tells it
    let mut known = book.told_seals()?;
    known.extend(book.seals()?);
    let of = of_period(&known.into_iter().collect::<Vec<_>>(), &period.to_string());
    match (of.last(), again) {
        (None, _) => Ok((period.to_string(), None)),
        (Some(last), Some(reason)) if !reason.trim().is_empty() => {
            Ok((format!("{period}.{}", number(last, &period.to_string()).unwrap_or(1) + 1), Some(last.clone())))
        }
        (Some(last), _) => {
            let zh =
                format!("{period} 已封存于 reports/{last};先用 carebook report verify {period} 看看有无变化,要另封一份请加 --again 原因");
            let en = format!(
                "{period} is sealed in reports/{last}; `carebook report verify {period}` tells what was changed since, --again REASON seals it once more beside that"
            );
            Err(Problem::error(What::Usage { message: [zh, en] }).into())
        }
    }
}

/// The seals of a period, the oldest first.
pub fn of_period(seals: &[String], period: &str) -> Vec<String> {
    let mut found: Vec<(u32, String)> = seals.iter().filter_map(|folder| Some((number(folder, period)?, folder.clone()))).collect();
    found.sort();
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// Which seal of its period a folder is: 1 for the first.
fn number(folder: &str, period: &str) -> Option<u32> {
    match folder.strip_prefix(period)?.strip_prefix('.') {
        None => (folder == period).then_some(1),
        Some(number) => number.parse().ok(),
    }
}

/// The report in every format that is sealed.
pub fn written(book: &Book, made: &Made) -> Result<Documents, Failure> {
    let mut files = Documents::new();
    for (name, format) in FORMATS {
        let text = String::from_utf8(made.bytes(book, format, None)?).map_err(|error| Failure::Internal(error.into()))?;
        files.insert(name.to_owned(), text);
    }
    Ok(files)
}

fn digests(texts: &Documents) -> BTreeMap<String, String> {
    texts.iter().map(|(name, text)| (name.clone(), sha256(text.as_bytes()))).collect()
}

fn store(draft: &mut Draft, folder: &str, seal: &Seal, files: Documents, documents: Documents) {
    let text = seal.write();
    let digest = sha256(text.as_bytes());
    let mut put = |path: String, text: String| draft.documents.push((Document::Report(format!("{folder}/{path}")), text));
    for (name, text) in files {
        put(name, text);
    }
    for (path, text) in documents {
        put(format!("{}/{path}", layout::INPUTS), text);
    }
    put(layout::SEAL.to_owned(), text);
    // the chain of the log holds the digest: a seal that was altered is found
    let mut facts = Map::from_iter([(layout::SEAL.to_owned(), digest.into())]);
    facts.extend(seal.files.iter().map(|(name, digest)| (name.clone(), digest.clone().into())));
    draft.batch = Some(Batch { id: format!("{}/{folder}", layout::REPORTS), table: "documents", facts });
}

fn said(session: &mut Session<'_>, folder: &str, seal: &Seal) {
    let (files, inputs, row) = (seal.files.len(), seal.inputs.len(), seal.log_row);
    let message = session.lang.pick(
        format!("已封存 reports/{folder}/: 报告 {files} 个文件,依据文件 {inputs} 个,记录至日志第 {row} 行。随时用 carebook report verify {folder} 验证。"),
        format!(
            "Sealed in reports/{folder}/: the report in {files} files, {inputs} documents it rests on, records up to log row {row}. `carebook report verify {folder}` proves it at any time."
        ),
    );
    session.say(&message);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_the_book_knows_as_sealed() {
        assert_eq!(FORMATS.map(|(file, _)| file), layout::SEALED);
    }

    #[test]
    fn seals_of_a_period_in_their_order() {
        let seals: Vec<String> = ["2026Q3", "2026Q3.10", "2026Q3.2", "2026Q31", "2026-07-01..2026-08-15"].map(str::to_owned).into();
        assert_eq!(of_period(&seals, "2026Q3"), ["2026Q3", "2026Q3.2", "2026Q3.10"]);
        assert_eq!(of_period(&seals, "2026-07-01..2026-08-15"), ["2026-07-01..2026-08-15"]);
        assert!(of_period(&seals, "2026").is_empty());
    }
}
