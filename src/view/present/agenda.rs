//! `today`, as a grid.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::base::lang::Lang;
use crate::base::text::{one_line, truncate};
use crate::engine::agenda::{Item, Subject, Why, next_due};
use crate::engine::urgency::{COEFFICIENTS, Urgency};
use crate::model::cell::Locale;
use crate::model::customer::Customer;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num, whole};

/// A reason to be on the list: its code and its words.
pub fn label(why: Why, lang: Lang) -> (&'static str, &'static str) {
    let (code, zh, en) = match why {
        Why::Overdue => ("overdue", "已逾期", "Overdue"),
        Why::RevisitOverdue => ("revisit_overdue", "回访逾期", "Revisit overdue"),
        Why::DueToday => ("due_today", "今日到期", "Due today"),
        Why::Escalated => ("escalated", "已升级", "Escalated"),
        Why::DueSoon => ("due_soon", "即将到期", "Due soon"),
        Why::Unassigned => ("unassigned", "待分配", "Unassigned"),
        Why::HandlerAway => ("handler_away", "处理人不在", "Handler away"),
        Why::RevisitDue => ("revisit_due", "今日回访", "Revisit today"),
        Why::Dissatisfied => ("dissatisfied", "客户不满意", "Dissatisfied"),
        Why::Unconfirmed => ("unconfirmed", "待确认", "To be confirmed"),
        Why::StepOverdue => ("step_overdue", "跟进逾期", "Step overdue"),
        Why::StepDue => ("step_due", "今日跟进", "Step today"),
        Why::Silent => ("silent", "转为沉默", "Fell silent"),
        Why::Waiting => ("waiting", "等待客户", "Waiting"),
    };
    (code, lang.pick(zh, en))
}

/// Tenths of a point as a number with one decimal.
fn tenths(n: i32) -> String {
    format!("{}{}.{}", if n < 0 { "-" } else { "" }, n.abs() / 10, n.abs() % 10)
}

/// The addends, the greatest first.
fn because(urgency: &Urgency, lang: Lang) -> Field {
    let mut parts = urgency.parts.clone();
    parts.sort_by_key(|(_, tenths)| std::cmp::Reverse(tenths.abs()));
    let named = |code: &str| COEFFICIENTS.iter().find(|row| row.0 == code).map_or("", |row| lang.pick(row.1, row.2));
    let shown: Vec<String> = parts.iter().map(|(code, n)| format!("{} {}", named(code), tenths(*n))).collect();
    let coded: serde_json::Map<String, serde_json::Value> =
        urgency.parts.iter().map(|(code, n)| ((*code).to_owned(), tenths(*n).into())).collect();
    Field::coded(shown.join(lang.pick("、", ", ")), coded)
}

/// `away` gives the last day of leave of somebody who is away today.
pub fn grid(
    items: &[Item<'_>],
    customers: &[Customer],
    away: &dyn Fn(&str) -> Option<NaiveDate>,
    explain: bool,
    locale: &Locale,
    lang: Lang,
) -> Grid {
    let names: HashMap<&str, &str> = customers.iter().map(|customer| (customer.id.as_str(), customer.title())).collect();
    let mut columns = vec![
        num("urgency", lang.pick("紧急度", "Urgency")),
        col("why", lang.pick("事项", "Why")),
        col("id", lang.pick("编号", "ID")),
        col("customer", lang.pick("客户", "Customer")),
        col("staff", lang.pick("负责", "Staff")),
        col("due", lang.pick("期限", "Due")),
        num("days_over", lang.pick("超期天数", "Days over")),
        col("what", lang.pick("内容", "What")),
    ];
    if explain {
        columns.push(whole("because", lang.pick("构成", "Because")));
    }
    let mut grid = Grid::new("carebook.agenda.v1", columns);
    for item in items {
        let (code, label) = label(item.why, lang);
        let (id, customer, staff, due, what) = match &item.what {
            Subject::Request(request) => {
                let due = next_due(request);
                let due = due.map_or_else(Field::blank, |due| Field::coded(due.minute(locale.zone), due.iso(locale.zone)));
                (request.id.to_string(), request.customer_name.clone(), &request.handler, due, request.content.clone())
            }
            Subject::Revisit(revisit) => {
                let name = names.get(revisit.customer.as_str()).copied().unwrap_or(revisit.customer.as_str());
                let due = Field::text(revisit.due_on.to_string());
                let request = revisit.request.as_ref().map_or_else(String::new, |id| format!(" {id}"));
                (revisit.id.to_string(), name.to_owned(), &revisit.staff, due, format!("{}{request}", revisit.reason.label(lang)))
            }
            Subject::Practice(step) => {
                let name = names.get(step.customer.as_str()).copied().unwrap_or(step.customer.as_str());
                let (due, class) = (Field::text(step.due_on.to_string()), step.class.label(lang));
                let what = lang.pick(format!("{class}: {}", step.title), format!("{class}: {}", step.title));
                (step.id.to_string(), name.to_owned(), &step.staff, due, what)
            }
            Subject::Silent(silent) => {
                let name = names.get(silent.customer.as_str()).copied().unwrap_or_default();
                let (sign, value) = (silent.sign, silent.value.grouped(locale.digits));
                let what =
                    lang.pick(format!("自 {sign} 没有音讯,风险金额 {value}"), format!("no sign of life since {sign}, {value} at risk"));
                (silent.customer.to_string(), name.to_owned(), &silent.owner, Field::blank(), what)
            }
        };
        let over = if item.days_over > 0 { Field::number(item.days_over) } else { Field::blank() };
        let what = Field::coded(truncate(&one_line(&what), 40), what);
        let points = tenths(item.urgency.tenths());
        let mut row = vec![
            Field::text(points),
            Field::coded(label, code),
            Field::text(id),
            Field::text(customer),
            named(staff, away, lang),
            due,
            over,
            what,
        ];
        if explain {
            row.push(because(&item.urgency, lang));
        }
        grid.rows.push(row);
    }
    grid
}

/// Who has it, and that they are away.
fn named(staff: &str, away: &dyn Fn(&str) -> Option<NaiveDate>, lang: Lang) -> Field {
    let Some(until) = away(staff) else { return Field::text(staff) };
    let until = until.format("%m-%d");
    Field::coded(lang.pick(format!("{staff} (休假至 {until})"), format!("{staff} (away until {until})")), staff)
}
