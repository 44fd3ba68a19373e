//! The one place that runs another program: fed on stdin, heard on stderr, ended in time.

#![expect(clippy::disallowed_methods, reason = "a limit of time needs a clock")]

use std::io::{ErrorKind, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// A program and what it is given.
pub struct Job<'a> {
    pub program: &'a Path,
    pub folder: &'a Path,
    /// All of its environment.
    pub env: &'a [(&'static str, String)],
    pub input: Arc<[u8]>,
    pub limit: Duration,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Well,
    Code(i32),
    Signal(i32),
    TooSlow,
    NotStarted(String),
}

/// How it ended, and the last of what it wrote to stderr.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub end: End,
    pub said: String,
}

/// As much of stderr is kept, in bytes.
const KEPT: usize = 1024;
/// How long stderr is waited for when the program has ended; what it left behind may hold it open for good.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// A file that somebody is just done writing is busy for a moment.
const BUSY: (u32, Duration) = (10, Duration::from_millis(20));

/// Runs a program to its end, or to the end of its time; then it is killed with all it started.
pub fn run(job: &Job<'_>) -> Ended {
    let mut child = match start(job) {
        Ok(child) => child,
        Err(error) => return Ended { end: End::NotStarted(error.to_string()), said: String::new() },
    };
    if let Some(mut stdin) = child.stdin.take() {
        let input = Arc::clone(&job.input);
        // beside: a program that does not read must not be waited for, and one that hangs up is no error
        thread::spawn(move || stdin.write_all(&input));
    }
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = child.stderr.take().map(|stderr| listen(stderr, Arc::clone(&heard)));
    let end = match wait(&mut child, job.limit) {
        Ok(Some(status)) => end_of(status),
        Ok(None) => {
            if kill_process_group(Pid::from_child(&child), Signal::KILL).is_err() {
                let _ = child.kill();
            }
            let _ = child.wait();
            End::TooSlow
        }
        Err(error) => End::NotStarted(error.to_string()),
    };
    let since = Instant::now();
    while listener.as_ref().is_some_and(|listener| !listener.is_finished()) && since.elapsed() < LAST_WORDS {
        thread::sleep(Duration::from_millis(2));
    }
    let said = String::from_utf8_lossy(&heard.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
    Ended { end, said }
}

fn start(job: &Job<'_>) -> std::io::Result<Child> {
    let mut command = Command::new(job.program);
    command.current_dir(job.folder).env_clear().envs(job.env.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
    let mut tries = 0;
    loop {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy && tries < BUSY.0 => {
                tries += 1;
                thread::sleep(BUSY.1);
            }
            started => return started,
        }
    }
}

/// How it ended; `None` when its time is over.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let left = limit.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return Ok(None);
        }
        thread::sleep(pause.min(left));
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

fn end_of(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(0), _) => End::Well,
        (Some(code), _) => End::Code(code),
        (None, signal) => End::Signal(signal.unwrap_or(0)),
    }
}

/// Reads to the end and keeps the last of it.
fn listen(mut stderr: ChildStderr, heard: Arc<Mutex<Vec<u8>>>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(read @ 1..) = stderr.read(&mut piece) {
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            heard.extend_from_slice(&piece[..read]);
            let over = heard.len().saturating_sub(KEPT);
            heard.drain(..over);
        }
    })
}
