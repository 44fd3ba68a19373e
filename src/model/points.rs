//! Loyalty points (积分): a ledger of which no row is ever rewritten.

use chrono::NaiveDate;

use super::cell::Quantity;
use super::record::record;
use super::table::Part;
use super::vocabulary::codes;
use crate::base::date::Quarter;
use crate::base::id::Id;
use crate::base::money::Money;

codes! {
    /// Why points came or went.
    PointsKind {
        Earn = "earn", "消费", "Earned", ["获得", "消费积分"];
        Redeem = "redeem", "兑换", "Redeemed", ["使用", "抵扣"];
        Gift = "gift", "赠送", "Gift", ["礼品"];
        Referral = "referral", "推荐", "Referral", ["推荐奖励"];
        Expire = "expire", "过期", "Expired", ["到期", "失效"];
        Reverse = "reverse", "冲回", "Reversed", ["退款冲回", "撤回"];
        Adjust = "adjust", "调整", "Adjusted", ["更正"];
    }
}

record! {
    /// One entry of the ledger: so many points came (+) or went (−) on a day, and why.
    PointsRow, POINTS = "points", "积分", "Points", Quarter;
    key |r| r.id.to_string();
    part |r, _locale| Part::Quarter(Quarter::of(r.date));
    id: Id = "积分编号", "ID", ["编号"];
    customer: Id = "客户编号", "Customer", ["客户", "customer_id"];
    date: NaiveDate = "日期", "Date";
    kind: PointsKind = "类型", "Kind", ["类别"];
    points: i64 = "积分", "Points", ["分数"];
    /// The order they come from, or are taken back for.
    order: Option<Id> = "订单编号", "Order", ["订单"];
    /// What the order came to when this was booked, net of its refunds.
    amount: Option<Money> = "订单净额", "Order amount", ["金额"];
    /// What the customer's tier made of a point.
    multiplier: Option<Quantity> = "倍率", "Multiplier";
    /// The last day the points count; of points that ran out, that of their lots.
    expires_on: Option<NaiveDate> = "有效期至", "Expires on", ["到期日"];
    /// Whom a referral brought.
    referred: Option<Id> = "被推荐客户", "Referred";
    reason: String = "理由", "Reason", ["原因", "备注"];
    staff: String = "经办人", "Staff", ["员工"];
    rules: String = "规则版本", "Rules";
    batch: String = "批次", "Batch";
}

impl PointsRow {
    /// An entry of which the rest is blank; it has no id yet.
    pub fn new(customer: Id, date: NaiveDate, kind: PointsKind, points: i64) -> PointsRow {
        PointsRow {
            id: Id::made(String::new()),
            customer,
            date,
            kind,
            points,
            order: None,
            amount: None,
            multiplier: None,
            expires_on: None,
            referred: None,
            reason: String::new(),
            staff: String::new(),
            rules: String::new(),
            batch: String::new(),
        }
    }

    /// Whether the sign of the points fits the kind. What ran out can come back in part, when something older is entered late.
    pub fn sign_fits(&self) -> bool {
        match self.kind {
            PointsKind::Gift => self.points > 0,
            PointsKind::Redeem | PointsKind::Reverse => self.points < 0,
            // none: a referral that is noted, an order that changed without a difference
            PointsKind::Earn | PointsKind::Referral => self.points >= 0,
            PointsKind::Expire | PointsKind::Adjust => self.points != 0,
        }
    }

    /// `L20261008-0012` as a day's number, so that the twelfth comes before the hundredth.
    pub fn order_key(&self) -> (NaiveDate, usize, &str) {
        (self.date, self.id.as_str().len(), self.id.as_str())
    }
}

/// The beginning of the ids of a day.
pub fn prefix(date: NaiveDate) -> String {
    format!("L{}-", date.format("%Y%m%d"))
}
