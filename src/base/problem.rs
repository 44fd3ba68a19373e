//! Problems: what is wrong, where, how grave. Data only; the words live in `view::text`.
//!
//! To add one: a variant here, its code in `code.rs`, and its words in `view/text/problem.rs` (both
//! languages in one arm, so it does not compile without them).

mod code;
mod template;

pub use template::{Limit, Named, TemplateFault};

/// How grave a problem is. Only errors stop a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Warning,
    Error,
}

/// A place in a file: path as the user knows it, line and column from 1 (columns in characters).
/// Line 0 means the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: String,
    pub line: u64,
    pub column: u64,
}

impl Place {
    /// The file as a whole.
    pub fn file(file: impl Into<String>) -> Place {
        Place { file: file.into(), line: 0, column: 0 }
    }
}

/// One problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub severity: Severity,
    pub what: What,
    pub place: Option<Place>,
    /// The column (canonical code) or rule key concerned.
    pub field: Option<String>,
}

impl Problem {
    pub fn error(what: What) -> Problem {
        Problem { severity: Severity::Error, what, place: None, field: None }
    }

    pub fn warning(what: What) -> Problem {
        Problem { severity: Severity::Warning, what, place: None, field: None }
    }

    #[must_use]
    pub fn at(mut self, place: Place) -> Problem {
        self.place = Some(place);
        self
    }

    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Problem {
        self.field = Some(field.into());
        self
    }
}

impl From<What> for Problem {
    fn from(what: What) -> Problem {
        Problem::error(what)
    }
}

/// Everything found wrong in one run; never empty when returned as an error.
pub type Problems = Vec<Problem>;

/// What is wrong, with the data the words need.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    // reading a file
    CannotRead {
        path: String,
        reason: String,
    },
    CannotWrite {
        path: String,
        reason: String,
    },
    NotUtf8,
    NulByte,
    UnclosedQuote,
    QuoteInBareCell,
    TextAfterQuote,
    RaggedRow {
        expected: usize,
        found: usize,
    },
    DuplicateHeader {
        name: String,
    },
    MissingHeader {
        column: String,
    },
    EmptyFile,
    TooLarge {
        limit: String,
    },
    MixedEncoding,
    UnknownFileType {
        hint: String,
    },
    BrokenWorkbook {
        reason: String,
    },
    LockedWorkbook,
    CellError {
        value: String,
    },
    // values
    BadDate {
        value: String,
    },
    AmbiguousDate {
        value: String,
    },
    BadInstant {
        value: String,
    },
    BadPeriod {
        value: String,
    },
    BadDuration {
        value: String,
    },
    BadWindow {
        value: String,
    },
    BadMoney {
        value: String,
    },
    /// An amount of another currency than the book's.
    ForeignMoney {
        value: String,
        currency: String,
    },
    BadNumber {
        value: String,
    },
    OutOfRange {
        value: String,
        min: String,
        max: String,
    },
    BadId {
        value: String,
    },
    ExponentId {
        value: String,
        perhaps: Option<String>,
    },
    RoundedId {
        value: String,
        perhaps: String,
    },
    UnknownCode {
        value: String,
        allowed: Vec<String>,
    },
    Required,
    // a cell of a column of the owner's own
    OwnColumn {
        column: String,
        what: Box<What>,
    },
    // relations
    DuplicateId {
        table: &'static str,
        id: String,
        first: String,
    },
    UnknownReference {
        table: &'static str,
        id: String,
    },
    WrongPartition {
        belongs: String,
    },
    MergeRing {
        id: String,
    },
    StatusOfMerged {
        merged: bool,
    },
    // the book
    NoBook,
    BookExists {
        path: String,
    },
    NewerFormat {
        found: u32,
        known: u32,
    },
    OlderFormat {
        found: u32,
        known: u32,
    },
    StrayFile,
    MissingTable,
    OwnFile {
        path: String,
    },
    LogBroken {
        seq: String,
    },
    LogForked {
        seq: u32,
    },
    Locked {
        holder: String,
    },
    ChangedUnderneath {
        path: String,
    },
    LockUnavailable {
        reason: String,
    },
    JournalBroken,
    Uncertain {
        reason: String,
    },
    SymlinkOrSpecial {
        path: String,
    },
    NothingToUndo {
        redo: bool,
    },
    CannotUndo {
        seq: u32,
        reason: [String; 2],
    },
    HistoryLost {
        what: [String; 2],
    },
    // hooks
    HookNotRun {
        why: [String; 2],
    },
    HookFailed {
        why: [String; 2],
    },
    HistoryTorn {
        id: String,
        line: u64,
    },
    OrderTorn {
        id: String,
        line: u64,
    },
    // backups
    FileNotFound {
        path: String,
    },
    FolderNotEmpty {
        path: String,
    },
    BackupInside {
        path: String,
    },
    NotBackedUp {
        path: String,
    },
    NotABackup {
        path: String,
    },
    NewerBackup {
        found: u32,
        known: u32,
    },
    BackupDamaged {
        path: String,
        message: [String; 2],
    },
    NoSpace {
        path: String,
        needed: u64,
        free: u64,
    },
    SecretNeeded {
        flag: &'static str,
    },
    WrongSecret {
        by_passphrase: bool,
    },
    BadKey {
        flag: &'static str,
    },
    // rules
    Yaml {
        message: String,
    },
    YamlAnchor,
    YamlAlias,
    YamlTag,
    YamlMerge,
    YamlDuplicate {
        key: String,
        line: u64,
    },
    YamlDocuments,
    YamlDepth {
        limit: usize,
    },
    YamlLineBreak,
    YamlUnclear {
        text: String,
    },
    RuleConflict {
        message: [String; 2],
    },
    UnknownName {
        name: String,
        allowed: Vec<String>,
    },
    UnknownYears {
        years: Vec<i32>,
    },
    // commands
    Usage {
        message: [String; 2],
    },
    NotFound {
        noun: &'static str,
        id: String,
        nearest: Option<String>,
    },
    Ambiguous {
        id: String,
        candidates: Vec<String>,
    },
    InputNeeded {
        flag: &'static str,
    },
    ConfirmationNeeded {
        flag: &'static str,
        what: [String; 2],
    },
    IllegalStage {
        id: String,
        stage: &'static str,
        verb: &'static str,
        allowed: Vec<&'static str>,
    },
    /// A `seal.json` that cannot be read.
    BrokenSeal {
        reason: String,
    },
    /// A file of a sealed report that is not what was sealed.
    SealAltered,
    GateMissing {
        id: String,
        verb: &'static str,
        columns: Vec<&'static str>,
    },
    TimeOrder {
        value: String,
        earlier: String,
    },
    Unavailable {
        who: String,
        why: [String; 2],
    },
    NobodyEligible {
        id: String,
        why: [String; 2],
    },
    PointsShort {
        customer: String,
        wanted: i64,
        available: i64,
    },
    ClaimRefused {
        id: String,
        why: [String; 2],
    },
    NoBasis {
        standing: [&'static str; 2],
        says: String,
    },
    UnknownSource {
        name: String,
        near: Option<String>,
    },
    NothingToImport,
    GuardedCell {
        command: Option<String>,
    },
    CellConflict {
        id: String,
        base: String,
        theirs: String,
        ours: String,
    },
    TwiceInSheet {
        id: String,
        first: u64,
    },
    OpenElsewhere {
        path: String,
    },
    MergedCustomer {
        id: String,
        into: String,
    },
    PerhapsDuplicate {
        found: Vec<String>,
    },
    UnknownField {
        name: String,
        allowed: Vec<String>,
    },
    BadFilter {
        filter: String,
        allowed: Vec<String>,
    },
    Template {
        fault: TemplateFault,
        /// The line and a mark below the place.
        excerpt: String,
    },
}
