//! An export that came back: cell by cell what changes, and what was held back.

use serde_json::{Value, json};

use crate::base::lang::Lang;
use crate::base::problem::{Problem, What};
use crate::base::text::{many, one_line, truncate};

/// A cell that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub id: String,
    pub line: u64,
    /// The column's code and what it is called.
    pub field: String,
    pub label: String,
    pub from: String,
    pub to: String,
}

/// What came of an export.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Came {
    /// The numbers of the exports that the rows went out with.
    pub exports: Vec<String>,
    pub cells: Vec<Cell>,
    /// Cells that were held back, each with its place: conflicts, and those that a sheet may not change.
    pub problems: Vec<Problem>,
    /// Cells that both sides changed to the same.
    pub agreed: usize,
    /// Cells left alone of which the book has a newer value.
    pub newer: usize,
    /// Rows that went out and did not come back.
    pub missing: usize,
}

/// Changed cells that are told one by one; a dry run tells more of them.
const TOLD: usize = 20;
const PREVIEWED: usize = 500;

impl Came {
    fn conflicts(&self) -> usize {
        self.problems.iter().filter(|problem| matches!(problem.what, What::CellConflict { .. })).count()
    }

    pub fn json(&self) -> Value {
        let cell = |cell: &Cell| json!({"id": cell.id, "line": cell.line, "field": cell.field, "from": cell.from, "to": cell.to});
        let place = |problem: &Problem| problem.place.as_ref().map(|place| json!({"line": place.line, "column": place.column}));
        let conflict = |problem: &Problem| match &problem.what {
            What::CellConflict { id, base, theirs, ours } => {
                Some(json!({"id": id, "field": problem.field, "place": place(problem), "base": base, "theirs": theirs, "ours": ours}))
            }
            _ => None,
        };
        let refused = |problem: &Problem| match &problem.what {
            What::CellConflict { .. } => None,
            What::GuardedCell { command } => {
                Some(json!({"code": problem.what.code(), "field": problem.field, "place": place(problem), "command": command}))
            }
            what => Some(json!({"code": what.code(), "field": problem.field, "place": place(problem)})),
        };
        json!({
            "exports": self.exports,
            "cells": self.cells.iter().map(cell).collect::<Vec<_>>(),
            "conflicts": self.problems.iter().filter_map(conflict).collect::<Vec<_>>(),
            "refused": self.problems.iter().filter_map(refused).collect::<Vec<_>>(),
            "agreed": self.agreed, "newer_in_book": self.newer, "rows_not_in_file": self.missing,
        })
    }

    /// For the receipt.
    pub fn lines(&self, dry_run: bool, lang: Lang) -> Vec<String> {
        let (cells, conflicts) = (self.cells.len(), self.conflicts());
        let (refused, exports) = (self.problems.len() - conflicts, self.exports.join(", "));
        let mut lines = vec![lang.pick(
            format!("  与导出 {exports} 逐格比对: {cells} 格取表格的,{conflicts} 格冲突,{refused} 格不能这样改"),
            format!("  compared with export {exports}: {} taken, {}, {refused} refused", many(cells, "cell"), many(conflicts, "conflict")),
        )];
        let told = if dry_run { PREVIEWED } else { TOLD };
        lines.extend(self.cells.iter().take(told).map(|cell| format!("    {}", cell.said(lang))));
        if cells > told {
            let rest = cells - told;
            lines.push(lang.pick(format!("    … 另有 {rest} 格 (--json 列出全部)"), format!("    … {rest} more (--json lists all)")));
        }
        let newer = self.newer;
        if newer > 0 {
            lines.push(lang.pick(
                format!("  {newer} 格表格没动、账本里已更新: 保留账本的"),
                format!("  {} left alone in the sheet and newer in the book: kept", many(newer, "cell")),
            ));
        }
        let missing = self.missing;
        if missing > 0 {
            lines.push(lang.pick(
                format!("  导出过的 {missing} 行不在文件里: 账本里仍保留"),
                format!("  {} of the export not in the file: kept in the book", many(missing, "row")),
            ));
        }
        lines
    }
}

impl Cell {
    /// `C0001 电话: 138… → 139…`
    fn said(&self, lang: Lang) -> String {
        let short = |text: &str| if text.is_empty() { lang.pick("(空)", "(blank)").to_owned() } else { truncate(&one_line(text), 40) };
        format!("{} {}: {} → {}", self.id, self.label, short(&self.from), short(&self.to))
    }
}
