//! Requests: what was done, how it stands, what comes next.

use crate::base::lang::Lang;
use crate::model::cell::Locale;
use crate::model::request::{Request, Stage};
use crate::model::vocabulary::Code;

/// After registering.
pub fn registered(request: &Request, locale: &Locale, lang: Lang) -> String {
    let (id, who) = (&request.id, named(request));
    let due = request.resolve_due.map(|due| due.minute(locale.zone));
    let due = due.map_or_else(String::new, |due| lang.pick(format!(",应于 {due} 前解决"), format!(", to be resolved by {due}")));
    let next = next(request, lang);
    lang.pick(format!("已登记 {id}{who}{due}。\n下一步: {next}"), format!("Registered {id}{who}{due}.\nNext: {next}"))
}

/// After any other step.
pub fn stands(request: &Request, lang: Lang) -> String {
    let (id, stage) = (&request.id, request.stage.label(lang));
    let handler = if request.handler.is_empty() || !request.stage.is_open() { String::new() } else { format!(" ({})", request.handler) };
    let stage = lang.pick(stage.to_owned(), stage.to_lowercase());
    let next = next(request, lang);
    let next = if next.is_empty() { String::new() } else { lang.pick(format!("\n下一步: {next}"), format!("\nNext: {next}")) };
    lang.pick(format!("{id}: {stage}{handler}。{next}"), format!("{id}: {stage}{handler}.{next}"))
}

fn named(request: &Request) -> String {
    if request.customer_name.is_empty() { String::new() } else { format!(" ({})", request.customer_name) }
}

/// The command that usually comes next.
fn next(request: &Request, lang: Lang) -> String {
    let id = &request.id;
    match request.stage {
        Stage::Registered => format!("carebook review {id} accept"),
        Stage::Reviewed => lang.pick(format!("carebook assign {id} 员工"), format!("carebook assign {id} WHO")),
        Stage::Assigned => format!("carebook start {id}"),
        Stage::InProgress => {
            lang.pick(format!("carebook resolve {id} 结果 --measures 措施"), format!("carebook resolve {id} RESULT --measures MEASURES"))
        }
        Stage::Waiting => format!("carebook resume {id}"),
        Stage::Resolved => format!("carebook confirm {id}"),
        Stage::Confirmed if request.feedback.is_none() => {
            lang.pick(format!("carebook feedback {id} 评分"), format!("carebook feedback {id} SCORE"))
        }
        Stage::Confirmed => format!("carebook close {id}"),
        Stage::Closed | Stage::Rejected | Stage::Duplicate => String::new(),
    }
}
