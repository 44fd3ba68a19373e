//! `upgrade`: a book of an older format becomes one of today's. A backup comes first.

use std::path::{Path, PathBuf};

use crate::base::problem::{Place, Problem, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::store::backup::{Encryption, Order};
use crate::store::upgrade;
use crate::view::present::backup::{Upgrade, upgraded};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the backup goes [default: beside the book, NAME-before-upgrade-DATE.carebook-backup]
    #[arg(long, value_name = "FILE")]
    pub backup: Option<String>,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let root = session.root()?;
    session.take_older()?;
    let preview = upgrade::preview(root.clone())?;
    if preview.from == preview.to {
        session.say(&session.lang.pick(
            format!("账本已是格式 {},无须升级。", preview.to),
            format!("The book has today's format, {}; nothing to do.", preview.to),
        ));
        return Ok(Exit::Done);
    }
    let target = args.backup.as_ref().map_or_else(|| beside(&root, session), |typed| session.ui.host.path(typed));
    let shown = target.display().to_string();
    if session.flags.dry_run {
        let files = preview.changed.keys().map(String::as_str).collect();
        return told(&Upgrade { from: preview.from, to: preview.to, files, backup: &shown, dry_run: true }, session);
    }
    let created_at = session.now.iso(chrono_tz::UTC);
    let order = Order { target: &target, created_at: &created_at, encryption: &Encryption::None, force: false, dry_run: false };
    let holder = format!("{}, pid {}", session.actor(), std::process::id());
    let stamp = session.stamp(upgrade::ACTION)?;
    session.close();
    let done = upgrade::run(root, &holder, &stamp, &order)?;
    for path in done.backup.left_out {
        session.warn(&Problem::warning(What::NotBackedUp { path }));
    }
    for kept in &done.conflicts {
        let message = [format!("您在此刻的手工改动保存在 {kept}"), format!("an edit made by hand at this very moment is kept in {kept}")];
        session.warn(&Problem::warning(What::RuleConflict { message }).at(Place::file(kept)));
    }
    let files = done.plan.changed.keys().map(String::as_str).collect();
    told(&Upgrade { from: done.plan.from, to: done.plan.to, files, backup: &shown, dry_run: false }, session)
}

fn told(upgrade: &Upgrade<'_>, session: &mut Session<'_>) -> Result<Exit, Failure> {
    if session.wants_json() {
        session.print_json(&upgrade.json())?;
    }
    session.say(&upgraded(upgrade, session.lang));
    Ok(Exit::Done)
}

/// Beside the book's folder, under a name that says what it is.
fn beside(root: &Path, session: &Session<'_>) -> PathBuf {
    let root = session.ui.host.folder.join(root);
    let root: PathBuf = root.components().collect();
    let name = root.file_name().map_or_else(|| "book".to_owned(), |name| name.to_string_lossy().into_owned());
    root.with_file_name(format!("{name}-before-upgrade-{}.carebook-backup", session.today))
}
