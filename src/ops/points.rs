//! Points: redeeming, giving, referring, adjusting; and taking up what the rules book.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::{Map, json};

use crate::base::id::Id;
use crate::base::problem::{Problem, Problems, What};
use crate::engine::points::booking::Booking;
use crate::engine::points::ledger::shortfall;
use crate::model::draft::{Batch, Draft};
use crate::model::points::{PointsKind, PointsRow, prefix};
use crate::model::rules::points::{MOST, PointsRules};
use crate::model::stamp::Stamp;

/// Whose points, and what stands in the ledger for them.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    pub customer: &'a Id,
    /// All rows that count for the customer.
    pub rows: &'a [PointsRow],
    pub rules: &'a PointsRules,
    pub today: NaiveDate,
}

fn range(value: i64, min: i64, field: &str) -> Problems {
    vec![Problem::error(What::OutOfRange { value: value.to_string(), min: min.to_string(), max: MOST.to_string() }).field(field)]
}

fn refused(zh: &str, en: &str) -> Problems {
    vec![What::Usage { message: [zh.to_owned(), en.to_owned()] }.into()]
}

/// Spends points: not fewer than the rules say, and not more than there are, then and since.
pub fn redeem(draft: &mut Draft, stamp: &Stamp, account: Account<'_>, points: i64, reason: &str) -> Result<PointsRow, Problems> {
    if !(account.rules.redeem_minimum..=MOST).contains(&points) {
        return Err(range(points, account.rules.redeem_minimum, "POINTS"));
    }
    debit(draft, stamp, account, PointsKind::Redeem, points, reason)
}

/// Gives points; they run out as the rules say, or after `until`.
pub fn gift(
    draft: &mut Draft,
    stamp: &Stamp,
    account: Account<'_>,
    points: i64,
    until: Option<NaiveDate>,
    reason: &str,
) -> Result<PointsRow, Problems> {
    if !(1..=MOST).contains(&points) {
        return Err(range(points, 1, "POINTS"));
    }
    required(reason)?;
    let mut row = entry(draft, stamp, account, PointsKind::Gift, points, reason);
    if let Some(until) = until.filter(|until| *until < row.date) {
        let what = What::TimeOrder { value: until.to_string(), earlier: row.date.to_string() };
        return Err(vec![Problem::error(what).field("--expires")]);
    }
    row.expires_on = until.or(row.expires_on);
    Ok(insert(draft, row))
}

/// Corrects a balance by hand.
pub fn adjust(draft: &mut Draft, stamp: &Stamp, account: Account<'_>, points: i64, reason: &str) -> Result<PointsRow, Problems> {
    if points == 0 {
        return Err(refused(
            "调整 0 分没有改变;请写增加或减少多少,如 50 或 -50",
            "0 points change nothing: say how many more or fewer, such as 50 or -50",
        ));
    }
    if points.checked_abs().is_none_or(|points| points > MOST) {
        return Err(range(points, -MOST, "POINTS"));
    }
    required(reason)?;
    if points < 0 {
        return debit(draft, stamp, account, PointsKind::Adjust, -points, reason);
    }
    let row = entry(draft, stamp, account, PointsKind::Adjust, points, reason);
    Ok(insert(draft, row))
}

/// Notes who brought a customer; what it brings is booked by a run. `known` are all referrals of the ledger, with the
/// customers they count for: who referred, who was referred.
pub fn refer(
    draft: &mut Draft,
    stamp: &Stamp,
    referrer: &Id,
    referred: &Id,
    known: &[(String, String)],
    bought_before: bool,
) -> Result<PointsRow, Problems> {
    if referrer == referred {
        return Err(refused("不能推荐自己", "nobody refers themselves"));
    }
    let is = |pair: &(String, String), from: &Id, to: &Id| pair.0 == from.as_str() && pair.1 == to.as_str();
    if known.iter().any(|pair| is(pair, referred, referrer)) {
        return Err(refused("双方不能互相推荐", "two customers do not refer each other"));
    }
    if let Some((by, _)) = known.iter().find(|(_, whom)| whom == referred.as_str()) {
        let message = [format!("{referred} 已由 {by} 推荐"), format!("{referred} was referred by {by} already")];
        return Err(vec![What::Usage { message }.into()]);
    }
    if bought_before {
        let zh = format!("{referred} 此前已有订单,不是新客户");
        return Err(refused(&zh, &format!("{referred} has bought before that day and is no new customer")));
    }
    let date = stamp.at.date(draft.settings.zone);
    let row = PointsRow {
        referred: Some(referred.clone()),
        staff: stamp.actor.clone(),
        ..PointsRow::new(referrer.clone(), date, PointsKind::Referral, 0)
    };
    Ok(insert(draft, row))
}

/// Takes up what the rules book, as one batch. `highest` are the numbers of the ids there are, by day.
pub fn take_up(draft: &mut Draft, booking: Booking, until: NaiveDate, mut highest: HashMap<NaiveDate, u64>) -> usize {
    if booking.rows.is_empty() {
        return 0;
    }
    let (batch, count) = (draft.batch_id(), booking.rows.len());
    let mut facts = Map::from_iter([("until".to_owned(), json!(until.to_string())), ("rows".to_owned(), json!(count))]);
    for mut row in booking.rows {
        let kind = crate::model::vocabulary::Code::code(row.kind);
        let sum = facts.get(kind).and_then(serde_json::Value::as_i64).unwrap_or(0).saturating_add(row.points);
        facts.insert(kind.to_owned(), json!(sum));
        let prefix = prefix(row.date);
        let number = highest.entry(row.date).or_insert_with(|| draft.made.get(&prefix).copied().unwrap_or(0));
        *number = draft.made.get(&prefix).copied().unwrap_or(0).max(*number) + 1;
        row.id = Id::made(format!("{prefix}{number:03}"));
        row.batch.clone_from(&batch);
        draft.points.insert_batched(row);
    }
    draft.batch = Some(Batch { id: batch, table: "points", facts });
    count
}

fn required(reason: &str) -> Result<(), Problems> {
    if reason.trim().is_empty() { Err(vec![Problem::error(What::Required).field("--reason")]) } else { Ok(()) }
}

fn debit(
    draft: &mut Draft,
    stamp: &Stamp,
    account: Account<'_>,
    kind: PointsKind,
    points: i64,
    reason: &str,
) -> Result<PointsRow, Problems> {
    let mut row = entry(draft, stamp, account, kind, -points, reason);
    row.expires_on = None;
    // the day's last, as far as its number goes
    row.id = Id::made(format!("{}{:020}", prefix(row.date), u64::MAX));
    let rows: Vec<&PointsRow> = account.rows.iter().collect();
    match shortfall(&rows, &row, account.today) {
        Some(available) => {
            let what = What::PointsShort { customer: account.customer.to_string(), wanted: points, available };
            Err(vec![what.into()])
        }
        None => Ok(insert(draft, row)),
    }
}

fn entry(draft: &Draft, stamp: &Stamp, account: Account<'_>, kind: PointsKind, points: i64, reason: &str) -> PointsRow {
    let date = stamp.at.date(draft.settings.zone);
    PointsRow {
        expires_on: account.rules.expires_on(date),
        reason: reason.trim().to_owned(),
        staff: stamp.actor.clone(),
        ..PointsRow::new(account.customer.clone(), date, kind, points)
    }
}

/// With the day's next number; the quarter's rows are in the draft.
fn insert(draft: &mut Draft, mut row: PointsRow) -> PointsRow {
    let prefix = prefix(row.date);
    let number = draft.next_number(&prefix, draft.points.iter().map(|row| row.id.as_str()));
    row.id = Id::made(format!("{prefix}{number:03}"));
    draft.points.insert(row.clone());
    row
}

#[cfg(test)]
mod tests;
