//! The handling record (诉求处理记录表): ten columns, one row per request.

use crate::base::lang::Lang;
use crate::model::cell::Locale;
use crate::model::request::{Grade, Request};
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};

/// The record of requests in this order; `name` finds what a customer is called.
pub fn record(requests: &[Request], name: &dyn Fn(&str) -> Option<String>, locale: &Locale, lang: Lang) -> Grid {
    let columns = vec![
        num("no", lang.pick("序号", "No.")),
        col("id", lang.pick("诉求编号", "Request no.")),
        col("customer_name", lang.pick("客户名称", "Customer")),
        col("category", lang.pick("诉求类别", "Category")),
        col("content", lang.pick("诉求内容", "Content")),
        col("received_at", lang.pick("受理时间", "Received at")),
        col("handler", lang.pick("处理人", "Handler")),
        col("measures", lang.pick("处理措施", "Measures")),
        col("result", lang.pick("处理结果", "Result")),
        col("feedback", lang.pick("客户反馈", "Customer feedback")),
    ];
    let mut grid = Grid::new("carebook.handling.v1", columns);
    let row = |(n, request): (usize, &Request)| {
        let customer = request.customer.as_ref().map_or("", |id| id.as_str());
        let called = Some(request.customer_name.clone()).filter(|name| !name.trim().is_empty()).or_else(|| name(customer));
        vec![
            Field::number(i64::try_from(n + 1).unwrap_or(i64::MAX)),
            Field::text(request.id.as_str()),
            Field::text(called.unwrap_or_else(|| customer.to_owned())),
            Field::text(&request.category),
            Field::text(&request.content),
            Field::coded(request.received_at.minute(locale.zone), request.received_at.iso(locale.zone)),
            Field::text(&request.handler),
            Field::text(&request.measures),
            Field::text(&request.result),
            Field::text(feedback(request, lang)),
        ]
    };
    grid.rows = requests.iter().enumerate().map(row).collect();
    grid
}

/// The grade in words, and what was said.
fn feedback(request: &Request, lang: Lang) -> String {
    let grade = request.feedback.and_then(|score| Grade::ALL.iter().find(|grade| grade.score() == score));
    let grade = grade.map(|grade| grade.label(lang));
    let text = Some(request.feedback_text.trim()).filter(|text| !text.is_empty());
    let said: Vec<&str> = grade.into_iter().chain(text).collect();
    said.join(lang.pick(": ", ": "))
}
