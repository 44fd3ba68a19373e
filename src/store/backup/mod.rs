//! Backups: one file with a consistent copy of a book, and the way back.
//!
//! A backup is a `.tar.gz` that any system opens: `MANIFEST.json` first, then the files under `book/`, then a digest of the
//! whole file (`frame`). With `encryption` the same bytes lie in an age file. Nothing of a file is believed: paths, lengths,
//! hashes and rows must be those of the manifest, which the digest covers. Memory does not grow with the book.

mod encryption;
mod frame;
mod manifest;
mod measure;
mod pack;
mod unpack;

use std::path::Path;

pub use encryption::{Encryption, Keys, Protection, protection};
pub use manifest::Manifest;
pub use pack::{create, create_held};

use super::disk::Disk;
use super::log_file::Tip;
use super::{beyond, check, layout, memory, new_book, settings_file};
use crate::base::problem::{Problem, Problems, What};
use crate::model::log::{LOG, LogRow};

/// What a backup is made of and how.
pub struct Order<'a> {
    pub target: &'a Path,
    /// RFC 3339.
    pub created_at: &'a str,
    pub encryption: &'a Encryption,
    /// Write over a file that is there.
    pub force: bool,
    pub dry_run: bool,
}

/// A backup that was made.
#[derive(Debug)]
pub struct Made {
    pub manifest: Manifest,
    /// Links and special files of the book's folder.
    pub left_out: Vec<String>,
    /// The length of the backup's file.
    pub bytes: u64,
    pub same_device: bool,
}

fn damaged(path: &Path, zh: &str, en: &str) -> Problem {
    Problem::error(What::BackupDamaged { path: path.display().to_string(), message: [zh.to_owned(), en.to_owned()] })
}

/// The book's format and the end of its log, as far as they can be read: a backup of a broken book is better than none.
fn facts(disk: &Disk) -> (Option<u32>, Option<Tip>) {
    match settings_file::of_any_format(disk) {
        Ok((format, settings)) => (Some(format), last_of_log(disk, &settings.locale())),
        Err(_) => (None, None),
    }
}

/// The last row of the log, read from its file and not from what was remembered.
fn last_of_log(disk: &Disk, locale: &crate::model::cell::Locale) -> Option<Tip> {
    let last = super::load::parts(disk, &LOG).ok()?.pop()?;
    let path = layout::path(&LOG, &last);
    let file = super::csv_table::CsvFile::parse(&LOG, &path, disk.read(&path).ok()??).ok()?;
    let row = file.read::<LogRow>(file.len().checked_sub(1)?, locale).ok()?;
    Some(Tip { seq: row.seq, chain: row.chain })
}

/// Restores a backup into a private folder and checks the book in it. The folder is gone afterwards.
///
/// # Errors
/// The backup is damaged, cannot be opened, or there is no room for it.
pub fn verify(path: &Path, keys: &Keys, temporary: &Path) -> Result<(Manifest, Problems), Problems> {
    let lift = |problem: Problem| vec![problem];
    let folder = beyond::private_folder(temporary).map_err(lift)?;
    let disk = Disk::new(folder.path().join("book"));
    disk.make_folder(".").map_err(lift)?;
    let manifest = unpack::into(path, keys, &disk, false).map_err(lift)?;
    unpack::settle(&manifest, &disk, false, &mut false).map_err(lift)?;
    let mut found = check::of_folder(disk.root().to_path_buf(), &[], None).unwrap_or_else(|problems| problems);
    let (format, tip) = facts(&disk);
    let said = manifest.log.as_ref().map(|log| (log.seq, log.chain.as_str()));
    // a book whose settings could not be read told nothing
    if manifest.book.is_some() && (format != manifest.book || tip.as_ref().map(|tip| (tip.seq, tip.chain.as_str())) != said) {
        found.push(damaged(path, "日志末行与清单不符", "the log's end is not the one its manifest names"));
    }
    Ok((manifest, found))
}

/// Restores a backup into a folder that is empty or absent. Nothing stays there unless all of it was right.
/// With `dry_run` only the manifest is read. `made` is set once the folder is a book: what fails after that leaves it one.
///
/// # Errors
/// [`What::FolderNotEmpty`], a damaged backup, or what the disk says.
pub fn restore(path: &Path, keys: &Keys, to: &Path, dry_run: bool, made: &mut bool) -> Result<Manifest, Problem> {
    beyond::open(path)?;
    let fresh = beyond::empty_folder(to, false)?;
    if dry_run {
        return unpack::look(path, keys);
    }
    beyond::empty_folder(to, true)?;
    let disk = Disk::new(to.to_path_buf());
    let resumed = disk.has(layout::UNFINISHED)?;
    let restored = restore_into(path, keys, &disk, made);
    // what somebody put there since an attempt that was cut off stays
    if restored.is_err() && !resumed && !*made {
        beyond::empty_again(to, fresh);
    }
    restored
}

fn restore_into(path: &Path, keys: &Keys, disk: &Disk, made: &mut bool) -> Result<Manifest, Problem> {
    disk.make_folder(layout::HIDDEN)?;
    disk.replace(layout::UNFINISHED, b"")?;
    // before anything it speaks of
    new_book::sync_folders(disk, std::iter::empty())?;
    let manifest = unpack::into(path, keys, disk, true)?;
    new_book::prepare(disk)?;
    memory::keep_bases(disk)?;
    unpack::settle(&manifest, disk, true, made)?;
    disk.remove(layout::UNFINISHED)?;
    Ok(manifest)
}
