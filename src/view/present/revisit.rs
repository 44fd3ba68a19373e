//! Revisits: the list to work through, and what was done.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::base::lang::Lang;
use crate::base::text::many;
use crate::engine::cadence::{State, Wishes};
use crate::model::customer::Customer;
use crate::model::revisit::{Revisit, RevisitStatus};
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};

/// The revisits to be done, with what the caller needs at hand.
pub fn due(
    revisits: &[&Revisit],
    customers: &[Customer],
    wishes: &Wishes<'_>,
    states: &HashMap<String, State>,
    today: NaiveDate,
    lang: Lang,
) -> Grid {
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
        col("state", lang.pick("间隔", "Interval")),
        col("method", lang.pick("方式", "Method")),
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
            text(&|customer| {
                let wish = wishes.wish(customer);
                format!("{} {}", wish.channel, wish.time).trim().to_owned()
            }),
            text(&|customer| customer.tier.clone()),
            Field::coded(revisit.reason.label(lang), revisit.reason.code()),
            revisit.request.as_ref().map_or_else(Field::blank, |id| Field::text(id.as_str())),
            Field::text(&revisit.staff),
            states.get(revisit.customer.as_str()).map_or_else(Field::blank, |known| state(*known, lang)),
            Field::text(&revisit.method),
        ]);
    }
    grid
}

/// How a customer stands to their interval; nothing is shown of those in time.
pub fn state(state: State, lang: Lang) -> Field {
    let shown = match state {
        State::OnTime => "",
        State::Late => lang.pick("已过期望", "late"),
        State::Red => lang.pick("‼ 超过最长", "‼ past the longest"),
    };
    Field::coded(shown, state.code())
}

/// After one was planned for a request that was closed.
pub fn follow_up(revisit: &Revisit, lang: Lang) -> String {
    let (id, day) = (&revisit.id, revisit.due_on);
    lang.pick(format!("已计划 {day} 回访 {id}。"), format!("Planned revisit {id} on {day}."))
}

/// After a step; `suggest` where what the customer complained of may be registered yet.
pub fn stands(revisit: &Revisit, suggest: bool, lang: Lang) -> String {
    let (id, status) = (&revisit.id, revisit.status.label(lang));
    let head = lang.pick(format!("{id}: {status}。"), format!("{id}: {}.", status.to_lowercase()));
    let complained = revisit.status == RevisitStatus::Done && !revisit.problems.trim().is_empty();
    if !complained || !suggest {
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

/// After the last attempt in vain.
pub fn given_up(revisit: &Revisit, tries: u32, lang: Lang) -> String {
    let (id, customer) = (&revisit.id, &revisit.customer);
    lang.pick(
        format!("{id}: 未接通,已试 {tries} 次,不再计划;按等级的间隔再回访 {customer}。"),
        format!("{id}: no answer, tried {} now; no more is planned, {customer} is due again by the cadence.", many(tries, "time")),
    )
}

/// After a visit was put on another day.
pub fn moved(revisit: &Revisit, before: NaiveDate, lang: Lang) -> String {
    let (id, day) = (&revisit.id, revisit.due_on);
    let who = if revisit.staff.trim().is_empty() { String::new() } else { format!(" ({})", revisit.staff) };
    lang.pick(format!("{id}: 由 {before} 改到 {day}{who}。"), format!("{id}: moved from {before} to {day}{who}."))
}

/// A day that a person decided on, on which nobody works.
pub fn day_off(day: NaiveDate, lang: Lang) -> String {
    lang.pick(format!("注意: {day} 不是工作日。"), format!("Note: {day} is no working day."))
}

/// A customer whom the rules would not have anybody visit.
pub fn withdrawn(customer: &Customer, lang: Lang) -> String {
    let (id, name) = (&customer.id, customer.title());
    lang.pick(format!("注意: 客户 {id} {name} 已撤回授权。"), format!("Note: customer {id} {name} withdrew their consent."))
}
