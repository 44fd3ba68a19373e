//! The end of a backup: a digest over every byte before it, so that no flipped byte goes unseen.
//!
//! It is written as one more gzip member, empty, with the digest as its comment: `tar xzf` passes over it in silence.
//! Header fields and padding that an unpacker ignores are covered too.

use std::io::{ErrorKind, Read, Result, Write};

use sha2::{Digest, Sha256};

use crate::store::disk::hex;

/// The first bytes of a gzip member that has a comment; no time, no system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0x10, 0, 0, 0, 0, 0, 0xff];
/// The same in every format to come: a newer backup must be told from a damaged one.
const WORDS: &str = "carebook backup sha256 ";
/// The comment's end, an empty block, the checksum and the length of nothing.
const FOOT: [u8; 11] = [0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const LENGTH: usize = HEAD.len() + WORDS.len() + 64 + FOOT.len();

const CHUNK: usize = 64 * 1024;

fn trailer(digest: &[u8]) -> Vec<u8> {
    [&HEAD, WORDS.as_bytes(), hex(digest).as_bytes(), &FOOT].concat()
}

/// Writes through and keeps the digest of what was written.
pub struct Sealing<W> {
    inner: W,
    sha: Sha256,
}

impl<W: Write> Sealing<W> {
    pub fn new(inner: W) -> Sealing<W> {
        Sealing { inner, sha: Sha256::new() }
    }

    /// Writes the digest and gives the writer back.
    pub fn finish(mut self) -> Result<W> {
        self.inner.write_all(&trailer(&self.sha.finalize()))?;
        Ok(self.inner)
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let written = self.inner.write(bytes)?;
        self.sha.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> Result<()> {
        self.inner.flush()
    }
}

/// Gives out everything but the trailer, and compares that in the end.
pub struct Sealed<R> {
    inner: R,
    sha: Sha256,
    /// Read and not yet given out; its last [`LENGTH`] bytes may be the trailer.
    held: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Sealed<R> {
    pub fn new(inner: R) -> Sealed<R> {
        Sealed { inner, sha: Sha256::new(), held: Vec::new(), at: 0, ended: false }
    }

    /// Reads what nobody asked for, then tells whether the digest is that of all bytes before it.
    pub fn finish(mut self) -> Result<bool> {
        std::io::copy(&mut self, &mut std::io::sink())?;
        Ok(self.held[self.at..] == trailer(&self.sha.finalize()))
    }
}

impl<R: Read> Read for Sealed<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        loop {
            let ready = self.held.len().saturating_sub(LENGTH);
            if self.at < ready {
                let given = out.len().min(ready - self.at);
                let bytes = &self.held[self.at..self.at + given];
                out[..given].copy_from_slice(bytes);
                self.sha.update(bytes);
                self.at += given;
                return Ok(given);
            }
            if self.ended || out.is_empty() {
                return Ok(0);
            }
            self.held.drain(..self.at);
            self.at = 0;
            let kept = self.held.len();
            self.held.resize(kept + CHUNK, 0);
            let read = match self.inner.read(&mut self.held[kept..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {
                    self.held.truncate(kept);
                    continue;
                }
                other => other?,
            };
            self.held.truncate(kept + read);
            self.ended = read == 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(body: &[u8]) -> Vec<u8> {
        let mut writer = Sealing::new(Vec::new());
        writer.write_all(body).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn what_was_written_comes_back_and_any_other_byte_is_seen() {
        for length in [0, 1, LENGTH, CHUNK, CHUNK + LENGTH + 1] {
            let body = vec![7; length];
            let file = sealed(&body);
            let mut reader = Sealed::new(file.as_slice());
            let mut back = Vec::new();
            reader.read_to_end(&mut back).unwrap();
            assert!(back == body && reader.finish().unwrap(), "{length}");
        }
        let file = sealed(b"abc");
        for at in 0..file.len() {
            let mut flipped = file.clone();
            flipped[at] ^= 1;
            assert!(!Sealed::new(flipped.as_slice()).finish().unwrap(), "{at}");
            assert!(!Sealed::new(&file[..at]).finish().unwrap(), "{at}");
        }
    }
}
