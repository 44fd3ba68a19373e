//! What keeps the archive true: the rules themselves, and each customer by them.

use chrono::NaiveDate;

use crate::base::problem::{Problem, Problems, Severity, What};
use crate::model::consent::{self, Standing};
use crate::model::customer::Customer;
use crate::model::draft::Document;
use crate::model::rules::archive::{ArchiveRules, Doubt};
use crate::store::book::{Book, Locator};

/// A verification that is still to come, a basis that is lacking though the rules ask for one, a source that is not in their list.
pub fn customer(customer: &Customer, rules: &ArchiveRules, today: Option<NaiveDate>, at: &Locator<'_>) -> Problems {
    let Some(today) = today.filter(|_| customer.is_active()) else { return Problems::new() };
    let warning = |field: &str, what: What| Problem { severity: Severity::Warning, ..at(Some(field), what) };
    let to_come = customer.verified_on.filter(|day| *day > today).map(|day| {
        let what = What::OutOfRange { value: day.to_string(), min: "1900-01-01".into(), max: today.to_string() };
        at(Some("verified_on"), what)
    });
    let standing = consent::standing(&customer.consent, &rules.consent, today);
    let lacks = rules.consent.required && matches!(standing, Standing::Missing | Standing::Unclear | Standing::Expired);
    let basis = lacks.then(|| warning("consent", consent::no_basis(standing, &customer.consent)));
    let source = rules.sources.doubt(&customer.source).map(|doubt| {
        let near = if let Doubt::Near(near) = doubt { Some(near) } else { None };
        warning("source", What::UnknownSource { name: customer.source.clone(), near })
    });
    [to_come, basis, source].into_iter().flatten().collect()
}

/// The rules of the archive, and whether the tiers they name are there. The built-in ones name tiers that a book need not have.
pub fn rules(book: &Book) -> Problems {
    let ruled = match book.archive_rules() {
        Ok(ruled) if ruled.is_built_in() => return Problems::new(),
        Ok(ruled) => ruled,
        Err(problems) => return problems,
    };
    let document = Document::Rules("archive".to_owned());
    match (book.document(&document), book.tier_rules()) {
        (Ok(Some(text)), Ok(tiers)) => Book::place_in(&document, &text, ruled.rules.strangers(&tiers.rules)),
        _ => Problems::new(),
    }
}
