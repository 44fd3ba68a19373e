//! The arguments every command takes.

use std::path::PathBuf;

use crate::view::format::Format;

/// Flags that any command may be given, before or after its name.
#[derive(Debug, Clone, Default, clap::Args)]
#[expect(clippy::doc_markdown, reason = "doc comments are the help that is printed")]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// The book's folder [default: $CAREBOOK_DIR, else the nearest folder upwards with carebook.yaml]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Language of messages and labels: zh or en [default: $CAREBOOK_LANG, else the book's]
    #[arg(long, global = true, value_name = "LANG", value_parser = ["zh", "en"], hide_possible_values = true)]
    pub lang: Option<String>,
    /// Take this day as today, everywhere
    #[arg(long, global = true, value_name = "DATE")]
    pub today: Option<String>,
    /// When it happened, for what is entered late (2026-11-23 or "2026-11-23 09:30")
    #[arg(long, global = true, value_name = "TIME")]
    pub at: Option<String>,
    /// Ask of the book as it was recorded then (a day means its end; for `tier`: the day to decide for)
    #[arg(long, global = true, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Who does it, for the log [default: $CAREBOOK_ACTOR, else the user's name]
    #[arg(long, global = true, value_name = "NAME")]
    pub actor: Option<String>,
    /// Output format
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Write to a file; its ending chooses the format
    #[arg(short, long, global = true, value_name = "FILE")]
    pub output: Option<String>,
    /// Columns to show, by code or label, separated by commas
    #[arg(long, global = true, value_name = "A,B", value_delimiter = ',')]
    pub fields: Vec<String>,
    /// JSON, of these fields only when given; --json=? lists them
    #[arg(long, global = true, value_name = "FIELDS", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub json: Option<String>,
    /// Show what would change and leave the book as it is
    #[arg(short = 'n', long, global = true)]
    pub dry_run: bool,
    /// Never ask; fail and name the flag instead
    #[arg(long, global = true)]
    pub no_input: bool,
    /// How long to wait while another carebook writes [default: 10]
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 10, hide_default_value = true, value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub wait: u64,
    /// No messages; data is still written
    #[arg(short, long, global = true)]
    pub quiet: bool,
}
