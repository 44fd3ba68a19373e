//! What `revisit plan` planned, on what ground, and who was passed over; coverage.

use serde_json::{Value, json};

use chrono::NaiveDate;

use super::revisit::state;
use super::tier::share;
use crate::base::duration::Span;
use crate::base::lang::Lang;
use crate::base::period::Period;
use crate::base::text::many;
use crate::engine::cadence::coverage::{By, Group, Reach};
use crate::engine::cadence::{Basis, DueRevisit, Plan};
use crate::model::lifecycle::Class;
use crate::model::revisit::{Revisit, RevisitReason};
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};

/// A span as people write it; the code is what the rules can be written with.
fn span(span: Span, lang: Lang) -> Field {
    let (n, zh, en) = match span {
        Span::Minutes(n) => (n, "分钟", "minute"),
        Span::Hours(n) => (n, "小时", "hour"),
        Span::Days(n) => (n, "天", "day"),
        Span::Months(n) => (n, "个月", "month"),
    };
    let code = many(n, en);
    Field::coded(lang.pick(format!("{n} {zh}"), code.clone()), code)
}

fn class(class: Option<Class>, lang: Lang) -> Field {
    class.map_or_else(Field::blank, |class| Field::coded(class.label(lang), class.code()))
}

fn date(date: Option<NaiveDate>) -> Field {
    date.map_or_else(Field::blank, |date| Field::text(date.to_string()))
}

fn count(n: usize) -> Field {
    Field::number(i64::try_from(n).unwrap_or(i64::MAX))
}

/// What `revisit plan` planned, and why.
pub fn planned(made: &[Revisit], plan: &Plan, lang: Lang) -> Grid {
    let columns = vec![
        col("id", lang.pick("编号", "ID")),
        col("due_on", lang.pick("计划日期", "Due on")),
        col("customer", lang.pick("客户编号", "Customer")),
        col("name", lang.pick("客户", "Name")),
        col("tier", lang.pick("等级", "Tier")),
        col("staff", lang.pick("回访人", "Staff")),
        col("basis", lang.pick("依据", "Since")),
        col("class", lang.pick("类别", "Class")),
        col("reason", lang.pick("原因", "Reason")),
        col("wanted", lang.pick("期望间隔", "Wanted")),
        col("longest", lang.pick("最长间隔", "Longest")),
        col("due", lang.pick("应访日", "Due")),
        col("latest", lang.pick("最迟", "Latest")),
        col("state", lang.pick("间隔", "Interval")),
        col("method", lang.pick("方式", "Method")),
        col("time", lang.pick("偏好时间", "Time")),
        col("moved_from", lang.pick("原定", "Moved from")),
        col("remarks", lang.pick("说明", "Remarks")),
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
            Field::coded(basis(due.basis, lang), due.basis.code()),
            class(due.class, lang),
            Field::coded(due.reason.label(lang), due.reason.code()),
            due.interval.map_or_else(Field::blank, |interval| span(interval.wanted, lang)),
            due.interval.and_then(|interval| interval.longest).map_or_else(Field::blank, |longest| span(longest, lang)),
            Field::text(due.due.to_string()),
            date(due.longest),
            state(due.state, lang),
            Field::text(&revisit.method),
            Field::text(&due.time),
            date((due.target != due.planned_for).then_some(due.target)),
            remarks(due, lang),
        ]);
    }
    let passed = plan.passed;
    grid.notes.push((
        "passed_over",
        json!({"without_cadence": passed.without_cadence, "already_planned": passed.already_planned, "consent_withdrawn": passed.withdrawn}),
    ));
    grid
}

/// What could not be had as the rules want it.
fn remarks(due: &DueRevisit, lang: Lang) -> Field {
    let mut words: Vec<String> = Vec::new();
    let mut codes: Vec<Value> = Vec::new();
    let mut tell = |code: &str, word: String| {
        codes.push(code.into());
        words.push(word);
    };
    if due.over_cap {
        tell("over_per_day", lang.pick("当天已满", "the day is full").to_owned());
    }
    if due.past_longest {
        tell("past_longest", lang.pick("晚于最长间隔", "after the longest interval").to_owned());
    }
    if let Some(owner) = &due.gone {
        tell("owner_gone", lang.pick(format!("{owner} 已离职,待分配"), format!("{owner} is not there any more: unassigned")));
    }
    Field::coded(words.join(lang.pick(";", "; ")), codes)
}

fn basis(basis: Basis, lang: Lang) -> String {
    let day = basis.date().map(|day| day.to_string()).unwrap_or_default();
    match basis {
        Basis::Contact(_) => lang.pick(format!("最近联系 {day}"), format!("last contact {day}")),
        Basis::Skipped(_) => lang.pick(format!("上次跳过 {day}"), format!("skipped {day}")),
        Basis::InVain(_) => lang.pick(format!("多次未接通 {day}"), format!("tried in vain until {day}")),
        Basis::Since(_) => lang.pick(format!("建档 {day}"), format!("in the archive since {day}")),
        Basis::FirstOrder(_) => lang.pick(format!("首单 {day}"), format!("first order {day}")),
        Basis::Nothing => lang.pick("无联系记录", "no contact on record").to_owned(),
    }
}

/// The receipt of `revisit plan`.
pub fn receipt(plan: &Plan, until: NaiveDate, dry_run: bool, lang: Lang) -> String {
    let (n, open, without) = (plan.due.len(), plan.passed.already_planned, plan.passed.without_cadence);
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
    format!("{head}{rest}{}{next}", told(plan, lang))
}

/// What a receipt has to tell beside the counts; a line each.
fn told(plan: &Plan, lang: Lang) -> String {
    let of = |test: fn(&DueRevisit) -> bool| plan.due.iter().filter(|due| test(due)).count();
    let lines = [
        (plan.passed.withdrawn, ["位客户已撤回授权,不计划", "whose consent was withdrawn: not planned"]),
        (of(|due| due.target != due.planned_for), ["次为均衡每日数量而移动", "moved to another day, so that no day has more than per_day"]),
        (of(|due| due.over_cap), ["次所在的日子仍超过 per_day,前后没有空位", "on a day with more than per_day: none near has room"]),
        (of(|due| due.past_longest), ["次晚于最长间隔,没有更早的日子", "after the longest interval: there is no earlier day"]),
        (of(|due| due.gone.is_some()), ["次待分配:负责人已离职", "unassigned: the owner is not there any more"]),
    ];
    let line = |(n, [zh, en]): (usize, [&str; 2])| (n > 0).then(|| format!("\n{}", lang.pick(format!("{n} {zh}。"), format!("{n} {en}."))));
    lines.into_iter().filter_map(line).collect()
}

/// Coverage of a period: all, by tier, by staff, by reason.
pub fn coverage(groups: &[Group], reach: &Reach, period: Period, lang: Lang) -> Grid {
    let columns = vec![
        col("by", lang.pick("按", "By")),
        col("name", lang.pick("名称", "Name")),
        num("due", lang.pick("应访", "Due")),
        num("done", lang.pick("完成", "Done")),
        num("in_vain", lang.pick("未联系上", "In vain")),
        num("skipped", lang.pick("跳过", "Skipped")),
        num("overdue", lang.pick("逾期", "Overdue")),
        num("today", lang.pick("今天", "Today")),
        num("attempts", lang.pick("未接通次数", "No answer")),
        num("coverage", lang.pick("覆盖率", "Coverage")),
    ];
    let mut grid = Grid::new("carebook.revisit_coverage.v1", columns);
    for Group { by, name, tally } in groups {
        grid.rows.push(vec![
            Field::coded(by_words(*by, lang), by.code()),
            group_name(*by, name, lang),
            count(tally.due),
            count(tally.done),
            count(tally.in_vain),
            count(tally.skipped),
            count(tally.overdue),
            count(tally.today),
            count(tally.attempts),
            share(tally.done, tally.due),
        ]);
    }
    grid.notes.push(("period", json!({"from": period.from.to_string(), "to": period.to.to_string()})));
    grid.notes.push(("customers", customers(reach)));
    grid
}

fn customers(reach: &Reach) -> Value {
    json!({
        "with_cadence": reach.with_cadence,
        "in_time": reach.in_time,
        "past_longest": reach.neglected.len(),
        "consent_withdrawn": reach.withdrawn,
        "share_in_time": share(reach.in_time, reach.with_cadence).json,
    })
}

fn by_words(by: By, lang: Lang) -> &'static str {
    match by {
        By::All => lang.pick("全部", "All"),
        By::Tier => lang.pick("等级", "Tier"),
        By::Staff => lang.pick("回访人", "Staff"),
        By::Reason => lang.pick("原因", "Reason"),
    }
}

fn group_name(by: By, name: &str, lang: Lang) -> Field {
    let shown = match by {
        By::All => "",
        By::Reason => RevisitReason::from_text(name).map_or(name, |reason| reason.label(lang)),
        _ if name.is_empty() => lang.pick("(无)", "(none)"),
        _ => name,
    };
    Field::coded(shown, name)
}

/// Customers in time, with what the share is of.
pub fn reach(reach: &Reach, lang: Lang) -> String {
    let (all, within, past, withdrawn) = (reach.with_cadence, reach.in_time, reach.neglected.len(), reach.withdrawn);
    if all == 0 {
        return lang.pick("没有设回访间隔的客户。", "No customer has a cadence.").to_owned();
    }
    let share = share(within, all).shown;
    let head = lang.pick(
        format!("有回访间隔的客户 {all} 位:{within} 位在最长间隔内联系过({share}),{past} 位超过。"),
        format!("{} with a cadence: {within} contacted within their longest interval ({share}), {past} not.", many(all, "customer")),
    );
    let without = match withdrawn {
        0 => String::new(),
        n => lang.pick(format!("\n另有 {n} 位已撤回授权,不计入。"), format!("\n{n} more withdrew their consent and are not counted.")),
    };
    let next = match past {
        0 => "",
        _ => lang.pick("\n下一步: carebook revisit coverage --overdue", "\nNext: carebook revisit coverage --overdue"),
    };
    format!("{head}{without}{next}")
}

/// The customers whose longest interval is over.
pub fn neglected(reach: &Reach, today: NaiveDate, lang: Lang) -> Grid {
    let columns = vec![
        col("customer", lang.pick("客户编号", "Customer")),
        col("name", lang.pick("客户", "Name")),
        col("tier", lang.pick("等级", "Tier")),
        col("class", lang.pick("类别", "Class")),
        col("staff", lang.pick("负责人", "Owner")),
        col("basis", lang.pick("依据", "Since")),
        col("latest", lang.pick("最迟", "Latest")),
        num("days_over", lang.pick("超过天数", "Days over")),
    ];
    let mut grid = Grid::new("carebook.revisit_overdue.v1", columns);
    for one in &reach.neglected {
        grid.rows.push(vec![
            Field::text(one.customer.as_str()),
            Field::text(&one.name),
            Field::text(&one.tier),
            class(one.class, lang),
            Field::text(&one.staff),
            Field::coded(basis(one.last, lang), one.last.code()),
            date(one.limit),
            one.limit.map_or_else(Field::blank, |limit| Field::number((today - limit).num_days())),
        ]);
    }
    grid.notes.push(("customers", customers(reach)));
    grid
}
