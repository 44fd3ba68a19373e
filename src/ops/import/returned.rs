//! An export that comes back edited: cell by cell, what went out, what came back and what the book says now.
//!
//! A cell that was left alone never changes the book. A cell that they alone changed is taken. Where both changed it,
//! each to something else, the book's stays until somebody decides; the row's other cells are taken all the same.

use std::collections::{HashMap, HashSet};

use super::guards::{Touched, guard};
use super::interactions::is_contact_id;
use super::kept::Kept;
use crate::base::lost::{self, is_cell_error};
use crate::base::problem::What;
use crate::engine::three_way::{Verdict, decide, means_the_same};
use crate::model::cell::{Kind, Locale};
use crate::model::draft::{Draft, Rows};
use crate::model::request::Stage;
use crate::model::vocabulary::Code;

/// A row that came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Returned {
    pub line: u64,
    /// What it was known by when it went out.
    pub key: String,
    /// By the table's columns; none where the file has no such column.
    pub cells: Vec<Option<String>>,
    /// The same as they went out; none where the column did not.
    pub base: Vec<Option<String>>,
    /// Cells of the owner's columns.
    pub own: Vec<OwnBack>,
}

/// A cell of a column of the owner's, as it came back and as it went out. Blank where the column did not go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnBack {
    /// The position of the column among the owner's.
    pub at: usize,
    pub theirs: String,
    pub base: String,
}

/// A column of the table, or one of the owner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Column(usize),
    Own(usize),
}

/// Whose text holds where both changed a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Settle {
    /// The book's, and it is told.
    #[default]
    Ask,
    Theirs,
    Ours,
}

/// A cell and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub line: u64,
    pub id: String,
    pub field: Field,
    pub from: String,
    pub to: String,
}

/// A cell that both changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub line: u64,
    pub id: String,
    pub field: Field,
    pub base: String,
    pub theirs: String,
    pub ours: String,
}

/// A cell that may not be changed so.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    pub line: u64,
    pub id: String,
    pub field: Field,
    pub what: What,
}

/// What came of the rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Merge {
    pub changes: Vec<Change>,
    pub conflicts: Vec<Conflict>,
    pub refused: Vec<Refused>,
    /// Cells that both sides changed to the same.
    pub agreed: usize,
    /// Cells left alone that the book has newer.
    pub newer: usize,
    /// Rows of which a cell was taken, and the others.
    pub updated: usize,
    pub unchanged: usize,
}

/// What a cell may name.
#[derive(Debug, Default)]
pub struct Known {
    customers: HashSet<String>,
    contacts: HashSet<String>,
    requests: HashSet<String>,
}

/// The requests that changed cells name.
pub fn requests_named<R: Kept>(rows: &[Returned]) -> HashSet<&str> {
    let at = R::TABLE.position("request");
    rows.iter().filter_map(|row| Some(row.touched::<R>(at?)?.0.trim())).filter(|id| !id.is_empty()).collect()
}

/// Merges the rows into the draft. `requests` are those of the book that the rows name.
pub fn merge<R: Kept>(draft: &mut Draft, rows: &[Returned], requests: HashSet<String>, settle: Settle, locale: &Locale) -> Merge {
    let customers = draft.customers.iter().map(|customer| customer.id.to_string()).collect();
    let contacts = draft.contacts.iter().map(|contact| contact.id.to_string()).collect();
    let known = Known { customers, contacts, requests };
    let mut merge = Merge::default();
    for row in rows {
        let before = merge.changes.len();
        if let Some(record) = R::rows(draft).get(&row.key).cloned() {
            let merged = Row { back: row, ours: &record, locale, known: &known }.merge(settle, &mut merge);
            if let Some(slot) = merged.and_then(|merged| Some((R::rows_mut(draft).edit(&row.key)?, merged))) {
                *slot.0 = slot.1;
            }
            merge_own(R::rows_mut(draft), row, settle, locale, &mut merge);
        } else if let Some(column) = row.first_touched::<R>() {
            let what = What::NotFound { noun: R::TABLE.word.code, id: row.key.clone(), nearest: None };
            merge.refused.push(Refused { line: row.line, id: row.key.clone(), field: Field::Column(column), what });
        }
        if merge.changes.len() > before { merge.updated += 1 } else { merge.unchanged += 1 }
    }
    merge
}

/// What was decided beforehand about conflicts.
fn settled(verdict: Verdict, settle: Settle) -> Verdict {
    match (verdict, settle) {
        (Verdict::Conflict, Settle::Theirs) => Verdict::Theirs,
        (Verdict::Conflict, Settle::Ours) => Verdict::Untouched,
        (verdict, _) => verdict,
    }
}

/// The same for the owner's columns of a row.
fn merge_own<R: Kept>(rows: &mut Rows<R>, back: &Returned, settle: Settle, locale: &Locale, merge: &mut Merge) {
    let (line, id) = (back.line, || back.key.clone());
    let mut taken = Vec::new();
    for OwnBack { at, theirs, base } in &back.own {
        let Some(column) = rows.own_columns().get(*at).cloned() else { continue };
        let (field, ours) = (Field::Own(*at), rows.own_cells(&back.key).get(*at).cloned().unwrap_or_default());
        let base = column.settled(base, locale).unwrap_or_else(|_| base.clone());
        if means_the_same(column.cell_kind(), &base, theirs) {
            merge.newer += usize::from(base != ours);
            continue;
        }
        let theirs = match column.settled(theirs, locale) {
            Ok(theirs) => theirs,
            Err(what) => {
                let what = What::OwnColumn { column: column.code(), what: Box::new(what) };
                merge.refused.push(Refused { line, id: id(), field, what });
                continue;
            }
        };
        match settled(decide(&base, &theirs, &ours), settle) {
            Verdict::Untouched => {}
            Verdict::Agreed => merge.agreed += 1,
            Verdict::Conflict => merge.conflicts.push(Conflict { line, id: id(), field, base, theirs, ours }),
            Verdict::Theirs => {
                merge.changes.push(Change { line, id: id(), field, from: ours, to: theirs.clone() });
                taken.push((*at, theirs));
            }
        }
    }
    rows.set_own(&back.key, &taken);
}

impl Returned {
    /// What came back and went out of a column, where both are known and differ by intent.
    fn touched<R: Kept>(&self, column: usize) -> Option<(&str, &str)> {
        let (theirs, base) = (self.cells[column].as_deref()?, self.base[column].as_deref()?);
        let same = means_the_same(R::TABLE.columns[column].kind, base, theirs);
        (!same).then_some((theirs, base))
    }

    fn first_touched<R: Kept>(&self) -> Option<usize> {
        (1..R::TABLE.columns.len()).find(|column| self.touched::<R>(*column).is_some())
    }
}

/// A row at work.
struct Row<'a, R> {
    back: &'a Returned,
    ours: &'a R,
    locale: &'a Locale,
    known: &'a Known,
}

impl<R: Kept> Row<'_, R> {
    /// The record with what is taken; none when nothing is.
    fn merge(&self, settle: Settle, merge: &mut Merge) -> Option<R> {
        let ours = self.ours.row(self.locale);
        merge.newer += (1..ours.len()).filter(|at| self.is_newer(*at, &ours)).count();
        let touched: Vec<usize> = (1..ours.len()).filter(|at| self.back.touched::<R>(*at).is_some()).collect();
        let said = self.read(&touched, &ours, merge);
        let mut cells = ours.clone();
        let mut taken = Vec::new();
        for (column, theirs) in said {
            let base = self.canonical(column, self.back.base[column].as_deref().unwrap_or_default(), &ours);
            let agreed = means_the_same(R::TABLE.columns[column].kind, &ours[column], &theirs);
            let verdict = if agreed && theirs != base { Verdict::Agreed } else { decide(&base, &theirs, &ours[column]) };
            match settled(verdict, settle) {
                Verdict::Untouched => {}
                Verdict::Agreed => merge.agreed += 1,
                Verdict::Conflict => {
                    let ours = ours[column].clone();
                    let (line, id, field) = (self.back.line, self.back.key.clone(), Field::Column(column));
                    merge.conflicts.push(Conflict { line, id, field, base, theirs, ours });
                }
                Verdict::Theirs => match self.refusal(column, &theirs, &ours) {
                    Some(what) => self.refuse(column, what, merge),
                    None => {
                        cells[column].clone_from(&theirs);
                        taken.push(Change {
                            line: self.back.line,
                            id: self.back.key.clone(),
                            field: Field::Column(column),
                            from: ours[column].clone(),
                            to: theirs,
                        });
                    }
                },
            }
        }
        self.drop_contradictions(&mut cells, &ours, &mut taken, merge);
        let record = R::read(&|at| cells[at].as_str(), self.locale).ok().filter(|_| !taken.is_empty());
        if record.is_some() {
            merge.changes.append(&mut taken);
        }
        record
    }

    /// Left alone there, changed here.
    fn is_newer(&self, column: usize, ours: &[String]) -> bool {
        let base = self.back.base[column].as_deref().filter(|_| self.back.cells[column].is_some());
        base.is_some_and(|base| self.back.touched::<R>(column).is_none() && base != ours[column])
    }

    fn refuse(&self, column: usize, what: What, merge: &mut Merge) {
        merge.refused.push(Refused { line: self.back.line, id: self.back.key.clone(), field: Field::Column(column), what });
    }

    /// Their cells as the book would write them; those that cannot be read are refused.
    fn read(&self, touched: &[usize], ours: &[String], merge: &mut Merge) -> Vec<(usize, String)> {
        let mut said = Vec::new();
        for column in touched {
            let Some((theirs, _)) = self.back.touched::<R>(*column) else { continue };
            match self.written(*column, theirs, ours) {
                Ok(written) => said.push((*column, written)),
                Err(what) => self.refuse(*column, what, merge),
            }
        }
        said
    }

    /// A cell as the book would write it, in the company of ours.
    fn written(&self, column: usize, text: &str, ours: &[String]) -> Result<String, What> {
        let table = &R::TABLE.columns[column];
        if is_cell_error(text) {
            return Err(What::CellError { value: text.trim().to_owned() });
        }
        if (table.kind == Kind::Id || table.word.code == "phone") && lost::is_lost(text) && text != ours[column] {
            return Err(What::ExponentId { value: text.trim().to_owned(), perhaps: None });
        }
        let cell = |at: usize| if at == column { text } else { ours[at].as_str() };
        let read = R::read(&cell, self.locale).map(|record| record.written(column, self.locale));
        read.map_err(|wrong| wrong.into_iter().find(|(at, _)| *at == column).map_or(What::Required, |(_, what)| what))
    }

    fn canonical(&self, column: usize, text: &str, ours: &[String]) -> String {
        self.written(column, text, ours).unwrap_or_else(|_| text.to_owned())
    }

    /// Why a cell may not become this.
    fn refusal(&self, column: usize, theirs: &str, ours: &[String]) -> Option<What> {
        let table = R::TABLE;
        let code = table.columns[column].word.code;
        let cell = |code: &str| table.position(code).map_or("", |at| ours[at].as_str());
        let is_customer = table.word.code == "customers";
        if is_customer && !cell("merged_into").is_empty() {
            return Some(What::MergedCustomer { id: self.back.key.clone(), into: cell("merged_into").to_owned() });
        }
        if is_customer && code == "name" && theirs.trim().is_empty() {
            return Some(What::Required);
        }
        let (named, known) = match code {
            "customer" => ("customers", self.known.customers.contains(theirs)),
            "request" => ("requests", self.known.requests.contains(theirs)),
            // a person may also be told by a name
            "contact" => ("contacts", !is_contact_id(theirs) || self.known.contacts.contains(theirs)),
            _ => ("", true),
        };
        if !known && !theirs.is_empty() {
            return Some(What::UnknownReference { table: named, id: theirs.to_owned() });
        }
        let stage = Stage::from_text(cell("stage"));
        let in_code = self.in_code(column, theirs, ours);
        guard(Touched {
            table: table.word.code,
            id: &self.back.key,
            column: code,
            theirs: &in_code,
            is_resolved: stage.is_some_and(Stage::is_resolved),
        })
    }

    /// A cell with its canonical code.
    fn in_code(&self, column: usize, text: &str, ours: &[String]) -> String {
        let cell = |at: usize| if at == column { text } else { ours[at].as_str() };
        let json = R::read(&cell, self.locale).ok().map(|record| record.json(column, self.locale));
        json.and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_else(|| text.to_owned())
    }

    /// Days that end before they begin: the cells that say so are not taken.
    fn drop_contradictions(&self, cells: &mut [String], ours: &[String], taken: &mut Vec<Change>, merge: &mut Merge) {
        let (Some(from), Some(until)) = (R::TABLE.position("from"), R::TABLE.position("until")) else { return };
        if cells[from].is_empty() || cells[until].is_empty() || cells[from] <= cells[until] {
            return;
        }
        for column in [from, until] {
            if let Some(at) = taken.iter().position(|change| change.field == Field::Column(column)) {
                taken.remove(at);
                let what = What::TimeOrder { value: cells[until].clone(), earlier: cells[from].clone() };
                self.refuse(column, what, merge);
            }
        }
        cells[from].clone_from(&ours[from]);
        cells[until].clone_from(&ours[until]);
    }
}

/// Which row that went out a damaged id means: the one it may have been, when that is one alone.
pub fn meant<'a>(seen: &str, keys: &HashMap<&'a str, usize>) -> Option<&'a str> {
    if let Some((key, _)) = keys.get_key_value(seen.trim()) {
        return Some(key);
    }
    let seen = seen.trim();
    if seen.is_empty() {
        return None;
    }
    let same = |key: &&&str| means_the_same(Kind::Id, key, seen);
    let mut found = keys.keys().filter(same);
    found.next().copied().filter(|_| found.next().is_none())
}

#[cfg(test)]
mod tests;
