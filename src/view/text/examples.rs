//! The example row of an empty sheet: how a row is filled in. It is marked as one, and an import passes it over.

use crate::base::lang::Lang;

/// Cells by column, in Chinese and in English.
type Cells = &'static [(&'static str, &'static str, &'static str)];

fn cells(table: &str) -> Cells {
    match table {
        "customers" => &[
            ("name", "王芳", "Jane Smith"),
            ("kind", "个人", "Person"),
            ("phone", "13800000000", "13800000000"),
            ("email", "wangfang@example.com", "jane@example.com"),
            ("region", "上海", "Leeds"),
            ("since", "2026-07-01", "2026-07-01"),
            ("tags", "老客户;团购", "regular;wholesale"),
        ],
        "contacts" => &[
            ("customer", "C0001", "C0001"),
            ("name", "李伟", "John Brown"),
            ("role", "采购", "Purchasing"),
            ("phone", "13900000000", "13900000000"),
        ],
        "staff" => &[
            ("name", "小李", "Ann"),
            ("full_name", "李明", "Ann Lee"),
            ("department", "客服部", "Service"),
            ("skills", "维修;退款", "repair;refunds"),
            ("capacity", "8", "8"),
            ("from", "2026-07-01", "2026-07-01"),
        ],
        "requests" => &[
            ("customer", "C0001", "C0001"),
            ("customer_name", "王芳", "Jane Smith"),
            ("category", "配送", "delivery"),
            ("type", "投诉", "Complaint"),
            ("severity", "一般", "Normal"),
            ("channel", "电话", "Phone"),
            ("content", "包装破损,要求换货", "The box was torn; wants a new one"),
            ("received_at", "2026-07-01 09:30:00", "2026-07-01 09:30:00"),
        ],
        "orders" => &[
            ("id", "D0001", "D0001"),
            ("customer", "C0001", "C0001"),
            ("date", "2026-07-01", "2026-07-01"),
            ("amount", "128.00", "128.00"),
            ("quantity", "2", "2"),
            ("product", "龙井 250 克", "Green tea 250 g"),
            ("kind", "销售", "Sale"),
        ],
        "revisits" => &[
            ("customer", "C0001", "C0001"),
            ("reason", "人工", "Manual"),
            ("due_on", "2026-07-01", "2026-07-01"),
            ("staff", "小李", "Ann"),
            ("method", "电话", "phone"),
        ],
        "interactions" => &[
            ("customer", "C0001", "C0001"),
            ("at", "2026-07-01 09:30:00", "2026-07-01 09:30:00"),
            ("channel", "电话", "Phone"),
            ("direction", "去", "Out"),
            ("staff", "小李", "Ann"),
            ("summary", "确认新地址", "Confirmed the new address"),
        ],
        "knowledge" => &[
            ("title", "茶叶受潮怎么办", "What to do about damp tea"),
            ("category", "质量", "quality"),
            ("solution", "免费换新,提醒密封保存", "Replace it; advise to keep it sealed"),
            ("tags", "茶叶;受潮", "tea;damp"),
        ],
        _ => &[],
    }
}

/// What the example of a table says in a column; blank where it says nothing.
pub fn cell(table: &str, column: &str, lang: Lang) -> &'static str {
    let found = cells(table).iter().find(|(code, ..)| *code == column);
    found.map_or("", |(_, zh, en)| lang.pick(zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::cell::Kind;
    use crate::model::sheets::{FILLED, filled, is_required};
    use crate::model::table;

    #[test]
    fn an_example_fills_what_must_be_filled_with_what_may_stand_there() {
        for code in FILLED {
            let table = table::ALL.iter().find(|table| table.word.code == *code).unwrap();
            let columns = filled(table);
            for (column, ..) in cells(code) {
                assert!(columns.contains(&table.position(column).unwrap()), "{code}.{column} is not in the sheet");
            }
            for column in columns.iter().map(|at| &table.columns[*at]) {
                for lang in [Lang::Zh, Lang::En] {
                    let said = cell(code, column.word.code, lang);
                    assert!(!said.is_empty() || !is_required(table, column), "{code}.{}", column.word.code);
                    if let (Kind::Code(words), false) = (column.kind, said.is_empty()) {
                        assert!(words.iter().any(|word| word.label(lang) == said), "{code}.{}: {said}", column.word.code);
                    }
                }
            }
        }
    }
}
