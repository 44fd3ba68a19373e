//! Making a book: `carebook.yaml`, the empty archive, the hidden folder.

use std::path::PathBuf;

use super::book::Book;
use super::csv_table::CsvFile;
use super::disk::Disk;
use super::layout;
use crate::base::lang::Lang;
use crate::base::problem::{Problem, Problems, What};
use crate::model::customer::CUSTOMERS;
use crate::model::settings::{FORMAT, Settings};
use crate::model::staff::STAFF;
use crate::model::table::{Part, Table};

/// Makes a new book in a folder that holds none; other files there are left alone.
///
/// # Errors
/// [`What::BookExists`], or what the disk says.
pub fn create(root: PathBuf, settings: &Settings) -> Result<Book, Problems> {
    let lift = |problem: Problem| vec![problem];
    let disk = Disk::new(root);
    disk.make_folder(".").map_err(lift)?;
    refuse_existing(&disk)?;
    prepare(&disk).map_err(lift)?;
    make_tables(&disk, settings.lang).map_err(lift)?;
    // the settings come last: a folder is a book once they are there
    disk.replace(layout::SETTINGS, settings_text(settings).as_bytes()).map_err(lift)?;
    disk.sync_folder(".").map_err(lift)?;
    Book::open(disk.root().to_path_buf())
}

/// Writes the files of a ready-made book into a folder that holds none.
///
/// # Errors
/// [`What::BookExists`], or what the disk says.
pub fn unpack(root: PathBuf, files: &[(&str, &str)]) -> Result<Book, Problems> {
    let lift = |problem: Problem| vec![problem];
    let disk = Disk::new(root);
    disk.make_folder(".").map_err(lift)?;
    refuse_existing(&disk)?;
    prepare(&disk).map_err(lift)?;
    let settings_last =
        files.iter().filter(|(path, _)| *path != layout::SETTINGS).chain(files.iter().filter(|(path, _)| *path == layout::SETTINGS));
    for (path, text) in settings_last {
        if let Some((folder, _)) = path.rsplit_once('/') {
            disk.make_folder(folder).map_err(lift)?;
        }
        put(&disk, path, text).map_err(lift)?;
    }
    disk.sync_folder(".").map_err(lift)?;
    Book::open(disk.root().to_path_buf())
}

/// The tables every book has, empty, where they are not there yet.
pub(super) fn make_tables(disk: &Disk, lang: Lang) -> Result<(), Problem> {
    let header = |table: &'static Table| CsvFile::fresh(table, "", lang).rewritten(&super::csv_table::Edits::default());
    for table in [&CUSTOMERS, &STAFF] {
        let path = layout::path(table, &Part::Whole);
        if !disk.has(&path)? {
            disk.replace(&path, header(table).as_bytes())?;
        }
    }
    Ok(())
}

fn refuse_existing(disk: &Disk) -> Result<(), Problems> {
    if disk.has(layout::SETTINGS).map_err(|problem| vec![problem])? {
        let path = disk.root().display().to_string();
        return Err(vec![Problem::error(What::BookExists { path })]);
    }
    Ok(())
}

/// The hidden folder keeps itself out of git.
pub(super) fn prepare(disk: &Disk) -> Result<(), Problem> {
    disk.make_folder(layout::HIDDEN)?;
    let ignore = format!("{}/.gitignore", layout::HIDDEN);
    if disk.has(&ignore)? { Ok(()) } else { disk.replace(&ignore, b"*\n") }
}

/// A file of a ready-made book, whole or not at all. The same file is there when an earlier attempt was cut off; any
/// other is somebody's own.
fn put(disk: &Disk, path: &str, text: &str) -> Result<(), Problem> {
    match disk.read(path)? {
        None => disk.replace(path, text.as_bytes()),
        Some(bytes) if bytes == text.as_bytes() => Ok(()),
        // refuses, and says that the file exists
        Some(_) => disk.create(path, text.as_bytes(), None),
    }
}

fn settings_text(settings: &Settings) -> String {
    let quoted = serde_json::to_string(&settings.name).unwrap_or_default();
    let (head, zone, fiscal) = settings.lang.pick(
        ("# carebook 账本设置", "账本的时区", "财年起始月份"),
        ("# Settings of this carebook", "the book's time zone", "first month of the fiscal year"),
    );
    format!(
        "{head}\nformat: {FORMAT}\nname: {quoted}\nlanguage: {}\ntime_zone: {}   # {zone}\ncurrency: {}\nfiscal_year_starts: {}   # {fiscal}\n",
        settings.lang.code(),
        settings.zone,
        settings.currency,
        settings.fiscal_year_starts,
    )
}
