//! Points: after a change, balances, a customer's lots, what is about to run out.

use std::fmt::Write as _;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::base::id::Id;
use crate::base::lang::Lang;
use crate::base::text::{group_digits, many, one_line};
use crate::engine::points::booking::{Booking, Owed};
use crate::engine::points::{Debit, Ledger, Lot};
use crate::model::cell::Locale;
use crate::model::points::{PointsKind, PointsRow};
use crate::model::record::Record;
use crate::model::rules::points::PointsRules;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};

/// `-12,345`
fn grouped(points: i64) -> String {
    let sign = if points < 0 { "-" } else { "" };
    format!("{sign}{}", group_digits(&points.unsigned_abs().to_string()))
}

/// `+50`, `-50`
fn signed(points: i64) -> String {
    if points > 0 { format!("+{}", grouped(points)) } else { grouped(points) }
}

fn points(number: i64) -> Field {
    Field::coded(grouped(number), number)
}

fn date(day: Option<NaiveDate>) -> Field {
    day.map_or_else(Field::blank, |day| Field::text(day.to_string()))
}

/// After an entry by hand: what it was, and how the customer stands.
pub fn entered(row: &PointsRow, customer: &Id, ledger: &Ledger<'_>, lang: Lang) -> String {
    let (id, kind, change) = (&row.id, row.kind.label(lang), signed(row.points));
    let stands = line(ledger, lang);
    lang.pick(format!("{id} {customer}: {kind} {change};{stands}。"), format!("{id} {customer}: {kind} {change}; {stands}."))
}

/// After a referral.
pub fn referred(row: &PointsRow, rewarded: bool, lang: Lang) -> String {
    let (id, by, new) = (&row.id, &row.customer, row.referred.as_ref().map_or("", |new| new.as_str()));
    let zh = if rewarded { "奖励由 carebook points run 记账" } else { "规则中没有 referral,暂无奖励" };
    let en = if rewarded { "`carebook points run` books what it brings" } else { "the rules have no `referral`, so it brings nothing yet" };
    lang.pick(format!("{id} {by} 推荐了 {new};{zh}。"), format!("{id} {by} referred {new}; {en}."))
}

/// `余额 120,其中 20 于 2026-12-31 到期`
pub fn line(ledger: &Ledger<'_>, lang: Lang) -> String {
    let balance = grouped(ledger.balance());
    let mut text = lang.pick(format!("余额 {balance}"), format!("balance {balance}"));
    if let Some((day, expiring)) = ledger.next_expiry() {
        let expiring = grouped(expiring);
        text += &lang.pick(format!(",其中 {expiring} 有效至 {day}"), format!(", {expiring} of it until {day}"));
    }
    text
}

/// The line of a customer's sheet.
pub fn sheet_line(ledger: &Ledger<'_>, lang: Lang) -> String {
    lang.pick(format!("积分: {}\n", line(ledger, lang)), format!("Points: {}\n", line(ledger, lang)))
}

/// The same for machines.
pub fn sheet_json(ledger: &Ledger<'_>) -> Value {
    let next = ledger.next_expiry();
    json!({"balance": ledger.balance(), "next_expiry": next.map(|(day, _)| day.to_string()), "next_points": next.map(|(_, points)| points)})
}

/// What so many points are worth, where the rules say.
fn worth(balance: i64, rules: &PointsRules, digits: u32) -> Option<String> {
    let value = Decimal::from(balance.max(0)).checked_mul(rules.value?)?;
    let rounded = value.round_dp_with_strategy(digits, rust_decimal::RoundingStrategy::ToZero);
    Some(format!("{rounded:.*}", digits as usize))
}

/// As tables show money.
fn with_thousands(amount: &str) -> String {
    let (whole, fraction) = amount.split_at(amount.find('.').unwrap_or(amount.len()));
    format!("{}{fraction}", group_digits(whole))
}

/// A gift of a day so long ago that it has run out.
pub fn gone_already(row: &PointsRow, last: NaiveDate, lang: Lang) -> String {
    let id = &row.id;
    lang.pick(
        format!("{id} 的积分已于 {last} 到期,现在不能再用;要给可用的积分请去掉 --at,或写 --expires"),
        format!(
            "the points of {id} ran out after {last}: none of them can be spent; leave out --at, or say --expires, to give some that can"
        ),
    )
}

/// Balances, one line per customer.
pub fn balances<'l>(ledgers: impl Iterator<Item = (&'l str, Ledger<'l>)>, rules: &PointsRules, digits: u32, lang: Lang) -> Grid {
    let columns = vec![
        col("customer", lang.pick("客户编号", "Customer")),
        num("balance", lang.pick("余额", "Balance")),
        num("owed", lang.pick("欠分", "Owed")),
        num("worth", lang.pick("价值", "Worth")),
        col("next_expiry", lang.pick("最近到期", "Next expiry")),
        num("next_points", lang.pick("到期积分", "Expiring")),
    ];
    let mut grid = Grid::new("carebook.points_balance.v1", columns);
    for (customer, ledger) in ledgers {
        let next = ledger.next_expiry();
        grid.rows.push(vec![
            Field::text(customer),
            points(ledger.balance()),
            points(ledger.owed()),
            worth(ledger.balance(), rules, digits).map_or_else(Field::blank, |worth| Field::coded(with_thousands(&worth), worth)),
            date(next.map(|(day, _)| day)),
            next.map_or_else(Field::blank, |(_, number)| points(number)),
        ]);
    }
    grid
}

pub fn balances_said(customers: usize, day: NaiveDate, strangers: usize, lang: Lang) -> String {
    let said = lang.pick(format!("{day} 共 {customers} 位客户"), format!("{} on {day}", many(customers, "customer")));
    if strangers == 0 {
        return said;
    }
    said + &lang.pick(
        format!(";未计: {strangers} 条记录的客户不在档案中"),
        format!("; left out: {} of customers the archive does not have", many(strangers, "row")),
    )
}

/// Points of a customer that run out after a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due<'a> {
    pub customer: &'a str,
    pub name: &'a str,
    pub last: NaiveDate,
    pub points: i64,
}

pub fn due(rows: &[Due<'_>], lang: Lang) -> Grid {
    let columns = vec![
        col("expires_on", lang.pick("有效期至", "Expires on")),
        col("customer", lang.pick("客户编号", "Customer")),
        col("name", lang.pick("姓名", "Name")),
        num("points", lang.pick("积分", "Points")),
    ];
    let mut grid = Grid::new("carebook.points_due.v1", columns);
    let row = |due: &Due<'_>| vec![date(Some(due.last)), Field::text(due.customer), Field::text(due.name), points(due.points)];
    grid.rows = rows.iter().map(row).collect();
    grid
}

pub fn due_said(rows: &[Due<'_>], until: NaiveDate, lang: Lang) -> String {
    let sum = grouped(rows.iter().map(|due| due.points).sum());
    lang.pick(format!("至 {until} 将有 {sum} 分到期"), format!("{sum} points run out by {until}"))
}

/// What a run books, by kind.
pub fn booked(booking: &Booking, lang: Lang) -> Grid {
    let columns = vec![
        col("kind", lang.pick("类型", "Kind")),
        num("entries", lang.pick("记录", "Entries")),
        num("points", lang.pick("积分", "Points")),
    ];
    let mut grid = Grid::new("carebook.points_run.v1", columns);
    for kind in PointsKind::ALL {
        let rows = || booking.rows.iter().filter(|row| row.kind == *kind);
        let count = i64::try_from(rows().count()).unwrap_or(i64::MAX);
        if count > 0 {
            let sum = rows().map(|row| row.points).fold(0, i64::saturating_add);
            grid.rows.push(vec![Field::coded(kind.label(lang), kind.code()), Field::number(count), points(sum)]);
        }
    }
    let owed = |owed: &Owed| json!({"customer": owed.customer, "order": owed.order, "points": owed.points});
    grid.notes = vec![("owed", booking.owed.iter().map(owed).collect()), ("unmatched_refunds", booking.unmatched.into())];
    grid
}

pub fn run_said(count: usize, until: NaiveDate, recorded: bool, lang: Lang) -> String {
    if count == 0 {
        return lang.pick(format!("截至 {until} 没有要记的积分。"), format!("No points to book up to {until}."));
    }
    let (zh, en) = if recorded { ("已记", "Booked") } else { ("将记", "Would book") };
    lang.pick(format!("{zh} {count} 条积分记录,截至 {until}。"), format!("{en} {} up to {until}.", many(count, "row")))
}

/// There is no scheme.
pub fn off(lang: Lang) -> String {
    let zh = "订单不产生积分:账本还没有积分规则。启用: carebook config write points,改好 start 再运行。";
    let en = "Orders earn nothing: the book has no points scheme. To have one: `carebook config write points`, set `start`, run again.";
    lang.pick(zh, en).to_owned()
}

/// What could not be booked, and why.
pub fn left_out(owed: &[Owed], unmatched: usize, strangers: usize, lang: Lang) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for Owed { customer, order, points } in owed.iter().take(10) {
        let points = grouped(*points);
        lines.push(lang.pick(
            format!("{customer} 的订单 {order} 现在值得更少的积分(退款、改动或不再属于该客户),但 {points} 分已用掉;有新积分时再冲回"),
            format!(
                "{customer}: order {order} is worth fewer points now (refunded, changed, or no longer theirs), but {points} of its points are spent; taken back when there are new ones"
            ),
        ));
    }
    if owed.len() > 10 {
        let more = owed.len() - 10;
        lines.push(lang.pick(format!("另有 {more} 笔同样情况"), format!("and {more} more like it")));
    }
    if unmatched > 0 {
        lines.push(lang.pick(
            format!("未计: {unmatched} 笔退款没有对应的销售(编号不同),如需扣分请用 points adjust"),
            format!("left out: {} without a sale of the same id; `points adjust` where points are to go", many(unmatched, "refund")),
        ));
    }
    if strangers > 0 {
        lines.push(lang.pick(
            format!("未计: {strangers} 行的客户不在档案中"),
            format!("left out: {} of customers the archive does not have", many(strangers, "row")),
        ));
    }
    lines
}

/// Where a row came from, in a few words.
fn origin(row: &PointsRow, locale: &Locale, lang: Lang) -> String {
    let mut words: Vec<String> = Vec::new();
    if let Some(order) = &row.order {
        words.push(lang.pick(format!("订单 {order}"), format!("order {order}")));
    }
    words.extend(row.amount.map(|amount| amount.grouped(locale.digits)));
    words.extend(row.multiplier.as_ref().map(|times| format!("×{}", times.0.normalize())));
    if let Some(referred) = &row.referred {
        words.push(lang.pick(format!("推荐 {referred}"), format!("referred {referred}")));
    }
    if !row.reason.trim().is_empty() {
        words.push(one_line(&row.reason));
    }
    words.join(" ")
}

fn lot_line(lot: &Lot<'_>, locale: &Locale, lang: Lang) -> String {
    let row = lot.row;
    let (id, kind, plus, left) = (&row.id, row.kind.label(lang), signed(row.points), grouped(lot.left));
    let until = row
        .expires_on
        .map_or_else(|| lang.pick("不过期", "never runs out").to_owned(), |day| lang.pick(format!("有效至 {day}"), format!("until {day}")));
    let gone = [("已用", "spent", lot.spent), ("冲回", "taken back", lot.reversed), ("过期", "run out", lot.expired)];
    let gone = gone.iter().filter(|(_, _, points)| *points != 0);
    let gone: Vec<String> = gone.map(|(zh, en, points)| format!("{} {}", lang.pick(zh, en), grouped(*points))).collect();
    let gone = if gone.is_empty() { String::new() } else { format!(" ({})", gone.join(", ")) };
    let from = origin(row, locale, lang);
    let left = lang.pick(format!("剩 {left}"), format!("{left} left"));
    format!("  {id}  {}  {kind} {plus}  {until}  {left}{gone}  {from}", row.date).trim_end().to_owned()
}

fn debit_line(debit: &Debit<'_>, ledger: &Ledger<'_>, locale: &Locale, lang: Lang) -> String {
    let row = debit.row;
    let mut took: Vec<String> = debit.took.iter().map(|(at, points)| format!("{} {}", grouped(*points), ledger.lots[*at].row.id)).collect();
    if debit.owed > 0 {
        took.push(lang.pick(format!("{} 未抵", grouped(debit.owed)), format!("{} not covered", grouped(debit.owed))));
    }
    let (id, kind, minus) = (&row.id, row.kind.label(lang), signed(row.points));
    format!("  {id}  {}  {kind} {minus}  = {}  {}", row.date, took.join(" + "), origin(row, locale, lang)).trim_end().to_owned()
}

/// A customer's points lot by lot, and a sum that adds up by hand.
pub fn explanation(customer: &str, ledger: &Ledger<'_>, rules: &PointsRules, locale: &Locale, lang: Lang) -> String {
    let day = ledger.as_of;
    let worth = worth(ledger.balance(), rules, locale.digits).map(|worth| format!(" ({})", with_thousands(&worth))).unwrap_or_default();
    let mut out = format!("{customer} {day}: {}{worth}\n", line(ledger, lang));
    for (zh, en, lines) in [
        ("积分批次", "Lots", ledger.lots.iter().map(|lot| lot_line(lot, locale, lang)).collect::<Vec<_>>()),
        ("用去", "Taken", ledger.debits.iter().map(|debit| debit_line(debit, ledger, locale, lang)).collect()),
    ] {
        if !lines.is_empty() {
            let _ = writeln!(out, "\n{}\n{}", lang.pick(zh, en), lines.join("\n"));
        }
    }
    let sum = |of: fn(&Lot<'_>) -> i64| ledger.lots.iter().map(of).sum::<i64>();
    let (came, spent, reversed, expired) =
        (sum(|lot| lot.row.points), sum(|lot| lot.spent), sum(|lot| lot.reversed), sum(|lot| lot.expired));
    let [came, spent, reversed, expired, owed, balance] = [came, spent, reversed, expired, ledger.owed(), ledger.balance()].map(grouped);
    let _ = writeln!(
        out,
        "\n{}",
        lang.pick(
            format!("获得 {came} - 使用 {spent} - 冲回 {reversed} - 过期 {expired} - 欠 {owed} = 余额 {balance}"),
            format!("came {came} - spent {spent} - taken back {reversed} - run out {expired} - owed {owed} = balance {balance}"),
        )
    );
    out
}

/// The same for machines.
pub fn explanation_json(customer: &str, ledger: &Ledger<'_>, rules: &PointsRules, locale: &Locale) -> Value {
    let lot = |lot: &Lot<'_>| json!({"entry": lot.row.object(locale), "left": lot.left, "spent": lot.spent, "reversed": lot.reversed, "expired": lot.expired});
    let debit = |debit: &Debit<'_>| {
        let took = debit.took.iter().map(|(at, points)| json!({"lot": ledger.lots[*at].row.id.as_str(), "points": points}));
        json!({"entry": debit.row.object(locale), "took": took.collect::<Vec<_>>(), "owed": debit.owed})
    };
    json!({
        "schema": "carebook.points_explanation.v1",
        "customer": customer,
        "as_of": ledger.as_of.to_string(),
        "balance": ledger.balance(),
        "owed": ledger.owed(),
        "worth": worth(ledger.balance(), rules, locale.digits),
        "lots": ledger.lots.iter().map(lot).collect::<Vec<_>>(),
        "debits": ledger.debits.iter().map(debit).collect::<Vec<_>>(),
    })
}
