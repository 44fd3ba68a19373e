//! Escalations, worded.

use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::text::many;
use crate::engine::escalation::key_of;
use crate::model::cell::Locale;
use crate::model::promise::{Target, written};
use crate::model::request::Request;
use crate::model::rules::service::{HANDLER, Level, When};
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, whole};

/// One line per request and level.
pub fn grid(found: &[(Request, Vec<&Level>)], locale: &Locale, lang: Lang) -> Grid {
    let columns = vec![
        col("id", lang.pick("诉求编号", "ID")),
        col("customer", lang.pick("客户", "Customer")),
        col("handler", lang.pick("处理人", "Handler")),
        col("due", lang.pick("期限", "Due")),
        col("level", lang.pick("级别", "Level")),
        col("when", lang.pick("时点", "When")),
        whole("action", lang.pick("措施", "Action")),
    ];
    let mut grid = Grid::new("carebook.escalation.v1", columns);
    for (request, levels) in found {
        for level in levels {
            grid.rows.push(vec![
                Field::text(request.id.as_str()),
                Field::text(&request.customer_name),
                Field::text(&request.handler),
                due(request, level.target).map_or_else(Field::blank, |due| Field::coded(due.minute(locale.zone), due.iso(locale.zone))),
                Field::coded(format!("{} {}", level.target.label(lang), level.number), key_of(level)),
                Field::text(when(level, lang)),
                Field::text(action(request, level, lang)),
            ]);
        }
    }
    grid
}

fn due(request: &Request, target: Target) -> Option<Instant> {
    match target {
        Target::Acknowledge => request.acknowledge_due,
        Target::Respond => request.respond_due,
        Target::Resolve => request.resolve_due,
    }
}

fn when(level: &Level, lang: Lang) -> String {
    match level.when {
        When::Before(span) => lang.pick(format!("到期前 {}", written(span.seconds())), format!("{} before", written(span.seconds()))),
        When::After(span) if span.seconds() == 0 => lang.pick("到期", "at due").to_owned(),
        When::After(span) => lang.pick(format!("逾期 {}", written(span.seconds())), format!("{} after", written(span.seconds()))),
    }
}

/// What a level does.
pub fn action(request: &Request, level: &Level, lang: Lang) -> String {
    let mut parts = Vec::new();
    if let Some(who) = &level.notify {
        let who = if who == HANDLER { &request.handler } else { who };
        parts.push(match who.as_str() {
            "" => lang.pick("提醒:尚无处理人", "remind: nobody has it yet").to_owned(),
            who => lang.pick(format!("提醒 {who}"), format!("tell {who}")),
        });
    }
    if let Some(severity) = level.raise.filter(|severity| *severity > request.severity) {
        parts.push(lang.pick(format!("提为{}", severity.label(lang)), format!("raise to {}", severity.label(lang).to_lowercase())));
    }
    if let Some(who) = &level.assign {
        parts.push(lang.pick(format!("改派 {who}"), format!("hand over to {who}")));
    }
    parts.join(lang.pick("、", ", "))
}

/// What happened, or would.
pub fn said(requests: usize, done: bool, lang: Lang) -> String {
    match (requests, done) {
        (0, _) => lang.pick("没有需要升级的诉求。", "Nothing to escalate.").to_owned(),
        (n, true) => lang.pick(format!("已升级 {n} 件诉求。"), format!("Escalated {}.", many(n, "request"))),
        (n, false) => lang.pick(
            format!("{n} 件诉求需要升级:carebook escalate --run 执行。"),
            format!("To be escalated: {}. Do it: carebook escalate --run", many(n, "request")),
        ),
    }
}

/// Requests that nobody confirmed: closed, or to be closed.
pub fn closed(ids: &[String], done: bool, lang: Lang) -> Option<String> {
    let ids = (!ids.is_empty()).then(|| ids.join(lang.pick("、", ", ")))?;
    Some(if done {
        lang.pick(format!("已按未确认关闭:{ids}。"), format!("Closed as unconfirmed: {ids}."))
    } else {
        lang.pick(format!("将按未确认关闭:{ids}。"), format!("To be closed as unconfirmed: {ids}."))
    })
}
