//! One writer, many readers. The kernel lets go of a dead process's lock; nothing is ever broken by age.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::thread::sleep;
use std::time::Duration;

use super::disk::Disk;
use super::layout;
use crate::base::problem::{Problem, What};

/// A held lock; dropped, it is let go.
#[derive(Debug)]
pub struct Lock {
    _file: Option<File>,
}

const STEP: Duration = Duration::from_millis(20);
/// Ten seconds in steps.
const STEPS: u32 = 500;

/// Waits up to ten seconds to be the one writer.
///
/// # Errors
/// [`What::Locked`] naming the holder; [`What::LockUnavailable`] where the file system has no locks.
pub fn exclusive(disk: &Disk, holder: &str) -> Result<Lock, Problem> {
    disk.make_folder(layout::HIDDEN)?;
    let file = open(disk, true)?;
    for _ in 0..STEPS {
        match file.try_lock() {
            Ok(()) => {
                // only a hint for the one who waits
                let _ = disk.replace(layout::HOLDER, holder.as_bytes());
                return Ok(Lock { _file: Some(file) });
            }
            Err(TryLockError::WouldBlock) => sleep(STEP),
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Interrupted => sleep(STEP),
            Err(TryLockError::Error(error)) => return Err(unavailable(&error)),
        }
    }
    let holder = disk.read(layout::HOLDER)?.unwrap_or_default();
    Err(Problem::error(What::Locked { holder: String::from_utf8_lossy(&holder).trim().to_owned() }))
}

/// Waits for the writer to finish; a book that cannot be locked (read-only, no lock file yet) is read without.
///
/// # Errors
/// [`What::Locked`] when the writer does not finish in ten seconds.
pub fn shared(disk: &Disk) -> Result<Lock, Problem> {
    let Ok(file) = disk.open_lock(layout::LOCK, false) else {
        return Ok(Lock { _file: None });
    };
    for _ in 0..STEPS {
        match file.try_lock_shared() {
            Ok(()) => return Ok(Lock { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => sleep(STEP),
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Interrupted => sleep(STEP),
            Err(TryLockError::Error(_)) => return Ok(Lock { _file: None }),
        }
    }
    let holder = disk.read(layout::HOLDER)?.unwrap_or_default();
    Err(Problem::error(What::Locked { holder: String::from_utf8_lossy(&holder).trim().to_owned() }))
}

fn open(disk: &Disk, exclusive: bool) -> Result<File, Problem> {
    disk.open_lock(layout::LOCK, exclusive).map_err(|error| unavailable(&error))
}

fn unavailable(error: &std::io::Error) -> Problem {
    Problem::error(What::LockUnavailable { reason: error.to_string() })
}
