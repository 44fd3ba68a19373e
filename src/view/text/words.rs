//! Look-ups in the vocabulary: a code's label.

use crate::base::lang::Lang;
use crate::model::practice::StepStatus;
use crate::model::request::Stage;
use crate::model::revisit::RevisitStatus;
use crate::model::table;
use crate::model::vocabulary::Code;

/// The label of a column by its code, from whichever table has it.
pub fn column(code: &str, lang: Lang) -> Option<&'static str> {
    table::ALL.iter().find_map(|table| table.position(code).map(|i| table.columns[i].word.label(lang)))
}

/// A table's name; surveys are folders, and named all the same.
pub fn table(code: &str, lang: Lang) -> &str {
    if code == "seals" {
        return lang.pick("封存的报告", "Sealed reports");
    }
    if code == "documents" {
        return lang.pick("文件", "Documents");
    }
    if code == "figures" {
        return lang.pick("报告指标", "Figures of the report");
    }
    if code == "surveys" {
        return lang.pick("问卷", "Surveys");
    }
    table::ALL.iter().find(|table| table.word.code == code).map_or(code, |table| table.word.label(lang))
}

/// A request's stage, a revisit's or a step's status: its label.
pub fn stage(code: &str, lang: Lang) -> &str {
    let revisit = || RevisitStatus::from_text(code).map(|status| status.label(lang));
    let step = || StepStatus::from_text(code).map(|status| status.label(lang));
    Stage::from_text(code).map(|stage| stage.label(lang)).or_else(revisit).or_else(step).unwrap_or(code)
}

/// What the log calls a verb.
pub fn action(code: &str, lang: Lang) -> String {
    let (zh, en) = match code {
        "intake" => ("登记", "registered"),
        "review" => ("审核", "reviewed"),
        "assign" => ("分配", "assigned"),
        "start" => ("开始处理", "started"),
        "wait" => ("等待客户", "waiting for the customer"),
        "seal" => ("封存报告", "sealed a report"),
        "resume" => ("恢复处理", "resumed"),
        "escalate" => ("升级", "escalated"),
        "resolve" => ("办结", "resolved"),
        "confirm" => ("客户确认", "confirmed"),
        "feedback" => ("客户反馈", "feedback"),
        "close" => ("关闭", "closed"),
        "undo" => ("撤销", "undone"),
        "redo" => ("重做", "redone"),
        "edited" => ("手工改动", "edited by hand"),
        "reopen" => ("重开", "reopened"),
        "merge" => ("合并", "merged"),
        "unmerge" => ("取消合并", "merge taken back"),
        "distinct" => ("标为不同", "said to be different"),
        "link" => ("关联", "linked"),
        "retire" => ("停用", "retired"),
        "split" => ("拆分", "split off"),
        "upgrade" => ("升级账本", "upgraded"),
        "note" => ("备注", "note"),
        "import" => ("导入", "imported"),
        "survey" => ("拟定问卷", "survey proposed"),
        "tier" => ("评级", "tier decided"),
        "revisit" => ("回访", "revisit"),
        "erase" => ("抹除", "erased"),
        "verify" => ("核对", "verified"),
        "consent" => ("授权", "consent"),
        "tag" => ("标签", "tagged"),
        "claim" => ("认领", "claimed"),
        "release" => ("释放", "released"),
        "points" => ("积分记账", "points booked"),
        "redeem" => ("积分兑换", "points redeemed"),
        "gift" => ("赠送积分", "points given"),
        "refer" => ("推荐", "referred"),
        "adjust" => ("调整积分", "points adjusted"),
        "practice" => ("跟进", "practice"),
        "add" => ("新增", "added"),
        "edit" => ("修改", "edited"),
        "remove" => ("移除", "removed"),
        "leave" => ("请假", "leave"),
        "cancel-leave" => ("取消请假", "leave cancelled"),
        other => return other.to_owned(),
    };
    lang.pick(zh, en).to_owned()
}
