use proptest::prelude::*;

use super::{Columns, OwnColumn, RawColumns, find, join_headers, named, own_name};
use crate::base::date::DateOrder;
use crate::base::lang::Lang;
use crate::base::problem::{Problems, What};
use crate::model::cell::Locale;
use crate::model::customer::CUSTOMERS;

const YAML: &str = "客户:
  门店: {values: [{code: west, label: {zh: 城西, en: West}, aliases: [W]}, {code: east, label: {zh: 城东}}], label: {en: Branch}, aliases: [分店]}
  limit: {type: money, min: 0}
  birthday: {type: date}
  visits: {type: integer, min: 0, max: 100}
  vip: {type: yes_no, required: true}
  site: {type: text}
  weight: {type: number}
  topics: {type: tags, values: [tea, {label: {zh: 咖啡, en: coffee}}]}
  words: {type: tags}
";

fn locale(lang: Lang) -> Locale {
    Locale { lang, zone: chrono_tz::UTC, digits: 2, order: DateOrder::Iso }
}

fn checked(yaml: &str) -> Result<Columns, Problems> {
    Columns::check(&serde_yaml::from_str::<RawColumns>(yaml).unwrap())
}

fn column(name: &str) -> OwnColumn {
    let columns = checked(YAML).unwrap();
    let columns = columns.of(&CUSTOMERS);
    columns[find(columns, name).unwrap()].clone()
}

#[test]
fn cells_are_read_in_any_form_and_written_in_one() {
    // column, typed, in a Chinese book, in an English one, JSON
    for (name, typed, zh, en, json) in [
        ("门店", "West", "城西", "west", serde_json::json!("west")),
        ("门店", " w ", "城西", "west", serde_json::json!("west")),
        ("Branch", "城东", "城东", "east", serde_json::json!("east")),
        ("limit", "¥1,200", "1200.00", "1200.00", serde_json::json!("1200.00")),
        ("birthday", "2026/8/9", "2026-08-09", "2026-08-09", serde_json::json!("2026-08-09")),
        ("visits", "１２", "12", "12", serde_json::json!(12)),
        ("vip", "TRUE", "是", "yes", serde_json::json!(true)),
        ("vip", "否", "否", "no", serde_json::json!(false)),
        ("site", " as is ", " as is ", " as is ", serde_json::json!(" as is ")),
        ("weight", "-2.50", "-2.50", "-2.50", serde_json::json!("-2.50")),
        ("topics", "Coffee；tea", "咖啡;tea", "coffee;tea", serde_json::json!(["coffee", "tea"])),
        ("words", "a、b; ;c", "a;b;c", "a;b;c", serde_json::json!(["a", "b", "c"])),
        ("site", "  ", "", "", serde_json::Value::Null),
    ] {
        let column = column(name);
        let settled = |lang: Lang| column.settled(typed, &locale(lang));
        assert_eq!((settled(Lang::Zh), settled(Lang::En)), (Ok(zh.to_owned()), Ok(en.to_owned())), "{name} {typed}");
        assert_eq!(column.json(typed, &locale(Lang::Zh)), json, "{name} {typed}");
    }
    assert_eq!(column("门店").shown("west", &locale(Lang::Zh), Lang::En), "West");
    assert_eq!(column("limit").shown("1200", &locale(Lang::Zh), Lang::En), "1,200.00");
}

#[test]
fn what_does_not_fit_is_refused_and_shown_as_it_stands() {
    for (name, typed, code) in [
        ("门店", "城南", "unknown-code"),
        ("limit", "-0.01", "out-of-range"),
        ("limit", "dear", "bad-money"),
        ("birthday", "2026-02-30", "bad-date"),
        ("visits", "101", "out-of-range"),
        ("visits", "1.5", "bad-number"),
        ("vip", "maybe", "unknown-code"),
        ("weight", "1e3", "bad-number"),
        ("topics", "tea;milk", "unknown-code"),
    ] {
        let (column, locale) = (column(name), locale(Lang::En));
        assert_eq!(column.read(typed, &locale).unwrap_err().code(), code, "{name} {typed}");
        assert_eq!((column.json(typed, &locale), column.shown(typed, &locale, Lang::En)), (typed.into(), typed.to_owned()));
    }
}

#[test]
fn declarations_that_are_wrong_are_named() {
    for (yaml, code, field) in [
        ("{custmers: {a: {}}}", "unknown-name", "columns.custmers"),
        ("{log: {a: {}}}", "unknown-name", "columns.log"),
        ("{customers: {a: {}}, 客户: {b: {}}}", "rule-conflict", "columns.客户"),
        ("{customers: {a: {type: colour}}}", "unknown-name", "columns.customers.a.type"),
        ("{customers: {phone: {}}}", "rule-conflict", "columns.customers.phone"),
        ("{customers: {电话: {}}}", "rule-conflict", "columns.customers.电话"),
        ("{customers: {a: {label: {en: Phone}}}}", "rule-conflict", "columns.customers.a"),
        ("{customers: {a: {aliases: [zone]}, Zone: {}}}", "rule-conflict", "columns.customers.Zone"),
        ("{customers: {a: {}, ' A': {}}}", "rule-conflict", "columns.customers. A"),
        ("{customers: {'a:b': {}}}", "rule-conflict", "columns.customers.a:b"),
        ("{customers: {'=a': {}}}", "rule-conflict", "columns.customers.=a"),
        ("{customers: {'': {}}}", "rule-conflict", "columns.customers."),
        ("{customers: {a: {type: choice}}}", "rule-conflict", "columns.customers.a"),
        ("{customers: {a: {values: [x, {code: y, aliases: [X]}]}}}", "rule-conflict", "columns.customers.a.values"),
        ("{customers: {a: {type: tags, values: ['x;y']}}}", "rule-conflict", "columns.customers.a.values"),
        ("{customers: {a: {type: text, min: 1}}}", "rule-conflict", "columns.customers.a.min"),
        ("{customers: {a: {type: date, values: [x]}}}", "rule-conflict", "columns.customers.a.values"),
        ("{customers: {a: {type: integer, min: 5, max: 4}}}", "rule-conflict", "columns.customers.a.min"),
        ("{customers: {a: {type: number, max: many}}}", "bad-number", "columns.customers.a.max"),
    ] {
        let wrong = checked(yaml).unwrap_err();
        assert_eq!((wrong[0].what.code(), wrong[0].field.as_deref().unwrap()), (code, field), "{yaml}");
    }
    // an alias that is the name folded is no second name
    assert!(checked("{customers: {Shop: {aliases: [shop], label: {en: Shop}}}}").is_ok());
}

#[test]
fn headers_are_met_by_name_before_alias() {
    let branch = column("门店");
    let headers: Vec<String> = ["id", "分店", "门店", "备注2", ""].map(str::to_owned).to_vec();
    let own = |at: usize| at > 0;
    assert_eq!(branch.place(&headers, own), Some(2));
    assert_eq!(branch.place(&headers[..2], own), Some(1));
    assert_eq!(branch.place(&headers[..1], own), None);
    let mut columns = vec![branch];
    join_headers(&mut columns, &headers, own);
    join_headers(&mut columns, &headers, own);
    assert_eq!(
        columns.iter().map(|column| (column.name.as_str(), column.declared)).collect::<Vec<_>>(),
        [("门店", true), ("分店", false), ("备注2", false)]
    );
    assert_eq!((own_name("x.门店"), own_name("X. a "), own_name("门店"), own_name("x")), (Some("门店"), Some("a"), None, None));
    assert!(matches!(named(&columns, "备注3"), Err(What::UnknownField { allowed, .. }) if allowed[0] == "x.备注2"));
}

proptest! {
    #[test]
    fn what_is_settled_stays_and_means_the_same(typed in "[-+=@'0-9.,;/a-z城西东咖啡是否¥ ]{0,12}", which in 0..9_usize, zh in any::<bool>()) {
        let column = &checked(YAML).unwrap().of(&CUSTOMERS)[which].clone();
        let locale = locale(if zh { Lang::Zh } else { Lang::En });
        if let Ok(settled) = column.settled(&typed, &locale) {
            prop_assert_eq!(column.settled(&settled, &locale), Ok(settled.clone()));
            prop_assert_eq!(column.json(&settled, &locale), column.json(&typed, &locale));
            // and as the log keeps it
            let json = column.json(&settled, &locale);
            let logged = match &json {
                serde_json::Value::String(text) => text.clone(),
                serde_json::Value::Null => String::new(),
                serde_json::Value::Array(words) => words.iter().filter_map(|word| word.as_str()).collect::<Vec<_>>().join(";"),
                other => other.to_string(),
            };
            prop_assert_eq!(column.settled(&logged, &locale), Ok(settled));
        }
    }
}
