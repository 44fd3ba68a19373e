//! A whole book looked at: every row, every file, the log's chain.

use std::collections::HashSet;

use super::book::{Book, Locator, lift};
use super::layout;
use super::load;
use super::log_file::Walk;
use super::memory::State;
use super::own_columns;
use super::records::Wanted;
use crate::base::problem::{Place, Problem, Problems, What};
use crate::model::customer::{Customer, CustomerStatus};
use crate::model::erasure::own_goes;
use crate::model::log::LogRow;
use crate::model::record::Record;
use crate::model::table::Part;

impl Book {
    /// Checks every row of a table's files; hands the readable records over with the place of each.
    pub fn inspect<R: Record>(&self, each: &mut dyn FnMut(R, &Locator<'_>)) -> Problems {
        let locale = self.locale();
        let mut wrong = Problems::new();
        let parts = match load::parts(&self.disk, R::TABLE) {
            Ok(parts) => parts,
            Err(problem) => return vec![problem],
        };
        // whoever was erased has lost what is required too
        let columns = self.settings.columns.of(R::TABLE);
        let required = columns.iter().any(|column| column.required && own_goes(R::TABLE, column));
        let erased = if required { self.erased() } else { HashSet::new() };
        let whose = R::TABLE.position(if R::TABLE.word.code == "customers" { "id" } else { "customer" });
        for part in parts {
            let file = match self.file(R::TABLE, &part) {
                Ok(Some(file)) => file,
                Ok(None) => continue,
                Err(mut problems) => {
                    wrong.append(&mut problems);
                    continue;
                }
            };
            let excused = |row: usize| whose.is_some_and(|column| erased.contains(file.cell(row, column).trim()));
            wrong.append(&mut own_columns::misfits(&file, columns, &locale, &excused));
            for row in 0..file.len() {
                match file.read::<R>(row, &locale) {
                    Ok(record) => {
                        let belongs = record.part(&locale);
                        // the log is ordered by seq: after a clock went back its rows stay where they were written
                        let ordered_otherwise = R::TABLE.word.code == "log";
                        if belongs != part && !ordered_otherwise {
                            let path = layout::path(R::TABLE, &belongs);
                            wrong.push(file.problem(row, Some(0), What::WrongPartition { belongs: path }));
                        }
                        let at = |code: Option<&str>, what: What| file.problem(row, code.and_then(|code| R::TABLE.position(code)), what);
                        each(record, &at);
                    }
                    Err(mut problems) => wrong.append(&mut problems),
                }
            }
        }
        wrong
    }

    /// The ids of those who were erased; none where the archive cannot be read, which is told by itself.
    fn erased(&self) -> HashSet<String> {
        let said = |cell: &str| !cell.trim().is_empty();
        let keep = |customer: &Customer| customer.status == Some(CustomerStatus::Erased);
        let wanted = Wanted { keep: &keep, first: Some(("status", &said)), without: &[] };
        let found = self.read_now(&[Part::Whole], &wanted).unwrap_or_default();
        found.into_iter().map(|customer| customer.id.to_string()).collect()
    }

    /// Files in the tables' folders that are no part of the book: copies of sync programs, strays.
    pub fn strays(&self) -> Result<Problems, Problems> {
        let mut found = Problems::new();
        for table in crate::model::table::ALL.iter().filter(|table| table.cut == crate::model::table::Cut::Quarter) {
            let folder = layout::folder(table);
            for name in self.disk.list(folder).map_err(lift)? {
                if layout::quarter_of_file(&name).is_none() && !is_editors_own(&name) {
                    found.push(Problem::warning(What::StrayFile).at(Place::file(format!("{folder}/{name}"))));
                }
            }
        }
        for name in self.disk.list(".").map_err(lift)? {
            let copy = layout::is_copy_of_table(&name) && !is_editors_own(&name);
            if copy {
                found.push(Problem::warning(What::StrayFile).at(Place::file(name)));
            }
        }
        Ok(found)
    }

    /// Walks the log's chain; a problem at the first row that was removed or altered.
    pub fn check_log(&self) -> Problems {
        let locale = self.locale();
        let mut walk = Walk::default();
        let mut wrong = Problems::new();
        // each file, and its last row
        let mut files: Vec<(String, u32)> = Vec::new();
        let mut broken = |seq: u32, path: &str| wrong.push(Problem::error(What::LogBroken { seq: seq.to_string() }).at(Place::file(path)));
        let parts = load::parts(&self.disk, &crate::model::log::LOG).unwrap_or_default();
        for part in &parts {
            // an unreadable row was already reported by the table's own check
            let Ok(rows) = self.read_now::<LogRow>(std::slice::from_ref(part), &Wanted::those(&|_| true)) else { break };
            let path = layout::path(&crate::model::log::LOG, part);
            if let Some(seq) = walk.over(&rows, &locale) {
                broken(seq, &path);
                break;
            }
            files.push((path, walk.tip.seq));
        }
        if let Some(seq) = walk.end().filter(|_| files.len() == parts.len()) {
            let path = files.iter().find(|(_, last)| *last >= seq).map_or("log", |(path, _)| path.as_str());
            broken(seq, path);
        }
        let tip = walk.tip;
        let remembered = State::load(&self.disk).ok().and_then(|state| state.last);
        if let Some(known) = remembered.filter(|known| wrong.is_empty() && known.tip.seq > tip.seq) {
            let what = What::LogBroken { seq: (tip.seq + 1).to_string() };
            wrong.push(Problem::error(what).at(Place::file(known.path)));
        }
        wrong
    }
}

/// Lock files of office programs and editors: theirs, and gone when they close.
fn is_editors_own(name: &str) -> bool {
    name.starts_with("~$") || name.starts_with(".~lock") || name.starts_with('.') || name.ends_with('~') || name.ends_with(".swp")
}
