//! What stands in the workbooks that are written.

use std::io::{Cursor, Read};

use chrono::{NaiveDate, NaiveDateTime};

use super::{sheet_name, write};
use crate::base::problem::What;
use crate::view::page::{Head, Page, Shape, Value};

fn head(label: &str, shape: Shape, choices: &[&str]) -> Head {
    Head { label: label.into(), shape, choices: choices.iter().map(|word| (*word).to_owned()).collect() }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn moment(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()
}

fn page() -> Page {
    let long: Vec<String> = (0..40).map(|n| format!("一个很长的选项 {n}")).collect();
    let long: Vec<&str> = long.iter().map(String::as_str).collect();
    Page {
        name: "客户/[1]".into(),
        heads: vec![
            head("编号", Shape::Text, &[]),
            head("类型", Shape::Text, &["个人", "企业"]),
            head("长", Shape::Text, &long),
            head("日期", Shape::Date, &[]),
            head("时间", Shape::Moment, &[]),
            head("金额", Shape::Number(Some(2)), &[]),
        ],
        rows: vec![
            vec![
                text("007"),
                text("个人"),
                text("=1+1"),
                Value::Date(NaiveDate::from_ymd_opt(2026, 7, 1).unwrap()),
                Value::Moment(moment("2026-07-01 09:30:12")),
                Value::Number("-1200.50".into()),
            ],
            vec![
                text("110101199003071234"),
                text("'=x"),
                Value::Blank,
                Value::Date(NaiveDate::from_ymd_opt(1890, 1, 1).unwrap()),
                Value::Blank,
                Value::Number("1234567890123456.78".into()),
            ],
        ],
    }
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn what_stands_in_a_workbook() {
    let bytes = write(&[page()], moment("2026-11-28 12:00:00")).unwrap();
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>"), "a formula");
    assert!(sheet.contains("state=\"frozen\"") && sheet.contains("<autoFilter ref=\"A1:F3\"/>"));
    assert!(sheet.contains("numberStoredAsText=\"1\""));
    assert!(sheet.contains("<formula1>\"个人,企业\"</formula1>"), "{sheet}");
    assert!(sheet.contains("<formula1>lists!$A$1:$A$40</formula1>"), "{sheet}");
    assert!(part(&bytes, "xl/workbook.xml").contains("state=\"hidden\""));
    assert!(part(&bytes, "docProps/core.xml").contains("2026-11-28T12:00:00Z"));
    assert!(sheet.contains("<v>46204.39597222222</v>"), "{sheet}");
}

#[test]
fn the_same_pages_are_the_same_bytes() {
    let at = moment("2026-11-28 12:00:00");
    assert_eq!(write(&[page(), page()], at).unwrap(), write(&[page(), page()], at).unwrap());
}

#[test]
fn names_of_sheets_are_legal_and_differ() {
    let taken = [sheet_name("客户/[1]", &[])];
    assert_eq!(taken, ["客户--1-"]);
    assert_eq!(sheet_name("客户/[1]", &taken), "客户--1--2");
    assert_eq!(sheet_name(&"x".repeat(40), &[]).chars().count(), 31);
    assert_eq!((sheet_name("lists", &[]), sheet_name("", &[])), ("lists-2".to_owned(), "1".to_owned()));
}

#[test]
fn what_no_workbook_holds_is_refused() {
    let mut page = page();
    page.rows[0][0] = text(&"长".repeat(40_000));
    let said = write(&[page], moment("2026-11-28 12:00:00")).unwrap_err();
    assert!(matches!(said, What::Usage { message } if message[1].contains("row 2")));
}
