//! Cells that a sheet may not change: carebook works them out, or a verb changes them together with what follows from it.

use crate::base::problem::What;
use crate::model::request::Stage;
use crate::model::vocabulary::Code;

/// A cell that somebody changed in a sheet.
#[derive(Debug, Clone, Copy)]
pub struct Touched<'a> {
    pub table: &'a str,
    pub id: &'a str,
    pub column: &'a str,
    /// With canonical codes.
    pub theirs: &'a str,
    /// Of a request: whether its work is done.
    pub is_resolved: bool,
}

/// Why the cell may not be changed, with the command that does it; none where it may.
pub fn guard(cell: Touched<'_>) -> Option<What> {
    let Touched { id, column, theirs, .. } = cell;
    let by = |command: String| Some(What::GuardedCell { command: Some(format!("carebook {command}")) });
    let own = Some(What::GuardedCell { command: None });
    let quoted = format!("\"{}\"", crate::base::text::one_line(theirs).replace('"', "'"));
    match (cell.table, column) {
        ("customers", "tier" | "tier_since" | "tier_until") => by(format!("tier set {id} TIER --until DATE --reason TEXT")),
        ("customers", "merged_into") => by(format!("customer merge {id} {}", or(theirs, "INTO"))),
        ("customers", "status") if theirs == "merged" => by(format!("customer merge {id} INTO")),
        ("customers", "distinct_from") => by(format!("customer distinct {id} {}", or(theirs, "OTHER"))),
        ("requests", "stage") => stage(id, theirs).map_or(own, by),
        ("requests", "severity") => by(format!("review {id} accept --severity {theirs}")),
        ("requests", "handler" | "department") => by(format!("assign {id} {}", or(theirs, "WHO"))),
        ("requests", "measures") if !cell.is_resolved => by(format!("note {id} {quoted}")),
        ("requests", "result") if !cell.is_resolved => by(format!("resolve {id} {quoted}")),
        ("requests", "feedback" | "feedback_text") => by(format!("feedback {id} {}", or(theirs, "SCORE"))),
        ("requests", "duplicate_of") => by(format!("merge {id} {}", or(theirs, "INTO"))),
        ("requests", "related") => by(format!("link {id} {}", or(theirs, "OTHER"))),
        ("requests", "knowledge") => by(format!("knowledge link {} {id}", or(theirs, "ENTRY"))),
        ("requests", "confirmed_at" | "confirmed_how" | "confirmed_by") => by(format!("confirm {id}")),
        ("requests", "resolved_at") => by(format!("resolve {id} TEXT --at TIME")),
        ("requests", "closed_at") => by(format!("close {id} --at TIME")),
        ("requests", "reopened") => by(format!("reopen {id} --reason TEXT")),
        ("requests", "received_at" | "reviewed_at" | "assigned_at" | "responded_at" | "escalated" | "promise") => own,
        ("requests", "respond_due" | "resolve_due" | "acknowledge_due") => own,
        ("revisits", "status" | "done_at" | "satisfaction") => match theirs {
            "skipped" => by(format!("revisit skip {id} --reason TEXT")),
            "no_answer" => by(format!("revisit attempt {id}")),
            _ => by(format!("revisit done {id} --satisfaction SCORE")),
        },
        ("revisits", "customer" | "request" | "reason") => own,
        ("knowledge", "status") if theirs == "retired" => by(format!("knowledge retire {id}")),
        ("knowledge", "added_on" | "added_by") | (_, "batch") => own,
        _ => None,
    }
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.trim().is_empty() { otherwise } else { text }
}

/// The verb that brings a request to a stage.
fn stage(id: &str, code: &str) -> Option<String> {
    Some(match Stage::from_text(code)? {
        Stage::Registered => return None,
        Stage::Reviewed => format!("review {id} accept"),
        Stage::Assigned => format!("assign {id} WHO"),
        Stage::InProgress => format!("start {id}"),
        Stage::Waiting => format!("wait {id} --reason TEXT"),
        Stage::Resolved => format!("resolve {id} TEXT"),
        Stage::Confirmed => format!("confirm {id}"),
        Stage::Closed => format!("close {id}"),
        Stage::Rejected => format!("review {id} reject --reason TEXT"),
        Stage::Duplicate => format!("merge {id} INTO"),
    })
}
