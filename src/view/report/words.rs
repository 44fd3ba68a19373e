//! The words of the report: sections, figures, groups, suggestions; both languages in one arm.

use crate::base::lang::Lang;
use crate::engine::report::figure::Number;

/// A figure's label.
pub fn figure(code: &str, lang: Lang) -> &'static str {
    let (zh, en) = match code {
        "received" => ("受理诉求", "Requests received"),
        "complaints" => ("其中投诉", "of which complaints"),
        "resolved" => ("已解决", "Resolved"),
        "open" => ("未结", "Still open"),
        "reopened" => ("重开过", "Reopened"),
        "rejected" => ("不受理", "Rejected"),
        "duplicates" => ("重复", "Duplicates"),
        "askers" => ("涉及客户", "Customers concerned"),
        "orders" => ("订单", "Orders"),
        "buyers" => ("下单客户", "Customers who bought"),
        "net" => ("净销售额", "Net sales"),
        "refunds" => ("退款", "Refunds"),
        "new_customers" => ("新客户", "New customers"),
        "timed" => ("计时诉求数", "Requests timed"),
        "mean_time" => ("平均处理时长", "Mean handling time"),
        "median_time" => ("处理时长中位数", "Median handling time"),
        "median_first_time" => ("首次解决时长中位数", "Median time to the first resolution"),
        "first_resolution_rate" => ("一次解决率", "Resolved at the first attempt"),
        "up" => ("升级", "Rose"),
        "down" => ("降级", "Fell"),
        "new" => ("首次评级", "Rated for the first time"),
        "p90_time" => ("90% 在此时长内", "90 % handled within"),
        "resolution_rate" => ("解决率", "Resolution rate"),
        "respond_on_time" => ("响应及时率", "Answered on time"),
        "resolve_on_time" => ("解决及时率", "Resolved on time"),
        "reopen_rate" => ("重开率", "Reopen rate"),
        "all_kept" => ("全部按时的诉求", "Every target kept"),
        "escalated" => ("已升级", "Escalated"),
        "met" => ("按时", "Met"),
        "missed" => ("超时", "Missed"),
        "rate" => ("及时率", "Rate"),
        "lateness" => ("超时中位数", "Median lateness"),
        "acknowledge_rate" => ("受理及时率", "Acknowledged on time"),
        "respond_rate" => ("响应及时率", "Answered on time"),
        "resolve_rate" => ("解决及时率", "Resolved on time"),
        "resolve_missed" => ("解决超时", "Resolved late"),
        "resolve_lateness" => ("超时中位数", "Median lateness"),
        "count" => ("件数", "Requests"),
        "share" => ("占比", "Share"),
        "caused" => ("已解决中记有原因", "Resolved with a cause recorded"),
        "costs" => ("成本", "Cost"),
        "customers" => ("客户数", "Customers"),
        "value" => ("净消费额", "Net spend"),
        "silent_value" => ("沉默客户风险金额", "Value at risk of the silent"),
        "lost_value" => ("流失客户金额", "Value of the lost"),
        "newly_silent" => ("本期新沉默客户", "Fell silent in the period"),
        "newly_lost" => ("本期新流失客户", "Lost in the period"),
        "repeaters" => ("重复投诉的客户", "Customers who complained again"),
        "accepted" => ("受理后处理", "Accepted"),
        "unassigned" => ("未分配", "Unassigned"),
        "requests" => ("件数", "Requests"),
        "median" => ("时长中位数", "Median time"),
        "p90" => ("90% 时长", "90 % within"),
        "on_time" => ("解决及时率", "On time"),
        "answers" => ("评分份数", "Answers"),
        "revisits_done" => ("完成回访", "Revisits done"),
        "of" => ("共", "Of"),
        "unreachable" => ("无电话和邮箱的客户", "Customers without phone and email"),
        "unverified" => ("逾期未核对的客户", "Customers to be verified"),
        "unknown_orders" => ("档案外客户的订单", "Orders of unknown customers"),
        "future_orders" => ("日期在今天之后的订单", "Orders dated after today"),
        "imports" => ("导入", "Imports"),
        "rejected_rows" => ("导入拒收的行", "Rows that imports rejected"),
        "top2" => ("满意率", "Satisfied"),
        "mean" => ("均分", "Mean"),
        "due" => ("应回访", "Due"),
        "done" => ("已完成", "Done"),
        "no_answer" => ("未接通", "No answer"),
        "skipped" => ("跳过", "Skipped"),
        "overdue" => ("逾期未访", "Overdue"),
        "coverage" => ("回访覆盖率", "Coverage"),
        "revisit_satisfaction" => ("回访满意度", "Satisfaction at revisits"),
        "feedback" => ("诉求评分", "Feedback on requests"),
        "csat" => ("满意度", "CSAT"),
        "nps" => ("推荐值 NPS", "NPS"),
        _ => ("", ""),
    };
    lang.pick(zh, en)
}

/// What records lack.
pub fn lack(code: &str, lang: Lang) -> &'static str {
    let (zh, en) = match code {
        "without_category" => ("诉求无类别", "Requests without a category"),
        "without_customer" => ("诉求未关联客户", "Requests without a customer"),
        "without_channel" => ("诉求无渠道", "Requests without a channel"),
        "without_handler" => ("已解决无处理人", "Resolved without a handler"),
        "resolved_without_measures" => ("已解决无措施和结果", "Resolved without measures and result"),
        "complaints_without_cause" => ("已解决的投诉未记原因", "Resolved complaints without a cause"),
        "complaints_without_responsible" => ("已解决的投诉未记责任方", "Resolved complaints without a responsible"),
        "responses_unlinked" => ("答卷未关联客户", "Survey answers of nobody"),
        _ => ("", ""),
    };
    lang.pick(zh, en)
}

/// A section's title.
pub fn section(code: &str, lang: Lang) -> &'static str {
    let (zh, en) = match code {
        "summary" => ("摘要", "Summary"),
        "totals" => ("总量", "Totals"),
        "shares" => ("类别与占比", "Categories and shares"),
        "channels" => ("渠道", "Channels"),
        "efficiency" => ("处理效率", "Handling efficiency"),
        "causes" => ("根本原因与责任", "Root causes and responsibility"),
        "lifecycle" => ("生命周期与沉默客户", "Lifecycle and silent customers"),
        "targets" => ("服务时限", "Service targets"),
        "repeats" => ("重开与重复投诉", "Reopened and repeated"),
        "staff" => ("员工", "Staff"),
        "quality" => ("数据质量", "Quality of the data"),
        "problems" => ("常见问题与解决办法", "Common problems and their solutions"),
        "satisfaction" => ("满意度", "Satisfaction"),
        "tiers" => ("客户等级与变动", "Customer tiers and their moves"),
        "revisits" => ("客户回访", "Revisits"),
        "suggestions" => ("改进建议", "Suggestions for improvement"),
        "notes" => ("说明", "How to read this"),
        _ => ("", ""),
    };
    lang.pick(zh, en)
}

/// A section's title, no longer than the name of a sheet may be.
pub fn short_section<'a>(code: &str, title: &'a str, lang: Lang) -> &'a str {
    if code == "problems" { lang.pick(title, "Common problems") } else { title }
}

/// A number as a person reads it, with a minus sign that is one.
pub fn number(number: Number, lang: Lang) -> String {
    plain(number, lang).replace('-', "−")
}

fn plain(number: Number, lang: Lang) -> String {
    match number {
        Number::Count(n) => crate::base::text::group_digits(&n.to_string()),
        Number::Money(money, digits) => money.grouped(digits),
        Number::Percent(x) => format!("{} %", fixed(x, 1)),
        Number::Seconds(x) => duration(x, lang),
        Number::Grade(x, max) => format!("{} / {max}", fixed(x, 2)),
        Number::Points(x) if is_nothing(x, 1) => fixed(x, 1),
        Number::Points(x) => format!("{:+.1}", rounded(x, 1)),
    }
}

/// A number with so many decimals, a half away from zero as spreadsheets round, and never a minus zero.
pub fn fixed(x: f64, decimals: usize) -> String {
    format!("{:.decimals$}", rounded(x, decimals))
}

/// Binary fractions lie a little beside the decimal ones that they stand for (4.125 is itself, 1.005 is less): a spreadsheet
/// looks at 15 digits and so does this.
fn rounded(x: f64, decimals: usize) -> f64 {
    let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
    let whole = (x * (1.0 + 1e-14) * scale).round() / scale;
    // − 0.0 + 0.0 is 0.0
    whole + 0.0
}

fn is_nothing(x: f64, decimals: usize) -> bool {
    rounded(x, decimals).abs() < f64::EPSILON
}

/// Elapsed time in the two largest units.
#[expect(clippy::cast_possible_truncation, reason = "seconds of a human life")]
pub fn duration(seconds: f64, lang: Lang) -> String {
    let minutes = (seconds / 60.0).round() as i64;
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) => lang.pick(format!("{rest} 分钟"), format!("{rest} min")),
        (0, _) => lang.pick(format!("{hours} 小时 {rest} 分"), format!("{hours} h {rest} min")),
        _ => lang.pick(format!("{days} 天 {hours} 小时"), format!("{days} d {hours} h")),
    }
}

/// The difference of two numbers of one kind, with its sign.
pub fn change(now: Number, before: Number, lang: Lang) -> String {
    signed(now, before, lang).replace('-', "−")
}

fn signed(now: Number, before: Number, lang: Lang) -> String {
    let difference = now.value() - before.value();
    match (now, before) {
        (Number::Count(a), Number::Count(b)) if a == b => "±0".to_owned(),
        (Number::Count(a), Number::Count(b)) => format!("{:+}", a - b),
        (Number::Money(a, digits), Number::Money(b, _)) => {
            let size = if a < b { b - a } else { a - b };
            format!("{}{}", sign(if a == b { 0.0 } else { difference }, digits as usize), size.grouped(digits))
        }
        (Number::Percent(_), _) => lang.pick(format!("{} 个百分点", points(difference)), format!("{} points", points(difference))),
        (Number::Seconds(_), _) => {
            let minutes = difference / 60.0;
            format!("{}{}", sign(minutes, 0), duration(difference.abs(), lang))
        }
        (Number::Grade(..), _) => format!("{}{}", sign(difference, 2), fixed(difference.abs(), 2)),
        _ => points(difference),
    }
}

/// A difference with one decimal and its sign.
pub fn points(difference: f64) -> String {
    format!("{}{}", sign(difference, 1), fixed(difference.abs(), 1))
}

/// The sign of a difference as it is shown: of one that is shown as zero neither.
fn sign(difference: f64, decimals: usize) -> &'static str {
    match difference {
        d if is_nothing(d, decimals) => "±",
        d if d < 0.0 => "−",
        _ => "+",
    }
}

/// What stands behind a number of answers that says little.
pub fn few(lang: Lang) -> &'static str {
    lang.pick(" (样本少)", " (few)")
}

/// How the figures are defined.
pub fn definitions(lang: Lang) -> &'static [&'static str] {
    lang.pick(
        &[
            "除另有说明外,各项都指本期内受理的诉求,按账本时区的受理日期归期,状态取截至日的状态。",
            "占比不含重复诉求。解决率 = 已解决 ÷ (受理 − 不受理 − 重复)。",
            "处理时长为受理到解决的自然时间;中位数和 90% 分位采用第 7 型分位数。",
            "及时率 = 按时 ÷ (按时 + 超期);已过期仍未完成算超期,未到期的不计;等待客户只停解决的时钟,等待中的不计入解决及时率;没有响应时间的,最迟以解决时间为响应;随导入带来的期限同样算数。",
            "服务时限按环节判定: 受理为首次审核;未到期、等待客户和没有承诺的不计;超时中位数为自然时间,未完成的算到截至时刻。",
            "一次解决率 = 已解决且未重开 ÷ (受理 − 不受理 − 重复);首次解决时长中,重开过的按日志里的第一次解决计。",
            "责任方按比例分摊成本;员工表含无人处理的诉求,各行合计等于受理后处理的件数。",
            "生命周期、沉默客户和数据质量的客户、订单各项为截至今日的情况,不与往期比较。",
            "满意度为前两档占比,区间为 95% Wilson 区间;NPS 只来自 0–10 题;少于 30 份标为样本少。",
            "回访覆盖率 = 已完成 ÷ 应回访;应回访 = 已完成的,和计划日已过的(计划在截至日当天的还不算,未接通另行重约的不计)。",
            "“–” 表示没有数据,不等于 0。",
        ],
        &[
            "Unless said otherwise, figures are of the requests received in the period, by the date of receipt in the book's time zone, as they stand on the as-of day.",
            "Shares leave duplicates out. Resolution rate = resolved ÷ (received − rejected − duplicates).",
            "Handling time is elapsed time from receipt to resolution; median and 90 % are quantiles of type 7.",
            "On time = met ÷ (met + missed); past due and not done counts as missed, not yet due is left out. Waiting for the customer stops the clock of the resolution only: what waits is left out of resolved on time. What has no time of an answer was answered when it was resolved, at the latest. A due time that came with an import counts.",
            "Targets are judged by stage: acknowledged is the first review; not yet due, waiting for the customer and without a promise are left out; lateness is elapsed time, up to the as-of moment where the work is not done.",
            "Resolved at the first attempt = resolved and never reopened ÷ (received − rejected − duplicates); of what was reopened the first resolution is the log's.",
            "Costs are divided by the shares of the responsible; the staff table has a row for the requests of nobody, so its rows add up to the accepted ones.",
            "Lifecycle, silent customers, and the archive and orders under quality of the data are as of today and compared with nothing.",
            "CSAT is the share of the two best grades with its 95 % Wilson interval; NPS comes only from 0–10 questions; fewer than 30 answers are marked.",
            "Coverage of revisits = done ÷ due; due are those done, and those whose day is over (one planned for the as-of day is not due yet; an unanswered one that was planned again is not counted).",
            "\"–\" means that there are no data, not zero.",
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::money::Money;

    #[test]
    fn a_half_is_rounded_away_from_zero_as_spreadsheets_do() {
        let shown = [
            Number::Percent(6.25),
            Number::Percent(-2.25),
            Number::Percent(0.05),
            Number::Grade(4.125, 5),
            Number::Grade(1.005, 5),
            Number::Grade(4.124_999, 5),
            Number::Points(-2.25),
            Number::Points(-0.04),
        ]
        .map(|one| number(one, Lang::En));
        assert_eq!(shown, ["6.3 %", "−2.3 %", "0.1 %", "4.13 / 5", "1.01 / 5", "4.12 / 5", "−2.3", "0.0"]);
        assert_eq!(change(Number::Percent(6.25), Number::Percent(0.0), Lang::En), "+6.3 points");
        assert_eq!(change(Number::Grade(4.0, 5), Number::Grade(4.125, 5), Lang::Zh), "−0.13");
    }

    #[test]
    fn no_change_has_no_sign() {
        let money = |minor| Number::Money(Money(minor), 2);
        let none = [
            (Number::Count(3), Number::Count(3)),
            (money(5), money(5)),
            (Number::Percent(50.0), Number::Percent(50.04)),
            (Number::Seconds(100.0), Number::Seconds(110.0)),
            (Number::Grade(4.001, 5), Number::Grade(4.0, 5)),
            (Number::Points(-3.0), Number::Points(-3.0)),
        ]
        .map(|(now, before)| change(now, before, Lang::En));
        assert_eq!(none, ["±0", "±0.00", "±0.0 points", "±0 min", "±0.00", "±0.0"]);
        assert_eq!(change(money(1), money(2), Lang::En), "−0.01");
    }
}
