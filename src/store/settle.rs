//! A book at rest: no writer at work, nothing left unfinished.

use super::disk::Disk;
use super::lock::{self, Lock};
use super::{journal, layout};
use crate::base::problem::{Problem, Problems};

/// Takes the readers' lock; finishes first what a crash left.
///
/// # Errors
/// A writer that does not finish, or a journal that cannot be believed.
pub fn shared(disk: &Disk) -> Result<Lock, Problems> {
    let lift = |problem: Problem| vec![problem];
    let held = lock::shared(disk).map_err(lift)?;
    if !disk.has(layout::JOURNAL).map_err(lift)? {
        return Ok(held);
    }
    drop(held);
    let writer = lock::exclusive(disk, "recovery").map_err(lift)?;
    journal::recover(disk).map_err(lift)?;
    drop(writer);
    lock::shared(disk).map_err(lift)
}
