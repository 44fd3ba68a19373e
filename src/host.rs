//! Where the world enters: the clock (read once), the environment, the user, the streams.
//!
//! May use `base`. Everything below takes these as values.

#![expect(clippy::disallowed_methods, reason = "this is the door the bans point to")]

pub mod child;

use std::collections::HashMap;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use crate::base::problem::{Problem, What};

/// The world as one run of the program sees it.
pub struct Host {
    /// Now, as seconds of the Unix epoch.
    pub now: i64,
    pub env: HashMap<String, String>,
    pub args: Vec<String>,
    pub folder: PathBuf,
    pub stdin_is_terminal: bool,
    pub stdout_is_terminal: bool,
    pub stderr_is_terminal: bool,
    pub out: Box<dyn Write>,
    pub err: Box<dyn Write>,
}

impl Host {
    /// The real one.
    pub fn real() -> Host {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        Host {
            now: chrono::Utc::now().timestamp(),
            env: std::env::vars_os().filter_map(text).collect(),
            args: std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect(),
            folder: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            stdin_is_terminal: std::io::stdin().is_terminal(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
            out: Box::new(std::io::stdout()),
            err: Box::new(std::io::stderr()),
        }
    }

    /// An environment variable, when set and not blank.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.env.get(name).map(String::as_str).filter(|value| !value.trim().is_empty())
    }

    /// The name of the person at the keyboard; cron has one too.
    pub fn user(&self) -> String {
        ["CAREBOOK_ACTOR", "LOGNAME", "USER", "USERNAME"].iter().find_map(|name| self.var(name)).unwrap_or("unknown").to_owned()
    }

    /// Columns of the terminal, when stdout is one.
    pub fn columns(&self) -> Option<usize> {
        let set = self.var("COLUMNS").and_then(|columns| columns.parse().ok()).filter(|columns| *columns >= 20);
        if self.stdout_is_terminal { set.or_else(terminal_columns) } else { None }
    }

    /// The folder for what is gone again when the program ends.
    pub fn temporary(&self) -> PathBuf {
        self.var("TMPDIR").map_or_else(|| PathBuf::from("/tmp"), |folder| self.path(folder))
    }

    /// A path as typed, from the folder the program was started in.
    pub fn path(&self, typed: &str) -> PathBuf {
        self.folder.join(typed)
    }
}

fn terminal_columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns >= 20)
}

/// The largest foreign file read, in bytes.
const MAX_INPUT: u64 = 64 * 1024 * 1024;

/// Reads a foreign file, or standard input for `-`.
pub fn read_input(typed: &str, path: &Path) -> Result<Vec<u8>, Problem> {
    let cannot = |error: std::io::Error| Problem::error(What::CannotRead { path: typed.to_owned(), reason: error.to_string() });
    let mut bytes = Vec::new();
    if typed == "-" {
        std::io::stdin().take(MAX_INPUT + 1).read_to_end(&mut bytes).map_err(cannot)?;
    } else {
        let meta = std::fs::metadata(path).map_err(cannot)?;
        if !meta.is_file() {
            return Err(Problem::error(What::SymlinkOrSpecial { path: typed.to_owned() }));
        }
        let file = std::fs::File::open(path).map_err(cannot)?;
        file.take(MAX_INPUT + 1).read_to_end(&mut bytes).map_err(cannot)?;
    }
    if bytes.len() as u64 > MAX_INPUT {
        return Err(Problem::error(What::TooLarge { limit: "64 MB".into() }));
    }
    Ok(bytes)
}

/// Reads one line typed on the terminal, without its end.
pub fn read_line() -> std::io::Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Reads one line typed on the terminal without showing it.
pub fn read_secret() -> std::io::Result<String> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let terminal = std::io::stdin();
    let shown = tcgetattr(&terminal)?;
    let mut hidden = shown.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&terminal, OptionalActions::Flush, &hidden)?;
    let line = read_line();
    tcsetattr(&terminal, OptionalActions::Now, &shown)?;
    line
}
