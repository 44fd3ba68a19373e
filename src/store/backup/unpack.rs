//! Reading a backup: everything in it is compared with its manifest, and the manifest with the digest of the whole file.

use std::cell::Cell;
use std::io::{Read, Write};
use std::path::Path;

use flate2::read::GzDecoder;

use super::damaged;
use super::encryption::{self, Keys};
use super::frame::Sealed;
use super::manifest::{self, Entry, Manifest, ManifestFault};
use super::measure::{Measure, each_chunk};
use crate::base::problem::{Problem, What};
use crate::store::disk::Disk;
use crate::store::{beyond, layout, new_book};

/// Passes on no more bytes than are allowed: an archive cannot unpack to more than its manifest says.
struct Limited<'a, R> {
    inner: R,
    left: &'a Cell<u64>,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let most = out.len().min(usize::try_from(self.left.get()).unwrap_or(usize::MAX));
        if most == 0 && !out.is_empty() {
            return Err(std::io::Error::other("more than announced"));
        }
        let read = self.inner.read(&mut out[..most])?;
        self.left.set(self.left.get() - read as u64);
        Ok(read)
    }
}

/// The settings under another name until everything else is in place: a folder is a book once they are there.
const SETTINGS_WAITING: &str = ".carebook/carebook.yaml.restored";

/// The manifest alone, of a file whose rest was not looked at.
pub fn look(path: &Path, keys: &Keys) -> Result<Manifest, Problem> {
    let broken = || damaged(path, "内容无法读取", "what is in it cannot be read");
    let plain = encryption::unwrap(beyond::open(path)?, keys, path)?;
    let left = Cell::new(manifest::LARGEST);
    let mut archive = tar::Archive::new(Limited { inner: GzDecoder::new(Sealed::new(plain)), left: &left });
    let mut entries = archive.entries().map_err(|_| broken())?;
    read_manifest(path, entries.next())
}

/// Unpacks a backup into an empty folder, safe from a power cut when it is to `stay`. `carebook.yaml` has to wait for
/// its name until [`settle`].
///
/// # Errors
/// [`What::BackupDamaged`] and its kin; what lies in the folder then is of no use.
pub fn into(path: &Path, keys: &Keys, to: &Disk, stay: bool) -> Result<Manifest, Problem> {
    let broken = || damaged(path, "内容无法读取", "what is in it cannot be read");
    let plain = encryption::unwrap(beyond::open(path)?, keys, path)?;
    let mut sealed = Sealed::new(plain);
    let unpacked = entries_into(path, &mut sealed, to, stay);
    let whole = match &unpacked {
        // what is not damage by itself may still come of a flipped byte
        Err(problem) if !matches!(problem.what, What::NewerBackup { .. } | What::NoSpace { .. }) => true,
        _ => sealed.finish().map_err(|_| broken())?,
    };
    if !whole {
        return Err(damaged(path, "总校验不符", "its checksum is not that of its bytes"));
    }
    unpacked
}

/// Gives the settings their name: the folder is a book from now on.
pub fn settle(manifest: &Manifest, to: &Disk, stay: bool, made: &mut bool) -> Result<(), Problem> {
    if stay {
        new_book::sync_folders(to, manifest.files.iter().map(|entry| entry.path.as_str()))?;
    }
    to.rename(SETTINGS_WAITING, layout::SETTINGS)?;
    *made = true;
    if stay { new_book::sync_folders(to, std::iter::empty()) } else { Ok(()) }
}

/// The manifest, then one by one the files it names.
fn entries_into<R: Read>(path: &Path, sealed: &mut Sealed<R>, to: &Disk, stay: bool) -> Result<Manifest, Problem> {
    let broken = || damaged(path, "内容无法读取", "what is in it cannot be read");
    let left = Cell::new(manifest::LARGEST);
    let mut archive = tar::Archive::new(Limited { inner: GzDecoder::new(sealed), left: &left });
    let mut entries = archive.entries().map_err(|_| broken())?;
    let manifest = read_manifest(path, entries.next())?;
    refuse_too_large(&manifest, to)?;
    left.set(manifest.allowance());
    to.make_folder(layout::HIDDEN)?;
    for entry in &manifest.files {
        let found = entries.next().and_then(Result::ok).ok_or_else(broken)?;
        unpack(path, entry, found, to, stay)?;
    }
    match entries.next() {
        Some(_) => Err(damaged(path, "含有清单以外的文件", "it holds files its manifest does not name")),
        None => Ok(manifest),
    }
}

type Found<'a, R> = tar::Entry<'a, R>;

fn read_manifest<R: Read>(path: &Path, first: Option<std::io::Result<Found<'_, R>>>) -> Result<Manifest, Problem> {
    let broken = || damaged(path, "清单无法读取", "its manifest cannot be read");
    let first = first.and_then(Result::ok).ok_or_else(broken)?;
    if first.path_bytes().as_ref() != manifest::NAME.as_bytes() || first.size() > manifest::LARGEST {
        return Err(Problem::error(What::NotABackup { path: path.display().to_string() }));
    }
    let mut text = Vec::new();
    first.take(manifest::LARGEST).read_to_end(&mut text).map_err(|_| broken())?;
    Manifest::read(&text).map_err(|fault| match fault {
        ManifestFault::Newer(problem) => problem,
        ManifestFault::Damaged([zh, en]) => damaged(path, &zh, &en),
    })
}

fn refuse_too_large(manifest: &Manifest, to: &Disk) -> Result<(), Problem> {
    match beyond::free_space(to.root()).filter(|free| *free < manifest.bytes()) {
        Some(free) => Err(Problem::error(What::NoSpace { path: to.root().display().to_string(), needed: manifest.bytes(), free })),
        None => Ok(()),
    }
}

/// One file: exactly the one the manifest names next, with its length, hash and rows.
fn unpack<R: Read>(path: &Path, entry: &Entry, mut found: Found<'_, R>, to: &Disk, stay: bool) -> Result<(), Problem> {
    let name = format!("{}{}", manifest::FOLDER, entry.path);
    let plain = found.header().entry_type() == tar::EntryType::Regular && found.link_name_bytes().is_none();
    if !plain || found.path_bytes().as_ref() != name.as_bytes() || found.size() != entry.bytes {
        let shown = String::from_utf8_lossy(&found.path_bytes()).into_owned();
        return Err(damaged(path, &format!("{shown} 与清单不符"), &format!("{shown} is not what its manifest says")));
    }
    if let Some((folder, _)) = entry.path.rsplit_once('/') {
        to.make_folder(folder)?;
    }
    let target = if entry.path == layout::SETTINGS { SETTINGS_WAITING } else { &entry.path };
    if stay {
        // an attempt that was cut off may have left half of it
        to.remove(target)?;
    }
    let mut file = beyond::create(to, target)?;
    let mut measure = Measure::of(&entry.path);
    let broken = |_: &std::io::Error| damaged(path, &format!("{} 无法读取", entry.path), &format!("{} cannot be read", entry.path));
    each_chunk(&mut found, broken, &mut |bytes| {
        measure.take(bytes);
        file.write_all(bytes).map_err(|error| beyond::cannot_write(&to.root().join(target), &error))
    })?;
    beyond::finish(target, file, entry.mode, entry.modified, stay)?;
    let found = measure.finish();
    if found.sha256 != entry.sha256 || found.bytes != entry.bytes {
        return Err(damaged(path, &format!("{} 的内容已变", entry.path), &format!("{} is not as it was", entry.path)));
    }
    if found.rows != entry.rows {
        let (then, now) = (entry.rows.unwrap_or(0), found.rows.unwrap_or(0));
        let (zh, en) =
            (format!("{} 应有 {then} 行,实有 {now} 行", entry.path), format!("{} should have {then} rows and has {now}", entry.path));
        return Err(damaged(path, &zh, &en));
    }
    Ok(())
}
