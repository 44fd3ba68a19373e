//! What the log tells of one request, beyond its own rows.

use serde_json::Value;

use crate::base::instant::Instant;
use crate::base::problem::What;
use crate::model::cell::Locale;
use crate::model::log::LogRow;

/// Whether a row of the log belongs to the timeline of a request: its own, or of one that was merged into it, or taken out again.
pub fn concerns(row: &LogRow, id: &str) -> bool {
    row.table == "requests" && (row.id == id || row.after.contains(&merged_into(id)) || row.before.contains(&merged_into(id)))
}

/// The requests that the log says were merged into this one, each once; some may stand alone again.
pub fn merged<'a>(rows: &'a [LogRow], id: &str) -> Vec<&'a str> {
    let mut ids: Vec<&str> =
        rows.iter().filter(|row| row.id != id && row.after.contains(&merged_into(id))).map(|row| row.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// As the log writes it.
fn merged_into(id: &str) -> String {
    format!("\"duplicate_of\":{}", Value::from(id))
}

/// When a request was resolved, the first time first; a resolution that was undone does not count.
/// `rows` are in the order they were recorded in.
///
/// # Errors
/// A time in the log that cannot be read.
pub fn resolutions(rows: &[LogRow], id: &str, locale: &Locale) -> Result<Vec<Instant>, What> {
    let mut times = Vec::new();
    for row in rows.iter().filter(|row| row.id == id && row.table == "requests") {
        let after: Value = serde_json::from_str(&row.after).unwrap_or_default();
        let before: Value = serde_json::from_str(&row.before).unwrap_or_default();
        let taken_back = row.action == "undo";
        match (before["resolved_at"].as_str(), after["resolved_at"].as_str()) {
            // the undo of a reopening brings back what is in the list already
            (None, Some(_)) if taken_back => {}
            (_, Some(at)) => times.push(Instant::parse(at, locale.zone, locale.order)?),
            (Some(_), None) if taken_back => {
                times.pop();
            }
            _ => {}
        }
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::{RawSettings, Settings};

    fn row(id: &str, action: &str, before: &str, after: &str) -> LogRow {
        let at = Instant::from_utc(chrono::DateTime::UNIX_EPOCH);
        let blank = String::new;
        let (action, table, id, before, after) = (action.into(), "requests".into(), id.into(), before.into(), after.into());
        LogRow {
            seq: 1,
            recorded_at: at,
            at,
            actor: blank(),
            action,
            table,
            id,
            before,
            after,
            note: blank(),
            salt: blank(),
            digest: blank(),
            chain: blank(),
        }
    }

    #[test]
    fn the_story_has_what_was_merged_into_it() {
        let rows = [
            row("R2", "merge", r#"{"duplicate_of":null}"#, r#"{"stage":"duplicate","duplicate_of":"R1"}"#),
            row("R3", "merge", r#"{"duplicate_of":null}"#, r#"{"duplicate_of":"R10"}"#),
            row("R1", "note", "", r#"{"measures":"x"}"#),
        ];
        assert_eq!(rows.iter().map(|row| concerns(row, "R1")).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(merged(&rows, "R1"), ["R2"]);
    }

    #[test]
    fn resolutions_are_counted_as_they_stand() {
        let raw: RawSettings = serde_yaml::from_str("{format: 1, time_zone: UTC}").unwrap();
        let locale = Settings::try_from(raw).unwrap().locale();
        let (none, one, two) =
            (r#"{"resolved_at":null}"#, r#"{"resolved_at":"2026-10-01T09:00:00+00:00"}"#, r#"{"resolved_at":"2026-10-02T09:00:00+00:00"}"#);
        let days = |rows: &[(&str, &str, &str)]| {
            let rows: Vec<LogRow> = rows.iter().map(|(action, before, after)| row("R1", action, before, after)).collect();
            resolutions(&rows, "R1", &locale).unwrap().iter().map(|at| at.date(locale.zone).to_string()).collect::<Vec<_>>()
        };
        let both = ["2026-10-01", "2026-10-02"];
        assert_eq!(days(&[("resolve", none, one), ("reopen", one, none), ("resolve", none, two)]), both);
        assert_eq!(days(&[("resolve", none, one), ("undo", one, none), ("resolve", none, two)]), both[1..]);
        assert_eq!(days(&[("resolve", none, one), ("reopen", one, none), ("undo", none, one)]), both[..1]);
    }
}
