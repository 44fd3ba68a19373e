//! A draft of a change: the records it asks for, read under the writer's lock.

use std::collections::{BTreeSet, HashSet};

use super::book::lift;
use super::commit::Transaction;
use super::csv_table::CsvFile;
use super::disk::Disk;
use super::layout;
use super::load::{self, Loaded};
use crate::base::problem::Problems;
use crate::model::cell::Locale;
use crate::model::customer::{CUSTOMERS, Sought};
use crate::model::draft::{Draft, Need, Which};
use crate::model::interaction::INTERACTIONS;
use crate::model::record::Record;
use crate::model::settings::Settings;
use crate::model::survey::{ANSWERS, RESPONSES};
use crate::model::table::Part;

impl Transaction {
    /// Loads what a verb needs.
    pub fn draft(&mut self, settings: &Settings, needs: &[Need]) -> Result<Draft, Problems> {
        let mut draft = Draft::new(settings.clone(), self.next_seq());
        draft.made.clone_from(&self.state.made);
        let locale = settings.locale();
        let disk = self.disk.clone();
        for need in needs {
            let loaded = &mut self.loaded;
            match need {
                Need::Customers => loaded.rows(&disk, &[Part::Whole], &locale, &mut draft.customers)?,
                Need::Customer(typed) => {
                    let sought: Vec<Sought> = typed.iter().map(|typed| Sought::new(typed)).collect();
                    let columns = ["id", "name", "phone", "email"].map(|code| CUSTOMERS.position(code).unwrap_or_default());
                    let may_be = |file: &CsvFile, row: usize| {
                        let [id, name, phone, email] = columns.map(|column| file.cell(row, column));
                        sought.iter().any(|sought| sought.names_id(&id) || sought.is_called(&name, &phone, &email))
                    };
                    loaded.some_rows(&disk, &[Part::Whole], &locale, &mut draft.customers, &may_be)?;
                }
                Need::Contacts => loaded.rows(&disk, &[Part::Whole], &locale, &mut draft.contacts)?,
                Need::Staff => loaded.rows(&disk, &[Part::Whole], &locale, &mut draft.staff)?,
                Need::Absences => loaded.rows(&disk, &[Part::Whole], &locale, &mut draft.absences)?,
                Need::Knowledge => loaded.rows(&disk, &[Part::Whole], &locale, &mut draft.knowledge)?,
                Need::Requests(which) => fill(loaded, &disk, which, &locale, &mut draft.requests)?,
                Need::Revisits(which) => fill(loaded, &disk, which, &locale, &mut draft.revisits)?,
                Need::Interactions(which) => fill(loaded, &disk, which, &locale, &mut draft.interactions)?,
                Need::InteractionsWith(contact) => {
                    let column = INTERACTIONS.position("contact").unwrap_or_default();
                    let parts = load::wanted(&disk, &INTERACTIONS, &Which::All).map_err(lift)?;
                    let names = |file: &CsvFile, row: usize| file.cell(row, column).trim() == contact;
                    loaded.some_rows(&disk, &parts, &locale, &mut draft.interactions, &names)?;
                }
                Need::Tiers(which) => fill(loaded, &disk, which, &locale, &mut draft.tiers)?,
                Need::Points(which) => fill(loaded, &disk, which, &locale, &mut draft.points)?,
                Need::Practices(which) => fill(loaded, &disk, which, &locale, &mut draft.practices)?,
                Need::Responses(survey) => {
                    let part = [Part::Survey(survey.clone())];
                    loaded.rows(&disk, &part, &locale, &mut draft.responses)?;
                    loaded.rows(&disk, &part, &locale, &mut draft.answers)?;
                }
                Need::About(ids) => about(loaded, &disk, ids, &locale, &mut draft)?,
                Need::Orders => {}
            }
        }
        Ok(draft)
    }
}

/// Loads what names customers, a file at a time: of files without any of them, and of the rows of others, nothing stays.
fn about(loaded: &mut Loaded, disk: &Disk, ids: &[String], locale: &Locale, draft: &mut Draft) -> Result<(), Problems> {
    let theirs: HashSet<&str> = ids.iter().map(String::as_str).collect();
    let is_theirs = |id: &str| theirs.contains(id);
    naming(loaded, disk, "id", &is_theirs, locale, &mut draft.customers)?;
    naming(loaded, disk, "customer", &is_theirs, locale, &mut draft.contacts)?;
    naming(loaded, disk, "customer", &is_theirs, locale, &mut draft.orders)?;
    naming(loaded, disk, "customer", &is_theirs, locale, &mut draft.requests)?;
    naming(loaded, disk, "customer", &is_theirs, locale, &mut draft.revisits)?;
    naming(loaded, disk, "customer", &is_theirs, locale, &mut draft.interactions)?;
    naming(loaded, disk, "customer", &is_theirs, locale, &mut draft.tiers)?;
    naming(loaded, disk, "customer", &is_theirs, locale, &mut draft.points)?;
    naming(loaded, disk, "customer", &is_theirs, locale, &mut draft.practices)?;
    // an answer to the handling of a request is its customer's, also where it names none itself
    let requests: HashSet<String> = draft.requests.iter().map(|request| request.id.to_string()).collect();
    let [customer, request] = ["customer", "request"].map(|code| RESPONSES.position(code).unwrap_or_default());
    let answers = |file: &CsvFile, row: usize| {
        let (customer, request) = (file.cell(row, customer), file.cell(row, request));
        is_theirs(customer.trim()) || (customer.trim().is_empty() && requests.contains(request.trim()))
    };
    some(loaded, disk, &answers, locale, &mut draft.responses)?;
    let responses: HashSet<(String, String)> =
        draft.responses.iter().map(|response| (response.survey.clone(), response.id.to_string())).collect();
    let surveys: BTreeSet<&String> = responses.iter().map(|(survey, _)| survey).collect();
    for survey in surveys {
        let (column, part) = (ANSWERS.position("response").unwrap_or_default(), Part::Survey(survey.clone()));
        let is_theirs = |file: &CsvFile, row: usize| responses.contains(&(survey.clone(), file.cell(row, column).trim().to_owned()));
        loaded.some_rows(disk, std::slice::from_ref(&part), locale, &mut draft.answers, &is_theirs)?;
        loaded.forget(&layout::path(&ANSWERS, &part));
    }
    Ok(())
}

fn naming<R: Record>(
    loaded: &mut Loaded,
    disk: &Disk,
    column: &str,
    is_theirs: &dyn Fn(&str) -> bool,
    locale: &Locale,
    rows: &mut crate::model::draft::Rows<R>,
) -> Result<(), Problems> {
    let column = R::TABLE.position(column).unwrap_or_default();
    some(loaded, disk, &|file, row| is_theirs(file.cell(row, column).trim()), locale, rows)
}

fn some<R: Record>(
    loaded: &mut Loaded,
    disk: &Disk,
    asked: &dyn Fn(&CsvFile, usize) -> bool,
    locale: &Locale,
    rows: &mut crate::model::draft::Rows<R>,
) -> Result<(), Problems> {
    for part in load::parts(disk, R::TABLE).map_err(lift)? {
        loaded.some_rows(disk, std::slice::from_ref(&part), locale, rows, asked)?;
        loaded.forget(&layout::path(R::TABLE, &part));
    }
    Ok(())
}

fn fill<R: Record>(
    loaded: &mut Loaded,
    disk: &Disk,
    which: &Which,
    locale: &Locale,
    rows: &mut crate::model::draft::Rows<R>,
) -> Result<(), Problems> {
    let parts = load::wanted(disk, R::TABLE, which).map_err(lift)?;
    loaded.rows(disk, &parts, locale, rows)
}
