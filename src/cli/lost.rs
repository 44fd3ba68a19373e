//! Ids and phones that lost digits in a spreadsheet: where one stored value alone may have been it, the refusal names it.

use super::error::Failure;
use super::session::Session;
use crate::base::lost;
use crate::base::problem::{Problem, What};
use crate::exchange::mapping::Mapping;
use crate::exchange::sheet::Sheet;
use crate::exchange::typed::{Candidate, Rejected};
use crate::model::cell::Kind;
use crate::model::customer::{CUSTOMERS, Customer};
use crate::model::record::Record;

/// Where a lost value may be stored whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stored {
    /// As the id of the table's own records.
    Own,
    /// As the id of a customer.
    Customer,
    /// As a customer's phone.
    Phone,
}

/// Where to look, and the value as it came.
type Lost = (Stored, String);

fn stored<R: Record>(code: &str) -> Option<Stored> {
    match code {
        _ if code == R::TABLE.columns[0].word.code => Some(Stored::Own),
        "customer" => Some(Stored::Customer),
        "phone" => Some(Stored::Phone),
        _ => None,
    }
}

/// Names the value that an exponent may have been, and rejects rows whose id a spreadsheet rounded, when it is known which it was.
pub fn propose<R: Record>(
    session: &Session<'_>,
    sheet: &Sheet,
    mapping: &Mapping,
    taken: &mut Vec<Candidate<R>>,
    rejected: &mut Vec<Rejected>,
) -> Result<(), Failure> {
    let exponents = rejected.iter().flat_map(|row| &row.problems).filter_map(|problem| match &problem.what {
        What::ExponentId { value, .. } => Some((stored::<R>(problem.field.as_deref()?)?, value.clone())),
        _ => None,
    });
    let locale = session.locale()?;
    let rounded = taken.iter().filter_map(|row| {
        let value = row.rounded.clone()?;
        let columns = R::TABLE.columns.iter().enumerate();
        let column = columns.filter(|(at, column)| column.kind == Kind::Id || column.word.code == "phone" || *at == 0);
        let column = column.map(|(at, _)| at).find(|at| row.record.written(*at, &locale) == value)?;
        Some((stored::<R>(R::TABLE.columns[column].word.code)?, value))
    });
    let sought: Vec<(Stored, String)> = exponents.chain(rounded).collect();
    if sought.is_empty() {
        return Ok(());
    }
    let found = found::<R>(session, &sought)?;
    let perhaps = |sought: &(Stored, String)| found.iter().find(|(known, _)| known == sought).map(|(_, whole)| whole.clone());
    for problem in rejected.iter_mut().flat_map(|row| &mut row.problems) {
        let Some(kind) = problem.field.as_deref().and_then(stored::<R>) else { continue };
        if let What::ExponentId { value, perhaps: named } = &mut problem.what {
            *named = perhaps(&(kind, value.clone()));
        }
    }
    let all = std::mem::take(taken);
    for row in all {
        let known = [Stored::Own, Stored::Customer, Stored::Phone].into_iter().find_map(|kind| {
            let value = row.rounded.clone()?;
            Some((kind, value.clone(), perhaps(&(kind, value))?))
        });
        let at = known.as_ref().and_then(|_| sheet.rows.iter().find(|one| one.line == row.line));
        match (known, at) {
            (Some((kind, value, perhaps)), Some(at)) => {
                let code = match kind {
                    Stored::Own => R::TABLE.columns[0].word.code,
                    Stored::Customer => "customer",
                    Stored::Phone => "phone",
                };
                let cell = R::TABLE.position(code).and_then(|column| mapping.column(column));
                let problem = Problem::error(What::RoundedId { value, perhaps }).at(at.place(&sheet.file, cell)).field(code);
                rejected.push(Rejected { row: at.clone(), problems: vec![problem] });
            }
            _ => taken.push(row),
        }
    }
    rejected.sort_by_key(|row| row.row.line);
    Ok(())
}

/// Of each lost value the stored one it may have been, where there is one alone and the value itself is not stored.
fn found<R: Record>(session: &Session<'_>, sought: &[Lost]) -> Result<Vec<(Lost, String)>, Failure> {
    let (book, locale) = (session.book()?, session.locale()?);
    let of = |wanted: Stored| sought.iter().filter(move |(kind, _)| *kind == wanted).map(|(_, value)| value.as_str());
    let may_be = |wanted: Stored, whole: &str| of(wanted).any(|value| value == whole || lost::may_be(value, whole));
    let mut whole: Vec<(Stored, String)> = Vec::new();
    if of(Stored::Own).next().is_some() {
        let own: Vec<R> = book.some(&|record: &R| may_be(Stored::Own, &record.written(0, &locale)))?;
        whole.extend(own.iter().map(|record| (Stored::Own, record.written(0, &locale))));
    }
    let people = |customer: &Customer| may_be(Stored::Customer, customer.id.as_str()) || may_be(Stored::Phone, &customer.phone);
    if of(Stored::Customer).chain(of(Stored::Phone)).next().is_some() && book.has_any(&CUSTOMERS)? {
        for customer in book.some(&people)? {
            whole.push((Stored::Customer, customer.id.to_string()));
            whole.push((Stored::Phone, customer.phone.clone()));
        }
    }
    // an order of several lines has one id
    whole.sort_by(|a, b| (a.0 as u8, &a.1).cmp(&(b.0 as u8, &b.1)));
    whole.dedup();
    let one = |(kind, value): &(Stored, String)| {
        let fits: Vec<&String> =
            whole.iter().filter(|(k, w)| k == kind && (w == value || lost::may_be(value, w))).map(|(_, w)| w).collect();
        match fits[..] {
            [only] if only != value => Some(((*kind, value.clone()), only.clone())),
            _ => None,
        }
    };
    Ok(sought.iter().filter_map(one).collect())
}
