//! Owners: after a claim or a release, who may be released and why, and who is nobody's.

use chrono::NaiveDate;

use crate::base::lang::Lang;
use crate::base::text::many;
use crate::engine::ownership::{Pooled, Released, Why};
use crate::model::customer::Customer;
use crate::view::grid::{Field, Grid, col, num, whole};

/// Customers told by name at once.
const NAMED: usize = 5;

fn names(customers: &[Customer], lang: Lang) -> String {
    let named = customers.iter().take(NAMED).map(|customer| format!("{} {}", customer.id, customer.title()));
    let more = customers.len().saturating_sub(NAMED);
    let others = many(more, "other");
    let rest = (more > 0).then(|| lang.pick(format!("另 {more} 位"), others));
    named.chain(rest).collect::<Vec<_>>().join(lang.pick("、", ", "))
}

pub fn claimed(customers: &[Customer], name: &str, lang: Lang) -> String {
    let names = names(customers, lang);
    lang.pick(format!("{name} 现在负责: {names}。"), format!("{name} now has {names}."))
}

pub fn released(customers: &[Customer], lang: Lang) -> String {
    let names = names(customers, lang);
    lang.pick(format!("已释放: {names}。"), format!("Released: {names}."))
}

/// Why a customer may be released, in words, also for the log.
pub fn reason(one: &Released, lang: Lang) -> String {
    let owner = one.customer.owner.trim();
    match one.why {
        Why::Left(day) => lang.pick(format!("{owner} 已于 {day} 离职"), format!("{owner} left on {day}")),
        Why::Idle(days) => {
            let (order, contact) = (shown(one.touch.last_order, lang), shown(one.touch.last_contact, lang));
            let spell = many(days, "day");
            lang.pick(
                format!("{days} 天没有订单和联系(上次订单 {order},上次联系 {contact})"),
                format!("no order and no contact for {spell} (last order {order}, last contact {contact})"),
            )
        }
    }
}

fn shown(day: Option<NaiveDate>, lang: Lang) -> String {
    day.map_or_else(|| lang.pick("无", "never").to_owned(), |day| day.to_string())
}

fn date(day: Option<NaiveDate>) -> Field {
    day.map_or_else(Field::blank, |day| Field::text(day.to_string()))
}

pub fn due(found: &[Released], lang: Lang) -> Grid {
    let columns = vec![
        col("id", lang.pick("编号", "ID")),
        col("name", lang.pick("姓名", "Name")),
        col("tier", lang.pick("等级", "Tier")),
        col("owner", lang.pick("负责人", "Owner")),
        col("last_order", lang.pick("上次订单", "Last order")),
        col("last_contact", lang.pick("上次联系", "Last contact")),
        col("owned_since", lang.pick("负责起始", "Owned since")),
        num("days", lang.pick("天数", "Days")),
        whole("why", lang.pick("原因", "Why")),
    ];
    let mut grid = Grid::new("carebook.release.v1", columns);
    for one in found {
        let (why, days) = match one.why {
            Why::Left(day) => (lang.pick(format!("{day} 离职"), format!("left on {day}")), Field::blank()),
            Why::Idle(days) => (lang.pick("没有订单和联系", "no order, no contact").to_owned(), Field::number(days)),
        };
        grid.rows.push(vec![
            Field::text(one.customer.id.as_str()),
            Field::text(&one.customer.name),
            Field::text(one.customer.tier.trim()),
            Field::text(one.customer.owner.trim()),
            date(one.touch.last_order),
            date(one.touch.last_contact),
            date(one.touch.owned_since),
            days,
            Field::coded(why, one.why.code()),
        ]);
    }
    grid
}

pub fn due_count(n: usize, lang: Lang) -> String {
    if n == 0 {
        return lang.pick("没有可释放的客户。", "Nobody may be released by the rules.").to_owned();
    }
    let customers = many(n, "customer");
    lang.pick(
        format!("{n} 位客户可以释放: carebook customer release --run"),
        format!("{customers} may be released: carebook customer release --run"),
    )
}

pub fn ran(n: usize, lang: Lang) -> String {
    let customers = many(n, "customer");
    lang.pick(format!("已释放 {n} 位客户。"), format!("Released {customers}."))
}

pub fn pool(found: &[Pooled<'_>], digits: u32, currency: &str, lang: Lang) -> Grid {
    let columns = vec![
        col("id", lang.pick("编号", "ID")),
        col("name", lang.pick("姓名", "Name")),
        col("tier", lang.pick("等级", "Tier")),
        col("region", lang.pick("地区", "Region")),
        col("since", lang.pick("建档日期", "Since")),
        num("spend", lang.pick("净消费", "Net spend")),
        col("last_order", lang.pick("上次订单", "Last order")),
    ];
    let mut grid = Grid::new("carebook.pool.v1", columns);
    grid.currency = Some(currency.to_owned());
    for Pooled { customer, bought } in found {
        grid.rows.push(vec![
            Field::text(customer.id.as_str()),
            Field::text(&customer.name),
            Field::text(customer.tier.trim()),
            Field::text(&customer.region),
            date(customer.since),
            Field::money(bought.spend(), digits),
            date(bought.last()),
        ]);
    }
    grid
}

pub fn pool_count(n: usize, lang: Lang) -> String {
    let customers = many(n, "customer");
    lang.pick(
        format!("{n} 位客户没有负责人。认领: carebook customer claim 编号"),
        format!("{customers} without an owner. To take one: carebook customer claim ID"),
    )
}
