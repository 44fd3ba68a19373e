//! Survey responses and their answers.

use super::cell::Score;
use super::record::record;
use super::table::Part;
use crate::base::id::Id;
use crate::base::instant::Instant;

record! {
    /// One filled-in questionnaire, with the scores of its marked questions on their own scales.
    Response, RESPONSES = "responses", "答卷", "Responses", Survey;
    key |r| r.id.to_string();
    part |r, _locale| Part::Survey(r.survey.clone());
    id: Id = "答卷编号", "ID", ["编号", "序号"];
    survey: String = "问卷", "Survey";
    customer: Option<Id> = "客户编号", "Customer", ["客户"];
    request: Option<Id> = "诉求编号", "Request", ["诉求"];
    submitted_at: Option<Instant> = "提交时间", "Submitted at", ["提交答卷时间"];
    channel: String = "渠道", "Channel", ["来源"];
    csat: Option<Score> = "满意度", "CSAT";
    nps: Option<u32> = "推荐度", "NPS";
    ces: Option<Score> = "费力度", "CES";
    index: Option<Score> = "指数", "Index";
    comment: String = "意见", "Comment", ["评论", "建议"];
    batch: String = "批次", "Batch";
    /// The request that a low score led to.
    follow_up: Option<Id> = "跟进诉求", "Follow-up";
}

record! {
    /// One answer of a response, raw and as a number where it has one.
    Answer, ANSWERS = "answers", "答案", "Answers", Survey;
    key |r| format!("{} {} {}", r.response, r.question, r.sub);
    part |r, _locale| Part::Survey(r.survey.clone());
    survey: String = "问卷", "Survey";
    response: Id = "答卷编号", "Response";
    question: String = "题目", "Question";
    sub: String = "子题", "Sub";
    value: Option<Score> = "数值", "Value";
    raw: String = "原文", "Raw";
}
