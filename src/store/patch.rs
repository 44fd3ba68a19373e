//! What a transaction did to each file, byte for byte: the way back, and the way forth again.
//!
//! Hunks are whole rows. A file that is still as the transaction left it goes back to its old bytes exactly;
//! in one that was changed since, each hunk is looked for by its bytes, and what is not found is not touched.

use super::disk::hash;
use super::layout;

/// One replaced piece of a file: where and how long it was, and what it became.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hunk {
    pub old_at: usize,
    pub old: Vec<u8>,
    pub new_at: usize,
    pub new: New,
}

/// The new bytes of a hunk. Facts come by the million and are kept only as a fingerprint: enough to take them away again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum New {
    Bytes(Vec<u8>),
    Print { length: usize, hash: String },
}

impl Default for New {
    fn default() -> New {
        New::Bytes(Vec::new())
    }
}

impl New {
    fn length(&self) -> usize {
        match self {
            New::Bytes(bytes) => bytes.len(),
            New::Print { length, .. } => *length,
        }
    }

    fn is(&self, found: &[u8]) -> bool {
        match self {
            New::Bytes(bytes) => bytes == found,
            New::Print { length, hash: known } => found.len() == *length && hash(found) == *known,
        }
    }

    /// The same without the bytes.
    #[must_use]
    pub fn print(self) -> New {
        match self {
            New::Bytes(bytes) => New::Print { length: bytes.len(), hash: hash(&bytes) },
            print @ New::Print { .. } => print,
        }
    }
}

/// One file's part of a patch. No `old`: the file was made; no `new`: it was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePatch {
    pub path: String,
    pub old: Option<String>,
    pub new: Option<String>,
    pub hunks: Vec<Hunk>,
}

/// What a file becomes when a patch is taken back.
#[derive(Debug, PartialEq, Eq)]
pub enum Reverted {
    Bytes(Vec<u8>),
    Removed,
}

impl FilePatch {
    /// Takes the hunks back out of a file as it is now; `None` where a row is no longer as this change left it.
    pub fn reverted(&self, present: Option<&[u8]>) -> Option<Reverted> {
        let found = present.map(hash);
        let present = present.unwrap_or_default();
        if found != self.new {
            return (self.new.is_some() && found.is_some()).then(|| self.searched(present)).flatten();
        }
        if self.old.is_none() {
            return Some(Reverted::Removed);
        }
        let mut out = Vec::with_capacity(present.len());
        let mut at = 0;
        for hunk in &self.hunks {
            out.extend_from_slice(present.get(at..hunk.new_at)?);
            out.extend_from_slice(&hunk.old);
            at = hunk.new_at + hunk.new.length();
        }
        out.extend_from_slice(present.get(at..)?);
        (Some(hash(&out)) == self.old).then_some(Reverted::Bytes(out))
    }

    /// Each hunk where its bytes stand now: at its old place, else where they stand exactly once.
    fn searched(&self, present: &[u8]) -> Option<Reverted> {
        let mut out = present.to_vec();
        // from the end, so that the places before stay right
        for hunk in self.hunks.iter().rev() {
            if hunk.new.length() == 0 {
                if !out.is_empty() && !out.ends_with(b"\n") && !out.ends_with(b"\r") {
                    out.push(b'\n');
                }
                out.extend_from_slice(&hunk.old);
                continue;
            }
            let at = place(&out, hunk)?;
            out.splice(at..at + hunk.new.length(), hunk.old.iter().copied());
        }
        Some(Reverted::Bytes(out))
    }
}

fn place(text: &[u8], hunk: &Hunk) -> Option<usize> {
    let length = hunk.new.length();
    let stands = |at: usize| text.get(at..at + length).is_some_and(|found| starts_row(text, at) && hunk.new.is(found));
    if stands(hunk.new_at) {
        return Some(hunk.new_at);
    }
    let New::Bytes(bytes) = &hunk.new else { return None };
    let mut places = text.windows(length).enumerate().filter(|(at, found)| *found == bytes && starts_row(text, *at)).map(|(at, _)| at);
    let first = places.next()?;
    places.next().is_none().then_some(first)
}

fn starts_row(text: &[u8], at: usize) -> bool {
    at == 0 || matches!(text.get(at - 1), Some(b'\n' | b'\r'))
}

const HEAD: &[u8] = b"carebook patch 1\n";

/// The patch as a file; its last line is the checksum of the rest.
pub fn write(files: &[FilePatch]) -> Vec<u8> {
    let mut out = HEAD.to_vec();
    let name = |hash: &Option<String>| hash.clone().unwrap_or_else(|| "-".into());
    for file in files {
        out.extend(format!("file\t{}\t{}\t{}\t{}\n", name(&file.old), name(&file.new), file.hunks.len(), file.path).bytes());
        for hunk in &file.hunks {
            let (bytes, print): (&[u8], &str) = match &hunk.new {
                New::Bytes(bytes) => (bytes, "-"),
                New::Print { hash, .. } => (&[], hash),
            };
            let (old_at, old, new_at, new) = (hunk.old_at, hunk.old.len(), hunk.new_at, hunk.new.length());
            out.extend(format!("hunk\t{old_at}\t{old}\t{new_at}\t{new}\t{print}\n").bytes());
            out.extend_from_slice(&hunk.old);
            out.extend_from_slice(bytes);
            out.push(b'\n');
        }
    }
    let sum = hash(&out);
    out.extend(format!("checksum\t{sum}\n").bytes());
    out
}

/// Reads a patch; nothing is believed unless the checksum holds and every path is one of ours.
pub fn parse(bytes: &[u8]) -> Option<Vec<FilePatch>> {
    const SUM: usize = "checksum\t".len() + 64 + 1;
    let body = &bytes[..bytes.len().checked_sub(SUM)?];
    let sum = std::str::from_utf8(&bytes[body.len()..]).ok()?.strip_prefix("checksum\t")?.trim_end();
    if hash(body) != sum {
        return None;
    }
    let mut rest = body.strip_prefix(HEAD)?;
    let mut files = Vec::new();
    while !rest.is_empty() {
        files.push(file(&mut rest)?);
    }
    Some(files)
}

fn file(rest: &mut &[u8]) -> Option<FilePatch> {
    let cells = cells(rest)?;
    let ["file", old, new, count, path] = cells.iter().map(String::as_str).collect::<Vec<_>>()[..] else { return None };
    if !layout::is_written(path) {
        return None;
    }
    let known = |hash: &str| (hash != "-").then(|| hash.to_owned());
    let hunks = (0..count.parse::<usize>().ok()?).map(|_| hunk(rest)).collect::<Option<Vec<Hunk>>>()?;
    Some(FilePatch { path: path.to_owned(), old: known(old), new: known(new), hunks })
}

fn hunk(rest: &mut &[u8]) -> Option<Hunk> {
    let cells = cells(rest)?;
    let ["hunk", old_at, old, new_at, new, print] = cells.iter().map(String::as_str).collect::<Vec<_>>()[..] else { return None };
    let number = |text: &str| text.parse::<usize>().ok();
    let old = take(rest, number(old)?)?.to_vec();
    let length = number(new)?;
    let new = match print {
        "-" => New::Bytes(take(rest, length)?.to_vec()),
        hash => New::Print { length, hash: hash.to_owned() },
    };
    take(rest, 1)?;
    Some(Hunk { old_at: number(old_at)?, old, new_at: number(new_at)?, new })
}

fn cells(rest: &mut &[u8]) -> Option<Vec<String>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let line = std::str::from_utf8(take(rest, end)?).ok()?.to_owned();
    take(rest, 1)?;
    Some(line.split('\t').map(str::to_owned).collect())
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "id,name\nC1,A\nC2,B\nC3,C\n";
    const NEW: &str = "id,name\nC1,A\nC2,Bea\nC4,D\n";

    fn bytes(text: &str) -> New {
        New::Bytes(text.into())
    }

    fn patch() -> FilePatch {
        let changed = Hunk { old_at: 13, old: "C2,B\n".into(), new_at: 13, new: bytes("C2,Bea\n") };
        let removed = Hunk { old_at: 18, old: "C3,C\n".into(), new_at: 20, new: bytes("") };
        let added = Hunk { old_at: 23, old: Vec::new(), new_at: 20, new: bytes("C4,D\n").print() };
        let (old, new) = (Some(hash(OLD.as_bytes())), Some(hash(NEW.as_bytes())));
        FilePatch { path: "customers.csv".into(), old, new, hunks: vec![changed, removed, added] }
    }

    fn reverted(text: &str) -> Option<String> {
        match patch().reverted(Some(text.as_bytes()))? {
            Reverted::Bytes(bytes) => Some(String::from_utf8(bytes).unwrap()),
            Reverted::Removed => None,
        }
    }

    #[test]
    fn an_untouched_file_goes_back_exactly() {
        assert_eq!(reverted(NEW).unwrap(), OLD);
        let made = FilePatch { old: None, ..patch() };
        assert_eq!(made.reverted(Some(NEW.as_bytes())), Some(Reverted::Removed));
        let gone = FilePatch { new: None, ..patch() };
        assert_eq!(gone.reverted(Some(NEW.as_bytes())), None);
    }

    #[test]
    fn rows_changed_since_are_not_touched() {
        let other_row = NEW.replace("C1,A", "C1,Anna");
        // the block known by its print only has moved
        assert_eq!(reverted(&other_row), None);
        let mut without = patch();
        without.hunks.pop();
        let later = "id,name\nC1,Anna\nC2,Bea\nC9,Z\n";
        let back = without.reverted(Some(later.as_bytes()));
        assert_eq!(back, Some(Reverted::Bytes("id,name\nC1,Anna\nC2,B\nC9,Z\nC3,C\n".into())));
        assert_eq!(without.reverted(Some(b"id,name\nC2,Beatrice\n")), None);
        // only a row is matched, not the tail of one
        assert_eq!(without.reverted(Some(b"id,name\nXC2,Bea\n")), None);
    }

    #[test]
    fn written_then_read_is_the_same() {
        let files = vec![patch(), FilePatch { path: "rules/tiers.yaml".into(), old: None, new: Some("x".into()), hunks: Vec::new() }];
        let written = write(&files);
        assert_eq!(parse(&written), Some(files));
        for at in [0, 20, written.len() / 2, written.len() - 2] {
            let mut torn = written.clone();
            torn[at] ^= 1;
            assert_eq!(parse(&torn), None, "{at}");
            assert_eq!(parse(&written[..at]), None);
        }
    }
}
