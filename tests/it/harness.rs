//! A hermetic run: no environment but ours, a fixed day, zone, actor and language.

use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;

/// A book in a folder of its own, and commands on it.
pub struct Bench {
    folder: tempfile::TempDir,
    lang: &'static str,
    today: String,
}

/// What a run printed and how it ended.
#[must_use = "look at what came out, or assert that it went well"]
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Asserts exit 0 and gives stdout.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "out: {}\nerr: {}", self.out, self.err);
        self.out
    }

    /// Asserts this exit code and gives stderr.
    #[track_caller]
    pub fn fails(self, code: i32) -> String {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self.err
    }

    /// stdout as JSON.
    #[track_caller]
    pub fn json(self) -> serde_json::Value {
        let out = self.ok();
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
    }
}

impl Bench {
    /// A folder without a book.
    pub fn empty(lang: &'static str) -> Bench {
        Bench { folder: tempfile::tempdir().unwrap(), lang, today: "2026-10-08".into() }
    }

    /// A new Chinese book in Shanghai, with the messages in English unless said otherwise.
    pub fn zh() -> Bench {
        let bench = Bench::empty("en");
        let _ = bench.run(&["init", "--name", "茶铺", "--language", "zh", "--time-zone", "Asia/Shanghai"]).ok();
        bench
    }

    /// A new English book.
    pub fn en() -> Bench {
        let bench = Bench::empty("en");
        let _ = bench.run(&["init", "--name", "Tea", "--language", "en", "--time-zone", "Asia/Shanghai", "--currency", "CNY"]).ok();
        bench
    }

    /// From now on it is this day.
    pub fn today(&mut self, day: &str) {
        day.clone_into(&mut self.today);
    }

    pub fn lang(&mut self, lang: &'static str) {
        self.lang = lang;
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// The program with only our environment.
    pub fn command(&self) -> Command {
        let mut command = Command::cargo_bin("carebook").unwrap();
        command.env_clear().current_dir(self.root());
        command.env("CAREBOOK_TODAY", &self.today).env("CAREBOOK_ACTOR", "tester").env("CAREBOOK_LANG", self.lang);
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        ran(&self.command().args(args).output().unwrap())
    }

    pub fn run_with_input(&self, args: &[&str], input: &str) -> Ran {
        ran(&self.command().args(args).write_stdin(input).output().unwrap())
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Every file of the book but the hidden folder, by path.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        collect(self.root(), self.root(), &mut files);
        files.sort();
        files
    }
}

pub fn ran(output: &Output) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().is_some_and(|name| name == ".carebook") {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            files.push((path.strip_prefix(root).unwrap().display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}
