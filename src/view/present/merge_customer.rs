//! A merge of two customers, field by field, before and after it is done.

use serde_json::{Value, json};

use crate::base::lang::Lang;
use crate::base::text::{many, word};
use crate::model::cell::Locale;
use crate::model::customer::{CUSTOMERS, Customer};
use crate::model::merged::{How, OwnField};
use crate::model::record::Record;
use crate::view::grid::{Field, Grid, col};

/// How many facts name a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    pub orders: usize,
    pub requests: usize,
    pub revisits: usize,
    pub interactions: usize,
    pub contacts: usize,
    pub responses: usize,
    pub tiers: usize,
    pub points: usize,
    pub practices: usize,
}

impl Facts {
    pub fn json(&self) -> Value {
        let Facts { orders, requests, revisits, interactions, contacts, responses, tiers, points, practices } = self;
        json!({"orders": orders, "requests": requests, "revisits": revisits, "interactions": interactions, "contacts": contacts, "responses": responses, "tiers": tiers, "points": points, "practices": practices})
    }

    pub fn text(&self, id: &str, lang: Lang) -> String {
        let Facts { orders, requests, revisits, interactions, contacts, responses, tiers, points, practices } = *self;
        let zh = format!(
            "订单 {orders}、诉求 {requests}、回访 {revisits}、沟通 {interactions}、联系人 {contacts}、答卷 {responses}、评级 {tiers}、积分 {points} 笔、跟进 {practices}"
        );
        let en = [
            many(orders, "order"),
            many(requests, "request"),
            many(revisits, "revisit"),
            many(interactions, "interaction"),
            many(contacts, "contact"),
            many(responses, "response"),
            many(tiers, "tier decision"),
            many(points, "points row"),
            many(practices, "practice step"),
        ];
        lang.pick(
            format!("记在 {id} 名下的: {zh};它们照旧,今后都算在合并后的客户名下"),
            format!("They name {id}: {}; they stay as they are and count for the survivor from now on", en.join(", ")),
        )
    }
}

/// Why a value stands: a code and words.
fn why(how: How, lang: Lang) -> (&'static str, &'static str) {
    let (code, zh, en) = match how {
        How::Same => ("same", "相同", "the same"),
        How::Kept => ("kept", "保留", "kept"),
        How::Filled => ("filled", "补入", "filled in"),
        How::United => ("united", "合在一起", "united"),
        How::Date => ("date", "取较早或较晚", "earlier or later"),
        How::Withdrawn => ("withdrawn", "以撤回为准", "the withdrawal"),
        How::Taken => ("taken", "指定", "as asked"),
    };
    (code, lang.pick(zh, en))
}

/// Both and what will stand.
pub struct Three<'a> {
    pub from: &'a Customer,
    pub into: &'a Customer,
    pub result: &'a Customer,
}

/// The fields of both and what will stand.
pub fn grid(three: &Three<'_>, (fields, own): (&[(usize, How)], &[OwnField]), facts: Facts, locale: &Locale, lang: Lang) -> Grid {
    let Three { from, into, result } = three;
    let columns = vec![
        col("field", lang.pick("字段", "Field")),
        col("from", from.id.as_str()),
        col("into", into.id.as_str()),
        col("result", lang.pick("合并后", "Will stand")),
        col("how", lang.pick("办法", "How")),
    ];
    let mut grid = Grid::new("carebook.customer_merge.v1", columns);
    for (column, how) in fields {
        let (code, why) = why(*how, lang);
        let word = &CUSTOMERS.columns[*column].word;
        let value = |customer: &Customer| Field::coded(customer.shown(*column, locale, lang), customer.json(*column, locale));
        grid.rows.push(vec![Field::coded(word.label(lang), word.code), value(from), value(into), value(result), Field::coded(why, code)]);
    }
    for field in own {
        let column = &field.column;
        let value = |text: &str| Field::coded(column.shown(text, locale, lang), column.json(text, locale));
        let (code, why) = why(field.how, lang);
        let cells = [&field.from, &field.into, &field.result].map(|text| value(text));
        let row = std::iter::once(Field::coded(column.label(lang), column.code())).chain(cells);
        grid.rows.push(row.chain([Field::coded(why, code)]).collect());
    }
    grid.notes.push(("from", from.id.as_str().into()));
    grid.notes.push(("into", into.id.as_str().into()));
    grid.notes.push(("facts", facts.json()));
    grid
}

pub fn merged(from: &Customer, into: &Customer, lang: Lang) -> String {
    let (a, b, name) = (&from.id, &into.id, into.title());
    lang.pick(
        format!("{a} 已并入 {b} {name}。可用 carebook undo 撤销。"),
        format!("{a} was merged into {b} {name}. `carebook undo` takes it back."),
    )
}

pub fn unmerged(id: &str, into: &str, lang: Lang) -> String {
    lang.pick(
        format!("{id} 恢复为独立客户;{into} 保留合并时得到的内容,carebook log {} 可查。", word(into)),
        format!("{id} is a customer of its own again; {into} keeps what it took over; `carebook log {}` tells what.", word(into)),
    )
}

/// Who went into a customer, or where the customer itself went.
pub fn standing(id: &str, survivor: &str, gone: &[&str], lang: Lang) -> String {
    if survivor != id {
        let zh = format!("\n已并入 {survivor}: 记在 {id} 名下的都算在 {survivor} 名下\n");
        return lang.pick(zh, format!("\nMerged into {survivor}: what names {id} counts for {survivor}\n"));
    }
    if gone.is_empty() {
        return String::new();
    }
    let gone = gone.join(lang.pick("、", ", "));
    lang.pick(format!("\n已并入的客户: {gone}\n"), format!("\nMerged into it: {gone}\n"))
}

/// Where what was typed leads, when that customer was merged.
pub fn led(from: &str, into: &str, lang: Lang) -> String {
    lang.pick(format!("{from} 已并入 {into},记在 {into} 名下。"), format!("{from} was merged into {into}; it goes to {into}."))
}
