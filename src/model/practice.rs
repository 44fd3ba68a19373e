//! Practices (跟进): the steps of a checklist that was started when a customer entered a lifecycle class.

use chrono::NaiveDate;

use super::lifecycle::Class;
use super::record::record;
use super::table::Part;
use super::vocabulary::codes;
use crate::base::date::Quarter;
use crate::base::id::Id;
use crate::base::instant::Instant;

codes! {
    /// Where a step stands.
    StepStatus {
        Planned = "planned", "计划", "Planned", ["待办"];
        Done = "done", "完成", "Done", ["已完成", "已办"];
        Skipped = "skipped", "跳过", "Skipped", ["已跳过", "取消"];
    }
}

record! {
    /// One step of a customer's checklist.
    Practice, PRACTICES = "practices", "跟进", "Practices", Quarter;
    key |r| r.id.to_string();
    part |r, _locale| Part::Quarter(Quarter::of(r.due_on));
    id: Id = "跟进编号", "ID", ["编号"];
    customer: Id = "客户编号", "Customer", ["客户", "customer_id"];
    class: Class = "类别", "Class", ["生命周期"];
    /// The day the class began when the checklist was started: which entry it belongs to.
    since: NaiveDate = "类别起始", "Class since", ["起始"];
    step: String = "步骤", "Step";
    title: String = "事项", "Title", ["标题"];
    due_on: NaiveDate = "应办日期", "Due on", ["期限"];
    staff: String = "负责人", "Staff", ["员工"];
    /// The complaint that it is about.
    request: Option<Id> = "诉求编号", "Request", ["诉求"];
    letter: String = "信函", "Letter";
    status: StepStatus = "状态", "Status";
    done_at: Option<Instant> = "完成时间", "Done at";
    outcome: String = "结果", "Outcome";
    note: String = "备注", "Note", ["说明"];
    batch: String = "批次", "Batch";
}

/// The beginning of the ids of a day.
pub fn prefix(date: NaiveDate) -> String {
    format!("S{}-", date.format("%Y%m%d"))
}
