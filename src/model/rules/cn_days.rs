//! China's statutory holidays and make-up working days, by the year of the notice that announces them.
//!
//! A year without a notice is unknown, which is not the same as a year without holidays. The days built in are those
//! of the State Council's notices; `rules/cn-days.csv` of a book has the same form and adds or replaces whole years.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::RawLabel;
use crate::base::date::{DateOrder, parse_date};
use crate::base::problem::{Problems, What};
use crate::base::rows::{RowSpan, Splitter, problem_at};

const BUILT_IN: &str = include_str!("cn_days.csv");
const HEADER: [&str; 5] = ["year", "date", "kind", "name_zh", "name_en"];

/// A day that is not what its weekday says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CnDay {
    /// A make-up working day; else a day off.
    pub works: bool,
    pub name: RawLabel,
}

/// The days of every announced year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CnDays {
    years: BTreeMap<i32, BTreeMap<NaiveDate, CnDay>>,
}

impl CnDays {
    /// Those that carebook knows by itself.
    pub fn built_in() -> CnDays {
        CnDays::parse("cn_days.csv", BUILT_IN).unwrap_or_default()
    }

    /// Reads `year,date,kind,name_zh,name_en`, in this order; `kind` is `holiday` or `workday`.
    ///
    /// # Errors
    /// Everything wrong, with its line and column.
    pub fn parse(name: &str, text: &str) -> Result<CnDays, Problems> {
        let mut wrong = Problems::new();
        let mut found = CnDays::default();
        let mut rows = Splitter::new(text, b',');
        match rows.next() {
            Some(Ok(row)) => wrong.extend(header(&row, text).map(|(at, what)| problem_at(name, text, at, what))),
            Some(Err((at, what))) => wrong.push(problem_at(name, text, at, what)),
            None => wrong.push(problem_at(name, text, 0, What::EmptyFile)),
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        for row in rows {
            let read = row.map_err(|(at, what)| (at, None, what)).and_then(|row| found.take(&row, text));
            if let Err((at, column, what)) = read {
                let problem = problem_at(name, text, at, what);
                wrong.push(if let Some(column) = column { problem.field(HEADER[column]) } else { problem });
            }
        }
        if wrong.is_empty() { Ok(found) } else { Err(wrong) }
    }

    fn take(&mut self, row: &RowSpan, text: &str) -> Result<(), (usize, Option<usize>, What)> {
        if row.cells.len() != HEADER.len() {
            return Err((row.start, None, What::RaggedRow { expected: HEADER.len(), found: row.cells.len() }));
        }
        let cell = |i: usize| row.cells[i].text(text).trim().to_owned();
        let wrong = |i: usize, what: What| (row.cells[i].start(), Some(i), what);
        let year: i32 = cell(0)
            .parse()
            .ok()
            .filter(|year| (1900..=9998).contains(year))
            .ok_or_else(|| wrong(0, What::OutOfRange { value: cell(0), min: "1900".into(), max: "9998".into() }))?;
        let date = parse_date(&cell(1), DateOrder::Iso).map_err(|what| wrong(1, what))?;
        // a notice moves days of its own year, and of the December before
        if date.year() != year && (date.year() != year - 1 || date.month() != 12) {
            let (min, max) = (format!("{}-12-01", year - 1), format!("{year}-12-31"));
            return Err(wrong(1, What::OutOfRange { value: date.to_string(), min, max }));
        }
        let works = match cell(2).as_str() {
            "holiday" => false,
            "workday" => true,
            _ => return Err(wrong(2, What::UnknownCode { value: cell(2), allowed: vec!["holiday".into(), "workday".into()] })),
        };
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let day = CnDay { works, name: RawLabel { zh: some(cell(3)), en: some(cell(4)) } };
        match self.years.entry(year).or_default().insert(date, day) {
            None => Ok(()),
            Some(_) => Err(wrong(1, twice(date))),
        }
    }

    /// Whole years of another take the place of these.
    #[must_use]
    pub fn replaced_by(mut self, newer: CnDays) -> CnDays {
        self.years.extend(newer.years);
        self
    }

    /// What the notices say of a day; the newer one counts where two speak of the same December.
    pub fn get(&self, date: NaiveDate) -> Option<&CnDay> {
        let by = |year: i32| self.years.get(&year)?.get(&date);
        let next = if date.month() == 12 { by(date.year() + 1) } else { None };
        next.or_else(|| by(date.year()))
    }

    /// Whether the notice of a year is known.
    pub fn knows(&self, year: i32) -> bool {
        self.years.contains_key(&year)
    }
}

fn header(row: &RowSpan, text: &str) -> Option<(usize, What)> {
    let lacking = HEADER.iter().enumerate().find(|(i, name)| row.cells.get(*i).is_none_or(|cell| cell.text(text).trim() != **name));
    if let Some((i, name)) = lacking {
        return Some((row.cells.get(i).map_or(row.body_end, |cell| cell.start()), What::MissingHeader { column: (*name).to_owned() }));
    }
    let more = row.cells.get(HEADER.len())?;
    let allowed = HEADER.iter().map(|&name| name.to_owned()).collect();
    Some((more.start(), What::UnknownName { name: more.text(text).into_owned(), allowed }))
}

fn twice(date: NaiveDate) -> What {
    What::RuleConflict { message: [format!("{date} 写了两次"), format!("{date} is there twice")] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_built_in_days() {
        let days = CnDays::parse("cn_days.csv", BUILT_IN).unwrap();
        assert!((2007..=2026).all(|year| days.knows(year)) && !days.knows(2027) && !days.knows(2006));
        assert_eq!(days.years.values().map(BTreeMap::len).sum::<usize>(), 678);
        // the notice of 2012 makes the last day of 2011 a working one
        assert!(days.get(day("2011-12-31")).unwrap().works);
        assert!(days.get(day("2026-09-20")).unwrap().works && !days.get(day("2026-10-01")).unwrap().works);
        assert_eq!(days.get(day("2026-10-01")).unwrap().name.en.as_deref(), Some("National Day"));
        assert_eq!(days.get(day("2026-11-23")), None);
    }

    #[test]
    fn a_file_adds_and_replaces_whole_years() {
        let file = "year,date,kind,name_zh,name_en\n2026,2026-01-02,holiday,元旦,\n2027,2026-12-31,workday,元旦,New Year's Day\n";
        let days = CnDays::built_in().replaced_by(CnDays::parse("x", file).unwrap());
        assert!(days.knows(2027) && days.get(day("2026-12-31")).unwrap().works);
        assert_eq!((days.get(day("2026-01-01")), days.get(day("2026-10-01"))), (None, None));
        assert!(days.get(day("2025-10-01")).is_some());
    }

    #[test]
    fn wrong_files_are_told_with_their_place() {
        let first = |text: &str| {
            let wrong = CnDays::parse("rules/cn-days.csv", text).unwrap_err();
            let place = wrong[0].place.clone().unwrap();
            (wrong[0].what.code(), place.line, place.column)
        };
        let body = |row: &str| first(&format!("year,date,kind,name_zh,name_en\n{row}\n"));
        assert_eq!(first(""), ("empty-file", 1, 1));
        assert_eq!(first("year,day\n"), ("missing-header", 1, 6));
        assert_eq!(first("year,date,kind,name_zh,name_en,more\n"), ("unknown-name", 1, 32));
        assert_eq!(body("2027,2027-02-30,holiday,,"), ("bad-date", 2, 6));
        assert_eq!(body("2027,2026-11-30,holiday,,"), ("out-of-range", 2, 6));
        assert_eq!(body("2027,2027-01-01,off,,"), ("unknown-code", 2, 17));
        assert_eq!(body("soon,2027-01-01,holiday,,"), ("out-of-range", 2, 1));
        assert_eq!(body("2027,2027-01-01"), ("ragged-row", 2, 1));
        assert_eq!(body("2027,2027-01-01,holiday,,\n2027,2027-01-01,workday,,"), ("rule-conflict", 3, 6));
    }
}
