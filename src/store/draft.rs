//! A draft of a change: the records it asks for, read under the writer's lock.

use super::book::lift;
use super::commit::Transaction;
use super::csv_table::CsvFile;
use super::disk::Disk;
use super::load::{self, Loaded};
use crate::base::problem::Problems;
use crate::model::cell::Locale;
use crate::model::customer::{CUSTOMERS, Sought};
use crate::model::draft::{Draft, Need, Which};
use crate::model::record::Record;
use crate::model::settings::Settings;
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
                    let sought = Sought::new(typed);
                    let columns = ["id", "name", "phone", "email"].map(|code| CUSTOMERS.position(code).unwrap_or_default());
                    let may_be = |file: &CsvFile, row: usize| {
                        let [id, name, phone, email] = columns.map(|column| file.cell(row, column));
                        sought.names_id(&id) || sought.is_called(&name, &phone, &email)
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
                Need::Tiers(which) => fill(loaded, &disk, which, &locale, &mut draft.tiers)?,
                Need::Points(which) => fill(loaded, &disk, which, &locale, &mut draft.points)?,
                Need::Responses(survey) => {
                    let part = [Part::Survey(survey.clone())];
                    loaded.rows(&disk, &part, &locale, &mut draft.responses)?;
                    loaded.rows(&disk, &part, &locale, &mut draft.answers)?;
                }
                Need::Orders => {}
            }
        }
        Ok(draft)
    }
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
