//! Customers: after a change, and with all their dealings.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::base::lang::Lang;
use crate::base::money::Money;
use crate::engine::timeline::Material;
use crate::model::cell::Locale;
use crate::model::customer::Customer;
use crate::model::record::Record;
use crate::model::revisit::RevisitStatus;

pub fn added(customer: &Customer, lang: Lang) -> String {
    let (id, name) = (&customer.id, &customer.name);
    lang.pick(format!("已新增客户 {id} {name}。"), format!("Added customer {id} {name}."))
}

pub fn changed(customer: &Customer, lang: Lang) -> String {
    let (id, name) = (&customer.id, customer.title());
    lang.pick(format!("已修改客户 {id} {name}。"), format!("Changed customer {id} {name}."))
}

/// First and last day of the orders, and what they came to.
fn orders(material: &Material) -> (Option<NaiveDate>, Option<NaiveDate>, Money) {
    let orders = || material.purchases.iter();
    let mut net = Money::default();
    orders().for_each(|order| net += order.net);
    (orders().map(|order| order.first).min(), orders().map(|order| order.last).max(), net)
}

/// What a customer has bought, asked, been asked and told, for machines.
pub fn dealings_json(material: &Material, locale: &Locale) -> Value {
    let (first, last, net) = orders(material);
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    json!({
        "orders": {"count": material.purchases.count(), "net": net.write(locale.digits), "first": day(first), "last": day(last)},
        "requests": material.requests.iter().map(|request| request.object(locale)).collect::<Vec<_>>(),
        "revisits": material.revisits.iter().map(|revisit| revisit.object(locale)).collect::<Vec<_>>(),
        "interactions": material.talks.iter().map(|talk| talk.object(locale)).collect::<Vec<_>>(),
    })
}

/// How much there was of each; the timeline has it one by one.
pub fn dealings(material: &Material, locale: &Locale, lang: Lang) -> String {
    let (first, last, net) = orders(material);
    let span = first.zip(last).map_or_else(String::new, |(first, last)| format!(" ({first} – {last})"));
    let (n, net) = (material.purchases.count(), net.grouped(locale.digits));
    let mut out = format!("\n{}\n", lang.pick(format!("订单: {n} 笔,净额 {net}{span}"), format!("Orders: {n}, net {net}{span}")));
    let open = material.requests.iter().filter(|request| request.stage.is_open()).count();
    let planned = material.revisits.iter().filter(|revisit| revisit.status == RevisitStatus::Planned).count();
    let counts = [
        (material.requests.len(), "诉求", "Requests", open, "未结", "open"),
        (material.revisits.len(), "回访", "Revisits", planned, "计划中", "planned"),
        (material.talks.len(), "沟通", "Interactions", 0, "", ""),
    ];
    for (n, zh, en, some, zh_some, en_some) in counts.into_iter().filter(|(n, ..)| *n > 0) {
        let some = if some > 0 { lang.pick(format!(",{zh_some} {some}"), format!(", {some} {en_some}")) } else { String::new() };
        out += &lang.pick(format!("{zh}: {n}{some}\n"), format!("{en}: {n}{some}\n"));
    }
    out
}
