//! The records one customer's measures rest on, one by one: what `tier explain --rows` lists.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::facts::{OrderLine, Scope, index_of_five, is_complaint};
use super::index::Index;
use crate::model::request::Request;
use crate::model::revisit::{Revisit, RevisitStatus};
use crate::model::rules::tiers::{Measure, TierRules};
use crate::model::survey::Response;

/// A record that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub date: NaiveDate,
    /// Code of its table.
    pub table: &'static str,
    pub id: String,
    /// Of an order line its amount in major units, of an answer its index from 0 to 100.
    pub value: Option<Decimal>,
    pub measures: Vec<Measure>,
}

/// Gathers the records of one customer.
#[derive(Debug)]
pub struct Sources<'a> {
    at: u32,
    index: &'a Index,
    scope: Scope,
    asked: Vec<Measure>,
    pub found: Vec<Source>,
}

impl<'a> Sources<'a> {
    /// For the customer at a position of the archive.
    pub fn new(position: usize, index: &'a Index, scope: Scope, rules: &TierRules) -> Sources<'a> {
        let asked = rules.factors.iter().map(|factor| factor.measure).collect();
        Sources { at: u32::try_from(position).unwrap_or(u32::MAX), index, scope, asked, found: Vec::new() }
    }

    fn add(&mut self, customer: &str, record: Source) {
        let asked = &self.asked;
        let measures: Vec<Measure> = record.measures.into_iter().filter(|measure| asked.contains(measure)).collect();
        let theirs = self.index.get(customer.trim()) == Some(self.at);
        if theirs && record.date <= self.scope.as_of && !measures.is_empty() {
            self.found.push(Source { measures, ..record });
        }
    }

    pub fn order(&mut self, line: &OrderLine<'_>) {
        let in_window = self.scope.in_window(line.date);
        let counts = |measure: &Measure| match measure {
            Measure::Spend => in_window,
            Measure::Frequency => in_window && line.is_sale(),
            Measure::RecencyDays | Measure::TenureMonths => line.is_sale(),
            _ => false,
        };
        let measures = self.asked.iter().copied().filter(counts).collect();
        let value = Decimal::try_from_i128_with_scale(line.amount.0, self.scope.digits).ok();
        self.add(line.customer, Source { date: line.date, table: "orders", id: line.id.to_owned(), value, measures });
    }

    pub fn request(&mut self, request: &Request) {
        let Some(customer) = &request.customer else { return };
        let date = request.received_at.date(self.scope.zone);
        let value = request.feedback.and_then(index_of_five);
        let said = value.map(|_| Measure::Satisfaction);
        let complained = is_complaint(request).then_some(Measure::Complaints);
        let measures = said.into_iter().chain(complained).filter(|_| self.scope.in_window(date)).collect();
        self.add(customer.as_str(), Source { date, table: "requests", id: request.id.to_string(), value, measures });
    }

    pub fn revisit(&mut self, revisit: &Revisit) {
        let value = revisit.satisfaction.filter(|_| revisit.status == RevisitStatus::Done).and_then(index_of_five);
        let date = revisit.done_at.map_or(revisit.due_on, |at| at.date(self.scope.zone));
        self.answer(revisit.customer.as_str(), date, "revisits", revisit.id.as_str(), value);
    }

    pub fn response(&mut self, response: &Response) {
        let (Some(customer), Some(submitted)) = (&response.customer, response.submitted_at) else { return };
        let value = response.index.map(|index| index.0);
        self.answer(customer.as_str(), submitted.date(self.scope.zone), "responses", response.id.as_str(), value);
    }

    fn answer(&mut self, customer: &str, date: NaiveDate, table: &'static str, id: &str, value: Option<Decimal>) {
        if value.is_some() && self.scope.in_window(date) {
            self.add(customer, Source { date, table, id: id.to_owned(), value, measures: vec![Measure::Satisfaction] });
        }
    }

    /// The records found, by day.
    pub fn sorted(mut self) -> Vec<Source> {
        self.found.sort_by(|a, b| (a.date, a.table, &a.id).cmp(&(b.date, b.table, &b.id)));
        self.found
    }
}
