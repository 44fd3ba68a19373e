//! Requests: what was done, how it stands, what comes next.

use std::fmt::Write as _;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::text::{one_line, word};
use crate::engine::similar::Why;
use crate::model::cell::Locale;
use crate::model::punctuality::Punctuality;
use crate::model::request::{Request, Stage};
use crate::model::revisit::Revisit;
use crate::model::rules::feedback::Remedy;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col};

/// So many that may be the same are told.
const SHOWN: usize = 5;

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
    let stage = if request.is_out_of_scope() {
        lang.pick(format!("{stage}(超出受理范围)"), format!("{stage} (out of scope)"))
    } else if request.awaits_information() {
        lang.pick(format!("{stage}(待客户补充)"), format!("{stage} (waiting for information)"))
    } else {
        stage
    };
    let next = next(request, lang);
    let next = if next.is_empty() { String::new() } else { lang.pick(format!("\n下一步: {next}"), format!("\nNext: {next}")) };
    lang.pick(format!("{id}: {stage}{handler}。{next}"), format!("{id}: {stage}{handler}.{next}"))
}

/// After a merge: which request goes on, and what became of the open work.
pub fn merged(id: &str, into: &Request, moved: usize, skipped: usize, lang: Lang) -> String {
    let goes_on = stands(into, lang);
    let revisits = match (moved, skipped) {
        (0, 0) => String::new(),
        (moved, 0) => lang.pick(format!(",{moved} 次计划中的回访一并转入"), format!("; {moved} planned revisits went with it")),
        (0, skipped) => lang.pick(format!(",{skipped} 次重复的回访不再做"), format!("; {skipped} planned revisits are not needed twice")),
        (moved, skipped) => lang.pick(
            format!(",{moved} 次计划中的回访一并转入,{skipped} 次重复的不再做"),
            format!("; {moved} planned revisits went with it, {skipped} are not needed twice"),
        ),
    };
    let into = &into.id;
    lang.pick(format!("{id} 已并入 {into}{revisits}。\n{goes_on}"), format!("{id} is merged into {into}{revisits}.\n{goes_on}"))
}

/// After a link was made or taken away.
pub fn linked(request: &Request, lang: Lang) -> String {
    let (id, links) = (&request.id, request.links());
    if links.is_empty() {
        return lang.pick(format!("{id} 没有关联。"), format!("{id} has no links."));
    }
    lang.pick(format!("{id} 关联: {}。", links.join("、")), format!("{id} is linked with {}.", links.join(", ")))
}

/// After a second matter was split off.
pub fn split_off(first: &str, new: &Request, locale: &Locale, lang: Lang) -> String {
    let (id, due) = (&new.id, new.resolve_due.map(|due| due.minute(locale.zone)));
    let due = due.map_or_else(String::new, |due| lang.pick(format!(",应于 {due} 前解决"), format!(", to be resolved by {due}")));
    let next = next(new, lang);
    lang.pick(format!("已从 {first} 拆分出 {id}{due}。\n下一步: {next}"), format!("Split {id} off {first}{due}.\nNext: {next}"))
}

/// Below the sheet: what was merged into it, and when it was resolved the first time.
pub fn beyond(merged: &[Request], first: Option<Instant>, locale: &Locale, lang: Lang) -> String {
    let mut out = String::new();
    if let Some(first) = first {
        let first = first.minute(locale.zone);
        out += &lang.pick(format!("首次解决  {first}\n"), format!("First resolved  {first}\n"));
    }
    if !merged.is_empty() {
        let _ = writeln!(out, "\n{}", lang.pick("并入的诉求", "Merged into it"));
    }
    for one in merged {
        let (id, at) = (&one.id, one.received_at.minute(locale.zone));
        let _ = writeln!(out, "  {id}  {at}  {}  {}", one.customer_name, one_line(&one.content));
    }
    out
}

/// What the rules ask for when the customer is dissatisfied.
pub fn dissatisfied(request: &Request, remedy: Remedy, planned: Option<&Revisit>, until: Option<NaiveDate>, lang: Lang) -> String {
    let id = word(request.id.as_str());
    let reopen = lang.pick(format!("carebook reopen {id} --reason 理由"), format!("carebook reopen {id} --reason WHY"));
    let limit = until.map_or_else(String::new, |until| lang.pick(format!("({until} 前)"), format!(" (until {until})")));
    match (remedy, planned) {
        (Remedy::Reopen, _) => lang.pick(
            format!("客户不满意,规则要求重开{limit}: {reopen}"),
            format!("Dissatisfied; the rules ask to reopen it{limit}: {reopen}"),
        ),
        (Remedy::Revisit, Some(visit)) => {
            let (visit, day) = (&visit.id, visit.due_on);
            lang.pick(
                format!("客户不满意,已安排 {day} 挽回回访 {visit}。"),
                format!("Dissatisfied; recovery revisit {visit} planned for {day}."),
            )
        }
        (Remedy::Revisit, None) => lang.pick(
            "客户不满意,规则要求挽回回访:已有计划,或无可回访的客户。".to_owned(),
            "Dissatisfied; the rules ask for a recovery revisit: one is planned already, or nobody is known to visit.".to_owned(),
        ),
        (Remedy::Nothing, _) => {
            lang.pick(format!("客户不满意;可重开{limit}: {reopen}"), format!("Dissatisfied; it can be reopened{limit}: {reopen}"))
        }
    }
}

/// What may be the same matter, one a line with the reasons.
pub fn similar(found: &[(Request, Why)], lang: Lang) -> String {
    let mut out = String::new();
    for (other, why) in found.iter().take(SHOWN) {
        let mut reasons = Vec::new();
        if why.repeated {
            reasons.push(lang.pick("同一客户、同一类别".to_owned(), "same customer and category".to_owned()));
        }
        if let Some(percent) = why.alike {
            reasons.push(lang.pick(format!("内容相似 {percent}%"), format!("text {percent} % alike")));
        }
        reasons.push(match why.days {
            0 => lang.pick("同日".to_owned(), "the same day".to_owned()),
            days if days > 0 => lang.pick(format!("{days} 天前"), format!("{days} days before")),
            days => lang.pick(format!("{} 天后", -days), format!("{} days after", -days)),
        });
        let (id, reasons) = (&other.id, reasons.join(lang.pick("、", ", ")));
        let _ =
            writeln!(out, "{}", lang.pick(format!("可能与 {id} 是同一件事({reasons})"), format!("May be the same as {id} ({reasons})")));
    }
    if let Some(more) = found.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(out, "{}", lang.pick(format!("另有 {more} 条"), format!("and {more} more")));
    }
    out
}

/// Adds how each request stands with its due time now.
pub fn add_punctuality(grid: &mut Grid, requests: &[Request], now: Instant, lang: Lang) {
    grid.columns.push(col("ontime", lang.pick("按期", "On time")));
    for (row, request) in grid.rows.iter_mut().zip(requests) {
        let stands = Punctuality::of(request, now);
        row.push(Field::coded(stands.label(lang), stands.code()));
    }
}

/// How a request stands with its due time, where it has one.
pub fn punctuality(request: &Request, now: Instant, lang: Lang) -> String {
    match Punctuality::of(request, now) {
        Punctuality::Unbound => String::new(),
        stands => lang.pick(format!("解决期限: {}\n", stands.label(lang)), format!("Due time: {}\n", stands.label(lang).to_lowercase())),
    }
}

/// The same for machines.
pub fn similar_json(found: &[(Request, Why)]) -> Value {
    let one =
        |(other, why): &(Request, Why)| json!({"id": other.id.as_str(), "repeated": why.repeated, "alike": why.alike, "days": why.days});
    found.iter().map(one).collect()
}

fn named(request: &Request) -> String {
    if request.customer_name.is_empty() { String::new() } else { format!(" ({})", request.customer_name) }
}

/// The command that usually comes next.
fn next(request: &Request, lang: Lang) -> String {
    let id = word(request.id.as_str());
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
