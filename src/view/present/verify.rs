//! Verification: after one, and who is to be verified.

use crate::base::lang::Lang;
use crate::base::text::many;
use crate::engine::verification::Overdue;
use crate::model::customer::{CUSTOMERS, Customer};
use crate::view::grid::{Field, Grid, col, num, whole};

/// The codes of columns.
pub fn codes(columns: &[usize]) -> Vec<&'static str> {
    columns.iter().map(|at| CUSTOMERS.columns[*at].word.code).collect()
}

fn labels(columns: &[usize], lang: Lang) -> String {
    columns.iter().map(|at| CUSTOMERS.columns[*at].word.label(lang)).collect::<Vec<_>>().join(lang.pick("、", ", "))
}

pub fn verified(customer: &Customer, lang: Lang) -> String {
    let (id, name) = (&customer.id, customer.title());
    let day = customer.verified_on.map_or_else(String::new, |day| day.to_string());
    lang.pick(format!("已核对客户 {id} {name},核对日期 {day}。"), format!("Verified customer {id} {name}, as of {day}."))
}

pub fn still_blank(customer: &Customer, blank: &[usize], lang: Lang) -> String {
    let (id, names) = (&customer.id, labels(blank, lang));
    let codes: Vec<String> = codes(blank).iter().map(|code| format!("{code}=…")).collect();
    let codes = codes.join(" ");
    lang.pick(
        format!("仍空白: {names}。补上: carebook customer verify {id} {codes}"),
        format!("Still blank: {names}. Fill in: carebook customer verify {id} {codes}"),
    )
}

/// Who is to be verified.
pub fn due(found: &[Overdue<'_>], lang: Lang) -> Grid {
    let columns = vec![
        col("id", lang.pick("编号", "ID")),
        col("name", lang.pick("姓名", "Name")),
        col("tier", lang.pick("等级", "Tier")),
        col("owner", lang.pick("负责人", "Owner")),
        col("verified_on", lang.pick("核对日期", "Verified on")),
        col("since", lang.pick("建档日期", "Since")),
        num("days_over", lang.pick("超期天数", "Days over")),
        whole("blank", lang.pick("空白字段", "Blank")),
    ];
    let mut grid = Grid::new("carebook.verify_due.v1", columns);
    let date = |day: Option<chrono::NaiveDate>| day.map_or_else(Field::blank, |day| Field::text(day.to_string()));
    for one in found {
        let customer = one.customer;
        grid.rows.push(vec![
            Field::text(customer.id.as_str()),
            Field::text(&customer.name),
            Field::text(customer.tier.trim()),
            Field::text(customer.owner.trim()),
            date(customer.verified_on),
            date(customer.since),
            one.days_over.map_or_else(Field::blank, Field::number),
            Field::coded(labels(&one.blank, lang), codes(&one.blank)),
        ]);
    }
    grid
}

pub fn count(n: usize, lang: Lang) -> String {
    let customers = many(n, "customer");
    lang.pick(format!("{n} 位客户待核对。"), format!("{customers} to be verified."))
}

/// The same for `today`, with what to do.
pub fn reminder(n: usize, lang: Lang) -> String {
    let customers = many(n, "customer");
    lang.pick(
        format!("另有 {n} 位客户的资料待核对: carebook customer verify --due"),
        format!("Besides, {customers} to be verified: carebook customer verify --due"),
    )
}
