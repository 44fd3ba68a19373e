//! The only writer to the terminal: data to stdout, everything else to stderr.

use std::io::{ErrorKind, Write};

use super::error::Failure;
use crate::host::Host;

pub struct Ui<'h> {
    pub host: &'h mut Host,
    pub quiet: bool,
}

impl Ui<'_> {
    /// Data. A reader that has seen enough ends the run quietly.
    pub fn data(&mut self, text: &str) -> Result<(), Failure> {
        self.bytes(text.as_bytes())
    }

    /// Data that may be no text.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.host
            .out
            .write_all(bytes)
            .and_then(|()| self.host.out.flush())
            .map_err(|error| if error.kind() == ErrorKind::BrokenPipe { Failure::ClosedPipe } else { Failure::Internal(error.into()) })
    }

    /// A message, silenced by `--quiet`.
    pub fn say(&mut self, text: &str) {
        if !self.quiet {
            self.complain(text);
        }
    }

    /// A message that is never silenced. That stderr is gone is nobody's to hear.
    pub fn complain(&mut self, text: &str) {
        let text = crate::base::text::harmless(text);
        let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
        let _ = write!(self.host.err, "{text}{end}");
        let _ = self.host.err.flush();
    }
}
