//! Practices: the steps to work through, and a customer's checklists.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::NaiveDate;

use super::lifecycle::sheet_line;
use crate::base::lang::Lang;
use crate::base::text::{many, one_line, word};
use crate::engine::letter;
use crate::engine::lifecycle::Standing;
use crate::engine::practice::Plan;
use crate::model::customer::Customer;
use crate::model::lifecycle::Class;
use crate::model::practice::{Practice, StepStatus};
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};

/// One line per step; `now` tells the class a customer is of now, to be shown where it is another.
pub fn rows(rows: &[&Practice], customers: &[Customer], now: &dyn Fn(&str) -> Option<Class>, today: NaiveDate, lang: Lang) -> Grid {
    let names: HashMap<&str, &str> = customers.iter().map(|customer| (customer.id.as_str(), customer.title())).collect();
    let columns = vec![
        col("id", lang.pick("编号", "ID")),
        col("customer", lang.pick("客户编号", "Customer")),
        col("name", lang.pick("姓名", "Name")),
        col("class", lang.pick("类别", "Class")),
        col("since", lang.pick("类别起始", "Class since")),
        col("now", lang.pick("现已是", "Now")),
        col("step", lang.pick("步骤", "Step")),
        col("title", lang.pick("事项", "What")),
        col("due_on", lang.pick("应办日期", "Due on")),
        num("days_over", lang.pick("超期天数", "Days over")),
        col("staff", lang.pick("负责", "Staff")),
        col("request", lang.pick("诉求", "Request")),
        col("letter", lang.pick("信函", "Letter")),
        col("status", lang.pick("状态", "Status")),
        col("note", lang.pick("备注", "Note")),
    ];
    let mut grid = Grid::new("carebook.practices.v1", columns);
    for row in rows {
        let over = (today - row.due_on).num_days();
        let left = now(row.customer.as_str()).filter(|class| *class != row.class);
        let planned = row.status == StepStatus::Planned;
        grid.rows.push(vec![
            Field::text(row.id.as_str()),
            Field::text(row.customer.as_str()),
            Field::text(names.get(row.customer.as_str()).copied().unwrap_or_default()),
            Field::coded(row.class.label(lang), row.class.code()),
            Field::text(row.since.to_string()),
            left.map_or_else(Field::blank, |class| Field::coded(class.label(lang), class.code())),
            Field::text(&row.step),
            Field::text(&row.title),
            Field::text(row.due_on.to_string()),
            if planned && over > 0 { Field::number(over) } else { Field::blank() },
            Field::text(&row.staff),
            row.request.as_ref().map_or_else(Field::blank, |id| Field::text(id.as_str())),
            letter(row),
            Field::coded(row.status.label(lang), row.status.code()),
            Field::text(one_line(&row.note)),
        ]);
    }
    grid
}

/// The letter of a step, as the command that writes it.
pub fn letter(row: &Practice) -> Field {
    if row.letter.trim().is_empty() {
        return Field::blank();
    }
    Field::coded(command(row).unwrap_or_else(|| row.letter.clone()), row.letter.clone())
}

fn command(row: &Practice) -> Option<String> {
    let name = row.letter.trim();
    let id = letter::id_for(name, row.customer.as_str(), row.request.as_ref().map(AsRef::as_ref)).filter(|_| !name.is_empty())?;
    Some(format!("carebook letter {} {}", word(name), word(id)))
}

/// What a planning run came to.
pub fn receipt(started: &[Practice], closed: usize, plan: &Plan, recorded: bool, lang: Lang) -> Vec<String> {
    let Plan { too_long_ago, withdrawn, .. } = *plan;
    let steps = started.len();
    let mut lists: Vec<&str> = started.iter().map(|practice| practice.customer.as_str()).collect();
    lists.dedup();
    let n = lists.len();
    let mut said = Vec::new();
    if steps + closed == 0 {
        said.push(lang.pick("没有清单要建,也没有步骤要关闭。", "No checklist to start and no step to close.").to_owned());
    } else if recorded {
        said.push(lang.pick(
            format!("已建 {n} 份清单共 {steps} 步,关闭 {closed} 步。carebook practice due 列出要办的。"),
            format!(
                "Started {} of {}, closed {}; `carebook practice due` lists what is due.",
                many(n, "checklist"),
                many(steps, "step"),
                many(closed, "step")
            ),
        ));
    }
    if too_long_ago > 0 {
        said.push(lang.pick(
            format!("{too_long_ago} 位客户早已进入该类,不再建清单(rules/practices.yaml 的 start_within)。"),
            format!(
                "{} entered the class too long ago for a checklist (`start_within` in rules/practices.yaml).",
                many(too_long_ago, "customer")
            ),
        ));
    }
    if withdrawn > 0 {
        said.push(lang.pick(
            format!("{withdrawn} 位客户已撤回授权,不建清单(有未结投诉的除外)。"),
            format!("{} withdrew consent: no checklist, unless for an open complaint.", many(withdrawn, "customer")),
        ));
    }
    said
}

/// How a step stands now.
pub fn stands(practice: &Practice, lang: Lang) -> String {
    let (id, title, status, customer) = (&practice.id, &practice.title, practice.status.label(lang), &practice.customer);
    lang.pick(format!("{id} {customer} {title}: {status}。"), format!("{id} {customer} {title}: {}.", status.to_lowercase()))
}

/// A customer's checklists, one after the other, with ticks.
pub fn checklists(id: &str, name: &str, standing: Option<&Standing>, rows: &[Practice], today: NaiveDate, lang: Lang) -> String {
    let mut out = format!("{id} {name}\n");
    out.push_str(standing.map_or_else(String::new, |row| sheet_line(row, lang)).trim_start_matches('\n'));
    let mut entry = None;
    for row in rows {
        if entry.replace((row.class, row.since)) != Some((row.class, row.since)) {
            let (class, since) = (row.class.label(lang), row.since);
            let left = standing.is_none_or(|standing| standing.class != row.class);
            let left = if left { lang.pick("(已离开该类)", " (left since)") } else { "" };
            let _ = writeln!(out, "\n{}", lang.pick(format!("{class},自 {since}{left}"), format!("{class} since {since}{left}")));
        }
        let _ = writeln!(out, "  {}", line(row, today, lang));
    }
    if rows.is_empty() {
        let _ = writeln!(out, "\n{}", lang.pick("没有跟进清单。", "No checklist."));
    }
    out
}

fn line(row: &Practice, today: NaiveDate, lang: Lang) -> String {
    let tick = match row.status {
        StepStatus::Done => "[x]",
        StepStatus::Skipped => "[-]",
        StepStatus::Planned => "[ ]",
    };
    let over = (today - row.due_on).num_days();
    let late = if row.status == StepStatus::Planned && over > 0 {
        lang.pick(format!("(超期 {over} 天)"), format!(" ({} over)", many(over, "day")))
    } else {
        String::new()
    };
    let parts = [
        row.id.to_string(),
        format!("{}{late}", row.due_on),
        row.title.clone(),
        row.staff.clone(),
        row.request.as_ref().map_or_else(String::new, ToString::to_string),
        one_line(&row.outcome),
        one_line(&row.note),
        if row.status == StepStatus::Planned { command(row).unwrap_or_default() } else { String::new() },
    ];
    let said: Vec<String> = parts.into_iter().filter(|part| !part.trim().is_empty()).collect();
    format!("{tick} {}", said.join("  "))
}
