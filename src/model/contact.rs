//! The people at a customer.

use super::record::record;
use super::table::Part;
use super::vocabulary::codes;
use crate::base::id::Id;

codes! {
    /// A mark that is set or not; a blank cell is not.
    YesNo {
        Yes = "yes", "是", "Yes", ["true", "1", "y", "t", "对", "√", "✓", "x", "主要", "primary"];
        No = "no", "否", "No", ["false", "0", "n", "f", "不是"];
    }
}

record! {
    /// One person at a customer.
    Contact, CONTACTS = "contacts", "联系人", "Contacts", Whole;
    key |r| r.id.to_string();
    part |_r, _locale| Part::Whole;
    id: Id = "编号", "ID", ["联系人编号", "contact_id", "contact id"];
    /// As named: a merged customer's people keep its id.
    customer: Id = "客户编号", "Customer", ["客户", "customer_id", "customer id"];
    name: String = "姓名", "Name", ["联系人", "联系人姓名", "contact name"];
    role: String = "职务", "Role", ["职位", "title"];
    phone: String = "电话", "Phone", ["手机", "联系电话"];
    email: String = "邮箱", "Email", ["电子邮箱"];
    preferred_channel: String = "偏好方式", "Preferred channel", ["偏好渠道"];
    preferred_time: String = "偏好时间", "Preferred time";
    /// The one to turn to first; a customer has one at most.
    primary: Option<YesNo> = "主要", "Primary", ["主要联系人"];
    note: String = "备注", "Note", ["说明"];
    batch: String = "批次", "Batch", ["导入批次"];
}

impl Contact {
    /// A person of whom only the name is known.
    pub fn new(id: Id, customer: Id, name: String) -> Contact {
        Contact {
            id,
            customer,
            name,
            role: String::new(),
            phone: String::new(),
            email: String::new(),
            preferred_channel: String::new(),
            preferred_time: String::new(),
            primary: None,
            note: String::new(),
            batch: String::new(),
        }
    }

    pub fn is_primary(&self) -> bool {
        self.primary == Some(YesNo::Yes)
    }

    /// The name, else whatever the person is known by.
    pub fn title(&self) -> &str {
        let known = [&self.name, &self.phone, &self.email].into_iter().map(|text| text.trim()).find(|text| !text.is_empty());
        known.unwrap_or(self.id.as_str())
    }
}

/// Whether a text has the shape of the ids that carebook makes for contacts: `P0001`.
pub fn is_made_id(text: &str) -> bool {
    text.strip_prefix('P').is_some_and(|number| number.len() >= 4 && number.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::date::DateOrder;
    use crate::base::lang::Lang;
    use crate::model::cell::{Cell, Locale};

    #[test]
    fn the_mark_of_old_books_is_read() {
        let locale = Locale { lang: Lang::Zh, zone: chrono_tz::UTC, digits: 2, order: DateOrder::Iso };
        let read = |text: &str| Option::<YesNo>::read(text, &locale);
        for text in ["是", "yes", "Yes", "true", "TRUE", "1", "１", " y "] {
            assert_eq!(read(text), Ok(Some(YesNo::Yes)), "{text}");
        }
        for text in ["否", "no", "false", "0"] {
            assert_eq!(read(text), Ok(Some(YesNo::No)), "{text}");
        }
        assert_eq!((read(""), read("  ")), (Ok(None), Ok(None)));
        assert!(read("perhaps").is_err());
        assert!(is_made_id("P0001") && is_made_id("P12345") && !is_made_id("P1") && !is_made_id("Paul") && !is_made_id("P0001 王芳"));
    }
}
