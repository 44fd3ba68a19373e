//! A problem as a person reads it: place, field, what is wrong, what to do next.

use crate::base::lang::Lang;
use crate::base::problem::{Problem, Severity, What};
use crate::base::text::harmless;
use crate::view::text::problem::{hint, message};
use crate::view::text::words;

/// How many places of one kind of problem are listed before the rest is counted. Cells of a sheet that were held back are
/// somebody's work each, and each has to be settled.
fn shown_per_kind(what: &What) -> usize {
    if matches!(what, What::CellConflict { .. } | What::GuardedCell { .. }) { 500 } else { 5 }
}

/// `error: customers.csv:3:5: phone: …`
pub fn line(problem: &Problem, lang: Lang) -> String {
    let head = match problem.severity {
        Severity::Error => lang.pick("错误", "error"),
        Severity::Warning => lang.pick("警告", "warning"),
    };
    let place = match &problem.place {
        Some(place) if place.line == 0 => format!("{}: ", place.file),
        Some(place) => format!("{}:{}:{}: ", place.file, place.line, place.column),
        None => String::new(),
    };
    let field = problem.field.as_deref().map_or_else(String::new, |field| match words::column(field, lang) {
        Some(label) if label != field => format!("{label} ({field}): "),
        _ => format!("{field}: "),
    });
    harmless(&format!("{head}: {place}{field}{}", message(&problem.what, lang))).into_owned()
}

/// The field and what is wrong, without a place: for the row itself.
pub fn reason(problem: &Problem, lang: Lang) -> String {
    let field = problem.field.as_deref().map_or_else(String::new, |field| format!("{}: ", words::column(field, lang).unwrap_or(field)));
    format!("{field}{}", message(&problem.what, lang))
}

/// All problems, repeats of a kind grouped, each kind's hint once.
pub fn list(problems: &[Problem], lang: Lang) -> String {
    let mut out = String::new();
    let mut kinds: Vec<&str> = Vec::new();
    for problem in problems {
        let code = problem.what.code();
        if kinds.contains(&code) {
            continue;
        }
        kinds.push(code);
        let same: Vec<&Problem> = problems.iter().filter(|p| p.what.code() == code).collect();
        let shown = shown_per_kind(&problem.what);
        for problem in same.iter().take(shown) {
            out += &line(problem, lang);
            out.push('\n');
        }
        if same.len() > shown {
            let more = same.len() - shown;
            out += &lang.pick(format!("  …… 同类问题另有 {more} 处\n"), format!("  … and {more} more of the same kind\n"));
        }
        if let Some(hint) = hint(&problem.what, lang) {
            out += &lang.pick(format!("  提示: {hint}\n"), format!("  hint: {hint}\n"));
        }
    }
    harmless(&out).into_owned()
}

/// Problems for machines.
pub fn json(problems: &[Problem], lang: Lang) -> serde_json::Value {
    let row = |problem: &Problem| {
        serde_json::json!({
            "severity": if problem.severity == Severity::Error { "error" } else { "warning" },
            "code": problem.what.code(),
            "file": problem.place.as_ref().map(|place| &place.file),
            "line": problem.place.as_ref().map(|place| place.line),
            "column": problem.place.as_ref().map(|place| place.column),
            "field": problem.field,
            "message": message(&problem.what, lang),
        })
    };
    serde_json::json!({"schema": "carebook.problem.v1", "rows": problems.iter().map(row).collect::<Vec<_>>()})
}
