//! CSV that a double click opens well in Excel and WPS: UTF-8 with its mark, CRLF, no text that runs as a formula.

use crate::base::rows::write_row;
use crate::base::text::looks_like_formula;
use crate::view::page::{Page, Value};

pub fn write(page: &Page) -> String {
    let mut out = String::from("\u{FEFF}");
    let mut line = |cells: &[String]| {
        write_row(&mut out, cells, ',');
        out.push_str("\r\n");
    };
    line(&page.heads.iter().map(|head| guarded(&head.label)).collect::<Vec<_>>());
    for row in &page.rows {
        line(&row.iter().map(cell).collect::<Vec<_>>());
    }
    out
}

fn cell(value: &Value) -> String {
    match value {
        Value::Blank => String::new(),
        Value::Text(text) => guarded(text),
        Value::Number(number) => number.clone(),
        Value::Date(date) => date.format("%Y-%m-%d").to_string(),
        Value::Moment(at) => at.format("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

/// With one `'` before what a spreadsheet would run; the import takes one off, so it comes back as it was.
fn guarded(text: &str) -> String {
    if looks_like_formula(text) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::page::{Head, Shape};

    #[test]
    fn bytes_for_spreadsheets() {
        let head = |label: &str| Head { label: label.into(), shape: Shape::Text, choices: Vec::new() };
        let text = |text: &str| Value::Text(text.into());
        let page = Page {
            name: "x".into(),
            heads: vec![head("编号"), head("备注"), head("金额")],
            rows: vec![vec![text("007"), text("=1+1"), Value::Number("-3.50".into())], vec![text("'=x"), text("a,\"b\"\nc"), Value::Blank]],
        };
        assert_eq!(write(&page), "\u{FEFF}编号,备注,金额\r\n007,'=1+1,-3.50\r\n''=x,\"a,\"\"b\"\"\nc\",\r\n");
    }
}
