//! Any record as a sheet of its filled fields, and its timeline from the log.

use std::fmt::Write as _;

use serde_json::Value;

use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::text::{one_line, truncate, width};
use crate::model::cell::{Kind, Locale};
use crate::model::draft::is_blank;
use crate::model::erasure::REDACTED;
use crate::model::log::LogRow;
use crate::model::record::Record;
use crate::model::table;
use crate::view::grid::{Field, Grid, col, num};
use crate::view::text::words;

/// The filled fields, one a line, labels aligned, lines of the owner's columns behind; long text goes on indented.
pub fn sheet<R: Record>(record: &R, own: Vec<(String, String)>, locale: &Locale, lang: Lang) -> String {
    let columns = R::TABLE.columns.iter().enumerate();
    let filled: Vec<(String, String)> = columns
        .map(|(i, column)| (column.word.label(lang).to_owned(), record.shown(i, locale, lang)))
        .chain(own)
        .filter(|(_, text)| !text.trim().is_empty())
        .collect();
    let widest = filled.iter().map(|(label, _)| width(label)).max().unwrap_or(0);
    let mut out = String::new();
    for (label, text) in filled {
        let pad = " ".repeat(widest - width(&label));
        let indent = format!("\n{}", " ".repeat(widest + 2));
        let _ = writeln!(out, "{label}{pad}  {}", text.trim().replace('\n', &indent));
    }
    out
}

/// The record's rows of the log, oldest first; a row of another record names it.
pub fn timeline(own: &str, events: &[LogRow], locale: &Locale, lang: Lang) -> String {
    if events.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", lang.pick("时间线", "Timeline"));
    for event in events {
        let whose = if event.id == own { String::new() } else { format!("{} ", event.id) };
        let _ = writeln!(out, "  {}  {}  {whose}{}", event.at.minute(locale.zone), event.actor, said(event, locale, lang));
    }
    out
}

/// The log as a grid.
pub fn log_grid(rows: &[LogRow], locale: &Locale, lang: Lang) -> Grid {
    let columns = vec![
        num("seq", lang.pick("序号", "Seq")),
        col("recorded_at", lang.pick("记录时间", "Recorded at")),
        col("at", lang.pick("发生时间", "At")),
        col("actor", lang.pick("操作人", "Actor")),
        col("action", lang.pick("动作", "Action")),
        col("table", lang.pick("表", "Table")),
        col("id", lang.pick("编号", "ID")),
        col("change", lang.pick("变化", "Change")),
    ];
    let mut grid = Grid::new("carebook.log.v1", columns);
    for row in rows {
        let instant = |at: Instant| Field::coded(at.minute(locale.zone), at.iso(locale.zone));
        let change = serde_json::json!({"before": parsed(&row.before), "after": parsed(&row.after), "note": row.note});
        grid.rows.push(vec![
            Field::number(row.seq),
            instant(row.recorded_at),
            instant(row.at),
            Field::text(&row.actor),
            Field::coded(words::action(&row.action, lang), row.action.clone()),
            Field::coded(words::table(&row.table, lang), row.table.clone()),
            Field::text(&row.id),
            Field::coded(said(row, locale, lang), change),
        ]);
    }
    grid
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// `resolved: stage in_progress → resolved, result …`
pub(super) fn said(row: &LogRow, locale: &Locale, lang: Lang) -> String {
    let action = words::action(&row.action, lang);
    let (before, after) = (parsed(&row.before), parsed(&row.after));
    let note = if row.note.is_empty() { String::new() } else { format!(" ({})", one_line(&row.note)) };
    let Value::Object(after) = after else { return format!("{action}{note}") };
    let changes: Vec<String> = after
        .iter()
        .filter(|(field, _)| !field.ends_with("_at") && !matches!(field.as_str(), "id" | REDACTED))
        // where values were erased nothing is left of the change
        .filter(|(field, now)| before[field.as_str()] != **now && !(is_blank(&before[field.as_str()]) && is_blank(now)))
        .map(|(field, now)| change(row, field, &before[field], now, locale, lang))
        .collect();
    if changes.is_empty() || row.before.is_empty() { format!("{action}{note}") } else { format!("{action}{note}: {}", changes.join("; ")) }
}

fn change(row: &LogRow, field: &str, was: &Value, now: &Value, locale: &Locale, lang: Lang) -> String {
    let label = words::column(field, lang).unwrap_or(field);
    let (was, now) = (shown(&row.table, field, was, locale, lang), shown(&row.table, field, now, locale, lang));
    if was.is_empty() { format!("{label} {now}") } else { format!("{label} {was} → {now}") }
}

/// A logged value as a person reads it: codes in their language, times of the book's zone.
fn shown(table: &str, field: &str, value: &Value, locale: &Locale, lang: Lang) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let column = table::ALL.iter().find(|t| t.word.code == table).and_then(|t| Some(&t.columns[t.position(field)?]));
    match column.map(|column| column.kind) {
        Some(Kind::Code(words)) => {
            let word = words.iter().find(|word| word.code == text);
            word.map_or(text, |word| word.label(lang).to_owned())
        }
        Some(Kind::Instant) => Instant::parse(&text, locale.zone, locale.order).map_or(text, |at| at.minute(locale.zone)),
        _ => truncate(&one_line(&text), 40),
    }
}
