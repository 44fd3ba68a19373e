//! The session: one run of one command. Resolves flag > environment > book > built-in once,
//! opens the book, makes drafts, holds the only commit.

mod output;

use std::path::PathBuf;

use chrono::{Datelike, NaiveDate};

use super::args::Globals;
use super::error::Failure;
use super::ui::Ui;
use crate::base::date::{DateOrder, parse_date};
use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::period::Period;
use crate::base::problem::{Place, Problem, What};
use crate::base::text::many;
use crate::engine::calendar::Schedule;
use crate::host::{self, Host};
use crate::model::cell::Locale;
use crate::model::draft::{Draft, Need, Origin};
use crate::model::log::LogRow;
use crate::model::staff::Absence;
use crate::model::stamp::Stamp;
use crate::store::{self, Book, Committed, Edited, Undone, Wish};

/// The last year `--today` may lie in: due times and cadences after it still are dates.
const LAST_YEAR: i32 = 2199;

pub struct Session<'h> {
    pub lang: Lang,
    pub today: NaiveDate,
    pub now: Instant,
    pub flags: Globals,
    pub ui: Ui<'h>,
    book: Option<Book>,
    transaction: Option<store::Transaction>,
    /// A change was saved: whatever fails from here on does not take it back.
    pub changed: bool,
    /// The rows of the log that were written, for the hooks.
    pub told: Vec<LogRow>,
}

impl<'h> Session<'h> {
    /// Opens the book where there is one; commands that need none go on without.
    ///
    /// # Errors
    /// The failure, with what is needed to put it into words.
    pub fn start(flags: Globals, ui: Ui<'h>, needs_book: bool) -> Result<Session<'h>, (Failure, Lang, Ui<'h>)> {
        let lang = language_of(&flags, ui.host);
        let book = match open(&flags, ui.host) {
            Ok(book) => book,
            Err(_) if !needs_book => None,
            Err(failure) => return Err((failure, lang, ui)),
        };
        let lang = book.as_ref().map_or(lang, |book| language(&flags, ui.host, Some(book.settings.lang)));
        let now = Instant::from_utc(chrono::DateTime::UNIX_EPOCH);
        let mut session =
            Session { lang, today: NaiveDate::MIN, now, flags, ui, book, transaction: None, changed: false, told: Vec::new() };
        match session.set_clock() {
            Ok(()) => Ok(session),
            Err(failure) => Err((failure, lang, session.ui)),
        }
    }

    /// The clock, read once: `--today` > `CAREBOOK_TODAY` > a demo book's own day > the system.
    fn set_clock(&mut self) -> Result<(), Failure> {
        let zone = self.book.as_ref().map_or(chrono_tz::UTC, |book| book.settings.zone);
        let typed = self.flags.today.clone().or_else(|| self.ui.host.var("CAREBOOK_TODAY").map(str::to_owned));
        let fixed =
            typed.map(|text| parse_date(&text, DateOrder::Iso).map_err(|what| Problem::error(what).field("--today"))).transpose()?;
        if let Some(day) = fixed.filter(|day| day.year() > LAST_YEAR) {
            let what = What::OutOfRange { value: day.to_string(), min: "1900".into(), max: LAST_YEAR.to_string() };
            return Err(Problem::error(what).field("--today").into());
        }
        let fixed = fixed.or_else(|| self.book.as_ref().and_then(|book| book.settings.today));
        let system = chrono::DateTime::from_timestamp(self.ui.host.now, 0).unwrap_or_default();
        self.now = match fixed {
            // a day without a clock: its noon
            Some(day) => Instant::local(day.and_hms_opt(12, 0, 0).unwrap_or_default(), zone),
            None => Instant::from_utc(system),
        };
        self.today = fixed.unwrap_or_else(|| self.now.date(zone));
        Ok(())
    }

    /// The opened book.
    pub fn book(&self) -> Result<&Book, Failure> {
        self.book.as_ref().ok_or_else(|| What::NoBook.into())
    }

    /// Takes a book that was just made.
    pub fn adopt(&mut self, book: Book) {
        self.book = Some(book);
    }

    /// The folder of the book, opened or not.
    pub fn root(&self) -> Result<PathBuf, Failure> {
        root(&self.flags, self.ui.host).ok_or_else(|| What::NoBook.into())
    }

    /// Takes a book that may be of an older format, for its zone and its day.
    pub fn take_older(&mut self) -> Result<(), Failure> {
        self.book = Some(Book::open_older(self.root()?)?);
        self.set_clock()
    }

    /// Lets go of the book and its lock.
    pub fn close(&mut self) {
        self.book = None;
    }

    /// Lets go of the locks and gives the book away: the change is done, and others may go on.
    pub fn release(&mut self) -> Option<Book> {
        self.transaction = None;
        let mut book = self.book.take()?;
        book.unlock();
        Some(book)
    }

    /// Takes the book's files as they are now, also when one of them is gone.
    pub fn adopt_files(&mut self) -> Result<(), Failure> {
        let root = root(&self.flags, self.ui.host).ok_or(What::NoBook)?;
        self.book = None;
        let committed = Book::adopt(root.clone(), self.now)?;
        self.tell(&committed);
        self.book = Some(Book::open(root)?);
        Ok(())
    }

    /// `--as-of`: from now on the book answers as it stood then, and it is that day.
    pub fn rewind(&mut self) -> Result<(), Failure> {
        let Some(typed) = self.flags.as_of.clone() else { return Ok(()) };
        let Some(book) = self.book.as_mut() else { return Ok(()) };
        let zone = book.settings.zone;
        let wrong = |what| Problem::error(what).field("--as-of");
        let moment = match Period::parse(&typed, self.today) {
            // a day, a month, a quarter: its end
            Ok(period) => Instant::local(period.to.and_hms_opt(23, 59, 59).unwrap_or_default(), zone),
            Err(_) => Instant::parse(&typed, zone, DateOrder::Iso).map_err(wrong)?,
        };
        book.as_of(moment)?;
        let unknown = book.unknown_files();
        if self.flags.today.is_none() {
            (self.now, self.today) = (moment, moment.date(zone));
        }
        for file in unknown {
            let zh = "此后被手工整体改过,当时的行已无从得知,这里按现在的内容回答".to_owned();
            let en = "was edited by hand since, as a whole: its rows of then are not known, today's are used".to_owned();
            self.warn(&Problem::warning(What::RuleConflict { message: [zh, en] }).at(Place::file(file)));
        }
        Ok(())
    }

    /// Nothing is changed in the past. Who decides for a day (`tier apply`) has taken the flag before.
    ///
    /// # Errors
    /// [`What::Usage`] with `--as-of`.
    pub fn refuse_past(&self) -> Result<(), Failure> {
        if self.flags.as_of.is_none() {
            return Ok(());
        }
        let zh = "过去不能改动: 去掉 --as-of;补记往事用 --at".to_owned();
        let en = "the past cannot be changed: leave out --as-of, or enter what happened late with --at".to_owned();
        Err(Problem::error(What::Usage { message: [zh, en] }).field("--as-of").into())
    }

    /// The book's working calendar, laid out as time.
    pub fn schedule(&self) -> Result<Schedule, Failure> {
        Ok(Schedule::new(self.book()?.calendar()?.rules))
    }

    /// The working days of somebody: those of the book, leave taken off.
    pub fn schedule_of(&self, who: &str) -> Result<Schedule, Failure> {
        let schedule = self.schedule()?;
        if who.trim().is_empty() {
            return Ok(schedule);
        }
        Ok(schedule.of_staff(who, &self.book()?.all::<Absence>()?))
    }

    /// The book's way of reading and writing cells.
    pub fn locale(&self) -> Result<Locale, Failure> {
        Ok(self.book()?.locale())
    }

    /// Becomes the writer and loads what a verb needs. The lock is held until the session ends.
    pub fn draft(&mut self, needs: &[Need]) -> Result<Draft, Failure> {
        self.begin()?;
        let settings = self.book()?.settings.clone();
        let transaction = self.transaction.as_mut().ok_or(What::NoBook)?;
        Ok(transaction.draft(&settings, needs)?)
    }

    fn begin(&mut self) -> Result<(), Failure> {
        self.refuse_past()?;
        if self.flags.json.as_deref() == Some("?") {
            let zh = "--json=? 列出字段,用于查询;这条命令会改账本,没有执行".to_owned();
            let en = "--json=? lists the fields of what is asked for; this command writes, and did nothing".to_owned();
            return Err(What::Usage { message: [zh, en] }.into());
        }
        let holder = format!("{}, pid {}", self.actor(), std::process::id());
        let book = self.book.as_mut().ok_or(What::NoBook)?;
        if self.transaction.is_none() {
            self.transaction = Some(book.begin(&holder, self.now)?);
        }
        Ok(())
    }

    /// Tells hand edits in the log before anything rests on them; the writer has begun.
    pub fn tell_edits(&mut self) -> Result<(), Failure> {
        let locale = self.locale()?;
        if self.flags.dry_run {
            return Ok(());
        }
        let transaction = self.transaction.as_mut().ok_or(What::NoBook)?;
        let committed = transaction.commit_edits(self.now, &locale)?;
        self.tell(&committed);
        Ok(())
    }

    /// Takes a change back; the other commit, for there is no draft to it.
    pub fn undo(&mut self, wish: Wish, stamp: &Stamp) -> Result<Undone, Failure> {
        self.begin()?;
        let locale = self.locale()?;
        let dry_run = self.flags.dry_run;
        let transaction = self.transaction.as_mut().ok_or(What::NoBook)?;
        let undone = transaction.undo(wish, stamp, &locale, dry_run)?;
        self.changed |= !dry_run;
        self.tell(&undone.committed);
        Ok(undone)
    }

    /// The writer itself, for an erasure: it is more than a draft.
    pub fn writer(&mut self) -> Result<&mut store::Transaction, Failure> {
        self.transaction.as_mut().ok_or_else(|| What::NoBook.into())
    }

    /// The writer has saved something.
    pub fn saved(&mut self, committed: &Committed) {
        self.changed = true;
        self.tell(committed);
    }

    /// Streams every order line under the writer's lock; `each` says which lines the change rests on.
    pub fn scan_order_lines(&mut self, each: &mut dyn FnMut(Origin, &store::OrderRow<'_>) -> bool) -> Result<(), Failure> {
        let locale = self.locale()?;
        let transaction = self.transaction.as_mut().ok_or(What::NoBook)?;
        Ok(transaction.scan_order_lines(&locale, each)?)
    }

    /// Who, when, by which verb.
    pub fn stamp(&self, action: &'static str) -> Result<Stamp, Failure> {
        Ok(Stamp { recorded_at: self.now, at: self.at()?, actor: self.actor(), action, note: String::new() })
    }

    /// When it happened: `--at`, else now. A bare date that is today means now.
    pub fn at(&self) -> Result<Instant, Failure> {
        let Some(typed) = &self.flags.at else { return Ok(self.now) };
        let zone = self.book()?.settings.zone;
        let at = Instant::parse(typed, zone, DateOrder::Iso).map_err(|what| Problem::error(what).field("--at"))?;
        if at > self.now && at.date(zone) > self.today {
            let what = What::OutOfRange { value: at.minute(zone), min: "1900-01-01".into(), max: self.now.minute(zone) };
            return Err(Problem::error(what).field("--at").into());
        }
        Ok(at)
    }

    pub fn actor(&self) -> String {
        let actor = self.flags.actor.clone().unwrap_or_else(|| self.ui.host.user());
        crate::base::text::one_line(&actor)
    }

    /// The only commit. A dry run does everything but the writing.
    pub fn commit(&mut self, draft: &Draft, stamp: &Stamp) -> Result<Committed, Failure> {
        let dry_run = self.flags.dry_run;
        let transaction = self.transaction.as_mut().ok_or(What::NoBook)?;
        let committed = transaction.commit(draft, stamp, dry_run)?;
        self.changed |= committed.changed > 0 && !dry_run;
        if committed.changed == 0 && committed.files == 0 {
            self.say(self.lang.pick("没有变化。", "Nothing changed."));
        } else if dry_run {
            let n = committed.changed;
            self.say(&self.lang.pick(
                format!("试运行:将改动 {n} 条记录,未写入。"),
                format!("Dry run: {} would change; nothing was written.", many(n, "record")),
            ));
        }
        self.tell(&committed);
        Ok(committed)
    }

    /// Hand edits that a commit met; its rows are kept for the hooks.
    fn tell(&mut self, committed: &Committed) {
        self.told.extend_from_slice(&committed.told);
        for edited in &committed.edited {
            let Edited { path, added, changed, removed, whole, .. } = edited;
            let (zh, en) = if *whole {
                (format!("{path} 曾被手工改动,已记入日志"), format!("{path} was edited by hand; the log says so now"))
            } else {
                (
                    format!("{path} 曾被手工改动(新增 {added}、修改 {changed}、删除 {removed}),已记入日志"),
                    format!("{path} was edited by hand ({added} added, {changed} changed, {removed} removed); the log says so now"),
                )
            };
            self.say(&self.lang.pick(zh, en));
        }
        for kept in &committed.conflicts {
            let message = self
                .lang
                .pick(format!("您在此刻的手工改动保存在 {kept}"), format!("an edit made by hand at this very moment is kept in {kept}"));
            self.warn(&Problem::warning(What::RuleConflict { message: [message.clone(), message] }).at(Place::file(kept)));
        }
    }

    pub fn say(&mut self, text: &str) {
        self.ui.say(text);
    }

    pub fn warn(&mut self, problem: &Problem) {
        let line = crate::view::problem::line(problem, self.lang);
        self.ui.complain(&line);
    }

    /// Whether a person can be asked.
    pub fn can_ask(&self) -> bool {
        self.ui.host.stdin_is_terminal && !self.flags.no_input && self.ui.host.var("CAREBOOK_NO_INPUT").is_none()
    }

    /// Asks on the terminal; a blank answer is the one proposed.
    pub fn ask(&mut self, question: &str, proposed: &str) -> Result<String, Failure> {
        use std::io::Write as _;
        let shown = if proposed.is_empty() { format!("{question}: ") } else { format!("{question} [{proposed}]: ") };
        let _ = write!(self.ui.host.err, "{shown}");
        let _ = self.ui.host.err.flush();
        let line = host::read_line().map_err(|error| Failure::Internal(error.into()))?;
        let answer = line.trim();
        Ok(if answer.is_empty() { proposed.to_owned() } else { answer.to_owned() })
    }

    /// Asks on the terminal for what is not to be seen there.
    pub fn ask_secret(&mut self, question: &str) -> Result<String, Failure> {
        use std::io::Write as _;
        let _ = write!(self.ui.host.err, "{question}: ");
        let _ = self.ui.host.err.flush();
        let line = host::read_secret().map_err(|error| Failure::Internal(error.into()))?;
        let _ = writeln!(self.ui.host.err);
        Ok(line)
    }
}

fn language(flags: &Globals, host: &Host, book: Option<Lang>) -> Lang {
    let typed = flags.lang.as_deref().and_then(Lang::parse);
    let set = || host.var("CAREBOOK_LANG").and_then(Lang::parse);
    let system = || ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| host.var(name)).and_then(Lang::parse);
    typed.or_else(set).or(book).or_else(system).unwrap_or_default()
}

/// The language before a session exists.
pub fn language_of(flags: &Globals, host: &Host) -> Lang {
    let decided = flags.lang.is_some() || host.var("CAREBOOK_LANG").is_some();
    let book = if decided { None } else { root(flags, host).and_then(Book::language) };
    language(flags, host, book)
}

fn root(flags: &Globals, host: &Host) -> Option<PathBuf> {
    let named = flags.data.as_ref().map(|data| host.folder.join(data)).or_else(|| host.var("CAREBOOK_DIR").map(|dir| host.path(dir)));
    named.or_else(|| store::book::discover(&host.folder))
}

/// `--data` > `CAREBOOK_DIR` > the nearest folder upwards that holds a book.
fn open(flags: &Globals, host: &Host) -> Result<Option<Book>, Failure> {
    let Some(root) = root(flags, host) else { return Ok(None) };
    match Book::open(root) {
        Ok(book) => Ok(Some(book)),
        Err(problems) if problems.iter().any(|problem| problem.what == What::NoBook) => Ok(None),
        Err(problems) => Err(problems.into()),
    }
}
