//! Totals (总量): what came in and what became of it.

use std::collections::HashSet;

use serde::Serialize;

use super::figure::{Figure, Number, count};
use super::{Cohort, Inputs, OrderTotals, Pair};
use crate::base::period::Period;
use crate::model::member::Day;
use crate::model::request::{Request, RequestType, Stage};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Totals {
    pub requests: Vec<Figure>,
    pub business: Vec<Figure>,
}

pub fn totals(inputs: &Inputs<'_>, pair: &Pair<'_>) -> Totals {
    let both = |code: &'static str, good: i8, counted: &dyn Fn(&Cohort<'_>) -> usize| {
        Figure::new(code, good, Some(count(counted(&pair.now))), pair.before.as_ref().map(|before| count(counted(before))))
    };
    let with = |test: fn(&Request) -> bool| move |cohort: &Cohort<'_>| cohort.all.iter().filter(|request| test(request)).count();
    let requests = vec![
        both("received", 0, &|cohort| cohort.all.len()),
        both("complaints", -1, &|cohort| cohort.matters().filter(|r| r.r#type == Some(RequestType::Complaint)).count()),
        both("resolved", 1, &with(|r| r.stage.is_resolved())),
        both("open", -1, &with(|r| r.stage.is_open())),
        both("reopened", -1, &with(|r| r.reopened.unwrap_or(0) > 0)),
        both("rejected", 0, &with(|r| r.stage == Stage::Rejected)),
        both("duplicates", 0, &with(|r| r.stage == Stage::Duplicate)),
        both("askers", 0, &|cohort| cohort.all.iter().filter_map(|r| r.customer.as_ref()).collect::<HashSet<_>>().len()),
    ];
    let digits = inputs.settings.locale().digits;
    let bought = |code: &'static str, good: i8, number: &dyn Fn(&OrderTotals) -> Number| {
        Figure::new(code, good, Some(number(inputs.orders)), inputs.orders_before.map(number))
    };
    let new = |period: Period| {
        let days = Day::from(period.from)..=Day::from(period.to);
        inputs.members.since.iter().filter(|since| **since != Day::NONE && days.contains(since)).count()
    };
    let business = vec![
        bought("orders", 1, &|orders| count(orders.orders)),
        bought("buyers", 1, &|orders| count(orders.customers)),
        bought("net", 1, &|orders| Number::Money(orders.net(), digits)),
        bought("refunds", -1, &|orders| Number::Money(-orders.refunds, digits)),
        Figure::new("new_customers", 1, Some(count(new(inputs.period))), inputs.previous.map(|previous| count(new(previous)))),
    ];
    Totals { requests, business }
}
