//! Values worked out from the book's files and kept beside them, in `.carebook/cache/`: safe to delete at any time.
//!
//! A value is kept under everything it rests on: which files, how each was left (size, times, number), and what was asked.
//! Anything else there is ignored: a value of other files, of another release, half written or damaged. Nothing is ever
//! decided by it that the files would not decide, so it is written in place and never synced.

use std::fmt::Write as _;

use super::disk::{Disk, digest};
use super::layout;
use crate::base::packed::Packed;
use crate::base::problem::Problem;

/// What a value rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    name: &'static str,
    text: String,
    /// When the latest of the files changed, in nanoseconds since 1970.
    newest: i128,
    bytes: u64,
}

/// Counts up when a value of the same release means something else.
const FORMAT: u32 = 2;
/// Files of fewer bytes are read again: keeping what they say costs more than reading them.
const WORTH: u64 = 4 << 20;
/// A file may change again within so many nanoseconds and have the same times: what was worked out so soon is not believed.
const SETTLED: i128 = 2_000_000_000;

impl Key {
    /// The key of what is asked of these files as they are now.
    pub fn of(disk: &Disk, name: &'static str, paths: &[String], asked: &str) -> Result<Key, Problem> {
        let mut key = Key { name, text: format!("{FORMAT} {} {name} {asked}\n", env!("CARGO_PKG_VERSION")), newest: 0, bytes: 0 };
        for path in paths {
            let Some(left) = disk.left(path)? else { continue };
            // writing to a string does not fail
            let _ = writeln!(key.text, "{} {} {} {} {path}", left.stat.size, left.stat.mtime, left.changed, left.stat.inode);
            key.newest = key.newest.max(left.stat.mtime).max(left.changed);
            key.bytes += left.stat.size;
        }
        Ok(key)
    }

    fn path(&self) -> String {
        format!("{}/{}", layout::CACHE, self.name)
    }
}

/// The value kept under a key.
pub fn load<T: Packed>(disk: &Disk, key: &Key) -> Option<T> {
    if key.bytes < WORTH {
        return None;
    }
    let path = key.path();
    // both times are the file system's own: no clock of ours is in it
    disk.left(&path).ok()?.filter(|left| key.newest + SETTLED < left.stat.mtime)?;
    let bytes = disk.read(&path).ok()??;
    let (body, sum) = bytes.split_last_chunk::<32>()?;
    if digest(body) != *sum {
        return None;
    }
    let mut rest = body;
    if String::unpack(&mut rest)? != key.text {
        return None;
    }
    T::unpack(&mut rest).filter(|_| rest.is_empty())
}

/// Keeps a value. A failure costs nothing but the time to work it out again.
pub fn save<T: Packed>(disk: &Disk, key: &Key, value: &T) {
    if key.bytes < WORTH {
        return;
    }
    let mut bytes = Vec::new();
    key.text.pack(&mut bytes);
    value.pack(&mut bytes);
    let sum = digest(&bytes);
    bytes.extend_from_slice(&sum);
    let _ = disk.make_folder(layout::CACHE).and_then(|()| disk.keep(&key.path(), &bytes));
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "what the store writes is damaged here")]

    use super::*;
    use crate::store::disk::Disk;

    fn book() -> (tempfile::TempDir, Disk) {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(folder.path().to_path_buf());
        disk.make_folder(layout::HIDDEN).unwrap();
        disk.create("orders.csv", &vec![b'x'; usize::try_from(WORTH).unwrap()], None).unwrap();
        disk.create("small.csv", b"x", None).unwrap();
        (folder, disk)
    }

    fn key(disk: &Disk, asked: &str) -> Key {
        Key::of(disk, "test", &["orders.csv".to_owned(), "none.csv".to_owned()], asked).unwrap()
    }

    /// As if it had been worked out long after the files were written.
    fn later(folder: &tempfile::TempDir) {
        let at = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(4_000_000_000);
        std::fs::File::options().write(true).open(folder.path().join(".carebook/cache/test")).unwrap().set_modified(at).unwrap();
    }

    #[test]
    fn a_value_is_kept_for_the_same_files_and_question_only() {
        let (folder, disk) = book();
        save(&disk, &key(&disk, "a"), &7_u32);
        assert_eq!(load::<u32>(&disk, &key(&disk, "a")), None, "so soon it is not believed");
        later(&folder);
        assert_eq!(load::<u32>(&disk, &key(&disk, "a")), Some(7));
        assert_eq!(load::<u32>(&disk, &key(&disk, "b")), None);
        assert_eq!(load::<u64>(&disk, &key(&disk, "a")), None, "another kind of value");
        // the same bytes put in its place are another file
        disk.remove("orders.csv").unwrap();
        disk.create("orders.csv", &vec![b'x'; usize::try_from(WORTH).unwrap()], None).unwrap();
        assert_eq!(load::<u32>(&disk, &key(&disk, "a")), None);
        let small = Key::of(&disk, "test", &["small.csv".to_owned()], "a").unwrap();
        save(&disk, &small, &7_u32);
        later(&folder);
        assert_eq!(load::<u32>(&disk, &small), None, "not worth it");
    }

    #[test]
    fn a_damaged_one_is_ignored() {
        let (folder, disk) = book();
        save(&disk, &key(&disk, "a"), &vec![7_u32; 20]);
        let path = folder.path().join(".carebook/cache/test");
        let good = std::fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&path, &bad).unwrap();
            later(&folder);
            assert_eq!(load::<Vec<u32>>(&disk, &key(&disk, "a")), None, "byte {at}");
            std::fs::write(&path, &good[..at]).unwrap();
            later(&folder);
            assert_eq!(load::<Vec<u32>>(&disk, &key(&disk, "a")), None, "cut at {at}");
        }
        std::fs::write(&path, &good).unwrap();
        later(&folder);
        assert_eq!(load::<Vec<u32>>(&disk, &key(&disk, "a")), Some(vec![7; 20]));
    }
}
