//! The archive: one row per customer.

use chrono::NaiveDate;

use super::cell::Tags;
use super::record::record;
use super::table::Part;
use super::vocabulary::codes;
use crate::base::id::{Id, names};
use crate::base::phone::phones;
use crate::base::text::{fold_email, fold_key, fold_phone};

codes! {
    /// What a customer is.
    CustomerKind {
        Person = "person", "个人", "Person", ["个人客户"];
        Company = "company", "企业", "Company", ["公司", "单位", "企业客户"];
    }
}

codes! {
    /// The owner's estimate of what a customer may become (潜在价值).
    Potential {
        High = "high", "高", "High";
        Medium = "medium", "中", "Medium";
        Low = "low", "低", "Low";
    }
}

codes! {
    /// Whether the record still stands for a customer.
    CustomerStatus {
        Active = "active", "有效", "Active", ["正常"];
        Merged = "merged", "已合并", "Merged";
        Erased = "erased", "已抹除", "Erased", ["已删除"];
    }
}

record! {
    /// One customer of the archive.
    Customer, CUSTOMERS = "customers", "客户", "Customers", Whole;
    key |r| r.id.to_string();
    part |_r, _locale| Part::Whole;
    id: Id = "编号", "ID", ["客户编号", "客户id", "会员号", "customer_id", "customer id", "customerid", "customer_unique_id", "客户代码"];
    name: String = "姓名", "Name", ["客户名称", "客户姓名", "名称", "customer name", "customer", "公司名称", "会员名"];
    kind: Option<CustomerKind> = "类型", "Kind", ["客户类型"];
    contact: String = "联系人", "Contact", ["主要联系人", "contact person"];
    phone: String = "电话", "Phone", ["联系电话", "手机", "手机号", "手机号码", "联系方式", "phone number", "mobile", "tel", "telephone"];
    email: String = "邮箱", "Email", ["电子邮箱", "电子邮件", "email address", "e-mail", "mail"];
    address: String = "地址", "Address", ["联系地址", "收货地址", "street"];
    region: String = "地区", "Region", ["区域", "省份", "城市", "city", "state", "country", "province"];
    industry: String = "行业", "Industry", ["所属行业", "sector"];
    size: String = "规模", "Size", ["企业规模", "company size"];
    owner: String = "负责人", "Owner", ["客户经理", "首问人", "account manager", "sales rep"];
    source: String = "来源", "Source", ["客户来源"];
    consent: String = "授权", "Consent", ["信息授权", "同意"];
    preferred_channel: String = "偏好方式", "Preferred channel", ["偏好渠道", "回访方式偏好"];
    preferred_time: String = "偏好时间", "Preferred time", ["方便时间"];
    potential: Option<Potential> = "潜力", "Potential", ["潜在价值"];
    since: Option<NaiveDate> = "建档日期", "Since", ["建档时间", "注册日期", "注册时间", "合作开始", "created", "created at", "registered"];
    verified_on: Option<NaiveDate> = "核对日期", "Verified on", ["核实日期"];
    tier: String = "等级", "Tier", ["客户等级", "级别", "会员等级"];
    tier_since: Option<NaiveDate> = "等级起始", "Tier since", ["等级开始日期"];
    tier_until: Option<NaiveDate> = "等级截止", "Tier until", ["等级到期日期"];
    tags: Tags = "标签", "Tags", ["客户标签"];
    status: Option<CustomerStatus> = "状态", "Status", ["客户状态"];
    merged_into: Option<Id> = "并入", "Merged into";
    /// Customers who were found to be others, however alike they look.
    distinct_from: Tags = "不同于", "Distinct from";
    batch: String = "批次", "Batch", ["导入批次"];
    note: String = "备注", "Note", ["说明", "notes", "remark", "comment"];
}

impl Customer {
    /// A customer of whom only this is known.
    pub fn new(id: Id, name: String) -> Customer {
        Customer {
            id,
            name,
            kind: None,
            contact: String::new(),
            phone: String::new(),
            email: String::new(),
            address: String::new(),
            region: String::new(),
            industry: String::new(),
            size: String::new(),
            owner: String::new(),
            source: String::new(),
            consent: String::new(),
            preferred_channel: String::new(),
            preferred_time: String::new(),
            potential: None,
            since: None,
            verified_on: None,
            tier: String::new(),
            tier_since: None,
            tier_until: None,
            tags: Tags::default(),
            status: None,
            merged_into: None,
            distinct_from: Tags::default(),
            batch: String::new(),
            note: String::new(),
        }
    }

    /// A blank status means active.
    pub fn is_active(&self) -> bool {
        self.status.is_none_or(|status| status == CustomerStatus::Active)
    }

    /// Whether the record stands for somebody of its own in the statistics: one who was erased was a customer all the same.
    pub fn is_counted(&self) -> bool {
        self.is_active() || (self.status == Some(CustomerStatus::Erased) && self.merged_into.is_none())
    }

    /// The name, or the id when no name is known.
    pub fn title(&self) -> &str {
        if self.name.trim().is_empty() { self.id.as_str() } else { &self.name }
    }
}

/// What was typed to mean a customer: an id or a tail of one, a name, a phone, an email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    typed: String,
    name: String,
    phone: String,
    number: Option<String>,
    email: String,
}

impl Sought {
    pub fn new(typed: &str) -> Sought {
        let number = phones(typed).into_iter().next().map(|phone| phone.number);
        Sought { typed: typed.to_owned(), name: fold_key(typed), phone: fold_phone(typed), number, email: fold_email(typed) }
    }

    /// Whether it may mean the customer of this id, who must then be told from others.
    pub fn names_id(&self, id: &str) -> bool {
        let last = |text: &str| text.trim_end().chars().next_back().map(|c| c.to_ascii_uppercase());
        last(id) == last(&self.typed) && names(&self.typed, id)
    }

    /// Whether it is a phone number or an email address, by which people are reached.
    pub fn is_address(&self) -> bool {
        self.number.is_some() || self.email.contains('@')
    }

    /// Whether name, phone or email are the ones typed.
    pub fn is_called(&self, name: &str, phone: &str, email: &str) -> bool {
        fold_key(name) == self.name || self.reaches(phone, email)
    }

    /// Whether phone or email are the ones typed.
    pub fn reaches(&self, phone: &str, email: &str) -> bool {
        (self.phone.len() >= 7 && fold_phone(phone) == self.phone)
            // one of several numbers, or one written with another code in front
            || self.number.as_ref().is_some_and(|number| phones(phone).iter().any(|phone| phone.number == *number))
            || (self.email.contains('@') && fold_email(email) == self.email)
    }
}
