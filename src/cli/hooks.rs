//! Hooks: after a change the owner's programs in `hooks/` are told of it, one line of JSON for each row of the log.
//!
//! They run when all is done: the change is saved, the words are said, the lock is free. Whatever becomes of them, the
//! change stands.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::session::Session;
use crate::base::problem::{Place, Problem, Severity, What};
use crate::base::text::one_line;
use crate::host::Host;
use crate::host::child::{self, End, Ended, Job};
use crate::store::Book;
use crate::view::present;

/// Set for a hook: what it does with carebook starts no hooks.
const INSIDE: &str = "CAREBOOK_HOOK";
/// Where programs are looked for when nobody says.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";
/// Most of its stderr that is shown, in characters.
const SHOWN: usize = 300;

/// Tells the hooks what this run has changed.
pub fn tell(session: &mut Session<'_>) {
    let rows = std::mem::take(&mut session.told);
    if rows.is_empty() || session.ui.host.var(INSIDE).is_some() {
        return;
    }
    let Some(book) = session.release().filter(|book| book.settings.hooks) else { return };
    let (name, locale) = (&book.settings.name, book.locale());
    let lines: String = rows.iter().map(|row| present::hooks::line(row, name, &locale)).collect();
    let input = Arc::<[u8]>::from(lines.into_bytes());
    let hooks = match book.hooks() {
        Ok(hooks) => hooks,
        Err(problem) => return session.warn(&Problem { severity: Severity::Warning, ..problem }),
    };
    for hook in hooks {
        if let Some(problem) = hook.problem() {
            session.warn(&problem);
            continue;
        }
        let ended = run(&book, &book.hook_file(&hook), session.ui.host, &input);
        if let Some(why) = failure(&ended, book.settings.hook_seconds) {
            session.warn(&Problem::warning(What::HookFailed { why }).at(Place::file(&hook.path)));
        }
    }
}

fn run(book: &Book, program: &Path, host: &Host, input: &Arc<[u8]>) -> Ended {
    let passed = ["HOME", "LANG", "TZ"].into_iter().filter_map(|name| Some((name, host.var(name)?.to_owned())));
    let own = [
        ("PATH", host.var("PATH").unwrap_or(PATH).to_owned()),
        ("CAREBOOK_DIR", book.root().display().to_string()),
        (INSIDE, "1".to_owned()),
    ];
    let env: Vec<(&'static str, String)> = passed.chain(own).collect();
    let limit = Duration::from_secs(u64::from(book.settings.hook_seconds));
    child::run(&Job { program, folder: book.root(), env: &env, input: Arc::clone(input), limit })
}

/// Why a hook failed, with the last it said; `None` when it did not.
fn failure(ended: &Ended, limit: u32) -> Option<[String; 2]> {
    let [zh, en] = match &ended.end {
        End::Well => return None,
        End::Code(code) => [format!("以 {code} 结束"), format!("it ended with {code}")],
        End::Signal(signal) => [format!("被信号 {signal} 终止"), format!("it was ended by signal {signal}")],
        End::TooSlow => [format!("{limit} 秒内没有结束,已终止"), format!("it did not end within {limit} s and was killed")],
        End::NotStarted(why) => [format!("无法启动: {why}"), format!("it could not be started: {why}")],
    };
    let said = one_line(&ended.said);
    let skip = said.chars().count().saturating_sub(SHOWN);
    let said: String = said.chars().skip(skip).collect();
    let said = if said.is_empty() { said } else { format!(": {said}") };
    Some([format!("{zh}{said}"), format!("{en}{said}")])
}
