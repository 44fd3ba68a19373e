//! Laws of everything that reads bytes a person or another program wrote: whatever comes, no panic, and what is read
//! and written is read as the same. `tests/fuzz` looks for bytes that break one; the seeds are a test.

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::base::date::{DateOrder, Quarter, parse_date};
use crate::base::duration::{Span, Work};
use crate::base::instant::Instant;
use crate::base::money::Money;
use crate::base::period::Period;
use crate::exchange::encoding;
use crate::exchange::map_file::RawMap;
use crate::exchange::sheet::Sheet;
use crate::exchange::values::Values;
use crate::model::request::REQUESTS;
use crate::model::rules::archive::RawArchive;
use crate::model::rules::{
    assignment::RawAssignment, calendar::RawCalendar, cn_days::CnDays, comments::RawComments, duplicates::RawDuplicates,
    lifecycle::RawLifecycle, points::RawPoints, practices::RawPractices, revisits::RawRevisits, service::RawService, tiers::RawTiers,
};
use crate::model::settings::{RawSettings, Settings};
use crate::model::survey_file::RawSurvey;
use crate::store::fuzz as store;

pub use store::{csv, manifest};

/// A target's name and its law.
pub type Target = (&'static str, fn(&[u8]));

/// Every target; each has a file and a folder of seeds in `tests/fuzz`.
pub const TARGETS: &[Target] =
    &[("csv", csv), ("decode", decode), ("yaml", yaml), ("dates", dates), ("money", money), ("manifest", manifest)];

/// A foreign file: decoded text has no NUL, UTF-8 keeps its bytes, and the sheet's rows have the header's width.
pub fn decode(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else { return };
    let forced = [None, Some("utf-8"), Some("gb18030"), Some("utf-16le"), Some("utf-16be"), Some("latin1")][usize::from(*first) % 6];
    let familiar = |text: &str| ["name", "状态", "姓名"].iter().filter(|word| text.contains(*word)).count();
    let Ok(decoded) = encoding::decode(bytes, forced, &familiar) else { return };
    assert!(!decoded.text.contains('\0'));
    if decoded.encoding.starts_with("UTF-8") {
        assert!(bytes.ends_with(decoded.text.as_bytes()) && bytes.len() - decoded.text.len() <= 3);
    }
    if let Ok(sheet) = Sheet::parse_after(usize::from(*first) / 64, "t.csv", &decoded.text) {
        for row in &sheet.rows {
            assert!(row.line > 0 && row.place("t.csv", Some(row.cells.len() + 1)).line > 0);
        }
    }
}

/// Every kind of file that people write in YAML, and the notices of holidays.
pub fn yaml(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else { return };
    match first % 15 {
        0 => store::yaml(bytes, |raw: RawTiers| raw.check()),
        1 => store::yaml(bytes, |raw: RawRevisits| raw.check()),
        2 => store::yaml(bytes, |raw: RawService| raw.check()),
        3 => store::yaml(bytes, |raw: RawSurvey| raw.check()),
        4 => store::yaml(bytes, Settings::try_from as fn(RawSettings) -> _),
        5 => store::yaml(bytes, |raw: RawMap| Values::new(&REQUESTS, raw.values.as_ref(), raw.blank.as_ref())),
        6 => store::yaml(bytes, |raw: RawCalendar| raw.check(Tz::Europe__Berlin, CnDays::default())),
        7 => store::yaml(bytes, |raw: RawAssignment| raw.check()),
        8 => store::yaml(bytes, |raw: RawDuplicates| raw.check()),
        9 => store::yaml(bytes, |raw: RawPoints| raw.check(&["A".to_owned(), "B".to_owned()])),
        10 => drop(std::str::from_utf8(bytes).map(|text| CnDays::parse("t.csv", text))),
        11 => store::yaml(bytes, |raw: RawLifecycle| raw.check()),
        12 => store::yaml(bytes, |raw: RawArchive| raw.check()),
        13 => store::yaml(bytes, |raw: RawComments| raw.check()),
        _ => store::yaml(bytes, |raw: RawPractices| raw.check()),
    }
}

/// Dates, moments, periods and spans as people type them.
pub fn dates(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let years = |date: NaiveDate| chrono::Datelike::year(&date);
    for order in [DateOrder::Iso, DateOrder::DayFirst, DateOrder::MonthFirst] {
        if let Ok(date) = parse_date(text, order) {
            assert!((1900..=9999).contains(&years(date)), "{date}");
            assert_eq!(parse_date(&date.to_string(), DateOrder::Iso), Ok(date));
            let quarter = Quarter::of(date);
            assert!(quarter.start() <= date && date <= quarter.end());
            assert_eq!(Quarter::parse(&quarter.to_string()), Some(quarter));
        }
        for zone in [Tz::Asia__Shanghai, Tz::Europe__Berlin, Tz::America__St_Johns, Tz::Pacific__Apia] {
            if let Ok(at) = Instant::parse(text, zone, order) {
                let year = years(at.date(zone));
                assert!((1900..=9999).contains(&year), "{}", at.iso(zone));
                assert_eq!(Instant::parse(&at.write(zone), zone, DateOrder::Iso), Ok(at), "{}", at.write(zone));
                // before, local time differs from the world's by odd seconds, which RFC 3339 cannot say
                if year >= 1950 {
                    assert_eq!(Instant::parse(&at.iso(zone), zone, DateOrder::Iso), Ok(at), "{}", at.iso(zone));
                }
            }
        }
    }
    periods(text);
}

fn periods(text: &str) {
    for today in [(2026, 10, 8), (2024, 2, 29), (2001, 1, 1), (2199, 12, 31)] {
        let today = NaiveDate::from_ymd_opt(today.0, today.1, today.2).unwrap_or_default();
        if let Ok(period) = Period::parse(text, today) {
            assert!(period.from <= period.to, "{period}");
            assert_eq!(Period::parse(&period.to_string(), today), Ok(period), "{period}");
            let _ = period.previous().and_then(Period::previous);
            let _ = period.quarters();
        }
        if let Ok(Work::Seconds(seconds)) = Work::parse(text) {
            assert!(seconds >= 0);
        }
        if let Ok(span) = Span::parse(text) {
            assert!(span.before(today) <= today && today <= span.after(today));
            assert!(span.seconds() >= 0);
        }
    }
}

/// Amounts of money, with none to three decimals.
pub fn money(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let digits = u32::from(*first) % 4;
    if let Ok(amount) = Money::parse(text, digits) {
        assert_eq!(Money::parse(&amount.write(digits), digits), Ok(amount));
        assert_eq!(Money::parse(&amount.grouped(digits), digits), Ok(amount));
        let _ = -amount + amount;
    }
}

#[cfg(test)]
mod tests {
    use super::TARGETS;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the seeds are files")]
    fn the_seeds_keep_the_laws() {
        for (name, law) in TARGETS {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds").join(name);
            let seeds: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            assert!(!seeds.is_empty(), "{name}");
            for seed in seeds {
                let data = std::fs::read(&seed).unwrap();
                // the seed itself, cut short at every byte, and with every byte changed
                for at in 0..data.len() {
                    law(&data[..at]);
                    let mut changed = data.clone();
                    changed[at] ^= 1 << (at % 8);
                    law(&changed);
                }
                law(&data);
            }
        }
    }
}
