//! The one door to the file system: every call that reads or writes a book goes through here.

#![expect(clippy::disallowed_methods, reason = "this is the door the bans point to")]

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, RawDir, RenameFlags, renameat_with};
use rustix::io::Errno;
use sha2::{Digest, Sha256};

use super::beyond::Kind;
use super::faults::{self, Call};
use crate::base::problem::{Place, Problem, What};

/// A book's folder.
#[derive(Debug, Clone)]
pub struct Disk {
    root: PathBuf,
}

/// What tells a file that was touched from one that was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    pub size: u64,
    /// Nanoseconds since 1970.
    pub mtime: i128,
    pub inode: u64,
}

/// How a file was left, with what nobody can set back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    pub stat: Stat,
    /// When its bytes or its name changed last, in nanoseconds since 1970 (ctime).
    pub changed: i128,
}

impl Left {
    fn of(meta: &fs::Metadata) -> Left {
        let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        let stat = Stat { size: meta.len(), mtime: nanoseconds(meta.mtime(), meta.mtime_nsec()), inode: meta.ino() };
        Left { stat, changed: nanoseconds(meta.ctime(), meta.ctime_nsec()) }
    }
}

/// What a name stands for, and who may change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owned {
    pub kind: Kind,
    pub executable: bool,
    /// It belongs to who runs this, or to the administrator, and nobody else may write to it.
    pub safe: bool,
    /// What no other file or folder has and nobody can give it: its number and when it was made.
    pub mark: (u64, u128),
}

impl Owned {
    fn of(meta: &fs::Metadata) -> Owned {
        let me = rustix::process::geteuid().as_raw();
        let made = meta.created().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        Owned {
            kind: Kind::of(meta),
            executable: meta.mode() & 0o111 != 0,
            safe: (meta.uid() == me || meta.uid() == 0) && meta.mode() & 0o022 == 0,
            mark: (meta.ino(), made.map_or(0, |made| made.as_nanos())),
        }
    }
}

/// The largest file of a book read into memory at once.
const MAX_FILE: u64 = crate::base::rows::MAX_TEXT as u64;

/// Lower-case hexadecimal of bytes.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// SHA-256.
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    hex(&digest(bytes))
}

fn reason(error: &std::io::Error) -> String {
    error.to_string()
}

/// A file that is read piece by piece.
pub struct Reader {
    file: File,
    path: String,
}

impl Reader {
    /// Reads until there are so many bytes, or the file ends; answers whether it has ended.
    pub fn fill(&mut self, bytes: &mut Vec<u8>, wanted: usize) -> Result<bool, Problem> {
        let lacking = wanted.saturating_sub(bytes.len()) as u64;
        let read = faults::call(Call::Read, || (&mut self.file).take(lacking).read_to_end(bytes));
        let read = read.map_err(|error| Disk::cannot_read(&self.path, &error))?;
        Ok((read as u64) < lacking)
    }
}

impl Disk {
    pub fn new(root: PathBuf) -> Disk {
        Disk { root }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    fn at(&self, path: &str) -> PathBuf {
        if path == "." { self.root.clone() } else { self.root.join(path) }
    }

    fn cannot_read(path: &str, error: &std::io::Error) -> Problem {
        Problem::error(What::CannotRead { path: path.to_owned(), reason: reason(error) })
    }

    fn cannot_write(path: &str, error: &std::io::Error) -> Problem {
        Problem::error(What::CannotWrite { path: path.to_owned(), reason: reason(error) })
    }

    /// The bytes of a file; `None` only when there is none. A link, a pipe or a device is refused, never followed.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Problem> {
        let Some(Reader { mut file, .. }) = self.open(path)? else { return Ok(None) };
        let length = file.metadata().map_err(|error| Self::cannot_read(path, &error))?.len();
        if length > MAX_FILE {
            return Err(Problem::error(What::TooLarge { limit: "4 GB".into() }).at(Place::file(path)));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
        faults::call(Call::Read, || file.read_to_end(&mut bytes)).map_err(|error| Self::cannot_read(path, &error))?;
        Ok(Some(bytes))
    }

    /// Opens a file for reading it piece by piece; `None` only when there is none.
    pub fn open(&self, path: &str) -> Result<Option<Reader>, Problem> {
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC).bits().cast_signed();
        let file = match faults::call(Call::Look, || OpenOptions::new().read(true).custom_flags(flags).open(self.at(path))) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => return Err(special(path)),
            Err(error) => return Err(Self::cannot_read(path, &error)),
        };
        let meta = file.metadata().map_err(|error| Self::cannot_read(path, &error))?;
        if meta.file_type().is_file() { Ok(Some(Reader { file, path: path.to_owned() })) } else { Err(special(path)) }
    }

    /// The names in a folder, sorted; none when there is no such folder.
    ///
    /// Not `std::fs::read_dir`: it takes a failing read for the end of the folder, and panics when closing fails.
    pub fn list(&self, folder: &str) -> Result<Vec<String>, Problem> {
        let failed = |error: std::io::Error| Self::cannot_read(folder, &error);
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = match faults::call(Call::Look, || Ok(rustix::fs::open(self.at(folder), flags, Mode::empty())?)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            opened => opened.map_err(failed)?,
        };
        faults::call(Call::Read, || Ok(())).map_err(failed)?;
        let mut buffer = Vec::with_capacity(8 * 1024);
        let mut entries = RawDir::new(opened, buffer.spare_capacity_mut());
        let mut names = Vec::new();
        while let Some(entry) = entries.next() {
            let entry = entry.map_err(|error| failed(error.into()))?;
            let name = entry.file_name().to_string_lossy();
            if name != "." && name != ".." {
                names.push(name.into_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// Whether there is anything of this name; an error is not absence.
    pub fn has(&self, path: &str) -> Result<bool, Problem> {
        self.meta(path).map(|meta| meta.is_some()).map_err(|error| Self::cannot_read(path, &error))
    }

    fn meta(&self, path: &str) -> std::io::Result<Option<fs::Metadata>> {
        match faults::call(Call::Look, || fs::symlink_metadata(self.at(path))) {
            Ok(meta) => Ok(Some(meta)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Size, time and number of a file; `None` when there is none.
    pub fn stat(&self, path: &str) -> Result<Option<Stat>, Problem> {
        self.left(path).map(|left| left.map(|left| left.stat))
    }

    /// How a file was left; `None` when there is none.
    pub fn left(&self, path: &str) -> Result<Option<Left>, Problem> {
        self.meta(path).map(|meta| meta.as_ref().map(Left::of)).map_err(|error| Self::cannot_read(path, &error))
    }

    /// What a name stands for and who may change it; a link is not followed. `None` when there is nothing of this name.
    pub fn owned(&self, path: &str) -> Result<Option<Owned>, Problem> {
        self.meta(path).map(|meta| meta.as_ref().map(Owned::of)).map_err(|error| Self::cannot_read(path, &error))
    }

    /// The bytes of a file from a place on, at most so many; fewer when it is shorter.
    pub fn read_part(&self, path: &str, from: u64, most: u64) -> Result<Vec<u8>, Problem> {
        let read = || -> std::io::Result<Vec<u8>> {
            let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC).bits().cast_signed();
            let mut file = faults::call(Call::Look, || OpenOptions::new().read(true).custom_flags(flags).open(self.at(path)))?;
            file.seek(SeekFrom::Start(from))?;
            let mut bytes = Vec::new();
            faults::call(Call::Read, || file.take(most).read_to_end(&mut bytes))?;
            Ok(bytes)
        };
        read().map_err(|error| Self::cannot_read(path, &error))
    }

    /// Copies a file to a derived one that may be lost and that only its owner may read; shared blocks where the file system can.
    pub fn copy(&self, from: &str, to: &str) -> Result<(), Problem> {
        if let Some((folder, _)) = to.rsplit_once('/') {
            self.make_folder(folder)?;
        }
        self.remove(to)?;
        let copied = faults::call(Call::Create, || {
            let mut target = OpenOptions::new().write(true).create_new(true).mode(0o600).open(self.at(to))?;
            std::io::copy(&mut File::open(self.at(from))?, &mut target)
        });
        copied.map(|_| ()).map_err(|error| Self::cannot_write(to, &error))
    }

    /// Makes a folder and the ones above it within the book.
    pub fn make_folder(&self, folder: &str) -> Result<(), Problem> {
        faults::call(Call::MakeFolder, || fs::create_dir_all(self.at(folder))).map_err(|error| Self::cannot_write(folder, &error))
    }

    /// Writes a new file and makes its bytes safe, with the mode of the file it is to replace.
    pub fn create(&self, path: &str, bytes: &[u8], like: Option<&str>) -> Result<(), Problem> {
        self.create_with(path, bytes, like, 0o666)
    }

    /// Writes a new file that only its owner may read, and makes its bytes safe.
    pub fn create_private(&self, path: &str, bytes: &[u8]) -> Result<(), Problem> {
        self.create_with(path, bytes, None, 0o600)
    }

    fn create_with(&self, path: &str, bytes: &[u8], like: Option<&str>, mode: u32) -> Result<(), Problem> {
        let written = || -> std::io::Result<()> {
            // never for a moment more open than the file it is to replace
            let mode = if like.is_some() { 0o600 } else { mode };
            let mut file = faults::call(Call::Create, || OpenOptions::new().write(true).create_new(true).mode(mode).open(self.at(path)))?;
            if let Some(like) = like {
                let mode = self.mode_like(like)?;
                faults::call(Call::Mode, || file.set_permissions(mode))?;
            }
            faults::write(&mut file, bytes)?;
            faults::sync(&file)
        };
        written().map_err(|error| Self::cannot_write(path, &error))
    }

    /// The mode of a file; where there is none yet, that of the archive.
    fn mode_like(&self, like: &str) -> std::io::Result<fs::Permissions> {
        let meta = match self.meta(like)? {
            Some(meta) => meta,
            None => self.meta("customers.csv")?.ok_or(ErrorKind::NotFound)?,
        };
        Ok(meta.permissions())
    }

    /// Rewrites what lies beyond `length` in an existing file and makes it safe.
    pub fn write_tail(&self, path: &str, length: u64, bytes: &[u8]) -> Result<(), Problem> {
        let written = || -> std::io::Result<()> {
            let mut file = faults::call(Call::OpenToWrite, || OpenOptions::new().write(true).open(self.at(path)))?;
            file.seek(SeekFrom::Start(length))?;
            faults::write(&mut file, bytes)?;
            faults::call(Call::Length, || file.set_len(length + bytes.len() as u64))?;
            faults::sync(&file)
        };
        written().map_err(|error| Self::cannot_write(path, &error))
    }

    /// Makes a folder's names safe. File systems that cannot sync a folder are taken at their word.
    pub fn sync_folder(&self, folder: &str) -> Result<(), Problem> {
        let synced = faults::call(Call::Look, || File::open(self.at(folder))).and_then(|file| faults::sync(&file));
        match synced {
            Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(()),
            other => other.map_err(|error| Self::cannot_write(folder, &error)),
        }
    }

    pub fn rename(&self, from: &str, to: &str) -> Result<(), Problem> {
        faults::call(Call::Rename, || fs::rename(self.at(from), self.at(to))).map_err(|error| Self::cannot_write(to, &error))
    }

    /// Gives a file a second name where there is none yet. Unlike a rename across folders it cannot lose both
    /// names when the power fails.
    pub fn link(&self, from: &str, to: &str) -> Result<(), Problem> {
        match faults::call(Call::Link, || fs::hard_link(self.at(from), self.at(to))) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            // file systems without hard links (exFAT, some network ones)
            Err(_) => {
                let bytes = self.read(from)?.unwrap_or_default();
                let copy = format!("{from}.copy");
                self.remove(&copy)?;
                self.create(&copy, &bytes, Some(from))?;
                self.rename(&copy, to)
            }
        }
    }

    /// Puts a file in place of another, which ends up under the first name.
    pub fn exchange(&self, new: &str, target: &str) -> Result<(), Problem> {
        let exchange = || Ok(renameat_with(CWD, self.at(new), CWD, self.at(target), RenameFlags::EXCHANGE)?);
        match faults::call(Call::Exchange, exchange) {
            Ok(()) => Ok(()),
            Err(error) if cannot_exchange(&error) => self.exchange_by_copy(new, target),
            Err(error) => Err(Self::cannot_write(target, &error)),
        }
    }

    /// File systems without an exchange (exFAT, some network ones): keep the old file beside, then rename.
    fn exchange_by_copy(&self, new: &str, target: &str) -> Result<(), Problem> {
        let kept = format!("{new}.old");
        // left by a crash it may be a second name of the target itself, and copying over that would empty both
        self.remove(&kept)?;
        faults::call(Call::Link, || fs::hard_link(self.at(target), self.at(&kept)))
            .or_else(|_| faults::call(Call::Create, || fs::copy(self.at(target), self.at(&kept)).map(|_| ())))
            .map_err(|error| Self::cannot_write(&kept, &error))?;
        self.rename(new, target)?;
        self.rename(&kept, new)
    }

    /// Removes a file; its absence is fine.
    pub fn remove(&self, path: &str) -> Result<(), Problem> {
        match faults::call(Call::Remove, || fs::remove_file(self.at(path))) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Self::cannot_write(path, &error)),
            _ => Ok(()),
        }
    }

    /// Removes a folder of files (no folders within); its absence is fine.
    pub fn remove_folder(&self, folder: &str) -> Result<(), Problem> {
        for name in self.list(folder)? {
            self.remove(&format!("{folder}/{name}"))?;
        }
        match faults::call(Call::Remove, || fs::remove_dir(self.at(folder))) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Self::cannot_write(folder, &error)),
            _ => Ok(()),
        }
    }

    /// Writes a derived file that may be lost: beside, then renamed.
    pub fn replace(&self, path: &str, bytes: &[u8]) -> Result<(), Problem> {
        let beside = format!("{path}.new");
        self.remove(&beside)?;
        self.create(&beside, bytes, None)?;
        self.rename(&beside, path)
    }

    /// Writes a derived file that may be lost, in place; only its owner may read it.
    pub fn keep(&self, path: &str, bytes: &[u8]) -> Result<(), Problem> {
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC).bits().cast_signed();
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600).custom_flags(flags);
        let opened = faults::call(Call::Create, || options.open(self.at(path)));
        let written = opened.and_then(|mut file| faults::call(Call::Write, || std::io::Write::write_all(&mut file, bytes)));
        written.map_err(|error| Self::cannot_write(path, &error))
    }

    /// Opens the lock file; created only for a writer.
    pub fn open_lock(&self, path: &str, exclusive: bool) -> std::io::Result<File> {
        let call = if exclusive { Call::Create } else { Call::Look };
        faults::call(call, || OpenOptions::new().read(true).write(exclusive).create(exclusive).truncate(false).open(self.at(path)))
    }
}

fn cannot_exchange(error: &std::io::Error) -> bool {
    let unknown = [Errno::INVAL, Errno::NOSYS, Errno::NOTSUP].map(|errno| Some(errno.raw_os_error()));
    unknown.contains(&error.raw_os_error())
}

pub fn special(path: &str) -> Problem {
    Problem::error(What::SymlinkOrSpecial { path: path.to_owned() })
}

/// The path within the book of a file named from outside it; `None` for a file elsewhere.
pub fn within_book(root: &Path, path: &Path) -> Option<String> {
    let folder = fs::canonicalize(path.parent()?).ok()?;
    let within = folder.strip_prefix(fs::canonicalize(root).ok()?).ok()?.join(path.file_name()?);
    Some(within.to_string_lossy().into_owned())
}

/// Makes a folder for output, when it is not there; only the last part of its path.
pub fn make_outside(folder: &Path) -> Result<(), Problem> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(Disk::cannot_write(&folder.display().to_string(), &error)),
        _ => Ok(()),
    }
}

/// The names of the locks that Calc, Excel and WPS put beside a file they have open.
fn locks(name: &str) -> [String; 3] {
    [format!(".~lock.{name}#"), format!("~${name}"), format!(".~{name}")]
}

/// Where a link leads; any other path is itself. A link whose end is not there yet stays a link to be made.
pub fn end_of_link(path: &Path) -> PathBuf {
    let is_link = fs::symlink_metadata(path).is_ok_and(|meta| meta.file_type().is_symlink());
    if is_link { fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()) } else { path.to_owned() }
}

/// Writes a file outside the book, whole or not at all: beside its place, then renamed. Not one that a spreadsheet has open:
/// whoever saves there next would write over it unseen. Devices and pipes are written to as they are.
pub fn write_outside(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    if fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir()) {
        let written = OpenOptions::new().write(true).open(path).and_then(|mut device| faults::write(&mut device, bytes));
        return written.map_err(|error| Disk::cannot_write(&path.display().to_string(), &error));
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if locks(&name).iter().any(|lock| fs::symlink_metadata(path.with_file_name(lock)).is_ok()) {
        return Err(Problem::error(What::OpenElsewhere { path: path.display().to_string() }));
    }
    let beside = path.with_file_name(format!(".{name}.carebook-new"));
    let written = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&beside)?;
        if let Ok(meta) = fs::metadata(path) {
            file.set_permissions(meta.permissions())?;
        }
        faults::write(&mut file, bytes)?;
        faults::sync(&file)?;
        faults::call(Call::Rename, || fs::rename(&beside, path))
    };
    written().map_err(|error| {
        let _ = fs::remove_file(&beside);
        Disk::cannot_write(&path.display().to_string(), &error)
    })
}
