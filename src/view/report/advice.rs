//! The words of the suggestions; both languages in one arm.

use super::words::number;
use crate::base::lang::Lang;
use crate::engine::report::suggestions::Suggestion;
use crate::model::promise::Target;
use crate::model::vocabulary::Code;

/// A suggestion's title and advice.
pub fn suggestion(suggestion: &Suggestion, lang: Lang) -> (String, String) {
    let about = &suggestion.about;
    let (zh, en): ((String, &str), (String, &str)) = match suggestion.rule {
        "resolution_rate" => (
            ("解决率偏低".into(), "逐条查看未结诉求,为每条指定处理人和期限。"),
            ("Few requests are resolved".into(), "Go through the open requests; give each a handler and a day."),
        ),
        "respond_on_time" => (
            ("首次响应不够及时".into(), "明确首问责任人,受理当天先给客户一个答复。"),
            ("First answers come late".into(), "Name who answers first, and answer on the day of receipt."),
        ),
        "resolve_on_time" => (
            ("解决超出承诺时限".into(), "查看超期诉求卡在哪一步;人手不足时调整承诺。"),
            ("Promised times are missed".into(), "See at which step the late ones wait; where hands lack, promise less."),
        ),
        "reopen_rate" => (
            ("重开偏多".into(), "办结前先向客户确认结果,并记录根本原因。"),
            ("Too many are reopened".into(), "Confirm the result with the customer before resolving, and record the root cause."),
        ),
        "p90_time" => (
            ("慢的那一成拖得太久".into(), "把最慢的几条拿出来复盘,找出等待最长的环节。"),
            ("The slowest tenth takes too long".into(), "Review the slowest ones and find the step that waits longest."),
        ),
        "category_rise" => (
            (format!("“{about}”占比明显上升"), "查明近期变化(批次、承运商、人员),先止住增量。"),
            (format!("The share of \"{about}\" rises"), "Find what changed lately (batch, carrier, staff) and stop the increase first."),
        ),
        "category_complaints" => (
            (format!("“{about}”投诉集中"), "针对常见原因定一项整改措施、负责人和完成日期。"),
            (format!("Complaints gather in \"{about}\""), "Set one corrective action against the usual cause, with an owner and a day."),
        ),
        "repeat" => (
            (format!("同一客户重复投诉:{about}"), "由负责人亲自回访,说明已做的整改。"),
            (format!("The same customer complains again: {about}"), "The person in charge calls and tells what was changed."),
        ),
        "without_cause" => (
            ("不少投诉没有记录原因".into(), "办结时填写 --cause,否则找不到根源。"),
            ("Many complaints have no cause recorded".into(), "Fill in --cause when resolving; without it no root is found."),
        ),
        "feedback_low" => (
            ("客户对处理结果的评价偏低".into(), "对评分三分以下的客户逐一回访。"),
            ("Customers rate the handling low".into(), "Call every customer who gave three or less."),
        ),
        "survey_low" => (
            (format!("问卷“{about}”满意度偏低"), "按意见分类,先解决提得最多的一项。"),
            (format!("Satisfaction in the survey \"{about}\" is low"), "Group the comments and mend the one named most."),
        ),
        "accusations" => (
            ("出现控告性投诉".into(), "由店主亲自处理,查清责任并书面答复。"),
            ("There are accusing complaints".into(), "The owner handles them, settles responsibility and answers in writing."),
        ),
        "coverage" => (
            ("回访没有跟上".into(), "每天固定时段回访;用 carebook revisit due 看清单。"),
            ("Revisits fall behind".into(), "Keep a fixed hour a day for them; `carebook revisit due` has the list."),
        ),
        other => return more(other, about, lang),
    };
    let (title, advice) = lang.pick(zh, en);
    (title, advice.to_owned())
}

/// The same of the rules in `engine/report/advice.rs`.
fn more(rule: &str, about: &str, lang: Lang) -> (String, String) {
    let (zh, en): ((String, &str), (String, &str)) = match rule {
        "late_stage" => {
            let stage = |lang| Target::from_text(about).map_or(about, |target| target.label(lang)).to_owned();
            (
                (format!("超时最多的环节: {}", stage(Lang::Zh)), "从这一环节的超时诉求看起: 是无人值守、交接慢,还是时限定得太紧。"),
                (
                    format!("Most targets are missed at: {}", stage(Lang::En)),
                    "Begin with the late ones of this stage: nobody on duty, a slow hand-over, or too short a promise?",
                ),
            )
        }
        "overloaded" => (
            (format!("未结诉求集中在 {about} 手里"), "转出一部分: carebook assign 诉求编号 员工。"),
            (format!("{about} has most of the open requests"), "Hand some over: carebook assign ID NAME."),
        ),
        "cause" => (
            (format!("同一原因反复出现: {about}"), "逐件补救不如治本: 对这个原因定措施、负责人和验收办法。"),
            (
                format!("The same cause comes back: {about}"),
                "Mend the cause rather than each case: an action, an owner, and how it is checked.",
            ),
        ),
        "reopened" => (
            (format!("“{about}”办结后多次重开"), "为这一类写清办结标准,办结前请客户确认。"),
            (
                format!("\"{about}\" is reopened again and again"),
                "Say what counts as done for this category, and ask the customer before resolving.",
            ),
        ),
        "silent" => (
            (format!("沉默客户占了不少消费额: {about}"), "按金额从高到低逐一联系;清单: carebook lifecycle --class silent。"),
            (
                format!("Silent customers stand for much of the sales: {about}"),
                "Get in touch, the most valuable first; the list: carebook lifecycle --class silent.",
            ),
        ),
        "lacking" => (
            (format!("资料缺失: {}", super::words::lack(about, Lang::Zh)), "在登记和办结时填全;可在 rules/categories.yaml 设为必填。"),
            (
                format!("Data are lacking: {}", super::words::lack(about, Lang::En)),
                "Fill them in when registering and resolving; rules/categories.yaml can require them.",
            ),
        ),
        "rejected_rows" => (
            ("导入有行被拒收".into(), "改好 *-rejects.csv 里的行,再导入一次。"),
            ("Imports rejected rows".into(), "Mend the rows in the *-rejects.csv files and import them again."),
        ),
        "fallen" => (
            (format!("有客户降级:{about}"), "联系他们,了解少来的原因。"),
            (format!("Customers fell a tier: {about}"), "Get in touch and ask why they come less."),
        ),
        other => ((other.to_owned(), ""), (other.to_owned(), "")),
    };
    let (title, advice) = lang.pick(zh, en);
    (title, advice.to_owned())
}

/// The figures that made a rule fire.
pub fn evidence(suggestion: &Suggestion, lang: Lang) -> String {
    let mut parts = Vec::new();
    if let Some(figure) = suggestion.figure {
        let shown = number(figure, lang);
        parts.push(lang.pick(format!("本期 {shown}"), format!("now {shown}")));
    }
    if let Some(before) = suggestion.before {
        let shown = number(before, lang);
        parts.push(lang.pick(format!("上期 {shown}"), format!("before {shown}")));
    }
    if let Some(limit) = suggestion.limit {
        let shown = number(limit, lang);
        parts.push(lang.pick(format!("规则线 {shown}"), format!("rule at {shown}")));
    }
    format!("{} [{}]", parts.join(lang.pick(",", ", ")), suggestion.rule)
}
