//! One pass over a file's bytes: length, SHA-256 and, of a table, its rows.

use std::io::{ErrorKind, Read};

use sha2::{Digest, Sha256};

use crate::store::disk::hex;
use crate::store::layout;

/// What is known of a stream of bytes.
pub struct Measure {
    sha: Sha256,
    pub bytes: u64,
    rows: Option<Rows>,
}

/// Counts rows as the tables' reader does: line ends within quotes do not count, nor do blank lines.
#[derive(Default)]
struct Rows {
    quoted: bool,
    begun: bool,
    lines: u64,
}

/// What a whole file came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    pub bytes: u64,
    pub sha256: String,
    pub rows: Option<u64>,
}

impl Measure {
    pub fn of(path: &str) -> Measure {
        let is_table = layout::is_written(path) && path.strip_suffix(".csv").is_some();
        Measure { sha: Sha256::new(), bytes: 0, rows: is_table.then(Rows::default) }
    }

    pub fn take(&mut self, bytes: &[u8]) {
        self.sha.update(bytes);
        self.bytes += bytes.len() as u64;
        if let Some(rows) = &mut self.rows {
            rows.take(bytes);
        }
    }

    pub fn finish(self) -> Measured {
        let rows = self.rows.map(|rows| (rows.lines + u64::from(rows.begun)).saturating_sub(1));
        Measured { bytes: self.bytes, sha256: hex(&self.sha.finalize()), rows }
    }
}

impl Rows {
    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' | b'\r' if !self.quoted => {
                    self.lines += u64::from(self.begun);
                    self.begun = false;
                }
                _ => {
                    self.quoted ^= *byte == b'"';
                    self.begun = true;
                }
            }
        }
    }
}

/// Measures what is read through it.
pub struct Measuring<R> {
    pub inner: R,
    pub measure: Measure,
}

impl<R: Read> Read for Measuring<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(out)?;
        self.measure.take(&out[..read]);
        Ok(read)
    }
}

/// Reads to the end, chunk by chunk.
pub fn each_chunk<E>(
    reader: &mut dyn Read,
    failed: impl Fn(&std::io::Error) -> E,
    take: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut chunk = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(read) => take(&chunk[..read])?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_as_the_tables_reader_counts_them() {
        for text in ["id,name\n", "id,name\nC1,a\nC2,b", "id,name\r\n\r\nC1,\"a\r\n\"\"b\"\r\n", "id,name\rC1,a\r", "\u{FEFF}id\n\n1\n"] {
            let mut measure = Measure::of("customers.csv");
            // byte by byte: a chunk may end anywhere
            text.as_bytes().iter().for_each(|byte| measure.take(&[*byte]));
            let read = crate::base::rows::Splitter::new(text, b',').count() as u64 - 1;
            assert_eq!(measure.finish().rows, Some(read), "{text:?}");
        }
        assert_eq!(Measure::of("x.csv").finish().rows, None);
    }
}
