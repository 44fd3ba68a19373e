//! A first `maps/NAME.yaml` for a file, with what its columns hold, to be finished by a person.

use super::map_file::fingerprint;
use super::mapping::{Mapping, Source, name_of};
use super::sheet::Sheet;
use crate::base::lang::Lang;
use crate::base::text::truncate;
use crate::model::cell::Kind;
use crate::model::table::Table;

/// Rows shown of each column.
const SAMPLES: usize = 3;
/// Characters shown of a cell.
const WIDTH: usize = 24;

/// The text of the map: what was recognised, what is still needed, and what nothing takes, each with samples.
pub fn write(table: &'static Table, sheet: &Sheet, mapping: &Mapping, skip: usize, chosen: Option<&str>, lang: Lang) -> String {
    let mut out = vec![
        lang.pick(
            "# 这种文件的每一列是什么。改好后再次导入即自动使用。",
            "# What each column of this kind of file is. Finish it, then import again: it is used by itself.",
        )
        .to_owned(),
        format!("for: {}", table.word.code),
        format!("header: {}", quoted(&fingerprint(&sheet.headers))),
    ];
    if skip > 0 {
        out.push(format!("skip: {skip}"));
    }
    out.extend(chosen.map(|sheet| format!("sheet: {}", quoted(sheet))));
    out.push("date_order: iso".to_owned() + lang.pick("   # iso 年月日 | dmy 日月年 | mdy 月日年", "   # iso | dmy | mdy"));
    out.push("columns:".to_owned());
    let mut taken = vec![false; sheet.headers.len()];
    for (column, source) in table.columns.iter().zip(&mapping.sources) {
        if let Some(Source::Column(from)) = source {
            taken[*from] = true;
            out.push(line(sheet, *from, &format!("  {}: {}", column.word.code, quoted(&name_of(&sheet.headers, *from)))));
        }
    }
    let lacking = table.columns.iter().zip(&mapping.sources).filter(|(column, source)| !column.optional && source.is_none());
    for (column, _) in lacking {
        let needed = lang.pick("必填,还没有列", "needed, and no column yet");
        out.push(format!("  # {}:   # {} — {needed}{}", column.word.code, column.word.label(lang), kind(column.kind, lang)));
    }
    out.push(lang.pick("  # 没有用到的列:", "  # columns that nothing takes:").to_owned());
    for at in (0..sheet.headers.len()).filter(|at| !taken[*at] && !sheet.headers[*at].is_empty()) {
        out.push(line(sheet, at, &format!("  # ?: {}", quoted(&name_of(&sheet.headers, at)))));
    }
    let free = table.columns.iter().zip(&mapping.sources).filter(|(column, source)| source.is_none() && column.word.code != "batch");
    let free: Vec<&str> = free.map(|(column, _)| column.word.code).collect();
    out.push(format!("  # {}: {}", lang.pick("还可以用的字段", "fields still free"), free.join(", ")));
    out.push(
        lang.pick("constants: {}   # 各行相同的值,例如 {kind: sale}", "constants: {}   # what all rows share, such as {kind: sale}")
            .to_owned(),
    );
    out.push(
        lang.pick(
            "# values: {stage: {已完成: closed, '退*': rejected}}   # 文件里的词是什么意思",
            "# values: {stage: {Done: closed, 'Re*': rejected}}   # what the file's words mean",
        )
        .to_owned(),
    );
    out.push(
        lang.pick("# blank: [\"?\", \"#N/A\"]   # 等于空白的词", "# blank: [\"?\", \"#N/A\"]   # words that mean a blank cell").to_owned(),
    );
    out.push(
        lang.pick("# only: {状态: [已完成, 已发货]}   # 只导入这些行", "# only: {Status: [done, sent]}   # the rows to take").to_owned(),
    );
    out.push(
        lang.pick(
            "# also: [{only: {退款金额: \"> 0\"}, columns: {amount: -退款金额}, constants: {kind: refund}}]   # 同一行的另一条记录",
            "# also: [{only: {Refund: \"> 0\"}, columns: {amount: -Refund}, constants: {kind: refund}}]   # a further record of the row",
        )
        .to_owned(),
    );
    out.join("\n") + "\n"
}

/// A line with what the column holds behind it.
fn line(sheet: &Sheet, at: usize, text: &str) -> String {
    let cells = sheet.rows.iter().take(SAMPLES).map(|row| row.cells.get(at).map_or("", |cell| cell.trim()));
    let shown = |cell: &str| truncate(&cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>(), WIDTH);
    let samples: Vec<String> = cells.map(shown).collect();
    format!("{text}   # {}", samples.join(" | "))
}

fn kind(kind: Kind, lang: Lang) -> String {
    match kind {
        Kind::Code(words) => format!(": {}", words.iter().map(|word| word.label(lang)).collect::<Vec<_>>().join(" / ")),
        _ => String::new(),
    }
}

/// As JSON writes it, which YAML reads.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::date::DateOrder;
    use crate::exchange::map_file::RawMap;
    use crate::exchange::mapping::Wishes;
    use crate::model::order::ORDERS;

    #[test]
    fn a_draft_can_be_read_and_names_what_is_needed() {
        let sheet = Sheet::parse("f.csv", "订单编号,\"收货地址 \",\"a: \"\"b\"\" #c\",实付金额\n1,上海,x\u{1b}y,5\n2,北京,,6\n").unwrap();
        for lang in [Lang::Zh, Lang::En] {
            let mapping = Mapping::new(&ORDERS, &sheet.headers, &Wishes::default(), DateOrder::Iso).unwrap();
            let text = write(&ORDERS, &sheet, &mapping, 2, Some("订单"), lang);
            let raw: RawMap = serde_yaml::from_str(&text).unwrap();
            assert_eq!((raw.skip, raw.sheet.as_deref(), raw.table.as_deref()), (Some(2), Some("订单"), Some("orders")));
            let columns: Vec<(String, String)> = raw.columns.unwrap().0;
            assert_eq!(columns, [("id".into(), "订单编号".into()), ("amount".into(), "实付金额".into())]);
            assert!(text.contains("# customer:") && text.contains("收货地址\"   # 上海 | 北京") && !text.contains('\u{1b}'), "{text}");
        }
    }
}
