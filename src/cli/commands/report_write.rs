//! A report computed and written: the same for the terminal, for a file and for a seal.

use chrono::NaiveDate;
use serde_json::json;

use super::report::Choice;
use super::report_read::{Periods, Reading};
use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::period::Period;
use crate::base::text::word;
use crate::cli::error::Failure;
use crate::engine::report::provenance::Provenance;
use crate::engine::report::{Report, report};
use crate::model::rules::comments::CommentRules;
use crate::model::rules::report::ReportRules;
use crate::model::rules::tiers::TierRules;
use crate::store::Book;
use crate::view::format::{self, Format};
use crate::view::grid::Grid;
use crate::view::report::frame::Frame;
use crate::view::report::sections::{Wording, sections};
use crate::view::report::{document, tables, terminal, workbook};
use crate::view::template::Kind;

/// What is asked for: nothing else decides what a report says.
#[derive(Debug, Clone)]
pub struct Asked {
    pub period: Period,
    pub choice: Choice,
    pub today: NaiveDate,
    pub now: Instant,
    pub lang: Lang,
    /// `--as-of` as it was typed.
    pub as_of: Option<String>,
}

/// A report, computed.
pub struct Made {
    pub report: Report,
    pub rules: ReportRules,
    tiers: TierRules,
    comments: CommentRules,
    lang: Lang,
    now: Instant,
}

impl Asked {
    /// The command that asks for it, without the book's place.
    fn command(&self) -> String {
        let mut words = vec![format!("carebook report {}", self.period)];
        for (flag, chosen) in [("--compare", &self.choice.compare), ("--sections", &self.choice.sections)] {
            if !chosen.is_empty() {
                words.push(format!("{flag} {}", chosen.join(",")));
            }
        }
        if self.choice.no_compare {
            words.push("--no-compare".to_owned());
        }
        words.extend(self.as_of.as_ref().map(|moment| format!("--as-of {}", word(moment))));
        words.join(" ")
    }

    /// Computes it from a book.
    ///
    /// # Errors
    /// What is wrong in the files it reads.
    pub fn of(&self, book: &Book) -> Result<Made, Failure> {
        let rules = self.choice.over(book.report_rules()?.rules)?;
        let reading = Reading::of(book, &rules, Periods::of(self.period, rules.compare), (self.today, self.now))?;
        let mut report = reading.ask(report);
        let (log_row, chain) = book.log_end()?;
        report.provenance = Provenance {
            log_row,
            chain,
            hand_edits: book.has_untold_edits()?,
            rules: reading.versions(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: self.command(),
        };
        let (tiers, comments) = (reading.tier_rules.rules, reading.comment_rules.rules);
        Ok(Made { report, rules, tiers, comments, lang: self.lang, now: self.now })
    }
}

impl Made {
    fn wording(&self) -> Wording<'_> {
        Wording { report: &self.report, tiers: &self.tiers, comments: &self.comments, rules: &self.rules, lang: self.lang }
    }

    /// Every table by the name of its file.
    pub fn tables(&self) -> Vec<(String, Grid)> {
        tables::files(&sections(&self.wording()), &Frame::of(&self.report, self.lang), self.lang)
    }

    /// The report in a format, filled into the owner's templates where the book has some; `columns` is the terminal's width.
    ///
    /// # Errors
    /// A fault in a template, more than a workbook holds.
    pub fn bytes(&self, book: &Book, format: Format, columns: Option<usize>) -> Result<Vec<u8>, Failure> {
        if format == Format::Json {
            return Ok(format::json::pretty(&self.json()?).into_bytes());
        }
        let (wording, lang, made) = (self.wording(), self.lang, self.now.at_zone(chrono_tz::UTC));
        let (sections, frame) = (sections(&wording), Frame::of(&self.report, lang));
        let kind = match format {
            Format::Csv | Format::Tsv => return Ok(format::write(&document::long_table(&sections, lang), format, None, made)?),
            Format::Xlsx => return Ok(workbook::write(&sections, &frame, lang, made)?),
            Format::Table => return Ok(terminal::write(&sections, &frame, columns, lang).into_bytes()),
            Format::Html => Kind::Html,
            _ => Kind::Markdown,
        };
        let own = book.templates()?;
        Ok(document::fill(&wording, &frame, &sections, kind, &own)?.into_bytes())
    }

    /// The report as one JSON document.
    ///
    /// # Errors
    /// None that can come about.
    pub fn json(&self) -> Result<serde_json::Value, Failure> {
        let mut document = json!({"schema": "carebook.report.v1"});
        let report = serde_json::to_value(&self.report).map_err(|error| Failure::Internal(error.into()))?;
        if let (Some(into), serde_json::Value::Object(fields)) = (document.as_object_mut(), report) {
            into.extend(fields);
        }
        Ok(document)
    }
}
