//! Loading: parts of tables from their files, into records or into a draft.

use std::collections::BTreeMap;

use super::csv_table::CsvFile;
use super::disk::{Disk, Stat, hash};
use super::layout;
use crate::base::date::Quarter;
use crate::base::instant::Instant;
use crate::base::problem::Problem;
use crate::base::problem::{Problems, What};
use crate::model::cell::{Kind, Locale};
use crate::model::draft::{Origin, Rows, Which};
use crate::model::log::{LOG, LogRow};
use crate::model::record::Record;
use crate::model::table::{Cut, Part, Table};

/// Files read under a lock, with the hash of what was read: a commit checks they are still the same.
#[derive(Debug, Default)]
pub struct Loaded {
    files: BTreeMap<String, (Option<CsvFile>, Option<String>)>,
    /// Files that only grow, and how they were when their end was read.
    stats: BTreeMap<String, Stat>,
}

impl Loaded {
    /// Reads a part's file once; `None` when there is none.
    pub fn part(&mut self, disk: &Disk, table: &'static Table, part: &Part) -> Result<Option<&CsvFile>, Problems> {
        let path = layout::path(table, part);
        let unread = self.files.get(&path).is_none_or(|(file, hash)| file.is_none() && hash.is_some());
        if unread {
            let bytes = disk.read(&path).map_err(|problem| vec![problem])?;
            let hash = bytes.as_deref().map(hash);
            if self.files.get(&path).is_some_and(|(_, before)| *before != hash) {
                return Err(vec![Problem::error(What::ChangedUnderneath { path })]);
            }
            let file = bytes.map(|bytes| CsvFile::parse(table, &path, bytes)).transpose()?;
            self.files.insert(path.clone(), (file, hash));
        }
        Ok(self.files.get(&path).and_then(|(file, _)| file.as_ref()))
    }

    /// The file of a path already read.
    pub fn file(&self, path: &str) -> Option<&CsvFile> {
        self.files.get(path).and_then(|(file, _)| file.as_ref())
    }

    /// Lets go of a file's rows and keeps its hash.
    pub fn forget(&mut self, path: &str) {
        if let Some((file, _)) = self.files.get_mut(path) {
            *file = None;
        }
    }

    /// Remembers a file that is no table.
    pub fn remember(&mut self, path: &str, bytes: Option<&[u8]>) {
        self.files.insert(path.to_owned(), (None, bytes.map(hash)));
    }

    /// Remembers how a file was of which only the end counts.
    pub fn remember_stat(&mut self, path: &str, stat: Stat) {
        self.stats.insert(path.to_owned(), stat);
    }

    pub fn hash_of(&self, path: &str) -> Option<&str> {
        self.files.get(path).and_then(|(_, hash)| hash.as_deref())
    }

    /// A file that is no longer as it was read.
    pub fn changed(&self, disk: &Disk) -> Result<Option<String>, Problem> {
        for (path, (_, before)) in &self.files {
            if disk.read(path)?.as_deref().map(hash) != *before {
                return Ok(Some(path.clone()));
            }
        }
        for (path, before) in &self.stats {
            if disk.stat(path)? != Some(*before) {
                return Ok(Some(path.clone()));
            }
        }
        Ok(None)
    }

    /// Loads rows of a table into a draft.
    pub fn rows<R: Record>(&mut self, disk: &Disk, parts: &[Part], locale: &Locale, rows: &mut Rows<R>) -> Result<(), Problems> {
        self.some_rows(disk, parts, locale, rows, &|_, _| true)
    }

    /// Loads the rows that are asked for, by their cells.
    pub fn some_rows<R: Record>(
        &mut self,
        disk: &Disk,
        parts: &[Part],
        locale: &Locale,
        rows: &mut Rows<R>,
        asked: &dyn Fn(&CsvFile, usize) -> bool,
    ) -> Result<(), Problems> {
        let mut wrong = Problems::new();
        for part in parts {
            let Some(file) = self.part(disk, R::TABLE, part)? else { continue };
            let own = OwnCells::of(file, rows);
            for row in (0..file.len()).filter(|row| asked(file, *row)) {
                match file.read::<R>(row, locale) {
                    Ok(record) => {
                        // an order may have several lines
                        if R::TABLE.columns[0].word.code == "id" && R::TABLE.word.code != "orders" && rows.get(&record.key()).is_some() {
                            let what = What::DuplicateId { table: R::TABLE.word.code, id: record.key(), first: String::new() };
                            wrong.push(file.problem(row, Some(0), what));
                        }
                        rows.load(Origin { part: part.clone(), row }, record);
                        if let Some(own) = &own {
                            rows.load_own(own.read(file, row));
                        }
                    }
                    Err(mut problems) => wrong.append(&mut problems),
                }
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

/// The owner's columns of a file: where each of those at hand stands in it, and how its text is kept.
struct OwnCells(Vec<Option<(usize, Kind)>>);

impl OwnCells {
    /// `None` where the file has none of them.
    fn of<R: Record>(file: &CsvFile, rows: &mut Rows<R>) -> Option<OwnCells> {
        let places = rows.meet_headers(file.headers(), |at| file.is_own(at));
        let kinds = rows.own_columns().iter().map(|column| column.cell_kind());
        let cells: Vec<_> = places.into_iter().zip(kinds).map(|(place, kind)| Some((place?, kind))).collect();
        cells.iter().any(Option::is_some).then_some(OwnCells(cells))
    }

    fn read(&self, file: &CsvFile, row: usize) -> Vec<String> {
        let cell = |at: &Option<(usize, Kind)>| at.map_or_else(String::new, |(at, kind)| file.own_cell(row, at, kind).into_owned());
        self.0.iter().map(cell).collect()
    }
}

/// Every part of a table that has a file, in order.
pub fn parts(disk: &Disk, table: &Table) -> Result<Vec<Part>, Problem> {
    match table.cut {
        Cut::Whole => Ok(vec![Part::Whole]),
        Cut::Quarter => {
            let names = disk.list(layout::folder(table))?;
            Ok(names.iter().filter_map(|name| layout::quarter_of_file(name)).map(Part::Quarter).collect())
        }
        Cut::Survey => Ok(surveys(disk)?.into_iter().map(Part::Survey).collect()),
    }
}

/// The names of the book's surveys.
pub fn surveys(disk: &Disk) -> Result<Vec<String>, Problem> {
    Ok(disk.list(layout::SURVEYS)?.into_iter().filter(|name| layout::is_safe_name(name)).collect())
}

/// The names of the book's saved maps.
pub fn maps(disk: &Disk) -> Result<Vec<String>, Problem> {
    let mut names: Vec<String> = disk.list(layout::MAPS)?.iter().filter_map(|file| file.strip_suffix(".yaml")).map(str::to_owned).collect();
    names.retain(|name| layout::is_safe_name(name));
    names.sort();
    Ok(names)
}

/// The parts a verb asked for.
pub fn wanted(disk: &Disk, table: &Table, which: &Which) -> Result<Vec<Part>, Problem> {
    match which {
        Which::All => parts(disk, table),
        Which::Quarters(quarters) => Ok(quarters.iter().copied().map(Part::Quarter).collect()),
        Which::Of(id) => match quarter_of_id(id) {
            // an id of ours carries its date; every other id is looked for everywhere
            Some(quarter) if parts(disk, table)?.contains(&Part::Quarter(quarter)) => Ok(vec![Part::Quarter(quarter)]),
            _ => parts(disk, table),
        },
    }
}

/// The quarter of an id such as `R20261123-001` or `T20261123-001`.
fn quarter_of_id(id: &str) -> Option<Quarter> {
    let date = id.get(1..9).filter(|_| id.starts_with(['R', 'r', 'T', 't']) && id.as_bytes().get(9) == Some(&b'-'))?;
    crate::base::date::parse_date(date, crate::base::date::DateOrder::Iso).ok().map(Quarter::of)
}

/// The log's rows from this seq on, in order.
pub fn log_since(disk: &Disk, seq: u32, locale: &Locale) -> Result<Vec<LogRow>, Problems> {
    log_tail(disk, locale, &mut |file, row| file.cell(row, 0).trim().parse::<u32>().is_ok_and(|at| at < seq))
}

/// The log's rows about one table, in order; of the others only the table is looked at.
pub fn log_of(disk: &Disk, table: &str, locale: &Locale) -> Result<Vec<LogRow>, Problems> {
    let column = LOG.position("table").unwrap_or_default();
    let mut rows = Vec::new();
    for part in parts(disk, &LOG).map_err(|problem| vec![problem])? {
        let path = layout::path(&LOG, &part);
        let Some(bytes) = disk.read(&path).map_err(|problem| vec![problem])? else { continue };
        let file = CsvFile::parse(&LOG, &path, bytes)?;
        for row in (0..file.len()).filter(|row| file.cell(*row, column).trim() == table) {
            rows.push(file.read::<LogRow>(row, locale)?);
        }
    }
    Ok(rows)
}

/// The log's last row.
pub fn log_last(disk: &Disk, locale: &Locale) -> Result<Option<LogRow>, Problems> {
    let mut rows = 0;
    let last = log_tail(disk, locale, &mut |_, _| {
        rows += 1;
        rows > 1
    });
    Ok(last?.pop())
}

/// The log's rows after the last one recorded at or before a moment.
pub fn log_after(disk: &Disk, moment: Instant, locale: &Locale) -> Result<Vec<LogRow>, Problems> {
    let column = LOG.position("recorded_at").unwrap_or(1);
    log_tail(disk, locale, &mut |file, row| {
        let recorded = Instant::parse(&file.cell(row, column), locale.zone, locale.order);
        recorded.is_ok_and(|recorded| recorded <= moment)
    })
}

/// The log's last rows, up to the first from behind that is `before`. Read from the end: the age of the book does not matter.
fn log_tail(disk: &Disk, locale: &Locale, before: &mut dyn FnMut(&CsvFile, usize) -> bool) -> Result<Vec<LogRow>, Problems> {
    let mut rows = Vec::new();
    for part in parts(disk, &LOG).map_err(|problem| vec![problem])?.iter().rev() {
        let path = layout::path(&LOG, part);
        let Some(bytes) = disk.read(&path).map_err(|problem| vec![problem])? else { continue };
        let file = CsvFile::parse(&LOG, &path, bytes)?;
        for row in (0..file.len()).rev() {
            if before(&file, row) {
                rows.reverse();
                return Ok(rows);
            }
            rows.push(file.read::<LogRow>(row, locale)?);
        }
    }
    rows.reverse();
    Ok(rows)
}
