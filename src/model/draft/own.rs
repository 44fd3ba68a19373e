//! The owner's columns of loaded rows: set by name, told in the log as `x.NAME`.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Act, Change, Item, Rows, is_blank};
use crate::model::cell::Locale;
use crate::model::columns::{Columns, OwnColumn, join_headers};
use crate::model::record::Record;

impl<R: Record> Rows<R> {
    /// No rows yet, and the columns that the book declares for their table.
    pub fn declared(columns: &Columns) -> Rows<R> {
        let own = columns.of(R::TABLE).iter().cloned().map(Arc::new).collect();
        Rows { own, ..Rows::default() }
    }

    /// The owner's columns at hand.
    pub fn own_columns(&self) -> &[Arc<OwnColumn>] {
        &self.own
    }

    /// Joins the columns that a file has besides; where each of all of them stands in it.
    pub fn meet_headers(&mut self, headers: &[String], is_own: impl Fn(usize) -> bool) -> Vec<Option<usize>> {
        join_headers(&mut self.own, headers, &is_own);
        self.own.iter().map(|column| column.place(headers, &is_own)).collect()
    }

    /// The cells that came with the row loaded last.
    pub fn load_own(&mut self, cells: Vec<String>) {
        if let Some(item) = self.items.last_mut() {
            item.own = cells;
        }
    }

    /// A record's cells, in the order of the columns; the last ones may be missing where they are blank.
    pub fn own_cells(&self, key: &str) -> &[String] {
        self.by_key.get(key).map_or(&[], |at| &self.items[*at].own)
    }

    /// Sets cells of a record, by the positions of their columns.
    pub fn set_own(&mut self, key: &str, cells: &[(usize, String)]) {
        let Some(at) = self.by_key.get(key) else { return };
        let item = &mut self.items[*at];
        if item.own_before.is_none() && item.origin.is_some() && !cells.is_empty() {
            item.own_before = Some(item.own.clone());
        }
        for (column, text) in cells {
            if item.own.len() <= *column {
                item.own.resize(column + 1, String::new());
            }
            item.own[*column].clone_from(text);
        }
    }

    /// Changes every row, also those that share a key: lines of an order, decisions of a day.
    ///
    /// # Errors
    /// The first of the change.
    pub fn each<E>(&mut self, mut change: impl FnMut(&mut R) -> Result<(), E>) -> Result<(), E> {
        for item in self.items.iter_mut().filter(|item| !item.gone) {
            if item.before.is_none() && item.origin.is_some() {
                item.before = Some(Box::new(item.now.clone()));
            }
            change(&mut item.now)?;
        }
        Ok(())
    }

    /// Empties the cells of those of the owner's columns that are to go, in every row.
    pub fn empty_own(&mut self, goes: impl Fn(&OwnColumn) -> bool) {
        let going: Vec<bool> = self.own.iter().map(|column| goes(column)).collect();
        for item in &mut self.items {
            let filled = item.own.iter().zip(&going).any(|(cell, goes)| *goes && !cell.is_empty());
            if filled && item.own_before.is_none() {
                item.own_before = Some(item.own.clone());
            }
            item.own.iter_mut().zip(&going).filter(|(_, goes)| **goes).for_each(|(cell, _)| cell.clear());
        }
    }

    /// Whether setting these cells would change the record: what a cell means counts, not how it is written.
    pub fn own_differs(&self, key: &str, cells: &[(usize, String)], locale: &Locale) -> bool {
        let present = self.own_cells(key);
        let present = |column: usize| present.get(column).map_or("", String::as_str);
        cells.iter().any(|(column, text)| !self.own[*column].is_same(text, present(*column), locale))
    }
}

impl<R: Record> Item<R> {
    /// The change with what became of the owner's cells; a change of these alone is one too.
    pub(super) fn with_own(&self, change: Option<Change>, columns: &[Arc<OwnColumn>], locale: &Locale) -> Option<Change> {
        if self.own.is_empty() && self.own_before.is_none() {
            return change;
        }
        let cell = |cells: &[String], at: usize| cells.get(at).cloned().unwrap_or_default();
        let told = |cells: &[String], at: usize| columns[at].json(&cell(cells, at), locale);
        let filled = |cells: &[String]| -> Map<String, Value> {
            let all = (0..columns.len()).map(|at| (columns[at].code(), told(cells, at)));
            all.filter(|(_, value)| !is_blank(value)).collect()
        };
        let before = self.own_before.as_deref();
        let Some(origin) = &self.origin else {
            let mut change = change?;
            if change.logged {
                change.after.extend(filled(&self.own));
            }
            let all = (0..columns.len()).map(|at| (columns[at].clone(), cell(&self.own, at)));
            change.own = all.filter(|(_, text)| !text.is_empty()).collect();
            return Some(change);
        };
        if self.gone {
            let mut change = change?;
            change.before.extend(filled(before.unwrap_or(&self.own)));
            return Some(change);
        }
        let Some(before) = before else { return change };
        let same = |at: usize| columns[at].is_same(&cell(before, at), &cell(&self.own, at), locale);
        let differ: Vec<usize> = (0..columns.len()).filter(|at| !same(*at)).collect();
        if differ.is_empty() {
            return change;
        }
        let update = || self.as_change(Act::Update { origin: origin.clone(), cells: Vec::new() }, Map::new(), Map::new());
        let mut change = change.unwrap_or_else(update);
        let fields = |cells: &[String]| -> Map<String, Value> { differ.iter().map(|at| (columns[*at].code(), told(cells, *at))).collect() };
        // a record that came with its past is told step by step: its own cells with the last
        let (was, is) = match change.steps.last_mut() {
            Some(step) => (&mut step.before, &mut step.after),
            None => (&mut change.before, &mut change.after),
        };
        was.extend(fields(before));
        is.extend(fields(&self.own));
        change.own = differ.iter().map(|at| (columns[*at].clone(), cell(&self.own, *at))).collect();
        Some(change)
    }
}
