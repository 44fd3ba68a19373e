//! Customers: after a change, and with all their dealings.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::base::lang::Lang;
use crate::base::money::Money;
use crate::base::text::{one_line, truncate};
use crate::model::cell::Locale;
use crate::model::customer::Customer;
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::vocabulary::Code;

pub fn added(customer: &Customer, lang: Lang) -> String {
    let (id, name) = (&customer.id, &customer.name);
    lang.pick(format!("已新增客户 {id} {name}。"), format!("Added customer {id} {name}."))
}

pub fn changed(customer: &Customer, lang: Lang) -> String {
    let (id, name) = (&customer.id, customer.title());
    lang.pick(format!("已修改客户 {id} {name}。"), format!("Changed customer {id} {name}."))
}

/// What a customer has bought, asked and been asked.
#[derive(Debug, Default)]
pub struct Dealings {
    ids: BTreeSet<String>,
    total: Money,
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
    pub requests: Vec<Request>,
    pub revisits: Vec<Revisit>,
}

impl Dealings {
    pub fn order(&mut self, id: &str, date: NaiveDate, amount: Money) {
        self.ids.insert(id.to_owned());
        self.total += amount;
        self.first = self.first.map_or(Some(date), |first| Some(first.min(date)));
        self.last = self.last.max(Some(date));
    }

    pub fn json(&self, locale: &Locale) -> Value {
        json!({
            "orders": {"count": self.ids.len(), "net": self.total.write(locale.digits), "first": self.first.map(|day| day.to_string()), "last": self.last.map(|day| day.to_string())},
            "requests": self.requests.iter().map(|request| request.object(locale)).collect::<Vec<_>>(),
            "revisits": self.revisits.iter().map(|revisit| revisit.object(locale)).collect::<Vec<_>>(),
        })
    }

    /// What came by a merged customer is marked with its id.
    pub fn text(&self, customer: &str, locale: &Locale, lang: Lang) -> String {
        let by = |named: &str| if named == customer { String::new() } else { format!("  ({named})") };
        let mut out = String::new();
        let span = match (self.first, self.last) {
            (Some(first), Some(last)) => format!(" ({first} – {last})"),
            _ => String::new(),
        };
        let (n, total) = (self.ids.len(), self.total.grouped(locale.digits));
        let _ = writeln!(out, "\n{}", lang.pick(format!("订单: {n} 笔,净额 {total}{span}"), format!("Orders: {n}, net {total}{span}")));
        if !self.requests.is_empty() {
            let _ = writeln!(out, "\n{}", lang.pick("诉求", "Requests"));
        }
        for request in &self.requests {
            let (id, stage) = (&request.id, request.stage.label(lang));
            let _ = writeln!(
                out,
                "  {id}  {}  {stage}  {}{}",
                request.received_at.minute(locale.zone),
                truncate(&one_line(&request.content), 50),
                request.customer.as_ref().map_or_else(String::new, |named| by(named.as_str()))
            );
        }
        if !self.revisits.is_empty() {
            let _ = writeln!(out, "\n{}", lang.pick("回访", "Revisits"));
        }
        for revisit in &self.revisits {
            let (id, status) = (&revisit.id, revisit.status.label(lang));
            let (reason, outcome, by) = (revisit.reason.label(lang), one_line(&revisit.outcome), by(revisit.customer.as_str()));
            let _ = writeln!(out, "  {id}  {}  {reason}  {status}  {outcome}{by}", revisit.due_on);
        }
        out
    }
}
