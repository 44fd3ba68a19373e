//! Customers that may be one: pairs with their reasons, and a merge field by field.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::base::lang::Lang;
use crate::base::text::{many, one_line, word};
use crate::engine::duplicates::{Crowd, Crowded, Pair, Reason};
use crate::model::customer::Customer;
use crate::model::rules::duplicates::Sign;
use crate::view::grid::{Field, Grid, col, num, whole};

/// Pairs told at once where a person did not ask for them.
const TOLD: usize = 5;

fn sign(sign: Sign, lang: Lang) -> &'static str {
    let (zh, en) = match sign {
        Sign::SamePhone => ("电话相同", "same phone"),
        Sign::SameEmail => ("邮箱相同", "same email"),
        Sign::SameCompany => ("企业名称相同", "same company name"),
        Sign::SameCore => ("去掉地区后名称相同", "same name but for the region"),
        Sign::SameName => ("名称相同", "same name"),
        Sign::SimilarName => ("名称相似", "similar name"),
        Sign::SameAddress => ("地址相同", "same address"),
        Sign::SameContact => ("联系人相同", "same contact person"),
        Sign::OtherName => ("名称不同", "other name"),
        Sign::OtherPhone => ("电话不同", "other phone"),
        Sign::OtherEmail => ("邮箱不同", "other email"),
        Sign::OtherKind => ("个人与企业", "a person and a company"),
    };
    lang.pick(zh, en)
}

fn reasons(reasons: &[Reason], lang: Lang) -> String {
    let one = |reason: &Reason| format!("{} {:+}", sign(reason.sign, lang), reason.points);
    reasons.iter().map(one).collect::<Vec<_>>().join(lang.pick("、", ", "))
}

fn reasons_json(reasons: &[Reason]) -> Value {
    reasons.iter().map(|reason| json!({"sign": reason.sign.code(), "points": reason.points})).collect()
}

fn named(customer: &Customer) -> String {
    if customer.name.trim().is_empty() { customer.id.to_string() } else { format!("{} {}", customer.id, one_line(&customer.name)) }
}

fn merged(into: Option<&str>, lang: Lang) -> String {
    into.map_or_else(String::new, |into| lang.pick(format!("(已并入 {into})"), format!(" (was merged into {into})")))
}

/// The other of a pair, in words: who, the points, why.
pub fn other(pair: &Pair<'_>, lang: Lang) -> String {
    let into = merged(pair.merged_into.as_deref(), lang);
    format!("{}{into}: {} ({})", named(pair.other), pair.score, reasons(&pair.reasons, lang))
}

/// Whom a customer may be, the likeliest first; `others` of each pair are those told.
pub fn told(lines: &[String], lang: Lang) -> String {
    let mut out = lang.pick("可能重复:", "Perhaps the same customer:").to_owned();
    for line in lines.iter().take(TOLD) {
        let _ = write!(out, "\n  {line}");
    }
    if lines.len() > TOLD {
        let more = lines.len() - TOLD;
        let _ = write!(out, "\n  {}", lang.pick(format!("…… 另有 {more} 位"), format!("… and {more} more")));
    }
    out
}

/// Whom of the archive a name may mean that was entered as a stranger's.
pub fn known(lines: &[String], lang: Lang) -> String {
    let head = lang.pick("档案中可能已有:", "Perhaps in the archive already:");
    told(lines, lang).replacen(lang.pick("可能重复:", "Perhaps the same customer:"), head, 1)
}

/// Where to go from there.
pub fn next(one: &str, other: &str, lang: Lang) -> String {
    let (one, other) = (word(one), word(other));
    lang.pick(
        format!("同一客户: carebook customer merge {other} {one};不是: carebook customer distinct {one} {other}"),
        format!("One customer: carebook customer merge {other} {one}; two: carebook customer distinct {one} {other}"),
    )
}

/// Both of a pair, for a receipt.
pub fn both(pair: &Pair<'_>, lang: Lang) -> String {
    format!("{} ~ {}", named(pair.one), other(pair, lang))
}

pub fn json(pair: &Pair<'_>) -> Value {
    json!({
        "score": pair.score, "id": pair.one.id.as_str(), "name": pair.one.name, "other": pair.other.id.as_str(),
        "other_name": pair.other.name, "reasons": reasons_json(&pair.reasons), "merged_into": pair.merged_into,
    })
}

/// The pairs of an archive.
pub fn grid(pairs: &[Pair<'_>], crowded: &[Crowded], lang: Lang) -> Grid {
    let columns = vec![
        num("score", lang.pick("分数", "Score")),
        col("id", lang.pick("编号", "ID")),
        col("name", lang.pick("客户", "Name")),
        col("other", lang.pick("另一编号", "Other")),
        col("other_name", lang.pick("另一客户", "Other name")),
        col("merged_into", lang.pick("已并入", "Merged into")),
        whole("reasons", lang.pick("依据", "Reasons")),
    ];
    let mut grid = Grid::new("carebook.duplicate.v1", columns);
    for pair in pairs {
        grid.rows.push(vec![
            Field::number(pair.score),
            Field::text(pair.one.id.as_str()),
            Field::text(&pair.one.name),
            Field::text(pair.other.id.as_str()),
            Field::text(&pair.other.name),
            pair.merged_into.as_ref().map_or_else(Field::blank, Field::text),
            Field::coded(reasons(&pair.reasons, lang), reasons_json(&pair.reasons)),
        ]);
    }
    let crowds = crowded.iter().map(|crowd| json!({"kind": crowd.crowd.code(), "value": crowd.value, "customers": crowd.customers}));
    grid.notes.push(("crowded", crowds.collect()));
    grid
}

/// What so many share that it says nothing.
pub fn crowds(crowded: &[Crowded], lang: Lang) -> Vec<String> {
    let one = |Crowded { crowd, value, customers }: &Crowded| match crowd {
        Crowd::Phone => lang.pick(
            format!("{customers} 位客户共用电话 {value},不作依据"),
            format!("{customers} customers share the phone {value}; it says nothing"),
        ),
        Crowd::Email => lang.pick(
            format!("{customers} 位客户共用邮箱 {value},不作依据"),
            format!("{customers} customers share the address {value}; it says nothing"),
        ),
        Crowd::Name => lang.pick(
            format!("{customers} 位客户都叫 {value},只凭名称不逐一比较"),
            format!("{customers} customers are called {value}; they are not compared by the name alone"),
        ),
    };
    let mut lines: Vec<String> = crowded.iter().take(TOLD).map(one).collect();
    if crowded.len() > TOLD {
        let more = crowded.len() - TOLD;
        lines.push(lang.pick(format!("…… 另有 {more} 项如此"), format!("… and {more} more of the kind")));
    }
    lines
}

/// How many pairs there are.
pub fn count(n: usize, least: i32, lang: Lang) -> String {
    match n {
        0 => lang.pick(format!("没有达到 {least} 分的重复。"), format!("No duplicates of {least} points or more.")),
        _ => lang.pick(format!("{n} 对可能重复。"), format!("{} may be one customer each.", many(n, "pair"))),
    }
}

/// Whether two customers are told as possibly one.
pub fn distinct(one: &str, other: &str, removed: bool, lang: Lang) -> String {
    if removed {
        return lang.pick(format!("{one} 与 {other} 不再标为不同客户。"), format!("{one} and {other} are no longer said to be different."));
    }
    lang.pick(format!("{one} 与 {other} 是不同客户,不再提示。"), format!("{one} and {other} are two customers; they are not told again."))
}
