//! What a command gives: data in the format asked for, to stdout or to a file, whole or not at all.

use std::path::Path;

use super::Session;
use crate::base::problem::{Problem, What};
use crate::cli::error::Failure;
use crate::host;
use crate::store::Book;
use crate::view::format::{self, Format};
use crate::view::grid::Grid;

impl Session<'_> {
    /// The fields that are asked for by name, in `--fields` and `--json`.
    pub fn fields(&self) -> Vec<String> {
        let mut fields = self.flags.fields.clone();
        if let Some(json) = &self.flags.json {
            fields.extend(json.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned));
        }
        fields
    }

    /// Writes a grid in the format asked for: `--json`, `--format`, the ending of `-o`, else a table.
    pub fn print(&mut self, grid: &Grid) -> Result<(), Failure> {
        let known = || grid.columns.iter().map(|column| column.code.clone()).collect::<Vec<_>>();
        if self.flags.json.as_deref() == Some("?") {
            return self.emit((known().join("\n") + "\n").as_bytes());
        }
        let fields = grid.spelt_out(&self.fields());
        if let Some(unknown) = fields.iter().find(|name| grid.position(name).is_none()) {
            return Err(What::UnknownField { name: unknown.clone(), allowed: known() }.into());
        }
        self.refuse_unknown_ending()?;
        let chosen = if fields.is_empty() { grid.clone() } else { grid.select(&fields) };
        let format = self.format(Format::Table);
        self.refuse_workbook_on_terminal(format)?;
        let bytes = format::write(&chosen, format, self.ui.host.columns(), self.made())?;
        self.emit(&bytes)
    }

    /// The moment that a workbook says it was made at.
    pub fn made(&self) -> chrono::NaiveDateTime {
        self.now.at_zone(chrono_tz::UTC)
    }

    /// A workbook is no text to look at.
    pub fn refuse_workbook_on_terminal(&self, format: Format) -> Result<(), Failure> {
        let to_stdout = self.flags.output.as_deref().is_none_or(|output| output == "-");
        let on_terminal = format == Format::Xlsx && to_stdout && self.ui.host.stdout_is_terminal;
        if on_terminal { Err(What::InputNeeded { flag: "-o FILE.xlsx" }.into()) } else { Ok(()) }
    }

    /// `-o FILE.xyz` without a format named: better no file than one that is not what its name says.
    pub fn refuse_unknown_ending(&self) -> Result<(), Failure> {
        let named = self.flags.format.is_some() || self.flags.json.is_some();
        let ending = self.flags.output.as_deref().and_then(|output| Path::new(output).extension()?.to_str().map(str::to_owned));
        match ending.filter(|ending| !named && Format::of_extension(ending).is_none()) {
            Some(name) => {
                let allowed = ["csv", "tsv", "json", "jsonl", "md", "html", "txt", "xlsx", "ics"].map(str::to_owned).to_vec();
                Err(Problem::error(What::UnknownName { name, allowed }).field("-o").into())
            }
            None => Ok(()),
        }
    }

    /// The format asked for, or this one.
    pub fn format(&self, otherwise: Format) -> Format {
        let by_ending = || {
            let output = self.flags.output.as_deref()?;
            Format::of_extension(Path::new(output).extension()?.to_str()?)
        };
        if self.flags.json.is_some() { Format::Json } else { self.flags.format.or_else(by_ending).unwrap_or(otherwise) }
    }

    /// Whether a machine reads the output.
    pub fn wants_json(&self) -> bool {
        matches!(self.format(Format::Table), Format::Json | Format::Jsonl)
    }

    /// Whether what comes out must be whole also when there is nothing in it.
    pub fn wants_document(&self) -> bool {
        self.wants_json() || self.format(Format::Table) == Format::Ics
    }

    /// Whether a table is to be written also when no row is in it: only a person at the terminal is better told in words.
    /// Elsewhere a file of yesterday would stay, and be taken for today's.
    pub fn wants_table(&self) -> bool {
        self.flags.output.is_some() || self.format(Format::Table) != Format::Table
    }

    /// Text as data. It has no other format than its own, and JSON where the command has that.
    pub fn print_text(&mut self, text: &str) -> Result<(), Failure> {
        self.refuse_table_formats()?;
        self.emit(crate::base::text::harmless(text).as_bytes())
    }

    /// Formats of tables are refused where there is no table: else a file would not be what its name says.
    pub fn refuse_table_formats(&self) -> Result<(), Failure> {
        self.refuse_unknown_ending()?;
        match self.format(Format::Table) {
            Format::Table | Format::Json | Format::Jsonl => Ok(()),
            other => {
                let allowed = ["table", "json", "jsonl"].map(str::to_owned).to_vec();
                let name = format!("{other:?}").to_lowercase();
                let flag = if self.flags.format.is_some() { "--format" } else { "-o" };
                Err(Problem::error(What::UnknownName { name, allowed }).field(flag).into())
            }
        }
    }

    /// A JSON document as data; as JSON lines it is one line.
    pub fn print_json(&mut self, value: &serde_json::Value) -> Result<(), Failure> {
        match self.format(Format::Table) {
            Format::Jsonl => self.emit((value.to_string() + "\n").as_bytes()),
            _ => self.emit(format::json::pretty(value).as_bytes()),
        }
    }

    /// Data to `-o FILE`, else to stdout.
    pub fn emit(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self.flags.output.clone().filter(|output| output != "-") {
            Some(output) => self.write_output(&output, bytes),
            None => self.ui.bytes(bytes),
        }
    }

    /// A file outside the book, whole or not at all. Says where it went.
    pub fn write_output(&mut self, typed: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.ui.host.path(typed);
        Book::write_outside(self.book.as_ref(), &path, bytes)?;
        self.say(&self.lang.pick(format!("已写入 {typed}"), format!("wrote {typed}")));
        Ok(())
    }

    /// A foreign file as typed, or stdin for `-`.
    pub fn read_input(&self, typed: &str) -> Result<Vec<u8>, Failure> {
        Ok(host::read_input(typed, &self.ui.host.path(typed))?)
    }
}
