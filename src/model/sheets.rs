//! What people do with a table in a spreadsheet: which come back edited, which columns they fill in, which they must.

use super::table::{Column, Table};

/// The tables of which an edited export is taken back: cell by cell, orders as wholes.
pub const RETURNED: &[&str] = &["customers", "contacts", "staff", "requests", "orders", "revisits", "interactions", "knowledge"];

/// The tables with a sheet to be filled in: those whose rows can be imported.
pub const FILLED: &[&str] = &["customers", "contacts", "staff", "requests", "orders", "revisits", "interactions", "knowledge"];

/// Columns that carebook fills in by itself: they are in no empty sheet.
fn own(table: &str) -> &'static [&'static str] {
    match table {
        "customers" => &["tier", "tier_since", "tier_until", "status", "merged_into", "distinct_from", "batch"],
        "requests" => &[
            "reviewed_at",
            "assigned_at",
            "responded_at",
            "confirmed_at",
            "confirmed_how",
            "confirmed_by",
            "reopened",
            "respond_due",
            "resolve_due",
            "acknowledge_due",
            "duplicate_of",
            "related",
            "promise",
            "escalated",
            "knowledge",
            "batch",
        ],
        "revisits" => &["request", "status", "done_at", "satisfaction", "needs", "suggestions", "problems", "outcome"],
        "knowledge" => &["added_on", "added_by", "reviewed_on", "status"],
        _ => &["batch"],
    }
}

/// The columns that a person fills in, by position.
pub fn filled(table: &Table) -> Vec<usize> {
    let own = own(table.word.code);
    (0..table.columns.len()).filter(|at| !own.contains(&table.columns[*at].word.code)).collect()
}

/// The columns of an export when nobody names them: all but the batch, by position.
pub fn exported(table: &Table) -> Vec<usize> {
    (0..table.columns.len()).filter(|at| table.columns[*at].word.code != "batch").collect()
}

/// Whether a row without this cell is refused. An id is made where it is blank, and a few cells follow from others.
pub fn is_required(table: &Table, column: &Column) -> bool {
    match (table.word.code, column.word.code) {
        ("customers" | "staff", "name") | ("knowledge", "title") => true,
        (_, "id" | "severity" | "stage") | ("revisits", "reason" | "status") => false,
        _ => !column.optional,
    }
}
