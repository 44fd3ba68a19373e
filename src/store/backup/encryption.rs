//! Backups for a passphrase or for keys, in the age format: any program that reads it can open them too.
//!
//! Every byte of such a file is under a message authentication code; within it lies the same archive with its own digest.

use std::io::{BufRead, Read, Write};
use std::path::Path;

use crate::base::problem::{Problem, What};
use crate::store::beyond;

/// How a backup is to be encrypted.
#[derive(Clone, PartialEq, Eq)]
pub enum Encryption {
    None,
    Passphrase(String),
    /// Public keys, `age1…`.
    Recipients(Vec<String>),
}

/// What a backup can be opened with.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Keys {
    pub passphrase: Option<String>,
    /// The text of an identity file: lines `AGE-SECRET-KEY-1…`.
    pub identity: Option<String>,
}

/// How a backup is encrypted, as its first lines tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    None,
    Passphrase,
    Key,
}

const HEAD: &[u8] = b"age-encryption.org/";

/// How a file is encrypted.
///
/// # Errors
/// There is no such file, or it cannot be read.
pub fn protection(path: &Path) -> Result<Protection, Problem> {
    let mut file = beyond::open(path)?;
    let head = file.fill_buf().map_err(|error| beyond::cannot_read(path, &error))?;
    Ok(protection_of(head))
}

fn protection_of(head: &[u8]) -> Protection {
    let second = head.split(|byte| *byte == b'\n').nth(1).unwrap_or_default();
    match head.starts_with(HEAD) {
        false => Protection::None,
        true if second.starts_with(b"-> scrypt ") => Protection::Passphrase,
        true => Protection::Key,
    }
}

/// Where the bytes of a backup go.
pub enum Sink<W: Write> {
    Plain(W),
    #[cfg(feature = "encrypt")]
    Encrypted(age::stream::StreamWriter<W>),
}

impl<W: Write> Sink<W> {
    /// Writes what is still to be written.
    pub fn finish(self) -> std::io::Result<()> {
        match self {
            Sink::Plain(mut writer) => writer.flush(),
            #[cfg(feature = "encrypt")]
            Sink::Encrypted(writer) => writer.finish()?.flush(),
        }
    }
}

impl<W: Write> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Sink::Plain(writer) => writer.write(bytes),
            #[cfg(feature = "encrypt")]
            Sink::Encrypted(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Sink::Plain(writer) => writer.flush(),
            #[cfg(feature = "encrypt")]
            Sink::Encrypted(writer) => writer.flush(),
        }
    }
}

/// Puts the encryption asked for around a writer.
///
/// # Errors
/// A public key that is none; a carebook built without encryption; what the disk says.
pub fn wrap<W: Write>(writer: W, encryption: &Encryption, target: &Path) -> Result<Sink<W>, Problem> {
    match encryption {
        Encryption::None => Ok(Sink::Plain(writer)),
        #[cfg(feature = "encrypt")]
        Encryption::Passphrase(passphrase) => with_keys::wrap_for_passphrase(writer, passphrase, target),
        #[cfg(feature = "encrypt")]
        Encryption::Recipients(recipients) => with_keys::wrap(writer, recipients, target),
        #[cfg(not(feature = "encrypt"))]
        _ => {
            let _ = target;
            Err(without())
        }
    }
}

/// Opens a backup's bytes, whether encrypted or not.
///
/// # Errors
/// [`What::SecretNeeded`], [`What::WrongSecret`], or a damaged head.
pub fn unwrap<'r, R: BufRead + 'r>(mut reader: R, keys: &Keys, path: &Path) -> Result<Box<dyn Read + 'r>, Problem> {
    let head = reader.fill_buf().map_err(|error| beyond::cannot_read(path, &error))?;
    match protection_of(head) {
        Protection::None if head.starts_with(&[0x1f, 0x8b]) => Ok(Box::new(reader)),
        Protection::None => Err(Problem::error(What::NotABackup { path: path.display().to_string() })),
        #[cfg(feature = "encrypt")]
        protection => with_keys::unwrap(reader, protection, keys, path),
        #[cfg(not(feature = "encrypt"))]
        _ => {
            let _ = keys;
            Err(without())
        }
    }
}

#[cfg(not(feature = "encrypt"))]
fn without() -> Problem {
    let message = ["这个 carebook 编译时未包含加密".to_owned(), "this carebook was built without encryption".to_owned()];
    Problem::error(What::Usage { message })
}

#[cfg(feature = "encrypt")]
mod with_keys {
    use std::io::{BufRead, Read, Write};
    use std::path::Path;
    use std::str::FromStr;

    use age::x25519::{Identity, Recipient};

    use super::{Keys, Protection, Sink};
    use crate::base::problem::{Problem, What};
    use crate::store::backup::damaged;
    use crate::store::beyond;

    /// What guessing a passphrase costs: 128 MB and a part of a second each time. Left to itself, age measures the machine
    /// and takes up to a gigabyte, which a smaller machine then lacks on the day it restores.
    const WORK: u8 = 17;
    /// The most that a file may ask of us.
    const MOST_WORK: u8 = 20;

    pub fn wrap_for_passphrase<W: Write>(writer: W, passphrase: &str, target: &Path) -> Result<Sink<W>, Problem> {
        let mut recipient = age::scrypt::Recipient::new(passphrase.to_owned().into());
        recipient.set_work_factor(WORK);
        encrypt(writer, &[&recipient], target)
    }

    fn encrypt<W: Write>(writer: W, recipients: &[&dyn age::Recipient], target: &Path) -> Result<Sink<W>, Problem> {
        let encryptor = age::Encryptor::with_recipients(recipients.iter().copied());
        let encryptor = encryptor.map_err(|_| Problem::error(What::BadKey { flag: "--recipient" }))?;
        encryptor.wrap_output(writer).map(Sink::Encrypted).map_err(|error| beyond::cannot_write(target, &error))
    }

    pub fn wrap<W: Write>(writer: W, recipients: &[String], target: &Path) -> Result<Sink<W>, Problem> {
        let parse = |text: &String| Recipient::from_str(text.trim()).map_err(|_| Problem::error(What::BadKey { flag: "--recipient" }));
        let recipients = recipients.iter().map(parse).collect::<Result<Vec<Recipient>, Problem>>()?;
        let each: Vec<&dyn age::Recipient> = recipients.iter().map(|recipient| -> &dyn age::Recipient { recipient }).collect();
        encrypt(writer, &each, target)
    }

    pub fn unwrap<'r, R: BufRead + 'r>(reader: R, protection: Protection, keys: &Keys, path: &Path) -> Result<Box<dyn Read + 'r>, Problem> {
        let by_passphrase = protection == Protection::Passphrase;
        let needed = || Problem::error(What::SecretNeeded { flag: if by_passphrase { "--passphrase-file" } else { "--identity" } });
        let identities = if by_passphrase { passphrase(keys) } else { identities(keys)? };
        if identities.is_empty() {
            return Err(needed());
        }
        let head = || damaged(path, "加密头已损坏", "its encryption header is broken");
        let decryptor = age::Decryptor::new_buffered(reader).map_err(|_| head())?;
        match decryptor.decrypt(identities.iter().map(AsRef::as_ref)) {
            Ok(reader) => Ok(Box::new(reader)),
            Err(age::DecryptError::InvalidMac | age::DecryptError::InvalidHeader | age::DecryptError::Io(_)) => Err(head()),
            Err(_) => Err(Problem::error(What::WrongSecret { by_passphrase })),
        }
    }

    fn passphrase(keys: &Keys) -> Vec<Box<dyn age::Identity>> {
        let one = |passphrase: &String| {
            let mut identity = age::scrypt::Identity::new(passphrase.clone().into());
            identity.set_max_work_factor(MOST_WORK);
            Box::new(identity) as Box<dyn age::Identity>
        };
        keys.passphrase.iter().map(one).collect()
    }

    fn identities(keys: &Keys) -> Result<Vec<Box<dyn age::Identity>>, Problem> {
        let lines = keys.identity.iter().flat_map(|text| text.lines()).map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let parse = |line: &str| {
            let identity = Identity::from_str(line).map_err(|_| Problem::error(What::BadKey { flag: "--identity" }))?;
            Ok(Box::new(identity) as Box<dyn age::Identity>)
        };
        lines.map(parse).collect()
    }
}
