//! Tier decisions: only changes are written.

use chrono::NaiveDate;

use super::cell::Score;
use super::record::record;
use super::table::Part;
use super::vocabulary::codes;
use crate::base::date::Quarter;
use crate::base::id::Id;

codes! {
    /// Who decided.
    DecidedBy {
        Rule = "rule", "规则", "Rule";
        Manual = "manual", "人工", "Manual";
    }
}

record! {
    /// One decision: from when on the customer belongs to which tier, and why.
    TierDecision, TIERS = "tiers", "等级记录", "Tier decisions", Quarter;
    key |r| format!("{} {}", r.customer, r.decided_on);
    part |r, _locale| Part::Quarter(Quarter::of(r.decided_on));
    customer: Id = "客户编号", "Customer", ["客户"];
    tier: String = "等级", "Tier";
    previous: String = "原等级", "Previous";
    score: Option<Score> = "得分", "Score", ["分数"];
    decided_on: NaiveDate = "评定日期", "Decided on";
    until: Option<NaiveDate> = "截止日期", "Until";
    by: DecidedBy = "方式", "By";
    reasons: String = "理由", "Reasons", ["原因"];
    rules: String = "规则版本", "Rules";
    batch: String = "批次", "Batch";
}
