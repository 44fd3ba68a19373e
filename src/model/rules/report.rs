//! `rules/report.yaml`: which sections a report has, what it compares with, and when it suggests something.

use serde::Deserialize;

use super::{Plain, Words};
use crate::base::problem::{Problem, Problems, What};

/// The rules a book has until the owner writes their own.
pub const DEFAULT: &str = include_str!("defaults/report.yaml");

/// The sections there are. Each has its writer in `view/report/sections`.
pub const SECTIONS: &[&str] = &[
    "summary",
    "totals",
    "shares",
    "channels",
    "efficiency",
    "targets",
    "satisfaction",
    "tiers",
    "lifecycle",
    "revisits",
    "problems",
    "causes",
    "repeats",
    "staff",
    "suggestions",
    "quality",
    "notes",
];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawReport {
    sections: Option<Words>,
    compare: Option<Words>,
    rows: Option<Plain>,
    limits: Option<RawLimits>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimits {
    resolution_rate: Option<Plain>,
    on_time: Option<Plain>,
    reopen_rate: Option<Plain>,
    slow_tenth: Option<Plain>,
    timed: Option<Plain>,
    share_rise: Option<Plain>,
    category_requests: Option<Plain>,
    category_complaints: Option<Plain>,
    csat: Option<Plain>,
    answers: Option<Plain>,
    coverage: Option<Plain>,
    without_cause: Option<Plain>,
    fallen: Option<Plain>,
    silent: Option<Plain>,
    missed: Option<Plain>,
    cause: Option<Plain>,
    reopened: Option<Plain>,
    open_share: Option<Plain>,
    open: Option<Plain>,
    lacking: Option<Plain>,
    rejected_rows: Option<Plain>,
}

/// What a report is compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compare {
    /// The period of the same length before it.
    pub previous: bool,
    /// The same period a year earlier.
    pub year_ago: bool,
}

impl Compare {
    /// Reads `previous`, `year_ago` and their Chinese names; none means no comparison.
    ///
    /// # Errors
    /// A name that is neither.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Compare, What> {
        let (mut compare, mut none) = (Compare::default(), None);
        for name in names {
            match crate::base::text::fold_key(name).as_str() {
                "previous" | "before" | "上期" | "环比" => compare.previous = true,
                "year_ago" | "year-ago" | "year ago" | "去年同期" | "同比" => compare.year_ago = true,
                "none" | "不对比" => none = Some(name.to_owned()),
                _ => {
                    let allowed = ["previous", "year_ago", "none"].map(str::to_owned).to_vec();
                    return Err(What::UnknownName { name: name.to_owned(), allowed });
                }
            }
        }
        match none.filter(|_| compare != Compare::default()) {
            Some(name) => Err(What::UnknownName { name, allowed: ["previous", "year_ago"].map(str::to_owned).to_vec() }),
            None => Ok(compare),
        }
    }
}

/// The thresholds of the suggestions, in per cent unless said otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Limits {
    pub resolution_rate: f64,
    pub on_time: f64,
    pub reopen_rate: f64,
    /// The slowest tenth takes so many times the median.
    pub slow_tenth: f64,
    /// Requests timed before their times say anything.
    pub timed: f64,
    /// Percentage points that a category's share may rise.
    pub share_rise: f64,
    /// Requests a category needs before its share says anything.
    pub category_requests: usize,
    /// Complaints in one category.
    pub category_complaints: usize,
    /// The share of the best grades.
    pub csat_top2: f64,
    /// Answers a score needs before it says anything.
    pub answers: u64,
    pub coverage: f64,
    pub without_cause: f64,
    /// Customers who fell a tier.
    pub fallen: usize,
    /// The share of all customers' net spend that the silent stand for.
    pub silent: f64,
    /// Requests that missed the target of one stage.
    pub missed: usize,
    /// Requests of the same root cause.
    pub cause: usize,
    /// Requests of one category that were reopened.
    pub reopened: usize,
    /// The share of the open requests that one person has, of at least `open`.
    pub open_share: f64,
    pub open: usize,
    /// The share of records that lack something.
    pub lacking: f64,
    pub rejected_rows: usize,
}

/// The rules, checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReportRules {
    /// Codes of [`SECTIONS`], each once.
    pub sections: Vec<&'static str>,
    pub compare: Compare,
    /// The most rows of a list of comments or customers.
    pub rows: usize,
    pub limits: Limits,
}

impl ReportRules {
    pub fn has(&self, section: &str) -> bool {
        self.sections.contains(&section)
    }
}

/// Section codes as typed, each once.
///
/// # Errors
/// The first that is none.
pub fn sections<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Vec<&'static str>, What> {
    let mut found: Vec<&'static str> = Vec::new();
    for name in names {
        let key = crate::base::text::fold_key(name);
        let code = SECTIONS.iter().find(|code| **code == key);
        let allowed = || SECTIONS.iter().map(|code| (*code).to_owned()).collect();
        let code = code.ok_or_else(|| What::UnknownName { name: name.to_owned(), allowed: allowed() })?;
        if !found.contains(code) {
            found.push(code);
        }
    }
    Ok(found)
}

impl RawReport {
    /// Checks the rules; keys left out take the built-in default's.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<ReportRules, Problems> {
        let default: RawReport = serde_yaml::from_str(DEFAULT).unwrap_or_default();
        let mut wrong = Problems::new();
        let mut note = |field: &str, what: What| wrong.push(Problem::error(what).field(field));
        let names = self.sections.or(default.sections).unwrap_or_default().0;
        let sections = sections(names.iter().map(String::as_str)).unwrap_or_else(|what| {
            note("sections", what);
            Vec::new()
        });
        if names.is_empty() {
            note("sections", What::UnknownName { name: "[]".into(), allowed: SECTIONS.iter().map(|code| (*code).to_owned()).collect() });
        }
        let names = self.compare.or(default.compare).unwrap_or_default().0;
        let compare = Compare::of(names.iter().map(String::as_str)).unwrap_or_else(|what| {
            note("compare", what);
            Compare::default()
        });
        let rows = whole(&self.rows.or(default.rows).unwrap_or_default().0, 1..=1000).unwrap_or_else(|what| {
            note("rows", what);
            1
        });
        let limits = self.limits.unwrap_or_default().check(default.limits.unwrap_or_default(), &mut note);
        if wrong.is_empty() { Ok(ReportRules { sections, compare, rows, limits }) } else { Err(wrong) }
    }
}

impl RawLimits {
    fn check(self, default: RawLimits, note: &mut dyn FnMut(&str, What)) -> Limits {
        let mut of = |key: &str, own: Option<Plain>, default: Option<Plain>, most: f64| {
            let text = own.or(default).unwrap_or_default().0;
            number(&text, most).unwrap_or_else(|what| {
                note(&format!("limits.{key}"), what);
                0.0
            })
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to a million")]
        let count = |x: f64| x as usize;
        Limits {
            resolution_rate: of("resolution_rate", self.resolution_rate, default.resolution_rate, 100.0),
            on_time: of("on_time", self.on_time, default.on_time, 100.0),
            reopen_rate: of("reopen_rate", self.reopen_rate, default.reopen_rate, 100.0),
            slow_tenth: of("slow_tenth", self.slow_tenth, default.slow_tenth, 1000.0),
            timed: of("timed", self.timed, default.timed, 1e6),
            share_rise: of("share_rise", self.share_rise, default.share_rise, 100.0),
            category_requests: count(of("category_requests", self.category_requests, default.category_requests, 1e6)),
            category_complaints: count(of("category_complaints", self.category_complaints, default.category_complaints, 1e6)),
            csat_top2: of("csat", self.csat, default.csat, 100.0),
            answers: count(of("answers", self.answers, default.answers, 1e6)) as u64,
            coverage: of("coverage", self.coverage, default.coverage, 100.0),
            without_cause: of("without_cause", self.without_cause, default.without_cause, 100.0),
            fallen: count(of("fallen", self.fallen, default.fallen, 1e6)),
            silent: of("silent", self.silent, default.silent, 100.0),
            missed: count(of("missed", self.missed, default.missed, 1e6)),
            cause: count(of("cause", self.cause, default.cause, 1e6)),
            reopened: count(of("reopened", self.reopened, default.reopened, 1e6)),
            open_share: of("open_share", self.open_share, default.open_share, 100.0),
            open: count(of("open", self.open, default.open, 1e6)),
            lacking: of("lacking", self.lacking, default.lacking, 100.0),
            rejected_rows: count(of("rejected_rows", self.rejected_rows, default.rejected_rows, 1e6)),
        }
    }
}

fn number(text: &str, most: f64) -> Result<f64, What> {
    let number: f64 = text.trim().trim_end_matches('%').trim_end().parse().map_err(|_| What::BadNumber { value: text.to_owned() })?;
    if (0.0..=most).contains(&number) {
        return Ok(number);
    }
    Err(What::OutOfRange { value: text.to_owned(), min: "0".into(), max: most.to_string() })
}

fn whole(text: &str, range: std::ops::RangeInclusive<usize>) -> Result<usize, What> {
    let number: usize = text.trim().parse().map_err(|_| What::BadNumber { value: text.to_owned() })?;
    if range.contains(&number) {
        return Ok(number);
    }
    Err(What::OutOfRange { value: text.to_owned(), min: range.start().to_string(), max: range.end().to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<ReportRules, Problems> {
        serde_yaml::from_str::<RawReport>(text).unwrap().check()
    }

    #[test]
    fn what_is_left_out_is_the_built_in() {
        let built_in = RawReport::default().check().unwrap();
        assert_eq!(built_in.sections, SECTIONS);
        assert!(built_in.compare.previous && built_in.compare.year_ago && built_in.limits.coverage > 0.0);
        let own = check("sections: [totals, summary, totals]\ncompare: []\nlimits: {on_time: 75}").unwrap();
        assert_eq!((own.sections, own.compare), (vec!["totals", "summary"], Compare::default()));
        assert_eq!((own.limits.on_time, own.limits.coverage, own.rows), (75.0, 80.0, 10));
    }

    #[test]
    fn everything_wrong_is_named_by_its_key() {
        let wrong = check("sections: [totals, sumary]\ncompare: [tomorrow]\nrows: 0\nlimits: {on_time: 900, csat: high}").unwrap_err();
        let fields: Vec<_> = wrong.iter().filter_map(|problem| problem.field.as_deref()).collect();
        assert_eq!(fields, ["sections", "compare", "rows", "limits.on_time", "limits.csat"]);
    }
}
