//! Urgency (紧急度) of what is to be done: a sum of published coefficients, each told by `today --explain`.
//!
//! The table is in docs/rules.md, section Urgency; a test holds both together.

use super::agenda::{Item, Subject, Why};
use super::escalation;
use crate::model::request::{RequestType, Severity};

/// What adds to an urgency, in the order of the table: code, Chinese, English, tenths of a point, and how it counts.
pub const COEFFICIENTS: &[(&str, &str, &str, i32, &str)] = &[
    ("overdue", "已逾期", "overdue", 120, "once"),
    ("days_over", "逾期天数", "days over", 4, "a day, at most 10"),
    ("due_today", "今日到期", "due today", 80, "once"),
    ("due_soon", "两日内到期", "due within two days", 40, "once"),
    ("critical", "紧急", "critical", 60, "once"),
    ("high", "重大", "high severity", 40, "once"),
    ("normal", "一般", "normal severity", 20, "once"),
    ("first_tier", "最高等级客户", "customer of the first tier", 30, "once"),
    ("second_tier", "次高等级客户", "customer of the second tier", 15, "once"),
    ("escalated", "已升级", "escalated", 30, "a level, at most 2"),
    ("unassigned", "待分配", "nobody has it", 20, "once"),
    ("unanswered", "尚未响应", "not answered yet", 15, "once"),
    ("reopened", "曾重开", "reopened", 20, "once"),
    ("dissatisfied", "客户不满意", "the customer is dissatisfied", 50, "once"),
    ("complaint", "投诉", "a complaint", 10, "once"),
    ("age", "受理天数", "days since receipt", 1, "a day, at most 20"),
    ("waiting", "等待客户", "waiting for the customer", -50, "once"),
    ("unconfirmed", "待确认", "to be confirmed", 10, "once"),
    ("revisit", "回访到期", "a revisit due", 40, "once"),
    ("revisit_over", "回访逾期天数", "days a revisit is over", 2, "a day, at most 20"),
    ("step", "跟进到期", "a practice step due", 30, "once"),
    ("step_over", "跟进逾期天数", "days a practice step is over", 2, "a day, at most 20"),
    ("silent", "沉默客户", "a silent customer", 20, "once"),
];

/// One addend: the coefficient's code and its tenths of a point.
pub type Part = (&'static str, i32);

/// An urgency: its addends, in the order of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Urgency {
    pub parts: Vec<Part>,
}

impl Urgency {
    /// Tenths of a point.
    pub fn tenths(&self) -> i32 {
        self.parts.iter().map(|(_, tenths)| tenths).sum()
    }

    fn add(&mut self, code: &str, times: i64) {
        if let Some((code, _, _, tenths, _)) = COEFFICIENTS.iter().find(|row| row.0 == code).filter(|_| times > 0) {
            self.parts.push((code, tenths * i32::try_from(times).unwrap_or(i32::MAX / 1000)));
        }
    }

    fn once(&mut self, code: &str, holds: bool) {
        self.add(code, i64::from(holds));
    }
}

/// How urgent a thing is. `rank` is the place of the customer's tier, 0 for the first; `age` the days since receipt.
pub fn urgency(item: &Item<'_>, rank: Option<usize>, age: i64) -> Urgency {
    let mut sum = Urgency::default();
    match &item.what {
        Subject::Request(request) => {
            let soon = !matches!(item.why, Why::Overdue | Why::DueToday) && item.has_due && (-2..=0).contains(&item.days_over);
            sum.once("overdue", item.why == Why::Overdue);
            sum.add("days_over", if item.why == Why::Overdue { item.days_over.clamp(0, 10) } else { 0 });
            sum.once("due_today", item.why == Why::DueToday);
            sum.once("due_soon", soon && request.stage.is_open() && item.why != Why::Waiting);
            sum.once("critical", request.severity == Severity::Critical);
            sum.once("high", request.severity == Severity::High);
            sum.once("normal", request.severity == Severity::Normal);
            tiers(&mut sum, rank);
            sum.add("escalated", i64::try_from(escalation::fired(request).count().min(2)).unwrap_or(0));
            sum.once("unassigned", item.why == Why::Unassigned);
            sum.once("unanswered", request.stage.is_open() && request.responded_at.is_none());
            sum.once("reopened", request.reopened.unwrap_or(0) > 0);
            sum.once("dissatisfied", item.why == Why::Dissatisfied);
            sum.once("complaint", request.r#type == Some(RequestType::Complaint));
            sum.add("age", age.clamp(0, 20));
            sum.once("waiting", item.why == Why::Waiting);
            sum.once("unconfirmed", item.why == Why::Unconfirmed);
        }
        Subject::Revisit(_) => {
            tiers(&mut sum, rank);
            sum.once("revisit", true);
            sum.add("revisit_over", item.days_over.clamp(0, 20));
        }
        Subject::Practice(_) => {
            tiers(&mut sum, rank);
            sum.once("step", true);
            sum.add("step_over", item.days_over.clamp(0, 20));
        }
        Subject::Silent(_) => {
            tiers(&mut sum, rank);
            sum.once("silent", true);
        }
    }
    sum
}

fn tiers(sum: &mut Urgency, rank: Option<usize>) {
    sum.once("first_tier", rank == Some(0));
    sum.once("second_tier", rank == Some(1));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;
    use crate::base::instant::Instant;
    use crate::model::request::{Request, Stage};

    #[test]
    fn the_table_stands_in_the_manual() {
        let points = |tenths: i32| format!("{}{}.{}", if tenths < 0 { "−" } else { "" }, tenths.abs() / 10, tenths.abs() % 10);
        let line = |(code, zh, en, tenths, how): &(&str, &str, &str, i32, &str)| {
            format!("| `{code}` | {} | {how} | {en} | {zh} |\n", points(*tenths))
        };
        let table: String = COEFFICIENTS.iter().map(line).collect();
        assert!(include_str!("../../docs/rules.md").contains(&table), "docs/rules.md lacks this table:\n{table}");
    }

    #[test]
    fn the_parts_add_up() {
        let at = Instant::start_of("2026-10-01".parse().unwrap(), chrono_tz::UTC);
        let mut request = Request::new(Id::parse("R1").unwrap(), at, "x".into());
        (request.severity, request.stage, request.r#type) = (Severity::High, Stage::Assigned, Some(RequestType::Complaint));
        request.escalated = "resolve:1 resolve:2 respond:1".into();
        let item = Item { why: Why::Overdue, what: Subject::Request(&request), days_over: 3, has_due: true, urgency: Urgency::default() };
        let sum = urgency(&item, Some(1), 7);
        let codes: Vec<Part> = sum.parts.clone();
        let expected = [
            ("overdue", 120),
            ("days_over", 12),
            ("high", 40),
            ("second_tier", 15),
            ("escalated", 60),
            ("unanswered", 15),
            ("complaint", 10),
            ("age", 7),
        ];
        assert_eq!(codes, expected);
        assert_eq!(sum.tenths(), 279);
    }
}
