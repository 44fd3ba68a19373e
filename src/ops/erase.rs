//! Erasing a customer (抹除): what tells of the person goes from every record, what counts stays.
//!
//! The draft holds the records of the customer and of those merged into it, and no others.

use std::collections::{HashMap, HashSet};

use crate::base::problem::{Problem, Problems, What};
use crate::base::text::word;
use crate::model::cell::Locale;
use crate::model::columns::OwnColumn;
use crate::model::customer::{CUSTOMERS, Customer, CustomerStatus};
use crate::model::draft::{Draft, Rows};
use crate::model::erasure::{Erasure, Records, Traces, own_goes, pseudonym};
use crate::model::order::Order;
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::survey::{Answer, Response};

/// The records of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub table: &'static str,
    /// The customer's rows.
    pub rows: usize,
    /// Those of them that lose something.
    pub changed: usize,
}

/// Refused: a customer that went into another, and a reason that names the person.
///
/// # Errors
/// [`What::MergedCustomer`] with the one to erase; [`What::Usage`].
pub fn refuse(customer: &Customer, survivor: &str, reason: &str, traces: &Traces) -> Result<(), Problems> {
    let id = customer.id.as_str();
    if survivor != id {
        let typed = word(survivor);
        let zh = format!("{id} 已并入 {survivor},是同一位客户: 请用 carebook customer erase {typed},并入的一起抹除");
        let en = format!("{id} was merged into {survivor}, who is the same customer: `carebook customer erase {typed}` erases both");
        return Err(vec![What::Usage { message: [zh, en] }.into()]);
    }
    if traces.is_meant_in(reason) {
        let zh = "理由会一直留在日志里,不要写姓名、电话或邮箱".to_owned();
        let en = "the reason stays in the log for good: leave out name, phone and email".to_owned();
        return Err(vec![Problem::error(What::Usage { message: [zh, en] }).field("--reason")]);
    }
    Ok(())
}

/// Whose each record of the draft is.
pub fn records(draft: &Draft) -> Records {
    let mut records = Records::new();
    note(&draft.customers, &|row| row.id.to_string(), &mut records);
    note(&draft.contacts, &|row| row.customer.to_string(), &mut records);
    note(&draft.orders, &|row| row.customer.to_string(), &mut records);
    note(&draft.requests, &of_request, &mut records);
    note(&draft.revisits, &|row| row.customer.to_string(), &mut records);
    note(&draft.interactions, &|row| row.customer.to_string(), &mut records);
    note(&draft.tiers, &|row| row.customer.to_string(), &mut records);
    note(&draft.points, &|row| row.customer.to_string(), &mut records);
    note(&draft.practices, &|row| row.customer.to_string(), &mut records);
    note(&draft.responses, &of_response, &mut records);
    let theirs: HashMap<&str, String> = draft.responses.iter().map(|response| (response.id.as_str(), of_response(response))).collect();
    note(&draft.answers, &|answer| theirs.get(answer.response.as_str()).cloned().unwrap_or_default(), &mut records);
    records
}

fn note<R: Record>(rows: &Rows<R>, whose: &dyn Fn(&R) -> String, records: &mut Records) {
    let keys = records.entry(R::TABLE.word.code).or_default();
    keys.extend(rows.iter().map(|row| (row.key(), whose(row))));
}

/// The texts by which the person is known in these records.
pub fn traces(draft: &Draft) -> Traces {
    let mut traces = Traces::default();
    let locale = draft.locale();
    let mut add = |table: &str, value: &dyn Fn(&str) -> String| traces.add(table, value);
    for row in draft.customers.iter() {
        add("customers", &|column| written(row, column, &locale));
    }
    for row in draft.contacts.iter() {
        add("contacts", &|column| written(row, column, &locale));
    }
    for row in draft.requests.iter() {
        add("requests", &|column| written(row, column, &locale));
    }
    let kept: Vec<String> = draft.customers.iter().flat_map(|row| [row.id.to_string(), pseudonym(row.id.as_str(), locale.lang)]).collect();
    traces.leave_out(&kept);
    traces
}

fn written<R: Record>(row: &R, column: &str, locale: &Locale) -> String {
    R::TABLE.position(column).map_or_else(String::new, |at| row.written(at, locale))
}

/// Texts of these records that may be the shop's own words: they stay where somebody else's records have them too.
pub fn perhaps_phrases(draft: &Draft) -> HashSet<String> {
    let said = draft.requests.iter().flat_map(|request| [&request.measures, &request.result]);
    let answered = draft.answers.iter().map(|answer| &answer.raw);
    said.chain(answered).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

/// Erases: names become ones made from the ids, personal cells blank, the status erased. Tells what became of each table.
///
/// # Errors
/// None but of a record that could not be read again, which cannot be.
pub fn erase(draft: &mut Draft, erasure: &Erasure) -> Result<Vec<Counted>, Problems> {
    let locale = draft.locale();
    clear(&mut draft.customers, &|row| row.id.to_string(), erasure, &locale)?;
    clear(&mut draft.contacts, &|row| row.customer.to_string(), erasure, &locale)?;
    clear(&mut draft.orders, &|row| row.customer.to_string(), erasure, &locale)?;
    clear(&mut draft.requests, &of_request, erasure, &locale)?;
    clear(&mut draft.revisits, &|row| row.customer.to_string(), erasure, &locale)?;
    clear(&mut draft.interactions, &|row| row.customer.to_string(), erasure, &locale)?;
    clear(&mut draft.tiers, &|row| row.customer.to_string(), erasure, &locale)?;
    clear(&mut draft.points, &|row| row.customer.to_string(), erasure, &locale)?;
    clear(&mut draft.practices, &|row| row.customer.to_string(), erasure, &locale)?;
    clear(&mut draft.responses, &of_response, erasure, &locale)?;
    clear(&mut draft.answers, &|_: &Answer| String::new(), erasure, &locale)?;
    draft.customers.each(|customer| {
        customer.status = Some(CustomerStatus::Erased);
        Ok::<(), Problems>(())
    })?;
    Ok(counts(draft))
}

fn clear<R: Record>(rows: &mut Rows<R>, whose: &dyn Fn(&R) -> String, erasure: &Erasure, locale: &Locale) -> Result<(), Problems> {
    let table = R::TABLE;
    rows.each(|row| {
        let mut cells = row.row(locale);
        let told = cells.clone();
        let other = |name: &str| table.position(name).map_or_else(String::new, |at| coded(row, at, locale));
        for (at, column) in table.columns.iter().enumerate() {
            if let Some(new) = erasure.instead(table.word.code, column.word.code, &told[at], &whose(row), &other) {
                cells[at] = new;
            }
        }
        if cells != told {
            *row = R::read(&|at| cells[at].as_str(), locale)
                .map_err(|wrong| wrong.into_iter().map(|(_, what)| Problem::error(what)).collect::<Problems>())?;
        }
        Ok::<(), Problems>(())
    })?;
    rows.empty_own(|column: &OwnColumn| own_goes(table, column));
    Ok(())
}

/// A cell with canonical codes, as the log has it.
fn coded<R: Record>(row: &R, at: usize, locale: &Locale) -> String {
    match row.json(at, locale) {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    }
}

/// What became of each table that has any of the records.
fn counts(draft: &Draft) -> Vec<Counted> {
    let changes = draft.changes();
    let of = |table: &'static str, rows: usize| Counted {
        table,
        rows,
        changed: changes.iter().filter(|change| change.table.word.code == table).count(),
    };
    let all = [
        of(CUSTOMERS.word.code, draft.customers.iter().count()),
        of("contacts", draft.contacts.iter().count()),
        of(Order::TABLE.word.code, draft.orders.iter().count()),
        of("requests", draft.requests.iter().count()),
        of("revisits", draft.revisits.iter().count()),
        of("interactions", draft.interactions.iter().count()),
        of("tiers", draft.tiers.iter().count()),
        of("points", draft.points.iter().count()),
        of("practices", draft.practices.iter().count()),
        of("responses", draft.responses.iter().count()),
        of("answers", draft.answers.iter().count()),
    ];
    all.into_iter().filter(|counted| counted.rows > 0).collect()
}

fn of_request(request: &Request) -> String {
    request.customer.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn of_response(response: &Response) -> String {
    response.customer.as_ref().map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests;
