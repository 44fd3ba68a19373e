//! Filters: `stage:open since:90d handler:小李 茶`. All must hold.

use chrono::NaiveDate;

use crate::base::instant::Instant;
use crate::base::period::Period;
use crate::base::problem::What;
use crate::base::text::{fold_key, fold_phone};
use crate::model::cell::{Kind, Locale};
use crate::model::merged::Merged;
use crate::model::punctuality::Punctuality;
use crate::model::record::Record;
use crate::model::request::{Request, Stage};
use crate::model::vocabulary::Code;

/// A checked filter of one table.
#[derive(Debug, Clone, PartialEq)]
enum Test {
    /// A stage that still needs work.
    Open,
    /// On or after, in the table's first date column.
    Since(NaiveDate),
    Until(NaiveDate),
    Within(usize, Period),
    /// A column equals (codes, ids) or contains (text) this; blank asks for blank cells.
    Column(usize, String),
    /// Any text column contains this.
    Word(String),
}

/// Filters, all of which must hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    tests: Vec<Test>,
    /// What names a merged customer is found by the one it went into too.
    merged: Merged,
}

impl Filter {
    /// Reads filters for a record's table.
    ///
    /// # Errors
    /// [`What::BadFilter`] with the columns that could be meant.
    pub fn parse<R: Record>(words: &[String], today: NaiveDate) -> Result<Filter, What> {
        let tests = words.iter().map(|word| test::<R>(word, today)).collect::<Result<_, _>>()?;
        Ok(Filter { tests, merged: Merged::default() })
    }

    /// Whether it asks for the customer that a record names.
    pub fn asks_for_customer<R: Record>(&self) -> bool {
        let column = R::TABLE.position("customer");
        self.tests.iter().any(|test| matches!(test, Test::Column(at, value) if Some(*at) == column && !value.is_empty()))
    }

    /// With the merges that are to be followed.
    #[must_use]
    pub fn following(self, merged: Merged) -> Filter {
        Filter { merged, ..self }
    }

    pub fn matches<R: Record>(&self, record: &R, locale: &Locale) -> bool {
        self.tests.iter().all(|test| holds(test, record, locale) || self.leads_to(test, record, locale))
    }

    /// Whether the customer named was merged into the one asked for.
    fn leads_to<R: Record>(&self, test: &Test, record: &R, locale: &Locale) -> bool {
        let Test::Column(column, value) = test else { return false };
        if self.merged.is_empty() || value.is_empty() || R::TABLE.position("customer") != Some(*column) {
            return false;
        }
        let named = record.written(*column, locale);
        let survivor = self.merged.survivor(&named);
        survivor != named && (fold_key(survivor) == *value || crate::base::id::names(value, survivor))
    }
}

/// Filters by how a request stands with its due time, which is no column: `ontime:late`, `overdue:yes`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DueFilter {
    tests: Vec<DueTest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DueTest {
    Is(Punctuality),
    PastDue(bool),
}

impl DueFilter {
    /// Takes its words out of the filters.
    ///
    /// # Errors
    /// [`What::BadFilter`] for a value that is none.
    pub fn split(words: &[String]) -> Result<(DueFilter, Vec<String>), What> {
        let (mut due, mut others) = (DueFilter::default(), Vec::new());
        for word in words {
            let allowed = |codes: Vec<&str>| codes.into_iter().map(str::to_owned).collect();
            match word.split_once([':', '：']).map(|(name, value)| (fold_key(name), value)) {
                Some((name, value)) if matches!(name.as_str(), "ontime" | "on_time" | "按期") => {
                    let codes = || allowed(Punctuality::ALL.iter().map(|one| one.code()).collect());
                    let one = Punctuality::from_text(value).ok_or_else(|| What::BadFilter { filter: word.clone(), allowed: codes() })?;
                    due.tests.push(DueTest::Is(one));
                }
                Some((name, value)) if matches!(name.as_str(), "overdue" | "逾期") => match fold_key(value).as_str() {
                    "yes" | "true" | "是" => due.tests.push(DueTest::PastDue(true)),
                    "no" | "false" | "否" => due.tests.push(DueTest::PastDue(false)),
                    _ => return Err(What::BadFilter { filter: word.clone(), allowed: allowed(vec!["overdue:yes", "overdue:no"]) }),
                },
                _ => others.push(word.clone()),
            }
        }
        Ok((due, others))
    }

    pub fn matches(&self, request: &Request, now: Instant) -> bool {
        let stands = Punctuality::of(request, now);
        self.tests.iter().all(|test| match test {
            DueTest::Is(one) => *one == stands,
            DueTest::PastDue(wanted) => *wanted == stands.is_past_due(),
        })
    }
}

/// Name and value of a word that asks for a column.
pub fn pair(word: &str) -> Option<(&str, &str)> {
    word.split_once([':', '：'])
}

fn test<R: Record>(word: &str, today: NaiveDate) -> Result<Test, What> {
    let Some((name, value)) = pair(word) else { return Ok(Test::Word(fold_key(word))) };
    let bad = || What::BadFilter {
        filter: word.to_owned(),
        allowed: R::TABLE.columns.iter().map(|c| c.word.code.to_owned()).chain(["since".to_owned(), "until".to_owned()]).collect(),
    };
    let period = || Period::parse(value, today);
    match (name, R::TABLE.find(name)) {
        ("since" | "自", None | Some(_)) if first_date::<R>().is_some() && R::TABLE.position("since").is_none() => {
            Ok(Test::Since(period()?.from))
        }
        ("until" | "至", _) if first_date::<R>().is_some() && R::TABLE.position("until").is_none() => Ok(Test::Until(period()?.to)),
        (_, Some(i)) if R::TABLE.columns[i].word.code == "stage" && matches!(value, "open" | "未结") => Ok(Test::Open),
        (_, Some(i)) if matches!(R::TABLE.columns[i].kind, Kind::Date | Kind::Instant) && !value.is_empty() => {
            Ok(Test::Within(i, period()?))
        }
        (_, Some(i)) => {
            let value = match R::TABLE.columns[i].kind {
                // either language's label, or the code, ask for the same
                Kind::Code(words) if !value.is_empty() => words.iter().find(|w| w.matches(value)).ok_or_else(bad)?.code.to_owned(),
                _ => fold_key(value),
            };
            Ok(Test::Column(i, value))
        }
        _ => Err(bad()),
    }
}

fn first_date<R: Record>() -> Option<usize> {
    R::TABLE.columns.iter().position(|column| matches!(column.kind, Kind::Date | Kind::Instant))
}

fn date_in<R: Record>(record: &R, column: usize, locale: &Locale) -> Option<NaiveDate> {
    let text = record.written(column, locale);
    crate::base::date::parse_date(text.get(..10)?, crate::base::date::DateOrder::Iso).ok()
}

fn holds<R: Record>(test: &Test, record: &R, locale: &Locale) -> bool {
    let on = |column: Option<usize>| column.and_then(|column| date_in(record, column, locale));
    match test {
        Test::Open => {
            let stage = R::TABLE.position("stage").map(|i| record.written(i, locale));
            stage.and_then(|text| Stage::from_text(&text)).is_some_and(Stage::is_open)
        }
        Test::Since(from) => on(first_date::<R>()).is_some_and(|date| date >= *from),
        Test::Until(to) => on(first_date::<R>()).is_some_and(|date| date <= *to),
        Test::Within(column, period) => on(Some(*column)).is_some_and(|date| period.contains(date)),
        Test::Column(i, value) => column_holds(record, *i, value, locale),
        Test::Word(word) => (0..R::TABLE.columns.len())
            .filter(|i| matches!(R::TABLE.columns[*i].kind, Kind::Text | Kind::Id | Kind::Tags))
            .any(|i| contains(&record.written(i, locale), word)),
    }
}

fn column_holds<R: Record>(record: &R, i: usize, value: &str, locale: &Locale) -> bool {
    let text = record.written(i, locale);
    match R::TABLE.columns[i].kind {
        _ if value.is_empty() => text.trim().is_empty(),
        Kind::Code(_) => record.json(i, locale) == *value,
        Kind::Id | Kind::Number | Kind::Money => fold_key(&text) == value || crate::base::id::names(value, &text),
        _ => contains(&text, value),
    }
}

fn contains(text: &str, word: &str) -> bool {
    let folded = fold_key(text);
    let digits = word.len() >= 5 && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-'));
    folded.contains(word) || (digits && fold_phone(&folded).contains(&fold_phone(word)))
}
