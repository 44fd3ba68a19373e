//! Making a book: `carebook.yaml`, the empty archive, the hidden folder.

use std::collections::BTreeSet;
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

/// Makes a new book in a folder that holds none; other files there are left alone. `made` is set once the folder is a
/// book: what fails after that does not undo it.
///
/// # Errors
/// [`What::BookExists`], or what the disk says.
pub fn create(root: PathBuf, settings: &Settings, made: &mut bool) -> Result<Book, Problems> {
    let lift = |problem: Problem| vec![problem];
    let disk = Disk::new(root);
    disk.make_folder(".").map_err(lift)?;
    refuse_existing(&disk)?;
    prepare(&disk).map_err(lift)?;
    make_tables(&disk, settings.lang).map_err(lift)?;
    // the settings come last, when the rest is safe: a folder is a book once they are there
    [layout::HIDDEN, "."].into_iter().try_for_each(|folder| disk.sync_folder(folder)).map_err(lift)?;
    disk.replace(layout::SETTINGS, settings_text(settings).as_bytes()).map_err(lift)?;
    *made = true;
    disk.sync_folder(".").map_err(lift)?;
    Book::open(disk.root().to_path_buf())
}

/// Writes the files of a ready-made book into a folder that holds none; `made` as in [`create`].
///
/// # Errors
/// [`What::BookExists`], or what the disk says.
pub fn unpack(root: PathBuf, files: &[(&str, &str)], made: &mut bool) -> Result<Book, Problems> {
    let lift = |problem: Problem| vec![problem];
    let disk = Disk::new(root);
    disk.make_folder(".").map_err(lift)?;
    refuse_existing(&disk)?;
    prepare(&disk).map_err(lift)?;
    let (settings, rest): (Vec<_>, Vec<_>) = files.iter().partition(|(path, _)| *path == layout::SETTINGS);
    for (path, text) in &rest {
        if let Some((folder, _)) = path.rsplit_once('/') {
            disk.make_folder(folder).map_err(lift)?;
        }
        put(&disk, path, text).map_err(lift)?;
    }
    sync_folders(&disk, rest.iter().map(|(path, _)| *path)).map_err(lift)?;
    settings.iter().try_for_each(|(path, text)| put(&disk, path, text)).map_err(lift)?;
    *made = true;
    disk.sync_folder(".").map_err(lift)?;
    Book::open(disk.root().to_path_buf())
}

/// Makes the names of files safe: every folder they are in, and the book's own.
pub(super) fn sync_folders<'a>(disk: &Disk, paths: impl Iterator<Item = &'a str>) -> Result<(), Problem> {
    let folders: BTreeSet<&str> = paths.flat_map(|path| path.match_indices('/').map(|(at, _)| &path[..at])).collect();
    folders.into_iter().chain([layout::HIDDEN, "."]).try_for_each(|folder| disk.sync_folder(folder))
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
