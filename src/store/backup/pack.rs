//! Making a backup: what is in it, then the file.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::encryption;
use super::frame::Sealing;
use super::manifest::{self, Entry, LogEnd, Manifest, may_be_in};
use super::measure::{Measure, Measuring, each_chunk};
use super::{Made, Order};
use crate::base::problem::{Problem, Problems, What};
use crate::store::beyond::{self, Kind};
use crate::store::disk::Disk;
use crate::store::{layout, settle};

/// Quick rather than small: a book of text shrinks to a quarter either way.
const EFFORT: u32 = 4;

/// Writes a consistent copy of a book into one file, while no writer is at work.
pub fn create(root: &Path, order: &Order<'_>) -> Result<Made, Problems> {
    let disk = Disk::new(root.to_path_buf());
    let _lock = settle::shared(&disk)?;
    create_held(&disk, order)
}

/// The same for who holds the book's lock already.
pub fn create_held(disk: &Disk, order: &Order<'_>) -> Result<Made, Problems> {
    let lift = |problem: Problem| vec![problem];
    let root = disk.root();
    if !disk.has(layout::SETTINGS).map_err(lift)? {
        return Err(lift(What::NoBook.into()));
    }
    if beyond::is_within(root, order.target) {
        return Err(lift(What::BackupInside { path: order.target.display().to_string() }.into()));
    }
    if !order.force {
        beyond::refuse_taken(order.target).map_err(lift)?;
    }
    let (manifest, left_out) = describe(disk, order.created_at).map_err(lift)?;
    let bytes = if order.dry_run { 0 } else { write(disk, &manifest, order).map_err(lift)? };
    Ok(Made { left_out, bytes, same_device: beyond::same_device(root, order.target), manifest })
}

/// Everything that goes into the backup, and what is left out because it is no plain file.
fn describe(disk: &Disk, created_at: &str) -> Result<(Manifest, Vec<String>), Problem> {
    let mut paths = Vec::new();
    let mut left_out = Vec::new();
    walk(disk, "", &mut paths, &mut left_out)?;
    if disk.has(layout::STATE)? {
        paths.push(layout::STATE.to_owned());
    }
    for folder in [layout::UNDO, layout::CONFLICTS] {
        if disk.has(folder)? {
            walk(disk, folder, &mut paths, &mut left_out)?;
        }
    }
    paths.sort();
    let files = paths.into_iter().map(|path| entry(disk, path)).collect::<Result<Vec<Entry>, Problem>>()?;
    let (book, log) = super::facts(disk);
    let log = log.map(|tip| LogEnd { seq: tip.seq, chain: tip.chain });
    let carebook = env!("CARGO_PKG_VERSION").to_owned();
    let manifest = Manifest { backup: manifest::FORMAT, book, carebook, created_at: created_at.to_owned(), log, files };
    Ok((manifest, left_out))
}

/// The plain files below a folder; hidden ones belong to other programs.
fn walk(disk: &Disk, folder: &str, paths: &mut Vec<String>, left_out: &mut Vec<String>) -> Result<(), Problem> {
    for name in disk.list(if folder.is_empty() { "." } else { folder })? {
        if name.starts_with('.') {
            continue;
        }
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        // a name that is not text cannot be kept under it
        if !may_be_in(&path) {
            left_out.push(path);
            continue;
        }
        match beyond::kind(disk, &path)? {
            Kind::File => paths.push(path),
            Kind::Folder => walk(disk, &path, paths, left_out)?,
            Kind::Special => left_out.push(path),
        }
    }
    Ok(())
}

fn entry(disk: &Disk, path: String) -> Result<Entry, Problem> {
    let (mut file, mode, modified) = beyond::stream(disk, &path)?;
    let mut measure = Measure::of(&path);
    let failed = |error: &std::io::Error| beyond::cannot_read(Path::new(&path), error);
    each_chunk(&mut file, failed, &mut |bytes| {
        measure.take(bytes);
        Ok(())
    })?;
    let found = measure.finish();
    Ok(Entry { path, bytes: found.bytes, sha256: found.sha256, rows: found.rows, mode, modified })
}

/// The file, beside its place and then renamed. Returns its length.
fn write(disk: &Disk, manifest: &Manifest, order: &Order<'_>) -> Result<u64, Problem> {
    let failed = |error: std::io::Error| beyond::cannot_write(order.target, &error);
    let beside = beyond::beside(order.target)?;
    let writer = std::io::BufWriter::with_capacity(64 * 1024, beside.as_file());
    let mut sink = encryption::wrap(writer, order.encryption, order.target)?;
    fill(disk, manifest, order, &mut sink)?;
    sink.finish().map_err(failed)?;
    let bytes = beside.as_file().metadata().map_err(failed)?.len();
    beyond::put_in_place(beside, order.target, order.force)?;
    Ok(bytes)
}

fn fill(disk: &Disk, manifest: &Manifest, order: &Order<'_>, sink: &mut dyn Write) -> Result<(), Problem> {
    let failed = |error: std::io::Error| beyond::cannot_write(order.target, &error);
    let mut archive = tar::Builder::new(GzEncoder::new(Sealing::new(sink), Compression::new(EFFORT)));
    let text = serde_json::to_string_pretty(manifest).unwrap_or_default();
    let mut header = header(text.len() as u64, 0o600, 0);
    archive.append_data(&mut header, manifest::NAME, text.as_bytes()).map_err(failed)?;
    for entry in &manifest.files {
        append(disk, entry, &mut archive, order.target)?;
    }
    let packed = archive.into_inner().map_err(failed)?;
    packed.finish().and_then(Sealing::finish).map_err(failed)?;
    Ok(())
}

/// Copies one file. A hand edit since it was described means no backup: the manifest would not be true.
fn append<W: Write>(disk: &Disk, entry: &Entry, archive: &mut tar::Builder<W>, target: &Path) -> Result<(), Problem> {
    let (file, ..) = beyond::stream(disk, &entry.path)?;
    let mut reader = Measuring { inner: file, measure: Measure::of(&entry.path) };
    let mut header = header(entry.bytes, entry.mode, entry.modified);
    let name = format!("{}{}", manifest::FOLDER, entry.path);
    let limited = std::io::Read::take(&mut reader, entry.bytes.saturating_add(1));
    let appended = archive.append_data(&mut header, name, limited);
    let found = reader.measure.finish();
    if found.sha256 != entry.sha256 || found.bytes != entry.bytes {
        return Err(Problem::error(What::ChangedUnderneath { path: entry.path.clone() }));
    }
    appended.map_err(|error| beyond::cannot_write(target, &error))
}

fn header(bytes: u64, mode: u32, modified: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(mode);
    header.set_mtime(modified);
    header.set_entry_type(tar::EntryType::Regular);
    header
}
