//! A book: opened for questions under a shared lock, or for one change under the writer's.

use std::path::{Path, PathBuf};

use super::cache;
use super::commit::{Committed, Transaction};
use super::csv_table::CsvFile;
use super::disk::Disk;
use super::journal;
use super::layout;
use super::load;
use super::lock::{self, Lock};
use super::memory::State;
use super::seals::Documents;
use super::settings_file;
use super::settle;
use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::packed::Packed;
use crate::base::problem::{Problem, Problems, What};
use crate::model::cell::Locale;
use crate::model::history::History;
use crate::model::settings::Settings;
use crate::model::table::{Part, Table};

/// An opened book.
#[derive(Debug)]
pub struct Book {
    pub settings: Settings,
    pub(super) disk: Disk,
    pub(super) lock: Option<Lock>,
    /// Questions are asked of the book as it stood: what the log tells since.
    pub(super) history: Option<History>,
    /// Questions are asked under the documents of then, where these are set.
    pub(super) documents: Option<Documents>,
}

/// Rules and the version of the file they came from.
#[derive(Debug, Clone)]
pub struct Ruled<T> {
    pub rules: T,
    /// First eight digits of the file's SHA-256; `built-in` without a file.
    pub hash: String,
}

impl<T> Ruled<T> {
    /// Whether the owner has written none of their own.
    pub fn is_built_in(&self) -> bool {
        self.hash == "built-in"
    }
}

/// Places a problem in a column of the row at hand.
pub type Locator<'a> = dyn Fn(Option<&str>, What) -> Problem + 'a;
pub(super) fn lift(problem: Problem) -> Problems {
    vec![problem]
}

/// The nearest folder upwards that holds a book.
pub fn discover(from: &Path) -> Option<PathBuf> {
    from.ancestors().find(|folder| Disk::new(folder.to_path_buf()).has(layout::SETTINGS).unwrap_or(false)).map(Path::to_path_buf)
}

impl Book {
    /// Opens the book in a folder for reading: a consistent state, also beside a writer.
    ///
    /// # Errors
    /// [`What::NoBook`], a faulty `carebook.yaml`, or a writer that does not finish.
    pub fn open(root: PathBuf) -> Result<Book, Problems> {
        Book::settled(Disk::new(root), settings_file::read)
    }

    /// Opens a book that may be of an older format, for the commands that look at such a book: `check`, `backup`, `upgrade`.
    pub fn open_older(root: PathBuf) -> Result<Book, Problems> {
        Book::settled(Disk::new(root), |disk| settings_file::of_any_format(disk).map(|(_, settings)| settings))
    }

    fn settled(disk: Disk, settings: impl Fn(&Disk) -> Result<Settings, Problems>) -> Result<Book, Problems> {
        // a newer book is left alone, what is unfinished in it too; an older one may be an upgrade that was cut off
        settings_file::of_any_format(&disk)?;
        let lock = settle::shared(&disk)?;
        let settings = settings(&disk)?;
        State::load(&disk).map_err(lift)?.refuse_missing(&disk)?;
        Ok(Book { settings, disk, lock: Some(lock), history: None, documents: None })
    }

    /// Writes a file for people, whole or not at all; never over one of a book's own files.
    ///
    /// # Errors
    /// [`What::OwnFile`], or what the disk says.
    pub fn write_outside(book: Option<&Book>, path: &Path, bytes: &[u8]) -> Result<(), Problem> {
        let path = &super::disk::end_of_link(path);
        let within = book.and_then(|book| super::disk::within_book(book.root(), path));
        let own = |path: &String| layout::is_written(path) || path.starts_with(layout::HIDDEN);
        match within.filter(own) {
            Some(path) => Err(Problem::error(What::OwnFile { path })),
            None => super::disk::write_outside(path, bytes),
        }
    }

    /// The language of the book in a folder, read without waiting for anybody.
    pub fn language(root: PathBuf) -> Option<Lang> {
        settings_file::of_any_format(&Disk::new(root)).ok().map(|(_, settings)| settings.lang)
    }

    /// Takes the files as they are now: one that is gone was removed on purpose. Makes the empty archive anew where it is missing.
    pub fn adopt(root: PathBuf, now: Instant) -> Result<Committed, Problems> {
        let disk = Disk::new(root);
        let settings = settings_file::read(&disk)?;
        {
            let _lock = lock::exclusive(&disk, "check --adopt").map_err(lift)?;
            journal::recover(&disk).map_err(lift)?;
            super::new_book::make_tables(&disk, settings.lang).map_err(lift)?;
        }
        let mut transaction = Transaction::adopt(disk, &settings.locale(), now)?;
        transaction.commit_edits(now, &settings.locale())
    }

    /// From now on every question is asked of the book as it stood at this moment, by the log.
    ///
    /// # Errors
    /// [`What::HistoryLost`], or what is wrong in the log.
    pub fn as_of(&mut self, moment: Instant) -> Result<(), Problems> {
        let rows = load::log_after(&self.disk, moment, &self.locale())?;
        self.history = Some(History::new(rows).map_err(lift)?);
        Ok(())
    }

    /// Whether questions are asked of the past.
    pub fn is_past(&self) -> bool {
        self.history.is_some()
    }

    /// Files whose rows as of then are not known.
    pub fn unknown_files(&self) -> Vec<String> {
        self.history.iter().flat_map(History::unknown_files).map(str::to_owned).collect()
    }

    pub fn root(&self) -> &Path {
        self.disk.root()
    }

    pub fn locale(&self) -> Locale {
        self.settings.locale()
    }

    /// Lets go of the book: from now on anybody may change it.
    pub fn unlock(&mut self) {
        self.lock = None;
    }

    /// Becomes the writer: lets go of the shared lock, waits for the other.
    pub fn begin(&mut self, holder: &str, now: Instant) -> Result<Transaction, Problems> {
        self.lock = None;
        Transaction::begin(self.disk.clone(), &self.locale(), holder, now)
    }
    pub(super) fn file(&self, table: &'static Table, part: &Part) -> Result<Option<CsvFile>, Problems> {
        let path = layout::path(table, part);
        let bytes = self.disk.read(&path).map_err(lift)?;
        bytes.map(|bytes| CsvFile::parse(table, &path, bytes)).transpose()
    }
    /// A value that rests on the files of these tables, the settings, the rules and what is `asked` alone: as kept from an
    /// earlier run, or worked out now. Of the past nothing is kept.
    ///
    /// # Errors
    /// Those of the work.
    pub fn derived<T: Packed>(
        &self,
        name: &'static str,
        tables: &[&'static Table],
        asked: &str,
        work: impl FnOnce() -> Result<T, Problems>,
    ) -> Result<T, Problems> {
        if self.is_past() || self.documents.is_some() {
            return work();
        }
        let key = || cache::Key::of(&self.disk, name, &self.inputs(tables)?, asked);
        let before = key().map_err(lift)?;
        if let Some(kept) = cache::load(&self.disk, &before) {
            return Ok(kept);
        }
        let value = work()?;
        // a hand edit in between belongs to neither
        if key().is_ok_and(|after| after == before) {
            cache::save(&self.disk, &before, &value);
        }
        Ok(value)
    }

    fn inputs(&self, tables: &[&'static Table]) -> Result<Vec<String>, Problem> {
        let mut paths = vec![layout::SETTINGS.to_owned()];
        paths.extend(self.disk.list("rules")?.into_iter().map(|name| format!("rules/{name}")));
        for table in tables {
            paths.extend(load::parts(&self.disk, table)?.iter().map(|part| layout::path(table, part)));
        }
        Ok(paths)
    }
}
