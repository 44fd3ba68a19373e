//! The door to the file system beyond the book: backups, and the folders they are restored into.

#![expect(clippy::disallowed_methods, reason = "this is the door the bans point to")]

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{BufReader, BufWriter, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::{NamedTempFile, TempDir};

use super::disk::Disk;
use super::layout;
use crate::base::problem::{Problem, What};

/// What a name stands for; links are not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    /// A link, a pipe, a device, a socket.
    Special,
}

impl Kind {
    pub fn of(meta: &fs::Metadata) -> Kind {
        match meta.file_type() {
            kind if kind.is_file() => Kind::File,
            kind if kind.is_dir() => Kind::Folder,
            _ => Kind::Special,
        }
    }
}

pub fn cannot_read(path: &Path, error: &std::io::Error) -> Problem {
    Problem::error(What::CannotRead { path: path.display().to_string(), reason: error.to_string() })
}

pub fn cannot_write(path: &Path, error: &std::io::Error) -> Problem {
    Problem::error(What::CannotWrite { path: path.display().to_string(), reason: error.to_string() })
}

/// What a name in a folder stands for.
pub fn kind(folder: &Disk, path: &str) -> Result<Kind, Problem> {
    let at = folder.root().join(path);
    let meta = fs::symlink_metadata(&at).map_err(|error| cannot_read(&at, &error))?;
    Ok(Kind::of(&meta))
}

/// A file of a folder to be streamed, with its permissions and the time of its last change. A link is refused.
pub fn stream(folder: &Disk, path: &str) -> Result<(File, u32, u64), Problem> {
    let at = folder.root().join(path);
    let flags = (rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK).bits().cast_signed();
    let opened = OpenOptions::new().read(true).custom_flags(flags).open(&at).and_then(|file| Ok((file.metadata()?, file)));
    let (meta, file) = opened.map_err(|error| cannot_read(Path::new(path), &error))?;
    if !meta.is_file() {
        return Err(Problem::error(What::SymlinkOrSpecial { path: path.to_owned() }));
    }
    Ok((file, meta.mode() & 0o777, u64::try_from(meta.mtime()).unwrap_or(0)))
}

/// A file named from outside, to be read.
pub fn open(path: &Path) -> Result<BufReader<File>, Problem> {
    let shown = || path.display().to_string();
    let meta = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(Problem::error(What::FileNotFound { path: shown() })),
        other => other.map_err(|error| cannot_read(path, &error))?,
    };
    if !meta.is_file() {
        return Err(Problem::error(What::SymlinkOrSpecial { path: shown() }));
    }
    File::open(path).map(|file| BufReader::with_capacity(64 * 1024, file)).map_err(|error| cannot_read(path, &error))
}

/// A new file of a folder, readable by its owner alone until it is finished.
pub fn create(folder: &Disk, path: &str) -> Result<BufWriter<File>, Problem> {
    let at = folder.root().join(path);
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&at);
    made.map(|file| BufWriter::with_capacity(64 * 1024, file)).map_err(|error| cannot_write(&at, &error))
}

/// Gives a new file the permissions and the time it had; makes its bytes safe when it is to `stay`.
pub fn finish(path: &str, file: BufWriter<File>, mode: u32, modified: u64, stay: bool) -> Result<(), Problem> {
    let finished = || -> std::io::Result<()> {
        let file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.set_permissions(Permissions::from_mode(mode & 0o777))?;
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(modified.min(1 << 40)))?;
        if stay { file.sync_all() } else { Ok(()) }
    };
    finished().map_err(|error| cannot_write(Path::new(path), &error))
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// A file beside the one it is to become, readable by its owner alone; gone when it is dropped.
pub fn beside(path: &Path) -> Result<NamedTempFile, Problem> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let made = tempfile::Builder::new().prefix(&format!(".{name}.")).suffix(".carebook-new").tempfile_in(folder_of(path));
    made.map_err(|error| cannot_write(path, &error))
}

/// Gives a finished file its name, over another one only with `force`.
pub fn put_in_place(file: NamedTempFile, path: &Path, force: bool) -> Result<(), Problem> {
    file.as_file().sync_all().map_err(|error| cannot_write(path, &error))?;
    let placed = if force { file.persist(path) } else { file.persist_noclobber(path) };
    match placed {
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => return Err(exists(path)),
        other => other.map_err(|error| cannot_write(path, &error.error))?,
    };
    Disk::new(folder_of(path)).sync_folder(".")
}

/// Refuses a name that is taken already.
pub fn refuse_taken(path: &Path) -> Result<(), Problem> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot_write(path, &error)),
        Ok(_) => Err(exists(path)),
    }
}

fn exists(path: &Path) -> Problem {
    let path = path.display();
    Problem::error(What::ConfirmationNeeded { flag: "--force", what: [format!("{path} 已存在"), format!("{path} is there already")] })
}

/// A folder that only its owner can enter and that is gone afterwards.
pub fn private_folder(within: &Path) -> Result<TempDir, Problem> {
    tempfile::Builder::new().prefix("carebook-").tempdir_in(within).map_err(|error| cannot_write(within, &error))
}

/// Whether two places lie on the same device; `false` when that cannot be told.
pub fn same_device(folder: &Path, file: &Path) -> bool {
    let device = |path: &Path| fs::metadata(path).ok().map(|meta| meta.dev());
    device(folder).is_some_and(|here| device(&folder_of(file)) == Some(here))
}

/// Whether a folder is within a book: a backup there would be lost together with it.
pub fn is_within(root: &Path, path: &Path) -> bool {
    let canonical = |path: &Path| fs::canonicalize(path).ok();
    canonical(root).zip(canonical(&folder_of(path))).is_some_and(|(root, folder)| folder.starts_with(root))
}

/// Bytes that can still be written where a folder is or will be; `None` when that cannot be told.
pub fn free_space(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|folder| fs::metadata(folder).is_ok())?;
    // some network and overlay file systems tell nothing
    let stat = rustix::fs::statvfs(there).ok().filter(|stat| stat.f_blocks > 0)?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Makes a folder for a book, or takes one that is empty. Returns whether it was made.
pub fn empty_folder(path: &Path, make: bool) -> Result<bool, Problem> {
    let taken = || Problem::error(What::FolderNotEmpty { path: path.display().to_string() });
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if make {
                fs::create_dir_all(path).map_err(|error| cannot_write(path, &error))?;
            }
            Ok(true)
        }
        Err(error) => Err(cannot_write(path, &error)),
        Ok(_) => match fs::metadata(path) {
            Ok(meta) if meta.is_dir() && is_free(&Disk::new(path.to_path_buf()))? => Ok(false),
            _ => Err(taken()),
        },
    }
}

/// Whether a folder is empty, or holds what a restore left that was cut off.
fn is_free(disk: &Disk) -> Result<bool, Problem> {
    let bare = disk.list(".")?.iter().all(|name| name == layout::HIDDEN)
        && disk.list(layout::HIDDEN)?.iter().all(|name| format!("{}/{name}", layout::HIDDEN).starts_with(layout::UNFINISHED));
    Ok(bare || (disk.has(layout::UNFINISHED)? && !disk.has(layout::SETTINGS)?))
}

/// Empties a folder that held nothing before, and removes it when it was not there either.
pub fn empty_again(path: &Path, was_made: bool) {
    if was_made {
        let _ = fs::remove_dir_all(path);
        return;
    }
    // the hidden folder last: it says what the others are
    let (hidden, rest): (Vec<_>, Vec<_>) =
        Disk::new(path.to_path_buf()).list(".").unwrap_or_default().into_iter().partition(|name| name == layout::HIDDEN);
    let _ = rest.into_iter().chain(hidden).map(|name| path.join(name)).try_for_each(|at| {
        let is_folder = fs::symlink_metadata(&at)?.is_dir();
        if is_folder { fs::remove_dir_all(&at) } else { fs::remove_file(&at) }
    });
}
