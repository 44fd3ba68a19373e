//! Sealed reports, in `reports/PERIOD/`: what was printed, the documents it rested on, and the book as it was then.

use std::collections::{BTreeMap, BTreeSet};

use super::beyond::Kind;
use super::book::{Book, lift};
use super::disk::{Disk, hash};
use super::layout;
use super::load;
use super::memory::{self, State};
use super::settings_file;
use crate::base::problem::{Place, Problem, Problems, What};
use crate::model::history::History;
use crate::model::log::LogRow;
use crate::model::seal::Seal;

/// The documents a report rests on, by path.
pub type Documents = BTreeMap<String, String>;

/// A seal as it was read, with its files.
#[derive(Debug, Clone)]
pub struct Sealed {
    pub folder: String,
    pub seal: Seal,
    /// The files that are not as they were sealed, or gone.
    pub altered: Vec<String>,
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Sealed {
    /// The documents the report rested on, as they were.
    pub fn documents(&self) -> Documents {
        let prefix = format!("{}/", layout::INPUTS);
        let text =
            |(name, bytes): (&String, &Vec<u8>)| Some((name.strip_prefix(&prefix)?.to_owned(), String::from_utf8(bytes.clone()).ok()?));
        self.files.iter().filter_map(text).collect()
    }
}

/// Every file of sealed reports, and the pages over them.
///
/// # Errors
/// What the disk says.
pub fn files(disk: &Disk) -> Result<Vec<String>, Problem> {
    let mut files: Vec<String> = layout::INDEX.iter().map(|file| format!("{}/{file}", layout::REPORTS)).collect();
    for folder in folders(disk)? {
        files.push(layout::report(&folder, layout::SEAL));
        files.extend(layout::SEALED.iter().map(|file| layout::report(&folder, file)));
        let below = layout::report(&folder, layout::INPUTS);
        let mut documents = vec![layout::SETTINGS.to_owned()];
        for listed in ["rules".to_owned(), layout::template("report")] {
            documents.extend(disk.list(&format!("{below}/{listed}"))?.into_iter().map(|name| format!("{listed}/{name}")));
        }
        let surveys = disk.list(&format!("{below}/{}", layout::SURVEYS))?;
        documents.extend(surveys.into_iter().map(|name| format!("{}/{name}/survey.yaml", layout::SURVEYS)));
        files.extend(documents.into_iter().map(|path| format!("{below}/{path}")));
    }
    Ok(files)
}

fn folders(disk: &Disk) -> Result<Vec<String>, Problem> {
    let mut folders = Vec::new();
    for name in disk.list(layout::REPORTS)?.into_iter().filter(|name| layout::is_seal_folder(name)) {
        // what somebody keeps beside them is no seal
        let is_folder = disk.owned(&format!("{}/{name}", layout::REPORTS))?.is_some_and(|owned| owned.kind == Kind::Folder);
        if is_folder && disk.has(&layout::report(&name, layout::SEAL))? {
            folders.push(name);
        }
    }
    folders.sort();
    Ok(folders)
}

impl Book {
    /// The last row of the log that the book, as it is asked, tells of, and the chain up to there.
    ///
    /// # Errors
    /// What is wrong in the log.
    pub fn log_end(&self) -> Result<(u32, String), Problems> {
        let last = match self.history.as_ref().and_then(History::first_row) {
            Some(0 | 1) => None,
            Some(later) => load::log_since(&self.disk, later - 1, &self.locale())?.into_iter().next(),
            None => load::log_last(&self.disk, &self.locale())?,
        };
        Ok(last.map_or_else(|| (0, String::new()), |row| (row.seq, row.chain)))
    }

    /// Whether a file was edited by hand and the log does not tell of it yet.
    ///
    /// # Errors
    /// What the disk says.
    pub fn has_untold_edits(&self) -> Result<bool, Problem> {
        let state = State::load(&self.disk)?;
        if self.is_past() || !state.is_tracking() {
            return Ok(false);
        }
        for path in memory::tracked(&self.disk)? {
            let Some(print) = state.files.get(&path) else { return Ok(true) };
            if self.disk.stat(&path)?.is_some_and(|stat| stat != print.stat) {
                let now = self.disk.read(&path)?.as_deref().map(hash);
                if print.hash.is_none() || now != print.hash {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The settings, rules, surveys and templates as they are.
    ///
    /// # Errors
    /// What the disk says; a document that is not UTF-8.
    pub fn documents(&self) -> Result<Documents, Problems> {
        let mut documents = Documents::new();
        let mut paths = vec![layout::SETTINGS.to_owned()];
        paths.extend(self.disk.list("rules").map_err(lift)?.into_iter().map(|name| format!("rules/{name}")));
        paths.extend(load::surveys(&self.disk).map_err(lift)?.into_iter().map(|name| format!("{}/{name}/survey.yaml", layout::SURVEYS)));
        let folder = layout::template("report");
        paths.extend(self.disk.list(&folder).map_err(lift)?.into_iter().map(|name| format!("{folder}/{name}")));
        for path in paths.into_iter().filter(|path| layout::is_sealed_document(path)) {
            if let Some(bytes) = self.disk.read(&path).map_err(lift)? {
                let text = String::from_utf8(bytes).map_err(|_| vec![Problem::error(What::NotUtf8).at(Place::file(&path))])?;
                documents.insert(path, text);
            }
        }
        Ok(documents)
    }

    /// The same book, with the documents as they were; those that are not among them were not there.
    ///
    /// # Errors
    /// What is wrong in the settings of then.
    pub fn with_documents(&self, documents: Documents) -> Result<Book, Problems> {
        let settings = documents.get(layout::SETTINGS).map(|text| settings_file::parse(text.as_bytes())).transpose()?;
        let settings = settings.map_or_else(|| self.settings.clone(), |(_, settings)| settings);
        Ok(Book { settings, disk: self.disk.clone(), lock: None, history: None, documents: Some(documents) })
    }

    /// From now on every question is asked of the book as it stood before these changes, rows of the log in their order.
    ///
    /// # Errors
    /// [`What::HistoryLost`].
    pub fn without(&mut self, changes: Vec<LogRow>) -> Result<(), Problems> {
        self.history = Some(History::new(changes).map_err(lift)?);
        Ok(())
    }

    /// The rows of the log after one.
    ///
    /// # Errors
    /// What is wrong in the log.
    pub fn log_after_row(&self, seq: u32) -> Result<Vec<LogRow>, Problems> {
        load::log_since(&self.disk, seq.saturating_add(1), &self.locale())
    }

    /// A row of the log.
    ///
    /// # Errors
    /// What is wrong in the log.
    pub fn log_row(&self, seq: u32) -> Result<Option<LogRow>, Problems> {
        Ok(load::log_since(&self.disk, seq, &self.locale())?.into_iter().find(|row| row.seq == seq))
    }

    /// The folders of the reports that the log tells to be sealed, whether they are there or not.
    ///
    /// # Errors
    /// What is wrong in the log.
    pub fn told_seals(&self) -> Result<BTreeSet<String>, Problems> {
        let mut told = BTreeSet::new();
        for row in load::log_of(&self.disk, "documents", &self.locale())? {
            let Some(folder) = row.id.strip_prefix(layout::REPORTS).and_then(|rest| rest.strip_prefix('/')) else { continue };
            if row.action == "seal" || row.after.contains("\"redone\"") {
                told.insert(folder.to_owned());
            } else if row.after.contains("\"undone\"") {
                told.remove(folder);
            }
        }
        Ok(told)
    }

    /// The folders of sealed reports, in order.
    ///
    /// # Errors
    /// What the disk says.
    pub fn seals(&self) -> Result<Vec<String>, Problem> {
        folders(&self.disk)
    }

    /// A sealed report, its files held against their digests, and the seal against the one that the log tells.
    ///
    /// # Errors
    /// [`What::BrokenSeal`], what the disk says, what is wrong in the log.
    pub fn seal(&self, folder: &str) -> Result<Sealed, Problems> {
        let bytes = self.sealed(folder, layout::SEAL).map_err(lift)?.unwrap_or_default();
        let broken = |reason| vec![Problem::error(What::BrokenSeal { reason }).at(Place::file(layout::report(folder, layout::SEAL)))];
        let seal = Seal::parse(&bytes).map_err(broken)?;
        let mut altered = Vec::new();
        let told = self.log_row(seal.log_row.saturating_add(1))?.filter(|row| row.id == format!("{}/{folder}", layout::REPORTS));
        let facts: serde_json::Value = told.and_then(|row| serde_json::from_str(&row.after).ok()).unwrap_or_default();
        if facts.get(layout::SEAL).and_then(serde_json::Value::as_str) != Some(&hash(&bytes)) {
            altered.push(layout::SEAL.to_owned());
        }
        let inputs = seal.inputs.iter().map(|(path, digest)| (format!("{}/{path}", layout::INPUTS), digest));
        let mut files = BTreeMap::new();
        for (name, digest) in seal.files.iter().map(|(name, digest)| (name.clone(), digest)).chain(inputs) {
            let bytes = self.sealed(folder, &name).map_err(lift)?;
            if bytes.as_deref().map(hash).as_ref() != Some(digest) {
                altered.push(name.clone());
            }
            files.extend(bytes.map(|bytes| (name, bytes)));
        }
        Ok(Sealed { folder: folder.to_owned(), seal, altered, files })
    }

    /// A file of a sealed report.
    ///
    /// # Errors
    /// What the disk says.
    pub fn sealed(&self, folder: &str, file: &str) -> Result<Option<Vec<u8>>, Problem> {
        self.disk.read(&layout::report(folder, file))
    }
}
