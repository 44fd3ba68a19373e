//! Conditions of a map on the cells of a row: which rows are taken, and which give a further record.

use rust_decimal::Decimal;

use super::mapping::column_of;
use super::sheet::SheetRow;
use super::typed::unguarded;
use crate::base::money::Money;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;
use crate::model::rules::{Pairs, Words};

/// By column: one test, or several of which one must hold.
pub type RawConditions = Pairs<Words>;

/// What a cell must be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    /// The folded text; `head*`, `*tail` and `*middle*` where a star stands at an end.
    Text {
        starts: bool,
        ends: bool,
        key: String,
    },
    /// A number against a number.
    Number(Order, Decimal),
    Not(Box<Test>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// All columns must satisfy one of their tests each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions(Vec<(usize, Vec<Test>)>);

/// Decimals a compared number may have.
const DIGITS: u32 = 6;

impl Conditions {
    /// Finds the columns.
    ///
    /// # Errors
    /// A column that the file lacks, an order without a number, by the key `field`.
    pub fn new(raw: Option<&RawConditions>, headers: &[String], field: &str) -> Result<Conditions, Problems> {
        let mut wrong = Problems::new();
        let mut all = Vec::new();
        for (column, tests) in raw.map_or(&[][..], |raw| &raw.0) {
            match column_of(headers, column) {
                Ok(at) => match tests.0.iter().map(|text| test(text)).collect() {
                    Ok(tests) => all.push((at, tests)),
                    Err(what) => wrong.push(Problem::error(what).field(format!("{field}.{column}"))),
                },
                Err(what) => wrong.push(Problem::error(what).field(format!("{field}.{column}"))),
            }
        }
        if wrong.is_empty() { Ok(Conditions(all)) } else { Err(wrong) }
    }

    pub fn hold(&self, row: &SheetRow) -> bool {
        let cell = |at: usize| row.cells.get(at).map_or("", |cell| unguarded(cell).trim());
        self.0.iter().all(|(at, tests)| tests.iter().any(|test| holds(test, cell(*at))))
    }
}

fn test(text: &str) -> Result<Test, What> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("!=").or_else(|| text.strip_prefix('≠')) {
        return Ok(Test::Not(Box::new(test(rest)?)));
    }
    let orders = [(">=", Order::AtLeast), ("<=", Order::AtMost), (">", Order::Above), ("<", Order::Below)];
    if let Some((order, than)) = orders.iter().find_map(|(sign, order)| Some((*order, text.strip_prefix(sign)?.trim()))) {
        // taken for a text, it would pass every row over
        return number(than).map(|than| Test::Number(order, than)).ok_or_else(|| What::BadNumber { value: than.to_owned() });
    }
    let (ends, body) = text.strip_prefix('*').map_or((false, text), |rest| (true, rest));
    let (starts, body) = body.strip_suffix('*').map_or((false, body), |rest| (true, rest));
    Ok(Test::Text { starts, ends, key: fold_key(body) })
}

fn number(text: &str) -> Option<Decimal> {
    Money::parse(text, DIGITS).ok().map(|parsed| Decimal::new(parsed.minor(), DIGITS))
}

fn holds(test: &Test, cell: &str) -> bool {
    match test {
        Test::Not(test) => !holds(test, cell),
        Test::Number(order, than) => number(cell).is_some_and(|number| match order {
            Order::Above => number > *than,
            Order::AtLeast => number >= *than,
            Order::Below => number < *than,
            Order::AtMost => number <= *than,
        }),
        Test::Text { starts, ends, key } => {
            let cell = fold_key(cell);
            match (starts, ends) {
                (true, true) => cell.contains(key),
                (true, false) => cell.starts_with(key),
                (false, true) => cell.ends_with(key),
                (false, false) => cell == *key,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_numbers() {
        for (test_text, cell, expected) in [
            ("已完成", "已完成 ", true),
            ("已*", "已发货", true),
            ("*货", "已发货", true),
            ("*发*", "已发货", true),
            ("已*", "未发货", false),
            ("", "", true),
            ("", "x", false),
            ("!=", "x", true),
            ("!= 已取消", "已取消", false),
            ("> 0", "0.00", false),
            ("> 0", "¥1,000.50", true),
            (">= 5", "5", true),
            ("< -1", "-2", true),
            ("<= 5", "", false),
            ("> 0", "many", false),
        ] {
            assert_eq!(holds(&test(test_text).unwrap(), cell), expected, "{test_text} {cell}");
        }
    }

    #[test]
    fn an_order_needs_a_number() {
        for text in ["> abc", ">", "<= 5 pieces", "!=> x"] {
            let raw = Pairs(vec![("金额".to_owned(), Words(vec![text.to_owned()]))]);
            let wrong = Conditions::new(Some(&raw), &["金额".to_owned()], "only").unwrap_err();
            assert_eq!((wrong[0].what.code(), wrong[0].field.as_deref()), ("bad-number", Some("only.金额")), "{text}");
        }
    }

    #[test]
    fn every_column_must_hold() {
        let raw: RawConditions = serde_yaml::from_str("{状态: [完成, 发货], 金额: '> 0'}").unwrap();
        let headers = ["金额".to_owned(), "状态".to_owned()];
        let conditions = Conditions::new(Some(&raw), &headers, "only").unwrap();
        let hold = |cells: [&str; 2]| conditions.hold(&SheetRow::in_grid(2, cells.map(str::to_owned).to_vec()));
        assert_eq!([hold(["1", "发货"]), hold(["0", "发货"]), hold(["1", "取消"])], [true, false, false]);
        let wrong = Conditions::new(Some(&raw), &headers[..1], "only").unwrap_err();
        assert_eq!(wrong[0].field.as_deref(), Some("only.状态"));
        assert!(Conditions::default().hold(&SheetRow::in_grid(1, Vec::new())));
    }
}
