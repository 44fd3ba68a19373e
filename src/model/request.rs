//! Requests and complaints (诉求与投诉) and the stages of their life.

use super::cell::Tags;
use super::promise::Promise;
use super::record::record;
use super::table::Part;
use super::vocabulary::codes;
use crate::base::date::Quarter;
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::money::Money;
use crate::base::problem::What;

codes! {
    /// What the customer wants of us.
    RequestType {
        Inquiry = "inquiry", "咨询", "Inquiry", ["询问", "question"];
        Support = "support", "支持", "Support", ["服务", "报修", "求助", "service"];
        Suggestion = "suggestion", "建议", "Suggestion";
        Complaint = "complaint", "投诉", "Complaint";
    }
}

codes! {
    /// The purpose of a complaint (按投诉的目的).
    Purpose {
        Suggestion = "suggestion", "建议性", "Suggesting", ["建议性投诉"];
        Criticism = "criticism", "批评性", "Criticising", ["批评性投诉"];
        Accusation = "accusation", "控告性", "Accusing", ["控告性投诉"];
    }
}

codes! {
    /// How grave.
    Severity {
        Low = "low", "轻微", "Low", ["低"];
        Normal = "normal", "一般", "Normal", ["普通", "中", "medium", "moderate"];
        High = "high", "重大", "High", ["高", "严重"];
        Critical = "critical", "紧急", "Critical", ["特急", "urgent"];
    }
}

codes! {
    /// By which way a customer reached us, or we them.
    Channel {
        Phone = "phone", "电话", "Phone", ["来电", "热线", "telephone", "call"];
        Mail = "mail", "邮件", "Mail", ["电子邮件", "邮箱", "email", "e-mail", "信函", "postal mail"];
        Online = "online", "在线客服", "Online", ["在线", "网站", "web", "网页", "chat"];
        Social = "social", "社交媒体", "Social media", ["微信", "微博", "wechat", "小红书", "抖音"];
        InPerson = "in_person", "当面", "In person", ["到店", "上门", "现场", "面访", "visit", "walk-in"];
        Revisit = "revisit", "回访", "Revisit", ["跟踪回访"];
        Other = "other", "其他", "Other";
    }
}

codes! {
    /// Where a request stands.
    Stage {
        Registered = "registered", "已登记", "Registered", ["登记", "待审核", "new"];
        Reviewed = "reviewed", "已审核", "Reviewed", ["待分配"];
        Assigned = "assigned", "已分配", "Assigned", ["待处理"];
        InProgress = "in_progress", "处理中", "In progress", ["处理", "active"];
        Waiting = "waiting", "等待客户", "Waiting", ["等待", "pending"];
        Resolved = "resolved", "已解决", "Resolved", ["已办结", "办结", "已处理", "已答复"];
        Confirmed = "confirmed", "已确认", "Confirmed";
        Closed = "closed", "已关闭", "Closed", ["已结案", "结案", "关闭"];
        Rejected = "rejected", "不受理", "Rejected", ["已驳回"];
        Duplicate = "duplicate", "重复", "Duplicate", ["重复诉求"];
    }
}

codes! {
    /// The five grades of the questionnaire (客户反馈问卷), worst first; the code is the score.
    Grade {
        VeryDissatisfied = "1", "非常不满意", "Very dissatisfied", ["很不满意"];
        Dissatisfied = "2", "不满意", "Dissatisfied", ["较不满意"];
        Neutral = "3", "一般", "Neutral", ["neither"];
        Satisfied = "4", "比较满意", "Satisfied", ["满意", "较满意"];
        VerySatisfied = "5", "非常满意", "Very satisfied", ["很满意"];
    }
}

impl Grade {
    /// 1 to 5.
    pub fn score(self) -> u32 {
        self as u32 + 1
    }
}

impl Stage {
    /// Whether work is still to be done: neither resolved nor ended.
    pub fn is_open(self) -> bool {
        matches!(self, Stage::Registered | Stage::Reviewed | Stage::Assigned | Stage::InProgress | Stage::Waiting)
    }

    /// Whether the work was done.
    pub fn is_resolved(self) -> bool {
        matches!(self, Stage::Resolved | Stage::Confirmed | Stage::Closed)
    }
}

/// The verbs that move a request through its stages. Each is one arm of [`Verb::from`] and [`Verb::to`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Accept,
    Reject,
    MarkDuplicate,
    AskInfo,
    Merge,
    Assign,
    Start,
    Wait,
    Resume,
    Resolve,
    Confirm,
    Feedback,
    Close,
    CloseUnconfirmed,
    Reopen,
}

impl Verb {
    pub const ALL: &'static [Verb] = &[
        Verb::Accept,
        Verb::Reject,
        Verb::MarkDuplicate,
        Verb::AskInfo,
        Verb::Merge,
        Verb::Assign,
        Verb::Start,
        Verb::Wait,
        Verb::Resume,
        Verb::Resolve,
        Verb::Confirm,
        Verb::Feedback,
        Verb::Close,
        Verb::CloseUnconfirmed,
        Verb::Reopen,
    ];

    /// The stages the verb is legal in.
    pub fn from(self) -> &'static [Stage] {
        use Stage::{Assigned, Closed, Confirmed, InProgress, Registered, Resolved, Reviewed, Waiting};
        match self {
            Verb::Accept | Verb::Reject | Verb::MarkDuplicate => &[Registered],
            Verb::AskInfo => &[Registered, Reviewed],
            // a confirmed or closed request was answered on its own: it is linked, not merged
            Verb::Merge => &[Registered, Reviewed, Assigned, InProgress, Waiting, Resolved],
            Verb::Assign => &[Reviewed, Assigned, InProgress, Waiting],
            Verb::Start => &[Assigned],
            Verb::Wait => &[Assigned, InProgress],
            Verb::Resume => &[Waiting],
            Verb::Resolve => &[Assigned, InProgress, Waiting],
            Verb::Confirm => &[Resolved],
            Verb::Feedback => &[Resolved, Confirmed, Closed],
            Verb::Close => &[Confirmed],
            Verb::CloseUnconfirmed => &[Resolved],
            Verb::Reopen => &[Resolved, Confirmed, Closed],
        }
    }

    /// The stage it leads to; `None` leaves the stage.
    pub fn to(self) -> Option<Stage> {
        match self {
            Verb::Accept => Some(Stage::Reviewed),
            Verb::Reject => Some(Stage::Rejected),
            Verb::MarkDuplicate | Verb::Merge => Some(Stage::Duplicate),
            Verb::Assign | Verb::Reopen => Some(Stage::Assigned),
            Verb::Start | Verb::Resume => Some(Stage::InProgress),
            Verb::Wait => Some(Stage::Waiting),
            Verb::Resolve => Some(Stage::Resolved),
            Verb::Confirm => Some(Stage::Confirmed),
            Verb::AskInfo | Verb::Feedback => None,
            Verb::Close | Verb::CloseUnconfirmed => Some(Stage::Closed),
        }
    }

    /// The word typed on the command line, and the log's `action`.
    pub fn name(self) -> &'static str {
        match self {
            Verb::Accept | Verb::Reject | Verb::MarkDuplicate | Verb::AskInfo => "review",
            Verb::Merge => "merge",
            Verb::Assign => "assign",
            Verb::Start => "start",
            Verb::Wait => "wait",
            Verb::Resume => "resume",
            Verb::Resolve => "resolve",
            Verb::Confirm => "confirm",
            Verb::Feedback => "feedback",
            Verb::Close | Verb::CloseUnconfirmed => "close",
            Verb::Reopen => "reopen",
        }
    }
}

/// How a line of the measures begins that says what the customer was asked at the review.
pub const ASKED: [&str; 2] = ["待客户补充: ", "Asked the customer: "];

/// How the result of a request begins that is none of our business.
pub const OUT_OF_SCOPE: [&str; 2] = ["超出受理范围: ", "Out of scope: "];

/// Whether a line of the measures is a question to the customer, which is no measure.
pub fn is_asking(line: &str) -> bool {
    ASKED.iter().any(|mark| line.starts_with(mark))
}

/// Whether measures say that something was done; a question to the customer is no measure.
pub fn is_work(measures: &str) -> bool {
    measures.lines().any(|line| !line.trim().is_empty() && !is_asking(line))
}

record! {
    /// One request or complaint, from registration to closing.
    Request, REQUESTS = "requests", "诉求", "Requests", Quarter;
    key |r| r.id.to_string();
    part |r, locale| Part::Quarter(Quarter::of(r.received_at.date(locale.zone)));
    id: Id = "诉求编号", "ID", ["编号", "工单号", "工单编号", "留言编号", "request_id", "ticket", "ticket id", "case id", "number"];
    customer: Option<Id> = "客户编号", "Customer", ["客户", "会员号", "customer_id", "customer id"];
    customer_name: String = "客户名称", "Customer name", ["客户姓名", "姓名", "留言用户"];
    category: String = "诉求类别", "Category", ["类别", "分类", "问题类别"];
    r#type: Option<RequestType> = "类型", "Type", ["诉求类型"];
    purpose: Option<Purpose> = "投诉目的", "Purpose", ["目的"];
    severity: Severity = "严重程度", "Severity", ["级别", "优先级", "priority"];
    channel: Option<Channel> = "渠道", "Channel", ["来源", "投诉渠道", "受理渠道", "source"];
    content: String = "诉求内容", "Content", ["内容", "问题描述", "留言详情", "description", "details"];
    wish: String = "期望", "Wish", ["客户期望"];
    received_at: Instant = "受理时间", "Received at", ["登记时间", "留言时间", "接收时间", "opened_at", "opened", "created at", "date received"];
    received_by: String = "受理人", "Received by", ["接待人"];
    stage: Stage = "进度", "Stage", ["阶段", "状态", "处理进度", "status"];
    department: String = "部门", "Department", ["处理部门"];
    handler: String = "处理人", "Handler", ["经办人", "assigned_to", "assignee"];
    measures: String = "处理措施", "Measures", ["措施"];
    result: String = "处理结果", "Result", ["结果", "答复意见", "resolution"];
    cause: String = "原因", "Cause", ["根本原因", "root cause"];
    responsible: String = "责任方", "Responsible", ["责任部门", "责任人"];
    cost: Option<Money> = "成本", "Cost", ["赔付金额", "compensation"];
    feedback: Option<u32> = "客户评分", "Feedback", ["评分"];
    feedback_text: String = "客户反馈", "Feedback text", ["反馈意见"];
    reviewed_at: Option<Instant> = "审核时间", "Reviewed at";
    assigned_at: Option<Instant> = "分配时间", "Assigned at";
    responded_at: Option<Instant> = "响应时间", "Responded at", ["首次响应时间"];
    resolved_at: Option<Instant> = "解决时间", "Resolved at", ["办结时间", "答复时间", "完成时间"];
    confirmed_at: Option<Instant> = "确认时间", "Confirmed at";
    confirmed_how: String = "确认方式", "Confirmed how";
    closed_at: Option<Instant> = "关闭时间", "Closed at", ["结案时间"];
    reopened: Option<u32> = "重开次数", "Reopened";
    respond_due: Option<Instant> = "响应期限", "Respond due";
    resolve_due: Option<Instant> = "解决期限", "Resolve due", ["target_dt"];
    duplicate_of: Option<Id> = "重复于", "Duplicate of";
    related: String = "关联", "Related", ["关联诉求"];
    acknowledge_due: Option<Instant> = "受理期限", "Acknowledge due";
    promise: Promise = "服务承诺", "Promise";
    escalated: String = "已升级", "Escalated";
    /// The entries of the knowledge base that answered it.
    knowledge: Tags = "知识", "Knowledge";
    /// Who confirmed, at the customer.
    confirmed_by: String = "确认人", "Confirmed by";
    batch: String = "批次", "Batch", ["导入批次"];
}

impl Request {
    /// A request registered at this moment.
    pub fn new(id: Id, received_at: Instant, content: String) -> Request {
        Request {
            id,
            customer: None,
            customer_name: String::new(),
            category: String::new(),
            r#type: None,
            purpose: None,
            severity: Severity::Normal,
            channel: None,
            content,
            wish: String::new(),
            received_at,
            received_by: String::new(),
            stage: Stage::Registered,
            department: String::new(),
            handler: String::new(),
            measures: String::new(),
            result: String::new(),
            cause: String::new(),
            responsible: String::new(),
            cost: None,
            feedback: None,
            feedback_text: String::new(),
            reviewed_at: None,
            assigned_at: None,
            responded_at: None,
            resolved_at: None,
            confirmed_at: None,
            confirmed_how: String::new(),
            closed_at: None,
            reopened: None,
            respond_due: None,
            resolve_due: None,
            duplicate_of: None,
            related: String::new(),
            acknowledge_due: None,
            promise: Promise::default(),
            escalated: String::new(),
            knowledge: Tags::default(),
            confirmed_by: String::new(),
            batch: String::new(),
        }
    }

    /// Elapsed seconds from receipt to resolution, when resolved.
    pub fn handling_seconds(&self) -> Option<i64> {
        self.resolved_at.filter(|_| self.stage.is_resolved()).map(|at| at.seconds_since(self.received_at))
    }

    /// The first line of the cause; blank where none was found out.
    pub fn first_cause(&self) -> &str {
        self.cause.trim().lines().next().unwrap_or_default().trim_end()
    }

    /// Whether the customer gave one of the two worst grades to work that is done.
    pub fn is_dissatisfied(&self) -> bool {
        self.stage.is_resolved() && self.feedback.is_some_and(|score| score <= 2)
    }

    /// Whether its review waits for what the customer was asked: nothing was noted since, and work has not begun.
    pub fn awaits_information(&self) -> bool {
        let last = self.measures.lines().rev().find(|line| !line.trim().is_empty());
        matches!(self.stage, Stage::Registered | Stage::Reviewed) && last.is_some_and(is_asking)
    }

    /// Whether it was rejected as none of our business.
    pub fn is_out_of_scope(&self) -> bool {
        self.stage == Stage::Rejected && OUT_OF_SCOPE.iter().any(|mark| self.result.starts_with(mark))
    }

    /// The ids this request is linked with, sorted, each once.
    pub fn links(&self) -> Vec<String> {
        let mut ids: Vec<String> = Tags::split(&self.related).map(str::to_owned).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Links it with another or takes the link away; a column that says so already stays as a person wrote it.
    pub fn set_link(&mut self, other: &Id, linked: bool) {
        let mut ids = self.links();
        if ids.iter().any(|id| id == other.as_str()) != linked {
            ids.retain(|id| id != other.as_str());
            ids.extend(Some(other.to_string()).filter(|_| linked));
            ids.sort_unstable();
            self.related = ids.join(";");
        }
    }

    /// Links it with an entry of the knowledge base or takes the link away.
    pub fn set_knowledge(&mut self, entry: &Id, linked: bool) {
        let known = &mut self.knowledge.0;
        if known.iter().any(|id| id == entry.as_str()) != linked {
            known.retain(|id| id != entry.as_str());
            known.extend(Some(entry.to_string()).filter(|_| linked));
        }
    }

    /// Moves the stage by a verb.
    ///
    /// # Errors
    /// [`What::IllegalStage`] when the verb is not legal in the present stage.
    pub fn advance(&mut self, verb: Verb) -> Result<(), What> {
        use super::vocabulary::Code;
        if !verb.from().contains(&self.stage) {
            // merging takes another request: it is no way on for this one alone
            let next = Verb::ALL.iter().filter(|v| v.from().contains(&self.stage) && **v != Verb::Merge);
            let mut allowed: Vec<&'static str> = next.map(|v| v.name()).collect();
            allowed.dedup();
            return Err(What::IllegalStage { id: self.id.to_string(), stage: self.stage.code(), verb: verb.name(), allowed });
        }
        self.stage = verb.to().unwrap_or(self.stage);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::vocabulary::Code;
    use proptest::prelude::*;

    fn fresh() -> Request {
        let at = Instant::parse("2026-10-01 09:00", chrono_tz::UTC, crate::base::date::DateOrder::Iso).unwrap();
        Request::new(Id::parse("R1").unwrap(), at, "x".into())
    }

    #[test]
    fn every_stage_but_the_ends_of_review_can_be_left() {
        for stage in Stage::ALL {
            let leavable = Verb::ALL.iter().any(|v| v.from().contains(stage) && v.to().is_some_and(|to| to != *stage));
            assert_eq!(leavable, !matches!(stage, Stage::Rejected | Stage::Duplicate), "{stage:?}");
        }
    }

    proptest! {
        #[test]
        fn life_never_leaves_its_graph(steps in prop::collection::vec(0..Verb::ALL.len(), 0..40)) {
            let mut request = fresh();
            for step in steps {
                let (verb, before) = (Verb::ALL[step], request.stage);
                match request.advance(verb) {
                    Ok(()) => prop_assert!(verb.from().contains(&before) && request.stage == verb.to().unwrap_or(before)),
                    Err(_) => prop_assert_eq!(request.stage, before),
                }
            }
        }
    }
}
