//! One writer, many readers. The kernel lets go of a dead process's lock; nothing is ever broken by age.

use std::fs::{File, TryLockError};
use std::io::{Error, ErrorKind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use super::disk::Disk;
use super::layout;
use crate::base::problem::{Problem, What};

/// A held lock; dropped, it is let go.
#[derive(Debug)]
pub struct Lock {
    _file: Option<File>,
}

/// How long this process waits for a lock, in seconds; see [`set_patience`].
static PATIENCE: AtomicU64 = AtomicU64::new(10);

/// Sets how many seconds this process waits for others, `--wait`; ten unless told.
pub fn set_patience(seconds: u64) {
    PATIENCE.store(seconds, Ordering::Relaxed);
}

/// Waits to be the one writer.
///
/// # Errors
/// [`What::Locked`] naming the holder; [`What::LockUnavailable`] where the file system has no locks.
pub fn exclusive(disk: &Disk, holder: &str) -> Result<Lock, Problem> {
    disk.make_folder(layout::HIDDEN)?;
    let file = disk.open_lock(layout::LOCK, true).map_err(|error| unavailable(&error))?;
    let file = queue(file, File::try_lock, File::lock).ok_or_else(|| locked(disk))?.map_err(|error| unavailable(&error))?;
    // only a hint for the one who waits
    let _ = disk.replace(layout::HOLDER, holder.as_bytes());
    Ok(Lock { _file: Some(file) })
}

/// Waits for the writer to finish; a book that cannot be locked (read-only, no lock file yet) is read without.
///
/// # Errors
/// [`What::Locked`] when the writer does not finish in time.
pub fn shared(disk: &Disk) -> Result<Lock, Problem> {
    let Ok(file) = disk.open_lock(layout::LOCK, false) else {
        return Ok(Lock { _file: None });
    };
    match queue(file, File::try_lock_shared, File::lock_shared) {
        None => Err(locked(disk)),
        Some(taken) => Ok(Lock { _file: taken.ok() }),
    }
}

/// Takes a lock as soon as it is free: the kernel serves those who wait in their order, where asking again and again
/// can starve one of many. `None` when the time is up; the lock that comes later is dropped by its thread.
fn queue(file: File, at_once: fn(&File) -> Result<(), TryLockError>, wait: fn(&File) -> Result<(), Error>) -> Option<Result<File, Error>> {
    match at_once(&file) {
        Ok(()) => return Some(Ok(file)),
        Err(TryLockError::Error(error)) if error.kind() != ErrorKind::Interrupted => return Some(Err(error)),
        Err(_) => {}
    }
    let (sender, receiver) = mpsc::channel();
    let waiting = move || {
        let taken = loop {
            match wait(&file) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                taken => break taken,
            }
        };
        let _ = sender.send(taken.map(|()| file));
    };
    match std::thread::Builder::new().spawn(waiting) {
        Ok(_) => receiver.recv_timeout(Duration::from_secs(PATIENCE.load(Ordering::Relaxed))).ok(),
        Err(error) => Some(Err(error)),
    }
}

fn locked(disk: &Disk) -> Problem {
    let holder = disk.read(layout::HOLDER).ok().flatten().unwrap_or_default();
    Problem::error(What::Locked { holder: String::from_utf8_lossy(&holder).trim().to_owned() })
}

fn unavailable(error: &Error) -> Problem {
    Problem::error(What::LockUnavailable { reason: error.to_string() })
}
