//! The knowledge base: after a change, ranked, with its requests; common problems; what may help.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::base::lang::Lang;
use crate::base::text::{one_line, truncate};
use crate::engine::knowledge::{Outcome, Problem, Use, Why};
use crate::engine::report::figure::{count, share};
use crate::model::cell::Locale;
use crate::model::knowledge::Knowledge;
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};
use crate::view::report::sections::field;
use crate::view::report::words::number;

/// What a ranked list shows to people.
pub const SHOWN: &[&str] = &["id", "title", "category", "uses", "success", "last_used", "reviewed_on", "status"];

pub fn added(entry: &Knowledge, from: Option<&str>, lang: Lang) -> String {
    let named = entry.named();
    let Some(from) = from else { return lang.pick(format!("已新增知识 {named}。"), format!("Added knowledge {named}.")) };
    let id = &entry.id;
    lang.pick(
        format!("已由 {from} 拟定知识 {named} 并关联。\n请核对内容、去掉客户的个人信息: carebook knowledge edit {id} 标题=…"),
        format!("Drafted knowledge {named} from {from} and linked it.\nLook it over and take out what is personal: carebook knowledge edit {id} title=…"),
    )
}

pub fn changed(entry: &Knowledge, lang: Lang) -> String {
    let named = entry.named();
    lang.pick(format!("已修改知识 {named}。"), format!("Changed knowledge {named}."))
}

pub fn retired(entry: &Knowledge, lang: Lang) -> String {
    let named = entry.named();
    lang.pick(
        format!("已停用知识 {named};已有的关联保留,不再推荐。"),
        format!("Retired knowledge {named}: its links stay, and it is no longer proposed."),
    )
}

/// A retired entry is linked all the same.
pub fn is_retired(entry: &Knowledge, lang: Lang) -> String {
    let named = entry.named();
    lang.pick(format!("知识 {named} 已停用。"), format!("Knowledge {named} is retired."))
}

pub fn linked(entry: &Knowledge, requests: &[String], removed: bool, lang: Lang) -> String {
    let (named, zh, en) = (entry.named(), requests.join("、"), requests.join(", "));
    if removed {
        return lang.pick(format!("知识 {named} 不再关联 {zh}。"), format!("Knowledge {named} is no longer linked with {en}."));
    }
    lang.pick(format!("知识 {named} 已关联 {zh}。"), format!("Knowledge {named} is linked with {en}."))
}

/// The entries in their order, with how they did.
pub fn list(rows: &[(&Knowledge, Use)], locale: &Locale, lang: Lang, currency: &str) -> Grid {
    let entries: Vec<&Knowledge> = rows.iter().map(|(entry, _)| *entry).collect();
    let mut grid = Grid::of("carebook.knowledge.v1", &entries, locale, lang, currency);
    grid.columns.extend([
        num("uses", lang.pick("使用次数", "Uses")),
        num("resolved", lang.pick("已解决", "Resolved")),
        num("success", lang.pick("成功率", "Success")),
        col("last_used", lang.pick("最近使用", "Last used")),
    ]);
    for (row, (_, used)) in grid.rows.iter_mut().zip(rows) {
        let day = used.last.map(|at| at.date(locale.zone).to_string());
        row.extend([
            field(Some(count(used.uses)), lang),
            field(Some(count(used.resolved)), lang),
            field(used.success(), lang),
            day.map_or_else(Field::blank, Field::text),
        ]);
    }
    grid
}

/// Below an entry's sheet: how it did, and the requests it was used for.
pub fn dealings(outcome: &Outcome, requests: &[Request], locale: &Locale, lang: Lang) -> String {
    let mut out = format!("\n{}\n", lang.pick("使用情况", "Use"));
    let used = &outcome.used;
    let shown = |value| number(value, lang);
    let mut line = |zh: &str, en: &str, text: Option<String>| {
        let text = text.unwrap_or_else(|| "–".to_owned());
        let _ = writeln!(out, "  {}: {text}", lang.pick(zh, en));
    };
    line("诉求", "Requests", Some(used.uses.to_string()));
    line("其中已解决", "Of them resolved", Some(used.resolved.to_string()));
    line("成功率", "Success", used.success().map(shown));
    line("首次解决平均用时", "Mean time to the first resolution", outcome.time.map(shown));
    line("客户评分均值", "Mean score", outcome.feedback.map(shown));
    line("重开占比", "Reopened", outcome.reopened.map(shown));
    if !requests.is_empty() {
        let _ = writeln!(out, "\n{}", lang.pick("诉求", "Requests"));
    }
    for request in requests {
        let (id, stage, at) = (&request.id, request.stage.label(lang), request.received_at.minute(locale.zone));
        let _ = writeln!(out, "  {id}  {at}  {stage}  {}", truncate(&one_line(&request.content), 50));
    }
    out
}

/// The same for machines.
pub fn dealings_json(outcome: &Outcome, requests: &[Request], locale: &Locale) -> Value {
    let used = &outcome.used;
    json!({
        "uses": used.uses,
        "resolved": used.resolved,
        "success": used.success(),
        "first_resolution_seconds": outcome.time,
        "feedback": outcome.feedback,
        "reopened": outcome.reopened,
        "requests": requests.iter().map(|request| request.object(locale)).collect::<Vec<_>>(),
    })
}

/// The common problems, each with the entry that answers it.
pub fn problems(rows: &[Problem<'_>], locale: &Locale, lang: Lang, currency: &str) -> Grid {
    let columns = vec![
        col("category", lang.pick("类别", "Category")),
        col("cause", lang.pick("原因", "Cause")),
        num("count", lang.pick("件数", "Requests")),
        num("share", lang.pick("占比", "Share")),
        num("repeat_customers", lang.pick("重复客户", "Repeat customers")),
        num("mean_time", lang.pick("平均用时", "Mean time")),
        num("median_time", lang.pick("用时中位数", "Median time")),
        num("reopened", lang.pick("重开", "Reopened")),
        num("cost", lang.pick("成本", "Cost")),
        col("knowledge", lang.pick("知识", "Knowledge")),
    ];
    let mut grid = Grid::new("carebook.knowledge_problems.v1", columns);
    grid.currency = Some(currency.to_owned());
    for row in rows {
        let entry = row.entry.map(|(entry, _)| Field::coded(entry.named(), entry.id.as_str()));
        grid.rows.push(vec![
            Field::text(row.category),
            Field::text(row.cause),
            field(Some(count(row.count)), lang),
            field(row.share, lang),
            field(Some(count(row.repeat_customers)), lang),
            field(row.mean, lang),
            field(row.median, lang),
            field(Some(count(row.reopened)), lang),
            Field::money(row.cost, locale.digits),
            entry.unwrap_or_else(|| Field::coded(lang.pick("无", "none"), Value::Null)),
        ]);
    }
    grid
}

/// Below the common problems: how many of all of them have no solution written down.
pub fn unsolved(rows: &[Problem<'_>], shown: usize, lang: Lang) -> String {
    let none = rows.iter().filter(|row| row.entry.is_none()).count();
    let requests: usize = rows.iter().filter(|row| row.entry.is_none()).map(|row| row.count).sum();
    let all = rows.iter().map(|row| row.count).sum();
    let (n, part) = (rows.len(), share(requests, all).map_or_else(String::new, |part| number(part, lang)));
    let (zh, en) = match none {
        0 => (",都有知识条目".to_owned(), ", each with a knowledge entry".to_owned()),
        none => (
            format!(",其中 {none} 类没有知识条目(诉求 {requests} 件,{part})"),
            format!(", {none} without a knowledge entry (requests: {requests}, {part})"),
        ),
    };
    let noun = if n == 1 { "problem" } else { "problems" };
    if n == 0 {
        return lang.pick("没有可归类的问题。", "No problems with a category.").to_owned();
    }
    let (zh_shown, en_shown) =
        if shown < n { (format!(";显示前 {shown} 类"), format!("; shown: {shown}")) } else { Default::default() };
    lang.pick(format!("常见问题 {n} 类{zh}{zh_shown}。"), format!("{n} common {noun}{en}{en_shown}."))
}

/// What may help, one a line with the reasons.
pub fn helpful(found: &[(Knowledge, Why)], lang: Lang) -> String {
    let mut out = String::new();
    for (entry, why) in found {
        let mut reasons = Vec::new();
        if why.same_category {
            reasons.push(lang.pick("同一类别".to_owned(), "same category".to_owned()));
        }
        if let Some(percent) = why.alike {
            reasons.push(lang.pick(format!("内容相似 {percent}%"), format!("text {percent} % alike")));
        }
        let (id, title, reasons) = (&entry.id, truncate(&one_line(&entry.title), 50), reasons.join(lang.pick("、", ", ")));
        let _ =
            writeln!(out, "{}", lang.pick(format!("可参考知识 {id} {title}({reasons})"), format!("May help: {id} {title} ({reasons})")));
    }
    out
}

/// The same for machines.
pub fn helpful_json(found: &[(Knowledge, Why)]) -> Value {
    let one = |(entry, why): &(Knowledge, Why)| json!({"id": entry.id.as_str(), "title": entry.title, "same_category": why.same_category, "alike": why.alike});
    found.iter().map(one).collect()
}
