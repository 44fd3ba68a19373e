//! One file per command: its `Args` and `run`. To add one: the file, a `mod` line, a variant and its arm.

mod assign;
mod backup;
mod calendar;
mod check;
mod columns;
mod completions;
mod config;
mod consent;
mod contact;
mod customer;
mod demo;
mod duplicates;
mod erase;
mod escalate;
mod export;
mod findings;
mod finish;
mod help;
mod import;
mod import_read;
mod import_returned;
mod init;
mod intake;
mod interaction;
mod knowledge;
mod letter;
mod lifecycle;
mod list;
mod log;
mod merge;
mod merge_customer;
mod owner;
mod points;
mod points_run;
mod practice;
mod progress;
mod report;
mod report_data;
mod report_explain;
mod report_firsts;
mod report_index;
mod report_read;
mod report_seal;
mod report_templates;
mod report_verify;
mod report_write;
mod resolve;
mod restore;
mod review;
mod revisit;
mod revisit_done;
mod revisit_plan;
mod rfm;
mod sheet;
mod show;
mod show_customer;
mod show_request;
mod staff;
mod status;
mod survey;
mod survey_follow_up;
mod survey_form;
mod survey_import;
mod survey_rate;
mod survey_show;
pub mod tags;
mod tier;
mod tier_history;
mod tier_what_if;
mod today;
mod undo;
mod upgrade;
mod verify;

use super::clocks;
use super::error::{Exit, Failure};
use super::session::Session;
use crate::base::problem::{Problem, What};
use crate::model::draft::Draft;
use crate::model::stamp::Stamp;
use crate::view::format::Format;
use crate::view::grid::Grid;
use crate::view::present;

/// What carebook can do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    // START
    /// Make a new book
    #[command(display_order = 10, visible_alias = "新建")]
    Init(init::Args),
    /// A demo book with two quarters of believable records
    #[command(display_order = 11, visible_alias = "演示")]
    Demo(demo::Args),
    /// The book at a glance
    #[command(display_order = 12, visible_alias = "概况")]
    Status(status::Args),
    // DAILY
    /// What is overdue, due today, waiting, to be revisited
    #[command(display_order = 20, visible_alias = "今日")]
    Today(today::Args),
    /// Register a request or complaint
    #[command(display_order = 21, visible_alias = "登记")]
    Intake(intake::Args),
    /// Accept, reject, ask for more, or mark a request as duplicate or out of scope
    #[command(display_order = 22, visible_alias = "审核")]
    Review(review::Args),
    /// Give a request to a member of staff, by hand or by the rules
    #[command(display_order = 23, visible_alias = "分配")]
    Assign(assign::Args),
    /// Begin work on a request
    #[command(display_order = 24, visible_alias = "开始")]
    Start(progress::StartArgs),
    /// Wait for the customer
    #[command(display_order = 25, visible_alias = "等待")]
    Wait(progress::WaitArgs),
    /// Go on after waiting
    #[command(display_order = 26, visible_alias = "恢复")]
    Resume(progress::ResumeArgs),
    /// Add a note to a request's measures
    #[command(display_order = 27, visible_alias = "备注")]
    Note(progress::NoteArgs),
    /// What is near its due time or past it: remind, raise, hand over
    #[command(display_order = 28, visible_alias = "升级诉求")]
    Escalate(escalate::Args),
    /// Resolve a request: measures and result
    #[command(display_order = 28, visible_alias = "办结")]
    Resolve(resolve::Args),
    /// The customer confirmed the result
    #[command(display_order = 29, visible_alias = "确认")]
    Confirm(finish::ConfirmArgs),
    /// Record the customer's score, 1 to 5 or in words
    #[command(display_order = 30, visible_alias = "反馈")]
    Feedback(finish::FeedbackArgs),
    /// Close a confirmed request
    #[command(display_order = 31, visible_alias = "关闭")]
    Close(finish::CloseArgs),
    /// Take up a resolved or closed request again
    #[command(display_order = 32, visible_alias = "重开")]
    Reopen(finish::ReopenArgs),
    /// Merge a request into another about the same matter
    #[command(display_order = 33, visible_alias = "合并")]
    Merge(merge::MergeArgs),
    /// Link two requests that belong together
    #[command(display_order = 34, visible_alias = "关联")]
    Link(merge::LinkArgs),
    /// Split a second matter off a request
    #[command(display_order = 35, visible_alias = "拆分")]
    Split(merge::SplitArgs),
    /// Revisits: plan, due, done, skip, attempt, move, add, coverage
    #[command(display_order = 36, visible_alias = "回访", subcommand)]
    Revisit(revisit::Command),
    /// Checklists of the lifecycle classes: plan, due, list, show, done, skip
    #[command(display_order = 36, visible_alias = "跟进", subcommand)]
    Practice(practice::Command),
    /// List records: requests, customers, staff, revisits, orders, interactions, contacts, knowledge, points, practices
    #[command(display_order = 37, visible_alias = "列表")]
    List(list::Args),
    /// Show one record with its timeline
    #[command(display_order = 38, visible_alias = "查看")]
    Show(show::Args),
    /// Common problems with solutions: add, link, list by use, show, problems
    #[command(display_order = 39, visible_alias = "知识", subcommand)]
    Knowledge(knowledge::Command),
    // RECORDS
    /// The archive: add, edit, list, show
    #[command(display_order = 40, visible_alias = "客户", subcommand)]
    Customer(customer::Command),
    /// The people at a customer: add, edit, list, show, remove
    #[command(display_order = 41, visible_alias = "联系人", subcommand)]
    Contact(contact::Command),
    /// The communication log: add, edit, list, show
    #[command(display_order = 41, visible_alias = "沟通", subcommand)]
    Interaction(interaction::Command),
    /// The people who serve: add, edit, list, leave
    #[command(display_order = 42, visible_alias = "员工", subcommand)]
    Staff(staff::Command),
    /// Recency, frequency and monetary scores, and their segments
    #[command(display_order = 45)]
    Rfm(rfm::Args),
    /// Customer tiers by the rules: show, apply, explain, what-if, history, set
    #[command(display_order = 43, visible_alias = "分级")]
    Tier(tier::Args),
    /// Lifecycle classes: potential, new, regular, loyal, problem, silent, lost; explain
    #[command(display_order = 45, visible_alias = "生命周期")]
    Lifecycle(lifecycle::Args),
    /// Loyalty points: run, redeem, gift, refer, adjust, balance, explain, list, due
    #[command(display_order = 46, visible_alias = "积分", subcommand)]
    Points(points::Command),
    /// Working days and working time: show, between, due
    #[command(display_order = 44, visible_alias = "日历", subcommand)]
    Calendar(calendar::Command),
    // SHEETS
    /// Take over a CSV file or a workbook; an edited export is merged cell by cell
    #[command(display_order = 50, visible_alias = "导入")]
    Import(import::Args),
    /// A table as a file that colleagues open, edit and send back; the handling record
    #[command(display_order = 51, visible_alias = "导出")]
    Export(export::Args),
    /// An empty sheet to fill in, with drop-downs and an example
    #[command(display_order = 51, visible_alias = "表格")]
    Sheet(sheet::Args),
    /// Questionnaires: import answers, list, show scores
    #[command(display_order = 52, visible_alias = "问卷", subcommand)]
    Survey(survey::Command),
    // REPORTS
    /// The periodic report: text, md, html, xlsx, json, csv
    #[command(display_order = 60, visible_alias = "报告")]
    Report(report::Args),
    /// A letter to a customer: welcome, apology, status, resolution, revisit, questionnaire; list
    #[command(display_order = 61, visible_alias = "信函")]
    Letter(letter::Args),
    // SAFETY
    /// Check the book: silent and 0 when clean
    #[command(display_order = 70, visible_alias = "检查")]
    Check(check::Args),
    /// The log of changes
    #[command(display_order = 71, visible_alias = "日志")]
    Log(log::Args),
    /// Take back the latest change, or the one of a log row
    #[command(display_order = 72, visible_alias = "撤销")]
    Undo(undo::UndoArgs),
    /// Take back the latest undo
    #[command(display_order = 73, visible_alias = "重做")]
    Redo,
    /// The whole book in one file; verify one
    #[command(display_order = 74, visible_alias = "备份")]
    Backup(backup::Args),
    /// A book from a backup, into an empty folder
    #[command(display_order = 75, visible_alias = "还原")]
    Restore(restore::Args),
    /// Bring a book of an older format up to date, after a backup
    #[command(display_order = 76, visible_alias = "升级")]
    Upgrade(upgrade::Args),
    // META
    /// The rules: list them, write out the defaults
    #[command(display_order = 80, visible_alias = "设置", subcommand)]
    Config(config::Command),
    /// Columns of your own: list them, set their cells
    #[command(display_order = 47, visible_alias = "自定义列", subcommand)]
    Columns(columns::Command),
    /// Help for a command or a topic
    #[command(display_order = 82, visible_alias = "帮助")]
    Help(help::Args),
    /// Shell completions
    #[command(display_order = 81)]
    Completions(completions::Args),
}

/// Runs one command.
pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    if session.format(Format::Table) == Format::Ics && !command.has_calendar() {
        let zh = "ics 只用于 today 和 revisit due".to_owned();
        let en = "ics is for `today` and `revisit due` alone".to_owned();
        return Err(Problem::error(What::Usage { message: [zh, en] }).field("--format").into());
    }
    if command.writes_by_itself() {
        session.refuse_past()?;
    }
    match command {
        Command::Init(args) => init::run(args, session),
        Command::Demo(args) => demo::run(args, session),
        Command::Status(args) => status::run(args, session),
        Command::Today(args) => today::run(args, session),
        Command::Intake(args) => intake::run(args, session),
        Command::Review(args) => review::run(args, session),
        Command::Assign(args) => assign::run(args, session),
        Command::Start(args) => progress::start(args, session),
        Command::Wait(args) => progress::wait(args, session),
        Command::Resume(args) => progress::resume(args, session),
        Command::Note(args) => progress::note(args, session),
        Command::Escalate(args) => escalate::run(args, session),
        Command::Resolve(args) => resolve::run(args, session),
        Command::Confirm(args) => finish::confirm(args, session),
        Command::Feedback(args) => finish::feedback(args, session),
        Command::Close(args) => finish::close(args, session),
        Command::Reopen(args) => finish::reopen(args, session),
        Command::Merge(args) => merge::merge(args, session),
        Command::Link(args) => merge::link(args, session),
        Command::Split(args) => merge::split(args, session),
        Command::Revisit(command) => revisit::run(command, session),
        Command::Practice(command) => practice::run(command, session),
        Command::List(args) => list::run(args, session),
        Command::Show(args) => show::run(args, session),
        Command::Knowledge(command) => knowledge::run(command, session),
        Command::Customer(command) => customer::run(command, session),
        Command::Contact(command) => contact::run(command, session),
        Command::Interaction(command) => interaction::run(command, session),
        Command::Staff(command) => staff::run(command, session),
        Command::Rfm(args) => rfm::run(args, session),
        Command::Tier(args) => tier::run(args, session),
        Command::Lifecycle(args) => lifecycle::run(args, session),
        Command::Points(command) => points::run(command, session),
        Command::Calendar(command) => calendar::run(command, session),
        Command::Import(args) => import::run(args, session),
        Command::Export(args) => export::run(args, session),
        Command::Sheet(args) => sheet::run(args, session),
        Command::Survey(command) => survey::run(command, session),
        Command::Report(args) => report::run(args, session),
        Command::Letter(args) => letter::run(args, session),
        Command::Check(args) => check::run(args, session),
        Command::Log(args) => log::run(args, session),
        Command::Undo(args) => undo::undo(args, session),
        Command::Redo => undo::redo(session),
        Command::Backup(args) => backup::run(args, session),
        Command::Restore(args) => restore::run(args, session),
        Command::Upgrade(args) => upgrade::run(args, session),
        Command::Config(command) => config::run(command, session),
        Command::Columns(command) => columns::run(command, session),
        Command::Help(args) => help::run(args, session),
        Command::Completions(args) => completions::run(args, session),
    }
}

impl Command {
    /// Whether the command works on an opened book; the others run anywhere, also beside a broken one.
    pub fn needs_book(&self) -> bool {
        match self {
            Command::Init(_) | Command::Demo(_) | Command::Help(_) | Command::Completions(_) => false,
            // for a book that cannot be opened, or not yet
            Command::Check(_) | Command::Backup(_) | Command::Restore(_) | Command::Upgrade(_) => false,
            Command::Calendar(command) => command.needs_book(),
            _ => true,
        }
    }
}

impl Command {
    /// Whether what it shows has days and moments, for `--format ics`.
    fn has_calendar(&self) -> bool {
        matches!(self, Command::Today(_) | Command::Revisit(revisit::Command::Due(_)))
    }

    /// Whether `--as-of` means the book as it was recorded then. Tiers are decided by the dates of the facts instead:
    /// orders imported today would make every past empty.
    pub fn asks_the_past(&self) -> bool {
        match self {
            Command::Tier(_) | Command::Rfm(_) | Command::Lifecycle(_) | Command::Check(_) => false,
            Command::Points(command) => command.asks_the_past(),
            _ => true,
        }
    }

    /// Whether it writes, or says how the files are, otherwise than through a draft, where the past is refused for all.
    fn writes_by_itself(&self) -> bool {
        match self {
            Command::Init(_) | Command::Demo(_) | Command::Check(_) | Command::Backup(_) | Command::Restore(_) | Command::Upgrade(_) => {
                true
            }
            Command::Config(command) => command.writes(),
            _ => false,
        }
    }

    /// Whether a run that wrote nothing can be repeated: not where a file was read from stdin or rejects were written.
    pub fn can_run_again(&self) -> bool {
        !matches!(self, Command::Import(_) | Command::Survey(_) | Command::Letter(_))
    }
}

/// Commits a change of a request and says how it stands now.
fn said(session: &mut Session<'_>, draft: &mut Draft, stamp: &Stamp, id: &str) -> Result<Exit, Failure> {
    clocks::settle(session, draft, stamp, id)?;
    let committed = session.commit(draft, stamp)?;
    let Some(request) = draft.requests.get(id) else { return Ok(Exit::Done) };
    if session.wants_json() {
        let (locale, currency) = (draft.locale(), &draft.settings.currency);
        session.print(&Grid::of("carebook.request.v1", &[request], &locale, session.lang, currency))?;
    }
    if committed.changed > 0 && !committed.dry_run {
        session.say(&present::request::stands(request, session.lang));
    }
    clocks::warn_of_promise(draft.requests.before(id), request, session)?;
    Ok(Exit::Done)
}
