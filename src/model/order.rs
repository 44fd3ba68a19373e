//! Orders: facts, one row per order line.

use chrono::NaiveDate;

use super::cell::Quantity;
use super::record::record;
use super::table::Part;
use super::vocabulary::codes;
use crate::base::date::Quarter;
use crate::base::id::Id;
use crate::base::money::Money;

codes! {
    /// Whether money came in or went back.
    OrderKind {
        Sale = "sale", "销售", "Sale", ["订单", "付款"];
        Refund = "refund", "退款", "Refund", ["退货"];
    }
}

record! {
    /// One line of an order. A refund's amount is negative; several lines may share an id.
    Order, ORDERS = "orders", "订单", "Orders", Quarter;
    key |r| r.id.to_string();
    part |r, _locale| Part::Quarter(Quarter::of(r.date));
    id: Id = "订单编号", "ID", ["编号", "订单号", "order_id", "order id", "order number", "invoiceno", "invoice"];
    customer: Id = "客户编号", "Customer", ["客户", "会员号", "customer_id", "customer id", "customerid", "customer_unique_id"];
    date: NaiveDate = "日期", "Date", ["订单日期", "下单日期", "订单创建时间", "下单时间", "购买日期", "order_date", "order date", "purchased_at", "order_purchase_timestamp", "invoicedate"];
    amount: Money = "金额", "Amount", ["订单金额", "实付金额", "买家实际支付金额", "revenue", "total", "sum"];
    quantity: Option<Quantity> = "数量", "Quantity", ["件数", "units", "qty"];
    product: String = "产品", "Product", ["商品", "商品名称", "产品名称", "description", "item"];
    kind: Option<OrderKind> = "类型", "Kind", ["订单类型"];
    batch: String = "批次", "Batch", ["导入批次"];
}
