//! `hooks/`: programs of the owner that are told of changes, and which of them may run (docs/rules.md, Hooks).
//!
//! A book travels: by a backup, a sync program, git. What runs on this computer is decided here and kept in a file that
//! does not travel: it names the very folder it lies in, and the contents that were allowed.

use std::path::PathBuf;

use super::beyond::Kind;
use super::book::Book;
use super::disk::{Disk, hash};
use super::layout;
use crate::base::problem::{Place, Problem, What};

/// A program in `hooks/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Relative to the book.
    pub path: String,
    pub state: State,
}

/// Whether a hook may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Ready,
    /// Never allowed on this copy of the book.
    New,
    /// Not what was allowed.
    Changed,
    /// A link, or no file, or a name with control characters.
    Special,
    /// Somebody else could change it.
    Unsafe,
}

impl State {
    /// For machines.
    pub fn code(self) -> &'static str {
        match self {
            State::Ready => "ready",
            State::New => "new",
            State::Changed => "changed",
            State::Special => "special",
            State::Unsafe => "unsafe",
        }
    }
}

impl Hook {
    /// Why it does not run; `None` when it may.
    pub fn problem(&self) -> Option<Problem> {
        let (zh, en) = match self.state {
            State::Ready => return None,
            State::New => ("这份账本尚未允许它;看过内容后运行 carebook config hooks --allow", {
                "it was never allowed on this copy of the book; read it, then run `carebook config hooks --allow`"
            }),
            State::Changed => ("它在允许之后改动过;看过内容后运行 carebook config hooks --allow", {
                "it has changed since it was allowed; read it, then run `carebook config hooks --allow`"
            }),
            State::Special => ("它是链接,或不是普通文件,或名字不可用", "it is a link, no plain file, or has a name that cannot be used"),
            State::Unsafe => ("它属于别人,或别人可以改写它;请 chmod go-w", {
                "it belongs to somebody else, or others may write to it; see `chmod go-w`"
            }),
        };
        let what = What::HookNotRun { why: [zh.to_owned(), en.to_owned()] };
        Some(Problem::warning(what).at(Place::file(&self.path)))
    }
}

impl Book {
    /// Every executable in `hooks/`, by name. Other files there are the owner's own business.
    pub fn hooks(&self) -> Result<Vec<Hook>, Problem> {
        let disk = &self.disk;
        let Some(folder) = disk.owned(layout::HOOKS)? else { return Ok(Vec::new()) };
        if folder.kind != Kind::Folder || !folder.safe {
            let state = if folder.kind == Kind::Folder { State::Unsafe } else { State::Special };
            return Ok(vec![Hook { path: layout::HOOKS.to_owned(), state }]);
        }
        let allowed = Allowed::read(disk)?;
        let mut found = Vec::new();
        for name in disk.list(layout::HOOKS)?.into_iter().filter(|name| !name.starts_with('.')) {
            let path = format!("{}/{name}", layout::HOOKS);
            let Some(file) = disk.owned(&path)?.filter(|file| file.executable && file.kind != Kind::Folder) else { continue };
            let state = match () {
                // a name with a line break could pass for another line of what is allowed
                () if file.kind != Kind::File || name.chars().any(char::is_control) => State::Special,
                () if !file.safe => State::Unsafe,
                () => allowed.state(&name, &content(disk, &path)?),
            };
            found.push(Hook { path, state });
        }
        Ok(found)
    }

    /// From now on the hooks may run that are there now and that nobody else can change; returns them all.
    pub fn allow_hooks(&self) -> Result<Vec<Hook>, Problem> {
        let disk = &self.disk;
        let mut hooks = self.hooks()?;
        let mut text = Allowed::head(disk)?;
        for hook in hooks.iter_mut().filter(|hook| !matches!(hook.state, State::Special | State::Unsafe)) {
            let name = hook.path.trim_start_matches(layout::HOOKS).trim_start_matches('/');
            text.extend([content(disk, &hook.path)?.as_str(), " ", name, "\n"]);
            hook.state = State::Ready;
        }
        disk.keep(layout::HOOKS_ALLOWED, text.as_bytes())?;
        Ok(hooks)
    }

    /// Where a hook lies.
    pub fn hook_file(&self, hook: &Hook) -> PathBuf {
        self.root().join(&hook.path)
    }
}

fn content(disk: &Disk, path: &str) -> Result<String, Problem> {
    Ok(disk.read(path)?.as_deref().map(hash).unwrap_or_default())
}

/// What was allowed here: a line per hook, its content's hash and its name.
struct Allowed(Vec<(String, String)>);

impl Allowed {
    /// The first line: the folder it was written in. A copy of the file lies in another one.
    fn head(disk: &Disk) -> Result<String, Problem> {
        let mark = disk.owned(layout::HIDDEN)?.map(|folder| folder.mark).unwrap_or_default();
        Ok(format!("folder {} {}\n", mark.0, mark.1))
    }

    fn read(disk: &Disk) -> Result<Allowed, Problem> {
        let ours = disk.owned(layout::HOOKS_ALLOWED)?.is_some_and(|file| file.kind == Kind::File && file.safe);
        let bytes = if ours { disk.read(layout::HOOKS_ALLOWED)?.unwrap_or_default() } else { Vec::new() };
        let text = String::from_utf8_lossy(&bytes);
        let Some(lines) = text.strip_prefix(Allowed::head(disk)?.as_str()) else { return Ok(Allowed(Vec::new())) };
        let pair = |line: &str| line.split_once(' ').map(|(hash, name)| (name.to_owned(), hash.to_owned()));
        Ok(Allowed(lines.lines().filter_map(pair).collect()))
    }

    fn state(&self, name: &str, hash: &str) -> State {
        match self.0.iter().find(|(known, _)| known == name) {
            None => State::New,
            Some((_, allowed)) if allowed == hash => State::Ready,
            Some(_) => State::Changed,
        }
    }
}
