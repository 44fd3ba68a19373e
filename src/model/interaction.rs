//! The communication log (沟通记录).

use super::record::record;
use super::request::Channel;
use super::table::Part;
use super::vocabulary::codes;
use crate::base::date::Quarter;
use crate::base::id::Id;
use crate::base::instant::Instant;

codes! {
    /// Who spoke first.
    Direction {
        In = "in", "来", "In", ["客户来", "呼入"];
        Out = "out", "去", "Out", ["去电", "呼出"];
    }
}

record! {
    /// One contact with a customer that is neither a request nor a revisit.
    Interaction, INTERACTIONS = "interactions", "沟通记录", "Interactions", Quarter;
    key |r| r.id.to_string();
    part |r, locale| Part::Quarter(Quarter::of(r.at.date(locale.zone)));
    id: Id = "编号", "ID", ["沟通编号", "interaction_id"];
    customer: Id = "客户编号", "Customer", ["客户", "customer_id", "customer id"];
    /// The id of one of the customer's people, or a name.
    contact: String = "联系人", "Contact";
    at: Instant = "时间", "At", ["沟通时间"];
    channel: Option<Channel> = "渠道", "Channel", ["方式", "沟通方式"];
    direction: Option<Direction> = "方向", "Direction";
    staff: String = "员工", "Staff", ["经办人"];
    request: Option<Id> = "诉求编号", "Request", ["request_id"];
    summary: String = "摘要", "Summary", ["内容", "沟通内容", "content"];
    batch: String = "批次", "Batch", ["导入批次"];
}

impl Interaction {
    /// A talk of which only customer, time and content are known.
    pub fn new(id: Id, customer: Id, at: Instant, summary: String) -> Interaction {
        Interaction {
            id,
            customer,
            contact: String::new(),
            at,
            channel: None,
            direction: None,
            staff: String::new(),
            request: None,
            summary,
            batch: String::new(),
        }
    }
}
