//! The page over all sealed reports, `reports/index.html`: written anew with every seal.

use serde_json::Value;

use super::report_seal::of_period;
use crate::base::date::{DateOrder, parse_date};
use crate::base::lang::Lang;
use crate::base::text::group_digits;
use crate::cli::error::Failure;
use crate::engine::report::figure::Number;
use crate::model::seal::Seal;
use crate::store::{Book, layout};
use crate::view::report::index::{self, Index, Reading, Sealed, Series};
use crate::view::report::words;
use crate::view::template::Kind;

/// A seal and the report it sealed.
pub struct Entry {
    pub folder: String,
    pub seal: Seal,
    pub report: Value,
}

/// A figure on the page: its code, where it stands in a report, and what its number is. In a list it is the row of the code.
struct Shown {
    code: &'static str,
    path: &'static [&'static str],
    number: fn(f64) -> Number,
}

/// Days of periods that are drawn in one line: months, quarters, halves, years, and any others.
const LENGTHS: [i64; 4] = [31, 92, 184, 366];

#[expect(clippy::cast_possible_truncation, reason = "counts of records")]
const COUNT: fn(f64) -> Number = |n| Number::Count(n as i64);

/// The main figures, over all periods.
const FIGURES: &[Shown] = &[
    Shown { code: "received", path: &["totals", "requests"], number: COUNT },
    Shown { code: "complaints", path: &["totals", "requests"], number: COUNT },
    Shown { code: "resolution_rate", path: &["efficiency", "figures"], number: Number::Percent },
    Shown { code: "median_time", path: &["efficiency", "figures"], number: Number::Seconds },
    Shown { code: "resolve_on_time", path: &["efficiency", "figures"], number: Number::Percent },
    Shown { code: "feedback", path: &["satisfaction", "feedback", "top2", "value"], number: Number::Percent },
    Shown { code: "coverage", path: &["revisits", "figures"], number: Number::Percent },
    Shown { code: "net", path: &["totals", "business"], number: COUNT },
];

/// The seals of a book with their reports; one that cannot be read is left to `report verify`.
///
/// # Errors
/// What the disk says.
pub fn entries(book: &Book) -> Result<Vec<Entry>, Failure> {
    let mut entries = Vec::new();
    for folder in book.seals()? {
        let seal = book.sealed(&folder, layout::SEAL)?.and_then(|bytes| Seal::parse(&bytes).ok());
        let report = book.sealed(&folder, "report.json")?.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        entries.extend(seal.zip(report).map(|(seal, report)| Entry { folder, seal, report }));
    }
    Ok(entries)
}

/// The pages, by file.
///
/// # Errors
/// A fault in the owner's templates.
pub fn pages(book: &Book, mut entries: Vec<Entry>, lang: Lang) -> Result<Vec<(String, String)>, Failure> {
    let from = |entry: &Entry| entry.report["period"]["from"].as_str().unwrap_or_default().to_owned();
    entries.sort_by_key(|entry| (from(entry), entry.folder.len(), entry.folder.clone()));
    let folders: Vec<String> = entries.iter().map(|entry| entry.folder.clone()).collect();
    let replaced_by = |entry: &Entry| {
        let of = of_period(&folders, &entry.seal.period);
        of.iter().position(|folder| *folder == entry.folder).and_then(|at| of.get(at + 1)).cloned()
    };
    let in_force: Vec<&Entry> = entries.iter().filter(|entry| replaced_by(entry).is_none()).collect();
    let in_force = most_usual(in_force);
    let index = Index {
        book: book.settings.name.clone(),
        sealed: entries.iter().rev().map(|entry| sealed(entry, replaced_by(entry), lang)).collect(),
        series: FIGURES.iter().map(|figure| series(figure, &in_force, lang)).collect(),
    };
    let own = book.templates()?;
    let page = |(file, kind)| Ok((String::from(file), index::write(&index, kind, &own, lang)?));
    [(layout::INDEX[0], Kind::Html), (layout::INDEX[1], Kind::Markdown)].into_iter().map(page).collect()
}

/// Those whose periods have the length that most have, so that a year does not stand among quarters.
fn most_usual(entries: Vec<&Entry>) -> Vec<&Entry> {
    let length = |entry: &Entry| {
        let day = |end: &str| entry.report["period"][end].as_str().and_then(|day| parse_date(day, DateOrder::Iso).ok());
        let days = day("from").zip(day("to")).map_or(0, |(from, to)| (to - from).num_days() + 1);
        LENGTHS.iter().position(|most| days <= *most).unwrap_or(LENGTHS.len())
    };
    let count = |wanted: usize| entries.iter().filter(|entry| length(entry) == wanted).count();
    // of equals the shorter
    let usual = (0..=LENGTHS.len()).rev().max_by_key(|wanted| count(*wanted)).unwrap_or_default();
    entries.into_iter().filter(|entry| length(entry) == usual).collect()
}

fn sealed(entry: &Entry, replaced_by: Option<String>, lang: Lang) -> Sealed {
    let again = entry.seal.reason.as_ref().map(|reason| lang.pick(format!("再次封存: {reason}"), format!("sealed again: {reason}")));
    let replaced = replaced_by.map(|folder| lang.pick(format!("已由 {folder} 取代"), format!("replaced by {folder}")));
    Sealed {
        period: entry.folder.clone(),
        at: entry.seal.sealed_at.chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect(),
        by: entry.seal.by.clone(),
        files: layout::SEALED.iter().map(|file| (ending(file), format!("{}/{file}", entry.folder))).collect(),
        note: [replaced, again].into_iter().flatten().collect::<Vec<_>>().join(lang.pick(";", "; ")),
    }
}

fn ending(file: &str) -> String {
    file.rsplit('.').next().unwrap_or_default().to_owned()
}

fn series(shown: &Shown, entries: &[&Entry], lang: Lang) -> Series {
    let reading = |entry: &&Entry| {
        let found = shown.path.iter().fold(&entry.report, |value, name| &value[*name]);
        let row = found.as_array().and_then(|rows| rows.iter().find(|row| row["code"] == shown.code));
        let now = row.map_or(found, |row| &row["now"]);
        // money is a decimal in a string
        let value = now.as_f64().or_else(|| now.as_str()?.parse().ok());
        let text = now.as_str().map(grouped);
        let shown = value.map(|value| text.unwrap_or_else(|| words::number((shown.number)(value), lang)));
        Reading { period: entry.seal.period.clone(), value, shown: shown.unwrap_or_else(|| "–".to_owned()) }
    };
    Series { code: shown.code, points: entries.iter().map(reading).collect() }
}

/// A plain decimal as it is read: `-68274.80` → `−68,274.80`.
fn grouped(decimal: &str) -> String {
    let (sign, digits) = decimal.strip_prefix('-').map_or(("", decimal), |digits| ("−", digits));
    let (whole, rest) = digits.find('.').map_or((digits, ""), |at| digits.split_at(at));
    format!("{sign}{}{rest}", group_digits(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped() {
        assert_eq!([grouped("68274.80"), grouped("-1200"), grouped("0.50")], ["68,274.80", "−1,200", "0.50"]);
    }
}
