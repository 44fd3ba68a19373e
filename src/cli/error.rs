//! Failures at the edge: problems → exit code, in one match.

use crate::base::problem::{Problem, Problems, What};

/// How a run ends (`carebook help exit-codes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    NotFound = 3,
    InputNeeded = 4,
    Locked = 5,
    BadRows = 6,
    Uncertain = 7,
}

/// Why a command could not go on.
#[derive(Debug)]
pub enum Failure {
    Problems(Problems),
    /// Standard output was closed by the reader: a quiet end.
    ClosedPipe,
    /// Something no one foresaw.
    Internal(anyhow::Error),
}

impl Failure {
    pub fn exit(&self) -> Exit {
        match self {
            Failure::Problems(problems) => problems.first().map_or(Exit::Failed, exit_of_problem),
            Failure::ClosedPipe => Exit::Done,
            Failure::Internal(_) => Exit::Failed,
        }
    }

    /// Whether somebody changed a file while the command was at work.
    pub fn is_changed_underneath(&self) -> bool {
        let changed = |problem: &Problem| matches!(problem.what, What::ChangedUnderneath { .. });
        matches!(self, Failure::Problems(problems) if problems.iter().any(changed))
    }
}

/// A wrong value is a misuse when it was typed, and a bad row when it stands in a file.
fn exit_of_problem(problem: &Problem) -> Exit {
    let is_value = matches!(
        problem.what,
        What::BadDate { .. }
            | What::AmbiguousDate { .. }
            | What::BadInstant { .. }
            | What::BadDuration { .. }
            | What::BadWindow { .. }
            | What::BadMoney { .. }
            | What::ForeignMoney { .. }
            | What::BadNumber { .. }
            | What::OutOfRange { .. }
            | What::BadId { .. }
            | What::UnknownCode { .. }
            | What::UnknownName { .. }
            | What::Required
            | What::OwnColumn { .. }
    );
    match (is_value, &problem.place) {
        (true, None) => Exit::Usage,
        (true, Some(_)) => Exit::BadRows,
        (false, _) => exit_of(&problem.what),
    }
}

fn exit_of(what: &What) -> Exit {
    match what {
        What::Usage { .. } | What::BadKey { .. } | What::BadPeriod { .. } | What::UnknownField { .. } | What::BadFilter { .. } => {
            Exit::Usage
        }
        What::NotFound { .. } | What::Ambiguous { .. } | What::NoBook | What::FileNotFound { .. } => Exit::NotFound,
        What::InputNeeded { .. }
        | What::ConfirmationNeeded { .. }
        | What::PerhapsDuplicate { .. }
        | What::GateMissing { .. }
        | What::SecretNeeded { .. }
        | What::WrongSecret { .. } => Exit::InputNeeded,
        What::Locked { .. } | What::OpenElsewhere { .. } | What::ChangedUnderneath { .. } | What::LockUnavailable { .. } => Exit::Locked,
        What::NotUtf8
        | What::BrokenSeal { .. }
        | What::SealAltered
        | What::NulByte
        | What::UnclosedQuote
        | What::QuoteInBareCell
        | What::TextAfterQuote
        | What::RaggedRow { .. }
        | What::DuplicateHeader { .. }
        | What::MissingHeader { .. }
        | What::EmptyFile
        | What::MixedEncoding
        | What::JournalBroken
        | What::MissingTable
        | What::DuplicateId { .. }
        | What::WrongPartition { .. }
        | What::MergeRing { .. }
        | What::StatusOfMerged { .. }
        | What::LogBroken { .. }
        | What::LogForked { .. }
        | What::HistoryTorn { .. }
        | What::OrderTorn { .. }
        | What::NotABackup { .. }
        | What::BackupDamaged { .. }
        | What::Yaml { .. }
        | What::YamlAnchor
        | What::YamlAlias
        | What::YamlTag
        | What::YamlMerge
        | What::YamlDuplicate { .. }
        | What::YamlDocuments
        | What::YamlDepth { .. }
        | What::YamlLineBreak
        | What::YamlUnclear { .. }
        | What::RuleConflict { .. } => Exit::BadRows,
        What::Uncertain { .. } => Exit::Uncertain,
        _ => Exit::Failed,
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Failure {
        Failure::Problems(problems)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::Problems(vec![problem])
    }
}

impl From<What> for Failure {
    fn from(what: What) -> Failure {
        Failure::Problems(vec![what.into()])
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::Internal(error)
    }
}
