//! Revisits (回访): planned, done, or not.

use chrono::NaiveDate;

use super::record::record;
use super::table::Part;
use super::vocabulary::codes;
use crate::base::date::Quarter;
use crate::base::id::Id;
use crate::base::instant::Instant;

codes! {
    /// Why the customer is visited again.
    RevisitReason {
        Cadence = "cadence", "定期", "Cadence", ["定期回访"];
        Request = "request", "诉求", "Request", ["诉求回访"];
        New = "new", "新客户", "New";
        Silent = "silent", "沉默", "Silent";
        Survey = "survey", "调查", "Survey";
        Manual = "manual", "人工", "Manual";
    }
}

codes! {
    /// Where the revisit stands.
    RevisitStatus {
        Planned = "planned", "计划", "Planned", ["待回访"];
        Done = "done", "完成", "Done", ["已完成", "已回访"];
        NoAnswer = "no_answer", "未接通", "No answer", ["无人接听"];
        Skipped = "skipped", "跳过", "Skipped", ["已跳过", "取消"];
    }
}

record! {
    /// One revisit.
    Revisit, REVISITS = "revisits", "回访", "Revisits", Quarter;
    key |r| r.id.to_string();
    part |r, _locale| Part::Quarter(Quarter::of(r.due_on));
    id: Id = "编号", "ID", ["回访编号"];
    customer: Id = "客户编号", "Customer", ["客户"];
    request: Option<Id> = "诉求编号", "Request", ["诉求"];
    reason: RevisitReason = "原因", "Reason", ["回访原因"];
    due_on: NaiveDate = "计划日期", "Due on", ["应回访日期"];
    staff: String = "回访人", "Staff", ["员工"];
    status: RevisitStatus = "状态", "Status";
    done_at: Option<Instant> = "完成时间", "Done at", ["回访时间"];
    method: String = "方式", "Method", ["回访方式"];
    satisfaction: Option<u32> = "满意度", "Satisfaction";
    needs: String = "需求", "Needs";
    suggestions: String = "建议", "Suggestions";
    problems: String = "问题", "Problems", ["投诉与问题"];
    outcome: String = "结果", "Outcome";
    note: String = "备注", "Note", ["说明"];
    /// Attempts in vain so far, this one included once it was tried.
    tries: Option<u32> = "尝试次数", "Tries";
}

impl Revisit {
    /// A planned revisit of which nothing else is known yet.
    pub fn planned(id: Id, customer: Id, reason: RevisitReason, due_on: NaiveDate) -> Revisit {
        Revisit {
            id,
            customer,
            request: None,
            reason,
            due_on,
            staff: String::new(),
            status: RevisitStatus::Planned,
            done_at: None,
            method: String::new(),
            satisfaction: None,
            needs: String::new(),
            suggestions: String::new(),
            problems: String::new(),
            outcome: String::new(),
            note: String::new(),
            tries: None,
        }
    }
}
