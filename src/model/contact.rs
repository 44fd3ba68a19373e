//! The people at a customer.

use super::record::record;
use super::table::Part;
use crate::base::id::Id;

record! {
    /// One person at a customer.
    Contact, CONTACTS = "contacts", "联系人", "Contacts", Whole;
    key |r| r.id.to_string();
    part |_r, _locale| Part::Whole;
    id: Id = "编号", "ID", ["联系人编号", "contact_id"];
    customer: Id = "客户编号", "Customer", ["客户", "customer_id"];
    name: String = "姓名", "Name", ["联系人"];
    role: String = "职务", "Role", ["职位", "title"];
    phone: String = "电话", "Phone", ["手机", "联系电话"];
    email: String = "邮箱", "Email", ["电子邮箱"];
    preferred_channel: String = "偏好方式", "Preferred channel", ["偏好渠道"];
    preferred_time: String = "偏好时间", "Preferred time";
    primary: String = "主要", "Primary", ["主要联系人"];
    note: String = "备注", "Note", ["说明"];
}
