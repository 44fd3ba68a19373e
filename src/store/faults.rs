//! What can go wrong between the program and the disk, at will: every call of `disk` passes here.
//!
//! In a release this is the call itself. In the crate's own tests a plan can make the n-th call of a thread fail,
//! fail from then on, or end the command there as a kill would (`cli/fault_tests.rs` does all of it).

use std::fs::File;
use std::io::{self, Write};

/// A kind of call to the file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Look,
    Read,
    MakeFolder,
    Create,
    OpenToWrite,
    Mode,
    Write,
    Length,
    Sync,
    Rename,
    Exchange,
    Link,
    Remove,
}

/// Does a call, unless a test's plan has another fate for it.
#[cfg(not(test))]
#[inline]
pub fn call<T>(_: Call, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    act()
}

/// Writes bytes to an open file.
#[cfg(not(test))]
#[inline]
pub fn write(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    call(Call::Write, || file.write_all(bytes))
}

/// Makes an open file or folder safe.
#[cfg(not(test))]
#[inline]
pub fn sync(file: &File) -> io::Result<()> {
    call(Call::Sync, || file.sync_all())
}

#[cfg(test)]
pub use plan::{call, sync, write};

/// Plans of faults, one for each thread.
#[cfg(test)]
pub mod plan {
    use std::cell::RefCell;

    use super::{Call, File, Write, io};

    /// What happens at the planned call.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Fate {
        /// It fails with this error number, and the next one goes well.
        Once(i32),
        /// It fails, and so does every later one that such a disk would not let through.
        FromThenOn(i32),
        /// The command ends before it.
        Killed,
        /// The command ends when half of the bytes are written; calls that write none are not counted.
        KilledWriting,
    }

    /// The payload a killed command unwinds with.
    pub struct Dead;

    /// One thread's plan and what has come of it.
    #[derive(Debug, Clone, Default)]
    pub struct Plan {
        pub at: usize,
        pub fate: Option<Fate>,
        /// A file system that cannot exchange two names.
        pub no_exchange: bool,
        /// A file system without hard links.
        pub no_links: bool,
        pub calls: usize,
        pub fired: bool,
    }

    thread_local! {
        static PLAN: RefCell<Option<Plan>> = const { RefCell::new(None) };
    }

    /// Runs under a plan; gives what came of it, `None` for a command that was killed.
    pub fn under<T>(plan: Plan, run: impl FnOnce() -> T) -> (Option<T>, Plan) {
        PLAN.with(|held| *held.borrow_mut() = Some(plan));
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
        let plan = PLAN.with(|held| held.borrow_mut().take()).unwrap_or_default();
        match ran {
            Ok(value) => (Some(value), plan),
            Err(payload) if payload.is::<Dead>() => (None, plan),
            Err(payload) => std::panic::resume_unwind(payload),
        }
    }

    /// Whether a plan is in force: then bytes are for comparing, and nothing is drawn by lot.
    pub fn active() -> bool {
        PLAN.with(|held| held.borrow().is_some())
    }

    enum Verdict {
        Go,
        Fail(i32),
        Die,
    }

    fn is_stopped(call: Call, errno: i32) -> bool {
        let grows = matches!(call, Call::MakeFolder | Call::Create | Call::Write | Call::Length | Call::Link);
        match errno {
            ENOSPC => grows,
            EACCES => grows || matches!(call, Call::OpenToWrite | Call::Mode | Call::Rename | Call::Exchange | Call::Remove),
            _ => true,
        }
    }

    pub const EIO: i32 = 5;
    pub const EACCES: i32 = 13;
    const EXDEV: i32 = 18;
    const EINVAL: i32 = 22;
    pub const ENOSPC: i32 = 28;

    fn judge(call: Call) -> Verdict {
        PLAN.with(|held| {
            let mut held = held.borrow_mut();
            let Some(plan) = held.as_mut() else { return Verdict::Go };
            if plan.no_exchange && call == Call::Exchange {
                return Verdict::Fail(EINVAL);
            }
            if plan.no_links && call == Call::Link {
                return Verdict::Fail(EXDEV);
            }
            let Some(fate) = plan.fate else {
                plan.calls += 1;
                return Verdict::Go;
            };
            // a fate meets only the calls it can befall, so no plan is idle
            let concerned = match fate {
                Fate::Once(errno) | Fate::FromThenOn(errno) => is_stopped(call, errno),
                Fate::Killed => true,
                Fate::KilledWriting => call == Call::Write,
            };
            if !concerned {
                return Verdict::Go;
            }
            plan.calls += 1;
            let (now, later) = (plan.calls == plan.at + 1, plan.calls > plan.at + 1);
            plan.fired |= now;
            match fate {
                Fate::Once(errno) if now => Verdict::Fail(errno),
                Fate::FromThenOn(errno) if now || later => Verdict::Fail(errno),
                Fate::Killed | Fate::KilledWriting if now || later => Verdict::Die,
                _ => Verdict::Go,
            }
        })
    }

    fn die() -> ! {
        std::panic::resume_unwind(Box::new(Dead))
    }

    pub fn call<T>(call: Call, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match judge(call) {
            Verdict::Go => act(),
            Verdict::Fail(errno) => Err(io::Error::from_raw_os_error(errno)),
            Verdict::Die => die(),
        }
    }

    /// A write that fails or dies leaves half of its bytes.
    pub fn write(file: &mut File, bytes: &[u8]) -> io::Result<()> {
        let verdict = judge(Call::Write);
        let torn = PLAN.with(|held| held.borrow().as_ref().is_some_and(|plan| plan.fate != Some(Fate::Killed)));
        match verdict {
            Verdict::Go => return file.write_all(bytes),
            _ if torn => file.write_all(&bytes[..bytes.len() / 2])?,
            _ => {}
        }
        match verdict {
            Verdict::Fail(errno) => Err(io::Error::from_raw_os_error(errno)),
            _ => die(),
        }
    }

    /// Under a plan nothing needs to outlive the machine, so the wait for the disk is left out.
    pub fn sync(file: &File) -> io::Result<()> {
        call(Call::Sync, || if active() { Ok(()) } else { file.sync_all() })
    }
}
