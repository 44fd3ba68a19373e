//! `today`, as a grid.

use std::collections::HashMap;

use crate::base::lang::Lang;
use crate::base::text::{one_line, truncate};
use crate::engine::agenda::{Item, Subject, Why, next_due};
use crate::model::cell::Locale;
use crate::model::customer::Customer;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};

fn label(why: Why, lang: Lang) -> (&'static str, &'static str) {
    let (code, zh, en) = match why {
        Why::Overdue => ("overdue", "已逾期", "Overdue"),
        Why::RevisitOverdue => ("revisit_overdue", "回访逾期", "Revisit overdue"),
        Why::DueToday => ("due_today", "今日到期", "Due today"),
        Why::Unassigned => ("unassigned", "待分配", "Unassigned"),
        Why::RevisitDue => ("revisit_due", "今日回访", "Revisit today"),
        Why::Dissatisfied => ("dissatisfied", "客户不满意", "Dissatisfied"),
        Why::Unconfirmed => ("unconfirmed", "待确认", "To be confirmed"),
        Why::Waiting => ("waiting", "等待客户", "Waiting"),
    };
    (code, lang.pick(zh, en))
}

pub fn grid(items: &[Item<'_>], customers: &[Customer], locale: &Locale, lang: Lang) -> Grid {
    let names: HashMap<&str, &str> = customers.iter().map(|customer| (customer.id.as_str(), customer.title())).collect();
    let columns = vec![
        col("why", lang.pick("事项", "Why")),
        col("id", lang.pick("编号", "ID")),
        col("customer", lang.pick("客户", "Customer")),
        col("staff", lang.pick("负责", "Staff")),
        col("due", lang.pick("期限", "Due")),
        num("days_over", lang.pick("超期天数", "Days over")),
        col("what", lang.pick("内容", "What")),
    ];
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
        };
        let over = if item.days_over > 0 { Field::number(item.days_over) } else { Field::blank() };
        let what = Field::coded(truncate(&one_line(&what), 40), what);
        grid.rows.push(vec![Field::coded(label, code), Field::text(id), Field::text(customer), Field::text(staff), due, over, what]);
    }
    grid
}
