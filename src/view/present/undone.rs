//! What an undo or a redo did, in words.

use crate::base::lang::Lang;
use crate::model::cell::Locale;
use crate::model::log::LogRow;
use crate::view::text::words;

/// More records than that are counted, not named.
const NAMED: usize = 8;

/// The change that was taken back: which, whose, of when, which records and files.
pub fn text(rows: &[LogRow], files: &[String], redo: bool, dry_run: bool, locale: &Locale, lang: Lang) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let head = match (redo, dry_run) {
        (false, false) => lang.pick("已撤销", "undone"),
        (false, true) => lang.pick("试运行,将撤销", "dry run, would undo"),
        (true, false) => lang.pick("已重做", "redone"),
        (true, true) => lang.pick("试运行,将重做", "dry run, would redo"),
    };
    let (action, actor, at) = (words::action(&first.action, lang), &first.actor, first.recorded_at.minute(locale.zone));
    let seqs = match rows.last() {
        Some(last) if last.seq > first.seq => format!("{}–{}", first.seq, last.seq),
        _ => first.seq.to_string(),
    };
    let mut ids: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|row| !row.id.is_empty()) {
        if !ids.contains(&row.id.as_str()) {
            ids.push(&row.id);
        }
    }
    let more = ids.len().saturating_sub(NAMED);
    let rest = if more == 0 { String::new() } else { lang.pick(format!(" 等 {} 条", ids.len()), format!(" and {more} more")) };
    let named = ids.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let files = files.join(", ");
    lang.pick(
        format!("{head}: 日志 {seqs} {action}({actor},{at}): {named}{rest}。文件: {files}"),
        format!("{head}: log {seqs}, {action} by {actor}, {at}: {named}{rest}; files: {files}"),
    )
}
