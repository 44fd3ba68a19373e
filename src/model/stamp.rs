//! The stamp of a change: who, when recorded, when it happened, by which verb.

use crate::base::instant::Instant;

/// Everything about a change that is not the change itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When carebook was told.
    pub recorded_at: Instant,
    /// When it happened (`--at`), which may be earlier.
    pub at: Instant,
    pub actor: String,
    /// The verb, as the log's `action`.
    pub action: &'static str,
    pub note: String,
}
