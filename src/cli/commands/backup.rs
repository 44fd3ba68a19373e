//! `backup`: the whole book in one file; `backup verify`: whether it can be restored.

use crate::base::problem::{Problem, Severity, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::store::backup::{self, Encryption, Keys, Manifest, Protection};
use crate::view::present::backup::{self as present, Receipt};

#[derive(Debug, clap::Args)]
#[expect(clippy::doc_markdown, reason = "doc comments are the help that is printed")]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The file to make; an ending such as .carebook-backup helps to find it again
    #[arg(required = true)]
    pub file: Option<String>,
    /// Write over a file that is there
    #[arg(long)]
    pub force: bool,
    /// Encrypt with a passphrase: $CAREBOOK_PASSPHRASE, --passphrase-file, or asked for
    #[arg(long, conflicts_with = "recipient")]
    pub encrypt: bool,
    /// The passphrase, on the first line of a file
    #[arg(long, value_name = "FILE", conflicts_with = "recipient")]
    pub passphrase_file: Option<String>,
    /// Encrypt for this public key (age1…) instead of a passphrase; may be repeated
    #[arg(long, value_name = "KEY")]
    pub recipient: Vec<String>,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Restore on trial and compare everything; exit 6 when anything is wrong
    #[command(visible_alias = "核对")]
    Verify(VerifyArgs),
}

#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// The backup
    pub file: String,
    #[command(flatten)]
    pub secret: Secret,
}

/// What an encrypted backup is opened with.
#[derive(Debug, clap::Args)]
pub struct Secret {
    /// The passphrase, on the first line of a file
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<String>,
    /// A file with the secret key (AGE-SECRET-KEY-1…)
    #[arg(long, value_name = "FILE")]
    pub identity: Option<String>,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match (&args.command, &args.file) {
        (Some(Command::Verify(args)), _) => verify(args, session),
        (None, Some(file)) => make(args, file, session),
        (None, None) => Err(What::InputNeeded { flag: "FILE" }.into()),
    }
}

fn make(args: &Args, file: &str, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let root = session.root()?;
    let encryption = encryption(args, session)?;
    let created_at = session.now.iso(chrono_tz::UTC);
    let target = session.ui.host.path(file);
    let order = backup::Order {
        target: &target,
        created_at: &created_at,
        encryption: &encryption,
        force: args.force,
        dry_run: session.flags.dry_run,
    };
    let made = backup::create(&root, &order)?;
    for path in made.left_out {
        session.warn(&Problem::warning(What::NotBackedUp { path }));
    }
    let encrypted = encryption != Encryption::None;
    let size = Some(made.bytes).filter(|_| !session.flags.dry_run);
    let receipt = receipt(&made.manifest, file, size, encrypted);
    if session.wants_json() {
        session.print_json(&receipt.json())?;
    }
    session.say(&present::made(&receipt, made.same_device, session.lang));
    Ok(Exit::Done)
}

fn verify(args: &VerifyArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let path = session.ui.host.path(&args.file);
    let (keys, encrypted) = keys(&args.file, &args.secret, session)?;
    let (manifest, found) = backup::verify(&path, &keys, &session.ui.host.temporary())?;
    if !found.is_empty() {
        let text = crate::view::problem::list(&found, session.lang);
        session.ui.complain(&text);
    }
    if found.iter().any(|problem| problem.severity == Severity::Error) {
        return Ok(Exit::BadRows);
    }
    let receipt = receipt(&manifest, &args.file, None, encrypted);
    if session.wants_json() {
        session.print_json(&receipt.json())?;
    }
    session.say(&present::verified(&receipt, session.lang));
    Ok(Exit::Done)
}

/// What is told of a backup.
pub fn receipt(manifest: &Manifest, file: &str, size: Option<u64>, encrypted: bool) -> Receipt {
    Receipt {
        file: file.to_owned(),
        created_at: manifest.created_at.clone(),
        book_format: manifest.book,
        files: manifest.files.len(),
        rows: manifest.rows(),
        log_rows: manifest.log_rows(),
        bytes: manifest.bytes(),
        size,
        encrypted,
    }
}

fn encryption(args: &Args, session: &mut Session<'_>) -> Result<Encryption, Failure> {
    if !args.recipient.is_empty() {
        return Ok(Encryption::Recipients(args.recipient.clone()));
    }
    if !args.encrypt && args.passphrase_file.is_none() {
        return Ok(Encryption::None);
    }
    if let Some(given) = given(args.passphrase_file.as_ref(), session)? {
        return Ok(Encryption::Passphrase(given));
    }
    let first = asked(session, ["口令", "Passphrase"])?;
    if asked(session, ["再输一次", "Once more"])? != first {
        let message = ["两次口令不同".to_owned(), "the two passphrases differ".to_owned()];
        return Err(What::Usage { message }.into());
    }
    Ok(Encryption::Passphrase(first))
}

/// What opens a backup: asked for only when it is needed. Tells also whether it is encrypted.
pub fn keys(file: &str, secret: &Secret, session: &mut Session<'_>) -> Result<(Keys, bool), Failure> {
    let protection = backup::protection(&session.ui.host.path(file))?;
    let mut keys = Keys::default();
    match protection {
        Protection::None => {}
        Protection::Key => {
            let text = secret.identity.as_ref().map(|typed| session.read_input(typed)).transpose()?;
            keys.identity = text.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        }
        Protection::Passphrase => {
            keys.passphrase = given(secret.passphrase_file.as_ref(), session)?;
            if keys.passphrase.is_none() && session.can_ask() {
                keys.passphrase = Some(asked(session, ["口令", "Passphrase"])?);
            }
        }
    }
    Ok((keys, protection != Protection::None))
}

/// A passphrase from its file or the environment.
fn given(file: Option<&String>, session: &Session<'_>) -> Result<Option<String>, Failure> {
    let Some(typed) = file else { return Ok(session.ui.host.var("CAREBOOK_PASSPHRASE").map(str::to_owned)) };
    let bytes = session.read_input(typed)?;
    let text = String::from_utf8_lossy(&bytes);
    match text.lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(Some(line.to_owned())),
        None => Err(Problem::error(What::Required).field("--passphrase-file").into()),
    }
}

fn asked(session: &mut Session<'_>, question: [&str; 2]) -> Result<String, Failure> {
    if !session.can_ask() {
        return Err(What::SecretNeeded { flag: "--passphrase-file" }.into());
    }
    let typed = session.ask_secret(session.lang.pick(question[0], question[1]))?;
    if typed.is_empty() { Err(What::SecretNeeded { flag: "--passphrase-file" }.into()) } else { Ok(typed) }
}
