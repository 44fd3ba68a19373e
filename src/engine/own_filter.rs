//! Filters by the owner's columns: `x.门店:城西 x.birthday:2026Q3 x.vip:yes`. All must hold.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::base::period::Period;
use crate::base::problem::What;
use crate::base::text::fold_key;
use crate::model::cell::Locale;
use crate::model::columns::{self, OwnColumn, OwnKind, OwnValue, own_name};

#[derive(Debug, Clone, PartialEq)]
enum Test {
    /// The cell is blank.
    Blank,
    Within(Period),
    /// The same value, whatever it is written like.
    Is(OwnValue),
    /// The same amount.
    Equals(Decimal),
    Contains(String),
}

/// Filters by own columns, all of which must hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OwnFilter {
    tests: Vec<(usize, Test)>,
}

/// Whether a filter asks for an own column.
pub fn asks_own(word: &str) -> bool {
    name_and_value(word).is_some()
}

fn name_and_value(word: &str) -> Option<(&str, &str)> {
    let (field, value) = word.split_once([':', '：'])?;
    Some((own_name(field)?, value))
}

impl OwnFilter {
    /// Takes its words out of the filters.
    ///
    /// # Errors
    /// [`What::BadFilter`] with the columns or values that could be meant; a value that does not fit the column's type.
    pub fn split(words: &[String], columns: &[OwnColumn], today: NaiveDate, locale: &Locale) -> Result<(OwnFilter, Vec<String>), What> {
        let (mut own, mut others) = (OwnFilter::default(), Vec::new());
        for word in words {
            let Some((name, value)) = name_and_value(word) else {
                others.push(word.clone());
                continue;
            };
            let known = || What::BadFilter { filter: word.clone(), allowed: columns.iter().map(OwnColumn::code).collect() };
            let at = columns::find(columns, name).ok_or_else(known)?;
            own.tests.push((at, test(&columns[at], value, today, locale)?));
        }
        Ok((own, others))
    }

    /// Whether a record's own cells pass.
    pub fn matches(&self, columns: &[OwnColumn], cells: &[String], locale: &Locale) -> bool {
        self.tests.iter().all(|(at, test)| holds(test, &columns[*at], cells.get(*at).map_or("", String::as_str), locale))
    }
}

fn test(column: &OwnColumn, value: &str, today: NaiveDate, locale: &Locale) -> Result<Test, What> {
    if value.trim().is_empty() {
        return Ok(Test::Blank);
    }
    let misfit = |what: What| What::OwnColumn { column: column.code(), what: Box::new(what) };
    Ok(match &column.kind {
        OwnKind::Date => Test::Within(Period::parse(value, today)?),
        OwnKind::Text => Test::Contains(fold_key(value)),
        OwnKind::Tags(choices) if choices.is_empty() => Test::Contains(fold_key(value)),
        OwnKind::Integer(_) | OwnKind::Number(_) | OwnKind::Money(_) => {
            // outside the bounds nothing can be, and asking is no mistake
            let read = column.without_bounds().read(value, locale).map_err(misfit)?;
            read.and_then(|value| value.amount(locale)).map_or(Test::Blank, Test::Equals)
        }
        OwnKind::YesNo | OwnKind::Choice(_) | OwnKind::Tags(_) => column.read(value, locale).map_err(misfit)?.map_or(Test::Blank, Test::Is),
    })
}

fn holds(test: &Test, column: &OwnColumn, text: &str, locale: &Locale) -> bool {
    if *test == Test::Blank {
        return text.trim().is_empty();
    }
    // a cell that does not fit its type is found by its text alone
    let Ok(Some(value)) = column.read(text, locale) else { return false };
    match (test, &value) {
        (Test::Within(period), OwnValue::Date(date)) => period.contains(*date),
        (Test::Equals(amount), value) => value.amount(locale) == Some(*amount),
        (Test::Is(OwnValue::Tags(wanted)), OwnValue::Tags(codes)) => wanted.iter().all(|code| codes.contains(code)),
        (Test::Is(wanted), value) => wanted == value,
        (Test::Contains(word), _) => fold_key(text).contains(word),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::date::DateOrder;
    use crate::base::lang::Lang;
    use crate::model::columns::{Columns, RawColumns};
    use crate::model::customer::CUSTOMERS;

    const YAML: &str = "customers:
  门店: {values: [{code: west, label: {zh: 城西, en: West}}, {code: east, label: {zh: 城东}}]}
  limit: {type: money, min: 0}
  birthday: {type: date}
  vip: {type: yes_no}
  interests: {type: tags, values: [tea, coffee]}
  weight: {type: number}
";

    fn found(filter: &str, cells: &[&str]) -> Result<bool, What> {
        let raw: RawColumns = serde_yaml::from_str(YAML).unwrap();
        let mut columns = Columns::check(&raw).unwrap().of(&CUSTOMERS).to_vec();
        columns.push(OwnColumn::undeclared("备注2"));
        let locale = Locale { lang: Lang::Zh, zone: chrono_tz::UTC, digits: 2, order: DateOrder::Iso };
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let cells: Vec<String> = cells.iter().map(|&cell| cell.to_owned()).collect();
        let (own, others) = OwnFilter::split(&[filter.to_owned(), "tier:A".to_owned()], &columns, today, &locale)?;
        assert_eq!(others, ["tier:A"]);
        Ok(own.matches(&columns, &cells, &locale))
    }

    #[test]
    fn every_type_is_asked_in_its_own_way() {
        let cells = ["城西", "1200.00", "2026-08-09", "是", "咖啡;tea", "2.50", "Likes Tea"];
        for (filter, expected) in [
            ("x.门店:West", true),
            ("X.门店：west", true),
            ("x.门店:城东", false),
            ("x.门店:", false),
            ("x.limit:1,200", true),
            ("x.limit:-5", false),
            ("x.birthday:2026Q3", true),
            ("x.birthday:2026-08-10..2026-08-11", false),
            ("x.vip:yes", true),
            ("x.vip:0", false),
            ("x.weight:2.5", true),
            ("x.备注2:tea", true),
            ("x.备注2:", false),
        ] {
            assert_eq!(found(filter, &cells).unwrap(), expected, "{filter}");
        }
        // a cell with a word that is no declared one fits nothing but its absence
        assert_eq!(found("x.interests:tea", &cells), Ok(false));
        assert_eq!(found("x.interests:tea", &["", "", "", "", "coffee；tea"]), Ok(true));
        assert_eq!(found("x.interests:", &["城西"]), Ok(true));
    }

    #[test]
    fn what_cannot_be_asked_is_named() {
        assert!(matches!(found("x.shop:1", &[]), Err(What::BadFilter { allowed, .. }) if allowed[0] == "x.门店"));
        assert!(matches!(found("x.门店:城南", &[]), Err(What::OwnColumn { .. })));
        assert!(matches!(found("x.limit:much", &[]), Err(What::OwnColumn { .. })));
        assert!(matches!(found("x.birthday:soon", &[]), Err(What::BadPeriod { .. })));
    }
}
