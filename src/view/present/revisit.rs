//! Revisits: the list to work through, and what was done.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::base::lang::Lang;
use crate::base::text::many;
use crate::engine::cadence::{Basis, DueRevisit, Plan};
use crate::model::customer::Customer;
use crate::model::revisit::{Revisit, RevisitStatus};
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};

/// The revisits to be done, with what the caller needs at hand.
pub fn due(revisits: &[&Revisit], customers: &[Customer], today: NaiveDate, lang: Lang) -> Grid {
    let archive: HashMap<&str, &Customer> = customers.iter().map(|customer| (customer.id.as_str(), customer)).collect();
    let columns = vec![
        col("id", lang.pick("编号", "ID")),
        col("due_on", lang.pick("计划日期", "Due on")),
        num("overdue_days", lang.pick("逾期天数", "Days overdue")),
        col("customer", lang.pick("客户编号", "Customer")),
        col("name", lang.pick("客户", "Name")),
        col("phone", lang.pick("电话", "Phone")),
        col("preferred", lang.pick("偏好", "Prefers")),
        col("tier", lang.pick("等级", "Tier")),
        col("reason", lang.pick("原因", "Reason")),
        col("request", lang.pick("诉求", "Request")),
        col("staff", lang.pick("回访人", "Staff")),
    ];
    let mut grid = Grid::new("carebook.revisit_due.v1", columns);
    for revisit in revisits {
        let customer = archive.get(revisit.customer.as_str());
        let text = |of: &dyn Fn(&Customer) -> String| Field::text(customer.map_or_else(String::new, |customer| of(customer)));
        let overdue = (today - revisit.due_on).num_days().max(0);
        let shown = if overdue > 0 { overdue.to_string() } else { String::new() };
        grid.rows.push(vec![
            Field::text(revisit.id.as_str()),
            Field::text(revisit.due_on.to_string()),
            Field::coded(shown, overdue),
            Field::text(revisit.customer.as_str()),
            text(&|customer| customer.name.clone()),
            text(&|customer| customer.phone.clone()),
            text(&|customer| format!("{} {}", customer.preferred_channel, customer.preferred_time).trim().to_owned()),
            text(&|customer| customer.tier.clone()),
            Field::coded(revisit.reason.label(lang), revisit.reason.code()),
            revisit.request.as_ref().map_or_else(Field::blank, |id| Field::text(id.as_str())),
            Field::text(&revisit.staff),
        ]);
    }
    grid
}

/// What `revisit plan` planned, and on what ground.
pub fn planned(made: &[Revisit], plan: &Plan, lang: Lang) -> Grid {
    let columns = vec![
        col("id", lang.pick("编号", "ID")),
        col("due_on", lang.pick("计划日期", "Due on")),
        col("customer", lang.pick("客户编号", "Customer")),
        col("name", lang.pick("客户", "Name")),
        col("tier", lang.pick("等级", "Tier")),
        col("staff", lang.pick("回访人", "Staff")),
        col("basis", lang.pick("依据", "Since")),
    ];
    let mut grid = Grid::new("carebook.revisit_plan.v1", columns);
    for (revisit, due) in made.iter().zip(&plan.due) {
        grid.rows.push(vec![
            Field::text(revisit.id.as_str()),
            Field::text(revisit.due_on.to_string()),
            Field::text(revisit.customer.as_str()),
            Field::text(&due.name),
            Field::text(&due.tier),
            Field::text(&revisit.staff),
            Field::coded(basis(due, lang), due.basis.code()),
        ]);
    }
    grid
}

fn basis(due: &DueRevisit, lang: Lang) -> String {
    let day = due.basis.date().map(|day| day.to_string()).unwrap_or_default();
    match due.basis {
        Basis::Contact(_) => lang.pick(format!("最近联系 {day}"), format!("last contact {day}")),
        Basis::Skipped(_) => lang.pick(format!("上次跳过 {day}"), format!("skipped {day}")),
        Basis::Since(_) => lang.pick(format!("建档 {day}"), format!("in the archive since {day}")),
        Basis::FirstOrder(_) => lang.pick(format!("首单 {day}"), format!("first order {day}")),
        Basis::Nothing => lang.pick("无联系记录", "no contact on record").to_owned(),
    }
}

/// The receipt of `revisit plan`.
pub fn plan_receipt(plan: &Plan, until: NaiveDate, dry_run: bool, lang: Lang) -> String {
    let (n, open, without) = (plan.due.len(), plan.already_planned, plan.without_cadence);
    let head = if dry_run {
        lang.pick(format!("{until} 前将计划 {n} 次回访"), format!("Would plan {} due by {until}", many(n, "revisit")))
    } else {
        lang.pick(format!("已计划 {until} 前的 {n} 次回访"), format!("Planned {} due by {until}", many(n, "revisit")))
    };
    let rest = lang.pick(
        format!(";{open} 位客户已有计划,{without} 位客户没有等级或间隔。"),
        format!("; {open} customers have one already, {without} have no tier or no cadence."),
    );
    let next = match (n + open, without) {
        (0, 0) => "",
        (0, _) => lang.pick("\n下一步: carebook tier apply", "\nNext: carebook tier apply"),
        _ => lang.pick("\n下一步: carebook revisit due", "\nNext: carebook revisit due"),
    };
    format!("{head}{rest}{next}")
}

/// After one was planned for a request that was closed.
pub fn follow_up(revisit: &Revisit, lang: Lang) -> String {
    let (id, day) = (&revisit.id, revisit.due_on);
    lang.pick(format!("已计划 {day} 回访 {id}。"), format!("Planned revisit {id} on {day}."))
}

/// After a step.
pub fn stands(revisit: &Revisit, lang: Lang) -> String {
    let (id, status) = (&revisit.id, revisit.status.label(lang));
    let head = lang.pick(format!("{id}: {status}。"), format!("{id}: {}.", status.to_lowercase()));
    let complained = revisit.status == RevisitStatus::Done && !revisit.problems.trim().is_empty();
    if !complained {
        return head;
    }
    let customer = &revisit.customer;
    head + &lang.pick(
        format!("\n下一步: carebook intake 问题 -c {customer} 登记客户提出的问题"),
        format!("\nNext: carebook intake PROBLEM -c {customer}, to register what the customer raised"),
    )
}

/// After an attempt in vain.
pub fn tried(id: &str, next: &Revisit, lang: Lang) -> String {
    let (again, day) = (&next.id, next.due_on);
    lang.pick(format!("{id}: 未接通;已计划 {day} 再次回访 {again}。"), format!("{id}: no answer; {again} is planned for {day}."))
}
